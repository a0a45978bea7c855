"""Only files whose maker is gone are removed."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.system import processes
from workers.system.stale_files import maker_tag, remove_stale

PREFIX, SUFFIX_PATTERN = ".procession-", "[0-9a-f]{4}"


def dead_tag() -> str:
    """The tag of an earlier process with the same pid as this one."""
    machine, pid, ticks, _ = maker_tag().split("-")
    return f"{machine}-{pid}-{int(ticks) - 1}-"


def made(folder: Path, name: str) -> Path:
    path = folder / f"{PREFIX}{name}"
    path.write_text("half")
    return path


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path: Path) -> None:
    """That the pid was reused makes no difference."""
    mine = made(tmp_path, f"{maker_tag()}00ab")
    made(tmp_path, f"{dead_tag()}00ab")
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN)
    assert left(tmp_path) == [mine.name]


@pytest.mark.parametrize(
    "name",
    [
        lambda: "00ab",
        lambda: f"{dead_tag()}00ab.txt",
        lambda: f"{dead_tag()}my notes",
        lambda: f"x{dead_tag()}00ab",
        lambda: f"{'0' * 16}{dead_tag()[16:]}00ab",
    ],
    ids=["no maker", "longer end", "another end", "another beginning", "another machine"],
)
def test_files_with_similar_names_stay(tmp_path: Path, name: Callable[[], str]) -> None:
    path = made(tmp_path, name())
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN)
    assert left(tmp_path) == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_link_is_neither_followed_nor_removed(tmp_path: Path) -> None:
    for what in ("folder", "kept"):
        (tmp_path / what).mkdir()
    (tmp_path / "kept" / "file").write_text("mine")
    links = [tmp_path / "folder" / f"{PREFIX}{dead_tag()}{number}" for number in ("0001", "0002")]
    links[0].symlink_to(tmp_path / "kept")
    links[1].symlink_to(tmp_path / "kept" / "file")
    for folders in (False, True):
        remove_stale(tmp_path / "folder", PREFIX, SUFFIX_PATTERN, folders=folders)
    assert all(link.is_symlink() for link in links)
    assert (tmp_path / "kept" / "file").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_folder_is_removed_but_no_link_in_it_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("mine")
    unpacked = tmp_path / f"{PREFIX}{dead_tag()}00ab"
    unpacked.mkdir()
    (unpacked / "inner").mkdir()
    (unpacked / "inner" / "file").write_text("theirs")
    (unpacked / "link").symlink_to(tmp_path / "kept")
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN)
    assert unpacked.is_dir()
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN, folders=True)
    assert left(tmp_path) == ["kept"]
    assert (tmp_path / "kept" / "file").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="owners of POSIX")
def test_files_of_another_user_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, f"{dead_tag()}00ab")
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN)
    assert left(tmp_path) == [path.name]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
@pytest.mark.parametrize("what", ["/proc/self", "/proc/self/ns/pid"])
def test_where_processes_cannot_be_identified_nothing_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """In a pid namespace whose /proc shows another one, or without /proc."""
    path = made(tmp_path, f"{dead_tag()}00ab")
    readlink = os.readlink
    monkeypatch.setattr(
        os, "readlink", lambda name: "1" if name == what == "/proc/self" else _missing(readlink, name, what)
    )
    assert maker_tag() == ""
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN)
    assert left(tmp_path) == [path.name]


def _missing(readlink: Callable[[str], str], name: str, what: str) -> str:
    if name == what:
        raise FileNotFoundError(2, "No such file or directory", name)
    return readlink(name)


def test_a_process_is_identified_without_linuxs_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    seen = processes.look(os.getpid())
    assert seen is not None
    assert maker_tag().split("-")[1:] == [str(os.getpid()), str(seen.ticks), ""]
    mine = made(tmp_path, f"{maker_tag()}00ab")
    made(tmp_path, f"{dead_tag()}00ab")
    remove_stale(tmp_path, PREFIX, SUFFIX_PATTERN)
    assert left(tmp_path) == [mine.name]


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_stale(tmp_path / "none", PREFIX, SUFFIX_PATTERN)
