"""Settings: each holds as soon as it is made, here and after the program is started anew."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.ui import privacy, sound


@pytest.fixture
def section(window):
    """Shows a section of the settings and gives it: `section("machine")`."""

    def shown(key):
        window.show_page("settings")
        window.settings_page.show_section(key)
        return window.settings_page.section(key)

    return shown


@pytest.fixture
def practice(section):
    return section("practice")


@pytest.fixture
def treatment(section):
    return section("treatment")


@pytest.fixture
def machine(section):
    return section("machine")


@pytest.fixture
def kept(settings, tmp_path):
    """The settings as the next start of the program reads them."""

    def read():
        settings.sync()
        return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    return read


def test_how_a_clock_rings_is_chosen_and_kept(treatment, kept, monkeypatch):
    monkeypatch.setenv("PATH", "")  # nothing there plays
    treatment.ring.choose("once")
    treatment.tone.choose("wood")
    treatment.volume.choose("50")
    assert (sound.is_on(kept()), sound.rings_again(kept()), sound.tone(kept()), sound.volume(kept())) == (True, False, "wood", 50)
    treatment.ring.choose("off")
    assert not sound.is_on(kept())
    treatment.ring.choose("again")
    assert sound.is_on(kept())
    assert sound.rings_again(kept())


def test_the_ring_shows_what_was_switched_elsewhere(window, treatment, settings):
    sound.turn(settings, on=True)
    window.show_page("today")
    window.show_page("settings")
    assert treatment.ring.choice == "again"
    sound.turn(settings, on=False)
    window.show_page("today")
    window.show_page("settings")
    assert treatment.ring.choice == "off"


def test_the_side_and_the_minutes_that_hold_where_nothing_is_said_are_kept(treatment, kept):
    assert (treatment.side.choice, treatment.retention.choice) == ("both", "30")
    treatment.side.choose("left")
    treatment.retention.choose("25")
    assert (kept().value("visit/side"), int(kept().value("visit/retention"))) == ("left", 25)


def test_a_system_without_voice_or_notifications_is_told_of_and_offered_neither(window, treatment, monkeypatch):
    monkeypatch.setenv("PATH", "")
    window.show_page("today")
    window.show_page("settings")
    assert not treatment.aloud.isEnabled()
    assert "no voice" in treatment.mute.text()


def test_rooms_are_named_added_and_taken_away(window, practice):
    rooms = lambda: window.chart.records.practice().rooms  # noqa: E731
    line = practice.rooms.lines["Room 2"]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "Garden")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert rooms() == ("Room 1", "Garden", "Room 3", "Room 4")
    QTest.mouseClick(practice.rooms.add, Qt.MouseButton.LeftButton)
    assert rooms()[-1] == "Room 5"
    assert practice.rooms.lines["Room 5"].hasFocus()
    drop = next(made for made in practice.rooms.findChildren(QToolButton) if made.toolTip() == "Take Room 3 away")
    QTest.mouseClick(drop, Qt.MouseButton.LeftButton)
    assert rooms() == ("Room 1", "Garden", "Room 4", "Room 5")


def test_a_room_without_a_name_keeps_the_one_it_had(window, practice):
    line = practice.rooms.lines["Room 2"]
    line.setFocus()
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert practice.rooms.lines["Room 2"].text() == "Room 2"


def test_the_minutes_after_which_the_chart_locks_are_chosen_and_kept(machine, kept):
    assert machine.lock_after.choice == "5"
    machine.lock_after.choose("15")
    assert int(kept().value("lock/minutes")) == 15
    machine.lock_after.choose("0")
    assert int(kept().value("lock/minutes")) == 0


def test_when_signing_asks_for_the_passphrase_is_stored_with_the_practice(window, practice):
    assert practice.sign_within.choice == "15"
    practice.sign_within.choose("60")
    assert window.chart.records.practice().sign_within == 60
    practice.sign_within.choose("0")
    assert window.chart.records.practice().sign_within == 0


def test_signing_asks_less_often_only_once_the_passphrase_is_typed(window, practice, passphrase, qtbot):
    practice.sign_within.choose("0")
    practice.sign_within.choose("525600")
    practice.name.setText("Harbour Acupuncture")
    window.show_page("today")  # all that waits on the page is stored
    assert window.chart.records.practice().name == "Harbour Acupuncture"
    assert window.chart.records.practice().sign_within == 0
    window.show_page("settings")
    assert practice.sign_within.choice == "0"
    practice.sign_within.choose("15")
    assert practice.confirm.line.hasFocus()
    practice.confirm.line.setText(passphrase)
    QTest.keyClick(practice.confirm.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.chart.records.practice().sign_within == 15)
    assert not practice.confirm.isVisible()


def test_only_an_owner_sets_when_signing_asks(window, section):
    records = window.chart.records
    records.put_practitioner(Practitioner("Sam Reed", Role.OWNER))
    records.put_practitioner(replace(records.practitioner(), role=Role.PRACTITIONER))
    assert not section("practice").sign_within.isEnabled()


def test_each_section_has_a_key_and_keeps_what_was_typed_in_the_one_that_is_left(window, practice):
    practice.name.setFocus()
    practice.name.setText("Harbour Acupuncture")
    QTest.keyClick(practice.name, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.settings_page.sections.choice == "machine"
    assert window.settings_page.section("machine").theme.isVisible()
    assert window.chart.records.practice().name == "Harbour Acupuncture"


def test_privacy_is_turned_on_and_off_and_kept(machine, kept):
    QTest.mouseClick(machine.initials, Qt.MouseButton.LeftButton, pos=machine.initials.rect().center() / 4)
    assert privacy.initials_only(kept())
