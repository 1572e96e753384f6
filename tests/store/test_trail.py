"""The trail: who did what, what was there before; it grows only, and what is done to it behind the program's back shows."""
# ruff: noqa: S608

import os
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlcipher

from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practitioner, Role
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.trail import Deed, difference
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store import tables
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.door import connect
from neuro_chart.store.errors import CancelledError
from neuro_chart.store.keys import Unlocked, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import _pattern, verify
from neuro_chart.store.witness import Witness

TAMPERS = int(os.environ.get("NEURO_CHART_TAMPERS", "60"))
WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")


@pytest.fixture
def rosa(records):
    patient = Patient("Rosa", "Delgado", birth=date(1964, 3, 2))
    records.save_patient(patient)
    return patient


@pytest.fixture
def draft(records, vault, rosa):
    visit = Visit(rosa.id, vault.practitioner_id, WHEN)
    records.start_visit(visit)
    return visit


@pytest.fixture
def signed(records, vault, draft):
    records.treat(draft.id, [Needle(draft.id, SITE, "ST36", inserted=WHEN, removed=WHEN)], plan="Again on Friday")
    records.sign(draft.id)
    records.amend(Amendment(draft.id, vault.practitioner_id, "It was the right foot", "Mixed up"))
    history = Intake(draft.patient_id, "https://example.org/f|1", {"item": []}, WHEN)
    records.start_intake(history)
    records.complete_intake(history.id, {"item": [{"linkId": "a"}]})
    return records.visit(draft.id)


def told(records, **asked):
    return [(entry.deed, entry.changes) for entry in reversed(records.trail(**asked))]


def problems(vault, **given):
    return [problem.sentence for problem in verify(vault, **given).problems]


def test_an_act_says_who_did_it_when_and_what_was_there_before(vault, rosa):
    moment = WHEN + timedelta(days=1)
    Records(vault, now=lambda: moment).save_patient(replace(rosa, phone="0171 555", preferred="Rosita"))
    entry = Records(vault).trail(patient_id=rosa.id)[0]
    assert (entry.at, entry.practitioner_id, entry.deed, entry.patient_id) == (moment, vault.practitioner_id, Deed.CHANGED, rosa.id)
    assert entry.changes == {"patient": {"phone": ["", "0171 555"], "preferred": ["", "Rosita"]}}


def test_each_needle_is_told_of_when_it_is_charted_changed_and_taken_off(records, draft):
    needle = Needle(draft.id, SITE, "ST36")
    records.treat(draft.id, [needle])
    records.treat(draft.id, [replace(needle, inserted=WHEN)])
    records.treat(draft.id, off=[needle.id])
    added, changed, removed = told(records)[-3:]
    assert added[0] is Deed.ADDED
    assert added[1]["needle ST36 left"]["point"] == [None, "ST36"]
    assert changed == (Deed.CHANGED, {"needle ST36 left": {"inserted": [None, "2026-03-01T09:30:00.000000Z"]}})
    assert removed[0] is Deed.REMOVED
    assert removed[1]["needle ST36 left"]["point"] == ["ST36", None]


def test_an_act_that_changes_nothing_says_nothing(records, rosa, draft):
    before = records.trail_head()
    records.save_patient(rosa)
    records.note(draft.id, plan="")
    assert records.trail_head() == before


def test_an_act_that_is_refused_says_nothing(records, signed):
    before = records.trail_head()
    with pytest.raises(Exception, match="signed"):
        records.note(signed.id, plan="x")
    with pytest.raises(ValueError, match="reason"):
        records.amend(Amendment(signed.id, signed.practitioner_id, "More"))
    assert records.trail_head() == before


