"""The shipped figures in the measures that the standard is written in. Neither NumPy nor the mesh is needed."""

import tomllib
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
from neuro_chart.clinic.needles import Side
from neuro_chart.clinic.skin import Vector
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
        sides = self.atlas.points.get(name) or self.atlas.landmarks[name].sites
        return self.atlas.body.place(sides.get(Side.LEFT) or sides[Side.MIDLINE])

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
            return self.over_the_head(end) - self.over_the_head(start)
        return sum((q - p) * a for p, q, a in zip(self.at(start), self.at(end), self.axis(segment), strict=True))

    def over_the_head(self, name: str) -> float:
        """The way over the skin of the midline, from the floor of the pelvis up the back, to the spot nearest to a place."""
        line, travelled = self._midline
        place, found = self.at(name), []
        for (a, b), gone in zip(pairwise(line), travelled, strict=False):
            length = dist(a, b)
            share = min(max(sum((p - i) * (j - i) for p, i, j in zip(place, a, b, strict=True)) / length**2, 0.0), 1.0)
            found.append((dist(place, [i + share * (j - i) for i, j in zip(a, b, strict=True)]), gone + share * length))
        return min(found)[1]

    @cached_property
    def _midline(self) -> tuple[Sequence[Vector], Sequence[float]]:
        """The skin of the midline, and the way travelled to each of its places: the edges in the middle of the mesh are one ring."""
        skin, shape = self.atlas.body.skin, f"{self.atlas.body.figure} standing"
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


@pytest.fixture(scope="session")
def landmarks() -> Mapping[str, Any]:
    """The file that the rules hang on: landmarks, segments, lines and scales across."""
    return tomllib.loads(LANDMARKS.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def figures(landmarks: Mapping[str, Any]) -> Mapping[str, Measured]:
    """Every shipped figure by name."""
    return {name: Measured(Atlas.load(resource("atlas"), name), landmarks) for name in FIGURES}
