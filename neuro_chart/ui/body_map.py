"""The body as it is charted on: views side by side under the hand; needles and what is done beside them, zoom and pan, layers, tools."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.clinic.points import Catalogue
from neuro_chart.ui.map_account import account
from neuro_chart.ui.map_adjuncts import MARK, Places
from neuro_chart.ui.map_front import Front
from neuro_chart.ui.map_hand import Hand
from neuro_chart.ui.map_keys import Keys
from neuro_chart.ui.map_labels import Box, nearest
from neuro_chart.ui.map_layers import FIELDS, Layers
from neuro_chart.ui.map_layout import SHEETS, Camera, Panel, panels, sheet_of
from neuro_chart.ui.map_marks import MARKER, Stage, stage
from neuro_chart.ui.map_picture import Picture
from neuro_chart.ui.map_pointer import Pointer
from neuro_chart.ui.map_scene import Pin, Scene
from neuro_chart.ui.map_sight import HIT, SNAP, Seen, Sight, Target
from neuro_chart.ui.map_tools import Tool, Tools
from neuro_chart.ui.map_words import bubble_box, sized
from neuro_chart.ui.theme import Theme

SETTLED = 80  # ms without a move until the picture is drawn with care
SHOWN = 4000  # ms that a point stays ringed to which the map has turned


class BodyMap(QWidget):
    """Views of the body with the needles in them.

    `placed(site, code)`, `moved(((needle id, site, code), …))`, `picked(frozenset of ids)`, `removal_wanted()` and `mirror_wanted()`
    say what the practitioner did; nothing is changed here. `touched(id)` follows the choice of one needle by hand. `hovered(words)` names
    what is under the pointer; `sight_changed()` says that other things may be in sight or out of it. On a map that is looked at only,
    `point_chosen(code, site)` tells the point that was clicked. `about_wanted(code)` asks what a point is.
    """

    spoken_role = QAccessible.Role.Canvas
    placed = Signal(object, str)
    moved = Signal(object)
    picked = Signal(object)
    touched = Signal(str)
    removal_wanted = Signal()
    mirror_wanted = Signal()
    hovered = Signal(str)
    sight_changed = Signal()
    point_chosen = Signal(str, object)
    about_wanted = Signal(str)

    def __init__(self, atlas: Atlas, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.atlas, self._catalogue = atlas, catalogue
        self.needles: list[Needle] = []
        self.adjuncts: list[Adjunct] = []
        self.ghosts: tuple[tuple[Site, str], ...] = ()
        self.stages: dict[str, Stage] = {}
        self.selected: frozenset[str] = frozenset()
        self._marked: tuple[str, Site | None] = "", None
        self._sheet_key = ""
        self.camera = Camera()
        self.read_only = False
        self.layers = Layers()
        self.picture = Picture(atlas)
        self.sight = Sight(atlas, self.picture, self.camera)
        self._scene = Scene(self, self.picture)
        self._pins: list[tuple[Needle, Pin]] | None = None
        self.tools = Tools(self)
        self._owed = QPointF()
        self.pointer, self.hand, self.keys, self._front = Pointer(self), Hand(self), Keys(self), Front(self)
        self._settle = self._timer(SETTLED, self.settle)
        self._finish = self._timer(0, self._look_up)
        self._unmark = self._timer(SHOWN, lambda: self.mark(""))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 300)
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
        return self.atlas.body.figure

    def show_sheet(self, key: str) -> None:
        """Show one of SHEETS, fitted."""
        self._sheet_key = key
        self.keys.hide_cursor()
        self.camera.fit()
        self._arrange()
        self._describe()
        self.sight_changed.emit()

    def show_figure(self, atlas: Atlas) -> None:
        """Show the same places on another figure."""
        if atlas is not self.atlas:
            self.atlas = atlas
            self.picture = Picture(atlas)
            self.sight = Sight(atlas, self.picture, self.camera)
            self._scene = Scene(self, self.picture)
            self._arrange()
            self.sight_changed.emit()

    def show_layers(self, layers: Layers) -> None:
        """Lay these over the figure."""
        self.layers = layers
        self.pointer.forget()
        self._scene.drop_ground()
        self.update()

    def offers(self, field: str) -> bool:
        """Whether the figure has the areas of a kind."""
        return self.picture.overlays.offers(field)

    def show_needles(self, needles: Sequence[Needle], moment: datetime) -> None:
        """Show these needles as they are at a moment (UTC)."""
        if list(needles) == self.needles:
            self.tick(moment)
            return
        self.needles = list(needles)
        self.stages = {needle.id: stage(needle, moment) for needle in needles}
        self.selected &= self.stages.keys()
        self._drop_scene()
        self._describe()
        self.sight_changed.emit()

    def show_adjuncts(self, adjuncts: Sequence[Adjunct]) -> None:
        """Show leads between needles, and where else something is done."""
        if list(adjuncts) != self.adjuncts:
            self.adjuncts = list(adjuncts)
            self._drop_scene()
            self._describe()

    def show_ghosts(self, ghosts: Sequence[tuple[Site, str]]) -> None:
        """Show where needles would come that are not charted yet: (site, code of the point or nothing)."""
        if tuple(ghosts) != self.ghosts:
            self.ghosts = tuple(ghosts)
            self._describe()
            self.update()
            self.sight_changed.emit()

    def unseen_ghosts(self) -> list[tuple[Site, str]]:
        """The ghosts that no view of this sheet shows."""
        return [ghost for ghost in self.ghosts if not self.sight.places(*ghost)]

    def tick(self, moment: datetime) -> None:
        """Let the markers follow the time (UTC)."""
        stages = {needle.id: stage(needle, moment) for needle in self.needles}
        if stages != self.stages:
            self.stages = stages
            self._drop_scene()
            self._describe()

    def select(self, ids: Iterable[str]) -> None:
        """Ring these needles, without announcing it; the ruler measures between two."""
        chosen = frozenset(ids) & self.stages.keys()
        if chosen != self.selected:
            self.selected = chosen
            self.tools.measure_selected()
            self._describe()
            self.update()

    def mark(self, code: str, site: Site | None = None) -> None:
        """Ring a point wherever it shows, name it at one of its sites and set its channel off; nothing for no code."""
        self._unmark.stop()
        if (code, site) != self._marked:
            same_channel = self.channel_of(code) == self.channel_of(self._marked[0])
            self._marked = code, site
            (self._scene.drop if same_channel else self._scene.drop_ground)()
            self._describe()
            self.update()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Look at the needles only."""
        self.read_only = read_only
        self.pointer.forget()
        self.hand.let_go()
        if read_only and self.tools.held is not Tool.RULER:
            self.tools.take_up(Tool.HAND)

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
        return [needle for needle in self.needles if needle.id not in seen]

    def reveal(self, needle: Needle) -> None:
        """Turn to the view that shows a needle best, if this sheet doesn't show it."""
        if not any(other.id == needle.id for other, _ in self.pins()):
            self.turn_to(needle.site, needle.point)

    def turn_to(self, site: Site, code: str = "") -> None:
        """Turn to the view that shows a place best, from nearby; code: the point there, if it is one, to be ringed for a moment."""
        best = self.atlas.best_view(site, code)
        place = best.place_of(site) if best else None
        if best is None or place is None or not (key := sheet_of(best, *place, self.picture.crop)):
            return
        self.show_sheet(key)
        panel = next(panel for panel in self.panels if panel.view == best and panel.crop.holds(*place))
        self.camera.look_at(panel.box, *panel.to_sheet(*place))
        self._scene.drop_ground()
        self.update()
        if code and self._marked != (code, site):
            self.mark(code, site)
            self._unmark.start()

    def legend(self) -> tuple[str, str]:
        """What the areas are that are shown, and who says so; nothing where none are."""
        field = self.layers.field
        if not field or not self.offers(field):
            return "", ""
        if field == "regions":
            return "Regions of the skin", ""
        sources = self.picture.overlays.sources(field)
        return f"{FIELDS[field]} overlap and people differ: a guide", "\n".join(["Sources:", *sources] if sources else [])

    def _describe(self) -> None:
        self.setAccessibleDescription(" ".join(account(self)))

    # The camera

    def _arrange(self) -> None:
        metrics = QFontMetricsF(sized(self.font()))
        for part in SHEETS[self._sheet_key][1]:
            self.picture.figures.fetch(self.atlas.views[part.view])
        shown = SHEETS[self._sheet_key][1]
        self.sight.arrange(panels(self.atlas.views, shown, self.camera, metrics.horizontalAdvance, self.picture.crop))
        self._pins = None
        self.pointer.forget()
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
        self.pointer.forget()
        self.settle_soon()
        self.update()

    def settle_soon(self) -> None:
        """Draw with care once the hand rests."""
        self._settle.start()

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

    # What the scene is drawn from

    @property
    def panels(self) -> Sequence[Panel]:
        """The views on the sheet that is shown."""
        return self.sight.panels

    def pins(self) -> list[tuple[Needle, Pin]]:
        """The needles in each panel that shows them."""
        if self._pins is None:
            self._pins = [pin for needle in self.needles for pin in self._pins_of(needle)]
        return self._pins

    def _pins_of(self, needle: Needle) -> list[tuple[Needle, Pin]]:
        places = self.sight.places(needle.site, needle.point)
        stage, amiss = self.stages[needle.id], bool(needle.mishap)
        return [(needle, Pin(place.panel, needle.point, place.x, place.y, stage, amiss)) for place in places]

    def kept_clear(self) -> list[Box]:
        """Where no words may stand: beside the buttons, while the whole sheet is seen, and round a marked point and its name."""
        width = self.camera.corner[0]
        clear = [Box(self.width() - width, 0, width, self.height())] if self.camera.is_fitted else []
        marked = Places(self.sight, self.camera, Theme.of(self))
        clear.extend(Box(*place, 0, 0).grown(MARK, MARK) for adjunct in self.adjuncts for place in marked.marks(adjunct))
        for mark in self.marks():
            clear.append(Box(mark.x, mark.y, 0, 0).grown(MARKER + 4, MARKER + 4))
            if mark.code:
                bubble = bubble_box(self.font(), self.name_of(mark.code), QPointF(mark.x, mark.y), QRectF(self.rect()))
                clear.append(Box(bubble.x(), bubble.y(), bubble.width(), bubble.height()))
        return clear

    def pinned_captions(self) -> list[tuple[str, QRectF]]:
        """The titles of views whose own place is out of sight, and where they stand instead."""
        return self._front.pinned_captions()

    @property
    def marked(self) -> str:
        """The code of the point that is ringed and named."""
        return self._marked[0]

    @property
    def stressed(self) -> str:
        """The channel that is set off."""
        return self.channel_of(self._marked[0])

    # What lies where

    def chosen(self) -> list[Needle]:
        """The needles that are selected."""
        return [needle for needle in self.needles if needle.id in self.selected]

    def seen_needles(self) -> list[Seen]:
        """The needles where each panel shows them."""
        return [Seen(needle, pin.panel, *self.camera.to_widget(pin.x, pin.y)) for needle, pin in self.pins()]

    def needle_at(self, place: QPointF, within: float) -> Seen | None:
        """The needle near a place of the widget."""
        seen = self.seen_needles()
        found = nearest([(each.x, each.y) for each in seen], place.x(), place.y(), within)
        return None if found is None else seen[found]

    def place_of(self, seen: Seen) -> Target:
        """A needle as a place under the hand."""
        needle = seen.needle
        return Target(needle.site, needle.point, seen.x, seen.y, seen.panel, stage=f"needle {self.stages[needle.id]}")

    def marks(self) -> list[Target]:
        """The marked point in every view that shows it; with its code where it is to be named."""
        return self.sight.marks(*self._marked)

    def target_at(self, place: QPointF, snap: float = SNAP) -> Target | None:
        """The point near a place of the widget, else the skin there, else nothing."""
        return self.sight.target_at(place, snap, self.layers.field)

    def name_of(self, code: str) -> str:
        """A point by code, character and pinyin, as far as the catalogue knows them."""
        if code not in self._catalogue:
            return code
        point = self._catalogue[code]
        return " ".join(word for word in (point.code, point.hanzi, point.pinyin) if word)

    def channel_of(self, code: str) -> str:
        """The channel of a point by its code, or nothing."""
        return self._catalogue[code].channel if code in self._catalogue else ""

    # The hand

    def pick(self, ids: frozenset[str]) -> None:
        """Select needles, and say so."""
        self.select(ids)
        self.picked.emit(self.selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hand.release(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The pen does as the mouse does; its other buttons are left to Qt, which makes the mouse's of them."""
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.hand.press(event)
        elif kind == QEvent.Type.TabletMove and event.buttons() in {Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton}:
            self.hand.move(event)
        elif kind == QEvent.Type.TabletRelease and self.hand.is_down:
            self.hand.release(event)
        else:
            event.ignore()
            return
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.hand.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = QPointF(event.pos())
        seen, target = self.needle_at(place, HIT), self.target_at(place)
        code = seen.needle.point if seen else target.code if target else ""
        if code and event.reason() != QContextMenuEvent.Reason.Keyboard:
            self.hand.let_go()
            self.about_wanted.emit(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.press(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.keys.take_focus(event)
        super().focusInEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointer.leave()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointer.move_to(event.position(), SNAP)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and self.hand.gesture(event):
            return True
        if isinstance(event, QGestureEvent):
            gesture = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(gesture, QPinchGesture):
                self.hand.pinch(gesture)
                return True
        elif event.type() == QEvent.Type.TouchEnd or event.type() == QEvent.Type.TouchCancel:
            self.hand.lift_fingers()
        return super().event(event)

    # The picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.camera.width, self.camera.height = self.width(), self.height()
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange}:
            self.picture.figures.forget_colours()
            self._arrange()

    def _drop_scene(self) -> None:
        self._pins = None
        self._scene.drop()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scene.picture())
        self._front.paint(painter)
        painter.end()
