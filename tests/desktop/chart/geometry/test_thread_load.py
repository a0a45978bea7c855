"""How many threads run tasks in each column, against counting nanosecond by nanosecond."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MS, threaded_run

from desktop.chart.geometry.task_columns import ColumnRange, WorldGrid
from desktop.chart.geometry.thread_load import ThreadLoad
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

TASKS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 90), st.integers(0, 30), st.booleans(), st.booleans()), max_size=20
)
VIEWS = st.lists(st.tuples(st.integers(-5, 40), st.integers(1, 30)), min_size=1, max_size=6)
"""The first column and the number of columns of one frame after the other."""


@given(TASKS, VIEWS, st.integers(3, 60), st.integers(100, 120), st.booleans())
def test_the_average_of_a_column_is_that_of_its_moments(
    tasks: list[tuple[int, int, int, bool, bool]], views: list[tuple[int, int]], count: int, now_ns: int, ended: bool
) -> None:
    timeline = Timeline()
    process = timeline.add_process("program", ProcessKind.PROGRAM)
    threads = [timeline.add_thread(1, number) for number in range(1, 5)]
    timeline.now_ns = now_ns
    if ended:
        process.exited_ns = 100
    spans, failures = [], []
    for thread, t0, length, goes_on, fails in tasks:
        task = timeline.begin_task(1, "work", t0, threads[thread].id)
        if not goes_on:
            timeline.finish_task(task, t0 + length, "ValueError" if fails else None)
            failures += [t0 + length] if fails else []
        spans.append((t0, (100 if ended else now_ns) if goes_on else t0 + length))
    timeline.begin_task(1, "of the process itself", 0)
    load = ThreadLoad()
    load.update(timeline, 1)
    at = np.arange(-400, 4000)
    running = sum((((t0 <= at) & (at < min(t1, now_ns))).astype(int) for t0, t1 in spans), np.zeros(len(at), int))
    for first, columns in views:
        shown = ColumnRange(WorldGrid(130, count), first, first + columns, now_ns)
        edges = shown.edges.tolist()
        cells = [(low, max(high, low)) for low, high in pairwise(edges)]
        expected = [running[low + 400 : high + 400].mean() if high > low else 0.0 for low, high in cells]
        assert np.allclose(load.running(shown), expected)
        failed = [any(low <= at_ns < high for at_ns in failures) for low, high in cells]
        assert load.failed(shown).tolist() == failed


def test_news_of_a_run_is_taken_in_and_another_run_at_once() -> None:
    run, load = threaded_run(threads=2, tasks=1), ThreadLoad()
    view = ColumnRange(WorldGrid(100 * MS, 1), 1, 4, run.now_ns)
    run.ended = False
    load.update(run, 1)
    assert load.running(view)[0] > 0
    for number in range(1000):
        run.begin_task(1, "later", (200 + number % 50) * MS, 1)
    run.ended = True
    load.update(run, 1)
    assert load.running(view)[1] > 300
    other = threaded_run(threads=3, tasks=1)
    load.update(other, 2)
    assert load.running(view)[0] == 0


def test_sums_that_overflow_change_nothing() -> None:
    """A hundred thousand tasks late in a run of three hundred years, in columns of ten nanoseconds."""
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM)
    late = 9 * 10**18
    t0 = late + 20 * np.arange(100_000, dtype=np.int64)
    timeline.add_tasks(1, t0, t0 + 10, 0, thread=timeline.add_thread(1, 1).id)
    timeline.now_ns = late + 10**7
    load = ThreadLoad()
    load.update(timeline, 1)
    first = late // 10
    assert load.running(ColumnRange(WorldGrid(10, 1), first, first + 6, timeline.now_ns)).tolist() == [1, 0, 1, 0, 1, 0]
