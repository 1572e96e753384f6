"""The needles in words: what is in, for how long, and all that can be said of each, with the same powers as the body map."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.needles import (
    RETENTION_PRESETS,
    Adjunct,
    Angle,
    Count,
    Needle,
    Side,
    Technique,
    clock,
    retention_error,
)
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import local_time
from neuro_chart.ui.map_marks import Stage, diamond, paint_marker, short, stage
from neuro_chart.ui.theme import BODY, SMALL, Theme
from neuro_chart.ui.widgets import Segments, button, icon_button, label, row, set_flag

ROW_HEIGHT = 42
TECHNIQUES = {Technique.EVEN: "=", Technique.TONIFY: "+", Technique.DRAIN: "−"}
ANGLES = {Angle.NONE: "Angle", Angle.PERPENDICULAR: "Straight", Angle.OBLIQUE: "Oblique", Angle.TRANSVERSE: "Flat"}
SIZES = ("0.16 × 15", "0.18 × 25", "0.20 × 25", "0.20 × 40", "0.22 × 25", "0.25 × 25", "0.25 × 40", "0.30 × 40", "0.30 × 50", "0.30 × 75")
ADJUNCTS = ("Electro-stimulation", "Moxibustion", "Infrared lamp", "Cupping", "Gua sha", "Massage")
_SIZE = re.compile(r"\s*(\d*[.,]?\d+)\s*(?:mm)?\s*[x×*]\s*(\d+(?:[.,]\d+)?)\s*(?:mm)?\s*")

_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Row:
    """The needles of one point, left and right together, or one needle that is on no point."""

    name: str
    words: str
    needles: tuple[Needle, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of its needles."""
        return frozenset(needle.id for needle in self.needles)

    def stage(self, moment: datetime) -> Stage:
        """The stage that asks most of the practitioner."""
        stages = {stage(needle, moment) for needle in self.needles}
        return next(one for one in (Stage.OVERDUE, Stage.IN, Stage.PLANNED, Stage.OUT) if one in stages)

    def time(self, moment: datetime) -> str:
        """Time left of the next clock, minutes planned, or minutes that it was in."""
        inside = [needle for needle in self.needles if needle.is_in]
        if inside:
            return clock(min(needle.remaining(moment) or timedelta() for needle in inside))
        planned = {needle.retention for needle in self.needles if needle.inserted is None}
        if planned:
            return f"{_span(planned)} min"
        minutes = {round((n.removed - n.inserted).total_seconds() / 60) for n in self.needles if n.removed and n.inserted}
        return f"{_span(minutes)} min"

    def spoken(self, moment: datetime) -> str:
        """The row in words."""
        sides = " and ".join(side for side in ("left", "right", "midline") if any(n.site.side == side for n in self.needles))
        said = [f"{self.name} {self.words}".strip(), sides, depth_of(self.needles)]
        said += sorted({needle.technique for needle in self.needles} - {""})
        said += ["de qi"] if all(needle.de_qi for needle in self.needles) else []
        time = self.time(moment)
        said.append(
            {
                Stage.PLANNED: f"planned for {time}",
                Stage.IN: f"in, {time} left",
                Stage.OVERDUE: f"overdue by {time.lstrip('+')}",
                Stage.OUT: f"out after {time}",
            }[self.stage(moment)]
        )
        return ", ".join(part for part in said if part)


def rows_of(needles: Iterable[Needle], name_of: Callable[[Needle], tuple[str, str]]) -> list[Row]:
    """Rows in the order in which the points were charted; `name_of` gives a needle's name and the words beside it."""
    grouped: dict[str, list[Needle]] = {}
    for needle in sorted(needles, key=lambda needle: needle.position):
        grouped.setdefault(needle.point or needle.id, []).append(needle)
    order = {Side.LEFT: 0, Side.RIGHT: 1, Side.MIDLINE: 2}
    return [Row(*name_of(group[0]), tuple(sorted(group, key=lambda needle: order[needle.site.side]))) for group in grouped.values()]


def depth_of(needles: Sequence[Needle]) -> str:
    """A depth as `0.8 cun`, as a span where the sides differ, or nothing."""
    depths = {needle.depth for needle in needles}
    units = {needle.depth_unit for needle in needles}
    known = [depth for depth in depths if depth is not None]
    return f"{_span(known, '.1f' if units == {'cun'} else 'g')} {units.pop()}" if known and len(units) == 1 else ""


