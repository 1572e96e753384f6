"""The rooms beside the locked door: their clocks count on and ring, and say nothing of a patient."""

from datetime import datetime

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import countdown, now
from neuro_chart.clinic.rooms import minutes_words
from neuro_chart.ui.bell import Bell
from neuro_chart.ui.days import local_time
from neuro_chart.ui.lock import Locked, RoomTimes
from neuro_chart.ui.notify import Notifier
from neuro_chart.ui.room_card import Figure, Fitted
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.voice import Voice
from neuro_chart.ui.widgets import add_action, button, label, page_title, row, set_flag

GAP = 12
LARGEST = 280  # px: read from the other end of a corridor
WIDE = 168  # px: narrower than this, a room's name stands smaller
TALL = 0.36  # of a clock's width, as its digits are
NO_ROOM = "No room"


class RoomTile(QFrame):
    """A room by its name, and what is left until its next clock ends."""

    def __init__(self, times: RoomTimes) -> None:
        super().__init__()
        self._times = times
        self.setProperty("role", "visit")
        self.name = Fitted("display")
        self.name.show_words(times.room or NO_ROOM)
        self.clock = Figure(Qt.AlignmentFlag.AlignLeft, LARGEST)
        self.words = label("", "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 12, 20, 14)
        box.setSpacing(4)
        box.addWidget(self.name)
        box.addStretch(1)
        box.addWidget(self.clock, 100)
        box.addWidget(self.words)
        box.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        set_flag(self.name, "role", "display" if self.width() >= WIDE else "title")
        self.clock.setMaximumHeight(round(self.width() * TALL))  # no taller than its digits, so that they stand in the middle

    def tick(self, moment: datetime) -> None:
        """Show the clock as it stands."""
        times, left = self._times, self._times.left(moment)
        over = sum(end <= moment for end in times.ends)
        if not times.ends:
            state, words, spoken = "paused", "stands still", f"paused at {minutes_words(left)}"
        elif over:
            state, words, spoken = "over", f"over since {local_time(times.ends[0])}", f"overdue by {minutes_words(-left)}"
        else:
            state, words, spoken = "running", f"ends {local_time(times.ends[0])}", f"{minutes_words(left)} left"
        self.clock.show_text(countdown(left), state)
        if words != self.words.text():
            self.words.setText(words)
        set_flag(self, "over", "true" if over else "false")
        if (told := f"{self.name.words}: {spoken}") != self.accessibleName():
            self.setAccessibleName(told)


class LockedRooms(QWidget):
    """The rooms in which a clock runs or stands, with a bell of their own: told on the screen, by the tone, aloud and by the desktop."""

    def __init__(self, locked: Locked, settings: QSettings) -> None:
        super().__init__()
        self._locked = locked
        self.tiles = [RoomTile(each) for each in locked.rooms]
        self.bell, self.notifier, self._voice = Bell(settings, self), Notifier(settings, self), Voice(settings)
        self.quiet = button("Stop ringing", self.bell.quiet, icon="volume-x")
        self.quiet.setToolTip("Stop ringing (Ctrl+.)")
        add_action(self, "Stop ringing", "Ctrl+.", self.bell.quiet)
        head = row(page_title("Rooms"), None, self.quiet)
        head.setFixedHeight(TARGET)
        grid = QGridLayout()
        grid.setSpacing(GAP)
        columns = 1 if len(self.tiles) < 3 else 2 if len(self.tiles) < 7 else 3
        for at, tile in enumerate(self.tiles):
            grid.addWidget(tile, at // columns, at % columns)
            grid.setRowStretch(at // columns, 1)
            grid.setColumnStretch(at % columns, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 24, 24, 32)
        box.setSpacing(GAP)
        box.addWidget(head)
        box.addLayout(grid, 1)
        self.bell.ticked.connect(self._tick)
        self.bell.overdue.connect(self._tell_overdue)
        self.bell.ringing.connect(self._show_ringing)
        locked.hand_to(self.bell)
        self._show_ringing()
        self._tick(now())

    @property
    def now_locked(self) -> Locked:
        """The rooms as they have rung by now."""
        return self._locked.heard_by(self.bell)

    def put_away(self) -> None:
        """Count and ring no more."""
        self.bell.rest()
        self.notifier.put_away()

    def _tick(self, moment: datetime) -> None:
        for tile in self.tiles:
            tile.tick(moment)

    def _show_ringing(self) -> None:
        self.quiet.setVisible(bool(self.bell.unseen))

    def _tell_overdue(self, place: str) -> None:
        sentence = ": ".join(part for part in ("A clock has run out", self._locked.rooms[int(place)].room) if part)
        self.notifier.tell(sentence)
        self._voice.say(sentence)
