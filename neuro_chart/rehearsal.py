"""A working day on the real windows, told act by act (telling.py): for tests that kill the program under it. All people are made up."""

import sys
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.hand import Hand, TourError
from neuro_chart.store.records import Records
from neuro_chart.telling import Told, facts, say, tell_commits
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.papers import PapersPage

LINES = ("st36 sp6 b 20m", "lr3 gb41 b", "li4 r 15m", "ki3 l", "bafeng b", "gv20", "sp9 gb34 b 45m", "baxie r")
WORDS = "Burning soles at night, worse after standing. "


class Day:
    """One patient after the other, from the first word to the amendment, as long as nobody ends it."""

    def __init__(self, path: Path) -> None:
        self._hand = Hand(path)
        self._path = path
        self._visit = self._patient = self._before = ""
        tell_commits(path)
        self._hand.unlock()

    def go_on(self) -> None:
        """All acts in their order, over and over."""
        acts: tuple[Callable[[], Told | None], ...] = (
            self._add_patient, self._take_history, self._start_visit, self._write_note, self._score, self._place, self._insert, self._pause,
            self._warm, self._resume, self._place, self._insert, self._stay_longer, self._write_note, self._pull, self._count_out,
            self._sign, self._amend, self._print, self._correct, self._merge, self._part, self._archive, self._bring_back, self._back_up,
        )  # fmt: skip
        for number in count():
            self._number = number
            for act in acts:
                ids = (("patient", self._before), ("patient", self._patient), ("visit", self._visit))
                about = [f"{kind} {row_id}" for kind, row_id in ids if row_id]
                say(begun=act.__name__.strip("_"), about=about)
                told = act() or {"holds": {(thing := f"visit {self._visit}"): facts(self._records, thing)}}
                self._hand.wait(lambda: True, "the act to go well")
                say(done=act.__name__.strip("_"), **told)

    @property
    def _records(self) -> Records:
        return self._hand.window.chart.records

    def _add_patient(self) -> Told:
        self._visit, self._before, given, family = "", self._patient, f"Teodor {self._number}", "Halloran"
        self._hand.window.show_page("patients")
        self._hand.window.patients.add_patient()
        form = self._hand.window.patients.form
        if form is None:
            raise TourError("There is no form for a new patient.")
        for name, words in (("given", given), ("family", family), ("birth", "1961-05-09"), ("phone", "01632 960777")):
            self._hand.write(form.inputs[name], words)
        self._hand.press(form.add_button)
        self._patient = self._hand.window.patient.patient.id
        return {"holds": {f"patient {self._patient}": {"given": given, "family": family, "phone": "01632 960777"}}}

    def _take_history(self) -> Told:
        self._hand.take_history()
        (intake,) = self._records.intakes(self._patient)
        return {"holds": {f"intake {intake.id}": facts(self._records, f"intake {intake.id}") | {"completed": True}}}

    def _start_visit(self) -> Told:
        self._hand.window.patient.start_visit()
        self._page = self._hand.visit_page
        visit = self._page.treatment.visit
        if visit is None:
            raise TourError("No visit was started.")
        self._visit = visit.id
        return {"holds": {f"visit {visit.id}": {"signed": False, "needles": {}}}}

    def _write_note(self) -> Told:
        self._page.left.show_note()
        field = self._page.note.prose["subjective"]
        field.setFocus()
        for letter in WORDS:
            QTest.keyClicks(field, letter)
            say(words=field.toPlainText(), into=f"visit {self._visit} subjective")
            QTest.qWait(15)
        field.clearFocus()
        return {"holds": {f"visit {self._visit}": {"subjective": field.toPlainText()}}}

    def _score(self) -> Told:
        self._hand.score("pain_before", 7)
        return {"holds": {f"visit {self._visit}": {"pain_before": 7}}}

    def _place(self) -> None:
        self._page.add.setFocus()
        self._hand.enter(LINES[self._number % len(LINES)])
        self._number += 1

    def _insert(self) -> None:
        self._page.add.setFocus()
        self._hand.enter()

    def _inside(self) -> list[str]:
        return [needle.id for needle in self._page.treatment.needles if needle.is_in][:1]

    def _pause(self) -> None:
        self._page.treatment.pause(self._inside())

    def _warm(self) -> None:
        self._page.treatment.put_adjunct(Adjunct(self._visit, LAMP, minutes=10))

    def _resume(self) -> None:
        self._page.treatment.resume()

    def _stay_longer(self) -> None:
        self._page.treatment.leave_longer(self._inside())

    def _pull(self) -> None:
        self._hand.press(self._page.needles.pull)

    def _count_out(self) -> None:
        self._page.counting.finish()

    def _sign(self) -> Told:
        self._page.left.show_signing()
        self._hand.press(self._page.sign_panel.sign)
        self._hand.wait(lambda: self._page.treatment.draft is None, "the visit to be signed")
        return {"holds": {f"visit {self._visit}": facts(self._records, f"visit {self._visit}") | {"signed": True}}}

    def _amend(self) -> Told:
        self._page.left.show_amending()
        text = f"It was the left foot ({self._number})."
        self._hand.write(self._page.amend_panel.text, text)
        self._hand.write(self._page.amend_panel.reason, "Written down wrong.")
        self._hand.press(self._page.amend_panel.add)
        self._hand.wait(lambda: self._page.treatment.visit and self._page.treatment.visit.amendments, "the amendment to be signed")
        return {"holds": {f"visit {self._visit}": {"signed": True, "amendments": [text]}}}

    def _print(self) -> Told:
        papers = self._hand.tab("papers", PapersPage)
        self._hand.wait(lambda: papers.is_drawn, "the sheet to be drawn")
        path = self._path.with_name(f"sheet-{self._number}.pdf")
        papers.save_at(path)
        return {"kept": path.name, "content": sha256(papers.paper_bytes).hexdigest()}

    def _correct(self) -> Told:
        form = self._hand.tab("overview", OverviewPage).form
        field = form.inputs["phone"]
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_End)
        QTest.keyClicks(field, " ext 4")
        field.clearFocus()
        return {"holds": {f"patient {self._patient}": {"phone": "01632 960777 ext 4"}}}

    def _merge(self) -> Told:
        return self._be_merged(self._before or None)

    def _part(self) -> Told:
        return self._be_merged(None)

    def _be_merged(self, into: str | None) -> Told:
        chart = self._hand.window.chart
        if self._before:
            chart.act(lambda: chart.records.merge(self._patient, into) if into else chart.records.unmerge(self._patient))
        return {"holds": {f"patient {self._patient}": {"merged_into": into}}}

    def _archive(self) -> Told:
        return self._turn(archived=True)

    def _bring_back(self) -> Told:
        return self._turn(archived=False)

    def _turn(self, *, archived: bool) -> Told:
        self._hand.window.open_patient(self._patient)
        self._hand.press(self._hand.tab("overview", OverviewPage).acts.archive)
        return {"holds": {f"patient {self._patient}": {"archived": archived}}}

    def _back_up(self) -> Told:
        backing = self._hand.window.backing
        backing.start()
        self._hand.wait(lambda: not backing.is_running, "the backup to be kept")
        return {"backup": True}


def rehearse(path: Path) -> None:
    """Work until the process is ended; the vault is opened by demo.PASSPHRASE."""
    try:
        Day(path).go_on()
    finally:
        sys.excepthook = sys.__excepthook__  # what ends the day is told
