"""Which process of one run stands for which of another."""

from support.builders import MS, joined_run, traced_run

from workers.analysis.pairing import Match, Pair, pairs
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline


def script(*processes: tuple[str, ProcessKind]) -> Timeline:
    """A run of a script with these processes."""
    timeline = Timeline()
    add(timeline, "script.py", ProcessKind.PROGRAM)
    for name, kind in processes:
        add(timeline, name, kind)
    return timeline


def add(timeline: Timeline, name: str, kind: ProcessKind) -> Process:
    process = timeline.add_process(name, kind, parent_id=1 if timeline.processes else None)
    process.born_ns = len(timeline.processes) * MS
    timeline.touch(process.id)
    return process


def found(a: Timeline, b: Timeline) -> list[tuple[str, str, Match | None]]:
    """The pairs by name; empty for none."""
    return [(a.process(pair.a).name if pair.a else "", b.process(pair.b).name if pair.b else "", pair.match)
            for pair in pairs(a, b)]  # fmt: skip


def test_the_workers_of_plans_are_paired_by_number_whatever_their_names() -> None:
    a, b = joined_run(2), joined_run(3)
    b.process(2).name = "renamed"
    assert pairs(a, b) == (
        Pair(1, 1, Match.PROGRAM, "the program"), Pair(2, 2, Match.NUMBER, "worker 1"), Pair(3, 3, Match.NUMBER, "worker 2"),
        Pair(None, 4, None, "worker 3"),
    )  # fmt: skip


def test_names_that_hold_the_start_method_are_the_same_name() -> None:
    pool = ProcessKind.POOL_WORKER
    a = script(("ForkPoolWorker-1", pool), ("ForkPoolWorker-2", pool))
    b = script(("resource tracker", ProcessKind.HELPER), ("SpawnPoolWorker-2", pool), ("SpawnPoolWorker-1", pool))
    assert found(a, b)[1:] == [
        ("ForkPoolWorker-1", "SpawnPoolWorker-1", Match.NAME), ("ForkPoolWorker-2", "SpawnPoolWorker-2", Match.NAME),
        ("", "resource tracker", None),
    ]  # fmt: skip
    assert pairs(a, b)[1].label == "ForkPoolWorker-1 / SpawnPoolWorker-1"


def test_processes_of_one_name_are_paired_in_their_order_and_the_rest_by_kind() -> None:
    worker, child = ProcessKind.WORKER, ProcessKind.SUBPROCESS
    a = script(("ls", child), ("ls", child), ("loader", worker))
    b = script(("ls", child), ("reader", worker))
    assert found(a, b)[1:] == [("ls", "ls", Match.NAME), ("ls", "", None), ("loader", "reader", Match.ORDER)]
    assert [pair.a for pair in pairs(a, b)][1:] == [2, 3, 4]


def test_a_trace_is_paired_by_name_alone() -> None:
    a, b = script(("process 2", ProcessKind.WORKER), ("other", ProcessKind.WORKER)), traced_run(2)
    assert found(a, b) == [
        ("script.py", "", None), ("process 2", "process 2", Match.NAME), ("other", "", None), ("", "process 1", None),
    ]  # fmt: skip
    assert [pair.match for pair in pairs(traced_run(3), traced_run(2))] == [Match.NAME, Match.NAME, None]


def test_what_never_began_is_in_no_pair() -> None:
    from support.builders import plan

    planned = Timeline.planned(plan(3))
    assert found(planned, joined_run(1)) == [("", "program", None), ("", "Process-1", None)]
