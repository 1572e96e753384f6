"""What is done beside the needles: electro-stimulation, moxa, cupping, a lamp, and what is left in for days."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain, pairwise

from neuro_chart.clinic.clocks import Clock, countdown
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import new_id

ELECTRO, MOXA, CUPPING, LAMP = "Electro-stimulation", "Moxibustion", "Cupping", "Infrared lamp"
GUA_SHA, TUINA, PRESS, SEEDS = "Gua sha", "Tuina", "Press needles", "Seeds"
LEFT_IN = (PRESS, SEEDS)
LONGEST_MINUTES = 600
_FREQUENCY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:[/–-]\s*(\d+(?:\.\d+)?)\s*)?(?:hz)?\s*")
SHORT = {ELECTRO: "EA", MOXA: "Moxa", LAMP: "Lamp"}


@dataclass(frozen=True)
class Spot:
    """A place where something is done: a site, and the point there if it is one."""

    site: Site
    point: str = ""


@dataclass
class Adjunct:
    """One thing done beside the needles, with a clock of its own.

    `kind` is one of those above (older charts hold other words). `frequency` is in Hz ("2", or "2/100" where two take turns), `intensity`
    as the patient or the device says it, `amount` the number of cones, cups or seeds. `pairs` are the ids of needles that a lead joins,
    `spots` and `strokes` where it is done: single places, and lines drawn over the skin. What is left in is to be taken out on the day
    `until`, with the patient's `consent`. Without `minutes` its clock only counts up.
    """

    visit_id: str
    kind: str
    setting: str = ""
    minutes: int | None = None
    method: str = ""
    waveform: str = ""
    frequency: str = ""
    intensity: str = ""
    size: str = ""
    amount: int | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    spots: tuple[Spot, ...] = ()
    strokes: tuple[tuple[Site, ...], ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    paused: datetime | None = None
    held: int = 0
    until: date | None = None
    consent: bool = False
    copied: bool = False
    position: int = 0
    id: str = field(default_factory=new_id)

    @property
    def clock(self) -> Clock:
        """How long it is done."""
        return Clock(self.minutes, self.started, self.ended, self.paused, self.held)

    @property
    def is_left_in(self) -> bool:
        """Put in to stay for days, and still there."""
        return self.kind in LEFT_IN and self.clock.is_open

    @property
    def was_left_in(self) -> bool:
        """Taken out again, perhaps at a later visit than it was put in."""
        return self.kind in LEFT_IN and self.ended is not None

    @property
    def is_running(self) -> bool:
        """Begun and not ended; what is left in for days does not run."""
        return self.clock.is_open and self.kind not in LEFT_IN

    def errors(self) -> dict[str, str]:
        """What keeps this from being stored: field name to a sentence."""
        found = {}
        if not all(self.strokes) or not all(site.is_somewhere for site in (*chain(*self.strokes), *(spot.site for spot in self.spots))):
            found["place"] = "It is done at places on the body."
        if self.minutes is not None and not 1 <= self.minutes <= LONGEST_MINUTES:
            found["minutes"] = f"What is done beside the needles takes 1 to {LONGEST_MINUTES} minutes, or an unknown time."
        if self.amount is not None and not 1 <= self.amount <= 100:
            found["amount"] = "A number of cones, cups or seeds lies between 1 and 100."
        if self.ended is not None and (self.started is None or self.ended < self.started):
            found["ended"] = "It ends after it began."
        return found


def read_frequency(text: str) -> str:
    """A frequency in Hz as it is kept: `2`, or `2/100` where two take turns; ValueError with a sentence for anything else."""
    found = _FREQUENCY.fullmatch(text.casefold().replace(",", "."))
    if text.strip() and not found:
        raise ValueError("Write Hz as one number, or as two that take turns: 2/100.")
    return "/".join(filter(None, found.groups())) if found else ""


# How it is said


def short_name(kind: str) -> str:
    """A kind as it is called in passing: EA, Moxa, Lamp; the others by their names."""
    return "EA" if kind.casefold().startswith("electro") else SHORT.get(kind, kind)


def adjunct_words(adjunct: Adjunct, needles: Iterable[Needle] = ()) -> str:
    """What is done, where, and how else, in one line without its clock: `EA 2/100 Hz · ST36–SP6 L R · dense-disperse, 1.5 mA`.

    `needles` are those of the visit, by which a lead is named.
    """
    return " · ".join(filter(None, (name_words(adjunct), where_words(adjunct, needles), ", ".join(_details(adjunct)))))


def name_words(adjunct: Adjunct) -> str:
    """What is done, in passing: `EA 2/100 Hz`, `Cupping, sliding`, `3 seeds`."""
    if adjunct.kind in LEFT_IN and adjunct.amount:
        return _number_of(adjunct)
    hertz = f" {adjunct.frequency} Hz" if adjunct.frequency else ""
    return f"{short_name(adjunct.kind)}{hertz}{', ' if adjunct.method else ''}{adjunct.method}"


def how_words(adjunct: Adjunct) -> str:
    """How it is done, in full: `2/100 Hz, dense-disperse, 1.5 mA`, `sliding, 4 cups, 5 cm`; what was written freely comes last."""
    hertz = f"{adjunct.frequency} Hz" if adjunct.frequency else ""
    amount = _number_of(adjunct) if adjunct.kind in LEFT_IN else ""
    return ", ".join(filter(None, (hertz, adjunct.method, amount, *_details(adjunct))))


def _details(adjunct: Adjunct) -> list[str]:
    amount = _number_of(adjunct) if adjunct.kind not in LEFT_IN else ""
    said = (amount, adjunct.waveform, adjunct.intensity, adjunct.size, adjunct.setting)
    return [part for part in map(str.strip, said) if part]


def _number_of(adjunct: Adjunct) -> str:
    if adjunct.amount is None:
        return ""
    counted = things(adjunct.kind)
    return f"{adjunct.amount} {counted.removesuffix('s') if adjunct.amount == 1 else counted}"


def things(kind: str) -> str:
    """What is counted of a kind: cones, cups, press needles, seeds."""
    return {MOXA: "cones", CUPPING: "cups"}.get(kind, kind.lower())


def where_words(adjunct: Adjunct, needles: Iterable[Needle] = ()) -> str:
    """Where it is done: `ST36–SP6 L R` for leads, then `BL23 L R` for points, then the regions of other places and of strokes."""
    named: dict[str, set[str]] = {}
    for spot in adjunct.spots:
        named.setdefault(spot.point or spot.site.region, set()).add(spot.site.side.letter if spot.point else "")
    for stroke in adjunct.strokes:
        named.setdefault(stroke[len(stroke) // 2].region, set())
    return ", ".join([*leads_by_words(adjunct, needles), *(_with_sides(name, sides) for name, sides in named.items())])


def leads_by_words(adjunct: Adjunct, needles: Iterable[Needle]) -> dict[str, list[tuple[str, str]]]:
    """The leads between needles that are charted, those of both sides together: `ST36–SP6 L R` to their pairs."""
    known = {needle.id: needle for needle in needles}
    named: dict[str, tuple[set[str], list[tuple[str, str]]]] = {}
    for pair in adjunct.pairs:
        if pair[0] in known and pair[1] in known:
            name, side = _lead(known[pair[0]], known[pair[1]])
            sides, pairs = named.setdefault(name, (set(), []))
            sides.add(side)
            pairs.append(pair)
    return {_with_sides(name, sides): pairs for name, (sides, pairs) in named.items()}


def _with_sides(name: str, sides: Iterable[str]) -> str:
    return " ".join(filter(None, (name, *sorted(sides))))


def _lead(one: Needle, other: Needle) -> tuple[str, str]:
    """A lead's ends, and the side where both are on one."""
    same = one.site.side is other.site.side
    ends = [needle.point or needle.site.region for needle in (one, other)]
    if not same:
        ends = [f"{end} {needle.site.side.letter}" if needle.point else end for end, needle in zip(ends, (one, other), strict=True)]
    return "–".join(ends), one.site.side.letter if same and (one.point or other.point) and one.site.side is not Side.MIDLINE else ""


