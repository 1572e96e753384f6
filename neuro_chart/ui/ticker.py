"""The one clock of the program: it ticks each second while a needle is in, anywhere, and rings once for each that is overdue."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal

from neuro_chart.clinic.needles import now
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.sound import Chime

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

Clock = tuple[str, datetime]


class Ticker(QObject):
    """`ticked(now)` each second while a needle is in; `overdue(visit_id)` and a soft tone once for each clock that runs out."""

    ticked = Signal(object)
    overdue = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chime = Chime(settings, self)
        self._chart = chart
        self._clocks: dict[Clock, str] = {}
        self._rung: set[Clock] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        chart.changed.connect(self._changed)
        self.reload()

    @property
    def is_running(self) -> bool:
        """Whether a needle is in anywhere."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Tick no more; the chart is about to close."""
        self._timer.stop()
        self._chart.changed.disconnect(self._changed)

    def _changed(self, change: "Change") -> None:
        if change.kind == "needles" and change.visit_id:  # none when nothing was there to change
            others = {clock: visit_id for clock, visit_id in self._clocks.items() if visit_id != change.visit_id}
            self._keep(others | _clocks_of(self._chart.records.visit(change.visit_id)))
        elif change.kind in {"visit", "signature"}:
            self.reload()

    def reload(self) -> None:
        """Look up which needles are in, in every room."""
        clocks: dict[Clock, str] = {}
        for visit, _patient in self._chart.records.open_visits():
            clocks |= _clocks_of(visit)
        self._keep(clocks)

    def _keep(self, clocks: dict[Clock, str]) -> None:
        self._clocks = clocks
        self._rung &= clocks.keys()
        if clocks and not self._timer.isActive():
            self._timer.start()
        elif not clocks:
            self._timer.stop()

    def tick(self) -> None:
        """Tell the time, and ring for the clocks that have run out since."""
        moment = now()
        self.ticked.emit(moment)
        over = {clock for clock in self._clocks if clock[1] <= moment} - self._rung
        self._rung |= over
        for visit_id in dict.fromkeys(self._clocks[clock] for clock in over):
            self.overdue.emit(visit_id)
        if over:
            self.chime.play()


def _clocks_of(visit: Visit) -> dict[Clock, str]:
    return {(needle.id, needle.due): visit.id for needle in visit.needles if needle.is_in and needle.due is not None}
