"""The body on paper: the figure with its needles, and the drawings of the exercises."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from math import dist
from pathlib import Path

from PIL import Image, ImageOps
from reportlab.lib.colors import white
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import FILL_EVEN_ODD
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable

from neuro_chart.clinic.body import EDGE, Atlas, Line, View
from neuro_chart.clinic.needles import Needle
from neuro_chart.paper.style import BOLD, INK, JADE, LINE, REGULAR, SOFT, fitted, plain

SHADOW, SKIN, OUTLINE = "#6b4f45", "#f3dfd0", "#8a6b5d"
ROOM = 0.8  # dm of skin around the outermost needles of a part that is drawn large
CROWDED = 6.0  # points of paper: needles nearer to each other than this are drawn in a close-up
BESIDE = 0.58  # of the height is left to the bodies when close-ups stand beneath
CAPTION, LABEL, STEP, DOT = 14.0, 7.5, 9.2, 2.5  # points: room for the caption, size of a name, from name to name, radius of a dot
HAIRLINE = 13.0  # points beside a name for the line to its dot
SHARP = 260 / 72  # pixels of a picture in one point of paper

Area = tuple[float, float, float, float]  # left, top, right, bottom in pixels of a view


def needle_figure(
    atlas: Atlas,
    needles: Sequence[Needle],
    width: float,
    height: float,
    label: Callable[[Needle], str] = lambda needle: needle.point,
) -> "NeedleFigure | None":
    """The figure from every side that it takes to see all needles, in a box of at most width x height points.

    Where the needles keep to one part of the body, that part is drawn large, with a small figure that says where it is; where they
    crowd, a hand, a foot or the head is drawn by itself. `label` names a needle beside its dot; an empty name leaves the dot alone.
    None when there is no needle to show.
    """
    every = [view for view in atlas.views.values() if view.group == "Body"]
    faced = [needle for needle in needles if not _is_averted(atlas, needle, every)]
    bodies = _fewest(every, faced)
    figure = _bodies(bodies, faced, label, (width, height))
    if figure and len(faced) == len(needles) and not _closer(atlas, needles, faced, bodies, figure):
        return figure
    if not needles:
        return None
    dots = _dots(bodies, faced, {}, label, {needle.id for needle in faced})
    whole = [_Panel(view, tuple(dots[view.name]), _whole(view)) for view in bodies]
    small = NeedleFigure(whole, width, BESIDE * height) if whole else None
    closer = _closer(atlas, needles, faced, bodies, small)  # as the bodies stand with close-ups beneath them
    near = sorted({view.name: view for view in closer.values()}.values(), key=lambda view: view.name.replace("right", "a"))
    dots = _dots([*bodies, *near], needles, closer, label, {needle.id for needle in faced})
    return NeedleFigure([_Panel(view, tuple(dots[view.name]), _whole(view)) for view in (*bodies, *near)], width, height)


def _bodies(
    bodies: Sequence[View],
    needles: Sequence[Needle],
    label: Callable[[Needle], str],
    room: tuple[float, float],
) -> "NeedleFigure | None":
    """The bodies with their needles, whole, or the part that has the needles where that makes it a good deal larger."""
    if not bodies:
        return None
    dots = _dots(bodies, needles, {}, label, {needle.id for needle in needles})
    whole = NeedleFigure([_Panel(view, tuple(dots[view.name]), _whole(view)) for view in bodies], *room)
    band = _band(bodies, needles)
    if band is None:
        return whole
    parts = [_Panel(view, tuple(dots[view.name]), _area(view, band, needles)) for view in bodies]
    small = _Panel(bodies[0], (), _whole(bodies[0]), frame=parts[0].area)
    large = NeedleFigure([small, *parts], *room)
    return large if large.placed[-1].scale > 1.3 * whole.placed[-1].scale else whole


def drawing(path: Path, width: float, height: float) -> Flowable:
    """A picture file, as large as the box of width x height points allows, in its middle."""
    return Drawing(_flattened(path), width, height)


@dataclass(frozen=True)
class _Dot:
    """A needle in a view: where, in pixels of the image, its name, and whether it was ever in."""

    x: float
    y: float
    name: str
    filled: bool


@dataclass(frozen=True)
class _Panel:
    """A view, or the part of it in `area`, with its dots; `frame` is drawn on a small figure round the part that is drawn large."""

    view: View
    dots: tuple[_Dot, ...]
    area: Area
    frame: Area | None = None

    @property
    def is_part(self) -> bool:
        return self.area != _whole(self.view)

    @property
    def aspect(self) -> float:
        """Width by height of the picture."""
        return (self.area[2] - self.area[0]) / (self.area[3] - self.area[1])

    @property
    def share(self) -> float:
        """How high it stands beside the others of its row."""
        return 0.55 if self.frame else 1.0

    def gutter(self, most: float) -> float:
        """The margin in points, up to `most`, that the names need at each side."""
        widest = max((stringWidth(dot.name[:40], BOLD, LABEL) for dot in self.dots), default=0.0)
        return min(widest + HAIRLINE, most) if widest else 5.0


def _fewest(views: Sequence[View], needles: Iterable[Needle]) -> list[View]:
    """The fewest views, in their own order, that together see every needle that any of them sees."""
    seen = {view.name: {needle.id for needle in needles if view.sees(needle.site)} for view in views}
    left = set().union(*seen.values())
    chosen = []
    while left:
        view = max(views, key=lambda v: len(seen[v.name] & left))
        chosen.append(view.name)
        left -= seen[view.name]
    return [view for view in views if view.name in chosen]


def _is_averted(atlas: Atlas, needle: Needle, bodies: Iterable[View]) -> bool:
    """Whether bodies show a needle at an edge at most, as the sole from behind, and a close-up shows it better."""
    if any(view.facing(needle.site) > EDGE for view in bodies):
        return False
    return any(view.facing(needle.site) > EDGE for view in atlas.views.values() if view.group != "Body")


def _band(bodies: Iterable[View], needles: Iterable[Needle]) -> tuple[float, float] | None:
    """From where to where the needles reach, in shares of the figure's height, if that is a part worth drawing large."""
    levels = [place[1] / view.size[1] for view in bodies for needle in needles if (place := view.place_of(needle.site))]
    if not levels:
        return None
    room = ROOM / 16.8
    top, bottom = max(0.0, min(levels) - room), min(1.0, max(levels) + room)
    middle = (top + bottom) / 2
    top, bottom = min(top, middle - 0.12), max(bottom, middle + 0.12)
    if bottom > 0.93:
        bottom = 1.0
    return (top, bottom) if bottom - top <= 0.55 else None


