"""The kernel's own time of births and deaths, where it reports them, and the form of its messages."""

import os
import subprocess
import sys
import threading
import time

import pytest
from support.kernel_messages import EXEC, EXIT, FORK, message

if not sys.platform.startswith("linux"):
    pytest.skip("the process connector is Linux's", allow_module_level=True)

from workers.keeper.observations import Death
from workers.keeper.watching.kernel_events import Birth, BirthsAndDeaths, ProcessEvents


def test_births_and_deaths_of_processes_not_of_threads() -> None:
    events = BirthsAndDeaths()
    events.take(message(FORK, 100, 1, 1, 50, 50))
    events.take(message(FORK, 110, 50, 50, 51, 50))  # a thread of 50
    events.take(message(EXEC, 120, 50, 50))
    assert (events.born(50), events.born(51), events.died(50)) == (100, None, None)
    events.take(message(EXIT, 130, 51, 50, 0, -1))
    events.take(message(EXIT, 140, 50, 50, 7 << 8, 17))
    assert (events.died(50), events.died(51)) == (Death(140, 7), None)


@pytest.mark.parametrize(("status", "code"), [(0, 0), (1 << 8, 1), (9, -9), (6 | 0x80, -6)])
def test_exit_codes_are_pythons(status: int, code: int) -> None:
    events = BirthsAndDeaths()
    events.take(message(EXIT, 1, 5, 5, status, 17))
    assert events.died(5) == Death(1, code)


def test_a_pid_used_again_is_not_dead() -> None:
    events = BirthsAndDeaths()
    events.take(message(FORK, 100, 1, 1, 50, 50))
    events.take(message(EXIT, 140, 50, 50, 0, 17))
    events.take(message(FORK, 200, 1, 1, 50, 50))
    assert (events.born(50), events.died(50)) == (200, None)


class Unread(BirthsAndDeaths):
    """Has messages that were not read yet, and counts how often they are."""

    def __init__(self, *messages: bytes) -> None:
        super().__init__()
        self.messages = list(messages)
        self.reads = 0

    def read(self) -> int:
        self.reads += 1
        for data in self.messages:
            self.take(data)
        self.messages.clear()
        return 0


def test_the_kernel_is_asked_only_for_what_is_not_known() -> None:
    """A keeper asks of each process several times, and each time the kernel is asked costs a system call."""
    birth, death = message(FORK, 100, 1, 1, 50, 50), message(EXIT, 140, 50, 50, 0, 17)
    events = Unread(birth)
    assert (events.born(50), events.born_by(50, 150), events.reads) == (100, 100, 1)
    events.messages = [death]
    assert (events.died(50), events.died_between(50, 100, 200), events.reads) == (Death(140, 0), Death(140, 0), 2)
    events.messages = [message(FORK, 200, 1, 1, 50, 50)]
    assert (events.born(50), events.reads) == (200, 3)  # the dead one's pid may belong to another process by now
    assert events.died(50) is None


def test_what_is_remembered_is_bounded() -> None:
    events = BirthsAndDeaths()
    for pid in range(10_000):
        events.take(message(FORK, pid, 1, 1, pid, pid))
    assert events.born(9_999) == 9_999
    assert events.born(0) is None
    assert events.remembered < 5000


def test_what_is_no_message_is_ignored() -> None:
    events = BirthsAndDeaths()
    for data in (b"", bytes(36), bytes(51), message(FORK, 1, 1, 1, 5, 5)[:60]):
        events.take(data)
    assert events.born(5) is None


def facts_of(birth: Birth) -> tuple[object, ...]:
    return birth.pid, birth.parent, birth.thread, birth.at_ns, birth.death


def test_a_family_is_known_in_the_order_of_its_births() -> None:
    events = BirthsAndDeaths()
    events.follow(50)
    events.take(message(FORK, 100, 1, 1, 60, 60))
    events.take(message(FORK, 110, 51, 50, 70, 70))  # by a thread of 50
    events.take(message(FORK, 120, 70, 70, 80, 80))
    events.take(message(EXIT, 130, 80, 80, 3 << 8, 17))
    child, grandchild = events.newborn()
    assert facts_of(child) == (70, 50, 51, 110, None)
    assert facts_of(grandchild) == (80, 70, 70, 120, Death(130, 3))
    assert events.newborn() == []
    events.take(message(EXIT, 140, 70, 70, 9, 17))
    assert events.died(70) == Death(140, -9)


def test_a_death_is_added_to_a_birth_that_was_taken_before() -> None:
    events = BirthsAndDeaths()
    events.follow(50)
    events.take(message(FORK, 110, 50, 50, 70, 70))
    (birth,) = events.newborn()
    assert birth.death is None
    events.take(message(EXIT, 140, 70, 70, 0, 17))
    events.take(message(FORK, 200, 1, 1, 70, 70))  # the pid is reused outside the family
    events.take(message(EXIT, 210, 70, 70, 1, 17))
    assert birth.death == Death(140, 0)
    events.take(message(FORK, 220, 70, 70, 90, 90))
    assert events.newborn() == []


def test_after_an_overrun_nothing_is_remembered() -> None:
    events = BirthsAndDeaths()
    events.follow(50)
    events.take(message(FORK, 110, 50, 50, 70, 70))
    (birth,) = events.newborn()
    events.forget()
    events.take(message(EXIT, 140, 70, 70, 0, 17))
    assert (events.overruns, events.born(70), birth.death) == (1, None, None)


def test_the_kernel_reports() -> None:
    try:
        events = ProcessEvents()
    except OSError as error:
        pytest.skip(f"this kernel does not report them: {error}")
    before = time.perf_counter_ns()
    process = subprocess.Popen([sys.executable, "-c", "import os; os._exit(5)"])
    process.wait()
    after = time.perf_counter_ns()
    try:
        born = events.born(process.pid)
        if born is None:
            pytest.skip("in a container with pids of its own the kernel does not report them")
        died = events.died(process.pid)
        while died is None:
            assert time.perf_counter_ns() - after < 10**9
            died = events.died(process.pid)
        assert before <= born < died.at_ns <= after
        assert died.code == 5
        assert events.died(os.getpid()) is None
    finally:
        events.close()


def test_threads_are_not_reported() -> None:
    try:
        events = ProcessEvents()
    except OSError as error:
        pytest.skip(f"this kernel does not report them: {error}")
    events.follow(os.getpid())
    try:
        threads = [threading.Thread(target=int) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        code = os.system("exit 3")
        events.read()
        births = events.newborn()
        if events.born(os.getpid()) is None and not births:
            pytest.skip("in a container with pids of its own the kernel does not report them")
        (birth,) = births
        assert code == 3 << 8
        assert (birth.parent, birth.thread) == (os.getpid(), threading.get_native_id())
        assert birth.death is not None
        assert birth.death.code == 3
    finally:
        events.close()
