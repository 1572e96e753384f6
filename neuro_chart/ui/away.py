"""Hears from the system that it goes to sleep, or that its session is locked."""

import ctypes
import os
import sys
from contextlib import suppress
from ctypes import wintypes
from pathlib import Path

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

# What tells it on Linux, by the bus that it comes from: the service, its path ("": any), interface and signal, and what hears it.
_LOGIND, _ANYWHERE = "org.freedesktop.login1", ""
_SYSTEM = (
    (_LOGIND, "/org/freedesktop/login1", f"{_LOGIND}.Manager", "PrepareForSleep", "turned(bool)"),
    (_LOGIND, _ANYWHERE, f"{_LOGIND}.Session", "Lock", "left()"),
)
_SESSION = (
    ("", _ANYWHERE, "org.freedesktop.ScreenSaver", "ActiveChanged", "turned(bool)"),
    ("", _ANYWHERE, "org.gnome.ScreenSaver", "ActiveChanged", "turned(bool)"),
)
# The messages of Windows: wtsapi32 and user32, winuser.h.
_POWER, _SUSPEND, _SESSION_CHANGE, _SESSION_LOCK = 0x218, 4, 0x2B1, 7


class Away(QObject):
    """`gone()` when the system is about to sleep or its session is locked; silent where nothing tells of it."""

    gone = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._windows: Messages | None = None
        if sys.platform == "linux":
            self._listen()
        elif sys.platform == "win32":
            self._windows = Messages(self)
            QCoreApplication.instance().installNativeEventFilter(self._windows)

    def watch(self, window: QWidget) -> None:
        """Have Windows tell a window of its session."""
        if sys.platform == "win32":
            with suppress(OSError, AttributeError):
                ctypes.windll.wtsapi32.WTSRegisterSessionNotification(wintypes.HWND(int(window.winId())), 0)

    def _listen(self) -> None:
        try:
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415  # a system without the library has no bus either
        except ImportError:
            return
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        for address, usual, connect, signals in (
            ("DBUS_SYSTEM_BUS_ADDRESS", "/run/dbus/system_bus_socket", QDBusConnection.systemBus, _SYSTEM),
            ("DBUS_SESSION_BUS_ADDRESS", f"{runtime}/bus" if runtime else "", QDBusConnection.sessionBus, _SESSION),
        ):
            told = os.environ.get(address, "")
            if told.startswith("unix:") or (not told and usual and Path(usual).exists()):  # never over a network, and none is started
                bus = connect()
                for service, path, interface, name, slot in signals:
                    bus.connect(service, path, interface, name, self, SLOT(slot))  # type: ignore[call-overload]  # it takes no bytes

    @Slot(bool)
    def turned(self, away: bool) -> None:  # noqa: FBT001  # as the bus tells it
        """The system goes to sleep or the screen is locked, or either is over."""
        if away:
            self.gone.emit()

    @Slot()
    def left(self) -> None:
        """The session is locked."""
        self.gone.emit()


class Messages(QAbstractNativeEventFilter):
    """Reads what Windows tells the windows of the program."""

    def __init__(self, away: Away) -> None:
        super().__init__()
        self._away = away

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        if QByteArray(kind).data() in {b"windows_generic_MSG", b"windows_dispatcher_MSG"}:
            told = wintypes.MSG.from_address(int(message))
            if (told.message, told.wParam) in {(_POWER, _SUSPEND), (_SESSION_CHANGE, _SESSION_LOCK)}:
                self._away.gone.emit()
        return False, 0
