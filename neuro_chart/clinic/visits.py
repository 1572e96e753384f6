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
class Signature:
    """Who closed a visit, an amendment or a health history, and when.

    `name` is theirs as it was then, `at` is UTC and `zone` what the clock on the wall was ahead of it ("+01:00"). `digest` is 64 hex digits
    over the content, this signature and the signature before it, `seq` its place among all of the practice, `form` how the content is read.
    """

    seq: int
    kind: str
    row_id: str
    patient_id: str
    practitioner_id: str
    name: str
    at: datetime
    zone: str
    form: int
    digest: str

    @property
    def here(self) -> datetime:
        """When it was put, by the clock on the wall there; in UTC where somebody made the zone unreadable, which the check tells."""
        try:
            return self.at.astimezone(datetime.strptime(self.zone, "%z").tzinfo)
        except (ValueError, OverflowError):
            return self.at

    @property
    def short(self) -> str:
        """The beginning of the digest, to compare by eye."""
        return " ".join(self.digest[at : at + 4] for at in (0, 4, 8))


@dataclass
class Amendment:
    """What was added to a visit after it was signed, and the reason why."""

    visit_id: str
    author_id: str
    text: str
    reason: str = ""
    written: datetime = field(default_factory=now)
    id: str = field(default_factory=new_id)
    signature: Signature | None = None


@dataclass
class Visit:
    """One treatment of one patient. Scores are 0 to 10, or None when not asked.

    `tongue` and `pulse` hold what was found: a field of resources/findings to the keys that were chosen. `copied` tells of a field of
    the note the day (ISO) of the visit that its words came from. `protocol` and `session` say by which prescription it was treated.
    `read_only` says that whoever asked for it may not change it; it is not stored.
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
    signature: Signature | None = None
    read_only: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether it can only be looked at: it is signed, or not this reader's to change."""
        return self.signed is not None or self.read_only

    @property
    def count(self) -> Count:
        """Needles planned, in and out."""
        return count(self.needles)
