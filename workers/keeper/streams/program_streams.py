"""The standard streams of a program: the interface of both kinds, and the kind whose output is only kept.

The other kind, a command's, is in `command_streams`. Runs in the keeper's main thread.
"""

import subprocess
from collections.abc import Callable
from typing import Protocol

from workers.keeper.event_loop import Loop
from workers.keeper.streams.output_file import OutputFile
from workers.keeper.streams.stream_ends import make_end


class ProgramStreams(Protocol):
    """The standard streams of the program. stdin, stdout and stderr are what `subprocess.Popen` takes."""

    @property
    def stdin(self) -> int:
        """Its standard input."""

    @property
    def stdout(self) -> int:
        """Its standard output."""

    @property
    def stderr(self) -> int:
        """Its standard error."""

    def prepare(self, output: OutputFile) -> None:
        """Take what reading and keeping the output needs. Raises OSError or RuntimeError where the system has no more of it."""

    def close_program_ends(self) -> None:
        """Close the program's ends here: it was started, or could not be."""

    def begin(self, program: int) -> None:
        """Read and keep what the program with this pid prints."""

    @property
    def ended(self) -> bool:
        """Whether no process is left that could print."""

    @property
    def settled(self) -> bool:
        """Whether everything printed so far is kept and passed on, or is waiting in the keeper's loop."""

    @property
    def failures(self) -> list[str]:
        """Why output could not be passed on, one reason for each output that failed."""

    def leave_rest(self) -> None:
        """The run is over: have further output passed on without the keeper, for as long as it has writers."""


class CapturedStreams:
    """Standard streams whose output is kept only. Standard input is empty, or takes commands.

    linux: the kernel names the writers, and nothing is unread once the loop finds nothing to read.
    """

    def __init__(self, loop: Loop, *, commands: bool, linux: bool) -> None:
        self._loop = loop
        self._linux = linux
        self._open = 2
        self._stdout, self._stderr = make_end(credentials=linux), make_end(credentials=linux)
        self.stdin = subprocess.PIPE if commands else subprocess.DEVNULL
        self.stdout = self._stdout.program_fd
        self.stderr = self._stderr.program_fd

    def close_program_ends(self) -> None:
        """See ProgramStreams."""
        self._stdout.close_program_end()
        self._stderr.close_program_end()

    def prepare(self, output: OutputFile) -> None:
        """See ProgramStreams."""
        for end, stream in ((self._stdout, 1), (self._stderr, 2)):
            self._loop.add(end, self._keeping(output, stream))

    def begin(self, program: int) -> None:
        """See ProgramStreams. It has begun already."""

    @property
    def ended(self) -> bool:
        """See ProgramStreams."""
        return not self._open

    @property
    def settled(self) -> bool:
        """See ProgramStreams. A thread may hold what it read just now, so without Linux's means only the end is certain."""
        return self._linux or self.ended

    @property
    def failures(self) -> list[str]:
        """See ProgramStreams."""
        return []

    def leave_rest(self) -> None:
        """See ProgramStreams. Nothing to do: the output is passed on to nowhere."""

    def _keeping(self, output: OutputFile, stream: int) -> Callable[[bytes, int], None]:
        def keep(data: bytes, pid: int) -> None:
            if data:
                output.keep(data, pid, stream)
            else:
                self._open -= 1

        return keep
