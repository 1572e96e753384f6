"""Words that nothing stores before they are signed: kept with their place half a second after a key, so that no crash takes them."""

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from neuro_chart.store.errors import VaultError
from neuro_chart.ui.place import UNSTORED, place_of
from neuro_chart.ui.words import SAVE_AFTER

if TYPE_CHECKING:
    from neuro_chart.ui.window import Window

FOLLOWED = "followed"


class UnstoredWords(QObject):
    """Keeps what is typed into such a field of a patient's record; `Window.come_back` fills it in again."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self._keep)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, _left: QWidget | None, field: QWidget | None) -> None:
        if (
            isinstance(field, QPlainTextEdit)
            and field.property(UNSTORED)
            and not field.property(FOLLOWED)
            and field.window() is self._window
        ):
            field.setProperty(FOLLOWED, True)
            field.textChanged.connect(self._soon)
            self._soon()  # what was filled in again is kept again

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _keep(self) -> None:
        if self._window.page == "patient":
            with suppress(VaultError):  # a disk that takes nothing has its banner already
                self._window.chart.records.keep_place(place_of(self._window))

    def stop(self) -> None:
        """Keep no more; the vault is about to close."""
        self._timer.stop()
