"""Checks of what is told of a cluster beside its tasks: clocks elsewhere, attempts, transfers, spills, threads."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
from benchmarks.clusters.watch_checks import LIMIT_S, finished, living, watched
from support.dask_clusters import DaskCluster, dask_cluster
from support.recording import Recording, recording

from workers.engines.cluster.watch_program import watch_program
from workers.journal.cluster_kinds import ClockMeasured, WorkerKnown
from workers.journal.follower import read_all
from workers.journal.run_files import CLUSTER
from workers.timeline.timeline import Timeline

_CLOCKS_S = (100_000, 5, -7, 3_600, 31_536_000)
"""How far the clock of each worker is ahead, in seconds."""
_WATCHES = 4


def clock_check() -> bool:
    """Workers in time namespaces, whose clocks are ahead by known amounts: each measurement is as exact as it says."""
    if subprocess.run(["unshare", "-T", "true"], capture_output=True, check=False).returncode:
        print("  this machine does not allow time namespaces")
        return False
    measured: list[tuple[float, float]] = []  # in µs: how wrong, and how wrong at most
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        cluster = stack.enter_context(dask_cluster(Path(folder) / "c", workers=0))
        for number, ahead_s in enumerate(_CLOCKS_S):
            stack.enter_context(_worker_ahead(cluster, number, ahead_s))
        for _ in range(_WATCHES):
            with recording(watch_program(cluster.address)) as watch:
                watch.until(lambda watch=watch: len(living(watch.timeline)) == len(_CLOCKS_S), LIMIT_S)
                finished(watch)
                measured += _measured(watch)
    good = [error for error, within in measured if error <= within]
    worst, stated = max(error for error, _ in measured), sorted(within for _, within in measured)
    print(
        f"  {len(good)} of {len(measured)} measurements are as exact as they say: wrong by {worst:.0f} µs at most, "
        f"stated ±{stated[0]:.0f} to ±{stated[-1]:.0f} µs"
    )
    return len(good) == len(measured) == len(_CLOCKS_S) * _WATCHES


@contextmanager
def _worker_ahead(cluster: DaskCluster, number: int, ahead_s: int) -> Iterator[None]:
    """A worker and its nanny whose monotonic clock is ahead."""
    clock = ["unshare", "-T", f"--monotonic={ahead_s}", "--fork", "--kill-child"]
    command = [*clock, cluster.python, "-m", "distributed.cli.dask_worker", cluster.address, "--no-dashboard"]
    command += ["--nworkers", "1", "--nthreads", "1", "--name", f"ahead-{number}"]
    with open(cluster.folder / f"ahead-{number}.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=cluster.folder)
    try:
        yield
    finally:
        for one in psutil.Process(process.pid).children(recursive=True):
            one.kill()
        process.kill()  # it waits for its child, whatever else it is asked
        process.wait()


def _measured(watch: Recording) -> list[tuple[float, float]]:
    """How wrong the first measurement of each worker's clock is, and how wrong it is said to be at most."""
    scheduler: ClockMeasured | None = None
    ahead: dict[int, int] = {}
    found: dict[int, tuple[float, float]] = {}
    for batch in read_all(watch.run.folder):
        for entries in batch.entries:
            if entries.name != CLUSTER:
                continue
            for record in entries.records:
                if isinstance(record, WorkerKnown):
                    ahead[record.worker] = _CLOCKS_S[int(entries.texts[record.name_text].removeprefix("ahead-"))]
                elif isinstance(record, ClockMeasured) and not record.worker:
                    scheduler = scheduler or record
                elif isinstance(record, ClockMeasured) and scheduler is not None and record.worker not in found:
                    wrong_ns = abs(record.add_ns + scheduler.add_ns + ahead[record.worker] * 10**9)
                    found[record.worker] = wrong_ns / 1e3, (record.within_ns + scheduler.within_ns) / 1e3
    return list(found.values())


def kinds_check() -> bool:
    """Two attempts, a transfer with its bytes and its sender, every write to disk, tasks of two threads on two rows."""
    with watched(2, 2, options=("--memory-limit", "600MB")) as (cluster, watch):
        process = cluster.start("clusters/all_kinds.py")
        watch.until(lambda: process.poll() is not None, LIMIT_S)
        out, errors = process.communicate()
        assert not process.returncode, errors
        timeline = finished(watch)
    said = json.loads(out)
    facts = timeline.cluster
    assert facts is not None
    workers = {one.address: one.id for one in timeline.processes}
    tried = [(task.attempt, task.error) for task in timeline.tasks if task.key == "tried"]
    fetched = [(one.size_bytes, one.sender, one.worker) for one in facts.transfers if one.size_bytes == said["size"]]
    writes = {
        worker: sum(one.writes for one in facts.disk if one.worker == number) for worker, number in workers.items()
    }
    writes = {worker: count for worker, count in writes.items() if worker in said["writes"]}
    rows = _rows(timeline)
    threads = {tuple(one[:2]) for one in said["pairs"]}
    print(
        f"  attempts: {tried}; fetched (bytes, from, to): {fetched}; written to disk: {writes}; rows of pairs: {rows}"
    )
    return (
        tried == [(1, "ValueError"), (2, None)]
        and fetched == [(said["size"], workers[said["sender"]], workers[said["receiver"]])]
        and writes == said["writes"]
        and sum(writes.values()) > 0
        and len(rows) == len(threads) == 2
        and sum(rows.values()) == len(said["pairs"])
    )


def _rows(timeline: Timeline) -> dict[int, int]:
    """By row: how many tasks ran in pairs there. Raises AssertionError where two of a row overlap."""
    rows: dict[int, list[tuple[int, int]]] = {}
    for task in timeline.tasks:
        if task.name == "paired":
            assert task.ended_ns is not None
            rows.setdefault(task.thread, []).append((task.began_ns, task.ended_ns))
    for spans in rows.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(spans))), spans
    return {row: len(spans) for row, spans in rows.items()}


CHECKS = {"clock": clock_check, "kinds": kinds_check}
