"""What the recorder itself may lack: files, processes, inotify, /proc. The script runs as it would alone, what is recorded is
true, and what is missing is said. Each fault is injected for real; where the system refuses that, the test is skipped."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.commands import MAIN, PROCESSION, Done, at_once
from support.scripts import script_path

from workers.journal.kinds import KEEPER_CUT
from workers.runs.leases import is_in_use, leased_runs
from workers.runs.run_folders import run_folders

if not sys.platform.startswith("linux"):
    pytest.skip("as Linux does it", allow_module_level=True)

LIMIT_S = 60
BARE = [sys.executable]
RECORD = [*PROCESSION, "record", "--python", sys.executable]
HOLDS = str(script_path("holds_children.py"))
UNRECORDED = "The script runs without being recorded."
KILLED = "was ended by SIGKILL (from outside, or by the kernel because memory or its CPU time had run out)"


def ran(command: Sequence[str], *, before: Callable[[], None] | None = None) -> Done:
    """A command's result. before: called in its process before it is executed."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False, preexec_fn=before
    )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def in_namespaces(options: Sequence[str], setup: str, command: Sequence[str]) -> list[str]:
    """The command in namespaces of its own, after some lines of shell. Skips the test where they cannot be made."""
    tried = subprocess.run(["unshare", *options, "sh", "-c", setup], capture_output=True, timeout=LIMIT_S, check=False)
    if tried.returncode:
        pytest.skip(f"no such namespaces here: {tried.stderr.decode().strip()}")
    return ["unshare", *options, "sh", "-c", f'{setup} && exec "$@"', "sh", *command]


def report(command: Sequence[str]) -> dict[str, Any]:
    """What ``record --json`` says, in these namespaces."""
    done = ran(command)
    assert done.code == 3, done.err
    return json.loads(done.out)  # type: ignore[no-any-return]


def is_true(said: dict[str, Any]) -> bool:
    """Whether no process has ended before its own work did."""
    times = [(one["target_began_s"], one["target_ended_s"], one["exited_s"]) for one in said["processes"]]
    return all(
        began is None or ended is None or exited is None or began <= ended <= exited for began, ended, exited in times
    )


