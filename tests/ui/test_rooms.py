"""Rooms: four rooms run from one page, by touch and by keys; and the strip that sums them up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import ELECTRO, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.room_card import MIME
from neuro_chart.ui.theme import apply_theme

NAMES = (("Rosa", "Delgado"), ("Samir", "Khoury"), ("Ana", "Ortiz"), ("Zoë", "Nguyễn"))


@pytest.fixture
def start(window, library):
    """Starts a visit: `start(number of the patient, room, minutes since insertion or None)`; returns its id."""

    def started(number, room="", minutes_ago=None, *more):
        records = window.chart.records
        patient = Patient(*NAMES[number])
        window.chart.act(lambda: records.save_patient(patient))
        visit = Visit(patient.id, records.practitioner().id, room=room)
        window.chart.act(lambda: records.start_visit(visit))
        sites = [(code, site) for code in ("ST36", "SP6") for site in library.atlas.point_sites(code).values()]
        needles = [Needle(visit.id, site, code, position=at) for at, (code, site) in enumerate(sites)]
        if minutes_ago is not None:
            needles = treating.insert(needles, now() - timedelta(minutes=minutes_ago))
        window.chart.act(lambda: records.treat(visit.id, [*needles, *(replace(each, visit_id=visit.id) for each in more)]))
        return visit.id

    return started


@pytest.fixture
def rooms(window):
    window.show_page("rooms")
    return window.rooms


@pytest.fixture
def look(qapp):
    """The program's look, whose sizes are measured."""
    apply_theme(qapp, "light")
    yield
    qapp.setStyleSheet("")


def stored(window, visit_id):
    return window.chart.records.visit(visit_id)


def key(window, pressed, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window.windowHandle(), pressed, modifiers)


