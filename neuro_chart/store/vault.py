"""The vault: one encrypted SQLite file and its keys beside it; made, opened, checked, upgraded, copied and closed here.

Only this file, the door, the check and the upgrades know that the record lies in SQLite.
One process has the vault at a time, by SQLite's own exclusive lock, which dies with the process.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG
from types import TracebackType
from typing import Self
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlcipher

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Practice, Practitioner, Role
from neuro_chart.clinic.trail import Deed, Entry
from neuro_chart.store import tables
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.door import (
    Door,
    Progress,
    check,
    check_pages,
    folder_error,
    opening,
    plainly,
    refuse_in_use,
    refuse_left_open,
    revision_of,
)
from neuro_chart.store.errors import (
    DamagedVaultError,
    NewerVaultError,
    NotAllowedError,
    NotAVaultError,
    NoVaultError,
    VaultError,
    WriteFailedError,
    WrongPassphraseError,
)
from neuro_chart.store.keys import Kdf, KeyRing, Unlocked, keys_path, sync_folder
from neuro_chart.store.replacing import finish, sweep
from neuro_chart.store.seals import last_digest
from neuro_chart.store.told_keys import raise_slot, those_of
from neuro_chart.store.trail import SIGNATURE, Changes, write_entry

UPGRADES = Path(__file__).parent / "upgrades"
_PAGE = 4096  # bytes; SQLite takes a file that is nearly empty for a new database
_OLDER_UNWRITABLE = (
    "“{}” was written by an older Neuro Chart, and has to be brought up to date where it can be written. "
    "Copy it and its keys to a disk that takes writing, and open it there."
)


class Vault:
    """An open vault. `engine` writes, `reader` only reads; both share the one connection. `practitioner_id` says who signed in."""

    def __init__(self, door: Door, practitioner_id: str) -> None:
        self.path = door.path
        self.practitioner_id = practitioner_id
        self.read_only = door.read_only
        self.engine = door.engine
        self._door = door
        self.reader = self.engine.execution_options(readonly=True)

    @property
    def key(self) -> bytes:
        """The vault's key; VaultError once it is closed."""
        return self._door.key

    @classmethod
    def create(cls, path: Path, passphrase: str, practice: Practice, practitioner: Practitioner, kdf: Kdf | None = None) -> "Vault":
        """Makes a vault for a practice and its first practitioner, who owns it, and opens it. Slow: it derives a key.

        A file that is there is never overwritten; whatever goes wrong, nothing stands under `path` that is not a whole vault.
        """
        try:
            finish(path)
            _refuse_existing(path)
            key = os.urandom(32)
            ring = KeyRing().adding(key, practitioner.id, passphrase, None if kdf is None else (kdf,))
            fresh = path.with_name(f".{path.name}.{uuid4().hex[:8]}.new")
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                _fill(fresh, key, practice, replace(practitioner, role=Role.OWNER))
                _place(fresh, path, ring)
            finally:
                for leftover in (fresh, *(fresh.with_name(fresh.name + end) for end in ("-wal", "-journal"))):
                    leftover.unlink(missing_ok=True)
        except (OSError, sqlcipher.Error) as error:
            reason = getattr(error, "strerror", "") or error
            raise WriteFailedError(f"The vault can't be made in “{path.parent}”: {reason}. Choose another folder.") from error
        return cls.open_with_key(path, Unlocked(key, practitioner.id))

    @staticmethod
    def unwrap_key(path: Path, passphrase: str) -> Unlocked:
        """The vault's key, from its slots. Slow, for a worker thread; the vault itself is not opened."""
        finish(path)
        refuse_missing(path)
        return KeyRing.load(keys_path(path)).unwrap(passphrase)

    @classmethod
    def open_with_key(cls, path: Path, unlocked: Unlocked, *, read_only: bool = False) -> "Vault":
        """Opens the vault and checks all of it; brings an older one up to date, after a copy was kept beside it.

        Where nothing can be written it opens to be read, as it does when asked to. What is refused stays as it was, byte for byte.
        """
        finish(path)
        refuse_missing(path)
        read_only = read_only or not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        if read_only:
            refuse_in_use(path)
            refuse_left_open(path)
        door = Door(path, unlocked.key, read_only=read_only)
        try:
            with opening(path):
                with closing(door.engine.raw_connection()) as connection:
                    check(path, connection)
                    revision = revision_of(path, connection)
                if revision != tables.REVISION:
                    refuse_newer(path, revision)
                    if read_only:
                        raise WriteFailedError(_OLDER_UNWRITABLE.format(path.name))  # noqa: TRY301
                door.accept()
                if not read_only:
                    with suppress(OSError):
                        sweep(path.parent, f"{path.name}.", ".new")
                if revision != tables.REVISION:
                    _bring_up_to_date(door, revision, unlocked.practitioner_id)
                _refuse_disabled(door, unlocked.practitioner_id)
        except BaseException:
            door.shut()
            raise
        return cls(door, unlocked.practitioner_id)

    @classmethod
    def open(cls, path: Path, passphrase: str) -> "Vault":
        """Opens the vault with a passphrase. Each thing that may be wrong has its own error, and leaves vault and keys as they are.

        What doesn't fit is counted, and slows down the next attempt (TooSoonError).
        """
        attempts = Attempts(path)
        attempts.refuse_too_soon()
        try:
            unlocked = cls.unwrap_key(path, passphrase)
        except WrongPassphraseError:
            attempts.failed()
            raise
        try:
            vault = cls.open_with_key(path, unlocked)
        except NotAllowedError:  # somebody disabled who has brought their old keys back
            attempts.failed()
            raise
        with suppress(OSError, VaultError):  # where nothing can be written or memory is short, it is raised another day
            raise_slot(vault, unlocked, passphrase)
        return vault

    def confirm(self, passphrase: str) -> bool:
        """Whether this is the passphrase of who signed in. Slow.

        What doesn't fit is counted, and slows down the next attempt (TooSoonError).
        """
        attempts = Attempts(self.path)
        attempts.refuse_too_soon()
        fits = KeyRing.load(keys_path(self.path)).fits(self.practitioner_id, passphrase)
        if not fits:
            attempts.failed()
        return fits

    def copy_to(self, target: Path, progress: Progress, prove: Callable[["Vault", Progress], object]) -> None:
        """Makes a copy with its keys beside it while the vault is in use; it bears its name only once it was checked, by `prove` too.

        Slow, for a worker thread. WriteFailedError where the folder takes no copy, CancelledError where `progress` said False.
        """
        _copy(self._door, target, progress, lambda door, goes_on: prove(Vault(door, self.practitioner_id), goes_on))

    @contextmanager
    def at_rest(self, progress: Progress) -> Iterator["Vault"]:
        """The vault as the last act left it, to be read at length while acts go on; nothing is left of the copy that it is read from.

        Slow, for a worker thread. WriteFailedError where there is no room for the copy, CancelledError where `progress` said False.
        """
        copy = self.path if self.read_only else self.path.with_name(f".{self.path.name}.{uuid4().hex[:8]}.new")
        try:
            if copy != self.path:
                _copy_beside(self._door, copy, progress)
            door = Door(copy, self.key, read_only=True)
            try:
                yield Vault(door, self.practitioner_id)
            finally:
                door.shut()
        finally:
            if copy != self.path:
                with suppress(OSError):  # as where the disk is gone; the next opening sweeps it
                    copy.unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the file and gives up the lock and the key; what is asked afterwards meets a VaultError.

        A copy that is being made is given up first.
        """
        self._door.shut()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise VaultError(f"There is a file “{path.name}” already, and it stays as it is. Choose another name.")


def refuse_missing(path: Path) -> None:
    """NoVaultError where no file is, NotAVaultError where it can't be a vault."""
    try:
        seen = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NoVaultError(f"There is no vault at “{path}”. Check the name and the folder, or make a new vault.") from None
    except OSError as error:
        raise VaultError(f"“{path}” can't be reached: {error.strerror}.") from error
    if not S_ISREG(seen.st_mode) or seen.st_size < _PAGE:
        raise NotAVaultError(f"“{path.name}” is no vault, it is too small. Choose another file, or put the vault back from a backup.")