FORKS_AND_SPAWNS = """
import multiprocessing, sys, time
def work(seconds): time.sleep(seconds)
if __name__ == "__main__":
    for method, seconds in (("fork", 0), ("fork", 0.1), ("spawn", 0)):
        them = [multiprocessing.get_context(method).Process(target=work, args=(seconds,)) for _ in range(2)]
        [one.start() for one in them]
        [one.join() for one in them]
    print("done", [one.exitcode for one in them])
    sys.exit(3)
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    """A script with six workers."""
    path = tmp_path / "script.py"
    path.write_text(FORKS_AND_SPAWNS)
    return str(path)


NO_INOTIFY = (["-U", "-r"], "echo 0 > /proc/sys/user/max_inotify_instances")
NO_INOTIFY_WATCH = (["-U", "-r"], "echo 0 > /proc/sys/user/max_inotify_watches")
PROCESSES_ONLY = (["-m"], "mount -t proc -o subset=pid proc /proc")
NO_PROC = (["-m"], "mount -t tmpfs none /proc")
OTHER_PROC = (["-p", "-f"], "true")


@pytest.mark.parametrize(("where", "said_of_it"), [
    (NO_INOTIFY, "inotify instances are all in use"), (NO_INOTIFY_WATCH, "inotify watches are all in use"),
    (PROCESSES_ONLY, ""),
])  # fmt: skip
def test_without_what_the_kernel_usually_reports(script: str, where: tuple[list[str], str], said_of_it: str) -> None:
    said = report(in_namespaces(*where, [*RECORD, "--json", script]))
    workers = [one for one in said["processes"] if one["kind"] == "worker"]
    assert [(one["exit_code"], one["lost"]) for one in workers] == [(0, False)] * 6
    assert all(one["target_began_s"] is not None and one["exited_s"] is not None for one in workers)
    assert is_true(said)
    warnings = said["lost"]["warnings"]
    assert len(warnings) == bool(said_of_it), warnings
    assert said_of_it in "".join(warnings)


@pytest.mark.parametrize(("where", "why"), [
    (NO_PROC, "there is no /proc"), (OTHER_PROC, "/proc shows the processes of another pid namespace"),
])  # fmt: skip
def test_without_a_proc_of_its_own_it_runs_unrecorded_and_says_why(
    script: str, where: tuple[list[str], str], why: str
) -> None:
    bare, done = (ran(in_namespaces(*where, [*command, script])) for command in (BARE, RECORD))
    assert (done.code, done.out) == (bare.code, bare.out)
    assert done.sentence == f"The recorder failed: {why}. {UNRECORDED}"
    assert not any(is_in_use(run, leased_runs()) for run in run_folders())
    plan = ran(in_namespaces(*where, [*PROCESSION, "run", "--sizes", "1000"]))
    assert (plan.code, plan.sentence) == (3, f"The recorder failed: {why}.")


@pytest.mark.parametrize("files", [12, 14, 17])
def test_too_few_files_may_be_open(files: int) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    bare, done = (ran([*command, HOLDS, "2"], before=limit) for command in (BARE, RECORD))
    assert (bare.code, bare.out) == (3, b"True\n")
    assert (done.code, done.out) == (bare.code, bare.out)
    assert "Too many open files" in done.sentence
    assert UNRECORDED in done.sentence


@pytest.mark.parametrize("arguments", [["60"], ["5", "starve"]])
def test_processes_that_cannot_be_watched_are_not_told_as_ended(arguments: list[str]) -> None:
    """Either too many live at once, or another process takes the recorder's files away."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    said = report_with(limit, *arguments)
    children = [one for one in said["processes"] if one["kind"] != "program"]
    assert len(children) == int(arguments[0])
    assert "could be watched" in "".join(said["lost"]["warnings"])
    last_began = max(one["target_began_s"] for one in children)
    assert all(one["exited_s"] is None or one["exited_s"] >= last_began for one in children)


def report_with(before: Callable[[], None], *arguments: str) -> dict[str, Any]:
    """What is reported of the script that holds children."""
    done = ran([*RECORD, "--json", HOLDS, *arguments], before=before)
    assert done.code == 3, done.err
    return json.loads(done.out)  # type: ignore[no-any-return]


STANDS_STILL = """
import multiprocessing, sys, threading
def work(lock):
    lock.acquire()
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    lock = context.Lock()
    lock.acquire()
    worker = context.Process(target=work, args=(lock,))
    worker.start()
    threading.Timer(3.5, lock.release).start()
    worker.join()
    print("done", worker.exitcode)
    sys.exit(7)
"""


def test_there_is_memory_to_record_and_not_to_read(tmp_path: Path) -> None:
    """Neither a look into a process that stands still nor what is to be saved takes anything from the script."""
    script = tmp_path / "script.py"
    script.write_text(STANDS_STILL)
    commands = [
        [*RECORD, str(script)],
        [*RECORD, "--json", str(script)],
        [*RECORD, "-o", str(tmp_path / "x.json"), str(script)],
    ]
    limited = [
        ["prlimit", f"--as={mb << 20}", *command] for mb in (bare_mb() + 35, bare_mb() + 75) for command in commands
    ]
    ends = at_once(limited)
    assert [done.code for done in ends] == [7] * len(ends), [done.err for done in ends]
    plain, json_report, saved = ends[::3], ends[1::3], ends[2::3]
    assert {(done.out, done.err) for done in plain} == {(b"done 0\n", "")}
    assert {(done.out, done.sentence) for done in json_report} == {
        (b"", "There is too little memory to read what was recorded.")
    }
    assert {(done.out, done.sentence) for done in saved} == {
        (b"done 0\n", f"There is too little memory to save the run. {UNRECORDED}")
    }


