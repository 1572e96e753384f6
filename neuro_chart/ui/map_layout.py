"""Where views stand on the body map, without Qt: sheets, the panels on them, and the camera that looks at a sheet."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from neuro_chart.clinic.body import Line, View
from neuro_chart.ui.map_labels import Box

GAP, CAPTION, TALL_CAPTION = 20.0, 26.0, 42.0
FOLDED = 1.08  # times larger that panels must become for their captions to stand on two lines
APART = 18.0  # px between two captions
MOST_GAP = 84.0  # px between two panels, at most
TRIM, TRIM_ROWS = 12.0, 24  # px of a view that are left beside its figure, found by so many rows
ALIKE = 0.995  # arrangements whose panels are as large as this share of the largest count as equal
MOST_ZOOM = 24.0
NEARBY = 110.0  # px a dm: a point and its neighbours can be told apart


@dataclass(frozen=True)
class Sheet:
    """Panels laid out in decimetres: `boxes` and the `whole`; at `zoom` pixels a decimetre all of it just fits."""

    zoom: float
    boxes: tuple[Box, ...]
    whole: Box


def lay_out(
    sizes: Sequence[tuple[float, float]], width: float, height: float, captions: Sequence[float] = (), under: float = CAPTION
) -> Sheet:
    """Panels of these sizes (decimetres) in the rows that let them be largest in `width` × `height` pixels.

    A caption, so many pixels wide and at most `under` high, stands under each; panels in a row share out the space that is left.
    """
    cells = [(*size, caption) for size, caption in zip(sizes, captions or [0.0] * len(sizes), strict=True)]
    tried = [(_zoom(rows, width, height, under), rows) for rows in _rows(cells)]
    most = max(zoom for zoom, _ in tried)
    if most <= 0 and captions:
        return lay_out(sizes, width, height, under=under)  # too narrow for the words
    _, rows = min(((_unevenness(rows), rows) for zoom, rows in tried if zoom >= most * ALIKE), key=lambda found: found[0])
    return _boxes(rows, max(most * ALIKE, 1.0), width, height, under)


_Cell = tuple[float, float, float]  # width and height in dm, the caption's width in px


def _rows(cells: Sequence[_Cell]) -> Iterator[list[Sequence[_Cell]]]:
    """Every way to break cells into rows."""
    if not cells:
        yield []
    for count in range(1, len(cells) + 1):
        for rest in _rows(cells[count:]):
            yield [cells[:count], *rest]


def _zoom(rows: Sequence[Sequence[_Cell]], width: float, height: float, under: float) -> float:
    """The largest zoom at which rows fit, or 0."""
    zoom = (height - len(rows) * (under + GAP / 2)) / sum(max(cell[1] for cell in row) for row in rows)
    for row in rows:
        room = width - GAP * (len(row) + 1)
        while zoom > 0 and sum(max(cell[0] * zoom, cell[2]) for cell in row) > room + 1e-6:
            free = [cell for cell in row if cell[0] * zoom > cell[2]]
            spare = room - sum(cell[2] for cell in row if cell not in free)
            zoom = min(zoom * 0.999, spare / sum(cell[0] for cell in free)) if free else 0.0
    return max(zoom, 0.0)


def _unevenness(rows: Sequence[Sequence[_Cell]]) -> float:
    wide = [sum(cell[0] for cell in row) for row in rows]
    return max(wide) - min(wide)


def _boxes(rows: Sequence[Sequence[_Cell]], zoom: float, width: float, height: float, under: float) -> Sheet:
    boxes = []
    tall = [max(cell[1] for cell in row) * zoom for row in rows]
    spare = height - sum(tall) - len(rows) * under
    between = min(max(spare / (len(rows) + 1), GAP / 4), MOST_GAP)
    top = between
    for row, high in zip(rows, tall, strict=True):
        wide = [max(cell[0] * zoom, cell[2]) for cell in row]
        gap = min(max((width - sum(wide)) / (len(row) + 1), GAP), MOST_GAP)
        left = (width - sum(wide) - gap * (len(row) - 1)) / 2
        for cell, across in zip(row, wide, strict=True):
            boxes.append(Box((left + (across - cell[0] * zoom) / 2) / zoom, (top + high - cell[1] * zoom) / zoom, cell[0], cell[1]))
            left += across + gap
        top += high + under + between
    return Sheet(zoom, tuple(boxes), Box(0, 0, width / zoom, top / zoom))


class Shown(NamedTuple):
    """A view on a sheet: the shares of its width and height that are shown, from and to, and how much larger than life beside the others.

    soft: it fades all round.
    """

    view: str
    across: tuple[float, float] = (0.0, 1.0)
    down: tuple[float, float] = (0.0, 1.0)
    larger: float = 1.0
    soft: bool = False


FRONT_TRUNK, BACK_TRUNK = (Shown(view, (0.215, 0.785), (0.13, 0.565)) for view in ("front", "back"))
FRONT_LEGS, BACK_LEGS = (Shown(view, (0.2, 0.8), (0.5, 1.0)) for view in ("front", "back"))
FACE, BACK_OF_HEAD = (Shown(view, (0.1, 0.9)) for view in ("head-front", "head-back"))
SHEETS: Mapping[str, tuple[str, tuple[Shown, ...]]] = {
    "body": ("Body", (Shown("front"), Shown("back"))),
    "sides": ("Sides", (Shown("right"), Shown("left"))),
    "trunk": ("Trunk", (FRONT_TRUNK, BACK_TRUNK, Shown("trunk-right"), Shown("trunk-left"), Shown("shoulders"), Shown("pelvis"))),
    "head": ("Head", (
        Shown("head-right"), FACE, Shown("head-left"), BACK_OF_HEAD, Shown("head-top"),
        Shown("ear-right", (0.12, 0.88), (0.12, 0.88), 1.25, soft=True), Shown("ear-left", (0.12, 0.88), (0.12, 0.88), 1.25, soft=True),
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
    """A view, or the part of it in `crop` (its pixels), in a box of the sheet (decimetres), `scale` of its pixels for each of them.

    caption: the words under it, on a line or two; cut: whether the figure goes on beyond the crop at its left, top, right and bottom
    edge; soft: it fades all round.
    """

    view: View
    crop: Box
    box: Box
    scale: float
    caption: str = ""
    cut: tuple[bool, bool, bool, bool] = (False, False, False, False)
    soft: bool = False

    def to_sheet(self, x: float, y: float) -> tuple[float, float]:
        """From the view's pixels to the sheet."""
        return self.box.x + (x - self.crop.x) / self.scale, self.box.y + (y - self.crop.y) / self.scale

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """From the sheet to the view's pixels."""
        return self.crop.x + (x - self.box.x) * self.scale, self.crop.y + (y - self.box.y) * self.scale


