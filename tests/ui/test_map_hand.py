"""Placing by hand on the body map: many needles at once, lasso, brush, pen, touch and keys; and what is painted beside the needles."""

from datetime import timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, MOXA, Adjunct, Spot
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Mishap, Needle, Side
from neuro_chart.ui.map_adjuncts import LETTERS
from neuro_chart.ui.map_marks import Stage
from neuro_chart.ui.map_tools import Tool

LEFT, SHIFT, CTRL, PLAIN = (
    Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier,
)  # fmt: skip


@pytest.fixture
def body(body):
    body.show_sheet("legs")
    return body


@pytest.fixture
def planned(body, library):
    """Shows needles in points of the left side: `planned("ST36", "SP9")`."""

    def show(*codes, side=Side.LEFT, **told):
        needles = [Needle("visit", library.atlas.point_sites(code)[side], code, **told) for code in codes]
        body.show_needles(needles, now())
        return needles

    return show


def seen(body, needle, panel=None):
    """Where a needle shows, in pixels of the widget: in the front view of the legs, unless told."""
    index = next(index for index, each in enumerate(body.panels) if each.view.name == "front") if panel is None else panel
    found = next(each for each in body.seen_needles() if each.needle.id == needle.id and each.panel == index)
    return QPoint(round(found.x), round(found.y))


def drag(body, *places, modifiers=PLAIN):
    QTest.mousePress(body, LEFT, modifiers, places[0])
    for start, end in pairwise(places):
        for step in range(1, 9):
            QTest.mouseMove(body, start + (end - start) * step / 8)
    QTest.mouseRelease(body, LEFT, modifiers, places[-1])


def round_about(place, reach=14):
    return [place + QPoint(dx * reach, dy * reach) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]


def pen(body, kind, place, *, button=LEFT, pointer=QPointingDevice.PointerType.Pen):
    device = QPointingDevice(
        "pen", 7, QInputDevice.DeviceType.Stylus, pointer, QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 2,
        "", QPointingDeviceUniqueId.fromNumericId(1),
    )  # fmt: skip
    here, held = QPointF(place), Qt.MouseButton.NoButton if kind is QEvent.Type.TabletRelease else button
    event = QTabletEvent(kind, device, here, body.mapToGlobal(here), 0.6, 0, 0, 0, 0, 0, PLAIN, button, held)
    QApplication.sendEvent(body, event)


# Many at once


def test_with_shift_a_lasso_drawn_from_empty_ground_selects_beside_what_is_selected(body, planned, qtbot):
    one, two, three = planned("ST36", "SP9", "GB39")
    body.select([three.id])
    body.zoom_by(3, QPointF(seen(body, one)))
    view = body.camera.left, body.camera.zoom
    with qtbot.waitSignal(body.picked) as picked, qtbot.assertNotEmitted(body.placed):
        drag(body, *round_about(seen(body, one)), modifiers=SHIFT)
    assert picked.args == [frozenset({one.id, three.id})]
    assert (body.camera.left, body.camera.zoom) == view
    assert two.id not in body.selected


def test_the_lasso_tool_selects_by_a_finger_and_a_touch_adds_or_leaves_out(body, planned, qtbot):
    one, two, _ = planned("ST36", "LR3", "GB39")
    qtbot.keyClick(body, Qt.Key.Key_S)
    assert body.tools.held is Tool.LASSO
    assert "Draw round" in body.tools.words()
    screen = QTest.createTouchDevice()
    path = round_about(seen(body, one))
    with qtbot.assertNotEmitted(body.placed):
        QTest.touchEvent(body, screen).press(0, path[0]).commit()
        for start, end in pairwise(path):
            for step in range(1, 5):
                QTest.touchEvent(body, screen).move(0, start + (end - start) * step / 4).commit()
        QTest.touchEvent(body, screen).release(0, path[-1]).commit()
        assert body.selected == {one.id}
        QTest.mouseClick(body, LEFT, PLAIN, seen(body, two))
        assert body.selected == {one.id, two.id}
        QTest.mouseClick(body, LEFT, PLAIN, seen(body, one))
        assert body.selected == {two.id}
        qtbot.keyClick(body, Qt.Key.Key_Escape)
    assert body.tools.held is Tool.HAND
    assert body.selected == {two.id}


