"""The marks of needles on the body map: their stages, shapes and short names."""

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from neuro_chart.clinic.needles import Needle
from neuro_chart.ui.theme import Theme

MARKER = 5.5
BADGE = 4.5


class Stage(StrEnum):
    """What a needle's marker says, from the quietest to the most pressing: the later one is drawn over the earlier."""

    OUT = "out"
    COPIED = "planned, to be confirmed"
    PLANNED = "planned"
    IN = "in"
    PAUSED = "in, clock paused"
    UNCOUNTED = "pulled, not yet counted"
    OVERDUE = "overdue"


PRESSING = {stage: place for place, stage in enumerate(Stage)}


def stage(needle: Needle, moment: datetime) -> Stage:
    """Where a needle is in its life."""
    if needle.removed is not None:
        return Stage.OUT if needle.counted else Stage.UNCOUNTED
    if not needle.is_in:
        return Stage.COPIED if needle.copied else Stage.PLANNED
    if needle.clock.is_paused:
        return Stage.PAUSED
    return Stage.OVERDUE if needle.clock.is_overdue(moment) else Stage.IN


def paint_marker(painter: QPainter, place: QPointF, stage: Stage, theme: Theme, size: float = MARKER) -> None:
    """A needle: a ring when planned, dashed until confirmed; a disc when in, two bars when paused, a diamond when overdue;

    an amber ring with a question when pulled and not counted, a faint ring when out.
    """
    card, accent = theme.color("card"), theme.color("accent")
    match stage:
        case Stage.PLANNED | Stage.COPIED:
            _disc(painter, place, size + 1.5, card)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 2.2) if stage is Stage.PLANNED else dashed(accent, 2.2))
            painter.drawEllipse(place, size - 1, size - 1)
        case Stage.IN:
            _disc(painter, place, size + 1, card)
            _disc(painter, place, size, accent)
        case Stage.PAUSED:
            _disc(painter, place, size + 2.5, card)
            painter.setPen(QPen(accent, 1.6))
            painter.drawEllipse(place, size + 1, size + 1)
            for aside in (-3.2, 0.8):
                painter.fillRect(QRectF(place.x() + aside, place.y() - 3, 2.4, 6), accent)
        case Stage.OVERDUE:
            painter.setPen(QPen(card, 2))
            painter.setBrush(theme.color("danger"))
            painter.drawPolygon(diamond(place, size * 1.7))
        case Stage.UNCOUNTED:
            _disc(painter, place, size + 3, card)
            painter.setPen(QPen(theme.color("warning"), 2))
            painter.drawEllipse(place, size + 1, size + 1)
            _letter(painter, place, "?", theme.color("warning"))
        case Stage.OUT:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, wide in ((card, 3.4), (theme.color("muted"), 1.4)):
                painter.setPen(QPen(colour, wide))
                painter.drawEllipse(place, size - 1.5, size - 1.5)


def paint_badge(painter: QPainter, place: QPointF, theme: Theme) -> None:
    """A mark at the shoulder of a needle with which something went wrong."""
    middle = place + QPointF(MARKER + 1.5, -MARKER - 1.5)
    _disc(painter, middle, BADGE + 1, theme.color("card"))
    _disc(painter, middle, BADGE, theme.color("warning"))
    painter.setPen(QPen(theme.color("card"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(middle + QPointF(0, -2.4), middle + QPointF(0, 0.4))
    painter.drawPoint(middle + QPointF(0, 2.6))


def paint_ghost(painter: QPainter, place: QPointF, theme: Theme) -> None:
    """A needle that is not charted yet: a hollow dashed ring through which the skin is seen."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(theme.color("card"), 3.6), dashed(theme.color("accent"), 1.8)):
        painter.setPen(pen)
        painter.drawEllipse(place, MARKER + 0.5, MARKER + 0.5)


def dashed(colour: QColor, width: float) -> QPen:
    """A pen whose dashes can still be told apart round a marker."""
    pen = QPen(colour, width, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([3.4 / width, 2.4 / width])
    return pen


def _disc(painter: QPainter, place: QPointF, reach: float, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(place, reach, reach)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _letter(painter: QPainter, place: QPointF, text: str, colour: QColor) -> None:
    font = painter.font()
    font.setPixelSize(10)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QRectF(place.x() - 8, place.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, text)


def diamond(middle: QPointF, reach: float) -> QPolygonF:
    """A square that stands on its corner."""
    return QPolygonF([middle + QPointF(dx * reach, dy * reach) for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0))])


def short(code: str) -> str:
    """A point's code as there is room for: extra points without their prefix, but for those that would read as points of the Bladder."""
    return code if code.startswith("EX-B") else code.removeprefix("EX-")
