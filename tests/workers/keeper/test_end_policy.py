"""When a run is over: a plan with its last process, a command with its program."""

from pathlib import Path
from unittest.mock import create_autospec

import pytest

from workers.journal.codes import EndedBy
from workers.journal.kinds import LEFT_ALONE
from workers.keeper import end_policy
from workers.keeper.end_policy import CommandPolicy, EndingTree, Lingering, Running, WholeTreePolicy
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.owner_reports import OwnerReports
from workers.keeper.streams.command_streams import CommandStreams
from workers.keeper.watching.watcher import Watcher
from workers.system.processes import ProcessStat


class Run:
    """A run whose parts are played. alive: pids that are watched. children: whether the keeper has adopted any process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self.now_s = 100.0
        self.alive: set[int] = set()
        self.children = False
        self.program = create_autospec(LaunchedProgram, instance=True)
        self.program.ended = False
        self.watcher = create_autospec(Watcher, instance=True)
        self.watcher.living.side_effect = lambda: set(self.alive)
        self.journal = create_autospec(KeeperJournal, instance=True)
        self.streams = create_autospec(CommandStreams, instance=True)
        self.streams.ended = self.streams.settled = True
        self.owner = create_autospec(OwnerReports, instance=True)
        monkeypatch.setattr(end_policy, "has_children", lambda: self.children)
        self.gone: set[int] = set()
        self.helpers: set[int] = set()
        monkeypatch.setattr(end_policy.processes, "children", lambda pid: [])
        monkeypatch.setattr(end_policy.processes, "look", self._look)
        monkeypatch.setattr(end_policy.processes, "serves_multiprocessing", lambda pid: pid in self.helpers)
        monkeypatch.setattr(end_policy.time, "monotonic", lambda: self.now_s)

    def _look(self, pid: int) -> ProcessStat | None:
        return None if pid in self.gone else ProcessStat("S", 1, 1000 + pid, 0, 0, None)

    def tree_policy(self) -> WholeTreePolicy:
        """As for a plan."""
        return WholeTreePolicy(self.folder, self.program, self.watcher, self.journal)

    def command_policy(self) -> CommandPolicy:
        """As for a command."""
        return CommandPolicy(self.folder, self.program, self.watcher, self.journal, self.streams, self.owner)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A run."""
    return Run(monkeypatch, tmp_path)


def test_a_plan_is_over_with_its_last_process(run: Run) -> None:
    policy = run.tree_policy()
    run.alive = {5, 6}
    assert not policy.run_is_over()
    run.program.ended = True
    run.alive = {6}
    assert not policy.run_is_over()
    assert isinstance(policy.state, Running)
    run.alive = set()
    assert policy.run_is_over()


def test_a_plan_lingers_for_what_its_program_left_behind(run: Run) -> None:
    policy = run.tree_policy()
    run.program.ended = run.children = True
    assert not policy.run_is_over()
    assert isinstance(policy.state, Lingering)
    run.now_s += 0.4
    run.alive = {7}  # its journal has appeared
    assert not policy.run_is_over()
    assert isinstance(policy.state, Running)
    run.alive = set()
    run.now_s += 0.4
    assert not policy.run_is_over(), "it lingers again from here"
    run.now_s += 0.6
    assert policy.run_is_over()


def test_a_command_is_over_with_its_program(run: Run) -> None:
    policy = run.command_policy()
    assert not policy.run_is_over()
    run.program.ended = True
    assert policy.run_is_over()
    run.owner.warn.assert_not_called()


def test_what_outlives_a_command_is_left_alone_and_named(run: Run) -> None:
    policy = run.command_policy()
    run.program.ended = True
    run.alive = {11, 12, 13, 14}
    assert not policy.run_is_over()
    run.now_s += 0.4
    assert policy.run_is_over()
    (warning,) = run.owner.warn.call_args.args
    assert warning.startswith(LEFT_ALONE)
    assert warning.endswith("(pid 13) and 1 more.")
    assert policy.left_running() == {11: 1011, 12: 1012, 13: 1013, 14: 1014}
    run.gone = {12}
    assert 12 in policy.left_running(), "nobody saw its end"


def test_the_helpers_of_multiprocessing_have_time_to_end(run: Run) -> None:
    """They end soon after the program by themselves, and what is healthy must not be told as left running, or as lost."""
    policy = run.command_policy()
    run.program.ended = True
    run.alive, run.helpers = {11, 12}, {11}
    assert not policy.run_is_over()
    run.now_s += 0.4
    run.alive = {11}
    assert not policy.run_is_over(), "the helper alone"
    run.alive = set()
    assert policy.run_is_over()
    run.owner.warn.assert_not_called()
    slow = run.command_policy()
    run.alive = {11}
    assert not slow.run_is_over()
    run.now_s += 3.1
    assert slow.run_is_over()
    run.owner.warn.assert_called_once()


def test_a_command_waits_for_a_slow_reader(run: Run) -> None:
    policy = run.command_policy()
    run.program.ended = True
    run.streams.ended = run.streams.settled = False
    assert not policy.run_is_over()
    run.now_s += 60
    assert not policy.run_is_over()
    run.streams.settled = True
    assert policy.run_is_over()


def test_the_first_request_ends_the_tree_and_only_a_lost_owner_ends_it_again(run: Run) -> None:
    policy = run.tree_policy()
    policy.end_tree(EndedBy.PERSON, 3.0)
    first = policy.state
    assert isinstance(first, EndingTree)
    policy.end_tree(EndedBy.PERSON, 1.0)
    assert policy.state is first
    policy.end_tree(EndedBy.OWNER_GONE, 1.0)
    assert policy.state is not first
    assert [call.args for call in run.journal.ending.call_args_list] == [(EndedBy.PERSON,), (EndedBy.OWNER_GONE,)]