def _refuse_disabled(door: Door, practitioner_id: str) -> None:
    with door.engine.execution_options(readonly=True).connect() as connection:
        asked = sa.select(tables.practitioner.c.disabled).where(tables.practitioner.c.id == practitioner_id)
        if connection.scalar(asked) is not None:
            raise NotAllowedError("This passphrase is no longer in use. Ask an owner of the practice to let you in again.")


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
    door = Door(path, key)
    try:
        with plainly():
            door.accept()
            upgrade(door.engine)
            with Session(door.engine) as session, session.begin():
                changes = Changes(session)
                session.add_all(map(tables.cleaned, (practice, practitioner)))
                session.flush()
                write_entry(session.connection(), key, Entry(now(), practitioner.id, Deed.ADDED, changes=changes.told()))
    finally:
        door.shut()
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _copy(door: Door, target: Path, progress: Progress, prove: Callable[[Door, Progress], object]) -> None:
    def goes_on(share: float) -> bool:
        return progress(share) is not False and door.is_open

    with door.copying():
        if target.exists() or keys_path(target).exists():
            raise _taken(target)
        ring = KeyRing.load(keys_path(door.path))
        half = f".{ring.vault_id[:8]}.new"
        fresh = target.with_name(f".{target.name}{half}")
        own = [fresh, keys_path(fresh)]
        try:
            sweep(target.parent, "", half)
            door.copy_to(fresh, goes_on)
            copied = Door(fresh, door.key, read_only=True)
            try:
                with opening(fresh):
                    with closing(copied.engine.raw_connection()) as connection:
                        check_pages(fresh, connection)
                    prove(copied, goes_on)
                    ring = those_of(copied, ring, KeyRing.load(keys_path(door.path)))
            finally:
                copied.shut()
            ring.save(keys_path(fresh))
            _claim(target)  # another vault may be copied into this folder under the same name
            own += [target, keys_path(target)]
            keys_path(fresh).replace(keys_path(target))
            fresh.replace(target)  # last: what bears its name is whole
            sync_folder(target.parent)
        except BaseException as error:
            with suppress(OSError):  # as where the disk is gone
                for left in own:  # the folder may fail after it had its name
                    left.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise folder_error(target.parent, error) from error
            raise


