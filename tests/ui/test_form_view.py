"""The form view, filled in as a patient would: with keys, clicks and second thoughts."""

from datetime import date

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea

from neuro_chart.clinic.forms import Questionnaire
from neuro_chart.resources import resource
from neuro_chart.ui.days import long_day, today
from neuro_chart.ui.form_view import FormView

pytestmark = pytest.mark.usefixtures("look")

INTAKE = Questionnaire.load(resource("forms", "neuropathy-intake-1.json"))


def code(question, name):
    return next(option for option in INTAKE[question].options if option.code == name)


def bring_up(qtbot, window):
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)


@pytest.fixture
def shown(qtbot):
    """Shows a form with these answers; `view.given` collects what it announces."""

    def show(answers=None, form=INTAKE, at=""):
        view = FormView(form, answers or {})
        view.given = []
        view.answered.connect(lambda link_id, values: view.given.append((link_id, values)))
        qtbot.addWidget(view)
        view.resize(1200, 700)
        bring_up(qtbot, view)
        if at:
            view.go_to(at)
        return view

    return show


def option(view, question, name):
    """The button of an option, by its words."""
    return next(made for made in view.question(question).field.options.values() if made.text() == name)


def click(qtbot, widget, where=None):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where or QPoint(10, 10))


def focused():
    return QApplication.focusWidget()


def test_a_yes_opens_what_follows_and_a_no_closes_it_without_losing_it(qtbot, shown):
    view = shown(at="symptoms-page")
    with pytest.raises(KeyError):
        view.question("numbness-where")
    click(qtbot, option(view, "numbness", "Yes"))
    assert view.question("numbness-where").isVisible()
    click(qtbot, option(view, "numbness-where", "Left foot"))
    click(qtbot, option(view, "numbness-where", "Right foot"))
    click(qtbot, option(view, "numbness", "No"))
    assert not view.question("numbness-where").isVisible()
    assert focused() is option(view, "numbness", "No")
    click(qtbot, option(view, "numbness", "Yes"))
    assert option(view, "numbness-where", "Right foot").isChecked()
    assert view.given[-3:] == [
        ("numbness-where", [code("numbness-where", "left-foot"), code("numbness-where", "right-foot")]),
        ("numbness", [False]),
        ("numbness", [True]),
    ]
    assert view.answers["numbness-where"] == [code("numbness-where", "left-foot"), code("numbness-where", "right-foot")]


def test_words_are_announced_while_typed_and_at_once_when_left(qtbot, shown):
    view = shown(at="complaint-page")
    prose = view.question("complaint").field.prose
    assert focused() is prose
    qtbot.keyClicks(prose, "Burning <b>feet</b>")
    assert view.given == []
    with qtbot.waitSignal(view.answered):
        pass
    assert view.given == [("complaint", ["Burning <b>feet</b>"])]
    qtbot.keyClicks(prose, " at night")
    qtbot.keyClick(prose, Qt.Key.Key_Tab)
    assert view.given[-1] == ("complaint", ["Burning <b>feet</b> at night"])
    assert focused() is view.question("complaint-since").field.line


def test_flush_announces_what_is_being_typed(qtbot, shown):
    view = shown(at="complaint-page")
    qtbot.keyClicks(view.question("complaint-since").field.line, "since May")
    view.flush()
    assert view.given == [("complaint-since", ["since May"])]


def test_tab_goes_down_the_page_though_parts_came_later(qtbot, shown):
    view = shown(at="symptoms-page")
    qtbot.keyClick(focused(), Qt.Key.Key_Y)
    assert view.given == [("numbness", [True])]
    seen = []
    for _ in range(8):
        seen.append(next(q.item.link_id for q in view.findChildren(type(view.question("numbness"))) if q.isAncestorOf(focused())))
        qtbot.keyClick(focused(), Qt.Key.Key_Tab)
    assert seen == [
        "numbness", "numbness-where", "numbness-where", "numbness-since", "numbness-bad", "numbness-better", "numbness-worse", "tingling",
    ]  # fmt: skip


def test_tab_reaches_the_step_buttons_after_the_last_field(qtbot, shown):
    view = shown(at="goals-page")
    view.question("questions").focus()
    qtbot.keyClick(focused(), Qt.Key.Key_Tab)
    assert focused() is view.back_button
    qtbot.keyClick(focused(), Qt.Key.Key_Tab)
    assert focused() is view.next_button


