"""Settings, Backups: the last good one, where and when they are kept, all that are there, and the way back to one of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QProgressBar, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.keeping import reasons
from neuro_chart.ui.backing import FOLDER, Backing, turn
from neuro_chart.ui.days import time_ago, when
from neuro_chart.ui.restore_steps import size_words
from neuro_chart.ui.roles import announce
from neuro_chart.ui.sections import fields_card, section_page
from neuro_chart.ui.widgets import TickBox, button, card, label, row, set_flag
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.backups import Backup

RULE = (
    "Kept are the last of each of 7 days, 4 weeks and 12 months; the others make room. Each is encrypted as the chart is, opened by the "
    "same passphrases, and counts only once it was opened and checked whole."
)
BAR = 240
RESTORE = "Locks the chart, and lets you choose a backup and see what it holds. The chart as it is now is kept aside."


class KeepingSection(QWidget):
    """The backups of the open chart: `restore_wanted` when one of them is to take its place."""

    restore_wanted = Signal()

    def __init__(self, backing: Backing, settings: QSettings) -> None:
        super().__init__()
        self._backing, self._settings = backing, settings
        self._look: Work | None = None
        self._dialog: QFileDialog | None = None
        self.last, self.said = label("", "title", wrap=True), label("", "small", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR)
        self.bar.setAccessibleName("How much of the backup is kept")
        self.start = button("Back up now", backing.start, "primary", "save")
        self.cancel = button("Cancel", backing.stop)
        self.where = label("", wrap=True)
        self.choose = button("Choose another folder…", self.choose_folder, icon="folder-open")
        self.daily = TickBox("Keep one each day, and when the chart is closed")
        self.daily.clicked.connect(lambda on: turn(settings, on=on))
        self.warning = label("", wrap=True)
        self.warning.setProperty("pill", "warning")
        self.warning.hide()
        self.restore = button("Restore a backup…", self.restore_wanted.emit, icon="history")
        self.list, self._grid = QWidget(), QGridLayout()
        self.list.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(3, 1)
        self._grid.addWidget(label("Looking into the folder…", "muted"), 0, 0, 1, 4)
        self._lay_out()
        backing.began.connect(self._show_state)
        backing.moved.connect(lambda share: self.bar.setValue(round(share * 100)))
        backing.ended.connect(self._ended)
        self.setFocusProxy(self.start)

    def _lay_out(self) -> None:
        state = card(label("Last good backup", "heading"), self.last, row(self.start, self.cancel, self.bar, None), self.said, spacing=12)
        place = fields_card("Where and when", RULE, {"Folder": self.where}, row(self.choose, None), self.daily, self.warning)
        held = card(label("Backups in this folder, each checked whole when it was made", "heading"), self.list, spacing=12)
        back = card(label("Restore", "heading"), row(self.restore, None), label(RESTORE, "small", wrap=True), spacing=12)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(section_page(state, place, held, back))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Say anew how it stands, and look into the folder."""
        self._show_state()
        folder, vault_path = self._backing.folder, self._backing.vault_path
        self.where.setText(str(folder))
        self.daily.setChecked(self._backing.is_automatic)
        self.daily.setEnabled(not self._backing.is_read_only)
        if self._look is not None:
            self._look.deleteLater()  # what it finds is old by now
        self._look = Work(self)
        self._look.done.connect(self._looked)
        self._look.start(lambda: _look(folder, vault_path))

    def _show_state(self) -> None:
        last, is_running = self._backing.last, self._backing.is_running
        self.cancel.setVisible(is_running)
        if is_running and self.start.hasFocus():
            self.cancel.setFocus()
        self.start.setEnabled(not is_running)
        self.setFocusProxy(self.cancel if is_running else self.start)
        self.bar.setVisible(is_running)
        self.bar.setValue(round(self._backing.share * 100))
        if is_running:
            self._say("Keeping a backup… You can go on with your work.")
        elif self._backing.trouble:
            self._say(self._backing.trouble, is_error=True)
        elif self._backing.is_read_only:
            self._say("This chart is only read, and can't note its backups. Those that there are stand below.")
        elif last:
            self._say("What was charted since isn't in it yet." if self._backing.is_needed() else "All that was charted is in it.")
        else:
            self._say("Nothing of this chart is kept anywhere else yet.")
        self.last.setText(f"{when(last.at)}, {time_ago(last.at)}" if last else "None yet")

    def _ended(self, sentence: str) -> None:
        had_focus = self.cancel.hasFocus()
        self.reload()
        if self.isVisible():
            announce(self, sentence or f"The backup is kept. {self.said.text()}")
        if had_focus:
            self.start.setFocus()

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        self.said.setText(sentence)
        set_flag(self.said, "role", "error" if is_error else "small")

    def _looked(self, seen: "tuple[str, list[Backup], str]") -> None:
        warning, found, trouble = seen
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning))
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        spans = reasons((backup.at for backup in found), now())
        for at, backup in enumerate(found):
            span = spans.get(backup.at)
            why = "the newest" if at == 0 else "goes with the next backup" if span is None else f"the last of its {span}" if span else ""
            cells = (when(backup.at), time_ago(backup.at), size_words(backup.size), why)
            for place, words in enumerate(cells):
                self._grid.addWidget(label(words, "muted" if place else ""), at, place)
        if not found:
            self._grid.addWidget(label(trouble or "There is none yet.", "muted", wrap=True), 0, 0, 1, 4)

    def choose_folder(self) -> None:
        """Ask for another folder; those that are kept stay where they are."""
        self._dialog = QFileDialog(self, "Folder for the backups", str(self._backing.folder))
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.fileSelected.connect(self.use_folder)
        self._dialog.show()

    def use_folder(self, folder: str) -> None:
        """Keep the backups here from now on, and one at once, to see that the folder takes it."""
        self._settings.setValue(FOLDER, folder)
        self.reload()
        self._backing.start()


def _look(folder: Path, vault_path: Path) -> "tuple[str, list[Backup], str]":
    """On a thread of its own, as a folder may be slow: what is to be minded of it, the backups in it, and why there are none."""
    from neuro_chart.store.backups import backups, default_folder  # noqa: PLC0415  # the database is no matter of the windows
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415
    from neuro_chart.store.places import backup_warning  # noqa: PLC0415

    found = backups(folder, KeyRing.load(keys_path(vault_path)).vault_id)
    is_gone = not folder.is_dir() and folder != default_folder(vault_path)
    return backup_warning(folder, vault_path), found, "This folder isn't there now. Is its disk connected?" if is_gone else ""
