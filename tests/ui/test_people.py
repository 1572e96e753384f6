"""People in the settings: added, let in, let out, renamed, with passphrases that they type themselves; and the recovery sheet."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.clinic.recovery import GROUPS
from neuro_chart.clinic.trail import Deed
from neuro_chart.store import access
from neuro_chart.store.errors import NotAllowedError, WrongPassphraseError
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.window import Window

HERS = "seven grey herons wade"
HIS = "nine white geese fly"


@pytest.fixture
def ola(vault, records):
    person = Practitioner("Ola Nordmann")
    records.put_practitioner(person)
    access.set_passphrase(vault, person.id, HERS)
    return person


def shown(window):
    """The section, in front."""
    window.show_page("settings")
    window.settings_page.show_section("people")
    return window.settings_page.section("people")


@pytest.fixture
def section(ola, window):
    return shown(window)


def named(section, name):
    """Somebody's line."""
    return next(line for line in section.lines.values() if line.person.name == name)


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def finish(qtbot, section):
    """Press the panel's button, and wait until it is gone."""
    click(qtbot, section.panel.do_button)
    qtbot.waitUntil(lambda: section.panel is None)


def type_twice(qtbot, panel, words):
    for line in (panel.passphrase.first, panel.passphrase.again):
        line.clear()
        qtbot.keyClicks(line, words)


def sign_in(vault, words):
    vault.close()
    with Vault.open(vault.path, words) as opened:
        return Records(opened).practitioner()


def test_somebody_new_types_their_passphrase_twice_and_signs_in(qtbot, section, vault):
    click(qtbot, section.add_button)
    panel = section.panel
    qtbot.keyClicks(panel.name, "Nils Ny")
    panel.role.choose("reader")
    type_twice(qtbot, panel, HIS)
    assert panel.passphrase.strength.text() != ""
    finish(qtbot, section)
    assert "Nils Ny" in section.said.text()
    line = named(section, "Nils Ny")
    assert line.role.currentText() == "Reader"
    assert line.state.text() == ""
    person = sign_in(vault, HIS)
    assert (person.name, person.role) == ("Nils Ny", Role.READER)


def test_what_is_missing_is_named_and_nobody_is_added(qtbot, section, records):
    before = records.practitioners()
    section.add()
    panel = section.panel
    for name, first, second, says in (("", HIS, HIS, "name"), ("Nils", "", "", "empty"), ("Nils", HIS, "other", "differ")):
        for line, words in ((panel.name, name), (panel.passphrase.first, first), (panel.passphrase.again, second)):
            line.clear()
            qtbot.keyClicks(line, words)
        click(qtbot, panel.do_button)
        assert says in panel.error.text()
    assert records.practitioners() == before


def test_a_passphrase_that_another_has_is_refused_and_the_person_stays_to_get_another(qtbot, section, vault, records):
    section.add()
    panel = section.panel
    qtbot.keyClicks(panel.name, "Nils Ny")
    type_twice(qtbot, panel, HERS)
    click(qtbot, panel.do_button)
    qtbot.waitUntil(lambda: "theirs alone" in panel.error.text())
    assert [person.name for person in records.practitioners()].count("Nils Ny") == 1
    type_twice(qtbot, panel, HIS)
    finish(qtbot, section)
    assert [person.name for person in records.practitioners()].count("Nils Ny") == 1
    assert sign_in(vault, HIS).name == "Nils Ny"


def test_who_was_added_without_a_passphrase_is_told_and_can_get_one(qtbot, section, vault, records, window):
    section._chart.act(lambda: records.put_practitioner(Practitioner("Half Done")))
    line = named(section, "Half Done")
    assert "No passphrase yet" in line.state.text()
    click(qtbot, line.passphrase)
    type_twice(qtbot, section.panel, HIS)
    finish(qtbot, section)
    assert named(section, "Half Done").state.text() == ""
    assert sign_in(vault, HIS).name == "Half Done"


def test_ones_own_passphrase_changes_only_with_the_present_one(qtbot, section, vault, passphrase):
    click(qtbot, named(section, "Dr Mei Lindqvist").passphrase)
    panel = section.panel
    qtbot.keyClicks(panel.present, "not mine")
    type_twice(qtbot, panel, HIS)
    click(qtbot, panel.do_button)
    qtbot.waitUntil(lambda: "isn't your present passphrase" in panel.error.text())
    assert panel.present.hasFocus()  # to be typed again
    panel.present.clear()
    qtbot.keyClicks(panel.present, passphrase)
    finish(qtbot, section)
    assert "holds from now on" in section.said.text()
    assert sign_in(vault, HIS).name == "Dr Mei Lindqvist"
    with pytest.raises(WrongPassphraseError):
        Vault.open(vault.path, passphrase)


