"""Prescriptions that are kept: what ships, what is refused, whose turn it is."""

from dataclasses import replace

import pytest

from neuro_chart.clinic.protocols import Protocol, known, load


def test_every_published_one_says_what_it_is_worth_and_who_says_so(library):
    assert len(library.protocols) >= 8
    assert len({each.key for each in library.protocols}) == len(library.protocols)
    for each in library.protocols:
        assert all((each.name, each.group, each.evidence, each.strength, each.source)), each.key


def test_sessions_take_turns():
    protocol = Protocol("feet", "Feet", ("ST36 b", "ST36 SP6 ea 2Hz b"))
    assert [protocol.session_after(last) for last in (None, 0, 1)] == [0, 1, 0]


def test_an_own_one_takes_the_place_of_the_published_one_with_its_key(library):
    own = replace(library.protocols[0].as_own(), key="DPN", name="Mine")
    everything = known(library.protocols, [own])
    assert everything["dpn"] is own
    assert len(everything) == len(library.protocols)
    assert (own.based_on, own.id) != ("", "dpn")


@pytest.mark.parametrize(("wrong", "field"), [
    ({"key": ""}, "key"), ({"key": "two words"}, "key"), ({"key": "last"}, "key"), ({"key": "x" * 17}, "key"), ({"name": " "}, "name"),
    ({"retention": 5}, "retention"),
])  # fmt: skip
def test_what_could_not_be_typed_or_found_is_refused(wrong, field):
    assert field in replace(Protocol("a", "A", ("ST36",)), **wrong).errors()


def test_a_file_without_a_source_is_named(tmp_path):
    (tmp_path / "x.toml").write_text(
        '[strengths]\ntrial = "Trial"\n[[protocol]]\nkey = "a"\nname = "A"\nsessions = ["ST36"]\nstrength = "trial"\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"x\.toml: a: it names no source"):
        load(tmp_path)
