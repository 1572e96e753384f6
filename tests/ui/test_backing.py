"""Backups that keep themselves: at the close of the window and once a day, through the real window on a real vault."""

import shutil
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.backups import backups
from neuro_chart.store.keys import keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.backing import FOLDER, spare, turn
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window


@pytest.fixture
def settings(settings):
    turn(settings, on=True)
    return settings


@pytest.fixture
def folder(vault_path):
    return vault_path.parent / "backups"


@pytest.fixture
def idle(qtbot, window):
    """Waits until no backup is being kept: `idle()`."""
    return lambda: qtbot.waitUntil(lambda: not window.backing.is_running)


def chart_somebody(window, given="Rosa"):
    window.chart.act(lambda: window.chart.records.save_patient(Patient(given, "Delgado")))


def closed(qtbot, window):
    qtbot.waitUntil(lambda: not window.isVisible())


def names(path, passphrase):
    with Vault.open(path, passphrase) as kept:
        return [line.given for line in Records(kept).patients()]


def test_closing_keeps_a_backup_that_opens_with_all_that_was_charted(qtbot, window, folder, passphrase):
    chart_somebody(window)
    window.close()
    assert window.isVisible()
    assert window.closing.isVisible()
    assert window.closing.title.text() == "Keeping a backup…"
    closed(qtbot, window)
    (kept,) = backups(folder)
    assert names(kept.path, passphrase) == ["Rosa"]


def test_what_is_still_being_typed_at_the_close_is_in_the_backup(qtbot, window, folder, passphrase):
    chart_somebody(window)
    patient = window.chart.records.patients()[0]
    window.open_patient(patient.id)
    window.patient.start_visit()
    page = window.patient.findChild(VisitPage)
    page.left.show_note()
    page.note.prose["subjective"].setFocus()
    QTest.keyClicks(page.note.prose["subjective"], "Burning soles")
    window.close()
    closed(qtbot, window)
    with Vault.open(backups(folder)[0].path, passphrase) as kept:
        assert Records(kept).visits(patient.id)[0].subjective == "Burning soles"


def test_words_alone_are_enough_for_a_backup(qtbot, window, folder, passphrase, idle):
    chart_somebody(window)
    patient = window.chart.records.patients()[0]
    window.open_patient(patient.id)
    window.patient.start_visit()
    window.backing.start()
    idle()
    page = window.patient.findChild(VisitPage)
    page.left.show_note()
    QTest.keyClicks(page.note.prose["plan"], "Once a week")
    window.close()
    closed(qtbot, window)
    with Vault.open(backups(folder)[0].path, passphrase) as kept:
        assert Records(kept).visits(patient.id)[0].plan == "Once a week"


def test_a_backup_of_the_day_that_still_runs_is_followed_by_one_that_holds_all(qtbot, window, folder, passphrase):
    chart_somebody(window)
    window.backing.look()
    chart_somebody(window, "Wren")
    window.close()
    closed(qtbot, window)
    assert names(backups(folder)[0].path, passphrase) == ["Rosa", "Wren"]


def test_a_chart_that_does_not_hold_is_told_and_its_good_backups_stay(qtbot, window, vault, folder, idle):
    chart_somebody(window)
    window.backing.start()
    idle()
    with vault.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE trail SET practitioner_id = 'somebody else'")
    chart_somebody(window, "Wren")
    window.close()
    qtbot.waitUntil(lambda: window.closing.title.text() == "No good backup was kept")
    assert "does not hold" in window.closing.words.text()
    assert len(backups(folder)) == 2
    QTest.keyClick(window.closing.go, Qt.Key.Key_Return)
    closed(qtbot, window)


def test_the_end_of_the_session_is_not_held_up(window, monkeypatch):
    chart_somebody(window)
    monkeypatch.setattr(QApplication, "isSavingSession", lambda _application: True)
    window.close()
    assert not window.isVisible()


