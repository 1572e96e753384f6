"""The shipped places against the rules that they were computed from: an edited rule or landmark without a new atlas fails by its name.

The maker follows the rules on the mesh. Here each is checked by what it says of places (heights, offsets, shares), which needs no mesh.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import dist, sqrt
from typing import Any

import pytest

from neuro_chart.clinic.body import FIGURES
from neuro_chart.clinic.points import Catalogue
from neuro_chart.clinic.skin import Vector
from neuro_chart.resources import resource

CATALOGUE = Catalogue.load(resource("points"))
EXACT = 0.01  # dm: what rounding and the once subdivided skin may take from a height, an offset or a share
ROUND = 0.05  # of a way over the skin: by how much the straight way may fall short of it, and by how much a share of it may differ
BESIDE = 0.05  # dm that a place may lie beside the line that it is on, seen square onto the skin
BULGE = 0.05  # dm that the smooth skin may lie off the flat one between a landmark's vertices
CHANGED = {"cun": 0.5, "aside": 0.5, "share": 0.15}  # what is noticed when a rule says so much more or less
Rule = Mapping[str, Any]


def minus(a: Sequence[float], b: Sequence[float]) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(p * q for p, q in zip(a, b, strict=True))


def part(a: Sequence[float], b: Sequence[float], share: float) -> Vector:
    """The place after a share of the straight way."""
    return tuple(p + share * (q - p) for p, q in zip(a, b, strict=True))


class Check:
    """What a place is off its rule by, on one figure: each finding in words, and how far it goes beyond what is allowed (dm or shares)."""

    def __init__(self, figure: Any) -> None:
        self.figure, self.told = figure, figure.told

    def off(self, name: str, rule: Rule) -> list[str]:
        """What of a rule a place doesn't obey."""
        found = [(word, value, allowed) for word, value, allowed in self._found(name, rule) if not abs(value) <= allowed]
        return [f"{word} off by {value:.3f}" for word, value, allowed in found]

    def _found(self, name: str, rule: Rule) -> Iterator[tuple[str, float, float]]:
        here = self.figure.at(name)
        if "at" in rule:
            yield "place", dist(here, self.figure.at(rule["at"])), EXACT
        elif "curve" in rule:
            yield from self._curve(here, rule)
        elif rule.get("side") == "outer":
            yield from self._outer(here, rule)
        elif "side" in rule:
            yield from self._trunk(name, here, rule)
        elif "along" in rule and "arc" in self.told["segment"][rule["along"]]:
            yield from self._head(here, rule)
        elif "along" in rule:
            yield "height", self._above(here, rule, self.figure.axis(rule["along"])), EXACT
            yield from self._limb(name, here, rule)
        else:
            start, end = map(self.figure.at, rule["between"])
            way = minus(end, start)
            gone = dot(minus(here, start), way) / dot(way, way)
            yield "share of the way", (gone - rule.get("share", 0.5)) * dist(start, end), EXACT + 0.01 * dist(start, end)

    def _above(self, here: Vector, rule: Rule, axis: Vector) -> float:
        """How much higher on an axis a place is than its rule says."""
        if "level" in rule:
            return dot(minus(here, self.figure.at(rule["level"])), axis)
        origin, sign = (rule["above"], 1) if "above" in rule else (rule["below"], -1)
        return dot(minus(here, self.figure.at(origin)), axis) - sign * rule["cun"] * self.figure.cun(rule["along"])

    def _sideways(self, rule: Rule, scale: str) -> float:
        if "between" not in rule:
            return float(rule["aside"]) * self.figure.across(scale)
        start, end = (0.0 if name == "midline" else self.figure.at(name)[0] for name in rule["between"])
        return start + rule["share"] * (end - start)

    def _trunk(self, name: str, here: Vector, rule: Rule) -> Iterator[tuple[str, float, float]]:
        yield "height", self._above(here, rule, (0, 1, 0)), EXACT
        if "round" in rule:  # straight, it is somewhat less
            scale = self.figure.across("front" if rule["side"] == "left" else rule["side"])
            start = self._on(rule["line"], here[1], (0, 1, 0))[2] if rule["side"] == "left" else self._sideways(rule, rule["side"])
            gone = (here[2 if rule["side"] == "left" else 0] - start) / scale / rule["round"]
            yield "share of the way round", gone - 0.5, 0.5 + ROUND
        elif rule["side"] == "left":
            yield "place on the line", here[2] - self._on(rule["line"], here[1], (0, 1, 0))[2], EXACT
        else:
            yield "way from the midline", here[0] - self._sideways(rule, rule["side"]), EXACT
            facing = self.figure.normal(name)[2] * (1 if rule["side"] == "front" else -1)
            yield "side", min(facing, 0.0), 0.0

    def _outer(self, here: Vector, rule: Rule) -> Iterator[tuple[str, float, float]]:
        yield "height", self._above(here, rule, (0, 1, 0)), EXACT
        if "between" in rule:
            start, end = (self.figure.at(name)[2] for name in rule["between"])
            wanted = start + rule.get("share", 0.5) * (end - start)
        else:
            name = next(rule[word] for word in ("level", "above", "below") if word in rule)
            wanted = self.figure.at(name)[2] - rule.get("aside", 0.0) * self.figure.cun(rule["along"])
        yield "way behind", here[2] - wanted, EXACT

    def _head(self, here: Vector, rule: Rule) -> Iterator[tuple[str, float, float]]:
        origin, sign = (rule["above"], 1) if "above" in rule else (rule["below"], -1)
        gone = self.figure.over_the_head(self.figure.at(origin)) + sign * rule["cun"] * self.figure.cun(rule["along"])
        middle = self.figure.on_the_head(gone)
        before, after = (self.figure.on_the_head(gone + step) for step in (-0.1, 0.1))
        ahead = dot(minus(here, middle), minus(after, before)) / dist(after, before)
        if "between" in rule:
            yield "way from the midline", here[0] - self._sideways(rule, "head"), EXACT
            yield "way over the head", ahead, ROUND
        elif "aside" in rule:
            way = rule["aside"] * self.figure.across("head")
            yield "way aside", dist(here, middle) - way, ROUND * way + EXACT
            yield "way over the head", ahead, ROUND
        else:
            yield "place", dist(here, middle), 2 * EXACT

    def _curve(self, here: Vector, rule: Rule) -> Iterator[tuple[str, float, float]]:
        stops = [self.figure.at(name) for name in rule["curve"]]
        chords = [dist(a, b) for a, b in pairwise(stops)]
        apart, gone = min(_along(here, stops))
        yield "share of the curve", gone / sum(chords) - rule["share"], ROUND
        yield "way beside the curve", apart, BESIDE

    def _limb(self, name: str, here: Vector, rule: Rule) -> Iterator[tuple[str, float, float]]:
        axis = self.figure.axis(rule["along"])
        start = self._on(rule["line"], dot(here, axis), axis)
        if "toward" not in rule:
            yield "place beside the line", self._beside(name, here, start, axis), BESIDE
            return
        start, end = map(self.figure.nearest, (start, self._on(rule["toward"], dot(here, axis), axis)))
        if "share" in rule:
            yield "share of the way round", dist(start, here) / (dist(start, here) + dist(here, end)) - rule["share"], ROUND
            yield "way round", max(0.0, dist(start, here) - dist(start, end)), EXACT
        else:
            way = rule["aside"] * self.figure.cun(rule["along"])
            yield "way aside", dist(start, here) - way, ROUND * way + EXACT
            yield "way that it goes aside", max(0.0, dist(here, end) - dist(start, end)), EXACT

    def _beside(self, name: str, here: Vector, line: Vector, axis: Vector) -> float:
        """How far a line passes from a place, seen square onto the skin, at the place's height."""
        normal = self.figure.normal(name)
        flat = minus(normal, tuple(dot(normal, axis) * a for a in axis))
        length = sqrt(dot(flat, flat))
        way = minus(line, here)
        over = dot(way, flat) / length
        return dist(way, tuple(over * f / length for f in flat))

    def _on(self, line: str | Sequence[str], height: float, axis: Vector) -> Vector:
        """Where a line has a height on an axis: straight between its names, and on beyond its ends."""
        names = self.told["line"][line] if isinstance(line, str) else line
        stops = sorted((self.figure.at(name) for name in names), key=lambda stop: dot(stop, axis))
        if len(stops) == 1:
            return tuple(p + (height - dot(stops[0], axis)) * a for p, a in zip(stops[0], axis, strict=True))
        pairs = list(pairwise(stops))
        low, high = next((pair for pair in pairs if height <= dot(pair[1], axis)), pairs[-1])
        return part(low, high, (height - dot(low, axis)) / (dot(high, axis) - dot(low, axis)))


