"""The door: a window with one form at a time, to unlock the vault, create, recover or restore it; and the rooms, while it is locked."""

from collections.abc import Callable
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from neuro_chart.store.errors import VaultError, WrongPassphraseError
from neuro_chart.ui.door import GAP, WIDTH, DoorForm, PassphraseLine, mark
from neuro_chart.ui.widgets import button, card, label, row, scrolled
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault
    from neuro_chart.ui import locked_rooms
    from neuro_chart.ui.lock import Locked

EDGES = 40  # px: the scroll bar, and what is free at both sides of the form
BESIDE = 940  # px: from here on the rooms stand beside the form, and over it where there is less


class UnlockForm(DoorForm):
    """Opens the vault at a path with a passphrase; or shows a chart that is open behind it, to whoever `confirm` knows (on a thread)."""

    def __init__(
        self, path: Path, title: str = "Unlock your chart", word: str = "", confirm: "Callable[[str], Vault] | None" = None
    ) -> None:
        super().__init__(path)
        self._open = confirm
        self.passphrase = PassphraseLine("Passphrase")
        self.warn_of_caps_lock(self.passphrase)
        self.error.setMinimumHeight(GAP)  # two lines, so that nothing jumps
        self.error.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.open_button = button("Unlock", self.unlock, "primary", "lock-open")
        self.passphrase.returnPressed.connect(self.unlock)
        where = label(f"{path.name} in {path.parent}", "small", wrap=True)
        self.word = label(word, wrap=True)
        self.word.setProperty("pill", "warning")
        if not word:
            self.word.hide()  # and never shown here: it would be a window of its own until it has a place
        form = card(
            mark(), label(title, "title"), where, self.word, self.passphrase.with_eye(), self.error, self.open_button, self.busy,
            margins=GAP, spacing=16,
        )  # fmt: skip
        form.setFixedWidth(WIDTH)
        self.recover = button("Forgotten? Use the recovery sheet", lambda: self.wanted.emit("recover"), "link")
        self.recover.hide()
        self.restore = button("Restore a backup…", lambda: self.wanted.emit("restore"), "link")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(form)
        box.addWidget(row(None, self.recover, self.restore, None))
        self.setFocusProxy(self.passphrase)
        self._wait = QTimer(self)
        self._wait.setInterval(250)
        self._wait.timeout.connect(self._count_down)
        self._look = Work(self)
        self._look.done.connect(self._show_sheet)
        QTimer.singleShot(0, self, self._look_for_sheet)

    def _look_for_sheet(self) -> None:
        """Read the store's libraries while the passphrase is being typed, and see whether a recovery sheet fits."""
        path = self.path
        self._look.start(lambda: _has_sheet(path))

    def _show_sheet(self, there: bool) -> None:  # noqa: FBT001  # as the work has found
        self.recover.setVisible(there and self._open is None)
        self._count_down()

    def _count_down(self) -> None:
        """After too many wrong passphrases, say for how long the next one has to wait; what is typed meanwhile stays."""
        from neuro_chart.store.attempts import Attempts  # noqa: PLC0415  # keeps the store out of the window's start

        seconds = ceil(Attempts(self.path).wait())
        if seconds:
            self.error.setText(
                f"Too many passphrases didn't fit. The next one can be tried in {seconds} second{'' if seconds == 1 else 's'}; "
                "this keeps anybody from trying many."
            )
        elif self._wait.isActive():
            self.error.setText("")
        self.open_button.setEnabled(not seconds)
        if seconds and not self._wait.isActive():
            self._wait.start()
        elif not seconds:
            self._wait.stop()

    def unlock(self) -> None:
        """Try the passphrase."""
        words = self.passphrase.text()
        if self._wait.isActive():
            return
        if not words:
            self.tell("Type your passphrase.")
            return
        path, confirm = self.path, self._open

        def work() -> "Vault":
            from neuro_chart.store.vault import Vault  # noqa: PLC0415  # keeps the database out of the window's start

            return Vault.open(path, words) if confirm is None else confirm(words)

        self.begin(work)

    def done(self, vault: object) -> None:
        self.passphrase.clear()
        super().done(vault)

    def failed(self, error: Exception) -> None:
        super().failed(error)
        self.passphrase.setFocus()
        self.passphrase.selectAll()
        self._count_down()


