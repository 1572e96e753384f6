"""The way to answer a question by picking: from its options, or in one's own words where the form allows them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from neuro_chart.clinic.forms import Item, Kind, Value, value_text
from neuro_chart.ui.flow import Flow
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.theme import TARGET, Theme
from neuro_chart.ui.words import Line


class ChoiceField(QWidget):
    """One or several of a question's options, and one's own words where the form allows them.

    A chosen answer that is picked again is taken back. A letter goes to the next option that begins with it, and picks it where only
    one can be had. What rules out all others takes their place, and the other way round.
    """

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._item = item
        self._read_only = False
        self._values: list[Value] = []
        offered: tuple[Value, ...] = (True, False) if item.kind is Kind.BOOLEAN else item.options
        self.options = {value: Option(value_text(value), many=item.repeats) for value in offered}
        for value, made in self.options.items():
            made.setAccessibleName(f"{item.text} {made.text()}")
            made.clicked.connect(lambda _=False, value=value: self._pick(value))
            made.installEventFilter(self)
        self.words: Line | None = None
        if item.kind is Kind.OPEN_CHOICE:
            self.words = Line(f"{item.text} Something else", item.hint or "Something else")
            self.words.edited.connect(self._wrote)
        if self.options:
            self._roving = Roving(list(self.options.values()), self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._flow = Flow([*self.options.values(), *([self.words] if self.words else [])])
        box.addWidget(self._flow)

    def show_values(self, values: Sequence[Value]) -> None:
        self._values = list(values)
        for value, made in self.options.items():
            made.setChecked(value in self._values)
        if self.options:
            chosen = (made for made in self.options.values() if made.isChecked())
            self._roving.stop_at(next(chosen, next(iter(self.options.values()))))
        if self.words is not None:
            self.words.show_text(", ".join(value for value in values if isinstance(value, str) and value not in self.options))

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self._read_only = read_only
        for made in self.options.values():
            made.set_read_only(read_only)
        if self.words is not None:
            self.words.setReadOnly(read_only)
            self.words.setVisible(bool(self.words.text()) or not read_only)
            self._flow.lay_out()

    def flush(self) -> None:
        if self.words is not None:
            self.words.flush()

    def _pick(self, value: Value) -> None:
        if self._read_only:
            return
        self.flush()
        if value in self._values:
            kept = [other for other in self._values if other != value]
        elif not self._item.repeats or value in self._item.exclusive:
            kept = [value]
        else:
            kept = [*(other for other in self._values if other not in self._item.exclusive), value]
        self._give(kept)

    def _wrote(self, text: str) -> None:
        picked = [value for value in self._values if value in self.options]
        if text.strip():
            kept = [value for value in picked if value not in self._item.exclusive] if self._item.repeats else []
            self._give([*kept, text])
        else:
            self._give(picked)

    def _give(self, values: list[Value]) -> None:
        places = {value: number for number, value in enumerate(self.options)}
        ordered = sorted(values, key=lambda value: places.get(value, len(places)))
        self.show_values(ordered)
        self.changed.emit(ordered)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or not event.text().isalpha():
            return False
        if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        places = list(self.options.items())
        here = next((number for number, (_, made) in enumerate(places) if made.hasFocus()), -1)
        for value, made in places[here + 1 :] + places[: here + 1]:
            if made.text().casefold().startswith(event.text().casefold()):
                made.setFocus(Qt.FocusReason.OtherFocusReason)
                if not self._item.repeats and value not in self._values:
                    made.click()
                return True
        return False


class Option(QAbstractButton):
    """One answer to pick, with a ring (one of them) or a box (several) that is ticked when chosen."""

    def __init__(self, text: str, *, many: bool) -> None:
        super().__init__()
        self._many = many
        self._read_only = False
        self._width = 0
        self.setText(text)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self._read_only = read_only
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, read_only)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def nextCheckState(self) -> None:
        if not self._read_only:
            super().nextCheckState()

    def sizeHint(self) -> QSize:
        if not self._width:
            self._width = self.fontMetrics().horizontalAdvance(self.text()) + 54
        return QSize(self._width, TARGET)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._width = 0
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(TARGET * 2, TARGET)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, chosen = Theme.of(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self.hasFocus() else 1.0
        edge = theme.text if chosen and self.hasFocus() else theme.accent if chosen or self.hasFocus() else theme.line
        ground = theme.accent_soft if chosen else theme.sunken if self.underMouse() and not self._read_only else theme.card
        if self._read_only and not chosen:
            ground = "#00000000"
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(ground))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 10, 10)
        mark = QRectF(13, (self.height() - 16) / 2, 16, 16)
        tick = theme.on_accent if self._many else theme.accent
        painter.setPen(QPen(QColor(theme.accent if chosen else theme.muted), 1.5))
        painter.setBrush(QColor(theme.accent) if chosen and self._many else QColor(theme.card))
        if self._many:
            painter.drawRoundedRect(mark, 4, 4)
        else:
            painter.drawEllipse(mark)
        if chosen:
            _draw_tick(painter, mark, QColor(tick), many=self._many)
        painter.setPen(QColor(theme.muted if self._read_only and not chosen else theme.text))
        room = self.rect().adjusted(38, 0, -12, 0)
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def _draw_tick(painter: QPainter, box: QRectF, colour: QColor, *, many: bool) -> None:
    if not many:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(box.adjusted(4, 4, -4, -4))
        return
    tick = QPainterPath(QPointF(box.left() + 3.5, box.center().y() + 0.5))
    tick.lineTo(box.left() + 6.5, box.bottom() - 4.5)
    tick.lineTo(box.right() - 3.5, box.top() + 4.5)
    painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(tick)
