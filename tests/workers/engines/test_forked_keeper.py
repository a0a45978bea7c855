"""The keeper as a fork of a command: only of one with a single thread, and with nothing of the command's in it.

It may be forked before it is known what it is to launch.
"""

import json
import os
import subprocess
import sys

import pytest
from support.paths import ROOT

from workers.keeper.launch import Launch, StandardStreams, encode_launch, read_launch

OWNER = """
import json, os, signal, sys, threading, time
from pathlib import Path
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program
from workers.keeper.launch import StandardStreams


def where(link):
    try:
        return os.readlink(link)
    except OSError:
        return None  # closed in the meantime


streams = StandardStreams(None, None, None) if sys.argv[1] == "command" else None
threads = int(sys.argv[2])
signal.signal(signal.SIGURG, lambda number, frame: None)
_, ours = os.pipe()
done = threading.Event()
for _ in range(threads):
    threading.Thread(target=done.wait, daemon=True).start()
run = LocalEngine(Program((sys.executable, "-c", "import os, sys; sys.exit(len(os.read(0, 9)))"), os.getcwd(), "x", (), False,
                          None, streams))
run.start()
while not (run.folder / "bell").exists():
    time.sleep(0.001)
keeper = Path("/proc", str(run.keeper.pid))
own = Path("/proc/self")
caught = int(keeper.joinpath("status").read_text().partition("SigCgt:")[2].split()[0], 16)
held = {where(link) for link in keeper.joinpath("fd").iterdir()}
facts = {
    "forked": keeper.joinpath("cmdline").read_bytes() == own.joinpath("cmdline").read_bytes(),
    "handler": bool(caught & 1 << signal.SIGURG - 1),
    "pipe": os.readlink(f"/proc/self/fd/{ours}") in held,
}
while not run.wait(1):
    pass
run.close()
done.set()
print(json.dumps({**facts, "code": run.result().exit_code, "lost": run.lost, "log": (run.folder / "keeper.log").read_text()}))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere no keeper is forked")
@pytest.mark.parametrize(
    ("what", "threads", "forked"), [("command", 0, True), ("command", 1, False), ("script", 0, False)]
)
def test_a_command_with_one_thread_forks_its_keeper(what: str, threads: int, forked: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OWNER, what, str(threads)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {"forked": forked, "handler": False, "pipe": False, "code": 0, "lost": False, "log": ""}


NOTHING_TO_LAUNCH = """
import os, sys
from workers.engines.forked_keeper import wait_for_launch

waiting = wait_for_launch([int(sys.argv[2])])
if sys.argv[1] == "dismisses it":
    waiting.dismiss()
    waiting.dismiss()
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("no child", flush=True)
os._exit(waiting is None)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere no keeper is forked")
@pytest.mark.parametrize(("what", "said"), [("is gone", ""), ("dismisses it", "no child\n")])
def test_one_that_waits_ends_when_its_owner_has_nothing_to_launch(what: str, said: str) -> None:
    ours, theirs = os.pipe()
    command = [sys.executable, "-c", NOTHING_TO_LAUNCH, what, str(theirs)]
    with open(ours, "rb") as held:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, pass_fds=(theirs,), text=True, timeout=60, check=False
        )
        os.close(theirs)
        assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
        assert held.read() == b"", "it has closed what the program would inherit"


STOPS_AT_ONCE = """
import os, sys, time
from workers.commands import StopRun
from workers.engines.forked_keeper import wait_for_launch
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program
from workers.keeper.launch import StandardStreams

program = Program((sys.executable, "-c", "import time; time.sleep(600)"), os.getcwd(), "x", streams=StandardStreams(None, 1, 1))
run = LocalEngine(program, waiting=wait_for_launch(()))
run.start()
run.command(StopRun())
while not run.wait(1):
    pass
run.close()
print(run.result().exit_code)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere no keeper is forked")
def test_a_command_that_follows_the_launch_at_once_is_carried_out() -> None:
    """It is read together with the launch."""
    done = subprocess.run(
        [sys.executable, "-c", STOPS_AT_ONCE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "-15\n", "")


def test_what_follows_the_launch_is_kept() -> None:
    launch = Launch(
        "/a folder\udcff",
        ["python", "x"],
        {"A": "\udcff é"},
        "",
        {"title": "x"},
        False,
        streams=StandardStreams(0, 1, None),
    )
    reads, writes = os.pipe()
    with open(reads, "rb") as ours, open(writes, "wb") as theirs:
        theirs.write(encode_launch(launch) + b'{"do": "stop"}\n{"do":')
        theirs.close()
        assert read_launch(ours.fileno()) == (launch, b'{"do": "stop"}\n{"do":')
        assert read_launch(ours.fileno()) is None
