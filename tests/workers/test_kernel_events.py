"""The kernel's own time of births and deaths, where it tells; and what its messages look like."""

import os
import struct
import subprocess
import sys
import time

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("the process connector is Linux's", allow_module_level=True)

from workers.kernel_events import Death, ProcessEvents

FORK, EXIT, EXEC = 0x1, 0x80000000, 0x2


def message(what: int, at_ns: int, *numbers: int) -> bytes:
    """As the kernel sends it: two heads, the event's, and its numbers."""
    return bytes(36) + struct.pack("=IIQ", what, 0, at_ns) + struct.pack("=6i", *numbers, *[0] * (6 - len(numbers)))


class Silent(ProcessEvents):
    """Hears only what a test tells it."""

    def __init__(self) -> None:
        from collections import OrderedDict

        self._births = OrderedDict()
        self._deaths = OrderedDict()

    def read(self) -> None:
        """Nothing."""


def test_births_and_deaths_of_processes_not_of_threads() -> None:
    events = Silent()
    events.take(message(FORK, 100, 1, 1, 50, 50))
    events.take(message(FORK, 110, 50, 50, 51, 50))  # a thread of 50
    events.take(message(EXEC, 120, 50, 50))
    assert (events.born(50), events.born(51), events.died(50)) == (100, None, None)
    events.take(message(EXIT, 130, 51, 50, 0, -1))
    events.take(message(EXIT, 140, 50, 50, 7 << 8, 17))
    assert (events.died(50), events.died(51)) == (Death(140, 7), None)


@pytest.mark.parametrize(("status", "code"), [(0, 0), (1 << 8, 1), (9, -9), (6 | 0x80, -6)])
def test_exit_codes_are_pythons(status: int, code: int) -> None:
    events = Silent()
    events.take(message(EXIT, 1, 5, 5, status, 17))
    assert events.died(5) == Death(1, code)


def test_a_pid_used_again_is_not_dead() -> None:
    events = Silent()
    events.take(message(FORK, 100, 1, 1, 50, 50))
    events.take(message(EXIT, 140, 50, 50, 0, 17))
    events.take(message(FORK, 200, 1, 1, 50, 50))
    assert (events.born(50), events.died(50)) == (200, None)


def test_what_is_remembered_is_bounded() -> None:
    events = Silent()
    for pid in range(10_000):
        events.take(message(FORK, pid, 1, 1, pid, pid))
    assert events.born(9_999) == 9_999
    assert events.born(0) is None
    assert len(events._births) < 5000


def test_what_is_no_message_is_passed_over() -> None:
    events = Silent()
    for data in (b"", bytes(36), bytes(51), message(FORK, 1, 1, 1, 5, 5)[:60]):
        events.take(data)
    assert events.born(5) is None


def test_the_kernel_tells() -> None:
    try:
        events = ProcessEvents()
    except OSError as error:
        pytest.skip(f"this kernel does not tell: {error}")
    before = time.perf_counter_ns()
    process = subprocess.Popen([sys.executable, "-c", "import os; os._exit(5)"])
    process.wait()
    after = time.perf_counter_ns()
    try:
        born = events.born(process.pid)
        if born is None:
            pytest.skip("in a container with pids of its own the kernel does not tell")
        died = events.died(process.pid)
        while died is None:
            assert time.perf_counter_ns() - after < 10**9
            died = events.died(process.pid)
        assert before <= born < died.at_ns <= after
        assert died.code == 5
        assert events.died(os.getpid()) is None
    finally:
        events.close()
