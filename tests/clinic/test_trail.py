"""Where the clock went back between two entries of the trail."""

from datetime import UTC, datetime, timedelta

import pytest

from neuro_chart.clinic.trail import Deed, Entry, set_back

BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def entries(*minutes, deeds=()):
    """The newest first, each some minutes after the beginning."""
    made = [Entry(BEGIN + timedelta(minutes=each), "p", Deed.SEEN, seq=seq) for seq, each in enumerate(minutes, 1)]
    return [Entry(each.at, "p", deeds[each.seq - 1], seq=each.seq) if deeds else each for each in reversed(made)]


def places(found):
    return {later: earlier.seq for later, earlier in found.items()}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ((), {}),
        ((0,), {}),
        ((0, 0, 3), {}),
        ((0, 5, 4), {}),  # by a minute a clock is put right
        ((0, 5, 3.9), {3: 2}),
        ((0, 600, 0, 601, 1), {3: 2, 5: 4}),  # set on and back, twice
        ((0, 600, 0, 1, 2), {3: 2}),  # told once, where it happened
    ],
)
def test_it_is_told_where_it_happened_and_only_there(minutes, expected):
    assert places(set_back(entries(*minutes))) == expected


def test_a_failed_attempt_is_written_down_late_and_says_nothing_of_the_clock():
    told = entries(0, 30, 5, 31, deeds=(Deed.SEEN, Deed.CHANGED, Deed.FAILED, Deed.SIGNED))
    assert set_back(told) == {}
    told = entries(0, 30, 40, 5, deeds=(Deed.SEEN, Deed.CHANGED, Deed.FAILED, Deed.SIGNED))
    assert places(set_back(told)) == {4: 2}


def test_an_altered_entry_says_nothing_of_the_clock():
    assert set_back(entries(600, 0, 601, deeds=(Deed.SEEN, Deed.ALTERED, Deed.SIGNED))) == {}


def test_among_some_entries_it_is_told_at_the_first_after_it():
    told = [each for each in entries(0, 600, 1, 2, 3) if each.seq not in {3, 4}]
    assert places(set_back(told)) == {5: 2}