def test_typing_is_told_once_for_a_while_with_what_was_there_before_and_after(records, draft):
    words = "Burning soles at night"
    for end in range(1, len(words) + 1):
        records.note(draft.id, subjective=words[:end])
        records.note(draft.id, plan=words[:end].upper())
    typed = records.trail_head().seq
    records.treat(draft.id, [Needle(draft.id, SITE, "ST36")])
    entries = told(records)
    assert len(entries) == typed + 2
    assert entries[-2][1]["visit"] == {"subjective": ["", words], "plan": ["", words.upper()]}
    assert entries[-1][0] is Deed.ADDED


def test_what_another_act_changes_of_the_same_words_is_told_as_its_own(records, draft):
    records.note(draft.id, plan="Rest")
    records.treat(draft.id, [Needle(draft.id, SITE)], plan="Rest and walk")
    (_, typed), (_, done) = told(records)[-2:]
    assert typed["visit"] == {"plan": ["", "Rest"]}
    assert done["visit"] == {"plan": ["Rest", "Rest and walk"]}


def test_typing_that_goes_on_for_long_is_told_meanwhile(vault, records, draft):
    for minutes in range(12):
        Records(vault, now=lambda minutes=minutes: WHEN + timedelta(minutes=minutes)).note(draft.id, plan="x" * (minutes + 1))
    records.settle()
    assert [changes["visit"]["plan"] for deed, changes in told(records) if "since" in changes] == [["", "xxxxxxx"], ["xxxxxxx", "x" * 12]]


def test_typing_that_a_crash_broke_off_is_told_when_the_next_one_signs_in(vault_path, passphrase, records, draft, vault):
    records.note(draft.id, plan="Again on Fri")
    vault.close()
    with Vault.open(vault_path, passphrase) as opened:
        records = Records(opened)
        Attempts(vault_path).failed()
        (when,) = Attempts(vault_path).moments()
        records.signed_in()
        typed, failed, here = reversed(records.trail(limit=3))
    assert typed.changes["visit"] == {"plan": ["", "Again on Fri"]}
    assert (failed.deed, failed.at, failed.practitioner_id) == (Deed.FAILED, when, "")
    assert (here.deed, here.practitioner_id) == (Deed.SIGNED_IN, opened.practitioner_id)


def test_the_draft_of_a_health_history_is_told_like_typing(records, rosa):
    history = Intake(rosa.id, "https://example.org/f|1", {}, WHEN)
    records.start_intake(history)
    for answers in ({"a": "1"}, {"a": "12"}, {"a": "123"}):
        records.answer_intake(history.id, answers)
    records.complete_intake(history.id, {"a": "123", "b": "x"})
    *_, typed, completed = told(records)
    assert typed[1]["intake"] == {"response": ["{}", '{"a": "123"}']}
    assert completed[0] is Deed.COMPLETED


def test_the_trail_is_read_by_patient_person_deed_and_time(vault, records, rosa, signed):
    omar = Patient("Omar", "Haddad")
    Records(vault, now=lambda: WHEN).save_patient(omar)
    assert {entry.patient_id for entry in records.trail(patient_id=rosa.id)} == {rosa.id}
    assert [entry.deed for entry in records.trail(deed=Deed.SIGNED)] == [Deed.SIGNED]
    assert records.trail(practitioner_id="nobody") == []
    assert [entry.patient_id for entry in records.trail(until=WHEN + timedelta(seconds=1))] == [omar.id]
    assert omar.id not in {entry.patient_id for entry in records.trail(since=WHEN + timedelta(seconds=1))}
    all_of_it = records.trail()
    assert [entry.seq for entry in all_of_it] == list(range(len(all_of_it), 0, -1))
    assert records.trail(before=3) == all_of_it[-2:]


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_what_a_difference_tells_gives_both_texts_back(head, tail, old, new):
    before, after = head + old + tail, head + new + tail
    gone, come, *where = difference(before, after)
    at = where[0] if where else 0
    assert before[at : at + len(gone)] == gone
    assert before[:at] + come + before[at + len(gone) :] == after


# Roles


