"""Settings, Practice: the letterhead, the rooms, and when signing asks for the passphrase."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.people import Role
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.confirm import Confirm
from neuro_chart.ui.retention_field import RetentionField
from neuro_chart.ui.room_names import RoomNames
from neuro_chart.ui.sections import fields_card, section_page
from neuro_chart.ui.widgets import Segments
from neuro_chart.ui.words import Prose

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

SIGN_WITHIN = {"0": "Each time", "15": "After 15 minutes", "60": "After an hour", "525600": "Never while unlocked"}


class PracticeSection(QWidget):
    """What holds for the whole practice, stored in the vault as soon as it is set."""

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault") -> None:  # noqa: ARG002  # as every section is made
        super().__init__()
        self._chart = chart
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        cards = (self._practice(), self._rooms(), self._signing(), self._keeping())
        chart.for_writers(*cards)
        self._page = section_page(*cards)
        box.addWidget(self._page)
        if chart.records.may_write:  # Qt would let even a closed line have the keys
            self.setFocusProxy(self.name)

    def _practice(self) -> QWidget:
        practice = self._chart.records.practice()
        self.name = QLineEdit(practice.name)
        self.name.editingFinished.connect(self.flush)
        self.letterhead = Prose("Letterhead", "Address, phone, registration number", lines=3)
        self.letterhead.show_text(practice.letterhead)
        self.letterhead.edited.connect(lambda _: self.flush())
        self.paper = Segments({"A4": "A4", "Letter": "Letter"}, "Paper")
        self.paper.show_choice(practice.paper)
        self.paper.chosen.connect(lambda _: self.flush())
        self.name.setAccessibleName("Name of the practice")
        hint = "The name and the letterhead head every paper; they are stored in the vault."
        return fields_card("Practice", hint, {"Name": self.name, "Letterhead": self.letterhead, "Paper": self.paper})

    def _rooms(self) -> QWidget:
        self.rooms = RoomNames(self._chart)
        return fields_card("Rooms", "Visits in progress stand in them on the Rooms page (Alt+R).", {"Names": self.rooms})

    def _signing(self) -> QWidget:
        self.sign_within = Segments(SIGN_WITHIN, "When signing asks for the passphrase again")
        self.sign_within.show_choice(str(self._chart.records.practice().sign_within))
        self.sign_within.chosen.connect(lambda _: self._choose_within())
        self.confirm = Confirm(self._chart)
        self.confirm.wanted.connect(self.confirm.ask)
        self.confirm.confirmed.connect(self._store_within)
        self.confirm.hide()
        if self._chart.records.role is not Role.OWNER:
            self.sign_within.setEnabled(False)
            self.sign_within.setToolTip("An owner of the practice sets this")
        hint = "Whoever signs is asked for their own passphrase, unless they typed it within this time, to unlock or to sign."
        return fields_card("Signing", hint, {"Ask for the passphrase": self.sign_within}, self.confirm)

    def _choose_within(self) -> None:
        """To ask less often takes the passphrase itself: else whoever finds the chart open could sign with it."""
        if int(self.sign_within.choice) > self._chart.records.practice().sign_within and self.confirm.is_needed:
            self.confirm.begin()
            self.confirm.line.setFocus()
            QTimer.singleShot(0, self, lambda: self._page.ensureWidgetVisible(self.confirm))  # once it is laid out
        else:
            self._store_within()

    def _store_within(self) -> None:
        self.confirm.hide()
        after = replace(self._chart.records.practice(), sign_within=int(self.sign_within.choice))
        self._chart.act(lambda: self._chart.records.save_practice(after))  # as chosen now, should the disk take it only later

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.confirm.hide()
        self.sign_within.show_choice(str(self._chart.records.practice().sign_within))

    def _keeping(self) -> QWidget:
        self.retention = RetentionField(self._chart)
        return fields_card("Records", "", {"Keep records for": self.retention})

    def flush(self) -> None:
        """Store the practice as it stands here."""
        self.rooms.flush()
        before = self._chart.records.practice()
        after = replace(
            before,
            name=self.name.text().strip() or before.name,
            letterhead=self.letterhead.toPlainText().strip(),
            paper=self.paper.choice,
        )
        if after != before:
            self._chart.act(lambda: self._chart.records.save_practice(after))
