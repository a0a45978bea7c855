"""What a user's own script can do to a recorder, one test a fault: each script runs alone and under `procession record`, as
a command with a hard time limit, and must say and return the same, with nothing left behind."""

import json
import os
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.paths import MAIN as MAIN_FILE
from support.recording import recorded

from workers.engines.programs import script_program

if not sys.platform.startswith("linux"):
    pytest.skip("as Linux does it", allow_module_level=True)

LIMIT_S = 60
MAIN = str(MAIN_FILE)
RECORD = [sys.executable, "-P", MAIN, "record", "--python", sys.executable]
BARE = [sys.executable]


Ran = tuple[int, "Counter[bytes]", "Counter[bytes]"]


def ran(command: list[str], script: Path, *arguments: str, **more: Any) -> Ran:
    """(exit code as a shell gives it, lines of standard output, lines of standard error)."""
    environment = {**os.environ, **more.pop("env", {})}
    done = subprocess.run([*command, str(script), *arguments], cwd=script.parent, env=environment, timeout=LIMIT_S,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False, **more)  # fmt: skip
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return code, Counter(done.stdout.splitlines(True)), Counter(done.stderr.splitlines(True))


def written(folder: Path, text: str, name: str = "script.py") -> Path:
    """A script of these lines, which says in a file how often it was run."""
    script = folder / name
    script.write_text(f"__name__ == '__main__' and open(__file__ + '.runs', 'a').write('x')\n{text}")
    return script


def runs_of(script: Path) -> int:
    """How often it was run since the last time this was asked; a recorder that fails must not run it twice."""
    note = Path(f"{script}.runs")
    count = len(note.read_text())
    note.unlink()
    return count


def same(script: Path, *arguments: str, **more: Any) -> None:
    """Fail unless it says and returns the same recorded as alone."""
    bare = ran(BARE, script, *arguments, **more)
    assert runs_of(script) == 1
    assert ran(RECORD, script, *arguments, **more) == bare
    assert runs_of(script) == 1


def report(script: Path, *arguments: str, **more: Any) -> dict[str, Any]:
    """What ``record --json`` says of it."""
    done = subprocess.run([*RECORD, "--json", str(script), *arguments], cwd=script.parent, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=LIMIT_S, check=False, **more)  # fmt: skip
    return json.loads(done.stdout)  # type: ignore[no-any-return]


# A user's own script.


def test_standard_input_is_at_its_end_in_the_window_and_is_the_commands_own(tmp_path: Path) -> None:
    script = written(tmp_path, "import sys; print(repr(sys.stdin.read()))")
    timeline = recorded(script_program(script))
    assert [line.text for line in timeline.lines] == ["''"]
    done = subprocess.run([*RECORD, str(script)], input=b"mine", capture_output=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"'mine'\n", b"")


TREE = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("daemon", os.getpid(), flush=True)
        while True: time.sleep(1)
    os._exit(0)
os.wait()
import multiprocessing
def child():
    multiprocessing.Process(target=time.sleep, args=(1000,)).start()
    print("child", os.getpid(), flush=True)
    time.sleep(1000)
multiprocessing.get_context("fork").Process(target=child).start()
while True: time.sleep(1)
"""


def test_one_that_never_ends_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    script = written(tmp_path, TREE)
    with subprocess.Popen([*RECORD, str(script)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pids = dict(process.stdout.readline().split() for _ in range(2))
        them = [psutil.Process(int(pid)) for pid in pids.values()]
        them += them[1 if list(pids)[1] == b"child" else 0].children()
        process.terminate()
        assert process.wait(LIMIT_S) == 128 + 15
    assert set(pids) == {b"daemon", b"child"}
    assert not [one for one in them if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


ODD = r"""
import os, sys
out = sys.stdout.buffer
out.write(b"\0\x1b[31mred\x1b]0;title\x07\xff\xfe no text\r\n")
out.write(b"x" * (50 << 20) + b"\n")
out.flush()
"""


def test_bytes_that_are_no_text_and_a_line_of_fifty_megabytes(tmp_path: Path) -> None:
    script = written(tmp_path, ODD)
    assert ran(RECORD, script)[1] == ran(BARE, script)[1]
    said = report(script)["output"]
    assert all(len(line["text"]) < 100_000 for line in said)
    assert said[0]["text"].startswith("\0\x1b[31mred")


def test_gigabytes_are_passed_on_and_kept_in_bounded_memory(tmp_path: Path) -> None:
    script = written(
        tmp_path, "import os\nblock = b'0123456789abcdef' * 4096\nfor n in range(6 << 10): os.write(1, block)"
    )
    with subprocess.Popen([*RECORD, str(script)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        read, most = 0, 0
        us = psutil.Process(process.pid)
        while data := process.stdout.read(1 << 20):
            read += len(data)
            if read % (64 << 20) < 1 << 20:
                (keeper,) = us.children()
                most = max(most, us.memory_info().rss, keeper.memory_info().rss)
        assert process.wait(LIMIT_S) == 0
    assert read == 6 << 26
    assert 0 < most < 100 << 20


@pytest.mark.parametrize("name", ["a b.py", 'it\'s "quoted".py', "träin ☃.py", "$HOME;echo x.py", "no suffix"])
def test_any_name(tmp_path: Path, name: str) -> None:
    script = written(tmp_path, "import sys; print(sys.argv, sys.path[0], __file__, __name__)", name)
    same(script, "an argument", "☃")


ENDS = {
    "exit": "import sys; sys.exit(3)",
    "message": "raise SystemExit('why')",
    "exception": "def f(n): return 1 / n\nf(0)",
    "left": "import os; print('not flushed'); os._exit(5)",
    "signal": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "abort": "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()",
}


@pytest.mark.parametrize("how", ENDS)
def test_every_way_to_end(tmp_path: Path, how: str) -> None:
    same(written(tmp_path, ENDS[how]))


MOVES = """
import os, subprocess, sys, multiprocessing, tempfile
def child():
    os.write(1, b"child\\n")
