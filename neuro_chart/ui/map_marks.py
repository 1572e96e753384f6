"""The marks of needles on the body map: their stages, shapes and short names."""

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from neuro_chart.clinic.needles import Needle
from neuro_chart.ui.theme import Theme

MARKER = 5.5


class Stage(StrEnum):
    """What a needle's marker says."""

    PLANNED = "planned"
    IN = "in"
    OVERDUE = "overdue"
    OUT = "out"


def stage(needle: Needle, moment: datetime) -> Stage:
    """Where a needle is in its life."""
    if needle.removed is not None:
        return Stage.OUT
    if needle.due is None:
        return Stage.PLANNED
    return Stage.OVERDUE if needle.due <= moment else Stage.IN


def paint_marker(painter: QPainter, place: QPointF, stage: Stage, theme: Theme, size: float = MARKER) -> None:
    """A needle: a ring when planned, a disc when in, a diamond when overdue, a faint ring when out."""
    halo = QPen(theme.color("card"), 2)
    match stage:
        case Stage.PLANNED:
            painter.setPen(QPen(theme.color("card"), 5))
            painter.setBrush(theme.color("card"))
            painter.drawEllipse(place, size - 1, size - 1)
            painter.setPen(QPen(theme.color("accent"), 2.2))
            painter.drawEllipse(place, size - 1, size - 1)
        case Stage.IN:
            painter.setPen(halo)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(place, size, size)
        case Stage.OVERDUE:
            painter.setPen(halo)
            painter.setBrush(theme.color("danger"))
            painter.drawPolygon(diamond(place, size * 1.7))
        case Stage.OUT:
            faint = theme.color("muted")
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("card"), 3.4))
            painter.drawEllipse(place, size - 1.5, size - 1.5)
            painter.setPen(QPen(faint, 1.4))
            painter.drawEllipse(place, size - 1.5, size - 1.5)


def diamond(middle: QPointF, reach: float) -> QPolygonF:
    """A square that stands on its corner."""
    return QPolygonF([middle + QPointF(dx * reach, dy * reach) for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0))])


def short(code: str) -> str:
    """A point's code as there is room for: extra points without their prefix, but for those that would read as points of the Bladder."""
    return code if code.startswith("EX-B") else code.removeprefix("EX-")
