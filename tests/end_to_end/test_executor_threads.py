"""What an executor does in a thread of its own: it replaces workers, joins them, and takes tasks as they are asked for."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.interpreters import some_interpreters
from support.run_pairs import Recorded, record
from support.scripts import script_path

from workers.engines.programs import script_program
from workers.timeline.model import ProcessKind

Version = tuple[int, int]
WITH_TASKS_PER_CHILD, WITH_BUFFERSIZE = (3, 11), (3, 14)
PYTHONS = {version: path for version, path in some_interpreters().items() if version >= WITH_TASKS_PER_CHILD}
MANAGER = "(_ExecutorManagerThread)"
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="with fork servers")


@pytest.fixture(scope="module")
def runs() -> dict[tuple[Version, str], Recorded]:
    wanted = [(version, path, method) for version, path in PYTHONS.items() for method in ("spawn", "forkserver")]
    with ThreadPoolExecutor(3) as pool:
        found = pool.map(
            lambda one: record(script_program(script_path("replaces_workers.py"), one[2], python=one[1])), wanted
        )
        return {(version, method): one for (version, _, method), one in zip(wanted, found, strict=True)}


def test_a_worker_that_the_executor_replaced_was_started_by_its_thread(
    runs: dict[tuple[Version, str], Recorded],
) -> None:
    for key, found in runs.items():
        timeline = found.timeline
        ran = [task.process for task in timeline.tasks if task.name == "one"]
        assert len(ran) == len(set(ran)) == 3, key
        threads = []
        for worker in sorted(ran):
            process = timeline.process(worker)
            assert (process.kind, process.parent_id, process.exit_code) == (ProcessKind.POOL_WORKER, 1, 0), key
            calls = timeline.calls_on(worker)
            start = calls[0]
            assert [call.name for call in calls] == ["start", "join"], key
            assert (start.by, start.error, start.file.rpartition("/")[2]) == (1, None, "process.py"), key
            assert start.began_ns < (process.born_ns or 0) < (process.target_began_ns or 0), key
            threads.append([call.thread.endswith(MANAGER) for call in calls])
            assert start.thread == "" or start.thread.endswith(MANAGER), (key, start.thread)
        assert threads == [[False, True], [True, True], [True, True]], key


@pytest.mark.skipif(max(PYTHONS) < WITH_BUFFERSIZE, reason="needs Python 3.14 or newer: name it in PYTHONS")
def test_a_task_is_submitted_when_the_map_asks_for_it(runs: dict[tuple[Version, str], Recorded]) -> None:
    for key, found in runs.items():
        tasks = sorted(
            (task for task in found.timeline.tasks if task.name == "ahead"), key=lambda task: task.submitted_ns or 0
        )
        if key[0] < WITH_BUFFERSIZE:
            assert not tasks
            continue
        submitted = [task.submitted_ns or 0 for task in tasks]
        assert len(tasks) == 6, key
        assert all(task.began_ns > at > 0 for task, at in zip(tasks, submitted, strict=True)), key
        ended = sorted(task.ended_ns or 0 for task in tasks)
        # The map is two tasks ahead, and a third while it hands one result over.
        for at in range(3, 6):
            assert submitted[at] > ended[at - 3], (key, at)
