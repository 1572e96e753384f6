"""The field in which a prescription is typed: one row that grows to three, its words coloured by what they are."""

from collections.abc import Iterable

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QResizeEvent, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from neuro_chart.clinic.notation import Misread, Word
from neuro_chart.ui.theme import TARGET, Theme

ROW, ROWS = TARGET - 2, 3
# A point is the text's own colour; what is said of it recedes, what names or takes off many stands out.
COLOURS = {
    "name": "accent", "every": "accent", "adjunct": "warning", "off": "danger", "side": "muted", "depth": "muted", "minutes": "muted",
    "technique": "muted", "gauge": "muted",
}  # fmt: skip


class Line(QPlainTextEdit):
    """A field of one row that grows to three. Whatever is pasted comes in as plain text."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def text(self) -> str:
        """What stands in it."""
        return self.toPlainText()

    @property
    def place(self) -> int:
        """The column of the keys."""
        before = self.text().encode("utf-16-le")[: 2 * self.textCursor().position()]  # Qt counts a rare character as two
        return len(before.decode("utf-16-le", "ignore"))

    def stretch(self, start: int, end: int) -> QTextCursor:
        """A cursor that selects from one column to another."""
        text, made = self.text(), self.textCursor()
        made.setPosition(len(text[:start].encode("utf-16-le")) // 2)
        made.setPosition(len(text[:end].encode("utf-16-le")) // 2, QTextCursor.MoveMode.KeepAnchor)
        return made

    def write(self, text: str) -> None:
        """Put a text in it, and the keys behind its end."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(source.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height, rows = self.fontMetrics().lineSpacing(), int(self.document().size().height())
        above = (ROW - height) // 2
        self.setViewportMargins(8, above, 8, ROW - height - above)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded if rows > ROWS else Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(ROW + height * (min(max(rows, 1), ROWS) - 1))

    def show_words(self, words: Iterable[Word], misread: Iterable[Misread]) -> None:
        """Colour the words by their kind, and underline what is not understood."""
        theme = Theme.of(self)
        looks = [(word.start, word.end, _ink(theme.color(COLOURS[word.kind]))) for word in words if word.kind in COLOURS]
        looks += [(wrong.start, wrong.end, _wave(theme.color("danger"))) for wrong in misread]
        self.setExtraSelections([self._painted(*each) for each in looks])

    def _painted(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        made.cursor, made.format = self.stretch(start, end), look
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
