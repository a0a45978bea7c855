"""Which process wrote to a terminal, where the kernel does not say."""

import subprocess
import sys

import pytest
from support.paths import ROOT

from workers.keeper.streams.terminal_writers import TerminalWriters


def test_a_line_belongs_to_the_writer_of_its_beginning() -> None:
    current = iter([7, 0, 7, 0])
    writers = TerminalWriters(lambda: next(current))
    assert writers.assign(b"one\ntw") == [(b"one\ntw", 7)]
    assert writers.assign(b"o\nother") == [(b"o\n", 7), (b"other", 0)]
    assert writers.assign(b" continues\n") == [(b" continues\n", 0)]
    assert writers.assign(b"end\n") == [(b"end\n", 0)]


_ONLY_WRITER = """
import subprocess, sys
from workers.keeper.streams.terminal_writers import OnlyWriter
CHILD = [sys.executable, "-I", "-S", "-c", "input()"]
program = subprocess.Popen(CHILD, stdin=subprocess.PIPE)
only_writer = OnlyWriter(program.pid)
only_writer()
assert only_writer() == program.pid
with subprocess.Popen(CHILD, stdin=subprocess.PIPE) as other:
    assert only_writer() == 0
    other.communicate(b"\\n")
assert only_writer() == 0  # the other ended since the last call
assert only_writer() == program.pid
program.communicate(b"\\n")
assert only_writer() == 0
"""
"""A child stands for the program; another one stands for a process that the keeper adopted."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lists children cheaply")
def test_the_program_is_the_only_writer_until_there_is_another_process() -> None:
    """In a process of its own: children of the process that runs the tests may end, and be reaped, at any moment."""
    done = subprocess.run(
        [sys.executable, "-c", _ONLY_WRITER], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
