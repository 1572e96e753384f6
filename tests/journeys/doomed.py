"""Programs that work on until they are killed, each in a process of its own, and what they had told by then.

A process forks from one that has loaded all they need, so that hundreds fit in minutes.
"""

import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.demo import PASSPHRASE
from neuro_chart.hand import Hand
from neuro_chart.paper.aftercare import aftercare_sheet
from neuro_chart.resources import ROOT
from neuro_chart.store import keys
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.telling import Told, facts, say, tell_commits
from neuro_chart.ui.app import make_application
from neuro_chart.ui.health_history import HealthHistoryPage
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.paper_view import PaperView
from neuro_chart.ui.words import Prose

WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MUCH_LATER = datetime(2046, 3, 2, 9, 30, tzinfo=UTC)
WORDS = "Burning soles at night, worse after standing. "
PLACES = ("note", "history", "aftercare", "patient")
LOADED = [
    "pytest", "neuro_chart.rehearsal", "neuro_chart.ui.window", "neuro_chart.ui.visit", "neuro_chart.ui.health_history",
    "neuro_chart.paper.aftercare",
]  # fmt: skip
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")


def killed(work: Callable[..., None], *arguments: object, chance: random.Random, lines: int, within: float) -> tuple[list[Told], float]:
    """Kill a program within so many seconds of one of its first lines; what it had told, and when it ended."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    reading, writing = context.Pipe(duplex=False)
    program = context.Process(target=_heard, args=(writing, keys.KDFS, work, *arguments))
    program.start()
    writing.close()
    with reading, os.fdopen(reading.fileno(), closefd=False) as lines_told:
        told = [lines_told.readline() for _ in range(chance.randint(1, lines))]
        time.sleep(chance.uniform(0, within))
        assert program.is_alive(), "It ended by itself."
        program.kill()
        ended = time.time()
        told += lines_told.read().splitlines()
    program.join()
    return [json.loads(line) for line in told if line.strip().endswith("}")], ended


def _heard(telling, kdfs, work, *arguments):
    os.dup2(telling.fileno(), 1)
    keys.KDFS = kdfs  # a passphrase is as dear here as it must be, and no dearer
    work(*arguments)


# At the acts


class Desk:
    """A record that is worked on without a window: every act upon it, patient after patient."""

    def __init__(self, vault: Vault) -> None:
        self.records, self.me = Records(vault), vault.practitioner_id
        self.later = Records(vault, lambda: MUCH_LATER)
        self.before: tuple[Patient, Visit, Intake] | None = None

    def do(self, name: str, act: Callable[[], object], *things: Patient | Visit | Intake, gone: bool = False, **known: object) -> None:
        """One act, told before and once it has returned: the things as they stand in the record, of the first also what is `known`."""
        about = [f"{type(each).__name__.lower()} {each.id}" for each in things]
        say(begun=name, about=about)
        act()
        holds = {} if gone else {each: facts(self.records, each) for each in about}
        if known:
            holds[about[0]] |= known
        say(done=name, holds=holds, gone=about if gone else [])

    def see(self, number: int) -> None:
        """One patient, from the first word to the archive; every third record is erased once the next patient has been there."""
        records = self.records
        patient = Patient(f"Teodor {number}", "Halloran", phone="01632 960777")
        self.do("add", lambda: records.save_patient(patient), patient, given=patient.given, phone=patient.phone)
        intake, visit = Intake(patient.id, "form", {}, WHEN), Visit(patient.id, self.me, WHEN)
        self.take_history(intake)
        self.do("start", lambda: records.start_visit(visit), visit, signed=False)
        self.treat(visit)
        self.close(visit)
        again = replace(patient, phone="01632 960778")
        self.do("correct", lambda: records.save_patient(again), patient, phone=again.phone)
        self.do("archive", lambda: records.archive(patient.id), patient, archived=True)
        self.do("bring back", lambda: records.unarchive(patient.id), patient, archived=False)
        if self.before is not None:
            other = self.before[0]
            self.do("merge", lambda: records.merge(patient.id, other.id), patient, merged_into=other.id)
            self.do("part", lambda: records.unmerge(patient.id), patient, merged_into=None)
            if number % 3 == 2:
                self.do("erase", lambda: self.later.erase(other.id, "The period is over."), *self.before, gone=True)
        self.before = patient, visit, intake

    def take_history(self, intake: Intake) -> None:
        """A health history, begun, answered and completed."""
        answers: dict[str, object] = {"complaint": [{"valueString": WORDS}]}
        self.do("begin a history", lambda: self.records.start_intake(intake), intake)
        self.do("answer", lambda: self.records.answer_intake(intake.id, answers), intake, answers=1)
        answers |= {"goals": [{"valueString": "Sleep."}]}
        self.do("complete", lambda: self.records.complete_intake(intake.id, answers), intake, answers=2, completed=True)

    def treat(self, visit: Visit) -> None:
        """Words as they are typed, a score, needles in and out."""
        for letters in range(8, len(WORDS), 8):
            self.do("words", lambda said=WORDS[:letters]: self.records.note(visit.id, subjective=said), visit, subjective=WORDS[:letters])
        self.do("score", lambda: self.records.note(visit.id, pain_before=7), visit, pain_before=7)
        needles = [Needle(visit.id, SITE, "ST36", inserted=WHEN, position=at) for at in range(6)]
        self.do("needles in", lambda: self.records.treat(visit.id, needles), visit)
        self.do("lamp", lambda: self.records.treat(visit.id, [Adjunct(visit.id, LAMP, minutes=10)]), visit)
        out = [replace(each, removed=WHEN) for each in needles]
        self.do("needles out", lambda: self.records.treat(visit.id, out[1:], [out[0].id]), visit)
        self.do("place", lambda: self.records.keep_place({"page": "patient", "visit": visit.id}), visit)
        self.do("back", self.records.take_place, visit)

    def close(self, visit: Visit) -> None:
        """Signed, amended, printed; and a phrase kept for the next."""
        self.do("sign", lambda: self.records.sign(visit.id), visit, signed=True)
        for text in ("It was the left foot.", "And warm."):
            added = Amendment(visit.id, self.me, text, "Written down wrong.")
            self.do("amend", lambda added=added: self.records.amend(added), visit)
        self.do("print", lambda: self.records.log(Deed.PRINTED, visit.patient_id, visit.id), visit)
        phrase = Phrase("soles", WORDS)
        self.do("phrase", lambda: self.records.put_phrase(phrase))
        self.do("drop the phrase", lambda: self.records.drop_phrase(phrase.id))


def act_on(path: Path) -> None:
    """Every act upon the record, over and over."""
    with Vault.open_with_key(path, Vault.unwrap_key(path, PASSPHRASE)) as vault:
        records = Records(vault)
        records.signed_in()
        records.save_practice(replace(records.practice(), retention=Retention(1)))
        tell_commits(path)
        desk = Desk(vault)
        for number in count():
            desk.see(number)


# At the keyboard


def type_into(path: Path, place: str, seed: int) -> None:
    """Words into a field of the real window, key after key as a hand strikes them."""
    hand, chance = Hand(path), random.Random(seed)  # noqa: S311
    hand.unlock()
    hand.add_patient()
    field, into = _field(hand, place)
    field.setFocus()
    hand.wait(field.hasFocus, "the field to take keys")
    for letter in cycle(WORDS):
        QTest.keyClicks(field, letter)
        say(words=field.toPlainText(), into=into)
        QTest.qWait(chance.choice((0, 10, 40, 120, 700 if letter == " " else 80)))


def _field(hand: Hand, place: str) -> tuple[Prose, str]:
    """A field that words are typed into, and what the record calls it."""
    patient_id = hand.window.patient.patient.id
    if place == "patient":
        return cast("Prose", hand.tab("overview", OverviewPage).form.inputs["notes"]), f"patient {patient_id} notes"
    if place == "history":
        page = hand.tab("health", HealthHistoryPage)
        hand.press(page.start_button)
        (intake,) = hand.window.chart.records.intakes(patient_id)
        return page.view.question("complaint").findChild(Prose), f"intake {intake.id} complaint"
    hand.window.patient.start_visit()
    page = hand.visit_page
    if place == "aftercare":
        page.left.show_aftercare()
        return page.aftercare.form.words, f"visit {page.treatment.visit.id} aftercare"
    return page.note.prose["subjective"], f"visit {page.treatment.visit.id} subjective"


# At the paper


def save_papers(folder: Path) -> None:
    """Sheets of two visits, saved in turns under three names."""
    make_application(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    library, patient = Library(ROOT), Patient("Teodor", "Halloran")
    visit = Visit(patient.id, "", WHEN)
    sheets = []
    for number in (4, 12):
        visit.needles = [Needle(visit.id, site, "ST36", inserted=WHEN) for site in library.atlas.point_sites("ST36").values()][:number]
        sheets.append(aftercare_sheet(Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), patient, visit, library))
    view = PaperView(parent := QWidget())
    for number in count():
        view.show_bytes(sheets[number % 2])
        name = f"sheet-{number % 3}.pdf"
        told = {"name": name, "content": sha256(view.made).hexdigest()}
        say(saving=told)
        assert view.save_at(folder / name).done, parent
        say(saved=told)
