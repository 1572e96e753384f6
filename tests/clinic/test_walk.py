"""The walk by which needles are counted out: every place on the body belongs to one stop of it."""

from datetime import UTC, datetime

import pytest

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.needles import Mishap, Needle, Side, Site
from neuro_chart.clinic.walk import BLANKET, WALK, stop_of, walk
from neuro_chart.resources import resource

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.load(resource("atlas"))


def test_every_region_of_the_skin_is_looked_at_once(atlas):
    regions = {name.removeprefix("left ").removeprefix("right ") for name in atlas.regions}
    walked = [region for stop in WALK for region in stop.regions]
    assert sorted(walked) == sorted(regions)


def test_both_sides_of_all_446_points_are_counted_at_the_same_stop(atlas):
    assert len(atlas.points) == 446
    for code, sites in atlas.points.items():
        stops = {stop_of(Needle("v", site, code)) for site in sites.values()}
        assert len(stops) == 1, code
        assert stop_of(Needle("v", sites.get(Side.LEFT) or sites[Side.MIDLINE], code)) in WALK


@pytest.mark.parametrize(
    ("codes", "title"),
    [
        ("GV20 GB8 GV17 EX-HN1.1 ST8", "Scalp"),
        ("SI19 TE21 GB2 EX-HN6", "Ears"),
        ("LI20 EX-HN5 ST6 GV26", "Face"),
        ("GB21 SI16 ST9 EX-HN15 LI15", "Neck and shoulders"),
        ("LI4 PC8 EX-UE9.1 HT7 LU11", "Hands"),
        ("LI11 PC6 TE5 LU5", "Arms"),
        ("CV12 CV4 ST25 SP21 CV17 LR13", "Front"),
        ("BL13 BL23 GV4 BL31 SI11", "Back"),
        ("ST36 SP6 BL40 GB31 LR8", "Legs"),
        ("LR3 KI1 KI3 EX-LE10.1 BL67 GB41 BL60", "Feet"),
        ("GB30 CV1 ST30 GV1 GB29", "Under the blanket"),
    ],
)
def test_a_point_is_counted_where_the_hand_looks_for_it(atlas, codes, title):
    for code in codes.split():
        for site in atlas.points.get(code, {}).values():
            assert stop_of(Needle("v", site, code)).title == title, code


def test_what_the_atlas_does_not_know_and_what_fell_is_looked_for_under_the_blanket(atlas):
    assert stop_of(Needle("v", Site(0, 0, 0, Side.LEFT, "left wing"))) is BLANKET
    assert stop_of(Needle("v", Site(0, 0, 0, Side.LEFT, ""))) is BLANKET
    fallen = Needle("v", atlas.points["ST36"][Side.LEFT], "ST36", mishap=Mishap.DROPPED)
    assert walk([fallen])[BLANKET] == [fallen]


def test_the_walk_goes_from_the_scalp_down_with_the_needles_that_went_in(atlas):
    def needle(code: str, position: int, inserted: datetime | None = WHEN) -> Needle:
        return Needle("v", atlas.points[code][Side.LEFT], code, inserted=inserted, position=position)

    found = walk([needle("LR3", 0), needle("ST36", 2), needle("SP6", 1), needle("LI4", 3, None)])
    assert list(found) == list(WALK)
    assert {stop.title: [each.point for each in needles] for stop, needles in found.items() if needles} == {
        "Legs": ["SP6", "ST36"], "Feet": ["LR3"],
    }  # fmt: skip
