"""The work of a plan, shared by another number of workers. Pure functions, any process.

The work stays the same, as speed-up means it. Sizes that are all equal are cut into so many pieces that every number of workers
gets equal shares. Sizes that differ stay whole, and each is one piece: the uneven shares are what such a plan is about.
Pieces are dealt out longest first, each to the worker that has the least to do, and a worker does its pieces one after another.
"""

import heapq
import math
from collections.abc import Sequence

from workers.errors import PlanError
from workers.plan.estimate import seconds
from workers.plan.plan import MOST_WORKERS, Order, Plan, Workload, check_steps, parse_steps
from workers.plan.sizes import format_size

_MOST_PIECES = 5040
"""What more numbers of workers than these need is not cut: 5,040 pieces make equal shares for every number up to 10."""


def pieces_of_work(plan: Plan, counts: Sequence[int]) -> tuple[int, ...]:
    """The pieces that all of `counts` workers can share. Raises PlanError where they cannot."""
    sizes, most = plan.sizes, max(counts)
    if len(set(sizes)) > 1:
        if most > len(sizes):
            raise PlanError(
                f"{most} workers cannot share {len(sizes)} sizes that differ, which stay whole: sweep up to {len(sizes)} "
                "workers, or make the sizes equal."
            )
        return sizes
    total = sum(sizes)
    number = math.lcm(len(sizes), *counts)
    if number > _MOST_PIECES:
        number = math.lcm(*counts)
    if number > _MOST_PIECES:
        raise PlanError("So many numbers of workers have no common shares: choose fewer, such as 1,2,4,8.")
    if total < number:
        raise PlanError(f"{format_size(total, plan.workload.unit)} is too little work to be shared by {most} workers.")
    least, rest = divmod(total, number)
    return tuple(least + (at < rest) for at in range(number))


def dealt(pieces: Sequence[int], workers: int, workload: Workload) -> tuple[tuple[int, ...], ...]:
    """What each worker does. Its pieces keep their order."""
    loads = [(0.0, worker) for worker in range(workers)]
    hands: list[list[int]] = [[] for _ in range(workers)]
    costs = {piece: seconds(workload, piece) for piece in set(pieces)}
    for at in sorted(range(len(pieces)), key=lambda at: -costs[pieces[at]]):
        load, worker = heapq.heappop(loads)
        hands[worker].append(at)
        heapq.heappush(loads, (load + costs[pieces[at]], worker))
    # Sizes stay in the plan's order, so that with one piece each the plan is as it was.
    return tuple(tuple(pieces[at] for at in sorted(hand)) for hand in sorted(hands, key=min))


def shared_plan(plan: Plan, pieces: Sequence[int], workers: int, steps: str | Order) -> Plan:
    """The plan that does `pieces` with this number of workers. Raises PlanError for steps that do not fit."""
    hands = dealt(pieces, workers, plan.workload)
    sizes = [sum(hand) for hand in hands]
    one_each = all(len(hand) == 1 for hand in hands)
    if not isinstance(steps, Order):
        chosen = parse_steps(steps, workers)
        try:
            check_steps(chosen, workers)
        except PlanError as error:
            with_them = "1 worker" if workers == 1 else f"{workers} workers"
            raise PlanError(f"With {with_them} these steps do not fit: {error} Write * for all workers.") from error
    return Plan.make(sizes, plan.workload, plan.start_method, steps, () if one_each else hands)


def most_speed_up(pieces: Sequence[int], workers: int, workload: Workload) -> float:
    """How many times as fast as one worker this number can be at most, since pieces are not divided."""
    loads = [sum(seconds(workload, piece) for piece in hand) for hand in dealt(pieces, workers, workload)]
    return sum(loads) / max(loads)


def check_counts(counts: Sequence[int], most: int = MOST_WORKERS) -> tuple[int, ...]:
    """`counts` in order and without doubles. Raises PlanError for one that cannot run."""
    if not counts:
        raise PlanError("A sweep needs numbers of workers, such as 1,2,4.")
    wrong = next((count for count in counts if not 1 <= count <= most), None)
    if wrong is not None:
        raise PlanError(f"{wrong:,} workers are out of range: a sweep takes numbers from 1 to {most:,}, such as 1,2,4.")
    return tuple(sorted(set(counts)))


def parse_counts(text: str, most: int = MOST_WORKERS) -> tuple[int, ...]:
    """The numbers of workers in a text such as ``1,2,4``. Raises PlanError with one sentence."""
    try:
        numbers = [int(part) for part in text.replace(",", " ").split()]
    except ValueError:
        raise PlanError(f"{text.strip()!r} are no numbers of workers: write them as in 1,2,4.") from None
    return check_counts(numbers, most)
