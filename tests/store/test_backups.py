"""Backups through the real files: whole, checked and consistent while acts go on; none under a backup's name that isn't one."""

import os
import random
import shutil
import stat
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

import neuro_chart
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.visits import Visit
from neuro_chart.store import backups as keeping
from neuro_chart.store import door
from neuro_chart.store.backups import backup, backups, default_folder, look, prune
from neuro_chart.store.errors import CancelledError, DamagedVaultError, VaultError, WriteFailedError
from neuro_chart.store.keys import KeyRing, keys_path, sync_folder
from neuro_chart.store.records import Records
from neuro_chart.store.trail import digest_at
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

TRIALS = int(os.environ.get("NEURO_CHART_BACKUPS", "6"))
KILLS = int(os.environ.get("NEURO_CHART_KILLS", "4"))
HERE = Path(neuro_chart.__file__).parents[1]
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "stick"
    made.mkdir()
    return made


def vault_id(vault):
    return KeyRing.load(keys_path(vault.path)).vault_id


def names(folder):
    return {file.name for file in folder.iterdir()}


def opened(path, passphrase):
    return Vault.open_with_key(path, Vault.unwrap_key(path, passphrase), read_only=True)


def test_a_backup_is_a_whole_vault_with_its_keys(vault, records, folder, passphrase):
    records.save_patient(Patient("Zoë"))
    shares = []
    made = backup(vault, folder, shares.append)
    assert names(folder) == {made.path.name, keys_path(made.path).name}
    assert made.path.name == f"clinic {made.at:%Y-%m-%d %H.%M.%S}.vault"
    assert (made.size, made.problem) == (made.path.stat().st_size, "")
    assert abs(made.at - datetime.now().astimezone()) < timedelta(minutes=5)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    with opened(made.path, passphrase) as copy:
        assert copy.practitioner_id == vault.practitioner_id
        assert [line.given for line in Records(copy).patients()] == ["Zoë"]
    assert backups(folder, vault_id(vault)) == [made]


def test_the_usual_folder_is_made_and_each_backup_has_a_name_of_its_own(vault):
    made = [backup(vault, default_folder(vault.path)) for _ in range(3)]
    assert len({each.path for each in made}) == 3
    assert backups(vault.path.parent / "backups", vault_id(vault)) == sorted(made, key=lambda each: each.at, reverse=True)


def test_of_two_vaults_that_take_one_name_at_once_neither_loses_its_copy(vault, folder, tmp_path, passphrase, cheap_kdf):
    (tmp_path / "other").mkdir()
    target = folder / "clinic 2026-03-01 09.30.00.vault"
    with Vault.create(tmp_path / "other" / "clinic.vault", passphrase, Practice("Other"), Practitioner("Other"), kdf=cheap_kdf) as other:

        def meanwhile(_copy, _progress):
            other.copy_to(target, lambda _share: True, lambda *_: None)

        with pytest.raises(VaultError, match="already"):
            vault.copy_to(target, lambda _share: True, meanwhile)
    with opened(target, passphrase) as copy:
        assert Records(copy).practice().name == "Other"
    assert set(folder.iterdir()) == {target, keys_path(target)}


def test_a_backup_holds_nothing_that_can_be_read(vault, records, folder):
    records.save_patient(Patient("Markerine", notes="MARKER " * 500))
    for file in (backup(vault, folder).path, *folder.iterdir()):
        for marker in (b"SQLite format 3", b"MARKER", b"Markerine", b"Riverside", b"Lindqvist"):
            assert marker not in file.read_bytes()


@pytest.mark.parametrize("trial", range(TRIALS))
def test_backups_while_acts_go_on_are_the_chart_of_one_moment(vault, records, folder, passphrase, trial):
    """Counts and chain are equal to a moment between, as nothing of the file changes while it is copied."""
    enough, stop, failed = Event(), Event(), []

    def work():
        at = random.Random(trial)  # noqa: S311
        try:
            number = 0
            while not stop.is_set():
                number += 1
                patient = Patient(f"Number {number}", notes="x" * at.randrange(20_000))
                records.save_patient(patient)
                visit = Visit(patient.id, vault.practitioner_id, subjective="y" * at.randrange(5_000))
                records.start_visit(visit)
                records.sign(visit.id)
                if number >= 5:
                    enough.set()
        except BaseException as error:  # noqa: BLE001  # a thread tells nobody
            failed.append(error)
            enough.set()

    worker = Thread(target=work)
    worker.start()
    try:
        assert enough.wait(60)
        before = records.patient_count()
        made = backup(vault, folder, lambda _share: records.patient_count())
        after = records.patient_count()
    finally:
        stop.set()
        worker.join()
    assert failed == []
    with opened(made.path, passphrase) as copy:
        held = Records(copy)
        count, end, verdict = held.patient_count(), held.trail_head(), verify(copy)
        with copy.reader.connect() as connection:
            visits = connection.exec_driver_sql("SELECT count(*) FROM visit").scalar()
    assert before <= count <= after
    assert visits in {count, count - 1}
    assert verdict.holds, verdict.problems
    with vault.reader.connect() as connection:
        assert digest_at(connection, end.seq) == end.digest
    assert verify(vault).holds
    assert vault.path.with_name("clinic.vault-wal").stat().st_size == 0, "the journal is taken in again"


