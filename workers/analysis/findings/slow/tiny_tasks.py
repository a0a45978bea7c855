"""tiny_tasks: tasks that cost more to hand over than to carry out. Pure functions on a timeline, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity
from workers.analysis.findings.slow.slow_words import counted, main_name, seconds
from workers.analysis.measure import cpu_used
from workers.timeline.timeline import Timeline

_LEAST_TASKS = 2_000
_MOST_EACH_S = 0.0005
"""How long half of the tasks take at the most."""
_TIMES = 2.0
"""What the workers used beside their tasks, in what they used in them."""
_LEAST_SHARE, _LEAST_S = 0.2, 0.3
"""Of the CPU time of the whole run that this is, and in seconds. Where tasks come slowly, it is less."""
_CHUNK_S, _CHUNKS_EACH = 0.005, 4
"""How long a proposed chunk takes, and how many each worker gets at least."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for all workers of pools and executors."""
    if len(timeline.tasks) < _LEAST_TASKS:
        return
    used_s, lengths, spans = 0.0, [], []
    for worker in balance.workers:
        lane, process = timeline.tasks.of(worker.process), timeline.process(worker.process)
        if lane is None or not len(lane):
            continue
        ends = lane.ends(0, len(lane), worker.ended_ns)
        first, last = int(lane.t0[0]), int(ends.max())
        used = cpu_used(timeline.samples.get(worker.process), process, (worker.began_ns, worker.ended_ns), first, last)
        if used is not None:
            used_s += used[0]
            lengths.append(ends - lane.t0)
            spans.append(Evidence(worker.process, first, last))
    count = sum(map(len, lengths))
    if count < _LEAST_TASKS:
        return
    # The CPU time of so short a task is not read. Half of them took no longer than this, also where others are interrupted.
    each_s = float(np.median(np.concatenate(lengths))) / 1e9
    beside_s = used_s - each_s * count
    all_s = (balance.cores or 0.0) * balance.duration_s
    if each_s > _MOST_EACH_S or beside_s < max(_LEAST_S, _TIMES * each_s * count, _LEAST_SHARE * all_s):
        return
    chunk = max(
        2, min(round(_CHUNK_S / max(each_s, 1e-7)), count // (_CHUNKS_EACH * len(spans)))
    ) * timeline.tasks.calls_in(1)
    chunk -= chunk % 10 ** (len(str(chunk)) - 1)  # 4,448 would seem to be exact
    text = (
        f"Half of the {counted(count, 'task')} of {main_name(timeline, balance.workers)} took no longer than {seconds(each_s)} "
        f"each. Their {counted(len(spans), 'worker')} computed for {seconds(beside_s)} beside them, "
        f"{seconds(beside_s / count)} for each, to take it and to send its result. Put more calls into a task: give map() or "
        f"imap() a chunksize, such as {chunk:,}, or submit lists of work."
    )
    ids = tuple(span.process for span in spans)
    at_ns = min(span.from_ns for span in spans)
    yield Finding("tiny_tasks", Severity.ADVICE, text, ids, at_ns=at_ns, evidence=few(spans))
