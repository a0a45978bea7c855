"""What a command imports numpy with."""

import subprocess
import sys
from pathlib import Path

import pytest

_TRACE = '[{"name": "work", "ph": "X", "ts": 1, "dur": 2, "pid": 1, "tid": 1}]'
_CODE = """
import os, sys
before = dict(os.environ)
from desktop.cli.command_line import main
code = main(sys.argv[1:])
print(code, "numpy" in sys.modules, len(os.listdir("/proc/self/task")), dict(os.environ) == before, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
@pytest.mark.parametrize("words", [["report", "--json", "a.json"], ["export", "a.json", "b.csv"]])
def test_numpy_starts_no_thread_and_others_inherit_nothing(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_TRACE)
    said = subprocess.run(
        [sys.executable, "-c", _CODE, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stderr.splitlines()[-1] == "0 True 1 True"
