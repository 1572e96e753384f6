"""The points as they are shipped, held against what the standard says of them. Neither NumPy nor the mesh is needed."""

from itertools import pairwise
from math import dist

import pytest

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.points import Catalogue
from neuro_chart.resources import resource

ATLAS = Atlas.load(resource("atlas"))
CATALOGUE = Catalogue.load(resource("points"))
CODES = sorted(p.code for p in CATALOGUE)
NEAR = 0.3  # cun
SHU = tuple(f"BL{n}" for n in range(11, 31))


def site(code: str, side: Side = Side.LEFT) -> Site:
    sides = ATLAS.points[code]
    return sides.get(side) or sides[Side.MIDLINE]


def at(code: str) -> tuple[float, float, float]:
    place = site(code)
    return place.x, place.y, place.z


def apart(a: str, b: str) -> float:
    return dist(at(a), at(b))


@pytest.mark.parametrize("code", CODES)
def test_every_point_has_its_places_and_each_is_in_sight(code: str):
    sides = ATLAS.points[code]
    assert set(sides) == ({Side.MIDLINE} if CATALOGUE[code].midline else {Side.LEFT, Side.RIGHT})
    for side, place in sides.items():
        assert place.side is side
        assert place.region
        assert any(view.sees(place) for view in ATLAS.views.values())


def test_nothing_is_placed_that_the_catalogue_does_not_know():
    assert set(ATLAS.points) == set(CODES)
    assert len(CODES) >= 200


@pytest.mark.parametrize("code", [code for code in CODES if not CATALOGUE[code].midline])
def test_right_mirrors_left(code: str):
    left, right = site(code, Side.LEFT), site(code, Side.RIGHT)
    assert left.x > 0
    assert (right.x, right.y, right.z) == (-left.x, left.y, left.z)


@pytest.mark.parametrize("code", [code for code in CODES if CATALOGUE[code].midline])
def test_midline_points_lie_on_the_midline(code: str):
    assert site(code).x == 0


# share of the way from the first to the second at which the third lies, and the cun of that way
ALONG = [
    ("ST35", "ST41", {"ST36": 3, "ST37": 6, "ST38": 8, "ST39": 9}, 16),
    ("LU5", "LU9", {"LU6": 5, "LU8": 11}, 12),
    ("PC3", "PC7", {"PC4": 7, "PC5": 9, "PC6": 10}, 12),
    ("HT3", "HT7", {"HT4": 10.5, "HT5": 11, "HT6": 11.5}, 12),
    ("BL36", "BL40", {"BL37": 6}, 14),
]


@pytest.mark.parametrize(("start", "end", "between", "cun"), ALONG, ids=lambda v: v if isinstance(v, str) else "")
def test_points_lie_their_cun_down_the_line(start: str, end: str, between: dict[str, float], cun: int):
    a, b = at(start), at(end)
    way = dist(a, b)
    along = [(q - p) / way for p, q in zip(a, b, strict=True)]
    for code, down in between.items():
        gone = sum((q - p) * u for p, q, u in zip(a, at(code), along, strict=True))
        off = abs(dist(a, at(code)) ** 2 - gone**2) ** 0.5
        assert gone / way * cun == pytest.approx(down, abs=NEAR)
        assert off < 2 * way / cun  # the skin bulges, the line is straight


def test_one_cun_is_the_same_all_down_the_shin():
    cun = apart("ST36", "ST37") / 3
    assert apart("ST37", "ST39") / cun == pytest.approx(3, abs=NEAR)
    assert apart("ST38", "ST39") / cun == pytest.approx(1, abs=0.1)
    assert apart("ST35", "ST36") / cun == pytest.approx(3, abs=NEAR)
    assert apart("GB37", "GB38") / cun == pytest.approx(1, abs=0.1)
    assert apart("GB38", "GB39") / cun == pytest.approx(1, abs=0.1)
    assert apart("BL56", "BL57") / cun == pytest.approx(3, abs=NEAR)
    assert apart("ST38", "ST40") / cun == pytest.approx(1, abs=0.15)
    assert site("BL57").y - site("BL58").y == pytest.approx(cun, abs=NEAR * cun)


