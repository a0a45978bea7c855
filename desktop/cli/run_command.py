"""Runs a plan without a window: follows it, passes on what it prints, shows how far it is. The command line's only thread.

No Qt. The keeper of the run is in a session of its own, so a Ctrl-C in the terminal reaches only this process, which
ends the run in good order, or at once when it comes a second time.
"""

import errno
import os
import signal
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from desktop.cli.interrupts import Interrupts
from workers.analysis.status import sentence
from workers.commands import StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, now_ns
from workers.errors import RunError
from workers.folding.fold import Fold
from workers.history.summaries import keep_summary, summarize
from workers.plan.plan import Plan
from workers.report.report import plain
from workers.runs.retention import make_room
from workers.runs.run_folders import size_of
from workers.system import process_tree
from workers.system.atomic_files import ExportError
from workers.timeline.model import OutputLine, ProcessKind
from workers.timeline.timeline import Timeline

_POLL_S = 0.02
_REDRAW_S = 0.1
_COLUMNS = 80
_CUT_OFF = 1
"""The exit code when nobody knows the program's own: the recorder was ended from outside."""


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """A run that is over: what is known of it, its folder, and the exit code that the command line ends with."""

    timeline: Timeline
    folder: Path
    exit_code: int


class Terminal:
    """Where a run is shown: its lines on the two standard streams, and one line of progress on a terminal.

    quiet: show nothing of the program's. `gone` turns true when nobody reads standard output any more.
    """

    def __init__(self, *, quiet: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.gone = False
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._quiet = quiet
        self._live = self._err.isatty()
        self._drawn = ""
        self._drawn_s = 0.0

    def line(self, name: str, width: int, line: OutputLine) -> None:
        """Pass on a printed line with the name of its process."""
        if not self._quiet:
            text = f"{plain(name):<{width}} │ {line.text}{' …' if line.cut else ''}\n"
            self.write(text, error=line.stream == "stderr")

    def write(self, text: str, *, error: bool = False) -> None:
        """Write to standard output, or with `error` to standard error, over the line of progress.

        Raises ExportError when it goes to a file that takes no more; that nobody reads it is no error.
        """
        self.clear()
        stream = self._err if error else self._out
        try:
            stream.write(text)
            stream.flush()
        except OSError as failure:
            if failure.errno not in (errno.EPIPE, errno.EINVAL, errno.EIO):
                _let_go(stream)
                raise ExportError(f"The output could not be written: {failure.strerror or failure}.") from failure
            self.gone = self.gone or not error
            _let_go(stream)

    def progress(self, text: str) -> None:
        """Show one sentence in place of the one before, ten times a second at most."""
        if not self._live or time.monotonic() - self._drawn_s < _REDRAW_S or text == self._drawn:
            return
        self._drawn_s = time.monotonic()
        self._drawn = text
        self._put(f"\r{text[: _columns(self._err) - 1]}\x1b[K")

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._drawn:
            self._drawn = ""
            self._put("\r\x1b[K")

    def _put(self, text: str) -> None:
        try:
            self._err.write(text)
            self._err.flush()
        except OSError:
            self._live = False


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS


def _let_go(stream: TextIO) -> None:
    """Nobody reads `stream` any more: what is still written to it, at exit too, goes nowhere and raises nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):
        pass
    finally:
        os.close(nowhere)


def run_plan(plan: Plan, terminal: Terminal, *, stop_when_unread: bool = False) -> CommandOutcome:
    """Run `plan` to its end, or to the person's. Raises RunError when it could not be started.

    stop_when_unread: end it when nobody reads standard output any more, since nothing else is wanted of it.
    """
    with Interrupts().caught() as interrupts:
        run = make_engine(plan, whole=True)
        run.start()
        timeline = Timeline()
        try:
            _follow(run, timeline, terminal, interrupts, stop_when_unread)
        finally:
            terminal.clear()
            run.close()
    keep_summary(run.folder, summarize(timeline, size_of(run.folder)))
    make_room()
    if timeline.program is None or timeline.program.pid is None:
        raise RunError(" ".join(timeline.warnings) or "The program could not be started.")
    return CommandOutcome(
        timeline, run.folder, _exit_code(timeline, interrupts, unread=stop_when_unread and terminal.gone)
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
    fold.finish(now_ns(), gone=run.folder_deleted)
    _show(timeline, terminal, shown)


def _progress(timeline: Timeline, *, stopping: bool) -> str:
    return f"{timeline.now_ns / 1e9:5.1f} s  {plain(sentence(timeline, stopping=stopping))}"


def _show(timeline: Timeline, terminal: Terminal, shown: int) -> int:
    """Pass on the lines after number `shown`; the number of the last one."""
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
