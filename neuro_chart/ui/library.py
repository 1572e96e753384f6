"""The shelf of the practice: points, prescriptions, phrases and the shorthand, to be looked up without a patient."""

from functools import partial

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QHideEvent, QUndoStack
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.phrases import PhrasesSection
from neuro_chart.ui.points import PointsSection
from neuro_chart.ui.protocols import ProtocolsSection
from neuro_chart.ui.shorthand import ShorthandSection
from neuro_chart.ui.widgets import Segments, add_action, button, page_title, row

SECTIONS = {"points": "Points", "protocols": "Protocols", "phrases": "Phrases", "shorthand": "Shorthand"}


class LibraryPage(QWidget):
    """What the practice knows, a section at a time. `back_wanted` leads to where one came from; `stack` is what undo works on."""

    back_wanted = Signal()

    def __init__(self, chart: OpenChart, library: Library, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.points = PointsSection(library, settings)
        self.protocols = ProtocolsSection(chart, library, self.stack, settings)
        self.phrases = PhrasesSection(chart, library, self.stack)
        self.shorthand = ShorthandSection(library)
        self._sections: dict[str, QWidget] = {
            "points": self.points, "protocols": self.protocols, "phrases": self.phrases, "shorthand": self.shorthand,
        }  # fmt: skip
        self.sections = Segments(SECTIONS, "Section")
        self.sections.chosen.connect(self.show_section)
        self.back = button("", self.back_wanted.emit, "link", "arrow-left")
        self.back.hide()
        self.points.left.connect(self._leave)
        self._stacked = QStackedWidget()
        for section in self._sections.values():
            self._stacked.addWidget(section)
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(row(page_title("Library"), self.sections, None, self.back, spacing=24))
        box.addWidget(self._stacked, 1)
        for number, (key, title) in enumerate(SECTIONS.items(), 1):
            add_action(self, f"Library: {title}", f"Ctrl+{number}", partial(self.show_section, key))
        self.show_section("points")

    def offer_way_back(self, words: str) -> None:
        """Offer the way back to where one came from, for this one look; nothing for no words."""
        self.back.setText(words)
        self.back.setVisible(bool(words))

    def show_section(self, key: str) -> None:
        """Turn to one of SECTIONS; what was being typed in the one that is left is stored."""
        self.flush()
        self.sections.show_choice(key)
        self._stacked.setCurrentWidget(self._sections[key])
        self.setFocusProxy(self._sections[key])
        self._sections[key].setFocus()

    def flush(self) -> None:
        """Store what is being typed."""
        self.protocols.flush()
        self.phrases.flush()

    def _leave(self) -> None:
        if not self.back.isHidden():
            self.back_wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.flush()
            self.offer_way_back("")
