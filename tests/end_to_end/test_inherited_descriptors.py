"""What a script inherits reaches it under ``procession record`` as it would alone: descriptors of any number, closed standard
streams, and the variables of a service manager. At the other ends nothing differs either."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.commands import at_once
from support.paths import MAIN
from support.scripts import script_path
from support.terminals import environment
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
LIMIT_S = 60
BARE = [sys.executable]
RECORD = [sys.executable, "-P", str(MAIN), "record", "--python", sys.executable]
SHOWS = str(script_path("descriptors.py"))
LETS_GO = str(script_path("lets_go.py"))
UNRECORDED = {"XDG_STATE_HOME": "/dev/null"}
"""With these variables nothing can be recorded, and the command becomes the plain one."""

WITH = r"""
import json, os, sys
numbers, closed, variables = json.loads(sys.argv[1])
high = {}
for number, end in numbers:
    high[number] = 300 + len(high)
    os.dup2(end, high[number], inheritable=False)
for _, end in numbers:
    os.set_inheritable(end, False)
for number, end in high.items():
    os.dup2(end, number)
for number in closed:
    os.close(number)
for name in variables:
    number = os.fstat(os.pidfd_open(os.getpid())).st_ino if name.endswith("PIDFDID") else os.getpid()
    os.environ[name] = str(number)
