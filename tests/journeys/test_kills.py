"""Killed at any moment of a treatment: every needle, every clock and every word up to the last second is there.

A few moments in the usual run; NEURO_CHART_KILLS=100 tries as many. This file is also the program that is killed: it treats by real keys on
the real window, and says on standard output what it has done.
"""

import json
import os
import random
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import neuro_chart
from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import ROOT
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui import sound, voice
from neuro_chart.ui.app import make_application
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window

KILLS = int(os.environ.get("NEURO_CHART_KILLS", "4"))
ONE_SECOND = 1.0
WORDS = "Burning soles at night, worse after standing. "
LINES = ("st36 sp6 b 20m", "lr3 gb41 b", "li4 r 15m", "ki3 l", "bafeng b", "gv20", "sp9 gb34 b 45m", "baxie r")


def say(**told: object) -> None:
    """Tell whoever reads, at once."""
    sys.stdout.write(json.dumps(told | {"at": time.time()}) + "\n")
    sys.stdout.flush()


def state(visit: Visit) -> dict[str, list[object]]:
    """The needles and what is done beside them, with all their times."""
    clocks = {part.id: part.clock for part in (*visit.needles, *visit.adjuncts)}
    more = {needle.id: [needle.point, needle.site.side, needle.counted] for needle in visit.needles}
    return {
        part_id: [clock.minutes, str(clock.started), str(clock.ended), str(clock.paused), clock.held, *more.get(part_id, [])]
        for part_id, clock in clocks.items()
    }


def treat(vault_path: Path, passphrase: str) -> None:
    """Chart without an end."""
    settings = QSettings(str(vault_path.with_suffix(".ini")), QSettings.Format.IniFormat)
    sound.turn(settings, on=False)
    voice.turn(settings, on=False)
    make_application(settings)
    vault = Vault.open(vault_path, passphrase)
    window = Window(vault, Library(ROOT), settings)
    window.show()
    records = window.chart.records
    patient = Patient("Rosa", "Delgado")
    records.save_patient(patient)
    visit = Visit(patient.id, records.practitioner().id)
    records.start_visit(visit)
    window.open_visit(patient.id, visit.id)
    page = window.patient.findChild(VisitPage)
    treatment = page.treatment
    field = page.note.prose["subjective"]
    say(visit=visit.id)

    def type_points(line: str) -> None:
        page.add.setFocus()
        target = QApplication.focusWidget() or page.add.focusProxy()
        QTest.keyClicks(target, line)
        QTest.keyClick(target, Qt.Key.Key_Escape)  # what is offered is not meant
        QTest.keyClick(target, Qt.Key.Key_Return)

    def first_inside() -> list[str]:
        return [needle.id for needle in treatment.needles if needle.is_in][:1]

    acts = (
        type_points,
        lambda _: treatment.insert(),
        lambda _: treatment.pause(first_inside()),
        lambda _: treatment.put_adjunct(Adjunct(visit.id, LAMP, minutes=10)),
        lambda _: treatment.resume(),
        lambda _: treatment.leave_longer(first_inside()),
        lambda _: treatment.take_out(first_inside()),
        lambda _: page.pull_all(),
        lambda _: treatment.count_out(),
    )
    number = 0
    for round_, line in enumerate(cycle(LINES)):
        for act in acts:
            number += 1
            say(begun=number)
            act(line)
            say(done=number, state=state(treatment.visit))
            for letter in WORDS[number % len(WORDS) :][:6]:
                QTest.keyClicks(field, letter)
                say(typed=field.toPlainText())
                QTest.qWait(20)
        if round_ % len(LINES) == len(LINES) - 1:
            treatment.select(needle.id for needle in treatment.needles)
            say(begun=number)
            treatment.remove_selected()
            say(done=number, state=state(treatment.visit))


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_in_the_midst_of_a_treatment_it_has_lost_nothing(vault_path, passphrase, seed):
    environment = os.environ | {"PYTHONPATH": str(Path(neuro_chart.__file__).parents[1]), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, __file__, str(vault_path), passphrase], stdout=subprocess.PIPE, text=True, env=environment
    ) as treating:
        assert treating.stdout is not None
        told = [json.loads(treating.stdout.readline())]
        moment = time.monotonic() + random.Random(seed).uniform(0.2, 6)  # noqa: S311
        while time.monotonic() < moment:
            told.append(json.loads(treating.stdout.readline()))
        treating.kill()
        killed = time.time()
        told += [json.loads(line) for line in treating.stdout.read().splitlines() if line.endswith("}")]
    done = [each for each in told if "done" in each]
    begun = max((each["begun"] for each in told if "begun" in each), default=0)
    typed = [each for each in told if "typed" in each]
    with Vault.open(vault_path, passphrase) as vault:
        visit = Records(vault).visit(told[0]["visit"])
    kept = {part_id: [str(value) for value in values] for part_id, values in state(visit).items()}
    if done:
        last = {part_id: [str(value) for value in values] for part_id, values in done[-1]["state"].items()}
        if done[-1]["done"] == begun:
            assert kept == last
        else:  # the last act had begun: it is there whole, or not at all
            assert not kept or last.keys() <= kept.keys()
            assert all(kept[part_id][1] == values[1] for part_id, values in last.items() if values[1] != "None" and kept)
    before = [each["typed"] for each in typed if each["at"] < killed - ONE_SECOND]
    assert visit.subjective.startswith(before[-1] if before else "")
    assert len(visit.subjective) <= max((len(each["typed"]) for each in typed), default=0) + 1


if __name__ == "__main__":
    treat(Path(sys.argv[1]), sys.argv[2])
