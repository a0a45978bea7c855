"""Adds to the timeline the exceptions of processes, the signals that they sent with os.kill(), and what they left behind.

Part of a Fold, in the thread that applies batches.

The record of a signal names a pid or a process group. The process of a pid may become known later than the signal.
"""

from collections.abc import Collection
from dataclasses import dataclass

from workers.folding.identities import Identities
from workers.folding.run_clock import RunClock
from workers.journal.process_kinds import (
    ChangeUnguarded,
    ConnectionRead,
    ErrorRaised,
    GeneratorDrawn,
    KillCalled,
    OutputLeft,
    QueueCounted,
    ResourceNoted,
)
from workers.recorded import probe
from workers.timeline.incidents import (
    InheritedDraw,
    InheritedRead,
    LostOutput,
    Mistake,
    QueueCount,
    ResourceEvent,
    ResourceKind,
    ResourceNote,
    UnguardedChange,
)
from workers.timeline.model import (
    Call,
    Disposition,
    GroupSignal,
    Process,
    RaisedBy,
    RaisedError,
    Signalled,
    signal_name,
)
from workers.timeline.timeline import Timeline

_EVENTS = {int(event): event for event in ResourceEvent}
_RESOURCES = {int(kind): kind for kind in ResourceKind}
_DISPOSITIONS = {probe.HANDLED: Disposition.HANDLED, probe.IGNORED: Disposition.IGNORED}
_MOST_PENDING = 10_000
"""Signals to pids that are not known: the program may send them to processes that are none of its own."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A signal to a process that is not known yet."""

    pid: int
    clock_ns: int
    signal: int
    by: int
    file: str
    line: int


class IncidentRecords:
    """Adds to the timeline the exceptions that processes raised, and the signals that they sent."""

    def __init__(self, timeline: Timeline, clock: RunClock, identities: Identities) -> None:
        self._timeline = timeline
        self._clock = clock
        self._identities = identities
        self._pending: list[_Pending] = []
        self._tracebacks: dict[str, tuple[str, ...]] = {}
        self._known = 0

    def take_error(self, record: ErrorRaised, process: Process, texts: dict[int, str]) -> None:
        """An exception that ended something in this process."""
        error = RaisedError(
            process.id, self._clock.since_start(record.clock_ns), RaisedBy(record.what), texts.get(record.type_text, ""),
            texts.get(record.message_text, ""), texts.get(record.file_text, ""), record.line,
            self._lines_of(texts.get(record.traceback_text, "")), texts.get(record.thread_text, ""),
        )  # fmt: skip
        self._timeline.add_error(error)
        if error.by is RaisedBy.MAIN:
            process.error = error.type

    def _lines_of(self, traceback: str) -> tuple[str, ...]:
        """Made once for each text: of a damaged journal many records may name a long one."""
        lines = self._tracebacks.get(traceback)
        if lines is None:
            lines = self._tracebacks[traceback] = tuple(traceback.splitlines())
        return lines

    def take_resource(self, record: ResourceNoted, process: Process, texts: dict[int, str]) -> None:
        """Something happened to a shared-memory block or a named semaphore."""
        if record.what in _EVENTS and record.kind in _RESOURCES:
            note = ResourceNote(
                process.id, self._clock.since_start(record.clock_ns), _EVENTS[record.what], _RESOURCES[record.kind],
                texts.get(record.name_text, ""), texts.get(record.file_text, ""), record.line, max(0, record.size_bytes),
            )  # fmt: skip
            self._timeline.resources.append(note)

    def take_mistake(
        self, record: OutputLeft | ChangeUnguarded | GeneratorDrawn | ConnectionRead, process: Process,
        texts: dict[int, str]
    ) -> None:  # fmt: skip
        """Something that this process may have done wrong."""
        number, at_ns = process.id, self._clock.since_start(record.clock_ns)
        mistake: Mistake
        match record:
            case OutputLeft():
                last, file = texts.get(record.last_text, ""), texts.get(record.file_text, "")
                mistake = LostOutput(number, at_ns, last, record.size_bytes, file, record.line)
            case ChangeUnguarded():
                shared, file = texts.get(record.shared_text, ""), texts.get(record.file_text, "")
                mistake = UnguardedChange(number, at_ns, shared, file, record.line)
            case GeneratorDrawn():
                mistake = InheritedDraw(number, at_ns, texts.get(record.name_text, ""), record.state)
            case ConnectionRead():
                mistake = InheritedRead(
                    number, at_ns, record.inode, texts.get(record.peer_text, ""), texts.get(record.made_file_text, ""),
                    record.made_line, texts.get(record.file_text, ""), record.line,
                )  # fmt: skip
        self._timeline.mistakes.append(mistake)

    def take_queue(self, record: QueueCounted, process: Process, texts: dict[int, str]) -> None:
        """What this process has done with a JoinableQueue so far; it comes again when it has changed."""
        joined_ns = self._clock.since_start(record.joined_clock_ns) if record.joined_clock_ns else None
        queue = self._timeline.queues.setdefault(texts.get(record.queue_text, "?"), {})
        queue[process.id] = QueueCount(max(0, record.puts), max(0, record.task_dones), joined_ns)

    def take_signal(self, record: KillCalled, sender: Process, file: str, open_calls: Collection[Call]) -> None:
        """A signal that `sender` was about to send. open_calls: the recorded calls that it was in.

        A signal that terminate() or the like sends is that call. The record has the line of the program which made a library
        call it.
        """
        if record.to == probe.ONE_PROCESS:
            by = next((call for call in open_calls if self._sends(call, record.target)), None)
            if by is not None:
                self._note_sent_by(by, record, file)
                return
            self._pending.append(_Pending(record.target, record.clock_ns, record.signal, sender.id, file, record.line))
            self._known = 0
        elif record.to == probe.A_GROUP:
            sent = GroupSignal(self._clock.since_start(record.clock_ns), signal_name(record.signal), record.target,
                               record.target == record.own_group, sender.id, file, record.line)  # fmt: skip
            self._timeline.group_signals.append(sent)

    def _sends(self, call: Call, pid: int) -> bool:
        """Whether this call may be what sends a signal to the process with this pid."""
        if call.name.ends_workers:
            return True
        if not call.name.sends_signal or call.process is None:
            return False
        return self._timeline.process(call.process).pid in (None, pid)

    def _note_sent_by(self, call: Call, record: KillCalled, file: str) -> None:
        """Note in the call what became of its signal, and the line of the program. A call that ends all workers has many."""
        if call.name.ends_workers:
            return
        call.disposition = _DISPOSITIONS.get(record.disposition)
        if (call.file, call.line) != (file, record.line):
            call.program_file, call.program_line = file, record.line

    def settle(self) -> None:
        """Find the processes of pending signals. Looks again only where processes were added meanwhile."""
        if not self._pending or self._known == len(self._timeline.processes):
            return
        self._known = len(self._timeline.processes)
        left = []
        for one in self._pending:
            process = self._identities.with_pid(one.pid, one.clock_ns)
            at_ns = self._clock.since_start(one.clock_ns)
            if process is None or (process.life_began_ns or 0) > at_ns:
                left.append(one)
            else:
                self._timeline.add_sent_signal(
                    Signalled(process.id, at_ns, signal_name(one.signal), one.by, one.file, one.line)
                )
        self._pending = left[-_MOST_PENDING:]
