"""The column of needles: clocks, the count, and the editor, through the visit page on a real vault."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Mishap, Needle, Side, Technique
from neuro_chart.ui.map_marks import Stage

CONTROL, BOTH = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def column(page):
    return page.needles


@pytest.fixture
def planned(page, library):
    """Plans needles on both sides, which are then selected: `planned("ST36", "SP6", retention=25)`."""

    def plan(*codes, **said):
        sites = [(library.atlas.point_sites(code)[side], code) for code in codes for side in (Side.LEFT, Side.RIGHT)]
        page.treatment.plan([Needle("", site, code, **said) for site, code in sites], "Plan needles")
        return page.treatment.needles

    return plan


@pytest.fixture
def ago(page, chart):
    """Lets the needles of some points have been in for so many minutes: `ago(31, "ST36")`."""

    def passed(minutes, *codes):
        late = [replace(n, inserted=now() - timedelta(minutes=minutes)) for n in page.treatment.needles if n.point in codes]
        chart.act(lambda: chart.records.treat(late[0].visit_id, late))

    return passed


def choose(page, *codes):
    page.treatment.select([needle.id for needle in page.treatment.needles if needle.point in codes])


def spoken(column, row=0):
    return column.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


# Clocks


def test_inserting_all_starts_the_clocks_and_says_how_many_are_in(page, column, stored, planned, monkeypatch):
    said = []
    monkeypatch.setattr(column, "_say", said.append)
    planned("ST36", "SP6")
    column.insert.click()
    assert stored().count.inside == 4
    assert column.face.told.count == "4 in"
    assert column.face.told.time.startswith(("30:0", "29:5"))
    assert column.face.large == "4 in"
    assert said == ["4 in"]
    page.treatment.leave_longer()
    assert said == ["4 in"]
    page.treatment.take_out()
    assert not column.face.large


def test_each_press_puts_in_the_next_point_and_the_last_one_is_said(page, column, stored, planned, monkeypatch, qtbot):
    said = []
    monkeypatch.setattr(column, "_say", said.append)
    planned("ST36", "SP6", "LR3")
    assert column.next.text() == "Insert ST36"
    qtbot.keyClick(column.view, Qt.Key.Key_Return, CONTROL)
    assert {needle.point for needle in stored().needles if needle.is_in} == {"ST36"}
    assert column.next.text() == "Insert SP6"
    assert column.face.told.aside == "4 to go"
    page.add.setFocus()
    qtbot.keyClick(page.add.line, Qt.Key.Key_Return, CONTROL)  # from the line, too
    assert not said
    assert column.insert.text() == "Insert LR3"
    assert not column.next.isVisible()
    qtbot.keyClick(column.view, Qt.Key.Key_Return, CONTROL)
    assert stored().count.inside == 6
    assert said == ["6 in"]


def test_needles_that_come_out_together_share_a_clock_and_the_next_is_large(page, column, planned, ago):
    planned("ST36", "SP6")
    planned("LR3", retention=20)
    page.treatment.insert()
    ago(5, "ST36", "SP6", "LR3")
    assert column.face.told.time.startswith(("15:0", "14:5"))
    assert column.until.text().startswith("2 of 20 min · ends ")
    assert column.face.told.others.startswith(("4 in 25:0", "4 in 24:5"))


def test_a_clock_stands_and_runs_on_for_all_or_for_the_selected(page, column, stored, planned, qtbot):
    planned("ST36", "SP6")
    page.treatment.insert()
    choose(page, "SP6")
    qtbot.keyClick(column.view, Qt.Key.Key_K, BOTH)
    assert {needle.point for needle in stored().needles if needle.clock.is_paused} == {"SP6"}
    assert "paused at " in spoken(column, 1)
    assert column.face.told.stage is Stage.IN
    page.treatment.select(())
    column.hold.click()
    assert all(needle.clock.is_paused for needle in stored().needles)
    assert column.face.told.aside == "paused"
    later = now() + timedelta(minutes=12)
    page._tick(later)
    assert column.face.told.time.startswith(("30:0", "29:5"))
    assert column.hold.accessibleName() == "Let all clocks run on"
    qtbot.keyClick(column.view, Qt.Key.Key_K, BOTH)
    assert not any(needle.clock.is_paused for needle in stored().needles)


def test_a_clock_begins_anew(page, column, planned, ago):
    planned("ST36")
    page.treatment.insert()
    ago(20, "ST36")
    column.editor.acts.anew.click()
    assert column.face.told.time.startswith(("30:0", "29:5"))


def test_one_touch_gives_all_five_minutes_more_but_never_past_an_hour(page, column, stored, chart, planned, qtbot):
    planned("ST36", retention=60)
    page.treatment.insert()
    with qtbot.waitSignal(chart.refused) as said:
        column.longer.click()
    assert "60 minutes" in said.args[0]
    assert {n.retention for n in stored().needles} == {60}
    page.treatment.edit_selected("Change retention", {"retention": 30})
    column.longer.click()
    assert {n.retention for n in stored().needles} == {35}


def test_five_minutes_more_for_the_selected_only(page, column, stored, planned, qtbot):
    planned("ST36", "SP6")
    page.treatment.insert()
    choose(page, "SP6")
    column.editor.acts.longer.click()
    qtbot.keyClick(column.view, Qt.Key.Key_M, BOTH)
    assert {(n.point, n.retention) for n in stored().needles} == {("ST36", 30), ("SP6", 40)}


def test_overdue_counts_on_in_words_and_in_another_shape(page, column, planned, ago):
    planned("ST36", "SP6")
    page.treatment.insert()
    ago(31, "ST36")
    assert "overdue by 1:0" in spoken(column)
    assert column.until.text().startswith("2 overdue since")
    assert (column.face.told.stage, column.face.told.aside) == (Stage.OVERDUE, "overdue")
    assert column.face.accessibleName().startswith("Overdue by 1 minute")


def test_nothing_in_the_head_moves_while_the_clock_ticks(page, column, planned):
    planned("ST36")
    page.treatment.insert()
    column.face.show_clock()
    before = [widget.geometry() for widget in (column.face, column.hold, column.longer, column.view)]
    for minutes in (1, 20, 25, 29):
        page._tick(now() + timedelta(minutes=minutes))
        assert [widget.geometry() for widget in (column.face, column.hold, column.longer, column.view)] == before
    font = QFont(column.font())
    font.setPixelSize(52)
    assert len({QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_the_clock_of_a_needle_that_was_left_in_stands_from_the_signature_on(page, column, stored, planned):
    planned("ST36")
    page.treatment.insert()
    page.sign_panel.signed.emit("An intradermal needle, for three days")
    assert stored().signed is not None
    assert column.until.text() == "Left in when the visit was signed"
    said = spoken(column)
    page._tick(now() + timedelta(days=3))
    assert spoken(column) == said
    assert "overdue" not in said
    assert not any(made.isVisible() for made in (column.hold, column.longer, column.insert, column.next, column.pull, column.editor))


# The count


def test_pulling_all_leaves_the_count_open_until_it_is_done(page, column, stored, planned):
    planned("ST36", "SP6")
    page.treatment.insert()
    column.pull.click()
    assert (stored().count.inside, stored().count.uncounted) == (0, 4)
    assert column.until.text() == "Pulled, and not counted yet"
    assert "pulled, not counted yet" in spoken(column)
    page.left.show_note()
    column.count_out.click()
    assert page.left.currentWidget() is page.counting
    choose(page, "SP6")
    column.editor.acts.tick.click()
    assert stored().count.uncounted == 2
    page.treatment.count_out()
    assert column.until.text() == "All counted: 4 in, 4 out"
    assert not column.count_out.isVisible()


def test_what_was_ticked_off_by_mistake_is_put_back(page, column, stored, planned):
    planned("ST36")
    page.treatment.insert()
    column.editor.acts.pull.click()
    assert stored().count.out == 2
    column.editor.acts.back.click()
    assert stored().count.inside == 2


def test_what_went_wrong_is_charted_and_the_needle_stays_in_the_count(page, column, stored, planned):
    needles = planned("ST36")
    page.treatment.insert()
    page.treatment.select([next(n.id for n in needles if n.site.side is Side.LEFT)])
    menu = {action.text(): action for action in column.editor.acts.wrong.menu().actions()}
    menu["Bent"].trigger()
    assert spoken(column).endswith("bent left")
    assert stored().count.inside == 2
    menu["Nothing wrong"].trigger()
    assert {n.mishap for n in stored().needles} == {Mishap.NONE}
    menu["Replace with a new needle"].trigger()
    assert (stored().count.inside, stored().count.out) == (2, 1)
    assert spoken(column).endswith("replaced left")


def test_a_needle_that_is_in_does_not_leave_the_chart(page, column, stored, chart, planned, qtbot):
    planned("ST36")
    page.treatment.insert()
    with qtbot.waitSignal(chart.refused):
        column.editor.delete.click()
    assert len(stored().needles) == 2
    page.treatment.take_out()
    column.editor.delete.click()
    assert not stored().needles
    page.treatment.stack.undo()
    assert stored().count.out == 2


def test_what_was_copied_is_marked_until_it_is_confirmed(page, column, rosa, treat, visit, stored, qtbot):
    treat(rosa, 7)
    page.show_visit(visit.id)
    column.repeat.click()
    assert column.copied.text().startswith("4 copied from ")
    assert "to be confirmed" in spoken(column)
    column.confirm.click()
    assert not any(needle.copied for needle in stored().needles)
    assert not column.confirm.isVisible()
    page.treatment.stack.undo()
    qtbot.keyClick(column.view, Qt.Key.Key_D, BOTH)
    assert not any(needle.copied for needle in stored().needles)


# What is said of needles


def test_the_editor_changes_all_selected_needles_at_once(page, column, stored, planned):
    planned("ST36", "SP6")
    editor = column.editor
    assert editor.isVisible()
    editor.presets[45].click()
    editor.depth_line.setText("0,5-1")
    editor.depth_line.editingFinished.emit()
    editor._size_line.setText("0.25x40")
    editor._size_line.setModified(True)
    editor._size_line.editingFinished.emit()
    editor.technique.chosen.emit("tonify")
    editor.de_qi.chosen.emit("yes")
    said = {(n.retention, n.depth, n.depth_to, n.gauge, n.length, n.technique, n.de_qi) for n in stored().needles}
    assert said == {(45, 0.5, 1.0, 0.25, 40, Technique.TONIFY, True)}
    assert editor.depth_line.text() == "0.5–1.0"
    assert "0.5–1.0 cun" in spoken(column)
    page.treatment.stack.undo()
    assert {n.de_qi for n in stored().needles} == {None}


@pytest.mark.parametrize("typed", ["deep", "1-0.5", "0.5–", "9"])
def test_a_depth_that_is_none_is_refused_where_it_stands(column, stored, planned, typed):
    planned("ST36")
    column.editor.depth_line.setText(typed)
    column.editor.depth_line.editingFinished.emit()
    assert {(n.depth, n.depth_to) for n in stored().needles} == {(None, None)}
    assert column.editor.error.isVisible()
    assert column.editor.depth_line.text() == typed


@pytest.mark.parametrize(("depth", "unit", "shown"), [(1.0, "cun", "1.0 cun"), (0.25, "cun", "0.25 cun"), (20.0, "mm", "20 mm")])
def test_a_depth_is_never_rounded(page, column, planned, depth, unit, shown):
    planned("ST36")
    page.treatment.edit_selected("Change depth", {"depth": depth, "depth_unit": unit})
    assert shown in spoken(column)
    assert column.editor.depth_line.text() == shown.split()[0]


@pytest.mark.parametrize(("typed", "kept"), [("33", 33), ("9", 30), ("61", 30), ("abc", 30), ("-20", 30), ("10", 10), ("0", 0)])
def test_any_minute_from_ten_to_sixty_is_taken_and_no_other_but_none(column, stored, planned, typed, kept):
    planned("ST36")
    editor = column.editor
    editor.minutes.setText(typed)
    editor.minutes.setModified(True)
    editor.minutes.editingFinished.emit()
    assert {n.retention for n in stored().needles} == {kept}
    assert bool(editor.error.text()) == (kept == 30)


def test_without_retention_a_needle_goes_in_and_out_at_once(page, column, stored, planned):
    planned("ST36")
    column.editor.presets[0].click()
    assert "planned, in and out" in spoken(column)
    column.insert.click()
    assert (stored().count.inside, stored().count.out) == (0, 2)
    assert spoken(column).endswith("in and out")


def test_a_needle_is_mirrored_from_the_editor(page, column, stored, planned):
    needles = planned("ST36")
    page.treatment.select([next(n.id for n in needles if n.site.side is Side.RIGHT)])
    column.editor.delete.click()
    page.treatment.select([stored().needles[0].id])
    column.editor.twins.click()
    assert sorted(n.site.side for n in stored().needles) == [Side.LEFT, Side.RIGHT]


def test_what_to_mind_at_a_point_is_said_with_its_source(page, column, library, planned):
    planned("SP6")
    caution = library.catalogue["SP6"].cautions[0]
    assert caution.text in column.editor.caution.text()
    assert column.editor.caution.toolTip() == library.catalogue.sources[caution.source]
    assert column.editor.caution.isVisible()
    planned("LR3")
    assert not column.editor.caution.isVisible() or library.catalogue["LR3"].cautions


def test_tab_passes_the_minutes_in_one_step_and_the_arrows_go_through_them(page, column, stored, planned, qtbot):
    planned("ST36", retention=20)
    presets = column.editor.presets
    assert [minutes for minutes, made in presets.items() if made.focusPolicy() & Qt.FocusPolicy.TabFocus] == [20]
    presets[20].setFocus()
    qtbot.keyClick(presets[20], Qt.Key.Key_Right)
    assert page.focusWidget() is presets[25]
    qtbot.keyClick(presets[25], Qt.Key.Key_Space)
    assert {needle.retention for needle in stored().needles} == {25}


# Which needles


def test_selection_is_shared_between_list_and_map(page, column, stored, planned):
    planned("ST36", "SP6")
    column.view.setCurrentIndex(column.model.index(1))
    assert page.map.selected == {n.id for n in stored().needles if n.point == "SP6"}
    page.map.picked.emit(frozenset({stored().needles[0].id}))
    assert [index.row() for index in column.view.selectedIndexes()] == [0]
    assert column.editor._title.text() == "ST36 L"


def test_escape_lets_go_of_the_selection(page, column, planned, qtbot):
    planned("ST36")
    assert column.editor.isVisible()
    qtbot.keyClick(column.view, Qt.Key.Key_Escape)
    assert not column.editor.isVisible()
    assert not page.map.selected
    column.view.selectAll()
    column.editor.done.click()
    assert not page.map.selected
