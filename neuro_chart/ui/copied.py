"""What was copied out of the chart, and is taken off the system's clipboard once the chart goes."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

UNTOLD = frozenset({"cocoa", "offscreen"})  # where Qt never says that the clipboard is this program's own


class Copied(QObject):
    """Knows what stands on the clipboard because this program put it there.

    `clear` takes it off, as the end of the program does, and leaves what any other put there. What a clipboard manager has taken down
    meanwhile is out of reach.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._words = ""  # copied here, where only this tells
        self._is_in_front = False
        application = QGuiApplication.instance()
        if not isinstance(application, QGuiApplication):
            return
        application.aboutToQuit.connect(self.clear)
        if QGuiApplication.platformName() in UNTOLD:
            self._turned()
            application.applicationStateChanged.connect(self._turned, Qt.ConnectionType.QueuedConnection)
            self._clipboard.dataChanged.connect(self._changed)

    @Slot()
    def _turned(self) -> None:
        self._is_in_front = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive

    def _changed(self) -> None:
        """What others copied is heard of while this program comes to the front; what comes once it is there was copied here."""
        self._words = self._clipboard.text() if self._is_in_front else ""

    def clear(self) -> None:
        """Take what was copied here off the clipboard, and off the selection of X11 and Wayland."""
        if self._clipboard.ownsClipboard() or (self._words and self._clipboard.text() == self._words):
            self._clipboard.clear(QClipboard.Mode.Clipboard)
        if self._clipboard.ownsSelection():
            self._clipboard.clear(QClipboard.Mode.Selection)
        self._words = ""
