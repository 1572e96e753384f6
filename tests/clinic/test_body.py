"""Places on the skin: the words for them, their mirror image, the nearest point, and the view that shows them."""

from dataclasses import replace
from math import dist

import pytest

from neuro_chart.clinic import body
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
    return shipped.points["ST36"][Side.LEFT]


@pytest.fixture
def atlas(shipped: Atlas, shin: Site) -> Atlas:
    """The shipped figure with one point on both shins and one on the breastbone."""
    middle = shipped.points["CV17"]
    return replace(shipped, points={"ST99": {Side.LEFT: shin, Side.RIGHT: mirror(shin)}, "CV99": middle}, best={})


def lower(atlas: Atlas, site: Site, cun: float) -> Site:
    """The place on the skin so many cun of the shin further down."""
    segment = atlas.segments["shin"]
    x, y, z = (p - cun * segment.cun * a for p, a in zip((site.x, site.y, site.z), segment.axis, strict=True))
    return atlas.body.site(atlas.body.skin.nearest("neutral standing", (x, y, z)))


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
    below, far = lower(atlas, shin, 2), lower(atlas, shin, 4)
    assert atlas.describe(below) == f"{below.region}, 2.0 cun below ST99"
    assert atlas.describe(mirror(below)) == f"{mirror(below).region}, 2.0 cun below ST99"
    assert atlas.describe(lower(atlas, shin, -1.5)).endswith(", 1.5 cun above ST99")
    assert atlas.describe(far) == far.region, "beyond 60 mm a point says nothing"
    assert atlas.describe(replace(mirror(shin), x=shin.x)) == shin.region, "a point of the other side says nothing"


@pytest.mark.parametrize(
    ("start", "end", "cun", "segment"),
    [
        ("CV8", "CV12", 4, "upper abdomen"),
        ("ST36", "ST35", 3, "shin"),
        ("ST35", "ST36", -3, "shin"),
        ("PC7", "PC6", 2, "forearm"),
        ("TE4", "TE5", 2, "forearm"),
        ("CV8", "CV4", -3, "lower abdomen"),
    ],
)
def test_the_ruler_reads_the_cun_of_the_segment(shipped: Atlas, start: str, end: str, cun: float, segment: str):
    for side in (Side.LEFT, Side.RIGHT):
        a, b = (shipped.points[code].get(side) or shipped.points[code][Side.MIDLINE] for code in (start, end))
        way = shipped.measure(a, b)
        assert way.segment == segment
        assert way.up == pytest.approx(cun, abs=0.3)
        assert abs(way.up) <= way.cun < abs(cun) + 0.5
        assert way.mm == pytest.approx(100 * ((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2) ** 0.5)


def test_sideways_the_ruler_reads_the_cun_across(shipped: Atlas):
    way = shipped.measure(shipped.points["CV8"][Side.MIDLINE], shipped.points["ST25"][Side.LEFT])
    assert way.cun == pytest.approx(2, abs=0.3)
    assert abs(way.up) < 0.1


def test_a_point_is_known_by_its_best_view_and_any_place_by_the_one_that_shows_it(shipped: Atlas, shin: Site):
    assert shipped.best_view(shin, "ST36").name == shipped.best["ST36"]
    assert shipped.best_view(mirror(shin), "ST36").sees(mirror(shin))
    free = replace(shin, y=shin.y + 0.3)
    view = shipped.best_view(free)
    assert view.sees(free)
    assert view.worth(free) == max(other.worth(free) for other in shipped.views.values())


def test_the_midline_faces_neither_side(shipped: Atlas):
    for code in ("GV1", "CV1", "CV17", "GV20", "GV29"):
        x, y, z = shipped.body.normal(shipped.points[code][Side.MIDLINE])
        assert x == 0
        assert y * y + z * z == pytest.approx(1)


def test_a_thin_finger_does_not_show_its_other_side(shipped: Atlas):
    assert shipped.views["hand-back-left"].sees(shipped.points["SI1"][Side.LEFT])
    assert not shipped.views["hand-palm-left"].sees(shipped.points["SI1"][Side.LEFT])


def test_without_points_the_region_is_enough(shipped: Atlas, shin: Site):
    assert replace(shipped, points={}).describe(shin) == shin.region


def test_point_sites_of_an_unknown_code_are_none(atlas: Atlas):
    assert not atlas.point_sites("ST100")
    assert set(atlas.point_sites("ST99")) == {Side.LEFT, Side.RIGHT}
    assert set(atlas.point_sites("CV99")) == {Side.MIDLINE}


def test_every_place_has_the_closest_spot_wherever_it_is(shipped: Atlas):
    skin, shape = shipped.body.skin, "neutral standing"
    for name, mark in shipped.landmarks.items():
        *_, site = mark.sites.values()
        place = abs(site.x), site.y, site.z
        assert dist(skin.at(shape, skin.nearest(shape, place)), place) < 0.0005, name
    corners = [skin.vertex(shape, index) for index in range(len(skin.shapes[shape][0]))]
    for place in ((0.6, 7.2, 1.6), (4.0, 0.3, 0.9), (0.9, -7.5, 0.6), (0.0, 20.0, 0.0), (1e6, 0.0, 0.0)):
        assert dist(skin.at(shape, skin.nearest(shape, place)), place) <= min(dist(corner, place) for corner in corners)


def test_a_day_over_the_body_is_not_remembered_for_ever(shipped: Atlas, shin: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(body, "REMEMBERED", 3)
    known = len(shipped.body.spots)
    spots = [shipped.body.spot(replace(shin, y=shin.y - 0.1 * step)) for step in range(9)]
    assert [shipped.body.spot(replace(shin, y=shin.y - 0.1 * step)) for step in range(9)] == spots
    assert len(shipped.body._found) <= 3
    assert len(shipped.body.spots) == known


@pytest.mark.parametrize(
    ("start", "end", "cun"),
    [("BL4", "GV24", 1.5), ("GB15", "GV24", 2.25), ("SP18", "CV17", 6), ("BL23", "GV4", 1.5), ("ST25", "CV8", 2), ("CV12", "CV8", 4)],
)
def test_sideways_is_measured_by_the_scale_across(shipped: Atlas, start: str, end: str, cun: float):
    ends = [shipped.points[code].get(Side.LEFT) or shipped.points[code][Side.MIDLINE] for code in (start, end)]
    assert shipped.measure(*ends).cun == pytest.approx(cun, abs=0.15)


def test_where_an_extra_point_lies_on_a_channels_point_the_channels_is_told(shipped: Atlas):
    assert shipped.describe(shipped.points["PC9"][Side.LEFT]).endswith("at PC9")
    assert shipped.describe(shipped.points["EX-LE10.1"][Side.LEFT]).endswith("at LR2")


def test_the_perineum_and_the_armpit_have_their_names(shipped: Atlas):
    assert shipped.region_of(shipped.points["CV1"][Side.MIDLINE]).name == "genital region"
    assert shipped.region_of(shipped.points["HT1"][Side.RIGHT]).name == "right side of the chest and armpit"


def test_a_point_of_the_sole_is_not_offered_at_the_heel():
    female = Atlas.load(resource("atlas"), "female")
    assert "KI1" not in {code for _, _, code, _ in female.shown_points(female.views["back"])}
    assert "KI1" in {code for _, _, code, _ in female.shown_points(female.views["foot-sole-left"])}
