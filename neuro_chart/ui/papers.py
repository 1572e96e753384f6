"""The papers of a visit: choose, see, print, save. No paper touches the disk before the user says where."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShowEvent, QUndoStack
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.ui.aftercare_form import AftercareForm
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.dossier import NUMB_FEET, Dossier
from neuro_chart.ui.paper_view import Outcome, PaperView
from neuro_chart.ui.visit_list import state_word
from neuro_chart.ui.widgets import Empty, Segments, add_action, button, card, label, row, set_flag
from neuro_chart.ui.work import Work

PAPERS = {"aftercare": "Aftercare sheet", "visit": "Visit record"}
ZOOMS = {"width": QPdfView.ZoomMode.FitToWidth, "page": QPdfView.ZoomMode.FitInView}
SHOW_AFTER = 300
SIDE = 408


class PapersPage(QWidget):
    """The last tab: a paper of a visit as it will be printed, and, while the visit is open, what its aftercare sheet says."""

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library, self._settings = chart, library, settings
        self.stack = QUndoStack(self)
        self._dossier: Dossier | None = None
        self._visit_id = ""
        self._asked = 0
        self._is_stale = False
        self._works: dict[int, Work] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_AFTER)
        self._timer.timeout.connect(self._draw)
        self.paper = Segments(PAPERS, "Paper")
        self.paper.show_choice("aftercare")
        self.paper.chosen.connect(lambda _key: self._show_visit())
        self.visit_box = QComboBox()
        self.visit_box.setAccessibleName("Visit")
        self.visit_box.currentIndexChanged.connect(self._choose_visit)
        self.form = AftercareForm(library.exercises)
        self.form.edited.connect(self._edit)
        self._closed = label("", "muted", wrap=True)
        self.view = PaperView(self)
        self.document = self.view.pages
        self._said = label("", "small")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._lay_out())
        self._pages.addWidget(_nothing())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pages)
        self.show_names()
        chart.changed.connect(self._changed)

    def _lay_out(self) -> QWidget:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.form)
        self._closed.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._says = QStackedWidget()
        self._says.addWidget(area)
        self._says.addWidget(self._closed)
        side = card(row(self.paper, None), self.visit_box, self._says, spacing=12)
        side.setFixedWidth(SIDE)
        self.zoom = Segments({"width": "Fit width", "page": "Whole page"}, "Zoom")
        self.zoom.show_choice("width")
        self.zoom.chosen.connect(lambda key: self.view.setZoomMode(ZOOMS[key]))
        add_action(self, "Print the paper…", QKeySequence(QKeySequence.StandardKey.Print).toString(), self.print_paper)
        add_action(self, "Save the paper as PDF…", "Ctrl+Shift+S", self.save_paper)
        self.print_button = button("Print…", self.print_paper, "primary", "printer")
        self.save_button = button("Save PDF…", self.save_paper, icon="download")
        paper = QVBoxLayout()
        paper.setSpacing(12)
        paper.addWidget(row(self.zoom, self._said, None, self.save_button, self.print_button))
        paper.addWidget(self.view, 1)
        paper.addWidget(self.view.instead, 1)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(16, 16, 16, 16)
        line.setSpacing(16)
        line.addWidget(side)
        line.addLayout(paper, 1)
        return whole

    def show_names(self) -> None:
        """Show the paper, or not, as the settings have it with names."""
        self.view.show_names(self._settings)

    @property
    def visit(self) -> Visit | None:
        """The visit whose paper is shown."""
        visits = self._dossier.visits if self._dossier else ()
        return next((visit for visit in visits if visit.id == self._visit_id), None)

    @property
    def paper_bytes(self) -> bytes:
        """The paper that is shown, or nothing."""
        return self.view.made

    @property
    def said(self) -> str:
        """How the last printing or saving went."""
        return self._said.text()

    @property
    def is_drawn(self) -> bool:
        """Whether the preview shows what is charted now."""
        return bool(self.paper_bytes) and not self._is_stale and not self._works

    def show_patient(self, dossier: Dossier) -> None:
        """Show a paper of a patient: of the open visit, else of the last one, unless another was chosen."""
        if self._dossier is not None and self._dossier.patient.id != dossier.patient.id:
            self._forget()  # nobody sees another's paper, not even while their own is drawn
        self._dossier = dossier
        self._pages.setCurrentIndex(0 if dossier.visits else 1)
        self.form.hint_at_feet(any(warning.key == NUMB_FEET for warning, _ in dossier.warnings))
        if self.visit is None:
            self._visit_id = (dossier.drafts or list(dossier.visits) or [Visit("", "", id="")])[0].id
        with QSignalBlocker(self.visit_box):
            self.visit_box.clear()
            for visit in dossier.visits:
                words = (long_day(local_day(visit.started)), state_word(visit).lower(), dossier.origin(visit))
                self.visit_box.addItem(", ".join(filter(None, words)), visit.id)
            self.visit_box.setCurrentIndex(self.visit_box.findData(self._visit_id))
        self._show_visit()

    def show_visit(self, visit_id: str) -> None:
        """Show the aftercare sheet of a visit of this patient."""
        self.flush()
        self._visit_id = visit_id
        self.paper.show_choice("aftercare")
        if self._dossier:
            self.show_patient(self._dossier)

    def flush(self) -> None:
        """Store what is being typed."""
        self.form.flush()

    def _choose_visit(self) -> None:
        self.flush()
        self._visit_id = self.visit_box.currentData() or ""
        self._show_visit()

    def _show_visit(self) -> None:
        visit = self.visit
        if visit is None:
            self._forget()
            return
        is_aftercare, is_open = self.paper.choice == "aftercare", visit.signed is None
        self._says.setCurrentIndex(0 if is_aftercare and not visit.is_closed else 1)
        if is_aftercare:
            words = "The visit is signed, and its sheet stays as it was chosen then."
            self._closed.setText("What the sheet says is chosen by who treats." if is_open else words)
        else:
            self._closed.setText(
                "The whole record of the visit: note, scores, needles with their times, signature and amendments."
                + (" Not signed yet, so it is marked as a draft." if is_open else "")
            )
        self.form.show_aftercare(visit.aftercare, local_day(visit.started))
        self._say("")
        self._is_stale = True
        self._timer.start(SHOW_AFTER if self.paper_bytes else 0)

    def _forget(self) -> None:
        """Show no paper."""
        self._timer.stop()
        self._asked += 1
        self.view.forget()

    def _edit(self, aftercare: Aftercare, what: str) -> None:
        visit = self.visit
        if visit is None or visit.is_closed or aftercare == visit.aftercare:
            return
        note, before = self._chart.records.note, visit.aftercare
        merge = f"{visit.id} {what}" if what == "own words" else ""
        forward, back = partial(note, visit.id, aftercare=aftercare), partial(note, visit.id, aftercare=before)
        self.stack.push(Edit(self._chart, f"Change {what}", forward, back, merge))

    def _changed(self, change: object) -> None:
        if getattr(change, "kind", "") == "practice" and self.visit is not None:
            self._is_stale = True
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._timer.start(0)

    def _maker(self) -> Callable[[], bytes]:
        """What makes the paper; plain values only, so that it can run beside the window."""
        dossier, visit = self._dossier, self.visit
        if dossier is None or visit is None:
            raise LookupError("No visit is chosen.")
        records, library = self._chart.records, self._library
        practice, people = records.practice(), {each.id: each for each in records.practitioners()}
        if self.paper.choice == "visit":
            from neuro_chart.paper.visit import visit_paper  # noqa: PLC0415  # the paper's library loads when it is first needed

            own = records.protocols() if visit.protocol else []
            merged = next((each for each in dossier.merged if each.id == visit.patient_id), None)
            return lambda: visit_paper(practice, people, dossier.patient, visit, library, protocols=own, charted_in=merged)
        from neuro_chart.paper.aftercare import aftercare_sheet  # noqa: PLC0415

        who = people.get(visit.practitioner_id) or records.practitioner()
        return lambda: aftercare_sheet(practice, who, dossier.patient, visit, library)

    def _draw(self) -> None:
        """Make the paper beside the window and show it when it is done; one that is overtaken is dropped."""
        if self.visit is None or not self.isVisible():
            return
        self._is_stale = False
        self._asked += 1
        number, work = self._asked, Work()
        self._works[number] = work
        work.done.connect(partial(self._drawn, number))
        work.failed.connect(partial(self._failed, number))
        work.start(self._maker())

    def _drawn(self, number: int, made: bytes) -> None:
        self._works.pop(number, None)
        if number == self._asked:
            self.view.show_bytes(made)

    def _failed(self, number: int, error: Exception) -> None:
        self._works.pop(number, None)
        if number == self._asked:
            self._forget()
            self._say(f"The paper could not be made ({type(error).__name__}).", is_error=True)

    def _finish(self) -> bool:
        """Have the paper as it is charted now, at once; False when there is none."""
        self.flush()
        if self.visit is not None and not self.is_drawn:
            self._timer.stop()
            self._is_stale = False
            self._asked += 1
            self.setCursor(Qt.CursorShape.BusyCursor)
            try:
                self.view.show_bytes(self._maker()())
            finally:
                self.unsetCursor()
        return bool(self.paper_bytes)

    def print_paper(self) -> None:
        """Print the paper where the system's dialog says."""
        if not self._finish():
            return
        if printer := self.view.ask_printer(self._chart.records.practice().paper, PAPERS[self.paper.choice]):
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print the paper's pages, or those that the printer was asked for, and say how it went."""
        self._tell(self.view.print_on(printer), Deed.PRINTED)

    def save_paper(self) -> None:
        """Save the paper where the user says; the name proposed names no patient."""
        visit = self.visit
        if visit is None or not self._finish():
            return
        name = f"{self.paper.choice}-{local_day(visit.started).isoformat()}.pdf"
        if chosen := self.view.ask_where(name):
            self.save_at(chosen)

    def save_at(self, path: Path) -> None:
        """Save the paper in a file and say how it went; the dialog has asked about one that is there under this very name."""
        self._tell(self.view.save_at(path), Deed.EXPORTED)

    def _tell(self, outcome: Outcome, deed: Deed) -> None:
        """Say how it went, and have the trail say that the paper has left the program."""
        if outcome.done and (visit := self.visit) is not None:
            words = {"paper": PAPERS[self.paper.choice].lower()}
            self._chart.act(partial(self._chart.records.log, deed, visit.patient_id, visit.id, **words))
        self._say(outcome.sentence, is_error=not outcome.done)

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        self._said.setText(sentence)
        set_flag(self._said, "role", "error" if is_error else "small")


def _nothing() -> QWidget:
    words = (
        "Each visit has its papers: an aftercare sheet for the patient, with what was done, how to rest and exercises with drawings, "
        "and the visit's record. They are shown here before they are printed or saved."
    )
    return Empty("file-text", "No papers yet", words)
