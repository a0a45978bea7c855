"""Tasks of pools of threads and of interpreters, recorded with every Python that can be found, all at the same time."""

import os
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from support.interpreters import interpreters
from support.recording import recording, script, together
from support.run_pairs import alone, recorded, same
from support.scripts import script_path

from workers.analysis.findings.all_findings import findings
from workers.engines.programs import Program
from workers.timeline.model import ProcessKind, SpanKind, Task
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the script forks")

NAMES = {version: f"{version[0]}.{version[1]}" for version in interpreters()}
PROGRAM_TASKS = {
    "meets": 3, "square": 9, "fails": 2, "abandons": 1, "Event.wait": 2, "forks": 1,
}  # fmt: skip
INTERPRETER_TASKS = {"abs": 1, "int": 1}


@pytest.fixture(scope="module")
def runs() -> dict[str, Timeline]:
    """The run of each version."""
    path = str(script_path("threads_and_interpreters.py"))
    programs = {NAMES[version]: Program((exe, path, "forks", "nested"), os.getcwd(), "threads")
                for version, exe in interpreters().items()}  # fmt: skip
    return together(programs, lambda name, timeline: False)


def tasks_of(timeline: Timeline, process: int) -> list[Task]:
    return [task for task in timeline.tasks if task.process == process]


@pytest.mark.parametrize("version", NAMES, ids=NAMES.get)
def test_each_task_is_on_the_row_of_its_thread(runs: dict[str, Timeline], version: tuple[int, int]) -> None:
    timeline = runs[NAMES[version]]
    assert (timeline.exit_code, timeline.lines[-1].text, timeline.warnings, timeline.torn_records) == (0, "done", [], 0)
    in_interpreters = INTERPRETER_TASKS if version >= (3, 14) else {}
    ran = tasks_of(timeline, 1)
    assert Counter(task.name for task in ran) == {**PROGRAM_TASKS, **in_interpreters}
    assert Counter(task.error for task in ran if task.error) == {"ValueError": 2 + (version >= (3, 14)), "Abandon": 1}
    assert timeline.process(1).tasks == len(ran) == sum(thread.tasks for thread in timeline.threads_of(1))
    assert len({task.thread for task in ran if task.name == "meets"}) == 3  # they met, so they overlapped
    for thread in timeline.threads:
        mine = sorted((task for task in timeline.tasks if task.thread == thread.id), key=lambda task: task.began_ns)
        assert thread.native_id
        assert thread.name
        assert {task.process for task in mine} == {thread.process}
        assert all((one.ended_ns or 0) <= other.began_ns for one, other in pairwise(mine))
    for task in timeline.tasks:
        assert task.submitted_ns is not None
        assert task.ended_ns is not None
        assert task.submitted_ns <= task.began_ns <= task.ended_ns
        assert (timeline.thread(task.thread).interpreter if task.thread else None) == (
            1 if task.name in ("abs", "int") else None
        )


@pytest.mark.parametrize("version", NAMES, ids=NAMES.get)
def test_threads_of_a_forked_child_and_of_a_pool_worker_are_their_own(
    runs: dict[str, Timeline], version: tuple[int, int]
) -> None:
    timeline = runs[NAMES[version]]
    (forked,) = [process for process in timeline.processes if process.kind is ProcessKind.FORKED]
    assert [(task.name, bool(task.thread)) for task in tasks_of(timeline, forked.id)] == [("square", True)]
    (worker,) = [process for process in timeline.processes if process.kind is ProcessKind.POOL_WORKER]
    ran = Counter((task.name, bool(task.thread)) for task in tasks_of(timeline, worker.id))
    assert ran == {("nested", False): 1, ("square", True): 3}
    assert {thread.name.partition("_")[0] for thread in timeline.threads_of(worker.id)} == {"inner"}
    assert {finding.code for finding in findings(timeline)} == {"task_raised"}


def test_a_program_sees_no_difference() -> None:
    same(alone("threads_and_interpreters.py"), recorded("threads_and_interpreters.py"))


def test_tasks_are_seen_while_they_run_and_stay_open_when_their_process_is_killed(tmp_path: Path) -> None:
    kill = tmp_path / "kill"
    with recording(script("threads_cut_off.py", str(kill))) as following:
        timeline = following.timeline
        following.until(lambda: len(timeline.open_in_threads(1)) == 101)
        assert len({task.thread for task in timeline.open_in_threads(1)}) == len(timeline.threads) == 101
        kill.touch()
        timeline = following.finish()
    program = timeline.process(1)
    assert program.signal_name == "SIGKILL"
    for thread in timeline.threads_of(1):
        ran = timeline.tasks.of_thread(thread.id)
        assert ran is not None
        assert ran.ends(0, 1, program.last_ns).tolist() == [program.exited_ns]
        assert ran.kinds(0, 1, program.last_ns).tolist() == [SpanKind.FAILED]
    (killed,) = findings(timeline)
    assert killed.code == "killed"
    assert "lost" not in killed.text  # nobody outside waits for what its threads were doing
