"""Closing a visit: what is still unfinished is said, and the count is even or has its reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from neuro_chart.clinic.adjuncts import LAMP, PRESS, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Mishap, Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.visit import VisitPage


@pytest.fixture
def visit(chart, rosa, library):
    began = now() - timedelta(minutes=28)
    made = Visit(rosa.id, chart.records.practitioner().id, started=began)
    made.needles = [
        Needle(made.id, site, "SP6", inserted=began, position=place) for place, site in enumerate(library.atlas.point_sites("SP6").values())
    ]
    chart.act(lambda: chart.records.start_visit(made))
    return made


@pytest.fixture
def asking(page):
    page.treatment.take_out()
    page.show_signing()
    return page.sign_panel


def test_an_even_count_is_said_in_big_and_the_visit_closes_without_a_reason(asking, stored):
    assert asking.count.text() == "2 in, 2 out."
    assert not any(made.isVisible() for made in (asking.left, asking.walk, asking.reason))
    asking.sign.click()
    assert stored().signed is not None
    assert stored().needles_left_reason == ""


def test_a_pulled_needle_that_is_not_counted_keeps_it_open_unless_the_reason_is_given(page, stored, qtbot):
    page.pull_all()
    page.show_signing()
    panel = page.sign_panel
    assert "2 needles were pulled and not counted: SP6 L R." in panel.left.text()
    panel.sign.click()
    assert stored().signed is None
    assert panel.error.isVisible()
    qtbot.mouseClick(panel.walk, Qt.MouseButton.LeftButton)
    assert page.left.currentWidget() is page.counting
    page.show_signing()
    panel.reason.setPlainText("The ambulance took her along")
    panel.sign.click()
    assert stored().needles_left_reason == "The ambulance took her along"
    assert "uncounted: The ambulance took her along." in page.bar.words.text()


def test_counting_them_out_opens_the_way_to_the_signature(page, stored, qtbot):
    page.pull_all()
    page.counting.finish()
    qtbot.mouseClick(page.counting.sign, Qt.MouseButton.LeftButton)
    page.sign_panel.sign.click()
    assert stored().signed is not None


def test_a_dropped_needle_that_is_not_found_keeps_it_open(page, chart, stored):
    page.treatment.take_out()
    chart.act(lambda: chart.records.treat(stored().id, [Needle(stored().id, stored().needles[0].site, "LI4", mishap=Mishap.DROPPED)]))
    page.show_signing()
    assert "One needle is still in: LI4" in page.sign_panel.left.text()
    page.sign_panel.sign.click()
    assert stored().signed is None


def test_what_still_runs_is_ended_by_one_touch(asking, chart, stored, qtbot):
    assert not asking.running.isVisible()
    chart.act(lambda: chart.records.treat(stored().id, [Adjunct(stored().id, LAMP, started=now())]))
    assert asking.running.words.text() == "Infrared lamp still runs."
    qtbot.mouseClick(asking.running.way, Qt.MouseButton.LeftButton)
    assert stored().adjuncts[0].ended is not None
    assert not asking.running.isVisible()


def test_what_was_copied_is_confirmed_by_one_touch(asking, chart, stored, qtbot):
    needle = stored().needles[0]
    chart.act(lambda: chart.records.treat(stored().id, [replace(needle, copied=True), Adjunct(stored().id, LAMP, copied=True)]))
    assert asking.copied.words.text().startswith("Copied from the last visit and not confirmed: SP6")
    assert "infrared lamp" in asking.copied.words.text()
    qtbot.mouseClick(asking.copied.way, Qt.MouseButton.LeftButton)
    assert not any(each.copied for each in (*stored().needles, *stored().adjuncts))
    assert not asking.copied.isVisible()


def test_what_is_left_in_without_a_day_or_consent_is_said_and_does_not_hold_the_visit(asking, chart, stored):
    left = Adjunct(stored().id, PRESS, started=now())
    chart.act(lambda: chart.records.treat(stored().id, [left]))
    assert asking.left_in.text() == "Press needles without the day they come out or the patient's consent."
    chart.act(lambda: chart.records.treat(stored().id, [replace(left, until=date(2030, 1, 1))]))
    assert asking.left_in.text() == "Press needles without the patient's consent."
    asking.sign.click()
    assert stored().signed is not None


def test_a_blank_in_the_note_is_said(asking, chart, stored):
    chart.act(lambda: chart.records.note(stored().id, plan="Again in ___ days"))
    assert asking.blanks.text() == "1 blank is not filled in: Plan."


def test_every_list_says_that_needles_are_to_be_counted(window, visit, qtbot):
    window.open_visit(visit.patient_id, visit.id)
    window.findChild(VisitPage).pull_all()
    window.show_page("today")
    qtbot.waitUntil(lambda: "▲ 2 to count out" in [made.text() for made in window.today.findChildren(QLabel)])
    window.open_patient(visit.patient_id)
    assert any(made.text().endswith("▲ 2 to count out") for made in window.findChildren(QLabel) if made.isVisible())