def test_an_empty_page_tells_what_stands_here_and_leads_to_the_patients(window, rooms):
    assert any("No visit is in progress" in made.text() for made in rooms.findChildren(QLabel) if made.isVisible())
    key(window, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.patients


def test_every_visit_in_progress_stands_in_its_room_with_needles_in_and_the_clock_that_ends_next(window, start, rooms):
    first = start(0, "Room 1", 6, Adjunct("", ELECTRO, minutes=20, started=now() - timedelta(minutes=6)))
    second = start(1, "Room 2", 31)
    third = start(2)
    assert [card.visit.id for card in rooms.frames["Room 1"].cards] == [first]
    assert [card.visit.id for card in rooms.frames[""].cards] == [third]
    assert not rooms.frames["Room 3"].cards
    card, late, planned = rooms.cards[first], rooms.cards[second], rooms.cards[third]
    assert (card.count.text, card.clock.state) == ("4", "running")
    assert card.clock.text.startswith(("14:0", "13:5"))
    assert "Electro-stimulation 14 min" in card.beside.words
    assert late.clock.text.startswith("+1:0")
    assert late.clock.state == "over"
    assert "4 planned" in planned.count_words.text()
    assert planned.insert.text() == "Insert 4"


def test_a_clock_that_stands_says_so_in_a_shape_of_its_own(window, start, rooms):
    visit_id = start(0, "Room 1", 10, Adjunct("", ELECTRO, minutes=20, started=now() - timedelta(minutes=30)))
    visit = stored(window, visit_id)
    still = treating.pause([*visit.needles, *visit.adjuncts], now())
    window.chart.act(lambda: window.chart.records.treat(visit_id, still))
    card = rooms.cards[visit_id]
    assert card.clock.state == "paused"
    assert card.clock_words.text() == "stands still"
    assert card.beside.words == "Electro-stimulation stands still"
    assert "‖" in window.strip.words


def test_what_is_over_looks_different_in_shape_and_not_in_colour_alone(window, start, rooms):
    running, late = rooms_of = (start(0, "Room 1", 5), start(1, "Room 2", 31))
    plain, over = (rooms.cards[each].clock.grab().toImage() for each in rooms_of)
    middle = plain.height() // 2

    def ink(image):
        ground = image.pixelColor(0, 0)
        return sum(image.pixelColor(x, middle) != ground for x in range(image.width())) / image.width()

    assert ink(over) > 2 * ink(plain)  # a full box, where the other is digits on the card's own ground
    assert rooms.cards[late].property("over") == "true"
    assert rooms.cards[running].property("over") == "false"


def test_one_touch_inserts_and_says_how_many_are_in(window, start, rooms):
    visit_id = start(0, "Room 1")
    QTest.mouseClick(rooms.cards[visit_id].insert, Qt.MouseButton.LeftButton)
    assert stored(window, visit_id).count.inside == 4
    assert rooms.cards[visit_id].count.text == "4"
    assert not rooms.cards[visit_id].insert.isEnabled()


def test_one_touch_pulls_everything_and_the_count_stays_open(window, start, rooms):
    visit_id = start(0, "Room 1", 6, Adjunct("", ELECTRO, minutes=20, started=now()))
    QTest.mouseClick(rooms.cards[visit_id].pull, Qt.MouseButton.LeftButton)
    visit = stored(window, visit_id)
    assert (visit.count.inside, visit.count.uncounted) == (0, 4)
    assert not any(each.is_running for each in visit.adjuncts)
    assert "4 to count out" in rooms.cards[visit_id].uncounted.text()
    assert rooms.cards[visit_id].uncounted.isVisible()


def test_what_is_done_here_is_undone_by_the_undo_key_and_done_again(window, start, rooms):
    visit_id = start(0, "Room 1", 6)
    rooms.cards[visit_id].setFocus()
    key(window, Qt.Key.Key_P)
    assert stored(window, visit_id).count.inside == 0
    key(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stored(window, visit_id).count == replace(stored(window, visit_id).count, planned=0, inside=4, out=0, uncounted=0)
    key(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert stored(window, visit_id).count.uncounted == 4


def test_what_was_done_elsewhere_since_is_not_undone_along_with_it(window, start, rooms):
    visit_id = start(0, "Room 1", 6)
    rooms.pull(visit_id)
    counted = treating.count_out(stored(window, visit_id).needles)
    window.chart.act(lambda: window.chart.records.treat(visit_id, counted))
    key(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stored(window, visit_id).count.out == 4


def test_four_rooms_are_run_by_keys_alone(qtbot, window, start, rooms):
    ids = [start(0, "Room 1"), start(1, "Room 2", 31), start(2, "Room 3", 5), start(3, "Room 4", 3)]
    key(window, Qt.Key.Key_1)
    assert window.focusWidget() is rooms.cards[ids[0]]
    key(window, Qt.Key.Key_I)
    assert stored(window, ids[0]).count.inside == 4
    key(window, Qt.Key.Key_Right)
    assert window.focusWidget() is rooms.cards[ids[1]]
    window.ticker.tick()
    assert rooms.cards[ids[1]].quiet.isVisible()
    key(window, Qt.Key.Key_M)
    assert {needle.retention for needle in stored(window, ids[1]).needles} == {35}
    assert not rooms.cards[ids[1]].quiet.isVisible()
    assert rooms.cards[ids[1]].clock.state == "running"
    key(window, Qt.Key.Key_Down)
    assert window.focusWidget() is rooms.cards[ids[3]]
    key(window, Qt.Key.Key_Left)
    key(window, Qt.Key.Key_P)
    assert stored(window, ids[2]).count.uncounted == 4
    key(window, Qt.Key.Key_Up)
    assert window.focusWidget() is rooms.cards[ids[0]]
    key(window, Qt.Key.Key_4)
    assert window.focusWidget() is rooms.cards[ids[3]]


def test_a_visit_is_put_into_a_room_by_key_by_menu_and_by_dragging(window, start, rooms):
    visit_id = start(0)
    rooms.cards[visit_id].setFocus()
    key(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert stored(window, visit_id).room == "Room 3"
    assert window.focusWidget() is rooms.cards[visit_id]
    key(window, Qt.Key.Key_R)
    menu = next(each for each in window.findChildren(QMenu) if each.isVisible())
    next(action for action in menu.actions() if action.text().startswith("Room 2")).trigger()
    menu.close()
    assert stored(window, visit_id).room == "Room 2"
    carried = QMimeData()
    carried.setData(MIME, visit_id.encode())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(20, 20), Qt.DropAction.MoveAction, carried, left, none)
    QApplication.sendEvent(rooms.frames["Room 4"], enter)
    assert enter.isAccepted()
    QApplication.sendEvent(rooms.frames["Room 4"], QDropEvent(QPointF(20, 20), Qt.DropAction.MoveAction, carried, left, none))
    assert stored(window, visit_id).room == "Room 4"
    key(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stored(window, visit_id).room == "Room 2"


def test_a_room_is_renamed_in_place_and_its_visits_stay_in_it(window, start, rooms):
    visit_id = start(0, "Room 2", 5)
    rooms.cards[visit_id].setFocus()
    key(window, Qt.Key.Key_F2)
    for letter in "Garden\r":
        QTest.keyClick(window.windowHandle(), letter)
    assert window.chart.records.practice().rooms == ("Room 1", "Garden", "Room 3", "Room 4")
    assert stored(window, visit_id).room == "Garden"
    assert [card.visit.id for card in rooms.frames["Garden"].cards] == [visit_id]


def test_two_rooms_never_have_one_name(window, start, rooms):
    start(0, "Room 2", 5)
    line = rooms.frames["Room 2"].name
    line.setText("Room 3")
    line.editingFinished.emit()
    assert window.chart.records.practice().rooms == ("Room 1", "Room 2", "Room 3", "Room 4")
    assert "already" in window.banner.text
    assert line.text() == "Room 2"


def test_a_visit_in_a_room_that_was_taken_away_is_still_in_sight(window, start, rooms):
    visit_id = start(0, "Attic", 5)
    assert [card.visit.id for card in rooms.frames["Attic"].cards] == [visit_id]


def test_enter_opens_the_visit_and_a_look_at_it_makes_it_quiet(window, start, rooms):
    visit_id = start(0, "Room 1", 31)
    window.ticker.tick()
    assert window.ticker.unseen == {visit_id}
    rooms.cards[visit_id].setFocus()
    key(window, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.patient
    assert window.patient.patient.name == "Rosa Delgado"
    assert not window.ticker.unseen


def test_the_strip_sums_up_all_rooms_and_tells_each_of_them(window, start):
    start(0, "Room 1", 6)
    start(1, "Room 2", 31)
    assert window.strip.sum.text() == "2 rooms · 8 in · ◆ 1 over"
    assert "Room 1   RD   4 in   2" in window.strip.words
    assert "◆ Room 2   SK   4 in   +1:0" in window.strip.words
    QTest.mouseClick(window.strip.sum, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.rooms


def test_one_key_makes_all_rooms_quiet_from_any_page(window, start):
    start(0, "Room 1", 31)
    window.ticker.tick()
    assert window.strip.quiet.isVisible()
    key(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert not window.ticker.unseen
    assert not window.strip.quiet.isVisible()


def texts(page):
    found = [made.text() for made in page.findChildren(QLabel)] + [made.text() for made in page.findChildren(QAbstractButton)]
    return " ".join([*found, *(child.accessibleName() for child in page.findChildren(QLabel) + page.findChildren(QAbstractButton))])


def test_with_privacy_on_no_name_stands_on_any_page_that_others_see(window, start, rooms):
    visit_id = start(0, "Room 1", 6)
    window.open_visit(stored(window, visit_id).patient_id, visit_id)
    window.show_page("rooms")
    assert "Delgado" in texts(window.rooms)
    key(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert "Delgado" not in texts(rooms)
    assert "Delgado" not in rooms.cards[visit_id].accessibleName()
    assert "RD" in texts(rooms)
    window.show_page("today")
    assert "Delgado" not in texts(window.today)
    assert "Rosa" not in texts(window.strip)
    window.show_page("patient")
    assert window.patient.head.name.text() == "RD"
    window.show_page("rooms")
    QTest.mouseClick(rooms.names, Qt.MouseButton.LeftButton)
    assert "Delgado" in texts(rooms)


def test_each_room_reads_with_a_screen_reader_and_is_large_enough_to_touch(look, window, start, rooms):
    visit_id = start(0, "Room 1", 6)
    card = rooms.cards[visit_id]
    assert card.accessibleName() == "Rosa Delgado: Room 1, 4 in, 24 minutes left"
    for made in [*card.findChildren(QAbstractButton), rooms.names, rooms.frames["Room 2"].free]:
        if made.isVisible():
            assert made.height() >= 40
            assert made.accessibleName() or made.text()
            assert made.toolTip()


def test_every_key_of_the_page_is_an_action_that_the_palette_offers(rooms):
    keys = {action.shortcut().toString() for action in rooms.findChildren(QAction)}
    assert {"I", "M", "P", "Q", "R", "F2", "1", "9", "Ctrl+1", "Ctrl+0"} <= keys


def test_eight_visits_fit_into_the_window_and_more_rooms_scroll(qtbot, look, window, start, rooms, library):
    practice = window.chart.records.practice()
    names = tuple(f"Room {number}" for number in range(1, 21))
    window.chart.act(lambda: window.chart.records.save_practice(replace(practice, rooms=names[:8])))
    for number in range(8):
        start(number % 4, names[number], 5)
    qtbot.waitUntil(lambda: rooms._area.verticalScrollBar().maximum() == 0)
    assert window.width() == 1366
    window.chart.act(lambda: window.chart.records.save_practice(replace(practice, rooms=names)))
    qtbot.waitUntil(lambda: rooms._area.verticalScrollBar().maximum() > 0)
