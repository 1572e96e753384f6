"""A visit as the next room sees it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import ELECTRO, LAMP, PRESS, Adjunct
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.rooms import Standing, overdue_words, sum_words
from neuro_chart.clinic.visits import Visit

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SITE = Site(1, 2, 3, Side.LEFT, "left foot")


def visit_with(*parts, room="Room 2", **fields):
    visit = Visit("patient", "practitioner", started=NOW - timedelta(minutes=40), room=room, **fields)
    for part in parts:
        (visit.needles if isinstance(part, Needle) else visit.adjuncts).append(part)
    return visit


def standing(*parts, **fields):
    return Standing(visit_with(*parts, **fields), Patient("Rosa", "Delgado"))


def needle(minutes_ago, **fields):
    return Needle("visit", SITE, inserted=NOW - timedelta(minutes=minutes_ago), **fields)


def electro(minutes_ago, minutes=20, **fields):
    return Adjunct("visit", ELECTRO, minutes=minutes, started=NOW - timedelta(minutes=minutes_ago), **fields)


def test_the_clock_that_ends_next_is_told_whatever_it_is_of():
    seen = standing(needle(5), needle(10), electro(4), Adjunct("visit", LAMP, started=NOW))
    assert seen.left(NOW) == timedelta(minutes=16)
    assert standing(needle(5), electro(25)).left(NOW) == timedelta(minutes=-5)
    assert standing(Adjunct("visit", LAMP, started=NOW)).left(NOW) is None


def test_a_clock_that_stands_is_told_only_where_none_runs_and_is_never_late():
    still = needle(25, paused=NOW - timedelta(minutes=5))
    assert standing(still, needle(1)).left(NOW) == timedelta(minutes=29)
    assert standing(still).left(NOW) == timedelta(minutes=10)
    assert standing(still).is_paused
    assert not standing(replace(still, retention=10)).late(NOW)
    assert standing(needle(31), needle(40), needle(3)).late(NOW) == 2


def test_what_has_run_out_is_told_without_a_name():
    visit = visit_with(needle(31), needle(40), needle(5), electro(25))
    assert overdue_words(visit, NOW) == "Room 2, 2 needles, electro-stimulation"
    assert overdue_words(visit_with(needle(31), room=""), NOW) == "1 needle"


def test_a_visit_is_under_way_until_every_needle_is_counted():
    pulled = treating.take_out([needle(10)], NOW, counted=False)
    assert standing(*pulled).is_under_way
    assert not standing(*treating.count_out(pulled)).is_under_way
    assert standing(electro(5)).is_under_way
    assert not standing(Adjunct("visit", PRESS, started=NOW)).is_under_way


def test_a_draft_of_today_is_in_progress_and_an_older_one_only_while_it_is_under_way():
    day = NOW.astimezone().date()
    assert standing().is_of(day)
    assert not standing().is_of(day + timedelta(days=1))
    assert standing(needle(10)).is_of(day + timedelta(days=1))
    assert not standing(signed=NOW).is_of(day)


def test_all_rooms_are_summed_up_in_one_line():
    two = [standing(needle(5), needle(6)), standing(needle(25), room="Room 3")]
    assert sum_words(two, NOW) == "2 rooms · 3 in · next 5:00"
    assert sum_words([*two, standing(needle(31), room="Room 4")], NOW) == "3 rooms · 4 in · ◆ 1 over"
    assert sum_words([standing(needle(5), room="")], NOW) == "1 visit · 1 in · next 25:00"
    assert sum_words([standing(*treating.take_out([needle(5)], NOW, counted=False))], NOW) == "1 room · 0 in · 1 to count out"
    assert sum_words([standing()], NOW) == "No needles in"


def test_how_a_visit_stands_is_read_out_in_whole_minutes():
    seen = standing(needle(5))
    assert seen.spoken(NOW) == "Room 2, 1 in, 25 minutes left"
    assert seen.spoken(NOW + timedelta(seconds=30)) == "Room 2, 1 in, 25 minutes left"
    assert seen.spoken(NOW + timedelta(minutes=24)) == "Room 2, 1 in, 1 minute left"
    assert seen.spoken(NOW + timedelta(minutes=27)) == "Room 2, 1 in, overdue by 2 minutes"
    assert standing(needle(25, paused=NOW)).spoken(NOW) == "Room 2, 1 in, 5 minutes left, paused"
