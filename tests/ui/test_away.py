"""The system says that it sleeps, or that its session is locked: heard over a bus of its own, and by the messages of Windows.

This file is also the program that listens, as a process knows the buses that it began with.
"""

import os
import shutil
import subprocess
import sys
from ctypes import addressof, wintypes
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEventLoop

import neuro_chart
from neuro_chart.ui.away import Away, Messages

LOGIND = "org.freedesktop.login1"
SIGNALS = (
    ("/org/freedesktop/login1", f"{LOGIND}.Manager", "PrepareForSleep", [True]),
    ("/org/freedesktop/login1/session/_32", f"{LOGIND}.Session", "Lock", []),
    ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
    ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", [True]),
    ("/org/freedesktop/login1", f"{LOGIND}.Manager", "PrepareForSleep", [False]),  # it woke
    ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [False]),
)


def listen() -> None:
    """Send each signal over the bus, and say how often it meant to be gone."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage  # noqa: PLC0415  # where there is a bus

    app = QCoreApplication([])
    away, gone = Away(), []
    away.gone.connect(lambda: gone.append(1))
    sender = QDBusConnection.connectToBus(os.environ["DBUS_SESSION_BUS_ADDRESS"], "sender")
    assert sender.registerService(LOGIND)
    for path, interface, name, arguments in SIGNALS:
        gone.clear()
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(arguments)
        sender.send(message)
        passed = QElapsedTimer()
        passed.start()
        while not gone and passed.elapsed() < (5000 if arguments != [False] else 300):
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        sys.stdout.write(f"{name} {len(gone)}\n")


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("dbus-daemon"), reason="needs a bus of its own")
def test_sleep_and_a_locked_session_are_heard_and_their_end_is_not(tmp_path):
    address = f"unix:path={tmp_path / 'bus'}"
    daemon = [shutil.which("dbus-daemon"), "--session", "--nofork", "--print-address", f"--address={address}"]
    environment = os.environ | {
        "PYTHONPATH": str(Path(neuro_chart.__file__).parents[1]),
        "DBUS_SESSION_BUS_ADDRESS": address,
        "DBUS_SYSTEM_BUS_ADDRESS": address,
    }
    with subprocess.Popen(daemon, stdout=subprocess.PIPE, text=True) as bus:  # noqa: S603  # the system's own
        assert bus.stdout.readline()
        try:
            told = subprocess.run([sys.executable, __file__], env=environment, check=True, capture_output=True, text=True)  # noqa: S603
        finally:
            bus.terminate()
    heard = [f"{name} {0 if arguments == [False] else 1}" for _, _, name, arguments in SIGNALS]
    assert told.stdout.splitlines() == heard


def test_where_there_is_no_bus_it_is_silent(qapp, monkeypatch, tmp_path):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "tcp:host=127.0.0.1,port=1")  # never over a network
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    Away().deleteLater()


@pytest.mark.parametrize(
    ("message", "what", "means"),
    [(0x218, 4, True), (0x218, 7, False), (0x2B1, 7, True), (0x2B1, 8, False), (0x100, 7, False)],
)
def test_the_messages_of_windows_are_understood(qapp, message, what, means):
    away, gone = Away(), []
    away.gone.connect(lambda: gone.append(1))
    told = wintypes.MSG(message=message, wParam=what)
    assert Messages(away).nativeEventFilter(b"windows_generic_MSG", addressof(told)) == (False, 0)
    assert bool(gone) is means


if __name__ == "__main__":
    listen()
