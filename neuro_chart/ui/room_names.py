"""The rooms of the practice by name: add one, call one something else, take one away."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.widgets import button, icon_button, row

LONGEST = 24
COLUMNS = 2


def rename_room(chart: OpenChart, old: str, new: str) -> None:
    """Call a room something else, and with it the room of the open visits there; a name that another room has is refused."""
    practice, name = chart.records.practice(), new.strip()
    if not name or name == old or old not in practice.rooms:
        return
    if name in practice.rooms:
        chart.refused.emit(f"There is a room called {name} already.")
        return
    renamed = tuple(name if room == old else room for room in practice.rooms)
    chart.act(lambda: chart.records.save_practice(replace(practice, rooms=renamed)))
    for visit, _ in chart.records.open_visits():
        if visit.room == old:
            chart.act(partial(chart.records.treat, visit.id, room=name))


class RoomNames(QWidget):
    """A line for each room; each change holds as soon as it is made."""

    def __init__(self, chart: OpenChart) -> None:
        super().__init__()
        self._chart = chart
        self.lines: dict[str, QLineEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self.add = button("Add a room", self._add, icon="plus")
        chart.changed.connect(lambda change: self.reload() if change.kind == "practice" else None)
        self.reload()

    def reload(self) -> None:
        """Show the rooms of the practice."""
        rooms = self._chart.records.practice().rooms
        if tuple(self.lines) == rooms:
            return
        focused = next((room for room, line in self.lines.items() if line.hasFocus()), "")
        while item := self._grid.takeAt(0):
            if (made := item.widget()) is not None and made is not self.add:
                made.hide()
                made.deleteLater()
        self.lines = {}
        for place, room in enumerate(rooms):
            line = QLineEdit(room)
            line.setMaxLength(LONGEST)
            line.setAccessibleName(f"Room {place + 1}")
            line.editingFinished.connect(partial(self._name, room, line))
            drop = icon_button("x", f"Take {room} away", partial(self._drop, room))
            drop.setEnabled(len(rooms) > 1)
            self.lines[room] = line
            self._grid.addWidget(row(line, drop, spacing=0), place // COLUMNS, place % COLUMNS)
        self._grid.addWidget(self.add, len(rooms) // COLUMNS, len(rooms) % COLUMNS, Qt.AlignmentFlag.AlignLeft)
        if focused in self.lines:
            self.lines[focused].setFocus()

    def flush(self) -> None:
        """Take the names as they are typed."""
        for room, line in list(self.lines.items()):
            self._name(room, line)

    def _name(self, room: str, line: QLineEdit) -> None:
        if line.text() != room:
            rename_room(self._chart, room, line.text())
        if room in self.lines:  # refused, or nothing typed
            line.setText(room)

    def _add(self) -> None:
        rooms = self._chart.records.practice().rooms
        name = next(word for number in range(len(rooms) + 1, 1000) if (word := f"Room {number}") not in rooms)
        self._keep((*rooms, name))
        self.lines[name].setFocus()
        self.lines[name].selectAll()

    def _drop(self, room: str) -> None:
        self._keep(tuple(each for each in self._chart.records.practice().rooms if each != room))

    def _keep(self, rooms: tuple[str, ...]) -> None:
        practice = self._chart.records.practice()
        self._chart.act(lambda: self._chart.records.save_practice(replace(practice, rooms=rooms)))
