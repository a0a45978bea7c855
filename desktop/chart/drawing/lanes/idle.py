"""Which workers are drawn pale where they run no task: they are alive, and idle. The window's thread, or an export."""

from desktop.chart.drawing.chart_style import ChartStyle
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline


def shows_idle(timeline: Timeline, process: Process) -> bool:
    """Whether a worker is idle wherever no task of it is known: it serves a pool, and the run has all its tasks."""
    if process.kind is not ProcessKind.POOL_WORKER or timeline.imported is not None:
        return False
    return len(timeline.tasks) > 0 and not timeline.left_out_tasks


def idle(style: ChartStyle) -> str:
    """The palette's role for the time of a worker without a task; stronger on a dark ground, where it would hardly show."""
    return "alive/base/0.35" if style.palette.dark else "alive/base/0.16"
