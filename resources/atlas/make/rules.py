"""The rules that say where a point is, and the engine that finds it on a figure.

A rule is a table. Names in it are landmarks (landmarks.toml) or points; all is found on the figure's left side or midline.

    { at = NAME }                                           a landmark or another point itself
    { between = [A, B], share = 0.5 }                       that share of the straight way from A to B, then square out to the skin
    { along = LIMB, above|below = NAME, cun = 3, line = L } on a limb: so many cun of that segment above or below a name, on a line down it;
        with aside = 1, toward = M                          then so many cun round the limb in the direction of another line,
        or share = 0.5, toward = M                          or that share of the way to it
    { side = "front"|"back", level = NAME, aside = 2 }      on the trunk: at the height of a name, so many cun from the midline
    { side = …, along = SEGMENT, above|below = NAME, cun = 4, aside = 2 }    the same, the height measured in cun of a trunk segment
    { side = …, level = NAME, between = [A, B], share = 0.5 }   the same, sideways a share of the way from A to B ("midline" is a name)
    { side = "left", level = NAME, line = L }               on the flank below the armpit: at the height of a name, on a line down it
        with round = 1                                      on the trunk: so many cun on round it, outwards, from the flank forwards
    { side = "outer", along = SEGMENT, above|below = NAME, cun = 1.5, aside = 0.5 }   on the head's side: so many cun of that
        segment above a name and behind it
    { side = "outer", level = NAME, between = [A, B], share = 0.5 }   the same, at the height of a name, a share of the way from A back to B
    { along = "scalp", above|below = NAME, cun = 5, aside = 1.3 }   on the head: along the skin of the midline, then of the side;
        or between = [A, B], share = 1                              straight sideways a share of the way from A to B
    { curve = [A, B, C], share = 0.25 }                     that share of the way over the skin on the smooth curve through the names

A line is the name of one in landmarks.toml, or a list of names that it runs through; it goes on straight beyond its ends, through one name
straight up and down. The arms are no part of the trunk's outline, wherever they hang.
Every segment has a B-cun of its own, and so has every direction across the trunk and the head.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from figure import Array, Figure, unit
from scipy.interpolate import CubicSpline
from skin import Place, Skin, along_loop, progress

Rule = Mapping[str, Any]
FIELDS = {"at", "between", "share", "along", "above", "below", "cun", "line", "aside", "toward", "side", "level", "curve", "round"}


NARROW = 1.15  # a place may be told so much farther aside than a slim trunk is wide, and lies at its side then


class RuleError(ValueError):
    """A rule that can't be followed, with the reason. name: the point or the landmark whose it is, once that is known."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.name = name


