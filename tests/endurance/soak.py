"""Runs many programs in one window: what the window uses must not grow with their number.

Usage: python tests/endurance/soak.py [RUNS [SECONDS]]

Plans of every workload, start method and order, steps by hand, and scripts take turns. They are joined, stopped in the middle,
exported to every format, opened again, and looked at in every tab and theme. One run of each dozen is cut off by closing the
window as a user does, with Yes to its question. The next run is in a new window of the same process, and nothing of the old
window may remain. After each run no process with its mark may be left.

Exit code 1 when something grew:
- Memory: after a warm-up of a quarter, the median of the last third may be `_MOST_MB` above that of the first third. It
  is judged from `_FEW` runs on.
- Descriptors, threads, objects and widgets of Qt, and shared memory: the last count may exceed the highest count of the first
  half by the usual variation and no more. Shared memory is counted where the system lets the soak have a /dev/shm of its own.
- Folders of runs: 20 are to be kept.

Stops after SECONDS, if given, whatever the number of runs.
"""

import gc
import os
import statistics
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil
import shiboken6
from endurance.shared_memory import SharedMemory, begin_with_its_own
from PySide6.QtCore import QEventLoop, QObject, QSettings, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox
from support.scripts import script_path

from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.engines.script import Script
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.runs.limits import Limits, save_limits
from workers.runs.run_folders import run_folders
from workers.system import process_tree
from workers.timeline.timeline import Timeline

_ROUND = 12
_FEW = 60
_MOST_MB = 8.0
_COME_AND_GO = {"descriptors": 3, "threads": 2, "objects": 60, "widgets": 10, "shared": 2}
_MOST_TIMELINES = 2
_KEPT_RUNS = 20
_MOST_FOLDERS = _KEPT_RUNS + 2
"""The run that is shown and the one that is still running are never removed."""
_LIMIT_S = 60.0
_METHODS = list(StartMethod)
_SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".json", ".procession")
_THEMES = ("light", "dark")
_AMOUNTS = {Workload.SORT: 20_000, Workload.SORT_PID: 10_000, Workload.SPIN: 30_000, Workload.SLEEP: 1000,
            Workload.ALLOCATE: 4_000_000, Workload.FAIL: 1000, Workload.CRASH: 1000}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """What this process uses after so many runs, and what it left on the disk."""

    runs: int
    memory_kb: int
    descriptors: int
    threads: int
    objects: int
    widgets: int
    folders: int
    shared: int


