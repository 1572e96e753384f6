"""The ways to answer a question: pick, slide, or write. Each shows values, tells `changed(values)`, and can be read only."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import read_date
from neuro_chart.clinic.forms import Item, Kind, Value, value_text
from neuro_chart.ui.days import day_first, long_day, today
from neuro_chart.ui.scale import Scale
from neuro_chart.ui.theme import TARGET, Theme
from neuro_chart.ui.widgets import button, label
from neuro_chart.ui.words import Line, Prose

GAP = 8
LINE_WIDTH = 200


class Field(Protocol):
    """What every way to answer can do."""

    @property
    def changed(self) -> SignalInstance:
        """`changed(values)` when the user gives another answer."""

    def show_values(self, values: Sequence[Value]) -> None:
        """Show an answer without announcing it."""

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        """Let the answer be read but not changed."""

    def flush(self) -> None:
        """Announce words that are still being typed."""


class Roving(QObject):
    """Makes a row of buttons one stop of the Tab key: the arrows, Home and End move inside it."""

    _MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}  # noqa: RUF012  # never changed

    def __init__(self, buttons: Sequence[QAbstractButton], parent: QObject) -> None:
        super().__init__(parent)
        self._buttons = buttons
        for made in buttons:
            made.installEventFilter(self)
        self.stop_at(buttons[0])

    def stop_at(self, button: QAbstractButton) -> None:
        """Let Tab stop at this button."""
        for made in self._buttons:
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if made is button else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton):
            self.stop_at(watched)
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        places = [made for made in self._buttons if made.isVisible()]
        here = places.index(watched) if watched in places else 0
        key = Qt.Key(event.key())
        if key in self._MOVES:
            step = self._MOVES[key] * (-1 if self._is_mirrored(key) else 1)
            places[(here + step) % len(places)].setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            places[0 if key == Qt.Key.Key_Home else -1].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True

    def _is_mirrored(self, key: Qt.Key) -> bool:
        sideways = key in {Qt.Key.Key_Left, Qt.Key.Key_Right}
        return sideways and self._buttons[0].layoutDirection() == Qt.LayoutDirection.RightToLeft


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


class Flow(QWidget):
    """Widgets side by side in as many rows as they need."""

    def __init__(self, children: Sequence[QWidget]) -> None:
        super().__init__()
        self._children = children
        for child in children:
            child.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _rows(self, width: int) -> list[list[tuple[QWidget, int]]]:
        rows: list[list[tuple[QWidget, int]]] = [[]]
        used = 0
        for child in self._children:
            if child.isHidden():
                continue
            wide = min(self._width_of(child), width)
            if rows[-1] and used + wide > width:
                rows.append([])
                used = 0
            rows[-1].append((child, wide))
            used += wide + GAP
        return rows

    @staticmethod
    def _width_of(child: QWidget) -> int:
        return LINE_WIDTH if isinstance(child, QLineEdit) else child.sizeHint().width()

    def heightForWidth(self, width: int) -> int:
        return len(self._rows(width)) * (TARGET + GAP) - GAP

    def sizeHint(self) -> QSize:
        width = sum(self._width_of(child) + GAP for child in self._children) - GAP
        return QSize(width, TARGET)

    def minimumSizeHint(self) -> QSize:
        return QSize(TARGET * 2, TARGET)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()

    def lay_out(self) -> None:
        """Put each widget that is shown in its place."""
        self.updateGeometry()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for number, line in enumerate(self._rows(self.width())):
            left = 0
            for child, wide in line:
                x = self.width() - left - wide if mirrored else left
                child.setGeometry(x, number * (TARGET + GAP), wide, TARGET)
                left += wide + GAP


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


class LineField(QWidget):
    """A line of words, a number or a day. What is no number or day stays as it was written."""

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._kind = item.kind
        is_number = item.kind in {Kind.INTEGER, Kind.DECIMAL}
        hints = {Kind.DATE: "Day, month, year" if day_first() else "Month, day, year"}
        self._hint = item.hint or hints.get(item.kind, "")
        self.line = Line(item.text, self._hint, item.max_length)
        self.line.edited.connect(lambda text: self.changed.emit(self._read(text)))
        self._now = button("Today", self._give_today)
        self._now.setAccessibleName(f"{item.text} Today")
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.line)
        if item.kind is Kind.DATE:
            self.line.editingFinished.connect(self._spell_out)
            box.addWidget(self._now)
        if is_number:
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
            self.line.setMaximumWidth(120)
            box.addStretch(1)

    def show_values(self, values: Sequence[Value]) -> None:
        if list(values) != self._read(self.line.text()):
            self.line.show_text(value_text(values[0], long_day) if values else "")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self.line.setReadOnly(read_only)
        self.line.setPlaceholderText("" if read_only else self._hint)
        self._now.setDisabled(read_only)

    def flush(self) -> None:
        self.line.flush()

    def _give_today(self) -> None:
        self.line.setText(long_day(today()))
        self.line.flush()

    def _read(self, text: str) -> list[Value]:
        words = text.strip()
        try:
            match self._kind:
                case _ if not words:
                    return []
                case Kind.INTEGER:
                    return [int(words)]
                case Kind.DECIMAL:
                    return [float(words.replace(",", "."))]
                case Kind.DATE:
                    day = read_date(words, day_first=day_first())
                    return [] if day is None else [day]
        except ValueError:
            pass
        return [text]

    def _spell_out(self) -> None:
        """Show the day as it was understood."""
        for day in self._read(self.line.text()):
            if isinstance(day, date):
                self.line.show_text(long_day(day))


class ProseField(QWidget):
    """Several lines of words."""

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._hint = item.hint
        self.prose = Prose(item.text, item.hint, lines=2)
        self.prose.edited.connect(lambda text: self.changed.emit([text] if text.strip() else []))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.prose)

    def show_values(self, values: Sequence[Value]) -> None:
        text = value_text(values[0]) if values else ""
        if text or self.prose.toPlainText().strip():
            self.prose.show_text(text)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self.prose.setReadOnly(read_only)
        self.prose.setPlaceholderText("" if read_only else self._hint)

    def flush(self) -> None:
        self.prose.flush()


class ScaleField(QWidget):
    """A number on a scale, with the number large beside it."""

    changed = Signal(list)

    def __init__(self, item: Item) -> None:
        super().__init__()
        low, high = (int(end) if isinstance(end, int | float) else 0 for end in (item.minimum, item.maximum))
        self.scale = Scale(low, high, item.text)
        self.scale.answered.connect(self._answered)
        self.number = label(role="display")
        self.number.setFixedWidth(56)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.scale)
        if item.low or item.high:
            ends = QHBoxLayout()
            ends.setContentsMargins(4, 0, 4, 0)
            ends.addWidget(label(item.low, "small"))
            ends.addStretch(1)
            ends.addWidget(label(item.high, "small"))
            left.addLayout(ends)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(left, 1)
        box.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        self.show_values([])

    def show_values(self, values: Sequence[Value]) -> None:
        first = values[0] if values else None
        number = first if isinstance(first, int) and not isinstance(first, bool) else None
        if number is None or self.scale.minimum() <= number <= self.scale.maximum():
            self.scale.show_number(number)
        self.number.setText("–" if number is None else str(number))

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        self.scale.set_read_only(read_only)

    def flush(self) -> None:
        """Nothing waits here: every number is announced at once."""

    def _answered(self, number: int | None) -> None:
        values: list[Value] = [] if number is None else [number]
        self.show_values(values)
        self.changed.emit(values)


def field_for(item: Item) -> Field:
    """The way to answer a question."""
    match item.kind:
        case Kind.BOOLEAN | Kind.CHOICE | Kind.OPEN_CHOICE:
            return ChoiceField(item)
        case Kind.INTEGER if item.slider:
            return ScaleField(item)
        case Kind.TEXT:
            return ProseField(item)
        case _:
            return LineField(item)
