"""The needles in words: what is in, for how long, and all that can be said of each, with the same powers as the body map."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from neuro_chart.clinic.needles import Count, Needle, Side
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.clock_face import ClockFace, tell
from neuro_chart.ui.days import local_day, short_day
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.map_marks import Stage, short
from neuro_chart.ui.needle_editor import NeedleEditor
from neuro_chart.ui.needle_rows import ASIDE, NeedleRows, NeedleView, RowPainter, rows_of
from neuro_chart.ui.point_words import PointWords
from neuro_chart.ui.theme import BODY
from neuro_chart.ui.treatment import Ids, Treatment
from neuro_chart.ui.widgets import button, icon_button, label, row, set_flag, tip


class NeedleList(QFrame):
    """The column of needles: the clock and the count, the rows, and the editor of those selected.

    `say` speaks a sentence aloud. `picked()` tells that other rows were chosen, `about_wanted()` asks what to know of the chosen point,
    `clock_wanted()` for the clock on the whole screen, `pull_wanted()` to pull all now, `count_wanted()` to count out what was pulled.
    """

    picked = Signal()
    about_wanted = Signal()
    clock_wanted = Signal()
    pull_wanted = Signal()
    count_wanted = Signal()

    def __init__(self, treatment: Treatment, say: Callable[[str], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._treatment, self._say, self._words = treatment, say, PointWords(treatment.library)
        self._visit: Visit | None = None
        self._telling = self._counting = False
        self.face = ClockFace()
        self.face.clicked.connect(self.clock_wanted)
        self.until, self.others = label("", "small"), label("", "small")
        self.hold = icon_button("pause", "", lambda: self.do(treatment.hold_or_resume), "act")
        self.longer = button("+5 min", lambda: self.do(treatment.leave_longer), "act")
        self.copied = label("", "small", wrap=True)
        self.confirm = button("Confirm", lambda: self.do(treatment.confirm), "link")
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
        self.view.removal_wanted.connect(treatment.remove_selected)
        self.teach = label("", "muted", wrap=True)
        self.teach.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.repeat = button("", treatment.repeat_last, icon="rotate-ccw")
        self._beside: QWidget | None = None
        self.editor = NeedleEditor(treatment)
        self.editor.about_wanted.connect(self.about_wanted)
        self.editor.closed.connect(self.view.clearSelection)
        self.insert = button("", lambda: self.do(treatment.insert), "primary")
        self.next = button("", lambda: self.do(lambda _ids: treatment.insert_next()))
        self.pull = button("", self.pull_wanted.emit, "danger")
        self.count_out = button("Count them out", self.count_wanted.emit, "primary")
        self._tell_keys()
        self._lay_out()
        acts = (self.insert, self.next, self.pull, self.count_out)
        for later in (self.editor, self.repeat, self.hold, self.longer, self._copied_bar, *acts):
            later.hide()

    def _tell_keys(self) -> None:
        self.longer.setToolTip("Leave every needle that is in five minutes longer (Ctrl+Shift+M)")
        self.longer.setAccessibleName("Five minutes longer for all")
        self.confirm.setToolTip("This is meant today, too (Ctrl+Shift+D)")
        self.repeat.setToolTip("Plan the last visit's needles again (Ctrl+R)")
        self.insert.setToolTip("Insert all needles that are planned (Ctrl+I)")
        self.next.setToolTip("The next point goes in, and its clock starts (Ctrl+Return)")
        self.pull.setToolTip("Take all needles out now, and count them afterwards (Ctrl+Shift+P)")
        self.count_out.setToolTip("Tick off what was pulled (Ctrl+Shift+C)")

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        for line in (self.until, self.others):
            line.setMinimumWidth(1)
            words.addWidget(line)
        words.addStretch(1)
        self._corner = QHBoxLayout()
        self._corner.setSpacing(4)
        self._corner.addLayout(words, 1)
        self._corner.addWidget(self.hold)
        self._corner.addWidget(self.longer)
        self._copied_bar = row(self.copied, None, self.confirm)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for made in (self.count_out, self.insert, self.next, self.pull):
            foot.addWidget(made, 1)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 14)
        box.setSpacing(8)
        box.addWidget(self.face)
        box.addLayout(self._corner)
        box.addWidget(self._copied_bar)
        box.addWidget(self.view, 1)
        box.addWidget(self.teach, 1)
        box.addWidget(self.repeat)
        box.addWidget(self.editor)
        box.addLayout(foot)

    def add_to_head(self, widget: QWidget) -> None:
        """Put a small widget into the corner beneath the clock."""
        self._corner.addWidget(widget)

    def add_beside(self, widget: QWidget) -> None:
        """Put what is done beside the needles beneath them."""
        self._beside = widget
        self._box.insertWidget(self._box.indexOf(self.editor), widget)

    def do(self, act: Callable[[Ids], object], ids: Ids = None) -> None:
        """Do an act of the treatment to these needles or to all, once what was typed is taken."""
        self.flush()
        act(ids)

    @property
    def _can(self) -> bool:
        return self._visit is not None and not self._visit.is_closed

    def show_visit(self, visit: Visit, moment: datetime) -> None:
        """Show a visit's needles and their clocks."""
        before = self._visit.count if self._visit is not None and self._visit.id == visit.id else Count(0, 0, 0)
        self._visit = visit
        rows = rows_of(visit.needles, self._words.name)
        bold = QFont(self.font())
        bold.setPixelSize(BODY)
        bold.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(bold)
        self.painter.code_width = max((metrics.horizontalAdvance(short(one.name)) for one in rows if one.needles[0].point), default=44.0)
        told = any(needle.depth is not None or needle.technique for needle in visit.needles)
        self.painter.aside = ASIDE if told else 0.0
        self._telling = True
        self.model.show_rows(rows, moment)
        self._telling = False
        self.select(self._treatment.selected)
        self._show_buttons(visit)
        self.tick(moment)
        counted = visit.count
        if before.planned and not counted.planned and counted.inside > before.inside:
            self.face.show_large(f"{counted.inside} in")
            self._say(f"{counted.inside} in")
        elif counted != before:
            self.face.show_clock()

    def tick(self, moment: datetime) -> None:
        """Let the clocks follow the time."""
        if self._visit is None:
            return
        self.model.tick(moment)
        told = tell(self._visit, moment)
        self.face.show_told(told)
        words = "Left in when the visit was signed" if told.time and self._visit.count.inside and self._visit.signed else told.words
        self.until.setText(words)
        self.others.setText(self.others.fontMetrics().elidedText(told.others, Qt.TextElideMode.ElideRight, self.others.width()))
        self.others.setToolTip(tip(told.others))
        self.others.setVisible(bool(told.others))
        set_flag(self.until, "over", told.stage is Stage.OVERDUE)

    def _show_buttons(self, visit: Visit) -> None:
        can, counted, empty = self._can, visit.count, not visit.needles
        clocks = [needle.clock for needle in visit.needles if needle.is_in and needle.clock.is_open]
        stands = bool(clocks) and all(clock.is_paused for clock in clocks)
        words = "Let all clocks run on" if stands else "Let all clocks stand"
        set_icon(self.hold, "play" if stands else "pause", "text")
        self.hold.setToolTip(f"{words} (Ctrl+Shift+K)")
        self.hold.setAccessibleName(words)
        for made in (self.hold, self.longer):
            made.setVisible(can and bool(clocks))
        self._show_copied(visit)
        coming = self._treatment.next_planned
        name = short(coming[0].point) if coming and coming[0].point else "the next"
        alone = len(coming) == counted.planned
        self.insert.setVisible(can and bool(counted.planned))
        self.insert.setText(f"Insert {name if coming and coming[0].point else ''}".strip() if alone else f"Insert all {counted.planned}")
        self.next.setVisible(can and not alone)
        self.next.setText(f"Insert {name}")
        self.pull.setVisible(can and bool(counted.inside))
        self.pull.setText("Pull all now" if counted.inside != 1 else "Pull it now")
        self.count_out.setVisible(can and bool(counted.uncounted) and not self._counting)
        self.view.setVisible(not empty)
        self.teach.setVisible(empty)
        last = len(self._treatment.last.needles) if self._treatment.last else 0
        self.repeat.setVisible(empty and can and bool(last))
        self.repeat.setText(f"Repeat the {f'{last} needles' if last != 1 else 'needle'} of last time")
        self.teach.setText(
            "Touch the body where a needle goes, or type points below it: ST36 SP6 LR3.\n\nNothing has a clock until it is inserted."
            if can
            else "No needles were charted."
        )

    def _show_copied(self, visit: Visit) -> None:
        copied = sum(needle.copied for needle in visit.needles) or sum(adjunct.copied for adjunct in visit.adjuncts)
        self._copied_bar.setVisible(self._can and bool(copied))
        last = self._treatment.last
        self.copied.setText(f"{copied} copied from {short_day(local_day(last.started))}" if last else f"{copied} copied")
        self.confirm.setAccessibleName(f"Confirm what was copied: {self.copied.text()}")

    def set_counting(self, on: bool) -> None:  # noqa: FBT001  # as Qt has it
        """While the walk is open that counts them out, the rows follow it and nothing else is asked of the needles."""
        if on != self._counting and self._visit is not None:
            self._counting = on
            self._show_buttons(self._visit)
            self.select(self._treatment.selected)

    def select(self, ids: Iterable[str]) -> None:
        """Show these needles as selected, without announcing it."""
        selected = frozenset(ids)
        self.painter.selected = selected
        chosen = QItemSelection()
        first = None
        for place, shown in enumerate(self.model.rows):
            if shown.ids & selected:
                index = self.model.index(place)
                first = first or index
                chosen.select(index, index)
        self._telling = True
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._telling = False
        self.view.viewport().update()
        needles = [needle for needle in self._visit.needles if needle.id in selected] if self._visit else []
        was_hidden = self.editor.isHidden()
        editing = bool(needles) and self._can and not self._counting
        in_turn: list[tuple[QWidget, bool]] = [(self.editor, editing)]
        if self._beside is not None:
            in_turn.append((self._beside, not editing))
        for widget, stays in sorted(in_turn, key=lambda each: each[1]):  # what leaves goes first: a small screen has no room for both
            widget.setVisible(stays)
        if needles:
            caution = self._words.caution(needles[0]) if len({needle.point for needle in needles}) == 1 else ("", "")
            self.editor.show_needles(self._title_of(needles), needles, *caution)
        if first is not None and was_hidden:
            self._box.activate()
            self.view.scrollTo(first)

    def _title_of(self, needles: Sequence[Needle]) -> str:
        rows = [shown for shown in self.model.rows if shown.ids & self.painter.selected]
        if len(rows) > 1:
            return f"{len(needles)} needles"
        sides = " ".join(sorted(needle.site.side.letter for needle in needles if needle.site.side is not Side.MIDLINE))
        return f"{short(rows[0].name) if rows and needles[0].point else 'Needle'} {sides}".strip()

    def _rows_selected(self) -> None:
        if not self._telling:
            rows = [self.model.rows[index.row()] for index in self.view.selectionModel().selectedIndexes()]
            self._treatment.select(frozenset().union(*(shown.ids for shown in rows)))
            self.picked.emit()

    def flush(self) -> None:
        """Take what was typed."""
        self.editor.flush()
