"""The body map under the hand: points, skin, needles, zoom; and the layout behind it."""

from datetime import timedelta
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Side, now
from neuro_chart.resources import resource
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.map_labels import Box, nearest, place_labels
from neuro_chart.ui.map_layout import SHEETS, lay_out
from neuro_chart.ui.map_marks import Stage, stage


@pytest.fixture(scope="module")
def library():
    return Library(resource())


@pytest.fixture
def body(library, qtbot):
    shown = BodyMap(library.atlas, library.catalogue)
    qtbot.addWidget(shown)
    shown.resize(620, 560)
    shown.show()
    return shown


def needle(library, code, side=Side.LEFT, **told):
    return Needle("visit", library.atlas.point_sites(code)[side], code, **told)


def where(body, a_needle):
    """Where a needle shows first, in pixels of the widget."""
    body.show_needles([a_needle], now())
    spot = body._place()[0]
    return QPoint(round(spot.x), round(spot.y))


def boxes_of(body):
    """Where the words stand that the map shows, in pixels of the widget."""
    places = ((word, body.camera.to_widget(word.x, word.y)) for word in [*words_of(body).over, *words_of(body).others])
    return [Box(x + word.dx, y + word.dy, word.width, word.height) for word, (x, y) in places]


def words_of(body):
    body.settle()
    body.grab()
    return body._scene._lettering


def test_a_click_near_a_point_places_a_needle_on_it(body, library, qtbot):
    place = where(body, needle(library, "ST36"))
    body.show_needles([], now())
    with qtbot.waitSignal(body.placed) as placed:
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=place + QPoint(2, -2))
    site, code = placed.args
    assert code == "ST36"
    assert site == library.atlas.point_sites("ST36")[Side.LEFT]


def test_with_alt_the_needle_goes_exactly_where_the_skin_was_clicked(body, library, qtbot):
    place = where(body, needle(library, "ST36")) + QPoint(3, 3)
    body.show_needles([], now())
    with qtbot.waitSignal(body.placed) as placed:
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, place)
    site, code = placed.args
    assert code == ""
    assert site.side is Side.LEFT
    assert "lower leg" in site.region or "knee" in site.region


def test_nothing_is_placed_beside_the_body_or_when_it_is_read_only(body, library, qtbot):
    place = where(body, needle(library, "ST36"))
    body.show_needles([], now())
    with qtbot.assertNotEmitted(body.placed):
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        body.set_read_only(True)
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=place)


def test_a_map_that_is_only_looked_at_tells_which_point_was_clicked(body, library, qtbot):
    place = where(body, needle(library, "ST36"))
    body.show_needles([], now())
    body.set_read_only(True)
    with qtbot.waitSignal(body.point_chosen) as chosen, qtbot.assertNotEmitted(body.placed):
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=place + QPoint(2, -2))
    assert chosen.args == ["ST36", library.atlas.point_sites("ST36")[Side.LEFT]]
    with qtbot.assertNotEmitted(body.point_chosen):
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))


def test_a_marked_point_is_ringed_where_it_shows(body, library):
    bare = body.grab().toImage()
    body.mark("ST36", library.atlas.point_sites("ST36")[Side.LEFT])
    ringed = body.grab().toImage()
    body.mark("")
    assert ringed != bare
    assert body.grab().toImage() == bare


def test_a_click_on_a_needle_picks_it_and_delete_wants_it_away(body, library, qtbot):
    one = needle(library, "ST36")
    place = where(body, one)
    with qtbot.waitSignal(body.picked) as picked:
        qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=place)
    assert picked.args == [frozenset({one.id})]
    with qtbot.waitSignal(body.removal_wanted):
        qtbot.keyClick(body, Qt.Key.Key_Delete)