@pytest.fixture
def people(records, vault):
    """The owner, and two more who have signed in."""
    made = [Practitioner("Anna Weber"), Practitioner("Tom Reader", Role.READER)]
    for person in made:
        records.put_practitioner(person)
    return made


def as_(vault: Vault, person: Practitioner) -> Records:
    vault.practitioner_id = person.id
    return Records(vault)


def test_a_reader_reads_and_changes_nothing(vault, records, people, signed, draft):
    rosa = records.patient(signed.patient_id)
    open_one = Visit(rosa.id, vault.practitioner_id)
    records.start_visit(open_one)
    history = Intake(rosa.id, "https://example.org/f|1", {})
    reader = as_(vault, people[1])
    acts: list[Callable[[], Any]] = [
        lambda: reader.save_patient(replace(rosa, phone="1")),
        lambda: reader.save_practice(replace(reader.practice(), name="Mine")),
        lambda: reader.start_intake(history),
        lambda: reader.start_visit(Visit(rosa.id, people[1].id)),
        lambda: reader.note(open_one.id, plan="x"),
        lambda: reader.treat(open_one.id, [Needle(open_one.id, SITE)]),
        lambda: reader.sign(open_one.id),
        lambda: reader.drop_visit(open_one.id),
        lambda: reader.amend(Amendment(signed.id, people[1].id, "x", "y")),
        lambda: reader.archive(rosa.id),
        lambda: reader.unmerge(rosa.id),
        lambda: reader.put_practitioner(replace(people[1], role=Role.OWNER)),
        lambda: reader.put_practitioner(Practitioner("Another")),
    ]
    for act in acts:
        with pytest.raises(Exception, match=r"read this chart|Only an owner"):
            act()
    assert reader.visit(signed.id).plan == "Again on Friday"
    assert not reader.may_write
    reader.log(Deed.SEEN, rosa.id)
    assert reader.trail()[0].practitioner_id == people[1].id


def test_a_practitioner_treats_and_leaves_the_practice_s_rules_to_the_owner(vault, records, people, draft):
    anna = as_(vault, people[0])
    anna.note(draft.id, plan="By Anna")
    anna.sign(draft.id)
    assert anna.visit(draft.id).signature.name == "Anna Weber"
    assert anna.visit(draft.id).signed_by == people[0].id
    anna.save_practice(replace(anna.practice(), letterhead="New street"))
    for refused in (
        lambda: anna.save_practice(replace(anna.practice(), sign_within=0)),
        lambda: anna.put_practitioner(replace(people[1], role=Role.OWNER)),
        lambda: anna.put_practitioner(replace(people[0], role=Role.OWNER)),
    ):
        with pytest.raises(Exception, match="Only an owner"):
            refused()
    anna.put_practitioner(replace(people[0], name="Anna Weber-Lind"))
    assert anna.visit(draft.id).signature.name == "Anna Weber"
    assert problems(vault) == []


def test_one_owner_stays(vault, records, people):
    mei = records.practitioner()
    for other in (replace(mei, role=Role.READER), replace(mei, disabled=WHEN)):
        with pytest.raises(ValueError, match="needs an owner"):
            records.put_practitioner(other)
    records.put_practitioner(replace(people[0], role=Role.OWNER))
    records.put_practitioner(replace(mei, role=Role.PRACTITIONER))
    assert records.role is Role.PRACTITIONER


def test_nobody_amends_in_another_s_name(vault, records, people, signed):
    with pytest.raises(ValueError, match="who signed in"):
        as_(vault, people[0]).amend(Amendment(signed.id, signed.practitioner_id, "x", "y"))


# What is done behind the program's back


def test_a_chart_that_nobody_touched_holds(vault, signed):
    verdict = verify(vault)
    assert verdict.holds
    assert (verdict.signatures, verdict.entries) == (3, Records(vault).trail_head().seq)


