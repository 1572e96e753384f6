"""The library: points found, shown on the body and told on a card, by keyboard and by hand."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from neuro_chart.clinic.needles import Side
from neuro_chart.ui.library import LibraryPage
from neuro_chart.ui.point_card import PointCard, PointPopup
from neuro_chart.ui.points import PointsSection
from neuro_chart.ui.shelf import Heading, Row
from neuro_chart.ui.theme import apply_theme


@pytest.fixture
def page(qtbot, library, settings):
    made = PointsSection(library, settings)
    qtbot.addWidget(made)
    made.resize(1290, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    return made


@pytest.fixture
def visiting(visiting):
    """That visit with ST36 planned and chosen."""
    QTest.keyClicks(visiting.add.line, "ST36")
    QTest.keyClick(visiting.add.line, Qt.Key.Key_Return)
    return visiting


def keys(text="", *pressed, modifiers=Qt.KeyboardModifier.NoModifier):
    """Type as a person would: into whatever has the focus; what no key has comes as from an input method."""
    for char in text:
        if char.isascii():
            QTest.keyClicks(QApplication.focusWidget(), char)
        else:
            QApplication.focusWidget().insert(char)
    for key in pressed:
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)


def listed(page):
    return [entry.key for entry in page.list.rows.entries if isinstance(entry, Row)]


def spot(body, library, code):
    """Where a point shows within the map, in pixels of the widget."""
    for panel in body.panels:
        for site in library.atlas.point_sites(code).values():
            place = panel.view.place_of(site)
            if place and panel.crop.holds(*place):
                where = QPointF(*body.camera.to_widget(*panel.to_sheet(*place))).toPoint()
                if body.rect().contains(where):
                    return where
    raise LookupError(code)


def popup():
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, PointPopup) and w.isVisible()), None)


@pytest.mark.parametrize("words", ["st36", "S 36", "zu san li", "Zúsānlǐ", "足三里", "leg three", "Foot Three Li"])
def test_typing_shows_the_point_that_is_meant(page, words):
    keys(words)
    assert page.point.code == "ST36"
    assert page.card.code.text() == "ST36"


def test_all_points_stand_under_their_channels(page, library):
    assert listed(page) == [point.code for point in library.catalogue]
    headings = [entry.name for entry in page.list.rows.entries if isinstance(entry, Heading)]
    assert headings == list(library.catalogue.channels.values())
    assert page.found.text() == f"{len(library.catalogue)} points"
    assert page.point.code == listed(page)[0]


def test_a_point_is_looked_up_by_keyboard_alone(qtbot, page):
    keys("spleen")
    keys("", Qt.Key.Key_Escape)
    assert page.search.text() == ""
    keys("sp", Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert page.point.code == listed(page)[2]
    qtbot.waitUntil(lambda: not page._turning.isActive())
    keys("", Qt.Key.Key_Return)
    assert page.card.isAncestorOf(QApplication.focusWidget())
    bar = page.card._area.verticalScrollBar()
    page.resize(1290, 420)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    keys("", Qt.Key.Key_Down)
    assert bar.value() > 0
    keys("", Qt.Key.Key_C, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.point.location in QGuiApplication.clipboard().text()
    keys("", Qt.Key.Key_F, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    assert page.search.selectedText() == "sp"


def test_the_arrows_pass_over_the_headings_and_letters_typed_there_go_into_the_search(page):
    page.list.setFocus()
    last_of_lung = max(at for at, code in enumerate(listed(page)) if code.startswith("LU"))
    keys("", *[Qt.Key.Key_Down] * (last_of_lung + 1))
    assert page.point.code == "LI1"
    keys("", Qt.Key.Key_Up)
    assert page.point.code == listed(page)[last_of_lung]
    keys("gb34")
    assert page.search.text() == "gb34"
    assert page.point.code == "GB34"
    page.list.setFocus()
    keys("", Qt.Key.Key_Return)
    assert page.card.isAncestorOf(QApplication.focusWidget())
    keys("", Qt.Key.Key_Escape)
    assert page.search.hasFocus()


def test_channel_and_kind_narrow_the_list(page, library):
    page.channel.setCurrentIndex(page.channel.findData("ST"))
    assert {code[:2] for code in listed(page)} == {"ST"}
    page.kind.setCurrentIndex(page.kind.findData("lower he-sea"))
    assert listed(page) == ["ST36", "ST37", "ST39"]
    assert page.list.rows.entries[page.list.rows.row_of("ST37")].second == "Of the Large Intestine"
    page.search.setText("LI4")
    assert not listed(page)
    assert page.empty.title.text() == "No point answers to “LI4”"
    assert not page.everywhere.isHidden()
    page.everywhere.click()
    assert page.point.code == "LI4"
    assert page.search.hasFocus()
    keys("", Qt.Key.Key_Escape)
    assert len(listed(page)) == len(library.catalogue)
    assert page.point.code == "LI4"


def test_words_that_no_point_answers_to_teach(page):
    shown = page.point
    page.search.setText("<b>qqq</b>")
    assert page.empty.title.text() == "No point answers to “<b>qqq</b>”"
    assert "ST36" in page.empty.words.text()
    assert page.empty.isVisible()
    assert page.everywhere.isHidden()
    assert page.point is shown
    keys("", Qt.Key.Key_Return)
    assert page.search.hasFocus()


def test_the_body_turns_to_the_chosen_point(qtbot, page, library):
    page.show_point("BL57")
    qtbot.waitUntil(lambda: not page._turning.isActive())
    marks = page.map.marks()
    assert marks
    assert {mark.code for mark in marks} <= {"", "BL57"}
    named = next(mark for mark in marks if mark.code)
    assert page.map.rect().contains(round(named.x), round(named.y))
    assert page.map_card.sheets.choice == page.map.sheet
    assert "BL57 承山 Chéngshān is ringed" in page.map.accessibleDescription()


def test_another_figure_is_shown_and_remembered(qtbot, page, library, settings):
    page.map_card.menu.figures["female"].trigger()
    assert page.map.figure == "female"
    again = PointsSection(library, settings)
    qtbot.addWidget(again)
    assert again.map.figure == "female"
    assert not again.map_card.menu.figures[""].isVisible()
    again.show_point("CV6")
    again._turn()
    assert any(mark.code == "CV6" for mark in again.map.marks())


def test_a_point_clicked_on_the_body_is_told_and_the_body_stays(qtbot, page, library):
    page.show_point("ST36")
    qtbot.waitUntil(lambda: not page._turning.isActive())
    page.channel.setCurrentIndex(page.channel.findData("ST"))
    code, where = "SP8", spot(page.map, library, "SP8")
    before = page.map.sheet, page.map.camera.left, page.map.camera.top
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=where)
    assert page.point.code == code
    assert page.list.currentIndex().row() == page.list.rows.row_of(code)
    assert not page._turning.isActive()
    assert (page.map.sheet, page.map.camera.left, page.map.camera.top) == before


def test_on_a_signed_visit_a_click_on_a_point_tells_of_it(qtbot, window, visiting):
    page = visiting
    page.treatment.remove_selected()
    page.map.turn_to(window._library.atlas.point_sites("SP8")[Side.LEFT], "SP8")
    page.map.set_read_only(True)
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=spot(page.map, window._library, "SP8"))
    assert popup().card.point.code == "SP8"
    popup().close()


@pytest.fixture
def card(qtbot, library):
    made = PointCard(library)
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


def test_the_card_tells_everything_and_who_says_it(card, library):
    point = library.catalogue["ST36"]
    card.show_point(point)
    for words in (
        "ST36", "足三里", point.pinyin, point.english, "Stomach channel", "He-sea point, Earth; lower he-sea point of the Stomach",
        point.location, f"{point.depth.low:.1f}–{point.depth.high:.1f} cun, {point.depth.angle}", "A cited range, not advice",
        *point.aliases, *(caution.text for caution in point.cautions), *(caution.structure.capitalize() for caution in point.cautions),
        library.catalogue.sources[point.source], library.catalogue.sources[point.depth.source],
    ):  # fmt: skip
        assert words in card.text
    region = library.atlas.region_of(library.atlas.point_sites("ST36")[Side.LEFT]).name
    assert region.replace("left ", "") in card.text.lower()
    for field in library.atlas.fields_of(library.atlas.point_sites("ST36")[Side.LEFT]).values():
        assert field.name.replace("left ", "").capitalize() in card.text
        assert field.source in card.text


def test_a_card_tells_each_caution_by_word_sign_and_age(card, library):
    card.show_point(library.catalogue["KI11"])
    for words in ("Structure at risk", "Pregnancy", "Needling", "Modern", "Classical"):
        assert words in card.text
    assert card.text.index("Structure at risk") < card.text.index("Pregnancy") < card.text.index("Needling")
    card.show_point(library.catalogue["BL1"])
    assert card.hanzi.text() == library.catalogue["BL1"].hanzi


def test_every_card_can_be_shown_and_shows_words_as_they_are(card, library):
    for point in library.catalogue:
        card.show_point(point)
        assert point.location in card.text
    labels = card.findChildren(QLabel)
    assert labels
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in labels)
    assert all(each.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse for each in labels)


def test_what_no_source_says_is_said(card, library):
    bare = next(point for point in library.catalogue if not point.cautions and not point.depth)
    card.show_point(bare)
    assert "No source at hand gives one." in card.text
    assert "No source at hand names anything." in card.text


def test_what_takes_the_keys_has_a_name_and_is_large_enough_to_touch(qapp, page):
    sheet = qapp.styleSheet()
    apply_theme(qapp, "light")
    QTest.qWait(1)
    takers = [made for made in page.findChildren(QWidget) if made.isVisible() and made.focusPolicy() & Qt.FocusPolicy.TabFocus]
    unnamed = [made for made in takers if not (made.accessibleName() or getattr(made, "text", str)())]
    small = [made for made in takers if made.height() < 40 and made.property("role") != "segment"]
    qapp.setStyleSheet(sheet)
    assert {page.search, page.channel, page.kind, page.list, page.card.copy} <= set(takers)
    assert not unnamed
    assert not small


def test_the_page_is_drawn_in_full(page):
    picture = page.grab().toImage()
    assert picture.format() != QImage.Format.Format_Invalid
    assert len({picture.pixelColor(x, y).rgb() for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}) > 50


def test_the_rail_leads_to_the_library_which_is_made_then(window):
    assert window.findChild(LibraryPage) is None
    window.rail.pages["library"].click()
    assert window.findChild(LibraryPage).isVisible()
    assert QApplication.focusWidget() is window.library.points.search
    assert window.rail.pages["library"].isChecked()


def test_from_any_page_to_a_points_card_and_the_next_by_keyboard_alone(window):
    window.patients.setFocus()
    keys("", Qt.Key.Key_L, modifiers=Qt.KeyboardModifier.AltModifier)
    keys("gb34", Qt.Key.Key_Return)
    assert window.library.points.card.code.text() == "GB34"
    keys("", Qt.Key.Key_Escape)
    keys("lu7")  # over what was searched before
    assert window.library.points.card.code.text() == "LU7"
    keys("", Qt.Key.Key_Escape, Qt.Key.Key_Tab)
    assert window.library.points.channel.hasFocus()
    keys("stom")
    assert window.library.points.point.channel == "ST"
    keys("", Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    assert window.library.points.list.hasFocus()
    keys("", Qt.Key.Key_End)
    assert window.library.points.card.code.text() == "ST45"


def test_control_f_finds_points_in_the_library_and_patients_elsewhere(window):
    window.show_page("library")
    QTest.keyClick(window.library.points.search, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.library
    window.show_page("today")
    QTest.keyClick(window.today, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.patients


def test_the_palette_finds_points(window):
    window.show_palette()
    line = QApplication.activePopupWidget().line
    QTest.keyClicks(line, "zusanli")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert window.library.points.point.code == "ST36"
    assert window.library.back.isHidden()


def test_f1_tells_of_the_chosen_needles_point_and_leads_on_to_the_library_and_back(window, visiting):
    page = visiting
    assert page.needles.editor.about.accessibleName() == "About ST36 (F1)"
    keys("", Qt.Key.Key_F1)
    told = popup()
    assert told.card.point.code == "ST36"
    assert told.card.isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(told, Qt.Key.Key_Escape)
    assert popup() is None
    page.needles.editor.about.click()
    popup().more.click()
    assert window.stack.currentWidget() is window.library
    assert window.library.points.point.code == "ST36"
    assert window.library.back.text() == "Back to the visit"
    QTest.keyClick(window.library.points.search, Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window.patient
    window.show_page("library")
    assert window.library.back.isHidden()


def test_the_right_button_asks_what_a_point_is(qtbot, visiting):
    page = visiting
    place = page.map.seen_needles()[0]
    where = QPoint(round(place.x), round(place.y))
    QApplication.sendEvent(page.map, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, page.map.mapToGlobal(where)))
    assert popup().card.point.code == "ST36"
    popup().close()
    QApplication.sendEvent(page.map, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(2, 2), QPoint(2, 2)))
    assert popup() is None
    page.needles.view.clearSelection()
    with qtbot.waitSignal(page.library_wanted) as wanted:
        page.about_chosen()
    assert wanted.args == ["points", None]
