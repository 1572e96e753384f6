"""Places on the skin: the words for them, their mirror image, the nearest point, and the view that shows them."""

from dataclasses import replace

import pytest

from neuro_chart.clinic.body import Atlas, View, mirror, side_of
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.resources import resource


@pytest.fixture(scope="module")
def shipped() -> Atlas:
    return Atlas.load(resource("atlas"))


def found(view: View, x: float, y: float) -> Site:
    site = view.site_at(x * view.size[0], y * view.size[1])
    assert site is not None
    return site


@pytest.fixture
def shin(shipped: Atlas) -> Site:
    return found(shipped.views["front"], 0.69, 0.78)


@pytest.fixture
def atlas(shipped: Atlas, shin: Site) -> Atlas:
    """The shipped figure with one point on both shins and one on the breastbone."""
    middle = replace(found(shipped.views["front"], 0.5, 0.25), x=0.0, side=Side.MIDLINE)
    return replace(shipped, points={"ST99": {Side.LEFT: shin, Side.RIGHT: mirror(shin)}, "CV99": {Side.MIDLINE: middle}})


def test_beside_the_figure_there_is_no_place(shipped: Atlas):
    front = shipped.views["front"]
    assert front.site_at(1, 1) is None
    assert front.site_at(-50, 10) is None
    assert front.site_at(10, 1e6) is None
    assert front.site_at(front.size[0] / 2, front.size[1] - 20) is None  # between the feet


def test_a_place_is_seen_from_every_side_that_sees_it(shipped: Atlas, shin: Site):
    seen = {view.name for view in shipped.views.values() if view.sees(shin)}
    assert {"front", "left"} <= seen
    assert not {"back", "right", "head-front", "hand-palm-left", "foot-sole-left"} & seen


def test_side_is_the_figures_own(shipped: Atlas):
    assert found(shipped.views["front"], 0.655, 0.78).side == Side.LEFT
    assert found(shipped.views["back"], 0.655, 0.82).side == Side.RIGHT
    assert found(shipped.views["front"], 0.5, 0.25).side == Side.MIDLINE
    assert [side_of(x) for x in (-1, -0.05, 0, 0.05, 1)] == [Side.RIGHT, *[Side.MIDLINE] * 3, Side.LEFT]


def test_mirroring_twice_changes_nothing(shipped: Atlas):
    for name in ("front", "back", "head-left", "foot-sole-right"):
        site = found(shipped.views[name], 0.5, 0.3)
        assert mirror(mirror(site)) == site


def test_mirror_swaps_side_and_words(shin: Site):
    twin = mirror(shin)
    assert (twin.x, twin.side) == (-shin.x, Side.RIGHT)
    assert shin.region.startswith("left ")
    assert twin.region == "right " + shin.region.removeprefix("left ")
    assert mirror(Site(0, 5.6, 0.4, Side.LEFT, "top of the left shoulder")).region == "top of the right shoulder"


def test_nearest_point_has_a_reach(atlas: Atlas, shin: Site):
    front = atlas.views["front"]
    x, y = front.place_of(shin) or (0, 0)
    assert atlas.nearest_point(front, x + 3, y + 4, 10) == ("ST99", Side.LEFT, pytest.approx(5, abs=0.1))
    assert atlas.nearest_point(front, x + 30, y, 10) is None
    assert atlas.nearest_point(atlas.views["back"], x, y, 10_000) is None


def test_a_place_is_told_by_region_and_nearest_point(atlas: Atlas, shin: Site):
    assert atlas.describe(shin) == f"{shin.region}, at ST99"
    assert atlas.describe(replace(shin, y=shin.y - 0.12)) == f"{shin.region}, 12 mm from ST99"
    assert atlas.describe(replace(shin, y=shin.y - 2)) == shin.region
    assert atlas.describe(replace(mirror(shin), x=shin.x)) == mirror(shin).region, "a point of the other side says nothing"


def test_without_points_the_region_is_enough(shipped: Atlas, shin: Site):
    assert replace(shipped, points={}).describe(shin) == shin.region


def test_point_sites_of_an_unknown_code_are_none(atlas: Atlas):
    assert not atlas.point_sites("ST100")
    assert set(atlas.point_sites("ST99")) == {Side.LEFT, Side.RIGHT}
    assert set(atlas.point_sites("CV99")) == {Side.MIDLINE}
