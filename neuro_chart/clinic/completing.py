"""What a word that is being typed may become: points by anything they are called, the patient's own first, and protocols."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from neuro_chart.clinic.notation import Word
from neuro_chart.clinic.points import Catalogue, Point
from neuro_chart.clinic.prescribing import Names
from neuro_chart.clinic.protocols import LAST
from neuro_chart.clinic.text import fold
from neuro_chart.clinic.visits import Visit

MOST = 6
LONGEST_NAME = 4  # words
_NAME = re.compile(r"[@＠]([\w-]*)$")
_OPEN = frozenset(("point", "off", "unknown"))  # kinds of words that more letters could make into a point


@dataclass(frozen=True)
class Completion:
    """A word and what it means."""

    word: str
    meaning: str


def points_used(visits: Iterable[Visit]) -> Counter[str]:
    """In how many visits each point was needled."""
    return Counter(code for visit in visits for code in {needle.point for needle in visit.needles if needle.point})


def complete(
    text: str, words: Sequence[Word], catalogue: Catalogue, names: Names, used: Mapping[str, int]
) -> tuple[int, tuple[Completion, ...]]:
    """What the end of a text may become, best first, and where that end begins. `words` are the words of the text."""
    if name := _NAME.search(text):
        return name.start(), _names(name[1], names)
    for start in _open_ends(text, words):
        query = text[start:]
        meant = catalogue.meant(query)
        if found := [point for point in catalogue.find(query) if point not in meant]:
            found.sort(key=lambda point: -used.get(point.code, 0))  # those that are alike stay in the order of the search
            return start, tuple(_point(point, used) for point in found[:MOST])
    return len(text), ()


def _names(begun: str, names: Names) -> tuple[Completion, ...]:
    wanted = fold(begun)
    last = [Completion(f"@{LAST}", "The last visit's prescription")] if names.last and LAST.startswith(wanted) else []
    known = names.protocols.values()
    first = [each for each in known if fold(each.key).startswith(wanted)]
    others = [each for each in known if each not in first and any(word.startswith(wanted) for word in fold(each.name).split())]
    told = [Completion(f"@{each.key}", each.name) for each in (*first, *others) if fold(each.key) != wanted]
    return tuple([*last, *told] if wanted != LAST else told)[:MOST]


def _point(point: Point, used: Mapping[str, int]) -> Completion:
    """Of the patient's own points it is told in how many visits they were needled."""
    visits = used.get(point.code, 0)
    return Completion(point.code, f"{point.hanzi} ×{visits}" if visits else f"{point.hanzi} {point.pinyin}")


def _open_ends(text: str, words: Sequence[Word]) -> list[int]:
    """Where the name may begin that is still being typed: with the words before the last that are not understood either, or without."""
    last = words[-1] if words else None
    if last is None or last.end != len(text) or last.kind not in _OPEN or text[last.start :].isdigit():
        return []
    starts = [last.start + (text[last.start] == "-")]
    for word in reversed(words[:-1] if last.kind == "unknown" else ()):
        if word.kind != "unknown" or text[word.end : starts[0]] != " " or text[word.start] in "@＠":
            break
        starts.insert(0, word.start)
    return starts[-LONGEST_NAME:]
