"""The output of a recorded command is passed on byte for byte, to pipes and terminals, to readers of any speed."""

import os
import sys
import threading

import pytest

if sys.platform == "win32":
    pytest.skip("POSIX only", allow_module_level=True)

import fcntl
import struct
import termios

from support.waiting import wait_until

from workers.keeper.launch import StandardStreams
from workers.keeper.streams.command_streams import CommandStreams
from workers.keeper.streams.output_file import OutputFile

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's own means")
CREDENTIALS = sys.platform.startswith("linux")
PATIENCE_S = 20.0


class KeptOutput(OutputFile):
    """Keeps output in memory."""

    def __init__(self) -> None:
        self.chunks: list[tuple[bytes, int, int]] = []

    def keep(self, data: bytes, pid: int, stream: int, at_ns: int | None = None) -> None:
        """See OutputFile."""
        self.chunks.append((data, pid, stream))


class Command:
    """Stands for a program with these outputs. stdout, stderr: the program's ends. kept: what was kept of its output."""

    def __init__(self, stdout: int | None, stderr: int | None, *, credentials: bool = CREDENTIALS) -> None:
        self.kept = KeptOutput()
        self.streams = CommandStreams(StandardStreams(None, stdout, stderr), credentials=credentials)
        self.one = self.streams.stdout == self.streams.stderr
        self.stdout = os.dup(self.streams.stdout)
        self.stderr = self.stdout if self.one else os.dup(self.streams.stderr)
        self.streams.close_program_ends()
        self.streams.prepare(self.kept)
        self.streams.begin(os.getpid())

    def end(self) -> None:
        """End the program and wait until everything has arrived."""
        for number in {self.stdout, self.stderr}:
            os.close(number)
        wait_until(lambda: self.streams.ended)
        self.streams.close()

    def text(self, stream: int = 1) -> bytes:
        """What was kept of one stream."""
        return b"".join(data for data, _, kept in self.kept.chunks if kept == stream)


def drained(number: int) -> bytes:
    """Everything up to the end."""
    data = b""
    try:
        while more := os.read(number, 1 << 16):
            data += more
    except OSError:
        pass  # a terminal that no process has open
    os.close(number)
    return data


def size_of(number: int) -> tuple[int, ...]:
    return struct.unpack("4H", fcntl.ioctl(number, termios.TIOCGWINSZ, bytes(8)))


def set_size(number: int, lines: int, columns: int) -> None:
    fcntl.ioctl(number, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))


@pytest.mark.parametrize("credentials", [pytest.param(True, marks=LINUX), False])
def test_two_pipes_stay_two_and_the_writer_is_named_where_it_is_known(credentials: bool) -> None:
    (out, out_to), (err, err_to) = os.pipe(), os.pipe()
    command = Command(out_to, err_to, credentials=credentials)
    os.write(command.stdout, b"out")
    os.write(command.stderr, b"err")
    command.end()
    for number in (out_to, err_to):
        os.close(number)
    assert (drained(out), drained(err)) == (b"out", b"err")
    assert (command.text(1), command.text(2)) == (b"out", b"err")
    assert {pid for _, pid, _ in command.kept.chunks} == {os.getpid() if credentials else 0}


def test_one_place_for_both_keeps_their_order() -> None:
    ours, theirs = os.pipe()
    command = Command(theirs, theirs)
    assert command.one
    expected = b"".join(b"%d " % n for n in range(100))
    for n in range(100):
        os.write(command.stderr if n % 2 else command.stdout, b"%d " % n)
    command.end()
    os.close(theirs)
    assert drained(ours) == command.text() == expected


def test_output_that_goes_nowhere_is_kept() -> None:
    command = Command(None, None)
    assert not command.one
    os.write(command.stderr, b"kept")
    command.end()
    assert command.text(2) == b"kept"


def test_a_slow_reader_gets_everything_and_until_then_nothing_is_settled() -> None:
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
    assert not command.streams.settled
    read = bytearray(first)
    while len(read) < len(data):
        read += os.read(ours, 1 << 16)
    assert bytes(read) == data
    writer.join()
    command.end()
    assert command.text() == data
    for number in (ours, theirs):
        os.close(number)


@pytest.mark.parametrize("credentials", [pytest.param(True, marks=LINUX), False])
def test_the_writer_gets_an_error_when_the_reader_goes_away(credentials: bool) -> None:
    ours, theirs = os.pipe()
    command = Command(theirs, None, credentials=credentials)
    os.close(ours)

    def refused() -> bool:
        try:
            os.write(command.stdout, b"x")
        except BrokenPipeError:
            return True
        return False

    wait_until(refused)
    command.end()
    os.close(theirs)
    assert command.streams.failures == []


@LINUX
def test_a_full_target_is_a_failure_with_its_reason() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    command = Command(full, None)
    os.write(command.stdout, b"x")
    wait_until(lambda: command.streams.failures)
    assert command.streams.failures == ["No space left on device"]
    command.end()
    os.close(full)
    assert command.text() == b"x"


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
    assert command.text() == b"".join(parts)


class Terminal:
    """A user's terminal of 33 lines and 101 columns. outer: where a command would print."""

    def __init__(self) -> None:
        self.ours, self.outer = os.openpty()
        set_size(self.outer, 33, 101)

    def modes(self) -> list[int]:
        """The flags of the terminal."""
        return termios.tcgetattr(self.outer)[:4]  # type: ignore[return-value]

    def close(self) -> None:
        """Close both ends."""
        os.close(self.outer)
        os.close(self.ours)


def test_the_program_gets_a_terminal_of_the_same_size_that_follows() -> None:
    terminal = Terminal()
    command = Command(terminal.outer, terminal.outer)
    assert command.one
    assert os.isatty(command.stdout)
    assert size_of(command.stdout)[:2] == (33, 101)
    assert not command.streams.resize()
    set_size(terminal.outer, 20, 77)
    assert command.streams.resize()
    assert size_of(command.stdout)[:2] == (20, 77)
    os.write(command.stdout, b"one\ntwo\r\n")
    command.end()
    assert os.read(terminal.ours, 100) == b"one\r\ntwo\r\r\n", "as the outer terminal alone would translate it"
    assert command.text() == b"one\ntwo\r\n"
    terminal.close()


def test_modes_that_the_program_sets_are_passed_on_to_the_users_terminal() -> None:
    terminal = Terminal()
    before = terminal.modes()
    command = Command(terminal.outer, terminal.outer)
    original = termios.tcgetattr(command.stdout)
    raw = termios.tcgetattr(command.stdout)
    raw[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(command.stdout, termios.TCSANOW, raw)
    os.write(command.stdout, b"drawn")
    assert os.read(terminal.ours, 100) == b"drawn"
    assert terminal.modes() == [*before[:3], before[3] & ~(termios.ICANON | termios.ECHO)], "before it is seen"
    termios.tcsetattr(command.stdout, termios.TCSANOW, original)
    command.streams.pass_on_modes()  # where nothing is printed
    assert terminal.modes() == before
    command.end()
    terminal.close()
