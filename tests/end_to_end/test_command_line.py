"""The command line as a user and a script use it: a process of its own, from any folder."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psutil
import pytest
from support.terminals import as_a_shell

from desktop.cli.command_line import main
from workers.system import process_tree

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
COMMAND = [sys.executable, "-P", "-m", "desktop"]
SLEEPERS = ["run", "--workload", "sleep", "--sizes", "60s", "--workers", "2"]


def environment(**changes: str) -> dict[str, str]:
    """Ours without any display."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH")
    return {**{name: value for name, value in os.environ.items() if name not in names}, **changes}


def procession(*arguments: str, cwd: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment(**changes), capture_output=True, text=True, timeout=90
    )


def ran(*arguments: str, cwd: Path) -> dict[str, Any]:
    """What ``run --json`` said, having printed nothing else."""
    done = procession("run", *arguments, "--json", cwd=cwd)
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def runs() -> list[Path]:
    """The folders of the runs that this test made."""
    return list(Path(os.environ["XDG_STATE_HOME"]).glob("procession/runs/*"))


@pytest.fixture(autouse=True)
def _no_process_of_a_run_is_left() -> Iterator[None]:
    yield
    left = [process for folder in runs() for process in process_tree.marked(folder)]
    process_tree.Ending(lambda: [process for process in left if process.is_running()], 0.0).finish()
    assert not left


