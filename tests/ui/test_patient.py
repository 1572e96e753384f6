"""A patient's page: the record, the head, the tabs, the health history."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.forms import newest, pack
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.retention import Retention
from neuro_chart.ui.health_history import FORM
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.patient import PatientPage
from neuro_chart.ui.patient_form import PatientForm
from neuro_chart.ui.ticker import Ticker


@pytest.fixture
def page(qtbot, chart, library, settings):
    made = PatientPage(chart, library, settings, Ticker(chart, settings))
    qtbot.addWidget(made)
    made.resize(1290, 712)
    made.show()
    return made


@pytest.fixture
def form(qtbot, chart):
    made = PatientForm(chart)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def shown_form(form, rosa):
    form.show_patient(rosa)
    return form


def type_into(qtbot, line, text):
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


def press(qtbot, page, text):
    def found():
        return [made for made in page.findChildren(QPushButton) if made.text() == text and made.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    qtbot.mouseClick(found()[-1], Qt.MouseButton.LeftButton)


def words(page):
    return [made.text() for made in page.findChildren(QLabel) if made.isVisible()]


def test_a_patient_is_added_with_only_a_name(qtbot, form, records):
    type_into(qtbot, form.inputs["family"], "Delgado")
    with qtbot.waitSignal(form.added) as added:
        qtbot.mouseClick(form.add_button, Qt.MouseButton.LeftButton)
    assert records.patient(added.args[0]).family == "Delgado"
    assert form.inputs["family"].text() == ""


def test_a_patient_without_a_name_is_not_added(qtbot, form, records):
    qtbot.mouseClick(form.add_button, Qt.MouseButton.LeftButton)
    assert "at least one name" in form.words["family"].text()
    assert records.patient_count() == 0


def test_the_form_says_how_a_date_of_birth_was_understood(qtbot, form):
    type_into(qtbot, form.inputs["birth"], "14.3.1958")
    assert form.words["birth"].text().startswith("14 March 1958, ")


@pytest.mark.parametrize(("text", "reason"), [("30.2.1958", "only 28 days"), ("3.4.58", "four digits"), ("1.1.2999", "future")])
def test_an_impossible_birth_is_refused_and_the_rest_is_kept(qtbot, shown_form, records, text, reason):
    form, rosa = shown_form, shown_form.patient
    type_into(qtbot, form.inputs["birth"], text)
    type_into(qtbot, form.inputs["phone"], "01632 960999")
    form.flush()
    assert reason in form.words["birth"].text()
    assert form.inputs["birth"].text() == text
    assert records.patient(rosa.id).birth is None
    assert records.patient(rosa.id).phone == "01632 960999"


def test_what_is_typed_is_stored_when_the_line_is_left(qtbot, form, records, rosa):
    form.show_patient(rosa)
    type_into(qtbot, form.inputs["email"], "rosa@example.org")
    qtbot.keyClick(form.inputs["email"], Qt.Key.Key_Tab)
    assert records.patient(rosa.id).email == "rosa@example.org"


def test_words_being_typed_outlive_a_change_from_elsewhere(qtbot, form, rosa):
    form.show_patient(rosa)
    type_into(qtbot, form.inputs["physician"], "")
    form.inputs["physician"].setPlainText("Dr Ab")
    form.show_patient(replace(rosa, phone="1"))
    assert form.inputs["physician"].toPlainText() == "Dr Ab"
    assert form.inputs["phone"].text() == "1"


@pytest.mark.usefixtures("rosa")
def test_a_namesake_is_pointed_out(qtbot, form):
    type_into(qtbot, form.inputs["given"], "rosa")
    type_into(qtbot, form.inputs["family"], "DELGADO")
    form.flush()
    assert any("already among the patients" in text for text in words(form))


def test_a_change_of_the_record_is_undone_and_redone(qtbot, page, records, rosa):
    page.open(rosa.id)
    form = page._page("overview").form
    type_into(qtbot, form.inputs["preferred"], "Rosie")
    page.flush()
    page.undo_stack.undo()
    assert records.patient(rosa.id).preferred == ""
    assert form.inputs["preferred"].text() == ""
    page.undo_stack.redo()
    assert form.inputs["preferred"].text() == "Rosie"


def test_the_head_names_patient_age_and_visits(page, records, rosa, treat):
    records.save_patient(replace(rosa, birth=date(1964, 5, 9), preferred="Rosie"))
    treat(rosa, 3)
    page.open(rosa.id)
    assert "Rosa Delgado “Rosie”" in words(page)
    assert any("born 9 May 1964 · 1 visit" in text for text in words(page))


def test_warnings_of_the_health_history_stand_in_the_head_on_every_tab(page, records, library, rosa):
    form = newest(library.forms, FORM)
    told = {"allergies": [True], "allergies-which": ["<b>pine</b> & resin"]}
    records.start_intake(Intake(rosa.id, form.canonical, dict(pack(told))))
    page.open(rosa.id)
    for tab in ("overview", "health", "progress"):
        page.show_tab(tab)
        assert "●  Allergy: <b>pine</b> & resin" in [made.text() for made in page.head.pills.findChildren(QLabel) if made.isVisible()]


def test_many_warnings_leave_room_and_say_how_many_more(qtbot, page, records, library, rosa):
    form = newest(library.forms, FORM)
    told = {"allergies": [True], "bleeding": [True], "falls": [True], "flag-bladder": [True], "flag-weakness": [True], "faint": [True]}
    records.start_intake(Intake(rosa.id, form.canonical, dict(pack(told))))
    page.open(rosa.id)
    page.resize(1000, 700)

    def shown():
        return [made for made in page.head.pills.findChildren(QLabel) if made.isVisible()]

    qtbot.waitUntil(lambda: any(made.text().startswith("+") for made in shown()))
    qtbot.waitUntil(lambda: all(made.geometry().right() <= page.head.pills.width() for made in shown()))


@pytest.mark.usefixtures("look")
def test_a_warning_that_a_small_window_cuts_short_ends_in_dots_and_tells_all_of_it(qtbot, page, records, library, rosa):
    form = newest(library.forms, FORM)
    records.start_intake(
        Intake(rosa.id, form.canonical, dict(pack({"allergies": [True], "allergies-which": ["pine resin, latex and wool"]})))
    )
    page.open(rosa.id)
    page.resize(942, 640)  # beside the rail of a window 1024 px wide

    def only():
        (made,) = (made for made in page.head.pills.findChildren(QLabel) if made.isVisible())
        return made

    qtbot.waitUntil(lambda: only().text().endswith("…"))
    assert only().text().startswith("●  Al")
    assert only().width() >= only().sizeHint().width()
    assert "Allergy: pine resin, latex and wool" in only().toolTip()
    assert only().accessibleName() == "Allergy: pine resin, latex and wool"
    page.resize(1600, 640)
    qtbot.waitUntil(lambda: only().text() == "●  Allergy: pine resin, latex and wool")


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("width", [942, 1284])  # beside the rail of a window 1024 or 1366 px wide
def test_the_overview_never_scrolls_sideways_however_much_can_be_done(qtbot, qapp, page, records, library, treat, width):
    records.save_practice(replace(records.practice(), retention=Retention(10)))
    jan = Patient("Ján", "Novák", birth=date(1931, 2, 3), created=now() - timedelta(days=4100))
    records.save_patient(jan)
    form = newest(library.forms, FORM)
    told = {"allergies": [True], "allergies-which": ["Pine resin"], "bleeding": [True], "falls": [True]}
    records.start_intake(Intake(jan.id, form.canonical, dict(pack(told)), started=now() - timedelta(days=4050)))
    treat(jan, 4010)
    treat(jan, 4000, signed=False)  # and twelve needles that nobody ticked off
    records.archive(jan.id)
    page.resize(width, 640)
    page.open(jan.id)
    overview = page.findChild(OverviewPage)
    area = overview.findChild(QScrollArea)
    qtbot.waitUntil(lambda: any("not yet signed" in text for text in words(page)) and area.verticalScrollBar().maximum() > 0)
    for _ in range(8):  # each round tells the next layer how wide it is
        qapp.processEvents()
    assert area.horizontalScrollBar().maximum() == 0
    assert overview.acts.merge.isVisible()


def test_a_visit_is_started_continued_and_counted(qtbot, page, records, rosa):
    page.open(rosa.id)
    press(qtbot, page, "Start visit")
    (draft,) = records.visits(rosa.id)
    assert page.tab == "visit"
    page.show_tab("overview")
    press(qtbot, page, "Continue visit")
    assert page.tab == "visit"
    assert records.visits(rosa.id) == [draft]


def test_an_empty_visit_can_be_taken_away(qtbot, page, records, rosa):
    page.open(rosa.id)
    page.start_visit()
    page.show_tab("overview")
    press(qtbot, page, "Take it away")
    assert records.visits(rosa.id) == []
    page.show_tab("visit")
    assert "No visit is open" in words(page)


def test_the_next_visit_begins_with_the_exercises_of_the_last(page, records, rosa, treat):
    last = treat(rosa, 7, signed=False)
    records.note(last.id, aftercare=replace(last.aftercare, exercises=("ankle-pumps",), foot_care=True, words="Only then."))
    records.sign(last.id)
    page.open(rosa.id)
    page.start_visit()
    aftercare = records.visits(rosa.id)[0].aftercare
    assert (aftercare.exercises, aftercare.foot_care, aftercare.words) == (("ankle-pumps",), True, "")


def test_a_past_visit_is_shown_and_left_for_the_open_one(qtbot, page, rosa, treat):
    past = treat(rosa, 7, subjective="Slept through")
    page.open(rosa.id)
    page.start_visit()
    page.show_visit(past.id)
    assert any(text.startswith("Visit of ") for text in words(page))
    press(qtbot, page, "Back to the open visit")
    assert not any(text.startswith("Visit of ") for text in words(page))


def test_another_patient_takes_nothing_of_the_first_along(page, records, rosa):
    other = Patient("Ján", "Novák")
    records.save_patient(other)
    page.open(rosa.id)
    page._page("overview").form.inputs["phone"].setText("01632 960111")
    page.open(other.id)
    assert records.patient(rosa.id).phone == "01632 960111"
    assert records.patient(other.id).phone == ""
    assert not page.undo_stack.canUndo()


def test_tabs_are_reached_by_keys(qtbot, page, rosa):
    page.open(rosa.id)
    page.activateWindow()
    qtbot.keyClick(page, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert page.tab == "progress"
    assert page.head.tabs["progress"].isChecked()


def test_a_health_history_is_answered_kept_undone_and_completed(qtbot, page, records, library, rosa):
    page.open(rosa.id, "health")
    press(qtbot, page, "Start the health history")
    history = page._page("health")
    assert history.view is not None
    history.view.answered.emit("complaint", [])
    history.view.set_answer("complaint", ["Burning feet"])
    history.view.answered.emit("complaint", ["Burning feet"])
    (intake,) = records.intakes(rosa.id)
    form = library.forms[intake.form]
    assert intake.answers(form)["complaint"] == ["Burning feet"]
    page.undo_stack.undo()
    assert records.intake(intake.id).answers(form).get("complaint", []) == []
    assert history.view.answers.get("complaint", []) == []
    page.undo_stack.redo()
    assert history.view.answers["complaint"] == ["Burning feet"]


def test_a_completed_history_is_closed_and_a_new_one_begins_empty_beside_it(qtbot, page, records, library, rosa):
    form = newest(library.forms, FORM)
    first = Intake(rosa.id, form.canonical, dict(pack({"complaint": ["Burning feet"]})))
    records.start_intake(first)
    records.complete_intake(first.id, dict(first.response))
    page.open(rosa.id, "health")
    history = page._page("health")
    assert "Completed" in words(page)
    press(qtbot, page, "New health history")
    assert history.view.answers == {}
    assert history.days is not None
    history.days.chosen.emit(first.id)
    assert history.view.answers["complaint"] == ["Burning feet"]
    assert len(records.intakes(rosa.id)) == 2


def test_an_unreadable_history_is_said_and_not_hidden(qtbot, page, records, rosa):
    records.start_intake(Intake(rosa.id, "urn:unknown|9", {}))
    page.open(rosa.id, "health")
    for part in ("can't be shown", "can't be read"):
        qtbot.waitUntil(lambda part=part: any(part in text for text in words(page)))


def test_undo_reaches_past_the_field_that_is_typed_in(qtbot, page, records, rosa):
    page.open(rosa.id)
    form = page._page("overview").form
    undo = page.undo_stack.createUndoAction(page)
    undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
    page.addAction(undo)
    for name in ("email", "notes"):
        type_into(qtbot, form.inputs[name], "first words")
        form.flush()
        assert getattr(records.patient(rosa.id), name) == "first words"
        qtbot.keyClick(form.inputs[name], Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert getattr(records.patient(rosa.id), name) == ""


def test_a_name_and_a_warning_of_any_length_leave_the_tabs_in_place(qtbot, page, records, library, rosa):
    form = newest(library.forms, FORM)
    records.save_patient(replace(rosa, given="R" * 300, family="&<b>"))
    records.start_intake(Intake(rosa.id, form.canonical, dict(pack({"allergies": [True], "allergies-which": ["latex " * 60]}))))
    page.open(rosa.id)
    qtbot.waitUntil(
        lambda: any(made.text().startswith("●  Allergy: latex") for made in page.head.pills.findChildren(QLabel) if made.isVisible())
    )
    assert page.width() == 1290
    assert page.head.tabs["papers"].mapTo(page, page.head.tabs["papers"].rect().topRight()).x() < 1290


def test_a_history_with_all_its_answers_is_completed_and_closed(qtbot, page, records, library, rosa):
    page.open(rosa.id, "health")
    press(qtbot, page, "Start the health history")
    view = page._page("health").view
    while errors := view.form.errors(view.answers, date(2026, 11, 22)):
        link_id = next(iter(errors))
        item = view.form[link_id]
        given = {"boolean": True, "integer": 5, "date": date(2026, 11, 22)}.get(
            item.kind.value, item.options[-1] if item.options else "words"
        )
        view.set_answer(link_id, [given])
        view.answered.emit(link_id, [given])
    view.finished.emit()
    (intake,) = records.intakes(rosa.id)
    assert intake.completed is not None
    assert intake.response["status"] == "completed"
    assert not page.undo_stack.canUndo()
    qtbot.waitUntil(lambda: "Completed" in words(page))
    assert page.focusWidget() is page._page("health").view.next_button


def test_the_keys_stay_in_the_row_of_histories_while_they_are_looked_through(qtbot, page, records, library, rosa):
    form = newest(library.forms, FORM)
    for days, complaint in ((90, "Burning feet"), (0, "Numb hands")):
        answers = dict(pack({"complaint": [complaint]}))
        records.start_intake(Intake(rosa.id, form.canonical, answers, started=now() - timedelta(days=days)))
    page.open(rosa.id, "health")
    history = page._page("health")
    page.activateWindow()
    qtbot.waitUntil(lambda: page.isActiveWindow() and history.days.height() < 100)  # until it is laid out
    history.days.setFocus()
    at = page.focusWidget()
    qtbot.keyClick(at, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: history.view.answers["complaint"] == ["Burning feet"])
    assert page.focusWidget() is not at
    assert history.days.isAncestorOf(page.focusWidget())
