"""one_at_a_time: workers that wait for one lock, or for one Manager, most of the time. Pure functions, any process."""

from collections import Counter
from collections.abc import Iterator

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.worker_time import Part
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity
from workers.analysis.findings.slow.slow_words import counted, seconds, share
from workers.analysis.measure import cpu_used
from workers.timeline.model import ProcessKind
from workers.timeline.tasks.effort import Doing, OutsideLook
from workers.timeline.timeline import Timeline

_ROUND_NS = 100_000_000
"""Looks at all processes that are no further apart belong to one round."""
_LEAST_ROUNDS = 6
_LEAST_SHARE = 0.6
"""Of the rounds in which at least two workers were at work."""
_LEAST_HOLDERS = 2
"""Workers that go on while others wait: a lock that passes from one to the next, unlike an event, a barrier, or one that a
single worker keeps for long."""
_HELD_INSIDE = 0.5
"""Of these rounds, in which one of the workers did not wait, as it has the lock. Where all wait, another process releases them:
the reader of a full queue."""
_MOST_OF_ONE = 0.9
"""Of the rounds in which the same worker has the lock: more, and it keeps the lock for long."""
_MANAGER_SHARE, _WAITING_SHARE, _LEAST_S = 0.4, 0.6, 2.0
"""Of a core, and of what the workers computed, that the Manager used; of the workers' time that they waited; seconds."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for a lock, else one for a Manager."""
    if balance.at_once < 2 or (balance.allowed or 2) < 2:
        return
    yield from _lock(timeline, balance) or _manager(timeline, balance)


def _lock(timeline: Timeline, balance: Balance) -> list[Finding]:
    looks: list[tuple[int, int, OutsideLook]] = []
    for worker in balance.workers.among(timeline.effort):
        lane, process = timeline.tasks.of(worker.process), timeline.process(worker.process)
        if process.target_began_ns is None:
            continue
        for look in timeline.effort[worker.process].looks:
            if look.at_ns < process.target_began_ns or look.at_ns > (process.target_ended_ns or look.at_ns):
                continue
            if process.kind is ProcessKind.POOL_WORKER or lane is not None:
                if lane is None or not len(lane):
                    continue
                # Between tasks a worker of a pool waits for the lock of its queue: that is no work.
                at = int(lane.t0.searchsorted(look.at_ns, side="right")) - 1
                if at < 0 or int(lane.ends(at, at + 1, look.at_ns + 1)[0]) <= look.at_ns:
                    continue
            looks.append((look.at_ns, worker.process, look))
    rounds: list[list[tuple[int, int, OutsideLook]]] = []
    for one in sorted(looks, key=lambda one: one[0]):
        if not rounds or one[0] - rounds[-1][0][0] > _ROUND_NS:
            rounds.append([])
        rounds[-1].append(one)
    rounds = [one for one in rounds if len(one) >= 2]
    held: Counter[int] = Counter()
    free: Counter[int] = Counter()
    had: dict[int, Counter[int]] = {}  # lock → the workers that others waited for, and in how many rounds
    for seen in rounds:
        doing = Counter(look.doing for _, _, look in seen)
        locks = Counter(look.lock for _, _, look in seen if look.doing is Doing.LOCKED)
        # Who waits for data may have the lock of a queue: nothing is held up then but by a lack of work.
        if locks and not doing[Doing.READS] and doing[Doing.LOCKED] >= len(seen) / 2 and doing[Doing.RUNS] <= 1:
            lock = locks.most_common(1)[0][0]
            held[lock] += 1
            free[lock] += doing[Doing.LOCKED] < len(seen)
            had.setdefault(lock, Counter()).update(number for _, number, look in seen if look.doing is not Doing.LOCKED)
    if not held:
        return []
    lock, times = held.most_common(1)[0]
    if times < max(_LEAST_ROUNDS, _LEAST_SHARE * len(rounds)) or len(had[lock]) < _LEAST_HOLDERS:
        return []
    if free[lock] < _HELD_INSIDE * times or max(had[lock].values()) > _MOST_OF_ONE * times:
        return []
    concerned = sorted({number for seen in rounds for _, number, look in seen if look.lock == lock})
    workers = [worker for worker in balance.workers if worker.process in concerned]
    busy_s = sum(worker.busy_s for worker in workers)
    computing_s = sum(worker.parts[Part.COMPUTING] for worker in workers)
    text = (
        f"{counted(len(workers), 'worker')} did their work one at a time: in {times} of {len(rounds)} looks all but one or two "
        f"waited for the same lock. Of {seconds(busy_s)} of work together they computed for {seconds(computing_s)}. Hold the "
        f"lock for less, or give each worker a result of its own and put these together at the end."
    )
    waits = [(at, number) for at, number, look in looks if look.lock == lock]
    evidence = few(Evidence(number, at, at) for at, number in waits)
    return [Finding("one_at_a_time", Severity.ADVICE, text, tuple(concerned), at_ns=min(waits)[0], evidence=evidence)]


def _manager(timeline: Timeline, balance: Balance) -> list[Finding]:
    if balance.share(Part.WAITING) < _WAITING_SHARE:
        return []
    for process in timeline.processes:
        began_ns, ended_ns = process.life_began_ns, process.last_ns or timeline.now_ns
        if process.kind is not ProcessKind.HELPER or "Manager" not in process.name or began_ns is None:
            continue
        first = min((worker.began_ns for worker in balance.workers), default=began_ns)
        last = max((worker.ended_ns for worker in balance.workers), default=ended_ns)
        from_ns, to_ns = max(first, began_ns), min(last, ended_ns)
        life_s = (to_ns - from_ns) / 1e9
        used = cpu_used(timeline.samples.get(process.id), process, (began_ns, ended_ns), from_ns, to_ns)
        if life_s < _LEAST_S or used is None:
            continue
        if used[0] < _MANAGER_SHARE * max(life_s, balance.parts[Part.COMPUTING]):
            continue
        text = (
            f"{process.name} computed for {share(used[0] / life_s)} of the time while {counted(balance.at_once, 'worker')} "
            f"waited for {share(balance.share(Part.WAITING))} of theirs: each use of a shared object is a message to it, and "
            f"it answers one at a time. Use it less often, in larger pieces, or use shared memory, Value or Array."
        )
        ids = (process.id, *(worker.process for worker in balance.workers))
        evidence = (Evidence(process.id, from_ns, to_ns),)
        return [Finding("one_at_a_time", Severity.ADVICE, text, ids, at_ns=from_ns, evidence=evidence)]
    return []
