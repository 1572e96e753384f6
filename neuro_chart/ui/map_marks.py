"""What is drawn on the body map: the figure in the colour of the theme, the marks of needles, the words beside them."""

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from neuro_chart.clinic.body import View
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
    """The views' pictures in the colours of a theme, and their outlines, made when they are first drawn."""

    def __init__(self) -> None:
        self._pictures: dict[str, list[QPixmap]] = {}
        self._outlines: dict[str, QPainterPath] = {}

    def forget_colours(self) -> None:
        """Tint anew: the theme has changed."""
        self._pictures.clear()

    def picture(self, view: View, theme: Theme, factor: float) -> tuple[QPixmap, int]:
        """The shaded figure for drawing at `factor` device pixels a pixel, and by how much it is smaller than the view's own."""
        if view.name not in self._pictures:
            levels = [tinted(QPixmap(str(view.image_path)), theme.color("skin").lighter(LIGHTER))]
            while min(levels[-1].width(), levels[-1].height()) > 160:
                size = QSize((levels[-1].width() + 1) // 2, (levels[-1].height() + 1) // 2)
                levels.append(levels[-1].scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation))
            self._pictures[view.name] = levels
        levels = self._pictures[view.name]
        level = 0
        while level + 1 < len(levels) and factor * 2 ** (level + 1) <= 1:
            level += 1
        return levels[level], 2**level

    def outline(self, view: View) -> QPainterPath:
        """The figure's lines, in the view's pixels."""
        if view.name not in self._outlines:
            path = QPainterPath()
            for line in view.outline:
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line]))
            self._outlines[view.name] = path
        return self._outlines[view.name]


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
    to_the_right = view.rotation[0] if view.group in {"Body", "Head"} else 0
    return f"R    {view.title}    L" if to_the_right > 0.9 else f"L    {view.title}    R" if to_the_right < -0.9 else view.title


def short(code: str) -> str:
    """A point's code as there is room for: extra points without their prefix."""
    return code.removeprefix("EX-")
