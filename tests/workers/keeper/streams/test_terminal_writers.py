"""Which process wrote to a terminal, where the kernel does not say."""

import subprocess
import sys

import pytest

from workers.keeper.streams.terminal_writers import OnlyWriter, TerminalWriters


def test_a_line_belongs_to_the_writer_of_its_beginning() -> None:
    current = iter([7, 0, 7, 0])
    writers = TerminalWriters(lambda: next(current))
    assert writers.assign(b"one\ntw") == [(b"one\ntw", 7)]
    assert writers.assign(b"o\nother") == [(b"o\n", 7), (b"other", 0)]
    assert writers.assign(b" continues\n") == [(b" continues\n", 0)]
    assert writers.assign(b"end\n") == [(b"end\n", 0)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lists children cheaply")
def test_the_program_is_the_only_writer_until_there_is_another_process() -> None:
    """A child of this process stands for the program; another one stands for a process that the keeper adopted."""
    program = subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE)
    try:
        only_writer = OnlyWriter(program.pid)
        only_writer()  # children that ended before do not count
        assert only_writer() == program.pid
        with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as other:
            assert only_writer() == 0
            other.communicate(b"\n")
        assert only_writer() == 0  # the other ended since the last call
        assert only_writer() == program.pid
    finally:
        program.communicate(b"\n")
    assert only_writer() == 0
