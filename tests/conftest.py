"""Set up before any test: no display, no settings of the user who runs the tests, and nothing left behind by a test."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from support.interpreters import INTERPRETERS
from support.second_look import SecondLook

from workers.system import processes

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Settings of the user who runs the tests would change what they find.
os.environ.pop("QT_SCALE_FACTOR", None)
os.environ.pop("PYTHONUNBUFFERED", None)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Python's own variables begin so, and one that it may not know keeps the recorder from forking its keeper.
if "PYTHONS" in os.environ:
    os.environ[INTERPRETERS] = os.environ.pop("PYTHONS")
# Set for the processes that run tests side by side: as if all were on a small terminal.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)

# Whatever else runs on the machine decides how long an example takes.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PATIENCE_MS = 30_000
"""The least limit of all waits with Qt."""

_LISTED = os.path.exists(f"/proc/self/task/{os.getpid()}/children")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--once-more", type=int, default=0, metavar="N", help="run up to N tests that failed once more, alone"
    )


def pytest_configure(config: pytest.Config) -> None:
    most = config.getoption("--once-more")
    if most and not hasattr(config, "workerinput"):  # not in a process that runs a part of the tests
        config.pluginmanager.register(SecondLook(most))


_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")


@pytest.fixture(scope="session", autouse=True)
def _folders_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures that several tests share write into a folder of the tests, too, and not into the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _FOLDERS:
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, state and caches go into the test's own folder."""
    for name in _FOLDERS:
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """It keeps what is added until it is closed, and waits patiently.

    pytest-qt refers to widgets weakly. A test's last reference goes when its function returns, and the events that come after
    that may paint: a collection of garbage in the middle of painting would then delete the widget that is being painted.
    """
    kept: dict[int, QWidget] = {}
    add = qtbot.addWidget

    def add_and_keep(widget: QWidget, *, before_close_func: Callable[[QWidget], object] | None = None) -> None:
        kept[id(widget)] = widget
        widget.destroyed.connect(partial(kept.pop, id(widget), None))  # by the test itself
        add(widget, before_close_func=before_close_func)

    monkeypatch.setattr(qtbot, "addWidget", add_and_keep)
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        monkeypatch.setattr(qtbot, name, _patient(getattr(qtbot, name)))
    return qtbot


def _patient(wait: Callable[..., object]) -> Callable[..., object]:
    """The same with a limit that a busy machine does not reach: the five seconds of pytest-qt are a claim on its speed.

    A wait that may end in vain, as for a signal that must not come, keeps its own limit.
    """

    def patient(*what: object, timeout: int = PATIENCE_MS, raising: bool | None = None, **more: object) -> object:
        if raising is not None:
            more["raising"] = raising
        return wait(*what, timeout=timeout if raising is False else max(timeout, PATIENCE_MS), **more)

    return patient


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """A thread or child process that outlives its test fails it."""
    threads = set(threading.enumerate())
    children = set(_children(os.getpid()))
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    processes = [found for pid in _offspring(children) if (found := _described(pid))]
    assert not left, f"threads left behind: {left}"
    assert not processes, f"processes left behind: {processes}"


def _offspring(before: set[int]) -> list[int]:
    """The children of this process but those before, which may still have new ones themselves; and theirs."""
    found = [pid for pid in _children(os.getpid()) if pid not in before]
    for pid in found:
        found += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    """The children, from the kernel's own list where it has one: searching all processes for each test takes long."""
    if _LISTED:
        return processes.children(pid)
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


def _described(pid: int) -> str:
    """A process in a few words; empty when it is gone."""
    try:
        process = psutil.Process(pid)
        return f"{pid} {process.name()} ({process.status()})"
    except psutil.NoSuchProcess:
        return ""
