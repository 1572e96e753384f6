"""What is left of the chart while it is locked: rooms and times, and nothing of a patient."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

if TYPE_CHECKING:
    from neuro_chart.clinic.rooms import Standing
    from neuro_chart.ui.bell import Bell

MINUTES, USUAL = "lock/minutes", 5


def minutes(settings: QSettings) -> int:
    """After how many minutes without a key or a touch the chart locks; 0 is never."""
    kept = str(settings.value(MINUTES, USUAL))
    return int(kept) if kept.isdecimal() and len(kept) < 4 else USUAL


@dataclass(frozen=True)
class RoomTimes:
    """The clocks of one visit in progress: in which room, when those that run end, the least seconds left on one that stands."""

    room: str
    ends: tuple[datetime, ...] = ()
    held: float | None = None
    unseen: bool = False

    def left(self, moment: datetime) -> timedelta:
        """The time left on the clock that ends next, negative once it is over; where all stand, the least."""
        return self.ends[0] - moment if self.ends else timedelta(seconds=self.held or 0)


@dataclass(frozen=True)
class Locked:
    """The rooms whose clocks count on, and when the time was told last: what was due by then has rung.

    `form` is what the unlock window begins with, if not with the passphrase.
    """

    told: datetime
    rooms: tuple[RoomTimes, ...] = ()
    form: str = ""

    @classmethod
    def of(cls, visits: "Iterable[Standing]", bell: "Bell") -> "Locked":
        """The visits in progress, for which a bell rang so far."""
        rooms = (
            RoomTimes(
                kept.visit.room,
                tuple(sorted({due for due, _ in kept.ends})),
                None if kept.held is None else kept.held.total_seconds(),
                kept.visit.id in bell.unseen,
            )
            for kept in visits
            if kept.ends or kept.held is not None
        )
        return cls(bell.told, tuple(sorted(rooms, key=lambda each: (not each.room, each.room.casefold()))))

    def hand_to(self, bell: "Bell") -> None:
        """Let a bell ring for these from now on; a place is the number of its room."""
        from neuro_chart.ui.bell import End  # noqa: PLC0415  # the unlock window's start needs no bell

        ends = (End(due, f"{at}.{which}", str(at)) for at, each in enumerate(self.rooms) for which, due in enumerate(each.ends))
        bell.keep(ends, runs=any(each.ends for each in self.rooms))
        bell.go_on(self.told, {str(at) for at, each in enumerate(self.rooms) if each.unseen})

    def heard_by(self, bell: "Bell") -> "Locked":
        """The same, as that bell has rung by now."""
        return Locked(bell.told, tuple(replace(each, unseen=str(at) in bell.unseen) for at, each in enumerate(self.rooms)))

    @property
    def unseen(self) -> set[str]:
        """The rooms where something ran out that nobody has seen."""
        return {each.room for each in self.rooms if each.unseen}

    def written(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def read(cls, text: str) -> "Locked":
        """From that JSON; ValueError when it is something else."""
        try:
            told = json.loads(text)
            return cls(datetime.fromisoformat(told["told"]), tuple(_room(**each) for each in told["rooms"]), str(told["form"]))
        except (TypeError, KeyError, RecursionError) as error:
            raise ValueError(text[:40]) from error


def _room(room: str, ends: Iterable[str], held: float | None, unseen: bool) -> RoomTimes:  # noqa: FBT001  # as it is written
    return RoomTimes(str(room), tuple(datetime.fromisoformat(each) for each in ends), None if held is None else float(held), bool(unseen))
