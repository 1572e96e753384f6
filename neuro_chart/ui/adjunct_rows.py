"""What is done beside the needles, as rows beneath them: what it is, where, and its clock."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.needle_editor import small_field
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button, label, set_flag

ADJUNCTS = ("Electro-stimulation", "Moxibustion", "Infrared lamp", "Cupping", "Gua sha", "Massage")


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
        self.setting = small_field(f"{adjunct.kind}: setting", "2/120 Hz, points" if electric else "Where and how", self._typed)
        self.minutes = small_field(f"{adjunct.kind}: minutes", "min", self._typed, 58)
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
            self.setting.setCursorPosition(0)
            self.setting.setToolTip(adjunct.setting or self.setting.accessibleName())
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


class AdjunctRows(QWidget):
    """The rows of a treatment, and the way to add one."""

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self.rows: dict[str, AdjunctRow] = {}
        self.add = button("Add electro-stimulation …", role="link", icon="plus")
        self.add.setMenu(self._menu())
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._box.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        treatment.shown.connect(self._show)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for kind in ADJUNCTS:
            menu.addAction(kind, partial(self.add_kind, kind))
        return menu

    def add_electro(self) -> None:
        """Add electro-stimulation and ask for its setting."""
        self.add_kind(ADJUNCTS[0])

    def add_kind(self, kind: str) -> None:
        """Add one of this kind and ask for its setting."""
        draft = self._treatment.draft
        if draft is not None:
            self._treatment.select(())
            made = Adjunct(draft.id, kind)
            self._treatment.put_adjunct(made)
            if made.id in self.rows:
                self.rows[made.id].setting.setFocus()

    def _show(self, visit: Visit) -> None:
        self.add.setVisible(visit.signed is None)
        self._show_rows(visit.adjuncts, read_only=visit.signed is not None)

    def _show_rows(self, adjuncts: Sequence[Adjunct], *, read_only: bool) -> None:
        wanted = {adjunct.id: adjunct for adjunct in adjuncts}
        for gone in self.rows.keys() - wanted.keys():
            leaving = self.rows.pop(gone)
            leaving.hide()
            leaving.deleteLater()
        for adjunct in adjuncts:
            if adjunct.id not in self.rows:
                made = AdjunctRow(adjunct)
                made.edited.connect(self._treatment.put_adjunct)
                made.unwanted.connect(partial(self._treatment.take_off, "Take off what was done beside"))
                made.refused.connect(self._treatment.chart.refused)
                self.rows[adjunct.id] = made
                self._box.insertWidget(len(self.rows) - 1, made)
            self.rows[adjunct.id].show_adjunct(adjunct)
            self.rows[adjunct.id].set_read_only(read_only)

    def flush(self) -> None:
        """Store what is being typed."""
        for made in self.rows.values():
            made.flush()
