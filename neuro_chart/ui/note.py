"""The note of a visit: how it was before, what was said and seen and meant, how it is after."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from neuro_chart.clinic.phrases import together
from neuro_chart.clinic.tongue_pulse import findings_words
from neuro_chart.clinic.visits import NOTE_FIELDS, SCORE_FIELDS, Amendment, Visit
from neuro_chart.ui.copied_line import CopiedLine
from neuro_chart.ui.days import local_day, local_time, long_day
from neuro_chart.ui.phrase_text import PhraseText
from neuro_chart.ui.scale import Scale
from neuro_chart.ui.signing import show_digest, signed_words
from neuro_chart.ui.tongue_pulse import TonguePulseLine
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import label, row

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

SCORES = {
    "pain_before": "Pain now", "numbness_before": "Numbness now", "pain_after": "Pain after", "numbness_after": "Numbness after",
}  # fmt: skip
PROSE = {
    "subjective": ("Subjective", "What the patient says"),
    "objective": ("Objective", "What you see, feel and test"),
    "assessment": ("Assessment", "What you make of it"),
    "plan": ("Plan", "What comes next"),
}


class Score(QWidget):
    """A score from 0 to 10 that starts as not asked: `scored(int or None)`."""

    scored = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = label("–", "title")
        self.scale = Scale(0, 10, name)
        self.scale.setToolTip("0 is none, 10 the worst imaginable; Delete takes the score away")
        self.scale.answered.connect(self._answered)
        box = QVBoxLayout(self)
        box.setContentsMargins(5, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(row(label(name, "heading"), None, self._number))
        box.addWidget(self.scale)
        self.setFocusProxy(self.scale)

    def _answered(self, number: int | None) -> None:
        self._say(number)
        self.scored.emit(number)

    def _say(self, number: int | None) -> None:
        self._number.setText("–" if number is None else str(number))

    def show_score(self, number: int | None) -> None:
        """Show a score, or that none was asked."""
        self.scale.show_number(number)
        self._say(number)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Show the score only."""
        self.scale.setVisible(not read_only)


