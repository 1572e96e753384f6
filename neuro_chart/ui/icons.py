"""Line icons that take the colour of the theme."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QWidget

from neuro_chart.resources import resource

_NAME, _ROLE = "line_icon", "line_icon_role"


def pixmap(name: str, colour: QColor, size: int = 20, ratio: float = 1.0, gap: int = 0) -> QPixmap:
    """An icon of `resources/icons` in one colour, `size` logical pixels square, with a gap at its right before a word."""
    drawing = resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour.name())
    image = QPixmap(QSize(size + gap, size) * ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, colour: QColor, size: int = 20, gap: int = 0) -> QIcon:
    """An icon in one colour, sharp on screens of 1 to 3 device pixels a pixel."""
    made = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        made.addPixmap(pixmap(name, colour, size, ratio, gap))
    return made


def set_icon(button: QAbstractButton, name: str, role: str = "text") -> None:
    """Give a button an icon in a colour of the theme; it follows when the theme changes."""
    from neuro_chart.ui.theme import Theme  # noqa: PLC0415  # the theme refreshes icons, so it imports this file

    button.setProperty(_NAME, name)
    button.setProperty(_ROLE, role)
    refresh_icons([button], Theme.of(button).color)


def refresh_icons(widgets: Iterable[QWidget], color: Callable[[str], QColor]) -> None:
    """Draw the buttons' icons anew in the colours that `color` gives for their roles."""
    for widget in widgets:
        name = widget.property(_NAME)
        if name and isinstance(widget, QAbstractButton):
            size = widget.iconSize()
            widget.setIcon(icon(str(name), color(str(widget.property(_ROLE))), size.height(), size.width() - size.height()))
