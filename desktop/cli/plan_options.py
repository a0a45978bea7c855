"""The command line's options for a plan, and the plan that they make. The main thread. No Qt."""

import argparse
import multiprocessing
from collections.abc import Iterable

from workers.errors import PlanError
from workers.plan.plan import MOST_WORKERS, Plan, StartMethod, Workload
from workers.plan.plan_engines import LOCAL
from workers.plan.sizes import SizeUnit, parse_size

_DEFAULT_WORKERS = 4
_DEFAULT_STEPS = "start*; join*"
# The proportions of the guide's uneven amounts.
_UNEVEN = (1, 7, 4, 2)
_UNIT_AMOUNTS = {SizeUnit.NUMBERS: 200_000, SizeUnit.MICROSECONDS: 300_000, SizeUnit.BYTES: 10_000_000}

_SIZES = """one amount of work per worker, as in 10M,70M,40M,20M, or one for all of them: numbers to sort (k, M, G),
times (1.5s, 20ms) for spin, sleep, fail and crash, bytes (20MB) for allocate"""
_ENGINE = """where: local for processes of this machine, dask for a Dask cluster that is made here for the run,
dask=ADDRESS for one that runs already, as in dask=tcp://10.0.0.5:8786"""
_STEPS = "what the parent does, in order, as in 'start*; join*' or 'start 1; alive 1; join 1 0.5'"


def add_plan_options(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options for a plan."""
    plan = parser.add_argument_group("the plan")
    plan.add_argument("--workers", type=_whole_number, metavar="N", help=f"how many workers, 1 to {MOST_WORKERS}")
    add_work_options(plan)


def add_work_options(plan: argparse._ArgumentGroup) -> None:
    """Give a group the options for a plan but the number of workers."""
    plan.add_argument("--sizes", metavar="SIZES", help=_SIZES)
    kinds = "; ".join(f"{each}: {each.summary}" for each in Workload)
    plan.add_argument("--workload", choices=[str(each) for each in Workload], default=str(Workload.SORT),
                      help=f"what each worker does: {kinds}")  # fmt: skip
    plan.add_argument("--engine", default=LOCAL, metavar="ENGINE", help=_ENGINE)
    plan.add_argument("--start-method", choices=[str(each) for each in StartMethod], help="how processes are made")
    plan.add_argument("--steps", default=_DEFAULT_STEPS, metavar="STEPS", help=_STEPS)


def plan_of(options: argparse.Namespace) -> Plan:
    """The plan for parsed options. Raises PlanError with one sentence."""
    return make_plan(
        options.workers, options.sizes, options.workload, options.start_method, options.steps, options.engine
    )


def make_plan(
    workers: int | None = None,
    sizes: str | None = None,
    workload: str = Workload.SORT,
    start_method: str | None = None,
    steps: str = _DEFAULT_STEPS,
    engine: str = LOCAL,
) -> Plan:
    """A plan from options as text; None stands for the usual value. Raises PlanError."""
    work = Workload(workload)
    there = multiprocessing.get_all_start_methods()
    method = start_method or ("fork" if "fork" in there else "spawn")
    if method not in there:
        raise PlanError(f"This system has no start method {method}: there are {', '.join(there)}.")
    return Plan.make(_amounts(workers, sizes, work), work, StartMethod(method), steps, engine=engine)


def _amounts(workers: int | None, sizes: str | None, workload: Workload) -> Iterable[int]:
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise PlanError(f"--workers {workers} is out of range: a plan runs 1 to {MOST_WORKERS} workers.")
    if sizes is None:
        count = _DEFAULT_WORKERS if workers is None else workers
        return [_UNIT_AMOUNTS[workload.unit] * _UNEVEN[index % len(_UNEVEN)] for index in range(count)]
    amounts = [parse_size(part, workload.unit) for part in sizes.split(",")]
    if len(amounts) == 1:
        return amounts * (_DEFAULT_WORKERS if workers is None else workers)
    if workers is not None and workers != len(amounts):
        raise PlanError(f"--workers {workers} and the {len(amounts)} values of --sizes do not agree: leave one out.")
    return amounts


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
