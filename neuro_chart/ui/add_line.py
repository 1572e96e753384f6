"""The line under the body: type points, choose from what fits, Enter places them."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from neuro_chart.clinic.notation import read_line
from neuro_chart.clinic.points import Catalogue, Point
from neuro_chart.ui.widgets import label, set_flag

MOST = 8


class AddLine(QWidget):
    """Takes points as they are typed and offers those that fit: `wanted(Typed)` when Enter is pressed.

    What is unknown stays in the line and is named beneath it; nothing is guessed.
    """

    wanted = Signal(object)

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._both = True
        self._kept = ""
        self._offered: list[Point] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText("Add points: ST36 SP6 or san yin jiao")
        self.line.setAccessibleName("Add points by code, pinyin or characters")
        self.line.setToolTip("Type points and press Enter (Ctrl+E). After them b, l or r for the sides, 30m for the time.")
        self.line.textEdited.connect(self._typed)
        self.line.returnPressed.connect(self._entered)
        self.line.installEventFilter(self)
        self._says = label("", "small")
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        self._words = QStringListModel(self)
        self.completer = QCompleter(self._words, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setWidget(self.line)
        self.completer.setMaxVisibleItems(MOST)
        self._popup = QListView()
        self._popup.setProperty("role", "popup")
        self.completer.setPopup(self._popup)
        self.completer.activated[QModelIndex].connect(self._chosen)  # type: ignore[index]  # one of two signals of that name
        frame = QFrame()
        frame.setProperty("role", "add-line")
        inside = QHBoxLayout(frame)
        inside.setContentsMargins(4, 0, 14, 0)
        inside.addWidget(self.line, 1)
        inside.addWidget(self._says)
        self._frame = frame
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(frame)
        box.addWidget(self._problem)
        self.setFocusProxy(self.line)

    def set_both(self, both: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Whether points without a side go in on both sides; for the count that is shown."""
        self._both = both
        self._show_count()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            set_flag(self._frame, "focused", event.type() == QEvent.Type.FocusIn)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape and self.line.text():
            self.clear()
            return True
        return super().eventFilter(watched, event)

    def clear(self) -> None:
        """Forget what was typed."""
        self.line.clear()
        self._typed("")

    def _typed(self, text: str) -> None:
        self._say("")
        self._show_count()
        query = self._open_end(text)
        self._offered = list(self._catalogue.find(query))[:MOST] if query else []
        if not self._offered:
            self._popup.hide()
            return
        self._words.setStringList([f"{point.code}   {point.hanzi}  {point.pinyin}" for point in self._offered])
        self.completer.complete()

    def _open_end(self, text: str) -> str:
        """The words at the end that are still being typed: everything after the last whole point."""
        if not text or text[-1].isspace():
            return ""
        words = text.split()
        known = 0
        while known < len(words) - 1 and not read_line(" ".join(words[: known + 1]), self._catalogue).rest:
            known += 1
        query = " ".join(words[known:])
        return "" if not read_line(query, self._catalogue).rest and len(words) - known == 1 else query

    def _chosen(self, index: QModelIndex) -> None:
        point = self._offered[index.row()]
        text = self.line.text()
        query = self._open_end(text)
        self.line.setText(f"{text[: len(text) - len(query)].rstrip()} {point.code} ".lstrip())
        self._show_count()

    def _show_count(self) -> None:
        typed = read_line(self.line.text(), self._catalogue)
        count = sum(_sides(point, typed.side or ("both" if self._both else "left")) for point in typed.points)
        words = f"{count} needle{'' if count == 1 else 's'} · Enter to place" if count else ""
        self._says.setText(words)

    def _entered(self) -> None:
        if self._popup.isVisible() and self._popup.currentIndex().isValid():
            return
        self._popup.hide()
        typed = read_line(self.line.text(), self._catalogue)
        self._say(typed.problem)
        if typed.points or typed.minutes is not None:
            self._kept = typed.rest
            self.wanted.emit(typed)
            self.line.setText(self._kept)
            self._show_count()

    def _say(self, sentence: str) -> None:
        set_flag(self._frame, "invalid", bool(sentence))
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def keep(self, words: str, sentence: str) -> None:
        """Leave words in the line with the reason why they were not placed."""
        self._kept = f"{self._kept} {words}".strip()
        self._say(sentence)


def _sides(point: Point, side: str) -> int:
    return 2 if side == "both" and not point.midline else 1
