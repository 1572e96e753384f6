"""The vault's files put in place of those that are there: a marker says what is under way, and whoever comes next finishes it.

So a program that is killed in the midst of a restore leaves the old vault or the new one, each with its own keys and journal.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from neuro_chart.store.errors import DamagedVaultError, VaultError
from neuro_chart.store.keys import keys_path, sync_folder


def put_in_place(fresh: Path, path: Path, kept: Path) -> None:
    """Gives a whole vault with keys beside it the name `path`; what bears that name is kept under the name `kept`.

    OSError where it could not begin: then everything is as it was.
    """
    marker = _marker(path)
    half = marker.with_name(f".{marker.name}.{uuid4().hex[:8]}.new")
    try:
        with half.open("w", encoding="utf-8") as file:
            json.dump([fresh.name, kept.name], file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(marker)
        sync_folder(path.parent)
    except OSError:
        for left in (marker, half):
            left.unlink(missing_ok=True)
        raise
    finish(path)


def finish(path: Path) -> None:
    """Finishes what a marker beside the vault says to be under way; does nothing where there is none.

    What another program left to be written into the vault is kept, but apart.
    """
    _set_aside(path.with_name(f"{path.name}-journal"))
    marker = _marker(path)
    try:
        words = json.loads(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError as error:  # of the folder too, where no marker may be
        raise VaultError(f"“{path}” can't be reached: {error.strerror}.") from error
    except (OSError, ValueError, RecursionError):
        words = None
    if not isinstance(words, list) or len(words) != 2 or not all(_is_beside(path, name) for name in words):
        raise DamagedVaultError(f"“{marker.name}”, which says what a restore has to do, can't be read. Restore the backup once more.")
    fresh, kept = (path.with_name(name) for name in words)
    try:
        if fresh.exists():
            if keys_path(fresh).exists():
                _keep(keys_path(path), keys_path(kept))
            _keep(path, kept)
            if (journal := _journal(path)).exists():  # SQLite would write it into the new vault
                journal.replace(_journal(kept))
            sync_folder(path.parent)  # each step is durable before the next: a power cut could turn their order about
            if keys_path(fresh).exists():
                keys_path(fresh).replace(keys_path(path))
                sync_folder(path.parent)
            fresh.replace(path)
        sync_folder(path.parent)
        marker.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise VaultError(
            f"The restore of “{path.name}” could not be finished: {error.strerror}. It goes on when the vault is opened next."
        ) from error


def sweep(folder: Path, begins: str, half: str) -> None:
    """Removes what a killed program left half made: hidden files whose name begins so, and has the mark of what is half made in it."""
    for left in folder.iterdir():
        if left.name.startswith(".") and left.name.lstrip(".").startswith(begins) and half in left.name:
            left.unlink(missing_ok=True)


def _set_aside(rollback: Path) -> None:
    """A journal of a kind that the program never writes: SQLite would write it into the vault before anybody could look at it."""
    with suppress(OSError):  # where nothing can be renamed, the vault is only read, and without any journal
        if rollback.exists() and rollback.stat().st_size:
            rollback.rename(rollback.with_name(f"{rollback.name}.kept-{uuid4().hex[:8]}"))


def _keep(old: Path, kept: Path) -> None:
    """Gives a file a second name, so that it is never without one; where the file system has no links, the other name."""
    if not old.exists() or kept.exists():
        return
    try:
        os.link(old, kept)
    except OSError:
        old.rename(kept)


def _is_beside(vault: Path, name: object) -> bool:
    if not isinstance(name, str) or name in {"", "..", vault.name} or Path(name).name != name:
        return False
    try:
        return b"\0" not in os.fsencode(name)
    except ValueError:  # half a character
        return False


def _journal(vault: Path) -> Path:
    return vault.with_name(f"{vault.name}-wal")


def _marker(vault: Path) -> Path:
    return vault.with_name(f"{vault.name}.restoring")
