"""The phrases for the note: shipped ones to read, the practice's own to write."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent, QUndoStack
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.phrases import BLANK, LONGEST, START, Phrase, blanks, together
from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.phrase_text import BlankMarks
from neuro_chart.ui.shelf import Heading, Row, Shelf, found_words
from neuro_chart.ui.widgets import ListKeys, button, card, label, row
from neuro_chart.ui.words import Line, Prose, open_field

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

OWN, SHIPPED = "Your own", "Ready-made"


class PhrasesSection(QWidget):
    """A list of all phrases, and the card of the one that is chosen. What is changed is a step of `stack`."""

    def __init__(self, chart: OpenChart, library: Library, stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library, self._stack = chart, library, stack
        self.known: dict[str, Phrase] = {}
        self.shown: Phrase | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Short name or words")
        self.search.setAccessibleName("Search phrases")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        self.list = Shelf("Phrases")
        self.list.turned_to.connect(self._turned_to)
        ListKeys(self.search, self.list)
        self.found = label("", "small")
        self.add = button("New phrase", self._add, icon="plus")
        self.card = PhraseCard()
        self.list.read_wanted.connect(self.card.setFocus)
        self.card.edited.connect(self._edit)
        self.card.own_wanted.connect(self._take_over)
        self.card.drop_wanted.connect(self._drop)
        chart.changed.connect(self._changed)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.search)
        left.addWidget(self.found)
        left.addWidget(card(self.list, margins=8), 1)
        left.addWidget(self.add)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addLayout(left, 58)
        columns.addWidget(self.card, 42)
        self.card.setMaximumWidth(520)
        self.setFocusProxy(self.search)

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _changed(self, change: "Change") -> None:
        if change.kind == "phrase":
            self._refresh()

    def _refresh(self) -> None:
        self.known = together(self._library.phrases, self._chart.records.phrases())
        words = fold(self.search.text()).split()
        found = {key: each for key, each in self.known.items() if all(word in fold(f"{key} {each.text}") for word in words)}
        entries: list[Row | Heading] = []
        for heading, own in ((OWN, True), (SHIPPED, False)):
            rows = [_row(key, each) for key, each in found.items() if bool(each.id) is own]
            entries += [Heading(heading), *rows] if rows else []
        kept = next((key for key, each in found.items() if self.shown and each.id and each.id == self.shown.id), "")
        kept = kept or (self.shown.key.lower() if self.shown else "")
        self.list.rows.show_entries(entries)
        self.found.setText(found_words(len(found), "phrase", self.search.text()))
        if found:
            self.list.turn_to(kept)

    def _turned_to(self, key: str) -> None:
        chosen = self.known[key]
        if self.shown is None or (self.shown.id, self.shown.key) != (chosen.id, chosen.key):
            self.card.flush()
        self.shown = chosen
        self.card.show_phrase(chosen, is_own=bool(chosen.id) and self._chart.records.may_write)

    # What is changed

    def _edit(self, field: str, text: str) -> None:
        before = self.shown
        if before is None or getattr(before, field) == text:
            return
        after = replace(before, **{field: text})
        self.card.complain(after.errors())
        if not after.errors():
            self._push(f"Change {'short name' if field == 'key' else 'phrase'}", after, before)

    def _push(self, words: str, after: Phrase | None, before: Phrase | None) -> None:
        records = self._chart.records

        def act(kept: Phrase | None, other: Phrase | None) -> "Change":
            return records.put_phrase(kept) if kept else records.drop_phrase(other.id if other else "")

        self.shown = after or self.shown
        self._stack.push(Edit(self._chart, words, lambda: act(after, before), lambda: act(before, after)))

    def _add(self) -> None:
        key = next(name for at in range(1, 10_000) if (name := f"own{at}") not in self.known)
        self.search.clear()
        self._push("New phrase", Phrase(key, BLANK), None)
        self.card.setFocus()
        self.card.key.selectAll()

    def _take_over(self) -> None:
        if self.shown is not None:
            self._push("Make it your own", Phrase(self.shown.key, self.shown.text), None)
            self.card.text.setFocus()

    def _drop(self) -> None:
        if self.shown is not None:
            self._push("Delete phrase", None, self.shown)

    def flush(self) -> None:
        """Store what is being typed."""
        self.card.flush()


class PhraseCard(QFrame):
    """One phrase: `edited(field, text)`, `own_wanted()`, `drop_wanted()`."""

    edited = Signal(str, str)
    own_wanted = Signal()
    drop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Phrase")
        self._origin = label("", "small", wrap=True)
        self.key = Line("Short name, typed after a semicolon", "One word", LONGEST)
        self.key.edited.connect(lambda text: self.edited.emit("key", text.strip().removeprefix(START)))
        self.text = Prose("Its words", "What it becomes", lines=4)
        BlankMarks(self.text.document(), self.text)
        self.text.edited.connect(lambda text: self.edited.emit("text", text.strip()))
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.blank = button("Blank", self._insert_blank, icon="minus")
        self.blank.setToolTip("Put a blank to fill in at the cursor: three underscores")
        self.own = button("Make it my own", self.own_wanted.emit, icon="pencil")
        self.drop = button("Delete", self.drop_wanted.emit, icon="trash-2")
        self._how = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(4)
        box.addWidget(self._origin)
        for title, field in (("Short name", self.key), ("Words", self.text)):
            heading = label(title, "heading")
            heading.setBuddy(field)
            box.addSpacing(8)
            box.addWidget(heading)
            box.addWidget(field)
        box.addWidget(self._error)
        box.addSpacing(8)
        box.addWidget(self._how)
        box.addStretch(1)
        box.addWidget(row(self.blank, self.own, self.drop))
        self.setFocusProxy(self.key)

    def show_phrase(self, phrase: Phrase, *, is_own: bool) -> None:
        """Show one; the practice's own can be written in."""
        self._origin.setText("Your own" if is_own else "Ready-made; your own of the same short name takes its place")
        self.key.show_text(phrase.key)
        self.text.show_text(phrase.text)
        for field in (self.key, self.text):
            open_field(field, is_open=is_own)
        self.own.setVisible(not is_own)
        self.blank.setVisible(is_own)
        self.drop.setVisible(is_own)
        self._how.setText(
            f"In the note, type {START}{phrase.key} and a space, a full stop or Tab. "
            "Tab goes from blank to blank, Escape gives back what you typed."
        )
        self.complain({})

    def complain(self, errors: dict[str, str]) -> None:
        """Say why what was typed is not kept."""
        self._error.setText("\n".join(errors.values()))
        self._error.setVisible(bool(errors))

    def flush(self) -> None:
        """Announce what was typed."""
        self.key.flush()
        self.text.flush()

    def _insert_blank(self) -> None:
        self.text.insertPlainText(BLANK)
        self.text.setFocus()


def _row(key: str, phrase: Phrase) -> Row:
    count = len(blanks(phrase.text))
    told = f"{count} blank{'' if count == 1 else 's'} to fill in" if count else "No blanks"
    return Row(key, phrase.key, phrase.text.replace("\n", " "), told, f"{START}{phrase.key}: {phrase.text}")
