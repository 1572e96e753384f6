"""Upgrades: the migrations make what the tables say; an older vault is brought up to date whole, or left as it was."""

# ruff: noqa: S311, S603, S608

import os
import random
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from neuro_chart.clinic.adjuncts import adjunct_words
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.needles import Mishap, Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed
from neuro_chart.resources import ROOT
from neuro_chart.store import tables
from neuro_chart.store import vault as vaults
from neuro_chart.store.door import connect
from neuro_chart.store.errors import NeedlesLeftError, NewerVaultError, SignedVisitError, WriteFailedError
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


def test_the_migrations_make_the_tables(vault):
    with vault.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    declared = sa.create_engine("sqlite://")
    tables.metadata.create_all(declared)
    made = sa.inspect(vault.reader)
    for table in tables.metadata.tables:
        told, kept = sa.inspect(declared).get_check_constraints(table), made.get_check_constraints(table)
        assert {(check["name"], check["sqltext"]) for check in told} == {(check["name"], check["sqltext"]) for check in kept}
        columns = [{(c["name"], c["nullable"], str(c["type"])) for c in each.get_columns(table)} for each in (sa.inspect(declared), made)]
        assert columns[0] == columns[1]
    declared.dispose()


def test_the_revision_is_the_head_of_the_migrations():
    assert ScriptDirectory(str(vaults.UPGRADES)).get_heads() == [tables.REVISION]


STEP = '''"""A later step."""
from alembic import op
revision, down_revision = "{next}", "{head}"
def upgrade():
    op.execute("ALTER TABLE patient ADD COLUMN pronouns TEXT NOT NULL DEFAULT ''")
    op.execute("CREATE TABLE later (id TEXT)")
    {last}
'''


STEPS, HEAD = vaults.UPGRADES, tables.REVISION
NEXT = f"{int(HEAD) + 1:04}"


@pytest.fixture
def later(tmp_path_factory, monkeypatch):
    """Makes this program a later one, with a step more."""

    def become(last: str = "pass") -> None:
        folder = Path(tmp_path_factory.mktemp("up%grades")) / "steps"
        shutil.copytree(STEPS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / f"{NEXT}_later.py").write_text(STEP.format(next=NEXT, head=HEAD, last=last))
        monkeypatch.setattr(vaults, "UPGRADES", folder)
        monkeypatch.setattr(tables, "REVISION", NEXT)

    return become


def test_an_older_vault_is_brought_up_to_date_and_a_copy_is_kept(vault_path, passphrase, later, monkeypatch):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Zoë"))
    with monkeypatch.context():
        later()
        with Vault.open(vault_path, passphrase) as vault, vault.reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT given, pronouns FROM patient").one() == ("Zoë", "")
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        Vault.open(vault_path, passphrase).close()
        (copy,) = (file for file in vault_path.parent.glob("*.before-*") if not file.name.endswith(".keys"))
    monkeypatch.undo()
    with Vault.open(copy, passphrase) as vault:
        assert [line.given for line in Records(vault).patients()] == ["Zoë"]
    assert copy.read_bytes()[:16] != b"SQLite format 3\0"
    assert copy.stat().st_mode == vault_path.stat().st_mode
    with pytest.raises(NewerVaultError):
        Vault.open(vault_path, passphrase)


KILLS = int(os.environ.get("NEURO_CHART_KILLS", "2"))  # of each released vault
FROZEN = Path(__file__).parent / "vaults"  # made by the programs that were released (make.py there says how)
RELEASED = ("0001", "0002", "0003")


@pytest.fixture(params=RELEASED)
def frozen(request, tmp_path):
    """A copy of a vault that was filled by a released program."""
    for file in FROZEN.glob(f"{request.param}.vault*"):
        shutil.copy(file, tmp_path)
    return tmp_path / f"{request.param}.vault"


