"""The body on a card: the choice of its views and layers above it, and room for a line beneath."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from neuro_chart.clinic.body import FIGURES
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.map_guide import Guide
from neuro_chart.ui.map_layers import Layers
from neuro_chart.ui.map_layout import SHEETS
from neuro_chart.ui.map_menu import LayersMenu
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.needle_rows import places_words
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import Segments, icon_button, label, tip

APART = 2
LEGEND = 22


class MapCard(QFrame):
    """The body with what chooses its views, and a line beneath it. `figure_chosen(name)`: the practitioner wants another figure.

    The name is one of FIGURES, or empty for the one that the record suggests; whoever stores it shows it by `show_figure`.
    """

    figure_chosen = Signal(str)

    def __init__(self, library: Library, settings: QSettings, line: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._settings, self._line = library, settings, line
        self._said = ""
        self.setProperty("role", "card")
        self.map = BodyMap(library.atlas, library.catalogue)
        self.sheets = Segments({key: title for key, (title, _) in SHEETS.items()}, "View")
        self.sheets.chosen.connect(self.show_sheet)
        self._make_tools(Layers.read(settings))
        self.under = label("", "small")
        self.under.setFixedHeight(18)
        self.under.setMinimumWidth(1)
        self.map.hovered.connect(self._say)
        self.map.sight_changed.connect(self.refresh)
        self.map.installEventFilter(self)
        self._lay_out()

    def _make_tools(self, layers: Layers) -> None:
        """What stands over the map: layers and ruler above, the zoom beneath."""
        self.menu = LayersMenu(layers, self)
        self.menu.offer_fields(self.map.offers)
        self.menu.layers_chosen.connect(self.show_layers)
        self.menu.figure_chosen.connect(self.figure_chosen)
        self.menu.measuring_chosen.connect(self.map.tools.set_measuring)
        self.layers = self._over_map("layers", "Layers and figure (L)", lambda _: self.show_menu())
        self.layers.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.ruler = self._over_map("ruler", "Ruler: measure in cun (R)", self.map.tools.set_measuring)
        self.ruler.setCheckable(True)
        self.lasso = self._over_map("lasso", "Lasso: draw round needles to select them (S)", self._switch_lasso)
        self.lasso.setCheckable(True)
        self.map.tools.changed.connect(self._show_tool)
        self.guide = self._over_map("info", "What the marks mean, and the keys (?)", lambda _: self.show_guide())
        self.guide.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.zoom = [
            self._over_map("plus", "Zoom in (+)", lambda _: self.map.zoom_by(1.4)),
            self._over_map("minus", "Zoom out (−)", lambda _: self.map.zoom_by(1 / 1.4)),
            self._over_map("maximize", "Fit (0)", lambda _: self.map.fit()),
        ]
        self.legend = label("", "legend")
        self.legend.setParent(self.map)
        self.legend.hide()
        self.map.keep_corner(TARGET + 4, len(self.zoom) * (TARGET + APART))
        self._lay_over(layers)

    def _over_map(self, icon: str, name: str, do: Callable[[bool], object]) -> QToolButton:
        made = icon_button(icon, name, None, "over-map")
        made.setParent(self.map)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the map has keys for them
        made.clicked.connect(do)
        return made

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.sheets)
        head.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 14)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(self.map, 1)
        box.addWidget(self.under)
        if self._line is not None:
            box.addWidget(self._line)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.map and isinstance(event, QResizeEvent):
            size: QSize = event.size()
            step, right = TARGET + APART, size.width() - TARGET
            for place, made in enumerate((self.layers, self.ruler, self.guide, self.lasso)):
                made.setGeometry(right, place * step, TARGET, TARGET)
            for place, made in enumerate(self.zoom):
                made.setGeometry(right, size.height() - (len(self.zoom) - place) * step, TARGET, TARGET)
        elif watched is self.map and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            opened = {Qt.Key.Key_L: self.show_menu, Qt.Key.Key_Question: self.show_guide}.get(Qt.Key(event.key()))
            if opened is not None:
                opened()
            return opened is not None
        return False

    def _switch_lasso(self, on: bool) -> None:  # noqa: FBT001  # as Qt has it
        self.map.tools.take_up(Tool.LASSO if on else Tool.HAND)

    def _show_tool(self, tool: Tool) -> None:
        self.ruler.setChecked(tool is Tool.RULER)
        self.lasso.setChecked(tool is Tool.LASSO)
        self.menu.show_measuring(tool is Tool.RULER)

    def show_guide(self) -> None:
        """Say what the marks mean and what the keys do, beside the button."""
        Guide(self).show_beside(self.guide)

    # The line under the map

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_said()

    def _say(self, words: str) -> None:
        """What is under the pointer, or what there is to say otherwise: how to use a tool, or what this sheet can't show."""
        if not (words := words or self.map.tools.words()):
            ghosts = [Needle("", site, code) for site, code in self.map.unseen_ghosts()]
            hidden = {"Typed, out of sight here": ghosts, "Out of sight here": self.map.unseen()}
            words = " · ".join(f"{what}: {places_words(needles)}" for what, needles in hidden.items() if needles)
        self._said = words
        self._show_said()

    def _show_said(self) -> None:
        room = self.width() - 28
        shown = QFontMetrics(self.under.font()).elidedText(self._said, Qt.TextElideMode.ElideRight, room)
        self.under.setText(shown)
        self.under.setToolTip(tip(self._said) if shown != self._said else "")

    def refresh(self) -> None:
        """Say what the sheet can't show, after needles or sheet have changed."""
        self.sheets.show_choice(self.map.sheet)
        self._say("")

    # What is shown

    def show_sheet(self, key: str) -> None:
        """Turn to one of SHEETS."""
        self.map.show_sheet(key)
        self.refresh()

    def show_menu(self) -> None:
        """Open the menu of layers and figures beside its button."""
        self.menu.ensurePolished()
        corner = self.layers.mapToGlobal(QPoint(self.layers.width() - self.menu.sizeHint().width(), self.layers.height() + APART))
        self.menu.popup(corner)
        self.menu.setActiveAction(next(iter(self.menu.switches.values())))

    def show_layers(self, layers: Layers) -> None:
        """Lay these over the body, and remember the choice."""
        layers.keep(self._settings)
        self._lay_over(layers)

    def _lay_over(self, layers: Layers) -> None:
        self.map.show_layers(layers)
        words, sources = self.map.legend()
        self.legend.setText(words)
        self.legend.setToolTip(sources)
        self.legend.setAccessibleDescription(sources)
        self.legend.adjustSize()
        self.legend.setVisible(bool(words))
        self.map.keep_head(LEGEND if words else 0)

    def show_figure(self, name: str, chosen: str | None = None) -> None:
        """Show one of FIGURES; chosen: which the practitioner chose, empty if the record says it. By default the one that is shown."""
        shown = name or FIGURES[0]
        self.menu.show_figure(name if chosen is None else chosen, shown)
        if shown != self.map.figure:
            self.map.show_figure(self._library.figure(shown))
            self.menu.offer_fields(self.map.offers)
            self._lay_over(self.map.layers)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Look at the needles only."""
        self.map.set_read_only(read_only)
        self.lasso.setVisible(not read_only)
        if self._line is not None:
            self._line.setVisible(not read_only)
