"""Measures how long single actions of the user take in very large runs: hits, steps, search, measuring, filter and details.

Usage: python tests/benchmarks/interaction.py [--quick]

All of these happen in the window's thread, so none may take longer than 100 ms. There are two runs: one worker with a million
tasks, and 10,000 processes with a hundred tasks each. Hits and steps are also printed as ratios to a lane of a thousand tasks:
they search sorted columns, so a thousand times as many tasks cost about the same. In a lane marked `long` the first task lasts
as long as all others together, so that everything overlaps.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

SECOND = 1_000_000_000
WIDTH = 1400
MOST_MS = 100


def median_ms(step: Callable[[int], Any], times: int) -> float:
    """The median of how long a step takes; it is given its number."""
    taken = []
    for number in range(times):
        began = time.perf_counter()
        step(number)
        taken.append((time.perf_counter() - began) * 1e3)
    return float(np.median(taken))


missed: list[str] = []
"""What took longer than it may."""


def say(what: str, value: float, goal: float, unit: str) -> None:
    """One line of the result, printed at once."""
    if value > goal:
        missed.append(what)
    print(f"{what:<66} {value:>9.3g} {unit:<3} ≤ {goal:g} {unit}  {'ok' if value <= goal else 'MISSED'}", flush=True)


def run_of(workers: int, tasks: int, *, long: bool = False) -> Any:
    """A program with workers that ran this many tasks each."""
    from workers.timeline.model import CallName, ProcessKind
    from workers.timeline.timeline import Timeline

    chance = np.random.default_rng(7)
    timeline = Timeline()
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    program.pid, program.start_called_ns, program.born_ns, program.target_began_ns = 1, 0, 0, 0
    names = np.array([timeline.tasks.names.number(name) for name in ("square", "load", "resize", "store")], np.uint32)
    for number in range(1, workers + 1):
        worker = timeline.add_process(f"Process-{number}", ProcessKind.POOL_WORKER, parent_id=1)
        worker.pid, worker.start_called_ns, worker.born_ns = 1 + number, number, number + 1
        worker.target_began_ns = number + 2
        timeline.add_call(1, CallName.START, worker.id, number).ended_ns = number + 1
        edges = np.sort(chance.integers(1_000_000, 60 * SECOND, 2 * tasks)) + np.arange(2 * tasks)
        t0, t1 = edges[0::2].copy(), edges[1::2].copy()
        if long:
            t1[0] = 61 * SECOND
        timeline.add_tasks(worker.id, t0, t1, names[np.arange(tasks) % 4])
        timeline.add_line(worker.id, "stdout", number, f"worker {number} is ready")
        worker.target_ended_ns = worker.exited_ns = 62 * SECOND
        worker.exit_code = 0
    program.exited_ns = timeline.now_ns = 63 * SECOND
    program.exit_code = timeline.exit_code = 0
    timeline.ended = True
    return timeline


def traced(spans: int) -> Any:
    """An imported trace: one thread with an outer span and this many in it."""
    from workers.timeline.model import ProcessKind, SpanKind
    from workers.timeline.timeline import Timeline
    from workers.timeline.tracks import Track, TrackKind, TrackSpans

    timeline = Timeline()
    timeline.names = ["main", "load"]
    process = timeline.add_process("process", ProcessKind.PROGRAM)
    process.traced = True
    t0 = np.append(0, np.arange(spans, dtype=np.int64) * 60_000)
    t1 = np.append(61 * SECOND, t0[1:] + 30_000)
    depth = np.append(0, np.ones(spans)).astype(np.uint16)
    columns = TrackSpans(t0, t1, np.full(len(t0), SpanKind.TASK, np.uint8), depth.astype(np.uint32), depth)
    none = np.empty(0, np.int64)
    timeline.tracks.append(Track(1, process.id, "main", TrackKind.THREAD, columns, none, none.astype(np.uint32)))
    timeline.now_ns, timeline.ended = 62 * SECOND, True
    return timeline


def pointing(timeline: Any, times: int) -> tuple[float, float]:
    """How long a hit and a step take on the last lane or the first track, in µs: the slower of in the whole and zoomed in."""
    from desktop.chart.geometry.rows import Rows
    from desktop.chart.geometry.time_scale import TimeScale
    from desktop.chart.state.hits import hit, hit_track
    from desktop.chart.state.navigation import Navigation

    rows = Rows.of(timeline)
    track = timeline.tracks[0] if timeline.tracks else None
    row = rows.row_of_track(1) if track else rows.row_of(len(timeline.processes))
    look, y = (hit_track, row.height_px - 12) if track else (hit, row.bar_px[0] + row.bar_px[1] / 2)
    slowest = 0.0
    for begin, end in ((0, 63 * SECOND), (30 * SECOND, 31 * SECOND), (30 * SECOND, 30 * SECOND + 2_000_000)):
        scale = TimeScale(begin, end, 0, WIDTH)
        look(timeline, row, scale, 300, y)
        slowest = max(slowest, median_ms(lambda n, s=scale: look(timeline, row, s, 10 + 13 * n % 1300, y), times))
    held = look(timeline, row, TimeScale(30 * SECOND, 31 * SECOND, 0, WIDTH), 700, y)

    def step(number: int) -> None:
        nonlocal held
        stops = Navigation.of_track(timeline, track) if track else Navigation.of_lane(timeline, row.process)
        stop = stops.next(held, 1 if number % 5 else -1)
        held = None if stop is None else stop.selection

    return slowest * 1e3, median_ms(step, times) * 1e3


def measure_pointing(quick: bool) -> None:
    """Hits and steps on lanes and tracks."""
    many, times = 100_000 if quick else 1_000_000, 100 if quick else 400
    for what, make in (
        ("a lane of tasks", lambda n: run_of(1, n)),
        ("a lane of tasks, long", lambda n: run_of(1, n, long=True)),
        ("a track of spans", traced),
    ):
        few, lots = pointing(make(1_000), times), pointing(make(many), times)
        say(f"{what}: hit test at {many:.0e}", lots[0], 50, "µs")
        say(f"{what}: step at {many:.0e}", lots[1], 1000, "µs")
        say(f"{what}: hit at {many:.0e} / 1e3", lots[0] / few[0], 5, "")
        say(f"{what}: step at {many:.0e} / 1e3", lots[1] / few[1], 5, "")


def measure_looking(what: str, timeline: Any, times: int) -> None:
    """Search, measuring, the filter, the lanes and the details of one run."""
    from PySide6.QtWidgets import QApplication, QLineEdit

    from desktop.chart.geometry.lane_filter import hidden
    from desktop.chart.view import TimelineView
    from desktop.facts.selection import CallSelection, IntervalSelection, ProcessSelection, Selection, TaskSelection
    from desktop.look.palette import LIGHT
    from desktop.panels.details.details_panel import DetailsPanel
    from workers.analysis.measure import measure
    from workers.analysis.search import find

    def add(part: str, step: Callable[[int], Any]) -> None:
        step(0)
        say(f"{what}: {part}", median_ms(step, times), MOST_MS, "ms")

    app = QApplication.instance() or QApplication([])
    words = ("square", "process-1", "ready", "no such thing")
    for word in words:
        add(f"search for {word!r}", lambda _n, word=word: find(timeline, word))
    add("measure an interval", lambda n: measure(timeline, n * SECOND, (30 + n) * SECOND))
    add("words of the filter", lambda n: hidden(timeline, words[1] + str(n)))
    view = TimelineView(LIGHT)
    view.resize(WIDTH, 800)
    view.show()
    view.set_timeline(timeline)
    app.processEvents()
    lane_filter = view.findChild(QLineEdit, "lane_filter")

    def filter_lanes(number: int) -> None:
        lane_filter.setText(f"process-{number}")
        app.processEvents()

    add("filter, lay out and paint the lanes", filter_lanes)
    lane_filter.clear()

    def sweep(number: int) -> None:
        view.choose(IntervalSelection.between(number * SECOND, (30 + number) * SECOND))
        app.processEvents()

    add("drag an interval, each move", sweep)
    details = DetailsPanel()
    details.show()
    details.set_timeline(timeline)
    last = len(timeline.processes)
    for part, make in (
        ("the program", lambda n: ProcessSelection(1, n)),
        ("a worker", lambda n: ProcessSelection(last - n)),
        ("a task", lambda n: TaskSelection(last, 0, task=len(timeline.tasks) - n)),
        ("an interval", lambda n: IntervalSelection.between(n * SECOND, (30 + n) * SECOND)),
        ("a call", lambda n: CallSelection(1, 0, call=1 + n)),
    ):

        def show(number: int, make: Callable[[int], Selection] = make) -> None:
            details.show_selection(make(number % min(30, last)))
            app.processEvents()

        if part != "a call" or len(timeline.calls) > 30:
            add(f"details of {part}", show)
    view.close()
    details.close()


def main() -> int:
    """Print the table. Exit code 0; 1 when a goal was missed, with --quick too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    quick = parser.parse_args().quick
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    part, times = 10 if quick else 1, 5 if quick else 11
    measure_pointing(quick)
    measure_looking("1e6 tasks in one lane", run_of(1, 1_000_000 // part), times)
    measure_looking("10,000 processes", run_of(10_000 // part, 100), times)
    print(f"missed: {', '.join(missed)}" if missed else "all goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