def test_a_finger_places_a_needle_and_takes_one_up(body, planned, library, qtbot):
    (one,) = planned("ST36")
    place, screen = seen(body, one), QTest.createTouchDevice()

    def touch():
        QTest.touchEvent(body, screen).press(0, place + QPoint(5, 5)).commit()
        QTest.touchEvent(body, screen).release(0, place + QPoint(5, 5)).commit()

    with qtbot.waitSignal(body.picked) as picked:
        touch()
    assert picked.args == [frozenset({one.id})]
    body.show_needles([], now())
    with qtbot.waitSignal(body.placed) as placed:
        touch()
    assert placed.args == [library.atlas.point_sites("ST36")[Side.LEFT], "ST36"]


def test_with_shift_or_ctrl_a_click_adds_a_needle_and_never_places_one(body, planned, qtbot):
    one, two = planned("ST36", "GB39")
    for needle, modifier in ((one, SHIFT), (two, CTRL)):
        QTest.mouseClick(body, LEFT, modifier, seen(body, needle))
    assert body.selected == {one.id, two.id}
    with qtbot.assertNotEmitted(body.placed):
        QTest.mouseClick(body, LEFT, CTRL, seen(body, one) + QPoint(0, 40))
        QTest.mouseClick(body, LEFT, SHIFT, seen(body, one) + QPoint(0, 40))
    assert body.selected == {one.id, two.id}


def test_a_selected_group_is_dragged_as_one(body, planned, qtbot):
    one, two, three = planned("ST36", "SP9", "GB39")
    body.select([one.id, two.id])
    start = seen(body, one)
    with qtbot.waitSignal(body.moved) as moved:
        drag(body, start, start + QPoint(0, 24))
    told = {needle_id: (site, code) for needle_id, site, code in moved.args[0]}
    assert told.keys() == {one.id, two.id}
    down = [needle.site.y - told[needle.id][0].y for needle in (one, two)]
    assert down[0] == pytest.approx(24 / body.camera.zoom, rel=0.1)
    assert down[1] == pytest.approx(down[0], rel=0.1)
    assert {code for _, code in told.values()} == {""}  # neither is at its point any more
    assert three.id not in told


def test_a_group_is_not_dropped_where_one_of_it_would_leave_the_skin(body, planned, qtbot):
    one, two = planned("ST36", "SP9")
    body.select([one.id, two.id])
    start = seen(body, one)
    with qtbot.assertNotEmitted(body.moved):
        drag(body, start, start + QPoint(0, 30), start + QPoint(25, 30))


# By keyboard alone


@pytest.mark.parametrize(("modifier", "far"), [(PLAIN, 0.01), (SHIFT, 0.05)])
def test_the_arrows_move_all_that_are_selected(body, planned, qtbot, modifier, far):
    needles = planned("ST36", "GB39")
    body.select(needle.id for needle in needles)
    with qtbot.waitSignal(body.moved) as moved:
        qtbot.keyClick(body, Qt.Key.Key_Down, modifier)
    assert [needle.site.y - site.y for (_, site, _), needle in zip(moved.args[0], needles, strict=True)] == pytest.approx(
        [far] * 2, abs=0.004
    )
    assert [code for _, _, code in moved.args[0]] == ["ST36", "GB39"]


def test_ctrl_a_selects_all_and_m_wants_them_mirrored(body, planned, qtbot):
    needles = planned("ST36", "SP9", "LI4")
    with qtbot.assertNotEmitted(body.mirror_wanted):
        qtbot.keyClick(body, Qt.Key.Key_M)
    qtbot.keyClick(body, Qt.Key.Key_A, CTRL)
    assert body.selected == {needle.id for needle in needles}
    with qtbot.waitSignal(body.mirror_wanted):
        qtbot.keyClick(body, Qt.Key.Key_M)


