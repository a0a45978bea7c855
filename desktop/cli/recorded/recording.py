"""What ``procession record`` does, once its keeper has been forked. The command line's only thread.

The keeper and the program stay in this process's group, so the terminal's signals reach the program directly. This process
only waits, and takes no time from the program. What was recorded is read afterwards, and only if it is wanted. If recording
cannot begin, this process becomes the plain command.
"""

import gc
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from desktop.cli.interrupts import Interrupts
from desktop.cli.recorded.inherited import Inherited
from desktop.cli.recorded.request import become_plain, requested
from desktop.cli.usage import INTERRUPTED, NOT_WRITTEN, check_outputs, say
from workers.commands import PROGRAM_SIGNALS, ContinueProgram, PassOnSignal, StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, RunResult
from workers.engines.forked_keeper import ForkedKeeper
from workers.errors import RunError
from workers.harmless_text import plain
from workers.runs.leases import Lease

if TYPE_CHECKING:
    from desktop.cli.recorded.recorded_run import HangWatch

_WAIT_S = 0.1
_CUT_OFF = 1
"""The exit code when the program's own is not known, because the recorder was ended from outside."""
_THE_SCRIPTS = (signal.SIGINT, getattr(signal, "SIGQUIT", None))
"""Signals that are left to the script when they come for the first time."""
_HANG_UP = getattr(signal, "SIGHUP", None)
_NOT_OURS = [getattr(signal, name) for name in ("SIGTSTP", "SIGXCPU") if hasattr(signal, name)]
"""Signals that the program gets without us: Ctrl-Z from the terminal, and a limit of CPU time from the kernel."""


def carry_out(own: list[str], command: list[str], inherited: Inherited, waiting: ForkedKeeper | None) -> int:
    """Run and record the program, and return its exit code.

    own: our options. command: the script and its arguments. waiting: a keeper that waits for what it is to launch, if there
    can be one. Raises as `record_command.record` does.
    """
    options, outs, program, why_not = requested(own, command, inherited)
    try:
        check_outputs(outs)
    except (MemoryError, ImportError) as error:
        why_not = why_not or _cannot("save the run", error)
    if why_not is not None:
        become_plain(program, why_not, waiting)
    for number in _NOT_OURS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave_to_program)
    with Interrupts("SIGQUIT", for_program=PROGRAM_SIGNALS).caught() as interrupts:
        try:
            run = make_engine(program, whole=True, disk_limit=options.disk_limit, waiting=waiting)
            run.start()
            gc.enable()
        except RunError as error:
            become_plain(program, str(error), waiting)
        try:
            stopped = _wait(run, interrupts, inherited)
            lease = Lease(run.folder)  # it is still to be read, and another run that ends now makes room
        finally:
            run.close()
    result = run.result()
    if not result.launched:
        lease.release()
        if result.warnings and not result.failure:
            raise RunError(" ".join(result.warnings))
        if not interrupts.count:
            become_plain(program, f"{result.failure or 'The recorder could not be started'}.", waiting)
    code = _exit_code(result, interrupts, stopped=stopped)
    with lease:
        try:
            from desktop.cli.recorded.recorded_run import finish  # not before the program has begun

            code = finish(run, result, code, outs, options)
        except (MemoryError, ImportError) as error:  # the code remains the program's
            say(f"procession: {plain(_cannot('read what was recorded', error))}\n")
            if outs or options.json:
                code = code or NOT_WRITTEN
        with suppress(MemoryError, ImportError):  # the next run makes room
            from workers.runs.retention import make_room

            make_room(ended=run.folder)
    return code or NOT_WRITTEN if result.unwritten else code


def _cannot(do: str, error: MemoryError | ImportError) -> str:
    if isinstance(error, MemoryError):
        return f"There is too little memory to {do}."
    return f"A library to {do} could not be loaded: {str(error).rstrip('.')}."


def _wait(run: Engine, interrupts: Interrupts, inherited: Inherited) -> bool:
    """Wait for the end of the run. Whether we ended it: upon a second Ctrl-C, or a signal that asks us to end."""
    handled = passed_on = 0
    stopped = interrupted = False
    hangs: HangWatch | None = None
    watches_hangs = True
    while not run.wait(_WAIT_S):
        if run.launched:
            inherited.let_go()
        suspension = run.take_suspension()
        if suspension is not None:
            _stop_ourselves(suspension.signal)
            run.command(ContinueProgram(suspension.number))
        if watches_hangs:
            try:
                hangs = _watch_for_hangs(run, hangs)
            except (MemoryError, ImportError):
                watches_hangs = False  # the program goes on
        for number in interrupts.passed_on[passed_on:]:
            passed_on += 1
            run.command(PassOnSignal(number))
        for number in interrupts.received[handled:]:
            handled += 1
            if (
                number == _HANG_UP
            ):  # may come twice, from the shell too; the script may well continue without a terminal
                run.command(PassOnSignal(number))
            elif stopped:
                from workers.system import process_tree

                process_tree.Ending(lambda: process_tree.marked(run.folder), 0.0).finish()
            elif number in _THE_SCRIPTS and not interrupted:
                interrupted = True
                run.command(PassOnSignal(number))
            else:
                stopped = True
                run.command(StopRun())
    return stopped


def _watch_for_hangs(run: Engine, hangs: "HangWatch | None") -> "HangWatch | None":
    """Say that the program hangs, once that is known. For a program that is not stuck nothing is imported or read.

    Raises as of `HangWatch`.
    """
    looks = run.take_looks()
    if looks and hangs is None:
        from desktop.cli.recorded.recorded_run import HangWatch

        hangs = HangWatch(run.folder)
    if hangs is not None:
        if looks:
            hangs.looked()
        hangs.poll()
    return hangs


def _leave_to_program(number: int, frame: object) -> None:
    """Ctrl-Z is for the program: the command stops only if the program does. CPU time that we took is not the program's."""


def _stop_ourselves(number: int) -> None:
    """Stop as the program was stopped, so that the shell notices. Returns once this process is continued."""
    handler = None if number == signal.SIGSTOP else signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    if handler is not None:
        signal.signal(number, handler)


def _exit_code(result: RunResult, interrupts: Interrupts, *, stopped: bool) -> int:
    if stopped:
        ending = [number for number in interrupts.received if number != signal.SIGINT]
        return 128 + ending[0] if ending else INTERRUPTED
    if result.exit_code is None:
        return 128 + interrupts.received[0] if interrupts.received else _CUT_OFF
    return result.exit_code if result.exit_code >= 0 else 128 - result.exit_code
