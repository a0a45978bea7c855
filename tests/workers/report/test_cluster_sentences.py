"""The same plan on a cluster and without one: what the cluster costs and brings, in sentences that state what was measured."""

from support.builders import MS, SECOND

from workers.analysis.comparison import compare
from workers.plan.plan import Plan
from workers.report.comparison_sentences import sentences
from workers.timeline.model import CallName, ProcessKind
from workers.timeline.timeline import Timeline

SIZES = (1000, 1000)


def begun(plan: Plan, exited_ns: int) -> Timeline:
    timeline = Timeline.planned(plan)
    program = timeline.process(1)
    program.pid, program.start_called_ns, program.target_began_ns = 77, 0, 50 * MS
    program.exited_ns, program.exit_code = exited_ns, 0
    timeline.now_ns, timeline.ended = exited_ns, True
    return timeline


def without() -> Timeline:
    """Two workers, started after 100 ms, at work from 0.2 to 2.2 s; over at 2.3 s."""
    timeline = begun(Plan.make(SIZES), 2300 * MS)
    for number in (1, 2):
        worker = timeline.process(number + 1)
        timeline.add_call(1, CallName.START, worker.id, 100 * MS * number).ended_ns = 100 * MS * number + MS
        worker.pid, worker.start_called_ns, worker.exit_code = 100 + number, 100 * MS * number, 0
        worker.target_began_ns, worker.target_ended_ns, worker.exited_ns = 200 * MS, 1200 * MS + SECOND, 2250 * MS
    return timeline


def on_cluster(engine: str = "dask", hosts: tuple[str, ...] = ("", "")) -> Timeline:
    """Two tasks submitted after 5 s, at work from 5.1 to 6.6 s; over at 8.6 s. Somebody else's task has the same name."""
    timeline = begun(Plan.make(SIZES, engine=engine), 8600 * MS)
    for number, host in enumerate(hosts, 1):
        timeline.add_call(1, CallName.SUBMIT, None, 5 * SECOND + number).ended_ns = 5 * SECOND + MS
        worker = timeline.add_process(f"Dask worker {number}", ProcessKind.CLUSTER_WORKER, 1)
        worker.pid, worker.start_called_ns, worker.host, worker.exited_ns = 200 + number, SECOND, host, 8500 * MS
        task = timeline.begin_task(worker.id, "sort", 5100 * MS)
        timeline.finish_task(task, 6500 * MS + number * 50 * MS, None)
        other = timeline.begin_task(worker.id, "Worker.close.<locals>._close", 8 * SECOND)
        timeline.finish_task(other, 8100 * MS, None)
    return timeline


def told(a: Timeline, b: Timeline) -> list[str]:
    wanted = ("cluster", "without", "Both runs had")
    return [one for one in sentences(compare(a, b)) if any(word in one for word in wanted)]


def test_what_a_cluster_of_this_machine_costs() -> None:
    assert told(without(), on_cluster()) == [
        "The cluster was made and ready 5.000 s after the start (B); "
        "without one the first worker was started after 100 ms (A).",
        "From the first beginning of the work to its last end it took 1.500 s on the cluster, 2.000 s without.",
        "From there to the end of the program it took 2.000 s with the cluster, 100 ms without.",
        "So the cluster costs 6.800 s beside the work, and saves 500 ms in it.",
        "That cluster was on this machine: both runs had the same cores, and it can bring no more of them.",
    ]


def test_what_a_cluster_of_several_machines_brings_in_either_order() -> None:
    run = on_cluster("dask=tcp://10.0.0.5:8786", ("10.0.0.6", "10.0.0.7"))
    found = told(run, without())
    assert found[0].startswith("The cluster was reached 5.000 s after the start (A); without one")
    assert found[-1] == "On the cluster 2 workers on 2 machines did the work."


def test_nothing_is_added_up_that_is_not_known() -> None:
    cut = on_cluster()
    cut.process(1).exited_ns = None
    found = told(without(), cut)
    assert not any(one.startswith(("So the cluster", "From there")) for one in found)
    assert any("it took 1.500 s on the cluster" in one for one in found)


def test_other_work_and_two_runs_of_one_kind_are_not_compared_so() -> None:
    assert compare(without(), without()).stages is None
    assert compare(on_cluster(), on_cluster()).stages is None
    other = begun(Plan.make((5, 5)), SECOND)
    assert compare(other, on_cluster()).stages is None
