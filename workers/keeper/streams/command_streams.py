"""The standard streams of a program that is recorded as a command: its output appears where it would without a recorder.

Runs in the keeper's main thread; `output_relay` passes the output on, in threads.

Where the command's own output is a terminal the program gets a pseudo-terminal, otherwise a socket on which the kernel names
the writer. When standard output and standard error lead to the same place they stay one stream, because only so their order
is kept; it is recorded as standard output.
"""

import os
import stat
import subprocess
import threading

from workers.keeper.launch import StandardStreams
from workers.keeper.streams.output_file import OutputFile
from workers.keeper.streams.output_relay import OutputRelay
from workers.keeper.streams.stream_ends import StreamEnd, make_end
from workers.keeper.streams.terminal_end import TerminalEnd
from workers.keeper.streams.terminal_writers import OnlyWriter, TerminalWriters


class CommandStreams:
    """See ProgramStreams. given: the command's own streams."""

    def __init__(self, given: StandardStreams, *, credentials: bool) -> None:
        self._stdin = given.stdin
        self._ends: list[tuple[StreamEnd, int | None, int]] = []  # (end, where to pass on, stream number)
        self._relays: list[OutputRelay] = []
        stdout = _make_end(given.stdout, credentials=credentials)
        self._ends.append((stdout, given.stdout, 1))
        self.stdin = subprocess.DEVNULL if given.stdin is None else given.stdin
        self.stdout = self.stderr = stdout.program_fd
        if not _same_place(given.stdout, given.stderr):
            stderr = _make_end(given.stderr, credentials=credentials)
            self._ends.append((stderr, given.stderr, 2))
            self.stderr = stderr.program_fd

    def close_program_ends(self) -> None:
        """See ProgramStreams."""
        for end, _, _ in self._ends:
            end.close_program_end()
        if self._stdin is not None:
            os.close(self._stdin)

    def prepare(self, output: OutputFile) -> None:
        """See ProgramStreams. The threads are started before there is a program that could be left without them."""
        for end, target, stream in self._ends:
            relay = OutputRelay(end, target, stream, output.keep)
            self._relays.append(relay)
            relay.start()

    def begin(self, program: int) -> None:
        """See ProgramStreams."""
        for relay, (end, _, _) in zip(self._relays, self._ends, strict=True):
            if isinstance(end, TerminalEnd):
                relay.assign = TerminalWriters(OnlyWriter(program)).assign

    def resize(self) -> bool:
        """The window of the user's terminal has another size: take it over. Returns whether the program's changed."""
        changed = [end.resize() for end, _, _ in self._ends if isinstance(end, TerminalEnd)]
        return any(changed)

    def pass_on_modes(self) -> None:
        """Set terminal modes that the program may have changed without printing anything."""
        for end, _, _ in self._ends:
            if isinstance(end, TerminalEnd):
                end.pass_on_modes()

    @property
    def ended(self) -> bool:
        """See ProgramStreams."""
        return all(relay.ended for relay in self._relays)

    @property
    def settled(self) -> bool:
        """See ProgramStreams."""
        return all(relay.settled() for relay in self._relays)

    @property
    def failures(self) -> list[str]:
        """See ProgramStreams."""
        return [relay.failure for relay in self._relays if relay.failure]

    def close(self) -> None:
        """Close everything, once the output has ended."""
        for relay in self._relays:
            relay.close()
        for end, _, _ in self._ends:
            end.close()

    def leave_rest(self) -> None:
        """See ProgramStreams. A process of its own passes the rest on."""
        relays = [relay for relay in self._relays if not relay.ended]
        for relay in relays:
            relay.stop()
        relays = [relay for relay in relays if not relay.ended]
        if not relays:
            return
        try:
            if os.fork():
                return
        except OSError as error:
            for relay in relays:
                relay.give_up(error.strerror)
            return
        try:
            os.close(0)  # the pipes to the owner
            os.close(1)
            needed = {relay.target for relay in relays}
            for _, target, _ in self._ends:
                if target is not None and target not in needed:
                    os.close(target)
            threads = [threading.Thread(target=relay.pass_on_rest) for relay in relays]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            os._exit(0)


def _make_end(target: int | None, *, credentials: bool) -> StreamEnd:
    if target is not None and os.isatty(target):
        return TerminalEnd(target)
    return make_end(credentials=credentials)


def _same_place(one: int | None, other: int | None) -> bool:
    """Whether two descriptors lead to the same place, as after ``2>&1`` or on a terminal.

    /dev/null does not count: there is no order to keep in it.
    """
    if one is None or other is None:
        return False
    first, second = os.fstat(one), os.fstat(other)
    null = stat.S_ISCHR(first.st_mode) and not os.isatty(one)
    return os.path.samestat(first, second) and not null
