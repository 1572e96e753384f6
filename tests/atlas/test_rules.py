"""The rules that place the points, on a body of known measure: a round limb, one decimetre thick and twelve long, beside the midline."""

import json
import sys
from math import cos, pi, sin
from pathlib import Path
from types import SimpleNamespace

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("scipy")
MAKE = Path(__file__).parents[2] / "resources/atlas/make"
AROUND, RINGS = 96, 49


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(MAKE))
    import points  # noqa: PLC0415  # only the fixture knows where it lies
    import rules  # noqa: PLC0415

    yield SimpleNamespace(Rules=rules.Rules, RuleError=rules.RuleError, points=points)
    for name in ("points", "rules", "skin", "figure"):
        sys.modules.pop(name, None)


@pytest.fixture
def limb():
    angles = [2 * pi * k / AROUND for k in range(AROUND)]
    rows = [(1 + 0.5 * sin(a), 12 - 12 * r / (RINGS - 1), 0.5 * cos(a)) for r in range(RINGS) for a in angles]
    faces = []
    for r in range(RINGS - 1):
        for k in range(AROUND):
            a, b = r * AROUND + k, r * AROUND + (k + 1) % AROUND
            faces += [(a, a + AROUND, b), (b, a + AROUND, b + AROUND)]
    vertices = np.array(rows)
    normals = np.array([(sin(a), 0.0, cos(a)) for _ in range(RINGS) for a in angles])
    joint = {"hip.L": np.array([1.0, 12, 0]), "foot.L": np.array([1.0, 0, 0])}
    return SimpleNamespace(vertices=vertices, triangles=np.array(faces), normals=normals, joint=joint, rig=SimpleNamespace(rest=vertices))


def vertex(ring: int, quarter: int) -> dict[str, object]:
    """A landmark on a ring (48 from the top to the bottom), a number of quarter turns from the front to the outer side."""
    return {"skin": {str(ring * AROUND + quarter * AROUND // 4): 1.0}}


LANDMARKS = {
    "landmark": {
        "top": vertex(0, 0),
        "bottom": vertex(48, 0),
        "outer top": vertex(0, 1),
        "outer bottom": vertex(48, 1),
        "knee": vertex(16, 0),
        "outer knee": vertex(16, 1),
    },
    "segment": {"limb": {"from": "top", "to": "bottom", "cun": 24, "limb": ["hip", "foot"]}},
    "line": {"shin": ["top", "bottom"], "side": ["outer top", "outer bottom"]},
    "across": {"front": {"to": "top", "cun": 4}},
}


def landmarks_file(folder: Path) -> Path:
    """The landmarks as a file, as the maker reads them."""
    lines = []
    for kind in ("landmark", "segment", "across"):
        for name, table in LANDMARKS[kind].items():
            lines.append(f'[{kind}."{name}"]')
            lines += [f"{key} = {json.dumps(value).replace(': ', ' = ')}" for key, value in table.items()]
    lines += ["[line]", *(f"{name} = {json.dumps(names)}" for name, names in LANDMARKS["line"].items())]
    path = folder / "landmarks"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"at": "knee"}, (1, 8, 0.5)),
        ({"along": "limb", "below": "knee", "cun": 3, "line": "shin"}, (1, 6.5, 0.5)),
        ({"along": "limb", "above": "bottom", "cun": 2, "line": ["top", "bottom"]}, (1, 1, 0.5)),
        ({"along": "limb", "below": "knee", "cun": 3, "line": "shin", "share": 0.5, "toward": "side"}, (1.3536, 6.5, 0.3536)),
        ({"along": "limb", "below": "knee", "cun": 3, "line": "shin", "aside": 0.5, "toward": "side"}, (1.2397, 6.5, 0.4388)),
        ({"between": ["top", "bottom"], "share": 0.25}, (1, 9, 0.5)),
        ({"between": ["knee", "outer bottom"], "share": 0.5}, (1.3536, 4, 0.3536)),
        ({"between": ["knee", "outer knee"], "share": 0.25}, (1.2057, 8, 0.4557)),
        ({"side": "front", "level": "knee", "aside": 4}, (1, 8, 0.5)),
        ({"side": "front", "along": "limb", "below": "knee", "cun": 2, "aside": 5}, (1.25, 7, 0.433)),
        ({"side": "back", "level": "knee", "between": ["midline", "top"], "share": 1}, (1, 8, -0.5)),
        ({"side": "outer", "along": "limb", "below": "outer top", "cun": 6, "aside": 0.5}, (1.433, 9, -0.25)),
        ({"side": "outer", "level": "knee", "between": ["outer top", "top"], "share": 0.5}, (1.433, 8, 0.25)),
        ({"curve": ["top", "knee", "bottom"], "share": 0.25}, (1, 9, 0.5)),
        ({"curve": ["top", "outer top", "outer bottom"], "share": 1}, (1.5, 0, 0)),
        ({"along": "limb", "below": "knee", "cun": 2, "line": ["outer top"]}, (1.5, 7, 0)),
        ({"side": "left", "level": "knee", "line": "side"}, (1.5, 8, 0)),
        ({"side": "left", "along": "limb", "below": "knee", "cun": 2, "line": ["outer top"]}, (1.5, 7, 0)),
        ({"side": "left", "level": "knee", "line": "side", "round": 1}, (1.4388, 8, 0.2397)),
        ({"side": "left", "level": "knee", "line": "side", "round": -1}, (1.4388, 8, -0.2397)),
        ({"side": "front", "level": "knee", "aside": 4, "round": 1}, (1.2397, 8, 0.4388)),
    ],
)
def test_a_rule_finds_its_place(make: SimpleNamespace, limb: SimpleNamespace, rule: dict[str, object], place: tuple[float, ...]):
    found = make.Rules(limb, LANDMARKS, {}).follow(rule)
    assert found.xyz == pytest.approx(place, abs=0.005)
    outwards = np.array([place[0] - 1, 0, place[2]]) / 0.5
    assert found.normal @ outwards > 0.99


