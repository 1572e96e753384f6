"""The door to a vault's file: SQLite with the key and the settings, checked, held still for a copy; a refused file stays as it was.

The settings are those that lost nothing when they were measured: WAL with synchronous=FULL and a checkpoint after each act, so that
the file alone is always the whole record. SQLite's own exclusive lock, which dies with the process, keeps every other process out.
While the door is open, the file is read by SQLite and by the door's own handle only: closing any other would drop that lock (POSIX).
"""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.util.queue import Full
from sqlcipher3 import dbapi2 as sqlcipher

from neuro_chart.store.errors import CancelledError, DamagedVaultError, NotAVaultError, VaultError, VaultInUseError, WriteFailedError

SETTINGS = (
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
_PATIENCE = 0.3  # seconds to wait for another program's lock
_BUSY, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 8, 10, 11, 13, 14, 26
_CHECKPOINT_AT = 1000  # pages of journal, SQLite's own measure
_CHUNK = 1 << 20  # bytes
_PAGE = 4096  # bytes
_LOCK_PAGE = 1 << 30  # where the page begins that holds SQLite's lock and nothing else; Windows lets nobody read it

Progress = Callable[[float], object]
"""Hears how much is done, 0 to 1; where it answers False, the work is given up and leaves nothing."""


class _InTurn(QueuePool):
    """Gives the one connection to whoever waited: SQLAlchemy's own gives it back to a thread that asks again at once, and again."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **settings)
        self._next = threading.Lock()  # held by who is next while they wait, so that all who come later wait behind them

    def _do_get(self) -> ConnectionPoolEntry:
        if not self._next.acquire(timeout=self.timeout()):
            raise sa.exc.TimeoutError("The vault's one connection was not given back in time.")
        try:
            return super()._do_get()
        finally:
            self._next.release()

    def dispose(self) -> None:
        """Closes the connection, and fills its place with an entry that has none.

        So whoever was about to get it need not wait until their time is over, and one that comes back only now finds no room and is closed.
        """
        super().dispose()
        with suppress(Full):
            self._pool.put(_ConnectionRecord(self, connect=False), block=False)


class Door:
    """Connects to the file while the vault is open. A refused vault is left without `accept`, and nothing of it changes."""

    def __init__(self, path: Path, key: bytes, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._key: bytes | None = key
        self._file: BinaryIO | None = None
        self._accepted = self._still = False
        self._copying = threading.Lock()
        self.engine = sa.create_engine(
            "sqlite+pysqlite://",
            module=sqlcipher,
            creator=self._connection,
            poolclass=_InTurn,
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
        )
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "checkin", self._checkpoint)
        event.listen(self.engine, "close", self._leave)

    @property
    def key(self) -> bytes:
        """The vault's key, as long as it is open."""
        if self._key is None:
            raise VaultError("The vault is locked. Unlock it first.")
        return self._key

    @property
    def is_open(self) -> bool:
        """Whether the key is still known."""
        return self._key is not None

    def accept(self) -> None:
        """Takes the vault as sound: from here on the file may be written, and a journal that was left is taken in."""
        if not self.read_only:
            self._do("PRAGMA journal_mode=WAL")
        self._accepted = True
        # Opened after SQLite took its lock and closed after SQLite gave it up.
        self._file = self.path.open("rb", buffering=0)
        self._do("SELECT 1")  # its checkin is the first checkpoint

    def shut(self) -> None:
        """Gives up the lock and forgets the key; a copy that is being made is given up first."""
        self._key = None
        with self._copying:
            self.engine.dispose()
            if self._file is not None:
                self._file.close()

    @contextmanager
    def copying(self) -> Iterator[None]:
        """Lets one copy be made at a time; the door is shut once it is done or given up."""
        if not self._copying.acquire(blocking=False):
            raise VaultError("A copy of the vault is being made already. Wait until it is done.")
        try:
            yield
        finally:
            self._copying.release()

    def copy_to(self, target: Path, progress: Progress) -> None:
        """Copies the vault as it stands after the last act, durably, to a file that isn't there yet; acts go on meanwhile."""
        with self._held_still():
            assert self._file is not None  # noqa: S101  # a vault that is open was accepted
            write_copy(self._file, target, progress)

    @contextmanager
    def _held_still(self) -> Iterator[None]:
        """Lets acts go into the journal only, so that the file stays as it is after the last one."""
        if self.read_only:
            yield
            return
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlcipher.Error as error:
                raise WriteFailedError(_NO_ROOM) from error
            if busy:
                raise WriteFailedError(_NO_ROOM)
            cursor.execute("PRAGMA wal_autocheckpoint=0")
            self._still = True
        try:
            yield
        finally:
            self._still = False
            if self.is_open:
                self._do(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_AT}")

    def _do(self, statement: str) -> None:
        with closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute(statement).fetchall()

    def _connection(self) -> Any:  # noqa: ANN401
        return connect(self.path, self.key, read_only=self.read_only)

    def _begin(self, connection: sa.Connection) -> None:
        # sqlite3 would send BEGIN late, and leave DDL outside of it.
        reads = connection.get_execution_options().get("readonly")
        if self.read_only and not reads:
            raise WriteFailedError("This vault lies where nothing can be written, so it can be read and not changed.")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    def _checkpoint(self, connection: Any, record: PoolProxiedConnection | ConnectionPoolEntry) -> None:  # noqa: ANN401
        if connection is not None and not self.is_open:
            record.invalidate()  # a thread had it when the door was shut, and nobody else will close it
            return
        # Where it fails (a full disk), what was committed is durable in the journal, and the next checkpoint takes it along.
        if connection is not None and self._accepted and not self._still:
            with suppress(sqlcipher.Error):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _leave(self, connection: Any, _record: object) -> None:  # noqa: ANN401
        if not self._accepted:
            leave_as_it_is(connection)


def write_copy(source: BinaryIO, target: Path, progress: Progress) -> None:
    """Copies a vault's file durably to one that isn't there yet; OSError as it comes, CancelledError where `progress` said False."""
    size = source.seek(0, os.SEEK_END)
    at = source.seek(0)
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600), "wb") as copy:
        while at < size:
            if progress(at / size) is False:
                raise CancelledError("It was stopped, and nothing is left of it.")
            if at == _LOCK_PAGE:
                at = source.seek(copy.seek(at + _PAGE))
            at += copy.write(_read(source, min(_CHUNK - at % _CHUNK, size - at)))
        copy.truncate(size)
        copy.flush()
        os.fsync(copy.fileno())


