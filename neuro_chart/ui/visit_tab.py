"""The tab of a patient's record on which a visit is charted."""

from typing import cast

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, local_time, long_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.widgets import Empty, button, label


class VisitTab(QWidget):
    """The visit that is open or was chosen, or the way to start one: `visit_wanted`, `sheet_wanted(visit_id)`, `library_wanted`.

    `seen(visit_id)` says that a visit has been opened.
    """

    visit_wanted = Signal()
    sheet_wanted = Signal(str)
    library_wanted = Signal(str, object)
    other_visit_wanted = Signal(str, str)
    seen = Signal(str)

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, ticker: Ticker) -> None:
        super().__init__()
        self._chart = chart
        self.page = VisitPage(chart, library, settings, ticker)
        self.page.sheet_wanted.connect(self.sheet_wanted)
        self.page.library_wanted.connect(self.library_wanted)
        self.page.other_visit_wanted.connect(self.other_visit_wanted)
        self._dossier: Dossier | None = None
        self._shown = ""
        self._which = label("", "heading")
        self._other = button("", self._leave_past, "link")
        line = cast("QHBoxLayout", self.page.bar.layout())
        line.insertWidget(0, self._which)
        line.insertSpacing(1, 12)
        line.insertWidget(line.count() - 1, self._other)
        words = "Take the note, place the needles and let the clocks run here. All is stored as you go, and stays open until you sign it."
        start = button("Start visit", self.visit_wanted.emit, "primary", "plus")
        chart.for_writers(start)
        self._stacked = QStackedWidget()
        self._stacked.addWidget(self.page)
        self._stacked.addWidget(Empty("timer", "No visit is open", words, start))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._stacked, 1)

    @property
    def stack(self) -> QUndoStack:
        """What undo works on."""
        return self.page.treatment.stack

    def show_patient(self, dossier: Dossier) -> None:
        """Keep showing the visit, or another where it is none of this patient's any more."""
        self._dossier = dossier
        self.page.show_warnings(dossier.warnings)
        known = {visit.id: visit for visit in dossier.visits}
        if self._shown not in known:
            wanted = dossier.drafts[0].id if dossier.drafts else ""
            self._show(wanted)
        visit = known.get(self._shown)
        self._stacked.setCurrentIndex(0 if visit else 1)
        if visit is not None:
            origin = dossier.origin(visit)
            when = f"Visit of {long_day(local_day(visit.started))}, {local_time(visit.started)}"
            self._which.setText(f"{when}, from the {origin}" if origin else when)
            self._other.setText("Back to the open visit" if dossier.drafts else "Start visit")
            self._other.setVisible(bool(dossier.drafts) or self._chart.records.may_write)

    def show_visit(self, visit_id: str) -> None:
        """Show a visit of this patient, open or past."""
        self._show(visit_id)
        self.seen.emit(visit_id)
        if self._dossier is not None:
            self.show_patient(self._dossier)

    def _show(self, visit_id: str) -> None:
        if visit_id != self._shown:
            self.page.flush()
            self._shown = visit_id
            if visit_id:
                self.page.show_visit(visit_id)
                self.seen.emit(visit_id)

    def _leave_past(self) -> None:
        if self._dossier is not None and self._dossier.drafts:
            self.show_visit(self._dossier.drafts[0].id)
        else:
            self.visit_wanted.emit()

    def flush(self) -> None:
        """Store what is being typed."""
        self.page.flush()
