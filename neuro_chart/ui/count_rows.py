"""The rows by which needles are counted out: a box to tick for each stop of the walk, and one for each needle there."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from neuro_chart.clinic.needles import NO_RETENTION, Mishap, Needle, Side
from neuro_chart.clinic.walk import Stop, is_out
from neuro_chart.ui.map_marks import short
from neuro_chart.ui.needle_rows import place_words
from neuro_chart.ui.theme import BODY, SMALL, Theme
from neuro_chart.ui.widgets import button, icon_button, label, set_flag

TICK = 44
MARKS = {Mishap.BENT: "bent", Mishap.BROKEN: "broken", Mishap.STUCK: "stuck", Mishap.DROPPED: "dropped", Mishap.REPLACED: "replaced"}


class Tick(QAbstractButton):
    """A box to tick, with what it stands for beside it. It shows what is charted: a click only asks. `passed()` on Enter."""

    passed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = self._words = self._mark = ""
        self._partly = False
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_tick(self, head: str, words: str = "", mark: str = "", *, ticked: bool, partly: bool = False) -> None:
        """Show what it stands for: `head` strong, `words` beside it, `mark` for what went wrong; ticked, or partly so."""
        self._head, self._words, self._mark, self._partly = head, words, mark, partly
        self.setChecked(ticked)
        self.update()

    def nextCheckState(self) -> None:
        """The tick follows what is stored."""

    def sizeHint(self) -> QSize:
        return QSize(200 if self._head else TICK, TICK)

    def minimumSizeHint(self) -> QSize:
        return QSize(TICK, TICK)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.passed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, ticked = Theme.of(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(theme.color("accent"), 2) if self.hasFocus() else QPen(Qt.PenStyle.NoPen))
            painter.setBrush(Qt.BrushStyle.NoBrush if self.hasFocus() else theme.color("line"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        middle = QPointF(TICK / 2, self.height() / 2)
        painter.setPen(QPen(theme.color("accent" if ticked or self._partly else "muted"), 1.5))
        painter.setBrush(theme.color("accent" if ticked else "card"))
        painter.drawRoundedRect(QRectF(middle.x() - 10, middle.y() - 10, 20, 20), 5, 5)
        painter.setPen(QPen(theme.color("on_accent" if ticked else "accent"), 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        if ticked:
            painter.drawPolyline([middle + QPointF(x, y) for x, y in ((-5, 0.5), (-1.5, 4), (5, -4))])
        elif self._partly:
            painter.drawLine(middle - QPointF(5, 0), middle + QPointF(5, 0))
        small, bold = self._font(SMALL), self._font(BODY, QFont.Weight.DemiBold)
        box = QRectF(TICK, 0, self.width() - TICK - 4, self.height())
        painter.setFont(small)
        painter.setPen(theme.color("warning"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._mark)
        box.adjust(0, 0, -QFontMetricsF(small).horizontalAdvance(self._mark) - 8, 0)
        for text, font, role in ((self._head, bold, "muted" if ticked else "text"), (self._words, small, "muted")):
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.setFont(font)
            painter.setPen(theme.color(role))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            box.setLeft(box.left() + QFontMetricsF(font).horizontalAdvance(shown) + 8)

    def _font(self, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setWeight(weight)
        return font


class StopRows(QFrame):
    """One stop of the walk: its own tick and name, and a row for each needle while it is the present one.

    `wanted()` asks to be the present one, `ticked(Needle)` says that a needle was ticked or its tick taken back, `all_ticked()` that the
    whole stop was, `passed()` that it is done; `marked(Needle, Mishap)` and `told(Needle)` say what went wrong with one.
    """

    wanted = Signal()
    ticked = Signal(object)
    all_ticked = Signal()
    passed = Signal()
    marked = Signal(object, object)
    told = Signal(object)

    def __init__(self, stop: Stop, needles: Sequence[Needle], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stop, self.needles = stop, list(needles)
        self.setProperty("role", "stop")
        self.box = Tick()
        self.box.setFixedWidth(TICK)
        self.box.clicked.connect(lambda: self.all_ticked.emit())  # noqa: PLW0108  # keeps Qt's checked flag from the signal
        self.box.passed.connect(self.passed)
        self.name = button("", self.wanted.emit, "stop")
        self.name.setFixedHeight(TICK)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its box has the keys
        self.hint = label(f"Look {stop.hint}.", "small", wrap=True)
        self.hint.setIndent(TICK)
        self.rows = {needle.id: Tick() for needle in needles}
        self._list = QWidget()
        box = QVBoxLayout(self._list)
        box.setContentsMargins(0, 0, 0, 4)
        box.setSpacing(0)
        box.addWidget(self.hint)
        box.addSpacing(4)
        for needle_id, row in self.rows.items():
            row.clicked.connect(partial(self._tick, needle_id))
            row.passed.connect(self.passed)
            line = QHBoxLayout()
            line.setSpacing(0)
            line.addWidget(row, 1)
            line.addWidget(
                icon_button("ellipsis", f"What went wrong with {place_words(self._needle(needle_id))}", partial(self._ask, needle_id))
            )
            box.addLayout(line)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.box)
        head.addWidget(self.name, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._list)
        self.show_needles(needles, present=False)

    @property
    def ticks(self) -> list[Tick]:
        """All that can be ticked, from top to bottom."""
        return [self.box, *self.rows.values()]

    @property
    def is_done(self) -> bool:
        """Whether every needle here is out and counted."""
        return all(is_out(needle) for needle in self.needles)

    def show_needles(self, needles: Sequence[Needle], *, present: bool) -> None:
        """Show how these needles stand; unfolded for the present stop."""
        self.needles = list(needles)
        out = sum(is_out(needle) for needle in needles)
        self.name.setText(f"{self.stop.title} · {out} of {len(needles)}")
        self.name.setAccessibleName(f"{self.stop.title}, {out} of {len(needles)} counted; show them")
        self.box.show_tick("", ticked=self.is_done, partly=0 < out < len(needles))
        self.box.setAccessibleName(f"{self.stop.title}: {out} of {len(needles)} counted")
        self.box.setToolTip("Tick all of them (Space); tick them and go on (Enter)")
        for needle in needles:
            row = self.rows[needle.id]
            at = (
                f"{short(needle.point)} {'' if needle.site.side is Side.MIDLINE else needle.site.side.letter}".strip()
                if needle.point
                else ""
            )
            region = needle.site.region.removeprefix("left ").removeprefix("right ") if needle.point else needle.site.region
            mark = MARKS.get(needle.mishap, "")
            words = ["in and out" if needle.retention == NO_RETENTION else "", region if at else ""]
            row.show_tick(at or region, ", ".join(filter(None, words)), mark and f"▲ {mark}", ticked=is_out(needle))
            row.setEnabled(needle.retention != NO_RETENTION or not is_out(needle))
            said = f"{place_words(needle)}{', ' + mark if mark else ''}"
            row.setAccessibleName(f"{said}, {'counted' if is_out(needle) else 'still in' if needle.is_in else 'pulled, not counted'}")
            found = needle.mishap is Mishap.DROPPED and not is_out(needle)
            row.setToolTip("Tick it when it is found and put away (Space)" if found else "Out and put away (Space)")
        set_flag(self, "present", present)
        self._list.setVisible(present)

    def _needle(self, needle_id: str) -> Needle:
        return next(needle for needle in self.needles if needle.id == needle_id)

    def _tick(self, needle_id: str) -> None:
        self.ticked.emit(self._needle(needle_id))

    def _ask(self, needle_id: str) -> None:
        needle = self._needle(needle_id)
        menu = mishap_menu(needle, partial(self.marked.emit, needle), partial(self.told.emit, needle), self)
        row = self.rows[needle_id]
        menu.popup(row.mapToGlobal(row.rect().bottomRight()))


def mishap_menu(needle: Needle, mark: Callable[[Mishap], object], tell: Callable[[], object], parent: QWidget) -> QMenu:
    """What can go wrong with a needle: `mark(Mishap)`, and `tell()` for one that hurt or harmed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for mishap, word in MARKS.items():
        if mishap is not Mishap.REPLACED or needle.is_in:
            action = menu.addAction({Mishap.REPLACED: "Replace with a new needle"}.get(mishap, word.capitalize()), partial(mark, mishap))
            action.setCheckable(True)
            action.setChecked(needle.mishap is mishap)
    menu.addAction("Nothing wrong", partial(mark, Mishap.NONE))
    menu.addSeparator()
    menu.addAction("Note what happened…", tell)
    return menu
