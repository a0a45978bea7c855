"""The keeper of one run: launches the program, watches every process from outside, and ends the whole tree.

Runs as `python -P -m workers.keeper`, one a run, without Qt. Its standard input is a pipe that only its owner (the window or
the command line) holds: the first line says what to launch, later ones what the person asks, and its end means that the
owner is gone, whereupon the keeper ends the tree. What it sees goes to its journal.

It has a session of its own; but where it records a command that somebody typed, it stays in the owner's process group, so
that the terminal treats the program as it would alone, and the run is over when the program itself has ended.
"""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import psutil

from workers.commands import (
    VERBS,
    AskParent,
    CloseRun,
    Command,
    ContinueProgram,
    PassOnSignal,
    SendSignal,
    StopRun,
    decode,
    encode,
)
from workers.journal.kinds import LEFT_ALONE, Kind
from workers.journal.nurseries import NurseryFile, is_nursery
from workers.journal.run_files import KEEPER, OUTPUT, child_of_name, key_of, parent_of_name
from workers.keeper import kernel_settings
from workers.keeper.event_loop import CredentialSocket, EpollLoop, FolderWatch, Loop, PipeSource, ThreadLoop, on_linux
from workers.keeper.kernel_events import Death, ProcessEvents
from workers.keeper.output_file import OutputFile
from workers.keeper.relay import UNWRITTEN, Passage, Streams
from workers.keeper.stalls import Stalls, standard_streams
from workers.keeper.suspends import Suspends
from workers.keeper.unreported import MISSED, FoundChild, UnreportedChildren
from workers.recorded.probe import BELL, Journal
from workers.runs.run_folders import make_file, name_keeper
from workers.system import process_tree, processes
from workers.system.processes import Exit, PidfdObserver, PollingObserver
from workers.timeline.model import EndedBy

GRACE_S = 3.0
"""Between TERM and KILL when the person stops a run."""
SAMPLE_S = 0.2
_LOOK_S = 0.02
_STALE_NS = 10 * 10**9  # later than that the keeper is not woken, so it was another process of that pid
_LONGEST_NOTE = 1 << 20  # a manifest holds the whole command line
_STRAY_S = 0.5
"""How long a process that the program left behind is waited for, to see whether it is one to be recorded."""
_FOLLOW_S = 0.3
"""How long what outlives the program of a command is followed before it is left alone."""
_JUST_NOW_S = 1.0
_MANY = 50
"""So many births and deaths at one reading, and the next is to be soon."""
_MOMENT_S = 0.01
_MOST_NAMED = 3
_MOST_TOLD, _LONGEST_TOLD = 20, 500
"""Warnings to the owner, and their characters: no more than its pipe takes when nobody reads it."""
_KILLED = int(getattr(signal, "SIGKILL", signal.SIGTERM))