class Unlock(QWidget):
    """A window that leads to an open vault: `opened(vault)`. Where there is no vault at the path, it begins with creating one.

    `locked`: the rooms whose clocks count on beside the form; `word`: what is to be said there; `confirm`: as `UnlockForm` takes it.
    `may_close` is asked before the window goes.
    """

    opened = Signal(object)

    def __init__(
        self,
        path: Path,
        settings: QSettings,
        locked: "Locked | None" = None,
        word: str = "",
        confirm: "Callable[[str], Vault] | None" = None,
    ) -> None:
        super().__init__()
        self.path = path
        self.may_close: Callable[[], bool] = lambda: True
        self.rooms: locked_rooms.LockedRooms | None = None
        self._settings, self.is_locked, self._word, self._confirm = settings, locked is not None, word, confirm
        self.setWindowTitle("Neuro Chart")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1000, 720)
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._middle.addStretch(2)
        self._middle.addStretch(3)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(0)
        if locked is not None and locked.rooms:
            from neuro_chart.ui.locked_rooms import LockedRooms  # noqa: PLC0415  # an unlocked start has none

            self.rooms = LockedRooms(locked, settings)
            self._sides.addWidget(self.rooms, 3)
        self._area = scrolled(middle)
        self._sides.addWidget(self._area, 2)
        self.form: Any
        self._held: QWidget | None = None
        self.show_first()
        if locked is not None and locked.form:
            self.show_form(locked.form)
        if self.is_locked and isinstance(geometry := settings.value("window/geometry"), QByteArray):
            self.restoreGeometry(geometry)

    def show_first(self) -> None:
        """Turn to the form that this path asks for."""
        self.show_form("unlock" if self.path.exists() else "create")

    def show_form(self, key: str) -> None:
        """Turn to a form: unlock, create, recover or restore. It begins empty; what was typed into the one before is forgotten."""
        form = self._make(key)
        form.opened.connect(self.opened)
        form.back.connect(self.show_first)
        form.wanted.connect(self.show_form)
        if self._held is not None:
            self._held.hide()
            self._held.deleteLater()
        self.form, self._held = form, row(None, form, None)
        self._middle.insertWidget(1, self._held)
        if self.rooms is not None:  # they make room
            self._area.setMinimumWidth(form.minimumSizeHint().width() + EDGES)
        form.setFocus()

    def _make(self, key: str) -> DoorForm:
        """A new form, read from its file when it is first asked for."""
        if key == "create":
            from neuro_chart.ui.create import CreateForm  # noqa: PLC0415  # as the docstring says

            return CreateForm(self.path)
        if key == "recover":
            from neuro_chart.ui.recover import RecoverForm  # noqa: PLC0415  # as above

            return RecoverForm(self.path)
        if key == "restore":
            from neuro_chart.ui.restore import RestoreForm  # noqa: PLC0415  # as above

            return RestoreForm(self.path, self._settings)
        form = UnlockForm(self.path, "The chart is locked" if self.is_locked else "Unlock your chart", self._word, self._confirm)
        form.restore.setVisible(not self.is_locked)
        return form

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= BESIDE
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        if self.rooms is not None:
            self.rooms.put_away()
        if self.is_locked:
            self._settings.setValue("window/geometry", self.saveGeometry())
        event.accept()


def _has_sheet(path: Path) -> bool:
    import_module("neuro_chart.store.records")
    import_module("neuro_chart.store.vault")
    from neuro_chart.store.keys import RECOVERY, KeyRing, keys_path  # noqa: PLC0415  # on a thread of its own

    try:
        return any(slot.practitioner_id == RECOVERY for slot in KeyRing.load(keys_path(path)).slots)
    except VaultError:  # said when the passphrase is tried
        return False


def still_open(vault: "Vault", knows: Callable[[str], bool]) -> "Callable[[str], Vault]":
    """What shows an open vault again to whoever it is open for."""

    def confirmed(words: str) -> "Vault":
        if not knows(words):
            raise WrongPassphraseError("This isn't the passphrase of whoever's words wait here for the disk. Make room, or type theirs.")
        return vault

    return confirmed
