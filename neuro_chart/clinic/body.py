"""The body atlas: views of a figure, places on its skin, the words for them and the cun between them.

Reads what resources/atlas/make wrote. A site is a place on the neutral figure, standing, in decimetres: x to its left, y up, z to the
front. Every other figure and pose has the same skin in another shape, so a site shows on all of them.
"""

import json
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import copysign, dist, hypot, inf, sqrt
from pathlib import Path
from typing import Any, NamedTuple, Self

from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.skin import AtlasError, Skin, Spot, Vector, inflated, shares_of, within

FIGURES = ("neutral", "female", "male")
MIDLINE = 0.05  # dm each way that counts as the midline
IN_THE_MIDDLE = 0.001  # dm each way where the skin faces neither side
BENEATH, ABOVE = 0.06, 0.12  # dm that a place may lie beneath, or above, the skin of a view near its pixel and still be the one in sight
EDGE = 0.07  # skin that faces the viewer by less is seen edge on: a point of the sole would seem to be one of the heel
AVERTED = -0.15  # skin that faces away from the viewer by more is out of sight, however thin the finger is that it is on
AT_POINT, NEAR_POINT = 3.0, 60.0  # mm: nearer is the point itself; farther away it says nothing about the place
SQUARE, CLOSE = 2.0, 0.3  # how much a square look and a close one count in the choice of a best view
MOSTLY = 0.35  # a way that goes aside by no more than this share of its length goes straight up or down
REMEMBERED = 4096  # sites whose spots are kept: a hand that moves over the body all day asks for many more
OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.MIDLINE: Side.MIDLINE}
_SITES = "neutral standing"

Line = Sequence[tuple[float, float]]


class Region(NamedTuple):
    """A named part of the skin: its share of the body's surface, and the segment and the sideways scale to measure in there."""

    name: str
    share: float
    segment: str
    across: str


class Field(NamedTuple):
    """A part of the skin that a dermatome or a nerve supplies, its share of the body's surface, and the source that says so."""

    name: str
    share: float
    source: str


class Segment(NamedTuple):
    """A part of the body with a B-cun of its own, in dm; axis: unit vector up it on the left side, None where the skin is followed."""

    cun: float
    axis: Vector | None


class Landmark(NamedTuple):
    """A place that points are found from, with the sentence that says where it is."""

    where: str
    sites: Mapping[Side, Site]


class Measure(NamedTuple):
    """A way from one place to another: in B-cun of a segment, the part of it up (or, below zero, down) the segment, and in mm."""

    cun: float
    up: float
    segment: str
    mm: float


@dataclass(frozen=True)
class Drawing:
    """The lines of a view in px of its image, each kind read or put into form when it is first asked for.

    path: the view's files without their ending; courses: the channels' lines by code; mirror: the image's width in a mirrored view,
    else 0.
    """

    path: Path
    courses: Mapping[str, Sequence[Line]]
    mirror: int = 0

    @cached_property
    def _told(self) -> dict[str, Any]:
        return _read(self.path.with_suffix(".json"))

    @cached_property
    def silhouette(self) -> Sequence[Line]:
        """Closed lines round the figure; inside another one, round a hole."""
        return self._lines(self._told["silhouette"])

    @cached_property
    def outline(self) -> Sequence[Line]:
        """The lines that are drawn."""
        return self._lines(self._told["outline"])

    @cached_property
    def areas(self) -> Mapping[str, Mapping[str, Sequence[Line]]]:
        """Closed lines round the regions, dermatomes and nerve fields, by kind and name."""
        return {
            kind: {_mirrored(name) if self.mirror else name: self._lines(lines) for name, lines in named.items()}
            for kind, named in _read(self.path.with_suffix(".areas.json")).items()
        }

    @cached_property
    def channels(self) -> Mapping[str, Sequence[Line]]:
        """The channels' courses by code."""
        return {code: self._lines(lines) for code, lines in self.courses.items()}

    def _lines(self, lines: Sequence[Line]) -> list[Line]:
        if self.mirror:
            return [[(self.mirror - x, y) for x, y in line] for line in lines]
        return [[(x, y) for x, y in line] for line in lines]


