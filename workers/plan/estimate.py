"""Estimates the memory and time that a plan takes before it runs, and refuses one that does not fit. Any process.

The figures are good to a factor of about 1.5. Memory was measured as the peak resident size of one worker
(``resource.getrusage`` at its end, CPython 3.11 on Linux, fork and spawn): sorting 1M numbers peaked at 67 MB, 10M at
556 MB, 52 to 54 bytes a number above the 15 MB of an interpreter. The durations of the same runs gave the shape of
`seconds`; the speed of the machine is measured on first use.
"""

import functools
import math
import random
import time
from bisect import bisect_left
from dataclasses import dataclass, replace

from workers.plan.plan import Order, Plan, StartMethod, Step, Verb, Workload
from workers.plan.sizes import format_bytes
from workers.system.machine import Machine

MOST_OF_MEMORY = 0.8
"""The share of the available memory that a plan may need. Above it a machine begins to swap, or to kill processes."""

LONGEST_S = 60.0
"""A plan that takes longer is one to wait for: less work is offered."""

SHARES = tuple(part * 10**power for power in range(10) for part in (1, 2, 5))
"""The round shares of a plan's work, as what it is divided by: whole, half, a fifth, a tenth and so on."""

_INTERPRETER_BYTES = 15_000_000
_BYTES_A_NUMBER = 55  # a float of 24, its pointer of 8, and a copy of the pointers with the sort's own space
_SORTERS = (Workload.SORT, Workload.SORT_PID)

# The shape comes from a machine that took 36 ms for 100k numbers, 0.63 s for 1M, 1.8 to 2.4 s for 3M, 8 to 10 s for 10M
# and 27 s for 30M.
_COMPARE_NS = 14.2  # a number, for each doubling of their count
_MISS_NS = 500.0  # a number, for memory outside the caches: in part from _CACHED on, in full from _UNCACHED on
_CACHED = 20_000
_UNCACHED = 2_000_000
_CALIBRATION_NUMBERS = _CACHED
_CALIBRATION_ROUNDS = 3

_FILL_NS_A_BYTE = 0.8
_HOLD_S = 1.0  # how long `allocate` holds its block
_START_S = {StartMethod.FORK: 0.002, StartMethod.SPAWN: 0.07, StartMethod.FORKSERVER: 0.02}


def memory_bytes(workload: Workload, size: int) -> int:
    """The peak resident memory of one worker with this amount of work."""
    if workload in _SORTERS:
        return _INTERPRETER_BYTES + _BYTES_A_NUMBER * size
    return _INTERPRETER_BYTES + (size if workload is Workload.ALLOCATE else 0)


def seconds(workload: Workload, size: int) -> float:
    """The time that one worker takes with a core of its own, without its start."""
    if workload in _SORTERS:
        return _slowness() * _sort_shape_s(size)
    if workload is Workload.ALLOCATE:
        return _HOLD_S + size * _FILL_NS_A_BYTE / 1e9
    return size / 1e6


def plan_memory_bytes(plan: Plan) -> int:
    """The most memory that the plan's workers need at the same time, if each is at its peak for its whole life.

    A worker counts from its start to the join that waits for its end, or to its end by a signal. By hand, all workers may be
    started at once.
    """
    living: dict[int, int] = {}
    peak = 0
    for step in _steps(plan):
        if step.verb is Verb.START:
            living[step.worker] = max(memory_bytes(plan.workload, piece) for piece in plan.pieces_of(step.worker))
            peak = max(peak, sum(living.values()))
        elif step.verb in (Verb.TERMINATE, Verb.KILL) or (step.verb is Verb.JOIN and step.timeout_s is None):
            living.pop(step.worker, None)
    return peak


def plan_seconds(plan: Plan, machine: Machine) -> float:
    """The time that the plan takes on this machine, its workers sharing the cores; by hand, if the user never pauses."""
    clock = _Clock(machine.cores)
    for step in _steps(plan):
        if step.verb is Verb.START:
            clock.start(step.worker, _work(plan, step.worker))
        elif step.verb is Verb.JOIN:
            clock.join(step.worker, step.timeout_s)
        elif step.verb in (Verb.TERMINATE, Verb.KILL):
            clock.end(step.worker)
    for worker in range(1, plan.workers + 1):
        clock.join(worker)  # Python joins the others at exit
    return clock.now_s


