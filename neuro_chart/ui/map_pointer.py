"""What is under the pointer on the body map, in words: at once in short, and in full when the pointer rests."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from neuro_chart.ui.map_sight import HIT, Target
from neuro_chart.ui.map_tools import Tool

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap

RESTED = 140  # ms that the pointer rests until all is said of the place beneath it


class Pointer(QObject):
    """Follows the pointer. `hover`: the point that it would place a needle on; `under`: all that is there."""

    def __init__(self, shown: "BodyMap") -> None:
        super().__init__(shown)
        self._map = shown
        self.under: Target | None = None
        self.hover: Target | None = None
        self._spoken: Target | None = None
        self._rest = QTimer(self, singleShot=True, interval=RESTED)
        self._rest.timeout.connect(self._say_all)

    def forget(self) -> None:
        """The body has moved under the pointer."""
        self.under = self.hover = None

    def leave(self) -> None:
        """The pointer has left the map."""
        self.forget()
        self.say(None)
        self._map.update()

    def move_to(self, place: QPointF, snap: float) -> None:
        """Say what is at a place of the widget."""
        shown = self._map
        seen = shown.needle_at(place, HIT)
        target = None if seen is not None else shown.target_at(place, snap)
        shown.setCursor(self._cursor(target, on_needle=seen is not None))
        known = shown.place_of(seen) if seen is not None else target
        if (known is None or not known.code) and shown.layers.landmarks and (words := shown.sight.landmark_at(place)):
            self._rest.stop()
            shown.hovered.emit(words)
        else:
            self.say(known)
        hover = target if target is not None and target.code and self._map.tools.held is not Tool.LASSO else None
        if hover != self.hover or (target.area if target else "") != (self.under.area if self.under else ""):
            self.hover = hover
            shown.update()
        self.under = target

    def _cursor(self, target: Target | None, *, on_needle: bool) -> Qt.CursorShape:
        if self._map.tools.held is not Tool.HAND:
            return Qt.CursorShape.CrossCursor
        if on_needle or (target is not None and target.code and self._map.read_only):
            return Qt.CursorShape.PointingHandCursor
        return Qt.CursorShape.CrossCursor if target is not None and not self._map.read_only else Qt.CursorShape.ArrowCursor

    def say(self, target: Target | None, *, aloud: bool = False) -> None:
        """Name a place, to a screen reader too if aloud; all that is known of it once the pointer rests."""
        self._spoken = target
        if target is None:
            self._rest.stop()
            self._map.hovered.emit("")
            return
        words = self._in_words(target)
        self._map.hovered.emit(words)
        self._rest.start()
        if aloud:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._map, words))

    def _in_words(self, target: Target) -> str:
        known = [self._map.name_of(target.code) if target.code else "", target.site.region]
        if target.area and target.area != target.site.region:
            known.append(target.area)
        known.append(target.stage)
        return " · ".join(word for word in known if word)

    def _say_all(self) -> None:
        """Name the place, the nearest point and what supplies the skin there: it takes a moment to look up."""
        target, atlas = self._spoken, self._map.atlas
        if target is None:
            return
        place = f"{self._map.name_of(target.code)} · {target.site.region}" if target.code else atlas.describe(target.site)
        fields = atlas.fields_of(target.site)
        told = [f"dermatome {field.name}" if kind == "dermatomes" else field.name for kind, field in fields.items()]
        self._map.hovered.emit(" · ".join([place, *told, *([target.stage] if target.stage else [])]))
