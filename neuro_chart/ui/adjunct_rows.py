"""What is done beside the needles, as rows beneath them: what it is, where, and its clock. What an earlier visit left in stands above."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjunct_kinds import kind_of
from neuro_chart.clinic.adjuncts import (
    ELECTRO,
    LEFT_IN,
    Adjunct,
    Spot,
    joined,
    taken_out,
)
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.safety import Warning  # noqa: A004  # the field's own word
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.adjunct_row import AdjunctRow
from neuro_chart.ui.left_in import LeftInRow
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button


class _Rows(QScrollArea):
    """As high as its rows where there is room, so that many of them make no window higher; two or so are always seen."""

    def __init__(self, rows: QWidget) -> None:
        super().__init__()
        self._inner = rows
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(rows)

    def sizeHint(self) -> QSize:
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), 2 * TARGET))

    def fit(self) -> None:
        """Take the height of the rows as they are now."""
        if (layout := self._inner.layout()) is not None:
            layout.activate()
        self.updateGeometry()


class AdjunctRows(QWidget):
    """The rows of a treatment, and the way to add one.

    `open_wanted(id, keys)` asks for the panel that says more of one, and whether the keys go there.
    """

    open_wanted = Signal(str, bool)

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Beside the needles")
        self._treatment = treatment
        self._opened = ""
        self._asked: tuple[object, ...] = ()
        self._warnings: Sequence[Warning] = ()
        self.rows: dict[str, AdjunctRow] = {}
        self.left: list[LeftInRow] = []
        self.add = button("Electro, moxa…", role="link", icon="plus")
        self.add.setToolTip("Add electro-stimulation, moxa, cupping and more (Ctrl+Shift+E)")
        self.menu = QMenu(self)
        self.menu.setProperty("role", "layers")
        self.add.setMenu(self.menu)
        self._reminders, self._rows = QVBoxLayout(), QVBoxLayout()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        inner = QWidget()
        parts = QVBoxLayout(inner)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(2)
        for part in (self._reminders, self._rows):
            part.setSpacing(2)
            parts.addLayout(part)
        self._area = _Rows(inner)
        box.addWidget(self._area)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.add)
        self._foot.addStretch(1)
        box.addLayout(self._foot)
        treatment.shown.connect(self._show)

    def add_to_foot(self, widget: QWidget) -> None:
        """Put a small widget at the end of the line beneath the rows."""
        self._foot.addWidget(widget)

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

    def show_warnings(self, warnings: Sequence[Warning]) -> None:
        """Take what the patient's health history warns of, the loudest first."""
        self._warnings = warnings
        for made in self.rows.values():
            self._warn(made)

    def _warn(self, made: AdjunctRow) -> None:
        against = kind_of(self._treatment.library.adjuncts, made.adjunct.kind).warnings
        made.show_warnings([warning for warning in self._warnings if warning.key in against])

    def _show(self, visit: Visit) -> None:
        read_only, moment = visit.is_closed, visit.signed or now()
        self.add.setVisible(not read_only)
        self._show_left(visit)
        self._show_rows(visit, moment, read_only=read_only)
        self._area.fit()
        if not read_only:
            self._fill_menu()

    def _show_left(self, visit: Visit) -> None:
        """What stays in from earlier visits; asked anew only when this visit, or what is charted in it, is another."""
        asked = (visit.id, visit.signed, *((each.id, each.ended) for each in visit.adjuncts))
        if asked == self._asked:
            return
        self._asked = asked
        found = self._treatment.chart.records.left_in(visit.patient_id) if not visit.is_closed else []
        wanted = [left for left, _ in found if left.visit_id != visit.id]
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
        self._warn(made)
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
