"""The clock of the program: when it ticks, what it rings for, and how it comes to be quiet."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic import clocks, treating
from neuro_chart.clinic.adjuncts import ELECTRO, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui import sound
from neuro_chart.ui.strip import Strip
from neuro_chart.ui.ticker import Ticker


@pytest.fixture
def visit(chart):
    patient = Patient("Rosa", "Delgado")
    chart.act(lambda: chart.records.save_patient(patient))
    made = Visit(patient.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(made))
    return made


@pytest.fixture
def heard(monkeypatch):
    """How often the tone was played: the system's beep is what is left where nothing plays."""
    played = []
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(QApplication, "beep", lambda: played.append(1))
    return played


def put(chart, *parts):
    assert chart.act(lambda: chart.records.treat(parts[0].visit_id, parts))


def needle_of(visit, minutes_ago=None):
    inserted = None if minutes_ago is None else now() - timedelta(minutes=minutes_ago)
    return Needle(visit.id, Site(1, 2, 3, Side.LEFT, "left foot"), "LR3", inserted=inserted)


def test_it_ticks_only_while_a_needle_is_in(chart, visit, settings):
    ticker = Ticker(chart, settings)
    planned = needle_of(visit)
    put(chart, planned)
    assert not ticker.is_running
    put(chart, replace(planned, inserted=now()))
    assert ticker.is_running
    put(chart, replace(planned, inserted=now(), removed=now()))
    assert not ticker.is_running


def test_a_clock_that_ran_before_the_program_started_goes_on(chart, visit, settings):
    put(chart, needle_of(visit, minutes_ago=3))
    assert Ticker(chart, settings).is_running


def test_each_clock_that_runs_out_is_announced_once(chart, visit, settings):
    over, running = needle_of(visit, minutes_ago=31), needle_of(visit, minutes_ago=5)
    put(chart, over)
    put(chart, running)
    ticker = Ticker(chart, settings)
    said = []
    ticker.overdue.connect(said.append)
    ticker.tick()
    ticker.tick()
    assert said == [visit.id]
    put(chart, replace(running, inserted=now() - timedelta(minutes=30)))
    ticker.tick()
    ticker.tick()
    assert said == [visit.id, visit.id]


def test_a_clock_that_is_given_more_time_rings_again_when_that_is_over(chart, visit, settings):
    over = needle_of(visit, minutes_ago=31)
    put(chart, over)
    ticker = Ticker(chart, settings)
    said = []
    ticker.overdue.connect(said.append)
    ticker.tick()
    put(chart, replace(over, retention=40))
    ticker.tick()
    assert len(said) == 1
    put(chart, replace(over, retention=31))
    ticker.tick()
    assert len(said) == 2


def test_a_clock_that_stands_neither_rings_nor_ticks_and_rings_when_its_time_is_up(chart, visit, settings):
    over = needle_of(visit, minutes_ago=31)
    put(chart, replace(over, paused=now() - timedelta(minutes=20)))
    ticker = Ticker(chart, settings)
    said = []
    ticker.overdue.connect(said.append)
    ticker.tick()
    assert said == []
    assert not ticker.is_running
    put(chart, replace(over, held=20 * 60))
    ticker.tick()
    assert ticker.is_running
    assert said == []
    put(chart, replace(over, held=60))
    ticker.tick()
    assert said == [visit.id]


def test_what_is_done_beside_the_needles_rings_too_and_counts_up_where_it_has_no_minutes(chart, visit, settings):
    ticker = Ticker(chart, settings)
    said = []
    ticker.overdue.connect(said.append)
    electro = Adjunct(visit.id, ELECTRO, started=now() - timedelta(minutes=21))
    put(chart, electro)
    ticker.tick()
    assert ticker.is_running
    assert said == []
    put(chart, replace(electro, minutes=20))
    ticker.tick()
    assert said == [visit.id]
    put(chart, replace(electro, minutes=20, ended=now()))
    assert not ticker.is_running


def test_needles_that_go_in_and_out_at_once_have_no_clock_to_ring(chart, visit, settings):
    ticker = Ticker(chart, settings)
    said = []
    ticker.overdue.connect(said.append)
    put(chart, *treating.insert([replace(needle_of(visit), retention=0)], now() - timedelta(hours=2)))
    ticker.tick()
    assert said == []
    assert not ticker.is_running


