"""The terminal, or whatever the standard streams are, as the commands write to it. The command line's only thread. No Qt."""

import errno
import os
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from workers.harmless_text import plain, plain_lines
from workers.system.atomic_files import ExportError

if TYPE_CHECKING:
    from workers.timeline.model import OutputLine

_REDRAW_S = 0.1
_COLUMNS = 80


class Terminal:
    """The two standard streams, and one line of progress if standard error is a terminal.

    quiet: pass no printed lines on.
    gone: turns true once standard output is read no more.
    """

    def __init__(self, *, quiet: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.gone = False
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._quiet = quiet
        self._live = self._err.isatty()
        self._drawn = ""
        self._drawn_s = 0.0

    def line(self, name: str, width: int, line: "OutputLine") -> None:
        """Pass on a printed line with the name of its process."""
        if not self._quiet:
            text = f"{plain(name):<{width}} │ {line.text}{' …' if line.cut else ''}\n"
            self.write_pieces((text,), error=line.stream == "stderr")

    def write(self, text: str, *, error: bool = False) -> None:
        """Write lines to standard output, or with `error` to standard error, over the line of progress. Names in them are made
        harmless.

        Raises ExportError for a file that takes no more. A pipe or terminal that is read no more is no error.
        """
        self.write_pieces((plain_lines(text),), error=error)

    def write_pieces(self, pieces: Iterable[str], *, error: bool = False) -> None:
        """Write a text as it is, which may be too long to be in memory as a whole. What is read no more is not made either."""
        self.clear()
        stream = self._err if error else self._out
        try:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
        except OSError as failure:
            if failure.errno not in (errno.EPIPE, errno.EINVAL, errno.EIO):
                _discard(stream)
                raise ExportError(f"The output could not be written: {failure.strerror or failure}.") from failure
            self.gone = self.gone or not error
            _discard(stream)

    def progress(self, text: str) -> None:
        """Show one sentence in place of the last one, at most ten times a second."""
        if not self._live or time.monotonic() - self._drawn_s < _REDRAW_S or text == self._drawn:
            return
        self._drawn_s = time.monotonic()
        self._drawn = text
        self._put(f"\r{plain(text)[: _columns(self._err) - 1]}\x1b[K")

    def clear(self) -> None:
        """Remove the line of progress."""
        if self._drawn:
            self._drawn = ""
            self._put("\r\x1b[K")

    def _put(self, text: str) -> None:
        try:
            self._err.write(text)
            self._err.flush()
        except OSError:
            self._live = False


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS


def _discard(stream: TextIO) -> None:
    """Let what is still written to `stream`, at exit too, go nowhere and raise nothing, since it is read no more."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, stream.fileno())
    except (OSError, ValueError):
        pass
    finally:
        os.close(null)
