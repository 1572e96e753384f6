"""What is said aloud: to the screen reader always, and by the system's own speech unless the practitioner turned it off. Never a name."""

import shutil
import sys

from PySide6.QtCore import QProcess, QSettings
from PySide6.QtWidgets import QApplication

from neuro_chart.ui.roles import announce

_ON = "voice"
_POWERSHELL = (
    "Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)  # fmt: skip
# Programs that speak what they are given to read, or the word after "--".
_SPEAKERS = {
    "win32": (("powershell", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL),),
    "darwin": (("say", "-f", "-"),),
    "linux": (("spd-say", "--"), ("espeak-ng", "--stdin"), ("espeak", "--stdin")),
}


class Voice:
    """Says short sentences, such as the count, without making anybody wait; silent where the system can't speak."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def say(self, sentence: str) -> None:
        """Announce a sentence to the screen reader, and speak it unless that is turned off."""
        if window := QApplication.activeWindow():
            announce(window, sentence)
        if is_on(self._settings):
            self.try_out(sentence)

    def try_out(self, sentence: str) -> None:
        """Speak a sentence, also where speech is off: somebody asked to hear it."""
        if not (speaker := _speaker()):
            return
        program, *options = speaker
        by_word = options[-1:] == ["--"]
        process = QProcess(QApplication.instance())  # speaks to the end when the chart is locked
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(process.deleteLater)
        process.start(program, [*options, sentence] if by_word else options)
        if not by_word:
            process.write(sentence.encode())
        process.closeWriteChannel()


def can_speak() -> bool:
    """Whether the system has a voice."""
    return bool(_speaker())


def _speaker() -> tuple[str, ...]:
    known = _SPEAKERS.get(sys.platform, _SPEAKERS["linux"])
    return next((speaker for speaker in known if shutil.which(speaker[0])), ())


def is_on(settings: QSettings) -> bool:
    """Whether the count is spoken."""
    return bool(settings.value(_ON, defaultValue=True, type=bool))


def turn(settings: QSettings, on: bool) -> None:  # noqa: FBT001  # reads as it is meant: turn(settings, on)
    """Keep whether the count is spoken."""
    settings.setValue(_ON, on)
