"""The vault through its real files: made, opened, refused, held by one, readable by nobody without the passphrase."""

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest

import neuro_chart
from neuro_chart.clinic.people import Patient, Practice, Practitioner, Role
from neuro_chart.clinic.visits import Visit
from neuro_chart.store import keys
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.door import connect
from neuro_chart.store.errors import (
    CancelledError,
    DamagedVaultError,
    NewerVaultError,
    NotAVaultError,
    NoVaultError,
    VaultError,
    VaultInUseError,
    WriteFailedError,
    WrongPassphraseError,
)
from neuro_chart.store.keys import Kdf, KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

HERE = Path(neuro_chart.__file__).parents[1]
FROZEN = Path(__file__).parent / "vaults"
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def prints(folder: Path) -> dict[str, str]:
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def run(code: str, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *map(str, args)], cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603


def refused(path: Path, passphrase: str, error: type[VaultError]) -> str:
    """Opens in vain; not a byte of the folder changes; returns what the user reads."""
    before = prints(path.parent)
    with pytest.raises(error) as caught:
        Vault.open(path, passphrase)
    assert type(caught.value) is error
    Attempts(path).forget()
    assert prints(path.parent) == before
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_new_vault_holds_its_practice_and_opens_for_its_practitioner(tmp_path, passphrase, cheap_kdf):
    mei = Practitioner("Dr Mei Lindqvist")
    with Vault.create(tmp_path / "clinic.vault", passphrase, Practice("Riverside", paper="Letter"), mei, kdf=cheap_kdf) as vault:
        assert Records(vault).practice().paper == "Letter"
    assert {file.name for file in tmp_path.iterdir()} == {"clinic.vault", "clinic.vault.keys"}
    with Vault.open(tmp_path / "clinic.vault", passphrase) as vault:
        assert vault.practitioner_id == mei.id
        mei = replace(mei, role=Role.OWNER)
        assert Records(vault).practitioner() == mei
        assert Records(vault).practitioners() == [mei]


@POSIX
def test_only_the_owner_may_read_the_files(vault):
    for file in vault.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_nothing_of_the_chart_is_readable_in_any_file(vault, records):
    patient = Patient("Markerine", "Wordington", notes="MARKER-notes " * 50)
    records.save_patient(patient)
    visit = Visit(patient.id, vault.practitioner_id, subjective="MARKER-subjective")
    records.start_visit(visit)
    with closing(vault.engine.raw_connection()) as connection:  # held open, so that the journal is not empty
        cursor = connection.cursor()
        cursor.execute("UPDATE patient SET physician = 'MARKER-physician'")
        for file in vault.path.parent.iterdir():
            content = file.read_bytes()
            assert content[:16] != b"SQLite format 3\0"
            for marker in (b"MARKER", b"Markerine", b"Wordington", b"Riverside", b"Lindqvist", b"CREATE TABLE"):
                assert marker not in content, file.name
        cursor.close()
    assert (vault.path.parent / "clinic.vault-wal").exists()


def test_the_file_alone_is_the_whole_record_after_each_act(vault, records, tmp_path, passphrase):
    records.save_patient(Patient("Zoë", "Ek"))
    # a copy by another process: a handle closed in this one would drop SQLite's lock
    copy = tmp_path / "copied" / vault.path.name
    copy.parent.mkdir()
    for file in (vault.path, keys_path(vault.path)):
        assert run("import shutil, sys; shutil.copy(*sys.argv[1:])", file, copy.parent).returncode == 0
    with Vault.open(copy, passphrase) as copied:
        assert [line.given for line in Records(copied).patients()] == ["Zoë"]


def test_the_connection_is_set_as_measured(vault):
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "locking_mode": "exclusive",
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "fullfsync": 1,
        "temp_store": 2,
    }
    with vault.reader.connect() as connection:
        for name, value in expected.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value, name


def test_an_existing_file_is_never_overwritten(vault_path, passphrase, cheap_kdf):
    before = prints(vault_path.parent)
    with pytest.raises(VaultError, match="already"):
        Vault.create(vault_path, passphrase, Practice("Other"), Practitioner("Other"), kdf=cheap_kdf)
    assert prints(vault_path.parent) == before


