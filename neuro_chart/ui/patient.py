"""One patient: a head that never scrolls away, and five tabs."""

from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QShowEvent, QUndoStack
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.rooms import free_room
from neuro_chart.clinic.safety import load_rules
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.dossier import NUMB_FEET, Dossier
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.patient_head import PatientHead
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.widgets import add_action

if TYPE_CHECKING:
    from neuro_chart.ui.papers import PapersPage
    from neuro_chart.ui.visit_tab import VisitTab

TABS = {"overview": "Overview", "health": "Health history", "visit": "Visit", "progress": "Progress", "papers": "Papers"}
HEAD_KINDS = {"patient", "intake", "visit", "signature"}


class Tab(Protocol):
    """What every tab can do."""

    def show_patient(self, dossier: Dossier) -> None:
        """Show what is charted of a patient."""

    def flush(self) -> None:
        """Store what is being typed."""


class PatientPage(QWidget):
    """A patient's record. `open` shows one.

    `stack_changed` is announced when undo means another tab, `library_wanted(section, thing)` asks for the library,
    `trail_wanted(patient_id)` for who did what, `other_visit_wanted(patient_id, visit_id)` turns to another visit in progress, `erased`
    says that the record is gone.
    """

    stack_changed = Signal()
    erased = Signal()
    library_wanted = Signal(str, object)
    trail_wanted = Signal(str)
    other_visit_wanted = Signal(str, str)

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, ticker: Ticker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library, self._settings, self._ticker = chart, library, settings, ticker
        self._dossier: Dossier | None = None
        self._rules = load_rules(library.folder / "forms" / "warnings.toml")
        self._outdated = False
        self._seen: set[str] = set()
        self._stale: set[str] = set()
        self._pages: dict[str, Tab] = {}
        self.tab = ""
        tabs = {key: add_action(self, title, f"Ctrl+{at}", partial(self.show_tab, key)) for at, (key, title) in enumerate(TABS.items(), 1)}
        self.head = PatientHead(tabs, settings)
        add_action(self, "Start a visit", "Ctrl+Shift+N", self.start_visit)
        add_action(self, "Who did what in this record", "Ctrl+Shift+L", lambda: self.trail_wanted.emit(self.patient.id))
        self._stacked = QStackedWidget()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.head)
        box.addWidget(self._stacked, 1)
        chart.changed.connect(self._changed)

    @property
    def patient(self) -> Patient:
        """Who is shown."""
        return self._dossier.patient if self._dossier else Patient()

    @property
    def undo_stack(self) -> QUndoStack | None:
        """What undo and redo work on in the tab that is shown."""
        stack = getattr(self._pages.get(self.tab), "stack", None)
        return stack if isinstance(stack, QUndoStack) else None

    def open(self, patient_id: str, tab: str = "overview") -> None:
        """Show a patient; a record that was merged into another is shown there. LookupError when there is none."""
        self.flush()
        patient_id = self._chart.records.patient(patient_id).merged_into or patient_id
        if patient_id != self.patient.id:
            for page in self._pages.values():
                if isinstance(stack := getattr(page, "stack", None), QUndoStack):
                    stack.clear()
        self._dossier = Dossier.read(self._chart, self._library, self._rules, patient_id)
        self._outdated = False
        self._stale = set(TABS)
        self._seen = set()
        self._tell_seen("")
        self._show_head()
        self.show_tab(tab)

    def _tell_seen(self, visit_id: str) -> None:
        """Have the trail say, once for each time that the record is opened, that it was seen, or a visit of it."""
        if visit_id not in self._seen:
            self._seen.add(visit_id)
            self._chart.act(partial(self._chart.records.log, Deed.SEEN, self.patient.id, visit_id))

    def show_tab(self, key: str) -> None:
        """Turn to a tab; what was being typed on the present one is stored first."""
        self.flush()
        self.tab = key
        self.head.mark_tab(key)
        self.setFocusProxy(self.head.tabs[key])
        self.setFocus()  # before the present page goes, and the keys with it to wherever Qt finds a place
        page = self._page(key)
        self._refresh()
        self._stacked.setCurrentWidget(cast("QWidget", page))
        self.stack_changed.emit()

    def show_visit(self, visit_id: str) -> None:
        """Show a visit of this patient, open or past."""
        self.show_tab("visit")
        cast("VisitTab", self._page("visit")).show_visit(visit_id)

    @property
    def open_visit(self) -> str:
        """The visit of this patient that is being charted, or nothing."""
        return self._dossier.drafts[0].id if self._dossier and self._dossier.drafts else ""

    def prescribe(self, key: str) -> None:
        """Put a protocol into the line of the visit that is being charted; Enter places it."""
        if visit_id := self.open_visit:
            self.show_visit(visit_id)
            cast("VisitTab", self._page("visit")).page.add.begin(f"@{key} ")

    def show_papers(self, visit_id: str) -> None:
        """Show the papers of a visit of this patient."""
        self.show_tab("papers")
        cast("PapersPage", self._page("papers")).show_visit(visit_id)

    def start_visit(self) -> None:
        """Start a visit in the first free room and show it.

        Its sheet begins with the exercises of the last one, and with care of the feet where they are numb.
        """
        if self._dossier is None:
            return
        last = self._dossier.visits[0].aftercare if self._dossier.visits else Aftercare()
        numb = any(warning.key == NUMB_FEET for warning, _ in self._dossier.warnings)
        aftercare = Aftercare(exercises=last.exercises, foot_care=last.foot_care or numb)
        room = free_room(self._chart.records.practice().rooms, self._ticker.visits)
        visit = Visit(self.patient.id, self._chart.records.practitioner().id, aftercare=aftercare, room=room)
        if self._chart.begin(lambda: self._chart.records.start_visit(visit)):
            self.show_visit(visit.id)

    def flush(self) -> None:
        """Store what is being typed."""
        for page in self._pages.values():
            page.flush()

    def _page(self, key: str) -> Tab:
        """The page of a tab, made when it is first looked at."""
        if key not in self._pages:
            made = self._make(key)
            self._pages[key] = made
            self._stacked.addWidget(cast("QWidget", made))
        return self._pages[key]

    def _make(self, key: str) -> Tab:
        shared = (self._chart, self._library)
        match key:
            case "overview":
                overview = OverviewPage(*shared, self._settings)
                overview.visit_chosen.connect(self.show_visit)
                overview.visit_wanted.connect(self.start_visit)
                overview.tab_wanted.connect(self.show_tab)
                overview.merged.connect(self.open)
                return overview
            case "health":
                from neuro_chart.ui.health_history import HealthHistoryPage  # noqa: PLC0415

                return HealthHistoryPage(*shared)
            case "visit":
                from neuro_chart.ui.visit_tab import VisitTab  # noqa: PLC0415  # the body is read when the first visit is shown

                visit = VisitTab(*shared, self._settings, self._ticker)
                visit.visit_wanted.connect(self.start_visit)
                visit.seen.connect(self._tell_seen)
                visit.sheet_wanted.connect(self.show_papers)
                visit.library_wanted.connect(self.library_wanted)
                visit.other_visit_wanted.connect(self.other_visit_wanted)
                return visit
            case "progress":
                from neuro_chart.ui.progress import ProgressPage  # noqa: PLC0415

                progress = ProgressPage(self._chart)
                progress.visit_chosen.connect(self.show_visit)
                return progress
            case _:
                from neuro_chart.ui.papers import PapersPage  # noqa: PLC0415

                return PapersPage(*shared, self._settings)

    def _changed(self, change: object) -> None:
        kind, whose = getattr(change, "kind", ""), getattr(change, "patient_id", "")
        # Another record may have been merged into this one, or parted from it.
        if self._dossier is None or not (whose == "" or kind == "patient" or self._dossier.is_of(whose)):
            return
        self._outdated = True
        # The open visit follows its note and needles by itself, many times a minute.
        if self.isVisible() and (self.tab != "visit" or kind in HEAD_KINDS):
            self._refresh()

    def _forget(self) -> None:
        """Keep nothing of a patient whose record is gone, neither on the tabs nor in their steps."""
        for visit in self._dossier.visits if self._dossier else ():
            self._chart.unadded.pop(visit.id, None)
        self._dossier = None
        for page in (cast("QWidget", each) for each in self._pages.values()):
            self._stacked.removeWidget(page)
            page.setParent(None)  # so that nobody finds words there any more
            page.deleteLater()
        self._pages = {}
        self._show_head()
        self.erased.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        """Show what is charted now, in the head and on the tab that is open."""
        if self._dossier is not None and self._outdated:
            self._outdated = False
            try:
                self._dossier = Dossier.read(self._chart, self._library, self._rules, self.patient.id)
            except LookupError:
                self._forget()
                return
            self._stale = set(TABS)
            self._show_head()
        if self._dossier is not None and self.tab in self._stale:
            self._stale.discard(self.tab)
            self._page(self.tab).show_patient(self._dossier)

    def show_names(self) -> None:
        """Show the name or the initials, as the settings have it."""
        self._show_head()
        for key in self._pages.keys() & {"overview", "papers"}:
            cast("OverviewPage | PapersPage", self._pages[key]).show_names()

    def _show_head(self) -> None:
        self.head.show_patient(self._dossier or Dossier(Patient()))
