"""Measures an interval of a run: its length, the processes alive in it, what began and ended. Pure functions, any thread."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workers.timeline.model import Process, ProcessKind
from workers.timeline.samples import Samples
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track

_FEW = 16


@dataclass(frozen=True, slots=True)
class Measure:
    """What happened in the interval [t0_ns, t1_ns].

    alive: the processes that lived at some moment of it, without helpers; throughout: at every moment.
    started, exited: how many of those began or ended in it.
    tasks_begun, tasks_ended: of pools and executors. A task whose worker died while running it ended with the worker.
    tasks_running: those that ran at its end.
    lines: printed in it.
    cpu_s: CPU time used in it, taken to be even between two samples; None if nothing is known.
    cpu_of: for how many of the processes alive it is known. cpu_least: for some of these it is not known to the end.
    with_spans: for a trace, how many processes have spans in it, since a trace has no lives of processes; None for a run.
    spans_begun, spans_ended: how many of those spans began and ended in it.
    """

    t0_ns: int
    t1_ns: int
    alive: int
    throughout: int
    started: int
    exited: int
    tasks_begun: int
    tasks_ended: int
    lines: int
    cpu_s: float | None
    cpu_of: int
    cpu_least: bool
    with_spans: int | None
    spans_begun: int
    spans_ended: int
    tasks_running: int = 0

    @property
    def duration_ns(self) -> int:
        """The length of the interval."""
        return self.t1_ns - self.t0_ns


def measure(timeline: Timeline, t0_ns: int, t1_ns: int) -> Measure:
    """Measure [t0_ns, t1_ns]. Costs a pass over the columns of what lived in it.

    It is asked at every move of a drag, of ten thousand processes too: it looks at no lane, which would have to be made.
    """
    moments = np.array((t0_ns, t1_ns + 1), np.int64)
    alive = throughout = started = exited = begun = ended = running = lines = cpu_of = 0
    cpu_s, cpu_least, traced = 0.0, False, False
    for process in timeline.processes:
        traced |= process.traced
        life = life_of(process, timeline.now_ns)
        if life is None or life[0] > t1_ns or life[1] < t0_ns or process.kind is ProcessKind.HELPER:
            continue
        alive += 1
        throughout += life[0] <= t0_ns and life[1] >= t1_ns
        started += t0_ns <= life[0] <= t1_ns
        exited += process.ended and t0_ns <= life[1] <= t1_ns
        for tasks in timeline.tasks.all_of(process.id):
            first, last = tasks.t0.searchsorted(moments).tolist()
            begun += last - first
            ends = tasks.ends(0, last, process.last_ns)
            if last:
                ended += int(np.count_nonzero((ends >= t0_ns) & (ends <= t1_ns)))
                running += int(np.count_nonzero(ends > t1_ns))
        lines += timeline.lines_within(process.id, t0_ns, t1_ns)
        used = cpu_used(timeline.samples.get(process.id), process, life, t0_ns, t1_ns)
        if used is not None:
            cpu_s += used[0]
            cpu_of += 1
            cpu_least |= not used[1]
    with_spans, spans_begun, spans_ended = _spans(timeline.tracks, t0_ns, t1_ns)
    return Measure(t0_ns, t1_ns, alive, throughout, started, exited, begun, ended, lines,
                   cpu_s if cpu_of else None, cpu_of, cpu_least,
                   with_spans if traced else None, spans_begun, spans_ended, running)  # fmt: skip


def _spans(tracks: Sequence[Track], t0_ns: int, t1_ns: int) -> tuple[int, int, int]:
    """(processes with spans in [t0_ns, t1_ns], spans that begin in it, spans that end in it)."""
    with_spans: set[int] = set()
    begun = ended = 0
    for track in tracks:
        spans = track.spans
        first, last = spans.t0.searchsorted((t0_ns, t1_ns + 1)).tolist()
        begun += last - first
        reaching = spans.t1[:last] >= t0_ns
        if reaching.any():
            with_spans.add(track.process)
            ended += int(np.count_nonzero(reaching & (spans.t1[:last] <= t1_ns)))
    return len(with_spans), begun, ended


def cpu_used(
    samples: Samples | None, process: Process, life: tuple[int, int], t0_ns: int, t1_ns: int
) -> tuple[float, bool] | None:
    """(the CPU seconds that a process used in [t0_ns, t1_ns], whether they are known up to its end or the interval's).

    They come from its samples, its birth and its end. None if too little is known about that time.
    """
    all_s = process.cpu_s if process.ended and process.cpu_whole else None
    if samples is None:
        return None if all_s is None else (_evenly(all_s, life, t0_ns, t1_ns), True)
    if 0 < len(samples) <= _FEW and (all_s is None or int(samples.t[-1]) <= life[1]):
        return _by_few_samples(samples, all_s, life, t0_ns, t1_ns)
    later = samples.t > life[0]
    at = np.concatenate((np.array([life[0]], np.int64), samples.t[later]))
    cpu = np.concatenate((np.zeros(1), samples.cpu_s[later]))  # at its birth it had used none
    if all_s is not None:
        at, cpu = np.append(at, life[1]), np.append(cpu, all_s)
    if len(at) < 2:
        return None
    ends = np.clip(np.array((t0_ns, t1_ns), np.float64), at[0], None)
    # After the last sample nothing is known: not yet or, for a process that was reaped at once, never.
    if all_s is None:
        if ends[0] >= at[-1]:
            return None
        ends = np.minimum(ends, at[-1])
    before, after = np.interp(ends, at, np.maximum.accumulate(cpu))
    return float(after - before), min(t1_ns, life[1]) <= int(at[-1])


def _by_few_samples(
    samples: Samples, all_s: float | None, life: tuple[int, int], t0_ns: int, t1_ns: int
) -> tuple[float, bool] | None:
    """The same as `cpu_used` with numpy, for so few samples that this is faster: as thousands of short processes have."""
    at, cpu = [float(life[0])], [0.0]
    for sampled_ns, cpu_s in zip(samples.t.tolist(), samples.cpu_s.tolist(), strict=True):
        if sampled_ns > life[0]:
            at.append(float(sampled_ns))
            cpu.append(max(cpu[-1], cpu_s))
    if all_s is not None:
        at.append(float(life[1]))
        cpu.append(max(cpu[-1], all_s))
    if len(at) < 2:
        return None
    first, last = max(float(t0_ns), at[0]), max(float(t1_ns), at[0])
    if all_s is None:
        if first >= at[-1]:
            return None
        first, last = min(first, at[-1]), min(last, at[-1])
    known = min(t1_ns, life[1]) <= int(at[-1])
    return _interpolated(last, at, cpu) - _interpolated(first, at, cpu), known


def _interpolated(x: float, at: Sequence[float], values: Sequence[float]) -> float:
    """The value at x, which is not before the first one, in the way of numpy.interp."""
    if x >= at[-1]:
        return values[-1]
    before = bisect_right(at, x) - 1
    slope = (values[before + 1] - values[before]) / (at[before + 1] - at[before])
    return slope * (x - at[before]) + values[before]


def _evenly(all_s: float, life: tuple[int, int], t0_ns: int, t1_ns: int) -> float:
    """What a process used in [t0_ns, t1_ns] of all that it used, as the interpolation of cpu_used has it without samples.

    Many short processes have none, and numpy takes its time for two numbers.
    """
    began, ended = float(life[0]), float(life[1])
    first, last = max(began, float(t0_ns)), max(began, float(t1_ns))
    before = all_s if first >= ended else all_s / (ended - began) * (first - began)
    return (all_s if last >= ended else all_s / (ended - began) * (last - began)) - before


def life_of(process: Process, now_ns: int) -> tuple[int, int] | None:
    """When a process was born and when it ended, or now; None if it never lived. ns."""
    began = process.born_ns if process.born_ns is not None else process.start_called_ns
    if began is None or process.not_born:
        return None
    ended = process.lost_ns if process.lost else process.exited_ns
    return began, now_ns if ended is None else ended
