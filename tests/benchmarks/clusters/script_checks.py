"""Checks of scripts that make a cluster of their own: what the probe alone puts on lanes."""

from collections import Counter

from support.recording import recording, script

from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

_LIMIT_S = 300.0
_OWN = frozenset(("square", "by-hand", "breaks", "kills"))
"""The tasks of the script; Dask has a few of its own."""


def _recorded(*arguments: str) -> tuple[Timeline, bool]:
    """The run, and whether its lanes hold as many tasks of each worker as the tasks themselves said."""
    with recording(script("own_cluster.py", *arguments)) as following:
        timeline = following.finish(_LIMIT_S)
    said = Counter(int(line.text.removeprefix("ran in ")) for line in timeline.lines if line.text.startswith("ran in "))
    returned = [task for task in timeline.tasks if task.name in ("square", "by-hand")]
    shown = Counter(timeline.process(task.process).pid for task in returned)
    print(f"  tasks that returned, by worker: they said {dict(said)}, the lanes show {dict(shown)}")
    return timeline, said == shown and timeline.exit_code == 0


def _attempts(timeline: Timeline) -> int:
    return sum(task.name in _OWN for task in timeline.tasks)


def script_check() -> bool:
    """102 tasks of 102, with names and the error, and no plugin."""
    timeline, agree = _recorded("100")
    errors = [task.error for task in timeline.tasks if task.name == "breaks"]
    print(f"  {_attempts(timeline)} of 102 tasks on lanes; errors {errors}")
    return agree and _attempts(timeline) == 102 and errors == ["ValueError"]


def deadly_check() -> bool:
    """203 attempts, three of them open on lanes that ended by SIGKILL."""
    timeline, agree = _recorded("198", "3")
    killed = [process.id for process in timeline.processes if process.exit_code == -9]
    open_on = [task.process for task in timeline.tasks if task.ended_ns is None]
    workers = sum(process.kind is ProcessKind.CLUSTER_WORKER for process in timeline.processes)
    print(f"  {_attempts(timeline)} of 203 attempts on {workers} lanes; killed {killed}; open on {sorted(open_on)}")
    return agree and _attempts(timeline) == 203 and sorted(open_on) == killed and len(killed) == 3


CHECKS = {"script": script_check, "deadly": deadly_check}
