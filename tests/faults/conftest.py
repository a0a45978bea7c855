"""What every test of faults is held to, whatever it injected: nothing of it is left on the machine.

No process that it started, marked as a run's or not; no descriptor of the test's own process; nothing in /dev/shm, where the
test may have one of its own; and nothing that was unpacked for reading. Runs are kept in the test's own folder (see
tests/conftest.py).
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
from support.own_shared_memory import own_shared_memory

from workers.system.process_tree import MARK

_TEST = "PROCESSION_TEST"
_PATIENCE_S = 5.0
"""How long a killed process may take to be gone. One that another process adopts is reaped a moment later."""
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
    try:
        with own_shared_memory() as shared:
            descriptors = _descriptors()
            yield
            _look_for_what_is_left(mark, tmp_path, temporary, shared, descriptors)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _look_for_what_is_left(
    mark: str, folder: Path, temporary: Path, shared: Callable[[], list[str]] | None, descriptors: dict[str, str]
) -> None:
    found = _after_a_while(lambda: _processes(mark, folder))
    for process in found:
        process.kill()
    assert not found, f"processes left behind: {found}"
    if shared is not None:
        assert not (left := _after_a_while(shared)), f"left in /dev/shm: {left}"
    left = _after_a_while(lambda: sorted(_descriptors().items() - descriptors.items()))
    assert not left, f"descriptors left open: {left}"
    assert not (left := [path.name for path in temporary.glob("procession-*")]), f"left in {temporary}: {left}"


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


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


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
