"""A patient's health histories: the newest to answer, the earlier ones to read."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.forms import FormError, Kind, Value, newest, pack
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.library import Library
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.days import local_day, local_time, long_day, short_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.form_view import FormView
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import Empty, Segments, button, label, pill, set_flag

FORM = "urn:neuro-chart:questionnaire:neuropathy-intake"
SAVE_AFTER = 500
GROWING = {Kind.STRING, Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE}


class HealthHistoryPage(QWidget):
    """The second tab. Answers are stored as they are given; a completed history is closed, and a new one begins empty beside it."""

    def __init__(self, chart: OpenChart, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library = chart, library
        self.stack = QUndoStack(self)
        self._dossier: Dossier | None = None
        self._shown: Intake | None = None
        self._chosen = ""
        self._stored: dict[str, list[Value]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self._store)
        self.view: FormView | None = None
        self.days: Segments | None = None
        self._offered: dict[str, str] = {}
        self.new_button = button("New health history", self.start, icon="plus")
        self._state, self._when = pill(""), label("", "small")
        bar = QFrame()
        bar.setProperty("role", "bar")
        bar.setMinimumHeight(TARGET + 13)  # with the button or without
        self._line = QHBoxLayout(bar)
        self._line.setContentsMargins(20, 6, 16, 6)
        self._line.setSpacing(12)
        self._line.addWidget(self._state)
        self._line.addWidget(self._when)
        self._line.addStretch(1)
        self._line.addWidget(self.new_button)
        self._space = QVBoxLayout()
        self._space.setContentsMargins(16, 16, 16, 16)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(self._space, 1)
        self.start_button = button("Start the health history", self.start, "primary", "clipboard-list")
        chart.for_writers(self.new_button, self.start_button)
        self._pages = QStackedWidget()
        self._pages.addWidget(whole)
        self._pages.addWidget(_nothing(self.start_button))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pages)

    def show_patient(self, dossier: Dossier) -> None:
        """Show the newest health history of a patient, or go on showing the one that was chosen."""
        self._dossier = dossier
        self._pages.setCurrentIndex(0 if dossier.intakes else 1)
        if not dossier.intakes:
            self._clear()
            return
        is_known = any(intake.id == self._chosen for intake in dossier.intakes)
        self.show_intake(self._chosen if is_known else dossier.intakes[0].id)

    def show_intake(self, intake_id: str) -> None:
        """Show one of the patient's health histories."""
        if self._dossier is None:
            return
        self._chosen = intake_id
        intake = next(each for each in self._dossier.intakes if each.id == intake_id)
        before, self._shown = self._shown, intake
        if before is None or (before.id, before.completed) != (intake.id, intake.completed):
            self._build(intake)
        elif self.view is not None and intake.completed is None and self._chart.all_written:
            self._follow(intake, self.view)
        self._show_bar(self._dossier.intakes, intake)

    def start(self) -> None:
        """Begin an empty health history; the earlier ones stay."""
        if self._dossier is None:
            return
        self.flush()
        intake = Intake(self._dossier.patient.id, newest(self._library.forms, FORM).canonical)
        self._chosen = intake.id
        if self._chart.begin(lambda: self._chart.records.start_intake(intake)) and self.view is not None:
            self.view.go_to(self.view.section)

    def flush(self) -> None:
        """Store what is being answered."""
        if self.view is not None:
            self.view.flush()
        self._store()

    def _clear(self) -> None:
        """Show no health history."""
        self._timer.stop()
        self.stack.clear()
        self._shown = None
        while item := self._space.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self.view = None

    def _build(self, intake: Intake) -> None:
        """Draw a health history with the form that it was taken with."""
        self._clear()
        self._shown = intake
        form = self._library.forms.get(intake.form)
        try:
            answers = intake.answers(form) if form else {}
        except FormError:
            form = None
        if form is None:
            self._space.addWidget(_unreadable())
            return
        self._stored = answers
        self.view = FormView(form, answers, finish="Complete")
        self.view.set_read_only(intake.completed is not None or not self._chart.records.may_write)
        self.view.answered.connect(self._answered)
        self.view.finished.connect(self._complete)
        self._space.addWidget(self.view)

    def _follow(self, intake: Intake, view: FormView) -> None:
        """Show answers that undo or redo brought back."""
        answers = intake.answers(view.form)
        moved = _differing(self._stored, answers)
        self._stored = answers
        for link_id in moved:
            view.set_answer(link_id, answers.get(link_id, []))
        if len(moved) == 1 and moved[0] in view.form.visible(answers):
            view.reveal(moved[0])

    def _show_bar(self, intakes: Sequence[Intake], shown: Intake) -> None:
        """Which health histories there are, and what state the shown one is in."""
        offered = {intake.id: short_day(local_day(intake.started)) for intake in intakes} if len(intakes) > 1 else {}
        if offered != self._offered:
            self._offered = offered
            if self.days is not None:
                self.days.deleteLater()
            self.days = Segments(offered, "Health history of") if offered else None
            if self.days is not None:
                self.days.chosen.connect(self._choose)
                self._line.insertWidget(0, self.days)
        if self.days is not None:
            self.days.show_choice(shown.id)
        is_open = shown.completed is None
        self._state.setText("Open" if is_open else "Completed")
        set_flag(self._state, "pill", "warning" if is_open else "accent")
        if shown.completed is None:
            begun = f"{long_day(local_day(shown.started))}, {local_time(shown.started)}"
            self._when.setText(f"Begun {begun}. Answers are kept as they are given.")
        else:
            self._when.setText(f"{long_day(local_day(shown.completed))}. It can be read, but not changed any more.")
        if self._dossier is not None and (origin := self._dossier.origin(shown)):
            self._when.setText(f"{self._when.text()} From the {origin}.")
        self.new_button.setVisible(all(intake.completed is not None for intake in intakes))

    def _choose(self, intake_id: str) -> None:
        self.flush()
        self.show_intake(intake_id)

    def _answered(self, link_id: str, _values: list[Value]) -> None:
        if self.view is not None and self.view.form[link_id].slider:
            self._timer.start()
        else:
            self._store()

    def _store(self) -> None:
        """Keep the answers as one step that can be undone."""
        self._timer.stop()
        view, shown = self.view, self._shown
        if view is None or shown is None or shown.completed is not None:
            return
        before, after = self._stored, view.answers
        changed = _differing(before, after)
        if not changed:
            return
        self._stored = after
        item, records, intake_id = view.form[changed[0]], self._chart.records, shown.id
        merge = f"{intake_id} {item.link_id}" if len(changed) == 1 and item.kind in GROWING else ""
        forward, back = (partial(records.answer_intake, intake_id, dict[str, object](pack(answers))) for answers in (after, before))
        self.stack.push(Edit(self._chart, f"Answer “{item.label}”", forward, back, merge))

    def _complete(self) -> None:
        """Close the health history for good."""
        self.flush()
        view, shown = self.view, self._shown
        if view is None or shown is None:
            return
        response = view.form.to_response(view.answers, finished=True, authored=now(), subject=f"Patient/{shown.patient_id}")
        if self._chart.act(lambda: self._chart.records.complete_intake(shown.id, response)) and self.view is not None:
            self.view.next_button.setFocus()  # the view is another one now, to read


def _differing(one: dict[str, list[Value]], other: dict[str, list[Value]]) -> list[str]:
    """The questions that two sets of answers answer differently."""
    return [link_id for link_id in one | other if one.get(link_id, []) != other.get(link_id, [])]


def _nothing(start: QWidget) -> QWidget:
    words = (
        "Complaint, symptoms, illnesses, medicines, allergies, implants, the skin of the feet, goals and consent, "
        "kept as they are given. What matters for safety stands at the head of the page from then on."
    )
    return Empty("clipboard-list", "No health history yet", words, start)


def _unreadable() -> QWidget:
    words = "It was taken with a form that this installation doesn't have, or was changed outside of the program. Nothing of it is lost."
    return Empty("circle-alert", "This health history can't be shown", words)
