"""What somebody does who has a passphrase or an old sheet, and means no good: it is refused, or it shows."""

# ruff: noqa: S608

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
import sqlalchemy as sa

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practitioner, Role
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store import access
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.backups import backup, restore
from neuro_chart.store.errors import DamagedVaultError, NotAllowedError, VaultError, WriteFailedError
from neuro_chart.store.keys import KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.seals import broken_seals, put_seal
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

WHEN = datetime(2018, 3, 1, 9, 30, tzinfo=UTC)
SAID = "2018-03-01T09:30:00.000000Z"
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")
THEIRS = "seven brown hens asleep"


@pytest.fixture
def rosa(vault):
    """A patient with a visit that was signed long ago."""
    patient = Patient("Rosa", "Delgado", created=WHEN)
    records = Records(vault, now=lambda: WHEN)
    records.save_patient(patient)
    visit = Visit(patient.id, vault.practitioner_id, WHEN)
    visit.needles = [Needle(visit.id, SITE, "ST36", inserted=WHEN, removed=WHEN)]
    records.start_visit(visit)
    records.sign(visit.id)
    return patient


@pytest.fixture
def anna(vault, records):
    """A practitioner with a passphrase."""
    person = Practitioner("Anna Weber")
    records.put_practitioner(person)
    access.set_passphrase(vault, person.id, THEIRS)
    return person


def problems(vault):
    return [problem.sentence for problem in verify(vault).problems]


