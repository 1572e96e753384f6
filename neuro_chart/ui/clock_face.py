"""The clock of a visit's needles, to be read across the room: what is left until the next ones come out, and how many are in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from neuro_chart.clinic.clocks import countdown
from neuro_chart.clinic.needles import Count, Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import local_time
from neuro_chart.ui.map_marks import Stage, diamond
from neuro_chart.ui.needle_rows import minutes_words
from neuro_chart.ui.theme import DISPLAY, SMALL, Theme

DIGITS, WORDS = 52, 30
TOGETHER = timedelta(minutes=1)
FOR_A_MOMENT = 2500


@dataclass(frozen=True)
class Told:
    """What the clock says: the stage that matters most (None: nothing is charted), the time left as words and as a share of the whole,
    the count with a word aside, when it ends, and what else runs; `spoken` is all of it in words that change once a minute.
    """

    stage: Stage | None
    time: str
    share: float
    count: str
    aside: str
    words: str
    others: str = ""
    spoken: str = ""


def groups(needles: Iterable[Needle], moment: datetime) -> list[list[Needle]]:
    """The needles whose clocks are open, in the order they come out, within a minute of another together; those that stand are last."""
    found: list[list[Needle]] = []
    for needle in sorted((n for n in needles if n.is_in and n.clock.is_open), key=lambda n: (n.clock.is_paused, left(n, moment))):
        first = found[-1][0] if found else None
        if first and first.clock.is_paused == needle.clock.is_paused and left(needle, moment) - left(first, moment) < TOGETHER:
            found[-1].append(needle)
        else:
            found.append([needle])
    return found


def left(needle: Needle, moment: datetime) -> timedelta:
    """Time left of a needle that is in; none for one whose clock never began."""
    return needle.clock.remaining(moment) or timedelta()


def tell(visit: Visit, moment: datetime) -> Told:
    """What a visit's clock says at a moment."""
    counted = visit.count
    if counted.inside:
        return _tell_inside(counted, groups(visit.needles, moment), moment)
    if counted.uncounted:
        time, spoken = f"{counted.uncounted} to count", f"{counted.uncounted} pulled, to be counted out"
        return Told(Stage.UNCOUNTED, time, 0, "", f"{counted.out} out", "Pulled, and not counted yet", spoken=spoken)
    if counted.planned:
        kept = minutes_words(n.retention for n in visit.needles if n.is_planned)
        aside = f"planned, {counted.out} out" if counted.out else "planned"
        words = "No clock runs until they are in"
        return Told(Stage.PLANNED, kept, 0, str(counted.planned), aside, words, spoken=f"{counted.planned} planned, {kept}")
    if counted.out:
        words = f"All counted: {counted.out} in, {counted.out} out"
        return Told(Stage.OUT, "All out", 1, f"{counted.out} out", "0 in", words, spoken=words)
    return Told(None, "No needles", 0, "", "", "Nothing is planned yet", spoken="No needles")


def _tell_inside(counted: Count, running: Sequence[list[Needle]], moment: datetime) -> Told:
    inside = f"{counted.inside} in"
    aside = f"{counted.planned} to go" if counted.planned else f"{counted.out} out"
    if not running:
        return Told(Stage.IN, "No clock", 0, inside, aside, "Dropped, and not found yet", spoken=f"{inside}, dropped and not found yet")
    first = running[0]
    clock, time = first[0].clock, left(first[0], moment)
    minutes = abs(int(time.total_seconds())) // 60
    said = f"{minutes} {'minute' if minutes == 1 else 'minutes'}" if minutes else "less than a minute"
    number = f"{len(first)} of " if len(running) > 1 else "of "
    share = time / timedelta(minutes=first[0].retention or 1)  # one that should be out at once may still be in
    stage, words, spoken = Stage.IN, f"{number}{minutes_words(n.retention for n in first)}", f"{said} left"
    if clock.due is None:
        stage, aside, spoken = Stage.PAUSED, "paused", f"Paused at {countdown(time)}"
    elif clock.due <= moment:
        over = sum(n.clock.is_overdue(moment) for each in running for n in each)
        stage, aside, spoken = Stage.OVERDUE, "overdue", f"Overdue by {said}"
        words = f"{over} overdue since {local_time(clock.due)}"
    else:
        words = f"{words} · ends {local_time(clock.due)}"
    others = " · ".join(_tell_others(running[1:], moment, standing=stage is Stage.PAUSED))
    if counted.planned and stage is not Stage.IN:
        others = " · ".join(part for part in (others, f"{counted.planned} to go") if part)
    return Told(stage, countdown(time), min(1.0, max(0.0, share)), inside, aside, words, others, f"{spoken}, {inside}")


def _tell_others(running: Sequence[list[Needle]], moment: datetime, *, standing: bool) -> Iterator[str]:
    """The groups that come out later; those that stand in one number, unless all do."""
    for together in running:
        if standing or not together[0].clock.is_paused:
            yield f"{len(together)} {'at' if standing else 'in'} {countdown(left(together[0], moment))}"
    if not standing and (paused := sum(len(together) for together in running if together[0].clock.is_paused)):
        yield f"{paused} paused"


