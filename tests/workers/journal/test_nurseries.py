"""Children that are forked begin their journals in room that their parent made for them."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.paths import ROOT

from workers.journal.follower import Follower, read_all
from workers.journal.nurseries import NurseryFile, is_nursery
from workers.journal.process_kinds import Bye, Forked, Hello, JournalCut, Reaped, WorkerTask
from workers.journal.slots import Record
from workers.recorded import probe

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="where nothing is forked there is no nursery")


def run(code: str, folder: Path) -> str:
    """Run code whose process records itself in `folder`, as the probe does. Returns what it printed."""
    begin = """
        import os, signal, sys
        from workers.recorded import probe
        hooks = probe.Hooks(sys.argv[1], "", (), {})
        hooks.open()
        sys.addaudithook(lambda event, _: hooks.before_fork() if event == "os.fork" else None)
        os.register_at_fork(after_in_parent=hooks.noting_forks(), after_in_child=hooks.after_fork_in_child)
        def fork(work):
            pid = os.fork()
            if pid == 0:
                work()
                os._exit(0)
            os.waitpid(pid, 0)
            return pid
        """
    done = subprocess.run(
        # Since 3.12 Python warns of a fork beside threads, which is what some of these are about.
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-c",
         textwrap.dedent(begin) + textwrap.dedent(code), str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def journals(folder: Path) -> dict[int, list[Record]]:
    """What each process wrote, by its pid."""
    found: dict[int, list[Record]] = {}
    for batch in read_all(folder):
        for entries in batch.entries:
            found.setdefault(int(entries.name.partition("-")[0]), []).extend(entries.records)
    return found


def files(folder: Path, suffix: str) -> list[Path]:
    """The files with this suffix."""
    return sorted(path for path in folder.iterdir() if path.name.endswith(suffix))


def test_a_short_lived_child_makes_no_file(tmp_path: Path) -> None:
    pids = run("print(*[fork(hooks.bye) for _ in range(40)])", tmp_path).split()
    assert len(files(tmp_path, ".nursery.journal")) == 2  # the first one has 15 regions, the next 63
    assert len(files(tmp_path, ".journal")) == 3
    found = journals(tmp_path)
    for number, pid in enumerate(pids, start=1):
        hello, bye = found[int(pid)]
        assert (hello.how, hello.fork, hello.pid) == (probe.FORK, number, int(pid))
        assert isinstance(bye, Bye)


def test_a_child_with_more_records_continues_in_a_file_of_its_own(tmp_path: Path) -> None:
    pid = int(run("""
        def work():
            for number in range(500):
                hooks.write(probe.REAPED, 0, 0, 0, number, number)
        print(fork(work))
    """, tmp_path))  # fmt: skip
    assert [path.name.partition("-")[0] for path in files(tmp_path, ".more.journal")] == [str(pid)]
    hello, *records = journals(tmp_path)[pid]
    assert isinstance(hello, Hello)
    assert [record.clock_ns for record in records] == list(range(500))


def test_all_records_of_a_killed_child_are_read(tmp_path: Path) -> None:
    pid = int(run("""
        def work():
            hooks.write(probe.REAPED, 0, 0, 0, 7)
            os.kill(os.getpid(), signal.SIGKILL)
        print(fork(work))
    """, tmp_path))  # fmt: skip
    assert [type(record) for record in journals(tmp_path)[pid]] == [Hello, Reaped]


def test_grandchildren_have_their_own(tmp_path: Path) -> None:
    child, grandchild = run("""
        def work():
            print(os.getpid(), fork(hooks.bye), flush=True)
            hooks.bye()
        fork(work)
    """, tmp_path).split()  # fmt: skip
    found = journals(tmp_path)
    assert [type(record) for record in found[int(grandchild)]] == [Hello, Bye]
    assert found[int(grandchild)][0].parent_pid == int(child)
    assert [type(record) for record in found[int(child)]] == [Hello, Forked, Bye]


def test_a_fork_without_an_audit_event_has_a_journal_of_its_own(tmp_path: Path) -> None:
    child, command = run("""
        import subprocess
        child = fork(hooks.bye)
        command = subprocess.Popen(["true"], preexec_fn=lambda: hooks.write(probe.REAPED, 0, 0, 0, 7))
        command.wait()
        print(child, command.pid)
    """, tmp_path).split()  # fmt: skip
    found = journals(tmp_path)
    assert [type(record) for record in found[int(child)]] == [Hello, Bye]
    assert [type(record) for record in found[int(command)]] == [Hello, Reaped]


def test_what_a_child_knows_of_its_own_fork_is_not_its_childrens(tmp_path: Path) -> None:
    """The fork of this command raises no audit event, and the child has not forgotten the fork that made it."""
    child, command = run("""
        import subprocess
        def work():
            command = subprocess.Popen(["true"], preexec_fn=lambda: hooks.write(probe.REAPED, 0, 0, 0, 7))
            command.wait()
            print(os.getpid(), command.pid, flush=True)
            hooks.bye()
        fork(work)
    """, tmp_path).split()  # fmt: skip
    found = journals(tmp_path)
    assert [type(record) for record in found[int(child)]] == [Hello, Forked, Bye]
    assert [type(record) for record in found[int(command)]] == [Hello, Reaped]


def test_of_a_rehearsal_for_many_forks_nothing_is_recorded(tmp_path: Path) -> None:
    pids = run("""
        forks = [fork(hooks.bye) for _ in range(20)]
        hooks.fork_returned()
        print(os.getpid(), *forks)
    """, tmp_path).split()  # fmt: skip
    found = journals(tmp_path)
    assert sorted(found) == sorted(int(pid) for pid in pids)
    assert [type(record) for record in found[int(pids[0])]] == [Hello] + [Forked] * 20
    assert [record.fork for record in found[int(pids[0])][1:]] == list(range(1, 21))


def test_it_is_rehearsed_once_and_only_with_a_second_nursery(tmp_path: Path) -> None:
    kept = run("""
        import resource
        no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        for _ in range(15):
            fork(hooks.bye)
        kept = [len(probe._kept)]
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, no_limit[1]))
        for _ in range(10):
            fork(hooks.bye)
        kept.append(len(probe._kept))
        resource.setrlimit(resource.RLIMIT_FSIZE, no_limit)
        for _ in range(60):
            fork(hooks.bye)
        kept.append(len(probe._kept))
        for _ in range(20):
            fork(hooks.bye)
        kept.append(len(probe._kept))
        print(*kept)
    """, tmp_path).split()  # fmt: skip
    before, without_room, second, third = map(int, kept)
    assert without_room == before
    assert third == second > before
    assert len(files(tmp_path, ".nursery.journal")) == 3


def test_a_rehearsal_that_fails_leaves_the_nursery(tmp_path: Path) -> None:
    run("""
        def fails(self):
            raise MemoryError
        probe.Hooks._rehearse_child = fails
        for _ in range(20):
            fork(hooks.bye)
    """, tmp_path)  # fmt: skip
    assert [len(NurseryFile(path).newborn()) for path in files(tmp_path, ".nursery.journal")] == [15, 5]


def test_a_nursery_is_opened_no_more_when_all_its_regions_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("""
        for _ in range(14):
            fork(hooks.bye)
    """, tmp_path)  # fmt: skip
    (path,) = files(tmp_path, ".nursery.journal")
    nursery = NurseryFile(path)
    assert len(nursery.newborn()) == 14
    data = bytearray(path.read_bytes())
    assert len(data) == 16 * probe.REGION
    last = 15 * probe.REGION
    data[15] = 1
    data[last : last + probe.SLOT] = data[probe.REGION : probe.REGION + probe.SLOT]
    path.write_bytes(data)
    assert [child.offset for child in nursery.newborn()] == [last]
    monkeypatch.setattr(os, "open", None)
    assert nursery.newborn() == []


def test_a_child_that_cannot_make_its_file_records_that_its_journal_is_cut(tmp_path: Path) -> None:
    pid = int(run("""
        import resource
        def work():
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
            for number in range(500):
                hooks.write(probe.REAPED, 0, 0, 0, number)
        print(fork(work))
    """, tmp_path))  # fmt: skip
    kinds = [type(record) for record in journals(tmp_path)[pid]]
    assert kinds == [Hello] + [Reaped] * (probe.REGION_SLOTS - 2) + [JournalCut]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are listed in /proc")
def test_no_descriptor_is_left_in_parent_or_child(tmp_path: Path) -> None:
    before, after, inside = run("""
        def count():
            return len(os.listdir("/proc/self/fd"))
        before = count()
        read, write = os.pipe()
        fork(lambda: os.write(write, b"%d" % count()))
        inside = int(os.read(read, 9)) - 2
        os.close(read), os.close(write)
        print(before, count(), inside)
    """, tmp_path).split()  # fmt: skip
    assert before == after == inside


def test_threads_that_fork_at_once_get_a_region_each(tmp_path: Path) -> None:
    run("""
        import threading
        def many():
            for _ in range(10):
                fork(hooks.bye)
        threads = [threading.Thread(target=many) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """, tmp_path)  # fmt: skip
    found = journals(tmp_path)
    assert len(found) == 41
    children = [records for records in found.values() if records[0].how == probe.FORK]
    assert sorted(records[0].fork for records in children) == list(range(1, 41))
    assert {tuple(type(record) for record in records) for records in children} == {(Hello, Bye)}


def test_a_follower_gives_each_record_once_and_the_ends_of_tasks_later(tmp_path: Path) -> None:
    """The child and the test take turns, by signals and pipes."""
    code = """
        import os
        def work():
            note = hooks.task_began(3, -1, len, ())
            hooks.text("a text that comes after")
            print("begun", flush=True)
            input()
            hooks.task_left(note, ValueError())
            print("ended", flush=True)
            input()
        fork(work)
    """
    begin = textwrap.dedent("""
        import os, sys
        from workers.recorded import probe
        hooks = probe.Hooks(sys.argv[1], "", (), {})
        hooks.open()
        sys.addaudithook(lambda event, _: hooks.before_fork() if event == "os.fork" else None)
        os.register_at_fork(after_in_parent=hooks.noting_forks(), after_in_child=hooks.after_fork_in_child)
        def fork(work):
            if os.fork() == 0:
                work()
                os._exit(0)
            os.wait()
        """)
    with subprocess.Popen(
        [sys.executable, "-c", begin + textwrap.dedent(code), str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        assert program.stdin is not None
        assert program.stdout is not None
        follower = Follower(tmp_path)
        assert program.stdout.readline() == "begun\n"
        texts: dict[int, str] = {}

        def tasks() -> list[WorkerTask]:
            found: list[WorkerTask] = []
            for entries in follower.poll().entries:
                found += [record for record in entries.records if isinstance(record, WorkerTask)]
                texts.update(entries.texts)
            return found

        (begun,) = tasks()
        assert (begun.flags, texts[begun.name_text], begun.job, begun.ended_clock_ns) == (probe.POOL_JOB, "len", 3, 0)
        assert tasks() == []
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline() == "ended\n"
        (ended,) = tasks()
        assert (ended.flags, ended.clock_ns, texts[ended.error_text]) == (probe.TASK_OVER, begun.clock_ns, "ValueError")
        assert ended.ended_clock_ns > ended.clock_ns
        assert tasks() == []
        program.stdin.write("\n")
    assert [type(record) for batch in read_all(tmp_path) for entries in batch.entries for record in entries.records
            ].count(WorkerTask) == 1  # fmt: skip


def test_the_error_of_a_task_may_stand_in_the_next_file(tmp_path: Path) -> None:
    run("""
        def work(before):
            for number in range(before):
                hooks.write(probe.REAPED, 0, 0, 0, number, number)
            hooks.task_left(hooks.task_began(3, -1, len, (), {}, probe.POOL_JOB), ValueError())
        for before in range(probe.REGION_SLOTS):
            fork(lambda: work(before))
    """, tmp_path)  # fmt: skip
    last: dict[str, tuple[WorkerTask, str | None]] = {}  # by process, as it was given last
    for batch in read_all(tmp_path):
        for entries in batch.entries:
            for record in entries.records:
                if isinstance(record, WorkerTask):
                    assert not record.flags & probe.TASK_OVER or record.error_text in entries.texts
                    last[entries.name] = record, entries.texts.get(record.error_text)
    assert len(last) == probe.REGION_SLOTS
    assert {error for _, error in last.values()} == {"ValueError"}
    assert all(task.flags & probe.TASK_OVER for task, _ in last.values())


def test_a_file_that_only_looks_like_a_nursery_has_no_children(tmp_path: Path) -> None:
    path = tmp_path / "1-2.nursery.journal"
    assert NurseryFile(path).newborn() == []
    for data in (b"", b"\1" * 100, b"\1" * (3 * probe.REGION), b"\2" * (5 * probe.REGION + 7)):
        path.write_bytes(data)
        assert [child for child in NurseryFile(path).newborn() if child.offset + probe.SLOT > len(data)] == []
        list(read_all(tmp_path))
    assert is_nursery(path.name)
    assert not is_nursery("1-2.journal")
    assert not is_nursery("1-2.more.journal")