@dataclass(frozen=True, slots=True)
class Launch:
    """What the owner asks for: a command line, its whole environment, its folder, and the manifest of the run. control:
    the program takes commands on its standard input, which is otherwise empty. streams: it is a command, and these are its
    own. cwd: empty for the keeper's own, which may be gone."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
    manifest: dict[str, Any]
    control: bool
    streams: Streams | None = None


class Keeper:
    """One run, from its launch to the end of its last process."""

    def __init__(
        self, folder: Path, launch: Launch, limits: kernel_settings.Limits | None = None, *, portable: bool = False
    ) -> None:
        self._folder = folder
        self._journal = Journal(str(folder / KEEPER))
        self._output = OutputFile(folder / OUTPUT)
        self._dropped = 0
        self._launch = launch
        self._limits = limits
        self._linux = on_linux() and not portable
        self._events = _listen() if self._linux else None
        self._program: subprocess.Popen[bytes] | None = None
        self._code: int | None = None
        self._ending: process_tree.Ending | None = None
        self._sampled_s = 0.0
        self._standstills = Stalls()
        self._suspends = Suspends()
        self._out_of_memory = processes.kills_for_memory()
        self._paused: set[tuple[int, int]] = set()
        self._busy = self._missed = self._stopped = False
        self._stops = 0
        self._left: set[int] = set()
        self._warnings: list[str] = []
        self._names: set[str] = set()
        self._nurseries: list[NurseryFile] = []
        self._rest = b""
        self._open_outputs = 0
        self._idle_since_s = 0.0
        self._passage: Passage | None = None
        self._failures = 0
        self._resized_s = 0.0
        self._heard_s: dict[int, float] = {}  # signal → when it came to the keeper, and so to its whole process group
        self._loop: Loop
        self._observer: PidfdObserver | PollingObserver
        if self._linux:
            loop = EpollLoop(self._happened)
            self._loop = loop
            self._observer = PidfdObserver(loop.epoll, self._on_exit, self._on_collected)
        else:
            self._loop = ThreadLoop()
            self._observer = PollingObserver(self._on_exit)
        self._unannounced = UnreportedChildren(self._events, self._observer, self._on_unannounced)

    def run(self, commands: int) -> None:
        """Launch, watch and, at last, note the end. commands: the descriptor that the owner writes to."""
        self._note_text(Kind.RUN, json.dumps(self._launch.manifest), t=time.perf_counter_ns(), a=time.time_ns())
        if self._linux:
            make_file(self._folder / BELL)
            self._loop.add(FolderWatch(str(self._folder), BELL), self._on_names)
        self._loop.add(PipeSource(commands), self._on_command)
        if self._start_program():
            while not self._over():
                soon = self._busy or self._ending or self._idle_since_s or not self._linux
                self._loop.wait(_LOOK_S if soon else SAMPLE_S / 2)
                self._tick()
            self._drain()
            self._find_newborn()
            self._unannounced.listen(last=True)
        if self._passage is not None and self._ending is None:
            self._passage.leave()
        self._tell_failures()
        self._note_left()
        known = self._code is not None
        self._journal.write(Kind.ENDED, known, t=time.perf_counter_ns(), a=self._code or 0)
        _tell(exit_code=self._code, warnings=self._warnings[:_MOST_TOLD])
        self._loop.close()
        self._observer.close()
        if self._events is not None:
            self._events.close()
        self._output.close()

    def heard(self, number: int, frame: object) -> None:
        """A signal that the terminal, or somebody, sent to the whole process group. It is the program's to act on."""
        self._heard_s[number] = time.monotonic()
        if number == getattr(signal, "SIGWINCH", None) and self._passage is not None and self._passage.resize():
            self._resized_s = time.monotonic()

    def _start_program(self) -> bool:
        launch = self._launch
        passage = self._passage
        ends: list[CredentialSocket] = []
        streams: dict[str, Any]
        if launch.streams is not None:
            self._passage = passage = Passage(launch.streams, credentials=self._linux)
            stdin = subprocess.DEVNULL if passage.stdin is None else passage.stdin
            streams = {"stdin": stdin, "stdout": passage.stdout, "stderr": passage.stderr}
        else:
            ends = [CredentialSocket(), CredentialSocket()] if self._linux else []
            streams = {
                "stdin": subprocess.PIPE if launch.control else subprocess.DEVNULL,
                "stdout": ends[0].theirs.fileno() if ends else subprocess.PIPE,
                "stderr": ends[1].theirs.fileno() if ends else subprocess.PIPE,
            }
        before_ns = time.perf_counter_ns()
        try:
            self._program = program = subprocess.Popen(
                launch.argv,
                env=launch.env,
                cwd=launch.cwd or None,
                preexec_fn=None if self._limits is None else kernel_settings.child_setup(self._limits),
                **streams,
            )
        except OSError as error:
            self._warn(f"{launch.argv[0]} could not be started: {error.strerror}.")
            return False
        finally:
            for end in ends:
                end.theirs.close()
            if passage is not None:
                passage.give_away()
        self._unannounced.begin(program.pid)
        ticks = self._observer.add(program.pid) or 0
        after_ns = time.perf_counter_ns()
        born_ns = self._born(program.pid, after_ns)
        self._standstills = Stalls(standard_streams(program.pid))
        _tell(launched=program.pid)
        self._journal.write(Kind.LAUNCHED, t=before_ns, a=program.pid, b=ticks, c=after_ns, d=born_ns)
        if passage is not None:
            passage.begin(program.pid, self._output.keep)
            for number in list(self._heard_s):  # before there was anybody to hear them
                self._send_to_program(number)
            return True
        for at, (pipe, callback) in enumerate(((program.stdout, self._on_stdout), (program.stderr, self._on_stderr))):
            self._loop.add(ends[at] if ends else PipeSource(_fileno(pipe)), callback)
        self._open_outputs = 2
        return True

    def _over(self) -> bool:
        if self._ending is not None:
            return self._ending.step() or self._ending.hopeless
        if self._passage is not None:
            return self._command_is_over(self._passage)
        if self._code is None or self._observer.living():
            self._idle_since_s = 0.0
            return False
        if not _has_children():
            return True
        # Something that the program left behind; if it is to be recorded, its journal is about to appear.
        self._idle_since_s = self._idle_since_s or time.monotonic()
        return time.monotonic() - self._idle_since_s > _STRAY_S

    def _command_is_over(self, passage: Passage) -> bool:
        """A command is over with its program. What outlives it is left alone, as it would be without a recorder."""
        if self._code is None:
            return False
        others = {pid for pid, _ in self._observer.living()}
        if not others and passage.ended and not _has_children():
            return True
        self._idle_since_s = self._idle_since_s or time.monotonic()
        if time.monotonic() - self._idle_since_s < _FOLLOW_S:
            return False
        others |= {pid for pid in processes.children(os.getpid()) if _runs(pid)}
        if not others:  # a reader who takes his time would have kept the program waiting, too
            return passage.settled
        self._left = others
        named = ", ".join(f"{processes.command_name(pid)} (pid {pid})" for pid in sorted(others)[:_MOST_NAMED])
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        self._warn(f"{LEFT_ALONE}: {named}{more}.")
        return True

    def _note_left(self) -> None:
        """Who lives on, as it would without a recorder."""
        for pid in self._left | {pid for pid, _ in self._observer.living()}:
            seen = processes.look(pid)
            if seen is not None and seen.state not in "ZX":
                self._journal.write(Kind.LEFT, t=time.perf_counter_ns(), a=pid, b=seen.ticks)

    def _drain(self) -> None:
        """What the dead printed is still on its way, and so are the last ends; something left behind may hold the outputs."""
        until_s = time.monotonic() + _STRAY_S
        while time.monotonic() < until_s:
            printing = self._passage is not None and not self._passage.settled
            happened = self._loop.wait(0 if self._linux and not printing else _LOOK_S)
            self._tick()
            if not happened and not printing and not self._loop.wait(0) and (self._linux or not self._open_outputs):
                return

    def _tick(self) -> None:
        if isinstance(self._observer, PollingObserver):
            self._find_journals()
            self._observer.poll()
        self._listen()
        if self._program is not None and self._code is None:
            self._follow_stops(self._program)
            self._code = self._program.poll()
        _collect_orphans(self._program)
        now_s = time.monotonic()
        if now_s - self._sampled_s >= SAMPLE_S:
            self._sampled_s = now_s
            slept_ns = self._suspends.look()
            if slept_ns is not None:
                self._journal.write(Kind.SUSPENDED, t=time.perf_counter_ns(), a=slept_ns)
            self._sample()
        if self._resized_s and now_s - self._resized_s >= _LOOK_S:
            # It had the terminal's own signal, maybe before its terminal had the new size; twice at once could do harm.
            self._resized_s = 0.0
            self._send_to_program(signal.SIGWINCH)
        self._tell_failures()
        if self._output.dropped != self._dropped:
            self._dropped = self._output.dropped
            self._journal.write(Kind.DROPPED, t=time.perf_counter_ns(), a=self._dropped)

    def _follow_stops(self, program: "subprocess.Popen[bytes]") -> None:
        """When the program of a command is stopped, by Ctrl-Z or by itself, who waits for the command is to see that, once all
        is on the screen; when somebody continues the program, the command goes on."""
        if self._passage is None:
            return
        self._passage.take_over_modes()
        try:
            seen = os.waitid(os.P_PID, program.pid, os.WSTOPPED | os.WCONTINUED | os.WNOHANG)
        except ChildProcessError:
            return
        if seen is not None and seen.si_code == os.CLD_STOPPED:
            until_s = time.monotonic() + _STRAY_S
            while not self._passage.settled and time.monotonic() < until_s:
                time.sleep(_MOMENT_S)
            self._stops += 1
            self._stopped = True
            _tell(stopped=seen.si_status, stop=self._stops)
        elif seen is not None and seen.si_code == os.CLD_CONTINUED and self._stopped:
            self._stopped = False
            os.kill(os.getppid(), signal.SIGCONT)

    def _listen(self) -> None:
        if self._events is not None:
            self._busy = self._events.read() > _MANY
        self._unannounced.listen()
        if self._unannounced.missed and not self._missed:
            self._missed = True
            self._warn(MISSED)

    def _tell_failures(self) -> None:
        failures = [] if self._passage is None else self._passage.failures
        for why in failures[self._failures :]:
            self._failures += 1
            self._warn(f"{UNWRITTEN}: {why}.")

    def _happened(self, fd: int, events: int, at_ns: int) -> None:
        if isinstance(self._observer, PidfdObserver):
            self._observer.happened(fd, events, at_ns)

    def _on_names(self, data: bytes, pid: int) -> None:
        for name in dict.fromkeys(data.split(b"\0")):
            self._on_journal(os.fsdecode(name))

    def _find_journals(self) -> None:
        for name in os.listdir(self._folder):
            if name not in self._names:
                self._names.add(name)
                self._on_journal(name)
        self._find_newborn()

    def _find_newborn(self) -> None:
        for nursery in self._nurseries:
            for child in nursery.newborn():
                self._on_process(child.pid, child.key)

    def _on_process(self, pid: int, key: int) -> None:
        ticks = self._observer.add(pid)
        self._unannounced.announced(pid, there_ns=key)
        self._write_seen(0, pid, ticks, key, self._born(pid, key), key)

    def _on_journal(self, name: str) -> None:
        if name == BELL:
            self._find_newborn()
            return
        key = key_of(name)
        if key is not None:
            self._on_process(*key)
            return
        if is_nursery(name):
            self._nurseries.append(NurseryFile(self._folder / name))
            return
        child = child_of_name(name)
        if child is not None:
            ticks = self._observer.add(child[0])
            self._unannounced.announced(child[0], began_ns=child[1])
            born_ns = self._born(child[0], time.perf_counter_ns())
            self._write_seen(1, child[0], ticks, child[1], born_ns if born_ns >= child[1] else 0, child[1])
            return
        parent = parent_of_name(name)
        if parent is not None:
            self._unannounced.look_out(parent)

    def _write_seen(self, how: int, pid: int, ticks: int | None, key: int, born_ns: int, after_ns: int) -> None:
        at_ns = time.perf_counter_ns()
        died = self._died(pid, after_ns, at_ns) if ticks is None else None
        died_ns, code = (0, 0) if died is None else (died.at_ns, died.code)
        ticks = -1 if ticks is None else ticks
        self._journal.write(Kind.SEEN, how, 0, 0, at_ns, pid, ticks, key, born_ns, died_ns, code)

    def _on_unannounced(self, found: FoundChild) -> None:
        died_ns, code = (0, 0) if found.death is None else (found.death.at_ns, found.death.code)
        name = self._journal.text(found.name, keep=False) if found.name else 0
        self._journal.write(
            Kind.SEEN, 2, 0, name, time.perf_counter_ns(), found.pid, found.ticks, found.born_ns,
            found.parent | found.thread << 32, died_ns, code
        )  # fmt: skip

    def _born(self, pid: int, before_ns: int) -> int:
        """The kernel's time of its birth, 0 where that is not known. before_ns: when it was there already."""
        born_ns = None if self._events is None else self._events.born(pid)
        return born_ns if born_ns is not None and born_ns <= before_ns else 0

    def _died(self, pid: int, after_ns: int, before_ns: int) -> Death | None:
        died = None if self._events is None else self._events.died(pid)
        return died if died is not None and after_ns <= died.at_ns <= before_ns else None

    def _on_exit(self, ended: Exit) -> None:
        died = self._died(ended.pid, ended.at_ns - _STALE_NS, ended.at_ns)
        if died is not None:
            ended = replace(ended, at_ns=died.at_ns, code=died.code if ended.code is None else ended.code)
        if self._program is not None and ended.pid == self._program.pid and self._code is None:
            self._code = self._program.wait()
            ended = replace(ended, code=self._code)
        known = ended.code is not None
        self._journal.write(
            Kind.EXITED,
            known,
            t=ended.at_ns,
            a=ended.pid,
            b=ended.ticks,
            c=ended.code or 0,
            d=ended.cpu_ns,
            e=ended.within_ns,
        )
        if ended.code == -_KILLED and (kills := processes.kills_for_memory()) != self._out_of_memory:
            self._out_of_memory = kills
            self._journal.write(Kind.NO_MEMORY, t=ended.at_ns, a=ended.pid, b=ended.ticks)
        self._paused.discard((ended.pid, ended.ticks))
        self._unannounced.ended(ended.pid)
        self._standstills.forget((ended.pid, ended.ticks))

    def _on_collected(self, pid: int, ticks: int, at_ns: int) -> None:
        self._journal.write(Kind.COLLECTED, t=at_ns, a=pid, b=ticks)

    def _on_stdout(self, data: bytes, pid: int) -> None:
        self._keep(data, pid, 1)

    def _on_stderr(self, data: bytes, pid: int) -> None:
        self._keep(data, pid, 2)

    def _keep(self, data: bytes, pid: int, stream: int) -> None:
        if data:
            self._output.keep(data, pid, stream)
        else:
            self._open_outputs -= 1

    def _on_command(self, data: bytes, pid: int) -> None:
        if not data:
            self._end(EndedBy.OWNER_GONE, process_tree.ORPHAN_GRACE_S)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._obey(decode(line))

    def _obey(self, command: Command | None) -> None:
        match command:
            case StopRun():
                self._end(EndedBy.PERSON, GRACE_S)
            case CloseRun():
                self._end(EndedBy.PERSON, process_tree.ORPHAN_GRACE_S)
            case ContinueProgram():
                self._continue(command.stop)
            case PassOnSignal():
                self._interrupt(command.signal)
            case SendSignal():
                self._signal(command.pid, command.ticks, command.signal)
            case AskParent(verb=verb, number=number, worker=worker):
                self._journal.write(Kind.REQUESTED, VERBS.index(verb), 0, number, time.perf_counter_ns(), worker)
                self._pass_on(command)

    def _continue(self, stop: int) -> None:
        """The owner was continued after this stop of the program, which may have been continued with it, and stopped anew."""
        if self._program is not None and self._code is None:
            self._follow_stops(self._program)
        if self._stopped and stop == self._stops:
            self._stopped = False
            self._send_to_program(signal.SIGCONT)

    def _interrupt(self, number: int) -> None:
        """The owner heard a signal that is meant for the program. One from the terminal went to all of the group already."""
        if self._program is None or self._code is not None:
            return
        if time.monotonic() - self._heard_s.get(number, -_JUST_NOW_S) >= _JUST_NOW_S:
            self._send_to_program(number)
        seen = processes.look(self._program.pid)
        ticks = 0 if seen is None else seen.ticks
        self._journal.write(Kind.SIGNALLED, t=time.perf_counter_ns(), a=self._program.pid, b=ticks, c=number)

    def _send_to_program(self, number: int) -> None:
        if self._program is not None and self._code is None:
            self._program.send_signal(number)

    def _pass_on(self, command: AskParent) -> None:
        program = self._program
        if program is None or program.stdin is None:
            return
        try:
            program.stdin.write(encode(command))
            program.stdin.flush()
        except OSError:
            pass  # it has ended; its exit is told elsewhere

    def _signal(self, pid: int, ticks: int, number: int) -> None:
        seen = processes.look(pid)
        if seen is None or seen.ticks != ticks:
            return
        at_ns = time.perf_counter_ns()  # not after, when it may have ended of it already
        try:
            psutil.Process(pid).send_signal(number)
        except (psutil.Error, OSError):
            return
        self._journal.write(Kind.SIGNALLED, t=at_ns, a=pid, b=ticks, c=number)

    def _end(self, why: EndedBy, grace_s: float) -> None:
        if self._ending is None or why is EndedBy.OWNER_GONE:
            self._journal.write(Kind.ENDING, t=time.perf_counter_ns(), a=why)
            self._ending = process_tree.Ending(self._tree, grace_s)

    def _tree(self) -> list[psutil.Process]:
        found = {process.pid: process for process in process_tree.descendants(os.getpid())}
        found.update({process.pid: process for process in process_tree.marked(self._folder)})
        found.pop(os.getpid(), None)
        return [process for process in found.values() if _lives(process)]

    def _sample(self) -> None:
        self._find_newborn()  # also those that could not call
        for pid, ticks in self._observer.living():
            seen = processes.look(pid)
            if seen is None or seen.ticks != ticks or seen.state in "ZX":
                continue
            at_ns = time.perf_counter_ns()
            self._journal.write(Kind.SAMPLE, t=at_ns, a=pid, b=ticks, c=seen.cpu_ns, d=seen.rss_bytes)
            self._unannounced.look_at(pid)
            paused = seen.state in "Tt"
            if paused != ((pid, ticks) in self._paused):
                self._paused ^= {(pid, ticks)}
                self._journal.write(Kind.STATE, paused, t=at_ns, a=pid, b=ticks)
            if seen.state in "SD" and (news := self._standstills.look((pid, ticks), seen.cpu_ns, at_ns)) is not None:
                since_ns, stand = news
                main, waits = (0, 0) if stand is None else (stand.main, stand.waits)
                self._journal.write(Kind.STANDS, t=since_ns, a=pid, b=ticks, c=main, d=waits)

    def _warn(self, text: str) -> None:
        self._warnings.append(text[:_LONGEST_TOLD])
        self._note_text(Kind.WARNING, text, t=time.perf_counter_ns())

    def _note_text(self, kind: Kind, text: str, *, t: int, a: int = 0) -> None:
        self._journal.write(kind, word=self._journal.text(text, False, _LONGEST_NOTE), t=t, a=a)


