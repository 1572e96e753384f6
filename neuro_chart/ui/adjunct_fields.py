"""The fields in which something done beside the needles is told: values to pick, a number to step, places on the body."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import Adjunct, Spot
from neuro_chart.ui.chips import Chip
from neuro_chart.ui.flow import Flow
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import button, icon_button, label, row, set_flag
from neuro_chart.ui.words import UndoPasses

LEAST, MOST = 1, 100


class Entry(QLineEdit):
    """A line that is read when it is left or Enter is pressed: `entered(text)`, `refused(sentence)` for what can't be read."""

    entered = Signal(str)
    refused = Signal(str)

    def __init__(self, name: str, placeholder: str = "", read: Callable[[str], str] = str.strip) -> None:
        super().__init__()
        self._read = read
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setPlaceholderText(placeholder)
        self.editingFinished.connect(self.flush)
        UndoPasses(self, self.flush)

    def flush(self) -> None:
        """Announce what was typed."""
        if not self.isModified():
            return
        try:
            said = self._read(self.text())
        except ValueError as error:
            set_flag(self, "invalid", value=True)
            self.refused.emit(str(error))
            return
        self.setModified(False)
        set_flag(self, "invalid", value=False)
        self.refused.emit("")
        self.entered.emit(said)

    def show_text(self, text: str) -> None:
        """Show what is stored, unless newer words are being typed."""
        if not self.isModified():
            self.setText(text)


class Value(Chip):
    """One of the values; a short one is as wide as a finger needs."""

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(TARGET + 8, TARGET))


class Offer(QWidget):
    """Values to pick, one of which may hold, and a line for any other: `chosen(text)`; picking what holds takes it back."""

    chosen = Signal(str)

    def __init__(self, name: str, values: Iterable[str], entry: Entry | None = None, wide: int = 56) -> None:
        super().__init__()
        self.entry = entry
        self._held = ""
        self.values: dict[str, Value] = {}
        for value in values:
            made = Value(value, f"{name}: {value}", f"{name}: {value}")
            made.clicked.connect(partial(self._pick, value))
            self.values[value] = made
        parts: list[QWidget] = list(self.values.values())
        self._stops = Roving(list(self.values.values()), self) if self.values else None
        if entry is not None:
            entry.entered.connect(self.chosen)
            parts.append(_Wide(entry, wide))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(Flow(parts))

    def _pick(self, value: str, _on: bool = False) -> None:  # noqa: FBT001, FBT002  # Qt's checked flag
        self.chosen.emit("" if value == self._held else value)
        self.show_value(self._held)

    def show_value(self, value: str) -> None:
        """Show what holds."""
        self._held = value
        for name, made in self.values.items():
            made.setChecked(name == value)
            if name == value and self._stops is not None:
                self._stops.stop_at(made)
        if self.entry is not None:
            self.entry.show_text("" if value in self.values else value)


class _Wide(QWidget):
    """Gives a line its width in a flow."""

    def __init__(self, line: QLineEdit, width: int) -> None:
        super().__init__()
        self._size = QSize(width, TARGET)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(line)

    def sizeHint(self) -> QSize:
        return self._size


class Number(QWidget):
    """A number to type or to step, or none: `chosen(text)`, `refused(sentence)`."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.entry = Entry(name, "–", partial(read_number, least=LEAST, most=MOST))
        self.entry.setFixedWidth(64)
        self.entry.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.entry.entered.connect(self.chosen)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(icon_button("minus", f"{name}: one less", partial(self._step, -1)))
        box.addWidget(self.entry)
        box.addWidget(icon_button("plus", f"{name}: one more", partial(self._step, 1)))
        box.addStretch(1)

    def _step(self, by: int) -> None:
        self.entry.flush()
        text = self.entry.text()
        number = (int(text) if text.isdecimal() and len(text) < 6 else 0) + by
        self.chosen.emit(str(min(number, MOST)) if number >= LEAST else "")

    def show_value(self, value: str) -> None:
        """Show the number that is stored."""
        self.entry.show_text(value)


def read_number(text: str, *, least: int, most: int) -> str:
    """A whole number within bounds, or nothing; ValueError with a sentence."""
    said = text.strip().removesuffix("min").strip()
    if said and not (said.isdecimal() and len(said) < 6 and least <= int(said) <= most):
        raise ValueError(f"Write a whole number from {least} to {most}, or leave it out.")
    return str(int(said)) if said else ""


class Places(QWidget):
    """Where it is done: a line for points, the selected needles, the brush; and each place with a way to take it off.

    `added(spots)`, `kept(spots, strokes)` once a place is taken off, `drawing(on)`; `typed(text)` are points as they were written.
    """

    added = Signal(object)
    kept = Signal(object, object)
    drawing = Signal(bool)
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.entry = Entry("Points", "Points: BL23 b")
        self.entry.entered.connect(self._type)
        self.chosen = button("At the needles", role="chip")
        self.chosen.setToolTip("At the selected needles")
        self.draw = button("Draw", role="chip", icon="pencil")
        self.draw.setToolTip("Draw on the body, or touch places on it, until Escape")
        self.draw.setCheckable(True)
        self.draw.clicked.connect(self.drawing)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.shown: list[tuple[str, QWidget]] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._list)
        box.addWidget(self.entry)
        box.addWidget(Flow([self.draw, self.chosen]))

    def _type(self, text: str) -> None:
        if text:
            self.typed.emit(text)

    def show_places(self, adjunct: Adjunct) -> None:
        """List the points with their sides, the other places, and what was drawn."""
        for _, old in self.shown:
            old.hide()
            old.deleteLater()
        self.shown = []
        named: dict[str, list[Spot]] = {}
        for spot in adjunct.spots:
            named.setdefault(spot.point or spot.site.region, []).append(spot)
        for name, spots in named.items():
            sides = sorted({spot.site.side.letter for spot in spots}) if spots[0].point else []
            rest = tuple(spot for spot in adjunct.spots if spot not in spots)
            self._add(" ".join([name, *sides]), partial(self.kept.emit, rest, adjunct.strokes))
        for at, stroke in enumerate(adjunct.strokes):
            rest_drawn = adjunct.strokes[:at] + adjunct.strokes[at + 1 :]
            self._add(f"{stroke[len(stroke) // 2].region}, drawn", partial(self.kept.emit, adjunct.spots, rest_drawn))

    def _add(self, words: str, off: Callable[[], None]) -> None:
        made = listed(words, off)
        self._list.addWidget(made)
        self.shown.append((words, made))


def listed(words: str, off: Callable[[], None]) -> QWidget:
    """A line of a list with a way to take it off."""
    told = label(words, wrap=True)
    return row(told, None, icon_button("x", f"Take off {words}", off))
