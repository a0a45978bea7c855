"""Job control of a recorded command: Ctrl-C, Ctrl-Z and window sizes act on the program as they would without a recorder.

Runs in the keeper's main thread. Only for commands: there the keeper is in the process group of its owner, to which the
terminal sends its signals. The keeper and the owner only follow: when the program stops, so does the command.
"""

import os
import signal
import time
from enum import Enum

from workers.commands import OWN_SIGNALS, PROGRAM_SIGNALS
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.owner_reports import OwnerReports
from workers.keeper.streams.command_streams import CommandStreams

_JUST_NOW_S = 1.0
_RESIZE_S = 0.02
"""Until the program gets a signal of a new window size: it has the terminal's own already, maybe too early."""
_PRINTING_S = 0.5
"""How long the output may take to appear before a stop is reported."""
_MOMENT_S = 0.01
_OF_TERMINALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH", "SIGTSTP")
_GROUP_SIGNALS = (*(getattr(signal, name) for name in _OF_TERMINALS if hasattr(signal, name)), *PROGRAM_SIGNALS)
_ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]


class GroupSignals:
    """Signals that reached the keeper with its whole process group. The program acts on them; the keeper outlives them."""

    def __init__(self, streams: CommandStreams) -> None:
        self._streams = streams
        self._arrived_s: dict[int, float] = {}  # signal → when
        self._resized_s: float | None = None
        self._unnoted: list[tuple[int, int]] = []

    def install(self) -> None:
        """Begin to take the signals. An ignored signal stays ignored, for the program too."""
        for number in (*_GROUP_SIGNALS, *OWN_SIGNALS):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _outlive if number in OWN_SIGNALS else self._on_signal)
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(
                signal.SIG_UNBLOCK, (*_GROUP_SIGNALS, *OWN_SIGNALS)
            )  # the owner blocked them until here

    @property
    def arrived(self) -> list[int]:
        """The signals that have arrived."""
        return list(self._arrived_s)

    def arrived_just_now(self, number: int) -> bool:
        """Whether this signal reached the whole group within the last second."""
        return time.monotonic() - self._arrived_s.get(number, -_JUST_NOW_S) < _JUST_NOW_S

    def take_resize(self) -> bool:
        """Whether the program's terminal got another size a moment ago. True once for each time."""
        if self._resized_s is None or time.monotonic() - self._resized_s < _RESIZE_S:
            return False
        self._resized_s = None
        return True

    def take_endings(self) -> list[tuple[int, int]]:
        """(signal, moment in ns) of those that usually end a program, and that were not taken yet."""
        taken, self._unnoted = self._unnoted, []
        return taken

    def _on_signal(self, number: int, frame: object) -> None:
        self._arrived_s[number] = time.monotonic()
        if number in _ENDINGS:
            self._unnoted.append((number, time.perf_counter_ns()))
        if number == getattr(signal, "SIGWINCH", None) and self._streams.resize():
            self._resized_s = time.monotonic()


def _outlive(number: int, frame: object) -> None:
    """The program has CPU time of its own. SIG_IGN would be inherited by it."""


class _ProgramState(Enum):
    RUNNING = "running"
    STOPPED = "stopped"  # by a signal; the owner stops too


class JobControl:
    """Follows the stops of the program, and continues it with its command."""

    def __init__(
        self, program: LaunchedProgram, streams: CommandStreams, signals: GroupSignals, owner: OwnerReports
    ) -> None:
        self._program = program
        self._streams = streams
        self._signals = signals
        self._owner = owner
        self._state = _ProgramState.RUNNING
        self._stops = 0
        for number in signals.arrived:  # before there was a program to get them
            program.send_signal(number)

    def poll(self) -> None:
        """Follow the program. To be called at each turn of the loop."""
        if self._program.ended:
            return
        self._follow_stops()
        if self._signals.take_resize():
            self._program.send_signal(signal.SIGWINCH)

    def continue_after(self, stop: int) -> None:
        """The owner was continued after this stop of the program. The program may have been continued and stopped again."""
        if self._program.ended:
            return
        self._follow_stops()
        if self._state is _ProgramState.STOPPED and stop == self._stops:
            self._state = _ProgramState.RUNNING
            self._program.send_signal(signal.SIGCONT)

    def _follow_stops(self) -> None:
        self._streams.pass_on_modes()
        try:
            change = os.waitid(os.P_PID, self._program.pid, os.WSTOPPED | os.WCONTINUED | os.WNOHANG)
        except ChildProcessError:
            return
        if change is not None and change.si_code == os.CLD_STOPPED:
            self._wait_for_output()
            self._stops += 1
            self._state = _ProgramState.STOPPED
            self._owner.stopped(change.si_status, self._stops)
        elif change is not None and change.si_code == os.CLD_CONTINUED and self._state is _ProgramState.STOPPED:
            self._state = _ProgramState.RUNNING
            os.kill(os.getppid(), signal.SIGCONT)

    def _wait_for_output(self) -> None:
        """What the program printed is to be on the screen before its command stops."""
        until_s = time.monotonic() + _PRINTING_S
        while not self._streams.settled and time.monotonic() < until_s:
            time.sleep(_MOMENT_S)
