"""The open chart as the windows see it: acts that announce what changed, and that are undone by the same road."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QWidget

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.events import AdverseEvent
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.errors import VaultError, WriteFailedError

if TYPE_CHECKING:
    from neuro_chart.store.records import Change, Part, Records

RETRY_AFTER = 2000
READ_ONLY = "You may read this chart and not change it"

Act = Callable[[], "Change"]


@dataclass(frozen=True)
class Treat:
    """An act on one visit, as `Records.treat` does it. `by` is whose step it is."""

    records: "Records"
    by: object
    visit_id: str
    put: "Sequence[Part]" = ()
    off: Sequence[str] = ()
    written: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self) -> "Change":
        """Do it."""
        return self.records.treat(self.visit_id, self.put, self.off, **self.written)

    @property
    def refusal(self) -> str:
        """Why it can't be done, or nothing; asked before it is, as an act that waits is shown as if it were stored."""
        wrong = (part.errors() for part in self.put if not isinstance(part, AdverseEvent))
        return next((sentence for errors in wrong for sentence in errors.values()), "")

    def done_to(self, visit: Visit) -> Visit:
        """The visit as it will be, in the order in which the record tells it."""

        def of(kind: type, there: Sequence[Any], order: Callable[[Any], Any]) -> list[Any]:
            put = {part.id: part for part in self.put if isinstance(part, kind)}
            kept = {part.id: part for part in there if part.id not in self.off}
            return sorted((kept | put).values(), key=order)

        return replace(
            visit,
            needles=of(Needle, visit.needles, lambda needle: (needle.position, needle.id)),
            adjuncts=of(Adjunct, visit.adjuncts, lambda adjunct: (adjunct.position, adjunct.kind, adjunct.id)),
            events=of(AdverseEvent, visit.events, lambda event: (event.at, event.id)),
            **self.written,
        )


class OpenChart(QObject):
    """Records with signals: every act goes through `act`.

    `changed(Change)` follows each act that is stored; `doing` is that act meanwhile. `unwritten(sentence)` says that the disk takes nothing
    (acts wait in their order and are tried again), and is empty once nothing waits any more; `waits(Treat)` tells of each act on a visit
    that begins to wait. `refused(sentence)` says why an act will not be done at all. `typed` is when the passphrase was typed last, by the
    clock that nobody sets (time.monotonic). `unadded` are the words and reasons of amendments that were typed and not added, by visit.
    """

    changed = Signal(object)
    unwritten = Signal(str)
    waits = Signal(object)
    refused = Signal(str)

    def __init__(self, records: "Records", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.records = records
        self.doing: Act | None = None
        self.typed = monotonic()  # it has just been opened
        self.unadded: dict[str, tuple[str, str]] = {}
        self._waiting: list[Act] = []
        self._retry = QTimer(self)
        self._retry.setInterval(RETRY_AFTER)
        self._retry.timeout.connect(self.write_waiting)

    def passphrase_typed(self) -> None:
        """Remember that whoever is signed in has just typed their passphrase."""
        self.typed = monotonic()

    def typed_within(self, minutes: int) -> bool:
        """Whether the passphrase was typed in the last minutes; never, with 0."""
        return monotonic() - self.typed < 60 * minutes

    def for_writers(self, *widgets: QWidget) -> None:
        """Close what would change the chart to those who may only read it, and say why."""
        if not self.records.may_write:
            for widget in widgets:
                widget.setEnabled(False)
                widget.setToolTip(READ_ONLY)

    @property
    def all_written(self) -> bool:
        """Whether every act has reached the disk."""
        return not self._waiting

    def hoped(self, visit: Visit) -> Visit:
        """A stored visit as it will be once the disk takes what waits."""
        for act in self._waiting:
            if isinstance(act, Treat) and act.visit_id == visit.id:
                visit = act.done_to(visit)
        return visit

    def act(self, act: Act) -> bool:
        """Do an act now, or keep it until the disk takes it; False if it is refused."""
        if self._waiting:
            self._wait(act)
            return True
        try:
            change = act()
        except WriteFailedError as error:
            self._retry.start()
            self.unwritten.emit(str(error))
            self._wait(act)
        except (VaultError, ValueError) as error:
            self.refused.emit(str(error))
            return False
        else:
            self._announce(act, change)
        return True

    def _wait(self, act: Act) -> None:
        self._waiting.append(act)
        if isinstance(act, Treat):
            self.waits.emit(act)

    def _announce(self, act: Act, change: "Change") -> None:
        if change.kind == "trail":
            return  # that something was seen or printed changes nothing that is shown
        self.doing = act
        self.changed.emit(change)
        self.doing = None

    def begin(self, act: Act) -> bool:
        """Do an act that more will be built on, now or not at all: it never waits for the disk."""
        if not self.write_waiting():
            return False
        try:
            change = act()
        except (VaultError, ValueError) as error:
            self.refused.emit(str(error))
            return False
        self._announce(act, change)
        return True

    def write_waiting(self) -> bool:
        """Try again what the disk did not take; True when nothing waits any more."""
        refusals: list[str] = []
        while self._waiting:
            try:
                change = self._waiting[0]()
            except WriteFailedError as error:
                self.unwritten.emit(str(error))
                break
            except (VaultError, ValueError) as error:
                refusals.append(str(error))
                self._waiting.pop(0)
            except Exception:
                self._waiting.pop(0)  # else it would stand for ever in the way of those behind it
                raise
            else:
                self._announce(self._waiting.pop(0), change)
        if not self._waiting and self._retry.isActive():
            self._retry.stop()
            self.unwritten.emit("")
        for sentence in refusals:
            self.refused.emit(sentence)
        return not self._waiting


class Edit(QUndoCommand):
    """One undoable step: `forward` and `back` are acts of the chart. Steps that follow each other with the same `merge` word become one.

    `refused` says that the chart would not do it; such a step is forgotten.
    """

    def __init__(self, chart: OpenChart, text: str, forward: Act, back: Act, merge: str = "") -> None:
        super().__init__(text)
        self.chart, self.forward, self.back, self.merge = chart, forward, back, merge
        self.refused = False

    def redo(self) -> None:
        self._do(self.forward)

    def undo(self) -> None:
        self._do(self.back)

    def _do(self, act: Act) -> None:
        if not self.chart.act(act):
            self.refused = True
            self.setObsolete(True)

    def id(self) -> int:
        return hash(self.merge) & 0x7FFFFFFF if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Edit) or other.merge != self.merge or other.isObsolete():
            return False
        self.forward = other.forward
        return True
