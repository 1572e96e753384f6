"""What this visit's sheet will say beside what was done: rest, exercises, care of the feet, own words, the next visit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import read_date
from neuro_chart.clinic.exercises import Exercise
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.ui.days import day_first, local_day, long_day
from neuro_chart.ui.signing import panel_head
from neuro_chart.ui.widgets import Prose, Segments, button, label, row, set_flag

RESTS = {"0": "None", "12": "12 h", "24": "24 h", "48": "48 h"}
REGIONS = {"feet": "Feet", "legs": "Legs", "balance": "Balance", "hands": "Hands"}


class AftercarePanel(QFrame):
    """The choices for the sheet: `edited(Aftercare)`, `sheet_wanted()`, `closed()`."""

    edited = Signal(object)
    sheet_wanted = Signal()
    closed = Signal()

    def __init__(self, exercises: Mapping[str, Exercise], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Aftercare")
        self._aftercare = Aftercare()
        self._day = date.min
        self.rest = Segments(RESTS, "Leave exercise alone for")
        self.rest.chosen.connect(lambda key: self._set(rest_hours=int(key)))
        self.foot_care = QCheckBox("Care of numb feet")
        self.foot_care.clicked.connect(lambda on: self._set(foot_care=on))
        self.exercises: dict[str, QCheckBox] = {}
        self.words = Prose("Words of your own", "Words of your own for the sheet", lines=2)
        self.words.edited.connect(lambda text: self._set(words=text))
        self.next_visit = QLineEdit()
        self.next_visit.setAccessibleName("Next visit")
        self.next_visit.setPlaceholderText("Day")
        self.next_visit.editingFinished.connect(self._day_typed)
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self._soon = [
            button(text, partial(self._in_days, days), "preset") for text, days in (("3 days", 3), ("1 week", 7), ("2 weeks", 14))
        ]
        self.sheet = button("Preview the sheet", self.sheet_wanted.emit, "primary", "file-text")
        self._lay_out(exercises)

    def _lay_out(self, exercises: Mapping[str, Exercise]) -> None:
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(16, 4, 12, 12)
        box.setSpacing(4)
        box.addWidget(label("Rest from exercise", "heading"))
        box.addWidget(row(self.rest, None))
        box.addSpacing(4)
        box.addWidget(self.foot_care)
        for region, title in REGIONS.items():
            chosen = [exercise for exercise in exercises.values() if exercise.region == region]
            if chosen:
                box.addSpacing(4)
                box.addWidget(label(f"Exercises: {title.lower()}", "heading"))
            for exercise in chosen:
                made = QCheckBox(exercise.name.replace("&", "&&"))
                made.setToolTip(" ".join(part for part in (exercise.helps, exercise.dose, exercise.often) if part))
                made.clicked.connect(self._exercises_chosen)
                self.exercises[exercise.id] = made
                box.addWidget(made)
        box.addSpacing(4)
        box.addWidget(label("Words of your own", "heading"))
        box.addWidget(self.words)
        box.addSpacing(4)
        box.addWidget(label("Next visit", "heading"))
        box.addWidget(row(*self._soon, None, spacing=6))
        box.addWidget(self.next_visit)
        box.addWidget(self.error)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.addWidget(self.sheet)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(panel_head("Aftercare", self.closed.emit))
        whole.addWidget(area, 1)
        whole.addLayout(foot)

    def show_visit(self, visit: Visit) -> None:
        """Show what is stored; a signed visit's aftercare can only be looked at."""
        self._aftercare, self._day = visit.aftercare, local_day(visit.started)
        signed = visit.signed is not None
        care = visit.aftercare
        self.rest.show_choice(str(care.rest_hours))
        self.foot_care.setChecked(care.foot_care)
        for key, made in self.exercises.items():
            made.setChecked(key in care.exercises)
            made.setEnabled(not signed)
        self.words.show_text(care.words)
        self.words.setReadOnly(signed)
        if not self.next_visit.isModified():
            self.next_visit.setText(long_day(care.next_visit) if care.next_visit else "")
        for field in (self.rest, self.foot_care, self.next_visit, *self._soon):
            field.setEnabled(not signed)

    def _set(self, **changes: object) -> None:
        changed = replace(self._aftercare, **changes)  # type: ignore[arg-type]  # names and kinds are Aftercare's own
        if changed != self._aftercare:
            self._aftercare = changed
            self.edited.emit(changed)

    def _exercises_chosen(self) -> None:
        self._set(exercises=tuple(key for key, made in self.exercises.items() if made.isChecked()))

    def _in_days(self, days: int) -> None:
        self._day_is(self._day + timedelta(days=days))

    def _day_typed(self) -> None:
        try:
            day = read_date(self.next_visit.text(), day_first=day_first())
        except ValueError as error:
            self._say(str(error))
            return
        if day is not None and day <= self._day:
            self._say("The next visit comes after this one.")
            return
        self._day_is(day)

    def _day_is(self, day: date | None) -> None:
        self._say("")
        self.next_visit.setModified(False)
        self.next_visit.setText(long_day(day) if day else "")
        self._set(next_visit=day)

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_flag(self.next_visit, "invalid", bool(sentence))

    def flush(self) -> None:
        """Announce what was typed."""
        self.words.flush()
        if self.next_visit.isModified():
            self._day_typed()
