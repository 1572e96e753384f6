"""The trail to read: who did what, and when, the newest first."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSettings, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.trail import set_back
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, local_time, short_day
from neuro_chart.ui.privacy import initials_only, shown_name
from neuro_chart.ui.theme import SMALL, Theme
from neuro_chart.ui.trail_entry import EntryCard
from neuro_chart.ui.trail_filter import TrailFilter, Wanted
from neuro_chart.ui.trail_paper import TrailPaper
from neuro_chart.ui.trail_words import deed_words, what_words
from neuro_chart.ui.widgets import Empty, add_action, button, card, icon_button, lines_table

if TYPE_CHECKING:
    from neuro_chart.clinic.trail import Entry

PAGE = 200
COLUMNS = {"When": 168, "Who": 148, "Deed": 156, "What": 0, "Patient": 136}  # px; what is left goes to 0
ROW = 40
INSET = 11  # px from a cell's edge to its words, as the stylesheet has it
BESIDE = 1100  # px: from here on the entry stands beside the lines, and beneath them where there is less
ERASED = "Erased record"
WENT_BACK = "clock went back"
_BACK = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Names:
    """Who it is that has an id: practitioners by their names, patients as the settings have them shown, or by name without any."""

    def __init__(self, chart: OpenChart, settings: QSettings | None = None) -> None:
        self._chart, self._settings = chart, settings
        self._known: dict[str, str] = {}

    def forget(self) -> None:
        """Ask the record anew."""
        self._known = {}

    def __call__(self, row_id: str) -> str:
        """The name; of whom there is no record any more, that it was erased."""
        if not self._known:
            from neuro_chart.store.keys import RECOVERY  # noqa: PLC0415  # keeps the store's libraries out of the program's start

            people = {each.id: each.name for each in self._chart.records.practitioners()}
            self._known = people | {"": "", RECOVERY: "Somebody with the recovery sheet"}
        if row_id not in self._known:
            try:
                whose = self._chart.records.patient(row_id)
                self._known[row_id] = shown_name(whose, self._settings) if self._settings is not None else whose.name
            except LookupError:
                self._known[row_id] = ERASED
        return self._known[row_id]


class TrailLines(QAbstractTableModel):
    """The entries that are asked for, read a page at a time as they are scrolled to."""

    def __init__(self, chart: OpenChart, names: Names, parent: QObject) -> None:
        super().__init__(parent)
        self._chart, self._names = chart, names
        self._wanted: Wanted | None = None
        self._more = False
        self.entries: list[Entry] = []
        self.set_back: dict[int, Entry] = {}

    def ask(self, wanted: Wanted) -> None:
        """Show these entries, from the newest on."""
        self.beginResetModel()
        self._wanted = wanted
        self.entries = list(self._chart.records.trail(**wanted, limit=PAGE))
        self._more = len(self.entries) == PAGE
        self.set_back = set_back(self.entries)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more

    def fetchMore(self, _parent: Index) -> None:
        if self._wanted is None or not self.entries:
            return
        more = self._chart.records.trail(**self._wanted, before=self.entries[-1].seq, limit=PAGE)
        self._more = len(more) == PAGE
        if more:
            self.beginInsertRows(QModelIndex(), len(self.entries), len(self.entries) + len(more) - 1)
            self.entries.extend(more)
            self.set_back = set_back(self.entries)
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return list(COLUMNS)[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        went_back = WENT_BACK if index.column() == 0 and entry.seq in self.set_back else ""
        if role == _BACK:
            return went_back
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(entry, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole and went_back:
            return f"{index.data()}, {went_back}"
        return None

    def _words(self, entry: "Entry", column: int) -> str:
        match column:
            case 0:
                return f"{short_day(local_day(entry.at))}, {local_time(entry.at)}"
            case 1:
                return self._names(entry.practitioner_id)
            case 2:
                return deed_words(entry.deed)
            case 3:
                return what_words(entry)
            case _:
                return self._names(entry.patient_id)


class WhenCell(QStyledItemDelegate):
    """The time of an entry, and beneath it that the clock went back before it, where it did."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(_BACK):
            option.text = ""  # so that only the ground is drawn

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if not (words := index.data(_BACK)):
            return
        theme, box = Theme.of(option.widget), option.rect.adjusted(INSET, 2, -INSET, -3)
        small = QFont(option.font)
        small.setPixelSize(SMALL)
        painter.save()
        painter.setPen(theme.color("text"))
        painter.setFont(option.font)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, index.data())
        painter.setPen(theme.color("warning"))
        painter.setFont(small)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, words)
        painter.restore()


