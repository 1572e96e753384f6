"""The strip at the foot of every page: the sum over all rooms, and what is in and ends next in every visit under way."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from neuro_chart.clinic.clocks import countdown, now
from neuro_chart.clinic.rooms import Standing, sum_words
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_time
from neuro_chart.ui.privacy import shown_name
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.widgets import button, icon_button, label, set_flag

ROOMS = 4  # with more visits under way, each button says less, so that all of them stay in sight
BESIDE = 40  # px: what a button takes beside its words, and the gap to the next


class Strip(QFrame):
    """One button a visit under way; it opens the visit. At the left the sum over all rooms, at the right when the chart was last stored."""

    visit_chosen = Signal(str, str)
    rooms_wanted = Signal()

    def __init__(self, chart: OpenChart, ticker: Ticker, settings: QSettings) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self.setAccessibleName("Visits in progress")
        self._ticker, self._settings = ticker, settings
        self._buttons: dict[str, QPushButton] = {}
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(12, 6, 20, 6)
        self._box.setSpacing(8)
        self.sum = button("", self.rooms_wanted.emit, "sum")
        self.sum.setToolTip("Every room at a glance (Alt+R)")
        self.quiet = icon_button("volume-x", "Stop ringing (Ctrl+.)", ticker.quiet)
        self._stored = label("", "small")
        self._box.addWidget(self.sum)
        self._box.addWidget(self.quiet)
        self._box.addStretch(1)
        self._box.addWidget(self._stored)
        self.setFixedHeight(56)
        self.setMinimumWidth(1)  # however many visits, the window keeps its width
        chart.changed.connect(lambda _change: self._say_stored())
        chart.unwritten.connect(self._unwritten)
        ticker.ticked.connect(self._tick)
        ticker.counted.connect(self.refresh)
        ticker.ringing.connect(self._show_ringing)
        self.refresh()
        self._show_ringing()

    @property
    def words(self) -> str:
        """What the strip says, visit by visit."""
        return " · ".join(made.text() for made in self._buttons.values())

    def _say_stored(self) -> None:
        self._stored.setText(f"Saved {local_time(now())}")

    def _unwritten(self, sentence: str) -> None:
        if sentence:
            self._stored.setText("Not stored yet")
        else:
            self._say_stored()

    def _show_ringing(self) -> None:
        self.quiet.setVisible(bool(self._ticker.unseen))

    def refresh(self) -> None:
        """Show the visits that are under way now."""
        running = {each.visit.id: each.patient.id for each in self._ticker.visits if each.is_under_way}
        for gone in self._buttons.keys() - running.keys():
            self._buttons.pop(gone).deleteLater()
        for visit_id, patient_id in running.items():
            if visit_id not in self._buttons:
                made = button("", partial(self.visit_chosen.emit, patient_id, visit_id))
                self._box.insertWidget(self._box.count() - 2, made)
                self._buttons[visit_id] = made
        self._tick(now())

    def _tick(self, moment: datetime) -> None:
        self._say(self.sum, sum_words(self._ticker.visits, moment))
        running = [each for each in self._ticker.visits if each.is_under_way]
        words = [_words(each, moment, brief=False) for each in running]
        if len(running) > ROOMS or not self._has_room(words):
            words = [_words(each, moment, brief=True) for each in running]
        for each, shown in zip(running, words, strict=True):
            made = self._buttons[each.visit.id]
            set_flag(made, "clock", "over" if each.late(moment) else "running")
            self._say(made, shown)
            told = f"{shown_name(each.patient, self._settings)}: {each.spoken(moment)}"
            if told != made.accessibleName():
                made.setAccessibleName(told)

    def _has_room(self, words: Sequence[str]) -> bool:
        """Whether buttons with these words stand beside each other, and what is at both ends with them."""
        if not self.isVisible():
            return True
        fit = next((made.fontMetrics() for made in self._buttons.values()), self.fontMetrics())
        ends = [made.sizeHint().width() for made in (self.sum, self.quiet, self._stored) if not made.isHidden()]
        wide = sum(fit.horizontalAdvance(each) + BESIDE for each in words) + sum(ends) + 8 * len(ends)
        return wide <= self.contentsRect().width() - 32

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tick(now())

    @staticmethod
    def _say(made: QPushButton, words: str) -> None:
        if made.text() != words:
            made.setText(words)


def _words(standing: Standing, moment: datetime, *, brief: bool) -> str:
    """ "Room 2   RD   12 in   24:18", or in brief "RD  24:18"."""
    left = standing.left(moment)
    time = "" if left is None else countdown(left)
    if standing.count.uncounted:
        time = f"{standing.count.uncounted} to count"
    elif standing.is_paused:
        time = f"‖ {time}"
    who = standing.patient.initials
    parts = [who, time] if brief else [standing.visit.room, who, f"{standing.count.inside} in", time]
    return ("◆ " if standing.late(moment) else "") + ("  " if brief else "   ").join(part.replace("&", "&&") for part in parts if part)
