"""The check of the whole chart, run beside the window: what was checked, and the first thing that does not hold."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from neuro_chart.clinic.trail import Deed
from neuro_chart.store.errors import CancelledError, VaultError
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import button, label, row, set_flag
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault
    from neuro_chart.store.verify import Problem, Verdict

STEPS = 1000
_COPIED = 0.2  # the share of a check after which the copy is made that it reads
WHAT = "Goes through every page of the file, every signature and every entry of the trail."


class ChartCheck(QFrame):
    """Checks the chart when asked: `checked(verdict)`, `visit_wanted(patient_id, visit_id)` and `patient_wanted(patient_id)` lead to it."""

    checked = Signal(object)
    visit_wanted = Signal(str, str)
    patient_wanted = Signal(str)
    _went = Signal(float)

    def __init__(self, chart: OpenChart, vault: "Vault", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from neuro_chart.store.verify import PLAINLY  # noqa: PLC0415  # keeps the database out of the window's start

        self._chart, self._vault = chart, vault
        self._stopped = False
        self._problem: Problem | None = None
        self.setProperty("role", "card")
        self.start = button("Check the whole chart", self.check, icon="circle-check")
        self.stop_button = button("Stop", self.stop)
        self.stop_button.hide()
        self.said = label(WHAT, "muted", wrap=True)
        self.way = button("", self._open, "link")
        self.way.hide()
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Share of the chart that is checked")
        keeps_room = self.bar.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keeps_room)
        self.bar.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 8)
        box.setSpacing(8)
        box.addWidget(row(self.start, self.stop_button, self.said, self.way, spacing=16, wide=self.said))
        box.addWidget(label(PLAINLY, "small", wrap=True))
        box.addWidget(self.bar)
        self._work = Work(self)
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self._went.connect(lambda share: self.bar.setValue(int(share * STEPS)))
        self.setFocusProxy(self.start)

    def check(self) -> None:
        """Check all of it, beside the window."""
        self._chart.records.settle()  # what is being typed is part of it
        self._stopped = False
        self._turn(busy=True)
        self._say("Checking…")
        self._work.start(partial(_verify, self._vault, self._go_on))

    def stop(self) -> None:
        """Stop the check before its end."""
        self._stopped = True

    def _go_on(self, share: float) -> bool:
        """Called on the thread that checks."""
        self._went.emit(share)
        return not self._stopped

    def _turn(self, *, busy: bool) -> None:
        had_keys = self.start.hasFocus() or self.stop_button.hasFocus()
        self.start.setVisible(not busy)
        self.stop_button.setVisible(busy)
        self.bar.setVisible(busy)
        self.bar.setValue(0)
        self.way.hide()
        if had_keys:
            (self.stop_button if busy else self.start).setFocus()

    def _done(self, verdict: "Verdict") -> None:
        self._turn(busy=False)
        counted = (
            f"{_number(verdict.signatures, 'signature', 'signatures')} and {_number(verdict.entries, 'entry', 'entries')} of the trail"
        )
        if verdict.holds:
            self._say(f"✓ All holds: every page of the file, {counted} are as they were written.", "accent")
        else:
            more = len(verdict.problems) - 1
            self._problem = verdict.problems[0]
            others = f" {_number(more, 'more thing does', 'more things do')} not hold." if more else ""
            self._say(f"▲ {self._problem.sentence}{others} Checked: {counted}.", "danger")
            self.way.setText("Open the visit" if self._problem.visit_id else "Open the record")
            self.way.setVisible(bool(self._problem.patient_id))
        found = "all holds" if verdict.holds else f"{_number(len(verdict.problems), 'thing does', 'things do')} not hold"
        self._chart.act(partial(self._chart.records.log, Deed.VERIFIED, found=found))
        self.checked.emit(verdict)

    def _failed(self, error: Exception) -> None:
        self._turn(busy=False)
        if isinstance(error, CancelledError):
            self._say("The check was stopped before its end, so it says nothing of the chart.")
            return
        self._say(str(error) if isinstance(error, VaultError) else "The check broke off. Try it again.", "danger")
        if not isinstance(error, VaultError):
            raise error

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(sentence)
        set_flag(self.said, "role", "muted" if not tone else "")
        set_flag(self.said, "tone", tone)
        announce(self, sentence)

    def _open(self) -> None:
        if self._problem is not None and self._problem.visit_id:
            self.visit_wanted.emit(self._problem.patient_id, self._problem.visit_id)
        elif self._problem is not None:
            self.patient_wanted.emit(self._problem.patient_id)


def _number(count: int, one: str, several: str) -> str:
    return f"{QLocale().toString(count)} {one if count == 1 else several}"


def _verify(vault: "Vault", go_on: Callable[[float], bool]) -> "Verdict":
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # as above
    from neuro_chart.store.verify import verify  # noqa: PLC0415  # as above

    beside = KeyRing.load(keys_path(vault.path))
    # At rest, since a check holds the connection until its end, and the window would wait for it.
    with vault.at_rest(lambda share: go_on(_COPIED * share)) as still:
        return verify(still, lambda share: go_on(_COPIED + (1 - _COPIED) * share), beside=beside)
