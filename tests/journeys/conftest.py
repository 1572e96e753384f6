"""The real window on a real vault, as a practitioner finds it."""

import pytest
from PySide6.QtCore import QSettings

from neuro_chart.clinic.library import Library
from neuro_chart.resources import ROOT
from neuro_chart.ui import backing, sound, voice
from neuro_chart.ui.window import Window


@pytest.fixture(scope="session")
def library():
    return Library(ROOT)


@pytest.fixture
def window(vault, library, tmp_path, qtbot):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    sound.turn(settings, on=False)
    voice.turn(settings, on=False)
    backing.turn(settings, on=False)
    made = Window(vault, library, settings)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made
