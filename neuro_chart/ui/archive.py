"""What can be done with a whole record, beneath it: put it into the archive, merge it with another, erase it."""

import re
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart.clinic.people import Patient, Role
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.flow import Flow
from neuro_chart.ui.widgets import add_action, button, label

IN_ARCHIVE = "Archived on {}: out of the lists and the search. Nothing is lost, and it can be charted in as before."


class RecordActs(QWidget):
    """Quiet links. `merge_wanted`, `erase_wanted`: their panels are asked for.

    Archiving is a step on the record's own stack, undone like any edit. Erasing shows only to an owner, of a record that lies in the
    archive and that the practice need not keep any more; until then the reason stands in its place.
    """

    merge_wanted = Signal()
    erase_wanted = Signal()

    def __init__(self, chart: OpenChart, stack: QUndoStack) -> None:
        super().__init__()
        self._chart, self._stack = chart, stack
        self._patient = Patient()
        self.since, self.kept = label("", "small", wrap=True), label("", "small", wrap=True)
        self.archive = button("", self._turn, "link")
        self.merge = button("Merge with another record", self.merge_wanted.emit, "link")
        self.erase = button("Erase for good", self.erase_wanted.emit, "link")
        self._archiving = add_action(self, "", "", self._turn)
        self._merging = add_action(self, "Merge this record with another", "", self.merge_wanted.emit)
        self._erasing = add_action(self, "Erase this record for good", "", self.erase_wanted.emit)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.since)
        self._links = Flow((self.archive, self.merge, self.erase))
        box.addWidget(self._links)
        box.addWidget(self.kept)

    def show_patient(self, patient: Patient) -> None:
        """Show what can be done with this record."""
        self._patient = patient
        records, archived = self._chart.records, patient.archived
        self.since.setText(IN_ARCHIVE.format(long_day(local_day(archived))) if archived else "")
        self.archive.setText("Take from the archive" if archived else "Archive")
        self._archiving.setText("Take this record from the archive" if archived else "Archive this record")
        may_erase = archived is not None and records.role is Role.OWNER
        why_not = records.erasable(patient.id) if may_erase else ""
        self.kept.setText(re.sub(r"\d{4}-\d\d-\d\d", lambda day: long_day(date.fromisoformat(day[0])), why_not))  # as people read days
        shown = {self.archive: records.may_write, self.merge: records.may_write, self.erase: may_erase and not why_not}
        for made, action in ((self.archive, self._archiving), (self.merge, self._merging), (self.erase, self._erasing)):
            made.setVisible(shown[made])
            action.setEnabled(shown[made])
        self._links.lay_out()
        for said in (self.since, self.kept):
            said.setVisible(bool(said.text()))

    def focus_first(self) -> None:
        """Have the keys on the first link, where the way to a panel began."""
        self.archive.setFocus()

    def _turn(self) -> None:
        records, patient_id = self._chart.records, self._patient.id
        into, out = partial(records.archive, patient_id), partial(records.unarchive, patient_id)
        if self._patient.archived is None:
            self._stack.push(Edit(self._chart, "Archive", into, out))
        else:
            self._stack.push(Edit(self._chart, "Take from the archive", out, into))
