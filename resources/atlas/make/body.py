"""What all figures share: the skin, what its parts are called, the scales to measure in, the landmarks, and the fields on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from fields import fields
from figure import Figure
from points import described, kept, rules_for, spot, told_with_its_line
from regions import regions, scales, shares
from render import occlusion
from rules import RuleError, Rules
from surface import write_skin
from views import Labels, save

SOURCE = "Made by resources/atlas/make from the MakeHuman base mesh (CC0 1.0)"
FIELDS = Path(__file__).parent / "fields.toml"


def write_body(figures: Mapping[str, Mapping[str, Figure]], fine: Figure, folder: Path) -> Labels:
    """Write atlas.json and the file `skin` of all figures, and give the labels of the skin.

    figures: each in every pose, once subdivided; fine: the neutral one, standing, subdivided twice.
    """
    rules = rules_for(figures["neutral"]["standing"], described())
    names, region = regions(fine)
    scale, sky = scales(names), occlusion(fine)
    maps = {"regions": ([{"name": name, **scale.get(name, {})} for name in names], region), **fields(fine, rules, FIELDS)}
    told = {
        kind: [{**entry, "share": round(part, 5)} for entry, part in zip(entries, shares(fine, label, len(entries), sky), strict=True)]
        for kind, (entries, label) in maps.items()
    }
    shapes = {f"{name} {pose}": figure for name, poses in figures.items() for pose, figure in poses.items()}
    atlas = {
        "source": SOURCE,
        "skin": write_skin(folder / "skin", shapes, {kind: label for kind, (_, label) in maps.items()}),
        "regions": told.pop("regions"),
        "layers": told,
        "segments": _segments(rules),
        "across": {name: round(rules.across_cun(name), 5) for name in rules.across},
        "landmarks": _landmarks(rules),
    }
    save(folder / "atlas.json", atlas)
    return {kind: ([entry["name"] for entry in entries], label) for kind, (entries, label) in maps.items()}


def _segments(rules: Rules) -> dict[str, Any]:
    """For each segment one B-cun in dm, and on limbs the axis up it (the left side's)."""
    found = {}
    for name, told in rules.segments.items():
        axis = {} if "arc" in told else {"axis": np.round(rules.axis(name), 5).tolist()}
        found[name] = {"cun": round(rules.cun(name), 5), **axis}
    return found


def _landmarks(rules: Rules) -> dict[str, Any]:
    """Each landmark's sentence and its spot on the neutral figure's skin."""
    found = {}
    for name, told in rules.landmarks.items():
        try:
            place = rules.place(name)
        except RuleError as error:
            raise told_with_its_line(error) from error
        found[name] = {"where": told["where"], "spot": kept(*spot(rules.skin, place.xyz))}
    return found
