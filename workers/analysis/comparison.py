"""Compares two runs in figures: durations, times, memory and counts of the runs, their processes and their tasks.

Pure functions on two timelines, any process. The result is data (`figures`); its words are in `workers.report`. Nothing that
is not known is filled in. A run that is still running is compared as far as it has come.
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from workers.analysis.balance.balance import balance_of
from workers.analysis.balance.worker_time import Part
from workers.analysis.cluster_stages import cluster_stages
from workers.analysis.figures import Comparison, Figure, Group, PartChange, ProcessEnd, Quantity, Side
from workers.analysis.findings.slow import all_slow
from workers.analysis.name_times import NameTimes, times_by_name
from workers.analysis.pairing import Pair, pairs
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

MOST_NAMES = 200
"""At most this many names of tasks or spans are compared: those that took the most time in either run."""


def compare(a: Timeline, b: Timeline) -> Comparison:
    """The comparison of two runs. Costs a pass over the processes, and a sort of the tasks."""
    paired = pairs(a, b)
    singles = list(_singles(a, b, paired))
    tasks, left_out = _tasks(a, b)
    figures = (*_runs(a, b), *_medians(a, b), *singles, *tasks)
    return Comparison(
        _side(a), _side(b), paired, figures, tuple(_ends(a, b, paired)), left_out, tuple(_parts(a, b)),
        tuple(_only_in_one(a, b)), cluster_stages(a, b),
    )  # fmt: skip


def _parts(a: Timeline, b: Timeline) -> Iterator[PartChange]:
    """How the time of the workers is divided, where both runs have workers. What changed most comes first."""
    one, other = balance_of(a), balance_of(b)
    if one is not None and other is not None:
        changes = [
            PartChange(part, one.parts[part], other.parts[part], max(one.worker_s, other.worker_s)) for part in Part
        ]
        yield from sorted(changes, key=lambda change: -abs(change.b_s - change.a_s))


def _only_in_one(a: Timeline, b: Timeline) -> Iterator[tuple[str, str]]:
    """("A" or "B", the sentence) of each advice on the speed of one run whose kind the other has not."""
    told = [list(all_slow.find(timeline)) for timeline in (a, b)]
    for name, mine, theirs in (("A", told[0], told[1]), ("B", told[1], told[0])):
        codes = {found.code for found in theirs}
        yield from ((name, found.text) for found in mine if found.code not in codes)


def start_method(timeline: Timeline) -> str | None:
    """The start method of the run's processes; None if it is not known, or there were several."""
    if timeline.plan is not None and not timeline.plan.on_cluster:
        return str(timeline.plan.start_method)
    methods = {process.start_method for process in timeline.processes if process.start_method}
    return methods.pop() if len(methods) == 1 else None


def _side(timeline: Timeline) -> Side:
    plan = timeline.plan
    title = plan.title if plan is not None else " ".join(timeline.argv)
    work = plan.title.replace(f" · {plan.how} ·", " ·", 1) if plan is not None else ""
    return Side(title, work, start_method(timeline), timeline.python, timeline.host, timeline.started_at, timeline.ended,
                timeline.cut_off, timeline.imported is not None, timeline.now_ns / 1e9)  # fmt: skip


def _runs(a: Timeline, b: Timeline) -> Iterator[Figure]:
    one, other = _run_values(a), _run_values(b)
    for what in one:
        if one[what] is not None or other[what] is not None:
            yield Figure(Group.RUN, what, one[what], other[what])


def _run_values(timeline: Timeline) -> dict[Quantity, float | None]:
    born = [process for process in timeline.processes if process.began and not process.not_born]
    counted = [process for process in born if process.kind is not ProcessKind.HELPER]
    traced = timeline.imported is not None
    program = timeline.program
    known = traced or (program is not None and program.exited_ns is not None)
    return {
        Quantity.DURATION: timeline.took_ns / 1e9 if known else None,
        Quantity.WAITED: None if traced or program is None else _waited_s(timeline, program),
        Quantity.CPU: _sum([process.cpu_s for process in born]),
        Quantity.MEMORY: _max([process.peak_rss_bytes or None for process in born]),
        Quantity.PROCESSES: len(counted),
        Quantity.HELPERS: None if traced else len(born) - len(counted),
        Quantity.TASKS: len(timeline.tasks) or None,
    }


