"""What was copied out of the chart goes from the clipboard with it, and what another program put there stays."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import neuro_chart
from neuro_chart.clinic.people import Patient
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.app import App

WORDS, THEIRS = "Quagmire under the left heel", "Milk, bread"


@pytest.fixture(autouse=True)
def clipboard(qapp):
    yield QApplication.clipboard()
    QApplication.clipboard().clear()


@pytest.fixture
def app(qtbot, vault_path, passphrase, settings):
    """The program with its chart open, in front."""
    made = App(vault_path, settings)
    vault = Vault.open(vault_path, passphrase)
    Records(vault).save_patient(Patient("Rosa", "Delgado"))
    made.open(vault)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    yield made
    for window in (made.window, made.unlock):
        if window is not None:
            window.close()
            window.deleteLater()


def copy(window, words=WORDS):
    """Types words into a line and copies them, by keys alone."""
    window.show_page("patients")
    line = window.patients.search
    line.setFocus()
    QTest.keyClicks(line, words)
    for key in (Qt.Key.Key_A, Qt.Key.Key_C):
        QTest.keyClick(line, key, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == words


def press_lock(app):
    QTest.keyClick(app.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def leave_alone(app):
    app.idle.gone.emit()


def go_to_sleep(app):
    app._away.turned(True)


@pytest.mark.parametrize("lock", [press_lock, leave_alone, go_to_sleep])
def test_what_was_copied_goes_when_the_chart_locks(app, clipboard, lock):
    copy(app.window)
    lock(app)
    assert app.unlock.isVisible()
    assert clipboard.text() == ""


def test_a_name_copied_from_a_list_goes_too(app, clipboard):
    app.window.show_page("patients")
    app.window.patients.table.setFocus()
    app.window.patients.table.setCurrentIndex(app.window.patients.model.index(0, 0))
    QTest.keyClick(app.window.patients.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Delgado" in clipboard.text()
    press_lock(app)
    assert clipboard.text() == ""


def test_what_another_program_copied_since_stays(app, clipboard):
    copy(app.window)
    clipboard.blockSignals(True)  # as of another program one hears nothing before one comes to the front again
    clipboard.setText(THEIRS)
    clipboard.blockSignals(False)
    press_lock(app)
    assert clipboard.text() == THEIRS


def test_a_chart_that_only_hides_as_the_disk_is_full_takes_it_along(app, clipboard):
    copy(app.window)
    with app.window.vault.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    chart = app.window.chart
    chart.act(lambda: chart.records.save_patient(Patient("Ana", "Ortiz", notes="Again on Friday. " * 4000)))
    press_lock(app)
    assert not app.window.isVisible()
    assert clipboard.text() == ""
    with app.window.vault.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")


# In a process of its own

PROGRAM = """if True:
    import resource, sys
    from pathlib import Path
    from PySide6.QtCore import QSettings, QTimer, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
    from neuro_chart.store import keys
    from neuro_chart.ui import app as program, backing
    vault, settings, words, theirs = sys.argv[1:]
    keys.KDFS = (keys.Kdf(memory=64, iterations=1, lanes=1),)  # as the tests have it
    backing.turn(QSettings(settings, QSettings.Format.IniFormat), on=False)
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    application = program.make_application(QSettings(settings, QSettings.Format.IniFormat))
    clipboard = QApplication.clipboard()
    clipboard.setText(theirs)

    def shown():
        return next(each for each in QApplication.topLevelWidgets() if each.isVisible() and hasattr(each, each_has))

    def unlock():
        print("asked for the passphrase with a core of", resource.getrlimit(resource.RLIMIT_CORE)[0])
        form = shown().form
        QTest.keyClicks(form.passphrase, "calm jade river at dawn")
        QTest.keyClick(form.passphrase, Qt.Key.Key_Return)
        while not [each for each in QApplication.topLevelWidgets() if hasattr(each, "patients")]:
            QTest.qWait(10)
        QTimer.singleShot(0, chart)

    def chart():
        global each_has
        each_has = "patients"
        window = shown()
        if words:
            window.show_page("patients")
            QTest.keyClicks(window.patients.search, words)
            for key in (Qt.Key.Key_A, Qt.Key.Key_C):
                QTest.keyClick(window.patients.search, key, Qt.KeyboardModifier.ControlModifier)
        print("before:", clipboard.text())
        window.close()

    each_has = "form"
    QTimer.singleShot(0, unlock)
    status = program.run(Path(vault), Path(settings))
    print("after:", clipboard.text())
    sys.exit(status)
"""


def run(vault_path, settings, words, theirs):
    environment = os.environ | {"PYTHONPATH": str(Path(neuro_chart.__file__).parents[1])}
    command = [sys.executable, "-c", PROGRAM, str(vault_path), settings.fileName(), words, theirs]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)  # noqa: S603
    assert (done.returncode, done.stderr.replace("This plugin does not support propagateSizeHints()\n", "")) == (0, "")
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="asks for the limits of a process")
@pytest.mark.parametrize(("words", "theirs", "left"), [(WORDS, THEIRS, ""), ("", THEIRS, THEIRS)])
def test_what_was_copied_goes_when_the_program_ends_and_no_core_is_written_from_its_start(vault_path, settings, words, theirs, left):
    said = run(vault_path, settings, words, theirs)
    assert re.search(r"^asked for the passphrase with a core of 0$", said, re.MULTILINE)
    assert f"before: {words or theirs}\n" in said
    assert said.endswith(f"after: {left}\n")
