"""What is signed stays: through the acts, and through raw SQL."""
# ruff: noqa: S608

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from neuro_chart.clinic.adjuncts import ELECTRO, Adjunct
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Mishap, Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store import tables
from neuro_chart.store.errors import CompletedIntakeError, NeedlesLeftError, SignedVisitError, UnsignedVisitError
from neuro_chart.store.records import Records
from neuro_chart.store.verify import verify

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
    adjunct = Adjunct(visit.id, ELECTRO, frequency="2/120", minutes=30, pairs=((needles[0].id, needles[1].id),))
    happened = AdverseEvent(visit.id, EventKind.BRUISE, WHEN, needles[0].id, "A bruise at ST36")
    visit = replace(visit, needles=needles, adjuncts=[adjunct], events=[happened])
    records.start_visit(visit)
    return visit


@pytest.fixture
def signed(records, vault, draft):
    records.sign(draft.id)
    records.amend(Amendment(draft.id, vault.practitioner_id, "Left foot, not right", "Mixed up", WHEN))
    return records.visit(draft.id)


def test_signing_says_who_and_when(vault, draft):
    records = Records(vault, now=lambda: WHEN + timedelta(hours=1))
    change = records.sign(draft.id, reason="not needed")
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
        lambda: records.treat(signed.id, [replace(signed.events[0], outcome="Gone")]),
        lambda: records.treat(signed.id, [AdverseEvent(signed.id, EventKind.PAIN, WHEN)]),
        lambda: records.treat(signed.id, off=[signed.events[0].id]),
        lambda: records.note(signed.id, room="Room 2"),
        lambda: records.note(signed.id, tongue={"colour": ["pale"]}),
        lambda: records.sign(signed.id),
        lambda: records.drop_visit(signed.id),
    ]
    for act in acts:
        with pytest.raises(SignedVisitError):
            act()
    assert records.visit(signed.id) == signed


def test_a_needle_of_a_signed_visit_is_not_moved_to_a_draft_by_an_act(records, vault, patient, signed):
    other = Visit(patient.id, vault.practitioner_id, started=WHEN)
    records.start_visit(other)
    with pytest.raises(ValueError, match="one visit"):
        records.treat(other.id, [replace(signed.needles[0], visit_id=other.id)])
    assert records.visit(signed.id) == signed


COLUMNS = {
    table: ", ".join(tables.metadata.tables[table].c.keys()) for table in ("patient", "visit", "needle", "adjunct", "event", "amendment")
}
BELONGING = ("needle", "adjunct", "event")


def copied(table: str, into: str = "INSERT", own: str = "", **changed: str) -> str:
    """Copies rows of a table, some columns changed; `own` names what stands before its columns, such as the rowid."""
    names = own + COLUMNS[table]
    values = ", ".join(changed.get(name.strip(), name) for name in names.split(","))
    return f"{into} INTO {table} ({names}) SELECT {values} FROM {table}"


REPLACE = "INSERT OR REPLACE"
UNSIGNED = {"signed": "NULL", "signed_by": "NULL"}
ON_THE_VISIT = [
    *(f"UPDATE visit SET {name.strip()} = {name} WHERE id = :v" for name in COLUMNS["visit"].split(",")),
    "UPDATE visit SET plan = 'x' WHERE id = :v",
    "UPDATE visit SET signed = NULL, signed_by = NULL WHERE id = :v",
    "UPDATE visit SET id = 'x' WHERE id = :v",
    "DELETE FROM visit WHERE id = :v",
    copied("visit", REPLACE, plan="5", **UNSIGNED) + " WHERE id = :v",
    copied("visit", REPLACE, "rowid, ", id="'9'", **UNSIGNED) + " WHERE id = :v",
    copied("visit", id="'9'") + " WHERE id = :v",
    "UPDATE OR REPLACE visit SET id = :v WHERE id = :d",
    "UPDATE OR REPLACE visit SET rowid = (SELECT rowid FROM visit WHERE id = :v) WHERE id = :d",
]
ON_WHAT_BELONGS_TO_IT = [
    sql
    for table in BELONGING
    for sql in (
        *(f"UPDATE {table} SET {name.strip()} = {name} WHERE visit_id = :v" for name in COLUMNS[table].split(",")),
        f"UPDATE {table} SET visit_id = :d WHERE visit_id = :v",
        f"UPDATE {table} SET visit_id = :v WHERE visit_id = :d",
        f"UPDATE OR REPLACE {table} SET id = (SELECT id FROM {table} WHERE visit_id = :v LIMIT 1) WHERE visit_id = :d",
        f"DELETE FROM {table} WHERE visit_id = :v",
        copied(table, id="'9'", visit_id=":v") + " WHERE visit_id = :d",
        copied(table, REPLACE, visit_id=":d") + " WHERE visit_id = :v",
        copied(table, REPLACE, "rowid, ", id="'9'", visit_id=":d"),
    )
]
ON_THE_REST = [
    "UPDATE amendment SET text = 'x'",
    "UPDATE amendment SET visit_id = :d",
    "DELETE FROM amendment",
    copied("amendment", REPLACE, text="'x'"),
    copied("amendment", id="'x'", visit_id=":d"),
    "DELETE FROM patient",
    "DELETE FROM practitioner",
]


