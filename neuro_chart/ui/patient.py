"""One patient: a head that never scrolls away, and five tabs."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import age_words
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.rooms import free_room
from neuro_chart.clinic.safety import Level, Warning, load_rules  # noqa: A004  # the field's own word
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, local_time, long_day, today
from neuro_chart.ui.dossier import NUMB_FEET, Dossier
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.privacy import initials_only, shown_name
from neuro_chart.ui.theme import BODY, SMALL, TITLE
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.warning_card import PILL, SIGN, source_words
from neuro_chart.ui.widgets import Empty, add_action, button, label, pill, tip

if TYPE_CHECKING:
    from neuro_chart.ui.papers import PapersPage

TABS = {"overview": "Overview", "health": "Health history", "visit": "Visit", "progress": "Progress", "papers": "Papers"}
HEAD = 68
LONGEST_NAME, LONGEST_PILL = 320, 240
BESIDE_NAME = 128  # px: the badge, the margins and what lies between
HEAD_KINDS = {"patient", "intake", "visit", "signature"}


class Tab(Protocol):
    """What every tab can do."""

    def show_patient(self, dossier: Dossier) -> None:
        """Show what is charted of a patient."""

    def flush(self) -> None:
        """Store what is being typed."""


class Pills(QWidget):
    """As many warnings as there is room for, and how many more there are."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._made: list[QLabel] = []
        self._more = pill("", "quiet")
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.addWidget(self._more)
        self._box.addStretch(1)

    def show_warnings(self, found: Sequence[tuple[Warning, Intake]], *, archived: bool = False, unreadable: bool = False) -> None:
        """Show these, the loudest first; before all that the record is `archived`, and that a health history is `unreadable`."""
        for made in self._made:
            self._box.removeWidget(made)
            made.deleteLater()
        self._made = [pill("Archived")] if archived else []
        if unreadable:
            self._made.append(pill(f"{SIGN[Level.ALERT]}  A health history can't be read", PILL[Level.ALERT]))
        for at, made in enumerate(self._made):
            self._box.insertWidget(at, made)
        for warning, intake in found:
            words = f"{SIGN[warning.level]}  {warning.text}"
            made = pill(_fitted(self, words, SMALL, LONGEST_PILL), PILL[warning.level])
            made.setToolTip(tip(f"{warning.text}\n{warning.advice}\n{source_words(warning, intake)}"))
            made.setAccessibleName(warning.text)
            made.setAccessibleDescription(warning.advice)
            self._box.insertWidget(len(self._made), made)
            self._made.append(made)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 30)

    @property
    def wanted(self) -> int:
        """How wide they would be side by side."""
        return sum(made.sizeHint().width() + self._box.spacing() for made in self._made)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        # The style may tell the pills' true widths only after they were laid out first.
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        widths = [made.sizeHint().width() + self._box.spacing() for made in self._made]
        room, shown = self.width() + self._box.spacing(), len(widths)
        if sum(widths) > room:
            room -= self._more.sizeHint().width() + self._box.spacing()
            shown = next((number for number in range(1, len(widths)) if sum(widths[: number + 1]) > room), len(widths))
        for at, made in enumerate(self._made):
            made.setVisible(at < shown)
        hidden = self._made[shown:]
        self._more.setVisible(bool(hidden))
        self._more.setText(f"+{len(hidden)}")
        self._more.setToolTip(tip("\n".join(made.text() for made in hidden)))


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
        from neuro_chart.ui.visit import VisitPage  # noqa: PLC0415  # the body is read when the first visit is shown

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
            self._other.setVisible(bool(dossier.drafts) or self.page.treatment.chart.records.may_write)

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
        self._badge = label("", "badge")
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name, self._about = label("", "title"), label("", "small")
        self.pills = Pills()
        self.tabs: dict[str, QPushButton] = {}
        self._stacked = QStackedWidget()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._head())
        box.addWidget(self._stacked, 1)
        chart.changed.connect(self._changed)

    def _head(self) -> QWidget:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._about)
        names.addStretch(1)
        head = QFrame()
        head.setProperty("role", "bar")
        head.setFixedHeight(HEAD)
        line = QHBoxLayout(head)
        line.setContentsMargins(20, 0, 12, 0)
        line.setSpacing(14)
        line.addWidget(self._badge)
        line.addLayout(names)
        line.addWidget(self.pills, 1)
        group = QButtonGroup(self)
        tabs = QHBoxLayout()
        tabs.setSpacing(0)
        for number, (key, title) in enumerate(TABS.items(), 1):
            keys = f"Ctrl+{number}"
            action = add_action(self, title, keys, partial(self.show_tab, key))
            made = button(title, action.trigger, "tab")
            made.setCheckable(True)
            made.setFixedSize(_bold(made, BODY).horizontalAdvance(title) + 22, HEAD - 1)  # as when chosen, so that choosing moves nothing
            made.setToolTip(f"{title} ({keys})")
            group.addButton(made)
            self.tabs[key] = made
            tabs.addWidget(made)
        line.addLayout(tabs)
        add_action(self, "Start a visit", "Ctrl+Shift+N", self.start_visit)
        add_action(self, "Who did what in this record", "Ctrl+Shift+L", lambda: self.trail_wanted.emit(self.patient.id))
        return head

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
        self.tabs[key].setChecked(True)
        for name, made in self.tabs.items():
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name == key else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.tabs[key])
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

                return PapersPage(*shared)

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
        self._dossier = None
        for page in self._pages.values():
            self._stacked.removeWidget(cast("QWidget", page))
            cast("QWidget", page).deleteLater()
        self._pages = {}
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
        if "overview" in self._pages:
            cast("OverviewPage", self._pages["overview"]).show_names()

    def _show_head(self) -> None:
        hidden = initials_only(self._settings)
        patient, visits = self.patient, self._dossier.visits if self._dossier else ()
        self._badge.setText(patient.initials)
        self._badge.setAccessibleName(f"Initials {patient.initials}")
        called = f" “{patient.preferred}”" if patient.preferred and patient.preferred != patient.given and not hidden else ""
        name = f"{shown_name(patient, self._settings)}{called}"
        self._name.setToolTip(tip(name))
        self._name.setAccessibleName(name)
        facts = [age_words(patient.birth, today())] if patient.birth else ["Date of birth not known"]
        facts += [f"born {long_day(patient.birth)}"] if patient.birth and not hidden else []
        facts.append("no visit yet" if not visits else "1 visit" if len(visits) == 1 else f"{len(visits)} visits")
        left = sum(visit.count.uncounted for visit in visits if visit.signed is None)
        facts += [f"▲ {left} to count out"] if left else []
        self._about.setText(" · ".join(facts))
        if self._dossier:
            self.pills.show_warnings(self._dossier.warnings, archived=patient.archived is not None, unreadable=self._dossier.unreadable)
        self._fit_name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_name()

    def _fit_name(self) -> None:
        """As much of the name as the warnings and the tabs leave room for, and never less than LONGEST_NAME."""
        tabs = sum(made.width() for made in self.tabs.values())
        room = max(LONGEST_NAME, self.width() - tabs - self.pills.wanted - BESIDE_NAME)
        self._name.setText(_fitted(self, self._name.accessibleName(), TITLE, room))


def _bold(widget: QWidget, size: int) -> QFontMetrics:
    font = widget.font()
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(font)


def _fitted(widget: QWidget, text: str, size: int, width: int) -> str:
    """As much of a text as a width holds."""
    return _bold(widget, size).elidedText(text, Qt.TextElideMode.ElideRight, width)
