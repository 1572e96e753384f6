"""The rows of the list of needles: the needles of one point together, in columns to the eye and as a sentence to the ear."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from neuro_chart.clinic.clocks import countdown
from neuro_chart.clinic.needles import NO_RETENTION, Mishap, Needle, Side, Technique
from neuro_chart.ui.map_marks import PRESSING, Stage, dashed, paint_marker, short, stage
from neuro_chart.ui.theme import BODY, SMALL, Theme
from neuro_chart.ui.widgets import tip

SLIVER = 40.0  # px
ASIDE = 62.0
ROW_HEIGHT = 42
IN_AND_OUT = "in and out"
TECHNIQUES = {Technique.EVEN: "=", Technique.TONIFY: "+", Technique.DRAIN: "−"}
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
        return max((stage(needle, moment) for needle in self.needles), key=PRESSING.__getitem__)

    def time(self, moment: datetime) -> str:
        """Time left of the next clock, minutes planned, or minutes that it was in."""
        if running := [left for needle in self.needles if (left := needle.clock.remaining(moment)) is not None]:
            return countdown(min(running))
        if planned := {needle.retention for needle in self.needles if needle.is_planned}:
            return minutes_words(planned)
        out = [needle for needle in self.needles if needle.inserted and needle.removed]
        kept = {round(n.clock.elapsed(moment) / timedelta(minutes=1)) for n in out if n.retention != NO_RETENTION}
        if kept:
            return f"{span(kept)} min"
        return IN_AND_OUT if out else ""

    def mishaps(self, *, aloud: bool = False) -> str:
        """What went wrong, with the side where it is one of two: `bent L`, and `bent left` aloud."""
        found: dict[Mishap, list[Needle]] = {}
        for needle in self.needles:
            if needle.mishap:
                found.setdefault(needle.mishap, []).append(needle)
        several = len(self.needles) > 1
        return ", ".join(
            " ".join([kind, *(n.site.side if aloud else n.site.side.letter for n in there if several)]) for kind, there in found.items()
        )

    def spoken(self, moment: datetime) -> str:
        """The row in words."""
        sides = " and ".join(side for side in ("left", "right", "midline") if any(n.site.side == side for n in self.needles))
        said = [f"{self.name} {self.words}".strip(), sides, depth_of(self.needles)]
        said += sorted({needle.technique for needle in self.needles} - {""})
        said += ["de qi"] if all(needle.de_qi for needle in self.needles) else []
        time = self.time(moment)
        said.append(
            {
                Stage.PLANNED: f"planned, {time}",
                Stage.COPIED: f"planned, {time}, copied and to be confirmed",
                Stage.IN: f"in, {time} left" if time else "in",
                Stage.PAUSED: f"paused at {time}",
                Stage.OVERDUE: f"overdue by {time.lstrip('+')}",
                Stage.UNCOUNTED: "pulled, not counted yet",
                Stage.OUT: f"out after {time}" if time != IN_AND_OUT else time,
            }[self.stage(moment)]
        )
        return ", ".join(part for part in (*said, self.mishaps(aloud=True)) if part)


def rows_of(needles: Iterable[Needle], name_of: Callable[[Needle], tuple[str, str]]) -> list[Row]:
    """Rows in the order in which the points were charted; `name_of` gives a needle's name and the words beside it."""
    grouped: dict[str, list[Needle]] = {}
    for needle in sorted(needles, key=lambda needle: needle.position):
        grouped.setdefault(needle.point or needle.id, []).append(needle)
    order = {Side.LEFT: 0, Side.RIGHT: 1, Side.MIDLINE: 2}
    return [Row(*name_of(group[0]), tuple(sorted(group, key=lambda needle: order[needle.site.side]))) for group in grouped.values()]


def depth_of(needles: Sequence[Needle]) -> str:
    """A depth as `0.8 cun`, as a span where it is one or the needles differ, or nothing."""
    depths = {depth for needle in needles for depth in (needle.depth, needle.depth_to) if depth is not None}
    units = {needle.depth_unit for needle in needles}
    return f"{'–'.join(depth_words(depth, *units) for depth in _ends(depths))} {units.pop()}" if depths and len(units) == 1 else ""


def depth_words(depth: float, unit: str) -> str:
    """A depth as it is written: cun with a decimal, and never rounded."""
    return f"{depth:.1f}" if unit == "cun" and round(depth, 1) == depth else f"{depth:g}"


def span(numbers: Iterable[float]) -> str:
    """One number, or the lowest and the highest of several."""
    return "–".join(f"{number:g}" for number in _ends(numbers))


def minutes_words(retentions: Iterable[int]) -> str:
    """Retentions as `30 min` or `20–30 min`, or that they go in and out."""
    kept = set(retentions) - {NO_RETENTION}
    return f"{span(kept)} min" if kept else IN_AND_OUT


def _ends(numbers: Iterable[float]) -> list[float]:
    ordered = sorted(set(numbers))
    return ordered if len(ordered) < 3 else [ordered[0], ordered[-1]]


def places_words(needles: Sequence[Needle]) -> str:
    """Needles by point with their sides: `ST36 L R, SP6 L`; those on no point by region."""
    sides: dict[str, list[str]] = {}
    for needle in needles:
        sides.setdefault(needle.point or needle.site.region, []).extend(needle.site.side.letter if needle.point else "")
    return ", ".join(" ".join([name, *sorted(letters)]) for name, letters in sides.items())


