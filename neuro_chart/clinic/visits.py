"""A visit: draft, signed, amended."""

from dataclasses import dataclass, field
from datetime import date, datetime

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import AdverseEvent
from neuro_chart.clinic.needles import Count, Needle, count
from neuro_chart.clinic.people import new_id

NOTE_FIELDS = ("subjective", "objective", "assessment", "plan")
SCORE_FIELDS = ("pain_before", "pain_after", "numbness_before", "numbness_after")


@dataclass(frozen=True)
class Aftercare:
    """What the sheet of this visit says beside what was done. `rest_hours` is the time to leave exercise alone; 0 says nothing of it."""

    rest_hours: int = 24
    exercises: tuple[str, ...] = ()
    foot_care: bool = False
    words: str = ""
    next_visit: date | None = None


@dataclass
class Amendment:
    """What was added to a visit after it was signed."""

    visit_id: str
    author_id: str
    text: str
    written: datetime = field(default_factory=now)
    id: str = field(default_factory=new_id)


@dataclass
class Visit:
    """One treatment of one patient. Scores are 0 to 10, or None when not asked.

    `tongue` and `pulse` hold what was found: a field of resources/findings to the keys that were chosen. `copied` tells of a field of
    the note the day (ISO) of the visit that its words came from. `protocol` and `session` say by which prescription it was treated.
    """

    patient_id: str
    practitioner_id: str
    started: datetime = field(default_factory=now)
    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""
    pain_before: int | None = None
    pain_after: int | None = None
    numbness_before: int | None = None
    numbness_after: int | None = None
    aftercare: Aftercare = field(default_factory=Aftercare)
    room: str = ""
    tongue: dict[str, list[str]] = field(default_factory=dict)
    pulse: dict[str, list[str]] = field(default_factory=dict)
    copied: dict[str, str] = field(default_factory=dict)
    protocol: str = ""
    session: int = 0
    signed: datetime | None = None
    signed_by: str | None = None
    needles_left_reason: str = ""
    id: str = field(default_factory=new_id)
    needles: list[Needle] = field(default_factory=list)
    adjuncts: list[Adjunct] = field(default_factory=list)
    events: list[AdverseEvent] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)

    @property
    def count(self) -> Count:
        """Needles planned, in and out."""
        return count(self.needles)