def _sum(values: Sequence[float | None]) -> float | None:
    """The sum; None if one value is not known, since the others would add up to too little."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _max(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None


def _waited_s(timeline: Timeline, process: Process) -> float:
    """How long at least one thread of the process was in join()."""
    waited = until = 0
    for call in timeline.calls_by(process.id):
        if call.name.waits and not call.watches:
            ended = timeline.end_of(call)
            ended_ns = timeline.now_ns if ended is None else ended
            waited += max(0, ended_ns - max(call.began_ns, until))
            until = max(until, ended_ns)
    return waited / 1e9


_OF_A_PROCESS = (
    Quantity.START_UP,
    Quantity.ALIVE,
    Quantity.ENDING,
    Quantity.UNCOLLECTED,
    Quantity.CPU,
    Quantity.MEMORY,
)


def _values(process: Process) -> dict[Quantity, float | None]:
    """The values of one process, in the order of `_OF_A_PROCESS`."""
    done_ns = process.exited_ns if process.target_ended_ns is None else process.target_ended_ns  # killed at work
    reaped_ns = process.joined_ns if process.reaped_ns is None else process.reaped_ns
    return {
        Quantity.START_UP: _between(process.start_called_ns, process.target_began_ns),
        Quantity.ALIVE: _between(process.target_began_ns, done_ns),
        Quantity.ENDING: _between(process.target_ended_ns, process.exited_ns),
        Quantity.UNCOLLECTED: None if process.id == 1 else _between(process.exited_ns, reaped_ns),
        Quantity.CPU: process.cpu_s,
        Quantity.MEMORY: process.peak_rss_bytes or None,  # a dying process is seen to use 0
    }


def _between(began_ns: int | None, ended_ns: int | None) -> float | None:
    return None if began_ns is None or ended_ns is None else max(0, ended_ns - began_ns) / 1e9


def _within_s(what: Quantity, one: Process, other: Process) -> float:
    """The uncertainty of a time that begins or ends with an exit that was not seen directly."""
    if what not in (Quantity.ALIVE, Quantity.ENDING, Quantity.UNCOLLECTED):
        return 0.0
    return (one.exited_within_ns + other.exited_within_ns) / 2e9


def _singles(a: Timeline, b: Timeline, paired: Sequence[Pair]) -> Iterator[Figure]:
    for at, pair in enumerate(paired):
        if pair.a is None or pair.b is None:
            continue
        one, other = a.process(pair.a), b.process(pair.b)
        mine, theirs = _values(one), _values(other)
        for what in _OF_A_PROCESS:
            if mine[what] is not None or theirs[what] is not None:
                yield Figure(Group.PROCESS, what, mine[what], theirs[what], pair.label, at, _within_s(what, one, other))


def _medians(a: Timeline, b: Timeline) -> Iterator[Figure]:
    mine, theirs = ([_values(process) for process in _workers(timeline)] for timeline in (a, b))
    for what in _OF_A_PROCESS:
        one, other = ([value for each in of if (value := each[what]) is not None] for of in (mine, theirs))
        if one or other:
            yield Figure(Group.WORKERS, what, median(one) if one else None, median(other) if other else None,
                         count_a=len(one), count_b=len(other))  # fmt: skip


def _workers(timeline: Timeline) -> Iterable[Process]:
    """Every process but the program and the helpers; of a plan on a cluster the cluster's workers. What these or the scheduler
    run besides, as a command that tells the system, does none of its work."""
    if timeline.plan is not None and timeline.plan.on_cluster:
        return (one for one in timeline.processes if one.kind is ProcessKind.CLUSTER_WORKER and one.began)
    return (process for process in timeline.processes[1:] if process.kind is not ProcessKind.HELPER and process.began)


def _tasks(a: Timeline, b: Timeline) -> tuple[list[Figure], int]:
    mine, theirs = times_by_name(a), times_by_name(b)
    names = sorted({*mine, *theirs}, key=lambda name: (-max(_total(mine.get(name)), _total(theirs.get(name))), name))
    found: list[Figure] = []
    for name in names[:MOST_NAMES]:
        one, other = mine.get(name), theirs.get(name)
        found += [
            Figure(Group.TASK, Quantity.TIMES, one.count if one else 0, other.count if other else 0, name),
            Figure(Group.TASK, Quantity.MEDIAN, one.median_s if one else None, other.median_s if other else None, name),
            Figure(Group.TASK, Quantity.P95, one.p95_s if one else None, other.p95_s if other else None, name),
        ]
    return found, max(0, len(names) - MOST_NAMES)


def _total(times: NameTimes | None) -> float:
    return 0.0 if times is None else times.total_s


def _ends(a: Timeline, b: Timeline, paired: Sequence[Pair]) -> Iterator[ProcessEnd]:
    for at, pair in enumerate(paired):
        if pair.a is None or pair.b is None:
            continue
        one, other = a.process(pair.a), b.process(pair.b)
        if not (one.traced or other.traced) and _end_of(one) != _end_of(other) and one.ended and other.ended:
            yield ProcessEnd(at, pair.label, _end_of(one), _end_of(other))


def _end_of(process: Process) -> str:
    if process.not_born:
        return "could not be started"
    if process.lost:
        return "was lost from sight"
    if process.left:
        return "was left running"
    if process.exit_code is None:
        return "ended with an exit code that is not known"
    return f"ended with {process.signal_name or process.exit_code}"