def _along(here: Vector, stops: Sequence[Vector]) -> Iterator[tuple[float, float]]:
    """How far a place is from each stretch of a line, and how far along the line that is."""
    gone = 0.0
    for a, b in pairwise(stops):
        way = minus(b, a)
        share = min(max(dot(minus(here, a), way) / dot(way, way), 0.0), 1.0)
        yield dist(here, part(a, b, share)), gone + share * dist(a, b)
        gone += dist(a, b)


def names_in(rule: Rule, told: Mapping[str, Any]) -> set[str]:
    """The landmarks and points that a rule hangs on."""
    found = {rule[word] for word in ("at", "above", "below", "level") if word in rule}
    found |= {name for word in ("between", "curve") for name in rule.get(word, ())} - {"midline"}
    lines = [rule[word] for word in ("line", "toward") if word in rule]
    return found | {name for line in lines for name in (told["line"].get(line, [line]) if isinstance(line, str) else line)}


def rules(told: Mapping[str, Any]) -> dict[str, Rule]:
    """Every rule, of points and of landmarks that follow from others."""
    return {point.code: point.rule for point in CATALOGUE} | {
        name: mark["rule"] for name, mark in told["landmark"].items() if "rule" in mark
    }


def test_every_name_in_a_rule_is_known(landmarks: Mapping[str, Any]):
    known = {point.code for point in CATALOGUE} | set(landmarks["landmark"])
    asked = {name: names_in(rule, landmarks) for name, rule in rules(landmarks).items()}
    asked |= {f"line {name}": set(line) for name, line in landmarks["line"].items()}
    asked |= {f"segment {name}": {told[end] for end in ("from", "to", "arc") if end in told} for name, told in landmarks["segment"].items()}
    asked |= {f"across {name}": {told["to"]} for name, told in landmarks["across"].items()}
    assert {name: unknown for name, names in asked.items() if (unknown := names - known)} == {}
    segments = {name: rule["along"] for name, rule in rules(landmarks).items() if "along" in rule}
    assert {name: segment for name, segment in segments.items() if segment not in landmarks["segment"]} == {}


