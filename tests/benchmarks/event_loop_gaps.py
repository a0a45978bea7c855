"""Measures the gaps in the window's event loop while it shows a run.

Usage: python tests/benchmarks/event_loop_gaps.py [--sizes 1M,7M]

Presses Start and Join in the real window, offscreen and, where DISPLAY is set, under X. A timer of 5 ms notes the gaps between
its ticks, which a user feels as stutter, and the CPU time of the thread itself in each gap. A gap with little CPU time of its
own is the machine's, which was busy with other work. Each platform runs in a process of its own.
"""

import argparse
import faulthandler
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workers.plan.plan import Plan, StartMethod
from workers.plan.presets import UNEVEN
from workers.plan.sizes import parse_size

_TICK_MS = 5
_DUMP_AFTER_S = 0.05


def measure(plan: Plan, *, join_after_ms: int, stacks: bool, select: bool) -> dict[str, object]:
    """Run `plan` once in the window; gaps in milliseconds."""
    from PySide6.QtCore import QSettings, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from desktop.facts.selection import ProcessSelection
    from desktop.panels.processes.processes_panel import ProcessesPanel
    from desktop.settings import Settings
    from desktop.window import app as application
    from desktop.window.main_window import MainWindow

    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
    gaps: list[tuple[float, float]] = []
    last = [0.0, 0.0]

    class Measured(MainWindow):
        def __init__(self, settings: Settings, *, late: bool = False) -> None:
            super().__init__(settings)
            self.contents.sources.plan.set_plan(plan)
            self.ticks = QTimer(self)
            self.ticks.setTimerType(Qt.TimerType.PreciseTimer)
            self.ticks.timeout.connect(self.tick)
            self.contents.views.chart_loaded.connect(self.begin)
            self.contents.session.ended.connect(self.over)

        def begin(self) -> None:
            QTimer.singleShot(500, self.press)  # what is loaded late and laid out first is no part of a run

        def press(self) -> None:
            last[:] = time.perf_counter(), time.thread_time()
            self.ticks.start(_TICK_MS)
            self.contents.actions.start.trigger()
            QTimer.singleShot(join_after_ms, self.contents.actions.join.trigger)
            if select:
                QTimer.singleShot(join_after_ms, self.select)

        def select(self) -> None:
            self.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(2))
            self.contents.views.chart.follow = True

        def tick(self) -> None:
            now, own = time.perf_counter(), time.thread_time()
            gaps.append(((now - last[0]) * 1e3, (own - last[1]) * 1e3))
            last[:] = now, own
            if stacks:
                faulthandler.dump_traceback_later(_DUMP_AFTER_S, exit=False)

        def over(self) -> None:
            faulthandler.cancel_dump_traceback_later()
            QTimer.singleShot(100, self.close)

    application.MainWindow = Measured  # type: ignore[misc]
    code = application.run_window()
    assert QApplication.instance() is not None
    times = sorted(gap for gap, _ in gaps)
    return {
        "code": code,
        "ticks": len(gaps),
        "seconds": round(sum(times) / 1e3, 1),
        "longest_ms": round(times[-1], 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
        "over_50_ms": sum(gap > 50 for gap in times),
        "longest_own_ms": round(max(own for _, own in gaps), 1),
        "own_share": round(sum(own for _, own in gaps) / sum(times), 3),
        "worst": [(round(gap, 1), round(own, 1)) for gap, own in sorted(gaps)[-5:]],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sizes", default=",".join(map(str, UNEVEN)), help="numbers each worker sorts (the guide's plan)"
    )
    parser.add_argument("--start-method", default="fork", choices=[str(method) for method in StartMethod])
    parser.add_argument("--join-after-ms", type=int, default=1000)
    parser.add_argument("--select", action="store_true", help="have a worker selected, so that Details shows it")
    parser.add_argument("--stacks", action="store_true", help="show where the threads are in a gap over 50 ms")
    parser.add_argument("--platform", help="one platform only: offscreen or xcb")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    plan = Plan.make(
        [parse_size(size) for size in asked.sizes.split(",")], start_method=StartMethod(asked.start_method)
    )
    if asked.here:
        found = measure(plan, join_after_ms=asked.join_after_ms, stacks=asked.stacks, select=asked.select)
        print(json.dumps(found))
        return 0
    platforms = [asked.platform] if asked.platform else ["offscreen", *(["xcb"] if os.environ.get("DISPLAY") else [])]
    for platform in platforms:
        command = [sys.executable, __file__, "--here", *sys.argv[1:]]
        with tempfile.TemporaryDirectory() as state:
            environment = {**os.environ, "QT_QPA_PLATFORM": platform, "XDG_STATE_HOME": state}
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        print(f"{plan.title} · {platform}: {done.stdout.strip()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
