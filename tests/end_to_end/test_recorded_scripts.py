"""Unprepared scripts: each prints and returns the same recorded as alone, and its processes are recorded."""

import os
import shutil
import signal
import subprocess
import sys
import zipapp
from collections import Counter
from pathlib import Path

import psutil
import pytest
from support.run_pairs import Ran, Recorded, alone, line_of, pids_of, record, recorded, same
from support.scripts import script_path

from workers.analysis.status import sentence
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program, script_program
from workers.keeper.launch import StandardStreams
from workers.timeline.model import CallName, ProcessKind, State
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
METHODS = pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
HELPERS = {"fork": [], "spawn": ["resource tracker"], "forkserver": ["resource tracker", "fork server"]}


def both(script: str, *arguments: str) -> Recorded:
    """A script alone and recorded, having said the same."""
    bare = alone(script, *arguments)
    found = recorded(script, *arguments)
    same(bare, found)
    return found


def started(found: Recorded) -> list[str]:
    """Names of the processes that are no helpers, without the program."""
    return [p.name for p in found.timeline.processes if p.kind is not ProcessKind.HELPER and p.id != 1]


def helpers(found: Recorded) -> list[str]:
    return [process.name for process in found.of_kind(ProcessKind.HELPER)]


def tasks(found: Recorded) -> "Counter[str]":
    return Counter(task.name for task in found.timeline.tasks)


@METHODS
def test_four_children_end_in_four_ways(method: str, tmp_path: Path) -> None:
    note = tmp_path / "note"
    found = both("four_ends.py", method, str(note))
    children = [found.named(name) for name in ("well", "exits", "kills_itself", "is_killed")]
    assert [child.exit_code for child in children] == [0, 3, -9, -9]
    assert [child.signal_name for child in children] == [None, None, "SIGKILL", "SIGKILL"]
    assert all(child.state is State.JOINED and child.start_method == method for child in children)
    for child in children:
        assert child.start_called_ns is not None
        assert child.born_ns is not None
        assert child.target_began_ns is not None
        assert child.exited_ns is not None
        assert child.reaped_ns is not None
        assert child.joined_ns is not None
        assert (child.start_called_ns < child.born_ns < child.target_began_ns < child.exited_ns
                <= child.reaped_ns <= child.joined_ns)  # fmt: skip
    for child in children:  # between its last word, or the signal, and the kernel's word for its end
        last = note if child.name == "is_killed" else tmp_path / f"note-{child.name}"
        dead = tmp_path / f"note-{child.name}-dead"
        assert dead.exists() == (method != "forkserver")
        dead_ns = int(dead.read_text()) - found.origin_ns if dead.exists() else child.reaped_ns or 0
        assert int(last.read_text()) - found.origin_ns <= (child.exited_ns or 0) <= dead_ns, child.name
        assert child is children[3] or (child.exited_ns or 0) - (child.target_began_ns or 0) >= 50_000_000
    assert [child.target_ended_ns is not None for child in children] == [True, False, False, False]
    assert sorted(helpers(found)) == sorted(HELPERS[method])


@METHODS
def test_every_call_is_recorded(method: str) -> None:
    script = "every_call.py"
    found = both(script, method)
    names = ["outer", "inner", "sub", "bad", "long", "other"]
    assert Counter(started(found)) == Counter(names)
    outer, inner, sub, bad, long, other = (found.named(name) for name in names)
    assert inner.parent_id == outer.id
    assert [call.name for call in found.calls(outer)] == [CallName.START, CallName.JOIN]
    for child, text in ((outer, " first.start()"), (bad, " bad.start()"), (inner, " inner.start()")):
        start = found.calls(child, "start")[0]
        assert (Path(start.file).name, start.line) == (script, line_of(script, text))
        assert start.ended_ns is not None
    assert bad.error == "LookupError"
    assert bad.exit_code == 1
    assert (long.daemon, outer.daemon) == (True, False)
    first, last = found.calls(long, "join")
    assert (first.timeout_s, first.result, last.timeout_s, last.result) == (0.05, False, 20.0, True)
    asked = found.calls(long, "is_alive")
    assert first.began_ns + 50_000_000 <= (first.ended_ns or 0) <= asked[0].began_ns
    assert [call.result for call in asked] == [True, False]
    assert len(found.calls(long, "terminate")) == 1
    assert long.exit_code == -signal.SIGTERM
    assert len(found.calls(other, "kill")) == 1
    assert len(found.calls(other, "close")) == 1
    assert other.exit_code == -signal.SIGKILL
    assert other.start_method == ("spawn" if method == "fork" else "fork")
    assert [call.error for call in found.calls(other, "is_alive")] == ["ValueError"]
    assert [call.error for call in found.calls(sub, "start")] == [None, "AssertionError"]
    assert [process.name for process in found.timeline.processes if process.lost] == []


