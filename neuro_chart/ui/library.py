"""The shelf of the practice: every point, to be looked up without a patient."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSettings,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QHideEvent, QKeyEvent, QKeySequence, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.body import FIGURES
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.points import KINDS, Point
from neuro_chart.ui.map_card import MapCard
from neuro_chart.ui.map_layers import channel_colour
from neuro_chart.ui.map_marks import short
from neuro_chart.ui.point_card import PointCard
from neuro_chart.ui.theme import BODY, SMALL, Theme
from neuro_chart.ui.visit_list import paint_row
from neuro_chart.ui.widgets import Empty, ListKeys, button, card, label, page_title, row

SIDE = 324
ROW, HEADING = 52, 40
CODE = 84  # px for a code such as EX-B2.T10
TURN_AFTER = 80  # ms: the body follows once the keys rest
_TEACH = "Try a code such as ST36 or UB40, pinyin with or without tones, a character such as 足, English words or another name."
_FIGURE = "library/figure"
_Role = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex


class PointRows(QAbstractListModel):
    """Points, and between them the headings that can't be chosen: (channel, its name)."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Point | tuple[str, str]] = []
        self.second: dict[str, str] = {}

    def show_entries(self, entries: Sequence[Point | tuple[str, str]], second: dict[str, str]) -> None:
        """Show these; second: by a point's code what stands beneath its name."""
        self.beginResetModel()
        self.entries, self.second = list(entries), second
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt calls it
        return 0 if parent.isValid() else len(self.entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.entries[index.row()], Point):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == _Role.UserRole:
            return entry
        if role in {_Role.DisplayRole, _Role.AccessibleTextRole}:
            if isinstance(entry, Point):
                return f"{entry.code} {entry.hanzi} {entry.pinyin}, {self.second[entry.code]}"
            return f"{entry[1]}, {entry[0]}"
        return None

    def is_heading(self, at: int) -> bool:
        """Whether a heading stands in a row, if it is there."""
        return 0 <= at < len(self.entries) and not isinstance(self.entries[at], Point)

    def row_of(self, code: str) -> int:
        """The row of a point, or -1."""
        return next((at for at, entry in enumerate(self.entries) if isinstance(entry, Point) and entry.code == code), -1)


