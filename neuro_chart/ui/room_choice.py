"""The room of a visit, and the choice of another."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import tip

WIDEST = 104  # px for the name of a room
NOWHERE = "No room"


class RoomChoice(QPushButton):
    """Says in which room the visit takes place; pressed, it offers the practice's rooms and none."""

    def __init__(self, treatment: Treatment) -> None:
        super().__init__()
        self._treatment = treatment
        self.setProperty("role", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)  # so that Enter presses it, as well as the space bar
        self.choice = QMenu(self)
        self.choice.setProperty("role", "touch")
        self.choice.setAccessibleName("Room of this visit")
        self.choice.aboutToShow.connect(self._fill)
        self.setMenu(self.choice)
        treatment.shown.connect(self._show)

    def offer(self) -> None:
        """Open the choice, with the keys on the room that holds."""
        if self._treatment.draft is not None:
            self.showMenu()
            self.choice.setActiveAction(next(action for action in self.choice.actions() if action.isChecked()))

    def _show(self, visit: Visit) -> None:
        self.setVisible(not visit.is_closed)
        words = visit.room or NOWHERE
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, WIDEST)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(tip(f"{words}: put this visit into another room (Ctrl+Shift+G)"))
        self.setAccessibleName(f"Room: {words}")

    def _fill(self) -> None:
        self.choice.clear()
        if (visit := self._treatment.draft) is None:
            return
        group = QActionGroup(self.choice)
        rooms = self._treatment.chart.records.practice().rooms
        for room in dict.fromkeys((*rooms, visit.room, "")):
            action = self.choice.addAction((room or NOWHERE).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(room == visit.room)
            action.triggered.connect(partial(self._treatment.write, "room", room, f"Put into {room}" if room else "Put into no room"))
            group.addAction(action)
