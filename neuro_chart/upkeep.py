"""What the command line does for the keeping of a chart: back it up, put a backup back, check it whole."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from neuro_chart.clinic.trail import Deed
from neuro_chart.store.backups import backup, look, prune, restore, tell_restored
from neuro_chart.store.errors import VaultError
from neuro_chart.store.keys import RECOVERY, KeyRing, Unlocked, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import PLAINLY, verify

if TYPE_CHECKING:
    from neuro_chart.store.trail import Head

DID_NOT_HOLD = 1  # exit status


def back_up(vault: Vault, folder: Path) -> int:
    """Makes a backup in a folder, removes those that the rule lets go, and prints where it is."""
    records = _signed_in(vault)
    holds = records.trail_head().seq if records else 0
    with _told("Backing up") as progress:
        made = backup(vault, folder, progress)
    if made.problem:
        raise VaultError(f"“{made.path}” was made, but the chart itself does not hold: {made.problem} No older backup was removed.")
    if records:
        records.log(Deed.BACKED_UP, file=made.path.name, folder=str(folder), holds=holds)
    prune(folder, KeyRing.load(keys_path(vault.path)).vault_id)
    sys.stdout.write(f"{made.path}\n")
    return 0


def put_back(path: Path, vault: Path, unlocked: Unlocked, *, is_sure: bool) -> int:
    """Says what a backup holds, and puts it in the place of the vault once somebody said yes."""
    holds = look(path, unlocked)
    last = f", the last visit on {_day(holds.last_visit)}" if holds.last_visit else ""
    people = f"{_counted(holds.patients, 'patient')}, {_counted(holds.visits, 'visit')}{last}"
    present = f"The present vault {vault} is kept aside." if vault.exists() else f"There is no vault at {vault} yet."
    sys.stdout.write(f"{holds.practice}\nBackup of {_day(holds.at)}, {holds.at:%H:%M}\n{people}\n{present}\n")
    if not is_sure and not _agreed():
        raise VaultError("Nothing was changed.")
    with _told("Restoring") as progress:
        aside = restore(path, vault, unlocked, progress)
    with Vault.open_with_key(vault, unlocked) as opened:
        _signed_in(opened)
        tell_restored(opened, path.name)
    if unlocked.practitioner_id == RECOVERY:
        sys.stdout.write("Open it in the window with the recovery sheet, and choose a new passphrase.\n")
    sys.stdout.write(f"{vault}\n" + (f"Kept aside: {aside}\n" if aside else ""))
    return 0


def check(vault: Vault, seen: "Head | None" = None) -> int:
    """Checks a vault whole and prints what was checked, what does not hold, and what that proves; exit status 1 where something doesn't."""
    with _told("Checking") as progress:
        verdict = verify(vault, progress, seen, KeyRing.load(keys_path(vault.path)))
    if verdict.head is not None and (records := _signed_in(vault)):  # else there is no trail that could tell of it
        records.log(Deed.VERIFIED, found="all holds" if verdict.holds else f"{len(verdict.problems)} things that do not hold")
    counted = f"{_counted(verdict.signatures, 'signature')}, {_counted(verdict.entries, 'entry', 'entries')} of the trail"
    sys.stdout.write(f"Checked: every page of the file, {counted}.\n")
    if verdict.holds:
        sys.stdout.write(f"All holds.\n{PLAINLY}\n")
        return 0
    more = len(verdict.problems) - 1
    others = f" {more} more {'thing does' if more == 1 else 'things do'} not hold." if more else ""
    sys.stdout.write(f"Does not hold: {verdict.problems[0].sentence}{others}\n{PLAINLY}\n")
    return DID_NOT_HOLD


def _signed_in(vault: Vault) -> Records | None:
    """The record with a sitting begun, where the trail can tell of one."""
    if vault.read_only or vault.practitioner_id == RECOVERY:
        return None
    records = Records(vault)
    records.signed_in()
    return records


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise VaultError("Nothing was changed. Add --yes to restore without being asked.")
    sys.stderr.write("Restore it? Type yes: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() == "yes"


@contextmanager
def _told(doing: str) -> Iterator[Callable[[float], object]]:
    """Tells a terminal how far it is, and leaves an empty line for what comes of it."""
    if not sys.stderr.isatty():
        yield lambda _share: None
        return
    try:
        yield lambda share: print(f"\r{doing} … {share:4.0%}", end="", file=sys.stderr, flush=True)
    finally:
        sys.stderr.write("\r\x1b[K")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d}"
