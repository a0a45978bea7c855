"""Measures what recording costs: the CPU time of a script's whole process tree, bare and recorded, in interleaved pairs.

Usage: python tests/benchmarks/overhead.py [--pairs 7] [--only NAME]... [--method METHOD]... [--python EXE] [--peers]

--python runs the scripts with another interpreter. With --method each script that starts processes runs under these start
methods, a row for each, and not under its own (fork, for `spawns` spawn). `threads` starts none.

Each side runs under a launcher in a session of its own, which adopts and waits for every process of the tree and then prints
what they used (`RUSAGE_CHILDREN`). The tree is every process of the script, with all that the probe does in them: this is the
cost to the script, and the goals are about it. The keeper watches from outside, and the script never waits for it. The
keeper's CPU time has a column of its own, as has the ratio that includes it. The start of its interpreter is in it, which
`procession record` has not: see recorded_start.py. With --peers
VizTracer traces the same script in three of the same rounds, from an environment that is removed at the end.

Measured on a virtual machine with two cores, CPython 3.11.7, five pairs (CPU time of the tree, recorded / bare):

| script | recorded | keeper | VizTracer 1.1.1 | its lightest |
| --- | --- | --- | --- | --- |
| sorters | 1.00 | 0.18 s | 7.9 | 1.3 |
| forks | 1.19 | 0.24 s | 2.5 | 2.1 |
| spawns | 0.96 | 0.28 s | 1.6 | 1.5 |
| tasks | 1.13 | 0.16 s | 6.2 | 1.4 |

Measured again on 30 November 2026, the machine idle: forks 1.13 (1.09 to 1.29, five pairs; with the keeper 1.42), threads 1.12
(1.09 to 1.28), tasks 0.88 (0.77 to 1.15). CPython 3.14.10, three pairs: forks 1.23 (1.14 to 1.33; with the keeper 1.55),
threads 1.15 (1.09 to 1.31), tasks 0.97 (0.78 to 1.17), spawns 1.06 (1.05 to 1.11).

The same day, after a fork came to copy half of the pages: 16 rounds of bare, before and after in turn, the machine busy but
this at a real-time priority. CPython 3.11.7: forks 1.20 before, 1.13 after (with the keeper 1.44 and 1.35); 3.14.10: 1.20 and
1.11 (1.44 and 1.34). Fifteen pairs of each version against a bare run of its own told no difference (1.15):
they vary more.

Once more that day, after fewer looks for generators and closer functions, on a faster machine that was idle: two sets of eleven
pairs at a real-time priority, and two of the code before between them. CPython 3.11.7: forks 1.10 and 1.11 (before 1.15 and
1.13), with the keeper 1.31 and 1.33 (1.37 and 1.35). 3.14.10: 1.19 and 1.19 (1.18 and 1.18), with the keeper 1.44 (1.43 and
1.39): there the goals were missed. Later, when edits needed no `ast` any more: 3.11.7 1.12 (15 pairs), 3.14.10 1.12 (11 pairs),
with the keeper 1.36 both.

Each interpreter compiles the probe again where PYTHONDONTWRITEBYTECODE is set and nothing compiled it before: 3.14 then shows
1.37. Unset it.

Why `threads` costs more than its instructions: submit() and both threads take one lock of the executor for each task. Where
workers keep pace with submit(), few of those calls wait. Where a task takes some microseconds longer, threads wait for each
other at almost every call, recorded or not. Measured on otherwise idle cores (SCHED_FIFO), voluntary switches of the script:
5,000 to 60,000 bare; 115,000 bare with 6 us more in the task; 250,000 bare with 12 us more. Recorded, they were 130,000 to
210,000 (ratio of the CPU time 1.9), as growing the journal held up the threads; 46,000 to 89,000 (1.3) since it does not.

Other work ran on that machine too. The pairs of one run varied by up to 30 % around their median, and other runs of seven
pairs gave 1.24 and 1.33 for forks, 1.16 and 1.40 for tasks. Rely only on many pairs on an idle machine.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.scripts import script_path

from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program

_SCRIPT = script_path("workload.py")
_TARGETS = {"sorters": 1.02, "forks": 1.15, "spawns": 1.08, "tasks": 1.20, "threads": 1.25}
_TARGETS_WITH_KEEPER = {"forks": 1.40}
_METHODS = ("fork", "spawn", "forkserver")
_PEER = "viztracer==1.1.1"
_PEERS = {
    "viztracer": (),
    "viztracer, lightest": ("--tracer_entries", "1000000", "--max_stack_depth", "1", "--ignore_c_function"),
}


def under_launcher(command: list[str], result: Path) -> list[str]:
    """The command line that runs `command` and leaves its CPU seconds in `result`; it is never recorded itself."""
    return [sys.executable, "-I", "-S", str(script_path("launcher.py")), str(result), *command]


def bare(command: list[str], folder: Path) -> tuple[float, float]:
    """(CPU seconds of the tree, 0)."""
    result = folder / "bare"
    subprocess.run(under_launcher(command, result), check=True, stdout=subprocess.DEVNULL)
    return _used(result)[0], 0.0


def recorded(command: list[str], folder: Path) -> tuple[float, float]:
    """(CPU seconds of the tree, those of the keeper)."""
    result = folder / "recorded"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = LocalEngine(Program(tuple(under_launcher(command, result)), os.getcwd(), _SCRIPT.name), whole=True)
    run.start()
    while not run.over:
        run.take()
        time.sleep(0.05)
    run.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    tree_s, launcher_s = _used(result)
    whole_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return tree_s, max(0.0, whole_s - tree_s - launcher_s)


def peer_python(folder: Path) -> str:
    """The interpreter of an environment that has VizTracer. Raises CalledProcessError when that cannot be had."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", _PEER], check=True)
    return python


