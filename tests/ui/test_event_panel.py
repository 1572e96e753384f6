"""Charting what happened, on the visit page."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import EventKind, load, read_time, read_time_near, time_error
from neuro_chart.resources import resource
from neuro_chart.ui.days import local_time


@pytest.fixture
def visit(needled):
    return needled


@pytest.fixture
def events(page, qtbot):
    qtbot.keyClick(page, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.left.currentWidget() is page.events
    return page.events


def words_of(panel):
    return [said.text() for said in panel.findChildren(QLabel) if said.isVisible()]


def test_every_kind_says_what_to_record_and_gives_the_source_of_each_fact():
    told = load(resource("events"))
    assert set(told) == set(EventKind)
    assert all(each.title and each.record for each in told.values())
    assert all(bool(each.why) == bool(each.source) for each in told.values())


def test_one_touch_charts_what_happened_with_the_time(events, stored, qtbot):
    qtbot.mouseClick(events.kinds[EventKind.FAINTING], Qt.MouseButton.LeftButton)
    (event,) = stored().events
    assert event.kind is EventKind.FAINTING
    assert now() - event.at < timedelta(seconds=5)
    assert events.form.time.text() == local_time(event.at)
    assert "lay or sat" in events.form.record.text()


def test_words_are_stored_as_they_are_typed(events, stored, qtbot):
    events.kinds[EventKind.BLEEDING].click()
    form = events.form
    for field, words in {"words": "A few drops", "done": "Pressed for a minute", "outcome": "Stopped"}.items():
        form.prose[field].setFocus()
        qtbot.keyClicks(form.prose[field], words)
    qtbot.waitUntil(lambda: stored().events[0].outcome == "Stopped")
    (event,) = stored().events
    assert (event.words, event.done) == ("A few drops", "Pressed for a minute")


def test_the_needle_that_is_selected_is_the_one_that_it_came_from(page, stored):
    needle = stored().needles[1]
    page.treatment.select([needle.id])
    page.left.show_events()
    page.events.kinds[EventKind.BRUISE].click()
    assert stored().events[0].needle_id == needle.id
    assert page.events.form.needle.currentText() == f"SP6 {needle.site.side}"
    page.events.form.needle.setCurrentIndex(0)
    page.events.form.needle.activated.emit(0)
    assert stored().events[0].needle_id == ""


def test_the_time_is_of_this_visit(events, stored, visit):
    events.kinds[EventKind.PAIN].click()
    line, at = events.form.time, stored().events[0].at
    for typed, said in (
        (f"{(visit.started - timedelta(minutes=5)).astimezone():%H:%M}", "The visit began"),
        ("ten past", "such as 14:05"),
    ):
        line.setText(typed)
        line.setModified(True)
        line.editingFinished.emit()
        assert said in events.form.error.text()
        assert stored().events[0].at == at
    line.setText(f"{(visit.started + timedelta(minutes=2)).astimezone():%H%M}")
    line.setModified(True)
    line.editingFinished.emit()
    assert not events.form.error.isVisible()
    assert stored().events[0].at == (visit.started + timedelta(minutes=2)).replace(second=0)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("14:05", (14, 5)),
        ("14.05", (14, 5)),
        ("1405", (14, 5)),
        ("2:05 pm", (14, 5)),
        ("12:00 AM", (0, 0)),
        ("9", (9, 0)),
        ("0:30", (0, 30)),
    ],
)
def test_a_time_is_read_however_it_is_written(text, read):
    at = read_time(text, now())
    assert (at.hour, at.minute) == read


@pytest.mark.parametrize("text", ["", "25:00", "14:60", "13 pm", "noon", "-1:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="time of day"):
        read_time(text, now())


def test_what_is_still_to_come_did_not_happen():
    moment = datetime.fromisoformat("2026-03-01T10:00:00+00:00")
    assert time_error(moment, moment - timedelta(hours=1), moment) == ""
    assert "to come" in time_error(moment + timedelta(minutes=1), moment - timedelta(hours=1), moment)


def test_several_are_listed_gone_on_with_taken_off_and_brought_back(page, events, stored, qtbot):
    events.kinds[EventKind.PAIN].click()
    events.form.prose["words"].setPlainText("Sharp at SP6")
    events.form.done.emit()
    assert stored().events[0].words == "Sharp at SP6"
    qtbot.waitUntil(lambda: "Sharp at SP6" in words_of(events))
    events.kinds[EventKind.BRUISE].click()
    events.form.done.emit()
    assert {event.kind for event in stored().events} == {EventKind.PAIN, EventKind.BRUISE}
    assert page.left.event_button.text() == "What happened · 2"
    pencil = next(made for made in events.findChildren(QToolButton) if made.accessibleName().startswith("Go on with pain"))
    pencil.click()
    assert events.form.prose["words"].toPlainText() == "Sharp at SP6"
    events.form.unwanted.emit()
    assert [event.kind for event in stored().events] == [EventKind.BRUISE]
    page.treatment.stack.undo()
    assert len(stored().events) == 2


def test_the_kind_can_be_put_right(events, stored):
    events.kinds[EventKind.BRUISE].click()
    events.form.prose["words"].setPlainText("Blue and flat")
    events.form.kind_wanted.emit()
    events.kinds[EventKind.BLEEDING].click()
    (event,) = stored().events
    assert (event.kind, event.words) == (EventKind.BLEEDING, "Blue and flat")


def test_words_of_one_never_go_to_another(events, stored):
    events.kinds[EventKind.BRUISE].click()
    events.form.prose["words"].setPlainText("The bruise")
    events.form.done.emit()
    events.kinds[EventKind.PAIN].click()
    assert events.form.prose["words"].toPlainText() == ""
    events.form.prose["words"].setPlainText("The pain")
    events.flush()
    assert {event.kind: event.words for event in stored().events} == {EventKind.BRUISE: "The bruise", EventKind.PAIN: "The pain"}


def test_undo_takes_back_the_words_and_then_the_entry(page, events, stored):
    events.kinds[EventKind.BURN].click()
    events.form.prose["words"].setPlainText("The lamp")
    events.flush()
    page.treatment.stack.undo()
    assert [(event.kind, event.words) for event in stored().events] == [(EventKind.BURN, "")]
    assert events.form.prose["words"].toPlainText() == ""
    page.treatment.stack.undo()
    assert not stored().events
    assert events.heading.isVisible()


def test_a_signed_visit_shows_what_happened_and_takes_no_more(page, chart, stored, qtbot):
    page.left.show_events(EventKind.OTHER)
    page.events.form.prose["words"].setPlainText("The lamp fell over.")
    page.flush()
    page.treatment.take_out()
    chart.act(lambda: chart.records.sign(stored().id))
    page.left.show_events()
    qtbot.waitUntil(lambda: "The lamp fell over." in words_of(page.events))
    assert not page.events.kinds[EventKind.OTHER].isVisible()
    assert not any(made.isVisible() and "chart" in made.accessibleName() for made in page.events.findChildren(QToolButton))


def test_a_time_of_a_visit_that_went_on_over_midnight_is_of_the_day_that_it_can_be():
    began = datetime(2026, 3, 2, 23, 30).astimezone()
    ended = began + timedelta(hours=1)
    for near in (began, ended):
        assert read_time_near("23:50", near, began, ended) == began + timedelta(minutes=20)
        assert read_time_near("0:10", near, began, ended) == began + timedelta(minutes=40)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone is the system's")
def test_a_time_is_right_on_the_day_the_clocks_change(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        early = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 1:30, half an hour before the clocks go forward
        assert read_time("4:00", early) == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()
