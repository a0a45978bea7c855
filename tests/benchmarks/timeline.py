"""Measures how fast the timeline is with a million spans, as ratios to baselines that are measured in the same run.

Usage: python tests/benchmarks/timeline.py [--quick] [--platform offscreen|xcb] [--only PART]...

The chart is 1400x800 with 64 lanes in view. The baselines are the same chart with a thousand spans, an empty PlotWidget, and
pyqtgraph's BarGraphItem with a brush for each bar. Absolute times vary with the machine, ratios much less.
"""

import argparse
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

LANES = 64
SIZE = 1400, 800
ROW_PX = 12
SECOND = 1_000_000_000
PARTS = ("paint", "traces", "threads", "live", "store", "truth", "start", "idle", "many")


@dataclass
class Table:
    """The lines of the result."""

    lines: list[tuple[str, str, str, bool | None]] = field(default_factory=list)

    def add(self, what: str, value: float, goal: float, *, least: bool = False, unit: str = "", more: str = "") -> None:
        """One line, printed at once."""
        met = value >= goal if least else value <= goal
        sign = "≥" if least else "≤"
        self._line(what, f"{value:.3g}{unit}{' ' + more if more else ''}", f"{sign} {goal:g}{unit}", met)

    def note(self, what: str, value: str) -> None:
        """A line without a goal."""
        self._line(what, value, "", None)

    @property
    def missed(self) -> int:
        """How many goals were missed."""
        return sum(met is False for *_, met in self.lines)

    def show(self, platform: str) -> None:
        """All lines again in one table, with the load of the machine, on which their worth depends."""
        print(
            f"\n{platform}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
            if hasattr(os, "getloadavg")
            else platform
        )
        for line in self.lines:
            print(_row(*line))
        judged = sum(met is not None for *_, met in self.lines)
        print(f"{judged - self.missed} of {judged} goals met on {platform}", flush=True)

    def _line(self, what: str, value: str, goal: str, met: bool | None) -> None:
        self.lines.append((what, value, goal, met))
        print(_row(what, value, goal, met), flush=True)


def _row(what: str, value: str, goal: str, met: bool | None) -> str:
    return f"{what:<62} {value:>28}   {goal:>9}   {'' if met is None else 'ok' if met else 'MISSED'}".rstrip()


def median_ms(step: Callable[[int], Any], times: int) -> float:
    """The median of how long a step takes, in ms; it is given its number."""
    taken = []
    for number in range(times):
        began = time.perf_counter()
        step(number)
        taken.append((time.perf_counter() - began) * 1e3)
    return float(np.median(taken))


def timeline_of(spans: int, *, ended: bool = True, lanes: int = LANES, threads: bool = False) -> Any:
    """A program with 64 pool workers that ran this many tasks one after another, one in ten thousand of which failed.

    threads: the tasks ran in as many threads of the program, and not in workers.
    """
    from workers.timeline.model import ProcessKind
    from workers.timeline.timeline import Timeline

    chance = np.random.default_rng(7)
    timeline = Timeline()
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    program.pid, program.start_called_ns, program.born_ns, program.target_began_ns = 1, 0, 0, 0
    each = spans // (lanes - 1)
    end_ns = 60 * SECOND
    names = [timeline.tasks.names.number(name) for name in ("square", "load", "resize", "store")]
    error = timeline.tasks.names.number("ValueError")
    for number in range(1, lanes):
        worker = program
        if not threads:
            worker = timeline.add_process(f"ForkPoolWorker-{number}", ProcessKind.POOL_WORKER, parent_id=1)
            worker.pid, worker.start_called_ns, worker.born_ns = 1 + number, 0, number * 1_000
            worker.target_began_ns = number * 2_000
        edges = np.sort(chance.integers(1_000_000, end_ns - SECOND, 2 * each))
        edges += np.arange(len(edges))  # no two moments are the same
        t0, t1 = edges[0::2].copy(), edges[1::2].copy()
        failed = np.where(chance.random(each) < 1e-4, error, 0).astype(np.uint32)
        thread = timeline.add_thread(1, number).id if threads else 0
        chosen = np.asarray(names, np.uint32)[chance.integers(0, 4, each)]
        timeline.add_tasks(worker.id, t0, t1, chosen, failed, thread=thread)
        if ended and not threads:
            worker.target_ended_ns = worker.exited_ns = worker.reaped_ns = end_ns - SECOND // 2
            worker.exit_code = 0
        timeline.touch(worker.id)
    timeline.now_ns, timeline.ended = end_ns, ended
    if ended:
        program.exited_ns, program.exit_code = end_ns, 0
    timeline.touch(1)
    return timeline


