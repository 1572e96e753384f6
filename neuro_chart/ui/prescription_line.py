"""The line under the body, in which a prescription is typed: read at each key, shown as ghosts, placed by Enter."""

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QObject, QSettings, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QKeySequence,
    QMoveEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.completing import Completion, complete, points_used
from neuro_chart.clinic.needles import USUAL_RETENTION
from neuro_chart.clinic.notation import Misread, Reading, read, write
from neuro_chart.clinic.prescribing import Effect, Names, Prescribing, speaks_of_none
from neuro_chart.clinic.protocols import known
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.line_words import Offers, colour
from neuro_chart.ui.protocol_menu import ProtocolMenu
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button, label, set_flag

SIDE, RETENTION = "visit/side", "visit/retention"
BOTH = "both"
ROW, ROWS = TARGET - 2, 3
TEACH = "b both · l left · r right · 30m · 1.5c deep · + tonify · - drain · @ protocols · -ST36 takes off · * all"


class Line(QPlainTextEdit):
    """A field of one row that grows to three. Whatever is pasted comes in as plain text."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def text(self) -> str:
        """What stands in it."""
        return self.toPlainText()

    def write(self, text: str) -> None:
        """Put a text in it, and the keys behind its end."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(source.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height, rows = self.fontMetrics().lineSpacing(), int(self.document().size().height())
        above = (ROW - height) // 2
        self.setViewportMargins(8, above, 8, ROW - height - above)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded if rows > ROWS else Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(ROW + height * (min(max(rows, 1), ROWS) - 1))


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
        self._names: Names | None = None
        self._used: dict[str, int] = {}
        self._unplaced: dict[str, str] = {}  # what stands in the lines of other visits
        self._placed: dict[int, tuple[str, str]] = {}  # by the step of undo: what was typed, and what of it stayed
        self._read_text, self._reading, self._effect = "", Reading(), Effect()
        self._word = 0, 0  # from where to where what is taken of the offers goes
        self._told = False
        self.line = Line()
        self.line.setAccessibleName("Prescription")
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

    def _learn(self) -> Names:
        """What the patient's earlier visits and the protocols give to type."""
        treatment = self._treatment
        if self._names is None and (visit := treatment.visit) is not None:
            library, records = treatment.library, treatment.chart.records
            earlier = [each for each in records.visits(visit.patient_id) if each.id != visit.id]
            last = write(treatment.last.needles, treatment.last.adjuncts, library.catalogue) if treatment.last else ""
            self._used = points_used(earlier)
            self._names = Names.of(known(library.protocols, records.protocols()), earlier, last)
        return self._names or Names({}, {})

    def _changed(self, change: object) -> None:
        if getattr(change, "kind", "") == "protocol":
            self._names = None

    def _show(self, visit: Visit) -> None:
        if visit.id != self._visit_id:
            self._unplaced[self._visit_id] = self.line.text()
            self._visit_id, self._names = visit.id, None
            self._placed.clear()
            self._treatment.retention = int(str(self._settings.value(RETENTION, USUAL_RETENTION)))
            self.line.write(self._unplaced.pop(visit.id, ""))
        self.setEnabled(visit.signed is None)
        self._read()

    # Reading

    def _typed(self) -> None:
        self._told = False
        self._read()
        self._offer_completions()

    def _moved(self) -> None:
        """Offer what a word may have been meant to be, once the keys stand in it."""
        if self.line.text() != self._read_text:
            return  # it is on its way to be read
        self._colour()
        if not self.offers.isVisible() and self.line.hasFocus():
            self._offer_readings(self._wrong_here())

    def _read(self) -> None:
        treatment, text = self._treatment, self.line.text()
        self._read_text, visit = text, treatment.draft
        if visit is None or not text.strip():
            self._reading, self._effect = Reading(), Effect()
        else:
            names, catalogue = self._learn(), treatment.library.catalogue
            self._reading = reading = read(text, catalogue, names.lines, self.side)
            if speaks_of_none(reading):  # so it is of those that are selected
                reading = replace(reading, every=read(f"* {text}", catalogue).every)
            self._effect = Prescribing(
                text, reading, visit, treatment.library.atlas,
                names=names, retention=treatment.usual_retention, selected=treatment.selected,
            ).effect()  # fmt: skip
        self.typed.emit([(needle.site, needle.point) for needle in self._effect.fresh(visit)] if visit else [])
        self._colour()
        self._say()

    def _colour(self) -> None:
        """Colour the words; the one that is still being typed is not underlined yet."""
        place = self.line.textCursor().position()
        wrong = [each for each in self._effect.misread if self._told or each.end != place]
        colour(self.line, self._reading.words, wrong)

    def _say(self) -> None:
        """What Enter would do, to the right; beneath it why something stays, or what can be typed."""
        told = self._count_words()
        self.count.setText(told)
        self.go.setVisible(bool(told))
        if told != self.go.toolTip():
            set_icon(self.go, "check" if self.line.text().strip() else "needle", "accent")
            self.go.setToolTip(told)
            self.go.setAccessibleName(told)
        wrong = self._effect.misread
        sentence = wrong[0].sentence if wrong and self._told else ""
        empty = self.line.document().isEmpty()
        planned = self._treatment.draft is not None and self._treatment.draft.count.planned
        self.line.setPlaceholderText("ST36 SP6 b 30m, san yin jiao, 足三里, @dpn" if not planned else "")
        set_flag(self._frame, "invalid", bool(sentence))
        set_flag(self.says, "role", "error" if sentence else "small")
        self.says.setText(sentence or (TEACH if empty and not planned else ""))
        self.line.setAccessibleDescription(". ".join(word for word in (self.count.text(), sentence) if word))

    def _count_words(self) -> str:
        visit, effect = self._treatment.draft, self._effect
        if visit is None:
            return ""
        if self.line.document().isEmpty():
            return f"Enter inserts {visit.count.planned}" if visit.count.planned else ""
        fresh = len(effect.fresh(visit))
        parts = [f"{fresh} needle{'' if fresh == 1 else 's'}"] if fresh else []
        parts += [part.kind.lower() for part in effect.put if isinstance(part, Adjunct)]
        changed = len(effect.put) - fresh - (len(parts) - bool(fresh))
        parts += [f"{changed} changed"] if changed else []
        parts += [f"{len(effect.off)} off"] if effect.off else []
        return f"{', '.join(parts)} · {'Enter to place' if fresh else 'Enter'}" if parts else ""

    # Doing

    def _enter(self) -> None:
        text, effect = self.line.text(), self._effect
        self.offers.hide()
        if not text.strip():
            self.insert_wanted.emit()
            return
        if self._treatment.prescribe(effect):
            self._placed[self._treatment.stack.index()] = (text, effect.rest)
            self.line.write(effect.rest)
            self.placed.emit()
        self._told = True
        self._read()
        if wrong := next(iter(self._effect.misread), None):
            self._go_to(wrong.end)
            self._offer_readings(wrong)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.line, self.line.accessibleDescription() or "Placed"))

    def _stepped(self, index: int) -> None:
        """Give back the words with the step that is undone, and take them away with the step that is done again."""
        stack = self._treatment.stack
        if not isValid(stack) or not stack.count():  # it goes, or turns to another visit
            self._placed.clear()
        for at, (typed, stayed) in self._placed.items():
            if index == at - 1 and self.line.text() == stayed:
                self.line.write(typed)
            elif index == at and self.line.text() == typed:
                self.line.write(stayed)

    # Offering

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.offers.stand()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.offers.stand()

    def offer(self) -> None:
        """Offer what the next word that is not understood may have been meant to be."""
        self.line.setFocus()
        place = self.line.textCursor().position()
        wrong = self._effect.misread
        if after := next((each for each in wrong if each.end > place), next(iter(wrong), None)):
            self._told = True
            self._read()
            self._go_to(after.end)
            self._offer_readings(after)

    def _wrong_here(self) -> Misread | None:
        place = self.line.textCursor().position()
        return next((each for each in self._effect.misread if each.start <= place <= each.end), None)

    def _offer_readings(self, wrong: Misread | None) -> None:
        if wrong is not None:
            self._word = wrong.start, wrong.end
            catalogue = self._treatment.library.catalogue
            told = (Completion(word, catalogue[word].pinyin if word in catalogue else "") for word in wrong.suggestions)
            self.offers.show_offers(told)

    def _offer_completions(self) -> None:
        cursor = self.line.textCursor()
        text = self.line.text()[: cursor.position()]
        if not self.line.hasFocus() or not text.strip() or self.line.text()[cursor.position() :][:1].strip():
            self.offers.hide()
            return
        words = [word for word in self._reading.words if word.end <= len(text)]
        start, offered = complete(text, words, self._treatment.library.catalogue, self._learn(), self._used)
        self._word = start, len(text)
        self.offers.show_offers(offered)

    def _take(self, completion: Completion) -> None:
        """Put what was chosen in the place of the word."""
        start, end = self._word
        cursor = self.line.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        space = "" if self.line.text()[end : end + 1].isspace() else " "
        cursor.insertText(completion.word + space)
        self.offers.hide()
        self.line.setFocus()

    def _go_to(self, place: int) -> None:
        cursor = self.line.textCursor()
        cursor.setPosition(place)
        self.line.setTextCursor(cursor)

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            set_flag(self._frame, "focused", kind == QEvent.Type.FocusIn)
            if kind == QEvent.Type.FocusIn:
                self._learn()  # now, so that no key waits for it
            else:
                self.offers.hide()
        elif kind == QEvent.Type.ShortcutOverride and self._leaves(cast("QKeyEvent", event)):
            event.ignore()
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
            case Qt.Key.Key_Tab if offered and (chosen or self._wrong_here()):
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
