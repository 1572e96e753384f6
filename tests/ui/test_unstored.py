"""Words that nothing stores before they are signed or added: whatever ends the program, they are there when it is started again."""

import shutil

import pytest
from PySide6.QtCore import Qt

from neuro_chart.ui.app import App
from neuro_chart.ui.visit import VisitPage

TEXT, REASON = "It was the left foot.", "Written down wrong."


@pytest.fixture
def start(qtbot, settings, passphrase):
    """Starts the program on a vault."""
    made = []

    def open_app(path):
        app = App(path, settings)
        made.append(app)
        app.ask()
        qtbot.keyClicks(app.unlock.form.passphrase, passphrase)
        qtbot.keyClick(app.unlock.form.passphrase, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: app.unlock is None)
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        return app.window

    yield open_app
    for app in made:
        if app.window is not None:
            app.window.close()
            app.window.deleteLater()


@pytest.fixture
def amending(qtbot, vault_path, passphrase, start):
    """The window and the page of a signed visit, with an amendment that is being written; it is kept by now."""
    window = start(vault_path)
    window.show_page("patients")
    window.patients.add_patient()
    form = window.patients.form
    qtbot.keyClicks(form.inputs["family"], "Delgado")
    qtbot.mouseClick(form.add_button, Qt.MouseButton.LeftButton)
    window.patient.start_visit()
    page = window.patient.findChild(VisitPage)
    window.chart.act(lambda: window.chart.records.sign(page.treatment.visit.id))
    page.left.show_amending()
    for field, words in ((page.amend_panel.text, TEXT), (page.amend_panel.reason, REASON)):
        field.setFocus()
        qtbot.keyClicks(field, words)
    qtbot.waitUntil(lambda: not window._unstored._timer.isActive())
    return window, page


@pytest.fixture
def found_again(qtbot, amending, start, vault_path):
    """The next window and page, to which the amendment came back."""
    window, page = amending
    page.amend_panel.add.setFocus()
    window.close()
    again = start(vault_path)
    page = again.patient.findChild(VisitPage)
    qtbot.waitUntil(lambda: page.amend_panel.words == (TEXT, REASON))
    return again, page


def crashed(vault_path, tmp_path):
    """What is on the disk should the program end this moment."""
    left = tmp_path / "left"
    left.mkdir()
    for file in vault_path.parent.glob(f"{vault_path.name}*"):
        shutil.copy(file, left)
    return left / vault_path.name


def test_an_amendment_that_was_being_written_is_there_after_a_crash(qtbot, amending, start, vault_path, tmp_path):
    window = start(crashed(vault_path, tmp_path))
    page = window.patient.findChild(VisitPage)
    qtbot.waitUntil(lambda: page.amend_panel.words == (TEXT, REASON))
    assert window.page == "patient"
    assert page.left.currentWidget() is page.amend_panel


def test_an_amendment_that_was_left_at_once_is_there_after_a_crash(qtbot, amending, start, vault_path, tmp_path):
    window, page = amending
    qtbot.keyClicks(page.amend_panel.reason, " Mixed up.")
    window.show_page("today")
    window = start(crashed(vault_path, tmp_path))
    page = window.patient.findChild(VisitPage)
    qtbot.waitUntil(lambda: page.amend_panel.words == (TEXT, f"{REASON} Mixed up."))


def test_an_amendment_that_was_found_again_is_there_after_the_next_crash_too(qtbot, found_again, start, vault_path, tmp_path):
    window = start(crashed(vault_path, tmp_path))
    page = window.patient.findChild(VisitPage)
    qtbot.waitUntil(lambda: page.amend_panel.words == (TEXT, REASON))


def test_one_that_waits_elsewhere_is_there_after_the_next_crash_too(qtbot, amending, start, vault_path, tmp_path):
    window, page = amending
    patient_id, visit_id = window.patient.patient.id, page.treatment.visit.id
    window.show_page("today")
    window.lock()
    window = start(vault_path)
    window = start(crashed(vault_path, tmp_path))
    window.open_visit(patient_id, visit_id)
    assert window.patient.findChild(VisitPage).amend_panel.words == (TEXT, REASON)


def test_what_was_found_again_and_signed_then_is_not_offered_once_more(found_again, start, vault_path, tmp_path):
    window, page = found_again
    page.amend_panel.add.click()
    assert [each.text for each in page.treatment.visit.amendments] == [TEXT]
    window.show_page("today")
    assert start(crashed(vault_path, tmp_path)).page == "today"


def test_what_was_signed_since_is_not_offered_again(qtbot, amending, start, vault_path, tmp_path):
    window, page = amending
    qtbot.mouseClick(page.amend_panel.add, Qt.MouseButton.LeftButton)
    assert [each.text for each in page.treatment.visit.amendments] == [TEXT]
    qtbot.waitUntil(lambda: not window._unstored._timer.isActive())
    assert start(crashed(vault_path, tmp_path)).page == "today"


def test_an_amendment_that_was_not_signed_when_the_chart_closed_is_there_too(qtbot, amending, start, vault_path):
    window, _ = amending
    window.close()
    assert not window._unstored._timer.isActive()  # a closed vault keeps nothing
    again = start(vault_path)
    page = again.patient.findChild(VisitPage)
    qtbot.waitUntil(lambda: page.amend_panel.words == (TEXT, REASON))


@pytest.fixture
def adding(qtbot, vault_path, start):
    """The window, where a new patient is being written down and was not added yet; it is kept by now."""
    window = start(vault_path)
    window.show_page("patients")
    window.patients.add_patient()
    for name, words in (("given", "Rosa"), ("family", "Delgado"), ("birth", "31/02/1950"), ("notes", "Penicillin")):
        window.patients.form.inputs[name].setFocus()
        qtbot.keyClicks(window.patients.form.inputs[name], words)
    qtbot.waitUntil(lambda: not window._unstored._timer.isActive())
    return window


def written(window):
    return [window.patients.form._text(name) for name in ("given", "family", "birth", "notes")]


def test_a_new_patient_who_was_not_added_yet_is_there_after_a_crash(qtbot, adding, start, vault_path, tmp_path):
    window = start(crashed(vault_path, tmp_path))
    assert window.page == "patients"
    qtbot.waitUntil(lambda: written(window) == ["Rosa", "Delgado", "31/02/1950", "Penicillin"])
    assert window.patients.stack.currentIndex() == 1
    assert window.chart.records.patient_count() == 0


def test_one_who_cant_be_stored_as_written_is_there_after_the_chart_was_closed(qtbot, adding, start, vault_path):
    adding.close()
    window = start(vault_path)
    qtbot.waitUntil(lambda: written(window) == ["Rosa", "Delgado", "31/02/1950", "Penicillin"])


def test_one_who_was_added_is_not_offered_again(qtbot, adding, start, vault_path, tmp_path):
    adding.patients.form.inputs["birth"].setText("28/02/1950")
    adding.patients.form.add_button.setFocus()
    qtbot.keyClick(adding.patients.form.add_button, Qt.Key.Key_Space)
    assert adding.page == "patient"
    qtbot.waitUntil(lambda: not adding._unstored._timer.isActive())
    window = start(crashed(vault_path, tmp_path))
    assert window.page == "today"
    assert window.chart.records.patient_count() == 1


def test_one_who_was_stored_as_the_chart_closed_is_not_offered_again(qtbot, adding, start, vault_path):
    adding.patients.form.inputs["birth"].setText("28/02/1950")
    adding.close()
    window = start(vault_path)
    assert window.page == "today"
    assert window.chart.records.patient_count() == 1
