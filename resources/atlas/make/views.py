"""Every view of the atlas: its camera, its part of the body, its picture, lines and lookup."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from contours import outline
from figure import Array, Figure, unit
from numpy.typing import NDArray
from regions import name_of, regions
from render import FAINTEST, Frame, Picture, fit, look, occlusion, render

LOOKUP_STEP = 2  # px of the picture for each cell of the lookup
DEPTH_UNIT = 0.001  # dm for each step of the lookup's depth
SOURCE = "Made by resources/atlas/make from the MakeHuman base mesh (CC0 1.0)"
Places = Mapping[str, Mapping[str, tuple[Array, Array]]]


@dataclass(frozen=True)
class Fade:
    """Where a picture ends softly: along a direction of the camera's plane, gone up to one place (dm), whole from another."""

    x: float
    y: float
    gone: float
    whole: float

    def at(self, x: Array, y: Array) -> Array:
        """Opacity, 0 to 1, at camera coordinates."""
        t = np.clip((self.x * x + self.y * y - self.gone) / (self.whole - self.gone), 0, 1)
        smooth: Array = t * t * (3 - 2 * t)
        return smooth


@dataclass(frozen=True)
class Shot:
    """One view to take: camera (3, 3), px per dm, what to draw (None: all), its soft ends, and the step in depth that gets a line."""

    name: str
    title: str
    group: str
    camera: Array
    scale: float
    part: NDArray[np.bool_] | None = None
    fades: tuple[Fade, ...] = ()
    jump: float = 0.12


def shots(figure: Figure) -> list[Shot]:
    """All views, in the order in which they are offered."""
    sides = (("front", 0), ("back", 180), ("left", -90), ("right", 90))
    found = [Shot(name, name.title(), "Body", look(yaw), 110) for name, yaw in sides]
    bust = (Fade(0, 1, 5.25, 5.9), Fade(1, 0, -1.75, -1.0), Fade(-1, 0, -1.75, -1.0))
    for name, yaw in sides:
        fades = bust if name in ("front", "back") else bust[:1]
        found.append(Shot(f"head-{name}", f"Head, {name}", "Head", look(yaw), 330, None, fades, 0.06))
    for face in ("palm", "back"):
        found += [_hand(figure, face, side) for side in ("left", "right")]
    for face in ("top", "sole"):
        found += [_foot(figure, face, side) for side in ("left", "right")]
    return found


def _hand(figure: Figure, face: str, side: str) -> Shot:
    letter = side[0].upper()
    along, _, out = figure.rig.hand(letter) @ figure.turned[f"wrist.{letter}"].T
    camera = _camera(out if face == "palm" else -out, along)
    wrist = float(camera[1] @ figure.joint[f"wrist.{letter}"])
    title = f"{side.title()} {'palm' if face == 'palm' else 'hand, back'}"
    part = _of(figure, letter, "lowerarm", "wrist", "metacarpal", "finger")
    return Shot(f"hand-{face}-{side}", title, "Hands", camera, 440, part, (Fade(0, 1, wrist - 1.0, wrist - 0.4),), 0.03)


def _foot(figure: Figure, face: str, side: str) -> Shot:
    letter = side[0].upper()
    part = _of(figure, letter, "lowerleg", "foot", "toe")
    ankle, toe = figure.joint[f"foot.{letter}"], figure.joint[f"toe2-1.{letter}"]
    forward = unit((toe - ankle) * [1, 0, 1])
    title = f"{side.title()} foot, {face}"
    if face == "sole":
        below = figure.vertices[:, 1] < ankle[1] - 0.1
        return Shot(f"foot-sole-{side}", title, "Feet", _camera(np.array([0.0, -1, 0]), forward), 440, part & below, (), 0.04)
    camera = _camera(np.array([0.0, 1.1, 0]) + forward, -forward)
    shin = float(camera[1] @ ankle)
    return Shot(f"foot-top-{side}", title, "Feet", camera, 440, part, (Fade(0, -1, -shin - 1.0, -shin - 0.35),), 0.04)


