"""Where things stand on the body map, without Qt: panels and camera, what lies near a place, labels that don't collide."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, hypot, inf
from typing import NamedTuple

from neuro_chart.clinic.body import View

GAP, CAPTION = 22.0, 24.0
LABEL_GAP = 9.0
MOST_ZOOM = 24.0
NEARBY = 110.0  # px a dm: a point and its neighbours can be told apart


class Box(NamedTuple):
    """A rectangle by its corner and size."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a place lies in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def meets(self, other: "Box") -> bool:
        """Whether two share some ground."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True)
class Sheet:
    """Panels laid out in decimetres: `boxes` and the `whole`; at `zoom` pixels a decimetre all of it just fits."""

    zoom: float
    boxes: tuple[Box, ...]
    whole: Box


def lay_out(sizes: Sequence[tuple[float, float]], width: float, height: float) -> Sheet:
    """Panels of these sizes (decimetres) in the rows that let them be largest in `width` × `height` pixels, a caption under each."""
    best, columns = 0.0, 1
    for count in range(1, len(sizes) + 1):
        zoom = _zoom(sizes, count, width, height)
        if zoom > best:
            best, columns = zoom, count
    zoom = max(best, 1.0)
    rows = [sizes[start : start + columns] for start in range(0, len(sizes), columns)]
    wide = [max(row[column][0] for row in rows if column < len(row)) for column in range(columns)]
    edge = GAP / zoom
    gap = max(edge, min((width / zoom - sum(wide)) / (columns + 1), 4 * edge))
    boxes = []
    top = edge / 2
    for row in rows:
        tall = max(size[1] for size in row)
        left = edge
        for column, (panel_width, panel_height) in enumerate(row):
            boxes.append(Box(left + (wide[column] - panel_width) / 2, top + tall - panel_height, panel_width, panel_height))
            left += wide[column] + gap
        top += tall + (CAPTION + GAP / 2) / zoom
    return Sheet(zoom, tuple(boxes), Box(0, 0, sum(wide) + gap * (columns - 1) + 2 * edge, top - edge / 2))


def _zoom(sizes: Sequence[tuple[float, float]], columns: int, width: float, height: float) -> float:
    rows = ceil(len(sizes) / columns)
    wide = sum(max(size[0] for size in sizes[column::columns]) for column in range(columns))
    tall = sum(max(size[1] for size in sizes[row * columns : (row + 1) * columns]) for row in range(rows))
    return min((width - GAP * (columns + 1)) / wide, (height - rows * (CAPTION + GAP / 2)) / tall)


class Shown(NamedTuple):
    """A view on a sheet: the shares of its width and height that are shown, from and to, and how much larger than life beside the others."""

    view: str
    across: tuple[float, float] = (0.0, 1.0)
    down: tuple[float, float] = (0.0, 1.0)
    larger: float = 1.0


FRONT_TRUNK, BACK_TRUNK = (Shown(view, (0.14, 0.86), (0.13, 0.57)) for view in ("front", "back"))
FRONT_LEGS, BACK_LEGS = (Shown(view, down=(0.55, 1.0)) for view in ("front", "back"))
SHEETS: Mapping[str, tuple[str, tuple[Shown, ...]]] = {
    "body": ("Body", (Shown("front"), Shown("back"))),
    "sides": ("Sides", (Shown("right"), Shown("left"))),
    "trunk": ("Trunk", (FRONT_TRUNK, BACK_TRUNK, Shown("trunk-right"), Shown("trunk-left"), Shown("shoulders"), Shown("pelvis"))),
    "head": ("Head", (
        Shown("head-right"), Shown("head-front"), Shown("head-left"), Shown("head-back"), Shown("head-top"),
        Shown("ear-right", larger=1.8), Shown("ear-left", larger=1.8),
    )),
    "arms": ("Arms", tuple(Shown(name) for name in ("arm-outer-right", "arm-inner-right", "arm-inner-left", "arm-outer-left"))),
    "hands": ("Hands", tuple(Shown(f"hand-{face}-{side}") for side in ("right", "left") for face in ("palm", "back", "thumb", "little"))),
    "legs": ("Legs", (
        Shown("leg-outer-right"), Shown("leg-inner-right"), FRONT_LEGS, BACK_LEGS, Shown("leg-inner-left"), Shown("leg-outer-left"),
    )),
    "feet": ("Feet", tuple(Shown(f"foot-{face}-{side}") for side in ("right", "left") for face in ("top", "sole", "inner", "outer"))),
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """A view, or the part of it in `crop` (its pixels), in a box of the sheet (decimetres), `scale` of its pixels for each of them."""

    view: View
    crop: Box
    box: Box
    scale: float

    def to_sheet(self, x: float, y: float) -> tuple[float, float]:
        """From the view's pixels to the sheet."""
        return self.box.x + (x - self.crop.x) / self.scale, self.box.y + (y - self.crop.y) / self.scale

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """From the sheet to the view's pixels."""
        return self.crop.x + (x - self.box.x) * self.scale, self.crop.y + (y - self.box.y) * self.scale


