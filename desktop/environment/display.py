"""Whether a window can be shown here. Checked before Qt is used, which ends the whole process without a display.

Standard library only. On Linux and the BSDs a display is an X server or a Wayland compositor that answers; other systems
always have one.
"""

import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from contextlib import closing

_ANSWERS_WITHIN_S = 2.0
_X_TCP_PORT = 6000
_X_NAME = re.compile(r"(?:(?P<host>.*):)?:?(?P<number>\d+)(?:\.\d+)?")
_NEEDS_X, _NEEDS_WAYLAND = ("xcb",), ("wayland", "wayland-egl")


def missing_display(environment: Mapping[str, str] = os.environ) -> str | None:
    """Why no window can be shown, in one sentence; None when one can."""
    if not sys.platform.startswith(("linux", "freebsd", "openbsd", "netbsd")):
        return None
    display, wayland = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    chosen = [part.partition(":")[0] for part in environment.get("QT_QPA_PLATFORM", "").split(";") if part]
    if any(name not in (*_NEEDS_X, *_NEEDS_WAYLAND) for name in chosen):
        return None  # offscreen, minimal, vnc and others need neither
    if chosen and not any(name in _NEEDS_X for name in chosen):
        display = ""
    if chosen and not any(name in _NEEDS_WAYLAND for name in chosen):
        wayland = ""
    if (wayland and _wayland_answers(wayland, environment)) or (display and _x_answers(display)):
        return None
    named = [f"DISPLAY={display}" if display else "", f"WAYLAND_DISPLAY={wayland}" if wayland else ""]
    tried = " and ".join(name for name in named if name)
    return f"There is no display here: {tried} does not answer." if tried else "There is no display here."


def _wayland_answers(name: str, environment: Mapping[str, str]) -> bool:
    return _connects(os.path.join(environment.get("XDG_RUNTIME_DIR", ""), name))


def _x_answers(name: str) -> bool:
    match = _X_NAME.fullmatch(name)
    if match is None:
        return False
    host, number = match["host"], int(match["number"])
    if host in (None, "", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        found = _connects("\0" + path) or _connects(path)
    else:
        found = _connects_to_port(host, _X_TCP_PORT + number)
    return found and _x_accepts(name)


def _connects(path: str) -> bool:
    try:
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            probe.settimeout(_ANSWERS_WITHIN_S)
            probe.connect(path)
    except (OSError, ValueError):
        return False
    return True


def _connects_to_port(host: str, port: int) -> bool:
    try:
        socket.create_connection((host.strip("[]"), port), _ANSWERS_WITHIN_S).close()
    except (OSError, OverflowError, UnicodeError):
        return False
    return True


def _x_accepts(name: str) -> bool:
    """Whether the server accepts us, which takes the right cookie. True if that cannot be tried."""
    try:
        library = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    library.xcb_connect.restype = ctypes.c_void_p
    library.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    library.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    library.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = library.xcb_connect(name.encode(), None)
    try:
        return not library.xcb_connection_has_error(connection)
    finally:
        library.xcb_disconnect(connection)
