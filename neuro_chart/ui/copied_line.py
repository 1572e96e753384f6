"""The quiet line that says from which visit a text was taken over."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from neuro_chart.ui.days import short_day
from neuro_chart.ui.widgets import icon_button, label


class CopiedLine(QWidget):
    """Where words came from, until it is taken away: `unwanted()`."""

    unwanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label("", "small", wrap=True)
        self.words.setIndent(5)
        self.remove = icon_button("x", "Don't say where this came from", self.unwanted.emit)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.words, 1)
        box.addWidget(self.remove)
        self.hide()

    def show_day(self, day: str | None, *, read_only: bool) -> None:
        """Show the day (ISO) that the words came from, or nothing for None."""
        self.setVisible(day is not None)
        if day is not None:
            self.words.setText(f"From the visit of {short_day(date.fromisoformat(day))}")
            self.remove.setVisible(not read_only)
