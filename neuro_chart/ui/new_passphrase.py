"""A new passphrase, typed twice, with a word on how well it would hold."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from neuro_chart.clinic.passphrases import strength
from neuro_chart.ui.door import PassphraseLine
from neuro_chart.ui.widgets import label, set_flag

HINT = "Four or five words that only you would put together are strong and easy to keep."
WORDS = 32  # px: the room of a sentence of two lines, so that nothing jumps


class NewPassphrase(QWidget):
    """Asks for it: `entered()` when Enter is pressed after the second one, `caps_lock(on)` as it seems while typing."""

    entered = Signal()
    caps_lock = Signal(bool)

    def __init__(self, name: str = "New passphrase") -> None:
        super().__init__()
        self.first, self.again = PassphraseLine(name), PassphraseLine(f"{name} again")
        self._bar = QProgressBar()
        self._bar.setRange(0, 4)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Strength of the passphrase")
        self.strength = label(HINT, "small", wrap=True)
        self.strength.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.strength.setFixedHeight(WORDS)
        self.first.textChanged.connect(self._weigh)
        self.first.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self.entered)
        for line in (self.first, self.again):
            line.caps_lock.connect(self.caps_lock)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for part in (self.first.with_eye(), self._bar, self.strength, self.again):
            box.addWidget(part)
        self.setFocusProxy(self.first)

    @property
    def words(self) -> str:
        """The passphrase."""
        return self.first.text()

    def problem(self) -> str:
        """Why it can't be taken, with the line marked and in focus; or nothing."""
        for line, is_wrong, sentence in (
            (self.first, not self.words.strip(), "An empty passphrase protects nobody: type a few words."),
            (self.again, self.words != self.again.text(), "The two passphrases differ; type the second one again."),
        ):
            set_flag(line, "invalid", is_wrong)
            if is_wrong:
                line.setFocus()
                return sentence
        return ""

    def clear(self) -> None:
        """Forget what was typed."""
        for line in (self.first, self.again):
            line.clear()
            set_flag(line, "invalid", value=False)

    def _weigh(self, words: str) -> None:
        score, sentence = strength(words) if words else (0, HINT)
        self._bar.setValue(score)
        self.strength.setText(sentence)
