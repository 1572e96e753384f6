"""A number on a line, such as pain from 0 to 10."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider

from neuro_chart.ui.theme import SMALL, TARGET, Theme


class Scale(QSlider):
    """A slider that may stand unanswered: then it has no handle, which is not the same as 0.

    A touch anywhere on it answers; digits, arrows, Home and End do so by keyboard, Delete takes the answer back. `answered(number)`
    gives None for an answer that was taken back.
    """

    answered = Signal(object)

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(low, high)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.number: int | None = None
        self._read_only = False
        self._typed = ""
        self.show_number(None)

    def show_number(self, number: int | None) -> None:
        """Show an answer, or that there is none, without announcing it."""
        self.number = number
        self.setValue(self.minimum() if number is None else number)
        self.setAccessibleDescription("Not answered" if number is None else f"{number} of {self.maximum()}")
        self.update()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self._read_only = read_only
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, read_only)

    def sizeHint(self) -> QSize:
        return QSize(TARGET * 6, TARGET + 8)

    def _answer(self, number: int | None) -> None:
        if self._read_only:
            return
        if number is not None:
            number = max(self.minimum(), min(self.maximum(), number))
        if number != self.number:
            self.show_number(number)
            self.answered.emit(number)

    def _span(self) -> tuple[float, float]:
        """Where the lowest and the highest number lie."""
        return 12.0, self.width() - 12.0

    def _x(self, number: int) -> float:
        left, right = self._span()
        return left + (right - left) * (number - self.minimum()) / max(1, self.maximum() - self.minimum())

    def _number_at(self, x: float) -> int:
        left, right = self._span()
        return self.minimum() + round((x - left) / (right - left) * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._answer(self._number_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._answer(self._number_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QEvent) -> None:  # the page scrolls; a number must not change under the finger
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._typed = ""
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        ends = {Qt.Key.Key_Home: self.minimum(), Qt.Key.Key_End: self.maximum()}
        key = Qt.Key(event.key())
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            event.ignore()
        elif event.text().isdecimal():
            longer = int(self._typed + event.text())
            self._typed = str(longer if longer <= self.maximum() else int(event.text()))
            self._answer(int(self._typed))
        elif key in steps:
            self._answer(self.minimum() if self.number is None else self.number + steps[key])
        elif key in ends:
            self._answer(ends[key])
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self._typed = ""
            self._answer(None)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, right = self._span()
        middle = 16.0
        track = QRectF(left, middle - 3, right - left, 6)
        painter.setPen(QPen(theme.color("muted"), 1) if self.number is None else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("card" if self.number is None else "line"))
        painter.drawRoundedRect(track, 3, 3)
        small = self.font()
        small.setPixelSize(SMALL)
        painter.setFont(small)
        count = self.maximum() - self.minimum()
        for number in range(self.minimum(), self.maximum() + 1) if count <= 20 else (self.minimum(), self.maximum()):
            here = number == self.number
            painter.setPen(theme.color("accent" if here else "muted"))
            painter.drawText(QRectF(self._x(number) - 14, 30, 28, 16), Qt.AlignmentFlag.AlignCenter, str(number))
            if self.number is None or number > self.number:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("muted"))
                painter.drawEllipse(QPointF(self._x(number), middle), 1.5, 1.5)
        ring = theme.color("accent")
        if self.number is not None:
            x = self._x(self.number)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ring)
            painter.drawRoundedRect(QRectF(left, middle - 3, x - left, 6), 3, 3)
            painter.setPen(QPen(ring, 2))
            painter.setBrush(ring if self.hasFocus() else theme.color("card"))
            painter.drawEllipse(QPointF(x, middle), 10, 10)
        elif self.hasFocus():
            painter.setPen(QPen(ring, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-3, -3, 3, 3), 6, 6)
