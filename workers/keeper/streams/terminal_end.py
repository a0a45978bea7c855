"""A pseudo-terminal as one output of a command whose own output is a terminal. Runs in the keeper.

Window size and modes follow in both directions: the size from the user's terminal to the program's, the modes from the
program's to the user's, because keys are typed at the latter.
"""

import os
import threading
from typing import Any

from workers.keeper.streams.stream_ends import READ_BYTES


class TerminalEnd:
    """A pseudo-terminal like `user_fd`, the user's terminal.

    Output comes out of it unchanged: the user's terminal translates line ends for its screen.
    """

    def __init__(self, user_fd: int) -> None:
        import termios

        self._user_fd = user_fd
        self._read_fd, self.program_fd = os.openpty()
        modes = termios.tcgetattr(user_fd)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(self.program_fd, termios.TCSANOW, modes)
        self._modes = termios.tcgetattr(self._read_fd)
        self._lock = threading.Lock()
        self.resize()

    def fileno(self) -> int:
        """See EventSource."""
        return self._read_fd

    def resize(self) -> bool:
        """Take over the size of the user's terminal. Returns whether the size changed."""
        import fcntl
        import termios

        try:
            size = fcntl.ioctl(self._user_fd, termios.TIOCGWINSZ, bytes(8))
            if size == fcntl.ioctl(self._read_fd, termios.TIOCGWINSZ, bytes(8)):
                return False
            fcntl.ioctl(self._read_fd, termios.TIOCSWINSZ, size)
        except OSError:
            return False
        return True

    def pass_on_modes(self) -> None:
        """Set on the user's terminal those modes that the program changed on its own, as curses does."""
        import termios

        with self._lock:
            try:
                modes = termios.tcgetattr(self._read_fd)
                before, self._modes = self._modes, modes
                if modes != before:
                    changed = _with_changes(termios.tcgetattr(self._user_fd), before, modes)
                    termios.tcsetattr(self._user_fd, termios.TCSANOW, changed)
            except (OSError, termios.error):
                pass  # one of the two terminals is gone

    def read(self) -> tuple[bytes, int]:
        """See EventSource. When no process has the terminal open any more, reading is an error: that is the end."""
        self.pass_on_modes()
        try:
            return os.read(self._read_fd, READ_BYTES), 0
        except OSError:
            return b"", 0

    def close_program_end(self) -> None:
        """See StreamEnd."""
        os.close(self.program_fd)

    def refuse(self) -> None:
        """See StreamEnd. Nothing to do: the user's terminal is gone, and its processes got a signal for that."""

    def close(self) -> None:
        """See EventSource."""
        os.close(self._read_fd)


def _with_changes(modes: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """`modes` of a terminal, with everything that differs between `before` and `after`."""
    flags = [
        mode & ~(old ^ new) | new & (old ^ new) for mode, old, new in zip(modes[:4], before[:4], after[:4], strict=True)
    ]
    keys = [new if old != new else key for key, old, new in zip(modes[6], before[6], after[6], strict=True)]
    return [*flags, *modes[4:6], keys]