def behind_the_back(vault, *statements):
    """SQL as somebody with the key would do it, who takes the rules away and puts them back."""
    with closing(vault.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        rules = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in rules:
            cursor.execute(f"DROP TRIGGER {name}")
        for sql in statements:
            cursor.execute(sql)
        for _, sql in rules:
            cursor.execute(sql)


# Erasure


def test_what_was_erased_does_not_come_back_by_a_step_undone(records, rosa):
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    read = records.patient(rosa.id)
    records.erase(rosa.id, "Over")
    with pytest.raises(ValueError, match="erased"):
        records.save_patient(read)
    assert records.patient_count() == 0


@pytest.mark.parametrize("of", ["patient", "visit"])
def test_words_that_wait_where_somebody_locked_are_erased_too(vault, records, anna, rosa, of):
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    (visit,) = records.visits(rosa.id)
    others = {"another": ["Of somebody else", ""]}
    waiting = {
        "patient": {"page": "patient", "patient": rosa.id, "words": [["Prose", "Amendment", 0, "Rosa told me"]], "unadded": others},
        "visit": {"page": "today", "words": [], "unadded": {visit.id: ["Rosa told me", ""]} | others},
    }
    mei, vault.practitioner_id = vault.practitioner_id, anna.id
    records.keep_place(waiting[of])
    vault.practitioner_id = mei
    records.keep_place({"page": "today"})
    records.erase(rosa.id, "Over")
    with vault.reader.connect() as connection:
        assert "Rosa told me" not in str(connection.exec_driver_sql("SELECT * FROM place").all())
    assert records.take_place() == {"page": "today"}
    vault.practitioner_id = anna.id
    assert records.take_place()["unadded"] == others


def test_an_erasure_that_the_program_did_not_do_shows(vault, records, rosa):
    records.save_practice(replace(records.practice(), retention=Retention(1)))
    assert problems(vault) == []
    with vault.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO erasure VALUES (?, 'x', '2026-01-01T00:00:00.000000Z', 'x')", (rosa.id,))
    assert any("erasure" in sentence for sentence in problems(vault))


def test_what_stands_under_an_erased_patient_s_name_shows(vault, records, rosa):
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    records.erase(rosa.id, "Over")
    assert problems(vault) == []
    behind_the_back(
        vault,
        "INSERT INTO patient (id, given, family, preferred, sex, gender, phone, email, address, emergency_contact, physician, notes,"
        f" created, search, figure) VALUES ('{rosa.id}', 'R', '', '', '', '', '', '', '', '', '', '', '{SAID}', 'r', '')",
    )
    assert any("erased" in sentence for sentence in problems(vault))


def test_why_a_record_was_erased_stays(vault, records, rosa):
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    records.erase(rosa.id, "She asked for it")
    taken = "UPDATE trail SET detail = NULL WHERE deed = 'erased'"
    with pytest.raises(sa.exc.IntegrityError), vault.engine.begin() as connection:
        connection.exec_driver_sql(taken)
    behind_the_back(vault, taken)
    assert any("of the trail is not what was written" in sentence for sentence in problems(vault))


def test_raw_sql_erases_nobody_of_unknown_age_before_they_can_be_grown(vault, records, rosa):
    records.save_practice(replace(records.practice(), retention=Retention(5, until_age=18)))
    assert records.erasable(rosa.id)
    for day in ("2026-03-01", "2036-02-28"):
        with pytest.raises(sa.exc.IntegrityError, match="retention"), vault.engine.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO erasure VALUES ('{rosa.id}', 'x', '{day}T00:00:00.000000Z', 'x')")


def test_a_signature_closes_every_field_of_what_it_closes(vault, records, rosa):
    visit = Visit(rosa.id, vault.practitioner_id, WHEN, adjuncts=[], events=[])
    visit.needles = [Needle(visit.id, SITE, "SP6", inserted=WHEN, removed=WHEN)]
    visit.adjuncts = [Adjunct(visit.id, "moxa")]
    visit.events = [AdverseEvent(visit.id, EventKind.BRUISE, WHEN)]
    records.start_visit(visit)
    records.sign(visit.id)
    records.amend(Amendment(visit.id, vault.practitioner_id, "Left", "Mixed up", WHEN))
    records.start_intake(history := Intake(rosa.id, "https://example.org/f|1", {}, WHEN))
    records.complete_intake(history.id, {"item": "a"})
    behind_the_back(vault, "PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON")
    with closing(vault.engine.connect()) as connection, connection.begin() as whole:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        assert not any(sentence for _, sentence in broken_seals(connection))
        for table in ("visit", "needle", "adjunct", "event", "amendment", "intake"):
            for column, kind in connection.exec_driver_sql(f"SELECT name, type FROM pragma_table_info('{table}')").all():
                with connection.begin_nested() as step:
                    value = f"coalesce({column}, '') || 'x'" if kind == "TEXT" else f"coalesce({column}, 0) + 1"
                    connection.exec_driver_sql(f"UPDATE {table} SET {column} = {value}")
                    shows = any(sentence for _, sentence in broken_seals(connection))
                    step.rollback()
                assert shows == (column != "search"), (table, column)
        whole.rollback()


# People


def test_nobody_takes_another_s_name(vault, records, anna):
    mei = records.practitioner()
    for name in (mei.name, f" {mei.name.upper()} ", mei.name.replace(" ", "\n"), f"{mei.name}\u200b", f"\u202a{mei.name}"):
        with pytest.raises(ValueError, match="name"):
            records.put_practitioner(replace(anna, name=name))
        with pytest.raises(ValueError, match="name"):
            records.put_practitioner(Practitioner(name))
    vault.practitioner_id = anna.id
    with pytest.raises(ValueError, match="name"):
        Records(vault).put_practitioner(replace(anna, name=mei.name))
    records.put_practitioner(replace(anna, name="Anna\nWeber-Lind "))
    assert "Anna Weber-Lind" in {each.name for each in records.practitioners()}


def test_somebody_disabled_who_brings_their_old_key_back_is_refused_and_it_is_told(vault, records, anna, passphrase):
    old = keys_path(vault.path).read_bytes()
    records.put_practitioner(replace(anna, disabled=WHEN))
    access.remove(vault, anna.id)
    vault.close()
    keys_path(vault.path).write_bytes(old)
    with pytest.raises(NotAllowedError):
        Vault.open(vault.path, THEIRS)
    with Vault.open(vault.path, passphrase) as opened:
        assert len(Attempts(opened.path).moments()) == 1


def test_an_owner_who_was_disabled_owns_nothing_any_more(vault, records, anna):
    ola = Practitioner("Ola", Role.OWNER)
    records.put_practitioner(ola)
    records.put_practitioner(replace(ola, disabled=WHEN))
    code = access.new_recovery(vault)
    vault.close()
    with access.open_by_sheet(vault.path, code) as opened, pytest.raises(NotAllowedError):
        access.recover(opened, ola.id, "nine white geese fly")


def test_a_role_that_was_changed_behind_the_program_s_back_shows(vault, records, anna):
    records.put_practitioner(replace(anna, role=Role.READER))
    assert problems(vault) == []
    behind_the_back(vault, f"UPDATE practitioner SET role = 'owner' WHERE id = '{anna.id}'")
    assert any("Anna Weber" in sentence for sentence in problems(vault))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO practitioner (id, name, role) VALUES ('x', 'Somebody', 'owner')",
        "UPDATE practitioner SET disabled = '2026-01-01T00:00:00.000000Z' WHERE name = 'Anna Weber'",
        "UPDATE practitioner SET name = 'Anna Webber' WHERE name = 'Anna Weber'",
        "UPDATE practitioner SET name = 'Dr Who' WHERE name = 'Dr Mei Lindqvist'",
        "UPDATE practice SET name = 'Elsewhere'",
        "DELETE FROM practitioner WHERE name = 'Anna Weber'",
        'UPDATE practice SET retention = json(\'{"years": 1, "until_age": 0, "source": ""}\')',
        "UPDATE patient SET birth = '1990-01-01'",
        "UPDATE patient SET given = 'Rosalind'",
        "UPDATE patient SET phone = '1'",
        "UPDATE patient SET notes = replace(notes, 'penicillin', 'nothing')",
        "UPDATE patient SET merged_into = id",
        "UPDATE patient SET archived = created",
        "DELETE FROM patient",
    ],
)
def test_who_somebody_is_does_not_change_in_silence(vault, records, anna, rosa, sql):
    records.save_practice(replace(records.practice(), retention=Retention(10)))
    words = "Lives with her sister, who drives her. "
    records.save_patient(replace(rosa, notes=words, birth=date(1964, 3, 2)))
    records.save_patient(replace(records.patient(rosa.id), notes=f"{words}Allergic to penicillin."))
    assert problems(vault) == []
    behind_the_back(vault, "PRAGMA foreign_keys = OFF", sql, "PRAGMA foreign_keys = ON")
    assert problems(vault)


