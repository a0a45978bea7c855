"""A hang is told while it goes on: by `record`, also where standard error is no terminal, by `report` and by `stacks`."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import PROCESSION, procession
from support.scripts import script_path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="waits are seen on Linux alone")

LIMIT_S = 60.0


@pytest.fixture
def hung() -> Iterator[tuple["subprocess.Popen[str]", Path, str]]:
    """A recorded script that hangs: the command, its run's folder, and the first line on its standard error."""
    state = Path(os.environ["XDG_STATE_HOME"])
    command = [*PROCESSION, "record", str(script_path("x44_heartbeat.py"))]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, start_new_session=True, **streams) as recording:  # type: ignore[call-overload]
        try:
            assert recording.stderr is not None
            line = recording.stderr.readline() if select.select([recording.stderr], [], [], LIMIT_S)[0] else ""
            yield recording, next(state.glob("procession/runs/*/keeper.journal")).parent, line
        finally:
            if recording.poll() is None:
                os.killpg(recording.pid, signal.SIGTERM)
            recording.communicate(timeout=LIMIT_S)


def test_a_hang_is_told_while_it_goes_on(hung: tuple["subprocess.Popen[str]", Path, str]) -> None:
    recording, folder, line = hung
    assert line.startswith("procession: Nothing makes progress any more: the program waits in join() for consumer-")
    assert recording.poll() is None
    report = procession("report", folder, "--json")
    data = json.loads(report.out)
    assert (report.code, report.err) == (0, "")
    assert data["program"]["running"] is True
    assert [one["code"] for one in data["findings"]] == ["deadlock"]
    assert {one["signal"] for one in data["processes"]} == {None}
    assert sum(one["kind"] == "worker" for one in data["processes"]) == 3
    (wait,) = data["processes"][0]["waits"]
    assert (wait["for"], wait["line"], wait["until_s"]) == ("join", 28, None)
    assert data["processes"][wait["of"] - 1]["name"].startswith("consumer-")
    text = procession("report", folder).out.decode()
    assert text.startswith("The run is still running. So far: 2 of 3 alive")
    stacks = procession("stacks", folder).out.decode()
    helpers = sum(one["kind"] == "helper" for one in data["processes"])  # those of a fork server
    assert f"1 of {5 + helpers} threads is in join() (x44_heartbeat.py:28)" in stacks
    assert "Thread-1 (heartbeat)" in stacks
    os.killpg(recording.pid, signal.SIGTERM)
    recording.wait(LIMIT_S)
    kept = procession("stacks", folder, "--json")
    names = {one["name"] for one in json.loads(kept.out)["processes"] if one["stack"]}
    assert "x44_heartbeat.py" in names
    ended = json.loads(procession("report", folder, "--json").out)
    assert ended["program"]["running"] is False
    assert "deadlock" in [one["code"] for one in ended["findings"]]


def test_stacks_of_a_process_by_its_pid() -> None:
    code = "import time\ndef rests(): time.sleep(60)\nprint(flush=True)\nrests()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.1)  # until it is in the function; otherwise the stack is shorter, which the assertion would show
        done = procession("stacks", process.pid)
        process.kill()
    assert done.code == 0
    assert "    rests  <string>:2\n    <module>  <string>:4\n" in done.out.decode()


def test_stacks_of_what_is_no_process_and_of_a_run_that_kept_none(tmp_path: Path) -> None:
    assert procession("stacks", 1 << 30).sentence == f"There is no process {1 << 30}."
    saved = tmp_path / "run.procession"
    procession("run", "--sizes", "1k", "-o", saved)
    done = procession("stacks", saved)
    assert done.out.decode().startswith("No stacks were kept")