def test_it_rings_each_minute_until_somebody_has_looked(chart, visit, settings, heard):
    sound.turn(settings, on=True)
    put(chart, needle_of(visit, minutes_ago=31))
    ticker = Ticker(chart, settings)
    ticker.tick()
    assert len(heard) == 1
    ticker._rang -= timedelta(seconds=59)
    ticker.tick()
    assert len(heard) == 1
    ticker._rang -= timedelta(seconds=2)
    ticker.tick()
    ticker.tick()
    assert len(heard) == 2
    ticker.seen(visit.id)
    ticker._rang -= timedelta(minutes=2)
    ticker.tick()
    assert len(heard) == 2


@pytest.mark.parametrize("what", ["quiet", "five minutes more", "out"])
def test_it_falls_quiet_when_it_is_told_to_or_nothing_is_overdue_any_more(chart, visit, settings, what):
    over = needle_of(visit, minutes_ago=31)
    put(chart, over)
    ticker = Ticker(chart, settings)
    ticker.tick()
    assert ticker.unseen == {visit.id}
    if what == "quiet":
        ticker.quiet()
    else:
        put(chart, *(treating.leave_longer([over]) if what == "five minutes more" else treating.take_out([over], now())))
    assert not ticker.unseen


def test_it_rings_once_where_that_is_chosen(chart, visit, settings, heard):
    sound.turn(settings, on=True)
    sound.choose(settings, again=False)
    put(chart, needle_of(visit, minutes_ago=31))
    ticker = Ticker(chart, settings)
    ticker.tick()
    ticker._rang -= timedelta(minutes=2)
    ticker.tick()
    assert len(heard) == 1


def test_an_old_draft_without_a_needle_is_not_in_progress(chart, visit, settings):
    old = Visit(visit.patient_id, visit.practitioner_id, started=now() - timedelta(days=2))
    chart.act(lambda: chart.records.start_visit(old))
    ticker = Ticker(chart, settings)
    assert [each.visit.id for each in ticker.visits] == [visit.id]
    put(chart, needle_of(old, minutes_ago=5))
    assert {each.visit.id for each in ticker.visits} == {visit.id, old.id}


def test_it_ticks_on_the_second_and_tells_each_once(chart, visit, settings, qtbot):
    put(chart, needle_of(visit, minutes_ago=1))
    ticker = Ticker(chart, settings)
    told, late = [], []
    ticker.ticked.connect(told.append)
    ticker.ticked.connect(lambda moment: late.append(time.time() - moment.timestamp()))
    qtbot.waitUntil(lambda: len(told) >= 3)
    assert [after - before for before, after in pairwise(told)] == [timedelta(seconds=1)] * (len(told) - 1)
    assert max(late) < 1


def test_it_tells_the_time_each_second_and_stops_when_told(chart, visit, settings, qtbot):
    put(chart, needle_of(visit, minutes_ago=1))
    ticker = Ticker(chart, settings)
    with qtbot.waitSignal(ticker.ticked) as told:
        pass
    assert abs(now() - told.args[0]) < timedelta(seconds=3)
    ticker.stop()
    assert not ticker.is_running


def test_with_many_rooms_each_says_less_so_that_all_stay_in_sight(qtbot, chart, settings):
    for number in range(8):
        patient = Patient("Rosa", f"Delgado {number}")
        chart.act(lambda patient=patient: chart.records.save_patient(patient))
        visit = Visit(patient.id, chart.records.practitioner().id)
        chart.act(lambda visit=visit: chart.records.start_visit(visit))
        put(chart, needle_of(visit, minutes_ago=35))
    strip = Strip(chart, Ticker(chart, settings), settings)
    qtbot.addWidget(strip)
    assert strip.words.count("◆") == 8
    assert "1 in" not in strip.words
    assert strip.sizeHint().width() < 1277  # what a window with a visit needs at least
    assert strip.minimumWidth() < 100


def test_what_ran_out_before_the_clock_was_put_back_rings_again_when_its_time_is_over(chart, visit, settings, heard, monkeypatch):
    class Clock(datetime):
        ahead = timedelta()

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + cls.ahead

    monkeypatch.setattr(clocks, "datetime", Clock)
    sound.turn(settings, on=True)
    ticker = Ticker(chart, settings)
    put(chart, needle_of(visit, 29))
    for ahead, rung in ((0, 0), (2, 1), (-5, 1), (0, 1), (2, 2)):
        Clock.ahead = timedelta(minutes=ahead)
        ticker.tick()
        assert len(heard) == rung
