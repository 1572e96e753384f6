"""The visit that is charted, and all that can be done to it. Whatever is done goes one road, and is undone by it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.body import mirror
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.copying import ADJUNCTS, NEEDLES, copied_words, without_source
from neuro_chart.clinic.events import AdverseEvent
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import USUAL_RETENTION, Mishap, Needle, Side, Site
from neuro_chart.clinic.people import new_id
from neuro_chart.clinic.prescribing import Effect, next_position, place_of, repeated
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import Edit, OpenChart, Treat
from neuro_chart.ui.needle_rows import place_words

if TYPE_CHECKING:
    from neuro_chart.store.records import Change, Part

ONE_STEP = 3.0  # seconds within which the edits of one field are one step of undo
Ids = Iterable[str] | None


class Treatment(QObject):
    """A draft under the hands of the practitioner; a signed visit is only shown.

    `shown(Visit)` follows each change, by whomever; `selection_changed(ids)` tells the needles that are selected; `closed()` says that the
    visit is gone. Where an act takes ids, None means all.
    """

    shown = Signal(object)
    selection_changed = Signal(object)
    closed = Signal()

    def __init__(self, chart: OpenChart, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chart, self.library = chart, library
        self.stack = QUndoStack(self)
        self.retention = USUAL_RETENTION  # minutes of a first needle of which nothing is said
        self.visit: Visit | None = None
        self.last: Visit | None = None
        self.selected: frozenset[str] = frozenset()
        self._merge = ("", 0, 0.0)
        chart.changed.connect(self._changed)
        chart.waits.connect(self._waits)
        chart.unwritten.connect(self._unwritten)

    def open(self, visit_id: str) -> None:
        """Turn to a visit; what was done in another can't be undone any more."""
        self.stack.clear()
        self.selected = frozenset()
        self.visit = None
        visit = self.chart.hoped(self.chart.records.visit(visit_id))
        self.last = self.chart.records.last_visit_before(visit)
        self._show(visit)

    @property
    def draft(self) -> Visit | None:
        """The visit, while it can be changed."""
        return self.visit if self.visit is not None and not self.visit.is_closed else None

    @property
    def needles(self) -> list[Needle]:
        """The needles of the visit."""
        return self.visit.needles if self.visit else []

    @property
    def chosen(self) -> list[Needle]:
        """The needles that are selected."""
        return self._of(self.selected)

    def _of(self, ids: Ids) -> list[Needle]:
        wanted = None if ids is None else set(ids)
        return [needle for needle in self.needles if wanted is None or needle.id in wanted]

    def _show(self, visit: Visit) -> None:
        self.visit = visit
        kept = self.selected & {needle.id for needle in visit.needles}
        changed, self.selected = kept != self.selected, kept
        self.shown.emit(visit)
        if changed:
            self.selection_changed.emit(kept)

    def _changed(self, change: "Change") -> None:
        if self.visit is not None and change.visit_id == self.visit.id:
            if change.kind == "treatment":
                self._follow(self.chart.doing)
            try:
                visit = self.chart.records.visit(self.visit.id)
            except LookupError:  # an empty draft was dropped; the patient's page turns to another
                self.visit = None
                self.closed.emit()
            else:
                self._show(self.chart.hoped(visit))

    def _waits(self, act: Treat) -> None:
        if self.visit is not None and act.visit_id == self.visit.id:
            self._follow(act)
            self._show(act.done_to(self.visit))  # nothing is asked of a disk that fails

    def _unwritten(self, sentence: str) -> None:
        if self.visit is not None and not sentence:  # what was refused after all is not hoped for any more
            self._show(self.chart.records.visit(self.visit.id))

    def _follow(self, act: object) -> None:
        if not isinstance(act, Treat) or act.by is not self:
            self.stack.clear()  # done elsewhere, in Rooms: a step back from here would no longer be the last one

    # The one road

    def change(
        self,
        words: str,
        put: "Sequence[Part]" = (),
        off: Iterable[str] = (),
        *,
        merge: str = "",
        **written: Any,  # noqa: ANN401  # each field has its own kind
    ) -> bool:
        """Do one step that can be undone: put parts on the visit, take parts off, write its fields. False if it is refused.

        Steps with the same `merge` word within ONE_STEP seconds are one. Undo writes what stood there before by the same act.
        """
        visit = self.draft
        if visit is None:
            return False
        parts: list[Part] = [*visit.needles, *visit.adjuncts, *visit.events]
        before = {part.id: part for part in parts}
        kept = [part for part in put if before.get(part.id) != part]
        gone = [part_id for part_id in off if part_id in before]
        told = {name: value for name, value in written.items() if getattr(visit, name) != value}
        if not kept and not gone and not told:
            return True
        records = self.chart.records
        forward = Treat(records, self, visit.id, kept, gone, told)
        if forward.refusal:
            self.chart.refused.emit(forward.refusal)
            return False
        old = [before[part_id] for part_id in (*gone, *(part.id for part in kept if part.id in before))]
        fresh = [part.id for part in kept if part.id not in before]
        stood = {name: getattr(visit, name) for name in told}
        if merge:  # only with steps that touch the very same
            merge = f"{merge} {sorted([*told, *(part.id for part in kept)])}"
        return self._push(words, forward, Treat(records, self, visit.id, old, fresh, stood), merge)

    def _push(self, words: str, forward: Treat, back: Treat, merge: str) -> bool:
        name, number, last = self._merge
        moment = monotonic()
        if merge != name or moment - last > ONE_STEP:
            number += 1
        self._merge = (merge, number, moment)
        step = Edit(self.chart, words, forward, back, f"{merge}:{number}" if merge else "")
        self.stack.push(step)
        return not step.refused

    def write(self, field: str, value: Any, words: str) -> None:  # noqa: ANN401  # as above
        """Write one field of the visit; the keys of one thought are one step."""
        self.change(words, merge=field, **{field: value})

    # Which needles

    def select(self, ids: Iterable[str]) -> None:
        """Select these needles."""
        chosen = frozenset(ids) & {needle.id for needle in self.needles}
        if chosen != self.selected:
            self.selected = chosen
            self.selection_changed.emit(chosen)

    @property
    def usual_retention(self) -> int:
        """The minutes of the needle that was charted last, or the usual ones."""
        return max(self.needles, key=lambda needle: needle.position).retention if self.needles else self.retention

    def place(self, site: Site, code: str, *, both: bool = False) -> None:
        """Plan a needle at a site, or on both sides; what is there already is selected and stays alone."""
        sites = [site, mirror(site)] if both and site.side is not Side.MIDLINE else [site]
        if code:
            known = self.library.atlas.point_sites(code)
            sites = [known.get(each.side, each) for each in sites]
        self.plan([Needle("", each, code, retention=self.usual_retention) for each in sites], "Place needle")

    def plan(self, wanted: Sequence[Needle], words: str, adjuncts: Sequence[Adjunct] = ()) -> None:
        """Add needles, but for those whose point has one on that side; they and those that were there are selected."""
        visit = self.draft
        if visit is None:
            return
        there = {place_of(needle): needle.id for needle in visit.needles if needle.removed is None}
        fresh = [needle for needle in wanted if place_of(needle) not in there]
        first = next_position(visit.needles)
        made = [replace(needle, visit_id=visit.id, position=first + at) for at, needle in enumerate(fresh)]
        if made or adjuncts:
            self.selected = frozenset(needle.id for needle in made)
            self.change(words, [*made, *adjuncts])
            self.selection_changed.emit(self.selected)
        else:
            self.select(there[place_of(needle)] for needle in wanted)

    def prescribe(self, effect: Effect) -> bool:
        """Do what a line of shorthand says, as one step; one point that it is about is selected, several stay in sight as a list.

        False if it is refused.
        """
        by: dict[str, Any] = {"protocol": effect.protocol, "session": effect.session} if effect.protocol else {}
        several = len({part.point or part.id for part in effect.put if isinstance(part, Needle)}) > 1
        self.selected = frozenset(() if several else effect.named)
        done = self.change("Prescribe", effect.put, effect.off, **by)
        self.selected &= {needle.id for needle in self.needles}
        self.selection_changed.emit(self.selected)
        return done

    @property
    def in_hand(self) -> Ids:
        """Which needles a key for clocks is meant for: the selected ones that are in, or all."""
        return {needle.id for needle in self.chosen if needle.is_in} or None

    def edit_selected(self, words: str, values: dict[str, Any]) -> None:
        """Say the same of all selected needles."""
        self.change(words, [replace(needle, **values) for needle in self.chosen])

    def move(self, moved: Iterable[tuple[str, Site, str]]) -> None:
        """Move needles to other sites: (id, site, point there)."""
        places = {needle_id: (site, code) for needle_id, site, code in moved}
        changed = [replace(needle, site=places[needle.id][0], point=places[needle.id][1]) for needle in self._of(places)]
        self.change("Move needle" if len(changed) == 1 else "Move needles", changed, merge=f"move {sorted(places)}")

    def mirror_selected(self) -> None:
        """Plan the twins of the selected needles on the other side."""
        twins = [
            replace(needle, site=mirror(needle.site), inserted=None, removed=None, paused=None, held=0, mishap=Mishap.NONE, counted=True,
                    id=new_id())
            for needle in self.chosen
            if needle.site.side is not Side.MIDLINE
        ]  # fmt: skip
        if twins:
            self.plan(twins, "Mirror needles")

    def remove_selected(self) -> None:
        """Take the selected needles off the chart; one that the count still needs stays."""
        chosen = self.chosen
        if sentence := next((f"{place_words(needle)} {why}" for needle in chosen if (why := _why_it_stays(needle))), ""):
            self.chart.refused.emit(sentence)
        elif chosen:
            self.change("Take needles off the chart", off=[needle.id for needle in chosen])

    # Clocks and the count

    def insert(self, ids: Ids = None) -> None:
        """The planned ones go in: their clocks start."""
        self.change("Insert needles", treating.insert(self._of(ids), now()))

    @property
    def next_planned(self) -> list[Needle]:
        """The needles of the planned point that was charted first."""
        planned = sorted((needle for needle in self.needles if needle.is_planned), key=lambda needle: needle.position)
        return [needle for needle in planned if (needle.point or needle.id) == (planned[0].point or planned[0].id)]

    def insert_next(self) -> None:
        """The needles of the next planned point go in, so that clocks start one after another as the hands go."""
        self.insert([needle.id for needle in self.next_planned])

    def take_out(self, ids: Ids = None) -> None:
        """Those that are in come out, counted one by one; electro-stimulation ends with the last needles of its leads."""
        moment = now()
        out = treating.take_out(self._of(ids), moment)
        left = {needle.id: needle for needle in [*self.needles, *out]}
        ended = treating.end_without_needles(self.visit.adjuncts if self.visit else (), left.values(), moment) if out else []
        self.change("Take needles out", [*out, *ended])

    def put_back(self, ids: Ids) -> None:
        """Those that were ticked off by mistake are in."""
        self.change("Put needles back", treating.put_back(self._of(ids)))

    def pull_all(self) -> None:
        """All needles come out now and all that runs beside them ends; the count stays open until it is done."""
        moment = now()
        ended = treating.end(self.visit.adjuncts if self.visit else (), moment)
        self.change("Pull all needles", [*treating.take_out(self.needles, moment, counted=False), *ended])

    def count_out(self, ids: Ids = None) -> None:
        """Those that were pulled are counted."""
        self.change("Count needles out", treating.count_out(self._of(ids)))

    def pause(self, ids: Ids = None) -> None:
        """The clocks stand still."""
        self.change("Pause clocks", treating.pause(self._of(ids), now()))

    def resume(self, ids: Ids = None) -> None:
        """The clocks that stand still run on."""
        self.change("Let clocks run on", treating.resume(self._of(ids), now()))

    def hold_or_resume(self, ids: Ids = None) -> None:
        """The clocks stand still; where all of them do, they run on."""
        clocks = [needle.clock for needle in self._of(ids) if needle.clock.is_open]
        (self.resume if all(clock.is_paused for clock in clocks) else self.pause)(ids)

    def restart(self, ids: Ids = None) -> None:
        """The clocks begin anew now; the times of insertion stay."""
        self.change("Start clocks anew", treating.restart(self._of(ids), now()))

    def leave_longer(self, ids: Ids = None, minutes: int = treating.MORE_MINUTES) -> None:
        """Those that are in stay some minutes more, if all may."""
        self.change("Leave needles longer", treating.leave_longer(self._of(ids), minutes))

    def mark(self, ids: Ids, mishap: Mishap) -> None:
        """Chart what went wrong with needles."""
        self.change("Chart what went wrong", treating.mark(self._of(ids), mishap))

    def replace_needles(self, ids: Ids) -> None:
        """Those that are in come out as replaced, and new ones go in at their places and onto their leads."""
        moment, first = now(), next_position(self.needles)
        inside = [needle for needle in self._of(ids) if needle.is_in]
        made = [treating.replace_needle(needle, moment, first + at) for at, needle in enumerate(inside)]
        leads = treating.lead_over(self.visit.adjuncts if self.visit else (), {gone.id: new.id for gone, new in made})
        self.change("Replace needles", [*(needle for two in made for needle in two), *leads])

    def confirm(self, ids: Ids = None) -> None:
        """What was copied from the last visit is meant."""
        beside = [replace(each, copied=False) for each in self.visit.adjuncts] if self.visit and ids is None else []
        self.change("Confirm what was copied", [*(replace(needle, copied=False) for needle in self._of(ids)), *beside])

    # From the last visit

    def repeat_last(self, sections: Collection[str] = (NEEDLES, ADJUNCTS)) -> None:
        """Take over sections of the last visit (see clinic.copying); what was copied is marked until it is confirmed."""
        if (visit := self.draft) is not None and (last := self.last) is not None:
            self.select(())
            self.change("Repeat the last visit", repeated(visit, last, sections), **copied_words(visit, last, sections))

    def forget_source(self, field: str) -> None:
        """Say no longer from which visit the words of a field were taken over."""
        if (visit := self.draft) is not None:
            self.change("Take away where it came from", **without_source(visit, field))

    # Beside the needles, and what happened

    def put_adjunct(self, adjunct: Adjunct) -> None:
        """Chart or change something done beside the needles."""
        known = self.visit is not None and any(each.id == adjunct.id for each in self.visit.adjuncts)
        self.change(f"{'Change' if known else 'Add'} {adjunct.kind.lower()}", [adjunct])

    def change_adjuncts(self, words: str, act: Callable[[list[Adjunct]], list[Adjunct]], ids: Ids = None) -> None:
        """Do an act of clinic.treating to what is done beside the needles."""
        wanted = None if ids is None else set(ids)
        self.change(words, act([each for each in self.visit.adjuncts if wanted is None or each.id in wanted] if self.visit else []))

    def step_adjunct(self, adjunct_id: str) -> None:
        """What has not begun begins; what runs ends; what was left in comes out."""
        moment = now()
        for words, act in (("Start", treating.start), ("End", treating.end), ("Take out", treating.take_away)):
            if done := act(self._beside(adjunct_id), moment):
                self.change(f"{words} {done[0].kind.lower()}", done)
                return

    def pause_adjunct(self, adjunct_id: str) -> None:
        """What runs stands still; what stands still runs on."""
        moment, running = now(), [each for each in self._beside(adjunct_id) if each.is_running]
        self.change("Pause or run on", treating.pause(running, moment) or treating.resume(running, moment))

    def _beside(self, adjunct_id: str) -> list[Adjunct]:
        return [each for each in self.visit.adjuncts if each.id == adjunct_id] if self.visit else []

    def take_off(self, words: str, part_id: str) -> None:
        """Take an adjunct or an event off the chart."""
        self.change(words, off=[part_id])

    def record(self, event: AdverseEvent) -> None:
        """Chart what happened, or change it."""
        known = self.visit is not None and any(each.id == event.id for each in self.visit.events)
        self.change("Chart what happened", [event], merge=f"event {event.id}" if known else "")


def _why_it_stays(needle: Needle) -> str:
    """Why a needle can't leave the chart, or nothing: the count would lose it."""
    if needle.is_in:
        return "is in: take it out before it leaves the chart, or undo the insertion."
    if not needle.counted:
        return "was pulled and is not counted: find it before it leaves the chart."
    return f"is charted as {needle.mishap}, and stays in the count." if needle.mishap and needle.removed else ""
