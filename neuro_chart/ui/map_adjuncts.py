"""What is done beside the needles, on the body map: leads between needles, places and strokes on the skin. It lies beneath the needles."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import hypot

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, GUA_SHA, LAMP, MOXA, PRESS, SEEDS, TUINA, Adjunct
from neuro_chart.clinic.body import mirror
from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.ui.map_layout import Camera, Panel
from neuro_chart.ui.map_marks import MARKER
from neuro_chart.ui.map_sight import Place, Sight
from neuro_chart.ui.theme import LIGHT, Theme

LETTERS: Mapping[str, str] = {
    ELECTRO: "E", MOXA: "M", CUPPING: "C", LAMP: "L", GUA_SHA: "G", TUINA: "T", PRESS: "P", SEEDS: "S",
}  # fmt: skip
MARK = 7.5  # half the side of a place's mark
BRUSH, LEAST_BRUSH = 0.25, 8.0  # how wide a stroke lies on the skin, in dm; and on the screen at least
SLACK = 0.16  # of its length: how far a wire hangs through
WAVE_FROM = 44.0  # px: on a shorter wire there is no room for its wave
STUB = 20.0


class Places:
    """Paints adjuncts where a sheet shows them."""

    def __init__(self, sight: Sight, camera: Camera, theme: Theme) -> None:
        self._sight, self._camera, self._theme = sight, camera, theme

    def paint(self, painter: QPainter, adjuncts: Sequence[Adjunct], needles: Sequence[Needle]) -> None:
        """Strokes first, then leads, then the marks of places."""
        for adjunct in adjuncts:
            for stroke in adjunct.strokes:
                self._paint_stroke(painter, adjunct, stroke)
        sites = {needle.id: (needle.site, needle.point) for needle in needles if needle.removed is None}
        for adjunct in adjuncts:
            for start, end in adjunct.pairs if adjunct.ended is None else ():
                if start in sites and end in sites:
                    self._paint_lead(painter, sites[start], sites[end], running=_runs(adjunct))
        for adjunct in adjuncts:
            for x, y in self.marks(adjunct, [site for site, _ in sites.values()]):
                paint_place(painter, self._theme, QPointF(x, y), adjunct)

    def marks(self, adjunct: Adjunct, needled: Sequence[Site] = ()) -> Iterator[tuple[float, float]]:
        """Where its letter stands, in pixels of the widget: at each place, above a needle that stands there, and midway on each stroke."""
        for spot in adjunct.spots:
            lift = 2 * MARK + 1 if spot.site in needled else 0.0
            for place in self._sight.places(spot.site, spot.point):
                x, y = self._camera.to_widget(place.x, place.y)
                yield x, y - lift
        for stroke in adjunct.strokes:
            for run in self._runs(stroke):
                middle = run[len(run) // 2]
                yield middle.x(), middle.y()

    def _at(self, place: Place) -> QPointF:
        return QPointF(*self._camera.to_widget(place.x, place.y))

    def _runs(self, stroke: Sequence[Site]) -> list[list[QPointF]]:
        """A stroke as each panel sees it: broken where the skin turns out of sight; of each panel the longest part."""
        shown = [{place.panel: self._at(place) for place in self._sight.places(site)} for site in stroke]
        found = []
        for panel in sorted({panel for each in shown for panel in each}):
            parts = [[each[panel] for each in group] for seen, group in groupby(shown, key=lambda each: panel in each) if seen]
            found.append(max(parts, key=len))
        most = max(map(len, found), default=0)
        return [run for run in found if len(run) > most / 3]

    def _paint_stroke(self, painter: QPainter, adjunct: Adjunct, stroke: Sequence[Site]) -> None:
        for run in self._runs(stroke):
            paint_brush(painter, run, self._camera.zoom, strong=_runs(adjunct))

    def _paint_lead(self, painter: QPainter, start: tuple[Site, str], end: tuple[Site, str], *, running: bool) -> None:
        """A wire in each view that sees both needles; where none does, a stub at each that points to the other."""
        starts, ends = ({place.panel: place for place in self._sight.places(*needle)} for needle in (start, end))
        both = sorted(starts.keys() & ends.keys())
        for panel in both:
            paint_wire(painter, self._theme, self._at(starts[panel]), self._at(ends[panel]), running=running)
        if not both:
            for places, here, there in ((starts, start, end), (ends, end, start)):
                for place in list(places.values())[:1]:
                    way = _way(self._sight.panels[place.panel], here[0], there[0])
                    _paint_stub(painter, self._theme, self._at(place), way, running=running)


def _runs(adjunct: Adjunct) -> bool:
    return adjunct.is_running and not adjunct.clock.is_paused


def _way(panel: Panel, start: Site, end: Site) -> QPointF:
    """The direction from one place to another as a view looks at them, whether it sees them or not; of length 1."""
    view = panel.view
    a, b = (view.body.place(mirror(site) if view.mirrored else site, view.pose) for site in (start, end))
    r, way = view.rotation, [to - since for since, to in zip(a, b, strict=True)]
    across, up = (sum(r[row + k] * way[k] for k in range(3)) for row in (0, 3))
    if view.mirrored:
        across = -across
    far = hypot(across, up) or 1.0
    return QPointF(across / far, -up / far)


def paint_place(painter: QPainter, theme: Theme, place: QPointF, adjunct: Adjunct) -> None:
    """A square with the kind's letter: filled while it is on, an outline before, faint when it is over."""
    running, over = adjunct.clock.is_open, adjunct.ended is not None
    edge = theme.color("muted" if over else "accent")
    painter.setPen(QPen(theme.color("card"), 2))
    box = QRectF(place.x() - MARK, place.y() - MARK, 2 * MARK, 2 * MARK)
    painter.setBrush(edge if running else theme.color("card"))
    painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 4, 4)
    if not running:
        painter.setPen(QPen(edge, 1 if over else 1.6))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    font = painter.font()
    font.setPixelSize(11)
    font.setBold(not over)
    painter.setFont(font)
    painter.setPen(theme.color("on_accent") if running else edge)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, LETTERS.get(adjunct.kind, adjunct.kind[:1].upper()))


