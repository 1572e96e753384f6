"""Words found across all notes."""

import pytest
from PySide6.QtCore import Qt

from neuro_chart.clinic.people import Patient
from neuro_chart.ui.find import FindPage, places


@pytest.fixture
def page(qtbot, chart, library, settings):
    made = FindPage(chart, settings)
    qtbot.addWidget(made)
    made.resize(1290, 644)
    made.show()
    return made


@pytest.fixture
def charted(records, rosa, treat):
    jan = Patient("Ján", "Novák")
    records.save_patient(jan)
    return treat(rosa, 10, subjective="Burning at night, 足三里 felt"), treat(
        jan, 3, plan="Less burning. Ask about <b>sleep</b> & night cramps"
    )


def told(page):
    return [page.list.item(row).text() for row in range(page.list.count())]


def search(qtbot, page, words, number):
    page.line.setText(words)
    qtbot.waitUntil(lambda: page.list.count() == number)


@pytest.mark.usefixtures("charted")
def test_results_come_as_they_are_typed_newest_first(qtbot, page):
    search(qtbot, page, "BURNING nïght", 2)
    assert [text.split(",")[0] for text in told(page)] == ["Ján Novák", "Rosa Delgado"]
    assert "<b>sleep</b> & night" in told(page)[0]
    search(qtbot, page, "cramps", 1)
    page.line.setText("三里")
    qtbot.waitUntil(lambda: "足三里" in "".join(told(page)))
    page.list.grab()


def test_enter_opens_the_chosen_visit_at_once(qtbot, page, charted):
    page.line.setText("burning")
    qtbot.keyClick(page.line, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.visit_chosen) as chosen:
        qtbot.keyClick(page.line, Qt.Key.Key_Return)
    newest = charted[1]
    assert chosen.args == [newest.patient_id, newest.id]


def test_a_click_opens_a_visit(qtbot, page, charted):
    search(qtbot, page, "burning", 2)
    spot = page.list.visualItemRect(page.list.item(1)).center()
    with qtbot.waitSignal(page.visit_chosen) as chosen:
        qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert chosen.args[1] == charted[0].id


def test_nothing_typed_and_nothing_found_say_what_to_do(qtbot, page):
    assert page.hint.startswith("Type words")
    page.line.setText("%' OR 1=1")
    qtbot.waitUntil(lambda: page.hint.startswith("Nothing found"))
    assert page.list.count() == 0


def test_found_words_are_set_off_whatever_their_case_and_accents():
    assert places("Zúsānlǐ and 足三里", "zusanli") == [(0, 7)]
    assert places("😀 burning, Burning", "burn") == [(3, 4), (12, 4)]
    assert places("night", "") == []
