"""``procession record`` beside bare Python: the same bytes, the same exit codes, the same signals, on pipes and terminals."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.paths import MAIN
from support.terminals import as_a_shell, environment, screen
from support.waiting import pause, wait_until

from workers.system import process_tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
BARE = [sys.executable]
RECORD = [sys.executable, "-P", str(MAIN), "record"]

PROGRAMS = {
    "prints": "print('one'); print('two', flush=True); print('é ☃')",
    "streams": "import sys; print('out'); print('err', file=sys.stderr); sys.stderr.buffer.write(b'\\xff\\0\\x1b[31m')",
    "unended": "print('no end of line', end='')",
    "nothing": "",
    "exits": "import sys; sys.exit(3)",
    "exits_saying": "import sys; sys.exit('why')",
    "raises": "def f(n):\n    return 1 / n\nprint('before')\nf(0)",
    "syntax": "print('x'\n",
    "leaves": "import os; print('lost in the buffer'); os._exit(5)",
    "own_exit": """
import multiprocessing, os
leave = os._exit
def mine(status):
    os.write(1, b'mine\\n')
    leave(status)
if __name__ == '__main__':
    os._exit = mine
    them = [multiprocessing.get_context('fork').Process(target=len, args=('',)) for _ in range(3)]
    for one in them:
        one.start()
        one.join()
    leave(sum(one.exitcode for one in them))
""",
    "kills": "import os, signal; print('x', flush=True); os.kill(os.getpid(), signal.SIGKILL)",
    "terminated": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "looks": "import sys, os; print(sys.argv, __name__, __file__, sys.path[0], os.getcwd(), sys.stdin.isatty(),"
    " os.environ.get('PYTHONPATH'), sorted(k for k in os.environ if 'PROCESSION' in k), sys.flags.safe_path)",
    "echoes": "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line.upper())",
    "much": "import sys\nfor n in range(50_000): sys.stdout.write(f'{n:099d}\\n')",
    "endless": "for n in range(10_000_000): print(n)",
    "group": "import os; print(os.getpgid(0) == os.getpgid(os.getppid()), os.getsid(0) == os.getsid(os.getppid()))",
    "both": "import sys\nfor n in range(200):\n    print(n, flush=True)\n    print('e', n, file=sys.stderr, flush=True)",
    "workers": """
import multiprocessing, sys
def work(name):
    for n in range(50):
        sys.stdout.write(f'{name} {n}\\n')
        sys.stdout.flush()
if __name__ == '__main__':
    them = [multiprocessing.Process(target=work, args=(name,)) for name in 'abcd']
    [one.start() for one in them]
    [one.join() for one in them]
    print('done')
""",
}


@pytest.fixture(autouse=True)
def _no_process_of_a_run_is_left() -> Iterator[None]:
    yield
    folders = Path(os.environ["XDG_STATE_HOME"]).glob("procession/runs/*")
    left = [process for folder in folders for process in process_tree.marked(folder)]
    process_tree.Ending(lambda: [process for process in left if process.is_running()], 0.0).finish()
    assert not left


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for scripts, each of PROGRAMS in it."""
    place = tmp_path / "scripts"
    place.mkdir()
    for name, text in PROGRAMS.items():
        (place / f"{name}.py").write_text(text)
    return place


