"""The power goes at any moment of an act: what was said to be done is there, and nothing is half done.

What the program did to its files is done again up to that moment, and what was not synced by then is kept, dropped or torn. A sample in
the usual run; NEURO_CHART_CUTS=1000 pytest tests/faults/test_power.py cuts a thousand times in a working day, and as often in all acts.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from acts import ACTS, wrong
from power import Disk, cuts, read, remember

from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.demo import PASSPHRASE
from neuro_chart.store.vault import Vault
from neuro_chart.telling import missing

CUTS = int(os.environ.get("NEURO_CHART_CUTS", "66"))
PATIENTS = 1 if CUTS < 1000 else 3  # of the day that are looked at, each from the first word to the backup
HERE = Path(__file__).parent


def left_by_cuts(folder, before, log, number, into):
    """So many folders as the power may leave them, each with what had been said until then and what was left of what was not synced."""
    disk = Disk(folder.resolve(), before)
    for at, (said, moment, chance) in enumerate(cuts(read(log), disk, number)):
        place = into / str(at)
        place.mkdir(parents=True)
        fate = disk.cut(place, chance)
        yield place, b"".join(said).decode(), f"cut {moment}, {fate}"


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_done_or_not_begun_when_the_power_goes(tmp_path, under, name):
    act, folder, log = ACTS[name], tmp_path / "folder", tmp_path / "log"
    folder.mkdir()
    act.prepare(folder)
    remember(folder, tmp_path / "before")
    subprocess.run([sys.executable, HERE / "acts.py", name, folder], env=under(folder, log), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    found = []
    for place, said, what in left_by_cuts(folder, tmp_path / "before", log, max(CUTS // len(ACTS), 6), tmp_path / "cuts"):
        found += [f"{what}: {problem}" for problem in wrong(act, place, done="done" in said)]
    assert found == []


def test_a_day_has_lost_nothing_when_the_power_goes(tmp_path, under, cheap_kdf):
    folder, log = tmp_path / "folder", tmp_path / "log"
    path = folder / "practice.vault"
    folder.mkdir()
    Vault.create(path, PASSPHRASE, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=cheap_kdf).close()
    remember(folder, tmp_path / "before")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "neuro_chart", "rehearse", path], env=under(folder, log), stdout=subprocess.PIPE, text=True
    ) as day:
        assert day.stdout is not None
        for _ in range(PATIENTS):
            while (line := day.stdout.readline()) and '"done": "back_up"' not in line:
                pass
            assert line, "It ended by itself."
        day.kill()
    found = []
    for place, said, what in left_by_cuts(folder, tmp_path / "before", log, CUTS, tmp_path / "cuts"):
        told = [json.loads(line) for line in said.splitlines() if line.endswith("}")]
        found += [f"{what}: {problem}" for problem in missing(place / path.name, told, told[-1]["at"] if told else 0)]
        found += [f"{what}: half a sheet" for sheet in place.glob("*.pdf") if not sheet.read_bytes().rstrip().endswith(b"%%EOF")]
    assert found == []
