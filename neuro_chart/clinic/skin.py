"""The skin as a mesh: the same faces on every figure and in every pose, so that a place goes along from one to the other.

Reads the file `skin` that resources/atlas/make wrote. Lengths are in decimetres, axes as in neuro_chart.clinic.body.
"""

import sys
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from math import dist, floor, sqrt
from pathlib import Path
from typing import Any, NamedTuple, Self

Vector = tuple[float, float, float]
SQUARE = 0.25  # dm: the cells in which faces are kept, so that only neighbours are compared
FARTHEST = 4  # squares: a place farther from the skin is compared with every face
NEIGHBOURS = 32  # faces whose middles are nearest to a place: one of them is the closest itself


class AtlasError(ValueError):
    """A file of the atlas that can't be used: which, and why."""

    def __init__(self, path: Path, cause: Exception) -> None:
        reason = getattr(cause, "strerror", None) or cause
        super().__init__(f"{path} can't be read ({reason}). Install the program anew; what is charted lies elsewhere and is safe.")


class Spot(NamedTuple):
    """A place on the mesh, whatever its shape: a triangle, and the shares that its first two corners have in the place."""

    triangle: int
    first: float
    second: float


@dataclass(frozen=True)
class Skin:
    """Four-cornered faces, each two triangles (2 · face and the next), with labels, and the shapes in which they lie.

    faces: four vertices each; labels: one byte a face for each kind of label; shapes: x, y and z of every vertex in steps.
    """

    faces: "array[int]"  # not subscriptable at run time before Python 3.12
    labels: Mapping[str, bytes]
    shapes: Mapping[str, Sequence["array[int]"]]
    step: float

    @classmethod
    def load(cls, path: Path, told: Mapping[str, Any]) -> Self:
        """Read the file. AtlasError: it can't be read.

        told: how many vertices and faces it has, in what step, and the names of its labels and shapes.
        """
        raw, at = inflated(path), 0

        def numbers(kind: str, count: int) -> "array[int]":
            nonlocal at
            found = array(kind, raw[at : at + 2 * count])
            at += 2 * count
            if sys.byteorder == "big":
                found.byteswap()
            return found

        faces = numbers("H", 4 * told["faces"])
        labels = {}
        for name in told["labels"]:
            labels[name] = raw[at : at + told["faces"]]
            at += told["faces"]
        shapes = {name: tuple(numbers("h", told["vertices"]) for _ in range(3)) for name in told["shapes"]}
        return cls(faces, labels, shapes, told["step"])

    def corners(self, triangle: int) -> tuple[int, int, int]:
        """The three vertices of a triangle."""
        a, b, c, d = self.faces[triangle // 2 * 4 : triangle // 2 * 4 + 4]
        return (a, c, d) if triangle % 2 else (a, b, c)

    def vertex(self, shape: str, index: int) -> Vector:
        """Where a vertex lies in a shape."""
        x, y, z = self.shapes[shape]
        return x[index] * self.step, y[index] * self.step, z[index] * self.step

    def at(self, shape: str, spot: Spot) -> Vector:
        """Where a spot lies in a shape."""
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = (self.vertex(shape, index) for index in self.corners(spot.triangle))
        u, v, w = spot.first, spot.second, 1 - spot.first - spot.second
        return ax * u + bx * v + cx * w, ay * u + by * v + cy * w, az * u + bz * v + cz * w

    def normal(self, shape: str, triangle: int) -> Vector:
        """The unit normal of a triangle, outwards."""
        a, b, c = (self.vertex(shape, index) for index in self.corners(triangle))
        (px, py, pz), (qx, qy, qz) = _minus(b, a), _minus(c, a)
        x, y, z = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
        length = sqrt(x * x + y * y + z * z) or 1.0
        return x / length, y / length, z / length

    def nearest(self, shape: str, place: Vector) -> Spot:
        """The spot of a shape that is closest to a place of its left half."""
        index = self._squares.setdefault(shape, {}) or self._sort(shape)
        reach = 1
        while not (faces := list(_around(index, place, reach))):
            if reach > FARTHEST:
                faces = [face for square in index.values() for face in square]
                break
            reach *= 2
        near = nsmallest(NEIGHBOURS, faces, key=self._from_middle(shape, place))
        return min(self._closest(shape, 2 * face + half, place) for face in near for half in (0, 1))[1]

    def _from_middle(self, shape: str, place: Vector) -> Callable[[int], float]:
        """How far (squared, in half steps) the middle of a face is from a place: told at a glance, while the way to its edge takes long."""
        (xs, ys, zs), corners = self.shapes[shape], self.faces
        x, y, z = (2 * p / self.step for p in place)

        def away(face: int) -> float:
            a, c = corners[4 * face], corners[4 * face + 2]
            return (xs[a] + xs[c] - x) ** 2 + (ys[a] + ys[c] - y) ** 2 + (zs[a] + zs[c] - z) ** 2

        return away

    @cached_property
    def _squares(self) -> dict[str, dict[Vector, list[int]]]:
        return {}

    def _sort(self, shape: str) -> dict[Vector, list[int]]:
        """The faces of the left half by the square in which their middle lies."""
        (xs, ys, zs), faces = self.shapes[shape], self.faces
        to_square, index = self.step / SQUARE / 2, self._squares[shape]
        for face in range(len(faces) // 4):
            a, c = faces[4 * face], faces[4 * face + 2]
            if xs[a] + xs[c] < 0:
                continue
            key = floor((xs[a] + xs[c]) * to_square), floor((ys[a] + ys[c]) * to_square), floor((zs[a] + zs[c]) * to_square)
            index.setdefault(key, []).append(face)
        return index

    def _closest(self, shape: str, triangle: int, place: Vector) -> tuple[float, Spot]:
        """How far a triangle is from a place, and its spot closest to it."""
        a, b, c = (self.vertex(shape, index) for index in self.corners(triangle))
        u, v = shares_of(_minus(b, a), _minus(c, a), _minus(place, a))
        spot = Spot(triangle, *within(1 - u - v, u))
        return dist(self.at(shape, spot), place), spot


def inflated(path: Path) -> bytes:
    """What a deflated file of the atlas holds. AtlasError: it can't be read."""
    try:
        return zlib.decompress(path.read_bytes())
    except (OSError, zlib.error) as error:
        raise AtlasError(path, error) from error


def shares_of(along: Sequence[float], across: Sequence[float], to: Sequence[float]) -> tuple[float, float]:
    """How much of two sides of a triangle it takes to come closest to a place in its plane; (0, 0) for one without an area."""
    pp, pq, qq, pr, qr = _dot(along, along), _dot(along, across), _dot(across, across), _dot(along, to), _dot(across, to)
    area = pp * qq - pq * pq
    return ((qq * pr - pq * qr) / area, (pp * qr - pq * pr) / area) if area > 1e-18 else (0.0, 0.0)


def within(first: float, second: float) -> tuple[float, float]:
    """Shares of a triangle's first two corners, brought inside the triangle."""
    a, b, c = max(first, 0.0), max(second, 0.0), max(1 - first - second, 0.0)
    return a / (a + b + c), b / (a + b + c)


def _around(index: Mapping[Vector, Sequence[int]], place: Vector, reach: int) -> Iterator[int]:
    x, y, z = (floor(p / SQUARE) for p in place)
    span = range(-reach, reach + 1)
    for key in ((x + i, y + j, z + k) for i in span for j in span for k in span):
        yield from index.get(key, ())


def _minus(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(p * q for p, q in zip(a, b, strict=True))
