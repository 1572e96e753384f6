"""The door: unlock the practice's vault, or create it on the first day."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar, QVBoxLayout, QWidget

from neuro_chart.clinic.passphrases import strength
from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.resources import resource
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.widgets import Segments, button, card, column, icon_button, label, row, scrolled, set_flag
from neuro_chart.ui.words import Prose
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

WIDTH, GAP = 440, 32


class PassphraseLine(QLineEdit):
    """A line for a passphrase: hidden unless asked, with a word when Caps Lock seems to be on."""

    caps_lock = Signal(bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)

    def show_words(self, shown: bool) -> None:  # noqa: FBT001  # a toggle's slot
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed, shift = event.text(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if typed.isalpha() and typed.upper() != typed.lower():
            self.caps_lock.emit(typed.isupper() != shift)
        super().keyPressEvent(event)


class Unlock(QWidget):
    """A window that opens the vault at a path, or creates it where there is none: `opened(vault)`."""

    opened = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.setWindowTitle("Neuro Chart")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1000, 720)
        self._work = Work(self)
        self._work.done.connect(self._opened)
        self._work.failed.connect(self._failed)
        self.error = label(role="error", wrap=True)
        self.error.setAccessibleName("What went wrong")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        keep = self._busy.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(keep)
        self._busy.hide()
        self._first: QLineEdit
        self._form = self._unlock_form() if path.exists() else self._create_form()
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.addStretch(2)
        box.addWidget(row(None, self._form, None))
        box.addStretch(3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(middle))
        QTimer.singleShot(0, self, self._load_store)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._first.setFocus()

    def _load_store(self) -> None:
        """Read the store's libraries while the passphrase is being typed."""
        Work(self).start(_import_store)

    def _passphrase(self, name: str) -> tuple[PassphraseLine, QWidget]:
        line = PassphraseLine(name)
        eye = icon_button("eye", "Show the passphrase")
        eye.setCheckable(True)
        eye.toggled.connect(line.show_words)
        line.caps_lock.connect(lambda on: self.error.setText("Caps Lock seems to be on." if on else ""))
        return line, row(line, eye)

    def _unlock_form(self) -> QWidget:
        self.passphrase, line = self._passphrase("Passphrase")
        self.open_button = button("Unlock", self.unlock, "primary", "lock-open")
        self.passphrase.returnPressed.connect(self.unlock)
        where = label(f"{self.path.name} in {self.path.parent}", "small", wrap=True)
        form = card(
            _mark(), label("Unlock your chart", "title"), where, line, self.error, self.open_button, self._busy, margins=GAP, spacing=16
        )
        form.setFixedWidth(WIDTH)
        self._first = self.passphrase
        return form

    def _create_form(self) -> QWidget:
        self.practice_name, self.your_name = QLineEdit(), QLineEdit()
        self.practice_name.setAccessibleName("Name of the practice")
        self.your_name.setAccessibleName("Your name, as you sign")
        self.letterhead = Prose("Letterhead", "Address, phone, registration number", lines=3)
        self.paper = Segments({"A4": "A4", "Letter": "Letter"}, "Paper")
        self.paper.show_choice(locale_paper())
        self.passphrase, line = self._passphrase("Passphrase")
        self.again = PassphraseLine("Passphrase again")
        self.strength_bar = QProgressBar()
        self.strength_bar.setRange(0, 4)
        self.strength_bar.setTextVisible(False)
        self.strength_bar.setAccessibleName("Strength of the passphrase")
        self.strength_word = label("Four or five words that only you would put together are strong and easy to keep.", "small", wrap=True)
        self.strength_word.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.strength_word.setFixedHeight(GAP)
        self.passphrase.textChanged.connect(self._show_strength)
        lost = label(
            "The passphrase is the only key. If it is forgotten, nobody can read this chart again: not you, and not us. "
            "Write it down and keep it where the practice keeps its keys.",
            wrap=True,
        )
        lost.setProperty("pill", "warning")
        self.open_button = button("Create the practice", self.create_practice, "primary")
        self.again.returnPressed.connect(self.create_practice)
        practice = column(
            label("Name of the practice", "heading"), self.practice_name,
            label("Letterhead", "heading"), self.letterhead,
            label("Paper for printing", "heading"), self.paper, None,
        )  # fmt: skip
        person = column(
            label("Your name, as you sign", "heading"), self.your_name,
            label("Passphrase", "heading"), line, self.strength_bar, self.strength_word, self.again, None,
        )  # fmt: skip
        for side in (practice, person):
            side.setFixedWidth(WIDTH - GAP * 3 // 2 - 1)  # within the border, whatever the words in it, so that nothing jumps
        columns = row(practice, person, spacing=GAP)
        form = card(
            _mark(),
            label("Welcome", "title"),
            label("One encrypted file on this machine will hold your whole practice. It needs no network and no account.", wrap=True),
            columns,
            lost,
            self.error,
            self.open_button,
            self._busy,
            margins=GAP,
            spacing=12,
        )
        form.setFixedWidth(2 * WIDTH)
        self._first = self.practice_name
        return form

    def _show_strength(self, words: str) -> None:
        score, sentence = strength(words)
        self.strength_bar.setValue(score)
        self.strength_word.setText(sentence)

    def unlock(self) -> None:
        """Try the passphrase."""
        words = self.passphrase.text()
        if not words:
            self.error.setText("Type your passphrase.")
            return
        path = self.path

        def work() -> "Vault":
            from neuro_chart.store.vault import Vault  # noqa: PLC0415  # keeps the database out of the window's start

            return Vault.open(path, words)

        self._begin(work)

    def create_practice(self) -> None:
        """Make the vault with its practice and first practitioner."""
        practice = Practice(self.practice_name.text().strip(), self.letterhead.toPlainText().strip(), self.paper.choice)
        practitioner = Practitioner(self.your_name.text().strip())
        words = self.passphrase.text()
        for line, wrong, sentence in (
            (self.practice_name, not practice.name, "Give the practice a name; it heads every paper."),
            (self.your_name, not practitioner.name, "Give your name; it stands under what you sign."),
            (self.passphrase, not words.strip(), "An empty passphrase protects nobody: type a few words."),
            (self.again, words != self.again.text(), "The two passphrases differ; type the second one again."),
        ):
            set_flag(line, "invalid", wrong)
            if wrong:
                self.error.setText(sentence)
                line.setFocus()
                return
        path = self.path

        def work() -> "Vault":
            from neuro_chart.store.vault import Vault  # noqa: PLC0415  # keeps the database out of the window's start

            return Vault.create(path, words, practice, practitioner)

        self._begin(work)

    def _begin(self, work: Callable[[], "Vault"]) -> None:
        self.error.setText("")
        self._form.setEnabled(False)
        self._busy.show()
        self._work.start(work)

    def _opened(self, vault: object) -> None:
        self.passphrase.clear()
        self.opened.emit(vault)

    def _failed(self, error: Exception) -> None:
        self._form.setEnabled(True)
        self._busy.hide()
        if not isinstance(error, VaultError):
            raise error
        self.error.setText(str(error))
        self.passphrase.setFocus()
        self.passphrase.selectAll()


def locale_paper() -> str:
    """The paper size usual where this machine thinks it is."""
    territory = QLocale.system().territory()
    letter = {
        QLocale.Country.UnitedStates, QLocale.Country.Canada, QLocale.Country.Mexico, QLocale.Country.Philippines,
        QLocale.Country.Chile, QLocale.Country.Colombia, QLocale.Country.PuertoRico, QLocale.Country.Venezuela,
    }  # fmt: skip
    return "Letter" if territory in letter else "A4"


def _import_store() -> None:
    import_module("neuro_chart.store.records")
    import_module("neuro_chart.store.vault")


def _mark() -> QWidget:
    from PySide6.QtSvgWidgets import QSvgWidget  # noqa: PLC0415  # only this window shows the mark so large

    mark = QSvgWidget(str(resource("icons", "neuro-chart.svg")))
    mark.setFixedSize(56, 56)
    return row(mark, None)
