"""One thing that is done beside the needles, as a row: what it is, where, its clock, and whether the health history speaks against it."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from neuro_chart.clinic.adjuncts import (
    LEFT_IN,
    Adjunct,
    adjunct_words,
    how_words,
    name_words,
    short_name,
    time_words,
    where_words,
)
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.safety import Level, Warning  # noqa: A004  # the field's own word
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.left_in import near_day
from neuro_chart.ui.map_adjuncts import paint_place
from neuro_chart.ui.map_marks import diamond
from neuro_chart.ui.theme import BODY, SMALL, TARGET, Theme
from neuro_chart.ui.warning_card import SIGN
from neuro_chart.ui.widgets import icon_button, tip

KEYS = "Enter opens it, Space starts or ends it, K pauses it, + adds five minutes, Delete takes it off the chart."


class AdjunctRow(QAbstractButton):
    """One thing done: `clicked` opens it; `step_wanted` is its start or its end, `pause_wanted`, `longer_wanted`, `removal_wanted`."""

    step_wanted = Signal()
    pause_wanted = Signal()
    longer_wanted = Signal()
    removal_wanted = Signal()

    def __init__(self, adjunct: Adjunct, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.adjunct = adjunct
        self._words, self._spoken, self._time, self._over = "", "", "", False
        self._minds: Sequence[Warning] = ()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(TARGET + 2)
        self.step = icon_button("play", "", self.step_wanted.emit)
        self.step.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Space on the row does the same
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addStretch(1)
        box.addWidget(self.step)

    def sizeHint(self) -> QSize:
        return QSize(200, TARGET + 2)

    def nextCheckState(self) -> None:
        """It is checked while its panel is open, which only that panel knows."""

    def show_adjunct(self, adjunct: Adjunct, needles: Sequence[Needle], moment: datetime, *, read_only: bool) -> None:
        """Show what is stored; a lead is named by the needles that it joins."""
        self.adjunct = adjunct
        unasked = "consent not charted" if adjunct.kind in LEFT_IN and not adjunct.consent and adjunct.ended is None else ""
        self._words = " · ".join(filter(None, (adjunct_words(adjunct, needles), unasked)))
        self._spoken = ", ".join(filter(None, (adjunct.kind, how_words(adjunct), where_words(adjunct, needles), unasked)))
        waits, ends = adjunct.started is None, adjunct.clock.is_open
        days = adjunct.kind in LEFT_IN
        self.step.setVisible(not read_only and (waits or (ends and not days)))
        word = ("Put in" if days else "Start") if waits else "Take out" if days else "End"
        set_icon(self.step, "play" if waits else "stop", "accent")
        self.step.setToolTip(tip(f"{word} {short_name(adjunct.kind)} (Space)"))
        self.step.setAccessibleName(f"{word} {adjunct.kind.lower()}")
        self.tick(moment)

    def show_warnings(self, minds: Sequence[Warning]) -> None:
        """Mark what the health history speaks against; the loudest comes first."""
        self._minds = minds
        self.tick(now())

    def tick(self, moment: datetime) -> None:
        """Let its clock follow the time."""
        clock = self.adjunct.clock
        time, over = time_words(self.adjunct, moment), clock.is_overdue(moment)
        if self.adjunct.is_left_in and self.adjunct.until is not None:
            time = f"until {near_day(self.adjunct.until)}"
        minds = "; ".join(warning.text for warning in self._minds)
        said = f"{self._spoken}, {_state_words(self.adjunct, time, over=over)}{f'. Take care: {minds}' if minds else ''}"
        if (time, over, said) != (self._time, self._over, self.accessibleName()):  # a redrawn row each second is enough
            self._time, self._over = time, over
            self.setAccessibleName(said)
            self.setAccessibleDescription(KEYS)
            told = "\n".join(filter(None, (self._words, minds, KEYS)))
            self.setToolTip(tip(told))
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_Return: self.clicked.emit, Qt.Key.Key_Enter: self.clicked.emit, Qt.Key.Key_Space: self.step.click,
            Qt.Key.Key_K: self.pause_wanted.emit, Qt.Key.Key_Plus: self.longer_wanted.emit, Qt.Key.Key_Equal: self.longer_wanted.emit,
            Qt.Key.Key_Delete: self.removal_wanted.emit, Qt.Key.Key_Backspace: self.removal_wanted.emit,
        }  # fmt: skip
        if (act := acts.get(Qt.Key(event.key()))) and not event.modifiers() & ~_SILENT:
            act()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, box = Theme.of(self), QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = "accent_soft" if self.isChecked() else "danger_soft" if self._over else "sunken" if self.underMouse() else ""
        if ground:
            painter.setBrush(theme.color(ground))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -2), 8, 8)
        mark = QPointF(13, box.center().y())
        if self._over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("danger"))
            painter.drawPolygon(QPolygonF(diamond(mark, 9)))
        else:
            paint_place(painter, theme, mark, self.adjunct)
        self._paint_words(painter, theme, box.height(), self._paint_time(painter, theme, box.height()))

    def _paint_time(self, painter: QPainter, theme: Theme, height: float) -> float:
        """Its time at the right, behind two bars while it is paused; returns where it begins."""
        clock, days = self.adjunct.clock, self.adjunct.kind in LEFT_IN
        loud = clock.is_open and not days
        colour = theme.color("danger" if self._over else "text" if loud else "muted")
        painter.setFont(self._font(BODY if loud else SMALL, bold=loud))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(self._time)
        left = (self.step.x() if self.step.isVisibleTo(self) else self.width() - 8) - 2 - wide
        painter.setPen(colour)
        painter.drawText(QRectF(left, 0, wide + 1, height), Qt.AlignmentFlag.AlignVCenter, self._time)
        if clock.is_paused and not days:
            for aside in (13, 8):
                painter.fillRect(QRectF(left - aside, height / 2 - 5, 3, 10), colour)
            left -= 15
        return left

    def _paint_words(self, painter: QPainter, theme: Theme, height: float, right: float) -> None:
        """What it is, and smaller where and how."""
        name = name_words(self.adjunct)
        rest, left = self._words.removeprefix(name), 28.0
        faint = self.adjunct.ended is not None or self.adjunct.copied
        loud = self._minds[0].level if self._minds else None
        mark = (f"{SIGN[loud]} ", BODY, "danger" if loud is Level.ALERT else "warning") if loud else ("", BODY, "text")
        for words, size, colour in (mark, (name, BODY, "muted" if faint else "text"), (rest, SMALL, "muted")):
            painter.setFont(self._font(size))
            painter.setPen(theme.color(colour))
            fit = QFontMetricsF(painter.font())
            shown = fit.elidedText(words, Qt.TextElideMode.ElideRight, max(0.0, right - 10 - left))
            painter.drawText(QRectF(left, 0, right - left, height), Qt.AlignmentFlag.AlignVCenter, shown)
            left += fit.horizontalAdvance(words)

    def _font(self, size: int, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


_SILENT = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def _state_words(adjunct: Adjunct, time: str, *, over: bool) -> str:
    """Its clock, as it is read aloud."""
    if adjunct.started is None:
        return f"{'to be confirmed' if adjunct.copied else 'not begun'}{f', for {time}' if time else ''}"
    if adjunct.kind in LEFT_IN:
        return "taken out" if adjunct.ended else "left in"
    if adjunct.ended is not None:
        return f"ended after {time}"
    if over:
        return f"over by {time.lstrip('+')}"
    stands = "paused" if adjunct.clock.is_paused else "running"
    return f"{stands}, {time} left" if adjunct.minutes is not None else f"{stands} for {time}"
