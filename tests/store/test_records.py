"""Questions and acts: what goes in comes out, whole and apart from what was handed in."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuro_chart.clinic.adjuncts import Adjunct, Spot
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Angle, Mishap, Needle, Side, Site, Technique
from neuro_chart.clinic.people import Patient, Practice
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.text import clean
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.store.errors import DamagedVaultError
from neuro_chart.store.records import Change, Records

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")
WILD = st.text(st.characters(exclude_categories=()))  # lone surrogates, NUL and all
REUSED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@pytest.fixture
def patient(records):
    someone = Patient("Zoë", "Ek", created=WHEN)
    records.save_patient(someone)
    return someone


@pytest.fixture
def draft(records, vault, patient):
    visit = Visit(patient.id, vault.practitioner_id, started=WHEN)
    records.start_visit(visit)
    return visit


def test_the_practice_is_changed(records):
    practice = records.practice()
    assert practice == Practice("Riverside Acupuncture", id=practice.id)
    assert records.save_practice(replace(practice, letterhead="1 River Lane\r\nAshford", paper="Letter")) == Change("practice")
    assert records.practice() == replace(practice, letterhead="1 River Lane\nAshford", paper="Letter")
    records.save_practice(Practice("Written anew"))
    assert records.practice() == Practice("Written anew", id=practice.id)


def test_a_patient_is_added_then_changed(records):
    new = Patient("Zoë", "Ek", "Zo", date(1980, 2, 29), "female", "woman", "+46 70", "z@e.se", "Road\n1", "Bo", "Dr No", "notes", WHEN)
    assert records.save_patient(new) == Change("patient", new.id)
    assert records.patient(new.id) == new
    changed = replace(records.patient(new.id), phone="", birth=None)
    records.save_patient(changed)
    assert records.patient(new.id) == changed
    assert records.patient_count() == 1


@pytest.mark.parametrize("wrong", [Patient(), Patient("A", birth=date(1879, 12, 31)), Patient("A", birth=date(2999, 1, 1)), Patient("\0")])
def test_an_impossible_patient_is_refused_with_the_reason(records, wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        records.save_patient(wrong)
    assert records.patient_count() == 0


def test_nobody_is_found_where_nobody_is(records):
    for question in (records.patient, records.visit, records.intake):
        with pytest.raises(LookupError):
            question("nobody")


def test_what_is_handed_out_and_in_belongs_to_the_caller(records, patient):
    loaded = records.patient(patient.id)
    copied = replace(loaded, given="Copied")
    assert vars(copied)["_sa_instance_state"] is not vars(loaded)["_sa_instance_state"]
    before = asdict(copied)
    records.save_patient(copied)
    assert asdict(copied) == before
    loaded.given = "Changed by hand"
    copied.given = "Also by hand"
    assert records.patient(patient.id).given == "Copied"


def test_what_is_handed_in_is_cleaned_in_the_copy_only(records):
    raw = Patient("Zoe\u0308\0", "E\ud800k", notes="a\r\nb\rc")
    records.save_patient(raw)
    assert raw.given == "Zoe\u0308\0"
    kept = records.patient(raw.id)
    assert (kept.given, kept.family, kept.notes) == ("Zoë", "Ek", "a\nb\nc")


def test_health_histories_stay_beside_each_other_newest_first(records, patient):
    first = Intake(patient.id, "https://example.org/f|1", {"status": "in-progress"}, WHEN)
    second = replace(first, id="second", started=WHEN + timedelta(days=300))
    assert records.start_intake(first) == Change("intake", patient.id)
    records.start_intake(second)
    answers = {"item": [{"linkId": "a", "answer": [{"valueDecimal": 0.1}, {"valueString": "Zoe\u0308\0"}]}], "n": None}
    records.answer_intake(first.id, answers)
    assert [kept.id for kept in records.intakes(patient.id)] == [second.id, first.id]
    kept = records.intake(first.id)
    assert kept.response == {"item": [{"linkId": "a", "answer": [{"valueDecimal": 0.1}, {"valueString": "Zoë"}]}], "n": None}
    assert kept.completed is None
    with pytest.raises(ValueError, match="can't be stored"):
        records.answer_intake(first.id, {"n": float("nan")})


def test_a_visit_comes_back_whole(records, vault, patient):
    visit = Visit(patient.id, vault.practitioner_id, WHEN, "S", "O", "A", "P", 7, 0, 10, None)
    visit.aftercare = Aftercare(0, ("ankle-circles", "towel-scrunch"), foot_care=True, words="Rest", next_visit=date(2026, 3, 8))
    first = Needle(
        visit.id, SITE, "ST36", 1.2, 1.5, "cun", 0.25, 40.0, Angle.OBLIQUE, Technique.TONIFY, de_qi=True, retention=10, paused=WHEN,
        held=61, mishap=Mishap.BENT, copied=True, position=1,
    )  # fmt: skip
    second = Needle(visit.id, replace(SITE, side=Side.MIDLINE, x=-0.0), de_qi=False, retention=60, position=0)
    third = replace(second, de_qi=None, inserted=WHEN, removed=WHEN, position=2, id="third")
    visit.needles, visit.adjuncts = [first, second, third], [Adjunct(visit.id, "moxa"), Adjunct(visit.id, "electro", "2/120 Hz", 30)]
    cups = Adjunct(
        visit.id, "Cupping", minutes=10, method="sliding", size="5", amount=4, spots=(Spot(SITE, "BL23"),), strokes=((SITE, SITE),),
        started=WHEN, ended=WHEN, until=date(2026, 3, 4), consent=True, pairs=((first.id, second.id),),
    )  # fmt: skip
    visit.adjuncts.append(cups)
    visit.events = [AdverseEvent(visit.id, EventKind.FAINTING, WHEN, first.id, "pale", "lay down", "well after 5 min")]
    visit.room, visit.protocol, visit.session = "Room 2", "dpn", 1
    visit.tongue, visit.pulse, visit.copied = {"body": ["pale"]}, {"left": ["wiry"]}, {"plan": "2026-02-01"}
    assert records.start_visit(visit) == Change("visit", patient.id, visit.id)
    kept = records.visit(visit.id)
    assert kept.needles == [second, first, third]
    assert kept == replace(visit, needles=kept.needles, adjuncts=sorted(visit.adjuncts, key=lambda each: each.kind))
    assert [needle.de_qi for needle in kept.needles] == [False, True, None]
    assert isinstance(kept.needles[0].site.side, Side)


def test_one_act_puts_parts_on_and_off_and_writes_fields(records, draft):
    gone, kept = Needle(draft.id, SITE, "ST36"), Adjunct(draft.id, "Cupping")
    records.treat(draft.id, [gone, kept])
    fresh, event = Needle(draft.id, SITE, "SP6"), AdverseEvent(draft.id, EventKind.BRUISE, WHEN)
    records.treat(draft.id, [fresh, replace(kept, size="4"), event], off=[gone.id], room="Room 1")
    visit = records.visit(draft.id)
    assert (visit.needles, visit.adjuncts, visit.events, visit.room) == ([fresh], [replace(kept, size="4")], [event], "Room 1")
    with pytest.raises(ValueError, match="between 3 and 200"):
        records.treat(draft.id, [Needle(draft.id, SITE, length=900)], off=[fresh.id], room="Room 2")
    assert records.visit(draft.id) == visit


@pytest.mark.parametrize(("kind", "put", "drop", "all_of"), [
    (Protocol("dpn", "Feet", ("ST36 b",), retention=25), "put_protocol", "drop_protocol", "protocols"),
    (Phrase("dq", "De qi was felt."), "put_phrase", "drop_phrase", "phrases"),
])  # fmt: skip
def test_what_the_practice_keeps_has_one_name(records, kind, put, drop, all_of):
    getattr(records, put)(kind)
    with pytest.raises(ValueError, match=kind.key):
        getattr(records, put)(replace(kind, id="other"))
    changed = replace(kind, key="x")
    getattr(records, put)(changed)
    assert getattr(records, all_of)() == [changed]
    getattr(records, drop)(kind.id)
    assert getattr(records, all_of)() == []


def test_times_come_back_in_utc_whatever_their_zone(records, vault, patient):
    tokyo = timezone(timedelta(hours=9))
    visit = Visit(patient.id, vault.practitioner_id, started=datetime(2026, 3, 1, 1, 0, tzinfo=tokyo))
    records.start_visit(visit)
    assert records.visit(visit.id).started == datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert records.visit(visit.id).started.tzinfo is UTC


def test_a_note_changes_what_is_named_and_nothing_else(records, draft):
    assert records.note(draft.id, subjective="Burning\r\nsoles", pain_before=7) == Change("note", draft.patient_id, draft.id)
    records.note(draft.id, aftercare=Aftercare(words="Walk"), started=WHEN + timedelta(minutes=5))
    records.note(draft.id, pain_before=None, pain_after=0)
    assert records.visit(draft.id) == replace(
        draft, subjective="Burning\nsoles", pain_after=0, aftercare=Aftercare(words="Walk"), started=WHEN + timedelta(minutes=5)
    )


@pytest.mark.parametrize("field", ["signed", "signed_by", "id", "needles", "search", "nonsense"])
def test_a_note_has_no_other_fields(records, draft, field):
    with pytest.raises(TypeError, match=field):
        records.note(draft.id, **{field: None})


@pytest.mark.parametrize("score", [-1, 11, 1000])
def test_a_score_beyond_ten_is_refused(records, draft, score):
    with pytest.raises(ValueError, match="between 0 and 10"):
        records.note(draft.id, numbness_after=score)


def test_needles_are_put_changed_and_taken_off(records, draft):
    needles = [Needle(draft.id, SITE, point, position=i) for i, point in enumerate(("ST36", "SP6", "LR3"))]
    assert records.treat(draft.id, needles) == Change("treatment", draft.patient_id, draft.id)
    loaded = records.visit(draft.id)
    assert loaded.needles == needles
    records.treat(draft.id, [replace(needle, inserted=WHEN, site=replace(SITE, x=-0.7, side=Side.RIGHT)) for needle in loaded.needles[:2]])
    assert records.visit(draft.id).count.inside == 2
    assert records.visit(draft.id).needles[0].site.side is Side.RIGHT
    assert loaded.needles == needles
    records.treat(draft.id, off=[needles[0].id, needles[2].id])
    assert [needle.point for needle in records.visit(draft.id).needles] == ["SP6"]


def test_changing_a_visit_never_loses_its_needles(records, draft):
    records.treat(draft.id, [Needle(draft.id, SITE, "ST36")])
    records.note(draft.id, plan="Go on")
    assert len(records.visit(draft.id).needles) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"retention": 9},
        {"retention": 61},
        {"depth": 0},
        {"gauge": 9},
        {"length": 1},
        {"removed": WHEN},
        {"inserted": WHEN, "removed": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_an_impossible_needle_is_refused_and_its_fellows_with_it(records, draft, wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        records.treat(draft.id, [Needle(draft.id, SITE, "ST36"), Needle(draft.id, SITE, **wrong)])
    assert records.visit(draft.id).needles == []


def test_needles_are_changed_one_visit_at_a_time(records, vault, draft):
    other = Visit(draft.patient_id, vault.practitioner_id)
    records.start_visit(other)
    with pytest.raises(ValueError, match="one visit"):
        records.treat(draft.id, [Needle(draft.id, SITE), Needle(other.id, SITE)])
    with pytest.raises(LookupError):
        records.treat("nowhere", [Needle("nowhere", SITE)])


def test_no_visit_takes_a_needle_out_of_the_count_of_another(records, draft, vault, patient):
    other = Visit(patient.id, vault.practitioner_id)
    records.start_visit(other)
    needle = Needle(draft.id, SITE, inserted=WHEN)
    records.treat(draft.id, [needle])
    with pytest.raises(ValueError, match="one visit"):
        records.treat(other.id, [replace(needle, visit_id=other.id)])
    records.treat(other.id, off=[needle.id])
    assert (len(records.visit(draft.id).needles), records.visit(other.id).needles) == (1, [])


NOWHERE = replace(SITE, x=float("nan"))


@pytest.mark.parametrize(
    "wild",
    [
        lambda visit_id: Needle(visit_id, NOWHERE),
        lambda visit_id: Needle(visit_id, replace(SITE, x=float("inf"))),
        lambda visit_id: Needle(visit_id, SITE, inserted=datetime(2026, 3, 2)),  # noqa: DTZ001
        lambda visit_id: Needle(visit_id, SITE, depth=1, depth_unit="ft"),
        lambda visit_id: Needle(visit_id, SITE, inserted=WHEN, counted=False),
        lambda visit_id: Adjunct(visit_id, "Gua sha", strokes=((),)),
        lambda visit_id: Adjunct(visit_id, "Gua sha", strokes=((NOWHERE,),)),
        lambda visit_id: Adjunct(visit_id, "Moxibustion", spots=(Spot(NOWHERE),)),
        lambda visit_id: AdverseEvent(visit_id, EventKind.OTHER, datetime(2026, 3, 2)),  # noqa: DTZ001
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(records, draft, wild):
    with pytest.raises(ValueError, match=r"\.$"):
        records.treat(draft.id, [wild(draft.id)], plan="Friday")
    assert records.visit(draft.id) == draft


def test_adjuncts_are_put_changed_and_taken_off(records, draft):
    lamp = Adjunct(draft.id, "lamp", "feet", 20)
    assert records.treat(draft.id, [lamp]) == Change("treatment", draft.patient_id, draft.id)
    records.treat(draft.id, [replace(lamp, minutes=None)])
    assert records.visit(draft.id).adjuncts == [replace(lamp, minutes=None)]
    with pytest.raises(ValueError, match="minute"):
        records.treat(draft.id, [replace(lamp, minutes=0)])
    records.treat(draft.id, off=[lamp.id])
    assert records.visit(draft.id).adjuncts == []


def test_visits_are_told_newest_first_drafts_oldest_first(records, vault, patient):
    made = [Visit(patient.id, vault.practitioner_id, started=WHEN + timedelta(days=n)) for n in (3, 1, 2)]
    for visit in made:
        records.start_visit(visit)
    assert [visit.started.day for visit in records.visits(patient.id)] == [4, 3, 2]
    records.sign(made[2].id)
    assert [(visit.id, whose) for visit, whose in records.open_visits()] == [(made[1].id, patient), (made[0].id, patient)]
    assert records.last_visit_before(made[0]).id == made[2].id
    assert records.last_visit_before(made[1]) is None
    assert records.last_visit_before(Visit(patient.id, "me", started=WHEN + timedelta(days=9))).id == made[0].id


def test_only_an_empty_draft_is_dropped(records, draft):
    records.treat(draft.id, [needle := Needle(draft.id, SITE)])
    with pytest.raises(ValueError, match="stays"):
        records.drop_visit(draft.id)
    records.treat(draft.id, off=[needle.id])
    records.note(draft.id, pain_before=0)
    with pytest.raises(ValueError, match="stays"):
        records.drop_visit(draft.id)
    records.note(draft.id, pain_before=None, plan=" \n")
    assert records.drop_visit(draft.id) == Change("visit", draft.patient_id, draft.id)
    assert records.visits(draft.patient_id) == []


def test_an_act_that_fails_half_way_stores_nothing(records, vault, patient):
    visit = Visit(patient.id, vault.practitioner_id)
    visit.needles = [Needle(visit.id, SITE), Needle(visit.id, SITE)]
    visit.needles[1].id = visit.needles[0].id
    with pytest.raises(ValueError, match="can't be stored"):
        records.start_visit(visit)
    assert records.visits(patient.id) == []


def test_the_list_tells_the_last_visit_and_an_open_one(records, vault, patient):
    (line,) = records.patients()
    assert (line.last_visit, line.open_visit) == (None, False)
    visit = Visit(patient.id, vault.practitioner_id, started=WHEN)
    records.start_visit(visit)
    (line,) = records.patients()
    assert (line.last_visit, line.open_visit) == (WHEN, True)
    records.sign(visit.id)
    assert records.patients()[0].open_visit is False


@REUSED
@given(given=WILD, family=WILD, phone=WILD, birth=st.none() | st.dates(date(1880, 1, 1), date(2026, 1, 1)))
def test_any_text_of_a_patient_comes_back_as_given(records: Records, given, family, phone, birth):
    patient = Patient(given, "x" + family, notes=given + family, phone=phone, birth=birth)
    records.save_patient(patient)
    kept = records.patient(patient.id)
    assert (kept.given, kept.family, kept.notes, kept.phone, kept.birth) == (
        clean(given),
        clean("x" + family),
        clean(given + family),
        clean(phone),
        birth,
    )
    assert any(line.id == patient.id for line in records.patients(f"{family} {given}", limit=10_000))


@REUSED
@given(text=WILD, other=WILD)
def test_any_text_of_a_note_comes_back_as_given(records: Records, vault, text, other):
    patient = Patient("A")
    records.save_patient(patient)
    visit = Visit(patient.id, vault.practitioner_id)
    records.start_visit(visit)
    records.note(visit.id, subjective=text, plan=other, aftercare=Aftercare(words=text))
    kept = records.visit(visit.id)
    assert (kept.subjective, kept.plan, kept.aftercare.words) == (clean(text), clean(other), clean(text))
    records.find_in_notes(text)


def test_a_megabyte_is_a_note_too(records, draft):
    long = "Numbness, 麻木. " * 80_000
    records.note(draft.id, objective=long)
    assert records.visit(draft.id).objective == long


@pytest.mark.parametrize("sql", ["visit SET started = 'yesterday'", "visit SET aftercare = '{'", "visit SET tongue = '[1'"])
def test_what_this_program_never_wrote_is_told_in_a_sentence(vault, records, draft, sql):
    with vault.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {sql}")
    with pytest.raises(DamagedVaultError, match="restore the last good backup"):
        records.visit(draft.id)
