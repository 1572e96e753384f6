"""Keeping phrases: the shipped ones to read, the practice's own to write."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack

from neuro_chart.clinic.phrases import Phrase
from neuro_chart.ui.phrases import PhrasesSection


@pytest.fixture
def stack(qapp):
    made = QUndoStack()
    yield made
    made.clear()


@pytest.fixture
def section(chart, library, stack, qtbot):
    shown = PhrasesSection(chart, library, stack)
    qtbot.addWidget(shown)
    shown.resize(1000, 600)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


@pytest.fixture
def own(chart):
    return lambda: [(phrase.key, phrase.text) for phrase in chart.records.phrases()]


def listed(section):
    return [getattr(entry, "mark", None) or entry.name for entry in section.list.rows.entries]


def test_shipped_phrases_are_read_only_until_one_is_made_ones_own(section, own, library, qtbot):
    assert listed(section) == ["Ready-made", *sorted(library.phrases)]
    section.list.turn_to("dq")
    assert section.card.text.toPlainText() == "De qi obtained at ___."
    assert section.card.text.isReadOnly()
    section.card.own.click()
    assert listed(section)[:3] == ["Your own", "dq", "Ready-made"]
    assert listed(section).count("dq") == 1
    assert not section.card.text.isReadOnly()
    section.card.text.setPlainText("Qi came at ___.")
    section.flush()
    assert own() == [("dq", "Qi came at ___.")]


def test_a_deleted_own_phrase_gives_way_to_the_shipped_one_and_comes_back_by_undo(chart, section, own, stack):
    chart.act(lambda: chart.records.put_phrase(Phrase("dq", "Qi came.")))
    section.list.turn_to("dq")
    section.card.drop.click()
    assert own() == []
    assert section.known["dq"].text == "De qi obtained at ___."
    stack.undo()
    assert own() == [("dq", "Qi came.")]
    assert section.known["dq"].text == "Qi came."


def test_a_new_phrase_is_written_and_each_change_can_be_undone(section, own, stack, qtbot):
    section.add.click()
    assert own() == [("own1", "___")]
    assert section.card.key.hasFocus()
    qtbot.keyClicks(section.card.key, ";slp")
    qtbot.keyClick(section.card.key, Qt.Key.Key_Tab)
    section.card.text.setPlainText("Slept ")
    section.card.text.moveCursor(section.card.text.textCursor().MoveOperation.End)
    section.card.blank.click()
    section.flush()
    assert own() == [("slp", "Slept ___")]
    stack.undo()
    stack.undo()
    assert own() == [("own1", "___")]
    stack.undo()
    assert own() == []


@pytest.mark.parametrize("key", ["", "two words", "a/b"])
def test_a_key_that_could_not_be_typed_is_refused_with_the_reason(section, own, qtbot, key):
    section.add.click()
    section.card.key.setText(key)
    section.flush()
    assert own() == [("own1", "___")]
    assert section.card._error.isVisible()


def test_a_key_that_another_own_phrase_has_is_refused(chart, section, own, qtbot):
    chart.act(lambda: chart.records.put_phrase(Phrase("slp", "Slept.")))
    section.add.click()
    section.card.key.setText("slp")
    with qtbot.waitSignal(chart.refused) as said:
        section.flush()
    assert ";slp" in said.args[0]
    assert own() == [("own1", "___"), ("slp", "Slept.")]


def test_words_of_a_phrase_find_it(section, qtbot):
    section.search.setText("tuning fork")
    assert listed(section) == ["Ready-made", "fork"]
    qtbot.keyClick(section.search, Qt.Key.Key_Down)
    assert section.shown.key == "fork"
