"""What the body map shows at rest and on the move: picture, needles and words, as pixels that are made anew only where needed."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from neuro_chart.ui.map_adjuncts import Places
from neuro_chart.ui.map_layout import TALL_CAPTION
from neuro_chart.ui.map_marks import PRESSING, Stage, paint_badge, paint_marker
from neuro_chart.ui.map_picture import Look, Picture
from neuro_chart.ui.map_words import SHRUNK, Letterer, Lettering, Mark, paint_words, sized
from neuro_chart.ui.theme import Theme

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap

WHOLE = 0.02  # of a device pixel: a move that is so close to a whole number of them shifts what was drawn


class Pin(NamedTuple):
    """A needle in a panel, in the sheet's decimetres. amiss: something went wrong with it."""

    panel: int
    code: str
    x: float
    y: float
    stage: Stage
    amiss: bool = False


class _Look(NamedTuple):
    """How the camera looked when something was drawn."""

    left: float
    top: float
    zoom: float
    width: int
    height: int
    ratio: float


class Scene:
    """Draws a map. A pan shifts what was drawn and draws the strips that come into sight; a zoom draws all but lays out no words anew."""

    def __init__(self, shown: "BodyMap", picture: Picture) -> None:
        self._map, self._picture = shown, picture
        self._ground: QPixmap | None = None
        self._ground_look: _Look | None = None
        self._drawn: QPixmap | None = None
        self._drawn_look: _Look | None = None
        self._lettering: Lettering | None = None
        self._in_haste = False
        self._bare = False  # whether the ground was drawn before the points on it were known

    def drop(self) -> None:
        """Needles have changed."""
        self._drawn = None

    def drop_ground(self) -> None:
        """The figure, or what lies over it, has changed."""
        self._ground = self._lettering = None
        self.drop()

    def look_up_next(self) -> bool:
        """Look up the points on one more panel, so that the hand never waits for all; False if all are known."""
        unknown = next((panel for panel in self._map.panels if not self._picture.knows([panel])), None)
        if unknown is not None:
            self._picture.dots(unknown)
        return unknown is not None

    def settle(self) -> bool:
        """Ask for a picture that is drawn with care; False if the one that is there is."""
        lettered = self._lettering is not None and self._lettering.serves(self._map.camera)
        if not self._in_haste and lettered:
            return False
        while self.look_up_next():
            pass
        self._lettering = None
        self.drop()
        return True

    def picture(self) -> QPixmap:
        """The pixels of the whole widget."""
        look = self._look()
        if self._drawn is None or self._drawn_look is None:
            self._drawn = self._with_care(look)
            if not self._picture.knows(self._map.panels):  # to look up the points takes a moment: show the figure first
                self._in_haste = True
                self._map.finish_soon()
        elif look != self._drawn_look:
            shift = self._shift(self._drawn_look, look)
            if shift is None:
                self._drawn = self._hastily(look)
            else:
                self._move(self._drawn, *shift)
        self._drawn_look = look
        return self._drawn

    def _look(self) -> _Look:
        camera, ratio = self._map.camera, self._map.devicePixelRatioF()
        return _Look(camera.left, camera.top, camera.zoom, self._map.width(), self._map.height(), ratio)

    @staticmethod
    def _shift(old: _Look, new: _Look) -> tuple[int, int] | None:
        """By how many device pixels the same picture has moved, if it has only moved, by whole ones and not far away."""
        if old[2:] != new[2:]:
            return None
        per_dm = new.zoom * new.ratio
        across, down = (old.left - new.left) * per_dm, (old.top - new.top) * per_dm
        if abs(across - round(across)) > WHOLE or abs(down - round(down)) > WHOLE:
            return None
        far = abs(across) > new.width * new.ratio / 2 or abs(down) > new.height * new.ratio / 2
        return None if far else (round(across), round(down))

    def _move(self, drawn: QPixmap, across: int, down: int) -> None:
        """Shift what was drawn by device pixels, and draw the strips that come into sight."""
        wide, high = drawn.width(), drawn.height()
        drawn.scroll(across, down, 0, 0, wide, high)
        ratio = drawn.devicePixelRatio()
        strips = []
        if across:
            strips.append(QRectF(0 if across > 0 else wide + across, 0, abs(across), high))
        if down:
            strips.append(QRectF(0, 0 if down > 0 else high + down, wide, abs(down)))
        for strip in strips:
            painter = QPainter(drawn)
            painter.setClipRect(QRectF(strip.x() / ratio, strip.y() / ratio, strip.width() / ratio, strip.height() / ratio))
            self._paint_ground(painter)
            self._paint_over(painter)
            painter.end()

    def _canvas(self, look: _Look) -> QPixmap:
        made = QPixmap(self._map.size() * look.ratio)
        made.setDevicePixelRatio(look.ratio)
        return made

    def _hastily(self, look: _Look) -> QPixmap:
        self._in_haste = True
        drawn = self._canvas(look)
        painter = QPainter(drawn)
        self._paint_ground(painter, hasty=True)
        self._paint_over(painter)
        painter.end()
        return drawn

    def _with_care(self, look: _Look) -> QPixmap:
        self._in_haste = False
        if self._ground is None or self._ground_look != look or self._bare:
            self._ground, self._ground_look = self._canvas(look), look
            self._bare = not self._picture.knows(self._map.panels)
            painter = QPainter(self._ground)
            self._paint_ground(painter)
            painter.end()
        self._letter()
        drawn = self._ground.copy()
        painter = QPainter(drawn)
        self._paint_over(painter)
        painter.end()
        return drawn

    def _letter(self) -> None:
        """Lay out the words; where there are many and only needles have changed, for the moment only theirs."""
        shown, old = self._map, self._lettering
        marks = [Mark(pin.panel, pin.code, pin.x, pin.y, pin.stage is Stage.OUT) for _, pin in shown.pins()]
        letterer = Letterer(self._picture, shown.panels, shown.camera, shown.layers, shown.font())
        if old is not None and old.others and old.serves(shown.camera):
            self._lettering = letterer.renew(old, marks, shown.kept_clear())
            self._in_haste = True
            shown.settle_soon()
        else:
            self._lettering = letterer.lay(marks, shown.kept_clear(), shown.marked)

    def _paint_ground(self, painter: QPainter, *, hasty: bool = False) -> None:
        """The figures and what lies over them, and the views' titles."""
        shown, camera = self._map, self._map.camera
        theme = Theme.of(shown)
        if not painter.hasClipping():
            painter.setClipRect(QRectF(shown.rect()))
        painter.fillRect(QRectF(shown.rect()), theme.color("card"))
        ratio, dots = painter.device().devicePixelRatio(), self._picture.knows(shown.panels)
        self._picture.paint(painter, shown.panels, Look(camera, shown.layers, theme, ratio, shown.stressed, dots, hasty))
        painter.setFont(sized(shown.font()))
        painter.setPen(theme.color("muted"))
        for panel in shown.panels:
            x, y, width, height = camera.frame(panel.box)
            under = QRectF(x + width / 2 - 200, y + height + 6, 400, TALL_CAPTION)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, panel.caption)

    def _paint_over(self, painter: QPainter) -> None:
        """What is done beside the needles, the words, the needles."""
        shown, camera = self._map, self._map.camera
        theme = Theme.of(shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lettering = self._lettering
        if not painter.hasClipping():
            painter.setClipRect(QRectF(shown.rect()))
        if shown.adjuncts:
            Places(shown.sight, camera, theme).paint(painter, shown.adjuncts, shown.needles)
        if lettering is not None and camera.zoom >= SHRUNK * lettering.zoom:
            paint_words(painter, lettering.others, camera, theme, shown.font())
        for pin in sorted((pin for _, pin in shown.pins()), key=lambda pin: PRESSING[pin.stage]):
            place = QPointF(*camera.to_widget(pin.x, pin.y))
            paint_marker(painter, place, pin.stage, theme)
            if pin.amiss:
                paint_badge(painter, place, theme)
        if lettering is not None:
            paint_words(painter, lettering.over, camera, theme, shown.font())
