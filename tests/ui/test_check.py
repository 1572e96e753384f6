"""The check of the whole chart in the settings: it holds, or the first thing that doesn't is named with the way to it."""

import pytest
from PySide6.QtCore import Qt

from neuro_chart.clinic.trail import Deed
from neuro_chart.store.access import set_passphrase
from neuro_chart.store.keys import keys_path


@pytest.fixture
def check(window):
    window.show_page("settings")
    window.settings_page.show_section("record")
    return window.settings_page.section("record").check


@pytest.fixture
def done(check, qtbot):
    """Presses the button and waits for the verdict."""

    def pressed():
        with qtbot.waitSignal(check.checked):
            qtbot.mouseClick(check.start, Qt.MouseButton.LeftButton)
        return check.said.text()

    return pressed


@pytest.fixture
def tamper(vault):
    """Changes the vault behind the records' back, as whoever has its key could: `tamper(sql, *values)`."""

    def changed(sql, *values):
        with vault.engine.begin() as connection:
            triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
            for name, _ in triggers:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            connection.exec_driver_sql(sql, values)
            for _, made in triggers:
                connection.exec_driver_sql(made)

    return changed


def test_a_chart_that_holds_is_said_to_hold_and_what_was_checked(window, rosa, treat, done, check):
    treat(rosa, 3)
    said = done()
    assert said.startswith("✓ All holds")
    assert "1 signature and " in said
    assert not check.way.isVisible()
    assert not check.bar.isVisible()
    assert window.chart.records.trail(deed=Deed.VERIFIED)[0].changes == {"found": "all holds"}
    assert window.settings_page.section("record").trail.model.entries[0].deed is Deed.VERIFIED


def test_a_signed_visit_that_was_changed_is_named_and_can_be_opened(window, rosa, treat, tamper, done, check, qtbot):
    visit = treat(rosa, 3, plan="Again on Friday")
    treat(rosa, 10)
    tamper("UPDATE visit SET plan = 'Never again' WHERE id = ?", visit.id)
    said = done()
    assert said.startswith("▲ Signature 1, of a visit signed by Dr Mei Lindqvist")
    assert "is not what was signed" in said
    qtbot.mouseClick(check.way, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.patient
    assert window.chart.records.trail(deed=Deed.SEEN)[0].visit_id == visit.id


def test_an_entry_of_the_trail_that_was_taken_away_is_found(rosa, treat, tamper, done):
    treat(rosa, 3)
    tamper("DELETE FROM trail WHERE seq = 2")
    assert "Entry 2 of the trail is missing." in done()


def test_old_keys_that_were_put_back_are_found(window, vault, done):
    old = keys_path(vault.path).read_bytes()
    set_passphrase(vault, vault.practitioner_id, "seven grey herons wade")
    assert done().startswith("✓ All holds")
    keys_path(vault.path).write_bytes(old)
    assert "▲ The keys beside this vault are not those that were recorded last" in done()


def test_it_says_that_it_shows_tampering_and_does_not_prevent_it(check):
    assert any("does not prevent it" in made.text() for made in check.findChildren(type(check.said)) if made.isVisible())


def test_whoever_leaves_the_page_does_not_wait_for_the_check(window, check, qtbot):
    qtbot.mouseClick(check.start, Qt.MouseButton.LeftButton)
    window.show_page("today")
    qtbot.waitUntil(lambda: not check.start.isHidden())
    window.show_page("settings")
    assert check.start.isVisible()


def test_it_can_be_stopped_and_begun_again(check, done, qtbot):
    qtbot.mouseClick(check.start, Qt.MouseButton.LeftButton)
    assert check.stop_button.isVisible()
    assert check.bar.isVisible()
    assert check.stop_button.hasFocus()
    qtbot.mouseClick(check.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(check.start.isVisible)
    assert "stopped before its end" in check.said.text() or check.said.text().startswith("✓")  # it may have been quicker
    assert done().startswith("✓ All holds")
