"""A clock that runs for some minutes: of a needle, or of what is done beside the needles. It is derived from stored times."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """Runs for `minutes` from `started` until `ended`; `held` are the seconds that it stood, `paused` is since when it stands.

    Without minutes it only counts up. All times are UTC.
    """

    minutes: int | None
    started: datetime | None = None
    ended: datetime | None = None
    paused: datetime | None = None
    held: int = 0

    @property
    def is_open(self) -> bool:
        """Started and not ended, whether it runs or stands."""
        return self.started is not None and self.ended is None

    @property
    def is_paused(self) -> bool:
        """Standing, and to be taken up again."""
        return self.is_open and self.paused is not None

    @property
    def due(self) -> datetime | None:
        """When the time is up or was up; None for a clock that stands, has not begun or has no minutes."""
        if self.started is None or self.minutes is None or self.is_paused:
            return None
        return self.started + timedelta(minutes=self.minutes, seconds=self.held)

    def elapsed(self, now: datetime) -> timedelta:
        """How long it ran, without the time that it stood."""
        if self.started is None:
            return timedelta()
        last = self.ended or self.paused or now
        return max(timedelta(), last - self.started - timedelta(seconds=self.held))

    def remaining(self, now: datetime) -> timedelta | None:
        """Time left, negative when overdue, standing still while paused; None when it is not open or has no minutes."""
        if not self.is_open or self.minutes is None or self.started is None:
            return None
        return self.started + timedelta(minutes=self.minutes, seconds=self.held) - (self.paused or now)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it runs and its time is up."""
        return self.is_open and self.due is not None and self.due <= now


def countdown(remaining: timedelta) -> str:
    """Time left as `24:18`, and overdue as `+1:12`."""
    seconds = int(remaining.total_seconds())
    sign = "+" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes}:{seconds:02d}"


def now() -> datetime:
    """This moment, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
