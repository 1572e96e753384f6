"""Settings: each holds as soon as it is made, here and after the program is started anew."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from neuro_chart.ui import privacy, sound


@pytest.fixture
def page(window):
    window.show_page("settings")
    return window.settings_page


@pytest.fixture
def kept(settings, tmp_path):
    """The settings as the next start of the program reads them."""

    def read():
        settings.sync()
        return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    return read


def test_how_a_clock_rings_is_chosen_and_kept(page, kept, monkeypatch):
    monkeypatch.setenv("PATH", "")  # nothing there plays
    page.ring.choose("once")
    page.tone.choose("wood")
    page.volume.choose("50")
    assert (sound.is_on(kept()), sound.rings_again(kept()), sound.tone(kept()), sound.volume(kept())) == (True, False, "wood", 50)
    page.ring.choose("off")
    assert not sound.is_on(kept())
    page.ring.choose("again")
    assert sound.is_on(kept())
    assert sound.rings_again(kept())


def test_the_ring_shows_what_was_switched_elsewhere(window, page, settings):
    sound.turn(settings, on=True)
    window.show_page("today")
    window.show_page("settings")
    assert page.ring.choice == "again"
    sound.turn(settings, on=False)
    window.show_page("today")
    window.show_page("settings")
    assert page.ring.choice == "off"


def test_the_side_and_the_minutes_that_hold_where_nothing_is_said_are_kept(page, kept):
    assert (page.side.choice, page.retention.choice) == ("both", "30")
    page.side.choose("left")
    page.retention.choose("25")
    assert (kept().value("visit/side"), int(kept().value("visit/retention"))) == ("left", 25)


def test_a_system_without_voice_or_notifications_is_told_of_and_offered_neither(window, page, monkeypatch):
    monkeypatch.setenv("PATH", "")
    window.show_page("today")
    window.show_page("settings")
    assert not page.aloud.isEnabled()
    assert "no voice" in page.mute.text()


def test_rooms_are_named_added_and_taken_away(window, page):
    rooms = lambda: window.chart.records.practice().rooms  # noqa: E731
    line = page.rooms.lines["Room 2"]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "Garden")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert rooms() == ("Room 1", "Garden", "Room 3", "Room 4")
    QTest.mouseClick(page.rooms.add, Qt.MouseButton.LeftButton)
    assert rooms()[-1] == "Room 5"
    assert page.rooms.lines["Room 5"].hasFocus()
    drop = next(made for made in page.rooms.findChildren(QToolButton) if made.toolTip() == "Take Room 3 away")
    QTest.mouseClick(drop, Qt.MouseButton.LeftButton)
    assert rooms() == ("Room 1", "Garden", "Room 4", "Room 5")


def test_a_room_without_a_name_keeps_the_one_it_had(window, page):
    line = page.rooms.lines["Room 2"]
    line.setFocus()
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert page.rooms.lines["Room 2"].text() == "Room 2"


def test_privacy_is_turned_on_and_off_and_kept(page, kept):
    QTest.mouseClick(page.initials, Qt.MouseButton.LeftButton, pos=page.initials.rect().center() / 4)
    assert privacy.initials_only(kept())