def _waits_with_no_signal_pending(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    pending = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd"))]
    return not any(pending) and "State:\tS" in status


def ran(
    command: list[str], *arguments: str, cwd: Path, stdin: bytes = b"", merged: bool = False, **changes: str
) -> tuple[int, bytes, bytes]:
    """(exit code, standard output, standard error) of a command on pipes; a signal as a shell tells it."""
    done = subprocess.run(
        [*command, *arguments], cwd=cwd, env=environment(**changes), input=stdin, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE, timeout=90, check=False,
    )  # fmt: skip
    return as_a_shell(done.returncode), done.stdout, done.stderr or b""


def report_of(*arguments: str, cwd: Path) -> dict[str, Any]:
    """What ``record --json`` of a program that ended well said, which says nothing else."""
    code, out, err = ran(RECORD, "--json", *arguments, cwd=cwd)
    assert (code, err) == (0, b""), err.decode()
    return json.loads(out)  # type: ignore[no-any-return]


# On pipes.


@pytest.mark.parametrize("name", [
    "prints", "streams", "unended", "nothing", "exits", "exits_saying", "raises", "syntax", "leaves", "own_exit", "kills",
    "terminated", "looks", "much", "group",
])  # fmt: skip
def test_it_is_as_python_alone_would_be(folder: Path, name: str) -> None:
    assert ran(RECORD, f"{name}.py", cwd=folder) == ran(BARE, f"{name}.py", cwd=folder)


def test_lines_of_several_processes_are_all_there(folder: Path) -> None:
    code, out, err = ran(RECORD, "workers.py", cwd=folder)
    bare = ran(BARE, "workers.py", cwd=folder)
    assert (code, sorted(out.splitlines()), err) == (bare[0], sorted(bare[1].splitlines()), bare[2])
    for name in (b"a", b"b", b"c", b"d"):
        assert [line for line in out.splitlines() if line.startswith(name + b" ")] == [
            b"%s %d" % (name, n) for n in range(50)
        ]


def test_both_streams_into_one_place_keep_their_order(folder: Path) -> None:
    assert ran(RECORD, "both.py", cwd=folder, merged=True) == ran(BARE, "both.py", cwd=folder, merged=True)


@pytest.mark.parametrize("arguments", [
    ["plain", "two words", "'single'", '"double"', "é ☃", "", "--json", "-o", "--", "-m", "$HOME", "a\nb"],
    ["-h"], ["--version"], ["--", "x"],
])  # fmt: skip
def test_arguments_after_the_script_are_its_own(folder: Path, arguments: list[str]) -> None:
    assert ran(RECORD, "looks.py", *arguments, cwd=folder) == ran(BARE, "looks.py", *arguments, cwd=folder)


def test_standard_input_is_its_own(folder: Path) -> None:
    data = b"one\ntwo\n" * 20_000 + b"no end"
    assert ran(RECORD, "echoes.py", cwd=folder, stdin=data) == (0, data.upper(), b"")
    assert ran(RECORD, "-", "x", cwd=folder, stdin=b"import sys; print(sys.argv)") == (0, b"['-', 'x']\n", b"")


def test_odd_paths_and_symbolic_links(folder: Path) -> None:
    real = folder / "a folder ☃ 'of' quotes"
    real.mkdir()
    (real / "sibling.py").write_text("NAME = 'sibling'")
    (real / "main one.py").write_text("import sibling, sys; print(sibling.NAME, sys.path[0], __file__, sys.argv)")
    (folder / "link.py").symlink_to(real / "main one.py")
    for script in (str(real / "main one.py"), "link.py", "./link.py", os.path.relpath(real / "main one.py", folder)):
        bare = ran(BARE, script, cwd=folder)
        assert bare[0] == 0, bare
        assert ran(RECORD, script, cwd=folder) == bare


@pytest.mark.parametrize("packages", ["workers resources desktop", "json platform psutil"])
def test_packages_of_any_name_beside_it(folder: Path, packages: str) -> None:
    for name in packages.split():
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"print('mine: {name}')")
    (folder / "own.py").write_text("import " + ", ".join(packages.split()))
    bare = ran(BARE, "own.py", cwd=folder)
    assert bare[0] == 0
    assert ran(RECORD, "own.py", cwd=folder) == bare


