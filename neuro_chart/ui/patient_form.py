"""The record of a patient: names, birth, how to reach them, who looks after them."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QUndoStack
from PySide6.QtWidgets import QCompleter, QGridLayout, QListView, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import age_words, read_date
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.days import day_first, long_day, today
from neuro_chart.ui.widgets import button, label, row, set_flag
from neuro_chart.ui.words import Line, Prose

LONGEST = 300


@dataclass(frozen=True)
class Field:
    """One line of the record: what it is called, where it stands, and what people often write there."""

    name: str
    title: str
    row: int
    column: int
    hint: str = ""
    suggestions: tuple[str, ...] = ()
    lines: int = 1


FIELDS = (
    Field("given", "Given name", 0, 0),
    Field("family", "Family name", 0, 1),
    Field("preferred", "Likes to be called", 1, 0, "If other than the given name"),
    Field("birth", "Date of birth", 1, 1),
    Field("sex", "Sex", 2, 0, "As the patient gives it", ("Female", "Male", "Intersex")),
    Field("gender", "Gender", 2, 1, "As the patient gives it", ("Woman", "Man", "Non-binary", "Trans woman", "Trans man")),
    Field("phone", "Phone", 3, 0),
    Field("email", "E-mail", 3, 1),
    Field("address", "Address", 4, 0, lines=2),
    Field("emergency_contact", "Emergency contact", 4, 1, "Name, relation, phone", lines=2),
    Field("physician", "Physician", 5, 0, "Name, place, phone", lines=2),
    Field("notes", "Notes", 5, 1, "What everyone in the practice should know", lines=2),
)


class Suggesting(Line):
    """A line for one's own words that offers common ones: on a click while it is empty, and with the Down key."""

    def __init__(self, name: str, placeholder: str, limit: int, suggestions: tuple[str, ...]) -> None:
        super().__init__(name, placeholder, limit)
        completer = QCompleter(QStringListModel(suggestions, self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        choices = QListView()
        choices.setProperty("role", "choices")
        completer.setPopup(choices)
        self.setCompleter(completer)

    def offer(self) -> None:
        """Show every suggestion."""
        self.completer().setCompletionPrefix("")
        self.completer().complete()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not self.text() and not self.isReadOnly():
            self.offer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not self.isReadOnly():
            self.offer()
        else:
            super().keyPressEvent(event)


class PatientForm(QWidget):
    """A patient's record to read and to fill in.

    `show_patient` shows one that is in the chart: what is typed is stored half a second later, and at once when its line is left.
    `start_new` shows an empty one, stored by `add`; then `added(patient_id)` is announced. What cannot be stored stays on the screen
    with the reason beneath it, and the line as it was before stays in the chart.
    """

    added = Signal(str)
    cancelled = Signal()

    def __init__(self, chart: OpenChart, stack: QUndoStack | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._stack = chart, stack
        self._patient = Patient()
        self._is_new = True
        self._unfit: set[str] = set()
        self.inputs: dict[str, Line | Prose] = {}
        self.words = {field.name: label(role="small", wrap=True) for field in FIELDS}
        keeps_room = self.words["birth"].sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)  # the age comes as the date is typed, and nothing should jump
        self.words["birth"].setSizePolicy(keeps_room)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for field in FIELDS:
            grid.addLayout(self._cell(field), field.row, field.column)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        self._known = label(role="small", wrap=True)
        self.add_button = button("Add patient", self.add, "primary", "user-plus")
        self._buttons = row(self.add_button, button("Cancel", self.cancelled.emit), None)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addLayout(grid)
        box.addWidget(self._known)
        box.addWidget(self._buttons)
        self.start_new()

    def _cell(self, field: Field) -> QVBoxLayout:
        made: Line | Prose
        if field.lines > 1:
            made = Prose(field.title, field.hint, field.lines)
        elif field.suggestions:
            made = Suggesting(field.title, field.hint, LONGEST, field.suggestions)
        else:
            made = Line(field.title, field.hint, LONGEST)
        made.textChanged.connect(self._tell_birth)
        made.edited.connect(self._store)
        self.inputs[field.name] = made
        made.setReadOnly(not self._chart.records.may_write)
        title = label(field.title, "small")
        title.setBuddy(made)
        cell = QVBoxLayout()
        cell.setSpacing(4)
        cell.addWidget(title)
        cell.addWidget(made)
        cell.addWidget(self.words[field.name])
        cell.addStretch(1)
        return cell

    @property
    def patient(self) -> Patient:
        """The patient as stored, or an empty one."""
        return self._patient

    @property
    def has_name(self) -> bool:
        """Whether a name was typed."""
        return any(self._text(name).strip() for name in ("given", "family"))

    def start_new(self) -> None:
        """Show an empty record to fill in."""
        self._show(Patient(), is_new=True)

    def show_patient(self, patient: Patient) -> None:
        """Show a stored record; words of the same patient that are being typed, or that can't be stored, stay."""
        self._show(patient, is_new=False)

    def _show(self, patient: Patient, *, is_new: bool) -> None:
        if is_new or self._is_new or patient.id != self._patient.id:
            self._unfit = set()
            for made in self.inputs.values():
                with QSignalBlocker(made):
                    made.flush()
        self._is_new, self._patient = is_new, patient
        for name, made in self.inputs.items():
            if name not in self._unfit:
                made.show_text(_shown(patient, name))
        self._buttons.setVisible(is_new)
        self._tell(self._read()[1].keys() & self._unfit)

    def _text(self, name: str) -> str:
        made = self.inputs[name]
        return made.toPlainText() if isinstance(made, Prose) else made.text()

    def _read(self) -> tuple[Patient, dict[str, str]]:
        """The patient as written, and what is wrong with it: field to sentence."""
        wrong = {}
        birth = None
        try:
            birth = read_date(self._text("birth"), day_first=day_first())
        except ValueError as error:
            wrong["birth"] = str(error)
        read = replace(self._patient, birth=birth)
        for name in self.inputs.keys() - {"birth"}:
            setattr(read, name, self._text(name).strip())
        return read, read.errors(today()) | wrong

    def _tell(self, fields_to_blame: Collection[str]) -> None:
        """Say what is wrong with these fields, and nothing of the others."""
        _, wrong = self._read()
        for name, made in self.inputs.items():
            is_wrong = name in wrong and name in fields_to_blame
            set_flag(made, "invalid", is_wrong)
            set_flag(self.words[name], "role", "error" if is_wrong else "small")
            self.words[name].setText(wrong[name] if is_wrong else "")
            self.words[name].setVisible(is_wrong)
        self._tell_birth()

    def _tell_birth(self) -> None:
        """Say how the date of birth is understood, as it is typed."""
        read, wrong = self._read()
        words = self.words["birth"]
        if "birth" not in wrong:
            day, age = (long_day(read.birth), age_words(read.birth, today())) if read.birth else ("", "")
            words.setText(age if self._text("birth") == day else f"{day}, {age}")
            set_flag(words, "role", "small")
            set_flag(self.inputs["birth"], "invalid", value=False)
            words.setVisible(read.birth is not None)

    def _namesake(self) -> str:
        """A word about a patient who may be the same, so that nobody is charted twice."""
        read, _ = self._read()
        if not (read.given and read.family and self.isVisible()):
            return ""
        patients = self._chart.records.patients
        for known in (*patients(read.name, limit=8), *patients(read.name, limit=8, archived=True)):
            name = f"{known.given} {known.family}"
            if fold(name) == fold(read.name) and (read.birth is None or known.birth in {None, read.birth}):
                born = f", born {long_day(known.birth)}," if known.birth else ""
                place = "in the archive" if known.archived else "already among the patients"
                return f"{name}{born} is {place}. Add only if this is another person."
        return ""

    def flush(self) -> None:
        """Store what was typed since the last time; a new patient waits for `add`."""
        for made in self.inputs.values():
            made.flush()

    def _store(self) -> None:
        read, wrong = self._read()
        if self._is_new:
            self._tell({"birth"})
            self._known.setText(self._namesake())
            self._known.setVisible(bool(self._known.text()))
            return
        self._unfit = wrong.keys() | ({"given", "family"} if "family" in wrong else set())
        self._tell(wrong)
        for name in self._unfit:
            setattr(read, name, getattr(self._patient, name))
        changed = [field.name for field in fields(Patient) if getattr(read, field.name) != getattr(self._patient, field.name)]
        if not changed:
            return
        before, self._patient = self._patient, read
        save = self._chart.records.save_patient
        if self._stack is None:
            self._chart.act(lambda: save(read))
        else:
            title = next(field.title for field in FIELDS if field.name == changed[0]).lower()
            merge = f"{read.id} {' '.join(changed)}"
            self._stack.push(Edit(self._chart, f"Change {title}", lambda: save(read), lambda: save(before), merge))

    def add(self) -> None:
        """Store the new patient, or say what is missing."""
        read, wrong = self._read()
        self._tell(wrong)
        if wrong:
            self.inputs[next(iter(wrong))].setFocus()
        elif self._chart.act(lambda: self._chart.records.save_patient(read)):
            self.start_new()
            self.added.emit(read.id)

    def focus_first(self) -> None:
        """Let the user type the name at once."""
        self.inputs["given"].setFocus()


def _shown(patient: Patient, name: str) -> str:
    value = getattr(patient, name)
    return value if isinstance(value, str) else "" if value is None else long_day(value)
