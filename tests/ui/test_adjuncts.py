"""What is done beside the needles, charted through the visit page on a real vault."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, LAMP, MOXA, SEEDS, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.safety import load_rules
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.theme import TARGET

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def planned(page, library):
    """Plans needles: `planned("ST36", "SP6")` on both sides."""

    def plan(*codes):
        sites = [(library.atlas.point_sites(code)[side], code) for code in codes for side in (Side.LEFT, Side.RIGHT)]
        page.treatment.plan([Needle("", site, code) for site, code in sites], "Plan")
        page.treatment.select(())
        return page.treatment.needles

    return plan


def enter(line, text):
    line.setText(text)
    line.setModified(True)
    line.flush()


def test_two_selected_needles_are_joined_by_a_lead_with_one_key(page, stored, planned, qtbot):
    needles = planned("ST36", "SP6")
    left = [needle.id for needle in needles if needle.site.side is Side.LEFT]
    page.treatment.select(left)
    page.map.setFocus()
    qtbot.keyClick(page.map, Qt.Key.Key_J)
    (electro,) = stored().adjuncts
    assert electro.kind == ELECTRO
    assert electro.pairs == (tuple(left),)
    assert "ST36–SP6 L" in page.beside.rows[electro.id].accessibleName()
    assert page.left.currentWidget() is page.adjunct
    assert page.focusWidget() is page.map, "the hand goes on joining"
    page.treatment.stack.undo()
    assert not stored().adjuncts
    assert page.left.currentIndex() == 0


def test_without_a_selection_all_are_joined_two_by_two_on_each_side(page, stored, planned, qtbot):
    planned("ST36", "SP6", "GB34", "LR3")
    page.beside.join()
    assert "ST36–SP6 L R, GB34–LR3 L R" in next(iter(page.beside.rows.values())).accessibleName()
    page.beside.join()
    assert len(stored().adjuncts) == 1
    assert len(stored().adjuncts[0].pairs) == 4


def test_a_needle_has_one_lead(page, stored, planned):
    needles = planned("ST36", "SP6")
    page.beside.join()
    page.treatment.select([needles[0].id, needles[1].id])
    page.adjunct.form.join.click()
    assert stored().adjuncts[0].pairs == ((needles[0].id, needles[1].id),)


def test_joining_needs_two_needles(page, chart, stored, qtbot):
    with qtbot.waitSignal(chart.refused):
        page.beside.join()
    assert not stored().adjuncts


def test_electro_stimulation_is_told_in_its_panel(page, stored, qtbot):
    page.beside.add_kind(ELECTRO)
    form = page.adjunct.form
    form.offers["frequency"].values["2/100"].click()
    form.offers["waveform"].values["dense-disperse"].click()
    enter(form.offers["intensity"].entry, "strong but pleasant")
    enter(form.offers["minutes"].entry, "22")
    (kept,) = stored().adjuncts
    told = (kept.frequency, kept.waveform, kept.intensity, kept.minutes)
    assert told == ("2/100", "dense-disperse", "strong but pleasant", 22)
    form.offers["frequency"].values["2/100"].click()
    assert stored().adjuncts[0].frequency == "", "picking what holds takes it back"
    enter(form.offers["frequency"].entry, "2 - 15 Hz")
    assert stored().adjuncts[0].frequency == "2/15"
    enter(form.offers["frequency"].entry, "fast")
    assert form.error.text().startswith("Write Hz")
    assert stored().adjuncts[0].frequency == "2/15"


def test_each_edit_is_undone_by_itself(page, stored):
    page.beside.add_kind(CUPPING)
    page.adjunct.form.offers["method"].values["sliding"].click()
    page.adjunct.form.offers["size"].values["medium"].click()
    page.treatment.stack.undo()
    assert (stored().adjuncts[0].method, stored().adjuncts[0].size) == ("sliding", "")
    page.treatment.stack.undo()
    assert stored().adjuncts[0].method == ""
    page.treatment.stack.undo()
    assert not stored().adjuncts


def test_the_keys_go_to_the_first_field_of_a_new_one(page):
    page.beside.add_kind(CUPPING)
    assert page.focusWidget() is page.adjunct.form.offers["method"].values["fixed"]
    page.beside.add_kind(LAMP)
    assert page.focusWidget() is page.adjunct.form.offers["minutes"].values["10"]


def test_it_is_started_paused_lengthened_and_ended_on_its_row(page, stored, qtbot):
    page.beside.add_kind(LAMP)
    page.adjunct.form.offers["minutes"].values["20"].click()
    page.left.show_note()
    (row,) = page.beside.rows.values()
    assert page.focusWidget() is row
    qtbot.keyClick(row, Qt.Key.Key_Space)
    assert stored().adjuncts[0].clock.is_open
    page.beside.tick(now() + timedelta(minutes=5))
    assert "left" in row.accessibleName()
    assert "running" in row.accessibleName()
    qtbot.keyClick(row, Qt.Key.Key_K)
    assert stored().adjuncts[0].clock.is_paused
    assert "paused" in row.accessibleName()
    qtbot.keyClick(row, Qt.Key.Key_K)
    assert not stored().adjuncts[0].clock.is_paused
    qtbot.keyClick(row, Qt.Key.Key_Plus)
    assert stored().adjuncts[0].minutes == 25
    page.beside.tick(now() + timedelta(minutes=27))
    assert "over by" in row.accessibleName()
    qtbot.keyClick(row, Qt.Key.Key_Space)
    assert stored().adjuncts[0].ended
    qtbot.keyClick(row, Qt.Key.Key_Delete)
    assert not stored().adjuncts
    page.treatment.stack.undo()
    assert stored().adjuncts[0].ended


def test_enter_on_a_row_opens_its_panel_and_escape_comes_back(page, qtbot):
    page.beside.add_kind(MOXA)
    page.left.show_note()
    (row,) = page.beside.rows.values()
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Return)
    assert page.left.currentWidget() is page.adjunct
    assert row.isChecked()
    qtbot.keyClick(page.adjunct, Qt.Key.Key_Escape)
    assert page.left.currentIndex() == 0
    assert page.focusWidget() is row
    assert not row.isChecked()


def test_places_are_typed_taken_from_needles_and_drawn(page, stored, planned, library, qtbot):
    needles = planned("BL23")
    page.beside.add_kind(CUPPING)
    places = page.adjunct.form.places
    enter(places.entry, "BL20 l")
    assert [(spot.point, spot.site.side) for spot in stored().adjuncts[0].spots] == [("BL20", Side.LEFT)]
    page.treatment.select([needle.id for needle in needles])
    places.chosen.click()
    assert {spot.point for spot in stored().adjuncts[0].spots} == {"BL20", "BL23"}
    places.draw.click()
    stroke = tuple(library.atlas.point_sites(code)[Side.LEFT] for code in ("BL13", "BL15", "BL17", "BL18", "BL20"))
    page.map.tools.draw(stroke)
    page.map.tools.draw((library.atlas.point_sites("BL25")[Side.RIGHT],))
    kept = stored().adjuncts[0]
    assert kept.strokes == (stroke,)
    assert ("BL25", Side.RIGHT) in {(spot.point, spot.site.side) for spot in kept.spots}
    assert places.draw.isChecked()
    qtbot.keyClick(page.map, Qt.Key.Key_Escape)
    assert not places.draw.isChecked()
    assert page.left.currentWidget() is page.adjunct, "Escape only puts the brush away"
    places.draw.click()
    page.left.show_note()
    page.map.tools.draw(stroke)
    assert stored().adjuncts[0] == kept, "the brush is put away with the panel"


def test_a_place_is_taken_off_again(page, stored):
    page.beside.add_kind(CUPPING)
    enter(page.adjunct.form.places.entry, "BL20 b, BL23 b")
    assert [words for words, _ in page.adjunct.form.places.shown] == ["BL20 L R", "BL23 L R"]
    page.adjunct.form.places.shown[0][1].findChild(type(page.adjunct.clock.off)).click()
    assert {spot.point for spot in stored().adjuncts[0].spots} == {"BL23"}


def test_a_new_one_is_at_the_selected_needles(page, stored, planned):
    needles = planned("ST36")
    page.treatment.select([needles[0].id])
    page.beside.add_kind(MOXA)
    assert [(spot.point, spot.site.side) for spot in stored().adjuncts[0].spots] == [("ST36", needles[0].site.side)]


def test_the_kinds_of_the_last_visit_are_offered_first(page, chart, rosa, library, qtbot):
    before = Visit(rosa.id, chart.records.practitioner().id, started=now() - timedelta(days=7))
    before.adjuncts = [Adjunct(before.id, LAMP), Adjunct(before.id, "Tuning fork")]
    chart.records.start_visit(before)
    page.show_visit(page.treatment.visit.id)
    offered = [action.text().split("\t") for action in page.beside.menu.actions() if not action.isSeparator()]
    assert offered[0] == ["Infrared &lamp", "L"]
    assert len(offered) == len(library.adjuncts)


def test_the_menu_is_used_by_its_letters(page, stored, qtbot):
    page.beside.menu.popup(page.mapToGlobal(page.rect().center()))
    qtbot.keyClick(page.beside.menu, Qt.Key.Key_G)
    assert [each.kind for each in stored().adjuncts] == ["Gua sha"]


def test_what_a_line_of_shorthand_asks_for_stands_in_the_rows(page, stored, qtbot):
    qtbot.keyClicks(page.add.line, "ST36 SP6 ea 2/100 30m b, BL23 moxa b")
    qtbot.keyClick(page.add.line, Qt.Key.Key_Return)
    said = [page.beside.rows[each.id].accessibleName() for each in stored().adjuncts]
    assert said[0] == "Electro-stimulation, 2/100 Hz, ST36–SP6 L R, not begun, for 30 min"
    assert said[1].startswith("Moxibustion, BL23 L R, not begun")


def test_what_is_left_in_has_a_day_and_a_consent_and_no_clock_to_run(page, stored, qtbot):
    page.beside.add_kind(SEEDS)
    form = page.adjunct.form
    form.offers["amount"].findChildren(type(page.adjunct.clock.off))[1].click()
    enter(form.offers["amount"].entry, "3")
    form.offers["until"].values["5 days"].click()
    form.consent.click()
    (kept,) = stored().adjuncts
    (row,) = page.beside.rows.values()
    assert "consent" not in row.accessibleName()
    form.consent.click()
    assert "consent not charted" in row.accessibleName()
    form.consent.click()
    assert (kept.amount, kept.consent, kept.is_left_in, kept.is_running) == (3, True, True, False)
    assert (kept.until - kept.started.astimezone().date()).days == 5
    assert "in 5 days" in form.until.text()
    assert page.adjunct.clock.pause.isHidden()
    assert stored().count.inserted == 0
    page.treatment.pull_all()
    assert stored().adjuncts[0].is_left_in, "seeds are not pulled with the needles"


def test_what_an_earlier_visit_left_in_is_asked_for_until_it_is_out(page, chart, rosa, stored, visit):
    began = now() - timedelta(days=4)
    before = Visit(rosa.id, chart.records.practitioner().id, started=began)
    before.adjuncts = [Adjunct(before.id, SEEDS, amount=3, started=began, until=(began - timedelta(days=1)).date())]
    chart.records.start_visit(before)
    chart.records.sign(before.id)
    page.show_visit(before.id)
    assert page.beside.left == [], "its own visit needs no reminder"
    page.show_visit(visit.id)
    (reminder,) = page.beside.left
    assert "3 seeds, left in on" in reminder.words.text()
    assert reminder.words.text().endswith("(5 days ago)")
    reminder.out.click()
    assert page.beside.left == []
    assert stored().adjuncts[0].ended
    assert chart.records.left_in(rosa.id) == []
    page.treatment.stack.undo()
    assert len(page.beside.left) == 1
    assert chart.records.left_in(rosa.id)


def test_an_older_charts_words_stay_as_they_are(page, chart, stored, visit):
    chart.act(lambda: chart.records.treat(visit.id, [Adjunct(visit.id, "Tuning fork", "128 Hz on the sternum", 5)]))
    page.show_visit(visit.id)
    (row,) = page.beside.rows.values()
    assert "Tuning fork, 128 Hz on the sternum" in row.accessibleName()
    row.click()
    assert page.adjunct.form.words.text() == "128 Hz on the sternum"
    enter(page.adjunct.form.words, "256 Hz on the sternum")
    assert stored().adjuncts[0].setting == "256 Hz on the sternum"


def test_a_signed_visit_is_only_looked_at(page, chart, stored, visit):
    page.beside.add_kind(CUPPING)
    page.left.show_note()
    chart.act(lambda: chart.records.sign(visit.id))
    page.show_visit(visit.id)
    (row,) = page.beside.rows.values()
    assert not row.step.isVisible()
    assert not page.beside.add.isVisible()
    row.click()
    assert not page.adjunct.form.isEnabled()


def test_everything_is_large_enough_to_touch_and_has_a_name(page, planned):
    planned("ST36", "SP6")
    page.beside.join()
    for kind in page._library.adjuncts:
        page.beside.add_kind(kind)
        enter(page.adjunct.form.places.entry, "BL20 b")
        form = page.adjunct.form
        parts = [*page.beside.rows.values(), page.beside.add, *page.adjunct.findChildren(type(form.join))]
        parts += [line.entry for line in form.offers.values() if line.entry is not None]
        for part in parts:
            if part.isVisible():
                assert part.height() >= TARGET, (kind, part)
                assert part.accessibleName() or part.text()


def test_electro_stimulation_ends_with_the_needles_of_its_leads(page, stored, planned):
    needles = planned("ST36", "SP6")
    page.beside.join()
    page.treatment.insert()
    page.treatment.step_adjunct(stored().adjuncts[0].id)
    left = [needle.id for needle in needles if needle.site.side is Side.LEFT]
    page.treatment.take_out(left)
    assert stored().adjuncts[0].is_running, "the right leg goes on"
    page.treatment.take_out()
    assert stored().adjuncts[0].ended
    page.treatment.stack.undo()
    assert stored().adjuncts[0].is_running
    assert stored().count.inside == 2


def test_the_panel_warns_of_what_the_health_history_says_against_it(page, library):
    rules = {rule.warning.key: rule.warning for rule in load_rules(library.folder / "forms" / "warnings.toml")}
    intake = Intake(page.treatment.visit.patient_id, "")
    page.show_warnings([(rules[key], intake) for key in ("pacemaker", "thinner", "numb-feet")])
    told = {}
    for kind in (ELECTRO, CUPPING, MOXA, LAMP, SEEDS):
        page.beside.add_kind(kind)
        told[kind] = [" ".join(part.text() for part in mind.findChildren(QLabel)) for mind in page.adjunct.form.minds]
    assert [len(told[kind]) for kind in (ELECTRO, CUPPING, MOXA, LAMP, SEEDS)] == [1, 1, 1, 1, 0]
    assert "Pacemaker" in told[ELECTRO][0]
    assert "doi.org/10.1093/europace/euad206" in told[ELECTRO][0]
    assert "cupping" in told[CUPPING][0]
    assert "no heat" in told[MOXA][0]
    said = {row.adjunct.kind: row.accessibleName() for row in page.beside.rows.values()}
    assert "Take care: Pacemaker or ICD: no electro" in said[ELECTRO], "the row says so, too, however it came there"
    assert "Take care" not in said[SEEDS]
    assert len(page.treatment.visit.adjuncts) == 5, "it advises and blocks nothing"


def test_a_new_needle_takes_over_the_lead_of_the_old(page, stored, planned):
    needles = planned("ST36", "SP6")
    page.beside.join()
    page.treatment.insert()
    page.treatment.step_adjunct(stored().adjuncts[0].id)
    page.treatment.replace_needles([needles[0].id])
    (fresh,) = (needle for needle in stored().needles if needle.id not in {old.id for old in needles})
    (electro,) = stored().adjuncts
    assert (fresh.id, needles[2].id) in electro.pairs
    assert electro.is_running
    page.treatment.stack.undo()
    assert (needles[0].id, needles[2].id) in stored().adjuncts[0].pairs


def test_signing_ends_what_runs_and_leaves_in_what_stays(page, stored):
    page.beside.add_kind(LAMP)
    page.treatment.step_adjunct(stored().adjuncts[0].id)
    page.beside.add_kind(SEEDS)
    page._sign("")
    lamp, seeds = stored().adjuncts
    assert stored().signed
    assert lamp.ended
    assert seeds.is_left_in


def test_however_much_is_done_beside_the_needles_the_window_keeps_its_height(page, library):
    before = page.minimumSizeHint().height()
    for kind in [*library.adjuncts, *library.adjuncts]:
        page.beside.add_kind(kind)
    page.left.show_note()
    assert len(page.beside.rows) == 2 * len(library.adjuncts)
    assert page.minimumSizeHint().height() <= before + 2 * TARGET
    last = list(page.beside.rows.values())[-1]
    last.setFocus(Qt.FocusReason.TabFocusReason)
    assert last.height() >= TARGET
