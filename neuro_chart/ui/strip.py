"""The strip at the foot of every page: needles in and the next clock of every visit in progress."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from neuro_chart.clinic.needles import clock, next_due, now
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_time
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.widgets import button, label, set_flag

if TYPE_CHECKING:
    from neuro_chart.clinic.people import Patient
    from neuro_chart.clinic.visits import Visit


class Strip(QFrame):
    """One button a visit with needles in; it opens the visit. At the right, when the chart was last stored."""

    visit_chosen = Signal(str, str)

    def __init__(self, chart: OpenChart, ticker: Ticker) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self.setAccessibleName("Visits in progress")
        self._chart = chart
        self._visits: list[tuple[Visit, Patient]] = []
        self._buttons: list[QPushButton] = []
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(20, 6, 20, 6)
        self._box.setSpacing(12)
        self._nobody = label("No needles in", "small")
        self._stored = label("", "small")
        self._box.addWidget(self._nobody)
        self._box.addStretch(1)
        self._box.addWidget(self._stored)
        self.setFixedHeight(56)
        chart.changed.connect(self._changed)
        chart.unwritten.connect(self._unwritten)
        ticker.ticked.connect(self._tick)
        self._reload()

    @property
    def words(self) -> str:
        """What the strip says, visit by visit."""
        return " · ".join(made.text() for made in self._buttons)

    def _changed(self, _change: object) -> None:
        self._stored.setText(f"Saved {local_time(now())}")
        self._reload()

    def _unwritten(self, sentence: str) -> None:
        self._stored.setText("Not stored yet" if sentence else f"Saved {local_time(now())}")

    def _reload(self) -> None:
        self._visits = [(v, p) for v, p in self._chart.records.open_visits() if v.count.inside]
        for made in self._buttons:
            made.deleteLater()
        self._buttons = []
        for place, (visit, patient) in enumerate(self._visits):
            made = button("", partial(self.visit_chosen.emit, patient.id, visit.id))
            made.setProperty("clock", "running")
            self._box.insertWidget(place, made)
            self._buttons.append(made)
        self._nobody.setVisible(not self._visits)
        self._tick(now())

    def _tick(self, moment: datetime) -> None:
        for made, (visit, patient) in zip(self._buttons, self._visits, strict=True):
            due = next_due(visit.needles)
            if due is None:
                continue
            over = due <= moment
            time = f"{clock(due - moment)} over" if over else clock(due - moment)
            set_flag(made, "clock", "over" if over else "running")
            made.setText(f"{'◆ ' if over else ''}{patient.initials}   {visit.count.inside} in   {time}")
            made.setAccessibleName(f"{patient.called}: {visit.count.inside} needles in, {'overdue by' if over else 'time left'} {time}")
