"""The last thing that can be done with a record: to erase it, for good, by its owner and with a reason."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.confirm import Confirm
from neuro_chart.ui.days import long_day
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.widgets import add_action, button, card, column, icon_button, label, row, scrolled
from neuro_chart.ui.words import Prose

WIDTH = 720
BACKUPS = (
    "Backups that were made before still hold the record until the rule drops them: up to twelve months. Backups in other folders, and "
    "charts that a restore or an upgrade kept aside, hold it until you delete them. Whoever restores one has it back, so erase it there "
    "again."
)
STAYS = (
    "The trail keeps that a record was erased, when, by whom and why, without the patient's name; the chain of the signatures stays whole, "
    "without what was signed."
)


class ErasePanel(QWidget):
    """Says what goes and what stays, and erases once the reason, the name and the passphrase are given: `closed`."""

    closed = Signal()

    def __init__(self, chart: OpenChart, dossier: Dossier) -> None:
        super().__init__()
        self._chart, self._dossier = chart, dossier
        self.reason = Prose("Why the record is erased", "Such as: the period is over, and the patient asked for it", lines=2)
        self.name = QLineEdit()
        self.name.setAccessibleName("The patient's name, typed once more")
        self.confirm = Confirm(chart, always=True)
        self.do = button("Erase for good", self._ask, "danger", "trash-2")
        keep = button("Keep the record", self.closed.emit)
        self.reason.textChanged.connect(self._typed)
        self.name.textChanged.connect(self._typed)
        self.confirm.line.textChanged.connect(self._typed)
        self.confirm.wanted.connect(self._ask)
        self.confirm.busy.connect(self._wait)
        self.confirm.confirmed.connect(self._erase)
        escape = add_action(self, "Keep the record", "Escape", self.closed.emit)
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back = icon_button("arrow-left", "Keep the record (Escape)", self.closed.emit)
        said = [label(words, wrap=True) for words in (gone_words(dossier), STAYS, BACKUPS)]
        asked = f"Type the name, {dossier.patient.name}, to be sure"
        fields: list[QWidget] = []
        for title, field in (("Why", self.reason), (asked, self.name), ("Your passphrase", self.confirm)):
            above = label(title, "small", wrap=True)
            above.setBuddy(field)
            fields.append(column(above, field, spacing=4))
        told = card(label("What is erased can't be brought back", "heading"), *said, margins=20, spacing=12)
        given = card(*fields, row(self.do, keep, None), margins=20, spacing=16)
        middle = column(row(back, label("Erase this record", "title"), None), told, given, None, spacing=12)
        middle.setContentsMargins(16, 12, 16, 16)
        middle.setMaximumWidth(WIDTH)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(middle))
        self.setFocusProxy(self.reason)
        self._typed()

    def _typed(self) -> None:
        typed, name = (fold(" ".join(text.split())) for text in (self.name.text(), self._dossier.patient.name))
        self.do.setEnabled(
            bool(self.name.text().strip() and typed == name and self.reason.toPlainText().strip() and self.confirm.line.text())
        )

    def _wait(self, is_busy: bool) -> None:  # noqa: FBT001  # as the signal brings it
        for field in (self.reason, self.name):
            field.setEnabled(not is_busy)
        if is_busy:
            self.do.setEnabled(False)
        else:
            self._typed()

    def _ask(self) -> None:
        if self.do.isEnabled():
            self.confirm.ask()

    def _erase(self) -> None:
        reason = self.reason.toPlainText().strip()
        self._chart.begin(lambda: self._chart.records.erase(self._dossier.patient.id, reason))  # the page sees that it is gone


def gone_words(dossier: Dossier) -> str:
    """What goes when a record is erased."""
    patient, visits, histories = dossier.patient, len(dossier.visits), len(dossier.intakes)
    born = f", born {long_day(patient.birth)}" if patient.birth else ""
    parts = [
        "the record with name, address and all that stands in it",
        f"{visits} visit{'' if visits == 1 else 's'} with notes, needles, signatures and amendments" if visits else "",
        f"{histories} health histor{'y' if histories == 1 else 'ies'}" if histories else "",
    ]
    parts = [part for part in parts if part]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    also = f" Records that were merged into it go with it ({len(dossier.merged)})." if dossier.merged else ""
    return f"Of {patient.name}{born}, this goes: {listed}.{also}"