def traced(python: str, name: str, options: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """(CPU seconds of the tree under VizTracer, 0)."""
    result = folder / "traced"
    trace = ["-m", "viztracer", *options, "--quiet", "-o", str(folder / "trace.json"), "--", str(_SCRIPT), name]
    subprocess.run(under_launcher([python, *trace], result), stdout=subprocess.DEVNULL, cwd=folder,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    return _used(result)[0], 0.0


def _used(result: Path) -> tuple[float, float]:
    """(CPU seconds of the tree, those of the launcher, which are no part of it)."""
    used = json.loads(result.read_text("ascii"))
    result.unlink()
    return float(used["cpu_s"]), float(used["launcher_s"])


def measure(name: str, python: str, method: str | None, pairs: int, peer: str | None) -> None:
    """Print one row: the medians, the ratio of the medians, and the median of the pairs' ratios."""
    command = [python, str(_SCRIPT), name, *([method] if method else [])]
    sides = {"bare": bare, "recorded": recorded}
    options = {} if peer is None else _PEERS
    found: dict[str, list[float]] = {side: [] for side in (*sides, *options)}
    keeper: list[float] = []
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        for at in range(pairs + 1):  # the first round warms the caches
            order = list(sides) if at % 2 else list(reversed(sides))
            for side in order:
                used_s, kept_s = sides[side](command, folder)
                if at:
                    found[side].append(used_s)
                    if side == "recorded":
                        keeper.append(kept_s)
            for setting, arguments in options.items():
                if peer is not None and 0 < at <= 3:
                    found[setting].append(traced(peer, name, arguments, folder)[0])
    medians = {side: statistics.median(values) for side, values in found.items() if values}
    ratios = sorted(ours / alone for alone, ours in zip(found["bare"], found["recorded"], strict=True))
    ratio = medians["recorded"] / medians["bare"]
    kept = statistics.median(keeper)
    with_keeper = (medians["recorded"] + kept) / medians["bare"]
    goal = _TARGETS_WITH_KEEPER.get(name)
    verdict = "" if goal is None else f", at most {goal:.2f}: {'ok' if with_keeper <= goal else 'MISSED'}"
    print(
        f"{name:8} {method or '':10} bare {medians['bare']:.3f} s  recorded {medians['recorded']:.3f} s  ratio {ratio:.3f} "
        f"(pairs {statistics.median(ratios):.3f}, {ratios[0]:.3f} to {ratios[-1]:.3f}, n={pairs})  "
        f"at most {_TARGETS[name]:.2f}: {'ok' if ratio <= _TARGETS[name] else 'MISSED'}  "
        f"keeper {kept:.3f} s (with it {with_keeper:.2f}{verdict})"
        + "".join(f"  {setting} {medians[setting] / medians['bare']:.2f}" for setting in options if setting in medians),
        flush=True,
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--only", action="append", choices=list(_TARGETS))
    parser.add_argument("--method", action="append", choices=_METHODS)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    version = subprocess.run([options.python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as held:
        peer = peer_python(Path(held)) if options.peers else None
        for name in options.only or _TARGETS:
            for method in [None] if name == "threads" else options.method or [None]:
                measure(name, options.python, method, options.pairs, peer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
