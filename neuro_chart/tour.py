"""The walk through the whole job, in the real windows and unseen: it leaves a picture of every page and every paper.

It charts a treatment from the first form to the printed sheet, and kills the program in the middle of the visit, to see that nothing is
lost.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.demo import make_demo
from neuro_chart.hand import SIZE, Hand, TourError, check_nothing_is_missing, kill_in_the_middle, treat_until_killed, treatment
from neuro_chart.resources import ROOT
from neuro_chart.ui.archive import RecordActs
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.chart_check import ChartCheck
from neuro_chart.ui.health_history import HealthHistoryPage
from neuro_chart.ui.lock import Locked
from neuro_chart.ui.papers import PapersPage
from neuro_chart.ui.point_card import PointPopup
from neuro_chart.ui.points import TURN_AFTER
from neuro_chart.ui.progress import ProgressPage
from neuro_chart.ui.sheet_card import SheetCard
from neuro_chart.ui.theme import apply_theme
from neuro_chart.ui.trail import Trail
from neuro_chart.ui.trail_paper import TrailPaper
from neuro_chart.ui.unlock import Unlock


class Album:
    """A folder of pictures: each page light and dark, at the scale that the screen has."""

    def __init__(self, hand: Hand, folder: Path) -> None:
        self._hand, self._folder = hand, folder
        ratio = hand.application.devicePixelRatio()
        self._scale = "" if ratio == 1 else f"@{ratio:g}x"
        self._theme = ""

    def turn_to(self, theme: str) -> None:
        """Take the next pictures in this theme."""
        self._theme = theme
        apply_theme(self._hand.application, theme)

    def take(self, name: str, shown: QWidget | None = None) -> None:
        """A picture of a window, the chart's own unless another is named."""
        QTest.qWait(60)
        window = shown or self._hand.window
        for body in window.findChildren(BodyMap):
            if body.isVisible():
                body.grab()  # what it has not painted yet it does not look up
                body.settle()
        if not window.grab().save(str(self._folder / f"{name}-{self._theme}{self._scale}.png")):
            raise TourError(f"The picture of “{name}” can't be saved in {self._folder}.")

    def keep_paper(self, save_at: Callable[[Path], object], name: str) -> None:
        """A paper as PDF, and each of its pages as a picture."""
        path = self._folder / f"{name}.pdf"
        save_at(path)
        self._hand.wait(path.exists, "the paper to be saved")
        paper = QPdfDocument()
        paper.load(str(path))
        for page in range(paper.pageCount()):
            size = (paper.pagePointSize(page) * 2).toSize()
            sheet = QImage(size, QImage.Format.Format_RGB32)
            sheet.fill(Qt.GlobalColor.white)
            painter = QPainter(sheet)
            painter.drawImage(0, 0, paper.render(page, size))
            painter.end()
            sheet.save(str(self._folder / f"{name}-{page + 1}.png"))


def photograph(vault: Path, folder: Path) -> None:
    """A picture of every page, light and dark, with the demo practice."""
    hand = Hand(vault)
    album = Album(hand, folder)
    for theme in ("light", "dark"):
        album.turn_to(theme)
        walk(hand, album)


def walk(hand: Hand, album: Album) -> None:
    """From the first day's window to the papers, a picture of each page."""
    stand_at_the_door(hand, album)
    hand.unlock()
    window = hand.window
    for name, key in (("03-today", "today"), ("04-patients", "patients"), ("06-find", "find"), ("07-settings", "settings"),
        ("23-rooms", "rooms"),
    ):  # fmt: skip
        window.show_page(key)
        if key == "find":
            hand.write(window.notes.line, "monofilament")
            hand.wait(window.notes.list.count, "the words to be found")
        album.take(name)
    look_after(hand, album)
    look_up(hand, album)
    window.show_page("patients")
    window.patients.add_patient()
    album.take("05-new-patient")
    running, patient = next((v, p) for v, p in window.chart.records.open_visits() if p.family == "Delgado")
    window.open_patient(patient.id)
    album.take("08-overview")
    hand.press(hand.tab("overview", RecordActs).merge)
    album.take("41-merge")
    window.patient.show_tab("progress")
    hand.tab("health", HealthHistoryPage)
    album.take("09-health-history")
    hand.tab("progress", ProgressPage)
    album.take("12-progress")
    window.open_visit(patient.id, running.id)
    album.take("10-visit")
    page = hand.visit_page
    page.needles.view.setCurrentIndex(page.needles.model.index(0))
    page.map_card.sheets.choose("feet")
    album.take("14-visit-needle-chosen")
    tell_of_a_point(hand, album)
    page.left.show_signing()
    album.take("15-visit-signing")
    treat(hand, album)
    overdue, late = next((v, p) for v, p in window.chart.records.open_visits() if p.family == "Khoury")
    window.open_visit(late.id, overdue.id)
    page.map_card.sheets.choose("head")
    album.take("16-visit-overdue")
    signed = next(visit for visit in window.chart.records.visits(patient.id) if visit.signed)
    window.open_visit(patient.id, signed.id)
    page.map_card.sheets.choose("body")
    album.take("11-visit-signed")
    papers = hand.tab("papers", PapersPage)
    hand.wait(lambda: papers.is_drawn, "the paper to be drawn")
    QTest.qWait(500)
    album.take("13-papers")
    hand.lock()


def stand_at_the_door(hand: Hand, album: Album) -> None:
    """The ways into a chart: the first day, the passphrase, the recovery sheet, a backup."""
    vault = hand.app.path
    for name, path, form in (
        ("01-first-day", vault.with_name("none.vault"), "create"), ("02-unlock", vault, "unlock"),
        ("39-recover", vault, "recover"), ("40-restore", vault, "restore"),
    ):  # fmt: skip
        door = Unlock(path, hand.app.settings)
        door.resize(SIZE)
        door.show_form(form)
        door.show()
        album.take(name, door)
        door.close()


