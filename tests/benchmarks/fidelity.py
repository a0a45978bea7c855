"""Measures how exact the recorded births and deaths are: compares a run with what strace saw of the same run. Linux only.

Usage: python tests/benchmarks/fidelity.py [--workers 100] [--round 25] [--methods fork spawn forkserver]

The benchmark starts itself under ``strace -f -ttt --seccomp-bpf`` for each start method. The process inside records a script
(many_workers.py) as the window does.

The true birth is somewhere between the entry of clone, fork or vfork in the parent and its return there (for vfork: the child's
first system call). Compared is how far outside of that span the recorded birth is. The median width of the span is printed too;
strace makes it wider. The true death is strace's ``+++`` line, which comes at the end of the exit.

strace prints wall-clock time; the keeper's first record holds both clocks. strace stops every process at each of these calls,
and is itself woken late on busy cores: its own delays are part of the differences.

Exit code 1 when a goal is missed: 2 ms at the median, 10 ms at the 99th percentile, no birth or death missing.
"""

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.scripts import script_path

from workers.engines.engine import now_ns
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import script_program
from workers.folding.fold import Fold
from workers.journal.follower import Batch
from workers.journal.keeper_kinds import RunBegan
from workers.journal.run_files import KEEPER
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

MEDIAN_MS, LATE_MS = 2.0, 10.0
_CALLS = "clone,clone3,fork,vfork,execve,exit_group"
_LINE = re.compile(r"(\d+) +(\d+)\.(\d{6}) (.*)")
_ENTERED = re.compile(r"(?:clone3?|v?fork)\(")
_MADE = re.compile(r"(?:(?:clone3?|v?fork)\(|<\.\.\. (?:clone3?|v?fork) resumed>).* = (\d+)(?: <(\d+)\.(\d{6})>)?$")


@dataclass(slots=True)
class Truth:
    """What strace saw of one process, in ns of the wall clock."""

    born_ns: tuple[int, int] | None = None  # not before, not after
    died_ns: tuple[int, int] | None = None


def read_strace(path: Path) -> dict[int, Truth]:
    """Births and deaths by pid."""
    seen: dict[int, Truth] = {}
    entered: dict[int, int] = {}
    first: dict[int, int] = {}
    for line in path.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        pid, at_ns, text = int(match[1]), int(match[2]) * 10**9 + int(match[3]) * 1000, match[4]
        first.setdefault(pid, at_ns)
        made = _MADE.match(text)
        if made:
            child = int(made[1])
            # A whole line bears the time of the call's entry, a resumed one that of its return.
            took_ns = int(made[2] or 0) * 10**9 + int(made[3] or 0) * 1000
            began_ns, returned_ns = (entered.pop(pid), at_ns) if text.startswith("<") else (at_ns, at_ns + took_ns)
            seen.setdefault(child, Truth()).born_ns = began_ns, min(returned_ns, first.get(child, returned_ns))
        elif _ENTERED.match(text):
            entered[pid] = at_ns
        elif text.startswith("+++"):
            seen.setdefault(pid, Truth()).died_ns = at_ns, at_ns
    return seen


def record(method: str, workers: int, per_round: int) -> dict[str, object]:
    """Inside strace: record the script; born and exited of each worker, in ns of the wall clock."""
    timeline = Timeline()
    fold = Fold(timeline)
    run = LocalEngine(script_program(script_path("many_workers.py"), method, str(workers), str(per_round)))
    run.start()
    wall_ns = 0
    try:
        while not run.over:
            batch = run.take()
            wall_ns = wall_ns or _anchor(batch)
            fold.apply(batch, now_ns())
            time.sleep(0.02)
        fold.finish(now_ns())
    finally:
        run.close()
    shift = wall_ns + (fold.origin_ns or 0)
    lives = {
        process.pid: [None if at is None else at + shift for at in (process.born_ns, process.exited_ns)]
        for process in timeline.processes
        if process.kind is ProcessKind.WORKER
    }
    unseen = sum(p.exited_within_ns > 0 for p in timeline.processes)
    return {"lives": lives, "bracketed": unseen, "exit_code": timeline.exit_code}


def _anchor(batch: Batch) -> int:
    """Wall clock minus the journals' clock, out of the keeper's first record."""
    for entries in batch.entries:
        for entry in entries.records if entries.name == KEEPER else ():
            if isinstance(entry, RunBegan):
                return entry.epoch_ns - entry.clock_ns
    return 0


def compare(method: str, workers: int, per_round: int) -> bool:
    """Run under strace and print one row for births and one for deaths. Whether the goals are met."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        inside = [sys.executable, __file__, "--inside", method, "--workers", str(workers), "--round", str(per_round)]
        command = [
            "strace",
            "-f",
            "-ttt",
            "-T",
            "--seccomp-bpf",
            "-q",
            "-o",
            str(trace),
            "-e",
            f"trace={_CALLS}",
            *inside,
        ]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=300)
        recorded = json.loads(done.stdout)
        truth = read_strace(trace)
    met = recorded["exit_code"] == 0
    for at, what in enumerate(("born", "exited")):
        off: list[float] = []
        widths: list[float] = []
        for pid, life in recorded["lives"].items():
            seen = truth.get(int(pid))
            real = None if seen is None else (seen.born_ns, seen.died_ns)[at]
            if real is not None and life[at] is not None:
                off.append((min(0, life[at] - real[0]) + max(0, life[at] - real[1])) / 1e6)
                widths.append((real[1] - real[0]) / 1e6)
        missing = workers - len(off)
        size = sorted(map(abs, off))
        median, late = size[len(size) // 2], size[math.ceil(len(size) * 0.99) - 1]
        good = missing == 0 and median <= MEDIAN_MS and late <= LATE_MS
        met = met and good
        width = sorted(widths)[len(widths) // 2]
        note = f"{recorded['bracketed']} ends bracketed" if at else f"strace's spans are {width:.1f} ms wide"
        print(f"{method:<11}{what:<8}{len(off):>5}{missing:>9}{median:>11.3f}{late:>10.3f}{size[-1]:>9.3f}"
              f"{min(off):>+10.3f}{max(off):>+9.3f}  {'met' if good else 'MISSED'} {note}")  # fmt: skip
    return met


def main() -> int:
    """Print the table; exit code 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--round", type=int, default=25, help="how many live at a time")
    parser.add_argument("--methods", nargs="+", default=["fork", "spawn", "forkserver"])
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(record(arguments.inside, arguments.workers, arguments.round)))
        return 0
    print(f"{'method':<11}{'moment':<8}{'n':>5}{'missing':>9}{'median ms':>11}{'p99 ms':>10}{'max ms':>9}"
          f"{'earliest':>10}{'latest':>9}")  # fmt: skip
    met = [compare(method, arguments.workers, arguments.round) for method in arguments.methods]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
