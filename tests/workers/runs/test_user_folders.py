"""Tests of the folders that the system keeps for this user."""

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
        "import sys; from workers.runs.run_folders import new_run_folder, cache_folder; new_run_folder(); cache_folder();"
        "sys.exit(bool({'platformdirs', 'shutil', 'tempfile'} & set(sys.modules)))"
    )
    variables = {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    assert subprocess.run([sys.executable, "-S", "-c", code], env=variables, check=False).returncode == 0
