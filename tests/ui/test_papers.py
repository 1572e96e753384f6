"""The papers of a visit: seen, chosen, printed, saved."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Aftercare
from neuro_chart.ui import privacy
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.papers import PapersPage


@pytest.fixture
def page(qtbot, chart, library, settings):
    made = PapersPage(chart, library, settings)
    qtbot.addWidget(made)
    made.resize(1290, 644)
    made.show()
    return made


@pytest.fixture
def show(qtbot, page, chart, library):
    """Shows a patient and follows every change of theirs, as the patient's page does."""

    def shown(patient):
        def read(_change=None):
            page.show_patient(Dossier.read(chart, library, (), patient.id))

        chart.changed.connect(read)
        read()
        drawn(qtbot, page)

    return shown


def drawn(qtbot, page):
    qtbot.waitUntil(lambda: page.is_drawn)


def text(page):
    return "\n".join(each.extract_text() for each in PdfReader(BytesIO(page.paper_bytes)).pages)


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_the_sheet_of_the_open_visit_is_shown_without_a_file(page, show, rosa, treat, tmp_path):
    treat(rosa, 7)
    treat(rosa, 0, signed=False)
    before = set(tmp_path.rglob("*"))
    show(rosa)
    assert page.document.status() == QPdfDocument.Status.Ready
    assert page.document.pageCount() >= 1
    assert "For Rosa" in text(page)
    assert set(tmp_path.rglob("*")) == before


def test_nobody_sees_another_patients_paper_while_their_own_is_drawn(page, show, chart, library, records, rosa, treat):
    jose = Patient("José", "Muñoz")
    records.save_patient(jose)
    treat(rosa, 1)
    treat(jose, 1)
    show(rosa)
    page.show_patient(Dossier.read(chart, library, (), jose.id))
    assert page.document.pageCount() == 0


def test_what_is_chosen_is_stored_and_seen_at_once(qtbot, page, show, records, rosa, treat):
    visit = treat(rosa, 0, signed=False)
    show(rosa)
    click(qtbot, page.form.tiles["ankle-pumps"])
    click(qtbot, page.form.foot_care)
    page.form.words.setPlainText("Look at your <b>feet</b> & call")
    page.flush()
    drawn(qtbot, page)
    assert "Ankle pumps" in text(page)
    assert "Look at your <b>feet</b> & call" in text(page)
    stored = records.visit(visit.id).aftercare
    assert (stored.exercises, stored.foot_care, stored.words) == (("ankle-pumps",), True, "Look at your <b>feet</b> & call")


def test_choices_are_undone_one_by_one(qtbot, page, show, records, rosa, treat):
    visit = treat(rosa, 0, signed=False)
    show(rosa)
    click(qtbot, page.form.tiles["ankle-pumps"])
    click(qtbot, page.form.tiles["heel-raises"])
    page.stack.undo()
    assert records.visit(visit.id).aftercare.exercises == ("ankle-pumps",)
    assert not page.form.tiles["heel-raises"].isChecked()
    page.stack.undo()
    page.stack.redo()
    assert page.form.tiles["ankle-pumps"].isChecked()


def test_the_next_visit_is_a_day_to_come(qtbot, page, show, records, rosa, treat):
    visit = treat(rosa, 0, signed=False)
    show(rosa)
    page.form.next_visit.setFocus()
    qtbot.keyClicks(page.form.next_visit, "1.1.2020")
    page.flush()
    assert records.visit(visit.id).aftercare.next_visit is None
    assert "comes after" in page.form.next_words
    page.form.next_visit.clear()
    wanted = local_day(visit.started) + timedelta(days=14)
    qtbot.keyClicks(page.form.next_visit, wanted.isoformat())
    page.flush()
    assert records.visit(visit.id).aftercare.next_visit == wanted
    assert page.form.next_visit.text() == long_day(wanted)


def test_the_sheet_of_a_signed_visit_is_only_read(page, show, records, rosa, treat):
    visit = treat(rosa, 7, signed=False)
    records.note(visit.id, aftercare=Aftercare(exercises=("heel-raises",)))
    records.sign(visit.id)
    show(rosa)
    assert "Heel raises" in text(page)
    assert not page.form.isVisible()


def test_the_record_of_a_visit_is_the_other_paper(qtbot, page, show, rosa, treat):
    treat(rosa, 7, subjective="Slept through twice")
    show(rosa)
    page.paper.show_choice("visit")
    page.paper.chosen.emit("visit")
    qtbot.waitUntil(lambda: page.is_drawn and "Slept through twice" in text(page))


def test_a_paper_is_saved_under_a_name_without_the_patients(qtbot, page, show, rosa, treat, tmp_path, monkeypatch):
    visit = treat(rosa, 7)
    show(rosa)
    proposed = []

    def choose(_parent, _title, path, _kinds):
        proposed.append(path)
        return str(tmp_path / "sheet"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    click(qtbot, page.save_button)
    assert proposed[0].endswith(f"aftercare-{local_day(visit.started).isoformat()}.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes() == page.paper_bytes
    assert "Saved" in page.said
    (tmp_path / "sheet.pdf").write_bytes(b"another")
    click(qtbot, page.save_button)
    assert (tmp_path / "sheet.pdf").read_bytes() == b"another"
    assert "already" in page.said


def test_a_folder_that_takes_no_file_is_said(page, show, rosa, treat, tmp_path):
    treat(rosa, 7)
    show(rosa)
    page.save_at(tmp_path / "no such folder" / "sheet.pdf")
    assert "could not be saved" in page.said


def test_a_paper_out_of_sight_asks_nothing_and_is_made_when_it_is_seen(qtbot, page, show, rosa, treat):
    treat(rosa, 0, signed=False)
    show(rosa)
    page.hide()
    page.form.words.setPlainText("Warm socks")
    page.flush()
    qtbot.waitUntil(lambda: not page._timer.isActive())
    assert not page.is_drawn
    page.show()
    drawn(qtbot, page)
    assert "Warm socks" in text(page)


def test_a_paper_is_printed_page_by_page(page, show, rosa, treat, tmp_path):
    treat(rosa, 7)
    show(rosa)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    page.print_on(printer)
    assert len(PdfReader(tmp_path / "printed.pdf").pages) == page.document.pageCount()
    assert "Sent" in page.said


def test_what_was_just_typed_is_in_the_paper_that_is_saved(page, show, rosa, treat, tmp_path, monkeypatch):
    treat(rosa, 0, signed=False)
    show(rosa)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "sheet.pdf"), ""))
    page.form.words.setPlainText("Warm socks")
    page.save_paper()
    assert "Warm socks" in "".join(each.extract_text() for each in PdfReader(tmp_path / "sheet.pdf").pages)


def test_no_paper_is_seen_while_initials_stand_for_names_and_it_is_saved_all_the_same(page, show, rosa, treat, settings, tmp_path):
    treat(rosa, 7)
    privacy.turn(settings, on=True)
    page.show_names()
    show(rosa)
    assert not page.view.isVisible()
    assert page.view.instead.isVisible()
    page.save_at(tmp_path / "sheet.pdf")
    assert "Rosa" in PdfReader(tmp_path / "sheet.pdf").pages[0].extract_text()
    privacy.turn(settings, on=False)
    page.show_names()
    assert page.view.isVisible()
    assert not page.view.instead.isVisible()