def time_words(adjunct: Adjunct, now: datetime) -> str:
    """Its clock in a few letters: `20 min` before and after, `12:40` left, `+1:12` over; counted up where it has no end."""
    clock = adjunct.clock
    if adjunct.kind in LEFT_IN:
        return "out" if adjunct.ended else "in" if adjunct.started else ""
    if clock.is_open:
        left = clock.remaining(now)
        return countdown(clock.elapsed(now) if left is None else left)
    minutes = round(clock.elapsed(now).total_seconds() / 60) if adjunct.started else adjunct.minutes
    return f"{minutes} min" if minutes is not None else ""


def left_in_words(adjunct: Adjunct, written: Callable[[date], str]) -> str:
    """What stays in and until when: `3 seeds at HT7 L, left in on 12 March 2026, to be taken out by 17 March 2026`."""
    where = where_words(adjunct)
    said = [f"{name_words(adjunct)}{f' at {where}' if where else ''}"]
    said += [f"left in on {written(adjunct.started.astimezone().date())}"] if adjunct.started else []
    said += [f"to be taken out by {written(adjunct.until)}"] if adjunct.until else []
    return ", ".join(said)


# What is done with it


def leads_between(needles: Sequence[Needle]) -> tuple[tuple[str, str], ...]:
    """The leads that join needles: two with each other, more two by two on each side, in the order in which they were charted."""
    if len(needles) == 2:
        return ((needles[0].id, needles[1].id),)
    ordered = sorted(needles, key=lambda needle: needle.position)
    sides = ([needle.id for needle in ordered if needle.site.side is side] for side in Side)
    return tuple(pair for ids in sides for pair in list(pairwise(ids))[::2])


def joined(electro: Adjunct, needles: Sequence[Needle]) -> Adjunct:
    """The same with leads between these needles; each leaves the lead that it had. The very same if they are too few."""
    pairs = leads_between(needles)
    ends = {end for pair in pairs for end in pair}
    return replace(electro, pairs=tuple(pair for pair in electro.pairs if not ends & set(pair)) + pairs) if pairs else electro


def taken_out(left: Adjunct, visit_id: str, now: datetime) -> Adjunct:
    """The end of what was left in at an earlier visit, as it is charted in this one; what began at the same time is the same thing."""
    return replace(left, visit_id=visit_id, ended=max(now, left.started or now), paused=None, copied=False, position=0, id=new_id())
