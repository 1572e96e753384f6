"""The body as it is charted on: views side by side, points, needles, zoom and pan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from neuro_chart.clinic.body import Atlas, Measure
from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.clinic.points import Catalogue
from neuro_chart.ui.map_layers import Layers, Overlays
from neuro_chart.ui.map_layout import CAPTION, SHEETS, Box, Camera, Label, Panel, nearest, panels, place_labels
from neuro_chart.ui.map_marks import MARKER, Figures, Stage, caption, paint_marker, short, stage
from neuro_chart.ui.theme import SMALL, Theme

HIT, SNAP, TOUCH_SNAP = 11.0, 14.0, 26.0
DOTS_FROM, NAMES_FROM = 62.0, 105.0
STEP = 0.01
PARTS_FROM = 0.3  # cun: a way that goes up or aside by less is told by its length alone
MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_NAME = QColor(74, 52, 44)
_DOT = QColor(74, 52, 44, 170)


@dataclass(frozen=True)
class _Spot:
    """A needle where one panel shows it, in pixels of the widget."""

    needle: Needle
    panel: int
    x: float
    y: float


@dataclass(frozen=True)
class _Target:
    """A place under the pointer: on a point if `code` says so."""

    site: Site
    code: str
    x: float
    y: float


class BodyMap(QWidget):
    """Views of the body with the needles in them.

    `placed(site, code)`, `moved(((needle id, site, code), …))`, `picked(frozenset of ids)` and `removal_wanted()` say what the
    practitioner did; nothing is changed here. `hovered(words)` names what is under the pointer. On a map that is looked at only,
    `point_chosen(code, site)` tells the point that was clicked. `about_wanted(code)` asks what a point is, by the right button.
    """

    placed = Signal(object, str)
    moved = Signal(object)
    picked = Signal(object)
    removal_wanted = Signal()
    hovered = Signal(str)
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
        self._figures, self._overlays = Figures(), Overlays()
        self.layers = Layers()
        self._ground: QPixmap | None = None
        self._scene: QPixmap | None = None
        self._spots: list[_Spot] = []
        self._press: QPointF | None = None
        self._pressed_spot: _Spot | None = None
        self._dragging = False
        self._pinching = False
        self._measuring = False
        self._ends: tuple[Site, Site] | None = None
        self._last = QPointF()
        self._hover: _Target | None = None
        self._ghost: _Target | None = None
        self._by_keys = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 260)
        self.setAccessibleName("Body map")
        self.show_sheet("body")

    def sizeHint(self) -> QSize:
        return QSize(560, 460)

    # What is shown

    @property
    def sheet(self) -> str:
        """The key of the sheet that is shown."""
        return self._sheet_key

    def show_sheet(self, key: str) -> None:
        """Show one of SHEETS, fitted."""
        self._sheet_key = key
        self.camera.fit()
        self._arrange()

    def show_figure(self, atlas: Atlas) -> None:
        """Show the same places on another figure."""
        if atlas is not self._atlas:
            self._atlas = atlas
            self._figures, self._overlays = Figures(), Overlays()
            self._arrange()

    def show_layers(self, layers: Layers) -> None:
        """Lay these over the figure."""
        self.layers = layers
        self._drop_ground()

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
        """Ring these needles, without announcing it."""
        chosen = frozenset(ids) & self._stages.keys()
        if chosen != self._selected:
            self._selected = chosen
            self.update()

    def mark(self, code: str, site: Site | None = None) -> None:
        """Ring a point wherever it shows, name it at one of its sites and set its channel off; nothing for no code."""
        same_channel = self._channel_of(code) == self._channel_of(self._marked[0])
        self._marked = code, site
        (self._drop_scene if same_channel else self._drop_ground)()
        self._describe()

    def _channel_of(self, code: str) -> str:
        return self._catalogue[code].channel if code in self._catalogue else ""

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Look at the needles only."""
        self._read_only = read_only
        self._hover = self._ghost = None
        self.update()

    def set_measuring(self, on: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Let a drag measure in cun instead of moving the body."""
        self._measuring, self._ends = on, None
        self._forget_press()

    def keep_corner(self, width: int, height: int) -> None:
        """Keep the lower right corner free of the body and its labels, for buttons that stand there."""
        self.camera.corner = (width, height)
        self._arrange()

    @property
    def _kept_clear(self) -> list[Box]:
        frames = [self.camera.frame(panel.box) for panel in self._panels]
        captions = [Box(frame.x + frame.width / 2 - 50, frame.y + frame.height + 4, 100, CAPTION - 6) for frame in frames]
        width, height = self.camera.corner
        return [*captions, Box(self.width() - width, self.height() - height, width, height)]

    def unseen(self) -> list[Needle]:
        """The needles that no view of this sheet shows."""
        seen = {spot.needle.id for spot in self._place()}
        return [needle for needle in self._needles if needle.id not in seen]

    def reveal(self, needle: Needle) -> None:
        """Turn to the view that shows a needle best, if this sheet doesn't show it."""
        if not any(spot.needle.id == needle.id for spot in self._place()):
            self.turn_to(needle.site, needle.point)

    def turn_to(self, site: Site, code: str = "") -> None:
        """Turn to the view that shows a place best, as large as it fits; code: the point there, if it is one."""
        best = self._atlas.best_view(site, code)
        place = best.place_of(site) if best else None
        if best is None or place is None:
            return
        for key in SHEETS:
            self.show_sheet(key)
            panel = next((panel for panel in self._panels if panel.view == best and panel.crop.holds(*place)), None)
            if panel is not None:
                self.camera.look_at(panel.box, *panel.to_sheet(*place))
                self._drop_ground()
                return

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
        self._panels = panels(self._atlas.views, SHEETS[self._sheet_key][1], self.camera)
        self._drop_ground()

    def fit(self) -> None:
        """Show the whole sheet."""
        self.camera.fit()
        self._drop_ground()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out around a place of the widget, or its middle."""
        at = QPointF(self.rect().center()) if at is None else at
        self.camera.zoom_by(factor, at.x(), at.y())
        self._drop_ground()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the body by pixels."""
        self.camera.pan_by(dx, dy)
        self._drop_ground()

    def frame(self, panel: Panel) -> QRectF:
        """Where a panel stands, in pixels of the widget."""
        return QRectF(*self.camera.frame(panel.box))

    # What lies where

    def _place(self) -> list[_Spot]:
        if not self._spots:
            for index, panel in enumerate(self._panels):
                for needle in self._needles:
                    place = panel.view.place_of(needle.site)
                    if place and panel.crop.holds(*place):
                        self._spots.append(_Spot(needle, index, *self.camera.to_widget(*panel.to_sheet(*place))))
        return self._spots

    def _spot_at(self, place: QPointF, within: float) -> _Spot | None:
        spots = self._place()
        found = nearest([(spot.x, spot.y) for spot in spots], place.x(), place.y(), within)
        return None if found is None else spots[found]

    def target_at(self, place: QPointF, snap: float = SNAP) -> _Target | None:
        """The point near a place of the widget, else the skin there, else nothing."""
        x, y = self.camera.to_sheet(place.x(), place.y())
        for panel in self._panels:
            if panel.box.holds(x, y):
                vx, vy = panel.to_view(x, y)
                found = self._atlas.nearest_point(panel.view, vx, vy, snap / self.camera.zoom * panel.scale) if snap else None
                if found is not None:
                    site = self._atlas.point_sites(found[0])[found[1]]
                    place_of = panel.view.place_of(site) or (vx, vy)
                    return _Target(site, found[0], *self.camera.to_widget(*panel.to_sheet(*place_of)))
                site_here = panel.view.site_at(vx, vy)
                return None if site_here is None else _Target(site_here, "", place.x(), place.y())
        return None

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = event.position()
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position()
            if self._measuring:
                start = self._target_of(event)
                self._ends = (start.site, start.site) if start else None
                self.update()
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
        elif self._measuring:
            self._measure_to(self._target_of(event))
        elif not self._pinching:
            far = (here - self._press).manhattanLength() >= QApplication.startDragDistance()
            self._dragging = self._dragging or far
            if self._dragging and self._pressed_spot is not None and not self._read_only:
                self._ghost = self.target_at(here, snap)
                self._say(self._ghost)
                self.update()
            elif self._dragging:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.pan_by(here.x() - self._last.x(), here.y() - self._last.y())
        self._last = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        spot, ghost, dragged = self._pressed_spot, self._ghost, self._dragging
        self._forget_press()
        if self._pinching or self._measuring:
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

    def _measure_to(self, target: _Target | None) -> None:
        if self._ends is not None and target is not None:
            self._ends = self._ends[0], target.site
            self.hovered.emit(in_words(self._atlas.measure(*self._ends)))
            self.update()

    def _target_of(self, event: QMouseEvent) -> _Target | None:
        snap = TOUCH_SNAP if _is_touch(event) else SNAP
        return self.target_at(event.position(), 0 if event.modifiers() & Qt.KeyboardModifier.AltModifier else snap)

    def _forget_press(self) -> None:
        self._press = self._pressed_spot = self._ghost = None
        self._dragging = False
        self.unsetCursor()
        self.update()

    def _pick(self, needle_id: str, *, more: bool) -> None:
        self._announce(self._selected ^ {needle_id} if more else frozenset({needle_id}))

    def _announce(self, ids: frozenset[str]) -> None:
        self.select(ids)
        self.picked.emit(self._selected)

    def _hover_at(self, place: QPointF, snap: float) -> None:
        spot = self._spot_at(place, HIT)
        target = None if spot is not None else self.target_at(place, snap)
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if spot is not None or (target is not None and target.code and self._read_only)
            else Qt.CursorShape.CrossCursor
            if target is not None and not self._read_only
            else Qt.CursorShape.ArrowCursor
        )
        if spot is not None:
            self._say(_Target(spot.needle.site, spot.needle.point, spot.x, spot.y))
        else:
            self._say(target)
        shown = target if target is not None and target.code else None
        if shown != self._hover:
            self._hover = shown
            self.update()

    def _say(self, target: _Target | None) -> None:
        if target is None:
            self.hovered.emit("")
        else:
            self.hovered.emit(f"{self.name_of(target.code)} · {target.site.region}" if target.code else target.site.region)

    def name_of(self, code: str) -> str:
        """A point by code, character and pinyin, as far as the catalogue knows them."""
        if code not in self._catalogue:
            return code
        point = self._catalogue[code]
        return " ".join(word for word in (point.code, point.hanzi, point.pinyin) if word)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover = None
        self.hovered.emit("")
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
        in_sight = any(spot.needle.id in self._selected for spot in self._place())
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
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self._selected and not self._read_only:
            self.removal_wanted.emit()
        elif key == Qt.Key.Key_Escape and self._ends is not None:
            self._ends = None
            self.update()
        elif key == Qt.Key.Key_Escape and (self._selected or self._press is not None):
            self._forget_press()
            self._announce(frozenset())
        else:
            super().keyPressEvent(event)

    def _nudge(self, dx: int, dy: int) -> None:
        """Move the selected needles by a millimetre, each in the first view of the sheet that sees it."""
        moved = {}
        for spot in self._place():
            needle = spot.needle
            if needle.id in self._selected and needle.id not in moved:
                view = self._panels[spot.panel].view
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
            self._figures.forget_colours()
            self._drop_ground()

    def _drop_ground(self) -> None:
        self._ground = self._hover = None
        self._drop_scene()

    def _drop_scene(self) -> None:
        self._scene = None
        self._spots = []
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._scene is None or self._scene.devicePixelRatio() != self.devicePixelRatioF():
            self._scene = self._with_needles()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scene)
        theme = Theme.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for spot in self._place():
                if spot.needle.id in self._selected:
                    painter.setPen(QPen(theme.color("card"), 3.2))
                    painter.drawEllipse(QPointF(spot.x, spot.y), MARKER + 4, MARKER + 4)
                    painter.setPen(QPen(theme.color("accent"), 2))
                    painter.drawEllipse(QPointF(spot.x, spot.y), MARKER + 4, MARKER + 4)
        if self._ends is not None:
            self._paint_ruler(painter, theme, *self._ends)
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

    def _paint_ruler(self, painter: QPainter, theme: Theme, start: Site, end: Site) -> None:
        """A line between two places in every view that shows both, with a stroke at each cun, and its length."""
        way = self._atlas.measure(start, end)
        for panel in self._panels:
            ends = [panel.view.place_of(site) for site in (start, end)]
            if ends[0] is None or ends[1] is None or not all(panel.crop.holds(*place) for place in ends if place):
                continue
            a, b = (QPointF(*self.camera.to_widget(*panel.to_sheet(*place))) for place in ends if place)
            line = QLineF(a, b)
            across = line.normalVector().unitVector()
            step = QPointF(across.dx(), across.dy()) * 4
            strokes = [line.pointAt(k / way.cun) for k in range(1, int(way.cun + 0.95))] if way.cun > 0 else []
            for pen in (QPen(theme.color("card"), 4.5), QPen(theme.color("accent"), 1.8)):
                painter.setPen(pen)
                painter.drawLine(line)
                for stroke in strokes:
                    painter.drawLine(stroke - step, stroke + step)
                for place in (a, b):
                    painter.drawEllipse(place, 3, 3)
            if line.length() > 2:
                self._paint_words(painter, theme, line.center(), in_words(way))

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

    def _paint_target(self, painter: QPainter, theme: Theme, target: _Target) -> None:
        place = QPointF(target.x, target.y)
        painter.setBrush(theme.color("accent") if self._ghost else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("card"), 4))
        painter.drawEllipse(place, MARKER + 2, MARKER + 2)
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawEllipse(place, MARKER + 2, MARKER + 2)
        if not target.code:
            return
        self._paint_words(painter, theme, place, self.name_of(target.code))

    def _paint_words(self, painter: QPainter, theme: Theme, place: QPointF, words: str) -> None:
        """Words in a bubble above or below a place."""
        bubble = self._bubble(place, words)
        painter.setFont(self._font(QFont.Weight.DemiBold))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("card"))
        painter.drawRoundedRect(bubble, 8, 8)
        painter.setPen(theme.color("text"))
        painter.drawText(bubble, Qt.AlignmentFlag.AlignCenter, words)

    def _bubble(self, place: QPointF, words: str) -> QRectF:
        width = QFontMetricsF(self._font(QFont.Weight.DemiBold)).horizontalAdvance(words) + 20
        left = min(max(place.x() - width / 2, 4), self.width() - width - 4)
        return QRectF(left, place.y() - 46 if place.y() > 56 else place.y() + 18, width, 28)

    def _font(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        font.setWeight(weight)
        return font

    def _with_needles(self) -> QPixmap:
        """The ground with needles and labels on it."""
        if self._ground is None or self._ground.devicePixelRatio() != self.devicePixelRatioF():
            self._ground = self._paint_ground()
        if not self._needles and self.camera.zoom < NAMES_FROM:
            return self._ground
        scene = self._ground.copy()
        theme = Theme.of(self)
        painter = QPainter(scene)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = self._place()
        taken = [Box(spot.x - MARKER - 1, spot.y - MARKER - 1, 2 * MARKER + 2, 2 * MARKER + 2) for spot in spots] + self._kept_clear
        labels = self._labels(spots, taken)
        painter.setPen(QPen(theme.color("muted"), 1))
        for _, _, label in labels:
            if label.leader:
                box, (x, y) = label.box, label.anchor
                painter.drawLine(QPointF(x, y), QPointF(box.x if box.x > x else box.x + box.width, box.y + box.height / 2))
        order = {Stage.OUT: 0, Stage.PLANNED: 1, Stage.IN: 2, Stage.OVERDUE: 3}
        for spot in sorted(spots, key=lambda spot: order[self._stages[spot.needle.id]]):
            paint_marker(painter, QPointF(spot.x, spot.y), self._stages[spot.needle.id], theme)
        ground = theme.color("card")
        ground.setAlphaF(0.82)
        painter.setFont(self._font(QFont.Weight.DemiBold))
        for words, faint, label in labels:
            under = QRectF(*label.box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(under, 5, 5)
            painter.setPen(theme.color("muted" if faint else "text"))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, words)
        if self.camera.zoom >= NAMES_FROM:
            self._paint_names(painter, theme, spots, [*taken, *(label.box for _, _, label in labels)])
        painter.end()
        return scene

    def _labels(self, spots: Sequence[_Spot], taken: Sequence[Box]) -> list[tuple[str, bool, Label]]:
        """One label for each point in each panel, near the needle that has most room: its words, whether it is faint, its place."""
        metrics = QFontMetricsF(self._font(QFont.Weight.DemiBold))
        grouped: dict[tuple[int, str], list[_Spot]] = {}
        for spot in sorted(spots, key=lambda spot: (spot.y, -spot.x)):
            if spot.needle.point:
                grouped.setdefault((spot.panel, spot.needle.point), []).append(spot)
        wanted, words, faint = [], [], []
        for (_, code), group in grouped.items():
            words.append(short(code))
            faint.append(all(self._stages[spot.needle.id] is Stage.OUT for spot in group))
            anchors = sorted(((spot.x, spot.y) for spot in group), reverse=True)
            wanted.append((anchors, (metrics.horizontalAdvance(words[-1]) + 8, metrics.height() + 1)))
        placed = place_labels(wanted, taken, Box(0, 0, self.width(), self.height()), self._is_over_body)
        return [(text, pale, label) for text, pale, label in zip(words, faint, placed, strict=True) if label is not None]

    def _paint_names(self, painter: QPainter, theme: Theme, spots: Sequence[_Spot], taken: Sequence[Box]) -> None:
        """The names of the points that no needle stands on, where there is room for them."""
        painter.setFont(self._font())
        metrics = QFontMetricsF(painter.font())
        skin = theme.color("skin")
        skin.setAlphaF(0.6)  # so that a name is read where the figure is in shadow, or fades
        needled = {(spot.panel, spot.needle.point) for spot in spots}
        marked = self._marked[0]
        dots = [
            dot
            for index, panel in enumerate(self._panels)
            for dot in self._dots(panel)
            if (index, dot[0]) not in needled and dot[0] != marked
        ]
        marks, reach = self._marks(), MARKER + 4
        bubbles = (self._bubble(QPointF(mark.x, mark.y), self.name_of(mark.code)) for mark in marks if mark.code)
        rings = (Box(mark.x - reach, mark.y - reach, 2 * reach, 2 * reach) for mark in marks)
        wanted = [([(x, y)], (metrics.horizontalAdvance(short(code)) + 2, metrics.height())) for code, x, y in dots]
        clear = [*taken, *(Box(x - 4, y - 4, 8, 8) for _, x, y in dots), *rings]
        clear += [Box(bubble.x(), bubble.y(), bubble.width(), bubble.height()) for bubble in bubbles]
        placed = place_labels(wanted, clear, Box(0, 0, self.width(), self.height()), self._is_across_an_edge)
        for (code, _, _), label in zip(dots, placed, strict=True):
            if label is not None and not label.leader and not self._is_across_an_edge(label.box):
                on_skin, place = self._is_over_body(label.box, 0.5), QRectF(*label.box)
                if on_skin:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(skin)
                    painter.drawRoundedRect(place, 5, 5)
                painter.setPen(_NAME if on_skin else theme.color("muted"))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, short(code))

    def _dots(self, panel: Panel) -> list[tuple[str, float, float]]:
        """The points that a panel shows within the widget: code and place."""
        shown = [(code, x, y) for x, y, code, _ in self._atlas.shown_points(panel.view) if panel.crop.holds(x, y)]
        placed = [(code, *self.camera.to_widget(*panel.to_sheet(x, y))) for code, x, y in shown]
        return [(code, x, y) for code, x, y in placed if 0 <= x < self.width() and 0 <= y < self.height()]

    def _is_over_body(self, box: Box, *shares: float) -> bool:
        """Whether skin lies under a label, at shares of its width (near both ends if none are given)."""
        height = box.y + box.height / 2
        return any(self.target_at(QPointF(box.x + share * box.width, height), 0) is not None for share in shares or (0.1, 0.9))

    def _is_across_an_edge(self, box: Box) -> bool:
        return self._is_over_body(box, 0.0) != self._is_over_body(box, 1.0)

    def _paint_ground(self) -> QPixmap:
        """The bodies, their outlines and captions, and the points once they are far enough apart."""
        ratio = self.devicePixelRatioF()
        theme = Theme.of(self)
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(theme.color("card"))
        painter = QPainter(ground)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self._font())
        for panel in self._panels:
            frame = self.frame(panel)
            if frame.intersects(QRectF(self.rect())):
                self._paint_view(painter, panel, frame, theme)
            painter.setPen(theme.color("muted"))
            line = QRectF(frame.left() - 60, frame.bottom() + 4, frame.width() + 120, 20)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, caption(panel.view))
        painter.end()
        return ground

    def _paint_view(self, painter: QPainter, panel: Panel, frame: QRectF, theme: Theme) -> None:
        view, crop = panel.view, panel.crop
        painter.save()
        painter.setClipRect(frame)
        factor = self.camera.zoom / panel.scale
        painter.translate(frame.left() - crop.x * factor, frame.top() - crop.y * factor)
        painter.scale(factor, factor)
        self._figures.paint(painter, view, theme, factor * self.devicePixelRatioF())
        if self.layers.field:
            names = list(self._atlas.layers.get(self.layers.field, self._atlas.regions))
            painter.save()
            painter.setClipPath(self._figures.silhouette(view), Qt.ClipOperation.IntersectClip)
            self._overlays.paint_areas(painter, view, self.layers.field, names)
            painter.restore()
        if self.layers.channels:
            self._overlays.paint_courses(painter, view, self.camera.zoom, self._channel_of(self._marked[0]))
        painter.restore()
        if crop.y > 0:
            fade = QLinearGradient(frame.topLeft(), frame.topLeft() + QPointF(0, 36))
            fade.setColorAt(0, theme.color("card"))
            clear = theme.color("card")
            clear.setAlpha(0)
            fade.setColorAt(1, clear)
            painter.fillRect(QRectF(frame.left() - 2, frame.top() - 2, frame.width() + 4, 40), QBrush(fade))
        if self.camera.zoom >= DOTS_FROM:
            self._paint_points(painter, panel)

    def _paint_points(self, painter: QPainter, panel: Panel) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DOT)
        for _, x, y in self._dots(panel):
            painter.drawEllipse(QPointF(x, y), 2.6, 2.6)


def in_words(way: Measure) -> str:
    """A distance as the practitioner says it: `4.5 cun (4.0 up, 2.0 across), upper abdomen`."""
    up, across = abs(way.up), sqrt(max(way.cun**2 - way.up**2, 0.0))
    parts = f" ({up:.1f} {'up' if way.up > 0 else 'down'}, {across:.1f} across)" if min(up, across) > PARTS_FROM else ""
    return f"{way.cun:.1f} cun{parts}, {way.segment}"


def _is_touch(event: QMouseEvent) -> bool:
    device = event.pointingDevice()
    return device is not None and device.pointerType() == QPointingDevice.PointerType.Finger
