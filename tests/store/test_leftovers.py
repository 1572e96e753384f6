"""What dead programs and other ones leave beside a vault locks nobody out and is not written into it; a living holder counts."""

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.store.backups import backup, restore
from neuro_chart.store.errors import DamagedVaultError, VaultInUseError
from neuro_chart.store.keys import keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

HERE = Path(__file__).parents[2]
ENDS = ("-wal", "-shm", "-journal", ".lock", "-lock")
GARBAGE = {"empty": b"", "zeros": bytes(9000), "noise": random.Random(1).randbytes(70_001), "text": b"4711@another-machine\n"}  # noqa: S311


def named(path, end):
    return path.with_name(path.name + end)


def left_by(connection, path, *, wal):
    """What lies beside a database when its program dies in the midst of an act."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}").fetchall()
    cursor.execute("CREATE TABLE left_here(words)")
    if not wal:
        cursor.execute("PRAGMA cache_size=1")
        cursor.execute("BEGIN IMMEDIATE")
    cursor.executemany("INSERT INTO left_here VALUES (?)", [("x" * 4000,)] * 50)
    found = {end: file.read_bytes() for end in ENDS if (file := named(path, end)).exists()}
    assert found["-wal" if wal else "-journal"]
    return found


def sqlcipher_at(path, key):
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    return connection


@pytest.fixture
def foreign(tmp_path, passphrase, cheap_kdf):
    """What dead programs left beside a database of their own: another vault, and a plain one."""
    folder = tmp_path / "foreign"
    folder.mkdir()
    other = folder / "other.vault"
    Vault.create(other, passphrase, Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    key, found = Vault.unwrap_key(other, passphrase).key, {}
    for wal in (True, False):
        copy, plain = folder / f"copy-{wal}", folder / f"plain-{wal}"
        shutil.copy(other, copy)
        with closing(sqlcipher_at(copy, key)) as connection:
            found["another vault", wal] = left_by(connection, copy, wal=wal)
        with closing(sqlite3.connect(plain, isolation_level=None)) as connection:
            found["plain", wal] = left_by(connection, plain, wal=wal)
    shutil.rmtree(folder)
    return found


def as_it_was(path, passphrase, files):
    """The vault opens, says what it said, holds, and its file is the same."""
    with Vault.open(path, passphrase) as vault:
        assert Records(vault).practice().name == "Riverside Acupuncture"
        assert verify(vault).holds
    assert {file: file.read_bytes() for file in files} == files
    Vault.open(path, passphrase).close()


@pytest.fixture
def files(vault_path):
    return {file: file.read_bytes() for file in (vault_path, keys_path(vault_path))}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_garbage_that_looks_like_a_lock_or_a_journal_locks_nobody_out(vault_path, files, passphrase, end, content):
    named(vault_path, end).write_bytes(content)
    as_it_was(vault_path, passphrase, files)


@pytest.mark.parametrize("whose", ["another vault", "plain"])
def test_what_was_to_be_rolled_back_in_another_database_is_not_written_into_this_one(vault_path, files, passphrase, foreign, whose):
    left = foreign[whose, False]["-journal"]
    named(vault_path, "-journal").write_bytes(left)
    as_it_was(vault_path, passphrase, files)
    (kept,) = vault_path.parent.glob("*-journal.kept-*")
    assert kept.read_bytes() == left


def test_a_rollback_of_another_program_in_this_vault_is_kept_apart(vault_path, files, passphrase, tmp_path):
    """As of one that copied the file: what it wrote is not in this one, and what it would roll back neither."""
    copy = tmp_path / "copied"
    shutil.copy(vault_path, copy)
    with closing(sqlcipher_at(copy, Vault.unwrap_key(vault_path, passphrase).key)) as connection:
        left = left_by(connection, copy, wal=False)["-journal"]
    named(vault_path, "-journal").write_bytes(left)
    as_it_was(vault_path, passphrase, files)


@pytest.mark.parametrize("whose", ["another vault", "plain"])
def test_the_journal_of_another_database_harms_nothing_and_a_backup_helps(vault_path, files, passphrase, foreign, whose, tmp_path):
    (tmp_path / "stick").mkdir()
    with Vault.open(vault_path, passphrase) as vault:
        made = backup(vault, tmp_path / "stick").path
    unlocked = Vault.unwrap_key(vault_path, passphrase)
    left = {named(vault_path, end): content for end, content in foreign[whose, True].items()}
    for file, content in left.items():
        file.write_bytes(content)
    with pytest.raises(DamagedVaultError, match="backup"):
        Vault.open_with_key(vault_path, unlocked)
    assert {file: file.read_bytes() for file in (*files, *left)} == files | left
    restore(made, vault_path, unlocked)
    as_it_was(vault_path, passphrase, files)


HOLD = """if True:
    import sys
    from pathlib import Path
    from neuro_chart.store.keys import Unlocked
    from neuro_chart.store.vault import Vault
    with Vault.open_with_key(Path(sys.argv[1]), Unlocked(bytes.fromhex(sys.argv[2]), sys.argv[3])):
        print("open", flush=True)
        sys.stdin.read()
"""


def test_only_a_living_holder_counts_whatever_lies_beside(vault_path, files, passphrase):
    for end in ENDS[1:]:
        named(vault_path, end).write_bytes(GARBAGE["text"])
    unlocked = Vault.unwrap_key(vault_path, passphrase)
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD, vault_path, unlocked.key.hex(), unlocked.practitioner_id],
        cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for content in (GARBAGE["empty"], GARBAGE["noise"]):  # which somebody puts there meanwhile
            for end in ENDS[1:]:
                named(vault_path, end).write_bytes(content)
            with pytest.raises(VaultInUseError, match="another"):
                Vault.open_with_key(vault_path, unlocked)
        holder.kill()
        holder.wait()
        as_it_was(vault_path, passphrase, files)
