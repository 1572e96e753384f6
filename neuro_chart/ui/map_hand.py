"""The hand on the body map: what mouse, touch and keys do to needles, camera and ruler."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication, QPinchGesture

from neuro_chart.ui.map_labels import nearest
from neuro_chart.ui.map_sight import HIT, SNAP, TOUCH_SNAP, Seen, Target

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap

STEP = 0.01
MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Hand:
    """Turns what is done on a map into its signals. `ghost` is where a needle that is dragged would land."""

    def __init__(self, shown: "BodyMap") -> None:
        self._map = shown
        self.ghost: Target | None = None
        self.by_keys = False
        self._press: QPointF | None = None
        self._pressed: Seen | None = None
        self._dragging = False
        self._pinching = False
        self._last = QPointF()

    @property
    def is_down(self) -> bool:
        """Whether something is pressed."""
        return self._press is not None

    def press(self, event: QMouseEvent) -> None:
        """The hand comes down."""
        self._last = event.position()
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position()
            if self._map.ruler.on:
                self._lay_ruler(event)
                return
            self._pressed = self._map.needle_at(self._press, TOUCH_SNAP / 1.3 if _is_touch(event) else HIT)
            self._dragging = False

    def move(self, event: QMouseEvent) -> None:
        """The hand moves, pressed or not."""
        shown, here = self._map, event.position()
        snap = 0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else SNAP
        if self._press is None:
            if event.buttons() & Qt.MouseButton.MiddleButton:
                shown.pan_by(here.x() - self._last.x(), here.y() - self._last.y())
            else:
                shown.pointer.move_to(here, snap)
        elif shown.ruler.on and not self._pinching:
            target = self._target_of(event)
            if target is not None and shown.ruler.ends is not None:
                shown.ruler.reach(target.site)
                shown.hovered.emit(shown.ruler.words(shown.atlas))
                shown.update()
        elif not self._pinching:
            self._drag_to(here, snap)
        self._last = here

    def _drag_to(self, here: QPointF, snap: float) -> None:
        shown = self._map
        if self._press is not None:
            self._dragging = self._dragging or (here - self._press).manhattanLength() >= QApplication.startDragDistance()
        if self._dragging and self._pressed is not None and not shown.read_only:
            self.ghost = shown.target_at(here, snap)
            shown.pointer.say(self.ghost)
            shown.update()
        elif self._dragging:
            shown.setCursor(Qt.CursorShape.ClosedHandCursor)
            shown.pan_by(here.x() - self._last.x(), here.y() - self._last.y())

    def release(self, event: QMouseEvent) -> None:
        """The hand is lifted: what was begun is done."""
        shown = self._map
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        pressed, ghost, dragged = self._pressed, self.ghost, self._dragging
        self.let_go()
        if self._pinching or shown.ruler.on:
            return
        if dragged:
            if pressed is not None and ghost is not None:
                shown.moved.emit(((pressed.needle.id, ghost.site, ghost.code),))
        elif pressed is not None:
            more = bool(event.modifiers() & MORE)
            shown.pick(shown.selected ^ {pressed.needle.id} if more else frozenset({pressed.needle.id}))
        elif (target := self._target_of(event)) is not None and not shown.read_only:
            shown.pointer.hover = None
            shown.placed.emit(target.site, target.code)
        else:
            if shown.selected:
                shown.pick(frozenset())
            if target is not None and target.code:
                shown.point_chosen.emit(target.code, target.site)

    def let_go(self) -> None:
        """Drop what is pressed, and do nothing with it."""
        self._press = self._pressed = self.ghost = None
        self._dragging = False
        if self._map.ruler.on:
            self._map.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._map.unsetCursor()
        self._map.update()

    def _target_of(self, event: QMouseEvent) -> Target | None:
        """What is under the hand: a needle's place too while it measures."""
        snap = 0.0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else TOUCH_SNAP if _is_touch(event) else SNAP
        seen = self._map.needle_at(event.position(), snap) if self._map.ruler.on and snap else None
        if seen is not None:
            return Target(seen.needle.site, seen.needle.point, seen.x, seen.y, seen.panel)
        return self._map.target_at(event.position(), snap)

    def _lay_ruler(self, event: QMouseEvent) -> None:
        """Take hold of an end of the ruler, or lay a new one from here."""
        shown, ruler = self._map, self._map.ruler
        reach = TOUCH_SNAP if _is_touch(event) else HIT
        if ruler.ends is not None:
            for _, line in ruler.lines(shown.panels, shown.camera):
                held = nearest([(line.x1(), line.y1()), (line.x2(), line.y2())], event.position().x(), event.position().y(), reach)
                if held is not None:
                    ruler.ends = (ruler.ends[1 - held], ruler.ends[held])
                    return
        start = self._target_of(event)
        ruler.ends = (start.site, start.site) if start else None
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
            self.ghost = None
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

    # The keyboard

    def key(self, event: QKeyEvent) -> bool:
        """A key is pressed; False if it means nothing here."""
        shown, key = self._map, event.key()
        move = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }.get(Qt.Key(key))  # fmt: skip
        in_sight = any(needle.id in shown.selected for needle, _ in shown.pins())
        if move is not None and in_sight and not shown.read_only and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._nudge(*move)
        elif move is not None:
            shown.pan_by(-48 * move[0], -48 * move[1])
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            shown.zoom_by(1.25)
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_Underscore}:
            shown.zoom_by(0.8)
        elif key == Qt.Key.Key_0:
            shown.fit()
        elif key == Qt.Key.Key_R:
            shown.set_measuring(not shown.ruler.on)
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and shown.selected and not shown.read_only:
            shown.removal_wanted.emit()
        elif key == Qt.Key.Key_Escape and (shown.ruler.on or shown.selected or self.is_down):
            self._leave_off()
        else:
            return False
        return True

    def _leave_off(self) -> None:
        """Put the ruler away; without it let go of what is pressed and selected."""
        if self._map.ruler.on:
            self._map.set_measuring(False)
        else:
            self.let_go()
            self._map.pick(frozenset())

    def _nudge(self, dx: int, dy: int) -> None:
        """Move the selected needles by a millimetre, each in the first view of the sheet that sees it."""
        shown = self._map
        moved = {}
        for needle, pin in shown.pins():
            if needle.id in shown.selected and needle.id not in moved:
                view = shown.panels[pin.panel].view
                place = view.place_of(needle.site)
                site = view.site_at(place[0] + dx * STEP * view.scale, place[1] + dy * STEP * view.scale) if place else None
                if site is not None:
                    moved[needle.id] = (needle.id, site, needle.point)
        if moved:
            shown.moved.emit(tuple(moved.values()))

    def take_focus(self, event: QFocusEvent) -> None:
        """The map has the keys: by the keyboard, or by a click."""
        self.by_keys = event.reason() in {
            Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason,
        }  # fmt: skip


def _is_touch(event: QMouseEvent) -> bool:
    device = event.pointingDevice()
    return device is not None and device.pointerType() == QPointingDevice.PointerType.Finger
