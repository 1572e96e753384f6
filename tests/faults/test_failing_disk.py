"""The disk is full, or fails, at each thing in turn that an act does to it: the act is refused in a sentence or whole, and nothing is half.

In the window the words stay, a banner says so, and all is stored once there is room. A sample in the usual run;
NEURO_CHART_FAULTS=all tries every one.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from acts import ACTS

EVERY = os.environ.get("NEURO_CHART_FAULTS") == "all"
STEPS = {"create": 37, "upgrade": 53}  # these do hundreds of things; the others do some dozens
HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ACTS)
def test_an_act_on_a_failing_disk_is_whole_or_refused_in_a_sentence(tmp_path, under, name):
    step = 1 if EVERY else STEPS.get(name, 7)
    first = random.Random(name).randint(1, step)  # noqa: S311
    told = subprocess.run(  # noqa: S603
        [sys.executable, HERE / "acts.py", name, tmp_path, "fail", str(first), str(step)],
        env=under(tmp_path, "/dev/null"), stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    *found, tried = json.loads(told.stdout)
    sys.stderr.write(f"{name}: {tried}\n")
    assert found == []


def test_a_visit_on_a_failing_disk_keeps_every_word_and_says_so(tmp_path, under):
    folder, step = tmp_path / "folder", 1 if EVERY else 31
    folder.mkdir()
    told = subprocess.run(  # noqa: S603
        [sys.executable, HERE / "visit.py", folder, str(1 if EVERY else 5), str(step)],
        env=under(folder, "/dev/null"), stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    *found, tried = json.loads(told.stdout)
    sys.stderr.write(f"visit: {tried}\n")
    assert found == []
