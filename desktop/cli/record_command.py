"""``procession record``: runs a script or module as Python alone would, and records it. The command line's only thread.

The keeper and the program stay in this process's group, so the terminal's signals reach the program by themselves; this
process waits, and does nothing that would take time from the program. Only afterwards is read what was recorded, where
somebody wants to know. If recording cannot begin, this process becomes the plain command.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from desktop.cli.interrupts import Interrupts
from desktop.cli.usage import INTERRUPTED, NOT_WRITTEN, Parser, add_output_options, check_outputs, save
from workers.commands import ContinueProgram, PassOnSignal, StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, RunResult, now_ns
from workers.engines.interpreter import likely_python, recordable
from workers.engines.programs import Program, script_program
from workers.errors import RunError
from workers.keeper.launch import StandardStreams
from workers.runs.retention import make_room
from workers.runs.run_folders import size_of
from workers.system import process_tree

if TYPE_CHECKING:
    from workers.timeline.timeline import Timeline

_WAIT_S = 0.1
_CUT_OFF = 1
"""The exit code when nobody knows the program's own: the recorder was ended from outside."""
_LARGE_BYTES = 4 << 20
_THE_SCRIPTS = (signal.SIGINT, getattr(signal, "SIGQUIT", None))
"""What the script decides upon when it comes for the first time."""
_HANG_UP = getattr(signal, "SIGHUP", None)
_WITH_VALUE = ("-o", "--out", "--scale", "--python", "--watch")
_USAGE = "procession record [-o OUT]... [--json] [--python EXE] [--watch NAME]... [-m] SCRIPT [ARGS...]"


def record(arguments: list[str]) -> int:
    """Carry out ``procession record``; its exit code. Raises PlanError for outputs that cannot be and for a Python that cannot
    be recorded, RunError when the program could not be started."""
    there = _make_sure_of_standard_streams()
    own, command = _taken_apart(arguments)
    parser = _parser()
    options = parser.parse_args(own)
    if not command:
        parser.error("which script? Its name comes after the options")
    script, *words = command
    if not options.module and script != "-" and not os.path.exists(script):
        parser.exit(2, f"procession: There is no file {script}.\n")
    outs = [Path(out) for out in options.out]
    check_outputs(outs)
    python = recordable(options.python or likely_python())
    stdin, stdout, stderr = (number if number in there else None for number in (0, 1, 2))
    streams = StandardStreams(stdin, None, None) if options.json else StandardStreams(stdin, stdout, stderr)
    program = script_program(
        script, *words, python=python, module=options.module, watch=tuple(options.watch), streams=streams
    )
    if hasattr(signal, "SIGTSTP") and signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN:
        signal.signal(signal.SIGTSTP, _leave_to_the_program)
    with Interrupts("SIGQUIT").caught() as interrupts:
        try:
            run = make_engine(program, whole=True)
            run.start()
        except RunError as error:
            _go_on_alone(program, str(error))
        try:
            stopped = _wait(run, interrupts)
        finally:
            run.close()
    result = run.result()
    if not result.launched:
        if result.warnings:
            raise RunError(" ".join(result.warnings))
        if not interrupts.count:
            _go_on_alone(program, "The recorder could not be started.")
    code = _finish(run, result, _exit_code(result, interrupts, stopped=stopped), outs, options)
    make_room()
    return code or NOT_WRITTEN if result.unwritten else code


