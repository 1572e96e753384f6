"""The words on the body map: of needles, points, channels, landmarks and areas, each where it finds room."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText

from neuro_chart.ui.map_labels import Box, Ground, place_close, place_labels
from neuro_chart.ui.map_layers import Layers, sideless
from neuro_chart.ui.map_layout import Camera, Panel
from neuro_chart.ui.map_marks import MARKER, short
from neuro_chart.ui.map_picture import LANDMARK, Dot, Picture
from neuro_chart.ui.theme import CHANNELS, SMALL, Theme

NAMES_FROM, ALL_NAMES_FROM = 105.0, 30.0  # px a dm: from where points are named, usually and where all names are wanted
CODES_FROM, LANDMARK_NAMES_FROM, MORE_ROOMS_FROM = 56.0, 50.0, 80.0
SHRUNK = 0.8  # of the zoom that words were laid out for: below that only those of needles are left until they are laid out anew
BUBBLE = 28.0
FARTHEST = 160.0  # px: no word stands farther from its place
_NAME = QColor(74, 52, 44)


class Kind(Enum):
    """What a word is of."""

    NEEDLE = auto()
    OUT = auto()
    AREA = auto()
    CHANNEL = auto()
    NAME = auto()
    LANDMARK = auto()


_PLAIN = frozenset({Kind.NAME, Kind.LANDMARK, Kind.CHANNEL})


@dataclass(frozen=True)
class Mark:
    """A needle's mark for its words: where a panel shows it, in the sheet's decimetres."""

    panel: int
    code: str
    x: float
    y: float
    is_out: bool


@dataclass(frozen=True)
class Word:
    """A word that keeps its distance (px) from a place of the sheet (dm): from there to its upper left corner."""

    text: str
    kind: Kind
    x: float
    y: float
    dx: float
    dy: float
    width: float
    height: float
    on_skin: bool = False
    leader: bool = False
    drawn: QStaticText | None = None  # laid out once, where it is a single line


@dataclass(frozen=True)
class Lettering:
    """Words that were laid out at a zoom, for a part of the sheet (dm)."""

    over: Sequence[Word]  # those of needles
    others: Sequence[Word]
    zoom: float
    part: Box

    def serves(self, camera: Camera) -> bool:
        """Whether a camera looks at nothing else."""
        seen = Box(camera.left, camera.top, camera.width / camera.zoom, camera.height / camera.zoom)
        return self.zoom == camera.zoom and seen.within(self.part)


class Letterer:
    """Lays out the words for panels as a camera sees them, those that matter most first."""

    def __init__(self, picture: Picture, panels: Sequence[Panel], camera: Camera, layers: Layers, font: QFont) -> None:
        self._picture, self._panels, self._camera, self._layers = picture, panels, camera, layers
        self._zoom = camera.zoom
        self._fonts = {True: sized(font), False: sized(font, QFont.Weight.DemiBold)}
        self._plain, self._bold = QFontMetricsF(self._fonts[True]), QFontMetricsF(self._fonts[False])
        self._words: list[Word] = []
        wide, high = camera.width / camera.zoom, camera.height / camera.zoom
        seen = Box(camera.left, camera.top, wide, high)
        self._part = seen if camera.is_fitted else seen.grown(wide, high)
        self._ground = Ground()
        self._clear: list[Box] = []
        self._named = ""

    def lay(self, marks: Sequence[Mark], clear: Iterable[Box], named: str = "") -> Lettering:
        """Lay out everything; clear: what is kept free of words, in pixels of the widget; named: the point that has a name already."""
        self._named = named
        self._begin(marks, clear)
        dots = self._dots_to_name({(mark.panel, mark.code) for mark in marks})
        if self._layers.field:
            self._name_areas()
        self._name_points(dots)
        if self._layers.channels and self._zoom >= CODES_FROM and self._picture.knows(self._panels):
            self._name_channels()
        if self._layers.landmarks:
            self._name_landmarks()
        return self._laid()

    def renew(self, old: Lettering, marks: Sequence[Mark], clear: Iterable[Box]) -> Lettering:
        """Name the needles anew, and of the other words keep those that still have room: at once, until all is laid out with care."""
        self._begin(marks, clear)
        on_needle = Ground(self._around(mark.x, mark.y, 1) for mark in marks)
        kept = [
            word
            for word in old.others
            if self._ground.is_free(Box(word.x * self._zoom + word.dx, word.y * self._zoom + word.dy, word.width, word.height))
            and on_needle.is_free(self._around(word.x, word.y, 1))
        ]
        self._words.extend(kept)
        return self._laid()

    def _begin(self, marks: Sequence[Mark], clear: Iterable[Box]) -> None:
        """Take up what is to be kept clear, and name the needles before all else."""
        camera = self._camera
        for box in self._captions():
            self._ground.take(box)
        self._clear = [Box(box.x + camera.left * self._zoom, box.y + camera.top * self._zoom, box.width, box.height) for box in clear]
        for box in self._clear:
            self._ground.take(box)
        for mark in marks:
            self._ground.take(self._around(mark.x, mark.y, MARKER + 1))
        self._name_needles(marks)

    def _laid(self) -> Lettering:
        self._words.sort(key=lambda word: (word.kind.value, word.on_skin))  # so that each kind is written at a stroke
        over = [word for word in self._words if word.kind in {Kind.NEEDLE, Kind.OUT}]
        others = [word for word in self._words if word.kind not in {Kind.NEEDLE, Kind.OUT}]
        return Lettering(over, others, self._zoom, self._part)

    def _around(self, x: float, y: float, reach: float) -> Box:
        return Box(x * self._zoom - reach, y * self._zoom - reach, 2 * reach, 2 * reach)

    def _add(self, text: str, kind: Kind, anchor: tuple[float, float], box: Box, panel: Panel, *, leader: bool = False) -> None:
        """Take up room (sheet, in px) with a word at an anchor (dm)."""
        self._ground.take(box)
        x, y = anchor
        on_skin = any(
            self._is_skin(panel, box, at) and self._picture.shows(panel, *self._in_view(panel, box, at))
            for at in (0.5, 0.0, 1.0, 0.25, 0.75)
        )
        drawn = None
        if "\n" not in text:
            drawn = QStaticText(text)
            drawn.setTextFormat(Qt.TextFormat.PlainText)
            drawn.prepare(font=self._fonts[kind in _PLAIN])
        dx, dy = box.x - x * self._zoom, box.y - y * self._zoom
        self._words.append(Word(text, kind, x, y, dx, dy, box.width, box.height, on_skin, leader, drawn))

    def _in_view(self, panel: Panel, box: Box, at: float) -> tuple[float, float]:
        return panel.to_view((box.x + at * box.width) / self._zoom, (box.y + box.height / 2) / self._zoom)

    def _is_skin(self, panel: Panel, box: Box, at: float) -> bool:
        """Whether the figure lies under a box, at a share of its width."""
        x, y = self._in_view(panel, box, at)
        return panel.crop.holds(x, y) and self._picture.figures.is_skin(panel.view, x, y)

    def _unfit(self, panel: Panel) -> Callable[[Box], bool]:
        """Says whether a box lies across the figure's edge, on another panel, or out of sight."""
        part = Box(*(value * self._zoom for value in self._part))
        others = [Box(*(value * self._zoom for value in other.box)) for other in self._panels if other is not panel]

        def unfit(box: Box) -> bool:
            if not box.within(part) or any(box.meets(other) for other in others):
                return True
            return self._is_skin(panel, box, 0.0) != self._is_skin(panel, box, 1.0)

        return unfit

    def _name_needles(self, marks: Sequence[Mark]) -> None:
        """One label for each point in each panel, near the needle that has most room."""
        zoom = self._zoom
        grouped: dict[tuple[int, str], list[Mark]] = {}
        for mark in sorted(marks, key=lambda mark: (mark.y, -mark.x)):
            if mark.code:
                grouped.setdefault((mark.panel, mark.code), []).append(mark)
        wanted = [
            (
                sorted(((mark.x * zoom, mark.y * zoom) for mark in group), reverse=True),
                (self._bold.horizontalAdvance(short(code)) + 8, self._bold.height() + 1),
            )
            for (_, code), group in grouped.items()
        ]
        taken = [self._around(mark.x, mark.y, MARKER + 1) for mark in marks]
        part = Box(*(value * zoom for value in self._part))
        placed = place_labels(wanted, [*taken, *self._captions(), *self._clear], part, self._over_body)
        for ((index, code), group), label in zip(grouped.items(), placed, strict=True):
            if label is not None:
                kind = Kind.OUT if all(mark.is_out for mark in group) else Kind.NEEDLE
                anchor = label.anchor[0] / zoom, label.anchor[1] / zoom
                self._add(short(code), kind, anchor, label.box, self._panels[index], leader=label.leader)

    def _over_body(self, box: Box) -> bool:
        return any(self._is_skin(panel, box, at) for panel in self._panels for at in (0.1, 0.9))

    def _captions(self) -> list[Box]:
        found = []
        for panel in self._panels:
            lines = panel.caption.split("\n")
            wide, tall = max(map(self._plain.horizontalAdvance, lines)), self._plain.height() * len(lines)
            middle, bottom = (panel.box.x + panel.box.width / 2) * self._zoom, (panel.box.y + panel.box.height) * self._zoom
            found.append(Box(middle - wide / 2, bottom + 4, wide, tall))
        return found

    def _name_areas(self) -> None:
        """The names of areas, the roomiest first, on one line or on two."""
        field = self._layers.field
        for panel in self._panels:
            factor = self._zoom / panel.scale
            rooms = self._picture.overlays.rooms(panel.view, field)
            named = [(room, name) for name, found in rooms.items() for room in (found if self._zoom >= MORE_ROOMS_FROM else found[:1])]
            for (x, y, wide, tall), name in sorted(named, key=lambda each: -each[0].width * each[0].height):
                if not self._picture.shows(panel, x, y):
                    continue
                sx, sy = panel.to_sheet(x, y)
                box, lines = self._room_for(folded(sideless(name)), Box(sx * self._zoom, sy * self._zoom, wide * factor, tall * factor))
                if box is not None:
                    self._add("\n".join(lines), Kind.AREA, (sx, sy), box, panel)

    def _room_for(self, ways: Sequence[list[str]], room: Box) -> tuple[Box | None, list[str]]:
        """A free box for a name in one of the ways to break it, in a room that is given by its middle; or None."""
        for lines in ways:
            width, height = max(map(self._bold.horizontalAdvance, lines)) + 4, self._bold.height() * len(lines)
            for aside, down in ((0, 0), (0, -0.2), (0, 0.2), (0, -0.35), (0, 0.35), (-0.2, 0), (0.2, 0), (-0.2, 0.2), (0.2, -0.2)):
                middle = room.x + aside * room.width, room.y + down * room.height
                box = Box(middle[0] - width / 2, middle[1] - height / 2, width, height)
                fits = width <= (0.92 - 2 * abs(aside)) * room.width and height <= (1.2 - 2 * abs(down)) * room.height
                if fits and self._ground.is_free(box):
                    return box, lines
        return None, []

    def _dots_to_name(self, needled: set[tuple[int, str]]) -> list[tuple[Panel, Dot]]:
        """The points that no needle stands on; their dots stay clear at any zoom that shows them apart."""
        if (not self._names_points and self._zoom < CODES_FROM) or not self._picture.knows(self._panels):
            return []
        shown = [
            (panel, dot)
            for index, panel in enumerate(self._panels)
            for dot in self._picture.dots(panel)
            if self._part.holds(dot.x, dot.y) and (index, dot.code) not in needled and dot.code != self._named
        ]
        for _, dot in shown:
            self._ground.take(self._around(dot.x, dot.y, 3.5))
        return shown

    @property
    def _names_points(self) -> bool:
        return self._zoom >= (ALL_NAMES_FROM if self._layers.names else NAMES_FROM)

    def _name_points(self, shown: Sequence[tuple[Panel, Dot]]) -> None:
        unfit = {id(panel): self._unfit(panel) for panel in self._panels}
        for panel, dot in shown if self._names_points else ():
            text = short(dot.code)
            size = self._plain.horizontalAdvance(text) + 2, self._plain.height() - 2
            box = place_close((dot.x * self._zoom, dot.y * self._zoom), size, self._ground, unfit[id(panel)])
            if box is not None:
                self._add(text, Kind.NAME, (dot.x, dot.y), box, panel)

    def _name_channels(self) -> None:
        """Each channel once in a panel, at an end of its lines."""
        for panel in self._panels:
            for code, (_, ends) in self._picture.figures.courses(panel.view).items():
                size = self._plain.horizontalAdvance(code) + 3, self._plain.height() - 3
                for x, y in ends:
                    if not self._picture.shows(panel, x, y):
                        continue
                    sx, sy = panel.to_sheet(x, y)
                    box = place_close((sx * self._zoom, sy * self._zoom), size, self._ground, self._unfit(panel), 4.0)
                    if box is not None:
                        self._add(code, Kind.CHANNEL, (sx, sy), box, panel)
                        break

    def _name_landmarks(self) -> None:
        marks = [
            (panel, mark)
            for panel in self._panels
            for mark in self._picture.landmarks(panel, self._zoom)
            if self._part.holds(mark.x, mark.y)
        ]
        for _, mark in marks:
            self._ground.take(self._around(mark.x, mark.y, 4.5))
        for panel, mark in sorted(marks, key=lambda found: -found[1].alone) if self._zoom >= LANDMARK_NAMES_FROM else ():
            size = self._plain.horizontalAdvance(mark.name) + 2, self._plain.height() - 2
            anchor = mark.x * self._zoom, mark.y * self._zoom
            box = place_close(anchor, size, self._ground, self._unfit(panel), 7.0)
            if box is not None:
                self._add(mark.name, Kind.LANDMARK, (mark.x, mark.y), box, panel)