@dataclass(frozen=True)
class Body:
    """One figure's skin: which spot of it every site is. spots: those of points and landmarks, by the place on the left or the midline."""

    skin: Skin
    figure: str
    regions: Sequence[Region]
    spots: dict[Vector, Spot]

    def spot(self, site: Site) -> Spot:
        """The spot of a site, on the left side for one on the right."""
        place = (abs(site.x), site.y, site.z)
        if place in self.spots:
            return self.spots[place]
        if place not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[place] = self.skin.nearest(_SITES, place)
        return self._found[place]

    @cached_property
    def _found(self) -> dict[Vector, Spot]:
        """The spots of other sites that were asked for."""
        return {}

    def place(self, site: Site, pose: str = "standing") -> Vector:
        """Where a site lies on this figure in a pose, in dm."""
        x, y, z = self.skin.at(f"{self.figure} {pose}", self.spot(site))
        return (-x if site.x < 0 else x), y, z

    def normal(self, site: Site, pose: str = "standing") -> Vector:
        """The unit normal of the skin there, outwards."""
        x, y, z = self.skin.normal(f"{self.figure} {pose}", self.spot(site).triangle)
        if abs(site.x) < IN_THE_MIDDLE and (flat := hypot(y, z)):  # of the triangles on both sides
            return 0.0, y / flat, z / flat
        return (-x if site.x < 0 else x), y, z

    def site(self, spot: Spot) -> Site:
        """The site of a spot."""
        x, y, z = (round(p, 4) for p in self.skin.at(_SITES, spot))
        return Site(x, y, z, side_of(x), self.regions[self.skin.labels["regions"][spot.triangle // 2]].name)


@dataclass(frozen=True)
class View:
    """One picture of the figure: an orthographic camera, a shaded image, lines and a lookup from a pixel to the skin.

    size is in px of the image; scale is px per dm; rotation is row-major 3x3 (camera = R · xyz, x right, y up, z to the viewer); origin is
    the camera position of the image's top left corner. A mirrored view shows the right side by the left one's files, seen in a mirror.
    """

    name: str
    title: str
    group: str
    pose: str
    size: tuple[int, int]
    scale: float
    rotation: tuple[float, ...]
    origin: tuple[float, float]
    cell: int
    path: Path
    body: Body
    courses: Mapping[str, Sequence[Line]]
    mirrored: bool = False

    @property
    def image_path(self) -> Path:
        """The shaded skin: grey, transparent where the view fades; of the left side in a mirrored view."""
        return self.path.with_suffix(".webp")

    @cached_property
    def drawing(self) -> Drawing:
        """The view's lines."""
        return Drawing(self.path, self.courses, self.size[0] if self.mirrored else 0)

    def site_at(self, x: float, y: float) -> Site | None:
        """The place on the skin under a pixel of the image, or None beside the figure."""
        found = self._spot_at(self.size[0] - x if self.mirrored else x, y)
        if found is None:
            return None
        site = self.body.site(found)
        return mirror(site) if self.mirrored else site

    def place_of(self, site: Site, squarely: float = AVERTED) -> tuple[float, float] | None:
        """The pixel (x, y) where a place shows, or None where the view can't see it, or looks less squarely at it than is wanted."""
        x, y, z = self._project(self.body.place(mirror(site) if self.mirrored else site, self.pose))
        near = any(low - BENEATH <= z <= high + ABOVE for low, high in map(self._depths, self._around(x, y)))
        if not near or self._towards(site) < squarely:
            return None
        return (self.size[0] - x if self.mirrored else x), y

    def sees(self, site: Site) -> bool:
        """Is the place in sight in this view?"""
        return self.place_of(site) is not None

    def facing(self, site: Site) -> float:
        """How squarely the view looks at the skin there: 1 from straight above it, towards 0 at an edge, 0 where it is hidden."""
        return max(0.0, self._towards(site)) if self.sees(site) else 0.0

    def _towards(self, site: Site) -> float:
        """How far the skin there is turned to the viewer, hidden or not: 1 squarely, 0 edge on, below that away."""
        normal = self.body.normal(mirror(site) if self.mirrored else site, self.pose)
        return sum(n * r for n, r in zip(normal, self.rotation[6:], strict=True))

    def worth(self, site: Site) -> float:
        """How well the view shows a place, to be compared with others: more for a square look and a close one, 0 where it is hidden."""
        return float(self.facing(site) ** SQUARE * self.scale**CLOSE)

    @cached_property
    def _faces(self) -> "array[int]":
        """For each cell one more than the face that shows there, or 0."""
        found = array("H", inflated(self.path.with_suffix(".lookup")))
        if sys.byteorder == "big":
            found.byteswap()
        return found

    @cached_property
    def _known_depths(self) -> dict[int, tuple[float, float]]:
        return {}

    def _depths(self, face: int) -> tuple[float, float]:
        """The least and the greatest depth of a face."""
        if face not in self._known_depths:
            skin, r = self.body.skin, self.rotation
            places = [skin.vertex(self._shape, index) for index in skin.faces[4 * face : 4 * face + 4]]
            depths = [r[6] * x + r[7] * y + r[8] * z for x, y, z in places]
            self._known_depths[face] = min(depths), max(depths)
        return self._known_depths[face]

    @property
    def _shape(self) -> str:
        return f"{self.body.figure} {self.pose}"

    def _spot_at(self, x: float, y: float) -> Spot | None:
        """The spot under a pixel: of the faces near it the one that holds it, else the closest."""
        face = self._face(x, y)
        if face is None:
            return None
        best, found = self._in_face(face, x, y)
        if best < 0:
            near = set(self._around(x, y)) - {face}
            best, found = max([(best, found), *(self._in_face(other, x, y) for other in near)])
        return found

    def _in_face(self, face: int, x: float, y: float) -> tuple[float, Spot]:
        """How far within a face (below 0: outside) a pixel lies, and its spot there."""
        found = []
        for triangle in (2 * face, 2 * face + 1):
            (ax, ay, _), (bx, by, _), (cx, cy, _) = (
                self._project(self.body.skin.vertex(self._shape, index)) for index in self.body.skin.corners(triangle)
            )
            u, v = shares_of((bx - ax, by - ay), (cx - ax, cy - ay), (x - ax, y - ay))
            found.append((min(u, v, 1 - u - v), Spot(triangle, *within(1 - u - v, u))))
        return max(found)

    def _project(self, p: Vector) -> Vector:
        r = self.rotation
        return (
            (r[0] * p[0] + r[1] * p[1] + r[2] * p[2] - self.origin[0]) * self.scale,
            (self.origin[1] - r[3] * p[0] - r[4] * p[1] - r[5] * p[2]) * self.scale,
            r[6] * p[0] + r[7] * p[1] + r[8] * p[2],
        )

    def _face(self, x: float, y: float) -> int | None:
        """The face in the cell of a pixel of the left view."""
        wide, high = self.size[0] // self.cell, self.size[1] // self.cell
        column, row = int(x // self.cell), int(y // self.cell)
        if not (0 <= column < wide and 0 <= row < high):
            return None
        return self._faces[row * wide + column] - 1 if self._faces[row * wide + column] else None

    def _around(self, x: float, y: float) -> Iterator[int]:
        for dx in (0, -self.cell, self.cell):
            for dy in (0, -self.cell, self.cell):
                face = self._face(x + dx, y + dy)
                if face is not None:
                    yield face


@dataclass(frozen=True)
class Atlas:
    """All views of one figure, by name and in the order in which they are offered, and where the points lie on it.

    points: the sites of every point by code; layers: the fields of each kind, dermatomes and nerves; best: by a point's code the view of
    its left side (or midline) that shows it best.
    """

    body: Body
    views: Mapping[str, View]
    regions: Mapping[str, Region]
    layers: Mapping[str, Mapping[str, Field]]
    segments: Mapping[str, Segment]
    across: Mapping[str, float]
    landmarks: Mapping[str, Landmark]
    points: Mapping[str, Mapping[Side, Site]]
    best: Mapping[str, str]

    @classmethod
    def load(cls, folder: Path, figure: str = FIGURES[0], skin: Skin | None = None) -> Self:
        """Read one of FIGURES; what belongs to a view is read when it is first needed. AtlasError: a file can't be read.

        skin: that of another figure's atlas, if one is there.
        """
        told = _read(folder / "atlas.json")
        cameras, own = (_read(folder / figure / name) for name in ("cameras.json", "points.json"))
        common = own if figure == FIGURES[0] else _read(folder / FIGURES[0] / "points.json")
        regions = [Region(r["name"], r["share"], r.get("segment", ""), r.get("across", "")) for r in told["regions"]]
        body = Body(skin or Skin.load(folder / "skin", told["skin"]), figure, regions, {})
        points = {}
        for code, entry in common["points"].items():
            site = body.site(Spot(*entry["spot"]))
            points[code] = _sides(site)
            body.spots[abs(site.x), site.y, site.z] = Spot(*own["points"][code]["spot"])
        landmarks = {}
        for name, mark in told["landmarks"].items():
            site = body.site(Spot(*mark["spot"]))
            landmarks[name] = Landmark(mark["where"], _sides(site))
            # one that follows from others does so on every figure anew
            body.spots.setdefault((abs(site.x), site.y, site.z), Spot(*own["landmarks"].get(name, mark["spot"])))
        return cls(
            body=body,
            views=_views(folder / figure, cameras, own["channels"], body),
            regions={region.name: region for region in regions if region.name},
            layers={
                kind: {field["name"]: Field(field["name"], field["share"], field["source"]) for field in fields if field["name"]}
                for kind, fields in told["layers"].items()
            },
            segments={name: Segment(s["cun"], tuple(s["axis"]) if "axis" in s else None) for name, s in told["segments"].items()},
            across=told["across"],
            landmarks=landmarks,
            points=points,
            best={code: entry["view"] for code, entry in own["points"].items()},
        )

    def point_sites(self, code: str) -> Mapping[Side, Site]:
        """Where a point lies: left and right, or the midline. Empty for a point that the atlas can't place."""
        return self.points.get(code, {})

    def best_view(self, site: Site, code: str = "") -> View | None:
        """The view that shows a place best, and a point known by its code without reading the others; None if none does."""
        if code in self.best and site in self.points[code].values():
            view = self.views[self.best[code]]
            return self._other(view) if site.side == Side.RIGHT else view
        best = max(self.views.values(), key=lambda view: view.worth(site))
        return best if best.sees(site) else None

    def _other(self, view: View) -> View:
        """The view of the same from the right."""
        return next((other for other in self.views.values() if other.mirrored and other.path == view.path), view)

    @cached_property
    def _shown(self) -> dict[str, list[tuple[float, float, str, Side]]]:
        return {}

    def shown_points(self, view: View) -> Sequence[tuple[float, float, str, Side]]:
        """The points in sight in a view, but for those that are seen edge on: x, y in px, code, side."""
        if view.name not in self._shown:
            placed = ((view.place_of(site, EDGE), code, side) for code, sides in self.points.items() for side, site in sides.items())
            self._shown[view.name] = [(*place, code, side) for place, code, side in placed if place is not None]
        return self._shown[view.name]

    def nearest_point(self, view: View, x: float, y: float, within_px: float) -> tuple[str, Side, float] | None:
        """The point in sight that is nearest to a pixel, with its side and its distance in px, or None."""
        near = (shown for shown in self.shown_points(view) if abs(shown[0] - x) <= within_px and abs(shown[1] - y) <= within_px)
        away, _, code, side = min(
            ((round(hypot(px - x, py - y), 1), _extra(code), code, side) for px, py, code, side in near),
            default=(inf, False, "", Side.MIDLINE),
        )
        return (code, side, away) if away <= within_px else None

    def region_of(self, site: Site) -> Region:
        """The region that a place lies in."""
        region = self.body.regions[self.body.skin.labels["regions"][self.body.spot(site).triangle // 2]]
        return self.regions.get(_mirrored(region.name), region) if site.x < 0 else region

    def _halfway(self, start: Site, end: Site) -> Region:
        """The region of the left half, or the midline, in the middle of a way."""
        middle = self.body.skin.nearest(_SITES, (abs(start.x + end.x) / 2, (start.y + end.y) / 2, (start.z + end.z) / 2))
        return self.body.regions[self.body.skin.labels["regions"][middle.triangle // 2]]

    def fields_of(self, site: Site) -> Mapping[str, Field]:
        """The dermatome and the nerve whose field a place lies in, by kind."""
        face = self.body.spot(site).triangle // 2
        found = {kind: self.body.skin.labels[kind][face] for kind in self.layers}
        return {kind: list(self.layers[kind].values())[label - 1] for kind, label in found.items() if label}

    def measure(self, start: Site, end: Site) -> Measure:
        """The straight way between two places in B-cun of the segment in its middle: up it, and sideways by the scale across it."""
        way = (end.x - start.x, end.y - start.y, end.z - start.z)
        length = hypot(*way)
        region = self._halfway(start, end)
        segment = self.segments[region.segment]
        if segment.axis is None:  # on the scalp up is back over the crown as well
            up = copysign(hypot(way[1], way[2]), way[1])
        else:
            axis = (-segment.axis[0] if start.x + end.x < 0 else segment.axis[0]), *segment.axis[1:]
            up = sum(a * b for a, b in zip(way, axis, strict=True))
        # on trunk and head the standard counts sideways straight across
        around = sqrt(max(length**2 - up**2, 0.0)) / segment.cun
        aside = abs(way[0]) / self.across[region.across] if region.across else around
        return Measure(hypot(up / segment.cun, aside), up / segment.cun, region.segment, 100 * length)

    def describe(self, site: Site) -> str:
        """The words of a place: its region, and how many cun it is from the nearest point of the same side within 60 mm.

        Distances are straight, on the neutral figure, in the B-cun of the segment there.
        """
        near = (
            (round(100 * dist((site.x, site.y, site.z), (p.x, p.y, p.z)), 1), _extra(code), code, side)
            for code, sides in self.points.items()
            for side, p in sides.items()
            if side == site.side or Side.MIDLINE in (side, site.side)
        )
        away, _, code, side = min(near, default=(NEAR_POINT, False, "", site.side))
        region = self.region_of(site).name
        if away >= NEAR_POINT:
            return region
        if away <= AT_POINT:
            return f"{region}, at {code}"
        way = self.measure(self.points[code][side], site)
        straight = abs(way.up) > way.cun * sqrt(1 - MOSTLY**2) and self.segments[way.segment].axis is not None
        return f"{region}, {way.cun:.1f} cun {('above' if way.up > 0 else 'below') if straight else 'from'} {code}"


def _extra(code: str) -> bool:
    """Is it an extra point? Where one lies on a channel's point, the channel's is meant."""
    return "-" in code


def side_of(x: float) -> Side:
    """The figure's own side of a place x dm to the left of its midline."""
    return Side.MIDLINE if abs(x) <= MIDLINE else Side.LEFT if x > 0 else Side.RIGHT


def mirror(site: Site) -> Site:
    """The same place on the other side of the body."""
    return replace(site, x=-site.x, side=OTHER[site.side], region=_mirrored(site.region))


def _mirrored(words: str) -> str:
    swap = {"left": "right", "right": "left"}
    return " ".join(swap.get(word, word) for word in words.split(" "))


def _sides(site: Site) -> dict[Side, Site]:
    """A place of the left half or the midline, on every side that has it."""
    return {Side.MIDLINE: site} if site.side == Side.MIDLINE else {Side.LEFT: site, Side.RIGHT: mirror(site)}


def _views(folder: Path, cameras: Mapping[str, Any], courses: Mapping[str, Any], body: Body) -> dict[str, View]:
    views = {}
    for name, told in cameras["views"].items():
        source = told.get("mirrors", name)
        camera = cameras["views"][source]
        views[name] = View(
            name=name,
            title=told["title"],
            group=camera["group"],
            pose=camera["pose"],
            size=(camera["size"][0], camera["size"][1]),
            scale=camera["scale"],
            rotation=tuple(camera["rotation"]),
            origin=(camera["origin"][0], camera["origin"][1]),
            cell=cameras["cell"],
            path=folder / source,
            body=body,
            courses=courses[source],
            mirrored="mirrors" in told,
        )
    return views


def _read(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AtlasError(path, error) from error
    return told
