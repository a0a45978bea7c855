"""Set up before any test: no display, no settings of the person who runs the tests, and nothing left behind by a test."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QSettings

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Set by this person alone: the tests would say something else elsewhere.
os.environ.pop("QT_SCALE_FACTOR", None)
os.environ.pop("PYTHONUNBUFFERED", None)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, state and caches go into the test's own folder."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """A thread or child process that outlives its test fails it."""
    threads = set(threading.enumerate())
    children = {child.pid for child in psutil.Process().children()}
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    born = [child for child in psutil.Process().children(recursive=True) if child.pid not in children]
    processes = [f"{child.pid} {child.name()} ({child.status()})" for child in born if child.is_running()]
    assert not left, f"threads left behind: {left}"
    assert not processes, f"processes left behind: {processes}"
