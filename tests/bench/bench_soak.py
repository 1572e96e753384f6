"""Eight hours at the chart, at speed: does the window grow, and does a save become slow?

Patient after patient through the real window, with keys and clicks, on a system clock that is moved on; each hour it tells the memory of
the process and the widgets that there are, and in the end how long a save took: itself, and until the page is painted.
"""

import gc
import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import sqlalchemy as sa
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic import clocks
from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.demo import PASSPHRASE
from neuro_chart.hand import OBJECTIVE, PLAN, SUBJECTIVE, Hand
from neuro_chart.store.keys import Kdf
from neuro_chart.store.vault import Vault
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.papers import PapersPage
from neuro_chart.ui.progress import ProgressPage

HOURS, PATIENTS = 8, int(os.environ.get("NEURO_CHART_PATIENTS", "48"))  # with 106 saves each
EACH = timedelta(hours=HOURS) / PATIENTS  # a patient's share of the day
LINES = ("st36 sp6 b 20m", "lr3 gb41 b", "li4 r 15m", "ki3 l", "bafeng b", "gv20", "sp9 gb34 b 45m", "baxie r")
WARM = 3  # by then each page has been looked at, and most of the body
PAGE = os.sysconf("SC_PAGE_SIZE")


class Time(datetime):
    """The system's clock."""

    at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz) if tz else cls.at.astimezone().replace(tzinfo=None)


def memory():
    """What of this process stands in memory, in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


class Day:
    """Who sits at the chart, and what each save took: itself, and with all that follows in the window."""

    def __init__(self, path):
        self.hand, self.number = Hand(path), 0
        self.saves, self.painted = [], []
        sa.event.listen(sa.Engine, "begin", self._began)
        sa.event.listen(sa.Engine, "commit", self._saving)
        sa.event.listen(sa.Pool, "checkin", self._saved)
        self.is_save, self.began = False, 0.0
        self.hand.unlock()
        self.window = self.hand.window

    def _began(self, connection):
        self.is_save, self.began = False, perf_counter()

    def _saving(self, connection):
        self.is_save = not connection.get_execution_options().get("readonly")

    def _saved(self, connection, record):
        if self.is_save:
            self.saves.append(perf_counter() - self.began)
            self.is_save = False

    @contextmanager
    def save(self, what):
        """Something that is saved, until it is painted; meanwhile time goes on."""
        before, start, used = len(self.saves), perf_counter(), process_time()
        yield
        QApplication.processEvents()
        if here := len(self.saves) - before:
            self.painted.append(((perf_counter() - start) / here, (process_time() - used) / here, what))
        Time.at += EACH / 106
        self.window.ticker.tick()

    def patient(self):
        """One patient, from the first word to the paper."""
        hand, window, self.number = self.hand, self.window, self.number + 1
        with self.save("a patient added"):
            hand.add_patient()
        patient_id = window.patient.patient.id
        with self.save("a health history taken"):
            hand.take_history()
        with self.save("a visit started"):
            window.patient.start_visit()
        self.note(hand.visit_page)
        self.needles(hand.visit_page)
        self.look_around(patient_id)
        self.close(hand.visit_page)
        with self.save("a word of the patient"):
            hand.write(hand.tab("overview", OverviewPage).form.inputs["phone"], str(self.number))
        hand.tab("progress", ProgressPage)
        papers = hand.tab("papers", PapersPage)
        hand.wait(lambda: papers.is_drawn, "the sheet to be drawn")

    def note(self, page):
        """The note, word by word, each of them saved."""
        page.left.show_note()
        for name, words in (("subjective", SUBJECTIVE), ("objective", OBJECTIVE), ("plan", PLAN), ("assessment", SUBJECTIVE)):
            for word in words.split():
                with self.save("a word of the note"):
                    self.hand.write(page.note.prose[name], f"{word} ")
        for score, value in (("pain_before", 7), ("numbness_before", 6)):
            with self.save("a score"):
                self.hand.score(score, value)

    def needles(self, page):
        """Needles in twice over, paused, warmed, longer."""
        for _ in range(2):
            self.number += 1
            with self.save("needles placed"):
                page.add.setFocus()
                self.hand.enter(LINES[self.number % len(LINES)])
            with self.save("needles in"):
                self.hand.enter()
            inside = [needle.id for needle in page.treatment.needles if needle.is_in]
            with self.save("paused"):
                page.treatment.pause(inside)
            with self.save("a lamp"):
                page.treatment.put_adjunct(Adjunct(page.treatment.visit.id, LAMP, minutes=10))
            with self.save("taken up again"):
                page.treatment.resume()
            with self.save("longer"):
                page.treatment.leave_longer(inside[:1])
            with self.save("undone"):
                page.treatment.stack.undo()

    def look_around(self, patient_id):
        """Every other page and panel, and back to the visit."""
        page, window = self.hand.visit_page, self.window
        page.about_point("ST36")
        QApplication.processEvents()
        for each in QApplication.topLevelWidgets():
            if each is not window and each.isVisible():
                each.close()
        window.show_palette()
        QApplication.processEvents()
        for each in QApplication.topLevelWidgets():
            if each is not window and each.isVisible():
                each.close()
        page.left.show_events()
        page.left.show_aftercare()
        page.left.show_tongue_pulse()
        for key in ("today", "rooms", "patients", "library", "settings", "find"):
            window.show_page(key)
            QApplication.processEvents()
        window.open_visit(patient_id, page.treatment.visit.id)

    def close(self, page):
        """Out, counted, signed, amended."""
        with self.save("pulled"):
            self.hand.press(page.needles.pull)
        with self.save("counted"):
            page.counting.finish()
        with self.save("signed"):
            page.left.show_signing()
            self.hand.press(page.sign_panel.sign)
            self.hand.wait(lambda: page.treatment.draft is None, "the visit to be signed")
        with self.save("amended"):
            page.left.show_amending()
            self.hand.write(page.amend_panel.text, "It was the left foot.")
            self.hand.write(page.amend_panel.reason, "Written down wrong.")
            self.hand.press(page.amend_panel.add)


def test_eight_hours(tmp_path, monkeypatch):
    monkeypatch.setattr(clocks, "datetime", Time)
    path = tmp_path / "practice.vault"
    kdf = Kdf(memory=1024, iterations=1, lanes=1)
    Vault.create(path, PASSPHRASE, Practice("Bench"), Practitioner("B"), kdf=kdf).close()
    day = Day(path)
    hours = {number * PATIENTS // HOURS - 1: number for number in range(1, HOURS + 1)}
    first = []
    for number in range(PATIENTS):
        day.patient()
        if number in {WARM, *hours}:
            held = memory()
            first.append(held)
            told = f"{number + 1} patients, {len(day.saves)} saves"
            print(f"{told}: {held:.0f} MB ({held - first[0]:+.0f}), {len(QApplication.allWidgets())} widgets")
    print(f"The memory since the first {WARM + 1} patients: {first[-1] - first[0]:+.0f} MB (goal: under 50 MB).")
    print(
        f"{len(day.saves)} saves: {median(day.saves) * 1000:.1f} ms, the longest {max(day.saves) * 1000:.0f} ms (goal: none over 250 ms);"
    )
    for at, kind in enumerate(("by the clock", "of the processor")):
        took = [each[at] * 1000 for each in day.painted]
        longest = sorted(day.painted, key=lambda each: each[at])[-4:]
        words = ", ".join(f"{each[at] * 1000:.0f} ms ({each[2]})" for each in reversed(longest))
        print(f"until painted, {kind}: {median(took):.0f} ms; the longest {words}")
    day.hand.lock()
