"""Back from a backup: through the real unlock window, on the machine itself, on an empty one, with a vault that is damaged."""

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Visit
from neuro_chart.store import access
from neuro_chart.store.backups import backup, default_folder
from neuro_chart.store.keys import keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.app import App
from neuro_chart.ui.lock import Locked
from neuro_chart.ui.restore import RestoreForm
from neuro_chart.ui.unlock import Unlock

HERS = "seven grey herons wade"


@pytest.fixture
def kept(vault_path, passphrase):
    """A backup that holds Rosa, of a vault that by now holds Wren and a visit too."""
    with Vault.open(vault_path, passphrase) as vault:
        records = Records(vault)
        records.save_patient(Patient("Rosa", "Delgado"))
        made = backup(vault, default_folder(vault_path))
        records.save_patient(wren := Patient("Wren", "Abernathy"))
        records.start_visit(Visit(wren.id, vault.practitioner_id))
    return made


@pytest.fixture
def door(qtbot, settings):
    """Shows the unlock window of a path: `door(path)`."""

    def shown(path, form=""):
        window = Unlock(path, settings, Locked(now(), form=form) if form else None)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    return shown


def press(form, words):
    made = next(made for made in form.findChildren(QPushButton) if made.text() == words)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)


def given(vault):
    return [line.given for line in Records(vault).patients()]


def look(qtbot, window, words):
    """Type the passphrase and wait for what the backup holds."""
    form = window.form
    qtbot.waitUntil(lambda: form.choice.path is not None)
    qtbot.waitUntil(form.choice.passphrase.hasFocus)
    QTest.keyClicks(form.choice.passphrase, words)
    QTest.keyClick(form.choice.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.restore_button.isVisible() or bool(form.error.text()))


def restore_and_open(qtbot, window):
    """By keys alone; the opened vault."""
    form = window.form
    qtbot.waitUntil(form.restore_button.hasFocus)
    QTest.keyClick(form.restore_button, Qt.Key.Key_Return)
    qtbot.waitUntil(form.open_button.hasFocus)
    with qtbot.waitSignal(window.opened) as opened:
        QTest.keyClick(form.open_button, Qt.Key.Key_Return)
    return opened.args[0]


def told(form):
    return [made.text() for made in form.holdings.findChildren(QLabel)]


def test_a_backup_is_seen_beside_the_chart_and_then_restored(qtbot, door, vault_path, kept, passphrase):
    window = door(vault_path)
    press(window.form, "Restore a backup…")
    look(qtbot, window, passphrase)
    words = told(window.form)
    assert words.count("Riverside Acupuncture") == 2
    assert {"1", "2"} <= set(words)
    assert window.form.holdings.mind.text() == "This backup lacks 1 patient and 1 visit of the chart as it is."
    with restore_and_open(qtbot, window) as vault:
        assert given(vault) == ["Rosa"]
        assert Records(vault).trail(limit=1)[0].deed is Deed.RESTORED
    (aside,) = vault_path.parent.glob("*replaced*.vault")
    assert aside.name in window.form.words.text()
    with Vault.open(aside, passphrase) as before:
        assert given(before) == ["Wren", "Rosa"]


def test_the_trail_tells_of_a_restore_though_nobody_opens_the_chart_then(qtbot, door, vault_path, kept, passphrase):
    window = door(vault_path, "restore")
    look(qtbot, window, passphrase)
    QTest.keyClick(window.form.restore_button, Qt.Key.Key_Return)
    qtbot.waitUntil(window.form.open_button.hasFocus)
    window.close()
    with Vault.open(vault_path, passphrase) as vault:
        (told,) = Records(vault).trail(deed=Deed.RESTORED)
        assert told.changes["backup"] == kept.path.name


def test_nothing_changes_by_looking(qtbot, door, vault_path, kept, passphrase):
    before = vault_path.read_bytes()
    window = door(vault_path, "restore")
    look(qtbot, window, passphrase)
    qtbot.mouseClick(window.form.another, Qt.MouseButton.LeftButton)
    assert window.form.choice.isVisible()
    qtbot.mouseClick(window.form.leave, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.form.passphrase.isVisible)
    assert vault_path.read_bytes() == before


