"""The tongue and the pulse in standard terms."""

import pytest

from neuro_chart.clinic.tongue_pulse import findings_words, load, pulse_words, tongue_words
from neuro_chart.resources import resource


@pytest.fixture(scope="module")
def terms():
    return load(resource("findings"))


def test_the_pulse_has_its_twenty_eight_qualities_each_with_its_character_and_pinyin(terms):
    qualities = [term for group in terms.pulse for term in group.terms]
    assert len({term.id for term in qualities}) == len({term.hanzi for term in qualities}) == 28
    assert all(term.name and term.pinyin and len(term.hanzi) == 1 for term in qualities)


def test_every_term_of_the_tongue_can_be_told_from_the_others_of_its_group(terms):
    for group in terms.tongue:
        assert group.part in {"body", "coating", "marks"}
        assert len({term.id for term in group.terms}) == len({term.hanzi for term in group.terms}) == len(group.terms)
        assert all(":" not in term.id and term.pinyin for term in group.terms)


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        ({}, ""),
        ({"colour": []}, ""),
        ({"colour": ["pale"], "shape": ["swollen", "teeth-marks"]}, "pale, swollen, teeth marks"),
        ({"thickness": ["thin"], "coating": ["white"], "texture": ["greasy"]}, "coating thin white greasy"),
        ({"colour": ["red"], "marks": ["cracks:centre", "cracks:tip", "prickles"]}, "red; cracks (centre, tip), red points"),
        ({"colour": ["mauve"]}, "mauve"),
    ],
)
def test_a_tongue_reads_as_one_would_say_it(terms, tongue, words):
    assert tongue_words(tongue, terms) == words


@pytest.mark.parametrize(
    ("pulse", "words"),
    [
        ({}, ""),
        ({"left": ["deep", "thready"], "right": ["slippery"]}, "L deep thready, R slippery"),
        ({"left": ["wiry"], "right": ["wiry"], "rate": ["72"]}, "both sides wiry, 72 a minute"),
        ({"left": ["wiry", "rapid"], "left-chi": ["weak"]}, "L wiry rapid, L chi weak"),
        ({"left-cun": ["floating"], "right-cun": ["floating"]}, "both cun floating"),
    ],
)
def test_a_pulse_reads_as_one_would_say_it(terms, pulse, words):
    assert pulse_words(pulse, terms) == words


def test_both_are_sentences_and_nothing_is_said_of_what_was_not_charted(terms):
    assert findings_words({}, {}, terms) == ""
    assert findings_words({"colour": ["pale"]}, {}, terms) == "Tongue: pale."
    assert findings_words({"colour": ["pale"]}, {"left": ["deep"]}, terms) == "Tongue: pale. Pulse: L deep."
