"""The program as a whole: unlock and lock in turns, and the last word when something breaks."""

import sys

import pytest
from PySide6.QtCore import Qt, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.errors import WriteFailedError
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.app import App, LastWord
from neuro_chart.ui.papers import PapersPage

TOLD = "Rosa Delgado takes apixaban"


@pytest.fixture
def last_word(qapp, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # to be put back afterwards
    word = LastWord(qapp)
    word.install()
    yield word
    for box in boxes():
        box.close()
    word.deleteLater()


def boxes():
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]


def break_with(error):
    def work():
        patient = TOLD  # a local of the frame, as in a real fault
        raise error(patient)

    return work


def test_what_breaks_in_a_slot_is_told_once_and_without_the_patient(qtbot, last_word, capfd):
    for _ in range(3):
        QTimer.singleShot(0, break_with(ValueError))
    qtbot.waitUntil(lambda: bool(boxes()))
    QApplication.processEvents()
    (box,) = boxes()
    assert "Something went wrong" in box.text()
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert "ValueError" in box.detailedText()
    assert "test_app.py" in box.detailedText()
    assert "ValueError" in (written := capfd.readouterr().err)
    for word in TOLD.split():
        assert word not in box.text() + box.detailedText() + written


def test_what_breaks_on_another_thread_is_told_on_the_window_s(qtbot, last_word, capfd):
    QThreadPool.globalInstance().start(break_with(KeyError))
    qtbot.waitUntil(lambda: bool(boxes()))
    (box,) = boxes()
    assert box.thread() is QApplication.instance().thread()
    assert "KeyError" in box.detailedText()
    assert "Rosa" not in box.detailedText() + capfd.readouterr().err


def test_what_the_disk_did_to_a_question_is_told_in_its_own_words(qtbot, last_word):
    def ask():
        raise WriteFailedError("The disk failed.")

    QTimer.singleShot(0, ask)
    qtbot.waitUntil(lambda: bool(boxes()))
    assert boxes()[0].text() == "The disk failed."


def test_a_damaged_atlas_is_told_with_its_file(qtbot, last_word, tmp_path):
    QTimer.singleShot(0, lambda: Atlas.load(tmp_path))
    qtbot.waitUntil(lambda: bool(boxes()))
    assert boxes()[0].text().startswith(f"{tmp_path / 'atlas.json'} can't be read (No such file or directory).")


@pytest.fixture
def rosa_visited(vault_path, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        rosa = Patient("Rosa", "Delgado")
        Records(vault).save_patient(rosa)
        Records(vault).start_visit(Visit(rosa.id, vault.practitioner_id))
    return rosa.id


@pytest.fixture
def app(qtbot, vault_path, settings):
    made = App(vault_path, settings)
    yield made
    for window in (made.window, made.unlock):
        if window is not None:
            window.close()
            window.deleteLater()


def unlock(qtbot, app, passphrase):
    if app.unlock is None:
        app.ask()
    qtbot.keyClicks(app.unlock.form.passphrase, passphrase)
    qtbot.keyClick(app.unlock.form.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.window is not None)


def test_unlock_and_lock_take_turns(qtbot, app, passphrase):
    for _ in range(2):
        unlock(qtbot, app, passphrase)
        assert app.unlock is None
        app.window.lock()
        assert app.window is None
        assert app.unlock.isVisible()
        assert app.unlock.form.passphrase.text() == ""


def test_locking_while_a_paper_is_being_made_ends_quietly(qtbot, app, passphrase, rosa_visited):
    unlock(qtbot, app, passphrase)
    app.window.open_patient(rosa_visited)
    app.window.patient.show_tab("papers")
    papers = app.window.findChild(PapersPage)
    qtbot.waitUntil(lambda: not papers.is_drawn and bool(papers._works))
    app.window.lock()
    QThreadPool.globalInstance().waitForDone()
    qtbot.wait(1)  # a fault would come with the events that are due now
