"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.dates import age_words, ago, brief, read_date, written

BIRTH = date(1958, 3, 14)


@pytest.mark.parametrize(
    "text",
    ["1958-03-14", "14.3.1958", "14/03/1958", " 14 - 3 - 1958 ", "14 March 1958", "14th of march, 1958", "14 MAR 1958", "1958年3月14日",
     "１４．３．１９５８", "March 14, 1958", "1958 Mar 14"],
)  # fmt: skip
def test_a_day_is_understood_however_it_is_written(text):
    assert read_date(text) == BIRTH


def test_the_readers_order_decides_between_day_and_month():
    assert read_date("3/4/1958", day_first=True) == date(1958, 4, 3)
    assert read_date("3/4/1958", day_first=False) == date(1958, 3, 4)


def test_nothing_written_is_no_day():
    assert read_date("   ") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("30 February 1958", "only 28 days"),
        ("29.2.2023", "only 28 days"),
        ("31/4/1958", "only 30 days"),
        ("3/14/1958", "twelve months"),
        ("0.3.1958", "day 1"),
        ("14.3.58", "four digits"),
        ("1.1.0000", "no year 0"),
        ("1958", "day, month and year"),
        ("14.3", "day, month and year"),
        ("14 1958 3", "day, month and year"),
        ("14 ma 1958", "day, month and year"),
        ("14 March May", "day, month and year"),
        ("yesterday", "day, month and year"),
        ("9" * 5000, "day, month and year"),
        ("14.3.1958 and so on", "day, month and year"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(text, word):
    with pytest.raises(ValueError, match=word):
        read_date(text)


@given(st.dates(), st.booleans())
def test_what_is_written_out_reads_back(day, day_first):
    for text in (day.isoformat(), written(day, day_first=day_first), brief(day, day_first=day_first)):
        assert read_date(text, day_first=day_first) == day
    first, second = (day.day, day.month) if day_first else (day.month, day.day)
    assert read_date(f"{first}/{second}/{day.year:04}", day_first=day_first) == day


@given(st.text() | st.from_regex(r"[0-9 ./a-z\-]{0,14}", fullmatch=True), st.booleans())
def test_anything_typed_is_a_day_or_a_sentence(text, day_first):
    found: date | None = None
    said = ""
    try:
        found = read_date(text, day_first=day_first)
    except ValueError as error:
        said = str(error)
    assert said.endswith(".") if said else found is None or found.year > 0


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 11, 23), "tomorrow"),
        (date(2026, 11, 10), "12 days ago"),
        (date(2026, 12, 20), "in 4 weeks"),
        (date(2026, 5, 23), "5 months ago"),
        (date(2020, 1, 1), "6 years ago"),
    ],
)
def test_how_long_ago_is_told_in_fitting_units(day, words):
    assert ago(day, date(2026, 11, 22)) == words


def test_an_age_is_in_years_and_for_the_smallest_in_months():
    today = date(2026, 11, 22)
    assert age_words(BIRTH, today) == "68 years"
    assert age_words(date(1958, 11, 23), today) == "67 years"
    assert age_words(date(2025, 10, 22), today) == "13 months"
    assert age_words(date(2004, 2, 29), date(2026, 2, 28)) == "21 years"
