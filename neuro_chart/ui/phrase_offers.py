"""The phrases that fit what is being typed, to choose from."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from neuro_chart.clinic.phrases import START, Phrase
from neuro_chart.ui.theme import TARGET, Theme

MOST = 5  # phrases in sight at once
WIDTH = 380
KEY_WIDTH = 76


class Offers(QListWidget):
    """Phrases to choose from: `chosen(Phrase)`. The keys stay in the text."""

    chosen = Signal(object)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.setProperty("role", "popup")
        self.setAccessibleName("Phrases")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setItemDelegate(OfferRow(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.itemClicked.connect(self._choose)
        self.currentRowChanged.connect(self._announce)
        self.hide()

    def offer(self, phrases: Sequence[Phrase], text: QPlainTextEdit, *, begun: bool) -> None:
        """Show these beneath the cursor of a text; the first is chosen once a key is begun."""
        self.clear()
        for phrase in phrases:
            item = QListWidgetItem(f"{START}{phrase.key} {phrase.text}")
            item.setData(Qt.ItemDataRole.UserRole, phrase)
            self.addItem(item)
        if begun:
            self.setCurrentRow(0)
        self.stand_by(text)
        self.show()
        self.raise_()

    def stand_by(self, text: QPlainTextEdit) -> None:
        """Stand beneath the cursor of a text, or above it where there is no room."""
        page, spot = self._page, text.cursorRect()
        height = min(self.count(), MOST) * TARGET + 2 * self.frameWidth()
        width = min(WIDTH, page.width() - 16)
        left = min(text.mapTo(page, QPoint(0, 0)).x(), page.width() - width - 8)
        under = text.mapTo(page, spot.bottomLeft()).y() + 4
        top = under if under + height <= page.height() else text.mapTo(page, spot.topLeft()).y() - height - 4
        self.setGeometry(max(8, left), max(0, top), width, height)

    def take_key(self, key: Qt.Key) -> bool:
        """Walk, choose or go away by a key of the text; False where the key means nothing here."""
        row = self.currentRow()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.setCurrentRow((row + (1 if key == Qt.Key.Key_Down else -1 if row >= 0 else 0)) % self.count())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and row >= 0:
            self._choose(self.item(row))
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _announce(self, at: int) -> None:
        """Let a screen reader say the phrase that Enter would take."""
        if at >= 0 and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.item(at).text()))

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class OfferRow(QStyledItemDelegate):
    """A phrase: its key, and how it begins."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        phrase, theme, box = index.data(Qt.ItemDataRole.UserRole), Theme.of(option.widget), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(box.adjusted(3, 2, -3, -2), 6, 6)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("accent"))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        metrics = painter.fontMetrics()
        painter.drawText(box.adjusted(12, 0, 0, 0), middle, metrics.elidedText(phrase.key, Qt.TextElideMode.ElideRight, KEY_WIDTH - 8))
        painter.setFont(option.font)
        painter.setPen(theme.color("text"))
        words = box.adjusted(12 + KEY_WIDTH, 0, -10, 0)
        painter.drawText(words, middle, option.fontMetrics.elidedText(phrase.text, Qt.TextElideMode.ElideRight, words.width()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), TARGET)