# The grounds of the stages, and what is written on them.
_GROUND = {Stage.IN: "accent_soft", Stage.OVERDUE: "danger", Stage.UNCOUNTED: "warning_soft", Stage.OUT: "accent_soft"}
_INK = {Stage.IN: "text", Stage.OVERDUE: "card", Stage.UNCOUNTED: "warning", Stage.OUT: "accent"}
_SIGN = {Stage.IN: "accent", Stage.OVERDUE: "card", Stage.UNCOUNTED: "warning", Stage.OUT: "accent"}


def ink(theme: Theme, stage: Stage | None) -> QColor:
    """What a stage is written in."""
    return theme.color(_INK.get(stage, "muted") if stage else "muted")


def paint_sign(painter: QPainter, middle: QPointF, reach: float, told: Told, theme: Theme) -> None:
    """The shape of a stage: a ring that runs down, bars for a clock that stands, a diamond when overdue, a tick when all are out."""
    colour = theme.color(_SIGN.get(told.stage, "muted") if told.stage else "muted")
    wide = reach / 3.5
    circle = QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach).adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2)
    if told.stage is Stage.OVERDUE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(diamond(middle, reach))
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    faint = QColor(colour)
    faint.setAlphaF(0.25)
    painter.setPen(QPen(faint, wide))
    painter.drawEllipse(circle)
    painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    if told.stage in {Stage.IN, Stage.PAUSED} and told.share > 0:
        painter.drawArc(circle, 90 * 16, -round(360 * 16 * told.share))
    painter.setPen(QPen(colour, wide * 0.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if told.stage is Stage.PAUSED:
        for aside in (-0.2, 0.2):
            painter.drawLine(middle + QPointF(aside, -0.28) * reach, middle + QPointF(aside, 0.28) * reach)
    elif told.stage is Stage.OUT:
        painter.drawPolyline(QPolygonF([middle + QPointF(x, y) * reach for x, y in ((-0.34, 0.04), (-0.1, 0.28), (0.36, -0.26))]))
    elif told.stage is Stage.UNCOUNTED:
        painter.setFont(_font(painter.font(), reach))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, "?")


class ClockFace(QAbstractButton):
    """The clock and the count in the head of the needles; pressed, it fills the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.told = Told(None, "", 0, "", "", "")
        self.large = ""
        self.setFixedHeight(76)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("The clock on the whole screen (F11)")
        self._moment = QTimer(self)
        self._moment.setSingleShot(True)
        self._moment.setInterval(FOR_A_MOMENT)
        self._moment.timeout.connect(self.show_clock)

    def show_told(self, told: Told) -> None:
        """Show what the clock says."""
        if told != self.told:
            self.told = told
            if self.accessibleName() != told.spoken:  # once a minute, so that a screen reader is not kept talking
                self.setAccessibleName(told.spoken)
            self.update()

    def show_large(self, words: str) -> None:
        """Show a few words in place of the clock, for a moment."""
        self.large = words
        self._moment.start()
        self.update()

    def show_clock(self) -> None:
        """Show the clock again."""
        self.large = ""
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 76)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, told = Theme.of(self), self.told
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.large:
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(box, 12, 12)
            painter.setPen(theme.color("on_accent"))
            painter.setFont(_font(self.font(), DIGITS))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.large)
        else:
            if told.stage is Stage.PAUSED:
                painter.setPen(QPen(theme.color("muted"), 2, Qt.PenStyle.DashLine))
            else:
                painter.setBrush(theme.color(_GROUND.get(told.stage, "sunken") if told.stage else "sunken"))
            painter.drawRoundedRect(box, 12, 12)
            self._paint_words(painter, box.adjusted(12, 0, -12, 0), theme)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 12, 12)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF, theme: Theme) -> None:
        told = self.told
        colour = ink(theme, told.stage)
        start = box.left()
        if told.stage is not None:
            paint_sign(painter, QPointF(start + 20, box.center().y()), 18, told, theme)
            start += 50
        painter.setPen(colour)
        count, aside = _font(self.font(), DISPLAY), QFont(self.font())
        aside.setPixelSize(SMALL)
        wide = max(QFontMetricsF(count).horizontalAdvance(told.count), QFontMetricsF(aside).horizontalAdvance(told.aside))
        painter.setFont(count)
        painter.drawText(box.adjusted(0, 10, 0, -28), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told.count)
        painter.setFont(aside)
        beneath = box.adjusted(0, 46, 0, -10) if told.count else box
        painter.drawText(beneath, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told.aside)
        room = QRectF(start, box.top(), box.right() - wide - 10 - start, box.height())
        painter.setFont(fitted(self.font(), told.time, room.width(), DIGITS if ":" in told.time else WORDS))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told.time)


def fitted(font: QFont, text: str, width: float, largest: float) -> QFont:
    """The font at the largest size, or smaller so that the text is no wider than `width` pixels."""
    made = _font(font, largest)
    needed = QFontMetricsF(made).horizontalAdvance(text)
    return made if needed <= width else _font(font, max(SMALL, largest * width / needed))


def _font(font: QFont, size: float) -> QFont:
    made = QFont(font)
    made.setPixelSize(int(size))
    made.setWeight(QFont.Weight.DemiBold)
    return made
