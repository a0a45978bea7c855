"""Faults of processes, one test each: what the user must see, and that nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from support.commands import LIMIT_S, PROCESSION, procession
from support.groups import limited_group
from support.paths import ROOT
from support.recording import Recording, named, recorded, recording, script
from support.scripts import script_path

from workers.analysis.findings.all_findings import findings
from workers.commands import SendSignal, StopRun
from workers.errors import PlanError
from workers.plan.estimate import refusal
from workers.plan.plan import MOST_WORKERS, Plan, StartMethod, Workload
from workers.system import process_tree
from workers.system.machine import Machine
from workers.timeline.model import CallName, ProcessKind, State

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="signals, /proc and forks as Linux has them"
)
MS = 1_000_000
GONE_WITHIN_S = 2.0


def gone(folder: Path, limit_s: float = GONE_WITHIN_S) -> float:
    """Wait until no process carries the run's mark; how long that took."""
    began = time.monotonic()
    while left := process_tree.marked(folder):
        assert time.monotonic() - began < limit_s, [process.cmdline() for process in left]
        time.sleep(0.02)
    return time.monotonic() - began


def running_family(following: Recording) -> None:
    """Until everything of the script family.py is there."""
    following.until(lambda: following.lines().count("waiting") == 4 and following.printed("all started"))


@pytest.mark.parametrize("daemon", [[], ["daemon"]], ids=["plain", "daemon"])
@pytest.mark.parametrize("method", list(StartMethod))
def test_when_the_owner_is_killed_the_whole_tree_is_gone(method: str, daemon: list[str]) -> None:
    """The owner is the window or the command line; here it is a process of its own that is killed in the middle."""
    owner = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent("""
            import sys, time
            from support.recording import Recording, script
            from workers.engines.local_engine import LocalEngine
            engine = LocalEngine(script("family.py", *sys.argv[1:]))
            engine.start()
            following = Recording(engine)
            following.until(lambda: following.lines().count("waiting") == 4 and following.printed("all started"))
            print(following.run.folder, following.run.keeper.pid, flush=True)
            time.sleep(60)
        """), method, *daemon],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    )  # fmt: skip
    assert owner.stdout is not None
    with owner.stdout:
        folder, keeper = owner.stdout.readline().split()
    try:
        assert len(process_tree.marked(Path(folder))) >= 5
    finally:
        owner.kill()
        owner.wait()
    took_s = gone(Path(folder))
    while lives(int(keeper)):
        took_s += 0.02
        assert took_s < GONE_WITHIN_S
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether it exists and is no zombie; its adopter may reap it late."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("method", list(StartMethod))
def test_when_the_keeper_is_killed_processes_are_lost_and_gone_and_a_new_run_works(method: str) -> None:
    with recording(script("family.py", method)) as following:
        running_family(following)
        os.kill(following.run.keeper.pid, signal.SIGKILL)
        began = time.monotonic()
        timeline = following.finish()
        assert time.monotonic() - began < GONE_WITHIN_S
        assert following.alive() == []
        assert following.run.lost
    workers = [process for process in timeline.processes if process.kind is ProcessKind.WORKER][:3]
    assert [process.state for process in (timeline.process(1), *workers)] == [State.LOST] * 4
    assert all(process.exited_ns is None and process.lost_ns is not None for process in workers)
    assert any("was ended by SIGKILL (from outside, or" in warning for warning in timeline.warnings)
    again = recorded(Plan.make([1000], Workload.SORT, StartMethod(method)))
    assert (again.exit_code, again.process(2).exit_code) == (0, 0)


def test_a_worker_that_holds_the_gil_is_seen_from_outside() -> None:
    with recording(script("holds_gil.py")) as following:
        following.until(lambda: following.printed("sorting"))
        worker = following.worker(1)
        following.until(lambda: worker.cpu_s is not None and worker.rss_bytes is not None)
        assert worker.pid is not None
        following.run.command(SendSignal(worker.pid, following.fold.ticks[worker.id], signal.SIGKILL))
        timeline = following.finish()
    sent = timeline.signalled[0]
    assert (sent.process, sent.signal) == (worker.id, "SIGKILL")
    assert worker.exit_code == -9
    assert worker.exited_ns is not None
    assert 0 <= worker.exited_ns - sent.at_ns < 300 * MS  # a large memory is given back first
    assert worker.target_ended_ns is None
    assert worker.joined_ns is not None