def _camera(towards: Array, up: Array) -> Array:
    """A camera that looks against `towards`, with `up` upwards."""
    z = unit(towards)
    y = unit(up - z * np.dot(up, z))
    return np.stack([np.cross(y, z), y, z])


def _of(figure: Figure, letter: str, *kinds: str) -> NDArray[np.bool_]:
    """The vertices that bones of these kinds on one side carry."""
    mask = np.zeros(len(figure.vertices), bool)
    mask[figure.vertices_of(*(b for b in figure.bones if b.endswith(f".{letter}") and b.startswith(kinds)), share=0.35)] = True
    return mask


def take(figure: Figure, shot: Shot, sky: Array) -> Picture:
    """Draw a view, its soft ends faded."""

    def opacity(x: Array, y: Array) -> Array:
        out = np.ones(np.broadcast(x, y).shape)
        for fade in shot.fades:
            out = out * fade.at(x, y)
        return out

    p = figure.vertices @ shot.camera.T
    shown = opacity(p[:, 0], p[:, 1]) > 0.01
    frame = _even(fit(figure, shot.camera, shot.scale, only=shown if shot.part is None else shown & shot.part))
    picture = render(figure, frame, sky, None if shot.part is None else shot.part.astype(float))
    x = frame.origin[0] + (np.arange(frame.width)[None, :] + 0.5) / frame.scale
    y = frame.origin[1] - (np.arange(frame.height)[:, None] + 0.5) / frame.scale
    solid = opacity(x, y)
    return replace(picture, alpha=(picture.alpha * solid).round().astype(np.uint8), depth=np.where(solid > FAINTEST, picture.depth, np.nan))


def write_views(figure: Figure, folder: Path) -> None:
    """Write atlas.json, without points, and each view's picture and lookup."""
    sky = occlusion(figure, 128, 40.0)
    names, region = regions(figure)
    described: dict[str, Any] = {}
    for shot in shots(figure):
        picture = take(figure, shot, sky)
        frame = picture.frame
        picture.image().save(folder / f"{shot.name}.png", optimize=True)
        floor = float(np.nanmin(picture.depth))
        (folder / f"{shot.name}.lookup").write_bytes(_lookup(picture, region, floor))
        described[shot.name] = {
            "title": shot.title,
            "group": shot.group,
            "size": [frame.width, frame.height],
            "scale": frame.scale,
            "rotation": [round(float(a), 6) for a in frame.rotation.ravel()],
            "origin": [round(a, 5) for a in frame.origin],
            "depth": [round(floor, 5), DEPTH_UNIT],
            "outline": outline(figure, picture, shot.part, shot.jump),
        }
        print(f"{shot.name:18} {frame.width} x {frame.height}")
    _save(folder, {"source": SOURCE, "lookup_step": LOOKUP_STEP, "regions": names, "points": {}, "views": described})


def write_points(figure: Figure, folder: Path, places: Places) -> None:
    """Write the points, by code and side with place and normal, into the atlas.json of a folder."""
    atlas = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
    names = atlas["regions"]

    def entry(xyz: Array, normal: Array) -> dict[str, Any]:
        nearest = int(np.argmin(((figure.vertices - xyz) ** 2).sum(1)))
        return {"xyz": np.round(xyz, 4).tolist(), "normal": np.round(normal, 4).tolist(), "region": names.index(name_of(figure, nearest))}

    atlas["points"] = {code: {side: entry(*there) for side, there in sides.items()} for code, sides in places.items()}
    _save(folder, atlas)


def _save(folder: Path, atlas: Mapping[str, Any]) -> None:
    (folder / "atlas.json").write_text(json.dumps(atlas, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _even(frame: Frame) -> Frame:
    """The same frame, widened on both sides to a whole number of lookup cells, so that left and right fall on the grid alike."""
    wide, high = -frame.width % LOOKUP_STEP, -frame.height % LOOKUP_STEP
    origin = (frame.origin[0] - wide / 2 / frame.scale, frame.origin[1] + high / 2 / frame.scale)
    return replace(frame, origin=origin, width=frame.width + wide, height=frame.height + high)


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
