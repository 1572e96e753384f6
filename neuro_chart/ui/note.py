"""The note of a visit: how it was before, what was said and seen and meant, how it is after; and the visit before this one."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import ago
from neuro_chart.clinic.visits import NOTE_FIELDS, SCORE_FIELDS, Visit
from neuro_chart.ui.days import local_day, local_time, long_day, short_day, today
from neuro_chart.ui.scale import Scale
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.widgets import button, label, row
from neuro_chart.ui.words import Prose

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
    """Scores and prose of one visit, with what was amended beneath: `written(field, value)`."""

    written = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.scores = {name: Score(text) for name, text in SCORES.items()}
        self.prose = {name: Prose(title, placeholder, lines=2) for name, (title, placeholder) in PROSE.items()}
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(11, 12, 12, 12)  # the frames of the texts stand out to the left of their words
        box.setSpacing(4)
        for name in SCORE_FIELDS:
            self.scores[name].scored.connect(lambda value, name=name: self.written.emit(name, value))
        box.addWidget(self.scores["pain_before"])
        box.addWidget(self.scores["numbness_before"])
        for name in NOTE_FIELDS:
            field = self.prose[name]
            field.setProperty("role", "bare")
            field.edited.connect(lambda value, name=name: self.written.emit(name, value))
            heading = label(PROSE[name][0], "heading")
            heading.setBuddy(field)
            heading.setIndent(5)
            box.addSpacing(4)
            box.addWidget(heading)
            box.addWidget(field)
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

    def show_visit(self, visit: Visit, authors: Mapping[str, str]) -> None:
        """Show what is stored; `authors` are the practitioners' names by their id."""
        signed = visit.signed is not None
        for name, score in self.scores.items():
            score.show_score(getattr(visit, name))
            score.set_read_only(signed)
        for name, field in self.prose.items():
            field.show_text(getattr(visit, name))
            field.setReadOnly(signed)
            field.setPlaceholderText("" if signed else PROSE[name][1])
        while (item := self._added.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for amendment in sorted(visit.amendments, key=lambda amendment: amendment.written):
            self._added.addWidget(_amendment(amendment.text, authors.get(amendment.author_id, ""), amendment.written))

    def show_start(self) -> None:
        """Scroll to the first line."""
        self.area.verticalScrollBar().setValue(0)

    def show_end(self) -> None:
        """Scroll to the last line, where amendments stand, once they are laid out."""
        QTimer.singleShot(0, self, lambda: self.area.verticalScrollBar().setValue(self.area.verticalScrollBar().maximum()))

    def flush(self) -> None:
        """Announce what was typed."""
        for field in self.prose.values():
            field.flush()


def _amendment(text: str, author: str, written: datetime) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "amendment")
    words = label(text, wrap=True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
    box = QVBoxLayout(frame)
    box.setContentsMargins(12, 8, 12, 8)
    box.setSpacing(2)
    box.addWidget(label("Amendment", "heading"))
    box.addWidget(words)
    box.addWidget(label(f"{author}, {long_day(local_day(written))}, {local_time(written)}", "small", wrap=True))
    return frame


class LastVisit(QFrame):
    """The visit before this one: when, what was done, how it went; its note can be unfolded and its needles repeated."""

    repeat_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Last visit")
        self._when = label("", "heading")
        self._when.setMinimumHeight(TARGET)  # as tall as the buttons beside it, which a first visit has not
        self.repeat = button("Repeat", self.repeat_wanted.emit, "link")
        self.repeat.setToolTip("Plan the same needles again (Ctrl+R)")
        self._done = label("", wrap=True)
        self._went = label("", "muted", wrap=True)
        self._note = label("", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.more = button("Read", self._unfold, "link")
        self.more.setAccessibleName("Read the last visit's note")
        self.repeat.setAccessibleName("Repeat the last visit's needles")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._note)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(150)
        self._area.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 2, 8, 12)
        box.setSpacing(2)
        box.addWidget(row(self._when, None, self.more, self.repeat, spacing=0))
        box.addWidget(self._done)
        box.addWidget(self._went)
        box.addSpacing(4)
        box.addWidget(self._area, 1)

    def _unfold(self) -> None:
        show = self._area.isHidden()
        self._area.setVisible(show)
        self.more.setText("Fold" if show else "Read")

    def show_visit(self, visit: Visit | None, *, beside_draft: bool) -> None:
        """Show the visit before the one that is charted, or that there was none; its needles can be repeated into a draft."""
        self.more.setVisible(visit is not None)
        self.repeat.setVisible(beside_draft and visit is not None and bool(visit.needles))
        self._done.setVisible(visit is not None)
        self._went.setVisible(visit is not None)
        if visit is None:
            self._when.setText("First visit")
            self._area.hide()
            return
        day = local_day(visit.started)
        self._when.setText(f"Visit {ago(day, today())}")
        self._done.setText(f"{short_day(day)}: {done_words(visit)}")
        self._went.setText(went_words(visit))
        self._went.setVisible(bool(self._went.text()))
        parts = [f"{PROSE[name][0]}\n{text}" for name in NOTE_FIELDS if (text := getattr(visit, name).strip())]
        parts += [f"Amendment\n{amendment.text}" for amendment in visit.amendments]
        self._note.setText("\n\n".join(parts) or "Nothing was written.")


def done_words(visit: Visit) -> str:
    """What was done, in a line: `12 needles, 30 min, ST36 SP9 SP6 …, EA 2/120 Hz`."""
    used = [needle for needle in visit.needles if needle.inserted is not None] or visit.needles
    minutes = sorted({needle.retention for needle in used})
    parts = [f"{len(used)} needle{'' if len(used) == 1 else 's'}" if used else "No needles"]
    if minutes:
        parts.append(f"{minutes[0]} min" if len(minutes) == 1 else f"{minutes[0]}–{minutes[-1]} min")
    for adjunct in visit.adjuncts:
        kind = "EA" if adjunct.kind.startswith("Electro") else adjunct.kind.lower()
        parts.append(f"{kind} {adjunct.setting.partition(',')[0]}".strip())
    points = " ".join(dict.fromkeys(needle.point for needle in sorted(used, key=lambda needle: needle.position) if needle.point))
    return ", ".join(parts) + (f"\n{points}" if points else "")


def went_words(visit: Visit) -> str:
    """How the scores went: `Pain 5 → 3, numbness 6 → 6`."""
    parts = []
    for name in ("pain", "numbness"):
        before, after = getattr(visit, f"{name}_before"), getattr(visit, f"{name}_after")
        if before is not None and after is not None:
            parts.append(f"{name} {before} → {after}")
        elif before is not None or after is not None:
            parts.append(f"{name} {before if before is not None else after}")
    return ", ".join(parts).capitalize()
