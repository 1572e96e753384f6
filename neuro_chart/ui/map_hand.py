"""The hand on the body map: what mouse, pen and touch do to needles, camera, ruler, lasso and brush."""

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QNativeGestureEvent,
    QPointingDevice,
    QPolygonF,
    QSinglePointEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QPinchGesture

from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.ui.map_labels import nearest
from neuro_chart.ui.map_sight import HIT, SNAP, TOUCH_SNAP, Seen, Target
from neuro_chart.ui.map_tools import Tool

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap

MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
FINGER_HIT, PEN_HIT = 20.0, 14.0
PALM = 1.0  # s after the pen's last move in which a touch is the palm's
STRIDE = 3.0  # px between the places of a path
MOST_SITES = 48  # of a stroke


class Hand:
    """Turns what is done on a map into its signals.

    `landing` is where the needles that are dragged would land; `path` what the lasso or the brush has drawn, in the sheet's decimetres.
    """

    def __init__(self, shown: "BodyMap") -> None:
        self._map = shown
        self.landing: tuple[tuple[Needle, Target], ...] = ()
        self.path: list[tuple[float, float]] = []
        self._press: QPointF | None = None
        self._pressed: Seen | None = None
        self._draws = False
        self._dragging = False
        self._pinching = False
        self._pen_at = -PALM
        self._last = QPointF()

    @property
    def is_down(self) -> bool:
        """Whether something is pressed."""
        return self._press is not None

    # Press, move, release

    def press(self, event: QSinglePointEvent) -> None:
        """The hand comes down."""
        shown, here = self._map, event.position()
        if self._is_palm(event):
            return
        self._heed_pen(event)
        self._last = here
        if event.button() != Qt.MouseButton.LeftButton:
            return
        shown.keys.hide_cursor()
        self._press, self._dragging = here, False
        if shown.tools.held is Tool.RULER:
            self._lay_ruler(event)
            return
        self._pressed = shown.needle_at(here, _reach(event))
        beside = self._pressed is None and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._draws = shown.tools.held in {Tool.LASSO, Tool.BRUSH} or beside
        self.path = [shown.camera.to_sheet(here.x(), here.y())] if self._draws else []

    def move(self, event: QSinglePointEvent) -> None:
        """The hand moves, pressed or not."""
        shown, here = self._map, event.position()
        if self._is_palm(event):
            return
        self._heed_pen(event)
        snap = 0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else SNAP
        if self._press is None:
            if event.buttons() & Qt.MouseButton.MiddleButton:
                shown.pan_by(here.x() - self._last.x(), here.y() - self._last.y())
            else:
                shown.pointer.move_to(here, snap)
        elif not self._pinching:
            if shown.tools.held is Tool.RULER:
                self._stretch_ruler(event)
            else:
                self._drag_to(here, snap)
        self._last = here

    def _drag_to(self, here: QPointF, snap: float) -> None:
        shown = self._map
        if self._press is not None:
            self._dragging = self._dragging or (here - self._press).manhattanLength() >= QApplication.startDragDistance()
        if not self._dragging:
            return
        if self._draws:
            if (here - self._last).manhattanLength() >= STRIDE or len(self.path) == 1:
                self.path.append(shown.camera.to_sheet(here.x(), here.y()))
            shown.update()
        elif self._pressed is not None and not shown.read_only:
            self._drag_needles(here, snap)
        else:
            shown.setCursor(Qt.CursorShape.ClosedHandCursor)
            shown.pan_by(here.x() - self._last.x(), here.y() - self._last.y())

    def _drag_needles(self, here: QPointF, snap: float) -> None:
        """One needle snaps to points, a group moves as one; beside the body nothing lands."""
        shown, held, press = self._map, self._pressed, self._press
        if held is None or press is None:
            return
        if held.needle.id in shown.selected and len(shown.selected) > 1:
            way = (here - press) / shown.camera.zoom
            self.landing = shown.sight.shifted(shown.chosen(), way.x(), way.y(), held.panel)
        else:
            target = shown.target_at(here, snap)
            self.landing = ((held.needle, target),) if target else ()
            shown.pointer.say(target)
        shown.update()

    def release(self, event: QSinglePointEvent) -> None:
        """The hand is lifted: what was begun is done."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None or self._is_palm(event):
            return
        landing, path, draws, pressed, dragged = self.landing, self.path, self._draws, self._pressed, self._dragging
        self.let_go()
        if self._pinching or self._map.tools.held is Tool.RULER:
            return
        if draws and dragged:
            self._close(path)
        elif dragged:
            if landing:
                self._map.moved.emit(tuple((needle.id, target.site, target.code) for needle, target in landing))
        elif self._map.tools.held is Tool.BRUSH:
            self._map.tools.draw(self._sites_of([path[0]], _snap(event)))
        elif pressed is not None:
            self._touch_needle(pressed.needle, event)
        elif self._map.tools.held is Tool.LASSO:
            self._map.pick(frozenset())
        elif not event.modifiers() & MORE:
            self._touch_skin(self._target_of(event))

    def _touch_needle(self, needle: Needle, event: QSinglePointEvent) -> None:
        shown = self._map
        if isinstance(event, QTabletEvent) and event.pointerType() == QPointingDevice.PointerType.Eraser:
            if not shown.read_only:
                shown.pick(frozenset({needle.id}))
                shown.removal_wanted.emit()
        elif event.modifiers() & MORE or shown.tools.held is Tool.LASSO:
            shown.pick(shown.selected ^ {needle.id})
        else:
            shown.pick(frozenset({needle.id}))
            shown.touched.emit(needle.id)

    def _touch_skin(self, target: Target | None) -> None:
        shown = self._map
        if target is not None and not shown.read_only:
            shown.pointer.hover = None
            shown.placed.emit(target.site, target.code)
            return
        if shown.selected:
            shown.pick(frozenset())
        if target is not None and target.code:
            shown.point_chosen.emit(target.code, target.site)

    def _close(self, path: list[tuple[float, float]]) -> None:
        """The lasso selects what it went round, beside what is selected; the brush has drawn."""
        shown = self._map
        if shown.tools.held is Tool.BRUSH:
            shown.tools.draw(self._sites_of(path, 0))
            return
        ring = QPolygonF([QPointF(x, y) for x, y in path])
        inside = {needle.id for needle, pin in shown.pins() if ring.containsPoint(QPointF(pin.x, pin.y), Qt.FillRule.WindingFill)}
        shown.pick(shown.selected | inside)

    def _sites_of(self, path: list[tuple[float, float]], snap: float) -> tuple[Site, ...]:
        """The places on the skin along a path, not too close."""
        every = max(1, -(-len(path) // MOST_SITES))
        steps = [*path[:-1:every], path[-1]]
        found = [self._map.target_at(QPointF(*self._map.camera.to_widget(*step)), snap) for step in steps]
        return tuple(dict.fromkeys(target.site for target in found if target is not None))

    def let_go(self) -> None:
        """Drop what is pressed, and do nothing with it."""
        self._press = self._pressed = None
        self.landing, self.path = (), []
        self._dragging = self._draws = False
        if self._map.tools.held is Tool.HAND:
            self._map.unsetCursor()
        else:
            self._map.setCursor(Qt.CursorShape.CrossCursor)
        self._map.update()

    def _is_palm(self, event: QSinglePointEvent) -> bool:
        """Whether a hand rests on the screen while the pen draws."""
        return _is_finger(event) and self.is_down and monotonic() - self._pen_at < PALM

    def _heed_pen(self, event: QSinglePointEvent) -> None:
        if isinstance(event, QTabletEvent):
            self._pen_at = monotonic()

    # The ruler

    def _target_of(self, event: QSinglePointEvent) -> Target | None:
        """What is under the hand: a needle's place too while it measures."""
        snap = 0.0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else _snap(event)
        seen = self._map.needle_at(event.position(), snap) if self._map.tools.held is Tool.RULER and snap else None
        if seen is not None:
            return self._map.place_of(seen)
        return self._map.target_at(event.position(), snap)

    def _lay_ruler(self, event: QSinglePointEvent) -> None:
        """Take hold of an end of the ruler, or lay a new one from here."""
        shown, ruler = self._map, self._map.tools.ruler
        reach = TOUCH_SNAP if _is_finger(event) else HIT
        if ruler.ends is not None:
            for _, line in ruler.lines(shown.panels, shown.camera):
                held = nearest([(line.x1(), line.y1()), (line.x2(), line.y2())], event.position().x(), event.position().y(), reach)
                if held is not None:
                    ruler.ends = (ruler.ends[1 - held], ruler.ends[held])
                    return
        start = self._target_of(event)
        ruler.ends = (start.site, start.site) if start else None
        shown.update()

    def _stretch_ruler(self, event: QSinglePointEvent) -> None:
        shown = self._map
        target = self._target_of(event)
        if target is not None and shown.tools.ruler.ends is not None:
            shown.tools.ruler.reach(target.site)
            shown.hovered.emit(shown.tools.ruler.words(shown.atlas))
            shown.update()

    # Zoom

    def wheel(self, event: QWheelEvent) -> None:
        """The wheel turns: zoom at the pointer."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        self._map.zoom_by(1.0015**turn, event.position())
        event.accept()

    def gesture(self, event: QNativeGestureEvent) -> bool:
        """Two fingers on a trackpad; False if it isn't a zoom."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._map.zoom_by(1 + event.value(), event.position())
        return True

    def pinch(self, gesture: QPinchGesture) -> None:
        """Two fingers on the screen zoom and pan, and do nothing else."""
        if gesture.state() == Qt.GestureState.GestureStarted:
            self._pinching = True
            self.landing, self.path = (), []
        centre = QPointF(self._map.mapFromGlobal(gesture.centerPoint().toPoint()))
        before = QPointF(self._map.mapFromGlobal(gesture.lastCenterPoint().toPoint()))
        self._map.zoom_by(gesture.scaleFactor(), centre)
        self._map.pan_by(centre.x() - before.x(), centre.y() - before.y())
        if gesture.state() in {Qt.GestureState.GestureFinished, Qt.GestureState.GestureCanceled}:
            self.let_go()
            self._pinching = False

    def lift_fingers(self) -> None:
        """All fingers have left the screen."""
        self._pinching = False


def _is_finger(event: QSinglePointEvent) -> bool:
    device = event.pointingDevice()
    return device is not None and device.pointerType() == QPointingDevice.PointerType.Finger


def _snap(event: QSinglePointEvent) -> float:
    return TOUCH_SNAP if _is_finger(event) else SNAP


def _reach(event: QSinglePointEvent) -> float:
    """How near a needle the hand must be to take hold of it."""
    return FINGER_HIT if _is_finger(event) else PEN_HIT if isinstance(event, QTabletEvent) else HIT
