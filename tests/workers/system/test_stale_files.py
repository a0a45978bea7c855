"""What is taken away is what a process has made that is gone, and nothing else."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.system import processes
from workers.system.stale_files import maker, take_away

BEFORE, AFTER = ".procession-", "[0-9a-f]{4}"


def of_the_dead() -> str:
    """The maker that a process was with the same pid as this one, before it."""
    where, pid, ticks, _ = maker().split("-")
    return f"{where}-{pid}-{int(ticks) - 1}-"


def made(folder: Path, name: str) -> Path:
    path = folder / f"{BEFORE}{name}"
    path.write_text("half")
    return path


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_the_dead_made_goes_and_what_the_living_made_stays(tmp_path: Path) -> None:
    """That the pid is given again makes no difference."""
    mine = made(tmp_path, f"{maker()}00ab")
    made(tmp_path, f"{of_the_dead()}00ab")
    take_away(tmp_path, BEFORE, AFTER)
    assert left(tmp_path) == [mine.name]


@pytest.mark.parametrize(
    "name",
    [
        lambda: "00ab",
        lambda: f"{of_the_dead()}00ab.txt",
        lambda: f"{of_the_dead()}my notes",
        lambda: f"x{of_the_dead()}00ab",
        lambda: f"{'0' * 16}{of_the_dead()[16:]}00ab",
    ],
    ids=["no maker", "goes on", "another end", "another beginning", "another machine"],
)
def test_what_only_looks_alike_stays(tmp_path: Path, name: Callable[[], str]) -> None:
    path = made(tmp_path, name())
    take_away(tmp_path, BEFORE, AFTER)
    assert left(tmp_path) == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_link_is_neither_followed_nor_removed(tmp_path: Path) -> None:
    for what in ("folder", "kept"):
        (tmp_path / what).mkdir()
    (tmp_path / "kept" / "file").write_text("mine")
    links = [tmp_path / "folder" / f"{BEFORE}{of_the_dead()}{number}" for number in ("0001", "0002")]
    links[0].symlink_to(tmp_path / "kept")
    links[1].symlink_to(tmp_path / "kept" / "file")
    for folders in (False, True):
        take_away(tmp_path / "folder", BEFORE, AFTER, folders=folders)
    assert all(link.is_symlink() for link in links)
    assert (tmp_path / "kept" / "file").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_folder_goes_with_what_is_in_it_but_not_with_what_a_link_in_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("mine")
    unpacked = tmp_path / f"{BEFORE}{of_the_dead()}00ab"
    unpacked.mkdir()
    (unpacked / "inner").mkdir()
    (unpacked / "inner" / "file").write_text("theirs")
    (unpacked / "link").symlink_to(tmp_path / "kept")
    take_away(tmp_path, BEFORE, AFTER)
    assert unpacked.is_dir()
    take_away(tmp_path, BEFORE, AFTER, folders=True)
    assert left(tmp_path) == ["kept"]
    assert (tmp_path / "kept" / "file").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="owners of POSIX")
def test_what_another_person_owns_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, f"{of_the_dead()}00ab")
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    take_away(tmp_path, BEFORE, AFTER)
    assert left(tmp_path) == [path.name]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux tells")
@pytest.mark.parametrize("what", ["/proc/self", "/proc/self/ns/pid"])
def test_where_processes_are_not_known_nothing_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """In a namespace of pids that sees the processes of another one, or without /proc."""
    path = made(tmp_path, f"{of_the_dead()}00ab")
    readlink = os.readlink
    monkeypatch.setattr(os, "readlink", lambda name: "1" if name == what == "/proc/self" else _no(readlink, name, what))
    assert maker() == ""
    take_away(tmp_path, BEFORE, AFTER)
    assert left(tmp_path) == [path.name]


def _no(readlink: Callable[[str], str], name: str, what: str) -> str:
    if name == what:
        raise FileNotFoundError(2, "No such file or directory", name)
    return readlink(name)


def test_without_what_linux_tells_a_process_is_known_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    seen = processes.look(os.getpid())
    assert seen is not None
    assert maker().split("-")[1:] == [str(os.getpid()), str(seen.ticks), ""]
    mine = made(tmp_path, f"{maker()}00ab")
    made(tmp_path, f"{of_the_dead()}00ab")
    take_away(tmp_path, BEFORE, AFTER)
    assert left(tmp_path) == [mine.name]


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    take_away(tmp_path / "none", BEFORE, AFTER)
