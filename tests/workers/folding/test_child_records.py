"""Records of one start() or join() that follow each other are taken together, and the run is as when each comes for itself."""

import random
from dataclasses import asdict
from typing import Any

import pytest
from support.journals import made

from workers.folding.children import child_records
from workers.folding.children.child_calls import TOGETHER, ChildCalls
from workers.folding.fold import Fold
from workers.journal.follower import Batch, Entries
from workers.journal.keeper_kinds import Exited, JournalFound, ProgramLaunched, Released, RunBegan, RunEnded
from workers.journal.process_kinds import CallBegan, CallEnded, ChildNamed, Forked, Hello, Reaped, Spawned
from workers.journal.run_files import KEEPER
from workers.journal.slots import Record, Slots
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.recorded import probe
from workers.timeline.timeline import Timeline

START_NS, PROGRAM, KEY = 1_000_000_000_000, 100, 1_000_000_000_020
NAME = f"{PROGRAM}-{KEY}.journal"
TEXTS = {0: "", 1: "first", 2: "program.py", 3: "ValueError", 4: "AsyncProcess 7", 5: "fork"}
CHILDREN = 12
FEW_SLOTS = child_records._FEW_SLOTS


@pytest.fixture(autouse=True)
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records of one call alone are taken together too."""
    monkeypatch.setattr(child_records, "_FEW_SLOTS", 0)


def program(chance: random.Random) -> list[Record]:
    """What a parent recorded of its children: in order for the most part, with what can be special about a start or a join."""
    hello = made(Hello, KEY, how=probe.FRESH, version=1, pid=PROGRAM, parent_pid=1, ticks=11)
    records: list[Record] = [hello]
    number_of_call = 0
    ended: list[Record] = []
    for number in range(1, CHILDREN + 1):
        t, pid = START_NS + number * 1_000_000, 200 + number % 9
        number_of_call += 1
        about = {"call": number_of_call, "child": number}
        start = [
            made(ChildNamed, t, child=number, daemon=number % 2, name_text=chance.choice((0, 1))),
            made(CallBegan, t + 100, method=probe.START, **about, timeout_ns=-1, file_text=2, line=number,
                 thread_text=chance.choice((0, 0, 1, 4))),
            made(Forked, t + 800, fork=number, threads=chance.choice((0, 2)), called_clock_ns=t + 500),
            made(CallEnded, t + 900, method=probe.START, **about, result=pid, start_method_text=5),
        ]  # fmt: skip
        if chance.random() < 0.1:  # of a process of this pid before
            records.append(made(Spawned, t - 500, pid=pid, returned_clock_ns=t - 400))
        if chance.random() < 0.1:
            start[2] = made(Spawned, t + 500, pid=pid, returned_clock_ns=t + 600)
        if chance.random() < 0.4:  # start() looks at once for children that have ended
            start[2:2], ended = ended, []
        records += start
        number_of_call += 1
        about = {"call": number_of_call, "child": number}
        join: list[Record] = [
            made(
                CallBegan,
                t + 1_000,
                method=1,
                **about,
                timeout_ns=chance.choice((-1, -1, 5_000, -2)),
                file_text=2,
                line=7,
            ),
            made(
                CallEnded,
                t + 9_600,
                method=1,
                **about,
                result=chance.choice((1, 1, 0)),
                error_text=chance.choice((0, 0, 0, 3)),
            ),
        ]
        reaped = made(Reaped, t + 9_500, pid=pid, exit_code=chance.choice((0, 0, 1, -9)))
        if chance.random() < 0.5:
            join.insert(1, reaped)
        else:
            ended.append(reaped)
        records += join
        if chance.random() < 0.2:  # a call by another thread goes on meanwhile
            records[-2:-2] = [made(CallBegan, t + 950, method=1, call=900 + number, child=number, timeout_ns=-1)]
            records[-1:-1] = [made(CallEnded, t + 9_550, method=1, call=900 + number, child=number, result=1)]
    for _ in range(chance.choice((0, 1, 4, 12))):
        damage(chance, records)
    return records + ended


def damage(chance: random.Random, records: list[Any]) -> None:
    """One record is missing, comes twice, comes later, or says something else."""
    at = chance.randrange(1, len(records))
    record = records[at]
    match chance.randrange(4):
        case 0:
            del records[at]
        case 1:
            records.insert(chance.randrange(1, len(records)), record)
        case 2:
            records.insert(chance.randrange(1, len(records)), records.pop(at))
        case _:
            field = chance.choice([name for name in record._fields if name not in ("clock_ns", "method")])
            records[at] = record._replace(**{field: chance.choice((0, 1, 2, 3, 201))})


def facts(portions: list[list[Record]], plan: Plan | None) -> tuple[Any, ...]:
    """The run whose parent's journal comes in these portions."""
    timeline = Timeline(plan)
    fold = Fold(timeline)
    keeper: list[Record] = [
        made(RunBegan, START_NS - 5),
        made(ProgramLaunched, START_NS, pid=PROGRAM, ticks=11, returned_clock_ns=START_NS + 10),
    ]
    for number in range(1, CHILDREN + 1, 2):
        t, pid = START_NS + number * 1_000_000, 200 + number % 9
        keeper += [
            made(JournalFound, t + 1_500, pid=pid, ticks=number, key=t + 1_000, born_clock_ns=t + 600),
            made(Exited, t + 6_000, status_known=1, pid=pid, ticks=number, cpu_ns=1_000),
            made(Released, t + 7_000, pid=pid, ticks=number),
        ]
    keeper.append(made(RunEnded, START_NS + 10**9))
    fold.apply(Batch([Entries(KEEPER, Slots.of(keeper), {0: ""})]))
    for portion in portions:
        fold.apply(Batch([Entries(NAME, Slots.of(portion), dict(TEXTS))]))
    fold.finish(START_NS + 10**9)
    calls_of = [[call.id for call in timeline.calls_on(one.id)] for one in timeline.processes]
    return list(map(asdict, timeline.processes)), list(map(asdict, timeline.calls)), calls_of, timeline.warnings