def _whole(view: View) -> Area:
    return 0.0, 0.0, *view.size


def _area(view: View, band: tuple[float, float], needles: Iterable[Needle]) -> Area:
    """The part of a view to draw: within the band, as wide as the needles there reach."""
    wide, high = view.size
    across = [place[0] for needle in needles if (place := view.place_of(needle.site))]
    room, middle = ROOM * view.scale * 1.4, (min(across) + max(across)) / 2
    half = max((max(across) - min(across)) / 2 + room, 0.22 * (band[1] - band[0]) * high)
    return max(0.0, middle - half), max(0.0, band[0] * high), min(wide, middle + half), band[1] * high


def _closer(
    atlas: Atlas, needles: Iterable[Needle], faced: Sequence[Needle], bodies: Iterable[View], figure: "NeedleFigure | None"
) -> dict[str, View]:
    """Needle id -> the close-up that it needs where bodies are drawn as large as in a figure."""
    closest = CROWDED / figure.placed[-1].scale if figure else 0.0
    return {needle.id: view for needle in needles if (view := _close_up(atlas, needle, faced, bodies, closest))}


def _close_up(atlas: Atlas, needle: Needle, faced: Sequence[Needle], bodies: Iterable[View], closest: float) -> View | None:
    """The close-up that a needle needs, because others are nearer than `closest` (pixels of a body) or no whole body shows it plainly."""
    here = (needle.site.x, needle.site.y, needle.site.z)
    near = [n for n in faced if n.id != needle.id and dist(here, (n.site.x, n.site.y, n.site.z)) * atlas.views["front"].scale < closest]
    if needle in faced and not near and any(view.sees(needle.site) for view in bodies):
        return None
    views = [view for view in atlas.views.values() if view.group != "Body" and view.sees(needle.site)]
    return max(views, key=lambda view: view.facing(needle.site), default=None)


