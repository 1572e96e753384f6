"""One line over every page about the vault itself: that it is only read, or lies where it may come to harm."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from neuro_chart.ui.roles import announce
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import button, label
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

READ_ONLY = (
    "This chart can be read and not changed, as its file or its folder is write-protected. "
    "To go on charting, copy it and its keys to a disk that can be written."
)


class VaultNotice(QFrame):
    """Stays while the vault can't be written to; a word about its place is said once a sitting, until it is closed."""

    def __init__(self, vault: "Vault") -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setMinimumHeight(TARGET + 8)
        self._words = label(wrap=True)
        self.close_button = button("Close", self.hide, "link")
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 4, 16, 4)
        box.addWidget(self._words, 1)
        box.addWidget(self.close_button)
        self._first = self._of_place = ""
        if vault.read_only:
            self.close_button.hide()
            self._words.setText(READ_ONLY)
            QTimer.singleShot(0, self, lambda: self._say(READ_ONLY))  # shown now, it would be a window of its own
        else:
            self.hide()
            path = vault.path
            self._look = Work(self)
            self._look.done.connect(self._say)
            self._look.start(lambda: _warning(path))

    @property
    def text(self) -> str:
        """What it says, or nothing."""
        return self._words.text() if not self.isHidden() else ""

    def say_first(self, sentence: str) -> None:
        """Say something before what is to be said of the vault's place."""
        self._first = sentence
        self._say(self._of_place)

    def _say(self, of_place: str) -> None:
        self._of_place = of_place
        sentence = " ".join(part for part in (self._first, of_place) if part)
        self._words.setText(sentence)
        self.setVisible(bool(sentence))
        if sentence:
            announce(self, sentence)


def _warning(path: Path) -> str:
    from neuro_chart.store.places import warning  # noqa: PLC0415  # on a thread of its own, as a share may be slow

    return warning(path)