def _span(numbers: Iterable[float], form: str = "g") -> str:
    low, high = min(numbers := list(numbers)), max(numbers)
    return f"{low:{form}}" if low == high else f"{low:{form}}–{high:{form}}"


class RetentionRing(QWidget):
    """The next clock, large: a ring that runs down, and a diamond once a needle is overdue."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share, self._text, self._stage = 0.0, "", Stage.PLANNED
        self.setFixedSize(80, 80)

    def show_time(self, share: float, text: str, state: Stage) -> None:
        """Show the share of the time that is left (0 to 1), a few letters, and whether that is planned, in, overdue or out."""
        if (share, text, state) != (self._share, self._text, self._stage):
            self._share, self._text, self._stage = share, text, state
            spoken = {Stage.OVERDUE: f"Overdue by {text.lstrip('+')}", Stage.IN: f"{text} left", Stage.OUT: "All needles are out"}
            self.setAccessibleName(spoken.get(state, "No clock runs"))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(40, 40)
        font = QFont(self.font())
        font.setPixelSize(17)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        if self._stage is Stage.OVERDUE:
            painter.setPen(QPen(theme.color("danger"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.setBrush(theme.color("danger_soft"))
            painter.drawPolygon(diamond(middle, 38))
            painter.setPen(theme.color("danger"))
        else:
            circle = QRectF(6, 6, 68, 68)
            painter.setPen(QPen(theme.color("sunken"), 6))
            painter.drawEllipse(circle)
            painter.setPen(QPen(theme.color("accent"), 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            if self._stage is Stage.OUT:
                painter.drawEllipse(circle)
                painter.drawPolyline(QPolygonF([QPointF(28, 41), QPointF(37, 50), QPointF(53, 32)]))
            elif self._share > 0:
                painter.drawArc(circle, 90 * 16, -round(360 * 16 * min(self._share, 1)))
            painter.setPen(theme.color("text" if self._stage is Stage.IN else "muted"))
        if self._stage is not Stage.OUT:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


class NeedleRows(QAbstractListModel):
    """The rows for a list view; what is read aloud is the row in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.moment = datetime.min.replace(tzinfo=UTC)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt calls it
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        shown = self.rows[index.row()]
        if role in {_Role.DisplayRole, _Role.AccessibleTextRole, _Role.ToolTipRole}:
            return shown.spoken(self.moment)
        return shown if role == _Role.UserRole else None

    def show_rows(self, rows: list[Row], moment: datetime) -> None:
        """Show these rows as they are at a moment."""
        self.moment = moment
        if [(old.name, old.ids) for old in self.rows] == [(new.name, new.ids) for new in rows]:
            self.rows = rows
            self.tick(moment)
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def tick(self, moment: datetime) -> None:
        """Let the clocks follow the time."""
        self.moment = moment
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


