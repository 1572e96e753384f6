"""Notices that nobody is at the program any more, and that the machine has slept."""

from collections.abc import Callable
from math import ceil
from time import monotonic, time

from PySide6.QtCore import QEvent, QKeyCombination, QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from shiboken6 import isValid

from neuro_chart.ui.lock import minutes

BEAT = 1000
WARNED_FOR = 20  # seconds
SLEPT = 30  # seconds that a beat comes too late, or that the clock on the wall ran ahead of the one that nobody sets
LOCK_KEY = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)
_KIND = QEvent.Type
HERE = frozenset({
    _KIND.KeyPress, _KIND.KeyRelease, _KIND.ShortcutOverride, _KIND.InputMethod,
    _KIND.MouseButtonPress, _KIND.MouseButtonRelease, _KIND.MouseButtonDblClick, _KIND.MouseMove, _KIND.Wheel,
    _KIND.TouchBegin, _KIND.TouchUpdate, _KIND.TouchEnd, _KIND.TabletPress, _KIND.TabletMove, _KIND.TabletRelease,
    _KIND.NativeGesture, _KIND.DragMove, _KIND.Drop,
})  # fmt: skip


class Idle(QObject):
    """`warned(seconds)` for each of the last seconds before the chart locks, 0 once somebody is here again; `gone()` when it is to lock.

    The minutes are those of the settings, counted by a clock that nobody sets from the last key, touch, pen, wheel or move of the mouse in
    any window of the program. A machine that slept was left alone, whatever the minutes are. The lock key over a
    menu or a dialog, where the chart's own shortcut does not reach, is heard here.
    """

    warned = Signal(int)
    gone = Signal()

    def __init__(
        self,
        settings: QSettings,
        parent: QObject | None = None,
        steady: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        super().__init__(parent)
        self._settings, self._steady, self._wall = settings, steady, wall
        self._warning = False
        self._focused: QObject | None = None
        self._last = self._beat = steady()
        self._beat_on_the_wall = wall()
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusObjectChanged.connect(self._watch_words)
            application.focusWindowChanged.connect(self._watch_windows)
        self._watch_words(QGuiApplication.focusObject())
        self._watch_windows()
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusObjectChanged.disconnect(self._watch_words)
            application.focusWindowChanged.disconnect(self._watch_windows)
        self._watch_words(None)

    def _watch_windows(self) -> None:
        """Keys and touches come to a window first; one that opened since the last beat was opened by one of those."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)

    def _watch_words(self, focused: QObject | None) -> None:
        """An input method composes with the field itself."""
        if self._focused is not None and isValid(self._focused):
            self._focused.removeEventFilter(self)
        self._focused = focused
        if focused is not None:
            focused.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        is_lock_key = isinstance(event, QKeyEvent) and event.type() == _KIND.KeyPress and event.keyCombination() == LOCK_KEY
        if self._slept() or is_lock_key:  # before the window shows anything
            self._go()
            return True
        self._beat, self._beat_on_the_wall = self._steady(), self._wall()  # awake, though a busy machine may hold up the beats
        if event.type() in HERE:
            self.begin_anew()
        return False

    def begin_anew(self) -> None:
        """Somebody is here."""
        self._last = self._steady()
        if self._warning:
            self._warning = False
            self.warned.emit(0)

    def look(self) -> None:
        """See how long nobody has been here; once a second."""
        if self._slept():
            self._go()
            return
        self._beat, self._beat_on_the_wall = self._steady(), self._wall()
        self._watch_windows()
        limit = 60 * minutes(self._settings)
        left = ceil(self._last + limit - self._beat)
        if limit and left <= 0:
            self._go()
        elif limit and left <= WARNED_FOR:
            self._warning = True
            self.warned.emit(left)

    def _slept(self) -> bool:
        ran = self._steady() - self._beat
        return self._timer.isActive() and (ran > SLEPT or self._wall() - self._beat_on_the_wall - ran > SLEPT)

    def _go(self) -> None:
        self._warning = False
        self._last = self._beat = self._steady()  # should it not lock, it is tried again
        self._beat_on_the_wall = self._wall()
        self.gone.emit()
