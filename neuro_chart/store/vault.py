"""The vault: one encrypted SQLite file and its keys beside it; made, opened, checked, upgraded and closed here.

Only this file and the upgrades know that the record lies in SQLite. The settings are those that lost nothing when they were measured:
WAL with synchronous=FULL and a checkpoint after each act, so that the file alone is always the whole record.
One process has the vault at a time, by SQLite's own exclusive lock, which dies with the process.

The vault's file is never opened but by SQLite while it may be in use here: closing any other handle would drop that lock (POSIX).
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.store import tables
from neuro_chart.store.errors import (
    DamagedVaultError,
    NewerVaultError,
    NotAVaultError,
    NoVaultError,
    VaultError,
    VaultInUseError,
    WriteFailedError,
)
from neuro_chart.store.keys import KDFS, Kdf, KeyRing, Unlocked, keys_path, sync_folder

UPGRADES = Path(__file__).parent / "upgrades"
SETTINGS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=1",
    "checkpoint_fullfsync=1",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
)
_PAGE = 4096  # bytes; SQLite takes a file that is nearly empty for a new database
_PATIENCE = 0.3  # seconds to wait for another program's lock
_BUSY, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 8, 10, 11, 13, 14, 26


class Vault:
    """An open vault. `engine` writes, `reader` only reads; both share the one connection. `practitioner_id` says who signed in."""

    def __init__(self, door: "_Door", practitioner_id: str, engine: sa.Engine) -> None:
        self.path = door.path
        self.practitioner_id = practitioner_id
        self.engine = engine
        self._door = door
        self.reader = engine.execution_options(readonly=True)

    @property
    def key(self) -> bytes:
        """The vault's key; VaultError once it is closed."""
        return self._door.key

    @classmethod
    def create(cls, path: Path, passphrase: str, practice: Practice, practitioner: Practitioner, kdf: Kdf | None = None) -> "Vault":
        """Makes a vault for a practice and its first practitioner, and opens it. Slow: it derives a key.

        A file that is there is never overwritten; whatever goes wrong, nothing stands under `path` that is not a whole vault.
        """
        try:
            _refuse_existing(path)
            key = os.urandom(32)
            ring = KeyRing().adding(key, practitioner.id, passphrase, KDFS if kdf is None else (kdf,))
            fresh = path.with_name(f".{path.name}.{uuid4().hex[:8]}.new")
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                _fill(fresh, key, practice, practitioner)
                _place(fresh, path, ring)
            finally:
                for leftover in (fresh, *(fresh.with_name(fresh.name + end) for end in ("-wal", "-journal"))):
                    leftover.unlink(missing_ok=True)
        except OSError as error:
            raise WriteFailedError(f"The vault can't be made in “{path.parent}”: {error.strerror}. Choose another folder.") from error
        return cls.open_with_key(path, Unlocked(key, practitioner.id))

    @staticmethod
    def unwrap_key(path: Path, passphrase: str) -> Unlocked:
        """The vault's key, from its slots. Slow, for a worker thread; the vault itself is not opened."""
        _refuse_missing(path)
        return KeyRing.load(keys_path(path)).unwrap(passphrase)

    @classmethod
    def open_with_key(cls, path: Path, unlocked: Unlocked) -> "Vault":
        """Opens the vault and checks all of it; brings an older one up to date, after a copy was kept beside it."""
        _refuse_missing(path)
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            raise WriteFailedError(f"“{path.name}” or its folder is write-protected. Allow writing, or copy it and its keys elsewhere.")
        door = _Door(path, unlocked.key)
        engine = _engine(door)
        try:
            with plainly():
                with closing(engine.raw_connection()) as connection:
                    _check(path, connection)
                    revision = _revision(path, connection)
                if revision != tables.REVISION:
                    _bring_up_to_date(path, engine, revision)
        except Exception as error:
            engine.dispose()
            if isinstance(error, sqlcipher.Error):
                raise _opening_error(path, error) from error
            raise
        return cls(door, unlocked.practitioner_id, engine)

    @classmethod
    def open(cls, path: Path, passphrase: str) -> "Vault":
        """Opens the vault with a passphrase. Each thing that may be wrong has its own error, and leaves the files as they are."""
        return cls.open_with_key(path, cls.unwrap_key(path, passphrase))

    def close(self) -> None:
        """Closes the file and gives up the lock and the key; what is asked afterwards meets a VaultError."""
        self._door.shut()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@contextmanager
def plainly() -> Iterator[None]:
    """Says in plain words what the disk did to a question or an act; what else goes wrong passes through."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code == _FULL:
            raise WriteFailedError("The disk is full, and the last change was not stored. Free some space, then try again.") from error
        if code in {_READONLY, _IOERR, _CANTOPEN, _BUSY}:
            raise WriteFailedError(
                "The disk failed, and the last change was not stored. Is it still connected, and may it be written to?"
            ) from error
        if code in {_CORRUPT, _NOTADB}:
            raise DamagedVaultError("The vault is damaged. Close the program and put the vault back from its last good backup.") from error
        raise


class _Door:
    """Connects to the file while the vault is open."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key: bytes | None = key

    def __call__(self) -> Any:  # noqa: ANN401
        """A connection of the database library, with the key and the settings."""
        return _connect(self.path, self.key)

    @property
    def key(self) -> bytes:
        """The vault's key, as long as it is open."""
        if self._key is None:
            raise VaultError("The vault is locked. Unlock it first.")
        return self._key

    def shut(self) -> None:
        """Forgets the key."""
        self._key = None


def _engine(door: _Door) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=door,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _checkpoint)
    return engine


