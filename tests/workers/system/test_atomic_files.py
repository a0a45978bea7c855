"""Files are written whole or not at all, and a failure is never reported as success."""

import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from workers.system.atomic_files import ExportError, write_atomically

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="devices and links of POSIX")


def names_in(folder: Path) -> list[str]:
    """The names in a folder, hidden ones too."""
    return sorted(os.listdir(folder))


def test_a_new_file_holds_what_was_given(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.bin", b"\0new")
    write_atomically(tmp_path / "b.bin", lambda file: file.writelines([b"x", b"y"]))
    assert (tmp_path / "a.bin").read_bytes() == b"\0new"
    assert (tmp_path / "b.bin").read_bytes() == b"xy"
    assert names_in(tmp_path) == ["a.bin", "b.bin"]


@POSIX
def test_the_mode_is_the_usual_one_or_that_of_the_old_file(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"old")
    old.chmod(0o640)
    write_atomically(old, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    plain = tmp_path / "plain"
    plain.touch()
    write_atomically(tmp_path / "new", b"new")
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode


@POSIX
def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("a bug"), KeyboardInterrupt()])
def test_a_failure_half_way_leaves_the_old_file_to_the_byte(tmp_path: Path, error: BaseException) -> None:
    old = tmp_path / "old.png"
    old.write_bytes(b"old")

    def write(file: BinaryIO) -> None:
        file.write(b"half of the ne")
        raise error

    with pytest.raises(ExportError if isinstance(error, OSError) else type(error)):
        write_atomically(old, write)
    assert old.read_bytes() == b"old"
    assert names_in(tmp_path) == ["old.png"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    old = tmp_path / "old.png"
    old.write_bytes(b"old")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(ExportError, match=r"old\.png could not be saved: the disk is full\."):
        write_atomically(old, b"new")
    assert old.read_bytes() == b"old"
    assert names_in(tmp_path) == ["old.png"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_full_device_is_an_error_and_stays_a_device(size: int) -> None:
    with pytest.raises(ExportError, match="the disk is full"):
        write_atomically(Path("/dev/full"), b"x" * size)
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@POSIX
def test_a_pipe_without_a_reader_is_an_error_and_no_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExportError, match="no program reads from it"):
        write_atomically(tmp_path / "pipe", b"x")


@pytest.mark.parametrize(("name", "sentence"), [
    ("missing/a.png", "does not exist"),
    ("folder", "it is a folder"),
    ("file/a.png", "could not be saved"),
    ("a\0b.png", "no name for a file"),
    ("n" * 300, "could not be saved"),
])  # fmt: skip
def test_a_target_that_cannot_be_is_one_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match=sentence) as caught:
        write_atomically(tmp_path / name, b"x")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == ["file", "folder"]


@POSIX
def test_a_read_only_folder_or_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"old")
    # Root may write anywhere, so the system's answer is played.
    for refused in (tmp_path, file):
        monkeypatch.setattr(os, "access", lambda path, mode, refused=refused: Path(path) != refused)
        with pytest.raises(ExportError, match="read-only"):
            write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
