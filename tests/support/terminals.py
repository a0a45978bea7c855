"""A terminal with a command on it, for tests that type. Runs in the test's process."""

import contextlib
import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

LIMIT_S = 30


def environment(**changes: str) -> dict[str, str]:
    """The environment of a user without a display."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH", "PYTHONUNBUFFERED", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])  # `python` is the one that runs the tests
    return {**kept, "PATH": path, **changes}


def as_a_shell(code: int) -> int:
    """An exit code of subprocess as a shell shows it."""
    return code if code >= 0 else 128 - code


class Screen:
    """A terminal of 33 lines and 101 columns with a command on it, in a session of its own."""

    def __init__(self, command: list[str], cwd: Path, **changes: str) -> None:
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 33, 101, 0, 0))
        self.output = b""
        self._expected = 0
        taking = (
            "import os, fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", taking, *command], cwd=cwd, env=environment(**changes), stdin=theirs,
            stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def type(self, keys: bytes) -> None:
        """Type these keys."""
        os.write(self._ours, keys)

    def resize(self, lines: int, columns: int) -> None:
        """Make the window another size."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))

    def wait_for(self, text: bytes) -> None:
        """Wait until the text is in the output."""
        deadline = time.monotonic() + LIMIT_S
        while text not in self.output:
            assert time.monotonic() < deadline, self.output
            assert self._read(1.0) is not False, self.output

    def expect(self, text: bytes) -> None:
        """Wait until the text is in the output, after the text that was expected before."""
        deadline = time.monotonic() + LIMIT_S
        while (at := self.output.find(text, self._expected)) < 0:
            assert time.monotonic() < deadline, (text, self.output)
            assert self._read(1.0) is not False, (text, self.output)
        self._expected = at + len(text)

    def hang_up(self) -> None:
        """Close our end, as when the user closes the window."""
        os.close(self._ours)

    def close(self) -> int:
        """Wait for the end; the exit code."""
        deadline = time.monotonic() + LIMIT_S
        while self._read(1.0) is not False:
            assert time.monotonic() < deadline, self.output
        os.close(self._ours)
        return as_a_shell(self.process.wait(10))

    def abandon(self) -> None:
        """End it in any case."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _read(self, timeout_s: float) -> bool | None:
        """False at the end, None when there was nothing in time."""
        if not select.select([self._ours], [], [], timeout_s)[0]:
            return None
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:
            return False
        self.output += data
        return bool(data)


@contextlib.contextmanager
def screen(command: list[str], cwd: Path, **changes: str) -> Iterator[Screen]:
    """See Screen; nothing is left of it."""
    made = Screen(command, cwd, **changes)
    try:
        yield made
    finally:
        made.abandon()
