"""A patient at a glance: what to take care of, why they come, the open visit, the last ones, and the record."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import ago
from neuro_chart.clinic.forms import FormError, Questionnaire, answer_text
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.visits import NOTE_FIELDS, SCORE_FIELDS, Visit
from neuro_chart.ui.archive import RecordActs
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, local_time, long_day, today
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.left_in import LeftInRow
from neuro_chart.ui.merge_panel import MergedRecords, MergePanel
from neuro_chart.ui.patient_form import PatientForm
from neuro_chart.ui.privacy import initials_only
from neuro_chart.ui.visit_list import ROW, VisitList, state_word
from neuro_chart.ui.warning_card import warning_card
from neuro_chart.ui.widgets import button, card, label, pill, row

LATEST = 4
REASONS = ("complaint", "cause", "goals")


class OverviewPage(QWidget):
    """The first tab: `visit_chosen(visit_id)`, `visit_wanted` (start one), `tab_wanted(key)`.

    `merged(patient_id)` says which record heads two that were merged.
    """

    visit_chosen = Signal(str)
    visit_wanted = Signal()
    tab_wanted = Signal(str)
    merged = Signal(str)

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library, self._settings = chart, library, settings
        self.stack = QUndoStack(self)
        self._dossier: Dossier | None = None
        self.form = PatientForm(chart, self.stack)
        self.acts = RecordActs(chart, self.stack)
        self.acts.merge_wanted.connect(self._open_merge)
        self.acts.erase_wanted.connect(self._open_erase)
        self.list = VisitList()
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.visit_chosen.connect(self.visit_chosen)
        self._all = button("", lambda: self.tab_wanted.emit("progress"), "link")
        head = row(label("Last visits", "heading"), None, self._all)
        head.setContentsMargins(12, 0, 4, 0)
        self._latest = card(head, self.list, margins=8, spacing=4)
        self._visit, self._reasons, self._care, self._others = QVBoxLayout(), QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(16)
        left.addLayout(self._visit)
        left.addWidget(self._latest)
        left.addLayout(self._reasons)
        left.addStretch(1)
        right.addLayout(self._care)
        self.hidden = label("It is hidden while initials are shown in place of names (Ctrl+Shift+H).", "muted", wrap=True)
        right.addWidget(card(label("Record", "heading"), self.hidden, self.form, self.acts, margins=20, spacing=12))
        right.addLayout(self._others)
        right.addStretch(1)
        middle = QWidget()
        columns = QHBoxLayout(middle)
        columns.setContentsMargins(16, 16, 16, 16)
        columns.setSpacing(16)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(middle)
        self._stacked = QStackedWidget()
        self._stacked.addWidget(area)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stacked)

    def show_names(self) -> None:
        """Show who it is, or not, as the settings have it."""
        hidden = initials_only(self._settings)
        self.hidden.setVisible(hidden)
        for told in (self.form, *self.findChildren(MergedRecords)):
            told.setVisible(not hidden)
        if hidden:
            self._close_panel()

    def show_patient(self, dossier: Dossier) -> None:
        """Show what is charted of a patient."""
        if self._dossier is not None and self._dossier.patient.id != dossier.patient.id:
            self._close_panel()
        self._dossier = dossier
        self.form.show_patient(dossier.patient)
        self.acts.show_patient(dossier.patient)
        _put(self._others, MergedRecords(self._chart, self.stack, dossier) if dossier.merged else None)
        self.show_names()
        _put(self._visit, self._visit_card(dossier))
        _put(self._reasons, self._reasons_card(dossier.intakes))
        _put(self._care, warning_card(dossier.warnings) if dossier.warnings else None)
        signed = [visit for visit in dossier.visits if visit.signed is not None]
        self.list.show_visits(signed[:LATEST], dossier.origin)
        self.list.setFixedHeight(ROW * min(len(signed), LATEST) + 4)
        self._all.setText(f"All {len(dossier.visits)} on one time axis")
        self._all.setVisible(len(dossier.visits) > 1)
        self._latest.setVisible(bool(signed))
        self._order_stops()

    def _order_stops(self) -> None:
        """Let Tab go down the page: what was made anew comes before the record."""
        record = self.form.inputs.values()
        acts = (self.acts.archive, self.acts.merge, self.acts.erase, *_buttons(self._others))
        stops = [*_buttons(self._visit), self._all, self.list, *_buttons(self._reasons), *_buttons(self._care), *record, *acts]
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def flush(self) -> None:
        """Store what is being typed."""
        self.form.flush()

    def _open_merge(self) -> None:
        if self._dossier is not None:
            panel = MergePanel(self._chart, self.stack, self._dossier.patient)
            panel.closed.connect(self._close_panel)
            panel.merged.connect(self._merged)
            self._open_panel(panel)

    def _open_erase(self) -> None:
        from neuro_chart.ui.erase_panel import ErasePanel  # noqa: PLC0415  # hardly ever asked for

        if self._dossier is not None:
            panel = ErasePanel(self._chart, self._dossier)
            panel.closed.connect(self._close_panel)
            self._open_panel(panel)

    def _open_panel(self, panel: QWidget) -> None:
        """Show a panel in the page's place; it says names, so they must not be hidden."""
        if initials_only(self._settings):
            panel.deleteLater()
            self._chart.refused.emit("Show the names first (Ctrl+Shift+H): a record is not merged or erased by initials alone.")
            return
        self.flush()
        self._close_panel()
        self._stacked.addWidget(panel)
        self._stacked.setCurrentWidget(panel)
        panel.setFocus()

    def _close_panel(self) -> None:
        panel = self._stacked.widget(1)
        if panel is not None:
            self._stacked.removeWidget(panel)
            panel.deleteLater()
            self.acts.focus_first()

    def _merged(self, head_id: str) -> None:
        self._close_panel()
        self.merged.emit(head_id)

    def _visit_card(self, dossier: Dossier) -> QWidget:
        """The open visit to go on with, or the way to start one."""
        drafts, visits = dossier.drafts, dossier.visits
        parts: list[QWidget] = []
        for draft in drafts:
            day = local_day(draft.started)
            words = f"Visit open since {local_time(draft.started)}" if day == today() else f"Visit of {long_day(day)}, not yet signed"
            inside = draft.count.inside
            state = pill(f"{inside} needle{'' if inside == 1 else 's'} in", "accent") if inside else None
            state = pill(f"▲ {state_word(draft)}", "warning") if draft.count.uncounted else state
            go_on = "Look at visit" if draft.read_only else "Continue visit"
            choose = button(go_on, self._opener(draft.id), "primary" if draft is drafts[0] else "", "play")
            parts.append(_line(label(words, "title", wrap=True), *([state] if state else []), choose))
            if is_empty(draft) and not draft.read_only:
                away = button("Take it away", self._dropper(draft.id), "link")
                parts.append(_line(label("Nothing is charted in it yet.", "muted", wrap=True), away))
        if not drafts:
            last = local_day(visits[0].started) if visits else None
            words = f"Last visit {ago(last, today())}" if last else "No visit yet"
            start = button("Start visit", self.visit_wanted.emit, "primary", "plus")
            self._chart.for_writers(start)
            parts.append(_line(label(words, "title", wrap=True), start))
        elif local_day(drafts[0].started) != today() and not drafts[0].read_only:
            parts.append(row(None, button("Start another visit", self.visit_wanted.emit, "link", "plus")))
        parts += [LeftInRow(left, ask=False) for left, _ in self._chart.records.left_in(dossier.patient.id)]
        return card(*parts, margins=20)

    def _opener(self, visit_id: str) -> Callable[[], None]:
        return lambda: self.visit_chosen.emit(visit_id)

    def _dropper(self, visit_id: str) -> Callable[[], object]:
        return lambda: self._chart.act(lambda: self._chart.records.drop_visit(visit_id))

    def _reasons_card(self, intakes: Sequence[Intake]) -> QWidget:
        """Why the patient comes, in their own words; or the way to ask."""
        for intake in intakes:
            if told := reasons(intake, self._library.forms):
                parts: list[QWidget] = [label(f"Why they come, {long_day(local_day(intake.started))}", "heading")]
                for question, answer in told:
                    asked = label(question, "small")
                    asked.setContentsMargins(0, 8, 0, 0)
                    parts += [asked, _narrow(label(answer, wrap=True))]
                return card(*parts, margins=20, spacing=2)
        ask = button("Take the health history", lambda: self.tab_wanted.emit("health"), "link", "clipboard-list")
        words = label("Nothing is known yet of complaint, illnesses, medicines and allergies.", "muted", wrap=True)
        return card(label("Health history", "heading"), words, row(ask, None), margins=20)


