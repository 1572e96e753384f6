"""What of the trail is shown: whose deeds, which, on whom, and from when to when."""

from datetime import date, datetime, time, timedelta
from typing import TypedDict

from PySide6.QtCore import QModelIndex, QSettings, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QListView, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import read_date
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import day_first, long_day, short_day
from neuro_chart.ui.privacy import initials_only, shown_name
from neuro_chart.ui.trail_words import deed_words
from neuro_chart.ui.widgets import button, label, row, set_flag, small_field

MOST_OFFERED = 8
CHOICE, PATIENT = 10, 120  # letters of a choice, and px of the patient's name, that are always seen
FIRST_YEAR, LAST_YEAR = 2000, 2999
_ID = Qt.ItemDataRole.UserRole


class Wanted(TypedDict):
    """What the trail is asked for, as Records.trail takes it."""

    patient_id: str
    practitioner_id: str
    deed: str
    since: datetime | None
    until: datetime | None


class PatientChoice(QLineEdit):
    """One patient, found as the name is typed, or all: `chosen(patient_id)`, empty for all."""

    chosen = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings) -> None:
        super().__init__()
        self._chart, self._settings = chart, settings
        self.patient_id = ""
        self.setAccessibleName("Patient")
        self.setToolTip("Only what was done on one patient")
        self.setPlaceholderText("All patients")
        self.setClearButtonEnabled(True)
        self._found = QStandardItemModel(self)
        completer = QCompleter(self._found, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._choices = QListView()
        self._choices.setProperty("role", "choices")
        completer.setPopup(self._choices)
        completer.activated[QModelIndex].connect(  # type: ignore[index]  # one of two signals of this name
            lambda index: self.show_patient(index.data(_ID))
        )
        self.setCompleter(completer)
        self.textEdited.connect(self._look)
        self.textChanged.connect(self._cleared)
        self.returnPressed.connect(self._take_first)

    def show_patient(self, patient_id: str) -> None:
        """Choose a patient, or all with an empty id."""
        self.patient_id = patient_id
        self.show_name()
        self.chosen.emit(patient_id)

    def show_name(self) -> None:
        """Show who is chosen, by name or by initials as the settings have it; nobody where the record was erased since."""
        try:
            self.setText(shown_name(self._chart.records.patient(self.patient_id), self._settings) if self.patient_id else "")
            self.setCursorPosition(0)  # its beginning is seen
        except LookupError:
            self.clear()

    def _look(self, words: str) -> None:
        self._found.clear()
        records, hidden = self._chart.records, initials_only(self._settings)
        lines = [*records.patients(words, MOST_OFFERED), *records.patients(words, MOST_OFFERED, archived=True)] if words.strip() else []
        for line in lines[:MOST_OFFERED]:
            name = shown_name(Patient(line.given, line.family, line.preferred), self._settings)
            item = QStandardItem(name if hidden or line.birth is None else f"{name}, {short_day(line.birth)}")
            item.setData(line.id, _ID)
            self._found.appendRow(item)

    def _cleared(self, words: str) -> None:
        if not words and self.patient_id:
            self.show_patient("")

    def _take_first(self) -> None:
        if self._found.rowCount() and not self._choices.isVisible():
            self.show_patient(self._found.item(0).data(_ID))


class TrailFilter(QWidget):
    """The lines and choices over the trail: `changed()`."""

    changed = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings) -> None:
        super().__init__()
        self._chart = chart
        self.person, self.deed = QComboBox(), QComboBox()
        self.person.setAccessibleName("Person")
        self.person.setToolTip("Only what one person did")
        self.deed.setAccessibleName("Deed")
        self.deed.setToolTip("Only deeds of one kind")
        self.deed.addItem("All deeds", "")
        for deed in (each for each in Deed if each is not Deed.ALTERED):
            self.deed.addItem(deed_words(deed), str(deed))
        self.deed.setMaxVisibleItems(12)
        for choice in (self.person, self.deed):  # a long name must not push the window over the screen's edge
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(CHOICE)
        self.patient = PatientChoice(chart, settings)
        self.patient.setMinimumWidth(PATIENT)
        self.since = small_field("From day", "From day", self._changed, 132)
        self.until = small_field("To day", "To day", self._changed, 132)
        self.all = button("Show all", self.show_all, "link")
        keeps_room = self.all.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.all.setSizePolicy(keeps_room)
        self.error = label("", "error", wrap=True)
        self._days: dict[QLineEdit, date | None] = {self.since: None, self.until: None}
        self.read_people()
        self.person.currentIndexChanged.connect(self._changed)
        self.deed.currentIndexChanged.connect(self._changed)
        self.patient.chosen.connect(self._changed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(row(self.person, self.deed, self.patient, self.since, self.until, self.all, wide=self.patient))
        box.addWidget(self.error)
        self._changed()

    def read_people(self) -> None:
        """Offer everybody who signs in or once did."""
        chosen = self.person.currentData()
        self.person.blockSignals(True)
        self.person.clear()
        self.person.addItem("Everybody", "")
        for each in self._chart.records.practitioners():
            self.person.addItem(each.name, each.id)
        self.person.setCurrentIndex(max(0, self.person.findData(chosen)))
        self.person.blockSignals(False)

    @property
    def wanted(self) -> Wanted:
        """What is asked of the trail."""
        since, until = self._days[self.since], self._days[self.until]
        return Wanted(
            patient_id=self.patient.patient_id,
            practitioner_id=self.person.currentData() or "",
            deed=self.deed.currentData() or "",
            since=_begin(since) if since else None,
            until=_begin(until + timedelta(days=1)) if until else None,
        )

    @property
    def words(self) -> list[str]:
        """What is asked of the trail, in words; the patient by name, whatever the screen shows."""
        wanted, found = self.wanted, []
        if wanted["patient_id"]:
            whose = self._chart.records.patient(wanted["patient_id"])
            found.append(f"Patient: {whose.name}" + (f", born {long_day(whose.birth)}" if whose.birth else ""))
        found += [f"By: {self.person.currentText()}"] if wanted["practitioner_id"] else []
        found += [f"Only: {self.deed.currentText().lower()}"] if wanted["deed"] else []
        for line, word in ((self.since, "From"), (self.until, "To")):
            found += [f"{word} {long_day(day)}"] if (day := self._days[line]) else []
        return found or ["All that was done"]

    @property
    def is_narrow(self) -> bool:
        """Whether some entries are left out."""
        return any(self.wanted.values())

    def show_all(self) -> None:
        """Leave nothing out any more."""
        self.show_patient("")

    def show_patient(self, patient_id: str) -> None:
        """Show all that was done on one patient; with an empty id, all that was done."""
        made = (self.person, self.deed, self.since, self.until)
        for each in made:
            each.blockSignals(True)
            each.setCurrentIndex(0) if isinstance(each, QComboBox) else each.clear()
            each.blockSignals(False)
        self.patient.show_patient(patient_id)

    def _changed(self) -> None:
        self.error.setText("")
        for line in self._days:
            try:
                self._days[line] = _day(line.text())
            except ValueError as error:
                self._days[line] = None
                self.error.setText(str(error))
            set_flag(line, "invalid", bool(line.text().strip()) and self._days[line] is None)
        self.error.setVisible(bool(self.error.text()))
        self.all.setVisible(self.is_narrow)
        self.changed.emit()


def _day(text: str) -> date | None:
    day = read_date(text, day_first=day_first())
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("The trail tells of no such year.")
    return day


def _begin(day: date) -> datetime:
    """The first moment of a day, where this machine is."""
    return datetime.combine(day, time.min).astimezone()
