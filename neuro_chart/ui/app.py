"""The program as a window: unlock, chart, lock, and a last word when something breaks."""

import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QThreadPool, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from neuro_chart import __version__
from neuro_chart.resources import ROOT, resource
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.roles import tell_roles
from neuro_chart.ui.theme import apply_theme, load_fonts
from neuro_chart.ui.unlock import Unlock

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault
    from neuro_chart.ui.window import Window

NAME = "neuro-chart"  # also what a desktop groups its windows by
BLINK = 2000
BROKEN = (
    "Something went wrong in the program. What you had charted is stored. "
    "You can go on; if it happens again, start the program anew."
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
    """Unlock and chart, in turns, for one vault."""

    def __init__(self, vault_path: Path, settings: QSettings) -> None:
        super().__init__()
        self.path, self.settings = vault_path, settings
        self.unlock: Unlock | None = None
        self.window: Window | None = None

    def ask(self) -> None:
        """Show the unlock window."""
        self.unlock = Unlock(self.path)
        self.unlock.opened.connect(self.open)
        self.unlock.show()

    def open(self, vault: "Vault") -> None:
        """Show the chart of an open vault."""
        from neuro_chart.clinic.library import Library  # noqa: PLC0415  # what only the open chart needs
        from neuro_chart.ui.window import Window  # noqa: PLC0415  # the pages wait until there is a chart to show

        self.window = Window(vault, Library(ROOT), self.settings)
        self.window.locked.connect(self._locked)
        self.window.show()
        if self.unlock is not None:
            self.unlock.close()
            self.unlock.deleteLater()
            self.unlock = None

    def _locked(self) -> None:
        self.ask()
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None


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


def run(vault_path: Path, settings_path: Path, vault: "Vault | None" = None) -> int:
    """Show the program until its last window closes; the exit status. An open vault needs no unlocking."""
    settings = QSettings(str(settings_path), QSettings.Format.IniFormat)
    app = make_application(settings)
    LastWord(app).install()
    shown = App(vault_path, settings)
    if vault is None:
        shown.ask()
    else:
        shown.open(vault)
    status = app.exec()
    QThreadPool.globalInstance().waitForDone()  # work that outlives the interpreter would crash it
    return status
