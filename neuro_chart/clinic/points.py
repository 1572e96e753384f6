"""The points: what each is called, where it is, what to mind; and the search that finds one by anything it is called."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from neuro_chart.clinic.text import fold

# our codes are those of the WHO standard; the rest are what books, schools, older systems and other languages write
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "LU": ("lu", "l", "lung"),
    "LI": ("li", "co", "gi", "largeintestine"),
    "ST": ("st", "s", "e", "stomach"),
    "SP": ("sp", "rp", "spleen"),
    "HT": ("ht", "h", "he", "heart"),
    "SI": ("si", "smallintestine"),
    "BL": ("bl", "b", "ub", "bladder", "urinarybladder"),
    "KI": ("ki", "k", "kid", "kd", "kidney"),
    "PC": ("pc", "p", "hc", "mc", "pericardium"),
    "TE": ("te", "sj", "tb", "tw", "th", "tr", "sanjiao", "tripleenergizer", "tripleburner", "tripleheater", "triplewarmer"),
    "GB": ("gb", "g", "vb", "gallbladder"),
    "LR": ("lr", "lv", "liv", "liver"),
    "GV": ("gv", "du", "vg", "dumai", "governorvessel", "governingvessel"),
    "CV": ("cv", "ren", "vc", "rn", "renmai", "conceptionvessel"),
    "EX": ("ex",),
}
_WRITTEN = {alias: channel for channel, aliases in CHANNELS.items() for alias in aliases}

# the special kinds of points
KINDS = (
    *("jing-well", "ying-spring", "shu-stream", "jing-river", "he-sea"),  # of a phase
    *("yuan-source", "luo-connecting", "xi-cleft", "back-shu", "front-mu", "lower he-sea", "confluent"),  # of an organ or a vessel
    *("meeting", "crossing"),  # of what; of which channels and vessels
)
PHASES = ("Wood", "Fire", "Earth", "Metal", "Water")
DEEPEST = 4  # cun; what is beyond is a slip of the pen

# how Taiwan and Japan write, beside the characters that the points themselves give as traditional
_VARIANTS = str.maketrans(
    "沖関気帰経渓陥隠豊沢労霊蔵聴頬絶鍾攅顖脳戸窓舎兎処聡嚢糸兪歩満啞鐘卻",
    "冲关气归经溪陷隐丰泽劳灵藏听颊绝钟攒囟脑户窗舍兔处聪囊丝俞步满哑钟却",
)


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
class Depth:
    """How deep a needle usually goes, from low to high in cun, and at which angle; source is a key of Catalogue.sources."""

    low: float
    high: float
    angle: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class Point:
    """One point.

    rule is the machine-readable half of location (resources/atlas/make follows it); group joins the points of one name, as Bafeng's four;
    kinds says which special point it is (a key of KINDS) and of what.
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
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    depth: Depth | None = None
    cautions: tuple[Caution, ...] = ()
    midline: bool = False
    group: str = ""

    @property
    def label(self) -> str:
        """Code and name for a list: `ST36 Zúsānlǐ`."""
        return f"{self.code} {self.pinyin}"


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
            if told.get("channel") != channel or "name" not in told or "standard" not in told:
                raise CatalogueError(f"{path}: it must begin with its channel, {channel}, its name and its standard")
            channels[channel] = told["name"]
            for entry in told.get("point", ()):
                try:
                    point = _point(entry, told, sources)
                except KeyError as error:
                    raise CatalogueError(f"{path}: {entry.get('code', 'a point without a code')}: {error.args[0]} is missing") from error
                except (TypeError, ValueError) as error:
                    raise CatalogueError(f"{path}: {entry['code']}: {error}") from error
                if point.code in points:
                    raise CatalogueError(f"{path}: {point.code} is given twice, first in {points[point.code].channel}.toml")
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

    def kinds_of(self, point: Point) -> tuple[str, ...]:
        """Which special point it is, in words: `he-sea point, Earth`, `crossing point of the Stomach and the Gallbladder`."""
        return tuple(self._kind_in_words(kind, point.kinds[kind]) for kind in KINDS if kind in point.kinds)

    def _kind_in_words(self, kind: str, of: str) -> str:
        if of in PHASES:
            return f"{kind} point, {of}"
        names = [self.channels.get(each, each) for each in of.split(", ")]
        *first, last = [f"the {name}" if name[0].isupper() else name for name in names]
        together = f"{', '.join(first)} and {last}" if first else last
        return f"{kind} point of {together}"

    def find(self, text: str) -> list[Point]:
        """The points that a text may mean, best first; none for an empty text.

        By code in any system's letters (`st36`, `ST-36`, `S 36`, `UB40`, `L.I.-11`, `Du 20`, `M-UE-22`), by pinyin with or without tones
        and spaces, by simplified or traditional characters, by the English name or the beginnings of its words.
        """
        return [self._called[order].point for _, order in sorted(self._ranked(text))]

    def meant(self, text: str) -> tuple[Point, ...]:
        """The one point that a whole code or name means, or all points of the group that it names; none where that is in doubt."""
        called = self.called(text)
        one_group = len({point.group for point in called}) == 1 and called[0].group
        return called if len(called) == 1 or one_group else ()

    def called(self, text: str) -> tuple[Point, ...]:
        """Every point that a whole code or name stands for: several where it is a group's, or where two share it and no tone parts them."""
        if coded := self._whole.get("=" + _bare(text)):
            return coded
        named = self._whole.get("".join(self._words(text)), ())
        toned = _toned(text)
        return tuple(point for point in named if _toned(point.pinyin) == toned) or named

    @property
    def spellings(self) -> Mapping[str, tuple[Point, ...]]:
        """Every whole name (its letters alone) and every whole code (after a `=`), and whose it is."""
        return self._whole

    def begins(self, letters: str) -> bool:
        """Whether any name or code begins with such small letters."""
        return letters.translate(self._simplified) in self._beginnings

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        spelt = {spelling.removeprefix("=") for spelling in self._whole} | _WRITTEN.keys()
        return frozenset(spelling[:end] for spelling in spelt for end in range(1, len(spelling) + 1))

    @cached_property
    def _whole(self) -> Mapping[str, tuple[Point, ...]]:
        whole: dict[str, list[Point]] = {}
        for called in self._called:
            codes = (f"={code}" for code in called.codes.split())
            for spelling in dict.fromkeys((*codes, *called.names.split())):
                whole.setdefault(spelling, []).append(called.point)
        return {spelling: tuple(points) for spelling, points in whole.items()}

    def _ranked(self, text: str) -> list[tuple[int, int]]:
        """How well each point that a text may mean answers to it, 0 best, and where the point stands."""
        code, words, toned = _bare(text), self._words(text), _toned(text)
        if not code:
            return []
        begun, joined = f"\n{code}", "\n" + "".join(words)
        ranked = ((called.rank(begun, joined, toned, words), order) for order, called in enumerate(self._called))
        return [(rank, order) for rank, order in ranked if rank is not None]

    @cached_property
    def _called(self) -> tuple["_Called", ...]:
        """What each point answers to, in order."""
        return tuple(
            _Called(
                point,
                _lines(map(_bare, (point.code, point.group, *(alias for alias in point.aliases if alias[-1:].isdigit())))),
                _toned(point.pinyin),
                tuple(self._words(name) for name in (point.pinyin, point.hanzi, point.english, *point.aliases)),
            )
            for point in self
        )

    @cached_property
    def _simplified(self) -> Mapping[int, int]:
        """Each traditional character that the points know, to the simplified one: so that any mixture of the two is found."""
        pairs = {ord(t): ord(s) for point in self for t, s in zip(point.traditional, point.hanzi, strict=False) if t != s}
        return _VARIANTS | pairs

    def _words(self, name: str) -> list[str]:
        """A name's words without case, tones, apostrophes and hyphens, in simplified characters."""
        return re.findall(r"[^\W_]+", re.sub("['’ʼ‘`´]", "", fold(name)).translate(self._simplified))


