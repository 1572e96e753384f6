"""How soon the program is there, beside a bare PySide6 window that shows a label and quits."""

import pytest

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
shown = QLabel("Hello")
shown.show()
QTimer.singleShot(0, lambda: (shown.grab(), app.quit()))
app.exec()
"""

UNLOCK = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from neuro_chart.ui.app import App, make_application
settings = QSettings(sys.argv[2], QSettings.Format.IniFormat)
app = make_application(settings)
shown = App(Path(sys.argv[1]), settings)
shown.ask()
QTimer.singleShot(0, lambda: (shown.unlock.grab(), os._exit(0)))
app.exec()
"""

# What the unlock window does before the passphrase is accepted; the difference of the two is the time to the list.
ACCEPTED = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QSettings
from neuro_chart.ui.app import App, make_application
settings = QSettings(sys.argv[2], QSettings.Format.IniFormat)
app = make_application(settings)
shown = App(Path(sys.argv[1]), settings)
import neuro_chart.store.records
from neuro_chart.store.vault import Vault
key = Vault.unwrap_key(Path(sys.argv[1]), "bench")
"""

LIST = """
shown.open(Vault.open_with_key(Path(sys.argv[1]), key))
shown.window.show_page("patients")
assert shown.window.patients.model.total == 2000
shown.window.grab()
"""

END = "os._exit(0)"


@pytest.mark.benchmark(group="start")
def test_bare_window(benchmark, program):
    benchmark.pedantic(program, args=(BARE,), rounds=9, warmup_rounds=1)


@pytest.mark.benchmark(group="start")
def test_unlock_window(benchmark, program, tmp_path):
    benchmark.pedantic(program, args=(UNLOCK, tmp_path / "none.vault", tmp_path / "s.ini"), rounds=9, warmup_rounds=1)


@pytest.mark.benchmark(group="list of 2,000: the second less the first, against the bare window")
def test_until_the_passphrase_is_accepted(benchmark, program, practice_of, tmp_path):
    path = practice_of(2000)
    benchmark.pedantic(program, args=(ACCEPTED + END, path, tmp_path / "s.ini"), rounds=9, warmup_rounds=1)


@pytest.mark.benchmark(group="list of 2,000: the second less the first, against the bare window")
def test_until_the_list_is_shown(benchmark, program, practice_of, tmp_path):
    path = practice_of(2000)
    benchmark.pedantic(program, args=(ACCEPTED + LIST + END, path, tmp_path / "s.ini"), rounds=9, warmup_rounds=1)
