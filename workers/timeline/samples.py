"""The CPU time and memory of one process over time, as columns that grow. Runs where the timeline lives."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column
from workers.timeline.model import Sample


class Samples(Sequence[Sample]):
    """The samples of one process, in order. t: int64 (n,) ns; cpu_s: float64 (n,), since its birth; rss: int64 (n,) bytes."""

    def __init__(self) -> None:
        self._t, self._cpu, self._rss = Column(np.int64), Column(np.float64), Column(np.int64)

    def __len__(self) -> int:
        return self._t.count

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        return Sample(int(self._t.view[at]), float(self._cpu.view[at]), int(self._rss.view[at]))

    def __iter__(self) -> Iterator[Sample]:
        return (self[at] for at in range(len(self)))

    @property
    def t(self) -> NDArray[np.int64]:
        """When each was taken."""
        view: NDArray[Any] = self._t.view
        return view

    @property
    def cpu_s(self) -> NDArray[np.float64]:
        """CPU seconds since the birth of the process, at each."""
        view: NDArray[Any] = self._cpu.view
        return view

    @property
    def rss(self) -> NDArray[np.int64]:
        """Resident bytes at each."""
        view: NDArray[Any] = self._rss.view
        return view

    def append(self, sample: Sample) -> None:
        """Add a sample. One that seems earlier than the last one gets the time of the last one."""
        last = int(self._t.view[-1]) if self._t.count else sample.at_ns
        self._t.append(max(sample.at_ns, last))
        self._cpu.append(sample.cpu_s)
        self._rss.append(sample.rss_bytes)
