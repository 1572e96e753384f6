"""What all figures share: the skin, what its parts are called, the scales to measure in, the landmarks, and the fields on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from fields import fields
from figure import Figure
from points import LANDMARKS, described, rules_for, spot
from regions import regions, scales, shares
from rules import RuleError, Rules
from surface import write_skin
from views import Labels, save

SOURCE = "Made by resources/atlas/make from the MakeHuman base mesh (CC0 1.0)"
FIELDS = Path(__file__).parent / "fields.toml"


def write_body(figures: Mapping[str, Mapping[str, Figure]], fine: Figure, folder: Path) -> Labels:
    """Write atlas.json and the file `skin` of all figures, and give the labels of the skin.

    figures: each in every pose, once subdivided; fine: the neutral one, standing, subdivided twice.
    """
    standing = figures["neutral"]["standing"]
    rules = rules_for(standing, described())
    names, region = regions(fine)
    scale = scales(names)
    layers = fields(fine, rules, FIELDS)
    area = {kind: shares(fine, label, len(told)) for kind, (told, label) in {"regions": (names, region), **{k: v for k, v in layers.items()}}.items()}
    shapes = {f"{name} {pose}": figure for name, poses in figures.items() for pose, figure in poses.items()}
    labels = {"regions": (names, region), **{kind: ([field["name"] for field in told], label) for kind, (told, label) in layers.items()}}
    atlas = {
        "source": SOURCE,
        "skin": write_skin(folder / "skin", shapes, {kind: label for kind, (_, label) in labels.items()}),
        "regions": [{"name": name, "share": round(part, 5), **scale.get(name, {})} for name, part in zip(names, area["regions"], strict=True)],
        "layers": {
            kind: [{**field, "share": round(part, 5)} for field, part in zip(told, area[kind], strict=True)] for kind, (told, _) in layers.items()
        },
        "segments": _segments(rules),
        "across": {name: round(rules.across_cun(name), 5) for name in rules.across},
        "landmarks": _landmarks(rules),
    }
    save(folder / "atlas.json", atlas)
    return labels


def _segments(rules: Rules) -> dict[str, Any]:
    """For each segment one B-cun in dm, and on limbs the axis up it (the left side's)."""
    found = {}
    for name, told in rules.segments.items():
        axis = {} if "arc" in told else {"axis": np.round(rules.axis(name), 5).tolist()}
        found[name] = {"cun": round(rules.cun(name), 5), **axis}
    return found


def _landmarks(rules: Rules) -> dict[str, Any]:
    """Each landmark's sentence and its spot on the skin."""
    found = {}
    for name, told in rules.landmarks.items():
        try:
            triangle, shares_ = spot(rules.skin, rules.place(name).xyz)
        except (ValueError, KeyError) as error:
            raise RuleError(f"{LANDMARKS}: {name}: {error}") from error
        found[name] = {"where": told["where"], "spot": [triangle, *(round(float(share), 4) for share in shares_[:2])]}
    return found
