"""The versions of packages are those of importlib.metadata, which is not imported for them."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from workers.installed_version import installed_version, version


def test_the_versions_are_those_of_the_standard_library() -> None:
    names = {one.metadata["Name"] for one in metadata.distributions()}
    assert len(names) > 10
    assert {name: installed_version(name) for name in names} == {name: metadata.version(name) for name in names}
    assert installed_version("not-there-at-all") is None


def test_the_first_folder_that_has_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, folder in enumerate(("first", "second")):
        there = tmp_path / folder / f"Some_Package-{number}.dist-info"
        there.mkdir(parents=True)
        (there / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: some-package\nVersion: {number}.5\n\nVersion: 9\n"
        )
    monkeypatch.setattr(sys, "path", [str(tmp_path / "none"), str(tmp_path / "first"), str(tmp_path / "second")])
    assert installed_version("some-package") == metadata.version("some-package") == "0.5"
    assert version() == "unknown"


def test_to_tell_our_version_takes_no_slow_import() -> None:
    code = (
        "import sys\nfrom desktop.cli.command_line import main\nmain(['--version'])\n"
        "print('importlib.metadata' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["procession", version(), "False"]