def _tell(**what: object) -> None:
    """Tell the owner on its pipe, too, since the journal can be on a full disk, or in a folder that was deleted."""
    try:
        os.write(1, json.dumps(what).encode() + b"\n")
    except OSError:
        pass  # the owner is gone


def _listen() -> ProcessEvents | None:
    try:
        return ProcessEvents()
    except OSError:
        return None


def _fileno(file: IO[bytes] | None) -> int:
    assert file is not None
    return file.fileno()


def _runs(pid: int) -> bool:
    seen = processes.look(pid)
    return seen is not None and seen.state not in "ZX"


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _collect_orphans(program: "subprocess.Popen[bytes] | None") -> None:
    """Collect the dead that were handed to the keeper because their own parents are gone."""
    if not hasattr(os, "waitid"):
        return
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or (program is not None and ended.si_pid == program.pid):
            return
        os.waitpid(ended.si_pid, 0)


def _has_children() -> bool:
    """Whether any process was left to the keeper, as those of its descendants are whose own parents ended (Linux)."""
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _ignore(number: int, frame: object) -> None:
    """A handler, since an ignored signal would stay ignored in the program."""


_OF_A_GROUP = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH", "SIGTSTP")
    if hasattr(signal, name)
]


def _hear(keeper: Keeper) -> None:
    """Outlive what the terminal sends to the program. What was ignored stays so, for the program too."""
    for number in _OF_A_GROUP:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, keeper.heard)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OF_A_GROUP)  # the owner held them back until here


def main() -> int:
    """Read what to launch from standard input, and keep it."""
    limits = kernel_settings.prepare() if on_linux() else None
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _ignore)
    first = b""
    while not first.endswith(b"\n"):
        byte = os.read(0, 1)  # unbuffered: what follows belongs to the loop
        if not byte:
            return 0
        first += byte
    message = json.loads(first)
    folder = Path(message.pop("folder"))
    portable = bool(message.pop("portable", False))
    given = message.pop("streams", None)
    streams = None if given is None else Streams(*given)
    name_keeper(folder)
    keeper = Keeper(folder, Launch(**message, streams=streams), limits, portable=portable)
    if streams is not None:
        _hear(keeper)
    keeper.run(0)
    return 0
