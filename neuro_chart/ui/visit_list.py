"""Visits as a list to read, to walk with the keys and to open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from neuro_chart.clinic.history import used, visit_words
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.theme import SMALL, Theme

_VISIT = Qt.ItemDataRole.UserRole
_STATE = Qt.ItemDataRole.UserRole + 1
ROW = 76


def state_word(visit: Visit) -> str:
    """Draft, signed or amended; a draft with needles that were pulled says how many are to be counted."""
    if visit.signed is None and (left := visit.count.uncounted):
        return f"{left} to count out"
    return "Draft" if visit.signed is None else "Amended" if visit.amendments else "Signed"


class VisitList(QListWidget):
    """Visits, the newest first.

    `visit_chosen(visit_id)` on click and Enter, `pointed(visit_id)` when another row comes under the keys or the mouse.
    """

    visit_chosen = Signal(str)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(VisitRow(self))
        self.setAccessibleName("Visits")
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.itemEntered.connect(self.setCurrentItem)
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        self.currentItemChanged.connect(self._point)

    def show_visits(self, visits: Sequence[Visit], origin: Callable[[Visit], str] = lambda _: "") -> None:
        """Show these visits in their order; origin: the record that one comes from which was charted in another, or nothing."""
        self.blockSignals(True)
        self.clear()
        for visit in visits:
            day, places = long_day(local_day(visit.started)), ", ".join(used(visit))
            state = " · ".join(filter(None, (state_word(visit), origin(visit))))
            item = QListWidgetItem(f"{day}, {state[0].lower()}{state[1:]}: {visit_words(visit)}. {places}".rstrip())
            item.setData(_VISIT, visit)
            item.setData(_STATE, state)
            self.addItem(item)
        self.blockSignals(False)

    def point_at(self, visit_id: str) -> None:
        """Mark a visit without announcing it."""
        self.blockSignals(True)
        for index in range(self.count()):
            if self.item(index).data(_VISIT).id == visit_id:
                self.setCurrentRow(index)
                self.scrollToItem(self.item(index))
        self.blockSignals(False)

    def _choose(self, item: QListWidgetItem) -> None:
        self.visit_chosen.emit(item.data(_VISIT).id)

    def _point(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.pointed.emit(item.data(_VISIT).id)


class VisitRow(QStyledItemDelegate):
    """Three lines a visit: the day and its state, needles and scores, the points."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002  # Qt's signature
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        visit: Visit = index.data(_VISIT)
        box: QRect = option.rect
        theme = Theme.of(option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row(painter, option, index, self._view.currentRow(), 12)
        inner = box.adjusted(12, 10, -12, -10)
        line = inner.height() // 3
        bold, small = QFont(painter.font()), QFont(painter.font())
        bold.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(SMALL)
        first = QRect(inner.left(), inner.top(), inner.width(), line)
        painter.setFont(small)
        painter.setPen(theme.color("warning" if visit.signed is None else "muted"))
        word = index.data(_STATE)
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, word)
        room = inner.width() - painter.fontMetrics().horizontalAdvance(word) - 12
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        _put(painter, first.adjusted(0, 0, room - inner.width(), 0), long_day(local_day(visit.started)))
        painter.setFont(small)
        _put(painter, first.translated(0, line), visit_words(visit))
        painter.setPen(theme.color("muted"))
        _put(painter, first.translated(0, 2 * line), "  ".join(used(visit)))
        painter.restore()


def paint_row(
    painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, current: int, margin: int
) -> None:
    """The ground of a row: a soft shape under the one that is chosen, a thin line between the others."""
    theme, box = Theme.of(option.widget), option.rect
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft"))
        painter.drawRoundedRect(box.adjusted(0, 2, 0, -2), 10, 10)
    elif index.row() and index.row() != current + 1:
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(box.left() + margin, box.top(), box.right() - margin, box.top())


def _put(painter: QPainter, box: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, elided)
