"""Two records of one patient: seen side by side, shown as one history, and parted again."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.forms import newest, pack
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import today
from neuro_chart.ui.health_history import FORM
from neuro_chart.ui.merge_panel import MergedRecords, MergePanel, advice_words
from neuro_chart.ui.palette import Palette


def shown(widget, kind=QLabel):
    return [made.text() for made in widget.findChildren(kind) if made.isVisibleTo(widget)]


@pytest.fixture
def other(records):
    """The same person, charted a second time under the name of her marriage."""
    patient = Patient("Rosa", "Delgado Marín", birth=date(1964, 5, 9), phone="01632 960222", created=now() - timedelta(days=900))
    records.save_patient(patient)
    return patient


@pytest.fixture
def page(window, records, rosa):
    records.save_patient(replace(rosa, birth=date(1964, 5, 9)))
    window.open_patient(rosa.id)
    return window.patient


@pytest.fixture
def panel(qtbot, page):
    overview = page._page("overview")
    qtbot.mouseClick(overview.acts.merge, Qt.MouseButton.LeftButton)
    return overview.findChild(MergePanel)


def choose(panel, words):
    panel.search.setText(words)
    panel.search.returnPressed.emit()


def part(qtbot, page):
    made = page.findChild(MergedRecords).findChild(QPushButton)
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton)


def test_two_records_are_seen_side_by_side_before_anything_happens(panel, records, rosa, other, treat):
    treat(rosa, 3)
    treat(other, 400)
    treat(other, 300)
    choose(panel, "marin")
    said = shown(panel)
    for fact in ("Rosa Delgado", "Rosa Delgado Marín", "9 May 1964", "01632 960100", "01632 960222"):
        assert fact in said
    assert any(words.startswith("2, ") for words in said)
    assert any(words.startswith("1, ") for words in said)
    assert any("Both records are kept as they are" in words for words in said)
    assert records.patient(other.id).merged_into is None


def test_merged_visits_stand_in_one_history_with_a_word_where_they_come_from(page, panel, records, rosa, other, treat):
    first, last = treat(other, 400), treat(rosa, 3)
    choose(panel, "marin")
    panel.do.click()
    assert [visit.id for visit in page._dossier.visits] == [last.id, first.id]
    assert page.patient.id == rosa.id
    assert any("2 visits" in words for words in shown(page))
    page.show_tab("progress")
    listed = page._page("progress").list
    assert [", merged record" in listed.item(at).text() or "merged record" in listed.item(at).text() for at in range(2)] == [False, True]
    page.show_visit(first.id)
    assert any(words.startswith("Visit of ") and words.endswith("from the merged record") for words in shown(page))
    page.show_papers(first.id)
    assert page._page("papers").visit_box.currentText().endswith("merged record")


def test_a_printed_visit_says_in_which_record_it_was_charted(qtbot, page, records, rosa, other, treat):
    first, last = treat(other, 400), treat(rosa, 3)
    records.merge(other.id, rosa.id)
    page.open(rosa.id, "papers")
    papers = page._page("papers")

    def printed(visit):
        papers.show_visit(visit.id)
        papers.paper.choose("visit")
        qtbot.waitUntil(lambda: papers.is_drawn)
        return " ".join(leaf.extract_text() for leaf in PdfReader(BytesIO(papers.paper_bytes)).pages)

    assert "Charted in a record of Rosa Delgado Marín, born 9 May 1964" in " ".join(printed(first).split())
    assert "Charted in a record" not in printed(last)


def test_a_merge_is_undone_redone_and_parted_at_any_time(qtbot, page, panel, records, rosa, other, treat):
    treat(other, 400)
    choose(panel, "marin")
    panel.do.click()
    page.undo_stack.undo()
    assert records.patient(other.id).merged_into is None
    assert page._dossier.visits == ()
    page.undo_stack.redo()
    assert len(page._dossier.visits) == 1
    part(qtbot, page)
    assert records.patient(other.id).merged_into is None
    assert page._dossier.visits == ()
    assert len(records.visits(other.id)) == 1


def test_the_other_record_may_stay_at_the_head(window, page, panel, records, rosa, other, treat):
    treat(rosa, 3)
    choose(panel, "marin")
    panel.stays.choose("other")
    assert any(words.startswith("Rosa Delgado Marín, born 9 May 1964, stands in the lists") for words in shown(panel))
    panel.do.click()
    assert page.patient.id == other.id
    assert len(page._dossier.visits) == 1
    assert [line.id for line in records.patients()] == [other.id]
    window.open_patient(rosa.id)  # an old way leads to the record that heads both
    assert page.patient.id == other.id


def test_the_health_histories_stand_in_one_row_with_a_word_where_they_come_from(page, panel, records, library, rosa, other):
    form = newest(library.forms, FORM)
    told = {"allergies": [True], "allergies-which": ["latex"]}
    records.start_intake(Intake(other.id, form.canonical, dict(pack(told)), started=now() - timedelta(days=400)))
    choose(panel, "marin")
    panel.do.click()
    assert "●  Allergy: latex" in shown(page.head.pills)
    page.show_tab("health")
    assert any("From the merged record." in words for words in shown(page))
    page._page("health").view.set_answer("allergies-which", ["latex and pine"])
    page._page("health").view.answered.emit("allergies-which", ["latex and pine"])
    assert "●  Allergy: latex and pine" in shown(page.head.pills)


@pytest.mark.parametrize(
    ("one", "two", "says"),
    [
        (Patient("A", "B", birth=date(1990, 1, 1)), Patient("a", "b", birth=date(1990, 1, 1)), "twins"),
        (Patient("A", "B", birth=date(1990, 1, 1)), Patient("A", "B", birth=date(1991, 1, 1)), "dates of birth differ"),
        (Patient("A", "B", birth=date(1990, 1, 1)), Patient("C", "B", birth=date(1990, 1, 1)), "another person"),
        (Patient("A", "B"), Patient("A", "B", birth=date(1991, 1, 1)), "Too little"),
    ],
)
def test_nobody_is_said_to_be_one_person_for_sure(one, two, says):
    words = advice_words(one, two)
    assert says in words
    assert "Merge only" in words or "You decide" in words


def test_namesakes_are_offered_at_once_and_never_the_record_itself(qtbot, page, records, rosa):
    twin = Patient("Rosa", "Delgado", birth=date(1964, 5, 9))
    records.save_patient(twin)
    overview = page._page("overview")
    qtbot.mouseClick(overview.acts.merge, Qt.MouseButton.LeftButton)
    panel = overview.findChild(MergePanel)
    assert panel.list.count() == 1
    assert "The same name is also in:" in shown(panel)
    choose(panel, "delgado")
    assert panel.other.id == twin.id
    assert any("twins" in words for words in shown(panel))


def test_escape_leads_back_step_by_step_and_nothing_has_happened(qtbot, page, panel, records, other):
    choose(panel, "marin")
    qtbot.keyClick(panel.do, Qt.Key.Key_Escape)
    assert panel.finding.isVisible()
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert page._page("overview").acts.archive.isVisible()
    assert records.patient(other.id).merged_into is None


def test_today_find_rooms_and_the_palette_name_the_record_at_the_head(qtbot, window, records, library, rosa, other, treat):
    signed = treat(other, 30, subjective="Tingling in both feet")
    draft = treat(other, 0, signed=False)
    window.chart.act(lambda: records.merge(other.id, rosa.id))
    assert [patient.id for _, patient in records.open_visits()] == [rosa.id]
    qtbot.waitUntil(lambda: shown(window.today, QPushButton).count("Rosa Delgado") == 2)
    assert {each.patient.id for each in window.ticker.visits} == {rosa.id}
    (found,) = records.find_in_notes("tingling")
    assert (found.patient_id, found.patient_name) == (rosa.id, "Rosa Delgado")
    palette = Palette([], window.chart, library, window._settings, window)
    palette.line.setText("delgado")
    assert [palette.list.item(at).text() for at in range(palette.list.count())] == ["Delgado, Rosa"]
    palette.close()
    window.rooms.visit_chosen.emit(other.id, draft.id)  # as a card does that knows its visit alone
    assert window.patient.patient.id == rosa.id
    assert window.patient._page("visit").page.treatment.visit.id == draft.id
    window.open_visit(found.patient_id, signed.id)
    assert window.patient._page("visit").page.treatment.visit.id == signed.id


def test_the_list_tells_each_patients_own_last_visit(window, records, rosa, other, treat):
    jan = Patient("Ján", "Novák")
    records.save_patient(jan)
    treat(rosa, 900)
    last, old = treat(other, 0, signed=False), treat(jan, 4000)
    assert {line.given: (line.last_visit, line.open_visit) for line in records.patients("novak")} == {"Ján": (old.started, False)}
    records.merge(other.id, rosa.id)
    told = {line.given: (line.last_visit, line.open_visit) for line in records.patients()}
    assert told == {"Rosa": (last.started, True), "Ján": (old.started, False)}


def test_a_visit_of_the_merged_record_is_charted_on_and_the_head_follows(window, records, rosa, other, treat):
    draft = treat(other, 0, signed=False)
    records.merge(other.id, rosa.id)
    window.open_visit(rosa.id, draft.id)
    page = window.patient
    assert "1 visit" in page.head.about.text()
    window.chart.act(lambda: records.sign(draft.id))
    assert page._dossier.drafts == []


def test_the_last_visit_and_what_was_left_in_reach_over_both_records(window, records, rosa, other, treat):
    past = treat(other, 9)
    left = Visit(other.id, records.practitioner().id, started=now() - timedelta(days=8))
    left.adjuncts.append(Adjunct(left.id, "Press needles", started=left.started, until=today() + timedelta(days=1), consent=True))
    records.start_visit(left)
    records.merge(other.id, rosa.id)
    fresh = treat(rosa, 0, signed=False, points=())
    assert records.last_visit_before(records.visit(fresh.id)).id == left.id
    assert [each.visit_id for each, _ in records.left_in(rosa.id)] == [left.id]
    window.open_visit(rosa.id, fresh.id)
    visit_page = window.patient._page("visit").page
    assert visit_page.last.isVisible()
    assert past.id in {visit.id for visit in window.patient._dossier.visits}


def test_the_figure_is_the_one_of_the_record_at_the_head(window, records, rosa, other, treat):
    draft = treat(other, 0, signed=False)
    records.save_patient(replace(records.patient(rosa.id), figure="female"))
    records.merge(other.id, rosa.id)
    window.open_visit(rosa.id, draft.id)
    visit_page = window.patient._page("visit").page
    assert visit_page.map.figure == "female"
    visit_page._choose_figure("male")
    assert visit_page.map.figure == "male"
    assert (records.patient(rosa.id).figure, records.patient(other.id).figure) == ("male", "")


def test_needles_of_an_earlier_visit_in_the_other_record_are_repeated(window, records, rosa, other, treat):
    treat(other, 9, points=("LR3",))
    records.merge(other.id, rosa.id)
    fresh = treat(rosa, 0, signed=False, points=())
    window.open_visit(rosa.id, fresh.id)
    visit_page = window.patient._page("visit").page
    visit_page.last.repeat_wanted.emit(("needles",))
    assert {needle.point for needle in records.visit(fresh.id).needles if isinstance(needle, Needle)} == {"LR3"}


def test_while_initials_are_shown_nobody_elses_name_is(window, page, panel, settings, other):
    window._turn_names()
    overview = page._page("overview")
    assert overview.acts.merge.isVisible()
    overview.acts.merge.click()
    assert "Show the names first" in window.banner.text
    assert not any("Marín" in words for words in shown(window))
    window._turn_names()
    overview.acts.merge.click()
    assert overview.findChildren(MergePanel)[-1].isVisible()


def test_the_enter_that_chooses_a_record_merges_nothing(qtbot, panel, records, other):
    panel.search.setText("marin")
    for _ in range(3):
        qtbot.keyClick(panel.window().focusWidget(), Qt.Key.Key_Return)
    assert panel.do.isVisible()
    assert records.patient(other.id).merged_into is None


def test_rooms_strip_and_left_in_name_the_record_at_the_head(qtbot, window, records, rosa, other, treat):
    left = Visit(rosa.id, records.practitioner().id, started=now() - timedelta(days=8))
    left.adjuncts.append(Adjunct(left.id, "Press needles", started=left.started, until=today() + timedelta(days=1), consent=True))
    records.start_visit(left)
    records.sign(left.id)
    draft = Visit(other.id, records.practitioner().id, room="Room 1")
    draft.needles.append(Needle(draft.id, treat(other, 20).needles[0].site, "ST36", retention=30, inserted=now()))
    window.chart.act(lambda: records.start_visit(draft))
    window.chart.act(lambda: records.merge(other.id, rosa.id))
    window.show_page("rooms")
    qtbot.waitUntil(lambda: any("Rosa Delgado" in words for words in shown(window.rooms) + shown(window.rooms, QPushButton)))
    assert not any("Marín" in words for words in shown(window.rooms) + shown(window.rooms, QPushButton))
    qtbot.waitUntil(lambda: any("1" in words for words in shown(window.strip, QPushButton)))
    assert not any("Marín" in words for words in shown(window.strip, QPushButton))
    assert [each.visit_id for each, _ in records.left_in(other.id)] == [left.id]
    window.open_visit(rosa.id, draft.id)
    beside = window.patient._page("visit").page.beside
    qtbot.waitUntil(lambda: any("Press needles" in words for words in shown(beside)))


def test_a_record_of_the_archive_at_the_head_is_told(qtbot, page, panel, records, other):
    records.archive(other.id)
    choose(panel, "marin")
    assert not any("lies in the archive" in words for words in shown(panel))
    panel.stays.choose("other")
    assert any("lies in the archive with both records" in words for words in shown(panel))


def test_a_record_that_heads_others_is_not_merged_away(window, page, panel, records, rosa, other):
    third = Patient("Rosita", "Delgado")
    records.save_patient(third)
    records.merge(third.id, other.id)
    choose(panel, "marin")
    panel.do.click()
    assert "Merge the other way round" in window.banner.text
    assert panel.do.isVisible()
    assert records.patient(other.id).merged_into is None
    panel.stays.choose("other")
    panel.do.click()
    assert page.patient.id == other.id
    assert {each.id for each in page._dossier.merged} == {rosa.id, third.id}