class Camera:
    """What part of a sheet is seen in a widget of `width` × `height` pixels whose lower right `corner` is kept free.

    `zoom` is in pixels a decimetre; left and top are the sheet's decimetres at the widget's corner. Until it is zoomed, the sheet fits.
    """

    def __init__(self) -> None:
        self.width, self.height = 1, 1
        self.corner = (0, 0)
        self.zoom, self.left, self.top = 1.0, 0.0, 0.0
        self._fitted = True
        self._sheet = Sheet(1, (), Box(0, 0, 1, 1))

    def show(self, sheet: Sheet) -> None:
        """Look at another sheet, or at the same in another size."""
        self._sheet = sheet
        if self._fitted:
            self.fit()
        else:
            self._keep_in_sight()

    def fit(self) -> None:
        """See the whole sheet, in the middle, but clear of the corner."""
        self._fitted = True
        whole = self._sheet.whole
        self.zoom = self._sheet.zoom
        spare = self.width - whole.width * self.zoom
        self.left = whole.x - max(0.0, min(spare / 2, spare - self.corner[0])) / self.zoom
        self.top = whole.y + whole.height / 2 - self.height / 2 / self.zoom

    def look_at(self, box: Box, x: float, y: float) -> None:
        """See one box of the sheet as large as it fits, or where that is still small the place (x, y) in it from nearby."""
        self.fit()
        zoom = min((self.width - 2 * self.corner[0]) / box.width, (self.height - 2 * CAPTION) / box.height)
        if zoom > NEARBY:
            x, y = box.x + box.width / 2, box.y + box.height / 2
        self.zoom = min(max(zoom, NEARBY), self._sheet.zoom * MOST_ZOOM)
        self._fitted = False
        self.left, self.top = x - self.width / 2 / self.zoom, y - self.height / 2 / self.zoom

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """Zoom around a place of the widget; never smaller than the whole."""
        at_x, at_y = self.to_sheet(x, y)
        self.zoom = min(max(self.zoom * factor, self._sheet.zoom), self._sheet.zoom * MOST_ZOOM)
        self.left, self.top = at_x - x / self.zoom, at_y - y / self.zoom
        self._fitted = self.zoom <= self._sheet.zoom * 1.001
        if self._fitted:
            self.fit()
        else:
            self._keep_in_sight()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the sheet by pixels, once it is zoomed."""
        if not self._fitted:
            self.left -= dx / self.zoom
            self.top -= dy / self.zoom
            self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        whole = self._sheet.whole
        half_width, half_height = self.width / 2 / self.zoom, self.height / 2 / self.zoom
        self.left = min(max(self.left, whole.x - half_width), whole.x + whole.width - half_width)
        self.top = min(max(self.top, whole.y - half_height), whole.y + whole.height - half_height)

    def to_sheet(self, x: float, y: float) -> tuple[float, float]:
        """From pixels of the widget to the sheet."""
        return self.left + x / self.zoom, self.top + y / self.zoom

    def to_widget(self, x: float, y: float) -> tuple[float, float]:
        """From the sheet to pixels of the widget."""
        return (x - self.left) * self.zoom, (y - self.top) * self.zoom

    def frame(self, box: Box) -> Box:
        """A box of the sheet in pixels of the widget."""
        return Box(*self.to_widget(box.x, box.y), box.width * self.zoom, box.height * self.zoom)


def panels(views: Mapping[str, View], shown: Sequence[Shown], camera: Camera) -> list[Panel]:
    """Lay out what a sheet shows for a camera and show it, each view trimmed at its sides."""
    parts = [(views[part.view], _crop(views[part.view], part), views[part.view].scale / part.larger) for part in shown]
    sheet = lay_out(
        [(crop.width / scale, crop.height / scale) for _, crop, scale in parts],
        max(camera.width - camera.corner[0], 1),
        max(camera.height, 1),
    )
    camera.show(sheet)
    return [Panel(view, crop, box, scale) for (view, crop, scale), box in zip(parts, sheet.boxes, strict=True)]


def _crop(view: View, shown: Shown) -> Box:
    """The part of a view that is shown, without the empty ground at its sides."""
    wide, high = view.size
    (left, right), (top, bottom) = shown.across, shown.down
    part = Box(left * wide, top * high, (right - left) * wide, (bottom - top) * high)
    xs = [x for line in view.drawing.silhouette for x, y in line if part.holds(x, y)]
    if not xs:
        return part
    start, end = max(part.x, min(xs) - 12), min(part.x + part.width, max(xs) + 12)
    return Box(start, part.y, end - start, part.height)


def nearest(places: Iterable[tuple[float, float]], x: float, y: float, within: float) -> int | None:
    """The index of the place nearest to (x, y), if one is no farther than `within`."""
    found, best = None, within
    for index, (px, py) in enumerate(places):
        distance = hypot(px - x, py - y)
        if distance <= best:
            found, best = index, distance
    return found


class Label(NamedTuple):
    """A label's box and the marker that it belongs to; `leader` when the two stand apart enough for a line."""

    box: Box
    anchor: tuple[float, float]
    leader: bool