def test_nothing_is_kept_again_when_nothing_was_charted_since(qtbot, window, folder, vault_path, passphrase, library, settings):
    chart_somebody(window)
    window.close()
    closed(qtbot, window)
    with Vault.open(vault_path, passphrase) as again:
        second = Window(again, library, settings)
        qtbot.addWidget(second)
        second.show()
        second.show_page("patients")
        second.close()
        assert not second.isVisible()
    assert len(backups(folder)) == 1


def test_the_close_can_go_without_and_leaves_nothing_half_made(qtbot, window, folder):
    chart_somebody(window)
    window.close()
    qtbot.keyClick(window.closing.go, Qt.Key.Key_Return)
    closed(qtbot, window)
    assert not list(folder.glob("*")) or [kept.path for kept in backups(folder)]
    assert not [left for left in folder.glob("*") if left.name.startswith(".")]


def test_escape_keeps_the_chart_open_and_it_goes_on(qtbot, window, idle):
    chart_somebody(window)
    window.close()
    QTest.keyClick(window.closing.go, Qt.Key.Key_Escape)
    idle()
    assert window.isVisible()
    assert not window.closing.isVisible()
    assert window.today.isVisible()
    chart_somebody(window, "Wren")
    assert [line.given for line in window.chart.records.patients()] == ["Rosa", "Wren"]
    window.close()
    closed(qtbot, window)


def test_a_folder_that_is_unplugged_is_said_and_the_close_is_not_lost(qtbot, window, settings, tmp_path, vault_path, passphrase):
    settings.setValue(FOLDER, str(tmp_path / "stick"))
    chart_somebody(window)
    window.close()
    qtbot.waitUntil(lambda: window.closing.title.text() == "No good backup was kept")
    assert "stick" in window.closing.words.text()
    assert window.closing.go.hasFocus()
    QTest.keyClick(window.closing.go, Qt.Key.Key_Return)
    closed(qtbot, window)
    assert names(vault_path, passphrase) == ["Rosa"]


def test_the_window_that_says_it_closes_by_itself(qtbot, window, settings, tmp_path):
    settings.setValue(FOLDER, str(tmp_path / "stick"))
    window.closing.say_for = 1
    chart_somebody(window)
    window.close()
    closed(qtbot, window)


def test_the_backup_of_the_day_is_kept_while_the_chart_is_open(window, folder, idle):
    chart_somebody(window)
    window.backing.look()
    assert window.backing.is_running
    chart_somebody(window, "Wren")  # acts go on meanwhile
    idle()
    assert len(backups(folder)) == 1
    told = window.chart.records.trail(deed=Deed.BACKED_UP)
    assert [entry.changes["file"] for entry in told] == [backups(folder)[0].path.name]
    window.backing.look()
    assert not window.backing.is_running  # there is one of today
    assert window.backing.is_needed()  # and it lacks Wren


def test_it_is_kept_again_after_a_day_and_after_a_clock_that_was_wrong(window, idle, monkeypatch):
    chart_somebody(window)
    window.backing.look()
    idle()
    chart_somebody(window, "Wren")
    for days in (1, -1):
        monkeypatch.setattr("neuro_chart.ui.backing.now", lambda days=days: now() + timedelta(days=days))
        window.backing.look()
        idle()
        chart_somebody(window, f"Sky {days}")
    assert len(window.chart.records.trail(deed=Deed.BACKED_UP)) == 3


def test_a_missing_folder_is_said_once_while_the_chart_is_open_and_made_up_for_when_it_is_back(window, settings, tmp_path, idle):
    stick = tmp_path / "stick"
    settings.setValue(FOLDER, str(stick))
    said = []
    window.backing.missed.connect(said.append)
    chart_somebody(window)
    for _ in range(3):
        window.backing.look()
        idle()
    assert len(said) == 1
    assert said[0] == window.banner.text
    stick.mkdir()
    window.backing.look()
    idle()
    assert len(backups(stick)) == 1


