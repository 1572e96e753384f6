"""One needle's life: planned, inserted, removed, counted; and its clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import isfinite

from neuro_chart.clinic.clocks import Clock
from neuro_chart.clinic.people import new_id

SHORTEST, LONGEST = 10, 60
NO_RETENTION = 0
USUAL_RETENTION = 30
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

    @property
    def other(self) -> "Side":
        """The opposite side; the midline has none but itself."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)


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


class Mishap(StrEnum):
    """What went wrong with a needle; it stays in the count."""

    NONE = ""
    BENT = "bent"
    BROKEN = "broken"
    STUCK = "stuck"
    DROPPED = "dropped"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Site:
    """A place on the skin: decimetres on the figure in its anatomical position (x to its left, y up, z forward), with side and region."""

    x: float
    y: float
    z: float
    side: Side
    region: str

    @property
    def is_somewhere(self) -> bool:
        """Whether its numbers name a place at all."""
        return all(map(isfinite, (self.x, self.y, self.z)))


@dataclass
class Needle:
    """A needle at a site. `point` is a code of the catalogue, or empty where the place is no point.

    `depth` (to `depth_to`, where a range was charted) is in `depth_unit` ("cun" or "mm"), `gauge` and `length` in millimetres,
    `retention` in minutes: 10 to 60, or 0 for a needle that goes in and out at once. Its clock stood for `held` seconds and stands
    since `paused`. `counted` is False for one that was pulled and not yet ticked off, `copied` True until what was repeated is confirmed.
    """

    visit_id: str
    site: Site
    point: str = ""
    depth: float | None = None
    depth_to: float | None = None
    depth_unit: str = "cun"
    gauge: float | None = None
    length: float | None = None
    angle: Angle = Angle.NONE
    technique: Technique = Technique.NONE
    de_qi: bool | None = None
    retention: int = USUAL_RETENTION
    inserted: datetime | None = None
    removed: datetime | None = None
    paused: datetime | None = None
    held: int = 0
    mishap: Mishap = Mishap.NONE
    counted: bool = True
    copied: bool = False
    position: int = 0
    id: str = field(default_factory=new_id)

    @property
    def is_planned(self) -> bool:
        """Charted, and neither inserted nor lost."""
        return self.inserted is None and self.removed is None and not self.is_in

    @property
    def is_in(self) -> bool:
        """Inserted, or dropped before it was, and not yet accounted for."""
        return self.removed is None and (self.inserted is not None or self.mishap is Mishap.DROPPED)

    @property
    def clock(self) -> Clock:
        """The clock of its retention."""
        return Clock(self.retention, self.inserted, self.removed, self.paused, self.held)

    def errors(self) -> dict[str, str]:
        """What keeps this needle from being stored: field name to a sentence."""
        found = {}
        if not self.site.is_somewhere:
            found["site"] = "A needle stands at a place on the body."
        if word := retention_error(self.retention):
            found["retention"] = word
        deepest = 150 if self.depth_unit == "mm" else 6
        if self.depth is not None and not 0 < self.depth <= deepest:
            found["depth"] = "A depth is more than nothing and at most 150 mm or 6 cun."
        if self.depth_to is not None and (self.depth is None or not self.depth < self.depth_to <= deepest):
            found["depth_to"] = "A range of depths goes from the smaller to the larger, at most 150 mm or 6 cun."
        if self.gauge is not None and not 0.1 <= self.gauge <= 1:
            found["gauge"] = "A needle's gauge lies between 0.10 and 1.00 mm."
        if self.length is not None and not 3 <= self.length <= 200:
            found["length"] = "A needle's length lies between 3 and 200 mm."
        if self.removed is not None and not self._may_be_removed():
            found["removed"] = "A needle comes out after it went in."
        return found

    def _may_be_removed(self) -> bool:
        return self.removed is not None and (self.mishap is Mishap.DROPPED if self.inserted is None else self.removed >= self.inserted)


@dataclass(frozen=True)
class Count:
    """How many needles are planned, in, and out; and how many of those that are out were pulled and not yet counted."""

    planned: int
    inside: int
    out: int
    uncounted: int = 0

    @property
    def inserted(self) -> int:
        """All that ever went in."""
        return self.inside + self.out

    @property
    def is_even(self) -> bool:
        """Whether every needle that went in is out and counted."""
        return not self.inside and not self.uncounted


def retention_error(minutes: int) -> str:
    """A sentence when a retention time can't be kept, or nothing."""
    if minutes == NO_RETENTION or SHORTEST <= minutes <= LONGEST:
        return ""
    return f"A needle stays in for {SHORTEST} to {LONGEST} minutes, or goes in and out at once; {minutes} can't be charted."


def count(needles: Iterable[Needle]) -> Count:
    """The count of a visit or a room."""
    listed = list(needles)
    inside = sum(n.is_in for n in listed)
    out = sum(n.removed is not None for n in listed)
    return Count(len(listed) - inside - out, inside, out, sum(n.removed is not None and not n.counted for n in listed))


def next_due(needles: Iterable[Needle]) -> datetime | None:
    """When the next clock of the needles that are in ends, or ended."""
    return min((due for n in needles if n.is_in and (due := n.clock.due) is not None), default=None)
