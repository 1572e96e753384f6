"""One visit on one page: the note, the body, the needles and their clocks."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic import treating
from neuro_chart.clinic.body import FIGURES
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.copying import NEEDLES
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.clinic.notation import write
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.safety import Warning  # noqa: A004  # the field's own word
from neuro_chart.clinic.skin import AtlasError
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.ui.adjunct_panel import AdjunctPanel
from neuro_chart.ui.adjunct_rows import AdjunctRows
from neuro_chart.ui.aftercare import AftercarePanel
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.clock_screen import ClockScreen
from neuro_chart.ui.count_panel import CountPanel
from neuro_chart.ui.event_panel import EventPanel
from neuro_chart.ui.last_visit import LastVisit
from neuro_chart.ui.map_card import MapCard
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.needle_list import NeedleList
from neuro_chart.ui.note import Note
from neuro_chart.ui.point_card import PointPopup
from neuro_chart.ui.prescription_line import PrescriptionLine
from neuro_chart.ui.room_choice import RoomChoice
from neuro_chart.ui.signing import AmendPanel, SignedBar, SignPanel
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.tone_switch import ToneSwitch
from neuro_chart.ui.tongue_pulse import TonguePulsePanel
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.visit_keys import add_actions
from neuro_chart.ui.visit_left import LeftColumn
from neuro_chart.ui.voice import Voice

if TYPE_CHECKING:
    from neuro_chart.store.records import Change


LETTERED = (QAbstractItemView, QComboBox, QAbstractSlider)


class VisitPage(QWidget):
    """Charts one visit. `show_visit` says which; `treatment` is what is charted; `sheet_wanted(visit_id)` asks for its paper.

    `library_wanted(section, thing)` asks for the library: a point by its code, or a Protocol to keep; None for no thing of it.
    `other_visit_wanted(patient_id, visit_id)` asks for another visit.
    """

    sheet_wanted = Signal(str)
    library_wanted = Signal(str, object)
    other_visit_wanted = Signal(str, str)

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, ticker: Ticker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library = chart, library
        self.treatment = Treatment(chart, library, self)
        self._authors: dict[str, str] = {}
        self.bar = SignedBar()
        chart.for_writers(self.bar.amend)
        self.note = Note(self.treatment)
        self.last = LastVisit(library.tongue_pulse)
        self.aftercare = AftercarePanel(library.exercises)
        self.tongue_pulse = TonguePulsePanel(self.treatment)
        self.sign_panel = SignPanel(self.treatment)
        self.amend_panel = AmendPanel(chart)
        self.counting = CountPanel(self.treatment)
        self.events = EventPanel(self.treatment)
        self.add = PrescriptionLine(self.treatment, settings)
        self.map_card = MapCard(library, settings, self.add)
        self.map = self.map_card.map
        self.needles = NeedleList(self.treatment, Voice(settings).say)
        self.beside = AdjunctRows(self.treatment)
        self.room = RoomChoice(self.treatment)
        self.adjunct = AdjunctPanel(self.treatment, self.map)
        self.clock = ClockScreen(self.treatment, ticker, settings, self)
        self.sound = ToneSwitch(settings)
        self.left = LeftColumn(self)
        self._lay_out()
        add_actions(self)
        self._connect(chart, ticker)
        self.setEnabled(False)

    def _lay_out(self) -> None:
        self.needles.setMinimumWidth(340)
        self.needles.setMaximumWidth(440)
        self.needles.add_to_head(self.sound)
        self.beside.add_to_foot(self.room)
        self.needles.add_beside(self.beside)
        columns = QHBoxLayout()
        columns.setContentsMargins(14, 12, 14, 12)
        columns.setSpacing(12)
        columns.addWidget(self.left, 22)
        columns.addWidget(self.map_card, 48)
        columns.addWidget(self.needles, 30)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.bar)
        box.addLayout(columns, 1)

    def _connect(self, chart: OpenChart, ticker: Ticker) -> None:
        treatment = self.treatment
        treatment.shown.connect(self._show)
        treatment.selection_changed.connect(self._show_selection)
        treatment.closed.connect(lambda: self.setEnabled(False))
        chart.changed.connect(self._changed)
        ticker.ticked.connect(self._tick)
        self.left.currentChanged.connect(self._guard_needles)
        self.last.repeat_wanted.connect(self.repeat_last)
        self.map.placed.connect(self._place)
        self.map.moved.connect(treatment.move)
        self.map.picked.connect(treatment.select)
        self.map.touched.connect(self._touch)
        self.map.removal_wanted.connect(treatment.remove_selected)
        self.map.mirror_wanted.connect(treatment.mirror_selected)
        self.map.about_wanted.connect(self.about_point)
        self.map.point_chosen.connect(lambda code, _site: self.about_point(code))
        self.map_card.figure_chosen.connect(self._choose_figure)
        self.add.typed.connect(self.map.show_ghosts)
        self.add.placed.connect(self._reveal_selected)
        self.add.insert_wanted.connect(lambda: self.needles.do(treatment.insert))
        self.needles.picked.connect(self._reveal_selected)
        self.needles.pull_wanted.connect(self.pull_all)
        self.needles.clock_wanted.connect(self.clock.fill)
        self.clock.pull_wanted.connect(self.pull_all)
        self.clock.visit_wanted.connect(self.other_visit_wanted)
        self.needles.about_wanted.connect(self.about_chosen)
        self.aftercare.edited.connect(lambda care: treatment.write("aftercare", care, "Change aftercare"))
        self.aftercare.source_unwanted.connect(partial(treatment.forget_source, "aftercare"))
        self.aftercare.sheet_wanted.connect(self._want_sheet)
        self.counting.look_wanted.connect(self._look_at)
        self.sign_panel.signed.connect(self._sign)
        self.amend_panel.added.connect(self._amend)
        self.add.menu.keep_wanted.connect(self.keep_as_protocol)
        self.add.menu.library_wanted.connect(lambda: self.library_wanted.emit("protocols", None))

    # What is shown

    def show_visit(self, visit_id: str) -> None:
        """Show a visit; what was being typed for another is stored first."""
        self.flush()
        self.amend_panel.begin(visit_id)
        self.sign_panel.begin()
        self._authors = {each.id: each.name for each in self._chart.records.practitioners()}
        self.treatment.open(visit_id)
        if self.treatment.visit is not None:
            self._show_figure(self._whose(self.treatment.visit))
        self.left.show_note()
        self.map.fit()
        self.note.show_start()
        if (draft := self.treatment.draft) is not None and not draft.needles and not draft.adjuncts:
            self.add.setFocus()  # typing begins at once

    def show_warnings(self, warnings: Sequence[tuple[Warning, Intake]]) -> None:
        """Take what the patient's health history warns of, for what it speaks against beside the needles."""
        self.adjunct.show_warnings(warnings)
        self.beside.show_warnings([warning for warning, _ in warnings])

    def _show(self, visit: Visit) -> None:
        """Show all of a visit; the page is laid out once for it, and not anew for each part that comes or goes."""
        layout = cast("QVBoxLayout", self.layout())
        layout.setEnabled(False)
        try:
            self._show_parts(visit)
        finally:
            layout.setEnabled(True)
            layout.activate()

    def _show_parts(self, visit: Visit) -> None:
        closed = visit.is_closed
        moment = visit.signed or now()  # the clocks of what was left in stand as they were signed
        self.setEnabled(True)
        self.bar.show_visit(visit, self._authors)
        self.note.show_visit(visit, self._authors)
        last = self.treatment.last
        self.last.show_visit(last, beside_draft=not closed)
        self.aftercare.show_visit(visit)
        self.map_card.set_read_only(closed)
        self._guard_needles()
        self.map.show_needles(visit.needles, moment)
        self.map.show_adjuncts(visit.adjuncts)
        self.map_card.refresh()
        self.needles.show_visit(visit, moment)
        self.left.show_visit(visit)
        self._show_selection(self.treatment.selected)

    def _changed(self, change: "Change") -> None:
        if self.treatment.visit is not None and change.kind == "patient":
            with suppress(LookupError):  # it may just have been erased
                self._show_figure(self._whose(self.treatment.visit))

    def _whose(self, visit: Visit) -> Patient:
        """The patient of a visit: the record that it was charted in, or the one that this was merged into."""
        patient = self._chart.records.patient(visit.patient_id)
        return self._chart.records.patient(patient.merged_into) if patient.merged_into else patient

    def _show_figure(self, patient: Patient) -> None:
        """Show the figure of a patient's record, or the neutral one where its files are damaged: the visit goes on."""
        try:
            self.map_card.show_figure(patient.shown_as, patient.figure)
        except AtlasError as error:
            self.map_card.show_figure(FIGURES[0], patient.figure)
            self._chart.refused.emit(str(error))

    def _choose_figure(self, name: str) -> None:
        """Show this patient's needles on another figure from now on; an empty name leaves it to the record."""
        if self.treatment.visit is not None:
            patient = self._whose(self.treatment.visit)
            self._chart.act(lambda: self._chart.records.save_patient(replace(patient, figure=name)))

    def _tick(self, moment: datetime) -> None:
        if self.isVisible() and (visit := self.treatment.visit) is not None and visit.signed is None:
            self.map.tick(moment)
            self.needles.tick(moment)
            self.beside.tick(moment)
            self.adjunct.tick(moment)

    def flush(self) -> None:
        """Store what is being typed, now."""
        if self.treatment.draft is not None:
            self.note.flush()
            self.aftercare.flush()
            self.events.flush()
            self.tongue_pulse.flush()
            self.needles.flush()
            self.adjunct.flush()

    def event(self, event: QEvent) -> bool:
        """A letter in a list or a choice looks for a row there, and on a scale it means nothing: what the page does with it can wait."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and isinstance(self.focusWidget(), LETTERED):
            plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            if plain and event.text().isprintable() and event.text():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape that means nothing where the keys are lets go of the selected needles."""
        if event.key() != Qt.Key.Key_Escape or not self.treatment.selected:
            super().keyPressEvent(event)
            return
        if self.needles.editor.isAncestorOf(self.focusWidget() or self):
            self.needles.view.setFocus(Qt.FocusReason.ShortcutFocusReason)  # before the editor goes, and the keys with it
        self.treatment.select(())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick(now())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self.window().isVisible():  # the program is put away; turning to another visit leaves the clock where it is
            self.clock.close()

    def go_back(self) -> None:
        """Put the tool away that is in the hand; without one go back to the note."""
        if self.map.tools.held is Tool.HAND:
            self.left.show_note()
        else:
            self.map.tools.take_up(Tool.HAND)

    def about_chosen(self) -> None:
        """Tell of the point of the chosen needle; with none chosen, turn to the library."""
        if chosen := sorted((needle for needle in self.treatment.chosen if needle.point), key=lambda needle: needle.position):
            self.about_point(chosen[0].point)
        else:
            self.library_wanted.emit("shorthand" if self.add.line.hasFocus() else "points", None)

    def about_point(self, code: str) -> None:
        """Tell of a point, beside the needles and over the body."""
        if code in self._library.catalogue:
            told = PointPopup(self._library, self._library.catalogue[code], self)
            told.library_wanted.connect(partial(self.library_wanted.emit, "points"))
            told.show_over(self.map_card)

    def _want_sheet(self) -> None:
        self.flush()
        if self.treatment.visit is not None:
            self.sheet_wanted.emit(self.treatment.visit.id)

    def _reveal_selected(self) -> None:
        """Turn the map to the one point that is chosen; to several there is no one view."""
        shown = self.treatment.chosen
        if len({needle.point or needle.id for needle in shown}) == 1:
            self.map.reveal(shown[0])
            self.map_card.refresh()

    def _touch(self, needle_id: str) -> None:
        """While needles are counted out, one that is touched on the body is ticked."""
        if self.left.currentWidget() is self.counting:
            self.counting.touch(needle_id)

    def _guard_needles(self) -> None:
        """While needles are counted out, a touch beside one charts no other, and their column only follows."""
        counting = self.left.currentWidget() is self.counting
        self.map.set_read_only(self.treatment.draft is None or counting)
        self.needles.set_counting(counting)

    def _look_at(self, needle: Needle) -> None:
        """Turn the map to a needle."""
        self.map.reveal(needle)
        self.map_card.refresh()

    def _show_selection(self, selected: frozenset[str]) -> None:
        self.map.select(selected)
        self.needles.select(selected)

    def repeat_last(self, sections: Collection[str]) -> None:
        """Take over sections of the last visit, beneath what is being typed; where needles were copied, Enter inserts them."""
        self.flush()
        self.treatment.repeat_last(sections)
        if NEEDLES in sections:
            self.add.setFocus()

    # The needles

    def _place(self, site: Site, code: str) -> None:
        self.treatment.place(site, code, both=self.add.both.isChecked())

    def keep_as_protocol(self) -> None:
        """Keep the needles of this visit as a prescription of the practice's own."""
        needles = [needle for needle in self.treatment.needles if needle.point]
        if not needles:
            self._chart.refused.emit("A protocol is made of needles at points; none is charted here yet.")
            return
        line = write(needles, self.treatment.visit.adjuncts if self.treatment.visit else (), self._library.catalogue)
        self.library_wanted.emit("protocols", Protocol("", "New protocol", (line,)))
        if missing := len(self.treatment.needles) - len(needles):
            self._chart.refused.emit(f"{missing} needle{'' if missing == 1 else 's'} at no point can't be kept in a protocol.")

    def pull_all(self) -> None:
        """Take all needles out at one touch; the count follows."""
        self.needles.flush()
        self.treatment.pull_all()
        self.left.show_counting()

    # Closing it

    def _sign(self, reason: str) -> None:
        visit = self.treatment.draft
        if visit is None:
            return
        self.flush()
        self.treatment.change_adjuncts("End what runs", partial(treating.end, now=now()))  # nobody can end it afterwards
        records = self._chart.records
        if self._chart.begin(lambda: records.sign(visit.id, reason)):  # nothing is signed that the disk has not
            self.treatment.stack.clear()
            self.left.show_note()

    def _amend(self, text: str, reason: str) -> None:
        visit = self.treatment.visit
        if visit is None:
            return
        records = self._chart.records
        amendment = Amendment(visit.id, records.practitioner().id, text, reason)
        if self._chart.begin(lambda: records.amend(amendment)):  # signed as a visit is: on the disk, or not at all
            self.left.show_note()
            self.amend_panel.forget()
            self.note.show_end()
