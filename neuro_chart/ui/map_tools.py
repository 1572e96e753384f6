"""The tools for the body map: what is in the hand, and what it does there."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from neuro_chart.clinic.needles import Site
from neuro_chart.ui.map_ruler import Ruler

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap


class Tool(StrEnum):
    """What a drag does: move needles and the body, measure, draw round needles, or draw on the skin."""

    HAND = "hand"
    RULER = "ruler"
    LASSO = "lasso"
    BRUSH = "brush"


_HOW = {
    Tool.LASSO: "Draw round needles to select them, or touch one after the other. Esc ends.",
    Tool.BRUSH: "Draw on the skin where it is done, or touch a place. Esc ends.",
}


class Tools(QObject):
    """Which tool is in the hand: `changed(Tool)` when another is taken up."""

    changed = Signal(object)

    def __init__(self, shown: "BodyMap") -> None:
        super().__init__(shown)
        self._map = shown
        self.held = Tool.HAND
        self.ruler = Ruler()
        self._done: Callable[[tuple[Site, ...]], object] | None = None

    def take_up(self, tool: Tool) -> None:
        """Take up a tool, or the bare hand; where the map is looked at only, the ruler is the one tool."""
        if tool is not self.held and not (self._map.read_only and tool in {Tool.LASSO, Tool.BRUSH}):
            self.held = tool
            self._done = None
            self.ruler.turn(on=tool is Tool.RULER)
            self.measure_selected()
            self._map.hand.let_go()
            self.changed.emit(tool)
            self._map.hovered.emit("")

    def turn(self, tool: Tool) -> None:
        """Take up a tool, or put it away where it is in the hand."""
        self.take_up(Tool.HAND if self.held is tool else tool)

    def set_measuring(self, on: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Take up the ruler, or put it away: a drag measures in cun instead of moving the body."""
        if on != self.ruler.on:
            self.take_up(Tool.RULER if on else Tool.HAND)

    def measure_selected(self) -> None:
        """Lay the ruler between two needles that are selected."""
        chosen = self._map.chosen()
        if self.ruler.on and len(chosen) == 2:
            self.ruler.ends = chosen[0].site, chosen[1].site
            self._map.hovered.emit(self.ruler.words(self._map.atlas))

    def begin_drawing(self, done: Callable[[tuple[Site, ...]], object]) -> None:
        """Take up the brush until Escape: `done` is told each stroke on the skin, and each place that is touched as a stroke of one."""
        self.take_up(Tool.BRUSH)
        self._done = done
        self._map.setFocus(Qt.FocusReason.OtherFocusReason)

    def draw(self, sites: tuple[Site, ...]) -> None:
        """Tell of a stroke on the skin."""
        if sites and self._done is not None:
            self._done(sites)

    def words(self) -> str:
        """What the ruler measures, or how the tool is used."""
        return self.ruler.words(self._map.atlas) if self.ruler.on else _HOW.get(self.held, "")
