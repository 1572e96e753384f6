"""The desktop's notification that a clock has run out, for whoever has turned to another program. It names no patient."""

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

_ON = "notify"
STAYS = 20_000


class Notifier(QObject):
    """Tells through the desktop while no window of the program is in front; `chosen` when the notification is clicked.

    Harmless where the desktop has no place for it.
    """

    chosen = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tray: QSystemTrayIcon | None = None

    def tell(self, sentence: str) -> bool:
        """Show a sentence, unless the practitioner turned it off or is looking at the program anyway; whether it was shown."""
        if not is_on(self._settings) or QApplication.activeWindow() is not None or not can_notify():
            return False
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.setToolTip("Neuro Chart")
            self._tray.messageClicked.connect(self.chosen)
            self._tray.activated.connect(self.chosen)
            self._tray.show()
        self._tray.showMessage("Neuro Chart", sentence, QApplication.windowIcon(), STAYS)
        return True

    def put_away(self) -> None:
        """Leave the desktop as it was."""
        if self._tray is not None:
            self._tray.hide()


def can_notify() -> bool:
    """Whether the desktop shows notifications."""
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()


def is_on(settings: QSettings) -> bool:
    """Whether the desktop is told."""
    return bool(settings.value(_ON, defaultValue=True, type=bool))


def turn(settings: QSettings, on: bool) -> None:  # noqa: FBT001  # reads as it is meant: turn(settings, on)
    """Keep whether the desktop is told."""
    settings.setValue(_ON, on)