def place_words(needle: Needle) -> str:
    """A needle by its point and side, or by its region."""
    return f"{needle.point} {needle.site.side}" if needle.point else needle.site.region


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
            words = shown.spoken(self.moment)
            return tip(words) if role == _Role.ToolTipRole else words
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
        self.aside = 0.0  # px that depth and technique take, once they are told of any needle

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
        elif state is not Stage.COPIED:
            painter.fillRect(QRectF(box.left() + 4, box.bottom() - 1, box.width() - 8, 1), theme.color("line"))
        if state is Stage.COPIED:
            painter.setPen(dashed(theme.color("muted"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 1.5, -0.5, -2.5), 8, 8)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -3), 8, 8)
        middle = box.adjusted(0, 0, 0, -1)
        paint_marker(painter, QPointF(box.left() + 13, middle.center().y()), state, theme, 5)
        self._paint_words(painter, middle, shown, theme, faint=state in {Stage.OUT, Stage.COPIED})
        self._paint_time(painter, middle, shown.time(moment), state, theme)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, shown: Row, theme: Theme, *, faint: bool) -> None:
        text, muted, wrong = theme.color("muted" if faint else "text"), theme.color("muted"), shown.mishaps()
        bold, body = self._font(BODY, bold=True), self._font(BODY)
        left_middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left, right = box.left() + 26, box.right() - 96 - self.aside
        painter.setFont(bold if shown.needles[0].point else body)
        painter.setPen(text)
        if not shown.needles[0].point:
            words = f"▲ {wrong}" if wrong else shown.words
            _paint_fitting(painter, QRectF(left, box.top(), right - left, box.height()), words)
        else:
            painter.drawText(QRectF(left, box.top(), self.code_width, box.height()), left_middle, short(shown.name))
            left += self.code_width + 8
            painter.setFont(body)
            hanzi, _, pinyin = shown.words.partition(" ")
            painter.drawText(QRectF(left, box.top(), right - left, box.height()), left_middle, hanzi)
            left += QFontMetricsF(body).horizontalAdvance(hanzi) + 6
            painter.setFont(self._font(SMALL, bold=bool(wrong)))
            painter.setPen(theme.color("warning") if wrong else muted)
            shortened = right - left < min(SLIVER, painter.fontMetrics().horizontalAdvance(pinyin))
            words = f"▲ {wrong}" if wrong else "" if shortened else pinyin  # a letter of a name says nothing
            _paint_fitting(painter, QRectF(left, box.top(), right - left, box.height()), words)
        painter.setFont(self._font(SMALL))
        painter.setPen(muted)
        depth = depth_of(shown.needles).removesuffix(" cun").replace(" mm", "mm")
        painter.drawText(QRectF(box.right() - 130, box.top(), 48, box.height()), _RIGHT, depth)
        techniques = {needle.technique for needle in shown.needles}
        mark = TECHNIQUES.get(next(iter(techniques)), "") if len(techniques) == 1 else "·"
        painter.drawText(QRectF(box.right() - 80, box.top(), 14, box.height()), Qt.AlignmentFlag.AlignCenter, mark)
        self._paint_sides(painter, box, shown, theme)

    def _paint_sides(self, painter: QPainter, box: QRectF, shown: Row, theme: Theme) -> None:
        """The letters of the sides; where only one of two is selected, that one stands out. Below it, a mark for de qi."""
        several = len(shown.needles) > 1 and shown.ids & self.selected and not shown.ids <= self.selected
        places = {Side.LEFT: 0, Side.RIGHT: 13, Side.MIDLINE: 6}
        for needle in shown.needles:
            picked = several and needle.id in self.selected
            painter.setFont(self._font(SMALL, bold=bool(picked)))
            painter.setPen(theme.color("accent" if picked else "muted"))
            cell = QRectF(box.right() - 94 - self.aside + places[needle.site.side], box.top(), 13, box.height())
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, needle.site.side.letter)
            if needle.de_qi:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent"))
                painter.drawEllipse(QPointF(cell.center().x(), cell.center().y() + 11), 1.8, 1.8)

    def _paint_time(self, painter: QPainter, box: QRectF, time: str, state: Stage, theme: Theme) -> None:
        loud = ":" in time
        painter.setFont(self._font(BODY if loud else SMALL, bold=loud))
        painter.setPen(theme.color({Stage.OVERDUE: "danger", Stage.UNCOUNTED: "warning", Stage.IN: "text"}.get(state, "muted")))
        painter.drawText(QRectF(box.right() - 66, box.top(), 60, box.height()), _RIGHT, "count it" if state is Stage.UNCOUNTED else time)

    def _font(self, size: int, *, bold: bool = False) -> QFont:
        font = QFont(self._view.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


def _paint_fitting(painter: QPainter, box: QRectF, words: str) -> None:
    """Draw words from the left, cut short where there is no room for all."""
    fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)


class NeedleView(QListView):
    """The list; Delete wants the selected needles away, Escape selects none."""

    removal_wanted = Signal()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 2 * ROW_HEIGHT)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self.selectedIndexes():
            self.removal_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and self.selectedIndexes():
            self.clearSelection()
        else:
            super().keyPressEvent(event)
