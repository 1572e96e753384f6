"""Damage, byte by byte, to every file that the program keeps: told in a sentence or harmless; never a crash, never a wrong chart.

A few flips of each page in the usual run; `NEURO_CHART_FLIPS=4096 pytest tests/store/test_damage.py --basetemp=/dev/shm/damage` flips
every byte of the vault, of its journal, of its keys and of a backup, one at a time (half an hour of one core).
"""

import io
import json
import os
import random
import shutil
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from neuro_chart.__main__ import main
from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.backups import backup, look, restore
from neuro_chart.store.errors import DamagedVaultError, VaultError
from neuro_chart.store.keys import KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.tables import metadata
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify
from neuro_chart.store.witness import Witness

FLIPS = int(os.environ.get("NEURO_CHART_FLIPS", "1"))
PAGE = 4096
EVERY_BYTE = FLIPS >= PAGE
PARTS = 8 if EVERY_BYTE else 1  # of a long run; each that is done stands for itself
ALL_THE_WAY = max(8, FLIPS // 8)  # one of so many flips goes every way that leads to the file
FOLDER_OF_HEADS = "seen"
LONG_AGO = datetime(2010, 3, 1, 9, 30, tzinfo=UTC)


def held(folder):
    """What is in each file of a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def flips(size, seed, part=0):
    """Where to flip what: FLIPS places of every page of a part, all bits of one or a single one in turns; every byte if asked."""
    chance = random.Random(seed)  # noqa: S311
    for start in range(part * PAGE, size, PARTS * PAGE):
        page = range(start, min(start + PAGE, size))
        for at in page if EVERY_BYTE else chance.sample(page, min(FLIPS, len(page))):
            yield at, 0xFF if EVERY_BYTE or chance.random() < 0.5 else 1 << chance.randrange(8)


def flipped(whole, at, bits):
    return whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :]


def flip(path, at, bits):
    """Flips bits of a file where it stands; done again, the file is as it was."""
    with path.open("r+b", buffering=0) as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ bits]))


def told(vault):
    """All that a chart says."""
    r = Records(vault)
    people = [r.patient(line.id) for line in r.patients(limit=10_000)]
    theirs = [(r.visits(each.id), r.intakes(each.id)) for each in people]
    return r.practice(), r.practitioners(), people, theirs, r.protocols(), r.phrases(), r.trail(limit=10_000)


@pytest.fixture(scope="session")
def small(made_vault, passphrase, tmp_path_factory):
    """A small vault with every kind of row in it, closed; its key, and what it says."""
    path = tmp_path_factory.mktemp("small") / made_vault.name
    for old, new in ((made_vault, path), (keys_path(made_vault), keys_path(path))):
        shutil.copy(old, new)
    with Vault.open(path, passphrase) as vault:
        records, site = Records(vault), Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")
        for name in ("Rosa", "Teodor", "Wren"):
            patient = Patient(name, "Delgado", notes=f"Notes on {name}. " * 40)
            records.save_patient(patient)
            visit = Visit(patient.id, vault.practitioner_id, subjective=f"{name} sleeps badly. " * 60)
            visit.needles = [Needle(visit.id, site, "ST36", inserted=visit.started, removed=visit.started)]
            visit.adjuncts = [Adjunct(visit.id, "moxa")]
            visit.events = [AdverseEvent(visit.id, EventKind.BRUISE, visit.started)]
            records.start_visit(visit)
            records.sign(visit.id)
        records.amend(Amendment(visit.id, vault.practitioner_id, "On the left", "Sides mixed up"))
        records.start_intake(history := Intake(patient.id, "https://example.org/form|1", {}))
        records.complete_intake(history.id, {"item": "numb"})
        records.put_phrase(Phrase("calf", "Numb to the calf"))
        records.put_protocol(Protocol("feet", "Feet", ("ST36 SP6 b",)))
        records.save_practice(replace(records.practice(), retention=Retention(5)))
        Records(vault, now=lambda: LONG_AGO).save_patient(gone := Patient("Long", "Gone", created=LONG_AGO))
        records.erase(gone.id, "Over")
        records.start_visit(draft := Visit(patient.id, vault.practitioner_id))
        records.note(draft.id, subjective="Half a sent")
        records.keep_place({"page": "today"})
        with vault.reader.connect() as connection:
            for table in metadata.tables.values():
                assert connection.scalar(sa.select(sa.func.count()).select_from(table)), table.name
        said = told(vault)
    return path, Vault.unwrap_key(path, passphrase), said


@pytest.fixture
def charted(small, tmp_path):
    """A copy of the small vault."""
    path, unlocked, said = small
    shutil.copytree(path.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / path.name, unlocked, said


def attempt(act):
    """What an act gives, and the error that refused it."""
    try:
        return act(), None
    except VaultError as error:
        return None, error


def opened_or_told(path, unlocked, said):
    """A damaged vault says what it said before, or is refused with a sentence and stays as it is, byte for byte."""
    before = held(path.parent)
    vault, error = attempt(lambda: Vault.open_with_key(path, unlocked))
    if vault is not None:
        with vault:
            assert told(vault) == said
        return "opened"
    assert str(error).endswith(".")
    assert "backup" in str(error)
    assert held(path.parent) == before
    return "refused"


def refused_on_every_way(path, unlocked, words):
    """Whoever looks into a damaged vault, puts it back or asks for it on the command line is told the same; nothing changes or appears."""
    before, nowhere = held(path.parent), path.with_name("nowhere.vault")
    for act in (lambda: look(path, unlocked), lambda: restore(path, nowhere, unlocked)):
        _, error = attempt(act)
        assert "backup" in str(error)
    for command in (("verify", path), ("restore", path, "--yes", "--vault", nowhere), ("backup", path.parent, "--vault", path)):
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()) as told_instead:
            assert main([str(word) for word in (*command, "--passphrase-file", words)]) == 1
        assert said.getvalue() == ""
        assert "backup" in told_instead.getvalue()
        assert told_instead.getvalue().endswith(".\n")
    assert held(path.parent) == before


@pytest.mark.parametrize("part", range(PARTS))
def test_a_flip_in_any_page_of_the_vault(charted, passphrase, part):
    path, unlocked, said = charted
    words = path.with_name("words")
    words.write_text(passphrase)
    whole = held(path.parent)
    for number, (at, bits) in enumerate(flips(path.stat().st_size, 1, part)):
        flip(path, at, bits)
        assert opened_or_told(path, unlocked, said) == "refused", at
        if number % ALL_THE_WAY == 0:
            refused_on_every_way(path, unlocked, words)
        flip(path, at, bits)
    assert held(path.parent) == whole
    assert opened_or_told(path, unlocked, said) == "opened"


def test_a_whole_page_turned_over_emptied_swapped_or_from_another_day(charted, passphrase):
    path, unlocked, said = charted
    old = path.read_bytes()
    with Vault.open(path, passphrase) as vault:
        Records(vault).save_patient(Patient("Newly", "Come"))
        said = told(vault)
    whole = path.read_bytes()
    pages = range(0, len(whole), PAGE)
    for start in pages[:: 1 if EVERY_BYTE else 4]:
        page, other = whole[start : start + PAGE], whole[pages[-1] - start :][:PAGE]
        for made in (bytes(byte ^ 0xFF for byte in page), bytes(PAGE), other, old[start : start + PAGE]):
            if made != page and len(made) == PAGE:
                path.write_bytes(whole[:start] + made + whole[start + PAGE :])
                outcome = "another chart"
                with suppress(AssertionError):
                    outcome = opened_or_told(path, unlocked, said)
                if made != old[start : start + PAGE]:
                    assert outcome == "refused"
                elif outcome == "another chart":  # of an older page the HMAC fits: the trail or a signature tells
                    with Vault.open_with_key(path, unlocked) as vault:
                        assert not verify(vault).holds


def test_a_flip_in_any_byte_of_the_keys(charted, passphrase):
    path, unlocked, _ = charted
    keys = keys_path(path)
    for at in range(0, keys.stat().st_size, 1 if EVERY_BYTE else 7):
        for bits in (*(1 << bit for bit in range(8)), 0xFF) if EVERY_BYTE else (0x01, 0x20, 0xFF):
            flip(keys, at, bits)
            before = held(path.parent)
            given, error = attempt(lambda: Vault.unwrap_key(path, passphrase))
            assert given == unlocked or (isinstance(error, DamagedVaultError) and "backup" in str(error))
            assert held(path.parent) == before
            flip(keys, at, bits)


@pytest.fixture
def unfinished(charted, tmp_path, passphrase):
    """A vault as a crash leaves it before its journal was written into the file: acts of a time when a backup held it back."""
    path, unlocked, _ = charted
    seen, crashed = Witness(tmp_path / FOLDER_OF_HEADS), tmp_path / "crashed"
    vault_id = KeyRing.load(keys_path(path)).vault_id
    with Vault.open(path, passphrase) as vault:
        records = Records(vault)

        def act(_share):
            if not crashed.exists():
                for number in range(3):
                    records.save_patient(Patient(f"During {number}", "Backup"))
                crashed.mkdir()
                journal = path.with_name(f"{path.name}-wal")
                for file in (path, keys_path(path), journal):
                    (crashed / file.name).write_bytes(_read_elsewhere(file))
                seen.keep(vault_id, records.trail_head())
            return True

        backup(vault, _made(tmp_path / "backups-of-it"), act)
        said = told(vault)
    return crashed / path.name, unlocked, said, seen, vault_id


def _made(folder):
    folder.mkdir()
    return folder


def _read_elsewhere(file):
    """What a file holds, read by another process: a handle closed in this one would drop SQLite's lock."""
    import subprocess  # noqa: PLC0415  # only here
    import sys  # noqa: PLC0415  # as above

    code = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"
    return subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, check=True).stdout  # noqa: S603