@pytest.mark.parametrize("planned", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_together_or_each_for_itself(seed: int, planned: bool) -> None:
    records = program(random.Random(seed))
    plan = Plan.make([1000] * CHILDREN, Workload.SORT, StartMethod.FORK, Order.ASK_BETWEEN) if planned else None
    assert facts([records], plan) == facts([[record] for record in records], plan)
    assert TOGETHER.search(Slots.of(records).kinds)


HELLO = made(Hello, KEY, how=probe.FRESH, version=1, pid=PROGRAM, parent_pid=1, ticks=11)


@pytest.mark.parametrize("method", [probe.START, probe.JOIN])
def test_an_end_that_comes_twice_ends_the_call_of_its_number_that_had_not_ended(method: int) -> None:
    """In a damaged journal two calls may have one number."""
    t = START_NS + 1_000_000
    about = {"call": 5, "child": 1}
    open_call = made(CallBegan, t, method=probe.JOIN, call=5, child=2, timeout_ns=1_000, file_text=2, line=3)
    end = made(CallEnded, t + 900, method=method, **about, result=201, start_method_text=5)
    call: list[Record] = [made(CallBegan, t + 100, method=method, **about, timeout_ns=1_000, file_text=2, line=4), end]
    if method == probe.START:
        call[:1] = [made(ChildNamed, t + 50, child=1), call[0], made(Forked, t + 800, fork=1)]
    records: list[Record] = [HELLO, open_call, *call, end._replace(clock_ns=t + 2_000)]
    assert TOGETHER.search(Slots.of(records).kinds)
    assert facts([records], None) == facts([[record] for record in records], None)


def test_a_join_with_the_number_of_one_without_a_timeout_is_taken_for_itself() -> None:
    t = START_NS + 1_000_000
    records: list[Record] = [HELLO]
    for timeout_ns in (-1, 1_000):
        records.append(
            made(CallBegan, t, method=probe.JOIN, call=5, child=1, timeout_ns=timeout_ns, file_text=2, line=3)
        )
        records.append(made(CallEnded, t + 900, method=probe.JOIN, call=5, child=1, result=0))
        t += 1_000
    assert facts([records], None) == facts([[record] for record in records], None)


def test_no_columns_are_made_of_few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have a cost of their own: ten thousand parents of one child each would pay it ten thousand times."""
    monkeypatch.setattr(child_records, "_FEW_SLOTS", FEW_SLOTS)
    sizes: list[int] = []
    columns_of = ChildCalls.among
    monkeypatch.setattr(
        ChildCalls, "among", lambda slots, *about: sizes.append(len(slots)) or columns_of(slots, *about)
    )
    records = program(random.Random(1))
    few = facts([records[at : at + 8] for at in range(0, len(records), 8)], None)
    assert sizes == []
    assert facts([records], None) == few
    assert sizes == [len(records)]