def test_n_and_p_walk_from_needle_to_needle_over_the_sheets(body, planned, qtbot):
    one, two, three = planned("ST36", "LI4", "SP9")
    qtbot.keyClick(body, Qt.Key.Key_N)
    assert body.selected == {one.id}
    with qtbot.waitSignal(body.hovered, check_params_cb=lambda words: words.startswith("LI4")):
        qtbot.keyClick(body, Qt.Key.Key_N)
    assert body.selected == {two.id}
    assert two not in body.unseen()
    qtbot.keyClick(body, Qt.Key.Key_N, SHIFT)
    assert body.selected == {two.id, three.id}
    qtbot.keyClick(body, Qt.Key.Key_P)
    qtbot.keyClick(body, Qt.Key.Key_P)
    assert body.selected == {one.id}


def test_a_needle_is_placed_and_picked_at_the_cursor(body, planned, qtbot):
    body.show_sheet("body")
    qtbot.keyClick(body, Qt.Key.Key_Space)
    assert body.keys.cursor is not None
    with qtbot.waitSignal(body.placed) as placed:
        qtbot.keyClick(body, Qt.Key.Key_Return)
    site, code = placed.args
    body.show_needles([Needle("visit", site, code)], now())
    with qtbot.waitSignal(body.hovered, check_params_cb=bool):
        qtbot.keyClick(body, Qt.Key.Key_Down)
    qtbot.keyClick(body, Qt.Key.Key_Up)
    with qtbot.waitSignal(body.picked), qtbot.assertNotEmitted(body.placed):
        qtbot.keyClick(body, Qt.Key.Key_Space)
    qtbot.keyClick(body, Qt.Key.Key_Escape)
    assert body.keys.cursor is None
    assert body.selected
    qtbot.keyClick(body, Qt.Key.Key_Escape)
    assert not body.selected


def test_the_cursor_never_leaves_the_sight(body, qtbot):
    body.zoom_by(4)
    qtbot.keyClick(body, Qt.Key.Key_Space)
    left = body.camera.left
    for _ in range(30):
        qtbot.keyClick(body, Qt.Key.Key_Right, SHIFT)
    assert body.camera.left > left
    assert body.rect().contains(body.keys.cursor.toPoint())


def test_a_map_that_is_only_looked_at_changes_nothing_by_keys(body, planned, qtbot):
    planned("ST36", "SP9")
    body.set_read_only(True)
    wanted = (body.placed, body.moved, body.mirror_wanted, body.removal_wanted)
    told = []
    for signal in wanted:
        signal.connect(lambda *_: told.append(1))
    qtbot.keyClick(body, Qt.Key.Key_A, CTRL)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_M, Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Space):
        qtbot.keyClick(body, key)
    assert not told


# The pen


def test_the_pen_places_and_drags_and_its_eraser_takes_off(body, planned, library, qtbot):
    (one,) = planned("ST36")
    place = seen(body, one)
    body.show_needles([], now())
    with qtbot.waitSignal(body.placed) as placed:
        pen(body, QEvent.Type.TabletPress, place + QPoint(2, 2))
        pen(body, QEvent.Type.TabletRelease, place + QPoint(2, 2))
    assert placed.args[1] == "ST36"
    body.show_needles([one], now())
    with qtbot.waitSignal(body.moved):
        pen(body, QEvent.Type.TabletPress, place)
        for down in range(4, 44, 4):
            pen(body, QEvent.Type.TabletMove, place + QPoint(0, down))
        pen(body, QEvent.Type.TabletRelease, place + QPoint(0, 40))
    eraser = QPointingDevice.PointerType.Eraser
    with qtbot.waitSignals([body.picked, body.removal_wanted]):
        pen(body, QEvent.Type.TabletPress, place, pointer=eraser)
        pen(body, QEvent.Type.TabletRelease, place, pointer=eraser)


def test_a_palm_beside_the_pen_does_nothing(body, planned, qtbot):
    (one,) = planned("ST36")
    place = seen(body, one)
    with qtbot.assertNotEmitted(body.placed):
        pen(body, QEvent.Type.TabletPress, place)
        screen = QTest.createTouchDevice()
        QTest.touchEvent(body, screen).press(0, place + QPoint(0, 60)).commit()
        QTest.touchEvent(body, screen).release(0, place + QPoint(0, 60)).commit()
        pen(body, QEvent.Type.TabletRelease, place)
    assert body.selected == {one.id}


# The brush


