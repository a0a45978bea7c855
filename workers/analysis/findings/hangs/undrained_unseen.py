"""undrained, where the system does not show what a process sleeps in: its work ended long ago, it uses no CPU, and a join()
waits for it. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.findings.finding import Finding
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.undrained import undrained_finding

_PATIENCE_NS = 10_000_000_000


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each such process."""
    if any(process.waits for process in scene.timeline.processes):
        return
    for process in scene.living:
        ended_ns, join = process.target_ended_ns, scene.joiner_of(process)
        if join is None or ended_ns is None or scene.at_ns - ended_ns < _PATIENCE_NS:
            continue
        samples = scene.timeline.samples.get(process.id)
        if samples is None or not len(samples):
            continue
        first = int(np.searchsorted(samples.t, ended_ns))
        if first < len(samples) - 1 and samples.cpu_s[first] == samples.cpu_s[-1]:
            yield undrained_finding(scene, process, join, "probably ")
