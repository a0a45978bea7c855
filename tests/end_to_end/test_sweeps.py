"""``procession sweep`` with real runs: a plan and a script, failures, no Qt, and Ctrl-C with nothing left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from support.commands import PROCESSION, Done, at_once
from support.waiting import wait_until

from workers.formats.opening import open_file
from workers.system import process_tree

SCRIPT = """
import sys, time
workers = int(sys.argv[1].partition("=")[2])
print("asked for", workers, sys.argv[2])
time.sleep(0.2 / workers)
sys.exit(3 if workers == 3 else 0)
"""
NO_QT = """
import sys
sys.path.insert(0, {root!r})
from desktop.cli.command_line import main
code = main(["sweep", "--workers", "1", "--workload", "spin", "--sizes", "10ms", "--repeat", "1", "-o", "none.csv"])
assert not [name for name in sys.modules if name.startswith(("PySide6", "pyqtgraph"))]
sys.exit(code)
"""


def environment(state: Path) -> dict[str, str]:
    """Ours, without a display and with a history of its own."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {**{name: value for name, value in os.environ.items() if name not in names}, "XDG_STATE_HOME": str(state)}


def runs(state: Path) -> list[Path]:
    return sorted(state.glob("procession/runs/*-*"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Done]]:
    """A sweep of a plan, one of a script, and one with an eye on what is imported, at the same time; and where."""
    folder = tmp_path_factory.mktemp("sweeps")
    (folder / "work.py").write_text(SCRIPT)
    plan = [
        "--workers",
        "2,1",
        "--repeat",
        "2",
        "--workload",
        "sleep",
        "--sizes",
        "300ms",
        "--json",
        "-o",
        "a.png",
        "-o",
        "a.csv",
    ]
    script = ["--workers", "1,2,3", "--repeat", "1", "work.py", "--jobs={workers}", "{worker}"]
    root = str(Path(PROCESSION[2]).parents[1])
    commands = [
        [*PROCESSION, "sweep", *plan],
        [*PROCESSION, "sweep", *script],
        [sys.executable, "-P", "-c", NO_QT.format(root=root)],
    ]
    return folder, at_once(commands, cwd=folder, env=environment(folder / "state"))


def test_a_plan_takes_half_as_long_with_two(done: tuple[Path, list[Done]]) -> None:
    folder, (swept, _, _) = done
    assert swept.code == 0, swept.err
    assert swept.err.splitlines() == ["Saved a.png", "Saved a.csv"]
    one, two = json.loads(swept.out)["sweep"]["points"]
    assert (one["workers"], two["workers"]) == (1, 2)
    assert 0.6 <= one["duration_least_s"] <= one["duration_s"]
    assert two["duration_least_s"] >= 0.3
    assert one["runs"] == two["runs"] == 2
    assert 1.0 < two["speed_up"] <= 2.2
    assert QImage(str(folder / "a.png")).width() == 2400
    assert len((folder / "a.csv").read_text().splitlines()) == 3


def test_each_run_is_kept_with_the_work_of_its_point(done: tuple[Path, list[Done]]) -> None:
    _, (swept, _, _) = done
    for point in json.loads(swept.out)["sweep"]["points"]:
        for run in point["each"]:
            opened = open_file(Path(run["folder"]))
            try:
                plan = opened.timeline.plan
                assert plan is not None
                assert (plan.workers, sum(plan.sizes)) == (point["workers"], 600_000)
                assert [line.text for line in opened.timeline.lines].count("We're done") == 1
            finally:
                opened.close()


def test_a_script_is_told_the_number_and_its_failure_is_no_time(done: tuple[Path, list[Done]]) -> None:
    folder, (_, swept, _) = done
    assert swept.code == 3
    assert swept.err == "procession: 3 workers: exit code 3\n"
    table = [line.split() for line in swept.out.decode().splitlines()]
    rows = {line[0]: line for line in table if line and line[0].isdigit() and len(line) > 3}
    assert rows["3"][1:5] == ["0", "–", "–", "–"]
    assert rows["1"][1] == rows["2"][1] == "1"
    said = [(run / "output.bin").read_bytes() for run in runs(folder / "state")]
    assert sum(b"asked for 2 {worker}" in text for text in said) == 1


def test_no_qt_is_imported_without_a_picture(done: tuple[Path, list[Done]]) -> None:
    _, (_, _, swept) = done
    assert swept.code == 0, swept.err


@pytest.fixture
def sleeping(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A sweep whose first run is done and whose second one lasts a minute."""
    code = "import sys, time; time.sleep(60 if sys.argv[1] == '2' else 0)"
    (tmp_path / "slow.py").write_text(code)
    command = [*PROCESSION, "sweep", "--workers", "1,2", "--repeat", "1", "-o", "a.json", "slow.py", "{workers}"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path / "state"), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        wait_until(lambda: len(runs(tmp_path / "state")) == 2 and process_tree.marked(runs(tmp_path / "state")[1]))
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_run_and_keeps_what_was_measured(sleeping: "subprocess.Popen[str]", tmp_path: Path) -> None:
    sleeping.send_signal(signal.SIGINT)
    out, err = sleeping.communicate(timeout=60)
    assert sleeping.returncode == 130
    assert "At 1 worker it takes" in out
    assert err == "Saved a.json\n"
    assert [point["workers"] for point in json.loads((tmp_path / "a.json").read_text())["sweep"]["points"]] == [1]
    assert not [process for run in runs(tmp_path / "state") for process in process_tree.marked(run)]
