"""Every view of the atlas taken: its picture, its lines and areas, and the lookup from a pixel to the skin."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from contours import areas, outline, silhouette
from figure import Array, Figure
from numpy.typing import NDArray
from PIL import Image
from render import BLEED, FAINTEST, Frame, Picture, fit, occlusion, render, spread
from shots import APART, Shot, shots

LOOKUP_STEP = 2  # px of the picture for each cell of the lookup
QUALITY = 94
SOFT = 0.04  # dm: about the size of a face, whose corners a border between two regions would else show
Labels = Mapping[str, tuple[list[str], NDArray[np.int64]]]  # kind: the names, and for each vertex the index of its own


def take(figure: Figure, shot: Shot, sky: Array | None) -> Picture:
    """Draw a view, its soft ends faded."""

    def opacity(x: Array, y: Array) -> Array:
        out = np.ones(np.broadcast(x, y).shape)
        for fade in shot.fades:
            out = out * fade.at(x, y)
        return out

    p = figure.vertices @ shot.camera.T
    shown = opacity(p[:, 0], p[:, 1]) > 0.01
    frame = _even(fit(figure, shot.camera, shot.scale, only=shown if shot.part is None else shown & (shot.part > 0.5)))
    picture = render(figure, frame, sky, shot.part)
    x = frame.origin[0] + (np.arange(frame.width)[None, :] + 0.5) / frame.scale
    y = frame.origin[1] - (np.arange(frame.height)[:, None] + 0.5) / frame.scale
    solid = opacity(x, y)
    return replace(picture, alpha=(picture.alpha * solid).round().astype(np.uint8), depth=np.where(solid > FAINTEST, picture.depth, np.nan))


def write_views(figures: Mapping[str, Figure], folder: Path, labels: Labels) -> None:
    """Write one figure's views into its folder: cameras.json, and for each view a picture, a lookup, its lines and its areas.

    figures: the same figure, twice subdivided, in every pose of shots.POSES.
    """
    folder.mkdir(exist_ok=True)
    skies = {pose: occlusion(figure, 128, 40.0) for pose, figure in figures.items()}
    alone = occlusion(figures["standing"].posed(APART), 128, 40.0)
    cameras: dict[str, Any] = {}
    for shot in shots(figures):
        figure = figures[shot.pose]
        picture = take(figure, shot, skies[shot.pose] if shot.part is None else alone)
        frame = picture.frame
        _image(picture).save(folder / f"{shot.name}.webp", quality=QUALITY, method=6)
        (folder / f"{shot.name}.lookup").write_bytes(_lookup(picture, len(figure.triangles) // 8))
        lines = {"silhouette": silhouette(picture), "outline": outline(figure, picture, shot.part, shot.jump)}
        save(folder / f"{shot.name}.json", lines)
        save(folder / f"{shot.name}.areas.json", _areas(picture, labels))
        cameras[shot.name] = {
            "title": shot.title,
            "group": shot.group,
            "pose": shot.pose,
            "size": [frame.width, frame.height],
            "scale": frame.scale,
            "rotation": [round(float(a), 6) for a in frame.rotation.ravel()],
            "origin": [round(a, 5) for a in frame.origin],
        }
        if shot.mirrors:
            cameras[shot.mirrors] = {"title": shot.other_title, "mirrors": shot.name}
        print(f"{folder.name:8} {shot.name:18} {frame.width} x {frame.height}", flush=True)
    save(folder / "cameras.json", {"cell": LOOKUP_STEP, "views": cameras})


def _areas(picture: Picture, labels: Labels) -> dict[str, dict[str, Any]]:
    """The lines round everything that has a name, by kind and name."""
    drawn = np.isfinite(picture.depth)
    soft = SOFT * picture.frame.scale
    found = {kind: areas(np.where(drawn, label[picture.vertex], -1), soft) for kind, (_, label) in labels.items()}
    return {kind: {names[k]: lines for k, lines in found[kind].items() if names[k]} for kind, (names, _) in labels.items()}


def save(path: Path, told: Mapping[str, Any]) -> None:
    """Write JSON, the same bytes each time."""
    path.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _image(picture: Picture) -> Image.Image:
    """The shaded skin, a little beyond its edge, where the silhouette cuts it; with transparency only if the picture fades."""
    known = picture.cover > 0
    opacity = spread(np.where(known, picture.alpha / np.maximum(picture.cover, 1), 0), known, BLEED)
    grey = Image.fromarray(picture.shade)
    if (opacity[known] > 0.99).all():
        return Image.merge("RGB", [grey] * 3)
    return Image.merge("RGBA", [grey, grey, grey, Image.fromarray(np.clip(opacity * 255, 0, 255).round().astype(np.uint8))])


def _even(frame: Frame) -> Frame:
    """The same frame, widened on both sides to a whole number of lookup cells, so that left and right fall on the grid alike."""
    wide, high = -frame.width % LOOKUP_STEP, -frame.height % LOOKUP_STEP
    origin = (frame.origin[0] - wide / 2 / frame.scale, frame.origin[1] + high / 2 / frame.scale)
    return replace(frame, origin=origin, width=frame.width + wide, height=frame.height + high)


def _lookup(picture: Picture, faces: int) -> bytes:
    """For each cell one more than the face of the once subdivided skin that shows there, or 0: uint16, little-endian, deflated."""
    height, width = picture.depth.shape
    cells = (height // LOOKUP_STEP, LOOKUP_STEP, width // LOOKUP_STEP, LOOKUP_STEP)

    def blocks(a: NDArray[Any]) -> NDArray[Any]:
        return a.reshape(cells).swapaxes(1, 2).reshape(cells[0], cells[2], -1)

    depth = blocks(np.where(np.isfinite(picture.depth), picture.depth, -np.inf))
    nearest = depth.argmax(2)[..., None]
    triangle = np.take_along_axis(blocks(picture.triangle), nearest, 2)[..., 0]
    skin = np.isfinite(np.take_along_axis(depth, nearest, 2)[..., 0])
    # each quad has two triangles, each face four quads: all first ones, then all second ones
    return zlib.compress(np.where(skin, triangle % faces + 1, 0).astype("<u2").tobytes(), 9)