def test_keys_without_their_vault_are_kept_when_a_new_vault_takes_the_name(vault_path, passphrase, cheap_kdf):
    away = vault_path.with_name("moved-away")
    vault_path.rename(away)
    Vault.create(vault_path, "another one", Practice("New"), Practitioner("New"), kdf=cheap_kdf).close()
    (kept,) = vault_path.parent.glob("clinic.vault.keys.kept-*")
    kept.rename(keys_path(away))
    with Vault.open(away, passphrase) as vault:
        assert Records(vault).practice().name == "Riverside Acupuncture"


def test_a_journal_that_a_killed_program_left_of_another_vault_harms_no_new_one(vault_path, passphrase, cheap_kdf):
    journal = vault_path.with_name(f"{vault_path.name}-wal")
    with Vault.open(vault_path, passphrase) as vault, closing(vault.engine.raw_connection()) as connection:
        connection.cursor().execute("UPDATE practice SET name = 'Never checkpointed'")
        left = journal.read_bytes()
    away = vault_path.parent / "away"
    away.mkdir()
    for file in (vault_path, keys_path(vault_path)):
        file.rename(away / file.name)
    journal.write_bytes(left)
    with Vault.create(vault_path, "another one", Practice("New"), Practitioner("New"), kdf=cheap_kdf) as vault:
        assert Records(vault).practice().name == "New"
    (kept,) = vault_path.parent.glob("clinic.vault-wal.kept-*")
    assert kept.read_bytes() == left


@pytest.mark.parametrize("where", ["missing/clinic.vault", "file/clinic.vault"])
def test_a_folder_that_cant_hold_a_vault_is_told_plainly(tmp_path, where, passphrase, cheap_kdf):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(WriteFailedError, match="Choose another folder"):
        Vault.create(tmp_path / where, passphrase, Practice("P"), Practitioner("P"), kdf=cheap_kdf)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("empty", ["", "   ", "\u3000"])
def test_an_empty_passphrase_is_refused(tmp_path, empty, vault_path):
    with pytest.raises(VaultError, match="passphrase"):
        Vault.create(tmp_path / "new.vault", empty, Practice("P"), Practitioner("P"))
    assert not (tmp_path / "new.vault").exists()
    refused(vault_path, empty, WrongPassphraseError)


def test_a_crash_while_a_vault_is_made_leaves_nothing_under_its_name(tmp_path, passphrase, cheap_kdf):
    code = """if True:
        import os, signal, sys
        from pathlib import Path
        from neuro_chart.clinic.people import Practice, Practitioner
        from neuro_chart.store import keys, vault
        vault.sync_folder = keys.sync_folder = lambda folder: os.kill(os.getpid(), signal.SIGKILL)
        vault.Vault.create(Path(sys.argv[1]), "a passphrase", Practice("P"), Practitioner("P"), kdf=keys.Kdf(64, 1, 1))
    """
    assert run(code, tmp_path / "new.vault").returncode < 0
    assert not (tmp_path / "new.vault").exists()
    with Vault.create(tmp_path / "new.vault", passphrase, Practice("Again"), Practitioner("P"), kdf=cheap_kdf) as vault:
        assert Records(vault).practice().name == "Again"


@pytest.mark.parametrize("name", ["Praxis Müller #1, 50%.vault", "a b?c&mode=ro", "足三里", "'quoted\""])
def test_any_name_will_do(tmp_path, name, passphrase, cheap_kdf):
    if os.name != "posix" and set(name) & set('?"'):
        pytest.skip("no file name there")
    Vault.create(tmp_path / name, passphrase, Practice("P"), Practitioner("P"), kdf=cheap_kdf).close()
    with Vault.open(tmp_path / name, passphrase) as vault:
        assert Records(vault).practice().name == "P"


def test_a_vault_opened_on_one_thread_answers_on_another(records):
    records.save_patient(Patient("Zoë"))
    with ThreadPoolExecutor(3) as threads:
        counts = threads.map(lambda _: records.patient_count("zoe"), range(20))
        assert set(counts) == {1}


