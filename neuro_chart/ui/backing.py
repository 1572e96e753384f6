"""Backups of the open chart: once a day, at the close and whenever asked, beside all other work.

What was kept, and how much of the trail it holds, is said in the trail itself, so that it is known after a restart, with the disk of the
backups unplugged, and whatever the clock was set to.
"""

import os
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.trail import Deed, Entry
from neuro_chart.store.errors import VaultError, WriteFailedError
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.backups import Backup
    from neuro_chart.store.vault import Vault

FOLDER, AUTOMATIC, NEVER = "backup/folder", "backup/automatic", "backup/never"
SOON, LATER = 30_000, 5 * 60_000  # ms until it is looked again: often, as a chart that locks is open for minutes only; and after a failure
DAY, WEEK = timedelta(days=1), timedelta(days=7)
STEP = 0.01
PATIENCE = 10  # seconds that a close waits for a disk that hangs
LATELY = 200
# What leaves the chart as it was, and needs no backup.
IDLE = frozenset({Deed.SIGNED_IN, Deed.FAILED, Deed.LOCKED, Deed.CLOSED, Deed.SEEN, Deed.BACKED_UP, Deed.VERIFIED})


def backup_folder(settings: QSettings, vault_path: Path) -> Path:
    """Where this machine keeps the backups of a vault: as chosen, else beside it."""
    from neuro_chart.store.backups import default_folder  # noqa: PLC0415  # keeps the database out of the program's start

    chosen = str(settings.value(FOLDER, ""))
    with suppress(ValueError):  # half a character, as in settings that were damaged
        if chosen and b"\0" not in os.fsencode(chosen):
            return Path(chosen)
    return default_folder(vault_path)


def turn(settings: QSettings, *, on: bool) -> None:
    """Keep backups without being asked, or don't."""
    settings.setValue(AUTOMATIC, on)


def spare(settings: QSettings) -> None:
    """Keep no backups and say nothing of that, as the practice is made up."""
    turn(settings, on=False)
    settings.setValue(NEVER, True)


