"""Measures the CPU time and the memory that the JSON of a large report takes.

Usage: python tests/benchmarks/report_writing.py [--tasks 1000000] [--processes 40000]

Two runs that are in memory already: one of many tasks, one of many processes. The baseline is `json.dumps` of the same report
as plain objects and without indentation, which its encoder in C makes at once. Three rounds of both; the median counts. Exit
code 1 when the text takes more time than the baseline, or more memory than half of its own size.
"""

import argparse
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from support.builders import joined_run

from workers.report.report import report
from workers.report.report_json import report_pieces
from workers.timeline.model import CallName, ProcessKind
from workers.timeline.tasks.task_details import TaskDetail
from workers.timeline.timeline import Timeline

ROUNDS = 3
MOST_TIME, MOST_MEMORY = 1.0, 0.5


def of_tasks(count: int) -> Timeline:
    """A run of short tasks by eight workers."""
    timeline = joined_run(8)
    for process in range(2, 10):
        t0 = np.arange(count // 8, dtype=np.int64) * 10_007 + process
        details = {
            TaskDetail.CPU_S: np.linspace(1e-6, 2e-4, len(t0)),
            TaskDetail.INDEX: np.arange(1, len(t0) + 1),
            TaskDetail.BYTES_OUT: np.full(len(t0), 37),
        }
        timeline.add_tasks(process, t0, t0 + 977, timeline.tasks.names.number("square"), None, t0 - 11, details=details)
    return timeline


def of_processes(count: int) -> Timeline:
    """A run of short-lived workers, each started and joined."""
    timeline = Timeline()
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    for number in range(count):
        child = timeline.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=program.id)
        began = number * 1_000_003
        child.pid, child.start_called_ns, child.born_ns, child.target_began_ns = (
            1000 + number,
            began,
            began + 1,
            began + 2,
        )
        child.target_ended_ns, child.exited_ns, child.reaped_ns, child.joined_ns = (
            began + 3,
            began + 4,
            began + 5,
            began + 6,
        )
        child.exit_code = 0
        for name in (CallName.START, CallName.JOIN):
            call = timeline.add_call(program.id, name, child.id, began)
            call.ended_ns, call.file, call.line = began + 6, "script.py", 7
    return timeline


def cpu_s(what: Callable[[], object]) -> float:
    """The process's CPU for it."""
    gc.collect()
    before = time.process_time()
    what()
    return time.process_time() - before


def size_of(timeline: Timeline) -> int:
    """Make the whole text, piece by piece. Its length."""
    return sum(len(piece) for piece in report_pieces(timeline))


def measured(title: str, timeline: Timeline) -> bool:
    """Print a line. Whether the goals are met."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = size_of(timeline)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / size
    ours = statistics.median(cpu_s(lambda: size_of(timeline)) for _ in range(ROUNDS))
    plain = statistics.median(cpu_s(lambda: json.dumps(report(timeline))) for _ in range(ROUNDS))
    met = ours <= MOST_TIME * plain and grown <= MOST_MEMORY
    print(f"{title}: {size / 1e6:.0f} MB in {ours:.2f} s, json.dumps {plain:.2f} s, ratio {ours / plain:.2f}, goal at most "
          f"{MOST_TIME}; memory {grown:.2f} of the text, goal at most {MOST_MEMORY}: {'met' if met else 'MISSED'}")  # fmt: skip
    return met


def main() -> int:
    """Print a line for each run; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=40_000)
    arguments = parser.parse_args()
    results = [
        measured(f"{arguments.tasks:,} tasks", of_tasks(arguments.tasks)),
        measured(f"{arguments.processes:,} processes", of_processes(arguments.processes)),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