@pytest.mark.parametrize("part", range(PARTS))
def test_a_flip_in_the_journal_loses_no_act_in_silence(unfinished, part):
    """SQLite leaves out what stands behind a torn page of its journal and says nothing; the head that this machine kept tells."""
    path, unlocked, said, seen, vault_id = unfinished
    journal = path.with_name(f"{path.name}-wal")
    whole = {file: file.read_bytes() for file in path.parent.iterdir()}
    assert len(whole[journal]) > 6 * PAGE, "acts wait in the journal"
    charts = {}  # what was found of each chart that a vault held afterwards: there are only as many as there were acts

    def came_of_it(given):
        for file, content in given.items():
            file.write_bytes(content)
        vault, error = attempt(lambda: Vault.open_with_key(path, unlocked))
        if vault is None:
            assert "backup" in str(error)
            assert {file: file.read_bytes() for file in path.parent.iterdir()} == given
            return "refused"
        vault.close()
        chart = path.read_bytes()
        if chart not in charts:
            with Vault.open_with_key(path, unlocked) as vault:
                outran = seen.outrun(vault, vault_id)
                assert verify(vault).holds, "what is left is a chart as it once was"
                assert (told(vault)[2] == said[2]) == (outran is None)
            charts[chart] = "whole" if outran is None else "told by the head"
        return charts[chart]

    assert came_of_it(whole) == "whole"
    places = list(flips(len(whole[journal]), 3, part))
    outcomes = set()
    for at, bits in places[:: max(1, len(places) // 12) if FLIPS == 1 else 1]:
        outcomes.add(came_of_it(whole | {journal: flipped(whole[journal], at, bits)}))
    assert "told by the head" in outcomes
    assert len(charts) <= 5, "after none of three acts, after each of them, and after the last words of the copy"


def test_an_older_whole_copy_is_noticed(charted, tmp_path, passphrase):
    path, unlocked, _ = charted
    seen, vault_id = Witness(tmp_path / FOLDER_OF_HEADS), KeyRing.load(keys_path(path)).vault_id
    copies = []
    for number in range(20):
        copies.append(path.read_bytes())
        with Vault.open(path, passphrase) as vault:
            assert seen.outrun(vault, vault_id) is None
            Records(vault).save_patient(Patient(f"Number {number}"))
            seen.keep(vault_id, Records(vault).trail_head())
    newest = path.read_bytes()
    for number, copy in enumerate(copies):
        path.write_bytes(copy)
        with Vault.open_with_key(path, unlocked) as vault:
            outran = seen.outrun(vault, vault_id)
            assert outran == seen.seen(vault_id)
            if number in {0, 19}:
                assert not verify(vault, seen=outran).holds
                for more in range(22):  # also once it was written on
                    Records(vault).save_patient(Patient(f"After {more}"))
                assert seen.outrun(vault, vault_id) is not None
    path.write_bytes(newest)
    with Vault.open_with_key(path, unlocked) as vault:
        assert seen.outrun(vault, vault_id) is None


@pytest.fixture
def made(charted, tmp_path, passphrase):
    """A backup of the small vault."""
    with Vault.open(charted[0], passphrase) as vault:
        return backup(vault, _made(tmp_path / "kept")).path


@pytest.mark.parametrize("part", range(PARTS))
def test_a_flip_in_a_backup_is_found_before_it_is_put_back(charted, made, tmp_path, part):
    path, unlocked, said = charted
    whole = held(tmp_path)
    for number, (at, bits) in enumerate(flips(made.stat().st_size, 5, part)):
        flip(made, at, bits)
        before = held(tmp_path)
        with pytest.raises(VaultError, match="damaged"):
            look(made, unlocked)
        if number % ALL_THE_WAY == 0:
            with pytest.raises(VaultError, match="damaged"):
                restore(made, path, unlocked)
        assert held(tmp_path) == before
        flip(made, at, bits)
    assert held(tmp_path) == whole
    assert restore(made, path, unlocked) is not None
    with Vault.open_with_key(path, unlocked) as vault:
        assert told(vault)[:6] == said[:6]


def test_a_flip_in_the_keys_of_a_backup_puts_nothing_back(charted, made, tmp_path, passphrase):
    path, unlocked, _ = charted
    keys = keys_path(made)
    for at in range(0, keys.stat().st_size, 1 if EVERY_BYTE else 97):
        flip(keys, at, 0x04)
        before = held(tmp_path)
        given, error = attempt(lambda: Vault.unwrap_key(made, passphrase))
        assert given == unlocked or isinstance(error, DamagedVaultError)
        if given is None:
            assert isinstance(attempt(lambda: restore(made, path, unlocked))[1], DamagedVaultError)
        assert held(tmp_path) == before
        flip(keys, at, 0x04)


GARBAGE = [b"", b"\0" * 9000, b"SQLite format 3\0" + b"\0" * 9000, b"PK\3\4" + b"x" * 9000, random.Random(1).randbytes(70_001)]  # noqa: S311


@pytest.mark.parametrize("content", GARBAGE, ids=["empty", "zeros", "plain", "zip", "noise"])
@pytest.mark.parametrize("which", ["vault", "keys", "both", "journal"])
def test_garbage_in_place_of_a_file(charted, passphrase, content, which):
    path, unlocked, said = charted
    journal = path.with_name(f"{path.name}-wal")
    for file in {"vault": [path], "keys": [keys_path(path)], "both": [path, keys_path(path)], "journal": [journal]}[which]:
        file.write_bytes(content)
    before = held(path.parent)
    if which == "journal":  # one that isn't of this vault holds nothing of it
        assert opened_or_told(path, unlocked, said) == "opened"
        return
    with pytest.raises(VaultError) as refused:
        Vault.open(path, passphrase)
    assert str(refused.value).endswith(".")
    assert held(path.parent) == before


def test_every_length_of_a_cut_off_vault(charted, passphrase):
    path, _, _ = charted
    whole = path.read_bytes()
    chance = random.Random(9)  # noqa: S311
    for length in [*range(0, len(whole), PAGE * 4), *(chance.randrange(len(whole)) for _ in range(15))]:
        path.write_bytes(whole[:length])
        before = held(path.parent)
        with pytest.raises(VaultError) as refused:
            Vault.open(path, passphrase)
        assert str(refused.value).endswith(".")
        assert held(path.parent) == before


def test_the_files_of_another_vault(charted, tmp_path, passphrase, cheap_kdf):
    path, unlocked, said = charted
    other = _made(tmp_path / "other") / "other.vault"
    Vault.create(other, passphrase, Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    for mine, theirs in ((path, other), (keys_path(path), keys_path(other))):
        whole = mine.read_bytes()
        shutil.copy(theirs, mine)
        before = held(tmp_path)
        with pytest.raises(DamagedVaultError, match="another vault"):
            Vault.open(path, passphrase)
        assert held(tmp_path) == before
        mine.write_bytes(whole)
    assert opened_or_told(path, unlocked, said) == "opened"


def test_a_flip_in_the_file_of_failed_attempts(charted):
    path, *_ = charted
    attempts = Attempts(path)
    for _ in range(8):
        attempts.failed()
    whole = attempts.path.read_bytes()
    for at in range(len(whole)):
        attempts.path.write_bytes(flipped(whole, at, 0xFF if at % 2 else 1 << at % 7))
        assert 0 <= attempts.wait() <= 24 * 3600
        assert len(attempts.moments()) <= 9
    for content in GARBAGE:
        attempts.path.write_bytes(content)
        assert attempts.wait() >= 0
        assert attempts.moments() == []


def test_a_flip_in_the_head_that_this_machine_kept(charted, tmp_path, passphrase):
    path, *_ = charted
    seen, vault_id = Witness(tmp_path / FOLDER_OF_HEADS), KeyRing.load(keys_path(path)).vault_id
    with Vault.open(path, passphrase) as vault:
        seen.keep(vault_id, Records(vault).trail_head())
        (file,) = seen.folder.iterdir()
        whole = file.read_bytes()
        for at in range(len(whole)):
            file.write_bytes(flipped(whole, at, 0x01 if at % 2 else 0xFF))
            outran = seen.outrun(vault, vault_id)  # a warning too many, or none; never a crash
            assert outran is None or outran == seen.seen(vault_id)
        for content in (
            *GARBAGE,
            b"[1]",
            b'["x", "y", "z"]',
            b"[1, 2, 3]",
            b'[9e999, "x", "2026-01-01"]',
            b'[9999999999999999999, "x", "2026-01-01"]',
            b'[1, "x", "0001-01-01T00:00:00+00:00"]',
            b'[1, "x", "9999-12-31T23:59:59+00:00"]',
            b"[" * 100_000,
        ):
            file.write_bytes(content)
            assert seen.outrun(vault, vault_id) is None


@pytest.mark.parametrize("step", ["begun", "kept", "keys"])
def test_a_flip_in_the_marker_of_a_restore_loses_neither_vault(charted, tmp_path, passphrase, step):
    """The marker of a restore that was killed, damaged byte by byte: the next start ends it or says so, and both charts are there."""
    path, unlocked, said = charted
    with Vault.open(path, passphrase) as vault:
        made = backup(vault, _made(tmp_path / "kept"))
    folder = _made(tmp_path / "practice")
    here, fresh, kept = folder / path.name, folder / f".{path.name}.1234.new", folder / "clinic (replaced).vault"
    marker = folder / f"{path.name}.restoring"
    words = json.dumps([fresh.name, kept.name]).encode()
    for at in range(0, len(words), 1 if EVERY_BYTE else 3):
        for left in folder.iterdir():
            left.unlink()
        for source, target in ((path, here), (made.path, fresh)):
            shutil.copy(source, target)
            shutil.copy(keys_path(source), keys_path(target))
        if step in {"kept", "keys"}:
            os.link(keys_path(here), keys_path(kept))
            os.link(here, kept)
        if step == "keys":
            keys_path(fresh).replace(keys_path(here))
        marker.write_bytes(flipped(words, at, 0x02))
        vault, error = attempt(lambda: Vault.open_with_key(here, unlocked))
        if vault is not None:
            with vault:
                assert told(vault)[2:4] == said[2:4]
        else:
            assert str(error).endswith(".")
        assert path.read_bytes() in held(folder).values() or here.exists()
    for content in (
        b'["", ""]',
        b'["a\\u0000b", "c"]',
        b'["clinic.vault.keys", "\\ud800"]',
        b'[".", ".."]',
        b'["x", "x"]',
        b"{}",
        *GARBAGE,
    ):
        marker.write_bytes(content)
        vault, error = attempt(lambda: Vault.open_with_key(here, unlocked))
        if vault is not None:
            vault.close()
        else:
            assert str(error).endswith(".")
