"""The ruler on the body map: how far it is between two places, in cun."""

from collections.abc import Sequence
from math import sqrt

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from neuro_chart.clinic.body import Atlas, Measure
from neuro_chart.clinic.needles import Site
from neuro_chart.ui.map_layout import Camera, Panel
from neuro_chart.ui.map_words import bubble_box, paint_bubble
from neuro_chart.ui.theme import Theme

PARTS_FROM = 0.3  # cun: a way that goes up or aside by less is told by its length alone
HOW = "Drag from one place to another to measure in cun, or select two needles. Esc puts the ruler away."
TICK, LONG_TICK, END = 4.0, 7.0, 4.0
_WHERE = {
    "scalp": "head", "forehead": "head", "nape": "neck", "upper abdomen": "trunk", "lower abdomen": "trunk", "breastbone": "chest",
    "forearm": "arm and hand", "front thigh": "thigh", "outer thigh": "thigh", "back thigh": "thigh", "shin": "lower leg",
    "inner shin": "inner lower leg", "inner ankle": "ankle and foot",
}  # fmt: skip
TICKS_FROM = 5.0  # px: cun that lie closer than that get a stroke at every fifth


class Ruler:
    """Whether a drag measures, and between which places."""

    def __init__(self) -> None:
        self.on = False
        self.ends: tuple[Site, Site] | None = None

    def turn(self, *, on: bool) -> None:
        """Take the ruler up or put it away."""
        self.on, self.ends = on, None

    def reach(self, site: Site) -> None:
        """Lay its second end."""
        if self.ends is not None:
            self.ends = self.ends[0], site

    def words(self, atlas: Atlas) -> str:
        """What it reads, or how it is used."""
        if self.ends is None or self.ends[0] == self.ends[1]:
            return HOW
        return in_words(atlas.measure(*self.ends))

    def lines(self, panels: Sequence[Panel], camera: Camera) -> list[tuple[float, QLineF]]:
        """Where the panels that show both ends show it, in pixels of the widget, each with how well it is seen there."""
        found: list[tuple[float, QLineF]] = []
        if self.ends is None:
            return found
        start, end = self.ends
        for panel in panels:
            a, b = panel.view.place_of(start), panel.view.place_of(end)
            if a and b and panel.crop.holds(*a) and panel.crop.holds(*b):
                ends = (QPointF(*camera.to_widget(*panel.to_sheet(*place))) for place in (a, b))
                found.append((min(panel.view.worth(start), panel.view.worth(end)), QLineF(*ends)))
        return found

    def paint(self, painter: QPainter, panels: Sequence[Panel], camera: Camera, *, atlas: Atlas, theme: Theme, font: QFont) -> None:
        """A line in every view that shows both ends, with a stroke at each cun; its length in the view that shows it best."""
        found = self.lines(panels, camera)
        if self.ends is None or not found:
            return
        way = atlas.measure(*self.ends)
        for _, line in found:
            _paint_line(painter, theme, line, way.cun)
        _, line = max(found, key=lambda each: each[0])
        if self.ends[0] != self.ends[1]:
            clear = [QRectF(place.x() - 9, place.y() - 9, 18, 18) for place in (line.p1(), line.p2())]
            room = QRectF(0, 0, camera.width, camera.height)
            steep = abs(line.dy()) > abs(line.dx())
            paint_bubble(painter, theme, font, in_words(way), bubble_box(font, in_words(way), line.center(), room, clear, beside=steep))


def _paint_line(painter: QPainter, theme: Theme, line: QLineF, cun: float) -> None:
    across = line.normalVector().unitVector()
    close = cun > 0 and line.length() / cun < TICKS_FROM
    strokes = [(line.pointAt(k / cun), k) for k in range(1, int(cun + 0.95)) if not close or k % 5 == 0] if cun > 0 else []
    for colour, wider in ((theme.color("card"), 2.6), (theme.color("accent"), 0.0)):
        painter.setPen(QPen(colour, 1.8 + wider, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(line)
        for place, number in strokes:
            step = QPointF(across.dx(), across.dy()) * (LONG_TICK if number % 5 == 0 else TICK)
            painter.drawLine(place - step, place + step)
        painter.setBrush(theme.color("card"))
        for place in (line.p1(), line.p2()):
            painter.drawEllipse(place, END, END)


def in_words(way: Measure) -> str:
    """A distance as the practitioner says it: `4.5 cun (4.0 up, 2.0 across), trunk`.

    A segment lends its cun to all that lies beside it, so that it is told by the limb, not by its own name.
    """
    up, across = abs(way.up), sqrt(max(way.cun**2 - way.up**2, 0.0))
    parts = f" ({up:.1f} {'up' if way.up > 0 else 'down'}, {across:.1f} across)" if min(up, across) > PARTS_FROM else ""
    return f"{way.cun:.1f} cun{parts}, {_WHERE.get(way.segment, way.segment)}"