def test_disabling_says_what_it_cant_do_and_lets_nobody_in(qtbot, section, vault, ola, passphrase):
    click(qtbot, named(section, ola.name).disable)
    said = " ".join(each.text() for each in section.panel.findChildren(type(section.panel.error)))
    assert "the old keys file" in said
    assert "still opens copies of the chart" in said
    finish(qtbot, section)
    assert "Disabled since" in named(section, ola.name).state.text()
    assert ola.id not in access.holders(vault.path)
    vault.close()
    with pytest.raises(WrongPassphraseError):
        Vault.open(vault.path, HERS)


def test_who_was_disabled_is_let_in_again_with_a_new_passphrase(qtbot, section, vault, records, ola):
    section._chart.act(lambda: records.put_practitioner(replace(ola, disabled=now())))
    line = named(section, ola.name)
    assert "lies in the keys file still" in line.state.text()  # as after a crash between the two steps
    click(qtbot, line.disable)
    finish(qtbot, section)
    assert "lies in the keys file" not in named(section, ola.name).state.text()
    click(qtbot, named(section, ola.name).passphrase)
    type_twice(qtbot, section.panel, HIS)
    finish(qtbot, section)
    assert sign_in(vault, HIS) == ola


def test_a_role_and_a_name_hold_as_soon_as_they_are_changed(qtbot, section, records, ola):
    line = named(section, ola.name)
    line.role.setCurrentIndex(line.role.findData("owner"))
    line.role.activated.emit(line.role.currentIndex())
    line = named(section, ola.name)
    line.name.setText("Ola N. Nordmann")
    line.name.editingFinished.emit()
    assert replace(ola, name="Ola N. Nordmann", role=Role.OWNER) in records.practitioners()


def test_the_wheel_gives_nobody_another_role(section, records, ola):
    box = named(section, ola.name).role
    middle = QPointF(box.rect().center())
    turned = QWheelEvent(
        middle, box.mapToGlobal(middle), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, turned)
    assert box.currentText() == "Practitioner"
    assert ola in records.practitioners()


def test_who_gives_up_being_an_owner_is_asked_and_comes_back_as_what_they_are(qtbot, section, records, window, ola, passphrase):
    records.put_practitioner(replace(ola, role=Role.OWNER))
    mei = named(section, "Dr Mei Lindqvist")
    mei.role.setFocus()
    qtbot.keyClick(mei.role, Qt.Key.Key_Down)
    assert records.practitioner().role is Role.OWNER
    with qtbot.waitSignal(window.locked):
        click(qtbot, section.panel.do_button)
    with Vault.open(window.vault.path, passphrase) as opened:
        assert Records(opened).role is Role.PRACTITIONER


def test_the_last_owner_stays_one(section, records):
    mei = named(section, "Dr Mei Lindqvist")
    mei.role.setCurrentIndex(mei.role.findData("reader"))
    mei.role.activated.emit(mei.role.currentIndex())
    assert records.practitioner().role is Role.OWNER
    assert named(section, "Dr Mei Lindqvist").role.currentText() == "Owner"
    assert not mei.disable.isVisible()


def test_who_is_no_owner_sees_everybody_and_changes_only_what_is_their_own(qtbot, vault, ola, library, settings):
    vault.close()
    with Vault.open(vault.path, HERS) as opened:
        window = Window(opened, library, settings)
        qtbot.addWidget(window)
        window.show()
        section = shown(window)
        assert {line.person.name for line in section.lines.values()} == {"Dr Mei Lindqvist", "Ola Nordmann"}
        assert not section.add_button.isVisible()
        assert not section.sheet.isVisible()
        mei, own = named(section, "Dr Mei Lindqvist"), named(section, "Ola Nordmann")
        assert mei.name.isReadOnly()
        assert not any(each.isVisible() for each in (mei.role, mei.passphrase, mei.disable, own.role, own.disable))
        own.name.setText("Ola Norrland")
        own.name.editingFinished.emit()
        click(qtbot, named(section, "Ola Norrland").passphrase)
        qtbot.keyClicks(section.panel.present, HERS)
        type_twice(qtbot, section.panel, HIS)
        finish(qtbot, section)
        with pytest.raises(NotAllowedError):
            access.new_recovery(opened)
        window.close()
    assert sign_in(vault, HIS).name == "Ola Norrland"


