"""Prescriptions that are kept: published ones with their source and what it is worth, and the practitioner's own."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from neuro_chart.clinic.needles import retention_error
from neuro_chart.clinic.people import new_id

_KEY = re.compile(r"[^\W_]{1,16}")


@dataclass
class Protocol:
    """A prescription by its key (`dpn` is typed `@dpn`).

    `sessions` are lines of shorthand; several take turns from visit to visit. `retention` in minutes is for needles whose line says none.
    `strength` is how much the evidence is worth, in a word. `based_on` is the key of the published one that it was made from.
    """

    key: str
    name: str
    sessions: tuple[str, ...]
    group: str = ""
    retention: int | None = None
    dose: str = ""
    evidence: str = ""
    strength: str = ""
    source: str = ""
    based_on: str = ""
    id: str = field(default_factory=new_id)

    def session_after(self, last: int | None) -> int:
        """Which session is next after that of the last visit by this protocol, counted from 0."""
        return 0 if last is None else (last + 1) % len(self.sessions)

    def errors(self) -> dict[str, str]:
        """What keeps it from being stored: field name to a sentence."""
        found = {}
        if not _KEY.fullmatch(self.key):
            found["key"] = "A short name is one word of up to 16 letters and digits."
        elif self.key.casefold() == LAST:
            found["key"] = f"@{LAST} is the last visit's prescription; choose another short name."
        if not self.name.strip():
            found["name"] = "Give it a name."
        if self.retention is not None and (word := retention_error(self.retention)):
            found["retention"] = word
        return found

    def as_own(self) -> "Protocol":
        """A copy to be edited, which takes the place of this published one."""
        return replace(self, based_on=self.key, id=new_id())


LAST = "last"  # what is typed for the last visit's prescription


def load(folder: Path) -> tuple[Protocol, ...]:
    """The published ones in the TOML files of a folder. ValueError names the file and the reason."""
    found: list[Protocol] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            found += [_protocol(entry, told["strengths"]) for entry in told["protocol"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: {error}") from error
    return tuple(found)


def known(published: Iterable[Protocol], own: Iterable[Protocol]) -> dict[str, Protocol]:
    """All by their key without case, the practice's own first and in the place of a published one with the same key."""
    kept = {each.key.casefold(): each for each in own}
    return kept | {each.key.casefold(): each for each in published if each.key.casefold() not in kept}


def _protocol(entry: Mapping[str, Any], strengths: Mapping[str, str]) -> Protocol:
    told = {**entry, "sessions": tuple(entry["sessions"]), "strength": strengths[entry["strength"]], "id": entry["key"]}
    made = Protocol(**told)
    if wrong := made.errors() or ({} if made.source else {"source": "it names no source"}):
        raise ValueError(f"{made.key}: {' '.join(wrong.values())}")
    return made
