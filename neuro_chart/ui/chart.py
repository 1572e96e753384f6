"""The open chart as the windows see it: acts that announce what changed, and that are undone by the same road."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand

from neuro_chart.store.errors import VaultError, WriteFailedError

if TYPE_CHECKING:
    from neuro_chart.store.records import Change, Records

RETRY_AFTER = 2000

Act = Callable[[], "Change"]


class OpenChart(QObject):
    """Records with signals: every act goes through `act`.

    `changed(Change)` follows each act that is stored; `unwritten(sentence)` says that the disk takes nothing
    (acts wait in their order and are tried again), and is empty once all is stored; `refused(sentence)` says
    why an act will not be done at all.
    """

    changed = Signal(object)
    unwritten = Signal(str)
    refused = Signal(str)

    def __init__(self, records: "Records", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.records = records
        self._waiting: list[Act] = []
        self._retry = QTimer(self)
        self._retry.setInterval(RETRY_AFTER)
        self._retry.timeout.connect(self.write_waiting)

    @property
    def all_written(self) -> bool:
        """Whether every act has reached the disk."""
        return not self._waiting

    def act(self, act: Act) -> bool:
        """Do an act now, or keep it until the disk takes it; False if it is refused."""
        if self._waiting:
            self._waiting.append(act)
            return True
        try:
            change = act()
        except WriteFailedError as error:
            self._waiting.append(act)
            self._retry.start()
            self.unwritten.emit(str(error))
        except (VaultError, ValueError) as error:
            self.refused.emit(str(error))
            return False
        else:
            self.changed.emit(change)
        return True

    def begin(self, act: Act) -> bool:
        """Do an act that more will be built on, now or not at all: it never waits for the disk."""
        if not self.write_waiting():
            return False
        try:
            change = act()
        except (VaultError, ValueError) as error:
            self.refused.emit(str(error))
            return False
        self.changed.emit(change)
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
                self._waiting.pop(0)
                self.changed.emit(change)
        if not self._waiting and self._retry.isActive():
            self._retry.stop()
            self.unwritten.emit("")
        for sentence in refusals:
            self.refused.emit(sentence)
        return not self._waiting


class Edit(QUndoCommand):
    """One undoable step: `forward` and `back` are acts of the chart. Steps that follow each other with the same `merge` word become one."""

    def __init__(self, chart: OpenChart, text: str, forward: Act, back: Act, merge: str = "") -> None:
        super().__init__(text)
        self.chart, self.forward, self.back, self.merge = chart, forward, back, merge

    def redo(self) -> None:
        if not self.chart.act(self.forward):
            self.setObsolete(True)

    def undo(self) -> None:
        if not self.chart.act(self.back):
            self.setObsolete(True)

    def id(self) -> int:
        return hash(self.merge) & 0x7FFFFFFF if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Edit) or other.merge != self.merge or other.isObsolete():
            return False
        self.forward = other.forward
        return True