def test_what_was_typed_is_forgotten_when_the_page_is_left(qtbot, section, window):
    section.add()
    panel = section.panel
    type_twice(qtbot, panel, HIS)
    window.show_page("today")
    assert section.panel is None
    assert shown(window).panel is None


def test_who_leaves_the_page_while_a_passphrase_is_set_finds_it_set(qtbot, section, window, vault):
    click(qtbot, named(section, "Ola Nordmann").passphrase)
    type_twice(qtbot, section.panel, HIS)
    click(qtbot, section.panel.do_button)
    window.show_page("today")
    qtbot.waitUntil(lambda: section.panel is None)
    assert sign_in(vault, HIS).name == "Ola Nordmann"


def test_who_locks_while_a_passphrase_is_set_finds_it_set(qtbot, section, window, vault):
    click(qtbot, named(section, "Ola Nordmann").passphrase)
    type_twice(qtbot, section.panel, HIS)
    click(qtbot, section.panel.do_button)
    with qtbot.waitSignal(section.panel.done):
        window.lock()
    assert sign_in(vault, HIS).name == "Ola Nordmann"


# who may do all this


@pytest.fixture
def a_while_ago(section, window):
    """The passphrase was typed longer ago than signing takes."""
    window.chart.typed -= 60 * 24 * 3600
    return section


def confirm(qtbot, asking, passphrase):
    qtbot.waitUntil(lambda: asking.line.isVisible() and asking.line.isEnabled())
    asking.line.setText(passphrase)
    qtbot.keyClick(asking.line, Qt.Key.Key_Return)


def test_nobody_lets_people_in_or_out_at_a_chart_that_was_left_open(qtbot, a_while_ago, vault, records, passphrase):
    section = a_while_ago
    click(qtbot, named(section, "Ola Nordmann").passphrase)
    panel = section.panel
    type_twice(qtbot, panel, HIS)
    click(qtbot, panel.do_button)
    confirm(qtbot, panel.confirm, "a wrong guess")
    qtbot.waitUntil(lambda: "isn't your passphrase" in panel.confirm.error.text())
    confirm(qtbot, panel.confirm, passphrase)
    qtbot.waitUntil(lambda: section.panel is None)
    assert sign_in(vault, HIS).name == "Ola Nordmann"


def test_nobody_makes_themselves_an_owner_at_a_chart_that_was_left_open(qtbot, a_while_ago, records, ola, passphrase):
    section = a_while_ago

    def choose_owner():
        line = named(section, ola.name)
        line.role.setCurrentIndex(line.role.findData("owner"))
        line.role.activated.emit(line.role.currentIndex())

    choose_owner()
    assert ola in records.practitioners()
    assert named(section, ola.name).role.currentText() == "Practitioner"
    qtbot.keyClick(section.panel, Qt.Key.Key_Escape)
    assert section.panel is None
    choose_owner()
    confirm(qtbot, section.panel.confirm, passphrase)
    qtbot.waitUntil(lambda: section.panel is None)
    assert replace(ola, role=Role.OWNER) in records.practitioners()


def test_nobody_makes_a_sheet_at_a_chart_that_was_left_open(qtbot, a_while_ago, vault, passphrase):
    sheet = a_while_ago.sheet
    click(qtbot, sheet.make_button)
    assert not sheet.view.made
    confirm(qtbot, sheet.confirm, passphrase)
    qtbot.waitUntil(lambda: bool(sheet.view.made))
    assert sheet.confirm.isHidden()


# the recovery sheet


def printed_key(pdf):
    words = "".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    (groups,) = re.findall("".join(rf"{number}(\S{{5}})" for number in range(1, GROUPS + 1)), words)
    return "-".join(groups)


def make(qtbot, section):
    click(qtbot, section.sheet.make_button)
    qtbot.waitUntil(lambda: bool(section.sheet.view.made))
    return printed_key(section.sheet.view.made)


def test_the_sheet_is_shown_and_its_key_holds_once_it_is_saved(qtbot, section, vault, records, tmp_path):
    before = set(tmp_path.iterdir())
    earlier = access.new_recovery(vault)
    code = make(qtbot, section)
    assert "once it is printed or saved" in section.sheet.state.text()
    assert set(tmp_path.iterdir()) == before
    section.sheet.save_at(tmp_path / "sheet.pdf")
    qtbot.waitUntil(lambda: "Saved" in section.sheet.said.text())
    assert printed_key((tmp_path / "sheet.pdf").read_bytes()) == code
    assert "recovery sheet" in records.trail(deed=Deed.EXPORTED)[0].changes.values()
    click(qtbot, section.sheet.done_button)
    assert not section.sheet.view.made
    vault.close()
    access.open_by_sheet(vault.path, code).close()
    with pytest.raises(WrongPassphraseError):
        access.open_by_sheet(vault.path, earlier)