def test_a_module_is_run_as_python_m_does(folder: Path) -> None:
    (folder / "pkg").mkdir()
    (folder / "pkg" / "__init__.py").write_text("print('package')")
    (folder / "pkg" / "mod.py").write_text("import sys; print(__name__, __package__, sys.argv, sys.path[0])")
    assert ran(RECORD, "-m", "pkg.mod", "-m", "x", cwd=folder) == ran(BARE, "-m", "pkg.mod", "-m", "x", cwd=folder)
    assert report_of("-m", "pkg.mod", cwd=folder)["processes"][0]["name"] == "pkg.mod"


def test_pythonpath_is_kept(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "found.py").write_text("NAME = 'found'")
    (folder / "path.py").write_text("import sys, os, found; print(found.NAME, sys.path[1], os.environ['PYTHONPATH'])")
    path: dict[str, Any] = {"PYTHONPATH": str(folder / "elsewhere")}
    bare = ran(BARE, "path.py", cwd=folder, **path)
    assert bare[0] == 0
    assert ran(RECORD, "path.py", cwd=folder, **path) == bare


def test_a_reader_that_goes_away_is_noticed_as_natively(folder: Path) -> None:
    def first_line(command: list[str]) -> tuple[bytes, int, bytes]:
        with subprocess.Popen(
            [*command, "endless.py"], cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            process.stdout.close()
            said = process.stderr.read()
            return line, process.wait(30), said

    assert first_line(RECORD) == first_line(BARE)


def wait_a_little_for_the_end_of(script: str, command_pid: int) -> None:
    """At most half a second: a program that a full pipe holds up does not end before its output is read."""
    deadline_s = time.monotonic() + 0.5
    try:
        while time.monotonic() < deadline_s:
            children = psutil.Process(command_pid).children(recursive=True)
            if not any(script in child.cmdline() for child in children):
                return
            pause()
    except psutil.Error:
        pass  # it has ended


@LINUX
def test_a_slow_reader_gets_everything(folder: Path) -> None:
    with subprocess.Popen([*RECORD, "much.py"], cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.read(100)
        wait_a_little_for_the_end_of("much.py", process.pid)
        rest = process.stdout.read()
    assert len(first + rest) == 5_000_000
    assert process.returncode == 0


# On a terminal.


def shown(command: list[str], cwd: Path, keys: bytes = b"") -> tuple[int, bytes]:
    """(exit code, contents of the screen)."""
    with screen(command, cwd) as terminal:
        terminal.type(keys)
        code = terminal.close()
        return code, terminal.output


def ours(said: bytes) -> bytes:
    """Without the sentence that we add at the end."""
    head, _, tail = said.rpartition(b"procession: ")
    assert tail.count(b"\n") == 1, said
    return head


@pytest.mark.parametrize("name", ["prints", "streams", "raises", "exits", "kills", "both", "much", "unended"])
def test_a_terminal_shows_the_same(folder: Path, name: str) -> None:
    code, said = shown([*RECORD, f"{name}.py"], folder)
    bare = shown([*BARE, f"{name}.py"], folder)
    assert (code, ours(said)) == bare


def test_a_terminal_stays_one_for_the_script(folder: Path) -> None:
    (folder / "asks.py").write_text(
        "import os, sys; print(*[os.isatty(n) for n in (0, 1, 2)], os.get_terminal_size(), sys.stdout.line_buffering,"
        " os.tcgetpgrp(0) == os.getpgrp(), os.path.exists('/dev/tty') and open('/dev/tty').isatty())\n"
        "print('[' + input('name? ') + ']')"
    )
    code, said = shown([*RECORD, "asks.py"], folder, b"Ada\n")
    assert (code, ours(said)) == shown([*BARE, "asks.py"], folder, b"Ada\n")
    assert b"columns=101, lines=33" in said
    assert b"[Ada]" in said


def test_one_stream_can_be_a_terminal_alone(folder: Path) -> None:
    (folder / "asks.py").write_text("import os; print(*[os.isatty(n) for n in (0, 1, 2)]); os.write(2, b'x\\n')")
    command = " ".join(f"'{part}'" for part in [*RECORD, "asks.py"])
    code, said = shown(["sh", "-c", f"{command} > out.txt"], folder)
    assert (code, ours(said)) == (0, b"x\r\n")
    assert (folder / "out.txt").read_bytes() == b"True False True\n"


def test_a_window_that_changes_its_size_is_followed(folder: Path) -> None:
    (folder / "sizes.py").write_text(
        "import os, signal, sys\n"
        "def changed(n, f):\n    size = os.get_terminal_size(1)\n"
        "    os.write(1, b'%d\\n' % size.columns)  # print() in a handler fails while another is under way\n"
        "    size.columns == 77 and sys.exit()\n"
        "signal.signal(signal.SIGWINCH, changed)\nprint('ready')\nwhile True: signal.pause()"
    )
    with screen([*RECORD, "sizes.py"], folder) as terminal:
        terminal.wait_for(b"ready")
        terminal.resize(20, 77)
        terminal.wait_for(b"77")
        assert terminal.close() == 0


@LINUX
def test_on_a_terminal_lines_of_the_program_alone_are_its_own(folder: Path) -> None:
    (folder / "child.py").write_text(
        "import subprocess, time\nprint('alone')\n"
        "time.sleep(0.5)\nsubprocess.run(['echo', 'child'])\nprint('who')\nprint('again')"
    )
    with screen([*RECORD, "-o", "run.json", "child.py"], folder) as terminal:
        assert terminal.close() == 0
    names = {event["args"]["text"]: event["pid"] for event in json.loads((folder / "run.json").read_text())["traceEvents"]
             if event["ph"] == "i" and "text" in event.get("args", {})}  # fmt: skip
    assert "alone" in names
    assert "child" not in names, "not known to be the program's"


# Signals.

SLEEPS = """
import multiprocessing, os, sys, time
def work():
    print('worker', flush=True)
    for _ in range(1200):
        # Python does not notice a signal that comes just before a call of the system, and would sleep on for the whole time.
        time.sleep(0.05)
if __name__ == '__main__':
    them = [multiprocessing.Process(target=work) for _ in range(2)]
    [one.start() for one in them]
    print('started', flush=True)
    [one.join() for one in them]
"""
MINDS = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda n, f: sys.exit(7))
print('ready', flush=True)
for _ in range(1200):
    time.sleep(0.05)
"""
COUNTS = """
import signal, time
heard = []
signal.signal(signal.SIGINT, lambda n, f: heard.append(n))
print('ready', flush=True)
until = time.monotonic() + 1
while time.monotonic() < until:
    time.sleep(0.1)
print(len(heard))
"""
IGNORES = """
import multiprocessing, signal, sys, time
def work():
    time.sleep(60)
if __name__ == '__main__':
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    multiprocessing.Process(target=work).start()
    print('ready', flush=True)
    time.sleep(60)
"""


def test_ctrl_c_reaches_every_process_as_natively(folder: Path) -> None:
    (folder / "sleeps.py").write_text(SLEEPS)

    def interrupted(command: list[str]) -> tuple[int, int]:
        with screen([*command, "sleeps.py"], folder) as terminal:
            for _ in range(2):
                terminal.expect(b"worker")
            # Within start() the interrupt could come between a fork and its record.
            terminal.wait_for(b"started")
            terminal.type(b"\x03")
            return terminal.close(), terminal.output.count(b"KeyboardInterrupt")

    assert interrupted(RECORD) == interrupted(BARE) == (130, 3)


def test_a_signal_to_us_alone_is_passed_on(folder: Path) -> None:
    (folder / "minds.py").write_text(MINDS)
    with subprocess.Popen([*RECORD, "minds.py"], cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 7


def test_a_signal_to_the_whole_group_comes_once(folder: Path) -> None:
    (folder / "counts.py").write_text(COUNTS)
    with subprocess.Popen([*RECORD, "counts.py"], cwd=folder, env=environment(), stdout=subprocess.PIPE,
                          start_new_session=True) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == b"1\n"
        assert process.wait(30) == 0


def test_a_second_ctrl_c_ends_the_tree(folder: Path) -> None:
    (folder / "ignores.py").write_text(IGNORES)
    with screen([*RECORD, "ignores.py"], folder) as terminal:
        terminal.wait_for(b"ready")
        terminal.type(b"\x03")
        terminal.wait_for(b"^C")
        select.select([], [], [], 0.5)
        assert terminal.process.poll() is None, "the script has decided to stay"
        terminal.type(b"\x03")
        assert terminal.close() == 130


def test_term_ends_the_tree(folder: Path) -> None:
    (folder / "sleeps.py").write_text(SLEEPS)
    with subprocess.Popen([*RECORD, "sleeps.py"], cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert sorted(process.stdout.readline() for _ in range(3)) == [b"started\n", b"worker\n", b"worker\n"]
        process.terminate()
        assert process.wait(20) == 143


# What outlives it, and what cannot be done.


@LINUX
def test_a_report_that_is_being_written_is_finished(folder: Path) -> None:
    """A CI may end the group just when the run has ended. A second signal ends the command at once."""

    def ended_while_writing(signals: int) -> tuple[int, bytes]:
        command = [*RECORD, "--json", folder / "much.py"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
            assert running.stdout is not None
            text = running.stdout.read(1)  # the rest does not fit into the pipe
            for _ in range(signals):
                running.send_signal(signal.SIGTERM)
                wait_until(lambda: running.poll() is not None or _waits_with_no_signal_pending(running.pid))
            text += running.stdout.read()
            return running.wait(), text

    code, text = ended_while_writing(1)
    assert code == 0
    assert json.loads(text)["processes"]
    code, text = ended_while_writing(2)
    assert code == -signal.SIGTERM
    assert text.startswith(b"{")


@LINUX
def test_what_the_program_leaves_behind_lives_on(folder: Path) -> None:
    (folder / "daemon.py").write_text(
        "import os, sys, time\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n"
        "    print(os.getpid(), flush=True)\n    time.sleep(1.5)\n    print('still here', flush=True)\n    os._exit(0)\n"
        "os.wait(); print('program', flush=True)"
    )
    began = time.monotonic()
    with subprocess.Popen([*RECORD, "-o", "run.csv", "daemon.py"], cwd=folder, env=environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(2)]
        assert process.wait(20) == 0
        assert b"left alone" in process.stderr.read()
        assert process.stdout.read() == b"still here\n", "and what it prints arrives"
    assert b"program\n" in lines
    pid = next(int(line) for line in lines if line != b"program\n")
    assert time.monotonic() - began > 1.4
    wait_until(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize(("arguments", "code", "sentence"), [
    (["nosuch.py"], 2, "There is no file nosuch.py."),
    ([], 2, "which script?"),
    (["--nonsense", "prints.py"], 2, "--nonsense"),
    (["-o", "x.doc", "prints.py"], 2, "x.doc"),
    (["-o", "missing/x.csv", "prints.py"], 2, "does not exist"),
    (["--watch", "a.b", "prints.py"], 2, "'a.b' is not the name of a global"),
    (["--python", "nosuch", "prints.py"], 3, "nosuch could not be started"),
    (["--python", "/bin/true", "prints.py"], 3, "not a Python interpreter"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(folder: Path, arguments: list[str], code: int, sentence: str) -> None:
    found, out, err = ran(RECORD, *arguments, cwd=folder)
    assert (found, out) == (code, b"")
    assert sentence in err.decode()
    assert err.count(b"\n") == 1


def test_an_old_or_another_python_is_refused(folder: Path) -> None:
    for name, answer in (
        ("old", r"cpython\n3\n8\n/x"),
        ("other", r"pypy\n3\n10\n/x"),
        ("ancient", r"CPython\n2\n7\n/x"),
    ):
        (folder / name).write_text(f"#!/bin/sh\nprintf '{answer}\\n'\n")
        (folder / name).chmod(0o755)
        code, out, err = ran(RECORD, "--python", f"./{name}", "prints.py", cwd=folder)
        assert (code, out) == (2, b"")
        assert b"CPython 3.9 or newer" in err


def test_where_no_run_can_be_kept_the_script_runs_alone(folder: Path) -> None:
    (folder / "file").write_text("")
    code, out, err = ran(RECORD, "exits.py", cwd=folder, XDG_STATE_HOME=str(folder / "file" / "below"))
    assert (code, out) == (3, b"")
    assert b"The script runs without being recorded." in err
    assert err.count(b"\n") == 1


@LINUX
def test_output_that_could_not_be_written_is_no_success(folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*RECORD, "prints.py"], cwd=folder, env=environment(), stdout=full, stderr=subprocess.PIPE,
                              timeout=60, check=False)  # fmt: skip
    assert done.returncode in (1, 120), "120 where the program itself noticed"
    assert b"could not all be written" in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_do_no_harm(folder: Path, closed: str) -> None:
    (folder / "quiet.py").write_text("open('made.txt', 'w').write('x'); raise SystemExit(4)")
    command = " ".join(f"'{part}'" for part in [*RECORD, "quiet.py"])
    assert ran(["sh", "-c"], f"{command} {closed}", cwd=folder) == (4, b"", b"")
    assert (folder / "made.txt").read_text() == "x"


# What is recorded.


def test_json_holds_what_the_program_printed(folder: Path) -> None:
    said = report_of("workers.py", cwd=folder)
    assert said["program"]["exit_code"] == 0
    names = {process["id"]: process["name"] for process in said["processes"] if process["kind"] != "helper"}
    assert [names[n].removeprefix("ForkServer") for n in sorted(names)] == [
        "workers.py", *(f"Process-{n}" for n in range(1, 5))
    ]  # fmt: skip
    by = {(names[line["process"]], line["text"].split()[0]) for line in said["output"]}
    assert len(by) == 5, "every line has its writer"
    assert len(said["output"]) == 201


def test_tasks_and_watched_values_are_reported(folder: Path) -> None:
    (folder / "pool.py").write_text(
        "import multiprocessing\ntotal = [0]\n"
        "def square(n):\n    total[0] += n\n    if n == 3: raise ValueError(n)\n    return n * n\n"
        "if __name__ == '__main__':\n    with multiprocessing.Pool(2) as pool:\n"
        "        try: pool.map(square, range(4), chunksize=1)\n        except ValueError: pass\n"
        "        pool.close(); pool.join()\n"
    )
    said = report_of("--watch", "total", "pool.py", cwd=folder)
    assert [task["name"] for task in said["tasks"]] == ["square"] * 4
    assert sum(bool(task["error"]) for task in said["tasks"]) == 1
    assert all(task["submitted_s"] <= task["began_s"] <= task["ended_s"] for task in said["tasks"])
    kinds = {process["id"]: process["kind"] for process in said["processes"]}
    assert {kinds[task["process"]] for task in said["tasks"]} == {"pool_worker"}
    assert {(value["name"], value["when"]) for value in said["watched"]} == {("total", "began"), ("total", "ended")}


def test_each_output_is_written_and_said(folder: Path) -> None:
    code, out, err = ran(RECORD, "-o", "a.csv", "-oa.json", "--out=a.procession", "prints.py", cwd=folder)
    assert (code, out) == ran(BARE, "prints.py", cwd=folder)[:2]
    assert err.splitlines() == [b"Saved a.csv", b"Saved a.json", b"Saved a.procession"]
    assert all((folder / name).stat().st_size for name in ("a.csv", "a.json", "a.procession"))
