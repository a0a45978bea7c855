"""What a worker of a cluster did beside its tasks, as spans and marks of its lane."""

import numpy as np
from support.builders import MS, SECOND
from support.cluster_runs import KILLED, KILLED_NS, watched_run

from workers.timeline.cluster.worker_traffic import DiskUse, Traffic, Transfer
from workers.timeline.model import MarkKind, SpanKind


def test_spans_are_in_the_order_of_their_begins_and_lead_to_their_entries() -> None:
    traffic = Traffic()
    for began in (5, 1, 3):
        traffic.add_transfer(Transfer(2, 3, began * SECOND, (began + 4) * SECOND, began, 1))
    spans = traffic.spans()
    assert spans.t0.tolist() == [SECOND, 3 * SECOND, 5 * SECOND]
    assert spans.ref.tolist() == [2, 3, 1]
    assert set(spans.kind.tolist()) == {SpanKind.TRANSFER}
    before, _ = spans, traffic.add_transfer(Transfer(2, None, 0, MS, 9, 1))
    assert (len(before), len(traffic.spans())) == (3, 4)  # what a view has does not change


def test_only_what_was_written_to_disk_is_a_spill() -> None:
    traffic = Traffic()
    traffic.add_disk(DiskUse(2, SECOND, 0, 0, 4, 4000))
    traffic.add_disk(DiskUse(2, 2 * SECOND, 1, 1000, 0, 0))
    marks = traffic.marks()
    assert list(zip(marks.t.tolist(), marks.kind.tolist(), marks.ref.tolist(), strict=True)) == [
        (2 * SECOND, MarkKind.SPILLED, 2)
    ]


def test_many_attempts_are_marked_in_order() -> None:
    traffic = Traffic()
    traffic.add_lost(9, 7)
    traffic.add_attempts(np.array([5, 3]), np.array([11, 12]))
    traffic.add_attempt(4, 13)
    marks = traffic.marks()
    assert marks.ref.tolist() == [12, 13, 11, 7]
    assert marks.kind.tolist() == [MarkKind.RETRIED] * 3 + [MarkKind.LOST]


def test_they_are_on_the_lanes_of_their_workers_and_no_others() -> None:
    timeline = watched_run()
    lanes = {process.id: timeline.lane(process.id) for process in timeline.processes}
    kinds = {one: [] if lane.traffic is None else lane.traffic.kind.tolist() for one, lane in lanes.items()}
    assert kinds == {
        1: [], 2: [SpanKind.TRANSFER, SpanKind.DISK, SpanKind.DESERIALIZE], 3: [], 4: [], 5: [SpanKind.TRANSFER],
    }  # fmt: skip
    lost = lanes[KILLED].marks
    assert (KILLED_NS, MarkKind.LOST) in zip(lost.t.tolist(), lost.kind.tolist(), strict=True)
