"""A visit: draft, signed, amended."""

from dataclasses import dataclass, field
from datetime import date, datetime

from neuro_chart.clinic.needles import Adjunct, Count, Needle, count, now
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
    """One treatment of one patient. Scores are 0 to 10, or None when not asked."""

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
    signed: datetime | None = None
    signed_by: str | None = None
    needles_left_reason: str = ""
    id: str = field(default_factory=new_id)
    needles: list[Needle] = field(default_factory=list)
    adjuncts: list[Adjunct] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)

    @property
    def count(self) -> Count:
        """Needles planned, in and out."""
        return count(self.needles)
