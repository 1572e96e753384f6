"""What happened: adverse events charted as they are told, each with its time, what was done and how it ended."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import AdverseEvent, EventKind, Told, read_time_near, time_error
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import local_day, local_time, short_day
from neuro_chart.ui.flow import Flow
from neuro_chart.ui.needle_rows import place_words
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.signing import panel_head
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button, label, row, scrolled, set_flag, small_field
from neuro_chart.ui.words import Prose

PROSE = {
    "words": ("What happened", "In the patient's words and in yours"),
    "done": ("What was done", "By whom, when, and who was told"),
    "outcome": ("Outcome", "How the patient was, and when they left"),
}


class EventForm(QWidget):
    """One event, stored as it is typed: `edited(AdverseEvent)`, `kind_wanted()` to choose another kind, `done()`, `unwanted()`."""

    edited = Signal(object)
    kind_wanted = Signal()
    done = Signal()
    unwanted = Signal()

    def __init__(self, told: Mapping[EventKind, Told], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = told
        self._visit: Visit | None = None
        self.event_: AdverseEvent | None = None
        self.title = label("", "title", wrap=True)
        self.record = label("", wrap=True)
        self.why = label("", "small", wrap=True)
        self.time = small_field("Time", "14:05", self._time_typed, 92)
        self.error = label("", "error", wrap=True)
        self.needle = QComboBox()
        self.needle.setAccessibleName("Needle that it came from")
        self.needle.setToolTip("The needle that it came from, if it came from one")
        self.needle.setMinimumContentsLength(8)
        self.needle.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.needle.activated.connect(lambda place: self._write("needle_id", self.needle.itemData(place)))
        self.prose = {name: Prose(title, placeholder, lines=2) for name, (title, placeholder) in PROSE.items()}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        other = button("Other kind", self.kind_wanted.emit, "link")
        box.addWidget(row(self.title, None, other))
        box.addWidget(self.record)
        box.addWidget(self.why)
        box.addWidget(row(self.time, self.needle))
        box.addWidget(self.error)
        for name, field in self.prose.items():
            heading = label(PROSE[name][0], "heading")
            heading.setBuddy(field)
            box.addSpacing(4)
            box.addWidget(heading)
            box.addWidget(field)
            field.edited.connect(partial(self._write, name))
        finished = button("Done", self.done.emit, "primary", "check")
        off = button("Take off", self.unwanted.emit, "", "trash-2")
        off.setToolTip("Take this entry off the chart; undo brings it back")
        box.addSpacing(8)
        box.addWidget(row(finished, off))

    def show_event(self, event: AdverseEvent, visit: Visit) -> None:
        """Show an event as it is stored, but for words that are newer."""
        other = self.event_ is None or self.event_.id != event.id
        self.event_, self._visit = event, visit
        told = self._told[event.kind]
        self.title.setText(told.title)
        self.record.setText(f"Note: {told.record[0].lower()}{told.record[1:]}")
        self.why.setText(told.why)
        self.why.setToolTip(told.source)
        self.why.setVisible(bool(told.why))
        if other or not self.time.isModified():
            self.time.setText(local_time(event.at))
            self._say("")
        self.needle.clear()
        self.needle.addItem("No needle", "")
        for needle in sorted(visit.needles, key=lambda needle: needle.position):
            self.needle.addItem(place_words(needle), needle.id)
        self.needle.setCurrentIndex(max(0, self.needle.findData(event.needle_id)))
        for name, field in self.prose.items():
            field.show_text(getattr(event, name))

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_flag(self.time, "invalid", bool(sentence))

    def _time_typed(self) -> None:
        if self.event_ is None or self._visit is None or not self.time.isModified():
            return
        try:
            at = read_time_near(self.time.text(), self.event_.at, self._visit.started, now())
        except ValueError as error:
            self._say(str(error))
            return
        wrong = time_error(at, self._visit.started, now())
        self._say(wrong)
        if not wrong:
            self.time.setModified(False)
            self._write("at", at)

    def _write(self, name: str, value: object) -> None:
        if self.event_ is not None and getattr(self.event_, name) != value:
            self.event_ = replace(self.event_, **{name: value})  # type: ignore[arg-type]  # each field has its own kind
            self.edited.emit(self.event_)

    def flush(self) -> None:
        """Announce what was typed."""
        if self.event_ is not None:
            self._time_typed()
            for field in self.prose.values():
                field.flush()


class EventPanel(QFrame):
    """The adverse events of the visit: a kind is chosen and charted at once, with the time that it is, and told beneath. `closed()`."""

    closed = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self._told = treatment.library.events
        self._current = ""  # the entry that is being told
        self._choosing = False  # another kind for it
        self._needle_id: str | None = None  # that the next one is charted from; None for the one that is selected
        self.setProperty("role", "card")
        self.setAccessibleName("What happened")
        self.form = EventForm(self._told)
        self.form.edited.connect(treatment.record)
        self.form.kind_wanted.connect(self._choose_kind)
        self.form.done.connect(lambda: self._edit(""))
        self.form.unwanted.connect(lambda: self._take_off(self._current))
        self.heading = label("", "heading", wrap=True)
        self.kinds = {kind: button(told.title, partial(self._chart, kind), "chip") for kind, told in self._told.items()}
        for kind, chip in self.kinds.items():
            chip.setToolTip(self._told[kind].record)
            chip.setCheckable(True)
        Roving(list(self.kinds.values()), self)
        self._choice = QWidget()
        box = QVBoxLayout(self._choice)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.heading)
        box.addWidget(Flow(list(self.kinds.values())))
        listing = QWidget()
        listed = QVBoxLayout(listing)
        listed.setContentsMargins(16, 4, 14, 16)
        listed.setSpacing(8)
        self.none = label("", "muted", wrap=True)
        self._entries = QVBoxLayout()
        self._entries.setSpacing(8)
        listed.addWidget(self.none)
        listed.addLayout(self._entries)
        listed.addWidget(self._choice)
        listed.addStretch(1)
        telling = QWidget()
        told = QVBoxLayout(telling)
        told.setContentsMargins(16, 4, 14, 16)
        told.addWidget(self.form)
        told.addStretch(1)
        self.pages = QStackedWidget()
        self.pages.addWidget(scrolled(listing))
        self.pages.addWidget(scrolled(telling))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(panel_head("What happened", self.closed.emit))
        whole.addWidget(self.pages, 1)
        treatment.shown.connect(self._show)

    # What is shown

    def begin(self, kind: EventKind | None = None, needle_id: str = "") -> None:
        """Ask what happened; a kind that is known is charted at once, or the entry of it that is there is gone on with."""
        self._edit("")
        self._needle_id = needle_id or None
        visit = self._treatment.visit
        same = [event.id for event in visit.events if (event.kind, event.needle_id) == (kind, needle_id)] if visit and kind else []
        if same:
            self._edit(same[-1])
        elif kind is not None:
            self._needle_id = needle_id
            self._chart(kind)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _show(self, visit: Visit) -> None:
        if self.isHidden():
            return
        current = next((event for event in visit.events if event.id == self._current), None)
        draft = not visit.is_closed
        if current is None or not draft:
            self._current = ""
        elif not self._choosing:
            self.form.show_event(current, visit)
            self.pages.setCurrentIndex(1)
            return
        self.pages.setCurrentIndex(0)
        self._choice.setVisible(draft)
        words = "Something else happened" if visit.events else "Choose what happened; it is charted at once, with the time."
        self.heading.setText("What it was" if current else words)
        self.none.setText("Nothing went wrong in this visit, as far as it is charted.")
        self.none.setVisible(not visit.events and not draft)
        for chip in self.kinds.values():
            chip.setChecked(current is not None and self.kinds[current.kind] is chip)
        while (item := self._entries.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for event in visit.events:
            self._entries.addWidget(self._entry(event, visit))

    def _entry(self, event: AdverseEvent, visit: Visit) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "amendment")
        box = QVBoxLayout(frame)
        box.setContentsMargins(12, 4 if not visit.is_closed else 8, 4, 8)
        box.setSpacing(2)
        title = label(self._told[event.kind].title, "strong", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(title, 1)
        if not visit.is_closed:
            at = f"{self._told[event.kind].title.lower()} of {local_time(event.at)}"
            head.addWidget(icon_button("pencil", f"Go on with {at}", partial(self._edit, event.id)))
            head.addWidget(icon_button("trash-2", f"Take {at} off the chart", partial(self._take_off, event.id)))
        box.addLayout(head)
        day = local_day(event.at)
        where = next((place_words(needle) for needle in visit.needles if needle.id == event.needle_id), "")
        when = local_time(event.at) if day == local_day(visit.started) else f"{short_day(day)}, {local_time(event.at)}"
        lines = [(" · ".join(filter(None, (when, where))), "small"), (event.words, "")]
        lines += [(f"{PROSE[name][0]}: {getattr(event, name)}", "") for name in ("done", "outcome") if getattr(event, name).strip()]
        for words, role in lines:
            if words.strip():
                box.addWidget(label(words, role, wrap=True))
        return frame

    # What is charted

    def _chart(self, kind: EventKind) -> None:
        """Chart a kind with this moment, or give it to the entry that is being told."""
        visit = self._treatment.draft
        if visit is None:
            return
        event = next((replace(event, kind=kind) for event in visit.events if event.id == self._current), None)
        if event is None:
            chosen = self._treatment.chosen
            of = self._needle_id if self._needle_id is not None else chosen[0].id if len(chosen) == 1 else ""
            event = AdverseEvent(visit.id, kind, now(), of)
        self._needle_id = None
        self._treatment.record(event)
        self._edit(event.id)

    def _edit(self, event_id: str) -> None:
        """Tell one entry, or none."""
        self.form.flush()
        self._current, self._choosing = event_id, False
        self._refresh()
        first = self.form.prose["words"] if event_id else next(iter(self.kinds.values()))
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _choose_kind(self) -> None:
        self.form.flush()
        self._choosing = True
        self._refresh()

    def _take_off(self, event_id: str) -> None:
        self._current = ""
        self._treatment.take_off("Take off what happened", event_id)
        self._refresh()

    def _refresh(self) -> None:
        if self._treatment.visit is not None:
            self._show(self._treatment.visit)

    def flush(self) -> None:
        """Announce what was typed."""
        self.form.flush()