def trace_of(spans: int, marks: int = 0, flows: int = 0) -> Any:
    """A trace of 4 processes with 4 threads each: so many spans in three depths, instants, and arrows between the threads."""
    from workers.timeline.model import ProcessKind, SpanKind
    from workers.timeline.timeline import Timeline
    from workers.timeline.tracks import Flows, Imported, Track, TrackKind, TrackSpans

    chance = np.random.default_rng(7)
    timeline = Timeline()
    timeline.names = [f"function {number}" for number in range(40)]
    tracks, end_ns = 16, 60 * SECOND
    for number in range(tracks):
        if number % 4 == 0:
            process = timeline.add_process(f"process {number // 4}", ProcessKind.PROGRAM)
            process.traced = True
        outer = np.sort(chance.integers(0, end_ns, 2 * (spans // tracks // 3))).reshape(-1, 2)
        lasts = outer[:, 1] - outer[:, 0]
        parts = [(outer[:, 0] + lasts * depth // 10, outer[:, 1] - lasts * depth // 10) for depth in range(3)]
        t0, t1 = (np.stack(times, axis=1).ravel() for times in zip(*parts, strict=True))
        depth = np.tile(np.arange(3, dtype=np.uint16), len(outer))
        names = chance.integers(0, 40, len(t0)).astype(np.uint32)
        columns = TrackSpans(t0, t1, np.full(len(t0), SpanKind.TASK, np.uint8), names, depth)
        at = np.sort(chance.integers(0, end_ns, marks // tracks))
        named = np.zeros(len(at), np.uint32)
        track = Track(number + 1, process.id, f"thread {number}", TrackKind.THREAD, columns, at, named)
        timeline.tracks.append(track)
    if flows:
        ends = (chance.integers(1, tracks + 1, (2, flows))).astype(np.int32)
        left = np.sort(chance.integers(0, end_ns - SECOND, flows))
        arrived = left + chance.integers(0, SECOND // 10, flows)
        timeline.flows = Flows(ends[0], left, ends[1], arrived, np.zeros(flows, np.uint32))
    timeline.now_ns, timeline.ended = end_ns, True
    timeline.imported = Imported("chrome", spans + marks + flows, 4, spans, marks, flows, 0)
    timeline.touch(*range(1, 5))
    return timeline


def be_exposed(widget: Any) -> None:
    """Wait until a window is on the screen: before that a repaint paints nothing."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    until_s = time.monotonic() + 10
    while not widget.windowHandle().isExposed():
        if time.monotonic() > until_s:
            raise RuntimeError("the window was not shown")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


class View:
    """The real view with a timeline, at the size of the table."""

    def __init__(self, timeline: Any, row_px: int = ROW_PX) -> None:
        from PySide6.QtWidgets import QApplication, QWidget

        from desktop.chart.geometry.arrangement import Arrangement
        from desktop.chart.view import TimelineView
        from desktop.look.palette import LIGHT

        self.app = QApplication.instance()
        self.widget = TimelineView(LIGHT)
        self.widget.set_timeline(timeline)
        self.widget.arrange(Arrangement(row_px=row_px, unfolded_threads=frozenset({1})))
        self.widget.resize(SIZE[0] + 240, SIZE[1] + 66)
        self.widget.show()
        be_exposed(self.widget)
        self.item = self.widget.findChild(QWidget, "timeline").item
        self.settle()

    def settle(self) -> None:
        """Have every paint done that was asked for."""
        for _ in range(5):
            self.app.processEvents()

    def frame(self) -> None:
        """The next frame, with everything that was asked for."""
        before = self.item.paints
        for _ in range(50):
            self.app.processEvents()
            if self.item.paints > before:
                return
        raise RuntimeError("nothing was painted")

    def show(self, t0: int, t1: int) -> None:
        """Show an interval, and paint it."""
        self.widget.state.camera.show(t0, t1)
        self.widget.moved_by_hand()
        self.frame()

    def pan(self, number: int) -> None:
        """Pan a few pixels further, to and fro."""
        camera = self.widget.state.camera
        by = round(self.widget.scale.ns_per_px * 7)
        camera.pan(by if number // 100 % 2 == 0 else -by)
        self.widget.moved_by_hand()
        self.frame()

    def zoom(self, number: int) -> None:
        """Zoom a little, in and out."""
        self.widget.state.camera.zoom(0.93 if number // 20 % 2 == 0 else 1 / 0.93, 25 * SECOND)
        self.widget.moved_by_hand()
        self.frame()

    def repaint(self, _number: int) -> None:
        """Paint with nothing kept."""
        self.widget.forget_frames()
        self.widget.redraw()
        self.frame()

    def close(self) -> None:
        """Be gone."""
        self.widget.close()
        self.widget.deleteLater()
        self.settle()


class EmptyPlot:
    """pyqtgraph's PlotWidget of the same size, with nothing in it or with bars."""

    def __init__(self, spans: int = 0) -> None:
        import pyqtgraph as pg
        from PySide6.QtWidgets import QApplication

        self.app = QApplication.instance()
        self.plot = pg.PlotWidget(background="w")
        if spans:
            from PySide6.QtGui import QColor

            timeline = timeline_of(spans)
            x0, x1, y, failed = [], [], [], []
            for process in timeline.tasks.processes():
                tasks = timeline.tasks.of(process)
                x0.append(tasks.t0 * 1e-9)
                x1.append(tasks.t1 * 1e-9)
                y.append(np.full(len(tasks), process))
                failed.append(tasks.error > 0)
            fine, bad = pg.mkBrush(QColor("#56b4e9")), pg.mkBrush(QColor("#d55e00"))
            brushes = [bad if one else fine for one in np.concatenate(failed).tolist()]
            bars = pg.BarGraphItem(x0=np.concatenate(x0), x1=np.concatenate(x1), y0=np.concatenate(y) - 0.4, height=0.8,
                                   brushes=brushes, pen=None)  # fmt: skip
            self.plot.addItem(bars)
        self.plot.setXRange(5, 35, padding=0)
        self.plot.setYRange(0, LANES, padding=0)
        self.plot.resize(*SIZE)
        self.plot.show()
        be_exposed(self.plot)
        for _ in range(5):
            self.app.processEvents()

    def pan(self, number: int) -> None:
        """Pan a few pixels further."""
        by = 30 / SIZE[0] * 7 * (1 if number // 100 % 2 == 0 else -1)
        self.plot.getViewBox().translateBy(x=by, y=0)
        self.app.processEvents()

    def repaint(self, _number: int) -> None:
        """Paint it all."""
        self.plot.viewport().repaint()

    def close(self) -> None:
        """Be gone."""
        self.plot.close()
        self.plot.deleteLater()
        self.app.processEvents()


def measure_traces(table: Table, quick: bool) -> None:
    """CPU time of pans and full repaints of a trace, with instants and flows and without, in turns."""
    views = [View(trace_of(100_000), 46), View(trace_of(100_000, 75_000, 30_000), 46)]
    for part, t0, t1 in (("all of it", 0, 60 * SECOND), ("2 s of it", 20 * SECOND, 22 * SECOND)):
        for view in views:
            view.show(t0, t1)
        for what in ("pan", "repaint"):
            taken: list[list[float]] = [[], []]
            for number in range(40 if quick else 150):
                for view, times in zip(views, taken, strict=True):
                    began = time.thread_time()
                    getattr(view, what)(number)
                    times.append((time.thread_time() - began) * 1e3)
            bare, full = (float(np.median(times)) for times in taken)
            table.add(f"{what}, 75k instants and 30k flows / none, {part}", full / bare, 1.5,
                      more=f"({full:.1f} / {bare:.1f} ms CPU)")  # fmt: skip
    for view in views:
        view.close()


def measure_paint(table: Table, quick: bool) -> None:
    """Pan, zoom and full repaint, against a thousand spans and an empty plot."""
    times = 40 if quick else 150
    empty = EmptyPlot()
    sizes = [1_000, 1_000_000] + ([] if quick else [10_000_000])
    views = {size: View(timeline_of(size)) for size in sizes}
    for view in views.values():
        view.show(5 * SECOND, 35 * SECOND)
    found: dict[str, dict[int, float]] = {"pan": {}, "zoom": {}, "full": {}}
    empty_pan = []
    for _ in range(3):  # in turn, so that a slow moment of the machine does not meet one of them alone
        empty_pan.append(median_ms(empty.pan, times))
        for size, view in views.items():
            for what, step, count in (("pan", view.pan, times), ("zoom", view.zoom, times // 2),
                                      ("full", view.repaint, times // 4)):  # fmt: skip
                taken = median_ms(step, count)
                found[what][size] = min(found[what].get(size, taken), taken)
                view.show(5 * SECOND, 35 * SECOND)
    small, big = 1_000, 1_000_000
    plain = min(empty_pan)
    for what, most in (("pan", 1.5), ("zoom", 4.0), ("full", 8.0)):
        of = found[what]
        name = {"full": "full repaint, nothing kept"}.get(what, what)
        table.add(f"{name}, 1e6 spans / 1e3", of[big] / of[small], most, more=f"({of[big]:.1f} / {of[small]:.1f} ms)")
    if not quick:
        full = found["full"]
        table.add("full repaint, 1e7 / 1e6", full[10_000_000] / full[big], 1.3)
    table.add("pan at 1e6 / pan of an empty PlotWidget", found["pan"][big] / plain, 2.0, more=f"({plain:.1f} ms)")
    view = views[big]
    before = view.item.paints
    for number in range(50):
        view.pan(number)
        view.settle()
    view.settle()
    table.add("paints per range change", (view.item.paints - before) / 50, 1.0)
    for one in views.values():
        one.close()
    empty.close()
    for size, count in ((100_000, 6), (1_000_000, 2)):
        view = View(timeline_of(size))
        view.show(5 * SECOND, 35 * SECOND)
        bars = EmptyPlot(size)
        # The least of some rounds of both, in turn: a slow moment of the machine would count for the one that it met.
        taken = [(median_ms(bars.repaint, 1), median_ms(view.repaint, 9), median_ms(bars.pan, 1), median_ms(view.pan, 40))
                 for _ in range(count)]  # fmt: skip
        full, ours, panned, pan = map(min, zip(*taken, strict=True))
        bars.close()
        view.close()
        table.add(f"BarGraphItem per bar / ours, {size:.0e}, full", full / ours, 15 if size < 10**6 else 100, least=True,
                  more=f"({full:.0f} / {ours:.1f} ms)")  # fmt: skip
        if size == 1_000_000:
            table.add("BarGraphItem per bar / ours, 1e6, pan", panned / pan, 200, least=True)


def measure_threads(table: Table, quick: bool) -> None:
    """The rows of 64 threads of one process with a million tasks, against the lanes of as many workers; and all on one row."""
    from desktop.chart.geometry.arrangement import Arrangement

    times = 40 if quick else 150
    views = {"workers": View(timeline_of(1_000_000)), "threads": View(timeline_of(1_000_000, threads=True)),
             "folded": View(timeline_of(1_000_000, threads=True))}  # fmt: skip
    views["folded"].widget.arrange(Arrangement(row_px=ROW_PX, folded_threads=frozenset({1})))
    found: dict[str, dict[str, float]] = {name: {} for name in views}
    for view in views.values():
        view.show(5 * SECOND, 35 * SECOND)
    for _ in range(3):
        for name, view in views.items():
            for what, step, count in (("pan", view.pan, times), ("zoom", view.zoom, times // 2)):
                taken = median_ms(step, count)
                found[name][what] = min(found[name].get(what, taken), taken)
                view.show(5 * SECOND, 35 * SECOND)
    for what in ("pan", "zoom"):
        plain = found["workers"][what]
        for name, most in (("threads", 1.3), ("folded", 1.0)):
            value = found[name][what]
            table.add(
                f"{what}, 1e6 tasks, 64 {name} / workers", value / plain, most, more=f"({value:.1f} / {plain:.1f} ms)"
            )
    for view in views.values():
        view.close()


def measure_store(table: Table, quick: bool) -> None:
    """Memory, appending, and finding what is under the pointer."""
    from support.task_journals import TaskJournals

    from desktop.chart.geometry.rows import Rows
    from desktop.chart.geometry.time_scale import TimeScale
    from desktop.chart.state.hits import hit

    timeline = timeline_of(1_000_000)
    for process in timeline.tasks.processes():
        timeline.tasks.of(process).layers(None)
    table.add("memory a span", timeline.tasks.nbytes / len(timeline.tasks), 48, unit=" B")
    row = Rows.of(timeline).row_of(5)
    scale = TimeScale(5 * SECOND, 35 * SECOND, 0, SIZE[0])
    middle = row.bar_px[0] + row.bar_px[1] / 2
    hit(timeline, row, scale, 300, middle)
    taken = median_ms(lambda n: hit(timeline, row, scale, 10 + 13 * n % 1300, middle), 400)
    table.add("hit test at 1e6", taken * 1e3, 50, unit=" µs")
    names = timeline.tasks.names.number("square")

    def append(number: int) -> None:
        t0 = 60 * SECOND + number * 1_000_000 + np.arange(10_000 // 63, dtype=np.int64) * 6_000
        for process in range(2, LANES + 1):
            timeline.add_tasks(process, t0, t0 + 5_000, np.full(len(t0), names, np.uint32))

    table.add("appending 10k tasks, as columns", median_ms(append, 20), 3, unit=" ms")
    journals = TaskJournals(LANES - 1)
    tasks = 10_000 // 3  # each is submitted, begins and ends
    gc.collect()
    gc.freeze()  # as the window does with what it has loaded
    taken = []
    for number in range(20):
        batch = journals.batch(tasks, (1 + number) * SECOND)  # just read, as in a live run
        taken.append(median_ms(lambda n, batch=batch, at=number: journals.apply(batch, (2 + at) * SECOND), 1))
    gc.unfreeze()
    assert len(journals.timeline.tasks) == 20 * tasks
    table.add("appending 10k events, as 64 journals tell of them", float(np.median(taken)), 3, unit=" ms")

    def one_by_one(number: int) -> None:
        began = 70 * SECOND + number * 10_000_000
        for event in range(5_000):
            task = timeline.begin_task(2 + event % 63, "square", began + event * 1_000)
            timeline.finish_task(task, began + event * 1_000 + 900, None)

    table.note("appending 10k events, one by one", f"{median_ms(one_by_one, 5):.1f} ms")


def measure_live(table: Table, quick: bool) -> None:
    """60 frames a second with 1e6 spans and 5,000 events a second, the view following, at the pace that the window keeps."""
    from support.paced_frames import paced_frames

    timeline = timeline_of(1_000_000, ended=False)
    view = View(timeline)
    view.widget.follow = True
    seconds = 4 if quick else 12
    going: dict[int, int] = {}
    origin = time.perf_counter_ns() - timeline.now_ns
    state = {"events": 0}

    def news() -> None:
        now = time.perf_counter_ns() - origin
        due = (now - 60 * SECOND) * 5 // 1_000_000
        while state["events"] < due:
            number = state["events"]
            worker, at = 2 + number // 2 % 63, 60 * SECOND + number * 200_000
            if number % 2:
                timeline.finish_task(going.pop(worker), at, "ValueError" if number % 9_001 == 0 else None)
            else:
                going[worker] = timeline.begin_task(worker, "square", at)
            state["events"] += 1
        timeline.now_ns = now

    seen = paced_frames(view, seconds, news, lambda: None)
    gaps = np.diff(seen.painted_s) * 1e3
    table.add("live, 1e6 spans, 5k events/s", seen.a_second, 55, least=True, unit="/s",
              more=f"({seen.cpu_s / seconds * 100:.0f} % CPU)")  # fmt: skip
    table.note("of these frames, the pace was slow for", f"{np.mean(seen.slow):.0%}")
    table.add("live, 99th percentile between frames", float(np.percentile(gaps, 99)), 33, unit=" ms")
    view.close()


def measure_truth(table: Table, quick: bool) -> None:
    """Pixel columns that hold spans and show none, or hold a failed one and do not show it, of the pixels themselves."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    from desktop.chart.drawing.chart import AXIS_PX, Chart
    from desktop.chart.drawing.chart_painting import paint_chart
    from desktop.chart.drawing.chart_style import ChartStyle
    from desktop.chart.geometry.arrangement import Arrangement
    from desktop.chart.geometry.rows import Rows
    from desktop.chart.geometry.task_columns import WorldGrid
    from desktop.look.palette import LIGHT

    blank = hidden = columns = 0
    style = ChartStyle(LIGHT)
    for size in (10_000, 100_000, 1_000_000):
        timeline = timeline_of(size)
        rows = Rows.of(timeline, Arrangement(row_px=ROW_PX))
        for length in (60 * SECOND, 20 * SECOND, 3 * SECOND, SECOND // 3, SECOND // 50):
            image = QImage(*SIZE, QImage.Format.Format_RGB32)
            chart = Chart(timeline, rows, QRectF(0, 0, *SIZE), 25 * SECOND, 25 * SECOND + length)
            painter = QPainter(image)
            paint_chart(painter, style, chart)
            painter.end()
            pixels = np.ndarray((SIZE[1], SIZE[0]), np.uint32, image.constBits())
            scale = chart.scale
            grid = WorldGrid(scale.length_ns, SIZE[0])
            first = round(grid.position(scale.t0_ns))
            edges = grid.edges(first, first + SIZE[0])
            shows = {name: style.colour(name).rgba() for name in ("alive", "bad", "base", "band")}
            for process in timeline.tasks.processes()[:: 9 if quick else 3]:
                row = rows.row_of(process)
                line = pixels[AXIS_PX + row.top_px + row.height_px // 2]
                tasks = timeline.tasks.of(process)
                held, failed = _held(tasks, edges), _held(tasks, edges, tasks.error > 0)
                bare = (line == shows["alive"]) | (line == shows["base"]) | (line == shows["band"])
                columns += int(held.sum())
                blank += int((held & bare).sum())
                from workers.timeline.model import SpanKind

                bad = (line == shows["bad"]) | (line == style.seam_colour(SpanKind.FAILED).rgba())
                hidden += int((failed & ~bad).sum())
    table.add(f"of {columns} pixel columns that hold spans, show none", blank, 0)
    table.add("pixel columns that hold a failed span and do not show it", hidden, 0)


def _held(tasks: Any, edges: Any, wanted: Any = None) -> Any:
    """Which columns hold a span, found span by span."""
    held = np.zeros(len(edges) - 1, bool)
    t0, t1 = (tasks.t0, tasks.t1) if wanted is None else (tasks.t0[wanted], tasks.t1[wanted])
    inside = (t1 > edges[0]) & (t0 < edges[-1])
    x0 = np.searchsorted(edges, t0[inside], "right") - 1
    x1 = np.searchsorted(edges, t1[inside] - 1, "right") - 1
    for left, right in zip(np.maximum(x0, 0).tolist(), x1.tolist(), strict=True):
        held[left : right + 1] = True
    return held


_FIRST_PAINT = """
import os, sys, resource
sys.path.insert(0, {root!r})
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
def done():
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime)
    sys.stdout.flush()
    os._exit(0)
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, done)
        return False
watch = Watch()
show = QMainWindow.show
def watched(window):
    window.installEventFilter(watch)
    show(window)
QMainWindow.show = watched
{make}
"""
_BARE = "app = QApplication([]); window = QMainWindow(); window.resize(1280, 800); window.show(); app.exec()"
_OURS = "from desktop.window.app import run_window; run_window()"


def measure_start(table: Table, quick: bool) -> None:
    """The CPU time until the first paint of the application's window, against a bare QMainWindow's. Both with the bytecode of
    what they import kept, as an installation has it."""
    root = str(Path(__file__).resolve().parents[2])
    taken: dict[str, list[float]] = {_BARE: [], _OURS: []}
    with tempfile.TemporaryDirectory(prefix="procession-") as kept:
        own = {name: os.path.join(kept, name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "PYTHONPYCACHEPREFIX")}
        environment = {**os.environ, **own}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(5 if quick else 13):
            for make, times in taken.items():
                done = subprocess.run([sys.executable, "-c", _FIRST_PAINT.format(root=root, make=make)], env=environment,
                                      capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
                if number:  # the first one writes the bytecode
                    times.append(float(done.stdout))
    least = {make: min(times) for make, times in taken.items()}
    table.add("first paint of the window / bare QMainWindow, CPU", least[_OURS] / least[_BARE], 1.3,
              more=f"({least[_OURS]:.2f} / {least[_BARE]:.2f} s)")  # fmt: skip


def measure_idle(table: Table, quick: bool) -> None:
    """The CPU time that the window takes while it shows a run that has ended."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        os.environ[name] = tempfile.mkdtemp(prefix="procession-")
    from PySide6.QtCore import QEventLoop, QTimer

    from desktop.settings import Settings
    from desktop.window.main_window import MainWindow

    window = MainWindow(Settings())
    window.show()
    window.contents.views.load_chart()
    window.contents.views.chart.set_timeline(timeline_of(1_000_000))
    loop = QEventLoop()
    QTimer.singleShot(1_000, loop.quit)
    loop.exec()
    seconds = 3 if quick else 10
    used = resource.getrusage(resource.RUSAGE_SELF)
    QTimer.singleShot(seconds * 1_000, loop.quit)
    loop.exec()
    now = resource.getrusage(resource.RUSAGE_SELF)
    share = (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) / seconds
    table.add("idle CPU with a run open", share * 100, 1, unit=" %")
    window.contents.session.close()
    window.close()


def measure_many(table: Table, quick: bool) -> None:
    """Ten thousand processes against sixty-four: scrolling, panning, and a frame of a run that is still running."""
    views = {}
    for lanes in (LANES, 10_000):
        view = View(timeline_of(lanes * 20, lanes=lanes))
        view.show(5 * SECOND, 35 * SECOND)
        views[lanes] = view
    found = {}
    for lanes, view in views.items():
        high = view.widget.state.rows.height_px > 2_000

        def scrolled(number: int, view: View = view, high: bool = high) -> None:
            view.widget.scroll_to(50_000 + number * 37 if high else (number * 3) % 60)
            if not high:  # nothing to scroll: painted all the same
                view.widget.redraw()
            view.frame()

        found[lanes] = median_ms(view.pan, 40), median_ms(scrolled, 40)
    table.add(
        "pan, 10,000 processes / 64", found[10_000][0] / found[LANES][0], 1.5, more=f"({found[10_000][0]:.1f} ms)"
    )
    table.add("a scrolled frame of 10,000 processes", found[10_000][1], 16, unit=" ms")
    view = views[10_000]
    timeline = view.widget.state.timeline
    timeline.ended = False

    def live(number: int) -> None:
        timeline.now_ns += 16_000_000
        for worker in range(2 + number * 13 % 9_000, 15 + number * 13 % 9_000):
            timeline.touch(worker)
        view.widget.refresh()
        view.frame()

    view.widget.follow = True
    view.frame()
    table.add("a live frame of 10,000 processes", median_ms(live, 60), 16, unit=" ms")
    for one in views.values():
        one.close()


def main() -> int:
    """Exit code 0; 1 when a goal was missed, with --quick too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, and no ten million spans")
    parser.add_argument("--platform", default="offscreen", choices=("offscreen", "xcb"))
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be given more than once")
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = options.platform
    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    table = Table()
    for part in options.only or PARTS:
        globals()[f"measure_{part}"](table, options.quick)
        gc.collect()
    app.processEvents()
    table.show(options.platform)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
