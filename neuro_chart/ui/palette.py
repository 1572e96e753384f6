"""Everything that can be done, and every patient, by typing a few letters."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.widgets import ListKeys, card

PATIENTS = 6


class Palette(QDialog):
    """A line and a list that narrows as it is typed; Enter does the first."""

    patient_chosen = Signal(str)

    def __init__(self, actions: Sequence[QAction], chart: OpenChart, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = {a.text().replace("&", ""): a for a in actions if a.text() and a.isEnabled()}
        self._chart = chart
        self.line = QLineEdit()
        self.line.setPlaceholderText("Do something, or find a patient")
        self.line.setAccessibleName("Command or patient")
        self.list = QListWidget()
        self.list.setAccessibleName("What can be done")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setProperty("role", "popup")
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
                self._add(f"{text}\t{keys}" if keys else text, action)
        if wanted:
            for line in self._chart.records.patients(words, limit=PATIENTS):
                self._add(f"{line.family}, {line.given}".strip(", "), line.id)
        self.list.setCurrentRow(0)

    def _add(self, text: str, target: object) -> None:
        item = QListWidgetItem(text.replace("\t", "    "))
        item.setData(Qt.ItemDataRole.UserRole, target)
        self.list.addItem(item)

    def _do(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is None:
            return
        target = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(target, QAction):
            target.trigger()
        else:
            self.patient_chosen.emit(target)