def test_stop_ends_the_deaf_after_three_seconds_and_daemons_that_forked_twice() -> None:
    with recording(script("family.py", "fork")) as following:
        running_family(following)
        began = time.monotonic()
        following.run.command(StopRun())
        timeline = following.finish()
        took_s = time.monotonic() - began
        assert following.alive() == []
    assert 2.9 < took_s < 5
    codes = sorted(p.exit_code or 0 for p in timeline.processes if p.kind is ProcessKind.WORKER)
    assert codes == [-15, -15, -9, 0] or codes == [-15, -15, -9, 0][::-1] or sorted(codes) == [-15, -15, -9, 0]
    daemons = [p for p in timeline.processes if p.kind is ProcessKind.FORKED]
    assert [p.exit_code for p in daemons if p.exit_code is not None and p.exit_code < 0] == [-15]
    assert not any(p.lost for p in timeline.processes)


def test_a_stopped_process_is_paused_blocks_nothing_and_is_ended_by_stop() -> None:
    plan = Plan.make([30_000_000] * 2, Workload.SLEEP)
    with recording(plan) as following:
        following.until(lambda: following.state(1) is following.state(2) is State.ALIVE)
        worker = following.worker(1)
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        assert following.until(lambda: worker.state is State.PAUSED) < 1
        assert following.worker(2).state is State.ALIVE
        os.kill(worker.pid, signal.SIGCONT)
        assert following.until(lambda: worker.state is State.ALIVE) < 1
        os.kill(worker.pid, signal.SIGSTOP)
        following.until(lambda: worker.state is State.PAUSED)
        began = time.monotonic()
        following.run.command(StopRun())
        timeline = following.finish()
        assert time.monotonic() - began < 2
    assert [worker.exit_code, timeline.process(1).exit_code] == [-15, -15]
    assert not worker.paused


def test_a_join_on_a_stopped_process_says_that_it_is_stopped() -> None:
    with recording(Plan.make([300_000], Workload.SLEEP)) as following:
        following.until(lambda: following.state(1) is State.ALIVE)
        worker = following.worker(1)
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        following.until(lambda: [one.code for one in findings(following.timeline)] == ["stopped"])
        said = findings(following.timeline)[0]
        os.kill(worker.pid, signal.SIGCONT)
        timeline = following.finish()
    assert said.text == (
        "The program waits in join() for Process-1, which is stopped by a signal and continues only after SIGCONT."
    )
    assert said.processes[0] == worker.id
    assert worker.exit_code == 0
    assert findings(timeline) == []


@pytest.mark.parametrize("method", list(StartMethod))
def test_the_program_that_forks_has_one_thread(method: StartMethod) -> None:
    with recording(Plan.make([30_000_000] * 2, Workload.SLEEP, method)) as following:
        following.until(lambda: following.state(1) is following.state(2) is State.ALIVE)
        pids = [process.pid for process in following.timeline.processes if process.pid is not None]
        assert len(pids) >= 3
        assert [len(os.listdir(f"/proc/{pid}/task")) for pid in pids] == [1] * len(pids)
        following.run.command(StopRun())
        following.finish()


