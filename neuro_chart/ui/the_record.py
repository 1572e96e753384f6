"""Settings, Record: whether all that is charted holds, and who did what."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.chart_check import ChartCheck
from neuro_chart.ui.trail import Trail

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault


class RecordSection(QWidget):
    """The check of the chart and its trail: `visit_wanted(patient_id, visit_id)`, `patient_wanted(patient_id)`."""

    visit_wanted = Signal(str, str)
    patient_wanted = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault") -> None:
        super().__init__()
        self.check, self.trail = ChartCheck(chart, vault), Trail(chart, settings)
        for part in (self.check, self.trail):
            part.visit_wanted.connect(self.visit_wanted)
            part.patient_wanted.connect(self.patient_wanted)
        self.check.checked.connect(lambda _verdict: self.trail.reload())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 8, 16)
        box.setSpacing(12)
        box.addWidget(self.check)
        box.addWidget(self.trail, 1)
        self.setFocusProxy(self.trail)

    def show_names(self) -> None:
        """Show names or initials, as the settings have it now."""
        self.trail.show_names()

    def flush(self) -> None:
        """Leave the vault to what comes next: the check stops."""
        self.check.stop()
