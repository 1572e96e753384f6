"""One needle's life: planned, inserted, removed; its clock and its part in the count."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from neuro_chart.clinic.people import new_id

SHORTEST, LONGEST = 10, 60
RETENTION_PRESETS = (10, 15, 20, 25, 30, 40, 45, 60)


class Side(StrEnum):
    """The patient's own left or right, or the midline."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"

    @property
    def letter(self) -> str:
        """L, R or M."""
        return self.value[0].upper()


class Technique(StrEnum):
    """How a needle is worked after insertion."""

    NONE = ""
    EVEN = "even"
    TONIFY = "tonify"
    DRAIN = "drain"


class Angle(StrEnum):
    """How steeply a needle enters the skin."""

    NONE = ""
    PERPENDICULAR = "perpendicular"
    OBLIQUE = "oblique"
    TRANSVERSE = "transverse"


@dataclass(frozen=True)
class Site:
    """A place on the skin: decimetres on the figure in its anatomical position (x to its left, y up, z forward), with side and region."""

    x: float
    y: float
    z: float
    side: Side
    region: str


@dataclass
class Needle:
    """A needle at a site. `point` is a code of the catalogue, or empty where the place is no point.

    `depth` is in `depth_unit` ("cun" or "mm"), `gauge` and `length` in millimetres, `retention` in minutes.
    """

    visit_id: str
    site: Site
    point: str = ""
    depth: float | None = None
    depth_unit: str = "cun"
    gauge: float | None = None
    length: float | None = None
    angle: Angle = Angle.NONE
    technique: Technique = Technique.NONE
    de_qi: bool | None = None
    retention: int = 30
    inserted: datetime | None = None
    removed: datetime | None = None
    position: int = 0
    id: str = field(default_factory=new_id)

    @property
    def is_in(self) -> bool:
        """Inserted and not yet removed."""
        return self.inserted is not None and self.removed is None

    @property
    def due(self) -> datetime | None:
        """When the retention ends, once inserted."""
        return None if self.inserted is None else self.inserted + timedelta(minutes=self.retention)

    def remaining(self, now: datetime) -> timedelta | None:
        """Time left of the retention; negative when overdue, None when the needle is not in."""
        return self.due - now if self.due is not None and self.is_in else None

    def errors(self) -> dict[str, str]:
        """What keeps this needle from being stored: field name to a sentence."""
        found = {}
        if word := retention_error(self.retention):
            found["retention"] = word
        if self.depth is not None and not 0 < self.depth <= (150 if self.depth_unit == "mm" else 6):
            found["depth"] = "A depth is more than nothing and at most 150 mm or 6 cun."
        if self.gauge is not None and not 0.1 <= self.gauge <= 1:
            found["gauge"] = "A needle's gauge lies between 0.10 and 1.00 mm."
        if self.length is not None and not 3 <= self.length <= 200:
            found["length"] = "A needle's length lies between 3 and 200 mm."
        if self.removed is not None and (self.inserted is None or self.removed < self.inserted):
            found["removed"] = "A needle comes out after it went in."
        return found


@dataclass
class Adjunct:
    """What was done beside the needles: electro-stimulation, moxa, cupping, a lamp. `minutes` may be unknown."""

    visit_id: str
    kind: str
    setting: str = ""
    minutes: int | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Count:
    """How many needles are planned, in and out."""

    planned: int
    inside: int
    out: int

    @property
    def inserted(self) -> int:
        """All that ever went in."""
        return self.inside + self.out


def retention_error(minutes: int) -> str:
    """A sentence when a retention time can't be kept, or nothing."""
    if SHORTEST <= minutes <= LONGEST:
        return ""
    return f"A needle stays in for {SHORTEST} to {LONGEST} minutes; {minutes} can't be charted."


def count(needles: Iterable[Needle]) -> Count:
    """The count of a visit or a room."""
    listed = list(needles)
    inside = sum(n.is_in for n in listed)
    out = sum(n.removed is not None for n in listed)
    return Count(len(listed) - inside - out, inside, out)


def next_due(needles: Iterable[Needle]) -> datetime | None:
    """When the next clock of the needles that are in ends, or ended."""
    return min((n.due for n in needles if n.is_in and n.due is not None), default=None)


def now() -> datetime:
    """This moment, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def clock(remaining: timedelta) -> str:
    """Time left as `24:18`, and overdue as `+1:12`."""
    seconds = int(remaining.total_seconds())
    sign = "+" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes}:{seconds:02d}"
