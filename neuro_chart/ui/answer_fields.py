"""The ways to answer a question: pick, slide, or write. Each shows values, tells `changed(values)`, and can be read only."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import read_date
from neuro_chart.clinic.forms import Item, Kind, Value, value_text
from neuro_chart.ui.choice_field import ChoiceField
from neuro_chart.ui.days import day_first, long_day, today
from neuro_chart.ui.scale import Scale
from neuro_chart.ui.widgets import button, label
from neuro_chart.ui.words import Line, Prose


class Field(Protocol):
    """What every way to answer can do."""

    @property
    def changed(self) -> SignalInstance:
        """`changed(values)` when the user gives another answer."""

    def show_values(self, values: Sequence[Value]) -> None:
        """Show an answer without announcing it."""

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        """Let the answer be read but not changed."""

    def flush(self) -> None:
        """Announce words that are still being typed."""


class LineField(QWidget):
    """A line of words, a number or a day. What is no number or day stays as it was written."""

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._kind = item.kind
        is_number = item.kind in {Kind.INTEGER, Kind.DECIMAL}
        hints = {Kind.DATE: "Day, month, year" if day_first() else "Month, day, year"}
        self._hint = item.hint or hints.get(item.kind, "")
        self.line = Line(item.text, self._hint, item.max_length)
        self.line.edited.connect(lambda text: self.changed.emit(self._read(text)))
        self._now: QPushButton | None = None
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.line)
        if item.kind is Kind.DATE:
            self.line.editingFinished.connect(self._spell_out)
            self._now = button("Today", self._give_today)
            self._now.setAccessibleName(f"{item.text} Today")
            box.addWidget(self._now)
        if is_number:
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
            self.line.setMaximumWidth(120)
            box.addStretch(1)

    def show_values(self, values: Sequence[Value]) -> None:
        if list(values) != self._read(self.line.text()):
            self.line.show_text(value_text(values[0], long_day) if values else "")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self.line.setReadOnly(read_only)
        self.line.setPlaceholderText("" if read_only else self._hint)
        if self._now is not None:
            self._now.setDisabled(read_only)

    def flush(self) -> None:
        self.line.flush()

    def _give_today(self) -> None:
        self.line.setText(long_day(today()))
        self.line.flush()

    def _read(self, text: str) -> list[Value]:
        words = text.strip()
        try:
            match self._kind:
                case _ if not words:
                    return []
                case Kind.INTEGER:
                    return [int(words)]
                case Kind.DECIMAL:
                    return [float(words.replace(",", "."))]
                case Kind.DATE:
                    day = read_date(words, day_first=day_first())
                    return [] if day is None else [day]
        except ValueError:
            pass
        return [text]

    def _spell_out(self) -> None:
        """Show the day as it was understood."""
        for day in self._read(self.line.text()):
            if isinstance(day, date):
                self.line.show_text(long_day(day))


class ProseField(QWidget):
    """Several lines of words."""

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._hint = item.hint
        self.prose = Prose(item.text, item.hint, lines=2)
        self.prose.edited.connect(lambda text: self.changed.emit([text] if text.strip() else []))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.prose)

    def show_values(self, values: Sequence[Value]) -> None:
        text = value_text(values[0]) if values else ""
        if text or self.prose.toPlainText().strip():
            self.prose.show_text(text)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self.prose.setReadOnly(read_only)
        self.prose.setPlaceholderText("" if read_only else self._hint)

    def flush(self) -> None:
        self.prose.flush()


class ScaleField(QWidget):
    """A number on a scale, with the number large beside it."""

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        low, high = (int(end) if isinstance(end, int | float) else 0 for end in (item.minimum, item.maximum))
        self.scale = Scale(low, high, item.text)
        self.scale.answered.connect(self._answered)
        self.number = label(role="display")
        self.number.setFixedWidth(56)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.scale)
        if item.low or item.high:
            ends = QHBoxLayout()
            ends.setContentsMargins(4, 0, 4, 0)
            ends.addWidget(label(item.low, "small"))
            ends.addStretch(1)
            ends.addWidget(label(item.high, "small"))
            left.addLayout(ends)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(left, 1)
        box.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        self.show_values([])

    def show_values(self, values: Sequence[Value]) -> None:
        first = values[0] if values else None
        number = first if isinstance(first, int) and not isinstance(first, bool) else None
        if number is None or self.scale.minimum() <= number <= self.scale.maximum():
            self.scale.show_number(number)
        self.number.setText("–" if number is None else str(number))

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self.scale.set_read_only(read_only)

    def flush(self) -> None:
        """Nothing waits here: every number is announced at once."""

    def _answered(self, number: int | None) -> None:
        values: list[Value] = [] if number is None else [number]
        self.show_values(values)
        self.changed.emit(values)


def field_for(item: Item) -> Field:
    """The way to answer a question."""
    match item.kind:
        case Kind.BOOLEAN | Kind.CHOICE | Kind.OPEN_CHOICE:
            return ChoiceField(item)
        case Kind.INTEGER if item.slider:
            return ScaleField(item)
        case Kind.TEXT:
            return ProseField(item)
        case _:
            return LineField(item)
