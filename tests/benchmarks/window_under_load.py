"""Measures how long the window stops while a script starts a thousand processes, or prints a million lines.

Usage: python tests/benchmarks/window_under_load.py [--processes 1000] [--lines 1000000] [--tab Findings ...] [--most-ms 50]

The baseline is the same window over a script of the same duration that does nothing. For each tab it prints the longest time
between two turns of the window's event loop, as CPU time of its thread, which other work on the machine does not change, and
as time of the clock. Exit code 1 when a run did not end well, when a finding was shown, or when a stop took more than
`--most-ms` of CPU time twice in a row: once can be the machine's.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from support.scripts import script_path

from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.analysis.findings.all_findings import findings
from workers.engines.script import Script

_MOST_MS = 50.0


class Stops:
    """The longest stop of the event loop, as CPU time and by the clock."""

    def __init__(self) -> None:
        self.cpu_s = self.clock_s = 0.0
        self._last = time.thread_time(), time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(0)

    def _on_turn(self) -> None:
        now = time.thread_time(), time.monotonic()
        self.cpu_s = max(self.cpu_s, now[0] - self._last[0])
        self.clock_s = max(self.clock_s, now[1] - self._last[1])
        self._last = now


def run(window: MainWindow, tab: int, what: str, arguments: str, most_ms: float) -> bool:
    """Run one script with one tab open, and again if the window stopped for too long. Whether it ended well."""
    return _run(window, tab, what, arguments, most_ms) or _run(window, tab, f"{what}, again", arguments, most_ms)


def _run(window: MainWindow, tab: int, what: str, arguments: str, most_ms: float) -> bool:
    window.contents.layout.tabs.setCurrentIndex(tab)
    script = Script.make(str(script_path("crowd.py")), arguments)
    loop = QEventLoop()
    window.contents.session.ended.connect(loop.quit)
    began_s = time.monotonic()
    window.contents.session.start(script)
    stops = Stops()
    loop.exec()
    took_s = time.monotonic() - began_s
    window.contents.session.ended.disconnect(loop.quit)
    timeline = window.contents.session.timeline
    assert timeline is not None
    shown = [finding.text for finding in findings(timeline) if finding.severity != "info"]
    amount = f"{len(timeline.processes):5,} processes, {timeline.lines_seen:9,} lines read"
    longest = f"longest stop {stops.cpu_s * 1e3:4.0f} ms CPU, {stops.clock_s * 1e3:4.0f} ms"
    print(f"{what:24} {_title(window, tab):10} {took_s:6.1f} s, {amount}; {longest} {shown or ''}", flush=True)
    return timeline.exit_code == 0 and not shown and stops.cpu_s * 1e3 <= most_ms


def _title(window: MainWindow, tab: int) -> str:
    return window.contents.layout.tabs.tabText(tab).replace("&", "").partition(" (")[0]


def measure(processes: int, lines: int, tabs: list[str], most_ms: float) -> int:
    """Every kind of run with every tab, or with those named. Exit code."""
    app = QApplication(sys.argv[:1])
    window = MainWindow(Settings())
    window.resize(1280, 800)
    window.show()
    window.contents.views.load_chart()
    gc.collect()
    gc.freeze()  # as the application does
    well = True
    for tab in range(window.contents.layout.tabs.count()):
        if tabs and _title(window, tab) not in tabs:
            continue
        for what, arguments in (("1 process (baseline)", "processes 1"), (f"{processes:,} processes", f"processes {processes}"),
                                (f"{lines:,} lines", f"lines {lines}")):  # fmt: skip
            well &= run(window, tab, what, arguments, most_ms)
    window.contents.session.close()
    window.close()
    app.processEvents()
    return 0 if well else 1


def main() -> int:
    """In folders of its own, and without a screen unless one is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--tab", action="append", default=[], choices=("Output", "Processes", "Code", "Findings"))
    parser.add_argument("--most-ms", type=float, default=_MOST_MS)
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="procession-") as own:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[name] = os.path.join(own, name.lower())
        return measure(chosen.processes, chosen.lines, chosen.tab, chosen.most_ms)


if __name__ == "__main__":
    sys.exit(main())
