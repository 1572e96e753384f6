"""Today: the visits that are open, who is expected, and what was done lately."""

from contextlib import suppress
from functools import partial

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import next_due
from neuro_chart.clinic.people import Patient, Role
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.backing import Backing
from neuro_chart.ui.backup_word import BackupWord
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, local_time, long_day, short_day, today
from neuro_chart.ui.left_in import is_late, reminder
from neuro_chart.ui.privacy import shown_name
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.visit_list import state_word
from neuro_chart.ui.widgets import Empty, button, card, label, page_title, pill, row, scrolled, set_flag

LATEST = 8
NAME = 208


class TodayPage(QWidget):
    """The first page: `visit_chosen(patient_id, visit_id)`, `patients_wanted`, `sheet_wanted`: a recovery sheet is to be made,
    `backups_wanted`: they are to be looked at.
    """

    visit_chosen = Signal(str, str)
    patients_wanted = Signal()
    sheet_wanted = Signal()
    backups_wanted = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, backing: Backing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings, self._backing = chart, settings, backing
        self._stale = True
        self._middle = QWidget()
        self._column = QVBoxLayout(self._middle)
        self._column.setContentsMargins(32, 24, 32, 24)
        self._column.setSpacing(16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(self._middle))
        chart.changed.connect(self._changed)

    def _changed(self, _change: object) -> None:
        self._stale = True
        if self.isVisible():
            self.reload()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._stale:
            self.reload()

    def reload(self) -> None:
        """Ask the records anew."""
        self._stale = False
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        records = self._chart.records
        self._column.addWidget(row(page_title(long_day(today())), None, button("Patients", self.patients_wanted.emit, icon="users")))
        self._column.addWidget(word := BackupWord(self._backing))
        word.backups_wanted.connect(self.backups_wanted)
        opened, latest = records.open_visits(), records.latest_visits(LATEST)
        if opened:
            self._column.addWidget(self._list("Open visits", "Drafts stay open until they are signed.", opened))
        else:
            words = "Choose a patient and start a visit. It stays here until you sign it, through every pause, crash and restart."
            choose = button("Choose a patient", self.patients_wanted.emit, "primary", "users")
            self._column.addWidget(card(Empty("calendar", "No visit is open", words, choose)))
        if left := records.left_in():
            self._column.addWidget(self._left_in(left))
        if latest:
            self._column.addWidget(self._list("Signed lately", "", latest))
        if self._lacks_sheet():
            hint = "If every passphrase is lost, only a printed recovery sheet opens this chart again."
            make = button("Make a recovery sheet", self.sheet_wanted.emit, icon="file-text")
            self._column.addWidget(card(row(label(hint, "muted"), None, make), margins=12))
        self._column.addStretch(1)

    def _lacks_sheet(self) -> bool:
        """Whether an owner is here who could make the first recovery sheet."""
        from neuro_chart.store.access import has_recovery  # noqa: PLC0415  # keeps the database out of the program's start

        with suppress(VaultError):  # keys that can't be read are told where they are used
            return self._chart.records.role is Role.OWNER and not has_recovery(self._backing.vault_path)
        return False

    def _left_in(self, left: list[tuple[Adjunct, Patient]]) -> QWidget:
        """What stays in until a day: each opens the visit at which it was put in."""
        lines, grid = _columns()
        for at, (each, patient) in enumerate(left):
            name = self._name(patient, each.visit_id)
            name.setAccessibleDescription(reminder(each))
            words = label(reminder(each), "" if is_late(each) else "muted", wrap=True)
            set_flag(words, "over", is_late(each))
            grid.setRowMinimumHeight(at, TARGET)
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(words, at, 1, 1, 2)
        return card(label("Left in", "heading"), label("Press needles and seeds, until a visit charts that they are out.", "small"), lines)

    def _name(self, patient: Patient, visit_id: str) -> QPushButton:
        """A patient's name, which opens a visit."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        said = shown_name(patient, self._settings)
        shown = QFontMetrics(font).elidedText(said, Qt.TextElideMode.ElideRight, NAME)
        made = button(shown, partial(self.visit_chosen.emit, patient.id, visit_id), "link")
        made.setAccessibleName(f"Open the visit of {said}")
        return made

    def _list(self, title: str, hint: str, visits: list[tuple[Visit, Patient]]) -> QWidget:
        lines, grid = _columns()
        for at, (visit, patient) in enumerate(visits):
            points = " · ".join(dict.fromkeys(n.point for n in visit.needles if n.point)) or "No needles yet"
            grid.setRowMinimumHeight(at, TARGET)
            grid.addWidget(self._name(patient, visit.id), at, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(f"{short_day(local_day(visit.started))}, {local_time(visit.started)}", "muted"), at, 1)
            words = label(points, "muted")
            words.setMinimumWidth(1)
            grid.addWidget(words, at, 2)
            grid.addWidget(_state(visit), at, 3, Qt.AlignmentFlag.AlignRight)
        parts = [label(title, "heading")]
        if hint:
            parts.append(label(hint, "small"))
        return card(*parts, lines)


def _columns() -> tuple[QWidget, QGridLayout]:
    """Room for lines that stand in the same columns on every card."""
    lines = QWidget()
    grid = QGridLayout(lines)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setColumnMinimumWidth(0, NAME + 24)
    grid.setColumnStretch(2, 1)
    return lines, grid


def _state(visit: Visit) -> QLabel:
    inside, due = visit.count.inside, next_due(visit.needles)
    if visit.signed is None and visit.count.uncounted:
        return pill(f"▲ {state_word(visit)}", "warning")
    if not inside:
        return pill(state_word(visit))
    if due is not None and due <= now():
        return pill(f"◆ {inside} in, overdue", "danger")
    return pill(f"{inside} in", "accent")