def test_a_question_gets_its_turn_while_another_thread_never_rests(vault, records):
    """Else a window would stand still for as long as a worker asks one thing after another."""
    asked, stop = [0], Event()

    def work():
        while not stop.is_set():
            records.patient_count()
            asked[0] += 1

    with ThreadPoolExecutor(1) as threads:
        worker = threads.submit(work)
        try:
            for _ in range(100):
                records.practice()
        finally:
            stop.set()
        worker.result()
    assert asked[0] < 1_000, "each waits for one of the other's; without turns it was 84,814"


def test_who_waits_for_a_vault_that_is_closed_is_told_at_once(vault, records):
    with ThreadPoolExecutor(1) as threads, closing(vault.engine.raw_connection()):
        waits = threads.submit(records.practice)
        while not vault.engine.pool._next.locked():
            assert not waits.done()
        vault.close()
        assert isinstance(waits.exception(timeout=20), VaultError), "it would wait for half a minute"


def test_a_vault_that_is_closed_while_others_ask_is_free_for_the_next_at_once(vault_path, passphrase):
    unlocked = Vault.unwrap_key(vault_path, passphrase)

    def ask(records):
        with suppress(VaultError):
            while True:
                records.practice()

    for _ in range(20):
        vault = Vault.open_with_key(vault_path, unlocked)
        with ThreadPoolExecutor(3) as threads:
            asked = [threads.submit(ask, Records(vault)) for _ in range(3)]
            vault.close()
            assert [each.exception(timeout=20) for each in asked] == [None] * 3


def test_acts_go_on_while_the_vault_at_rest_is_checked(vault, records):
    records.save_patient(Patient("Before"))
    there = set(vault.path.parent.iterdir())
    with vault.at_rest(lambda _share: records.save_patient(Patient("While it is copied"))) as still:
        records.save_patient(Patient("After"))
        verdict = verify(still, lambda _share: records.save_patient(Patient("While it is checked")))
        assert verdict.holds, verdict.problems
        assert [line.given for line in Records(still).patients()] == ["Before"]
    assert {line.given for line in records.patients()} == {"Before", "While it is copied", "After", "While it is checked"}
    assert set(vault.path.parent.iterdir()) == there


def test_a_vault_at_rest_that_is_given_up_leaves_nothing(vault, records):
    there = set(vault.path.parent.iterdir())
    with pytest.raises(CancelledError), vault.at_rest(lambda _share: False):
        pass
    with pytest.raises(CancelledError), vault.at_rest(lambda _share: True) as still:
        verify(still, lambda share: share < 0.5)
    assert set(vault.path.parent.iterdir()) == there


def test_a_copy_of_the_vault_at_rest_that_the_disk_keeps_is_gone_with_the_next_opening(vault, passphrase, monkeypatch):
    def held(*_, **__):
        raise PermissionError(13, "Another program reads it")

    with vault.at_rest(lambda _share: True) as still:
        assert verify(still).holds
        monkeypatch.setattr(Path, "unlink", held)
    monkeypatch.undo()
    vault.close()
    Vault.open(vault.path, passphrase).close()
    assert set(vault.path.parent.iterdir()) == {vault.path, keys_path(vault.path)}


def test_opening_imports_nothing_that_only_a_new_vault_needs(vault_path, passphrase):
    told = run(f"{HOLD}\nprint('alembic' in sys.modules, 'reportlab' in sys.modules)", vault_path, passphrase)
    assert told.stdout.split() == ["open", "False", "False"]
    light = run("import sys, neuro_chart.store.errors; print({'sqlalchemy', 'sqlcipher3', 'cryptography'} & set(sys.modules))")
    assert light.stdout.strip() == "set()"


def test_a_closed_vault_stays_closed(vault, records):
    vault.close()
    with pytest.raises(VaultError, match="locked"):
        records.patients()
    with pytest.raises(VaultError, match="locked"):
        records.save_patient(Patient("Late"))


# what is refused, with every file untouched


def test_a_wrong_passphrase(vault_path):
    assert "passphrase" in refused(vault_path, "calm jade river at dusk", WrongPassphraseError)


def test_no_file(tmp_path, passphrase):
    assert "no vault" in refused(tmp_path / "nothing.vault", passphrase, NoVaultError)
    with pytest.raises(NoVaultError):
        Vault.open(tmp_path / "no" / "folder.vault", passphrase)


