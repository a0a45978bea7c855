"""``procession report``: what is in a file, without a window and without Qt. The command line's only thread."""

import gc
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.usage import FILE_HELP, Parser
from desktop.cli.verb import CommandLineVerb
from desktop.environment.numpy_import import import_numpy

if TYPE_CHECKING:
    from workers.timeline.timeline import Timeline


def report(arguments: list[str]) -> int:
    """Carry out the command. Raises OpenError for a file that cannot be read."""
    parser = Parser("procession report", allow_abbrev=False, description="Print what is in a file.")
    parser.add_argument("file", metavar="FILE", help=FILE_HELP)
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.add_argument("--against", metavar="FILE", help="compare it, as run A, with what is in FILE, as run B")
    options = parser.parse_args(arguments)
    with ExitStack() as opened_files:
        # What is imported and read stays until the command ends: looking through it finds no garbage, at the end neither.
        if gc.isenabled():
            gc.disable()
            opened_files.callback(gc.enable)
            opened_files.callback(gc.freeze)  # it comes before the other
        import_numpy()
        from desktop.cli.run_summary import summary
        from desktop.cli.terminal import Terminal
        from workers.analysis.status import sentence
        from workers.formats.opening import open_file
        from workers.formats.run_reader import is_running, read_running
        from workers.harmless_text import plain

        timelines = []
        for path in (options.file, options.against):
            if path is not None and is_running(Path(path)):
                timelines.append(read_running(Path(path)))
            elif path is not None:
                opened = open_file(Path(path))
                opened_files.callback(opened.close)
                timelines.append(opened.timeline)
        terminal = Terminal(quiet=True)
        if options.json:
            from workers.report.report_json import report_pieces

            more: dict[str, object] = {}
            if options.against is not None:
                more["comparison"] = {"against": options.against, **_compared_data(*timelines)}
            terminal.write_pieces(report_pieces(timelines[0], **more))
            return 0
        if options.against is None:
            if not timelines[0].ended and timelines[0].imported is None:
                terminal.write(f"The run is still running. So far: {plain(sentence(timelines[0]))}\n\n")
            terminal.write(summary(timelines[0]))
        else:
            terminal.write(f"A: {plain(options.file)}\nB: {plain(options.against)}\n\n{_compared_text(*timelines)}")
        for timeline in timelines:
            for warning in timeline.warnings:
                terminal.write(f"procession: {plain(warning)}\n", error=True)
    return 0


def _compared_data(a: "Timeline", b: "Timeline") -> dict[str, Any]:
    """What ``--json`` adds about a comparison."""
    from workers.analysis.comparison import compare
    from workers.report.comparison_text import data

    return data(compare(a, b))


def _compared_text(a: "Timeline", b: "Timeline") -> str:
    """How two runs differ, in words and figures."""
    from workers.analysis.comparison import compare
    from workers.report.comparison_text import text

    return text(compare(a, b))


VERB = CommandLineVerb("report", "print what is in a saved run or a trace", report)