def rows_of(path, passphrase):
    """Every row as it stands in the file, whatever the program makes of it, by table and id."""
    found = {}
    with closing(connect(path, Vault.unwrap_key(path, passphrase).key)) as connection:
        of_ours = "type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        for (table,) in connection.execute(f"SELECT name FROM sqlite_master WHERE {of_ours}").fetchall():
            asked = connection.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in asked.description]
            rows = [dict(zip(names, row, strict=True)) for row in asked]
            found[table] = {row[names[0]]: row for row in rows}
    return found


def assert_kept(before, after):
    """Every row is there with all that it held, whatever has come beside it."""
    for table, rows in before.items():
        assert rows, table
        assert list(after[table]) == list(rows)
        for row_id, row in rows.items():
            assert {name: after[table][row_id][name] for name in row} == row


def schema_of(path, passphrase):
    """All that the file is made of: tables with their columns, indexes and triggers."""
    with closing(connect(path, Vault.unwrap_key(path, passphrase).key)) as connection:
        objects = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        columns = {name: connection.execute(f"PRAGMA table_xinfo({name})").fetchall() for kind, name, *_ in objects if kind == "table"}
    return {each[:3]: re.sub(r"\s+", " ", each[3]) for each in objects}, columns


def test_each_released_vault_is_brought_up_to_date_row_for_row(frozen, passphrase):
    before = rows_of(frozen, passphrase)
    Vault.open(frozen, passphrase).close()
    assert_kept(before, rows_of(frozen, passphrase))


def test_a_vault_that_was_brought_up_to_date_is_made_like_a_new_one(frozen, passphrase, vault_path):
    Vault.open(frozen, passphrase).close()
    assert schema_of(frozen, passphrase) == schema_of(vault_path, passphrase)


def test_what_was_charted_before_reads_as_it_did(frozen, passphrase):
    with Vault.open(frozen, passphrase) as vault:
        records = Records(vault)
        zoe, omar = (records.patient(line.id) for line in (*records.patients("Zoë"), *records.patients("Omar")))
        left, first = records.visits(zoe.id)
        (draft,) = records.visits(omar.id)
        practice = records.practice()
    assert (practice.letterhead, practice.paper) == ("Lindenhof 4\n8001 Zürich", "Letter")
    assert zoe.shown_as == ("female" if frozen.name == "0001.vault" else "neutral")
    assert [(n.point, n.depth, n.depth_to, n.depth_unit, n.retention, n.mishap, n.counted, n.copied) for n in first.needles] == [
        ("ST36", 1.2, None, "cun", 25, "", True, False),
        ("TE5", 12.5, None, "mm", 25, "", True, False),
        ("", None, None, "cun", 10, "", True, False),
    ]
    assert {(each.kind, each.setting, each.minutes) for each in first.adjuncts} == {
        ("Electro-stimulation", "2/120 Hz, ST36–TE5", 25),
        ("Massage", "", None),
        ("Moxa on the navel", "warm", 10),
    }
    assert [amendment.text for amendment in first.amendments] == ["It was the left foot."]
    assert (first.signed is not None, left.needles_left_reason, draft.signed) == (True, "Press needle, three days", None)
    assert (left.count.inside, draft.count.inside, draft.count.planned) == (1, 1, 1)


