"""A visit in progress on a card that is read across the room: who, how many needles, what ends next; and the few acts it takes."""

from datetime import datetime

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import countdown
from neuro_chart.clinic.rooms import Standing
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.privacy import shown_name
from neuro_chart.ui.theme import TARGET, Theme
from neuro_chart.ui.widgets import button, icon_button, label, pill, set_flag

MIME = "application/x-neuro-chart-visit"
WIDE = 440  # from here on the buttons stand in one row
LARGEST = 96
TALLEST = 344
TOLD = 26  # as tall as the pill beside it, so that its coming moves nothing


class Figure(QWidget):
    """A number as large as there is room for, painted by itself, so that each second costs no more than its own place on the screen.

    States: plain, running, paused (in a dashed frame), over (on a full ground), none.
    """

    def __init__(self, alignment: Qt.AlignmentFlag, largest: int = LARGEST) -> None:
        super().__init__()
        self.text, self.state = "", "none"
        self._alignment, self._largest = alignment, largest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_text(self, text: str, state: str) -> None:
        """Show a number in a state."""
        if (text, state) != (self.text, self.state):
            self.text, self.state = text, state
            self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(64, TARGET)

    def sizeHint(self) -> QSize:
        return QSize(120, 64)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, font = Theme.of(self), QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPixelSize(100)
        over, boxed = self.state == "over", self.state in {"over", "paused"}
        # as wide as the widest time it comes to, so that the size stays; a box takes its edges, and what is over its sign
        widest = max(QFontMetricsF(font).horizontalAdvance(words) for words in (self.text, "00:00" if ":" in self.text else ""))
        size = min(self._largest, self.height() * (0.74 if boxed else 0.8), self.width() / (widest / 100 + 0.5 * boxed + 0.5 * over))
        font.setPixelSize(max(8, int(size)))
        right = bool(self._alignment & Qt.AlignmentFlag.AlignRight)
        metrics = QFontMetricsF(font)
        width, capital = metrics.horizontalAdvance(self.text), metrics.capHeight()
        ink = theme.color({"running": "accent", "none": "muted", "paused": "muted", "over": "card"}.get(self.state, "text"))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        start = QPointF(self.width() - width if right else 0, self.height() - size * 0.14)  # the digits stand near the words beneath them
        if boxed:
            box = QRectF(0, 0, width + size * (1.0 if over else 0.5), size * 1.25)
            box.moveBottomLeft(QPointF(self.width() - box.width() - 1 if right else 1, self.height() - 3))
            painter.setPen(Qt.PenStyle.NoPen if over else QPen(ink, 2, Qt.PenStyle.DashLine))
            painter.setBrush(theme.color("danger") if over else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, size / 5, size / 5)
            start = QPointF(box.right() - size * 0.25 - width, box.center().y() + capital / 2)
            if over:
                middle, half = QPointF(box.left() + size * 0.42, box.center().y()), size * 0.2
                painter.setBrush(ink)
                painter.drawPolygon([middle + QPointF(x * half, y * half) for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))])
        painter.setPen(ink)
        painter.drawText(start, self.text)


