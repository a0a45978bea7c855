"""The keeper of one run: launches the program, watches every process from outside, and ends the whole tree.

One process for each run, without Qt: a fork of its owner (see `workers.engines.forked_keeper`), or a program of
its own (`__main__.py`), whose first line of input says what to launch. On Linux it has a single thread, and one more for each
output of a command. Its standard input is a pipe that only its owner (the window or the command line) holds: later lines are
commands, and its end means that the owner is gone. Then the keeper ends the tree. What it sees goes to its journal.

It has a session of its own. Only where it records a command that was typed in a terminal does it stay in the owner's process
group, so that the terminal treats the program as it would without a recorder.
"""

import os
import select
import signal
import time
from pathlib import Path

from workers.errors import RunError
from workers.journal.kinds import KEEPER_CUT, UNWRITTEN
from workers.journal.run_files import OUTPUT
from workers.keeper import kernel_settings
from workers.keeper.command_server import CommandServer
from workers.keeper.disk_limit import DiskLimit
from workers.keeper.end_policy import CommandPolicy, EndingTree, EndPolicy, Running, WholeTreePolicy
from workers.keeper.event_loop import PipeSource, on_linux
from workers.keeper.job_control import GroupSignals, JobControl
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.launch import Launch, read_launch
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.launcher import launch_program
from workers.keeper.orphans import reap_orphans
from workers.keeper.owner_reports import OwnerReports, reason_of, report_failure
from workers.keeper.streams.command_streams import CommandStreams
from workers.keeper.streams.output_file import OutputFile
from workers.keeper.streams.program_streams import CapturedStreams, ProgramStreams
from workers.keeper.watching.watcher import Watcher
from workers.runs.keeper_marks import KeeperHold
from workers.system.cpu_quota import cpu_quota

_LONG_WAIT_S, _SHORT_WAIT_S = 0.1, 0.02
"""The longest wait of the loop: while nothing but events is expected, and while something has to be looked at."""
_MOST_READ = 1 << 16
UNWATCHED = "The recording stopped before the program's end"
_DRAIN_S = 0.5
"""How long what the dead printed may take to arrive; a process that was left behind may hold the outputs open."""