class Soak:
    """One window after another, and run after run in it. counts: of each kind of thing that was done."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.timelines: list[weakref.ref[Timeline]] = []
        self.windows: list[weakref.ref[MainWindow]] = []
        self.shared_memory = SharedMemory()
        self.counts = dict.fromkeys(("joined", "stopped", "by hand", "scripts", "closed", "exported", "opened"), 0)
        self.window = self._open_window()

    def runs(self) -> Iterator[int]:
        """Carry out one run after another; the number of each."""
        number = 0
        while True:
            number += 1
            self._one(number)
            yield number

    def _open_window(self) -> MainWindow:
        window = MainWindow(Settings())
        window.resize(1280, 800)
        window.show()
        window.contents.views.load_chart()
        self.windows.append(weakref.ref(window))
        return window

    def _one(self, number: int) -> None:
        kind, turn = number % _ROUND, number // _ROUND
        method = _METHODS[(number + turn) % 3]
        workload = list(Workload)[(number + turn) % len(Workload)]
        session = self.window.contents.session
        if kind == 3:
            self._script("helpers.py", "fork")
        elif kind == 4:
            self._script("family.py", method)
            self._until(lambda: self._said("all started"))
        elif kind == 6:
            self._script("ends_badly.py", method)
        elif kind == 8:
            self._script("crowd.py", f"lines {20_000 + number}")
        elif kind == 9:
            self._script("crowd.py", "processes 30")
        elif kind == 10:
            self._script("executors.py" if turn % 2 else "pools.py", "")
        elif kind in (2, 7):
            session.start(Plan.make([60_000_000] * 3, Workload.SLEEP, method))
        else:
            order = Order.BY_HAND if kind == 5 else list(Order)[turn % 5]
            session.start(Plan.make([_AMOUNTS[workload]] * (1 + number % 6), workload, method, order))
        self._until(lambda: self._is_free() or not session.running or self._said("all started"))
        self.timelines.append(weakref.ref(self._timeline()))
        folder = Path(session.folder or "")
        if kind == 7:
            self._close_in_the_middle()
        else:
            self._end(kind)
            self._look(number)
        left = process_tree.marked(folder)
        assert not left, left

    def _script(self, name: str, arguments: str) -> None:
        self.counts["scripts"] += 1
        self.window.contents.session.start(Script.make(str(script_path(name)), arguments))

    def _end(self, kind: int) -> None:
        session = self.window.contents.session
        if kind == 5:
            self._by_hand()
        if kind in (2, 4):
            self.counts["stopped"] += 1
            session.stop()
        elif session.running:
            self.counts["joined"] += 1
            session.join()
        self._until(lambda: not session.running)
        assert self._timeline().ended

    def _by_hand(self) -> None:
        self.counts["by hand"] += 1
        session, timeline = self.window.contents.session, self._timeline()
        for process in [process.id for process in timeline.processes if process.worker]:
            for verb in ("start", "alive"):
                session.do(process, verb)
                self._until(lambda: self._is_free() and not timeline.pending)

    def _close_in_the_middle(self) -> None:
        """Close the window as a user does: by its cross, and with Yes to the question."""
        self.counts["closed"] += 1
        window = self.window
        assert not window.close(), "it did not ask"
        question = window.findChild(QMessageBox, "close_question")
        assert question is not None
        next(one for one in question.findChildren(QAbstractButton) if "and close" in one.text()).click()
        assert not window.isVisible()
        window.deleteLater()
        self.window = self._open_window()
        self._until(lambda: not shiboken6.isValid(window))

    def _look(self, number: int) -> None:
        """Every tab, both themes, every kind of file, and back from it."""
        tabs = self.window.contents.layout.tabs
        tabs.setCurrentIndex(number % tabs.count())
        themes = self.window.contents.actions.themes
        if number % 5 == 0:
            next(one for one in themes.actions() if one.data() == _THEMES[number // 5 % 2]).trigger()
        if number % 2:
            return
        self.counts["exported"] += 1
        path = self._folder / f"run{_SUFFIXES[number // 2 % len(_SUFFIXES)]}"
        assert self.window.export_to(path)
        if path.suffix in (".json", ".procession"):
            self.counts["opened"] += 1
            self.window.contents.open_file(str(path))
            self._until(
                lambda: self.window.contents.document.run is not None and self.window.contents.document.run.path == path
            )

    def _timeline(self) -> Timeline:
        timeline = self.window.contents.session.timeline
        assert timeline is not None
        return timeline

    def _is_free(self) -> bool:
        return (
            self.window.contents.session.timeline is not None
            and self.window.contents.session.timeline.waiting_for_person
        )

    def _said(self, text: str) -> bool:
        timeline = self.window.contents.session.timeline
        return timeline is not None and any(row[4] == text for row in timeline.lines.newest(20))

    def _until(self, condition: Callable[[], object]) -> None:
        loop, clock = QEventLoop(), QTimer()
        until_s = time.monotonic() + _LIMIT_S
        clock.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > until_s else None)
        clock.start(5)
        loop.exec()
        assert condition(), "not within a minute"


def used(runs: int, shared_memory: SharedMemory) -> Use:
    """The use at this moment."""
    gc.collect()
    process = psutil.Process()
    return Use(
        runs,
        process.memory_info().rss // 1024,
        process.num_fds(),
        process.num_threads(),
        sum(isinstance(one, QObject) for one in gc.get_objects()),
        len(QApplication.allWidgets()),
        len(run_folders()),
        shared_memory.count(),
    )


def soak(most: int, seconds: float) -> int:
    """Run, print the use, and judge it. Returns the exit code."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder:
        one = Soak(Path(folder))
        until_s = time.monotonic() + seconds
        rounds: list[Use] = []
        memory_kb: list[int] = []
        for number in one.runs():
            memory_kb.append(psutil.Process().memory_info().rss // 1024)
            over = number == most or time.monotonic() > until_s
            if number % min(_ROUND, max(1, most // 2)) == 0 or over:
                rounds.append(used(number, one.shared_memory))
                print(
                    "after {:4} runs: {:7,} kB resident, {:3} descriptors, {:2} threads, {:4} objects and {:3} widgets of Qt, "
                    "{:2} run folders, {} in shared memory".format(*astuple(rounds[-1])), flush=True,
                )  # fmt: skip
            if over:
                break
        kept = [sum(one() is not None for one in references) for references in (one.timelines, one.windows)]
        counts = ", ".join(f"{count} {what}" for what, count in one.counts.items())
        one.window.close()
    app.processEvents()
    print(f"{number} runs: {counts}; {kept[0]} timelines and {kept[1]} windows are kept")
    if one.shared_memory.unseen:
        print(f"shared memory was not looked at: {one.shared_memory.unseen}")
    return judge(rounds, memory_kb, *kept)


def judge(rounds: list[Use], memory_kb: list[int], timelines: int, windows: int) -> int:
    """1 when something grew."""
    grown = [f"{timelines} timelines"] if timelines > _MOST_TIMELINES else []
    grown += [f"{windows} windows"] if windows > 1 else []
    first, last = rounds[: max(1, len(rounds) // 2)], rounds[-1]
    for name in (field.name for field in fields(Use) if field.name in _COME_AND_GO):
        before = max(getattr(one, name) for one in first)
        if getattr(last, name) > before + _COME_AND_GO[name]:
            grown.append(f"{name} from {before} to {getattr(last, name)}")
    if last.folders > _MOST_FOLDERS:
        grown.append(f"run folders to {last.folders}")
    if len(memory_kb) >= _FEW:
        more_mb = growth_mb(memory_kb)
        print(f"memory: {more_mb:+.1f} MB from the first third to the last, of {_MOST_MB:g} that it may")
        if more_mb > _MOST_MB:
            grown.append(f"memory by {more_mb:.1f} MB")
    print(f"grew: {', '.join(grown)}" if grown else "nothing grew")
    return int(bool(grown))


def growth_mb(memory_kb: list[int]) -> float:
    """How much higher the median of the last third is than that of the first, after the first quarter of the runs."""
    warm = memory_kb[len(memory_kb) // 4 :]
    third = len(warm) // 3
    return (statistics.median(warm[-third:]) - statistics.median(warm[:third])) / 1024


def main() -> int:
    """In folders of its own, and without a screen unless one is asked for."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="procession-") as own:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[name] = os.path.join(own, name.lower())
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.environ["XDG_CONFIG_HOME"])
        save_limits(Limits(runs=_KEPT_RUNS))
        return soak(int(sys.argv[1]) if len(sys.argv) > 1 else 200, float(sys.argv[2]) if len(sys.argv) > 2 else 1e9)


if __name__ == "__main__":
    if sys.platform.startswith("linux"):
        begin_with_its_own()
    sys.exit(main())
