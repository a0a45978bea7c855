"""Reports of errors in earlier starts."""

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.trouble import crash_reports
from desktop.trouble.crash_reports import Crashes, crash_folder


def gone() -> int:
    """The pid of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    done.wait()
    return done.pid


def of_another_start(folder: Path) -> None:
    """As if what was kept so far had been kept by a process that has ended."""
    for path in folder.iterdir():
        path.rename(path.with_name(path.name.replace(f"-{os.getpid()}.", f"-{gone()}.")))


def test_what_was_raised_is_offered_once_and_by_another_start(tmp_path: Path) -> None:
    path = Crashes(tmp_path).keep("ValueError: wrong")
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    assert Crashes(tmp_path).offer() == []  # it was shown in this start
    of_another_start(tmp_path)
    report = Crashes(tmp_path).offer()[0]
    assert report.text.startswith("Procession ")
    assert report.text.endswith("ValueError: wrong")
    assert not report.crashed
    assert report.path.is_file()
    assert Crashes(tmp_path).offer() == []


def test_a_start_that_ended_well_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enabled: list[object] = []
    monkeypatch.setattr(faulthandler, "is_enabled", lambda: False)
    monkeypatch.setattr(faulthandler, "enable", enabled.append)
    monkeypatch.setattr(faulthandler, "disable", enabled.clear)
    kept = Crashes(tmp_path / "state")
    kept.begin()
    assert len(list((tmp_path / "state").iterdir())) == len(enabled) == 1
    kept.end()
    kept.end()
    assert list((tmp_path / "state").iterdir()) == enabled == []


def test_a_start_that_was_killed_has_nothing_to_tell(tmp_path: Path) -> None:
    (tmp_path / f"crashed-20260101-000000-1-{gone()}.txt").touch()
    assert Crashes(tmp_path).offer() == []
    assert list(tmp_path.iterdir()) == []


def test_another_window_that_still_runs_keeps_its_own(tmp_path: Path) -> None:
    mine = tmp_path / f"crashed-20260101-000000-1-{os.getppid()}.txt"
    mine.write_text("Fatal Python error")
    assert Crashes(tmp_path).offer() == []
    assert mine.is_file()


def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_reports, "_MOST_KEPT", 3)
    pid = gone()
    for at in range(6):
        (tmp_path / f"raised-20260101-00000{at}-1-{pid}.txt").write_text(f"error {at}")
    assert [report.text for report in Crashes(tmp_path).offer()] == [f"error {at}" for at in (5, 4, 3, 2, 1, 0)]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_cannot_be_is_no_error() -> None:
    kept = Crashes(Path("/dev/null/crashes"))
    kept.begin()
    assert kept.keep("wrong") is None
    assert kept.offer() == []
    kept.end()
    assert crash_folder().name == "crashes"
