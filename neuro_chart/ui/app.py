"""The program as a window: unlock, chart, lock, and a last word when something breaks."""

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from neuro_chart import __version__
from neuro_chart.no_core import no_core_dumps
from neuro_chart.resources import ROOT, resource
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.afresh import start_afresh
from neuro_chart.ui.away import Away
from neuro_chart.ui.copied import Copied
from neuro_chart.ui.idle import Idle
from neuro_chart.ui.lock import Locked
from neuro_chart.ui.roles import tell_roles
from neuro_chart.ui.theme import apply_theme, load_fonts
from neuro_chart.ui.unlock import Unlock, still_open

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault
    from neuro_chart.ui.window import Window

NAME = "neuro-chart"  # also what a desktop groups its windows by
BLINK = 2000
BROKEN = (
    "Something went wrong in the program. What you had charted is stored. "
    "You can go on; if it happens again, start the program anew."
)  # fmt: skip
STAYED = "The program could not start afresh ({why}), so parts of the chart may stay in this machine's memory until you quit it."
COVERED = (
    "The disk does not take the last words. They are kept behind this window, and stored as soon as there is room; "
    "quit now, and they are lost."
)  # fmt: skip


def make_application(settings: QSettings) -> QApplication:
    """The one QApplication, with the program's fonts and look."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication([NAME])
    app.setApplicationName(NAME)
    app.setApplicationDisplayName("Neuro Chart")
    app.setApplicationVersion(__version__)
    app.setWindowIcon(QIcon(str(resource("icons", "neuro-chart.svg"))))
    app.setCursorFlashTime(BLINK)
    tell_roles()
    load_fonts()
    apply_theme(app, str(settings.value("theme", "auto")))
    return app


class App(QObject):
    """Unlock and chart, in turns, for one vault.

    `afresh` takes what a fresh process is to be handed and puts it in this one's place (OSError: it can't); without it, all goes on here.
    """

    def __init__(self, vault_path: Path, settings: QSettings, afresh: Callable[[str], None] | None = None) -> None:
        super().__init__()
        no_core_dumps()  # before a passphrase is typed
        self.path, self.settings = vault_path, settings
        self._afresh = afresh
        self.unlock: Unlock | None = None
        self.window: Window | None = None
        self.idle: Idle | None = None
        self._away = Away(self)
        self._away.gone.connect(self._lock)
        self._copied = Copied(self)

    def ask(self, locked: Locked | None = None, word: str = "", confirm: "Callable[[str], Vault] | None" = None) -> None:
        """Show the unlock window, with the rooms of a chart that is locked and a word about it."""
        self.unlock = Unlock(self.path, self.settings, locked, word, confirm)
        self.unlock.opened.connect(self.open)
        self.unlock.show()

    def open(self, vault: "Vault") -> None:
        """Show the chart of an open vault; where it was left when it locked, to whoever left it there."""
        if self.window is None:
            self._open(vault)
        else:
            self.window.uncover()
        self._stop_asking()
        self._begin_to_count()

    def _open(self, vault: "Vault") -> None:
        from neuro_chart.clinic.library import Library  # noqa: PLC0415  # what only the open chart needs
        from neuro_chart.ui.window import Window  # noqa: PLC0415  # the pages wait until there is a chart to show

        self.window = Window(vault, Library(ROOT), self.settings)
        self.window.locked.connect(self._locked)
        self.window.covered.connect(self._covered)
        self.window.chart.unwritten.connect(self._try_again)
        if self.unlock is not None and self.unlock.is_locked:
            self.window.come_back(self.unlock.rooms.now_locked if self.unlock.rooms is not None else None)
        elif self.window.was_writing:
            self.window.come_back()
        self.window.show()
        self._away.watch(self.window)

    def _stop_asking(self) -> None:
        if self.unlock is not None:
            self.unlock.may_close = lambda: True
            self.unlock.close()
            self.unlock.deleteLater()
            self.unlock = None

    def _begin_to_count(self) -> None:
        if self.window is not None:
            self.idle = Idle(self.settings, self)
            self.idle.warned.connect(self.window.warn_of_lock)
            self.idle.gone.connect(self._lock)

    def _stop_counting(self) -> None:
        if self.idle is not None:
            self.idle.stop()
            self.idle.deleteLater()
            self.idle = None

    def _lock(self) -> None:
        """Lock now, if a chart is open; whatever lies over it goes first."""
        if self.window is not None and self.unlock is None:
            self._close_others()
            self.window.lock()

    def _close_others(self) -> None:
        for other in QApplication.topLevelWidgets():
            if other is not self.window and other.isVisible():
                other.close()

    def _locked(self, locked: Locked) -> None:
        self._stop_counting()
        self._copied.clear()
        word = ""
        if self._afresh is not None:
            handed = json.dumps({"vault": str(self.path), "settings": self.settings.fileName(), "locked": locked.written()})
            try:
                self._afresh(handed)
            except OSError as error:
                word = STAYED.format(why=error.strerror or error)
            else:  # on Windows, where the fresh process has begun beside this one, which ends with its last window
                self._drop_window()
                return
        self._stop_asking()
        self.ask(locked, word)
        self._drop_window()

    def _drop_window(self) -> None:
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def _covered(self, locked: Locked) -> None:
        """Hide a chart whose last words the disk does not take, until it does."""
        self._stop_counting()
        self._copied.clear()
        window = self.window
        if window is not None:
            self._close_others()
            self.ask(locked, COVERED, still_open(window.vault, window.chart.records.confirm))
            if self.unlock is not None:
                self.unlock.may_close = window.close
            window.hide()

    def _try_again(self, sentence: str) -> None:
        if not sentence and self.window is not None and self.unlock is not None:
            QTimer.singleShot(0, self.window, self.window.lock)


class LastWord(QObject):
    """Says on the screen what broke: where in the program, and nothing of what it worked on."""

    broke = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._told: dict[str, QMessageBox] = {}  # Python's own reference keeps a box on the screen
        self.broke.connect(self._tell)

    def install(self) -> None:
        """Hear of every exception that nothing else caught, on any thread."""
        sys.excepthook = self._caught

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        frames = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        report = "\n".join([f"Neuro Chart {__version__}: {kind.__name__}", *frames])
        sys.stderr.write(report + "\n")
        from neuro_chart.clinic.points import CatalogueError  # noqa: PLC0415  # the unlock window needs neither
        from neuro_chart.clinic.skin import AtlasError  # noqa: PLC0415

        told = isinstance(error, VaultError | AtlasError | CatalogueError)
        self.broke.emit(str(error) if told else BROKEN, report)

    def _tell(self, sentence: str, report: str) -> None:
        if report in self._told:
            return
        box = QMessageBox(QMessageBox.Icon.Critical, "Neuro Chart", "")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(sentence)
        box.setDetailedText(report)
        self._told[report] = box
        box.open()


def run(vault_path: Path, settings_path: Path, vault: "Vault | None" = None, locked: str = "") -> int:
    """Show the program until its last window closes; the exit status.

    An open vault needs no unlocking; `locked` is what is left of one that was open, as `Locked` is written.
    """
    settings = QSettings(str(settings_path), QSettings.Format.IniFormat)
    app = make_application(settings)
    LastWord(app).install()
    shown = App(vault_path, settings, start_afresh)
    if vault is None:
        shown.ask(Locked.read(locked) if locked else None)
    else:
        shown.open(vault)
    status = app.exec()
    QThreadPool.globalInstance().waitForDone()  # work that outlives the interpreter would crash it
    return status
