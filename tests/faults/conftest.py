"""What every test of faults is held to, whatever it injected: nothing of it is left on the machine.

No process that it started, marked as a run's or not; no descriptor of the test's own process; nothing in /dev/shm; and
nothing that was unpacked for reading. Runs are kept in the test's own folder (see tests/conftest.py).
"""

import gc
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from workers.system.process_tree import MARK

_TEST = "PROCESSION_TEST"
_PATIENCE_S = 5.0
"""How long a killed process may take to be gone. One that another process adopts is reaped a moment later."""
_SHARED = Path("/dev/shm")
_DESCRIPTORS = Path("/proc/self/fd")
# Made once by Qt or Python for the whole process, and kept.
_KEPT = ("anon_inode:[eventfd]", "anon_inode:[timerfd]", "/dev/urandom", "/dev/null")


@pytest.fixture(autouse=True)
def _nothing_of_it_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not sys.platform.startswith("linux"):
        yield
        return
    mark = uuid.uuid4().hex
    # A short name: sockets of multiprocessing lie in it.
    temporary = Path(tempfile.mkdtemp(prefix="p-"))
    monkeypatch.setenv(_TEST, mark)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    shared, descriptors = _names(_SHARED), _descriptors()
    alone = not _others(mark)
    yield
    try:
        found = _after_a_while(lambda: _processes(mark, tmp_path))
        for process in found:
            process.kill()
        assert not found, f"processes left behind: {found}"
        # Its name does not identify its maker.
        left = _after_a_while(lambda: _unused(_names(_SHARED) - shared))
        assert not left or not alone or _others(mark), f"left in {_SHARED}: {left}"
        left = _after_a_while(lambda: sorted(_descriptors().items() - descriptors.items()))
        assert not left, f"descriptors left open: {left}"
        assert not (left := [path.name for path in temporary.glob("procession-*")]), f"left in {temporary}: {left}"
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _after_a_while(look: Callable[[], list[Any]]) -> list[Any]:
    """What is still there when it has had time to go."""
    until_s = time.monotonic() + _PATIENCE_S
    while (left := look()) and time.monotonic() < until_s:
        gc.collect()
        time.sleep(0.05)
    return left


def _processes(mark: str, folder: Path) -> list[psutil.Process]:
    """Those that this test started, by its own mark or by that of a run kept below `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            ours = environment.get(_TEST) == mark or environment.get(MARK, "").startswith(f"{folder}{os.sep}")
            if ours and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _others(mark: str) -> bool:
    """Whether another run or test is active on this machine just now."""
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except (psutil.Error, OSError):
            continue
        if environment.get(_TEST, mark) != mark or (MARK in environment and _TEST not in environment):
            return True
    return False


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _unused(names: set[str]) -> list[str]:
    """Those that no living process has mapped: another test on this machine may use its own just now."""
    left = {name for name in names if (_SHARED / name).exists()}
    for maps in Path("/proc").glob("[0-9]*/maps") if left else ():
        try:
            text = maps.read_text()
        except OSError:
            continue
        left = {name for name in left if f"{_SHARED / name}" not in text}
    return sorted(left)


def _descriptors() -> dict[str, str]:
    """Number → what it leads to, of this process."""
    found = {}
    for name in _names(_DESCRIPTORS):
        try:
            target = os.readlink(_DESCRIPTORS / name)
        except OSError:
            continue  # the one that lists them
        if not target.startswith(_KEPT):
            found[name] = target
    return found
