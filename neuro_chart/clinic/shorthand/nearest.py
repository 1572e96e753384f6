"""What a misspelt point may have been meant to be."""

import re
from collections.abc import Iterator

from neuro_chart.clinic.points import Catalogue
from neuro_chart.clinic.text import fold

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def nearest(text: str, catalogue: Catalogue, most: int = 4) -> tuple[str, ...]:
    """The codes of the points that a text may be meant for: what begins with it, then what is one slip of the hand away."""
    spelt = re.sub(r"[\W_]", "", fold(text))
    if spelt.isascii() and (len(spelt) < 2 or spelt.isdigit() or (len(spelt) < 3 and spelt.isalpha() and not catalogue.begins(spelt))):
        return ()
    found = catalogue.find(text)[: 3 * most]
    codes = dict.fromkeys(point.group or point.code for point in found)
    if len(codes) < most:
        for spelling in _slips(spelt) if spelt.isascii() else _one_character_off(spelt, catalogue):
            for mark in ("=", ""):
                codes |= dict.fromkeys(point.group or point.code for point in catalogue.spellings.get(mark + spelling, ()))
    if not codes and len(spelt) > 5:
        codes = dict.fromkeys(_two_slips(spelt, catalogue))
    return tuple(codes)[:most]


def _slips(word: str) -> Iterator[str]:
    """The word with two letters exchanged, one left out, one replaced, one put in."""
    if not 1 < len(word) < 25:
        return
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    yield from (a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1)
    yield from (a + b[1:] for a, b in parts if b)
    yield from (a + c + b[1:] for a, b in parts if b for c in _LETTERS if c.isdigit() == b[0].isdigit())
    yield from (a + c + b for a, b in parts for c in _LETTERS)


def _one_character_off(word: str, catalogue: Catalogue) -> Iterator[str]:
    """The names in characters that share all but one with the word."""
    for spelling in catalogue.spellings:
        longer = max(len(spelling), len(word))
        if longer > 1 and not spelling.isascii() and sum(c in spelling for c in word) >= longer - 1:
            yield spelling


def _two_slips(word: str, catalogue: Catalogue) -> list[str]:
    """The points of the names with the same first letter that are two slips away."""
    near = [
        (spelling, points)
        for spelling, points in catalogue.spellings.items()
        if spelling[0] == word[0] and abs(len(spelling) - len(word)) < 3 and _distance(spelling, word) < 3
    ]
    return [point.group or point.code for _, points in near for point in points]


def _distance(one: str, other: str) -> int:
    """How many letters must be put in, left out or replaced to make one word the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
