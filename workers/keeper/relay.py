"""The standard streams of a program that is recorded as a command: what it is given, and the way on to where it would have
printed. Runs in the keeper, in a thread for each of its outputs, so that a reader who stops does not stop the watching.

What it prints is kept first and passed on then, byte for byte. Where the command's own output is a terminal the program has
a terminal too, otherwise a socket that tells who wrote. Standard output and standard error that lead to the same place stay
one stream, since only so their order can be kept; it is recorded as standard output.
"""

import os
import select
import socket
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from workers.keeper.event_loop import CredentialSocket, EventSource
from workers.system import processes

Keep = Callable[[bytes, int, int, int], None]
"""Takes what was printed, by which pid (0 = not known), on which stream (1 out, 2 err), and when (ns)."""

UNWRITTEN = "What the program printed could not all be written"
"""How the warning begins that the command's own output took no more."""
_READ = 1 << 16
_BROKEN = 0 if not hasattr(select, "POLLERR") else select.POLLERR | select.POLLHUP | select.POLLNVAL


@dataclass(frozen=True, slots=True)
class Streams:
    """Descriptors that are to be the program's own, as a command's are; None: its output is kept and goes nowhere."""

    stdin: int | None
    stdout: int | None
    stderr: int | None


class StreamEnd(EventSource, Protocol):
    """The keeper's end of one of the program's outputs."""

    @property
    def given(self) -> int:
        """The descriptor that the program is given."""

    def give_away(self) -> None:
        """The program has its end: close it here."""

    def refuse(self) -> None:
        """Nobody reads what comes: let the writer know, as far as that can be."""


class PipeEnd:
    """A pipe, whose writer is not known, where there are no sockets that tell."""

    def __init__(self) -> None:
        self._ours, self.given = os.pipe()

    def fileno(self) -> int:
        """The descriptor."""
        return self._ours

    def read(self) -> tuple[bytes, int]:
        """See Source."""
        try:
            return os.read(self._ours, _READ), 0
        except OSError:
            return b"", 0

    def give_away(self) -> None:
        """See End."""
        os.close(self.given)

    def refuse(self) -> None:
        """See End. The writer is told as a broken pipe is told of."""
        nowhere = os.open(os.devnull, os.O_RDONLY)  # the number stays taken, and reads as the end
        os.dup2(nowhere, self._ours)
        os.close(nowhere)

    def close(self) -> None:
        """See Source."""
        os.close(self._ours)


class SocketEnd(CredentialSocket):
    """A socket that tells who wrote."""

    @property
    def given(self) -> int:
        """See End."""
        return self.theirs.fileno()

    def give_away(self) -> None:
        """See End."""
        self.theirs.close()

    def refuse(self) -> None:
        """See End. Shut and not closed, which would be told as a connection that was reset."""
        try:
            self._ours.shutdown(socket.SHUT_RD)
        except OSError:
            pass


class TerminalEnd:
    """A terminal like the one that `outer` is, so that the program finds one. What is written to it comes out as it is: it is
    the outer one that turns ends of lines into what the screen needs."""

    def __init__(self, outer: int) -> None:
        import termios

        self._outer = outer
        self._ours, self.given = os.openpty()
        modes = termios.tcgetattr(outer)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(self.given, termios.TCSANOW, modes)
        self._modes = termios.tcgetattr(self._ours)
        self._one_at_a_time = threading.Lock()
        self.resize()

    def fileno(self) -> int:
        """The descriptor."""
        return self._ours

    def resize(self) -> bool:
        """Be as large as the outer terminal. Whether that was a change."""
        import fcntl
        import termios

        try:
            size = fcntl.ioctl(self._outer, termios.TIOCGWINSZ, bytes(8))
            if size == fcntl.ioctl(self._ours, termios.TIOCGWINSZ, bytes(8)):
                return False
            fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)
        except OSError:
            return False
        return True

    def take_over_modes(self) -> None:
        """Do to the outer terminal what the program did to this one, as curses does: what is typed comes from there."""
        import termios

        with self._one_at_a_time:
            try:
                modes = termios.tcgetattr(self._ours)
                before, self._modes = self._modes, modes
                if modes != before:
                    termios.tcsetattr(
                        self._outer, termios.TCSANOW, _changed(termios.tcgetattr(self._outer), before, modes)
                    )
            except (OSError, termios.error):
                pass  # one of the two is gone

    def read(self) -> tuple[bytes, int]:
        """See Source. That nobody has it open any more is an error, and the end."""
        self.take_over_modes()
        try:
            return os.read(self._ours, _READ), 0
        except OSError:
            return b"", 0

    def give_away(self) -> None:
        """See End."""
        os.close(self.given)

    def refuse(self) -> None:
        """See End. The terminal is gone, and who printed to it has been told by a signal."""

    def close(self) -> None:
        """See Source."""
        os.close(self._ours)


