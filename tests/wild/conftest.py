"""Words as nobody expects them: those of `words.json`, and more that hypothesis thinks of."""

import json
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import strategies as st

LONG = 2000  # letters; longer ones go through a few fields only, where time counts


def _read(entry):
    """A text as it stands, `[unit, times]`, or several one after the other."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry[-1], int):
        return entry[0] * entry[1]
    return "".join(_read(part) for part in entry)


CORPUS = {name: _read(entry) for name, entry in json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8")).items()}


@pytest.fixture(scope="session")
def corpus():
    """What each wild text is about, and the text."""
    return CORPUS


@pytest.fixture(scope="session")
def short_corpus():
    return {name: text for name, text in CORPUS.items() if len(text) <= LONG}


@pytest.fixture(scope="session")
def any_text():
    """Any text at all, lone surrogates and controls too, mixed with the wild ones."""
    known = st.sampled_from([text for text in CORPUS.values() if len(text) < 100])
    made = st.text(st.characters(exclude_categories=()), max_size=40)
    return st.one_of(known, made, st.lists(st.one_of(known, made), min_size=2, max_size=4).map("".join))


def _expected(text):
    """A text as the record promises to keep it: composed, with line feeds, without NUL and halves of characters; else as given."""
    text = "".join(c for c in text if c != "\0" and not 0xD800 <= ord(c) <= 0xDFFF)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@pytest.fixture(scope="session")
def expected():
    return _expected


def _with_words(value, change, closed):
    """A copy in which every text, however deep, is changed, but for the `closed` fields of a kind of row, which take only certain words."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return change(value)
    if is_dataclass(value):
        told = {each.name: getattr(value, each.name) for each in fields(value) if each.name not in closed.get(type(value), ())}
        return replace(value, **{name: _with_words(part, change, closed) for name, part in told.items()})
    if isinstance(value, dict):
        return {_with_words(name, change, closed): _with_words(part, change, closed) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_with_words(part, change, closed) for part in value)
    return value


@pytest.fixture(scope="session")
def with_words():
    return _with_words
