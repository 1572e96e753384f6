"""What is done to needles and beside them, also where the system's clock was put back meanwhile."""

from datetime import UTC, datetime, timedelta

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import LAMP, SEEDS, Adjunct, taken_out
from neuro_chart.clinic.needles import Mishap, Needle, Side, Site, count

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
EARLIER = NINE - timedelta(hours=1)
SITE = Site(1, 2, 3, Side.LEFT, "left foot")


def needle(**told):
    return Needle("visit", SITE, "LR3", **told)


def test_what_runs_can_be_ended_when_the_clock_was_put_back():
    lamp, seeds = Adjunct("visit", LAMP, started=NINE), Adjunct("visit", SEEDS, started=NINE)
    for (done,) in (treating.end([lamp], EARLIER), treating.take_away([seeds], EARLIER), [taken_out(seeds, "later", EARLIER)]):
        assert done.ended == NINE
        assert not done.errors()


def test_a_needle_can_be_replaced_when_the_clock_was_put_back():
    gone, fresh = treating.replace_needle(needle(inserted=NINE), EARLIER, 1)
    assert gone.removed == NINE
    assert not gone.errors()
    assert fresh.clock.remaining(EARLIER) == timedelta(minutes=30)


def test_a_needle_that_fell_is_still_looked_for_after_another_took_its_place():
    for inserted in (None, NINE):
        fell, fresh = treating.replace_needle(needle(inserted=inserted, mishap=Mishap.DROPPED), NINE, 1)
        assert (fell.removed, fell.mishap) == (None, Mishap.DROPPED)
        assert count([fell, fresh]).inside == 2
        assert fell.clock.due is None  # nothing rings for a needle on the floor
