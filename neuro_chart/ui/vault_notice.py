"""One line over every page about the vault itself: that it is only read, or lies where it may come to harm."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from neuro_chart.ui.banner import Banner
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

READ_ONLY = (
    "This chart can be read and not changed, as its file or its folder is write-protected. "
    "To go on charting, copy it and its keys to a disk that can be written."
)


class VaultNotice(Banner):
    """Stays while the vault can't be written to; a word about its place is said once a sitting, until it is closed."""

    def __init__(self, vault: "Vault") -> None:
        super().__init__()
        self._may_close = not vault.read_only
        self._first = self._of_place = ""
        if vault.read_only:
            QTimer.singleShot(0, self, lambda: self._tell(READ_ONLY))  # shown now, it would be a window of its own
        else:
            path = vault.path
            self._look = Work(self)
            self._look.done.connect(self._tell)
            self._look.start(lambda: _warning(path))

    def say_first(self, sentence: str) -> None:
        """Say something before what is to be said of the vault's place."""
        self._first = sentence
        self._tell(self._of_place)

    def _tell(self, of_place: str) -> None:
        self._of_place = of_place
        self.stand(" ".join(part for part in (self._first, of_place) if part), may_close=self._may_close)


def _warning(path: Path) -> str:
    from neuro_chart.store.places import warning  # noqa: PLC0415  # on a thread of its own, as a share may be slow

    return warning(path)
