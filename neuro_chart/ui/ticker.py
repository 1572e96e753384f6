"""The one clock of the program: it ticks on each second while something runs, anywhere, and rings for what runs out."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.rooms import Standing
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui import sound
from neuro_chart.ui.chart import OpenChart, Treat
from neuro_chart.ui.days import today

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

AGAIN_AFTER = timedelta(minutes=1)
LATE = 4  # milliseconds after the second, so that a timer that fires a little early does not tell the old one again


class Ticker(QObject):
    """`ticked(now)` on each second while a clock runs; `overdue(visit_id)` and a tone once for each clock that runs out.

    The tone comes again each minute until the visit is `seen`, something is done in it, or all are told to be `quiet`, if the settings say
    so. `visits` tells how those in progress stand, oldest first; `counted` follows when that changes, `ringing` when what rings does.
    """

    ticked = Signal(object)
    overdue = Signal(str)
    counted = Signal()
    ringing = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chime = sound.Chime(settings)
        self.visits: list[Standing] = []
        self.unseen: frozenset[str] = frozenset()
        self._chart, self._settings = chart, settings
        self._waiting: list[tuple[datetime, str, str]] = []  # when due, of what, in which visit; the next first
        self._rung: set[tuple[datetime, str, str]] = set()
        self._rang = self._told = now()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_the_second)
        chart.changed.connect(self._changed)
        chart.waits.connect(self._waits)
        chart.unwritten.connect(self._unwritten)
        self.reload()

    @property
    def is_running(self) -> bool:
        """Whether a clock runs anywhere."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Tick no more; the chart is about to close."""
        self._timer.stop()
        self._chart.changed.disconnect(self._changed)
        self._chart.waits.disconnect(self._waits)
        self._chart.unwritten.disconnect(self._unwritten)

    def _changed(self, change: "Change") -> None:
        if change.kind in {"treatment", "note"}:  # a note may name another room
            self._follow(self._chart.hoped(self._chart.records.visit(change.visit_id)))
        elif change.kind in {"visit", "signature", "patient"}:
            self.reload()

    def _waits(self, act: Treat) -> None:
        if known := next((known.visit for known in self.visits if known.visit.id == act.visit_id), None):
            self._follow(act.done_to(known))  # nothing is asked of a disk that fails

    def _unwritten(self, sentence: str) -> None:
        if not sentence:
            self.reload()

    def _follow(self, visit: Visit) -> None:
        """Follow one visit, without asking for the others; whoever did something in it has seen what ran out."""
        self.seen(visit.id)
        if any(visit.id == known.visit.id for known in self.visits):
            self._keep([Standing(visit, known.patient) if visit.id == known.visit.id else known for known in self.visits])
        else:
            self.reload()

    def reload(self) -> None:
        """Look up the visits in progress, in every room."""
        day = today()
        drafts = (Standing(self._chart.hoped(visit), patient) for visit, patient in self._chart.records.open_visits())
        self._keep([draft for draft in drafts if draft.is_of(day)])

    def _keep(self, visits: list[Standing]) -> None:
        self.visits = visits
        clocks = {(due, part_id, kept.visit.id) for kept in visits for due, part_id in kept.ends}
        moment, rung = now(), {part_id for _, part_id, _ in self._rung}
        # what was rung for and is still overdue, such as after too few minutes more, does not ring anew
        self._rung = {clock for clock in clocks if clock[0] <= moment and (clock in self._rung or clock[1] in rung)}
        self._waiting = sorted(clocks - self._rung)
        self._forget(self.unseen - {kept.visit.id for kept in visits if kept.late(moment)})
        self.counted.emit()
        if not any(kept.ticks for kept in visits):
            self._timer.stop()
        elif not self._timer.isActive():
            self._await_second()

    def _await_second(self) -> None:
        self._timer.start(1000 - int(time() * 1000) % 1000 + LATE)

    def _on_the_second(self) -> None:
        self._await_second()
        self.tick()

    def tick(self) -> None:
        """Tell the time, and ring for the clocks that have run out since, and again for those that nobody has seen."""
        moment = now()
        if moment < self._told:  # the system's clock was put back: what has time left again will ring again
            self._rang = min(self._rang, moment)
            self._keep(self.visits)
        self._told = moment
        self.ticked.emit(moment)
        over = [clock for clock in self._waiting if clock[0] <= moment]
        if over:
            del self._waiting[: len(over)]
            self._rung.update(over)
            late = dict.fromkeys(visit_id for _, _, visit_id in over)
            self.unseen |= late.keys()
            self._ring(moment)
            for visit_id in late:
                self.overdue.emit(visit_id)
            self.ringing.emit()
        elif self.unseen and sound.rings_again(self._settings) and moment - self._rang >= AGAIN_AFTER:
            self._ring(moment)

    def _ring(self, moment: datetime) -> None:
        self._rang = moment
        self.chime.play()

    def seen(self, visit_id: str) -> None:
        """Somebody has looked at this visit: it rings no more for what has run out so far."""
        self._forget({visit_id})

    def quiet(self) -> None:
        """Ring no more for anything that has run out so far."""
        self._forget(self.unseen)

    def _forget(self, visits: AbstractSet[str]) -> None:
        if self.unseen & visits:
            self.unseen -= visits
            self.ringing.emit()
