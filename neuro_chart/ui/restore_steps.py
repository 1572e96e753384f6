"""The steps of a restore: which backup and with what key, and what it holds beside the chart as it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from neuro_chart.ui.days import time_ago, when
from neuro_chart.ui.door import PassphraseLine
from neuro_chart.ui.recovery_key import RecoveryKey
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import ListKeys, button, label, row

if TYPE_CHECKING:
    from neuro_chart.store.backups import Backup, Contents

ROWS = 5.5  # half a row tells that there are more


def size_words(size: int) -> str:
    """ "2.4 MB", of bytes."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


class Choice(QWidget):
    """A list of backups, any other file, and the passphrase or the recovery key that opens it: `looked` when it is to be opened."""

    looked = Signal()
    file_chosen = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._dialog: QFileDialog | None = None
        self._folder = Path.home()
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Backups")
        self.list.hide()
        self.none = label("", "muted", wrap=True)
        self.none.hide()
        self.other = button("Another file…", self.choose_file, "link", "folder-open")
        self.passphrase = PassphraseLine("Passphrase that it had then")
        self.passphrase.returnPressed.connect(self.looked)
        ListKeys(self.passphrase, self.list)
        self.key = RecoveryKey()
        self.key.entered.connect(self.looked)
        self._words = self.passphrase.with_eye()
        self.turn = button("", self.turn_key, "link")
        self.look = button("See what it holds", self.looked.emit, "primary")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        for part in (self.list, self.none, row(self.other, None), self._words, self.key, row(self.turn, None, self.look)):
            box.addWidget(part)
        self.setFocusProxy(self.passphrase)
        self.turn_key()

    @property
    def path(self) -> Path | None:
        """The backup that is chosen."""
        item = self.list.currentItem()
        return Path(item.data(Qt.ItemDataRole.UserRole)) if item is not None else None

    @property
    def by_sheet(self) -> bool:
        """Whether the recovery sheet is to open it."""
        return not self.key.isHidden()

    @property
    def secret(self) -> str:
        """What was typed to open it."""
        return self.key.code if self.by_sheet else self.passphrase.text()

    def turn_key(self) -> None:
        """Ask for the recovery key in place of the passphrase, or for the passphrase again."""
        to_words = self.by_sheet
        self._words.setVisible(to_words)
        self.key.setHidden(to_words)
        self.turn.setText("Use the recovery sheet" if to_words else "Use the passphrase")
        self.focus()

    def focus(self) -> None:
        """Let what opens it be typed."""
        (self.key if self.by_sheet else self.passphrase).setFocus()

    def show_backups(self, folder: Path, found: "Sequence[Backup]", chosen: Path | None = None) -> None:
        """Offer the backups of a folder, the newest first; `chosen` is one, or another file."""
        self._folder = folder
        self.list.clear()
        if chosen is not None and all(backup.path != chosen for backup in found):
            self._offer(chosen.name, chosen)
        for backup in found:
            self._offer(f"{when(backup.at)}   ·   {time_ago(backup.at)}   ·   {size_words(backup.size)}", backup.path)
        offered = [self.list.item(at) for at in range(self.list.count())]
        for item in offered:
            if chosen is None or item.data(Qt.ItemDataRole.UserRole) == str(chosen):
                self.list.setCurrentItem(item)
                break
        self.list.setVisible(bool(offered))
        self.list.setFixedHeight(round(min(len(offered), ROWS) * TARGET) + 2)  # and its border
        self.none.setVisible(not offered)
        self.none.setText(f"There are no backups in “{folder}”. Do they lie on another disk or in another folder? Choose the file itself.")
        self.look.setEnabled(bool(offered))

    def _offer(self, words: str, path: Path) -> None:
        item = QListWidgetItem(words, self.list)
        item.setData(Qt.ItemDataRole.UserRole, str(path))
        item.setSizeHint(QSize(0, TARGET))

    def choose_file(self) -> None:
        """Ask for a file, wherever it lies."""
        self._dialog = QFileDialog(self, "Backup", str(self._folder), "Vaults (*.vault);;All files (*)")
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.fileSelected.connect(lambda chosen: self.file_chosen.emit(Path(chosen)))
        self._dialog.show()


class Holdings(QWidget):
    """What a backup holds, beside what the chart holds as it is."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 8, 0, 8)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.mind = label("", wrap=True)
        self.mind.setProperty("pill", "warning")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(self._grid)
        box.addWidget(self.mind)

    def show_both(self, backup: "Contents", present: "Contents | None", trouble: str) -> None:
        """Compare a backup with the present chart; `trouble` says why that one can't be looked into, or that there is none."""
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        for at, (name, theirs) in enumerate(_told(backup), 1):
            self._grid.addWidget(label(name, "muted"), at, 0)
            self._grid.addWidget(label(theirs, "strong", wrap=True), at, 1)
        self._grid.addWidget(label("This backup", "heading"), 0, 1)
        self._grid.addWidget(label("The chart as it is", "heading"), 0, 2)
        if present is None:
            self._grid.addWidget(_top(label(trouble, "muted", wrap=True)), 1, 2, 5, 1)
        else:
            for at, (_, ours) in enumerate(_told(present), 1):
                self._grid.addWidget(label(ours, wrap=True), at, 2)
        lacks = _lacks(backup, present)
        self.mind.setText(lacks)
        self.mind.setVisible(bool(lacks))


def _told(held: "Contents") -> tuple[tuple[str, str], ...]:
    last = when(held.last_visit) if held.last_visit else "None"
    return (
        ("As of", when(held.at)), ("Practice", held.practice), ("Patients", f"{held.patients:n}"), ("Visits", f"{held.visits:n}"),
        ("Last visit", last),
    )  # fmt: skip


def _lacks(backup: "Contents", present: "Contents | None") -> str:
    if present is None:
        return ""
    if backup.practice != present.practice:
        return f"This is the chart of “{backup.practice}”. Is it the one that you want in the place of “{present.practice}”?"
    counted = ((present.patients - backup.patients, "patient"), (present.visits - backup.visits, "visit"))
    fewer = [f"{count} {what}{'s' * (count > 1)}" for count, what in counted if count > 0]
    return f"This backup lacks {' and '.join(fewer)} of the chart as it is." if fewer else ""


def _top(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    return made
