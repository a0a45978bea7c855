"""What the plugins send, through the journal and the fold: clocks elsewhere, last words, batches that never came."""

import os
from pathlib import Path
from typing import Any

from workers.engines.cluster.cluster_journal import ClusterJournal
from workers.folding.fold import Fold
from workers.journal.codes import Watch
from workers.journal.follower import read_all
from workers.keeper.keeper_journal import KeeperJournal
from workers.timeline.model import MarkKind, SpanKind
from workers.timeline.timeline import Timeline

ORIGIN = 1_000_000_000
FAR = 10**15
"""How far the worker's clock is from the scheduler's."""
ADDRESS, PID = "tcp://far:1", 7


def folded(folder: Path, entries: list[Any]) -> Timeline:
    """The timeline of a watch in which these entries came. The scheduler's clock is 5 µs behind the run's, ± 100 ns."""
    keeper = KeeperJournal(folder)
    keeper.run({"argv": [], "title": "watch"})
    keeper.launched(os.getpid(), 1, ORIGIN, ORIGIN, 0)
    journal = ClusterJournal(folder)
    journal.scheduler_clock(5_000, 100)
    journal.take(["worker", ORIGIN, ADDRESS, PID, "far", 1, "tcp://far:2", "far", True])
    for entry in entries:
        journal.take(entry)
    journal.state(Watch.LEFT)
    timeline = Timeline()
    fold = Fold(timeline)
    for batch in read_all(folder):
        fold.apply(batch)
    fold.finish(ORIGIN)
    return timeline


def batch(number: int, *events: list[Any], **more: Any) -> list[Any]:
    """A batch of events of the worker."""
    return ["events", 0, {"w": ADDRESS, "pid": PID, "seq": number, "ev": list(events), **more}]


def ran(key: str, began: int, ended: int, run: int = 1, error: str = "") -> list[Any]:
    """An attempt, in ns from the program's start, as the worker's clock has it."""
    raw = ORIGIN - 5_000 + FAR
    return ["E", raw + ended, key, run, 1, "error" if error else "memory", raw + began, raw + ended, error, 10]


CLOCK = ["clock", 0, ADDRESS, -FAR, 300]


def test_times_of_another_clock_become_the_runs_with_what_they_may_be_wrong_by(tmp_path: Path) -> None:
    timeline = folded(tmp_path, [batch(1, ran("load-abcdef1", 2_000, 9_000)), CLOCK])
    (task,) = timeline.tasks
    assert (task.name, task.began_ns, task.ended_ns, task.key, task.attempt) == (
        "load",
        2_000,
        9_000,
        "load-abcdef1",
        1,
    )
    worker = timeline.process(task.process)
    assert (worker.name, worker.host, worker.clock_within_ns) == ("far", "far", 400)
    assert worker.left


def test_a_clock_that_was_never_measured_is_said_to_be_unknown(tmp_path: Path) -> None:
    timeline = folded(tmp_path, [batch(1, ran("load", 2_000, 9_000))])
    assert len(timeline.tasks) == 1
    assert timeline.process(2).clock_within_ns is None


def test_last_words_count_once_and_what_never_came_is_counted(tmp_path: Path) -> None:
    begun = ["S", ORIGIN - 5_000 + FAR + 5_000, "load-2", 2, 1]
    last = {"w": "", "n": "tcp://far:2", "pid": PID}
    timeline = folded(
        tmp_path,
        [
            CLOCK,
            batch(0),
            batch(1, ran("load-1", 1_000, 2_000)),
            ["events", 0, {**last, "seq": 1, "ev": [ran("load-1", 1_000, 2_000)]}],
            ["events", 0, {**last, "seq": 3, "ev": [begun]}],
            ["events", 0, {**last, "exit": -9, "t": ORIGIN - 5_000 + FAR + 8_000, "ev": []}],
        ],
    )
    assert [(task.key, task.ended_ns) for task in timeline.tasks] == [("load-2", None), ("load-1", 2_000)]
    worker = timeline.process(2)
    assert (worker.exit_code, worker.exited_ns, worker.reaped_ns) == (-9, 8_000, 8_000)
    assert timeline.cluster is not None
    assert timeline.cluster.missed_batches == {2: 1}
    assert timeline.cluster.cut_off == {"load-2": [1]}
    assert "1 batch of events from the cluster never came: the tasks in it are not shown." in timeline.warnings


def test_attempts_are_numbered_and_told_apart_by_what_came_before(tmp_path: Path) -> None:
    timeline = folded(
        tmp_path,
        [
            CLOCK,
            batch(
                1,
                ran("a", 0, 10, 1, "ValueError"),
                ran("b", 20, 30, 2),
                ran("a", 40, 50, 3),
                ran("b", 60, 70, 4),
            ),
        ],
    )
    assert [(task.key, task.attempt, task.error) for task in timeline.tasks] == [
        ("a", 1, "ValueError"), ("b", 1, None), ("a", 2, None), ("b", 2, None)
    ]  # fmt: skip
    assert timeline.cluster is not None
    assert (timeline.cluster.retried, timeline.cluster.recomputed) == ({"a": 1}, {"b": 1})


def test_what_happens_beside_tasks_is_on_the_lane(tmp_path: Path) -> None:
    raw = ORIGIN - 5_000 + FAR
    last = {"w": "", "n": "tcp://far:2", "pid": PID}
    timeline = folded(
        tmp_path,
        [
            CLOCK,
            ["worker", ORIGIN, "tcp://near:1", 8, "near", 1, "", "near", True],
            batch(
                1,
                ["T", raw + 100, raw + 900, "tcp://near:1", 5_000, 2],
                ran("a", 1_000, 2_000, 1, "ValueError"),
                ["P", raw + 2_100, raw + 2_200, "a", 1],
                ["P", raw + 2_300, raw + 2_400, "a", 3],
                ["P", raw + 2_500, raw + 2_600, "a", 9],  # of a later version
                ["D", raw + 2_700, 1, 4_000, 0, 0],
                ran("a", 3_000, 4_000, 2),
                ["S", raw + 5_000, "a", 3, 1],
            ),
            ["events", 0, {**last, "exit": -9, "t": raw + 8_000, "ev": []}],
        ],
    )
    lane = timeline.lane(2)
    assert lane.traffic is not None
    assert list(zip(lane.traffic.t0.tolist(), lane.traffic.t1.tolist(), lane.traffic.kind.tolist(), strict=True)) == [
        (100, 900, SpanKind.TRANSFER), (2_100, 2_200, SpanKind.DISK), (2_300, 2_400, SpanKind.DESERIALIZE),
    ]  # fmt: skip
    ids = {task.attempt: task.id for task in timeline.tasks}
    marks = [mark for mark in zip(lane.marks.t.tolist(), lane.marks.kind.tolist(), lane.marks.ref.tolist(), strict=True)
             if mark[1] in (MarkKind.SPILLED, MarkKind.RETRIED, MarkKind.LOST)]  # fmt: skip
    assert sorted(marks) == [
        (2_700, MarkKind.SPILLED, 4), (3_000, MarkKind.RETRIED, ids[2]), (5_000, MarkKind.RETRIED, ids[3]),
        (8_000, MarkKind.LOST, ids[3]),
    ]  # fmt: skip
    assert timeline.cluster is not None
    assert [one.sender for one in timeline.cluster.transfers] == [3]
    assert [(one.what, one.writes, one.key) for one in timeline.cluster.preparations] == [
        (SpanKind.DISK, False, "a"), (SpanKind.DESERIALIZE, False, "a"),
    ]  # fmt: skip
