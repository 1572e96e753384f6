"""The door, through its real window."""

import os
import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from neuro_chart.clinic.passphrases import strength
from neuro_chart.store.keys import keys_path
from neuro_chart.store.vault import Vault
from neuro_chart.ui.unlock import Unlock


@pytest.fixture
def door(qtbot, tmp_path, settings):
    window = Unlock(tmp_path / "practice.vault", settings)
    qtbot.addWidget(window)
    window.show()
    return window


def type_into_the_window(qtbot, window, words):
    """Keys as a screen sends them: to the window, which knows by itself which field they are for."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for letter in words:
        QTest.keyClick(window.windowHandle(), letter)


def test_the_first_field_takes_the_keys_as_soon_as_the_window_is_shown(qtbot, door, vault_path, settings):
    type_into_the_window(qtbot, door, "river")
    assert door.form.practice_name.text() == "river"
    window = Unlock(vault_path, settings)
    qtbot.addWidget(window)
    window.show()
    type_into_the_window(qtbot, window, "calm")
    assert window.form.passphrase.text() == "calm"


def create(qtbot, window, practice="Riverside", name="Dr Mei Lindqvist", words="seven grey herons wade", again=None):
    for line, text in (
        (window.form.practice_name, practice),
        (window.form.your_name, name),
        (window.form.passphrase, words),
        (window.form.again, again or words),
    ):
        line.clear()
        qtbot.keyClicks(line, text)
    qtbot.mouseClick(window.form.open_button, Qt.MouseButton.LeftButton)


def test_the_first_day_makes_a_practice_that_the_passphrase_opens_again(qtbot, door):
    with qtbot.waitSignal(door.opened) as opened:
        create(qtbot, door)
    opened.args[0].close()
    assert door.form.passphrase.text() == ""
    with Vault.open(door.path, "seven grey herons wade") as vault:
        assert vault.practitioner_id


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"practice": " "}, "Give the practice a name"),
        ({"name": " "}, "Give your name"),
        ({"words": " "}, "empty passphrase"),
        ({"again": "seven grey herons wait"}, "differ"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_made(qtbot, door, given, says):
    create(qtbot, door, **given)
    assert says in door.form.error.text()
    assert not door.path.exists()


def test_a_chart_that_was_moved_away_from_its_keys_is_told_before_a_new_one_is_begun(qtbot, vault_path, settings):
    def words():
        window = Unlock(vault_path, settings)
        qtbot.addWidget(window)
        window.show()
        return " ".join(each.text() for each in window.form.findChildren(QLabel) if each.isVisible())

    vault_path.rename(vault_path.with_name("moved.vault"))
    assert "“clinic.vault” itself is missing" in words()
    keys_path(vault_path).unlink()
    assert "missing" not in words()


def test_a_passphrase_that_is_pasted_with_its_line_s_end_is_the_one_that_can_be_typed(qtbot, vault_path, passphrase, settings):
    window = Unlock(vault_path, settings)
    qtbot.addWidget(window)
    window.show()
    QApplication.clipboard().setText(f"{passphrase}\r\n")
    window.form.passphrase.paste()
    with qtbot.waitSignal(window.opened) as opened:
        qtbot.keyClick(window.form.passphrase, Qt.Key.Key_Return)
    opened.args[0].close()


def test_a_wrong_passphrase_is_named_and_can_be_tried_again(qtbot, vault_path, passphrase, settings):
    window = Unlock(vault_path, settings)
    qtbot.addWidget(window)
    window.show()
    qtbot.keyClicks(window.form.passphrase, "not this one")
    qtbot.keyClick(window.form.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "passphrase" in window.form.error.text())
    assert window.form.passphrase.selectedText()
    with qtbot.waitSignal(window.opened) as opened:
        qtbot.keyClicks(window.form.passphrase, passphrase)
        qtbot.keyClick(window.form.passphrase, Qt.Key.Key_Return)
    opened.args[0].close()


def damage_the_keys(path, _passphrase):
    keys_path(path).write_text(keys_path(path).read_text().replace("argon2id", "argon2ie"))


def take_the_keys(path, _passphrase):
    keys_path(path).unlink()


def put_a_plain_database(path, _passphrase):
    path.unlink()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE patient (name)")


def empty(path, _passphrase):
    path.write_bytes(b"")


def make_newer(path, passphrase):
    with Vault.open(path, passphrase) as vault, vault.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


def damage(path, _passphrase):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def write_protect(path, _passphrase):
    path.chmod(0o400)


def prints(folder):
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (damage_the_keys, "keys, is damaged"),
        (take_the_keys, "is missing"),
        (put_a_plain_database, "isn't encrypted"),
        (empty, "too small"),
        (make_newer, "newer Neuro Chart"),
        (damage, "is damaged"),
        pytest.param(
            write_protect,
            "write-protected",
            marks=pytest.mark.skipif(not hasattr(os, "geteuid") or not os.geteuid(), reason="root writes all"),
        ),
    ],
)
def test_what_is_wrong_with_the_vault_is_said_and_the_files_stay(qtbot, vault_path, passphrase, what, says, settings):
    what(vault_path, passphrase)
    before = prints(vault_path.parent)
    assert says in refused(qtbot, Unlock(vault_path, settings), passphrase)
    assert prints(vault_path.parent) == before


def test_a_vault_that_is_open_elsewhere_is_said_and_opens_once_it_is_free(qtbot, vault_path, passphrase, settings):
    window = Unlock(vault_path, settings)
    with Vault.open(vault_path, passphrase):
        assert "another Neuro Chart" in refused(qtbot, window, passphrase)
    with qtbot.waitSignal(window.opened) as opened:
        qtbot.mouseClick(window.form.open_button, Qt.MouseButton.LeftButton)
    opened.args[0].close()


def refused(qtbot, window, words):
    """What the window says to a passphrase; it can be tried again."""
    qtbot.addWidget(window)
    window.show()
    qtbot.keyClicks(window.form.passphrase, words)
    qtbot.keyClick(window.form.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.form.error.text()))
    assert window.form.open_button.isEnabled()
    assert window.form.error.text().endswith(".")
    return window.form.error.text()


@pytest.mark.parametrize("folder", ["missing", "a file"])
def test_a_practice_that_can_t_be_made_there_is_said_and_its_words_stay(qtbot, tmp_path, folder, settings):
    (tmp_path / "a file").write_text("")
    window = Unlock(tmp_path / folder / "practice.vault", settings)
    qtbot.addWidget(window)
    window.show()
    create(qtbot, window)
    qtbot.waitUntil(lambda: "can't be made" in window.form.error.text())
    assert str(tmp_path / folder) in window.form.error.text()
    assert window.form.practice_name.text() == "Riverside"
    assert window.form.open_button.isEnabled()
    assert {file.name for file in tmp_path.iterdir()} == {"a file", "settings.ini"}


def test_no_keyboard_learns_a_passphrase_that_is_shown(qtbot, door):
    line = door.form.passphrase
    for shown in (True, False, True):
        line.show_words(shown)
        assert line.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData
        assert line.inputMethodHints() & Qt.InputMethodHint.ImhNoPredictiveText
        assert bool(line.inputMethodHints() & Qt.InputMethodHint.ImhHiddenText) is not shown


def test_strength_grows_with_words_and_never_praises_the_usual():
    assert strength("")[0] == 0
    assert strength("password123")[0] == 1
    assert strength("aaaaaaaaaaaaaaaa")[0] <= 2
    assert strength("seven grey herons wade in the reeds")[0] == 4


def test_nothing_jumps_while_the_passphrase_is_typed(qtbot, door):
    def places():
        form = door.form
        lines = (form.practice_name, form.passphrase, form.again, form.open_button)
        return [line.mapTo(door, line.rect().topLeft()) for line in lines]

    before = places()
    for words in ("needle", "willow tin kettle north"):
        door.form.passphrase.setText(words)
        qtbot.wait(1)
        assert places() == before
