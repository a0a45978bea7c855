"""A sweep as data for scripts: JSON and CSV. Pure functions, any process."""

import csv
import io
import json
from typing import Any

from workers.installed_version import version
from workers.report.report import FORMAT
from workers.sweep.measured import Sweep, SweepPoint

COLUMNS = (
    "workers", "runs", "failed", "duration_s", "duration_least_s", "duration_most_s", "speed_up", "efficiency",
)  # fmt: skip


def data(sweep: Sweep) -> dict[str, Any]:
    """What ``--json`` prints under ``sweep``. null = not known. Seconds; the serial fraction from 0 to 1, with the 95 %
    interval of its fit, which may reach beyond them."""
    fit = sweep.fit
    share = sweep.serial_fraction
    return {
        "title": sweep.title,
        "held": sweep.held,
        "cores": sweep.cores,
        "repeats": sweep.repeats,
        "points": [_point(sweep, point) for point in sweep.points],
        "serial_fraction": share,
        "serial_fraction_low": None if share is None or fit is None else fit.low,
        "serial_fraction_high": None if share is None or fit is None else fit.high,
    }


def json_text(sweep: Sweep) -> str:
    """The whole object, with the same head as a report."""
    return json.dumps({"procession": {"version": version(), "report": FORMAT}, "sweep": data(sweep)}, indent=2) + "\n"


def csv_text(sweep: Sweep) -> str:
    """A row for each number of workers; a cell is empty where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for point in sweep.points:
        values = _point(sweep, point)
        writer.writerow(["" if values[name] is None else values[name] for name in COLUMNS])
    return out.getvalue()


def _point(sweep: Sweep, point: SweepPoint) -> dict[str, Any]:
    times_s = point.times_s
    return {
        "workers": point.workers,
        "runs": len(times_s),
        "failed": len(point.failed),
        "duration_s": point.duration_s,
        "duration_least_s": times_s[0] if times_s else None,
        "duration_most_s": times_s[-1] if times_s else None,
        "speed_up": sweep.speed_up(point),
        "efficiency": sweep.efficiency(point),
        "most_speed_up": point.bound,
        "each": [
            {
                "duration_s": run.duration_s,
                "problem": run.problem or None,
                "exit_code": run.exit_code,
                "folder": None if run.folder is None else str(run.folder),
            }
            for run in point.runs
        ],
    }
