"""Carries out a sweep, run after run. In the main thread of the command, or in a thread of the window that waits only for this.

While a run lasts nothing of it is read: what reads takes time from what is measured. The journals are read after its end.
"""

import time
from collections.abc import Callable
from enum import IntEnum

from workers.commands import StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, EngineFactory, Runnable
from workers.engines.whole_run import timeline_of
from workers.history.summaries import keep_summary, summarize
from workers.plan.sizes import format_duration
from workers.runs.retention import make_room
from workers.runs.run_folders import size_of
from workers.sweep.measured import Sweep, SweepRun
from workers.sweep.schedule import schedule, seconds_left
from workers.sweep.subjects import Subject
from workers.system import process_tree
from workers.timeline.process import signal_name
from workers.timeline.timeline import Timeline

_WAIT_S = 0.05


class Asked(IntEnum):
    """What the user has asked for meanwhile."""

    GO_ON = 0
    STOP = 1
    STOP_AT_ONCE = 2


Listen = Callable[[], Asked]
"""Asked some twenty times a second."""
Report = Callable[[Sweep], object]
"""Given the sweep after each run."""


def without_output(what: Runnable) -> Engine:
    """The engine of a run of which only the journals are read."""
    return make_engine(what)


def new_sweep(subject: Subject, counts: tuple[int, ...], repeats: int, cores: float) -> Sweep:
    """A sweep of which nothing was run yet. cores: how many this process may keep busy."""
    bounds = [subject.bound(count) for count in counts]
    known = tuple(bound for bound in bounds if bound is not None)
    return Sweep(subject.title, subject.held, counts, repeats, cores, (), known if len(known) == len(counts) else ())


def carry_out(
    sweep: Sweep, subject: Subject, listen: Listen, report: Report, factory: EngineFactory = without_output
) -> Sweep:
    """Make the runs of a sweep and return it with them. A run that the user stops is not one of them, and is the last.

    Raises RunError when a run cannot be started, PlanError when it cannot be recorded.
    """
    for workers in schedule(sweep.counts, sweep.repeats):
        run = _measure(subject, workers, listen, factory) if listen() is Asked.GO_ON else None
        if run is None:
            break
        sweep = sweep.with_run(run)
        report(sweep)
    return sweep


def progress(sweep: Sweep, elapsed_s: float = 0.0) -> str:
    """Where a sweep is, and how long the rest will take. elapsed_s: since the last run ended."""
    done = len(sweep.runs)
    left = schedule(sweep.counts, sweep.repeats)[done:]
    if not left:
        return f"All {done} runs are done."
    at = sweep.counts.index(left[0]) + 1
    workers = f"{left[0]} worker{'' if left[0] == 1 else 's'}"
    text = f"Run {done + 1} of {sweep.planned}: {workers} (point {at} of {len(sweep.counts)})"
    seconds = seconds_left(sweep.runs, left, sweep.cores)
    return text if seconds is None else f"{text}, about {_roughly(max(0.0, seconds - elapsed_s))} left"


def _roughly(seconds: float) -> str:
    return format_duration(seconds) if seconds >= 100 else f"{max(1, round(seconds))} s"


def _measure(subject: Subject, workers: int, listen: Listen, factory: EngineFactory) -> SweepRun | None:
    """One run; None when the user stopped it."""
    began_s = time.perf_counter()
    engine = factory(subject.at(workers))
    asked = Asked.GO_ON
    try:
        engine.start()
        while not engine.wait(_WAIT_S):
            asked = _pass_on(engine, asked, listen())
        timeline = timeline_of(engine)
    finally:
        engine.close()
    keep_summary(engine.folder, summarize(timeline, size_of(engine.folder)))
    make_room(ended=engine.folder)
    if asked is not Asked.GO_ON:
        return None
    problem = _problem(timeline, engine)
    duration_ns = None if problem else subject.duration_ns(timeline)
    if not problem and duration_ns is None:
        problem = "its end was not seen"
    seconds = None if duration_ns is None else duration_ns / 1e9
    wall_s = time.perf_counter() - began_s
    return SweepRun(workers, seconds, problem, timeline.exit_code, engine.folder, wall_s)


def _pass_on(engine: Engine, before: Asked, asked: Asked) -> Asked:
    if before is Asked.GO_ON and asked is not Asked.GO_ON:
        engine.command(StopRun())
    if before is not Asked.STOP_AT_ONCE and asked is Asked.STOP_AT_ONCE:
        process_tree.Ending(lambda: process_tree.marked(engine.folder), 0.0).finish()
    return max(before, asked)


def _problem(timeline: Timeline, engine: Engine) -> str:
    """How the run failed, in a few words; empty for one that did not."""
    result = engine.result()
    if engine.lost or result.failure:
        return "the recorder ended before it"
    if not result.launched or timeline.program is None:
        return "it could not be started"
    if timeline.exit_code != 0:
        return _ended(timeline.exit_code)
    for process in timeline.processes:
        if process.worker is not None and process.exit_code not in (0, None):
            return f"{process.name}: {_ended(process.exit_code)}"
    return ""


def _ended(code: int | None) -> str:
    if code is None:
        return "exit code not known"
    return f"exit code {code}" if code >= 0 else f"ended by {signal_name(-code)}"
