"""The switch for the tone that rings when a clock runs out."""

from PySide6.QtCore import QSettings
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QToolButton

from neuro_chart.ui import sound
from neuro_chart.ui.icons import set_icon


class ToneSwitch(QToolButton):
    """Turns the tone on or off for this machine, and says which it is; the settings page does the same."""

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self.setProperty("role", "icon")
        self.clicked.connect(self._turn)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _turn(self) -> None:
        sound.turn(self._settings, not sound.is_on(self._settings))
        self._show()

    def _show(self) -> None:
        on = sound.is_on(self._settings)
        words = f"The tone for overdue needles is {'on; press to turn it off' if on else 'off; press to turn it on'}"
        self.setToolTip(words)
        self.setAccessibleName(words)
        set_icon(self, "volume-2" if on else "volume-x", "muted")