os.execv(sys.argv[2], sys.argv[2:])
"""


def with_descriptors(
    command: Sequence[str], numbers: dict[int, int], closed: Sequence[int] = (), pid_variables: Sequence[str] = ()
) -> list[str]:
    """A command that is executed with descriptors under other numbers, and with variables that hold its pid."""
    what = json.dumps([list(numbers.items()), list(closed), list(pid_variables)])
    return [sys.executable, "-I", "-S", "-c", WITH, what, *command]


def noted(
    folder: Path,
    command: Sequence[str],
    numbers: dict[int, int],
    closed: Sequence[int] = (),
    *,
    pid_variables: Sequence[str] = (),
    **changes: str,
) -> list[str]:
    """What the script that shows its descriptors has noted, run by this command."""
    note = folder / f"note{len(list(folder.glob('note*')))}"
    done = subprocess.run(
        with_descriptors([*command, SHOWS, str(note)], numbers, closed, pid_variables), stdin=subprocess.PIPE,
        capture_output=True, pass_fds=tuple(set(numbers.values())), env=environment(**changes), timeout=LIMIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return note.read_text().splitlines()


@pytest.mark.parametrize(("options", "changes"), [([], {}), (["--json"], {}), ([], UNRECORDED)])
def test_every_descriptor_arrives_under_its_own_number_and_no_other(
    tmp_path: Path, options: list[str], changes: dict[str, str]
) -> None:
    said = []
    for command in (BARE, [*RECORD, *options]):
        with ExitStack() as opened:
            ours, theirs = socket.socketpair()
            opened.enter_context(ours)
            opened.enter_context(theirs)
            file = opened.enter_context((tmp_path / "written").open("wb"))
            reads, writes = os.pipe()
            for end in (reads, writes):
                opened.callback(os.close, end)
            os.write(writes, b"mine")
            numbers = {3: theirs.fileno(), 4: reads, 5: writes, 9: file.fileno(), 63: writes, 200: theirs.fileno()}
            said.append(noted(tmp_path, command, numbers, **changes))
    assert said[1] == said[0]
    assert "4 pipe 0 mine" in said[0]
    assert {line.split()[0] for line in said[0]} >= {"0", "1", "2", "3", "4", "5", "9", "63", "200"}


def test_closed_standard_streams_are_closed(tmp_path: Path) -> None:
    sets = [(0,), (1,), (2,), (0, 1, 2)]

    def notes(name: str, command: Sequence[str], sets: Sequence[tuple[int, ...]], **changes: str) -> list[str]:
        files = [tmp_path / f"{name}{at}" for at in range(len(sets))]
        commands = [with_descriptors([*command, SHOWS, str(file)], {}, closed)
                    for file, closed in zip(files, sets, strict=True)]  # fmt: skip
        assert [done.code for done in at_once(commands, env=environment(**changes))] == [0] * len(sets)
        return [file.read_text() for file in files]

    bare = notes("bare", BARE, sets)
    assert [note.count("open") for note in bare] == [2, 2, 2, 0]
    assert notes("recorded", RECORD, sets) == bare
    assert notes("unrecorded", RECORD, sets[-1:], **UNRECORDED) == bare[-1:]


def test_the_other_ends_notice_when_the_script_lets_go() -> None:
    from_script, for_script = os.pipe(), os.pipe()
    command = with_descriptors([*RECORD, LETS_GO], {7: from_script[1], 8: for_script[0]})
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(),
                          pass_fds=(from_script[1], for_script[0])) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            os.close(from_script[1])
            os.close(for_script[0])
            assert process.stdout.readline() == b"ready\n"
            os.set_blocking(from_script[0], False)
            with pytest.raises(BlockingIOError):
                os.read(from_script[0], 1)  # the script has it
            os.write(for_script[1], b"x")
            process.stdin.write(b"now\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"closed\n"
            assert process.poll() is None
            wait_until(lambda: _is_at_its_end(from_script[0]), limit_s=5)
            with pytest.raises(BrokenPipeError):
                os.write(for_script[1], b"x")
            process.stdin.close()
            assert process.wait(LIMIT_S) == 0
        finally:
            process.kill()
            os.close(from_script[0])
            os.close(for_script[1])


def _is_at_its_end(fd: int) -> bool:
    try:
        return os.read(fd, 1) == b""
    except BlockingIOError:
        return False


@pytest.mark.parametrize("changes", [{}, UNRECORDED])
def test_the_variables_of_a_service_manager_name_the_script(tmp_path: Path, changes: dict[str, str]) -> None:
    names = ("LISTEN_PID", "LISTEN_PIDFDID", "WATCHDOG_PID")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        for ours in (names, ()):
            bare, recorded = (
                noted(tmp_path, command, {3: listening.fileno()}, pid_variables=ours,
                      LISTEN_FDS="1", LISTEN_PID="1", LISTEN_PIDFDID="1", WATCHDOG_PID="1", **changes)
                for command in (BARE, RECORD)
            )  # fmt: skip
            assert recorded == bare
            assert [line for line in recorded if "ours" in line] == [f"{name} is ours" for name in ours]
            assert "3 socket 2" in recorded


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_process_substitution_and_a_file_of_the_shells(tmp_path: Path) -> None:
    script = tmp_path / "reads.py"
    script.write_text("import os, sys; os.write(7, open(sys.argv[1], 'rb').read())")
    line = '"$@" <(echo from a command) 7>"$0"'
    for command in (BARE, RECORD):
        out = tmp_path / "out"
        subprocess.run(["bash", "-c", line, out, *command, script], env=environment(), timeout=LIMIT_S, check=True)
        assert out.read_text() == "from a command\n"


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_the_job_server_of_make(tmp_path: Path) -> None:
    (tmp_path / "inner.mk").write_text("all: a b c\na b c:\n\t@echo $@\n")
    script = tmp_path / "calls_make.py"
    script.write_text("import subprocess, sys; sys.exit(subprocess.call(['make', '-f', 'inner.mk'], close_fds=False))")
    (tmp_path / "Makefile").write_text("all:\n\t+$(COMMAND) calls_make.py\n")
    for command in (BARE, RECORD):
        done = subprocess.run(["make", "-j3", f"COMMAND={' '.join(command)}"], cwd=tmp_path, env=environment(),
                              capture_output=True, timeout=LIMIT_S, check=False)  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b"")  # make warns where it cannot reach its job server
        assert sorted(line for line in done.stdout.splitlines() if len(line) == 1) == [b"a", b"b", b"c"]
