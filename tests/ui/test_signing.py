"""Closing a visit: what is unfinished is said, the count is even or has its reason, and whoever signs has typed their passphrase."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from neuro_chart.clinic.adjuncts import LAMP, PRESS, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Mishap, Needle
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.attempts import FREE
from neuro_chart.ui.visit import VisitPage


@pytest.fixture
def visit(needled):
    return needled


@pytest.fixture
def asking(page):
    page.treatment.take_out()
    page.left.show_signing()
    return page.sign_panel


def test_an_even_count_is_said_in_big_and_the_visit_closes_without_a_reason(asking, stored):
    assert asking.count.text() == "2 in, 2 out."
    assert not any(made.isVisible() for made in (asking.left, asking.walk, asking.reason))
    asking.sign.click()
    assert stored().signed is not None
    assert stored().needles_left_reason == ""


def test_a_pulled_needle_that_is_not_counted_keeps_it_open_unless_the_reason_is_given(page, stored, qtbot):
    page.pull_all()
    page.left.show_signing()
    panel = page.sign_panel
    assert "2 needles were pulled and not counted: SP6 L R." in panel.left.text()
    panel.sign.click()
    assert stored().signed is None
    assert panel.error.isVisible()
    qtbot.mouseClick(panel.walk, Qt.MouseButton.LeftButton)
    assert page.left.currentWidget() is page.counting
    page.left.show_signing()
    panel.reason.setPlainText("The ambulance took her along")
    panel.sign.click()
    assert stored().needles_left_reason == "The ambulance took her along"
    assert "uncounted: The ambulance took her along." in page.bar.words.text()


def test_counting_them_out_opens_the_way_to_the_signature(page, stored, qtbot):
    page.pull_all()
    page.counting.finish()
    qtbot.mouseClick(page.counting.sign, Qt.MouseButton.LeftButton)
    page.sign_panel.sign.click()
    assert stored().signed is not None


def test_a_dropped_needle_that_is_not_found_keeps_it_open(page, chart, stored):
    page.treatment.take_out()
    chart.act(lambda: chart.records.treat(stored().id, [Needle(stored().id, stored().needles[0].site, "LI4", mishap=Mishap.DROPPED)]))
    page.left.show_signing()
    assert "One needle is still in: LI4" in page.sign_panel.left.text()
    page.sign_panel.sign.click()
    assert stored().signed is None


def test_what_still_runs_is_ended_by_one_touch(asking, chart, stored, qtbot):
    assert not asking.running.isVisible()
    chart.act(lambda: chart.records.treat(stored().id, [Adjunct(stored().id, LAMP, started=now())]))
    assert asking.running.words.text() == "Infrared lamp still runs."
    qtbot.mouseClick(asking.running.way, Qt.MouseButton.LeftButton)
    assert stored().adjuncts[0].ended is not None
    assert not asking.running.isVisible()


def test_what_was_copied_is_confirmed_by_one_touch(asking, chart, stored, qtbot):
    needle = stored().needles[0]
    chart.act(lambda: chart.records.treat(stored().id, [replace(needle, copied=True), Adjunct(stored().id, LAMP, copied=True)]))
    assert asking.copied.words.text().startswith("Copied from the last visit and not confirmed: SP6")
    assert "infrared lamp" in asking.copied.words.text()
    qtbot.mouseClick(asking.copied.way, Qt.MouseButton.LeftButton)
    assert not any(each.copied for each in (*stored().needles, *stored().adjuncts))
    assert not asking.copied.isVisible()


def test_what_is_left_in_without_a_day_or_consent_is_said_and_does_not_hold_the_visit(asking, chart, stored):
    left = Adjunct(stored().id, PRESS, started=now())
    chart.act(lambda: chart.records.treat(stored().id, [left]))
    assert asking.left_in.text() == "Press needles without the day they come out or the patient's consent."
    chart.act(lambda: chart.records.treat(stored().id, [replace(left, until=date(2030, 1, 1))]))
    assert asking.left_in.text() == "Press needles without the patient's consent."
    asking.sign.click()
    assert stored().signed is not None


def test_a_blank_in_the_note_is_said(asking, chart, stored):
    chart.act(lambda: chart.records.note(stored().id, plan="Again in ___ days"))
    assert asking.blanks.text() == "1 blank is not filled in: Plan."


def test_every_list_says_that_needles_are_to_be_counted(window, visit, qtbot):
    window.open_visit(visit.patient_id, visit.id)
    window.findChild(VisitPage).pull_all()
    window.show_page("today")
    qtbot.waitUntil(lambda: "▲ 2 to count out" in [made.text() for made in window.today.findChildren(QLabel)])
    window.open_patient(visit.patient_id)
    assert any(made.text().endswith("▲ 2 to count out") for made in window.findChildren(QLabel) if made.isVisible())


@pytest.fixture
def strict(chart):
    """The practice asks for the passphrase each time."""
    chart.records.save_practice(replace(chart.records.practice(), sign_within=0))


@pytest.fixture
def answer(qtbot):
    """Types a passphrase into a panel, presses Enter, and waits for what comes of it."""

    def typed(panel, words):
        line = panel.confirm.line
        line.clear()
        QTest.keyClicks(line, words)
        QTest.keyClick(line, Qt.Key.Key_Return)
        qtbot.waitUntil(line.isEnabled)

    return typed


def test_a_practice_that_asks_each_time_gets_the_passphrase_before_the_signature(strict, asking, stored, answer, passphrase):
    assert asking.confirm.isVisible()
    asking.sign.click()
    assert asking.confirm.error.text() == "Type your passphrase."
    assert asking.confirm.line.hasFocus()
    assert stored().signed is None
    answer(asking, passphrase)
    assert stored().signed is not None


def test_the_keys_are_where_the_passphrase_is_asked_for_unless_needles_are_in(strict, page):
    page.left.show_signing()
    assert page.sign_panel.hasFocus()
    page.left.show_note()
    page.treatment.take_out()
    page.left.show_signing()
    assert page.sign_panel.confirm.line.hasFocus()


def test_a_wrong_passphrase_is_told_and_leaves_the_visit_open(strict, asking, stored, answer, passphrase):
    answer(asking, "calm jade river at dusk")
    assert "isn't your passphrase" in asking.confirm.error.text()
    assert stored().signed is None
    answer(asking, passphrase)
    assert stored().signed is not None


def test_wrong_passphrases_slow_the_next_one_down_and_stand_in_the_trail(strict, asking, stored, answer, passphrase, chart, qtbot):
    for _ in range(FREE + 1):
        answer(asking, "a guess")
    answer(asking, passphrase)
    assert stored().signed is None, "the right one has to wait as well"
    assert "isn't your passphrase" not in asking.confirm.error.text()

    def signed():
        answer(asking, passphrase)
        assert stored().signed is not None

    qtbot.waitUntil(signed)  # the first wait is one second
    assert len(chart.records.trail(deed=Deed.FAILED)) == FREE + 1


def test_what_was_typed_lately_is_not_asked_again(chart, asking, stored):
    assert not asking.confirm.isVisible()
    asking.sign.click()
    assert stored().signed is not None


def test_after_the_time_that_the_practice_has_set_it_is_asked_also_of_a_panel_that_stands_open(chart, asking, stored):
    chart.typed -= 60 * chart.records.practice().sign_within
    asking.sign.click()
    assert stored().signed is None
    assert asking.confirm.line.hasFocus()


def test_a_right_passphrase_counts_as_typed_lately(chart, page, answer, passphrase, stored):
    page.treatment.take_out()
    chart.typed -= 60 * chart.records.practice().sign_within
    page.left.show_signing()
    answer(page.sign_panel, passphrase)
    assert stored().signed is not None
    page.left.show_amending()
    assert not page.amend_panel.confirm.isVisible()


def test_an_answer_that_comes_after_the_panel_was_left_signs_nothing(strict, page, asking, stored, passphrase, qtbot):
    QTest.keyClicks(asking.confirm.line, passphrase)
    with qtbot.waitSignal(asking.confirm.busy, check_params_cb=bool):
        QTest.keyClick(asking.confirm.line, Qt.Key.Key_Return)
    page.left.show_note()
    QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()
    page.left.show_signing()
    assert asking.confirm.line.text() == ""
    assert stored().signed is None


def test_the_signature_is_told_with_the_name_the_zone_and_its_digest(asking, page, stored):
    asking.sign.click()
    signature = stored().signature
    assert f"✓ Signed by Dr Mei Lindqvist on {signature.here.day} " in page.bar.words.text()
    assert f"(UTC{signature.zone})" in page.bar.words.text()
    assert page.bar.digest.text().replace(" ", "") == signature.digest[:12]
    assert signature.digest in page.bar.digest.toolTip()
    assert page.bar.digest.accessibleDescription() == signature.digest


@pytest.fixture
def amending(asking, page):
    asking.sign.click()
    page.left.show_amending()
    return page.amend_panel


def test_an_amendment_is_offered_among_all_that_can_be_done_once_the_visit_is_signed(window, rosa, treat, qtbot):
    def offered():
        window.show_palette()
        palette = QApplication.activePopupWidget()
        qtbot.keyClicks(palette.line, "amendment")
        found = [palette.list.item(at).text() for at in range(palette.list.count())]
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
        return found

    window.open_visit(rosa.id, treat(rosa, 0, signed=False).id)
    assert "Add amendment" not in offered()
    window.open_visit(rosa.id, treat(rosa, 7).id)
    assert "Add amendment" in offered()
    page = window.patient.findChild(VisitPage)
    assert page.left.currentWidget() is page.amend_panel


def test_an_amendment_is_added_with_its_reason_only(amending, stored):
    amending.text.setPlainText("The left foot, not the right.")
    amending.add.click()
    assert amending.error.isVisible()
    assert amending.reason.hasFocus()
    assert stored().amendments == []
    amending.reason.setPlainText("Mixed up while charting")
    amending.add.click()
    assert [(each.text, each.reason) for each in stored().amendments] == [("The left foot, not the right.", "Mixed up while charting")]


def test_an_amendment_stands_beneath_the_note_with_reason_name_time_and_digest_and_the_original_stays(amending, page, stored):
    before = stored()
    amending.text.setPlainText("The left foot, <b>not</b> the right.")
    amending.reason.setPlainText("Mixed up while charting")
    amending.add.click()
    (added,) = stored().amendments
    said = [made.text() for made in page.note.findChildren(QLabel) if made.isVisible()]
    assert "The left foot, <b>not</b> the right." in said
    assert "Reason: Mixed up while charting" in said
    assert any(words.startswith("Dr Mei Lindqvist, ") and f"(UTC{added.signature.zone})" in words for words in said)
    assert added.signature.short in said
    assert page.note.prose["subjective"].isVisible()
    assert stored().signature == before.signature


def test_an_amendment_asks_for_the_passphrase_as_a_signature_does(strict, page, asking, stored, answer, passphrase):
    answer(asking, passphrase)
    page.left.show_amending()
    panel = page.amend_panel
    panel.text.setPlainText("The left foot.")
    panel.reason.setPlainText("Mixed up")
    panel.add.click()
    assert stored().amendments == []
    answer(panel, passphrase)
    assert [each.text for each in stored().amendments] == ["The left foot."]
    assert panel.words == ("", "")
