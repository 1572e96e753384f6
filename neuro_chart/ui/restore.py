"""The way back: choose a backup, see what it holds beside the chart as it is, and put it in the chart's place."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart.clinic import recovery
from neuro_chart.store.errors import DamagedVaultError, NoVaultError, VaultError, WrongPassphraseError
from neuro_chart.ui.backing import backup_folder
from neuro_chart.ui.door import GAP, DoorForm, back_button, mark
from neuro_chart.ui.restore_steps import Choice, Holdings
from neuro_chart.ui.roles import announce
from neuro_chart.ui.sitting import remember
from neuro_chart.ui.widgets import button, card, column, label, row
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.backups import Backup, Contents
    from neuro_chart.store.keys import Unlocked
    from neuro_chart.store.vault import Vault
    from neuro_chart.ui.recover import RecoverForm

WIDTH = 600
CHOOSE = "Nothing is changed before you have seen what a backup holds."
SEE = "It was opened and checked whole. Restoring keeps the chart as it is aside, under another name beside it."
SEE_ALONE = "It was opened and checked whole."


@dataclass(frozen=True)
class Seen:
    """A backup that was opened and checked, and what the present chart holds, or why that can't be said."""

    path: Path
    unlocked: "Unlocked"
    holds: "Contents"
    present: "Contents | None"
    trouble: str


