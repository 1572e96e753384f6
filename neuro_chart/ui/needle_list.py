"""The needles in words: what is in, for how long, and all that can be said of each, with the same powers as the body map."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import countdown
from neuro_chart.clinic.needles import Count, Needle, Side
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import local_time
from neuro_chart.ui.map_marks import Stage, diamond, short, stage
from neuro_chart.ui.needle_editor import NeedleEditor
from neuro_chart.ui.needle_rows import NeedleRows, NeedleView, RowPainter, rows_of, span
from neuro_chart.ui.theme import BODY, TITLE, Theme
from neuro_chart.ui.widgets import button, label, set_flag


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
        font.setPixelSize(TITLE if len(self._text) < 6 else BODY)
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


class NeedleList(QFrame):
    """The column of needles: the count and the next clock, the rows, what was done beside them, and the editor of those selected.

    It announces what is wanted and changes nothing: `edited(words, {field: value})` for the selected needles, `picked(ids)`,
    `insert_wanted(ids)`, `take_out_wanted(ids)`, `pull_wanted()`, `removal_wanted()`, `longer_wanted()`, `repeat_wanted()`,
    `about_wanted()` for the chosen point, `refused(sentence)` for what can't be charted.
    """

    picked = Signal(object)
    edited = Signal(str, object)
    insert_wanted = Signal(object)
    take_out_wanted = Signal(object)
    pull_wanted = Signal()
    removal_wanted = Signal()
    longer_wanted = Signal()
    repeat_wanted = Signal()
    refused = Signal(str)
    about_wanted = Signal()

    def __init__(
        self,
        name_of: Callable[[Needle], tuple[str, str]],
        caution_of: Callable[[Needle], tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._name_of, self._caution_of = name_of, caution_of
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
        self.repeat = button("", self.repeat_wanted.emit, icon="rotate-ccw")
        self.repeat.setToolTip("Plan the last visit's needles again (Ctrl+R)")
        self._repeatable = 0
        self._beside: QWidget | None = None
        self.editor = NeedleEditor()
        self.editor.edited.connect(self.edited)
        self.editor.insert_wanted.connect(lambda: self.insert_wanted.emit(self._selected))
        self.editor.pull_wanted.connect(lambda: self.take_out_wanted.emit(self._selected))
        self.editor.removal_wanted.connect(self.removal_wanted)
        self.editor.about_wanted.connect(self.about_wanted)
        self.editor.closed.connect(self.view.clearSelection)
        self.insert = button("Insert all", lambda: self.insert_wanted.emit(None), "primary")
        self.pull = button("Pull all now", self.pull_wanted.emit, "danger")
        self._lay_out()
        for later in (self.editor, self.repeat, self.longer, self.insert, self.pull):
            later.hide()

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
        box.addWidget(self.repeat)
        box.addWidget(self.editor)
        box.addLayout(foot)

    def add_to_head(self, widget: QWidget) -> None:
        """Put a small widget into the corner beside the clock."""
        self._corner.addWidget(widget, 0, Qt.AlignmentFlag.AlignRight)

    def add_beside(self, widget: QWidget) -> None:
        """Put what is done beside the needles beneath them."""
        self._beside = widget
        self._box.insertWidget(self._box.indexOf(self.editor), widget)

    def offer_repeat(self, count: int) -> None:
        """Offer to plan the last visit's needles again while none is charted; 0 offers nothing."""
        self._repeatable = count

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
        self._show_selection()
        self.tick(moment)

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
            first = min(inside, key=lambda needle: needle.clock.due or moment)
            left = first.clock.remaining(moment) or timedelta()
            self.ring.show_time(left / timedelta(minutes=first.retention), countdown(left), Stage.OVERDUE if over else Stage.IN)
            ends = local_time(first.clock.due) if first.clock.due else ""
            words = f"{over} overdue since {ends}" if over else f"of {first.retention} min · ends {ends}"
            words = f"{words} · {counted.planned} to go" if counted.planned else words
            self.until.setText("Left in when the visit was signed" if self._read_only else words)
        elif counted.planned:
            self.ring.show_time(0, span({n.retention for n in needles if n.inserted is None}), Stage.PLANNED)
            self.until.setText(f"for {span({n.retention for n in needles if n.inserted is None})} minutes")
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
        empty = not counted.planned + counted.inserted
        self.view.setVisible(not empty)
        self.teach.setVisible(empty)
        self.repeat.setVisible(empty and can and bool(self._repeatable))
        number = f"{self._repeatable} needles" if self._repeatable != 1 else "needle"
        self.repeat.setText(f"Repeat the {number} of last time")
        self.teach.setText(
            "No needles were charted."
            if self._read_only
            else "Touch the body where a needle goes, or type points below it: ST36 SP6 LR3.\n\nNothing has a clock until it is inserted."
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
        if self._beside is not None:
            self._beside.setVisible(self.editor.isHidden())
        if needles:
            caution = self._caution_of(needles[0]) if len({needle.point for needle in needles}) == 1 else ("", "")
            self.editor.show_needles(self._title_of(needles), needles, *caution)
        if first is not None and was_hidden:
            self._box.activate()
            self.view.scrollTo(first)

    def _title_of(self, needles: Sequence[Needle]) -> str:
        rows = [shown for shown in self.model.rows if shown.ids & self._selected]
        if len(rows) > 1:
            return f"{len(needles)} needles"
        sides = " ".join(sorted(needle.site.side.letter for needle in needles if needle.site.side is not Side.MIDLINE))
        return f"{short(rows[0].name) if rows and needles[0].point else 'Needle'} {sides}".strip()

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


def count_words(counted: Count) -> str:
    """The count for the head: `12 in · 0 out`."""
    if not counted.inserted:
        return f"{counted.planned} planned" if counted.planned else "No needles"
    return f"{counted.inside} in · {counted.out} out"
