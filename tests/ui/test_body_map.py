"""The body map under the hand: points, skin, needles, zoom; and the layout behind it."""

from datetime import timedelta
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSettings, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.ui.map_card import MapCard
from neuro_chart.ui.map_guide import MARKS, Guide
from neuro_chart.ui.map_keys import KEYS
from neuro_chart.ui.map_labels import Box, nearest, place_labels
from neuro_chart.ui.map_layers import FIELDS, Layers
from neuro_chart.ui.map_layout import SHEETS, lay_out
from neuro_chart.ui.map_marks import MARKER, Stage, short, stage
from neuro_chart.ui.map_ruler import in_words
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.map_words import leader_to, sized
from neuro_chart.ui.theme import CHANNELS


def needle(library, code, side=Side.LEFT, **told):
    return Needle("visit", library.atlas.point_sites(code)[side], code, **told)


def where(body, a_needle):
    """Where a needle shows first, in pixels of the widget."""
    body.show_needles([a_needle], now())
    spot = body.seen_needles()[0]
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
    assert len(body.panels) == len(SHEETS[key][1])
    frames = [body.frame(panel) for panel in body.panels]
    assert all(body.rect().adjusted(-1, -1, 1, 1).contains(frame.toRect()) for frame in frames)
    assert not any(a.intersects(b) for a, b in combinations(frames, 2))


def test_a_needle_shows_in_each_view_that_sees_it_and_the_map_turns_to_one(body, library):
    one = needle(library, "ST36")
    body.show_needles([one], now())
    body.show_sheet("legs")
    assert len(body.seen_needles()) >= 2
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
    assert not body.hand.is_down


