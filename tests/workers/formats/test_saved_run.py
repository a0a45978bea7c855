"""A saved run: the journals byte for byte, and nothing else of the folder."""

import io
import json
import os
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from workers.formats import saved_run
from workers.system.atomic_files import ExportError


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A folder as a run leaves it."""
    folder = tmp_path / "20261123-160610-521b"
    folder.mkdir()
    for name in ("keeper.journal", "program.journal", "12-345.journal", "output.bin", "keeper.log", "keeper.pid"):
        (folder / name).write_bytes(name.encode() * 1000)
    return folder


def test_its_journals_are_the_same_to_the_byte(run_folder: Path) -> None:
    file = io.BytesIO()
    saved_run.write(run_folder, file)
    with ZipFile(file) as archive:
        names = ["12-345.journal", "keeper.journal", "output.bin", "program.journal"]
        manifest = json.loads(archive.read(saved_run.MANIFEST))
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted([saved_run.MANIFEST, *names])
        assert all(archive.read(name) == (run_folder / name).read_bytes() for name in names)
        assert {info.compress_type for info in archive.infolist()} == {ZIP_DEFLATED}
    assert (manifest["format"], manifest["files"], manifest["run"]) == (saved_run.FORMAT, names, run_folder.name)


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no links to refuse")
def test_a_link_in_the_folder_is_not_followed(run_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (run_folder / "1-1.journal").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        saved_run.write(run_folder, io.BytesIO())


@pytest.mark.parametrize("name", ["gone", "empty"])
def test_a_folder_without_a_run_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExportError, match="cannot be saved"):
        saved_run.write(tmp_path / name, io.BytesIO())


def test_what_could_not_be_opened_again_is_not_saved(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has the manifest, too."""
    monkeypatch.setattr(saved_run, "MOST_FILES", 5)
    saved_run.write(run_folder, io.BytesIO())
    (run_folder / "13-345.journal").touch()
    with pytest.raises(ExportError, match="with its manifest it has 6 files, and a saved run has at most 5"):
        saved_run.write(run_folder, io.BytesIO())
