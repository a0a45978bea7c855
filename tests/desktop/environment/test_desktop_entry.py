"""The entry in a desktop's menu and the kind of file: valid, put in place, known to the desktop, and taken away."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from desktop.cli.command_line import main
from desktop.environment import desktop_entry
from workers.formats import saved_run
from workers.system.atomic_files import write_atomically

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="desktops as freedesktop.org has them")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's data folder."""
    folder = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


def files(folder: Path) -> set[str]:
    """What was put there, the desktop's own caches apart."""
    ours = (desktop_entry.ENTRY, desktop_entry.KIND, *desktop_entry.ICONS)
    return {name for name in ours if (folder / name).is_file()}


def test_it_is_put_there_and_taken_away(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--install-desktop-entry"]) == 0
    assert files(data) == {desktop_entry.ENTRY, desktop_entry.KIND, *desktop_entry.ICONS}
    assert "opens saved runs" in capsys.readouterr().out
    entry = (data / desktop_entry.ENTRY).read_text()
    (command,) = [line for line in entry.splitlines() if line.startswith("Exec=")]
    assert command.endswith(" %f")
    assert os.access(command.split('"')[1], os.X_OK)
    assert main(["doctor", "--install-desktop-entry"]) == 0, "again is no error"
    assert main(["doctor", "--remove-desktop-entry"]) == 0
    assert files(data) == set()
    capsys.readouterr()
    assert main(["doctor", "--remove-desktop-entry"]) == 0
    assert "was not in the menu" in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_one_sentence(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.write_text("a file")
    assert main(["doctor", "--install-desktop-entry"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "could not be made" in error


@pytest.mark.parametrize(("word", "quoted"), [
    ("/a b/procession", '"/a b/procession"'), ('/a"$`\\', '"/a\\\\"\\\\$\\\\`\\\\\\\\"'), ("/50%", '"/50%%"'),
])  # fmt: skip
def test_a_command_of_any_path_is_quoted(word: str, quoted: str) -> None:
    assert desktop_entry._quoted(word) == quoted


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_the_entry_is_valid(data: Path) -> None:
    desktop_entry.install()
    done = subprocess.run(
        ["desktop-file-validate", str(data / desktop_entry.ENTRY)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="shared-mime-info is not installed")
def test_the_desktop_knows_a_saved_run_by_its_name_and_by_its_content(data: Path, tmp_path: Path) -> None:
    said = desktop_entry.install()
    assert not [sentence for sentence in said if "update-mime-database" in sentence]
    assert "50:application/x-procession-run:*.procession" in (data / "mime" / "globs2").read_text().splitlines()
    assert (data / "mime" / "application" / "x-procession-run.xml").is_file()
    run = tmp_path / "run"
    run.mkdir()
    (run / "keeper.journal").write_bytes(b"x" * 64)
    for name in ("a.procession", "without a suffix"):
        write_atomically(tmp_path / name, lambda file: saved_run.write(run, file))
    with ZipFile(tmp_path / "another.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
    program = (
        "import sys\nfrom PySide6.QtCore import QMimeDatabase\n"
        "print([QMimeDatabase().mimeTypeForFile(name).name() for name in sys.argv[1:]])"
    )
    paths = [str(tmp_path / name) for name in ("a.procession", "without a suffix", "another.zip")]
    done = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['application/x-procession-run', 'application/x-procession-run', 'application/zip']"
