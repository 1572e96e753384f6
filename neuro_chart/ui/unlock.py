"""The door: a window with one form at a time, to unlock the practice's vault, create, recover or restore it."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart.ui.door import GAP, WIDTH, DoorForm, PassphraseLine, mark
from neuro_chart.ui.widgets import button, card, label, row, scrolled
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

RECOVERY = "recovery"  # whose slot the recovery sheet opens


class UnlockForm(DoorForm):
    """Opens the vault at a path with a passphrase."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.passphrase = PassphraseLine("Passphrase")
        self.warn_of_caps_lock(self.passphrase)
        self.open_button = button("Unlock", self.unlock, "primary", "lock-open")
        self.passphrase.returnPressed.connect(self.unlock)
        where = label(f"{path.name} in {path.parent}", "small", wrap=True)
        form = card(
            mark(), label("Unlock your chart", "title"), where, self.passphrase.with_eye(), self.error, self.open_button, self.busy,
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
        self._look = Work(self)
        self._look.done.connect(self.recover.setVisible)
        QTimer.singleShot(0, self, self._look_for_sheet)

    def _look_for_sheet(self) -> None:
        """Read the store's libraries while the passphrase is being typed, and see whether a recovery sheet fits."""
        path = self.path
        self._look.start(lambda: _has_sheet(path))

    def unlock(self) -> None:
        """Try the passphrase."""
        words = self.passphrase.text()
        if not words:
            self.error.setText("Type your passphrase.")
            return
        path = self.path

        def work() -> "Vault":
            from neuro_chart.store.vault import Vault  # noqa: PLC0415  # keeps the database out of the window's start

            return Vault.open(path, words)

        self.begin(work)

    def done(self, vault: object) -> None:
        self.passphrase.clear()
        super().done(vault)

    def failed(self, error: Exception) -> None:
        super().failed(error)
        self.passphrase.setFocus()
        self.passphrase.selectAll()


class Unlock(QWidget):
    """A window that leads to an open vault: `opened(vault)`. Where there is no vault at the path, it begins with creating one."""

    opened = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.setWindowTitle("Neuro Chart")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1000, 720)
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._middle.addStretch(2)
        self._middle.addStretch(3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(middle))
        self.form: QWidget
        self._held: QWidget | None = None
        self.show_first()

    def show_first(self) -> None:
        """Turn to the form that this path asks for."""
        self.show_form("unlock" if self.path.exists() else "create")

    def show_form(self, key: str) -> None:
        """Turn to a form: unlock, create, recover or restore. It begins empty; what was typed into the one before is forgotten."""
        form = _form(key, self.path)
        form.opened.connect(self.opened)
        form.back.connect(self.show_first)
        form.wanted.connect(self.show_form)
        if self._held is not None:
            self._held.hide()
            self._held.deleteLater()
        self.form, self._held = form, row(None, form, None)
        self._middle.insertWidget(1, self._held)
        form.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.setFocus()


def _form(key: str, path: Path) -> DoorForm:
    """A new form, read from its file when it is first asked for."""
    if key == "create":
        from neuro_chart.ui.create import CreateForm  # noqa: PLC0415  # as the docstring says

        return CreateForm(path)
    if key == "recover":
        from neuro_chart.ui.recover import RecoverForm  # noqa: PLC0415  # as above

        return RecoverForm(path)
    if key == "restore":
        from neuro_chart.ui.restore import RestoreForm  # noqa: PLC0415  # as above

        return RestoreForm(path)
    return UnlockForm(path)


def _has_sheet(path: Path) -> bool:
    import_module("neuro_chart.store.records")
    import_module("neuro_chart.store.vault")
    from neuro_chart.store.errors import VaultError  # noqa: PLC0415  # on a thread of its own
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # as above

    try:
        return any(slot.practitioner_id == RECOVERY for slot in KeyRing.load(keys_path(path)).slots)
    except VaultError:  # said when the passphrase is tried
        return False
