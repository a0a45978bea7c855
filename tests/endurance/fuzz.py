"""Opens damaged and hostile files for a given time, and makes everything of them that can be made.

Usage: python tests/endurance/fuzz.py [SECONDS [FILE...]]

Each FILE, a trace or a saved run, is changed in many ways too. Every round has another seed, which is printed. At the end it
prints how many files were tried and how many of them opened. A file must open or be refused with one sentence: on anything else
the file is kept, the traceback is printed, and the exit code is 1. The same goes for a file that takes more than `_MOST_S` of
CPU time, or makes the process grow by more than `_MOST_MB`.
"""

import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from support.hostile_files import check, runs, traces
from support.recording import recording, script

from workers.commands import StopRun
from workers.formats import saved_run
from workers.plan.plan import Plan, StartMethod, Workload
from workers.system.atomic_files import write_atomically

_A_ROUND = 200
_MOST_S = 5.0
_MOST_MB = 600


@dataclass(slots=True)
class Counts:
    """The number of files so far."""

    tried: int = 0
    opened: int = 0
    longest_s: float = 0.0


def recorded_runs(folder: Path) -> list[bytes]:
    """True runs, saved: a plan, tasks, and every kind of end."""
    found = []
    plan = Plan.make([1000, 2000], Workload.SORT, StartMethod.FORK)
    for what in (plan, script("executors.py"), script("four_ends.py"), script("family.py", "spawn")):
        with recording(what, whole=True) as live:
            if what is plan or "family" not in str(what):
                live.finish()
            else:
                live.until(lambda live=live: live.printed("all started"))
                live.run.command(StopRun())
                live.finish()
            path = folder / f"{len(found)}.procession"
            write_atomically(path, partial(saved_run.write, live.run.folder))
        found.append(path.read_bytes())
    return found


def one_round(files: SearchStrategy[bytes], path: Path, number: int, counts: Counts, until_s: float) -> None:
    """Try so many files. Raises what came of one, once it is made as small as can be."""

    @seed(number)
    @settings(max_examples=_A_ROUND, deadline=None, database=None, phases=(Phase.generate, Phase.shrink),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(files)
    def attempt(content: bytes) -> None:
        if time.monotonic() > until_s:
            return
        path.write_bytes(content)
        began_s, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        counts.opened += check(path)
        took_s = time.process_time() - began_s
        grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        assert took_s < _MOST_S, f"{took_s:.1f} s"
        assert grown_mb < _MOST_MB, f"{grown_mb:.0f} MB"
        counts.tried += 1
        counts.longest_s = max(counts.longest_s, took_s)

    attempt()


def fuzz(seconds: float, files: list[Path], folder: Path) -> int:
    """Round after round, traces and runs in turn. Exit code."""
    whole = recorded_runs(folder)
    more = [file.read_bytes() for file in files]
    kinds: dict[str, Callable[[], SearchStrategy[bytes]]] = {
        "traces": lambda: traces([one for one in more if not one.startswith(b"PK")]),
        "runs": lambda: runs(whole + [one for one in more if one.startswith(b"PK")]),
    }
    counts = {name: Counts() for name in kinds}
    until_s = time.monotonic() + seconds
    wrong = 0
    while time.monotonic() < until_s:
        number = random.SystemRandom().randrange(1 << 32)
        for name, make in kinds.items():
            path = folder / f"wrong-{name}-{number}"
            try:
                one_round(make(), path, number, counts[name], until_s)
            except Exception:
                wrong += 1
                print(f"seed {number}: {path} has\n{traceback.format_exc()}", flush=True)
            else:
                path.unlink(missing_ok=True)
    for name, count in counts.items():
        print(f"{name}: {count.tried:,} files, {count.opened:,} opened; the longest took {count.longest_s:.2f} s")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{wrong} rounds went wrong; {peak_mb:.0f} MB at the most")
    return int(wrong > 0)


def main() -> int:
    """Files that were wrong stay in a folder that is named; without any, nothing stays."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    folder = Path(tempfile.mkdtemp(prefix="procession-fuzz-"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(folder / name.lower())
    return fuzz(seconds, [Path(name) for name in sys.argv[2:]], folder)


if __name__ == "__main__":
    sys.exit(main())
