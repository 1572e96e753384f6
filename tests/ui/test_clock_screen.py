"""The clock on the whole screen, opened from a visit in the program's window."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui import privacy
from neuro_chart.ui.map_marks import Stage
from neuro_chart.ui.visit import VisitPage


@pytest.fixture
def begin(window, library):
    """Starts a visit of a new patient with ST36 in on both sides: `begin("Rosa", "Delgado", "Room 2")`."""

    def started(given, family, room):
        records = window.chart.records
        patient = Patient(given, family)
        window.chart.act(lambda: records.save_patient(patient))
        visit = Visit(patient.id, records.practitioner().id, room=room)
        visit.needles = [Needle(visit.id, site, "ST36", inserted=now()) for site in library.atlas.point_sites("ST36").values()]
        window.chart.act(lambda: records.start_visit(visit))
        return visit

    return started


@pytest.fixture
def visit(begin):
    return begin("Rosa", "Delgado", "Room 2")


@pytest.fixture
def page(window, visit):
    window.open_visit(visit.patient_id, visit.id)
    return window.findChild(VisitPage)


@pytest.fixture
def screen(page, qtbot):
    page.needles.face.click()
    qtbot.waitUntil(page.clock.isVisible)
    page.clock.activateWindow()
    qtbot.waitUntil(page.clock.isActiveWindow)
    yield page.clock
    page.clock.close()


def words(screen):
    return [shown.text() for kind in (QLabel, QPushButton) for shown in screen.findChildren(kind) if shown.isVisible()]


def test_a_touch_of_the_clock_fills_the_screen_and_escape_gives_it_back(page, screen, qtbot):
    assert screen.isFullScreen()
    assert screen.clock.told.time.startswith(("30:0", "29:5"))
    assert screen.count.text() == "2 in"
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert not screen.isVisible()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page, Qt.Key.Key_F11)
    assert screen.isVisible()
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    qtbot.keyClick(screen, Qt.Key.Key_F11)
    assert not screen.isVisible()


def test_the_patient_is_never_named(screen, settings):
    assert screen.where.text() == "Room 2 · RD"
    privacy.turn(settings, on=True)
    screen.tick(now())
    assert screen.where.text() == "Room 2"
    assert not any("Rosa" in text or "Delgado" in text for text in (*words(screen), screen.windowTitle(), screen.clock.accessibleName()))


def test_it_shows_what_else_runs(page, screen, visit):
    page.treatment.change("Leave one longer", [replace(page.treatment.needles[0], retention=40)])
    page.treatment.put_adjunct(Adjunct(visit.id, LAMP, minutes=15, started=now()))
    assert screen.others.isVisible()
    told = screen.others.accessibleName()
    assert told.startswith(("1 needle 40:0", "1 needle 39:5"))
    assert "Infrared lamp 1" in told


def test_it_gives_five_minutes_more_stands_and_pulls_all(page, screen, qtbot):
    assert not screen.undo.isVisible()
    page.treatment.select([page.treatment.needles[0].id])  # on the whole screen all are meant, whatever is selected on the page
    screen.longer.click()
    assert {needle.retention for needle in page.treatment.needles} == {35}
    qtbot.keyClick(screen, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert screen.clock.told.stage is Stage.PAUSED
    assert screen.words.text() == "Paused"
    screen.hold.click()
    assert screen.clock.told.stage is Stage.IN
    screen.pull.click()
    assert page.treatment.visit.count.uncounted == 2
    assert screen.clock.told.time == "2 to count"
    assert not screen.pull.isVisible()
    screen.undo.click()
    assert screen.count.text() == "2 in"
    screen.pull.click()
    screen.close()
    assert page.left.currentWidget() is page.counting


def test_overdue_is_another_shape_and_a_word(page, screen):
    page.treatment.change("Earlier", [replace(each, inserted=now() - timedelta(minutes=31)) for each in page.treatment.needles])
    assert screen.clock.told.stage is Stage.OVERDUE
    assert screen.words.text().startswith("2 overdue since")


def test_the_arrows_turn_between_the_visits_in_progress(page, screen, begin, visit, qtbot):
    assert not screen.after.isVisible()
    other = begin("Omar", "Haddad", "Room 3")
    assert screen.after.text() == "Room 3 · OH ›"
    qtbot.keyClick(screen, Qt.Key.Key_Right)
    assert page.treatment.visit.id == other.id
    assert screen.isVisible()
    assert screen.where.text() == "Room 3 · OH"
    screen.longer.click()
    assert {needle.retention for needle in page.treatment.needles} == {35}
    qtbot.keyClick(screen, Qt.Key.Key_Left)
    assert page.treatment.visit.id == visit.id
    assert {needle.retention for needle in page.treatment.needles} == {30}
    assert {needle.site.side for needle in page.treatment.needles} == {Side.LEFT, Side.RIGHT}


def test_with_the_window_the_clock_leaves_the_screen(window, screen):
    window.close()
    assert not screen.isVisible()