@pytest.fixture
def attacked(records, vault, patient):
    """Tries raw SQL on a signed visit (:v) and a draft (:d); it is refused, and every visit stays as it was."""

    def attack(sql: str, visit_id: str) -> None:
        other = Visit(patient.id, vault.practitioner_id, started=WHEN)
        if "visit SET" not in sql:
            happened = AdverseEvent(other.id, EventKind.BURN, WHEN)
            other = replace(other, needles=[Needle(other.id, SITE, "LR3")], adjuncts=[Adjunct(other.id, "lamp")], events=[happened])
        records.start_visit(other)
        before = records.visits(patient.id)
        with vault.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text(sql), {"v": visit_id, "d": other.id})
        assert records.visits(patient.id) == before

    return attack


@pytest.mark.parametrize("sql", ON_THE_VISIT + ON_WHAT_BELONGS_TO_IT + ON_THE_REST)
def test_raw_sql_is_refused_too(signed, attacked, sql):
    attacked(sql, signed.id)


@pytest.mark.parametrize("sql", ON_THE_VISIT)
def test_raw_sql_is_refused_where_no_foreign_key_holds_the_visit(records, vault, patient, attacked, sql):
    bare = Visit(patient.id, vault.practitioner_id, started=WHEN)
    records.start_visit(bare)
    records.sign(bare.id)
    attacked(sql, bare.id)


SEALED = ", ".join(tables.metadata.tables["seal"].c.keys()[1:-1])
REPLACING = [
    *(sql for sql in (*ON_THE_VISIT, *ON_WHAT_BELONGS_TO_IT, *ON_THE_REST) if "REPLACE" in sql),
    copied("amendment", REPLACE, "rowid, ", id="'9'"),
    f"INSERT OR REPLACE INTO seal SELECT (SELECT seq + 1 FROM head WHERE name = 'seal'), {SEALED}, 'forged' FROM seal LIMIT 1",
    "INSERT OR REPLACE INTO head SELECT name, 0, '', at FROM head WHERE name = 'trail'",
    "UPDATE OR REPLACE head SET seq = seq + 1, rowid = (SELECT rowid FROM head WHERE name = 'trail') WHERE name = 'seal'",
    copied("patient", REPLACE, "rowid, ", id="'9'"),
    "UPDATE OR REPLACE patient SET id = 'x'",
]


@pytest.mark.parametrize("sql", REPLACING)
def test_nothing_replaces_a_closed_row_where_the_connection_asks_no_rule_of_deletion(signed, vault, attacked, sql):
    """As any program does that opens the file with the key: SQLite's own setting is off."""
    with closing(vault.engine.raw_connection()) as connection:
        for switch in ("recursive_triggers", "foreign_keys"):
            connection.cursor().execute(f"PRAGMA {switch}=OFF")
    attacked(sql, signed.id)
    assert verify(vault).holds


def test_a_needle_still_in_keeps_a_visit_open_unless_the_reason_is_given(records, vault, draft):
    inside = Needle(draft.id, SITE, "LI4", inserted=WHEN)
    records.treat(draft.id, [inside])
    for nothing in ("", "  \n"):
        with pytest.raises(NeedlesLeftError, match="needle is in"):
            records.sign(draft.id, nothing)
    with pytest.raises(sa.exc.IntegrityError, match="needle in"), vault.engine.begin() as connection:
        connection.execute(sa.text("UPDATE visit SET signed = started, signed_by = practitioner_id"))
    assert records.visit(draft.id).signed is None
    records.sign(draft.id, "Press needle, three days, consent given")
    assert records.visit(draft.id).needles_left_reason == "Press needle, three days, consent given"


@pytest.mark.parametrize(
    "uneven",
    [
        Needle("", SITE, "LI4", inserted=WHEN, removed=WHEN, counted=False),
        Needle("", SITE, "LI4", mishap=Mishap.DROPPED),
        Needle("", SITE, "LI4", inserted=WHEN, mishap=Mishap.BROKEN),
    ],
    ids=["pulled and not counted", "dropped and not found", "broken and in"],
)
def test_an_uneven_count_keeps_a_visit_open_unless_the_reason_is_given(records, vault, draft, uneven):
    records.treat(draft.id, [replace(uneven, visit_id=draft.id)])
    with pytest.raises(NeedlesLeftError, match="not counted"):
        records.sign(draft.id)
    with pytest.raises(sa.exc.IntegrityError, match="needle in"), vault.engine.begin() as connection:
        connection.execute(sa.text("UPDATE visit SET signed = started, signed_by = practitioner_id"))
    records.sign(draft.id, "The ambulance took her along")
    assert records.visit(draft.id).needles_left_reason == "The ambulance took her along"


def test_a_needle_that_fell_and_was_found_is_counted(records, vault, draft):
    fallen = Needle(draft.id, SITE, "LI4", mishap=Mishap.DROPPED)
    records.treat(draft.id, [fallen])
    records.treat(draft.id, [replace(fallen, removed=WHEN)])
    records.sign(draft.id)
    assert records.visit(draft.id).count.is_even


def test_amendments_are_for_signed_visits_and_stand_beneath_them(records, vault, draft):
    early = Amendment(draft.id, vault.practitioner_id, "Too early", "Why")
    with pytest.raises(UnsignedVisitError):
        records.amend(early)
    records.sign(draft.id)
    first = Amendment(draft.id, vault.practitioner_id, "First\r\nline", "Why", WHEN)
    second = Amendment(draft.id, vault.practitioner_id, "Second", "Why", WHEN + timedelta(days=1))
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
