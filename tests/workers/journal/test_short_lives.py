"""Journals of short-lived children are read together, and nothing of a run is other than when each is read for itself."""

import random
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from support.journals import made

from workers.folding.fold import Fold
from workers.folding.identity.sights import Sights
from workers.formats.run_reader import read_run
from workers.journal.follower import Batch, read_all
from workers.journal.keeper_kinds import (
    Exited,
    JournalFound,
    LeftRunning,
    PauseChanged,
    ProgramLaunched,
    Released,
    RunBegan,
    RunEnded,
    UsageSampled,
)
from workers.journal.process_kinds import (
    CallBegan,
    CallEnded,
    ChildNamed,
    ErrorRaised,
    Forked,
    Hello,
    Reaped,
    TargetBegan,
    TargetEnded,
    WorkerBegan,
    WorkerEnded,
)
from workers.journal.run_files import KEEPER
from workers.journal.short_lives import ShortLife
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.report.report import report
from workers.timeline.timeline import Timeline

START_NS, PROGRAM, KEY = 1_000_000_000_000, 100, 1_000_000_000_020
CHILDREN = 60
KINDS = (
    "plain",
    "error",
    "raised",
    "named",
    "cut",
    "torn",
    "no_child",
    "unknown",
    "later",
    "earlier",
    "again",
    "other_parent",
)


def life(number: int, kind: str) -> list[Record]:
    """The journal of a child, which differs from that of a short life as its kind says."""
    t = START_NS + number * 1_000_000
    at = {"later": START_NS + (1 << 61), "earlier": -5}.get(kind, t + 3_000)
    child = {"no_child": 0, "unknown": number + 7_000, "again": max(1, number - 1)}.get(kind, number)
    records: list[Record] = [
        made(Hello, t + 1_000, how=probe.FORK, version=1, fork=number, pid=200 + number % 40, parent_pid=PROGRAM,
             epoch_ns=5, parent_key=KEY + (kind == "other_parent"), child=child),
        made(WorkerBegan, t + 2_000, child=child, parent_pid=PROGRAM, name_text=9 * (kind == "named")),
        made(TargetBegan, at),
        made(TargetEnded, t + 4_000, error_text=9 * (kind == "error")),
        made(WorkerEnded, t + 5_000, exit_code=0),
    ]  # fmt: skip
    if kind == "raised":
        records.insert(3, made(ErrorRaised, t + 3_500))
    return records[:3] if kind == "cut" else records


SIGHTS = (
    "all",
    "gone",
    "gone, dead then",
    "open",
    "not released",
    "exited twice",
    "found twice",
    "released twice",
    "sampled",
    "paused",
    "paused at last",
    "left",
    "left, ended then",
    "no start time",
    "code unknown",
    "nothing",
    "other pid",
)


def sight(number: int, how: str) -> list[Record]:
    """What the keeper saw of a child."""
    t, pid = START_NS + number * 1_000_000, 200 + number % 40
    about = {"pid": pid + (how == "other pid"), "ticks": 0 if how == "no start time" else number}
    found = made(JournalFound, t + 1_500, **about, key=t + 1_000, born_clock_ns=t + 600)
    exited = made(Exited, t + 6_000, status_known=how != "code unknown", **about, exit_code=number % 3, cpu_ns=number)
    released = made(Released, t + 7_000, **about)
    match how:
        case "gone" | "gone, dead then":
            died_ns = t + 5_500 if how == "gone, dead then" else 0
            return [found._replace(clock_ns=t + 6_200, ticks=-1, died_clock_ns=died_ns, exit_code=number % 3)]
        case "open":
            return [found]
        case "not released":
            return [found, exited]
        case "exited twice":
            return [found, exited, exited._replace(clock_ns=t + 6_100, exit_code=9), released]
        case "found twice":
            return [found, found._replace(born_clock_ns=t + 500), exited, released]
        case "released twice":
            return [found, exited, released, released._replace(clock_ns=t + 6_900)]
        case "sampled":
            return [found, made(UsageSampled, t + 5_000, **about, cpu_ns=5, rss_bytes=6), exited, released]
        case "paused":
            return [found, made(PauseChanged, t + 5_000, **about, paused=1), exited, released]
        case "paused at last":
            return [found, exited, made(PauseChanged, t + 6_500, **about, paused=1), released]
        case "left":
            return [found, made(LeftRunning, t + 5_800, **about), exited, released]
        case "left, ended then":
            return [found, exited, released, made(LeftRunning, t + 7_500, **about)]
        case "nothing":
            return []
        case _:
            return [found, exited, released]


