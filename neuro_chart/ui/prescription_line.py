"""The line under the body, in which a prescription is typed: read at each key, shown as ghosts, placed by Enter."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QKeySequence,
    QMoveEvent,
    QResizeEvent,
    QTextCursor,
    QUndoCommand,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from neuro_chart.clinic.completing import Completion
from neuro_chart.clinic.needles import USUAL_RETENTION
from neuro_chart.clinic.notation import Misread
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.line_field import Line
from neuro_chart.ui.line_offers import Offers
from neuro_chart.ui.line_reading import LineReading
from neuro_chart.ui.place import keep_words
from neuro_chart.ui.protocol_menu import ProtocolMenu
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button, label, set_flag

SIDE, RETENTION = "visit/side", "visit/retention"
BOTH = "both"
TEACH = "b both · l left · r right · 30m · 1.5c deep · + tonify · - drain · @ protocols · -ST36 takes off · * all"


class PrescriptionLine(QWidget):
    """Takes a prescription and does it to the treatment. `typed(ghosts)`: where needles would come, as (site, code), at each key;
    `placed()`: Enter did what was typed; `insert_wanted()`: Enter in the empty line.

    A point that is typed without a side goes to the side that the setting "visit/side" names; where it names none, the line asks.
    “Both sides” is the switch of that setting: on it is both, off it is what was chosen before. What is not understood stays in the line,
    underlined, with what was said of it.
    """

    typed = Signal(object)
    placed = Signal()
    insert_wanted = Signal()

    def __init__(self, treatment: Treatment, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment, self._settings = treatment, settings
        self._visit_id = ""
        self._unplaced: dict[str, str] = {}  # what stands in the lines of other visits
        self._placed: list[tuple[QUndoCommand, str, str]] = []  # steps of undo: what was typed, and what of it stayed
        self.reading = LineReading(treatment)
        self._word = 0, 0  # from where to where what is taken of the offers goes
        self._told = False
        self.line = Line()
        self.line.setAccessibleName("Prescription")
        keep_words(self.line)
        self.line.setToolTip("Type points and press Enter (Ctrl+E)")
        self.line.textChanged.connect(self._typed)
        self.line.cursorPositionChanged.connect(self._moved)
        self.line.installEventFilter(self)
        self.count = label("", "small")
        self.go = icon_button("check", "", self._enter)
        self.go.setFixedSize(TARGET - 2, TARGET - 2)
        self.go.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Enter is its key
        self.says = label("", "small")
        self.says.setFixedHeight(18)
        self.says.setMinimumWidth(1)
        self.says.setIndent(10)
        self.offers = Offers(self)
        self.offers.taken.connect(self._take)
        self.both = button("Both sides", icon="flip-horizontal")
        self.both.setCheckable(True)
        self.both.setToolTip("Points go in on both sides (B)")
        self.both.toggled.connect(self._switch_sides)
        self.protocols = icon_button("book-open", "Protocols (Ctrl+Shift+Y)", self.show_protocols)
        self.protocols.setFixedSize(TARGET, TARGET)
        self.menu = ProtocolMenu(treatment, self)
        self.menu.chosen.connect(lambda key: self.begin(f"@{key} "))
        self._one_side = ""
        self._lay_out()
        self.show_side()
        self.setFocusProxy(self.line)
        treatment.shown.connect(self._show)
        treatment.selection_changed.connect(self._read)
        treatment.stack.indexChanged.connect(self._stepped)
        treatment.chart.changed.connect(self._changed)

    def _lay_out(self) -> None:
        self._frame = frame = QFrame()
        frame.setProperty("role", "add-line")
        inside = QHBoxLayout(frame)
        inside.setContentsMargins(1, 0, 1, 0)
        inside.addWidget(self.line, 1)
        inside.addWidget(self.go, 0, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(frame, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.protocols, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.both, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(row)
        beneath = QHBoxLayout()
        beneath.addWidget(self.says, 1)
        beneath.addWidget(self.count)
        box.addLayout(beneath)

    def begin(self, words: str) -> None:
        """Put words behind what is typed, and the keys behind them."""
        typed = self.line.text().rstrip()
        self.line.write(f"{typed} {words}".lstrip())
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_protocols(self) -> None:
        """Open the menu of protocols over its button."""
        self.menu.popup(self.protocols.mapToGlobal(self.protocols.rect().topLeft()))

    # What it knows

    @property
    def side(self) -> str:
        """Where a point goes whose side is not said: both, left, right, or empty to ask."""
        return str(self._settings.value(SIDE, BOTH))

    def show_side(self) -> None:
        """Show whether points go in on both sides."""
        if self.side != BOTH:
            self._one_side = self.side
        self.both.setChecked(self.side == BOTH)

    def _switch_sides(self, both: bool) -> None:  # noqa: FBT001  # Qt's own signal
        self._settings.setValue(SIDE, BOTH if both else self._one_side)
        self._read()

    def _changed(self, change: object) -> None:
        if getattr(change, "kind", "") == "protocol":
            self.reading.forget()

    def _show(self, visit: Visit) -> None:
        if visit.id != self._visit_id:
            self._unplaced[self._visit_id] = self.line.text()
            self._visit_id = visit.id
            self.reading.forget()
            self._placed.clear()
            self._treatment.retention = int(str(self._settings.value(RETENTION, USUAL_RETENTION)))
            self.line.write(self._unplaced.pop(visit.id, ""))
        self.setEnabled(not visit.is_closed)
        self._read()

    # Reading

    def _typed(self) -> None:
        self._told = False
        self._read()
        self._offer_completions()

    def _moved(self) -> None:
        """Offer what a word may have been meant to be, once the keys stand in it."""
        if self.line.text() != self.reading.text:
            return  # it is on its way to be read
        self._colour()
        if not self.offers.isVisible() and self.line.hasFocus() and (wrong := self.reading.wrong_at(self.line.place)):
            self._offer_readings(wrong)

    def _read(self) -> None:
        self.reading.read(self.line.text(), self.side)
        self.typed.emit(self.reading.ghosts)
        self._colour()
        self._say()

    def _colour(self) -> None:
        """Colour the words; the one that is still being typed is not underlined yet."""
        place = self.line.place
        self.line.show_words(self.reading.words, [each for each in self.reading.effect.misread if self._told or each.end != place])

    def _say(self) -> None:
        """What Enter would do, to the right; beneath it why something stays, or what can be typed."""
        told = self.reading.promise()
        self.count.setText(told)
        self.go.setEnabled(bool(told))
        if told != self.go.toolTip():
            set_icon(self.go, "check" if self.line.text().strip() else "needle", "accent")
            self.go.setToolTip(told)
            self.go.setAccessibleName(told)
        wrong = self.reading.effect.misread
        sentence = wrong[0].sentence if wrong and self._told else ""
        if sentence and len(wrong[0].suggestions) == 1:
            sentence = f"{sentence} Tab takes {wrong[0].suggestions[0]}."
        empty = self.line.document().isEmpty()
        planned = self._treatment.draft is not None and self._treatment.draft.count.planned
        self.line.setPlaceholderText("ST36 SP6 b 30m, 足三里, @dpn" if not planned else "")
        set_flag(self._frame, "invalid", bool(sentence))
        set_flag(self.says, "role", "error" if sentence else "small")
        self.says.setText(sentence or (self._taught() if empty and not planned else ""))
        self.line.setAccessibleDescription(". ".join(word for word in (self.count.text(), sentence) if word))

    def _taught(self) -> str:
        """As much of what can be typed as there is room for, and no half of a word."""
        parts = TEACH.split(" · ")
        while parts and self.says.fontMetrics().horizontalAdvance(" · ".join(parts)) > self.width() - 24:
            parts.pop()
        return " · ".join(parts)

    # Doing

    def _enter(self) -> None:
        text, effect = self.line.text(), self.reading.effect
        self.offers.hide()
        if not text.strip():
            self.insert_wanted.emit()
            return
        stack = self._treatment.stack
        before = stack.index()
        self.line.write("")  # nothing is to be read while it is done
        done = self._treatment.prescribe(effect)
        if done and stack.index() > before:
            self._placed.append((stack.command(before), text, effect.rest))
        self.line.write(effect.rest if done else text)
        self._told = True
        self._colour()
        self._say()
        self.placed.emit()
        if wrong := self.reading.wrong_after(-1):
            self.line.setTextCursor(self.line.stretch(wrong.end, wrong.end))
            self._offer_readings(wrong)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.line, self.line.accessibleDescription() or "Placed"))

    def _stepped(self, index: int) -> None:
        """Give back the words with the step that is undone, and take them away with the step that is done again."""
        stack, line = self._treatment.stack, self.line
        if not isValid(stack) or not stack.count():  # it goes, or turns to another visit
            self._placed.clear()
            return
        undone = stack.command(index)
        done = stack.command(index - 1)
        for step, typed, stayed in self._placed:
            if step is undone and line.text() == stayed:
                line.write(typed)
            elif step is done and line.text() == typed:
                line.write(stayed)

    # Offering

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.offers.stand()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say()
        self.offers.stand()

    def offer(self) -> None:
        """Offer what the next word that is not understood may have been meant to be."""
        self.line.setFocus()
        if wrong := self.reading.wrong_after(self.line.place):
            self._told = True
            self._read()
            self.line.setTextCursor(self.line.stretch(wrong.end, wrong.end))
            self._offer_readings(wrong)

    def _offer_readings(self, wrong: Misread) -> None:
        self._word = wrong.start, wrong.end
        self.offers.show_offers(self.reading.nearest(wrong))

    def _offer_completions(self) -> None:
        place = self.line.place
        start, offered = self.reading.completions(place) if self.line.hasFocus() else (place, ())
        self._word = start, place
        self.offers.show_offers(offered)

    def _take(self, completion: Completion) -> None:
        """Put what was chosen in the place of the word."""
        start, end = self._word
        space = "" if self.line.text()[end : end + 1].isspace() else " "
        self.line.stretch(start, end).insertText(completion.word + space)
        self.offers.hide()
        self.line.setFocus()

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            set_flag(self._frame, "focused", kind == QEvent.Type.FocusIn)
            if kind == QEvent.Type.FocusIn:
                self.reading.learn()  # now, so that no key waits for it
            else:
                self.offers.hide()
        elif kind == QEvent.Type.ShortcutOverride and self._leaves(cast("QKeyEvent", event)):
            event.ignore()
            return True
        elif kind == QEvent.Type.ShortcutOverride and cast("QKeyEvent", event).key() == Qt.Key.Key_Escape and self.line.text():
            event.accept()  # it is for the words here, before it is for a panel of the page
            return True
        elif kind == QEvent.Type.KeyPress:
            return self._pressed(cast("QKeyEvent", event))
        return super().eventFilter(watched, event)

    def _leaves(self, event: QKeyEvent) -> bool:
        """Undo and redo are the line's own while there is something to undo in it; else they are the visit's."""
        document = self.line.document()
        undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
        return (event.matches(undo) and not document.isUndoAvailable()) or (event.matches(redo) and not document.isRedoAvailable())

    def _pressed(self, event: QKeyEvent) -> bool:
        """Do what a key means here; True if the field is to know nothing of it."""
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        offered, chosen = self.offers.isVisible(), self.offers.chosen
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if plain:
                if not event.isAutoRepeat():  # a key that is held down must not go on to insert
                    self._take(chosen) if chosen else self._enter()
            case Qt.Key.Key_Down | Qt.Key.Key_Up if offered:
                self.offers.step(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Right | Qt.Key.Key_Left if chosen:
                self.offers.step(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Tab if offered and (chosen or self.reading.wrong_at(self.line.place)):
                self._take(cast("Completion", chosen or self.offers.first))
            case Qt.Key.Key_Escape if offered:
                self.offers.hide()
            case Qt.Key.Key_Escape if self.line.text():
                self.clear()
            case _:
                return False
        return True

    def clear(self) -> None:
        """Take the words away; undo brings them back."""
        cursor = self.line.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