class Trail(QWidget):
    """The trail with its filter, and the chosen entry beside it: `visit_wanted(patient_id, visit_id)`, `patient_wanted(patient_id)`."""

    visit_wanted = Signal(str, str)
    patient_wanted = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._names = chart, Names(chart, settings)
        self.filter = TrailFilter(chart, settings)
        self.model = TrailLines(chart, self._names, self)
        self.table = self._table()
        self.entry = EntryCard(self._names, partial(initials_only, settings))
        words = "No entry of the trail fits. Ask for less, or show all of it."
        self._nothing = Empty("search", "Nothing found", words, button("Show all", self.filter.show_all))
        whole = QWidget()
        self._sides = line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(card(self.table, margins=8), 68)
        line.addWidget(self.entry, 32)
        self._pages = QStackedWidget()
        self._pages.addWidget(whole)
        self._pages.addWidget(self._nothing)
        self.paper = TrailPaper(chart, settings)
        self.paper.closed.connect(self._leave_paper)
        self._pages.addWidget(self.paper)
        self.to_paper = icon_button("printer", "Print or save what is shown", self.show_paper)
        add_action(self, "Print or save the trail as it is shown", "", self.show_paper)
        above = QHBoxLayout()
        above.addWidget(self.filter, 1)
        above.addWidget(self.to_paper, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(above)
        box.addWidget(self._pages, 1)
        self.filter.changed.connect(self.reload)
        self.entry.wanted.connect(self._open)
        self.setFocusProxy(self.table)

    def _table(self) -> QTableView:
        table = lines_table(self.model, "Who did what, the newest first", ROW)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = table.horizontalHeader()
        for at, width in enumerate(COLUMNS.values()):
            head.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch)
            head.resizeSection(at, width)
        table.setItemDelegateForColumn(0, WhenCell(table))
        table.selectionModel().currentRowChanged.connect(lambda _new, _old: self._show_entry())
        table.activated.connect(self._open)
        return table

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._names.forget()
        self.filter.read_people()
        self.filter.patient.show_name()
        self.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= BESIDE
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._sides.setStretch(0, 68 if beside else 32)

    def reload(self) -> None:
        """Read the trail anew from its end, and stay at the entry that is chosen if it is there."""
        kept = self._chosen
        self.model.ask(self.filter.wanted)
        self._pages.setCurrentIndex(0 if self.model.entries else 1)
        self.table.selectRow(next((at for at, entry in enumerate(self.model.entries) if kept and entry.seq == kept.seq), 0))
        self._show_entry()

    def show_paper(self) -> None:
        """Show the entries that are asked for as a paper, with the names whole, as it is for whoever asked."""
        self._pages.setCurrentWidget(self.paper)
        self.paper.setFocus()
        self.paper.show_entries(self.filter.wanted, self.filter.words, Names(self._chart))

    def _leave_paper(self) -> None:
        self.reload()
        self.table.setFocus()

    def show_names(self) -> None:
        """Show names or initials, as the settings have it now."""
        self._names.forget()
        self.filter.patient.show_name()
        self.reload()

    @property
    def _chosen(self) -> "Entry | None":
        index = self.table.currentIndex()
        return self.model.entries[index.row()] if index.isValid() and index.row() < len(self.model.entries) else None

    def _show_entry(self) -> None:
        entry = self._chosen
        self.entry.show_entry(entry, self.model.set_back.get(entry.seq) if entry is not None else None)

    def _open(self) -> None:
        """Turn to the visit or the record that the chosen entry is about."""
        if (entry := self._chosen) is None or not entry.patient_id or self._names(entry.patient_id) == ERASED:
            return
        if entry.visit_id:
            self.visit_wanted.emit(entry.patient_id, entry.visit_id)
        else:
            self.patient_wanted.emit(entry.patient_id)