def treat(hand: Hand, album: Album) -> None:
    """What the visit page shows while its hands are busy: a line that is typed, panels, the clock on the whole screen, the count."""
    page = hand.visit_page
    page.left.show_note()
    page.treatment.select(())
    page.map_card.sheets.choose("body")
    page.add.setFocus()
    QTest.keyClicks(page.add.line, "LI4 TE5 r 0.5c dq BL 23, 25 30m flurb ")
    album.take("24-visit-typing")
    page.add.clear()
    page.left.show_tongue_pulse()
    album.take("25-visit-tongue-and-pulse")
    if beside := page.treatment.visit and page.treatment.visit.adjuncts:
        page.left.show_adjunct(beside[0].id)
        album.take("26-visit-beside-the-needles")
    page.left.show_counting()
    album.take("27-visit-counting-out")
    page.left.show_events()
    album.take("28-visit-what-happened")
    page.left.show_note()
    page.clock.fill()
    page.clock.showNormal()
    page.clock.resize(SIZE)
    album.take("29-clock", page.clock)
    page.clock.close()


def look_after(hand: Hand, album: Album) -> None:
    """What is set, who may what, the backups, the trail and the check of the whole chart; and the chart while it is locked."""
    window = hand.window
    window.show_page("settings")
    settings = window.settings_page
    for number, section in enumerate(("treatment", "machine", "people", "backups", "record"), 33):
        settings.show_section(section)
        if section == "record":
            check = cast("ChartCheck", settings.section(section).findChild(ChartCheck))
            hand.press(check.start)
            hand.wait(check.start.isVisible, "the chart to be checked")
        album.take(f"{number}-settings-{section}")
    show_trail_paper(hand)
    album.take("42-settings-record-paper")
    settings.show_section("practice")
    locked = Unlock(hand.app.path, hand.app.settings, Locked.of(window.ticker.visits, window.ticker))
    locked.resize(SIZE)
    locked.show()
    album.take("38-locked", locked)
    locked.close()


def show_trail_paper(hand: Hand, patient_id: str = "") -> TrailPaper:
    """The trail on paper, of all or of one patient, once it is drawn."""
    window = hand.window
    window.show_page("settings")
    window.settings_page.show_section("record")
    trail = cast("Trail", window.settings_page.section("record").findChild(Trail))
    if patient_id:
        trail.filter.show_patient(patient_id)
    trail.show_paper()
    hand.wait(trail.paper.print_button.isEnabled, "the trail's paper to be drawn")
    return trail.paper


def keep_papers(hand: Hand, album: Album, patient_id: str) -> None:
    """Every paper of the program, as it is after a visit that was signed."""
    papers = hand.tab("papers", PapersPage)
    for name, paper in (("aftercare", "aftercare"), ("visit-record", "visit")):
        papers.paper.choose(paper)
        hand.wait(lambda: papers.is_drawn, "the paper to be drawn")
        album.keep_paper(papers.save_at, name)
    album.keep_paper(show_trail_paper(hand, patient_id).save_at, "trail")
    hand.window.settings_page.show_section("people")
    card = cast("SheetCard", hand.window.settings_page.section("people").findChild(SheetCard))
    card.make()
    hand.wait(card.print_button.isVisible, "the recovery sheet to be drawn")
    album.keep_paper(card.save_at, "recovery-sheet")


def look_up(hand: Hand, album: Album) -> None:
    """The library: a point, one with much to mind, and words that no point answers to."""
    window = hand.window
    for name, code, words in (
        ("17-library", "ST36", ""),
        ("18-library-cautions", "KI11", ""),
        ("19-library-nothing", "LI11", "elbow wrist"),
    ):
        window.look_up("points", code, back="")
        window.library.points.search.setText(words)
        QTest.qWait(2 * TURN_AFTER)
        album.take(name)
    for name, section in (("30-library-protocols", "protocols"), ("31-library-phrases", "phrases"), ("32-library-shorthand", "shorthand")):
        window.library.show_section(section)
        album.take(name)


def tell_of_a_point(hand: Hand, album: Album) -> None:
    """What the visit page says of the chosen needle's point."""
    hand.visit_page.about_chosen()
    told = next(each for each in hand.application.topLevelWidgets() if isinstance(each, PointPopup) and each.isVisible())
    album.take("22-visit-about-a-point", told)
    told.close()


def tour(folder: Path) -> None:
    """Walk the whole job and leave the pictures and papers in a folder; TourError says what went wrong on the way."""
    with TemporaryDirectory(prefix="neuro-chart-tour-") as place:
        vault = Path(place) / "practice.vault"
        make_demo(vault, Library(ROOT))
        kill_in_the_middle(treat_until_killed, vault)
        hand = Hand(vault)
        hand.unlock()
        check_nothing_is_missing(hand)
        patient, visit = treatment(hand)
        hand.window.open_visit(patient.id, visit.id)
        album = Album(hand, folder)
        album.turn_to("light")
        album.take("20-after-the-kill")
        hand.finish(("calf-stretch", "ankle-pumps", "heel-raises"))
        hand.visit_page.left.show_note()
        album.take("21-signed")
        keep_papers(hand, album, patient.id)
        hand.lock()
        photograph(vault, folder)
        os.environ["QT_SCALE_FACTOR"] = "2"
        twice = multiprocessing.get_context("spawn").Process(target=photograph, args=(vault, folder))
        twice.start()
        twice.join()
        del os.environ["QT_SCALE_FACTOR"]
        if twice.exitcode:
            raise TourError("The pictures at 2× were not taken.")
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures and {len(list(folder.glob('*.pdf')))} papers in {folder}\n")
