"""A visit in progress as it is seen from the next room: what runs, what ends next, what is overdue."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import countdown
from neuro_chart.clinic.needles import Count, Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit


def running(visit: Visit) -> Iterator[Needle | Adjunct]:
    """What has a clock that was started and not ended, whether it runs or stands."""
    yield from (needle for needle in visit.needles if needle.is_in and needle.clock.is_open)
    yield from (adjunct for adjunct in visit.adjuncts if adjunct.is_running)


@dataclass
class Standing:
    """How a visit stands until something is done: worked out once, so that each second takes no more than a look at the time.

    `ends` says when each clock that runs ends and of what (its id), the next first; `held` is the least time left on one that stands.
    `beside` runs beside the needles, and of `clocks` some may only count up.
    """

    visit: Visit
    patient: Patient
    count: Count = field(init=False)
    clocks: int = field(init=False)
    ends: list[tuple[datetime, str]] = field(init=False)
    held: timedelta | None = field(init=False)
    beside: list[Adjunct] = field(init=False)
    ticks: bool = field(init=False)

    def __post_init__(self) -> None:
        parts = list(running(self.visit))
        clocks = [(each.clock, each.id) for each in parts]
        self.count = self.visit.count
        self.clocks = len(clocks)
        self.ends = sorted((due, part_id) for clock, part_id in clocks if (due := clock.due))
        standing = (left for clock, _ in clocks if clock.paused and (left := clock.remaining(clock.paused)) is not None)
        self.held = min(standing, default=None)
        self.beside = [each for each in parts if isinstance(each, Adjunct)]
        self.ticks = any(not clock.is_paused for clock, _ in clocks)

    @property
    def is_under_way(self) -> bool:
        """Whether a needle is in or not counted yet, or a clock runs or stands."""
        return bool(self.clocks) or not self.count.is_even

    @property
    def is_paused(self) -> bool:
        """Whether all that has a time stands."""
        return not self.ends and self.held is not None

    def is_of(self, today: date) -> bool:
        """Whether the visit is in progress: a draft of today, or still under way. An older one only waits to be signed."""
        return self.visit.signed is None and (self.is_under_way or self.visit.started.astimezone().date() == today)

    def left(self, now: datetime) -> timedelta | None:
        """The time left on the clock that ends next, negative once it is over; where all stand, the least; None without a time."""
        return self.ends[0][0] - now if self.ends else self.held

    def late(self, now: datetime) -> int:
        """How many clocks have run out."""
        return bisect_right(self.ends, now, key=itemgetter(0))

    def spoken(self, now: datetime) -> str:
        """How it stands, as it is read out: "12 in, 24 minutes left", in whole minutes so that it is not said anew each second."""
        parts = [self.visit.room, f"{self.count.inside} in"]
        if (left := self.left(now)) is not None:
            parts.append(f"overdue by {minutes_words(-left)}" if self.late(now) else f"{minutes_words(left)} left")
            parts += ["paused"] if self.is_paused else []
        if self.count.uncounted:
            parts.append(f"{self.count.uncounted} to count out")
        return ", ".join(part for part in parts if part)


def overdue_words(visit: Visit, now: datetime) -> str:
    """What has run out and where, without the patient's name: "Room 2, 3 needles"."""
    late = [each for each in running(visit) if each.clock.is_overdue(now)]
    needles = sum(isinstance(each, Needle) for each in late)
    parts = [visit.room, f"{needles} {'needle' if needles == 1 else 'needles'}" if needles else ""]
    parts += [each.kind.lower() for each in late if isinstance(each, Adjunct)]
    return ", ".join(part for part in parts if part)


def sum_words(visits: Iterable[Standing], now: datetime) -> str:
    """All rooms in one line: "3 rooms · 31 in · next 4:10", "1 room · 12 in · ◆ 1 over"."""
    under_way = [each for each in visits if each.is_under_way]
    if not under_way:
        return "No needles in"
    rooms = {each.visit.room for each in under_way}
    number, word = (len(under_way), "visit") if "" in rooms else (len(rooms), "room")
    parts = [f"{number} {word}{'' if number == 1 else 's'}", f"{sum(each.count.inside for each in under_way)} in"]
    if late := sum(bool(each.late(now)) for each in under_way):
        parts.append(f"◆ {late} over")
    elif ends := [each.ends[0][0] for each in under_way if each.ends]:
        parts.append(f"next {countdown(min(ends) - now)}")
    if uncounted := sum(each.count.uncounted for each in under_way):
        parts.append(f"{uncounted} to count out")
    return " · ".join(parts)


def minutes_words(time: timedelta) -> str:
    """Whole minutes, of which the last counts until it is over."""
    minutes = -(-int(time.total_seconds()) // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def free_room(rooms: Iterable[str], standing: Iterable[Standing]) -> str:
    """The first room in which no visit is in progress, or nothing."""
    taken = {each.visit.room for each in standing}
    return next((room for room in rooms if room not in taken), "")
