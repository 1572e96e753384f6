"""How long records are kept: the day on which a period ends, and that every known period says where it comes from."""

from datetime import date

import pytest

from neuro_chart.clinic.retention import Retention, Sure, load
from neuro_chart.resources import resource

PERIODS = load(resource("retention"))


@pytest.mark.parametrize(
    ("years", "until_age", "birth", "last", "ends"),
    [
        (8, 0, date(1958, 3, 14), date(2026, 11, 22), date(2034, 11, 22)),
        (8, 25, date(2020, 3, 14), date(2026, 11, 22), date(2045, 3, 14)),  # a child: until the birthday
        (8, 25, date(2004, 1, 1), date(2026, 11, 22), date(2034, 11, 22)),  # grown up by then: the years alone
        (5, 21, date(2008, 2, 29), date(2026, 11, 22), date(2031, 11, 22)),
        (1, 21, date(2008, 2, 29), date(2026, 11, 22), date(2029, 3, 1)),  # no 29 February in 2029
        (5, 0, None, date(2024, 2, 29), date(2029, 3, 1)),
        (5, 21, None, date(2026, 11, 22), date(2047, 11, 22)),  # of whom no birth is known: as if newborn
    ],
)
def test_a_record_is_kept_for_the_years_and_until_the_age(years, until_age, birth, last, ends):
    assert Retention(years, until_age).ends(birth, last) == ends


@pytest.mark.parametrize(("years", "until_age"), [(0, 0), (-1, 0), (101, 0), (5, -1), (5, 101)])
def test_years_that_make_no_sense_are_refused(years, until_age):
    with pytest.raises(ValueError, match="1 to 100 years"):
        Retention(years, until_age)


def test_a_period_is_said_in_words():
    assert Retention(8, 25).words == "8 years after the last entry, and until the age of 25"
    assert Retention(1).words == "1 year after the last entry"


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.place)
def test_every_known_period_names_its_source_and_computes(period):
    assert len(period.source) > 10
    assert period.url.startswith("https://")
    assert period.year == 0 or 1990 <= period.year <= 2026
    assert period.sure in Sure
    assert period.who
    ends = period.retention.ends(date(2015, 5, 9), date(2026, 11, 22))
    assert ends >= date(2026 + period.years, 11, 22)
    assert ends >= date(2015 + period.until_age, 5, 9)
    assert period.place in period.retention.source
    assert period.source in period.retention.source


def test_no_place_is_told_twice():
    assert len({period.place for period in PERIODS}) == len(PERIODS)
    assert [period.place for period in PERIODS] == sorted((period.place for period in PERIODS), key=str.casefold)


def test_a_period_without_a_source_is_no_period(tmp_path):
    (tmp_path / "periods.toml").write_text(
        '[[period]]\nplace = "Nowhere"\nwho = "All"\nyears = 5\nsource = ""\nurl = ""\nsure = "told"\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="Nowhere"):
        load(tmp_path)
