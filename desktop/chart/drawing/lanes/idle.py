"""The colour of a worker that is alive and runs no task. The window's thread, or an export."""

from desktop.chart.drawing.chart_style import ChartStyle


def idle(style: ChartStyle) -> str:
    """The palette's role for the time of a worker without a task; stronger on a dark ground, where it would hardly show."""
    return "alive/base/0.35" if style.palette.dark else "alive/base/0.16"
