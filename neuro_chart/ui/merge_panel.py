"""Two records of one patient: found, seen side by side, shown as one, and parted again."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QGridLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.days import local_day, long_day, short_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import ListKeys, Segments, add_action, button, card, column, icon_button, label, row, scrolled

if TYPE_CHECKING:
    from neuro_chart.store.questions import PatientLine

OFFERED = 8
WIDTH = 960
NAMES = 136
ID = Qt.ItemDataRole.UserRole
STAYS = {"this": "This record", "other": "The other one"}
FACTS: tuple[tuple[str, Callable[[Patient], str]], ...] = (
    ("Name", lambda patient: patient.name),
    ("Likes to be called", lambda patient: patient.preferred),
    ("Date of birth", lambda patient: long_day(patient.birth) if patient.birth else ""),
    ("Sex", lambda patient: patient.sex),
    ("Phone", lambda patient: patient.phone),
    ("E-mail", lambda patient: patient.email),
    ("Address", lambda patient: patient.address),
)


class MergePanel(QWidget):
    """Chooses the other record and which of the two heads both: `closed`, `merged(patient_id)` of the one that heads them."""

    closed = Signal()
    merged = Signal(str)

    def __init__(self, chart: OpenChart, stack: QUndoStack, patient: Patient) -> None:
        super().__init__()
        self._chart, self._stack, self._patient = chart, stack, patient
        self.other: Patient | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, date of birth or phone of the other record")
        self.search.setAccessibleName("Find the other record")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._choose)
        self.list = QListWidget()
        self.list.setAccessibleName("Other records")
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.list.itemActivated.connect(lambda _item: self._choose())
        ListKeys(self.search, self.list)
        self.found = label("", "small", wrap=True)
        self.finding = card(label("Which record is of the same person?", "heading"), self.search, self.found, self.list, margins=20)
        both = QWidget()
        self._both = QVBoxLayout(both)
        self._both.setContentsMargins(0, 0, 0, 0)
        escape = add_action(self, "Back to the record", "Escape", self._back)
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back = icon_button("arrow-left", "Back to the record (Escape)", self._back)
        middle = column(row(back, label("Merge two records of one patient", "title"), None), self.finding, both, None, spacing=12)
        middle.setContentsMargins(16, 12, 16, 16)
        middle.setMaximumWidth(WIDTH)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(middle))
        self.setFocusProxy(self.search)
        self._find("")

    def _find(self, words: str) -> None:
        """Offer records by what is typed; before anything is, those that bear the same name."""
        asked, records = words.strip() or self._patient.name, self._chart.records
        lines = [*records.patients(asked, OFFERED + 1), *records.patients(asked, OFFERED + 1, archived=True)]
        offered = [line for line in lines if line.id != self._patient.id][:OFFERED]
        self.list.clear()
        for line in offered:
            item = QListWidgetItem(_line_words(line))
            item.setData(ID, line.id)
            item.setSizeHint(QSize(0, TARGET))
            self.list.addItem(item)
        self.list.setVisible(bool(offered))
        self.list.setFixedHeight(TARGET * len(offered) + 4)
        self.list.setCurrentRow(0)
        if words.strip():
            self.found.setText("" if offered else "Nobody found.")
        else:
            self.found.setText("The same name is also in:" if offered else "No other record bears this name. Search for the one you mean.")
        self.found.setVisible(bool(self.found.text()))

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.other = self._chart.records.patient(item.data(ID))
            self._compare(self.other)

    def _back(self) -> None:
        if self.other is None:
            self.closed.emit()
            return
        self.other = None
        self._show(None)
        self.finding.show()
        self.search.setFocus()

    def _show(self, widget: QWidget | None) -> None:
        while item := self._both.takeAt(0):
            if old := item.widget():
                old.hide()
                old.deleteLater()
        if widget is not None:
            self._both.addWidget(widget)
            widget.show()  # now, so that it can take the keys

    def _compare(self, other: Patient) -> None:
        """Show both side by side, what speaks for and against, and what will happen."""
        self.finding.hide()
        self.stays = Segments(STAYS, "Which one stays at the head")
        self.stays.show_choice("this")
        self.stays.chosen.connect(lambda _key: self._tell(other))
        self.happens = label("", wrap=True)
        self.do = button("Merge", partial(self._merge, other), "primary")
        another = button("Choose another", self._back)
        advice = label(advice_words(self._patient, other), "caution", wrap=True)
        head = row(label("At the head stays"), self.stays, None, spacing=16)
        parts = (self._side_by_side(other), advice, head, self.happens, row(self.do, another, None))
        self._show(card(*parts, margins=20, spacing=16))
        self._tell(other)
        self.stays.setFocus()  # the same Enter that chose a record must not merge it

    def _side_by_side(self, other: Patient) -> QWidget:
        lines = QWidget()
        grid = QGridLayout(lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, NAMES)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        told = [(title, fact(self._patient), fact(other)) for title, fact in FACTS]
        told = [each for each in told if each[1] or each[2]]
        told.append(("Visits", self._visit_words(self._patient), self._visit_words(other)))
        told.append(("Health histories", self._intake_words(self._patient), self._intake_words(other)))
        told.append(("Record begun", short_day(local_day(self._patient.created)), short_day(local_day(other.created))))
        for at, text in enumerate(("", *STAYS.values())):
            grid.addWidget(label(text, "heading"), 0, at)
        for at, (title, one, two) in enumerate(told, 1):
            grid.addWidget(label(title, "small"), at, 0, Qt.AlignmentFlag.AlignTop)
            for place, words in enumerate((one, two), 1):
                said = label(words or "–", "" if words else "muted", wrap=True)
                said.setMinimumWidth(1)
                said.setAccessibleName(f"{title}, {tuple(STAYS.values())[place - 1].lower()}: {words or 'not known'}")
                grid.addWidget(said, at, place, Qt.AlignmentFlag.AlignTop)
        return lines

    def _visit_words(self, patient: Patient) -> str:
        days = [local_day(visit.started) for visit in self._chart.records.visits(patient.id)]
        if not days:
            return "None"
        return f"1, {short_day(days[0])}" if len(days) == 1 else f"{len(days)}, {short_day(days[-1])} to {short_day(days[0])}"

    def _intake_words(self, patient: Patient) -> str:
        days = [short_day(local_day(intake.started)) for intake in self._chart.records.intakes(patient.id)]
        return ", ".join(days) or "None"

    def _tell(self, other: Patient) -> None:
        head = self._patient if self.stays.choice == "this" else other
        born = f", born {long_day(head.birth)}" if head.birth else ""
        where = "lies in the archive with both records" if head.archived else "stands in the lists and at the head of the page"
        self.happens.setText(
            f"{head.name}{born}, {where}. Visits and health histories of both records are shown in "
            "one history, those of the merged record with a word where they come from. Both records are kept as they are, and “Part them "
            "again” beneath the record undoes it at any time."
        )

    def _merge(self, other: Patient) -> None:
        records = self._chart.records
        head, gone = (self._patient, other) if self.stays.choice == "this" else (other, self._patient)
        forward, back = partial(records.merge, gone.id, head.id), partial(records.unmerge, gone.id)
        if head is self._patient:
            step = Edit(self._chart, "Merge", forward, back)
            self._stack.push(step)
            done = not step.refused
        else:
            done = self._chart.begin(forward)  # another page opens, which has steps of its own
        if done:
            self.merged.emit(head.id)


class MergedRecords(QWidget):
    """The records that were merged into this one, each with the way to part it."""

    def __init__(self, chart: OpenChart, stack: QUndoStack, dossier: Dossier) -> None:
        super().__init__()
        self._chart, self._stack = chart, stack
        may = chart.records.may_write
        parts: list[QWidget] = [label("Merged records", "heading")]
        for each in dossier.merged:
            number = sum(visit.patient_id == each.id for visit in dossier.visits)
            facts = [each.name, f"born {long_day(each.birth)}" if each.birth else "date of birth not known", each.phone]
            facts += [f"{number} visit{'' if number == 1 else 's'}", f"begun {short_day(local_day(each.created))}"]
            part = button("Part them again", partial(self._part, each.id, dossier.patient.id), "link")
            part.setAccessibleName(f"Part the record of {each.name} again")
            if not may:
                part.hide()
            said = label(" · ".join(filter(None, facts)), wrap=True)
            parts.append(row(said, part, spacing=12, wide=said))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card(*parts, margins=20))

    def _part(self, patient_id: str, head_id: str) -> None:
        records = self._chart.records
        forward, back = partial(records.unmerge, patient_id), partial(records.merge, patient_id, head_id)
        self._stack.push(Edit(self._chart, "Part the records", forward, back))


def advice_words(one: Patient, other: Patient) -> str:
    """What two records say for and against being of one person; the practitioner decides."""
    same_name = bool(one.name) and fold(one.name) == fold(other.name)
    if one.birth and other.birth and one.birth != other.birth:
        return "▲ The dates of birth differ. Merge only if one of them is a slip."
    if same_name and one.birth and one.birth == other.birth:
        return "▲ Same name and same date of birth: one person charted twice, or two people, such as twins. You decide."
    if one.birth and one.birth == other.birth:
        return "▲ Same date of birth and another name: a changed name, or another person. You decide."
    return "▲ Too little is known to tell whether this is one person. You decide."


def _line_words(line: "PatientLine") -> str:
    name = ", ".join(part for part in (line.family, line.given) if part)
    facts = [name, f"born {long_day(line.birth)}" if line.birth else "date of birth not known", line.phone]
    facts.append(f"last visit {short_day(local_day(line.last_visit))}" if line.last_visit else "no visit yet")
    facts.append("archived" if line.archived else "")
    return "   ·   ".join(filter(None, facts))