def bare_mb() -> int:
    """The memory that a bare Python takes, as `ulimit -v` counts it."""
    taken = "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmPeak')))"
    return int(ran([*BARE, "-c", taken]).out) >> 10


def test_too_few_processes_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit does not hold for root, so that another user is needed, who may read what root may."""
    if os.geteuid():
        pytest.skip("needs a user of whom no other process runs, so the rights of root")
    user = "61234"
    caps = "+dac_read_search,+dac_override"
    as_user = [
        "setpriv",
        "--reuid",
        user,
        "--regid",
        user,
        "--clear-groups",
        "--inh-caps",
        caps,
        "--ambient-caps",
        caps,
    ]
    if subprocess.run([*as_user, "true"], capture_output=True, check=False, timeout=LIMIT_S).returncode:
        pytest.skip("no other user can be taken on here")
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        folder = tmp_path / f"of-the-user-{name}"
        folder.mkdir()
        os.chown(folder, int(user), int(user))
        monkeypatch.setenv(name, str(folder))
    for most in (1, 2, 4, 5, 7, 20):
        limited = [*as_user, "prlimit", f"--nproc={most}"]
        bare, done = (ran([*limited, *command, HOLDS, str(most - 1)]) for command in (BARE, RECORD))
        assert (bare.code, bare.out) == (3, b"True\n"), most
        assert (done.code, done.out) == (bare.code, bare.out), (most, done.err)
        assert UNRECORDED in done.sentence, most


GIVES_UP_RIGHTS = """
import multiprocessing.popen_fork, multiprocessing.resource_tracker, multiprocessing.util, os, sys, time
def work(): time.sleep(0.5)
if __name__ == "__main__":
    os.setgroups([])
    os.setgid(61234)
    os.setuid(61234)
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join()
    sys.exit(3 + worker.exitcode)
"""


def test_workers_of_a_process_that_gave_up_roots_rights_are_told_with_the_reason(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give up its rights")
    script = tmp_path / "script.py"
    script.write_text(GIVES_UP_RIGHTS)
    said = report([*RECORD, "--json", str(script)])
    (worker,) = (one for one in said["processes"] if one["kind"] == "worker")
    assert (worker["exit_code"], worker["target_began_s"]) == (0, None)
    warnings = said["lost"]["warnings"]
    assert len(warnings) == 2, warnings
    assert "gave up the rights of root for those of another user (61234)" in warnings[0]


ENDS_THE_RECORDER = """
import os, sys, time
number, tests = map(int, sys.argv[1:])
if os.getppid() == tests:
    sys.exit("run without a recorder: what would be ended are the tests")
os.kill(os.getppid(), number)
time.sleep(60)
"""

ENDED_BEFORE_ITS_WORD = """
import os, runpy, signal, sys, time
main, script, note = sys.argv[1:]
from workers.keeper.watching.watcher import Watcher

def begin(watcher, program):
    while not os.path.exists(note):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

Watcher.begin = begin  # the keeper is a fork of this process
sys.argv[1:] = ["record", "--python", sys.executable, script, note]
runpy.run_path(main, run_name="__main__")
"""
RUNS_ONCE = """
import os, sys, time
again = os.path.exists(sys.argv[1])
with open(sys.argv[1], "a") as file:
    file.write("run ")
time.sleep(0 if again else 60)
"""


ENDED_WHILE_IT_WAITS = """
import os, runpy, signal, sys
main, how, script = sys.argv[1:]
from workers.engines.forked_keeper import ForkedKeeper
make = ForkedKeeper.__init__

def make_and_kill(keeper, descriptors):
    make(keeper, descriptors)
    os.kill(keeper.pid, signal.SIGKILL)
    os.waitid(os.P_PID, keeper.pid, os.WEXITED | os.WNOWAIT)

if how == "is killed":
    ForkedKeeper.__init__ = make_and_kill
elif how == "cannot load":
    sys.modules["workers.keeper.keeper"] = None  # in the fork too
