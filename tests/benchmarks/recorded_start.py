"""Measures how much later a script begins when it is recorded, and what that costs. The baseline is the bare interpreter.

Usage: python tests/benchmarks/recorded_start.py [--pairs 15] [--python EXE] [--procession COMMAND]

An empty script is run bare and by `procession record`, in interleaved pairs. Its first statement notes the time, and the CPU
time that itself, the keeper and the command have used until then, by the kernel's count in nanoseconds (schedstat): on a busy
machine the CPU times hold, and the wall times do not. The CPU time to the end is that of all processes of the command.
--procession measures another installation of Procession.

The goal: a script begins at most 100 ms later than bare.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_LATER_S = 0.1
_SCRIPT = """\
import time
at_ns = time.perf_counter_ns()
import os, sys
def used_ns(pid):
    threads = os.listdir(f"/proc/{pid}/task")
    return sum(int(open(f"/proc/{pid}/task/{thread}/schedstat").read().split()[0]) for thread in threads)
pid, total_ns = os.getpid(), 0
while pid != int(sys.argv[2]):
    total_ns += used_ns(pid)
    pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
with open(sys.argv[1], "w") as file:
    print(at_ns, total_ns, file=file)
"""


class Start(NamedTuple):
    """One start. began_s: until the script's first statement. began_cpu_s: CPU time until then. cpu_s: to the end."""

    began_s: float
    began_cpu_s: float
    ended_s: float
    cpu_s: float


def start(command: list[str], noted: Path) -> Start:
    """Run the script once, as `command` with the arguments that the script takes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    before_ns = time.perf_counter_ns()
    process = subprocess.Popen([*command, str(noted), str(os.getpid())], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    after_ns = time.perf_counter_ns()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with exit code {process.returncode}.")
    at_ns, cpu_ns = (int(word) for word in noted.read_text("ascii").split())
    noted.unlink()
    return Start((at_ns - before_ns) / 1e9, cpu_ns / 1e9, (after_ns - before_ns) / 1e9, used.ru_utime + used.ru_stime)


def measure(python: str, procession: list[str], pairs: int, folder: Path) -> None:
    """Print a row for each of the four times: the medians of both sides, and of the differences in the pairs."""
    script = folder / "empty.py"
    script.write_text(_SCRIPT, "utf-8")
    sides: dict[str, Callable[[], Start]] = {
        "bare": lambda: start([python, str(script)], folder / "noted"),
        "recorded": lambda: start([*procession, "record", "--python", python, str(script)], folder / "noted"),
    }
    found: dict[str, list[Start]] = {side: [] for side in sides}
    for at in range(pairs + 1):  # the first round warms the caches
        for side in sides if at % 2 else reversed(sides):
            once = sides[side]()
            if at:
                found[side].append(once)
    for name, goal_s in (("began_s", _LATER_S), ("began_cpu_s", None), ("ended_s", None), ("cpu_s", None)):
        bare = [getattr(one, name) for one in found["bare"]]
        ours = [getattr(one, name) for one in found["recorded"]]
        more = sorted(mine - alone for mine, alone in zip(ours, bare, strict=True))
        later_s = statistics.median(more)
        print(
            f"{name.removesuffix('_s'):10} bare {statistics.median(bare) * 1e3:4.0f} ms  recorded "
            f"{statistics.median(ours) * 1e3:4.0f} ms  more {later_s * 1e3:4.0f} ms "
            f"({more[0] * 1e3:.0f} to {more[-1] * 1e3:.0f}, n={pairs})"
            + (f"  at most {goal_s * 1e3:.0f}: {'ok' if later_s <= goal_s else 'MISSED'}" if goal_s else ""),
            flush=True,
        )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--procession", default=str(Path(sys.executable).with_name("procession")))
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as held:
        for name in ("STATE", "CACHE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(held) / name.lower())
        measure(options.python, [options.procession], options.pairs, Path(held))
    return 0


if __name__ == "__main__":
    sys.exit(main())
