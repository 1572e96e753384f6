"""A list of what the library holds: a short name, and beside it a name over what it is, under headings that can't be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from neuro_chart.ui.map_layers import channel_colour
from neuro_chart.ui.theme import BODY, SMALL, Theme
from neuro_chart.ui.visit_list import paint_row

ROW, HEADING = 52, 40
MARK = 84  # px for a short name such as EX-B2.T10
_Role = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """One thing: its key, the short name that is set off, its name and what stands beneath it; spoken, if that is more than these say."""

    key: str
    mark: str
    first: str
    second: str
    spoken: str = ""


@dataclass(frozen=True)
class Heading:
    """What the rows beneath have in common; `channel` gives it the colour of that channel's course."""

    name: str
    channel: str = ""


def found_words(number: int, what: str, words: str) -> str:
    """How many were found: `17 protocols`, or that nothing answers to the words that were searched."""
    return f"{number} {what}{'' if number == 1 else 's'}" if number else f"No {what} answers to “{words.strip()[:24]}”."


class ShelfRows(QAbstractListModel):
    """Rows, and between them the headings."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Row | Heading] = []

    def show_entries(self, entries: Sequence[Row | Heading]) -> None:
        """Show these."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt calls it
        return 0 if parent.isValid() else len(self.entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.entries[index.row()], Row):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == _Role.UserRole:
            return entry
        if role in {_Role.DisplayRole, _Role.AccessibleTextRole}:
            if isinstance(entry, Row):
                return entry.spoken or f"{entry.mark} {entry.first}, {entry.second}"
            return ", ".join(part for part in (entry.name, entry.channel) if part)
        return None

    def is_heading(self, at: int) -> bool:
        """Whether a heading stands in a row, if it is there."""
        return 0 <= at < len(self.entries) and isinstance(self.entries[at], Heading)

    def row_of(self, key: str) -> int:
        """Where a thing stands, or -1."""
        return next((at for at, entry in enumerate(self.entries) if isinstance(entry, Row) and entry.key == key), -1)


class Shelf(QListView):
    """The list itself: `turned_to(key)` when another thing becomes the current one, `read_wanted()` by Enter."""

    turned_to = Signal(str)
    read_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.rows = ShelfRows(self)
        self.setModel(self.rows)
        self.setItemDelegate(_RowPainter(self))
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._current)
        self.activated.connect(self.read_wanted)

    def turn_to(self, key: str) -> None:
        """Make a thing the current one and bring it into sight; the first one for a key that isn't there."""
        at = self.rows.row_of(key)
        if at < 0:
            at = next((at for at in range(len(self.rows.entries)) if not self.rows.is_heading(at)), -1)
        index = self.rows.index(at)
        in_sight = self.viewport().rect().contains(self.visualRect(index))
        self.setCurrentIndex(index)
        if not in_sight:
            self.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def _current(self, index: QModelIndex) -> None:
        if self.rows.is_heading(index.row() - 1):
            self.scrollTo(self.rows.index(index.row() - 1))  # its heading comes into sight with it
        entry = index.data(_Role.UserRole)
        if isinstance(entry, Row):
            self.turned_to.emit(entry.key)


class _RowPainter(QStyledItemDelegate):
    """A thing: its short name, and beside it its name over what it is; a heading: a stroke in its channel's colour, and its name."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf)
        self._shelf = shelf

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # Qt's signature
        return QSize(120, ROW if index.flags() else HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(_Role.UserRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Row):
            self._paint_row(painter, option, index, entry)
        else:
            self._paint_heading(painter, option, entry)
        painter.restore()

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, entry: Row) -> None:
        theme = Theme.of(option.widget)
        current = self._shelf.currentIndex().row()
        if not self._shelf.rows.is_heading(index.row() - 1) or index.row() == current:
            paint_row(painter, option, index, current, 10)
        inner = option.rect.adjusted(10, 7, -8, -7)
        second = QRect(inner.left() + MARK, inner.top() + 20, inner.width() - MARK, 18)
        first = QRect(second.left(), inner.top(), second.width(), 20)
        painter.setPen(theme.color("text"))
        painter.setFont(_font(option.font, BODY, QFont.Weight.DemiBold))
        _put(painter, QRect(inner.left(), inner.top(), MARK - 8, 20), entry.mark)
        painter.setFont(_font(option.font, BODY))
        _put(painter, first, entry.first)
        painter.setFont(_font(option.font, SMALL))
        painter.setPen(theme.color("muted"))
        _put(painter, second, entry.second)

    @staticmethod
    def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, entry: Heading) -> None:
        theme = Theme.of(option.widget)
        inner = option.rect.adjusted(10, 14, -8, -6)
        colour = channel_colour(entry.channel, theme) if entry.channel else theme.color("line")
        painter.setPen(QPen(colour, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(inner.left() + 2, inner.top() + 3, inner.left() + 2, inner.bottom() - 2)
        painter.setFont(_font(option.font, SMALL, QFont.Weight.DemiBold))
        painter.setPen(theme.color("muted"))
        _put(painter, inner.adjusted(12, 0, 0, 0), entry.name)


def _font(like: QFont, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    made = QFont(like)
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


def _put(painter: QPainter, box: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, elided)
