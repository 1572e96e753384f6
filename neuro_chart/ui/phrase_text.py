"""A text of the note in which a short key becomes its phrase."""

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRegularExpression, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from neuro_chart.clinic.phrases import BLANKS, ENDS, LONGEST, START, Phrase, beginning_with, being_typed, ended_by
from neuro_chart.ui.phrase_offers import Offers
from neuro_chart.ui.theme import Theme
from neuro_chart.ui.words import Prose

_BLANK = QRegularExpression(f"(?<!_){BLANKS}")  # Qt's own, as it counts places in a text


class Expansion(NamedTuple):
    """What Escape takes back: from where to where the phrase stands in which text, and what was typed there."""

    start: int
    end: int
    text: str
    typed: str


class PhraseText(Prose):
    """A text that keeps itself, with phrases: `;dq` and a space, a Tab or a full stop become the words of dq.

    Tab and Shift+Tab go from blank to blank. Escape right after a phrase gives back what was typed.
    `replaced(text)` comes instead of `edited(text)` where that is to be a step of its own for undo.
    """

    replaced = Signal(str)

    def __init__(self, name: str, placeholder: str = "", lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(name, placeholder, lines, parent)
        self._phrases: Mapping[str, Phrase] = {}
        self._offers: Offers | None = None
        self._fresh: Expansion | None = None
        self._declined = -1  # where a key stands that is meant as it was typed
        self._marks = BlankMarks(self.document(), self)

    def set_phrases(self, phrases: Mapping[str, Phrase]) -> None:
        """The phrases that can be typed from now on, by key."""
        self._phrases = phrases

    @property
    def offers(self) -> Offers:
        """The phrases that fit what is being typed, over the page beneath the cursor."""
        if self._offers is None or self._offers.parent() is not self.window():
            self._offers = Offers(self.window())
            self._offers.chosen.connect(self._choose)
        return self._offers

    @property
    def is_offering(self) -> bool:
        """Whether phrases are offered just now."""
        return self._offers is not None and self._offers.isVisible()

    @property
    def _is_fresh(self) -> bool:
        return self._fresh is not None and self._fresh.text == self.toPlainText()

    # Keys

    def event(self, event: QEvent) -> bool:
        is_asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_asked and (self._is_fresh or self.is_offering):
            event.accept()  # else the page takes it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}:
            super().keyPressEvent(event)
            return
        fresh, self._fresh = (self._fresh if self._is_fresh else None), None
        if self.is_offering and self.offers.take_key(key):
            return
        if key == Qt.Key.Key_Escape and fresh is not None:
            self._take_back(fresh)
            return
        super().keyPressEvent(event)
        self._after(event.text())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        if event.commitString():
            self._fresh = None
            self._after(event.commitString()[-1])

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001  # as Qt has it
        if self.isReadOnly():
            return super().focusNextPrevChild(forward)
        if forward and self.is_offering and self.offers.take_key(Qt.Key.Key_Return):
            return True
        if forward and (phrase := self._typed_phrase(self._before())):
            self._put(phrase, len(START + phrase.key), "\t")
            return True
        return self._to_blank(forward=forward) or super().focusNextPrevChild(forward)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._fresh = None
        self._hide_offers()
        super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hide_offers()
        self._fresh = None
        super().focusOutEvent(event)

    # Phrases

    def _before(self) -> str:
        """The last few signs before the cursor."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            return ""
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, min(cursor.position(), LONGEST + 3))
        return cursor.selectedText().replace("\u2029", "\n")

    def _typed_phrase(self, before: str, gap: int = 0) -> Phrase | None:
        """The phrase whose whole key stands before the cursor, with `gap` signs between."""
        key = being_typed(before)
        if not key or self.textCursor().position() - gap - len(START + key) == self._declined:
            return None
        return self._phrases.get(key)

    def _after(self, sign: str) -> None:
        """Something was typed: put a phrase in, or offer those that fit."""
        before = self._before()
        if not self.isReadOnly() and sign and sign in f"{ENDS}\r" and (phrase := self._typed_phrase(before[:-1], 1)):
            self._put(phrase, len(START + phrase.key) + 1, before[-1])
            return
        key = being_typed(before)
        if key is None:
            self._declined = -1
        fitting = beginning_with(key, self._phrases) if key is not None and sign and not self.isReadOnly() else []
        if fitting:
            self.offers.offer(fitting, self, begun=bool(key))
        else:
            self._hide_offers()

    def place_offers(self) -> None:
        """Keep the offers beside the cursor where the text has moved or grown."""
        if self.is_offering:
            self.offers.stand_by(self)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.place_offers()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_offers()

    def _hide_offers(self) -> None:
        if self.is_offering:
            self.offers.hide()

    def _choose(self, phrase: Phrase) -> None:
        key = being_typed(self._before())
        if key is not None:
            self._put(phrase, len(START + key), "")

    def _put(self, phrase: Phrase, typed: int, end: str) -> None:
        """Put a phrase in the place of the signs typed before the cursor; `end` is what was typed after its key."""
        self.flush()
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, typed)
        start, was = cursor.selectionStart(), cursor.selectedText().replace("\u2029", "\n")
        cursor.insertText(ended_by(phrase.text, end))
        blank = self.document().find(_BLANK, start)
        self.setTextCursor(cursor if blank.isNull() or blank.position() > cursor.position() else blank)
        self._fresh = Expansion(start, cursor.position(), self.toPlainText(), was)
        self._announce()

    def _take_back(self, fresh: Expansion) -> None:
        cursor = self.textCursor()
        cursor.setPosition(fresh.start)
        cursor.setPosition(fresh.end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(fresh.typed)
        self.setTextCursor(cursor)
        self._declined = fresh.start
        self._announce()

    def _announce(self) -> None:
        """Tell the words as a step of their own."""
        self._hide_offers()
        self.replaced.emit(self._keep())

    # Blanks

    def _to_blank(self, *, forward: bool) -> bool:
        cursor = self.textCursor()
        if forward:
            blank = self.document().find(_BLANK, cursor.selectionEnd())
        else:
            blank = self.document().find(_BLANK, cursor.selectionStart(), QTextDocument.FindFlag.FindBackward)
        if not blank.isNull():
            self.setTextCursor(blank)
        return not blank.isNull()

    def first_blank(self) -> bool:
        """Take the keys and choose the first blank that is not filled in; False if there is none."""
        self.moveCursor(QTextCursor.MoveOperation.Start)
        found = self._to_blank(forward=True)
        if found:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        return found

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._marks.rehighlight()


class BlankMarks(QSyntaxHighlighter):
    """Shows the blanks that are not filled in."""

    def __init__(self, document: QTextDocument, shown_in: QWidget) -> None:
        super().__init__(document)
        self._shown_in = shown_in

    def highlightBlock(self, text: str) -> None:
        found = _BLANK.globalMatch(text)
        while found.hasNext():
            blank, theme, mark = found.next(), Theme.of(self._shown_in), QTextCharFormat()
            mark.setBackground(theme.color("warning_soft"))
            mark.setForeground(theme.color("warning"))
            self.setFormat(blank.capturedStart(), blank.capturedLength(), mark)
