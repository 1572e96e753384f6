"""Words found across all notes."""

import pytest
from PySide6.QtCore import Qt

from neuro_chart.clinic.people import Patient, Role
from neuro_chart.clinic.trail import Deed
from neuro_chart.ui import find
from neuro_chart.ui.find import FindPage, places
from neuro_chart.ui.trail_words import what_words


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


# Whose words were seen


@pytest.fixture
def at_once(monkeypatch):
    """Results have rested as soon as they are there."""
    monkeypatch.setattr(find, "SEEN_AFTER", 0)


@pytest.fixture
def seen(records):
    """Whose words the trail tells were seen, in which words: `seen()`."""
    return lambda: {entry.patient_id: what_words(entry) for entry in records.trail(deed=Deed.SEEN)}


@pytest.fixture
def twenty(records, treat):
    """More patients with such words than a page shows at a time."""
    for number in range(20):
        patient = Patient("Ana", f"Ortiz {number:02}")
        records.save_patient(patient)
        treat(patient, number, (), plan="Burning less")


def entries(records):
    return len(records.trail(deed=Deed.SEEN))


def test_the_trail_tells_once_for_each_search_whose_words_rested_on_the_screen(qtbot, at_once, charted, page, records, seen):
    search(qtbot, page, "burning", 2)
    qtbot.waitUntil(lambda: entries(records) == 2)
    assert seen() == {visit.patient_id: "In a search of all notes" for visit in charted}
    assert "burning" not in str([entry.changes for entry in records.trail(deed=Deed.SEEN)])
    page.hide()
    page.show()
    page.search()
    qtbot.waitUntil(lambda: not page._rest.isActive())
    assert entries(records) == 2
    search(qtbot, page, "cramps", 1)
    qtbot.waitUntil(lambda: entries(records) == 3)


@pytest.mark.usefixtures("charted")
def test_what_was_on_the_screen_for_less_than_a_moment_is_not_told(qtbot, page, records):
    for end in range(1, 8):
        page.line.setText("burning"[:end])
        page.search()
    page.hide()
    assert not page._rest.isActive()
    assert entries(records) == 0


def test_who_opens_a_visit_has_seen_what_stood_around_it(qtbot, page, charted, records, seen):
    search(qtbot, page, "burning", 2)
    told = []
    page.visit_chosen.connect(lambda *_: told.append(entries(records)))
    qtbot.keyClick(page.line, Qt.Key.Key_Return)
    assert told == [2]
    assert set(seen()) == {visit.patient_id for visit in charted}


def test_whose_words_are_further_down_is_told_once_they_are_scrolled_to(qtbot, at_once, page, records, twenty, seen):
    search(qtbot, page, "burning", 20)
    qtbot.waitUntil(lambda: entries(records) > 0)
    assert page.list.count() > entries(records) == len(seen())
    last = page.list.item(19).data(Qt.ItemDataRole.UserRole).patient_id
    assert last not in seen()
    while page.list.currentRow() < 19:
        qtbot.keyClick(page.line, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: last in seen())
    assert entries(records) == len(seen())


def test_of_nobody_it_tells_while_another_page_is_shown(qtbot, qapp, at_once, page, records, twenty):
    search(qtbot, page, "burning", 20)
    page.list.scrollToBottom()
    qtbot.waitUntil(lambda: entries(records) > 0 and not page._rest.isActive())
    before = entries(records)
    page.hide()
    page.search()  # as names are turned into initials
    qapp.processEvents()
    assert not page._rest.isActive()
    assert entries(records) == before


@pytest.mark.usefixtures("charted")
def test_a_reader_s_search_is_told_too(qtbot, page, records, as_role):
    as_role(Role.READER)
    search(qtbot, page, "burning", 2)
    qtbot.keyClick(page.line, Qt.Key.Key_Return)
    assert entries(records) == 2


def test_nothing_typed_and_nothing_found_say_what_to_do(qtbot, page):
    assert page.hint.startswith("Type words")
    page.line.setText("%' OR 1=1")
    qtbot.waitUntil(lambda: page.hint.startswith("Nothing found"))
    assert page.list.count() == 0


def test_found_words_are_set_off_whatever_their_case_and_accents():
    assert places("Zúsānlǐ and 足三里", "zusanli") == [(0, 7)]
    assert places("😀 burning, Burning", "burn") == [(3, 4), (12, 4)]
    assert places("night", "") == []
