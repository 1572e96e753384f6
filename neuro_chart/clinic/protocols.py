"""Prescriptions of published trials: starting points that a practitioner edits, each with its source and what it is worth."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from neuro_chart.clinic.needles import Side, retention_error


class Where(StrEnum):
    """On which side a prescription wants a point."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"
    AFFECTED = "affected"
    OPPOSITE = "opposite"
    UNSTATED = "unstated"

    def sides(self, affected: Side | None = None) -> tuple[Side, ...]:
        """The sides to needle; affected is that of the complaint.

        None where that is needed and not known; both where the source does not tell, for the practitioner to judge.
        """
        if self in (Where.BOTH, Where.UNSTATED):
            return Side.LEFT, Side.RIGHT
        if self in (Where.AFFECTED, Where.OPPOSITE):
            if affected not in (Side.LEFT, Side.RIGHT):
                return ()
            other = Side.RIGHT if affected is Side.LEFT else Side.LEFT
            return (affected if self is Where.AFFECTED else other,)
        return (Side(self.value),)


@dataclass(frozen=True)
class Protocol:
    """One prescription. points: code and side, in the source's order; minutes of retention, None where the source does not tell."""

    id: str
    name: str
    condition: str
    points: tuple[tuple[str, Where], ...]
    evidence: str
    source: str
    minutes: int | None = None
    stimulation: str = ""
    dose: str = ""


def load(folder: Path) -> list[Protocol]:
    """All prescriptions under a folder, in the order of its files. ValueError names the file and the reason."""
    found: list[Protocol] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found += [_protocol(entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["protocol"]]
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path}: {error}") from error
    return found


def _protocol(entry: Mapping[str, Any]) -> Protocol:
    minutes = entry.get("minutes")
    if minutes is not None and (word := retention_error(minutes)):
        raise ValueError(f"{entry['id']}: {word}")
    points = tuple((code, Where(key)) for key, codes in entry.items() if key in set(Where) for code in codes)
    if not points:
        raise ValueError(f"{entry['id']}: no points")
    return Protocol(
        id=entry["id"],
        name=entry["name"],
        condition=entry["condition"],
        points=points,
        evidence=entry["evidence"],
        source=entry["source"],
        minutes=minutes,
        stimulation=entry.get("stimulation", ""),
        dose=entry.get("dose", ""),
    )
