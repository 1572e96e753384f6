"""The trail on paper: what is asked for is seen, printed and saved, and the trail tells that it was."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.records import Records
from neuro_chart.ui import privacy, trail_paper


@pytest.fixture
def trail(window, rosa):
    """The trail of one of two patients, whose notes were changed."""
    records = window.chart.records
    records.save_patient(Patient("Ana", "Ortiz"))
    records.save_patient(replace(rosa, notes="Comes by bus", phone="01632 960100"))
    records.save_patient(replace(rosa, notes="Walks, as the bus no longer stops at the corner.", phone="01632 960111"))
    window.open_patient(rosa.id)
    window.settings_page.show_trail(rosa.id)
    window.show_page("settings")
    return window.settings_page.section("record").trail


def made(qtbot, trail):
    """The words of the paper, once it is there."""
    QTest.mouseClick(trail.to_paper, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(trail.paper.view.made))
    pages = PdfReader(BytesIO(trail.paper.view.made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_patient_s_trail_is_put_on_paper_with_who_when_and_what_stood_before(qtbot, trail):
    words = made(qtbot, trail)
    assert "Patient: Rosa Delgado" in words
    assert "Seen: patient's record" in words
    assert "Patient's record, notes, before: Comes by bus" in words
    assert "Patient's record, notes, after: Walks, as the bus no longer stops at the corner." in words
    assert "Patient's record, phone: 01632 960100 → 01632 960111" in words
    assert "Ortiz" not in words
    assert trail.paper.print_button.hasFocus()


def test_where_the_clock_went_back_stands_on_the_paper(qtbot, vault, window, trail, rosa):
    Records(vault, now=lambda: now() - timedelta(days=365)).log(Deed.SEEN, rosa.id)
    trail.reload()
    assert f"The clock went back before this: entry {trail.model.entries[1].seq}, made earlier, reads" in made(qtbot, trail)


def test_what_the_filter_says_stands_on_the_paper(qtbot, trail):
    trail.filter.deed.setCurrentIndex(trail.filter.deed.findData("changed"))
    words = made(qtbot, trail)
    assert "Only: changed" in words
    assert "2 entries of the trail" in words
    assert "Seen:" not in words


def test_it_is_saved_and_printed_and_the_trail_tells_of_both(qtbot, window, trail, rosa, tmp_path):
    made(qtbot, trail)
    trail.paper.save_at(tmp_path / "trail.pdf")
    assert (tmp_path / "trail.pdf").read_bytes() == trail.paper.view.made
    assert "not encrypted" in trail.paper.said.text()
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    trail.paper.print_on(printer)
    told = [(entry.deed, entry.patient_id, entry.changes["paper"]) for entry in window.chart.records.trail(limit=2)]
    assert told == [(Deed.PRINTED, rosa.id, "trail"), (Deed.EXPORTED, rosa.id, "trail")]


def test_who_gets_the_paper_reads_names_though_the_screen_shows_initials(qtbot, trail, settings):
    privacy.turn(settings, on=True)
    trail.show_names()
    assert "Patient: Rosa Delgado" in made(qtbot, trail)
    assert not trail.paper.view.isVisible()
    assert trail.paper.view.instead.isVisible()
    privacy.turn(settings, on=False)
    trail.show_names()
    made(qtbot, trail)
    assert trail.paper.view.isVisible()
    assert not trail.paper.view.instead.isVisible()


def test_a_paper_that_can_t_be_made_is_said(qtbot, trail, monkeypatch):
    monkeypatch.setattr("neuro_chart.paper.trail.trail_paper", lambda *_: 1 / 0)
    QTest.mouseClick(trail.to_paper, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: trail.paper.said.text() == "The paper could not be made (ZeroDivisionError).")
    assert not trail.paper.print_button.isEnabled()


def test_the_keys_stay_where_somebody_types_by_the_time_the_paper_is_there(qtbot, trail):
    QTest.mouseClick(trail.to_paper, Qt.MouseButton.LeftButton)
    trail.filter.since.setFocus()
    qtbot.waitUntil(lambda: bool(trail.paper.view.made))
    assert trail.filter.since.hasFocus()


def test_escape_leads_back_and_nothing_of_the_paper_stays(qtbot, window, trail):
    made(qtbot, trail)
    QTest.keyClick(trail.paper.print_button, Qt.Key.Key_Escape)
    assert trail.table.hasFocus()
    assert not trail.paper.view.made
    made(qtbot, trail)
    window.show_page("today")
    assert not trail.paper.view.made


def test_too_many_entries_are_not_put_on_paper_by_halves(qtbot, trail, monkeypatch):
    monkeypatch.setattr(trail_paper, "MOST", 2)
    QTest.mouseClick(trail.to_paper, Qt.MouseButton.LeftButton)
    assert "Ask for less" in trail.paper.said.text()
    assert not trail.paper.print_button.isEnabled()
