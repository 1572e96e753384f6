"""Warnings from a health history: raised by the answers that count, sourced, loudest first."""

import pytest

from neuro_chart.clinic.forms import Coding, Questionnaire
from neuro_chart.clinic.safety import Level, load_rules, warnings
from neuro_chart.resources import resource

INTAKE = Questionnaire.load(resource("forms", "neuropathy-intake-1.json"))
RULES = load_rules(resource("forms", "warnings.toml"))


def code(question: str, name: str):
    return next(option for option in INTAKE[question].options if option.code == name)


def raised(answers):
    return {warning.key: warning for warning in warnings(INTAKE, answers, RULES)}


def test_every_rule_asks_a_question_of_the_form_for_an_answer_it_has():
    for rule in RULES:
        assert rule.warning.text
        assert rule.warning.advice
        assert rule.warning.sources
        for condition in rule.conditions:
            question = INTAKE[condition.question]
            if isinstance(condition.value, Coding):
                assert condition.value.code in {option.code for option in question.options}
        assert not rule.quote or rule.quote in INTAKE
        assert set(rule.unless) <= {other.warning.key for other in RULES}


@pytest.mark.parametrize(
    ("answers", "key", "level", "text"),
    [
        ({"allergies": True, "allergies-which": ["latex"]}, "allergy", Level.ALERT, "Allergy: Latex"),
        ({"allergies": True}, "allergy", Level.ALERT, "Allergy"),
        ({"thinner": ["yes"], "thinner-which": ["apixaban", "aspirin"]}, "thinner", Level.CAUTION, "Blood thinner: Apixaban, Aspirin"),
        ({"thinner": ["unsure"]}, "thinner-unsure", Level.CAUTION, "Blood thinner not known: ask"),
        ({"implants": ["pacemaker"]}, "pacemaker", Level.ALERT, "Pacemaker or ICD: no electro"),
        ({"implants": ["joint", "defibrillator"]}, "pacemaker", Level.ALERT, "Pacemaker or ICD: no electro"),
        ({"diagnoses": ["epilepsy"]}, "epilepsy", Level.CAUTION, "Epilepsy or fits: care with electro"),
        ({"pregnancy": ["yes"], "pregnancy-weeks": 20}, "pregnant", Level.CAUTION, "Pregnant: 20 weeks"),
        ({"pregnancy": ["yes"], "pregnancy-weeks": 1}, "pregnant", Level.CAUTION, "Pregnant: 1 week"),
        ({"feet-heat": ["unsure"]}, "numb-feet", Level.CAUTION, "Numb feet: no heat"),
        ({"numbness": True, "numbness-where": ["left-foot"]}, "numb-feet", Level.CAUTION, "Numb feet: no heat"),
        ({"wound": True, "wound-where": "left heel"}, "wound", Level.CAUTION, "Wound on a foot or leg: left heel"),
        ({"wound": True, "wound-since": ["longer"]}, "wound-refer", Level.ALERT, "Wound that needs a doctor"),
        ({"fear": ["very"]}, "fear", Level.NOTE, "Afraid of needles"),
        ({"faint": True}, "faint", Level.CAUTION, "Has fainted: treat lying down"),
        ({"flag-bladder": True}, "bladder", Level.ALERT, "New bladder or bowel change: refer"),
        ({"flag-weakness": True}, "weakness", Level.ALERT, "Weakness growing over days: refer"),
    ],
)
def test_what_an_answer_raises(answers, key, level, text):
    values = {
        question: [code(question, name) for name in answer] if isinstance(answer, list) else [answer]
        for question, answer in answers.items()
    }
    warning = raised(values)[key]
    assert (warning.level, warning.text) == (level, text)
    assert set(warning.questions) <= answers.keys()


def test_a_quiet_history_raises_nothing():
    assert raised({}) == {}
    assert (
        raised(
            {
                "allergies": [False],
                "allergies-which": ["latex"],
                "numbness": [False],
                "numbness-where": [code("numbness-where", "left-foot")],
            }
        )
        == {}
    )


def test_a_wound_is_named_once():
    both = raised({"wound": [True], "wound-since": [code("wound-since", "longer")]})
    assert "wound" not in both


def test_the_loudest_comes_first():
    answers = {"fear": [code("fear", "very")], "thinner": [code("thinner", "yes")], "implants": [code("implants", "pacemaker")]}
    assert [warning.level for warning in warnings(INTAKE, answers, RULES)] == [Level.ALERT, Level.CAUTION, Level.NOTE]


def test_another_form_without_these_questions_raises_nothing():
    other = Questionnaire(
        {"resourceType": "Questionnaire", "url": "urn:o", "version": "1", "title": "O", "item": [{"linkId": "a", "type": "boolean"}]}
    )
    assert warnings(other, {"a": [True], "allergies": [True]}, RULES) == []