def test_what_is_changed_by_its_own_acts_holds(vault, records, anna, rosa):
    for name in ("Anna Weber of the Green Gate", "Anna Weber of the Green Mill", "Anna Lind"):
        anna = replace(anna, name=name)
        records.put_practitioner(anna)
        assert problems(vault) == []
    other = Practitioner("Anna Weber", Role.READER)
    records.put_practitioner(other)
    for change in ({"role": Role.OWNER}, {"disabled": WHEN}, {"disabled": None, "role": Role.PRACTITIONER}, {"name": "Ana"}):
        other = replace(other, **change)
        records.put_practitioner(other)
        assert problems(vault) == []
    mei = replace(records.practitioner(), name="Mei Lindqvist")
    records.put_practitioner(mei)
    for notes in ("Called in the morning, by her sister", "Called in the evening, by her sister", "", "x"):
        records.save_patient(replace(records.patient(rosa.id), notes=notes))
    records.save_patient(twin := Patient("Rosa", "Delgado", birth=date(1964, 3, 2), created=WHEN))
    records.merge(twin.id, rosa.id)
    records.unmerge(twin.id)
    records.archive(twin.id)
    records.save_practice(replace(records.practice(), retention=Retention(2), rooms=("One",), name="Another"))
    records.erase(twin.id, "Over")
    records.drop_visit(_started(vault, records, rosa))
    assert problems(vault) == []


def _started(vault, records, whose):
    visit = Visit(whose.id, vault.practitioner_id)
    records.start_visit(visit)
    return visit.id


