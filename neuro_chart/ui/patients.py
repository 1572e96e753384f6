"""All patients, found as their names are typed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, QSettings, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHeaderView, QLineEdit, QStackedWidget, QTableView, QVBoxLayout, QWidget

from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.patient_form import PatientForm
from neuro_chart.ui.place import keep_words
from neuro_chart.ui.privacy import initials_only, listed_name
from neuro_chart.ui.widgets import Empty, ListKeys, TickBox, add_action, button, card, label, lines_table, page_title, row, scrolled

if TYPE_CHECKING:
    from neuro_chart.store.questions import PatientLine

PAGE = 200
COLUMNS = ("Name", "Date of birth", "Phone", "Last visit")
Index = QModelIndex | QPersistentModelIndex


class PatientLines(QAbstractTableModel):
    """The lines that a search finds, read a page at a time as they are scrolled to."""

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._chart, self._settings, self._words, self._archived = chart, settings, "", False
        self.lines: list[PatientLine] = []
        self.total = 0

    def search(self, words: str, *, archived: bool) -> None:
        """Show who is found by these words, all patients for none; or the same in the archive."""
        self.beginResetModel()
        self._words, self._archived = words, archived
        records = self._chart.records
        self.lines = list(records.patients(words, PAGE, archived=archived))
        self.total = len(self.lines) if len(self.lines) < PAGE else records.patient_count(words, archived=archived)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self.lines) < self.total

    def fetchMore(self, _parent: Index) -> None:
        more = self._chart.records.patients(self._words, PAGE, len(self.lines), archived=self._archived)
        self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(more) - 1)
        self.lines.extend(more)
        self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        line, hidden = self.lines[index.row()], initials_only(self._settings)
        match index.column():
            case 0:
                name = listed_name(line, self._settings)
                return f"{name} ({line.preferred})" if line.preferred and line.preferred != line.given and not hidden else name
            case 1:
                return long_day(line.birth) if line.birth and not hidden else ""
            case 2:
                return "" if hidden else line.phone
            case _:
                if line.open_visit:
                    return "Open visit"
                return long_day(local_day(line.last_visit)) if line.last_visit else "None yet"


class PatientsPage(QWidget):
    """Search, choose, add: `patient_chosen(patient_id)`."""

    patient_chosen = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self._stale = True
        self.form: PatientForm | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, date of birth or phone")
        self.search.setAccessibleName("Search patients")
        keep_words(self.search)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._choose)
        self.archived = TickBox("Archived")
        self.archived.setToolTip("Show the patients whose records lie in the archive")
        self.archived.toggled.connect(lambda _on: self._search(self.search.text()))
        self.model = PatientLines(chart, settings, self)
        self.table = self._table()
        ListKeys(self.search, self.table)
        self.found = label("", "small")
        self.list = QStackedWidget()
        self.list.addWidget(card(self.table, margins=8))
        first = button("Add patient", self.add_patient, "primary", "user-plus")
        self.nobody = Empty("users", "", "", first)
        self.list.addWidget(self.nobody)
        front = QWidget()
        column = QVBoxLayout(front)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        add = button("Add patient", self.add_patient, "primary", "user-plus")
        chart.for_writers(first, add)
        column.addWidget(row(page_title("Patients"), self.found, None, add))
        column.addWidget(row(self.search, self.archived, spacing=16, wide=self.search))
        column.addWidget(self.list, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(front)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        chart.changed.connect(self._changed)

    def _table(self) -> QTableView:
        table = lines_table(self.model, "Patients", 44)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.activated.connect(self._choose)
        table.clicked.connect(self._choose)
        return table

    def _adding(self) -> PatientForm:
        form = PatientForm(self._chart)
        keep_words(*form.inputs.values())
        form.added.connect(self._added)
        form.cancelled.connect(self._back)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addWidget(page_title("A new patient"))
        column.addWidget(card(form, margins=24))
        column.addStretch(1)
        area = scrolled(middle)
        escape = add_action(area, "Back to the patients", "Escape", self._back)
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.stack.addWidget(area)
        return form

    def add_patient(self) -> None:
        """Show an empty record to fill in."""
        if self.form is None:
            self.form = self._adding()
        self.stack.setCurrentIndex(1)
        self.form.focus_first()

    def flush(self) -> None:
        """Store a new patient who has a name; the window is about to close."""
        if self.form is not None and self.stack.currentIndex() == 1:
            self.form.flush()
            if self.form.has_name:
                with QSignalBlocker(self.form):
                    self.form.add()

    def _added(self, patient_id: str) -> None:
        self._back()
        self.patient_chosen.emit(patient_id)

    def _back(self) -> None:
        self.stack.setCurrentIndex(0)
        self.search.setFocus()

    def _changed(self, change: object) -> None:
        if getattr(change, "kind", "") in {"patient", "visit"}:
            self._stale = True

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._stale:
            self.archived.setVisible(self.archived.isChecked() or self._chart.records.patient_count(archived=True) > 0)
            self._search(self.search.text())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.search.setFocus()

    def show_names(self) -> None:
        """Show names or initials, as the settings have it."""
        self.table.viewport().update()

    def _search(self, words: str) -> None:
        self._stale = False
        is_archive = self.archived.isChecked()
        self.model.search(words, archived=is_archive)
        total, count = self.model.total, self._chart.records.patient_count
        kind = "archived patient" if is_archive else "patient"
        self.found.setText("" if not total else f"{QLocale.system().toString(total)} {kind}{'' if total == 1 else 's'}")
        self.list.setCurrentIndex(0 if total else 1)
        if total:
            self.table.selectRow(0)
        else:
            self._say_nobody(words, elsewhere=count(words, archived=not is_archive), is_archive=is_archive)

    def _say_nobody(self, words: str, *, elsewhere: int, is_archive: bool) -> None:
        """Say that nobody is found, and whether there is somebody on the other side of the archive's door."""
        if words.strip():
            place = "among the patients" if is_archive else "in the archive"
            hint = f" {elsewhere} found {place}." if elsewhere else ""
            self.nobody.title.setText("Nobody found")
            enough = "Part of a name is enough, in any order and without accents; so are a date of birth or some digits of a phone number."
            self.nobody.words.setText(f"{enough}{hint}")
        elif is_archive:
            self.nobody.title.setText("The archive is empty")
            self.nobody.words.setText("Records that are out of the lists and the search lie here, with all that was charted in them.")
        elif elsewhere:
            self.nobody.title.setText("All patients are in the archive")
            self.nobody.words.setText("Tick “Archived” to see them, or add a patient.")
        else:
            self.nobody.title.setText("No patients yet")
            self.nobody.words.setText("Add the first one; only a name is needed, the rest can follow.")

    def _choose(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.patient_chosen.emit(self.model.lines[index.row()].id)
