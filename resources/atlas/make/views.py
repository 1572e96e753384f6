"""Every view of the atlas: its camera, its part of the body, its picture, lines and lookup."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from contours import outline
from figure import Array, Figure, unit
from numpy.typing import NDArray
from regions import regions
from render import Frame, Picture, fit, look, occlusion, render

LOOKUP_STEP = 2  # px of the picture for each cell of the lookup
DEPTH_UNIT = 0.001  # dm for each step of the lookup's depth
SOURCE = "Made by resources/atlas/make from the MakeHuman base mesh (CC0 1.0)"
Places = Mapping[str, Mapping[str, tuple[Array, Array]]]


@dataclass(frozen=True)
class Shot:
    """One view to take: camera (3, 3), px per dm, opacity per vertex (None: all of it), and the jump of depth that gets an inner line (dm)."""

    name: str
    title: str
    group: str
    camera: Array
    scale: float
    opacity: Array | None = None
    jump: float = 0.10


def shots(figure: Figure) -> list[Shot]:
    """All views, in the order in which they are offered."""
    found = [Shot(name, name.title(), "Body", look(yaw), 110) for name, yaw in (("front", 0), ("back", 180), ("left", -90), ("right", 90))]
    head = _fade(figure.vertices[:, 1] - 0.25 * np.abs(figure.vertices[:, 0]) + 0.1 * figure.vertices[:, 2], 5.35, 5.75)
    head[figure.vertices_of(*(b for b in figure.bones if b.startswith(("upperarm", "lowerarm", "wrist", "metacarpal", "finger"))))] = 0
    for name, yaw in (("front", 0), ("left", -90), ("right", 90), ("back", 180)):
        found.append(Shot(f"head-{name}", f"Head, {name}", "Head", look(yaw), 330, head, 0.06))
    for face in ("palm", "back"):
        found += [_hand(figure, face, side) for side in ("left", "right")]
    for face in ("top", "sole"):
        found += [_foot(figure, face, side) for side in ("left", "right")]
    return found


def _hand(figure: Figure, face: str, side: str) -> Shot:
    letter = side[0].upper()
    bones = [b for b in figure.bones if b.endswith(f".{letter}") and b.startswith(("lowerarm", "wrist", "metacarpal", "finger"))]
    along, _, out = figure.rig.hand(letter) @ figure.turned[f"wrist.{letter}"].T
    up, ahead = along, out if face == "palm" else -out
    wrist, elbow = figure.joint[f"wrist.{letter}"], figure.joint[f"lowerarm01.{letter}"]
    opacity = _fade((wrist - figure.vertices) @ unit(elbow - wrist), -1.0, -0.35) * _of(figure, bones)
    title = f"{side.title()} {'palm' if face == 'palm' else 'hand, back'}"
    return Shot(f"hand-{face}-{side}", title, "Hands", _camera(ahead, up), 330, opacity, 0.03)


def _foot(figure: Figure, face: str, side: str) -> Shot:
    letter = side[0].upper()
    bones = [b for b in figure.bones if b.endswith(f".{letter}") and b.startswith(("lowerleg", "foot", "toe"))]
    ankle, toe = figure.joint[f"foot.{letter}"], figure.joint[f"toe2-1.{letter}"]
    forward = unit((toe - ankle) * [1, 0, 1])
    above = figure.vertices[:, 1] - ankle[1]
    title = f"{side.title()} foot, {face}"
    if face == "sole":
        return Shot(f"foot-sole-{side}", title, "Feet", _camera(np.array([0.0, -1, 0]), forward), 300, _fade(-above, -0.1, 0.25) * _of(figure, bones), 0.04)
    down = unit(np.array([0.0, 1, 0]) * 1.25 + forward)
    return Shot(f"foot-top-{side}", title, "Feet", _camera(down, -forward), 300, _fade(-above, -1.3, -0.6) * _of(figure, bones), 0.04)


def _camera(towards: Array, up: Array) -> Array:
    """A camera that looks against `towards`, with `up` upwards."""
    z = unit(towards)
    y = unit(up - z * np.dot(up, z))
    return np.stack([np.cross(y, z), y, z])


def _fade(height: Array, gone: float, whole: float) -> Array:
    """0 up to a height, 1 from another, smooth between."""
    t = np.clip((height - gone) / (whole - gone), 0, 1)
    return t * t * (3 - 2 * t)


def _of(figure: Figure, bones: list[str]) -> Array:
    mask = np.zeros(len(figure.vertices))
    mask[figure.vertices_of(*bones, share=0.35)] = 1
    return mask


def write(figure: Figure, folder: Path, places: Places) -> None:
    """Write atlas.json and each view's picture and lookup. places: the points' positions and normals on this figure, by code and side."""
    sky = occlusion(figure)
    names, region = regions(figure)
    described: dict[str, Any] = {}
    for shot in shots(figure):
        visible = None if shot.opacity is None else shot.opacity > 0.05
        frame = _even(fit(figure, shot.camera, shot.scale, only=visible))
        picture = render(figure, frame, sky, shot.opacity)
        picture.image().save(folder / f"{shot.name}.png", optimize=True)
        floor = float(np.nanmin(picture.depth))
        (folder / f"{shot.name}.lookup").write_bytes(_lookup(picture, region, floor))
        described[shot.name] = {
            "title": shot.title, "group": shot.group, "size": [frame.width, frame.height], "scale": frame.scale,
            "rotation": [round(float(a), 6) for a in frame.rotation.ravel()], "origin": [round(a, 5) for a in frame.origin],
            "depth": [round(floor, 5), DEPTH_UNIT], "outline": outline(figure, picture, shot.opacity, shot.jump),
        }
        print(f"{shot.name:18} {frame.width} x {frame.height}")
    atlas = {"source": SOURCE, "lookup_step": LOOKUP_STEP, "regions": names, "points": _points(figure, region, places), "views": described}
    (folder / "atlas.json").write_text(json.dumps(atlas, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _even(frame: Frame) -> Frame:
    """The same frame, its size a whole number of lookup cells."""
    up = (-frame.width % LOOKUP_STEP, -frame.height % LOOKUP_STEP)
    return Frame(frame.rotation, frame.scale, frame.origin, frame.width + up[0], frame.height + up[1])


def _lookup(picture: Picture, region: NDArray[np.int64], floor: float) -> bytes:
    """Depth steps above the floor (uint16, little-endian), then regions (uint8, 0 no skin), row by row, deflated."""
    height, width = picture.depth.shape
    cells = (height // LOOKUP_STEP, LOOKUP_STEP, width // LOOKUP_STEP, LOOKUP_STEP)

    def blocks(a: Array) -> Array:
        grouped: Array = a.reshape(cells).swapaxes(1, 2).reshape(cells[0], cells[2], -1)
        return grouped

    depth = blocks(np.where(np.isfinite(picture.depth), picture.depth, -np.inf))
    nearest = depth.argmax(2)[..., None]
    depth = np.take_along_axis(depth, nearest, 2)[..., 0]
    vertex = np.take_along_axis(blocks(picture.vertex), nearest, 2)[..., 0]
    skin = np.isfinite(depth)
    steps = np.where(skin, np.round((np.where(skin, depth, floor) - floor) / DEPTH_UNIT), 0).astype("<u2")
    return zlib.compress(steps.tobytes() + np.where(skin, region[vertex], 0).astype(np.uint8).tobytes(), 9)


def _points(figure: Figure, region: NDArray[np.int64], places: Places) -> dict[str, dict[str, Any]]:
    def entry(xyz: Array, normal: Array) -> dict[str, Any]:
        nearest = int(np.argmin(((figure.vertices - xyz) ** 2).sum(1)))
        return {"xyz": np.round(xyz, 4).tolist(), "normal": np.round(normal, 4).tolist(), "region": int(region[nearest])}

    return {code: {str(side): entry(np.asarray(p, float), np.asarray(n, float)) for side, (p, n) in sides.items()} for code, sides in places.items()}
