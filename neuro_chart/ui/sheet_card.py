"""The recovery sheet: made, shown, printed and saved; it touches no disk before the user says where, and is shown once."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from neuro_chart.clinic import recovery
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.confirm import Confirm
from neuro_chart.ui.days import today
from neuro_chart.ui.paper_view import Outcome, PaperView
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import button, column, label, row, set_flag
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

WHY = (
    "A printed key that opens the chart when every passphrase is lost. Without one, a forgotten passphrase can't be replaced by anybody. "
    "Keep it in a safe or at a bank: whoever holds it and a copy of the vault can read every chart."
)
NONE, MADE = (
    "No sheet has been made for this vault yet.",
    "A sheet was made and fits. A new one takes its place; it still opens older backups.",
)
SHOWN = "It holds once it is printed or saved, and then the earlier one stops fitting. It can't be shown again later."
HEIGHT = 448  # px, so that it is seen whole with its buttons on a small laptop


class SheetCard(QFrame):
    """Makes a new recovery sheet for the vault. Its key opens the vault from the moment that the sheet is first printed or saved.

    `shown()` when there is more to see.
    """

    shown = Signal()

    def __init__(self, chart: OpenChart, vault: "Vault") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._chart, self._vault = chart, vault
        self._code = ""
        self._is_kept = self._is_out = False
        self._asked: QWidget | None = None
        self._then: Callable[[], object] = lambda: None
        self._making, self._keeping = Work(self), Work(self)
        self._making.done.connect(self._made)
        self._keeping.done.connect(self._kept)
        for work in (self._making, self._keeping):
            work.failed.connect(self._failed)
        self.why, self.state, self.said = label(WHY, wrap=True), label("", wrap=True), label("", "small", wrap=True)
        self.confirm = Confirm(chart)
        self.make_button = button("Make a recovery sheet", self.confirm.ask, icon="file-text")
        self.confirm.wanted.connect(self.confirm.ask)
        self.confirm.confirmed.connect(self.make)
        self.view = PaperView(self)
        self.view.setPageMode(QPdfView.PageMode.SinglePage)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setZoomMode(QPdfView.ZoomMode.FitInView)
        self.view.setFixedHeight(HEIGHT)
        self.print_button = button("Print…", self.print_sheet, "primary", "printer")
        self.save_button = button("Save PDF…", self.save_sheet, icon="download")
        self.done_button = button("Done", self.finish)
        self._shown = column(row(self.print_button, self.save_button, None, self.done_button), self.view, spacing=12)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(12)
        parts: tuple[QWidget, ...] = (label("Recovery sheet", "heading"), self.why, self.state)
        for part in (*parts, self.confirm, row(self.make_button, None), self.said, self._shown):
            box.addWidget(part)
        self.forget()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and self._shown.isEnabled():
            self.forget()

    def _tell_state(self) -> None:
        from neuro_chart.store.access import has_recovery  # noqa: PLC0415  # keeps the database out of the program's start

        is_made = has_recovery(self._vault.path)
        self.state.setText(SHOWN if self._code and not self._is_kept else MADE if is_made else NONE)
        set_flag(self.state, "role", "" if is_made else "caution")

    def make(self) -> None:
        """Make a new key, and show its sheet."""
        practice, code, name = self._chart.records.practice(), recovery.fresh(), self._vault.path.name

        def work() -> bytes:
            from neuro_chart.paper.recovery import recovery_sheet  # noqa: PLC0415  # the paper's library loads when it is first needed

            return recovery_sheet(practice, code, today(), name)

        self._code, self._is_kept, self._is_out = code, False, False
        self.make_button.setEnabled(False)
        self._making.start(work)

    def _made(self, made: bytes) -> None:
        if not self._code:
            return
        self.view.show_bytes(made)
        for part in (self.make_button, self.why):  # they make room
            part.hide()
        self._shown.show()
        self._say("")
        self._tell_state()
        self.print_button.setFocus()
        self.shown.emit()

    def print_sheet(self) -> None:
        """Print the sheet where the system's dialog says."""
        if printer := self.view.ask_printer(self._chart.records.practice().paper, "Recovery sheet"):
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Let the key open the vault, and print its sheet."""
        self._keep(lambda: self._tell(self.view.print_on(printer), Deed.PRINTED))

    def save_sheet(self) -> None:
        """Save the sheet where the user says."""
        if chosen := self.view.ask_where(f"recovery-sheet-{today().isoformat()}.pdf"):
            self.save_at(chosen)

    def save_at(self, path: Path) -> None:
        """Let the key open the vault, and save its sheet in a file."""
        self._keep(lambda: self._tell(self.view.save_at(path), Deed.EXPORTED))

    def _keep(self, then: Callable[[], object]) -> None:
        """Let the key open the vault before it leaves the program: a sheet that doesn't fit would be found out when it is too late."""
        if self._is_kept:
            then()
            return
        from neuro_chart.store.access import new_recovery  # noqa: PLC0415  # keeps the database out of the program's start

        self._then, self._asked = then, self._shown.focusWidget()
        self._shown.setEnabled(False)
        self._keeping.start(partial(new_recovery, self._vault, self._code))

    def _kept(self, _code: object) -> None:
        from neuro_chart.store.records import Change  # noqa: PLC0415  # keeps the database out of the program's start

        self._rest()
        self._is_kept = True
        self._chart.changed.emit(Change("people"))
        self._tell_state()
        self._then()
        if not self.isVisible():
            self.forget()

    def _tell(self, outcome: Outcome, deed: Deed) -> None:
        self._is_out |= outcome.done
        if outcome.done:
            self._chart.act(partial(self._chart.records.log, deed, paper="recovery sheet"))
        self._say(outcome.sentence, is_error=not outcome.done)

    def finish(self) -> None:
        """Show the sheet no longer, unless its key holds already and would be lost."""
        if self._is_kept and not self._is_out:
            self._say("Its key holds already, and it has been neither printed nor saved. Do one of them, or it is lost.", is_error=True)
        else:
            self.forget()
            self.make_button.setFocus()

    def _rest(self) -> None:
        """Take the keys again where they were while the sheet's key was being kept."""
        self._shown.setEnabled(True)
        if self._asked is not None and self.window().focusWidget() in {None, self.window()}:
            self._asked.setFocus()

    def _failed(self, error: Exception) -> None:
        self._rest()
        self.make_button.setEnabled(True)
        if not isinstance(error, VaultError):
            raise error
        self._say(str(error), is_error=True)

    def forget(self) -> None:
        """Show the sheet no longer."""
        self._code = ""
        self.view.forget()
        self._shown.hide()
        self._say("")
        self.make_button.setEnabled(True)
        for part in (self.make_button, self.why):
            part.show()
        if self.isVisible():
            self._tell_state()

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        set_flag(self.said, "role", "error" if is_error else "small")
        if sentence:
            announce(self, sentence)
