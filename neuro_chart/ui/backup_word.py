"""A word on Today when the last good backup is too long ago."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from neuro_chart.ui.backing import Backing
from neuro_chart.ui.widgets import button, label, row


class BackupWord(QFrame):
    """Shows itself while there is something to say, with the way to a backup: `backups_wanted` leads to where they are set."""

    backups_wanted = Signal()

    def __init__(self, backing: Backing) -> None:
        super().__init__()
        self._backing = backing
        self.setProperty("role", "mind")
        self.word, self.why = label("", "kind"), label("", wrap=True)
        self.start = button("", backing.start, icon="save")
        self.more = button("Backups…", self.backups_wanted.emit, "link")
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 12, 12)
        box.addWidget(row(self.word, None, self.more, self.start))
        box.addWidget(self.why)
        backing.began.connect(self._show)
        backing.ended.connect(self._show)
        self._show()

    def _show(self) -> None:
        said, is_running = self._backing.word(), self._backing.is_running
        self.word.setText(said)
        self.why.setText(self._backing.trouble)
        self.why.setVisible(bool(self._backing.trouble))
        self.start.setText("Keeping a backup…" if is_running else "Back up now")
        self.start.setEnabled(not is_running)
        if not said:
            self.hide()
        elif self.parentWidget() is not None:  # on its own it would be a window
            self.show()
