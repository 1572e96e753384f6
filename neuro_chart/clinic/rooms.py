"""A visit in progress as it is seen from the next room: what runs, what ends next, what is overdue."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import Clock, countdown
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.visits import Visit


def running(visit: Visit) -> Iterator[Needle | Adjunct]:
    """What has a clock that was started and not ended, whether it runs or stands."""
    yield from (needle for needle in visit.needles if needle.is_in and needle.clock.is_open)
    yield from (adjunct for adjunct in visit.adjuncts if adjunct.is_running)


def is_under_way(visit: Visit) -> bool:
    """Whether a needle is in or not counted yet, or a clock runs."""
    return not visit.count.is_even or any(True for _ in running(visit))


def is_in_progress(visit: Visit, today: date) -> bool:
    """Whether a draft is of today, or still under way: an older one only waits to be signed."""
    return visit.signed is None and (visit.started.astimezone().date() == today or is_under_way(visit))


def next_clock(visit: Visit, now: datetime) -> Clock | None:
    """The clock that ends next or ended first; where all stand, the one with the least time left."""
    timed = [each.clock for each in running(visit) if each.clock.minutes is not None]
    return min(timed, key=lambda clock: (clock.is_paused, clock.remaining(now) or timedelta()), default=None)


def overdue(visit: Visit, now: datetime) -> list[Needle | Adjunct]:
    """What has run out."""
    return [each for each in running(visit) if each.clock.is_overdue(now)]


def overdue_words(visit: Visit, now: datetime) -> str:
    """What has run out and where, without the patient's name: "Room 2, 3 needles"."""
    late = overdue(visit, now)
    needles = sum(isinstance(each, Needle) for each in late)
    parts = [visit.room, f"{needles} {'needle' if needles == 1 else 'needles'}" if needles else ""]
    parts += [each.kind.lower() for each in late if isinstance(each, Adjunct)]
    return ", ".join(part for part in parts if part)


def sum_words(visits: Iterable[Visit], now: datetime) -> str:
    """All rooms in one line: "3 rooms · 31 in · next 4:10", "1 room · 12 in · ◆ 1 over"."""
    under_way = [visit for visit in visits if is_under_way(visit)]
    if not under_way:
        return "No needles in"
    rooms = {visit.room for visit in under_way}
    number, word = (len(under_way), "visit") if "" in rooms else (len(rooms), "room")
    parts = [f"{number} {word}{'' if number == 1 else 's'}", f"{sum(visit.count.inside for visit in under_way)} in"]
    if late := sum(bool(overdue(visit, now)) for visit in under_way):
        parts.append(f"◆ {late} over")
    else:
        left = [clock.remaining(now) for visit in under_way if (clock := next_clock(visit, now)) and not clock.is_paused]
        parts += [f"next {countdown(least)}"] if (least := min((each for each in left if each), default=None)) else []
    if uncounted := sum(visit.count.uncounted for visit in under_way):
        parts.append(f"{uncounted} to count out")
    return " · ".join(parts)


def spoken(visit: Visit, now: datetime) -> str:
    """How a visit stands, as it is read out: "12 in, 24 minutes left", in whole minutes so that it is not said anew each second."""
    parts = [visit.room, f"{visit.count.inside} in"]
    clock = next_clock(visit, now)
    if clock is not None and (left := clock.remaining(now)) is not None:
        late = clock.is_overdue(now)
        parts.append(f"overdue by {minutes_words(-left)}" if late else f"{minutes_words(left)} left")
        parts += ["paused"] if clock.is_paused else []
    if visit.count.uncounted:
        parts.append(f"{visit.count.uncounted} to count out")
    return ", ".join(part for part in parts if part)


def minutes_words(time: timedelta) -> str:
    """Whole minutes, of which the last counts until it is over."""
    minutes = -(-int(time.total_seconds()) // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
