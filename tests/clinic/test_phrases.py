"""Phrases: sentences by a short key, with blanks."""

import pytest

from neuro_chart.clinic.phrases import BLANK, Phrase, beginning_with, being_typed, blanks, blanks_words, ended_by, load, together
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import resource


@pytest.fixture(scope="module")
def shipped():
    return load(resource("phrases"))


def test_the_shipped_phrases_are_sentences_that_can_be_typed(shipped):
    assert len(shipped) >= 30
    for phrase in shipped.values():
        assert not phrase.errors()
        assert phrase.text[0].isupper() or phrase.text[0].isdigit()
        assert phrase.text.endswith((".", BLANK))
        assert being_typed(f";{phrase.key}") == phrase.key


def test_an_own_phrase_takes_the_place_of_a_shipped_one(shipped):
    own = Phrase("dq", "Qi arrived at ___.")
    both = together(shipped, [own, Phrase("zz", "Slept.")])
    assert both["dq"] is own
    assert list(both)[-1] == "zz"
    assert len(both) == len(shipped) + 1


@pytest.mark.parametrize(
    ("before", "key"),
    [
        (";", ""),
        (";dq", "dq"),
        ("Slept well. ;DQ", "dq"),
        ("Slept well.\n;dq", "dq"),
        ("(;dq", "dq"),
        ("pale;dry", None),
        ("pale; dry", None),
        ("dq", None),
        (";dq ", None),
        (";;", None),
    ],
)
def test_a_semicolon_begins_a_phrase_only_where_a_word_could_begin(before, key):
    assert being_typed(before) == key


def test_phrases_are_found_by_their_key_first_and_then_by_a_word_of_theirs(shipped):
    found = [phrase.key for phrase in beginning_with("mo", shipped)]
    assert found[:2] == ["mono", "moxa"]
    assert "nomoxa" in found
    assert [phrase.key for phrase in beginning_with("tuning", shipped)] == ["fork"]
    assert len(beginning_with("", shipped)) == len(shipped)


@pytest.mark.parametrize(("end", "text"), [("", "Slept."), ("\t", "Slept."), (" ", "Slept. "), (".", "Slept."), (",", "Slept,")])
def test_the_sign_after_the_key_ends_the_sentence(end, text):
    assert ended_by("Slept.", end) == text


def test_a_blank_is_three_underscores_or_more():
    assert blanks("a ___ b _____ c __ d") == [(2, 5), (8, 13)]


def test_the_blanks_of_a_note_are_told_before_it_is_closed():
    assert blanks_words(Visit("p", "m", plan="Weekly")) == ""
    assert blanks_words(Visit("p", "m", plan="In ___.")) == "1 blank is not filled in: Plan."
    assert blanks_words(Visit("p", "m", objective="___, ___", plan="In ___.")) == "3 blanks are not filled in: Objective, Plan."


@pytest.mark.parametrize(
    ("key", "text", "wrong"), [("", "x", "key"), ("a b", "x", "key"), (";a", "x", "key"), ("a", " ", "text"), ("é1", "x", "")]
)
def test_a_phrase_that_could_not_be_typed_is_refused(key, text, wrong):
    assert list(Phrase(key, text).errors()) == ([wrong] if wrong else [])
