"""The points as they are shipped: all of the standard's, each on the skin of every figure, in sight, and apart from the others."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import dist, hypot
from typing import Any

import pytest

from neuro_chart.clinic.body import FIGURES, Atlas, View
from neuro_chart.clinic.needles import Side
from neuro_chart.clinic.points import Catalogue
from neuro_chart.resources import resource

CATALOGUE = Catalogue.load(resource("points"))
COUNTS = {
    "LU": 11, "LI": 20, "ST": 45, "SP": 21, "HT": 9, "SI": 19, "BL": 67, "KI": 27, "PC": 9, "TE": 23, "GB": 44, "LR": 14,
    "GV": 29, "CV": 24,  # the 28th of the standard is followed by Yintang
}  # fmt: skip
GROUPS = {"EX-HN1": 3, "EX-B2": 17, "EX-UE9": 4, "EX-UE10": 4, "EX-UE11": 5, "EX-LE10": 4, "EX-LE12": 5}
COMFORTABLE = 150, 0.25  # px a decimetre, and how squarely the skin is seen: the fingertips and the sole's edge are seen from the side
RIM = 2  # px that a dot may lie beside the outline, where the skin turns away
CUT = {("shoulders", "N-HN-54"), ("shoulders", "GB12")}  # on the edge of the head, which that view leaves out
APART = 0.02  # dm
SAME = {  # the standard puts these at one place
    frozenset({"EX-LE10.1", "LR2"}): "Bafeng lies in the webs of the toes, as LR2, ST44 and GB43 do",
    frozenset({"EX-LE10.2", "ST44"}): "Bafeng",
    frozenset({"EX-LE10.4", "GB43"}): "Bafeng",
    frozenset({"EX-UE9.4", "TE2"}): "Baxie lies in the webs of the fingers, as TE2 does",
    frozenset({"EX-UE11.3", "PC9"}): "Shixuan are the tips of the fingers, and PC9 is that of the middle one",
    frozenset({"N-HN-54", "GB12"}): "Anmian, halfway between TE17 and GB20, comes close to the tip of the mastoid on a small head",
    frozenset({"EX-LE5", "ST35"}): "Xiyan are the two hollows of the knee, and ST35 is the outer one",
}
LEFT = [view for view in Atlas.load(resource("atlas")).views.values() if not view.mirrored]


@pytest.mark.parametrize(("channel", "count"), COUNTS.items(), ids=COUNTS.keys())
def test_a_channel_has_the_standards_points_in_their_order(channel: str, count: int):
    assert [point.code for point in CATALOGUE if point.channel == channel] == [f"{channel}{n}" for n in range(1, count + 1)]


def test_there_are_at_least_46_extra_points_and_each_group_is_whole():
    extra = [point for point in CATALOGUE if point.channel == "EX"]
    assert len({point.group or point.code for point in extra}) >= 46
    sizes = Counter(point.group for point in extra if point.group)
    assert {group: sizes[group] for group in GROUPS} == GROUPS
    assert {code[:5] for code in (point.code for point in extra)} >= {"EX-HN", "EX-CA", "EX-B1", "EX-UE", "EX-LE"}
    assert [point.code for point in extra if point.group == "EX-B2"] == [
        f"EX-B2.{level}" for level in (*(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6)))
    ]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_point_is_placed_and_nothing_else(figure: str, figures: Any):
    placed, known = set(figures[figure].atlas.points), {point.code for point in CATALOGUE}
    assert sorted(placed - known) == []
    assert sorted(known - placed) == []
    assert set(figures[figure].atlas.best) == known


@pytest.mark.parametrize("figure", FIGURES)
def test_points_lie_on_the_midline_or_on_both_sides_as_mirror_images(figure: str, figures: Any):
    atlas = figures[figure].atlas
    for point in CATALOGUE:
        sites = atlas.points[point.code]
        if point.midline:
            assert set(sites) == {Side.MIDLINE}, point.code
            assert atlas.body.place(sites[Side.MIDLINE])[0] == pytest.approx(0, abs=0.001), point.code
        else:
            assert set(sites) == {Side.LEFT, Side.RIGHT}, point.code
            (x, y, z), right = (atlas.body.place(sites[side]) for side in (Side.LEFT, Side.RIGHT))
            assert x > 0, point.code
            assert right == (-x, y, z), point.code
            assert sites[Side.LEFT].region.replace("left", "right") == sites[Side.RIGHT].region


def test_the_midline_is_that_of_the_two_vessels_and_some_extra_points():
    assert {point.channel for point in CATALOGUE if point.midline} == {"GV", "CV", "EX"}
    assert all(point.midline for point in CATALOGUE if point.channel in ("GV", "CV"))


@pytest.mark.parametrize("figure", FIGURES)
def test_every_point_is_a_spot_of_the_skin(figure: str, figures: Any):
    skin = figures[figure].atlas.body.skin
    told = json.loads(resource("atlas", figure, "points.json").read_text(encoding="utf-8"))
    for code, entry in told["points"].items():
        triangle, first, second = entry["spot"]
        assert 0 <= triangle < len(skin.faces) // 2, code
        assert min(first, second, 1 - first - second) > -0.001, code


def inside(outlines: Sequence[Sequence[tuple[float, float]]], x: float, y: float) -> bool:
    """Does a pixel lie within closed lines, by how often one crosses them on the way out?"""
    crossed = sum(
        (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
        for line in outlines
        for (ax, ay), (bx, by) in zip(line, [*line[1:], line[0]], strict=True)
    )
    return crossed % 2 == 1


def beside(outlines: Sequence[Sequence[tuple[float, float]]], x: float, y: float) -> float:
    """How many px a pixel is from closed lines."""
    found = []
    for line in outlines:
        for (ax, ay), (bx, by) in zip(line, [*line[1:], line[0]], strict=True):
            length = (bx - ax) ** 2 + (by - ay) ** 2
            share = min(max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0.0), 1.0) if length else 0.0
            found.append(hypot(ax + share * (bx - ax) - x, ay + share * (by - ay) - y))
    return min(found)


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", [view.name for view in LEFT])
def test_every_point_that_a_view_shows_lies_inside_its_outline(name: str, figure: str, figures: Any):
    atlas = figures[figure].atlas
    view = atlas.views[name]
    shown, outlines = atlas.shown_points(view), view.drawing.silhouette
    assert shown
    out = [
        (code, side)
        for x, y, code, side in shown
        if not inside(outlines, x, y) and beside(outlines, x, y) > RIM and (name, code) not in CUT
    ]
    assert out == []


@pytest.mark.parametrize("figure", FIGURES)
def test_every_point_is_seen_at_a_comfortable_size_in_its_best_view(figure: str, figures: Any):
    atlas, bad = figures[figure].atlas, {}
    for code, sites in atlas.points.items():
        for side, site in sites.items():
            best = atlas.best_view(site, code)
            if best is None or best.scale < COMFORTABLE[0] or best.facing(site) < COMFORTABLE[1]:
                bad[code, side] = best and (best.name, best.scale, best.facing(site))
    assert bad == {}


@pytest.mark.parametrize("figure", FIGURES)
def test_no_other_view_shows_a_point_much_better_than_its_best_one(figure: str, figures: Any):
    atlas, bad = figures[figure].atlas, {}
    for code, sites in atlas.points.items():
        site = sites.get(Side.LEFT) or sites[Side.MIDLINE]
        worth = {view.name: view.worth(site) for view in atlas.views.values()}
        if worth[atlas.best[code]] < 0.65 * max(worth.values()) and code != "TE19":  # behind the edge of the ear
            bad[code] = atlas.best[code], max(worth, key=lambda name: worth[name])
    assert bad == {}


@pytest.mark.parametrize("figure", FIGURES)
def test_points_of_two_names_are_two_places(figure: str, figures: Any):
    places = {point.code: figures[figure].at(point.code) for point in CATALOGUE}
    near = {frozenset(pair) for pair in combinations(places, 2) if dist(*(places[code] for code in pair)) < APART}
    assert near <= set(SAME)
    assert len(near) >= 6


VIEWS = {
    "foot-sole-left": "KI1",
    "foot-top-left": "GB42 LR2 LR3 ST41 ST43 ST44 GB41 GB43 EX-LE10.1 EX-LE10.2 EX-LE10.3 EX-LE10.4",
    "foot-inner-left": "SP2 SP3 SP4 SP5 KI2 KI3 KI4 KI5 KI6",
    "foot-outer-left": "BL60 BL61 BL62 BL63 BL64 BL65 BL66 GB40",
    "hand-palm-left": "PC6 PC7 PC8 HT7 HT8 LU9 LU10",
    "hand-back-left": "TE3 TE4 TE5 LI4 EX-UE9.1 EX-UE9.2 EX-UE9.3 EX-UE9.4",
    "hand-thumb-left": "LI4 LI5 LU7",
    "hand-little-left": "SI2 SI3 SI4 SI5",
    "front": "ST25 ST36 ST37 ST39 CV4 CV17 KI27 LU5 PC6 SP10",
    "back": "BL13 BL20 BL23 BL40 BL57 GV4 GV14 BL32 GB30 TE5",
    "left": "GB31 GB34 GB39",
    "trunk-left": "SP21 GB22 GB26 LR13",
    "leg-inner-left": "SP6 SP9 KI10 LR8",
    "leg-outer-left": "GB31 GB34 ST40",
    "arm-inner-left": "HT2 PC2",
    "arm-outer-left": "LI11 LI14",
    "shoulders": "GB21 SI12 SI13 SI14 TE15",
    "head-front": "GV29 GV24 GV26 CV24 ST2 ST3 ST4 GB14 BL2 LI20 SI18",
    "head-back": "GV16 GB20 BL10",
    "head-left": "EX-HN5 ST6 ST7 TE17 GB8",
    "head-top": "GV20 GV21 EX-HN1.1 EX-HN1.2 EX-HN1.3",
    "ear-left": "SI19 GB2 TE21 TE17",
    "pelvis": "CV1",
}


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("view", "code"), [(view, code) for view, codes in VIEWS.items() for code in codes.split()])
def test_a_view_shows_the_points_that_one_looks_for_there(view: str, code: str, figure: str, figures: Any):
    atlas = figures[figure].atlas
    sites = atlas.points[code]
    assert atlas.views[view].facing(sites.get(Side.LEFT) or sites[Side.MIDLINE]) > 0


AWAY = [
    "foot-sole-left LR3",
    "front BL40",
    "back ST36",
    "hand-palm-left SI1",
    "hand-palm-left TE3",
    "hand-back-left PC8",
    "head-left GB8 right",
]


@pytest.mark.parametrize("told", AWAY)
def test_a_view_shows_no_point_of_the_other_side(told: str, figures: Any):
    view, code, *side = told.split()
    atlas = figures["neutral"].atlas
    assert not atlas.views[view].sees(atlas.points[code][Side(side[0]) if side else Side.LEFT])
    assert atlas.best_view(atlas.points[code][Side.LEFT], code).sees(atlas.points[code][Side.LEFT])


@pytest.mark.parametrize("group", ["EX-LE10", "EX-UE9"])
def test_webs_lie_between_neighbours_in_order(group: str, figures: Any):
    across = [figures["neutral"].at(f"{group}.{n}")[0] for n in range(1, 5)]
    assert across in (sorted(across), sorted(across, reverse=True))
    assert len(set(across)) == 4


def test_a_best_view_of_the_right_is_the_mirror_of_that_of_the_left(figures: Any):
    atlas = figures["neutral"].atlas
    for code, sites in atlas.points.items():
        if Side.LEFT in sites:
            left, right = (atlas.best_view(sites[side], code) for side in (Side.LEFT, Side.RIGHT))
            assert opposite(atlas.views, left).name == right.name, code


def opposite(views: Mapping[str, View], view: View) -> View:
    """The view that shows the right side by the same files, or the view itself where one shows both."""
    return next((other for other in views.values() if other.mirrored and other.path == view.path), view)
