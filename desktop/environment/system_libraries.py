"""The system libraries that Qt needs and a bare Linux lacks: the missing ones, and the command that installs them.

Standard library only, and no Qt: this runs before Qt is imported, and as a script from the Makefile, before the project's
environment exists.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library: the name for the loader, and the Debian or Ubuntu package that has it."""

    soname: str
    package: str


_ALWAYS = (
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libEGL.so.1", "libegl1"),
    Library("libGL.so.1", "libgl1"),
    Library("libX11.so.6", "libx11-6"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libzstd.so.1", "libzstd1"),
)
_X11 = (
    Library("libX11-xcb.so.1", "libx11-xcb1"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-randr.so.0", "libxcb-randr0"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxcb-sync.so.1", "libxcb-sync1"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
_WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0"),
)


def missing_libraries(environment: Mapping[str, str] = os.environ) -> list[Library]:
    """The libraries that Qt would not find: for drawing, and for a window on the display that `environment` names.

    If that names both an X11 and a Wayland display, one of them is enough. Empty on systems other than Linux, where Qt has
    or finds all that it needs.
    """
    if not sys.platform.startswith("linux"):
        return []
    return [library for library in _ALWAYS if not _loads(library)] + _missing_for_display(environment)


def advice(missing: Iterable[Library]) -> str:
    """A text for the user: the missing libraries by name, and the command that installs them."""
    libraries = list(missing)
    names = ", ".join(library.soname for library in libraries)
    lacks = f"Qt needs system libraries that are missing here: {names}."
    root = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    if shutil.which("apt-get"):
        packages = " ".join(library.package for library in libraries)
        return f"{lacks}\nInstall them with: {root}apt-get install -y {packages}"
    if shutil.which("dnf"):
        provided = " ".join(f"'{library.soname}()(64bit)'" for library in libraries)
        return f"{lacks}\nInstall them with: {root}dnf install -y {provided}"
    return f"{lacks}\nInstall the packages that have them with your system's package manager."


def _missing_for_display(environment: Mapping[str, str]) -> list[Library]:
    platform = environment.get("QT_QPA_PLATFORM", "")
    offers: list[tuple[Library, ...]] = []
    if platform.startswith("wayland") or (not platform and environment.get("WAYLAND_DISPLAY")):
        offers.append(_WAYLAND)
    if platform.startswith("xcb") or (not platform and environment.get("DISPLAY")):
        offers.append(_X11)
    lacks = [[library for library in offer if not _loads(library)] for offer in offers]
    return min(lacks, key=len, default=[])


def _loads(library: Library) -> bool:
    try:
        ctypes.CDLL(library.soname)
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Print the advice, or with ``--packages`` only the packages. Exit code 1 if a library is missing."""
    missing = missing_libraries()
    if arguments == ["--packages"]:
        print(" ".join(library.package for library in missing))
    elif missing:
        print(advice(missing), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