def paint_brush(painter: QPainter, run: Sequence[QPointF], zoom: float, *, strong: bool) -> None:
    """A stroke on the skin, as wide as a small cup."""
    colour = LIGHT.color("accent")  # the skin is as pale in the dark look
    colour.setAlphaF(0.5 if strong else 0.3)
    path = QPainterPath(run[0])
    for place, following in zip(run[1:], [*run[2:], run[-1]], strict=True):
        path.quadTo(place, (place + following) / 2)
    path.lineTo(run[-1] + QPointF(0.01, 0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    wide = max(BRUSH * zoom, LEAST_BRUSH)
    painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(path)


def paint_wire(painter: QPainter, theme: Theme, start: QPointF, end: QPointF, *, running: bool) -> None:
    """A slack wire between two needles, with a wave in its middle: quiet when planned, in the accent's colour when it runs."""
    way = end - start
    length = hypot(way.x(), way.y())
    if length < 2 * MARKER:
        return
    aside = QPointF(-way.y(), way.x()) / length
    if aside.y() < -0.2 or (abs(aside.y()) <= 0.2 and aside.x() < 0):  # a wire hangs down; an upright one hangs to the right
        aside = -aside
    bend = (start + end) / 2 + aside * min(max(2 * SLACK * length, 8.0), 70.0)
    path = QPainterPath(start)
    path.quadTo(bend, end)
    middle = (start + bend * 2 + end) / 4
    _draw_wire(painter, theme, path, running=running)
    if length >= WAVE_FROM:
        _paint_wave(painter, theme, middle, running=running)


def _draw_wire(painter: QPainter, theme: Theme, path: QPainterPath, *, running: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((theme.color("card"), 4.0), _wire(theme, running=running)):
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)


def _wire(theme: Theme, *, running: bool) -> tuple[QColor, float]:
    return (theme.color("accent"), 2.2) if running else (theme.color("muted"), 1.6)


def _paint_wave(painter: QPainter, theme: Theme, middle: QPointF, *, running: bool) -> None:
    colour, _ = _wire(theme, running=running)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(colour if running else theme.color("card"))
    painter.drawRoundedRect(QRectF(middle.x() - 9, middle.y() - 6, 18, 12), 6, 6)
    wave = QPainterPath(middle + QPointF(-6, 0))
    for k in range(4):
        x = middle.x() - 6 + 3 * k
        wave.quadTo(QPointF(x + 1.5, middle.y() + (-5.5 if k % 2 == 0 else 5.5)), QPointF(x + 3, middle.y()))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("on_accent") if running else colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(wave)


def _paint_stub(painter: QPainter, theme: Theme, place: QPointF, way: QPointF, *, running: bool) -> None:
    """A short end of a wire with an arrow."""
    tip, aside = place + way * (MARKER + STUB), QPointF(-way.y(), way.x())
    path = QPainterPath(place)
    path.lineTo(tip)
    path.moveTo(tip - way * 5 + aside * 4)
    path.lineTo(tip)
    path.lineTo(tip - way * 5 - aside * 4)
    _draw_wire(painter, theme, path, running=running)
