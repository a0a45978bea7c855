"""Reports of errors inside Procession itself, kept for the next start, which offers them once. The window's process.

Each unexpected exception has a report of its own. For a crash of the interpreter (a segmentation fault, an abort) a file is
opened at the start, which faulthandler writes to; without a crash it stays empty and is removed at the end.
"""

import faulthandler
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import psutil

from desktop.environment.version import version
from workers.runs.run_folders import state_folder

_RAISED, _CRASHED, _OFFERED = "raised-", "crashed-", "offered-"
_MOST_KEPT = 20
_MOST_READ = 1 << 18


@dataclass(frozen=True, slots=True)
class Report:
    """An error in an earlier start. crashed: it ended the program."""

    path: Path
    text: str
    crashed: bool


def crash_folder() -> Path:
    """The folder of the reports, which need not exist. Raises RunError for a user without a home."""
    return state_folder() / "crashes"


class Crashes:
    """The reports of this process and of earlier ones. If the folder cannot be written to, none are kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = crash_folder() if folder is None else folder
        self._file: TextIO | None = None
        self._path = self._folder

    def begin(self) -> None:
        """Have a crash of the interpreter reported, unless faulthandler is already enabled."""
        if faulthandler.is_enabled():
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path = self._folder / f"{_CRASHED}{_now()}-{os.getpid()}.txt"
            self._file = _create(self._path)
        except OSError:
            return
        faulthandler.enable(self._file)

    def end(self) -> None:
        """The process ends without a crash."""
        file, self._file = self._file, None
        if file is None:
            return
        faulthandler.disable()
        file.close()
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            pass  # the next start removes an empty one

    def keep(self, details: str) -> Path | None:
        """Write a report of an exception. Returns its path, or None if it could not be written."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{_RAISED}{_now()}-{os.getpid()}.txt"
            with _create(path) as file:
                file.write(f"{_heading()}\n\n{details}")
        except (OSError, ValueError):
            return None
        return path

    def offer(self) -> list[Report]:
        """The reports of earlier starts that were not offered yet, newest first. They count as offered from now on."""
        found = []
        for path in sorted(self._reports(), key=lambda path: path.name.partition("-")[2], reverse=True):
            report = self._offered(path)
            if report is not None:
                found.append(report)
        self._forget_old()
        return found

    def _reports(self) -> list[Path]:
        try:
            return [
                path for path in self._folder.iterdir() if path.name.startswith((_RAISED, _CRASHED)) and _is_over(path)
            ]
        except OSError:
            return []

    def _offered(self, path: Path) -> Report | None:
        crashed = path.name.startswith(_CRASHED)
        try:
            if not path.stat().st_size:
                path.unlink()  # the process was killed, without a crash
                return None
            with path.open(encoding="utf-8", errors="replace") as file:
                text = file.read(_MOST_READ)
            kept = path.with_name(_OFFERED + path.name)
            path.rename(kept)
        except OSError:
            return None
        return Report(kept, f"{_heading()}\n\n{text}" if crashed else text, crashed)

    def _forget_old(self) -> None:
        try:
            offered = sorted(self._folder.glob(f"{_OFFERED}*"), key=lambda path: path.stat().st_mtime)
            for path in offered[:-_MOST_KEPT]:
                path.unlink()
        except OSError:
            pass  # another start is doing the same


def _create(path: Path) -> TextIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")


def _is_over(path: Path) -> bool:
    """Whether the process that writes it has ended. A report of another window that still runs is left alone."""
    pid = path.stem.rpartition("-")[2]
    return not pid.isdecimal() or (int(pid) != os.getpid() and not psutil.pid_exists(int(pid)))


def _now() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{time.perf_counter_ns() % 10**9:09}"


def _heading() -> str:
    return f"Procession {version()}, Python {platform.python_version()}, {platform.platform()}"