@pytest.mark.parametrize("table", ["seal", "trail", "head", "erasure"])
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET {column} = {column}",
        "UPDATE {table} SET rowid = rowid + 100",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "UPDATE OR REPLACE {table} SET rowid = 1 WHERE rowid = 2",
    ],
)
def test_raw_sql_changes_nothing_of_what_only_grows(vault, records, signed, table, sql):
    gone = Patient("Gone", created=WHEN - timedelta(days=9999))
    records.save_patient(gone)
    for patient in (gone, other := replace(gone, id="other")):
        records.save_patient(patient)
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    for patient in (gone, other):
        records.erase(patient.id, "Time is over")
    column = {"seal": "digest", "trail": "deed", "head": "digest", "erasure": "reason"}[table]
    with vault.reader.connect() as connection:
        before = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
    assert len(before) > 1
    with pytest.raises(sa.exc.IntegrityError), vault.engine.begin() as connection:
        connection.exec_driver_sql(sql.format(table=table, column=column))
    with vault.reader.connect() as connection:
        assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == before


@pytest.fixture
def behind_the_back(vault, vault_path, tmp_path, signed, records):
    """Does something to a copy of the vault as somebody with the key and an SQL shell would, and says what the check finds."""
    records.log(Deed.PRINTED, signed.patient_id, signed.id, paper="aftercare")
    key = vault.key
    vault.close()

    def done(act: Callable[[Any], object]) -> list[str]:
        copy = tmp_path / "copy.vault"
        shutil.copy(vault_path, copy)
        shutil.copy(keys_path(vault_path), keys_path(copy))
        with closing(connect(copy, key)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            rules = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
            for name in rules:
                connection.execute(f"DROP TRIGGER {name}")
            act(connection)
            for sql in rules.values():
                connection.execute(sql)
        with Vault.open_with_key(copy, Unlocked(key, signed.practitioner_id)) as opened:
            return problems(opened)

    return done


@pytest.mark.parametrize("seed", range(TAMPERS))
def test_a_bit_that_is_changed_a_row_that_is_taken_and_two_that_are_swapped_show(behind_the_back, signed, seed):
    chooses = random.Random(seed)  # noqa: S311
    table = chooses.choice(("trail", "trail", "seal", "head", "visit", "needle", "amendment", "intake"))
    columns = [c.name for c in tables.metadata.tables[table].c if c.name != "search"]  # which is made anew from the others
    kind = chooses.choice(("changed", "changed", "gone", "swapped"))

    def act(connection: Any) -> None:
        rows = [row for (row,) in connection.execute(f"SELECT rowid FROM {table}")]
        one = chooses.choice(rows)
        if kind == "gone":
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (one,))
        elif kind == "swapped" and table in {"trail", "seal"}:
            other = chooses.choice([row for row in rows if row != one])
            for before, after in ((one, -1), (other, one), (-1, other)):
                connection.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (after, before))
        else:
            while not change(connection, chooses.choice(columns), one):
                pass

    def change(connection: Any, column: str, row: int) -> bool:
        (old,) = connection.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (row,)).fetchone()
        if old is None or isinstance(old, int | float):
            new: Any = 7 if old is None else old + 1
        elif old:
            at = chooses.randrange(len(old))
            new = old[:at] + (bytes([old[at] ^ 1]) if isinstance(old, bytes) else chr(ord(old[at]) ^ 1)) + old[at + 1 :]
        else:
            new = "x"
        with suppress(sqlcipher.IntegrityError):  # no such value can stand there
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
            return True
        return False

    assert behind_the_back(act), (table, kind)


