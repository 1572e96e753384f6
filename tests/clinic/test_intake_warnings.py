"""What a patient's health histories warn of, taken together."""

from datetime import UTC, datetime, timedelta

import pytest

from neuro_chart.clinic.forms import FormError, load_forms, newest, pack
from neuro_chart.clinic.intakes import Intake, warnings
from neuro_chart.clinic.safety import load_rules
from neuro_chart.resources import resource

FORMS = load_forms(resource("forms"))
FORM = newest(FORMS, "urn:neuro-chart:questionnaire:neuropathy-intake")
RULES = load_rules(resource("forms", "warnings.toml"))
SPRING = datetime(2026, 3, 3, 9, tzinfo=UTC)


def history(answers, months=0, *, completed):
    began = SPRING + timedelta(days=30 * months)
    return Intake("p", FORM.canonical, dict(pack(answers)), began, began if completed else None)


def test_a_history_that_is_only_begun_silences_nothing():
    old = history({"allergies": [True], "allergies-which": ["pine resin"]}, completed=True)
    begun = history({"complaint": ["Burning feet"]}, 6, completed=False)
    found = warnings([begun, old], FORMS, RULES)
    assert [(warning.text, whose) for warning, whose in found] == [("Allergy: pine resin", old)]


def test_a_newer_completed_history_replaces_the_older():
    old = history({"allergies": [True]}, completed=True)
    new = history({"allergies": [False], "falls": [True]}, 6, completed=True)
    assert [warning.key for warning, _ in warnings([new, old], FORMS, RULES)] == ["falls"]


def test_a_draft_keeps_what_is_hidden_and_what_is_half_typed():
    draft = history({"allergies": [False], "allergies-which": ["latex"], "consent-date": ["14.3."]}, completed=False)
    assert draft.answers(FORM)["allergies-which"] == ["latex"]
    assert draft.answers(FORM)["consent-date"] == ["14.3."]


def test_what_cannot_be_read_is_said():
    with pytest.raises(FormError):
        Intake("p", FORM.canonical, {"resourceType": "QuestionnaireResponse"}).answers(FORM)
