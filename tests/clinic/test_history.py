"""Visits side by side."""

from datetime import UTC, datetime

from neuro_chart.clinic.history import most_used, needle_words, place, retention_words, score_words, used, visit_words
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.visits import Visit

MORNING = datetime(2026, 11, 19, 9, tzinfo=UTC)


def needle(point="", side=Side.LEFT, retention=30, *, inserted=True, region="left lateral lower leg"):
    return Needle("v", Site(0, 0, 0, side, region), point, retention=retention, inserted=MORNING if inserted else None)


def visit(*needles, **scores):
    return Visit("p", "q", needles=list(needles), **scores)


def test_a_place_is_its_point_or_its_region_on_either_side():
    assert place(needle("ST36")) == "ST36"
    assert place(needle("EX-LE10.2")) == "EX-LE10"
    assert place(needle()) == place(needle(region="right lateral lower leg")) == "lateral lower leg"


def test_only_inserted_needles_were_used_and_the_longest_retention_counts():
    treated = visit(needle("ST36", retention=20), needle("ST36", Side.RIGHT, 30), needle("SP6", inserted=False))
    assert used(treated) == {"ST36": 30}
    assert retention_words(treated) == "20–30 min"
    assert needle_words(treated) == "2 needles, 20–30 min"


def test_the_most_used_point_comes_first():
    first, second = visit(needle("LR3"), needle("ST36")), visit(needle("ST36"))
    assert most_used([first, second]) == ["ST36", "LR3"]


def test_scores_are_told_as_far_as_they_were_asked():
    assert [score_words(*pair) for pair in ((5, 3), (5, None), (None, 3), (None, None), (0, 0))] == ["5 → 3", "5", "→ 3", "", "0 → 0"]
    assert visit_words(visit(pain_before=5, pain_after=3)) == "No needles · pain 5 → 3"
