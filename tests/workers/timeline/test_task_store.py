"""Tasks as columns against the plainest model of them: a list of Task objects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import MS, SECOND, threaded_run

from workers.timeline.lanes import OPEN
from workers.timeline.model import ProcessKind, SpanKind, Task
from workers.timeline.task_store import Changes, LaneTasks, TaskDetail, TaskStore
from workers.timeline.timeline import Timeline

STEPS = st.lists(
    st.tuples(st.sampled_from(["begin", "end", "fail", "submit"]), st.integers(0, 40), st.integers(0, 5)), max_size=60
)


def applied(steps: list[tuple[str, int, int]]) -> tuple[TaskStore, list[Task]]:
    """The same things done to a store and to a list. A step's numbers choose a moment, and a process or an open task."""
    store, model = TaskStore(), []
    for what, at, which in steps:
        going = [task for task in model if task.ended_ns is None]
        if what == "begin":
            process = 1 + which % 2
            model.append(Task(store.begin(process, f"task {at}", at), process, f"task {at}", at))
        elif going:
            task = going[which % len(going)]
            if what == "submit":
                task.submitted_ns = task.began_ns - at
                store.submit(task.id, task.submitted_ns)
            else:
                task.ended_ns, task.error = task.began_ns + at, "ValueError" if what == "fail" else None
                store.end(task.id, task.ended_ns, task.error)
    return store, model


def held(lane: LaneTasks, kind: int, left: int, right: int, cut_ns: int | None) -> bool:
    """Whether the layer of a kind says that [left, right) holds one."""
    for layer in lane.layers(cut_ns):
        if layer.kind == kind:
            end = int(np.searchsorted(layer.t0, right, "left"))
            return end > 0 and bool(layer.reach[end - 1] > left or layer.t0[end - 1] >= left)
    return False


@given(STEPS)
def test_every_task_is_as_it_was_added_in_whatever_order(steps: list[tuple[str, int, int]]) -> None:
    store, model = applied(steps)
    assert list(store) == model
    assert store == model
    assert store[-3:] == model[-3:]


@given(STEPS, st.integers(0, 80), st.integers(1, 30), st.one_of(st.none(), st.integers(40, 90)))
def test_layers_say_of_any_interval_whether_it_holds_a_task_or_a_failed_one(
    steps: list[tuple[str, int, int]], left: int, length: int, cut_ns: int | None
) -> None:
    store, model = applied(steps)
    for process in store.processes():
        lane, right = store.of(process), left + length
        assert lane is not None
        mine = [(task.began_ns, task.ended_ns, task.error) for task in model if task.process == process]
        ends = [OPEN if cut_ns is None else max(cut_ns, t0) for t0, t1, _ in mine]
        lasting = [
            (t0, max(t0 + 1, end if t1 is None else t1), error is not None or (t1 is None and cut_ns is not None))
            for (t0, t1, error), end in zip(mine, ends, strict=True)
        ]
        over = [failed for t0, t1, failed in lasting if t0 < right and t1 > left]
        assert held(lane, SpanKind.TASK, left, right, cut_ns) == bool(over)
        assert held(lane, SpanKind.FAILED, left, right, cut_ns) == any(over)


def test_a_layer_asked_for_between_changes_is_the_same_as_one_made_at_the_end() -> None:
    asked, silent = TaskStore(), TaskStore()
    for store in (asked, silent):
        for number in range(200):
            task = store.begin(1, "task", number * 10)
            # Every third lasts until two others are over, so that ends do not ascend.
            if number % 3 == 0:
                late = task
            else:
                store.end(task, number * 10 + 5, "OSError" if number % 50 == 1 else None)
            if number % 3 == 2:
                store.end(late, number * 10 + 8, None)
            if store is asked:
                lane = store.of(1)
                assert lane is not None
                lane.layers(None)
    one, other = asked.of(1), silent.of(1)
    assert one is not None
    assert other is not None
    for layer, expected in zip(one.layers(None), other.layers(None), strict=True):
        np.testing.assert_array_equal(layer.t0, expected.t0)
        np.testing.assert_array_equal(layer.reach, expected.reach)


def test_many_at_once_are_as_many_one_by_one() -> None:
    bulk, single = TaskStore(), TaskStore()
    t0 = np.arange(0, 5_000, 10, dtype=np.int64)
    name, error = bulk.names.number("square"), bulk.names.number("ValueError")
    bulk.extend(3, t0, t0 + 7, np.full(len(t0), name), np.where(t0 % 100 == 0, error, 0))
    for at in t0.tolist():
        single.end(single.begin(3, "square", at), at + 7, "ValueError" if at % 100 == 0 else None)
    assert bulk == single