def test_another_folder_gets_a_backup_though_nothing_was_charted_since(window, settings, tmp_path, idle):
    chart_somebody(window)
    window.backing.start()
    idle()
    assert not window.backing.is_needed()
    settings.setValue(FOLDER, str(tmp_path))
    assert window.backing.is_needed()


def test_a_lock_gives_up_the_backup_that_runs(qtbot, window, folder):
    chart_somebody(window)
    window.backing.start()
    with qtbot.waitSignal(window.locked):
        window.lock()
    assert not [left for left in folder.glob("*") if left.name.startswith(".")]


def test_today_warns_of_an_old_backup_and_makes_one(qtbot, window, idle, monkeypatch):
    def says(words, days):
        monkeypatch.setattr("neuro_chart.ui.backing.now", lambda: now() + timedelta(days=days))
        window.today.reload()
        qtbot.waitUntil(lambda: words in words_on(window.today))

    chart_somebody(window)
    assert not window.backing.word()
    says("There is no backup of this chart yet.", 8)
    press(window.today, "Back up now")
    idle()
    assert not window.backing.word()
    chart_somebody(window, "Wren")
    says("The last good backup is 8 days old.", 8)
    says("this machine's clock was wrong, or is now.", -2)


def test_a_practice_that_is_made_up_is_not_warned(window, settings, monkeypatch):
    chart_somebody(window)
    monkeypatch.setattr("neuro_chart.ui.backing.now", lambda: now() + timedelta(days=8))
    assert window.backing.word()
    spare(settings)
    assert not window.backing.word()
    window.close()
    assert not window.isVisible()  # and no backup is waited for


def words_on(page):
    return " ".join(made.text() for made in page.findChildren(QLabel) if made.isVisibleTo(page))


def press(page, words):
    made = next(made for made in page.findChildren(QPushButton) if made.text() == words and made.isVisibleTo(page))
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)


def test_a_vault_in_a_synchronised_folder_is_warned_of_until_it_is_closed(qtbot, vault_path, passphrase, tmp_path, library, settings):
    place = tmp_path / "Dropbox"
    place.mkdir()
    for part in (vault_path, keys_path(vault_path)):
        shutil.move(part, place)
    with Vault.open(place / vault_path.name, passphrase) as vault:
        shown = Window(vault, library, settings)
        qtbot.addWidget(shown)
        shown.show()
        qtbot.waitUntil(lambda: "Dropbox" in shown.notice.text)
        QTest.mouseClick(shown.notice.close_button, Qt.MouseButton.LeftButton)
        assert not shown.notice.text


def test_a_vault_that_can_only_be_read_says_so_for_good_and_keeps_no_backup(qtbot, vault_path, passphrase, folder, library, settings):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Rosa", "Delgado"))
    unlocked = Vault.unwrap_key(vault_path, passphrase)
    with Vault.open_with_key(vault_path, unlocked, read_only=True) as vault:
        shown = Window(vault, library, settings)
        qtbot.addWidget(shown)
        shown.show()
        qtbot.waitUntil(lambda: "can be read and not changed" in shown.notice.text)
        assert not shown.notice.close_button.isVisible()
        shown.show_page("settings")
        shown.settings_page.show_section("backups")
        assert "can't note its backups" in shown.settings_page.section("backups").said.text()
        assert not shown.settings_page.section("backups").daily.isEnabled()
        shown.close()
        assert not shown.isVisible()
    assert not backups(folder)


def test_the_word_on_today_leads_to_the_settings_of_the_backups(qtbot, window, monkeypatch):
    chart_somebody(window)
    monkeypatch.setattr("neuro_chart.ui.backing.now", lambda: now() + timedelta(days=8))
    window.today.reload()
    qtbot.waitUntil(lambda: "no backup" in words_on(window.today))
    press(window.today, "Backups…")
    assert window.settings_page.sections.choice == "backups"
