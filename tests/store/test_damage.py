"""Damage, byte by byte, to every file that the program keeps: told in a sentence or harmless; never a crash, never a wrong chart.

A few flips of each page in the usual run; `NEURO_CHART_FLIPS=4096 pytest tests/store/test_damage.py` flips every byte of the vault, of its
journal and of a backup, one at a time (hours).
"""

import json
import os
import random
import shutil
from contextlib import suppress
from hashlib import sha256

import pytest

from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.backups import backup, look, restore
from neuro_chart.store.errors import DamagedVaultError, VaultError
from neuro_chart.store.keys import KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify
from neuro_chart.store.witness import Witness

FLIPS = int(os.environ.get("NEURO_CHART_FLIPS", "1"))
PAGE = 4096
FOLDER_OF_HEADS = "seen"


def prints(folder):
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def flips(size, seed, per_page=FLIPS):
    """Where to flip what: `per_page` places of every page, all bits of one or a single one in turns; every byte where that is asked for."""
    chance = random.Random(seed)  # noqa: S311
    for start in range(0, size, PAGE):
        page = range(start, min(start + PAGE, size))
        for at in page if per_page >= PAGE else chance.sample(page, min(per_page, len(page))):
            yield at, 0xFF if per_page >= PAGE or chance.random() < 0.5 else 1 << chance.randrange(8)


def flipped(whole, at, bits):
    return whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :]


def told(vault):
    """All that a chart says."""
    r = Records(vault)
    people = [r.patient(line.id) for line in r.patients(limit=10_000)]
    return r.practice(), r.practitioners(), people, [r.visits(each.id) for each in people], r.trail(limit=10_000)


@pytest.fixture
def charted(vault_path, passphrase):
    """A small vault with a chart in it, closed; its key, and what it says."""
    with Vault.open(vault_path, passphrase) as vault:
        records = Records(vault)
        for name in ("Rosa", "Teodor", "Wren"):
            patient = Patient(name, "Delgado", notes=f"Notes on {name}. " * 40)
            records.save_patient(patient)
            visit = Visit(patient.id, vault.practitioner_id, subjective=f"{name} sleeps badly. " * 60)
            records.start_visit(visit)
            records.sign(visit.id)
        said = told(vault)
    return vault_path, Vault.unwrap_key(vault_path, passphrase), said


def attempt(act):
    """What an act gives, and the error that refused it."""
    try:
        return act(), None
    except VaultError as error:
        return None, error


def opened_or_told(path, unlocked, said):
    """A damaged vault says what it said before, or is refused with a sentence and stays as it is, byte for byte."""
    before = prints(path.parent)
    vault, error = attempt(lambda: Vault.open_with_key(path, unlocked))
    if vault is not None:
        with vault:
            assert told(vault) == said
        return "opened"
    assert str(error).endswith(".")
    assert "backup" in str(error)
    assert prints(path.parent) == before
    return "refused"


def test_a_flip_in_any_page_of_the_vault(charted):
    path, unlocked, said = charted
    whole = path.read_bytes()
    outcomes = []
    for at, bits in flips(len(whole), 1):
        path.write_bytes(flipped(whole, at, bits))
        outcomes.append(opened_or_told(path, unlocked, said))
    assert set(outcomes) == {"refused"}
    assert len(outcomes) >= len(whole) // PAGE
    path.write_bytes(whole)
    assert opened_or_told(path, unlocked, said) == "opened"


def test_a_whole_page_turned_over_emptied_swapped_or_from_another_day(charted, passphrase):
    path, unlocked, said = charted
    old = path.read_bytes()
    with Vault.open(path, passphrase) as vault:
        Records(vault).save_patient(Patient("Newly", "Come"))
        said = told(vault)
    whole = path.read_bytes()
    pages = range(0, len(whole), PAGE)
    for start in pages[:: 1 if FLIPS >= PAGE else 4]:
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
    whole = keys.read_bytes()
    for at in range(0, len(whole), 1 if FLIPS >= PAGE else 7):
        for bits in (0x01, 0x20, 0xFF):
            keys.write_bytes(flipped(whole, at, bits))
            before = prints(path.parent)
            given, error = attempt(lambda: Vault.unwrap_key(path, passphrase))
            assert given == unlocked or (isinstance(error, DamagedVaultError) and str(error).endswith("."))
            assert prints(path.parent) == before


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
                for number in range(6):
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


