"""The journal as its writer leaves it, whatever happens to the writer."""

import ast
import inspect
import mmap
import os
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from support.journals import NAME, everything, run_python

from workers.journal.journal_reader import JournalReader
from workers.journal.kinds import Kind
from workers.journal.process_kinds import JournalCut, Reaped, WatchedValue
from workers.recorded import probe
from workers.recorded.probe import Journal


def test_records_survive_the_kill_of_their_writer(tmp_path: Path) -> None:
    done = run_python(
        """
        import os, signal, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        for number in range(5000):
            journal.write(REAPED, 0, 0, 0, number, number)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        str(tmp_path / NAME),
    )
    assert done.returncode == -9
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert records == [Reaped(number, pid=number, exit_code=0) for number in range(5000)]
    assert torn == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("plain", "plain"),
        ("x" * 56, "x" * 56),
        ("x" * 57, "x" * 57),
        ("ü€😀" * 300, "ü€😀" * 300),
        ("nul\0inside", "nul\0inside"),
        ("caf\udce9.py", "caf\\udce9.py"),
        ("\ud800", "\\ud800"),
        ("y" * 100_000, "y" * 4096),
    ],
)
def test_texts_of_any_length_and_kind(tmp_path: Path, text: str, read: str) -> None:
    journal = Journal(str(tmp_path / NAME))
    number = journal.text(text)
    again = journal.text(text)
    reader = JournalReader(tmp_path / NAME)
    everything(reader)
    assert reader.texts[number] == read
    assert again == number


def test_threads_without_the_gil_never_share_a_slot_or_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread may run between any two instructions of the probe."""
    monkeypatch.setattr(probe, "FREE_THREADED", True)
    journal = Journal(str(tmp_path / NAME))
    threads, each = 6, 40

    def yield_often(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != probe.__file__:
            return None
        frame.f_trace_opcodes = True
        time.sleep(0)
        return yield_often

    def fill(first: int) -> None:
        sys.settrace(yield_often)
        for number in range(first, first + each):
            journal.write(Kind.REAPED, a=number)
            journal.text(f"text {number}", keep=False)

    fillers = [threading.Thread(target=fill, args=(at * each,)) for at in range(threads)]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
    reader = JournalReader(tmp_path / NAME)
    records, torn = everything(reader)
    assert sorted(record.pid for record in records if isinstance(record, Reaped)) == list(range(threads * each))
    assert len(reader.texts) == threads * each + 1
    assert torn == 0


def test_a_text_that_is_not_kept_is_written_each_time(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    assert journal.text("value", keep=False) != journal.text("value", keep=False)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs a list of the open descriptors")
def test_journals_that_grow_in_many_threads_leave_every_descriptor_alone(tmp_path: Path) -> None:
    journals = [Journal(str(tmp_path / f"{number}.journal"), hidden=True) for number in range(60)]
    before = sorted(os.listdir("/proc/self/fd"))
    interval = sys.getswitchinterval()
    stolen: list[OSError] = []
    over = threading.Event()

    def open_and_close() -> None:
        while not over.is_set():
            for number in [number for _ in range(3) for number in os.pipe()]:
                try:
                    os.close(number)
                except OSError as error:
                    stolen.append(error)

    def fill(journal: Journal) -> None:
        for _ in range(200):
            journal.write(Kind.BYE)

    opener = threading.Thread(target=open_and_close)
    sys.setswitchinterval(1e-6)
    try:
        opener.start()
        for journal in journals:
            writers = [threading.Thread(target=fill, args=(journal,)) for _ in range(4)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
    finally:
        over.set()
        opener.join()
        sys.setswitchinterval(interval)
    assert not stolen
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_threads_write_without_losing_or_mixing(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))

    def write(which: int) -> None:
        for number in range(3000):
            journal.write(Kind.WATCHED, t=number, a=which, word=journal.text(f"thread {which}"))

    threads = [threading.Thread(target=write, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = JournalReader(tmp_path / NAME)
    records, torn = everything(reader)
    assert torn == 0
    values = [record for record in records if isinstance(record, WatchedValue)]
    assert len(values) == len(records)
    for which in range(4):
        assert [value.clock_ns for value in values if value.value_text == which] == list(range(3000))
    assert all(reader.texts[value.name_text] == f"thread {value.value_text}" for value in values)


def test_it_grows_with_a_short_switch_interval_and_gives_back_the_programs(tmp_path: Path) -> None:
    before_s = sys.getswitchinterval()
    seen_s: list[float] = []

    def grown(meanwhile: Callable[[Journal], None]) -> float:
        """The interval after a journal has grown out of its nursery, with this done in the middle of it."""
        room = [(mmap.mmap(-1, probe.REGION), 0, probe.REGION_SLOTS - 1, 0)]

        def path() -> str:
            seen_s.append(sys.getswitchinterval())
            meanwhile(journal)
            return str(tmp_path / f"{len(seen_s)}.journal")

        journal = Journal(path, room=room)
        for number in range(probe.REGION_SLOTS + 5):
            journal.write(Kind.REAPED, t=number)
        return sys.getswitchinterval()

    def fails(_: Journal) -> None:
        raise OSError("full")

    def interrupts(_: Journal) -> None:
        raise KeyboardInterrupt  # as a signal handler of the program may

    inherited_s: list[float] = []

    def forks(journal: Journal) -> None:
        """What the child of another thread's fork does with the journal that its parent was growing."""
        journal.begin(str(tmp_path / "child.journal"), [])
        inherited_s.append(sys.getswitchinterval())

    try:
        assert grown(lambda _: None) == before_s
        assert grown(fails) == before_s
        with pytest.raises(KeyboardInterrupt):
            grown(interrupts)
        assert sys.getswitchinterval() == before_s
        grown(forks)
        assert inherited_s == [before_s]
        assert grown(lambda _: sys.setswitchinterval(0.002)) == pytest.approx(0.002)  # the program's own wish
        assert len(seen_s) == 5
        assert max(seen_s) < before_s / 100
    finally:
        sys.setswitchinterval(before_s)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
def test_a_file_size_limit_cuts_the_journal_which_records_that(tmp_path: Path) -> None:
    done = run_python(
        """
        import resource, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))
        for number in range(2000):
            journal.write(REAPED, 0, 0, 0, number)
        print(journal.failed)
        """,
        str(tmp_path / NAME),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert [record.clock_ns for record in records[:-1]] == list(range(probe.FIRST_STRETCH * 5 - 2))  # two stretches fit
    assert isinstance(records[-1], JournalCut)
    assert torn == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a mapping of a device needs one")
def test_a_journal_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="exists"):
        Journal(str((tmp_path / NAME).absolute())) and Journal(str(tmp_path / NAME))
    with pytest.raises(FileNotFoundError):
        Journal(str(tmp_path / "gone" / NAME))
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"exists|symbolic"):
        Journal(str(tmp_path / "link"))


def test_a_journal_in_a_deleted_folder_ends_when_it_would_grow(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(str(folder / NAME))
    (folder / NAME).unlink()
    folder.rmdir()
    for number in range(1000):
        journal.write(Kind.REAPED, t=number)
    assert journal.failed


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are listed in /proc")
def test_a_hidden_journal_leaves_no_descriptor_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    journal = Journal(str(tmp_path / NAME), hidden=True)
    for number in range(3000):  # several stretches
        journal.write(Kind.REAPED, t=number)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are closed by number")
def test_a_hidden_journal_survives_a_program_that_closes_every_descriptor(tmp_path: Path) -> None:
    done = run_python(
        """
        import os, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        os.closerange(3, 4096)
        mine = [os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND) for _ in range(40)]
        for number in range(3000):
            journal.write(REAPED, 0, 0, 0, number)
        for fd in mine:
            os.write(fd, b"x")
        """,
        str(tmp_path / NAME),
        str(tmp_path / "mine"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "mine").read_bytes() == b"x" * 40
    assert len(everything(JournalReader(tmp_path / NAME))[0]) == 3000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("hidden", [True, False])
def test_a_long_journal_takes_no_memory_of_its_process(tmp_path: Path, hidden: bool) -> None:
    code = """
        import os, sys
        from workers.recorded import probe
        def resident():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        journal = probe.Journal(sys.argv[1], sys.argv[2] == "True")
        places = []
        before = most = resident()
        for number in range(300_000):
            if number % 1000:
                journal.write(probe.REAPED, t=number, a=7, b=0)
            else:
                places.append(journal.place())
                most = max(most, resident())
        for memory, offset in places:
            memory[offset] = probe.BYE
        print(most - before)
    """
    done = run_python(code, str(tmp_path / NAME), str(hidden))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 6_000_000  # the journal has 19 MB
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert (len(records), torn) == (300_000, 0)


@pytest.mark.parametrize("kind", [probe.Hooks, probe.Journal])
def test_cpython_keeps_the_attributes_of_what_every_event_uses_in_the_object_itself(kind: type) -> None:
    """It does so for 30 names. Since 3.14 it specializes code for no others: each use is a lookup, and in a forked child
    some pages more to copy."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assigned = {
        node.attr
        for node in ast.walk(found)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self"
    }
    assert assigned
    assert len(assigned) <= 30


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.parametrize("mode", ["left_out", "draws"])
def test_a_rare_mode_of_the_hooks_adds_no_attribute_to_them(tmp_path: Path, mode: str) -> None:
    """It does what it is for in its own process, and no more in one that this one forks."""
    code = """
        import os, random, sys
        from workers.recorded import probe
        hooks = probe.Hooks(sys.argv[1], "", (), {})
        hooks.open()
        methods = dict(vars(probe.Hooks))
        drawn = random.Random(1)
        if sys.argv[2] == "left_out":
            hooks.leave_out()
        else:
            hooks._find_generators()
            hooks.target_began()
            drawn.random()
        for number in range(3):
            hooks.submitted(number, probe.POOL_JOB)
            hooks.task_left(hooks.task_began(number, 0, len, ()), None)
        print(hooks.path_of_own())
        print(len(vars(hooks)), flush=True)
        hooks.before_fork()
        if not os.fork():
            hooks.after_fork_in_child()
            hooks.task_left(hooks.task_began(9, 0, len, ()), None)
            print(len(vars(hooks)))
            print([name for name in methods if methods[name] is not vars(probe.Hooks)[name]], flush=True)
            os._exit(0)
        os.wait()
    """
    done = run_python(code, str(tmp_path), mode)
    assert done.returncode == 0, done.stderr
    journal, own, forked, changed = done.stdout.splitlines()
    assert int(own) <= 30
    assert (forked, changed) == (own, "[]")
    kinds = Path(journal).read_bytes()[:: probe.SLOT]
    assert [kinds.count(kind) for kind in (probe.TASK, probe.SUBMITTED, probe.LEFT_OUT, probe.DRAWN)] == (
        [0, 0, 1, 0] if mode == "left_out" else [3, 3, 0, 1]
    )
