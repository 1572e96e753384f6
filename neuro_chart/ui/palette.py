"""Everything that can be done, every patient and every point, by typing a few letters."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.points import Point
from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.privacy import listed_name
from neuro_chart.ui.theme import Theme
from neuro_chart.ui.widgets import ListKeys, card

PATIENTS, POINTS = 6, 5
TARGET_ROLE = Qt.ItemDataRole.UserRole
KEYS_ROLE = Qt.ItemDataRole.UserRole + 1


class KeysAtTheRight(QStyledItemDelegate):
    """Draws an entry with its keys, or what else is said of it, quietly at the right end of its line."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().paint(painter, option, index)
        place = option.rect.adjusted(0, 0, -12, 0)
        painter.setPen(Theme.of().color("muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data(KEYS_ROLE))


class Palette(QDialog):
    """A line and a list that narrows as it is typed; Enter does the first."""

    patient_chosen = Signal(str)
    point_chosen = Signal(str)

    def __init__(self, actions: Sequence[QAction], chart: OpenChart, library: Library, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = {a.text().replace("&", ""): a for a in actions if a.text() and a.isEnabled()}
        self._chart, self._library, self._settings = chart, library, settings
        self.line = QLineEdit()
        self.line.setPlaceholderText("Do something, or find a patient or a point")
        self.line.setAccessibleName("Command, patient or point")
        self.list = QListWidget()
        self.list.setAccessibleName("What can be done")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setProperty("role", "popup")
        self.list.setItemDelegate(KeysAtTheRight(self.list))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card(self.line, self.list, margins=12))
        self.resize(520, 440)
        self.move(parent.mapToGlobal(parent.rect().center()) - self.rect().center())
        self.line.textChanged.connect(self._narrow)
        self.line.returnPressed.connect(self._do)
        self.list.itemClicked.connect(self._do)
        ListKeys(self.line, self.list)
        self._narrow("")
        self.line.setFocus()

    def _narrow(self, words: str) -> None:
        self.list.clear()
        wanted = fold(words).split()
        for text, action in sorted(self._actions.items()):
            if all(word in fold(text) for word in wanted):
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                self._add(text, action, keys)
        if wanted:
            for line in self._chart.records.patients(words, limit=PATIENTS):
                self._add(listed_name(line, self._settings), line.id)
            for point in self._library.catalogue.find(words)[:POINTS]:
                self._add(f"{point.code}  {point.hanzi}  {point.pinyin}", point, point.english)
        self.list.setCurrentRow(0)

    def _add(self, text: str, target: object, aside: str = "") -> None:
        item = QListWidgetItem(text)
        item.setData(TARGET_ROLE, target)
        item.setData(KEYS_ROLE, aside)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}, {aside}" if aside else text)
        self.list.addItem(item)

    def _do(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is None:
            return
        target = item.data(TARGET_ROLE)
        if isinstance(target, QAction):
            target.trigger()
        elif isinstance(target, Point):
            self.point_chosen.emit(target.code)
        else:
            self.patient_chosen.emit(target)
