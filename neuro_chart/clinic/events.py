"""What went wrong in a treatment: adverse events, each with its time, what was done and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from neuro_chart.clinic.people import new_id


class EventKind(StrEnum):
    """What happened."""

    FAINTING = "fainting"
    BLEEDING = "bleeding"
    BRUISE = "bruise"
    PAIN = "pain"
    STUCK = "stuck needle"
    BROKEN = "broken needle"
    PNEUMOTHORAX = "pneumothorax suspected"
    BURN = "burn"
    FORGOTTEN = "forgotten needle"
    OTHER = "other"


@dataclass
class AdverseEvent:
    """One adverse event of a visit. `needle_id` is the needle that it came from, if it came from one."""

    visit_id: str
    kind: EventKind
    at: datetime
    needle_id: str = ""
    words: str = ""
    done: str = ""
    outcome: str = ""
    id: str = field(default_factory=new_id)
