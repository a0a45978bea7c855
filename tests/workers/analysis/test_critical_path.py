"""The critical path of a run: it has no gap, follows what was recorded, and says what is inferred."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from support.builders import MS, SECOND, joined_run, running_run, threaded_run, traced_run

from workers.analysis import critical_path as path_module
from workers.analysis.critical_path import CriticalPath, PathStep, StepKind, critical_path
from workers.report.path_text import path_sentence, path_text
from workers.report.report import report
from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline


def pool_run(*, close: bool = False) -> Timeline:
    """A program of ten seconds, with two workers of a Pool that are there from 0.1 to 9.9 s."""
    timeline = Timeline()
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    program.pid, program.born_ns, program.start_called_ns, program.target_began_ns = 1000, 0, 0, 20 * MS
    program.target_ended_ns = program.exited_ns = timeline.now_ns = 10 * SECOND
    for number in (2, 3):
        worker = timeline.add_process(f"ForkPoolWorker-{number - 1}", ProcessKind.POOL_WORKER, parent_id=1)
        worker.pid, worker.start_called_ns = 1000 + number, 100 * MS
        worker.born_ns, worker.target_began_ns = 101 * MS, 102 * MS
        worker.exited_ns = 9_900 * MS + number * MS
        if close:
            worker.target_ended_ns = 9_800 * MS
        else:
            worker.pool_ended_ns = 9_700 * MS
        join = timeline.add_call(1, CallName.JOIN, number, 9_750 * MS)
        join.ended_ns, join.result = worker.exited_ns + MS, True
    timeline.ended = True
    return timeline


def add_tasks(timeline: Timeline, process: int, *spans: tuple[float, float], submitted: float = 0.15) -> None:
    began, ended = (np.array([round(span[at] * SECOND) for span in spans], np.int64) for at in (0, 1))
    times = np.full(len(spans), round(submitted * SECOND))
    timeline.add_tasks(process, began, ended, timeline.tasks.names.number("work"), submitted=times)


def use_cpu(timeline: Timeline, process: Process, *samples: tuple[float, float]) -> None:
    for at_s, cpu_s in samples:
        timeline.add_sample(process.id, round(at_s * SECOND), cpu_s, 1000)


def path_of(timeline: Timeline) -> CriticalPath:
    """The path, which has no gap and takes as long as the run."""
    found = critical_path(timeline)
    assert found is not None
    assert found.whole
    assert all(before.ended_ns == after.began_ns for before, after in pairwise(found.steps))
    assert all(step.lasted_ns > 0 for step in found.steps)
    assert (found.steps[0].began_ns, found.steps[-1].ended_ns) == (0, timeline.took_ns)
    return found


def told(steps: tuple[PathStep, ...]) -> list[tuple[StepKind, int]]:
    return [(step.kind, step.process) for step in steps]


def test_joined_processes_lead_back_to_the_one_that_ended_last() -> None:
    timeline = joined_run(3)
    steps = path_of(timeline).steps
    assert told(steps) == [
        (StepKind.STARTING, 1), (StepKind.OWN, 1), (StepKind.STARTING, 4), (StepKind.OWN, 4), (StepKind.ENDING, 4),
        (StepKind.RETURNING, 1), (StepKind.OWN, 1),
    ]  # fmt: skip
    last = timeline.process(4)
    assert (steps[3].began_ns, steps[3].ended_ns) == (last.target_began_ns, last.target_ended_ns)
    assert not any(step.inferred for step in steps)  # starts, exits and joins are recorded


def test_what_was_joined_after_its_end_was_not_waited_for() -> None:
    timeline = joined_run(3)
    timeline.process(4).exited_ns = timeline.calls_on(4)[-1].began_ns - MS
    assert {step.process for step in path_of(timeline).steps} == {1, 3}


def test_tasks_in_a_row_of_the_worker_that_ended_last_are_inferred() -> None:
    timeline = pool_run()
    add_tasks(timeline, 2, (0.16, 2), (2.001, 4), (4.001, 9))
    add_tasks(timeline, 3, (0.16, 3), (3.001, 5))
    steps = path_of(timeline).steps
    assert told(steps) == [
        (StepKind.STARTING, 1), (StepKind.OWN, 1), (StepKind.TASKS, 2), (StepKind.OWN, 1), (StepKind.ENDING, 3),
        (StepKind.RETURNING, 1), (StepKind.OWN, 1),
    ]  # fmt: skip
    tasks = steps[2]
    assert (tasks.tasks, tasks.name, timeline.task(tasks.task or 0).began_ns) == (3, "work", 4001 * MS)
    assert (tasks.began_ns, tasks.ended_ns) == (160 * MS, 9 * SECOND)
    assert [step.inferred for step in steps] == [False, True, True, False, False, False, False]


def test_a_program_that_computes_meanwhile_does_not_wait_for_tasks() -> None:
    timeline = pool_run()
    add_tasks(timeline, 2, (0.16, 2), (2.001, 9))
    use_cpu(timeline, timeline.process(1), (0.1, 0.0), (9.6, 9.0))
    assert StepKind.TASKS not in [step.kind for step in path_of(timeline).steps]
    timeline.samples.clear()
    use_cpu(timeline, timeline.process(1), (0.1, 0.0), (9.6, 2.0))
    assert StepKind.TASKS in [step.kind for step in path_of(timeline).steps]


def test_the_way_from_the_program_to_a_free_worker() -> None:
    timeline = pool_run()
    add_tasks(timeline, 2, (1, 2))
    timeline.tasks.submit(1, 998 * MS)
    assert (StepKind.QUEUE, 2) in told(path_of(timeline).steps)
    timeline.tasks.submit(1, 500 * MS)  # what held it up for half a second is not known: not drawn as a way
    steps = path_of(timeline).steps
    assert (StepKind.QUEUE, 2) not in told(steps)
    assert next(step.inferred for step in steps if step.kind is StepKind.OWN)


def test_a_worker_that_was_not_ready_leads_to_its_start() -> None:
    timeline = pool_run()
    timeline.process(2).target_began_ns = 2 * SECOND
    add_tasks(timeline, 2, (3, 9))  # submitted long before
    steps = path_of(timeline).steps
    assert told(steps)[2:5] == [(StepKind.STARTING, 2), (StepKind.READYING, 2), (StepKind.TASKS, 2)]


def test_a_worker_that_was_told_to_end_leads_back_to_the_program() -> None:
    timeline = pool_run(close=True)
    add_tasks(timeline, 2, (0.16, 9))
    ending = next(step for step in path_of(timeline).steps if step.kind is StepKind.ENDING)
    assert (ending.began_ns, ending.inferred) == (9_800 * MS, False)
    before = path_of(timeline).steps[path_of(timeline).steps.index(ending) - 1]
    assert (before.kind, before.process, before.inferred) == (StepKind.OWN, 1, True)  # who told it is not recorded


def test_tasks_without_a_length_do_not_hold_the_walk_up() -> None:
    timeline = pool_run()
    add_tasks(timeline, 2, *((1.0, 1.0) for _ in range(50)))
    add_tasks(timeline, 3, *((1.0, 1.0) for _ in range(50)))
    path_of(timeline)


class _Counted(np.ndarray):  # type: ignore[type-arg]
    """Ends of tasks that count how many of them are looked at for their lengths."""

    looked_at = 0

    def __sub__(self, other: object) -> object:
        _Counted.looked_at += self.size
        return np.asarray(self) - np.asarray(other)


def test_of_each_row_of_tasks_only_its_own_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    make = path_module._PathTasks.__init__

    def make_counted(self: path_module._PathTasks, *arguments: Any) -> None:
        make(self, *arguments)
        self.ended = self.ended.view(_Counted)

    monkeypatch.setattr(path_module._PathTasks, "__init__", make_counted)
    timeline = pool_run()
    began = np.arange(200, 5200, 10) * MS
    name = timeline.tasks.names.number("work")
    timeline.add_tasks(2, began, began + 8 * MS, name, submitted=began - MS)  # each once the one before was over
    _Counted.looked_at = 0
    steps = path_of(timeline).steps
    assert sum(step.kind is StepKind.TASKS for step in steps) == 500
    assert _Counted.looked_at <= 1000


@pytest.mark.parametrize("timeline", [running_run(2), traced_run()])
def test_a_run_that_goes_on_and_a_trace_have_none(timeline: Timeline) -> None:
    assert critical_path(timeline) is None
    assert report(timeline)["critical_path"] is None
    assert path_text(timeline, critical_path(timeline)) == ""


def test_runs_of_other_kinds_have_a_whole_path() -> None:
    for timeline in (threaded_run(), joined_run(1), pool_run()):
        path_of(timeline)


def test_the_report_has_each_step_and_one_sentence() -> None:
    timeline = pool_run()
    add_tasks(timeline, 2, (0.16, 2), (2.001, 9))
    told_path = report(timeline)["critical_path"]
    assert told_path["whole"]
    assert told_path["text"] == path_sentence(timeline, path_of(timeline))
    assert told_path["text"].startswith("The critical path: 8.840 s in 2 tasks of work in ForkPoolWorker-1, ")
    assert "2 of 4 links are inferred, and not recorded." in told_path["text"]
    step = told_path["steps"][2]
    assert step == {
        "kind": "tasks", "process": 2, "began_s": 0.16, "ended_s": 9.0, "inferred": True, "name": "work", "task": 2,
        "tasks": 2, "waited_s": None,
    }  # fmt: skip
    assert path_text(timeline, critical_path(timeline), 60).count("\n") > 1
