"""A visit in the real window on a disk that fails: `python visit.py FOLDER FIRST STEP`, under disk.so.

Visit after visit is charted by real keys, while the FIRST, the FIRST+STEPth … thing that is done to the disk since its beginning fails:
as a full disk does until there is room, or as a failing one does once. Says as JSON what did not hold, and how many were tried.
"""

import ctypes
import errno
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from acts import COPY
from PySide6.QtWidgets import QLabel

from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.visits import Visit
from neuro_chart.demo import PASSPHRASE
from neuro_chart.hand import Hand, TourError
from neuro_chart.store.keys import Kdf, Unlocked, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.telling import facts

WORDS = "Soles burn at night. "
DISK = ctypes.CDLL(None)
FAULTS = ((errno.ENOSPC, 1), (errno.EIO, 0))


class Trial:
    """One visit, and what is wrong with what the window shows of it."""

    def __init__(self, hand: Hand, patient: Patient, name: str) -> None:
        self.hand, self.name, self.problems = hand, name, []
        hand.window.open_patient(patient.id)
        hand.window.patient.start_visit()
        self.page = hand.visit_page
        self.visit_id = self.page.treatment.visit.id

    def see(self, step: str, nth: int) -> None:
        """Once the disk has failed: a sentence stands over the page as long as something waits, and the screen keeps what was charted."""
        hand, page = self.hand, self.page
        hand.wait(lambda: True, step)
        if DISK.disk_done() < nth:
            return
        if not hand.window.chart.all_written and "disk" not in hand.window.banner.text.lower():
            self.problems.append(f"{step}: nothing is said of what is not stored ({hand.window.banner.text!r})")
        if not hand.window.chart.all_written and "Saved" in " ".join(made.text() for made in hand.window.strip.findChildren(QLabel)):
            self.problems.append(f"{step}: “Saved” stands there, and it is not")
        shown, stored = page.treatment.visit, hand.window.chart.records.visit(self.visit_id)
        if (shown.signed is None) != (stored.signed is None) or len(shown.amendments) != len(stored.amendments):
            self.problems.append(f"{step}: shown as signed what is not, or not what is")
        if hand.window.chart.all_written and shown != stored:
            self.problems.append(f"{step}: nothing waits, and the screen shows what is not stored")

    def chart(self, nth: int) -> None:
        """From the first word to the amendment; what the disk refuses is not tried again."""
        hand, page, field = self.hand, self.page, self.page.note.prose["subjective"]
        hand.write(field, WORDS)
        self.see("the note", nth)
        hand.score("pain_before", 7)
        self.see("the score", nth)
        page.add.setFocus()
        hand.enter("st36 sp6 b 20m")
        self.see("the needles planned", nth)
        hand.enter()
        self.see("the needles in", nth)
        hand.write(field, WORDS)
        self.see("more words", nth)
        if field.toPlainText().count(WORDS) != 2:
            self.problems.append(f"the words on the screen are {field.toPlainText()!r}")
        hand.press(page.needles.pull)
        page.counting.finish()
        self.see("the count", nth)
        self.sign(nth)

    def sign(self, nth: int) -> None:
        """Sign, and amend if that went well."""
        hand, page = self.hand, self.page
        page.left.show_signing()
        hand.press(page.sign_panel.sign)
        self.see("the signature", nth)
        if page.treatment.draft is None:
            page.left.show_amending()
            hand.write(page.amend_panel.text, "The left foot.")
            hand.write(page.amend_panel.reason, "Mistyped.")
            hand.press(page.amend_panel.add)
            self.see("the amendment", nth)

    def come_to_an_end(self) -> None:
        """There is room again: all that waited is stored by itself, and what was refused can be done."""
        hand, page = self.hand, self.page
        waited = not hand.window.chart.all_written
        if not hand.window.chart.write_waiting():
            self.problems.append("there is room, and still something waits")
        if waited and hand.window.banner.text:
            self.problems.append(f"all is stored, and the banner says {hand.window.banner.text!r}")
        if page.treatment.draft is not None:
            self.sign(sys.maxsize)
        if not page.treatment.visit.amendments:
            page.left.show_amending()
            typed = page.amend_panel.words
            if not any(typed):
                hand.write(page.amend_panel.text, "The left foot.")
                hand.write(page.amend_panel.reason, "Mistyped.")
            elif typed != ("The left foot.", "Mistyped."):
                self.problems.append(f"the words of the amendment are {typed!r}")
            hand.press(page.amend_panel.add)
        hand.wait(lambda: page.treatment.visit.amendments, "the amendment")


def stored(path: Path, unlocked: Unlocked, into: Path, visit: Visit) -> dict[str, object]:
    """What another program would find of a visit if this one ended now."""
    into.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if not COPY.fullmatch(file.name):
            shutil.copy(file, into)
    shutil.copy(keys_path(path), into)
    with Vault.open_with_key(into / path.name, unlocked) as vault:
        found = facts(Records(vault), f"visit {visit.id}")
    shutil.rmtree(into)
    return found


def trials(folder: Path, first: int, step: int) -> Iterator[str]:
    path = folder / "practice.vault"
    Vault.create(path, PASSPHRASE, Practice("Riverside"), Practitioner("Dr Mei Lindqvist"), Kdf(64, 1, 1)).close()
    hand = Hand(path)
    hand.unlock()
    unlocked = Unlocked(hand.window.vault.key, hand.window.vault.practitioner_id)
    tried = 0
    for error, lasting in FAULTS:
        nth = first
        while True:
            patient = Patient("Rosa", f"Delgado {errno.errorcode[error]} {nth}")
            hand.window.chart.records.save_patient(patient)
            trial = Trial(hand, patient, f"{errno.errorcode[error]} {nth}")
            DISK.disk_arm(nth, error, lasting)
            try:
                trial.chart(nth)
                met = DISK.disk_done() >= nth
                DISK.disk_arm(0, 0, 0)
                trial.come_to_an_end()
            except TourError as told:
                DISK.disk_arm(0, 0, 0)
                yield f"{trial.name}: {told}"
                return
            found = stored(path, unlocked, folder.parent / "seen", trial.page.treatment.visit)
            if found["subjective"] != WORDS * 2 or not found["signed"] or len(found["needles"]) != 4 or not found["amendments"]:
                trial.problems.append(f"stored is {found}")
            yield from (f"{trial.name}: {problem}" for problem in trial.problems)
            if not met:
                break
            tried, nth = tried + 1, nth + step
    yield f"tried {tried}"


if __name__ == "__main__":
    place = Path(sys.argv[1])
    told = [*trials(place, int(sys.argv[2]), int(sys.argv[3]))]
    sys.excepthook = sys.__excepthook__
    json.dump(told, sys.stdout)
