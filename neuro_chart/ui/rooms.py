"""Rooms: every visit in progress side by side, so that one practitioner runs all of them from here."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.rooms import sum_words
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import Edit, OpenChart, Treat
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.privacy import initials_only
from neuro_chart.ui.room_card import VisitCard
from neuro_chart.ui.room_frame import GAP, RoomFrame
from neuro_chart.ui.room_names import rename_room
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.voice import Voice
from neuro_chart.ui.widgets import Empty, add_action, button, icon_button, label, page_title, row, scrolled

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

KEYS = 9  # rooms that a digit reaches
NARROWEST = 300


class RoomsPage(QWidget):
    """The visits in progress by room: `visit_chosen(patient_id, visit_id)`, `patients_wanted`, `names_wanted` to hide names or show them.

    `stack` holds what was done here last.
    """

    visit_chosen = Signal(str, str)
    patients_wanted = Signal()
    names_wanted = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, ticker: Ticker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings, self._ticker = chart, settings, ticker
        self._voice = Voice(settings)
        self._stale = True
        self.stack = QUndoStack(self)
        self.cards: dict[str, VisitCard] = {}
        self.frames: dict[str, RoomFrame] = {}
        self._places: tuple[object, ...] = ()
        self._sum = label("", "muted")
        self._middle = QWidget()
        self._grid = QGridLayout(self._middle)
        self._grid.setContentsMargins(20, 4, 20, 16)
        self._grid.setSpacing(GAP)
        words = (
            "Start a visit from a patient's page. It stands here, in the room that you put it into, with its needles and the clock that "
            "ends next, so that you see every room from any of them."
        )
        choose = button("Choose a patient", self.patients_wanted.emit, "primary", "users")
        self._stacked = QStackedWidget()
        self._stacked.addWidget(Empty("door-open", "No visit is in progress", words, choose))
        self._area = scrolled(self._middle)
        self._stacked.addWidget(self._area)
        self.names = icon_button("eye", "", self.names_wanted.emit)
        head = row(page_title("Rooms"), self._sum, None, self.names, spacing=16)
        cast("QHBoxLayout", head.layout()).setContentsMargins(32, 12, 20, 4)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(head)
        box.addWidget(self._stacked, 1)
        self.setFocusProxy(choose)
        self._make_actions()
        chart.changed.connect(self._changed)
        chart.waits.connect(self._follow)
        ticker.counted.connect(self.refresh)
        ticker.ringing.connect(self._show_ringing)
        ticker.ticked.connect(self._tick)

    def _make_actions(self) -> None:
        add_action(self, "Insert all needles of the visit", "I", lambda: self.insert(self.chosen))
        add_action(self, "Five minutes more for the visit", "M", lambda: self.leave_longer(self.chosen))
        add_action(self, "Pull all needles of the visit now", "P", lambda: self.pull(self.chosen))
        add_action(self, "Stop the visit's ringing", "Q", lambda: self._ticker.seen(self.chosen))
        add_action(self, "Put the visit into another room", "R", lambda: self.cards[self.chosen].ask_menu() if self.chosen else None)
        add_action(self, "Call the room something else", "F2", self._rename)
        for number in range(1, KEYS + 1):
            add_action(self, f"Go to room {number}", str(number), partial(self._go_to, number))
            add_action(self, f"Put the visit into room {number}", f"Ctrl+{number}", partial(self._move_to, number))
        add_action(self, "Put the visit into no room", "Ctrl+0", partial(self._move_to, 0))

    # What is shown

    @property
    def chosen(self) -> str:
        """The visit whose card has the keys, or the only one; nothing where none is meant."""
        focused = self.window().focusWidget()
        for visit_id, card in self.cards.items():
            if card is focused or (focused is not None and card.isAncestorOf(focused)):
                return visit_id
        return next(iter(self.cards)) if len(self.cards) == 1 else ""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()
        self._tick(now())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.frames:
            self._place()

    def _changed(self, change: "Change") -> None:
        if change.kind == "practice":
            self.refresh()
        elif change.kind in {"treatment", "signature"}:
            self._follow(self._chart.doing)

    def _follow(self, act: object) -> None:
        if not isinstance(act, Treat) or act.by is not self:
            self.stack.clear()  # what was done elsewhere since would be undone along with it

    def refresh(self) -> None:
        """Show the visits in progress as they are now."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        self._show_privacy()
        visits = {each.visit.id: each for each in self._ticker.visits}
        focused = self.window().focusWidget()
        held = self.chosen if focused is not None and self.isAncestorOf(focused) else ""
        for gone in self.cards.keys() - visits.keys():
            card = self.cards.pop(gone)
            card.hide()
            card.deleteLater()
        for visit_id, standing in visits.items():
            if visit_id in self.cards:
                self.cards[visit_id].show_visit(standing)
            else:
                self.cards[visit_id] = self._card(VisitCard(standing, self._settings))
        self._place()
        self._stacked.setCurrentIndex(1 if visits else 0)
        first = next((frame.cards[0] for frame in self.frames.values() if frame.cards), None)
        if first is not None:
            self.setFocusProxy(first)
        if held in self.cards:
            self.cards[held].setFocus()
        self._show_ringing()
        self._tick(now())

    def _show_privacy(self) -> None:
        hidden = initials_only(self._settings)
        words = (
            "Names are hidden; press to show them (Ctrl+Shift+H)" if hidden else "Names are shown; press to show initials (Ctrl+Shift+H)"
        )
        self.names.setToolTip(words)
        self.names.setAccessibleName(words)
        set_icon(self.names, "eye-off" if hidden else "eye", "muted")

    def _card(self, made: VisitCard) -> VisitCard:
        made.opened.connect(self._open)
        made.insert_wanted.connect(self.insert)
        made.longer_wanted.connect(self.leave_longer)
        made.pull_wanted.connect(self.pull)
        made.quiet_wanted.connect(self._ticker.seen)
        made.menu_wanted.connect(self._offer_rooms)
        made.left.connect(self._step)
        for part in (made.menu, made.insert, made.longer, made.pull):
            part.setVisible(self._chart.records.may_write)
        return made

    def _place(self) -> None:
        """Put the cards into their rooms, and as many rooms beside each other as read well."""
        rooms = self._chart.records.practice().rooms
        visits = sorted((card.visit for card in self.cards.values()), key=lambda visit: (visit.room, visit.started))
        standing = {room: [self.cards[visit.id] for visit in there] for room, there in groupby(visits, key=lambda visit: visit.room)}
        wanted = [*([""] if "" in standing else []), *rooms, *(room for room in standing if room and room not in rooms)]
        most = max(1, (self.width() - 40 + GAP) // (NARROWEST + GAP))
        number = len(wanted) - ("" in standing)
        columns = min(most, 4, number if number < 3 else (number + 1) // 2)
        places = (columns, most, [(room, standing.get(room, ())) for room in wanted])
        if places == self._places:  # laying all of it out anew takes longer than what is done here mostly
            return
        self._places = places
        for frame in self.frames.values():
            self._grid.removeWidget(frame)
        if list(self.frames) != wanted:
            for room in self.frames.keys() - set(wanted):
                frame = self.frames.pop(room)
                frame.show_cards((), 1)
                frame.hide()
                frame.deleteLater()
            self.frames = {room: self.frames.get(room) or self._frame(RoomFrame(room)) for room in wanted}
        for frame in self.frames.values():
            frame.show_cards((), 1)
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        first = 0
        if "" in standing:
            self._grid.addWidget(self.frames[""], 0, 0, 1, columns)
            self.frames[""].show_cards(standing[""], min(most, 4, max(2, len(standing[""]))))
            first = 1
        for at, room in enumerate(wanted[first:]):
            self._grid.addWidget(self.frames[room], first + at // columns, at % columns)
            self._grid.setRowStretch(first + at // columns, 1)
            self.frames[room].show_cards(standing.get(room, ()), 1)
        for each in range(self._grid.columnCount()):
            self._grid.setColumnStretch(each, 1 if each < columns else 0)

    def _frame(self, made: RoomFrame) -> RoomFrame:
        made.renamed.connect(partial(rename_room, self._chart))
        made.dropped.connect(self.move_visit)
        made.patient_wanted.connect(self.patients_wanted)
        if made.room:
            made.name.setReadOnly(not self._chart.records.may_write)
        return made

    def _show_ringing(self) -> None:
        for visit_id, card in self.cards.items():
            card.show_ringing(visit_id in self._ticker.unseen)

    def _tick(self, moment: datetime) -> None:
        if self.isVisible():
            for card in self.cards.values():
                card.tick(moment)
            words = sum_words(self._ticker.visits, moment)
            if words != self._sum.text():
                self._sum.setText(words)

    def flush(self) -> None:
        """Store what is being typed."""
        for frame in list(self.frames.values()):
            frame.flush()

    # Where the keys go

    def _step(self, dx: int, dy: int) -> None:
        """To the nearest card in a direction."""
        here = self.cards[self.chosen]
        centre = here.mapTo(self._middle, here.rect().center())

        def way(card: VisitCard) -> tuple[int, int]:
            to = card.mapTo(self._middle, card.rect().center()) - centre
            return (to.x() * dx + to.y() * dy, abs(to.x() * dy) + abs(to.y() * dx))

        ahead = [card for card in self.cards.values() if card is not here and way(card)[0] > way(card)[1] // 2 and way(card)[0] > 0]
        if ahead:
            self._look_at(min(ahead, key=lambda card: sum(way(card))))

    def _look_at(self, widget: QWidget) -> None:
        widget.setFocus()
        self._area.ensureWidgetVisible(widget)

    def _room(self, number: int) -> str | None:
        rooms = self._chart.records.practice().rooms
        return "" if number == 0 else rooms[number - 1] if number <= len(rooms) else None

    def _go_to(self, number: int) -> None:
        if room := self._room(number):
            self._look_at(self.frames[room].place_for_keys)

    def _move_to(self, number: int) -> None:
        room = self._room(number)
        if self.chosen and room is not None:
            self.move_visit(self.chosen, room)

    def _rename(self) -> None:
        focused = self.window().focusWidget()
        frame = next((each for each in self.frames.values() if each.room and focused and each.isAncestorOf(focused)), None)
        if frame is not None:
            frame.name.setFocus()
            frame.name.selectAll()

    def _offer_rooms(self, visit_id: str, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rooms = ("", *self._chart.records.practice().rooms)
        for number, room in enumerate(rooms):
            action = menu.addAction(f"{room or 'No room'}\t{f'Ctrl+{number}' if number <= KEYS else ''}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(self.cards[visit_id].visit.room == room)
            action.triggered.connect(partial(self.move_visit, visit_id, room))
        menu.popup(where)

    # What is done here

    def _open(self, visit_id: str) -> None:
        self.visit_chosen.emit(self.cards[visit_id].visit.patient_id, visit_id)

    def insert(self, visit_id: str) -> None:
        """All planned needles of a visit go in, and how many are in is said aloud."""
        if card := self.cards.get(visit_id):
            self._do("Insert needles", card.visit, treating.insert(card.visit.needles, now()))
            if card.visit.count.inside:
                self._voice.say(f"{card.visit.count.inside} in")

    def leave_longer(self, visit_id: str) -> None:
        """What is in stays five minutes more."""
        if card := self.cards.get(visit_id):
            self._do("Leave needles longer", card.visit, treating.leave_longer(card.visit.needles))

    def pull(self, visit_id: str) -> None:
        """All needles of a visit come out now, and what runs beside them ends; they are counted afterwards."""
        if card := self.cards.get(visit_id):
            moment = now()
            out = treating.take_out(card.visit.needles, moment, counted=False)
            self._do("Pull all needles", card.visit, [*out, *treating.end(card.visit.adjuncts, moment)])

    def move_visit(self, visit_id: str, room: str) -> None:
        """Put a visit into a room; an empty name is no room."""
        card = self.cards.get(visit_id)
        if card is not None and card.visit.room != room:
            self._do(f"Put into {room}" if room else "Put into no room", card.visit, room=room)

    def _do(self, words: str, visit: Visit, put: Sequence[Needle | Adjunct] = (), **written: object) -> None:
        """Do one step that can be undone, as ui/treatment.py does it for the visit that is open."""
        ids = {part.id for part in put}
        stood: list[Needle | Adjunct] = [
            *(each for each in visit.needles if each.id in ids),
            *(each for each in visit.adjuncts if each.id in ids),
        ]
        before = {name: getattr(visit, name) for name in written}
        if put or written:
            records = self._chart.records
            forward = Treat(records, self, visit.id, put, (), written)
            if forward.refusal:
                self._chart.refused.emit(forward.refusal)
                return
            self.stack.push(Edit(self._chart, words, forward, Treat(records, self, visit.id, stood, (), before)))
