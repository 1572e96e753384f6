"""A text of the note in which a short key becomes its phrase."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QFont,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from neuro_chart.clinic.phrases import ENDS, LONGEST, START, Phrase, beginning_with, being_typed, blanks, ended_by
from neuro_chart.ui.theme import TARGET, Theme
from neuro_chart.ui.words import Prose

MOST = 5  # phrases in sight at once
WIDTH = 380
KEY_WIDTH = 76


class Expansion(NamedTuple):
    """What Escape takes back: where the phrase stands, how long it is, and what was typed there."""

    start: int
    length: int
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
    def offers(self) -> "Offers":
        """The phrases that fit what is being typed, over the page beneath the cursor."""
        if self._offers is None or self._offers.parent() is not self.window():
            self._offers = Offers(self.window())
            self._offers.chosen.connect(self._choose)
        return self._offers

    @property
    def is_offering(self) -> bool:
        """Whether phrases are offered just now."""
        return self._offers is not None and self._offers.isVisible()

    # Keys

    def event(self, event: QEvent) -> bool:
        is_asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_asked and (self._fresh or self.is_offering):
            event.accept()  # else the page takes it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}:
            super().keyPressEvent(event)
            return
        fresh, self._fresh = self._fresh, None
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
        words = ended_by(phrase.text, end)
        cursor.insertText(words)
        first = next(iter(blanks(words)), (len(words), len(words)))
        self._select(start + first[0], start + first[1])
        self._announce()
        self._fresh = Expansion(start, len(words), was)

    def _take_back(self, fresh: Expansion) -> None:
        self._select(fresh.start, fresh.start + fresh.length)
        self.textCursor().insertText(fresh.typed)
        self._declined = fresh.start
        self._announce()

    def _announce(self) -> None:
        """Tell the words as a step of their own."""
        self._hide_offers()
        self.replaced.emit(self._keep())

    # Blanks

    def _to_blank(self, *, forward: bool) -> bool:
        cursor = self.textCursor()
        found = blanks(self.toPlainText())
        if forward:
            there = next((blank for blank in found if blank[0] >= cursor.selectionEnd()), None)
        else:
            there = next((blank for blank in reversed(found) if blank[1] <= cursor.selectionStart()), None)
        if there is not None:
            self._select(*there)
        return there is not None

    def first_blank(self) -> bool:
        """Take the keys and choose the first blank that is not filled in; False if there is none."""
        found = blanks(self.toPlainText())
        if found:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._select(*found[0])
        return bool(found)

    def _select(self, start: int, end: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

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
        for start, end in blanks(text):
            theme, mark = Theme.of(self._shown_in), QTextCharFormat()
            mark.setBackground(theme.color("warning_soft"))
            mark.setForeground(theme.color("warning"))
            self.setFormat(start, end - start, mark)


class Offers(QListWidget):
    """Phrases to choose from: `chosen(Phrase)`. The keys stay in the text."""

    chosen = Signal(object)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.setProperty("role", "popup")
        self.setAccessibleName("Phrases")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setItemDelegate(OfferRow(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.itemClicked.connect(self._choose)
        self.currentItemChanged.connect(self._announce)
        self.hide()

    def offer(self, phrases: Sequence[Phrase], text: QPlainTextEdit, *, begun: bool) -> None:
        """Show these beneath the cursor of a text; the first is chosen once a key is begun."""
        self.clear()
        for phrase in phrases:
            item = QListWidgetItem(f"{START}{phrase.key} {phrase.text}")
            item.setData(Qt.ItemDataRole.UserRole, phrase)
            self.addItem(item)
        if begun:
            self.setCurrentRow(0)
        self.stand_by(text)
        self.show()
        self.raise_()

    def stand_by(self, text: QPlainTextEdit) -> None:
        """Stand beneath the cursor of a text, or above it where there is no room."""
        page, spot = self._page, text.cursorRect()
        height = min(self.count(), MOST) * TARGET + 2 * self.frameWidth()
        width = min(WIDTH, page.width() - 16)
        left = min(text.mapTo(page, QPoint(0, 0)).x(), page.width() - width - 8)
        under = text.mapTo(page, spot.bottomLeft()).y() + 4
        top = under if under + height <= page.height() else text.mapTo(page, spot.topLeft()).y() - height - 4
        self.setGeometry(max(8, left), max(0, top), width, height)

    def take_key(self, key: Qt.Key) -> bool:
        """Walk, choose or go away by a key of the text; False where the key means nothing here."""
        row = self.currentRow()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.setCurrentRow((row + (1 if key == Qt.Key.Key_Down else -1 if row >= 0 else 0)) % self.count())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and row >= 0:
            self._choose(self.item(row))
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _announce(self, item: QListWidgetItem | None) -> None:
        """Let a screen reader say the phrase that Enter would take."""
        if item is not None and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, item.text()))

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class OfferRow(QStyledItemDelegate):
    """A phrase: its key, and how it begins."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        phrase, theme, box = index.data(Qt.ItemDataRole.UserRole), Theme.of(option.widget), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(box.adjusted(3, 2, -3, -2), 6, 6)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("accent"))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        metrics = painter.fontMetrics()
        painter.drawText(box.adjusted(12, 0, 0, 0), middle, metrics.elidedText(phrase.key, Qt.TextElideMode.ElideRight, KEY_WIDTH - 8))
        painter.setFont(option.font)
        painter.setPen(theme.color("text"))
        words = box.adjusted(12 + KEY_WIDTH, 0, -10, 0)
        painter.drawText(words, middle, option.fontMetrics.elidedText(phrase.text, Qt.TextElideMode.ElideRight, words.width()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), TARGET)