def folded(name: str) -> list[list[str]]:
    """A name on one line, and on two that are about as long."""
    words = name.split(" ")
    if len(words) == 1:
        return [[name]]
    breaks = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    return [[name], list(min(breaks, key=lambda pair: max(map(len, pair))))]


def sized(font: QFont, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A font in the map's size."""
    made = QFont(font)
    made.setPixelSize(SMALL)
    made.setWeight(weight)
    return made


def paint_words(painter: QPainter, words: Sequence[Word], camera: Camera, theme: Theme, font: QFont) -> None:
    """Write words; those that lie outside the painter's clip are left out."""
    clip = painter.clipBoundingRect()
    left, top, right, bottom = clip.left() - FARTHEST, clip.top() - FARTHEST, clip.right() + FARTHEST, clip.bottom() + FARTHEST
    zoom, dx, dy = camera.zoom, -camera.left * camera.zoom, -camera.top * camera.zoom
    shown = [
        (word, Box(x + word.dx, y + word.dy, word.width, word.height))
        for word in words
        if left <= (x := word.x * zoom + dx) <= right and top <= (y := word.y * zoom + dy) <= bottom
    ]
    painter.setPen(QPen(theme.color("muted"), 1))
    for word, box in shown:
        if word.leader:
            painter.drawLine(leader_to(box, *camera.to_widget(word.x, word.y)))
    plain, bold = sized(font), sized(font, QFont.Weight.DemiBold)
    grounds = _grounds(theme)
    for (kind, on_skin), group in groupby(shown, key=lambda each: (each[0].kind, each[0].on_skin)):
        together = list(group)
        if (ground := grounds.get((kind, on_skin))) is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            for _, box in together:
                painter.drawRoundedRect(QRectF(*box), 5, 5)
        painter.setFont(plain if kind in _PLAIN else bold)
        painter.setPen(_colour(together[0][0], theme))
        for word, box in together:
            if kind is Kind.CHANNEL:
                painter.setPen(_colour(word, theme))
            if word.drawn is None:
                painter.drawText(QRectF(*box), Qt.AlignmentFlag.AlignCenter, word.text)
            else:
                size = word.drawn.size()
                painter.drawStaticText(
                    QPointF(box.x + (box.width - size.width()) / 2, box.y + (box.height - size.height()) / 2), word.drawn
                )


def leader_to(box: Box, x: float, y: float) -> QLineF:
    """The line from the rim of a mark to the near side of its word, so that no mark looks struck out."""
    line = QLineF(QPointF(x, y), QPointF(box.x if box.x > x else box.x + box.width, box.y + box.height / 2))
    if line.length() > MARKER:
        line.setP1(line.pointAt(MARKER / line.length()))
    return line


def _grounds(theme: Theme) -> Mapping[tuple[Kind, bool], QColor]:
    """What lies under words, so that they are read where the figure is in shadow, or fades."""
    card, skin = theme.color("card"), theme.color("skin")
    card.setAlphaF(0.82)
    skin.setAlphaF(0.62)
    labels = {(kind, on_skin): card for kind in (Kind.NEEDLE, Kind.OUT) for on_skin in (True, False)}
    return labels | {(kind, True): skin for kind in (Kind.NAME, Kind.CHANNEL, Kind.LANDMARK)}


def _colour(word: Word, theme: Theme) -> QColor:
    match word.kind:
        case Kind.NEEDLE:
            return theme.color("text")
        case Kind.OUT:
            return theme.color("muted")
        case Kind.CHANNEL:
            own = QColor(CHANNELS[word.text])
            return own if word.on_skin or theme.name == "light" else theme.color("muted")
        case Kind.LANDMARK:
            return LANDMARK if word.on_skin or theme.name == "light" else LANDMARK.lighter(190)
        case _:
            return _NAME if word.on_skin else theme.color("muted")


def bubble_box(font: QFont, words: str, place: QPointF, room: QRectF, clear: Sequence[QRectF] = (), *, beside: bool = False) -> QRectF:
    """Where a bubble of words stands: above a place, or first of all beside it, or where else there is room off what is to be clear."""
    width = QFontMetricsF(sized(font, QFont.Weight.DemiBold)).horizontalAdvance(words) + 20
    tried = [
        QRectF(place.x() + dx - width / 2, place.y() + dy - BUBBLE / 2, width, BUBBLE)
        for dx, dy in (
            (0, -32), (0, 32), (width / 2 + 18, 0), (-width / 2 - 18, 0), (0, -56), (0, 56), (width / 2 + 34, -20), (-width / 2 - 34, -20),
        )
    ]  # fmt: skip
    if beside:
        tried = [*tried[2:4], *tried[6:], *tried[:2]]
    inside = room.adjusted(4, 4, -4, -4)
    found = next((box for box in tried if inside.contains(box) and not any(box.intersects(other) for other in clear)), None)
    if found is None:
        found = tried[0] if place.y() > 56 else tried[1]
        found.moveLeft(min(max(found.left(), inside.left()), inside.right() - width))
    return found


def paint_bubble(painter: QPainter, theme: Theme, font: QFont, words: str, box: QRectF) -> None:
    """Words in a bubble."""
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("card"))
    painter.drawRoundedRect(box, 8, 8)
    painter.setFont(sized(font, QFont.Weight.DemiBold))
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
