"""How long each span of a thread took without the spans in it. Pure numpy, any thread."""

import numpy as np
from numpy.typing import NDArray

from workers.timeline.lanes import OPEN
from workers.timeline.tracks import TrackSpans


def own_times(spans: TrackSpans) -> NDArray[np.int64]:
    """int64 (n,) ns: the time of each span, less that of the spans directly in it.

    -1 where that is not known: for a span without an end, and for one with such a span in it. A span that only overlaps the one
    above it is not in it.
    """
    unknown = spans.t1 == OPEN
    lasted = np.where(unknown, 0, np.maximum(spans.t1 - spans.t0, 0))
    own = lasted.copy()
    by_depth = np.argsort(spans.depth, kind="stable")
    edges = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(spans.depth))))
    for depth in range(1, spans.height):
        outer, inner = (by_depth[edges[at] : edges[at + 1]] for at in (depth - 1, depth))
        above = outer.searchsorted(inner) - 1
        parent, child = outer[above[above >= 0]], inner[above >= 0]
        goes_on = spans.t1[child] == OPEN
        within = (spans.t0[child] < spans.t1[parent]) & (goes_on | (spans.t1[child] <= spans.t1[parent]))
        parent, child, goes_on = parent[within], child[within], goes_on[within]
        np.subtract.at(own, parent, lasted[child])
        unknown[parent[goes_on]] = True
    return np.where(unknown, -1, np.maximum(own, 0))