@contextlib.contextmanager
def sleepers(*arguments: str, cwd: Path) -> Iterator["subprocess.Popen[str]"]:
    """A run whose two workers have printed that they sleep. It is ended if the test did not end it."""
    process = subprocess.Popen(
        [*COMMAND, *SLEEPERS, *arguments], cwd=cwd, env=environment(PYTHONUNBUFFERED="1"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while not (runs() and (runs()[0] / "output.bin").exists()
                   and (runs()[0] / "output.bin").read_bytes().count(b"sleeps") == 2):  # fmt: skip
            assert process.poll() is None
            assert time.monotonic() < deadline
            select.select([], [], [], 0.02)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    said = ran("--sizes", "20k,30k", cwd=tmp_path)
    workers = said["processes"][1:]
    assert [worker["exit_code"] for worker in workers] == [0, 0]
    assert said["program"]["exit_code"] == 0
    assert "Function idx:  2 30000" in [line["text"] for line in said["output"]]
    for worker in workers:
        assert (worker["start_called_s"] < worker["target_began_s"] < worker["target_ended_s"]
                < worker["exited_s"] <= worker["joined_s"])  # fmt: skip
    assert os.listdir(tmp_path) in ([], ["xdg_state_home"])


def test_what_is_printed_is_passed_on_and_summed_up(tmp_path: Path) -> None:
    done = procession("run", "--sizes", "20k", "--workers", "2", "--start-method", "spawn", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Process-2 │ Function idx:  2 20000\n" in done.stdout
    assert "parent    │ We're done\n" in done.stdout
    # The long heads, where they fit beside the pids, which have as many digits as it happens.
    heads = r"^process +pid  state +(start )?called +began +ended +exited +joined +exit( code)? +(peak )?memory$"
    assert re.search(heads, done.stdout, re.M)
    assert "░ starting   █ alive" in done.stdout


def test_each_o_is_written(tmp_path: Path) -> None:
    names = ["a.png", "a.svg", "a.pdf", "a.csv", "a.json", "a.json.gz", "a.procession"]
    done = procession("run", "--sizes", "10k", "--workers", "2", *(f"-o{name}" for name in names), cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [f"Saved {name}" for name in names]
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"Process-2" in (tmp_path / "a.svg").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((tmp_path / "a.json").read_bytes())["traceEvents"]
    with ZipFile(tmp_path / "a.procession") as archive:
        assert {"keeper.journal", "program.journal", "output.bin", "manifest.json"} <= set(archive.namelist())
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["rum"], "'rum' is neither a command"),
    (["--nonsense"], "--nonsense"),
    (["run", "--sizes", "ten"], "'ten' is not a size"),
    (["run", "--sizes", "1,2", "--workers", "3"], "do not agree"),
    (["run", "--workers", "0"], "1 to 64"),
    (["run", "--workers", "65"], "1 to 64"),
    (["run", "--workers", "10000"], "1 to 64"),
    (["run", "--workers", "x"], "not a whole number"),
    (["run", "--workload", "dance"], "dance"),
    (["run", "--steps", "join*"], "worker 1 is not started by then"),
    (["run", "--steps", "start 5", "--workers", "2"], "has 2"),
    (["run", "-o", "a.jpg"], "must end in .png"),
    (["run", "-o", "no/a.png"], "does not exist"),
    (["run", "--sizes", "100G"], "of memory"),
    (["run", "--start-method", "teleport"], "teleport"),
    (["doctor", "--loud"], "--loud"),
])  # fmt: skip
def test_wrong_usage_is_one_sentence_and_starts_nothing(
    arguments: list[str], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert not runs()


def test_wrong_usage_ends_the_process_with_two(tmp_path: Path) -> None:
    done = procession("rum", cwd=tmp_path)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@POSIX
def test_a_worker_that_raises_and_one_that_is_killed_are_told_apart(tmp_path: Path) -> None:
    failed = ran("--workload", "fail", "--sizes", "20ms", "--workers", "1", cwd=tmp_path)["processes"][1]
    assert (failed["exit_code"], failed["signal"], failed["lost"]) == (1, None, False)
    killed = ran("--workload", "crash", "--sizes", "20ms", "--workers", "2", cwd=tmp_path)["processes"][1:]
    assert [(worker["exit_code"], worker["signal"]) for worker in killed] == [(-9, "SIGKILL")] * 2
    assert all(worker["joined_s"] is not None for worker in killed)


def test_steps_are_carried_out_in_their_order(tmp_path: Path) -> None:
    steps = "start*; alive 2; join 2; alive 2; join 1"
    said = ran("--sizes", "200ms,20ms", "--workload", "sleep", "--steps", steps, cwd=tmp_path)
    calls = [(call["call"], call["process"] - 1, call["result"]) for call in said["calls"]]
    assert calls[2:] == [("is_alive", 2, True), ("join", 2, True), ("is_alive", 2, False), ("join", 1, True)]


def test_no_qt_is_imported_without_a_picture(tmp_path: Path) -> None:
    code = (
        "import sys; from desktop.cli.command_line import main\n"
        "assert main(['run', '--sizes', '10k', '--json', '-o', 'a.csv', '-o', 'a.json', '-o', 'a.procession']) == 0\n"
        "assert main(['doctor']) in (0, 1)\n"
        "found = [name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph'))]\n"
        "sys.exit(f'imported: {found}' if found else 0)\n"
    )
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.procession").exists()


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_and_what_happened_is_still_saved(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with sleepers("--json", "-o", "a.csv", cwd=tmp_path) as process:
        began = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 5
    assert process.returncode == code
    assert err == "Saved a.csv\n"
    said = json.loads(out)
    assert [worker["signal"] for worker in said["processes"]] == ["SIGTERM"] * 3
    assert (tmp_path / "a.csv").exists()
    assert not process_tree.marked(runs()[0])


@POSIX
def test_a_second_ctrl_c_ends_everything_at_once(tmp_path: Path) -> None:
    with sleepers(cwd=tmp_path) as process:
        stopped = process_tree.marked(runs()[0])
        process.send_signal(signal.SIGINT)
        select.select([], [], [], 0.1)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        process.communicate(timeout=60)
        assert time.monotonic() - began < 2.5
    # The second may come when its interpreter ends by itself already, and handles no signal any more.
    assert as_a_shell(process.returncode) == 130
    assert not psutil.wait_procs(stopped, timeout=30)[1]


@POSIX
def test_a_killed_command_line_leaves_nothing(tmp_path: Path) -> None:
    with sleepers(cwd=tmp_path) as process:
        marked = process_tree.marked(runs()[0])
        assert len(marked) >= 3
        process.kill()
        process.communicate()
        assert not psutil.wait_procs(marked, timeout=30)[1]


@POSIX
def test_a_reader_that_goes_away_ends_the_run_without_a_traceback(tmp_path: Path) -> None:
    command = [*COMMAND, "run", "--workload", "spin", "--sizes", "300ms", "--workers", "8"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert "spins" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait(30)
    assert process.returncode == 128 + signal.SIGPIPE


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["run", "--sizes", "10k"], ["run", "--sizes", "10k", "--json"], ["--version"]])
def test_a_full_disk_under_standard_output_is_an_error(tmp_path: Path, arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, env=environment(), stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_an_export_that_fails_after_the_run_is_told_and_the_others_are_made(tmp_path: Path) -> None:
    (tmp_path / "full.png").symlink_to("/dev/full")
    done = procession("run", "--sizes", "10k", "--workers", "1", "-o", "full.png", "-o", "a.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "procession: full.png could not be saved: the disk is full.\nSaved a.csv\n"


@LINUX
def test_without_a_display_the_default_plan_runs_and_its_picture_is_saved(tmp_path: Path) -> None:
    for count, display in enumerate(("", ":4711"), 1):
        done = procession(cwd=tmp_path, DISPLAY=display)
        assert (done.returncode, done.stderr) == (0, "")
        assert "There is no display here" in done.stdout
        assert "sort 200k, 1.4M, 800k, 400k" in done.stdout
        assert "peak memory" in done.stdout
        pictures = list(tmp_path.glob("*.png"))
        assert len(pictures) == count, "a picture that is there is not replaced"
        [picture] = [path for path in pictures if str(path) in done.stdout.splitlines()[-1]]
        assert picture.read_bytes().startswith(b"\x89PNG")


@LINUX
def test_a_display_that_is_required_and_not_there_is_an_error(tmp_path: Path) -> None:
    done = procession("--require-display", cwd=tmp_path, DISPLAY=":4711")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("procession: There is no display here")
    assert not runs()


def test_doctor_tells_what_there_is(tmp_path: Path) -> None:
    done = procession("doctor", "--json", cwd=tmp_path, QT_QPA_PLATFORM="offscreen")
    found = json.loads(done.stdout)
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "spawn" in found["start_methods"]
    assert found["cores"] >= 1
    assert found["available_bytes"] > 0
    assert found["missing"] == []
    assert done.returncode == 0
    assert "start methods" in procession("doctor", cwd=tmp_path).stdout


def test_a_folder_with_packages_of_our_names_does_no_harm(tmp_path: Path) -> None:
    for name in ("workers", "resources", "desktop"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong package')")
    assert ran("--sizes", "10k", "--workers", "1", cwd=tmp_path)["program"]["exit_code"] == 0
