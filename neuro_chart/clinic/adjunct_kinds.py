"""What is known of each kind of thing that is done beside the needles: what to ask of it, what to offer, what to mind."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ASKED = frozenset({"leads", "frequency", "waveform", "intensity", "method", "amount", "size", "place", "minutes", "until"})


@dataclass(frozen=True, slots=True)
class AdjunctKind:
    """One kind: what its editor `asks`, what it offers (`frequencies` in Hz, `days` that it stays in), and a caution with its sources.

    `warnings` are the ids of the warnings of a health history that ask for care with it.
    """

    name: str
    letter: str = ""
    asks: tuple[str, ...] = ("minutes",)
    methods: tuple[str, ...] = ()
    waveforms: tuple[str, ...] = ()
    frequencies: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    minutes: tuple[int, ...] = (5, 10, 15, 20)
    days: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    caution: str = ""
    sources: tuple[str, ...] = ()


def load(folder: Path) -> dict[str, AdjunctKind]:
    """The kinds by name, in the order of the menu; ValueError or KeyError if the file is malformed."""
    with (folder / "adjuncts.toml").open("rb") as file:
        told = tomllib.load(file)
    kinds = {}
    for entry in told["kind"]:
        said: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key != "source"}
        kind = AdjunctKind(**said, sources=tuple(told["sources"][key] for key in entry.get("source", ())))
        if unknown := set(kind.asks) - ASKED:
            raise ValueError(f"{kind.name} asks for {', '.join(sorted(unknown))}, which nothing has.")
        kinds[kind.name] = kind
    return kinds


def kind_of(kinds: dict[str, AdjunctKind], name: str) -> AdjunctKind:
    """The kind of that name; an older chart's word is a kind that is only timed."""
    return kinds.get(name) or AdjunctKind(name)
