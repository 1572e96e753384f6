"""Backups: whole vaults with their keys in a folder of choice, made in use, looked into, put back, thinned out by a rule.

A backup is encrypted as the vault is and opened by the same passphrases. It bears its name only after it was opened and checked whole.
"""

import errno
import re
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from neuro_chart.clinic.keeping import kept
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.door import (
    Door,
    Progress,
    check,
    connect,
    folder_error,
    opening,
    refuse_in_use,
    refuse_left_open,
    revision_of,
    write_copy,
)
from neuro_chart.store.errors import CancelledError, DamagedVaultError, NotAllowedError, NotAVaultError, VaultError, WriteFailedError
from neuro_chart.store.keys import KeyRing, Unlocked, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.replacing import finish, put_in_place
from neuro_chart.store.told_keys import KEYS
from neuro_chart.store.vault import Vault, refuse_missing, refuse_newer
from neuro_chart.store.verify import verify

_MOMENT = "%Y-%m-%d %H.%M.%S"  # local time, as the clock on the wall showed it; a colon can't be in a name everywhere
_NAME = re.compile(r".+ (\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d)\.vault")
_COPIED = 0.7  # the share of the copying in the whole; the rest is the check


@dataclass(frozen=True)
class Backup:
    """A backup in its folder; `at` is the local time when it was begun, `size` is in bytes.

    `problem`, of one that was made just now, says what of the chart itself doesn't hold: it is kept, and doesn't count as a good one.
    """

    path: Path
    at: datetime
    size: int
    problem: str = ""


@dataclass(frozen=True)
class Contents:
    """What a backup holds, so that somebody recognises it before it is put back; `at` and `last_visit` are aware of their zone."""

    at: datetime
    practice: str
    patients: int
    visits: int
    last_visit: datetime | None
    revision: str


def default_folder(vault: Path) -> Path:
    """Where backups go until somebody chooses another folder; it is made when it is first needed."""
    return vault.parent / "backups"


def backup(vault: Vault, folder: Path, progress: Progress = lambda _share: True) -> Backup:
    """Makes a backup of an open vault, as it stands when this begins; acts go on meanwhile. Slow, for a worker thread.

    WriteFailedError where the folder is missing, full or closed; CancelledError where `progress` said False; DamagedVaultError
    where the copy isn't what was written. Then nothing stands under a backup's name.
    """
    if folder == default_folder(vault.path):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise folder_error(folder, error) from error
    at = datetime.now().astimezone().replace(microsecond=0)
    while (target := folder / f"{vault.path.stem} {at:{_MOMENT}}.vault").exists() or keys_path(target).exists():
        at += timedelta(seconds=1)
    problems: list[str] = []

    def prove(copy: Vault, goes_on: Progress) -> None:
        verdict = verify(copy, lambda share: goes_on(1 + share))
        problems.extend(problem.sentence for problem in verdict.problems)

    # The copying counts up to 1, and the check from there to 2.
    try:
        vault.copy_to(target, lambda done: progress(_COPIED * min(done, 1) + (1 - _COPIED) * max(done - 1, 0)), prove)
    except (WriteFailedError, DamagedVaultError) as error:
        if folder.is_dir():
            raise
        raise folder_error(folder, FileNotFoundError(errno.ENOENT, "")) from error  # its disk was taken away meanwhile
    return Backup(target, at, target.stat().st_size, *problems[:1])


def backups(folder: Path, vault_id: str = "") -> list[Backup]:
    """The backups of one vault (of any, without its id) in a folder, the newest first; empty where the folder can't be read."""
    try:
        found = [Backup(path, at, path.stat().st_size) for path in folder.iterdir() if (at := _named(path)) and _belongs(path, vault_id)]
    except OSError:
        return []
    return sorted(found, key=lambda each: each.at, reverse=True)


def _named(path: Path) -> datetime | None:
    """When a backup was made, by its name; names are copied along, times of files are not."""
    named = _NAME.fullmatch(path.name)
    try:
        return datetime.strptime(named[1], _MOMENT).astimezone() if named else None
    except ValueError:
        return None


def _belongs(path: Path, vault_id: str) -> bool:
    try:
        return vault_id in {"", KeyRing.load(keys_path(path)).vault_id}
    except VaultError:
        return False


def prune(folder: Path, vault_id: str, now: datetime | None = None) -> list[Path]:
    """Removes the backups of a vault that the rule of `clinic.keeping` lets go; returns which they were."""
    found = backups(folder, vault_id)
    staying = kept((each.at for each in found), now or datetime.now().astimezone())
    gone = [each.path for each in found if each.at not in staying]
    for path in gone:
        path.unlink()  # the keys last: a vault without keys would be of no use
        keys_path(path).unlink()
    return gone


