"""What a line of shorthand says: needles to place and to take off, what to do beside them, and what was not understood."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from neuro_chart.clinic.adjuncts import ELECTRO
from neuro_chart.clinic.needles import Angle, Side, Technique
from neuro_chart.clinic.points import Point


@dataclass(frozen=True)
class Said:
    """What a line says of a needle, None where it is silent: minutes (0: in and out), depth in depth_unit, gauge and length in mm."""

    minutes: int | None = None
    depth: float | None = None
    depth_to: float | None = None
    depth_unit: str | None = None
    technique: Technique | None = None
    de_qi: bool | None = None
    gauge: float | None = None
    length: float | None = None
    angle: Angle | None = None

    def over(self, earlier: "Said") -> "Said":
        """These words, and the earlier ones where these are silent."""
        said = {each.name: value for each in fields(self) if (value := getattr(self, each.name)) is not None}
        if self.depth is not None:
            said["depth_to"] = self.depth_to
        return replace(earlier, **said)


@dataclass(frozen=True)
class Planned:
    """One needle to place at a point, by its code; a bilateral point is two. start and end are columns of the line."""

    point: str
    side: Side
    said: Said
    start: int
    end: int


Place = tuple[str, Side]


@dataclass(frozen=True)
class PlannedAdjunct:
    """Something to do beside the needles. Without points it is done at all that is there; pairs are the points that a lead joins."""

    kind: str
    frequency: str = ""
    minutes: int | None = None
    pairs: tuple[tuple[Place, Place], ...] = ()
    points: tuple[Place, ...] = ()
    method: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Misread:
    """What is not understood or is in doubt: its columns, its text, a sentence, and what could stand in its place."""

    start: int
    end: int
    text: str
    sentence: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """A stretch of the line and its kind: point, side, depth, minutes, technique, gauge, adjunct, name, off, every or unknown."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Reading:
    """What a line says. `off` takes needles off (on one side, or wherever they are), `every` changes all that are there."""

    needles: tuple[Planned, ...] = ()
    adjuncts: tuple[PlannedAdjunct, ...] = ()
    off: tuple[tuple[str, Side | None], ...] = ()
    every: Said | None = None
    errors: tuple[Misread, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(eq=False)
class Mention:
    """Points as they stand in a line, with the words that belong to them.

    `side` is both, left, right, contra or ipsi. At points without `needled` something
    else is done; `off` takes them off.
    """

    points: tuple[Point, ...]
    start: int
    end: int
    side: str = ""
    said: Said = Said()
    needled: bool = True
    off: bool = False

    def sides(self, point: Point, default: str) -> tuple[Side, ...]:
        """Where one of the points goes; nowhere while that is not known."""
        return (Side.MIDLINE,) if point.midline else SIDES.get(self.side or default, ())


SIDES = {"both": (Side.LEFT, Side.RIGHT), "left": (Side.LEFT,), "right": (Side.RIGHT,)}


@dataclass(eq=False)
class Beside:
    """Something beside the needles as it stands in a line, and the points that it is done at; none means at all that is there."""

    kind: str
    method: str
    frequency: str
    minutes: int | None
    start: int
    end: int
    at: Sequence[Mention] = ()
    last_two: bool = False
    in_turn: bool = False  # they stand behind it, and are joined just as they stand


@dataclass
class Draft:
    """What was read so far, in its order."""

    mentions: list[Mention] = field(default_factory=list)
    besides: list[Beside] = field(default_factory=list)
    errors: list[Misread] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    every: Said | None = None

    def reading(self, text: str, side: str) -> Reading:
        """The needles one by one, now that all is said; a point without any side goes where `side` tells."""
        needles: dict[Place, Planned] = {}
        off: list[tuple[str, Side | None]] = []
        for mention in self.mentions:
            if mention.off:
                off += _take_off(mention, needles)
            elif mention.needled:
                self._plan(mention, needles, text, side)
        adjuncts = [self._beside(beside, needles, text, side) for beside in self.besides]
        told = [adjunct for adjunct, beside in zip(adjuncts, self.besides, strict=True) if adjunct.points or not beside.at]
        errors = sorted(dict.fromkeys(self.errors), key=lambda error: error.start)
        words = sorted(self.words, key=lambda word: word.start)
        return Reading(tuple(needles.values()), tuple(told), tuple(off), self.every, tuple(errors), tuple(words))

    def _plan(self, mention: Mention, needles: dict[Place, Planned], text: str, side: str) -> None:
        for point in mention.points:
            for where in mention.sides(point, side):
                before = needles.get((point.code, where))
                said = mention.said.over(before.said) if before else mention.said
                needles[point.code, where] = Planned(point.code, where, said, mention.start, mention.end)
            if not mention.sides(point, side):
                self.errors.append(_which_side(mention, text))

    def _beside(self, beside: Beside, needles: dict[Place, Planned], text: str, side: str) -> PlannedAdjunct:
        """Something beside the needles at its places. Leads join its points two by two, and only where there are needles."""
        points = [(point, mention) for mention in beside.at for point in mention.points][-2 if beside.last_two else None :]
        there: dict[object, list[Place]] = {}
        for point, mention in points:
            places = there.setdefault((point.code, mention) if beside.in_turn else point.code, [])
            places += [place for where in mention.sides(point, side) if (place := (point.code, where)) not in places]
        pairs: list[tuple[Place, Place]] = []
        if beside.kind == ELECTRO:
            each = [places for places in there.values() if places]
            pairs = [lead for one, other in zip(each[::2], each[1::2], strict=False) for lead in _leads(one, other)]
            joined = {place for pair in pairs for place in pair}
            if alone := [places[0][0] for places in each if not joined.issuperset(places)]:
                sentence = f"A lead joins two needles of one side; {', '.join(alone)} has no other."
                self.errors.append(Misread(beside.start, beside.end, text[beside.start : beside.end], sentence))
            there = {key: [place for place in places if place in needles] for key, places in there.items()}
            pairs = [(one, other) for one, other in pairs if one in needles and other in needles]
        everywhere = tuple(dict.fromkeys(place for places in there.values() for place in places))
        return PlannedAdjunct(
            beside.kind, beside.frequency, beside.minutes, tuple(pairs), everywhere, beside.method, beside.start, beside.end
        )


def _leads(one: Sequence[Place], other: Sequence[Place]) -> list[tuple[Place, Place]]:
    """The leads between two points: one on each side that both have, or the only one that there can be."""
    if len(one) == len(other) == 1:
        return [(one[0], other[0])]
    return [(a, b) for a in one for b in other if a[1] == b[1]]


def _take_off(mention: Mention, needles: dict[Place, Planned]) -> list[tuple[str, Side | None]]:
    """Takes what was planned before off the plan; what was not is taken off the body."""
    off: list[tuple[str, Side | None]] = []
    for point in mention.points:
        wanted = SIDES.get(mention.side, ()) if mention.side != "both" and not point.midline else ()
        planned = [place for place in needles if place[0] == point.code and (not wanted or place[1] in wanted)]
        for place in planned:
            del needles[place]
        if not planned:
            off.append((point.code, wanted[0] if wanted else None))
    return off


def _which_side(mention: Mention, text: str) -> Misread:
    words = text[mention.start : mention.end]
    if mention.side:
        return Misread(mention.start, mention.end, words, "Which side is the affected one? Say left or right first.")
    return Misread(mention.start, mention.end, words, f"Which side? Write l, r or b after {words}.", tuple(f"{words} {s}" for s in "lrb"))
