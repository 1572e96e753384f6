"""The atlas as it is shipped: whole, true to itself on three figures, read piece by piece, and small enough."""

import re
import shutil
import struct
import tomllib
import zlib
from array import array
from itertools import product
from math import dist
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from neuro_chart.clinic.body import FIGURES, Atlas, View, mirror
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.skin import AtlasError
from neuro_chart.resources import resource

SHIPPED = resource("atlas")
ATLAS = Atlas.load(SHIPPED)
VIEWS = list(ATLAS.views)
WHOLE = {"front", "back", "left", "right", "head-top"}  # drawn to their ends
KINDS = ("webp", "lookup", "json", "areas.json")
LEFT = [name for name, view in ATLAS.views.items() if not view.mirrored]
EXPECTED = {
    *("front", "back", "left", "right", "shoulders", "pelvis"),
    *(f"head-{way}" for way in ("front", "left", "right", "back", "top")),
    *(f"{part}-{side}" for part in ("ear", "trunk") for side in ("left", "right")),
    *(f"hand-{face}-{side}" for face in ("palm", "back", "thumb", "little") for side in ("left", "right")),
    *(f"foot-{face}-{side}" for face in ("top", "sole", "inner", "outer") for side in ("left", "right")),
    *(f"{limb}-{face}-{side}" for limb in ("arm", "leg") for face in ("inner", "outer") for side in ("left", "right")),
}
ALONG = 0.15  # dm by which the rule of a point may place it otherwise on another figure than the skin carries it there
FORGIVEN = 0.02  # of the places on a wide grid: those at a rim, where skin looks away from the viewer


def xyz(site: Site) -> tuple[float, float, float]:
    return site.x, site.y, site.z


