"""What a prescription does to a visit: a line of shorthand, or the last visit's needles done again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from neuro_chart.clinic.adjuncts import ELECTRO, Adjunct, Spot
from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.copying import ADJUNCTS, NEEDLES
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.notation import Misread, PlannedAdjunct, Reading, Said, Word
from neuro_chart.clinic.people import new_id
from neuro_chart.clinic.protocols import LAST, Protocol
from neuro_chart.clinic.visits import Visit

Part = Needle | Adjunct
OF_A_POINT = frozenset(("side", "depth", "minutes", "technique", "gauge"))  # kinds of words that say something of the point before them
STARS = frozenset("*＊∗")


@dataclass(frozen=True)
class Effect:
    """What a line does to a visit.

    `put` are needles and adjuncts to place or change, `off` the ids of those to take off, `named` the ids of all needles that the line
    speaks of. `protocol` and `session` say by which prescription it treats, if it names one. `misread` is what is not done, in order, and
    `rest` the words that stay in the line for it.
    """

    put: tuple[Part, ...] = ()
    off: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    protocol: str = ""
    session: int = 0
    misread: tuple[Misread, ...] = ()
    rest: str = ""

    def fresh(self, visit: Visit) -> tuple[Needle, ...]:
        """The needles that the visit has not yet."""
        there = {needle.id for needle in visit.needles}
        return tuple(part for part in self.put if isinstance(part, Needle) and part.id not in there)


@dataclass(frozen=True)
class Names:
    """What an @name stands for in a visit: protocols by their key, each with the session whose turn it is, and the last visit's line."""

    protocols: Mapping[str, Protocol]
    sessions: Mapping[str, int]
    last: str = ""

    @classmethod
    def of(cls, protocols: Mapping[str, Protocol], earlier: Iterable[Visit], last: str = "") -> "Names":
        """The turns follow from the earlier visits, newest first."""
        done: dict[str, int] = {}
        for visit in earlier:
            done.setdefault(visit.protocol.casefold(), visit.session)
        known = {key: each for key, each in protocols.items() if each.sessions}
        return cls(known, {key: each.session_after(done.get(key)) for key, each in known.items()}, last)

    @property
    def lines(self) -> dict[str, Sequence[str]]:
        """The lines of shorthand that each name stands for."""
        told: dict[str, Sequence[str]] = {key: each.sessions[self.sessions[key] :][:1] for key, each in self.protocols.items()}
        return {**told, LAST: (self.last,)} if self.last else told


