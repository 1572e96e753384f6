"""What the marks on the body map mean, and what its keys do: a leaf beside the map."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import MOXA, Adjunct
from neuro_chart.ui.map_adjuncts import LETTERS, paint_place, paint_wire
from neuro_chart.ui.map_keys import KEYS
from neuro_chart.ui.map_marks import Stage, paint_badge, paint_ghost, paint_marker
from neuro_chart.ui.theme import Theme
from neuro_chart.ui.widgets import card, column, label, row

MARKS = {
    Stage.PLANNED: "Planned", Stage.COPIED: "Planned as last time, to be confirmed", Stage.IN: "In", Stage.PAUSED: "In, its clock paused",
    Stage.OVERDUE: "Overdue", Stage.OUT: "Out", Stage.UNCOUNTED: "Pulled, not yet counted",
}  # fmt: skip
BY_HAND = {
    "Drag": "Move a needle, or all selected",
    "Shift+click": "Select more",
    "Shift+drag": "Lasso, from beside the needles",
    "Alt+click": "Place exactly there, off the point nearby",
}
COLUMN = 300
Draw = Callable[[QPainter, QPointF, Theme], object]


class Guide(QDialog):
    """The legend of the map; a touch beside it or Escape closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("What the marks mean, and the keys")
        told: dict[str, Draw] = {words: _marker(stage) for stage, words in MARKS.items()}
        told["Bent, broken, stuck, dropped or replaced"] = _amiss
        told["Typed, not yet charted"] = paint_ghost
        told["Lead for electro-stimulation"] = lambda painter, place, theme: paint_wire(
            painter, theme, place - QPointF(28, 4), place + QPointF(28, -4), running=True
        )
        places = ", ".join(f"{letter} {kind.lower()}" for kind, letter in LETTERS.items() if letter != "E")
        told[f"Done here: {places}"] = lambda painter, place, theme: paint_place(painter, theme, place, Adjunct("", MOXA))
        marks = column(label("Marks", "heading"), _rows([(_Mark(draw), words) for words, draw in told.items()], 72), None)
        keys = [
            part
            for heading, rows in {"Keys on the map": KEYS, "By mouse and pen": BY_HAND}.items()
            for part in (label(heading, "heading"), _rows([(label(keys), words) for keys, words in rows.items()], 128))
        ]
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card(row(marks, column(*keys, None), spacing=32), margins=20))
        self.setAccessibleDescription(". ".join([*told, *(f"{keys}: {words}" for keys, words in (KEYS | BY_HAND).items())]))

    def show_beside(self, place: QWidget) -> None:
        """Show it left of a button, within the window."""
        self.adjustSize()
        corner = place.mapToGlobal(QPoint(-self.width() - 8, 0))
        room = place.window().frameGeometry()
        self.move(max(corner.x(), room.left() + 8), max(room.top() + 8, min(corner.y(), room.bottom() - self.height() - 8)))
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)


def _rows(lines: list[tuple[QWidget, str]], indent: int) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, indent)
    for number, (shown, words) in enumerate(lines):
        grid.addWidget(shown, number, 0, Qt.AlignmentFlag.AlignVCenter)
        told = label(words, "muted", wrap=True)
        told.setMinimumWidth(COLUMN)
        grid.addWidget(told, number, 1)
    return made


def _marker(stage: Stage) -> Draw:
    return lambda painter, place, theme: paint_marker(painter, place, stage, theme)


def _amiss(painter: QPainter, place: QPointF, theme: Theme) -> None:
    paint_marker(painter, place, Stage.IN, theme)
    paint_badge(painter, place, theme)


class _Mark(QWidget):
    """One mark as the map draws it."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw
        self.setFixedSize(64, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, QPointF(32, 13), Theme.of(self))
        painter.end()
