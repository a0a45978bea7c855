"""What a chart needs to draw a lane's tasks at any scale: layers of spans, and since which moment they changed. Pure numpy."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

OPEN = np.iinfo(np.int64).max
"""The end of a span that has not ended."""

_MOST_CHANGES = 32


@dataclass(frozen=True, slots=True)
class Layer:
    """All spans of one kind on a lane, for the level of detail.

    kind: a SpanKind.
    t0: int64 (n,) ns, ascending.
    reach: int64 (n,) ns, the latest end of the spans so far: ascending too, whatever overlaps. OPEN from an open span on.
    landmarks: every STRIDE-th entry of t0, close together so that a search among them stays in the cache; empty for fewer than
        LANDMARKED spans.
    """

    STRIDE: ClassVar[int] = 16
    LANDMARKED: ClassVar[int] = 32_768

    kind: int
    t0: NDArray[np.int64]
    reach: NDArray[np.int64]
    landmarks: NDArray[np.int64] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        marked = self.t0[:: self.STRIDE].copy() if len(self.t0) >= self.LANDMARKED else self.t0[:0]
        object.__setattr__(self, "landmarks", marked)


class Changes:
    """Since which moment of the run the columns of a lane have changed, for each revision of them."""

    __slots__ = ("_since", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._since: list[tuple[int, int]] = []  # (revision, changed since), both ascending

    def add(self, from_ns: int) -> None:
        """Note that everything from this moment on may look different now."""
        self.revision += 1
        since = self._since
        while since and since[-1][1] >= from_ns:
            since.pop()
        since.append((self.revision, from_ns))
        if (
            len(since) > _MOST_CHANGES
        ):  # the older half becomes one change, which covers rather too much than too little
            half = len(since) // 2
            since[:half] = [(since[half - 1][0], since[0][1])]

    def since(self, revision: int) -> int | None:
        """The earliest moment that changed after this revision; None if none did."""
        return next((from_ns for at, from_ns in self._since if at > revision), None)