class Camera:
    """What part of a sheet is seen in a widget of `width` × `height` pixels whose lower right `corner` and `head` are kept free.

    `zoom` is in pixels a decimetre; left and top are the sheet's decimetres at the widget's corner. Until it is zoomed, the sheet fits.
    """

    def __init__(self) -> None:
        self.width, self.height = 1, 1
        self.corner = (0, 0)
        self.head = 0
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
        self.top = whole.y + whole.height / 2 - (self.height + self.head) / 2 / self.zoom

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

    @property
    def is_fitted(self) -> bool:
        """Whether the whole sheet is seen."""
        return self._fitted

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


def panels(
    views: Mapping[str, View], shown: Sequence[Shown], camera: Camera, width_of: Callable[[str], float], crop: Callable[[View, Shown], Box]
) -> list[Panel]:
    """Lay out what a sheet shows for a camera and show it.

    width_of: how wide a caption is, in pixels; crop: crop_of, or what remembers its answers.
    """
    parts = [(part, views[part.view], crop(views[part.view], part)) for part in shown]
    scales = [view.scale / part.larger for part, view, _ in parts]
    sizes = [(shape.width / scale, shape.height / scale) for (_, _, shape), scale in zip(parts, scales, strict=True)]
    width, height = max(camera.width - camera.corner[0], 1), max(camera.height - camera.head, 1)

    def laid(words: Sequence[str], under: float) -> Sheet:
        return lay_out(sizes, width, height, [max(map(width_of, word.split("\n"))) + APART - GAP for word in words], under)

    captions = [caption(view) for _, view, _ in parts]
    folded = [caption(view, folded=True) for _, view, _ in parts]
    sheet, tall = laid(captions, CAPTION), laid(folded, TALL_CAPTION)
    if tall.zoom > FOLDED * sheet.zoom:
        sheet, captions = tall, folded
    camera.show(sheet)
    return [
        Panel(view, shape, box, scale, words, _cut(view, part, shape), part.soft)
        for (part, view, shape), scale, box, words in zip(parts, scales, sheet.boxes, captions, strict=True)
    ]


def crop_of(view: View, shown: Shown) -> Box:
    """The part of a view that is shown, without the empty ground at its sides."""
    part = _part(view, shown)
    ends = part.x, part.x + part.width
    rows = (part.y + part.height * (k + 0.5) / TRIM_ROWS for k in range(TRIM_ROWS))
    spans = [span for y in rows for span in spans_of(view.drawing.silhouette, y) if span[0] < ends[1] and span[1] > ends[0]]
    if not spans:
        return part
    start, end = max(ends[0], min(span[0] for span in spans) - TRIM), min(ends[1], max(span[1] for span in spans) + TRIM)
    return Box(start, part.y, end - start, part.height)


def spans_of(lines: Sequence[Line], y: float) -> list[tuple[float, float]]:
    """Where a row lies within closed lines."""
    xs = sorted(
        x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        for line in lines
        for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True)
        if (y0 <= y) != (y1 <= y)
    )
    return list(zip(xs[::2], xs[1::2], strict=False))


def _part(view: View, shown: Shown) -> Box:
    wide, high = view.size
    (left, right), (top, bottom) = shown.across, shown.down
    return Box(left * wide, top * high, (right - left) * wide, (bottom - top) * high)


def _cut(view: View, shown: Shown, crop: Box) -> tuple[bool, bool, bool, bool]:
    part = _part(view, shown)
    left, right = crop.x <= part.x, crop.x + crop.width >= part.x + part.width
    return left and part.x > 0, part.y > 0, right and part.x + part.width < view.size[0] - 1, part.y + part.height < view.size[1] - 1


def sheet_of(view: View, x: float, y: float, crop: Callable[[View, Shown], Box]) -> str:
    """The sheet that shows a place of a view (its pixels) from nearest, or nothing."""
    found = [
        (shape.width * shape.height / part.larger, key)
        for key, (_, shown) in SHEETS.items()
        for part in shown
        if part.view == view.name and (shape := crop(view, part)).holds(x, y)
    ]
    return min(found)[1] if found else ""


def caption(view: View, *, folded: bool = False) -> str:
    """A view's title, between the patient's own sides where it shows both; folded, if it has two halves, else without the limb."""
    to_the_right = view.rotation[0] if view.group in {"Body", "Head", "Trunk"} else 0
    if abs(to_the_right) > 0.9:
        return f"R   {view.title}   L" if to_the_right > 0 else f"L   {view.title}   R"
    if folded:
        return view.title.replace(", ", "\n")
    return re.sub(r"^(Left|Right) (hand|foot|arm|leg),", r"\1,", view.title)
