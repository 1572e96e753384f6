"""The strip at the foot of every page: needles in and the next clock of every visit in progress."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from neuro_chart.clinic.clocks import countdown, now
from neuro_chart.clinic.needles import next_due
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_time
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.widgets import button, label, set_flag

ROOMS = 4  # with more visits in progress, each button says less, so that all of them stay in sight


class Strip(QFrame):
    """One button a visit with needles in; it opens the visit. At the right, when the chart was last stored."""

    visit_chosen = Signal(str, str)

    def __init__(self, chart: OpenChart, ticker: Ticker) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self.setAccessibleName("Visits in progress")
        self._ticker = ticker
        self._buttons: dict[str, QPushButton] = {}
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(20, 6, 20, 6)
        self._box.setSpacing(12)
        self._nobody = label("No needles in", "small")
        self._stored = label("", "small")
        self._box.addWidget(self._nobody)
        self._box.addStretch(1)
        self._box.addWidget(self._stored)
        self.setFixedHeight(56)
        self.setMinimumWidth(1)  # however many visits, the window keeps its width
        chart.changed.connect(lambda _change: self._say_stored())
        chart.unwritten.connect(self._unwritten)
        ticker.ticked.connect(self._tick)
        ticker.counted.connect(self._count)
        self._count()

    @property
    def words(self) -> str:
        """What the strip says, visit by visit."""
        return " · ".join(made.text() for made in self._buttons.values())

    def come_last(self) -> None:
        """Let Tab come here after the page, whatever was made when."""
        for made in self._buttons.values():
            last = self.window().previousInFocusChain()
            while last is not None and not last.focusPolicy() & Qt.FocusPolicy.TabFocus:
                last = last.previousInFocusChain()
            if last is not None:
                QWidget.setTabOrder(last, made)

    def _say_stored(self) -> None:
        self._stored.setText(f"Saved {local_time(now())}")

    def _unwritten(self, sentence: str) -> None:
        if sentence:
            self._stored.setText("Not stored yet")
        else:
            self._say_stored()

    def _count(self) -> None:
        running = {visit.id: patient.id for visit, patient in self._ticker.running}
        for gone in self._buttons.keys() - running.keys():
            self._buttons.pop(gone).deleteLater()
        for place, (visit_id, patient_id) in enumerate(running.items()):
            if visit_id not in self._buttons:
                made = button("", partial(self.visit_chosen.emit, patient_id, visit_id))
                self._box.insertWidget(place, made)
                self._buttons[visit_id] = made
        self._nobody.setVisible(not running)
        self._tick(now())

    def _tick(self, moment: datetime) -> None:
        for visit, patient in self._ticker.running:
            made, due = self._buttons[visit.id], next_due(visit.needles)
            if due is None:
                continue
            over = due <= moment
            time = f"{countdown(due - moment)} over" if over else countdown(due - moment)
            set_flag(made, "clock", "over" if over else "running")
            inside = f"{visit.count.inside} in   " if len(self._ticker.running) <= ROOMS else ""
            made.setText(f"{'◆ ' if over else ''}{patient.initials}   {inside}{time if inside else countdown(due - moment)}")
            made.setAccessibleName(f"{patient.called}: {visit.count.inside} needles in, {'overdue by' if over else 'time left'} {time}")