@METHODS
def test_who_collected_a_child_is_known_to_the_moment(method: str, tmp_path: Path) -> None:
    note = tmp_path / "note"
    found = both("reaped_by.py", method, str(note))
    for line in note.read_text().splitlines():
        name, *moments = line.split("\t")
        child = found.named(name)
        dead_ns, noted_ns = (int(at) - found.origin_ns for at in moments)
        if method != "forkserver":  # its server reaps at once
            assert (child.exited_ns or 0) <= dead_ns <= (child.reaped_ns or 0) <= noted_ns, name
        assert child.exit_code == 0
        assert (child.joined_ns is not None) == (name == "by join")


@METHODS
def test_pools(method: str) -> None:
    found = both("pools.py", method)
    workers = found.of_kind(ProcessKind.POOL_WORKER)
    assert len(workers) == 2
    assert sorted(helpers(found)) == sorted(HELPERS[method])
    assert tasks(found) == {"square": 8, "add": 7}
    assert [task.error for task in found.timeline.tasks if task.error] == ["ValueError"]
    for task in found.timeline.tasks:
        assert task.submitted_ns is not None
        assert task.ended_ns is not None
        assert task.submitted_ns < task.began_ns <= task.ended_ns
    assert sum(worker.tasks for worker in workers) == 15


def test_a_pool_of_threads_is_none_of_processes() -> None:
    found = both("pools_of_threads.py")
    kinds = [process.kind for process in found.timeline.processes if process.kind is not ProcessKind.HELPER]
    assert kinds == [ProcessKind.PROGRAM]
    assert tasks(found) == {"square": 3}
    assert all(task.thread and task.process == 1 for task in found.timeline.tasks)


@METHODS
def test_executors(method: str) -> None:
    found = both("executors.py", method)
    workers = found.of_kind(ProcessKind.POOL_WORKER)
    assert tasks(found) == {"square": 7, "dies": 1}
    assert [task.error for task in found.timeline.tasks if task.error] == ["ValueError"]
    (grave,) = [task for task in found.timeline.tasks if task.name == "dies"]
    assert grave.ended_ns is None
    assert found.timeline.process(grave.process).signal_name == "SIGKILL"
    assert [worker.signal_name for worker in workers if worker.id != grave.process] == [None] * (len(workers) - 1)
    assert all(task.submitted_ns is not None for task in found.timeline.tasks)


def test_joblib() -> None:
    found = both("with_joblib.py")
    assert tasks(found) == {"triple": 6, "factorial": 3}
    assert len(found.of_kind(ProcessKind.POOL_WORKER)) == 2
    assert set(started(found)) == {worker.name for worker in found.of_kind(ProcessKind.POOL_WORKER)}
    assert all(task.submitted_ns is not None and task.ended_ns is not None for task in found.timeline.tasks)


def test_forks_and_subprocesses() -> None:
    found = both("not_multiprocessing.py")
    forks = found.of_kind(ProcessKind.FORKED)
    assert [fork.exit_code for fork in forks] == [4, 7, 6]
    assert [fork.parent_id for fork in forks] == [1, 1, forks[1].id]
    others = found.of_kind(ProcessKind.SUBPROCESS)
    codes = [process.exit_code for process in others]
    # A program that is not there: where subprocess can use posix_spawn, as from Python 3.13 on, the C library says so.
    missing = 127 if hasattr(os, "POSIX_SPAWN_CLOSEFROM") else 255
    assert Counter(codes) == Counter([5, 3, 2, 9, 0, 0, 0, 8, -9, missing, 0, 1, 0])
    assert [process.exit_code for process in others if process.name == "sh -c exit 5"] == [5]
    assert [process.exit_code for process in others if process.name == "sh -c exit 1"] == [1]
    assert all(process.born_ns is not None and process.exited_ns is not None for process in others)
    assert not [process.name for process in found.timeline.processes if process.lost]


@METHODS
def test_helpers_are_told_apart(method: str) -> None:
    found = both("helpers.py", method)
    assert started(found) == ["putter"]
    wanted = {"resource tracker", *HELPERS[method]}
    assert wanted < set(helpers(found))
    assert len(helpers(found)) == len(wanted) + 1
    assert found.named("putter").exit_code == 0


@METHODS
def test_surroundings_are_what_they_are_alone(method: str) -> None:
    both("looks_around.py", method)


def test_a_script_that_uses_no_multiprocessing_does_not_get_it() -> None:
    found = both("nothing.py")
    assert b"'multiprocessing" not in found.out
    assert found.code == 1


def test_tracebacks_are_the_same_to_the_caret() -> None:
    found = both("raises.py")
    assert b"probe" not in found.out + found.err
    assert b"^^^" in found.out


