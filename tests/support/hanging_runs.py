"""Built timelines of runs that hang, with stacks, for the tests of what shows them."""

from pathlib import Path

from support.builders import MS, SECOND, running_run
from workers.plan.plan import StartMethod
from workers.timeline.model import CallName, Process, ProcessKind, RaisedBy, RaisedError, Wait
from workers.timeline.stacks import CodeFrame, EndHolder, ThreadStack, ThreadWait
from workers.timeline.timeline import Timeline

LIBRARY = "/usr/lib/python3.11/multiprocessing/"
SOURCE = "".join(f"line_{number} = {number}\n" for number in range(1, 61))


def script_in(folder: Path, name: str = "two_locks.py") -> str:
    """The path of a script of 60 lines, made in a folder."""
    path = folder / name
    path.write_text(SOURCE, encoding="utf-8")
    return str(path)


def wait_in(
    timeline: Timeline, process: Process, call: CodeFrame, user: CodeFrame, wait: Wait, since_ns: int
) -> ThreadWait:
    """Let the first thread of a process wait in a call of the library, at a line of the user's, with its stack."""
    process.pid = process.pid or 1000 + process.id
    process.threads = 1
    one = ThreadWait(process.pid, True, wait, since_ns, None, 4711, frames=(call, user))
    timeline.add_wait(process.id, one)
    process.stacks = (ThreadStack(process.pid, "MainThread", one.frames, frozenset()),)
    process.stacks_ns = since_ns + 3 * SECOND
    timeline.touch(process.id)
    return one


def script_run(script: str, workers: int = 2) -> Timeline:
    """A run of a script, ten seconds in, whose workers are alive."""
    timeline = running_run(workers)
    timeline.plan, timeline.argv = None, ("python", script)
    for process in timeline.processes:
        process.worker = None
        process.start_method = str(StartMethod.FORK)
    for call in timeline.calls:
        call.file = script
    timeline.now_ns = 10 * SECOND
    return timeline


def two_locks(script: str) -> Timeline:
    """Two workers wait, each for the lock that the other one holds; the program joins the first."""
    timeline = script_run(script)
    join = timeline.add_call(1, CallName.JOIN, 2, 500 * MS)
    join.file, join.line = script, 40
    program = timeline.process(1)
    frame = CodeFrame("BaseProcess.join", LIBRARY + "process.py", 149)
    wait_in(timeline, program, frame, CodeFrame("main", script, 40), Wait.CHILD, 600 * MS)
    lock = CodeFrame("SemLock.__enter__", LIBRARY + "synchronize.py", 95)
    wait_in(timeline, timeline.process(2), lock, CodeFrame("one", script, 12), Wait.LOCK, 700 * MS)
    wait_in(timeline, timeline.process(3), lock, CodeFrame("other", script, 22), Wait.LOCK, 750 * MS)
    timeline.holders[4711] = tuple(EndHolder(number, 1000 + number, "", True, True) for number in (1, 2, 3))
    return timeline


def failed_task(script: str) -> Timeline:
    """A short task of a pool's worker raised, in the middle of a long run."""
    timeline = script_run(script)
    worker = timeline.process(3)
    worker.kind, worker.name = ProcessKind.POOL_WORKER, "ForkPoolWorker-2"
    task = timeline.begin_task(3, "load", 4 * SECOND)
    timeline.finish_task(task, 4 * SECOND + 3 * MS, "ValueError")
    frames = (f"{script}:30 load", f"{script}:33 parse")
    error = RaisedError(3, 4 * SECOND + 3 * MS, RaisedBy.TASK, "ValueError", "bad value", script, 33, frames)
    timeline.add_error(error)
    timeline.touch(3)
    return timeline