class Rules:
    """Finds places on one figure. landmarks: the parsed landmarks.toml; points: each point's rule by code."""

    def __init__(self, figure: Figure, landmarks: Mapping[str, Any], points: Mapping[str, Rule]) -> None:
        self.figure, self.skin = figure, Skin(figure)
        self.landmarks: Mapping[str, Mapping[str, Any]] = landmarks["landmark"]
        self.segments: Mapping[str, Mapping[str, Any]] = landmarks["segment"]
        self.lines: Mapping[str, list[str]] = landmarks["line"]
        self.across: Mapping[str, Mapping[str, Any]] = landmarks["across"]
        self.points = points
        self._found: dict[str, Place] = {}
        self._underway: list[str] = []

    def place(self, name: str) -> Place:
        """Where a landmark or a point is on the skin. RuleError with the reason, and whose rule it is, if it can't be told."""
        if name not in self._found:
            if name not in self.points and name not in self.landmarks:
                raise RuleError(f"no landmark or point is called {name!r}")
            if name in self._underway:
                raise RuleError(f"goes in a circle: {' → '.join([*self._underway, name])}")
            self._underway.append(name)
            try:
                self._found[name] = self._look(name)
            except KeyError as error:
                raise RuleError(f"{error.args[0]} is missing", name) from error
            except ValueError as error:
                raise RuleError(str(error), getattr(error, "name", "") or name) from error
            finally:
                self._underway.pop()
        return self._found[name]

    def cun(self, segment: str) -> float:
        """One B-cun of a segment in dm."""
        found = self._segment(segment)
        start, end = self.place(found["from"]).xyz, self.place(found["to"]).xyz
        length = self._midline(segment)[1][-1] if "arc" in found else abs((end - start) @ self.axis(segment))
        return float(length) / float(found["cun"])

    def _look(self, name: str) -> Place:
        if name in self.points:
            return self.follow(self.points[name])
        landmark = self.landmarks[name]
        if "rule" in landmark:
            return self.follow(landmark["rule"])
        vertices = [int(index) for index in landmark["skin"]]
        if max(vertices) >= len(self.figure.rig.rest):
            raise RuleError("it names a vertex that the mesh does not have")
        shares = np.array(list(landmark["skin"].values()), float)
        return self.skin.nearest(shares @ self.figure.vertices[vertices] / shares.sum())

    def follow(self, rule: Rule) -> Place:
        """The place that a rule describes."""
        if unknown := set(rule) - FIELDS:
            raise RuleError(f"unknown words in the rule: {', '.join(sorted(unknown))}")
        if "at" in rule:
            return self.place(rule["at"])
        if "curve" in rule:
            return self._curve(rule)
        if "side" in rule:
            return self._beside(rule) if rule["side"] == "outer" else self._trunk(rule)
        if "along" in rule:
            return self._head(rule) if "arc" in self._segment(rule["along"]) else self._limb(rule)
        if "between" in rule:
            return self._between(rule)
        raise RuleError("the rule says neither at, between, curve, along nor side")

    def _between(self, rule: Rule) -> Place:
        a, b = (self.place(name) for name in rule["between"])
        share = float(rule.get("share", 0.5))
        spot, way = a.xyz * (1 - share) + b.xyz * share, b.xyz - a.xyz
        outward = a.normal * (1 - share) + b.normal * share
        outward = unit(outward - (outward @ way) / (way @ way) * way)  # at a right angle, so that the share stays
        met = self.skin.ray(spot - 0.05 * outward, outward)
        near = self.skin.nearest(spot)
        # a chord over a hollow lies outside the body: then the skin is where it is nearest
        return met if met is not None and np.linalg.norm(met.xyz - spot) < 1.0 and met.normal @ outward > 0 else near

    def _limb(self, rule: Rule) -> Place:
        segment = rule["along"]
        axis = self.axis(segment)
        height = self._height(rule, axis)
        joint = self.figure.joint[f"{self._segment(segment)['limb'][0]}.L"]
        centre = joint + (height - joint @ axis) * axis
        loop = min(self.skin.sections(centre, axis), key=lambda line: float(np.linalg.norm(line.mean(0) - centre)))
        spot = self._on_line(rule["line"], axis, height)
        if "toward" in rule:
            towards = self._on_line(rule["toward"], axis, height)
            aside = float(rule["aside"]) * self.cun(segment) if "aside" in rule else None
            spot = along_loop(loop, spot, towards, aside, rule.get("share"))
        else:
            spot = along_loop(loop, spot, spot, 0.0, None)
        return self.skin.nearest(spot)

    def _trunk(self, rule: Rule) -> Place:
        up = np.array([0.0, 1.0, 0.0])
        y = float(self.place(rule["level"]).xyz[1]) if "level" in rule else self._height(rule, up)
        met = self._flank(rule, y) if rule["side"] == "left" else self._face(rule, y)
        if met is None:
            raise RuleError("the place misses the body")
        if "round" in rule:
            outline = self._outline(y)
            towards = outline[outline[:, 2 if rule["side"] == "left" else 0].argmax()]
            cun = self.across_cun("front" if rule["side"] == "left" else rule["side"])
            met = self.skin.nearest(along_loop(outline, met.xyz, towards, float(rule["round"]) * cun, None))
        return met

    def _face(self, rule: Rule, y: float) -> Place | None:
        """The front or the back of the trunk at a height."""
        x = self._sideways(rule, rule["side"])
        ahead = 1.0 if rule["side"] == "front" else -1.0
        outline = self._outline(y)
        widest = outline[outline[:, 0].argmax()]
        if widest[0] < x < NARROW * widest[0]:  # on a slim body as far aside as it goes
            return self.skin.nearest(widest)
        return self.skin.ray(np.array([x, y, ahead * 5]), np.array([0.0, 0.0, -ahead]))

    def _flank(self, rule: Rule, y: float) -> Place | None:
        """The flank at a height, as far forward as a line down it."""
        z = self._on_line(rule["line"], np.array([0.0, 1.0, 0.0]), y)[2]
        start = self._outline(y)
        end = np.roll(start, -1, axis=0)
        over = (start[:, 2] > z) != (end[:, 2] > z)
        if not over.any():
            return None
        start, end = start[over], end[over]
        spots = start + ((z - start[:, 2]) / (end[:, 2] - start[:, 2]))[:, None] * (end - start)
        return self.skin.nearest(spots[spots[:, 0].argmax()])

    def _outline(self, y: float) -> Array:
        """The trunk's outline (n, 3) at a height: of all outlines there the one about the midline."""
        loops = self.skin.sections(np.array([0.0, y, 0.0]), np.array([0.0, 1.0, 0.0]))
        return min((loop for loop in loops if loop[:, 0].max() > 0), key=lambda loop: abs(float(loop[:, 0].mean())))

    def _head(self, rule: Rule) -> Place:
        segment = rule["along"]
        line, travelled = self._midline(segment)
        origin, sign = (rule["above"], -1) if "above" in rule else (rule["below"], 1)
        at = progress(line, travelled, self.place(origin).xyz) + sign * float(rule["cun"]) * self.cun(segment)
        spot = np.array([np.interp(at, travelled, line[:, k]) for k in range(3)])
        place = self.skin.nearest(spot)
        outward = unit(place.normal * [0.0, 1.0, 1.0])
        if "between" in rule:
            met = self.skin.ray(spot + outward + [self._sideways(rule, "head"), 0.0, 0.0], -outward)
            if met is None:
                raise RuleError("the place misses the head")
            return met
        if "aside" in rule:
            aside = np.array([self._sideways(rule, "head"), 0.0, 0.0])
            cuts = self.skin.sections(spot, np.cross(outward, [1.0, 0.0, 0.0]))
            loop = min(cuts, key=lambda line: float(((line - spot) ** 2).sum(1).min()))
            return self.skin.nearest(along_loop(loop, spot, spot + aside, float(aside[0]), None))
        return place

    def _beside(self, rule: Rule) -> Place:
        y = float(self.place(rule["level"]).xyz[1]) if "level" in rule else self._height(rule, np.array([0.0, 1.0, 0.0]))
        if "between" in rule:
            a, b = (float(self.place(name).xyz[2]) for name in rule["between"])
            z = a + float(rule.get("share", 0.5)) * (b - a)
        else:
            name = next(rule[word] for word in ("level", "above", "below") if word in rule)
            z = float(self.place(name).xyz[2]) - float(rule.get("aside", 0.0)) * self.cun(rule["along"])
        met = self.skin.ray(np.array([5.0, y, z]), np.array([-1.0, 0.0, 0.0]))
        if met is None:
            raise RuleError("the place misses the body")
        return met

    def _sideways(self, rule: Rule, across: str) -> float:
        """How far from the midline a rule says (dm), by a share of the way between two names or by cun across."""
        if "between" not in rule:
            return float(rule["aside"]) * self.across_cun(across)
        a, b = (0.0 if name == "midline" else float(self.place(name).xyz[0]) for name in rule["between"])
        return a + float(rule["share"]) * (b - a)

    def _curve(self, rule: Rule) -> Place:
        spots = np.array([self.place(name).xyz for name in rule["curve"]])
        chords = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(spots, axis=0), axis=1))])
        through = CubicSpline(chords, spots, bc_type="natural")(np.linspace(0.0, chords[-1], 101))
        line = np.array([self.skin.nearest(spot).xyz for spot in through])
        travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        at = float(rule["share"]) * travelled[-1]
        return self.skin.nearest(np.array([np.interp(at, travelled, line[:, k]) for k in range(3)]))

    def _midline(self, segment: str) -> tuple[Array, Array]:
        """The skin of the midline from the segment's start to its end over the top: places (n, 3) and the way travelled to each (n,)."""
        found = self._segment(segment)
        start, end, top = (self.place(found[key]).xyz for key in ("from", "to", "arc"))
        loop = max(self.skin.sections(np.zeros(3), np.array([1.0, 0.0, 0.0])), key=len)
        first, last, over = (int(((loop - p) ** 2).sum(1).argmin()) for p in (start, end, top))
        line = np.roll(loop, -first, axis=0)
        last, over = (last - first) % len(loop), (over - first) % len(loop)
        line = line[: last + 1] if over <= last else np.concatenate([line[:1], line[: last - 1 : -1]])
        return line, np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])

    def _height(self, rule: Rule, axis: Array) -> float:
        """How far up the axis the rule's level is (dm)."""
        if ("above" in rule) == ("below" in rule) or "cun" not in rule:
            raise RuleError("a place along a segment needs cun and either above or below")
        name, sign = (rule["above"], 1) if "above" in rule else (rule["below"], -1)
        return float(self.place(name).xyz @ axis) + sign * float(rule["cun"]) * self.cun(rule["along"])

    def axis(self, segment: str) -> Array:
        """Unit vector up the segment."""
        found = self._segment(segment)
        if "limb" not in found:
            return np.array([0.0, 1.0, 0.0])
        upper, lower = (self.figure.joint[f"{bone}.L"] for bone in found["limb"])
        return unit(upper - lower)

    def across_cun(self, what: str) -> float:
        """One B-cun across the trunk or the head, in dm."""
        found = self.across[what]
        return float(self.place(found["to"]).xyz[0]) / float(found["cun"])

    def _segment(self, name: str) -> Mapping[str, Any]:
        if name not in self.segments:
            raise RuleError(f"no segment is called {name!r}")
        return self.segments[name]

    def _on_line(self, line: str | list[str], axis: Array, height: float) -> Array:
        """Where a line down a limb has a given height on its axis."""
        if isinstance(line, str):
            if line not in self.lines:
                raise RuleError(f"no line is called {line!r}")
            line = self.lines[line]
        spots = np.array([self.place(name).xyz for name in line])
        heights = spots @ axis
        if len(line) == 1:
            straight: Array = spots[0] + (height - heights[0]) * axis
            return straight
        order = heights.argsort()
        spots, heights = spots[order], heights[order]
        above = int(np.clip(np.searchsorted(heights, height), 1, len(line) - 1))
        share = (height - heights[above - 1]) / (heights[above] - heights[above - 1])
        on: Array = spots[above - 1] + share * (spots[above] - spots[above - 1])
        return on


def read(path: Path) -> dict[str, Any]:
    """A TOML file. RuleError with the file's name, the line and the reason if it can't be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: {error}") from error


def line_of(path: Path, wanted: str) -> str:
    """The file and the last of its lines that reads so, as an editor can open it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return f"{path}:{max((n for n, line in enumerate(lines, 1) if line == wanted), default=1)}"
