"""Reminds of what an earlier visit left in: press needles and seeds that stay for days."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import Adjunct, left_in_words
from neuro_chart.clinic.dates import ago
from neuro_chart.ui.days import long_day, short_day, today
from neuro_chart.ui.widgets import button, label


class LeftInRow(QFrame):
    """One reminder; where it can be charted, `out_wanted` tells that it is out."""

    out_wanted = Signal()

    def __init__(self, left: Adjunct, parent: QWidget | None = None, *, ask: bool = True) -> None:
        super().__init__(parent)
        self.setProperty("role", "mind")
        self.setProperty("strength", "alert" if is_late(left) else "")
        self.words = label(reminder(left), wrap=True)
        box = QHBoxLayout(self)
        box.setContentsMargins(10, 4, 4, 4)
        box.setSpacing(8)
        box.addWidget(self.words, 1)
        self.out = button("Taken out", self.out_wanted.emit)
        self.out.setToolTip("Chart that it is out now")
        self.out.setAccessibleDescription(left_in_words(left, long_day))
        box.addWidget(self.out)
        self.out.setVisible(ask)
        self.setMinimumHeight(48)


def is_late(left: Adjunct) -> bool:
    """Whether it should be out by now."""
    return left.until is not None and left.until < today()


def reminder(left: Adjunct) -> str:
    """What stays in, since when, and until when, the days as near as they are."""
    late = f" ({ago(left.until, today())})" if left.until is not None and is_late(left) else ""
    return f"{'◆' if late else '▲'} {left_in_words(left, near_day)}{late}"


def near_day(day: date) -> str:
    """A day not far off: without its year where that is this one."""
    return short_day(day).removesuffix(f" {today().year}").removesuffix(",")