def _make_sure_of_standard_streams() -> set[int]:
    """Those that are open. The others lead nowhere from here on, so that no other file takes their numbers."""
    there = set()
    for number in (0, 1, 2):
        try:
            os.fstat(number)
            there.add(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
    return there


def _taken_apart(arguments: list[str]) -> tuple[list[str], list[str]]:
    """(our options, the script with its own). Ours end where the script begins."""
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word == "--":
            return arguments[:at], arguments[at + 1 :]
        if word == "-" or not word.startswith("-"):
            break
        at += 2 if word in _WITH_VALUE else 1
    return arguments[:at], arguments[at:]


def _parser() -> Parser:
    parser = Parser("procession record", usage=_USAGE, allow_abbrev=False,
                    description="Run a Python script as `python SCRIPT ARGS` would, and record what its processes do. Its "
                    "output, its input and its exit code are its own.",
                    epilog="Everything after SCRIPT is the script's own.")  # fmt: skip
    add_output_options(parser)
    parser.add_argument("--python", metavar="EXE", help="the interpreter to run it with, or the folder of a virtual "
                        "environment (CPython 3.9 or newer)")  # fmt: skip
    parser.add_argument("--watch", action="append", default=[], metavar="NAME", type=_name,
                        help="a global of the main module whose value is noted in every process when its work begins and "
                        "ends; may be given several times")  # fmt: skip
    parser.add_argument("-m", dest="module", action="store_true", help="SCRIPT is a module, as for `python -m`")
    return parser


def _name(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a global")
    return text


# The run.


def _wait(run: Engine, interrupts: Interrupts) -> bool:
    """Wait for the end. Whether it was ours: at a second Ctrl-C, or a signal that asks this process to end."""
    # Whoever writes to our standard input is to see when the program has closed it.
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    known = 0
    stopped = interrupted = False
    while not run.wait(_WAIT_S):
        suspension = run.take_suspension()
        if suspension is not None:
            _be_stopped(suspension.signal)
            run.command(ContinueProgram(suspension.number))
        for number in interrupts.heard[known:]:
            known += 1
            if number == _HANG_UP:  # comes again from the shell; to go on without a terminal is the script's to decide
                run.command(PassOnSignal(number))
            elif stopped:
                process_tree.Ending(lambda: process_tree.marked(run.folder), 0.0).finish()
            elif number in _THE_SCRIPTS and not interrupted:
                interrupted = True
                run.command(PassOnSignal(number))
            else:
                stopped = True
                run.command(StopRun())
    return stopped


def _leave_to_the_program(number: int, frame: object) -> None:
    """Ctrl-Z is for the program: where it stops, so does the command, and where it does not, nobody does."""


def _be_stopped(number: int) -> None:
    """Stop as the program was stopped, so that the shell sees it; returns when it is continued."""
    handler = None if number == signal.SIGSTOP else signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    if handler is not None:
        signal.signal(number, handler)


def _exit_code(result: RunResult, interrupts: Interrupts, *, stopped: bool) -> int:
    if stopped:
        ending = [number for number in interrupts.heard if number != signal.SIGINT]
        return 128 + ending[0] if ending else INTERRUPTED
    if result.exit_code is None:
        return 128 + interrupts.heard[0] if interrupts.heard else _CUT_OFF
    return result.exit_code if result.exit_code >= 0 else 128 - result.exit_code


def _go_on_alone(program: Program, why: str) -> NoReturn:
    """Become the plain command, whose exit code and signals are then nobody's business but its own."""
    _say(f"procession: {why} The script runs without being recorded.\n")
    try:
        if os.name == "posix":
            os.execvp(program.argv[0], program.argv)
        sys.exit(subprocess.call(program.argv))
    except OSError as error:
        raise RunError(f"{program.argv[0]} could not be started: {error.strerror}.") from error


# What was recorded.


def _finish(run: Engine, result: RunResult, code: int, outs: list[Path], options: argparse.Namespace) -> int:
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if run.lost:
        _say("procession: The recorder was ended from outside, and the program with it.\n")
    if result.unwritten and not (outs or options.json or terminal):
        _say(f"procession: {result.unwritten}\n")
    if not (outs or options.json):
        if terminal and not _is_large(run.folder):
            _sum_up(_read(run, result))
        return code
    from desktop.cli.run_command import Terminal
    from workers.report.report import report

    timeline = _read(run, result)
    if options.json:
        Terminal(quiet=True).write(json.dumps(report(timeline), indent=2) + "\n")
    saved = save(timeline, run.folder, outs, options.scale, _say)
    _sum_up(timeline, whole=terminal)
    return code if saved else code or NOT_WRITTEN


def _is_large(folder: Path) -> bool:
    """Whether reading what was recorded takes so long that nobody would wait for one sentence about it."""
    return sum(file.stat().st_size for file in folder.glob("*.journal")) > _LARGE_BYTES


def _sum_up(timeline: "Timeline", *, whole: bool = True) -> None:
    """Say what could not be recorded and, if `whole`, what was wrong and how it went."""
    from workers.analysis.findings.all_findings import beyond_ends, findings
    from workers.analysis.findings.finding import place
    from workers.analysis.status import sentence
    from workers.report.report import plain

    for warning in timeline.warnings:
        _say(f"procession: {plain(warning)}\n")
    if whole and (timeline.program is None or timeline.program.began):  # else nothing is known of it
        for finding in beyond_ends(findings(timeline)):
            _say(f"procession: {plain(finding.text + place(timeline, finding))}\n")
        _say(f"procession: {plain(sentence(timeline))}\n")


def _read(run: Engine, result: RunResult) -> "Timeline":
    from workers.folding.fold import Fold
    from workers.history.summaries import keep_summary, summarize
    from workers.timeline.timeline import Timeline

    timeline = Timeline()
    fold = Fold(timeline)
    while not run.over:
        fold.apply(run.take())
    fold.finish(now_ns(), gone=run.folder_deleted)
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


def _say(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, AttributeError):
        pass  # nobody is there to read it
