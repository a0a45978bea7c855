"""The check for system libraries: what it names, for which display, and that it runs before anything is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.environment import system_libraries
from desktop.environment.system_libraries import Library, advice, missing_libraries

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems' Qt brings or finds its libraries"
)
EGL, CURSOR = Library("libEGL.so.1", "libegl1"), Library("libxcb-cursor.so.0", "libxcb-cursor0")


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Sonames that the loader does not find; every other one loads."""
    names: set[str] = set()

    def load(soname: str) -> object:
        if soname in names:
            raise OSError(f"{soname}: cannot open shared object file: No such file or directory")
        return object()

    monkeypatch.setattr("ctypes.CDLL", load)
    return names


@linux
def test_nothing_is_missing_where_the_tests_run() -> None:
    """They draw offscreen."""
    assert missing_libraries({"QT_QPA_PLATFORM": "offscreen"}) == []


@linux
def test_a_library_that_does_not_load_is_named(absent: set[str]) -> None:
    absent.add("libEGL.so.1")
    assert missing_libraries({}) == [EGL]


@linux
@pytest.mark.parametrize(("environment", "expected"), [
    ({"DISPLAY": ":0"}, [CURSOR]),
    ({"QT_QPA_PLATFORM": "xcb"}, [CURSOR]),
    ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, []),
    ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, []),
    ({"DISPLAY": ""}, []),
    ({}, []),
])  # fmt: skip
def test_a_windows_libraries_matter_only_for_a_window(
    absent: set[str], environment: dict[str, str], expected: list[Library]
) -> None:
    absent.add("libxcb-cursor.so.0")
    assert missing_libraries(environment) == expected


@linux
def test_a_wayland_window_needs_its_own(absent: set[str]) -> None:
    absent.add("libwayland-cursor.so.0")
    assert [library.package for library in missing_libraries({"WAYLAND_DISPLAY": "wayland-0"})] == [
        "libwayland-cursor0"
    ]


def test_other_systems_miss_nothing(absent: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    absent.add("libEGL.so.1")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert missing_libraries({}) == []


@pytest.mark.parametrize(("manager", "command"), [
    ("apt-get", "apt-get install -y libegl1 libxcb-cursor0"),
    ("dnf", "dnf install -y 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)'"),
    ("pacman", "with your system's package manager."),
])  # fmt: skip
def test_the_advice_names_libraries_and_command(monkeypatch: pytest.MonkeyPatch, manager: str, command: str) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == manager else None)
    lacks, install = advice([EGL, CURSOR]).splitlines()
    assert lacks == "Qt needs system libraries that are missing here: libEGL.so.1, libxcb-cursor.so.0."
    assert install.startswith("Install")
    assert install.endswith(command)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no sudo there")
@pytest.mark.parametrize(("user", "prefix"), [(0, "with: apt-get"), (1000, "with: sudo apt-get")])
def test_sudo_only_for_who_needs_it(monkeypatch: pytest.MonkeyPatch, user: int, prefix: str) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert prefix in advice([EGL])


def test_as_a_script_it_answers_by_its_exit_code(
    absent: set[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert system_libraries.main([]) == 0
    assert capsys.readouterr() == ("", "")
    absent.add("libEGL.so.1")
    assert system_libraries.main([]) == 1
    assert "libEGL.so.1" in capsys.readouterr().err
    assert system_libraries.main(["--packages"]) == 1
    assert capsys.readouterr().out == "libegl1\n"


def test_it_needs_nothing_that_is_installed() -> None:
    """-I -S: no site-packages, no environment, no folder of the project."""
    script = Path(system_libraries.__file__)
    program = f"import runpy, sys; runpy.run_path({str(script)!r}); print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert not {"PySide6", "pyqtgraph", "numpy", "psutil", "desktop", "workers"} & set(done.stdout.split())
