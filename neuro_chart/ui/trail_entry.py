"""One entry of the trail, with what stood in the record before and after."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.trail import Entry
from neuro_chart.ui.days import zoned_time
from neuro_chart.ui.theme import SMALL, Theme
from neuro_chart.ui.trail_words import NameOf, Told, details, entry_words, went_back_words, who_words
from neuro_chart.ui.widgets import button, label, row

TEXT = 56  # px: three lines at least
ROOM = 8  # px between one row's lines and the next
Paragraph = tuple[int, tuple[tuple[str, QTextCharFormat], ...]]  # the room above it in px, and its words with their looks


class Fields(QTextEdit):
    """Takes what the lines above leave, and asks for no more than a few lines of its own."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), TEXT)


class EntryCard(QFrame):
    """Tells one entry: who, when, of what, and each field before and after. `wanted()` asks for the visit or the record it is about.

    `name_of` says who it is that has an id, `by_initials` whether names are hidden now.
    """

    wanted = Signal()

    def __init__(self, name_of: NameOf, by_initials: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name_of, self._by_initials = name_of, by_initials
        self._entry: Entry | None = None
        self.setProperty("role", "card")
        self.title, self.who, self.whose = label("", "title", wrap=True), label("", wrap=True), label("", wrap=True)
        self.when = label("", "small", wrap=True)
        self.went_back = label("", wrap=True)
        self.went_back.setProperty("pill", "warning")
        self.open = button("", self.wanted.emit, icon="chevron-right")
        self.text = Fields()
        self.text.setReadOnly(True)
        self.text.setAcceptRichText(False)
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName("What stood before and after")
        self.text.document().setDocumentMargin(0)
        self.text.setMinimumHeight(TEXT)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(8)
        whose = row(self.whose, self.open, wide=self.whose)
        for made in (self.title, self.who, self.when, self.went_back, whose, self.text):
            box.addWidget(made)
        box.setStretchFactor(self.text, 1)

    def show_entry(self, entry: Entry | None, before: Entry | None = None) -> None:
        """Show an entry, or nothing; `before` is an earlier one, after which the clock went back."""
        self._entry = entry
        for made in self.findChildren(QWidget):
            made.setVisible(entry is not None) if made.parent() is self else None
        if entry is None:
            return
        self.title.setText(entry_words(entry))
        self.who.setText(who_words(entry, self._name_of))
        self.when.setText(f"{zoned_time(entry.at.astimezone())} · entry {entry.seq}")
        self.went_back.setText(went_back_words(before) if before is not None else "")
        self.went_back.setVisible(before is not None)
        self.whose.setText(self._name_of(entry.patient_id) if entry.patient_id else "")
        self.whose.setVisible(bool(entry.patient_id))
        self.open.setText("Open the visit" if entry.visit_id else "Open the record")
        self.open.setVisible(bool(entry.patient_id))
        self._write(entry)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._entry is not None:
            self._write(self._entry)

    def _write(self, entry: Entry) -> None:
        theme = Theme.of(self)
        quiet, bold, plain = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        quiet.setForeground(theme.color("muted"))
        quiet.setProperty(QTextCharFormat.Property.FontPixelSize, SMALL)
        bold.setFontWeight(QFont.Weight.DemiBold)
        for look in (bold, plain):
            look.setForeground(theme.color("text"))
        self.text.clear()
        cursor = self.text.textCursor()
        block = cursor.blockFormat()
        for title, fields in details(entry, self._name_of, by_initials=self._by_initials()):
            paragraphs: list[Paragraph] = [(2 * ROOM, ((title, bold),))] if title else []
            for told in fields:
                paragraphs += _paragraphs(told, quiet, plain)
            for above, runs in paragraphs:
                block.setTopMargin(above if cursor.position() else 0)
                cursor.insertBlock(block) if cursor.position() else cursor.setBlockFormat(block)
                for words, look in runs:
                    cursor.insertText(words, look)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)


def _paragraphs(told: Told, quiet: QTextCharFormat, plain: QTextCharFormat) -> list[Paragraph]:
    """The lines of one field."""
    if told.was is None:
        return [(ROOM // 2, ((f"{told.field}: ", quiet), (told.became, plain)))]
    return [(ROOM, ((told.field, quiet),)), (0, ((f"Before: {told.was}", quiet),)), (0, ((f"After: {told.became}", plain),))]
