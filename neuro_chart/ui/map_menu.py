"""The menu of what lies over the body, and of whose figure it is."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from neuro_chart.clinic.body import FIGURES
from neuro_chart.ui.map_layers import FIELDS, Layers

_LAYERS = {"channels": "Channels", "landmarks": "Landmarks", "names": "Names of all points"}


class LayersMenu(QMenu):
    """Says what is chosen: `layers_chosen(Layers)`, `figure_chosen(name, or nothing for as the record says)`, `measuring_chosen(on)`.

    It stays open while layers are switched, so that one sees what each of them does.
    """

    layers_chosen = Signal(object)
    figure_chosen = Signal(str)
    measuring_chosen = Signal(bool)

    def __init__(self, layers: Layers, parent: QWidget | None = None) -> None:
        super().__init__("Layers", parent)
        self.setProperty("role", "layers")
        self.setAccessibleName("Layers of the body map")
        self._layers = layers
        self.switches = {name: self._choice(text) for name, text in _LAYERS.items()}
        for name, action in self.switches.items():
            action.setChecked(getattr(layers, name))
            action.toggled.connect(lambda on, name=name: self._choose(replace(self._layers, **{name: on})))
        self.addSeparator()
        self.fields = {key: self._choice(text) for key, text in FIELDS.items()}
        self._group(self.fields, lambda key: self._choose(replace(self._layers, field=key)))
        self.fields[layers.field].setChecked(True)
        self.addSeparator()
        self.ruler = self._choice("Ruler\tR")
        self.ruler.toggled.connect(self.measuring_chosen)
        self.addSeparator()
        names = {"": "Figure as the record says", **{name: f"{name.capitalize()} figure" for name in FIGURES}}
        self.figures = {name: self._choice(text) for name, text in names.items()}
        self._group(self.figures, self.figure_chosen.emit)
        self.show_figure("", FIGURES[0])

    def _choice(self, text: str) -> QAction:
        made = self.addAction(text)
        made.setCheckable(True)
        return made

    def _group(self, actions: dict[str, QAction], do: Callable[[str], object]) -> None:
        group = QActionGroup(self)
        for key, action in actions.items():
            group.addAction(action)
            action.triggered.connect(lambda _on=True, key=key: do(key))

    def _choose(self, layers: Layers) -> None:
        if layers != self._layers:
            self._layers = layers
            self.layers_chosen.emit(layers)

    def show_figure(self, chosen: str, shown: str) -> None:
        """Show which figure was chosen, or nothing for as the record says, and which one that is."""
        self.figures[chosen].setChecked(True)
        self.figures[""].setText("Figure as the record says" if chosen else f"Figure as the record says: {shown}")

    def show_measuring(self, on: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Show whether the ruler is taken up, without announcing it."""
        self.ruler.blockSignals(True)
        self.ruler.setChecked(on)
        self.ruler.blockSignals(False)

    def offer_fields(self, has: Callable[[str], bool]) -> None:
        """Offer those kinds of areas that the figure has."""
        for key, action in self.fields.items():
            action.setVisible(has(key))

    def _stays(self, action: QAction | None) -> bool:
        return action is not None and action.isEnabled() and action is not self.ruler and action not in self.figures.values()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and self._stays(action):
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and self._stays(action):
            action.trigger()
        else:
            super().keyPressEvent(event)
