"""What is signed stays: through the acts, and through raw SQL."""
# ruff: noqa: S608

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store.errors import CompletedIntakeError, NeedlesLeftError, SignedVisitError, UnsignedVisitError
from neuro_chart.store.records import Records

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")


@pytest.fixture
def patient(records):
    someone = Patient("Zoë", "Ek")
    records.save_patient(someone)
    return someone


@pytest.fixture
def draft(records, vault, patient):
    visit = Visit(patient.id, vault.practitioner_id, started=WHEN, subjective="Feet numb")
    needles = [Needle(visit.id, SITE, "ST36", position=i, inserted=WHEN, removed=WHEN + timedelta(minutes=30)) for i in range(2)]
    visit = replace(visit, needles=needles, adjuncts=[Adjunct(visit.id, "electro", "2/120 Hz", 30)])
    records.start_visit(visit)
    return visit


@pytest.fixture
def signed(records, vault, draft):
    records.sign(draft.id, vault.practitioner_id)
    records.amend(Amendment(draft.id, vault.practitioner_id, "Left foot, not right", WHEN))
    return records.visit(draft.id)


def test_signing_says_who_and_when(vault, draft):
    records = Records(vault, now=lambda: WHEN + timedelta(hours=1))
    change = records.sign(draft.id, vault.practitioner_id, reason="not needed")
    visit = records.visit(draft.id)
    assert (change.kind, change.patient_id, change.visit_id) == ("signature", draft.patient_id, draft.id)
    assert (visit.signed, visit.signed_by) == (WHEN + timedelta(hours=1), vault.practitioner_id)
    assert visit.needles_left_reason == ""
    assert records.open_visits() == []


def test_no_act_changes_a_signed_visit(records, vault, signed):
    needle = signed.needles[0]
    acts = [
        lambda: records.note(signed.id, plan="more"),
        lambda: records.note(signed.id, pain_after=1),
        lambda: records.treat(signed.id, [replace(needle, point="SP6")]),
        lambda: records.treat(signed.id, [Needle(signed.id, SITE)]),
        lambda: records.treat(signed.id, off=[needle.id]),
        lambda: records.treat(signed.id, [replace(signed.adjuncts[0], minutes=10)]),
        lambda: records.treat(signed.id, [Adjunct(signed.id, "moxa")]),
        lambda: records.treat(signed.id, off=[signed.adjuncts[0].id]),
        lambda: records.sign(signed.id, vault.practitioner_id),
        lambda: records.drop_visit(signed.id),
    ]
    for act in acts:
        with pytest.raises(SignedVisitError):
            act()
    assert records.visit(signed.id) == signed


def test_a_needle_of_a_signed_visit_is_not_moved_to_a_draft_by_an_act(records, vault, patient, signed):
    other = Visit(patient.id, vault.practitioner_id, started=WHEN)
    records.start_visit(other)
    with pytest.raises(SignedVisitError):
        records.treat(other.id, [replace(signed.needles[0], visit_id=other.id)])
    assert records.visit(signed.id) == signed


VISIT_COLUMNS = """id, patient_id, practitioner_id, started, subjective, objective, assessment, plan, pain_before, pain_after,
    numbness_before, numbness_after, aftercare, signed, signed_by, needles_left_reason, search"""
OWN = f"rowid, {VISIT_COLUMNS}"
NEEDLE_COLUMNS = """id, visit_id, position, x, y, z, side, region, point, depth, depth_unit, gauge, length, angle, technique, de_qi,
    retention, inserted, removed"""


def copied(columns: str, **changed: str) -> str:
    """The columns of a row, some of them changed."""
    return ", ".join(changed.get(name.strip(), name) for name in columns.split(","))


ON_THE_VISIT = [
    "UPDATE visit SET plan = 'x' WHERE id = :v",
    "UPDATE visit SET signed = NULL, signed_by = NULL WHERE id = :v",
    "UPDATE visit SET id = 'x' WHERE id = :v",
    "UPDATE visit SET search = '' WHERE id = :v",
    "DELETE FROM visit WHERE id = :v",
    f"INSERT OR REPLACE INTO visit SELECT {copied(VISIT_COLUMNS, signed='NULL', signed_by='NULL', plan='5')} FROM visit WHERE id = :v",
    f"INSERT OR REPLACE INTO visit ({OWN}) SELECT {copied(OWN, id='9', signed='NULL', signed_by='NULL')} FROM visit WHERE id = :v",
    f"INSERT INTO visit SELECT {copied(VISIT_COLUMNS, id='9')} FROM visit WHERE id = :v",
    "UPDATE OR REPLACE visit SET id = :v WHERE id = :d",
    "UPDATE OR REPLACE visit SET rowid = (SELECT rowid FROM visit WHERE id = :v) WHERE id = :d",
]
ON_WHAT_BELONGS_TO_IT = [
    "UPDATE needle SET point = 'SP6' WHERE visit_id = :v",
    "UPDATE needle SET visit_id = :d WHERE visit_id = :v",
    "UPDATE needle SET visit_id = :v WHERE visit_id = :d",
    "UPDATE OR REPLACE needle SET id = (SELECT id FROM needle WHERE visit_id = :v LIMIT 1) WHERE visit_id = :d",
    "DELETE FROM needle WHERE visit_id = :v",
    f"INSERT INTO needle SELECT {copied(NEEDLE_COLUMNS, id='9', visit_id=':v')} FROM needle WHERE visit_id = :d",
    f"INSERT OR REPLACE INTO needle SELECT {copied(NEEDLE_COLUMNS, visit_id=':d')} FROM needle WHERE visit_id = :v",
    f"INSERT OR REPLACE INTO needle (rowid, {NEEDLE_COLUMNS}) SELECT rowid, {copied(NEEDLE_COLUMNS, id='9', visit_id=':d')} FROM needle",
    "UPDATE adjunct SET kind = 'x' WHERE visit_id = :v",
    "UPDATE adjunct SET visit_id = :d WHERE visit_id = :v",
    "UPDATE adjunct SET visit_id = :v WHERE visit_id = :d",
    "DELETE FROM adjunct WHERE visit_id = :v",
    "INSERT INTO adjunct VALUES ('x', :v, 'moxa', '', 5)",
    "INSERT OR REPLACE INTO adjunct SELECT id, :d, kind, setting, minutes FROM adjunct WHERE visit_id = :v",
    "UPDATE amendment SET text = 'x'",
    "UPDATE amendment SET visit_id = :d",
    "DELETE FROM amendment",
    "INSERT OR REPLACE INTO amendment SELECT id, visit_id, author_id, 'x', written, '' FROM amendment",
    "INSERT INTO amendment SELECT 'x', :d, author_id, text, written, search FROM amendment",
    "DELETE FROM patient",
    "DELETE FROM practitioner",
]


