"""Settings, This machine: the look, the names, when it locks, and where the vault lies."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart import __version__
from neuro_chart.ui import lock, privacy
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.sections import fields_card, section_page
from neuro_chart.ui.widgets import Segments, TickBox, card, label, row

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

LOCK_AFTER = {"0": "Never", "1": "1", "2": "2", "5": "5", "10": "10", "15": "15", "30": "30"}


class MachineSection(QWidget):
    """What holds at this machine alone: `theme_chosen(auto | light | dark)`, `names_turned`: whether names are shown."""

    theme_chosen = Signal(str)
    names_turned = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault") -> None:  # noqa: ARG002  # as every section is made
        super().__init__()
        self._settings = settings
        self.theme = Segments({"auto": "As the system", "light": "Light", "dark": "Dark"}, "Look")
        self.theme.show_choice(str(settings.value("theme", "auto")))
        self.theme.chosen.connect(self._choose_theme)
        self.initials = TickBox("Show initials in place of names (Ctrl+Shift+H)")
        self.initials.clicked.connect(self._choose_names)
        self.lock_after = Segments(LOCK_AFTER, "Minutes without a key or a touch after which the chart locks")
        self.lock_after.chosen.connect(lambda minutes: settings.setValue(lock.MINUTES, int(minutes)))
        hint = "Ctrl+L locks at once. Clocks run on while the chart is locked, and ring."
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        seen = fields_card("What is seen", "", {"Look": self.theme}, self.initials)
        locked = fields_card("Lock", hint, {"Lock after": row(self.lock_after, label("minutes"), None)})
        box.addWidget(section_page(seen, locked, _vault(vault)))
        self.setFocusProxy(self.theme)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.lock_after.show_choice(str(lock.minutes(self._settings)))
        self.show_names()

    def show_names(self) -> None:
        """Show whether names are shown."""
        self.initials.setChecked(privacy.initials_only(self._settings))

    def _choose_names(self, on: bool) -> None:  # noqa: FBT001  # Qt's own signal
        privacy.turn(self._settings, on)
        self.names_turned.emit()

    def _choose_theme(self, choice: str) -> None:
        self._settings.setValue("theme", choice)
        self.theme_chosen.emit(choice)


def _vault(vault: "Vault") -> QWidget:
    keep = f"Copy this file together with {vault.path.name}.keys, with the program closed: without its keys no passphrase opens it."
    parts = (label(str(vault.path), wrap=True), label(keep, "small", wrap=True), label(f"Neuro Chart {__version__}", "small"))
    return card(label("The vault", "heading"), *parts)
