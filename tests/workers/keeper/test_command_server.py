"""The command server reads commands from a pipe in any pieces, and turns each into one act."""

import os
from unittest.mock import create_autospec

import pytest

from workers.commands import (
    AskParent,
    CloseRun,
    Command,
    ContinueProgram,
    PassOnSignal,
    SendSignal,
    StopRun,
    TakeLook,
    encode,
)
from workers.journal.codes import EndedBy
from workers.keeper.command_server import STOP_GRACE_S, CommandServer
from workers.keeper.end_policy import EndPolicy
from workers.keeper.job_control import GroupSignals, JobControl
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.looks.looks import Looks
from workers.system import processes
from workers.system.process_tree import ORPHAN_GRACE_S


class Parts:
    """A server among parts that only note what is asked of them."""

    def __init__(self) -> None:
        self.program = create_autospec(LaunchedProgram, instance=True)
        self.program.ended = False
        self.program.pid = os.getpid()
        self.end_policy = create_autospec(EndPolicy, instance=True)
        self.journal = create_autospec(KeeperJournal, instance=True)
        self.signals = create_autospec(GroupSignals, instance=True)
        self.job_control = create_autospec(JobControl, instance=True)
        self.looks = create_autospec(Looks, instance=True)
        self.server = CommandServer(
            self.program, self.end_policy, self.journal, self.signals, self.job_control, self.looks
        )

    def send(self, command: Command) -> None:
        """Bring a command to the server."""
        self.server.on_data(encode(command), 0)


@pytest.fixture
def parts() -> Parts:
    """A server, and the parts around it."""
    return Parts()


def test_the_tree_is_ended_at_stop_at_close_and_when_the_owner_is_gone(parts: Parts) -> None:
    parts.send(StopRun())
    parts.send(CloseRun())
    parts.server.on_data(b"", 0)
    assert [call.args for call in parts.end_policy.end_tree.call_args_list] == [
        (EndedBy.PERSON, STOP_GRACE_S),
        (EndedBy.PERSON, ORPHAN_GRACE_S),
        (EndedBy.OWNER_GONE, ORPHAN_GRACE_S),
    ]


def test_a_look_is_taken_when_the_user_asks(parts: Parts) -> None:
    parts.send(TakeLook())
    parts.looks.ask.assert_called_once_with()


def test_a_request_for_the_parent_is_noted_and_passed_on_however_it_is_cut(parts: Parts) -> None:
    line = encode(AskParent(3, "join", 1))
    for start in range(0, len(line), 5):
        parts.program.send_line.assert_not_called()
        parts.server.on_data(line[start : start + 5], 0)
    parts.program.send_line.assert_called_once_with(line)
    parts.journal.requested.assert_called_once_with(AskParent(3, "join", 1))


@pytest.mark.parametrize("arrived", [True, False])
def test_the_program_gets_a_signal_once(parts: Parts, arrived: bool) -> None:
    """One from the terminal has reached the whole process group, and so the program."""
    parts.signals.arrived_just_now.return_value = arrived
    parts.send(PassOnSignal(2))
    assert parts.program.send_signal.call_count == (not arrived)
    assert [call.args[2] for call in parts.journal.signalled.call_args_list] == [2] * (
        not arrived
    )  # the keeper noted it


def test_a_program_that_has_ended_gets_no_signal(parts: Parts) -> None:
    parts.program.ended = True
    parts.send(PassOnSignal(2))
    parts.program.send_signal.assert_not_called()
    parts.journal.signalled.assert_not_called()


def test_another_process_with_the_pid_gets_no_signal(parts: Parts) -> None:
    stat = processes.look(os.getpid())
    assert stat is not None
    parts.send(SendSignal(os.getpid(), stat.ticks - 1, 9))
    parts.journal.signalled.assert_not_called()


def test_the_program_is_continued_with_its_command(parts: Parts) -> None:
    parts.send(ContinueProgram(7))
    parts.job_control.continue_after.assert_called_once_with(7)