@pytest.mark.parametrize("frozen", ["0003"], indirect=True)
def test_a_treatment_that_was_charted_before_reads_as_it_did(frozen, passphrase):
    with Vault.open(frozen, passphrase) as vault:
        records = Records(vault)
        (line,) = records.patients("Moreau")
        draft, closed = records.visits(line.id)
        (protocol,), (phrase,), practice, (intake,) = records.protocols(), records.phrases(), records.practice(), records.intakes(line.id)
        ((pressed, _),) = records.left_in()
        with pytest.raises(SignedVisitError):
            records.treat(closed.id, [replace(closed.events[0], outcome="Broke")])
    assert practice.rooms == ("East", "West", "Room 3")
    assert (protocol.key, protocol.sessions, protocol.retention, protocol.based_on) == ("feet", ("ST36 SP6 b", "LR3 GB41 b"), 25, "dpn")
    assert (phrase.key, phrase.text) == ("dq", "De qi at ___ and ___.")
    assert (intake.completed, intake.response) == (None, {"complaint": [{"text": "Brûlures"}]})
    assert (closed.room, closed.protocol, closed.session, closed.needles_left_reason) == (
        "East",
        "feet",
        1,
        "The patient left before the count",
    )
    assert closed.tongue == {"colour": ["pale"], "marks": ["cracks:tip"]}
    assert closed.pulse == {"left": ["deep"], "rate": ["72"]}
    assert [(n.point, n.depth_to, n.retention, n.held, n.mishap, n.counted) for n in closed.needles] == [
        ("ST36", 1.2, 25, 240, Mishap.STUCK, True),
        ("ST36", None, 25, 0, Mishap.NONE, False),
        ("", None, 0, 0, Mishap.NONE, True),
    ]
    electro, scraped, press = closed.adjuncts
    assert [adjunct_words(each, closed.needles) for each in closed.adjuncts] == [
        "EA 2/100 Hz · ST36 L–ST36 R · dense-disperse, 1.5 mA",
        "Gua sha · right anterior lower leg, left anterior lower leg",
        "2 press needles · ST36 L, forehead · 0.6 mm",
    ]
    assert (electro.clock.is_open, electro.held, len(scraped.strokes[0]), press.until, press.consent) == (
        False,
        60,
        2,
        date(2026, 3, 11),
        True,
    )
    assert pressed == press
    (event,) = closed.events
    assert (event.kind, event.needle_id, event.outcome) == (EventKind.STUCK, closed.needles[0].id, "Came out whole")
    assert (draft.room, draft.copied, [event.kind for event in draft.events]) == ("West", {"plan": "2026-03-08"}, [EventKind.FAINTING])
    assert [(n.is_in, n.clock.is_paused, n.held, n.copied) for n in draft.needles] == [
        (True, True, 30, False),
        (False, False, 0, True),
        (True, False, 0, False),
    ]
    assert [(each.method, each.copied) for each in draft.adjuncts] == [("sliding", True)]


def test_a_visit_that_was_signed_before_stays_closed(frozen, passphrase):
    with Vault.open(frozen, passphrase) as vault:
        records = Records(vault)
        (line,) = records.patients("Zoë")
        visits = records.visits(line.id)
        first = visits[1]
        for put in (replace(first.needles[0], point="SP6"), replace(first.adjuncts[0], minutes=5), Needle(first.id, first.needles[0].site)):
            with pytest.raises(SignedVisitError):
                records.treat(first.id, [put])
        for sql in (
            "DELETE FROM needle WHERE point = 'ST36'",
            "UPDATE adjunct SET kind = 'x' WHERE kind = 'Massage'",
            "DELETE FROM amendment",
        ):
            with pytest.raises(sa.exc.IntegrityError), vault.engine.begin() as connection:
                connection.exec_driver_sql(sql)
        assert records.visits(line.id) == visits


def test_the_draft_of_a_released_vault_goes_on(frozen, passphrase):
    with Vault.open(frozen, passphrase) as vault:
        records = Records(vault)
        draft, _ = next(pair for pair in records.open_visits() if pair[1].given == "Omar")
        with pytest.raises(NeedlesLeftError):
            records.sign(draft.id)
        out = [replace(needle, removed=needle.inserted) for needle in draft.needles if needle.is_in]
        records.treat(
            draft.id, [*out, replace(draft.adjuncts[0], started=draft.started), AdverseEvent(draft.id, EventKind.PAIN, draft.started)]
        )
        records.sign(draft.id)


KILLED = """
import sys
from pathlib import Path
from neuro_chart.store import tables, vault
vault.UPGRADES, tables.REVISION = Path(sys.argv[2]), sys.argv[3]
print("begun", flush=True)
vault.Vault.open(Path(sys.argv[1]), sys.argv[4])
print("done", flush=True)
"""