@pytest.fixture
def attacked(records, vault, patient):
    """Tries raw SQL on a signed visit (:v) and a draft (:d); it is refused, and every visit stays as it was."""

    def attack(sql: str, visit_id: str) -> None:
        other = Visit(patient.id, vault.practitioner_id, started=WHEN)
        if "visit SET" not in sql:
            other = replace(other, needles=[Needle(other.id, SITE, "LR3")], adjuncts=[Adjunct(other.id, "lamp")])
        records.start_visit(other)
        before = records.visits(patient.id)
        with vault.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text(sql), {"v": visit_id, "d": other.id})
        assert records.visits(patient.id) == before

    return attack


@pytest.mark.parametrize("sql", ON_THE_VISIT + ON_WHAT_BELONGS_TO_IT)
def test_raw_sql_is_refused_too(signed, attacked, sql):
    attacked(sql, signed.id)


@pytest.mark.parametrize("sql", ON_THE_VISIT)
def test_raw_sql_is_refused_where_no_foreign_key_holds_the_visit(records, vault, patient, attacked, sql):
    bare = Visit(patient.id, vault.practitioner_id, started=WHEN)
    records.start_visit(bare)
    records.sign(bare.id, vault.practitioner_id)
    attacked(sql, bare.id)


def test_a_needle_still_in_keeps_a_visit_open_unless_the_reason_is_given(records, vault, draft):
    inside = Needle(draft.id, SITE, "LI4", inserted=WHEN)
    records.treat(draft.id, [inside])
    for nothing in ("", "  \n"):
        with pytest.raises(NeedlesLeftError, match="still in"):
            records.sign(draft.id, vault.practitioner_id, nothing)
    with pytest.raises(sa.exc.IntegrityError, match="needle in"), vault.engine.begin() as connection:
        connection.execute(sa.text("UPDATE visit SET signed = started, signed_by = practitioner_id"))
    assert records.visit(draft.id).signed is None
    records.sign(draft.id, vault.practitioner_id, "Press needle, three days, consent given")
    assert records.visit(draft.id).needles_left_reason == "Press needle, three days, consent given"


def test_amendments_are_for_signed_visits_and_stand_beneath_them(records, vault, draft):
    early = Amendment(draft.id, vault.practitioner_id, "Too early")
    with pytest.raises(UnsignedVisitError):
        records.amend(early)
    records.sign(draft.id, vault.practitioner_id)
    first = Amendment(draft.id, vault.practitioner_id, "First\r\nline", WHEN)
    second = Amendment(draft.id, vault.practitioner_id, "Second", WHEN + timedelta(days=1))
    for amendment in (second, first):
        change = records.amend(amendment)
    assert (change.kind, change.patient_id) == ("amendment", draft.patient_id)
    assert [a.text for a in records.visit(draft.id).amendments] == ["First\nline", "Second"]


def test_a_completed_health_history_is_closed(records, vault, patient):
    intake = Intake(patient.id, "https://example.org/form|1", {"item": []}, WHEN)
    records.start_intake(intake)
    records.answer_intake(intake.id, {"item": [{"linkId": "a"}]})
    records.complete_intake(intake.id, {"item": [{"linkId": "b"}]})
    for act in (records.answer_intake, records.complete_intake):
        with pytest.raises(CompletedIntakeError):
            act(intake.id, {})
    for attack in ("UPDATE intake SET response = '{}'", "DELETE FROM intake", "UPDATE intake SET completed = NULL"):
        with pytest.raises(sa.exc.IntegrityError, match="completed intake"), vault.engine.begin() as connection:
            connection.execute(sa.text(attack))
    kept = records.intake(intake.id)
    assert kept.response == {"item": [{"linkId": "b"}]}
    assert kept.completed is not None


def test_a_signed_visit_is_still_found_and_its_patient_may_change(records, signed):
    records.save_patient(replace(records.patient(signed.patient_id), phone="0171"))
    assert records.visit(signed.id) == signed
