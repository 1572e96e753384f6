"""Findings to switch on and off, group by group."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from neuro_chart.clinic.tongue_pulse import Group, Term
from neuro_chart.ui.flow import Flow
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import column, label


class Chip(QPushButton):
    """One finding; as wide off as on, so that nothing moves."""

    def __init__(self, words: str, name: str, tip: str) -> None:
        super().__init__(words)
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.setAutoDefault(True)  # so that Enter switches it, as well as the space bar
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return QSize(QFontMetrics(font).horizontalAdvance(self.text()) + 26, TARGET)


class Chips(QWidget):
    """Groups of findings: `switched(group id, finding id, on)`; `reached(chip)` when the keys come to one.

    Each group is one stop of the Tab key, inside which the arrows move; a letter goes to the next finding of all that begins with it.
    """

    switched = Signal(str, str, bool)
    reached = Signal(QWidget)

    def __init__(self, groups: Sequence[Group], of: str, *, hanzi: bool = False) -> None:
        super().__init__()
        self.chips: dict[tuple[str, str], Chip] = {}
        self._shown: dict[str, QWidget] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        for group in groups:
            made = {(group.id, term.id): _chip(term, f"{of} {group.title}".strip(), hanzi=hanzi) for term in group.terms}
            for key, chip in made.items():
                chip.clicked.connect(lambda on, key=key: self.switched.emit(*key, on))
                chip.installEventFilter(self)
            self.chips |= made
            Roving(list(made.values()), self)
            self._shown[group.id] = column(label(group.title, "heading"), Flow(list(made.values())), spacing=4)
            box.addWidget(self._shown[group.id])

    def show_found(self, found: Mapping[str, Iterable[str]]) -> None:
        """Show which are on, by group."""
        on = {(group, each) for group, listed in found.items() for each in listed}
        for key, chip in self.chips.items():
            chip.setChecked(key in on)

    def show_group(self, group: str, *, shown: bool) -> None:
        """Show a group or hide it."""
        self._shown[group].setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.reached.emit(watched)
        if not isinstance(event, QKeyEvent) or not event.text().isalpha() or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the letters mean findings here, not what the page does with them
        if event.type() != QEvent.Type.KeyPress:
            return False
        chips = [chip for chip in self.chips.values() if chip.isVisible()]
        here = next((at for at, chip in enumerate(chips) if chip is watched), 0)
        following = chips[here + 1 :] + chips[: here + 1]
        wanted = next((chip for chip in following if chip.text().casefold().startswith(event.text().casefold())), None)
        if wanted is not None:
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)
        return wanted is not None


def _chip(term: Term, of: str, *, hanzi: bool) -> Chip:
    words = f"{term.name} {term.hanzi}" if hanzi else term.name
    told = " ".join(filter(None, (term.hanzi, term.pinyin)))
    return Chip(words, f"{of}: {term.name}", " · ".join(filter(None, (told, term.also))))
