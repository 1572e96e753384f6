"""Every point, to be looked up without a patient."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLocale, QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.body import FIGURES
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.points import KINDS, Point
from neuro_chart.ui.map_card import MapCard
from neuro_chart.ui.map_marks import short
from neuro_chart.ui.point_card import PointCard
from neuro_chart.ui.shelf import Heading, Row, Shelf
from neuro_chart.ui.widgets import Empty, ListKeys, button, card, label, row

SIDE = 324
TURN_AFTER = 80  # ms: the body follows once the keys rest
_TEACH = "Try a code such as ST36 or UB40, pinyin with or without tones, a character such as 足, English words or another name."
_FIGURE = "library/figure"


class PointsSection(QWidget):
    """All points: a list to search, the body, and the card of the point that is chosen. `left()`: Escape has nothing more to undo."""

    left = Signal()

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
        self.list = self._make_list()
        ListKeys(self.search, self.list)
        self.list.installEventFilter(self)
        self.found = label("", "small")
        self.everywhere = button("Look in all points", self._look_everywhere)
        self.empty = Empty("search", "", "", self.everywhere)
        self.empty.words.setMinimumWidth(232)
        self.empty.title.setWordWrap(True)
        self.empty.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
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

    def _make_list(self) -> Shelf:
        made = Shelf("Points")
        made.turned_to.connect(self._turned_to)
        made.read_wanted.connect(self._read)
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
        side.addWidget(self.search)
        side.addWidget(filters)
        side.addWidget(self.found)
        side.addWidget(self._stack, 1)
        self.card.setMinimumWidth(320)
        self.card.setMaximumWidth(440)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addWidget(left)
        columns.addWidget(self.map_card, 62)
        columns.addWidget(self.card, 38)

    # What is shown

    def show_point(self, code: str) -> None:
        """Show a point among all others."""
        if code in self._catalogue:
            self.show_all()
            self.list.turn_to(code)
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
        rows = [
            Row(
                point.code, short(point.code), f"{point.pinyin}  {point.hanzi}",
                second := self._of_what(point, kind) if kind else point.english,
                f"{point.code} {point.hanzi} {point.pinyin}, {second}",
            )
            for point in found
        ]  # fmt: skip
        self.list.rows.show_entries(rows if words else self._under_headings(rows))
        self.found.setText(f"{QLocale().toString(len(found))} point{'' if len(found) == 1 else 's'}")
        self._stack.setCurrentIndex(0 if found else 1)
        if found:
            self.list.turn_to(self.point.code if self.point and not words else found[0].code)
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

    def _under_headings(self, rows: Sequence[Row]) -> list[Row | Heading]:
        entries: list[Row | Heading] = []
        last = ""
        for each in rows:
            channel = self._catalogue[each.key].channel
            if channel != last:
                last = channel
                entries.append(Heading(self._catalogue.channels[channel], channel))
            entries.append(each)
        return entries

    def _turned_to(self, code: str) -> None:
        point = self._catalogue[code]
        if point != self.point:
            sites = self._library.atlas.point_sites(code)
            self._show(point, sites.get(Side.LEFT) or sites.get(Side.MIDLINE))
            self._turning.start()

    def _chosen_on_map(self, code: str, site: Site) -> None:
        """Tell of a point that was clicked on the body, which stays as it is."""
        if code not in self._catalogue:
            return
        self._show(self._catalogue[code], site)
        self.map.mark(code, site)
        if self.list.rows.row_of(code) < 0:
            self.show_all()
        self.list.turn_to(code)
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

    # The keyboard

    def _read(self) -> None:
        """Put the keys into the card."""
        if self.point is not None and self.list.rows.entries:
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
        else:
            self.left.emit()
