"""The tongue and the pulse on the screen: a line in the note that reads them, and the panel that charts them."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import ago
from neuro_chart.clinic.tongue_pulse import (
    FASTEST,
    POSITIONS,
    RATE,
    SIDES,
    SLOWEST,
    Group,
    Term,
    findings_words,
    placed,
    pulse_field,
)
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chips import Chips
from neuro_chart.ui.days import local_day, today
from neuro_chart.ui.icons import pixmap
from neuro_chart.ui.signing import panel_head
from neuro_chart.ui.theme import TARGET, Theme
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import Segments, column, label, row, rule, scrolled, set_flag
from neuro_chart.ui.words import Line

INDENT, ROOM = 5, 28  # left of the words, and for the arrow at their right
Found = dict[str, list[str]]


class TonguePulseLine(QAbstractButton):
    """What was found on the tongue and the pulse, in words; pressed, it asks for their panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read_only = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_words(self, words: str, *, read_only: bool) -> None:
        """Show the words; what can't be changed and has none is not there."""
        self._read_only = read_only
        self.setText(words)
        self.setAccessibleName(words or "Tongue and pulse, not charted")
        self.setVisible(bool(words) or not read_only)
        self.setEnabled(not read_only)
        self.setCursor(Qt.CursorShape.ArrowCursor if read_only else Qt.CursorShape.PointingHandCursor)
        self.setToolTip("" if read_only else "Chart the tongue and the pulse (Ctrl+Shift+T)")
        self.updateGeometry()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        within = QRect(0, 0, width - INDENT - (INDENT if self._read_only else ROOM), 10_000)
        return max(TARGET, self.fontMetrics().boundingRect(within, int(Qt.TextFlag.TextWordWrap), self.text()).height() + 12)

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, TARGET)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._read_only and (self.hasFocus() or self.underMouse()):
            painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "line"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        box = self.rect().adjusted(INDENT, 0, -(INDENT if self._read_only else ROOM), 0)
        painter.setPen(theme.color("text" if self.text() else "muted"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, flags, self.text() or "Tongue and pulse")
        if not self._read_only:
            arrow = pixmap("chevron-right", theme.color("muted"), 16, self.devicePixelRatioF())
            painter.drawPixmap(self.width() - 22, (self.height() - 16) // 2, arrow)


class TonguePulsePanel(QFrame):
    """Charts what is seen on the tongue and felt at the wrist, beside the body: `closed()`. Nothing is chosen beforehand."""

    closed = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment, self._terms = treatment, treatment.library.tongue_pulse
        self._shown = ""
        self.setProperty("role", "card")
        self.setAccessibleName("Tongue and pulse")
        self.part = Segments({"tongue": "Tongue", "pulse": "Pulse"}, "Chart")
        self.part.show_choice("tongue")
        self.part.chosen.connect(lambda _: self._show_part())
        self.words = label("", wrap=True)
        self.before = label("", "small", wrap=True)
        self.tongue = Chips(self._terms.tongue, "Tongue")
        self.tongue.switched.connect(self._switch_tongue)
        self._marks = next(group for group in self._terms.tongue if group.part == "marks")
        areas = tuple(Term(key, name.capitalize()) for key, name in self._terms.areas.items())
        self.areas = Chips([Group(mark.id, f"{mark.name}: where", "areas", areas) for mark in self._marks.terms if mark.placed], "")
        self.areas.switched.connect(self._switch_area)
        self.side = Segments({"both": "Both", "left": "Left", "right": "Right"}, "Wrist")
        self.position = Segments({"whole": "Whole", **{key: key.capitalize() for key in POSITIONS}}, "Position")
        for segments, first in ((self.side, "both"), (self.position, "whole")):
            segments.show_choice(first)
            segments.chosen.connect(lambda _: self._show_pulse())
        self.pulse = Chips(self._terms.pulse, "Pulse", hanzi=True)
        self.pulse.switched.connect(self._switch_pulse)
        self.rate = Line("Beats a minute", "", limit=3)
        self.rate.setFixedWidth(64)
        self.rate.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.rate.editingFinished.connect(self._read_rate)
        self._wrong = label(f"{SLOWEST} to {FASTEST} beats a minute can be charted.", "error", wrap=True)
        self._wrong.hide()
        self._pages = QStackedWidget()
        self._lay_out()
        treatment.shown.connect(self.show_visit)

    def _lay_out(self) -> None:
        tongue = column(self.tongue, self.areas, None)
        pulse = column(row(self.rate, label("beats a minute"), None), self._wrong, self.side, self.position, self.pulse, None)
        for page, all_chips in ((tongue, (self.tongue, self.areas)), (pulse, (self.pulse,))):
            page.setContentsMargins(16, 8, 8, 16)
            area = scrolled(page)
            for chips in all_chips:
                chips.reached.connect(area.ensureWidgetVisible)
            self._pages.addWidget(area)
        head = QVBoxLayout()
        head.setContentsMargins(16, 4, 16, 8)
        head.setSpacing(8)
        head.addWidget(self.part)
        head.addWidget(self.words)
        head.addWidget(self.before)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(panel_head("Tongue and pulse", self.closed.emit))
        whole.addLayout(head)
        whole.addWidget(rule())
        whole.addWidget(self._pages, 1)
        self.setFocusProxy(self.part)

    # What is shown

    def show_visit(self, visit: Visit) -> None:
        """Show what is charted."""
        self.words.setText(findings_words(visit.tongue, visit.pulse, self._terms) or "Nothing is charted yet.")
        last = self._treatment.last
        before = findings_words(last.tongue, last.pulse, self._terms) if last is not None else ""
        self.before.setText(f"{ago(local_day(last.started), today()).capitalize()} · {before}" if last is not None and before else "")
        self.before.setVisible(bool(before))
        marks = visit.tongue.get(self._marks.id, [])
        self.tongue.show_found({**visit.tongue, self._marks.id: [placed(mark)[0] for mark in marks]})
        where = {mark.id: [area for each, area in map(placed, marks) if each == mark.id] for mark in self._marks.terms if mark.placed}
        self.areas.show_found(where)
        for mark, found in where.items():
            self.areas.show_group(mark, shown=bool(found))
        self._show_pulse()
        if visit.id != self._shown or not self.rate.hasFocus():
            self._shown = visit.id
            self.rate.setText("".join(visit.pulse.get(RATE, ())))
            self._say_wrong(wrong=False)

    def _show_part(self) -> None:
        self._pages.setCurrentIndex(0 if self.part.choice == "tongue" else 1)

    def _show_pulse(self) -> None:
        """Show the qualities of the place that is chosen; those of both wrists are what both have."""
        pulse = self._treatment.visit.pulse if self._treatment.visit else {}
        of_each = [set(pulse.get(each, ())) for each in self._fields()]
        self.pulse.show_found(dict.fromkeys((group.id for group in self._terms.pulse), set.intersection(*of_each)))

    def _fields(self) -> list[str]:
        sides = SIDES if self.side.choice == "both" else (self.side.choice,)
        position = self.position.choice if self.position.choice in POSITIONS else ""
        return [pulse_field(side, position) for side in sides]

    def flush(self) -> None:
        """Chart what was typed."""
        self._read_rate()

    # What is charted

    def _switch_tongue(self, group: str, found: str, on: bool) -> None:  # noqa: FBT001  # as the chips tell it
        self._chart_tongue(group, [each for each in self._in_tongue(group) if placed(each)[0] != found] + [found] * on)

    def _switch_area(self, mark: str, area: str, on: bool) -> None:  # noqa: FBT001  # as the chips tell it
        """A mark with no area is kept by its name alone."""
        of_mark = [each for each in self._in_tongue(self._marks.id) if placed(each)[0] == mark]
        others = [each for each in self._in_tongue(self._marks.id) if each not in of_mark]
        areas = [each for each in of_mark if placed(each)[1] not in {"", area}] + [f"{mark}:{area}"] * on
        self._chart_tongue(self._marks.id, [*others, *(areas or [mark])])

    def _in_tongue(self, group: str) -> Sequence[str]:
        return self._treatment.visit.tongue.get(group, []) if self._treatment.visit else []

    def _chart_tongue(self, group: str, found: list[str]) -> None:
        if self._treatment.visit is not None:
            self._treatment.change("Chart the tongue", tongue=_with(self._treatment.visit.tongue, {group: found}))

    def _switch_pulse(self, _group: str, found: str, on: bool) -> None:  # noqa: FBT001  # as the chips tell it
        if self._treatment.visit is not None:
            pulse = self._treatment.visit.pulse
            felt = {each: [one for one in pulse.get(each, ()) if one != found] + [found] * on for each in self._fields()}
            self._treatment.change("Chart the pulse", pulse=_with(pulse, felt))

    def _read_rate(self) -> None:
        typed, visit = self.rate.text().strip(), self._treatment.visit
        wrong = bool(typed) and not (typed.isdecimal() and len(typed) < 4 and SLOWEST <= int(typed) <= FASTEST)
        self._say_wrong(wrong=wrong)
        if visit is not None and not wrong:
            self._treatment.change("Chart the pulse", pulse=_with(visit.pulse, {RATE: [str(int(typed))] if typed else []}))

    def _say_wrong(self, *, wrong: bool) -> None:
        set_flag(self.rate, "invalid", wrong)
        self._wrong.setVisible(wrong)


def _with(found: Found, changed: Found) -> Found:
    """What was found with some fields changed, without those that hold nothing."""
    return {field: list(each) for field, each in {**found, **changed}.items() if each}