def test_inner_leg_has_thirteen_cun_from_sp9_to_the_ankle_bone():
    # KI6 lies one cun below the ankle bone's peak in cun of the heel, so the peak itself is reached from SP6, three cun below
    cun = (site("SP9").y - site("SP6").y) / 10
    assert site("SP9").y - site("SP8").y == pytest.approx(3 * cun, abs=NEAR * cun)
    assert site("SP7").y - site("SP6").y == pytest.approx(3 * cun, abs=NEAR * cun)
    assert site("LR5").y - site("SP6").y == pytest.approx(2 * cun, abs=NEAR * cun)
    assert site("LR6").y - site("LR5").y == pytest.approx(2 * cun, abs=NEAR * cun)
    assert site("SP6").y - site("KI7").y == pytest.approx(cun, abs=NEAR * cun)
    assert site("SP6").y - site("KI3").y == pytest.approx(3 * cun, abs=NEAR * cun)


def test_forearm_points_are_their_cun_above_the_wrist():
    cun = apart("PC3", "PC7") / 12
    assert apart("PC7", "PC6") / cun == pytest.approx(2, abs=NEAR)
    assert apart("PC6", "PC5") / cun == pytest.approx(1, abs=NEAR)
    assert apart("TE4", "TE5") / cun == pytest.approx(2, abs=NEAR)
    assert apart("TE5", "TE6") / cun == pytest.approx(1, abs=NEAR)
    assert apart("HT7", "HT5") / cun == pytest.approx(1, abs=NEAR)
    assert apart("PC7", "PC4") / cun == pytest.approx(5, abs=NEAR)
    assert apart("TE4", "TE8") / cun == pytest.approx(4, abs=NEAR)
    assert [apart("LI11", code) / cun for code in ("LI10", "LI9", "LI8")] == pytest.approx([2, 3, 4], abs=NEAR)
    assert apart("LI6", "LI7") / cun == pytest.approx(2, abs=NEAR)


def test_thigh_points_are_their_cun_above_the_knee():
    cun = (site("ST32").y - site("ST34").y) / 4
    assert site("ST33").y - site("ST34").y == pytest.approx(cun, abs=NEAR * cun)
    assert site("GB31").y - site("GB32").y == pytest.approx(2 * cun, abs=NEAR * cun)
    assert site("ST34").y - site("EX-LE2").y == pytest.approx(2 * cun, abs=NEAR * cun)
    assert site("SP10").y - site("EX-LE2").y == pytest.approx(2 * cun, abs=NEAR * cun)


LEVELS = [
    "CV12 ST21", "CV9 ST24", "CV8 KI16 ST25 SP15", "CV7 ST26", "CV5 ST27", "CV4 ST28", "CV3 ST29", "ST35 EX-LE4", "ST38 ST40",
    "GB35 GB36", "KI7 KI8", "GV13 BL11", "GV12 BL13", "BL14 BL43", "GV11 BL15", "GV10 BL16", "GV9 BL17", "GV8 BL18", "GV7 BL19",
    "GV6 BL20", "GV5 BL22", "GV4 BL23 BL52", "GV3 BL25", "BL27 BL31", "BL28 BL32 BL53", "BL29 BL33", "BL30 BL34 BL54",
    "GV15 BL10", "GV16 GB20", "BL39 BL40 KI10", "LI15 TE14", "GV29 BL2",
]  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_points_of_one_level(level: str):
    heights = [site(code).y for code in level.split()]
    assert max(heights) - min(heights) < 0.06


def test_trunk_levels_follow_each_other():
    navel = site("CV8").y
    upper = [site(code).y - navel for code in ("CV9", "CV10", "CV11", "CV12", "CV13", "CV14")]
    assert upper == pytest.approx([n * upper[-1] / 6 for n in range(1, 7)], abs=NEAR * upper[0])
    lower = [navel - site(code).y for code in ("CV7", "CV6", "CV5", "CV4", "CV3")]
    assert lower == pytest.approx([n * lower[-1] / 4 for n in (1, 1.5, 2, 3, 4)], abs=NEAR * lower[0])
    back = [site(code).y for code in ("GV14", *SHU)]
    assert back == sorted(back, reverse=True)
    head = [site(code).z for code in ("GV29", "GV24", "GV23", "GV22", "GV21", "GV20", "GV19", "GV18")]
    assert head == sorted(head, reverse=True)


