"""Built timelines in which something went wrong, and their findings in short, for the tests of findings."""

from support.builders import MS, SECOND, running_run
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding
from workers.timeline.model import CallName, Process, Wait
from workers.timeline.stacks import CodeFrame, ThreadWait
from workers.timeline.timeline import Timeline


def said(timeline: Timeline) -> list[tuple[str, str]]:
    """(code, text) of each finding."""
    return [(finding.code, finding.text) for finding in findings(timeline)]


def only(timeline: Timeline) -> Finding:
    """The one finding."""
    found = findings(timeline)
    assert len(found) == 1, found
    return found[0]


def still(process: Process, main: Wait, *others: Wait, since_ns: int = 600 * MS) -> None:
    """Let a process stand still: its main thread in `main`, its other threads in `others`."""
    process.pid = process.pid or 1000 + process.id
    process.threads = 1 + len(others)
    process.waits = [
        ThreadWait(process.pid + number, not number, wait, since_ns) for number, wait in enumerate((main, *others))
    ]


def waiting(workers: int = 1) -> Timeline:
    """Ten seconds in: the parent waits in join() for the first worker."""
    timeline = running_run(workers)
    timeline.now_ns = 10 * SECOND
    join = timeline.add_call(1, CallName.JOIN, 2, 500 * MS)
    join.file, join.line = "plan.py", 40
    still(timeline.process(1), Wait.CHILD)
    return timeline


def killed(timeline: Timeline, number: int = 1, at_ns: int = 400 * MS) -> Process:
    """Let a worker be killed by SIGKILL in the middle of its work. The worker."""
    process = timeline.process(number + 1)
    process.target_ended_ns, process.exited_ns, process.exit_code = None, at_ns, -9
    process.reaped_ns = process.joined_ns = at_ns + MS
    return process


def with_lock(process: Process, lock: int, line: int, *functions: str) -> None:
    """Let its first thread wait for this lock in a with statement, or in these functions of multiprocessing."""
    [wait] = process.waits
    wait.object = lock
    library = [
        CodeFrame(name, "/usr/lib/python3.11/multiprocessing/synchronize.py", 95)
        for name in functions or ("__enter__",)
    ]
    wait.frames = (*library, CodeFrame("work", "plan.py", line))
