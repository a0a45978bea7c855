"""Advice on speed: each kind on a timeline that shows it, with its figures, and none on one that does not."""

from collections.abc import Callable

import numpy as np
import pytest
from support.builders import MS, SECOND

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity
from workers.analysis.findings.slow.slow_words import seconds
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process, ProcessKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.tasks.effort import CpuLimits, Doing, Import, ResultsWaiting, Way
from workers.timeline.timeline import Timeline


def run(seconds: float = 10.0) -> Timeline:
    """A program on two cores that has ended after so many seconds."""
    timeline = Timeline()
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    program.pid, program.born_ns, program.start_called_ns, program.target_began_ns = 1000, 0, 0, 20 * MS
    program.target_ended_ns = program.exited_ns = timeline.now_ns = round(seconds * SECOND)
    program.exit_code = timeline.exit_code = 0
    program.cpu_s, program.cpu_whole = 0.1, True
    timeline.ended, timeline.cores, timeline.memory_bytes = True, 2, 8 * 10**9
    return timeline


def add_worker(timeline: Timeline, began: float, target: float, ended: float, *, cpu_s: float = 0.0,
               kind: ProcessKind = ProcessKind.POOL_WORKER) -> Process:  # fmt: skip
    """A worker that ends in order. All times in seconds."""
    worker = timeline.add_process(f"Worker-{len(timeline.processes)}", kind, parent_id=1)
    worker.pid = 1000 + worker.id
    worker.start_called_ns = worker.born_ns = round(began * SECOND)
    worker.target_began_ns = round(target * SECOND)
    worker.target_ended_ns = worker.exited_ns = worker.reaped_ns = worker.joined_ns = round(ended * SECOND)
    worker.exit_code, worker.cpu_s, worker.cpu_whole = 0, cpu_s, True
    return worker


def add_tasks(timeline: Timeline, worker: Process, *spans: tuple[float, float], cpu: float = 1.0, size: int = 100,
              result: int = 100) -> None:  # fmt: skip
    """Tasks of `work`, from and to in seconds. cpu: share of a core. size, result: bytes of their pickles."""
    began, ended = (np.array([round(span[at] * SECOND) for span in spans], np.int64) for at in (0, 1))
    timeline.add_tasks(
        worker.id, began, ended, timeline.tasks.names.number("work"),
        details={
            TaskDetail.CPU_S: ((ended - began) * (cpu / 1e9)).astype(np.float32),
            TaskDetail.BYTES_IN: np.full(len(spans), size, np.int64),
            TaskDetail.BYTES_OUT: np.full(len(spans), result, np.int64),
        },
    )  # fmt: skip


def slow_start(imports_s: float = 2.0) -> Timeline:
    timeline = run(6)
    for number in range(4):
        worker = add_worker(timeline, 0.1, 3.1, 5)
        add_tasks(timeline, worker, (3.1, 3.2), (3.3, 3.4))
        effort = timeline.effort_of(worker.id)
        begin = round((0.5 + number / 100) * SECOND)
        middle = begin + round(0.9 * imports_s * SECOND)
        effort.imports += [
            Import("torch.nn", begin, middle),
            Import("other", middle, begin + round(imports_s * SECOND)),
            Import("late", 4 * SECOND, 5 * SECOND),
        ]
    return timeline


def worker_churn(per_worker: int = 1) -> Timeline:
    timeline = run(16)
    for number in range(30):
        worker = add_worker(timeline, number / 2, number / 2 + 0.4, number / 2 + 0.5)
        spans = [(number / 2 + 0.41 + at / 1000, number / 2 + 0.411 + at / 1000) for at in range(per_worker)]
        add_tasks(timeline, worker, *spans)
    return timeline