def test_one_cun_is_the_segments_own(make: SimpleNamespace, limb: SimpleNamespace):
    assert make.Rules(limb, LANDMARKS, {}).cun("limb") == pytest.approx(0.5)


CHANNEL = 'channel = "ST"\n\n[[point]]\ncode = "ST1"\nrule = { at = "knee" }\n\n[[point]]\ncode = "ST2"\nrule = '


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ('{ at = "elbow" }', "elbow"),
        ('{ at = "ST2" }', "circle"),
        ('{ along = "limb", below = "knee", line = "shin" }', "cun"),
        ('{ along = "arm", below = "knee", cun = 1, line = "shin" }', "arm"),
        ('{ along = "limb", below = "knee", cun = 1, line = "seam" }', "seam"),
        ('{ side = "front", level = "knee", aside = 40 }', "misses"),
        ('{ at = "knee", colour = "red" }', "colour"),
        ('{ at = "knee" }\n\n[[point]]\ncode = "ST1"\nrule = { at = "top" }', "twice"),
    ],
)
def test_a_bad_rule_stops_with_the_file_the_line_and_the_reason(
    make: SimpleNamespace, limb: SimpleNamespace, tmp_path: Path, rule: str, reason: str
):
    (tmp_path / "ST.toml").write_text(CHANNEL + rule + "\n", encoding="utf-8")
    with pytest.raises(make.RuleError, match=rf"ST\.toml:\d+: ST\d: .*{reason}"):
        make.points.places(limb, tmp_path, landmarks_file(tmp_path))


def test_the_right_mirrors_the_left(make: SimpleNamespace, limb: SimpleNamespace, tmp_path: Path):
    (tmp_path / "ST.toml").write_text(CHANNEL + '{ at = "outer top" }\n', encoding="utf-8")
    sides = make.points.places(limb, tmp_path, landmarks_file(tmp_path))["ST2"]
    assert sides["left"][0] == pytest.approx((1.5, 12, 0), abs=0.001)
    assert sides["right"][0] == pytest.approx((-1.5, 12, 0), abs=0.001)