@pytest.mark.parametrize("method", list(StartMethod))
def test_every_bad_end_has_its_code_and_the_others_go_on(method: str) -> None:
    timeline = recorded(script("ends_badly.py", method))
    assert timeline.exit_code == 0
    assert timeline.lines[-1].text == "joined all"
    ends = {p.name: p.exit_code for p in timeline.processes if p.kind is ProcessKind.WORKER}
    assert ends == {"killed": -9, "exits": 7, "memory": 1, "aborts": -6, "terminated": -15, "lives": 0}
    assert named(timeline, "memory").error == "MemoryError"
    assert named(timeline, "killed").exit_text == "SIGKILL (exit code -9)"
    lives = named(timeline, "lives")
    for process in timeline.processes[1:]:
        if process.kind is ProcessKind.WORKER:
            assert process.exited_ns is not None
            assert process.joined_ns is not None
            assert process.target_began_ns is not None
            assert process.target_began_ns < process.exited_ns
            assert process is lives or process.exited_ns < (lives.exited_ns or 0)
            assert process.exited_ns <= process.joined_ns


def test_a_grandchild_that_holds_the_sentinel_does_not_move_the_exit(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with recording(script("holds_sentinel.py", str(note))) as live:
        timeline = live.finish()
        last_ns, dead_ns = (int(at) - (live.fold.origin_ns or 0) for at in note.read_text().split())
    assert timeline.lines[-1].text == "blocked -9"
    worker = named(timeline, "Process-1")
    join = next(call for call in timeline.calls if call.name is CallName.JOIN)
    assert join.ended_ns is not None
    assert worker.exited_ns is not None
    assert last_ns <= worker.exited_ns <= dead_ns <= join.began_ns <= join.ended_ns - 900 * MS
    assert worker.exit_code == -9
    grandchild = next(p for p in timeline.processes if p.kind is ProcessKind.FORKED)
    assert grandchild.exit_code == 0
    assert grandchild.exited_ns is not None
    assert grandchild.exited_ns > join.ended_ns


def test_a_process_is_named_by_pid_and_start_time() -> None:
    """A signal for a pid that another process has by now reaches no process."""
    with recording(Plan.make([300_000], Workload.SLEEP)) as following:
        following.until(lambda: following.state(1) is State.ALIVE)
        worker = following.worker(1)
        # The keeper's word for it can come after the worker's own.
        following.until(lambda: worker.id in following.fold.ticks)
        assert worker.pid is not None
        following.run.command(SendSignal(worker.pid, following.fold.ticks[worker.id] + 1, signal.SIGKILL))
        timeline = following.finish()
    assert timeline.signalled == []
    assert worker.exit_code == 0


def test_a_pid_that_is_used_again_is_another_process() -> None:
    """Recorded in a pid namespace, where the next number can be chosen."""
    inside = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    writes = "open('/proc/sys/kernel/ns_last_pid', 'w').write('100')"
    if subprocess.run([*inside, sys.executable, "-c", writes], capture_output=True, check=False).returncode:
        pytest.skip("this system allows no user to make a pid namespace, or to choose a pid in it")
    command = [*inside, *PROCESSION, "record", "--python", sys.executable, "--json", str(script_path("reuses_pid.py"))]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    said = json.loads(done.stdout)
    assert [line["text"] for line in said["output"]] == ["same"]
    first, second = [process for process in said["processes"] if process["kind"] == "worker"]
    assert (first["name"], second["name"]) == ("first", "second")
    assert first["pid"] == second["pid"]
    assert (first["exit_code"], second["exit_code"], first["lost"], second["lost"]) == (0, 0, False, False)
    assert first["exited_s"] <= first["joined_s"] < second["start_called_s"] < second["exited_s"]
    assert second["exited_s"] - second["target_began_s"] > 0.25
    assert [one["severity"] for one in said["findings"] if one["code"] != "one_after_another"] == []


def test_a_worker_that_the_kernel_ends_for_want_of_memory_is_told_as_that() -> None:
    """By the kernel itself, in a group of processes that has little memory."""
    with limited_group("memory", 64 << 20) as group:
        timeline = recorded(script("out_of_memory.py", str(group)))
    assert timeline.exit_code == 0
    assert sorted(line.text for line in timeline.lines) == ["[-9, 0]", "hungry", "modest"]
    hungry, modest = named(timeline, "hungry"), named(timeline, "modest")
    assert (hungry.exit_code, modest.exit_code) == (-9, 0)
    assert hungry.joined_ns is not None
    assert hungry.exited_ns is not None
    assert hungry.exited_ns <= hungry.joined_ns
    (said,) = findings(timeline)
    assert (said.code, said.processes) == ("killed", (hungry.id,))
    assert "the kernel had run out of memory (it used " in said.text


def test_a_worker_that_the_kernel_does_not_let_go_is_said_not_to_respond_and_blocks_nothing() -> None:
    with recording(script("stuck.py")) as following:
        following.until(lambda: [one.code for one in findings(following.timeline)] == ["not_responding"])
        assert "stuck has not responded" in findings(following.timeline)[0].text
        assert named(following.timeline, "other").exit_code == 0
        began = time.monotonic()
        following.run.command(StopRun())
        timeline = following.finish()
        assert time.monotonic() - began < 5
    assert named(timeline, "stuck").exit_code == -15
    assert not any(process.lost for process in timeline.processes)


def test_more_memory_than_there_is_is_refused_with_the_figures() -> None:
    said = refusal(Plan.make([100_000_000] * 4), Machine(available_bytes=8 << 30, cores=2))
    assert said is not None
    assert "22" in said
    assert "8" in said


def test_too_many_workers_are_refused_with_the_limit_named() -> None:
    with pytest.raises(PlanError, match=rf"10,000 workers are too many.*{MOST_WORKERS}"):
        Plan.make([1000] * 10_000)


def test_ten_thousand_workers_asked_for_on_the_command_line_are_refused_before_anything_starts() -> None:
    done = procession("run", "--workers", "10000")
    assert (done.code, done.out) == (2, b"")
    assert "10000 is out of range: a plan runs 1 to 64 workers" in done.sentence
    assert not list(Path(os.environ["XDG_STATE_HOME"]).glob("procession/runs/*"))


def test_a_script_that_starts_ten_thousand_ends_at_the_limit_as_it_would_alone() -> None:
    """The kernel's own refusal (EAGAIN), in a group of processes that allows 200."""
    with limited_group("pids", 200) as group:
        command = [sys.executable, str(script_path("ten_thousand.py")), str(group)]
        alone = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        timeline = recorded(script("ten_thousand.py", str(group)))
    assert (alone.returncode, alone.stdout) == (1, "started 199\n")
    assert timeline.exit_code == 1
    assert [line.text for line in timeline.lines if line.stream == "stdout"] == ["started 199"]
    assert timeline.lines[-1].text == alone.stderr.splitlines()[-1]
    assert timeline.lines[-1].text == "BlockingIOError: [Errno 11] Resource temporarily unavailable"
    workers = [process for process in timeline.processes if process.kind is ProcessKind.WORKER]
    assert [process.exit_code for process in workers] == [-15] * 199 + [None]
    assert workers[-1].error == "start() raised BlockingIOError"
    (said,) = findings(timeline)[:1]
    assert (said.code, said.processes) == ("start_failed", (workers[-1].id,))


def test_no_more_descriptors_half_way_stops_what_did_start() -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (48, limits[1]))
    try:
        timeline = recorded(Plan.make([60_000_000] * 60, Workload.SLEEP))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert timeline.exit_code == 1
    errors = [line.text for line in timeline.lines if line.stream == "stderr"]
    assert errors == ["A process could not be started: Too many open files. The workers that were started are stopped."]
    started = [p for p in timeline.processes[1:] if p.pid is not None]
    assert 5 < len(started) < 60
    assert {p.exit_code for p in started} == {-15}
    failed = [p for p in timeline.processes if p.not_born]
    assert [p.error for p in failed] == ["start() raised OSError"]
    assert not any(p.lost for p in timeline.processes)


