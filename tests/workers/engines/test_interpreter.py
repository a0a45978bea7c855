"""Which Python is the person's, and which can be recorded."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workers.engines.interpreter import QUESTION, find_command, likely_python, recordable
from workers.errors import PlanError, RunError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the interpreters made here are scripts for a shell")


@pytest.fixture(autouse=True)
def nothing_active(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a shell that has no environment active."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def environment(folder: Path) -> Path:
    """What is enough of a virtual environment to run its Python; the Python."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(os.path.realpath(sys.executable))
    (folder / "pyvenv.cfg").write_text(f"home = {os.path.dirname(os.path.realpath(sys.executable))}\n")
    return python


def command(folder: Path, name: str, text: str) -> Path:
    """A command that is a script for a shell."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_active_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    active, near = environment(tmp_path / "active"), environment(tmp_path / "work" / ".venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    monkeypatch.setenv("PATH", str(near.parent))
    assert likely_python() == likely_python(tmp_path / "work") == str(active)


def test_one_near_the_script_goes_before_the_path_where_no_shell_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, other = environment(tmp_path / "work" / ".venv"), environment(tmp_path / "other")
    (tmp_path / "work" / "deep" / "venv").mkdir(parents=True)  # is none
    monkeypatch.setenv("PATH", str(other.parent))
    assert likely_python() == str(other)
    assert likely_python(tmp_path / "work" / "deep") == str(near)


def test_python_goes_before_python3_and_ours_is_the_last_resort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "one")
    (python.parent / "python3").symlink_to(python)
    monkeypatch.setenv("PATH", str(python.parent))
    assert likely_python() == str(python)
    python.rename(python.parent / "python2")
    (python.parent / "python3").unlink()
    assert likely_python() == sys.executable
    (python.parent / "python3").symlink_to(python.parent / "python2")
    assert likely_python() == str(python.parent / "python3")


def test_an_environment_made_for_this_tool_alone_is_not_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, other = environment(tmp_path / "tool"), environment(tmp_path / "other")
    monkeypatch.setattr("sys.prefix", str(tmp_path / "tool"))
    monkeypatch.setattr("sys.executable", str(tool))
    monkeypatch.setenv("PATH", os.pathsep.join([str(tool.parent), str(other.parent)]))
    assert likely_python() == str(tool)
    (tmp_path / "tool" / "uv-receipt.toml").touch()
    assert likely_python() == str(other)


def test_a_shim_is_the_interpreter_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shims = tmp_path / "shims"
    shim = command(shims, "python3", f'echo asked >> "{tmp_path}/asked"\nexec "{sys.executable}" "$@"')
    broken = command(shims, "python", "echo no such version >&2; exit 127")
    monkeypatch.setenv("PATH", os.pathsep.join([str(shims), os.environ["PATH"]]))
    assert likely_python() == sys.executable
    assert recordable(str(shim)) == recordable("python3") == sys.executable
    assert (tmp_path / "asked").read_text() == "asked\n"
    with pytest.raises(RunError, match="is not a Python interpreter that can be run"):
        recordable(str(broken))


def test_a_folder_is_a_virtual_environment(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    assert recordable(str(tmp_path / "venv")) == str(python)
    assert recordable(sys.executable) == sys.executable


@pytest.mark.parametrize(("answer", "sentence"), [
    (r"cpython\n3\n8\n/x", "is CPython 3.8"), (r"pypy\n3\n10\n/x", "is pypy 3.10"), (r"CPython\n2\n7\n/x", "is CPython 2.7"),
])  # fmt: skip
def test_what_cannot_be_recorded_is_said(tmp_path: Path, answer: str, sentence: str) -> None:
    python = command(tmp_path / "bin", "python", f"printf '{answer}\\n'")
    with pytest.raises(PlanError) as caught:
        recordable(str(python))
    assert str(caught.value) == f"{python} {sentence}: it takes CPython 3.9 or newer."


def test_what_cannot_be_run_is_said(tmp_path: Path) -> None:
    no_permission = command(tmp_path / "bin", "python", "")
    no_permission.chmod(0o644)
    for python, why in (
        (str(no_permission), "Permission denied"),
        (str(tmp_path / "none"), "No such file or directory"),
    ):
        with pytest.raises(RunError) as caught:
            recordable(python)
        assert str(caught.value) == f"{python} could not be started: {why}."


def test_what_is_asked_is_answered_by_an_interpreter_of_any_age() -> None:
    done = subprocess.run([sys.executable, "-I", "-S", "-c", QUESTION], capture_output=True, text=True, check=True)
    major, minor = sys.version_info[:2]
    assert done.stdout.splitlines() == ["cpython", str(major), str(minor), sys.executable]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere shutil finds it")
@pytest.mark.parametrize("named", ["python9", "./python9", "in/python9", "other", "in", ""])
def test_a_command_is_found_as_a_shell_finds_it(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as shutil.which(): not a folder, not what cannot be run, and the first on the PATH."""
    for folder in ("first", "second", "third", "in"):
        (tmp_path / folder).mkdir()
    (tmp_path / "first" / "python9").mkdir()
    for name, mode in (("second/python9", 0o600), ("third/python9", 0o700), ("in/python9", 0o700), ("python9", 0o700)):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(mode)
    monkeypatch.chdir(tmp_path)
    for path in ("first:second:third", "first", "third:", ":third", "", None):
        if path is None:
            monkeypatch.delenv("PATH")
        else:
            monkeypatch.setenv("PATH", path)
        assert find_command(named) == shutil.which(named)
