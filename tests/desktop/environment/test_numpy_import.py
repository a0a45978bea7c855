"""What a command and the window import numpy with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

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


_WINDOW_CODE = """
import os, subprocess, sys
from PySide6.QtCore import QTimer
from desktop.cli.command_line import main
from desktop.environment import numpy_import
from desktop.window.main_window import MainWindow

complete, import_numpy = MainWindow.complete, numpy_import.import_numpy
threads = []

def import_and_count():
    threads.append(len(os.listdir("/proc/self/task")))
    assert "numpy" not in sys.modules
    import_numpy()
    threads.append(len(os.listdir("/proc/self/task")))

def complete_and_close(window):
    assert "numpy" in sys.modules
    contents = complete(window)
    contents.views.chart_loaded.connect(lambda: QTimer.singleShot(0, window.close))
    return contents

numpy_import.import_numpy, MainWindow.complete = import_and_count, complete_and_close
before = dict(os.environ)
code = main(["--require-display"])
inherited = b"OPENBLAS_NUM_THREADS" in subprocess.run(["env"], capture_output=True).stdout
print(code, threads[1] - threads[0], inherited, dict(os.environ) == before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_numpy_starts_no_thread_in_the_window(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", _WINDOW_CODE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        env=environment,
    )  # fmt: skip
    assert said.stdout.splitlines()[-1] == "0 0 False True"
