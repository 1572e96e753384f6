"""What this visit's sheet will say, chosen beside the body."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from neuro_chart.clinic.exercises import Exercise
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.aftercare_form import AftercareForm
from neuro_chart.ui.copied_line import CopiedLine
from neuro_chart.ui.days import local_day
from neuro_chart.ui.signing import panel_head
from neuro_chart.ui.widgets import button


class AftercarePanel(QFrame):
    """The choices for the sheet: `edited(Aftercare)`, `source_unwanted()`, `sheet_wanted()`, `closed()`."""

    edited = Signal(object)
    source_unwanted = Signal()
    sheet_wanted = Signal()
    closed = Signal()

    def __init__(self, exercises: Mapping[str, Exercise], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Aftercare")
        self.form = AftercareForm(exercises)
        self.form.setContentsMargins(16, 0, 4, 0)
        self.form.edited.connect(lambda aftercare, _what: self.edited.emit(aftercare))
        self.rest = self.form.rest
        self.copied = CopiedLine()
        self.copied.setContentsMargins(12, 0, 4, 0)
        self.copied.unwanted.connect(self.source_unwanted)
        self.sheet = button("Preview the sheet", self.sheet_wanted.emit, "primary", "file-text")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.form)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.addWidget(self.sheet)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(panel_head("Aftercare", self.closed.emit))
        whole.addWidget(self.copied)
        whole.addWidget(area, 1)
        whole.addLayout(foot)

    def show_visit(self, visit: Visit) -> None:
        """Show what is stored; a signed visit's aftercare can only be looked at."""
        self.form.show_aftercare(visit.aftercare, local_day(visit.started))
        self.form.set_read_only(visit.is_closed)
        self.copied.show_day(visit.copied.get("aftercare"), read_only=visit.is_closed)

    def flush(self) -> None:
        """Announce what was typed."""
        self.form.flush()
