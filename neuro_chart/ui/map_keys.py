"""The body map by keyboard alone: a cursor that places, a walk from needle to needle, and what is done to those selected."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

from neuro_chart.ui.map_hand import MORE
from neuro_chart.ui.map_sight import SNAP, Seen, Target
from neuro_chart.ui.map_tools import Tool

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap

KEYS = {
    "Space, arrows": "Show a cursor and move it (Shift: far)",
    "Space": "Place at the cursor, or pick what is there",
    "N, P": "Next and previous needle (Shift: add it)",
    "Ctrl+A": "Select all needles",
    "Arrows": "Move those selected by 1 mm (Shift: 5 mm)",
    "M": "Mirror those selected to the other side",
    "Delete": "Take those selected off the chart",
    "Esc": "Put the tool or cursor away, then let go",
    "S, R, L": "Lasso, ruler, layers",
    "+ − 0, Ctrl+arrows": "Zoom, fit, move the body",
}
STEP, FAR_STEP = 0.01, 0.05  # dm
CURSOR_STEP, FAR_CURSOR_STEP, PAN = 6.0, 36.0, 48.0  # px
EDGE = 24.0  # px: the body moves when the cursor comes so close to the edge
_WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_K = Qt.Key


class Keys:
    """Turns keys on a map into its signals. `by_keys`: whether the map was come to by the keyboard."""

    def __init__(self, shown: "BodyMap") -> None:
        self._map = shown
        self._cursor: tuple[float, float] | None = None
        self._walked = ""
        self.by_keys = False
        self._plain: dict[Qt.Key, Callable[[], object]] = {
            _K.Key_Plus: lambda: shown.zoom_by(1.25), _K.Key_Equal: lambda: shown.zoom_by(1.25),
            _K.Key_Minus: lambda: shown.zoom_by(0.8), _K.Key_Underscore: lambda: shown.zoom_by(0.8),
            _K.Key_0: shown.fit,
            _K.Key_R: lambda: shown.tools.turn(Tool.RULER),
            _K.Key_S: lambda: shown.tools.turn(Tool.LASSO),
        }  # fmt: skip
        self._to_selected: dict[Qt.Key, Callable[[], object]] = {
            _K.Key_M: shown.mirror_wanted.emit, _K.Key_Delete: shown.removal_wanted.emit, _K.Key_Backspace: shown.removal_wanted.emit,
        }  # fmt: skip

    @property
    def cursor(self) -> QPointF | None:
        """Where the cursor stands, in pixels of the widget, if it is shown."""
        return None if self._cursor is None else QPointF(*self._map.camera.to_widget(*self._cursor))

    def take_focus(self, event: QFocusEvent) -> None:
        """The map has the keys: by the keyboard, or by a click."""
        self.by_keys = event.reason() in {
            Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason,
        }  # fmt: skip

    def press(self, event: QKeyEvent) -> bool:
        """A key is pressed; False if it means nothing here."""
        shown, key = self._map, Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.SelectAll):
            shown.pick(frozenset(needle.id for needle in shown.needles))
        elif key in _WAYS:
            self._go(*_WAYS[key], event.modifiers())
        elif key in {_K.Key_N, _K.Key_P}:
            return self.walk(1 if key == _K.Key_N else -1, more=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in {_K.Key_Space, _K.Key_Return, _K.Key_Enter}:
            self._act(more=bool(event.modifiers() & MORE))
        elif key in self._plain:
            self._plain[key]()
        elif key in self._to_selected and shown.selected and not shown.read_only:
            self._to_selected[key]()
        else:
            return key == _K.Key_Escape and self._leave_off()
        return True

    def hide_cursor(self) -> None:
        """Put the cursor away."""
        if self._cursor is not None:
            self._cursor = None
            self._map.pointer.leave()

    def _go(self, dx: int, dy: int, modifiers: Qt.KeyboardModifier) -> None:
        shown, far = self._map, bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        in_sight = any(needle.id in shown.selected for needle, _ in shown.pins())
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            shown.pan_by(-PAN * dx, -PAN * dy)
        elif in_sight and self._cursor is None and not shown.read_only:
            step = FAR_STEP if far else STEP
            moved = shown.sight.shifted(shown.chosen(), dx * step, dy * step, on_skin=True)
            if moved:
                shown.moved.emit(tuple((needle.id, target.site, target.code) for needle, target in moved))
        else:
            step = FAR_CURSOR_STEP if far else CURSOR_STEP
            place = self.cursor or self._start()
            self._put_cursor(place + QPointF(dx, dy) * step)

    def _start(self) -> QPointF:
        """Where the cursor comes up: at a needle that is selected, else a little above the middle of what is seen of the first view."""
        shown = self._map
        chosen = next((seen for seen in shown.seen_needles() if seen.needle.id in shown.selected), None)
        if chosen is not None:
            return QPointF(chosen.x, chosen.y)
        room = QRectF(shown.rect())
        frame = next(frame & room for frame in map(shown.frame, shown.panels) if frame.intersects(room))
        return QPointF(frame.center().x(), frame.top() + 0.4 * frame.height())

    def _put_cursor(self, place: QPointF) -> None:
        """Show the cursor, move the body if it comes to the edge, and say what is there."""
        shown = self._map
        room = QRectF(shown.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        kept = QPointF(min(max(place.x(), room.left()), room.right()), min(max(place.y(), room.top()), room.bottom()))
        shown.pan_by(kept.x() - place.x(), kept.y() - place.y())
        self._cursor = shown.camera.to_sheet(kept.x(), kept.y())
        target = self._under()
        seen = shown.needle_at(kept, SNAP)
        shown.pointer.hover = target if target is not None and target.code and seen is None else None
        shown.pointer.say(shown.place_of(seen) if seen else target, aloud=True)
        shown.update()

    def _under(self) -> Target | None:
        place = self.cursor
        return None if place is None else self._map.target_at(place)

    def _act(self, *, more: bool) -> None:
        """Place a needle at the cursor, or pick the one there; show the cursor first."""
        shown, place = self._map, self.cursor
        if place is None:
            self._put_cursor(self._start())
            return
        seen, target = shown.needle_at(place, SNAP), self._under()
        if shown.tools.held is Tool.BRUSH:
            shown.tools.draw((target.site,) if target else ())
        elif seen is not None:
            shown.pick(shown.selected ^ {seen.needle.id} if more else frozenset({seen.needle.id}))
        elif target is not None and not shown.read_only:
            shown.pointer.hover = None
            shown.placed.emit(target.site, target.code)
        elif target is not None and target.code:
            shown.point_chosen.emit(target.code, target.site)

    def walk(self, step: int, *, more: bool = False) -> bool:
        """Go on to the next needle, and turn to where it is seen; False if there is none."""
        shown = self._map
        ids = [needle.id for needle in shown.needles]
        if not ids:
            return False
        last = self._walked if self._walked in shown.selected else next((one for one in ids if one in shown.selected), "")
        place = (ids.index(last) + step) % len(ids) if last else (0 if step > 0 else -1)
        needle = shown.needles[place]
        self.hide_cursor()
        self._walked = needle.id
        shown.pick(shown.selected | {needle.id} if more else frozenset({needle.id}))
        shown.reveal(needle)
        shown.pointer.say(shown.place_of(Seen(needle, 0, 0, 0)), aloud=True)
        return True

    def _leave_off(self) -> bool:
        """Put the tool away, else what is held, else the cursor, else let go of what is selected."""
        shown = self._map
        if shown.tools.held is not Tool.HAND:
            shown.tools.take_up(Tool.HAND)
        elif shown.hand.is_down:
            shown.hand.let_go()
        elif self._cursor is not None:
            self.hide_cursor()
        elif shown.selected:
            shown.pick(frozenset())
        else:
            return False
        return True
