"""How a section of the settings is laid out: cards of named fields in one column."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from neuro_chart.ui.widgets import Segments, card, column, label, scrolled

WIDTH = 720
NAMES = 152


def section_page(*cards: QWidget) -> QScrollArea:
    """Cards in one column that scrolls, no wider than is good to read."""
    middle = column(*cards, None, spacing=16)
    middle.setContentsMargins(0, 0, 12, 16)  # right of it the scroll bar
    middle.setMaximumWidth(WIDTH + 12)
    return scrolled(middle)


def fields_card(title: str, hint: str, fields: dict[str, QWidget], *beneath: QWidget) -> QFrame:
    """A card of fields with their names at their left, what takes the whole width beneath, and a hint at its foot."""
    lines = QWidget()
    grid = QGridLayout(lines)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    grid.setColumnMinimumWidth(0, NAMES)
    grid.setColumnStretch(1, 1)
    for at, (name, field) in enumerate(fields.items()):
        named = label(name)
        named.setMinimumHeight(40)
        grid.addWidget(named, at, 0, Qt.AlignmentFlag.AlignTop)
        stays = isinstance(field, Segments)
        grid.addWidget(field, at, 1, Qt.AlignmentFlag.AlignLeft if stays else Qt.AlignmentFlag(0))
    for at, field in enumerate(beneath, len(fields)):
        grid.addWidget(field, at, 1)
    parts = [label(title, "heading"), lines]
    if hint:
        parts.append(label(hint, "small", wrap=True))
    return card(*parts, spacing=12)
