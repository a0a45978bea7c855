"""Tests of the folders that the system keeps for this user."""

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from workers.runs.user_folders import user_folder


@pytest.mark.parametrize(
    "given", [None, "", " ", "/some/where", "/some/where/", "/with space ", "relative", "~/x", "//two"]
)
@pytest.mark.parametrize("home", ["/home/me", "/home/me/", "", "relative", None, "/ "])
def test_they_are_those_of_platformdirs(given: str | None, home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "XDG_STATE_HOME": given,
        "XDG_CACHE_HOME": given,
        "XDG_CONFIG_HOME": given,
        "HOME": home,
    }.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert user_folder("state") == platformdirs.user_state_path("procession", appauthor=False)
    assert user_folder("cache") == platformdirs.user_cache_path("procession", appauthor=False)
    assert user_folder("config") == platformdirs.user_config_path("procession", appauthor=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs decides")
def test_a_recorded_program_does_not_wait_for_platformdirs(tmp_path: Path) -> None:
    code = (
        "import sys; from workers.runs.run_folders import make_run_folder, next_run_folder; make_run_folder(next_run_folder());"
        "from workers.runs.run_folders import cache_folder; cache_folder();"
        "sys.exit(bool({'platformdirs', 'shutil', 'tempfile'} & set(sys.modules)))"
    )
    variables = {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    assert subprocess.run([sys.executable, "-S", "-c", code], env=variables, check=False).returncode == 0


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root, to become a user without an entry"
)
def test_a_user_without_a_home_has_no_runs_and_the_reason_is_said() -> None:
    code = (
        "import os, platformdirs; from workers.errors import RunError\n"
        "from workers.runs import limits, retention, run_folders, trash\n"
        "os.setuid(61239)\n"
        "print(run_folders.run_folders(), limits.load_limits() == limits.Limits())\n"
        "print(retention.make_room(), trash.delete([]).runs, trash.deletions())\n"
        "try: run_folders.next_run_folder()\n"
        "except RunError as error: print(error)"
    )
    variables = {"PYTHONPATH": str(Path(__file__).parents[3])}
    said = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)
    sentence = "This user has no home folder: set HOME or XDG_STATE_HOME."
    assert said.stdout.splitlines() == ["[] True", "0 () []", sentence], said.stderr
