"""The rule by which backups are kept, whatever the days, the holidays and the clock."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.keeping import kept, reasons

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001  # all in one zone, whichever
SETS = st.sets(MOMENTS, max_size=60)
NOW = datetime(2026, 11, 22, 18, 30)  # noqa: DTZ001


def test_after_a_year_of_two_a_day_the_last_of_seven_days_four_weeks_and_twelve_months_are_there():
    there: set[datetime] = set()
    for days in range(400, -1, -1):
        for hour in (9, 18):
            there.add(NOW.replace(hour=hour, minute=0) - timedelta(days=days))
            there = kept(there, max(there))
    newest_first = sorted(there, reverse=True)
    assert [moment.day for moment in newest_first[:7]] == [22, 21, 20, 19, 18, 17, 16]
    assert {moment.hour for moment in there} == {18}
    weeks = [datetime(2026, 11, day, 18) for day in (22, 15, 8, 1)]  # noqa: DTZ001
    assert there.issuperset(weeks)
    months = {(moment.year, moment.month) for moment in there}
    assert months == {(2026, month) for month in range(1, 12)} | {(2025, 12)}
    assert len(there) == 7 + 3 + 11


def test_a_holiday_and_a_clock_that_was_set_to_another_year_thin_out_nothing():
    before = {NOW - timedelta(days=day) for day in range(7)}
    assert kept(before, NOW + timedelta(days=300)) == before
    wrong = NOW + timedelta(days=366)
    assert len(kept({*before, wrong}, wrong) & before) >= 6
    assert kept({*before, wrong}, NOW) == {*before, wrong}


def test_the_longest_span_is_the_reason():
    today, yesterday, earlier = NOW, NOW - timedelta(days=1), NOW - timedelta(days=60)
    assert reasons({today, yesterday, earlier}, NOW) == {today: "month", yesterday: "day", earlier: "month"}


@given(SETS, MOMENTS)
def test_the_newest_and_those_of_the_future_stay_and_the_rest_are_few(moments, now):
    staying = kept(moments, now)
    assert staying <= moments
    assert {moment for moment in moments if moment > now} <= staying
    past = [moment for moment in moments if moment <= now]
    assert not past or max(past) in staying
    assert len([moment for moment in staying if moment <= now]) <= 7 + 4 + 12


@given(SETS, MOMENTS)
def test_of_each_day_week_and_month_that_counts_its_last_stays(moments, now):
    past, staying = sorted((moment for moment in moments if moment <= now), reverse=True), kept(moments, now)
    for count, span in ((7, "%Y-%m-%d"), (4, "%G-%V"), (12, "%Y-%m")):
        for name in sorted({moment.strftime(span) for moment in past}, reverse=True)[:count]:
            assert max(moment for moment in past if moment.strftime(span) == name) in staying


@given(SETS, SETS, MOMENTS)
def test_it_comes_to_the_same_whether_one_tidies_up_often_or_once(earlier, later, now):
    assert kept(kept(earlier, now) | later, now) == kept(earlier | later, now)
