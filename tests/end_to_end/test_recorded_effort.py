"""What work costs, as real runs are recorded: imports as Python itself measures them, bytes and CPU time of tasks, jobs."""

import os
import re
from pathlib import Path

import pytest
from support.recording import recorded, recording

from workers.analysis.balance.balance import balance_of
from workers.engines.programs import script_program
from workers.formats.run_reader import read_run
from workers.timeline.model import CallName
from workers.timeline.tasks.effort import Way
from workers.timeline.timeline import Timeline

SCRIPT = """
import multiprocessing, sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import slow_package.part
import slow_module

def work(text):
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    return text * 2

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.map(work, ["x" * 50_000] * 4, chunksize=1)
        list(pool.imap(len, "ab"))
        print(pool.apply(len, ("abc",)))
    with ThreadPoolExecutor(1) as threads:
        threads.submit(sorted, [3, 1, 2], reverse=True).result()
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        executor.submit(sorted, [3, 1], reverse=True).result()
"""


def test_imports_bytes_cpu_time_and_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    (tmp_path / "slow_package").mkdir()
    (tmp_path / "slow_package/__init__.py").write_text("import time\ntime.sleep(0.2)\n")
    (tmp_path / "slow_package/part.py").write_text("import time, slow_module\ntime.sleep(0.1)\n")
    (tmp_path / "slow_module.py").write_text("import time\ntime.sleep(0.1)\n")
    (tmp_path / "script.py").write_text(SCRIPT)
    with recording(script_program(str(tmp_path / "script.py"))) as following:
        timeline = following.finish()
    imports = {one.name: (one.ended_ns - one.began_ns) / 1e9 for one in timeline.effort[1].imports}
    # Python's own measurement, in the same process.
    printed = "\n".join(line.text for line in timeline.lines_of(1) if line.stream == "stderr")
    told = {name: int(total) / 1e6 for total, name in re.findall(r"\|\s+(\d+) \|\s+(slow\S+)", printed)}
    assert imports["slow_package"] == pytest.approx(told["slow_package"], rel=0.1)
    # What a module imports in turn is a part of it. Its package has a record of its own.
    assert imports["slow_package.part"] == pytest.approx(told["slow_package.part"] - told["slow_package"], rel=0.1)
    assert "slow_module" not in imports
    pool = [one for one in timeline.processes if one.name.startswith("SpawnPoolWorker")]
    assert len(pool) == 2
    for worker in pool:
        effort = timeline.effort[worker.id]
        assert {"slow_package", "slow_package.part"} <= {one.name for one in effort.imports}
        # A worker that is spawned runs the main module again, and imports for it.
        assert effort.main is not None
        assert all(effort.main.began_ns <= one.began_ns and one.ended_ns <= effort.main.ended_ns
                   for one in effort.imports if one.name.startswith("slow_"))  # fmt: skip
        assert effort.main.ended_ns <= (worker.target_began_ns or 0)
    assert timeline.effort[1].main is None
    tasks = sorted(timeline.tasks, key=lambda task: task.began_ns)
    works = [task for task in tasks if task.name == "work"]
    assert sorted((task.index or 0, task.of) for task in works) == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert sorted((task.index, task.of) for task in tasks if task.name == "len" and task.index) == [(1, 2), (2, 2)]
    for task in works:
        assert task.cpu_s == pytest.approx(0.05, rel=0.3)
        assert task.arguments is not None  # each but the first follows one that took long
        assert re.fullmatch(r"\('x{90,}", task.arguments)
        assert len(task.arguments) <= 120
        assert task.bytes_in is not None
        assert 50_000 < task.bytes_in < 51_000
        assert task.bytes_out is not None
        assert 100_000 < task.bytes_out < 101_000
    assert [task.arguments for task in tasks if task.name == "sorted"] == [
        "([3, 1, 2], reverse=True)",
        "([3, 1], reverse=True)",
    ]
    sent = [one for one in timeline.effort[1].messages if one.way is Way.SENT]
    received = [one for one in timeline.effort[1].messages if one.way is Way.RECEIVED]
    assert len(sent) == len(received) == 4
    assert sum(one.size_bytes for one in sent) == sum(task.bytes_in or 0 for task in works)
    balance = balance_of(timeline)
    assert balance is not None
    assert balance.worker_s == pytest.approx(sum(worker.life_s for worker in balance.workers), rel=0.01)


RESULTS = """
import multiprocessing, os, pathlib, sys, time
from concurrent.futures import ProcessPoolExecutor

class Slow:
    def __reduce__(self):
        while not pathlib.Path(sys.argv[1]).exists():
            time.sleep(0.001)
        return str, ("x" * 5_000,)

def slow(number):
    return Slow()

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    with context.Pool(1) as pool:
        pool.map(slow, range(1))
        print("there", flush=True)
        while not pathlib.Path(sys.argv[2]).exists():
            time.sleep(0.001)
    with context.Pool(2) as pool:
        pool.map(str, range(3_000), chunksize=1)
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        list(executor.map(str, range(300)))
"""


def test_the_bytes_of_a_result_are_known_to_whoever_follows(tmp_path: Path) -> None:
    """While the result is pickled the task is over; a worker that is idle then never says more than its size."""
    (tmp_path / "script.py").write_text(RESULTS)
    pickled, idle = tmp_path / "pickled", tmp_path / "idle"
    with recording(script_program(str(tmp_path / "script.py"), str(pickled), str(idle))) as following:
        tasks = following.timeline.tasks
        following.until(lambda: len(tasks) and tasks[0].ended_ns is not None)
        assert (len(tasks), tasks[0].bytes_out) == (1, None)
        revision = following.timeline.revision
        pickled.touch()
        following.until(lambda: following.printed("there") and tasks[0].bytes_out is not None)
        assert tasks[0].bytes_out in range(5_000, 5_200)
        assert tasks[0].process in following.timeline.changed_since(revision)
        idle.touch()
        live = following.finish()
        again = read_run(Path(following.run.folder))

    def each(timeline: Timeline) -> list[tuple[int, int | None, int | None]]:
        return sorted((task.began_ns, task.ended_ns, task.bytes_out) for task in timeline.tasks)

    assert len(live.tasks) == 3_301
    assert all(task.bytes_out for task in live.tasks)
    assert each(live) == each(again)


ARGUMENTS = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    for size in (10, 3_000_000):
        worker = multiprocessing.Process(target=len, args=(bytes(size),))
        worker.start()
        worker.join()
"""


@pytest.mark.skipif(os.name != "posix", reason="on Windows the object is pickled into the pipe")
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_big_arguments_of_a_process_are_a_message_of_its_parent(tmp_path: Path, method: str) -> None:
    (tmp_path / "script.py").write_text(ARGUMENTS)
    timeline = recorded(script_program(str(tmp_path / "script.py"), method))
    (sent,) = timeline.effort[1].messages
    start = [call for call in timeline.calls if call.name is CallName.START][1]
    assert sent.way is Way.SENT
    assert 3_000_000 < sent.size_bytes < 3_010_000
    assert start.ended_ns is not None
    assert start.began_ns < sent.began_ns < sent.middle_ns < sent.ended_ns < start.ended_ns
    assert not sent.in_thread