def test_nothing_is_found_where_nothing_was_done(behind_the_back):
    assert behind_the_back(lambda connection: None) == []


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("DELETE FROM trail WHERE seq = 3", "Entry 3 of the trail is missing."),
        ("UPDATE trail SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2", "Entry 2 of the trail is not what was written."),
        ("DELETE FROM trail WHERE seq = (SELECT max(seq) FROM trail)", "are missing."),
        ("DELETE FROM seal WHERE seq = 3", "Signatures after number 2 are missing."),
        ("UPDATE visit SET plan = 'Other' WHERE signed IS NOT NULL", "Signature 1, of a visit signed by Dr Mei Lindqvist on"),
        ("UPDATE visit SET signed = NULL, signed_by = NULL", "Signature 1, of a visit"),
        ("UPDATE seal SET at = '2026-03-02T04:00:00.000000Z', zone = '-08:00' WHERE seq = 1", "on 2026-03-01, does not hold"),
        ("UPDATE seal SET zone = 'noon' WHERE seq = 1", "Signature 1, of a visit"),
        ("UPDATE seal SET at = '0001-01-01T00:00:00+14:00' WHERE seq = 1", "Signature 1, of a visit"),
        ("UPDATE trail SET at = '9999-12-31T23:59:59-14:00' WHERE seq = 2", "Entry 2 of the trail is not what was written."),
        ("UPDATE head SET at = '0001-01-01T00:00:00+14:00' WHERE name = 'trail'", "are missing."),
        ("UPDATE intake SET response = '{}'", "Signature 3, of a health history"),
    ],
)
def test_the_check_names_what_does_not_hold(behind_the_back, sql, sentence):
    assert any(sentence in found for found in behind_the_back(lambda connection: connection.execute(sql)))


def test_a_rule_that_was_taken_away_or_changed_is_named(vault, signed):
    with closing(vault.engine.raw_connection()) as connection:
        connection.cursor().execute("DROP TRIGGER needle_kept")
        connection.cursor().execute("DROP TRIGGER visit_kept")
        connection.cursor().execute("CREATE TRIGGER visit_kept BEFORE UPDATE ON visit WHEN 0 BEGIN SELECT 1; END")
    assert {sentence.split(" of the database")[0] for sentence in problems(vault)} == {"The rule “needle_kept”", "The rule “visit_kept”"}


def test_an_older_copy_that_was_put_back_is_noticed_by_what_this_machine_saw(vault_path, passphrase, tmp_path):
    witness, older = Witness(tmp_path / "witness"), tmp_path / "older.vault"
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Rosa"))
    shutil.copy(vault_path, older)
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Omar"))
        witness.keep("id", Records(vault).trail_head())
        assert problems(vault, seen=witness.seen("id")) == []
    shutil.copy(older, vault_path)
    with Vault.open(vault_path, passphrase) as vault:
        assert problems(vault) == []
        (sentence,) = problems(vault, seen=witness.seen("id"))
        Records(vault).save_patient(Patient("Another"))
        assert problems(vault, seen=witness.seen("id")) == [sentence]
    assert sentence.startswith("This vault is older than the one that was open here on ")


def test_a_witness_that_can_t_be_read_says_nothing(tmp_path):
    witness = Witness(tmp_path / "witness")
    assert witness.seen("id") is None
    witness.folder.mkdir()
    (witness.folder / "id.head").write_text("[1,")
    assert witness.seen("id") is None


def test_a_check_can_be_stopped(vault, signed):
    shares: list[float] = []
    with pytest.raises(CancelledError):
        verify(vault, lambda share: shares.append(share) or share < 0.2)  # type: ignore[func-returns-value]
    verify(vault, lambda share: not shares.append(share))  # type: ignore[func-returns-value]
    assert shares[-1] == 1.0


def test_a_backup_is_checked_while_the_chart_is(vault, vault_path, passphrase, signed):
    vault.close()
    begin = Barrier(2, timeout=60)

    def checked(name):
        copy = vault_path.with_name(name)
        for old, new in ((vault_path, copy), (keys_path(vault_path), keys_path(copy))):
            shutil.copy(old, new)
        with Vault.open(copy, passphrase) as opened:
            begin.wait()
            return verify(opened).holds

    _pattern.cache_clear()  # as in a program that has just begun
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(checked, ("chart.vault", "backup.vault"))) == [True, True]
