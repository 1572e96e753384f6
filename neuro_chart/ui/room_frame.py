"""A room on the Rooms page: its name, and the visits that stand in it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.ui.room_card import MIME, VisitCard
from neuro_chart.ui.room_names import LONGEST
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import button, label, row, set_flag

GAP = 12


class RoomFrame(QFrame):
    """A room with the visits that stand in it: `renamed(old, new)`, `dropped(visit_id, room)`, `patient_wanted`. No name is no room yet."""

    renamed = Signal(str, str)
    dropped = Signal(str, str)
    patient_wanted = Signal()

    def __init__(self, room: str) -> None:
        super().__init__()
        self.room = room
        self.cards: list[VisitCard] = []
        self.setProperty("role", "room")
        self.setAcceptDrops(True)
        self.setAccessibleName(room or "No room")
        self.free = button("Free", self.patient_wanted.emit, "free")
        self.free.setAccessibleName(f"{room} is free: choose a patient")
        self.free.setToolTip("Choose a patient")
        self.free.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, 4, GAP, GAP)
        column.setSpacing(4)
        if room:
            self.name = QLineEdit(room)
            self.name.setProperty("role", "title")
            self.name.setMaxLength(LONGEST)
            self.name.setAccessibleName(f"Name of {room}")
            self.name.setToolTip("Call this room something else (F2)")
            self.name.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self.name.editingFinished.connect(self.flush)
            column.addWidget(self.name)
        else:
            title = label("No room", "strong")
            title.setMinimumHeight(TARGET)
            column.addWidget(row(title, label("Drag a visit into a room, or press Ctrl and the room's number.", "small"), None, spacing=16))
        column.addLayout(self._grid, 100)
        column.addWidget(self.free, 100)
        column.addStretch(1)  # what is left where a neighbour needs more than the tallest card
        self.free.setVisible(bool(room))

    def flush(self) -> None:
        """Take the name as it is typed."""
        if not self.room:
            return
        wanted = self.name.text().strip()
        self.name.deselect()
        self.name.setText(self.room)  # a room by its new name comes in this one's place
        if wanted and wanted != self.room:
            self.renamed.emit(self.room, wanted)

    def show_cards(self, cards: Sequence[VisitCard], columns: int) -> None:
        """Show these, so many beside each other."""
        for card in self.cards:
            self._grid.removeWidget(card)
        self.cards = list(cards)
        for at, card in enumerate(cards):
            self._grid.addWidget(card, at // columns, at % columns)
        self.free.setVisible(bool(self.room) and not cards)

    @property
    def place_for_keys(self) -> QWidget:
        """Where the keys go when this room is chosen."""
        return self.cards[0] if self.cards else self.free

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            set_flag(self, "over", "true")

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        set_flag(self, "over", "false")

    def dropEvent(self, event: QDropEvent) -> None:
        set_flag(self, "over", "false")
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData().data(MIME).toStdString(), self.room)