def test_a_new_machine_is_given_the_chart_from_the_first_form(qtbot, door, tmp_path, vault_path, kept, passphrase):
    place = tmp_path / "stick"
    place.mkdir()
    for part in (kept.path, keys_path(kept.path)):
        shutil.copy(part, place)
    window = door(tmp_path / "new machine" / "practice.vault")
    press(window.form, "Restore a backup…")
    form = window.form
    qtbot.waitUntil(form.choice.none.isVisible)
    qtbot.mouseClick(form.choice.other, Qt.MouseButton.LeftButton)
    dialog = form.findChild(QFileDialog)
    assert not dialog.isModal()
    dialog.fileSelected.emit(str(place / kept.path.name))
    dialog.close()
    window.activateWindow()
    look(qtbot, window, passphrase)
    assert "There is no chart on this machine yet." in told(form)
    with restore_and_open(qtbot, window) as vault:
        assert given(vault) == ["Rosa"]


def test_a_damaged_vault_is_restored_from_the_window_that_says_so(qtbot, door, vault_path, kept, passphrase):
    content = bytearray(vault_path.read_bytes())
    content[len(content) // 2] ^= 1
    vault_path.write_bytes(content)
    window = door(vault_path)
    QTest.keyClicks(window.form.passphrase, passphrase)
    QTest.keyClick(window.form.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "damaged" in window.form.error.text())
    press(window.form, "Restore a backup…")
    look(qtbot, window, passphrase)
    assert any("damaged" in words for words in told(window.form))
    with restore_and_open(qtbot, window) as vault:
        assert given(vault) == ["Rosa"]
    assert [aside.read_bytes() for aside in vault_path.parent.glob("*replaced*.vault")] == [bytes(content)]


def test_a_vault_whose_keys_are_missing_is_restored(qtbot, door, vault_path, kept, passphrase):
    keys_path(vault_path).unlink()
    window = door(vault_path, "restore")
    look(qtbot, window, passphrase)
    with restore_and_open(qtbot, window) as vault:
        assert given(vault) == ["Rosa"]


def test_the_recovery_sheet_opens_a_backup_and_an_owner_gets_a_new_passphrase(qtbot, door, tmp_path, vault_path, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Rosa", "Delgado"))
        code = access.new_recovery(vault)
        kept = backup(vault, default_folder(vault_path))
    vault_path.unlink()
    keys_path(vault_path).unlink()
    window = door(vault_path)
    press(window.form, "Restore a backup…")
    form = window.form
    qtbot.waitUntil(lambda: form.choice.path == kept.path)
    QTest.mouseClick(form.choice.turn, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.choice.key.fields[0].hasFocus)
    for letter in code.replace("-", ""):
        QTest.keyClick(QApplication.focusWidget(), letter)
    QTest.keyClick(form.choice.key.fields[-1], Qt.Key.Key_Return)
    qtbot.waitUntil(form.restore_button.hasFocus)
    QTest.keyClick(form.restore_button, Qt.Key.Key_Return)
    qtbot.waitUntil(form.open_button.hasFocus)
    QTest.keyClick(form.open_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.asking is not None and form.asking.passphrase.first.hasFocus())
    for line in (form.asking.passphrase.first, form.asking.passphrase.again):
        QTest.keyClicks(line, HERS)
    with qtbot.waitSignal(window.opened) as opened:
        QTest.keyClick(form.asking.passphrase.again, Qt.Key.Key_Return)
    with opened.args[0] as vault:
        assert given(vault) == ["Rosa"]
        assert {entry.deed for entry in Records(vault).trail()} >= {Deed.RESTORED, Deed.RECOVERED}
    with Vault.open(vault_path, HERS) as vault:
        assert given(vault) == ["Rosa"]


def test_a_slip_in_the_recovery_key_is_told_at_its_group(qtbot, door, vault_path, kept):
    window = door(vault_path, "restore")
    form = window.form
    qtbot.waitUntil(lambda: form.choice.path is not None)
    QTest.mouseClick(form.choice.turn, Qt.MouseButton.LeftButton)
    QTest.mouseClick(form.choice.look, Qt.MouseButton.LeftButton)
    assert "groups" in form.error.text()
    assert form.choice.key.fields[0].hasFocus()


def test_a_wrong_passphrase_is_said_and_can_be_tried_again(qtbot, door, vault_path, kept, passphrase):
    window = door(vault_path, "restore")
    look(qtbot, window, "not this one")
    assert "passphrase doesn't fit" in window.form.error.text()
    window.form.choice.passphrase.clear()
    look(qtbot, window, passphrase)
    assert window.form.restore_button.isVisible()


def test_a_damaged_backup_is_refused_and_the_chart_stays(qtbot, door, vault_path, kept, passphrase):
    content = bytearray(kept.path.read_bytes())
    content[len(content) // 2] ^= 1
    kept.path.write_bytes(content)
    before = vault_path.read_bytes()
    window = door(vault_path, "restore")
    look(qtbot, window, passphrase)
    assert "damaged" in window.form.error.text()
    assert vault_path.read_bytes() == before


def test_a_restore_can_be_stopped_and_leaves_the_chart_as_it_was(qtbot, door, vault_path, kept, passphrase):
    before = vault_path.read_bytes()
    window = door(vault_path, "restore")
    look(qtbot, window, passphrase)
    form = window.form
    form.restore()
    QTest.mouseClick(form.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "stopped" in form.error.text())
    assert vault_path.read_bytes() == before
    assert form.restore_button.isEnabled()
    assert not list(vault_path.parent.glob("*replaced*"))


def test_the_arrow_keys_choose_while_the_passphrase_is_typed(qtbot, door, vault_path, kept, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        newer = backup(vault, default_folder(vault_path))
    window = door(vault_path, "restore")
    form = window.form
    qtbot.waitUntil(lambda: form.choice.path == newer.path)
    QTest.keyClick(form.choice.passphrase, Qt.Key.Key_Down)
    assert form.choice.path == kept.path


def test_the_chart_of_another_practice_is_told(qtbot, door, tmp_path, vault_path, kept, passphrase, cheap_kdf):
    other = tmp_path / "elsewhere" / "other.vault"
    other.parent.mkdir()
    Vault.create(other, passphrase, Practice("Hillside Acupuncture"), Practitioner("Ola"), kdf=cheap_kdf).close()
    window = door(vault_path, "restore")
    window.form.choice.file_chosen.emit(other)
    qtbot.waitUntil(lambda: window.form.choice.path == other)
    look(qtbot, window, passphrase)
    assert "Hillside Acupuncture" in window.form.holdings.mind.text()


def test_from_the_settings_to_the_restored_chart_and_back_in_it(qtbot, vault_path, settings, passphrase, kept):
    app = App(vault_path, settings)
    app.open(Vault.open(vault_path, passphrase))
    window = app.window
    window.show_page("settings")
    window.settings_page.show_section("backups")
    QTest.mouseClick(window.settings_page.section("backups").restore, Qt.MouseButton.LeftButton)
    door = app.unlock
    assert isinstance(door.form, RestoreForm)
    door.activateWindow()
    look(qtbot, door, passphrase)
    form = door.form
    QTest.keyClick(form.restore_button, Qt.Key.Key_Return)
    qtbot.waitUntil(form.open_button.hasFocus)
    QTest.keyClick(form.open_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.window is not None)
    assert [line.given for line in app.window.chart.records.patients()] == ["Rosa"]
    assert not app.window.banner.text  # this machine knows why the chart is older than it saw last
    app.window.close()


def test_a_fresh_process_is_told_to_begin_with_the_restore():
    assert Locked.read(Locked(now(), form="restore").written()).form == "restore"
