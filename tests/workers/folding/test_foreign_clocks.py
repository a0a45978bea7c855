"""Children on another monotonic clock: in a time namespace, or with both clocks moved as libfaketime does."""

import shutil
import subprocess
from pathlib import Path

import pytest
from support.journals import made
from support.recording import recorded

from workers.engines.programs import script_program
from workers.folding.fold import Fold
from workers.journal.follower import Batch, Entries
from workers.journal.keeper_kinds import Exited, JournalFound, ProgramLaunched, RunBegan, RunEnded
from workers.journal.process_kinds import Bye, CommandLine, Hello
from workers.journal.run_files import KEEPER
from workers.journal.slots import Record, Slots
from workers.timeline.timeline import Timeline

START, EPOCH = 10**15, 17 * 10**17
SECOND, DAY = 10**9, 86_400 * 10**9


def folded(hello: Hello, found: JournalFound | None = None, *late: Record) -> Timeline:
    """A run of ten seconds with a child whose journal begins so, and which ends two seconds later.

    late: what the keeper wrote after all others.
    """
    keeper: list[Record] = [
        RunBegan(1, START - 5, epoch_ns=EPOCH - 5),
        made(ProgramLaunched, START, pid=100, ticks=11, returned_clock_ns=START + 10),
        *([] if found is None else [found]),
        made(RunEnded, START + 10 * SECOND, status_known=1),
        *late,
    ]
    child = [hello, made(CommandLine, hello.clock_ns + 1, parts_text=1), made(Bye, hello.clock_ns + 2 * SECOND)]
    timeline = Timeline()
    fold = Fold(timeline)
    fold.apply(Batch([
        Entries(KEEPER, Slots.of(keeper), {0: "", 1: '{"argv": ["python"]}'}),
        Entries(f"200-{hello.clock_ns}.journal", Slots.of(child), {0: "", 1: "python\0x.py"}),
    ]))  # fmt: skip
    fold.finish(START + 10 * SECOND)
    return timeline


def seen(key: int) -> JournalFound:
    """The keeper found the journal three seconds into the run."""
    return made(JournalFound, START + 3 * SECOND, pid=200, ticks=50, key=key)


@pytest.mark.parametrize("off", [DAY, -DAY, -5 * DAY, 100 * SECOND])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("both", [True, False], ids=["both clocks", "monotonic only"])
def test_a_day_off_is_placed_and_said(off: int, told: bool, both: bool) -> None:
    if both and not told:
        return  # nothing shows when it was
    clock = START + 3 * SECOND - 4_000 + off
    epoch = EPOCH + 3 * SECOND - 4_000 + (off if both else 0)
    hello = made(Hello, clock, pid=200, parent_pid=100, epoch_ns=epoch, version=1)
    timeline = folded(hello, seen(clock) if told else None)
    child = timeline.process(2)
    assert child.target_began_ns is not None
    assert child.target_ended_ns is not None
    assert abs(child.target_began_ns - 3 * SECOND) <= 4_000
    assert child.target_ended_ns - child.target_began_ns == 2 * SECOND
    witness = "the moment at which it was first seen from outside" if both else "the time of day"
    assert timeline.warnings[0] == (
        f"{child.name} has another clock than the rest of the run. Its times are placed by {witness}."
    )


def test_the_keepers_last_record_may_be_of_an_earlier_moment() -> None:
    """An end between two looks has the time of its middle, and the time of day may be set while a program runs."""
    hello = made(Hello, START + 8 * SECOND, pid=200, parent_pid=100, epoch_ns=EPOCH + 8 * SECOND + DAY, version=1)
    ended = made(Exited, START + SECOND, pid=150, ticks=12, status_known=1, exit_code=0, cpu_ns=-1)
    timeline = folded(hello, None, ended)
    assert timeline.process(2).target_began_ns == 8 * SECOND
    assert not any("clock" in warning for warning in timeline.warnings)


@pytest.mark.parametrize("step", [0, DAY, -DAY], ids=["", "the time of day is set on", "the time of day is set back"])
@pytest.mark.parametrize("at", [3 * SECOND - 4_000, 1])
def test_the_same_clock_is_left_alone(step: int, at: int) -> None:
    hello = made(Hello, START + at, pid=200, parent_pid=100, epoch_ns=EPOCH + at + step, version=1)
    timeline = folded(hello, seen(START + at))
    assert timeline.process(2).target_began_ns == at
    assert not any("clock" in warning for warning in timeline.warnings)


def test_a_keeper_that_ended_early_is_no_other_clock() -> None:
    at = 5_000 * SECOND
    timeline = folded(made(Hello, START + at, pid=200, parent_pid=100, epoch_ns=EPOCH + at, version=1))
    assert timeline.process(2).target_began_ns == at
    assert not any("clock" in warning for warning in timeline.warnings)


def has_time_namespaces() -> bool:
    """Whether this user may make one."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and not subprocess.run([unshare, "-T", "--monotonic", "9", "true"], capture_output=True, check=False).returncode
    )


@pytest.mark.skipif(not has_time_namespaces(), reason="no right to make time namespaces")
def test_a_real_time_namespace(tmp_path: Path) -> None:
    source = tmp_path / "elsewhere.py"
    code = "import os; os.fork() or os._exit(0); os.wait()"
    source.write_text(
        "import subprocess, sys\n"
        "for off in ('86400', '-1000'):\n"
        f"    subprocess.run(['unshare', '-T', '--monotonic', off, sys.executable, '-c', {code!r}], check=True)\n"
    )
    timeline = recorded(script_program(str(source)))
    moments = [at for process in timeline.processes for at in (
        process.born_ns, process.target_began_ns, process.target_ended_ns, process.exited_ns, process.reaped_ns,
    ) if at is not None]  # fmt: skip
    end = timeline.process(1).exited_ns
    assert end is not None
    assert min(moments) >= 0
    assert max(moments) <= end + SECOND
    assert sum("another clock" in warning for warning in timeline.warnings) >= 1
