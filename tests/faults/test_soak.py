"""Run after run in one window leaves nothing behind: the short form of `make soak`, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import desktop

ROOT = Path(desktop.__file__).parents[1]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks for processes by the run's mark")
def test_runs_in_a_row_leave_nothing_behind() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "benchmarks" / "soak.py"), "10"], capture_output=True, text=True,
        timeout=110, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "10 runs: " in done.stdout