def big_arguments(pickling_s: float = 0.3) -> Timeline:
    timeline = run(10)
    worker, other = add_worker(timeline, 0.1, 0.2, 9.9), add_worker(timeline, 0.1, 0.2, 9.9)
    for number in range(12):
        at = 0.5 + number * 0.7
        add_tasks(timeline, (worker, other)[number % 2], (at + 0.4, at + 0.41), size=40_000_000)
        began = round(at * SECOND)
        pickled = began + round(pickling_s * SECOND)
        timeline.effort_of(1).messages.append((Way.SENT, began, pickled, pickled + MS, 40_000_000, 1))
    return timeline


def one_lock(
    doing: tuple[Doing, Doing, Doing, Doing] = (Doing.RUNS, Doing.LOCKED, Doing.LOCKED, Doing.LOCKED),
    turns: int = 1,
) -> Timeline:
    timeline = run(4)
    for number in range(4):
        worker = add_worker(timeline, 0, 0.1, 3.9, cpu_s=1.0, kind=ProcessKind.WORKER)
        for at in range(18):
            what = doing[(number + at * turns) % 4]
            row = round((0.2 + at / 5) * SECOND) + number * MS, what, 4711 if what is Doing.LOCKED else 0, 1, 0
            timeline.effort_of(worker.id).looks.append(row)
    return timeline


def full_queue() -> Timeline:
    """Four workers that wait for room in a queue. In every third look one of them does not, in turn."""
    timeline = run(4)
    for number in range(4):
        worker = add_worker(timeline, 0, 0.1, 3.9, cpu_s=1.0, kind=ProcessKind.WORKER)
        for at in range(18):
            runs = not at % 3 and at // 3 % 4 == number
            row = (
                round((0.2 + at / 5) * SECOND) + number * MS,
                Doing.RUNS if runs else Doing.LOCKED,
                0 if runs else 4711,
                1,
                0,
            )
            timeline.effort_of(worker.id).looks.append(row)
    return timeline


def one_manager(cpu_s: float = 8.0) -> Timeline:
    timeline = run(10)
    manager = add_worker(timeline, 0.1, 0.2, 9.9, cpu_s=cpu_s, kind=ProcessKind.HELPER)
    manager.name = "SyncManager-1"
    for _ in range(4):
        add_worker(timeline, 0.2, 0.3, 9.8, cpu_s=1.5, kind=ProcessKind.WORKER)
    return timeline


def results_pile_up(results: int = 130) -> Timeline:
    timeline = run(5)
    worker = add_worker(timeline, 0.1, 0.2, 4.9)
    add_tasks(timeline, worker, *((0.2 + at / 100, 0.205 + at / 100) for at in range(200)), result=4_000_000)
    timeline.effort_of(1).results_waiting.append(ResultsWaiting(2 * SECOND, 0, results))
    timeline.add_sample(1, 100 * MS, 0.1, 20_000_000)
    timeline.add_sample(1, 2 * SECOND, 0.1, 20_000_000 + results * 4_000_000)
    return timeline


def stragglers(last_s: float = 44.0) -> Timeline:
    """Eight workers; seven have 40 s of tasks, one goes on with tasks of four seconds each."""
    timeline = run(last_s + 1)
    timeline.cores = 8
    for number in range(8):
        worker = add_worker(timeline, 0.1, 0.2, last_s)
        until = last_s if number == 3 else 40.0
        add_tasks(timeline, worker, *((at, min(at + 4, until)) for at in np.arange(0.2, until - 0.1, 4.0).tolist()))
    return timeline


