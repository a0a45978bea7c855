"""Who may import whom: the contracts of pyproject.toml, and that whatever needs no window loads no Qt."""

import pkgutil
import re
import subprocess
import sys

import pytest
from support.paths import ROOT

# Loaded by path into an interpreter that is about to run something else, sent elsewhere, or run as the main program.
NOT_FOR_IMPORT = ("sitecustomize", "__main__", "shipped_plugins", "bridge")


def modules_of(package: str) -> list[str]:
    """Every module below the package, by full name."""
    folder = ROOT.joinpath(*package.split("."))
    found = pkgutil.walk_packages([str(folder)], f"{package}.")
    return [package, *(module.name for module in found if module.name.rpartition(".")[2] not in NOT_FOR_IMPORT)]


def loaded_by(*modules: str) -> set[str]:
    """What a new interpreter has loaded after it imported these."""
    program = f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_import_contracts_are_kept() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache', '--no-logo'])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_workers_load_no_window() -> None:
    names = modules_of("workers")
    assert {"workers.plan.plan", "workers.timeline.timeline", "workers.recorded.workloads"} <= set(names)
    assert not {"PySide6", "shiboken6", "pyqtgraph", "desktop"} & loaded_by(*names)


def test_nothing_calls_what_imports_numpys_masked_arrays() -> None:
    """The window would stand still for 60 ms at the first call; `workers.timeline.distinct` does the same."""
    calls = re.compile(r"\b(np|numpy)\.(unique\w*|union1d|intersect1d|setdiff1d|setxor1d|ma)\b")
    files = [file for package in ("workers", "desktop") for file in ROOT.joinpath(package).rglob("*.py")]
    assert len(files) > 200
    found = {f"{file}: {call[0]}" for file in files for call in calls.finditer(file.read_text())}
    assert not found


def test_control_loads_no_widgets() -> None:
    names = modules_of("desktop.control")
    assert "desktop.control.session" in names
    assert not {"PySide6.QtWidgets", "pyqtgraph"} & loaded_by(*names)


def test_recording_loads_nothing_for_clusters() -> None:
    """A recorded script waits until the command is loaded."""
    loaded = loaded_by("desktop.cli.recorded.recording")
    assert "workers.engines.choice" in loaded
    assert not {"ssl", "socket", "asyncio", "dask", "numpy", "workers.plan.plan"} & loaded


def test_workers_run_with_the_standard_library_alone() -> None:
    """What a program and its workers import costs each of them time and memory."""
    assert not {"numpy", "psutil", "platformdirs"} & loaded_by("workers.recorded.workloads", "workers.plan.plan")


@pytest.mark.parametrize("module", ["desktop.__main__", "desktop.cli.command_line"])
def test_the_command_line_loads_no_qt_until_it_is_needed(module: str) -> None:
    assert not {"PySide6", "shiboken6", "pyqtgraph"} & loaded_by(module)


def test_what_a_recorded_program_waits_for_is_small() -> None:
    """A recorded script begins as soon as the command and the keeper are loaded: each of these takes milliseconds."""
    slow = {"dataclasses", "inspect", "psutil", "platform", "datetime", "secrets", "hashlib", "shlex", "numpy"}
    forked = loaded_by("desktop.cli.command_line", "desktop.cli.record_command")
    assert "workers.engines.forked_keeper" in forked
    not_for_both = {"argparse", "shutil", "workers.engines.choice", "workers.keeper.keeper", "ctypes"}
    assert not not_for_both & forked, "the keeper is forked before what only one of both needs is loaded"
    command = loaded_by("desktop.cli.command_line", "desktop.cli.recorded.recording")
    assert {"workers.engines.local_engine", "workers.engines.keeper_process"} <= command
    assert not (slow | {"platformdirs", "shutil", "tempfile"}) & command
    at_the_end = loaded_by("desktop.cli.recorded.recorded_run", "workers.runs.retention")
    assert not (slow | {"shutil", "workers.recorded.probe", "workers.folding.fold"}) & at_the_end
    keeper = loaded_by("workers.keeper.keeper")
    assert "workers.keeper.watching.watcher" in keeper
    assert not (slow | {"platformdirs", "shutil", "tempfile", "argparse", "socket", "queue", "heapq"}) & keeper
