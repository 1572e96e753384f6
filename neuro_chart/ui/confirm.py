"""The passphrase asked for once more, within the panel that signs."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from neuro_chart.store.errors import VaultError
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.door import PassphraseLine
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import label, set_flag
from neuro_chart.ui.work import Work


class Confirm(QWidget):
    """Asks who is signed in for their passphrase, unless it was typed as lately as the practice has set, or `always`: `confirmed()`.

    It hides while nothing is to be asked. `busy(on)` says that a passphrase is being checked, `wanted()` that Enter was pressed.
    """

    confirmed = Signal()
    busy = Signal(bool)
    wanted = Signal()

    def __init__(self, chart: OpenChart, parent: QWidget | None = None, *, always: bool = False) -> None:
        super().__init__(parent)
        self._chart, self._always = chart, always
        self._work: Work | None = None
        self.line = PassphraseLine("Your passphrase")
        self.line.returnPressed.connect(self.wanted)
        self.error = label("", "error", wrap=True)
        self.error.setAccessibleName("What went wrong")
        self.line.caps_lock.connect(lambda on: self.error.setText("Caps Lock seems to be on." if on else ""))
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        keeps_room = self._bar.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(keeps_room)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.line.with_eye())
        box.addWidget(self.error)
        box.addWidget(self._bar)
        self._rest()
        if not self.is_needed:
            self.hide()  # and never shown here: it would be a window of its own until it has a place

    @property
    def is_needed(self) -> bool:
        """Whether the passphrase is to be typed now."""
        return self._always or not self._chart.typed_within(self._chart.records.practice().sign_within)

    def begin(self) -> None:
        """Ask anew; what was typed, and an answer that is on its way, count for nothing."""
        self._rest()
        self._work = None
        self.line.clear()
        self.error.setText("")
        set_flag(self.line, "invalid", value=False)
        self.setVisible(self.is_needed)

    def ask(self) -> None:
        """Announce `confirmed` at once, or when what was typed is the right passphrase."""
        if self._work is not None:
            return
        if not self.is_needed:
            self.confirmed.emit()
        elif not self.line.text():
            self.setVisible(True)
            self._refuse("Type your passphrase.")
        else:
            self._work = work = Work(self)
            work.done.connect(partial(self._answered, work))
            work.failed.connect(partial(self._failed, work))
            self.error.setText("")
            self.line.setEnabled(False)
            self._bar.show()
            self.busy.emit(True)
            work.start(partial(self._chart.records.confirm, self.line.text()))

    def _answered(self, work: Work, is_right: bool) -> None:  # noqa: FBT001  # as the signal brings it
        if work is not self._work:
            return
        self._work = None
        self._rest()
        if is_right:
            self._chart.passphrase_typed()
            self.begin()
            self.confirmed.emit()
        else:
            self._refuse("This isn't your passphrase. Type it again.")

    def _failed(self, work: Work, error: Exception) -> None:
        if work is not self._work:
            return
        self._work = None
        self._rest()
        if not isinstance(error, VaultError):
            raise error
        self._refuse(str(error))

    def _refuse(self, sentence: str) -> None:
        self.error.setText(sentence)
        announce(self, sentence)
        set_flag(self.line, "invalid", value=True)
        self.line.setFocus()
        self.line.selectAll()

    def _rest(self) -> None:
        self.line.setEnabled(True)
        self._bar.hide()
        self.busy.emit(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._work = None  # whatever it says, nobody waits for it any more
        self.line.clear()
        self._rest()
