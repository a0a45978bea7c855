"""The CPU time and memory of all processes of a run together, from their samples. Runs where the timeline lives."""

from workers.timeline.model import Process, Sample
from workers.timeline.samples import Samples

_ROUND_NS = 60_000_000
"""The processes are sampled one after another: samples no further apart than this belong to one round."""


class Totals:
    """Adds up the last sample of each process.

    samples: one a round; CPU seconds that all used since the first round, and their resident bytes.
    peak_rss: the most resident bytes of a single process.
    living: the last sample of each process that was not told to have ended.
    """

    def __init__(self) -> None:
        self.samples = Samples()
        self.peak_rss = 0
        self.living: dict[int, Sample] = {}
        self._cpu_s = 0.0
        self._rss = 0
        self._round_ns: int | None = None

    def add(self, process: int, sample: Sample) -> None:
        """Take in a sample of one process."""
        if self._round_ns is None:
            self._round_ns = sample.at_ns
        elif sample.at_ns - self._round_ns > _ROUND_NS:
            self._close(self._round_ns)
            self._round_ns = sample.at_ns
        before = self.living.get(process)
        if before is not None:
            self._cpu_s += max(0.0, sample.cpu_s - before.cpu_s)
        self._rss += sample.rss_bytes - (0 if before is None else before.rss_bytes)
        self.living[process] = sample
        self.peak_rss = max(self.peak_rss, sample.rss_bytes)

    def ended(self, process: Process) -> None:
        """Take away the memory of a process that has ended."""
        last = self.living.pop(process.id, None)
        if last is not None:
            self._rss -= last.rss_bytes

    def _close(self, at_ns: int) -> None:
        self.samples.append(Sample(at_ns, self._cpu_s, self._rss))
