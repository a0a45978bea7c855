"""What all processes of a run used together, as far as each was sampled. Runs where the timeline lives."""

from workers.timeline.model import Process, Sample
from workers.timeline.samples import Samples

_ROUND_NS = 60_000_000
"""The processes are looked at one after another: what is this near belongs to one look."""


class Totals:
    """Adds up the last known of each process. samples: CPU seconds used by all since the first look, resident bytes."""

    def __init__(self) -> None:
        self.samples = Samples()
        self.peak_rss = 0
        self._last: dict[int, Sample] = {}
        self._cpu_s = 0.0
        self._rss = 0
        self._round_ns: int | None = None

    def add(self, process: int, sample: Sample) -> None:
        """One process was looked at."""
        if self._round_ns is None:
            self._round_ns = sample.at_ns
        elif sample.at_ns - self._round_ns > _ROUND_NS:
            self._close(self._round_ns)
            self._round_ns = sample.at_ns
        before = self._last.get(process)
        if before is not None:
            self._cpu_s += max(0.0, sample.cpu_s - before.cpu_s)
        self._rss += sample.rss_bytes - (0 if before is None else before.rss_bytes)
        self._last[process] = sample
        self.peak_rss = max(self.peak_rss, sample.rss_bytes)

    def ended(self, process: Process) -> None:
        """It uses nothing any more."""
        last = self._last.pop(process.id, None)
        if last is not None:
            self._rss -= last.rss_bytes

    def _close(self, at_ns: int) -> None:
        self.samples.append(Sample(at_ns, self._cpu_s, self._rss))
