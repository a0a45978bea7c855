"""The folders that the system keeps for this user, one of each kind. Any process of Procession, any thread.

platformdirs knows them on every system. Loading it takes longer than making a run's folder, and a recorded program waits for
both: so the usual case on Linux is decided here, in the same way.
"""

import os
import sys
from pathlib import Path

from workers.errors import RunError

_USUAL = {"state": ".local/state", "cache": ".cache", "config": ".config"}
_ANDROID = ("ANDROID_DATA", "ANDROID_ROOT")


def user_folder(kind: str) -> Path:
    """Procession's folder of a kind: state, cache or config. It need not exist.

    Raises RunError for a user without a home, as there are in containers.
    """
    if sys.platform == "linux" and not any(name in os.environ for name in _ANDROID):
        given, home = os.environ.get(f"XDG_{kind.upper()}_HOME"), os.environ.get("HOME", "")
        if given is None and home.startswith("/") and home == home.strip():
            return Path(home, _USUAL[kind], "procession")
        if given is not None and given.startswith("/") and given == given.strip():
            return Path(given, "procession")
    import platformdirs

    folders = platformdirs.PlatformDirs("procession", appauthor=False)
    try:
        return Path(getattr(folders, f"user_{kind}_dir"))
    except RuntimeError as error:
        raise RunError(f"This user has no home folder: set HOME or XDG_{kind.upper()}_HOME.") from error
