"""The channels' courses on the skin: from point to point, over the surface."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from figure import Array, unit
from rules import Rules
from skin import Place

STRIDE = 0.12  # dm between two places of a course
LEAP = 4.0  # strides: farther apart, the course has left the skin and is broken there


def courses(rules: Rules, channels: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Array]]:
    """For each channel the lines (n, 3) of its left or middle course. channels: the parsed point files by code.

    `course` lists the runs of numbers, such as "1-30"; without it the channel is one run.
    """
    return {
        code: [line for run in _runs(code, told) for line in _run(rules, run)]
        for code, told in channels.items()
        if code != "EX"
    }  # fmt: skip


def _runs(code: str, told: Mapping[str, Any]) -> list[list[str]]:
    numbers = [int(point["code"].removeprefix(code)) for point in told["point"]]
    runs = told.get("course", [f"{min(numbers)}-{max(numbers)}"])
    return [[f"{code}{n}" for part in run.split() for n in _span(part) if n in numbers] for run in runs]


def _span(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def _run(rules: Rules, codes: Sequence[str]) -> list[Array]:
    """The lines through some points, broken where the skin is left."""
    line = [place for a, b in pairwise(codes) for place in _between(rules, rules.place(a), rules.place(b))]
    if codes:
        line.append(rules.place(codes[-1]).xyz)
    course = np.array(line)
    gaps = np.flatnonzero(np.linalg.norm(np.diff(course, axis=0), axis=1) > LEAP * STRIDE) + 1
    return [part for part in np.split(course, gaps) if len(part) > 1]


def _between(rules: Rules, a: Place, b: Place) -> list[Array]:
    """From one place to the next, the second left out, a stride apart and each brought to the skin."""
    count = max(int(np.linalg.norm(b.xyz - a.xyz) / STRIDE), 1)
    found = [a.xyz]
    for k in range(1, count):
        share = k / count
        chord, outward = a.xyz * (1 - share) + b.xyz * share, unit(a.normal * (1 - share) + b.normal * share)
        met = rules.skin.ray(chord - 0.05 * outward, outward)
        near = met if met is not None and np.linalg.norm(met.xyz - chord) < 0.8 else rules.skin.nearest(chord)
        found.append(near.xyz)
    return found
