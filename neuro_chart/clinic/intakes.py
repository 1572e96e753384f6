"""A health history: the answers of one patient to one questionnaire, at one time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from neuro_chart.clinic import safety
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.forms import Questionnaire, Value, unpack
from neuro_chart.clinic.people import new_id
from neuro_chart.clinic.safety import Level, Rule, Warning  # noqa: A004 - the field's own word


@dataclass
class Intake:
    """One answered questionnaire. `form` is its canonical address, "url|version"; `answers` reads the `response`."""

    patient_id: str
    form: str
    response: dict[str, object] = field(default_factory=dict)
    started: datetime = field(default_factory=now)
    completed: datetime | None = None
    id: str = field(default_factory=new_id)

    def answers(self, questionnaire: Questionnaire) -> dict[str, list[Value]]:
        """What was answered so far; FormError when it can't be read.

        A draft keeps hidden and unfinished answers too, as `pack` writes them; a completed one is a QuestionnaireResponse.
        """
        if "resourceType" in self.response:
            return questionnaire.from_response(self.response)
        return unpack(cast("Mapping[str, Sequence[Mapping[str, Any]]]", self.response))


def warnings(intakes: Sequence[Intake], forms: Mapping[str, Questionnaire], rules: tuple[Rule, ...]) -> list[tuple[Warning, Intake]]:
    """What a patient's health histories warn of, loudest first, each with the newest history that says so.

    `intakes` are given newest first. The newest completed one speaks, and so do all that are still being answered, so that a new
    history that is only begun silences nothing.
    """
    completed = next((intake for intake in intakes if intake.completed is not None), None)
    raised: dict[str, tuple[Warning, Intake]] = {}
    for intake in intakes:
        form = forms.get(intake.form)
        if form is not None and (intake.completed is None or intake is completed):
            for warning in safety.warnings(form, intake.answers(form), rules):
                raised.setdefault(warning.key, (warning, intake))
    return sorted(raised.values(), key=lambda pair: list(Level).index(pair[0].level))
