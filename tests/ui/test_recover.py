"""The way in by the recovery sheet, through the real unlock window: typed with slips, set right, and a new passphrase chosen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.clinic.recovery import fresh
from neuro_chart.clinic.trail import Deed
from neuro_chart.store import access
from neuro_chart.store.attempts import FREE
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.unlock import Unlock, UnlockForm

HERS = "seven grey herons wade"


@pytest.fixture
def code(vault_path, passphrase):
    """The key of the vault's recovery sheet; the vault is closed."""
    with Vault.open(vault_path, passphrase) as vault:
        records = Records(vault)
        records.put_practitioner(Practitioner("Ola Nordmann", Role.OWNER))
        records.put_practitioner(Practitioner("Rita Reader", Role.READER))
        return access.new_recovery(vault)


@pytest.fixture
def door(qtbot, vault_path, settings, code):
    """The unlock window, turned to the recovery sheet."""
    window = Unlock(vault_path, settings)
    qtbot.addWidget(window)
    window.show()
    window.show_form("recover")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(window.form.key.fields[0].hasFocus)
    return window


def type_on(text):
    """Keys for whatever has the focus then."""
    for letter in text:
        QTest.keyClick(QApplication.focusWidget(), letter)


def marked(key):
    return [number for number, field in enumerate(key.fields, 1) if field.property("invalid")]


def texts(key):
    return [field.text() for field in key.fields]


def by_key(qtbot, door):
    """The step after the key."""
    qtbot.mouseClick(door.form.key_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(door.form.second_step.isVisible)
    return door.form


def test_the_key_is_typed_in_one_go_and_a_new_passphrase_opens_the_chart(qtbot, door, code, vault_path, passphrase):
    type_on(code.replace("-", "").lower())
    assert texts(door.form.key) == code.split("-")
    assert not marked(door.form.key)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    form = door.form
    qtbot.waitUntil(form.second_step.isVisible)
    assert texts(form.key) == [""] * 8
    assert [form.owner.itemText(at) for at in range(form.owner.count())] == ["Dr Mei Lindqvist", "Ola Nordmann"]
    assert QApplication.focusWidget() is form.passphrase.first
    qtbot.keyClicks(form.passphrase.first, HERS)
    qtbot.keyClicks(form.passphrase.again, HERS)
    with qtbot.waitSignal(door.opened) as opened:
        qtbot.keyClick(form.passphrase.again, Qt.Key.Key_Return)
    with opened.args[0] as vault:
        records = Records(vault)
        assert records.practitioner().name == "Dr Mei Lindqvist"
        assert records.trail(deed=Deed.RECOVERED)
    with Vault.open(vault_path, HERS) as vault:
        assert Records(vault).practitioner().name == "Dr Mei Lindqvist"


def test_a_misread_group_is_marked_as_it_is_typed_and_named_and_can_be_typed_over(qtbot, door, code):
    key, groups = door.form.key, code.split("-")
    slip = "7" if groups[2][1] != "7" else "8"
    type_on(groups[0] + groups[1] + groups[2][0] + slip + groups[2][2:])
    assert marked(key) == [3]
    assert key.says.text() == "Group 3 is misread. Compare with the sheet, character by character."
    assert key.fields[2].accessibleDescription() == "misread"
    assert QApplication.focusWidget() is key.fields[2]  # there to be set right
    key.fields[2].setCursorPosition(1)
    type_on(groups[2][1])
    assert texts(key)[:3] == groups[:3]
    assert marked(key) == []
    assert key.says.text() == ""


def test_whoever_types_on_goes_on_in_the_next_group(door, code):
    wrong = "".join("U" if at == 7 else letter for at, letter in enumerate(code.replace("-", "")))
    type_on(wrong)
    assert marked(door.form.key) == [2]
    assert "".join(texts(door.form.key)) == wrong


def test_two_groups_that_changed_places_are_both_named(door, code):
    groups = code.split("-")
    groups[3], groups[6] = groups[6], groups[3]
    type_on("".join(groups))
    assert marked(door.form.key) == [4, 7]
    assert "Groups 4 and 7 are misread." in door.form.key.says.text()


def test_the_whole_key_can_be_pasted_however_it_is_written(door, code):
    QGuiApplication.clipboard().setText(f"  {code.lower().replace('-', ' – ')}\n".replace("0", "o"))
    door.form.key.fields[3].setFocus()
    door.form.key.fields[3].paste()
    assert texts(door.form.key) == code.split("-")


def test_backspace_goes_back_into_the_group_before(door, code):
    type_on(code[:5])
    key = door.form.key
    assert QApplication.focusWidget() is key.fields[1]
    QTest.keyClick(key.fields[1], Qt.Key.Key_Backspace)
    assert QApplication.focusWidget() is key.fields[0]


def test_what_is_missing_is_named_before_anything_is_tried(qtbot, door, code):
    type_on(code[:17])
    qtbot.mouseClick(door.form.key_button, Qt.MouseButton.LeftButton)
    assert door.form.first_step.isVisible()
    assert "groups 4, 5, 6, 7 and 8 are missing" in door.form.error.text()
    assert QApplication.focusWidget() is door.form.key.fields[3]


def test_an_earlier_sheet_is_told_and_slows_down(qtbot, door, vault_path):
    type_on(fresh().replace("-", ""))
    for _ in range(FREE + 1):
        qtbot.mouseClick(door.form.key_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "newest recovery sheet" in door.form.error.text())
    qtbot.mouseClick(door.form.key_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Wait" in door.form.error.text())


@pytest.mark.parametrize(("first", "second", "says"), [("", "", "empty passphrase"), (HERS, "other words", "differ")])
def test_a_passphrase_that_cant_be_taken_is_told(qtbot, door, code, first, second, says):
    type_on(code.replace("-", ""))
    form = by_key(qtbot, door)
    qtbot.keyClicks(form.passphrase.first, first)
    qtbot.keyClicks(form.passphrase.again, second)
    qtbot.mouseClick(form.open_button, Qt.MouseButton.LeftButton)
    assert says in form.error.text()
    form.leave()


def test_back_closes_what_the_key_has_opened_and_the_trail_tells_that_it_was_open(qtbot, door, code, vault_path, passphrase):
    type_on(code.replace("-", ""))
    form = by_key(qtbot, door)
    qtbot.keyClicks(form.passphrase.first, HERS)
    form.leave()
    with Vault.open(vault_path, passphrase) as vault:
        assert [entry.deed for entry in Records(vault).trail(limit=2)] == [Deed.RECOVERED, Deed.KEYS]


def test_escape_goes_back_and_forgets_what_was_typed(qtbot, door, code):
    type_on(code[:5])
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: isinstance(door.form, UnlockForm))
    assert door.form.passphrase.hasFocus()
    door.show_form("restore")
    qtbot.waitUntil(lambda: door.form.choice.passphrase.hasFocus() and door.form.leave.isVisible())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: isinstance(door.form, UnlockForm))
