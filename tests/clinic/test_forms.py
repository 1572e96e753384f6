"""Forms: what is asked, what counts, what is missing, and that nothing is lost on the way out and back."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.forms import Coding, FormError, Kind, Questionnaire, answer_text, load_forms, newest, pack, unpack
from neuro_chart.resources import resource

INTAKE = Questionnaire.load(resource("forms", "neuropathy-intake-1.json"))
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"


def code(question: str, name: str):
    """The option of a question of the intake with this code."""
    return next(option for option in INTAKE[question].options if option.code == name)


def form(*items, **fields):
    return Questionnaire(
        {"resourceType": "Questionnaire", "url": "urn:test", "version": "1", "title": "Test", "item": list(items), **fields}
    )


def item(link_id, kind="boolean", *, when=(), **fields):
    conditions = [{"question": question, "operator": operator, **answer} for question, operator, answer in when]
    return {"linkId": link_id, "type": kind, "text": f"{link_id}?", **({"enableWhen": conditions} if conditions else {}), **fields}


def written(filled):
    return INTAKE.to_response(filled, finished=False, authored=NOW)


FILLED = {
    "complaint": ["Burning feet, <b>worse</b> at night & after walking"],
    "cause": [code("cause", "diabetes"), "my own guess: shoes"],
    "cause-diabetes-since": ["2014"],
    "numbness": [True],
    "numbness-where": [code("numbness-where", "left-foot"), code("numbness-where", "right-foot")],
    "numbness-bad": [0],
    "burning": [False],
    "medicines": [False],
    "thinner": [code("thinner", "yes")],
    "thinner-which": [code("thinner-which", "apixaban")],
    "bleeding": [False],
    "allergies": [True],
    "allergies-which": [code("allergies-which", "latex")],
    "implants": [code("implants", "none")],
    "pregnancy": [code("pregnancy", "no")],
    "feet-heat": [code("feet-heat", "no")],
    "wound": [False],
    "flag-bladder": [False],
    "flag-weakness": [False],
    "flag-breathing": [False],
    "goals": ["Sleep through"],
    "consent": [True],
    "consent-by": [code("consent-by", "self")],
    "consent-name": ["Rosa Delgado"],
    "consent-date": [date(2026, 11, 22)],
}


def test_the_intake_is_read_whole_and_asks_what_the_clinic_needs():
    assert INTAKE.unsupported == []
    assert len(INTAKE.sections) == 12
    for symptom in ("numbness", "tingling", "burning", "stabbing", "weakness", "unsteadiness"):
        assert {f"{symptom}-{part}" in INTAKE for part in ("where", "since", "bad", "better", "worse")} == {True}
        assert (INTAKE[f"{symptom}-bad"].slider, INTAKE[f"{symptom}-bad"].minimum, INTAKE[f"{symptom}-bad"].maximum) == (True, 0, 10)
    assert {option.code for option in INTAKE["cause"].options} == {
        "diabetes", "autoimmune", "injury", "chemotherapy", "alcohol", "b12", "infection", "entrapment", "unknown",
    }  # fmt: skip
    assert {"pacemaker", "defibrillator", "pump"} <= {option.code for option in INTAKE["implants"].options}


def test_every_question_of_the_intake_has_words_and_every_text_an_end():
    for each in INTAKE.walk():
        assert each.text
        assert each.max_length or each.kind not in {Kind.STRING, Kind.TEXT}


def test_a_symptom_asks_more_only_when_it_is_there():
    assert "numbness-where" not in INTAKE.visible({})
    assert "numbness-where" not in INTAKE.visible({"numbness": [False]})
    assert "numbness-where" in INTAKE.visible({"numbness": [True]})


def test_hidden_answers_do_not_count_but_come_back():
    answers = {"numbness": [True], "numbness-since": ["2 years"]}
    assert INTAKE.counted(answers) == answers
    hidden = answers | {"numbness": [False]}
    assert INTAKE.counted(hidden) == {"numbness": [False]}
    assert INTAKE.from_response(written(hidden)) == {"numbness": [False]}
    assert unpack(json.loads(json.dumps(pack(hidden)))) == hidden
    assert INTAKE.counted(hidden | {"numbness": [True]}) == answers


def test_a_full_intake_has_no_errors_and_goes_out_and_back():
    assert INTAKE.errors(FILLED, today=date(2026, 11, 22)) == {}
    response = INTAKE.to_response(FILLED, finished=True, authored=NOW, subject="Patient/7")
    assert response["questionnaire"] == "urn:neuro-chart:questionnaire:neuropathy-intake|1"
    assert (response["status"], response["subject"]) == ("completed", {"reference": "Patient/7"})
    assert [page["linkId"] for page in response["item"]][:3] == ["complaint-page", "cause-page", "symptoms-page"]
    more = response["item"][2]["item"][1]
    assert more["item"][1]["answer"] == [{"valueInteger": 0}]
    assert INTAKE.from_response(json.loads(json.dumps(response))) == FILLED


def test_an_unfinished_form_can_not_be_called_finished():
    with pytest.raises(ValueError, match="open questions"):
        INTAKE.to_response({}, finished=True, authored=NOW)


def test_errors_are_sentences_beside_their_question():
    errors = INTAKE.errors(FILLED | {"consent-date": ["31.2.2026"], "consent-name": [" "], "goals": ["a" * 2001]})
    assert errors == {
        "goals": "Please keep this to 2000 characters; it has 2001.",
        "consent-name": "Please answer this one.",
        "consent-date": "This is no day on the calendar. Give day, month and year.",
    }


@pytest.mark.parametrize("value", [-1, 11, 7.5, "seven", True, float("nan"), 10**400])
def test_a_scale_takes_whole_numbers_of_its_range_only(value):
    assert INTAKE.errors({"numbness": [True], "numbness-bad": [value]})["numbness-bad"] == "Please give a whole number from 0 to 10."


def test_a_day_still_to_come_is_asked_about():
    later = FILLED | {"consent-date": [date(2062, 11, 22)]}
    assert "still to come" in INTAKE.errors(later, today=date(2026, 11, 22))["consent-date"]


def test_one_answer_where_one_is_asked_for_and_none_beside_none():
    both = [code("implants", "none"), code("implants", "pacemaker")]
    assert INTAKE.errors({"implants": both})["implants"] == "“None of these” can't stand beside another answer."
    assert INTAKE.errors({"thinner": [code("thinner", "yes"), code("thinner", "no")]})["thinner"] == "Please give one answer only."
    assert INTAKE.errors({"thinner": ["perhaps"]})["thinner"] == "Please choose one of the answers shown."
    assert "cause" not in INTAKE.errors({"cause": ["perhaps shoes"]})


def test_progress_counts_what_is_asked_now():
    before = INTAKE.progress({})["symptoms-page"]
    after = INTAKE.progress({"numbness": [True], "numbness-bad": [4]})["symptoms-page"]
    assert (before.asked, before.answered) == (6, 0)
    assert (after.asked, after.answered) == (11, 2)
    assert INTAKE.progress(FILLED)["medicines-page"].missing == 0
    assert INTAKE.progress({})["medicines-page"].missing == 4


def test_answers_read_back_in_plain_words():
    def told(link_id):
        return answer_text(INTAKE[link_id], FILLED[link_id], lambda day: f"{day:%d %b %Y}")

    assert told("numbness-where") == "Left foot, Right foot"
    assert told("numbness-bad") == "0 of 10"
    assert told("cause") == "Diabetes, my own guess: shoes"
    assert told("consent-date") == "22 Nov 2026"
    assert told("consent") == "Yes"


def test_answers_to_another_form_version_or_question_are_refused():
    good = written({"complaint": ["x"]})
    for change in ({"questionnaire": INTAKE.url + "|2"}, {"resourceType": "Patient"}, {"item": [{"linkId": "shoe-size"}]}):
        with pytest.raises(FormError):
            INTAKE.from_response(good | change)
    with pytest.raises(FormError):
        INTAKE.from_response(good | {"item": good["item"] * 2})


@pytest.mark.parametrize(
    ("operator", "answer", "holds"),
    [
        ("=", {"answerInteger": 3}, [3]), ("!=", {"answerInteger": 3}, [None, 2, 4, 9]), (">", {"answerInteger": 3}, [4, 9]),
        ("<", {"answerInteger": 3}, [2]), (">=", {"answerInteger": 3}, [3, 4, 9]), ("<=", {"answerDecimal": 3.0}, [2, 3]),
        ("exists", {"answerBoolean": True}, [2, 3, 4, 9]), ("exists", {"answerBoolean": False}, [None]),
        ("=", {"answerBoolean": True}, []), ("<", {"answerString": "z"}, []),
    ],
)  # fmt: skip
def test_every_operator(operator, answer, holds):
    asked = form(item("n", "integer"), item("b", when=[("n", operator, answer)]))
    shown = [number for number in (None, 2, 3, 4, 9) if "b" in asked.visible({} if number is None else {"n": [number]})]
    assert shown == holds


def test_a_true_is_no_one():
    asked = form(item("b"), item("after", when=[("b", "=", {"answerInteger": 1})]))
    assert "after" not in asked.visible({"b": [True]})


def test_any_and_all():
    yes = {"answerBoolean": True}
    both = [("a", "=", yes), ("b", "=", yes)]
    asked = form(item("a"), item("b"), item("all", when=both, enableBehavior="all"), item("any", when=both, enableBehavior="any"))
    assert {"all", "any"} & asked.visible({"a": [True]}).keys() == {"any"}
    assert {"all", "any"} <= asked.visible({"a": [True], "b": [True]}).keys()


def test_a_hidden_answer_opens_nothing_further_on():
    yes = {"answerBoolean": True}
    asked = form(item("c", when=[("b", "=", yes)]), item("b", when=[("a", "=", yes)]), item("a"))
    assert list(asked.visible({"a": [False], "b": [True]})) == ["a"]
    assert list(asked.visible({"a": [True], "b": [True]})) == ["c", "b", "a"]


def test_a_question_below_a_question_waits_for_its_answer():
    asked = form(item("a", item=[item("below", "string")]))
    assert list(asked.visible({})) == ["a"]
    answers = {"a": [False], "below": ["words"]}
    response = asked.to_response(answers, finished=True, authored=NOW)
    assert response["item"][0]["answer"][0]["item"][0]["linkId"] == "below"
    assert asked.from_response(response) == answers


@pytest.mark.parametrize(
    "items",
    [
        [item("a", when=[("b", "exists", {"answerBoolean": True})]), item("b", when=[("a", "exists", {"answerBoolean": True})])],
        [item("a", when=[("a", "exists", {"answerBoolean": True})])],
        [item("g", "group", when=[("in", "exists", {"answerBoolean": True})], item=[item("in")])],
        [item("a", when=[("nowhere", "exists", {"answerBoolean": True})])],
        [item("a"), item("a")],
        [{"type": "boolean"}],
        "text",
    ],
)
def test_forms_that_can_not_work_are_refused(items):
    with pytest.raises(FormError):
        form(*items)


def test_what_is_no_form_is_refused(tmp_path):
    for name, text in {"a.json": "{", "b.json": "[]", "c.json": '{"resourceType": "Patient"}', "d.json": "[" * 100_000}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(FormError):
            Questionnaire.load(tmp_path / name)


def test_what_is_not_supported_is_named():
    asked = form(
        item("q", "quantity"),
        item("c", "choice", answerValueSet="http://example.org/colours"),
        item("r", "string", repeats=True),
        item("i", initial=[{"valueBoolean": True}]),
        item("x", extension=[{"url": "http://example.org/sparkle", "valueBoolean": True}]),
        item("s", "integer", extension=[{"url": CONTROL, "valueCodeableConcept": {"coding": [{"code": "gtable"}]}}]),
        item("w", when=[("i", "=", {"answerQuantity": {"value": 1}})]),
        contained=[{}],
    )  # fmt: skip
    named = " | ".join(asked.unsupported)
    for word in ("quantity", "answerValueSet", "repeats", "initial", "sparkle", "gtable", "w: a condition", "contained"):
        assert word in named
    assert asked["q"].kind is Kind.DISPLAY
    assert "w" in asked.visible({})


def test_loose_questions_and_groups_make_sections():
    asked = form(item("a"), item("b"), item("g", "group", item=[item("c")]), item("d"))
    assert [(section.link_id, section.title, len(section.items)) for section in asked.sections] == [
        ("a", "Test", 2), ("g", "g?", 1), ("d", "Test", 1),
    ]  # fmt: skip


def test_versions_stand_side_by_side(tmp_path):
    for version in ("1", "2", "10"):
        data = {"resourceType": "Questionnaire", "url": "urn:f", "version": version, "title": version, "item": []}
        (tmp_path / f"f-{version}.json").write_text(json.dumps(data), encoding="utf-8")
    forms = load_forms(tmp_path)
    assert list(forms) == ["urn:f|1", "urn:f|2", "urn:f|10"]
    assert newest(forms, "urn:f").version == "10"
    with pytest.raises(KeyError):
        newest(forms, "urn:g")
    (tmp_path / "again.json").write_text((tmp_path / "f-1.json").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FormError):
        load_forms(tmp_path)


def sensible(each):
    """Any valid answers to a question."""
    texts = st.text(min_size=1, max_size=40).filter(str.strip)
    match each.kind:
        case Kind.BOOLEAN:
            return st.lists(st.booleans(), min_size=1, max_size=1)
        case Kind.INTEGER:
            return st.lists(st.integers(int(each.minimum or 0), int(each.maximum or 99)), min_size=1, max_size=1)
        case Kind.DATE:
            return st.lists(st.dates(), min_size=1, max_size=1)
        case Kind.CHOICE | Kind.OPEN_CHOICE:
            options = st.sampled_from(each.options)
            return st.lists(options if each.kind is Kind.CHOICE else options | texts, min_size=1, max_size=4 if each.repeats else 1)
        case _:
            return st.lists(texts, min_size=1, max_size=1)


ANY_ANSWERS = st.fixed_dictionaries({}, optional={each.link_id: sensible(each) for each in INTAKE.walk() if each.is_question})


@given(ANY_ANSWERS)
def test_whatever_is_answered_goes_out_and_back(answers):
    counted = INTAKE.counted(answers)
    response = json.loads(json.dumps(written(answers)))
    assert INTAKE.from_response(response) == counted
    assert INTAKE.counted(counted) == counted
    assert unpack(json.loads(json.dumps(pack(answers)))) == answers
    assert sum(progress.answered for progress in INTAKE.progress(answers).values()) == len(counted)
    assert INTAKE.errors(answers).keys() <= INTAKE.visible(answers).keys()


WILD = st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.builds(Coding, st.text())


@given(st.dictionaries(st.sampled_from([each.link_id for each in INTAKE.walk()]), st.lists(WILD, max_size=3)))
def test_wild_answers_are_named_not_crashed_on(answers):
    INTAKE.errors(answers, today=date(2026, 1, 1))
    INTAKE.progress(answers)
    assert pack(unpack(json.loads(json.dumps(pack(answers))))).keys() == answers.keys()
    written(answers)


LINKS = [f"q{number}" for number in range(6)]
GRAPHS = st.lists(st.tuples(st.sampled_from(LINKS), st.sampled_from(LINKS)), max_size=8)


@given(GRAPHS)
def test_a_circle_is_refused_and_nothing_else(edges):
    def circular(start, seen=()):
        return any(to in (*seen, start) or circular(to, (*seen, start)) for frm, to in edges if frm == start)

    items = [item(name, when=[(to, "exists", {"answerBoolean": True}) for frm, to in edges if frm == name]) for name in LINKS]
    if any(circular(name) for name in LINKS):
        with pytest.raises(FormError, match="circle"):
            form(*items)
    else:
        assert set(form(*items).visible({name: [True] for name in LINKS})) == set(LINKS)
