"""The way in when a passphrase is lost: the key of the recovery sheet, and then a new passphrase for an owner."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from neuro_chart.clinic.people import Role
from neuro_chart.clinic.recovery import MisreadError, read
from neuro_chart.ui.door import GAP, DoorForm, back_button, mark
from neuro_chart.ui.new_passphrase import NewPassphrase
from neuro_chart.ui.recovery_key import RecoveryKey
from neuro_chart.ui.widgets import button, card, column, label, row

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

WIDTH = 520


class RecoverForm(DoorForm):
    """Opens the vault at a path with its recovery sheet; the owner who is chosen gets a new passphrase, and goes on."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._vault: Vault | None = None
        self.key, self.owner, self.passphrase = RecoveryKey(), QComboBox(), NewPassphrase()
        self.owner.setAccessibleName("Whose passphrase is lost")
        self.key.typed.connect(lambda: self.error.setText(""))
        self.key.entered.connect(self.try_key)
        self.passphrase.entered.connect(self.recover)
        self.warn_of_caps_lock(self.passphrase.first)
        self.key_button = button("Use this key", self.try_key, "primary", "arrow-right")
        self.open_button = button("Keep it and open the chart", self.recover, "primary", "lock-open")
        self.first_step, self.second_step = self._ask_key(), self._ask_passphrase()
        self.second_step.hide()
        form = card(mark(), self.first_step, self.second_step, self.error, self.busy, margins=GAP, spacing=16)
        form.setFixedWidth(WIDTH)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(form)
        box.addWidget(row(None, back_button(self.leave), None))
        self.setFocusProxy(self.key)

    def _ask_key(self) -> QWidget:
        hint = "Type the eight groups of the key in their order. Capital and small letters are the same, and dashes aren't needed."
        where = label(f"{self.path.name} in {self.path.parent}", "small", wrap=True)
        title = label("Open with the recovery sheet", "title")
        return column(title, where, label(hint, "muted", wrap=True), self.key, self.key_button, spacing=12)

    def _ask_passphrase(self) -> QWidget:
        told = (
            "The trail will tell that the sheet was used. It goes on to fit: "
            "if others may have seen it, print a new one in the settings, under People."
        )
        return column(
            label("The key fits. Choose a new passphrase", "title", wrap=True),
            label("Whose passphrase is lost", "heading"), self.owner,
            label("New passphrase", "heading"), self.passphrase,
            label(told, "small", wrap=True), self.open_button,
            spacing=12,
        )  # fmt: skip

    def try_key(self) -> None:
        """Open the vault with the key as it is typed."""
        path, code = self.path, self.key.code
        try:
            read(code)
        except MisreadError as error:
            self.tell("" if self.key.says.text() else str(error))
            self.key.fields[error.groups[0] - 1].setFocus()
            return

        def work() -> "Vault":
            from neuro_chart.store.access import open_by_sheet  # noqa: PLC0415  # keeps the database out of the window's start

            return open_by_sheet(path, code)

        self.begin(work)

    def recover(self) -> None:
        """Give the chosen owner the new passphrase."""
        problem = self.passphrase.problem()
        if self._vault is None or problem:
            self.tell(problem)
            return
        from neuro_chart.store.access import recover  # noqa: PLC0415  # as above

        self.begin(partial(recover, self._vault, str(self.owner.currentData()), self.passphrase.words))

    def done(self, vault: object) -> None:
        if self._vault is None:
            self._vault = cast("Vault", vault)
            self._show_owners()
        else:
            self._vault = None
            self.passphrase.clear()
            super().done(vault)

    def _show_owners(self) -> None:
        from neuro_chart.store.records import Records  # noqa: PLC0415  # as above

        if self._vault is None:
            return
        for person in Records(self._vault).practitioners():
            if person.role is Role.OWNER and person.disabled is None:
                self.owner.addItem(person.name, person.id)
        self.key.clear()
        self.busy.hide()
        self.setEnabled(True)
        self.first_step.hide()
        self.second_step.show()
        self.setFocusProxy(self.passphrase)
        self.passphrase.setFocus()

    def leave(self) -> None:
        """Forget what was typed and go back; a vault that the key has opened is closed."""
        self.key.clear()
        self.passphrase.clear()
        if self._vault is not None:
            self._vault.close()
            self._vault = None
        self.back.emit()
