"""What can be laid over the figure: the channels' courses, landmarks, and the regions, dermatomes and nerve fields of the skin."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from neuro_chart.clinic.body import Line, View
from neuro_chart.ui.map_marks import path_of
from neuro_chart.ui.theme import Theme

FIELDS = {"": "None", "regions": "Regions", "dermatomes": "Dermatomes", "nerves": "Nerve fields"}
COURSES_FROM, COURSES_FULL = 24.0, 90.0  # px a dm: from where the channels' lines begin to show, and where they are as strong as they get
NAMED_FROM = 34.0  # px: the least width of an area that has room for its name
# one ramp of hues; neighbours on the body differ in lightness too, so that they can be told apart without colour
_COURSES = {
    "LU": "#5b6f86", "LI": "#8c7a2f", "ST": "#b0692c", "SP": "#7d5a1f", "HT": "#b8483f", "SI": "#d07a66", "BL": "#2f6db0", "KI": "#1f4a7d",
    "PC": "#8d4a86", "TE": "#b06ea8", "GB": "#3f8f5f", "LR": "#256a58", "GV": "#3d4a63", "CV": "#5a4f76",
}  # fmt: skip


@dataclass(frozen=True)
class Layers:
    """What is laid over the figure; field: a key of FIELDS."""

    channels: bool = True
    landmarks: bool = False
    field: str = ""


class Overlays:
    """The layers of views as paths, made when they are first drawn."""

    def __init__(self) -> None:
        self._courses: dict[tuple[Path, bool], dict[str, QPainterPath]] = {}
        self._areas: dict[tuple[Path, bool, str], dict[str, QPainterPath]] = {}

    def paint_courses(self, painter: QPainter, view: View, zoom: float, stressed: str = "") -> None:
        """The channels' lines in the view's pixels, the stronger the closer one looks (zoom: px a dm); one set off, if it is named."""
        strength = min(max((zoom - COURSES_FROM) / (COURSES_FULL - COURSES_FROM), 0.0), 1.0)
        if not strength and not stressed:
            return
        key = view.path, view.mirrored
        if key not in self._courses:
            self._courses[key] = {code: path_of(lines) for code, lines in view.drawing.channels.items()}
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for code, path in self._courses[key].items():
            colour = QColor(_COURSES[code])
            if stressed:
                colour.setAlphaF(0.9 if code == stressed else 0.15 + 0.2 * strength)
            else:
                colour.setAlphaF(0.2 + 0.4 * strength)
            width = 2.6 if code == stressed else 1.0 + 0.6 * strength
            pen = QPen(colour, width * painter.device().devicePixelRatioF())  # a cosmetic pen counts in the pixels of the screen
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(path)

    def areas(self, view: View, kind: str) -> dict[str, QPainterPath]:
        """The areas of one kind by name, in the view's pixels."""
        key = view.path, view.mirrored, kind
        if key not in self._areas:
            self._areas[key] = {name: path_of(lines) for name, lines in view.drawing.areas.get(kind, {}).items()}
        return self._areas[key]

    def paint_areas(self, painter: QPainter, view: View, kind: str, names: Sequence[str]) -> None:
        """The areas of one kind, each in its own colour; names: all there are, in their order."""
        for name, path in self.areas(view, kind).items():
            colour = area_colour(names.index(name))
            edge = QColor(colour.darker(150))
            edge.setAlphaF(0.55)
            pen = QPen(edge, painter.device().devicePixelRatioF())
            pen.setCosmetic(True)
            painter.setPen(pen)
            colour.setAlphaF(0.34)
            painter.setBrush(colour)
            painter.drawPath(path)


def channel_colour(channel: str, theme: Theme) -> QColor:
    """The colour of a channel's course as it reads on a card; quiet for the extra points, which have none."""
    if channel not in _COURSES:
        return theme.color("muted")
    return QColor(_COURSES[channel]).lighter(165) if theme.color("card").lightness() < 128 else QColor(_COURSES[channel])


def area_colour(index: int) -> QColor:
    """A colour that differs in hue and lightness from those of the neighbours in a list."""
    return QColor.fromHslF((index * 0.381966) % 1.0, 0.62, (0.38, 0.5, 0.62)[index % 3])


def middle_of(lines: Sequence[Line]) -> QRectF:
    """The bounds of the largest of some closed lines."""
    return max((QPolygonF([QPointF(x, y) for x, y in line]).boundingRect() for line in lines), key=lambda r: r.width() * r.height())
