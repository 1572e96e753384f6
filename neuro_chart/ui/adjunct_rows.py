"""What is done beside the needles, as rows beneath them: what it is, where, and its clock. What an earlier visit left in stands above."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import (
    ELECTRO,
    LEFT_IN,
    Adjunct,
    Spot,
    adjunct_words,
    how_words,
    joined,
    name_words,
    short_name,
    taken_out,
    time_words,
    where_words,
)
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.left_in import LeftInRow, near_day
from neuro_chart.ui.map_adjuncts import paint_place
from neuro_chart.ui.map_marks import diamond
from neuro_chart.ui.theme import BODY, SMALL, TARGET, Theme
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button

KEYS = "Enter opens it, Space starts or ends it, K pauses it, + adds five minutes, Delete takes it off the chart."


class AdjunctRow(QAbstractButton):
    """One thing done: `clicked` opens it; `step_wanted` is its start or its end, `pause_wanted`, `longer_wanted`, `removal_wanted`."""

    step_wanted = Signal()
    pause_wanted = Signal()
    longer_wanted = Signal()
    removal_wanted = Signal()

    def __init__(self, adjunct: Adjunct, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.adjunct = adjunct
        self._words, self._spoken, self._time, self._over = "", "", "", False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.step = icon_button("play", "", self.step_wanted.emit)
        self.step.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Space on the row does the same
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addStretch(1)
        box.addWidget(self.step)

    def sizeHint(self) -> QSize:
        return QSize(200, TARGET + 2)

    def nextCheckState(self) -> None:
        """It is checked while its panel is open, which only that panel knows."""

    def show_adjunct(self, adjunct: Adjunct, needles: Sequence[Needle], moment: datetime, *, read_only: bool) -> None:
        """Show what is stored; a lead is named by the needles that it joins."""
        self.adjunct = adjunct
        self._words = adjunct_words(adjunct, needles)
        self._spoken = ", ".join(filter(None, (adjunct.kind, how_words(adjunct), where_words(adjunct, needles))))
        waits, ends = adjunct.started is None, adjunct.clock.is_open
        days = adjunct.kind in LEFT_IN
        self.step.setVisible(not read_only and (waits or (ends and not days)))
        word = ("Put in" if days else "Start") if waits else "Take out" if days else "End"
        set_icon(self.step, "play" if waits else "stop", "accent")
        self.step.setToolTip(f"{word} {short_name(adjunct.kind)} (Space)")
        self.step.setAccessibleName(f"{word} {adjunct.kind.lower()}")
        self.tick(moment)

    def tick(self, moment: datetime) -> None:
        """Let its clock follow the time."""
        clock = self.adjunct.clock
        time, over = time_words(self.adjunct, moment), clock.is_overdue(moment)
        if self.adjunct.is_left_in and self.adjunct.until is not None:
            time = f"until {near_day(self.adjunct.until)}"
        said = f"{self._spoken}, {_state_words(self.adjunct, time, over=over)}"
        if (time, over, said) != (self._time, self._over, self.accessibleName()):  # a redrawn row each second is enough
            self._time, self._over = time, over
            self.setAccessibleName(said)
            self.setAccessibleDescription(KEYS)
            self.setToolTip(f"{self._words.replace('<', '‹')}\n{KEYS}")
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_Return: self.clicked.emit, Qt.Key.Key_Enter: self.clicked.emit, Qt.Key.Key_Space: self.step.click,
            Qt.Key.Key_K: self.pause_wanted.emit, Qt.Key.Key_Plus: self.longer_wanted.emit, Qt.Key.Key_Equal: self.longer_wanted.emit,
            Qt.Key.Key_Delete: self.removal_wanted.emit, Qt.Key.Key_Backspace: self.removal_wanted.emit,
        }  # fmt: skip
        if (act := acts.get(Qt.Key(event.key()))) and not event.modifiers() & ~_SILENT:
            act()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, box = Theme.of(self), QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = "accent_soft" if self.isChecked() else "danger_soft" if self._over else "sunken" if self.underMouse() else ""
        if ground:
            painter.setBrush(theme.color(ground))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(box.adjusted(1, 2, -1, -2), 8, 8)
        mark = QPointF(13, box.center().y())
        if self._over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("danger"))
            painter.drawPolygon(QPolygonF(diamond(mark, 9)))
        else:
            paint_place(painter, theme, mark, self.adjunct)
        self._paint_words(painter, theme, box.height(), self._paint_time(painter, theme, box.height()))

    def _paint_time(self, painter: QPainter, theme: Theme, height: float) -> float:
        """Its time at the right, behind two bars while it is paused; returns where it begins."""
        clock, days = self.adjunct.clock, self.adjunct.kind in LEFT_IN
        loud = clock.is_open and not days
        colour = theme.color("danger" if self._over else "text" if loud else "muted")
        painter.setFont(self._font(BODY if loud else SMALL, bold=loud))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(self._time)
        left = (self.step.x() if self.step.isVisibleTo(self) else self.width() - 8) - 2 - wide
        painter.setPen(colour)
        painter.drawText(QRectF(left, 0, wide + 1, height), Qt.AlignmentFlag.AlignVCenter, self._time)
        if clock.is_paused and not days:
            for aside in (13, 8):
                painter.fillRect(QRectF(left - aside, height / 2 - 5, 3, 10), colour)
            left -= 15
        return left

    def _paint_words(self, painter: QPainter, theme: Theme, height: float, right: float) -> None:
        """What it is, and smaller where and how."""
        name = name_words(self.adjunct)
        rest, left = self._words.removeprefix(name), 28.0
        faint = self.adjunct.ended is not None or self.adjunct.copied
        for words, size, colour in ((name, BODY, "muted" if faint else "text"), (rest, SMALL, "muted")):
            painter.setFont(self._font(size))
            painter.setPen(theme.color(colour))
            fit = QFontMetricsF(painter.font())
            shown = fit.elidedText(words, Qt.TextElideMode.ElideRight, max(0.0, right - 10 - left))
            painter.drawText(QRectF(left, 0, right - left, height), Qt.AlignmentFlag.AlignVCenter, shown)
            left += fit.horizontalAdvance(words)

    def _font(self, size: int, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


_SILENT = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def _state_words(adjunct: Adjunct, time: str, *, over: bool) -> str:
    """Its clock, as it is read aloud."""
    if adjunct.started is None:
        return f"{'to be confirmed' if adjunct.copied else 'not begun'}{f', for {time}' if time else ''}"
    if adjunct.kind in LEFT_IN:
        return "taken out" if adjunct.ended else "left in"
    if adjunct.ended is not None:
        return f"ended after {time}"
    if over:
        return f"over by {time.lstrip('+')}"
    stands = "paused" if adjunct.clock.is_paused else "running"
    return f"{stands}, {time} left" if adjunct.minutes is not None else f"{stands} for {time}"


class AdjunctRows(QWidget):
    """The rows of a treatment, and the way to add one.

    `open_wanted(id, keys)` asks for the panel that says more of one, and whether the keys go there.
    """

    open_wanted = Signal(str, bool)

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self._opened = ""
        self._left: list[Adjunct] = []
        self.rows: dict[str, AdjunctRow] = {}
        self.left: list[LeftInRow] = []
        self.add = button("Electro, moxa, cupping …", role="link", icon="plus")
        self.add.setToolTip("Add electro-stimulation, moxa, cupping and more (Ctrl+Shift+E)")
        self.menu = QMenu(self)
        self.menu.setProperty("role", "layers")
        self.add.setMenu(self.menu)
        self._reminders, self._rows = QVBoxLayout(), QVBoxLayout()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        for part in (self._reminders, self._rows):
            part.setSpacing(2)
            box.addLayout(part)
        box.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        treatment.shown.connect(self._show)

    # Adding

    def show_menu(self) -> None:
        """Offer all kinds, each by its letter; those of the last visit first."""
        if self._treatment.draft is not None:
            self.add.showMenu()

    def _fill_menu(self) -> None:
        kinds, last = self._treatment.library.adjuncts, self._treatment.last
        before = dict.fromkeys(each.kind for each in (last.adjuncts if last else ()) if each.kind in kinds)
        self.menu.clear()
        for at, name in enumerate([*before, *(name for name in kinds if name not in before)]):
            if before and at == len(before):
                self.menu.addSeparator()
            where = name.upper().index(kinds[name].letter)
            self.menu.addAction(f"{name[:where]}&{name[where:]}\t{kinds[name].letter}", partial(self.add_kind, name))

    def add_kind(self, kind: str) -> None:
        """Chart one of this kind at the selected needles, and ask for more. What stays in for days is taken to be put in now."""
        treatment = self._treatment
        if treatment.draft is None:
            return
        made, chosen = self._fresh(treatment.draft, kind), treatment.chosen
        spots = tuple(Spot(needle.site, needle.point) for needle in chosen)
        made = joined(made, chosen) if kind == ELECTRO else replace(made, spots=spots)
        treatment.put_adjunct(replace(made, started=now()) if kind in LEFT_IN else made)
        treatment.select(())
        self.open_wanted.emit(made.id, True)  # a signal takes no names

    def join(self) -> None:
        """Join the selected needles, or all, by leads of the electro-stimulation that is open, or was charted last, or of a new one."""
        treatment = self._treatment
        if (visit := treatment.draft) is None:
            return
        going = [each for each in visit.adjuncts if each.kind == ELECTRO and each.ended is None]
        electro = next((each for each in going if each.id == self._opened), going[-1] if going else self._fresh(visit, ELECTRO))
        after = joined(electro, treatment.chosen or [needle for needle in visit.needles if needle.removed is None])
        if after is electro:
            treatment.chart.refused.emit("Select two needles to join them by a lead.")
            return
        treatment.change("Join needles by leads", [after])
        treatment.select(())
        self.open_wanted.emit(after.id, False)  # as above; the hand goes on joining

    def _open(self, adjunct_id: str) -> None:
        self.open_wanted.emit(adjunct_id, True)  # as above

    @staticmethod
    def _fresh(visit: Visit, kind: str) -> Adjunct:
        return Adjunct(visit.id, kind, position=max((each.position for each in visit.adjuncts), default=-1) + 1)

    # What is shown

    def _show(self, visit: Visit) -> None:
        read_only, moment = visit.signed is not None, visit.signed or now()
        self.add.setVisible(not read_only)
        self._show_left(visit)
        self._show_rows(visit, moment, read_only=read_only)
        if not read_only:
            self._fill_menu()

    def _show_left(self, visit: Visit) -> None:
        found = self._treatment.chart.records.left_in(visit.patient_id) if visit.signed is None else []
        wanted = [left for left, _ in found if left.visit_id != visit.id]
        if wanted == self._left:
            return
        self._left = wanted
        for old in self.left:
            old.hide()
            old.deleteLater()
        self.left = [LeftInRow(left) for left in wanted]
        for made, left in zip(self.left, wanted, strict=True):
            made.out_wanted.connect(partial(self._take_out_earlier, left))
            self._reminders.addWidget(made)

    def _take_out_earlier(self, left: Adjunct) -> None:
        if (visit := self._treatment.draft) is not None:
            self._treatment.change(f"Take out {left.kind.lower()}", [taken_out(left, visit.id, now())])

    def _show_rows(self, visit: Visit, moment: datetime, *, read_only: bool) -> None:
        wanted = {adjunct.id: adjunct for adjunct in visit.adjuncts}
        for gone in self.rows.keys() - wanted.keys():
            leaving = self.rows.pop(gone)
            leaving.hide()
            leaving.deleteLater()
        for at, adjunct in enumerate(visit.adjuncts):
            if adjunct.id not in self.rows:
                self.rows[adjunct.id] = made = self._row(adjunct)
                self._rows.insertWidget(at, made)
                made.show()  # at once, so that it can have the keys
            self.rows[adjunct.id].show_adjunct(adjunct, visit.needles, moment, read_only=read_only)

    def _row(self, adjunct: Adjunct) -> AdjunctRow:
        made = AdjunctRow(adjunct)
        made.clicked.connect(partial(self._open, adjunct.id))
        made.step_wanted.connect(partial(self._treatment.step_adjunct, adjunct.id))
        made.pause_wanted.connect(partial(self._treatment.pause_adjunct, adjunct.id))
        made.longer_wanted.connect(partial(self._treatment.change_adjuncts, "Go on longer", treating.go_on_longer, (adjunct.id,)))
        made.removal_wanted.connect(partial(self._treatment.take_off, f"Take off {adjunct.kind.lower()}", adjunct.id))
        return made

    @property
    def opened(self) -> QWidget:
        """The row whose panel is open, or the way to add one."""
        return self.rows.get(self._opened, self.add)

    def mark_open(self, adjunct_id: str) -> None:
        """Show which one's panel is open; none for an empty id."""
        self._opened = adjunct_id
        for each_id, made in self.rows.items():
            made.setChecked(each_id == adjunct_id)

    def tick(self, moment: datetime) -> None:
        """Let the clocks follow the time."""
        for made in self.rows.values():
            made.tick(moment)
