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
    """One finding, if imports dominate the start of the workers, or what the main module does again in each of them."""
    if balance.share(Part.STARTING) < _LEAST_SHARE:
        return
    seen = [worker for worker in balance.workers.among(timeline.effort) if worker.parts[Part.STARTING]]
    imports = {worker.process: _imports_s(timeline, worker) for worker in seen}
    mains = {worker.process: _main_s(timeline, worker) for worker in seen}
    # Others may have been ended in the middle of an import.
    known = [one for one in seen if imports[one.process] or (mains[one.process] or 0.0) >= _LEAST_IMPORTS_S]
    workers = [worker for worker in balance.workers if worker.parts[Part.STARTING]] if known else []
    if len(workers) < 2:
        return
    starting_s = sum(worker.parts[Part.STARTING] for worker in workers) / len(workers)
    names: dict[str, float] = {}
    for worker in known:
        for name, spent_s in imports[worker.process].items():
            names[name] = names.get(name, 0.0) + spent_s / len(known)
    importing_s = sum(names.values())
    main_s = sum(mains[worker.process] or 0.0 for worker in known) / len(known)
    least_s = max(_LEAST_IMPORTS_S, _LEAST_OF_START * starting_s)
    if max(importing_s, main_s) < least_s or starting_s < _LEAST_OF_RUN * balance.duration_s:
        return
    if main_s > importing_s:
        what = f"{seconds(main_s)} of it in the code of the main module, which each of them runs again"
        advice = 'Put that code below if __name__ == "__main__", which they skip, or into a function.'
    else:
        name, most_s = max(names.items(), key=lambda one: one[1])
        what = f"{seconds(importing_s)} of it importing, {name} alone {seconds(most_s)}"
        if most_s >= 0.9 * importing_s:
            what = f"{seconds(most_s)} of it importing {name}"
        advice = (
            "Import it in the function that needs it, start fewer workers, or have the start method forkserver import it once "
            "(set_forkserver_preload)."
        )
    tasks = tasks_of(timeline.tasks, (one.process for one in workers))
    work = f"; {'the ' + counted(tasks, 'task') if tasks else 'their work'} took {seconds(balance.busy_s)} together"
    rest = _rest(timeline, known, main_told=main_s > importing_s)
    text = f"{counted(len(workers), 'worker')} took {seconds(starting_s)} each to start, {what}{work}. {rest}{advice}"
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


def _rest(timeline: Timeline, workers: Sequence[WorkerTime], *, main_told: bool) -> str:
    """A sentence on the rest of the start of workers, as far as it is known; empty where that is not known of all of them.

    main_told: the code of the main module is told before, and imports are a part of the rest.
    """
    interpreter_s = library_s = main_s = import_s = other_s = 0.0
    mains = [_main_s(timeline, worker) for worker in workers]
    for worker, own_s in zip(workers, mains, strict=True):
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
        import_s += (sum(imports.values()) - standard_s) / len(workers)
        main_s += (own_s or 0.0) / len(workers)
        other_s += max(0.0, start_s - python_s - sum(imports.values()) - (own_s or 0.0)) / len(workers)
    parts = [f"the interpreter took {seconds(interpreter_s)}"]
    if library_s >= _LEAST_NAMED_S:
        parts.append(f"the standard library {seconds(library_s)}")
    if main_told and import_s >= _LEAST_NAMED_S:
        parts.append(f"other imports {seconds(import_s)}")
    if all(own_s is not None for own_s in mains):
        parts += [] if main_told else [f"the code of __main__ {seconds(main_s)}"]
        parts.append(f"all else {seconds(other_s)}")
    else:
        parts.append(f"__main__ with all else {seconds(main_s + other_s)}")
    return f"Of the rest, {', '.join(parts[:-1])}, and {parts[-1]}. "


def _main_s(timeline: Timeline, worker: WorkerTime) -> float | None:
    """Seconds of the code of the main module in a worker that ran it again before its target, without what it imports; None
    where that is not known."""
    effort = timeline.effort.get(worker.process)
    if effort is None or effort.main is None:
        return None
    began_ns, ended_ns = effort.main.began_ns, effort.main.ended_ns
    inside_ns = sum(
        min(one.ended_ns, ended_ns) - one.began_ns
        for one in effort.imports
        if not one.in_thread and began_ns <= one.began_ns < ended_ns
    )
    return max(0, ended_ns - began_ns - inside_ns) / 1e9


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
