"""Who is meant by a pid, a pid with its start time, or a number that a parent gave."""

from workers.folding.identities import Identities, Origin
from workers.folding.lifetimes import Lifetimes
from workers.journal.journal import Kind
from workers.journal.slots import Record
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

START_NS = 1_000


def known() -> tuple[Timeline, Identities, Process]:
    """A timeline with its program, and who is who in it."""
    timeline, origin = Timeline(), Origin()
    origin.ns = START_NS
    return timeline, Identities(timeline, Lifetimes(), origin), timeline.add_process("program", ProcessKind.PROGRAM)


def test_pid_that_was_used_again_is_whoever_was_there_last_by_then() -> None:
    timeline, who, program = known()
    first, second = (timeline.add_process(name, ProcessKind.WORKER, program.id) for name in ("first", "second"))
    first.born_ns, second.born_ns = 10, 500
    for process, ticks in ((first, 1), (second, 2)):
        who.claim(process, 77, ticks)
    assert [who.with_pid(77, START_NS + t) for t in (20, 499, 500, 9_000)] == [first, first, second, second]
    assert [who.named(77, ticks) for ticks in (1, 2, 3)] == [first, second, None]
    assert who.all_with_pid(77) == [first, second]
    assert who.with_pid(78, START_NS) is None


def test_what_was_seen_of_nobody_is_told_of_who_claims_it() -> None:
    _, who, program = known()
    told: list[tuple[Process, Record]] = []
    who.claimed = lambda process, record: told.append((process, record))
    gone = Record(int(Kind.EXITED), 1, 0, 0, START_NS + 5, 77, 3, 0, 0, 0, 0)
    who.hold(77, 3, gone)
    who.claim(program, 77, 0)  # without a start time it may be another one
    assert told == []
    who.claim(program, 77, 3)
    assert told == [(program, gone)]


def test_children_are_counted_anew_by_another_interpreter() -> None:
    timeline, who, program = known()
    first = who.child(program, 1, START_NS + 10)
    assert who.child(program, 1, START_NS + 90) is first
    who.executed_another(program, START_NS + 50)
    assert who.child(program, 1, START_NS + 10) is first
    second = who.child(program, 1, START_NS + 90)
    assert second is not first
    assert timeline.children_of(program.id) == [first.id, second.id]


def test_stray_is_a_child_of_who_has_its_parents_pid_or_else_the_programs() -> None:
    timeline, who, program = known()
    parent = timeline.add_process("parent", ProcessKind.WORKER, program.id)
    who.claim(parent, 77, 1)
    strays = [who.stray(ProcessKind.FORKED, "fork", ppid, START_NS + 30) for ppid in (77, 5)]
    assert [(one.parent_id, one.ppid, one.born_ns) for one in strays] == [(parent.id, 77, 30), (program.id, 5, 30)]
