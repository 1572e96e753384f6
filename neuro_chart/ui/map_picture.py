"""The picture on the body map: the figure in the colour of the theme with what lies over it, without needles and words."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QRadialGradient,
    QTransform,
)

from neuro_chart.clinic.body import Atlas, Line, View
from neuro_chart.ui.map_labels import Box, spread
from neuro_chart.ui.map_layers import COURSES_FROM, COURSES_FULL, LANDMARKS_APART, Layers, Overlays, path_of, sideless
from neuro_chart.ui.map_layout import Camera, Panel, Shown, crop_of
from neuro_chart.ui.theme import CHANNELS, Theme

SHADOW = QColor(96, 66, 58)
LIGHTER = 112  # of 100: the figure's own shading seldom reaches full light
LANDMARK = QColor(38, 74, 122)
_TRIANGLE = QPolygonF([QPointF(0, -4), QPointF(3.6, 2.8), QPointF(-3.6, 2.8)])
_DOT, _BORDER = QColor(74, 52, 44), QColor(60, 44, 40, 90)
DOTS_FROM, DOTS_FULL = 14.0, 110.0  # px a dm: from where the points begin to show, and where their dots are full
FADE = 0.32, 26.0  # how far a cut edge fades: dm, and at least px
SOFT_FROM = 0.4  # of a soft panel's width, from its middle: beyond, it fades
FAINT = 90  # of 255: where the figure fades below that, nothing is drawn on it
FIELD_STRENGTH = 0.34
KEPT = 64  # panels whose points are kept: a window that is made larger lays its sheets out again and again
SMALLEST = 160  # px: a picture is not halved below that
MASK = 4  # px of a view for each cell of its mask


@dataclass(frozen=True)
class Look:
    """How the panels are drawn. ratio: device pixels for each of the widget's; stressed: the channel that is set off, if one is;

    dots: whether points and landmarks are drawn, too; hasty: whether the figure's edge may be soft for a moment.
    """

    camera: Camera
    layers: Layers
    theme: Theme
    ratio: float
    stressed: str = ""
    dots: bool = True
    hasty: bool = False

    @property
    def zoom(self) -> float:
        """Pixels of the widget for a decimetre."""
        return self.camera.zoom


class Figures:
    """The views in the colours of a theme, and their lines, made when they are first drawn."""

    def __init__(self, overlays: Overlays) -> None:
        self._overlays = overlays
        self._shades: dict[Path, list[QPixmap]] = {}
        self._readers = ThreadPoolExecutor(2)
        self._reading: dict[Path, Future[QImage]] = {}
        self._skins: dict[tuple[Path, str, int], QPixmap] = {}
        self._cuts: dict[tuple[Path, bool, str, int], QPixmap] = {}
        self._lines: dict[tuple[Path, bool], tuple[QPainterPath, QPainterPath]] = {}
        self._courses: dict[tuple[Path, bool], dict[str, tuple[QPainterPath, list[tuple[float, float]]]]] = {}
        self._borders: dict[tuple[Path, bool, str], QPainterPath] = {}
        self._opacities: dict[Path, tuple[bytes, int]] = {}
        self._masks: dict[Path, tuple[bytes, int, int]] = {}

    def fetch(self, view: View) -> None:
        """Begin to read a picture that will be drawn: it takes as long as reading the lines, and goes on beside it."""
        if view.path not in self._reading and view.path not in self._shades:
            self._reading[view.path] = self._readers.submit(QImage, str(view.image_path))

    def forget_colours(self) -> None:
        """Tint anew: the theme has changed."""
        self._skins.clear()
        self._cuts.clear()

    def paint(self, painter: QPainter, view: View, factor: float, look: Look) -> None:
        """The figure in the view's pixels, which the painter draws at `factor` device pixels each: its skin within its silhouette."""
        theme, field, ratio = look.theme, look.layers.field, look.ratio
        silhouette, outline = self.lines(view)
        level = 0
        while factor * 2 ** (level + 1) <= 1 and min(view.size) > SMALLEST << (level + 1):
            level += 1
        tint = self._skin(view, theme, field, level)
        if tint.isNull():  # a picture that can't be read leaves the outline
            painter.fillPath(silhouette, theme.color("skin"))
        elif look.hasty:
            cut = self._cut_out(view, tint, field, level)
            painter.drawPixmap(QRectF(0, 0, *view.size), cut, QRectF(cut.rect()))
        else:
            skin = QBrush(tint)
            to_view = QTransform.fromScale(view.size[0] / tint.width(), view.size[1] / tint.height())
            skin.setTransform(to_view * QTransform(-1, 0, 0, 1, view.size[0], 0) if view.mirrored else to_view)
            painter.fillPath(silhouette, skin)
        if field:
            stroke(painter, self._border(view, field), _BORDER, 1.0, ratio)
        stroke(painter, outline, theme.color("skin_line"), 1.0, ratio)

    def lines(self, view: View) -> tuple[QPainterPath, QPainterPath]:
        """The silhouette and the outline, in the view's pixels."""
        key = view.path, view.mirrored
        if key not in self._lines:
            self._lines[key] = path_of(view.drawing.silhouette, closed=True), path_of(view.drawing.outline)
        return self._lines[key]

    def courses(self, view: View) -> dict[str, tuple[QPainterPath, list[tuple[float, float]]]]:
        """The channels' lines as far as the figure doesn't fade, by code, each with its ends."""
        key = view.path, view.mirrored
        if key not in self._courses:
            clear = {code: self._unfaded(view, lines) for code, lines in view.drawing.channels.items()}
            self._courses[key] = {
                code: (path_of(lines), [end for line in sorted(lines, key=_length, reverse=True) for end in (line[-1], line[0])])
                for code, lines in clear.items()
                if lines
            }
        return self._courses[key]

    def is_skin(self, view: View, x: float, y: float) -> bool:
        """Whether the figure lies at a pixel of a view, to a few pixels: made for asking often."""
        if view.path not in self._masks:
            wide, high = view.size[0] // MASK + 1, view.size[1] // MASK + 1
            drawn = QImage(wide, high, QImage.Format.Format_Grayscale8)
            drawn.fill(0)
            painter = QPainter(drawn)
            painter.scale(1 / MASK, 1 / MASK)
            if view.mirrored:
                painter.setTransform(QTransform(-1, 0, 0, 1, view.size[0], 0), combine=True)
            painter.fillPath(self.lines(view)[0], Qt.GlobalColor.white)
            painter.end()
            self._masks[view.path] = bytes(drawn.constBits()), drawn.bytesPerLine(), high
        mask, stride, high = self._masks[view.path]
        column, row = int((view.size[0] - x if view.mirrored else x) // MASK), int(y // MASK)
        return 0 <= row < high and 0 <= column < stride and mask[row * stride + column] > 127

    def is_clear(self, view: View, x: float, y: float) -> bool:
        """Whether the figure doesn't fade at a pixel of a view."""
        bits, stride = self._opacity(view)
        column, row = int(view.size[0] - x if view.mirrored else x), int(y)
        return not bits or (0 <= column < view.size[0] and 0 <= row < view.size[1] and bits[row * stride + column] >= FAINT)

    def _opacity(self, view: View) -> tuple[bytes, int]:
        """How opaque the picture is, a byte for each pixel, and the bytes of a row."""
        if view.path not in self._opacities:
            shade = self._shade(view).toImage().convertToFormat(QImage.Format.Format_Alpha8)
            self._opacities[view.path] = bytes(shade.constBits() or b""), shade.bytesPerLine()
        return self._opacities[view.path]

    def _skin(self, view: View, theme: Theme, field: str, level: int) -> QPixmap:
        """The tinted picture with the areas of one kind on it, halved `level` times."""
        key = view.path, field, level
        if key not in self._skins:
            for other in [other for other in self._skins if other[1] not in {"", field}]:
                del self._skins[other]
            self._skins[key] = tinted(self._shade(view, level), theme.color("skin").lighter(LIGHTER))
            if field and not self._skins[key].isNull():
                self._colour(self._skins[key], view, field)
        return self._skins[key]

    def _cut_out(self, view: View, tint: QPixmap, field: str, level: int) -> QPixmap:
        """A tinted picture cut along the silhouette once for all: not as crisp as the path, but drawn four times as fast."""
        key = view.path, view.mirrored, field, level
        if key not in self._cuts:
            for other in [other for other in self._cuts if other[2] != field]:
                del self._cuts[other]
            made = QPixmap(tint.size())
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(tint.width() / view.size[0], tint.height() / view.size[1])
            painter.fillPath(self.lines(view)[0], Qt.GlobalColor.black)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
            if view.mirrored:
                painter.setTransform(QTransform(-1, 0, 0, 1, view.size[0], 0), combine=True)
            painter.drawPixmap(QRectF(0, 0, *view.size), tint, QRectF(tint.rect()))
            painter.end()
            self._cuts[key] = made
        return self._cuts[key]

    def _shade(self, view: View, level: int = 0) -> QPixmap:
        """The grey picture, halved so many times."""
        if view.path not in self._shades:
            self.fetch(view)
        levels = self._shades.setdefault(view.path, [])
        if not levels:
            levels.append(QPixmap.fromImage(self._reading.pop(view.path).result()))
        while len(levels) <= level:
            last = levels[-1]
            size = QSize((last.width() + 1) // 2, (last.height() + 1) // 2)
            levels.append(last.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation))
        return levels[level]

    def _colour(self, skin: QPixmap, view: View, field: str) -> None:
        """Lay the areas over a skin, as strong as it is opaque."""
        colours = self._overlays.colours(field)
        painter = QPainter(skin)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
        painter.scale(skin.width() / view.size[0], skin.height() / view.size[1])
        if view.mirrored:
            painter.setTransform(QTransform(-1, 0, 0, 1, view.size[0], 0), combine=True)
        for name, path in self._overlays.areas(view, field).items():
            colour = QColor(colours.get(sideless(name), _DOT))
            colour.setAlphaF(FIELD_STRENGTH)
            painter.fillPath(path, colour)
        painter.end()

    def _border(self, view: View, field: str) -> QPainterPath:
        key = view.path, view.mirrored, field
        if key not in self._borders:
            closed = [[*line, line[0]] for lines in view.drawing.areas.get(field, {}).values() for line in lines]
            self._borders[key] = path_of(self._unfaded(view, closed))
        return self._borders[key]

    def _unfaded(self, view: View, lines: Iterable[Line]) -> list[list[tuple[float, float]]]:
        """The parts of lines that lie where the figure is to be seen well."""
        found: list[list[tuple[float, float]]] = []
        for line in lines:
            part: list[tuple[float, float]] = []
            for x, y in line:
                if self.is_clear(view, min(max(x, 1), view.size[0] - 1), min(max(y, 0), view.size[1] - 1)):
                    part.append((x, y))
                    continue
                if len(part) > 1:
                    found.append(part)
                part = []
            if len(part) > 1:
                found.append(part)
        return found


def _length(line: Line) -> float:
    return sum(hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(line))


def stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float, ratio: float) -> None:
    """Draw a path as lines that are as wide (px) at every zoom; ratio: device pixels for each of these.

    Qt draws lines a device pixel wide some fifty times faster than wider ones, so wider ones are a few of them side by side.
    """
    aside = (width * ratio - 1) / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if aside <= 0.15:
        painter.setPen(thin(colour))
        painter.drawPath(path)
        return
    part = QColor(colour)
    part.setAlphaF(1 - (1 - colour.alphaF()) ** 0.45)  # where they overlap they add up to the whole
    painter.setPen(thin(part))
    way = painter.worldTransform()
    for dx, dy in ((aside, 0), (-aside, 0), (0, aside), (0, -aside)):
        painter.setWorldTransform(way * QTransform.fromTranslate(dx / ratio, dy / ratio))
        painter.drawPath(path)
    painter.setWorldTransform(way)


