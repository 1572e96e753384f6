"""The shorthand in which a prescription is typed: `ST36 GB39 SP9 b 30m`."""

import re
from dataclasses import dataclass

from neuro_chart.clinic.needles import retention_error
from neuro_chart.clinic.points import Catalogue, Point
from neuro_chart.clinic.shorthand.prescription import Misread, Planned, PlannedAdjunct, Reading, Said, Word
from neuro_chart.clinic.shorthand.reader import read
from neuro_chart.clinic.shorthand.writer import write
from neuro_chart.clinic.text import fold

__all__ = ["Misread", "Planned", "PlannedAdjunct", "Reading", "Said", "Typed", "Word", "read", "read_line", "write"]

SIDES = {"b": "both", "l": "left", "r": "right"}
LONGEST_NAME = 4
_MINUTES = re.compile(r"(\d{1,4})\s*(?:m|min|')")


@dataclass(frozen=True)
class Typed:
    """What a line says. `side` is both, left, right or empty, `minutes` the retention if it was written.

    `rest` is what was not understood, as it was typed; `problem` is a sentence about it.
    """

    points: tuple[Point, ...] = ()
    side: str = ""
    minutes: int | None = None
    rest: str = ""
    problem: str = ""


def read_line(text: str, catalogue: Catalogue) -> Typed:
    """Points by code, pinyin or characters, parted by spaces or commas; a name counts only where it is one point's, or one set's."""
    words = text.replace(",", " ").replace(";", " ").split()
    points: list[Point] = []
    rest: list[str] = []
    side, minutes, problem = "", None, ""
    place = 0
    while place < len(words):
        word = words[place]
        # `b 30` is a side and a number that lacks its m; only together is B30 a point of the bladder
        name = words[place : place + LONGEST_NAME] if fold(word) not in SIDES else [word]
        length, found = _longest_name(name, catalogue)
        if found:
            points += [point for point in found if point not in points]
        elif fold(word) in SIDES:
            side = SIDES[fold(word)]
        elif (written := _MINUTES.fullmatch(fold(word))) and not retention_error(int(written[1])):
            minutes = int(written[1])
        else:
            problem = problem or (retention_error(int(written[1])) if written else f"“{word}” is no point that is known here.")
            rest.append(word)
        place += length
    return Typed(tuple(points), side, minutes, " ".join(rest), problem)


def _longest_name(words: list[str], catalogue: Catalogue) -> tuple[int, tuple[Point, ...]]:
    """How many of the words are one name, and what it means; a name is never longer than LONGEST_NAME words."""
    for length in range(len(words), 0, -1):
        if found := catalogue.meant(" ".join(words[:length])):
            return length, found
    return 1, ()
