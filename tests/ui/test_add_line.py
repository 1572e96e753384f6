"""Typing a prescription into the line under the body, on a real visit."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QKeySequence

from neuro_chart.clinic.adjuncts import ELECTRO, MOXA
from neuro_chart.clinic.needles import Side
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.ui.visit import VisitPage

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def page(window, rosa, qtbot):
    window.open_patient(rosa.id)
    window.patient.start_visit()
    return window.patient.findChild(VisitPage)


@pytest.fixture
def line(page):
    return page.add


@pytest.fixture
def stored(page):
    return lambda: page.treatment.chart.records.visit(page.treatment.visit.id)


@pytest.fixture
def type_in(line, qtbot):
    def typed(text, *keys):
        qtbot.keyClicks(line.line, text)
        for key in keys:
            qtbot.keyClick(line.line, key)

    return typed


def offered(line):
    model = line.offers.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())] if line.offers.isVisible() else []


def underlined(line):
    wave = line.line.extraSelections()[0].format.UnderlineStyle.WaveUnderline if line.line.extraSelections() else None
    return [each.cursor.selectedText() for each in line.line.extraSelections() if each.format.underlineStyle() == wave]


def test_a_fresh_visit_is_ready_to_be_typed_into(window, line):
    assert window.focusWidget() is line.line
    assert "@dpn" in line.line.placeholderText()


def test_what_is_typed_is_seen_on_the_body_before_it_is_placed(page, line, stored, type_in):
    type_in("st36 gb3")
    type_in("9 b")
    assert sorted(code for _, code in page.map.ghosts) == ["GB39", "GB39", "ST36", "ST36"]
    assert line.count.text() == "4 needles · Enter to place"
    assert not stored().needles
    type_in("", Key.Key_Return)
    assert len(stored().needles) == 4
    assert not page.map.ghosts
    assert line.line.text() == ""


def test_all_of_one_line_is_one_step_and_undo_gives_the_words_back(page, line, stored, type_in):
    words = "ST36 GB39 ea 2/100 b 20m; CV4 moxa"
    type_in(words, Key.Key_Return)
    assert sorted(adjunct.kind for adjunct in stored().adjuncts) == sorted((ELECTRO, MOXA))
    assert len(stored().needles) >= 4
    page.treatment.stack.undo()
    assert not stored().needles
    assert not stored().adjuncts
    assert line.line.text() == words
    page.treatment.stack.redo()
    assert len(stored().adjuncts) == 2
    assert line.line.text() == ""


def test_words_come_back_with_their_own_step_only(page, line, stored, type_in):
    type_in("ST36", Key.Key_Return)
    page.treatment.stack.undo()
    line.line.write("")
    page.treatment.place(page.treatment.library.atlas.point_sites("SP6")[Side.LEFT], "SP6")
    page.treatment.stack.undo()
    assert line.line.text() == ""


def test_a_protocol_is_charted_with_its_session(page, line, stored, type_in):
    own = Protocol("mine", "Mine", ("ST36 b", "SP6 b"), retention=40)
    chart = page.treatment.chart
    chart.act(lambda: chart.records.put_protocol(own))
    type_in("@mi")
    assert offered(line)[0] == "@mine"
    type_in("", Key.Key_Tab)
    assert line.line.text() == "@mine "
    type_in("", Key.Key_Return)
    assert {(n.point, n.retention) for n in stored().needles} == {("ST36", 40)}
    assert (stored().protocol, stored().session) == ("mine", 0)
    page.treatment.stack.undo()
    assert stored().protocol == ""


def test_typing_is_never_held_up_by_what_is_offered(line, stored, type_in):
    type_in("st3")
    assert "ST36" in offered(line) or len(offered(line)) > 1
    type_in("6", Key.Key_Return)
    assert {n.point for n in stored().needles} == {"ST36"}


def test_an_offer_is_chosen_by_arrow_and_enter_or_by_a_click(line, type_in, qtbot):
    type_in("zusanl", Key.Key_Down, Key.Key_Return)
    assert line.line.text() == "ST36 "
    assert not offered(line)
    type_in("san yin j")
    place = line.offers.visualRect(line.offers.model().index(0, 0)).center()
    qtbot.mouseClick(line.offers.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert line.line.text() == "ST36 SP6 "
    assert line.line.hasFocus()


def test_what_is_offered_leaves_the_body_and_the_line_in_sight(line, page, type_in):
    type_in("s")
    assert offered(line)
    offers = line.offers.geometry()
    assert offers.bottom() <= line.mapTo(line.window(), line.rect().topLeft()).y()
    assert offers.height() <= 48
    assert offers.right() <= page.map_card.mapTo(line.window(), page.map_card.rect().topRight()).x()


def test_points_that_this_patient_had_come_first(window, rosa, treat, request):
    treat(rosa, 7, points=("ST44",))
    line, type_in = request.getfixturevalue("line"), request.getfixturevalue("type_in")
    type_in("st4")
    assert offered(line)[0] == "ST44"
    line.clear()
    type_in("@last", Key.Key_Return)
    assert {(n.point, n.copied) for n in request.getfixturevalue("stored")().needles} == {("ST44", True)}


def test_escape_puts_away_the_offers_first_then_the_words_and_undo_brings_them_back(line, type_in, qtbot):
    type_in("sp", Key.Key_Escape)
    assert not offered(line)
    assert line.line.text() == "sp"
    type_in("", Key.Key_Escape)
    assert line.line.text() == ""
    qtbot.keySequence(line.line, QKeySequence.StandardKey.Undo)
    assert line.line.text() == "sp"


def test_escape_is_for_the_words_before_it_is_for_a_panel(page, line, type_in):
    page.left.show_aftercare()
    line.setFocus()
    type_in("ST36 ", Key.Key_Escape)
    assert line.line.text() == ""
    assert page.left.currentWidget() is page.aftercare
    type_in("", Key.Key_Escape)
    assert page.left.currentIndex() == 0


def test_a_word_that_is_not_understood_is_underlined_where_it_stands_and_stays(line, stored, type_in):
    type_in("ST36 sannyinjiao b 25m")
    assert underlined(line) == ["sannyinjiao"]
    assert not line.says.text()
    type_in("", Key.Key_Return)
    assert {(n.point, n.retention) for n in stored().needles} == {("ST36", 25)}
    assert line.line.text() == "sannyinjiao b 25m"
    assert "sannyinjiao" in line.says.text()
    assert line.says.text() in line.line.accessibleDescription()
    assert offered(line) == ["SP6"]
    assert line.says.text().endswith("Tab takes SP6.")
    type_in("", Key.Key_Tab)
    assert line.line.text() == "SP6 b 25m"
    type_in("", Key.Key_Return)
    assert {(n.point, n.retention) for n in stored().needles} == {("ST36", 25), ("SP6", 25)}
    assert line.line.text() == ""


def test_a_word_that_is_being_typed_is_not_underlined_yet(line, type_in):
    type_in("ST36 sanyi")
    assert underlined(line) == []
    type_in(" ")
    assert underlined(line) == ["sanyi"]


def test_rare_characters_before_a_word_do_not_shift_it(line, type_in):
    line.line.write("𠀀😀 ST36 sannyinjiao KI3")
    assert underlined(line)[-1] == "sannyinjiao"
    line.offer()
    line.offer()
    type_in("", Key.Key_Tab)
    assert line.line.text() == "𠀀😀 ST36 SP6 KI3"


def test_a_key_goes_to_the_next_word_that_is_not_understood(page, line, type_in, qtbot):
    type_in("sannyinjiao ST36 zusanlli ")
    page.add.offer()
    assert offered(line)[0] == "SP6"
    type_in("", Key.Key_Down, Key.Key_Return)
    page.add.offer()
    assert offered(line)[0] == "ST36"


def test_enter_in_the_empty_line_inserts_what_is_planned(line, stored, type_in):
    type_in("ST36 SP6", Key.Key_Return)
    assert line.count.text() == "Enter inserts 4"
    type_in("", Key.Key_Return)
    assert stored().count.inside == 4
    assert line.count.text() == ""


def test_words_without_a_point_are_of_the_needles_that_are_selected(page, line, stored, type_in):
    type_in("ST36 SP6", Key.Key_Return)
    page.treatment.select(n.id for n in stored().needles if n.point == "SP6")
    type_in("20m", Key.Key_Return)
    assert {(n.point, n.retention) for n in stored().needles} == {("ST36", 30), ("SP6", 20)}
    page.treatment.select(())
    type_in("25m", Key.Key_Return)
    assert line.line.text() == "25m"
    assert "Which needles" in line.says.text() or "which needles" in line.says.text()
    line.clear()
    type_in("*", Key.Key_Return)
    assert page.treatment.selected == {n.id for n in stored().needles}
    type_in("* 15m", Key.Key_Return)
    assert {n.retention for n in stored().needles} == {15}


def test_the_switch_for_both_sides_is_the_setting(page, line, settings, stored, type_in):
    assert line.both.isChecked()
    line.both.click()
    type_in("ST36", Key.Key_Return)
    assert not stored().needles
    assert "Which side" in line.says.text()
    type_in(" l", Key.Key_Return)
    assert [n.site.side for n in stored().needles] == [Side.LEFT]
    settings.setValue("visit/side", "right")
    line.show_side()
    type_in("SP6", Key.Key_Return)
    assert [n.site.side for n in stored().needles if n.point == "SP6"] == [Side.RIGHT]
    line.both.click()
    line.both.click()
    assert line.side == "right"


def test_a_first_needle_stays_as_long_as_is_usual_here_the_next_as_the_one_before(page, line, settings, stored, type_in, rosa, treat):
    settings.setValue("visit/retention", 20)
    page.show_visit(treat(rosa, 1, points=(), signed=False).id)
    type_in("ST36", Key.Key_Return)
    assert {n.retention for n in stored().needles} == {20}
    type_in("SP6 45m", Key.Key_Return)
    type_in("KI3", Key.Key_Return)
    assert {n.retention for n in stored().needles if n.point == "KI3"} == {45}


def test_a_screen_reader_is_told_what_enter_would_do_and_what_is_wrong(line, type_in):
    type_in("ST36 zz9 ")
    assert line.line.accessibleName() == "Prescription"
    assert line.line.accessibleDescription() == "2 needles · Enter to place"
    type_in("", Key.Key_Return)
    assert "zz9" in line.line.accessibleDescription()
    assert line.go.accessibleName() == line.go.toolTip() or not line.go.isEnabled()


def test_the_line_grows_to_three_rows_for_new_lines(line, stored, type_in, qtbot):
    low = line.line.height()
    for text in ("ST36", "SP6", "LR3", "KI3"):
        type_in(text)
        qtbot.keyClick(line.line, Key.Key_Return, Modifier.ShiftModifier)
    row = line.line.fontMetrics().lineSpacing()
    assert line.line.height() == low + 2 * row
    type_in("", Key.Key_Return)
    assert {n.point for n in stored().needles} == {"ST36", "SP6", "LR3", "KI3"}
    assert line.line.height() == low


def test_what_is_pasted_comes_in_as_plain_words(line, stored, type_in):
    pasted = QMimeData()
    pasted.setHtml("<b>ST36</b>")
    pasted.setText("ST36\nSP6 b")
    line.line.insertFromMimeData(pasted)
    assert line.line.text() == "ST36\nSP6 b"
    type_in("", Key.Key_Return)
    assert len(stored().needles) == 4


def test_words_that_were_not_placed_wait_for_their_visit(page, line, rosa, type_in, treat):
    here = page.treatment.visit.id
    other = treat(rosa, 3, signed=False)
    type_in("ST36 SP")
    page.show_visit(other.id)
    assert line.line.text() == ""
    page.show_visit(here)
    assert line.line.text() == "ST36 SP"


def test_a_key_that_is_held_down_does_not_insert(line, stored, type_in):
    from PySide6.QtCore import QEvent  # noqa: PLC0415
    from PySide6.QtGui import QKeyEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    type_in("ST36", Key.Key_Return)
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, Modifier.NoModifier, "\r", True)
    QApplication.sendEvent(line.line, held)
    assert stored().count.inside == 0
