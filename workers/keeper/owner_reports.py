"""What the keeper reports to its owner on a pipe, as JSON lines. Runs in the keeper's main thread.

Launch, exit code and warnings go to the journal too. But the journal can be on a full disk or in a deleted folder, and a
command must then neither run twice nor end with an exit code that is not the program's.
"""

import json
import os

from workers.keeper.keeper_journal import KeeperJournal

_MOST_WARNINGS, _LONGEST_WARNING = 20, 500
"""Warnings to the owner, and characters of each: never more than its pipe takes while it does not read."""


class OwnerReports:
    """The pipe to the owner, and the warnings of the run."""

    def __init__(self, fd: int, journal: KeeperJournal) -> None:
        self._fd = fd
        self._journal = journal
        self._warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Note a warning in the journal. The owner gets it at the end."""
        self._warnings.append(text[:_LONGEST_WARNING])
        self._journal.warning(text)

    def launching(self) -> None:
        """The program is about to be launched: from now on it may have begun, even if the keeper is ended at once."""
        self._write(launching=1)

    def not_launched(self) -> None:
        """It could not be launched."""
        self._write(launching=0)

    def launched(self, pid: int) -> None:
        """The program was launched."""
        self._write(launched=pid)

    def stopped(self, signal: int, stop: int) -> None:
        """The program of a command was stopped by a signal. stop: how many times so far."""
        self._write(stopped=signal, stop=stop)

    def looked(self) -> None:
        """A look was taken into processes that do not move."""
        self._write(looked=1)

    def ended(self, exit_code: int | None) -> None:
        """The run is over. exit_code: the program's; None = not known."""
        self._write(exit_code=exit_code, warnings=self._warnings[:_MOST_WARNINGS])

    def _write(self, **report: object) -> None:
        _write(self._fd, report)


def report_failure(fd: int, error: BaseException) -> None:
    """Report why the keeper ends before its work is done."""
    _write(fd, {"failed": reason_of(error)[:_LONGEST_WARNING]})


def reason_of(error: BaseException) -> str:
    """The error in a few words, without an end."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return "out of memory"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _write(fd: int, report: dict[str, object]) -> None:
    try:
        os.write(fd, json.dumps(report).encode() + b"\n")
    except OSError:
        pass  # the owner is gone
