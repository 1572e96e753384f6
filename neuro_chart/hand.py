"""Keys and clicks on the real windows, as a practitioner makes them: for the tour, and for whoever wants to see the whole job done.

It charts a published treatment (PMC3720209: bilateral ST36, GB39, SP9, SP6, LR3, GB41, 30 minutes with 2/120 Hz).
"""

import multiprocessing
import sys
import traceback
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QSlider, QWidget

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.demo import PASSPHRASE
from neuro_chart.ui import backing, sound, voice
from neuro_chart.ui.app import App, make_application
from neuro_chart.ui.health_history import HealthHistoryPage
from neuro_chart.ui.papers import PapersPage
from neuro_chart.ui.visit import VisitPage

if TYPE_CHECKING:
    from neuro_chart.ui.unlock import Unlock, UnlockForm
    from neuro_chart.ui.window import Window

T = TypeVar("T", bound=QWidget)

LONGEST_WAIT = 60
SIZE = QSize(1366, 768)
GIVEN, FAMILY = "Teodor", "Halloran"
POINTS = ("ST36", "GB39", "SP9", "SP6", "LR3", "GB41")
PRESCRIPTION = f"{' '.join(POINTS)} b 30m"
FREQUENCY = "2/120"
SUBJECTIVE = "Burning soles at night, worse after standing. Sleeps four hours. Sugar steady since August."
OBJECTIVE = "Monofilament felt at 4 of 10 sites. Skin of both feet whole and warm."
ASSESSMENT = "Painful diabetic neuropathy of both feet."
PLAN = "Twice a week for eight weeks, then look again."
HISTORY: dict[str, list[tuple[str, str]]] = {
    "complaint-page": [
        ("complaint", "My feet burn at night."),
        ("complaint-since", "2 years"),
        ("complaint-course", "Slowly getting worse"),
    ],
    "cause-page": [("cause", "Diabetes"), ("cause-diabetes-since", "2011")],
    "symptoms-page": [("burning", "Yes"), ("burning-where", "Left foot"), ("burning-where", "Right foot"), ("burning-bad", "7")],
    "medicines-page": [
        ("medicines", "Yes"),
        ("medicines-which", "Metformin, duloxetine"),
        ("thinner", "No"),
        ("bleeding", "No"),
        ("allergies", "No"),
    ],
    "implants-page": [("implants", "None of these"), ("pregnancy", "Does not apply")],
    "feet-page": [("feet-heat", "No"), ("wound", "No")],
    "signs-page": [("falls", "No"), ("flag-bladder", "No"), ("flag-weakness", "No"), ("flag-breathing", "No")],
    "goals-page": [("goals", "Sleep through the night.")],
    "consent-page": [
        ("consent", "Yes"),
        ("consent-by", "I do, for myself"),
        ("consent-name", f"{GIVEN} {FAMILY}"),
        ("consent-date", "2026-11-20"),
    ],
}


class TourError(Exception):
    """Something on the way was not as it should be."""


