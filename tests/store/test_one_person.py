"""Archive, merge and erasure: what happens to a person's record, and what never does."""
# ruff: noqa: S608

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from neuro_chart.clinic.adjuncts import PRESS, Adjunct
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practitioner, Role
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store import tables
from neuro_chart.store.records import Records
from neuro_chart.store.verify import verify

WHEN = datetime(2018, 3, 1, 9, 30, tzinfo=UTC)
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")
MARK = "QVX-marker"


def charted(vault, patient, moment=WHEN, *, signed=True):
    """A record with something of every kind in it."""
    records = Records(vault, now=lambda: moment)
    records.save_patient(patient)
    visit = Visit(patient.id, vault.practitioner_id, moment, subjective=f"{MARK} burning")
    visit.needles = [Needle(visit.id, SITE, "ST36", inserted=moment, removed=moment)]
    visit.adjuncts = [Adjunct(visit.id, PRESS, started=moment, setting=MARK)]
    records.start_visit(visit)
    history = Intake(patient.id, "https://example.org/f|1", {"item": MARK}, moment)
    records.start_intake(history)
    records.complete_intake(history.id, {"item": MARK})
    if signed:
        records.sign(visit.id)
        records.amend(Amendment(visit.id, vault.practitioner_id, f"{MARK} left", "Mixed up", moment))
    return visit


@pytest.fixture
def rosa(vault):
    patient = Patient("Rosa", "Delgado", birth=date(1964, 3, 2), notes=MARK, created=WHEN)
    charted(vault, patient)
    return patient


@pytest.fixture
def rosita(vault):
    patient = Patient("Rosita", "Delgado", created=WHEN + timedelta(days=1))
    charted(vault, patient, WHEN + timedelta(days=30))
    return patient


# Archive


def test_a_patient_in_the_archive_leaves_the_lists_and_nothing_is_lost(records, rosa):
    before = records.visits(rosa.id)
    records.archive(rosa.id)
    assert records.patients() == records.patients("Delgado") == []
    assert records.patient_count() == 0
    (line,) = records.patients("Delgado", archived=True)
    assert (line.id, line.archived, records.patient_count(archived=True)) == (rosa.id, True, 1)
    assert records.visits(rosa.id) == before
    assert records.find_in_notes(MARK)
    records.save_patient(replace(rosa, phone="1"))  # read before it was archived
    assert records.patient(rosa.id).archived is not None
    records.unarchive(rosa.id)
    assert [line.id for line in records.patients()] == [rosa.id]
    assert [entry.deed for entry in records.trail(limit=3)] == [Deed.UNARCHIVED, Deed.CHANGED, Deed.ARCHIVED]


def test_raw_sql_deletes_no_patient(vault, rosa, records):
    records.save_patient(bare := Patient("Bare"))
    for patient in (rosa, bare):
        with pytest.raises(sa.exc.IntegrityError), vault.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM patient WHERE id = ?", (patient.id,))


# Merge


def test_two_records_of_one_person_are_read_as_one_and_both_are_kept(vault, records, rosa, rosita):
    alone = records.visits(rosita.id)
    draft = Visit(rosita.id, vault.practitioner_id, WHEN + timedelta(days=60))
    records.start_visit(draft)
    records.merge(rosita.id, rosa.id)
    assert [line.id for line in records.patients()] == [rosa.id]
    assert records.patients()[0].open_visit
    assert records.patients()[0].last_visit == draft.started
    assert [visit.started for visit in records.visits(rosa.id)] == [WHEN + timedelta(days=days) for days in (60, 30, 0)]
    assert len(records.intakes(rosa.id)) == 2
    assert {whose.id for _, whose in (*records.open_visits(), *records.latest_visits(9), *records.left_in(rosa.id))} == {rosa.id}
    assert {found.patient_id for found in records.find_in_notes(MARK)} == {rosa.id}
    assert records.last_visit_before(draft).id == alone[0].id
    assert [each.id for each in records.merged(rosa.id)] == [rosita.id]
    records.unmerge(rosita.id)
    assert [visit.id for visit in records.visits(rosita.id)] == [draft.id, alone[0].id]
    assert len(records.visits(rosa.id)) == 1
    assert len(records.patients()) == 2
    assert verify(vault).holds


def test_what_was_left_in_by_one_record_is_taken_out_by_the_other(vault, records, rosa, rosita):
    records.merge(rosita.id, rosa.id)
    assert len(records.left_in(rosa.id)) == 2
    later = Visit(rosa.id, vault.practitioner_id, WHEN + timedelta(days=40))
    later.adjuncts = [Adjunct(later.id, PRESS, started=WHEN + timedelta(days=30), ended=WHEN + timedelta(days=40))]
    records.start_visit(later)
    assert [left.started for left, _ in records.left_in(rosa.id)] == [WHEN]


