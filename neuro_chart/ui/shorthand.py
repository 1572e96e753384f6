"""The page that tells the shorthand, with a line to try it in."""

import tomllib

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.notation import read
from neuro_chart.ui.protocols import in_words
from neuro_chart.ui.widgets import card, label, scrolled

WIDTH, EXAMPLE = 860, 300


class ShorthandSection(QWidget):
    """The grammar by its examples. The line above reads whatever is typed, and charts nothing."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = library.catalogue
        told = tomllib.loads((library.folder / "help" / "shorthand.toml").read_text(encoding="utf-8"))
        self.line = QLineEdit()
        self.line.setAccessibleName("Try the shorthand")
        self.line.setPlaceholderText("Try it: ST36 SP6 b 30m")
        self.line.textChanged.connect(self._read)
        self.reading, self.error = label("", wrap=True), label("", "error", wrap=True)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 8, 16)
        column.setSpacing(12)
        column.addWidget(card(label("Try it", "heading"), self.line, self.reading, self.error))
        for section in told["section"]:
            parts: list[QWidget] = [label(section["title"], "heading")]
            if section.get("text"):
                parts.append(label(section["text"], "muted", wrap=True))
            column.addWidget(card(*parts, _examples(section["example"])))
        column.addStretch(1)
        inner = QWidget()
        inner.setLayout(column)
        inner.setMaximumWidth(WIDTH)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(inner))
        self.setFocusProxy(self.line)
        self._read("")

    def _read(self, text: str) -> None:
        reading = read(text, self._catalogue, side="both")
        needles = " · ".join(dict.fromkeys(f"{each.point} {each.side.letter}" for each in reading.needles))
        self.reading.setText(f"{in_words(reading)}: {needles}" if needles else "What you type is read here, and nothing is charted.")
        self.error.setText("\n".join(error.sentence for error in reading.errors))
        self.error.setVisible(bool(reading.errors))


def _examples(rows: list[dict[str, str]]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 4, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    grid.setColumnMinimumWidth(0, EXAMPLE)
    grid.setColumnStretch(1, 1)
    for at, each in enumerate(rows):
        typed = label(each["typed"], "code", wrap=True)
        typed.setMaximumWidth(EXAMPLE)
        typed.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(typed, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(each["means"], wrap=True), at, 1)
    return made
