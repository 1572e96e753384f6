"""The trail on paper, as it is asked for: a patient may want to know who saw their record, and an inspector what was done."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.trail import Deed, set_back
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import today
from neuro_chart.ui.paper_view import Outcome, PaperView
from neuro_chart.ui.roles import announce
from neuro_chart.ui.trail_filter import Wanted
from neuro_chart.ui.trail_words import NameOf, details, entry_words, went_back_words, who_words
from neuro_chart.ui.widgets import add_action, button, icon_button, label, row, set_flag
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.clinic.trail import Entry
    from neuro_chart.paper.trail import Line

MOST = 5000  # entries: more would be hundreds of pages
SHORT = 60  # characters of what was and what became of it, that stand in one line
TOO_MANY = f"More than {MOST:,} entries are asked for. Ask for less: one patient, one person or some days."


class TrailPaper(QWidget):
    """Shows, prints and saves the entries that are asked for; `closed` leads back. No disk is touched before the user says where."""

    closed = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings) -> None:
        super().__init__()
        self._chart, self._settings = chart, settings
        self._patient_id = ""
        self._work: Work | None = None
        self.view = PaperView(self)
        self.said = label("", "small", wrap=True)
        self.print_button = button("Print…", self.print_paper, "primary", "printer")
        self.save_button = button("Save PDF…", self.save_paper, icon="download")
        add_action(self, "Print the trail…", QKeySequence(QKeySequence.StandardKey.Print).toString(), self.print_paper)
        add_action(self, "Save the trail as PDF…", "Ctrl+Shift+S", self.save_paper)
        escape = add_action(self, "Back to the trail", "Escape", self.closed.emit)
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.back = icon_button("arrow-left", "Back to the trail (Escape)", self.closed.emit)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(row(self.back, self.said, self.save_button, self.print_button, wide=self.said))
        box.addWidget(self.view, 1)
        box.addWidget(self.view.instead, 1)
        self.setFocusProxy(self.back)

    def show_entries(self, wanted: Wanted, asked: Sequence[str], name_of: NameOf) -> None:
        """Make the paper of the entries that are wanted; `asked` says in words which they are."""
        self.forget()
        self.view.show_names(self._settings)
        entries = self._chart.records.trail(**wanted, limit=MOST + 1)
        if len(entries) > MOST:
            self._say(TOO_MANY, is_error=True)
            return
        self._patient_id = wanted["patient_id"]
        practice, made, before = self._chart.records.practice(), now(), set_back(entries)

        def work() -> bytes:
            from neuro_chart.paper.trail import trail_paper  # noqa: PLC0415  # the paper's library loads when it is first needed

            return trail_paper(practice, asked, [_line(entry, name_of, before.get(entry.seq)) for entry in entries], made)

        self._work = Work(self)
        self._work.done.connect(partial(self._made, self._work))
        self._work.failed.connect(partial(self._failed, self._work))
        self._work.start(work)
        self._say("Making the paper…")

    def _made(self, work: Work, made: bytes) -> None:
        work.deleteLater()
        if work is not self._work:  # it was left meanwhile
            return
        self.view.show_bytes(made)
        self._let_out(on=True)
        self._say("")
        if self.back.hasFocus():  # and nobody types elsewhere by now
            self.print_button.setFocus()

    def _failed(self, work: Work, error: Exception) -> None:
        work.deleteLater()
        if work is self._work:
            self.forget()
            self._say(f"The paper could not be made ({type(error).__name__}).", is_error=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.forget()

    def forget(self) -> None:
        """Show no paper."""
        self._work = None
        self.view.forget()
        self._let_out(on=False)
        self._say("")

    def _let_out(self, *, on: bool) -> None:
        for made in (self.print_button, self.save_button):
            made.setEnabled(on)

    def print_paper(self) -> None:
        """Print the paper where the system's dialog says."""
        if self.view.made and (printer := self.view.ask_printer(self._chart.records.practice().paper, "Trail")):
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print the paper, and say how it went."""
        self._tell(self.view.print_on(printer), Deed.PRINTED)

    def save_paper(self) -> None:
        """Save the paper where the user says; the name proposed names no patient."""
        if self.view.made and (chosen := self.view.ask_where(f"trail-{today().isoformat()}.pdf")):
            self.save_at(chosen)

    def save_at(self, path: Path) -> None:
        """Save the paper in a file, and say how it went."""
        self._tell(self.view.save_at(path), Deed.EXPORTED)

    def _tell(self, outcome: Outcome, deed: Deed) -> None:
        if outcome.done:
            self._chart.act(partial(self._chart.records.log, deed, self._patient_id, paper="trail"))
        self._say(outcome.sentence, is_error=not outcome.done)

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        self.said.setText(sentence)
        set_flag(self.said, "role", "error" if is_error else "small")
        if sentence:
            announce(self, sentence)


def _line(entry: "Entry", name_of: NameOf, before: "Entry | None" = None) -> "Line":
    """An entry in the words of the screen; what was added whole stands in the record itself, what was replaced stands nowhere else."""
    from neuro_chart.paper.trail import Line  # noqa: PLC0415  # as above

    replaced = [went_back_words(before)] if before is not None else []
    for title, fields in details(entry, name_of):
        for told in fields:
            if told.was is not None:
                named, both = f"{title}, {told.field.lower()}", f"{told.was} → {told.became}"
                is_short = len(both) <= SHORT and "\n" not in both
                replaced += [f"{named}: {both}"] if is_short else [f"{named}, before: {told.was}", f"{named}, after: {told.became}"]
    return Line(entry.seq, entry.at, entry_words(entry), who_words(entry, name_of), name_of(entry.patient_id), tuple(replaced))