def _connect(path: Path, key: bytes) -> Any:  # noqa: ANN401
    connection = sqlcipher.connect(
        path.resolve().as_uri() + "?mode=rw", uri=True, timeout=_PATIENCE, check_same_thread=False, isolation_level=None
    )
    try:
        connection.execute("PRAGMA cipher_log=off")
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        # A library without encryption ignores the key and writes plain text; an older SQLite may lose writes in WAL.
        if connection.execute("PRAGMA cipher_version").fetchone() is None or sqlcipher.sqlite_version_info < (3, 51, 3):
            raise VaultError("The database library of this installation isn't sound for a vault. Reinstall it.")  # noqa: TRY301
        # Before the first read: so WAL needs no shared memory, and the lock stands from then on.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")
    except Exception as error:
        connection.close()
        if isinstance(error, sqlcipher.Error):
            raise _opening_error(path, error) from error
        raise
    return connection


def _begin(connection: sa.Connection) -> None:
    # sqlite3 would send BEGIN late, and leave DDL outside of it.
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("readonly") else "BEGIN IMMEDIATE")


def _checkpoint(connection: Any, _record: object) -> None:  # noqa: ANN401
    # Where it fails (a full disk), what was committed is durable in the journal, and the next checkpoint takes it along.
    if connection is not None:
        with suppress(sqlcipher.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _opening_error(path: Path, error: Exception) -> VaultError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == _BUSY:
        return VaultInUseError(f"“{path.name}” is open in another Neuro Chart. Close that one first.")
    if code in {_READONLY, _CANTOPEN, _FULL}:
        return WriteFailedError(f"“{path.name}” can't be opened for writing. Check the disk, its free space and the rights of the folder.")
    if code == _NOTADB and _is_plain(path):
        return NotAVaultError(f"“{path.name}” isn't encrypted, so it is no vault. Choose another file.")
    return DamagedVaultError(
        f"“{path.name}” is damaged, or the keys beside it belong to another vault. "
        "Put both back from the last good backup; nothing was changed."
    )


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise VaultError(f"There is a file “{path.name}” already, and it stays as it is. Choose another name.")


def _refuse_missing(path: Path) -> None:
    try:
        seen = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NoVaultError(f"There is no vault at “{path}”. Check the name and the folder, or make a new vault.") from None
    except OSError as error:
        raise VaultError(f"“{path}” can't be reached: {error.strerror}.") from error
    if not S_ISREG(seen.st_mode) or seen.st_size < _PAGE:
        raise NotAVaultError(f"“{path.name}” is no vault, it is too small. Choose another file, or put the vault back from a backup.")


def _place(fresh: Path, path: Path, ring: KeyRing) -> None:
    """Gives a whole vault its name; its keys stand first, so that a vault never stands without."""
    # Keys whose vault is missing may be the only way into a copy of it, and a journal holds its last words: they are kept, but apart.
    # SQLite would write a journal that it finds beside the new vault into it.
    for left in (keys_path(path), path.with_name(f"{path.name}-wal")):
        if left.exists():
            left.rename(left.with_name(f"{left.name}.kept-{uuid4().hex[:8]}"))
    ring.save(keys_path(path))
    _refuse_existing(path)
    fresh.rename(path)
    sync_folder(path.parent)


def _fill(path: Path, key: bytes, practice: Practice, practitioner: Practitioner) -> None:
    engine = _engine(_Door(path, key))
    try:
        with plainly():
            _upgrade(engine)
            with Session(engine) as session, session.begin():
                for row in (practice, practitioner):
                    session.add(tables.cleaned(row))
    finally:
        engine.dispose()
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _check(path: Path, connection: Any) -> None:  # noqa: ANN401
    """Every page by its HMAC, then the structure, which an older page put back would break."""
    cursor = connection.cursor()
    failures = cursor.execute("PRAGMA cipher_integrity_check").fetchall()
    if failures or cursor.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise DamagedVaultError(f"“{path.name}” is damaged. Put it and its keys back from the last good backup; nothing was changed.")


def _revision(path: Path, connection: Any) -> str:  # noqa: ANN401
    cursor = connection.cursor()
    if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        raise NotAVaultError(f"“{path.name}” holds no charts. Choose another file.")
    (revision,) = cursor.execute("SELECT max(version_num) FROM alembic_version").fetchone()
    return str(revision)


def _bring_up_to_date(path: Path, engine: sa.Engine, revision: str) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - 0.2 s that only an older vault needs

    if revision not in {step.revision for step in ScriptDirectory(str(UPGRADES)).walk_revisions()}:
        raise NewerVaultError(f"“{path.name}” was written by a newer Neuro Chart. Install the newest version to open it.")
    _keep_copy(path, engine, revision)
    _upgrade(engine)


def _keep_copy(path: Path, engine: sa.Engine, revision: str) -> None:
    copy = path.with_name(f"{path.name}.before-{revision}-{uuid4().hex[:8]}")
    fresh = path.with_name(f".{copy.name}.new")
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(fresh),))
        KeyRing.load(keys_path(path)).save(keys_path(copy))
        fresh.rename(copy)  # last: what bears its name is whole
        sync_folder(path.parent)
    except BaseException:
        for half in (fresh, keys_path(copy)):
            half.unlink(missing_ok=True)
        raise


def _upgrade(engine: sa.Engine) -> None:
    """All steps to the newest revision, in one transaction."""
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a new or older vault needs
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(UPGRADES).replace("%", "%%"))
    _foreign_keys(engine, "OFF")  # so that a step may rebuild a table
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise DamagedVaultError("The vault can't be brought up to date: something in it belongs to nothing. Nothing was changed.")
    finally:
        _foreign_keys(engine, "ON")


def _foreign_keys(engine: sa.Engine, state: str) -> None:
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute(f"PRAGMA foreign_keys={state}")
