"""What the body map paints afresh in each frame over its scene: what is typed, pressed, picked, pointed at, drawn and measured."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from neuro_chart.ui.map_adjuncts import paint_brush
from neuro_chart.ui.map_marks import MARKER, dashed, paint_ghost
from neuro_chart.ui.map_picture import thin, to_widget
from neuro_chart.ui.map_sight import Target
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.map_words import bubble_box, paint_bubble, sized
from neuro_chart.ui.theme import Theme

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap


class Front:
    """Paints over the scene of a map."""

    def __init__(self, shown: "BodyMap") -> None:
        self._map = shown

    def paint(self, painter: QPainter) -> None:
        """All of it, from the skin up."""
        shown, theme = self._map, Theme.of(self._map)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_under(painter, theme)
        self._paint_pinned(painter, theme)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for seen in shown.seen_needles() if shown.selected else ():
            if seen.needle.id in shown.selected:
                _paint_ring(painter, theme, QPointF(seen.x, seen.y), MARKER + 4)
        for site, code in shown.ghosts:
            for spot in shown.sight.places(site, code):
                paint_ghost(painter, QPointF(*shown.camera.to_widget(spot.x, spot.y)), theme)
        if shown.tools.ruler.ends is not None:
            shown.tools.ruler.paint(painter, shown.panels, shown.camera, atlas=shown.atlas, theme=theme, font=shown.font())
        for mark in shown.marks():
            self._paint_target(painter, theme, mark)
        for _, landing in shown.hand.landing:
            self._paint_target(painter, theme, landing, held=True)
        if shown.pointer.hover is not None and not shown.hand.landing:
            self._paint_target(painter, theme, shown.pointer.hover)
        self._paint_path(painter, theme)
        if shown.keys.cursor is not None:
            _paint_cursor(painter, theme, shown.keys.cursor)
        if shown.keys.by_keys and shown.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(shown.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _paint_path(self, painter: QPainter, theme: Theme) -> None:
        """What the brush or the lasso has drawn so far."""
        shown = self._map
        path = [QPointF(*shown.camera.to_widget(*place)) for place in shown.hand.path]
        if len(path) < 2:
            return
        if shown.tools.held is Tool.BRUSH:
            paint_brush(painter, path, shown.camera.zoom, strong=True)
            return
        inside = theme.color("accent")
        inside.setAlphaF(0.12)
        painter.setBrush(inside)
        for pen in (QPen(theme.color("card"), 3.6), dashed(theme.color("accent"), 1.8)):
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF(path))
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def pinned_captions(self) -> list[tuple[str, QRectF]]:
        """The titles of views whose own place is out of sight, and where they stand instead: at the foot of what is seen of each."""
        shown = self._map
        metrics = QFontMetricsF(sized(shown.font()))
        room = QRectF(0, 0, shown.width() - shown.camera.corner[0], shown.height())
        found = []
        for panel in shown.panels:
            frame, words = shown.frame(panel), panel.caption.replace("\n", ", ")
            seen, wide, tall = frame & room, metrics.horizontalAdvance(words) + 16, metrics.height() + 6
            own = QRectF(frame.center().x() - wide / 2, frame.bottom() + 6, wide, metrics.height())
            if not own.intersects(QRectF(shown.rect())) and seen.width() >= wide and seen.height() >= 3 * tall:
                found.append((words, QRectF(seen.center().x() - wide / 2, seen.bottom() - tall - 4, wide, tall)))
        return found

    def _paint_pinned(self, painter: QPainter, theme: Theme) -> None:
        """Say of each view which it is, and of whose side, where its title has left the sight."""
        painter.setFont(sized(self._map.font()))
        for words, box in self.pinned_captions():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("card"))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(theme.color("muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_under(self, painter: QPainter, theme: Theme) -> None:
        """Lift out the area under the pointer and the lines of the channel of the point there."""
        shown, under = self._map, self._map.pointer.under
        if under is None or under.panel >= len(shown.panels):
            return
        panel, picture = shown.panels[under.panel], shown.picture
        frame = shown.frame(panel)
        area = picture.overlays.areas(panel.view, shown.layers.field).get(under.area) if under.area else None
        course = picture.figures.courses(panel.view).get(shown.channel_of(under.code)) if shown.layers.channels else None
        painter.save()
        painter.setClipRect(frame, Qt.ClipOperation.IntersectClip)
        painter.setTransform(to_widget(panel, frame, shown.camera.zoom), combine=True)
        if area is not None:
            lifted = theme.color("accent")
            lifted.setAlphaF(0.2)
            painter.setBrush(lifted)
            painter.setPen(thin(theme.color("accent"), 2 * shown.devicePixelRatioF()))
            painter.drawPath(area)
        if course is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(thin(picture.course_colour(shown.channel_of(under.code), 0.85), 2.4 * shown.devicePixelRatioF()))
            painter.drawPath(course[0])
        painter.restore()

    def _paint_target(self, painter: QPainter, theme: Theme, target: Target, *, held: bool = False) -> None:
        shown, place = self._map, QPointF(target.x, target.y)
        painter.setBrush(theme.color("accent") if held else Qt.BrushStyle.NoBrush)
        _paint_ring(painter, theme, place, MARKER + 2)
        if target.code:
            name = shown.name_of(target.code)
            paint_bubble(painter, theme, shown.font(), name, bubble_box(shown.font(), name, place, QRectF(shown.rect())))


def _paint_ring(painter: QPainter, theme: Theme, place: QPointF, reach: float) -> None:
    for colour, wide in (("card", 3.6), ("accent", 2.0)):
        painter.setPen(QPen(theme.color(colour), wide))
        painter.drawEllipse(place, reach, reach)


def _paint_cursor(painter: QPainter, theme: Theme, place: QPointF) -> None:
    """Four strokes that leave free what they point at."""
    for colour, wide in (("card", 4.5), ("text", 2.0)):
        painter.setPen(QPen(theme.color(colour), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            way = QPointF(dx, dy)
            painter.drawLine(place + way * (MARKER + 5), place + way * (MARKER + 13))
