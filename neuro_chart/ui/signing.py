"""Closing a visit, and what can still be said after it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from neuro_chart.clinic.adjuncts import LEFT_IN, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.events import unnoted
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.phrases import blanks_words
from neuro_chart.clinic.treating import end
from neuro_chart.clinic.visits import Signature, Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.confirm import Confirm
from neuro_chart.ui.days import local_day, local_time, long_day, zoned_time
from neuro_chart.ui.needle_rows import places_words
from neuro_chart.ui.place import keep_words
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import add_action, button, icon_button, label, scrolled, set_flag
from neuro_chart.ui.words import Prose


class Ask(QWidget):
    """Something that is unfinished, and the way to finish it; hidden while there is nothing to say."""

    def __init__(self, way: str, do: Callable[[], object], icon: str = "") -> None:
        super().__init__()
        self.words = label("", "caution", wrap=True)
        self.way = button(way, do, "link", icon)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.words)
        box.addWidget(self.way, 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, words: str) -> None:
        """Say what is unfinished, or nothing."""
        self.words.setText(words)
        self.setVisible(bool(words))


class SignPanel(QFrame):
    """Asks before a visit is closed: the count, with a reason where in and out are uneven, what else is unfinished, and the passphrase.

    `signed(reason)`, `count_wanted()` to count needles out, `blank_wanted()` to fill the note in, `told(EventKind, needle id)` to note what
    happened, `closed()`.
    """

    signed = Signal(str)
    count_wanted = Signal()
    blank_wanted = Signal()
    told = Signal(object, str)
    closed = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self.setProperty("role", "card")
        self.setAccessibleName("Sign visit")
        self._uneven = False
        self.count = label("", "title", wrap=True)
        self.left = label("", wrap=True)
        self.left.setProperty("over", "true")
        self.walk = button("Count out", self.count_wanted.emit)
        self.walk.setToolTip("Walk over the body and tick off every needle (Ctrl+Shift+C)")
        self.reason = Prose("Why the visit closes with needles in or uncounted", "Why it is closed all the same", lines=2)
        self.reason.textChanged.connect(lambda: set_flag(self.reason, "invalid", value=False))
        keep_words(self.reason)
        self.error = label("", "error", wrap=True)
        self.running = Ask("End now", self._end, "check")
        self.copied = Ask("Confirm", treatment.confirm, "check")
        self.unfilled = Ask("Fill in", self.blank_wanted.emit, "pencil")
        self.unnoted = Ask("Note it", self._note, "pencil")
        self.blanks, self.fill = self.unfilled.words, self.unfilled.way
        self.left_in = label("", "caution", wrap=True)
        self.planned = label("", "muted", wrap=True)
        self.who = label("", "muted", wrap=True)
        self.sign = button("Sign", self._sign, "primary", "pen-line")
        self.confirm = Confirm(treatment.chart)
        self.confirm.wanted.connect(self._sign)
        self.confirm.busy.connect(self.sign.setDisabled)
        self.confirm.confirmed.connect(self._close)
        asked = (self.running, self.unnoted, self.copied, self.unfilled, self.left_in)
        parts = (self.count, self.left, self.walk, self.reason, self.error, *asked, self.planned, self.who)
        _lay_out(self, panel_head("Sign this visit", self.closed.emit), parts, 12, (self.confirm, self.sign))

    def show_visit(self, visit: Visit, who: str) -> None:
        """Ask about this visit."""
        counted = visit.count
        needles = sorted(visit.needles, key=lambda needle: needle.position)
        self._uneven = not counted.is_even
        self.count.setText(f"{counted.inserted} in, {counted.out} out." if counted.inserted else "No needles were inserted.")
        self.left.setText(" ".join(filter(None, (_still_in(needles), _uncounted(needles)))))
        for widget in (self.left, self.walk, self.reason):
            widget.setVisible(self._uneven)
        self.error.hide()
        self.running.say(_running(visit.adjuncts))
        self.copied.say(_unconfirmed(visit))
        wrong = unnoted(needles, visit.events)
        self.unnoted.say(f"A {wrong[0]} is marked, but nothing is noted of it." if wrong else "")
        self.unfilled.say(blanks_words(visit))
        self.left_in.setText(" ".join(_undated(adjunct) for adjunct in visit.adjuncts if adjunct.kind in LEFT_IN).strip())
        self.left_in.setVisible(bool(self.left_in.text()))
        self.planned.setText(
            f"{counted.planned} planned needle{' was' if counted.planned == 1 else 's were'} never inserted and will be kept as planned."
        )
        self.planned.setVisible(bool(counted.planned))
        self.who.setText(f"Signed by {who}, the visit is closed for good: nobody can change it. Amendments can be added beneath it.")

    def take_keys(self) -> None:
        """Have the keys where the passphrase is asked for, if nothing else is; no key that was meant for the visit signs it."""
        (self.confirm.line if self.confirm.is_needed and not self._uneven else self).setFocus()

    def begin(self) -> None:
        """Forget a reason that was given for another visit."""
        self.reason.setPlainText("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.confirm.begin()

    def _end(self) -> None:
        self._treatment.change_adjuncts("End what runs", lambda adjuncts: end(adjuncts, now()))

    def _note(self) -> None:
        if self._treatment.visit is not None and (wrong := unnoted(self._treatment.needles, self._treatment.visit.events)):
            self.told.emit(*wrong)

    def _sign(self) -> None:
        reason = self.reason.toPlainText().strip()
        missing = self._uneven and not reason
        set_flag(self.reason, "invalid", missing)
        self.error.setText("A visit with a needle in, or one that was not counted, is signed only with the reason why.")
        self.error.setVisible(missing)
        if missing:
            self.reason.setFocus()
        else:
            self.confirm.ask()

    def _close(self) -> None:
        """Close it as it stands now, which may have become even or uneven while the passphrase was checked."""
        reason = self.reason.toPlainText().strip()
        if reason or not self._uneven:
            self.signed.emit(reason if self._uneven else "")


def _still_in(needles: Sequence[Needle]) -> str:
    inside = [needle for needle in needles if needle.is_in]
    if not inside:
        return ""
    number = "One needle is" if len(inside) == 1 else f"{len(inside)} needles are"
    return f"{number} still in: {places_words(inside)}. Take out what can come out; for what stays, give the reason."


def _uncounted(needles: Sequence[Needle]) -> str:
    pulled = [needle for needle in needles if needle.removed is not None and not needle.counted]
    if not pulled:
        return ""
    number = "One needle was" if len(pulled) == 1 else f"{len(pulled)} needles were"
    return f"{number} pulled and not counted: {places_words(pulled)}. Count them out, or give the reason."


def _running(adjuncts: Sequence[Adjunct]) -> str:
    running = [adjunct.kind for adjunct in adjuncts if adjunct.is_running]
    return f"{' and '.join(dict.fromkeys(running))} still run{'' if len(running) > 1 else 's'}." if running else ""


def _unconfirmed(visit: Visit) -> str:
    needles = [needle for needle in visit.needles if needle.copied]
    words = [places_words(needles)] if needles else []
    words += [adjunct.kind.lower() for adjunct in visit.adjuncts if adjunct.copied]
    return f"Copied from the last visit and not confirmed: {', '.join(words)}." if words else ""


def _undated(adjunct: Adjunct) -> str:
    missing = [] if adjunct.until else ["the day they come out"]
    missing += [] if adjunct.consent else ["the patient's consent"]
    return f"{adjunct.kind} without {' or '.join(missing)}." if missing and adjunct.started is not None and adjunct.ended is None else ""


class AmendPanel(QFrame):
    """Takes an amendment to a signed visit, with the reason why and the passphrase: `added(text, reason)`, `closed()`."""

    added = Signal(str, str)
    closed = Signal()

    def __init__(self, chart: OpenChart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Add amendment")
        self._chart, self._visit_id = chart, ""
        self.text = Prose("Amendment", "What is to be added or put right", lines=5)
        self.text.textChanged.connect(self._typed)
        self.reason = Prose("Reason for the amendment", "Why it is added only now", lines=2)
        self.reason.textChanged.connect(self._typed)
        keep_words(self.text, self.reason)
        self.error = label("", "error", wrap=True)
        self.add = button("Sign and add", self._add, "primary", "pen-line")
        self.confirm = Confirm(chart)
        self.confirm.wanted.connect(self._add)
        self.confirm.busy.connect(self.add.setDisabled)
        self.confirm.confirmed.connect(lambda: self.added.emit(self.words[0], self.words[1]))
        words = "It stands beneath the visit with your name, the time and the reason, for good. The visit stays as it was signed."
        parts = (self.text, label("Reason", "heading"), self.reason, self.error, label(words, "muted", wrap=True))
        _lay_out(self, panel_head("Amendment", self.closed.emit), parts, 8, (self.confirm, self.add))
        self._typed()

    @property
    def words(self) -> tuple[str, str]:
        """The amendment and its reason, as they are typed so far."""
        return self.text.toPlainText().strip(), self.reason.toPlainText().strip()

    def _typed(self) -> None:
        self.add.setEnabled(bool(self.words[0]))
        if self._visit_id and any(self.words):
            self._chart.unadded[self._visit_id] = self.words
        else:
            self._chart.unadded.pop(self._visit_id, None)
        self.error.hide()
        set_flag(self.reason, "invalid", value=False)

    def _add(self) -> None:
        text, reason = self.words
        if text and not reason:
            self.error.setText("An amendment has its reason, so that whoever reads it knows why the visit didn't say it.")
            self.error.show()
            set_flag(self.reason, "invalid", value=True)
            self.reason.setFocus()
        elif text:
            self.confirm.ask()

    def begin(self, visit_id: str) -> None:
        """Begin one to a visit, or go on with the words that were not added to it yet."""
        text, reason = self._chart.unadded.get(visit_id, ("", ""))
        self._visit_id = ""  # whose words these are is told once they are whole
        self.text.setPlainText(text)
        self.reason.setPlainText(reason)
        self._visit_id = visit_id

    def forget(self) -> None:
        """Forget the words, as they were added."""
        self.text.clear()
        self.reason.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.confirm.begin()


class SignedBar(QFrame):
    """Says that a visit is closed, by whom and when, and the digest of the signature: `amend_wanted()`."""

    amend_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "signed")
        self.words = label("", wrap=True)
        self.digest = label("", "small")
        self.amend = button("Add amendment", self.amend_wanted.emit, "", "plus")
        add_action(self, "Add amendment", "", self.amend.click)
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 6, 8, 6)
        box.setSpacing(12)
        box.addWidget(self.words, 1)
        box.addWidget(self.digest)
        box.addWidget(self.amend)

    def show_visit(self, visit: Visit, authors: Mapping[str, str]) -> None:
        """Show a visit's signature; nothing for a draft."""
        self.setVisible(visit.signed is not None)
        if visit.signed is None:
            return
        who = f"{authors.get(visit.signed_by or '', '')} on {long_day(local_day(visit.signed))}, {local_time(visit.signed)}"
        words = [f"✓ Signed by {signed_words(visit.signature, ' on ') or who}."]
        if visit.needles_left_reason:
            words.append(f"Signed with needles in or uncounted: {visit.needles_left_reason.rstrip('.')}.")
        if visit.amendments:
            words.append(f"{len(visit.amendments)} amendment{'' if len(visit.amendments) == 1 else 's'} beneath the note.")
        self.words.setText(" ".join(words))
        show_digest(self.digest, visit.signature)


