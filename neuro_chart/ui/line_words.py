"""The words of the prescription line on the screen: their colours, and the list of what a word may become."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QStandardItem, QStandardItemModel, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QAbstractItemView, QListView, QPlainTextEdit, QTextEdit, QWidget

from neuro_chart.clinic.completing import Completion
from neuro_chart.clinic.notation import Misread, Word
from neuro_chart.ui.palette import KEYS_ROLE, KeysAtTheRight
from neuro_chart.ui.theme import TARGET, Theme

# A point is the text's own colour; what is said of it recedes, what names or takes off many stands out.
COLOURS = {
    "name": "accent", "every": "accent", "adjunct": "warning", "off": "danger", "side": "muted", "depth": "muted", "minutes": "muted",
    "technique": "muted", "gauge": "muted",
}  # fmt: skip
WIDTH = 340


def colour(line: QPlainTextEdit, words: Iterable[Word], misread: Iterable[Misread]) -> None:
    """Colour the words of a line by their kind, and underline what is not understood."""
    theme = Theme.of(line)
    shown = [_stretch(line, word.start, word.end, _ink(theme.color(COLOURS[word.kind]))) for word in words if word.kind in COLOURS]
    shown += [_stretch(line, wrong.start, wrong.end, _wave(theme.color("danger"))) for wrong in misread]
    line.setExtraSelections(shown)


def _stretch(line: QPlainTextEdit, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    cursor = QTextCursor(line.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    made.cursor, made.format = cursor, look
    return made


def _ink(ink: QColor) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setForeground(ink)
    return look


def _wave(ink: QColor) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    look.setUnderlineColor(ink)
    return look


class Offers(QListView):
    """What a word may become, over whatever lies beside the line, which keeps the keys: `taken(Completion)` by a click."""

    taken = Signal(object)

    def __init__(self, line: QWidget) -> None:
        super().__init__(line)
        self._line = line
        self._offered: tuple[Completion, ...] = ()
        self.setProperty("role", "popup")
        self.setAccessibleName("What the word may become")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setModel(QStandardItemModel(self))
        self.setItemDelegate(KeysAtTheRight(self))
        self.clicked.connect(lambda index: self.taken.emit(self._offered[index.row()]))
        self.hide()

    @property
    def chosen(self) -> Completion | None:
        """The one that the arrows have come to."""
        row = self.currentIndex().row() if self.isVisible() else -1
        return self._offered[row] if 0 <= row < len(self._offered) else None

    @property
    def first(self) -> Completion | None:
        """The best one, while any is offered."""
        return self._offered[0] if self.isVisible() and self._offered else None

    def show_offers(self, offered: Sequence[Completion], word: QRect) -> None:
        """Offer these above a word (its place in the line), or nothing."""
        self._offered = tuple(offered)
        if not offered:
            self.hide()
            return
        model = self.model()
        assert isinstance(model, QStandardItemModel)  # noqa: S101  # the one that it was made with
        model.clear()
        for each in offered:
            item = QStandardItem(f"{each.word}   {each.meaning}".rstrip())
            item.setData(each.aside, KEYS_ROLE)
            item.setData(", ".join(part for part in (each.word, each.meaning, each.aside) if part), Qt.ItemDataRole.AccessibleTextRole)
            item.setSizeHint(QSize(0, TARGET))
            model.appendRow(item)
        self._stand_at(word)
        self.show()
        self.raise_()

    def _stand_at(self, word: QRect) -> None:
        """Above the word, or beneath it where there is no room above."""
        window = self._line.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        corner = self._line.mapTo(window, word.topLeft())
        size = QSize(min(WIDTH, window.width()), len(self._offered) * TARGET + 2 * self.frameWidth())
        left = max(0, min(corner.x() - 8, window.width() - size.width()))
        above = corner.y() - size.height() - 12
        self.setGeometry(QRect(QPoint(left, above if above > 0 else corner.y() + word.height() + 12), size))

    def step(self, by: int) -> None:
        """Come to the next one, upwards or downwards, and say which."""
        row = self.currentIndex().row()
        row = (row + by) % len(self._offered) if row >= 0 else (0 if by > 0 else len(self._offered) - 1)
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._line, str(index.data(Qt.ItemDataRole.AccessibleTextRole))))
