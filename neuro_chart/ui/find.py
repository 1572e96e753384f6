"""Words searched across the notes of all patients."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSettings,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFont, QHideEvent, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.place import keep_words
from neuro_chart.ui.privacy import initials_only
from neuro_chart.ui.theme import SMALL, Theme
from neuro_chart.ui.visit_list import paint_row
from neuro_chart.ui.widgets import Empty, ListKeys, card, label, page_title, row

if TYPE_CHECKING:
    from neuro_chart.store.questions import Found

SEARCH_AFTER = 150
SEEN_AFTER = 2000  # ms that results rest on the screen before the trail tells of them
MOST = 100
ROW, LINES = 76, 2
_FOUND = Qt.ItemDataRole.UserRole
_TEACH_WORDS = (
    "Every visit whose note, amendment or aftercare holds all of them is listed as you type, newest first: "
    "a symptom, a reaction, a phrase of yours. Accents and capitals don't matter, and part of a word is enough."
)
_TEACH = ("Type words of a note", _TEACH_WORDS)
_NOTHING = ("Nothing found", "No note holds all these words. Fewer words, or a part of one, find more.")


class FindPage(QWidget):
    """One line to type in, and the visits whose notes hold the words: `visit_chosen(patient_id, visit_id)`.

    The trail tells once for each search whose words came into sight, when they rest there for a moment or one of the visits is opened.
    """

    visit_chosen = Signal(str, str)

    def __init__(self, chart: OpenChart, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings = chart, settings
        self.line = QLineEdit()
        self.line.setPlaceholderText("Words in the notes of all patients")
        self.line.setAccessibleName("Find in all notes")
        keep_words(self.line)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._wait)
        self.line.returnPressed.connect(self._open_current)
        self.setFocusProxy(self.line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER)
        self._timer.timeout.connect(self._search_in_sight)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SEEN_AFTER)
        self._rest.timeout.connect(self._tell_seen)
        self._words: list[str] = []  # that are searched for now
        self._shown: set[str] = set()  # the patients whose words came into sight
        self._told: set[str] = set()  # and of whom the trail tells that
        self.list = QListWidget()
        self.list.setAccessibleName("Visits found")
        self.list.setItemDelegate(FoundRow(self.list))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setCursor(Qt.CursorShape.PointingHandCursor)
        ListKeys(self.line, self.list)
        self.list.itemClicked.connect(self._open)
        self.list.itemActivated.connect(self._open)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._count = label("", "small")
        self._empty = Empty("search", *_TEACH)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(card(self.list, margins=8))
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 24, 32, 24)
        box.setSpacing(16)
        box.addWidget(row(page_title("Find in notes"), self._count, None))
        box.addWidget(self.line)
        box.addWidget(self._pages, 1)
        chart.changed.connect(self._changed)
        self.search()

    @property
    def hint(self) -> str:
        """What the page says while it shows no visit."""
        return self._empty.title.text() if not self.list.count() else ""

    def _wait(self) -> None:
        self._rest.stop()
        if not self._timer.isActive():
            self._timer.start()

    def _changed(self, change: object) -> None:
        if self.isVisible() and getattr(change, "kind", "") != "treatment":
            self._wait()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.search()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.stop()

    def _search_in_sight(self) -> None:
        if self.isVisible():
            self.search()

    def search(self) -> None:
        """Show what the words find now."""
        self._timer.stop()
        words = self.line.text()
        found = self._chart.records.find_in_notes(words, limit=MOST) if words.strip() else []
        kept = self.list.currentItem().data(_FOUND).visit_id if self.list.currentItem() else ""
        self.list.clear()
        hidden = initials_only(self._settings)
        for each in found:
            name = each.patient_initials if hidden else each.patient_name
            item = QListWidgetItem(f"{name}, {_when(each)}: {each.excerpt}")
            item.setData(_FOUND, each)
            item.setData(_FOUND + 1, words)
            item.setData(_FOUND + 2, name)
            self.list.addItem(item)
        self.list.setCurrentRow(next((at for at, each in enumerate(found) if each.visit_id == kept), 0))
        self._pages.setCurrentIndex(1 if found else 0)
        for made, text in zip((self._empty.title, self._empty.words), _NOTHING if words.strip() else _TEACH, strict=True):
            made.setText(text)
        number = f"the newest {MOST}" if len(found) == MOST else QLocale().toString(len(found))
        self._count.setText("" if not found else "1 visit" if len(found) == 1 else f"{number} visits")
        if words.split() != self._words:
            self._words = words.split()
            self._shown.clear()
            self._told.clear()
        if found and self.isVisible():
            self._rest.start()

    def _in_sight(self) -> set[str]:
        """The patients whose words stand in the part of the list that is shown."""
        shown = self.list.viewport().rect()
        items = (self.list.item(at) for at in range(self.list.count()))
        return {item.data(_FOUND).patient_id for item in items if self.list.visualItemRect(item).intersects(shown)}

    def _scrolled(self) -> None:
        if self.isVisible():
            self._shown |= self._in_sight()
            if not self._rest.isActive():  # else who scrolls on and on would never be told of
                self._rest.start()

    def _tell_seen(self) -> None:
        self._rest.stop()
        seen = (self._shown | self._in_sight()) - self._told
        if seen:
            self._told |= seen
            self._chart.act(partial(self._chart.records.seen_in_search, sorted(seen)))

    def _open_current(self) -> None:
        if self._timer.isActive():
            self.search()
        if item := self.list.currentItem():
            self._open(item)

    def _open(self, item: QListWidgetItem) -> None:
        self._tell_seen()
        found: Found = item.data(_FOUND)
        self.visit_chosen.emit(found.patient_id, found.visit_id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.line.selectAll()


class FoundRow(QStyledItemDelegate):
    """A visit found: who and when, and beneath it the words in their place, set off from the rest."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002  # Qt's signature
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found: Found = index.data(_FOUND)
        theme, box = Theme.of(option.widget), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row(painter, option, index, self._view.currentRow(), 16)
        inner = box.adjusted(16, 12, -16, -8)
        first = QRect(inner.left(), inner.top(), inner.width(), 20)
        bold, small = QFont(option.font), QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(SMALL)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        day = _when(found)
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, day)
        room = inner.width() - painter.fontMetrics().horizontalAdvance(day) - 16
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        name = painter.fontMetrics().elidedText(index.data(_FOUND + 2), Qt.TextElideMode.ElideRight, room)
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        self._paint_excerpt(
            painter, option, found.excerpt, index.data(_FOUND + 1), QRect(inner.left(), inner.top() + 24, inner.width(), 40)
        )
        painter.restore()

    def _paint_excerpt(self, painter: QPainter, option: QStyleOptionViewItem, text: str, words: str, box: QRect) -> None:
        theme = Theme.of(option.widget)
        set_off = QTextCharFormat()
        set_off.setFontWeight(QFont.Weight.DemiBold)
        set_off.setForeground(theme.color("accent"))
        layout = QTextLayout(text, option.font)
        wrapping = QTextOption()
        wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(wrapping)
        layout.setFormats([_range(start, length, set_off) for start, length in places(text, words)])
        layout.beginLayout()
        y = 0.0
        for _ in range(LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(box.width())
            line.setPosition(QPointF(0, y))
            y += 20
        layout.endLayout()
        painter.setPen(theme.color("text"))
        layout.draw(painter, QPointF(box.topLeft()))


def _when(found: "Found") -> str:
    """The day of a visit that was found, and whether its record lies in the archive."""
    day = long_day(local_day(found.started))
    return f"archived · {day}" if found.archived else day


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words stand in a text, whatever their case and accents: (start, length), counted as Qt counts (UTF-16)."""
    folded, origin = "", []
    for at, char in enumerate(text):
        part = fold(char) or (" " if char.isspace() else "")
        folded += part
        origin += [at] * len(part)
    found = []
    for word in fold(words).split():
        start = folded.find(word)
        while start >= 0:
            first, last = origin[start], origin[start + len(word) - 1] + 1
            before, inside = text[:first].encode("utf-16-le"), text[first:last].encode("utf-16-le")
            found.append((len(before) // 2, len(inside) // 2))
            start = folded.find(word, start + len(word))
    return found


def _range(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, look
    return made
