"""The skin as a surface: the nearest place on it, what a ray meets, and the outline that a plane cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from figure import Array, Figure, unit
from numpy.typing import NDArray
from scipy.spatial import cKDTree


@dataclass(frozen=True)
class Place:
    """A place on the skin: xyz (3,) dm and the outward unit normal (3,)."""

    xyz: Array
    normal: Array


class Skin:
    """The posed figure's surface."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.corners: Array = figure.vertices[figure.triangles]

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.corners.mean(1))

    def nearest(self, point: Array) -> Place:
        """The place on the skin closest to a point (3,)."""
        return self._place(*self.spot(point))

    def spot(self, point: Array) -> tuple[int, Array]:
        """The triangle closest to a point (3,) and the shares (3,) that its corners have in the place."""
        near = self._tree.query(point, 64)[1]
        shares = _closest(self.corners[near], point)
        spots = np.einsum("tk,tkj->tj", shares, self.corners[near])
        best = int(((spots - point) ** 2).sum(1).argmin())
        return int(near[best]), shares[best]

    def ray(self, origin: Array, direction: Array, *, last: bool = False) -> Place | None:
        """The first (or the last) skin that a ray from origin meets; None if it meets none."""
        along = unit(direction)
        first, second = self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0]
        p = np.cross(along, second)
        det = (first * p).sum(1)
        usable = np.abs(det) > 1e-12
        scale = 1 / np.where(usable, det, 1)
        s = origin - self.corners[:, 0]
        q = np.cross(s, first)
        u, v, t = (s * p).sum(1) * scale, (q @ along) * scale, (second * q).sum(1) * scale
        hits = np.flatnonzero(usable & (u >= -1e-7) & (v >= -1e-7) & (u + v <= 1 + 1e-7) & (t > 1e-6))
        if not len(hits):
            return None
        hit = int(hits[t[hits].argmax() if last else t[hits].argmin()])
        return self._place(hit, np.array([1 - u[hit] - v[hit], u[hit], v[hit]]))

    def sections(self, through: Array, axis: Array) -> list[Array]:
        """The closed outlines (n, 3) that the plane through a point, square to an axis, cuts from the body. ValueError if it misses."""
        triangles = self.figure.triangles
        above = (self.figure.vertices - through) @ axis
        high = above[triangles] > 0
        cut = np.flatnonzero(high.any(1) & ~high.all(1))
        crossings: dict[tuple[int, int], Array] = {}
        joined: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for triangle in triangles[cut]:
            ends: list[tuple[int, int]] = []
            for i, j in ((0, 1), (1, 2), (2, 0)):
                a, b = sorted((int(triangle[i]), int(triangle[j])))
                if (above[a] > 0) != (above[b] > 0):
                    share = above[a] / (above[a] - above[b])
                    crossings[a, b] = self.figure.vertices[a] * (1 - share) + self.figure.vertices[b] * share
                    ends.append((a, b))
            joined.setdefault(ends[0], []).append(ends[1])
            joined.setdefault(ends[1], []).append(ends[0])
        loops = _loops(joined)
        if not loops:
            raise ValueError("the plane misses the skin")
        return [np.array([crossings[key] for key in loop]) for loop in loops]

    def _place(self, triangle: int, shares: Array) -> Place:
        normal = shares @ self.figure.normals[self.figure.triangles[triangle]]
        return Place(shares @ self.corners[triangle], unit(normal))


def _loops(joined: dict[tuple[int, int], list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Closed chains of crossings, the long ones only (an inner fold of a few triangles is no outline)."""
    loops, seen = [], set()
    for start in joined:
        if start in seen:
            continue
        loop, here = [], start
        while here is not None:
            seen.add(here)
            loop.append(here)
            here = next((n for n in joined[here] if n not in seen), None)  # type: ignore[assignment]
        if len(loop) > 12:
            loops.append(loop)
    return loops


def _closest(corners: Array, point: Array) -> Array:
    """Barycentric shares (t, 3) of the place on each triangle (t, 3, 3) closest to a point."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    candidates = [_on_edge(a, b, point, (0, 1)), _on_edge(b, c, point, (1, 2)), _on_edge(c, a, point, (2, 0))]
    first, second, to = b - a, c - a, point - a
    d11, d12, d22 = (first * first).sum(1), (first * second).sum(1), (second * second).sum(1)
    t1, t2 = (first * to).sum(1), (second * to).sum(1)
    det = np.maximum(d11 * d22 - d12 * d12, 1e-18)
    v, w = (d22 * t1 - d12 * t2) / det, (d11 * t2 - d12 * t1) / det
    inside = np.stack([1 - v - w, v, w], 1)
    stack = np.stack([*candidates, np.where((inside >= 0).all(1)[:, None], inside, candidates[0])])
    apart = ((np.einsum("ktc,tcj->ktj", stack, corners) - point) ** 2).sum(2)
    chosen: Array = stack[apart.argmin(0), np.arange(len(corners))]
    return chosen


def _on_edge(a: Array, b: Array, point: Array, corner: Sequence[int]) -> Array:
    edge = b - a
    t = np.clip(((point - a) * edge).sum(1) / np.maximum((edge * edge).sum(1), 1e-18), 0, 1)
    shares: Array = np.zeros((len(a), 3))
    shares[:, corner[0]], shares[:, corner[1]] = 1 - t, t
    return shares


def along_loop(loop: Array, start: Array, towards: Array, distance: float | None, share: float | None) -> Array:
    """The place (3,) on a closed line reached from the spot nearest to start, going the shorter way to the spot nearest to towards:
    after a distance (dm), or after a share of that way."""
    line = np.concatenate([loop, loop[:1]])
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    travelled: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(steps)])
    around = float(travelled[-1])
    here, there = progress(line, travelled, start), progress(line, travelled, towards)
    way = (there - here) % around
    if way > around / 2:
        way -= around
    go = (share or 0.0) * way if distance is None else distance * float(np.sign(way))
    at = (here + go) % around
    return np.array([np.interp(at, travelled, line[:, k]) for k in range(3)])


def progress(line: Array, travelled: Array, point: Array) -> float:
    """How far along a line (n, 3), measured by the way travelled to each of its places (n,), the spot nearest to a point is."""
    a, edge = line[:-1], np.diff(line, axis=0)
    t = np.clip(((point - a) * edge).sum(1) / np.maximum((edge * edge).sum(1), 1e-18), 0, 1)
    best = int((((a + t[:, None] * edge) - point) ** 2).sum(1).argmin())
    return float(travelled[best] + t[best] * np.linalg.norm(edge[best]))
