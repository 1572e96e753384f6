"""More of one thing that is done beside the needles: how, where, how long; and what the health history says against it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjunct_kinds import kind_of
from neuro_chart.clinic.adjuncts import (
    LEFT_IN,
    Adjunct,
    time_words,
)
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.safety import Warning  # noqa: A004  # the field's own word
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.adjunct_form import AdjunctForm
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.days import local_day, local_time, long_day, today
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.signing import panel_head
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button, label, row, scrolled, set_flag


class AdjunctPanel(QFrame):
    """Stands in the note's place while one adjunct of the treatment is open: `opened(id)`, `closed()`."""

    opened = Signal(str)
    closed = Signal()

    def __init__(self, treatment: Treatment, body: BodyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._treatment, self._body = treatment, body
        self._warnings: Sequence[tuple[Warning, Intake]] = ()
        self._id = ""
        self.clock = ClockBlock(treatment)
        self.form: AdjunctForm | None = None
        self._head, self._place = QVBoxLayout(), QVBoxLayout()
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(16, 0, 12, 16)
        box.setSpacing(12)
        box.addWidget(self.clock)
        box.addLayout(self._place)
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(8)
        whole.addLayout(self._head)
        whole.addWidget(scrolled(inside), 1)
        treatment.shown.connect(self._show)
        treatment.closed.connect(self.closed)

    @property
    def adjunct(self) -> Adjunct | None:
        """What is open, as it is charted."""
        visit = self._treatment.visit
        return next((each for each in visit.adjuncts if each.id == self._id), None) if visit else None

    def show_warnings(self, warnings: Sequence[tuple[Warning, Intake]]) -> None:
        """Take what the patient's health history warns of."""
        changed, self._warnings = warnings != self._warnings, warnings
        if changed and (opened := self._id):
            self.leave()
            self.edit(opened)

    def edit(self, adjunct_id: str) -> None:
        """Open one of the treatment's, unless it is open."""
        if adjunct_id == self._id and self.form is not None:
            return
        self.leave()
        self._id = adjunct_id
        adjunct = self.adjunct
        if adjunct is None or self._treatment.visit is None:
            return
        self.setAccessibleName(adjunct.kind)
        kind = kind_of(self._treatment.library.adjuncts, adjunct.kind)
        _put(self._head, panel_head(adjunct.kind, self.closed.emit))
        self.form = AdjunctForm(
            kind, adjunct, self._treatment, self._body, [each for each in self._warnings if each[0].key in kind.warnings]
        )
        _put(self._place, self.form)
        self.form.show()  # at once, so that it can have the keys
        self._show(self._treatment.visit)
        self.opened.emit(adjunct_id)

    def take_keys(self) -> None:
        """Put the keys into the first field."""
        fields = self.form.findChildren(QWidget) if self.form is not None else []
        stops = (field for field in fields if field.isVisible() and field.focusPolicy() & Qt.FocusPolicy.TabFocus)
        next(stops, self).setFocus(Qt.FocusReason.TabFocusReason)

    def leave(self) -> None:
        """Store what is being typed and put the brush away; nothing is open any more."""
        self.flush()
        if self.form is not None and self.form.places.draw.isChecked():
            self._body.tools.take_up(Tool.HAND)
        self._id, self.form = "", None

    def flush(self) -> None:
        """Store what is being typed."""
        if self.form is not None:
            self.form.flush()

    def _show(self, visit: Visit) -> None:
        adjunct = self.adjunct
        if adjunct is not None and self.form is not None:
            self.clock.show_adjunct(adjunct, read_only=visit.is_closed)
            self.form.show_adjunct(adjunct, visit)
        elif self._id:
            self._id, self.form = "", None
            self.closed.emit()

    def tick(self, moment: datetime) -> None:
        """Let its clock follow the time."""
        if self._id:
            self.clock.tick(moment)


def _put(place: QVBoxLayout, widget: QWidget) -> None:
    while item := place.takeAt(0):
        if old := item.widget():
            old.hide()
            old.deleteLater()
    place.addWidget(widget)


class ClockBlock(QWidget):
    """The clock of an adjunct, large, with what can be done to it."""

    def __init__(self, treatment: Treatment) -> None:
        super().__init__()
        self._adjunct: Adjunct | None = None
        self.time, self.since = label(""), label("", "small", wrap=True)
        self.start = button("Start", lambda: self._do(treatment.step_adjunct), "primary", "play")
        self.pause = button("Pause", lambda: self._do(treatment.pause_adjunct))
        self.longer = button("+5 min", lambda: self._do(self._go_on_longer))
        self.end = button("End", lambda: self._do(treatment.step_adjunct))
        self.off = icon_button("trash-2", "Take off the chart (Delete on its row)", lambda: self._do(self._take_off))
        self._treatment = treatment
        self.start.setToolTip("Space on its row")
        self.end.setToolTip("Space on its row")
        self.pause.setToolTip("K on its row")
        self.longer.setToolTip("+ on its row")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(row(self.start, self.time, None, self.off))
        box.addWidget(self.since)
        self._acts = row(self.pause, self.longer, self.end, None)
        box.addWidget(self._acts)

    def _do(self, act: Callable[[str], object]) -> None:
        if self._adjunct is not None:
            act(self._adjunct.id)

    def _go_on_longer(self, adjunct_id: str) -> None:
        self._treatment.change_adjuncts("Go on longer", treating.go_on_longer, (adjunct_id,))

    def _take_off(self, adjunct_id: str) -> None:
        self._treatment.take_off("Take off what was done beside", adjunct_id)

    def show_adjunct(self, adjunct: Adjunct, *, read_only: bool) -> None:
        """Show where it is in its life, and what comes next."""
        self._adjunct = adjunct
        days, going = adjunct.kind in LEFT_IN, adjunct.clock.is_open
        self.start.setText("Put in" if days else "Start")
        self.start.setVisible(not read_only and adjunct.started is None)
        self.end.setText("Taken out" if days else "End")
        self.end.setVisible(not read_only and going)
        self.pause.setText("Go on" if adjunct.clock.is_paused else "Pause")
        self.pause.setVisible(not read_only and going and not days)
        self.longer.setVisible(not read_only and going and not days and adjunct.minutes is not None)
        self.off.setVisible(not read_only)
        self._acts.setVisible(not read_only and going)
        set_flag(self.time, "role", "display" if going and not days else "title" if adjunct.started else "muted")
        self.tick(now())

    def tick(self, moment: datetime) -> None:
        """Let the time go on."""
        adjunct = self._adjunct
        if adjunct is None:
            return
        clock = adjunct.clock
        words = {"in": "Left in", "out": "Taken out", "": "Not begun"}
        time = time_words(adjunct, moment)
        self.time.setText(words.get(time, time))
        over = clock.is_overdue(moment)
        set_flag(self.time, "over", over)
        said = []
        if adjunct.started is not None:
            said.append(f"{'since' if clock.is_open else 'from'} {_when(adjunct.started)}")
            if adjunct.ended is not None:
                said.append(f"until {_when(adjunct.ended)}")
            elif clock.is_paused:
                said.append("paused")
            elif clock.due is not None and adjunct.kind not in LEFT_IN:
                said.append(f"{'ended' if over else 'ends'} {local_time(clock.due)}")
        elif adjunct.copied:
            said.append("As at the last visit; to be confirmed by its start")
        self.since.setText(" · ".join(said))
        self.since.setVisible(bool(said))


def _when(moment: datetime) -> str:
    return local_time(moment) if local_day(moment) == today() else f"{long_day(local_day(moment))}, {local_time(moment)}"
