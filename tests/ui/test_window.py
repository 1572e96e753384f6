"""The shell: the pages, undo over text and needles alike, the palette, the lock, a disk that takes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.palette import Palette


@pytest.fixture
def visiting(window, visiting):
    return window, visiting, visiting.treatment.visit.id


def keys(qtbot, window, text):
    action = next(a for a in window.findChildren(QAction) if a.text().replace("&", "").startswith(text) and a.isEnabled())
    action.trigger()


def test_undo_and_redo_go_over_words_and_needles_alike_and_are_stored(qtbot, visiting):
    window, page, visit_id = visiting
    subjective = page.note.prose["subjective"]
    subjective.setFocus()
    qtbot.keyClicks(subjective, "Burning at night")
    page.flush()
    qtbot.keyClicks(page.add.line, "ST36")
    qtbot.keyClick(page.add.line, Qt.Key.Key_Return)
    stored = lambda: window.chart.records.visit(visit_id)  # noqa: E731
    assert (stored().subjective, len(stored().needles)) == ("Burning at night", 2)
    keys(qtbot, window, "Undo")
    assert (stored().subjective, len(stored().needles)) == ("Burning at night", 0)
    keys(qtbot, window, "Undo")
    assert stored().subjective == ""
    assert subjective.toPlainText() == ""
    keys(qtbot, window, "Redo")
    keys(qtbot, window, "Redo")
    assert (stored().subjective, len(stored().needles)) == ("Burning at night", 2)


def test_the_undo_key_works_while_words_are_being_typed(qtbot, visiting):
    window, page, visit_id = visiting
    plan = page.note.prose["plan"]
    plan.setFocus()
    qtbot.keyClicks(plan, "Again on Friday")
    qtbot.keyClick(plan, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: plan.toPlainText() == "")
    assert window.chart.records.visit(visit_id).plan == ""


def test_words_are_kept_half_a_second_after_they_are_typed_without_leaving_the_field(qtbot, visiting):
    window, page, visit_id = visiting
    objective = page.note.prose["objective"]
    objective.setFocus()
    qtbot.keyClicks(objective, "Skin whole")
    qtbot.waitUntil(lambda: window.chart.records.visit(visit_id).objective == "Skin whole")


def test_a_full_disk_keeps_the_words_on_the_screen_and_stores_them_when_there_is_room(qtbot, visiting):
    window, page, visit_id = visiting
    vault = window.vault
    with vault.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")
    words = "Walks twenty minutes. " * 4000
    subjective = page.note.prose["subjective"]
    subjective.insertPlainText(words)
    page.flush()
    assert "full" in window.banner.text
    assert subjective.toPlainText() == words
    assert window.chart.records.visit(visit_id).subjective == ""
    with vault.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    qtbot.waitUntil(lambda: window.chart.all_written)
    assert window.banner.text == ""
    assert window.chart.records.visit(visit_id).subjective == words


def test_words_that_wait_for_the_disk_are_there_after_a_look_at_another_patient(qtbot, visiting):
    window, page, visit_id = visiting
    records, rosa = window.chart.records, window.patient.patient
    ana = Patient("Ana", "Ortiz")
    records.save_patient(ana)
    other = Visit(ana.id, records.practitioner().id)
    records.start_visit(other)
    with window.vault.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")
    words = "Again on Friday. " * 4000
    page.note.prose["plan"].insertPlainText(words)
    window.open_visit(ana.id, other.id)
    assert page.note.prose["plan"].toPlainText() == ""
    window.open_visit(rosa.id, visit_id)
    assert page.note.prose["plan"].toPlainText() == words
    with window.vault.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    qtbot.waitUntil(lambda: window.chart.all_written)
    assert records.visit(visit_id).plan == words


@pytest.mark.parametrize("choice", ["Keep open", "Close and lose them"])
def test_closing_asks_before_words_that_the_disk_does_not_take_are_lost(qtbot, visiting, passphrase, choice):
    window, page, visit_id = visiting
    with window.vault.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")
    page.note.prose["plan"].insertPlainText("Again on Friday. " * 4000)

    def answer():
        box = QApplication.activeModalWidget()
        assert "does not take the last changes" in box.text()
        next(button for button in box.buttons() if button.text() == choice).click()

    QTimer.singleShot(0, answer)
    window.close()
    if choice == "Keep open":
        assert window.isVisible()
        assert page.note.prose["plan"].toPlainText().startswith("Again on Friday")
        with window.vault.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        window.close()
    with Vault.open(window.vault.path, passphrase) as vault:
        assert bool(Records(vault).visit(visit_id).plan) is (choice == "Keep open")


def test_the_palette_offers_actions_and_patients(qtbot, visiting):
    window, _, _ = visiting
    window.show_page("today")
    window.show_palette()
    palette = window.findChild(Palette)
    qtbot.keyClicks(palette.line, "delgado rosa")
    with qtbot.waitSignal(palette.patient_chosen):
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.patient
    window.show_palette()
    palette = window.findChildren(Palette)[-1]
    qtbot.keyClicks(palette.line, "settings")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.settings_page


def test_the_palette_takes_the_keys_as_soon_as_it_is_shown(qtbot, visiting):
    window, _, _ = visiting
    window.show_palette()
    palette = window.findChild(Palette)
    for letter in "rosa":  # to the window on the screen, which finds the field by itself
        QTest.keyClick(palette.windowHandle(), letter)
    assert palette.line.text() == "rosa"
    QTest.keyClick(palette.windowHandle(), Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.patient


def test_patients_are_found_as_their_names_are_typed_and_opened_by_keys_alone(qtbot, window):
    for given, family in (("Zoë", "Nguyễn"), ("Ana", "Ortiz")):
        window.chart.records.save_patient(Patient(given, family))
    window.show_page("patients")
    qtbot.keyClicks(window.patients.search, "nguyen zoe")
    assert window.patients.model.total == 1
    qtbot.keyClick(window.patients.search, Qt.Key.Key_Return)
    assert window.patient.patient.family == "Nguyễn"


def test_locking_stores_what_is_being_typed_and_closes_the_vault(qtbot, visiting, passphrase):
    window, page, visit_id = visiting
    page.note.prose["plan"].insertPlainText("Friday")
    with qtbot.waitSignal(window.locked):
        window.lock()
    with Vault.open(window.vault.path, passphrase) as vault:
        assert Records(vault).visit(visit_id).plan == "Friday"


def test_no_name_of_a_patient_stands_in_a_window_title(visiting):
    window, _, _ = visiting
    assert window.windowTitle() == "Neuro Chart"


def test_the_look_and_the_window_are_remembered_but_nothing_of_a_patient(qtbot, visiting, tmp_path):
    window, _, _ = visiting
    window.settings_page.section("machine").theme.choose("dark")
    window.close()
    settings = (tmp_path / "settings.ini").read_text(encoding="utf-8")
    assert "theme=dark" in settings
    assert "geometry" in settings
    assert "Delgado" not in settings


def test_a_half_typed_new_patient_is_kept_when_the_chart_is_locked(qtbot, window, passphrase):
    window.show_page("patients")
    window.patients.add_patient()
    qtbot.keyClicks(window.patients.form.inputs["family"], "Okonkwo")
    window.lock()
    with Vault.open(window.vault.path, passphrase) as vault:
        assert [line.family for line in Records(vault).patients()] == ["Okonkwo"]


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_redo_has_both_keys_that_people_know_each_listed_once(qtbot, visiting, key, modifiers):
    window, page, visit_id = visiting
    page.note.prose["plan"].setFocus()
    qtbot.keyClicks(page.note.prose["plan"], "Again on Friday")
    page.flush()
    keys(qtbot, window, "Undo")
    qtbot.keyClick(page.note.prose["plan"], key, modifiers)
    qtbot.waitUntil(lambda: window.chart.records.visit(visit_id).plan == "Again on Friday")
    for action in window.findChildren(QAction):
        listed = [shortcut.toString() for shortcut in action.shortcuts()]
        assert len(set(listed)) == len(listed)


def tab_stops(window):
    """What Tab passes on one way around."""
    stops = []
    while window.focusWidget() not in stops:
        stops.append(window.focusWidget())
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    return stops


def test_tab_stops_only_where_keys_do_something(window):
    for key in ("today", "patients", "settings"):
        window.show_page(key)
        stops = tab_stops(window)[1:]
        assert not [stop for stop in stops if type(stop).__name__ in {"QScrollArea", "TodayPage", "PatientsPage"}]


def test_the_record_opens_with_the_keys_on_its_tab_and_the_visit_comes_before_the_record(window):
    patient = Patient("Rosa", "Delgado")
    window.chart.records.save_patient(patient)
    window.open_patient(patient.id)
    stops = tab_stops(window)
    assert stops[0] is window.patient.head.tabs["overview"]
    words = [stop.text() if isinstance(stop, QPushButton) else stop.accessibleName() for stop in stops if hasattr(stop, "accessibleName")]
    assert words.index("Start visit") < words.index("Take the health history") < words.index("Given name") < words.index("Notes")


def test_a_tab_chosen_by_its_shortcut_is_where_tab_goes_on_from(qtbot, visiting):
    window, page, _ = visiting
    page.add.line.setFocus()
    qtbot.keyClick(page.add.line, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert window.focusWidget() is window.patient.head.tabs["papers"]
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    stops = tab_stops(window)
    assert stops[0] is window.patient.head.tabs["visit"]
    assert stops[1].accessibleName() == "Pain now"


def test_enter_presses_the_button_that_has_the_keys(qtbot, window):
    window.show_page("today")
    choose = next(made for made in window.today.findChildren(QPushButton) if made.text() == "Choose a patient")
    choose.setFocus()
    qtbot.keyClick(choose, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.patients


def test_the_keys_go_into_the_note_and_come_back_from_its_panels(qtbot, visiting):
    window, page, _ = visiting
    page.add.line.setFocus()
    keys(qtbot, window, "Write the note")
    assert window.focusWidget() is page.note.prose["subjective"]
    page.left.show_aftercare()
    keys(qtbot, window, "Back to the note")
    assert window.focusWidget() is page.left.aftercare_button
    page.left.show_signing()
    qtbot.mouseClick(page.sign_panel.sign, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is page.bar.amend


def test_a_new_health_history_takes_the_first_answer_at_once(qtbot, visiting):
    window, _, _ = visiting
    window.patient.show_tab("health")
    press = next(made for made in window.patient.findChildren(QPushButton) if made.text() == "Start the health history")
    press.setFocus()
    qtbot.keyClick(press, Qt.Key.Key_Space)
    for letter in "numb":
        QTest.keyClick(window.windowHandle(), letter)
    view = window.patient._page("health").view
    view.flush()
    assert view.answers["complaint"] == ["numb"]


def test_the_needles_of_every_room_come_after_the_page(qtbot, visiting):
    window, page, _ = visiting
    qtbot.keyClicks(page.add.line, "ST36\r")
    page.treatment.insert()
    window.patient.show_tab("overview")
    words = [stop.text() for stop in tab_stops(window) if isinstance(stop, QPushButton)]
    assert words.index("Overview") < words.index("Continue visit") < next(at for at, word in enumerate(words) if "2 in" in word)


def test_tab_enters_a_row_of_choices_at_the_one_that_holds(window):
    window.show_page("settings")
    window.settings_page.show_section("machine")
    theme = window.settings_page.section("machine").theme
    theme.choose("dark")
    theme.setFocus()
    assert window.focusWidget().text() == "Dark"
    theme.show_choice("light")
    theme.setFocus()
    assert window.focusWidget().text() == "Light"
    assert sum(bool(made.focusPolicy() & Qt.FocusPolicy.TabFocus) for made in theme.findChildren(QPushButton)) == 1


def test_today_tells_an_overdue_visit_from_one_that_runs(qtbot, visiting, library):
    window, _, visit_id = visiting
    records = window.chart.records
    site = library.atlas.point_sites("ST36")["left"]
    needle = Needle(visit_id, site, "ST36", inserted=now() - timedelta(minutes=10))
    window.chart.act(lambda: records.treat(visit_id, [needle]))
    window.show_page("today")
    assert "1 in" in [made.text() for made in window.today.findChildren(QLabel)]
    window.chart.act(lambda: records.treat(visit_id, [replace(needle, inserted=now() - timedelta(minutes=31))]))
    qtbot.waitUntil(lambda: "◆ 1 in, overdue" in [made.text() for made in window.today.findChildren(QLabel)])


@pytest.mark.parametrize("shown", ["today", "patients", "rooms", "find", "library", "settings", "patient"])
def test_no_key_means_two_things_on_one_page(visiting, shown):
    window = visiting[0]
    window.show_page(shown)
    reached = [window, *(each for each in window.findChildren(QWidget) if each.isVisible())]
    keys = sorted(key.toString() for each in reached for action in each.actions() for key in action.shortcuts() if not key.isEmpty())
    assert keys == sorted(set(keys))
