"""The body on paper: the figure with its needles, and the drawings of the exercises."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import dist
from pathlib import Path

from PIL import Image, ImageOps
from reportlab.lib.colors import white
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from neuro_chart.clinic.body import Atlas, View
from neuro_chart.clinic.needles import Needle
from neuro_chart.paper.style import BOLD, INK, JADE, REGULAR, SOFT, fitted

SHADOW, SKIN, OUTLINE = "#6b4f45", "#f3dfd0", "#8a6b5d"
CLOSE = 0.62  # height of a close-up beside a whole body
CROWDED = 0.45  # dm: needles nearer to each other than this are shown in a close-up
CAPTION, LABEL, STEP, DOT = 14.0, 7.5, 9.2, 2.2  # points: room for the caption, size of a label, from label to label, radius of a dot
WIDEST = 60.0  # points; a longer name is cut
SHARP = 260 / 72  # pixels of a picture in one point of paper


def needle_figure(
    atlas: Atlas, needles: Sequence[Needle], width: float, height: float, label: Callable[[Needle], str] = lambda needle: needle.point,
) -> "NeedleFigure | None":
    """The figure from every side that it takes to see all needles, with close-ups where they crowd, in a box of width x height points.

    `label` names a needle beside its dot; an empty name leaves the dot alone. None when there is no needle to show.
    """
    panels = [(atlas.views[name], dots) for name, dots in _shown(atlas, needles, label).items() if dots]
    return NeedleFigure(panels, width, height) if panels else None


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


def _shown(atlas: Atlas, needles: Sequence[Needle], label: Callable[[Needle], str]) -> dict[str, list[_Dot]]:
    """View name -> its dots. Whole bodies come first; a needle in a close-up has its name there only."""
    bodies = _fewest([v for v in atlas.views.values() if v.group == "Body"], needles)
    closer = {needle.id: view for needle in needles if (view := _close_up(atlas, needle, needles, bodies))}
    out: dict[str, list[_Dot]] = {view.name: [] for view in bodies}
    for view in sorted({v.name: v for v in closer.values()}.values(), key=lambda v: (v.group, v.name.replace("right", "a"))):
        out[view.name] = []
    for needle in needles:
        name = fitted(label(needle), BOLD, LABEL, WIDEST)
        filled = needle.inserted is not None
        best = max(bodies, key=lambda v: v.facing(needle.site), default=None)
        if best and (place := best.place_of(needle.site)):
            out[best.name].append(_Dot(*place, "" if needle.id in closer else name, filled))
        if needle.id in closer and (place := closer[needle.id].place_of(needle.site)):
            out[closer[needle.id].name].append(_Dot(*place, name, filled))
    return out


def _fewest(views: Sequence[View], needles: Iterable[Needle]) -> list[View]:
    """The fewest views, in their own order, that together see every needle that any of them sees."""
    seen = {view.name: {n.id for n in needles if view.sees(n.site)} for view in views}
    left = set().union(*seen.values())
    chosen = []
    while left:
        view = max(views, key=lambda v: len(seen[v.name] & left))
        chosen.append(view.name)
        left -= seen[view.name]
    return [view for view in views if view.name in chosen]


def _close_up(atlas: Atlas, needle: Needle, needles: Iterable[Needle], bodies: Iterable[View]) -> View | None:
    """The close-up that a needle needs, because others crowd it or no whole body shows it."""
    here = (needle.site.x, needle.site.y, needle.site.z)
    crowded = any(n.id != needle.id and dist(here, (n.site.x, n.site.y, n.site.z)) < CROWDED for n in needles)
    if not crowded and any(view.sees(needle.site) for view in bodies):
        return None
    views = [v for v in atlas.views.values() if v.group != "Body" and v.sees(needle.site)]
    return max(views, key=lambda v: v.facing(needle.site), default=None)


class NeedleFigure(Flowable):  # type: ignore[misc]
    """Views of the body side by side, each with its needles and their names in the margins."""

    def __init__(self, panels: Sequence[tuple[View, Sequence[_Dot]]], width: float, height: float) -> None:
        super().__init__()
        self.panels, self.width, self.hAlign = panels, width, "CENTER"
        gutters = sum(2 * _gutter(dots) for _, dots in panels)
        breadth = sum(_share(view) * view.size[0] / view.size[1] for view, _ in panels)
        self.tall = min(height - CAPTION, (width - gutters) / breadth)
        self.height = self.tall * max(_share(view) for view, _ in panels) + CAPTION

    def wrap(self, *_available: float) -> tuple[float, float]:
        """The room that the figure takes, in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Put every view on the page, in the middle of the width."""
        wide = [self.tall * _share(view) / view.size[1] * view.size[0] + 2 * _gutter(dots) for view, dots in self.panels]
        left = (self.width - sum(wide)) / 2
        for (view, dots), room in zip(self.panels, wide, strict=True):
            self._view(view, dots, left, room)
            left += room

    def _view(self, view: View, dots: Sequence[_Dot], left: float, room: float) -> None:
        canvas, tall, gutter = self.canv, self.tall * _share(view), _gutter(dots)
        scale = tall / view.size[1]
        start, bottom = left + gutter, CAPTION
        picture = _tinted(view.image_path, round(tall * SHARP))
        canvas.drawImage(picture, start, bottom, view.size[0] * scale, tall)
        canvas.setStrokeColor(OUTLINE)
        canvas.setLineWidth(0.45)
        canvas.setLineJoin(1)
        path = canvas.beginPath()
        for line in view.outline:
            for index, (x, y) in enumerate(line):
                (path.lineTo if index else path.moveTo)(start + x * scale, bottom + tall - y * scale)
        canvas.drawPath(path)
        self._names(view, dots, (start, bottom, scale), room - 2 * gutter)
        canvas.setStrokeColor(white)
        canvas.setLineWidth(0.9)
        for dot in sorted(dots, key=lambda d: d.filled):
            canvas.setFillColor(JADE if dot.filled else white)
            canvas.setStrokeColor(white if dot.filled else JADE)
            canvas.circle(start + dot.x * scale, bottom + tall - dot.y * scale, DOT, stroke=1, fill=1)
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, LABEL)
        canvas.drawCentredString(left + room / 2, 2, view.title)
        if view.name in ("front", "back"):
            sides = ("R", "L") if view.name == "front" else ("L", "R")
            canvas.drawString(start + 0.18 * view.size[0] * scale, 2, sides[0])
            canvas.drawRightString(start + 0.82 * view.size[0] * scale, 2, sides[1])

    def _names(self, view: View, dots: Sequence[_Dot], place: tuple[float, float, float], wide: float) -> None:
        """The names in the left and right margins, each joined to its dot by a hairline."""
        canvas, (start, bottom, scale) = self.canv, place
        named = sorted((d for d in dots if d.name), key=lambda d: -d.y)
        canvas.setLineWidth(0.5)
        for at_left in (True, False):
            here = [d for d in named if (d.x < view.size[0] / 2) == at_left]
            spots = [bottom + view.size[1] * scale - d.y * scale for d in here]
            edge = start - 2 if at_left else start + wide + 2
            for dot, spot, level in zip(here, spots, _spread(spots, STEP, bottom, bottom + view.size[1] * scale), strict=True):
                canvas.setStrokeColor(SOFT)
                canvas.line(edge, level, start + dot.x * scale, spot)
                canvas.setFillColor(INK)
                canvas.setFont(BOLD, LABEL)
                (canvas.drawRightString if at_left else canvas.drawString)(edge + (-2 if at_left else 2), level - LABEL * 0.35, dot.name)


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


def _share(view: View) -> float:
    """How high a view stands beside a whole body."""
    return 1.0 if view.group == "Body" else CLOSE


def _gutter(dots: Sequence[_Dot]) -> float:
    """The margin in points that the names of a view need at each side."""
    widest = max((stringWidth(d.name, BOLD, LABEL) for d in dots if d.name), default=0.0)
    return widest + 9 if widest else 5.0


@cache
def _tinted(path: Path, high: int) -> ImageReader:
    """A view of the atlas in the colour of skin on white paper, `high` pixels high."""
    with Image.open(path) as picture:
        shade, cover = picture.convert("LA").split()
    size = (max(1, round(picture.width * high / picture.height)), high)
    shade, cover = (part.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0) for part in (shade, cover))
    return _jpeg(Image.composite(ImageOps.colorize(shade, SHADOW, SKIN), Image.new("RGB", size, "white"), cover))


@cache
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
