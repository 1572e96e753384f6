"""The shorthand of a treatment, as one line that reads back as the same."""

import re
from collections.abc import Iterable, Mapping, Sequence

from neuro_chart.clinic.adjuncts import ELECTRO, Adjunct
from neuro_chart.clinic.needles import NO_RETENTION, Angle, Needle, Side, Technique
from neuro_chart.clinic.points import Catalogue
from neuro_chart.clinic.shorthand.prescription import Place
from neuro_chart.clinic.shorthand.vocabulary import ADJUNCTS, MARKED, SAID

_MARKS = {technique: mark for mark, technique in MARKED.items()} | {Technique.NONE: ""}


def write(needles: Iterable[Needle], adjuncts: Iterable[Adjunct], catalogue: Catalogue) -> str:
    """The needles in their order, then what is done beside them, parted by semicolons.

    What the shorthand has no words for is left out: needles at no point, a gauge without a length, intensity, waveform, strokes.
    """
    placed = [needle for needle in needles if needle.point in catalogue]
    where = {needle.id: (needle.point, needle.site.side) for needle in placed}
    done = [(_adjunct(adjunct), _places(adjunct, where, catalogue)) for adjunct in adjuncts]
    at_all = [words for words, places in done if words and places is not None and not places]
    at_some = [f"{words} {_listed(places)}" for words, places in done if words and places]
    return "; ".join(part for part in (*at_all, _needles(placed, catalogue), *at_some) if part)


def _needles(needles: Sequence[Needle], catalogue: Catalogue) -> str:
    """Each point with its own words; a side and minutes that all share stand once, at the end."""
    rows = _joined([(needle.point, needle.site.side, _words(needle), _minutes(needle)) for needle in needles])
    rows = _by_name(rows, catalogue)
    sides, minutes = {side for _, side, _, _ in rows if side}, {time for _, _, _, time in rows}
    side_of_all, time_of_all = len(sides) == 1, len(minutes) == 1
    parts = []
    for code, side, words, time in rows:
        own = ("" if side_of_all else side, "" if time_of_all else time)
        parts.append(" ".join([code + words, *(word for word in own if word)]))
    return " ".join([*parts, *(sides if side_of_all else ()), *(minutes if time_of_all else ())])


_Row = tuple[str, str, str, str]  # code, the letter of the side, words, minutes


def _joined(told: Iterable[tuple[str, Side, str, str]]) -> list[_Row]:
    """Both sides of a point as one, where they stand side by side and are the same."""
    rows: list[_Row] = []
    for code, side, words, time in told:
        if side is Side.RIGHT and rows and rows[-1] == (code, "l", words, time):
            rows[-1] = (code, "b", words, time)
        else:
            rows.append((code, "" if side is Side.MIDLINE else side.letter.lower(), words, time))
    return rows


def _by_name(rows: Sequence[_Row], catalogue: Catalogue) -> list[_Row]:
    """All points of a name, as the four of Bafeng, by its one code."""
    found: list[_Row] = []
    place = 0
    while place < len(rows):
        code, side, words, time = rows[place]
        group = catalogue.group(catalogue[code])
        whole = [(point.code, "" if point.midline else side, words, time) for point in group]
        if len(group) > 1 and not group[0].midline and list(rows[place : place + len(group)]) == whole:
            code = group[0].group
            place += len(group) - 1
        found.append((code, side, words, time))
        place += 1
    return found


def _words(needle: Needle) -> str:
    """What is said of one needle alone; the mark of its technique stands close behind the code."""
    words = []
    if needle.depth is not None:
        to = "" if needle.depth_to is None else f"-{needle.depth_to:g}"
        words.append(f"{needle.depth:g}{to}{'mm' if needle.depth_unit == 'mm' else 'c'}")
    if needle.gauge is not None and needle.length is not None:
        words.append(f"{needle.gauge:g}x{needle.length:g}" if needle.gauge < 1 else f"1.0x{needle.length:g}")
    if needle.angle is not Angle.NONE:
        words.append(next(word for word, said in SAID.items() if said.angle is needle.angle))
    if needle.de_qi is not None:
        words.append("dq" if needle.de_qi else "no dq")
    return _MARKS[needle.technique] + "".join(f" {word}" for word in words)


def _minutes(needle: Needle) -> str:
    return "no retention" if needle.retention == NO_RETENTION else f"{needle.retention}m"


def _adjunct(adjunct: Adjunct) -> str:
    """Its kind, frequency and minutes; nothing where the shorthand has no word for it."""
    means = (adjunct.kind, adjunct.method)
    word = next((word for word, meant in ADJUNCTS.items() if meant == means), "")
    word = word or next((word for word, (kind, _) in ADJUNCTS.items() if kind == adjunct.kind), "")
    frequency = f"{adjunct.frequency}Hz" if re.fullmatch(r"[\d.]+(/[\d.]+)?", adjunct.frequency) and adjunct.kind == ELECTRO else ""
    minutes = "" if adjunct.minutes is None else f"{adjunct.minutes}m"
    return " ".join(part for part in (word, frequency, minutes) if part) if word else ""


def _places(adjunct: Adjunct, where: Mapping[str, Place], catalogue: Catalogue) -> list[Place] | None:
    """The points that it is done at, two by two where leads join them; None where it is done at places that are no points."""
    pairs = [(where[one], where[other]) for one, other in adjunct.pairs if one in where and other in where]
    spots = [(spot.point, spot.site.side) for spot in adjunct.spots if spot.point in catalogue]
    places = [place for pair in pairs for place in pair] if adjunct.kind == ELECTRO else spots
    nowhere = not places and (adjunct.spots or adjunct.strokes or adjunct.pairs)
    return None if nowhere else places


def _listed(places: Sequence[Place] | None) -> str:
    return ", ".join(code if side is Side.MIDLINE else f"{code} {side.letter.lower()}" for code, side in places or ())
