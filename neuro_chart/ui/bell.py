"""The bell: it tells the time on each second while something runs, rings for what runs out, and rings again until somebody has seen it."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from time import time
from typing import NamedTuple

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal

from neuro_chart.clinic.clocks import now
from neuro_chart.ui import sound

AGAIN_AFTER = timedelta(minutes=1)
LATE = 4  # milliseconds after the second, so that a timer that fires a little early does not tell the old one again


class End(NamedTuple):
    """When a clock runs out, of what, and where (the visit, or the room of a chart that is locked)."""

    due: datetime
    of: str
    place: str


class Bell(QObject):
    """`ticked(now)` on each second while a clock runs; `overdue(place)` and a tone once for each clock that runs out.

    The tone comes again each minute until the place is `seen`, something is done in it, or all are told to be `quiet`, if the settings say
    so. `ringing` follows when what rings changes; `told` is the time that was told last.
    """

    ticked = Signal(object)
    overdue = Signal(str)
    ringing = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chime = sound.Chime(settings)
        self.unseen: frozenset[str] = frozenset()
        self._settings = settings
        self._clocks: frozenset[End] = frozenset()
        self._waiting: list[End] = []  # the next first
        self._rung: set[End] = set()
        self._rang = self.told = now()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_the_second)

    @property
    def is_running(self) -> bool:
        """Whether a clock runs anywhere."""
        return self._timer.isActive()

    def keep(self, clocks: Iterable[End], *, runs: bool) -> None:
        """Ring for these from now on; runs: whether the time is to be told for them."""
        self._clocks = frozenset(clocks)
        moment, rung = now(), {clock.of for clock in self._rung}
        # what was rung for and is still overdue, such as after too few minutes more, does not ring anew
        self._rung = {clock for clock in self._clocks if clock.due <= moment and (clock in self._rung or clock.of in rung)}
        self._waiting = sorted(self._clocks - self._rung)
        self._forget(self.unseen - self.late(moment))
        if not runs:
            self._timer.stop()
        elif not self._timer.isActive():
            self._await_second()

    def late(self, moment: datetime) -> set[str]:
        """Where a clock has run out."""
        return {clock.place for clock in self._clocks if clock.due <= moment}

    def go_on(self, told: datetime, unseen: AbstractSet[str]) -> None:
        """Go on for another bell, which has rung for all that was due when it told the time last, and nobody has seen what is unseen."""
        self._rung |= {clock for clock in self._clocks if clock.due <= told}
        self._waiting = sorted(self._clocks - self._rung)
        self.unseen |= unseen & self.late(told)
        self._rang = told
        self.ringing.emit()

    def _await_second(self) -> None:
        self._timer.start(1000 - int(time() * 1000) % 1000 + LATE)

    def _on_the_second(self) -> None:
        self._await_second()
        self.tick()

    def tick(self) -> None:
        """Tell the time, and ring for the clocks that have run out since, and again for those that nobody has seen."""
        moment = now()
        if moment < self.told:  # the system's clock was put back: what has time left again will ring again
            self._rang = min(self._rang, moment)
            self.keep(self._clocks, runs=self.is_running)
        self.told = moment
        self.ticked.emit(moment)
        over = [clock for clock in self._waiting if clock.due <= moment]
        if over:
            del self._waiting[: len(over)]
            self._rung.update(over)
            late = dict.fromkeys(clock.place for clock in over)
            self.unseen |= late.keys()
            self._ring(moment)
            for place in late:
                self.overdue.emit(place)
            self.ringing.emit()
        elif self.unseen and sound.rings_again(self._settings) and moment - self._rang >= AGAIN_AFTER:
            self._ring(moment)

    def _ring(self, moment: datetime) -> None:
        self._rang = moment
        self.chime.play()

    def seen(self, place: str) -> None:
        """Somebody has looked there: it rings no more for what has run out so far."""
        self._forget({place})

    def quiet(self) -> None:
        """Ring no more for anything that has run out so far."""
        self._forget(self.unseen)

    def rest(self) -> None:
        """Tick no more until something is kept anew."""
        self._timer.stop()

    def _forget(self, places: AbstractSet[str]) -> None:
        if self.unseen & places:
            self.unseen -= places
            self.ringing.emit()
