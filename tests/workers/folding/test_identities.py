"""Which process is meant by a pid, a pid with its start time, or a parent's number for it."""

from workers.folding.identities import Identities
from workers.folding.lifetimes import Lifetimes
from workers.folding.run_clock import RunClock
from workers.journal.keeper_kinds import Exited
from workers.journal.slots import Record
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

START_NS = 1_000


def known() -> tuple[Timeline, Identities, Process]:
    """A timeline with its program, and its identities."""
    timeline, clock = Timeline(), RunClock()
    clock.origin_ns = START_NS
    return timeline, Identities(timeline, Lifetimes(), clock), timeline.add_process("program", ProcessKind.PROGRAM)


def test_a_pid_that_was_used_again_means_the_last_process_by_then() -> None:
    timeline, identities, program = known()
    first, second = (timeline.add_process(name, ProcessKind.WORKER, program.id) for name in ("first", "second"))
    first.born_ns, second.born_ns = 10, 500
    for process, ticks in ((first, 1), (second, 2)):
        identities.claim(process, 77, ticks)
    assert [identities.with_pid(77, START_NS + t) for t in (20, 499, 500, 9_000)] == [first, first, second, second]
    assert [identities.with_ticks(77, ticks) for ticks in (1, 2, 3)] == [first, second, None]
    assert identities.all_with_pid(77) == [first, second]
    assert identities.with_pid(78, START_NS) is None


def test_held_records_are_applied_to_the_process_that_claims_them() -> None:
    _, identities, program = known()
    applied: list[tuple[Process, Record]] = []
    identities.apply_held = lambda process, records: applied.extend((process, record) for record in records)
    gone = Exited(1, START_NS + 5, pid=77, ticks=3, exit_code=0, cpu_ns=0, within_ns=0)
    identities.hold((77, 3), gone)
    identities.claim(program, 77, 0)  # without a start time it may be another one
    assert applied == []
    identities.claim(program, 77, 3)
    assert applied == [(program, gone)]


def test_another_interpreter_numbers_its_children_afresh() -> None:
    timeline, identities, program = known()
    first = identities.child(program, 1, START_NS + 10)
    assert identities.child(program, 1, START_NS + 90) is first
    identities.executed_another(program, START_NS + 50)
    assert identities.child(program, 1, START_NS + 10) is first
    second = identities.child(program, 1, START_NS + 90)
    assert second is not first
    assert timeline.children_of(program.id) == [first.id, second.id]


def test_a_stray_is_a_child_of_the_process_with_its_parents_pid_or_else_of_the_program() -> None:
    timeline, identities, program = known()
    parent = timeline.add_process("parent", ProcessKind.WORKER, program.id)
    identities.claim(parent, 77, 1)
    strays = [identities.add_stray(ProcessKind.FORKED, "fork", ppid, START_NS + 30) for ppid in (77, 5)]
    assert [(one.parent_id, one.ppid, one.born_ns) for one in strays] == [(parent.id, 77, 30), (program.id, 5, 30)]
