"""The shorthand of a prescription."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.notation import read_line
from neuro_chart.clinic.points import Catalogue
from neuro_chart.resources import resource

CATALOGUE = Catalogue.load(resource("points"))


def codes(text):
    return [point.code for point in read_line(text, CATALOGUE).points]


def test_the_prescription_of_a_trial_is_one_line():
    typed = read_line("ST36 GB39 SP9 SP6 LR3 GB41 b 30m", CATALOGUE)
    assert [point.code for point in typed.points] == ["ST36", "GB39", "SP9", "SP6", "LR3", "GB41"]
    assert (typed.side, typed.minutes, typed.rest, typed.problem) == ("both", 30, "", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("st36, sp-6; LV3", ["ST36", "SP6", "LR3"]),
        ("zu san li san yin jiao", ["ST36", "SP6"]),
        ("足三里 太冲", ["ST36", "LR3"]),
        ("Zúsānlǐ", ["ST36"]),
        ("ST36 ST36", ["ST36"]),
        ("bafeng", ["EX-LE10.1", "EX-LE10.2", "EX-LE10.3", "EX-LE10.4"]),
        ("", []),
    ],
)
def test_points_by_code_pinyin_and_character(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize("unknown", ["ZZ9", "ST", "3", "san"])
def test_what_may_mean_several_or_nothing_is_left_and_named(unknown):
    typed = read_line(f"ST36 {unknown} SP6", CATALOGUE)
    assert [point.code for point in typed.points] == ["ST36", "SP6"]
    assert typed.rest == unknown
    assert unknown in typed.problem


@pytest.mark.parametrize(("text", "minutes"), [("10m", 10), ("ST36 60m", 60), ("45min", 45), ("9m", None), ("61m", None), ("999m", None)])
def test_a_time_is_taken_when_a_needle_may_stay_so_long(text, minutes):
    typed = read_line(text, CATALOGUE)
    assert typed.minutes == minutes
    assert minutes is not None or "10 to 60 minutes" in typed.problem


def test_a_side_before_a_bare_number_is_no_point_of_the_bladder():
    typed = read_line("ST36 b 30", CATALOGUE)
    assert ([point.code for point in typed.points], typed.side, typed.rest) == (["ST36"], "both", "30")
    assert codes("B30 l30") == ["BL30"]
    assert codes("SP6 l 7 LR3") == ["SP6", "LR3"]


@given(st.text(max_size=60))
def test_no_line_is_too_wild(text):
    typed = read_line(text, CATALOGUE)
    assert set(typed.rest.split()) <= set(text.replace(",", " ").replace(";", " ").split())
    assert bool(typed.rest) == bool(typed.problem)


@given(st.lists(st.sampled_from(sorted(point.code for point in CATALOGUE)), unique=True, max_size=6))
def test_every_code_is_understood(codes_typed):
    assert codes(" ".join(codes_typed)) == codes_typed
