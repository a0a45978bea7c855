"""The way on of what a recorded command prints: byte for byte, to pipes and terminals, whoever reads and however slowly."""

import os
import sys
import threading
import time
from collections.abc import Callable

import pytest

if sys.platform == "win32":
    pytest.skip("POSIX only", allow_module_level=True)

import fcntl
import struct
import termios

from workers.keeper.relay import Passage, Passing, Streams, TerminalEnd

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
CREDENTIALS = sys.platform.startswith("linux")
PATIENCE_S = 20.0


class Command:
    """What stands in for a program with these outputs, and what was kept of it. stdout, stderr: the program's ends."""

    def __init__(self, stdout: int | None, stderr: int | None, *, credentials: bool = CREDENTIALS) -> None:
        self.kept: list[tuple[bytes, int, int]] = []
        self.passage = Passage(Streams(None, stdout, stderr), credentials=credentials)
        self.one = self.passage.stdout == self.passage.stderr
        self.stdout = os.dup(self.passage.stdout)
        self.stderr = self.stdout if self.one else os.dup(self.passage.stderr)
        self.passage.give_away()
        self.passage.begin(os.getpid(), lambda data, pid, stream, at_ns: self.kept.append((data, pid, stream)))

    def end(self) -> None:
        """The program ends; until everything has arrived."""
        for number in {self.stdout, self.stderr}:
            os.close(number)
        until(lambda: self.passage.ended)
        self.passage.close()

    def said(self, stream: int = 1) -> bytes:
        """What was kept of one stream."""
        return b"".join(data for data, _, kept in self.kept if kept == stream)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def drained(number: int) -> bytes:
    """Everything up to the end."""
    data = b""
    try:
        while more := os.read(number, 1 << 16):
            data += more
    except OSError:
        pass  # a terminal that nobody has open
    os.close(number)
    return data


def size_of(number: int) -> tuple[int, ...]:
    return struct.unpack("4H", fcntl.ioctl(number, termios.TIOCGWINSZ, bytes(8)))


def set_size(number: int, lines: int, columns: int) -> None:
    fcntl.ioctl(number, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))


@pytest.mark.parametrize("credentials", [pytest.param(True, marks=LINUX), False])
def test_two_pipes_stay_two_and_the_writer_is_told_where_it_is_known(credentials: bool) -> None:
    (out, out_to), (err, err_to) = os.pipe(), os.pipe()
    command = Command(out_to, err_to, credentials=credentials)
    os.write(command.stdout, b"out")
    os.write(command.stderr, b"err")
    command.end()
    for number in (out_to, err_to):
        os.close(number)
    assert (drained(out), drained(err)) == (b"out", b"err")
    assert (command.said(1), command.said(2)) == (b"out", b"err")
    assert {pid for _, pid, _ in command.kept} == {os.getpid() if credentials else 0}


def test_one_place_for_both_keeps_their_order() -> None:
    ours, theirs = os.pipe()
    command = Command(theirs, theirs)
    assert command.one
    expected = b"".join(b"%d " % n for n in range(100))
    for n in range(100):
        os.write(command.stderr if n % 2 else command.stdout, b"%d " % n)
    command.end()
    os.close(theirs)
    assert drained(ours) == command.said() == expected


def test_what_goes_nowhere_is_kept_all_the_same() -> None:
    command = Command(None, None)
    assert not command.one
    os.write(command.stderr, b"kept")
    command.end()
    assert command.said(2) == b"kept"


def test_much_for_a_slow_reader_and_nothing_is_settled_before() -> None:
    ours, theirs = os.pipe()
    command = Command(theirs, None)
    data = bytes(range(256)) * 20_000

    def write() -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(command.stdout, left) :]

    writer = threading.Thread(target=write)
    writer.start()
    first = os.read(ours, 1)
    assert not command.passage.settled
    read = bytearray(first)
    while len(read) < len(data):
        read += os.read(ours, 1 << 16)
    assert bytes(read) == data
    writer.join()
    command.end()
    assert command.said() == data
    for number in (ours, theirs):
        os.close(number)


