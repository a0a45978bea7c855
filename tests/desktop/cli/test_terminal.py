"""What a run without a window shows on a terminal, and what it makes of signals."""

import io
import signal
import sys
from collections.abc import Iterator

import pytest

from desktop.cli import terminal as terminal_module
from desktop.cli.interrupts import Interrupts
from desktop.cli.terminal import Terminal
from workers.system.atomic_files import ExportError
from workers.timeline.model import OutputLine


class Screen(io.StringIO):
    """A terminal that keeps what was written to it."""

    def isatty(self) -> bool:
        """It is one."""
        return True


class Broken(io.StringIO):
    """A stream that takes nothing. number: the error that it gives."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, text: str) -> int:
        """Fail."""
        raise OSError(self.number, "no")


def line(text: str, stream: str = "stdout", *, cut: bool = False) -> OutputLine:
    return OutputLine(1, 2, stream, 0, text, cut)


def test_lines_go_to_their_streams_with_their_process() -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(quiet=False, out=out, err=err)
    terminal.line("p\x1b1", 5, line("hello"))
    terminal.line("p2", 5, line("oh", "stderr", cut=True))
    terminal.progress("1 of 2 alive")
    assert out.getvalue() == "p�1   │ hello\n"
    assert err.getvalue() == "p2    │ oh …\n", "no progress where there is no terminal"


def test_quiet_passes_nothing_on() -> None:
    out = io.StringIO()
    Terminal(quiet=True, out=out, err=out).line("p", 1, line("hello"))
    assert out.getvalue() == ""


def test_progress_stays_on_one_line_and_gives_way_to_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal_module, "_REDRAW_S", 0.0)
    out, err = io.StringIO(), Screen()
    terminal = Terminal(quiet=False, out=out, err=err)
    terminal.progress("x" * 500)
    terminal.progress("x" * 500)
    assert err.getvalue() == "\r" + "x" * 79 + "\x1b[K"
    terminal.line("p", 1, line("hello"))
    terminal.clear()
    assert err.getvalue().endswith("\x1b[K\r\x1b[K"), "cleared once, before the line"
    assert err.getvalue().count("\r\x1b[K") == 1


def test_progress_is_drawn_ten_times_a_second_at_most() -> None:
    err = Screen()
    terminal = Terminal(quiet=False, out=io.StringIO(), err=err)
    for number in range(50):
        terminal.progress(str(number))
    assert err.getvalue() == "\r0\x1b[K"


def test_a_reader_that_is_gone_is_noted_and_a_full_disk_is_an_error() -> None:
    terminal = Terminal(quiet=False, out=Broken(32), err=io.StringIO())
    terminal.write("x")
    assert terminal.gone
    with pytest.raises(ExportError, match="could not be written"):
        Terminal(quiet=False, out=Broken(28), err=io.StringIO()).write("x")


def test_pieces_that_are_read_no_more_are_not_made() -> None:
    made: list[int] = []

    def pieces() -> Iterator[str]:
        for number in range(1000):
            made.append(number)
            yield "x"

    terminal = Terminal(quiet=True, out=Broken(32), err=io.StringIO())
    terminal.write_pieces(pieces())
    assert terminal.gone
    assert made == [0]
    with pytest.raises(ExportError, match="could not be written"):
        Terminal(quiet=True, out=Broken(28), err=io.StringIO()).write_pieces(pieces())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_signals_are_counted_and_what_was_set_up_is_put_back() -> None:
    def before(number: int, frame: object) -> None:
        raise AssertionError

    old_term, old_hup = signal.signal(signal.SIGTERM, before), signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts().caught() as interrupts:
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                signal.raise_signal(number)
            assert (interrupts.count, interrupts.first) == (2, signal.SIGTERM), "one that is ignored stays ignored"
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGTERM, old_term)
        signal.signal(signal.SIGHUP, old_hup)
