"""Eight fields to type the recovery key into, as its sheet has them; a group that is misread is told at once."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from neuro_chart.clinic.recovery import GROUPS, LETTERS, letters, misread, place
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import column, label, set_flag

ACROSS = 4
SPACED = 2  # px between the letters


class Group(QLineEdit):
    """One group: `left()` when the backspace key is pressed where there is nothing to delete."""

    left = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setAccessibleName(f"Group {number} of {GROUPS}")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, SPACED)
        self.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.left.emit()
        else:
            super().keyPressEvent(event)


class RecoveryKey(QWidget):
    """The recovery key as it is typed or pasted: `typed()` with every change, `entered()` when Enter is pressed."""

    typed = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields = [Group(number) for number in range(1, GROUPS + 1)]
        self.says = label("", "error", wrap=True)
        self.says.setAccessibleName("What is misread")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(12)
        for at, field in enumerate(self.fields):
            field.textEdited.connect(partial(self._edit, at))
            field.editingFinished.connect(self._judge)
            field.returnPressed.connect(self.entered)
            field.left.connect(partial(self._go, at - 1))
            grid.addWidget(column(label(str(at + 1), "small"), field, spacing=4), at // ACROSS, at % ACROSS)
        grid.addWidget(self.says, GROUPS // ACROSS, 0, 1, ACROSS)
        self.setFocusProxy(self.fields[0])

    @property
    def code(self) -> str:
        """What is typed, as `recovery.read` takes it."""
        return "-".join(field.text() for field in self.fields)

    def clear(self) -> None:
        """Forget what was typed."""
        for field in self.fields:
            field.clear()
        self._judge()

    def _edit(self, at: int, text: str) -> None:
        """Keep the letters that a key has, and let what is more than a group flow on into the next ones."""
        field, typed = self.fields[at], letters(text)
        cursor = field.cursorPosition()
        if len(typed) == LETTERS + 1 and (cursor < len(text) or at + 1 == GROUPS or self.fields[at + 1].text()):
            typed = typed[:cursor] + typed[cursor + 1 :] if cursor < len(text) else typed[:LETTERS]  # typed over what stood there
        parts = [typed[start : start + LETTERS] for start in range(0, len(typed), LETTERS)] or [""]
        if len(parts) == GROUPS:
            at = 0
        filled = self.fields[at : at + len(parts)]
        for each, part in zip(filled, parts, strict=False):
            each.setText(part)
        if field is filled[-1] and cursor < len(text):
            field.setCursorPosition(cursor)
        self._judge()
        last = at + len(filled) - 1
        if place(self.fields[last].text()) == last + 1 and self.fields[last].cursorPosition() == LETTERS:
            self._go(last + 1)
        elif filled[-1] is not field:
            self._go(last)
        self.typed.emit()

    def _go(self, at: int) -> None:
        if 0 <= at < GROUPS:
            self.fields[at].setFocus()

    def _judge(self) -> None:
        """Mark the groups that are misread: those that are whole, and those that were left before they were."""
        wrong = []
        for number, field in enumerate(self.fields, 1):
            text = field.text()
            is_wrong = place(text) != number and (len(text) >= LETTERS or (bool(text) and not field.hasFocus()))
            set_flag(field, "invalid", is_wrong)
            field.setAccessibleDescription("misread" if is_wrong else "")
            if is_wrong:
                wrong.append(number)
        sentence = str(misread(wrong)) if wrong else ""
        if sentence != self.says.text():
            self.says.setText(sentence)
            if sentence:
                announce(self, sentence)
