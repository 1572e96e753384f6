"""How the record is searched: what is kept folded beside a row, how words become a condition, what of a note is shown."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import sqlalchemy as sa

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.text import clean, fold
from neuro_chart.clinic.visits import NOTE_FIELDS, Amendment, Visit

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_JOINTS = str.maketrans("", "", "'-")
_REACH = 48
_LONGEST = 200  # letters of a query; what was pasted beyond that would keep the search busy for minutes


def words_of(query: str) -> list[str]:
    """The folded words of a query, without the commas, brackets and quotes around them."""
    found = (word.strip(',;()"“”') for word in _folded(clean(query[:_LONGEST])).split())
    return [word for word in found if word]


def person_key(patient: Patient) -> str:
    """Names (family first, so that it also sorts), the usual writings of the birth date, the digits of the phone."""
    names = _folded(f"{patient.family} {patient.given} {patient.preferred}")
    joined = names.translate(_JOINTS)
    parts = (names, "" if joined == names else joined, " ".join(_birth_writings(patient.birth)), _digits(patient.phone))
    return " | ".join(part for part in parts if part)


def person_matches(key: sa.Column[str], query: str) -> Iterator[sa.ColumnElement[bool]]:
    """A condition for each word of the query; dates and phone numbers may be written with any joints."""
    for word in words_of(query):
        writings = dict.fromkeys((word, re.sub(r"[./]", "-", word), _digits(word))) if _numeric(word) else (word,)
        yield sa.or_(*(key.contains(writing, autoescape=True) for writing in writings))


def visit_texts(visit: Visit) -> list[str]:
    """The prose of a visit, in reading order."""
    return [*(getattr(visit, name) for name in NOTE_FIELDS), visit.aftercare.words, visit.needles_left_reason]


def visit_key(visit: Visit) -> str:
    """All prose of a visit, folded."""
    return _folded("\n".join(visit_texts(visit)))


def amendment_key(amendment: Amendment) -> str:
    """The amendment, folded."""
    return _folded(amendment.text)


def excerpt(texts: Iterable[str], words: Iterable[str]) -> str:
    """The places of some texts where the words stand, on one line; each word shows at least once."""
    lines = [line for text in texts for line in text.splitlines()]
    shown: list[str] = []
    for word in words:
        if any(word in _folded(piece) for piece in shown):
            continue
        line = next((line for line in lines if word in _folded(line)), None)
        if line is not None:
            shown.append(_around(line, word))
    return " ".join(shown)


def _around(line: str, word: str) -> str:
    folded = [_folded(char) or " " * char.isspace() for char in line]
    places = [index for index, part in enumerate(folded) for _ in part]
    at = "".join(folded).find(word)
    first, last = (places[at], places[at + len(word) - 1] + 1) if at >= 0 else (0, 0)
    start, end = max(0, first - _REACH), min(len(line), last + _REACH)
    if start and (space := line.find(" ", start, first)) >= 0:
        start = space + 1
    if end < len(line) and (space := line.rfind(" ", last, end)) >= 0:
        end = space
    return "…" * (start > 0) + " ".join(line[start:end].split()) + "…" * (end < len(line))


def _folded(text: str) -> str:
    return fold(text.translate(_APOSTROPHES))


def _birth_writings(birth: date | None) -> list[str]:
    if birth is None:
        return []
    y, m, d = birth.year, birth.month, birth.day
    joined = (f"{y}-{m:02}-{d:02}", f"{d:02}-{m:02}-{y}", f"{m:02}-{d:02}-{y}", f"{d}-{m}-{y}", f"{m}-{d}-{y}")
    return list(dict.fromkeys((*joined, f"{y}{m:02}{d:02}", f"{d:02}{m:02}{y}", f"{m:02}{d:02}{y}")))


def _numeric(word: str) -> bool:
    return bool(re.fullmatch(r"[\d+./()-]*\d[\d+./()-]*", word))


def _digits(text: str) -> str:
    return "".join(char for char in fold(text) if "0" <= char <= "9")
