"""Leases on runs: those of living processes count, those of processes that are gone do not."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.kept_runs import folder
from support.recording import recording, script

from workers.engines import local_engine
from workers.errors import RunError
from workers.formats.opening import open_file
from workers.runs.leases import Lease, is_in_use, leased_runs
from workers.runs.run_folders import state_folder


def test_a_run_is_leased_until_the_last_release() -> None:
    made = folder(1)
    first, second = Lease(made), Lease(made)
    assert leased_runs() == {made.name}
    assert is_in_use(made, leased_runs())
    first.release()
    first.release()
    assert leased_runs() == {made.name}
    second.release()
    assert leased_runs() == set()
    assert not is_in_use(made, leased_runs())


def test_a_folder_elsewhere_is_not_written_to(tmp_path: Path) -> None:
    Lease(tmp_path / "20260101-120000-x").release()
    assert not state_folder().exists()


def test_a_state_folder_that_cannot_be_written_to_has_no_leases() -> None:
    made = folder(1)
    (state_folder() / "held").write_text("in the way")
    lease = Lease(made)
    assert leased_runs() == set()
    lease.release()


def test_leases_of_processes_that_are_gone_are_removed() -> None:
    made = folder(1)
    program = (
        f"import os, sys; from pathlib import Path; from workers.runs.leases import Lease; Lease(Path({str(made)!r})); "
    )
    subprocess.run([sys.executable, "-c", f"{program} os._exit(0)"], check=True, timeout=30)
    assert list((state_folder() / "held").iterdir())
    assert leased_runs() == set()
    assert not list((state_folder() / "held").iterdir())


def test_a_run_is_leased_before_its_folder_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run that ends at this moment makes room."""
    leased: list[bool] = []

    def make(path: Path) -> Path:
        leased.append(path.name in leased_runs() and not path.exists())
        raise RunError("no room")

    monkeypatch.setattr(local_engine, "make_run_folder", make)
    with pytest.raises(RunError):
        local_engine.LocalEngine(script("nothing.py")).start()
    assert leased == [True]
    assert leased_runs() == set()


def test_a_run_is_leased_by_the_process_that_started_it_and_by_each_that_opened_it() -> None:
    with recording(script("nothing.py")) as live:
        name = live.run.folder.name
        assert leased_runs() == {name}
        live.finish()
        assert leased_runs() == {name}
    assert leased_runs() == set()
    opened = open_file(live.run.folder)
    assert leased_runs() == {name}
    opened.close()
    assert leased_runs() == set()
