"""The visits of a patient on one time axis: how pain and numbness went, and which points were used."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.history import most_used, used, visit_words
from neuro_chart.clinic.visits import SCORE_FIELDS, Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, long_day, short_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.theme import SMALL, Theme
from neuro_chart.ui.visit_list import VisitList
from neuro_chart.ui.widgets import Empty, card, label, row

GUTTER, RIGHT, TOP = 88, 88, 48
LEAST_SCORES, MOST_SCORES, AXIS, LINE, FOOT = 168, 320, 36, 26, 8
SMALLEST_DOT, LARGEST_DOT = 3.5, 8.0


@dataclass(frozen=True)
class Score:
    """One score that is drawn: its title, the colour's role, and the two fields of a visit."""

    title: str
    role: str
    before: str
    after: str
    shift: float
    is_round: bool


PAIN = Score("Pain", "danger", "pain_before", "pain_after", -5, is_round=True)
NUMBNESS = Score("Numbness", "accent", "numbness_before", "numbness_after", 5, is_round=False)


class Timeline(QWidget):
    """The drawing. Left and right walk the visits, Enter or a click opens one: `visit_chosen(visit_id)`, `pointed(visit_id)`."""

    spoken_role = QAccessible.Role.Chart
    visit_chosen = Signal(str)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._visits: list[Visit] = []
        self._days: list[date] = []
        self._places: list[str] = []
        self._uses: list[dict[str, int]] = []
        self._current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Progress on a time axis; the list beside it says the same")

    def show_visits(self, visits: Sequence[Visit]) -> None:
        """Draw these visits, given from the first to the last; the one pointed at stays if it is among them."""
        kept = self.current
        self._visits = list(visits)
        self._days = [local_day(visit.started) for visit in visits]
        self._places = most_used(visits)
        self._uses = [used(visit) for visit in visits]
        self._current = next((at for at, visit in enumerate(visits) if kept and visit.id == kept.id), -1)
        self.setMinimumHeight(LEAST_SCORES + self._rest)
        self.updateGeometry()
        self.update()

    @property
    def current(self) -> Visit | None:
        """The visit that is pointed at."""
        return self._visits[self._current] if 0 <= self._current < len(self._visits) else None

    def point_at(self, visit_id: str) -> None:
        """Mark a visit without announcing it."""
        self._current = next((at for at, visit in enumerate(self._visits) if visit.id == visit_id), -1)
        visit = self.current
        self.setAccessibleDescription(self._words(visit) if visit else "")
        self.update()

    def x_of(self, at: int) -> float:
        """Where the visit at this place of the row stands, in pixels from the left."""
        first, last = self._days[0], self._days[-1]
        share = (self._days[at] - first).days / (last - first).days if last > first else 0.5
        return self._left + share * (self._right - self._left)

    @property
    def _rest(self) -> int:
        """The height of all but the scale of scores."""
        return TOP + AXIS + LINE * len(self._places) + FOOT

    @property
    def _scores(self) -> int:
        return max(LEAST_SCORES, min(MOST_SCORES, self.height() - self._rest))

    @property
    def _left(self) -> float:
        return GUTTER + 20.0

    @property
    def _right(self) -> float:
        return max(self._left + 40.0, self.width() - RIGHT - 12.0)

    def _y_of(self, score: float) -> float:
        return TOP + self._scores * (1 - score / 10)

    def _row_y(self, at: int) -> float:
        return TOP + self._scores + AXIS + LINE * (at + 0.5)

    def _words(self, visit: Visit) -> str:
        return f"{long_day(local_day(visit.started))}: {visit_words(visit)}"

    def sizeHint(self) -> QSize:
        return QSize(720, self.minimumHeight())

    def _go(self, at: int) -> None:
        if not self._visits:
            return
        at = max(0, min(len(self._visits) - 1, at))
        if at != self._current:
            self.point_at(self._visits[at].id)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
            self.pointed.emit(self._visits[at].id)

    def _nearest(self, x: float) -> int:
        return min(range(len(self._visits)), key=lambda at: abs(self.x_of(at) - x), default=-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._nearest(event.position().x())
        near = at >= 0 and abs(self.x_of(at) - event.position().x()) < 32
        self.setCursor(Qt.CursorShape.PointingHandCursor if near else Qt.CursorShape.ArrowCursor)
        if near:
            self._go(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._nearest(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0 and abs(self.x_of(at) - event.position().x()) < 32:
            self._go(at)
            self.visit_chosen.emit(self._visits[at].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._visits) - 1
        match event.key():
            case Qt.Key.Key_Left:
                self._go(self._current - 1 if self._current >= 0 else last)
            case Qt.Key.Key_Right:
                self._go(self._current + 1)
            case Qt.Key.Key_Home:
                self._go(0)
            case Qt.Key.Key_End:
                self._go(last)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.current:
                self.visit_chosen.emit(self.current.id)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current < 0:
            self._go(len(self._visits) - 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        if not self._visits:
            return
        theme = Theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(self.font())
        small.setPixelSize(SMALL)
        painter.setFont(small)
        self._paint_ground(painter, theme)
        self._paint_axis(painter, theme)
        self._paint_strip(painter, theme)
        ends: list[tuple[float, Score]] = []
        for score in (PAIN, NUMBNESS):
            self._paint_score(painter, theme, score, ends)
        self._paint_names(painter, theme, ends)
        if not any(getattr(visit, field) is not None for visit in self._visits for field in SCORE_FIELDS):
            painter.setPen(theme.color("muted"))
            room = QRectF(GUTTER, TOP, self.width() - GUTTER - RIGHT, self._scores / 2)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "No pain or numbness scored yet")
        if self.current:
            self._paint_callout(painter, theme, self.current)

    def _paint_ground(self, painter: QPainter, theme: Theme) -> None:
        """The scale from 0 to 10, the rows of the strip, and the column of the visit that is pointed at."""
        bottom = self._row_y(len(self._places)) - LINE / 2 if self._places else TOP + self._scores
        if self.current:
            x = self.x_of(self._current)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(QRectF(x - 16, TOP - 8, 32, bottom - TOP + 16), 8, 8)
        faint, line = QColor(theme.line), theme.color("line")
        faint.setAlphaF(0.55)
        for score in (0, 5, 10):
            y = self._y_of(score)
            painter.setPen(QPen(line if score == 0 else faint, 1))
            painter.drawLine(QPointF(GUTTER, y), QPointF(self.width() - RIGHT, y))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(0, y - 10, GUTTER - 12, 20), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(score))
        painter.setPen(QPen(faint, 1))
        for at in range(len(self._places)):
            painter.drawLine(QPointF(GUTTER, self._row_y(at)), QPointF(self.width() - RIGHT, self._row_y(at)))

    def _paint_axis(self, painter: QPainter, theme: Theme) -> None:
        """Days, months or years under the scale, as many as there is room for."""
        y = TOP + self._scores
        named = ticks(self._days[0], self._days[-1], most=max(2, int((self._right - self._left) / 72)))
        span = (self._days[-1] - self._days[0]).days
        for day, words in named:
            share = (day - self._days[0]).days / span if span else 0.5
            x = self._left + share * (self._right - self._left)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(x, y), QPointF(x, y + 6))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(x - 60, y + 8, 120, 20), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_strip(self, painter: QPainter, theme: Theme) -> None:
        """One row a point: a dot where it was needled, larger the longer the needles were to stay."""
        metrics = painter.fontMetrics()
        bold = QFont(painter.font())
        bold.setWeight(QFont.Weight.DemiBold)
        plain = QFont(painter.font())
        for at, name in enumerate(self._places):
            y = self._row_y(at)
            painter.setFont(bold)
            painter.setPen(theme.color("text"))
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, GUTTER - 20)
            painter.drawText(QRectF(0, y - 10, GUTTER - 12, 20), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
            painter.setFont(plain)
            painter.setPen(theme.color("muted"))
            times = sum(name in places for places in self._uses)
            painter.drawText(QRectF(self.width() - RIGHT + 12, y - 10, RIGHT - 12, 20), Qt.AlignmentFlag.AlignVCenter, f"{times} ×")
            painter.setPen(Qt.PenStyle.NoPen)
            for visit_at, places in enumerate(self._uses):
                if name in places:
                    painter.setBrush(theme.color("accent"))
                    radius = dot_radius(places[name])
                    painter.drawEllipse(QPointF(self.x_of(visit_at), y), radius, radius)

    def _paint_score(self, painter: QPainter, theme: Theme, score: Score, ends: list[tuple[float, Score]]) -> None:
        """A line through what the patient came with, and from each a stem to what they left with."""
        colour, ground = theme.color(score.role), theme.color("card")
        befores = [(at, value) for at, visit in enumerate(self._visits) if (value := getattr(visit, score.before)) is not None]
        line = QPen(colour, 2, Qt.PenStyle.SolidLine if score.is_round else Qt.PenStyle.DashLine)
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(self.x_of(at) + score.shift, self._y_of(value)) for at, value in befores]))
        if befores:
            ends.append((self._y_of(befores[-1][1]), score))
        for at, visit in enumerate(self._visits):
            before, after = getattr(visit, score.before), getattr(visit, score.after)
            x = self.x_of(at) + score.shift
            if before is not None and after is not None and before != after:
                painter.setPen(QPen(colour, 1.5))
                painter.drawLine(QPointF(x, self._y_of(before)), QPointF(x, self._y_of(after)))
            for value, size, fill in ((after, 3.5, ground), (before, 5.0, colour)):
                if value is not None:
                    painter.setPen(QPen(colour, 1.8))
                    painter.setBrush(fill)
                    _mark(painter, QPointF(x, self._y_of(value)), size, is_round=score.is_round)

    def _paint_names(self, painter: QPainter, theme: Theme, ends: list[tuple[float, Score]]) -> None:
        """Each line's name at its end, and above what its marks mean."""
        ends = sorted(ends, key=lambda end: end[0])
        if len(ends) == 2 and ends[1][0] - ends[0][0] < 18:
            middle = (ends[0][0] + ends[1][0]) / 2
            ends = [(middle - 9, ends[0][1]), (middle + 9, ends[1][1])]
        for y, score in ends:
            painter.setPen(theme.color(score.role))
            painter.drawText(QRectF(self.width() - RIGHT + 12, y - 10, RIGHT - 12, 20), Qt.AlignmentFlag.AlignVCenter, score.title)

    def _paint_callout(self, painter: QPainter, theme: Theme, visit: Visit) -> None:
        """The visit that is pointed at, in words at the top."""
        words = self._words(visit)
        bold = QFont(painter.font())
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        width = min(QFontMetricsF(bold).horizontalAdvance(words) + 24, self.width() - 8.0)
        x = max(4.0, min(self.x_of(self._current) - width / 2, self.width() - width - 4))
        box = QRectF(x, 4, width, 28)
        painter.setPen(QPen(theme.color("accent"), 1.5 if self.hasFocus() else 1))
        painter.setBrush(theme.color("card"))
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(theme.color("text"))
        fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(width - 16))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, fitting)