@pytest.mark.parametrize("figure", FIGURES)
def test_every_shipped_place_obeys_its_rule(figure: str, figures: Any, landmarks: Mapping[str, Any]):
    check = Check(figures[figure])
    assert {name: off for name, rule in rules(landmarks).items() if (off := check.off(name, rule))} == {}


def test_a_number_that_is_changed_in_a_rule_is_noticed(figures: Any, landmarks: Mapping[str, Any]):
    check, unnoticed = Check(figures["neutral"]), []
    changed = [
        (name, {**rule, word: rule[word] + way * step})
        for name, rule in rules(landmarks).items()
        for word, step in CHANGED.items()
        if word in rule
        for way in (1, -1)
    ]
    unnoticed = [name for name, rule in changed if not check.off(name, rule)]
    assert len(changed) > 700
    assert unnoticed == []


def test_another_name_in_a_rule_is_noticed(figures: Any, landmarks: Mapping[str, Any]):
    check = Check(figures["neutral"])
    other = {"line": ["tip of the nose"], "between": ["KI1", "navel"], "curve": ["KI1", "navel"]}
    changed = [
        (name, {**rule, word: other.get(word, "KI1")})
        for name, rule in rules(landmarks).items()
        for word in ("at", "above", "below", "level", *other)
        if word in rule
    ]
    assert len(changed) > 500
    assert [name for name, rule in changed if not check.off(name, rule)] == []


@pytest.mark.parametrize("figure", FIGURES)
def test_every_landmark_placed_by_hand_lies_where_its_vertices_say(figure: str, figures: Any, landmarks: Mapping[str, Any]):
    measured, far = figures[figure], {}
    for name, mark in landmarks["landmark"].items():
        if "skin" in mark:
            corners = [(measured.vertex(int(index)), share) for index, share in mark["skin"].items()]
            spot = [sum(place[k] * share for place, share in corners) / sum(mark["skin"].values()) for k in range(3)]
            far[name] = dist(spot, measured.at(name))
    assert len(far) > 200
    assert {name: away for name, away in far.items() if away > BULGE} == {}


def test_three_of_four_points_are_computed_and_the_rest_are_landmarks(landmarks: Mapping[str, Any]):
    standard = [point for point in CATALOGUE if point.channel != "EX" and point.code != "GV29"]
    placed = [point.code for point in standard if "skin" in landmarks["landmark"].get(point.rule.get("at"), {})]
    assert len(standard) == 361
    assert len(placed) <= 81  # the other 280 are computed
