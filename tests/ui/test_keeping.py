"""Settings, Backups: what is kept, where, and the way to a restore, through the real window."""

import shutil
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from neuro_chart.clinic.people import Patient
from neuro_chart.store.backups import backups
from neuro_chart.store.keys import keys_path
from neuro_chart.ui.backing import AUTOMATIC, FOLDER, turn


@pytest.fixture
def folder(vault_path):
    return vault_path.parent / "backups"


@pytest.fixture
def section(window, qtbot):
    window.chart.act(lambda: window.chart.records.save_patient(Patient("Rosa", "Delgado")))
    window.show_page("settings")
    window.settings_page.show_section("backups")
    shown = window.settings_page.section("backups")
    qtbot.waitUntil(shown.start.hasFocus)
    return shown


def done(qtbot, window):
    qtbot.waitUntil(lambda: not window.backing.is_running)


def listed(section):
    return [made.text() for made in section.list.findChildren(QLabel)]


def test_a_backup_is_made_by_keys_alone_and_shown(qtbot, window, section, folder):
    assert section.last.text() == "None yet"
    QTest.keyClick(section.start, Qt.Key.Key_Return)
    assert section.bar.isVisible()
    done(qtbot, window)
    assert len(backups(folder)) == 1
    assert section.last.text().endswith("just now")
    assert section.said.text() == "All that was charted is in it."
    qtbot.waitUntil(lambda: "the newest" in listed(section))


def test_it_is_found_in_the_list_of_everything_that_can_be_done(qtbot, window, folder):
    window.chart.act(lambda: window.chart.records.save_patient(Patient("Rosa", "Delgado")))
    next(action for action in window.actions() if action.text() == "Back up now").trigger()
    assert window.settings_page.section("backups").isVisible()
    done(qtbot, window)
    assert len(backups(folder)) == 1


def test_cancel_leaves_nothing_behind(qtbot, window, section, folder):
    QTest.keyClick(section.start, Qt.Key.Key_Return)
    QTest.mouseClick(section.cancel, Qt.MouseButton.LeftButton)
    done(qtbot, window)
    assert "stopped" in section.said.text()
    assert not list(folder.iterdir())
    assert section.last.text() == "None yet"
    assert section.start.isEnabled()


def test_each_backup_says_why_it_stays(qtbot, window, section, folder):
    window.backing.start()
    done(qtbot, window)
    (made,) = backups(folder)
    for days in (1, 2, 40):
        older = folder / f"clinic {datetime.now().astimezone() - timedelta(days=days):%Y-%m-%d %H.%M.%S}.vault"
        shutil.copy(made.path, older)
        shutil.copy(keys_path(made.path), keys_path(older))
    section.reload()
    qtbot.waitUntil(lambda: "the last of its month" in listed(section))
    assert {"the newest", "the last of its day"} <= set(listed(section))
    assert {"just now", "yesterday", "2 days ago"} <= set(listed(section))


def test_another_folder_gets_a_backup_at_once_and_is_kept(qtbot, window, section, settings, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    QTest.mouseClick(section.choose, Qt.MouseButton.LeftButton)
    dialog = section.findChild(QFileDialog)
    assert not dialog.isModal()
    dialog.fileSelected.emit(str(other))
    dialog.close()
    done(qtbot, window)
    assert settings.value(FOLDER) == str(other)
    assert section.where.text() == str(other)
    assert len(backups(other)) == 1


def test_a_folder_that_is_gone_is_said(qtbot, window, section, settings, tmp_path):
    settings.setValue(FOLDER, str(tmp_path / "stick"))
    section.reload()
    qtbot.waitUntil(lambda: any("Is its disk connected?" in words for words in listed(section)))
    QTest.keyClick(section.start, Qt.Key.Key_Return)
    done(qtbot, window)
    assert section.said.property("role") == "error"
    assert "stick" in section.said.text()


def test_backups_on_the_chart_s_own_disk_are_warned_of(qtbot, section):
    qtbot.waitUntil(section.warning.isVisible)
    assert "same disk" in section.warning.text()


def test_backups_that_keep_themselves_can_be_turned_off_and_on(section, settings):
    turn(settings, on=True)
    section.reload()
    QTest.mouseClick(section.daily, Qt.MouseButton.LeftButton)
    assert settings.value(AUTOMATIC, type=bool) is False
    QTest.mouseClick(section.daily, Qt.MouseButton.LeftButton)
    assert settings.value(AUTOMATIC, type=bool) is True


def test_a_restore_locks_the_chart_and_says_what_it_wants(qtbot, window, section):
    with qtbot.waitSignal(window.locked) as locked:
        QTest.mouseClick(section.restore, Qt.MouseButton.LeftButton)
    assert locked.args[0].form == "restore"


def test_why_the_last_try_failed_is_said_until_one_succeeds(qtbot, window, section, settings, tmp_path):
    settings.setValue(FOLDER, str(tmp_path / "unplugged"))
    window.backing.start()
    done(qtbot, window)
    window.show_page("today")
    window.show_page("settings")
    assert "isn't there" in section.said.text()
    assert section.said.property("role") == "error"
    (tmp_path / "unplugged").mkdir()
    window.backing.start()
    done(qtbot, window)
    assert section.said.text() == "All that was charted is in it."
    assert section.said.property("role") == "small"


def test_a_folder_that_holds_no_backup_says_so(qtbot, section):
    qtbot.waitUntil(lambda: "There is none yet." in listed(section))
