"""The one view that draws any form: a list of sections with their progress, and one section at a time to answer."""

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.forms import Answers, Item, Kind, Progress, Questionnaire, Section, Value
from neuro_chart.ui.answer_fields import Field, LineField, ProseField, field_for
from neuro_chart.ui.days import today
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.theme import SMALL, TARGET, Theme
from neuro_chart.ui.widgets import button, label, rule, set_flag

LIST_WIDTH = 256
PAGE_WIDTH = 800
NARROW = 760


class Question(QWidget):
    """A question with its help, its field, and a line kept free for what is wrong with the answer."""

    answered = Signal(object, list)
    left = Signal(object)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.field: Field = field_for(item)
        self.field.changed.connect(lambda values: self.answered.emit(item, values))
        self._box = cast("QWidget", self.field)
        self._box.setAccessibleName(f"{item.text} Required." if item.required else item.text)
        self._wrong = label(role="error")
        self._wrong.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._wrong.setFixedHeight(16)
        text = label(item.text, wrap=True)
        font = text.font()
        font.setWeight(QFont.Weight.DemiBold)
        text.setFont(font)
        head = QVBoxLayout()
        head.setSpacing(2)
        self._required = label("Required", "small") if item.required else None
        if self._required is None:
            head.addWidget(text)
        else:
            line = QHBoxLayout()
            line.addWidget(text, 1)
            line.addWidget(self._required)
            head.addLayout(line)
        if item.help:
            head.addWidget(label(item.help, "small", wrap=True))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        if item.kind is Kind.BOOLEAN:
            beside = QHBoxLayout()
            beside.setSpacing(16)
            beside.addLayout(head, 1)
            beside.addWidget(self._box, 0, Qt.AlignmentFlag.AlignTop)
            box.addLayout(beside)
        else:
            box.addLayout(head)
            box.addWidget(self._box)
        box.addWidget(self._wrong)
        for child in self.stops():
            child.installEventFilter(self)

    @property
    def wrong(self) -> str:
        """The sentence that stands beside the question, or nothing."""
        return self._wrong.text()

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong, or with nothing that all is well."""
        if sentence == self.wrong:
            return
        self._wrong.setText(sentence)
        self._box.setAccessibleDescription(sentence)
        if isinstance(self.field, LineField):
            set_flag(self.field.line, "invalid", bool(sentence))
        elif isinstance(self.field, ProseField):
            set_flag(self.field.prose, "invalid", bool(sentence))

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        """Let the answer be read but not changed."""
        self.field.set_read_only(read_only)
        if self._required is not None:
            self._required.setVisible(not read_only)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _PASSING:
            new = QApplication.focusWidget()
            if new is None or not self.isAncestorOf(new):
                self.left.emit(self.item)
        return False

    def stops(self) -> list[QWidget]:
        """What can take the keyboard, in order."""
        return [child for child in self.findChildren(QWidget) if child.focusPolicy() & Qt.FocusPolicy.ClickFocus]

    def focus(self) -> None:
        """Put the keyboard into the field."""
        for child in self.stops():
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus:
                child.setFocus(Qt.FocusReason.OtherFocusReason)
                return


class Rows(QWidget):
    """Items beneath each other, short ones in pairs, each made when it is first asked."""

    def __init__(self, items: Sequence[Item], ask: Callable[[Item], Question]) -> None:
        super().__init__()
        self._items, self._ask = items, ask
        self._places = _places(items)
        self._made: dict[str, QWidget] = {}
        self._below: dict[str, Rows] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)

    def show_items(self, visible: Collection[str]) -> None:
        """Show the items that are to be shown, and no others."""
        for item in self._items:
            shown = item.link_id in visible
            if shown and item.link_id not in self._made:
                made = self._made[item.link_id] = self._make(item)
                self._grid.addWidget(made, *self._places[item.link_id])
            if item.link_id in self._made:
                self._made[item.link_id].setVisible(shown)
            if item.link_id in self._below:
                self._below[item.link_id].show_items(visible)

    def questions(self) -> list[Question]:
        """The questions that have been made, in the order of the page."""
        found: list[Question] = []
        for item in self._items:
            made = self._made.get(item.link_id)
            found += [made] if isinstance(made, Question) else made.findChildren(Question, options=_DIRECT) if made else []
            if item.link_id in self._below:
                found += self._below[item.link_id].questions()
        return found

    def _make(self, item: Item) -> QWidget:
        if item.kind is Kind.DISPLAY:
            words = label(item.text, wrap=True)
            words.setContentsMargins(0, 0, 0, 8)
            return words
        if item.is_question and not item.items:
            return self._ask(item)
        frame = QFrame()
        box = QVBoxLayout(frame)
        box.setSpacing(8)
        if item.is_question:
            box.setContentsMargins(0, 0, 0, 0)
            box.addWidget(self._ask(item))
        else:
            frame.setProperty("role", "segments")
            box.setContentsMargins(16, 16, 16, 0)
            box.addWidget(label(item.text, "heading"))
        self._below[item.link_id] = below = Rows(item.items, self._ask)
        box.addWidget(below)
        return frame


_PASSING = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason}
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def _is_short(item: Item) -> bool:
    return not item.items and (item.kind in {Kind.STRING, Kind.DATE, Kind.DECIMAL} or (item.kind is Kind.INTEGER and not item.slider))


def _places(items: Sequence[Item]) -> dict[str, tuple[int, int, int, int]]:
    """Row, column, rows and columns of each item: short ones that come and go together stand side by side."""
    places: dict[str, tuple[int, int, int, int]] = {}
    line, before = -1, None
    for item in items:
        if before is not None and _is_short(item) and item.conditions == before.conditions:
            places[item.link_id] = (line, 1, 1, 1)
            before = None
            continue
        line += 1
        places[item.link_id] = (line, 0, 1, 1 if _is_short(item) else 2)
        before = item if _is_short(item) else None
    return places


class Page(QScrollArea):
    """One section: its heading and its questions, in a column that is no wider than is good to read."""

    def __init__(self, section: Section, ask: Callable[[Item], Question]) -> None:
        super().__init__()
        self.section = section
        self.setObjectName(section.link_id)
        self.rows = Rows(section.items, ask)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QWidget()
        column.setMaximumWidth(PAGE_WIDTH)
        box = QVBoxLayout(column)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(label(section.text, "title", wrap=True))
        if section.help:
            box.addWidget(label(section.help, "muted", wrap=True))
        box.addSpacing(16)
        box.addWidget(self.rows)
        box.addStretch(1)
        self._whole = QWidget()
        across = QHBoxLayout(self._whole)
        across.setContentsMargins(32, 24, 32, 24)
        across.addStretch(1)
        across.addWidget(column, 100)
        across.addStretch(1)
        self.setWidget(self._whole)

    def show_items(self, visible: Collection[str]) -> None:
        """Show what is asked now, without moving what is in sight."""
        self._whole.setMinimumHeight(self.verticalScrollBar().value() + self.viewport().height())
        self.rows.show_items(visible)

    def turn(self, pages: int) -> bool:
        """Scroll by a page; False when there is nothing further that way."""
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + pages * (self.viewport().height() - TARGET))
        return bar.value() != before

    def rest(self) -> None:
        """Begin at the top again."""
        self._whole.setMinimumHeight(0)
        self.verticalScrollBar().setValue(0)


class Step(QAbstractButton):
    """A section in the list: a ring that fills with the answers, a tick when all are there, a mark where one is still needed."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(TARGET)
        self._progress = Progress(0, 0, 0)
        self._is_wanting = False

    def show_progress(self, progress: Progress, *, is_wanting: bool) -> None:
        """Show how far the section is, and whether the user should come back to it."""
        self._progress, self._is_wanting = progress, is_wanting
        wanting = ", something is still needed" if is_wanting else ""
        self.setAccessibleName(f"{self.text()}, {progress.answered} of {progress.asked} answered{wanting}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LIST_WIDTH // 2, TARGET)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, here = Theme.of(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if here or self.underMouse():
            painter.setBrush(theme.color("accent_soft" if here else "sunken"))
            painter.drawRoundedRect(self.rect(), 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        self._draw_mark(painter, theme, QRectF(12, self.height() / 2 - 8, 16, 16))
        font = self.font()
        font.setBold(here)
        painter.setFont(font)
        painter.setPen(theme.color("accent" if here else "text"))
        room = QRectF(40, 0, self.width() - 92, self.height())
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width())),
        )
        small = self.font()
        small.setPixelSize(SMALL)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        count = f"{self._progress.answered}/{self._progress.asked}" if self._progress.answered else ""
        painter.drawText(
            QRectF(self.width() - 52, 0, 40, self.height()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count
        )

    def _draw_mark(self, painter: QPainter, theme: Theme, box: QRectF) -> None:
        asked, answered = self._progress.asked, self._progress.answered
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._is_wanting:
            path = QPainterPath(QPointF(box.center().x(), box.top()))
            path.lineTo(box.bottomRight())
            path.lineTo(box.bottomLeft())
            path.closeSubpath()
            painter.fillPath(path, theme.color("warning"))
            painter.setPen(QPen(theme.color("card"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(box.center().x(), box.top() + 6), QPointF(box.center().x(), box.top() + 10))
            painter.drawPoint(QPointF(box.center().x(), box.bottom() - 2.5))
        elif asked and answered == asked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(box)
            painter.setPen(QPen(theme.color("on_accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline([box.topLeft() + QPointF(4.5, 8.5), box.topLeft() + QPointF(7, 11), box.topLeft() + QPointF(11.5, 5.5)])
        else:
            ring = box.adjusted(1.5, 1.5, -1.5, -1.5)
            painter.setPen(QPen(theme.color("line"), 3))
            painter.drawEllipse(ring)
            if answered:
                painter.setPen(QPen(theme.color("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawArc(ring, 90 * 16, -round(360 * 16 * answered / asked))


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
        self._pages: dict[str, Page] = {}
        self._questions: dict[str, Question] = {}
        self.steps = {section.link_id: Step(section.title) for section in form.sections}
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
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(names)
        box.addWidget(area, 1)
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
            self._pages[link_id] = Page(section, self._ask)
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

    def _page(self) -> Page | None:
        page = self._stack.currentWidget()
        return page if isinstance(page, Page) else None

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

    def _order_stops(self, page: Page) -> None:
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
