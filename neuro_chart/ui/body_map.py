"""The body as it is charted on: views side by side under the hand; needles, zoom and pan, layers and the ruler."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from neuro_chart.clinic.body import EDGE, Atlas, View
from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.clinic.points import Catalogue
from neuro_chart.ui.map_labels import Box, nearest
from neuro_chart.ui.map_layers import FIELDS, Layers
from neuro_chart.ui.map_layout import SHEETS, Camera, Panel, panels, sheet_of
from neuro_chart.ui.map_marks import MARKER, Stage, stage
from neuro_chart.ui.map_picture import Picture, thin, to_widget
from neuro_chart.ui.map_ruler import Ruler
from neuro_chart.ui.map_scene import Pin, Scene
from neuro_chart.ui.map_words import bubble_box, paint_bubble, sized
from neuro_chart.ui.theme import Theme

HIT, SNAP, TOUCH_SNAP = 11.0, 14.0, 26.0
STEP = 0.01
SETTLED = 80  # ms without a move until the picture is drawn with care
RESTED = 140  # ms that the pointer rests until all is said of the place beneath it
SHOWN = 4000  # ms that a point stays ringed to which the map has turned
MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True)
class _Spot:
    """A needle where one panel shows it, in pixels of the widget."""

    needle: Needle
    panel: int
    x: float
    y: float


@dataclass(frozen=True)
class _Target:
    """A place under the pointer: on a point if `code` says so; area: what lies there of the fields that are shown."""

    site: Site
    code: str
    x: float
    y: float
    panel: int = 0
    area: str = ""


class BodyMap(QWidget):
    """Views of the body with the needles in them.

    `placed(site, code)`, `moved(((needle id, site, code), …))`, `picked(frozenset of ids)` and `removal_wanted()` say what the
    practitioner did; nothing is changed here. `hovered(words)` names what is under the pointer; `measuring_changed(on)` says whether
    the ruler is taken up. On a map that is looked at only, `point_chosen(code, site)` tells the point that was clicked.
    `about_wanted(code)` asks what a point is, by the right button.
    """

    placed = Signal(object, str)
    moved = Signal(object)
    picked = Signal(object)
    removal_wanted = Signal()
    hovered = Signal(str)
    measuring_changed = Signal(bool)
    point_chosen = Signal(str, object)
    about_wanted = Signal(str)

    def __init__(self, atlas: Atlas, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._atlas, self._catalogue = atlas, catalogue
        self._needles: list[Needle] = []
        self._stages: dict[str, Stage] = {}
        self._selected: frozenset[str] = frozenset()
        self._marked: tuple[str, Site | None] = "", None
        self._sheet_key = ""
        self.camera = Camera()
        self._panels: list[Panel] = []
        self._read_only = False
        self.layers = Layers()
        self._picture = Picture(atlas)
        self._scene = Scene(self, self._picture)
        self._pins: list[tuple[Needle, Pin]] | None = None
        self.ruler = Ruler()
        self._press: QPointF | None = None
        self._pressed_spot: _Spot | None = None
        self._dragging = False
        self._pinching = False
        self._last, self._owed = QPointF(), QPointF()
        self._under: _Target | None = None
        self._hover: _Target | None = None
        self._ghost: _Target | None = None
        self._spoken: _Target | None = None
        self._by_keys = False
        self._settle = self._timer(SETTLED, self.settle)
        self._finish = self._timer(0, self._look_up)
        self._rest = self._timer(RESTED, self._say_all)
        self._unmark = self._timer(SHOWN, lambda: self.mark(""))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 260)
        self.setAccessibleName("Body map")
        self.show_sheet("body")

    def _timer(self, wait: int, do: Callable[[], object]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(wait)
        made.timeout.connect(do)
        return made

    def sizeHint(self) -> QSize:
        return QSize(560, 460)

    # What is shown

    @property
    def sheet(self) -> str:
        """The key of the sheet that is shown."""
        return self._sheet_key

    @property
    def figure(self) -> str:
        """The name of the figure that is shown."""
        return self._atlas.body.figure

    def show_sheet(self, key: str) -> None:
        """Show one of SHEETS, fitted."""
        self._sheet_key = key
        self.camera.fit()
        self._arrange()
        self._describe()

    def show_figure(self, atlas: Atlas) -> None:
        """Show the same places on another figure."""
        if atlas is not self._atlas:
            self._atlas = atlas
            self._picture = Picture(atlas)
            self._scene = Scene(self, self._picture)
            self._arrange()

    def show_layers(self, layers: Layers) -> None:
        """Lay these over the figure."""
        self.layers = layers
        self._under = self._hover = None
        self._scene.drop_ground()
        self.update()

    def offers(self, field: str) -> bool:
        """Whether the figure has the areas of a kind."""
        return self._picture.overlays.offers(field)

    def show_needles(self, needles: Sequence[Needle], moment: datetime) -> None:
        """Show these needles as they are at a moment (UTC)."""
        if list(needles) == self._needles:
            self.tick(moment)
            return
        self._needles = list(needles)
        self._stages = {needle.id: stage(needle, moment) for needle in needles}
        self._selected &= self._stages.keys()
        self._drop_scene()
        self._describe()

    def tick(self, moment: datetime) -> None:
        """Let the markers follow the time (UTC)."""
        stages = {needle.id: stage(needle, moment) for needle in self._needles}
        if stages != self._stages:
            self._stages = stages
            self._drop_scene()
            self._describe()

    def select(self, ids: Iterable[str]) -> None:
        """Ring these needles, without announcing it; the ruler measures between two."""
        chosen = frozenset(ids) & self._stages.keys()
        if chosen != self._selected:
            self._selected = chosen
            self._measure_selected()
            self.update()

    def mark(self, code: str, site: Site | None = None) -> None:
        """Ring a point wherever it shows, name it at one of its sites and set its channel off; nothing for no code."""
        self._unmark.stop()
        if (code, site) != self._marked:
            same_channel = self._channel_of(code) == self._channel_of(self._marked[0])
            self._marked = code, site
            (self._scene.drop if same_channel else self._scene.drop_ground)()
            self._describe()
            self.update()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Look at the needles only."""
        self._read_only = read_only
        self._hover = self._ghost = None
        self.update()

    def set_measuring(self, on: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Take up the ruler, or put it away: a drag measures in cun instead of moving the body."""
        if on != self.ruler.on:
            self.ruler.turn(on=on)
            self._measure_selected()
            self._forget_press()
            self.measuring_changed.emit(on)
            self.hovered.emit("")

    def keep_corner(self, width: int, height: int) -> None:
        """Keep the lower right corner free of the body, and the edge above it of words, for buttons that stand there."""
        self.camera.corner = (width, height)
        self._arrange()

    def keep_head(self, height: int) -> None:
        """Keep the top free of the body while the whole sheet is seen, for words that stand there."""
        if height != self.camera.head:
            self.camera.head = height
            self._arrange()

    def unseen(self) -> list[Needle]:
        """The needles that no view of this sheet shows."""
        seen = {needle.id for needle, _ in self.pins()}
        return [needle for needle in self._needles if needle.id not in seen]

    def reveal(self, needle: Needle) -> None:
        """Turn to the view that shows a needle best, if this sheet doesn't show it."""
        if not any(other.id == needle.id for other, _ in self.pins()):
            self.turn_to(needle.site, needle.point)

    def turn_to(self, site: Site, code: str = "") -> None:
        """Turn to the view that shows a place best, from nearby; code: the point there, if it is one, to be ringed for a moment."""
        best = self._atlas.best_view(site, code)
        place = best.place_of(site) if best else None
        if best is None or place is None or not (key := sheet_of(best, *place, self._picture.crop)):
            return
        self.show_sheet(key)
        panel = next(panel for panel in self._panels if panel.view == best and panel.crop.holds(*place))
        self.camera.look_at(panel.box, *panel.to_sheet(*place))
        self._scene.drop_ground()
        self.update()
        if code and self._marked != (code, site):
            self.mark(code, site)
            self._unmark.start()

    def words_at_rest(self) -> str:
        """What is to be said while nothing is under the pointer."""
        return self.ruler.words(self._atlas) if self.ruler.on else ""

    def legend(self) -> tuple[str, str]:
        """What the areas are that are shown, and who says so; nothing where none are."""
        field = self.layers.field
        if not field or not self.offers(field):
            return "", ""
        if field == "regions":
            return "Regions of the skin", ""
        sources = self._picture.overlays.sources(field)
        return f"{FIELDS[field]} overlap and people differ: a guide", "\n".join(["Sources:", *sources] if sources else [])

    def _describe(self) -> None:
        title, shown = SHEETS[self._sheet_key]
        said = [f"{needle.point or needle.site.region} {needle.site.side}, {self._stages[needle.id]}" for needle in self._needles]
        marked = f"{self.name_of(self._marked[0])} is ringed. " if self._marked[0] else ""
        self.setAccessibleDescription(
            f"{title}: {', '.join(self._atlas.views[part.view].title for part in shown)}. {marked}"
            f"{len(said)} needles{': ' if said else ''}{'; '.join(said)}. The list of needles says the same and can do the same."
        )

    # The camera

    def _arrange(self) -> None:
        metrics = QFontMetricsF(sized(self.font()))
        for part in SHEETS[self._sheet_key][1]:
            self._picture.figures.fetch(self._atlas.views[part.view])
        self._panels = panels(self._atlas.views, SHEETS[self._sheet_key][1], self.camera, metrics.horizontalAdvance, self._picture.crop)
        self._pins = None
        self._hover = self._under = None
        self._settle.stop()
        self._scene.drop_ground()
        self.update()

    def fit(self) -> None:
        """Show the whole sheet."""
        self.camera.fit()
        self._look()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out around a place of the widget, or its middle."""
        at = QPointF(self.rect().center()) if at is None else at
        self.camera.zoom_by(factor, at.x(), at.y())
        self._look()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the body by pixels: by whole ones of the screen, so that what was drawn can move along as it is."""
        ratio = self.devicePixelRatioF()
        wanted = self._owed + QPointF(dx, dy)
        whole = QPointF(round(wanted.x() * ratio) / ratio, round(wanted.y() * ratio) / ratio)
        self._owed = wanted - whole
        self.camera.pan_by(whole.x(), whole.y())
        self._look()

    def _look(self) -> None:
        """Show what the camera sees now, in haste; with care once it rests."""
        self._hover = self._under = None
        self._settle.start()
        self.update()

    def finish_soon(self) -> None:
        """Draw with care as soon as this is seen: it lacks something."""
        self._finish.start()

    def _look_up(self) -> None:
        if self._scene.look_up_next():
            self._finish.start()
        else:
            self.settle()

    def settle(self) -> None:
        """Draw with care what was drawn in haste."""
        self._settle.stop()
        if self._scene.settle():
            self.update()

    def frame(self, panel: Panel) -> QRectF:
        """Where a panel stands, in pixels of the widget."""
        return QRectF(*self.camera.frame(panel.box))

    def pinned_captions(self) -> list[tuple[str, QRectF]]:
        """The titles of views whose own place is out of sight, and where they stand instead: at the foot of what is seen of each."""
        metrics = QFontMetricsF(sized(self.font()))
        room = QRectF(0, 0, self.width() - self.camera.corner[0], self.height())
        found = []
        for panel in self._panels:
            frame, words = self.frame(panel), panel.caption.replace("\n", ", ")
            seen, wide, tall = frame & room, metrics.horizontalAdvance(words) + 16, metrics.height() + 6
            own = QRectF(frame.center().x() - wide / 2, frame.bottom() + 6, wide, metrics.height())
            if not own.intersects(QRectF(self.rect())) and seen.width() >= wide and seen.height() >= 3 * tall:
                found.append((words, QRectF(seen.center().x() - wide / 2, seen.bottom() - tall - 4, wide, tall)))
        return found

    # What the scene is drawn from

    @property
    def panels(self) -> Sequence[Panel]:
        """The views on the sheet that is shown."""
        return self._panels

    def pins(self) -> list[tuple[Needle, Pin]]:
        """The needles in each panel that shows them."""
        if self._pins is None:
            self._pins = [pin for needle in self._needles for pin in self._pins_of(needle)]
        return self._pins

    def _pins_of(self, needle: Needle) -> list[tuple[Needle, Pin]]:
        """A needle in each panel that shows it; in those where the figure fades only if no other does."""
        found = [
            (index, panel, place)
            for index, panel in enumerate(self._panels)
            if (place := panel.view.place_of(needle.site)) and panel.crop.holds(*place) and not self._is_beneath(panel.view, needle)
        ]
        clear = [each for each in found if self._picture.shows(each[1], *each[2])]
        return [
            (needle, Pin(index, needle.point, *panel.to_sheet(*place), self._stages[needle.id])) for index, panel, place in clear or found
        ]

    def _is_beneath(self, view: View, needle: Needle) -> bool:
        """Whether a whole body catches but an edge of the sole that a needle is in: it would seem to be in the heel."""
        if view.group != "Body" or view.facing(needle.site) > EDGE:
            return False
        best = self._atlas.best_view(needle.site, needle.point)
        return best is not None and best.name.startswith("foot-sole")

    def kept_clear(self) -> list[Box]:
        """Where no words may stand: beside the buttons, while the whole sheet is seen, and round a marked point and its name."""
        width = self.camera.corner[0]
        clear = [Box(self.width() - width, 0, width, self.height())] if self.camera.is_fitted else []
        for mark in self._marks():
            clear.append(Box(mark.x, mark.y, 0, 0).grown(MARKER + 4, MARKER + 4))
            if mark.code:
                bubble = bubble_box(self.font(), self.name_of(mark.code), QPointF(mark.x, mark.y), QRectF(self.rect()))
                clear.append(Box(bubble.x(), bubble.y(), bubble.width(), bubble.height()))
        return clear

    @property
    def marked(self) -> str:
        """The code of the point that is ringed and named."""
        return self._marked[0]

    @property
    def stressed(self) -> str:
        """The channel that is set off."""
        return self._channel_of(self._marked[0])

    def _channel_of(self, code: str) -> str:
        return self._catalogue[code].channel if code in self._catalogue else ""

    # What lies where

    def _place(self) -> list[_Spot]:
        return [_Spot(needle, pin.panel, *self.camera.to_widget(pin.x, pin.y)) for needle, pin in self.pins()]

    def _spot_at(self, place: QPointF, within: float) -> _Spot | None:
        spots = self._place()
        found = nearest([(spot.x, spot.y) for spot in spots], place.x(), place.y(), within)
        return None if found is None else spots[found]

    def _marks(self) -> list[_Target]:
        """The marked point in every view that shows it; with its code where it is to be named."""
        code, named = self._marked
        shown = [
            (panel.view.worth(site) if site == named else 0.0, site, *self.camera.to_widget(*panel.to_sheet(*place)))
            for site in self._atlas.point_sites(code).values()
            for panel in self._panels
            if (place := panel.view.place_of(site)) and panel.crop.holds(*place)
        ]
        in_sight = [each for each in shown if self.rect().contains(round(each[2]), round(each[3]))]
        best = max((worth for worth, *_ in in_sight), default=0.0)
        return [_Target(site, code if worth and worth == best else "", x, y) for worth, site, x, y in in_sight]

    def target_at(self, place: QPointF, snap: float = SNAP) -> _Target | None:
        """The point near a place of the widget, else the skin there, else nothing."""
        x, y = self.camera.to_sheet(place.x(), place.y())
        for index, panel in enumerate(self._panels):
            if panel.box.holds(x, y):
                vx, vy = panel.to_view(x, y)
                area = self._picture.overlays.area_at(panel.view, self.layers.field, vx, vy) if self.layers.field else ""
                found = self._atlas.nearest_point(panel.view, vx, vy, snap / self.camera.zoom * panel.scale) if snap else None
                if found is not None:
                    site = self._atlas.point_sites(found[0])[found[1]]
                    place_of = panel.view.place_of(site) or (vx, vy)
                    return _Target(site, found[0], *self.camera.to_widget(*panel.to_sheet(*place_of)), index, area)
                site_here = panel.view.site_at(vx, vy)
                return None if site_here is None else _Target(site_here, "", place.x(), place.y(), index, area)
        return None

    def _landmark_at(self, place: QPointF) -> str:
        """The sentence of the landmark near a place of the widget, if landmarks are shown."""
        if not self.layers.landmarks:
            return ""
        x, y = self.camera.to_sheet(place.x(), place.y())
        zoom = self.camera.zoom
        for panel in self._panels:
            if panel.box.holds(x, y):
                marks = self._picture.landmarks(panel, zoom)
                found = nearest([(mark.x, mark.y) for mark in marks], x, y, HIT / zoom)
                if found is not None:
                    name = marks[found].name
                    return f"{name[0].upper()}{name[1:]}: {self._atlas.landmarks[name].where}"
        return ""

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last, self._owed = event.position(), QPointF()
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position()
            if self.ruler.on:
                self._lay_ruler(event)
                return
            self._pressed_spot = self._spot_at(self._press, TOUCH_SNAP / 1.3 if _is_touch(event) else HIT)
            self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        snap = 0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else SNAP
        if self._press is None:
            if event.buttons() & Qt.MouseButton.MiddleButton:
                self.pan_by(here.x() - self._last.x(), here.y() - self._last.y())
            else:
                self._hover_at(here, snap)
        elif self.ruler.on and not self._pinching:
            target = self._target_of(event)
            if target is not None and self.ruler.ends is not None:
                self.ruler.reach(target.site)
                self.hovered.emit(self.ruler.words(self._atlas))
                self.update()
        elif not self._pinching:
            self._drag_to(here, snap)
        self._last = here

    def _drag_to(self, here: QPointF, snap: float) -> None:
        if self._press is not None:
            self._dragging = self._dragging or (here - self._press).manhattanLength() >= QApplication.startDragDistance()
        if self._dragging and self._pressed_spot is not None and not self._read_only:
            self._ghost = self.target_at(here, snap)
            self._say(self._ghost)
            self.update()
        elif self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan_by(here.x() - self._last.x(), here.y() - self._last.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        spot, ghost, dragged = self._pressed_spot, self._ghost, self._dragging
        self._forget_press()
        if self._pinching or self.ruler.on:
            return
        if dragged:
            if spot is not None and ghost is not None:
                self.moved.emit(((spot.needle.id, ghost.site, ghost.code),))
        elif spot is not None:
            self._pick(spot.needle.id, more=bool(event.modifiers() & MORE))
        elif (target := self._target_of(event)) is not None and not self._read_only:
            self._hover = None
            self.placed.emit(target.site, target.code)
        else:
            if self._selected:
                self._announce(frozenset())
            if target is not None and target.code:
                self.point_chosen.emit(target.code, target.site)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = QPointF(event.pos())
        spot, target = self._spot_at(place, HIT), self.target_at(place)
        code = spot.needle.point if spot else target.code if target else ""
        if code and event.reason() != QContextMenuEvent.Reason.Keyboard:
            self._forget_press()
            self.about_wanted.emit(code)

    def _target_of(self, event: QMouseEvent) -> _Target | None:
        """What is under the hand: a needle's place too while it measures."""
        snap = 0.0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else TOUCH_SNAP if _is_touch(event) else SNAP
        spot = self._spot_at(event.position(), snap) if self.ruler.on and snap else None
        if spot is not None:
            return _Target(spot.needle.site, spot.needle.point, spot.x, spot.y, spot.panel)
        return self.target_at(event.position(), snap)

    def _forget_press(self) -> None:
        self._press = self._pressed_spot = self._ghost = None
        self._dragging = False
        if self.ruler.on:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self.update()

    def _pick(self, needle_id: str, *, more: bool) -> None:
        self._announce(self._selected ^ {needle_id} if more else frozenset({needle_id}))

    def _announce(self, ids: frozenset[str]) -> None:
        self.select(ids)
        self.picked.emit(self._selected)

    # The ruler

    def _lay_ruler(self, event: QMouseEvent) -> None:
        """Take hold of an end of the ruler, or lay a new one from here."""
        reach = TOUCH_SNAP if _is_touch(event) else HIT
        if self.ruler.ends is not None:
            for _, line in self.ruler.lines(self._panels, self.camera):
                held = nearest([(line.x1(), line.y1()), (line.x2(), line.y2())], event.position().x(), event.position().y(), reach)
                if held is not None:
                    self.ruler.ends = (self.ruler.ends[1 - held], self.ruler.ends[held])
                    return
        start = self._target_of(event)
        self.ruler.ends = (start.site, start.site) if start else None
        self.update()

    def _measure_selected(self) -> None:
        """Lay the ruler between two needles that are selected."""
        chosen = [needle for needle in self._needles if needle.id in self._selected]
        if self.ruler.on and len(chosen) == 2:
            self.ruler.ends = chosen[0].site, chosen[1].site
            self.hovered.emit(self.ruler.words(self._atlas))

    # What is under the pointer

    def _hover_at(self, place: QPointF, snap: float) -> None:
        spot = self._spot_at(place, HIT)
        target = None if spot is not None else self.target_at(place, snap)
        self.setCursor(self._cursor(spot, target))
        known = _Target(spot.needle.site, spot.needle.point, spot.x, spot.y, spot.panel) if spot is not None else target
        if (known is None or not known.code) and (words := self._landmark_at(place)):
            self._rest.stop()
            self.hovered.emit(words)
        else:
            self._say(known)
        shown = target if target is not None and target.code else None
        if shown != self._hover or (target.area if target else "") != (self._under.area if self._under else ""):
            self._hover = shown
            self.update()
        self._under = target

    def _cursor(self, spot: _Spot | None, target: _Target | None) -> Qt.CursorShape:
        if self.ruler.on:
            return Qt.CursorShape.CrossCursor
        if spot is not None or (target is not None and target.code and self._read_only):
            return Qt.CursorShape.PointingHandCursor
        return Qt.CursorShape.CrossCursor if target is not None and not self._read_only else Qt.CursorShape.ArrowCursor

    def _say(self, target: _Target | None) -> None:
        """Name what is under the pointer; all that is known of it once the pointer rests."""
        self._spoken = target
        if target is None:
            self._rest.stop()
            self.hovered.emit("")
            return
        self.hovered.emit(self._in_words(target))
        self._rest.start()

    def _in_words(self, target: _Target) -> str:
        known = [self.name_of(target.code) if target.code else "", target.site.region]
        if target.area and target.area != target.site.region:
            known.append(target.area)
        return " · ".join(word for word in known if word)

    def _say_all(self) -> None:
        """Name the place, the nearest point and what supplies the skin there: it takes a moment to look up."""
        target = self._spoken
        if target is None:
            return
        place = f"{self.name_of(target.code)} · {target.site.region}" if target.code else self._atlas.describe(target.site)
        fields = self._atlas.fields_of(target.site)
        told = [f"dermatome {field.name}" if kind == "dermatomes" else field.name for kind, field in fields.items()]
        self.hovered.emit(" · ".join([place, *told]))

    def name_of(self, code: str) -> str:
        """A point by code, character and pinyin, as far as the catalogue knows them."""
        if code not in self._catalogue:
            return code
        point = self._catalogue[code]
        return " ".join(word for word in (point.code, point.hanzi, point.pinyin) if word)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover = self._under = None
        self._say(None)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._hover_at(event.position(), SNAP)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.angleDelta().x()
        self.zoom_by(1.0015**turn, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            gesture = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(gesture, QPinchGesture):
                self._pinch(gesture)
                return True
        elif event.type() == QEvent.Type.TouchEnd or event.type() == QEvent.Type.TouchCancel:
            self._pinching = False
        return super().event(event)

    def _pinch(self, gesture: QPinchGesture) -> None:
        if gesture.state() == Qt.GestureState.GestureStarted:
            self._pinching = True
            self._ghost = None
        centre = QPointF(self.mapFromGlobal(gesture.centerPoint().toPoint()))
        before = QPointF(self.mapFromGlobal(gesture.lastCenterPoint().toPoint()))
        self.zoom_by(gesture.scaleFactor(), centre)
        self.pan_by(centre.x() - before.x(), centre.y() - before.y())
        if gesture.state() in {Qt.GestureState.GestureFinished, Qt.GestureState.GestureCanceled}:
            self._forget_press()
            self._pinching = False

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        move = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }.get(Qt.Key(key))  # fmt: skip
        in_sight = any(needle.id in self._selected for needle, _ in self.pins())
        if move is not None and in_sight and not self._read_only and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._nudge(*move)
        elif move is not None:
            self.pan_by(-48 * move[0], -48 * move[1])
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_by(1.25)
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_Underscore}:
            self.zoom_by(0.8)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_R:
            self.set_measuring(not self.ruler.on)
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self._selected and not self._read_only:
            self.removal_wanted.emit()
        elif key == Qt.Key.Key_Escape and (self.ruler.on or self._selected or self._press is not None):
            self._let_go()
        else:
            super().keyPressEvent(event)

    def _let_go(self) -> None:
        """Put the ruler away; without it let go of what is pressed and selected."""
        if self.ruler.on:
            self.set_measuring(False)
        else:
            self._forget_press()
            self._announce(frozenset())

    def _nudge(self, dx: int, dy: int) -> None:
        """Move the selected needles by a millimetre, each in the first view of the sheet that sees it."""
        moved = {}
        for needle, pin in self.pins():
            if needle.id in self._selected and needle.id not in moved:
                view = self._panels[pin.panel].view
                place = view.place_of(needle.site)
                site = view.site_at(place[0] + dx * STEP * view.scale, place[1] + dy * STEP * view.scale) if place else None
                if site is not None:
                    moved[needle.id] = (needle.id, site, needle.point)
        if moved:
            self.moved.emit(tuple(moved.values()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keys = event.reason() in {
            Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason,
        }  # fmt: skip
        super().focusInEvent(event)

    # The picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.camera.width, self.camera.height = self.width(), self.height()
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange}:
            self._picture.figures.forget_colours()
            self._arrange()

    def _drop_scene(self) -> None:
        self._pins = None
        self._scene.drop()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scene.picture())
        theme = Theme.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_under(painter, theme)
        self._paint_pinned(painter, theme)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for spot in self._place() if self._selected else ():
            if spot.needle.id in self._selected:
                self._paint_ring(painter, theme, QPointF(spot.x, spot.y), MARKER + 4)
        if self.ruler.ends is not None:
            self.ruler.paint(painter, self._panels, self.camera, atlas=self._atlas, theme=theme, font=self.font())
        for mark in self._marks():
            self._paint_target(painter, theme, mark)
        target = self._ghost or self._hover
        if target is not None:
            self._paint_target(painter, theme, target)
        if self._by_keys and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def _paint_pinned(self, painter: QPainter, theme: Theme) -> None:
        """Say of each view which it is, and of whose side, where its title has left the sight."""
        painter.setFont(sized(self.font()))
        for words, box in self.pinned_captions():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("card"))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(theme.color("muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_under(self, painter: QPainter, theme: Theme) -> None:
        """Lift out the area under the pointer and the lines of the channel of the point there."""
        under = self._under
        if under is None or under.panel >= len(self._panels):
            return
        panel = self._panels[under.panel]
        frame = self.frame(panel)
        area = self._picture.overlays.areas(panel.view, self.layers.field).get(under.area) if under.area else None
        course = self._picture.figures.courses(panel.view).get(self._channel_of(under.code)) if self.layers.channels else None
        painter.save()
        painter.setClipRect(frame, Qt.ClipOperation.IntersectClip)
        painter.setTransform(to_widget(panel, frame, self.camera.zoom), combine=True)
        if area is not None:
            lifted = theme.color("accent")
            lifted.setAlphaF(0.2)
            painter.setBrush(lifted)
            painter.setPen(thin(theme.color("accent"), 2 * self.devicePixelRatioF()))
            painter.drawPath(area)
        if course is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(thin(self._picture.course_colour(self._channel_of(under.code), 0.85), 2.4 * self.devicePixelRatioF()))
            painter.drawPath(course[0])
        painter.restore()

    @staticmethod
    def _paint_ring(painter: QPainter, theme: Theme, place: QPointF, reach: float) -> None:
        for colour, wide in (("card", 3.6), ("accent", 2.0)):
            painter.setPen(QPen(theme.color(colour), wide))
            painter.drawEllipse(place, reach, reach)

    def _paint_target(self, painter: QPainter, theme: Theme, target: _Target) -> None:
        place = QPointF(target.x, target.y)
        painter.setBrush(theme.color("accent") if self._ghost else Qt.BrushStyle.NoBrush)
        self._paint_ring(painter, theme, place, MARKER + 2)
        if target.code:
            name = self.name_of(target.code)
            paint_bubble(painter, theme, self.font(), name, bubble_box(self.font(), name, place, QRectF(self.rect())))


def _is_touch(event: QMouseEvent) -> bool:
    device = event.pointingDevice()
    return device is not None and device.pointerType() == QPointingDevice.PointerType.Finger