def test_no_more_processes_half_way_ends_the_program_with_its_own_error() -> None:
    timeline = recorded(script("no_more_forks.py"))
    assert timeline.exit_code == 1
    assert timeline.lines[-1].text == "BlockingIOError: [Errno 11] Resource temporarily unavailable"
    workers = [p for p in timeline.processes if p.kind is ProcessKind.WORKER]
    assert [p.exit_code for p in workers] == [-15, -15, -15, None]
    assert workers[3].error == "start() raised BlockingIOError"


def test_an_unpicklable_target_is_the_programs_error_and_the_run_ends_by_itself() -> None:
    timeline = recorded(script("unpicklable.py"))
    assert timeline.exit_code == 1
    text = "\n".join(line.text for line in timeline.lines if line.stream == "stderr")
    assert "PicklingError" in text or "AttributeError: Can't pickle" in text
    start = next(call for call in timeline.calls if call.name is CallName.START)
    join = next(call for call in timeline.calls if call.name is CallName.JOIN)
    assert start.error in ("PicklingError", "AttributeError")
    assert join.error == "AssertionError"
    assert timeline.ended
    assert not any(p.lost for p in timeline.processes)


@pytest.mark.parametrize(
    ("name", "said", "waited_for", "code", "sentence"),
    [
        ("queue_lock.py", "putting", 2, "dead_holder",
         "Process-2 waits forever for a lock, semaphore or event in SimpleQueue.put() (queue_lock.py:16): Process-1, which "
         "was killed by SIGKILL, may have held it."),
        ("undrained.py", "put", 1, "undrained",
         "The program waits in join() for Process-1, which cannot end before the data that it put into a Queue is "
         "read: get everything from the Queue before join()."),
    ],
)  # fmt: skip
def test_waiting_for_ever_is_shown_with_who_is_waited_for_and_ended_by_stop(
    name: str, said: str, waited_for: int, code: str, sentence: str
) -> None:
    with recording(script(name)) as following:
        following.until(lambda: following.printed(said))
        following.until(lambda: following.timeline.waiting_call(1) is not None)
        call = following.timeline.waiting_call(1)
        assert call is not None
        assert call.process == following.worker(waited_for).id
        following.until(lambda: [one for one in findings(following.timeline) if one.code == code])
        assert following.timeline.waiting_call(1) is call
        began = time.monotonic()
        following.run.command(StopRun())
        timeline = following.finish()
        assert time.monotonic() - began < 2
    assert timeline.process(1).exit_code == -15
    assert following.worker(waited_for).exit_code == -15
    if name == "queue_lock.py":
        assert following.worker(1).exit_code == -9
    hang = next(one for one in findings(timeline) if one.code == code)
    # It points to the line that the process waits at where its stack was read, else to the join() that waits for it.
    place = (None, 16) if name == "queue_lock.py" else (call.id, call.line)
    assert (hang.text, hang.call, hang.line) == (sentence, *place)
    assert hang.file.endswith(name)
    assert {one.code for one in findings(timeline)} - {code} <= {"killed"}  # nothing of what Stop did