class RowPainter(QStyledItemDelegate):
    """Draws a row in columns: marker, point, name, sides, depth, technique, time."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.selected: frozenset[str] = frozenset()
        self.code_width = 44.0

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown, moment = index.data(_Role.UserRole), index.model().moment  # type: ignore[attr-defined]  # our own model
        theme = Theme.of(self._view)
        box = QRectF(option.rect)
        state = shown.stage(moment)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or state is Stage.OVERDUE:
            painter.setBrush(theme.color("accent_soft" if chosen else "danger_soft"))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -2), 8, 8)
        else:
            painter.fillRect(QRectF(box.left() + 4, box.bottom() - 1, box.width() - 8, 1), theme.color("line"))
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -3), 8, 8)
        middle = box.adjusted(0, 0, 0, -1)
        paint_marker(painter, QPointF(box.left() + 13, middle.center().y()), state, theme, 5)
        self._paint_words(painter, middle, shown, theme, faint=state is Stage.OUT)
        self._paint_time(painter, middle, shown.time(moment), state, theme)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, shown: Row, theme: Theme, *, faint: bool) -> None:
        text, muted = theme.color("muted" if faint else "text"), theme.color("muted")
        bold, body = self._font(BODY, bold=True), self._font(BODY)
        left_middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left, right = box.left() + 26, box.right() - 142
        painter.setFont(bold if shown.needles[0].point else body)
        painter.setPen(text)
        if not shown.needles[0].point:
            words = QFontMetricsF(body).elidedText(shown.words, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(QRectF(left, box.top(), right - left, box.height()), left_middle, words)
        else:
            painter.drawText(QRectF(left, box.top(), self.code_width, box.height()), left_middle, short(shown.name))
            left += self.code_width + 8
            painter.setFont(body)
            hanzi, _, pinyin = shown.words.partition(" ")
            painter.drawText(QRectF(left, box.top(), right - left, box.height()), left_middle, hanzi)
            left += QFontMetricsF(body).horizontalAdvance(hanzi) + 6
            painter.setPen(muted)
            painter.setFont(self._font(SMALL))
            words = QFontMetricsF(painter.font()).elidedText(pinyin, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(QRectF(left, box.top(), right - left, box.height()), left_middle, words)
        painter.setFont(self._font(SMALL))
        painter.setPen(muted)
        depth = depth_of(shown.needles).removesuffix(" cun").replace(" mm", "mm")
        painter.drawText(QRectF(box.right() - 110, box.top(), 34, box.height()), _RIGHT, depth)
        techniques = {needle.technique for needle in shown.needles}
        mark = TECHNIQUES.get(next(iter(techniques)), "") if len(techniques) == 1 else "·"
        painter.drawText(QRectF(box.right() - 73, box.top(), 16, box.height()), Qt.AlignmentFlag.AlignCenter, mark)
        self._paint_sides(painter, box, shown, theme)

    def _paint_sides(self, painter: QPainter, box: QRectF, shown: Row, theme: Theme) -> None:
        """The letters of the sides; where only one of two is selected, that one stands out. Below it, a mark for de qi."""
        several = len(shown.needles) > 1 and shown.ids & self.selected and not shown.ids <= self.selected
        places = {Side.LEFT: 0, Side.RIGHT: 13, Side.MIDLINE: 6}
        for needle in shown.needles:
            picked = several and needle.id in self.selected
            painter.setFont(self._font(SMALL, bold=bool(picked)))
            painter.setPen(theme.color("accent" if picked else "muted"))
            cell = QRectF(box.right() - 138 + places[needle.site.side], box.top(), 13, box.height())
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, needle.site.side.letter)
            if needle.de_qi:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent"))
                painter.drawEllipse(QPointF(cell.center().x(), cell.center().y() + 11), 1.8, 1.8)

    def _paint_time(self, painter: QPainter, box: QRectF, time: str, state: Stage, theme: Theme) -> None:
        loud = state in {Stage.IN, Stage.OVERDUE}
        painter.setFont(self._font(BODY if loud else SMALL, bold=loud))
        painter.setPen(theme.color({Stage.OVERDUE: "danger", Stage.IN: "text"}.get(state, "muted")))
        painter.drawText(QRectF(box.right() - 60, box.top(), 54, box.height()), _RIGHT, time)

    def _font(self, size: int, *, bold: bool = False) -> QFont:
        font = QFont(self._view.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


class NeedleView(QListView):
    """The list; Delete wants the selected needles away."""

    removal_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self.selectedIndexes():
            self.removal_wanted.emit()
        else:
            super().keyPressEvent(event)


class NeedleEditor(QFrame):
    """What is said of the selected needles, all at once: `edited(words, {field: value})`."""

    edited = Signal(str, object)
    insert_wanted = Signal()
    pull_wanted = Signal()
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._needles: Sequence[Needle] = ()
        self.setAccessibleName("Selected needles")
        self._title = label("", "title")
        self._insert = button("Insert", self.insert_wanted.emit)
        self._pull = button("Take out", self.pull_wanted.emit)
        self._delete = icon_button("trash-2", "Take off the chart (Delete)", self.removal_wanted.emit)
        self.depth_line = _field("Depth", "–", self._depth_typed, 56)
        self.unit = button("cun", self._switch_unit, "preset")
        self.unit.setFixedWidth(48)
        self.size_box = QComboBox()
        self._size_line = QLineEdit()
        self.size_box.setEditable(True)
        self.size_box.setLineEdit(self._size_line)
        self.size_box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.size_box.addItems(list(SIZES))
        self.size_box.setAccessibleName("Needle: gauge × length in mm")
        self.size_box.setToolTip("Gauge × length in mm, such as 0.25 × 40")
        self._size_line.setPlaceholderText("Needle")
        self.size_box.textActivated.connect(self._size_typed)
        self._size_line.editingFinished.connect(self._size_finished)
        self.angle = QComboBox()
        self.angle.setAccessibleName("Angle")
        for key, text in ANGLES.items():
            self.angle.addItem(text, key)
        self.angle.activated.connect(self._angle_chosen)
        self.technique = Segments({Technique.EVEN: "Even", Technique.TONIFY: "Tonify", Technique.DRAIN: "Drain"}, "Technique")
        self.technique.chosen.connect(self._technique_chosen)
        self.de_qi = Segments({"yes": "De qi", "no": "No"}, "De qi")
        self.de_qi.chosen.connect(self._de_qi_chosen)
        self.presets: dict[int, QPushButton] = {}
        self.minutes = _field("Stays in, minutes", "min", self._minutes_typed, 56)
        self.error = label("", "error", wrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        chips = QGridLayout()
        chips.setSpacing(6)
        for place, minutes in enumerate(RETENTION_PRESETS):
            made = button(str(minutes), partial(self._set_minutes, minutes))
            made.setProperty("role", "preset")
            made.setCheckable(True)
            made.setAccessibleName(f"Stays in for {minutes} minutes")
            self.presets[minutes] = made
            chips.addWidget(made, place // 5, place % 5)
        chips.addWidget(self.minutes, 1, 3)
        chips.addWidget(label("minutes", "small"), 1, 4)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addWidget(row(self._title, None, self._insert, self._pull, self._delete, spacing=6))
        box.addWidget(row(self.depth_line, self.unit, self.size_box, self.angle, spacing=6))
        box.addWidget(row(self.technique, None, self.de_qi, spacing=6))
        box.addLayout(chips)
        box.addWidget(self.error)
        self.size_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.size_box.setMinimumContentsLength(6)
        self.angle.setFixedWidth(100)
        self.error.hide()

    def show_needles(self, title: str, needles: Sequence[Needle]) -> None:
        """Show what these needles have in common; a field where they differ is empty."""
        if {needle.id for needle in needles} != {needle.id for needle in self._needles}:
            self.say("")
        self._needles = needles
        self._title.setText(title)
        planned, inside = sum(n.inserted is None for n in needles), sum(n.is_in for n in needles)
        self._insert.setVisible(bool(planned))
        self._pull.setVisible(bool(inside))
        if not self.depth_line.hasFocus() or not self.depth_line.isModified():
            depth = _common(needles, "depth")
            self.depth_line.setText(f"{depth:g}" if isinstance(depth, float) else "")
        unit = str(_common(needles, "depth_unit") or "cun")
        self.unit.setText(unit)
        self.unit.setAccessibleName(f"Depth in {unit}; press for {'mm' if unit == 'cun' else 'cun'}")
        gauge, length = _common(needles, "gauge"), _common(needles, "length")
        if not self._size_line.hasFocus() or not self._size_line.isModified():
            self.size_box.setEditText(size_words(gauge, length) if isinstance(gauge, float) and isinstance(length, float) else "")
        self.angle.setCurrentIndex(max(0, self.angle.findData(_common(needles, "angle"))))
        self.technique.show_choice(str(_common(needles, "technique") or ""))
        self.de_qi.show_choice({True: "yes", False: "no"}.get(_common(needles, "de_qi"), ""))  # type: ignore[call-overload]
        retention = _common(needles, "retention")
        for minutes, made in self.presets.items():
            made.setChecked(minutes == retention)
        if not self.minutes.hasFocus() or not self.minutes.isModified():
            self.minutes.setText("" if retention is None or retention in self.presets else str(retention))

    def say(self, sentence: str) -> None:
        """Say what is wrong with what was typed, or nothing."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _set(self, name: str, value: object, **more: object) -> None:
        wanted = {name: value, **more}
        if all(getattr(needle, key) == new for needle in self._needles for key, new in wanted.items()):
            return
        words = {"de_qi": "de qi", "depth_unit": "depth", "gauge": "needle"}.get(name, name)
        self.edited.emit(f"Change {words}", wanted)

    def _set_minutes(self, minutes: int) -> None:
        word = retention_error(minutes)
        self.say(word)
        set_flag(self.minutes, "invalid", bool(word))
        if not word:
            self._set("retention", minutes)
        self.show_needles(self._title.text(), self._needles)

    def _minutes_typed(self) -> None:
        text = self.minutes.text().strip()
        if not text:
            set_flag(self.minutes, "invalid", value=False)
            self.say("")
        elif text.isdecimal() and len(text) < 6:
            if not retention_error(int(text)):
                self.minutes.setModified(False)
            self._set_minutes(int(text))
        else:
            set_flag(self.minutes, "invalid", value=True)
            self.say("Write the minutes as a whole number from 10 to 60.")

    def _depth_typed(self) -> None:
        text = self.depth_line.text().strip().replace(",", ".")
        unit = str(_common(self._needles, "depth_unit") or "cun")
        try:
            depth = float(text) if text else None
        except ValueError:
            self._refuse(self.depth_line, "Write the depth as a number, such as 0.8.")
            return
        if wrong := self._wrong(depth=depth, depth_unit=unit):
            self._refuse(self.depth_line, wrong)
            return
        self._accept(self.depth_line)
        self._set("depth", depth)

    def _switch_unit(self) -> None:
        unit = "mm" if self.unit.text() == "cun" else "cun"
        wrong = self._wrong(depth_unit=unit)
        self.say(wrong)
        if not wrong:
            self._set("depth_unit", unit)
        self.show_needles(self._title.text(), self._needles)

    def _size_finished(self) -> None:
        if self._size_line.isModified():
            self._size_typed(self.size_box.currentText())

    def _size_typed(self, text: str) -> None:
        found = read_size(text)
        if text.strip() and found is None:
            self._refuse(self._size_line, "Write gauge × length in mm, such as 0.25 × 40.")
            return
        gauge, length = found or (None, None)
        if wrong := self._wrong(gauge=gauge, length=length):
            self._refuse(self._size_line, wrong)
            return
        self._accept(self._size_line)
        self._set("gauge", gauge, length=length)

    def flush(self) -> None:
        """Announce what was typed and not yet taken."""
        takers = {self.depth_line: self._depth_typed, self._size_line: self._size_finished, self.minutes: self._minutes_typed}
        for field, take in takers.items():
            if self._needles and field.isModified():
                take()

    def _wrong(self, **values: object) -> str:
        """Why these values can't be charted, or nothing."""
        errors = (replace(needle, **values).errors() for needle in self._needles)  # type: ignore[arg-type]  # each field has its own kind
        return next((found[name] for found in errors for name in values if name in found), "")

    def _refuse(self, field: QLineEdit, sentence: str) -> None:
        set_flag(field, "invalid", value=True)
        self.say(sentence)

    def _accept(self, field: QLineEdit) -> None:
        set_flag(field, "invalid", value=False)
        field.setModified(False)
        self.say("")

    def _angle_chosen(self, index: int) -> None:
        self._set("angle", self.angle.itemData(index))

    def _technique_chosen(self, key: str) -> None:
        unset = key == _common(self._needles, "technique")
        self._set("technique", Technique.NONE if unset else Technique(key))
        self.show_needles(self._title.text(), self._needles)

    def _de_qi_chosen(self, key: str) -> None:
        value = key == "yes"
        self._set("de_qi", None if value == _common(self._needles, "de_qi") else value)
        self.show_needles(self._title.text(), self._needles)


