"""What is done beside the needles: how it is said, its clock, and what stays in for days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjunct_kinds import kind_of
from neuro_chart.clinic.adjuncts import (
    CUPPING,
    ELECTRO,
    GUA_SHA,
    LEFT_IN,
    MOXA,
    PRESS,
    SEEDS,
    TUINA,
    Adjunct,
    Spot,
    adjunct_words,
    how_words,
    leads_between,
    left_in_words,
    short_name,
    taken_out,
    things,
    time_words,
)
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.safety import load_rules
from neuro_chart.resources import ROOT

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def site(side=Side.LEFT, region="left anterior lower leg"):
    return Site(1.0 if side is Side.LEFT else -1.0, 2.0, 3.0, side, region)


def needles(*spots):
    return [Needle("v", site(side), code, position=at, id=f"{code}{side.letter}") for at, (code, side) in enumerate(spots)]


ST36L, ST36R, SP6L, SP6R = (("ST36", Side.LEFT), ("ST36", Side.RIGHT), ("SP6", Side.LEFT), ("SP6", Side.RIGHT))


@pytest.mark.parametrize(
    ("adjunct", "said"),
    [
        (Adjunct("v", ELECTRO), "EA"),
        (Adjunct("v", ELECTRO, frequency="2/100", waveform="dense-disperse", intensity="1.5 mA"), "EA 2/100 Hz · dense-disperse, 1.5 mA"),
        (Adjunct("v", ELECTRO, "2/120 Hz, leg points", 30), "EA · 2/120 Hz, leg points"),
        (Adjunct("v", CUPPING, method="sliding", amount=1, size="medium"), "Cupping, sliding · 1 cup, medium"),
        (Adjunct("v", MOXA, method="direct", amount=3, spots=(Spot(site(), "ST36"),)), "Moxa, direct · ST36 L · 3 cones"),
        (Adjunct("v", SEEDS, amount=3, spots=(Spot(site(region="left ear")),)), "3 seeds · left ear"),
        (Adjunct("v", PRESS, amount=1), "1 press needle"),
        (Adjunct("v", GUA_SHA, strokes=((site(region="left upper back"), site(region="left upper back")),)), "Gua sha · left upper back"),
        (Adjunct("v", "Tuning fork", "slowly"), "Tuning fork · slowly"),
    ],
)
def test_what_is_done_is_said_in_one_line(adjunct, said):
    assert adjunct_words(adjunct) == said


def test_paper_says_how_in_full():
    electro = Adjunct("v", ELECTRO, "at home, too", frequency="2/100", intensity="1.5 mA")
    assert how_words(electro) == "2/100 Hz, 1.5 mA, at home, too"
    assert how_words(Adjunct("v", CUPPING, method="sliding", amount=4)) == "sliding, 4 cups"
    assert how_words(Adjunct("v", SEEDS, amount=3)) == "3 seeds"


def test_leads_are_named_by_the_points_that_they_join():
    four = needles(ST36L, ST36R, SP6L, SP6R)
    both = Adjunct("v", ELECTRO, frequency="2", pairs=leads_between(four))
    assert adjunct_words(both, four) == "EA 2 Hz · ST36–SP6 L R"
    across = Adjunct("v", ELECTRO, pairs=leads_between(four[:2]))
    assert adjunct_words(across, four) == "EA · ST36 L–ST36 R"
    assert adjunct_words(across, four[1:]) == "EA", "a needle that is off the chart joins nothing"


def test_many_needles_are_joined_two_by_two_on_each_side():
    six = needles(ST36L, ST36R, SP6L, SP6R, ("LR3", Side.LEFT), ("LR3", Side.RIGHT), ("GV20", Side.MIDLINE))
    assert leads_between(six) == (("ST36L", "SP6L"), ("ST36R", "SP6R"))
    assert leads_between(six[:1]) == ()


def test_its_clock_is_told_before_during_and_after():
    lamp = Adjunct("v", "Infrared lamp", minutes=20)
    assert time_words(lamp, NOON) == "20 min"
    (on,) = treating.start([lamp], NOON)
    assert time_words(on, NOON + timedelta(minutes=5)) == "15:00"
    assert time_words(on, NOON + timedelta(minutes=21)) == "+1:00"
    (longer,) = treating.go_on_longer([on])
    assert time_words(longer, NOON + timedelta(minutes=21)) == "4:00"
    (off,) = treating.end([longer], NOON + timedelta(minutes=22))
    assert time_words(off, NOON + timedelta(hours=3)) == "22 min"
    assert treating.go_on_longer([off]) == []


def test_without_an_end_it_counts_up():
    (on,) = treating.start([Adjunct("v", TUINA)], NOON)
    assert time_words(Adjunct("v", TUINA), NOON) == ""
    assert time_words(on, NOON + timedelta(seconds=70)) == "1:10"


def test_what_is_left_in_is_no_running_clock_and_is_told_with_its_day():
    (seeds,) = treating.start([Adjunct("v", SEEDS, amount=3, until=date(2026, 3, 17), spots=(Spot(site(), "HT7"),))], NOON)
    assert seeds.is_left_in
    assert not seeds.is_running
    assert treating.end([seeds], NOON) == []
    words = "3 seeds at HT7 L, left in on 2026-03-12, to be taken out by 2026-03-17"
    assert left_in_words(seeds, date.isoformat) == words
    assert left_in_words(replace(seeds, until=None, amount=None), date.isoformat) == "Seeds at HT7 L, left in on 2026-03-12"
    out = taken_out(seeds, "w", NOON + timedelta(days=4))
    assert (out.visit_id, out.started, out.is_left_in) == ("w", seeds.started, False)
    assert out.id != seeds.id


def test_the_kinds_of_the_program_are_all_described():
    kinds = Library(ROOT).adjuncts
    assert {ELECTRO, MOXA, CUPPING, GUA_SHA, TUINA, "Infrared lamp", *LEFT_IN} == set(kinds)
    assert len({kind.letter for kind in kinds.values()}) == len(kinds)
    assert all("until" in kinds[name].asks and kinds[name].days for name in LEFT_IN)
    assert all(kind.sources for kind in kinds.values() if kind.caution)
    assert kind_of(kinds, "Tuning fork").asks == ("minutes",)
    assert [short_name(kind) for kind in (ELECTRO, "electroacupuncture", MOXA, CUPPING)] == ["EA", "EA", "Moxa", "Cupping"]
    assert things(PRESS) == "press needles"


def test_what_speaks_against_a_kind_is_a_warning_that_exists():
    known = {rule.warning.key for rule in load_rules(ROOT / "forms" / "warnings.toml")}
    kinds = Library(ROOT).adjuncts
    assert {key for kind in kinds.values() for key in kind.warnings} <= known
    assert "pacemaker" in kinds[ELECTRO].warnings
    assert "numb-feet" in kinds[MOXA].warnings
    assert "thinner" in kinds[CUPPING].warnings