def test_the_program_keeps_its_own_signals_and_limits() -> None:
    """What the keeper sets for itself is not inherited."""
    code = "import signal, resource; print(signal.getsignal(2), resource.getrlimit(resource.RLIMIT_NOFILE))"
    bare = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    from workers.engines.programs import Program

    timeline = recorded(Program((sys.executable, "-c", code), os.getcwd(), "code"))
    assert [line.text for line in timeline.lines] == bare.stdout.splitlines()


def test_the_program_keeps_the_scheduling_that_its_user_asked_for(tmp_path: Path) -> None:
    """As with chrt and nice, for each policy that needs no rights."""
    script = tmp_path / "policy.py"
    script.write_text("import os\nprint(os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))\n")
    asked = {"SCHED_BATCH": 3, "SCHED_IDLE": 0, "SCHED_OTHER": 4}
    begin = "import os, sys; os.nice(int(sys.argv[2])); os.sched_setscheduler(0, getattr(os, sys.argv[1]), os.sched_param(0))"
    begin += "; os.execv(sys.argv[3], sys.argv[3:])"
    for policy, nice in asked.items():
        command = [sys.executable, "-c", begin, policy, str(nice), *PROCESSION, "record", str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        before = os.getpriority(os.PRIO_PROCESS, 0)
        assert done.stdout.split() == [str(getattr(os, policy)), str(min(19, before + nice))], policy