class Note(QFrame):
    """Scores and prose of one visit, with what was amended beneath; `tongue_pulse_wanted()` asks for their panel."""

    tongue_pulse_wanted = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self._follow = QTimer(self)  # once the text is laid out
        self._follow.setSingleShot(True)
        self._follow.timeout.connect(self._show_cursor)
        self.setProperty("role", "card")
        self.setAccessibleName("Note")
        self.scores = {name: Score(text) for name, text in SCORES.items()}
        self.prose = {name: PhraseText(title, placeholder, lines=2) for name, (title, placeholder) in PROSE.items()}
        self.copied = {name: CopiedLine() for name in NOTE_FIELDS}
        self.tongue_pulse = TonguePulseLine()
        self.tongue_pulse.clicked.connect(self.tongue_pulse_wanted)
        inner = self._inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(11, 12, 12, 12)  # the frames of the texts stand out to the left of their words
        box.setSpacing(4)
        for name in SCORE_FIELDS:
            self.scores[name].scored.connect(partial(self._write, name))
        box.addWidget(self.scores["pain_before"])
        box.addWidget(self.scores["numbness_before"])
        for name in NOTE_FIELDS:
            self._add_prose(name, box)
        box.addSpacing(8)
        box.addWidget(self.scores["pain_after"])
        box.addWidget(self.scores["numbness_after"])
        self._added = QVBoxLayout()
        self._added.setSpacing(8)
        box.addLayout(self._added)
        box.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(1, 4, 1, 4)
        whole.addWidget(self.area)
        for field in self.prose.values():
            self.area.verticalScrollBar().valueChanged.connect(field.place_offers)
        treatment.chart.changed.connect(self._changed)
        self._offer_phrases()

    def _add_prose(self, name: str, box: QVBoxLayout) -> None:
        field = self.prose[name]
        field.setProperty("role", "bare")
        field.setToolTip("Type ; for a phrase")
        field.cursorPositionChanged.connect(lambda: self._follow.start(0))
        field.edited.connect(partial(self._write, name))
        field.replaced.connect(lambda text: self._treatment.change("Put in a phrase", **{name: text}))
        self.copied[name].unwanted.connect(partial(self._treatment.forget_source, name))
        heading = label(PROSE[name][0], "heading")
        heading.setBuddy(field)
        heading.setIndent(5)
        box.addSpacing(4)
        box.addWidget(heading)
        box.addWidget(field)
        box.addWidget(self.copied[name])
        if name == "objective":
            box.addWidget(self.tongue_pulse)

    def _show_cursor(self) -> None:
        """Scroll to where words are being typed."""
        for field in self.prose.values():
            if field.hasFocus():
                spot = field.cursorRect()
                at = field.mapTo(self._inner, spot.center())
                self.area.ensureVisible(at.x(), at.y(), 0, spot.height() + 4)

    def _write(self, field: str, value: object) -> None:
        words = PROSE[field][0] if field in PROSE else SCORES[field]
        self._treatment.write(field, value, f"Change {words.lower()}")

    def _changed(self, change: "Change") -> None:
        if change.kind == "phrase":
            self._offer_phrases()

    def _offer_phrases(self) -> None:
        phrases = together(self._treatment.library.phrases, self._treatment.chart.records.phrases())
        for field in self.prose.values():
            field.set_phrases(phrases)

    def show_visit(self, visit: Visit, authors: Mapping[str, str]) -> None:
        """Show what is stored; `authors` are the practitioners' names by their id."""
        closed = visit.is_closed
        for name, score in self.scores.items():
            score.show_score(getattr(visit, name))
            score.set_read_only(closed)
        for name, field in self.prose.items():
            field.show_text(getattr(visit, name))
            field.setReadOnly(closed)
            field.setPlaceholderText("" if closed else PROSE[name][1])
            self.copied[name].show_day(visit.copied.get(name) if getattr(visit, name).strip() else None, read_only=closed)
        words = findings_words(visit.tongue, visit.pulse, self._treatment.library.tongue_pulse)
        self.tongue_pulse.show_words(words, read_only=closed)
        while (item := self._added.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for amendment in sorted(visit.amendments, key=lambda amendment: amendment.written):
            self._added.addWidget(_amendment(amendment, authors.get(amendment.author_id, "")))

    def show_start(self) -> None:
        """Scroll to the first line."""
        self.area.verticalScrollBar().setValue(0)

    def show_end(self) -> None:
        """Scroll to the last line, where amendments stand, once they are laid out."""
        QTimer.singleShot(0, self, lambda: self.area.verticalScrollBar().setValue(self.area.verticalScrollBar().maximum()))

    def fill_blank(self) -> None:
        """Put the keys into the first blank that is not filled in."""
        for field in self.prose.values():
            if field.first_blank():
                self.area.ensureWidgetVisible(field)
                return

    def flush(self) -> None:
        """Announce what was typed."""
        for field in self.prose.values():
            field.flush()


def _amendment(amendment: Amendment, author: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "amendment")
    words = label(amendment.text, wrap=True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
    box = QVBoxLayout(frame)
    box.setContentsMargins(12, 8, 12, 8)
    box.setSpacing(2)
    box.addWidget(label("Amendment", "heading"))
    box.addWidget(words)
    if amendment.reason:  # those of older charts have none
        box.addWidget(label(f"Reason: {amendment.reason}", wrap=True))
    written = f"{author}, {long_day(local_day(amendment.written))}, {local_time(amendment.written)}"
    box.addWidget(label(signed_words(amendment.signature) or written, "small", wrap=True))
    digest = label("", "small")
    box.addWidget(digest)
    show_digest(digest, amendment.signature)
    return frame