def refusal(plan: Plan, machine: Machine) -> str | None:
    """Why this plan should not be started here, in one sentence with figures; None if it fits."""
    needed = plan_memory_bytes(plan)
    if needed <= MOST_OF_MEMORY * machine.available_bytes:
        return None
    return (
        f"This plan needs about {format_bytes(needed)} of memory at its peak, more than "
        f"{MOST_OF_MEMORY:.0%} of the {format_bytes(machine.available_bytes)} available: "
        "choose smaller sizes or fewer workers at a time."
    )


def fits(plan: Plan, machine: Machine, most_s: float = LONGEST_S) -> bool:
    """Whether this machine has the memory for a plan, and carries it out within a time."""
    return refusal(plan, machine) is None and plan_seconds(plan, machine) <= most_s


def fitted(plan: Plan, machine: Machine, most_s: float = LONGEST_S) -> Plan | None:
    """The plan with the greatest round share of its work that fits; None where even the least does not: too many workers."""
    at = bisect_left(SHARES, True, key=lambda share: fits(shared(plan, share), machine, most_s))
    return shared(plan, SHARES[at]) if at < len(SHARES) else None


def shared(plan: Plan, share: int) -> Plan:
    """The plan with a share of its work: each size and piece divided by this number."""
    pieces = tuple(tuple(max(1, piece // share) for piece in each) for each in plan.pieces)
    sizes = tuple(map(sum, pieces)) if pieces else tuple(max(1, size // share) for size in plan.sizes)
    return replace(plan, sizes=sizes, pieces=pieces)


@dataclass(slots=True)
class _Work:
    """The work that a worker has left: first on a core, then without one."""

    core_s: float
    idle_s: float


class _Clock:
    """Simulates a parent's time while its workers share the cores fairly."""

    def __init__(self, cores: int) -> None:
        self.now_s = 0.0
        self._cores = cores
        self._living: dict[int, _Work] = {}

    def start(self, worker: int, work: _Work) -> None:
        """Start a worker now."""
        self._living[worker] = work

    def end(self, worker: int) -> None:
        """End a worker now."""
        self._living.pop(worker, None)

    def join(self, worker: int, timeout_s: float | None = None) -> None:
        """Let time pass until the worker is done, or for the timeout."""
        until_s = math.inf if timeout_s is None else self.now_s + timeout_s
        while worker in self._living and self.now_s < until_s:
            self._pass(until_s - self.now_s)

    def _pass(self, most_s: float) -> None:
        """Let time pass until some worker's work changes, but at most `most_s`."""
        busy = [work for work in self._living.values() if work.core_s > 0]
        idle = [work for work in self._living.values() if work.core_s <= 0]
        share = min(1.0, self._cores / len(busy)) if busy else 1.0
        passed_s = min([most_s, *(work.core_s / share for work in busy), *(work.idle_s for work in idle)])
        for work in busy:
            # Less than a nanosecond is a rounding error, which would never pass.
            left_s = work.core_s - passed_s * share
            work.core_s = left_s if left_s > 1e-9 else 0.0
        for work in idle:
            work.idle_s -= passed_s
        self.now_s += passed_s
        self._living = {number: work for number, work in self._living.items() if work.core_s > 0 or work.idle_s > 1e-9}


def _work(plan: Plan, worker: int) -> _Work:
    amount_s = sum(seconds(plan.workload, piece) for piece in plan.pieces_of(worker))
    birth_s = _START_S[plan.start_method]
    if plan.workload in (*_SORTERS, Workload.SPIN):
        return _Work(birth_s + amount_s, 0.0)
    return _Work(birth_s, amount_s)


def _steps(plan: Plan) -> tuple[Step, ...]:
    return Order.START_THEN_JOIN.steps(plan.workers) if plan.by_hand else plan.steps


def _sort_shape_s(size: int) -> float:
    doublings = math.log2(max(size, 2))
    missed = math.log(max(size, _CACHED) / _CACHED) / math.log(_UNCACHED / _CACHED)
    return size * (_COMPARE_NS * doublings + _MISS_NS * min(missed, 1.0)) / 1e9


@functools.cache
def _slowness() -> float:
    """How many times slower than the reference this machine sorts. The first call takes about 15 ms."""
    source = random.Random(1)
    best = math.inf
    for _ in range(_CALIBRATION_ROUNDS):
        began = time.perf_counter()
        sorted([source.random() for _ in range(_CALIBRATION_NUMBERS)])
        best = min(best, time.perf_counter() - began)
    return best / _sort_shape_s(_CALIBRATION_NUMBERS)
