"""The keeper sees and reaps every process, with Linux's means and without, and ends when everything is noted."""

import os
import signal
import sys
import time

import psutil
import pytest
from support.recording import recorded, recording, script

from workers.commands import SendSignal, StopRun
from workers.engines.programs import Program
from workers.folding.fold import Fold
from workers.journal.follower import read_all
from workers.journal.kinds import Kind
from workers.plan.plan import Plan, StartMethod, Workload
from workers.timeline.model import Process, ProcessKind, State
from workers.timeline.timeline import Timeline

MS = 1_000_000
METHODS = list(StartMethod) if os.name == "posix" else [StartMethod.SPAWN]
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's own means")


def run_code(code: str) -> Program:
    """A program that runs a piece of code."""
    return Program((sys.executable, "-c", code), os.getcwd(), "code")


def workers_of(timeline: Timeline) -> dict[str, Process]:
    """The workers by name."""
    return {process.name: process for process in timeline.processes if process.kind is ProcessKind.WORKER}


@linux_only
@pytest.mark.parametrize("method", METHODS)
def test_without_linuxs_means_the_same_is_seen_within_forty_ms(method: StartMethod) -> None:
    """The test kills each worker itself, so it knows the moments."""
    with recording(script("family.py", method), portable=True) as following:
        # One pipe for all: their lines can run into each other.
        following.until(lambda: "".join(following.lines()).count("waiting") == 4)
        following.until(lambda: "all started" in "".join(following.lines()))
        origin_ns = following.fold.origin_ns
        assert origin_ns is not None
        killed: dict[int, int] = {}
        for number in (1, 2, 3):
            pid = following.worker(number).pid
            assert pid is not None
            killed[pid] = time.perf_counter_ns() - origin_ns
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.03)
        following.until(lambda: all(following.worker(number).exited_ns for number in (1, 2, 3)))
        following.run.command(StopRun())
        timeline = following.finish()
    kinds = sorted(process.kind for process in timeline.processes)
    helpers = {StartMethod.FORK: 0, StartMethod.SPAWN: 1, StartMethod.FORKSERVER: 2}[method]
    assert kinds.count(ProcessKind.HELPER) == helpers
    assert kinds.count(ProcessKind.WORKER) == 4
    assert kinds.count(ProcessKind.FORKED) == 2
    for number in (1, 2, 3):
        worker = following.worker(number)
        assert worker.exit_code == -9
        assert worker.exited_ns is not None
        assert abs(worker.exited_ns - killed[worker.pid or 0]) < 40 * MS
    assert not any(process.lost for process in timeline.processes)


def test_without_linuxs_means_all_output_arrives_without_its_writers() -> None:
    timeline = recorded(Plan.make([1000, 2000], Workload.SORT), portable=True)
    assert [line.process for line in timeline.lines] == [None] * len(timeline.lines)
    text = "\n".join(line.text for line in timeline.lines)  # with one pipe for all, two lines can run into each other
    assert [text.count(part) for part in ("Started with n: 1000", "Started with n: 2000", "We're done")] == [1, 1, 1]
    assert [process.exit_code for process in timeline.processes] == [0, 0, 0]


@linux_only
def test_the_zombies_life_is_exact() -> None:
    """A worker that ended is a zombie until its parent joins it; then it is reaped."""
    timeline = recorded(Plan.make([10_000, 400_000], Workload.SLEEP, steps="start*; join 2; join 1"))
    first, second = timeline.process(2), timeline.process(3)
    assert first.exited_ns is not None
    assert first.reaped_ns is not None
    assert second.joined_ns is not None
    assert first.reaped_ns - first.exited_ns > 300 * MS
    assert first.reaped_ns >= second.joined_ns
    assert first.cpu_s is not None


