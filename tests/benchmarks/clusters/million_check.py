"""The check of size: a million tasks of a thousand workers, through the real journal, the real fold and the real chart."""

import gc
import itertools
import multiprocessing
import os
import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from workers.engines.cluster.cluster_journal import ClusterJournal
from workers.folding.fold import Fold
from workers.journal.codes import Watch
from workers.journal.follower import Follower, read_all
from workers.keeper.keeper_journal import KeeperJournal
from workers.timeline.timeline import Timeline

WORKERS, TASKS = 1_000, 1_000_000
SECOND = 10**9
_EVENTS_A_SECOND = 5_000
_LIVE_S = 12.0
_NAMES = ("load", "resize", "store")


class _Cluster:
    """A cluster whose workers run 5 tasks a second each, as its bridge would hear of it. tokens: keys end in random tokens."""

    def __init__(self, folder: Path, *, tokens: bool) -> None:
        self._chance = np.random.default_rng(11)
        self._tokens = tokens
        self._numbers = itertools.count()
        keeper = KeeperJournal(folder)
        self.origin_ns = time.perf_counter_ns()
        keeper.run({"argv": [], "title": "watch"})
        keeper.launched(os.getpid(), 1, self.origin_ns, self.origin_ns, 0)
        self.journal = ClusterJournal(folder)
        self.journal.scheduler_clock(0, 100)
        self.journal.state(Watch.ATTACHED, "distributed")
        for number in range(WORKERS):
            address = _address(number)
            entry = ["worker", self.origin_ns, address, 10_000 + number, address, 1, "", f"host {number // 50}", True]
            self.journal.take(entry)
            self.journal.take(["clock", 0, address, 0, 300])
        self._batches = np.zeros(WORKERS, np.int64)
        self._free_ns = np.full(WORKERS, self.origin_ns + SECOND // 100, np.int64)

    def work(self, worker: int, tasks: int, mean_ns: int) -> None:
        """A worker tells of so many more tasks."""
        lasts = self._chance.integers(mean_ns // 2, mean_ns * 3 // 2, tasks).tolist()
        kinds = self._chance.integers(0, len(_NAMES), tasks).tolist()
        events, at = [], int(self._free_ns[worker])
        for kind, last in zip(kinds, lasts, strict=True):
            key = self._key(kind)
            raised = "ValueError" if self._chance.random() < 1e-4 else ""
            size = int(10 ** (2 + 6 * self._chance.random()))
            state = "error" if raised else "memory"
            events.append(["E", at + last, key, 1, 1, state, at, at + last, raised, -1 if raised else size])
            at += last + 1_000_000
        self._free_ns[worker] = at
        self._batches[worker] += 1
        message = {"w": _address(worker), "pid": 10_000 + worker, "seq": int(self._batches[worker]), "ev": events}
        self.journal.take(["events", 0, message])

    def _key(self, kind: int) -> str:
        number = next(self._numbers)
        if self._tokens:
            return f"{_NAMES[kind]}-{self._chance.bytes(16).hex()}"
        return f"{_NAMES[kind]}-8f14e45f-ceea-467f-a9d2-6a9c5b3d{number // 250_000:04x}-{number}"


def _address(number: int) -> str:
    return f"tcp://10.0.{number // 250}.{number % 250}:4000"


def million_check() -> bool:
    """At most 48 B a task, read within 3 s of CPU time, and 55 frames a second while 5,000 tasks a second come."""
    good = True
    context = multiprocessing.get_context("spawn")
    for title, tokens in (("keys with numbers", False), ("keys with random tokens", True)):
        with TemporaryDirectory() as name:
            folder, written, live = Path(name), context.Event(), context.Event()
            bridge = context.Process(target=_write, args=(folder, tokens, written, live), daemon=True)
            bridge.start()
            assert written.wait(600)
            timeline, read_s = _read(folder)
            assert len(timeline.tasks) == TASKS
            each, columns = _memory_of(folder), timeline.tasks.nbytes / TASKS
            print(
                f"  {title}: {each:.1f} B a task in all, {columns:.1f} of it its columns; read in {read_s:.2f} s of CPU time"
            )
            if not tokens:
                good &= each <= 48 and read_s <= 3 and _live(folder, live)
            bridge.terminate()
            bridge.join()
            del timeline
            gc.collect()
    return good


def _write(folder: Path, tokens: bool, written: Any, live: Any) -> None:
    """The bridge's process: a million tasks at once, and then 5,000 a second, as long as it is let."""
    cluster = _Cluster(folder, tokens=tokens)
    for _ in range(100):
        for worker in range(WORKERS):
            cluster.work(worker, TASKS // WORKERS // 100, 5_000_000)
    written.set()
    live.wait()
    began_s, told = time.perf_counter(), 0
    while True:
        for _ in range(told, int((time.perf_counter() - began_s) * _EVENTS_A_SECOND), 5):
            cluster.work(told // 5 % WORKERS, 5, 200_000_000)
            told += 5
        time.sleep(0.01)


def _read(folder: Path) -> tuple[Timeline, float]:
    """The timeline, and the CPU time that it took to read it."""
    gc.collect()
    timeline = Timeline()
    before_s = time.process_time()
    fold = Fold(timeline)
    for batch in read_all(folder):
        fold.apply(batch)
    fold.finish(0)
    return timeline, time.process_time() - before_s


def _memory_of(folder: Path) -> float:
    """All that is allocated for a timeline that follows the run, in bytes for each task: lanes, readers and fold included."""
    gc.collect()
    tracemalloc.start()
    timeline = Timeline()
    fold, follower = Fold(timeline), Follower(folder)
    while batch := follower.poll(final=True):
        fold.apply(batch)
    fold.finish(0)
    del batch
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(timeline.tasks) == TASKS
    return used / TASKS


def _live(folder: Path, live: Any) -> bool:
    """Frames a second while 5,000 tasks a second are told, read and drawn, at the pace that the window keeps."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.timeline import View
    from PySide6.QtWidgets import QApplication
    from support.paced_frames import paced_frames

    app = QApplication.instance() or QApplication([])
    timeline = Timeline()
    fold, follower = Fold(timeline), Follower(folder)
    while len(timeline.tasks) < TASKS:
        fold.apply(follower.poll(), time.perf_counter_ns())
    view = View(timeline)
    view.widget.follow = True
    seen = paced_frames(view, _LIVE_S, lambda: fold.apply(follower.poll(), time.perf_counter_ns()), live.set)
    frames, used = seen.a_second, seen.cpu_s
    told = len(timeline.tasks) - TASKS
    print(f"  live: {frames:.1f} frames/s with {told / _LIVE_S:,.0f} tasks/s, {used / _LIVE_S:.0%} of a core, "
          f"{used / max(1, len(seen.painted_s)) * 1e3:.1f} ms of CPU time a frame")  # fmt: skip
    view.close()
    app.processEvents()
    return frames >= 55


CHECKS = {"million": million_check}
