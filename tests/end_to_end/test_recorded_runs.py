"""Small plans from start to end, as the window and the command line run them: every fact that is shown to the user."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.recording import joins, recorded

from workers.plan.listing import make_listing
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.timeline.model import CallName, LinkKind, Process, ProcessKind, State
from workers.timeline.timeline import Timeline

METHODS = list(StartMethod) if os.name == "posix" else [StartMethod.SPAWN]
SIZES = (20_000, 60_000, 40_000, 30_000)


def moments(process: Process) -> list[int]:
    """Every time field of a joined worker, in the order in which they must be."""
    fields = (
        process.start_called_ns, process.born_ns, process.target_began_ns, process.target_ended_ns, process.exited_ns,
        process.reaped_ns, process.joined_ns,
    )  # fmt: skip
    assert None not in fields, process
    return [at for at in fields if at is not None]


def workers_of(timeline: Timeline) -> list[Process]:
    """The plan's workers, in order."""
    return [process for process in timeline.processes if process.worker is not None]


@pytest.fixture(scope="module", params=METHODS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    """The guide's first program, small, by one start method."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        return recorded(Plan.make(SIZES, Workload.SORT, request.param))


def method_of(timeline: Timeline) -> StartMethod:
    """The start method of its plan."""
    assert timeline.plan is not None
    return timeline.plan.start_method


def test_every_moment_is_known_and_in_order(run: Timeline) -> None:
    assert run.ended
    assert (run.exit_code, run.warnings, run.torn_records, run.dropped_output_bytes) == (0, [], 0, 0)
    for worker in workers_of(run):
        those = moments(worker)
        assert those == sorted(those)
        assert worker.target_began_ns != worker.target_ended_ns
        assert (worker.target_ended_ns or 0) < (worker.exited_ns or 0) <= (worker.joined_ns or 0)
        assert (worker.start_called_ns or 0) < (worker.start_returned_ns or 0)
        assert 0 <= worker.exited_within_ns < 1_000_000_000
        assert (worker.exit_code, worker.state, worker.start_method) == (0, State.JOINED, method_of(run))
        assert worker.error is None
    program = run.process(1)
    assert program.start_called_ns == 0
    assert 0 < (program.born_ns or 0) < (program.target_began_ns or 0) < (program.target_ended_ns or 0)
    assert (program.target_ended_ns or 0) < (program.exited_ns or 0) <= run.now_ns


def test_they_are_joined_in_order_each_by_its_own_call(run: Timeline) -> None:
    workers = workers_of(run)
    assert joins(run) == [worker.id for worker in workers]
    calls = [call for call in run.calls if call.name is CallName.JOIN]
    assert [call.ended_ns for call in calls] == [worker.joined_ns for worker in workers]
    assert [call.step for call in run.calls] == list(range(8))
    assert all(call.by == 1 and call.error is None for call in run.calls)
    ends = [call.ended_ns or 0 for call in run.calls]
    assert all(ended <= call.began_ns for ended, call in zip(ends, run.calls[1:], strict=False))
    arrows = [(link.kind, link.from_process, link.to_process) for link in run.links()]
    for worker in workers:
        assert (LinkKind.START, 1, worker.id) in arrows
        assert (LinkKind.JOIN, worker.id, 1) in arrows


def test_who_belongs_to_whom(run: Timeline) -> None:
    workers = workers_of(run)
    assert [worker.name for worker in workers] == [f"Process-{number}" for number in range(1, 5)]
    assert {worker.parent_id for worker in workers} == {1}
    assert len({process.pid for process in run.processes}) == len(run.processes)
    helpers = sorted(p.name for p in run.processes if p.kind is ProcessKind.HELPER)
    expected = {"fork": [], "spawn": ["resource tracker"], "forkserver": ["fork server", "resource tracker"]}
    assert helpers == expected[method_of(run)]
    assert len(run.processes) == 5 + len(helpers)
    by_pid = {process.pid: process for process in run.processes}
    for worker in workers:
        owner = "fork server" if method_of(run) is StartMethod.FORKSERVER else "parent"
        assert by_pid[worker.ppid].name == owner


def test_globals_are_not_shared(run: Timeline) -> None:
    ended = {value.process: value.value for value in run.watched if value.when == "ended"}
    for worker in workers_of(run):
        expected: list[bool | None] = [None] * 4
        expected[(worker.worker or 0) - 1] = True
        assert ended[worker.id] == repr(expected)
        began = [v.value for v in run.watched_of(worker.id) if v.when == "began"]
        assert began == ["[None, None, None, None]"]
    assert ended[1] == "[None, None, None, None]"


def test_every_line_is_its_processes_own(run: Timeline) -> None:
    for worker, size in zip(workers_of(run), SIZES, strict=True):
        number = worker.worker or 0
        own = [None] * (number - 1) + [True] + [None] * (4 - number)
        assert [line.text for line in run.lines_of(worker.id)] == [
            f"Started with n: {size}", f"Setting global var at idx: {number - 1}",
            f"Function idx:  {number} {size}", f"Function idx:  {number} {own}",
        ]  # fmt: skip
        times = [line.at_ns for line in run.lines_of(worker.id)]
        assert times == sorted(times)
        assert (worker.target_began_ns or 0) < times[0]
    assert [line.text for line in run.lines_of(1)] == [
        "We're done", "Global var at end of processing: [None, None, None, None]",
    ]  # fmt: skip
    assert {line.stream for line in run.lines} == {"stdout"}
    assert run.lines_seen == 18


def test_the_equivalent_script_prints_the_same(run: Timeline, tmp_path: Path) -> None:
    assert run.plan is not None
    (tmp_path / "same.py").write_text(make_listing(run.plan).text)
    # Buffered, so that on one pipe for all each process's lines come in one piece.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "same.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert sorted(done.stdout.splitlines()) == sorted(line.text for line in run.lines)


def test_the_run_says_what_it_was(run: Timeline) -> None:
    assert run.python == ".".join(map(str, sys.version_info[:3]))
    assert run.argv[0] == sys.executable
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", run.started_at)
    assert run.host


@pytest.mark.parametrize(
    ("order", "answers"),
    [
        (Order.ASK_BEFORE, ["True", "True"]),
        (Order.ASK_BETWEEN, ["True", "False"]),
        (Order.ASK_AFTER, ["False", "False"]),
    ],
)
def test_is_alive_answers_as_the_guide_says(order: Order, answers: list[str]) -> None:
    timeline = recorded(Plan.make([200_000, 400_000], Workload.SLEEP, StartMethod.FORK, order))
    said = [line.text.rpartition(" ")[2] for line in timeline.lines if "alive:?" in line.text]
    assert said == answers
    asked = [call for call in timeline.calls if call.name is CallName.IS_ALIVE]
    assert [str(call.result) for call in asked] == answers
    for call in asked:
        process = timeline.process(call.process or 0)
        assert call.result == (call.began_ns < (process.exited_ns or 0))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("workload", "code", "error"), [(Workload.CRASH, -9, None), (Workload.FAIL, 1, "ValueError")])
def test_a_worker_that_ends_badly(method: StartMethod, workload: Workload, code: int, error: str | None) -> None:
    timeline = recorded(Plan.make([1000, 20_000], workload, method))
    assert timeline.exit_code == 0
    for worker in workers_of(timeline):
        assert (worker.exit_code, worker.error, worker.state) == (code, error, State.JOINED)
        assert worker.failed
        assert (worker.target_began_ns or 0) < (worker.exited_ns or 0) <= (worker.joined_ns or 0)
        assert (worker.target_ended_ns is None) == (workload is Workload.CRASH)
    if workload is Workload.FAIL:
        texts = [line.text for line in timeline.lines_of(3) if line.stream == "stderr"]
        assert texts[-1] == "ValueError: worker 2 failed on purpose"
        assert not any("procession" in text or "probe" in text for text in texts)


@pytest.mark.parametrize("method", METHODS)
def test_terminated_and_killed_by_their_parent(method: StartMethod) -> None:
    steps = "start*; join 1 0.3; terminate 1; kill 2; join*"
    timeline = recorded(Plan.make([60_000_000] * 2, Workload.SLEEP, method, steps))
    first, second = workers_of(timeline)
    assert (first.exit_code, second.exit_code) == (-15, -9)
    passed = next(call for call in timeline.calls if call.name is CallName.JOIN)
    assert (passed.result, passed.timeout_s) == (False, 0.3)
    assert (first.joined_ns or 0) > (passed.ended_ns or 0)
    terminate = next(call for call in timeline.calls if call.name is CallName.TERMINATE)
    assert terminate.process == first.id
    assert (first.exited_ns or 0) > terminate.began_ns


def test_who_is_never_joined_is_joined_by_python_at_its_exit() -> None:
    timeline = recorded(Plan.make([50_000], Workload.SLEEP, steps="start 1"))
    worker = timeline.process(2)
    assert worker.exit_code == 0
    join = timeline.calls_on(worker.id)[-1]
    assert join.name is CallName.JOIN
    assert join.step is None
    assert worker.joined_ns == join.ended_ns


def test_sixty_four_workers() -> None:
    timeline = recorded(Plan.make([1000] * 64, Workload.SLEEP))
    workers = workers_of(timeline)
    assert len(workers) == 64
    for worker in workers:
        assert moments(worker) == sorted(moments(worker))
        assert worker.exit_code == 0
    assert timeline.plan is not None
    assert timeline.plan.workers == 64
