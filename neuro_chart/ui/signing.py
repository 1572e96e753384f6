"""Closing a visit, and what can still be said after it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import local_day, local_time, long_day
from neuro_chart.ui.needle_rows import places_words
from neuro_chart.ui.widgets import button, icon_button, label, set_flag
from neuro_chart.ui.words import Prose


class SignPanel(QFrame):
    """Asks before a visit is closed: the count, and a reason for each needle that is still in. `signed(reason)`, `closed()`."""

    signed = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Sign visit")
        self._inside: list[Needle] = []
        self.count = label("", "title", wrap=True)
        self.left = label("", wrap=True)
        self.left.setProperty("over", "true")
        self.reason = Prose("Why needles stay in", "Why they stay in", lines=2)
        self.reason.textChanged.connect(lambda: set_flag(self.reason, "invalid", value=False))
        self.error = label("", "error", wrap=True)
        self.planned = label("", "muted", wrap=True)
        self.who = label("", "muted", wrap=True)
        self.sign = button("Sign", self._sign, "primary", "pen-line")
        box = QVBoxLayout()
        box.setContentsMargins(16, 4, 16, 16)
        box.setSpacing(12)
        for widget in (self.count, self.left, self.reason, self.error, self.planned, self.who, self.sign):
            box.addWidget(widget)
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel_head("Sign this visit", self.closed.emit))
        whole.addLayout(box, 1)

    def show_visit(self, visit: Visit, who: str) -> None:
        """Ask about this visit."""
        counted = visit.count
        self._inside = sorted((needle for needle in visit.needles if needle.is_in), key=lambda needle: needle.position)
        went_in = f"{counted.inserted} needle{'' if counted.inserted == 1 else 's'} went in, {counted.out} came out"
        self.count.setText(went_in if counted.inserted else "No needles were inserted.")
        left = bool(self._inside)
        self.left.setText(
            f"{'One needle is' if len(self._inside) == 1 else f'{len(self._inside)} needles are'} still in: "
            f"{places_words(self._inside)}. Take out what can come out; for what stays, give the reason."
        )
        for widget in (self.left, self.reason):
            widget.setVisible(left)
        self.error.hide()
        self.planned.setText(
            f"{counted.planned} planned needle{' was' if counted.planned == 1 else 's were'} never inserted and will be kept as planned."
        )
        self.planned.setVisible(bool(counted.planned))
        self.who.setText(f"Signed by {who}, the visit is closed for good: nobody can change it. Amendments can be added beneath it.")

    def begin(self) -> None:
        """Forget a reason that was given for another visit."""
        self.reason.setPlainText("")

    def _sign(self) -> None:
        reason = self.reason.toPlainText().strip()
        missing = bool(self._inside) and not reason
        set_flag(self.reason, "invalid", missing)
        self.error.setText("A visit with a needle in is signed only with the reason why it stays.")
        self.error.setVisible(missing)
        if missing:
            self.reason.setFocus()
        else:
            self.signed.emit(reason if self._inside else "")


class AmendPanel(QFrame):
    """Takes an amendment to a signed visit: `added(text)`, `closed()`."""

    added = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Add amendment")
        self.text = Prose("Amendment", "What is to be added or put right", lines=5)
        self.text.textChanged.connect(self._typed)
        self.add = button("Add amendment", self._add, "primary", "plus")
        box = QVBoxLayout()
        box.setContentsMargins(16, 4, 16, 16)
        box.setSpacing(12)
        box.addWidget(self.text)
        words = "It stands beneath the visit with your name and the time, and can't be changed once it is added."
        box.addWidget(label(words, "muted", wrap=True))
        box.addWidget(self.add)
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel_head("Amendment", self.closed.emit))
        whole.addLayout(box, 1)
        self._typed()

    def _typed(self) -> None:
        self.add.setEnabled(bool(self.text.toPlainText().strip()))

    def _add(self) -> None:
        self.added.emit(self.text.toPlainText().strip())

    def begin(self, words: str = "") -> None:
        """Begin a new one, or go on with words that were not added yet."""
        self.text.setPlainText(words)


class SignedBar(QFrame):
    """Says that a visit is closed, by whom and when: `amend_wanted()`."""

    amend_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "signed")
        self.words = label("", wrap=True)
        self.amend = button("Add amendment", self.amend_wanted.emit, "", "plus")
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 6, 8, 6)
        box.addWidget(self.words, 1)
        box.addWidget(self.amend)

    def show_visit(self, visit: Visit, authors: Mapping[str, str]) -> None:
        """Show a visit's signature; nothing for a draft."""
        self.setVisible(visit.signed is not None)
        if visit.signed is None:
            return
        who = authors.get(visit.signed_by or "", "")
        words = [f"✓ Signed by {who} on {long_day(local_day(visit.signed))}, {local_time(visit.signed)}."]
        if visit.needles_left_reason:
            words.append(f"Needles left in: {visit.needles_left_reason.rstrip('.')}.")
        if visit.amendments:
            words.append(f"{len(visit.amendments)} amendment{'' if len(visit.amendments) == 1 else 's'} beneath the note.")
        self.words.setText(" ".join(words))


def panel_head(title: str, close: Callable[[], object]) -> QWidget:
    """The head of a panel that stands in the note's place: the way back, and what it is."""
    made = QWidget()
    box = QHBoxLayout(made)
    box.setContentsMargins(6, 6, 16, 0)  # the arrow itself stands at the margin of 16
    box.setSpacing(4)
    box.addWidget(icon_button("arrow-left", "Back to the note (Escape)", close))
    box.addWidget(label(title, "title"), 1)
    return made