def _claim(target: Path) -> None:
    """Makes a name this copy's own: whoever comes second finds its keys there."""
    try:
        os.close(os.open(keys_path(target), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise _taken(target) from None


def _taken(target: Path) -> VaultError:
    return VaultError(f"There is a file “{target.name}” already, and it stays as it is. Try again.")


def _copy_beside(door: Door, copy: Path, progress: Progress) -> None:
    try:
        with door.copying():
            door.copy_to(copy, lambda share: progress(share) is not False and door.is_open)
    except OSError as error:
        raise folder_error(copy.parent, error) from error


def refuse_newer(path: Path, revision: str) -> None:
    """NewerVaultError where this program doesn't know the schema."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - 0.2 s that only an older or newer vault needs

    if revision not in {step.revision for step in ScriptDirectory(str(UPGRADES)).walk_revisions()}:
        raise NewerVaultError(f"“{path.name}” was written by a newer Neuro Chart. Install the newest version to open it.")


def _bring_up_to_date(door: Door, revision: str, practitioner_id: str) -> None:
    kept = door.path.with_name(f"{door.path.name}.before-{revision}-{uuid4().hex[:8]}")
    _copy(door, kept, lambda _share: True, lambda copied, _goes_on: _check_copy(copied))

    def tell(connection: sa.Connection) -> None:
        words = {"from": revision, "to": tables.REVISION, SIGNATURE: last_digest(connection)}
        write_entry(connection, door.key, Entry(now(), practitioner_id, Deed.UPGRADED, changes=words))

    upgrade(door.engine, tell)


def _check_copy(door: Door) -> None:
    with closing(door.engine.raw_connection()) as connection:
        check(door.path, connection, whole=True)


def upgrade(engine: sa.Engine, then: Callable[[sa.Connection], object] = lambda _connection: None) -> None:
    """All steps to the newest revision and what is to be done `then`, in one transaction."""
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a new or older vault needs
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(UPGRADES).replace("%", "%%"))
    _foreign_keys(engine, "OFF")  # so that a step may rebuild a table
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            then(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise DamagedVaultError("The vault can't be brought up to date: something in it belongs to nothing. Nothing was changed.")
    finally:
        _foreign_keys(engine, "ON")


def _foreign_keys(engine: sa.Engine, state: str) -> None:
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute(f"PRAGMA foreign_keys={state}")
