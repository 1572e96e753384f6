"""The tone that says a needle is overdue. It can be turned off, and nothing depends on it: the screen says the same."""

import shutil
import sys

from PySide6.QtCore import QObject, QProcess, QSettings
from PySide6.QtWidgets import QApplication

from neuro_chart.resources import resource

_SETTING = "sound"
_PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))


class Chime(QObject):
    """A soft tone through whatever the system has to play it, or the system's beep."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def play(self) -> None:
        """Sound once, unless the practitioner turned it off."""
        if not is_on(self._settings):
            return
        path = str(resource("sounds", "overdue.wav"))
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415  # there on Windows only

            winsound.PlaySound(path, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            return
        for name, *options in _PLAYERS:
            if program := shutil.which(name):
                process = QProcess()
                process.setProgram(program)
                process.setArguments([*options, path])
                process.setStandardOutputFile(QProcess.nullDevice())
                process.setStandardErrorFile(QProcess.nullDevice())
                if process.startDetached():
                    return
        QApplication.beep()


def is_on(settings: QSettings) -> bool:
    """Whether the tone sounds."""
    return bool(settings.value(_SETTING, defaultValue=True, type=bool))


def turn(settings: QSettings, on: bool) -> None:  # noqa: FBT001  # reads as it is meant: turn(settings, on)
    """Keep whether the tone sounds."""
    settings.setValue(_SETTING, on)