def test_a_stroke_is_drawn_on_the_skin_and_escape_ends(body, planned, qtbot):
    (one,) = planned("ST36")
    strokes, start = [], seen(body, one)
    body.tools.begin_drawing(strokes.append)
    assert "Draw on the skin" in body.tools.words()
    with qtbot.assertNotEmitted(body.placed), qtbot.assertNotEmitted(body.moved):
        drag(body, start, start + QPoint(0, 60))
    (stroke,) = strokes
    assert len(stroke) > 4
    assert all(site.side is Side.LEFT and "leg" in site.region for site in stroke)
    assert stroke[0].y - stroke[-1].y == pytest.approx(60 / body.camera.zoom, rel=0.1)
    QTest.mouseClick(body, LEFT, PLAIN, start + QPoint(2, 2))
    assert strokes[1] == (one.site,)
    qtbot.keyClick(body, Qt.Key.Key_Escape)
    assert body.tools.held is Tool.HAND
    drag(body, start + QPoint(0, 30), start + QPoint(0, 60))
    assert len(strokes) == 2


def test_by_keys_the_brush_touches_the_place_at_the_cursor(body, qtbot):
    body.show_sheet("body")
    strokes = []
    body.tools.begin_drawing(strokes.append)
    qtbot.keyClick(body, Qt.Key.Key_Space)
    assert not strokes
    qtbot.keyClick(body, Qt.Key.Key_Space)
    assert [len(stroke) for stroke in strokes] == [1]


# What is painted


def test_ghosts_show_what_would_be_placed_and_tell_what_is_out_of_sight(body, library):
    bare = body.grab().toImage()
    leg, hand = ((library.atlas.point_sites(code)[Side.LEFT], code) for code in ("ST36", "LI4"))
    body.show_ghosts((leg, hand))
    assert body.grab().toImage() != bare
    assert body.unseen_ghosts() == [hand]
    assert "not yet charted: ST36 L, LI4 L" in body.accessibleDescription()
    body.show_ghosts(())
    assert body.grab().toImage() == bare
    assert "not yet charted" not in body.accessibleDescription()


def test_a_lead_shows_where_both_its_needles_are_seen_and_looks_otherwise_when_it_runs(body, planned):
    one, two = planned("ST36", "GB39")
    bare = body.grab().toImage()
    lead = Adjunct("visit", ELECTRO, pairs=((one.id, two.id),))
    body.show_adjuncts([lead])
    quiet = body.grab().toImage()
    body.show_adjuncts([Adjunct("visit", ELECTRO, pairs=lead.pairs, started=now())])
    running = body.grab().toImage()
    outer = next(index for index, panel in enumerate(body.panels) if panel.view.name == "leg-outer-left")
    middle = (seen(body, one, outer) + seen(body, two, outer)) / 2
    around = [(image.copy(middle.x() - 40, middle.y() - 10, 80, 20)) for image in (bare, quiet, running)]
    assert around[0] != around[1] != around[2]
    inner = next(body.frame(panel).toRect() for panel in body.panels if panel.view.name == "leg-inner-right")
    assert bare.copy(inner) == running.copy(inner)
    assert "Electro-stimulation" in body.accessibleDescription()


def test_a_lead_to_a_needle_out_of_sight_ends_in_a_stub(body, planned):
    one, two = planned("ST36", "LI4")
    bare = body.grab().toImage()
    body.show_adjuncts([Adjunct("visit", ELECTRO, pairs=((one.id, two.id),))])
    assert body.grab().toImage() != bare


def test_places_and_strokes_show_in_the_views_that_see_them(body, library):
    front = next(panel for panel in body.panels if panel.view.name == "front")
    site = library.atlas.point_sites("ST36")[Side.LEFT]
    x, y = front.view.place_of(site)
    stroke = tuple(front.view.site_at(x, y + 6 * step) for step in range(20))
    back = next(body.frame(panel).toRect() for panel in body.panels if panel.view.name == "back")
    bare = body.grab().toImage()
    pictures = []
    for adjunct in (
        Adjunct("v", MOXA, spots=(Spot(site, "ST36"),)),
        Adjunct("v", CUPPING, spots=(Spot(site),)),
        Adjunct("v", CUPPING, strokes=(stroke,)),
    ):
        body.show_adjuncts([adjunct])
        pictures.append(body.grab().toImage())
        assert pictures[-1].copy(back) == bare.copy(back)
    pictures.append(bare)
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[:place])