@dataclass(frozen=True)
class _Called:
    """What a point answers to: codes, one to a line; the pinyin with its tones; the words of each name."""

    point: Point
    codes: str
    toned: str
    words: tuple[list[str], ...]

    @cached_property
    def names(self) -> str:
        """The names without spaces, one to a line."""
        return _lines("".join(words) for words in self.words)

    @cached_property
    def beginnings(self) -> str:
        """All words of all names, one to a line."""
        return _lines(word for words in self.words for word in words)

    def rank(self, code: str, joined: str, toned: str, words: list[str]) -> int | None:
        """How well the point answers to a text, 0 best; None not at all. The code and the joined words stand at a line's beginning."""
        coded, named = code in self.codes, joined in self.names
        if coded and f"{code}\n" in self.codes:
            return 0
        if named and f"{joined}\n" in self.names:
            return 1 if toned == self.toned else 2
        if coded or named:
            return 3 if coded else 4
        if all(f"\n{word}" in self.beginnings for word in words) and any(_begins(words, name) for name in self.words):
            return 5
        within = joined[1:]
        return 6 if within in self.beginnings and (len(within) > 2 or not within.isascii()) else None


def _begins(wanted: list[str], words: list[str]) -> bool:
    """Does each wanted word begin a word of its own among these?"""
    left = list(words)
    for want in wanted:
        found = next((word for word in left if word.startswith(want)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _lines(words: Iterable[str]) -> str:
    return "\n".join(["", *words, ""])


def _toned(text: str) -> str:
    """Pinyin without case and spaces, its tones kept."""
    return re.sub(r"[\s'’-]", "", unicodedata.normalize("NFC", text).casefold())


def _bare(text: str) -> str:
    """A code in our letters without case and marks: `L.I.-11` and `LI 011` are `li11`. Other text just loses its marks."""
    plain = re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w.]|_", "", fold(text))  # a dot between numbers parts the points of a group
    plain = re.sub(r"(?<!\d)0+(?=\d)", "", plain)
    letters, number = re.fullmatch(r"([a-z]*)(.*)", plain, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
    channel = _WRITTEN.get(letters)
    return f"{channel.lower()}{number}" if channel and number[:1].isdigit() else plain


def _point(entry: Mapping[str, Any], told: Mapping[str, Any], sources: Mapping[str, str]) -> Point:
    """A point as its file tells it. KeyError names what is missing, ValueError says what is wrong."""
    if told["channel"] != "EX" and not re.fullmatch(f"{told['channel']}[1-9][0-9]*", entry["code"]):
        raise ValueError("this code belongs into another file")
    point = Point(
        code=entry["code"],
        channel=told["channel"],
        pinyin=entry["pinyin"],
        hanzi=entry["hanzi"],
        english=entry["english"],
        location=entry["location"],
        rule=entry["rule"],
        source=entry.get("source", told["standard"]),
        traditional=entry.get("traditional", ""),
        aliases=tuple(entry.get("aliases", ())),
        kinds=entry.get("kinds", {}),
        depth=_depth(entry["depth"]) if "depth" in entry else None,
        cautions=tuple(
            Caution(CautionKind(c["kind"]), c["text"], c["strength"], c["source"], c.get("structure", "")) for c in entry.get("caution", ())
        ),
        midline=entry.get("midline", told.get("midline", False)),
        group=entry.get("group", ""),
    )
    if unknown := point.kinds.keys() - set(KINDS):
        raise ValueError(f"no point is of the kind {', '.join(sorted(unknown))}")
    if unknown := {point.source, *(c.source for c in point.cautions), *([point.depth.source] if point.depth else [])} - sources.keys():
        raise ValueError(f"sources.toml does not have {', '.join(sorted(unknown))}")
    return point


def _depth(told: Mapping[str, Any]) -> Depth:
    match told["cun"]:
        case [float() | int() as low, float() | int() as high] if 0 < low <= high <= DEEPEST:
            return Depth(low, high, told["angle"], told["source"], told.get("note", ""))
    raise ValueError(f"a depth is two numbers of cun, the smaller first and none beyond {DEEPEST}, not {told['cun']}")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: {error}") from error