def thin(colour: QColor, width: float = 1.0) -> QPen:
    """A pen that is as wide at every zoom, in pixels of the screen."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def tinted(shade: QPixmap, skin: QColor) -> QPixmap:
    """A grey figure with transparency in a colour of skin: full light in that colour, the dark in a warm shadow."""
    if shade.isNull():
        return shade
    made = shade.copy()
    painter = QPainter(made)
    over = made.rect()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    light = QColor(skin.red() - SHADOW.red(), skin.green() - SHADOW.green(), skin.blue() - SHADOW.blue())
    painter.fillRect(over, light)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    painter.fillRect(over, SHADOW)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawPixmap(0, 0, shade)
    painter.end()
    return made


@dataclass(frozen=True)
class Dot:
    """A point where a panel shows it, in the sheet's decimetres."""

    code: str
    x: float
    y: float


@dataclass(frozen=True)
class Spread:
    """A landmark where a panel shows it, in the sheet's decimetres; alone: how far (dm) it is from those that are shown before it."""

    name: str
    x: float
    y: float
    alone: float


class Picture:
    """Draws the panels of a sheet."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self.overlays = Overlays(atlas)
        self.figures = Figures(self.overlays)
        self._crops: dict[tuple[str, Shown], Box] = {}
        self._dots: dict[tuple[str, Box, Box], list[Dot]] = {}
        self._landmarks: dict[tuple[str, Box, Box], list[Spread]] = {}
        self._polygons: dict[tuple[str, Box, Box], QPolygonF] = {}

    def crop(self, view: View, shown: Shown) -> Box:
        """The part of a view that a sheet shows."""
        key = view.name, shown
        if key not in self._crops:
            self._crops[key] = crop_of(view, shown)
        return self._crops[key]

    def knows(self, panels: Sequence[Panel]) -> bool:
        """Whether the points on panels have been looked up."""
        return all((panel.view.name, panel.crop, panel.box) in self._dots for panel in panels)

    def dots(self, panel: Panel) -> list[Dot]:
        """The points that a panel shows."""
        key = panel.view.name, panel.crop, panel.box
        if key not in self._dots:
            if len(self._dots) > KEPT:
                self._dots.clear()
            shown = self._atlas.shown_points(panel.view)
            self._dots[key] = [Dot(code, *panel.to_sheet(x, y)) for x, y, code, _ in shown if self.shows(panel, x, y)]
        return self._dots[key]

    def landmarks(self, panel: Panel, zoom: float) -> list[Spread]:
        """The landmarks that a panel shows at a zoom."""
        key = panel.view.name, panel.crop, panel.box
        if key not in self._landmarks:
            if len(self._landmarks) > KEPT:
                self._landmarks.clear()
            found = [
                (name, *panel.to_sheet(*place))
                for name, landmark in self._atlas.landmarks.items()
                for site in landmark.sites.values()
                if (place := panel.view.place_of(site)) and self.shows(panel, *place)
            ]
            alone = spread([(x, y) for _, x, y in found])
            self._landmarks[key] = [Spread(*each, away) for each, away in zip(found, alone, strict=True)]
        return [mark for mark in self._landmarks[key] if mark.alone * zoom >= LANDMARKS_APART]

    def shows(self, panel: Panel, x: float, y: float) -> bool:
        """Whether a pixel of a view lies on its panel where the figure doesn't fade."""
        if not panel.crop.holds(x, y) or not self.figures.is_clear(panel.view, x, y):
            return False
        crop, fade = panel.crop, FADE[0] / 2 * panel.scale
        beyond = zip(panel.cut, (x - crop.x, y - crop.y, crop.x + crop.width - x, crop.y + crop.height - y), strict=True)
        if any(cut and inside < fade for cut, inside in beyond):
            return False
        return not panel.soft or hypot((x - crop.x) / crop.width - 0.5, (y - crop.y) / crop.height - 0.5) < SOFT_FROM

    def paint(self, painter: QPainter, panels: Sequence[Panel], look: Look) -> None:
        """All panels that lie within the painter's clip, in pixels of the widget."""
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        clip = painter.clipBoundingRect()
        for panel in panels:
            frame = QRectF(*look.camera.frame(panel.box))
            if frame.intersects(clip):
                self._paint_panel(painter, panel, frame, look)

    def _paint_panel(self, painter: QPainter, panel: Panel, frame: QRectF, look: Look) -> None:
        painter.save()
        painter.setClipRect(frame.toAlignedRect(), Qt.ClipOperation.IntersectClip)
        painter.setTransform(to_widget(panel, frame, look.zoom), combine=True)
        self.figures.paint(painter, panel.view, look.zoom / panel.scale * look.ratio, look)
        if look.layers.channels or look.stressed:
            self._paint_courses(painter, panel.view, look)
        painter.resetTransform()
        if look.dots:
            self._paint_dots(painter, panel, frame, look)
        self._paint_veil(painter, panel, frame, look)
        painter.restore()
        if look.layers.landmarks and look.dots:
            self._paint_landmarks(painter, panel, frame, look.zoom)

    def _paint_courses(self, painter: QPainter, view: View, look: Look) -> None:
        """The channels' lines in the view's pixels, the stronger the closer one looks; one set off, if it is named."""
        strength = share(look.zoom, COURSES_FROM, COURSES_FULL)
        for code, (path, _) in self.figures.courses(view).items():
            if code == look.stressed:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(thin(self.course_colour(code, 0.9), 2.6 * look.ratio))
                painter.drawPath(path)
            elif look.layers.channels:
                alpha = 0.14 + 0.2 * strength if look.stressed else 0.18 + 0.47 * strength
                stroke(painter, path, self.course_colour(code, alpha), 1.0 if strength < 0.6 or look.stressed else 1.5, look.ratio)

    @staticmethod
    def course_colour(channel: str, strength: float) -> QColor:
        """The colour of a channel's line on the skin."""
        colour = QColor(CHANNELS[channel])
        colour.setAlphaF(strength)
        return colour

    def _paint_dots(self, painter: QPainter, panel: Panel, frame: QRectF, look: Look) -> None:
        zoom, strength = look.zoom, share(look.zoom, DOTS_FROM, DOTS_FULL)
        if not strength:
            return
        colour = QColor(_DOT)
        colour.setAlphaF(0.22 + 0.5 * strength)
        pen = thin(colour, (1.5 + 4.1 * strength) * look.ratio)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        left, top = frame.left() - panel.box.x * zoom, frame.top() - panel.box.y * zoom
        painter.setPen(pen)
        painter.drawPoints(QTransform(zoom, 0, 0, zoom, left, top).map(self._places(panel)))  # where the painter scales, Qt draws them wide

    def _places(self, panel: Panel) -> QPolygonF:
        key = panel.view.name, panel.crop, panel.box
        if key not in self._polygons:
            if len(self._polygons) > KEPT:
                self._polygons.clear()
            self._polygons[key] = QPolygonF([QPointF(dot.x, dot.y) for dot in self.dots(panel)])
        return self._polygons[key]

    def _paint_landmarks(self, painter: QPainter, panel: Panel, frame: QRectF, zoom: float) -> None:
        left, top = frame.left() - panel.box.x * zoom, frame.top() - panel.box.y * zoom
        painter.setPen(QPen(LANDMARK, 1.3))
        painter.setBrush(QColor(255, 255, 255, 170))
        marks = QPainterPath()
        for mark in self.landmarks(panel, zoom):
            marks.addPolygon(_TRIANGLE.translated(left + mark.x * zoom, top + mark.y * zoom))
            marks.closeSubpath()
        painter.drawPath(marks)

    @staticmethod
    def _paint_veil(painter: QPainter, panel: Panel, frame: QRectF, look: Look) -> None:
        """Let the figure fade where it goes on beyond the panel."""
        card, clear = look.theme.color("card"), look.theme.color("card")
        clear.setAlpha(0)
        if panel.soft:
            veil = QRadialGradient(QPointF(0.5, 0.5), 0.5)
            veil.setCoordinateMode(QRadialGradient.CoordinateMode.ObjectMode)
            veil.setColorAt(0.58, clear)
            veil.setColorAt(0.97, card)
            painter.fillRect(frame.adjusted(-2, -2, 2, 2), QBrush(veil))
        wide = max(FADE[0] * look.zoom, FADE[1])
        over = frame.adjusted(-2, -2, 2, 2)
        for cut, start, way in zip(
            panel.cut,
            (frame.topLeft(), frame.topLeft(), frame.topRight(), frame.bottomLeft()),
            (QPointF(wide, 0), QPointF(0, wide), QPointF(-wide, 0), QPointF(0, -wide)),
            strict=True,
        ):
            if cut:
                veil_at = QLinearGradient(start, start + way)
                veil_at.setColorAt(0, card)
                veil_at.setColorAt(1, clear)
                strip = QRectF(start, start + way).normalized()
                painter.fillRect(
                    strip.adjusted(-2, 0, 2, 0).united(QRectF(strip.left(), over.top(), strip.width(), over.height()))
                    if way.x()
                    else QRectF(over.left(), strip.top() - 2, over.width(), strip.height() + 4),
                    QBrush(veil_at),
                )


def to_widget(panel: Panel, frame: QRectF, zoom: float) -> QTransform:
    """From a panel's view to the widget."""
    factor = zoom / panel.scale
    return QTransform(factor, 0, 0, factor, frame.left() - panel.crop.x * factor, frame.top() - panel.crop.y * factor)


def share(zoom: float, start: float, full: float) -> float:
    """How far a zoom has come from one to another: 0 to 1."""
    return min(max((zoom - start) / (full - start), 0.0), 1.0)
