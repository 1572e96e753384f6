"""The clock of the program and its tone."""

import os
import wave
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QSettings

from neuro_chart.clinic.needles import Needle, Side, Site, now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import resource
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


def put(chart, needle):
    assert chart.act(lambda: chart.records.put_needles([needle]))


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


def test_taking_off_what_is_gone_already_stops_no_clock(chart, visit, settings):
    put(chart, needle_of(visit, minutes_ago=3))
    ticker = Ticker(chart, settings)
    chart.act(lambda: chart.records.take_off_needles(["gone already"]))
    assert ticker.is_running


def test_it_tells_the_time_each_second_and_stops_when_told(chart, visit, settings, qtbot):
    put(chart, needle_of(visit, minutes_ago=1))
    ticker = Ticker(chart, settings)
    with qtbot.waitSignal(ticker.ticked, timeout=3000) as told:
        pass
    assert abs(now() - told.args[0]) < timedelta(seconds=3)
    ticker.stop()
    assert not ticker.is_running


@pytest.mark.skipif(os.name == "nt", reason="Windows plays by itself")
def test_the_tone_is_played_by_what_the_system_has_unless_it_is_off(settings, tmp_path, monkeypatch, qtbot):
    played = tmp_path / "played"
    player = tmp_path / "paplay"
    player.write_text(f'#!/bin/sh\necho "$@" >> {played}\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    chime = sound.Chime(settings)
    chime.play()
    sound.turn(settings, on=True)
    chime.play()
    qtbot.waitUntil(lambda: played.exists() and played.read_text().endswith("\n"))
    assert played.read_text().splitlines() == [str(resource("sounds", "overdue.wav"))]


def test_the_tone_is_a_short_sound_file_and_its_switch_is_kept(settings, tmp_path):
    with wave.open(str(resource("sounds", "overdue.wav"))) as file:
        assert 0.5 < file.getnframes() / file.getframerate() < 3
    assert not sound.is_on(settings)
    sound.turn(settings, on=True)
    settings.sync()
    assert sound.is_on(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


def test_with_many_rooms_each_says_less_so_that_all_stay_in_sight(qtbot, chart, settings):
    for number in range(8):
        patient = Patient("Rosa", f"Delgado {number}")
        chart.act(lambda patient=patient: chart.records.save_patient(patient))
        visit = Visit(patient.id, chart.records.practitioner().id)
        chart.act(lambda visit=visit: chart.records.start_visit(visit))
        put(chart, needle_of(visit, minutes_ago=35))
    strip = Strip(chart, Ticker(chart, settings))
    qtbot.addWidget(strip)
    assert strip.words.count("◆") == 8
    assert "1 in" not in strip.words
    assert strip.sizeHint().width() < 1277  # what a window with a visit needs at least
    assert strip.minimumWidth() < 100