class Prescribing:
    """A line that is read, on its way into a visit."""

    def __init__(
        self, text: str, reading: Reading, visit: Visit, atlas: Atlas, *, names: Names, retention: int, selected: Collection[str] = ()
    ) -> None:
        self._text, self._reading, self._visit, self._atlas = text, reading, visit, atlas
        self._names, self._retention, self._selected = names, retention, selected
        self._misread = list(reading.errors)
        self._there = {_place(needle): needle for needle in sorted(visit.needles, key=_order) if needle.point and needle.removed is None}
        self._put: dict[str, Part] = {}
        self._off: list[str] = []
        self._named: dict[str, None] = {}

    def effect(self) -> Effect:
        """What the line does. How long a needle stays: as the line says, else the protocol, else `retention`."""
        if self._text.strip() in STARS:
            return Effect(named=tuple(needle.id for needle in self._visit.needles if needle.removed is None))
        self._change_those_there()
        self._place_needles()
        self._place_adjuncts()
        self._take_off()
        key = next((key for word in reversed(self._reading.words) if (key := self._name(word)) in self._names.protocols), "")
        misread = tuple(sorted(self._misread, key=lambda each: each.start))
        named = tuple(each for each in self._named if each not in self._off)
        protocol = self._names.protocols[key].key if key else ""
        session = self._names.sessions[key] if key else 0
        rest = left(self._text, self._reading.words, misread)
        return Effect(tuple(self._put.values()), tuple(self._off), named, protocol, session, misread, rest)

    # Needles

    def _change_those_there(self) -> None:
        """A star is of all needles; words that stand alone are of those that are selected."""
        said, star = self._reading.every, next((word for word in self._reading.words if word.kind == "every"), None)
        start, end = (star.start, star.end) if star else (0, len(self._text.rstrip()))
        among = [needle for needle in self._visit.needles if needle.removed is None and (star or needle.id in self._selected)]
        if speaks_of_none(self._reading) and not (said and among):
            self._refuse(start, end, "Of which needles? Name points before it, select some, or write * for all.")
        for needle in among if said else ():
            self._say(needle, said or Said(), start, end)

    def _place_needles(self) -> None:
        first = next_position(self._visit.needles)
        for planned in self._reading.needles:
            where = planned.start, planned.end
            if there := self._there.get((planned.point, planned.side)):
                self._say(there, planned.said, *where)
            elif site := self._atlas.point_sites(planned.point).get(planned.side):
                name = next((self._name(word) for word in self._reading.words if word.start <= planned.start < word.end), "")
                protocol = self._names.protocols.get(name)
                minutes = self._retention if protocol is None or protocol.retention is None else protocol.retention
                position = first + sum(isinstance(part, Needle) for part in self._put.values())
                fresh = Needle(self._visit.id, site, planned.point, retention=minutes, copied=name == LAST, position=position)
                self._say(fresh, planned.said, *where)
            else:
                self._refuse(*where, f"{planned.point} has no place on the body yet: touch the body where it goes.")

    def _say(self, needle: Needle, said: Said, start: int, end: int) -> None:
        """Put what is said on a needle, unless it can't be charted."""
        spoken = {field.name: value for field in fields(said) if (value := getattr(said, field.name)) is not None}
        if said.minutes is not None:
            spoken["retention"] = spoken.pop("minutes")
        if said.depth is not None:
            spoken["depth_to"] = said.depth_to
        changed = replace(needle, **spoken)
        if wrong := changed.errors():
            self._refuse(start, end, next(iter(wrong.values())))
            return
        self._named[needle.id] = None
        if changed not in self._visit.needles:
            self._put[needle.id] = changed
        if needle.point:
            self._there[_place(changed)] = changed

    # Beside the needles

    def _place_adjuncts(self) -> None:
        made: dict[tuple[object, ...], Adjunct] = {}
        in_doubt = {wrong.start for wrong in self._reading.errors}
        for planned in self._reading.adjuncts:
            if planned.start in in_doubt:
                continue
            try:
                pairs, spots = self._pairs(planned), self._spots(planned)
            except LookupError as error:
                self._refuse(planned.start, planned.end, str(error.args[0]))
                continue
            alike = (planned.kind, planned.method, planned.frequency, planned.minutes)
            if alike in made:
                kept = made[alike]
                kept = replace(kept, pairs=tuple(dict.fromkeys(kept.pairs + pairs)), spots=tuple(dict.fromkeys(kept.spots + spots)))
            else:
                kept = self._known(planned, pairs, spots)
            if wrong := kept.errors():
                self._refuse(planned.start, planned.end, next(iter(wrong.values())))
            else:
                made[alike] = self._put[kept.id] = kept

    def _known(self, planned: PlannedAdjunct, pairs: tuple[tuple[str, str], ...], spots: tuple[Spot, ...]) -> Adjunct:
        """The same that is charted already with what is said of it now, or a new one."""
        alike = (each for each in self._visit.adjuncts if each.kind == planned.kind and each.ended is None)
        made = sum(isinstance(part, Adjunct) for part in self._put.values())
        position = max((each.position for each in self._visit.adjuncts), default=-1) + 1 + made
        fresh = Adjunct(self._visit.id, planned.kind, pairs=pairs, spots=spots, position=position)
        kept = next((each for each in alike if (each.pairs, each.spots) == (pairs, spots)), fresh)
        return replace(
            kept,
            minutes=planned.minutes or kept.minutes,
            frequency=planned.frequency or kept.frequency,
            method=planned.method or kept.method,
        )

    def _pairs(self, planned: PlannedAdjunct) -> tuple[tuple[str, str], ...]:
        """The ids of the needles that its leads join: those that are named, else all that are there, two by two on each side."""
        if planned.pairs:
            return tuple((self._needle(*one).id, self._needle(*other).id) for one, other in planned.pairs)
        if planned.kind != ELECTRO or planned.points:
            return ()
        sides = [[n.id for n in sorted(self._there.values(), key=_order) if n.site.side is side] for side in Side]
        return tuple(pair for ids in sides for pair in zip(ids[::2], ids[1::2], strict=False))

    def _needle(self, code: str, side: Side) -> Needle:
        if (code, side) not in self._there:
            raise LookupError(f"{code} has no needle on the {side} that a lead could join.")
        return self._there[code, side]

    def _spots(self, planned: PlannedAdjunct) -> tuple[Spot, ...]:
        return tuple(Spot(self._site(code, side), code) for code, side in planned.points if planned.kind != ELECTRO)

    def _site(self, code: str, side: Side) -> Site:
        if site := self._atlas.point_sites(code).get(side):
            return site
        raise LookupError(f"{code} has no place on the body yet: draw it on the body.")

    # Off the chart

    def _take_off(self) -> None:
        words = [word for word in self._reading.words if word.kind == "off"]
        for at, (code, side) in enumerate(self._reading.off):
            word = words[at if len(words) == len(self._reading.off) else 0] if words else Word(0, len(self._text), "off")
            found = [n for place, n in self._there.items() if n.point == code and side in {None, n.site.side}]
            if not found:
                self._refuse(word.start, word.end, f"{code} is not charted.")
            elif any(needle.is_in for needle in found):
                self._refuse(word.start, word.end, f"{code} is in: take it out before it leaves the chart, or undo the insertion.")
            else:
                for needle in found:
                    self._put.pop(needle.id, None)
                    del self._there[_place(needle)]
                known = {needle.id for needle in self._visit.needles}
                self._off += [needle.id for needle in found if needle.id in known]

    # Where it stands in the line

    def _name(self, word: Word) -> str:
        return self._text[word.start : word.end].lstrip("@＠").casefold() if word.kind == "name" else ""

    def _refuse(self, start: int, end: int, sentence: str) -> None:
        if not any(each.start == start for each in self._misread):
            self._misread.append(Misread(start, end, self._text[start:end], sentence))


