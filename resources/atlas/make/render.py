"""Draw a figure with NumPy alone: a z-buffer, smooth normals, soft light and ambient occlusion.

    light = occlusion(figure)                                        # once a pose, some seconds; optional
    frame = fit(figure, look(yaw=-35, pitch=10), scale=100)          # px per dm
    picture = render(figure, frame, light)
    picture.image().save("figure.png")                               # grey + alpha

A camera is a rotation R: camera = R @ xyz, x to the right, y up, z to the viewer; orthographic.
Pixels: px = (cx - frame.origin[0]) * scale, py = (frame.origin[1] - cy) * scale; pixel (0, 0) covers 0..1.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from figure import Array, Figure, X, Y, rotation, unit
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

SAMPLES = 2  # samples a pixel, each way
BLEED = 4  # px that the shade goes on beyond the edge of the skin
FAINTEST = 0.25  # where a fading part is fainter it has no depth: it is not there to be touched


def look(yaw: float = 0, pitch: float = 0) -> Array:
    """A camera (3, 3), in degrees. yaw 0 sees the front, 180 the back, -90 the figure's left, 90 its right; pitch > 0 looks down."""
    return rotation(X, pitch) @ rotation(Y, yaw)


@dataclass(frozen=True)
class Frame:
    """Where a picture is taken from: camera rotation, px per dm, camera coordinates of the picture's top left corner, size in px."""

    rotation: Array
    scale: float
    origin: tuple[float, float]
    width: int
    height: int

    def project(self, xyz: Array) -> Array:
        """Points (n, 3) in figure space -> (n, 3): x and y in pixels, z in dm towards the viewer."""
        p = xyz @ self.rotation.T
        return np.stack([(p[:, 0] - self.origin[0]) * self.scale, (self.origin[1] - p[:, 1]) * self.scale, p[:, 2]], 1)


def fit(figure: Figure, camera: Array, scale: float, margin: int = 12, only: NDArray[np.bool_] | None = None) -> Frame:
    """The frame that holds the figure, or the vertices marked in `only`, with a margin in px."""
    p = (figure.vertices if only is None else figure.vertices[only]) @ camera.T
    lo, hi = p.min(0), p.max(0)
    width, height = (int(np.ceil((hi[k] - lo[k]) * scale)) + 2 * margin for k in (0, 1))
    middle = (lo + hi) / 2
    return Frame(camera, scale, (float(middle[0] - width / 2 / scale), float(middle[1] + height / 2 / scale)), width, height)


@dataclass(frozen=True)
class Picture:
    """What the camera saw, all of shape (height, width).

    shade: uint8, 255 full light; alpha: uint8, cover times opacity; cover: uint8, how much of the pixel is skin;
    depth: float64, camera z in dm, nan where there is no skin; vertex and triangle: those nearest to the pixel, -1 where there is none.
    """

    frame: Frame
    shade: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    cover: NDArray[np.uint8]
    depth: Array
    vertex: NDArray[np.int64]
    triangle: NDArray[np.int64]

    def image(self) -> Image.Image:
        """Grey with alpha (LA)."""
        return Image.fromarray(np.dstack([self.shade, self.alpha]))