def chunks(size: int = 250, calls: int = 1000, alone_s: float = 30.0, known: bool = True) -> Timeline:
    """A map() in chunks on two workers, the last of which takes long."""
    tasks = -(-calls // size)
    timeline = run(alone_s + 12)
    job = timeline.tasks.add_job()
    timeline.tasks.size_job(job, tasks, calls if known else 0)
    at = 0.2
    worker, other = add_worker(timeline, 0.1, 0.2, alone_s + 11), add_worker(timeline, 0.1, 0.2, alone_s + 11)
    for index in range(tasks):
        ends = at + (alone_s if index == tasks - 1 else 10 / tasks)
        began, ended = np.array([round(at * SECOND)]), np.array([round(ends * SECOND)])
        timeline.add_tasks((worker, other)[index % 2].id, began, ended, timeline.tasks.names.number("render"), details={
            TaskDetail.INDEX: np.array([index + 1], np.uint32), TaskDetail.JOB: np.array([job], np.uint32)})  # fmt: skip
        at = ends
    return timeline


def endless(lasts_s: float = 9.0, doing: Doing = Doing.RUNS, cpu: float = 1.0) -> Timeline:
    timeline = run(10)
    timeline.ended, timeline.processes[0].exited_ns, timeline.exit_code = False, None, None
    worker, other = add_worker(timeline, 0.1, 0.2, 9.9), add_worker(timeline, 0.1, 0.2, 9.9)
    for one in (worker, other):
        one.exited_ns = one.target_ended_ns = one.exit_code = one.joined_ns = one.reaped_ns = None
    add_tasks(timeline, other, (0.3, 0.35), (0.4, 0.45))
    began = 10 * SECOND - round(lasts_s * SECOND)
    job = timeline.tasks.add_job()
    timeline.tasks.size_job(job, 6)
    timeline.add_tasks(worker.id, np.array([began]), np.array([OPEN]), timeline.tasks.names.number("parse"), details={
        TaskDetail.INDEX: np.array([4], np.uint32), TaskDetail.JOB: np.array([job], np.uint32)})  # fmt: skip
    for at in range(1, 50):
        timeline.add_sample(worker.id, at * SECOND // 5, cpu * at / 5, 1)
        timeline.effort_of(worker.id).looks.append((at * SECOND // 5, doing, 0, 1, 0))
    return timeline


def throttled(held_s: float = 3.1) -> Timeline:
    timeline = run(8)
    for _ in range(8):
        add_worker(timeline, 0, 0.1, 7.9, cpu_s=1.0, kind=ProcessKind.WORKER)
    timeline.cpu_limits = CpuLimits(1.5, round(held_s * SECOND), 31, 80)
    return timeline


def gil_bound(cpu: float = 0.25) -> Timeline:
    timeline = run(6)
    timeline.processes[0].cpu_s = 5.0 * 4 * cpu
    for number in range(1, 5):
        thread = timeline.add_thread(1, number)
        began = (500 * MS + np.arange(10, dtype=np.int64) * 500 * MS).astype(np.int64)
        timeline.add_tasks(1, began, began + 490 * MS, timeline.tasks.names.number("work"), thread=thread.id,
                           details={TaskDetail.CPU_S: np.full(10, 0.49 * cpu, np.float32)})  # fmt: skip
    return timeline


def private_memory(each: int = 2_500_000_000) -> Timeline:
    timeline = run(8)
    for _ in range(3):
        worker = add_worker(timeline, 0, 0.1, 7.9, cpu_s=7.0, kind=ProcessKind.WORKER)
        timeline.effort_of(worker.id).private_bytes = each
    return timeline


def too_many_threads(threads: int = 8, cpu_s: float = 9.5, tasks: float = 0.3, cores: int = 2) -> Timeline:
    """Two workers on two cores for ten seconds. cpu_s: of all threads of one. tasks: cores that those of its tasks used."""
    timeline = run(10)
    timeline.cores = cores
    for _ in range(2):
        worker = add_worker(timeline, 0, 0.1, 9.9, cpu_s=cpu_s)
        add_tasks(timeline, worker, *((0.2 + at, 1.2 + at) for at in range(9)), cpu=tasks)
        for at in range(48):
            timeline.effort_of(worker.id).looks.append((round((0.2 + at / 5) * SECOND), Doing.RUNS, 0, threads, 0))
    return timeline


def tiny_tasks(each_s: float = 0.00002, cpu_s: float = 0.9, program_s: float = 1.5) -> Timeline:
    """Two workers with 3,000 tasks each in six seconds. cpu_s: of each worker."""
    timeline = run(6.5)
    timeline.processes[0].cpu_s = program_s
    for _ in range(2):
        worker = add_worker(timeline, 0.1, 0.2, 6.4, cpu_s=cpu_s)
        add_tasks(timeline, worker, *((0.3 + at / 500, 0.3 + at / 500 + each_s) for at in range(3000)))
    return timeline


def one_by_one(after: bool = True, workers: int = 2) -> Timeline:
    """Ten tasks in turn, each submitted when the one before had ended, or all at the begin."""
    timeline = run(6)
    pool = [add_worker(timeline, 0.1, 0.2, 5.9) for _ in range(workers)]
    for at in range(10):
        add_tasks(timeline, pool[at % workers], (0.5 + at / 2, 0.98 + at / 2))
    for task in list(timeline.tasks):
        timeline.tasks.submit(task.id, task.began_ns - MS if after else 300 * MS)
    return timeline


def program_bound(cpu_s: float = 5.0, busy: float = 0.1) -> Timeline:
    """Four workers that have a task for this share of their time."""
    timeline = run(6)
    timeline.processes[0].cpu_s = cpu_s
    for _ in range(4):
        worker = add_worker(timeline, 0.1, 0.2, 5.9, cpu_s=0.4)
        add_tasks(timeline, worker, *((0.3 + at / 2, 0.3 + at / 2 + busy / 2) for at in range(11)))
    return timeline


def pool_each_time(by_pool: bool = True) -> Timeline:
    """Ten pools of two workers, one after another, with four tasks for each worker."""
    timeline = run(11)
    for number in range(20):
        at = number // 2
        worker = add_worker(timeline, at, at + 0.8, at + 0.95)
        worker.pool_ended_ns = round((at + 0.9) * SECOND) if by_pool else None
        add_tasks(timeline, worker, *((at + 0.8 + one / 100, at + 0.801 + one / 100) for one in range(4)))
    return timeline


def in_turn(alone: float = 0.0) -> Timeline:
    """Four workers that take turns with short tasks. alone: for how many seconds one goes on by itself at the end."""
    timeline = run(10)
    for number in range(4):
        worker = add_worker(timeline, 0.1, 0.2, 9.9, cpu_s=0.2)
        spans = [(at + number / 4, at + number / 4 + 0.05) for at in np.arange(0.3, 9.0 - alone, 1.0).tolist()]
        add_tasks(timeline, worker, *spans, *([(9.1 - alone, 9.1)] if alone and number == 3 else []))
    return timeline


SHOWN: list[tuple[Callable[[], Timeline], str, tuple[str, ...]]] = [
    (slow_start, "slow_start", ("4 workers took 3.0 s each", "1.8 s of it importing torch", "8 tasks took 800 ms")),
    (worker_churn, "worker_churn", ("30 workers were started for 30 tasks: 12 s of starting",)),
    (
        big_arguments,
        "big_arguments",
        ("12 tasks of work were sent 480 MB", "took 3.6 s in the program, 36 % of the run", "of their time. Give"),
    ),
    (one_lock, "one_at_a_time", ("4 workers", "in 18 of 18 looks", "Of 15 s of work", "computed for 3.9 s")),
    (one_manager, "one_at_a_time", ("SyncManager-1 computed for 8", "4 workers")),
    (results_pile_up, "results_pile_up", ("130 results of work", "520 MB together, and grew by 520 MB")),
    (lambda: stragglers(71.0), "stragglers", ("last 31 s", "one of 8 workers", "45 s instead of 72 s")),
    (endless, "one_task", ("parse, the 4th of 6, in Worker-1", "began at 1.000 s", "2 other tasks took 50 ms")),
    (throttled, "throttled", ("1.5 cores", "held it up for 3.1 s of 8.0 s", "31 of 80", "there were 8")),
    (gil_bound, "gil_bound", ("4 threads of the program", "1.0 cores together", "25 % of its time")),
    (
        too_many_threads,
        "too_many_threads",
        (
            "2 workers had 8 threads each: 16 threads for 2 cores",
            "17 s of CPU time, 12 s of it in other threads",
            "NUM_THREADS to 1 before",
        ),
    ),
    (
        tiny_tasks,
        "tiny_tasks",
        ("6,000 tasks of work took no longer than 20 µs each", "2 workers computed for 1.6 s", "266 µs", "such as 200"),
    ),
    (
        one_by_one,
        "one_by_one",
        ("The 10 tasks of work ran one at a time", "there were 2 workers", "took 4.8 s together"),
    ),
    (
        program_bound,
        "program_bound",
        ("The program computed for 4.", "its 4 workers were there for tasks of work", "one in 11 % of"),
    ),
    (
        pool_each_time,
        "worker_churn",
        ("20 workers were started for 80 tasks: 16 s", "Make the Pool or executor once"),
    ),
    (lambda: in_turn(3.0), "stragglers", ("last 3.2 s", "one of 4 workers")),
    (private_memory, "private_memory", ("3 workers had 7.5 GB", "8 GB were available")),
]


def advice(timeline: Timeline) -> list[Finding]:
    return [one for one in findings(timeline) if one.severity is Severity.ADVICE]


@pytest.mark.parametrize(("build", "code", "words"), SHOWN, ids=[row[1] for row in SHOWN])
def test_named_with_its_figures_and_its_evidence(
    build: Callable[[], Timeline], code: str, words: tuple[str, ...]
) -> None:
    timeline = build()
    found = advice(timeline)
    assert [one.code for one in found] == [code]
    for part in words:
        assert part in found[0].text
    assert found[0].text.endswith((".", ")."))
    assert found[0].processes
    assert found[0].evidence or code == "throttled"
    assert all(one.process in found[0].processes for one in found[0].evidence)


@pytest.mark.parametrize(
    "build",
    [
        lambda: slow_start(imports_s=0.2),
        lambda: worker_churn(per_worker=8),
        lambda: big_arguments(pickling_s=0.01),
        lambda: one_lock((Doing.RUNS, Doing.RUNS, Doing.LOCKED, Doing.WAITS)),
        lambda: one_lock((Doing.READS, Doing.LOCKED, Doing.LOCKED, Doing.LOCKED)),  # of an empty queue
        lambda: one_manager(cpu_s=1.0),
        lambda: results_pile_up(results=10),
        lambda: stragglers(42.0),
        full_queue,
        lambda: tiny_tasks(each_s=0.0006),
        lambda: tiny_tasks(cpu_s=0.3, program_s=2.0),  # they come slowly
        lambda: one_by_one(after=False),  # where one worker has all of them, it is the way of the pool
        lambda: one_by_one(workers=1),
        lambda: program_bound(cpu_s=2.0),
        lambda: program_bound(busy=0.6),
        in_turn,  # nobody is alone at the end
        lambda: one_lock(turns=0),  # one worker keeps the lock
        lambda: one_lock((Doing.LOCKED,) * 4),  # an event that is set late
        lambda: endless(lasts_s=1.5),
        lambda: endless(doing=Doing.WAITS),
        lambda: endless(cpu=0.1),  # the machine is so busy that it hardly gets a core
        lambda: throttled(held_s=0.2),
        lambda: gil_bound(cpu=0.1),  # they wait for something else
        lambda: gil_bound(cpu=0.45),  # and without a GIL they use more than a core
        lambda: private_memory(each=500_000_000),
        lambda: too_many_threads(threads=1),
        lambda: too_many_threads(threads=4, cores=8),  # there is a core for each
        lambda: too_many_threads(tasks=0.9),  # the other threads are there, and do nothing
        lambda: too_many_threads(cpu_s=3.0),  # the cores have room
    ],
)
def test_no_advice_where_it_does_not_matter(build: Callable[[], Timeline]) -> None:
    assert advice(build()) == []


@pytest.mark.parametrize(
    ("size", "calls", "alone_s", "advice_given"),
    [
        # In balance 23.3 s, of which 5 % are 1.16 s, and a call takes 0.12 s; 14.7 s, 0.73 s and 0.2 s; and so on.
        (250, 1000, 30.0, "a chunk of up to 250 calls of render, which took 30 s: use a smaller chunksize, such as 9."),
        (60, 180, 12.0, "a chunk of up to 60 calls of render, which took 12 s: use a smaller chunksize, such as 3."),
        (2, 7, 40.0, "a chunk of up to 2 calls of render, which took 40 s: use a smaller chunksize, such as 1."),
        (50_000, 100_000, 20.0, "a chunk of up to 50,000 calls of render, which took 20 s: use a smaller chunksize, such as 2"),
    ],
)  # fmt: skip
def test_a_chunk_that_goes_on_alone_is_named_with_a_smaller_one(
    size: int, calls: int, alone_s: float, advice_given: str
) -> None:
    (found,) = advice(chunks(size, calls, alone_s))
    assert found.code == "stragglers"
    assert advice_given in found.text
    (found,) = advice(chunks(size, calls, alone_s, known=False))  # as of imap(), whose calls are not known
    assert "chunk of" not in found.text


@pytest.mark.parametrize(
    ("python_s", "rest"), [(0.4, "the interpreter took 400 ms"), (0.25, "the interpreter took 250 ms")]
)
def test_the_rest_of_a_slow_start_is_split_as_far_as_it_is_known(python_s: float, rest: str) -> None:
    timeline = slow_start()
    for worker in timeline.processes[1:]:
        effort = timeline.effort_of(worker.id)
        effort.python_began_ns = worker.life_began_ns + round(python_s * SECOND)
        effort.imports.append(Import("json.decoder", 2600 * MS, 2650 * MS))
    (found,) = advice(timeline)
    assert found.code == "slow_start"
    other_s = 3.0 - python_s - 2.0 - 0.05
    assert (
        f"Of the rest, {rest}, the standard library 50 ms, and __main__ with all else {seconds(other_s)}." in found.text
    )
    for worker in timeline.processes[1:]:  # it imports for 2.05 s, and runs code of its own for 100 ms
        effort = timeline.effort_of(worker.id)
        effort.main = Import("__main__", effort.imports[0].began_ns, effort.imports[0].began_ns + 2150 * MS)
    (found,) = advice(timeline)
    others = f"the code of __main__ 100 ms, and all else {seconds(other_s - 0.1)}."
    assert f"Of the rest, {rest}, the standard library 50 ms, {others}" in found.text
    timeline.effort_of(3).python_began_ns = None  # nobody knows of this one
    assert "interpreter" not in advice(timeline)[0].text


def main_again(main_s: float = 2.0) -> Timeline:
    """Two workers that start for 3 s. main_s: of that in the main module, which imports something for 100 ms."""
    timeline = run(6)
    for _ in range(2):
        worker = add_worker(timeline, 0.1, 3.1, 5)
        add_tasks(timeline, worker, (3.1, 3.2))
        effort = timeline.effort_of(worker.id)
        effort.python_began_ns = 300 * MS
        effort.imports.append(Import("helper", 600 * MS, 700 * MS))
        effort.main = Import("__main__", 500 * MS, 500 * MS + round(main_s * SECOND))
    return timeline


def test_code_of_the_main_module_that_each_worker_runs_again_is_named() -> None:
    (found,) = advice(main_again())
    assert found.code == "slow_start"
    assert (
        "2 workers took 3.0 s each to start, 1.9 s of it in the code of the main module, which each of them"
        in found.text
    )
    assert (
        "Of the rest, the interpreter took 200 ms, other imports 100 ms, and all else 800 ms. Put that code"
        in found.text
    )
    assert advice(main_again(0.9)) == []


def test_no_advice_before_the_end() -> None:
    for build, code, _ in SHOWN:
        timeline = build()
        timeline.ended = False
        assert [one.code for one in advice(timeline)] == (["one_task"] if code == "one_task" else [])
