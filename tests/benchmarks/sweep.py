"""Measures how near a sweep of `spin` comes to the ideal, up to the cores there are, and what the recording has to do with it.

Usage: python tests/benchmarks/sweep.py [--seconds 2] [--repeat 5]

`spin` keeps cores busy for a set time: with n workers, n up to the cores, the work should take 1/n of the time of one worker.
What is lost is starting, joining, and waiting for a core that another program has; so the least time counts beside the
median. In turn with the sweep the same plans run without a recorder, as plain scripts, timed by their own clock: so a busy
machine meets both. Exit code 1 when the median efficiency is below 95 % at any number of workers up to the cores.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

GOAL = 0.95
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workers.plan.listing import make_listing
from workers.plan.plan import Plan, Workload
from workers.sweep.schedule import schedule
from workers.sweep.subjects import PlanSubject
from workers.sweep.sweep_text import text
from workers.sweep.sweeper import Asked, carry_out, new_sweep
from workers.system.allowed_cores import allowed_cores

_TIMED = """
import time as _clock
_began = _clock.perf_counter()
main()
print("TOOK", _clock.perf_counter() - _began)
"""


def plain_s(plan: Plan, folder: Path) -> float:
    """The time of the plan as a plain script, from its first line to its last join."""
    listing = make_listing(plan).text.replace("    main()\n", "".join(f"    {line}\n" for line in _TIMED.split("\n")))
    script = folder / "plain.py"
    script.write_text(listing, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=True)
    return float(done.stdout.rsplit("TOOK", 1)[1])


def main() -> int:
    """Exit code 0 if the goal is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each worker at the most workers")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    cores = int(allowed_cores())
    counts = tuple(sorted({*(1 << at for at in range(7) if 1 << at <= cores), min(cores, 64)}))
    subject = PlanSubject.make(Plan.make([round(options.seconds * 1e6)] * counts[-1], Workload.SPIN), counts)
    sweep = new_sweep(subject, counts, options.repeat, cores)
    plain: dict[int, list[float]] = {count: [] for count in counts}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for _ in range(options.repeat):
            turn = new_sweep(subject, counts, 1, cores)
            for run in carry_out(turn, subject, lambda: Asked.GO_ON, lambda made: None).runs:
                sweep = sweep.with_run(run)
            for count in schedule(counts, 1):
                plain[count].append(plain_s(subject.at(count), Path(folder)))
    print(text(sweep))
    reached = True
    for point in sweep.points:
        efficiency = sweep.efficiency(point) or 0.0
        least = sweep.points[0].times_s[0] / point.times_s[0] / point.workers
        alone = statistics.median(plain[1]) / statistics.median(plain[point.workers]) / point.workers
        reached = reached and efficiency >= GOAL
        print(
            f"{point.workers} workers: efficiency {efficiency:.3f} of the medians, {least:.3f} of the least times; "
            f"without a recorder {alone:.3f} ({statistics.median(plain[point.workers]):.3f} s)"
        )
    print(
        f"load average {os.getloadavg()[0]:.1f}, {cores} cores: {'reached' if reached else 'NOT REACHED'} ({GOAL:.0%})"
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