def test_a_flip_in_the_journal_loses_no_act_in_silence(unfinished, tmp_path):
    """SQLite leaves out what stands behind a torn page of its journal and says nothing; the head that this machine kept tells."""
    path, unlocked, said, seen, vault_id = unfinished
    journal = path.with_name(f"{path.name}-wal")
    whole = {file: file.read_bytes() for file in path.parent.iterdir()}
    assert len(whole[journal]) > 6 * PAGE, "acts wait in the journal"
    outcomes = []
    places = list(flips(len(whole[journal]), 3))
    places = [(None, 0), *places[:: max(1, len(places) // 12) if FLIPS == 1 else 1]]
    for at, bits in places:
        for left in path.parent.iterdir():
            left.unlink()
        for file, content in whole.items():
            file.write_bytes(flipped(content, at, bits) if file == journal and at is not None else content)
        vault, error = attempt(lambda: Vault.open_with_key(path, unlocked))
        if vault is None:
            assert "backup" in str(error)
            outcomes.append("refused")
            continue
        with vault:
            outran = seen.outrun(vault, vault_id)
            assert verify(vault).holds, "what is left is a chart as it once was"
            assert (told(vault)[2] == said[2]) == (outran is None), at
            outcomes.append("whole" if outran is None else "told by the head")
    assert outcomes[0] == "whole"
    assert "told by the head" in outcomes


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
            assert not verify(vault, seen=outran).holds
            if number % 5 == 0:  # also once it was written on
                for more in range(30):
                    Records(vault).save_patient(Patient(f"After {more}"))
                assert seen.outrun(vault, vault_id) is not None
    path.write_bytes(newest)
    with Vault.open_with_key(path, unlocked) as vault:
        assert seen.outrun(vault, vault_id) is None


def test_a_flip_in_a_backup_is_found_before_it_is_put_back(charted, tmp_path, passphrase):
    path, unlocked, said = charted
    with Vault.open(path, passphrase) as vault:
        made = backup(vault, _made(tmp_path / "kept"))
    whole, keys = made.path.read_bytes(), keys_path(made.path).read_bytes()
    for number, (at, bits) in enumerate(flips(len(whole), 5)):
        made.path.write_bytes(flipped(whole, at, bits))
        before = prints(tmp_path)
        with pytest.raises(VaultError, match="damaged"):
            look(made.path, unlocked)
        if number % 10 == 0:
            with pytest.raises(VaultError, match="damaged"):
                restore(made.path, path, unlocked)
        assert prints(tmp_path) == before
    made.path.write_bytes(whole)
    for at in range(0, len(keys), 97):
        keys_path(made.path).write_bytes(flipped(keys, at, 0x04))
        with suppress(DamagedVaultError):
            assert Vault.unwrap_key(made.path, passphrase) == unlocked
    keys_path(made.path).write_bytes(keys)
    assert restore(made.path, path, unlocked) is not None
    with Vault.open_with_key(path, unlocked) as vault:
        assert told(vault)[:4] == said[:4]


GARBAGE = [b"", b"\0" * 9000, b"SQLite format 3\0" + b"\0" * 9000, b"PK\3\4" + b"x" * 9000, random.Random(1).randbytes(70_001)]  # noqa: S311


@pytest.mark.parametrize("content", GARBAGE, ids=["empty", "zeros", "plain", "zip", "noise"])
@pytest.mark.parametrize("which", ["vault", "keys", "both", "journal"])
def test_garbage_in_place_of_a_file(charted, passphrase, content, which):
    path, unlocked, said = charted
    journal = path.with_name(f"{path.name}-wal")
    for file in {"vault": [path], "keys": [keys_path(path)], "both": [path, keys_path(path)], "journal": [journal]}[which]:
        file.write_bytes(content)
    before = prints(path.parent)
    if which == "journal":  # one that isn't of this vault holds nothing of it
        assert opened_or_told(path, unlocked, said) == "opened"
        return
    with pytest.raises(VaultError) as refused:
        Vault.open(path, passphrase)
    assert str(refused.value).endswith(".")
    assert prints(path.parent) == before


def test_every_length_of_a_cut_off_vault(charted, passphrase):
    path, _, _ = charted
    whole = path.read_bytes()
    chance = random.Random(9)  # noqa: S311
    for length in [*range(0, len(whole), PAGE * 4), *(chance.randrange(len(whole)) for _ in range(15))]:
        path.write_bytes(whole[:length])
        before = prints(path.parent)
        with pytest.raises(VaultError) as refused:
            Vault.open(path, passphrase)
        assert str(refused.value).endswith(".")
        assert prints(path.parent) == before


def test_the_files_of_another_vault(charted, tmp_path, passphrase, cheap_kdf):
    path, unlocked, said = charted
    other = _made(tmp_path / "other") / "other.vault"
    Vault.create(other, passphrase, Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    for mine, theirs in ((path, other), (keys_path(path), keys_path(other))):
        whole = mine.read_bytes()
        shutil.copy(theirs, mine)
        before = prints(tmp_path)
        with pytest.raises(DamagedVaultError, match="another vault"):
            Vault.open(path, passphrase)
        assert prints(tmp_path) == before
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
        for content in (*GARBAGE, b"[1]", b'["x", "y", "z"]', b"[1, 2, 3]", b'[9e999, "x", "2026-01-01"]', b"[" * 100_000):
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
    for at in range(0, len(words), 1 if FLIPS >= PAGE else 3):
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
        assert sha256(path.read_bytes()).hexdigest() in prints(folder).values() or here.exists()
    for content in (b'["", ""]', b'["a\\u0000b", "c"]', b'[".", ".."]', b'["x", "x"]', b"{}", *GARBAGE):
        marker.write_bytes(content)
        vault, error = attempt(lambda: Vault.open_with_key(here, unlocked))
        if vault is not None:
            vault.close()
        else:
            assert str(error).endswith(".")
