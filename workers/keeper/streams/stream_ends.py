"""The pipe or socket behind one output of a command: the program writes to one end, the keeper reads the other.

Runs in the keeper. A terminal as the output is in `terminal_end`.
"""

import _socket as socket
import os
from typing import Protocol

from workers.keeper.event_loop import CredentialSocket, EventSource

READ_BYTES = 1 << 16


class StreamEnd(EventSource, Protocol):
    """The keeper's end of one output of the program."""

    @property
    def program_fd(self) -> int:
        """The descriptor that the program gets."""

    def close_program_end(self) -> None:
        """Close the program's end here, once the program has a copy of it."""

    def refuse(self) -> None:
        """Nobody reads the output any more: let the writer get an error, where that is possible."""


class PipeEnd:
    """A pipe, for systems whose sockets do not name the writer."""

    def __init__(self) -> None:
        self._read_fd, self.program_fd = os.pipe()

    def fileno(self) -> int:
        """See EventSource."""
        return self._read_fd

    def read(self) -> tuple[bytes, int]:
        """See EventSource."""
        try:
            return os.read(self._read_fd, READ_BYTES), 0
        except OSError:
            return b"", 0

    def close_program_end(self) -> None:
        """See StreamEnd."""
        os.close(self.program_fd)

    def refuse(self) -> None:
        """See StreamEnd. The writer gets a broken pipe."""
        null = os.open(os.devnull, os.O_RDONLY)  # the number stays taken, and reads as the end
        os.dup2(null, self._read_fd)
        os.close(null)

    def close(self) -> None:
        """See EventSource."""
        os.close(self._read_fd)


class SocketEnd(CredentialSocket):
    """A socket on which the kernel names the writer of each chunk (Linux)."""

    @property
    def program_fd(self) -> int:
        """See StreamEnd."""
        return self.theirs.fileno()

    def close_program_end(self) -> None:
        """See StreamEnd."""
        self.theirs.close()

    def refuse(self) -> None:
        """See StreamEnd. The socket is shut down, not closed: a writer would take the latter for a connection reset."""
        try:
            self.ours.shutdown(socket.SHUT_RD)
        except OSError:
            pass


def make_end(*, credentials: bool) -> PipeEnd | SocketEnd:
    """A new socket or pipe. credentials: the kernel names the writers on sockets."""
    return SocketEnd() if credentials else PipeEnd()