def test_choices_by_keyboard(qtbot, shown):
    view = shown(at="implants-page")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(focused(), key)
    assert view.given[-1] == ("implants", [code("implants", "defibrillator"), code("implants", "pump")])
    qtbot.keyClick(focused(), Qt.Key.Key_End)
    assert focused() is option(view, "implants", "None of these")
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    assert view.given[-1] == ("implants", [code("implants", "none")])
    qtbot.keyClick(focused(), Qt.Key.Key_Home)
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    assert view.given[-1] == ("implants", [code("implants", "pacemaker")])


def test_a_choice_picked_again_is_taken_back(qtbot, shown):
    view = shown({"pregnancy": [code("pregnancy", "no")]}, at="implants-page")
    click(qtbot, option(view, "pregnancy", "No"))
    assert view.given == [("pregnancy", [])]
    assert "pregnancy" not in view.answers


def test_own_words_stand_beside_choices_and_end_a_none(qtbot, shown):
    view = shown({"implants": [code("implants", "none")]}, at="implants-page")
    words = view.question("implants").field.words
    qtbot.keyClicks(words, "hearing aid")
    view.flush()
    assert view.given == [("implants", ["hearing aid"])]
    click(qtbot, option(view, "implants", "Pacemaker"))
    assert view.given[-1] == ("implants", [code("implants", "pacemaker"), "hearing aid"])
    click(qtbot, option(view, "implants", "None of these"))
    assert view.given[-1] == ("implants", [code("implants", "none")])
    assert words.text() == ""


def test_the_scale_knows_unanswered_from_nought(qtbot, shown):
    view = shown({"numbness": [True]}, at="symptoms-page")
    field = view.question("numbness-bad").field
    assert (field.scale.number, field.number.text(), field.scale.accessibleDescription()) == (None, "–", "Not answered")
    field.scale.setFocus()
    qtbot.keyClick(field.scale, Qt.Key.Key_0)
    assert view.given == [("numbness-bad", [0])]
    assert field.number.text() == "0"
    qtbot.keyClick(field.scale, Qt.Key.Key_Delete)
    assert view.given[-1] == ("numbness-bad", [])
    qtbot.keyClick(field.scale, Qt.Key.Key_1)
    qtbot.keyClick(field.scale, Qt.Key.Key_0)
    assert view.given[-1] == ("numbness-bad", [10])
    qtbot.keyClick(field.scale, Qt.Key.Key_Right)
    assert view.answers["numbness-bad"] == [10]
    qtbot.keyClick(field.scale, Qt.Key.Key_Left)
    assert view.given[-1] == ("numbness-bad", [9])
    click(qtbot, field.scale, field.scale.rect().center())
    assert view.given[-1] == ("numbness-bad", [5])
    click(qtbot, field.scale, QPoint(field.scale.width() - 3, 10))
    assert (view.given[-1], field.number.text()) == (("numbness-bad", [10]), "10")


@pytest.mark.parametrize(
    ("locale", "typed"), [("de_DE", "14.3.2021"), ("en_US", "3/14/2021"), ("en_GB", "2021-03-14"), ("en_US", "Mar 14 2021")]
)
def test_a_day_is_read_as_the_reader_writes_it(qtbot, shown, locale, typed):
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        view = shown({"consent": [True]}, at="consent-page")
        line = view.question("consent-date").field.line
        qtbot.keyClicks(line, typed)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert view.answers["consent-date"] == [date(2021, 3, 14)]
        assert line.text() == long_day(date(2021, 3, 14))
    finally:
        QLocale.setDefault(before)


def test_a_day_that_never_was_stays_as_written_and_is_named_once_left(qtbot, shown):
    view = shown({"consent": [True]}, at="consent-page")
    question = view.question("consent-date")
    question.focus()
    qtbot.keyClicks(question.field.line, "2026-02-31")
    question.field.flush()
    assert question.wrong == ""
    view.question("consent-name").focus()
    assert "calendar" in question.wrong
    assert view.answers["consent-date"] == ["2026-02-31"]
    assert view.question("consent-name").wrong == ""
    click(qtbot, next(made for made in question.findChildren(type(view.next_button)) if made.text() == "Today"))
    assert view.answers["consent-date"] == [today()]
    assert question.wrong == ""