def test_dragging_a_needle_moves_it_and_it_snaps_to_a_point(body, library, qtbot):
    target = where(body, needle(library, "SP9"))
    one = needle(library, "ST36")
    place = where(body, one)
    qtbot.mousePress(body, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(body, (place + target) / 2)
    qtbot.mouseMove(body, target)
    with qtbot.waitSignal(body.moved) as moved:
        qtbot.mouseRelease(body, Qt.MouseButton.LeftButton, pos=target)
    ((needle_id, site, code),) = moved.args[0]
    assert (needle_id, code) == (one.id, "SP9")
    assert site == library.atlas.point_sites("SP9")[Side.LEFT]


def test_arrows_move_the_selected_needle_by_a_millimetre(body, library, qtbot):
    one = needle(library, "ST36")
    body.show_needles([one], now())
    body.select([one.id])
    with qtbot.waitSignal(body.moved) as moved:
        qtbot.keyClick(body, Qt.Key.Key_Down)
    ((_, site, code),) = moved.args[0]
    assert one.site.y - site.y == pytest.approx(0.01, abs=0.002)
    assert code == "ST36"


def test_the_wheel_zooms_at_the_pointer_and_zero_fits_again(body, library, qtbot):
    place = where(body, needle(library, "ST36"))
    before = body.camera.zoom
    body.zoom_by(6, QPointF(place))
    after = where(body, needle(library, "ST36"))
    assert body.camera.zoom == pytest.approx(6 * before)
    assert (after - place).manhattanLength() <= 7  # whole pixels, six times as large
    qtbot.keyClick(body, Qt.Key.Key_0)
    assert body.camera.zoom == pytest.approx(before)


def test_hover_names_the_point_with_its_characters(body, library, qtbot):
    place = where(body, needle(library, "ST36"))
    body.show_needles([], now())
    with qtbot.waitSignal(body.hovered) as told:
        qtbot.mouseMove(body, place)
    assert "ST36 足三里 Zúsānlǐ" in told.args[0]


@pytest.mark.parametrize("key", list(SHEETS))
def test_each_sheet_shows_its_views_within_the_widget(body, key):
    body.show_sheet(key)
    assert len(body._panels) == len(SHEETS[key][1])
    frames = [body.frame(panel) for panel in body._panels]
    assert all(body.rect().adjusted(-1, -1, 1, 1).contains(frame.toRect()) for frame in frames)
    assert not any(a.intersects(b) for a, b in combinations(frames, 2))


def test_a_needle_shows_in_each_view_that_sees_it_and_the_map_turns_to_one(body, library):
    one = needle(library, "ST36")
    body.show_needles([one], now())
    body.show_sheet("legs")
    assert len(body._place()) >= 2
    body.show_sheet("hands")
    assert body.unseen() == [one]
    body.reveal(one)
    assert not body.unseen()


def test_stages_differ_in_shape_and_colour(body, library):
    moment = now()
    told = {
        Stage.PLANNED: {},
        Stage.IN: {"inserted": moment},
        Stage.OVERDUE: {"inserted": moment - timedelta(minutes=40)},
        Stage.OUT: {"inserted": moment - timedelta(minutes=40), "removed": moment},
    }
    pictures = []
    for expected, values in told.items():
        one = needle(library, "ST36", **values)
        assert stage(one, moment) is expected
        place = where(body, one)
        image = body.grab().toImage().copy(place.x() - 12, place.y() - 12, 24, 24)
        pictures.append(image)
        assert expected in body.accessibleDescription()
    for one, other in combinations(pictures, 2):
        assert one.convertToFormat(QImage.Format.Format_Grayscale8) != other.convertToFormat(QImage.Format.Format_Grayscale8)


def test_a_running_clock_turns_overdue_on_the_map_by_itself(body, library):
    moment = now()
    body.show_needles([needle(library, "ST36", inserted=moment)], moment)
    assert "overdue" not in body.accessibleDescription()
    body.tick(moment + timedelta(minutes=30))
    assert "overdue" in body.accessibleDescription()


def test_labels_never_collide(body, library):
    needles = [needle(library, code, side) for code in ("ST36", "SP9", "GB34", "ST37", "SP6", "GB39", "LR3", "GB41", "ST44", "LR2")
               for side in (Side.LEFT, Side.RIGHT)]  # fmt: skip
    body.show_needles(needles, now())
    body.grab()
    boxes = boxes_of(body)
    assert len(boxes) >= 8
    assert not any(a.meets(b) for a, b in combinations(boxes, 2))


def test_sheets_take_the_rows_that_make_them_largest():
    assert len({box.y for box in lay_out([(4, 16), (4, 16)], 600, 500).boxes}) == 1
    assert len({box.y for box in lay_out([(3, 4)] * 4, 500, 600).boxes}) == 2


def test_the_nearest_place_is_found_within_reach_only():
    places = [(0, 0), (10, 0), (30, 0)]
    assert nearest(places, 12, 0, 5) == 1
    assert nearest(places, 20, 0, 5) is None


def test_a_label_without_room_is_left_out():
    bounds = Box(0, 0, 40, 20)
    placed = place_labels([([(20, 10)], (80, 12))], [], bounds, lambda _: False)
    assert placed == [None]


def test_two_fingers_zoom_and_place_nothing(body, library, qtbot):
    middle = where(body, needle(library, "ST36"))
    body.show_needles([], now())
    before = body.camera.zoom
    screen = QTest.createTouchDevice()
    with qtbot.assertNotEmitted(body.placed):
        QTest.touchEvent(body, screen).press(0, middle - QPoint(20, 0)).press(1, middle + QPoint(20, 0)).commit()
        for reach in range(30, 160, 10):
            QTest.touchEvent(body, screen).move(0, middle - QPoint(reach, 0)).move(1, middle + QPoint(reach, 0)).commit()
        QTest.touchEvent(body, screen).release(0, middle - QPoint(150, 0)).release(1, middle + QPoint(150, 0)).commit()
    assert body.camera.zoom > 1.5 * before
    assert body._press is None


def test_the_arrows_move_a_selected_needle_and_the_body_where_none_is_in_sight(body, library, qtbot):
    placed = needle(library, "ST36")
    body.show_needles([placed], now())
    body.select([placed.id])
    with qtbot.waitSignal(body.moved) as moved:
        qtbot.keyClick(body, Qt.Key.Key_Up)
    ((moved_id, site, code),) = moved.args[0]
    assert (moved_id, code) == (placed.id, "ST36")
    assert site.y > placed.site.y
    body.show_sheet("head")
    body.zoom_by(2)
    before = body.camera.left
    with qtbot.assertNotEmitted(body.moved):
        qtbot.keyClick(body, Qt.Key.Key_Right)
    assert body.camera.left > before
