"""What a practice sets, a section at a time, and the record that is kept of all that is done."""

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.ui.backing import Backing
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.machine_section import MachineSection
from neuro_chart.ui.practice_section import PracticeSection
from neuro_chart.ui.treatment_section import TreatmentSection
from neuro_chart.ui.widgets import Segments, add_action, page_title, row

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault
    from neuro_chart.ui.the_record import RecordSection

SECTIONS = {
    "practice": "Practice", "treatment": "Treatment", "machine": "This machine", "people": "People", "backups": "Backups",
    "record": "Record",
}  # fmt: skip


class SettingsPage(QWidget):
    """One of SECTIONS at a time, each made when it is first shown; each setting holds as soon as it is made.

    `theme_chosen(auto | light | dark)`, `names_turned`: whether names are shown, `visit_wanted(patient_id, visit_id)`,
    `patient_wanted(patient_id)`, `restore_wanted`: a backup is to take the chart's place.
    """

    theme_chosen = Signal(str)
    names_turned = Signal()
    visit_wanted = Signal(str, str)
    patient_wanted = Signal(str)
    restore_wanted = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault", backing: Backing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings, self._vault, self._backing = chart, settings, vault, backing
        self._made: dict[str, QWidget] = {}
        self.sections = Segments(SECTIONS, "Section")
        self.sections.chosen.connect(self.show_section)
        self._stacked = QStackedWidget()
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 16, 24, 0)
        box.setSpacing(12)
        box.addWidget(row(page_title("Settings"), self.sections, None, spacing=24))
        box.addWidget(self._stacked, 1)
        for number, (key, title) in enumerate(SECTIONS.items(), 1):
            add_action(self, f"Settings: {title}", f"Ctrl+{number}", partial(self.show_section, key))
        self.show_section("practice")

    def section(self, key: str) -> QWidget:
        """One of SECTIONS, made when it is first asked for."""
        if key not in self._made:
            self._made[key] = self._make(key)
            self._stacked.addWidget(self._made[key])
        return self._made[key]

    def _make(self, key: str) -> QWidget:
        made = (self._chart, self._settings, self._vault)
        if key == "practice":
            return PracticeSection(*made)
        if key == "treatment":
            return TreatmentSection(*made)
        if key == "people":
            from neuro_chart.ui.people import PeopleSection  # noqa: PLC0415  # few look at it

            return PeopleSection(*made)
        if key == "backups":
            from neuro_chart.ui.keeping import KeepingSection  # noqa: PLC0415  # few look at it

            keeping = KeepingSection(self._backing, self._settings)
            keeping.restore_wanted.connect(self.restore_wanted)
            return keeping
        if key == "record":
            from neuro_chart.ui.the_record import RecordSection  # noqa: PLC0415  # few look at it

            record = RecordSection(*made)
            record.visit_wanted.connect(self.visit_wanted)
            record.patient_wanted.connect(self.patient_wanted)
            return record
        machine = MachineSection(*made)
        machine.theme_chosen.connect(self.theme_chosen)
        machine.names_turned.connect(self.names_turned)
        return machine

    def show_section(self, key: str) -> None:
        """Turn to one of SECTIONS; what was being typed in the one that is left is stored."""
        self.flush()
        self.sections.show_choice(key)
        self._stacked.setCurrentWidget(self.section(key))
        self.section(key).setFocus()

    def show_trail(self, patient_id: str) -> None:
        """Turn to all that was done on a patient."""
        self.show_section("record")
        cast("RecordSection", self.section("record")).trail.filter.show_patient(patient_id)

    def show_names(self) -> None:
        """Show names or initials, as the settings have it now."""
        for section in self._made.values():
            if show := getattr(section, "show_names", None):
                show()

    def flush(self) -> None:
        """Store what is being typed in the section that is shown."""
        if flush := getattr(self._stacked.currentWidget(), "flush", None):
            flush()
