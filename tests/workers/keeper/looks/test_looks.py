"""When a process is looked into: each wait once, none that ends by itself, and not while the run computes."""

import os
import subprocess
import sys
import time
from unittest.mock import create_autospec

import pytest

from workers.journal.codes import Wait
from workers.keeper.event_loop import EpollLoop
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.looks import looks as module
from workers.keeper.looks.looks import Looks
from workers.keeper.observations import SeenWait, WaitChange

PROCESS = (5, 50)
SECOND = 1_000_000_000


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of every look that is begun. None comes about."""
    begun: list[list[str]] = []

    def popen(command: list[str], **_: object) -> None:
        begun.append(command[4:])
        raise OSError

    monkeypatch.setattr(module.subprocess, "Popen", popen)
    return begun


def waiting(wait: Wait, seconds: float, *, thread: int = 5) -> Looks:
    """Looks that know of one process, whose thread waits so long."""
    looks = Looks(
        create_autospec(KeeperJournal, instance=True), create_autospec(EpollLoop, instance=True), lambda: None
    )
    since_ns = time.perf_counter_ns() - int(seconds * SECOND)
    looks.note(PROCESS, WaitChange(thread, since_ns, SeenWait(wait, 77, (78,))))
    return looks


@pytest.mark.parametrize("wait", [Wait.PIPE_READ, Wait.SIGNAL])
def test_a_wait_is_looked_into_once(commands: list[list[str]], wait: Wait) -> None:
    looks = waiting(wait, 3)
    looks.begin_if_due([PROCESS, (6, 60)])
    looks.begin_if_due([PROCESS, (6, 60)])
    assert commands == [["5:50", "--", "5", "6", "--", "77", "78"]]


def test_a_short_wait_one_that_ends_by_itself_and_that_of_another_thread_are_not(commands: list[list[str]]) -> None:
    for looks in (
        waiting(Wait.PIPE_READ, 1),
        waiting(Wait.TIME, 9),
        waiting(Wait.SOCKET, 9),
        waiting(Wait.LOCK, 9, thread=6),
    ):
        looks.begin_if_due([PROCESS])
    moves = waiting(Wait.LOCK, 9)
    moves.note(PROCESS, WaitChange(5, time.perf_counter_ns(), None))
    moves.begin_if_due([PROCESS])
    assert commands == []


def test_where_a_lock_is_waited_for_whoever_may_hold_it_is_looked_into_as_well(commands: list[list[str]]) -> None:
    looks = waiting(Wait.LOCK, 9)
    looks.note((6, 60), WaitChange(6, time.perf_counter_ns() - 9 * SECOND, SeenWait(Wait.TIME, 0, ())))
    looks.begin_if_due([PROCESS, (6, 60), (7, 70)])  # the last one moves
    assert commands == [["5:50", "6:60", "--", "5", "6", "7", "--", "77", "78"]]


def test_an_event_loop_beside_a_thread_that_waits_is_looked_into(commands: list[list[str]]) -> None:
    """It may wait for the threads of its executor to end."""
    looks = waiting(Wait.SOCKET, 9)
    looks.note(PROCESS, WaitChange(6, time.perf_counter_ns() - 9 * SECOND, SeenWait(Wait.OWN_LOCK, 0, ())))
    looks.begin_if_due([PROCESS])
    assert [command[0] for command in commands] == ["5:50"]


def test_the_program_is_looked_into_as_well_where_it_moves(commands: list[list[str]]) -> None:
    """It may ask in a loop whether its processes have ended."""
    waiting(Wait.OWN_LOCK, 9).begin_if_due([(3, 30), PROCESS])
    assert commands == [["5:50", "3:30", "--", "3", "5", "--"]]


def test_while_the_run_computes_only_a_long_wait_is(commands: list[list[str]]) -> None:
    waiting(Wait.OWN_LOCK, 9).begin_if_due([PROCESS], busy=True)
    assert commands == []
    waiting(Wait.OWN_LOCK, 30).begin_if_due([PROCESS], busy=True)
    assert commands == [["5:50", "--", "5", "--"]]


def test_the_user_may_ask_for_all_processes_at_any_time(commands: list[list[str]]) -> None:
    looks = waiting(Wait.TIME, 0)
    looks.ask()
    looks.begin_if_due([PROCESS, (6, 60)], busy=True)
    assert [command[:2] for command in commands] == [["5:50", "6:60"]]


def test_none_is_taken_once_the_program_has_ended(commands: list[list[str]]) -> None:
    looks = waiting(Wait.PIPE_READ, 9)
    looks.stop()
    looks.begin_if_due([PROCESS])
    assert commands == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_look_is_hardly_less_urgent_than_what_else_the_machine_does() -> None:
    """At the lowest priority one took minutes on a machine where others compute, and no hang was told."""
    own = os.getpid()
    words = [f"{own}:0", "--", str(own), "--"]
    taker = subprocess.Popen(
        [sys.executable, "-P", "-m", "workers.keeper.looks.look_taker", *words], stdout=subprocess.PIPE
    )
    with taker:
        nices: list[int] = []
        while taker.poll() is None and nices[-1:] in ([], [os.getpriority(os.PRIO_PROCESS, own)]):
            nices.append(os.getpriority(os.PRIO_PROCESS, taker.pid))
        taker.communicate()
    assert 0 < nices[-1] - os.getpriority(os.PRIO_PROCESS, own) <= 5
