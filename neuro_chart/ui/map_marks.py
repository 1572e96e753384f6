"""What is drawn on the body map: the figure in the colour of the theme, the marks of needles, the words beside them."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from neuro_chart.clinic.body import Line, View
from neuro_chart.clinic.needles import Needle
from neuro_chart.ui.theme import Theme

MARKER = 5.5
SHADOW = QColor(96, 66, 58)
LIGHTER = 112  # of 100: the figure's own shading seldom reaches full light


class Stage(StrEnum):
    """What a needle's marker says."""

    PLANNED = "planned"
    IN = "in"
    OVERDUE = "overdue"
    OUT = "out"


def stage(needle: Needle, moment: datetime) -> Stage:
    """Where a needle is in its life."""
    if needle.removed is not None:
        return Stage.OUT
    if needle.due is None:
        return Stage.PLANNED
    return Stage.OVERDUE if needle.due <= moment else Stage.IN


class Figures:
    """The views in the colours of a theme, and their lines, made when they are first drawn."""

    def __init__(self) -> None:
        self._skins: dict[Path, list[QPixmap]] = {}
        self._paths: dict[tuple[Path, bool], tuple[QPainterPath, QPainterPath]] = {}

    def forget_colours(self) -> None:
        """Tint anew: the theme has changed."""
        self._skins.clear()

    def paint(self, painter: QPainter, view: View, theme: Theme, factor: float) -> None:
        """The figure in the view's pixels, which the painter draws at `factor` device pixels each: its skin within its silhouette."""
        silhouette, outline = self._lines(view)
        levels = self._levels(view, theme)
        level = 0
        while level + 1 < len(levels) and factor * 2 ** (level + 1) <= 1:
            level += 1
        skin = QBrush(levels[level])
        to_view = QTransform.fromScale(view.size[0] / levels[level].width(), view.size[1] / levels[level].height())
        skin.setTransform(to_view * QTransform(-1, 0, 0, 1, view.size[0], 0) if view.mirrored else to_view)
        painter.fillPath(silhouette, skin)
        pen = QPen(theme.color("skin_line"), 1.1 * painter.device().devicePixelRatioF())
        pen.setCosmetic(True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(outline)

    def silhouette(self, view: View) -> QPainterPath:
        """What is round the figure, in the view's pixels."""
        return self._lines(view)[0]

    def _levels(self, view: View, theme: Theme) -> list[QPixmap]:
        """The tinted picture, and the same ever half as large."""
        if view.path not in self._skins:
            levels = [tinted(QPixmap(str(view.image_path)), theme.color("skin").lighter(LIGHTER))]
            while min(levels[-1].width(), levels[-1].height()) > 160:
                size = QSize((levels[-1].width() + 1) // 2, (levels[-1].height() + 1) // 2)
                levels.append(levels[-1].scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation))
            self._skins[view.path] = levels
        return self._skins[view.path]

    def _lines(self, view: View) -> tuple[QPainterPath, QPainterPath]:
        """The silhouette and the outline."""
        key = view.path, view.mirrored
        if key not in self._paths:
            self._paths[key] = path_of(view.drawing.silhouette), path_of(view.drawing.outline)
        return self._paths[key]


def path_of(lines: Iterable[Line]) -> QPainterPath:
    """Lines as a path; where they close round each other, every second is a hole."""
    path = QPainterPath()
    for line in lines:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line]))
    return path


def tinted(shade: QPixmap, skin: QColor) -> QPixmap:
    """A grey figure with transparency in a colour of skin: full light in that colour, the dark in a warm shadow."""
    if shade.isNull():  # a picture that can't be read leaves the outline
        return shade
    made = shade.copy()
    painter = QPainter(made)
    over = made.rect()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    light = QColor(skin.red() - SHADOW.red(), skin.green() - SHADOW.green(), skin.blue() - SHADOW.blue())
    painter.fillRect(over, light)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    painter.fillRect(over, SHADOW)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawPixmap(0, 0, shade)
    painter.end()
    return made


def paint_marker(painter: QPainter, place: QPointF, stage: Stage, theme: Theme, size: float = MARKER) -> None:
    """A needle: a ring when planned, a disc when in, a diamond when overdue, a faint ring when out."""
    halo = QPen(theme.color("card"), 2)
    match stage:
        case Stage.PLANNED:
            painter.setPen(QPen(theme.color("card"), 5))
            painter.setBrush(theme.color("card"))
            painter.drawEllipse(place, size - 1, size - 1)
            painter.setPen(QPen(theme.color("accent"), 2.2))
            painter.drawEllipse(place, size - 1, size - 1)
        case Stage.IN:
            painter.setPen(halo)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(place, size, size)
        case Stage.OVERDUE:
            painter.setPen(halo)
            painter.setBrush(theme.color("danger"))
            painter.drawPolygon(diamond(place, size * 1.7))
        case Stage.OUT:
            faint = theme.color("muted")
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("card"), 3.4))
            painter.drawEllipse(place, size - 1.5, size - 1.5)
            painter.setPen(QPen(faint, 1.4))
            painter.drawEllipse(place, size - 1.5, size - 1.5)


def diamond(middle: QPointF, reach: float) -> QPolygonF:
    """A square that stands on its corner."""
    return QPolygonF([middle + QPointF(dx * reach, dy * reach) for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0))])


def caption(view: View) -> str:
    """A view's title, between the patient's own sides where it shows both."""
    to_the_right = view.rotation[0] if view.group in {"Body", "Head", "Trunk"} else 0
    return f"R    {view.title}    L" if to_the_right > 0.9 else f"L    {view.title}    R" if to_the_right < -0.9 else view.title


def short(code: str) -> str:
    """A point's code as there is room for: extra points without their prefix."""
    return code.removeprefix("EX-")
