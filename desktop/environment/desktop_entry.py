"""Puts Procession into the menu of a Linux desktop, where it then opens saved runs, and removes it again.

Writes only to the user's own data folder, as the freedesktop.org specifications say. No Qt; the command line's only thread.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from resources import desktop_entry
from resources.icons import read_icon
from workers.errors import ProcessionError
from workers.system.atomic_files import write_atomically

ENTRY, KIND = "applications/procession.desktop", "mime/packages/procession.xml"
ICONS = (
    "icons/hicolor/scalable/apps/procession.svg",
    "icons/hicolor/scalable/mimetypes/application-x-procession-run.svg",
)
_TOOL_LIMIT_S = 60
_SPECIAL = re.compile(r'["`$\\]')


class DesktopEntryError(ProcessionError):
    """The entry could not be written or removed, or this system has no such entries."""


def install() -> list[str]:
    """Write the entry. Returns sentences on what was done; raises DesktopEntryError or ExportError."""
    folder = _data_folder()
    contents = {
        ENTRY: desktop_entry.read("procession.desktop").replace("Exec=procession ", f"Exec={_command()} "),
        KIND: desktop_entry.read("procession.xml"),
        **dict.fromkeys(ICONS, read_icon("app")),
    }
    for name, content in contents.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DesktopEntryError(f"{path.parent} could not be made: {error.strerror or error}.") from error
        write_atomically(path, content.encode())
    return [f"Procession is in the menu, and opens saved runs: its entry is {folder / ENTRY}.", *_tell_desktop(folder)]


def remove() -> list[str]:
    """Remove the entry. Returns sentences on what was done; raises DesktopEntryError."""
    folder = _data_folder()
    gone = [path for path in (folder / name for name in (ENTRY, KIND, *ICONS)) if path.exists()]
    for path in gone:
        try:
            path.unlink()
        except OSError as error:
            raise DesktopEntryError(f"{path} could not be removed: {error.strerror or error}.") from error
    if not gone:
        return [f"Procession was not in the menu: there is no {folder / ENTRY}."]
    return ["Procession is no longer in the menu, and saved runs are no longer known.", *_tell_desktop(folder)]


def _data_folder() -> Path:
    if sys.platform in ("win32", "darwin"):
        raise DesktopEntryError("Entries of this kind are for desktops on Linux and the like: there is none here.")
    given = os.environ.get("XDG_DATA_HOME", "")
    try:
        return Path(given) if os.path.isabs(given) else Path.home() / ".local" / "share"
    except RuntimeError as error:
        raise DesktopEntryError("This user has no home folder: set HOME or XDG_DATA_HOME.") from error


def _command() -> str:
    """The command that starts this Procession, quoted for an entry."""
    beside = Path(sys.executable).with_name("procession")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("procession")
    words = [found] if found else [sys.executable, "-P", "-m", "desktop"]
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    # Twice: the value of a key has backslashes of its own. A percent sign begins a field.
    escaped = _SPECIAL.sub(lambda found: f"\\{found.group()}", word).replace("\\", "\\\\").replace("%", "%%")
    return f'"{escaped}"'


def _tell_desktop(folder: Path) -> list[str]:
    """Have the desktop read the folders again. Returns a sentence if it could not be asked."""
    sentences = []
    for program, where in (("update-mime-database", "mime"), ("update-desktop-database", "applications")):
        command = shutil.which(program)
        try:
            if command is None:
                raise FileNotFoundError
            subprocess.run([command, str(folder / where)], check=True, capture_output=True, timeout=_TOOL_LIMIT_S)
        except (OSError, subprocess.SubprocessError):
            sentences.append(
                f"{program} is missing or failed: the desktop may notice the change only when it starts again."
            )
    return sentences