if __name__ == "__main__":
    os.closerange(3, 1 << 12)
    kept = [os.open(os.devnull, os.O_RDWR) for _ in range(40)]
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)
    sys.stdout = open(1, "w", closefd=False)
    if os.fork() == 0:
        os.setsid()
        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        process.join()
        os._exit(process.exitcode)
    print(os.waitstatus_to_exitcode(os.wait()[1]), kept, flush=True)
    sys.stdout = None
"""


def test_descriptors_folder_session_and_streams_of_its_own(tmp_path: Path) -> None:
    script = written(tmp_path, MOVES)
    same(script)
    processes = report(script)["processes"]
    assert [(process["kind"], process["exit_code"]) for process in processes] == [
        ("program", 0), ("forked", 0), ("worker", 0),
    ]  # fmt: skip


# When recording fails.

FAMILY = """
import multiprocessing, sys
def child(n):
    print("child", n, flush=True)
    sys.exit(n)
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        process = multiprocessing.get_context(method).Process(target=child, args=(3,))
        process.start()
        process.join()
        print(method, process.exitcode, flush=True)
    sys.exit(4)
"""


def without_ours(said: "Counter[bytes]") -> "Counter[bytes]":
    """Without the sentences of the recorder."""
    return Counter({line: count for line, count in said.items() if not line.startswith(b"procession: ")})


def limited(which: int, most: int) -> Callable[[], None]:
    """As `ulimit` does for all that is started."""
    return lambda: resource.setrlimit(which, (most, most))


def alone_all_the_same(script: Path, sentence: bytes, **more: Any) -> None:
    """Fail unless it ran once, as alone, and the recorder said in one sentence why it could not record."""
    bare = ran(BARE, script, **more)
    runs_of(script)
    code, out, err = ran(RECORD, script, **more)
    assert runs_of(script) == 1
    assert (code, out, without_ours(err)) == bare
    ours = [line for line in err if line.startswith(b"procession: ")]
    assert len(ours) == 1
    assert sentence in ours[0]
    assert ours[0].endswith(b"The script runs without being recorded.\n")


def test_no_place_for_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    script = written(tmp_path, FAMILY)
    alone_all_the_same(script, b"could not be made", env={"XDG_STATE_HOME": str(tmp_path / "file" / "below")})


@pytest.mark.parametrize("size", [0, 4096])
def test_no_room_for_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # else Python leaves compiled modules that are cut short
    script = tmp_path / "script.py"
    script.write_text(FAMILY)  # which writes no file itself
    limit = limited(resource.RLIMIT_FSIZE, size)
    bare = ran(BARE, script, preexec_fn=limit)
    code, out, err = ran(RECORD, script, preexec_fn=limit)
    assert (code, out, without_ours(err)) == bare
    assert (b"The script runs without being recorded." in b"".join(err)) == (size == 0)


def test_no_descriptors_for_the_recorder(tmp_path: Path) -> None:
    script = written(tmp_path, "import os; print('here')")
    alone_all_the_same(script, b"Too many open files", preexec_fn=limited(resource.RLIMIT_NOFILE, 7))


def test_no_memory_for_the_recorder(tmp_path: Path) -> None:
    taken = "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmPeak')))"
    kib = int(subprocess.run([*BARE, "-c", taken], capture_output=True, check=True).stdout)
    script = written(tmp_path, "print('here')")
    alone_all_the_same(script, b"too little memory", preexec_fn=limited(resource.RLIMIT_AS, (kib << 10) + (8 << 20)))


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    script = written(tmp_path, FAMILY)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "file" / "below")}
    same(script, env=environment)
    said = report(script, env=environment)
    assert [process["exit_code"] for process in said["processes"] if process["kind"] == "worker"] == [3, 3]
    assert len(said["calls"]) == 4


DELETES = """
import glob, multiprocessing, os, shutil, sys
def child():
    print("child", flush=True)
if __name__ == "__main__":
    for folder in glob.glob(sys.argv[1] + "/procession/runs/*"):
        shutil.rmtree(folder)
    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    print(process.exitcode)
    sys.exit(4)
"""


def test_the_folder_of_the_run_is_deleted_by_the_script(tmp_path: Path) -> None:
    script = written(tmp_path, DELETES)
    state = os.environ["XDG_STATE_HOME"]
    same(script, state)
    done = report(script, state)
    assert runs_of(script) == 1
    assert done["program"]["exit_code"] == 4
    assert "is gone, and what was recorded with it" in " ".join(done["lost"]["warnings"])


def test_the_recorder_is_killed_and_the_script_is_not_run_again(tmp_path: Path) -> None:
    kills = (
        "import os, signal, time\n"
        f"if os.getppid() != {os.getpid()}:  # of these tests\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(60)"
    )
    script = written(tmp_path, kills)
    code, out, err = ran(RECORD, script)
    assert (code, out) == (1, Counter())
    assert b"The recorder was ended by SIGKILL (from outside, or" in b"".join(err)
    assert runs_of(script) == 1
