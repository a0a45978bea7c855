"""The status sentence of a watched cluster."""

from support.builders import SECOND

from workers.analysis.status import sentence
from workers.journal.codes import Watch
from workers.timeline.cluster.cluster_facts import ClusterFacts, Silence
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def watched() -> tuple[Timeline, ClusterFacts]:
    """Two workers on two machines, one of which was killed; a task runs, another has ended."""
    timeline = Timeline()
    program = timeline.add_process("watch", ProcessKind.PROGRAM)
    program.pid, program.start_called_ns, program.born_ns = 1, 0, 0
    facts = timeline.cluster = ClusterFacts(state=Watch.ATTACHED, attached_ns=0)
    for host in ("a", "b"):
        worker = timeline.add_process(f"{host}:1", ProcessKind.CLUSTER_WORKER)
        worker.pid, worker.born_ns, worker.target_began_ns, worker.host = 7, 0, 0, host
        timeline.begin_task(worker.id, "load", SECOND)
    worker.exited_ns = worker.reaped_ns = 2 * SECOND
    worker.exit_code = -9
    timeline.now_ns = 3 * SECOND
    return timeline, facts


def test_what_it_does_is_counted() -> None:
    timeline, facts = watched()
    assert sentence(timeline) == (
        "1 of 2 workers alive on 2 machines; b:1 failed (SIGKILL (exit code -9)); 1 task is running, of 2 that were seen."
    )
    assert sentence(timeline, stopping=True) == "Leaving the cluster: 1 of 2 workers alive on 2 machines."
    facts.silences.append(Silence(None, SECOND))
    assert sentence(timeline) == "The scheduler does not answer. 1 of 2 workers alive on 2 machines, when it last did."
    facts.attached_ns = None
    assert sentence(timeline) == "The cluster is being asked."


def test_how_it_ended_is_said() -> None:
    timeline, facts = watched()
    timeline.ended, facts.state, facts.over_ns = True, Watch.LEFT, 3 * SECOND
    assert sentence(timeline) == (
        "The watch ended after 3.000 s, and left nothing in the cluster; b:1 failed (SIGKILL (exit code -9)); "
        "2 attempts at tasks were seen."
    )
