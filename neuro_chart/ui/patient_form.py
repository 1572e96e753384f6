"""The record of a patient: names, birth, how to reach them, who looks after them."""

from dataclasses import dataclass, fields, replace

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QUndoStack
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import age_words, read_date
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.days import day_first, long_day, today
from neuro_chart.ui.widgets import Prose, button, label, row, set_flag

SAVE_AFTER = 1000
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


class Suggesting(QLineEdit):
    """A line for one's own words that offers common ones: on a click while it is empty, and with the Down key."""

    def __init__(self, suggestions: tuple[str, ...]) -> None:
        super().__init__()
        completer = QCompleter(QStringListModel(suggestions, self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)

    def offer(self) -> None:
        """Show every suggestion."""
        self.completer().setCompletionPrefix("")
        self.completer().complete()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not self.text():
            self.offer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.offer()
        else:
            super().keyPressEvent(event)


class PatientForm(QWidget):
    """A patient's record to read and to fill in.

    `show_patient` shows one that is in the chart: each line is stored when it is left, and a second after a pause in typing. `start_new`
    shows an empty one, stored by `add`; then `added(patient_id)` is announced. What cannot be stored stays on the screen with the reason
    beneath it, and the line as it was before stays in the chart.
    """

    added = Signal(str)
    cancelled = Signal()

    def __init__(self, chart: OpenChart, stack: QUndoStack | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._stack = chart, stack
        self._patient = Patient()
        self._is_new = True
        self._settled: dict[str, str] = {}
        self.inputs: dict[str, QLineEdit | Prose] = {}
        self.words = {field.name: label(role="small", wrap=True) for field in FIELDS}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self.flush)
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
        made: QLineEdit | Prose
        if field.lines > 1:
            made = Prose(field.title, field.hint, field.lines)
            made.edited.connect(self.flush)
        else:
            made = Suggesting(field.suggestions) if field.suggestions else QLineEdit()
            made.setPlaceholderText(field.hint)
            made.setMaxLength(LONGEST)
            made.textChanged.connect(lambda _text, name=field.name: self._typed(name))
            made.editingFinished.connect(self._left)
        made.setAccessibleName(field.title)
        self.inputs[field.name] = made
        title = label(field.title, "heading")
        title.setBuddy(made)
        words = self.words[field.name]
        cell = QVBoxLayout()
        cell.setSpacing(4)
        cell.addWidget(title)
        cell.addWidget(made)
        cell.addWidget(words)
        cell.addStretch(1)
        return cell

    @property
    def patient(self) -> Patient:
        """The patient as stored, or an empty one."""
        return self._patient

    def start_new(self) -> None:
        """Show an empty record to fill in."""
        self._is_new = True
        self._patient = Patient()
        self._show(self._patient)

    def show_patient(self, patient: Patient) -> None:
        """Show a stored record; words of the same patient that are being typed stay."""
        kept = not self._is_new and patient.id == self._patient.id
        typed = {name: self._text(name) for name in self.inputs if kept and self._text(name) != self._settled[name]}
        self._is_new = False
        self._patient = patient
        self._show(patient, typed)

    def _show(self, patient: Patient, typed: dict[str, str] | None = None) -> None:
        self._timer.stop()
        for name, made in self.inputs.items():
            text = (typed or {}).get(name, _shown(patient, name))
            if name not in (typed or {}):
                self._settled[name] = text
            if self._text(name) == text:
                continue
            with QSignalBlocker(made):
                if isinstance(made, Prose):
                    made.flush()
                    made.show_text(text)
                else:
                    made.setText(text)
                    made.setCursorPosition(0)
        self._buttons.setVisible(self._is_new)
        self._tell({}, complain=False)

    def _text(self, name: str) -> str:
        made = self.inputs[name]
        return made.toPlainText() if isinstance(made, Prose) else made.text()

    def _typed(self, name: str) -> None:
        if name == "birth":
            self._tell({}, complain=False)
        self._timer.start()

    def _left(self) -> None:
        """A line was left; when the whole window goes, it was stored before."""
        if self.isVisible():
            self.flush()

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

    def _tell(self, wrong: dict[str, str], *, complain: bool = True) -> None:
        """Show what is wrong, and how the date of birth was understood."""
        read, _ = self._read()
        for name, words in self.words.items():
            sentence = wrong.get(name, "")
            if name == "birth" and not sentence and read.birth is not None and "birth" not in read.errors(today()):
                day, age = long_day(read.birth), age_words(read.birth, today())
                sentence = age if self._text("birth") == day else f"{day}, {age}"
            words.setText(sentence)
            words.setVisible(bool(sentence))
            set_flag(words, "role", "error" if name in wrong else "small")
            if complain or name == "birth":
                set_flag(self.inputs[name], "invalid", name in wrong)
        self._known.setText(self._namesake(read) if self._is_new and self.isVisible() else "")
        self._known.setVisible(bool(self._known.text()))

    def _namesake(self, read: Patient) -> str:
        """A word about a patient who may be the same, so that nobody is charted twice."""
        if not (read.given and read.family):
            return ""
        for known in self._chart.records.patients(read.name, limit=8):
            name = f"{known.given} {known.family}"
            if fold(name) == fold(read.name) and (read.birth is None or known.birth in {None, read.birth}):
                born = f", born {long_day(known.birth)}," if known.birth else ""
                return f"{name}{born} is already among the patients. Add only if this is another person."
        return ""

    def flush(self) -> None:
        """Store what was typed since the last time; a new patient waits for `add`."""
        self._timer.stop()
        read, wrong = self._read()
        if self._is_new:
            self._tell({name: sentence for name, sentence in wrong.items() if name == "birth"})
            return
        self._tell(wrong)
        unfit = {"given", "family"} if "family" in wrong else set()
        unfit |= wrong.keys()
        for name in unfit:
            setattr(read, name, getattr(self._patient, name))
        self._settled |= {name: self._text(name) for name in self.inputs if name not in unfit}
        changed = [field.name for field in fields(Patient) if getattr(read, field.name) != getattr(self._patient, field.name)]
        if not changed:
            return
        before, self._patient = self._patient, read
        records = self._chart.records
        if self._stack is None:
            self._chart.act(lambda: records.save_patient(read))
        else:
            title = next(field.title for field in FIELDS if field.name == changed[0]).lower()
            merge = f"{read.id} {' '.join(changed)}"
            self._stack.push(
                Edit(self._chart, f"Change {title}", lambda: records.save_patient(read), lambda: records.save_patient(before), merge)
            )

    def add(self) -> None:
        """Store the new patient, or say what is missing."""
        self._timer.stop()
        read, wrong = self._read()
        self._tell(wrong)
        if wrong:
            self.inputs[next(iter(wrong))].setFocus()
            return
        if self._chart.act(lambda: self._chart.records.save_patient(read)):
            self.start_new()
            self.added.emit(read.id)

    def focus_first(self) -> None:
        """Let the user type the name at once."""
        self.inputs["given"].setFocus()


def _shown(patient: Patient, name: str) -> str:
    value = getattr(patient, name)
    return value if isinstance(value, str) else "" if value is None else long_day(value)
