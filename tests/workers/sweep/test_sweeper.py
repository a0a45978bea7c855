"""The runs of a sweep, one after another: in the planned order, measured from what was recorded, ended when asked to."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.recording import recording
from support.replay_engine import ReplayEngine

from workers.commands import StopRun
from workers.engines.engine import Runnable, RunResult
from workers.errors import RunError
from workers.plan.plan import Plan, StartMethod, Workload
from workers.sweep.measured import Sweep
from workers.sweep.subjects import PlanSubject
from workers.sweep.sweeper import Asked, carry_out, new_sweep, progress

PLAN = Plan.make([1000] * 2, Workload.SPIN, StartMethod.FORK)
COUNTS = (1, 2)


class EndedReplay(ReplayEngine):
    """A run that is over at once, or only once it is told to stop. code: of its result."""

    def __init__(self, folder: Path, *, held: bool = False, lost: bool = False) -> None:
        super().__init__(folder, records=1000)
        self.held = held
        self.lost = lost

    def wait(self, timeout_s: float) -> bool:
        return not self.held or any(isinstance(command, StopRun) for command in self.commands)

    def result(self) -> RunResult:
        return RunResult(True, 0)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The journals of a plan that went well."""
    with recording(PLAN) as live:
        live.finish()
        yield live.run.folder


@pytest.fixture(scope="module")
def crashed() -> Iterator[Path]:
    """Of one whose worker died, and whose program ended well."""
    with recording(Plan.make([1000] * 2, Workload.CRASH, StartMethod.FORK)) as live:
        live.finish()
        yield live.run.folder


def go_on() -> Asked:
    return Asked.GO_ON


def sweep_with(
    make: Callable[[Plan], ReplayEngine], listen: Callable[[], Asked] = go_on, repeats: int = 2
) -> tuple[Sweep, list[Sweep], list[Plan]]:
    """The sweep, what was reported of it, and what was run."""
    subject = PlanSubject.make(PLAN, COUNTS)
    reported: list[Sweep] = []
    ran: list[Plan] = []

    def factory(what: Runnable) -> ReplayEngine:
        assert isinstance(what, Plan)
        ran.append(what)
        return make(what)

    begun = new_sweep(subject, COUNTS, repeats, 2.0)
    return carry_out(begun, subject, listen, reported.append, factory), reported, ran


def test_each_run_is_reported_with_its_time(folder: Path) -> None:
    sweep, reported, ran = sweep_with(lambda plan: EndedReplay(folder))
    assert [plan.workers for plan in ran] == [1, 2, 2, 1]
    assert [len(each.runs) for each in reported] == [1, 2, 3, 4]
    assert sweep == reported[-1]
    assert all(run.duration_s is not None and 0.001 <= run.duration_s < 60 for run in sweep.runs)
    assert all(run.folder == folder and not run.problem for run in sweep.runs)
    assert {sum(plan.sizes) for plan in ran} == {2000}


def test_a_worker_that_died_makes_no_time(crashed: Path) -> None:
    sweep, _, _ = sweep_with(lambda plan: EndedReplay(crashed), repeats=1)
    assert [run.duration_s for run in sweep.runs] == [None, None]
    assert sweep.runs[0].problem.endswith("ended by SIGKILL")
    assert sweep.runs[0].exit_code == 0


def test_a_run_whose_recorder_was_ended_makes_no_time(folder: Path) -> None:
    sweep, _, _ = sweep_with(lambda plan: EndedReplay(folder, lost=True), repeats=1)
    assert [run.problem for run in sweep.runs] == ["the recorder ended before it"] * 2


def test_stop_ends_the_run_in_progress_and_keeps_what_was_measured(folder: Path) -> None:
    engines: list[EndedReplay] = []

    def make(plan: Plan) -> EndedReplay:
        engines.append(EndedReplay(folder, held=len(engines) == 2))
        return engines[-1]

    def listen() -> Asked:
        return Asked.STOP if len(engines) == 3 else Asked.GO_ON

    sweep, reported, _ = sweep_with(make, listen)
    assert len(sweep.runs) == len(reported) == 2
    assert [sum(isinstance(each, StopRun) for each in engine.commands) for engine in engines] == [0, 0, 1]
    assert all(engine.closed_by_user is not None for engine in engines)


def test_nothing_is_started_after_a_stop(folder: Path) -> None:
    sweep, reported, ran = sweep_with(lambda plan: EndedReplay(folder), lambda: Asked.STOP)
    assert (sweep.runs, reported, ran) == ((), [], [])


def test_a_run_that_cannot_be_started_ends_the_sweep(folder: Path) -> None:
    with pytest.raises(RunError, match="no such place"):
        sweep_with(lambda plan: ReplayEngine(folder, refusal="There is no such place."))


def test_progress_says_what_comes_next_and_how_long(folder: Path) -> None:
    begun = new_sweep(PlanSubject.make(PLAN, COUNTS), COUNTS, 2, 2.0)
    assert progress(begun) == "Run 1 of 4: 1 worker (point 1 of 2)"
    sweep, reported, _ = sweep_with(lambda plan: EndedReplay(folder))
    assert progress(reported[0]).startswith("Run 2 of 4: 2 workers (point 2 of 2), about ")
    assert progress(sweep) == "All 4 runs are done."
