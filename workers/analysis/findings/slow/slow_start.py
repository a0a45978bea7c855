"""slow_start: workers that import for long before they begin. Pure functions, any process."""

import sys
from collections.abc import Iterator, Sequence

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.worker_time import Part, WorkerTime
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity
from workers.analysis.findings.slow.slow_words import counted, seconds, tasks_of
from workers.timeline.timeline import Timeline

_LEAST_SHARE, _LEAST_OF_RUN = 0.2, 0.1
"""Of the workers' time, and of the run's duration for each of them, that starting takes."""
_LEAST_IMPORTS_S, _LEAST_OF_START = 0.3, 0.35
"""That imports take in each worker, and their share of its start."""

_LEAST_NAMED_S = 0.01
"""Of imports of the standard library, to be told."""

_STARTS_WORKERS = frozenset(("joblib", "loky", "cloudpickle", "distributed", "dask"))
"""What starts the workers has to be in each of them, as has the standard library: nobody can do without."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding, if imports dominate the start of the workers."""
    workers = [worker for worker in balance.workers if worker.parts[Part.STARTING]]
    if not workers or balance.share(Part.STARTING) < _LEAST_SHARE:
        return
    imports = {worker.process: _imports_s(timeline, worker) for worker in workers}
    known = [
        worker for worker in workers if imports[worker.process]
    ]  # others may have been ended in the middle of an import
    if len(workers) < 2 or not known:
        return
    starting_s = sum(worker.parts[Part.STARTING] for worker in workers) / len(workers)
    names: dict[str, float] = {}
    for worker in known:
        for name, spent_s in imports[worker.process].items():
            names[name] = names.get(name, 0.0) + spent_s / len(known)
    importing_s = sum(names.values())
    if (
        importing_s < max(_LEAST_IMPORTS_S, _LEAST_OF_START * starting_s)
        or starting_s < _LEAST_OF_RUN * balance.duration_s
    ):
        return
    name, most_s = max(names.items(), key=lambda one: one[1])
    if most_s >= 0.9 * importing_s:
        what = f"{seconds(most_s)} of it importing {name}"
    else:
        what = f"{seconds(importing_s)} of it importing, {name} alone {seconds(most_s)}"
    tasks = tasks_of(timeline.tasks, workers)
    work = f"; {'the ' + counted(tasks, 'task') if tasks else 'their work'} took {seconds(balance.busy_s)} together"
    text = (
        f"{counted(len(workers), 'worker')} took {seconds(starting_s)} each to start, {what}{work}. {_rest(timeline, known)}"
        f"Import it in the function that needs it, start fewer workers, or have the start method forkserver import it once "
        f"(set_forkserver_preload)."
    )
    slowest = sorted(workers, key=lambda one: -one.parts[Part.STARTING])
    evidence = few(
        Evidence(one.process, one.began_ns, one.began_ns + round(one.parts[Part.STARTING] * 1e9)) for one in slowest
    )
    yield Finding(
        "slow_start",
        Severity.ADVICE,
        text,
        tuple(one.process for one in workers),
        at_ns=slowest[0].began_ns,
        evidence=evidence,
    )


def _rest(timeline: Timeline, workers: Sequence[WorkerTime]) -> str:
    """A sentence on the rest of the start of workers, as far as it is known; empty where that is not known of all of them."""
    interpreter_s = library_s = other_s = 0.0
    for worker in workers:
        effort = timeline.effort[worker.process]
        began_ns = effort.python_began_ns
        start_s = worker.parts[Part.STARTING]
        if began_ns is None or not 0 <= began_ns - worker.began_ns <= start_s * 1e9:
            return ""
        python_s = (began_ns - worker.began_ns) / 1e9
        imports = _imported(timeline, worker)
        standard_s = sum(spent_s for name, spent_s in imports.items() if _is_library(name))
        interpreter_s += python_s / len(workers)
        library_s += standard_s / len(workers)
        other_s += max(0.0, start_s - python_s - sum(imports.values())) / len(workers)
    library = f", the standard library {seconds(library_s)}" if library_s >= _LEAST_NAMED_S else ""
    other = f"__main__ with all else {seconds(other_s)}"
    return f"Of the rest, the interpreter took {seconds(interpreter_s)}{library}, and {other}. "


def _is_library(package: str) -> bool:
    return package in sys.stdlib_module_names or package in _STARTS_WORKERS


def _imported(timeline: Timeline, worker: WorkerTime) -> dict[str, float]:
    """Seconds by package that the worker imported before its target began."""
    effort = timeline.effort.get(worker.process)
    if effort is None:
        return {}
    until_ns = worker.began_ns + round(worker.parts[Part.STARTING] * 1e9)
    found: dict[str, float] = {}
    for one in effort.imports:
        package = one.name.partition(".")[0]
        if not one.in_thread and worker.began_ns <= one.began_ns < until_ns:
            found[package] = found.get(package, 0.0) + (min(one.ended_ns, until_ns) - one.began_ns) / 1e9
    return found


def _imports_s(timeline: Timeline, worker: WorkerTime) -> dict[str, float]:
    """The same, without what no worker can do without."""
    return {name: spent_s for name, spent_s in _imported(timeline, worker).items() if not _is_library(name)}