class Keeper:
    """One run, from its launch to the end of its last process. Makes the parts of the keeper and joins them."""

    def __init__(self, launch: Launch, limits: kernel_settings.FileLimits | None, hold: KeeperHold) -> None:
        self._launch = launch
        self._hold = hold
        self._limits = limits
        self._folder = Path(launch.folder)
        self._linux = on_linux() and not launch.portable
        self._limit = DiskLimit(self._folder, launch.disk_limit)
        self._journal = KeeperJournal(self._folder, self._limit)
        self._output = OutputFile(self._folder / OUTPUT, self._limit)
        self._owner = OwnerReports(1, self._journal)
        self._watcher = Watcher(self._folder, self._journal, self._owner.warn, self._owner.looked, linux=self._linux)
        self._streams: ProgramStreams
        self._command_streams: CommandStreams | None = None
        self._group_signals: GroupSignals | None = None
        if launch.streams is None:
            self._streams = CapturedStreams(self._watcher.loop, commands=launch.control, linux=self._linux)
        else:
            self._streams = self._command_streams = CommandStreams(launch.streams, credentials=self._linux)
            self._group_signals = GroupSignals(self._command_streams)
            self._group_signals.install()
        self._reported_failures = self._reported_dropped = 0
        self._reported_limit = self._left_running = False

    def run(self, commands: int, sent: bytes = b"") -> None:
        """Launch, watch and, at last, note the end. commands: the descriptor that the owner writes to. sent: what was read of
        them already."""
        self._journal.run(self._launch.manifest)
        self._watcher.watch_folder()
        for warning in self._launch.warnings:
            self._owner.warn(warning)
        self._streams.prepare(self._output)
        kernel_settings.check_room()
        exit_code = None
        try:
            program = self._launch_program()
        except RunError as error:
            self._owner.warn(str(error))
        else:
            exit_code = self._keep(program, commands, sent)
        self._note_cpu_limits()
        self._journal.ended(exit_code)
        if self._journal.cut:
            self._owner.warn(KEEPER_CUT)
        self._owner.ended(exit_code)
        self._watcher.close()
        self._output.close()
        from workers.journal.checksums import write_checksums  # a program does not wait for it

        write_checksums(self._folder, over=not self._left_running)

    def _launch_program(self) -> LaunchedProgram:
        """Launch the program. The owner learns of it before: what has begun must not be run a second time."""
        self._owner.launching()
        try:
            return launch_program(self._launch, self._streams, self._limits)
        except BaseException:
            self._owner.not_launched()
            raise

    def _note_cpu_limits(self) -> None:
        if self._linux:
            self._journal.cpu_limits(cpu_quota())

    def _keep(self, program: LaunchedProgram, commands: int, sent: bytes) -> int | None:
        """Watch the launched program and the rest of its tree until the run is over. Returns its exit code."""
        self._watcher.begin(program)
        self._owner.launched(program.pid)
        self._note_cpu_limits()
        self._streams.begin(program.pid)
        job_control = self._make_job_control(program)
        end_policy = self._make_end_policy(program)
        server = CommandServer(
            program, end_policy, self._journal, self._group_signals, job_control, self._watcher.looks
        )
        if sent:
            server.on_data(sent, 0)
        self._watcher.loop.add(PipeSource(commands), server.on_data)
        try:
            while not end_policy.run_is_over():
                events_only = self._linux and not self._watcher.busy and isinstance(end_policy.state, Running)
                self._watcher.loop.wait(_LONG_WAIT_S if events_only else _SHORT_WAIT_S)
                self._look_around(program, job_control)
            self._drain(program, job_control)
            self._watcher.finish()
            self._report_limit()
        except Exception as error:
            if self._command_streams is None:
                raise
            self._owner.warn(f"{UNWATCHED}: {reason_of(error)}. The program went on, and what came after is not known.")
            self._keep_unwatched(program, commands, server, end_policy, job_control)
        if not isinstance(end_policy.state, EndingTree):
            self._streams.leave_rest()
        self._report_lost_output()
        self._note_left_running(end_policy)
        return program.exit_code

    def _keep_unwatched(
        self,
        program: LaunchedProgram,
        commands: int,
        server: CommandServer,
        end_policy: EndPolicy,
        job_control: JobControl | None,
    ) -> None:
        """The watching has failed, but the command is to end as it would alone: its output has threads of their own."""
        self._left_running = True  # for all that is known
        while not (isinstance(end_policy.state, EndingTree) and end_policy.run_is_over()):
            if select.select([commands], [], [], _SHORT_WAIT_S)[0]:
                server.on_data(os.read(commands, _MOST_READ), 0)
            if job_control is not None:
                job_control.poll()
            program.poll()
            if program.ended:
                until_s = time.monotonic() + _DRAIN_S
                while not self._streams.settled and time.monotonic() < until_s:
                    time.sleep(_SHORT_WAIT_S)
                return

    def _make_job_control(self, program: LaunchedProgram) -> JobControl | None:
        if self._command_streams is None or self._group_signals is None:
            return None
        return JobControl(program, self._command_streams, self._group_signals, self._owner)

    def _make_end_policy(self, program: LaunchedProgram) -> EndPolicy:
        if self._command_streams is None:
            return WholeTreePolicy(self._folder, program, self._watcher, self._journal)
        return CommandPolicy(self._folder, program, self._watcher, self._journal, self._command_streams, self._owner)

    def _look_around(self, program: LaunchedProgram, job_control: JobControl | None) -> None:
        """Do what no event asks for."""
        self._watcher.poll()
        self._note_group_signals(program)
        if job_control is not None:
            job_control.poll()
        program.poll()
        if program.ended:
            self._watcher.looks.stop()
        reap_orphans(program.pid)
        if self._watcher.sample():
            self._report_limit()
        self._hold.refresh()
        self._report_lost_output()

    def _note_group_signals(self, program: LaunchedProgram) -> None:
        """Note the signals that reached the whole group, the program too: it may end of them before its owner says so."""
        for number, at_ns in [] if self._group_signals is None else self._group_signals.take_endings():
            self._journal.signalled(program.pid, 0, number, at_ns)

    def _drain(self, program: LaunchedProgram, job_control: JobControl | None) -> None:
        """Take what is still on its way: the last output and the last exits."""
        until_s = time.monotonic() + _DRAIN_S
        while time.monotonic() < until_s:
            settled = self._streams.settled
            happened = self._watcher.loop.wait(0 if self._linux and settled else _SHORT_WAIT_S)
            self._look_around(program, job_control)
            if not happened and settled and not self._watcher.loop.wait(0):
                return

    def _report_limit(self) -> None:
        """Say once that the run has taken the disk that it may."""
        if not self._reported_limit and self._limit.look():
            self._reported_limit = True
            self._owner.warn(self._limit.sentence)

    def _report_lost_output(self) -> None:
        """Report output that could not be passed on, and note output that could not be kept."""
        for reason in self._streams.failures[self._reported_failures :]:
            self._reported_failures += 1
            self._owner.warn(f"{UNWRITTEN}: {reason}.")
        if self._output.dropped != self._reported_dropped:
            self._reported_dropped = self._output.dropped
            self._journal.output_dropped(self._reported_dropped)

    def _note_left_running(self, end_policy: EndPolicy) -> None:
        """Note the processes that outlive the run."""
        for pid, ticks in end_policy.left_running().items():
            self._left_running = True
            self._journal.left_running(pid, ticks)


def _ignore(number: int, frame: object) -> None:
    """A handler that does nothing. SIG_IGN would be inherited by the program."""


def main() -> int:
    """Read what to launch from standard input, and keep it. Returns this process's exit code."""
    told = read_launch(0)
    return 0 if told is None else keep(*told)


def keep(launch: Launch, sent: bytes = b"") -> int:
    """Be the keeper of this launch. Standard input is the pipe from the owner, standard output the one to it.

    sent: commands of the owner that were read with the launch.
    """
    limits = kernel_settings.prepare() if on_linux() else None
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _ignore)
    try:
        kernel_settings.check_processes_are_shown()
        hold = KeeperHold(Path(launch.folder))
        Keeper(launch, limits, hold).run(0, sent)
    except Exception as error:
        report_failure(1, error)
        raise
    hold.release()
    return 0