@pytest.mark.parametrize("change", [{"disabled": WHEN}, {"role": Role.READER}])
def test_who_may_not_change_the_chart_does_not_put_an_older_one_in_its_place(vault, records, anna, change, tmp_path):
    (tmp_path / "kept").mkdir()
    made = backup(vault, tmp_path / "kept").path
    theirs = Vault.unwrap_key(made, THEIRS)
    records.put_practitioner(replace(anna, **change))
    vault.close()
    before = vault.path.read_bytes()
    with pytest.raises(NotAllowedError, match="may not change"):
        restore(made, vault.path, theirs)
    assert vault.path.read_bytes() == before
    assert not [path for path in vault.path.parent.iterdir() if ".new" in path.name or "replaced" in path.name]
    assert restore(made, tmp_path / "elsewhere" / "new.vault", theirs) is None


# The recovery sheet


def test_that_the_sheet_opened_the_chart_is_told_even_if_nobody_goes_on(vault, passphrase):
    code = access.new_recovery(vault)
    vault.close()
    access.open_by_sheet(vault.path, code).close()
    with Vault.open(vault.path, passphrase) as opened:
        assert Records(opened).trail(limit=1)[0].deed is Deed.RECOVERED


def test_whom_the_sheet_could_not_help_does_not_act_in_another_s_name(vault, records, anna, passphrase):
    code, mei = access.new_recovery(vault), vault.practitioner_id
    vault.close()
    with access.open_by_sheet(vault.path, code) as opened:
        for whose, words in ((anna.id, "nine white geese fly"), (mei, THEIRS)):
            with pytest.raises(VaultError):
                access.recover(opened, whose, words)
            assert not Records(opened).may_write
        access.recover(opened, mei, passphrase)
        assert Records(opened).role is Role.OWNER


# Threads


def test_a_thread_that_still_asks_when_the_vault_is_closed_does_not_keep_it_from_being_opened_again(vault, passphrase):
    with closing(vault.reader.connect()) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM patient").scalar_one()
        vault.close()
    Vault.open(vault.path, passphrase).close()


def test_an_act_that_a_long_check_keeps_waiting_is_tried_again_and_not_lost(vault, records, rosa):
    vault.engine.pool._timeout = 0.05  # it is half a minute
    with vault.reader.connect(), pytest.raises(WriteFailedError, match="busy"):
        records.save_patient(replace(rosa, phone="1"))
    records.save_patient(replace(rosa, phone="1"))
    assert records.patient(rosa.id).phone == "1"


# Seals


def test_a_health_history_is_not_born_completed_without_a_signature(vault, records, rosa):
    with pytest.raises(ValueError, match="completed"):
        records.start_intake(Intake(rosa.id, "https://example.org/f|1", {}, WHEN, completed=WHEN))
    assert problems(vault) == []


def test_signatures_that_were_all_made_anew_show(vault, records, rosa):
    (visit,) = records.visits(rosa.id)
    seal = visit.signature
    assert problems(vault) == []
    behind_the_back(
        vault,
        f"UPDATE visit SET plan = 'Never said' WHERE id = '{visit.id}'",
        "DELETE FROM seal",
        "UPDATE head SET seq = 0, digest = '' WHERE name = 'seal'",
    )
    with vault.engine.begin() as connection:
        put_seal(connection, "visit", visit.id, rosa.id, by=seal.practitioner_id, at=datetime.fromisoformat(SAID), zone=seal.zone)
    assert problems(vault) == [
        f"Entry {records.trail(deed=Deed.SIGNED)[0].seq} of the trail tells of a signature that is not there any more.",
        "The trail tells nothing of signature 1.",
    ]


def test_a_signature_that_was_taken_back_shows(vault, records, rosa):
    behind_the_back(
        vault,
        "UPDATE visit SET signed = NULL, signed_by = NULL",
        "DELETE FROM seal",
        "UPDATE head SET seq = 0, digest = '' WHERE name = 'seal'",
    )
    assert problems(vault)


# Keys


@pytest.mark.parametrize("cost", [float("inf"), -1, 10**30, "much", 1 << 20])
def test_a_forged_cost_is_damage_and_nothing_worse(vault_path, cost):
    path = keys_path(vault_path)
    content = json.loads(path.read_text())
    content.pop("checksum")
    content["slots"][0]["kdf"]["memory"] = cost
    content["checksum"] = sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    path.write_text(json.dumps(content))
    with pytest.raises(DamagedVaultError):
        KeyRing.load(path)