def _put(place: QVBoxLayout, widget: QWidget | None) -> None:
    """Put one widget where another was."""
    while item := place.takeAt(0):
        if old := item.widget():
            old.deleteLater()
    if widget is not None:
        place.addWidget(widget)


def _buttons(place: QVBoxLayout) -> list[QPushButton]:
    """The buttons that stand in a place."""
    around = place.parentWidget()
    shown = [widget for widget in around.findChildren(QWidget) if place.indexOf(widget) >= 0] if around else []  # itemAt: see tab_order
    return [made for widget in shown for made in widget.findChildren(QPushButton)]


def _line(words: QLabel, *beside: QWidget) -> QWidget:
    """Words with what belongs beside them; where there is little room, the words wrap and the page stays as it is."""
    return row(words, *beside, wide=words)


def _narrow(made: QLabel) -> QLabel:
    """A label whose longest word does not widen the page."""
    made.setMinimumWidth(1)
    return made


def is_empty(visit: Visit) -> bool:
    """Whether nothing at all is charted in a visit."""
    noted = any(getattr(visit, name).strip() for name in NOTE_FIELDS) or any(getattr(visit, name) is not None for name in SCORE_FIELDS)
    return not (noted or visit.needles or visit.adjuncts or visit.aftercare.words.strip())


def reasons(intake: Intake, forms: Mapping[str, Questionnaire]) -> list[tuple[str, str]]:
    """What a health history says of complaint, cause and goals: (question, answer)."""
    form = forms.get(intake.form)
    if form is None:
        return []
    try:
        given = form.counted(intake.answers(form))
    except FormError:
        return []
    return [(form[key].label, answer_text(form[key], given[key], long_day)) for key in REASONS if key in given]