def test_a_merge_that_would_tangle_records_is_refused(records, rosa, rosita):
    third = Patient("R", "Delgado")
    records.save_patient(third)
    records.merge(rosita.id, rosa.id)
    for one, other in ((rosa, rosa), (rosa, third), (third, rosita)):
        with pytest.raises(ValueError, match=r"Choose another|other way round"):
            records.merge(one.id, other.id)


# Erasure


def test_nothing_is_erased_before_its_time_or_by_anybody_but_the_owner(vault, records, rosa):
    def why_not(reason="Asked for it", records=records):
        with pytest.raises(ValueError, match=r"\.$") as refused:
            records.erase(rosa.id, reason)
        assert records.visits(rosa.id)
        return str(refused.value)

    assert "how long it keeps" in why_not()
    records.save_practice(replace(records.practice(), retention=Retention(50)))
    assert "until 2068-03-01" in why_not()
    records.save_practice(replace(records.practice(), retention=Retention(5, until_age=90)))
    assert "until 2054-03-02" in why_not()
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    assert "reason" in why_not("  ")
    records.start_visit(draft := Visit(rosa.id, vault.practitioner_id, WHEN))
    assert "A visit is open" in why_not()
    records.drop_visit(draft.id)
    anna = Practitioner("Anna")
    records.put_practitioner(anna)
    owner, vault.practitioner_id = vault.practitioner_id, anna.id
    assert "Only an owner" in why_not(records=Records(vault))
    vault.practitioner_id = owner
    assert records.role is Role.OWNER
    assert records.erasable(rosa.id) == ""


def test_an_erasure_leaves_nothing_of_the_patient_but_that_it_happened(vault, vault_path, records, rosa):
    omar = Patient("Omar", "Haddad", created=WHEN)
    kept = charted(vault, omar)
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    entries, signatures = verify(vault).entries, verify(vault).signatures
    records.erase(rosa.id, "The retention period is over")
    with pytest.raises(LookupError):
        records.patient(rosa.id)
    with vault.reader.connect() as connection:
        for table in tables.metadata.tables:
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all():
                if table in {"trail", "seal", "erasure"}:
                    continue
                assert rosa.id not in row
    assert {entry.deed: entry.changes for entry in records.trail(limit=1)} == {
        Deed.ERASED: {"visits": 1, "health histories": 1, "reason": "The retention period is over"}
    }
    with vault.reader.connect() as connection:
        theirs = connection.exec_driver_sql("SELECT detail FROM trail WHERE patient_id = ? ORDER BY seq", (rosa.id,)).scalars().all()
    assert [detail is None for detail in theirs] == [True] * (len(theirs) - 1) + [False]
    verdict = verify(vault)
    assert (verdict.problems, verdict.entries, verdict.signatures) == ((), entries + 1, signatures)
    assert records.visit(kept.id).plan == kept.plan
    assert [line.id for line in records.patients()] == [omar.id]


def test_an_erasure_takes_the_merged_records_along(vault, records, rosa, rosita):
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    records.merge(rosita.id, rosa.id)
    records.erase(rosa.id, "Over")
    assert records.patients() == records.find_in_notes(MARK) == []
    told = {entry.patient_id: entry.changes["visits"] for entry in records.trail(deed=Deed.ERASED)}
    assert told == {rosa.id: 1, rosita.id: 1}, "each what was its own"
    assert verify(vault).holds


def test_a_merged_record_without_a_birthday_is_kept_as_of_one_who_may_have_been_young(records, rosa, rosita):
    records.save_practice(replace(records.practice(), retention=Retention(5, until_age=25)))
    assert records.erasable(rosa.id) == ""
    records.merge(rosita.id, rosa.id)
    assert "until 2043-03-31" in records.erasable(rosa.id)
    with pytest.raises(ValueError, match="until 2043-03-31"):
        records.erase(rosa.id, "Over")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO erasure VALUES (:p, :me, '2026-11-01T00:00:00.000000Z', 'x')",
        "UPDATE trail SET detail = NULL WHERE patient_id = :p",
        "DELETE FROM visit WHERE patient_id = :p",
        "DELETE FROM intake WHERE patient_id = :p",
        "DELETE FROM amendment",
    ],
)
def test_raw_sql_erases_nothing_before_its_time(vault, records, rosa, sql):
    for retention in (None, Retention(9), Retention(5, until_age=90)):
        records.save_practice(replace(records.practice(), retention=retention))
        with pytest.raises(sa.exc.IntegrityError), closing(vault.engine.connect()) as connection, connection.begin():
            connection.execute(sa.text(sql), {"p": rosa.id, "me": vault.practitioner_id})
    assert len(records.visits(rosa.id)) == 1