else:
    os.environ["XDG_STATE_HOME"] = "/dev/null"
sys.argv[1:] = ["record", "--python", sys.executable, script]
runpy.run_path(main, run_name="__main__")
"""
HAS_A_CHILD = """
import os, sys
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("no child")
sys.exit(3)
"""


FAILS = """
import json, os, sys
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import script_program
from workers.keeper.launch import StandardStreams
from workers.keeper.watching.watcher import Watcher

looks = iter(range(5))
def fails(watcher):
    if next(looks, None) is None:
        raise OSError(28, os.strerror(28))
Watcher.sample = fails  # the keeper is a fork of this process
run = LocalEngine(script_program(sys.argv[1], python=sys.executable, )._replace(streams=StandardStreams(None, 1, 1)))
run.start()
while not run.wait(1):
    pass
run.close()
result = run.result()
print(result.exit_code, result.failure, run.lost, "stopped before the program's end: No space left" in result.warnings[0])
"""


def test_a_recording_that_fails_midway_takes_nothing_from_the_script(script: str) -> None:
    """A mistake of ours, put into the keeper: of those that were found none is left to inject."""
    done = ran([sys.executable, "-P", "-c", FAILS, script])
    assert done.out.decode().splitlines() == ["done [0, 0]", "3 None False True"], done.err


FILLS = """
import resource, sys
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import script_program

resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))  # as on a full disk, a journal cannot grow
run = LocalEngine(script_program(sys.argv[1], "forks", "100", python=sys.executable))
run.start()
while not run.wait(1):
    pass
run.close()
print(run.result().exit_code, *run.result().warnings)
"""


def test_a_recording_without_room_says_so_before_it_is_read() -> None:
    done = ran([sys.executable, "-P", "-c", FILLS, str(script_path("filling.py"))])
    assert done.out.decode().splitlines() == [f"7 {KEEPER_CUT}"], done.err


def test_a_recorder_that_launches_nothing_leaves_the_script_alone(tmp_path: Path) -> None:
    """It is forked before it is known what it is to launch, or whether anything."""
    script = tmp_path / "script.py"
    script.write_text(HAS_A_CHILD)
    expected = {
        "is killed": f"The recorder {KILLED}",
        "cannot load": "The recorder failed: import of workers.keeper.keeper halted; None in sys.modules",
        "has no folder": "The folder /dev/null/procession could not be made: File exists",
    }
    ends = at_once([[sys.executable, "-P", "-c", ENDED_WHILE_IT_WAITS, MAIN, how, str(script)] for how in expected])
    assert [(done.code, done.out) for done in ends] == [(3, b"no child\n")] * len(ends), [done.err for done in ends]
    assert [done.sentence for done in ends] == [f"{why}. {UNRECORDED}" for why in expected.values()]


def test_how_the_recorder_ended_is_said(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ENDS_THE_RECORDER)
    expected = {
        signal.SIGKILL: KILLED, signal.SIGSEGV: "crashed with SIGSEGV", signal.SIGSYS: "crashed with SIGSYS",
    }  # fmt: skip
    ends = at_once([[*RECORD, str(script), str(int(number)), str(os.getpid())] for number in expected])
    assert [done.code for done in ends] == [1] * len(ends)
    assert [done.sentence for done in ends] == [
        f"The recorder {how}, and the program with it." for how in expected.values()
    ]


def test_a_recorder_that_is_ended_before_it_tells_of_the_launch_has_the_script_run_once(tmp_path: Path) -> None:
    """On a busy machine the program can be further than its keeper. A script that ends its parent would end ours."""
    script, note = tmp_path / "script.py", tmp_path / "note"
    script.write_text(RUNS_ONCE)
    done = ran([sys.executable, "-P", "-c", ENDED_BEFORE_ITS_WORD, MAIN, str(script), str(note)])
    assert note.read_text() == "run "
    assert (done.code, done.out) == (1, b"")
    assert done.sentence == f"The recorder {KILLED}, and the program with it."
