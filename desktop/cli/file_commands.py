"""``procession report`` and ``procession export``: what is in a file, without a window. The command line's only thread.

Qt is imported for a picture alone.
"""

import json
import shutil
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.usage import NOT_WRITTEN, Parser, check_outputs, save

if TYPE_CHECKING:
    from workers.timeline.timeline import Timeline

_FILE_HELP = "a saved run, a run's folder, or a Chrome trace, plain or gzipped"


def report(arguments: list[str]) -> int:
    """Carry out ``procession report``. Raises OpenError for a file that cannot be read."""
    parser = Parser("procession report", allow_abbrev=False, description="Print what is in a file.")
    parser.add_argument("file", metavar="FILE", help=_FILE_HELP)
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.add_argument("--against", metavar="FILE", help="compare it, as run A, with what is in FILE, as run B")
    options = parser.parse_args(arguments)
    from desktop.cli.run_command import Terminal
    from workers.formats.opening import open_file
    from workers.report.report import plain
    from workers.report.report import report as as_data

    with ExitStack() as held:
        timelines = []
        for path in (options.file, options.against):
            if path is not None:
                opened = open_file(Path(path))
                held.callback(opened.close)
                timelines.append(opened.timeline)
        terminal = Terminal(quiet=True)
        if options.json:
            data = as_data(timelines[0])
            if options.against is not None:
                data["comparison"] = {"against": options.against, **compared_data(*timelines)}
            terminal.write(json.dumps(data, indent=2) + "\n")
            return 0
        if options.against is None:
            terminal.write(summary(timelines[0]))
        else:
            terminal.write(f"A: {plain(options.file)}\nB: {plain(options.against)}\n\n{compared_text(*timelines)}")
        for timeline in timelines:
            for warning in timeline.warnings:
                terminal.write(f"procession: {plain(warning)}\n", error=True)
    return 0


def compared_data(a: "Timeline", b: "Timeline") -> dict[str, Any]:
    """What ``--json`` adds of a comparison."""
    from workers.analysis.comparison import compare
    from workers.report.comparison_text import data

    return data(compare(a, b))


def compared_text(a: "Timeline", b: "Timeline") -> str:
    """How two runs differ, in words and figures."""
    from workers.analysis.comparison import compare
    from workers.report.comparison_text import text

    return text(compare(a, b))


def summary(timeline: "Timeline") -> str:
    """A run or a trace as a table and a timeline of characters, as wide as the terminal."""
    from workers.report import trace_text
    from workers.report.report import findings_text, table, text_timeline

    width = shutil.get_terminal_size((100, 24)).columns
    if timeline.imported is not None:
        return trace_text.summary(timeline, width)
    said = findings_text(timeline, width)
    told = f"{said}\n" if said else ""
    return f"{table(timeline, width)}\n{told}{text_timeline(timeline, width)}"


def export(arguments: list[str]) -> int:
    """Carry out ``procession export``. Raises OpenError for a file that cannot be read, PlanError for one that cannot be
    written."""
    parser = Parser("procession export", allow_abbrev=False, description="Make other files of a file.")
    parser.add_argument("file", metavar="FILE", help=_FILE_HELP)
    parser.add_argument("out", metavar="OUT", nargs="+", help="what to write; the suffix decides, as for -o of run")
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=2, help="pixels of a .png for one of the window's"
    )
    options = parser.parse_args(arguments)
    outs = [Path(out) for out in options.out]
    check_outputs(outs)
    from desktop.cli.run_command import Terminal
    from workers.formats.opening import open_file
    from workers.report.report import plain

    opened = open_file(Path(options.file))
    try:
        say = partial(Terminal(quiet=True).write, error=True)
        for warning in opened.timeline.warnings:
            say(f"procession: {plain(warning)}\n")
        return 0 if save(opened.timeline, opened.folder, outs, options.scale, say) else NOT_WRITTEN
    finally:
        opened.close()
