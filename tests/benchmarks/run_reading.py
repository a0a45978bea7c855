"""Measures the CPU time that reading a run of many short tasks from its journals takes.

Usage: python tests/benchmarks/run_reading.py [--tasks 1000000] [--workers 8]

The run is read as when it is opened: found, followed to its end, folded into a timeline. The baseline makes a named tuple of
each slot of the same bytes, which is the least that a reader of single records does. Both in turn, for five rounds; the median
counts. Exit code 1 when reading the run takes longer than the baseline.
"""

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.task_journals import TaskJournals

from workers.formats.run_reader import read_run
from workers.journal.slots import Slots

SECOND = 1_000_000_000
ROUNDS = 5


def records(folder: Path) -> int:
    """The baseline: every slot as an object, a journal at a time."""
    return sum(len(list(Slots(path.read_bytes()))) for path in folder.glob("*.journal"))


def cpu_s(what: Callable[[], object]) -> float:
    """The process's CPU for it."""
    gc.collect()
    before = time.process_time()
    what()
    return time.process_time() - before


def main() -> int:
    """Print a line; exit code 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        journals = TaskJournals(arguments.workers)
        journals.write(folder, journals.batch(arguments.tasks, SECOND))
        known = len(read_run(folder).tasks)
        assert known == arguments.tasks, f"{known} tasks were found"
        rounds = [(cpu_s(lambda: read_run(folder)), cpu_s(lambda: records(folder))) for _ in range(ROUNDS)]
    ours, plain = (statistics.median(each) for each in zip(*rounds, strict=True))
    met = ours <= plain
    print(f"{arguments.tasks:,} tasks: the whole run read {ours:.2f} s, an object of each record {plain:.2f} s, "
          f"ratio {ours / plain:.2f}, goal at most 1: {'met' if met else 'MISSED'}")  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