class Backing(QObject):
    """Keeps the backups of an open chart.

    `began`, `moved(share)` and `ended(sentence)` tell of each; the sentence is empty when the backup is good. `missed(sentence)` says once
    why one that nobody asked for did not come about.
    """

    began = Signal()
    moved = Signal(float)
    ended = Signal(str)
    missed = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings, self._vault = chart, settings, vault
        self._last: Entry | None = None
        self._is_read = False
        self._told = ""
        self.trouble = ""  # why the last try came to nothing
        self._stopped, self._idle = Event(), Event()
        self._idle.set()
        self._share = 0.0
        self._work: Work | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(SOON)

    @property
    def vault_path(self) -> Path:
        """The vault that is kept."""
        return self._vault.path

    @property
    def folder(self) -> Path:
        """Where the backups are kept."""
        return backup_folder(self._settings, self._vault.path)

    @property
    def is_automatic(self) -> bool:
        """Whether backups are kept without being asked for."""
        return self._settings.value(AUTOMATIC, defaultValue=True, type=bool) is True and not self._vault.read_only

    @property
    def is_read_only(self) -> bool:
        """Whether the vault can't be written to, so that its trail can't tell of a backup."""
        return self._vault.read_only

    @property
    def is_running(self) -> bool:
        """Whether a backup is being kept now."""
        return self._work is not None

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self._share

    @property
    def last(self) -> Entry | None:
        """What the trail says of the last good backup."""
        if not self._is_read:
            self._last = next(iter(self._chart.records.trail(deed=Deed.BACKED_UP, limit=1)), None)
            self._is_read = True
        return self._last

    def settle(self) -> None:
        """Let the trail tell of what was typed so far; a full disk takes no more words, and what it holds can be kept on another."""
        with suppress(WriteFailedError):
            self._chart.records.settle()

    def is_needed(self) -> bool:
        """Whether the newest backup of this folder lacks something that the trail tells of."""
        last, held = self.last, 0
        if last is not None and last.changes.get("folder") == str(self.folder):
            held = int(last.changes.get("holds", 0))
        since = [entry for entry in self._chart.records.trail(limit=LATELY) if entry.seq > held]
        return len(since) == LATELY or any(entry.deed not in IDLE for entry in since)

    def word(self) -> str:
        """What is to be said when the last good backup is too long ago, or nothing."""
        last, week_ago = self.last, now() - WEEK
        if self._settings.value(NEVER, defaultValue=False, type=bool):
            return ""
        if last is None:
            is_long, said = bool(self._chart.records.trail(until=week_ago, limit=1)), "There is no backup of this chart yet."
        elif last.at - now() > DAY:
            day = long_day(local_day(last.at))
            is_long, said = True, f"The last good backup is dated {day}: this machine's clock was wrong, or is now."
        else:
            is_long, said = last.at <= week_ago, f"The last good backup is {(now() - last.at).days} days old."
        return said if is_long and self.is_needed() else ""

    def look(self) -> None:
        """Keep a backup if it is time for the one of the day; a last one from the future, by a clock that was wrong, counts as none."""
        last = self.last
        is_due = last is None or not timedelta(0) <= now() - last.at < DAY
        if self.is_automatic and is_due and not self.is_running and self._chart.all_written and self.is_needed():
            self.start(asked=False)

    def start(self, *, asked: bool = True) -> None:
        """Keep a backup now, unless one is being kept."""
        if self.is_running:
            return
        records, vault, folder = self._chart.records, self._vault, self.folder
        self.settle()
        holds = next((entry.seq for entry in records.trail(limit=1)), 0)
        self._share = 0.0
        self._stopped.clear()
        self._idle.clear()
        self._work = Work(self)
        self._work.done.connect(partial(self._kept, asked, folder, holds))
        self._work.failed.connect(partial(self._failed, asked))
        self._work.start(lambda: self._keep(vault, folder))
        self.began.emit()

    def _keep(self, vault: "Vault", folder: Path) -> "Backup":
        """On a thread of its own."""
        from neuro_chart.store.backups import backup, prune  # noqa: PLC0415  # as above
        from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415

        try:
            made = backup(vault, folder, self._step)
            if not made.problem:
                with suppress(OSError, VaultError):  # what can't be removed today can be another day
                    prune(folder, KeyRing.load(keys_path(vault.path)).vault_id)
        finally:
            self._idle.set()
        return made

    def _step(self, share: float) -> bool:
        if share - self._share >= STEP or share == 1:
            self._share = share
            with suppress(RuntimeError):  # the window is gone
                self.moved.emit(share)
        return not self._stopped.is_set()

    def stop(self) -> None:
        """Ask the backup that is being kept to end; it leaves nothing behind."""
        self._stopped.set()

    def put_away(self) -> None:
        """Let no backup run on, as the vault is about to be closed."""
        self._timer.stop()
        self.stop()
        self._idle.wait(PATIENCE)
        self._work = None

    def _kept(self, asked: bool, folder: Path, holds: int, backup: "Backup") -> None:  # noqa: FBT001  # bound to a signal
        if self._work is None:
            return
        if backup.problem:
            self._timer.stop()  # another one would be no better
            self._give_up(asked, f"A backup was kept, but it doesn't count, as the chart itself does not hold. {backup.problem}")
            return
        words = {"file": backup.path.name, "folder": str(folder), "holds": str(holds)}
        self._chart.begin(lambda: self._chart.records.log(Deed.BACKED_UP, **words))
        self._is_read, self._told = False, ""
        self._timer.start(SOON)
        self._end("")

    def _failed(self, asked: bool, error: Exception) -> None:  # noqa: FBT001  # bound to a signal
        if self._work is None:
            return
        if not isinstance(error, VaultError):
            self._end("The backup failed.")
            raise error
        self._give_up(asked, str(error))

    def _give_up(self, asked: bool, sentence: str) -> None:  # noqa: FBT001  # as above
        if self._timer.isActive():
            self._timer.start(LATER)
        if not asked and sentence != self._told:
            self._told = sentence
            self.missed.emit(sentence)
        self._end(sentence)

    def _end(self, sentence: str) -> None:
        if self._work is not None:
            self._work.deleteLater()
        self._work = None
        self.trouble = sentence
        self.ended.emit(sentence)