def test_a_million_tasks_take_no_more_than_48_bytes_each() -> None:
    store = TaskStore()
    t0 = np.arange(1_000_000 // 64, dtype=np.int64) * 1_000
    for process in range(64):
        for part in np.array_split(t0, 10):
            store.extend(process + 1, part, part + 900, np.zeros(len(part)), part % 100_000 == 0)
        store.of(process + 1).layers(None)  # type: ignore[union-attr]  # what the chart searches counts too
    assert store.nbytes <= 48 * len(store)


def test_changes_never_say_less_than_what_changed() -> None:
    changes = Changes()
    moments = [(n * 7919) % 1000 for n in range(300)]
    for moment in moments:
        changes.add(moment)
    for revision in range(300):
        said = changes.since(revision)
        assert said is not None
        assert said <= min(moments[revision:])
    assert changes.since(300) is None


def test_tasks_leave_the_rest_of_a_lane_as_it_is() -> None:
    timeline = Timeline()
    timeline.add_process("worker", ProcessKind.POOL_WORKER)
    first = timeline.begin_task(1, "square", 1 * MS)
    lane, revision = timeline.lane(1), timeline.revision
    timeline.finish_task(first, 2 * MS, None)
    timeline.begin_task(1, "square", 3 * MS)
    assert timeline.lane(1) is lane
    assert timeline.changed_since(revision) == [1]
    assert lane.inner.t1.tolist() == [2 * MS, OPEN]
    assert timeline.process(1).tasks == 2


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 3_000), long=st.booleans(), cut=st.booleans())
def test_the_last_that_goes_on_to_a_moment_is_found_whatever_outlasts_it(
    seed: int, count: int, long: bool, cut: bool
) -> None:
    chance = np.random.default_rng(seed)
    t0 = np.sort(chance.integers(0, 10_000, count))
    t1 = t0 + chance.integers(0, 30, count)
    if long:
        t1[0] = 20_000
    t1[chance.random(count) < 2e-3] = OPEN
    store = TaskStore()
    store.extend(1, t0, t1, np.zeros(count, np.uint32))
    lane = store.of(1)
    assert lane is not None
    cut_ns = 9_000 if cut else None
    for _ in range(12):
        at_ns, end = int(chance.integers(0, 12_000)), int(chance.integers(0, count + 1))
        reaching = np.flatnonzero(lane.ends(0, end, cut_ns) >= at_ns)
        assert lane.last_until(at_ns, end, cut_ns) == (int(reaching[-1]) if len(reaching) else None)
        if lane.open:  # what is known of a block changes with an end in it
            store.end(int(lane.id[np.flatnonzero(lane.t1 == OPEN)[-1]]), 9_500, None)


@pytest.mark.parametrize("index", [3, -4])
def test_there_is_no_task_beyond_the_last(index: int) -> None:
    store, _ = applied([("begin", n, 0) for n in range(3)])
    with pytest.raises(IndexError):
        store[index]


def test_tasks_of_threads_are_apart_from_those_of_their_process() -> None:
    run = threaded_run(threads=3, tasks=5)
    store = run.tasks
    assert store.of(1) is None
    assert [(process, lane.thread, len(lane)) for process, lane in store.lanes()] == [
        (1, 1, 5), (1, 2, 5), (1, 3, 5), (2, 0, 1), (2, 4, 1),
    ]  # fmt: skip
    assert [thread.number for thread in run.threads_of(1)] == [1, 2, 3]
    assert [thread.tasks for thread in run.threads] == [5, 5, 5, 1]
    assert (run.process(1).tasks, run.process(2).tasks) == (15, 2)
    assert [(store[at].thread, store.thread_of(at + 1), store.process_of(at + 1)) for at in (0, 14, 15, 16)] == [
        (1, 1, 1), (3, 3, 1), (0, 0, 2), (4, 4, 2),
    ]  # fmt: skip
    assert [len(lane) for lane in store.all_of(2)] == [1, 1]
    open_task = run.begin_task(1, "fetch", SECOND, run.threads[0].id)
    assert [task.id for task in run.open_in_threads(1)] == [open_task]
    assert run.open_tasks(1) == []


def test_details_follow_their_tasks() -> None:
    store = TaskStore()
    store.extend(1, np.array([50, 60]), np.array([55, 65]), 0)
    assert store.of(1).detail(TaskDetail.CPU_S) is None  # no memory for what is not known
    job = store.add_job()
    more = {
        TaskDetail.CPU_S: np.array([0.25, np.nan], np.float32),
        TaskDetail.BYTES_IN: np.array([-1, 7_000_000_000]),
        TaskDetail.INDEX: np.array([2, 1], np.uint32),
        TaskDetail.JOB: np.array([job, 0], np.uint32),
    }
    store.extend(1, np.array([10, 70]), np.array([15, 75]), 0, details=more)  # the first began before those above
    last = store.begin(1, "square", 80)
    store.note(last, TaskDetail.ARGUMENTS, store.names.number("(3,)"))
    store.size_job(job, 9)
    third, fourth = store[2], store[3]  # the fourth is of no job: alone, it has no number
    assert (third.cpu_s, third.bytes_in, third.index, third.of) == (0.25, None, 2, 9)
    assert (fourth.cpu_s, fourth.bytes_in, fourth.index, fourth.of) == (None, 7_000_000_000, None, None)
    assert (store[0].cpu_s, store[0].of, store[4].arguments, store[4].cpu_s) == (None, None, "(3,)", None)
    in_order = store.of(1).detail(TaskDetail.BYTES_IN)
    assert in_order is not None
    assert in_order.tolist() == [-1, -1, -1, 7_000_000_000, -1]


@given(STEPS, STEPS)
def test_without_spare_room_every_task_is_the_same_and_more_may_come(
    steps: list[tuple[str, int, int]], more: list[tuple[str, int, int]]
) -> None:
    store, model = applied(steps)
    for process in store.processes():
        lane = store.of(process)
        assert lane is not None
        lane.layers(None)
    store.trim()
    assert list(store) == model
    for _, at, which in more:
        model.append(Task(store.begin(1 + which % 2, "later", at), 1 + which % 2, "later", at))
    assert list(store) == model
