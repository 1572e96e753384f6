"""The one view that draws any form: a list of sections with their progress, and one section at a time to answer."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.forms import Answers, Item, Questionnaire, Value
from neuro_chart.ui.days import today
from neuro_chart.ui.question import Question
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.section_page import SectionPage
from neuro_chart.ui.section_step import SectionStep
from neuro_chart.ui.widgets import button, label, rule, scrolled

LIST_WIDTH = 256
NARROW = 760


class FormView(QWidget):
    """Any form, to fill in and to read.

    `answered(link_id, values)` follows each answer: a choice at once, words half a second after the first key and when they are left.
    `finished()` comes when the last step is taken and nothing is missing. `set_answer` shows an answer that came from elsewhere, by
    undo say, and announces nothing.
    """

    answered = Signal(str, list)
    finished = Signal()

    def __init__(self, form: Questionnaire, answers: Answers, *, finish: str = "Finish", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = form
        self._answers: dict[str, list[Value]] = {link_id: list(values) for link_id, values in answers.items()}
        self._visible = form.visible(self._answers)
        self._reviewed: set[str] = set()
        self._read_only = False
        self._finish = finish
        self._pages: dict[str, SectionPage] = {}
        self._questions: dict[str, Question] = {}
        self.steps = {section.link_id: SectionStep(section.title) for section in form.sections}
        self._stack = QStackedWidget()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Questions answered")
        self._count = label(role="small")
        self._place = label(role="small")
        self.back_button = button("Back", self.back)
        self.next_button = button("Next", self.step, "primary")
        self._side = self._lay_out_side()
        self._lay_out()
        for keys, act in (("Alt+Left", self.back), ("Alt+Right", self.next), ("PgUp", self._page_up), ("PgDown", self._page_down)):
            shortcut = QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self._progress = form.progress(self._answers)
        if self._progress:
            self.go_to(next(iter(self._progress)), focus=False)

    def _lay_out_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(LIST_WIDTH)
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(label(self.form.title, "title", wrap=True))
        box.addWidget(self._bar)
        box.addWidget(self._count)
        names = QWidget()
        column = QVBoxLayout(names)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for link_id, made in self.steps.items():
            made.clicked.connect(lambda _=False, link_id=link_id: self.go_to(link_id))
            column.addWidget(made)
        column.addStretch(1)
        if self.steps:
            self._roving = Roving(list(self.steps.values()), self)
        box.addWidget(scrolled(names), 1)
        return side

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("role", "card")
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 12)
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self._place)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        for made in (self.back_button, self.next_button):
            made.setMinimumWidth(112)
        box = QVBoxLayout(frame)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addWidget(self._stack, 1)
        box.addWidget(rule())
        box.addLayout(foot)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self._side)
        whole.addWidget(frame, 1)

    @property
    def answers(self) -> dict[str, list[Value]]:
        """Every answer given, those to hidden questions too."""
        return {link_id: list(values) for link_id, values in self._answers.items()}

    @property
    def section(self) -> str:
        """The link id of the section that is shown, or nothing for a form without questions."""
        page = self._page()
        return page.section.link_id if page else ""

    def question(self, link_id: str) -> Question:
        """The question as it stands on its page; `KeyError` if it has not been shown yet."""
        return self._questions[link_id]

    def set_answer(self, link_id: str, values: Sequence[Value]) -> None:
        """Show an answer that came from elsewhere, and announce nothing."""
        self._keep(link_id, list(values))
        if link_id in self._questions:
            self._questions[link_id].field.show_values(values)
        self._refresh()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        """Let the form be read but not changed."""
        self.flush()
        self._read_only = read_only
        for question in self._questions.values():
            question.set_read_only(read_only)
        self._refresh()

    def flush(self) -> None:
        """Announce words that are still being typed."""
        for question in list(self._questions.values()):
            question.field.flush()

    def go_to(self, link_id: str, *, focus: bool = True) -> None:
        """Turn to a section; what is missing in the one that is left shows when it is seen again."""
        self.flush()
        left = self._page()
        if left and left.section.link_id != link_id:
            self._reviewed |= {item.link_id for item in left.section.walk()}
        if link_id not in self._pages:
            section = next(section for section in self.form.sections if section.link_id == link_id)
            self._pages[link_id] = SectionPage(section, self._ask)
            self._stack.addWidget(self._pages[link_id])
            self._pages[link_id].rows.show_items(self._visible)
        page = self._pages[link_id]
        page.rest()
        self._stack.setCurrentWidget(page)
        self.steps[link_id].setChecked(True)
        self._roving.stop_at(self.steps[link_id])
        self._refresh()
        self._order_stops(page)
        for _ in range(8):  # a text knows its height once it has its width, and each round tells the next layer: no jump after painting
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        if focus:
            first = next((question for question in page.rows.questions() if not question.isHidden()), None)
            if first is not None:
                first.focus()

    def reveal(self, link_id: str) -> None:
        """Turn to the section of a question and put the keyboard into it."""
        section = next(section for section in self.form.sections if any(item.link_id == link_id for item in section.walk()))
        self.go_to(section.link_id, focus=False)
        if link_id in self._visible and link_id in self._questions:
            self._questions[link_id].focus()
            self._pages[section.link_id].ensureWidgetVisible(self._questions[link_id])

    def back(self) -> None:
        """Turn to the section before."""
        self._go(-1)

    def next(self) -> None:
        """Turn to the section after."""
        self._go(1)

    def step(self) -> None:
        """Turn to the section after, or after the last one finish."""
        if self._go(1) or self._read_only:
            return
        self.flush()
        self._reviewed |= {item.link_id for item in self.form.walk()}
        self._refresh()
        errors = self.form.errors(self._answers, today())
        if errors:
            first, sentence = next(iter(errors.items()))
            self.reveal(first)
            self._questions[first].show_wrong(sentence)  # though the keyboard is in it already
        else:
            self.finished.emit()

    def _go(self, steps: int) -> bool:
        places = list(self._progress)
        here = places.index(self.section) + steps if self.section in places else 0
        if not 0 <= here < len(places):
            return False
        self.go_to(places[here])
        return True

    def _page_up(self) -> None:
        page = self._page()
        if page and not page.turn(-1):
            self.back()

    def _page_down(self) -> None:
        page = self._page()
        if page and not page.turn(1):
            self.next()

    def _page(self) -> SectionPage | None:
        page = self._stack.currentWidget()
        return page if isinstance(page, SectionPage) else None

    def _ask(self, item: Item) -> Question:
        made = self._questions[item.link_id] = Question(item)
        made.field.show_values(self._answers.get(item.link_id, ()))
        made.set_read_only(self._read_only)
        made.answered.connect(self._give)
        made.left.connect(self._left)
        return made

    def _keep(self, link_id: str, values: list[Value]) -> None:
        if values:
            self._answers[link_id] = values
        else:
            self._answers.pop(link_id, None)

    def _give(self, item: Item, values: list[Value]) -> None:
        self._keep(item.link_id, values)
        self._refresh()
        self.answered.emit(item.link_id, values)

    def _refresh(self) -> None:
        """Bring questions, marks and counts in line with the answers."""
        self._visible = self.form.visible(self._answers)
        self._progress = self.form.progress(self._answers)
        errors = {} if self._read_only else self.form.errors(self._answers, today())
        page = self._page()
        if page:
            before = len(self._questions)
            page.show_items(self._visible)
            if len(self._questions) > before:
                self._order_stops(page)
            for question in page.rows.questions():
                sentence = errors.get(question.item.link_id, "") if question.item.link_id in self._reviewed else ""
                if question.wrong or not question.isAncestorOf(self.focusWidget() or self):
                    question.show_wrong(sentence)
        for section in self.form.sections:
            made, progress = self.steps[section.link_id], self._progress.get(section.link_id)
            made.setVisible(progress is not None)
            if progress is not None:
                wanting = any(item.link_id in errors and item.link_id in self._reviewed for item in section.walk())
                made.show_progress(progress, is_wanting=wanting)
        self._show_counts()

    def _show_counts(self) -> None:
        asked = sum(progress.asked for progress in self._progress.values())
        answered = sum(progress.answered for progress in self._progress.values())
        missing = sum(progress.missing for progress in self._progress.values())
        self._bar.setRange(0, max(1, asked))
        self._bar.setValue(answered)
        needed = f", {missing} required to go" if missing and not self._read_only else ""
        self._count.setText(f"{answered} of {asked} answered{needed}")
        places = list(self._progress)
        here = places.index(self.section) if self.section in places else 0
        is_last = here + 1 >= len(places)
        self._place.setText(f"{here + 1} of {len(places)}" if places else "")
        self.back_button.setEnabled(here > 0)
        self.next_button.setText(self._finish if is_last and not self._read_only else "Next")
        self.next_button.setEnabled(not (is_last and self._read_only))

    def _order_stops(self, page: SectionPage) -> None:
        """Let Tab go down the page whatever was made when."""
        stops = [stop for question in page.rows.questions() for stop in question.stops()]
        for one, other in pairwise([*self.steps.values(), *stops, self.back_button, self.next_button]):
            QWidget.setTabOrder(one, other)

    def _left(self, item: Item) -> None:
        """A faulty answer is named once its question is left, and no sooner."""
        self._questions[item.link_id].field.flush()
        if self._answers.get(item.link_id):
            self._reviewed.add(item.link_id)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setVisible(self.width() >= NARROW)
