"""What the aftercare sheet of a visit says: rest, the next visit, own words, exercises, the feet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import ago, read_date
from neuro_chart.clinic.exercises import Exercise
from neuro_chart.clinic.visits import Aftercare
from neuro_chart.ui.days import day_first, long_day, today
from neuro_chart.ui.theme import SMALL, Theme
from neuro_chart.ui.widgets import Segments, TickBox, button, label, row, set_flag
from neuro_chart.ui.words import Line, Prose

REST = {"0": "None", "12": "12 h", "24": "24 h", "48": "48 h"}
REGIONS = {"feet": "For the feet", "legs": "For the legs", "balance": "For balance", "hands": "For the hands"}
SOON = {"3 days": 3, "1 week": 7, "2 weeks": 14}
TILE, NARROW, PICTURE = QSize(160, 160), QSize(104, 160), QSize(128, 100)


class ExerciseTile(QAbstractButton):
    """An exercise to choose: its drawing, its name, and a tick once it is chosen."""

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self._name = exercise.name
        self._drawing = QPixmap(str(exercise.picture))
        self.setCheckable(True)
        self.setAccessibleName(exercise.name)
        self.setAccessibleDescription(exercise.helps)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return TILE

    def minimumSizeHint(self) -> QSize:
        return NARROW

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.of()
        chosen, painter = self.isChecked(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        strong = chosen or self.hasFocus()
        painter.setPen(QPen(theme.color("accent" if strong else "line"), 2 if self.hasFocus() else 1.2))
        painter.setBrush(theme.color("accent_soft" if chosen else "sunken" if self.underMouse() else "card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        ratio = self.devicePixelRatioF()
        room = QSize(min(PICTURE.width(), self.width() - 12), PICTURE.height())
        fitted = self._drawing.scaled(room * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        fitted.setDevicePixelRatio(ratio)
        width, height = fitted.width() / ratio, fitted.height() / ratio
        painter.drawPixmap(QPointF((self.width() - width) / 2, 10 + (PICTURE.height() - height) / 2), fitted)
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        font.setWeight(QFont.Weight.DemiBold if chosen else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        words = QRect(8, PICTURE.height() + 14, self.width() - 16, self.height() - PICTURE.height() - 20)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._name)
        if chosen:
            centre = QPointF(self.width() - 18.0, 18.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(centre, 9, 9)
            painter.setPen(QPen(theme.color("on_accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(QPolygonF([centre + QPointF(-4, 0.5), centre + QPointF(-1, 3.5), centre + QPointF(4.5, -3)]))


class AftercareForm(QWidget):
    """The choices for one sheet: `edited(aftercare, what)` after each, `what` being the word for what was changed."""

    edited = Signal(object, str)

    def __init__(self, exercises: Mapping[str, Exercise]) -> None:
        super().__init__()
        self._aftercare = Aftercare()
        self._visited = today()
        self.rest = Segments(REST, "Rest from exercise")
        self.rest.chosen.connect(lambda key: self._change("the hours of rest", rest_hours=int(key)))
        self.next_visit = Line("Next visit", "Day, month and year" if day_first() else "Month, day and year")
        self.next_visit.editingFinished.connect(self._read_next)
        self._next_words = label("", "small", wrap=True)
        self.words = Prose("In your own words", "What you want this patient to remember", lines=3)
        self.words.edited.connect(lambda text: self._change("own words", words=text))
        self.tiles = {exercise.id: ExerciseTile(exercise) for exercise in exercises.values()}
        self.foot_care = TickBox("Add the care of numb feet")
        self.foot_care.clicked.connect(lambda checked: self._change("the care of the feet", foot_care=checked))
        self._feet = label("The health history tells of numb feet.", "small", wrap=True)
        self._feet.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 8, 4)
        box.setSpacing(6)
        self.soon = [button(words, partial(self._in_days, days), "preset") for words, days in SOON.items()]
        for title, parts in (
            ("Rest from exercise", [self.rest]),
            ("Next visit", [self.next_visit, self._next_words, row(*self.soon, None, spacing=6)]),
            ("Numb feet", [self.foot_care, self._feet]),
            ("In your own words", [self.words]),
        ):
            box.addWidget(label(title, "heading"))
            for part in parts:
                box.addWidget(part)
            box.addSpacing(10)
        for region, title in REGIONS.items():
            box.addWidget(label(title, "heading"))
            box.addWidget(self._grid([self.tiles[each.id] for each in exercises.values() if each.region == region]))
            box.addSpacing(10)
        box.addStretch(1)

    def _grid(self, tiles: list[ExerciseTile]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for at, tile in enumerate(tiles):
            tile.clicked.connect(self._choose)
            grid.addWidget(tile, at // 2, at % 2)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        return made

    @property
    def next_words(self) -> str:
        """How the day of the next visit was understood, or why not."""
        return self._next_words.text()

    def show_aftercare(self, aftercare: Aftercare, visited: date) -> None:
        """Show what is stored for a visit of that day."""
        self._aftercare, self._visited = aftercare, visited
        self.rest.show_choice(str(aftercare.rest_hours))
        self.foot_care.setChecked(aftercare.foot_care)
        self.words.show_text(aftercare.words)
        for key, tile in self.tiles.items():
            tile.setChecked(key in aftercare.exercises)
        if not self.next_visit.hasFocus():
            self._show_next()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # as Qt has it
        """Let the choices be looked at only."""
        for part in (self.rest, self.next_visit, self.foot_care, *self.soon, *self.tiles.values()):
            part.setEnabled(not read_only)
        self.words.setReadOnly(read_only)

    def hint_at_feet(self, numb: bool) -> None:  # noqa: FBT001  # one plain fact
        """Say beside the choice whether the health history tells of numb feet."""
        self._feet.setVisible(numb)

    def flush(self) -> None:
        """Announce what is being typed."""
        self.words.flush()
        self._read_next()

    def _read_next(self) -> None:
        try:
            day = read_date(self.next_visit.text(), day_first=day_first())
            if day is not None and day < self._visited:
                raise ValueError("The next visit comes after this one.")  # noqa: TRY301  # told in the same place as a wrong date
        except ValueError as error:
            self._tell_next(str(error), is_wrong=True)
        else:
            self._set_next(day)

    def _in_days(self, days: int) -> None:
        self._set_next(self._visited + timedelta(days=days))

    def _set_next(self, day: date | None) -> None:
        self._change("the next visit", next_visit=day)
        self._show_next()

    def _show_next(self) -> None:
        day = self._aftercare.next_visit
        with QSignalBlocker(self.next_visit):
            self.next_visit.setText(long_day(day) if day else "")
        self._tell_next(f"{day:%A}, {ago(day, today())}" if day else "")

    def _tell_next(self, words: str, *, is_wrong: bool = False) -> None:
        self._next_words.setText(words)
        self._next_words.setVisible(bool(words))
        set_flag(self._next_words, "role", "error" if is_wrong else "small")
        set_flag(self.next_visit, "invalid", is_wrong)

    def _choose(self) -> None:
        self._change("the exercises", exercises=tuple(key for key, tile in self.tiles.items() if tile.isChecked()))

    def _change(self, what: str, **fields: object) -> None:
        changed = replace(self._aftercare, **fields)  # type: ignore[arg-type]  # each field comes from the part that holds its kind
        if changed != self._aftercare:
            self._aftercare = changed
            self.edited.emit(changed, what)
