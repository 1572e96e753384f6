"""What needs a word, over whatever page is shown."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from neuro_chart.ui.roles import announce
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import button, label

SAY_FOR = 6000


class Banner(QFrame):
    """One quiet line over the page: what needs a word, until it no longer does."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setMinimumHeight(TARGET + 8)
        self._words = label(wrap=True)
        self.close_button = button("Close", self.hide, "link")
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 4, 16, 4)
        box.addWidget(self._words, 1)
        box.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAY_FOR)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or nothing."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, sentence: str, *, stay: bool = False) -> None:
        """Show a sentence for a while, or with `stay` until another comes; nothing hides it."""
        self.stand(sentence, may_close=not stay)
        if sentence and not stay:
            self._timer.start()

    def stand(self, sentence: str, *, may_close: bool) -> None:
        """Show a sentence until another comes, or until it is closed where it may be; nothing hides it."""
        self._timer.stop()
        self._words.setText(sentence)
        self.close_button.setVisible(may_close)
        self.setVisible(bool(sentence))
        if sentence:
            announce(self, sentence)
