"""What can be laid over the figure: the channels' courses, landmarks, and the regions, dermatomes and nerve fields of the skin."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QPointF, QSettings
from PySide6.QtGui import QColor, QPainterPath

from neuro_chart.clinic.body import Atlas, Line, View
from neuro_chart.ui.map_layout import spans_of
from neuro_chart.ui.theme import CHANNELS, Theme

FIELDS = {"": "No areas", "regions": "Regions", "dermatomes": "Dermatomes", "nerves": "Nerve fields"}
COURSES_FROM, COURSES_FULL = 14.0, 90.0  # px a dm: from where the channels' lines begin to show, and where they are as strong as they get
LANDMARKS_APART = 30.0  # px: nearer than that to another, a landmark waits until one looks closer
ROWS, BAND = 9, 2.4  # how many rows of an area are tried for a name, which stands in each so many dm of it
_KEY = "map/"


@dataclass(frozen=True)
class Layers:
    """What is laid over the figure. names: those of all points wherever there is room; field: a key of FIELDS."""

    channels: bool = True
    landmarks: bool = False
    names: bool = False
    field: str = ""

    @classmethod
    def read(cls, settings: QSettings) -> "Layers":
        """What was chosen last."""
        usual = cls()
        field = str(settings.value(f"{_KEY}field", usual.field))
        return cls(
            bool(settings.value(f"{_KEY}channels", usual.channels, type=bool)),
            bool(settings.value(f"{_KEY}landmarks", usual.landmarks, type=bool)),
            bool(settings.value(f"{_KEY}names", usual.names, type=bool)),
            field if field in FIELDS else usual.field,
        )

    def keep(self, settings: QSettings) -> None:
        """Remember the choice."""
        for name, value in vars(self).items():
            settings.setValue(f"{_KEY}{name}", value)


class Room(NamedTuple):
    """Where words have room, in a view's pixels: the middle, and how wide and high it is there."""

    x: float
    y: float
    width: float
    height: float


class Overlays:
    """The layers of an atlas' views as paths and places, made when they are first asked for."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._areas: dict[tuple[Path, bool, str], dict[str, QPainterPath]] = {}
        self._rooms: dict[tuple[Path, bool, str], dict[str, list[Room]]] = {}

    def offers(self, field: str) -> bool:
        """Whether the atlas knows the areas of a kind."""
        return field in {"", "regions"} or field in self._atlas.layers

    def areas(self, view: View, kind: str) -> dict[str, QPainterPath]:
        """The areas of one kind by name, in the view's pixels."""
        key = view.path, view.mirrored, kind
        if key not in self._areas:
            self._areas[key] = {name: path_of(lines, closed=True) for name, lines in view.drawing.areas.get(kind, {}).items()}
        return self._areas[key]

    def area_at(self, view: View, kind: str, x: float, y: float) -> str:
        """The area that a pixel of a view lies in, or nothing."""
        place = QPointF(x, y)
        return next((name for name, path in self.areas(view, kind).items() if path.contains(place)), "")

    def rooms(self, view: View, kind: str) -> dict[str, list[Room]]:
        """Where the name of each area has most room in a view, and in a large area elsewhere, too, for who looks from nearby."""
        key = view.path, view.mirrored, kind
        if key not in self._rooms:
            areas = view.drawing.areas.get(kind, {})
            self._rooms[key] = {name: rooms_of(lines, BAND * view.scale) for name, lines in areas.items()}
        return self._rooms[key]

    def colours(self, kind: str) -> Mapping[str, QColor]:
        """A colour for each area of a kind, the same on both sides of the body."""
        names = dict.fromkeys(sideless(name) for name in self._atlas.layers.get(kind, self._atlas.regions))
        return {name: area_colour(index) for index, name in enumerate(names)}

    def sources(self, kind: str) -> list[str]:
        """Who says so, of a kind of areas."""
        return list(dict.fromkeys(field.source for field in self._atlas.layers.get(kind, {}).values()))


def path_of(lines: Sequence[Line], *, closed: bool = False) -> QPainterPath:
    """Lines as a path; where they close round each other, every second is a hole."""
    path = QPainterPath()
    for line in lines:
        (x, y), *rest = line
        path.moveTo(x, y)
        for x, y in rest:
            path.lineTo(x, y)
        if closed:
            path.closeSubpath()
    return path


def sideless(name: str) -> str:
    """An area's name without the patient's side."""
    return re.sub(r"^(left|right) ", "", name)


def channel_colour(channel: str, theme: Theme) -> QColor:
    """The colour of a channel's course as it reads on a card; quiet for the extra points, which have none."""
    if channel not in CHANNELS:
        return theme.color("muted")
    return QColor(CHANNELS[channel]).lighter(190) if theme.color("card").lightness() < 128 else QColor(CHANNELS[channel])


def area_colour(index: int) -> QColor:
    """A colour that differs in hue and lightness from those of the neighbours in a list."""
    return QColor.fromHslF((0.08 + index * 0.381966) % 1.0, 0.52, (0.40, 0.56, 0.48)[index % 3])


def rooms_of(lines: Sequence[Line], band: float) -> list[Room]:
    """Where words have room within closed lines: the roomiest place in each band of so many pixels, the best of all first."""
    ys = [y for line in lines for _, y in line]
    if not ys:
        return []
    low, high = min(ys), max(ys)
    count = max(round((high - low) / band), 1)
    edges = [low + (high - low) * k / count for k in range(count + 1)]
    found = [room for top, bottom in pairwise(edges) if (room := _room(lines, top, bottom))]
    return sorted(found, key=lambda room: -min(room.width, 2.5 * room.height))


def _room(lines: Sequence[Line], low: float, high: float) -> Room | None:
    """Where words have most room within closed lines between two heights."""
    step = (high - low) / (ROWS + 1)
    rows = [max(spans_of(lines, low + step * (k + 1)), key=lambda span: span[1] - span[0], default=None) for k in range(ROWS)]
    best: Room | None = None
    for k, span in enumerate(rows):
        if span is None:
            continue
        left, right = span
        middle = (left + right) / 2
        above = below = k
        while above > 0 and (row := rows[above - 1]) and row[0] <= middle <= row[1]:
            above -= 1
        while below < ROWS - 1 and (row := rows[below + 1]) and row[0] <= middle <= row[1]:
            below += 1
        room = Room(middle, low + step * (k + 1), right - left, 2 * step * (min(k - above, below - k) + 0.8))
        if best is None or min(room.width, 2.5 * room.height) > min(best.width, 2.5 * best.height):
            best = room
    return best