def test_the_chart_stays_locked_for_others_while_and_after_a_backup_is_made(vault, records, folder, passphrase):
    code = "import sys; from pathlib import Path; from neuro_chart.store.vault import Vault; Vault.open(Path(sys.argv[1]), sys.argv[2])"

    def try_it():
        return subprocess.run(  # noqa: S603
            [sys.executable, "-c", code, str(vault.path), passphrase], cwd=HERE, capture_output=True, text=True, check=False
        ).stderr

    told = []
    backup(vault, folder, lambda share: told.append(try_it()) if share == 0 else None)
    told.append(try_it())
    assert all("VaultInUseError" in each for each in told)
    records.save_patient(Patient("Still writing"))


@pytest.mark.parametrize("at", [0, 1, 2, -1])
def test_a_backup_that_is_stopped_leaves_nothing(vault, records, folder, at):
    seen = []
    backup(vault, folder, seen.append)
    there, last = names(folder), len(seen) - 1 if at == -1 else at
    calls = iter(range(100))
    with pytest.raises(CancelledError):
        backup(vault, folder, lambda _share: next(calls) != last)
    assert names(folder) == there
    records.save_patient(Patient("Afterwards"))


def test_closing_the_chart_gives_up_the_backup_that_is_being_made(vault, folder):
    under_way, closing_it, told = Event(), Event(), []

    def progress(_share):
        under_way.set()
        closing_it.wait(60)
        while True:
            try:
                vault.key  # noqa: B018  # gone as soon as the closing has begun
            except VaultError:
                return

    def work():
        try:
            backup(vault, folder, progress)
        except VaultError as error:
            told.append(error)

    worker = Thread(target=work)
    worker.start()
    assert under_way.wait(60)
    closing_it.set()
    vault.close()
    worker.join()
    assert [type(error) for error in told] == [CancelledError]
    assert names(folder) == set()


def test_one_backup_at_a_time(vault, folder):
    told = []

    def progress(share):
        if share == 0:
            with pytest.raises(VaultError, match="already"):
                backup(vault, folder)
            told.append(share)

    backup(vault, folder, progress)
    assert told == [0]
    assert len(names(folder)) == 2


@pytest.mark.parametrize(
    ("where", "says"),
    [("nowhere", "isn't there"), ("a file", "isn't there"), ("closed", "Nothing can be written")],
)
def test_a_folder_that_takes_no_backup_is_told(vault, records, folder, where, says, monkeypatch):
    (folder / "a file").touch()
    (folder / "closed").mkdir(mode=0o500)
    if where == "closed" and (os.name != "posix" or os.geteuid() == 0):

        def refuse(path, *_):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("neuro_chart.store.door.os.open", refuse)
    with pytest.raises(WriteFailedError, match=says):
        backup(vault, folder / where)
    monkeypatch.undo()
    records.save_patient(Patient("Goes on"))
    assert names(folder) == {"a file", "closed"}
    assert names(folder / "closed") == set()


@contextmanager
def disk_that_holds(bytes_a_file):
    import resource  # noqa: PLC0415  # POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@POSIX
@pytest.mark.parametrize("room", [0, 1000, 50_000, 150_000])
def test_a_disk_without_room_is_told_and_nothing_is_left(vault, folder, room):
    with disk_that_holds(room), pytest.raises(WriteFailedError, match="too little room"):
        backup(vault, folder)
    assert names(folder) == set()
    backup(vault, folder)


