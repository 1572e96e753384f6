"""What a word of the prescription line may become, offered over the line."""

from collections.abc import Iterable
from itertools import accumulate

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from neuro_chart.clinic.completing import Completion
from neuro_chart.ui.theme import TARGET, Theme

OFFERED = Qt.ItemDataRole.UserRole
EDGE, GAP = 12, 8


class Offer(QStyledItemDelegate):
    """Draws what a word may become: the word, and more quietly what it means."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        word, meaning = self._parts(index)
        wide = QFontMetrics(_bold(option.font)).horizontalAdvance(word) + QFontMetrics(option.font).horizontalAdvance(meaning)
        return QSize(wide + GAP + 2 * EDGE, TARGET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        theme = Theme.of(option.widget)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), 6, 6)
        word, meaning = self._parts(index)
        place, middle = option.rect.adjusted(EDGE, 0, -EDGE, 0), Qt.AlignmentFlag.AlignVCenter
        painter.setFont(_bold(option.font))
        painter.setPen(theme.color("text"))
        painter.drawText(place, middle, word)
        place.adjust(painter.fontMetrics().horizontalAdvance(word) + GAP, 0, 0, 0)
        painter.setFont(option.font)
        painter.setPen(theme.color("muted"))
        painter.drawText(place, middle, meaning)

    def _parts(self, index: QModelIndex | QPersistentModelIndex) -> tuple[str, str]:
        offered: Completion = index.data(OFFERED)
        return offered.word, offered.meaning


class Offers(QListView):
    """What a word may become, side by side over the line, so that the body stays in sight. The line keeps the keys.

    `taken(Completion)`: one was clicked.
    """

    taken = Signal(object)

    def __init__(self, line: QWidget) -> None:
        super().__init__(line)
        self._line = line
        self.setProperty("role", "offers")
        self.setAccessibleName("What the word may become")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._offered = QStandardItemModel(self)
        self.setModel(self._offered)
        self.setItemDelegate(Offer(self))
        self.clicked.connect(lambda index: self.taken.emit(index.data(OFFERED)))
        self.hide()

    @property
    def chosen(self) -> Completion | None:
        """The one that the arrows have come to."""
        return self.currentIndex().data(OFFERED) if self.isVisible() else None

    @property
    def first(self) -> Completion | None:
        """The best one, while any is offered."""
        return self._offered.index(0, 0).data(OFFERED) if self.isVisible() else None

    def show_offers(self, offered: Iterable[Completion]) -> None:
        """Offer as many of these as there is room for above the line, best first; nothing to offer hides it."""
        self._offered.clear()
        for each in offered:
            item = QStandardItem(each.word)
            item.setData(each, OFFERED)
            item.setData(f"{each.word} {each.meaning}".strip(), Qt.ItemDataRole.AccessibleTextRole)
            self._offered.appendRow(item)
        window = self._line.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.setVisible(bool(self._offered.rowCount()))
        self.stand()

    def stand(self) -> None:
        """Take a place above the line, with those that there is room for."""
        if not self.isVisible():
            return
        frame, rows = 2 * self.frameWidth(), range(self._offered.rowCount())
        ends = list(accumulate(self.sizeHintForIndex(self._offered.index(row, 0)).width() for row in rows))
        room = self._line.width() - frame
        fit = max(1, sum(end <= room for end in ends))
        self._offered.setRowCount(fit)
        corner = self._line.mapTo(self._line.window(), QPoint(0, 0))
        self.setGeometry(corner.x(), corner.y() - TARGET - frame - 4, min(ends[fit - 1], room) + frame, TARGET + frame)
        self.raise_()

    def step(self, by: int) -> None:
        """Come to the next one or the one before, and say which."""
        number, row = self._offered.rowCount(), self.currentIndex().row()
        index = self._offered.index((row + by) % number if row >= 0 else (0 if by > 0 else number - 1), 0)
        self.setCurrentIndex(index)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._line, str(index.data(Qt.ItemDataRole.AccessibleTextRole))))


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made
