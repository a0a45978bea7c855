"""Measures the CPU time of writing one record, against the plain way: a line of JSON by os.write.

Usage: python tests/benchmarks/journal.py [--events 200000] [--folders /tmp /dev/shm]

Each way writes the same facts into a file of its own in each folder. There are five rounds, in mixed order so that a slow
moment of the machine meets all ways; the median counts. CPU time is that of the process, user and system. Exit code 1 when a
record of the journal costs more than 3 µs.
"""

import argparse
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from workers.recorded import probe
from workers.recorded.probe import Hooks, Journal

GOAL_NS = 3000
ROUNDS = 5
Way = Callable[[Path, int], None]


def json_lines(folder: Path, count: int) -> None:
    """The baseline."""
    fd = os.open(folder / "lines", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
    for number in range(count):
        line = json.dumps({"kind": "reaped", "t": time.perf_counter_ns(), "pid": number, "code": 0})
        os.write(fd, line.encode() + b"\n")
    os.close(fd)


def packed_writes(folder: Path, count: int) -> None:
    """The same 64 bytes as a slot, by os.write."""
    fd = os.open(folder / "slots", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
    pack = struct.Struct("<BBHI7q").pack
    for number in range(count):
        os.write(fd, pack(probe.REAPED, 0, 0, 0, time.perf_counter_ns(), number, 0, 0, 0, 0, 0))
    os.close(fd)


def journal(folder: Path, count: int) -> None:
    """The journal itself."""
    path = folder / f"{time.perf_counter_ns()}.journal"
    write = Journal(str(path), hidden=True).write
    for number in range(count):
        write(probe.REAPED, 0, 0, 0, time.perf_counter_ns(), number, 0)
    path.unlink()


class _Popen:
    """The arguments of the hook for a reaped child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode = 0


def hook(folder: Path, count: int) -> None:
    """The journal through a hook, as the program pays for it."""
    hooks = Hooks(str(folder), "", (), {})
    hooks.open()
    reaped = hooks.reaped
    popen = _Popen(7)
    for _ in range(count):
        reaped(popen)
    for path in folder.glob("*.journal"):
        path.unlink()


WAYS: dict[str, Way] = {
    "JSON + os.write": json_lines,
    "struct + os.write": packed_writes,
    "journal": journal,
    "journal, by a hook": hook,
}


def measure(folder: Path, events: int) -> dict[str, float]:
    """Way → ns of CPU a record."""
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            before = time.process_time_ns()
            way(folder, events)
            found[name].append((time.process_time_ns() - before) / events)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> int:
    """Print a table; exit code 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    shared = [Path(name) for name in ("/tmp", "/dev/shm") if Path(name).is_dir()]
    parser.add_argument("--folders", nargs="+", type=Path, default=shared)
    arguments = parser.parse_args()
    good = True
    print(f"{'ns of CPU a record':<22}" + "".join(f"{folder!s:>12}" for folder in arguments.folders))
    costs = []
    for folder in arguments.folders:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            costs.append(measure(Path(scratch), arguments.events))
    for name in WAYS:
        print(f"{name:<22}" + "".join(f"{cost[name]:>12,.0f}" for cost in costs))
        good = good and (not name.startswith("journal") or all(cost[name] <= GOAL_NS for cost in costs))
    print(f"goal: at most {GOAL_NS:,} ns: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