def zbuffer(corners: Array, width: int, height: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Rasterise triangles (t, 3, 3) whose x and y are in pixels.

    Returns what is nearest at each pixel's middle: the triangle (-1 none), the weights of its corners (height, width, 3), and z.
    """
    x, y, z = corners[..., 0], corners[..., 1], corners[..., 2]
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    left, top = (np.clip(np.ceil(v.min(1) - 0.5), 0, None).astype(int) for v in (x, y))
    wide = np.clip(np.floor(x.max(1) - 0.5), None, width - 1).astype(int) - left + 1
    high = np.clip(np.floor(y.max(1) - 0.5), None, height - 1).astype(int) - top + 1
    ahead = (area < 0) & (wide > 0) & (high > 0)
    pixel, triangle, first, second, depth = [], [], [], [], []
    size = np.maximum(wide, high)
    # triangles of like size together, so that their boxes waste little
    for small, large in pairwise((0, 2, 4, 6, 9, 13, 20, 32, 64, 10**6)):
        chosen = np.flatnonzero(ahead & (size > small) & (size <= large))
        if not len(chosen):
            continue
        box = int(size[chosen].max())
        step = max(1, 4_000_000 // (box * box))
        for start in range(0, len(chosen), step):
            t = chosen[start : start + step]
            gx = (left[t, None, None] + np.arange(box)[None, None, :]) + 0.5
            gy = (top[t, None, None] + np.arange(box)[None, :, None]) + 0.5
            tx, ty = x[t][:, :, None, None], y[t][:, :, None, None]
            scale = 1 / area[t][:, None, None]
            w0 = ((tx[:, 1] - gx) * (ty[:, 2] - gy) - (tx[:, 2] - gx) * (ty[:, 1] - gy)) * scale
            w1 = ((tx[:, 2] - gx) * (ty[:, 0] - gy) - (tx[:, 0] - gx) * (ty[:, 2] - gy)) * scale
            inside = (w0 >= -1e-9) & (w1 >= -1e-9) & (w0 + w1 <= 1 + 1e-9) & (gx < width) & (gy < height)
            which, row, column = np.nonzero(inside)
            a, b = w0[inside], w1[inside]
            tz = z[t][which]
            pixel.append((top[t][which] + row) * width + left[t][which] + column)
            triangle.append(t[which])
            first.append(a)
            second.append(b)
            depth.append(a * tz[:, 0] + b * tz[:, 1] + (1 - a - b) * tz[:, 2])
    face, weights, seen = np.full(width * height, -1), np.zeros((width * height, 3)), np.full(width * height, np.nan)
    if pixel:
        order = np.argsort(np.concatenate(depth), kind="stable")  # the nearest is written last
        at = np.concatenate(pixel)[order]
        a, b = np.concatenate(first)[order], np.concatenate(second)[order]
        face[at] = np.concatenate(triangle)[order]
        weights[at] = np.stack([a, b, 1 - a - b], 1)
        seen[at] = np.concatenate(depth)[order]
    return face.reshape(height, width), weights.reshape(height, width, 3), seen.reshape(height, width)


def occlusion(figure: Figure, directions: int = 96, scale: float = 28.0) -> Array:
    """How much of the sky each vertex sees (n,), 0 to 1: the soft shadow in every fold. Belongs to one pose."""
    k = np.arange(directions) + 0.5
    polar, around = np.arccos(1 - 2 * k / directions), np.pi * (1 + 5**0.5) * k
    sky = np.stack([np.cos(around) * np.sin(polar), np.cos(polar), np.sin(around) * np.sin(polar)], 1)
    total, open_sky = np.zeros(len(figure.vertices)), np.zeros(len(figure.vertices))
    for towards in sky:
        side = unit(np.cross((0.0, 1.0, 0.0), towards))
        frame = fit(figure, np.stack([side, np.cross(towards, side), towards]), scale, 4)
        p = frame.project(figure.vertices)
        depth = zbuffer(p[figure.triangles], frame.width, frame.height)[2]
        depth = ndimage.grey_dilation(np.nan_to_num(depth, nan=-99.0), 1)
        here = depth[p[:, 1].astype(int), p[:, 0].astype(int)]
        facing = np.clip(figure.normals @ towards, 0, None)
        # a vertex a hair behind its own skin is not in shadow: allow for the slope across one pixel
        slack = 0.03 + 0.8 / scale * np.sqrt(1 - np.clip(facing, 0, 1) ** 2) / np.maximum(facing, 0.15)
        total += facing
        open_sky += facing * np.clip(1 - (here - p[:, 2] - slack) / 0.06, 0, 1)
    seen: Array = open_sky / np.maximum(total, 1e-9)
    return seen


def render(figure: Figure, frame: Frame, sky: Array | None = None, opacity: Array | None = None) -> Picture:
    """Draw the figure. sky: occlusion(figure) or None; opacity: per vertex (n,) 0 to 1, where 0 is left out (a part that fades away)."""
    drawn = np.arange(len(figure.triangles))
    if opacity is not None:
        drawn = np.flatnonzero((opacity[figure.triangles] > 0).any(1))
    triangles = figure.triangles[drawn]
    fine = Frame(frame.rotation, frame.scale * SAMPLES, frame.origin, frame.width * SAMPLES, frame.height * SAMPLES)
    face, weights, depth = zbuffer(fine.project(figure.vertices)[triangles], fine.width, fine.height)
    skin = face >= 0
    corners, share = triangles[face[skin]], weights[skin][..., None]
    normal = unit((figure.relief[corners] * share).sum(1) @ frame.rotation.T)
    open_sky = np.ones(len(corners)) if sky is None else (sky[corners] * share[..., 0]).sum(1)
    solid = np.ones(len(corners)) if opacity is None else (opacity[corners] * share[..., 0]).sum(1)
    tone, cover = np.zeros(skin.shape), np.zeros(skin.shape)
    tone[skin], cover[skin] = lit(normal, open_sky), solid

    def blocks(a: Array) -> Array:
        grouped: Array = a.reshape(frame.height, SAMPLES, frame.width, SAMPLES).swapaxes(1, 2).reshape(frame.height, frame.width, -1)
        return grouped

    coverage = blocks(skin.astype(float))
    shade = (blocks(tone) * coverage).sum(2) / np.maximum(coverage.sum(2), 1e-9)
    near = blocks(np.where(skin & (cover > FAINTEST), depth, -np.inf))
    pick = near.argmax(2)[..., None]
    at = np.take_along_axis(near, pick, 2)[..., 0]
    vertex, triangle = np.full(skin.shape, -1), np.full(skin.shape, -1)
    vertex[skin] = np.take_along_axis(corners, share[..., 0].argmax(1)[:, None], 1)[:, 0]
    triangle[skin] = drawn[face[skin]]

    def nearest(a: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(np.isfinite(at), np.take_along_axis(blocks(a), pick, 2)[..., 0], -1)

    # the colour under a half covered edge goes on a little outwards, so that no dark fringe shows on any background
    shade = spread(shade, coverage.sum(2) > 0, BLEED)

    def byte(a: Array) -> NDArray[np.uint8]:
        return np.clip(a * 255, 0, 255).round().astype(np.uint8)

    alpha, covered, depth = byte(blocks(cover).mean(2)), byte(coverage.mean(2)), np.where(np.isfinite(at), at, np.nan)
    return Picture(frame, byte(shade), alpha, covered, depth, nearest(vertex), nearest(triangle))


def spread(a: NDArray[Any], known: NDArray[np.bool_], reach: float) -> NDArray[Any]:
    """An image whose known pixels go on outwards for some px; 0 beyond."""
    away, nearest = ndimage.distance_transform_edt(~known, return_indices=True)
    return np.where(away <= reach, a[tuple(nearest)], 0)


def lit(normal: Array, open_sky: Array) -> Array:
    """Light (n,) 0 to 1 on camera-space normals (n, 3): a broad key from above left, a fill from the right, sky from above, a soft edge."""
    key = np.clip((normal @ unit((-0.45, 0.55, 0.70)) + 0.25) / 1.25, 0, 1)
    fill = np.clip((normal @ unit((0.75, 0.05, 0.65)) + 0.2) / 1.2, 0, 1)
    sky = 0.5 + 0.5 * normal[:, 1]
    edge = (1 - np.clip(normal[:, 2], 0, 1)) ** 3
    shade = np.clip(open_sky, 0, 1) ** 0.8
    toned: Array = (0.27 + 0.54 * key + 0.17 * fill + 0.09 * sky) * (0.34 + 0.66 * shade) - 0.20 * edge
    return np.clip(toned, 0, 1)