class Fitted(QLabel):
    """Words that end in dots where there is no room for all of them."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words = ""

    def show_words(self, words: str) -> None:
        """Show these."""
        if words != self.words:
            self.words = words
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, self.width()))


class VisitCard(QFrame):
    """One visit in progress.

    `opened`, `insert_wanted`, `longer_wanted`, `pull_wanted`, `quiet_wanted` and `move_wanted(where)` carry the visit's id first;
    `left(dx, dy)` says that an arrow key leads to another card.
    """

    opened = Signal(str)
    insert_wanted = Signal(str)
    longer_wanted = Signal(str)
    pull_wanted = Signal(str)
    quiet_wanted = Signal(str)
    menu_wanted = Signal(str, QPoint)
    left = Signal(int, int)

    def __init__(self, standing: Standing, settings: QSettings) -> None:
        super().__init__()
        self._standing, self._settings = standing, settings
        self._pressed: QPoint | None = None
        self.setProperty("role", "visit")
        self.setMaximumHeight(TALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.name, self.beside = Fitted("title"), Fitted("muted")
        self.name.setMinimumHeight(TARGET)  # as tall as the buttons beside it, which are not always there
        self.count, self.clock = Figure(Qt.AlignmentFlag.AlignLeft), Figure(Qt.AlignmentFlag.AlignRight)
        self.count_words, self.clock_words = label("", "small"), label("", "small")
        self.beside.setMinimumHeight(TOLD)
        self.uncounted = pill("", "danger")
        visit_id = standing.visit.id
        self.quiet = icon_button("volume-x", "Stop ringing (Q)", lambda: self.quiet_wanted.emit(visit_id))
        self.menu = icon_button("ellipsis", "Put into another room (R)", self.ask_menu)
        self.insert = button("Insert", lambda: self.insert_wanted.emit(visit_id))
        self.longer = button("+5 min", lambda: self.longer_wanted.emit(visit_id))
        self.pull = button("Pull all", lambda: self.pull_wanted.emit(visit_id), "danger")
        self.open = button("Open", lambda: self.opened.emit(visit_id))
        self.insert.setToolTip("Insert all needles: their clocks start (I)")
        self.longer.setToolTip("Five minutes more for all that are in (M)")
        self.pull.setToolTip("Take all needles out now; count them afterwards (P)")
        self.open.setToolTip("Open the visit (Enter)")
        for made in (self.quiet, self.menu, self.insert, self.longer, self.pull, self.open):
            made.setCursor(Qt.CursorShape.PointingHandCursor)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(8)
        self._lay_out()
        self.show_visit(standing)

    @property
    def visit(self) -> Visit:
        """The visit on this card."""
        return self._standing.visit

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.name, 1)
        top.addWidget(self.quiet)
        top.addWidget(self.menu)
        face = QGridLayout()
        face.setSpacing(0)
        face.setHorizontalSpacing(12)
        face.addWidget(self.count, 0, 0)
        face.addWidget(self.clock, 0, 1)
        face.addWidget(self.count_words, 1, 0)
        face.addWidget(self.clock_words, 1, 1, Qt.AlignmentFlag.AlignRight)
        face.setColumnStretch(0, 2)
        face.setColumnStretch(1, 5)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.uncounted)
        told.addWidget(self.beside, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 10, 10)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(face, 1)
        column.addLayout(told)
        column.addLayout(self._buttons)
        self._place_buttons(4)

    def _place_buttons(self, columns: int) -> None:
        for at, made in enumerate((self.insert, self.longer, self.pull, self.open)):
            self._buttons.addWidget(made, at // columns, at % columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.size().width() >= WIDE) != (event.oldSize().width() >= WIDE) or event.oldSize().width() < 0:
            self._place_buttons(4 if event.size().width() >= WIDE else 2)

    def show_visit(self, standing: Standing) -> None:
        """Show the visit as it stands now."""
        self._standing = standing
        count = standing.count
        self.name.show_words(shown_name(standing.patient, self._settings))
        planned = f" · {count.planned} planned" if count.planned else ""
        self.count.show_text(str(count.inside), "plain" if count.inside else "none")
        self.count_words.setText(f"in{planned}" if count.inside or not count.out else f"in · {count.out} out{planned}")
        self.uncounted.setText(f"▲ {count.uncounted} to count out")
        self.uncounted.setVisible(bool(count.uncounted))
        self.insert.setText(f"Insert {count.planned}" if count.planned else "Insert")
        self.insert.setEnabled(bool(count.planned))
        set_flag(self.insert, "role", "primary" if count.planned and not count.inserted else "")
        self.longer.setEnabled(bool(count.inside))
        self.pull.setEnabled(bool(count.inside))

    def show_ringing(self, rings: bool) -> None:  # noqa: FBT001  # a state, not a mode
        """Offer to stop the ringing, while it rings."""
        self.quiet.setVisible(rings)

    def tick(self, moment: datetime) -> None:
        """Show the clocks as they stand."""
        standing = self._standing
        left, late = standing.left(moment), standing.late(moment)
        words, state = f"over · {late} of {standing.clocks}", "over"
        if left is None:
            words, state = "no clock", "none"
        elif not late:
            words, state = ("stands still", "paused") if standing.is_paused else ("next", "running")
        self.clock.show_text("–" if left is None else countdown(left), state)
        if words != self.clock_words.text():
            self.clock_words.setText(words)
        self.beside.show_words(" · ".join(_adjunct(each, moment) for each in standing.beside))
        set_flag(self, "over", "true" if late else "false")
        if (told := f"{self.name.words}: {standing.spoken(moment)}") != self.accessibleName():
            self.setAccessibleName(told)

    def ask_menu(self) -> None:
        """Offer the rooms."""
        self.menu_wanted.emit(self.visit.id, self.menu.mapToGlobal(self.menu.rect().bottomLeft()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit(self.visit.id)
        elif event.key() in steps:
            self.left.emit(*steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus()
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        data = QMimeData()
        data.setData(MIME, self.visit.id.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab().scaledToWidth(240, Qt.TransformationMode.SmoothTransformation))
        drag.setHotSpot(QPoint(24, 24))
        self._pressed = None
        drag.exec(Qt.DropAction.MoveAction)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.opened.emit(self.visit.id)


def _adjunct(adjunct: Adjunct, moment: datetime) -> str:
    if adjunct.clock.is_paused:
        return f"{adjunct.kind} stands still"
    left = adjunct.clock.remaining(moment)
    if left is None:
        return f"{adjunct.kind}, {int(adjunct.clock.elapsed(moment).total_seconds()) // 60} min so far"
    return f"◆ {adjunct.kind} over" if adjunct.clock.is_overdue(moment) else f"{adjunct.kind} {-(-int(left.total_seconds()) // 60)} min"
