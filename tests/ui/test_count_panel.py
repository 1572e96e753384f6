"""Counting needles out by the walk over the body, on the visit page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import EventKind
from neuro_chart.clinic.needles import NO_RETENTION, Mishap, Needle, Side
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def visit(chart, rosa, library):
    """A visit with needles in at the scalp, the hands, the legs and the feet."""
    began = now() - timedelta(minutes=28)
    made = Visit(rosa.id, chart.records.practitioner().id, started=began)
    for code in ("GV20", "LI4", "ST36", "SP6", "LR3"):
        for site in library.atlas.point_sites(code).values():
            made.needles.append(Needle(made.id, site, code, inserted=began, position=len(made.needles)))
    chart.act(lambda: chart.records.start_visit(made))
    return made


@pytest.fixture
def counting(page):
    page.left.show_counting()
    return page.counting


def stop(counting, title):
    return next(rows for each, rows in counting.stops.items() if each.title == title)


def tick_of(counting, code, side=Side.LEFT):
    return next(
        rows.rows[needle.id]
        for rows in counting.stops.values()
        for needle in rows.needles
        if needle.point == code and needle.site.side in {side, Side.MIDLINE}
    )


def left_in(visit):
    return sorted(f"{n.point} {n.site.side.letter}" for n in visit.needles if n.removed is None)


def test_the_walk_goes_from_stop_to_stop_and_says_how_many_are_left(counting):
    assert [rows.name.text() for rows in counting.stops.values()] == [
        "Scalp · 0 of 1", "Hands · 0 of 2", "Legs · 0 of 4", "Feet · 0 of 2",
    ]  # fmt: skip
    assert counting.left.text() == "9 left"
    assert counting.empty.text() == "Look, too: ears, face, neck and shoulders, arms, front, back, under the blanket."


def test_the_present_stop_is_unfolded_selected_and_in_sight_on_the_body(page, counting, qtbot):
    assert counting.present.title == "Scalp"
    assert {n.point for n in page.treatment.chosen} == {"GV20"}
    qtbot.mouseClick(stop(counting, "Feet").name, Qt.MouseButton.LeftButton)
    assert {(n.point, n.site.side) for n in page.treatment.chosen} == {("LR3", Side.LEFT), ("LR3", Side.RIGHT)}
    assert tick_of(counting, "LR3").isVisible()
    assert not tick_of(counting, "GV20").isVisible()
    assert not any(needle.point == "LR3" for needle in page.map.unseen())
    assert stop(counting, "Feet").hint.text() == "Look between the toes."


def test_the_whole_walk_by_keys_alone(page, counting, stored, qtbot):
    for _ in range(3):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Return)
    assert counting.present.title == "Feet"
    assert counting.left.text() == "2 left"
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Down)
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    assert counting.left.text() == "9 in, 9 out."
    assert stored().count.is_even
    assert stored().count.out == 9


def test_escape_goes_back_to_the_note_and_lets_the_needles_go(page, counting, qtbot):
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Escape)
    assert page.left.currentIndex() == 0
    assert page.focusWidget() is page.left.count_button
    assert not page.treatment.selected


def test_the_arrows_take_the_next_stop(page, counting, qtbot):
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Down)
    assert counting.present.title == "Hands"
    assert page.focusWidget() is stop(counting, "Hands").box


def test_a_tick_takes_a_needle_out_and_unticking_puts_it_back(page, counting, stored, qtbot):
    qtbot.mouseClick(stop(counting, "Legs").name, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tick_of(counting, "SP6"), Qt.MouseButton.LeftButton)
    assert "SP6 L" not in left_in(stored())
    assert stop(counting, "Legs").name.text() == "Legs · 1 of 4"
    assert tick_of(counting, "SP6").isChecked()
    assert tick_of(counting, "SP6").accessibleName() == "SP6 left, counted"
    qtbot.mouseClick(tick_of(counting, "SP6"), Qt.MouseButton.LeftButton)
    assert "SP6 L" in left_in(stored())
    page.treatment.stack.undo()
    page.treatment.stack.undo()
    assert len(left_in(stored())) == 9


def test_a_stop_is_ticked_as_a_whole_and_the_walk_goes_on(counting, stored, qtbot):
    qtbot.mouseClick(stop(counting, "Scalp").box, Qt.MouseButton.LeftButton)
    assert counting.present.title == "Hands"
    qtbot.mouseClick(stop(counting, "Feet").box, Qt.MouseButton.LeftButton)
    assert counting.present.title == "Hands"
    assert {name[:3] for name in left_in(stored())} == {"LI4", "ST3", "SP6"}
    qtbot.mouseClick(stop(counting, "Feet").box, Qt.MouseButton.LeftButton)
    assert "LR3 R" in left_in(stored())


def test_a_needle_that_is_touched_on_the_body_is_ticked_and_nothing_new_is_planned(page, counting, stored, qtbot):
    spot = next(seen for seen in page.map.seen_needles() if seen.needle.point == "SP6" and seen.needle.site.side is Side.LEFT)
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(round(spot.x), round(spot.y)))
    assert "SP6 L" not in left_in(stored())
    assert counting.present.title == "Legs"
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(round(spot.x) - 40, round(spot.y) - 60))
    assert len(stored().needles) == 9
    page.left.show_note()
    assert not page.map.read_only


def test_pulling_all_leaves_the_count_open_and_asks_for_it(page, chart, stored):
    chart.act(lambda: chart.records.treat(stored().id, [Adjunct(stored().id, LAMP, started=now())]))
    page.needles.pull.click()
    assert page.left.currentWidget() is page.counting
    assert page.counting.left.text() == "9 left"
    assert (stored().count.inside, stored().count.uncounted) == (0, 9)
    assert not any(adjunct.is_running for adjunct in stored().adjuncts)
    assert page.counting.note.text() == "Patient faint? Note it"
    assert page.counting.note.isVisible()
    page.left.show_note()
    assert page.left.count_button.text() == "Count 9 out"


def test_all_that_were_pulled_are_counted_at_one_touch(page, stored, qtbot):
    page.pull_all()
    assert page.counting.all.text() == "All 9 counted"
    qtbot.mouseClick(page.counting.all, Qt.MouseButton.LeftButton)
    assert stored().count.is_even
    assert page.counting.left.text() == "9 in, 9 out."
    assert page.counting.sign.isVisible()


def test_what_is_still_in_is_not_out_at_one_touch(page, counting, stored, qtbot):
    assert not counting.all.isVisible()
    qtbot.keyClick(counting, Qt.Key.Key_Return, CTRL | SHIFT)
    assert len(left_in(stored())) == 9


def test_a_tick_that_is_taken_back_after_a_pull_is_to_be_counted_and_not_in(page, stored, qtbot):
    page.pull_all()
    pulled = {n.id: n.removed for n in stored().needles}
    counting = page.counting
    for _ in range(2):
        qtbot.mouseClick(tick_of(counting, "GV20"), Qt.MouseButton.LeftButton)
    assert (stored().count.inside, stored().count.uncounted) == (0, 9)
    assert {n.id: n.removed for n in stored().needles} == pulled


def test_the_count_stays_open_until_it_is_done_even_after_a_restart(page, chart, library, settings, visit, qtbot):
    page.pull_all()
    again = VisitPage(chart, library, settings, Ticker(chart, settings))
    qtbot.addWidget(again)
    again.show()
    again.show_visit(visit.id)
    assert again.left.count_button.text() == "Count 9 out"
    again.left.show_counting()
    assert again.counting.left.text() == "9 left"


def test_a_fainting_is_noted_from_the_count(page, stored, qtbot):
    page.pull_all()
    qtbot.mouseClick(page.counting.note, Qt.MouseButton.LeftButton)
    assert page.left.currentWidget() is page.events
    (event,) = stored().events
    assert (event.kind, event.needle_id) == (EventKind.FAINTING, "")


@pytest.mark.parametrize(("mishap", "kind"), [(Mishap.STUCK, EventKind.STUCK), (Mishap.BROKEN, EventKind.BROKEN)])
def test_a_stuck_or_broken_needle_is_marked_and_offers_to_be_noted(page, counting, stored, mishap, kind, qtbot):
    needle = next(n for n in stored().needles if n.point == "GV20")
    stop(counting, "Scalp").marked.emit(needle, mishap)
    assert next(n.mishap for n in stored().needles if n.id == needle.id) is mishap
    assert tick_of(counting, "GV20").accessibleName() == f"GV20 midline, {mishap}, still in"
    qtbot.mouseClick(counting.note, Qt.MouseButton.LeftButton)
    (event,) = stored().events
    assert (event.kind, event.needle_id) == (kind, needle.id)
    assert page.events.form.title.text() == f"{mishap.capitalize()} needle"


def test_what_went_wrong_is_chosen_from_the_menu_of_a_row(page, counting, stored, qtbot):
    more = next(made for made in stop(counting, "Scalp").findChildren(QToolButton) if "GV20" in made.accessibleName())
    for text, mishap in (("Bent", Mishap.BENT), ("Nothing wrong", Mishap.NONE), ("Dropped", Mishap.DROPPED)):
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
        menu = next(made for made in page.findChildren(QMenu) if made.isVisible())
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.close()
        assert next(n.mishap for n in stored().needles if n.point == "GV20") is mishap
        if mishap is Mishap.DROPPED:
            assert stop(counting, "Under the blanket").name.text() == "Under the blanket · 0 of 1"


def test_a_mark_without_a_note_is_offered_in_the_foot_and_before_signing(page, stored, qtbot):
    needle = stored().needles[0]
    page.treatment.mark([needle.id], Mishap.BROKEN)
    assert page.left.event_button.text() == "Note broken needle"
    page.left.show_signing()
    assert page.sign_panel.unnoted.words.text() == "A broken needle is marked, but nothing is noted of it."
    page.left.show_note()
    qtbot.mouseClick(page.left.event_button, Qt.MouseButton.LeftButton)
    (event,) = stored().events
    assert (event.kind, event.needle_id) == (EventKind.BROKEN, needle.id)
    assert page.left.event_button.text() == "What happened · 1"
    page.left.show_signing()
    assert not page.sign_panel.unnoted.isVisible()


def test_a_needle_that_fell_stays_in_the_count_under_the_blanket_until_it_is_found(page, counting, stored, qtbot):
    needle = next(n for n in stored().needles if n.point == "LI4")
    stop(counting, "Hands").marked.emit(needle, Mishap.DROPPED)
    for title in ("Scalp", "Hands", "Legs", "Feet"):
        qtbot.mouseClick(stop(counting, title).box, Qt.MouseButton.LeftButton)
    assert counting.left.text() == "1 left"
    assert "One that fell counts when it is found." in counting.words.text()
    assert "found and put away" in stop(counting, "Under the blanket").rows[needle.id].toolTip()
    qtbot.mouseClick(stop(counting, "Under the blanket").rows[needle.id], Qt.MouseButton.LeftButton)
    assert counting.left.text() == "9 in, 9 out."


def test_the_keys_stay_in_the_walk_when_a_needle_is_looked_for_elsewhere(page, counting, stored, qtbot):
    qtbot.mouseClick(stop(counting, "Hands").name, Qt.MouseButton.LeftButton)
    tick_of(counting, "LI4").setFocus()
    stop(counting, "Hands").marked.emit(next(n for n in stored().needles if n.point == "LI4"), Mishap.DROPPED)
    assert page.focusWidget() is stop(counting, "Hands").box
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Return)
    assert counting.present.title == "Legs"


def test_a_replaced_needle_and_its_follower_are_both_counted(counting, stored):
    needle = next(n for n in stored().needles if n.point == "GV20")
    stop(counting, "Scalp").marked.emit(needle, Mishap.REPLACED)
    assert stop(counting, "Scalp").name.text() == "Scalp · 1 of 2"
    assert counting.left.text() == "9 left"


def test_a_needle_that_went_in_and_out_is_counted_and_stays_so(page, chart, stored, qtbot):
    first = stored().needles[0]
    chart.act(lambda: chart.records.treat(first.visit_id, [replace(first, retention=NO_RETENTION, removed=first.inserted)]))
    page.left.show_counting()
    row = tick_of(page.counting, "GV20")
    assert (row.isChecked(), row.isEnabled()) == (True, False)
    assert page.counting.left.text() == "8 left"


def test_everything_in_the_panel_is_large_enough_to_touch_and_has_a_name(counting, qtbot):
    qtbot.mouseClick(stop(counting, "Legs").name, Qt.MouseButton.LeftButton)
    ticks = [tick for rows in counting.stops.values() for tick in rows.ticks]
    assert all(tick.accessibleName() for tick in ticks)
    qtbot.waitUntil(lambda: all(tick.height() >= 44 for tick in ticks if tick.isVisible()))  # once all is laid out
    assert all(rows.name.height() >= 40 for rows in counting.stops.values())


def test_without_a_needle_in_there_is_nothing_to_count(page, chart, rosa, qtbot):
    empty = Visit(rosa.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(empty))
    page.show_visit(empty.id)
    assert not page.left.count_button.isEnabled()
    page.left.show_counting()
    assert page.left.currentIndex() == 0


def test_the_column_of_needles_only_follows_the_walk(page, stored, qtbot):
    page.pull_all()
    assert page.treatment.selected, "the needles of the first stop"
    assert page.needles.editor.isHidden()
    assert page.needles.count_out.isHidden(), "the walk is open already"
    assert page.beside.isVisible()
    page.left.show_note()
    assert page.needles.count_out.isVisible()
    page.treatment.select([stored().needles[0].id])
    assert page.needles.editor.isVisible()