def look(path: Path, unlocked: Unlocked) -> Contents:
    """Checks a backup whole and says what it holds, without changing a byte; one of an older program too. Slow."""
    _refuse_unfit(path)
    door = Door(path, unlocked.key, read_only=True)
    try:
        with opening(path), closing(door.engine.raw_connection()) as connection:
            check(path, connection, whole=True)
            revision = revision_of(path, connection)
            refuse_newer(path, revision)
            return _contents(path, revision, connection.cursor())
    finally:
        door.shut()


def _contents(path: Path, revision: str, cursor: Any) -> Contents:  # noqa: ANN401
    """In words that every schema since the first understands."""
    (practice,) = cursor.execute("SELECT name FROM practice").fetchone() or ("",)
    (patients,) = cursor.execute("SELECT count(*) FROM patient").fetchone()
    visits, last = cursor.execute("SELECT count(*), max(started) FROM visit").fetchone()
    at = _named(path) or datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return Contents(at, practice, patients, visits, datetime.fromisoformat(last) if last else None, revision)


def _refuse_unfit(path: Path) -> None:
    refuse_missing(path)
    refuse_in_use(path)
    refuse_left_open(path)


def restore(path: Path, vault: Path, unlocked: Unlocked, progress: Progress = lambda _share: True) -> Path | None:
    """Puts a backup with its keys in the place of the vault, which nobody may have open; it may also be that no vault is there.

    The present vault, its keys and its journal are kept beside it, under the name that is returned (None: there was nothing).
    Interrupted anywhere, it leaves the old vault or the new one, whole. Slow, for a worker thread; CancelledError where `progress`
    said False. An older backup is brought up to date when it is opened.
    """
    _refuse_unfit(path)
    try:
        vault.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise folder_error(vault.parent, error) from error
    with suppress(DamagedVaultError):  # a marker that can't be read: this restore takes its place
        finish(vault)
    if vault.exists():
        refuse_in_use(vault)
    ring = KeyRing.load(keys_path(path))
    fresh = vault.with_name(f".{vault.name}.{uuid4().hex[:8]}.new")
    try:
        with _readable(path) as source:
            write_copy(source, fresh, lambda share: progress(_COPIED * share))
        ring.save(keys_path(fresh))
        look(fresh, unlocked)
        _refuse_reader(fresh, unlocked)
        if progress(1.0) is False:
            raise CancelledError("The restore was stopped, and the vault is as it was.")  # noqa: TRY301
        if vault.exists():
            refuse_in_use(vault)
            with suppress(DamagedVaultError, NotAVaultError, WriteFailedError):  # a chart that can't be asked knows nobody
                _refuse_reader(vault, unlocked)
    except BaseException as error:
        _discard(fresh)
        if isinstance(error, OSError):
            raise folder_error(vault.parent, error) from error
        raise
    aside = _aside(vault)
    try:
        put_in_place(fresh, vault, aside)
    except OSError as error:  # it did not begin
        _discard(fresh)
        raise folder_error(vault.parent, error) from error
    return aside if aside.exists() else None


def tell_restored(vault: Vault, backup: str) -> None:
    """Tells the trail of the vault that a backup took its place; the keys that came with it are those that belong there from now on."""
    Records(vault).log(Deed.RESTORED, backup=backup, **{KEYS: KeyRing.load(keys_path(vault.path)).digest})


def _refuse_reader(path: Path, unlocked: Unlocked) -> None:
    """NotAllowedError where a vault knows whose key it is as somebody who may only read it, or not even that."""
    with opening(path), closing(connect(path, unlocked.key, read_only=True)) as connection:
        if ("role",) in connection.execute("SELECT name FROM pragma_table_info('practitioner')").fetchall():
            asked = "SELECT 1 FROM practitioner WHERE id = ? AND (role = 'reader' OR disabled IS NOT NULL)"
            if connection.execute(asked, (unlocked.practitioner_id,)).fetchone():
                raise NotAllowedError("You may not change this chart, and so not put a backup in its place. Ask an owner of the practice.")


def _readable(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise VaultError(f"“{path.name}” can't be read: {error.strerror}.") from error


def _discard(fresh: Path) -> None:
    with suppress(OSError):  # as where the disk is gone
        for half in (fresh, keys_path(fresh)):
            half.unlink(missing_ok=True)


def _aside(vault: Path) -> Path:
    at = datetime.now().astimezone()
    while (path := vault.with_name(f"{vault.stem} (replaced {at:{_MOMENT}}){vault.suffix}")).exists() or keys_path(path).exists():
        at += timedelta(seconds=1)
    return path