def _read(source: BinaryIO, count: int) -> bytes:
    try:
        chunk = source.read(count)
    except OSError as error:
        raise VaultError(f"“{Path(source.name).name}” can't be read: {error.strerror}. Is its disk still connected?") from error
    if not chunk:
        raise VaultError(f"“{Path(source.name).name}” became shorter while it was read. Try again.")
    return chunk


_NO_ROOM = "The last changes can't be brought into the vault's file: the disk is full or failing. Free some space, then try again."


def connect(path: Path, key: bytes, *, read_only: bool = False) -> Any:  # noqa: ANN401
    """A connection of the database library, with the key and the settings; each thing that may be wrong is a VaultError."""
    mode = "?mode=ro&immutable=1" if read_only else "?mode=rw"
    connection = sqlcipher.connect(
        path.resolve().as_uri() + mode, uri=True, timeout=_PATIENCE, check_same_thread=False, isolation_level=None
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
        leave_as_it_is(connection)
        connection.close()
        if isinstance(error, sqlcipher.Error):
            raise opening_error(path, error) from error
        raise
    return connection


def leave_as_it_is(connection: Any) -> None:  # noqa: ANN401
    """Keeps the closing of a connection from writing a journal that was left into a vault that is refused."""
    connection.interrupt()  # SQLite minds it within a checkpoint, and clears it only at the next statement


def refuse_in_use(path: Path) -> None:
    """VaultInUseError when somebody has the vault open, this process or another; needs no key, and changes nothing."""
    with (
        suppress(sqlcipher.Error),
        closing(sqlcipher.connect(path.resolve().as_uri() + "?mode=ro", uri=True, timeout=_PATIENCE)) as connection,
    ):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.Error as error:  # whatever else it is, for want of the key it isn't readable
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == _BUSY:
                raise _in_use(path) from error
        finally:
            leave_as_it_is(connection)


def refuse_left_open(path: Path) -> None:
    """VaultError when changes lie in the journal beside a vault that is only read, and so can't be taken in."""
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise VaultError(
            f"“{path.name}” was not closed properly: its last changes lie in “{journal.name}” beside it. "
            "Copy it with that file and its keys to a disk that takes writing, and open it there once."
        )


def check_pages(path: Path, connection: Any) -> None:  # noqa: ANN401
    """Every page by its HMAC; DamagedVaultError where one is not what was written."""
    if connection.cursor().execute("PRAGMA cipher_integrity_check").fetchall():
        raise _damaged(path)


def check(path: Path, connection: Any, *, whole: bool = False) -> None:  # noqa: ANN401
    """The structure (`whole`: each entry of an index too), then every page of the file by itself."""
    structure = "integrity_check(1)" if whole else "quick_check(1)"
    if connection.cursor().execute(f"PRAGMA {structure}").fetchall() != [("ok",)]:
        raise _damaged(path)
    try:
        check_pages(path, connection)
    except DamagedVaultError:
        # Where the power went while the journal was taken in, a page of the file may be torn. The journal has it whole, and the
        # structure was read by way of it: so it is taken in once more.
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        check_pages(path, connection)


def _damaged(path: Path) -> DamagedVaultError:
    return DamagedVaultError(f"“{path.name}” is damaged. Put it and its keys back from the last good backup; nothing was changed.")


def revision_of(path: Path, connection: Any) -> str:  # noqa: ANN401
    """The schema that the file has; NotAVaultError where it has none."""
    cursor = connection.cursor()
    if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        raise NotAVaultError(f"“{path.name}” holds no charts. Choose another file.")
    (revision,) = cursor.execute("SELECT max(version_num) FROM alembic_version").fetchone()
    return str(revision)


@contextmanager
def plainly() -> Iterator[None]:
    """Says in plain words what the disk did to a question or an act; what else goes wrong passes through."""
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise WriteFailedError("The chart is busy, as with being checked, and the last change was not stored yet.") from error
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


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Says in plain words why a vault can't be opened."""
    try:
        with plainly():
            yield
    except sqlcipher.Error as error:
        raise opening_error(path, error) from error
    except sa.exc.OperationalError as error:  # a table or a column is gone
        raise DamagedVaultError(f"“{path.name}” lacks a part of a chart. Put it and its keys back from the last good backup.") from error


def opening_error(path: Path, error: Exception) -> VaultError:
    """The sentence for what the database library says of a file that it can't open."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == _BUSY:
        return _in_use(path)
    if code in {_READONLY, _CANTOPEN, _FULL}:
        return WriteFailedError(f"“{path.name}” can't be opened for writing. Check the disk, its free space and the rights of the folder.")
    if code == _NOTADB and _is_plain(path):
        return NotAVaultError(f"“{path.name}” isn't encrypted, so it is no vault. Choose another file.")
    return DamagedVaultError(
        f"“{path.name}” is damaged, or the keys beside it belong to another vault. "
        "Put both back from the last good backup; nothing was changed."
    )


def _in_use(path: Path) -> VaultInUseError:
    return VaultInUseError(f"“{path.name}” is open in another Neuro Chart. Close that one first.")


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def folder_error(folder: Path, error: OSError) -> WriteFailedError:
    """The sentence for a folder that takes no copy."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        told = f"There is too little room in “{folder}”. Free some space there, or choose another folder."
    elif error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EEXIST}:
        told = f"The folder “{folder}” isn't there. Connect its disk, or choose another folder."
    elif error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        told = f"Nothing can be written to “{folder}”. Allow it, or choose another folder."
    else:
        told = f"“{folder}” failed: {error.strerror}. Is its disk still connected? Try again, or choose another folder."
    return WriteFailedError(told)
