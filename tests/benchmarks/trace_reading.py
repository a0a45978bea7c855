"""Measures the time and memory that opening a Chrome trace takes, and the gaps in the window's event loop meanwhile.

Usage: python tests/benchmarks/trace_reading.py [EVENTS]

The baseline is `json.load` of the same file; the ratio is the result. Each reading is a process of its own. The column
"kept a span" is the memory of the timeline once it is read, for each span. The window is the real one, offscreen or, where
DISPLAY is set, under X. A timer of 5 ms notes the gaps between its ticks, from the choice of the file until it is drawn, and
the CPU time that the window's thread took itself in a gap: the rest is the reader's, or the machine's.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVENTS = 300_000
_MEASURE = """
import json, resource, sys, time
from pathlib import Path
import numpy, workers.formats.chrome.chrome_reader as reader
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
def now(): return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
resident, before, began = now(), peak(), time.perf_counter()
path = Path(sys.argv[2])
kept = reader.read(path) if sys.argv[1] == "open" else json.load(path.open("rb"))
took = time.perf_counter() - began
spans = kept.imported.spans if sys.argv[1] == "open" else 1
print(json.dumps([took, peak() - before, (now() - resident) / spans]))
"""
_WINDOW = """
import json, os, sys, tempfile, time
for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"): os.environ[name] = tempfile.mkdtemp()
from PySide6.QtCore import QEventLoop, QTimer, Qt
from PySide6.QtWidgets import QApplication
app = QApplication(["trace_reading"])
from desktop.settings import Settings
from desktop.window.main_window import MainWindow
window = MainWindow(Settings())
window.contents.views.load_chart()
window.show()
def pause(ms):
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
pause(1000)
gaps, last = [], [time.perf_counter(), time.thread_time(), "reading"]
shown = []
def tick():
    now, own = time.perf_counter(), time.thread_time()
    gaps.append((now - last[0], own - last[1], last[2]))
    last[:2] = now, own
ticks = QTimer()
ticks.setTimerType(Qt.TimerType.PreciseTimer)
ticks.timeout.connect(tick)
def opened():
    shown.append(time.perf_counter())
    last[2] = "showing"
window.contents.opening.opened.connect(opened)
began = last[0] = time.perf_counter()
last[1] = time.thread_time()
ticks.start(5)
window.contents.open_file(sys.argv[1])
while not shown: pause(50)
pause(1500)
ticks.stop()
longest = [max((gap[at] for gap in gaps if gap[2] == what), default=0.0) for what in ("reading", "showing") for at in (0, 1)]
most = sorted(gap for gap, _, _ in gaps)[int(len(gaps) * 0.99)]
print(json.dumps([shown[0] - began, *longest, most]))
window.close()
"""


def write(path: Path, form: str, events: int) -> None:
    """A trace of about so many events."""
    choose = random.Random(1)
    base = 1_700_000_000_000_000 if form == "epoch" else 0
    with path.open("w") as file:
        file.write("[\n")
        for number in range(events // (1 if form in ("complete", "epoch") else 2)):
            at, lasts = base + number * 8 + choose.random(), choose.random() * 5
            head = f'"pid":{number % 4},"tid":{number % 8},"name":"function {number % 500} (module.py:{number % 90})"'
            if form in ("complete", "epoch"):
                file.write(f'{{"ph":"X",{head},"ts":{at:.3f},"dur":{lasts:.3f},"args":{{"n":{number}}}}},\n')
            else:
                begin, end, more = (
                    ("B", "E", "") if form == "begin and end" else ("b", "e", f',"cat":"io","id":"{number}"')
                )
                file.write(
                    f'{{"ph":"{begin}",{head},"ts":{at:.3f}{more}}},\n{{"ph":"{end}",{head},"ts":{at + lasts:.3f}{more}}},\n'
                )
        file.write("{}]\n")


def measure(how: str, path: Path) -> tuple[float, float, float]:
    """(seconds, bytes more at the peak, bytes kept for each span)"""
    seconds, more, kept = measured(_MEASURE, how, str(path))
    return seconds, more, kept


def measured(program: str, *arguments: str) -> list[float]:
    """What a program printed."""
    command = [sys.executable, "-c", program, *arguments]
    platform = {} if "DISPLAY" in os.environ else {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **platform})
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def main() -> int:
    """Prints the table."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    print(f"{events:,} events         opened        json.load     time  memory  kept a span")
    for form in ("complete", "begin and end", "asynchronous", "epoch"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trace.json"
            write(path, form, events)
            ours, theirs = measure("open", path), measure("load", path)
            took, *gaps, most = measured(_WINDOW, str(path))
        cells = [f"{seconds:5.2f} s {more / events:5.0f} B" for seconds, more, _ in (ours, theirs)]
        ratios = f"{ours[0] / theirs[0]:6.2f}  {ours[1] / theirs[1]:6.2f}"
        print(f"{form:18} {cells[0]:>14}  {cells[1]:>14}  {ratios}  {ours[2]:5.0f} B")
        reading, own_reading, showing, own_showing = (f"{gap * 1e3:.0f} ms" for gap in gaps)
        words = f"{reading} ({own_reading} its own CPU) while it is read, {showing} ({own_showing}) when it is shown"
        print(f"  in the window {took:5.2f} s; longest gap {words}; 99 of 100 below {most * 1e3:.0f} ms", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
