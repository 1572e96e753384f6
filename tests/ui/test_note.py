"""The note of a visit as it is written: phrases and their blanks, tongue and pulse, what is taken over from the last visit."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QPushButton

from neuro_chart.clinic.adjuncts import MOXA, Adjunct
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage

Key, Mod = Qt.Key, Qt.KeyboardModifier


pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def open_page(chart, library, settings, qtbot):
    """Opens a visit on its page, shown and in front."""
    pages = []

    def opened(visit):
        shown = VisitPage(chart, library, settings, Ticker(chart, settings))
        pages.append(shown)
        qtbot.addWidget(shown)
        undo = shown.treatment.stack.createUndoAction(shown)
        undo.setShortcut("Ctrl+Z")
        shown.addAction(undo)
        shown.resize(1290, 644)
        shown.show()
        shown.activateWindow()
        qtbot.waitUntil(shown.isActiveWindow)
        shown.show_visit(visit.id)
        return shown

    yield opened
    for page in pages:
        page.treatment.stack.clear()


@pytest.fixture
def page(open_page, visit):
    return open_page(visit)


@pytest.fixture
def before(rosa, treat):
    return treat(
        rosa, 7, subjective="Burning less", objective="Warm", assessment="Better", plan="Once a week", pain_before=6,
        tongue={"colour": ["red"]}, pulse={"left": ["wiry"]}, aftercare=Aftercare(48, ("ankle-pumps",)),
    )  # fmt: skip


@pytest.fixture
def plan(page):
    field = page.note.prose["plan"]
    field.setFocus()
    return field


def words(field):
    return field.toPlainText()


# Phrases


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (";care ", "Advised the patient to look at both feet and into the shoes every day, and to have any wound seen at once. "),
        (";care.", "Advised the patient to look at both feet and into the shoes every day, and to have any wound seen at once."),
        (";CARE, ", "Advised the patient to look at both feet and into the shoes every day, and to have any wound seen at once, "),
        ("Warm. ;zz ", "Warm. ;zz "),
        ("pale;care ", "pale;care "),
    ],
)
def test_a_key_becomes_its_sentence(plan, qtbot, typed, shown):
    qtbot.keyClicks(plan, typed)
    assert words(plan) == shown


def test_a_tab_or_a_new_line_after_the_key_does_it_too(plan, qtbot):
    qtbot.keyClicks(plan, ";count")
    qtbot.keyClick(plan, Key.Key_Tab)
    assert words(plan) == "Needles counted: ___ in, ___ out."
    plan.selectAll()
    qtbot.keyClicks(plan, ";well")
    plan.offers.hide()
    qtbot.keyClick(plan, Key.Key_Return)
    assert words(plan) == "No adverse events during the treatment or up to leaving.\n"


def test_a_tablets_keyboard_does_it_too(plan):
    event = QInputMethodEvent()
    event.setCommitString(";care ")
    QApplication.sendEvent(plan, event)
    assert words(plan).startswith("Advised the patient")


def test_blanks_are_filled_one_after_the_other_and_then_tab_moves_on(page, plan, stored, qtbot):
    qtbot.keyClicks(plan, ";count.")
    assert plan.textCursor().selectedText() == "___"
    qtbot.keyClicks(plan, "12")
    qtbot.keyClick(plan, Key.Key_Tab)
    qtbot.keyClicks(plan, "11")
    assert words(plan) == "Needles counted: 12 in, 11 out."
    qtbot.keyClick(plan, Key.Key_Tab)
    assert not plan.hasFocus()
    assert stored().plan == "Needles counted: 12 in, 11 out."


def test_shift_tab_goes_back_to_a_blank_and_no_blank_traps_the_keys(plan, qtbot):
    qtbot.keyClicks(plan, ";count.")
    qtbot.keyClick(plan, Key.Key_Tab)
    second = plan.textCursor().selectionStart()
    qtbot.keyClick(plan, Key.Key_Backtab, Mod.ShiftModifier)
    assert plan.textCursor().selectionStart() < second
    qtbot.keyClick(plan, Key.Key_Tab)
    assert plan.textCursor().selectionStart() == second
    qtbot.keyClick(plan, Key.Key_Tab)
    assert not plan.hasFocus()


def test_a_phrase_is_one_step_of_undo_of_its_own(page, plan, stored, qtbot):
    qtbot.keyClicks(plan, "Warm. ;well ")
    qtbot.keyClicks(plan, "Slept.")
    page.flush()
    assert stored().plan == "Warm. No adverse events during the treatment or up to leaving. Slept."
    qtbot.keyClick(plan, Key.Key_Z, Mod.ControlModifier)
    assert stored().plan == words(plan) == "Warm. No adverse events during the treatment or up to leaving. "
    qtbot.keyClick(plan, Key.Key_Z, Mod.ControlModifier)
    assert stored().plan == words(plan) == "Warm. ;well "
    assert plan.textCursor().atEnd()
    page.treatment.stack.redo()
    assert "adverse" in stored().plan


def test_escape_right_after_a_phrase_gives_back_what_was_typed(plan, stored, qtbot):
    qtbot.keyClicks(plan, "Warm. ;dq ")
    qtbot.keyClick(plan, Key.Key_Escape)
    assert words(plan) == stored().plan == "Warm. ;dq "
    qtbot.keyClicks(plan, "is short for de qi")
    assert words(plan) == "Warm. ;dq is short for de qi"


def test_escape_after_an_undo_changes_nothing(page, plan, stored, qtbot):
    qtbot.keyClicks(plan, "Warm. ;care ")
    qtbot.keyClick(plan, Key.Key_Z, Mod.ControlModifier)
    qtbot.keyClick(plan, Key.Key_Escape)
    assert words(plan) == stored().plan == "Warm. ;care "


def test_signs_of_any_kind_may_stand_before_a_phrase(plan, qtbot):
    plan.insertPlainText("🦶 𠮷\n🦶 ")
    qtbot.keyClicks(plan, ";count.")
    assert plan.textCursor().selectedText() == "___"
    qtbot.keyClicks(plan, "12")
    qtbot.keyClick(plan, Key.Key_Tab)
    qtbot.keyClicks(plan, "11")
    assert words(plan) == "🦶 𠮷\n🦶 Needles counted: 12 in, 11 out."


def test_a_key_that_was_given_back_after_a_tab_is_meant_as_it_stands(plan, qtbot):
    qtbot.keyClicks(plan, ";dq")
    qtbot.keyClick(plan, Key.Key_Tab)
    qtbot.keyClick(plan, Key.Key_Escape)
    assert words(plan) == ";dq"
    qtbot.keyClick(plan, Key.Key_Tab)
    assert words(plan) == ";dq"
    assert not plan.hasFocus()


def test_phrases_are_offered_while_a_key_is_typed(page, plan, qtbot):
    qtbot.keyClicks(plan, ";")
    assert plan.offers.isVisible()
    assert plan.offers.count() == len(page.treatment.library.phrases)
    assert plan.offers.currentRow() == -1
    qtbot.keyClicks(plan, "mo")
    assert [plan.offers.item(row).text().split()[0] for row in range(2)] == [";mono", ";moxa"]
    qtbot.keyClick(plan, Key.Key_Down)
    qtbot.keyClick(plan, Key.Key_Return)
    assert words(plan).startswith("Moxa at ___")
    assert not plan.offers.isVisible()
    assert plan.hasFocus()


def test_offers_go_away_by_escape_by_a_click_elsewhere_and_with_the_focus(page, plan, qtbot):
    qtbot.keyClicks(plan, ";m")
    qtbot.keyClick(plan, Key.Key_Escape)
    assert not plan.offers.isVisible()
    assert words(plan) == ";m"
    qtbot.keyClicks(plan, "o")
    assert plan.offers.isVisible()
    page.note.prose["objective"].setFocus()
    assert not plan.offers.isVisible()


def test_the_line_that_is_typed_stays_in_sight_and_offers_stand_beneath_it(page, plan, qtbot):
    qtbot.keyClicks(plan, "Slept. " * 40 + ";m")

    def in_sight():
        line = plan.viewport().mapTo(page, plan.cursorRect().bottomLeft())
        area = page.note.area.viewport()
        assert area.mapTo(page, area.rect().topLeft()).y() < line.y() <= area.mapTo(page, area.rect().bottomLeft()).y()
        offers = plan.offers.geometry()
        assert offers.top() > line.y() or offers.bottom() < line.y() - plan.cursorRect().height()
        assert page.rect().contains(offers)

    qtbot.waitUntil(lambda: in_sight() is None)


def test_an_offered_phrase_can_be_touched(plan, qtbot):
    qtbot.keyClicks(plan, ";ca")
    row = plan.offers.visualItemRect(plan.offers.item(0))
    assert row.height() >= TARGET
    qtbot.mouseClick(plan.offers.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert words(plan).startswith("Advised the patient")


def test_own_phrases_can_be_typed_at_once_and_take_the_place_of_shipped_ones(chart, plan, qtbot):
    chart.act(lambda: chart.records.put_phrase(Phrase("care", "Mind your feet.")))
    qtbot.keyClicks(plan, ";care ")
    assert words(plan) == "Mind your feet. "


def test_blanks_are_marked_before_signing_and_stay_in_the_note(page, plan, stored, qtbot):
    qtbot.keyClicks(plan, ";refer.")
    page.left.show_signing()
    assert page.sign_panel.unfilled.isVisible()
    assert page.sign_panel.unfilled.words.text() == "2 blanks are not filled in: Plan."
    page.sign_panel.unfilled.way.click()
    assert plan.hasFocus()
    assert plan.textCursor().selectedText() == "___"
    qtbot.keyClicks(plan, "Dr Osei")
    qtbot.keyClick(plan, Key.Key_Tab)
    qtbot.keyClicks(plan, "an EMG")
    page.left.show_signing()
    assert not page.sign_panel.unfilled.isVisible()
    assert stored().plan == "Referred to Dr Osei for an EMG."


def test_a_blank_is_seen_in_the_text(plan, qtbot):
    qtbot.keyClicks(plan, ";next.")
    formats = plan.document().firstBlock().layout().formats()
    assert [(each.start, each.length) for each in formats] == [(14, 3), (19, 3)]


# Tongue and pulse


def chip(chips, name):
    return next(made for made in chips.chips.values() if made.text() in {name, f"{name} {made.text()[-1]}"})


def test_the_tongue_is_charted_by_chips_and_read_in_words_under_the_objective(page, stored, qtbot):
    assert page.note.tongue_pulse.accessibleName() == "Tongue and pulse, not charted"
    page.note.tongue_pulse.click()
    panel = page.tongue_pulse
    assert panel.isVisible()
    assert not any(made.isChecked() for made in (*panel.tongue.chips.values(), *panel.pulse.chips.values()))
    for name in ("Pale", "Swollen", "Teeth marks"):
        chip(panel.tongue, name).click()
    panel.tongue.chips["thickness", "thin"].click()
    chip(panel.tongue, "White").click()
    assert stored().tongue == {"colour": ["pale"], "shape": ["swollen", "teeth-marks"], "thickness": ["thin"], "coating": ["white"]}
    panel.closed.emit()
    assert page.note.tongue_pulse.text() == "Tongue: pale, swollen, teeth marks; coating thin white."
    page.treatment.stack.undo()
    assert page.note.tongue_pulse.text() == "Tongue: pale, swollen, teeth marks; coating thin."
    assert stored().objective == ""


def test_a_mark_of_the_tongue_has_its_places(page, stored):
    panel = page.tongue_pulse
    page.left.show_tongue_pulse()
    tip = panel.areas.chips["cracks", "tip"]
    assert not tip.isVisible()
    chip(panel.tongue, "Cracks").click()
    assert tip.isVisible()
    tip.click()
    panel.areas.chips["cracks", "centre"].click()
    assert stored().tongue == {"marks": ["cracks:tip", "cracks:centre"]}
    assert panel.words.text() == "Tongue: cracks (tip, centre)."
    tip.click()
    panel.areas.chips["cracks", "centre"].click()
    assert stored().tongue == {"marks": ["cracks"]}
    chip(panel.tongue, "Cracks").click()
    assert stored().tongue == {}


def test_the_pulse_is_charted_for_both_wrists_for_one_and_for_a_position(page, stored):
    panel = page.tongue_pulse
    page.left.show_tongue_pulse()
    panel.part.choose("pulse")
    chip(panel.pulse, "Wiry").click()
    assert stored().pulse == {"left": ["wiry"], "right": ["wiry"]}
    panel.side.choose("left")
    assert chip(panel.pulse, "Wiry").isChecked()
    chip(panel.pulse, "Rapid").click()
    panel.position.choose("chi")
    assert not chip(panel.pulse, "Wiry").isChecked()
    chip(panel.pulse, "Weak").click()
    assert stored().pulse == {"left": ["wiry", "rapid"], "right": ["wiry"], "left-chi": ["weak"]}
    assert panel.words.text() == "Pulse: L wiry rapid, R wiry, L chi weak."
    panel.side.choose("both")
    panel.position.choose("whole")
    assert chip(panel.pulse, "Wiry").isChecked()
    assert not chip(panel.pulse, "Rapid").isChecked()


@pytest.mark.parametrize(("typed", "kept"), [("72", ["72"]), ("072", ["72"]), ("9", []), ("999", []), ("ab", []), ("", [])])
def test_a_rate_is_beats_a_minute_and_nothing_else(page, stored, qtbot, typed, kept):
    panel = page.tongue_pulse
    page.left.show_tongue_pulse()
    panel.part.choose("pulse")
    qtbot.keyClicks(panel.rate, typed)
    qtbot.keyClick(panel.rate, Key.Key_Return)
    assert stored().pulse.get("rate", []) == kept
    assert panel._wrong.isVisible() == (bool(typed) and not kept)


def test_a_rate_that_is_being_typed_is_never_charted_in_another_visit(chart, page, rosa, stored, qtbot):
    other = Visit(rosa.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(other))
    page.left.show_tongue_pulse()
    page.tongue_pulse.part.choose("pulse")
    page.tongue_pulse.rate.setFocus()
    qtbot.keyClicks(page.tongue_pulse.rate, "72")
    page.show_visit(other.id)
    page.flush()
    assert stored().pulse == {"rate": ["72"]}
    assert chart.records.visit(other.id).pulse == {}


def test_tongue_and_pulse_are_charted_by_keys_alone(page, stored, qtbot):
    page.note.prose["plan"].setFocus()
    qtbot.keyClick(page, Key.Key_T, Mod.ControlModifier | Mod.ShiftModifier)
    panel = page.tongue_pulse
    assert panel.part.isAncestorOf(page.focusWidget())
    qtbot.keyClick(page.focusWidget(), Key.Key_Tab)
    assert page.focusWidget() is panel.tongue.chips["colour", "pale-red"]
    qtbot.keyClick(page.focusWidget(), Key.Key_Right)
    qtbot.keyClick(page.focusWidget(), Key.Key_Space)
    qtbot.keyClick(page.focusWidget(), Key.Key_S)
    qtbot.keyClick(page.focusWidget(), Key.Key_Return)
    qtbot.keyClick(page.focusWidget(), Key.Key_Tab)
    assert page.focusWidget() is panel.tongue.chips["moisture", "moist"]
    assert stored().tongue == {"colour": ["pale"], "shape": ["swollen"]}
    qtbot.keyClick(page.focusWidget(), Key.Key_Escape)
    assert page.note.tongue_pulse.hasFocus()


def test_a_letter_goes_to_the_next_quality_that_begins_with_it_and_brings_it_into_sight(page, stored, qtbot):
    page.left.show_tongue_pulse()
    panel = page.tongue_pulse
    panel.part.choose("pulse")
    floating = chip(panel.pulse, "Floating")
    floating.setFocus()
    qtbot.keyClick(floating, Key.Key_W)
    qtbot.keyClick(page.focusWidget(), Key.Key_W)
    wiry = page.focusWidget()
    assert wiry is chip(panel.pulse, "Wiry")
    assert not wiry.visibleRegion().isEmpty()
    qtbot.keyClick(wiry, Key.Key_Space)
    assert stored().pulse == {"left": ["wiry"], "right": ["wiry"]}


def test_a_signed_visit_reads_its_findings_and_charts_none(chart, open_page, rosa, treat):
    signed = treat(rosa, 2, tongue={"colour": ["red"]}, copied={"plan": "2026-03-12"}, plan="Weekly")
    page = open_page(signed)
    assert page.note.tongue_pulse.text() == "Tongue: red."
    page.note.tongue_pulse.click()
    page.left.show_tongue_pulse()
    assert not page.tongue_pulse.isVisible()
    assert page.note.copied["plan"].words.isVisible()
    assert not page.note.copied["plan"].remove.isVisible()
    other = open_page(treat(rosa, 3))
    assert not other.note.tongue_pulse.isVisible()


def test_what_was_found_the_last_time_is_told_beside_it_and_in_that_visits_note(before, page):
    page.left.show_tongue_pulse()
    assert page.tongue_pulse.words.text() == "Nothing is charted yet."
    assert page.tongue_pulse.before.text() == "7 days ago · Tongue: red. Pulse: L wiry."
    assert "Warm\nTongue: red. Pulse: L wiry." in page.last._note.text()


# From the last visit


def choose(page, name):
    action = next(each for each in page.last.menu.actions() if each.text().replace("&", "").startswith(name))
    assert action.isVisible()
    action.trigger()


def test_the_plan_is_taken_over_and_says_from_which_visit_until_that_is_taken_away(before, page, stored, qtbot):
    choose(page, "Plan")
    taken = stored()
    assert taken.plan == words(page.note.prose["plan"]) == "Once a week"
    assert (taken.subjective, taken.objective, taken.assessment, taken.pain_before, taken.tongue, taken.pulse) == ("", "", "", None, {}, {})
    assert not taken.needles
    line = page.note.copied["plan"]
    assert line.isVisibleTo(page)
    assert line.words.text().startswith("From the visit of ")
    assert str(before.started.astimezone().year) in line.words.text()
    assert line.remove.height() >= TARGET
    line.remove.click()
    assert not line.isVisible()
    assert (stored().plan, stored().copied) == ("Once a week", {})
    page.treatment.stack.undo()
    page.treatment.stack.undo()
    assert (stored().plan, stored().copied) == ("", {})


def test_words_that_are_gone_came_from_nowhere(before, page, stored, qtbot):
    choose(page, "Plan")
    page.note.prose["plan"].setPlainText("")
    page.flush()
    assert not page.note.copied["plan"].isVisible()


def test_what_is_being_typed_stays_when_the_plan_is_taken_over(before, page, stored, qtbot):
    qtbot.keyClicks(page.note.prose["plan"], "Ask about sleep.")
    choose(page, "Plan")
    assert stored().plan == words(page.note.prose["plan"]) == "Ask about sleep.\nOnce a week"


def test_the_aftercare_is_taken_over_and_says_so_too(before, page, stored):
    choose(page, "Aftercare")
    assert stored().aftercare == Aftercare(48, ("ankle-pumps",))
    page.left.show_aftercare()
    assert page.aftercare.copied.isVisible()
    page.aftercare.copied.remove.click()
    assert stored().copied == {}


def test_needles_are_repeated_by_one_key_and_by_the_menu(before, page, stored, qtbot):
    assert [each.text() for each in page.last.menu.actions() if each.isVisible()] == ["&Needles\tCtrl+R", "&Plan", "After&care"]
    choose(page, "Needles")
    assert len(stored().needles) == 4
    page.treatment.stack.undo()
    qtbot.keyClick(page, Key.Key_R, Mod.ControlModifier)
    assert len(stored().needles) == 4
    assert stored().plan == ""


def test_needles_and_adjuncts_can_be_repeated_together_or_alone(chart, rosa, treat, open_page, visit, stored):
    before = treat(rosa, 7, signed=False)
    chart.act(lambda: chart.records.treat(before.id, [Adjunct(before.id, MOXA, minutes=10)]))
    page = open_page(visit)
    shown = [each.text().replace("&", "") for each in page.last.menu.actions() if each.isVisible()]
    assert shown == ["Needles and adjuncts\tCtrl+R", "Needles alone", "Adjuncts alone"]
    choose(page, "Adjuncts alone")
    assert (len(stored().needles), [each.kind for each in stored().adjuncts]) == (0, [MOXA])
    choose(page, "Needles and adjuncts")
    assert (len(stored().needles), len(stored().adjuncts)) == (4, 1)


def test_the_menu_of_the_last_visit_opens_by_its_key_with_the_keys_in_it(before, page, qtbot):
    qtbot.keyClick(page, Key.Key_R, Mod.ControlModifier | Mod.ShiftModifier)
    assert page.last.menu.isVisible()
    assert page.last.menu.activeAction().text() == "&Needles\tCtrl+R"
    assert all(page.last.menu.actionGeometry(each).height() >= TARGET for each in page.last.menu.actions() if each.isVisible())
    page.last.menu.close()


# For hands and for screen readers


def test_all_of_the_note_and_its_panel_is_big_enough_and_has_a_name(before, page, qtbot):
    choose(page, "Plan")
    page.left.show_tongue_pulse()
    for part in ("pulse", "tongue"):
        page.tongue_pulse.part.choose(part)
        for made in page.tongue_pulse.findChildren(QPushButton):
            if made.isVisible() and made.property("role") == "chip":
                assert made.height() >= TARGET
                assert made.accessibleName()
    page.left.show_note()
    for field in (*page.note.prose.values(), page.note.tongue_pulse, page.note.copied["plan"].remove):
        assert field.height() >= TARGET
        assert field.accessibleName()