def dot_radius(minutes: int) -> float:
    """The radius of a dot for a retention of 10 to 60 minutes, so that its area grows with the time."""
    return SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * math.sqrt((max(10, min(60, minutes)) - 10) / 50)


def _mark(painter: QPainter, at: QPointF, size: float, *, is_round: bool) -> None:
    if is_round:
        painter.drawEllipse(at, size, size)
    else:
        far = size * 1.25
        painter.drawPolygon(QPolygonF([at + QPointF(0, -far), at + QPointF(far, 0), at + QPointF(0, far), at + QPointF(-far, 0)]))


def ticks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Days to name between the first and the last, at most so many, and their words."""
    if (last - first).days <= 45:
        step = next((step for step in (1, 2, 7) if (last - first).days // step < most), 28)
        days = [first + timedelta(days=step * number) for number in range((last - first).days // step + 1)]
        return [(day, short_day(day).rsplit(" ", 1)[0].rstrip(",")) for day in days]
    months = [date(number // 12, number % 12 + 1, 1) for number in range(first.year * 12 + first.month, last.year * 12 + last.month)]
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if sum((month.month - 1) % min(step, 12) == 0 for month in months) <= most), 60)
    chosen = [month for month in months if (month.year * 12 + month.month - 1) % step == 0]
    named = []
    for at, month in enumerate(chosen):
        with_year = at == 0 or month.year != chosen[at - 1].year
        named.append((month, f"{month:%b} {month.year}" if with_year and step < 12 else str(month.year) if step >= 12 else f"{month:%b}"))
    return named


class ProgressPage(QWidget):
    """The timeline and, beside it, the same in words: `visit_chosen(visit_id)`."""

    visit_chosen = Signal(str)

    def __init__(self, chart: OpenChart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self.timeline = Timeline()
        self.list = VisitList()
        self._title = label("", "title")
        self._story = label("", "muted", wrap=True)
        self._story.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.timeline)
        drawing = card(row(self._title, self._story, spacing=16), Legend(), area)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        words = card(label("Visits", "heading"), self.list, margins=12)
        words.setFixedWidth(392)
        shown = QWidget()
        columns = QHBoxLayout(shown)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(16)
        columns.addWidget(drawing, 1)
        columns.addWidget(words)
        self._pages = QStackedWidget()
        self._pages.addWidget(shown)
        self._pages.addWidget(_nothing())
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(self._pages)
        self.timeline.visit_chosen.connect(self.visit_chosen)
        self.list.visit_chosen.connect(self.visit_chosen)
        self.timeline.pointed.connect(self.list.point_at)
        self.list.pointed.connect(self.timeline.point_at)

    def show_patient(self, dossier: Dossier) -> None:
        """Show the visits of a patient."""
        ordered = dossier.visits[::-1]
        self.timeline.show_visits(ordered)
        self.list.show_visits(ordered[::-1], dossier.origin)
        self._pages.setCurrentIndex(0 if ordered else 1)
        self._story.setText(story(ordered))
        if ordered:
            first, last = local_day(ordered[0].started), local_day(ordered[-1].started)
            many = f"{len(ordered)} visits, {short_day(first)} to {short_day(last)}"
            self._title.setText(many if len(ordered) > 1 else f"1 visit, {long_day(first)}")

    def flush(self) -> None:
        """Nothing is typed here."""


class Legend(QWidget):
    """What the marks of the timeline mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(24)
        self.setAccessibleName("Filled marks: before the treatment. Open marks: after it. Circles: pain. Diamonds: numbness.")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        theme = Theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(self.font())
        small.setPixelSize(SMALL)
        painter.setFont(small)
        x, y = 6.0, self.height() / 2
        for words, role, filled, is_round in (
            ("pain before", "danger", True, True), ("after", "danger", False, True),
            ("numbness before", "accent", True, False), ("after", "accent", False, False),
        ):  # fmt: skip
            painter.setPen(QPen(theme.color(role), 1.8))
            painter.setBrush(theme.color(role if filled else "card"))
            _mark(painter, QPointF(x, y), 4.5, is_round=is_round)
            x = self._say(painter, theme, x + 12, words) + 22
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        for minutes in (10, 30, 60):
            painter.drawEllipse(QPointF(x, y), dot_radius(minutes), dot_radius(minutes))
            x += 18
        self._say(painter, theme, x, "10, 30 and 60 min")

    def _say(self, painter: QPainter, theme: Theme, x: float, words: str) -> float:
        painter.setPen(theme.color("muted"))
        width = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
        return x + width


def story(visits: Sequence[Visit]) -> str:
    """How the scores went from the first visit that has them to the last, in a sentence."""
    told = []
    for score in (PAIN, NUMBNESS):
        values = [value for visit in visits if (value := getattr(visit, score.before)) is not None]
        if len(values) > 1:
            told.append(f"{score.title.lower()} {values[0]} → {values[-1]}")
    return f"On arrival, first to last: {', '.join(told)}" if told else ""


def _nothing() -> QWidget:
    words = (
        "After the first visit, pain and numbness before and after each treatment are drawn here on one time axis, "
        "with the points that were used and how long the needles stayed in, so that you see what worked."
    )
    return Empty("activity", "Nothing to compare yet", words)