def test_lateral_lines_keep_their_distance():
    shu = [site(code).x for code in SHU]
    assert max(shu) - min(shu) < 0.01
    assert [site(code).x for code in ("BL43", "BL52", "BL53", "BL54")] == pytest.approx([2 * shu[0]] * 4, abs=0.01)
    chest = site("LR14").x / 4
    assert site("KI27").x == pytest.approx(2 * chest, abs=NEAR * chest)
    assert site("LU1").x == pytest.approx(6 * chest, abs=NEAR * chest)
    assert [site(f"ST{n}").x for n in (21, 24, 25, 26, 27, 28, 29)] == pytest.approx([2 * chest] * 7, abs=NEAR * chest)
    assert site("SP15").x == pytest.approx(4 * chest, abs=NEAR * chest)
    assert site("KI16").x == pytest.approx(chest / 2, abs=0.1 * chest)


# each further to the figure's left than the next (left leg and arm)
OUTWARDS = [
    "GB34 ST36 SP9", "ST40 ST38", "GB39 SP6", "GB41 ST43 LR3 SP3", "GB43 ST44 LR2", "LI11 LU5 PC3 HT3", "LU9 PC7 HT7", "LU7 PC6",
    "ST34 SP10", "ST35 EX-LE4", "BL60 KI3", "BL62 KI6", "LI4 TE3 SI3", "LU10 PC8 HT8", "BL58 BL57", "GB31 BL37", "GB30 BL32",
    "GB20 BL10", "LI15 LU1",
]  # fmt: skip
# each further to the front than the next
FORWARDS = [
    "ST36 GB34 BL40", "LR4 SP6 KI7", "GB40 BL62 BL60", "SP3 SP4 KI6 KI3", "LR2 LR3 ST41", "ST44 ST43", "GB43 GB41", "PC6 TE5", "LU9 LI5",
    "LI15 TE14", "LR5 SP6", "ST40 GB37", "EX-HN5 GB20",
]  # fmt: skip


def pairs(rows: list[str]) -> list[tuple[str, str]]:
    return [pair for row in rows for pair in pairwise(row.split())]


@pytest.mark.parametrize(("outer", "inner"), pairs(OUTWARDS))
def test_which_lies_further_out(outer: str, inner: str):
    assert site(outer).x > site(inner).x


@pytest.mark.parametrize(("front", "rear"), pairs(FORWARDS))
def test_which_lies_further_forward(front: str, rear: str):
    assert site(front).z > site(rear).z


VIEWS = {
    "foot-sole-left": "KI1",
    "foot-top-left": "GB42 LR2 LR3 ST41 ST43 ST44 GB41 GB43 EX-LE10.1 EX-LE10.2 EX-LE10.3 EX-LE10.4",
    "hand-palm-left": "PC6 PC7 PC8 HT7 HT8 LU9",
    "hand-back-left": "TE3 TE4 TE5 LI4 EX-UE9.1 EX-UE9.2 EX-UE9.3 EX-UE9.4",
    "front": "ST25 ST36 ST37 ST39 CV4 CV17 KI27 LU5 PC6 SP10",
    "back": "BL13 BL20 BL23 BL40 BL57 GV4 GV14 BL32 GB30 TE5",
    "left": "GB31 GB34 GB39",
    "head-front": "GV29 GV24 GV26 CV24 ST2 ST3 ST4 GB14 BL2 LI20 SI18",
    "head-back": "GV16 GB20 BL10",
    "head-left": "EX-HN5 ST6 ST7 TE17",
}


@pytest.mark.parametrize(("view", "code"), [(view, code) for view, codes in VIEWS.items() for code in codes.split()])
def test_a_view_shows_the_points_that_one_looks_for_there(view: str, code: str):
    assert ATLAS.views[view].sees(site(code))


def test_the_sole_shows_no_point_of_the_top():
    assert not ATLAS.views["foot-sole-left"].sees(site("LR3"))
    assert not ATLAS.views["front"].sees(site("BL40"))
    assert not ATLAS.views["back"].sees(site("ST36"))


def test_webs_lie_between_neighbours_in_order():
    for group in ("EX-LE10", "EX-UE9"):
        across = [site(f"{group}.{n}").x for n in range(1, 5)]
        assert across in (sorted(across), sorted(across, reverse=True))
    assert dist(at("EX-LE10.1"), at("LR2")) < 0.1