@pytest.mark.parametrize("credentials", [pytest.param(True, marks=LINUX), False])
def test_a_reader_who_goes_away_is_told_to_the_writer(credentials: bool) -> None:
    ours, theirs = os.pipe()
    command = Command(theirs, None, credentials=credentials)
    os.close(ours)

    def refused() -> bool:
        try:
            os.write(command.stdout, b"x")
        except BrokenPipeError:
            return True
        return False

    until(refused)
    command.end()
    os.close(theirs)
    assert command.passage.failures == []


@LINUX
def test_a_place_that_takes_no_more_is_a_failure_with_its_reason() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    command = Command(full, None)
    os.write(command.stdout, b"x")
    until(lambda: command.passage.failures)
    assert command.passage.failures == ["No space left on device"]
    command.end()
    os.close(full)
    assert command.said() == b"x"


def test_bytes_are_passed_on_as_they_come_however_they_are_cut() -> None:
    ours, theirs = os.pipe()
    command = Command(theirs, None)
    parts = [b"\x1b", b"[3", b"1mred\x1b[0", b"m\xe2", b"\x98\x83\0\xff\r", b"\n"]
    for part in parts:
        os.write(command.stdout, part)
        assert os.read(ours, 100) == part, "at once, and not when a line has ended"
    command.end()
    os.close(theirs)
    os.close(ours)
    assert command.said() == b"".join(parts)


def test_a_line_belongs_to_who_began_it_where_the_kernel_does_not_tell() -> None:
    writers = iter([7, 0, 7, 0])
    passing = Passing(TerminalEnd.__new__(TerminalEnd), None, 1, lambda *kept: None, lambda: next(writers))  # type: ignore[arg-type]
    assert passing._attributed(b"one\ntw", 0) == [(b"one\ntw", 7)]
    assert passing._attributed(b"o\nother", 0) == [(b"o\n", 7), (b"other", 0)]
    assert passing._attributed(b" goes on\n", 0) == [(b" goes on\n", 0)]
    assert passing._attributed(b"end\n", 0) == [(b"end\n", 0)]
    for number in (passing._woken, passing._wake):
        os.close(number)


class Terminal:
    """A terminal of a person's, of 33 lines and 101 columns. outer: where a command would print."""

    def __init__(self) -> None:
        self.ours, self.outer = os.openpty()
        set_size(self.outer, 33, 101)

    def modes(self) -> list[int]:
        """The flags of the terminal."""
        return termios.tcgetattr(self.outer)[:4]  # type: ignore[return-value]

    def close(self) -> None:
        """Nobody looks at it any more."""
        os.close(self.outer)
        os.close(self.ours)


def test_a_terminal_is_given_one_of_its_size_and_is_followed() -> None:
    terminal = Terminal()
    command = Command(terminal.outer, terminal.outer)
    assert command.one
    assert os.isatty(command.stdout)
    assert size_of(command.stdout)[:2] == (33, 101)
    assert not command.passage.resize()
    set_size(terminal.outer, 20, 77)
    assert command.passage.resize()
    assert size_of(command.stdout)[:2] == (20, 77)
    os.write(command.stdout, b"one\ntwo\r\n")
    command.end()
    assert os.read(terminal.ours, 100) == b"one\r\ntwo\r\r\n", "as the outer one alone would make of it"
    assert command.said() == b"one\ntwo\r\n"
    terminal.close()


def test_modes_that_a_program_sets_on_its_output_are_the_terminals() -> None:
    terminal = Terminal()
    before = terminal.modes()
    command = Command(terminal.outer, terminal.outer)
    original = termios.tcgetattr(command.stdout)
    raw = termios.tcgetattr(command.stdout)
    raw[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(command.stdout, termios.TCSANOW, raw)
    os.write(command.stdout, b"drawn")
    assert os.read(terminal.ours, 100) == b"drawn"
    assert terminal.modes() == [*before[:3], before[3] & ~(termios.ICANON | termios.ECHO)], "before anybody sees it"
    termios.tcsetattr(command.stdout, termios.TCSANOW, original)
    command.passage.take_over_modes()  # where nothing is printed
    assert terminal.modes() == before
    command.end()
    terminal.close()
