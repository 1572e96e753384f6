"""One visit on one page: the note, the body, the needles and their clocks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.body import FIGURES, mirror
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Adjunct, Needle, Side, Site, now, retention_error
from neuro_chart.clinic.notation import Typed
from neuro_chart.clinic.skin import AtlasError
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.ui import sound
from neuro_chart.ui.aftercare import AftercarePanel
from neuro_chart.ui.chart import Act, Edit, OpenChart
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.map_card import MapCard
from neuro_chart.ui.map_layout import SHEETS
from neuro_chart.ui.needle_list import NeedleList
from neuro_chart.ui.needle_rows import place_words
from neuro_chart.ui.note import PROSE, SCORES, LastVisit, Note
from neuro_chart.ui.point_card import PointPopup
from neuro_chart.ui.signing import AmendPanel, SignedBar, SignPanel
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.widgets import button, icon_button

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

ONE_STEP = 3.0  # seconds within which the edits of one field are one step of undo
MORE_TIME = 5


class VisitPage(QWidget):
    """Charts one visit. `show_visit` says which; `stack` holds what can be undone; `sheet_wanted(visit_id)` asks for its paper.

    `point_wanted(code)` asks for the library; no code means no point of it.
    """

    sheet_wanted = Signal(str)
    point_wanted = Signal(str)

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, ticker: Ticker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library, self._settings = chart, library, settings
        self._visit: Visit | None = None
        self._last: Visit | None = None
        self._selected: frozenset[str] = frozenset()
        self._authors: dict[str, str] = {}
        self._described: dict[Site, str] = {}
        self._unadded: dict[str, str] = {}
        self._hoped: dict[str, Visit] = {}  # as they will be once the disk takes what waits
        self._merge = ("", 0, 0.0)
        self.stack = QUndoStack(self)
        self.bar = SignedBar()
        self.note = Note()
        self.last = LastVisit()
        self.aftercare = AftercarePanel(library.exercises)
        self.sign_panel = SignPanel()
        self.amend_panel = AmendPanel()
        self.map_card = MapCard(library, settings)
        self.map, self.add = self.map_card.map, self.map_card.add
        self.needles = NeedleList(self._name_of, self._caution_of)
        self.sound = icon_button("volume-2", "", self._switch_sound)
        self.aftercare_button = button("Aftercare", self.show_aftercare, icon="footprints")
        self.sign_button = button("Sign visit…", self.show_signing, icon="pen-line")
        self.left = QStackedWidget()
        self._lay_out()
        self._make_actions()
        self._connect(chart, ticker)
        self._show_sound()
        self.setEnabled(False)

    def _lay_out(self) -> None:
        note = QWidget()
        column = QVBoxLayout(note)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.note, 3)
        column.addWidget(self.last)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.aftercare_button, 1)
        foot.addWidget(self.sign_button, 1)
        column.addLayout(foot)
        for panel in (note, self.aftercare, self.sign_panel, self.amend_panel):
            self.left.addWidget(panel)
        self.left.setMinimumWidth(264)
        self.left.setMaximumWidth(420)
        self.needles.setMinimumWidth(340)
        self.needles.setMaximumWidth(440)
        self.needles.add_to_head(self.sound)
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

    def _make_actions(self) -> None:
        self._action("Insert all needles", "Ctrl+I", lambda: self.insert(None))
        self._action("Insert the selected needles", "Ctrl+Shift+I", lambda: self.insert(self._selected))
        self._action("Pull all needles now", "Ctrl+Shift+P", lambda: self.pull(None))
        self._action("Take out the selected needles", "Ctrl+Shift+O", lambda: self.pull(self._selected))
        self._action("Five minutes longer", "Ctrl+Shift+M", self.leave_longer)
        self._action("Place on both sides", "B", self.map_card.both.toggle)
        self._action("Write the note", "Ctrl+T", self.write_note)
        self._action("Add points", "Ctrl+E", self.add.setFocus)
        self._action("Repeat the last visit's needles", "Ctrl+R", self.repeat_last)
        self._action("Add electro-stimulation", "Ctrl+Shift+E", self.needles.add_electro)
        self._action("Aftercare", "Ctrl+Shift+A", self.show_aftercare)
        self._action("Sign visit", "Ctrl+Shift+S", self.show_signing)
        self._action("About the chosen point", "F1", self.about_chosen)
        back = self._action("Back to the note", "Escape", self.show_note)
        back.setEnabled(False)  # so that Escape is left to the map and the line while the note is shown
        self.left.currentChanged.connect(lambda place: back.setEnabled(place != 0))
        self._action("Tone for overdue needles on or off", "", self._switch_sound)
        self._action("Layers of the body and its figure", "L", self.map_card.show_menu)
        self._action("Ruler: measure in cun on the body", "R", lambda: self.map.set_measuring(not self.map.ruler.on))
        for place, (key, (title, _)) in enumerate(SHEETS.items(), 1):
            self._action(f"View: {title}", f"Alt+{place}", partial(self.map_card.show_sheet, key))
        self.needles.insert.setToolTip("Insert all needles (Ctrl+I)")
        self.needles.pull.setToolTip("Take all needles out now (Ctrl+Shift+P)")
        self.aftercare_button.setToolTip("What the patient's sheet will say (Ctrl+Shift+A)")
        self.sign_button.setToolTip("Close this visit (Ctrl+Shift+S)")

    def _action(self, text: str, keys: str, do: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: do())  # noqa: PLW0108  # keeps Qt's checked flag from the callable
        self.addAction(action)
        return action

    def _connect(self, chart: OpenChart, ticker: Ticker) -> None:
        chart.changed.connect(self._changed)
        chart.unwritten.connect(self._unwritten)
        ticker.ticked.connect(self._tick)
        self.note.written.connect(self._write)
        self.last.repeat_wanted.connect(self.repeat_last)
        self.map.placed.connect(self.place)
        self.map.moved.connect(self._move)
        self.map.picked.connect(self._picked_on_map)
        self.map.removal_wanted.connect(self.take_off_chart)
        self.map.about_wanted.connect(self.about_point)
        self.map.point_chosen.connect(lambda code, _site: self.about_point(code))
        self.map_card.figure_chosen.connect(self._choose_figure)
        self.add.wanted.connect(self._add_typed)
        self.needles.picked.connect(self._picked_in_list)
        self.needles.edited.connect(self._edit_selected)
        self.needles.insert_wanted.connect(self.insert)
        self.needles.pull_wanted.connect(self.pull)
        self.needles.removal_wanted.connect(self.take_off_chart)
        self.needles.longer_wanted.connect(self.leave_longer)
        self.needles.repeat_wanted.connect(self.repeat_last)
        self.needles.about_wanted.connect(self.about_chosen)
        self.needles.refused.connect(chart.refused)
        self.needles.adjunct_put.connect(self._put_adjunct)
        self.needles.adjunct_unwanted.connect(self._take_off_adjunct)
        self.aftercare.edited.connect(lambda care: self._write("aftercare", care))
        self.aftercare.sheet_wanted.connect(self._want_sheet)
        self.sign_panel.signed.connect(self._sign)
        self.amend_panel.added.connect(self._amend)
        self.bar.amend_wanted.connect(self.show_amending)
        for panel in (self.aftercare, self.sign_panel, self.amend_panel):
            panel.closed.connect(self.show_note)

    # What is shown

    def show_visit(self, visit_id: str) -> None:
        """Show a visit; what was being typed for another is stored first."""
        self.flush()
        self.stack.clear()
        if self._visit is not None:
            self._unadded[self._visit.id] = self.amend_panel.text.toPlainText()
        self.amend_panel.begin(self._unadded.pop(visit_id, ""))
        self.sign_panel.begin()
        self.add.clear()
        self._selected = frozenset()
        self._authors = {each.id: each.name for each in self._chart.records.practitioners()}
        self._visit = None
        self._show(self._hoped.get(visit_id) or self._chart.records.visit(visit_id))
        self.show_note()
        self.map.fit()
        self.note.show_start()

    def _show(self, visit: Visit) -> None:
        if self._visit is None or self._visit.id != visit.id:
            self._last = self._chart.records.last_visit_before(visit)
            self._show_figure(visit.patient_id)
        self._visit = visit
        signed = visit.signed is not None
        moment = visit.signed or now()  # the clocks of what was left in stand as they were signed
        self.setEnabled(True)
        self._selected &= {needle.id for needle in visit.needles}
        self.bar.show_visit(visit, self._authors)
        self.note.show_visit(visit, self._authors)
        self.last.show_visit(self._last, beside_draft=not signed)
        self.aftercare.show_visit(visit)
        self.map_card.set_read_only(signed)
        self.map.show_needles(visit.needles, moment)
        self.map_card.refresh()
        self.needles.offer_repeat(len(self._last.needles) if self._last else 0)
        self.needles.show_visit(visit, moment)
        self.sign_button.setVisible(not signed)
        self._show_selection()
        if self.left.currentWidget() is self.sign_panel and not signed:
            self.sign_panel.show_visit(visit, self._chart.records.practitioner().name)

    def _changed(self, change: "Change") -> None:
        if self._visit is not None and change.visit_id == self._visit.id:
            try:
                visit = self._chart.records.visit(self._visit.id)
            except LookupError:  # an empty draft was dropped; the patient's page turns to another
                self._visit = None
                self.setEnabled(False)
            else:
                self._show(visit)
        if self._visit is not None and (change.kind, change.patient_id) == ("patient", self._visit.patient_id):
            self._show_figure(self._visit.patient_id)

    def _show_figure(self, patient_id: str) -> None:
        """Show the figure of a patient's record, or the neutral one where its files are damaged: the visit goes on."""
        patient = self._chart.records.patient(patient_id)
        try:
            self.map_card.show_figure(patient.shown_as, patient.figure)
        except AtlasError as error:
            self.map_card.show_figure(FIGURES[0], patient.figure)
            self._chart.refused.emit(str(error))

    def _choose_figure(self, name: str) -> None:
        """Show this patient's needles on another figure from now on; an empty name leaves it to the record."""
        if self._visit is not None:
            patient = self._chart.records.patient(self._visit.patient_id)
            self._chart.act(lambda: self._chart.records.save_patient(replace(patient, figure=name)))

    def _unwritten(self, sentence: str) -> None:
        if not sentence:
            self._hoped.clear()

    def _tick(self, moment: datetime) -> None:
        if self.isVisible() and not (self._visit and self._visit.signed):
            self.map.tick(moment)
            self.needles.tick(moment)

    def flush(self) -> None:
        """Store what is being typed, now."""
        if self._visit is not None and self._visit.signed is None:
            self.note.flush()
            self.aftercare.flush()
            self.needles.flush()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_sound()
        self._tick(now())

    def show_note(self) -> None:
        """Turn the left column to the note; the keys go back to where the panel was asked for."""
        self.flush()
        panel, focus = self.left.currentWidget(), self.focusWidget()
        self.left.setCurrentIndex(0)
        if panel and focus and (panel is focus or panel.isAncestorOf(focus)):
            way = self.aftercare_button if panel is self.aftercare else self.sign_button
            (self.bar.amend if way.isHidden() else way).setFocus(Qt.FocusReason.BacktabFocusReason)

    def write_note(self) -> None:
        """Turn the left column to the note and put the keys into it."""
        self.show_note()
        self.note.prose["subjective"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_aftercare(self) -> None:
        """Turn the left column to the aftercare."""
        self.flush()
        self.left.setCurrentWidget(self.aftercare)
        self.aftercare.rest.setFocus()

    def show_signing(self) -> None:
        """Turn the left column to the signature."""
        self.flush()
        if self._visit is not None and self._visit.signed is None:
            self.sign_panel.show_visit(self._visit, self._chart.records.practitioner().name)
            self.left.setCurrentWidget(self.sign_panel)
            self.sign_panel.setFocus()

    def show_amending(self) -> None:
        """Turn the left column to a new amendment."""
        self.left.setCurrentWidget(self.amend_panel)
        self.amend_panel.text.setFocus()

    def about_chosen(self) -> None:
        """Tell of the point of the chosen needle; with none chosen, turn to the library."""
        chosen = sorted((n for n in self._needles if n.id in self._selected and n.point), key=lambda needle: needle.position)
        if chosen:
            self.about_point(chosen[0].point)
        else:
            self.point_wanted.emit("")

    def about_point(self, code: str) -> None:
        """Tell of a point, beside the needles and over the body."""
        if code in self._library.catalogue:
            told = PointPopup(self._library, self._library.catalogue[code], self)
            told.library_wanted.connect(self.point_wanted)
            told.show_over(self.map_card)

    def _want_sheet(self) -> None:
        self.flush()
        if self._visit is not None:
            self.sheet_wanted.emit(self._visit.id)

    def _name_of(self, needle: Needle) -> tuple[str, str]:
        if needle.point in self._library.catalogue:
            point = self._library.catalogue[needle.point]
            return point.code, f"{point.hanzi} {point.pinyin}"
        if needle.site not in self._described:
            self._described[needle.site] = self._library.atlas.describe(needle.site)
        return needle.point, self._described[needle.site]

    def _caution_of(self, needle: Needle) -> tuple[str, str]:
        """What to mind at a needle's point, and the sources of it."""
        catalogue = self._library.catalogue
        cautions = catalogue[needle.point].cautions if needle.point in catalogue else ()
        return " ".join(each.text for each in cautions), "\n".join(dict.fromkeys(catalogue.sources[each.source] for each in cautions))

    def _picked_on_map(self, ids: frozenset[str]) -> None:
        self._selected = ids
        self._show_selection()

    def _picked_in_list(self, ids: frozenset[str]) -> None:
        self._selected = ids
        self.map.select(ids)
        self._reveal_selected()

    def _reveal_selected(self) -> None:
        """Turn the map to the one point that is chosen; to several there is no one view."""
        shown = [needle for needle in self._needles if needle.id in self._selected]
        if len({needle.point or needle.id for needle in shown}) == 1:
            self.map.reveal(shown[0])
            self.map_card.refresh()

    def _show_selection(self) -> None:
        self.map.select(self._selected)
        self.needles.select(self._selected)

    @property
    def _needles(self) -> list[Needle]:
        return self._visit.needles if self._visit else []

    # The note

    def _write(self, field: str, value: object) -> None:
        visit = self._visit
        if visit is None or visit.signed is not None:
            return
        before = getattr(visit, field)
        if before == value:
            return
        words = PROSE[field][0].lower() if field in PROSE else SCORES.get(field, field).lower()
        records = self._chart.records
        new: dict[str, Any] = {field: value}
        old: dict[str, Any] = {field: before}
        self._push(
            f"Change {words}",
            lambda: records.note(visit.id, **new),
            lambda: records.note(visit.id, **old),
            merge=field,
            hoped=lambda: replace(visit, **new),
        )

    def _push(self, words: str, forward: Act, back: Act, *, merge: str = "", hoped: Callable[[], Visit] | None = None) -> None:
        """One step that can be undone; edits of one field within ONE_STEP seconds are one."""
        name, number, last = self._merge
        moment = monotonic()
        if merge != name or moment - last > ONE_STEP:
            number += 1
        self._merge = (merge, number, moment)
        self.stack.push(Edit(self._chart, words, forward, back, f"{merge}:{number}" if merge else ""))
        if hoped is not None and not self._chart.all_written:  # the disk takes nothing just now: show what is waiting
            waiting = hoped()
            self._hoped[waiting.id] = waiting
            self._show(waiting)

    # The needles

    def place(self, site: Site, code: str, *, side: str = "") -> None:
        """Plan a needle at a site, or on both sides where that is chosen; what is there already stays alone."""
        side = side or ("both" if self.map_card.both.isChecked() else "")
        sites = [site, mirror(site)] if side == "both" and site.side is not Side.MIDLINE else [site]
        if code:
            known = self._library.atlas.point_sites(code)
            sites = [known.get(each.side, each) for each in sites]
        self._plan([(each, code) for each in sites], "Place needle" if len(sites) == 1 else "Place needles")

    def _plan(self, wanted: Sequence[tuple[Site, str]], words: str, minutes: int | None = None) -> None:
        visit = self._visit
        if visit is None or visit.signed is not None:
            return
        taken = {(needle.point, needle.site.side) for needle in visit.needles if needle.point and needle.removed is None}
        fresh = [(site, code) for site, code in wanted if (code, site.side) not in taken]
        if not fresh:
            there = {(code, site.side) for site, code in wanted}
            self._selected = frozenset(needle.id for needle in visit.needles if (needle.point, needle.site.side) in there)
            self._show_selection()
            return
        newest = max(visit.needles, key=lambda needle: needle.position, default=None)
        first = newest.position + 1 if newest else 0
        usual = newest.retention if newest else Needle(visit.id, fresh[0][0]).retention
        made = [
            Needle(visit.id, site, code, retention=minutes or usual, position=first + place) for place, (site, code) in enumerate(fresh)
        ]
        self._selected = frozenset(needle.id for needle in made)
        self._add_needles(words, made)

    def _add_needles(self, words: str, made: list[Needle]) -> None:
        visit = self._visit
        if visit is None:
            return
        records, ids = self._chart.records, [needle.id for needle in made]
        self._push(
            words,
            lambda: records.put_needles(made),
            lambda: records.take_off_needles(ids),
            hoped=lambda: replace(visit, needles=[*visit.needles, *made]),
        )

    def _change_needles(self, words: str, changed: Sequence[Needle], *, merge: str = "") -> None:
        """Store changed copies of needles as one step; refuse all, with the reason, if one can't be right."""
        visit = self._visit
        before = {needle.id: needle for needle in self._needles}
        kept = [needle for needle in changed if before.get(needle.id, needle) != needle]
        if visit is None or not kept:
            return
        if wrong := next((sentence for needle in kept for sentence in needle.errors().values()), ""):
            self._chart.refused.emit(wrong)
            return
        old = [before[needle.id] for needle in kept]
        records = self._chart.records
        new = {needle.id: needle for needle in kept}
        self._push(
            words,
            lambda: records.put_needles(kept),
            lambda: records.put_needles(old),
            merge=merge,
            hoped=lambda: replace(visit, needles=[new.get(needle.id, needle) for needle in visit.needles]),
        )

    def _edit_selected(self, words: str, values: dict[str, Any]) -> None:
        self._change_needles(words, [replace(needle, **values) for needle in self._needles if needle.id in self._selected])

    def _move(self, moved: Iterable[tuple[str, Site, str]]) -> None:
        places = {needle_id: (site, code) for needle_id, site, code in moved}
        changed = [replace(n, site=places[n.id][0], point=places[n.id][1]) for n in self._needles if n.id in places]
        self._change_needles("Move needle" if len(changed) == 1 else "Move needles", changed, merge=f"move {sorted(places)}")

    def _add_typed(self, typed: Typed) -> None:
        if not typed.points:
            if typed.minutes is not None and self._selected:
                self._edit_selected("Change retention", {"retention": typed.minutes})
            return
        side = typed.side or ("both" if self.map_card.both.isChecked() else "")
        wanted, unplaced, onesided = [], [], []
        for point in typed.points:
            sites = self._library.atlas.point_sites(point.code)
            if not sites:
                unplaced.append(point.code)
            elif Side.MIDLINE in sites:
                wanted.append((sites[Side.MIDLINE], point.code))
            elif side in {"left", "right"}:
                wanted.append((sites[Side(side)], point.code))
            elif side == "both":
                wanted += [(sites[Side.LEFT], point.code), (sites[Side.RIGHT], point.code)]
            else:
                onesided.append(point.code)
        if onesided:
            self.add.keep(" ".join(onesided), "Which side? Write l, r or b after the points, or choose “Both sides”.")
        if unplaced:
            self.add.keep(" ".join(unplaced), f"{', '.join(unplaced)} has no place on the body yet: touch the body where it goes.")
        if wanted:
            self._plan(wanted, "Add points", typed.minutes)
            self._reveal_selected()

    def insert(self, ids: frozenset[str] | None) -> None:
        """Insert the planned needles, all or these: their clocks start."""
        self.needles.flush()
        moment = now()
        chosen = [n for n in self._needles if n.inserted is None and (ids is None or n.id in ids)]
        self._change_needles("Insert needles", [replace(needle, inserted=moment) for needle in chosen])

    def pull(self, ids: frozenset[str] | None) -> None:
        """Take needles out, all or these: their clocks stop."""
        self.needles.flush()
        moment = now()
        chosen = [n for n in self._needles if n.is_in and (ids is None or n.id in ids)]
        self._change_needles("Take needles out", [replace(n, removed=max(moment, n.inserted or moment)) for n in chosen])

    def leave_longer(self) -> None:
        """Give every needle that is in five minutes more, if all may have them."""
        inside = [needle for needle in self._needles if needle.is_in]
        if word := next((word for needle in inside if (word := retention_error(needle.retention + MORE_TIME))), ""):
            self._chart.refused.emit(word)
        else:
            self._change_needles("Five minutes longer", [replace(n, retention=n.retention + MORE_TIME) for n in inside])

    def take_off_chart(self) -> None:
        """Take the selected needles off the chart; one that is in must come out first."""
        visit = self._visit
        chosen = [needle for needle in self._needles if needle.id in self._selected]
        if visit is None or not chosen:
            return
        if inside := [needle for needle in chosen if needle.is_in]:
            self._chart.refused.emit(f"{place_words(inside[0])} is in: take it out before it leaves the chart, or undo the insertion.")
            return
        records, ids = self._chart.records, [needle.id for needle in chosen]
        self._push(
            "Take needles off the chart",
            lambda: records.take_off_needles(ids),
            lambda: records.put_needles(chosen),
            hoped=lambda: replace(visit, needles=[needle for needle in visit.needles if needle.id not in ids]),
        )

    def repeat_last(self) -> None:
        """Plan the last visit's needles again, but for those that are charted already."""
        visit, last = self._visit, self._last
        if visit is None or last is None or visit.signed is not None:
            return
        taken = {(n.point, n.site) if not n.point else (n.point, n.site.side) for n in visit.needles}
        first = max((needle.position for needle in visit.needles), default=-1) + 1
        fresh = [n for n in last.needles if ((n.point, n.site) if not n.point else (n.point, n.site.side)) not in taken]
        made = [
            replace(
                Needle(visit.id, n.site, n.point), depth=n.depth, depth_unit=n.depth_unit, gauge=n.gauge, length=n.length, angle=n.angle,
                technique=n.technique, retention=n.retention, position=first + place,
            )
            for place, n in enumerate(sorted(fresh, key=lambda needle: needle.position))
        ]  # fmt: skip
        if made:
            self._selected = frozenset()
            self._add_needles("Repeat needles", made)

    # Beside the needles

    def _put_adjunct(self, adjunct: Adjunct) -> None:
        visit = self._visit
        if visit is None:
            return
        records = self._chart.records
        before = next((each for each in visit.adjuncts if each.id == adjunct.id), None)
        back: Act = (lambda: records.put_adjunct(before)) if before else (lambda: records.take_off_adjunct(adjunct.id))
        hoped = [adjunct if each.id == adjunct.id else each for each in visit.adjuncts] + ([] if before else [adjunct])
        self._push(
            f"{'Change' if before else 'Add'} {adjunct.kind.lower()}",
            lambda: records.put_adjunct(adjunct),
            back,
            hoped=lambda: replace(visit, adjuncts=hoped),
        )

    def _take_off_adjunct(self, adjunct_id: str) -> None:
        visit = self._visit
        gone = next((each for each in visit.adjuncts if each.id == adjunct_id), None) if visit else None
        if visit is None or gone is None:
            return
        records = self._chart.records
        self._push(
            f"Take off {gone.kind.lower()}",
            lambda: records.take_off_adjunct(adjunct_id),
            lambda: records.put_adjunct(gone),
            hoped=lambda: replace(visit, adjuncts=[each for each in visit.adjuncts if each.id != adjunct_id]),
        )

    # Closing it

    def _sign(self, reason: str) -> None:
        visit = self._visit
        if visit is None:
            return
        self.flush()
        records = self._chart.records
        who = records.practitioner().id
        if self._chart.act(lambda: records.sign(visit.id, who, reason)):
            self.stack.clear()
            self.show_note()

    def _amend(self, text: str) -> None:
        visit = self._visit
        if visit is None:
            return
        records = self._chart.records
        amendment = Amendment(visit.id, records.practitioner().id, text)
        if self._chart.act(lambda: records.amend(amendment)):
            self.show_note()
            self.amend_panel.begin()
            self.note.show_end()

    # The tone

    def _switch_sound(self) -> None:
        sound.turn(self._settings, not sound.is_on(self._settings))
        self._show_sound()

    def _show_sound(self) -> None:
        on = sound.is_on(self._settings)
        words = f"The tone for overdue needles is {'on; press to turn it off' if on else 'off; press to turn it on'}"
        self.sound.setToolTip(words)
        self.sound.setAccessibleName(words)
        set_icon(self.sound, "volume-2" if on else "volume-x", "muted")
