"""The one clock of the open chart: it follows what is charted, in every room, and rings for what runs out."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal

from neuro_chart.clinic.rooms import Standing
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.bell import Bell, End
from neuro_chart.ui.chart import OpenChart, Treat
from neuro_chart.ui.days import today

if TYPE_CHECKING:
    from neuro_chart.store.records import Change


class Ticker(Bell):
    """A bell for the visits in progress, each a place by its id. Whoever does something in a visit has seen what ran out there.

    `visits` tells how those in progress stand, oldest first; `counted` follows when that changes.
    """

    counted = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self.visits: list[Standing] = []
        self._chart = chart
        chart.changed.connect(self._changed)
        chart.waits.connect(self._waits)
        chart.unwritten.connect(self._unwritten)
        self.reload()

    def stop(self) -> None:
        """Tick no more; the chart is about to close."""
        self.rest()
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
        """Follow one visit, without asking for the others."""
        self.seen(visit.id)
        if any(visit.id == known.visit.id for known in self.visits):
            self._show([Standing(visit, known.patient) if visit.id == known.visit.id else known for known in self.visits])
        else:
            self.reload()

    def reload(self) -> None:
        """Look up the visits in progress, in every room."""
        day = today()
        drafts = (Standing(self._chart.hoped(visit), patient) for visit, patient in self._chart.records.open_visits())
        self._show([draft for draft in drafts if draft.is_of(day)])

    def _show(self, visits: list[Standing]) -> None:
        self.visits = visits
        clocks = (End(due, part_id, kept.visit.id) for kept in visits for due, part_id in kept.ends)
        self.keep(clocks, runs=any(kept.ticks for kept in visits))
        self.counted.emit()
