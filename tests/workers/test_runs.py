"""Where runs are kept: private, and not for ever."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from workers.errors import RunError
from workers.runs import KEPT, cache_folder, new_run_folder, runs_folder


def test_a_folder_is_new_and_for_this_person_only() -> None:
    first, second = new_run_folder(), new_run_folder()
    assert first != second
    assert first.parent == second.parent == runs_folder()
    if os.name == "posix":
        assert stat.S_IMODE(first.stat().st_mode) == 0o700
        assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700


def test_the_oldest_give_way() -> None:
    made = []
    for number in range(KEPT + 5):
        folder = new_run_folder()
        older = folder.with_name(f"20200101-0000{number:02d}-{number:012x}")
        folder.rename(older)
        (older / "keeper.journal").write_bytes(b"x")
        made.append(older)
    assert [folder for folder in made if folder.exists()] == made[-KEPT:]


def test_those_in_use_stay() -> None:
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    oldest = [runs_folder() / f"20190101-00000{number}-x" for number in range(3)]
    for folder, pid in zip(oldest, (str(alive.pid), "999999999", "no number"), strict=True):
        folder.mkdir(parents=True)
        (folder / "keeper.pid").write_text(pid)
    for number in range(KEPT + 1):
        folder = new_run_folder()
        folder.rename(folder.with_name(f"20200101-0000{number:02d}-x"))
    assert [folder.exists() for folder in oldest] == [True, False, False]
    alive.communicate()


def test_the_newest_made_in_one_second_are_not_taken_for_the_oldest() -> None:
    made = [new_run_folder() for _ in range(KEPT)]
    assert all(folder.exists() for folder in made)


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


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_among_the_runs_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "precious"
    kept.mkdir()
    (kept / "file").write_text("mine")
    runs_folder().mkdir(parents=True)
    (runs_folder() / "20180101-000000-x").symlink_to(kept)
    for number in range(KEPT + 1):
        folder = new_run_folder()
        folder.rename(folder.with_name(f"20200101-0000{number:02d}-x"))
    assert (kept / "file").read_text() == "mine"
