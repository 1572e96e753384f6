"""Counting out: a walk over the body by which every needle that went in is found and ticked off."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from neuro_chart.clinic.events import OF_MISHAP, EventKind, unnoted
from neuro_chart.clinic.needles import Mishap, Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.clinic.walk import Stop, is_out, walk
from neuro_chart.ui.count_rows import StopRows
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.signing import panel_head
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import add_action, button, label, scrolled


class CountPanel(QFrame):
    """The walk over the body: `look_wanted(Needle)` turns the map to one, `told(EventKind, needle id)` asks to note what happened."""

    closed = Signal()
    look_wanted = Signal(object)
    told = Signal(object, str)
    sign_wanted = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self._pulled: set[str] = set()  # those that were pulled: when a tick is taken back they are not in again, but still to be found
        self._visit_id = ""
        self._selecting = False
        self._roving: Roving | None = None
        self.present: Stop | None = None
        self.stops: dict[Stop, StopRows] = {}
        self.setProperty("role", "card")
        self.setAccessibleName("Count out")
        self.left = label("", "display", wrap=True)
        self.words = label("", "muted", wrap=True)
        self.note = button("", self._note, "link")
        self.empty = label("", "muted", wrap=True)
        self.all = button("", self.finish, "primary", "check")
        self.all.setToolTip("Tick every needle that is left (Ctrl+Shift+Return)")
        self.sign = button("Sign visit…", self.sign_wanted.emit, "primary", "pen-line")
        self.sign.setToolTip("Close this visit (Ctrl+Shift+S)")
        key = add_action(self, "Count all out", "Ctrl+Shift+Return", self.finish)
        key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._lay_out()
        treatment.shown.connect(self._show)
        treatment.selection_changed.connect(self._follow)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(16, 0, 16, 8)
        head.setSpacing(4)
        for widget in (self.left, self.words, self.note):
            head.addWidget(widget)
        head.setAlignment(self.note, Qt.AlignmentFlag.AlignLeft)
        rows = QWidget()
        self._rows = QVBoxLayout(rows)
        self._rows.setContentsMargins(6, 0, 6, 8)
        self._rows.setSpacing(2)
        self.empty.setContentsMargins(10, 8, 10, 0)
        self._rows.addWidget(self.empty)
        self._rows.addStretch(1)
        self.area = scrolled(rows)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.addWidget(self.all)
        foot.addWidget(self.sign)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(panel_head("Count out", self.closed.emit))
        whole.addLayout(head)
        whole.addWidget(self.area, 1)
        whole.addLayout(foot)

    # What is shown

    def begin(self) -> None:
        """Start the walk at the first stop that is not done, with the keys in it."""
        if self._treatment.draft is not None:
            self.present = None
            self._show(self._treatment.draft)
            self._go_on()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._treatment.visit is not None:
            self._show(self._treatment.visit)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._treatment.select(())

    def _show(self, visit: Visit) -> None:
        if visit.id != self._visit_id:
            self._visit_id, self._pulled, self.present = visit.id, set(), None
        self._pulled |= {needle.id for needle in visit.needles if needle.removed is not None and not needle.counted}
        if self.isHidden():
            return
        found = walk(visit.needles)
        there = {stop: needles for stop, needles in found.items() if needles}
        if {stop: [needle.id for needle in needles] for stop, needles in there.items()} != {
            stop: list(rows.rows) for stop, rows in self.stops.items()
        }:
            self._rebuild(there)
        for stop, needles in there.items():
            self.stops[stop].show_needles(needles, present=stop == self.present)
        others = [stop.title.lower() if stop.title != "Under the blanket" else "under the blanket" for stop in found if stop not in there]
        self.empty.setText(f"Look, too: {', '.join(others)}.")
        self.empty.setVisible(bool(others))
        self._say(visit)

    def _say(self, visit: Visit) -> None:
        count = visit.count
        left = count.inside + count.uncounted
        self.left.setText(f"{left} left" if left else f"{count.inserted} in, {count.out} out." if count.inserted else "No needles yet")
        fallen = sum(needle.mishap is Mishap.DROPPED and not is_out(needle) for needle in visit.needles)
        words = {
            bool(count.inside): "Tick each needle as it comes out, here or on the body.",
            bool(count.uncounted): "All were pulled. Look at each place and tick what is out and put away.",
        }.get(True, "Every needle is out and counted." if count.inserted else "What goes in is counted out here.")
        self.words.setText(words + (" One that fell counts when it is found." if fallen else ""))
        wrong = unnoted(visit.needles, visit.events)
        self.note.setText(f"Note the {wrong[0]}" if wrong else "Patient faint? Note it")
        self.note.setVisible(bool(wrong or self._pulled))
        self.all.setText(f"All {left} counted")
        self.all.setVisible(bool(left) and not count.inside)
        self.sign.setVisible(bool(count.inserted) and not left)

    def _rebuild(self, there: dict[Stop, list[Needle]]) -> None:
        focus = self.window().focusWidget()
        had_keys = focus is not None and self.area.isAncestorOf(focus)
        for gone in self.stops.values():
            gone.hide()
            gone.deleteLater()
        self.stops = {}
        for at, (stop, needles) in enumerate(there.items()):
            made = self.stops[stop] = StopRows(stop, needles)
            made.wanted.connect(partial(self._turn_to, stop))
            made.ticked.connect(self._tick)
            made.all_ticked.connect(partial(self._tick_all, stop))
            made.passed.connect(partial(self._pass, stop))
            made.marked.connect(self._mark)
            made.told.connect(self._tell)
            made.box.installEventFilter(self)
            self._rows.insertWidget(at, made)
        if self.present not in self.stops:
            self.present = None
        ticks = [tick for rows in self.stops.values() for tick in rows.ticks]
        self._roving = Roving(ticks, self) if ticks else None
        if had_keys and ticks:
            (self.stops[self.present].box if self.present else ticks[0]).setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A stop that the keys come to is the present one; one that is clicked stays under the mouse."""
        if isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() == Qt.FocusReason.OtherFocusReason:
            self._turn_to(next(stop for stop, rows in self.stops.items() if rows.box is watched))
        return super().eventFilter(watched, event)

    # The walk

    def _turn_to(self, stop: Stop) -> None:
        """Make a stop the present one: its needles are unfolded here, and selected and in sight on the body."""
        self.present = stop
        for other, rows in self.stops.items():
            rows.show_needles(rows.needles, present=other == stop)
        needles = self.stops[stop].needles
        self._selecting = True
        self._treatment.select(needle.id for needle in needles)
        self._selecting = False
        self.look_wanted.emit(next((needle for needle in needles if not is_out(needle)), needles[0]))
        rows = self.stops[stop]
        self._rows.activate()
        self.area.ensureWidgetVisible(rows, 0, 8)

    def _go_on(self) -> None:
        """Go to the next stop that is not done, after the present one or else from the top; to the end when none is left."""
        stops = list(self.stops)
        at = stops.index(self.present) + 1 if self.present in self.stops else 0
        following = next((stop for stop in [*stops[at:], *stops[:at]] if not self.stops[stop].is_done), None)
        if following is not None:
            self._turn_to(following)
            rows = self.stops[following]
            first = next(row for needle, row in zip(rows.needles, rows.rows.values(), strict=True) if not is_out(needle))
            first.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            (self.sign if self.sign.isVisible() else self.all).setFocus(Qt.FocusReason.TabFocusReason)

    def _follow(self, selected: frozenset[str]) -> None:
        """Turn to the stop of what was selected on the body or in the list."""
        chosen = [stop for stop, rows in self.stops.items() if selected & rows.rows.keys()]
        if self.isVisible() and not self._selecting and len(chosen) == 1 and chosen[0] != self.present:
            self.present = chosen[0]
            for stop, rows in self.stops.items():
                rows.show_needles(rows.needles, present=stop == self.present)

    def _tick(self, needle: Needle) -> None:
        self._take_back([needle]) if is_out(needle) else self._count([needle])

    def _tick_all(self, stop: Stop) -> None:
        """Tick a whole stop, and go on where it is the present one; where all of it is ticked, take the ticks back."""
        rows = self.stops[stop]
        if rows.is_done:
            self._take_back(rows.needles)
        elif stop == self.present:
            self._pass(stop)
        else:
            self._count(rows.needles)

    def _pass(self, stop: Stop) -> None:
        self._count(self.stops[stop].needles)
        self.present = stop
        self._go_on()

    def finish(self) -> None:
        """Tick all that were pulled, at one touch; what is still in is not out by a touch."""
        if not any(needle.is_in for needle in self._treatment.needles):
            self._treatment.count_out()
        if self.sign.isVisible():
            self.sign.setFocus(Qt.FocusReason.TabFocusReason)

    def touch(self, needle_id: str) -> None:
        """Tick a needle that was touched on the body, or take its tick back."""
        for needle in self._treatment.needles:
            if needle.id == needle_id and not needle.is_planned:
                self._tick(needle)

    def _count(self, needles: Sequence[Needle]) -> None:
        if inside := [needle.id for needle in needles if needle.is_in]:
            self._treatment.take_out(inside)
        if pulled := [needle.id for needle in needles if not needle.is_in and not is_out(needle)]:
            self._treatment.count_out(pulled)

    def _take_back(self, needles: Sequence[Needle]) -> None:
        if pulled := [replace(needle, counted=False) for needle in needles if needle.id in self._pulled]:
            self._treatment.change("Take ticks back", pulled)
        if out := [needle.id for needle in needles if needle.id not in self._pulled]:
            self._treatment.put_back(out)

    # What went wrong

    def _mark(self, needle: Needle, mishap: Mishap) -> None:
        if mishap is Mishap.REPLACED:
            self._treatment.replace_needles([needle.id])
        else:
            self._treatment.mark([needle.id], mishap)

    def _tell(self, needle: Needle) -> None:
        self.told.emit(OF_MISHAP.get(needle.mishap), needle.id)

    def _note(self) -> None:
        visit = self._treatment.visit
        wrong = unnoted(visit.needles, visit.events) if visit else None
        self.told.emit(*(wrong or (EventKind.FAINTING, "")))
