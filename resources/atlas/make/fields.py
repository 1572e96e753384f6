"""The dermatomes and the fields of the nerves of the skin, drawn from the seeds in fields.toml.

A seed is a list of landmarks and points: a line over the skin, the shortest way from each to the next. The skin belongs to the field whose
seed is nearest, measured over the skin, so that fingers, toes, legs, arms and trunk keep to themselves. Seeds are given for the left side
or the midline; the right side is the mirror. Like a region, a field is the same vertices on every figure.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from figure import Figure
from patches import Labels, Net
from rules import RuleError, Rules, line_of, read
from scipy.sparse.csgraph import dijkstra

FIELDS = Path(__file__).parent / "fields.toml"
MAPS = ("dermatomes", "nerves")
ROUNDS = 4
DETOUR = 3.0  # a way over the skin may be so many times as long as the straight one


def fields(figure: Figure, rules: Rules, path: Path = FIELDS) -> dict[str, tuple[list[dict[str, Any]], Labels]]:
    """For each map, "dermatomes" and "nerves", its fields by name and source, and for each vertex (n,) the index of its field.

    The first is none, named "". A field that is in both maps goes by its nerve's name among the nerves. rules: of the same body in the
    same pose. RuleError with the file, the line and the reason if a seed can't be placed.
    """
    told, net = read(path), Net.of(figure)
    found = {}
    for name in MAPS:
        listed = [field for field in told["field"] if name in field["maps"]]
        called = [field.get("nerve", field["name"]) if name == "nerves" else field["name"] for field in listed]
        sources = [" ".join(told["sources"][key] for key in field["source"]) for field in listed]
        described = [{"name": own, "source": source} for own, source in zip(called, sources, strict=True)]
        found[name] = [{"name": "", "source": ""}, *described], _labels(net, rules, listed, path)
    return found


def _labels(net: Net, rules: Rules, listed: list[dict[str, Any]], path: Path) -> Labels:
    owner = np.zeros(len(net.vertices), int)
    for label, field in enumerate(listed, 1):
        try:
            line = np.array([vertex for seed in field["seeds"] for vertex in _line(net, rules, seed)])
        except RuleError as error:
            named = f'name = "{field["name"]}"'
            raise RuleError(f"{line_of(path, named)}: {field['name']}: {error}") from error
        line = np.concatenate([line, net.mirror[line]])
        owner[line[owner[line] == 0]] = label
    starts = np.flatnonzero(owner)
    nearest = dijkstra(net.ways, indices=starts, min_only=True, return_predecessors=True)[2]
    return net.patches(np.where(nearest >= 0, owner[nearest], 0), np.arange(len(listed) + 1), ROUNDS)


def _line(net: Net, rules: Rules, seed: list[str]) -> list[int]:
    """The vertices of the shortest way over the skin through the places that a seed names."""
    stops = [int(net.tree.query(rules.place(name).xyz)[1]) for name in seed]
    line = stops[:1]
    for (a, b), (first, last) in zip(pairwise(stops), pairwise(seed), strict=True):
        reach = DETOUR * float(np.linalg.norm(net.vertices[a] - net.vertices[b])) + 0.5
        before = dijkstra(net.ways, indices=a, limit=reach, return_predecessors=True)[1]
        way = [b]
        while way[-1] != a:
            if before[way[-1]] < 0:
                raise RuleError(f"there is no short way over the skin from {first!r} to {last!r}")
            way.append(int(before[way[-1]]))
        line += way[::-1][1:]
    return line
