"""Concludes which process wrote to a terminal, where the kernel does not say. Runs in the keeper, in a relay's thread."""

import os
from collections.abc import Callable

from workers.system import processes


class TerminalWriters:
    """Assigns what was read from a terminal to a writer. The rest of a line belongs to the writer of its beginning.

    current_writer: the pid that must have written what was just read; 0 = not known.
    """

    def __init__(self, current_writer: Callable[[], int]) -> None:
        self._current_writer = current_writer
        self._line_writer: int | None = None  # of the line that is not ended yet

    def assign(self, data: bytes) -> list[tuple[bytes, int]]:
        """`data` in one or two parts, each with the pid of its writer, 0 = not known."""
        writer = self._current_writer()
        parts = [(data, writer)]
        if self._line_writer is not None and self._line_writer != writer:
            first, newline, rest = data.partition(b"\n")
            parts = [(first + newline, self._line_writer), (rest, writer)] if newline else [(data, self._line_writer)]
        self._line_writer = None if data.endswith(b"\n") else parts[-1][1]
        return [(part, pid) for part, pid in parts if part]


class OnlyWriter:
    """Knows whether the program is the only process that can have written since the last call."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._reaped_faults: tuple[int, int] | None = (0, 0)
        self._lists_children = os.path.exists(f"/proc/{pid}/task/{pid}/children")

    def __call__(self) -> int:
        """The program's pid when no other process can have written since the last call, else 0."""
        if not self._lists_children:
            return 0
        # In this order: a child that is no longer listed here is already counted among the reaped below.
        others = processes.children(self._pid) or set(processes.children(os.getpid())) - {self._pid}
        before, self._reaped_faults = self._reaped_faults, self._faults_of_reaped_children()
        alone = not others and self._reaped_faults is not None and self._reaped_faults == before
        return self._pid if alone else 0

    def _faults_of_reaped_children(self) -> tuple[int, int] | None:
        """Page faults of the children that the program has reaped, and of those that the keeper has; every child has some.

        None when the program is gone.
        """
        import resource

        try:
            with open(f"/proc/{self._pid}/stat", "rb") as file:
                program = int(file.read().rpartition(b")")[2].split()[8])
        except (OSError, IndexError, ValueError):
            return None
        return program, resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
