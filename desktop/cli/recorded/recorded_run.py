"""What ``procession record`` does with what was recorded. The main thread.

While the program hangs, it is said. Once the program has ended, the rest is read, if it is wanted.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.usage import NOT_WRITTEN, save, say
from desktop.environment.numpy_import import import_numpy
from workers.engines.engine import Engine, RunResult, now_ns
from workers.harmless_text import plain
from workers.runs.run_folders import size_of

if TYPE_CHECKING:
    from workers.timeline.timeline import Timeline

_LARGE_BYTES = 4 << 20
"""Reading more of a journal than this takes longer than a user waits for one sentence about the run."""
_EVERY_S = 0.5
_FOR_S = 20.0
"""How long a look may take to lead to a finding."""
_MOST_POLLS = 8
"""At a time, so that signals are answered meanwhile."""


def finish(run: Engine, result: RunResult, code: int, outs: list[Path], options: argparse.Namespace) -> int:
    """Save, print and sum up what is wanted. `code`, or NOT_WRITTEN if the program succeeded and a file was not saved.

    Raises MemoryError and ImportError where there is too little for that.
    """
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    if run.lost:
        say(f"procession: {result.failure or 'The recorder was ended'}, and the program with it.\n")
    if not (outs or options.json):
        if on_terminal and not _is_large(run.folder):
            _sum_up(_read(run, result))
        else:  # what is known without reading; on a stream that may be the script's own only what changed its output
            for warning in result.warnings if on_terminal else filter(None, (result.unwritten,)):
                say(f"procession: {plain(warning)}\n")
        return code
    from desktop.cli.terminal import Terminal

    timeline = _read(run, result)
    if options.json:
        from workers.report.report_json import report_pieces

        Terminal(quiet=True).write_pieces(report_pieces(timeline))
    saved = save(timeline, run.folder, outs, options.scale, say)
    _sum_up(timeline, whole=on_terminal)
    return code if saved else code or NOT_WRITTEN


def _is_large(folder: Path) -> bool:
    return sum(file.stat().st_size for file in folder.glob("*.journal")) > _LARGE_BYTES


def _sum_up(timeline: "Timeline", *, whole: bool = True) -> None:
    """Say what could not be recorded and, if `whole`, the findings and how the run ended."""
    from workers.analysis.findings.all_findings import beyond_ends, findings
    from workers.analysis.findings.finding import place
    from workers.analysis.status import sentence

    for warning in timeline.warnings:
        say(f"procession: {plain(warning)}\n")
    if whole and (timeline.program is None or timeline.program.began):  # else nothing is known of it
        for finding in beyond_ends(findings(timeline)):
            say(f"procession: {plain(finding.text + place(timeline, finding))}\n")
        say(f"procession: {plain(sentence(timeline))}\n")


def _read(run: Engine, result: RunResult) -> "Timeline":
    """Raises MemoryError and ImportError where numpy cannot be used."""
    import_numpy()
    from workers.engines.whole_run import timeline_of
    from workers.history.summaries import keep_summary, summarize

    timeline = timeline_of(run)
    if timeline.processes:
        keep_summary(run.folder, summarize(timeline, size_of(run.folder)))
    if not timeline.processes and not run.lost:
        timeline.cut_off = False
        timeline.warnings[:] = [
            *result.warnings,
            f"The run's folder {run.folder} is gone, and what was recorded with it.",
        ]
        timeline.add_plan("program")
        timeline.process(1).exit_code = timeline.exit_code = result.exit_code
    return timeline


class HangWatch:
    """Says while a recorded command runs that it hangs, each hang once.

    Nothing is read before the keeper reports that it has looked into processes that do not move. Making one, and `poll`, raise
    MemoryError and ImportError where there is too little for that.
    """

    def __init__(self, folder: Path) -> None:
        import_numpy()
        from workers.folding.fold import Fold
        from workers.journal.follower import Follower
        from workers.timeline.timeline import Timeline

        self._follower = Follower(folder, whole=False)
        self._timeline = Timeline()
        self._fold = Fold(self._timeline)
        self._said: set[tuple[str, int]] = set()
        self._looked_s = self._until_s = 0.0

    def looked(self) -> None:
        """The keeper has looked into processes that do not move."""
        self._until_s = time.monotonic() + _FOR_S

    def poll(self) -> None:
        """Read on for a moment, if it is time to, and say what hangs."""
        now_s = time.monotonic()
        if now_s > self._until_s or now_s - self._looked_s < _EVERY_S:
            return
        self._looked_s = now_s
        for _ in range(_MOST_POLLS):
            batch = self._follower.poll()
            self._fold.apply(batch, now_ns())
            if not batch:
                self._say_hangs()
                return

    def _say_hangs(self) -> None:
        from workers.analysis.findings.finding import place
        from workers.analysis.findings.hangs import all_hangs
        from workers.harmless_text import plain

        for finding in all_hangs.find(self._timeline):
            what = finding.code, finding.processes[0] if finding.processes else 0
            if what not in self._said:
                self._said.add(what)
                say(f"procession: {plain(finding.text + place(self._timeline, finding))}\n")
