"""Checks of clusters that are watched, against what the tasks, the kernel and the cluster know themselves."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import psutil
from support.dask_clusters import DaskCluster, dask_cluster, noted
from support.recording import Recording, recording

from workers.commands import StopRun
from workers.engines.cluster.watch_program import watch_program
from workers.journal.codes import Watch
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

LIMIT_S = 300.0
OTHERS = {
    "2024.8.0 on 3.11": ("3.11", "2024.8.0"),
    "2026.8.0 on 3.13": ("3.13", "2026.8.0"),
}
"""Clusters of other versions: Python and distributed. Each takes an environment that uv makes.

Where uv does not find such a Python, PYTHONS has its path (as for the tests of interpreters).
"""


@contextmanager
def watched(
    workers: int, threads: int = 1, *, python: str = sys.executable, nanny: bool = True, options: tuple[str, ...] = ()
) -> Iterator[tuple[DaskCluster, Recording]]:
    """A cluster with all its workers there, and a watch of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        dask_cluster(Path(folder) / "c", workers, threads, python=python, nanny=nanny, options=options) as cluster,
    ):
        cluster.run("cluster_work.py", Path(folder) / "first", 1, 0, limit_s=LIMIT_S)
        with recording(watch_program(cluster.address)) as watch:
            watch.until(lambda: watch.timeline.cluster and watch.timeline.cluster.state is Watch.ATTACHED, LIMIT_S)
            watch.until(lambda: len(living(watch.timeline)) == workers, LIMIT_S)
            facts = watch.timeline.cluster
            watch.until(lambda: not nanny or (facts and len(facts.with_nanny) == workers), LIMIT_S)
            yield cluster, watch


def living(timeline: Timeline) -> list[Process]:
    """The workers whose clocks are known, and that have not ended."""
    return [one for one in timeline.processes
            if one.kind is ProcessKind.CLUSTER_WORKER and one.clock_within_ns is not None and not one.ended]  # fmt: skip


def finished(watch: Recording) -> Timeline:
    """Stop the watch; its timeline."""
    watch.run.command(StopRun())
    return watch.finish(LIMIT_S)


def working(cluster: DaskCluster, watch: Recording, *arguments: object) -> Path:
    """Follow while cluster_work.py runs. The path of its notes."""
    notes = cluster.folder / f"notes{time.monotonic_ns()}"
    process = cluster.start("cluster_work.py", notes, *arguments)
    try:
        watch.until(lambda: process.poll() is not None, LIMIT_S)
        out, errors = process.communicate()
    finally:
        process.kill()
        process.wait()
    assert out == "done\n", errors
    return notes


def attempts_shown(timeline: Timeline) -> Counter[tuple[str, int]]:
    """Attempts by key and pid."""
    pids = {process.id: process.pid or 0 for process in timeline.processes}
    return Counter(
        (task.key or "", pids[task.process]) for task in timeline.tasks if task.name in ("work", "deadly", "fails")
    )


def _all_shown(timeline: Timeline, truth: Counter[tuple[str, int]]) -> bool:
    return not truth - attempts_shown(timeline)


def kill_check(runs: int = 5, tasks: int = 2000) -> bool:
    """One SIGKILL, five times: no attempt is missing, and none is there that was not."""
    missing = extra = told = 0
    for _ in range(runs):
        with watched(4) as (cluster, watch):
            notes = working(cluster, watch, tasks, 0.002, "deadly")
            watch.until(lambda: any(one.exit_code == -9 for one in watch.timeline.processes), LIMIT_S)
            timeline, truth = finished(watch), noted(notes).attempts
        shown = attempts_shown(timeline)
        missing += (truth - shown).total()
        extra += (shown - truth).total()
        told += truth.total()
    print(f"  {told} attempts in {runs} runs: {missing} missing, {extra} that were not")
    return missing == 0 == extra


def latency_check(tasks: int = 300) -> bool:
    """From the end of a task to the reader of the journal: 80 ms at the median, 200 ms in 99 of 100."""
    seen: dict[tuple[str, int], int] = {}
    with watched(2) as (cluster, watch):
        notes = cluster.folder / "notes"
        process = cluster.start("cluster_work.py", notes, tasks, 0.02)
        while process.poll() is None:
            before = len(watch.timeline.tasks)
            watch.step()
            now = time.perf_counter_ns()
            pids = {one.id: one.pid or 0 for one in watch.timeline.processes}
            for task in watch.timeline.tasks[before:]:
                if task.ended_ns is not None:
                    seen[task.key or "", pids[task.process]] = now
            time.sleep(0.004)
        process.communicate()
        finished(watch)
        ended = noted(notes).ended
    late_ms = np.array([(seen[key] - at) / 1e6 for key, at in ended.items() if key in seen])
    median, most = float(np.median(late_ms)), float(np.percentile(late_ms, 99))
    print(f"  {len(late_ms)} tasks: median {median:.0f} ms, 99 % within {most:.0f} ms")
    return median <= 80 and most <= 200


