"""Whether a window can be shown at all, asked before Qt aborts over it."""

import ctypes
import os
import socket
import sys
from pathlib import Path

# The one list, which README.md repeats and .ci/run installs. With what these depend on they hold every library that Qt's own need.
PACKAGES = (
    "libglib2.0-0 libegl1 libgl1 libfontconfig1 libdbus-1-3 libgssapi-krb5-2 "
    "libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libcups2"
)
_LIBRARIES = (
    "libglib-2.0.so.0", "libEGL.so.1", "libGL.so.1", "libfontconfig.so.1", "libdbus-1.so.3", "libgssapi_krb5.so.2", "libxkbcommon.so.0",
)  # fmt: skip
_X11_LIBRARIES = ("libxkbcommon-x11.so.0", "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1", "libxcb-shape.so.0")


def display_problem() -> str:
    """A sentence that says why no window can be shown and what to do, or nothing."""
    if not sys.platform.startswith("linux"):
        return ""
    platforms = {name.partition(":")[0] for name in (os.environ.get("QT_QPA_PLATFORM") or "wayland;xcb").split(";")}
    on_x11 = platforms <= {"wayland", "xcb"} and not ("wayland" in platforms and _wayland_answers())
    missing = [name for name in (*_LIBRARIES, *(_X11_LIBRARIES if on_x11 else ())) if not _loads(name)]
    if missing:
        return f"A window needs {', '.join(missing)}; on Debian or Ubuntu: sudo apt install {PACKAGES}"
    if on_x11 and not ("xcb" in platforms and _x11_answers()):
        return (
            "There is no display to show a window on. Start Neuro Chart in a graphical session "
            "(DISPLAY and WAYLAND_DISPLAY are not set, or nothing answers there)."
        )
    return ""


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name or not _loads("libwayland-cursor.so.0"):
        return False
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/"), name)))
        except OSError:
            return False
    return True


def _x11_answers() -> bool:
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    broken = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not broken
