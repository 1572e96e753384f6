"""Every point's place on a figure, computed from the rules in resources/points, and the views that show it."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from contours import simplified
from courses import courses
from figure import Array, Figure
from numpy.typing import NDArray
from rules import RuleError, Rules, line_of, read
from skin import Place, Skin
from views import save

CODE, LANDMARK = 'code = "{}"', '[landmark."{}"]'
HERE = Path(__file__).parent
POINTS, LANDMARKS = HERE.parents[1] / "points", HERE / "landmarks.toml"
BENEATH, ABOVE = 0.06, 0.12  # dm that a place may lie beneath, or above, the skin of a view and still be the one in sight
SQUARE, CLOSE = 2.0, 0.3  # how much a square look and a close one count in the choice of a point's best view
CLEAR = 3  # of the nine cells about a point must show it in its best view
AVERTED = -0.1  # a course that faces away from the viewer by more is on the far side of a finger, however thin that is


def described(folder: Path = POINTS) -> dict[str, dict[str, Any]]:
    """The parsed point files by the code of their channel. RuleError with the file, the line and the reason if one can't be used."""
    found, given = {}, set()
    for path in sorted(folder.glob("*.toml")):
        channel = read(path)
        for point in channel.get("point", ()):
            if point["code"] in given:
                raise RuleError(f"{line_of(path, CODE.format(point['code']))}: {point['code']}: it is given twice")
            if "rule" not in point:
                raise RuleError(f"{line_of(path, CODE.format(point['code']))}: {point['code']}: it has no rule")
            given.add(point["code"])
        if "channel" in channel:
            found[channel["channel"]] = channel
    return found


def rules_for(figure: Figure, channels: Mapping[str, Mapping[str, Any]], landmarks: Path = LANDMARKS) -> Rules:
    """The engine with every point's rule."""
    return Rules(figure, read(landmarks), {point["code"]: point["rule"] for told in channels.values() for point in told["point"]})


def places(rules: Rules, channels: Mapping[str, Mapping[str, Any]], folder: Path = POINTS, landmarks: Path = LANDMARKS) -> dict[str, Place]:
    """Each point's place, on the left side or the midline.

    RuleError that begins with the file and the line: a rule or landmark that names what there is not or that misses the skin.
    """
    found = {}
    for told in channels.values():
        for point in told["point"]:
            code = point["code"]
            try:
                place = rules.place(code)
            except RuleError as error:
                raise told_with_its_line(error, folder, landmarks) from error
            if point.get("midline", told.get("midline")):
                flat = place.normal * [0, 1, 1]
                place = Place(place.xyz * [0, 1, 1], flat / np.linalg.norm(flat))
            found[code] = place
    return found


def told_with_its_line(error: RuleError, folder: Path = POINTS, landmarks: Path = LANDMARKS) -> RuleError:
    """The same error with the file and the line of the point or the landmark that has it."""
    code = CODE.format(error.name)
    path = next((path for path in sorted(folder.glob("*.toml")) if code in path.read_text(encoding="utf-8").splitlines()), None)
    place = line_of(path, code) if path else line_of(landmarks, LANDMARK.format(error.name))
    return RuleError(f"{place}: {error.name}: {error}", error.name)


def write_points(figures: Mapping[str, Figure], folder: Path, points: Path = POINTS, landmarks: Path = LANDMARKS) -> None:
    """Write points.json of one figure: each point's spot on the skin and best view, the spots of the landmarks that follow from others (the
    rest go along with the skin), and the channels' lines in every view.

    figures: the same figure, once subdivided, in every pose of shots.POSES; its views are there.
    """
    channels = described(points)
    rules = rules_for(figures["standing"], channels, landmarks)
    told = json.loads((folder / "cameras.json").read_text(encoding="utf-8"))
    views = [_View.read(folder, name, view, told["cell"], figures[view["pose"]]) for name, view in told["views"].items() if "pose" in view]
    spots = {code: spot(rules.skin, place.xyz) for code, place in places(rules, channels, points, landmarks).items()}
    entries = {}
    for code, (triangle, shares) in spots.items():
        best = max(views, key=lambda view: view.worth(triangle, shares))
        if not best.worth(triangle, shares):
            raise told_with_its_line(RuleError("no view shows it", code), points, landmarks)
        entries[code] = {"spot": kept(triangle, shares), "view": best.name}
    try:
        followed = {name: kept(*spot(rules.skin, rules.place(name).xyz)) for name, told in rules.landmarks.items() if "rule" in told}
    except RuleError as error:
        raise told_with_its_line(error, points, landmarks) from error
    lines = {channel: [_Course.of(rules.skin, line) for line in found] for channel, found in courses(rules, channels).items()}
    seen = {view.name: _seen(view, lines) for view in views}
    save(folder / "points.json", {"points": entries, "landmarks": followed, "channels": seen})