class RestoreForm(DoorForm):
    """Puts a backup in the place of the vault at a path, or where there is none yet, and opens it."""

    moved = Signal(float)

    def __init__(self, path: Path, settings: QSettings) -> None:
        super().__init__(path)
        self._settings, self._folder = settings, backup_folder(settings, path)
        self.seen: Seen | None = None
        self.asking: RecoverForm | None = None
        self._is_stopped = False
        self._then: Callable[[Any], None] = self._opened
        self._listing = Work(self)
        self.title, self.words = label("", "title"), label("", "muted", wrap=True)
        self.choice, self.holdings = Choice(), Holdings()
        self.warn_of_caps_lock(self.choice.passphrase)
        self.choice.looked.connect(self.look)
        self.choice.file_chosen.connect(self._offer_file)
        self.choice.turn.clicked.connect(lambda: self.error.setText(""))  # it spoke of the other way
        self.another = button("Choose another", self.choose)
        self.restore_button = button("Restore this backup", self.restore, "primary", "history")
        self.stop = button("Stop", self._stop)
        self.open_button = button("Open the chart", self.open, "primary", "lock-open")
        self._steps: dict[str, QWidget] = {
            "choose": self.choice,
            "see": column(self.holdings, row(self.another, None, self.restore_button)),
            "done": row(None, self.open_button),
        }
        self.stop.hide()
        foot = row(self.busy, self.stop)
        self._card = card(mark(), self.title, self.words, *self._steps.values(), self.error, foot, margins=GAP, spacing=12)
        self._card.setFixedWidth(WIDTH)
        self._column = box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card)
        self.leave = back_button(self.back.emit)
        box.addWidget(row(None, self.leave, None))
        self.moved.connect(lambda share: self.busy.setValue(round(share * 100)))
        self.setFocusProxy(self.choice)
        self.choose()
        self._list(self._folder)

    def _turn_to(self, step: str, title: str, words: str) -> None:
        for key, each in self._steps.items():
            each.setVisible(key == step)
        self.title.setText(title)
        self.words.setText(words)
        self.error.setText("")
        self.leave.setVisible(step != "done")
        announce(self, f"{title}. {words}")

    def choose(self) -> None:
        """Ask which backup, and for what opens it."""
        self._turn_to("choose", "Restore a backup", CHOOSE)
        self.choice.focus()

    def _list(self, folder: Path, chosen: Path | None = None) -> None:
        path = self.path
        self._listing.deleteLater()
        self._listing = Work(self)
        self._listing.done.connect(lambda found: self.choice.show_backups(folder, found, chosen))
        self._listing.start(lambda: _listed(folder, path))

    def _offer_file(self, chosen: Path) -> None:
        self._list(chosen.parent, chosen)
        self.choice.focus()

    def look(self) -> None:
        """Open the chosen backup, check it and say what it holds."""
        path, vault, secret, by_sheet = self.choice.path, self.path, self.choice.secret, self.choice.by_sheet
        if path is None:
            return
        try:
            code = recovery.write(recovery.read(secret)) if by_sheet else secret
        except recovery.MisreadError as error:
            self.tell("" if self.choice.key.says.text() else str(error))
            self.choice.key.fields[error.groups[0] - 1].setFocus()
            return
        if not secret:
            self.tell("Type the passphrase that the chart had then.")
            self.choice.focus()
            return
        self._begin(lambda: _look(path, vault, partial(_unwrapped, secret=code, by_sheet=by_sheet)), self._looked)

    def _looked(self, seen: Seen) -> None:
        self.seen = seen
        self._turn_to("see", "What this backup holds", SEE if self.path.exists() else SEE_ALONE)
        self.holdings.show_both(seen.holds, seen.present, seen.trouble)
        self.restore_button.setFocus()

    def restore(self) -> None:
        """Put it in the place of the present chart."""
        seen, vault = self.seen, self.path
        if seen is None:
            return

        def work() -> Path | None:
            from neuro_chart.store.backups import restore  # noqa: PLC0415  # keeps the database out of the window's start

            aside = restore(seen.path, vault, seen.unlocked, self._step)
            _tell(vault, seen.unlocked, seen.path.name)
            return aside

        self._is_stopped = False
        self.busy.setRange(0, 100)
        self._begin(work, self._restored)
        self.stop.show()
        self.stop.setFocus()

    def _step(self, share: float) -> bool:
        self.moved.emit(share)
        return not self._is_stopped

    def _stop(self) -> None:
        self._is_stopped = True

    def _restored(self, aside: Path | None) -> None:
        kept = f" The chart as it was is kept aside as “{aside.name}” in “{aside.parent}”." if aside is not None else ""
        self._turn_to("done", "The chart is restored", f"It is as the backup held it.{kept}")
        self.open_button.setFocus()

    def open(self) -> None:
        """Open the chart that was restored."""
        if self.seen is not None:
            vault, unlocked = self.path, self.seen.unlocked
            self._begin(lambda: _open(vault, unlocked, self._settings), self._opened)

    def _opened(self, vault: "Vault") -> None:
        if self.choice.by_sheet:
            self._ask_new_passphrase(vault)
        else:
            self.choice.passphrase.clear()
            self.opened.emit(vault)

    def _ask_new_passphrase(self, vault: "Vault") -> None:
        """Of an owner, as nobody is who has only the sheet."""
        from neuro_chart.ui.recover import RecoverForm  # noqa: PLC0415  # seldom used

        self.asking = RecoverForm(self.path)
        self.asking.opened.connect(self.opened)
        self.asking.back.connect(self.back)
        self._card.hide()
        self._column.insertWidget(0, self.asking)
        self.asking.done(vault)

    def _begin(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._then = then
        for part in (*self._steps.values(), self.leave):
            part.setEnabled(False)
        self.error.setText("")
        self.busy.show()
        self._work.start(work)

    def done(self, result: object) -> None:
        self._rest()
        self._then(result)

    def failed(self, error: Exception) -> None:
        self._rest()
        super().failed(error)
        self.leave.show()
        if not self.choice.isHidden():
            self.choice.focus()

    def _rest(self) -> None:
        for part in (*self._steps.values(), self.leave):
            part.setEnabled(True)
        self.stop.hide()
        self.busy.hide()
        self.busy.setRange(0, 0)


def _listed(folder: Path, vault: Path) -> "list[Backup]":
    """The backups in a folder: of this vault, or of any if its keys can't be read."""
    from neuro_chart.store.backups import backups  # noqa: PLC0415  # on a thread of its own
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # as above

    try:
        vault_id = KeyRing.load(keys_path(vault)).vault_id
    except VaultError:
        vault_id = ""
    return backups(folder, vault_id) or backups(folder)


def _look(path: Path, vault: Path, unwrapped: "Callable[[Path], Unlocked]") -> Seen:
    from neuro_chart.store.attempts import Attempts  # noqa: PLC0415  # on a thread of its own
    from neuro_chart.store.backups import look  # noqa: PLC0415  # as above

    attempts = Attempts(vault)
    attempts.refuse_too_soon()
    try:
        unlocked = unwrapped(path)
    except WrongPassphraseError:
        attempts.failed()
        raise
    holds = look(path, unlocked)
    try:
        try:
            present = look(vault, unlocked)
        except DamagedVaultError:  # or it has another key, as the chart of another practice
            present = look(vault, unwrapped(vault))
    except NoVaultError:
        return Seen(path, unlocked, holds, None, "There is no chart on this machine yet.")
    except WrongPassphraseError:
        return Seen(path, unlocked, holds, None, "It can't be looked into: it is damaged, or has other keys than this backup.")
    except VaultError as error:
        return Seen(path, unlocked, holds, None, f"It can't be looked into. {error}")
    return Seen(path, unlocked, holds, present, "")


def _unwrapped(path: Path, secret: str, *, by_sheet: bool) -> "Unlocked":
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # on a thread of its own

    ring = KeyRing.load(keys_path(path))
    return ring.unwrap_recovery(secret) if by_sheet else ring.unwrap(secret)


def _tell(path: Path, unlocked: "Unlocked", backup: str) -> None:
    """Have the trail tell of the restore, also where nobody opens the chart now."""
    from neuro_chart.store.backups import tell_restored  # noqa: PLC0415  # on a thread of its own
    from neuro_chart.store.vault import Vault  # noqa: PLC0415  # as above

    with suppress(VaultError), Vault.open_with_key(path, unlocked) as vault:
        tell_restored(vault, backup)


def _open(path: Path, unlocked: "Unlocked", settings: QSettings) -> "Vault":
    """Open what was restored; this machine takes it for what it saw last."""
    from neuro_chart.store.records import Records  # noqa: PLC0415  # on a thread of its own
    from neuro_chart.store.vault import Vault  # noqa: PLC0415  # as above

    vault = Vault.open_with_key(path, unlocked)
    remember(Records(vault), vault, settings)
    return vault