def grid(view: View) -> list[tuple[float, float, Site]]:
    """Every pixel of a wide grid that shows skin; in a mirrored view the same ones in the mirror."""
    step = max(view.size) // 18
    pixels = [(x + 0.5, y + 0.5) for y in range(step // 2, view.size[1], step) for x in range(step // 2, view.size[0], step)]
    turned = [(view.size[0] - x, y) for x, y in pixels] if view.mirrored else pixels
    return [(x, y, site) for x, y in turned if (site := view.site_at(x, y)) is not None]


def test_all_views_are_there_group_by_group():
    assert set(VIEWS) == EXPECTED
    groups = [view.group for view in ATLAS.views.values()]
    assert list(dict.fromkeys(groups)) == ["Body", "Head", "Trunk", "Arms", "Hands", "Legs", "Feet"]
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index)
    assert len({view.title for view in ATLAS.views.values()}) == len(VIEWS)


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_has_the_same_views(figure: str, figures: Any):
    views = figures[figure].atlas.views
    told = {name: (view.title, view.group, view.pose, view.mirrored) for name, view in ATLAS.views.items()}
    assert {name: (view.title, view.group, view.pose, view.mirrored) for name, view in views.items()} == told


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", LEFT)
def test_a_view_has_a_picture_a_lookup_and_lines_of_its_size(name: str, figure: str, figures: Any):
    view = figures[figure].atlas.views[name]
    with Image.open(view.image_path) as picture:
        assert (picture.format, picture.size) == ("WEBP", view.size)
        assert picture.mode == "RGBA" or name in WHOLE, "it fades somewhere"
    wide, high = view.size
    raw = zlib.decompress(view.image_path.with_suffix(".lookup").read_bytes())
    faces = array("H", raw)
    assert struct.pack("<H", 1) != struct.pack("=H", 1) or max(faces) <= len(view.body.skin.faces) // 4
    assert len(faces) == (wide // view.cell) * (high // view.cell)
    assert wide % view.cell == high % view.cell == 0
    assert 0.05 < sum(face > 0 for face in faces) / len(faces) < 1
    drawing = view.drawing
    assert sum(len(line) for line in drawing.silhouette) > 30
    lines = [*drawing.silhouette, *drawing.outline]
    lines += [line for named in drawing.areas.values() for found in named.values() for line in found]
    lines += [line for found in drawing.channels.values() for line in found]
    assert all(-3 <= x <= wide + 3 and -3 <= y <= high + 3 for line in lines for x, y in line)
    assert all(len(line) > 1 for line in lines)


@pytest.mark.parametrize("name", VIEWS)
def test_a_place_comes_back_to_its_pixel(name: str):
    view, lost, found = ATLAS.views[name], 0, grid(ATLAS.views[name])
    assert len(found) > 20
    for x, y, site in found:
        place = view.place_of(site)
        if view.facing(site) > 0.3:
            assert place is not None, (x, y, site)
            assert dist(place, (x, y)) < 1 + 0.002 * view.scale, (x, y, site)
        lost += place is None or dist(place, (x, y)) > 4
    assert lost <= max(1, FORGIVEN * len(found))


@given(st.data())
def test_any_pixel_is_skin_or_beside_it(data: st.DataObject):
    view = ATLAS.views[data.draw(st.sampled_from(VIEWS))]
    x, y = (data.draw(st.floats(-50, size + 50)) for size in view.size)
    site = view.site_at(x, y)
    if site is not None:
        assert 0 <= x <= view.size[0]
        assert 0 <= y <= view.size[1]
        assert site.region in ATLAS.regions


@pytest.mark.parametrize("name", [name for name in VIEWS if ATLAS.views[name].mirrored])
def test_the_right_mirrors_the_left(name: str):
    right = ATLAS.views[name]
    left = next(view for view in ATLAS.views.values() if view.path == right.path and not view.mirrored)
    assert (right.size, right.scale, right.group) == (left.size, left.scale, left.group)
    assert right.title != left.title
    for x, y, site in grid(left):
        assert right.site_at(left.size[0] - x, y) == mirror(site)
        if (place := left.place_of(site)) is not None:
            assert right.place_of(mirror(site)) == pytest.approx((left.size[0] - place[0], place[1]))
    flipped = {word.replace("left", "right") for word in left.drawing.areas["regions"] if "left" in word}
    assert flipped <= set(right.drawing.areas["regions"])


@pytest.mark.parametrize("name", ["front", "back", "head-front", "head-back", "head-top", "shoulders", "pelvis"])
def test_a_view_of_both_sides_is_its_own_mirror(name: str):
    view, odd = ATLAS.views[name], 0
    found = grid(view)
    for x, y, site in found:
        other = view.site_at(view.size[0] - x, y)
        odd += other is None or dist(xyz(other), xyz(mirror(site))) > 0.06
    assert odd <= max(1, FORGIVEN * len(found))


def test_two_views_agree_about_a_place():
    checked, odd = 0, []
    for name in LEFT:
        for _, _, site in grid(ATLAS.views[name]):
            for view in ATLAS.views.values():
                there = view.place_of(site)
                seen = view.site_at(*there) if there and view.facing(site) > 0.5 else None
                if seen is not None:
                    checked += 1
                    if dist(xyz(seen), xyz(site)) > 0.15:
                        odd.append((name, view.name, site))
    assert checked > 2000
    assert len(odd) <= 0.002 * checked, odd


@pytest.mark.parametrize(("figure", "code"), list(product(FIGURES[1:], ("ST36", "LI4", "BL23", "GB20", "KI3", "CV12", "SI19"))))
def test_a_place_marked_on_one_figure_shows_at_the_same_place_of_another(figure: str, code: str, figures: Any):
    neutral, other = figures["neutral"].atlas, figures[figure].atlas
    site = neutral.points[code].get(Side.LEFT) or neutral.points[code][Side.MIDLINE]
    marked = Site(site.x + 0.004 if site.x else 0.0, site.y + 0.004, site.z, site.side, site.region)  # no point, so found on the skin
    view = other.views[other.best[code]]
    place = view.place_of(marked)
    assert place is not None
    assert dist(place, view.place_of(site)) < ALONG * view.scale
    back = view.site_at(*place)
    assert dist(xyz(back), xyz(marked)) < 0.05
    assert neutral.region_of(back).name == other.region_of(back).name


def test_the_figures_differ(figures: Any):
    heights = {name: max(figures[name].atlas.body.skin.shapes[f"{name} standing"][1]) for name in FIGURES}
    assert heights["female"] < heights["neutral"] < heights["male"]


@pytest.mark.parametrize("name", ["front", "hand-palm-right", "ear-left"])
def test_a_view_reads_only_its_own_files(name: str, tmp_path: Path):
    own = ATLAS.views[name].path.name
    (tmp_path / "neutral").mkdir()
    for file in ("atlas.json", "skin", "neutral/cameras.json", "neutral/points.json"):
        shutil.copy(SHIPPED / file, tmp_path / file)
    for suffix in (".lookup", ".json", ".areas.json"):
        shutil.copy(SHIPPED / "neutral" / f"{own}{suffix}", tmp_path / "neutral")
    atlas = Atlas.load(tmp_path)
    view = atlas.views[name]
    assert list(atlas.shown_points(view)) == list(ATLAS.shown_points(ATLAS.views[name]))
    assert grid(view) == grid(ATLAS.views[name])
    drawing, shipped = view.drawing, ATLAS.views[name].drawing
    assert (drawing.silhouette, drawing.outline, drawing.areas) == (shipped.silhouette, shipped.outline, shipped.areas)
    code = next(code for code, best in atlas.best.items() if best == own)
    site = atlas.points[code].get(Side.LEFT) or atlas.points[code][Side.MIDLINE]
    assert atlas.best_view(site, code).path == view.path
    with pytest.raises(AtlasError, match=r"back\.lookup"):
        atlas.views["back"].site_at(10, 10)


@pytest.mark.parametrize("file", ["atlas.json", "skin", "female/cameras.json", "female/points.json", "neutral/points.json"])
@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_damaged_atlas_says_which_file_cannot_be_read(file: str, damage: str, tmp_path: Path):
    for name in ("atlas.json", "skin", "female/cameras.json", "female/points.json", "neutral/points.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(SHIPPED / name, tmp_path / name)
    assert Atlas.load(tmp_path, "female").points
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).unlink()
    if damage != "missing":
        (tmp_path / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AtlasError, match=Path(file).name):
        Atlas.load(tmp_path, "female")


def test_the_whole_atlas_stays_small():
    files = [file for file in SHIPPED.rglob("*") if file.is_file() and "make" not in file.relative_to(SHIPPED).parts]
    assert sum(file.stat().st_size for file in files) <= 15_000_000
    known = {"README.md", "atlas.json", "skin"} | {
        f"{figure}/{name}"
        for figure in FIGURES
        for name in ("cameras.json", "points.json", *(f"{view}.{kind}" for view in LEFT for kind in KINDS))
    }
    assert {str(file.relative_to(SHIPPED)) for file in files} == known


def test_regions_share_the_skin_as_the_rule_of_nines_says():
    assert 110 <= len(ATLAS.regions) <= 130
    assert sum(region.share for region in ATLAS.regions.values()) == pytest.approx(1, abs=0.002)
    assert all(0 < region.share < 0.05 for region in ATLAS.regions.values())
    on = {side: sum(region.share for name, region in ATLAS.regions.items() if side in name.split()) for side in ("left", "right")}
    assert on["left"] == pytest.approx(on["right"], abs=0.005)
    arm = ("arm", "forearm", "elbow", "wrist", "hand", "palm", "finger", "thumb", "thenar", "hypothenar")
    leg = ("thigh", "knee", "kneecap", "leg", "calf", "shin", "ankle", "foot", "sole", "heel", "toe", "toes")
    for words, low, high in ((arm, 0.06, 0.12), (leg, 0.13, 0.22)):
        found = sum(
            r.share for name, r in ATLAS.regions.items() if "left" in name.split() and set(name.replace(",", "").split()) & set(words)
        )
        assert low < found < high, words


def test_every_region_has_scales_that_there_are():
    for region in ATLAS.regions.values():
        assert region.segment in ATLAS.segments
        assert region.across in {"", *ATLAS.across}


@pytest.mark.parametrize(("kind", "count"), [("dermatomes", 32), ("nerves", 35)])
def test_fields_cover_the_skin_and_say_their_source(kind: str, count: int):
    fields = ATLAS.layers[kind]
    assert len(fields) >= count - 1
    assert sum(field.share for field in fields.values()) == pytest.approx(1, abs=0.002)
    assert all(field.share > 0 for field in fields.values())
    assert all(len(field.source) > 20 for field in fields.values())


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("kind", ["regions", "dermatomes", "nerves"])
def test_every_region_and_field_shows_in_some_view(kind: str, figure: str, figures: Any):
    atlas = figures[figure].atlas
    shown = {name for view in atlas.views.values() for name in view.drawing.areas[kind]}
    assert shown == set(atlas.regions if kind == "regions" else atlas.layers[kind])


@pytest.mark.parametrize(
    ("code", "dermatome", "nerve"),
    [
        ("SI3", "C8", "Ulnar nerve"),
        ("PC8", "C7", "Median nerve"),
        ("ST36", "L5", ""),
        ("SP6", "L4", "Saphenous nerve"),
        ("BL62", "S1", "Sural nerve"),
        ("CV8", "T10", ""),
        ("CV17", "T4", ""),
        ("BL40", "S2", ""),
        ("GB31", "", "Lateral femoral cutaneous nerve"),
    ],
)
def test_a_point_lies_in_the_fields_that_anatomy_gives(code: str, dermatome: str, nerve: str):
    for site in ATLAS.points[code].values():
        found = ATLAS.fields_of(site)
        assert set(found) == {"dermatomes", "nerves"}
        assert dermatome in ("", found["dermatomes"].name)
        assert nerve in ("", found["nerves"].name)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ST36", "left .*leg"),
        ("LI4", "left .*hand"),
        ("KI1", "left (plantar|sole)"),
        ("GV20", "head|scalp"),
        ("CV12", "abdomen"),
        ("ST25", "left .*abdomen"),
    ],
)
def test_a_point_lies_in_the_region_that_anatomy_gives(code: str, words: str):
    site = next(iter(ATLAS.points[code].values()))
    assert re.search(words, site.region)
    assert ATLAS.region_of(site).name == site.region


def test_landmarks_say_where_they_are():
    told = tomllib.loads((SHIPPED / "make/landmarks.toml").read_text(encoding="utf-8"))["landmark"]
    assert {name: mark.where for name, mark in ATLAS.landmarks.items()} == {name: mark["where"] for name, mark in told.items()}
    assert all(mark.where.endswith(".") and mark.sites for mark in ATLAS.landmarks.values())