def test_the_sheet_is_printed_and_told(qtbot, section, vault, records, tmp_path):
    code = make(qtbot, section)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    section.sheet.print_on(printer)
    qtbot.waitUntil(lambda: "Sent" in section.sheet.said.text())
    assert len(PdfReader(tmp_path / "printed.pdf").pages) == 1
    assert records.trail(deed=Deed.PRINTED)
    vault.close()
    access.open_by_sheet(vault.path, code).close()


def test_a_sheet_that_was_only_looked_at_changes_nothing_and_is_forgotten(qtbot, section, vault, window):
    earlier = access.new_recovery(vault)
    make(qtbot, section)
    window.show_page("today")
    assert not section.sheet.view.made
    assert section.sheet._code == ""
    vault.close()
    access.open_by_sheet(vault.path, earlier).close()


def test_a_sheet_whose_key_holds_is_not_put_away_before_it_is_kept_somewhere(qtbot, section, vault, tmp_path):
    code = make(qtbot, section)
    section.sheet.save_at(tmp_path / "no such folder" / "sheet.pdf")
    qtbot.waitUntil(lambda: "could not be saved" in section.sheet.said.text())
    click(qtbot, section.sheet.done_button)
    assert "or it is lost" in section.sheet.said.text()
    assert printed_key(section.sheet.view.made) == code
    section.sheet.save_at(tmp_path / "sheet.pdf")
    assert "Saved" in section.sheet.said.text()
    click(qtbot, section.sheet.done_button)
    assert not section.sheet.view.made


def test_today_asks_for_a_sheet_until_there_is_one(qtbot, window, vault, tmp_path):
    def asked():
        return [each for each in window.today.findChildren(QPushButton) if each.text() == "Make a recovery sheet" and each.isVisible()]

    window.show_page("today")
    (wanted,) = asked()
    click(qtbot, wanted)
    section = window.settings_page.section("people")
    assert section.isVisible()
    make(qtbot, section)
    section.sheet.save_at(tmp_path / "sheet.pdf")
    qtbot.waitUntil(lambda: "Saved" in section.sheet.said.text())
    window.show_page("today")
    qtbot.waitUntil(lambda: not asked())


def test_the_keys_go_where_the_next_step_is_and_back(qtbot, section, records, ola):
    line = named(section, ola.name)
    line.passphrase.setFocus()
    qtbot.keyClick(line.passphrase, Qt.Key.Key_Space)
    assert section.panel.passphrase.first.hasFocus()
    qtbot.keyClick(section.panel.passphrase.first, Qt.Key.Key_Escape)
    assert section.panel is None
    assert line.passphrase.hasFocus()  # where it was asked for
    line.role.setFocus()
    qtbot.keyClick(line.role, Qt.Key.Key_Down)
    assert named(section, ola.name).person.role is not ola.role
    assert named(section, ola.name).role.hasFocus()  # of the line that was made anew
    section.add_button.setFocus()
    qtbot.keyClick(section.add_button, Qt.Key.Key_Return)
    qtbot.keyClicks(section.panel.name, "Nils Ny")
    qtbot.keyClick(section.panel.name, Qt.Key.Key_Return)
    assert section.panel.passphrase.first.hasFocus()
    qtbot.keyClick(section.panel.passphrase.first, Qt.Key.Key_Escape)
    assert section.add_button.hasFocus()


def test_no_part_of_a_line_is_a_window_of_its_own(qtbot, window, ola, qapp):
    class Watch(QObject):
        def __init__(self):
            super().__init__()
            self.seen = []

        def eventFilter(self, watched, event):  # noqa: N802  # Qt's own name
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.seen.append(type(watched).__name__)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    shown(window).reload()
    qapp.removeEventFilter(watch)
    assert watch.seen == []


def test_the_sheet_gives_the_keys_back(qtbot, section, tmp_path):
    sheet = section.sheet
    sheet.make_button.setFocus()
    qtbot.keyClick(sheet.make_button, Qt.Key.Key_Return)
    qtbot.waitUntil(sheet.print_button.hasFocus)
    sheet.save_button.setFocus()
    sheet.save_at(tmp_path / "sheet.pdf")
    qtbot.waitUntil(lambda: "Saved" in sheet.said.text())
    assert sheet.save_button.hasFocus()
    sheet.done_button.setFocus()
    qtbot.keyClick(sheet.done_button, Qt.Key.Key_Return)
    assert sheet.make_button.hasFocus()
