"""The prescriptions that are kept: published ones to read, the practice's own to write."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QShowEvent, QUndoStack
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic import protocols
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import RETENTION_PRESETS, Needle
from neuro_chart.clinic.notation import Reading, read
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.text import fold
from neuro_chart.ui.chart import Edit, OpenChart
from neuro_chart.ui.map_card import MapCard
from neuro_chart.ui.shelf import Heading, Row, Shelf, found_words
from neuro_chart.ui.widgets import ListKeys, Segments, button, card, label, pill, row, scrolled
from neuro_chart.ui.words import Line, Prose, open_field

if TYPE_CHECKING:
    from neuro_chart.store.records import Change

SIDE = 324
OWN = "Your own"


class ProtocolsSection(QWidget):
    """A list of all prescriptions, the body with their needles, the card of the one that is chosen: `wanted(key)` for the open visit."""

    wanted = Signal(str)

    def __init__(self, chart: OpenChart, library: Library, stack: QUndoStack, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._library, self._stack = chart, library, stack
        self.known: dict[str, Protocol] = {}
        self.shown: Protocol | None = None
        self._session = 0
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, complaint or point")
        self.search.setAccessibleName("Search protocols")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        self.list = Shelf("Protocols")
        self.list.turned_to.connect(self._turned_to)
        ListKeys(self.search, self.list)
        self.found = label("", "small")
        self.add = button("New protocol", self._add, icon="plus")
        self.map_card = MapCard(library, settings)
        self.map_card.set_read_only(True)
        self.turn = button("", self._turn_session, icon="arrow-right")
        self.card = ProtocolCard()
        self.list.read_wanted.connect(self.card.setFocus)
        self.card.edited.connect(self._edit)
        self.card.own_wanted.connect(self._take_over)
        self.card.drop_wanted.connect(self._drop)
        self.card.wanted.connect(lambda: self.wanted.emit(self.shown.key) if self.shown else None)
        chart.for_writers(self.add, self.card.own)
        chart.changed.connect(self._changed)
        self._lay_out()
        self.setFocusProxy(self.search)

    def _lay_out(self) -> None:
        left = QWidget()
        left.setFixedWidth(SIDE)
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        side.addWidget(self.search)
        side.addWidget(self.found)
        side.addWidget(card(self.list, margins=8), 1)
        side.addWidget(self.add)
        middle = QWidget()
        body = QVBoxLayout(middle)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        body.addWidget(self.map_card, 1)
        body.addWidget(self.turn)
        self.card.setMinimumWidth(340)
        self.card.setMaximumWidth(460)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addWidget(left)
        columns.addWidget(middle, 58)
        columns.addWidget(self.card, 42)

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def offer_visit(self, *, is_open: bool) -> None:
        """Offer to use a prescription in the visit that is open, if one is."""
        self.card.use.setVisible(is_open)

    def show_protocol(self, key: str) -> None:
        """Show one of all, by its key."""
        self.search.clear()
        self._refresh()
        self.list.turn_to(key.casefold())

    def _changed(self, change: "Change") -> None:
        if change.kind == "protocol":
            self._refresh()

    def _refresh(self) -> None:
        own = self._chart.records.protocols()
        self.known = protocols.known(self._library.protocols, own)
        words = fold(self.search.text()).split()
        found = {key: each for key, each in self.known.items() if all(word in _searched(each) for word in words)}
        entries: list[Row | Heading] = []
        last = ""
        ids = {each.id for each in own}
        for key, each in found.items():
            heading = OWN if each.id in ids else each.group
            if heading != last:
                last = heading
                entries.append(Heading(heading))
            entries.append(Row(key, f"@{each.key}", each.name, each.group if each.id in ids else each.strength))
        kept = self.shown.key.casefold() if self.shown else ""
        self.list.rows.show_entries(entries)
        self.found.setText(found_words(len(found), "protocol", self.search.text()))
        if found:
            self.list.turn_to(kept)
            self._turned_to(kept if kept in found else next(iter(found)))

    def _turned_to(self, key: str) -> None:
        chosen = self.known[key]
        if self.shown is None or self.shown.id != chosen.id:
            self.card.flush()
            self._session = 0
        self.shown = chosen
        records = self._chart.records
        self.card.show_protocol(chosen, is_own=records.may_write and any(each.id == chosen.id for each in records.protocols()))
        self._session = min(self._session, len(chosen.sessions) - 1)
        self._show_session(chosen)

    def _turn_session(self) -> None:
        if self.shown is not None:
            self._session = (self._session + 1) % len(self.shown.sessions)
            self._show_session(self.shown)

    def _show_session(self, protocol: Protocol) -> None:
        self.turn.setVisible(len(protocol.sessions) > 1)
        self.turn.setText(f"Session {self._session + 1} of {len(protocol.sessions)} is shown; show the next")
        readings = [self._read(line) for line in protocol.sessions]
        self.card.say([in_words(reading) for reading in readings], [error.sentence for reading in readings for error in reading.errors])
        self.map_card.map.show_needles(list(self._needles(readings[self._session])), now())
        self.map_card.refresh()

    def _read(self, line: str) -> Reading:
        """What a line means; if it asks for the side of the complaint, on the left."""
        reading = read(line, self._library.catalogue, side="both")
        return read("@x l", self._library.catalogue, {"x": [line]}, "both") if reading.errors else reading

    def _needles(self, reading: Reading) -> Sequence[Needle]:
        sites = self._library.atlas.point_sites
        placed = ((planned, sites(planned.point).get(planned.side)) for planned in reading.needles)
        return [Needle("", site, planned.point, position=at) for at, (planned, site) in enumerate(placed) if site is not None]

    # What is changed

    def _edit(self, field: str, value: Any) -> None:  # noqa: ANN401  # each field has its own kind
        before = self.shown
        if before is None or getattr(before, field) == value:
            return
        after = replace(before, **{field: value})
        errors = after.errors()
        self.card.complain(errors)
        if not errors:
            self._push(f"Change {field}", after, before, merge=f"{before.id} {field}")

    def _push(self, words: str, after: Protocol | None, before: Protocol | None, merge: str = "") -> None:
        records = self._chart.records

        def act(kept: Protocol | None, other: Protocol | None) -> "Change":
            return records.put_protocol(kept) if kept else records.drop_protocol(other.id if other else "")

        self.shown = after or self.shown
        self._stack.push(Edit(self._chart, words, lambda: act(after, before), lambda: act(before, after), merge))

    def _add(self) -> None:
        self.keep(Protocol("", "New protocol", ("",)))

    def keep(self, made: Protocol) -> None:
        """Keep a new one under the first short name that is free, and put the keys into its name."""
        base = made.key or "own"
        key = base if made.key and base.casefold() not in self.known else next(
            name for at in range(1, 10_000) if (name := f"{base}{at}") not in self.known
        )  # fmt: skip
        self.search.clear()
        self._push("New protocol", replace(made, key=key), None)
        self.card.fields["name"].setFocus()
        self.card.fields["name"].selectAll()

    def _take_over(self) -> None:
        if self.shown is not None:
            self._push("Make it your own", self.shown.as_own(), None)

    def _drop(self) -> None:
        if self.shown is not None:
            gone, self.shown = self.shown, None
            self._push("Delete protocol", None, gone)

    def flush(self) -> None:
        """Store what is being typed."""
        self.card.flush()


class ProtocolCard(QFrame):
    """One prescription: `edited(field, value)`, `wanted()` for the visit, `own_wanted()`, `drop_wanted()`."""

    edited = Signal(str, object)
    wanted = Signal()
    own_wanted = Signal()
    drop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Protocol")
        self._strength = pill("")
        self._origin = label("", "small", wrap=True)
        self.fields: dict[str, Line] = {
            "name": Line("Name", "What you call it", 80), "key": Line("Short name, typed after @", "One word", 16),
            "group": Line("Complaint", "What it is for", 60),
        }  # fmt: skip
        self.sessions = Prose("Sessions in shorthand, one a line", "ST36 SP6 LR3 b 30m", lines=2)
        self.retention = Segments({"": "As usual"} | {str(m): str(m) for m in RETENTION_PRESETS if m in {15, 20, 25, 30, 40}}, "Minutes")
        self.dose = Prose("How it is given", "How often, how long, what beside", lines=2)
        self._told = {name: _told() for name in ("evidence", "source")}
        self._reading, self._error = label("", "small", wrap=True), label("", "error", wrap=True)
        self.use = button("Use in the open visit", self.wanted.emit, "primary", "arrow-right")
        self.own = button("Make it my own", self.own_wanted.emit, icon="pencil")
        self.drop = button("Delete", self.drop_wanted.emit, icon="trash-2")
        for name, line in self.fields.items():
            line.edited.connect(lambda text, name=name: self.edited.emit(name, text.strip()))
        self.sessions.edited.connect(lambda text: self.edited.emit("sessions", _lines(text)))
        self.dose.edited.connect(lambda text: self.edited.emit("dose", text.strip()))
        self.retention.chosen.connect(lambda key: self.edited.emit("retention", int(key) if key else None))
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(20, 16, 16, 16)
        box.setSpacing(4)
        box.addWidget(row(self._strength, self._origin))
        titles = {"name": "Name", "key": "Short name", "group": "Complaint"}
        for name, line in self.fields.items():
            box.addSpacing(8)
            box.addWidget(_heading(titles[name], line))
            box.addWidget(line)
        self._headings: list[tuple[QWidget, QWidget]] = []
        parts: tuple[tuple[str, QWidget], ...] = (
            ("Prescription, one session a line", self.sessions), ("Minutes where the line says none", self.retention),
            ("How it is given", self.dose), ("What it is worth", self._told["evidence"]), ("Source", self._told["source"]),
        )  # fmt: skip
        for title, part in parts:
            titled = _heading(title, part)
            box.addSpacing(8)
            box.addWidget(titled)
            box.addWidget(part)
            self._headings.append((titled, part))
            if part is self.sessions:
                box.addWidget(self._reading)
                box.addWidget(self._error)
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(scrolled(inner), 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 14)
        foot.setSpacing(8)
        foot.addWidget(self.use)
        foot.addWidget(row(self.own, self.drop))
        whole.addLayout(foot)
        self.setFocusProxy(self.fields["name"])

    def show_protocol(self, protocol: Protocol, *, is_own: bool) -> None:
        """Show one; the practice's own can be written in."""
        self._strength.setText(protocol.strength)
        self._strength.setVisible(bool(protocol.strength))
        based = f"Your own, from @{protocol.based_on}" if protocol.based_on else "Your own"
        self._origin.setText(based if is_own else "A starting point, not advice")
        for name, line in self.fields.items():
            line.show_text(getattr(protocol, name))
            open_field(line, is_open=is_own)
        for field, text in ((self.sessions, "\n".join(protocol.sessions)), (self.dose, protocol.dose)):
            field.show_text(text)
            open_field(field, is_open=is_own)
        minutes = protocol.retention
        self.retention.show_choice("" if minutes is None else str(minutes))
        self.retention.setEnabled(is_own)
        for name, told in self._told.items():
            told.setText(getattr(protocol, name))
        shown: dict[QWidget, bool] = {
            self.retention: is_own, self.dose: is_own or bool(protocol.dose),
            self._told["evidence"]: bool(protocol.evidence), self._told["source"]: bool(protocol.source),
        }  # fmt: skip
        for heading, part in self._headings:
            heading.setVisible(shown.get(part, True))
            part.setVisible(shown.get(part, True))
        self.own.setVisible(not is_own)
        self.drop.setVisible(is_own)
        self.complain({})

    def say(self, sessions: Sequence[str], errors: Sequence[str]) -> None:
        """Say what the lines mean, and what is not understood in them."""
        several = len(sessions) > 1
        self._reading.setText("\n".join(f"{at}. {words}" if several else words for at, words in enumerate(sessions, 1)))
        if errors:
            self._error.setText("\n".join(errors))
        self._error.setVisible(bool(errors))

    def complain(self, errors: dict[str, str]) -> None:
        """Say why what was typed is not kept."""
        self._error.setText("\n".join(errors.values()))
        self._error.setVisible(bool(errors))

    def flush(self) -> None:
        """Announce what was typed."""
        for line in self.fields.values():
            line.flush()
        for prose in (self.sessions, self.dose):
            prose.flush()


def in_words(reading: Reading) -> str:
    """What a line means: `12 needles, 30 min · Electro-stimulation 2/10 Hz`."""
    number = len(reading.needles)
    minutes = sorted({needle.said.minutes for needle in reading.needles if needle.said.minutes is not None})
    parts = [f"{number} needle{'' if number == 1 else 's'}"]
    if minutes:
        parts[0] += f", {'–'.join(str(m) for m in dict.fromkeys((minutes[0], minutes[-1])))} min"
    parts += dict.fromkeys(f"{each.kind} {each.frequency and f'{each.frequency} Hz'}".strip() for each in reading.adjuncts)
    return " · ".join(parts)


def _searched(protocol: Protocol) -> str:
    return fold(" ".join((protocol.key, protocol.name, protocol.group, *protocol.sessions)))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip()) or ("",)


def _told() -> QLabel:
    made = label("", wrap=True)
    made.setContentsMargins(11, 0, 0, 0)  # in line with the words in the fields above
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def _heading(title: str, part: QWidget) -> QLabel:
    made = label(title, "heading")
    made.setBuddy(part)
    return made
