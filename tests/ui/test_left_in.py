"""What was left in is remembered on Today and on the patient's overview until a visit charts that it is out."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel

from neuro_chart.clinic.adjuncts import SEEDS, Adjunct, taken_out
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import today
from neuro_chart.ui.left_in import LeftInRow, reminder


def words_on(page):
    return {shown.text() for shown in page.findChildren(QLabel) if "left in on" in shown.text()}


@pytest.fixture
def seeds(window):
    """Three seeds of a signed visit four days ago, to be out by yesterday."""
    records, began = window.chart.records, now() - timedelta(days=4)
    rosa = Patient("Rosa", "Delgado")
    window.chart.act(lambda: records.save_patient(rosa))
    visit = Visit(rosa.id, records.practitioner().id, started=began)
    visit.adjuncts = [Adjunct(visit.id, SEEDS, amount=3, started=began, until=today() - timedelta(days=1))]
    window.chart.act(lambda: records.start_visit(visit))
    window.chart.act(lambda: records.sign(visit.id))
    return visit, visit.adjuncts[0]


def test_today_reminds_and_opens_the_visit(window, seeds, qtbot):
    visit, left = seeds
    window.show_page("today")
    assert words_on(window.today) == {reminder(left)}
    assert reminder(left).startswith("◆ 3 seeds, left in on")
    assert reminder(left).endswith("(yesterday)")
    again = Visit(visit.patient_id, visit.practitioner_id)
    window.chart.act(lambda: window.chart.records.start_visit(again))
    window.chart.act(lambda: window.chart.records.treat(again.id, [taken_out(left, again.id, now())]))
    qtbot.waitUntil(lambda: not words_on(window.today))


def test_the_overview_reminds(window, seeds, qtbot):
    visit, left = seeds
    window.open_patient(visit.patient_id)
    window.patient.show_tab("overview")
    shown = window.patient.findChildren(LeftInRow)[-1]
    assert shown.words.text() == reminder(left)
    assert not shown.out.isVisible()


def test_what_is_due_later_is_told_more_quietly():
    left = Adjunct("v", SEEDS, started=now(), until=today() + timedelta(days=3))
    assert reminder(left).startswith("▲ Seeds, left in on")
    assert "(" not in reminder(left)
