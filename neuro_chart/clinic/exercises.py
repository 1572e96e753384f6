"""The library of exercises: what to do, for how long and with what care, each with its source and its drawing."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGIONS = ("feet", "legs", "balance", "hands")


@dataclass(frozen=True)
class Exercise:
    """An exercise in words for the patient.

    `region` is one of REGIONS. `dose` and `often` are empty where no source gives them. `optional` is a sentence
    about weak evidence, or empty. `sources` are addresses, first those that describe the exercise, then those of
    its dose, cautions and benefit. `picture` is the drawing, a PNG on a transparent ground.
    """

    id: str
    name: str
    region: str
    helps: str
    steps: tuple[str, ...]
    dose: str
    often: str
    cautions: tuple[str, ...]
    optional: str
    dose_source: str
    sources: tuple[str, ...]
    picture: Path


def load(folder: Path) -> dict[str, Exercise]:
    """The exercises of `exercises.toml` by their id, in the file's order; ValueError for one that names no known source or region."""
    with (folder / "exercises.toml").open("rb") as file:
        data = tomllib.load(file)
    return {entry["id"]: _exercise(entry, data["sources"], folder) for entry in data["exercise"]}


def _exercise(entry: Mapping[str, Any], addresses: Mapping[str, str], folder: Path) -> Exercise:
    keys = ("dose_source", "caution_source", "helps_source", "optional_source")
    claims = (*entry["sources"], *(entry[key] for key in keys if key in entry))
    if unknown := [key for key in claims if key not in addresses]:
        raise ValueError(f"{entry['id']}: unknown source {unknown[0]}")
    if entry["region"] not in REGIONS:
        raise ValueError(f"{entry['id']}: unknown region {entry['region']}")
    if bool(entry.get("dose")) != bool(entry.get("dose_source")):
        raise ValueError(f"{entry['id']}: a dose needs its source")
    return Exercise(
        id=entry["id"],
        name=entry["name"],
        region=entry["region"],
        helps=entry["helps"],
        steps=tuple(entry["steps"]),
        dose=entry.get("dose", ""),
        often=entry.get("often", ""),
        cautions=tuple(entry["cautions"]),
        optional=entry.get("optional", ""),
        dose_source=addresses.get(entry.get("dose_source", ""), ""),
        sources=tuple(dict.fromkeys(addresses[key] for key in claims)),
        picture=folder / f"{entry['id']}.png",
    )
