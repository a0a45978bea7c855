"""``procession [FILE]``: the window or, where there can be none, its contents as text and a picture. The main thread.

Qt is imported only after a look for a display: without one, Qt would end the process.
"""

import argparse
import os
from pathlib import Path

from desktop.cli.usage import NOT_STARTED, Parser, complain
from desktop.cli.verbs import verb_names, verbs
from workers.harmless_text import plain

_USAGE = "procession [--require-display] [--lessons FOLDER] [FILE] | procession COMMAND [options]"


def open_window(arguments: list[str]) -> int:
    """Carry out a command line that begins with no verb. Raises OpenError for a file that cannot be read, or a
    folder without lessons, RunError for a user without a home."""
    options = _parse(arguments)
    from desktop.environment import version
    from desktop.environment.display import missing_display
    from workers.runs.run_folders import state_folder

    is_script = options.file.endswith((".py", ".pyw"))
    if options.file and not is_script:
        from workers.formats.opening import check_openable

        check_openable(Path(options.file))
    if options.lessons is not None:
        from workers.lessons.lesson_loading import load_lessons

        load_lessons(options.lessons)
    obstacle = missing_display() or version.refusal() or _missing_libraries()
    if obstacle is None:
        state_folder()  # before there is a window: nothing can be kept for a user without a home
        from desktop.environment.numpy_import import ask_for_no_threads

        ask_for_no_threads()  # numpy itself is imported once the window is painted
        from desktop.window.app import run_window

        return run_window(options.file, options.lessons)
    if options.require_display:
        return complain(obstacle, NOT_STARTED)
    if options.file and not is_script:
        from desktop.cli.report_command import report

        complain(obstacle, 0)
        return report([options.file])
    return _without_window(obstacle)


def _parse(arguments: list[str]) -> argparse.Namespace:
    from workers.installed_version import version

    parser = _WindowParser(
        "procession",
        usage=_USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="See what Python's multiprocessing really does, on one live timeline.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"procession {version()}")
    parser.add_argument("--require-display", action="store_true", help="do not run without a window: exit with 3")
    parser.add_argument(
        "--lessons", metavar="FOLDER", type=Path, help="a folder with lessons of your own, which come after ours"
    )
    parser.add_argument(
        "file", nargs="?", default="", metavar="FILE", help="what to open: a .py file, a saved run or a trace"
    )
    options = parser.parse_args(arguments)
    if options.file and not os.path.exists(options.file):
        *names, last = verb_names()
        parser.error(f"{options.file!r} is neither a command (there are {', '.join(names)} and {last}) nor a file")
    return options


class _WindowParser(Parser):
    """Its help lists all verbs, whose modules are imported for nothing else."""

    def format_help(self) -> str:
        """The help with the list of verbs."""
        self.epilog = "\n".join(
            [
                "commands:",
                *(f"  {verb.name:<9} {verb.summary}" for verb in verbs()),
                "",
                "Without a command the window opens, with FILE in it: a Python script, a saved run or a trace.",
                "`procession COMMAND --help` tells more.",
            ]
        )
        return super().format_help()


def _missing_libraries() -> str | None:
    from desktop.environment.system_libraries import advice, missing_libraries

    missing = missing_libraries()
    return advice(missing) if missing else None


def _without_window(obstacle: str) -> int:
    """Run the default plan, and show as text and a picture what the window would show."""
    from desktop.cli.plan_options import make_plan
    from desktop.cli.plan_run import run_plan
    from desktop.cli.run_summary import summary
    from desktop.cli.terminal import Terminal
    from desktop.export import exporting

    plan = make_plan()
    terminal = Terminal(quiet=False)
    terminal.write(f"{obstacle}\nSo there is no window. This is what it would show of: {plain(plan.title)}\n\n")
    outcome = run_plan(plan, terminal)
    with outcome.lease:
        terminal.write(summary(outcome.timeline))
        path = _unused(_picture_folder() / exporting.default_name(outcome.timeline))
        exporting.export_timeline(outcome.timeline, path, folder=outcome.folder)
    terminal.write(f"\nThe picture is saved as {plain(str(path))}\n")
    return outcome.exit_code


def _picture_folder() -> Path:
    """The current folder; if that cannot be written to, the user's home, or else the folder for temporary files."""
    for folder in (Path.cwd(), Path(os.path.expanduser("~"))):  # "~" itself for a user without a home
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    import tempfile

    return Path(tempfile.gettempdir())


def _unused(path: Path) -> Path:
    """`path`, or the same with a number after its name if there is such a file, which must not be replaced unasked."""
    number = 1
    unused = path
    while unused.exists():
        number += 1
        unused = path.with_stem(f"{path.stem} ({number})")
    return unused
