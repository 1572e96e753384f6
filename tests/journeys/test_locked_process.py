"""Locked, nothing of a patient is left in the memory of the program: a fresh process stands in its place, and knows rooms and times.

This file is also the program that locks: it charts by real keys on the real window, started by its own command line.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import neuro_chart
from neuro_chart.__main__ import main
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui import sound, voice
from neuro_chart.ui.app import make_application
from neuro_chart.ui.days import local_time
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window

WORDS = "Quagmire under the left heel"
NAME, PHONE = "Xanthippe", "01632 960961"
ROOM = "Treehouse"
LONG = 60  # seconds that a busy machine may take


def chart_and_lock(folder: Path, patient_id: str, visit_id: str) -> None:
    """Type into the note and say so; lock once the file "lock" is there."""
    window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, Window))
    window.open_visit(patient_id, visit_id)
    page = window.patient.findChild(VisitPage)
    subjective = page.note.prose["subjective"]
    subjective.setFocus()
    QTest.keyClicks(subjective, WORDS)
    sys.stdout.write("charted\n")
    sys.stdout.flush()

    def look() -> None:
        if (folder / "lock").exists():
            timer.stop()
            QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(20)


def start(folder: Path, patient_id: str, visit_id: str) -> int:
    """The program, by its command line, with a hand at its keyboard."""
    import resource  # noqa: PLC0415  # not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    make_application(QSettings())
    QTimer.singleShot(0, lambda: chart_and_lock(folder, patient_id, visit_id))
    return main(["--vault", str(folder / "clinic.vault"), "--passphrase-file", str(folder / "passphrase")])


@pytest.fixture
def running(vault_path, passphrase, tmp_path):
    """The program in a process of its own, at a visit with a needle in; and the secrets that it holds."""
    with Vault.open(vault_path, passphrase) as vault:
        records = Records(vault)
        patient = Patient(NAME, "Oyelaran", phone=PHONE)
        records.save_patient(patient)
        visit = Visit(patient.id, vault.practitioner_id, room=ROOM)
        visit.needles.append(Needle(visit.id, Site(1, 2, 3, Side.LEFT, "left foot"), "LR3", retention=40, inserted=now()))
        records.start_visit(visit)
        secrets = {"name": NAME, "family": "Oyelaran", "phone": PHONE, "note": WORDS, "patient": patient.id, "visit": visit.id}
        secrets |= {"key in hex": vault.key.hex(), "KEY IN HEX": vault.key.hex().upper(), "passphrase": passphrase}
        searched = {kind: [word.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-32-le")] for kind, word in secrets.items()}
        searched["key"] = [vault.key]
    (tmp_path / "passphrase").write_text(passphrase)
    config = tmp_path / "config"
    (config / "neuro-chart").mkdir(parents=True)
    settings = QSettings(str(config / "neuro-chart" / "settings.ini"), QSettings.Format.IniFormat)
    sound.turn(settings, on=False)
    voice.turn(settings, on=False)
    settings.sync()
    environment = os.environ | {"PYTHONPATH": str(Path(neuro_chart.__file__).parents[1]), "XDG_CONFIG_HOME": str(config)}
    command = [sys.executable, "-X", "utf8", __file__, str(tmp_path), patient.id, visit.id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  # this file
        assert process.stdout.readline() == "charted\n"
        yield process, searched, visit.needles[0].inserted + timedelta(minutes=40)
        process.kill()


def held_by(process, searched):
    """Which of the words stand in the writable memory of a process."""
    found = set()
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            span, rights, *_rest = line.split()
            if not rights.startswith("rw"):
                continue
            first, last = (int(each, 16) for each in span.split("-"))
            try:
                memory.seek(first)
                content = memory.read(last - first)
            except OSError:  # such as a device's
                continue
            found |= {kind for kind, words in searched.items() if any(word in content for word in words)}
    return found


def until(holds):
    """Wait for another process."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_of_a_patient_is_in_the_memory_of_the_locked_program_and_its_rooms_count_on(running, tmp_path, passphrase):
    process, searched, due = running
    shown = {"room": [ROOM.encode("utf-16-le")], "clock": [f"ends {local_time(due)}".encode("utf-16-le")]}
    before = held_by(process, searched)
    assert {"name", "family", "note", "patient", "visit", "key in hex"} <= before | {"KEY IN HEX"}  # so the search finds what is there
    assert re.search(r"core file size +0 ", Path(f"/proc/{process.pid}/limits").read_text())

    (tmp_path / "lock").touch()
    command = Path(f"/proc/{process.pid}/cmdline")
    until(lambda: b"\0locked\0" in command.read_bytes())
    until(lambda: held_by(process, shown) == {"room", "clock"})

    assert held_by(process, searched) == set()
    told = command.read_bytes() + Path(f"/proc/{process.pid}/environ").read_bytes()
    assert not [kind for kind, words in searched.items() if any(word in told for word in words)]
    assert b"passphrase-file" not in told
    opened = {str(each.readlink()) for each in Path(f"/proc/{process.pid}/fd").iterdir()}
    assert not [each for each in opened if "clinic.vault" in each]
    with Vault.open(tmp_path / "clinic.vault", passphrase) as vault:  # it is closed, and all is stored
        records = Records(vault)
        ((visit, _patient),) = records.open_visits()
        assert visit.subjective == WORDS
        assert records.trail(limit=1)[0].deed is Deed.LOCKED
        place = records.take_place()
        assert place["visit"] == visit.id
        assert place["cursor"] == [len(WORDS), len(WORDS)]

    process.send_signal(signal.SIGINT)  # Ctrl+C in the terminal that started it
    assert process.wait(LONG) == -signal.SIGINT


def test_what_no_locking_program_handed_over_is_refused(capsys, monkeypatch, tmp_path):
    for handed in ("", "[]", json.dumps({"vault": "x"})):
        (tmp_path / "pipe").write_text(handed)
        pipe = os.open(tmp_path / "pipe", os.O_RDONLY)
        assert main(["locked", "--from", str(pipe)]) == 1
        assert "for the program alone" in capsys.readouterr().err


if __name__ == "__main__":
    sys.exit(start(Path(sys.argv[1]), *sys.argv[2:]))