def test_the_letters_on_the_skin_are_those_of_the_menu(library):
    assert {name: kind.letter for name, kind in library.adjuncts.items()} == dict(LETTERS)


def test_every_turn_of_a_needles_life_is_told_in_words_and_looks_its_own_way(body, planned):
    moment = now()
    told = {
        Stage.COPIED: {"copied": True},
        Stage.PLANNED: {},
        Stage.IN: {"inserted": moment},
        Stage.PAUSED: {"inserted": moment, "paused": moment},
        Stage.OVERDUE: {"inserted": moment - timedelta(minutes=40)},
        Stage.UNCOUNTED: {"inserted": moment, "removed": moment, "counted": False},
        Stage.OUT: {"inserted": moment, "removed": moment},
    }
    assert set(told) == set(Stage)
    pictures = []
    for stage, values in told.items():
        (one,) = planned("ST36", **values)
        place = seen(body, one)
        pictures.append(body.grab().toImage().copy(place.x() - 12, place.y() - 12, 24, 24))
        assert f"ST36 left, {stage}" in body.accessibleDescription()
    assert all(one != other for index, one in enumerate(pictures) for other in pictures[:index])
    (bent,) = planned("ST36", inserted=moment, mishap=Mishap.BENT)
    place = seen(body, bent)
    assert body.grab().toImage().copy(place.x() - 12, place.y() - 12, 24, 24) != pictures[2]
    assert "in, bent" in body.accessibleDescription()


def test_what_is_selected_is_said(body, planned):
    one, _ = planned("ST36", "SP9")
    body.select([one.id])
    assert "1 selected: ST36 L" in body.accessibleDescription()


# On the visit page, into the vault and back


def stored(page):
    return page.treatment.chart.records.visit(page.treatment.visit.id).needles


def test_a_treatment_is_placed_by_hand_and_each_step_is_undone(page, library, qtbot):
    stack, body = page.treatment.stack, page.map
    page.treatment.place(library.atlas.point_sites("ST36")[Side.LEFT], "ST36")
    qtbot.keyClick(body, Qt.Key.Key_M)
    assert {(needle.point, needle.site.side) for needle in stored(page)} == {("ST36", Side.LEFT), ("ST36", Side.RIGHT)}
    qtbot.keyClick(body, Qt.Key.Key_A, CTRL)
    before = [needle.site for needle in stored(page)]
    qtbot.keyClick(body, Qt.Key.Key_Up, SHIFT)
    assert [now.y - then.y for now, then in zip((n.site for n in stored(page)), before, strict=True)] == pytest.approx([0.05] * 2, abs=0.01)
    qtbot.keyClick(body, Qt.Key.Key_Delete)
    assert stored(page) == []
    stack.undo()
    stack.undo()
    assert [needle.site for needle in stored(page)] == before
    stack.undo()
    assert len(stored(page)) == 1
    stack.undo()
    assert stored(page) == []


def test_list_and_map_are_one_selection_and_the_lasso_makes_it(page, library, qtbot):
    for code in ("ST36", "SP9"):
        page.treatment.place(library.atlas.point_sites(code)[Side.LEFT], code)
    page.map_card.show_sheet("legs")
    first = next(needle for needle in page.map.needles if needle.point == "ST36")
    page.map.zoom_by(2.5, QPointF(seen(page.map, first)))
    qtbot.keyClick(page.map, Qt.Key.Key_S)
    drag(page.map, *round_about(seen(page.map, first), 60))
    qtbot.keyClick(page.map, Qt.Key.Key_Escape)
    both = {needle.id for needle in stored(page)}
    assert page.treatment.selected == page.map.selected == both
    qtbot.keyClick(page.map, Qt.Key.Key_N)
    assert len(page.treatment.selected) == 1


def test_by_keyboard_alone_a_needle_is_placed_from_the_page(page, qtbot):
    page.map.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.map, Qt.Key.Key_Space)
    qtbot.keyClick(page.map, Qt.Key.Key_Space)
    assert len(stored(page)) >= 1
    assert page.treatment.selected == {needle.id for needle in stored(page)}
