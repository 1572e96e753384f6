"""A day at the chart, in a process of its own: `day.py VAULT EXPORTED` until it locks, which leaves a fresh process in this one's place.

It is a program, not a test. What it prints is told to the tests: "charted" once all markers are in the chart and on the screen.
"""

import resource
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import Aftercare, Amendment, Visit
from neuro_chart.demo import PASSPHRASE
from neuro_chart.hand import Hand
from neuro_chart.store.backups import backup, default_folder
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.afresh import start_afresh
from neuro_chart.ui.app import LastWord
from neuro_chart.ui.papers import PapersPage
from neuro_chart.ui.visit import VisitPage

FULL = 32 * 1024  # bytes; no file may grow beyond that while the disk is full
CLOSED = {
    "id",
    "patient_id",
    "practitioner_id",
    "visit_id",
    "author_id",
    "signed_by",
    "merged_into",
    "needle_id",
    "figure",
    "paper",
    "form",
}
CLOSED |= {"key", "kind", "pairs", "copied", "protocol", "depth_unit", "rooms", "room", "exercises", "sessions", "based_on"}


def marked(row: Any, name: str = "") -> Any:
    """A copy in which every text holds a marker: "QxMarker", the kind of row, the field."""
    if isinstance(row, str) and not isinstance(row, Enum):
        return f"{row} QxMarker{name}".strip()
    if isinstance(row, dict):
        return {key: [marked("", f"{name}{key}")] for key in row}
    if is_dataclass(row) and not isinstance(row, type):
        told = {each.name: getattr(row, each.name) for each in fields(row) if each.name not in CLOSED}
        kinds = (str, dict, Aftercare)
        return replace(row, **{key: marked(each, f"{type(row).__name__}{key}") for key, each in told.items() if isinstance(each, kinds)})
    return row


def chart_everything(records: Records, patient_id: str) -> None:
    """A marker in every field of every table in which a person's words may stand."""
    records.save_practice(marked(records.practice()))
    records.put_practitioner(marked(records.practitioner()))
    records.save_patient(marked(records.patient(patient_id)))
    records.put_protocol(marked(Protocol("qx", "x", ("ST36 b",))))
    records.put_phrase(marked(Phrase("qx", "x")))
    visit = marked(Visit(patient_id, records.practitioner().id, now() - timedelta(days=2), tongue={"colour": []}, pulse={"left": []}))
    visit.adjuncts = [marked(Adjunct(visit.id, "Moxibustion"))]
    visit.events = [marked(AdverseEvent(visit.id, EventKind.OTHER, visit.started))]
    records.start_visit(visit)
    records.sign(visit.id)
    records.amend(marked(Amendment(visit.id, records.practitioner().id, "x", "x")))


def main(vault: Path, exported: Path) -> None:
    """The day, until it locks."""
    Vault.create(
        vault, PASSPHRASE, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=Kdf(memory=64, iterations=1, lanes=1)
    ).close()
    hand = Hand(vault)
    hand.app._afresh = start_afresh
    hand.unlock()
    hand.add_patient()
    hand.take_history()
    hand.treat()
    window = hand.window
    patient_id = window.patient.patient.id
    chart_everything(Records(window.vault), patient_id)
    window.notes.line.setText("burning soles")
    for page in ("find", "today", "rooms", "patients"):
        window.show_page(page)
    visit = next(each for each, _ in window.chart.records.open_visits())
    window.open_visit(patient_id, visit.id)

    papers = hand.tab("papers", PapersPage)
    hand.wait(lambda: papers.is_drawn, "the sheet to be drawn")
    papers.save_at(exported)
    hand.wait(exported.exists, "the sheet to be saved")
    made = backup(window.vault, default_folder(vault))
    print("backup", made.path)
    window._tell_overdue(visit.id)
    for title in {shown.windowTitle() for shown in QApplication.topLevelWidgets()}:
        print("title", title)

    word = LastWord(hand.application)  # as the program itself hears of what nothing caught
    word.install()
    patient = window.chart.records.patient(patient_id)
    QTimer.singleShot(0, lambda: {}[patient.family])
    loop = QEventLoop()  # in which PySide hands it to the program's last word
    QTimer.singleShot(500, loop.quit)
    loop.exec()
    hand.wait(lambda: word._told, "the word about what broke")
    for box in word._told.values():
        box.close()

    page = hand.tab("visit", VisitPage)
    print("filling the disk", flush=True)
    free = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, free[1]))
    page.note.prose["plan"].setPlainText("QxMarker on a full disk. " * 3000)
    window.flush()
    hand.wait(lambda: window.banner.text, "the word about the full disk")
    resource.setrlimit(resource.RLIMIT_FSIZE, free)
    window.chart.write_waiting()
    hand.wait(lambda: not window.banner.text or window.chart.all_written, "the words to be stored")

    print("charted", flush=True)
    sys.stdin.readline()
    window.lock()
    hand.application.exec()


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
