"""A whole treatment without a mouse, from Today to the signature; the keys go to whatever has the focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from neuro_chart.clinic.adjuncts import ELECTRO
from neuro_chart.clinic.events import EventKind
from neuro_chart.clinic.people import Patient
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.visit import VisitPage

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
BOTH = CTRL | SHIFT


@pytest.fixture
def window(window):
    window.chart.records.save_patient(Patient("Rosa", "Delgado"))
    return window


@pytest.fixture
def keys(window):
    return Keys(window)


class Keys:
    """A keyboard and no mouse."""

    def __init__(self, window):
        self.window = window

    @property
    def at(self):
        """What has the keys: a menu that is open, or else the widget with the focus."""
        return QApplication.activePopupWidget() or self.window.focusWidget()

    def press(self, key, held=Qt.KeyboardModifier.NoModifier, times=1):
        for _ in range(times):
            QTest.keyClick(self.at, key, held)
            QApplication.processEvents()

    def type(self, words):
        for letter in words:
            QTest.keyClicks(self.at, letter)

    def tab_to(self, wanted, *, back=False):
        """By Tab to a thing, as far as it may be; fails where Tab never comes to it."""
        for _ in range(80):
            if self.at is wanted:
                return
            self.press(K.Key_Backtab if back else K.Key_Tab, SHIFT if back else Qt.KeyboardModifier.NoModifier)
        raise AssertionError(f"Tab never comes to {wanted.accessibleName() or wanted}")

    def begin(self):
        """From Today to a new visit of the patient; gives its page."""
        self.press(K.Key_F, CTRL)
        self.type("delgado")
        QTest.qWait(300)  # until the search has followed
        self.press(K.Key_Return)
        self.press(K.Key_N, BOTH)
        return self.window.patient.findChild(VisitPage)


def test_a_whole_treatment_by_keys_alone(window, keys):
    page = keys.begin()
    stored = lambda: window.chart.records.visit(page.treatment.visit.id)  # noqa: E731
    assert stored().room == "Room 1", "the first that is free"

    keys.type("ST36 SP6 b 25m")
    keys.press(K.Key_Return)
    assert page.treatment.visit.count.planned == 4

    keys.tab_to(page.map, back=True)
    keys.press(K.Key_Escape)  # lets go of what was typed
    keys.press(K.Key_Space)  # the cursor
    keys.press(K.Key_Down, times=6)
    keys.press(K.Key_Space)
    by_map = [needle for needle in stored().needles if needle.point not in {"ST36", "SP6"}]
    assert by_map, "a needle was placed at the cursor"
    keys.press(K.Key_Z, CTRL)
    keys.press(K.Key_Z, BOTH)
    assert [needle.id for needle in stored().needles if needle.point not in {"ST36", "SP6"}] == [needle.id for needle in by_map]

    keys.press(K.Key_Return, CTRL)
    assert {needle.point for needle in stored().needles if needle.is_in} == {"ST36"}
    keys.press(K.Key_Return, CTRL, times=2)
    assert stored().count.inside == 4 + len(by_map)
    keys.press(K.Key_Escape, times=2)
    keys.press(K.Key_K, BOTH)
    assert all(needle.clock.is_paused for needle in stored().needles)
    keys.press(K.Key_K, BOTH)
    assert all(needle.clock.is_open and not needle.clock.is_paused for needle in stored().needles)

    keys.press(K.Key_E, CTRL)
    keys.type("ST36 SP6 b ea 2/100Hz 25m")
    keys.press(K.Key_Return)
    (electro,) = stored().adjuncts
    assert (electro.kind, electro.frequency, len(electro.pairs)) == (ELECTRO, "2/100", 2)
    keys.press(K.Key_Escape)
    keys.tab_to(page.beside.rows[electro.id])
    keys.press(K.Key_Space)
    assert stored().adjuncts[0].is_running

    keys.press(K.Key_T, BOTH)
    keys.press(K.Key_Tab)
    keys.type("p")
    keys.press(K.Key_Space)
    assert any(stored().tongue.values())
    keys.press(K.Key_Escape)
    assert keys.at is page.note.tongue_pulse

    keys.press(K.Key_T, CTRL)
    keys.type(";sleep")
    keys.press(K.Key_Return)
    for words in ("four", "three", "pain"):
        keys.type(words)
        keys.press(K.Key_Tab)
    assert keys.at is page.note.prose["objective"], "past its last blank Tab goes on"
    assert stored().subjective == "Sleep: four hours, woken three times by pain."

    keys.press(K.Key_W, BOTH)
    keys.type("b")
    keys.press(K.Key_Tab, SHIFT)
    keys.tab_to(page.events.kinds[EventKind.FAINTING])
    keys.press(K.Key_Right)
    keys.press(K.Key_Return)
    keys.type("A drop at LR3")
    keys.press(K.Key_Escape)
    assert [(event.kind, event.words) for event in stored().events] == [(EventKind.BLEEDING, "A drop at LR3")]
    assert keys.at is page.left.event_button

    keys.press(K.Key_C, BOTH)
    for _ in range(8):
        if not page.counting.sign.hasFocus():
            keys.press(K.Key_Return)  # each place, and on to the next
    assert stored().count.is_even
    assert not any(each.is_running for each in stored().adjuncts)
    keys.press(K.Key_Return)
    keys.tab_to(page.sign_panel.sign)
    keys.press(K.Key_Return)

    visit = stored()
    assert visit.signed
    assert (visit.count.inserted, visit.count.out) == (4 + len(by_map), 4 + len(by_map))
    assert keys.at is page.bar.amend


def test_a_visit_is_put_into_another_room_by_keys(window, keys):
    page = keys.begin()
    told = lambda: (window.chart.records.visit(page.treatment.visit.id).room, page.room.text(), page.room.accessibleName())  # noqa: E731
    assert told() == ("Room 1", "Room 1", "Room: Room 1")
    keys.press(K.Key_G, BOTH)
    assert QApplication.activePopupWidget() is page.room.choice
    assert page.room.choice.activeAction().text() == "Room 1"
    keys.press(K.Key_Down)
    keys.press(K.Key_Return)
    assert told() == ("Room 2", "Room 2", "Room: Room 2")
    keys.tab_to(page.room)
    keys.press(K.Key_Space)
    keys.press(K.Key_Up)
    keys.press(K.Key_Return)
    assert told() == ("", "No room", "Room: No room")
    keys.press(K.Key_Z, CTRL, times=2)
    assert told()[0] == "Room 1"


def test_tab_goes_over_the_page_column_by_column_and_down_each(window, keys):
    page = keys.begin()
    keys.type("ST36 SP6 b ea 2/100Hz")
    keys.press(K.Key_Return)
    keys.press(K.Key_I, CTRL)
    page.treatment.select(())
    page.left.show_adjunct(page.treatment.visit.adjuncts[0].id)
    QApplication.processEvents()
    first, columns = keys.at, []
    for _ in range(120):
        keys.press(K.Key_Tab)
        if keys.at is first:
            break
        columns.append(next((each for each in (page.left, page.map_card, page.needles) if each.isAncestorOf(keys.at)), window))
    met = [column for at, column in enumerate(columns) if at == 0 or columns[at - 1] is not column]
    assert met == [page.left, page.map_card, page.needles, window, page.left], "each column is left once, also by what was made late"
    keys.tab_to(page.needles.view)
    keys.press(K.Key_Tab)
    assert keys.at in page.beside.rows.values(), "what is beside the needles stands beneath them"


@pytest.mark.parametrize("field", ["line", "note", "editor", "event"])
def test_letters_that_mean_something_on_the_page_are_words_in_a_field(window, keys, field):
    page = keys.begin()
    keys.type("ST36 l 30m")
    keys.press(K.Key_Return)
    page.treatment.select([page.treatment.needles[0].id])
    if field == "event":
        keys.press(K.Key_W, BOTH)
        keys.press(K.Key_Return)
    else:
        {"line": page.add.line, "note": page.note.prose["plan"], "editor": page.needles.editor.depth_line}[field].setFocus()
    before, both, sheet = len(page.treatment.needles), page.add.both.isChecked(), page.map.sheet
    keys.type("bjlmnprs?")
    assert page.map.tools.held is Tool.HAND
    assert (len(page.treatment.needles), page.add.both.isChecked(), page.map.sheet) == (before, both, sheet)
    assert QApplication.activePopupWidget() is None
    keys.press(K.Key_Escape, times=2)


def test_a_letter_in_the_list_of_needles_goes_to_its_point(window, keys):
    page = keys.begin()
    keys.type("ST36 LR3 BL23 l")
    keys.press(K.Key_Return)
    page.treatment.select(())
    keys.tab_to(page.needles.view)
    both = page.add.both.isChecked()
    for letter, point in (("b", "BL23"), ("l", "LR3"), ("s", "ST36")):
        keys.type(letter)
        QTest.qWait(QApplication.keyboardInputInterval() + 50)  # so that the next begins a word of its own
        assert [needle.point for needle in page.treatment.chosen] == [point]
    assert page.map.tools.held is Tool.HAND
    assert page.add.both.isChecked() is both
    assert QApplication.activePopupWidget() is None


def test_a_letter_on_a_scale_mirrors_no_needle(window, keys):
    page = keys.begin()
    keys.type("ST36 l")
    keys.press(K.Key_Return)
    page.treatment.select([page.treatment.needles[0].id])
    page.note.scores["pain_before"].setFocus()
    keys.type("m7")
    assert len(page.treatment.needles) == 1
    assert page.treatment.visit.pain_before == 7


def test_escape_gives_the_keys_back_to_where_a_panel_was_asked_for(window, keys):
    page = keys.begin()
    keys.type("ST36 l")
    keys.press(K.Key_Return)
    keys.press(K.Key_I, CTRL)
    asked = {
        K.Key_T: page.note.tongue_pulse, K.Key_W: page.left.event_button, K.Key_A: page.left.aftercare_button,
        K.Key_S: page.left.sign_button, K.Key_C: page.left.count_button,
    }  # fmt: skip
    for key, way in asked.items():
        keys.press(key, BOTH)
        assert page.left.currentIndex() != 0
        keys.press(K.Key_Escape)
        assert page.left.currentIndex() == 0
        assert keys.at is way
        assert isinstance(keys.at, QAbstractButton)


def test_escape_in_the_editor_lets_go_of_the_needles_and_the_keys_stay_at_their_rows(window, keys):
    page = keys.begin()
    keys.type("ST36 l")
    keys.press(K.Key_Return)
    page.treatment.select([page.treatment.needles[0].id])
    keys.tab_to(page.needles.editor.depth_line)
    keys.type("0.8")
    keys.press(K.Key_Escape)
    assert not page.treatment.selected
    assert keys.at is page.needles.view
    assert page.treatment.needles[0].depth == 0.8
