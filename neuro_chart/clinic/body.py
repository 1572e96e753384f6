"""The body atlas: views of one figure, places on its skin, and the words for them.

Reads what resources/atlas/make wrote. All places are in decimetres on that figure, so a distance is one on an adult 1.66 m tall.
"""

import json
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import dist, hypot
from pathlib import Path
from typing import Any, NamedTuple, Self

from neuro_chart.clinic.needles import Side, Site

MIDLINE = 0.05  # dm each way that counts as the midline
IN_SIGHT, SLOPE = 0.06, 0.12  # dm that a place may lie beneath, or above, the skin of a view near its pixel and still be the one in sight
EDGE = 0.06  # dm between two cells from which one part of the body passes before another
AT_POINT, NEAR_POINT = 3.0, 60.0  # mm: nearer is the point itself; farther away it says nothing about the place
OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.MIDLINE: Side.MIDLINE}

Vector = tuple[float, float, float]


class _Skin(NamedTuple):
    """What a view looks up, cell by cell: steps of depth above the floor, and regions (0: no skin)."""

    width: int
    height: int
    depth: "array[int]"  # not subscriptable at run time before Python 3.12
    region: bytes


@dataclass(frozen=True)
class View:
    """One picture of the figure: an orthographic camera, a shaded image, outlines and a lookup from a pixel to the skin.

    size and outline are in px of the image; scale is px per dm; rotation is row-major 3x3 (camera = R · xyz, x right, y up, z to the
    viewer); origin is the camera position of the image's top left corner; floor and step turn the lookup's numbers to dm of depth.
    """

    name: str
    title: str
    group: str
    size: tuple[int, int]
    scale: float
    rotation: tuple[float, ...]
    origin: tuple[float, float]
    floor: float
    step: float
    cell: int
    outline: Sequence[Sequence[tuple[float, float]]]
    image_path: Path
    regions: Sequence[str]

    @cached_property
    def _skin(self) -> _Skin:
        width, height = self.size[0] // self.cell, self.size[1] // self.cell
        raw = zlib.decompress(self.image_path.with_suffix(".lookup").read_bytes())
        depth = array("H", raw[: 2 * width * height])
        if sys.byteorder == "big":
            depth.byteswap()
        return _Skin(width, height, depth, raw[2 * width * height :])

    def site_at(self, x: float, y: float) -> Site | None:
        """The place on the skin under a pixel of the image, or None beside the figure."""
        index = self._cell(x, y)
        if index is None or not self._skin.region[index]:
            return None
        cx, cy, cz = self.origin[0] + x / self.scale, self.origin[1] - y / self.scale, self._depth(x, y, index)
        r = self.rotation
        px, py, pz = (round(r[k] * cx + r[3 + k] * cy + r[6 + k] * cz, 4) for k in range(3))
        return Site(px, py, pz, side_of(px), self.regions[self._skin.region[index]])

    def place_of(self, site: Site) -> tuple[float, float] | None:
        """The pixel (x, y) where a place shows, or None where the view can't see it."""
        x, y, z = self._project((site.x, site.y, site.z))
        # on a steep slope the skin changes much within a cell, so one neighbour that fits is enough
        above = (self.floor + self._skin.depth[i] * self.step - z for i in self._around(x, y) if self._skin.region[i])
        return (x, y) if any(-SLOPE <= a <= IN_SIGHT for a in above) else None

    def sees(self, site: Site) -> bool:
        """Is the place in sight in this view?"""
        return self.place_of(site) is not None

    def facing(self, site: Site) -> float:
        """How squarely the view looks at the skin there: 1 from straight above it, towards 0 at an edge, 0 where it is hidden."""
        place = self.place_of(site)
        if place is None:
            return 0.0
        reach = 2 * self.cell
        slopes = []
        for dx, dy in ((reach, 0), (0, reach)):
            ends = [self._cell(place[0] + k * dx, place[1] + k * dy) for k in (-1, 1)]
            if any(i is None or not self._skin.region[i] for i in ends):
                return 0.1
            low, high = (self._skin.depth[i] * self.step for i in ends if i is not None)
            slopes.append((high - low) * self.scale / (2 * reach))
        return 1 / hypot(1, *slopes)

    def _project(self, p: Vector) -> Vector:
        r = self.rotation
        cx, cy, cz = (r[3 * k] * p[0] + r[3 * k + 1] * p[1] + r[3 * k + 2] * p[2] for k in range(3))
        return (cx - self.origin[0]) * self.scale, (self.origin[1] - cy) * self.scale, cz

    def _cell(self, x: float, y: float) -> int | None:
        column, row = int(x // self.cell), int(y // self.cell)
        inside = 0 <= column < self._skin.width and 0 <= row < self._skin.height
        return row * self._skin.width + column if inside else None

    def _around(self, x: float, y: float) -> list[int]:
        near = (self._cell(x + dx, y + dy) for dx in (-self.cell, 0, self.cell) for dy in (-self.cell, 0, self.cell))
        return [i for i in near if i is not None]

    def _depth(self, x: float, y: float, index: int) -> float:
        """Depth in dm at a pixel, between the middles of the four nearest cells; a cell across an edge is left out."""
        here = self._skin.depth[index]
        edge = EDGE / self.step
        column, row = x / self.cell - 0.5, y / self.cell - 0.5
        total = weight = 0.0
        for dx in (0, 1):
            for dy in (0, 1):
                at = (int(column // 1) + dx, int(row // 1) + dy)
                if not (0 <= at[0] < self._skin.width and 0 <= at[1] < self._skin.height):
                    continue
                i = at[1] * self._skin.width + at[0]
                if self._skin.region[i] and abs(self._skin.depth[i] - here) < edge:
                    share = (1 - abs(column - at[0])) * (1 - abs(row - at[1]))
                    total += share * self._skin.depth[i]
                    weight += share
        return self.floor + (total / weight if weight > 1e-6 else here) * self.step


@dataclass(frozen=True)
class Atlas:
    """All views of the figure, by name and in the order in which they are offered, and where the points lie on it."""

    views: Mapping[str, View]
    regions: Sequence[str]
    points: Mapping[str, Mapping[Side, Site]]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read atlas.json of a folder; the views' lookups are read when first needed. Errors: those of reading a file."""
        told: dict[str, Any] = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
        regions = tuple(told["regions"])
        views = {name: _view(name, v, folder, regions, told["lookup_step"]) for name, v in told["views"].items()}
        points = {code: {Side(side): _site(p, Side(side), regions) for side, p in sides.items()} for code, sides in told["points"].items()}
        return cls(views, regions, points)

    def point_sites(self, code: str) -> Mapping[Side, Site]:
        """Where a point lies: left and right, or the midline. Empty for a point that the atlas can't place."""
        return self.points.get(code, {})

    @cached_property
    def _shown(self) -> dict[str, list[tuple[float, float, str, Side]]]:
        return {}

    def shown_points(self, view: View) -> Sequence[tuple[float, float, str, Side]]:
        """The points in sight in a view: x, y in px, code, side."""
        if view.name not in self._shown:
            placed = ((view.place_of(site), code, side) for code, sides in self.points.items() for side, site in sides.items())
            self._shown[view.name] = [(*place, code, side) for place, code, side in placed if place is not None]
        return self._shown[view.name]

    def nearest_point(self, view: View, x: float, y: float, within_px: float) -> tuple[str, Side, float] | None:
        """The point in sight that is nearest to a pixel, with its side and its distance in px, or None."""
        found = min(((hypot(px - x, py - y), code, side) for px, py, code, side in self.shown_points(view)), default=None)
        return (found[1], found[2], found[0]) if found and found[0] <= within_px else None

    def describe(self, site: Site) -> str:
        """The words of a place: its region, and the nearest point of the same side within 60 mm, measured straight on the atlas figure."""
        near = [
            (100 * dist((site.x, site.y, site.z), (p.x, p.y, p.z)), code)
            for code, sides in self.points.items()
            for p in sides.values()
            if p.side == site.side or Side.MIDLINE in (p.side, site.side)
        ]
        away, code = min(near, default=(NEAR_POINT, ""))
        if away >= NEAR_POINT:
            return site.region
        return f"{site.region}, at {code}" if away <= AT_POINT else f"{site.region}, {away:.0f} mm from {code}"


def side_of(x: float) -> Side:
    """The figure's own side of a place x dm to the left of its midline."""
    return Side.MIDLINE if abs(x) <= MIDLINE else Side.LEFT if x > 0 else Side.RIGHT


def mirror(site: Site) -> Site:
    """The same place on the other side of the body."""
    words = site.region.split(" ")
    swap = {"left": "right", "right": "left"}
    return replace(site, x=-site.x, side=OTHER[site.side], region=" ".join(swap.get(word, word) for word in words))


def _site(told: dict[str, Any], side: Side, regions: Sequence[str]) -> Site:
    x, y, z = told["xyz"]
    return Site(x, y, z, side, regions[told["region"]])


def _view(name: str, told: dict[str, Any], folder: Path, regions: Sequence[str], cell: int) -> View:
    return View(
        name=name,
        title=told["title"],
        group=told["group"],
        size=(told["size"][0], told["size"][1]),
        scale=told["scale"],
        rotation=tuple(told["rotation"]),
        origin=(told["origin"][0], told["origin"][1]),
        floor=told["depth"][0],
        step=told["depth"][1],
        cell=cell,
        outline=[[(x, y) for x, y in line] for line in told["outline"]],
        image_path=folder / f"{name}.png",
        regions=regions,
    )
