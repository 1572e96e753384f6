"""Fields whose words keep themselves."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextDocumentFragment
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from neuro_chart.ui.widgets import set_flag

SAVE_AFTER = 500


class UndoPasses(QObject):
    """Leaves the undo and redo keys in a text field to the window, whose steps are stored, once the field's words are announced."""

    def __init__(self, field: QWidget, flush: Callable[[], object]) -> None:
        super().__init__(field)
        self._flush = flush
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo):
                if event.matches(key):
                    self._flush()
                    event.ignore()
                    return True
        return super().eventFilter(watched, event)


class Line(QLineEdit):
    """One line that keeps itself as `Prose` does: `edited(text)` half a second after the first key, and at once when the focus leaves."""

    edited = Signal(str)

    def __init__(self, name: str, placeholder: str = "", limit: int | None = None) -> None:
        super().__init__()
        self._kept = ""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        if limit is not None:
            self.setMaxLength(limit)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self.flush)
        self.textEdited.connect(self._typed)
        self.returnPressed.connect(self.flush)
        UndoPasses(self, self.flush)

    def _typed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Announce what was typed since the last time."""
        self._timer.stop()
        if self.text() != self._kept:
            self._kept = self.text()
            self.edited.emit(self._kept)

    def show_text(self, text: str) -> None:
        """Show what is stored, unless newer words are being typed."""
        if self.text() == self._kept != text:
            place = self.cursorPosition()
            self._kept = text
            self.setText(text)
            self.setCursorPosition(min(place, len(text)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.flush()
        super().focusOutEvent(event)


class Prose(QPlainTextEdit):
    """A text that keeps itself: `edited(text)` comes half a second after the first key, and at once when the focus leaves.

    It grows with its words between `lines` lines and no end; Tab moves on.
    """

    edited = Signal(str)

    def __init__(self, name: str, placeholder: str = "", lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = ""
        self._lines = lines
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self.flush)
        UndoPasses(self, self.flush)
        self.textChanged.connect(self._typed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _typed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @property
    def is_dirty(self) -> bool:
        """Whether there are words that have not been announced."""
        return self.toPlainText() != self._kept

    def flush(self) -> None:
        """Announce what was typed since the last time."""
        if self.is_dirty:
            self.edited.emit(self._keep())

    def _keep(self) -> str:
        """The words as they stand, from now on taken as announced."""
        self._timer.stop()
        self._kept = self.toPlainText()
        return self._kept

    def show_text(self, text: str) -> None:
        """Show what is stored, unless newer words are being typed."""
        if self.is_dirty or text == self._kept:
            return
        place, pairs = self.textCursor().position(), zip(self._kept, text, strict=False)
        same = next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(self._kept), len(text)))
        if place > same:  # behind what changed: as far from the end as before
            place = max(same, len(text) - len(self._kept) + place)
        self._kept = text
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        cursor = self.textCursor()
        cursor.setPosition(min(place, len(text)))
        self.setTextCursor(cursor)
        self._fit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        # Some programs put nothing but markup on the clipboard; its words are wanted.
        self.insertPlainText(source.text() if source.hasText() else QTextDocumentFragment.fromHtml(source.html()).toPlainText())

    def _fit(self) -> None:
        padding = 2 if self.property("role") == "bare" else 14
        margins = self.contentsMargins().top() + self.contentsMargins().bottom() + 2 * int(self.document().documentMargin()) + padding
        lines = max(self._lines, int(self.document().size().height()))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.flush()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()


def open_field(field: Line | Prose, *, is_open: bool) -> None:
    """Let a field be written in, or show its words alone."""
    field.setReadOnly(not is_open)
    set_flag(field, "role", "" if is_open else "told")