def speaks_of_none(reading: Reading) -> bool:
    """Whether a line says something of needles and names none, as `25m` alone."""
    named = reading.needles or reading.adjuncts or reading.off or reading.errors
    return bool(reading.words) and not named and all(word.kind in OF_A_POINT for word in reading.words)


def left(text: str, words: Sequence[Word], misread: Sequence[Misread]) -> str:
    """What stays in the line: the words that were not understood, each with what was said of it, so that mending it is enough."""
    kept: dict[int, int] = {}
    for wrong in misread:
        kept[wrong.start] = wrong.end
        after = [word for word in words if word.start >= wrong.end]
        said = _run(after) or list(reversed(_run(list(reversed(after)))))
        kept |= {word.start: word.end for word in said}
    spans = sorted(kept.items())
    return " ".join(text[start:end] for at, (start, end) in enumerate(spans) if not any(start < earlier for _, earlier in spans[:at]))


def _run(words: Sequence[Word]) -> list[Word]:
    """The words at the beginning that say something of a point."""
    number = next((at for at, word in enumerate(words) if word.kind not in OF_A_POINT), len(words))
    return list(words[:number])


def _place(needle: Needle) -> tuple[str, Side]:
    return needle.point, needle.site.side


def _order(needle: Needle) -> int:
    return needle.position


def place_of(needle: Needle) -> tuple[object, ...]:
    """What one needle only can be at: a point on a side, or a site that is none."""
    return (needle.point, needle.site.side) if needle.point else (needle.site,)


def next_position(needles: Iterable[Needle]) -> int:
    """Where the next needle stands in the list."""
    return max((needle.position for needle in needles), default=-1) + 1


def repeated(visit: Visit, last: Visit, sections: Collection[str] = (NEEDLES, ADJUNCTS)) -> list[Part]:
    """The last visit's needles and what was done beside them, planned anew but for what is charted; marked as copied until confirmed."""
    there = {place_of(needle): needle.id for needle in visit.needles}
    in_order = sorted(last.needles, key=_order)
    once = {place_of(needle): needle for needle in in_order}  # one that was replaced left two at its place
    fresh = [needle for place, needle in once.items() if place not in there] if NEEDLES in sections else []
    again = [_planned_anew(needle, visit.id, next_position(visit.needles) + at) for at, needle in enumerate(fresh)]
    at_place = there | {place_of(needle): needle.id for needle in again}
    ids = {needle.id: at_place[place_of(needle)] for needle in in_order if place_of(needle) in at_place}
    kinds = {adjunct.kind for adjunct in visit.adjuncts}
    beside = [each for each in last.adjuncts if each.kind not in kinds and not each.was_left_in] if ADJUNCTS in sections else []
    return [*again, *(_done_anew(each, visit.id, ids) for each in beside)]


def _planned_anew(needle: Needle, visit_id: str, position: int) -> Needle:
    """The same needle to be put in again: what was charted of it before it went in."""
    fresh = Needle(visit_id, needle.site, needle.point, gauge=needle.gauge, length=needle.length, angle=needle.angle, position=position)
    return replace(
        fresh, depth=needle.depth, depth_to=needle.depth_to, depth_unit=needle.depth_unit, technique=needle.technique,
        retention=needle.retention, copied=True,
    )  # fmt: skip


def _done_anew(adjunct: Adjunct, visit_id: str, ids: Mapping[str, str]) -> Adjunct:
    """The same to be done again; ids: the needles of this visit by those that stood there in the other."""
    pairs = tuple((ids[one], ids[other]) for one, other in adjunct.pairs if one in ids and other in ids)
    fresh = replace(adjunct, visit_id=visit_id, pairs=pairs, copied=True, id=new_id())
    return replace(fresh, started=None, ended=None, paused=None, held=0, until=None, consent=False)
