"""The strip at the foot of every page: the sum over all rooms, and what is in and ends next in every visit under way."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from neuro_chart.clinic.clocks import countdown, now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.rooms import next_clock, overdue, spoken, sum_words
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_time
from neuro_chart.ui.privacy import shown_name
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.widgets import button, icon_button, label, set_flag

ROOMS = 4  # with more visits under way, each button says less, so that all of them stay in sight


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

    def come_last(self) -> None:
        """Let Tab come here after the page, whatever was made when."""
        for made in (self.sum, self.quiet, *self._buttons.values()):
            last = self.window().previousInFocusChain()
            while last is not None and not last.focusPolicy() & Qt.FocusPolicy.TabFocus:
                last = last.previousInFocusChain()
            if last is not None and last is not made:
                QWidget.setTabOrder(last, made)

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
        running = {visit.id: patient.id for visit, patient in self._ticker.running}
        for gone in self._buttons.keys() - running.keys():
            self._buttons.pop(gone).deleteLater()
        for visit_id, patient_id in running.items():
            if visit_id not in self._buttons:
                made = button("", partial(self.visit_chosen.emit, patient_id, visit_id))
                self._box.insertWidget(self._box.count() - 2, made)
                self._buttons[visit_id] = made
        self._tick(now())

    def _tick(self, moment: datetime) -> None:
        running = self._ticker.running
        self._say(self.sum, sum_words((visit for visit, _ in running), moment))
        for visit, patient in running:
            made, late = self._buttons[visit.id], bool(overdue(visit, moment))
            set_flag(made, "clock", "over" if late else "running")
            self._say(made, _words(visit, patient, moment, brief=len(running) > ROOMS))
            told = f"{shown_name(patient, self._settings)}: {spoken(visit, moment)}"
            if told != made.accessibleName():
                made.setAccessibleName(told)

    @staticmethod
    def _say(made: QPushButton, words: str) -> None:
        if made.text() != words:
            made.setText(words)


def _words(visit: Visit, patient: Patient, moment: datetime, *, brief: bool) -> str:
    """ "Room 2   RD   12 in   24:18", or in brief "RD   24:18"."""
    clock, late = next_clock(visit, moment), bool(overdue(visit, moment))
    left = clock.remaining(moment) if clock else None
    time = "" if left is None else countdown(left)
    if visit.count.uncounted:
        time = f"{visit.count.uncounted} to count"
    elif clock is not None and clock.is_paused:
        time = f"‖ {time}"
    parts = [patient.initials, time] if brief else [visit.room, patient.initials, f"{visit.count.inside} in", time]
    return ("◆ " if late else "") + "   ".join(part.replace("&", "&&") for part in parts if part)
