"""Many runs in one window: what it uses in memory, descriptors and threads must not grow with how many there were.

Usage: python tests/benchmarks/soak.py [RUNS [SECONDS]]

Plans and scripts in turn, joined, stopped, exported and looked at in every tab. After each round of ten it prints what is
used, and after each run it looks for processes with the run's mark. Exit code 1 when something grew: resident memory by more
than `_MOST_KB` a run in the second half, descriptors or threads beyond what comes and goes, or timelines of runs that are no
longer shown. Stops after SECONDS, if given, whatever number of runs that is.
"""

import gc
import os
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.window import MainWindow
from workers import tree
from workers.plan import Order, Plan, StartMethod, Workload
from workers.script import Script
from workers.timeline import Timeline

_ROUND = 10
_FEW = 20
_MOST_KB = 100
"""What one more run may add in the second half, in the mean: allocators give back late and in large pieces. Not judged by
fewer than `_FEW` runs."""
_COME_AND_GO = 3
_MOST_TIMELINES = 2
_LIMIT_S = 60.0
_SCRIPTS = Path(__file__).parents[1] / "scripts"


class Soak:
    """One window, and run after run in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.window = MainWindow(Settings())
        self.window.resize(1280, 800)
        self.window.show()
        self.window.load_chart()
        self.session = self.window.session
        self.timelines: list[weakref.ref[Timeline]] = []

    def runs(self) -> Iterator[int]:
        """Carry out one run after another; the number of each."""
        number = 0
        while True:
            number += 1
            self._one(number)
            yield number

    def _one(self, number: int) -> None:
        kind = number % 5
        stops = kind in (2, 4)
        if kind == 3:
            self.session.start(Script.make(str(_SCRIPTS / "helpers.py"), "fork"))
        elif kind == 4:
            self.session.start(Script.make(str(_SCRIPTS / "family.py"), "fork"))
        else:
            method = (StartMethod.FORK, StartMethod.FORKSERVER, StartMethod.SPAWN)[number // 5 % 3]
            sizes = [60_000_000] * 3 if stops else [1000] * (1 + number % 6)
            order = Order.START_THEN_JOIN if number % 2 else Order.ASK_BETWEEN
            self.session.start(Plan.make(sizes, Workload.SLEEP, method, order))
        self._until(lambda: self._is_free() or not self.session.running or (kind == 4 and self._said("all started")))
        if stops:
            self.session.stop()
        else:
            self.session.join()
        self._until(lambda: not self.session.running)
        timeline = self.session.timeline
        assert timeline is not None
        assert timeline.ended
        self.timelines.append(weakref.ref(timeline))
        tabs = self.window.places.tabs
        tabs.setCurrentIndex(number % tabs.count())
        if number % 4 == 0:
            suffix = (".png", ".svg", ".csv", ".json", ".procession")[number // 4 % 5]
            assert self.window.export_to(self._folder / f"run{suffix}")
        assert self.session.folder is not None
        left = tree.marked(Path(self.session.folder))
        assert not left, left

    def _is_free(self) -> bool:
        return self.session.timeline is not None and self.session.timeline.waiting_for_person

    def _said(self, text: str) -> bool:
        return self.session.timeline is not None and any(line.text == text for line in self.session.timeline.lines)

    def _until(self, condition: Callable[[], object]) -> None:
        loop, clock = QEventLoop(), QTimer()
        until_s = time.monotonic() + _LIMIT_S
        clock.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > until_s else None)
        clock.start(5)
        loop.exec()
        assert condition(), "not within a minute"


def used() -> tuple[int, int, int]:
    """(resident kB, descriptors, threads) of this process now."""
    gc.collect()
    process = psutil.Process()
    return process.memory_info().rss // 1024, process.num_fds(), process.num_threads()


def soak(most: int, seconds: float) -> int:
    """Run, print what is used, and judge. Exit code."""
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        one = Soak(Path(folder))
        until_s = time.monotonic() + seconds
        rounds = []
        for number in one.runs():
            over = number == most or time.monotonic() > until_s
            if number % min(_ROUND, max(1, most // 2)) == 0 or over:
                rounds.append((number, *used()))
                print(
                    "after {:4} runs: {:7,} kB resident, {:3} descriptors, {:2} threads".format(*rounds[-1]), flush=True
                )
            if over:
                break
        kept = sum(timeline() is not None for timeline in one.timelines)
        one.session.close()
        one.window.close()
    app.processEvents()
    return judge(rounds, kept)


def judge(rounds: list[tuple[int, int, int, int]], kept: int) -> int:
    """1 when what is used grew in the second half of the runs."""
    number, memory, descriptors, threads = rounds[-1]
    half, memory_half, descriptors_half, threads_half = rounds[max(0, (len(rounds) - 1) // 2)]
    each_kb = (memory - memory_half) / max(1, number - half)
    print(f"{number} runs: {each_kb:+.1f} kB a run, {descriptors - descriptors_half:+} descriptors, "
          f"{threads - threads_half:+} threads since run {half}; {kept} timelines are kept")  # fmt: skip
    more = max(descriptors - descriptors_half, threads - threads_half)
    return int((each_kb > _MOST_KB and number >= _FEW) or more > _COME_AND_GO or kept > _MOST_TIMELINES)


def main() -> int:
    """In folders of its own, and without a screen unless one is asked for."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="procession-") as own:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[name] = os.path.join(own, name.lower())
        return soak(int(sys.argv[1]) if len(sys.argv) > 1 else 200, float(sys.argv[2]) if len(sys.argv) > 2 else 1e9)


if __name__ == "__main__":
    sys.exit(main())
