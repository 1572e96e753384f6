"""The clock of a visit on the whole screen, to be read from the other end of the room: dark, and without the patient's name."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSettings, Qt, Signal
from PySide6.QtGui import QAccessible, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import Clock, countdown, now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.rooms import running
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.clock_face import Told, fitted, groups, ink, paint_sign, tell
from neuro_chart.ui.map_marks import Stage
from neuro_chart.ui.privacy import initials_only
from neuro_chart.ui.theme import DARK
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import add_action, button, label, row, set_flag

MOST = 5  # more clocks than these are never looked at from afar
CENTRE = Qt.AlignmentFlag.AlignCenter


class Other(NamedTuple):
    """A clock beneath the large one: of what, and its time."""

    name: str
    clock: Clock


def others(visit: Visit, moment: datetime) -> Iterator[Other]:
    """The clocks of the needles that come out later, and of what runs beside them."""
    for together in groups(visit.needles, moment)[1:]:
        yield Other(f"{len(together)} {'needle' if len(together) == 1 else 'needles'}", together[0].clock)
    for adjunct in running(visit):
        if isinstance(adjunct, Adjunct):
            yield Other(adjunct.kind, adjunct.clock)


class LargeClock(QWidget):
    """The time that is left, as large as there is room for, over a bar that runs down."""

    spoken_role = QAccessible.Role.Clock

    def __init__(self) -> None:
        super().__init__()
        self.told = Told(None, "", 0, "", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_told(self, told: Told) -> None:
        """Show what the clock says."""
        if told != self.told:
            self.told = told
            self.setAccessibleName(told.spoken)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        told, box = self.told, QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if told.stage is Stage.OVERDUE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(DARK.color("danger"))
            painter.drawRoundedRect(box, 32, 32)
        elif told.stage is Stage.PAUSED:
            painter.setPen(QPen(DARK.color("muted"), 4, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(box, 32, 32)
        sign = 0.0 if told.stage in {None, Stage.IN, Stage.PLANNED} else box.height() * 0.16
        timed = told.stage in {Stage.IN, Stage.PAUSED}
        room = box.adjusted(24 + 2.6 * sign, 0, -24, -40 if timed else 0)
        widest = told.time if len(told.time) > len("00:00") else "00:00"
        size = min(room.height() * 0.95, fitted(self.font(), widest, room.width(), room.height()).pixelSize())
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPixelSize(int(size))
        painter.setFont(font)
        painter.setPen(ink(DARK, told.stage))
        painter.drawText(room, CENTRE, told.time)
        if sign:
            start = room.center().x() - QFontMetricsF(font).horizontalAdvance(told.time) / 2 - 1.4 * sign
            paint_sign(painter, QPointF(start, room.center().y()), sign, told, DARK)
        if timed:
            self._paint_bar(painter, QRectF(box.left() + 24, room.bottom(), box.width() - 48, 16))
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK.color("sunken"))
        painter.drawRoundedRect(bar, 8, 8)
        painter.setBrush(DARK.color("accent" if self.told.stage is Stage.IN else "muted"))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * self.told.share, bar.height()), 8, 8)


class OtherClocks(QWidget):
    """The other clocks side by side: the time, and beneath it whose it is."""

    spoken_role = QAccessible.Role.Clock

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[str, str, str]] = []
        self.setFixedHeight(104)

    def show_clocks(self, clocks: list[Other], moment: datetime) -> None:
        """Show these as they are at a moment; those that only count up, too."""
        shown = [(name, *_time(clock, moment)) for name, clock in clocks[:MOST]]
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(", ".join(f"{name} {time.strip('◆ ')}" for name, time, _ in shown))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        small = QFont(self.font())
        small.setPixelSize(22)
        wide = self.width() / max(1, len(self._shown))
        for place, (name, time, colour) in enumerate(self._shown):
            cell = QRectF(place * wide, 0, wide, self.height()).adjusted(8, 0, -8, 0)
            painter.setPen(DARK.color(colour))
            painter.setFont(fitted(self.font(), time, cell.width(), 56))
            painter.drawText(cell.adjusted(0, 0, 0, -36), CENTRE, time)
            painter.setPen(DARK.color("muted"))
            painter.setFont(small)
            words = QFontMetricsF(small).elidedText(name, Qt.TextElideMode.ElideRight, cell.width())
            painter.drawText(cell.adjusted(0, 66, 0, 0), CENTRE, words)
        painter.end()


def _time(clock: Clock, moment: datetime) -> tuple[str, str]:
    """A clock's time, and the colour for it: one without an end counts up."""
    left = clock.remaining(moment)
    time = countdown(clock.elapsed(moment) if left is None else left)
    if clock.is_paused:
        return f"Ⅱ {time}", "muted"
    return (f"◆ {time}", "danger") if clock.is_overdue(moment) else (time, "text")


