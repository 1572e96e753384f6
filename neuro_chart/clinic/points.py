"""The points: what each is called, where it is, what to mind; and the search that finds one by anything it is called."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from neuro_chart.clinic.text import fold

# our codes are those of the WHO standard; the rest are what books, schools and older systems write
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "LU": ("lu", "l"),
    "LI": ("li", "co"),
    "ST": ("st", "s"),
    "SP": ("sp",),
    "HT": ("ht", "h", "he"),
    "SI": ("si",),
    "BL": ("bl", "b", "ub"),
    "KI": ("ki", "k", "kid"),
    "PC": ("pc", "p", "hc"),
    "TE": ("te", "sj", "tb", "tw", "th"),
    "GB": ("gb", "g"),
    "LR": ("lr", "lv", "liv"),
    "GV": ("gv", "du", "vg"),
    "CV": ("cv", "ren", "vc", "rn"),
    "EX": ("ex",),
}
_WRITTEN = {alias: channel for channel, aliases in CHANNELS.items() for alias in aliases}


class CatalogueError(ValueError):
    """A point file that can't be used: which file, and why."""


class CautionKind(StrEnum):
    """What a caution is about."""

    NEEDLE = "needle"
    MOXA = "moxa"
    PREGNANCY = "pregnancy"
    STRUCTURE = "structure"


@dataclass(frozen=True)
class Caution:
    """One thing to mind at a point.

    strength is "modern" or "classical"; structure is what is at risk, if that is it; source is a key of Catalogue.sources.
    """

    kind: CautionKind
    text: str
    strength: str
    source: str
    structure: str = ""


@dataclass(frozen=True)
class Point:
    """One point.

    rule is the machine-readable half of location (resources/atlas/make follows it); group joins the points of one name, as Bafeng's four.
    """

    code: str
    channel: str
    pinyin: str
    hanzi: str
    english: str
    location: str
    rule: Mapping[str, Any] = field(hash=False)
    source: str
    traditional: str = ""
    aliases: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    midline: bool = False
    group: str = ""

    @property
    def label(self) -> str:
        """Code and name for a list: `ST36 Zúsānlǐ`."""
        return f"{self.code} {self.pinyin}"

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes by which it can be asked for, bare: lower case, no hyphens."""
        numbered = (alias for alias in self.aliases if alias[-1].isdigit())
        return tuple(_bare(code) for code in (self.code, self.group, *numbered) if code)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everything else it is called, folded."""
        named = (self.pinyin, self.hanzi, self.traditional, self.english, *self.aliases)
        return tuple(dict.fromkeys(fold(name) for name in named if name))

    @cached_property
    def joined(self) -> tuple[str, ...]:
        """The names without spaces."""
        return tuple(name.replace(" ", "") for name in self.names)


class Catalogue:
    """All points by code, in the order of the channels. channels: code to name; sources: the key of a source to its citation."""

    def __init__(self, points: Mapping[str, Point], channels: Mapping[str, str], sources: Mapping[str, str]) -> None:
        self._points = points
        self.channels = channels
        self.sources = sources

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read one TOML file a channel and sources.toml. CatalogueError names the file and the reason."""
        sources = _read(folder / "sources.toml")
        points: dict[str, Point] = {}
        channels: dict[str, str] = {}
        for channel in CHANNELS:
            path = folder / f"{channel}.toml"
            if not path.is_file():
                continue
            told = _read(path)
            channels[channel] = told["name"]
            for entry in told["point"]:
                try:
                    point = _point(entry, told)
                except (KeyError, ValueError) as error:
                    raise CatalogueError(f"{path}: {entry.get('code', 'a point without a code')}: {error}") from error
                if point.code in points:
                    raise CatalogueError(f"{path}: {point.code} is given twice")
                if unknown := {point.source, *(c.source for c in point.cautions)} - sources.keys():
                    raise CatalogueError(f"{path}: {point.code}: sources.toml does not have {', '.join(sorted(unknown))}")
                points[point.code] = point
        return cls(points, channels, sources)

    def __getitem__(self, code: str) -> Point:
        return self._points[code]

    def __contains__(self, code: object) -> bool:
        return code in self._points

    def __iter__(self) -> Iterator[Point]:
        return iter(self._points.values())

    def __len__(self) -> int:
        return len(self._points)

    def group(self, point: Point) -> tuple[Point, ...]:
        """The points that share its name (the four of Bafeng on one foot), or it alone."""
        return tuple(p for p in self if p.group == point.group) if point.group else (point,)

    def find(self, text: str) -> list[Point]:
        """The points that a text may mean, best first; none for an empty text.

        By code in any system's letters (`st36`, `ST-36`, `S 36`, `UB40`, `L.I.-11`, `Du 20`, `M-UE-22`), by pinyin with or without tones
        and spaces, by simplified or traditional characters, by the English name or the beginnings of its words.
        """
        wanted = fold(text)
        code, joined = _bare(text), wanted.replace(" ", "")
        if not code:
            return []
        ranked = ((rank, order, point) for order, point in enumerate(self) if (rank := _rank(point, wanted, joined, code)) is not None)
        return [point for _, _, point in sorted(ranked, key=lambda found: found[:2])]

    def meant(self, text: str) -> tuple[Point, ...]:
        """The one point that a whole code or name means, or all points of the group that it names; none where that is in doubt."""
        code, joined = _bare(text), fold(text).replace(" ", "")
        coded = [point for point in self if code in point.codes] if code else []
        named = coded or [point for point in self if joined in point.joined]
        one_group = len({point.group for point in named}) == 1 and named[0].group
        return tuple(named) if len(named) == 1 or one_group else ()


def _rank(point: Point, wanted: str, joined: str, code: str) -> int | None:
    """How well a point answers to a text, 0 best; None not at all."""
    words = wanted.split()
    ways = (
        code in point.codes,
        joined in point.joined,
        any(c.startswith(code) for c in point.codes),
        any(name.startswith(joined) for name in point.joined),
        any(_begins(words, name.split()) for name in point.names),
        len(joined) > 2 and any(joined in name for name in point.joined),
    )
    return next((rank for rank, true in enumerate(ways) if true), None)


def _begins(wanted: list[str], words: list[str]) -> bool:
    """Does each wanted word begin a word of its own among these?"""
    left = list(words)
    for want in wanted:
        found = next((word for word in left if word.startswith(want)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _bare(text: str) -> str:
    """A code in our letters without case and marks: `L.I.-11` and `LI 11` are `li11`. Other text just loses its marks."""
    plain = re.sub(r"(?<!\d)\.|[\s\-–_'’]", "", fold(text))  # a dot between numbers parts the points of a group
    letters, number = re.fullmatch(r"([a-z]*)(.*)", plain, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
    channel = _WRITTEN.get(letters)
    return f"{channel.lower()}{number.lstrip('0')}" if channel and number[:1].isdigit() else plain


def _point(entry: Mapping[str, Any], channel: Mapping[str, Any]) -> Point:
    cautions = tuple(
        Caution(CautionKind(c["kind"]), c["text"], c["strength"], c["source"], c.get("structure", "")) for c in entry.get("caution", ())
    )
    return Point(
        code=entry["code"],
        channel=channel["channel"],
        pinyin=entry["pinyin"],
        hanzi=entry["hanzi"],
        english=entry["english"],
        location=entry["location"],
        rule=entry["rule"],
        source=entry.get("source", channel["standard"]),
        traditional=entry.get("traditional", ""),
        aliases=tuple(entry.get("aliases", ())),
        cautions=cautions,
        midline=channel.get("midline", False),
        group=entry.get("group", ""),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: {error}") from error
