"""What is done to needles and to what is done beside them: each act takes them as they are and gives changed copies of those it touches."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from neuro_chart.clinic.adjuncts import LEFT_IN, Adjunct
from neuro_chart.clinic.needles import NO_RETENTION, Mishap, Needle
from neuro_chart.clinic.people import new_id

MORE_MINUTES = 5

Timed = TypeVar("Timed", Needle, Adjunct)


def insert(needles: Iterable[Needle], now: datetime) -> list[Needle]:
    """The planned ones go in and their clocks start; one without retention is out again at once. What was copied is thereby confirmed."""
    return [replace(n, inserted=now, removed=now if n.retention == NO_RETENTION else None, copied=False) for n in needles if n.is_planned]


def take_out(needles: Iterable[Needle], now: datetime, *, counted: bool = True) -> list[Needle]:
    """Those that are in come out; counted is False where they were pulled in haste and are still to be ticked off."""
    return [replace(_running(n, now), removed=max(now, n.inserted or now), counted=counted) for n in needles if n.is_in]


def count_out(needles: Iterable[Needle]) -> list[Needle]:
    """Those that were pulled in haste are ticked off."""
    return [replace(n, counted=True) for n in needles if n.removed is not None and not n.counted]


def put_back(needles: Iterable[Needle]) -> list[Needle]:
    """Those that are out are in after all: one was ticked off by mistake."""
    return [replace(n, removed=None, counted=True) for n in needles if n.removed is not None and n.retention != NO_RETENTION]


def pause(timed: Iterable[Timed], now: datetime) -> list[Timed]:
    """The clocks that run stand still."""
    return [replace(each, paused=now) for each in timed if each.clock.is_open and not each.clock.is_paused]


def resume(timed: Iterable[Timed], now: datetime) -> list[Timed]:
    """The clocks that stand still run on from where they were."""
    return [_running(each, now) for each in timed if each.clock.is_paused]


def restart(timed: Iterable[Timed], now: datetime) -> list[Timed]:
    """The clocks of what is in begin anew now; when it was inserted stays as it was."""
    return [
        replace(each, paused=None, held=round((now - each.clock.started).total_seconds()))
        for each in timed
        if each.clock.is_open and each.clock.started is not None
    ]


def leave_longer(needles: Iterable[Needle], minutes: int = MORE_MINUTES) -> list[Needle]:
    """Those that are in stay so many minutes more; whoever stores them finds out whether they may."""
    return [replace(n, retention=n.retention + minutes) for n in needles if n.is_in and n.inserted is not None]


def mark(needles: Iterable[Needle], mishap: Mishap) -> list[Needle]:
    """Something went wrong with these; they stay in the count."""
    return [replace(n, mishap=mishap) for n in needles]


def replace_needle(needle: Needle, now: datetime, position: int) -> list[Needle]:
    """A needle comes out as replaced, and a new one goes in at its place for the time that is left; one that fell is still to be found."""
    clock = needle.clock
    if needle.mishap is Mishap.DROPPED:
        gone = replace(needle, paused=needle.paused or (needle.inserted and now))
    else:
        (gone,) = take_out([replace(needle, mishap=needle.mishap or Mishap.REPLACED)], now)
    held = -round(clock.elapsed(now).total_seconds())  # its clock goes on where the other's stood
    return [gone, replace(needle, inserted=now, removed=None, paused=None, held=held, mishap=Mishap.NONE, position=position, id=new_id())]


def lead_over(adjuncts: Iterable[Adjunct], heirs: Mapping[str, str]) -> list[Adjunct]:
    """Leads go over from needles to those that took their places (ids: old to new)."""
    over = ((each, tuple((heirs.get(one, one), heirs.get(other, other)) for one, other in each.pairs)) for each in adjuncts)
    return [replace(each, pairs=pairs) for each, pairs in over if pairs != each.pairs]


def start(adjuncts: Iterable[Adjunct], now: datetime) -> list[Adjunct]:
    """What has not begun begins, and is thereby confirmed."""
    return [replace(each, started=now, copied=False) for each in adjuncts if each.started is None]


def go_on_longer(adjuncts: Iterable[Adjunct], minutes: int = MORE_MINUTES) -> list[Adjunct]:
    """What has a clock goes on so many minutes longer."""
    return [replace(each, minutes=each.minutes + minutes) for each in adjuncts if each.minutes is not None and each.ended is None]


def end(adjuncts: Iterable[Adjunct], now: datetime) -> list[Adjunct]:
    """What runs ends; what is left in for days is not ended by the clock."""
    return [_ended(each, now) for each in adjuncts if each.is_running]


def end_without_needles(adjuncts: Iterable[Adjunct], needles: Iterable[Needle], now: datetime) -> list[Adjunct]:
    """What runs over leads ends once none of them has both its needles in; leads that were never named say nothing."""
    inside = {n.id for n in needles if n.is_in}
    return end([each for each in adjuncts if each.pairs and not any(inside.issuperset(pair) for pair in each.pairs)], now)


def take_away(adjuncts: Iterable[Adjunct], now: datetime) -> list[Adjunct]:
    """What was left in for days is taken out."""
    return [_ended(each, now) for each in adjuncts if each.kind in LEFT_IN and each.clock.is_open]


def _ended(each: Adjunct, now: datetime) -> Adjunct:
    return replace(_running(each, now), ended=max(now, each.started or now))


def _running(each: Timed, now: datetime) -> Timed:
    paused = each.paused
    return each if paused is None else replace(each, paused=None, held=each.held + max(0, round((now - paused).total_seconds())))
