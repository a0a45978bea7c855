"""Runs a plan, or the watch of a cluster, without a window. The command line's only thread.

It follows the run, passes on what that prints, and shows its progress.

No Qt. The run's processes are in a session of their own, so a Ctrl-C in the terminal reaches only this process. The first
one ends the run in good order, a second one at once.
"""

import argparse
import signal
import time
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from desktop.cli.interrupts import Interrupts
from desktop.cli.run_summary import summary
from desktop.cli.terminal import Terminal
from desktop.cli.usage import NOT_WRITTEN, save
from workers.analysis.status import sentence
from workers.commands import StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, Runnable, now_ns
from workers.errors import RunError
from workers.folding.fold import Fold
from workers.harmless_text import plain
from workers.history.summaries import keep_summary, summarize
from workers.runs.leases import Lease
from workers.runs.retention import make_room
from workers.runs.run_folders import size_of
from workers.system import process_tree
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

_POLL_S = 0.02
_CUT_OFF = 1
"""The exit code when the program's own is not known, because the recorder was ended from outside."""


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """A run that is over: its timeline, its folder, and the exit code of the command line.

    lease: keeps the folder from being removed to make room for other runs, until it is released.
    """

    timeline: Timeline
    folder: Path
    exit_code: int
    lease: Lease


def run_and_report(what: Runnable, options: argparse.Namespace, terminal: Terminal) -> int:
    """Run a plan or a program of ours, print and save what happened, and return the exit code.

    options: those of `add_output_options` and `add_disk_limit_option`. Raises RunError if it could not be started.
    """
    outs = [Path(out) for out in options.out]
    outcome = run_plan(what, terminal, stop_when_unread=not outs, disk_limit=options.disk_limit)
    with outcome.lease:
        if options.json:
            from workers.report.report_json import report_pieces

            terminal.write_pieces(report_pieces(outcome.timeline))
        else:
            terminal.write("\n" + summary(outcome.timeline))
        for warning in outcome.timeline.warnings:
            terminal.write(f"procession: {plain(warning)}\n", error=True)
        saved = save(outcome.timeline, outcome.folder, outs, options.scale, partial(terminal.write, error=True))
    return outcome.exit_code if saved else outcome.exit_code or NOT_WRITTEN


def run_plan(
    what: Runnable, terminal: Terminal, *, stop_when_unread: bool = False, disk_limit: int | None = None
) -> CommandOutcome:
    """Run a plan or a program of ours until it ends or the user ends it. Raises RunError if it could not be started.

    stop_when_unread: end it once standard output is read no more, because its output is all that is wanted.
    disk_limit: the most bytes of disk that it may take; None for the user's setting.
    """
    with Interrupts().caught() as interrupts:
        run = make_engine(what, whole=True, disk_limit=disk_limit)
        run.start()
        timeline = Timeline()
        try:
            _follow(run, timeline, terminal, interrupts, stop_when_unread)
            lease = Lease(run.folder)
        finally:
            terminal.clear()
            run.close()
    try:
        keep_summary(run.folder, summarize(timeline, size_of(run.folder)))
        make_room(ended=run.folder)
        if timeline.program is None or timeline.program.pid is None:
            failure = run.result().failure
            raise RunError(
                f"{failure}." if failure else " ".join(timeline.warnings) or "The program could not be started."
            )
    except BaseException:
        lease.release()
        raise
    return CommandOutcome(
        timeline, run.folder, _exit_code(timeline, interrupts, unread=stop_when_unread and terminal.gone), lease
    )


def _follow(
    run: Engine, timeline: Timeline, terminal: Terminal, interrupts: Interrupts, stop_when_unread: bool
) -> None:
    fold = Fold(timeline)
    shown = 0
    stopped = killed = False
    while not run.over:
        batch = run.take()
        fold.apply(batch, now_ns())
        shown = _show(timeline, terminal, shown)
        if not stopped and (interrupts.count or (stop_when_unread and terminal.gone)):
            stopped = True
            run.command(StopRun())
        if not killed and interrupts.count > 1:
            killed = True
            process_tree.Ending(lambda: process_tree.marked(run.folder), 0.0).finish()
        terminal.progress(_progress(timeline, stopping=stopped))
        if not batch and not run.over:
            time.sleep(_POLL_S)
    fold.finish(now_ns(), gone=run.folder_deleted, failure=run.result().failure)
    _show(timeline, terminal, shown)


def _progress(timeline: Timeline, *, stopping: bool) -> str:
    return f"{timeline.now_ns / 1e9:5.1f} s  {plain(sentence(timeline, stopping=stopping))}"


def _show(timeline: Timeline, terminal: Terminal, shown: int) -> int:
    """Pass on the lines after number `shown`. Returns the number of the last one."""
    new = timeline.lines_seen - shown
    if new <= 0:
        return shown
    writers = [process for process in timeline.processes if process.kind is not ProcessKind.HELPER]
    width = max((len(plain(process.name)) for process in writers), default=0)
    for line in reversed(list(islice(reversed(timeline.lines), new))):
        name = timeline.process(line.process).name if line.process is not None else "?"
        terminal.line(name, width, line)
    return timeline.lines_seen


def _exit_code(timeline: Timeline, interrupts: Interrupts, *, unread: bool) -> int:
    if interrupts.first is not None:
        return 128 + interrupts.first
    if unread and hasattr(signal, "SIGPIPE"):
        return 128 + int(signal.SIGPIPE)
    code = timeline.exit_code
    if code is None:
        return _CUT_OFF
    return code if code >= 0 else 128 - code
