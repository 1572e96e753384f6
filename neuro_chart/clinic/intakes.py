"""A health history: the answers of one patient to one questionnaire, at one time."""

from dataclasses import dataclass, field
from datetime import datetime

from neuro_chart.clinic.needles import now
from neuro_chart.clinic.people import new_id


@dataclass
class Intake:
    """One answered questionnaire. `form` is its canonical address, "url|version"; `response` is a FHIR R4 QuestionnaireResponse."""

    patient_id: str
    form: str
    response: dict[str, object] = field(default_factory=dict)
    started: datetime = field(default_factory=now)
    completed: datetime | None = None
    id: str = field(default_factory=new_id)
