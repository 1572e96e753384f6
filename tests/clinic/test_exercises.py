import struct
import tomllib

import pytest

from neuro_chart.clinic.exercises import REGIONS, load
from neuro_chart.resources import resource

EXERCISES = load(resource("exercises"))


def test_there_is_something_for_every_part():
    assert len(EXERCISES) >= 10
    assert {exercise.region for exercise in EXERCISES.values()} == set(REGIONS)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_each_has_steps_care_source_and_drawing(exercise):
    assert len(exercise.steps) >= 3
    assert exercise.cautions
    assert exercise.sources
    assert bool(exercise.dose) == bool(exercise.dose_source)
    data = exercise.picture.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert width <= 700
    assert height <= 520
    assert max(width, height) >= 500
    assert len(data) < 120_000


def test_every_source_of_the_handout_is_known():
    told = tomllib.loads(resource("handouts", "aftercare.toml").read_text(encoding="utf-8"))
    said = told["call"]
    lines = [*told["adjunct"], *told["rest"]["lines"], told["rest"]["quiet"], *told["feet"]["lines"], *said["now"], *said["us"]]
    assert all(key in told["sources"] or key == "practice" for line in lines for key in line["source"].split())


def test_a_dose_without_a_source_is_refused(tmp_path):
    (tmp_path / "exercises.toml").write_text(
        '[sources]\nOS = "x"\n[[exercise]]\nid = "a"\nname = "A"\nregion = "legs"\nhelps = ""\nsteps = []\ncautions = []\n'
        'sources = ["OS"]\ndose = "9 times."\n',
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="a dose needs its source"):
        load(tmp_path)