def place_labels(
    wanted: Sequence[tuple[Sequence[tuple[float, float]], tuple[float, float]]],
    taken: Sequence[Box],
    bounds: Box,
    avoid: Callable[[Box], bool],
) -> list[Label | None]:
    """A box for each label: beside one of its markers, or a little above or below with a leader; None where there is no room.

    `wanted` holds for each label its markers and its (width, height); `taken` is ground to keep clear; `avoid` says of a box that
    another would be better (it lies over the body).
    """
    used = _Ground(taken)
    placed: list[Label | None] = []
    for anchors, size in wanted:
        best: Label | None = None
        cost = inf
        for price, label in _candidates(anchors, *size):
            if price >= cost:
                break
            if _inside(label.box, bounds) and used.is_free(label.box):
                here = price + 25 * avoid(label.box)
                if here < cost:
                    best, cost = label, here
        placed.append(best)
        if best is not None:
            used.take(best.box)
    return placed


class _Ground:
    """Boxes by the squares that they touch, so that only neighbours are compared."""

    SQUARE = 48.0

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self.take(box)

    def take(self, box: Box) -> None:
        for square in self._touched(box):
            self._squares.setdefault(square, []).append(box)

    def is_free(self, box: Box) -> bool:
        return not any(box.meets(other) for square in self._touched(box) for other in self._squares.get(square, ()))

    def _touched(self, box: Box) -> Iterator[tuple[int, int]]:
        for column in range(int(box.x // self.SQUARE), int((box.x + box.width) // self.SQUARE) + 1):
            for row in range(int(box.y // self.SQUARE), int((box.y + box.height) // self.SQUARE) + 1):
                yield column, row


def _candidates(anchors: Sequence[tuple[float, float]], width: float, height: float) -> Iterator[tuple[float, Label]]:
    for shift in (0.0, -0.8, 0.8, -1.6, 1.6, -2.4, 2.4):
        for x, y in anchors:
            for left in (x + LABEL_GAP, x - LABEL_GAP - width):
                yield 12 * abs(shift), Label(Box(left, y - height / 2 + shift * height, width, height), (x, y), shift != 0)


def _inside(box: Box, bounds: Box) -> bool:
    return (
        bounds.x <= box.x
        and bounds.y <= box.y
        and box.x + box.width <= bounds.x + bounds.width
        and box.y + box.height <= bounds.y + bounds.height
    )
