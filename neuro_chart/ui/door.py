"""What the forms of the unlock window share: the line for a passphrase, and slow work that ends in an open vault."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton, QWidget

from neuro_chart.resources import resource
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import button, icon_button, label, row
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

WIDTH, GAP = 440, 32
UNLEARNT = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhNoAutoUppercase
UNTYPED = {"Cc", "Zl", "Zp"}  # what Unicode calls control characters and line ends


class PassphraseLine(QLineEdit):
    """A line for a passphrase: hidden unless asked, with a word when Caps Lock seems to be on."""

    caps_lock = Signal(bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.textChanged.connect(self._keep_what_can_be_typed)

    def _keep_what_can_be_typed(self, words: str) -> None:
        """What is pasted may end with its line, and a passphrase that was chosen so would never be typed again."""
        kept = "".join(letter for letter in words if unicodedata.category(letter) not in UNTYPED)
        if kept != words:
            self.setText(kept)

    def show_words(self, shown: bool) -> None:  # noqa: FBT001  # a toggle's slot
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.setInputMethodHints(self.inputMethodHints() | UNLEARNT)  # Qt takes them off with the dots

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed, shift = event.text(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if typed.isalpha() and typed.upper() != typed.lower():
            self.caps_lock.emit(typed.isupper() != shift)
        super().keyPressEvent(event)

    def with_eye(self) -> QWidget:
        """The line with a button beside it that shows the words."""
        eye = icon_button("eye", "Show the passphrase")
        eye.setCheckable(True)
        eye.toggled.connect(self.show_words)
        return row(self, eye)


class DoorForm(QWidget):
    """One form of the unlock window; it may be disabled while it works.

    `opened(vault)` once it has led to an open vault, `wanted(key)` for another form ("recover", "restore"), `back()` to the first one.
    """

    opened = Signal(object)
    wanted = Signal(str)
    back = Signal()

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.error = label(role="error", wrap=True)
        self.error.setAccessibleName("What went wrong")
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        keep = self.busy.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(keep)
        self.busy.hide()
        self._work = Work(self)
        self._work.done.connect(self.done)
        self._work.failed.connect(self.failed)

    def warn_of_caps_lock(self, line: PassphraseLine) -> None:
        """Say so while Caps Lock seems to be on."""
        line.caps_lock.connect(lambda on: self.error.setText("Caps Lock seems to be on." if on else ""))

    def begin(self, work: "Callable[[], Vault]") -> None:
        """Do slow work beside the window, whose result is an open vault."""
        self.error.setText("")
        self.setEnabled(False)
        self.busy.show()
        self._work.start(work)

    def done(self, vault: object) -> None:
        """The work has led to an open vault."""
        self.opened.emit(vault)

    def failed(self, error: Exception) -> None:
        """The work came to nothing: say why, and let it be tried again."""
        self.setEnabled(True)
        self.busy.hide()
        if not isinstance(error, VaultError):
            raise error
        self.tell(str(error))

    def tell(self, sentence: str) -> None:
        """Say what went wrong, aloud too."""
        self.error.setText(sentence)
        if sentence:
            announce(self.window(), sentence)


def back_button(do: Callable[[], object]) -> QPushButton:
    """The way back to the form before, by Escape too."""
    made = button("Back", do, "link", "arrow-left")
    made.setShortcut("Escape")
    made.setToolTip("Back (Escape)")
    return made


def mark() -> QWidget:
    """The program's mark, as large as it stands over a form."""
    from PySide6.QtSvgWidgets import QSvgWidget  # noqa: PLC0415  # only this window shows the mark so large

    drawn = QSvgWidget(str(resource("icons", "neuro-chart.svg")))
    drawn.setFixedSize(56, 56)
    return row(drawn, None)
