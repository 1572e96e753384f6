"""The prescriptions of trials: whole, of known points, honest about what is not known."""

import json
from pathlib import Path

import pytest

from neuro_chart.clinic.needles import Side
from neuro_chart.clinic.points import Catalogue
from neuro_chart.clinic.protocols import Where, load
from neuro_chart.resources import resource

PROTOCOLS = {p.id: p for p in load(resource("protocols"))}
CATALOGUE = Catalogue.load(resource("points"))


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_every_point_is_known_and_lies_on_the_side_that_is_named(name: str):
    protocol = PROTOCOLS[name]
    assert protocol.source
    assert protocol.evidence
    for code, where in protocol.points:
        assert CATALOGUE[code].midline == (where is Where.MIDLINE)
    assert len({code for code, _ in protocol.points}) == len(protocol.points)


def test_the_published_treatment_of_diabetic_neuropathy_is_twelve_needles_for_thirty_minutes():
    protocol = PROTOCOLS["dpn-lee"]
    assert [code for code, _ in protocol.points] == ["ST36", "GB39", "SP9", "SP6", "LR3", "GB41"]
    assert sum(len(where.sides()) for _, where in protocol.points) == 12
    assert protocol.minutes == 30
    assert "2/120 Hz" in protocol.stimulation
    assert "PMC3720209" in protocol.source


def test_the_side_follows_the_complaint():
    (_, local), *_ = PROTOCOLS["cts-local"].points
    (_, distal), *_ = PROTOCOLS["cts-distal"].points
    assert local.sides(Side.RIGHT) == (Side.RIGHT,)
    assert distal.sides(Side.RIGHT) == (Side.LEFT,)
    assert local.sides() == ()
    assert Where.MIDLINE.sides() == (Side.MIDLINE,)


def test_what_the_source_does_not_tell_stays_empty():
    assert PROTOCOLS["dpn-commonest"].minutes is None
    assert PROTOCOLS["dpn-commonest"].stimulation == ""


def test_a_bad_file_is_refused_with_its_name_and_the_reason(tmp_path: Path):
    path = tmp_path / "mine.toml"
    told = {"id": "x", "name": "X", "condition": "Y", "both": ["ST36"], "minutes": 90, "evidence": "E.", "source": "S"}
    path.write_text("[[protocol]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in told.items()), encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.toml: x: .*90"):
        load(tmp_path)