class AdjunctRow(QWidget):
    """Something done beside the needles: `edited(Adjunct)`, `unwanted(id)`, `refused(sentence)` for what can't be charted."""

    edited = Signal(object)
    refused = Signal(str)
    unwanted = Signal(str)

    def __init__(self, adjunct: Adjunct, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.adjunct = adjunct
        electric = adjunct.kind.startswith("Electro")
        self.kind = label("EA" if electric else adjunct.kind, "adjunct")
        self.kind.setToolTip(adjunct.kind)
        self.setting = _field(f"{adjunct.kind}: setting", "2/120 Hz, points" if electric else "Where and how", self._typed, 0)
        self.setting.setMinimumWidth(60)
        self.setting.setMaximumWidth(16777215)
        self.minutes = _field(f"{adjunct.kind}: minutes", "min", self._typed, 58)
        self.remove = icon_button("x", f"Take off {adjunct.kind.lower()}", lambda: self.unwanted.emit(self.adjunct.id))
        box = QHBoxLayout(self)
        box.setContentsMargins(4, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.kind)
        box.addWidget(self.setting, 1)
        box.addWidget(self.minutes)
        box.addWidget(self.remove)
        self.show_adjunct(adjunct)

    def show_adjunct(self, adjunct: Adjunct) -> None:
        """Show what is stored, unless newer words are being typed."""
        self.adjunct = adjunct
        if not self.setting.isModified():
            self.setting.setText(adjunct.setting)
        if not self.minutes.isModified():
            self.minutes.setText("" if adjunct.minutes is None else str(adjunct.minutes))

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Show what was done only."""
        self.setting.setReadOnly(read_only)
        self.minutes.setReadOnly(read_only)
        self.remove.setVisible(not read_only)

    def _typed(self) -> None:
        text = self.minutes.text().strip().removesuffix("min").strip()
        wrong = bool(text) and not (text.isdecimal() and 0 < int(text) <= 600)
        set_flag(self.minutes, "invalid", wrong)
        if wrong:
            self.refused.emit("Write the minutes as a whole number from 1 to 600, or leave them out.")
            return
        self.setting.setModified(False)
        self.minutes.setModified(False)
        changed = replace(self.adjunct, setting=self.setting.text().strip(), minutes=int(text) if text else None)
        if changed != self.adjunct:
            self.edited.emit(changed)

    def flush(self) -> None:
        """Announce what was typed."""
        if self.setting.isModified() or self.minutes.isModified():
            self._typed()


class NeedleList(QFrame):
    """The column of needles: the count and the next clock, the rows, what was done beside them, and the editor of those selected.

    It announces what is wanted and changes nothing: `edited(words, {field: value})` for the selected needles, `picked(ids)`,
    `insert_wanted(ids)`, `pull_wanted(ids)`, `removal_wanted()`, `longer_wanted()`, `adjunct_put(Adjunct)`, `adjunct_unwanted(id)`, and
    `refused(sentence)` for what can't be charted.
    """

    picked = Signal(object)
    edited = Signal(str, object)
    insert_wanted = Signal(object)
    pull_wanted = Signal(object)
    removal_wanted = Signal()
    longer_wanted = Signal()
    adjunct_put = Signal(object)
    adjunct_unwanted = Signal(str)
    refused = Signal(str)

    def __init__(self, name_of: Callable[[Needle], tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._name_of = name_of
        self._visit: Visit | None = None
        self._selected: frozenset[str] = frozenset()
        self._read_only = False
        self._telling = False
        self.ring = RetentionRing()
        self.count = label("", "title")
        self.until = label("", "small", wrap=True)
        self.longer = button("+5 min", self.longer_wanted.emit)
        self.longer.setToolTip("Leave every needle that is in five minutes longer")
        self.model = NeedleRows(self)
        self.view = NeedleView()
        self.view.setModel(self.model)
        self.painter = RowPainter(self.view)
        self.view.setItemDelegate(self.painter)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName("Needles")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.selectionModel().selectionChanged.connect(self._rows_selected)
        self.view.removal_wanted.connect(self.removal_wanted)
        self.teach = label("", "muted", wrap=True)
        self.teach.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.adjuncts: dict[str, AdjunctRow] = {}
        self._beside = QWidget()
        self._adjunct_box = QVBoxLayout(self._beside)
        self._adjunct_box.setContentsMargins(0, 0, 0, 0)
        self._adjunct_box.setSpacing(4)
        self.add_adjunct = button("Add electro-stimulation …", role="link", icon="plus")
        self.add_adjunct.setMenu(self._adjunct_menu())
        self.editor = NeedleEditor()
        self.editor.edited.connect(self.edited)
        self.editor.insert_wanted.connect(lambda: self.insert_wanted.emit(self._selected))
        self.editor.pull_wanted.connect(lambda: self.pull_wanted.emit(self._selected))
        self.editor.removal_wanted.connect(self.removal_wanted)
        self.insert = button("Insert all", lambda: self.insert_wanted.emit(None), "primary")
        self.pull = button("Pull all now", lambda: self.pull_wanted.emit(None), "danger")
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.count)
        words.addWidget(self.until)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.ring)
        head.addLayout(words, 1)
        self._corner = QVBoxLayout()
        self._corner.setSpacing(0)
        self._corner.addWidget(self.longer)
        head.addLayout(self._corner)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.insert, 1)
        foot.addWidget(self.pull, 1)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 14)
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(self.view, 1)
        box.addWidget(self.teach, 1)
        self._adjunct_box.addWidget(self.add_adjunct, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._beside)
        box.addWidget(self.editor)
        box.addLayout(foot)

    def add_to_head(self, widget: QWidget) -> None:
        """Put a small widget into the corner beside the clock."""
        self._corner.addWidget(widget, 0, Qt.AlignmentFlag.AlignRight)

    def add_electro(self) -> None:
        """Add electro-stimulation and ask for its setting."""
        if not self._read_only:
            self._new_adjunct(ADJUNCTS[0])

    def _adjunct_menu(self) -> QMenu:
        menu = QMenu(self)
        for kind in ADJUNCTS:
            menu.addAction(kind, partial(self._new_adjunct, kind))
        return menu

    def _new_adjunct(self, kind: str) -> None:
        if self._visit is not None:
            self._rows_left()
            made = Adjunct(self._visit.id, kind)
            self.adjunct_put.emit(made)
            if made.id in self.adjuncts:
                self.adjuncts[made.id].setting.setFocus()

    def show_visit(self, visit: Visit, moment: datetime) -> None:
        """Show a visit's needles and what was done beside them."""
        self._visit = visit
        self._read_only = visit.signed is not None
        rows = rows_of(visit.needles, self._name_of)
        bold = QFont(self.font())
        bold.setPixelSize(BODY)
        bold.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(bold)
        self.painter.code_width = max((metrics.horizontalAdvance(short(one.name)) for one in rows if one.needles[0].point), default=44.0)
        self._telling = True
        self.model.show_rows(rows, moment)
        self._telling = False
        self._selected &= {needle.id for needle in visit.needles}
        self._show_adjuncts(visit.adjuncts)
        self._show_selection()
        self.tick(moment)

    def _show_adjuncts(self, adjuncts: Sequence[Adjunct]) -> None:
        wanted = {adjunct.id: adjunct for adjunct in adjuncts}
        for gone in self.adjuncts.keys() - wanted.keys():
            leaving = self.adjuncts.pop(gone)
            leaving.hide()
            leaving.deleteLater()
        for adjunct in adjuncts:
            if adjunct.id not in self.adjuncts:
                made = AdjunctRow(adjunct)
                made.edited.connect(self.adjunct_put)
                made.unwanted.connect(self.adjunct_unwanted)
                made.refused.connect(self.refused)
                self.adjuncts[adjunct.id] = made
                self._adjunct_box.insertWidget(len(self.adjuncts) - 1, made)
            self.adjuncts[adjunct.id].show_adjunct(adjunct)
            self.adjuncts[adjunct.id].set_read_only(self._read_only)

    def tick(self, moment: datetime) -> None:
        """Let the clocks follow the time."""
        if self._visit is None:
            return
        needles, counted = self._visit.needles, self._visit.count
        self.model.tick(moment)
        inside = [needle for needle in needles if needle.is_in]
        over = sum(stage(needle, moment) is Stage.OVERDUE for needle in inside)
        self.count.setText(count_words(counted))
        if inside:
            first = min(inside, key=lambda needle: needle.due or moment)
            left = first.remaining(moment) or timedelta()
            self.ring.show_time(left / timedelta(minutes=first.retention), clock(left), Stage.OVERDUE if over else Stage.IN)
            ends = local_time(first.due) if first.due else ""
            words = f"{over} overdue since {ends}" if over else f"of {first.retention} min · ends {ends}"
            self.until.setText(f"{words} · {counted.planned} to go" if counted.planned else words)
        elif counted.planned:
            self.ring.show_time(0, _span({n.retention for n in needles if n.inserted is None}), Stage.PLANNED)
            self.until.setText("minutes planned")
        elif counted.out:
            self.ring.show_time(1, "", Stage.OUT)
            self.until.setText(f"All counted: {counted.out} in, {counted.out} out")
        else:
            self.ring.show_time(0, "", Stage.PLANNED)
            self.until.setText("Nothing is planned yet")
        set_flag(self.count, "over", bool(over))
        set_flag(self.until, "over", bool(over))
        self._show_buttons(counted)

    def _show_buttons(self, counted: Count) -> None:
        can = not self._read_only
        self.longer.setVisible(can and bool(counted.inside))
        self.insert.setVisible(can and bool(counted.planned))
        self.insert.setText(f"Insert all {counted.planned}" if counted.planned > 1 else "Insert")
        self.pull.setVisible(can and bool(counted.inside))
        self.pull.setText("Pull all now" if counted.inside != 1 else "Pull it now")
        self.add_adjunct.setVisible(can)
        empty = not counted.planned + counted.inserted
        self.view.setVisible(not empty)
        self.teach.setVisible(empty)
        self.teach.setText(
            "No needles were charted."
            if self._read_only
            else "Touch the body where a needle goes, or type points below it: ST36 SP6 LR3.\n\n"
            "Nothing has a clock until it is inserted."
        )

    def select(self, ids: Iterable[str]) -> None:
        """Select these needles, without announcing it."""
        known = {needle.id for needle in self._visit.needles} if self._visit else set()
        self._selected = frozenset(ids) & known
        self._show_selection()

    def _show_selection(self) -> None:
        self.painter.selected = self._selected
        chosen = QItemSelection()
        first = None
        for place, shown in enumerate(self.model.rows):
            if shown.ids & self._selected:
                index = self.model.index(place)
                first = first or index
                chosen.select(index, index)
        self._telling = True
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._telling = False
        self.view.viewport().update()
        needles = [needle for needle in self._visit.needles if needle.id in self._selected] if self._visit else []
        was_hidden = self.editor.isHidden()
        self.editor.setVisible(bool(needles) and not self._read_only)
        self._beside.setVisible(self.editor.isHidden())
        if needles:
            self.editor.show_needles(self._title_of(needles), needles)
        if first is not None and was_hidden:
            self._box.activate()
            self.view.scrollTo(first)

    def _title_of(self, needles: Sequence[Needle]) -> str:
        rows = [shown for shown in self.model.rows if shown.ids & self._selected]
        if len(rows) > 1:
            return f"{len(needles)} needles"
        sides = " ".join(sorted(needle.site.side.letter for needle in needles if needle.site.side is not Side.MIDLINE))
        return f"{short(rows[0].name) if rows and needles[0].point else 'Needle'} {sides}".strip()

    def _rows_left(self) -> None:
        if self._selected:
            self.select(())
            self.picked.emit(self._selected)

    def _rows_selected(self) -> None:
        if self._telling:
            return
        rows = [self.model.rows[index.row()] for index in self.view.selectionModel().selectedIndexes()]
        self._selected = frozenset().union(*(shown.ids for shown in rows))
        self._show_selection()
        self.picked.emit(self._selected)

    def flush(self) -> None:
        """Announce what was typed."""
        self.editor.flush()
        for made in self.adjuncts.values():
            made.flush()


def count_words(counted: Count) -> str:
    """The count for the head: `12 in · 0 out`."""
    if not counted.inserted:
        return f"{counted.planned} planned" if counted.planned else "No needles"
    return f"{counted.inside} in · {counted.out} out"


def size_words(gauge: float, length: float) -> str:
    """Gauge and length as they stand on the packet: `0.25 × 40`."""
    return f"{gauge:.2f} × {length:g}"


def read_size(text: str) -> tuple[float, float] | None:
    """Gauge and length in mm of `0.25 x 40`, or None."""
    found = _SIZE.fullmatch(text)
    return (float(found[1].replace(",", ".")), float(found[2].replace(",", "."))) if found else None


def _common(needles: Sequence[Needle], name: str) -> object:
    """The value that all needles share, or None."""
    values = {getattr(needle, name) for needle in needles}
    return values.pop() if len(values) == 1 else None


def _field(name: str, placeholder: str, on_typed: Callable[[], None], width: int) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setPlaceholderText(placeholder)
    made.setFixedWidth(width)
    made.editingFinished.connect(on_typed)
    return made
