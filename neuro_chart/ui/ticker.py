"""The one clock of the program: it ticks each second while a needle is in, anywhere, and rings once for each that is overdue."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal

from neuro_chart.clinic.needles import now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.sound import Chime

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

Clock = tuple[str, datetime]


class Ticker(QObject):
    """`ticked(now)` each second while a needle is in; `overdue(visit_id)` and a soft tone once for each clock that runs out.

    `running` holds the visits with needles in, oldest first; `counted` follows when they or their needles change.
    """

    ticked = Signal(object)
    overdue = Signal(str)
    counted = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chime = Chime(settings, self)
        self.running: list[tuple[Visit, Patient]] = []
        self._chart = chart
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
            self._count(self._chart.records.visit(change.visit_id))
        elif change.kind in {"visit", "signature", "patient"}:
            self.reload()

    def _count(self, visit: Visit) -> None:
        """Follow one visit, without asking for the others."""
        if any(visit.id == known.id for known, _ in self.running):
            self._keep([(visit if visit.id == known.id else known, patient) for known, patient in self.running])
        elif visit.count.inside:
            self.reload()

    def reload(self) -> None:
        """Look up which needles are in, in every room."""
        self._keep(self._chart.records.open_visits())

    def _keep(self, visits: list[tuple[Visit, Patient]]) -> None:
        self.running = [(visit, patient) for visit, patient in visits if visit.count.inside]
        self._rung &= self._clocks().keys()
        if self.running and not self._timer.isActive():
            self._timer.start()
        elif not self.running:
            self._timer.stop()
        self.counted.emit()

    def _clocks(self) -> dict[Clock, str]:
        """When each needle that is in is due, and in which visit."""
        return {(n.id, n.due): visit.id for visit, _ in self.running for n in visit.needles if n.is_in and n.due is not None}

    def tick(self) -> None:
        """Tell the time, and ring for the clocks that have run out since."""
        moment = now()
        self.ticked.emit(moment)
        over = {clock: visit_id for clock, visit_id in self._clocks().items() if clock[1] <= moment and clock not in self._rung}
        self._rung |= over.keys()
        for visit_id in dict.fromkeys(over.values()):
            self.overdue.emit(visit_id)
        if over:
            self.chime.play()
