"""Relays one output of a command: keeps what the program prints, then passes it on byte for byte.

Runs in the keeper, in a thread of its own for each output, so that a slow reader does not hold up the watching.
"""

import os
import select
import threading
import time
from collections.abc import Callable

from workers.keeper.streams.stream_ends import StreamEnd

Keep = Callable[[bytes, int, int, int], None]
"""Keeps printed bytes: (data, writer's pid or 0 = not known, stream 1 = out or 2 = err, time in ns)."""
Assign = Callable[[bytes], list[tuple[bytes, int]]]
"""Splits printed bytes into parts with the pid of each part's writer."""

_BROKEN = 0 if not hasattr(select, "POLLERR") else select.POLLERR | select.POLLHUP | select.POLLNVAL


class OutputRelay(threading.Thread):
    """Reads one output until its last writer is gone, keeps it, and passes it on to `target`.

    target: the descriptor to write to; None from the moment on at which it took no more.
    assign: concludes the writers, where the end itself does not name them.
    failure: why the output could not be passed on; None when its reader merely went away.
    ended: the last writer is gone.
    """

    def __init__(self, end: StreamEnd, target: int | None, stream: int, keep: Keep) -> None:
        super().__init__(daemon=True)
        self.target = target
        self.failure: str | None = None
        self.ended = False
        self.assign: Assign | None = None
        self._end = end
        self._stream = stream
        self._keep = keep
        self._wake_read_fd, self._wake_write_fd = os.pipe()
        self._passing_chunk = False
        self._stop_requested = False

    def run(self) -> None:
        """See Thread. Whatever goes wrong here, the program must not wait for a reader that is gone."""
        try:
            self._relay()
        except Exception as error:
            self.give_up(str(error) or type(error).__name__)
            self.ended = True

    def give_up(self, failure: str | None) -> None:
        """Pass on nothing more. failure: why, where that is not the reader's own wish."""
        self.failure = failure
        self.target = None
        self._end.refuse()

    def _relay(self) -> None:
        poll = self._make_poll()
        while not self._stop_requested:
            events = poll.poll()
            self._passing_chunk = True
            if any(fd == self.target and event & _BROKEN for fd, event in events):
                self.give_up(None)
            if self.target is None:
                poll = self._make_poll()
            if any(fd == self._end.fileno() for fd, _ in events) and not self._relay_chunk():
                self.ended = True
                return
            self._passing_chunk = False

    def settled(self) -> bool:
        """Whether everything that was printed so far is kept and passed on."""
        waiting = select.poll()
        waiting.register(self._end.fileno(), select.POLLIN)
        return self.ended or (not waiting.poll(0) and not self._passing_chunk)

    def stop(self) -> None:
        """Stop after the present chunk, and wait until the thread has ended."""
        self._stop_requested = True
        os.write(self._wake_write_fd, b"x")
        self.join()

    def close(self) -> None:
        """Wait for the end of the thread and close what woke it."""
        self.join()
        os.close(self._wake_read_fd)
        os.close(self._wake_write_fd)

    def pass_on_rest(self) -> None:
        """Continue in the calling thread until the last writer is gone, keeping nothing."""
        poll = select.poll()
        poll.register(self._end.fileno(), select.POLLIN)
        while True:
            poll.poll()
            data, pid = self._end.read()
            if pid != -1 and not data:
                return
            self._pass_on(data)

    def _make_poll(self) -> "select.poll":
        poll = select.poll()
        poll.register(self._end.fileno(), select.POLLIN)
        poll.register(self._wake_read_fd, select.POLLIN)
        if self.target is not None:
            poll.register(self.target, 0)
        return poll

    def _relay_chunk(self) -> bool:
        """Keep and pass on one chunk. False at the end of the output."""
        data, pid = self._end.read()
        if pid == -1:
            return True
        at_ns = time.perf_counter_ns()
        if not data:
            return False
        for part, writer in [(data, pid)] if self.assign is None else self.assign(data):
            self._keep(part, writer, self._stream, at_ns)
        self._pass_on(data)
        return True

    def _pass_on(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest and self.target is not None:
            try:
                rest = rest[os.write(self.target, rest) :]
            except BlockingIOError:
                room = select.poll()
                room.register(self.target, select.POLLOUT)
                room.poll()
            except BrokenPipeError:
                self.give_up(None)
            except OSError as error:
                self.give_up(error.strerror)
