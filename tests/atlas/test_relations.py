"""What the WHO standard says of places to each other, held by the shipped figures. relations.toml is what is told, and in which words."""

import tomllib
from collections import Counter
from itertools import pairwise
from math import dist
from pathlib import Path
from typing import Any

import pytest

from neuro_chart.clinic.body import FIGURES
from neuro_chart.clinic.points import Catalogue
from neuro_chart.resources import resource

RELATIONS: list[dict[str, Any]] = [
    {"area": area, **told}
    for area, listed in tomllib.loads((Path(__file__).parent / "relations.toml").read_text(encoding="utf-8")).items()
    for told in listed
]
NEAR = 0.3  # cun
WAYS = {"up": (0, 1, 0), "down": (0, -1, 0), "out": (1, 0, 0), "front": (0, 0, 1), "back": (0, 0, -1)}
LEVEL = {"head": "forehead", "front": "upper abdomen", "back": "upper abdomen", "arm": "forearm", "leg": "inner ankle"}
KINDS = ("order", "level", "between", "along", "across", "straight")
SHAPES = (
    {"order", "direction"},
    {"level"},
    {"of", "between", "share"},
    {"of", "from", "cun"},
    {"of", "from", "across", "cun"},
    {"of", "from", "straight", "cun"},
)


def kind(told: dict[str, Any]) -> str:
    return next(word for word in KINDS if word in told)


def words(told: dict[str, Any]) -> str:
    """A relation as one reads it."""
    of, where = told.get("of"), f" {told['along']}" if "along" in told else ""
    match kind(told):
        case "order":
            return f"{told['direction']} {' '.join(told['order'])}"
        case "level":
            return f"level{where} {' '.join(told['level'])}"
        case "between":
            return f"{of} {told['share']}{where} of {' to '.join(told['between'])}"
        case scale:
            way = {"along": "up", "across": "out", "straight": "away"}[scale]
            return f"{of} {told['cun']} cun {way} {told[scale]} from {told['from']}"


def names(told: dict[str, Any]) -> list[str]:
    return [told[word] for word in ("of", "from") if word in told] + [
        name for word in ("between", "level", "order") for name in told.get(word, ())
    ]


def off(told: dict[str, Any], figure: Any) -> float:
    """How many cun a figure's places are off what is told; for an order the least step that is made, the wrong way round."""
    at = figure.at
    match kind(told):
        case "order":
            steps = [sum(w * p for w, p in zip(WAYS[told["direction"]], at(name), strict=True)) for name in told["order"]]
            return max(a - b for a, b in pairwise(steps))
        case "level":
            segment = told.get("along", LEVEL[told["area"]])
            axis = figure.axis(segment) if "along" in told else WAYS["up"]
            heights = [sum(a * p for a, p in zip(axis, at(name), strict=True)) for name in told["level"]]
            return (max(heights) - min(heights)) / figure.cun(segment)
        case "between":
            start, end = map(at, told["between"])
            way = [q - p for p, q in zip(start, end, strict=True)]
            along = figure.axis(told["along"]) if "along" in told else way
            whole, gone = (sum(a * (q - p) for a, p, q in zip(along, start, to, strict=True)) for to in (end, at(told["of"])))
            length = abs(whole) if "along" in told else dist(start, end)
            return abs(gone / whole - told["share"]) * length / figure.cun(told.get("along", LEVEL[told["area"]]))
        case "along":
            return abs(figure.up(told["from"], told["of"], told["along"]) / figure.cun(told["along"]) - told["cun"])
        case "across":
            return abs((at(told["of"])[0] - at(told["from"])[0]) / figure.across(told["across"]) - told["cun"])
        case _:
            return abs(dist(at(told["of"]), at(told["from"])) / figure.across(told["straight"]) - told["cun"])


def test_the_relations_are_many_and_well_told(landmarks: dict[str, Any]):
    assert len(RELATIONS) >= 450
    known = {point.code for point in Catalogue.load(resource("points"))} | set(landmarks["landmark"])
    for told in RELATIONS:
        assert set(told) - {"area", "along"} in SHAPES, told
        assert set(names(told)) <= known, told
        assert told.get("along", "shin") in landmarks["segment"]
        assert told.get("across", told.get("straight", "front")) in landmarks["across"]
    assert not [text for text, times in Counter(map(words, RELATIONS)).items() if times > 1]


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("told", RELATIONS, ids=words)
def test_places_lie_to_each_other_as_the_standard_says(told: dict[str, Any], figure: str, figures: Any):
    found = off(told, figures[figure])
    assert found < (0 if kind(told) == "order" else NEAR)