def test_all_descriptors_can_be_closed() -> None:
    found = both("closes_descriptors.py")
    assert [found.named(name).exit_code for name in ("fork", "spawn", "last")] == [0, 0, 7]
    assert found.code == 7


@METHODS
def test_another_folder_session_and_interpreter(method: str) -> None:
    found = both("moves_away.py", method)
    assert [p.exit_code for p in found.timeline.processes if p.name == "in a session"] == [0, 0]
    assert found.named("without an environment").exit_code == 0
    assert [p.exit_code for p in found.of_kind(ProcessKind.FORKED)] == [0, 0]


def test_signal_handlers_and_alarms() -> None:
    found = both("signals.py")
    assert found.code == -signal.SIGTERM
    assert found.named("waited for").exit_code == -signal.SIGKILL
    assert found.calls(found.named("waited for"), "join")[0].error == "AlarmError"
    assert b"probe" not in found.out


@pytest.mark.parametrize(
    "script",
    ["traced.py", "own_stdout.py", "goodbye.py", "hostile_objects.py", "own_packages.py", "fails_to_import.py"],
)
def test_says_the_same(script: str) -> None:
    found = both(script)
    assert not found.timeline.warnings
    assert all(process.exit_code is not None for process in found.timeline.processes)


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_NOFILE", "RLIMIT_FSIZE"])
def test_limits_of_its_own(limit: str) -> None:
    found = both("limits.py", limit)
    assert [found.named(name).exit_code for name in ("fork", "spawn")] == [0, 0]


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_FSIZE"])
def test_with_nothing_left_of_a_limit_it_forks_as_alone(limit: str) -> None:
    found = both("at_its_limit.py", limit)
    assert found.code == 40
    children = found.timeline.processes[1:]
    assert [child.exit_code for child in children] == [0] + [1] * 40  # those that had no room for a journal, too


def test_an_event_loop() -> None:
    found = both("event_loop.py")
    assert tasks(found) == {"square": 4}
    assert sorted(p.exit_code or 0 for p in found.of_kind(ProcessKind.SUBPROCESS)) == [0, 3]


@pytest.mark.parametrize(
    "method", ["fork", "spawn"]
)  # CPython's fork server now and then loses one of those, recorded or not
def test_threads_that_start_processes(method: str) -> None:
    found = both("threads_that_start.py", method)
    names = [f"{thread}.{turn}" for thread in range(4) for turn in range(2)]
    assert sorted(started(found)) == names
    for name in names:
        child = found.named(name)
        assert (child.exit_code, child.parent_id) == (0, 1)
        assert child.born_ns is not None
        assert child.target_began_ns is not None


def test_a_process_that_executes_another_program_is_still_that_process() -> None:
    found = both("executes.py", "first")
    shell, python, unrecorded = found.of_kind(ProcessKind.FORKED)
    assert [fork.exit_code for fork in (shell, python, unrecorded)] == [3, 4, 6]
    workers = {"shell": 5, "python": 4, "before": 0, "after": 0, "also after": 9}
    assert {name: found.named(name).exit_code for name in workers} == workers
    inner = [process for process in found.timeline.processes if process.name == "inner"]
    assert [(p.exit_code, p.parent_id) for p in inner] == [(0, python.id), (0, found.named("python").id)]
    assert len(found.timeline.processes) == 1 + 3 + len(workers) + 2
    pids = [process.pid for process in found.timeline.processes]
    assert None not in pids
    assert len(set(pids)) == len(pids)
    program = found.timeline.process(1)
    assert program.exit_code == found.code == 7
    first, again = found.named("before"), found.named("after")
    assert (program.target_began_ns or 0) < (first.start_called_ns or 0) < (again.start_called_ns or 0)
    for name in workers:
        assert [call.name for call in found.calls(found.named(name))] == [CallName.START, CallName.JOIN]
    assert not found.timeline.warnings


def test_alarms_that_raise_anywhere() -> None:
    found = both("alarms.py")
    assert b"alarms 160 []" in found.out
    assert not found.timeline.warnings
    workers = [process for process in found.timeline.processes if process.kind is ProcessKind.WORKER]
    there = [process for process in found.timeline.processes if process.pid is not None]
    assert len({process.pid for process in there}) == len(there)
    *forks, last = found.of_kind(ProcessKind.FORKED)
    assert {process.exit_code for process in there if process is not last} == {0}
    assert last.exit_code == 8
    assert {call.error for call in found.timeline.calls} == {None, "AlarmError"}
    assert all(call.process is None or call.process in {p.id for p in workers} for call in found.timeline.calls)
    assert [call.error for call in found.calls(found.named("last"))] == [None, None]
    assert not [process.name for process in found.timeline.processes if process.lost]
    assert forks


