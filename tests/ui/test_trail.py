"""The trail to read: who did what and when, to whom, and what stood there before and after."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QBoxLayout

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.people import Patient, Practitioner, Role
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.trail import Deed, Entry
from neuro_chart.store.records import Records
from neuro_chart.ui import privacy
from neuro_chart.ui.days import long_day, today
from neuro_chart.ui.papers import PapersPage
from neuro_chart.ui.trail import ERASED, PAGE, WENT_BACK
from neuro_chart.ui.trail_words import details


@pytest.fixture
def trail(window):
    """Shows the trail as it is now: `trail()`."""

    def shown():
        window.show_page("settings")
        window.settings_page.show_section("record")
        return window.settings_page.section("record").trail

    return shown


def lines(trail):
    """What the table says, line by line, without the time."""
    model = trail.model
    return [tuple(model.index(row, column).data() for column in range(1, model.columnCount())) for row in range(model.rowCount())]


def choose(trail, deed):
    """Chooses the newest entry of a deed."""
    trail.table.selectRow(next(at for at, entry in enumerate(trail.model.entries) if entry.deed is deed))
    return trail.entry


def test_it_tells_the_newest_first_who_what_and_whose(window, trail, rosa):
    window.chart.records.save_patient(replace(rosa, phone="01632 960999"))
    assert lines(trail())[:3] == [
        ("Dr Mei Lindqvist", "Changed", "Patient's record · phone", "Rosa Delgado"),
        ("Dr Mei Lindqvist", "Added", "Patient's record", "Rosa Delgado"),
        ("Dr Mei Lindqvist", "Signed in", "", ""),
    ]


def test_an_entry_tells_what_stood_before_and_after_as_text_and_never_as_markup(window, trail, rosa):
    window.chart.records.save_patient(replace(rosa, notes="<b>Deaf</b> & <img src=x>"))
    window.chart.records.save_patient(replace(rosa, notes="Hears again"))
    entry = choose(trail(), Deed.CHANGED)
    assert entry.text.toPlainText() == "Patient's record\nNotes\nBefore: <b>Deaf</b> & <img src=x>\nAfter: Hears again"
    assert entry.title.text() == "Changed: patient's record · notes"
    assert entry.whose.text() == "Rosa Delgado"


def test_of_a_long_text_the_part_that_changed_is_told(window, trail, rosa):
    window.chart.records.save_patient(replace(rosa, notes="Comes by bus, needs the door open, brings her sister"))
    window.chart.records.save_patient(replace(rosa, notes="Comes by train, needs the door open, brings her sister"))
    assert "Before: … bus …\nAfter: … train …" in choose(trail(), Deed.CHANGED).text.toPlainText()


def test_an_endless_value_is_told_by_its_beginning(window, trail, rosa):
    window.chart.records.save_patient(replace(rosa, notes="walk " * 200_000))
    words = choose(trail(), Deed.CHANGED).text.toPlainText()
    assert len(words) < 6000
    assert "1000000 characters in all" in words or "999999 characters in all" in words


def test_values_are_told_in_the_words_of_the_screen(window, trail, rosa, treat):
    visit = treat(rosa, 3)
    trail = trail()
    signed = choose(trail, Deed.SIGNED)
    assert f"Signed: {long_day(today())}, " in signed.text.toPlainText()
    assert "Signed by: Dr Mei Lindqvist" in signed.text.toPlainText()
    added = choose(trail, Deed.ADDED)
    assert added.title.text() == "Added: visit, 4 needles"
    words = added.text.toPlainText()
    assert "Needle ST36 left" in words
    assert "Point: ST36" in words
    assert visit.id not in words
    assert "Consent" not in words, "what a new row has not is not told"


def test_of_a_collection_only_what_differs_is_told(window, trail, rosa, treat):
    visit = treat(rosa, 0, signed=False)
    care = replace(visit.aftercare, rest_hours=48, exercises=("heel-raises",))
    window.chart.records.treat(visit.id, aftercare=care, pain_before=4)
    assert choose(trail(), Deed.CHANGED).text.toPlainText() == (
        "Visit\nAftercare\nBefore: rest hours: 24\nAfter: rest hours: 48; exercises: heel-raises\nPain before: 4"
    )
    window.show_page("today")
    window.chart.records.treat(visit.id, pain_before=None)
    assert choose(trail(), Deed.CHANGED).text.toPlainText() == "Visit\nPain before\nBefore: 4\nAfter: nothing"


def test_a_record_and_a_visit_that_are_opened_are_told_once_for_each_opening(window, rosa, treat):
    visit = treat(rosa, 3)
    seen = lambda: [entry.visit_id for entry in window.chart.records.trail(rosa.id, deed=Deed.SEEN)]  # noqa: E731
    window.open_visit(rosa.id, visit.id)
    assert seen() == [visit.id, ""]
    for tab in ("overview", "visit", "progress", "visit"):
        window.patient.show_tab(tab)
    window.show_page("today")
    window.show_page("patient")
    assert seen() == [visit.id, ""]
    window.open_patient(rosa.id)
    assert seen() == ["", visit.id, ""]
    window.patient.show_visit(visit.id)
    assert seen() == [visit.id, "", visit.id, ""]


def test_a_paper_that_is_saved_is_told_with_what_it_was(window, trail, rosa, treat, qtbot, tmp_path):
    visit = treat(rosa, 3)
    window.open_patient(rosa.id)
    window.patient.show_papers(visit.id)
    papers = window.findChild(PapersPage)
    qtbot.waitUntil(lambda: papers.is_drawn)
    papers.save_at(tmp_path / "sheet.pdf")
    assert lines(trail())[0] == ("Dr Mei Lindqvist", "Exported", "Aftercare sheet", "Rosa Delgado")
    (entry,) = window.chart.records.trail(deed=Deed.EXPORTED)
    assert entry.visit_id == visit.id


def test_a_paper_that_is_printed_is_told(window, trail, rosa, treat, qtbot, tmp_path):
    visit = treat(rosa, 3)
    window.open_patient(rosa.id)
    window.patient.show_papers(visit.id)
    papers = window.findChild(PapersPage)
    papers.paper.choose("visit")
    qtbot.waitUntil(lambda: papers.is_drawn)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    papers.print_on(printer)
    assert lines(trail())[0] == ("Dr Mei Lindqvist", "Printed", "Visit record", "Rosa Delgado")


def test_a_paper_that_can_not_be_saved_is_not_told(window, rosa, treat, qtbot, tmp_path):
    visit = treat(rosa, 3)
    window.open_patient(rosa.id)
    window.patient.show_papers(visit.id)
    papers = window.findChild(PapersPage)
    qtbot.waitUntil(lambda: papers.is_drawn)
    papers.save_at(tmp_path / "nowhere" / "sheet.pdf")
    assert window.chart.records.trail(deed=Deed.EXPORTED) == []


def test_it_is_narrowed_by_person_deed_and_patient(window, trail, rosa):
    records = window.chart.records
    other = Patient("Ana", "Ortiz")
    records.save_patient(other)
    records.put_practitioner(Practitioner("Sam Reed", Role.READER))
    shown = trail()
    shown.filter.deed.setCurrentIndex(shown.filter.deed.findData("added"))
    assert [line[2] for line in lines(shown)] == [
        "Practitioner Sam Reed",
        "Patient's record",
        "Patient's record",
        "Practice, practitioner Dr Mei Lindqvist",
    ]
    QTest.keyClicks(shown.filter.patient, "ort")
    QTest.keyClick(shown.filter.patient, Qt.Key.Key_Return)
    shown.filter.patient.completer().popup().hide()
    QTest.keyClick(shown.filter.patient, Qt.Key.Key_Return)
    assert [line[3] for line in lines(shown)] == ["Ana Ortiz"]
    shown.filter.person.setCurrentIndex(shown.filter.person.findText("Sam Reed"))
    assert shown.model.rowCount() == 0
    assert shown._nothing.isVisible()
    QTest.mouseClick(shown.filter.all, Qt.MouseButton.LeftButton)
    assert shown.model.rowCount() >= 4
    assert not shown.filter.all.isVisible()


def test_it_is_narrowed_by_days_and_says_what_is_no_day(window, vault, trail, rosa):
    Records(vault, now=lambda: now() - timedelta(days=40)).log(Deed.SEEN, rosa.id)
    shown = trail()
    everything = shown.model.rowCount()
    shown.filter.until.setText((today() - timedelta(days=40)).isoformat())
    QTest.keyClick(shown.filter.until, Qt.Key.Key_Return)
    assert [line[1] for line in lines(shown)] == ["Seen"]
    shown.filter.until.clear()
    shown.filter.since.setText(today().isoformat())
    QTest.keyClick(shown.filter.since, Qt.Key.Key_Return)
    assert shown.model.rowCount() == everything - 1
    shown.filter.since.setText("31.2.2026")
    QTest.keyClick(shown.filter.since, Qt.Key.Key_Return)
    assert shown.filter.error.isVisible()
    assert shown.model.rowCount() == everything


def test_a_long_trail_is_read_on_as_one_scrolls(window, trail, rosa):
    for _ in range(2 * PAGE):
        window.chart.records.log(Deed.SEEN, rosa.id)
    shown = trail()
    assert shown.model.rowCount() == PAGE
    shown.table.scrollToBottom()
    shown.table.model().fetchMore(shown.table.rootIndex())
    QTest.keyClick(shown.table, Qt.Key.Key_End)
    assert shown.model.rowCount() >= 2 * PAGE
    seqs = [entry.seq for entry in shown.model.entries]
    assert seqs == sorted(seqs, reverse=True)
    assert len(set(seqs)) == len(seqs)


def test_initials_hide_what_a_record_said_before_and_after_too(window, trail, rosa, settings):
    window.chart.records.save_patient(replace(rosa, family="Delgado Ruiz"))
    entry = choose(trail(), Deed.CHANGED)
    assert "Delgado Ruiz" in entry.text.toPlainText()
    privacy.turn(settings, on=True)
    trail().show_names()
    assert "Delgado" not in entry.text.toPlainText()
    assert "hidden while initials are shown" in entry.text.toPlainText()


def test_initials_stand_for_names_where_the_settings_say_so(window, trail, rosa, settings):
    privacy.turn(settings, on=True)
    shown = trail()
    assert "RD" in lines(shown)[0]
    assert choose(shown, Deed.ADDED).whose.text() == "RD"
    shown.filter.show_patient(rosa.id)
    assert shown.filter.patient.text() == "RD"


def test_initials_hide_each_record_that_one_deed_was_done_to():
    entry = Entry(now(), "", Deed.CHANGED, changes={"patient": {"family": ["Ruiz", "Ortiz"]}, "patient 2": {"family": ["Ruiz", "Ortiz"]}})
    said = list(details(entry, str, by_initials=True))
    assert [title for title, _ in said] == ["Patient's record", "Patient's record 2"]
    assert "Ortiz" not in str(said)


def test_where_the_clock_went_back_is_told_in_words_in_the_whole_trail_and_in_a_patient_s(window, vault, trail, rosa):
    window.chart.records.log(Deed.VERIFIED)
    slow = Records(vault, now=lambda: now() - timedelta(days=365))
    slow.log(Deed.VERIFIED)
    slow.save_patient(replace(rosa, phone="01632 960999"))
    window.chart.records.log(Deed.SEEN, rosa.id)
    shown = trail()
    assert marks(shown) == ["", "", WENT_BACK, "", "", "", ""]
    assert f"{shown.model.index(2, 0).data()}, {WENT_BACK}" == shown.model.index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    shown.table.selectRow(2)
    assert f"entry {shown.model.entries[3].seq}, made earlier, reads {long_day(today())}" in shown.entry.went_back.text()
    assert shown.entry.went_back.isVisible()
    shown.table.selectRow(1)
    assert not shown.entry.went_back.isVisible()
    shown.filter.show_patient(rosa.id)
    assert marks(shown) == ["", WENT_BACK, ""]
    shown.grab()


def marks(trail):
    """What stands beneath the times, line by line."""
    return [trail.model.index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(trail.model.rowCount())]


def test_where_the_clock_went_back_at_the_end_of_a_page_is_told_once_the_next_is_read(window, vault, trail, rosa):
    slow = Records(vault, now=lambda: now() - timedelta(hours=1))
    for _ in range(PAGE):
        slow.log(Deed.SEEN, rosa.id)
    shown = trail()
    assert WENT_BACK not in marks(shown)
    shown.model.fetchMore(QModelIndex())
    assert marks(shown).index(WENT_BACK) == PAGE - 1


def test_the_page_of_a_patient_leads_to_what_was_done_there(window, trail, rosa):
    window.chart.records.save_patient(Patient("Ana", "Ortiz"))
    window.open_patient(rosa.id)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    shown = window.settings_page.section("record").trail
    assert shown.isVisible()
    assert {line[3] for line in lines(shown)} == {"Rosa Delgado"}
    assert lines(shown)[0][1] == "Seen"


def test_an_entry_leads_to_its_visit_by_keys_alone(window, trail, rosa, treat):
    visit = treat(rosa, 3)
    shown = trail()
    assert shown.table.hasFocus()
    QTest.keyClick(shown.table, Qt.Key.Key_Down)
    QTest.keyClick(shown.table, Qt.Key.Key_Up)
    assert shown.entry.open.text() == "Open the visit"
    QTest.keyClick(shown.table, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.patient
    assert window.patient.tab == "visit"
    assert window.chart.records.trail(deed=Deed.SEEN)[0].visit_id == visit.id


def test_of_an_erased_record_only_that_it_was_erased_is_told(window, vault, trail, rosa):
    records = window.chart.records
    records.save_practice(replace(records.practice(), retention=Retention(1)))
    Records(vault, now=lambda: now() + timedelta(days=800)).erase(rosa.id, "Asked for it")
    shown = trail()
    assert ("Dr Mei Lindqvist", "Added", "Patient's record", ERASED) in lines(shown)
    assert "Delgado" not in str(lines(shown))
    QTest.keyClick(shown.table, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.settings_page


def test_a_retention_period_is_told_in_words(window, trail):
    records = window.chart.records
    records.save_practice(replace(records.practice(), retention=Retention(7, 25, "a rule")))
    told = choose(trail(), Deed.CHANGED).text.toPlainText()
    assert "years: 7; until age: 25; source: a rule" in told
    assert "{" not in told


def test_the_entry_stands_beneath_the_lines_where_there_is_no_room_beside_them(window, trail):
    shown = trail()
    assert shown.entry.geometry().left() > shown.table.parentWidget().geometry().right()
    shown.resize(900, 480)
    assert shown.entry.parentWidget().layout().direction() is QBoxLayout.Direction.TopToBottom


def test_a_small_window_shows_all_of_the_filter_and_of_the_entry_whatever_people_are_called(window, trail, rosa, qtbot):
    window.chart.records.put_practitioner(Practitioner("Dr Theodora Alexandra Papadimitriou-Lindenberg", Role.PRACTITIONER))
    window.resize(1024, 768)
    shown = trail()
    shown.filter.show_patient(rosa.id)
    qtbot.waitUntil(shown.filter.all.isVisible)
    assert window.width() == 1024
    assert shown.filter.patient.width() >= 120
    card = shown.entry
    qtbot.waitUntil(card.open.isVisible)
    assert card.open.height() == card.open.sizeHint().height()
    assert card.open.mapTo(card, card.open.rect().bottomLeft()).y() < card.text.y()


def test_the_name_of_a_record_that_is_erased_leaves_the_filter(window, vault, trail, rosa, settings):
    records = window.chart.records
    records.save_practice(replace(records.practice(), retention=Retention(1)))
    trail().filter.show_patient(rosa.id)
    window.show_page("today")
    Records(vault, now=lambda: now() + timedelta(days=800)).erase(rosa.id, "Asked for it")
    privacy.turn(settings, on=True)
    window.settings_page.show_names()
    shown = trail()
    assert shown.filter.patient.text() == ""
    assert shown.filter.wanted["patient_id"] == ""


def test_no_id_and_no_brackets_are_told_of_a_mishap_and_of_a_protocol(window, trail, rosa, treat):
    records = window.chart.records
    visit = treat(rosa, 0, signed=False)
    records.treat(visit.id, put=[AdverseEvent(visit.id, EventKind.BLEEDING, now(), needle_id=visit.needles[0].id, words="a drop")])
    words = choose(trail(), Deed.ADDED).text.toPlainText()
    assert "a drop" in words
    assert ERASED not in words
    window.show_page("today")
    records.put_protocol(Protocol("mine", "My own", sessions=("ST36 b",)))
    assert "Sessions: ST36 b" in choose(trail(), Deed.ADDED).text.toPlainText()


@pytest.mark.parametrize("sql", ["deed = 'junk'", "detail = x'0011'", "at = 'yesterday'", "detail = x'789c8b8e0500011500b9'"])
def test_an_entry_that_was_changed_behind_the_program_s_back_breaks_nothing(window, vault, trail, rosa, qtbot, sql):
    with closing(vault.engine.raw_connection()) as connection:
        connection.cursor().execute("DROP TRIGGER trail_kept")
        connection.cursor().execute(f"UPDATE trail SET {sql} WHERE patient_id = ?", (rosa.id,))  # noqa: S608
    assert window.backing.is_needed()
    shown = trail()
    assert ("Dr Mei Lindqvist", "Altered", "Patient's record", "Rosa Delgado") in lines(shown)
    choose(shown, Deed.ALTERED)
    shown.show_paper()
    qtbot.waitUntil(lambda: bool(shown.paper.view.made))
    assert shown.filter.deed.findText("Altered") < 0