def test_the_arrows_move_a_selected_needle_and_with_ctrl_the_body(body, library, qtbot):
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
        qtbot.keyClick(body, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert body.camera.left > before


@pytest.fixture
def card(library, qtbot, tmp_path):
    return a_card(library, qtbot, tmp_path)


def a_card(library, qtbot, folder):
    shown = MapCard(library, QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(shown)
    shown.resize(610, 620)
    shown.show()
    return shown


def drag(body, qtbot, start, end):
    qtbot.mousePress(body, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(body, (start + end) / 2)
    qtbot.mouseMove(body, end)
    qtbot.mouseRelease(body, Qt.MouseButton.LeftButton, pos=end)


def place_of(body, library, code, side=Side.LEFT):
    """Where a point shows on a sheet, in the first panel that does."""
    site = library.atlas.point_sites(code)[side]
    for panel in body.panels:
        place = panel.view.place_of(site)
        if place and panel.crop.holds(*place):
            x, y = body.camera.to_widget(*panel.to_sheet(*place))
            return QPoint(round(x), round(y))
    raise LookupError(code)


@pytest.mark.parametrize("key", list(SHEETS))
def test_on_a_small_laptop_every_view_has_its_title_and_no_two_touch(body, key):
    body.resize(560, 470)
    body.keep_corner(44, 126)
    body.show_sheet(key)
    metrics = QFontMetricsF(sized(body.font()))  # as the map writes them, whichever look another test has left behind
    titles = []
    for panel in body.panels:
        frame = body.frame(panel)
        wide = max(metrics.horizontalAdvance(line) for line in panel.caption.split("\n"))
        titles.append(Box(frame.center().x() - wide / 2, frame.bottom() + 4, wide, 16))
    assert all(panel.caption for panel in body.panels)
    assert not any(a.meets(b) for a, b in combinations(titles, 2))
    assert all(title.x >= 0 and title.x + title.width <= 560 and title.y + title.height <= 470 for title in titles)


@pytest.mark.parametrize("zoom", [1, 3, 8])
@pytest.mark.parametrize("key", ["body", "hands", "feet"])
def test_no_name_covers_another_or_a_needle(body, library, key, zoom):
    codes = ("ST36", "SP6", "LR3", "PC6", "LI4", "CV12", "GB41", "KI3")
    body.show_needles([needle(library, code, next(iter(library.atlas.point_sites(code)))) for code in codes], now())
    body.show_sheet(key)
    body.show_layers(Layers(landmarks=True, names=True, field="regions"))
    body.zoom_by(zoom)
    boxes = boxes_of(body)
    pins = [body.camera.to_widget(pin.x, pin.y) for _, pin in body.pins()]
    assert not any(a.grown(-0.01, -0.01).meets(b) for a, b in combinations(boxes, 2))
    assert not any(box.holds(*pin) for box in boxes for pin in pins)


def test_the_whole_body_is_calm_and_names_come_up_close_by(body, library):
    assert not words_of(body).others
    body.zoom_by(8, QPointF(place_of(body, library, "CV12", Side.MIDLINE)))
    assert any(word.text == "CV12" for word in words_of(body).others)


def test_a_new_needle_is_named_at_once_and_all_else_with_care_at_rest(body, library):
    one = needle(library, "CV12", Side.MIDLINE)
    body.zoom_by(8, QPointF(place_of(body, library, "CV12", Side.MIDLINE)))
    many = len(words_of(body).others)
    body.show_needles([one], now())
    body.grab()
    hasty = body._scene._lettering
    assert [word.text for word in hasty.over] == ["CV12"]
    assert many > len(hasty.others) > many / 2
    assert not any(word.text == "CV12" for word in hasty.others)
    boxes = [Box(word.x * hasty.zoom + word.dx, word.y * hasty.zoom + word.dy, word.width, word.height) for word in hasty.others]
    label = hasty.over[0]
    own = Box(label.x * hasty.zoom + label.dx, label.y * hasty.zoom + label.dy, label.width, label.height)
    assert not any(own.meets(box) for box in boxes)
    careful = words_of(body)
    body._scene.drop_ground()
    assert [word.text for word in words_of(body).others] == [word.text for word in careful.others]


def test_nothing_jumps_when_the_hand_rests_after_a_pan(body, library):
    body.zoom_by(6, QPointF(place_of(body, library, "CV12", Side.MIDLINE)))
    body.settle()
    body.grab()
    for _ in range(4):
        body.pan_by(7, -5)
        body.grab()
    moved = body.grab().toImage()
    body.settle()
    body._scene.drop_ground()
    settled = body.grab().toImage()
    pairs = zip(bytes(moved.constBits()), bytes(settled.constBits()), strict=True)
    assert sum(abs(a - b) > 8 for a, b in pairs) < 1e-3 * moved.sizeInBytes()  # letters may fall a hair's breadth otherwise


def test_a_zoom_is_drawn_at_once_and_with_all_names_when_it_rests(body, qtbot):
    body.zoom_by(6)
    body.grab()
    qtbot.waitUntil(lambda: body._scene._lettering is not None and body._scene._lettering.zoom == body.camera.zoom)


def test_the_map_turns_to_a_point_and_names_it(body, library):
    body.turn_to(library.atlas.point_sites("ST36")[Side.LEFT], "ST36")
    assert body.camera.zoom >= 100
    assert "ST36 足三里 Zúsānlǐ is ringed" in body.accessibleDescription()
    assert any(mark.code == "ST36" and body.rect().contains(round(mark.x), round(mark.y)) for mark in body.marks())


def test_the_pointer_at_rest_tells_the_nearest_point_in_cun(body, library, qtbot):
    body.turn_to(library.atlas.point_sites("ST36")[Side.LEFT])
    place = place_of(body, library, "ST36")
    with qtbot.waitSignal(body.hovered, check_params_cb=lambda words: " cun " in words) as told:
        qtbot.mouseMove(body, place + QPoint(18, 22))
    assert told.args[0].startswith("left ")


def test_a_layer_names_the_area_under_the_pointer_and_who_says_so(card, library, qtbot):
    if "dermatomes" not in library.atlas.layers:
        pytest.skip("This atlas has no dermatomes.")
    card.menu.fields["dermatomes"].trigger()
    assert "guide" in card.legend.text()
    assert card.legend.isVisible()
    assert card.legend.toolTip()
    with qtbot.waitSignal(card.map.hovered, check_params_cb=lambda words: "L5" in words or "L4" in words):
        qtbot.mouseMove(card.map, place_of(card.map, library, "ST36") + QPoint(1, 1))


def test_the_menu_lays_layers_over_the_body_and_they_are_remembered(card, library, qtbot, tmp_path):
    plain = card.map.grab().toImage()
    card.menu.switches["landmarks"].trigger()
    card.menu.switches["channels"].trigger()
    card.menu.fields["regions"].trigger()
    card.menu.ruler.trigger()
    assert card.map.layers == Layers(channels=False, landmarks=True, field="regions")
    assert card.map.grab().toImage() != plain
    later = a_card(library, qtbot, tmp_path)
    assert later.map.layers == card.map.layers
    assert later.menu.switches["landmarks"].isChecked()
    assert later.menu.fields["regions"].isChecked()
    assert not later.ruler.isChecked()


def test_every_layer_and_figure_is_in_the_menu_and_a_key_opens_it(card, qtbot):
    qtbot.keyClick(card.map, Qt.Key.Key_L)
    assert card.menu.isVisible()
    words = " ".join(action.text() for action in card.menu.actions())
    for word in ("Channels", "Landmarks", "Names", "Regions", "Ruler", "Neutral", "Female", "Male", "record"):
        assert word in words
    qtbot.keyClick(card.menu, Qt.Key.Key_Space)
    assert not card.map.layers.channels
    assert card.menu.isVisible()
    qtbot.keyClick(card.menu, Qt.Key.Key_Escape)
    assert not card.menu.isVisible()
    assert set(card.menu.fields) == set(FIELDS)


def test_another_figure_is_asked_for_and_shown_under_the_same_needles(card, library, qtbot):
    one = needle(library, "ST36")
    card.map.show_needles([one], now())
    before, plain = len(card.map.pins()), card.map.grab().toImage()
    with qtbot.waitSignal(card.figure_chosen) as chosen:
        card.menu.figures["female"].trigger()
    assert chosen.args == ["female"]
    card.show_figure("female")
    assert card.map.figure == "female"
    assert card.menu.figures["female"].isChecked()
    assert len(card.map.pins()) == before
    assert card.map.grab().toImage() != plain
    card.show_figure("male", "")
    assert card.menu.figures[""].isChecked()
    assert "male" in card.menu.figures[""].text()


def test_a_landmark_says_where_it_is(body, library, qtbot):
    body.show_layers(Layers(landmarks=True))
    body.show_sheet("feet")
    _, mark = next(
        (panel, mark)
        for panel in body.panels
        for mark in body.picture.landmarks(panel, body.camera.zoom)
        if library.atlas.nearest_point(panel.view, *panel.to_view(mark.x, mark.y), 16 / body.camera.zoom * panel.scale) is None
    )
    x, y = body.camera.to_widget(mark.x, mark.y)
    with qtbot.waitSignal(body.hovered, check_params_cb=lambda words: library.atlas.landmarks[mark.name].where in words):
        qtbot.mouseMove(body, QPoint(round(x), round(y)))


def test_the_ruler_says_how_it_is_used_measures_between_points_and_is_put_away(card, library, qtbot):
    qtbot.keyClick(card.map, Qt.Key.Key_R)
    assert card.ruler.isChecked()
    assert card.menu.ruler.isChecked()
    assert "Drag" in card.under.text()
    card.map.turn_to(library.atlas.point_sites("ST37")[Side.LEFT])
    left = card.map.camera.left
    start, end = place_of(card.map, library, "ST35"), place_of(card.map, library, "ST39")
    with qtbot.assertNotEmitted(card.map.placed):
        drag(card.map, qtbot, start + QPoint(3, -2), end + QPoint(-2, 3))
    assert card.map.camera.left == left
    assert card.map.tools.ruler.ends == tuple(library.atlas.point_sites(code)[Side.LEFT] for code in ("ST35", "ST39"))
    assert card.map.tools.ruler.words(library.atlas).startswith("9.")
    qtbot.keyClick(card.map, Qt.Key.Key_Escape)
    assert not card.ruler.isChecked()
    assert card.map.tools.ruler.ends is None


def test_an_end_of_the_ruler_can_be_taken_up_again(body, library, qtbot):
    body.turn_to(library.atlas.point_sites("ST37")[Side.LEFT])
    body.tools.set_measuring(True)
    drag(body, qtbot, place_of(body, library, "ST35"), place_of(body, library, "ST37"))
    drag(body, qtbot, place_of(body, library, "ST37"), place_of(body, library, "ST36"))
    assert body.tools.ruler.ends == tuple(library.atlas.point_sites(code)[Side.LEFT] for code in ("ST35", "ST36"))


def test_the_keyboard_measures_between_two_chosen_needles(body, library, qtbot):
    pair = [needle(library, "ST36"), needle(library, "ST39")]
    body.show_needles(pair, now())
    body.select(one.id for one in pair)
    with qtbot.waitSignal(body.hovered, check_params_cb=lambda words: words.startswith("6.")):
        qtbot.keyClick(body, Qt.Key.Key_R)
    qtbot.keyClick(body, Qt.Key.Key_R)
    assert body.tools.ruler.ends is None


def test_colours_of_channels_tell_yin_from_yang_without_hue():
    lightness = {code: QColor(colour).lightnessF() for code, colour in CHANNELS.items()}
    for yin, yang in (("LU", "LI"), ("SP", "ST"), ("HT", "SI"), ("KI", "BL"), ("PC", "TE"), ("LR", "GB")):
        assert lightness[yang] - lightness[yin] > 0.05


@pytest.mark.parametrize("code", ["LI11", "ST36", "BL23", "GB31"])
def test_from_nearby_each_view_still_says_which_side_it_is(body, library, code):
    assert body.pinned_captions() == []
    body.turn_to(library.atlas.point_sites(code)[Side.LEFT], code)
    body.zoom_by(2)
    pinned = body.pinned_captions()
    assert any("L" in words for words, _ in pinned)
    assert all(QRectF(body.rect()).contains(box) for _, box in pinned)
    assert not any(a.intersects(b) for (_, a), (_, b) in combinations(pinned, 2))
    body.fit()
    assert body.pinned_captions() == []


def test_no_short_name_is_that_of_another_point(library):
    """Dingchuan, EX-B1, stands among the points of the Bladder, and B1 finds BL1."""
    taken = {point.code: library.catalogue.find(short(point.code)) for point in library.catalogue}
    assert {code: found[0].code for code, found in taken.items() if found and found[0].code != code} == {}


def test_a_line_to_a_name_ends_at_the_rim_of_its_needle():
    for box in (Box(30, -8, 40, 16), Box(-60, 20, 40, 16)):
        line = leader_to(box, 0, 0)
        assert line.p1().x() ** 2 + line.p1().y() ** 2 == pytest.approx(MARKER**2)
        assert (line.p1().x() > 0) == (box.x > 0)


def test_what_lies_on_the_skin_even_in_part_is_written_as_on_skin(body):
    body.resize(664, 560)
    body.show_layers(Layers(names=True))
    body.show_sheet("hands")
    for word in words_of(body).others:
        panel = next((panel for panel in body.panels if panel.box.holds(word.x, word.y)), None)
        x, y = word.x * body.camera.zoom + word.dx, word.y * body.camera.zoom + word.dy + word.height / 2
        for at in (x + k * word.width / 4 for k in range(5)) if panel else ():
            place = panel.to_view(at / body.camera.zoom, y / body.camera.zoom)
            clear = body.picture.shows(panel, *place) and body.picture.figures.is_skin(panel.view, *place)
            assert word.on_skin or not clear, word.text


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("ST35", "ST36", "lower leg"),
        ("BL40", "BL57", "lower leg"),
        ("BL23", "BL52", "trunk"),
        ("CV8", "CV12", "trunk"),
        ("PC7", "PC6", "arm and hand"),
    ],
)
def test_the_ruler_names_what_was_measured_as_a_practitioner_does(library, start, end, told):
    """The cun of the upper abdomen measures the back of the chest, too, but nobody calls it that."""
    sites = [next(iter(library.atlas.point_sites(code).values())) for code in (start, end)]
    assert in_words(library.atlas.measure(*sites)).endswith(f", {told}")


@pytest.mark.parametrize("figure", ["neutral", "female", "male"])
def test_a_needle_in_the_sole_never_shows_on_the_heel_from_behind(body, library, figure):
    body.show_figure(library.figure(figure))
    planned = Needle("visit", library.figure(figure).point_sites("KI1")[Side.LEFT], "KI1")
    body.show_needles([planned], now())
    assert body.unseen() == [planned]
    body.reveal(planned)
    assert body.sheet == "feet"
    assert body.unseen() == []


def test_what_is_out_of_sight_follows_the_sheet_the_figure_and_the_typed_line(card, library):
    one = needle(library, "LI4")
    card.map.show_needles([one], now())
    card.show_sheet("legs")
    assert card.under.text() == "Out of sight here: LI4 L"
    card.map.show_ghosts(((library.atlas.point_sites("PC6")[Side.LEFT], "PC6"),))
    assert card.under.text() == "Typed, out of sight here: PC6 L · Out of sight here: LI4 L"
    card.map.show_ghosts(())
    card.map.reveal(one)
    assert card.sheets.choice == card.map.sheet == "hands"
    assert card.under.text() == ""
    card.show_figure("female")
    card.map.show_needles([Needle("visit", library.figure("female").point_sites("ST36")[Side.LEFT], "ST36")], now())
    assert "ST36" in card.under.text()


def test_the_lasso_has_a_button_and_another_tool_takes_its_place(card, qtbot):
    assert card.lasso.accessibleName().startswith("Lasso")
    qtbot.mouseClick(card.lasso, Qt.MouseButton.LeftButton)
    assert card.map.tools.held is Tool.LASSO
    assert "Draw round" in card.under.text()
    qtbot.mouseClick(card.ruler, Qt.MouseButton.LeftButton)
    assert not card.lasso.isChecked()
    assert card.ruler.isChecked()
    qtbot.mouseClick(card.lasso, Qt.MouseButton.LeftButton)
    card.set_read_only(True)
    assert not card.lasso.isVisible()
    qtbot.keyClick(card.map, Qt.Key.Key_S)
    assert card.map.tools.held is Tool.HAND


def test_a_leaf_tells_every_mark_and_key(card, qtbot):
    qtbot.keyClick(card.map, Qt.Key.Key_Question)
    guide = card.findChild(Guide)
    assert guide.isVisible()
    words = {each.text() for each in guide.findChildren(QLabel)}
    assert words >= set(MARKS.values()) | set(KEYS) | set(KEYS.values())
    assert set(MARKS) == set(Stage)
    assert guide.height() < 700
    qtbot.keyClick(guide, Qt.Key.Key_Escape)
    assert not guide.isVisible()


def test_every_button_over_the_map_can_be_touched_and_has_a_name(card):
    card.map.resize(card.map.minimumSize())
    buttons = card.map.findChildren(QToolButton)
    assert len(buttons) >= 7
    for made in buttons:
        assert made.accessibleName()
        assert min(made.width(), made.height()) >= 40
    assert not any(a.geometry().intersects(b.geometry()) for a, b in combinations(buttons, 2))
