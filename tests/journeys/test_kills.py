"""Killed at any moment of a working day: every act that had returned is there whole, and every word but those of the last second.

Two moments in the usual run; NEURO_CHART_KILLS=200 tries as many. NEURO_CHART_PROGRAM names the program that is killed, such as
dist/neuro-chart/neuro-chart.
"""

import json
import os
import random
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

import neuro_chart
from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.demo import PASSPHRASE
from neuro_chart.store.vault import Vault
from neuro_chart.telling import ONE_SECOND, STALLED, missing

KILLS = int(os.environ.get("NEURO_CHART_KILLS", "2"))
PROGRAM = [os.environ["NEURO_CHART_PROGRAM"]] if "NEURO_CHART_PROGRAM" in os.environ else [sys.executable, "-m", "neuro_chart"]
LONGEST = 8.0 if KILLS <= 2 else 12.0  # seconds of the day within which it is killed: some two patients from first word to backup


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_any_moment_of_a_day_it_has_lost_nothing(tmp_path, cheap_kdf, seed):
    path = tmp_path / "practice.vault"
    Vault.create(path, PASSPHRASE, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=cheap_kdf).close()
    environment = os.environ | {"PYTHONPATH": str(Path(neuro_chart.__file__).parents[1])}
    with subprocess.Popen([*PROGRAM, "rehearse", path], stdout=subprocess.PIPE, text=True, env=environment) as day:  # noqa: S603
        assert day.stdout is not None
        lines = [day.stdout.readline()]
        moment = time.monotonic() + random.Random(seed).uniform(0, LONGEST)  # noqa: S311
        while time.monotonic() < moment and lines[-1]:
            lines.append(day.stdout.readline())
        assert day.poll() is None, "It ended by itself."
        day.kill()
        ended = time.time()
        lines += day.stdout.read().splitlines()
    told = [json.loads(line) for line in lines if line.strip().endswith("}")]
    assert missing(path, told, ended, ONE_SECOND if KILLS > 2 else STALLED) == []
    for each in told:
        if "kept" in each:
            assert sha256((tmp_path / each["kept"]).read_bytes()).hexdigest() == each["content"]
    assert all(sheet.read_bytes().rstrip().endswith(b"%%EOF") for sheet in tmp_path.glob("*.pdf"))