class PointRow(QStyledItemDelegate):
    """A point: its code, and beside it its name over what it means; a channel: a stroke in the colour of its course, and its name."""

    def __init__(self, view: QListView, rows: PointRows) -> None:
        super().__init__(view)
        self._view, self._rows = view, rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # Qt's signature
        return QSize(120, ROW if index.flags() else HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(_Role.UserRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Point):
            self._paint_point(painter, option, index, entry)
        else:
            self._paint_heading(painter, option, *entry)
        painter.restore()

    def _paint_point(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, point: Point) -> None:
        theme = Theme.of(option.widget)
        if not self._rows.is_heading(index.row() - 1) or index.row() == self._view.currentIndex().row():
            paint_row(painter, option, index, self._view.currentIndex().row(), 10)
        inner = option.rect.adjusted(10, 7, -8, -7)
        second = QRect(inner.left() + CODE, inner.top() + 20, inner.width() - CODE, 18)
        first = QRect(second.left(), inner.top(), second.width(), 20)
        painter.setPen(theme.color("text"))
        painter.setFont(_font(option.font, BODY, QFont.Weight.DemiBold))
        _put(painter, QRect(inner.left(), inner.top(), CODE - 8, 20), short(point.code))
        painter.setFont(_font(option.font, BODY))
        _put(painter, first, f"{point.pinyin}  {point.hanzi}")
        painter.setFont(_font(option.font, SMALL))
        painter.setPen(theme.color("muted"))
        _put(painter, second, self._rows.second[point.code])

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, channel: str, name: str) -> None:
        theme = Theme.of(option.widget)
        inner = option.rect.adjusted(10, 14, -8, -6)
        painter.setPen(QPen(channel_colour(channel, theme), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(inner.left() + 2, inner.top() + 3, inner.left() + 2, inner.bottom() - 2)
        painter.setFont(_font(option.font, SMALL, QFont.Weight.DemiBold))
        painter.setPen(theme.color("muted"))
        _put(painter, inner.adjusted(12, 0, 0, 0), name)


class LibraryPage(QWidget):
    """All points: a list to search, the body, and the card of the point that is chosen. `back_wanted` leads to where one came from."""

    back_wanted = Signal()

    def __init__(self, library: Library, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._settings = library, settings
        self._catalogue = library.catalogue
        self.point: Point | None = None
        self._site: Site | None = None
        self._telling = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Code, pinyin, character or English")
        self.search.setAccessibleName("Search points")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        self.search.returnPressed.connect(self._read)
        self.channel, self.kind = QComboBox(), QComboBox()
        self.channel.addItem("All channels", "")
        for key, name in self._catalogue.channels.items():
            self.channel.addItem(name, key)
        self.channel.setAccessibleName("Channel")
        self.kind.addItem("All kinds", "")
        for key in KINDS:
            self.kind.addItem(key.capitalize(), key)
        self.kind.setAccessibleName("Special kind")
        for box in (self.channel, self.kind):
            box.setFixedWidth(SIDE // 2 - 4)
            box.setMaxVisibleItems(18)
            box.currentIndexChanged.connect(self._refresh)
        self.model = PointRows(self)
        self.list = self._make_list()
        ListKeys(self.search, self.list)
        self.list.installEventFilter(self)
        self.found = label("", "small")
        self.everywhere = button("Look in all points", self._look_everywhere)
        self.empty = Empty("search", "", "", self.everywhere)
        self.empty.words.setMinimumWidth(232)
        self.empty.title.setWordWrap(True)
        self.empty.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.back = button("", self.back_wanted.emit, "link", "arrow-left")
        self.back.hide()
        self.map_card = MapCard(library, settings)
        self.map_card.set_read_only(True)
        self.map = self.map_card.map
        self.map.point_chosen.connect(self._chosen_on_map)
        self.map_card.menu.figures[""].setVisible(False)  # there is no record here that says which
        self.map_card.figure_chosen.connect(self._show_figure)
        self.card = PointCard(library)
        self._turning = QTimer(self)
        self._turning.setSingleShot(True)
        self._turning.setInterval(TURN_AFTER)
        self._turning.timeout.connect(self._turn)
        self._lay_out()
        self.setFocusProxy(self.search)
        self._show_figure(str(settings.value(_FIGURE, FIGURES[0])))
        self._refresh()

    def _make_list(self) -> QListView:
        made = QListView()
        made.setModel(self.model)
        made.setItemDelegate(PointRow(made, self.model))
        made.setAccessibleName("Points")
        made.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.selectionModel().currentChanged.connect(self._current)
        made.activated.connect(self._read)
        return made

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(card(self.list, margins=8))
        self._stack.addWidget(self.empty)
        filters = row(self.channel, self.kind)
        left = QWidget()
        left.setFixedWidth(SIDE)
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        side.addWidget(row(page_title("Library"), self.found, None, self.back))
        side.addWidget(self.search)
        side.addWidget(filters)
        side.addWidget(self._stack, 1)
        self.card.setMinimumWidth(320)
        self.card.setMaximumWidth(440)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(32, 24, 24, 16)
        columns.setSpacing(12)
        columns.addWidget(left)
        columns.addWidget(self.map_card, 62)
        columns.addWidget(self.card, 38)

    # What is shown

    def show_point(self, code: str, back: str = "") -> None:
        """Show a point among all others; back: where a way back leads, in words."""
        self.back.setText(back)
        self.back.setVisible(bool(back))
        if code in self._catalogue:
            self.show_all()
            self._select(self.model.row_of(code))
        self.search.setFocus()

    def show_all(self) -> None:
        """Forget what was searched and filtered."""
        self._telling = True
        self.search.clear()
        self._telling = False
        self._look_everywhere()

    def _look_everywhere(self) -> None:
        """Forget the filters."""
        self._telling = True
        self.channel.setCurrentIndex(0)
        self.kind.setCurrentIndex(0)
        self._telling = False
        self._refresh()
        self.search.setFocus()

    def _refresh(self) -> None:
        """Show what the words and the filters find: the best first, or without words all in the order of the channels."""
        if self._telling:
            return
        words, channel, kind = self.search.text().strip(), self.channel.currentData(), self.kind.currentData()
        answering = self._catalogue.find(words) if words else list(self._catalogue)
        found = [point for point in answering if (not channel or point.channel == channel) and (not kind or kind in point.kinds)]
        second = {point.code: self._of_what(point, kind) if kind else point.english for point in found}
        self.model.show_entries(found if words else self._under_headings(found), second)
        self.found.setText(f"{QLocale().toString(len(found))} point{'' if len(found) == 1 else 's'}")
        self._stack.setCurrentIndex(0 if found else 1)
        if found:
            kept = self.model.row_of(self.point.code) if self.point and not words else -1
            self._select(kept if kept >= 0 else self.model.row_of(found[0].code))
            return
        self.empty.title.setText(f"No point answers to “{words[:24]}”" if words else "No such point")
        elsewhere = len(answering) if channel or kind else 0
        self.empty.words.setText(f"{elsewhere} among all points." if elsewhere else _TEACH)
        self.everywhere.setVisible(bool(elsewhere))

    def _of_what(self, point: Point, kind: str) -> str:
        """Of what it is this kind of point: `Of the Stomach`, `Earth`."""
        words = next(each for each in self._catalogue.kinds_of(point) if each.startswith(f"{kind} point"))
        words = words.removeprefix(f"{kind} point").lstrip(", ")
        return words[:1].upper() + words[1:]

    def _under_headings(self, found: Sequence[Point]) -> list[Point | tuple[str, str]]:
        entries: list[Point | tuple[str, str]] = []
        last = ""
        for point in found:
            if point.channel != last:
                last = point.channel
                entries.append((last, self._catalogue.channels[last]))
            entries.append(point)
        return entries

    def _select(self, at: int) -> None:
        index = self.model.index(at)
        in_sight = self.list.viewport().rect().contains(self.list.visualRect(index))
        self.list.setCurrentIndex(index)
        if not in_sight:
            self.list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def _current(self, index: QModelIndex) -> None:
        if self.model.is_heading(index.row() - 1):
            self.list.scrollTo(self.model.index(index.row() - 1))  # its heading comes into sight with it
        entry = index.data(_Role.UserRole)
        if isinstance(entry, Point) and entry != self.point:
            sites = self._library.atlas.point_sites(entry.code)
            self._show(entry, sites.get(Side.LEFT) or sites.get(Side.MIDLINE))
            self._turning.start()

    def _chosen_on_map(self, code: str, site: Site) -> None:
        """Tell of a point that was clicked on the body, which stays as it is."""
        if code not in self._catalogue:
            return
        self._show(self._catalogue[code], site)
        self.map.mark(code, site)
        if self.model.row_of(code) < 0:
            self.show_all()
        self._select(self.model.row_of(code))
        self._turning.stop()

    def _show(self, point: Point, site: Site | None) -> None:
        self.point, self._site = point, site
        self.card.show_point(point)

    def _turn(self) -> None:
        if self.point is not None:
            self.map.mark(self.point.code, self._site)
            if self._site is not None:
                self.map.turn_to(self._site, self.point.code)
                self.map_card.refresh()

    def _show_figure(self, name: str) -> None:
        """Show the points on another figure, and remember which."""
        shown = name if name in FIGURES else FIGURES[0]
        self.map_card.show_figure(shown)
        self._settings.setValue(_FIGURE, shown)
        self._turn()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search.selectAll()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.back.hide()  # the way back is from this one look

    # The keyboard

    def _read(self) -> None:
        """Put the keys into the card."""
        if self.point is not None and self.model.entries:
            self.card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def event(self, event: QEvent) -> bool:
        # the window finds patients by this key; here it finds points
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Find):
            self._search_anew()
        elif event.key() == Qt.Key.Key_Escape:
            self._step_back()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Words that are typed over the list go into the search."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._step_back()
                return True
            if event.text().isprintable() and event.text().strip() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
                self._search_anew()
                self.search.insert(event.text())
                return True
        return super().eventFilter(watched, event)

    def _search_anew(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _step_back(self) -> None:
        """To the search; from there to all points; from there to where one came from."""
        if self.focusWidget() is not self.search:
            self._search_anew()
        elif self.search.text() or self.channel.currentIndex() or self.kind.currentIndex():
            self.show_all()
        elif not self.back.isHidden():
            self.back_wanted.emit()


def _font(like: QFont, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    made = QFont(like)
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


def _put(painter: QPainter, box: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, elided)