def _changed(modes: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """A terminal's modes with what is different between two others."""
    flags = [
        mode & ~(old ^ new) | new & (old ^ new) for mode, old, new in zip(modes[:4], before[:4], after[:4], strict=True)
    ]
    keys = [new if old != new else key for key, old, new in zip(modes[6], before[6], after[6], strict=True)]
    return [*flags, *modes[4:6], keys]


class Sole:
    """Who writes where the kernel does not say: the program, for as long as there is nobody else."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._collected: tuple[int, int] | None = (0, 0)
        self._tells = os.path.exists(f"/proc/{pid}/task/{pid}/children")

    def __call__(self) -> int:
        """The program's pid when no other process can have written since the last time, else 0."""
        if not self._tells:
            return 0
        # In this order: who is gone from the first by now has been collected by the second.
        others = processes.children(self._pid) or set(processes.children(os.getpid())) - {self._pid}
        before, self._collected = self._collected, self._faults_of_the_collected()
        return 0 if others or self._collected is None or self._collected != before else self._pid

    def _faults_of_the_collected(self) -> tuple[int, int] | None:
        """Page faults of the children that the program collected, and of those that the keeper did: there is no child
        without one. None when the program is gone."""
        import resource

        try:
            with open(f"/proc/{self._pid}/stat", "rb") as file:
                program = int(file.read().rpartition(b")")[2].split()[8])
        except (OSError, IndexError, ValueError):
            return None
        return program, resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


class Passing(threading.Thread):
    """Reads one of the program's outputs until its last writer is gone: keeps it, and passes it on to `target`.

    failure: why it could not be passed on, where that is more than that nobody reads it. target is None from then on.
    """

    def __init__(self, end: StreamEnd, target: int | None, stream: int, keep: Keep, sole: Sole | None) -> None:
        super().__init__(daemon=True)
        self.failure: str | None = None
        self._end = end
        self.target = target
        self._stream = stream
        self._keep = keep
        self._sole = sole
        self._line_of: int | None = None  # whose line is not ended yet
        self._woken, self._wake = os.pipe()
        self._busy = self._stopping = self.ended = False

    def run(self) -> None:
        """See Thread."""
        poll = select.poll()
        poll.register(self._end.fileno(), select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        if self.target is not None:
            poll.register(self.target, 0)
        while not self._stopping:
            happened = poll.poll()
            self._busy = True
            if any(fd == self.target and events & _BROKEN for fd, events in happened):
                self._give_up(None)
            if self.target is None:
                poll = select.poll()
                poll.register(self._end.fileno(), select.POLLIN)
                poll.register(self._woken, select.POLLIN)
            if any(fd == self._end.fileno() for fd, _ in happened) and not self._pass_one():
                self.ended = True
                return
            self._busy = False

    def settled(self) -> bool:
        """Whether everything that was printed so far is kept and passed on."""
        waiting = select.poll()
        waiting.register(self._end.fileno(), select.POLLIN)
        return self.ended or (not waiting.poll(0) and not self._busy)

    def stop(self) -> None:
        """Stop between two chunks, and wait until it has."""
        self._stopping = True
        os.write(self._wake, b"x")
        self.join()

    def close(self) -> None:
        """Let go of what the thread was woken with, once it has ended."""
        self.join()
        os.close(self._woken)
        os.close(self._wake)

    def pass_rest(self) -> None:
        """Go on in the calling thread until the last writer is gone, keeping nothing."""
        poll = select.poll()
        poll.register(self._end.fileno(), select.POLLIN)
        while True:
            poll.poll()
            data, pid = self._end.read()
            if pid != -1 and not data:
                return
            self._pass_on(data)

    def _pass_one(self) -> bool:
        """Whether there can be more."""
        data, pid = self._end.read()
        if pid == -1:
            return True
        at_ns = time.perf_counter_ns()
        if not data:
            return False
        for part, writer in self._attributed(data, pid):
            self._keep(part, writer, self._stream, at_ns)
        self._pass_on(data)
        return True

    def _attributed(self, data: bytes, pid: int) -> list[tuple[bytes, int]]:
        """Where nobody says who wrote, what ends a line belongs to whoever began it."""
        if self._sole is None:
            return [(data, pid)]
        writer = self._sole()
        parts = [(data, writer)]
        if self._line_of is not None and self._line_of != writer:
            first, newline, rest = data.partition(b"\n")
            parts = [(first + newline, self._line_of), (rest, writer)] if newline else [(data, self._line_of)]
        self._line_of = None if data.endswith(b"\n") else parts[-1][1]
        return [(part, whose) for part, whose in parts if part]

    def _pass_on(self, data: bytes) -> None:
        left = memoryview(data)
        while left and self.target is not None:
            try:
                left = left[os.write(self.target, left) :]
            except BlockingIOError:
                room = select.poll()
                room.register(self.target, select.POLLOUT)
                room.poll()
            except BrokenPipeError:
                self._give_up(None)
            except OSError as error:
                self._give_up(error.strerror)

    def _give_up(self, why: str | None) -> None:
        self.failure = why
        self.target = None
        self._end.refuse()


class Passage:
    """All the standard streams of one program. `stdin`, `stdout` and `stderr` are what it is to be given."""

    def __init__(self, streams: Streams, *, credentials: bool) -> None:
        self.stdin = streams.stdin
        self._ends: list[tuple[StreamEnd, int | None, int]] = []
        self._passings: list[Passing] = []
        first = _make_end(streams.stdout, credentials=credentials)
        self._ends.append((first, streams.stdout, 1))
        self.stdout = self.stderr = first.given
        if not _same(streams.stdout, streams.stderr):
            second = _make_end(streams.stderr, credentials=credentials)
            self._ends.append((second, streams.stderr, 2))
            self.stderr = second.given

    def give_away(self) -> None:
        """The program has been started, or could not be: keep nothing of it open that is not ours."""
        for end, _, _ in self._ends:
            end.give_away()
        if self.stdin is not None:
            os.close(self.stdin)

    def begin(self, pid: int, keep: Keep) -> None:
        """Pass on what the program with this pid prints."""
        for end, target, stream in self._ends:
            sole = Sole(pid) if isinstance(end, TerminalEnd) else None
            passing = Passing(end, target, stream, keep, sole)
            self._passings.append(passing)
            passing.start()

    def resize(self) -> bool:
        """The window of a terminal has another size. Whether the program's has now, too."""
        changed = [end.resize() for end, _, _ in self._ends if isinstance(end, TerminalEnd)]
        return any(changed)

    def take_over_modes(self) -> None:
        """The program may have changed the modes of its terminal without printing anything."""
        for end, _, _ in self._ends:
            if isinstance(end, TerminalEnd):
                end.take_over_modes()

    @property
    def ended(self) -> bool:
        """Whether nobody is left who could print."""
        return all(passing.ended for passing in self._passings)

    @property
    def settled(self) -> bool:
        """Whether everything that was printed so far is kept and passed on."""
        return all(passing.settled() for passing in self._passings)

    @property
    def failures(self) -> list[str]:
        """Why something could not be passed on."""
        return [passing.failure for passing in self._passings if passing.failure]

    def close(self) -> None:
        """Let go of everything, once it has ended."""
        for passing in self._passings:
            passing.close()
        for end, _, _ in self._ends:
            end.close()

    def leave(self) -> None:
        """Have what is still printed passed on by a process of its own, for as long as its writers live."""
        left = [passing for passing in self._passings if not passing.ended]
        for passing in left:
            passing.stop()
        left = [passing for passing in left if not passing.ended]
        if not left or os.fork():
            return
        try:
            os.close(0)  # the owner's pipes
            os.close(1)
            needed = {passing.target for passing in left}
            for _, target, _ in self._ends:
                if target is not None and target not in needed:
                    os.close(target)
            rest = [threading.Thread(target=passing.pass_rest) for passing in left]
            for thread in rest:
                thread.start()
            for thread in rest:
                thread.join()
        finally:
            os._exit(0)


def _make_end(target: int | None, *, credentials: bool) -> StreamEnd:
    if target is not None and os.isatty(target):
        return TerminalEnd(target)
    return SocketEnd() if credentials else PipeEnd()


def _same(one: int | None, other: int | None) -> bool:
    """Whether two descriptors lead to the same place, as after ``2>&1`` and on a terminal. What goes to /dev/null has no
    order there."""
    if one is None or other is None:
        return False
    first, second = os.fstat(one), os.fstat(other)
    nowhere = stat.S_ISCHR(first.st_mode) and not os.isatty(one)
    return os.path.samestat(first, second) and not nowhere
