"""The door, through its real window."""

import pytest
from PySide6.QtCore import Qt

from neuro_chart.clinic.passphrases import strength
from neuro_chart.store.vault import Vault
from neuro_chart.ui.unlock import Unlock


@pytest.fixture
def door(qtbot, tmp_path):
    window = Unlock(tmp_path / "practice.vault")
    qtbot.addWidget(window)
    window.show()
    return window


def create(qtbot, window, practice="Riverside", name="Dr Mei Lindqvist", words="seven grey herons wade", again=None):
    for line, text in (
        (window.practice_name, practice),
        (window.your_name, name),
        (window.passphrase, words),
        (window.again, again or words),
    ):
        line.clear()
        qtbot.keyClicks(line, text)
    qtbot.mouseClick(window.open_button, Qt.MouseButton.LeftButton)


def test_the_first_day_makes_a_practice_that_the_passphrase_opens_again(qtbot, door):
    with qtbot.waitSignal(door.opened, timeout=20_000) as opened:
        create(qtbot, door)
    opened.args[0].close()
    assert door.passphrase.text() == ""
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
    assert says in door.error.text()
    assert not door.path.exists()


def test_a_wrong_passphrase_is_named_and_can_be_tried_again(qtbot, vault_path, passphrase):
    window = Unlock(vault_path)
    qtbot.addWidget(window)
    window.show()
    qtbot.keyClicks(window.passphrase, "not this one")
    qtbot.keyClick(window.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "passphrase" in window.error.text(), timeout=20_000)
    assert window.passphrase.selectedText()
    with qtbot.waitSignal(window.opened, timeout=20_000) as opened:
        qtbot.keyClicks(window.passphrase, passphrase)
        qtbot.keyClick(window.passphrase, Qt.Key.Key_Return)
    opened.args[0].close()


def test_strength_grows_with_words_and_never_praises_the_usual():
    assert strength("")[0] == 0
    assert strength("password123")[0] == 1
    assert strength("aaaaaaaaaaaaaaaa")[0] <= 2
    assert strength("seven grey herons wade in the reeds")[0] == 4
