"""What a health history warns of, as it is shown: its sign, where it comes from, and all of it on one card."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.safety import Level, Warning  # noqa: A004  # the field's own word
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.widgets import card, label

WORD = 168
PILL = {Level.ALERT: "danger", Level.CAUTION: "warning", Level.NOTE: "quiet"}
SIGN = {Level.ALERT: "●", Level.CAUTION: "▲", Level.NOTE: "◇"}


def warning_card(warnings: Sequence[tuple[Warning, Intake]]) -> QWidget:
    """Each warning with its advice and where that comes from."""
    days = {long_day(local_day(intake.started)) for _, intake in warnings}
    lines = QWidget()
    grid = QGridLayout(lines)
    grid.setContentsMargins(0, 4, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(12)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for at, (warning, _) in enumerate(warnings):
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(label(warning.advice, wrap=True))
        if papers := _papers(warning):
            told.addWidget(label(f"Source: {papers}", "small", wrap=True))
        word = label(f"{SIGN[warning.level]}  {warning.text}", wrap=True)
        word.setProperty("pill", PILL[warning.level])
        word.setFixedWidth(WORD)
        grid.addWidget(word, at, 0, top)
        told.addStretch(1)  # an alignment would keep it from growing with its words
        grid.addLayout(told, at, 1)
    return card(label(f"Take care, says the health history of {' and '.join(sorted(days))}", "heading"), lines, margins=20)


def source_words(warning: Warning, intake: Intake) -> str:
    """Where a warning comes from: the patient's own word on a day, and the papers."""
    told = f"From the health history of {long_day(local_day(intake.started))}."
    return f"{told} Source: {papers}" if (papers := _papers(warning)) else told


def _papers(warning: Warning) -> str:
    return "; ".join(source.removeprefix("https://").removeprefix("http://") for source in warning.sources if source != "patient")
