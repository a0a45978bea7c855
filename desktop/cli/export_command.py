"""``procession export``: makes other files of a file. Imports Qt for a picture only. The command line's only thread."""

from functools import partial
from pathlib import Path

from desktop.cli.usage import FILE_HELP, NOT_WRITTEN, Parser, add_scale_option, check_outputs, save
from desktop.cli.verb import CommandLineVerb
from desktop.environment.numpy_import import import_numpy


def export(arguments: list[str]) -> int:
    """Carry out the command. Raises OpenError for a file that cannot be read, PlanError for one that cannot be written."""
    parser = Parser("procession export", allow_abbrev=False, description="Make other files of a file.")
    parser.add_argument("file", metavar="FILE", help=FILE_HELP)
    parser.add_argument("out", metavar="OUT", nargs="+", help="what to write; the suffix decides, as for -o of run")
    add_scale_option(parser)
    options = parser.parse_args(arguments)
    outs = [Path(out) for out in options.out]
    import_numpy()
    check_outputs(outs)
    from desktop.cli.terminal import Terminal
    from workers.formats.opening import open_file
    from workers.harmless_text import plain

    opened = open_file(Path(options.file))
    try:
        write = partial(Terminal(quiet=True).write, error=True)
        for warning in opened.timeline.warnings:
            write(f"procession: {plain(warning)}\n")
        return 0 if save(opened.timeline, opened.folder, outs, options.scale, write) else NOT_WRITTEN
    finally:
        opened.close()


VERB = CommandLineVerb("export", "make a picture, a table, a trace or a saved run of it", export)