def test_numbers_out_of_range_are_named_gently(qtbot, shown):
    view = shown({"falls": [True]}, at="signs-page")
    question = view.question("falls-count")
    question.focus()
    qtbot.keyClicks(question.field.line, "many")
    view.question("falls-hurt").focus()
    assert (view.answers["falls-count"], question.wrong) == (["many"], "Please give a whole number from 1 to 365.")
    question.focus()
    question.field.line.selectAll()
    qtbot.keyClicks(question.field.line, "3")
    question.field.flush()
    assert (view.answers["falls-count"], question.wrong) == ([3], "")


def test_an_answer_from_elsewhere_shows_and_is_not_announced(shown):
    view = shown({"numbness": [True], "numbness-bad": [7]}, at="symptoms-page")
    view.set_answer("numbness-bad", [3])
    assert view.question("numbness-bad").field.number.text() == "3"
    view.set_answer("numbness", [])
    assert not view.question("numbness-bad").isVisible()
    assert not option(view, "numbness", "Yes").isChecked()
    view.set_answer("complaint", ["Cold toes"])
    view.go_to("complaint-page")
    assert view.question("complaint").field.prose.toPlainText() == "Cold toes"
    view.set_answer("complaint", [])
    assert view.question("complaint").field.prose.toPlainText() == ""
    assert view.given == []


