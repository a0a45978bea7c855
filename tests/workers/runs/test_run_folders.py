"""The folders of runs: private, one for each run, and known to be still running by their keeper."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.kept_runs import folder
from support.new_runs import new_run_folder

from workers.errors import RunError
from workers.runs.keeper_marks import is_running, write_keeper_pid
from workers.runs.run_folders import cache_folder, is_kept, run_folders, runs_folder, size_of
from workers.system import processes
from workers.system.locked_files import LockedFile


def test_a_folder_is_new_and_for_this_user_only() -> None:
    first, second = new_run_folder(), new_run_folder()
    assert first != second
    assert first.parent == second.parent == runs_folder()
    assert is_kept(first)
    if os.name == "posix":
        assert stat.S_IMODE(first.stat().st_mode) == 0o700
        assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700


def test_what_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    if not sys.platform.startswith("linux"):
        pytest.skip("XDG folders are Linux's")
    with pytest.raises(RunError, match="could not be made"):
        new_run_folder()
    with pytest.raises(RunError, match="could not be made"):
        cache_folder()
    assert run_folders() == []


def test_of_runs_of_one_second_the_newest_comes_first_too() -> None:
    made = [new_run_folder() for _ in range(20)]
    assert run_folders() == made[::-1]


def test_numbers_have_no_end() -> None:
    first = new_run_folder().rename(runs_folder() / "999999999999-20260101T120000Z-x")
    second = new_run_folder()
    assert run_folders() == [second, first]


def test_runs_are_listed_the_newest_first_and_nothing_else() -> None:
    assert run_folders() == []
    made = [folder(number) for number in range(3)]
    (runs_folder() / "my own notes").mkdir()
    (runs_folder() / ".deleted").mkdir()
    (runs_folder() / "20260101-120000-file").write_text("a file")
    assert run_folders() == made[::-1]


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_among_the_runs_is_none(tmp_path: Path) -> None:
    runs_folder().mkdir(parents=True)
    (runs_folder() / "20180101-000000-x").symlink_to(tmp_path)
    assert run_folders() == []


def test_a_folder_of_the_same_name_elsewhere_is_not_a_kept_one(tmp_path: Path) -> None:
    made = folder(1)
    assert is_kept(made)
    assert not is_kept(tmp_path / made.name)
    assert not is_kept(runs_folder() / ".." / made.name)


def test_a_run_is_running_while_its_keeper_lives() -> None:
    made = folder(1)
    assert not is_running(made)
    write_keeper_pid(made)
    assert is_running(made)


@pytest.mark.skipif(os.name != "posix", reason="the lock is of POSIX")
def test_a_keeper_that_could_not_say_who_it_is_is_running_all_the_same() -> None:
    made = folder(1)
    hold = LockedFile(made / "keeper.hold")  # the disk is full
    assert is_running(made)
    hold.remove()
    assert not is_running(made)


@pytest.mark.parametrize("said", ["", "no number", "999999999 5", "-1 5"])
def test_a_run_without_a_keeper_is_not_running(said: str) -> None:
    made = folder(1)
    (made / "keeper.pid").write_text(said)
    assert not is_running(made)


def test_a_pid_that_was_used_again_keeps_nothing() -> None:
    """As after a power loss: another process has the keeper's pid."""
    made = folder(1)
    seen = processes.look(os.getpid())
    assert seen is not None
    (made / "keeper.pid").write_text(f"{os.getpid()} {seen.ticks - 1}")
    assert not is_running(made)
    (made / "keeper.pid").write_text(f"{os.getpid()} {seen.ticks}")
    assert is_running(made)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="zombies are recognized in /proc")
def test_a_keeper_that_has_ended_and_is_not_reaped_does_not_count() -> None:
    made = folder(1)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (made / "keeper.pid").write_text(str(child.pid))
    assert is_running(made)
    assert child.stdin is not None
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_running(made)
    child.wait()


def test_size_is_what_it_takes_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(1 << 20))
    made = folder(1)
    assert size_of(made) == 0
    (made / "output.bin").write_bytes(b"x" * 10_000)
    if os.name == "posix":
        (made / "link").symlink_to(tmp_path / "large")
    assert 10_000 <= size_of(made) < 100_000
    assert size_of(made / "gone") == 0
