"""The middle of the visit page: the body, the choice of its views, and the line that takes points."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from neuro_chart.clinic.library import Library
from neuro_chart.ui.add_line import AddLine
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.map_layout import SHEETS
from neuro_chart.ui.needle_rows import places_words
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import Segments, button, icon_button, label

_BOTH = "visit/both_sides"


class MapCard(QFrame):
    """The body with what chooses its views, and the line that takes points."""

    def __init__(self, library: Library, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.map = BodyMap(library.atlas, library.catalogue)
        self.sheets = Segments({key: title for key, (title, _) in SHEETS.items()}, "View")
        self.sheets.chosen.connect(self.show_sheet)
        self.both = button("Both sides", icon="flip-horizontal")
        self.both.setCheckable(True)
        self.both.setChecked(bool(settings.value(_BOTH, defaultValue=True, type=bool)))
        self.both.setToolTip("Place needles on both sides at one stroke (B)")
        self.both.toggled.connect(lambda on: settings.setValue(_BOTH, on))
        self.add = AddLine(library.catalogue)
        self.both.toggled.connect(self.add.set_both)
        self.add.set_both(self.both.isChecked())
        self.zoom = [
            self._over_map("plus", "Zoom in (+)", lambda: self.map.zoom_by(1.4)),
            self._over_map("minus", "Zoom out (−)", lambda: self.map.zoom_by(1 / 1.4)),
            self._over_map("maximize", "Fit (0)", self.map.fit),
        ]
        self.under = label("", "small")
        self.under.setFixedHeight(18)
        self.under.setMinimumWidth(1)
        self.map.keep_corner(TARGET + 4, len(self.zoom) * (TARGET + 2))
        self.map.hovered.connect(self._say)
        self.map.installEventFilter(self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.sheets)
        head.addStretch(1)
        head.addWidget(self.both)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 14)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(self.map, 1)
        box.addWidget(self.under)
        box.addWidget(self.add)

    def _over_map(self, icon: str, name: str, do: Callable[[], None]) -> QToolButton:
        made = icon_button(icon, name, do, "over-map")
        made.setParent(self.map)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the map has keys for all three
        return made

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.map and isinstance(event, QResizeEvent):
            size: QSize = event.size()
            for place, made in enumerate(self.zoom):
                made.setGeometry(size.width() - TARGET, size.height() - (len(self.zoom) - place) * (TARGET + 2), TARGET, TARGET)
        return False

    def _say(self, words: str) -> None:
        """What is under the pointer, or what this sheet can't show."""
        if not words and (unseen := self.map.unseen()):
            words = f"Out of sight here: {places_words(unseen)}"
        self.under.setText(words)

    def refresh(self) -> None:
        """Say what the sheet can't show, after needles or sheet have changed."""
        self.sheets.show_choice(self.map.sheet)
        self._say("")

    def show_sheet(self, key: str) -> None:
        """Turn to one of SHEETS."""
        self.map.show_sheet(key)
        self.refresh()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Look at the needles only."""
        self.map.set_read_only(read_only)
        self.add.setVisible(not read_only)
        self.both.setVisible(not read_only)
