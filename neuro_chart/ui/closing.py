"""The last minute of the open chart: a backup is kept while the window stays, and the user may go without it."""

from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QProgressBar, QVBoxLayout, QWidget

from neuro_chart.store.errors import VaultError
from neuro_chart.ui.backing import Backing
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import button, card, label, row

WIDTH, GAP = 440, 32
SAY_FOR = 8000


class ClosingPanel(QWidget):
    """Lies over the whole window while its last backup is kept: `let_go` once it may close."""

    let_go = Signal()

    def __init__(self, backing: Backing, window: QMainWindow) -> None:
        super().__init__(window)
        self._backing, self._window = backing, window
        self._is_over = self._is_joined = False
        self.say_for = SAY_FOR
        self.setAutoFillBackground(True)
        self._asleep: list[QAction] = []
        self.title, self.words = label("", "title"), label("", "muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How much of the backup is kept")
        keep = self.bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keep)
        self.stay = button("Keep the chart open", self.keep_open)
        self.go = button("Close without a backup", self.close_without)
        panel = card(self.title, self.words, self.bar, row(None, self.stay, self.go), margins=GAP, spacing=16)
        panel.setFixedWidth(WIDTH)
        box = QVBoxLayout(self)
        box.addStretch(2)
        box.addWidget(row(None, panel, None))
        box.addStretch(3)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_without)
        backing.moved.connect(lambda share: self.bar.setValue(round(share * 100)))
        backing.ended.connect(self._ended)
        window.installEventFilter(self)
        self.hide()

    def holds(self) -> bool:
        """Whether the close waits; the backup it waits for is begun here. It never holds up the end of the user's session."""
        if self._is_over or not self._window.isVisible() or not self._backing.is_automatic or _session_ends():
            return False
        with suppress(VaultError):  # a chart that can't be asked any more is closed as it is
            self._backing.settle()
            if self.isHidden() and (self._backing.is_running or self._backing.is_needed()):
                self._is_joined = self._backing.is_running
                self._show()
                self._backing.start()
        return not self.isHidden()

    def _show(self) -> None:
        self._say("Keeping a backup…", f"It goes to “{self._backing.folder}”. The chart itself is stored already.")
        self.bar.setValue(0)
        self.bar.show()
        self.go.setText("Close without a backup")
        self._asleep = [action for action in self._window.actions() if action.isEnabled()]
        self._let_work(on=False)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.stay.setFocus()  # so that no key that was meant for the chart costs the backup

    def _say(self, title: str, words: str) -> None:
        self.title.setText(title)
        self.words.setText(words)
        announce(self, f"{title} {words}")

    def _ended(self, sentence: str) -> None:
        if self.isHidden():
            return
        if not sentence and self._is_joined and self._backing.is_needed():  # it was running before, and lacks the last words
            self._is_joined = False
            self._backing.start()
        elif not sentence:
            QTimer.singleShot(0, self, self.close_without)  # after all others have heard of it, as they ask the chart
        else:
            self._say("No good backup was kept", f"{sentence} The chart itself is stored; the window closes by itself.")
            self.bar.hide()
            self.go.setText("Close")
            self.go.setFocus()
            self._timer.start(self.say_for)

    def keep_open(self) -> None:
        """Stop the backup, and go on with the chart."""
        if self.isHidden():
            return
        self._timer.stop()
        self._is_over = False
        self.hide()
        self._backing.stop()
        self._let_work(on=True)

    def _let_work(self, *, on: bool) -> None:
        """Let the chart behind be seen and worked with, or neither."""
        for action in self._asleep:
            action.setEnabled(on)
        if (chart := self._window.centralWidget()) is not None:
            chart.setVisible(on)

    def close_without(self) -> None:
        """Close now, whatever is kept by now."""
        self._timer.stop()
        self._is_over = True
        self.let_go.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.keep_open()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)


def rather_stay(window: QMainWindow) -> bool:
    """Ask whether the chart shall stay open, where the disk takes nothing more and words would be lost."""
    question = "The disk does not take the last changes. Keep the chart open and make room, or close it and lose them?"
    box = QMessageBox(QMessageBox.Icon.Warning, "Neuro Chart", question, parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    keep = box.addButton("Keep open", QMessageBox.ButtonRole.RejectRole)
    box.addButton("Close and lose them", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(keep)
    box.exec()
    return box.clickedButton() is keep


def _session_ends() -> bool:
    application = QGuiApplication.instance()
    return isinstance(application, QGuiApplication) and application.isSavingSession()
