"""The shipped figures in the measures that the standard is written in. Neither NumPy nor the mesh is needed."""

import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import dist
from pathlib import Path
from typing import Any

import pytest

from neuro_chart.clinic.body import FIGURES, Atlas
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.skin import Skin, Vector
from neuro_chart.resources import resource

LANDMARKS = Path(__file__).parents[2] / "resources/atlas/make/landmarks.toml"
UP: Vector = (0.0, 1.0, 0.0)


@dataclass(frozen=True)
class Measured:
    """One figure: where points and landmarks lie on its left side or midline, and its own B-cun of every segment, in dm."""

    atlas: Atlas
    told: Mapping[str, Any]

    def at(self, name: str) -> Vector:
        """Where a point or a landmark is."""
        return self.atlas.body.place(self._site(name))

    def vertex(self, index: int) -> Vector:
        """Where a vertex of the mesh is."""
        return self._skin.vertex(self._shape, index)

    def normal(self, name: str) -> Vector:
        """Which way the skin faces there."""
        return self.atlas.body.normal(self._site(name))

    def nearest(self, place: Vector) -> Vector:
        """The place of the skin that is closest to one."""
        return self._skin.at(self._shape, self._skin.nearest(self._shape, place))

    def axis(self, segment: str) -> Vector:
        """The unit vector up a segment: the same on every figure, for they all stand alike."""
        return self.atlas.segments[segment].axis or UP

    def cun(self, segment: str) -> float:
        """One B-cun of a segment, told by how far apart its ends lie on this figure."""
        told = self.told["segment"][segment]
        return abs(self.up(told["from"], told["to"], segment)) / float(told["cun"])

    def across(self, what: str) -> float:
        """One B-cun across the trunk or the head, told by the landmark that it reaches to."""
        told = self.told["across"][what]
        return self.at(told["to"])[0] / float(told["cun"])

    def up(self, start: str, end: str, segment: str) -> float:
        """How far up a segment a place is from another; on the scalp over the skin of the midline, where up is forwards."""
        if "arc" in self.told["segment"][segment]:
            return self.over_the_head(self.at(end)) - self.over_the_head(self.at(start))
        return sum((q - p) * a for p, q, a in zip(self.at(start), self.at(end), self.axis(segment), strict=True))

    def over_the_head(self, place: Vector) -> float:
        """The way over the skin of the midline, from the floor of the pelvis up the back, to the spot nearest to a place."""
        (line, travelled), found = self._midline, []
        for (a, b), gone in zip(pairwise(line), travelled, strict=False):
            length = dist(a, b)
            share = min(max(sum((p - i) * (j - i) for p, i, j in zip(place, a, b, strict=True)) / length**2, 0.0), 1.0)
            found.append((dist(place, _part(a, b, share)), gone + share * length))
        return min(found)[1]

    def on_the_head(self, gone: float) -> Vector:
        """The place on the midline after that way."""
        line, travelled = self._midline
        gone %= travelled[-1]
        k = bisect_right(travelled, gone) - 1
        return _part(line[k], line[k + 1], (gone - travelled[k]) / (travelled[k + 1] - travelled[k]))

    def _site(self, name: str) -> Site:
        sides = self.atlas.points.get(name) or self.atlas.landmarks[name].sites
        return sides.get(Side.LEFT) or sides[Side.MIDLINE]

    @property
    def _skin(self) -> Skin:
        return self.atlas.body.skin

    @property
    def _shape(self) -> str:
        return f"{self.atlas.body.figure} standing"

    @cached_property
    def _midline(self) -> tuple[Sequence[Vector], Sequence[float]]:
        """The skin of the midline, and the way travelled to each of its places: the edges in the middle of the mesh are one ring."""
        skin, shape = self._skin, self._shape
        middle = {index for index, x in enumerate(skin.shapes[shape][0]) if x == 0}
        joined = defaultdict(set)
        for face in range(0, len(skin.faces), 4):
            corners = skin.faces[face : face + 4]
            for a, b in pairwise([*corners, corners[0]]):
                if {a, b} <= middle:
                    joined[a].add(b)
                    joined[b].add(a)
        assert all(len(others) == 2 for others in joined.values())
        start = min(joined, key=lambda index: skin.vertex(shape, index)[1])
        ring = [start, min(joined[start], key=lambda index: skin.vertex(shape, index)[2])]
        while ring[-1] != start:
            ring += joined[ring[-1]] - {ring[-2]}
        assert len(ring) == len(joined) + 1
        line = [skin.vertex(shape, index) for index in ring]
        return line, [0.0, *accumulate(dist(a, b) for a, b in pairwise(line))]


def _part(a: Vector, b: Vector, share: float) -> Vector:
    """The place after a share of the straight way."""
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])


@pytest.fixture(scope="session")
def landmarks() -> Mapping[str, Any]:
    """The file that the rules hang on: landmarks, segments, lines and scales across."""
    return tomllib.loads(LANDMARKS.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def figures(landmarks: Mapping[str, Any]) -> Mapping[str, Measured]:
    """Every shipped figure by name."""
    return {name: Measured(Atlas.load(resource("atlas"), name), landmarks) for name in FIGURES}