def _dots(
    views: Sequence[View],
    needles: Iterable[Needle],
    closer: Mapping[str, View],
    label: Callable[[Needle], str],
    faced: Collection[str],
) -> dict[str, list[_Dot]]:
    """View name -> its dots. A needle shows in its close-up with its name, and if it is one of `faced` on the body that sees it best."""
    out: dict[str, list[_Dot]] = {view.name: [] for view in views}
    bodies = [view for view in views if view.group == "Body"]
    for needle in needles:
        name = " ".join(plain(label(needle)).split())
        best = max(bodies, key=lambda view: view.facing(needle.site), default=None)
        shown_on = best if needle.id in faced else None
        for view, shown in ((shown_on, "" if needle.id in closer else name), (closer.get(needle.id), name)):
            if view and (place := view.place_of(needle.site)):
                out[view.name].append(_Dot(*place, shown, needle.inserted is not None))
    return out


@dataclass(frozen=True)
class _Placed:
    """A panel on the page: its picture's left and lower edge, its height and its margins, in points."""

    panel: _Panel
    left: float
    bottom: float
    tall: float
    gutter: float

    @property
    def wide(self) -> float:
        return self.tall * self.panel.aspect

    @property
    def scale(self) -> float:
        """Points of paper for a pixel of the view."""
        return self.tall / (self.panel.area[3] - self.panel.area[1])

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the view comes to lie."""
        return self.left + (x - self.panel.area[0]) * self.scale, self.bottom + self.tall - (y - self.panel.area[1]) * self.scale


class NeedleFigure(Flowable):  # type: ignore[misc]
    """Bodies side by side with close-ups beneath, or a part under its small figure; needles on them, their names in the margins."""

    def __init__(self, panels: Sequence[_Panel], width: float, height: float) -> None:
        super().__init__()
        self.width = width
        row, stack = _rows(panels, width, height), _stack(panels, width, height)
        self.placed = stack if stack and stack[-1].tall > row[-1].tall else row
        self.height = max(p.bottom + p.tall for p in self.placed)

    @property
    def sides(self) -> int:
        """From how many sides the figure is seen."""
        return sum(placed.panel.frame is None for placed in self.placed)

    def wrap(self, *_available: float) -> tuple[float, float]:
        """The room that the figure takes, in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Put every view on the page."""
        for placed in self.placed:
            self._body(placed)
            self._names(placed)
            self._needles(placed)
            self._caption(placed)

    def _body(self, placed: _Placed) -> None:
        canvas, panel = self.canv, placed.panel
        box = (placed.left, placed.bottom, placed.wide, placed.tall)
        canvas.saveState()
        if panel.is_part:
            edge = canvas.beginPath()
            edge.roundRect(*box, 5)
            canvas.clipPath(edge, stroke=0, fill=0)
        canvas.saveState()
        canvas.clipPath(self._path(placed, panel.view.drawing.silhouette), stroke=0, fill=0, fillMode=FILL_EVEN_ODD)
        canvas.drawImage(_tinted(panel.view.image_path, panel.view.mirrored, panel.area, round(placed.tall * SHARP)), *box)
        canvas.restoreState()
        canvas.setStrokeColor(OUTLINE)
        canvas.setLineWidth(0.3 if panel.frame else 0.5)
        canvas.setLineJoin(1)
        canvas.drawPath(self._path(placed, panel.view.drawing.outline))
        canvas.restoreState()
        if panel.is_part:
            canvas.setStrokeColor(LINE)
            canvas.setLineWidth(0.8)
            canvas.roundRect(*box, 5)
        if panel.frame:
            (left, top), (right, bottom) = placed.at(*panel.frame[:2]), placed.at(*panel.frame[2:])
            canvas.setStrokeColor(JADE)
            canvas.setLineWidth(0.9)
            canvas.roundRect(left, bottom, right - left, top - bottom, 2)

    def _path(self, placed: _Placed, lines: Iterable[Line]) -> PDFPathObject:
        path = self.canv.beginPath()
        for line in lines:
            for index, point in enumerate(line):
                (path.lineTo if index else path.moveTo)(*placed.at(*point))
        return path

    def _names(self, placed: _Placed) -> None:
        """The names in the left and right margins, each joined to its dot by a hairline."""
        canvas, area = self.canv, placed.panel.area
        named = sorted((dot for dot in placed.panel.dots if dot.name), key=lambda dot: -dot.y)
        canvas.setLineWidth(0.5)
        for at_left in (True, False):
            here = [dot for dot in named if (dot.x < (area[0] + area[2]) / 2) == at_left]
            spots = [placed.at(dot.x, dot.y) for dot in here]
            edge = placed.left - 3 if at_left else placed.left + placed.wide + 3
            levels = _spread([y for _, y in spots], STEP, placed.bottom + 4, placed.bottom + placed.tall - 4)
            for dot, spot, level in zip(here, spots, levels, strict=True):
                name = fitted(dot.name, BOLD, LABEL, placed.gutter - 5)
                canvas.setStrokeColor(SOFT)
                canvas.line(edge, level, *spot)
                canvas.setFillColor(INK)
                canvas.setFont(BOLD, LABEL)
                (canvas.drawRightString if at_left else canvas.drawString)(edge + (-2 if at_left else 2), level - LABEL * 0.35, name)

    def _needles(self, placed: _Placed) -> None:
        canvas = self.canv
        canvas.setLineWidth(0.9)
        for dot in sorted(placed.panel.dots, key=lambda dot: dot.filled):
            canvas.setFillColor(JADE if dot.filled else white)
            canvas.setStrokeColor(white if dot.filled else JADE)
            canvas.circle(*placed.at(dot.x, dot.y), DOT, stroke=1, fill=1)

    def _caption(self, placed: _Placed) -> None:
        """What is seen, and for the front and the back which side is whose."""
        if placed.panel.frame:
            return
        canvas, view, level = self.canv, placed.panel.view, placed.bottom - CAPTION + 4
        left, right = ("right", "left") if view.name == "front" else ("left", "right")
        middle, slack, sides = view.size[0] / 2, view.scale / 4, view.name in ("front", "back")
        one = right if placed.panel.area[0] > middle - slack else left if placed.panel.area[2] < middle + slack else ""
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, LABEL)
        canvas.drawCentredString(placed.left + placed.wide / 2, level, f"{view.title}, {one} side" if sides and one else view.title)
        if sides and not one:
            canvas.drawString(placed.left, level, left)
            canvas.drawRightString(placed.left + placed.wide, level, right)


class Drawing(Flowable):  # type: ignore[misc]
    """A picture in the middle of a box, as large as the box allows."""

    def __init__(self, picture: ImageReader, width: float, height: float) -> None:
        super().__init__()
        self.picture, self.width, self.height = picture, width, height

    def wrap(self, *_available: float) -> tuple[float, float]:
        """The box, in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Put the picture on the page."""
        self.canv.drawImage(self.picture, 0, 0, self.width, self.height, preserveAspectRatio=True, anchor="n")


def _rows(panels: Sequence[_Panel], width: float, height: float) -> list[_Placed]:
    """The bodies on one line, and the close-ups on another beneath them."""
    bodies = [panel for panel in panels if panel.view.group == "Body"]
    close = [panel for panel in panels if panel.view.group != "Body"]
    if not (bodies and close):
        return _row(panels, width, height)
    below = _row(close, width, (1 - BESIDE) * height)
    room = max(placed.tall for placed in below) + CAPTION + 4
    return [replace(placed, bottom=placed.bottom + room) for placed in _row(bodies, width, height - room)] + below


def _row(panels: Sequence[_Panel], width: float, height: float) -> list[_Placed]:
    """Panels side by side on one line, in the middle of the width."""
    gutters = [panel.gutter(0.38 * width / len(panels)) for panel in panels]
    breadth = sum(panel.share * panel.aspect for panel in panels)
    unit = min(height - CAPTION, (width - 2 * sum(gutters)) / breadth)
    left = (width - 2 * sum(gutters) - unit * breadth) / 2
    out = []
    for panel, gutter in zip(panels, gutters, strict=True):
        out.append(_Placed(panel, left + gutter, CAPTION, unit * panel.share, gutter))
        left += unit * panel.share * panel.aspect + 2 * gutter
    return out


def _stack(panels: Sequence[_Panel], width: float, height: float) -> list[_Placed]:
    """The small figure above the one part that is drawn large; nothing for any other panels."""
    if len(panels) != 2 or not panels[0].frame:
        return []
    whole, part = panels
    small, gutter = 0.34 * height, part.gutter(0.34 * width)
    large = min(height - small - CAPTION - 6, (width - 2 * gutter) / part.aspect)
    return [
        _Placed(whole, (width - small * whole.aspect) / 2, CAPTION + large + 6, small, 0),
        _Placed(part, (width - large * part.aspect) / 2, CAPTION, large, gutter),
    ]


@lru_cache(maxsize=48)
def _tinted(path: Path, mirrored: bool, area: Area, high: int) -> ImageReader:  # noqa: FBT001  # a key of the cache
    """An area of a view in the colour of skin on white paper, at most `high` pixels high."""
    with Image.open(path) as picture:
        skin = ImageOps.mirror(picture) if mirrored else picture
        shade, cover = skin.convert("LA").crop((round(area[0]), round(area[1]), round(area[2]), round(area[3]))).split()
    high = min(high, shade.height)
    size = (max(1, round(shade.width * high / shade.height)), high)
    shade, cover = (part.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0) for part in (shade, cover))
    return _jpeg(Image.composite(ImageOps.colorize(shade, SHADOW, SKIN), Image.new("RGB", size, "white"), cover))


@lru_cache(maxsize=48)
def _flattened(path: Path) -> ImageReader:
    """A picture with transparency, on white paper."""
    with Image.open(path) as picture:
        drawn = picture.convert("RGBA")
    return _jpeg(Image.composite(drawn.convert("RGB"), Image.new("RGB", drawn.size, "white"), drawn.getchannel("A")))


def _jpeg(picture: Image.Image) -> ImageReader:
    """The picture in the one format that goes into a PDF as it is; others are packed anew for every paper."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=90, subsampling=0)
    out.seek(0)
    return ImageReader(out)


def _spread(wanted: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Places (ascending) nearest to the wanted ones (ascending) that are at least a step apart and lie between low and high."""
    if not wanted:
        return []
    step = min(step, (high - low) / len(wanted))
    groups: list[tuple[float, int]] = []  # each a run of labels that touch: sum of its lowest members' wishes, and how many
    for index, place in enumerate(wanted):
        total, number = place - index * step, 1
        while groups and groups[-1][0] / groups[-1][1] > total / number:
            before = groups.pop()
            total, number = total + before[0], number + before[1]
        groups.append((total, number))
    lowest = [total / number for total, number in groups for _ in range(number)]
    return [min(max(place, low), high - step * (len(wanted) - 1)) + index * step for index, place in enumerate(lowest)]
