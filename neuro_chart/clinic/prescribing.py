"""What a prescription does to a visit: a line of shorthand, or the last visit's needles done again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.copying import ADJUNCTS, NEEDLES
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import new_id
from neuro_chart.clinic.visits import Visit

Part = Needle | Adjunct


def place_of(needle: Needle) -> tuple[object, ...]:
    """What one needle only can be at: a point on a side, or a site that is none."""
    return (needle.point, needle.site.side) if needle.point else (needle.site,)


def next_position(needles: Iterable[Needle]) -> int:
    """Where the next needle stands in the list."""
    return max((needle.position for needle in needles), default=-1) + 1


def repeated(visit: Visit, last: Visit, sections: Collection[str] = (NEEDLES, ADJUNCTS)) -> list[Part]:
    """The last visit's needles and what was done beside them, planned anew but for what is charted; marked as copied until confirmed."""
    there = {place_of(needle): needle.id for needle in visit.needles}
    in_order = sorted(last.needles, key=lambda needle: needle.position)
    once = {place_of(needle): needle for needle in in_order}  # one that was replaced left two at its place
    fresh = [needle for place, needle in once.items() if place not in there] if NEEDLES in sections else []
    again = [_planned_anew(needle, visit.id, next_position(visit.needles) + at) for at, needle in enumerate(fresh)]
    at_place = there | {place_of(needle): needle.id for needle in again}
    ids = {needle.id: at_place[place_of(needle)] for needle in in_order if place_of(needle) in at_place}
    kinds = {adjunct.kind for adjunct in visit.adjuncts}
    beside = [each for each in last.adjuncts if each.kind not in kinds] if ADJUNCTS in sections else []
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
