"""Words that nothing stores before they are signed or added: kept half a second after a key, so that no crash takes them."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from neuro_chart.store.errors import VaultError
from neuro_chart.ui.place import UNSTORED, Place, place_of
from neuro_chart.ui.words import SAVE_AFTER

if TYPE_CHECKING:
    from neuro_chart.ui.window import Window

FOLLOWED = "followed"


class UnstoredWords(QObject):
    """Keeps what is typed into such a field of a patient's record, a new one's too; `Window.come_back` fills it in again."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self.keep)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, left: QWidget | None, field: QWidget | None) -> None:
        if left is not None and left.property(FOLLOWED):
            self._soon()  # it may have been added by now
        if field is not None and self._is_of_a_record(field) and not field.property(FOLLOWED) and field.window() is self._window:
            field.setProperty(FOLLOWED, True)
            cast("Any", field).textChanged.connect(self._soon)

    def _is_of_a_record(self, field: QWidget) -> bool:
        form = self._window.patients.form
        return bool(field.property(UNSTORED)) and (isinstance(field, QPlainTextEdit) or (form is not None and form.isAncestorOf(field)))

    def go_on(self, place: Place) -> None:
        """Keep what was found at a place, which is told but once, until it is signed or added."""
        with suppress(VaultError):
            self._window.chart.records.keep_place(place)
        for field in self._window.findChildren(QWidget):
            self._follow(None, field)

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def keep(self) -> None:
        """Keep what is typed, or that it was signed or added since."""
        if self._window.page in {"patient", "patients"}:
            with suppress(VaultError):  # a disk that takes nothing has its banner already
                self._window.chart.records.keep_place(place_of(self._window))

    def flush(self) -> None:
        """Keep at once what was to be kept in a moment, as the page is about to be another."""
        if self._timer.isActive():
            self._timer.stop()
            self.keep()

    def stop(self) -> None:
        """Keep no more, as the keys leave with the window; the vault is about to close."""
        self._timer.stop()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.disconnect(self._follow)
