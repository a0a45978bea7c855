"""Carries out the commands that the owner sends on a pipe while the run lasts. Runs in the keeper's main thread.

The end of the pipe means that the owner is gone; then the whole tree is ended.
"""

import time

from workers.commands import (
    AskParent,
    CloseRun,
    Command,
    ContinueProgram,
    PassOnSignal,
    SendSignal,
    StopRun,
    TakeLook,
    decode,
    encode,
)
from workers.journal.codes import EndedBy
from workers.keeper.end_policy import EndPolicy
from workers.keeper.job_control import GroupSignals, JobControl
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.looks.looks import Looks
from workers.system import process_tree, processes

STOP_GRACE_S = 3.0
"""Between TERM and KILL when the user stops a run."""


class CommandServer:
    """Reads commands line by line, and passes those for the parent of a plan on to the program.

    signals, job_control: given when the run is a command.
    """

    def __init__(
        self,
        program: LaunchedProgram,
        end_policy: EndPolicy,
        journal: KeeperJournal,
        signals: GroupSignals | None,
        job_control: JobControl | None,
        looks: Looks,
    ) -> None:
        self._program = program
        self._end_policy = end_policy
        self._journal = journal
        self._signals = signals
        self._job_control = job_control
        self._looks = looks
        self._incomplete = b""

    def on_data(self, data: bytes, pid: int) -> None:
        """Take what was read from the pipe; nothing at its end."""
        if not data:
            self._end_policy.end_tree(EndedBy.OWNER_GONE, process_tree.ORPHAN_GRACE_S)
            return
        *lines, self._incomplete = (self._incomplete + data).split(b"\n")
        for line in lines:
            self._carry_out(decode(line))

    def _carry_out(self, command: Command | None) -> None:
        match command:
            case TakeLook():
                self._looks.ask()
            case StopRun():
                self._end_policy.end_tree(EndedBy.PERSON, STOP_GRACE_S)
            case CloseRun():
                self._end_policy.end_tree(EndedBy.PERSON, process_tree.ORPHAN_GRACE_S)
            case ContinueProgram():
                if self._job_control is not None:
                    self._job_control.continue_after(command.stop)
            case PassOnSignal():
                self._interrupt_program(command.signal)
            case SendSignal():
                self._signal_process(command.pid, command.ticks, command.signal)
            case AskParent():
                self._journal.requested(command)
                self._program.send_line(encode(command))

    def _interrupt_program(self, number: int) -> None:
        """The owner got a signal that is meant for the program. One from the terminal has reached the whole group already."""
        if self._program.ended or (self._signals is not None and self._signals.arrived_just_now(number)):
            return  # the keeper has noted that it arrived
        self._program.send_signal(number)
        stat = processes.look(self._program.pid)
        ticks = 0 if stat is None else stat.ticks
        self._journal.signalled(self._program.pid, ticks, number, time.perf_counter_ns())

    def _signal_process(self, pid: int, ticks: int, number: int) -> None:
        """Send a signal to the process with this pid that started then, and to no other."""
        stat = processes.look(pid)
        if stat is None or stat.ticks != ticks:
            return
        import psutil  # seldom needed: a recorded command waits for what the keeper imports

        at_ns = time.perf_counter_ns()  # before it is sent: the process may end of it at once
        try:
            psutil.Process(pid).send_signal(number)
        except (psutil.Error, OSError):
            return
        self._journal.signalled(pid, ticks, number, at_ns)
