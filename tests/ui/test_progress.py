"""A patient's visits on one time axis, and the same in words."""

import pytest
from PySide6.QtCore import QPoint, Qt

from neuro_chart.ui.days import local_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.progress import ProgressPage, dot_radius, story, ticks


@pytest.fixture
def page(qtbot, chart, library, settings):
    made = ProgressPage(chart)
    qtbot.addWidget(made)
    made.resize(1290, 644)
    made.show()
    return made


@pytest.fixture
def months(page, chart, library, rosa, treat):
    """Four visits over five months; the second on other points."""
    treat(rosa, 150, ("ST36", "SP6"), 20, pain_before=8, pain_after=6, numbness_before=7)
    treat(rosa, 90, ("ST36", "LR3"), 30, pain_before=6, pain_after=4, numbness_before=6, numbness_after=6)
    treat(rosa, 30, ("ST36",), 45, pain_before=4)
    treat(rosa, 0, (), signed=False)
    page.show_patient(Dossier.read(chart, library, (), rosa.id))
    return chart.records.visits(rosa.id)[::-1]


@pytest.mark.usefixtures("months")
def test_the_first_visit_stands_left_the_last_right_and_time_is_true(page):
    places = [page.timeline.x_of(at) for at in range(4)]
    assert places == sorted(places)
    assert places[1] - places[0] == pytest.approx((places[3] - places[0]) * 60 / 150, rel=0.02)


def test_keys_walk_the_visits_in_words_and_enter_opens_one(qtbot, page, months):
    page.timeline.setFocus()
    assert page.timeline.current.id == months[3].id
    qtbot.keyClick(page.timeline, Qt.Key.Key_Home)
    assert page.timeline.accessibleDescription().endswith("4 needles, 20 min · pain 8 → 6 · numbness 7")
    qtbot.keyClick(page.timeline, Qt.Key.Key_Right)
    with qtbot.waitSignal(page.visit_chosen) as chosen:
        qtbot.keyClick(page.timeline, Qt.Key.Key_Return)
    assert chosen.args == [months[1].id]


def test_the_pointer_names_a_visit_and_a_click_opens_it(qtbot, page, months):
    spot = QPoint(int(page.timeline.x_of(1)), 100)
    qtbot.mouseMove(page.timeline, spot)
    with qtbot.waitSignal(page.visit_chosen) as chosen:
        qtbot.mouseClick(page.timeline, Qt.MouseButton.LeftButton, pos=spot)
    assert chosen.args == [months[1].id]


@pytest.mark.usefixtures("months")
def test_the_list_says_what_the_drawing_shows(page):
    told = [page.list.item(row).text() for row in range(page.list.count())]
    assert "draft" in told[0]
    assert told[2].endswith("signed: 4 needles, 30 min · pain 6 → 4 · numbness 6 → 6. ST36, LR3")
    assert len(told) == 4


def test_list_and_drawing_point_at_the_same_visit(qtbot, page, months):
    page.list.setCurrentRow(3)
    assert page.timeline.current.id == months[0].id
    page.timeline.setFocus()
    qtbot.keyClick(page.timeline, Qt.Key.Key_End)
    assert page.list.currentRow() == 0


@pytest.mark.usefixtures("months")
def test_the_drawing_is_painted_in_its_marks(page):
    """Pain and numbness differ in shape and place, so that colour is not needed to tell them apart."""
    image = page.timeline.grab().toImage()
    assert len({image.pixel(x, 120) for x in range(image.width())}) > 2


def test_one_visit_and_none_are_shown_too(page, chart, library, rosa, treat):
    page.show_patient(Dossier.read(chart, library, (), rosa.id))
    assert page.timeline.current is None
    treat(rosa, 1)
    page.show_patient(Dossier.read(chart, library, (), rosa.id))
    page.timeline.grab()
    assert page.list.count() == 1


def test_the_story_is_told_from_the_first_to_the_last_score(months):
    assert story(months) == "On arrival, first to last: pain 8 → 4, numbness 7 → 6"
    assert story(months[3:]) == ""


def test_the_axis_names_no_more_days_than_there_is_room_for(months):
    first = local_day(months[0].started)
    for days in (0, 1, 20, 45, 46, 200, 800, 5000):
        last = type(first).fromordinal(first.toordinal() + days)
        for most in (2, 8):
            named = ticks(first, last, most)
            assert len(named) <= most + 1
            assert all(first <= day <= last for day, _ in named)


def test_a_longer_retention_is_a_larger_dot():
    assert dot_radius(10) < dot_radius(30) < dot_radius(60) == dot_radius(90)
