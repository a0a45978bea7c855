"""The versions of installed packages, as `importlib.metadata` has them. Any process and thread.

Its import takes half of the time of ``procession --version``, and a fifth of that of a short report without numpy. So it is
asked only about what is not found as a folder.
"""

import os
import sys


def version() -> str:
    """The version of Procession; ``unknown`` if it is not installed."""
    return installed_version("procession") or "unknown"


def installed_version(package: str) -> str | None:
    """The version of a package; None if it is not installed."""
    name = package.lower().replace("-", "_")
    for folder in sys.path:
        found = _version_in(folder or os.curdir, name)
        if found is not None:
            return found
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _version_in(folder: str, name: str) -> str | None:
    try:
        for entry in os.listdir(folder):
            if entry.endswith(".dist-info") and entry.partition("-")[0].lower() == name:
                with open(os.path.join(folder, entry, "METADATA"), encoding="utf-8", errors="replace") as lines:
                    return next((line[8:].strip() for line in lines if line.startswith("Version:")), None)
    except OSError:
        pass  # no folder, or not readable
    return None