def spot(skin: Skin, xyz: Array) -> tuple[int, Array]:
    """A place on the skin as the program keeps it: a triangle (twice the face, and the half) and its corners' shares (3,)."""
    triangle, shares = skin.spot(xyz)
    half = len(skin.figure.triangles) // 2
    return triangle % half * 2 + triangle // half, shares


def kept(triangle: int, shares: Array) -> list[float]:
    """A spot as it is written: the last share follows from the others."""
    return [triangle, *(round(float(share), 4) for share in shares[:2])]


@dataclass(frozen=True)
class _View:
    """A view that was taken, and the depth of the skin in each of its cells (-inf: none)."""

    name: str
    figure: Figure
    rotation: Array
    origin: tuple[float, float]
    scale: float
    cell: int
    depth: Array
    slope: Array

    @classmethod
    def read(cls, folder: Path, name: str, told: Mapping[str, Any], cell: int, figure: Figure) -> "_View":
        rotation = np.array(told["rotation"]).reshape(3, 3)
        width, height = (n // cell for n in told["size"])
        face = np.frombuffer(zlib.decompress((folder / f"{name}.lookup").read_bytes()), "<u2").reshape(height, width).astype(int)
        half = len(figure.triangles) // 2
        corners = figure.vertices[np.column_stack([figure.triangles[:half], figure.triangles[half:, 2]])] @ rotation[2]
        deep = np.concatenate([[-np.inf], corners.max(1)])
        reach = np.concatenate([[0.0], np.ptp(corners, axis=1)])
        return cls(name, figure, rotation, tuple(told["origin"]), told["scale"], cell, deep[face], reach[face])

    def project(self, xyz: Array) -> Array:
        """Places (n, 3) to px, px and depth in dm."""
        p = xyz @ self.rotation.T
        return np.stack([(p[:, 0] - self.origin[0]) * self.scale, (self.origin[1] - p[:, 1]) * self.scale, p[:, 2]], 1)

    def seen(self, projected: Array, reach: int = 0) -> NDArray[np.int64]:
        """In how many cells, their own and those up to so many away, some places (n, 3), projected, are in sight."""
        height, width = self.depth.shape
        seen = np.zeros(len(projected), int)
        for down, right in product(range(-reach, reach + 1), repeat=2):
            row, column = projected[:, 1] // self.cell + down, projected[:, 0] // self.cell + right
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            at = np.clip(row, 0, height - 1).astype(int), np.clip(column, 0, width - 1).astype(int)
            deeper = self.depth[at] - projected[:, 2]
            seen += inside & (deeper < self.slope[at] + BENEATH) & (deeper > -ABOVE)
        return seen

    def worth(self, triangle: int, shares: Array) -> float:
        """How well it shows a spot: 0 where that is out of sight, more where it looks squarely and closely at the skin."""
        half = len(self.figure.triangles) // 2
        corners = self.figure.triangles[triangle // 2 + triangle % 2 * half]
        normal = shares @ self.figure.normals[corners]
        facing = float(normal @ self.rotation[2]) / float(np.linalg.norm(normal))
        if facing <= 0.05 or self.seen(self.project((shares @ self.figure.vertices[corners])[None]), 1)[0] < CLEAR:
            return 0.0
        return facing**SQUARE * self.scale**CLOSE


@dataclass(frozen=True)
class _Course:
    """A line on the skin, whatever the body's shape: triangles (n,), the shares (n, 3) of their corners, and on which sides it runs."""

    triangles: NDArray[np.int64]
    shares: Array
    sides: tuple[int, ...]

    @classmethod
    def of(cls, skin: Skin, line: Array) -> "_Course":
        triangles, shares = zip(*(skin.spot(xyz) for xyz in line), strict=True)
        return cls(np.array(triangles), np.array(shares), (1,) if np.abs(line[:, 0]).max() < 0.02 else (1, -1))

    def on(self, figure: Figure) -> tuple[Array, Array]:
        """Its places (n, 3) on a figure, and the unit normals there."""
        corners = figure.triangles[self.triangles]
        places, normals = (np.einsum("nk,nkj->nj", self.shares, of[corners]) for of in (figure.vertices, figure.normals))
        return places, normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _seen(view: _View, lines: Mapping[str, list[_Course]]) -> dict[str, list[list[list[float]]]]:
    """What a view shows of each channel's lines, on both sides, in px."""
    found = {}
    for channel, courses_ in lines.items():
        runs = [run for course in courses_ for side in course.sides for run in _parts(view, course, side)]
        if runs:
            found[channel] = [np.round(simplified(run, 0.3), 1).tolist() for run in runs]
    return found


def _parts(view: _View, course: _Course, side: int) -> list[Array]:
    """The stretches of a course that are in sight, in px (n, 2)."""
    places, normals = (of * [side, 1, 1] for of in course.on(view.figure))
    projected = view.project(places)
    seen = (view.seen(projected) > 0) & (normals @ view.rotation[2] > AVERTED)
    bounds = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(int), [0]])))
    return [projected[a:b, :2] for a, b in zip(bounds[::2], bounds[1::2], strict=True) if b - a > 1]