class Hand:
    """Keys and clicks on the real windows of one vault, as a practitioner would make them."""

    def __init__(self, vault: Path) -> None:
        settings = QSettings(str(vault.with_suffix(".ini")), QSettings.Format.IniFormat)
        sound.turn(settings, on=False)
        voice.turn(settings, on=False)
        backing.spare(settings)  # else each close would keep a backup
        self.application = make_application(settings)
        self.app = App(vault, settings)
        self._broken: list[str] = []
        sys.excepthook = self._broke

    def _broke(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._broken.append("".join(traceback.format_exception(kind, error, trace)))

    @property
    def window(self) -> "Window":
        """The open chart."""
        if self.app.window is None:
            raise TourError("The chart did not open.")
        return self.app.window

    def wait(self, until: Callable[[], object], what: str) -> None:
        """Let the program go on until something holds; TourError after a minute."""
        end = monotonic() + LONGEST_WAIT
        while not until() or self._broken:
            if self._broken:
                raise TourError(f"The program broke. {self._broken[0]}")
            if monotonic() > end:
                raise TourError(f"Waited in vain: {what}.")
            QTest.qWait(10)

    def write(self, into: QWidget, words: str) -> None:
        """Type words into a field and go on to the next."""
        into.setFocus()
        QTest.keyClicks(into, words)
        into.clearFocus()

    def press(self, made: QAbstractButton) -> None:
        """Click a button that can be clicked."""
        if not made.isEnabled():
            raise TourError(f"“{made.text()}” can't be pressed.")
        QTest.mouseClick(made, Qt.MouseButton.LeftButton)

    def unlock(self) -> None:
        """Open the vault with its passphrase."""
        self.app.ask()
        door = cast("UnlockForm", cast("Unlock", self.app.unlock).form)
        self.write(door.passphrase, PASSPHRASE)
        QTest.keyClick(door.passphrase, Qt.Key.Key_Return)
        self.wait(lambda: self.app.window is not None, "the vault to open")
        self.window.resize(SIZE)

    def lock(self) -> None:
        """Put the chart away."""
        self.window.close()
        self.app.window = None

    def tab(self, key: str, kind: type[T]) -> T:
        """Turn a patient's page to a tab, and give its page."""
        if self.window.patient.tab != key:
            self.press(self.window.patient.head.tabs[key])
        found = self.window.patient.findChild(kind)
        if found is None:
            raise TourError(f"There is no tab “{key}”.")
        return found

    @property
    def visit_page(self) -> VisitPage:
        """The visit tab's page."""
        return self.tab("visit", VisitPage)

    def add_patient(self) -> None:
        """Take down a new patient."""
        self.window.show_page("patients")
        self.window.patients.add_patient()
        form = self.window.patients.form
        if form is None:
            raise TourError("There is no form for a new patient.")
        for name, words in (("given", GIVEN), ("family", FAMILY), ("birth", "1961-05-09"), ("phone", "01632 960777")):
            self.write(form.inputs[name], words)
        self.press(form.add_button)

    def take_history(self) -> None:
        """Fill in the health history and complete it."""
        page = self.tab("health", HealthHistoryPage)
        self.press(page.start_button)
        for section, answers in HISTORY.items():
            view = page.view
            if view is None:
                raise TourError("The health history is not shown.")
            view.go_to(section)
            for link_id, word in answers:
                self._answer(view.question(link_id), word)
        if page.view is not None:
            self.press(page.view.next_button)
        self.wait(self._patient_intakes_completed, "the health history to be completed")

    def _answer(self, question: QWidget, word: str) -> None:
        for made in question.findChildren(QAbstractButton):
            if made.text().replace("’", "'") == word:
                self.press(made)
                return
        field = question.findChild(QPlainTextEdit) or question.findChild(QLineEdit) or question.findChild(QSlider)
        if not isinstance(field, QWidget):
            raise TourError(f"Nowhere to answer “{word}”.")
        self.write(field, word)

    def _patient_intakes_completed(self) -> bool:
        intakes = self.window.chart.records.intakes(self.window.patient.patient.id)
        return bool(intakes) and all(intake.completed for intake in intakes)

    def treat(self) -> None:
        """Start the visit: note, scores, prescription, electro-stimulation, needles in."""
        self.window.patient.start_visit()
        page = self.visit_page
        for name, words in (("subjective", SUBJECTIVE), ("objective", OBJECTIVE), ("assessment", ASSESSMENT), ("plan", PLAN)):
            self.write(page.note.prose[name], words)
        self.score("pain_before", 7)
        self.score("numbness_before", 6)
        page.add.setFocus()
        self.enter(f"{PRESCRIPTION} ea {FREQUENCY}Hz 30m")
        self.enter()
        for adjunct in treatment(self)[1].adjuncts:
            page.treatment.step_adjunct(adjunct.id)
        self.wait(lambda: treatment(self)[1].count.inside == 2 * len(POINTS), "the needles to be in")

    def enter(self, words: str = "") -> None:
        """Type words into the line under the body, and Enter."""
        line = self.visit_page.add.line
        QTest.keyClicks(line, words)
        QTest.keyClick(line, Qt.Key.Key_Escape if self.visit_page.add.offers.isVisible() else Qt.Key.Key_Shift)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def score(self, name: str, number: int) -> None:
        """Give a score."""
        scale = self.visit_page.note.scores[name].scale
        scale.setFocus()
        QTest.keyClick(scale, Qt.Key(Qt.Key.Key_0 + number))

    def finish(self, exercises: tuple[str, ...]) -> None:
        """Take the needles out, score again, choose the aftercare, sign."""
        page = self.visit_page
        self.press(page.needles.pull)
        page.counting.finish()
        page.left.show_note()
        self.score("pain_after", 4)
        self.score("numbness_after", 5)
        self.choose_exercises(exercises)
        page.left.show_signing()
        self.press(page.sign_panel.sign)
        self.wait(lambda: treatment(self)[1].signed, "the visit to be signed")

    def choose_exercises(self, exercises: tuple[str, ...]) -> None:
        """Tick exercises for the sheet on the Papers tab."""
        papers = self.tab("papers", PapersPage)
        for name in exercises:
            self.press(papers.form.tiles[name])
        papers.flush()


def kill_in_the_middle(work: Callable[[Path, Event], None], vault: Path) -> None:
    """Run work in a process of its own until it says that it has come to its middle, then kill that process."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=work, args=(vault, ready))
    process.start()
    while not ready.wait(0.2):
        if not process.is_alive():
            raise TourError("The program ended before it was killed.")
    process.kill()
    process.join()


def treat_until_killed(vault: Path, ready: Event) -> None:
    """Chart the treatment up to the running clocks, then go on as a program that waits for its user."""
    hand = Hand(vault)
    hand.unlock()
    hand.add_patient()
    hand.take_history()
    hand.treat()
    ready.set()
    hand.application.exec()


def treatment(hand: Hand) -> tuple[Patient, Visit]:
    """The treated patient and the visit, found again."""
    for visit, patient in [*hand.window.chart.records.open_visits(), *hand.window.chart.records.latest_visits(1)]:
        if patient.family == FAMILY:
            return patient, visit
    raise TourError("The visit that was being charted is gone.")


def check_nothing_is_missing(hand: Hand) -> None:
    """TourError unless all that was charted before the program was killed is there."""
    patient, visit = treatment(hand)
    intakes = hand.window.chart.records.intakes(patient.id)
    beside = [(adjunct.frequency, adjunct.is_running, len(adjunct.pairs)) for adjunct in visit.adjuncts]
    found = (
        patient.name, visit.count.inside, sorted({n.point for n in visit.needles}), {n.retention for n in visit.needles}, beside,
        visit.subjective, visit.objective, visit.assessment, visit.plan, visit.pain_before, visit.numbness_before,
        [bool(i.completed) for i in intakes],
    )  # fmt: skip
    wanted = (
        f"{GIVEN} {FAMILY}", 12, sorted(POINTS), {30}, [(FREQUENCY, True, 6)],
        SUBJECTIVE, OBJECTIVE, ASSESSMENT, PLAN, 7, 6, [True],
    )  # fmt: skip
    if found != wanted:
        raise TourError(f"After the kill the chart holds {found}, not {wanted}.")
