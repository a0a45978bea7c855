"""A recorded command on a terminal stops, continues, takes input and ends as it does alone. Each test runs it both ways."""

import fcntl
import os
import stat
import sys
import termios
from pathlib import Path

import psutil
import pytest
from support.paths import MAIN as MAIN_FILE
from support.terminals import LIMIT_S, Screen, as_a_shell, screen
from support.waiting import wait_until

if sys.platform == "win32":
    pytest.skip("POSIX only", allow_module_level=True)

MAIN = str(MAIN_FILE)
RECORD = [sys.executable, "-P", MAIN, "record", "--python", sys.executable]
BOTH_WAYS = pytest.mark.parametrize("python", [[sys.executable], RECORD], ids=["alone", "recorded"])
SHELL = ["bash", "--norc", "--noprofile", "-i"]
PROMPT = b"prompt> "
SUSPEND, QUIT, END = b"\x1a", b"\x1c", b"\x04"

TALKS = """
import os, select, signal, sys
signal.signal(signal.SIGCONT, lambda number, frame: os.write(1, b"continued\\n"))
if "deaf" in sys.argv:
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
os.write(1, b"ready\\n")
while True:
    # A signal that comes just before a call is handled after it: no call lasts.
    if select.select([0], [], [], 0.5)[0]:
        line = os.read(0, 100)
        if not line:
            sys.exit(7)
        os.write(1, b"got " + line)
"""
STOPS_ITSELF = """
import os, signal
print("ready", flush=True)
os.kill(os.getpid(), signal.SIGTSTP)
print("went on", flush=True)
raise SystemExit(7)
"""
FULL_SCREEN = """
import curses
def main(window):
    window.addstr(0, 0, f"size {window.getmaxyx()} ready")
    window.refresh()
    return window.getch()
print("key", curses.wrapper(main), flush=True)
raise SystemExit(7)
"""
HEARS = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
def heard(number, frame):
    with open("heard", "a") as file: file.write("hung up")
signal.signal(signal.SIGHUP, heard)
print("ready", flush=True)
try:
    while sys.stdin.read(1): pass
except OSError:
    pass
while not open("heard").read(): pass
with open("ended", "w") as file: file.write("by itself")
"""


def type_in_shell(terminal: Screen, python: list[str], script: Path, *arguments: str) -> None:
    """Start a script from an interactive shell, and wait until it is ready."""
    terminal.expect(PROMPT)
    words = [*python, script.name, *arguments]
    terminal.type(" ".join(f"'{word}'" for word in words).encode() + b"\n")
    terminal.expect(b"ready")


def ended_with(terminal: Screen, code: int) -> None:
    """The shell has it that the script ended so."""
    terminal.expect(PROMPT)
    terminal.type(b"echo code=$?.\n")
    terminal.expect(b"code=%d." % code)
    terminal.expect(PROMPT)
    terminal.type(b"exit\n")
    terminal.close()


def unread(pid: int) -> int:
    """How many bytes wait in the pipes that a process reads."""
    waiting = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if os.readlink(descriptor).startswith("pipe:") and (descriptor.lstat().st_mode & stat.S_IRUSR):
            pipe = os.open(descriptor, os.O_RDONLY | os.O_NONBLOCK)
            waiting += int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
            os.close(pipe)
    return waiting


def written(folder: Path, text: str) -> Path:
    """A script."""
    script = folder / "script.py"
    script.write_text(text)
    return script


@BOTH_WAYS
def test_it_is_stopped_and_continued_by_the_shell(tmp_path: Path, python: list[str]) -> None:
    with screen(SHELL, tmp_path, PS1=PROMPT.decode(), TERM="dumb") as terminal:
        type_in_shell(terminal, python, written(tmp_path, TALKS))
        for turn in (b"one", b"two"):
            terminal.type(turn + b"\n")
            terminal.expect(b"got " + turn)
            terminal.type(SUSPEND)
            terminal.expect(b"Stopped")
            terminal.expect(PROMPT)
            terminal.type(b"fg\n")
            terminal.expect(b"continued")
        terminal.type(b"three\n")
        terminal.expect(b"got three")
        terminal.type(END)
        ended_with(terminal, 7)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_a_stop_that_is_over_when_it_is_read_of_stops_nothing(tmp_path: Path) -> None:
    """The shell can stop and continue the whole group before the command has read that its program was stopped."""
    with screen([*RECORD, str(written(tmp_path, TALKS))], tmp_path) as terminal:
        terminal.expect(b"ready")
        command = psutil.Process(terminal.process.pid)
        (keeper,) = command.children()
        (program,) = keeper.children()
        command.suspend()
        wait_until(lambda: command.status() == psutil.STATUS_STOPPED)
        program.suspend()
        wait_until(lambda: unread(command.pid) > 0)
        program.resume()
        terminal.expect(b"continued")
        wait_until(lambda: unread(command.pid) == 0)
        terminal.type(b"one\n")
        terminal.expect(b"got one")
        terminal.type(END)
        assert terminal.close() == 7


@BOTH_WAYS
def test_one_that_stops_itself_is_seen_to_be_stopped(tmp_path: Path, python: list[str]) -> None:
    with screen(SHELL, tmp_path, PS1=PROMPT.decode(), TERM="dumb") as terminal:
        type_in_shell(terminal, python, written(tmp_path, STOPS_ITSELF))
        terminal.expect(b"Stopped")
        terminal.expect(PROMPT)
        terminal.type(b"fg\n")
        terminal.expect(b"went on")
        ended_with(terminal, 7)


@BOTH_WAYS
def test_one_that_does_not_stop_goes_on(tmp_path: Path, python: list[str]) -> None:
    with screen(SHELL, tmp_path, PS1=PROMPT.decode(), TERM="dumb") as terminal:
        type_in_shell(terminal, python, written(tmp_path, TALKS), "deaf")
        terminal.type(SUSPEND)
        terminal.expect(b"^Z")
        terminal.type(b"one\n")
        terminal.expect(b"got one")
        terminal.type(END)
        ended_with(terminal, 7)
        assert b"Stopped" not in terminal.output


@BOTH_WAYS
def test_the_whole_screen_can_be_used(tmp_path: Path, python: list[str]) -> None:
    with screen([*python, str(written(tmp_path, FULL_SCREEN))], tmp_path, TERM="xterm") as terminal:
        terminal.expect(b"size (33, 101) ready")
        terminal.type(b"q")  # without an end of line
        terminal.expect(b"key 113")
        assert terminal.close() == 7
        assert b"q" not in terminal.output.replace(b"xterm", b""), "what is typed is not echoed"


@BOTH_WAYS
def test_it_quits(tmp_path: Path, python: list[str]) -> None:
    with screen([*python, str(written(tmp_path, HEARS))], tmp_path) as terminal:
        terminal.expect(b"ready")
        terminal.type(QUIT)
        assert terminal.close() == 128 + 3


@BOTH_WAYS
def test_one_that_outlives_its_terminal_ends_by_itself(tmp_path: Path, python: list[str]) -> None:
    (tmp_path / "heard").touch()
    with screen([*python, str(written(tmp_path, HEARS))], tmp_path) as terminal:
        terminal.expect(b"ready")
        terminal.hang_up()
        assert as_a_shell(terminal.process.wait(LIMIT_S)) == 0
    assert (tmp_path / "heard").read_text()
    assert (tmp_path / "ended").read_text() == "by itself"
