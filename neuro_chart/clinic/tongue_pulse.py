"""The tongue and the pulse in standard terms: what can be found, and how what was found reads."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Found = Mapping[str, Sequence[str]]  # a field to the ids that were found in it, as a visit keeps it

SIDES = ("left", "right")
POSITIONS = ("cun", "guan", "chi")
RATE = "rate"
SLOWEST, FASTEST = 20, 250  # beats a minute that can be charted


@dataclass(frozen=True)
class Term:
    """One finding, or an area of the tongue. `also` is another word for it; `placed` says whether it has a place on the tongue."""

    id: str
    name: str
    hanzi: str = ""
    pinyin: str = ""
    also: str = ""
    placed: bool = False


@dataclass(frozen=True)
class Group:
    """Findings that stand together. `part` is body, coating or marks of the tongue, or pulse."""

    id: str
    title: str
    part: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class TonguePulse:
    """All that can be found: groups for the tongue, whose id is the field they are kept in, and its areas; groups for the pulse."""

    tongue: tuple[Group, ...]
    areas: Mapping[str, str]
    pulse: tuple[Group, ...]
    sources: Mapping[str, str] = field(default_factory=dict)


def load(folder: Path) -> TonguePulse:
    """The terms of `tongue.toml` and `pulse.toml`."""
    tongue = tomllib.loads((folder / "tongue.toml").read_text(encoding="utf-8"))
    pulse = tomllib.loads((folder / "pulse.toml").read_text(encoding="utf-8"))
    return TonguePulse(
        tuple(_group(each) for each in tongue["group"]),
        tongue["areas"],
        tuple(_group(each) for each in pulse["group"]),
        tongue["sources"] | pulse["sources"],
    )


def _group(entry: Mapping[str, Any]) -> Group:
    part = entry.get("part", "pulse")
    terms = tuple(Term(**{"placed": part == "marks", **term}) for term in entry["terms"])
    return Group(entry["id"], entry["title"], part, terms)


def placed(found: str) -> tuple[str, str]:
    """A mark of the tongue as it is kept (`cracks:tip`, or `cracks` where no place is said): its id and its area."""
    mark, _, area = found.partition(":")
    return mark, area


def pulse_field(side: str, position: str = "") -> str:
    """The field of a pulse: `left` for the whole wrist, `left-cun` for a position of it."""
    return f"{side}-{position}" if position else side


def tongue_words(tongue: Found, terms: TonguePulse) -> str:
    """What was found on the tongue: `pale, swollen; coating thin white; cracks (tip)`. Nothing for nothing."""
    parts: dict[str, list[str]] = {"body": [], "coating": [], "marks": []}
    for group in terms.tongue:
        parts[group.part] += (
            _marks(tongue.get(group.id, ()), group, terms) if group.part == "marks" else _names(tongue, group.id, group.terms)
        )
    coating = f"coating {' '.join(parts['coating'])}" if parts["coating"] else ""
    return "; ".join(part for part in (", ".join(parts["body"]), coating, ", ".join(parts["marks"])) if part)


def _marks(found: Iterable[str], group: Group, terms: TonguePulse) -> list[str]:
    where: dict[str, list[str]] = {}
    for mark, area in map(placed, found):
        where.setdefault(mark, []).extend([terms.areas.get(area, area)] if area else [])
    names = _names({group.id: list(where)}, group.id, group.terms)
    return [f"{name} ({', '.join(areas)})" if areas else name for name, areas in zip(names, where.values(), strict=True)]


def pulse_words(pulse: Found, terms: TonguePulse) -> str:
    """What was felt: `L deep thready, R slippery, L chi weak, 72 a minute`; both sides alike are said once. Nothing for nothing."""
    known = [term for group in terms.pulse for term in group.terms]
    said = []
    for position in ("", *POSITIONS):
        left, right = (" ".join(_names(pulse, pulse_field(side, position), known)) for side in SIDES)
        sides = {"both" if position else "both sides": left} if left == right else {"L": left, "R": right}
        said += [" ".join(filter(None, (side, position, words))) for side, words in sides.items() if words]
    said += [f"{rate} a minute" for rate in pulse.get(RATE, ())]
    return ", ".join(said)


def findings_words(tongue: Found, pulse: Found, terms: TonguePulse) -> str:
    """Both in sentences: `Tongue: pale. Pulse: L deep, R slippery.` Nothing for nothing."""
    both = {"Tongue": tongue_words(tongue, terms), "Pulse": pulse_words(pulse, terms)}
    return " ".join(f"{name}: {words}." for name, words in both.items() if words)


def _names(found: Found, kept_in: str, terms: Iterable[Term]) -> list[str]:
    """The names in small letters, in the order in which they were charted; what no term tells (of another version) as it is kept."""
    names = {term.id: term.name.lower() for term in terms}
    return [names.get(each, each) for each in found.get(kept_in, ())]