def births_check() -> bool:
    """Births within 20 ms of the kernel's start times, deaths within 100 ms of the pidfd's word."""
    deaths: dict[int, int] = {}

    def wait_for(pid: int) -> None:
        number = os.pidfd_open(pid)
        select.select([number], [], [])
        deaths[pid] = time.perf_counter_ns()
        os.close(number)

    with watched(3) as (_, watch):
        offset_ns = time.perf_counter_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        ticks_s = os.sysconf("SC_CLK_TCK")
        born_off, victims = [], living(watch.timeline)
        origin = watch.fold.origin_ns or 0
        for one in victims:
            ticks = int(Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split()[19])
            born_off.append(abs((one.born_ns or 0) + origin - offset_ns - ticks * 10**9 // ticks_s) / 1e6)
        threads = [threading.Thread(target=wait_for, args=(one.pid,)) for one in victims]
        for thread, one in zip(threads, victims, strict=True):
            thread.start()
            os.kill(one.pid or 0, signal.SIGKILL)
            watch.until(lambda one=one: one.exited_ns is not None, LIMIT_S)
        for thread in threads:
            thread.join()
        died_off = [abs((one.exited_ns or 0) + origin - deaths[one.pid or 0]) / 1e6 for one in victims]
        finished(watch)
    print(f"  births off by {max(born_off):.1f} ms at most, deaths by {max(died_off):.1f} ms")
    return max(born_off) <= 20 and max(died_off) <= 100


def late_check() -> bool:
    """Tasks that run when the watch begins have their true begin, within 20 ms."""
    with tempfile.TemporaryDirectory() as folder, dask_cluster(Path(folder) / "c", 2) as cluster:
        notes = Path(folder) / "notes"
        process = cluster.start("cluster_work.py", notes, 2, 25)
        while not notes.exists() or len(noted(notes).began) < 2:
            time.sleep(0.05)
        with recording(watch_program(cluster.address)) as watch:
            watch.until(lambda: len(watch.timeline.tasks) == 2, LIMIT_S)
            origin = watch.fold.origin_ns or 0
            pids = {one.id: one.pid or 0 for one in watch.timeline.processes}
            began = {(task.key or "", pids[task.process]): task.began_ns + origin for task in watch.timeline.tasks}
            process.kill()
            process.communicate()
            finished(watch)
        off = [abs(at - began.get(key, 0)) / 1e6 for key, at in noted(notes).began.items()]
    print(f"  {len(off)} tasks that ran already: begins off by {max(off):.1f} ms at most")
    return len(off) == 2 and max(off) <= 20


def leave_check() -> bool:
    """The bridge is killed: nothing of ours is left after 20 s."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict(os.environ, TMPDIR=folder),
        watched(2) as (cluster, watch),
    ):
        program = watch.timeline.process(1)
        os.kill(program.pid or 0, signal.SIGKILL)
        killed_s = time.monotonic()
        watch.finish(LIMIT_S)
        left = "?"
        while left != "[]\n" and time.monotonic() - killed_s < 20:
            left = cluster.run("cluster_leftovers.py", "files")
        took_s = time.monotonic() - killed_s
    print(f"  after {took_s:.1f} s there is left: {left.strip()}")
    return left == "[]\n" and took_s <= 20


def scheduler_check() -> bool:
    """A stopped scheduler is told within 6 s, a killed one within 4 s; what is saved is what was shown."""
    with watched(1) as (cluster, watch):
        facts = watch.timeline.cluster
        assert facts is not None
        os.kill(cluster.scheduler.pid, signal.SIGSTOP)
        stopped_s = watch.until(lambda: facts.silences, LIMIT_S)
        os.kill(cluster.scheduler.pid, signal.SIGCONT)
        watch.until(lambda: facts.silences[0].until_ns is not None, LIMIT_S)
        os.kill(cluster.scheduler.pid, signal.SIGKILL)
        killed_s = watch.until(lambda: facts.state is Watch.GONE, LIMIT_S)
        shown = watch.finish(LIMIT_S)
        from workers.folding.fold import Fold
        from workers.journal.follower import read_all
        from workers.report.report import report

        again = Timeline()
        fold = Fold(again)
        for batch in read_all(watch.run.folder):
            fold.apply(batch)
        fold.finish(0)
        alike = json.dumps(report(shown), sort_keys=True) == json.dumps(report(again), sort_keys=True)
    print(
        f"  stopped: told after {stopped_s:.1f} s; killed: after {killed_s:.1f} s; saved {'=' if alike else '≠'} shown"
    )
    return stopped_s <= 6 and killed_s <= 4 and alike


def overhead_check(pairs: int = 5) -> bool:
    """CPU time of the whole cluster with the watch, against none: 1.15 for tasks of nothing, 1.08 for 10 ms of work each."""
    good = True
    for title, tasks, seconds, most in (("no-op tasks", 2000, 0, 1.15), ("tasks of 10 ms", 400, 0.01, 1.08)):
        ratios = []
        with tempfile.TemporaryDirectory() as folder, dask_cluster(Path(folder) / "c", 2) as cluster:
            with recording(watch_program(cluster.address)) as watch:  # until both workers are there
                watch.until(lambda: len(living(watch.timeline)) == 2, LIMIT_S)
                finished(watch)
            cluster.run("cluster_busy.py", 100, 0, limit_s=LIMIT_S)
            for _ in range(pairs):
                alone = _cpu_of_work(cluster, tasks, seconds)
                with recording(watch_program(cluster.address)) as watch:
                    watch.until(lambda: len(living(watch.timeline)) == 2, LIMIT_S)
                    ratios.append(_cpu_of_work(cluster, tasks, seconds) / alone)
                    print(f"  {title}: {ratios[-1]:.3f} of {alone:.2f} s", flush=True)
                    finished(watch)
        ratio = float(np.median(ratios))
        print(f"  {title}: {ratio:.3f} times the CPU time, {most} at most")
        good &= ratio <= most
    return good


def _cpu_of_work(cluster: DaskCluster, tasks: int, seconds: float) -> float:
    """The CPU time that the cluster's processes take for the work."""
    own = [one for one in psutil.Process().children(recursive=True) if _is_of_cluster(one)]
    family = list({one.pid: one for one in own}.values())
    before = {one.pid: sum(one.cpu_times()[:2]) for one in family}
    cluster.run("cluster_busy.py", tasks, seconds, limit_s=LIMIT_S)
    return sum(sum(one.cpu_times()[:2]) - before[one.pid] for one in family)


def _is_of_cluster(process: psutil.Process) -> bool:
    """Whether it is the scheduler, a nanny or a worker: all but resource trackers, and what is recorded here."""
    command = " ".join(process.cmdline())
    return "distributed.cli.dask" in command or "spawn_main" in command or "forkserver" in command


def versions_check(tasks: int = 500) -> bool:
    """Other versions of Dask and Python: every task is there, and no worker died."""
    good = True
    for title, (python, version) in OTHERS.items():
        with tempfile.TemporaryDirectory() as folder:
            made = _environment(Path(folder) / "env", python, version)
            if made is None:
                print(f"  {title}: this environment cannot be made here")
                good = False
                continue
            with watched(2, python=made) as (cluster, watch):
                notes = working(cluster, watch, tasks, 0.001)
                truth = noted(notes).attempts
                until_all = partial(_all_shown, watch.timeline, truth)
                watch.until(until_all, LIMIT_S)
                timeline = finished(watch)
            shown = (truth & attempts_shown(timeline)).total()
            died = sum(one.exit_code is not None for one in timeline.processes[1:])
            print(
                f"  {title}: {shown} of {tasks} tasks, {died} workers died; {timeline.cluster and timeline.cluster.version}"
            )
            good &= shown == tasks and not died
    return good


def _environment(folder: Path, python: str, version: str) -> str | None:
    """The interpreter of an environment with this version of distributed."""
    uv = os.environ.get("UV", "uv")
    named = (
        path for path in os.environ.get("PYTHONS", "").split(":") if f"/{python}" in path or f"python{python}" in path
    )
    try:
        subprocess.run([uv, "venv", "-q", "--python", next(named, python), str(folder)], check=True, timeout=LIMIT_S)
        interpreter = str(folder / "bin" / "python")
        subprocess.run(
            [uv, "pip", "install", "-q", "--python", interpreter, f"distributed=={version}"],
            check=True,
            timeout=LIMIT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return interpreter


CHECKS = {
    "kill": kill_check,
    "latency": latency_check,
    "overhead": overhead_check,
    "births": births_check,
    "late": late_check,
    "leave": leave_check,
    "versions": versions_check,
    "scheduler": scheduler_check,
}