def signed_words(signature: Signature | None, between: str = ", ") -> str:
    """Who signed and when, by the clock on the wall there; nothing for no signature."""
    return f"{signature.name}{between}{zoned_time(signature.here)}" if signature else ""


def show_digest(made: QLabel, signature: Signature | None) -> None:
    """Show the beginning of a signature's digest; the whole of it is told on hovering and to a screen reader."""
    made.setVisible(signature is not None)
    if signature is not None:
        made.setText(signature.short)
        made.setToolTip(f"Digest of the signature: {signature.digest}")
        made.setAccessibleName("Digest of the signature")
        made.setAccessibleDescription(signature.digest)


def panel_head(title: str, close: Callable[[], object]) -> QWidget:
    """The head of a panel that stands in the note's place: the way back, and what it is."""
    made = QWidget()
    box = QHBoxLayout(made)
    box.setContentsMargins(6, 6, 16, 0)  # the arrow itself stands at the margin of 16
    box.setSpacing(4)
    box.addWidget(icon_button("arrow-left", "Back to the note (Escape)", close))
    box.addWidget(label(title, "title"), 1)
    return made


def _lay_out(panel: QWidget, head: QWidget, parts: Iterable[QWidget], spacing: int, foot: Iterable[QWidget]) -> None:
    """The head and the foot stay in sight, and what lies between them scrolls."""
    inner, below = QWidget(), QVBoxLayout()
    between = QVBoxLayout(inner)
    between.setContentsMargins(16, 4, 16, 8)
    between.setSpacing(spacing)
    for part in parts:
        between.addWidget(part)
    between.addStretch(1)
    below.setContentsMargins(16, 8, 16, 14)
    below.setSpacing(8)
    for part in foot:
        below.addWidget(part)
    whole = QVBoxLayout(panel)
    whole.setContentsMargins(1, 0, 1, 1)
    whole.setSpacing(0)
    whole.addWidget(head)
    whole.addWidget(scrolled(inner), 1)
    whole.addLayout(below)
