"""The tone that says a clock has run out. It can be turned off, and nothing depends on it: the screen says the same."""

import io
import shutil
import sys
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QProcess, QSettings
from PySide6.QtWidgets import QApplication

from neuro_chart.resources import resource

TONES = {"bar": "Bars", "bowl": "Bowl", "harp": "Harp", "drops": "Drops", "wood": "Wood"}
VOLUMES = {30: "Soft", 50: "Medium", 75: "Loud", 100: "Full"}
LOUDEST, MIDDLE = 100, 75
_ON, _TONE, _VOLUME, _AGAIN = "sound", "ring/tone", "ring/volume", "ring/again"
# What may be there to play a file, best first; volumes are shares of full swing, but PulseAudio's goes by the cube root.
_PLAYERS = (
    ("pw-play", "--volume={share:.3f}", "{path}"),
    ("paplay", "--volume={pulse:.0f}", "{path}"),
    ("afplay", "-v", "{share:.3f}", "{path}"),
    ("aplay", "-q", "-"),  # knows no volume: it is given the scaled tone
)


class Chime:
    """The tone of the settings, through whatever the system has to play it, or the system's beep."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def play(self) -> None:
        """Sound once, unless the practitioner turned it off."""
        if is_on(self._settings):
            self.try_out()

    def try_out(self) -> None:
        """Sound once, also where it is turned off: somebody asked to hear it."""
        path, share = resource("sounds", f"{tone(self._settings)}.wav"), (volume(self._settings) / LOUDEST) ** 2
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415  # there on Windows only

            # played from memory, which Windows does not do in the background by itself
            Thread(target=winsound.PlaySound, args=(scaled(path, share), winsound.SND_MEMORY | winsound.SND_NODEFAULT), daemon=True).start()
        else:
            _play([player for player in _PLAYERS if shutil.which(player[0])], path, share)


def _play(players: Sequence[Sequence[str]], path: Path, share: float) -> None:
    """Try one player after the other until one plays to the end, such as where there is no sound server."""
    if not players:
        QApplication.beep()
        return
    program, *options = players[0]
    process = QProcess(QApplication.instance())  # goes on when the chart is locked

    def done(status: int) -> None:
        process.deleteLater()
        if status:
            _play(players[1:], path, share)

    process.finished.connect(done)
    process.setStandardOutputFile(QProcess.nullDevice())
    process.setStandardErrorFile(QProcess.nullDevice())
    process.start(program, [option.format(share=share, pulse=65536 * share ** (1 / 3), path=path) for option in options])
    if "-" in options:
        process.write(scaled(path, share))
        process.closeWriteChannel()


def scaled(path: Path, share: float) -> bytes:
    """A sound file of 16-bit samples, as quiet as a share of its own swing."""
    with wave.open(str(path)) as file:
        form, samples = file.getparams(), array("h", file.readframes(file.getnframes()))
    quiet = array("h", (round(sample * share) for sample in samples))
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams(form)
        file.writeframes(quiet.tobytes())
    return written.getvalue()


def is_on(settings: QSettings) -> bool:
    """Whether the tone sounds."""
    return bool(settings.value(_ON, defaultValue=True, type=bool))


def turn(settings: QSettings, on: bool) -> None:  # noqa: FBT001  # reads as it is meant: turn(settings, on)
    """Keep whether the tone sounds."""
    settings.setValue(_ON, on)


def tone(settings: QSettings) -> str:
    """Which of TONES sounds."""
    kept = str(settings.value(_TONE, ""))
    return kept if kept in TONES else next(iter(TONES))


def volume(settings: QSettings) -> int:
    """How loud: one of VOLUMES."""
    kept = str(settings.value(_VOLUME, ""))
    return int(kept) if kept in map(str, VOLUMES) else MIDDLE


def rings_again(settings: QSettings) -> bool:
    """Whether it sounds each minute until somebody has seen what ran out."""
    return bool(settings.value(_AGAIN, defaultValue=True, type=bool))


def choose(settings: QSettings, *, tone: str | None = None, volume: int | None = None, again: bool | None = None) -> None:
    """Keep how it sounds; what is not named stays."""
    for key, value in ((_TONE, tone), (_VOLUME, volume), (_AGAIN, again)):
        if value is not None:
            settings.setValue(key, value)
