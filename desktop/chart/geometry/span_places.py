"""The places of the few long spans of a lane in the columns of a view: phases and waits. Arithmetic, any thread.

Most frames have a handful of them, for which plain integers are faster than arrays.
"""

from desktop.chart.geometry.level_of_detail import Grid, runs
from desktop.chart.geometry.task_columns import WorldGrid
from workers.timeline.lanes import Spans

Place = tuple[int, int, int, int | None]
"""Columns [x0, x1) of the view, the kind, and the begin of the span; None where several spans share the columns."""


def all_places(spans: Spans, world: WorldGrid, now_ns: int) -> list[Place]:
    """The places of a few spans in columns from time zero, the kind with the highest priority last."""
    found: list[Place] = []
    for t0, t1, kind in zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True):
        last = max(min(t1, now_ns), t0 + 1)
        found.append((world.column(t0), world.column(last - 1) + 1, kind, t0))
    found.sort(key=_kind)
    return found


def in_view(places: list[Place], first: int, columns: int) -> list[Place]:
    """The places in a view whose columns begin at `first`, in columns of the view."""
    return [
        (max(x0 - first, 0), min(x1 - first, columns), kind, t0)
        for x0, x1, kind, t0 in places
        if x1 > first and x0 < first + columns
    ]


def many_places(spans: Spans, grid: Grid, now_ns: int) -> list[Place]:
    """The places of any number of spans, which may share columns, in columns of the view."""
    shown = runs(spans, grid, now_ns)
    begins = spans.t0[shown.span].tolist() if len(shown) else []
    return [
        (x0, x1, kind, t0 if span >= 0 else None)
        for x0, x1, kind, span, t0 in zip(
            shown.x0.tolist(), shown.x1.tolist(), shown.kind.tolist(), shown.span.tolist(), begins, strict=True
        )
    ]


def _kind(place: Place) -> int:
    return place[2]
