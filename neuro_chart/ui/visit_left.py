"""The left column of a visit: the note with what the last visit said, and the panels that take its place."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.events import EventKind, unnoted
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.widgets import button, set_flag

if TYPE_CHECKING:
    from neuro_chart.ui.visit import VisitPage


class LeftColumn(QStackedWidget):
    """Turns between the note and the panels of a page; a button for the most used of them stands beneath the note."""

    def __init__(self, page: "VisitPage") -> None:
        super().__init__()
        self._page = page
        self.aftercare_button = button("Aftercare", self.show_aftercare, "foot", "footprints")
        self.sign_button = button("Sign visit…", self.show_signing, "foot", "pen-line")
        self.count_button = button("Count out", self.show_counting, "foot")
        self.event_button = button("What happened", self.note_event, "foot")
        self.aftercare_button.setToolTip("What the patient's sheet will say (Ctrl+Shift+A)")
        self.sign_button.setToolTip("Close this visit (Ctrl+Shift+S)")
        self.count_button.setToolTip("Walk over the body and tick off every needle (Ctrl+Shift+C)")
        self.event_button.setToolTip("Fainting, bleeding, pain: what happened in this visit (Ctrl+Shift+W)")
        self.addWidget(self._note())
        panels = (page.aftercare, page.tongue_pulse, page.adjunct, page.counting, page.events, page.sign_panel, page.amend_panel)
        for panel in panels:
            self.addWidget(panel)
            panel.closed.connect(self.show_note)
        self.setMinimumWidth(264)
        self.setMaximumWidth(420)
        self.currentChanged.connect(self._leave_adjunct)
        page.note.tongue_pulse_wanted.connect(self.show_tongue_pulse)
        page.beside.open_wanted.connect(self.show_adjunct)
        page.needles.count_wanted.connect(self.show_counting)
        page.counting.told.connect(self.show_events)
        page.counting.sign_wanted.connect(self.show_signing)
        page.sign_panel.blank_wanted.connect(self.fill_blank)
        page.sign_panel.count_wanted.connect(self.show_counting)
        page.sign_panel.told.connect(self.show_events)
        page.bar.amend_wanted.connect(self.show_amending)

    def _note(self) -> QWidget:
        note = QWidget()
        column = QVBoxLayout(note)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._page.note, 3)
        column.addWidget(self._page.last)
        foot = QGridLayout()
        foot.setSpacing(8)
        for at, made in enumerate((self.count_button, self.event_button, self.aftercare_button, self.sign_button)):
            made.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
            foot.addWidget(made, at // 2, at % 2)
        column.addLayout(foot)
        return note

    def show_visit(self, visit: Visit) -> None:
        """Say on the buttons what is still to be done in a visit."""
        closed = visit.is_closed
        self.sign_button.setVisible(not closed)
        left = visit.count.uncounted
        self.count_button.setText(f"Count {left} out" if left else "Count out")
        self.count_button.setVisible(not closed)
        self.count_button.setEnabled(bool(visit.count.inserted))
        set_flag(self.count_button, "clock", "over" if left else "")
        wrong = None if closed else unnoted(visit.needles, visit.events)
        happened = f"What happened · {len(visit.events)}" if visit.events else "What happened"
        self.event_button.setText(f"Note {wrong[0]}" if wrong else happened)
        set_flag(self.event_button, "clock", "over" if wrong else "")
        self.event_button.setVisible(not closed or bool(visit.events))
        if not closed and self.currentWidget() is self._page.sign_panel:
            self._show_signature(visit)

    def _show_signature(self, visit: Visit) -> None:
        self._page.sign_panel.show_visit(visit, self._page.treatment.chart.records.practitioner().name)

    def show_note(self) -> None:
        """Turn to the note; the keys go back to where the panel was asked for."""
        page = self._page
        page.flush()
        panel, focus = self.currentWidget(), page.focusWidget()
        ways: dict[QWidget, QWidget] = {page.aftercare: self.aftercare_button, page.tongue_pulse: page.note.tongue_pulse}
        ways |= {page.adjunct: page.beside.opened, page.counting: self.count_button, page.events: self.event_button}
        self.setCurrentIndex(0)
        if panel and focus and (panel is focus or panel.isAncestorOf(focus)):
            way = ways.get(panel, self.sign_button)
            (page.bar.amend if way.isHidden() else way).setFocus(Qt.FocusReason.BacktabFocusReason)

    def write_note(self) -> None:
        """Turn to the note and put the keys into it."""
        self.show_note()
        self._page.note.prose["subjective"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fill_blank(self) -> None:
        """Turn to the first blank of the note that is not filled in."""
        self.show_note()
        self._page.note.fill_blank()

    def show_aftercare(self) -> None:
        """Turn to the aftercare."""
        self._page.flush()
        self.setCurrentWidget(self._page.aftercare)
        self._page.aftercare.rest.setFocus()

    def show_adjunct(self, adjunct_id: str, keys: bool = True) -> None:  # noqa: FBT001, FBT002  # as the signal tells it
        """Turn to one thing that is done beside the needles, and the keys with it unless the hand is busy."""
        self._page.flush()
        self._page.adjunct.edit(adjunct_id)
        self.setCurrentWidget(self._page.adjunct)
        self._page.beside.mark_open(adjunct_id)
        if keys:
            self._page.adjunct.take_keys()

    def _leave_adjunct(self) -> None:
        if self.currentWidget() is not self._page.adjunct:
            self._page.adjunct.leave()
            self._page.beside.mark_open("")

    def show_tongue_pulse(self) -> None:
        """Turn to the tongue and the pulse."""
        self._page.flush()
        if self._page.treatment.draft is not None:
            self.setCurrentWidget(self._page.tongue_pulse)
            self._page.tongue_pulse.setFocus()

    def show_counting(self) -> None:
        """Turn to the walk by which needles are counted out."""
        self._page.flush()
        if (draft := self._page.treatment.draft) is not None and draft.count.inserted:
            self.setCurrentWidget(self._page.counting)
            self._page.counting.begin()

    def show_events(self, kind: EventKind | None = None, needle_id: str = "") -> None:
        """Turn to what happened; a kind that is named is charted at once."""
        self._page.flush()
        self.setCurrentWidget(self._page.events)
        self._page.events.begin(kind, needle_id)

    def note_event(self) -> None:
        """Turn to what happened: to what is marked at a needle and not noted, if there is such a one."""
        visit = self._page.treatment.draft
        wrong = unnoted(visit.needles, visit.events) if visit else None
        self.show_events(*(wrong or (None, "")))

    def show_signing(self) -> None:
        """Turn to the signature."""
        self._page.flush()
        if (draft := self._page.treatment.draft) is not None:
            self._show_signature(draft)
            self.setCurrentWidget(self._page.sign_panel)
            self._page.sign_panel.take_keys()

    def show_amending(self) -> None:
        """Turn to a new amendment."""
        self.setCurrentWidget(self._page.amend_panel)
        self._page.amend_panel.text.setFocus()
