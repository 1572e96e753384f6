"""The recovery key: whatever a tired person does to it with a pen and a keyboard is told at the group where it is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro_chart.clinic.recovery import ALPHABET, GROUPS, LETTERS, MisreadError, fresh, letters, place, read, write

BITS = st.binary(min_size=20, max_size=20)
WHOLE = GROUPS * LETTERS
WRITTEN = re.compile("-".join([f"[{ALPHABET}]{{{LETTERS}}}"] * GROUPS))


def group_of(at: int) -> int:
    """The number of the group in which the character at a place of the dashless key stands."""
    return at // LETTERS + 1


def misread(text: str) -> tuple[int, ...]:
    """The groups that are named, which the sentence names too."""
    with pytest.raises(MisreadError) as caught:
        read(text)
    assert str(caught.value).endswith(".")
    return caught.value.groups


@given(BITS)
def test_what_is_written_is_read(bits):
    assert WRITTEN.fullmatch(write(bits))
    assert read(write(bits)) == bits


def test_a_fresh_key_is_a_new_one():
    assert len({fresh() for _ in range(50)}) == 50
    assert len(read(fresh())) == 20


@pytest.mark.parametrize("length", [0, 19, 21])
def test_only_160_bits_make_a_key(length):
    with pytest.raises(ValueError, match="20 bytes"):
        write(bytes(length))


@given(BITS, st.data())
def test_it_is_read_however_it_is_typed(bits, data):
    typed = "".join(
        data.draw(st.sampled_from({"0": "0Oo", "1": "1IiLl"}.get(letter, letter + letter.lower())))
        + data.draw(st.sampled_from(["", "", "", " ", "-", "—", "\n", " - ", ".", "\N{NO-BREAK SPACE}"]))
        for letter in letters(write(bits))
    )
    assert read(typed) == bits
    assert read("".join(chr(ord(letter) + 0xFEE0) for letter in letters(write(bits)))) == bits  # full width


@settings(max_examples=25)
@given(BITS)
def test_every_single_wrong_character_is_found_at_its_group(bits):
    key = letters(write(bits))
    for at, right in enumerate(key):
        for wrong in set(ALPHABET) - {right} | set("Uü?足"):
            broken = key[:at] + wrong + key[at + 1 :]
            dashed = "-".join(broken[i : i + LETTERS] for i in range(0, WHOLE, LETTERS))
            assert misread(dashed) == (group_of(at),), (dashed, at)


@given(BITS)
def test_every_swap_of_neighbours_is_found_at_their_groups(bits):
    key = letters(write(bits))
    for at in range(WHOLE - 1):
        if key[at] != key[at + 1]:
            swapped = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
            assert misread(swapped) == tuple(sorted({group_of(at), group_of(at + 1)}))


@given(BITS)
def test_every_swap_of_two_characters_of_a_group_is_found_there(bits):
    groups = write(bits).split("-")
    for number, group in enumerate(groups, 1):
        for first in range(LETTERS):
            for second in range(first + 1, LETTERS):
                if group[first] != group[second]:
                    swapped = list(group)
                    swapped[first], swapped[second] = group[second], group[first]
                    assert misread("-".join([*groups[: number - 1], "".join(swapped), *groups[number:]])) == (number,)


@given(BITS)
def test_every_swap_of_two_groups_is_found_at_both(bits):
    groups = write(bits).split("-")
    for first in range(GROUPS):
        for second in range(first + 1, GROUPS):
            swapped = list(groups)
            swapped[first], swapped[second] = groups[second], groups[first]
            assert misread("-".join(swapped)) == (first + 1, second + 1)
            assert misread("".join(swapped)) == (first + 1, second + 1)


@given(BITS, st.integers(0, GROUPS - 1))
def test_a_group_left_out_is_named(bits, out):
    groups = write(bits).split("-")
    assert misread("-".join(groups[:out] + groups[out + 1 :])) == (out + 1,)


@given(BITS, st.integers(0, GROUPS - 1))
def test_a_group_typed_twice_is_said_to_be_too_many(bits, twice):
    groups = write(bits).split("-")
    text = " ".join([*groups[: twice + 1], *groups[twice:]])
    assert misread(text)[0] == twice + 2
    with pytest.raises(MisreadError, match="too many"):
        read(text)


@given(BITS, st.integers(0, WHOLE - 1))
def test_a_character_left_out_or_typed_twice_is_found_at_its_group(bits, at):
    key, group = write(bits).split("-"), group_of(at)
    inside = at % LETTERS
    typed = key[group - 1]
    for broken in (typed[:inside] + typed[inside + 1 :], typed[:inside] + typed[inside] + typed[inside:]):
        assert misread(" ".join([*key[: group - 1], broken, *key[group:]])) == (group,)


@pytest.mark.parametrize("nothing", ["", "  ", "-- - --"])
def test_nothing_typed_asks_for_the_key(nothing):
    assert misread(nothing) == tuple(range(1, GROUPS + 1))


@given(st.text())
def test_anything_else_is_refused_with_the_groups_to_look_at(text):
    assert misread(text)


@given(BITS)
def test_a_group_knows_its_place(bits):
    assert [place(group) for group in write(bits).split("-")] == list(range(1, GROUPS + 1))
    assert place(write(bits)[:4]) == place("") == place("ÄÖÜßß") == 0


def test_the_sentence_names_the_groups():
    groups = write(bytes(range(20))).split("-")
    for wrong, says in (({2}, "Group 3 is misread."), ({0, 2, 6}, "Groups 1, 3 and 7 are misread.")):
        text = "-".join("UUUUU" if at in wrong else group for at, group in enumerate(groups))
        with pytest.raises(MisreadError, match=re.escape(says)):
            read(text)