@pytest.mark.parametrize("length", [0, 1, 100, 4095])
def test_a_file_too_small_to_be_one(vault_path, length, passphrase):
    vault_path.write_bytes(vault_path.read_bytes()[:length])
    assert "too small" in refused(vault_path, passphrase, NotAVaultError)


def test_a_folder(tmp_path, passphrase):
    (tmp_path / "folder.vault").mkdir()
    with pytest.raises(NotAVaultError):
        Vault.open(tmp_path / "folder.vault", passphrase)


def test_a_file_without_keys(tmp_path, passphrase):
    (tmp_path / "holiday.jpg").write_bytes(os.urandom(9000))
    assert "holiday.jpg.keys" in refused(tmp_path / "holiday.jpg", passphrase, NotAVaultError)


def test_a_plain_database(vault_path, passphrase):
    vault_path.unlink()
    with closing(sqlite3.connect(vault_path)) as plain:
        plain.execute("CREATE TABLE patient (id)")
    assert "encrypted" in refused(vault_path, passphrase, NotAVaultError)


def test_garbage_beside_good_keys(vault_path, passphrase):
    vault_path.write_bytes(random.Random(1).randbytes(20_000))  # noqa: S311
    refused(vault_path, passphrase, DamagedVaultError)


def test_the_keys_of_another_vault(vault_path, tmp_path, passphrase, cheap_kdf):
    other = tmp_path / "other"
    other.mkdir()
    Vault.create(other / "other.vault", passphrase, Practice("O"), Practitioner("O"), kdf=cheap_kdf).close()
    shutil.copy(keys_path(other / "other.vault"), keys_path(vault_path))
    shutil.rmtree(other)
    assert "another vault" in refused(vault_path, passphrase, DamagedVaultError)


@pytest.mark.parametrize("length", [4096, 5000, 8192, -1, -4096])
def test_a_truncated_vault(vault_path, length, passphrase):
    whole = vault_path.read_bytes()
    vault_path.write_bytes(whole[:length])
    refused(vault_path, passphrase, DamagedVaultError)


def test_one_flipped_bit_in_any_page(vault_path, passphrase):
    whole = vault_path.read_bytes()
    at = random.Random(7)  # noqa: S311
    for page in range(0, len(whole), 4096):
        spot = page + at.randrange(4096)
        vault_path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1 << at.randrange(8)]) + whole[spot + 1 :])
        refused(vault_path, passphrase, DamagedVaultError)
    vault_path.write_bytes(whole)
    Vault.open(vault_path, passphrase).close()


def test_each_byte_of_the_keys_flipped_is_told_from_a_wrong_passphrase(vault_path):
    path = keys_path(vault_path)
    whole, ring = path.read_bytes(), KeyRing.load(path)
    for spot in range(len(whole)):
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 0x11]) + whole[spot + 1 :])
        with suppress(DamagedVaultError):
            assert KeyRing.load(path) == ring  # as where a space between two fields became another


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"checksum": 1}', b"9" * 5000, b"\0" * 2_000_000]
)
def test_keys_that_are_none(vault_path, content, passphrase):
    keys_path(vault_path).write_bytes(content)
    refused(vault_path, passphrase, DamagedVaultError)


def rewritten(path: Path, **changes: object) -> None:
    """Changes the keys as a forger would, checksum and all."""
    content = json.loads(path.read_bytes())
    content.pop("checksum")
    for name, value in changes.items():
        (content if name in content else content["slots"][0]).update({name: value})
    content["checksum"] = sha256(keys._canonical(content)).hexdigest()
    path.write_text(json.dumps(content))


def test_a_slot_is_bound_to_its_vault_its_practitioner_and_its_cost(vault_path, passphrase):
    path = keys_path(vault_path)
    good = path.read_bytes()
    kdf = json.loads(good)["slots"][0]["kdf"]
    for change in ({"vault": "ab" * 16}, {"practitioner": "somebody else"}, {"kdf": kdf | {"iterations": 2}}, {"slots": []}):
        rewritten(path, **change)
        refused(vault_path, passphrase, WrongPassphraseError)
        path.write_bytes(good)
    for memory in (2**60, 0, -1):
        rewritten(path, kdf=kdf | {"memory": memory})
        refused(vault_path, passphrase, DamagedVaultError)
        path.write_bytes(good)


