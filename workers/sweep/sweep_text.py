"""A sweep as text for a terminal: a table, and a curve of characters. Pure functions, any process."""

from workers.harmless_text import plain
from workers.plan.sizes import format_duration
from workers.report.text_cells import cells, folded, left, right
from workers.sweep.measured import Sweep, SweepPoint
from workers.sweep.sweep_words import cores_words, failed_words, headline, percent, serial_words, times

_HEADS = ("workers", "runs", "time", "least", "most", "speed-up", "efficiency", "")
_LEAST_BAR, _WIDEST_BAR = 10, 60


def text(sweep: Sweep, width: int = 100) -> str:
    """The whole text, `width` cells wide."""
    lines = [plain(sweep.title), *folded(sweep.held.split(" "), " ", width).splitlines(), ""]
    lines += table(sweep)
    curve = speed_up_curve(sweep, width)
    lines += ["", *curve] if curve else []
    lines.append("")
    for sentence in filter(None, (headline(sweep), serial_words(sweep))):
        lines += folded(sentence.split(" "), " ", width).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def table(sweep: Sweep) -> list[str]:
    """A line of heads, and a line for each number of workers. A dash: not known."""
    rows = [_HEADS, *(_row(sweep, point) for point in sweep.points)]
    widths = [max(cells(row[at]) for row in rows) for at in range(len(_HEADS))]
    last = len(_HEADS) - 1
    return [
        "  ".join(left(cell, 0) if at == last else right(cell, widths[at]) for at, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def speed_up_curve(sweep: Sweep, width: int) -> list[str]:
    """A bar for each number of workers, and a mark where the ideal is. Empty without a speed-up."""
    rows = [(point, speed_up) for point in sweep.points if (speed_up := sweep.speed_up(point)) is not None]
    if len(rows) < 2:
        return []
    name_cells = max(len(str(point.workers)) for point, _ in rows)
    room = max(_LEAST_BAR, min(_WIDEST_BAR, width - name_cells - 12))
    full = max(max(point.workers, speed_up) for point, speed_up in rows)
    lines = ["speed-up by workers (│ ideal)"]
    for point, speed_up in rows:
        long, ideal = round(room * speed_up / full), round(room * point.workers / full)
        bar = "█" * max(long, 1)
        if ideal > len(bar):
            bar = f"{bar.ljust(ideal - 1, '·')}│"
        lines.append(f"{point.workers:>{name_cells}} {left(bar, room + 1)} {speed_up:.2f}")
    for point, _ in rows:
        if point.bound is not None and point.bound_by_sizes:
            lines.append(f"{point.workers}: sizes that stay whole allow {times(point.bound)} at most")
    beyond = [str(point.workers) for point, _ in rows if point.workers > sweep.cores]
    if beyond:
        lines.append(f"{', '.join(beyond)}: more workers than the {cores_words(sweep.cores)}")
    return lines


def _row(sweep: Sweep, point: SweepPoint) -> tuple[str, ...]:
    times_s, speed_up, efficiency = point.times_s, sweep.speed_up(point), sweep.efficiency(point)
    shown = [point.duration_s, times_s[0] if times_s else None, times_s[-1] if times_s else None]
    return (
        str(point.workers),
        str(len(times_s)),
        *("–" if seconds is None else format_duration(seconds) for seconds in shown),
        "–" if speed_up is None else f"{speed_up:.2f}",
        "–" if efficiency is None else percent(efficiency),
        f"✕ {plain(failed_words(point.failed, len(point.runs)))}" if point.failed else "",
    )