def test_a_handler_that_collects_every_child() -> None:
    found = both("steals_children.py")
    for code in (0, 3, -9):
        child = found.named(f"ends {code}")
        assert child.exit_code == code
        assert child.exited_ns is not None
        assert child.reaped_ns is not None
        joined, asked = found.calls(child, "join")[0], found.calls(child, "is_alive")[0]
        assert child.exited_ns <= child.reaped_ns <= (joined.ended_ns or 0)
        assert asked.result is True  # the answer that the script got, which is wrong


def test_commands_and_executors_in_a_loop() -> None:
    found = both("many_commands.py")
    assert tasks(found) == {"square": 9}
    codes = Counter(process.exit_code for process in found.of_kind(ProcessKind.SUBPROCESS))
    assert codes == {0: 3, 1: 3, 2: 3, 5: 3, -9: 3}
    workers = found.of_kind(ProcessKind.POOL_WORKER)
    assert {worker.exit_code for worker in workers} == {0}
    assert len(found.timeline.processes) == 1 + 15 + len(workers) + len(found.of_kind(ProcessKind.HELPER))
    assert not [process.name for process in found.timeline.processes if process.lost]


@pytest.mark.parametrize("way", ["folder", "zipapp", "package"])
def test_a_main_module_that_is_no_script(way: str, tmp_path: Path) -> None:
    folder = tmp_path / "kept" / "tool"
    folder.mkdir(parents=True)
    for name in ("main", "work"):
        text = (script_path("main_module") / f"{name}.py").read_text()
        (folder / f"{name.replace('main', '__main__')}.py").write_text(text)
    target, module = str(folder), False
    if way == "zipapp":
        target = str(tmp_path / "tool.pyz")
        zipapp.create_archive(folder, target)
    elif way == "package":
        target, module = "tool", True
    plain = script_program(target, "an argument", module=module)
    program = plain._replace(cwd=str(folder.parent))
    done = subprocess.run(program.argv, cwd=program.cwd, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    found = record(program)
    same(Ran(done.stdout, done.stderr, done.returncode), found)
    assert found.code == 3
    assert [(found.named(name).exit_code, found.named(name).start_method) for name in ("forked", "spawned")] == [
        (1, "fork"), (4, "spawn")]  # fmt: skip
    assert tasks(found) == {"twice": 3}


def test_the_run_folder_vanishes(tmp_path: Path) -> None:
    go = tmp_path / "go"
    go.touch()
    bare = alone("waits_for_files.py", str(go))
    go.unlink()

    def meanwhile(run: LocalEngine, timeline: Timeline) -> None:
        if not go.exists() and any(line.text == "joined 0 0" for line in timeline.lines):
            shutil.rmtree(run.folder)
            go.touch()

    found = recorded("waits_for_files.py", str(go), meanwhile=meanwhile)
    assert found.timeline.warnings
    assert found.timeline.process(2).exit_code == 0
    assert bare.code == 5


def test_what_outlives_a_command_is_told_as_living(tmp_path: Path) -> None:
    plain = script_program(script_path("leaves_a_daemon.py"), str(tmp_path / "pid"))
    found = record(plain._replace(streams=StandardStreams(None, None, None)))
    daemon = psutil.Process(int((tmp_path / "pid").read_text()))
    try:
        (left,) = [process for process in found.timeline.processes if process.left]
        assert (left.pid, left.state, left.lost, left.exit_code) == (daemon.pid, State.LEFT, False, None)
        assert daemon.is_running()
        assert [process.lost for process in found.timeline.processes] == [False] * 3
        assert f"still running when the program had ended ({left.name}, pid {left.pid})" in sentence(found.timeline)
    finally:
        daemon.kill()
        psutil.wait_procs([daemon], 10)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace tells which processes there were")
@pytest.mark.parametrize(("script", "arguments"), [
    ("every_call.py", ["fork"]), ("pools.py", ["forkserver"]), ("helpers.py", ["spawn"]), ("not_multiprocessing.py", []),
])  # fmt: skip
def test_the_same_processes_as_the_kernel_saw(script: str, arguments: list[str], tmp_path: Path) -> None:
    log = tmp_path / "strace"
    plain = script_program(script_path(script), *arguments)
    strace = ("strace", "-D", "-f", "-qq", "-e", "trace=process", "-o", str(log))
    found = record(Program((*strace, *plain.argv), plain.cwd, plain.title))
    assert found.code == 0
    program, *others = found.timeline.processes
    assert program.target_began_ns is not None
    # Those before Python began are strace's own.
    seen = [p for p in others if (p.born_ns or 0) > program.target_began_ns]
    assert sorted(p.pid or 0 for p in (program, *seen)) == sorted(pids_of(log))