@POSIX
def test_changes_that_could_not_be_brought_into_the_file_are_told_or_in_the_backup(vault, records, folder, passphrase):
    with disk_that_holds(vault.path.stat().st_size):
        records.save_patient(Patient("In the journal", notes="x" * 30_000))  # which has room; the file hasn't
        assert vault.path.with_name("clinic.vault-wal").stat().st_size > 0
        with pytest.raises(WriteFailedError, match="last changes"):
            backup(vault, folder)
        assert names(folder) == set()
    with opened(backup(vault, folder).path, passphrase) as copy:
        assert [line.given for line in Records(copy).patients()] == ["In the journal"]


def test_the_page_of_the_lock_is_left_out_where_a_vault_is_that_long(tmp_path, monkeypatch):
    """At 1 GiB, where Windows lets nobody read; nearer here."""
    monkeypatch.setattr(door, "_LOCK_PAGE", 2 << 20)
    whole = random.Random(1).randbytes((3 << 20) + 4096)  # noqa: S311
    (tmp_path / "long").write_bytes(whole)
    with (tmp_path / "long").open("rb", buffering=0) as source:
        door.write_copy(source, tmp_path / "copy", lambda _share: True)
    assert (tmp_path / "copy").read_bytes() == whole[: 2 << 20] + bytes(4096) + whole[(2 << 20) + 4096 :]


def test_a_copy_that_is_not_what_was_written_is_no_backup(vault, records, folder):
    records.save_patient(Patient("Zoë", notes="x" * 50_000))
    spoil = "import sys; file = open(sys.argv[1], 'r+b'); file.seek(-9000, 2); file.write(b'rotten')"
    assert subprocess.run([sys.executable, "-c", spoil, str(vault.path)], check=False).returncode == 0  # noqa: S603
    with pytest.raises(DamagedVaultError, match="damaged"):
        backup(vault, folder)
    assert names(folder) == set()


def test_a_chart_that_was_tampered_with_is_backed_up_and_the_backup_says_so(vault, records, folder):
    records.save_patient(Patient("Zoë"))
    with vault.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'"
        ).fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE trail SET practitioner_id = 'somebody else'")
    made = backup(vault, folder)
    assert made.problem.endswith(".")
    assert made.path.exists()