def open_elsewhere(path, passphrase):
    """The program of this moment opens a vault in a process of its own."""
    told = [sys.executable, "-c", KILLED, str(path), str(vaults.UPGRADES), tables.REVISION, passphrase]
    return subprocess.Popen(told, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT.parent)})


def test_a_program_that_ends_in_the_midst_of_it_leaves_the_vault_as_it_was(frozen, passphrase, later):
    later('__import__("os")._exit(9)')
    before = rows_of(frozen, passphrase)
    with open_elsewhere(frozen, passphrase) as opening:
        assert opening.wait() == 9
    assert rows_of(frozen, passphrase) == before
    later()
    with Vault.open(frozen, passphrase) as vault:
        assert {line.given for line in Records(vault).patients()} >= {"Zoë", "Omar"}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_program_that_is_killed_at_any_moment_of_it_leaves_the_vault_whole(frozen, passphrase, later, tmp_path):
    later()
    before = rows_of(frozen, passphrase)
    kept = tmp_path / "kept"
    kept.mkdir()
    for file in frozen.parent.glob(f"{frozen.name}*"):
        shutil.copy(file, kept)
    with open_elsewhere(frozen, passphrase) as opening:
        opening.stdout.readline()
        begun = time.monotonic()
        opening.stdout.readline()
        lasts = time.monotonic() - begun
    made = schema_of(frozen, passphrase)
    for seed in range(KILLS):
        folder = tmp_path / str(seed)
        shutil.copytree(kept, folder)
        path = folder / frozen.name
        with open_elsewhere(path, passphrase) as opening:
            opening.stdout.readline()
            time.sleep(random.Random(seed).uniform(0, lasts))
            opening.kill()
        for copy in folder.glob(f"{frozen.name}.before-*[!s]"):
            assert rows_of(copy, passphrase) == before
        assert_kept(before, rows_of(path, passphrase))
        Vault.open(path, passphrase).close()
        assert_kept(before, rows_of(path, passphrase))
        assert schema_of(path, passphrase) == made


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE")
def test_a_disk_without_room_leaves_the_vault_as_it_was(frozen, passphrase):
    import resource  # noqa: PLC0415  # POSIX only

    size, before, names = frozen.stat().st_size, rows_of(frozen, passphrase), {file.name for file in frozen.parent.iterdir()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 4096, size // 2, size - 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            with pytest.raises(WriteFailedError, match="room"):
                Vault.open(frozen, passphrase)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert {file.name for file in frozen.parent.iterdir()} == names
        assert rows_of(frozen, passphrase) == before
    Vault.open(frozen, passphrase).close()
    (copy,) = frozen.parent.glob(f"{frozen.name}.before-*[!s]")
    assert rows_of(copy, passphrase) == before


def test_the_trail_tells_of_it(frozen, passphrase):
    with Vault.open(frozen, passphrase) as vault:
        (told,) = Records(vault).trail(deed=Deed.UPGRADED)
        assert (told.changes["from"], told.changes["to"]) == (frozen.name[:4], tables.REVISION)
        assert told.practitioner_id == vault.practitioner_id


def test_a_step_that_fails_leaves_the_vault_as_it_was(vault_path, passphrase, later, monkeypatch):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Zoë"))
    later('raise RuntimeError("half way")')
    with pytest.raises(RuntimeError, match="half way"):
        Vault.open(vault_path, passphrase)
    monkeypatch.undo()
    with Vault.open(vault_path, passphrase) as vault:
        assert [line.given for line in Records(vault).patients()] == ["Zoë"]
        assert "later" not in sa.inspect(vault.reader).get_table_names()
    later()
    Vault.open(vault_path, passphrase).close()


def test_a_step_that_orphans_a_row_is_undone(vault_path, passphrase, later, monkeypatch):
    later("op.execute(\"INSERT INTO event VALUES ('x', 'nowhere', 'burn', '', '', '', '', '')\")")
    with pytest.raises(Exception, match="brought up to date"):
        Vault.open(vault_path, passphrase)
    monkeypatch.undo()
    Vault.open(vault_path, passphrase).close()