@pytest.mark.parametrize("change", [{"salt": ""}, {"nonce": "00"}, {"wrapped": "00" * 47}])
def test_a_slot_of_other_lengths(vault_path, change, passphrase):
    rewritten(keys_path(vault_path), **change)
    refused(vault_path, passphrase, DamagedVaultError)


def test_keys_and_vaults_of_a_newer_program(vault_path, passphrase):
    good = keys_path(vault_path).read_bytes()
    rewritten(keys_path(vault_path), version=2)
    assert "newer" in refused(vault_path, passphrase, NewerVaultError)
    keys_path(vault_path).write_bytes(good)
    with Vault.open(vault_path, passphrase) as vault, vault.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in refused(vault_path, passphrase, NewerVaultError)


def test_an_encrypted_database_that_is_no_chart(vault_path, passphrase):
    with Vault.open(vault_path, passphrase) as vault, vault.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    refused(vault_path, passphrase, NotAVaultError)


def test_an_encrypted_database_that_lacks_a_part_of_a_chart(vault_path, passphrase):
    with closing(connect(vault_path, Vault.unwrap_key(vault_path, passphrase).key)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DROP TABLE practitioner")
    assert "lacks a part" in refused(vault_path, passphrase, DamagedVaultError)


# one at a time

HOLD = """if True:
    import sys
    from pathlib import Path
    from neuro_chart.store.vault import Vault
    vault = Vault.open(Path(sys.argv[1]), sys.argv[2])
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_at_once_and_a_killed_one_holds_nothing(vault_path, passphrase):
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD, vault_path, passphrase], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        unlocked = Vault.unwrap_key(vault_path, passphrase)
        begun = time.monotonic()
        with pytest.raises(VaultInUseError, match="another"):
            Vault.open_with_key(vault_path, unlocked)
        assert time.monotonic() - begun < 1
        holder.kill()
        holder.wait()
        Vault.open(vault_path, passphrase).close()


def test_a_second_try_in_the_same_process_takes_the_lock_from_nobody(vault, records, passphrase):
    with pytest.raises(VaultInUseError):
        Vault.open(vault.path, passphrase)
    records.save_patient(Patient("Still", "Writing"))
    result = run(HOLD, vault.path, passphrase)
    assert "VaultInUseError" in result.stderr


# where nothing can be written

NOBODY = """if True:
    import alembic.command, alembic.config, configparser, os, shutil, sys, tempfile  # while they can be read
    from pathlib import Path
    from neuro_chart.clinic.people import Patient, Practice, Practitioner
    from neuro_chart.store.backups import backup
    from neuro_chart.store.keys import Kdf
    from neuro_chart.store.records import Records
    from neuro_chart.store import vault as vaults
    from neuro_chart.store.vault import Vault
    path = Path(sys.argv[1])
    room = tempfile.TemporaryDirectory()
    if os.geteuid() == 0:  # who may not look where the program lies
        os.chmod(room.name, 0o755)
        vaults.UPGRADES = Path(shutil.copytree(vaults.UPGRADES, Path(room.name, "upgrades")))
        os.setegid(65534)
        os.setreuid(65534, 65534)
    def told(act):
        try:
            print(act())
        except Exception as error:
            print(type(error).__name__, error)
"""


def closed_to_all(folder):
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    for above in folder.parents:
        if above != Path(folder.anchor) and stat.S_IMODE(above.stat().st_mode) & 0o055 != 0o055:
            above.chmod(0o755)


@pytest.fixture
def closed(vault_path, passphrase):
    """A chart with a patient, on a medium that only reads."""
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Zoë"))
    closed_to_all(vault_path.parent)
    yield vault_path
    vault_path.parent.chmod(0o755)


@POSIX
def test_a_vault_that_can_only_be_read_is_opened_to_be_read(closed, passphrase):
    before = prints(closed.parent)
    code = f"""{NOBODY}
    vault = Vault.open(path, sys.argv[2])
    records = Records(vault)
    told(lambda: vault.read_only)
    told(lambda: [line.given for line in records.patients()])
    told(lambda: records.save_patient(Patient("Omar")))
    told(lambda: records.signed_in() and records.patient_count())
    folder = Path(sys.argv[3])
    folder.mkdir()
    told(lambda: Vault.open(backup(vault, folder).path, sys.argv[2]).read_only)
    told(lambda: vault.close())
    told(lambda: Vault.create(path.with_name("new.vault"), "pass", Practice("P"), Practitioner("P"), kdf=Kdf(64, 1, 1)))
"""
    with TemporaryDirectory() as room:
        Path(room).chmod(0o777)
        result = run(code, closed, passphrase, Path(room, "backups"))
    lines = result.stdout.splitlines()
    assert lines[0:2] == ["True", "['Zoë']"], result
    assert lines[2].startswith(("WriteFailedError", "NotAllowedError")), lines
    assert lines[3:6] == ["1", "False", "None"], result
    assert lines[6].startswith("WriteFailedError The vault can't be made in"), result
    assert prints(closed.parent) == before


@POSIX
def test_what_can_only_be_read_and_is_not_whole_is_told(closed, passphrase):
    journal = closed.with_name("clinic.vault-wal")
    journal.write_bytes(b"words that are in the journal only")
    assert "copy it with that file" in refused_to_nobody(closed, passphrase).lower()
    journal.unlink()
    shutil.copy(FROZEN / "0001.vault", closed)
    shutil.copy(FROZEN / "0001.vault.keys", keys_path(closed))
    assert "older Neuro Chart" in refused_to_nobody(closed, passphrase)


@POSIX
def test_a_folder_that_nobody_may_look_into_is_told(vault_path, passphrase):
    folder = vault_path.parent
    closed_to_all(folder)
    folder.chmod(0o000 if os.geteuid() else 0o700)  # to who is root, and gives it up
    told = run(f"{NOBODY}\n    told(lambda: Vault.open(path, sys.argv[2]))", vault_path, passphrase).stdout
    folder.chmod(0o755)
    assert told == f"VaultError “{vault_path}” can't be reached: Permission denied.\n"


def refused_to_nobody(path, passphrase):
    closed_to_all(path.parent)
    before = prints(path.parent)
    told = run(f"{NOBODY}\n    told(lambda: Vault.open(path, sys.argv[2]).read_only)", path, passphrase).stdout
    path.parent.chmod(0o755)
    for file in path.parent.iterdir():
        file.chmod(0o644)
    assert prints(path.parent) == before
    return told


@POSIX
def test_a_vault_that_others_may_write_is_not_read_while_they_have_it(vault_path, passphrase):
    closed_to_all(vault_path.parent)
    code = f"{NOBODY}\n    told(lambda: Vault.open(path, sys.argv[2]).read_only)"
    vault_path.parent.chmod(0o755)
    keys_path(vault_path).chmod(0o644)
    vault_path.chmod(0o644)
    with Vault.open(vault_path, passphrase):
        held = run(code, vault_path, passphrase).stdout
    if os.geteuid() == 0:
        assert held.startswith("VaultInUseError")
        assert run(code, vault_path, passphrase).stdout == "True\n"


def test_a_vault_is_opened_to_be_read_where_somebody_asks_for_it(vault_path, passphrase):
    before = prints(vault_path.parent)
    with Vault.open_with_key(vault_path, Vault.unwrap_key(vault_path, passphrase), read_only=True) as vault:
        assert vault.read_only
        assert Records(vault).practice().name == "Riverside Acupuncture"
        with pytest.raises(VaultError):
            Records(vault).save_patient(Patient("Zoë"))
    assert prints(vault_path.parent) == before


# what a killed program left in the journal


def left_open(path, passphrase, act):
    """Leaves the files as a program does that is killed after an act; what it did is in the journal only."""
    files = [path, path.with_name(f"{path.name}-wal")]
    with Vault.open(path, passphrase) as vault, closing(vault.engine.raw_connection()) as connection:
        connection.cursor().execute(act)
        held = [file.read_bytes() for file in files]
    for file, content in zip(files, held, strict=True):
        file.write_bytes(content)
    assert files[1].stat().st_size > 4096


def test_what_is_in_the_journal_is_taken_in(vault_path, passphrase):
    left_open(vault_path, passphrase, "UPDATE practice SET name = 'In the journal'")
    with Vault.open(vault_path, passphrase) as vault:
        assert Records(vault).practice().name == "In the journal"
    assert not vault_path.with_name("clinic.vault-wal").exists()


def test_a_newer_vault_with_words_in_the_journal_stays_as_it_was(vault_path, passphrase):
    left_open(vault_path, passphrase, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in refused(vault_path, passphrase, NewerVaultError)


def test_a_damaged_vault_with_words_in_the_journal_stays_as_it_was(vault_path, passphrase):
    left_open(vault_path, passphrase, "UPDATE practice SET name = 'In the journal'")
    whole = vault_path.read_bytes()
    for spot in (len(whole) - 5000, 9000):
        vault_path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
        refused(vault_path, passphrase, DamagedVaultError)
    vault_path.write_bytes(whole)
    with Vault.open(vault_path, passphrase) as vault:
        assert Records(vault).practice().name == "In the journal"


def test_the_journal_of_a_vault_whose_keys_do_not_fit_stays_as_it_was(vault_path, tmp_path_factory, passphrase, cheap_kdf):
    left_open(vault_path, passphrase, "UPDATE practice SET name = 'In the journal'")
    other = tmp_path_factory.mktemp("other") / "other.vault"
    Vault.create(other, passphrase, Practice("O"), Practitioner("O"), kdf=cheap_kdf).close()
    shutil.copy(keys_path(other), keys_path(vault_path))
    refused(vault_path, passphrase, DamagedVaultError)


# passphrases and their cost


def test_a_passphrase_is_the_same_in_each_of_its_writings(tmp_path, cheap_kdf):
    Vault.create(tmp_path / "v", "Café ﬁve 足三里", Practice("P"), Practitioner("P"), kdf=cheap_kdf).close()
    Vault.open(tmp_path / "v", "Cafe\u0301 five 足三里").close()
    refused(tmp_path / "v", "Cafe five 足三里", WrongPassphraseError)


@pytest.mark.parametrize("wild", ["\"'--", " leading", "🌿" * 50, "x" * 5000, "\ud800 lone"])
def test_wild_passphrases(wild, cheap_kdf):
    key = os.urandom(32)
    ring = KeyRing().adding(key, "me", wild, (cheap_kdf,))
    assert ring.unwrap(wild).key == key
    with pytest.raises(WrongPassphraseError):
        ring.unwrap(wild + "!")


def test_two_practitioners_open_the_same_vault_each_with_their_own_passphrase(vault_path, passphrase, cheap_kdf):
    path = keys_path(vault_path)
    ring = KeyRing.load(path)
    ring.adding(ring.unwrap(passphrase).key, "second", "another passphrase", (cheap_kdf,)).save(path)
    with Vault.open(vault_path, "another passphrase") as vault:
        assert vault.practitioner_id == "second"
    with Vault.open(vault_path, passphrase) as vault:
        assert vault.practitioner_id != "second"


def test_a_key_is_never_shown():
    assert "secret" not in repr(keys.Unlocked(b"secret" * 6, "me"))


@POSIX
def test_the_cost_falls_back_where_memory_is_short_and_is_kept_in_the_slot():
    code = """if True:
        import resource
        from neuro_chart.store.keys import KeyRing
        from neuro_chart.store.errors import VaultError
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (160 << 20), resource.RLIM_INFINITY))
        ring = KeyRing().adding(b"k" * 32, "me", "pass")
        print(ring.slots[0].kdf.memory, ring.unwrap("pass").key == b"k" * 32)
        resource.setrlimit(resource.RLIMIT_AS, (used + (30 << 20), resource.RLIM_INFINITY))
        try:
            ring.unwrap("pass")
        except VaultError as error:
            print(error)
    """
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    result = run(code)
    assert result.stdout.splitlines() == [
        f"{64 * 1024} True",
        "There is too little free memory to unlock. Close other programs, then try again.",
    ], result.stderr


def test_the_full_cost_is_the_default():
    code = "from neuro_chart.store.keys import KeyRing; print(KeyRing().adding(b'k' * 32, 'me', 'pass').slots[0].kdf)"
    assert run(code).stdout == f"{Kdf(memory=256 * 1024, iterations=3, lanes=4)}\n"
