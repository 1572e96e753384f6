"""Killed while it locks, and as the fresh process that stands in its place: the words are kept, and nothing of them lies about on the disk.

A moment or two in the usual run; NEURO_CHART_KILLS=50 tries as many. This file is also the program that is killed: it charts by real keys
on the real window, started by its own command line.
"""

import json
import os
import random
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import neuro_chart
from neuro_chart.__main__ import main
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Visit
from neuro_chart.demo import PASSPHRASE
from neuro_chart.store import keys
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.telling import missing, say, unkept
from neuro_chart.ui.app import make_application
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window

KILLS = int(os.environ.get("NEURO_CHART_KILLS", "1"))
CHEAP = Kdf(memory=64, iterations=1, lanes=1)
WORDS = "Quagmire under the left heel"
NAME, FAMILY, PHONE = "Xanthippe", "Oyelaran", "01632 960961"
STALLED = 60  # seconds; a machine so busy that the program stands for 30 makes it lock by itself, as if it had slept
LOCKING = 0.5  # seconds from the keys to the window of the fresh process, on a machine that has little else to do


def chart_and_lock(patient_id: str, visit_id: str) -> None:
    """Type into the note and say so, then lock at once, with the last words not stored yet."""
    window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, Window))
    window.open_visit(patient_id, visit_id)
    subjective = window.patient.findChild(VisitPage).note.prose["subjective"]
    subjective.setFocus()
    for letter in WORDS:
        QTest.keyClicks(subjective, letter)
        say(words=subjective.toPlainText(), into=f"visit {visit_id} subjective")
        QTest.qWait(30)
    say(locking=True)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def start(vault: str, *ids: str) -> int:
    """The program, by its command line, with a hand at its keyboard."""
    keys.KDFS = (CHEAP,)  # a passphrase is as dear here as it must be, and no dearer
    make_application(QSettings())
    QTimer.singleShot(0, lambda: chart_and_lock(*ids))
    return main(["--vault", vault, "--passphrase-file", "-"])


@pytest.fixture
def home(tmp_path):
    """The environment of a program that finds all of its home, and what is temporary too, where the test looks."""
    for name in ("vault", "temp"):
        (tmp_path / name).mkdir()
    told = os.environ | {"PYTHONPATH": str(Path(neuro_chart.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)}
    told |= {name: str(tmp_path / "temp") for name in ("TMPDIR", "TEMP", "TMP")}
    return told | {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="SIGKILL, and the place of processes, as Linux has them")
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_around_a_lock_the_words_are_kept_and_nowhere_else(tmp_path, home, seed):
    path, chance = tmp_path / "vault" / "practice.vault", random.Random(seed)  # noqa: S311
    with Vault.create(path, PASSPHRASE, Practice("Riverside"), Practitioner("Dr Mei Lindqvist"), kdf=CHEAP) as vault:
        patient = Patient(NAME, FAMILY, phone=PHONE)
        visit = Visit(patient.id, vault.practitioner_id)
        Records(vault).save_patient(patient)
        Records(vault).start_visit(visit)
        secrets = [WORDS[:8], NAME, FAMILY, PHONE, PASSPHRASE, patient.id, visit.id, vault.key.hex(), vault.key.hex().upper()]
        marks = [word.encode(coding) for word in secrets for coding in ("utf-8", "utf-16-le")] + [vault.key]
    command = [sys.executable, __file__, str(path), patient.id, visit.id]
    with subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=home) as program:  # noqa: S603
        program.stdin.write(f"{PASSPHRASE}\n".encode())
        lines = []
        while len(lines) < len(WORDS) + (seed % 4 != 3) and select.select([program.stdout], [], [], STALLED)[0]:
            lines.append(program.stdout.readline())  # at last, that it locks now
        time.sleep(chance.uniform(0, LOCKING))
        assert program.poll() is None, "It ended by itself."
        fresh = b"\0locked\0" in Path(f"/proc/{program.pid}/cmdline").read_bytes()
        program.kill()
        ended = time.time()
        lines += program.stdout.read().splitlines()
    told = [json.loads(line) for line in lines if line.strip().endswith(b"}")]
    assert missing(path, told, ended) == []
    with Vault.open(path, PASSPHRASE) as vault:
        records = Records(vault)
        locked = records.trail(limit=1)[0].deed is Deed.LOCKED
        assert locked or not fresh
        if locked:
            assert unkept(records, told, ended) == 0, "all is stored first"
            assert records.take_place()["visit"] == visit.id
    print(f"\n{'as the fresh process' if fresh else 'once it had locked' if locked else 'before it had locked'}")
    assert [file for file in tmp_path.rglob("*") if file.is_file() and any(mark in file.read_bytes() for mark in marks)] == []


if __name__ == "__main__":
    sys.exit(start(*sys.argv[1:]))