class ClockScreen(QFrame):
    """The whole screen for the clock of the visit that is charted.

    `visit_wanted(patient_id, visit_id)` turns to another visit in progress, `pull_wanted()` pulls all needles.
    """

    visit_wanted = Signal(str, str)
    pull_wanted = Signal()

    def __init__(self, treatment: Treatment, ticker: Ticker, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._treatment, self._ticker, self._settings = treatment, ticker, settings
        self.setWindowTitle("Neuro Chart")
        self.setProperty("role", "clock")
        self.setPalette(DARK.palette())
        self.where, self.count, self.words = label("", "far"), label("", "far"), label("", "afar")
        self.clock, self.others = LargeClock(), OtherClocks()
        self.before, self.after = button("", partial(self.turn, -1)), button("", partial(self.turn, 1))
        self.longer = button("+5 min", treatment.leave_longer)
        self.hold = button("", treatment.hold_or_resume)
        self.pull = button("Pull all now", self.pull_wanted.emit, "danger")
        self.undo = button("Undo", self._undo)
        self.leave = button("Close", self.close)
        self._done_before = 0
        for made, keys in ((self.before, "Left"), (self.after, "Right"), (self.longer, "Ctrl+Shift+M"), (self.hold, "Ctrl+Shift+K"),
                           (self.pull, "Ctrl+Shift+P"), (self.undo, "Ctrl+Z"), (self.leave, "Escape")):  # fmt: skip
            add_action(self, "", keys, made.click)
            made.setToolTip(keys)
        add_action(self, "", "F11", self.close)
        self._lay_out()
        treatment.shown.connect(lambda _visit: self.tick(now()))
        treatment.closed.connect(self.close)
        treatment.stack.indexChanged.connect(self._offer_undo)
        ticker.ticked.connect(self.tick)
        ticker.counted.connect(lambda: self.tick(now()))

    def _lay_out(self) -> None:
        head, foot, box = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self.where)
        head.addStretch(1)
        head.addWidget(self.count)
        foot.setSpacing(12)
        for made, stretch in (
            (row(self.before, None), 1),
            (row(self.longer, self.hold, self.pull, self.undo), 0),
            (row(None, self.after, self.leave), 1),
        ):
            foot.addWidget(made, stretch)
        self.words.setAlignment(CENTRE)
        box.setContentsMargins(48, 24, 48, 32)
        box.setSpacing(16)
        box.addLayout(head)
        box.addWidget(self.clock, 1)
        box.addWidget(self.words)
        box.addWidget(self.others)
        box.addSpacing(8)
        box.addLayout(foot)

    def fill(self) -> None:
        """Fill the screen with the clock."""
        self._done_before = self._treatment.stack.index()
        self.showFullScreen()
        self.tick(now())
        self._offer_undo(self._done_before)
        self.activateWindow()
        self.leave.setFocus()

    @property
    def _visits(self) -> list[tuple[Visit, Patient]]:
        """Those to turn between: what is under way, and the one that is shown."""
        here = self._treatment.visit.id if self._treatment.visit else ""
        return [(each.visit, each.patient) for each in self._ticker.visits if each.is_under_way or each.visit.id == here]

    def _beside(self, steps: int) -> tuple[Visit, Patient] | None:
        here, visits = self._treatment.visit, self._visits
        place = next((at for at, (visit, _) in enumerate(visits) if here is not None and visit.id == here.id), None)
        return visits[(place + steps) % len(visits)] if place is not None and len(visits) > 1 else None

    def turn(self, steps: int) -> None:
        """Turn to the visit before (-1) or after (1)."""
        if wanted := self._beside(steps):
            self._done_before = 0
            self.visit_wanted.emit(wanted[1].id, wanted[0].id)

    def _offer_undo(self, done: int) -> None:
        if isValid(self.undo):  # as the page goes, its steps go last
            self.undo.setVisible(done > self._done_before)

    def _undo(self) -> None:
        """Take back what was done on this screen, and nothing that was done before."""
        if self._treatment.stack.index() > self._done_before:
            self._treatment.stack.undo()

    def _name(self, visit: Visit, patient: Patient) -> str:
        """The room, and the initials unless privacy hides even those."""
        parts = (visit.room, "" if initials_only(self._settings) else patient.initials)
        return " · ".join(part for part in parts if part) or "Visit"

    def tick(self, moment: datetime) -> None:
        """Let the clocks follow the time."""
        visit = self._treatment.visit
        if visit is None or not self.isVisible():
            return
        told, beside = tell(visit, moment), list(others(visit, moment))
        patient = next((who for each, who in self._visits if each.id == visit.id), None)
        self.where.setText(self._name(visit, patient) if patient else visit.room)
        self.count.setText(f"{told.count} {told.aside}" if told.stage is Stage.PLANNED else told.count or told.aside)
        self.clock.show_told(told)
        self.words.setText("Paused" if told.stage is Stage.PAUSED else told.words)
        set_flag(self.words, "over", told.stage is Stage.OVERDUE)
        self.others.show_clocks(beside, moment)
        self.others.setVisible(bool(beside))
        open_clocks = [needle.clock for needle in visit.needles if needle.is_in and needle.clock.is_open]
        can = not visit.is_closed
        self.longer.setVisible(can and bool(open_clocks))
        self.hold.setVisible(can and bool(open_clocks))
        self.hold.setText("Run on" if all(clock.is_paused for clock in open_clocks) else "Pause")
        self.pull.setVisible(can and bool(visit.count.inside))
        for made, steps, sign in ((self.before, -1, "‹ {}"), (self.after, 1, "{} ›")):
            wanted = self._beside(steps)
            made.setVisible(wanted is not None and (steps > 0 or len(self._visits) > 2))
            if wanted is not None:
                made.setText(sign.format(self._name(*wanted)))
                made.setAccessibleName(f"Turn to {self._name(*wanted)}")