def test_steps_by_button_key_and_list(qtbot, shown):
    view = shown()
    assert not view.back_button.isEnabled()
    click(qtbot, view.next_button)
    assert view.section == "cause-page"
    qtbot.keyClick(focused(), Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert view.section == "symptoms-page"
    qtbot.keyClick(focused(), Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert view.section == "cause-page"
    click(qtbot, view.steps["goals-page"])
    assert view.section == "goals-page"
    assert focused() is view.question("goals").field.prose
    qtbot.keyClick(focused(), Qt.Key.Key_PageDown)
    assert view.section == "consent-page"
    qtbot.keyClick(focused(), Qt.Key.Key_PageUp)
    assert view.section == "goals-page"


def test_page_down_reads_a_long_section_to_its_end_first(qtbot, shown):
    view = shown({f"{name}": [True] for name in ("numbness", "tingling", "burning", "stabbing")}, at="symptoms-page")
    qtbot.waitUntil(lambda: view.findChild(QScrollArea, "symptoms-page").verticalScrollBar().maximum() > 0)
    qtbot.keyClick(focused(), Qt.Key.Key_PageDown)
    assert view.section == "symptoms-page"
    for _ in range(12):
        qtbot.keyClick(focused(), Qt.Key.Key_PageDown)
    assert view.section != "symptoms-page"


NONE_OF_IT = ("medicines", "bleeding", "allergies", "wound", "flag-bladder", "flag-weakness", "flag-breathing")
COMPLETE = {question: [False] for question in NONE_OF_IT} | {
    "complaint": ["Burning feet"],
    "thinner": [code("thinner", "no")],
    "implants": [code("implants", "none")],
    "pregnancy": [code("pregnancy", "no")],
    "feet-heat": [code("feet-heat", "yes")],
    "goals": ["Walk"],
    "consent": [True],
    "consent-by": [code("consent-by", "self")],
    "consent-date": [date(2026, 11, 20)],
}


def test_finishing_goes_to_what_is_missing_and_then_ends(qtbot, shown):
    view = shown({key: values for key, values in COMPLETE.items() if key != "bleeding"}, at="consent-page")
    assert view.next_button.text() == "Finish"
    ends = []
    view.finished.connect(lambda: ends.append(True))
    click(qtbot, view.next_button)
    assert view.section == "medicines-page"
    assert view.question("bleeding").wrong == "Please answer this one."
    assert "something is still needed" in view.steps["medicines-page"].accessibleName()
    assert view.question("bleeding").isAncestorOf(focused())
    click(qtbot, option(view, "bleeding", "No"))
    assert view.question("bleeding").wrong == ""
    assert "still needed" not in view.steps["medicines-page"].accessibleName()
    assert ends == []
    view.go_to("consent-page")
    qtbot.keyClicks(view.question("consent-name").field.line, "Rosa Delgado")
    click(qtbot, view.next_button)
    assert ends == [True]
    assert INTAKE.errors(view.answers) == {}


def test_the_list_tells_progress(shown):
    view = shown(COMPLETE)
    assert view.steps["medicines-page"].accessibleName() == "Medicines, allergies, 4 of 4 answered"
    assert view.steps["life-page"].accessibleName() == "Sleep, mood, work, 0 of 6 answered"


def test_what_is_read_only_can_not_be_changed(qtbot, shown):
    view = shown({**COMPLETE, "numbness": [True], "numbness-bad": [4]}, at="symptoms-page")
    view.set_read_only(True)
    field = view.question("numbness-bad").field
    click(qtbot, option(view, "numbness", "No"))
    option(view, "numbness", "Yes").setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_N, Qt.Key.Key_Return):
        qtbot.keyClick(option(view, "numbness", "Yes"), key)
    click(qtbot, field.scale, field.scale.rect().center())
    qtbot.keyClick(field.scale, Qt.Key.Key_9)
    view.go_to("complaint-page")
    qtbot.keyClicks(view.question("complaint").field.prose, "more")
    view.go_to("consent-page")
    qtbot.keyClicks(view.question("consent-name").field.line, "X")
    view.flush()
    assert view.given == []
    assert not view.next_button.isEnabled()
    view.go_to("symptoms-page")
    assert option(view, "numbness", "Yes").isChecked()
    assert field.number.text() == "4"


class Answered(QUndoCommand):
    """A step as a caller would make it."""

    def __init__(self, view, link_id, before, after):
        super().__init__(link_id)
        self.view, self.link_id, self.before, self.after = view, link_id, before, after

    def undo(self):
        self.view.set_answer(self.link_id, self.before)

    def redo(self):
        self.view.set_answer(self.link_id, self.after)


def test_undo_reaches_through_text_fields(qtbot):
    window, view = QMainWindow(), FormView(INTAKE, {})
    qtbot.addWidget(window)
    stack, kept = QUndoStack(window), {}
    undo = stack.createUndoAction(window)
    undo.setShortcut("Ctrl+Z")
    window.addAction(undo)
    window.setCentralWidget(view)

    def keep(link_id, values):
        before, kept[link_id] = kept.get(link_id, []), values
        stack.push(Answered(view, link_id, before, values))

    view.answered.connect(keep)
    bring_up(qtbot, window)
    for link_id, words in (("complaint", lambda q: q.field.prose), ("complaint-since", lambda q: q.field.line)):
        target = words(view.question(link_id))
        target.setFocus()
        qtbot.keyClicks(target, "oops")
        qtbot.keyClick(target, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert (target.toPlainText() if link_id == "complaint" else target.text()) == ""
        assert view.answers == {}


def test_any_other_form_is_drawn_too(qtbot, shown):
    below = {"linkId": "child", "type": "string", "text": "Name of the child"}
    is_parent = {"question": "parent", "operator": "=", "answerBoolean": True}
    items = [
        {"linkId": "weight", "type": "decimal", "text": "Weight"},
        {"linkId": "parent", "type": "boolean", "text": "Parent?", "item": [below]},
        {"linkId": "group", "type": "group", "text": "Later", "item": [{"linkId": "note", "type": "display"}], "enableWhen": [is_parent]},
    ]
    form = Questionnaire({"resourceType": "Questionnaire", "url": "urn:other", "version": "1", "title": "Other", "item": items})
    view = shown(form=form)
    qtbot.keyClicks(view.question("weight").field.line, "71,5")
    view.flush()
    assert view.answers["weight"] == [71.5]
    assert view.next_button.text() == "Finish"
    assert not view.steps["group"].isVisible()
    click(qtbot, next(iter(view.question("parent").field.options.values())))
    assert view.question("child").isVisible()
    assert view.steps["group"].isVisible()
    assert view.next_button.text() == "Next"
    view.next()
    assert view.section == "group"


def test_a_form_that_asks_nothing_shows_nothing(shown):
    empty = Questionnaire({"resourceType": "Questionnaire", "url": "urn:none", "version": "1", "title": "None", "item": []})
    view = shown(form=empty)
    assert (view.section, view.answers) == ("", {})


def test_everything_to_touch_is_large_and_named(shown):
    view = shown({name: [True] for name in ("numbness", "unsteadiness", "consent", "falls", "wound", "allergies")})
    for section in INTAKE.sections:
        view.go_to(section.link_id)
        QApplication.processEvents()
        for question in view.findChildren(type(view.question("complaint"))):
            if question.isVisible():
                assert question.stops()
                for stop in question.stops():
                    assert stop.accessibleName()
                    assert stop.height() >= 40