@pytest.mark.parametrize("where", ["an empty folder", "beside another", "the usual folder", "after another kill"])
def test_a_program_that_is_killed_leaves_no_half_backup_and_the_next_one_tidies_up(vault_path, folder, passphrase, killed_at, where):
    """At each thing that it does with a file, or at some of them."""
    unlocked = Vault.unwrap_key(vault_path, passphrase)
    if where == "the usual folder":
        folder.rmdir()
        folder = default_folder(vault_path)

    def work():
        backup(Vault.open_with_key(vault_path, unlocked), folder)

    moments = range(100) if KILLS >= 100 else sorted(random.Random(where).sample(range(27), min(KILLS, 27)))  # noqa: S311
    for moment in moments:
        if where == "beside another":
            with Vault.open_with_key(vault_path, unlocked) as vault:
                backup(vault, folder)
        if where == "after another kill":
            killed_at(moment // 2, work)
        killed = killed_at(moment, work)
        for path in folder.glob("*.vault"):
            with opened(path, passphrase) as copy:
                assert verify(copy).holds
        with Vault.open_with_key(vault_path, unlocked) as vault:
            made = backup(vault, folder)
        assert not [name for name in names(folder) if name.startswith(".")]
        with opened(made.path, passphrase) as copy:
            assert verify(copy).holds
        shutil.rmtree(folder)
        if where != "the usual folder":
            folder.mkdir()
        if not killed:
            break
    else:
        assert KILLS < 100, "the whole was killed through"


def test_those_that_the_rule_lets_go_are_removed_and_nothing_else(vault, folder, cheap_kdf):
    kept_copy = backup(vault, folder).path
    now = datetime(2026, 11, 22, 18).astimezone()
    for day in range(40):
        copy = folder / f"clinic {now - timedelta(days=day):%Y-%m-%d %H.%M.%S}.vault"
        shutil.copy(kept_copy, copy)
        shutil.copy(keys_path(kept_copy), keys_path(copy))
    kept_copy.unlink()
    keys_path(kept_copy).unlink()
    other = folder / "other"
    other.mkdir()
    Vault.create(other / "clinic.vault", "another", Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    foreign = folder / "clinic 2020-01-01 10.00.00.vault"
    (other / "clinic.vault").rename(foreign)
    keys_path(other / "clinic.vault").rename(keys_path(foreign))
    mine = [folder / "clinic 2020-01-01 10.00.00 (copy).vault", folder / "holiday.jpg", folder / "clinic 2020-13-41 10.00.00.vault"]
    for file in mine:
        file.touch()
    gone = prune(folder, vault_id(vault), now)
    left = backups(folder, vault_id(vault))
    assert [each.at.day for each in left] == [22, 21, 20, 19, 18, 17, 16, 15, 8, 1, 31]
    assert len(gone) == 40 - len(left)
    assert not any(keys_path(path).exists() for path in gone)
    assert all(file.exists() for file in (*mine, foreign, keys_path(foreign)))


def test_a_folder_that_is_gone_holds_no_backups(tmp_path):
    assert backups(tmp_path / "gone", "x") == []
    assert prune(tmp_path / "gone", "x") == []


# what a backup holds


def test_a_backup_says_what_it_holds_without_a_byte_of_it_changing(vault, records, folder, passphrase):
    patients = [Patient("Zoë"), Patient("Omar")]
    for patient in patients:
        records.save_patient(patient)
    visit = Visit(patients[0].id, vault.practitioner_id)
    records.start_visit(visit)
    made = backup(vault, folder)
    before = made.path.read_bytes()
    holds = look(made.path, Vault.unwrap_key(made.path, passphrase))
    assert (holds.practice, holds.patients, holds.visits, holds.at) == ("Riverside Acupuncture", 2, 1, made.at)
    assert holds.last_visit == visit.started
    assert made.path.read_bytes() == before
    assert names(folder) == {made.path.name, keys_path(made.path).name}


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_backup_of_an_older_program_says_so_too(tmp_path, revision, passphrase):
    for file in (Path(__file__).parent / "vaults").glob(f"{revision}.vault*"):
        shutil.copy(file, tmp_path)
    path = tmp_path / f"{revision}.vault"
    before = path.read_bytes()
    holds = look(path, Vault.unwrap_key(path, passphrase))
    assert (holds.revision, holds.practice != "", holds.patients >= 2, holds.visits >= 3) == (revision, True, True, True)
    assert holds.last_visit is not None
    assert (path.read_bytes(), names(tmp_path)) == (before, {path.name, keys_path(path).name})


def test_an_unfit_backup_is_told(vault_path, passphrase):
    unlocked = Vault.unwrap_key(vault_path, passphrase)
    whole = vault_path.read_bytes()
    vault_path.write_bytes(whole[:-5000] + b"rotten" + whole[-4994:])
    with pytest.raises(DamagedVaultError):
        look(vault_path, unlocked)
    vault_path.write_bytes(whole)
    journal = vault_path.with_name("clinic.vault-wal")
    journal.write_bytes(b"x")
    with pytest.raises(VaultError, match="not closed properly"):
        look(vault_path, unlocked)
    journal.unlink()
    with Vault.open(vault_path, passphrase), pytest.raises(VaultError, match="open in another"):
        look(vault_path, unlocked)
    assert look(vault_path, unlocked).patients == 0


def test_the_vault_is_as_it_was_set_once_the_backup_is_made(vault, folder):
    with closing(vault.engine.raw_connection()) as connection:
        before = connection.cursor().execute("PRAGMA wal_autocheckpoint").fetchone()
    backup(vault, folder)
    with closing(vault.engine.raw_connection()) as connection:
        assert connection.cursor().execute("PRAGMA wal_autocheckpoint").fetchone() == before
    with pytest.raises(sa.exc.OperationalError), vault.engine.begin() as connection:
        connection.exec_driver_sql("SELECT nonsense FROM nowhere")
    assert keeping.default_folder(vault.path) == vault.path.parent / "backups"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux only")
def test_a_folder_that_knows_no_way_to_be_made_durable_is_no_fault():
    place = Path("/proc/self")  # as a folder that a virtual machine shares
    handle = os.open(place, os.O_RDONLY)
    with pytest.raises(OSError, match="Invalid argument"):
        os.fsync(handle)
    os.close(handle)
    sync_folder(place)


def test_a_folder_that_is_taken_away_in_the_midst_is_said_to_be_gone(vault, folder, tmp_path):
    def unplug(share):
        if folder.exists() and share >= 0.5:
            folder.rename(tmp_path / "elsewhere")

    with pytest.raises(WriteFailedError, match="Connect its disk"):
        backup(vault, folder, unplug)
    assert backups(tmp_path / "elsewhere") == []
