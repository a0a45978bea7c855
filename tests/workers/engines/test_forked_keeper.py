"""The keeper as a fork of a command: only of one with a single thread, and with nothing of the command's in it."""

import json
import subprocess
import sys

import pytest
from support.paths import ROOT

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
signal.signal(signal.SIGUSR1, lambda number, frame: None)
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
    "handler": bool(caught & 1 << signal.SIGUSR1 - 1),
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
