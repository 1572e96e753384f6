"""Taking over what the last visit planned and advised, never what it found."""

from datetime import UTC, date, datetime

import pytest

from neuro_chart.clinic.copying import SECTIONS, copied_words, offered
from neuro_chart.clinic.visits import Aftercare, Visit

DAY = "2026-03-12"


@pytest.fixture
def last():
    return Visit(
        "p", "m", datetime(2026, 3, 12, 12, tzinfo=UTC), subjective="Better", objective="Warm", assessment="Good", plan="Weekly",
        pain_before=5, tongue={"colour": ["red"]}, pulse={"left": ["wiry"]},
        aftercare=Aftercare(48, ("ankle-pumps",), words="Walk", next_visit=date(2026, 3, 19)),
    )  # fmt: skip


def test_only_plan_and_aftercare_are_taken_over_with_the_day_they_came_from(last):
    written = copied_words(Visit("p", "m"), last, SECTIONS)
    assert written == {
        "plan": "Weekly",
        "aftercare": Aftercare(48, ("ankle-pumps",), words="Walk"),
        "copied": {"plan": DAY, "aftercare": DAY},
    }


def test_words_that_are_there_stay_and_nothing_is_taken_over_twice(last):
    visit = Visit("p", "m", plan="Ask about sleep.", copied={"aftercare": "2026-01-01"})
    written = copied_words(visit, last, {"plan"})
    assert written == {"plan": "Ask about sleep.\nWeekly", "copied": {"aftercare": "2026-01-01", "plan": DAY}}
    assert copied_words(Visit("p", "m", plan=written["plan"]), last, {"plan"}) == {}


def test_needles_and_adjuncts_are_no_words(last):
    assert copied_words(Visit("p", "m"), last, {"needles", "adjuncts"}) == {}


def test_the_day_of_the_next_visit_stays_this_visits_own(last):
    visit = Visit("p", "m", aftercare=Aftercare(next_visit=date(2026, 4, 1)))
    assert copied_words(visit, last, {"aftercare"})["aftercare"].next_visit == date(2026, 4, 1)


def test_a_section_is_offered_where_the_last_visit_has_something_of_it(last):
    assert offered(last) == ["plan", "aftercare"]
    assert offered(Visit("p", "m", aftercare=Aftercare(next_visit=date(2026, 4, 1)))) == []
    assert offered(None) == []
