"""The atlas as it is shipped: whole, true to itself, and small enough."""

import struct
import zlib
from math import dist
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.body import Atlas, mirror
from neuro_chart.clinic.needles import Site
from neuro_chart.resources import resource

ATLAS = Atlas.load(resource("atlas"))
VIEWS = sorted(ATLAS.views)
SIDES = ("left", "right")
EXPECTED = {
    *("front", "back", "left", "right"),
    *(f"head-{way}" for way in ("front", "left", "right", "back")),
    *(f"{part}-{side}" for part in ("hand-palm", "hand-back", "foot-top", "foot-sole") for side in SIDES),
}
MIRRORED = [("front", "front"), ("back", "back"), ("left", "right"), ("head-left", "head-right")]
MIRRORED += [(f"{part}-left", f"{part}-right") for part in ("hand-palm", "hand-back", "foot-top", "foot-sole")]


def place(site: Site) -> tuple[float, float, float]:
    return site.x, site.y, site.z


def grid(name: str, step: int = 23) -> list[tuple[float, float, Site]]:
    """Every pixel of a wide grid that shows skin."""
    view = ATLAS.views[name]
    pixels = [(x + 0.5, y + 0.5) for y in range(0, view.size[1], step) for x in range(0, view.size[0], step)]
    return [(x, y, site) for x, y in pixels if (site := view.site_at(x, y)) is not None]


def test_all_views_are_there():
    assert set(VIEWS) == EXPECTED
    groups = [view.group for view in ATLAS.views.values()]
    assert groups == sorted(groups, key=["Body", "Head", "Hands", "Feet"].index)


@pytest.mark.parametrize("name", VIEWS)
def test_picture_is_grey_with_alpha_and_of_the_size_that_the_atlas_says(name: str):
    header = ATLAS.views[name].image_path.read_bytes()[:26]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">IIBB", header[16:26]) == (*ATLAS.views[name].size, 8, 4)


@pytest.mark.parametrize("name", VIEWS)
def test_lookup_covers_the_picture_and_names_only_known_regions(name: str):
    view = ATLAS.views[name]
    raw = zlib.decompress(view.image_path.with_suffix(".lookup").read_bytes())
    cells = (view.size[0] // view.cell) * (view.size[1] // view.cell)
    assert len(raw) == 3 * cells
    assert max(raw[2 * cells :]) < len(ATLAS.regions)


@pytest.mark.parametrize("name", VIEWS)
def test_outlines_lie_in_the_picture(name: str):
    view = ATLAS.views[name]
    assert sum(len(line) for line in view.outline) > 100
    assert all(0 <= x <= view.size[0] and 0 <= y <= view.size[1] for line in view.outline for x, y in line)


@given(st.data())
def test_a_place_comes_back_to_its_pixel(data: st.DataObject):
    view = ATLAS.views[data.draw(st.sampled_from(VIEWS))]
    x, y = (data.draw(st.floats(-5, edge + 5)) for edge in view.size)
    site = view.site_at(x, y)
    if site is not None:
        back = view.place_of(site)
        assert back is not None
        assert dist(back, (x, y)) < 0.2
        assert view.regions[0] == "" != site.region


@pytest.mark.parametrize(("name", "other"), MIRRORED)
def test_the_right_mirrors_the_left(name: str, other: str):
    view, across = ATLAS.views[name], ATLAS.views[other]
    found = grid(name)
    same = 0
    for x, _, site in found:
        twin = mirror(site)
        there = across.place_of(twin)
        seen = across.site_at(*there) if there else None
        same += there is not None and abs(there[0] - view.size[0] + x) < 4 and seen is not None and seen.region == twin.region
    assert same > 0.95 * len(found)  # not at the very rim, nor where two regions meet


def test_two_views_agree_about_a_place():
    checked = 0
    for name in VIEWS:
        for _, _, site in grid(name, 41):
            for view in ATLAS.views.values():
                there = view.place_of(site)
                seen = view.site_at(*there) if there and view.facing(site) > 0.5 else None
                if seen is not None:
                    assert dist(place(seen), place(site)) < 0.12, (name, view.name, site)
                    checked += 1
    assert checked > 2000


def test_every_region_shows_in_some_view():
    shown = set()
    for view in ATLAS.views.values():
        raw = zlib.decompress(view.image_path.with_suffix(".lookup").read_bytes())
        shown |= set(raw[len(raw) * 2 // 3 :])
    assert {ATLAS.regions[i] for i in shown} == set(ATLAS.regions)


@pytest.mark.parametrize(
    ("name", "share", "region"),
    [
        ("front", (0.5, 0.02), "top of the head"),
        ("front", (0.6, 0.42), "left lower abdomen"),
        ("front", (0.35, 0.7), "right kneecap"),
        ("back", (0.5, 0.25), "spine, upper back"),
        ("back", (0.3, 0.82), "left posterior lower leg"),
        ("left", (0.65, 0.85), "left lateral lower leg"),
        ("hand-palm-left", (0.5, 0.5), "left palm"),
        ("hand-back-right", (0.5, 0.5), "right back of the hand"),
        ("foot-sole-left", (0.5, 0.3), "left sole, forefoot"),
        ("foot-sole-right", (0.5, 0.9), "right sole, heel"),
        ("foot-top-left", (0.5, 0.7), "left top of the foot"),
        ("head-front", (0.5, 0.42), "nose"),
        ("head-right", (0.5, 0.38), "right ear"),
    ],
)
def test_regions_have_the_names_that_anatomy_gives(name: str, share: tuple[float, float], region: str):
    view = ATLAS.views[name]
    site = view.site_at(share[0] * view.size[0], share[1] * view.size[1])
    assert site is not None
    assert site.region == region


def test_the_whole_atlas_stays_small():
    folder = Path(resource("atlas"))
    assert sum(f.stat().st_size for f in folder.iterdir() if f.is_file()) <= 10_000_000


@pytest.mark.parametrize("name", ["front", "back", "head-front", "head-back"])
def test_a_point_shows_on_both_sides_or_on_neither(name: str):
    shown = [(code, side) for _, _, code, side in ATLAS.shown_points(ATLAS.views[name])]
    both = [code for code, side in shown if side in SIDES]
    assert both
    assert all(both.count(code) == 2 for code in both)


def test_every_point_shows_in_some_view():
    shown = {code for view in ATLAS.views.values() for _, _, code, _ in ATLAS.shown_points(view)}
    assert len(shown) >= 60
    assert shown == set(ATLAS.points)
