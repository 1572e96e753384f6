"""Charting one visit through its page, on a real vault."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Mishap, Needle, Side
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.skin import AtlasError
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.errors import WriteFailedError
from neuro_chart.ui import sound
from neuro_chart.ui.rooms import RoomsPage
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage


@pytest.fixture
def patient(chart):
    made = Patient("Rosa", "Delgado")
    chart.act(lambda: chart.records.save_patient(made))
    return made


@pytest.fixture
def visit(chart, patient):
    made = Visit(patient.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(made))
    return made


def type_points(page, qtbot, text):
    qtbot.keyClicks(page.add.line, text)
    qtbot.keyClick(page.add.line, Qt.Key.Key_Return)


def test_a_prescription_is_typed_in_one_line(page, stored, qtbot):
    type_points(page, qtbot, "ST36 GB39 SP9 SP6 LR3 GB41 b 25m")
    needles = stored().needles
    assert len(needles) == 12
    assert {(n.point, n.site.side) for n in needles} == {
        (code, side) for code in ("ST36", "GB39", "SP9", "SP6", "LR3", "GB41") for side in (Side.LEFT, Side.RIGHT)
    }
    assert {n.retention for n in needles} == {25}
    assert not any(n.inserted for n in needles)
    assert page.add.line.text() == ""
    assert [shown.name for shown in page.needles.model.rows] == ["ST36", "GB39", "SP9", "SP6", "LR3", "GB41"]


def test_what_is_unknown_stays_in_the_line_and_is_explained(page, stored, qtbot):
    type_points(page, qtbot, "ST36 ZZ9 san yin jiao")
    assert {n.point for n in stored().needles} == {"ST36", "SP6"}
    assert page.add.line.text() == "ZZ9"
    assert "ZZ9" in page.add.says.text()


def test_without_a_side_nothing_is_guessed(page, stored, qtbot):
    page.add.both.setChecked(False)
    type_points(page, qtbot, "ST36")
    assert not stored().needles
    assert page.add.line.text() == "ST36"
    type_points(page, qtbot, " r")
    assert [n.site.side for n in stored().needles] == [Side.RIGHT]


def test_a_click_on_the_body_places_both_sides_as_one_step(page, stored, library, qtbot):
    page.map.show_needles([Needle("v", library.atlas.point_sites("ST36")[Side.LEFT], "ST36")], now())
    spot = page.map.seen_needles()[0]
    page.map.show_needles([], now())
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(round(spot.x), round(spot.y)))
    assert sorted((n.point, n.site.side) for n in stored().needles) == [("ST36", Side.LEFT), ("ST36", Side.RIGHT)]
    page.treatment.stack.undo()
    assert not stored().needles
    page.treatment.stack.redo()
    assert len(stored().needles) == 2


def test_the_same_point_is_not_charted_twice(page, stored, qtbot):
    type_points(page, qtbot, "ST36")
    type_points(page, qtbot, "ST36")
    assert len(stored().needles) == 2


def test_a_needle_goes_anywhere_on_the_skin_and_its_mirror_with_it(page, stored, library):
    front = library.atlas.views["front"]
    site = front.site_at(0.56 * front.size[0], 0.35 * front.size[1])
    page._place(site, "")
    one, other = stored().needles
    assert one.site == site
    assert (other.site.x, other.site.side) == (-site.x, Side.RIGHT)
    assert "right" in other.site.region
    assert len(page.needles.model.rows) == 2


def test_words_are_stored_as_they_are_typed_and_undo_takes_them_back(page, stored, qtbot):
    qtbot.keyClicks(page.note.prose["plan"], "Again on Friday")
    page.flush()
    assert stored().plan == "Again on Friday"
    page.treatment.stack.undo()
    assert stored().plan == ""
    assert page.note.prose["plan"].toPlainText() == ""
    page.treatment.stack.redo()
    assert page.note.prose["plan"].toPlainText() == "Again on Friday"


def test_control_z_in_a_text_reaches_the_pages_undo(page, stored, qtbot):
    field = page.note.prose["plan"]
    undo = page.treatment.stack.createUndoAction(page)
    undo.setShortcut("Ctrl+Z")
    page.addAction(undo)
    page.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, "Again on Friday")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stored().plan == ""
    assert field.toPlainText() == ""


def test_a_score_starts_as_not_asked_takes_zero_and_can_be_taken_back(page, stored, qtbot):
    scale = page.note.scores["pain_before"].scale
    assert stored().pain_before is None
    qtbot.keyClick(scale, Qt.Key.Key_0)
    assert stored().pain_before == 0
    qtbot.keyClick(scale, Qt.Key.Key_7)
    assert stored().pain_before == 7
    qtbot.keyClick(scale, Qt.Key.Key_Delete)
    assert stored().pain_before is None


def test_signing_is_refused_with_a_needle_in_unless_a_reason_is_given(page, stored, qtbot):
    type_points(page, qtbot, "ST36")
    page.treatment.insert()
    page.left.show_signing()
    assert "ST36 L R" in page.sign_panel.left.text()
    page.sign_panel.sign.click()
    assert stored().signed is None
    assert page.sign_panel.error.isVisible()
    page.sign_panel.reason.setPlainText("Press needles, out on Friday")
    page.sign_panel.sign.click()
    assert stored().signed is not None
    assert stored().needles_left_reason == "Press needles, out on Friday"
    assert "Press needles" in page.bar.words.text()


def test_a_signed_visit_can_only_be_amended(page, stored, qtbot):
    page.note.prose["subjective"].setPlainText("Slept well.\n" * 60)
    page.left.show_signing()
    page.sign_panel.sign.click()
    assert stored().subjective == "Slept well.\n" * 60
    assert page.bar.isVisible()
    assert "Dr Mei Lindqvist" in page.bar.words.text()
    assert page.note.prose["subjective"].isReadOnly()
    assert not page.add.isVisible()
    assert not page.treatment.stack.canUndo()
    page.bar.amend.click()
    page.amend_panel.text.setPlainText("It was the left foot.")
    page.amend_panel.reason.setPlainText("Written down wrong")
    page.amend_panel.add.click()
    assert [a.text for a in stored().amendments] == ["It was the left foot."]
    assert page.left.currentIndex() == 0
    assert not page.amend_panel.text.toPlainText()
    bar = page.note.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)


def test_the_last_visit_is_beside_it_and_its_needles_are_repeated(page, chart, patient, library, stored):
    me = chart.records.practitioner().id
    before = Visit(patient.id, me, started=now() - timedelta(days=7), plan="More walking", pain_before=6, pain_after=4)
    before.needles = [
        Needle(before.id, site, "SP6", depth=1.0, retention=25, inserted=before.started, removed=before.started + timedelta(minutes=25))
        for site in library.atlas.point_sites("SP6").values()
    ]
    before.adjuncts = [Adjunct(before.id, "Electro-stimulation", "2/100 Hz", 25)]
    chart.act(lambda: chart.records.start_visit(before))
    page.show_visit(stored().id)
    assert "2 needles, 25 min, EA 2/100 Hz" in page.last._done.text()
    assert page.last._when.text() == "Visit 7 days ago"
    assert "More walking" in page.last._note.text()
    assert page.last._went.text() == "Pain 6 → 4"
    page.last.menu.actions()[0].trigger()
    assert {(n.point, n.depth, n.retention, n.inserted) for n in stored().needles} == {("SP6", 1.0, 25, None)}
    page.last.menu.actions()[0].trigger()
    assert len(stored().needles) == 2


def test_aftercare_belongs_to_the_visit(page, stored, library, qtbot):
    page.left.show_aftercare()
    first = next(iter(library.exercises))
    page.aftercare.form.tiles[first].click()
    page.aftercare.form.foot_care.click()
    page.aftercare.rest.chosen.emit("48")
    page.aftercare.form.soon[1].click()
    care = stored().aftercare
    assert (care.exercises, care.foot_care, care.rest_hours) == ((first,), True, 48)
    assert care.next_visit == (stored().started.astimezone() + timedelta(days=7)).date()
    with qtbot.waitSignal(page.sheet_wanted) as wanted:
        page.aftercare.sheet.click()
    assert wanted.args == [stored().id]
    page.treatment.stack.undo()
    assert stored().aftercare.next_visit is None


def test_another_visit_never_gets_the_words_of_this_one(page, chart, patient, stored, visit, qtbot):
    other = Visit(patient.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(other))
    qtbot.keyClicks(page.note.prose["plan"], "For the first")
    page.show_visit(other.id)
    assert stored().plan == "For the first"
    assert page.note.prose["plan"].toPlainText() == ""
    assert not page.treatment.stack.canUndo()
    page.show_visit(visit.id)
    assert page.note.prose["plan"].toPlainText() == "For the first"


def test_an_amendment_that_was_not_added_waits_for_its_own_visit(page, chart, patient, visit):
    chart.act(lambda: chart.records.sign(visit.id))
    other = Visit(patient.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(other))
    page.left.show_amending()
    page.amend_panel.text.setPlainText("It was the left")
    page.show_visit(other.id)
    assert page.amend_panel.text.toPlainText() == ""
    page.show_visit(visit.id)
    assert page.amend_panel.text.toPlainText() == "It was the left"


def test_when_the_disk_takes_nothing_the_needles_stay_on_the_screen(page, chart, stored, monkeypatch, qtbot):
    treat = chart.records.treat

    def fail(*_parts, **_written):
        raise WriteFailedError("The disk is full.")

    monkeypatch.setattr(chart.records, "treat", fail)
    type_points(page, qtbot, "ST36")
    assert (page.needles.face.told.count, page.needles.face.told.aside) == ("2", "planned")
    assert not stored().needles
    monkeypatch.setattr(chart.records, "treat", treat)
    assert chart.write_waiting()
    assert len(stored().needles) == 2


def test_everything_can_be_done_by_keys_and_is_named_for_a_screen_reader(page):
    keys = {action.shortcut().toString() for action in page.actions()} - {""}
    assert {"Ctrl+I", "Ctrl+Shift+P", "B", "Ctrl+E", "Ctrl+R", "Alt+1", "Alt+6", "Ctrl+Shift+S"} <= keys
    assert all(action.text() for action in page.actions())
    for widget in (page.map, page.needles.view, page.add.line, page.sound, *page.map_card.zoom):
        assert widget.accessibleName()


def test_all_columns_fit_a_small_laptop(page):
    page.resize(1290, 644)
    assert page.minimumSizeHint().width() <= 1290
    assert page.needles.geometry().right() <= page.width()
    assert page.map.width() >= 500


def test_the_page_needs_no_more_height_than_a_small_laptop_has(page, stored, qtbot):
    heights = [page.minimumSizeHint().height()]
    type_points(page, qtbot, "ST36 SP6")
    heights.append(page.minimumSizeHint().height())
    page.treatment.insert()
    page.treatment.put_adjunct(Adjunct(page.treatment.visit.id, "Electro-stimulation", minutes=30))
    heights.append(page.minimumSizeHint().height())
    for kind in ("Moxibustion", "Cupping", "Infrared lamp"):
        page.treatment.put_adjunct(Adjunct(page.treatment.visit.id, kind, minutes=15))
    page.needles.view.selectAll()
    heights.append(page.minimumSizeHint().height())
    assert max(heights) <= 644
    assert page.height() == 644


def test_the_record_picks_the_figure_and_the_practitioner_changes_it(page, chart, library, settings, patient, visit, qtbot):
    assert page.map.figure == "neutral"
    chart.act(lambda: chart.records.save_patient(replace(patient, sex="Female")))
    assert page.map.figure == "female"
    page.map_card.menu.figures["male"].trigger()
    assert page.map.figure == "male"
    assert chart.records.patient(patient.id).figure == "male"
    again = VisitPage(chart, library, settings, Ticker(chart, settings))
    qtbot.addWidget(again)
    again.show_visit(visit.id)
    assert again.map.figure == "male"
    again.map_card.menu.figures[""].trigger()
    assert again.map.figure == page.map.figure == "female"


def test_a_figure_that_is_damaged_leaves_the_visit_on_the_neutral_one(page, chart, library, patient, monkeypatch):
    def damaged(_name):
        raise AtlasError(Path("female", "cameras.json"), ValueError("cut off"))

    told = []
    chart.refused.connect(told.append)
    chart.act(lambda: chart.records.save_patient(replace(patient, figure="male")))
    other = Patient("Ada", "Brown", sex="Female")
    chart.act(lambda: chart.records.save_patient(other))
    hers = Visit(other.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(hers))
    shipped = library.figure
    monkeypatch.setattr(library, "figure", lambda name: damaged(name) if name == "female" else shipped(name))
    page.show_visit(hers.id)
    assert page.map.figure == "neutral"
    assert page.treatment.visit.id == hers.id
    assert told[-1].startswith(f"{Path('female', 'cameras.json')} can't be read (cut off).")


def test_a_point_that_is_typed_turns_the_map_where_the_sheet_does_not_show_it(page, qtbot):
    type_points(page, qtbot, "ST36")
    assert page.map.sheet == "body"
    type_points(page, qtbot, "KI1")
    assert page.map.sheet == "feet"
    page.map_card.show_sheet("body")
    type_points(page, qtbot, "KI1")  # it is there already: it is chosen
    assert page.map.sheet == "feet"
    page.map_card.show_sheet("body")
    type_points(page, qtbot, "LR2 CV1")  # several points have no one view
    assert page.map.sheet == "body"


def test_while_the_disk_takes_nothing_every_page_shows_what_waits(page, chart, stored, settings, monkeypatch, qtbot):
    type_points(page, qtbot, "ST36")
    page.treatment.insert()
    ticker = Ticker(chart, settings)
    rooms = RoomsPage(chart, settings, ticker)
    qtbot.addWidget(rooms)
    rooms.show()
    treat = chart.records.treat

    def fail(*_parts, **_written):
        raise WriteFailedError("The disk is full.")

    monkeypatch.setattr(chart.records, "treat", fail)
    card = rooms.cards[page.treatment.visit.id]
    page.pull_all()
    assert (page.needles.face.told.time, card.count.text) == ("2 to count", "0")
    page.treatment.stack.undo()
    assert (page.needles.face.told.count, card.count.text) == ("2 in", "2")
    rooms.pull(page.treatment.visit.id)
    assert (page.needles.face.told.time, card.count.text) == ("2 to count", "0")
    assert not page.treatment.stack.canUndo()
    rooms.stack.undo()
    for _ in range(7):
        rooms.leave_longer(page.treatment.visit.id)
    assert {needle.retention for needle in page.treatment.needles} == {60}  # what can't be is refused at once, and not when it is stored
    rooms.pull(page.treatment.visit.id)
    page._sign("The disk is full")
    assert stored().signed is None
    monkeypatch.setattr(chart.records, "treat", treat)
    assert chart.write_waiting()
    assert stored().count.uncounted == 2
    assert page.treatment.visit == stored()


def test_a_needle_that_the_count_needs_does_not_leave_the_chart(page, chart, stored, qtbot):
    said = []
    chart.refused.connect(said.append)
    type_points(page, qtbot, "ST36")
    treatment = page.treatment

    def delete():
        treatment.select(needle.id for needle in treatment.needles)
        treatment.remove_selected()
        return len(stored().needles)

    treatment.insert()
    assert delete() == 2
    page.pull_all()
    assert delete() == 2
    treatment.count_out()
    treatment.mark(None, Mishap.BENT)
    assert delete() == 2
    assert [sentence.split(":")[0] for sentence in said] == [
        "ST36 left is in",
        "ST36 left was pulled and is not counted",
        "ST36 left is charted as bent, and stays in the count.",
    ]
    treatment.mark(None, Mishap.NONE)
    assert delete() == 0


def test_moves_that_follow_each_other_are_one_step_only_where_they_move_the_same(page, library, stored, qtbot):
    type_points(page, qtbot, "ST36")
    left, right = page.treatment.needles
    sites = [library.atlas.point_sites(code) for code in ("SP6", "LR3")]
    page.treatment.move([(left.id, sites[0][left.site.side], "SP6"), (right.id, sites[0][right.site.side], "SP6")])
    page.treatment.move([(left.id, sites[1][left.site.side], "LR3"), (right.id, sites[0][right.site.side], "SP6")])
    moved = stored().needles
    for _ in range(2):
        page.treatment.stack.undo()
    page.treatment.stack.redo()
    page.treatment.stack.redo()
    assert stored().needles == moved


def test_a_needle_that_is_in_and_should_be_out_at_once_is_overdue(page, stored, qtbot):
    type_points(page, qtbot, "ST36")
    page.treatment.insert()
    page.treatment.select(needle.id for needle in stored().needles)
    page.treatment.edit_selected("Change retention", {"retention": 0})
    told = page.needles.face.told
    assert (told.count, told.aside) == ("2 in", "overdue")
    page.pull_all()
    assert stored().count.uncounted == 2


def test_the_tone_is_switched_beside_the_clock_and_says_which_it_is(qtbot, page, settings):
    for turned in ("on", "off"):
        qtbot.mouseClick(page.sound, Qt.MouseButton.LeftButton)
        assert sound.is_on(settings) is (turned == "on")
        assert f"is {turned};" in page.sound.accessibleName()
    page.hide()
    sound.turn(settings, on=True)  # in the settings
    page.show()
    assert "is on;" in page.sound.accessibleName()
