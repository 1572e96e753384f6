"""Settings that a disk has damaged: the chart opens all the same, with what can still be read of them."""

import random

import pytest
from PySide6.QtCore import QSettings

from neuro_chart.ui import backing, lock
from neuro_chart.ui.idle import Idle
from neuro_chart.ui.window import Window

WHOLE = (
    b"[lock]\nminutes=7\n[backup]\nfolder=/tmp\n[window]\ngeometry=@ByteArray(\\x1\\xd9)\n"
    b"[sound]\non=false\n[voice]\non=false\n[look]\ntheme=dark\n"
)
CHANCE = random.Random(5)  # noqa: S311
FLIPPED = [bytes([*WHOLE[:at], WHOLE[at] ^ 1 << CHANCE.randrange(8), *WHOLE[at + 1 :]]) for at in CHANCE.sample(range(len(WHOLE)), 6)]
GARBAGE = [b"", b"\0" * 5000, CHANCE.randbytes(5000), b"[" * 5000]
WRONG = [WHOLE.replace(b"minutes=7", b"minutes=" + each) for each in (b"-1", b"x", b"9" * 30, b"9" * 5000, b"\xff", b"@Invalid()", b"1,2")]


@pytest.mark.parametrize("content", [*FLIPPED, *GARBAGE, *WRONG])
def test_the_chart_opens_with_damaged_settings(qtbot, vault, library, tmp_path, content):
    (tmp_path / "settings.ini").write_bytes(content)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("sound/on", "false")
    settings.setValue("voice/on", "false")
    backing.turn(settings, on=False)
    window = Window(vault, library, settings)
    qtbot.addWidget(window)
    window.show()
    window.show_page("settings")
    assert 0 <= lock.minutes(settings) < 1000
    idle = Idle(settings, window)
    idle.stop()
    window.show_page("today")