@linux_only
def test_a_worker_paused_from_the_first_moment_is_paused() -> None:
    with recording(run_code("import os, signal; os.kill(os.getpid(), signal.SIGSTOP); print('on')")) as following:
        following.until(lambda: following.timeline.program is not None and following.timeline.process(1).paused)
        assert following.timeline.process(1).state is State.PAUSED
        program = following.timeline.process(1)
        assert program.pid is not None
        following.run.command(SendSignal(program.pid, following.fold.ticks[1], signal.SIGCONT))
        timeline = following.finish()
    assert following.printed("on")
    assert [(one.signal, one.by) for one in timeline.signalled] == [("SIGSTOP", 1), ("SIGCONT", None)]
    assert timeline.exit_code == 0


@linux_only
def test_orphans_are_reaped() -> None:
    code = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(0.3)\n"
        "        os._exit(6)\n"
        "    os._exit(5)\n"
        "os.wait()\n"
    )
    with recording(run_code(code)) as following:
        timeline = following.finish()
        assert psutil.Process(following.run.keeper.pid).children() == [] if following.run.lost else True
    orphan = timeline.processes[-1]
    assert orphan.exit_code == 6
    assert orphan.reaped_ns is not None
    assert orphan.exited_ns is not None
    assert 0 <= orphan.reaped_ns - orphan.exited_ns < 500 * MS


@linux_only
def test_the_run_lasts_as_long_as_a_daemon_that_is_recorded() -> None:
    code = "import os, time\nif os.fork() == 0:\n    time.sleep(0.4); print('late'); os._exit(0)\nos._exit(4)"
    timeline = recorded(run_code(code))
    assert timeline.exit_code == 4
    daemon = timeline.processes[-1]
    assert daemon.exited_ns is not None
    assert timeline.now_ns >= daemon.exited_ns > 400 * MS


@linux_only
def test_a_process_that_the_program_leaves_behind_is_followed_until_stop_ends_it() -> None:
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-I', '-c', 'import time; time.sleep(60)'], env={'KEY': 'unrecorded'})\n"
    )
    with recording(run_code(code)) as following:
        processes = following.timeline.processes
        following.until(lambda: len(processes) == 2 and processes[0].exited_ns is not None)
        left = processes[1]
        assert left.kind is ProcessKind.SUBPROCESS
        assert not left.ended
        assert not following.run.over
        following.run.command(StopRun())
        following.finish()
        assert left.exit_code == -signal.SIGTERM


@linux_only
def test_stop_ends_what_hides_its_mark() -> None:
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-I', '-c', 'import time; time.sleep(60)'], env={}, start_new_session=True)\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with recording(run_code(code)) as following:
        following.until(lambda: following.lines())
        hidden = int(following.lines()[0])
        assert psutil.pid_exists(hidden)
        following.run.command(StopRun())
        following.finish()
        assert not psutil.pid_exists(hidden)


def test_the_last_output_is_not_lost() -> None:
    """The end of the program can be seen before its last output is read."""
    for _ in range(3):
        timeline = recorded(
            run_code("import os; os.write(1, b'x' * 150_000 + b'\\nlast words'); os._exit(0)"), whole=True
        )
        assert timeline.lines[-1].text == "last words"
        assert timeline.exit_code == 0


def test_the_end_is_noted_last() -> None:
    with recording(Plan.make([1000] * 3, Workload.SORT, METHODS[-1])) as following:
        following.finish()
        batches = list(read_all(following.run.folder))
    kinds = b"".join(
        entries.records.kinds for batch in batches for entries in batch.entries if entries.name == "keeper.journal"
    )
    assert kinds[0] == Kind.RUN
    assert kinds[-1] == Kind.ENDED
    assert kinds.count(Kind.EXITED) == kinds.count(Kind.RELEASED) + (not sys.platform.startswith("linux"))
    timeline = Timeline()
    fold = Fold(timeline)
    for batch in batches:
        fold.apply(batch)
    assert not timeline.ended
    fold.finish(0)
    assert timeline.ended
    assert timeline.warnings == []


@linux_only
def test_use_is_sampled() -> None:
    timeline = recorded(Plan.make([700_000], Workload.SPIN))
    worker = workers_of(timeline)["Process-1"]
    samples = timeline.samples[worker.id]
    assert len(samples) >= 2
    assert samples[-1].cpu_s > 0
    assert (worker.peak_rss_bytes or 0) > 5_000_000
