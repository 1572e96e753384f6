"""One section of a form to answer."""

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from neuro_chart.clinic.forms import Item, Kind, Section
from neuro_chart.ui.question import Question
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import label

PAGE_WIDTH = 800
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class SectionPage(QScrollArea):
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