def write(folder: Path, kinds: list[str], sights: list[str] | None = None, *, nurseries: int = 1) -> None:
    """The folder of a program that forked children of these kinds, and ended.

    sights: what the keeper saw of each.
    nurseries: so many of them. If several, what is empty at the end of each is cut off, as in a saved run.
    """
    keeper: list[Record] = [
        made(RunBegan, START_NS - 5),
        made(ProgramLaunched, START_NS, pid=PROGRAM, ticks=11, returned_clock_ns=START_NS + 10),
    ]
    program: list[Record] = [made(Hello, KEY, how=probe.FRESH, version=1, pid=PROGRAM, parent_pid=1, ticks=11)]
    rooms = [bytearray(probe.REGION) for _ in range(nurseries)]
    for number, kind in enumerate(kinds, 1):
        t, pid, call = START_NS + number * 1_000_000, 200 + number % 40, 2 * number
        keeper += sight(number, sights[number - 1] if sights else "all")
        if kind != "unknown":  # the parent's journal is damaged there
            program.append(made(ChildNamed, t, child=number, daemon=number % 2))
        program += [
            made(CallBegan, t + 100, method=0, call=call, child=number, timeout_ns=-1),
            made(Forked, t + 800, fork=number, called_clock_ns=t + 500),
            made(CallEnded, t + 900, method=0, call=call, child=number, result=pid),
            made(CallBegan, t + 1_000, method=1, call=call + 1, child=number, timeout_ns=-1),
            made(Reaped, t + 7_500, pid=pid),
            made(CallEnded, t + 7_600, method=1, call=call + 1, child=number, result=1),
        ]
        slots = bytearray(Slots.of(life(number, kind)).data)
        if kind == "torn":
            slots += b"\0" + b"\7" * (probe.SLOT - 1)
        nursery = rooms[number % nurseries]
        nursery[len(nursery) // probe.REGION] = 1
        nursery += slots.ljust(probe.REGION, b"\0")
    keeper.append(made(RunEnded, START_NS + 10**9))
    (folder / KEEPER).write_bytes(Slots.of(keeper).data)
    (folder / f"{PROGRAM}-{KEY}.journal").write_bytes(Slots.of(program).data)
    for number, nursery in enumerate(rooms):
        written = nursery if nurseries == 1 else nursery[: -(-len(nursery.rstrip(b"\0")) // probe.SLOT) * probe.SLOT]
        (folder / f"{PROGRAM}-{KEY + 5 + number}.nursery.journal").write_bytes(written)


def one_by_one(folder: Path) -> Timeline:
    """The run, of which each journal is read for itself."""
    timeline = Timeline()
    fold = Fold(timeline)
    for batch in read_all(folder):
        assert not batch.lives
        possible = [replace(one, records=one.records.within(1 << 61)) for one in batch.entries]
        passed_over = sum(len(one.records) for one in batch.entries) - sum(len(one.records) for one in possible)
        fold.apply(replace(batch, entries=possible, torn=batch.torn + passed_over))
    fold.finish(fold.latest_ns)
    return timeline


@pytest.mark.parametrize("seed", range(8))
def test_a_run_is_the_same_as_when_each_journal_is_read_for_itself(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    # Children that are not in their parent's journal get their ids as they are read: those of short lives come last.
    others = [kind for kind in KINDS if kind != ("unknown" if seed % 2 else "no_child")]
    kinds = [chance.choice(others) if chance.random() < 0.4 else "plain" for _ in range(CHILDREN)]
    write(tmp_path, kinds, nurseries=1 + seed % 3)
    assert report(read_run(tmp_path)) == report(one_by_one(tmp_path))
    lives = [life for batch in read_all(tmp_path, short_lives=True) for life in batch.lives]
    assert len(lives) >= kinds.count("plain") - seed % 3 - 1
    assert lives == sorted(lives, key=lambda life: life.clock_ns)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_keeper_saw_of_them(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    kinds = [chance.choice(("cut", "error", "again")) if chance.random() < 0.1 else "plain" for _ in range(CHILDREN)]
    sights = [chance.choice(SIGHTS) if chance.random() < 0.7 else "all" for _ in range(CHILDREN)]
    write(tmp_path, kinds, sights)
    matched: list[bool] = []
    give = Sights.give
    monkeypatch.setattr(Sights, "give", lambda self, life: matched.append(give(self, life)) or matched[-1])
    run = read_run(tmp_path)
    assert sum(matched) > CHILDREN // 6
    alone = one_by_one(tmp_path)
    assert list(map(asdict, run.processes)) == list(map(asdict, alone.processes))
    assert report(run) == report(alone)
    in_portions = Timeline()
    fold = Fold(in_portions, whole=True)
    for batch in read_all(tmp_path, short_lives=True):
        for entries in batch.entries:
            portion = chance.choice((1, 2, 5)) if entries.name == KEEPER else len(entries.records)
            for at in range(0, len(entries.records), portion):
                fold.apply(Batch([replace(entries, records=entries.records[at : at + portion].within(1 << 61))]))
        fold.apply(replace(batch, entries=[]))
    fold.finish(fold.latest_ns)
    assert list(map(asdict, in_portions.processes)) == list(map(asdict, alone.processes))


def test_what_it_says_is_what_its_records_say(tmp_path: Path) -> None:
    write(tmp_path, ["plain", "raised", "plain"])
    batches = list(read_all(tmp_path, short_lives=True))
    lives = [one for batch in batches for one in batch.lives]
    hello, began, target, over, ended = life(3, "plain")
    assert isinstance(hello, Hello)
    assert lives[1] == ShortLife(
        how=hello.how, fork=hello.fork, clock_ns=hello.clock_ns, pid=hello.pid, parent_pid=hello.parent_pid,
        parent_key=hello.parent_key, child=hello.child, ticks=0, name_text=0, began_clock_ns=began.clock_ns,
        target_clock_ns=target.clock_ns, error_text=0, over_clock_ns=over.clock_ns, ended_clock_ns=ended.clock_ns,
    )  # fmt: skip
    assert list(next(batch.lives for batch in batches if batch.lives).slots(1)) == [hello, began, target, over, ended]
    assert any(one.name.startswith(f"{hello.pid - 1}-") for batch in batches for one in batch.entries)


def test_what_has_anything_else_to_say_is_no_short_life(tmp_path: Path) -> None:
    write(tmp_path, [*KINDS, "plain"])
    forks = {one.fork for batch in read_all(tmp_path, short_lives=True) for one in batch.lives}
    short = {"plain", "unknown", "again", "other_parent"}
    assert forks == {number for number, kind in enumerate([*KINDS, "plain"], 1) if kind in short}


def test_damaged_slots_are_passed_over_in_short_lives_too(tmp_path: Path) -> None:
    write(tmp_path, ["plain", "plain"])
    damaged = {f"{PROGRAM}-{KEY + 5}.nursery.journal": {probe.REGION // probe.SLOT + 3}}
    batches = list(read_all(tmp_path, damaged, short_lives=True))
    assert not any(batch.lives for batch in batches)
    assert sorted(len(entries.records) for batch in batches for entries in batch.entries)[:2] == [4, 5]
