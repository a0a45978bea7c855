"""The lanes of an interval against runs whose every moment is known, and against counting moment by moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MS, SECOND, joined_run, pooled_run, threaded_run, traced_run

from workers.analysis.tables.lane_measures import LaneMeasure, cores_busy, covered_ns, lane_measures
from workers.timeline.lanes import OPEN
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def of(timeline: Timeline, t0_ns: int, t1_ns: int) -> dict[int, LaneMeasure]:
    """By process; of a trace by track."""
    return {one.track or one.process: one for one in lane_measures(timeline, t0_ns, t1_ns)}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 20))), max_size=12),
    st.integers(0, 40),
    st.integers(0, 30),
)
def test_a_moment_counts_once_however_many_intervals_cover_it(
    rows: list[tuple[int, int | None]], from_ns: int, length: int
) -> None:
    rows.sort(key=lambda row: row[0])
    t0 = np.array([row[0] for row in rows], np.int64)
    t1 = np.array([OPEN if row[1] is None else row[0] + row[1] for row in rows], np.int64)
    until = from_ns + length
    moments = sum(any(a <= at < b for a, b in zip(t0, t1, strict=True)) for at in range(from_ns, until))
    assert covered_ns(t0, t1, from_ns, until) == moments


def test_a_worker_is_busy_in_its_tasks_and_idle_in_the_rest_of_its_life() -> None:
    timeline = pooled_run(6, 2)  # the first worker runs tasks of 1, 3 and 5 ms from 100 ms on
    first = of(timeline, 101 * MS, 200 * MS)[2]
    assert (first.alive_ns, first.busy_ns, first.idle_ns) == (99 * MS, 8 * MS, 91 * MS)
    assert (first.begun, first.running, first.ended) == (2, 0, 3)
    assert (of(timeline, 90 * MS, 103 * MS)[2].begun, of(timeline, 90 * MS, 103 * MS)[2].running) == (2, 1)
    born = timeline.process(2).born_ns
    assert born is not None
    assert of(timeline, 0, 50 * MS)[2].alive_ns == 50 * MS - born


def test_what_is_not_known_is_none_and_never_nought() -> None:
    timeline = joined_run(2)
    worker = of(timeline, 0, SECOND)[2]
    assert worker == LaneMeasure(2, alive_ns=worker.alive_ns)
    assert worker.alive_ns is not None
    assert worker.alive_ns > 0
    pooled = of(pooled_run(4, 2), SECOND, SECOND + MS)[2]
    assert (pooled.busy_ns, pooled.begun) == (0, 0)  # its tasks are known: it had none then
    assert pooled.waiting_ns is None


def test_the_time_in_join_is_waiting() -> None:
    timeline = joined_run(2)
    calls = [call for call in timeline.calls if call.name == "join"]
    assert calls[0].ended_ns is not None
    found = of(timeline, calls[0].began_ns - MS, calls[0].ended_ns)[1]
    assert found.waiting_ns == calls[0].ended_ns - calls[0].began_ns


def test_threads_of_a_process_are_busy_together_once() -> None:
    timeline = threaded_run(3, 6)  # each 40 ms of every 50, from 101, 102 and 103 ms on
    found = of(timeline, 101 * MS, 401 * MS)[1]
    assert found.busy_ns == 6 * 42 * MS
    assert (found.begun, found.ended) == (18, 18)


def test_who_did_not_live_then_and_helpers_have_no_row() -> None:
    timeline = joined_run(3)  # worker n ends n seconds after it began
    timeline.add_process("tracker", ProcessKind.HELPER, 1).born_ns = 0
    timeline.add_process("planned", ProcessKind.WORKER, 1)
    assert list(of(timeline, 2 * SECOND + 500 * MS, 2 * SECOND + 600 * MS)) == [1, 4]


def test_cpu_is_that_of_the_interval_and_least_where_it_is_not_known_to_its_end() -> None:
    timeline = pooled_run(4, 2)
    born = timeline.process(2).born_ns
    assert born is not None
    timeline.add_sample(2, born + 400 * MS, 0.1, 1)
    timeline.add_sample(2, born + 800 * MS, 0.3, 1)
    found = of(timeline, born + 400 * MS, born + 600 * MS)[2]
    assert (found.cpu_s, found.cpu_share, found.cpu_least) == (pytest.approx(0.1), pytest.approx(0.5), False)
    late = of(timeline, born + 600 * MS, born + 900 * MS)[2]
    assert (late.cpu_s, late.cpu_least) == (pytest.approx(0.1), True)
    assert of(timeline, born, born + 100 * MS)[3].cpu_s is None


def test_a_trace_has_its_tracks() -> None:
    found = of(traced_run(1), 3 * SECOND, 5 * SECOND)  # main 0-9, load 1-5, wait from 6 on; requests 0-4 and 2-6
    assert list(found) == [1, 2]
    assert (found[1].busy_ns, found[1].begun, found[1].running, found[1].ended) == (2 * SECOND, 0, 1, 1)
    assert (found[1].alive_ns, found[1].idle_ns, found[1].waiting_ns, found[1].cpu_s) == (None,) * 4
    assert found[2].busy_ns == 2 * SECOND
    late = of(traced_run(1), 6500 * MS, 7 * SECOND)
    assert (late[1].busy_ns, late[1].running) == (None, 2)  # wait has no end
    assert list(late) == [1]


def test_cores_busy_are_even_between_two_samples_and_unknown_beyond_them() -> None:
    timeline = joined_run(2)
    assert cores_busy(timeline, 0, SECOND, 4) is None
    for at in range(6):  # the totals close a round when the next one begins
        timeline.add_sample(2, at * 100 * MS, at * 0.05, 1)
        timeline.add_sample(3, at * 100 * MS + MS, at * 0.1, 1)
    found = cores_busy(timeline, 0, 800 * MS, 8)
    assert found is not None
    assert found[:4] == pytest.approx([1.5] * 4)
    assert np.isnan(found[5:]).all()
    assert cores_busy(timeline, 700 * MS, 800 * MS, 3) is None
