"""What a process recorded of the children that it started: calls on them, forks, the exit codes that it reaped.

Part of a Fold, which owns it. A program that starts forty thousand processes records seven times of each. As a rule the records
of one start() follow each other, and so do those of one join(): these are taken together, straight from their slots.
"""

import re

from workers.folding.identities import Identities
from workers.folding.lifetimes import Lifetimes
from workers.folding.plan_steps import PlanSteps
from workers.folding.process_journal import ProcessJournal
from workers.folding.run_clock import RunClock
from workers.journal.kinds import Kind
from workers.journal.process_kinds import CallBegan, CallEnded, ChildNamed, Forked, Polled, Reaped
from workers.journal.slot_layout import in_a_row, layout_of
from workers.recorded import probe
from workers.recorded.probe import SLOT
from workers.timeline.model import Call, CallName, Process
from workers.timeline.timeline import Timeline

_WATCHING = "AsyncProcess "
"""How the names of the threads begin in which Dask waits for the processes of its workers."""
_MOST_SENDING = 64
"""So many threads of a process may be in calls such as terminate() at once. Of a damaged journal any number never return."""
_METHODS = [CallName(name) for name in probe.CALLS]
_START, _JOIN, _IS_ALIVE = CallName.START, CallName.JOIN, CallName.IS_ALIVE  # an enum takes its time to give a member
_START_METHOD, _JOIN_METHOD = _METHODS.index(_START), _METHODS.index(_JOIN)
_POOL_FILES = ("multiprocessing/pool.py", "multiprocessing\\pool.py")
_named_and_called, _forked_and_returned = in_a_row(ChildNamed, CallBegan), in_a_row(Forked, CallEnded)
_call_began, _call_ended, _reaped = (layout_of(kind).unpack_from for kind in (CallBegan, CallEnded, Reaped))


def _kinds(*kinds: Kind) -> bytes:
    return re.escape(bytes(kinds))


TOGETHER = re.compile(
    b"(?P<start>%b(?:%b)*%b)|%b(?:%b)*%b"
    % (
        _kinds(Kind.CHILD, Kind.CALL_BEGAN), _kinds(Kind.REAPED), _kinds(Kind.FORKED, Kind.CALL_ENDED),
        _kinds(Kind.CALL_BEGAN), _kinds(Kind.REAPED), _kinds(Kind.CALL_ENDED),
    ), re.DOTALL
)  # fmt: skip
"""In the kinds of a journal's slots: the records of a start() that forked, or of a call such as join(), without any others
between them than those of children that were reaped meanwhile."""


class ChildRecords:
    """Adds to the timeline what a process recorded of its children."""

    def __init__(
        self, timeline: Timeline, lifetimes: Lifetimes, clock: RunClock, identities: Identities, plan_steps: PlanSteps
    ) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._identities = identities
        self._plan_steps = plan_steps

    def take_start(self, journal: ProcessJournal, data: bytes, low: int, high: int) -> bool:
        """The slots of a start() that forked, as `TOGETHER` finds them, which are the bytes from `low` to `high`.

        False where it is not a plain one: nothing is taken.
        """
        (
            daemon,
            name_text,
            _,
            number,
            method,
            call_number,
            began_clock_ns,
            child_number,
            timeout_ns,
            file_text,
            line,
            thread_text,
        ) = _named_and_called(data, low)
        (
            threads, fork, forked_clock_ns, _, _,
            method_then, call_then, ended_clock_ns, child_then, pid, error_text, how_text,
        ) = _forked_and_returned(data, high - 2 * SLOT)  # fmt: skip
        texts, process = journal.texts, journal.process
        if (
            method != _START_METHOD
            or (method_then, call_then, child_then) != (method, call_number, child_number)
            or number != child_number
            or number == 0
            or pid == 0
            or texts.get(error_text)
            or call_number in journal.calls
            or pid in journal.spawned
        ):
            return False
        origin_ns = self._clock.origin_ns or 0
        child = self._child(journal, number)
        child.daemon = bool(daemon)
        child.name = texts.get(name_text) or child.name
        thread = texts.get(thread_text, "")
        began_ns, ended_ns = began_clock_ns - origin_ns, ended_clock_ns - origin_ns
        call = self._timeline.add_call(process.id, _START, child.id, began_ns, watches=thread.startswith(_WATCHING))
        call.timeout_s = None if timeout_ns < 0 else timeout_ns / 1e9
        call.file, call.line, call.thread = texts.get(file_text, ""), line, thread
        call.ended_ns = ended_ns
        if child.start_called_ns is None:
            child.start_called_ns = began_ns
        if process.id == 1 and self._timeline.plan is not None:
            self._plan_steps.add_call(call, number)
        for at in range(low + 2 * SLOT, high - 2 * SLOT, SLOT):
            self.reaped(journal, *_reaped(data, at))
        self.forked(journal, fork, forked_clock_ns - origin_ns, threads)
        if child.start_returned_ns is None:
            child.start_returned_ns = ended_ns
        child.start_method = texts.get(how_text) or child.start_method
        journal.children[pid] = child
        child.pid = pid
        self._identities.add_pid(child, pid)
        return True

    def take_join(self, journal: ProcessJournal, data: bytes, low: int, high: int) -> bool:
        """The same of a join(). False where it is another call, or not a plain one."""
        method, call_number, began_clock_ns, number, timeout_ns, file_text, line, thread_text = _call_began(data, low)
        method_then, call_then, ended_clock_ns, child_then, result, error_text, _ = _call_ended(data, high - SLOT)
        texts, process = journal.texts, journal.process
        if (
            method != _JOIN_METHOD
            or (method_then, call_then, child_then) != (method, call_number, number)
            or number == 0
            or texts.get(error_text)
            or call_number in journal.calls
            or call_number in journal.endless
        ):
            return False
        thread = texts.get(thread_text, "")
        child = self._child(journal, number)
        origin_ns = self._clock.origin_ns or 0
        began_ns, ended_ns = began_clock_ns - origin_ns, ended_clock_ns - origin_ns
        call = self._timeline.add_call(process.id, _JOIN, child.id, began_ns, watches=thread.startswith(_WATCHING))
        call.timeout_s = None if timeout_ns < 0 else timeout_ns / 1e9
        if timeout_ns == probe.NO_TIMEOUT:
            journal.endless.add(call_number)
        call.file, call.line, call.thread = texts.get(file_text, ""), line, thread
        if process.id == 1 and self._timeline.plan is not None:
            self._plan_steps.add_call(call, number)
        for at in range(low + SLOT, high - SLOT, SLOT):
            self.reaped(journal, *_reaped(data, at))
        call.ended_ns = ended_ns
        self._join_ended(call, child, ended_ns, found_ended=bool(result) or timeout_ns == probe.NO_TIMEOUT)
        self._timeline.touch(child.id)
        return True

    def _child(self, journal: ProcessJournal, number: int) -> Process:
        children = journal.numbered
        return children.get(number) or self._identities.add_child(journal.process, children, number)

    def named(self, journal: ProcessJournal, record: ChildNamed) -> None:
        """start() is about to be called on a child of this name."""
        child = self._child(journal, record.child)
        child.daemon = bool(record.daemon)
        child.name = journal.texts.get(record.name_text) or child.name

    def forked(self, journal: ProcessJournal, fork: int, returned_ns: int, threads: int) -> None:
        """A fork of this number returned in the parent."""
        journal.forked[fork] = returned_ns, threads
        if fork in journal.forks:
            self.fork_known(journal, fork)

    def fork_known(self, parent: ProcessJournal, fork: int) -> None:
        """The child that a fork of the parent made is known."""
        if fork in parent.forked:
            child, (returned_ns, threads) = parent.forks[fork], parent.forked[fork]
            child.threads_at_fork = threads
            self._lifetimes.born(child, returned_ns)

    def reaped(self, journal: ProcessJournal, clock_ns: int, pid: int, exit_code: int) -> None:
        """The process learned the exit code of a child."""
        reaped = journal.children.get(pid) or self._identities.with_pid(pid, clock_ns)
        if reaped is not None:
            self._lifetimes.reaped(reaped, self._clock.since_start(clock_ns), exit_code)
            self._timeline.touch(reaped.id)

    def call_began(self, journal: ProcessJournal, record: CallBegan) -> None:
        """The process called a method of a child, or one that ends all workers of an executor."""
        process, at_ns = journal.process, self._clock.since_start(record.clock_ns)
        thread = journal.texts.get(record.thread_text, "")
        child = self._child(journal, record.child) if record.child else None
        call = self._timeline.add_call(
            process.id,
            _METHODS[record.method],
            None if child is None else child.id,
            at_ns,
            watches=thread.startswith(_WATCHING),
        )
        journal.calls[record.call] = call
        if call.name.sends_signal or call.name.ends_workers:
            journal.sending[record.call] = call
            if len(journal.sending) > _MOST_SENDING:
                del journal.sending[next(iter(journal.sending))]
        call.timeout_s = None if record.timeout_ns < 0 else record.timeout_ns / 1e9
        if call.name is _JOIN and record.timeout_ns == probe.NO_TIMEOUT:
            journal.endless.add(record.call)
        call.file, call.line = journal.texts.get(record.file_text, ""), record.line
        call.thread = thread
        if child is not None and call.name is CallName.TERMINATE and call.file.endswith(_POOL_FILES):
            child.pool_ended_ns = call.began_ns
        if child is not None and call.name is _START and child.start_called_ns is None:
            child.start_called_ns = call.began_ns
        if process.id == 1 and self._timeline.plan is not None:
            self._plan_steps.add_call(call, record.child)

    def call_ended(self, journal: ProcessJournal, record: CallEnded) -> None:
        """Such a call returned or raised."""
        journal.sending.pop(record.call, None)
        call = journal.calls.pop(record.call, None)
        if call is None:
            return
        call.ended_ns = ended_ns = self._clock.since_start(record.clock_ns)
        call.error = journal.texts.get(record.error_text) or None
        if call.process is None:
            return
        child = self._timeline.process(call.process)
        if call.name is _START:
            self._start_ended(journal, call, child, record)
        elif call.name is _JOIN and call.error is None:
            self._join_ended(call, child, ended_ns, found_ended=bool(record.result) or record.call in journal.endless)
        elif call.name is _IS_ALIVE and call.error is None:
            call.result = bool(record.result) or record.call in journal.endless
        self._timeline.touch(child.id)

    def _start_ended(self, journal: ProcessJournal, call: Call, child: Process, record: CallEnded) -> None:
        if child.start_returned_ns is None:
            child.start_returned_ns = call.ended_ns
        if call.error is not None:
            if child.pid is None:
                child.error = f"start() raised {call.error}"
            return
        child.start_method = journal.texts.get(record.start_method_text) or child.start_method
        pid = record.result
        if pid:
            journal.children[pid] = child
            child.pid = pid
            self._identities.add_pid(child, pid)
            spawned = journal.spawned.pop(pid, None)
            if spawned is not None:
                self._lifetimes.born(child, self._clock.since_start(spawned.clock_ns))

    def _join_ended(self, call: Call, child: Process, ended_ns: int, *, found_ended: bool) -> None:
        """found_ended: without a timeout too. Then it returns when the child has ended, though another thread may have had its
        exit code."""
        call.result = found_ended
        if found_ended and child.joined_ns is None:
            child.joined_ns = ended_ns
            self._lifetimes.reaped(child, ended_ns)

    def polled(self, journal: ProcessJournal, record: Polled) -> None:
        """Repeated is_alive() calls with the same answer are one call, with a count."""
        call = journal.calls.get(-record.call)
        if call is None:
            child = self._child(journal, record.child)
            began_ns = self._clock.since_start(record.clock_ns)
            call = self._timeline.add_call(journal.process.id, CallName.IS_ALIVE, child.id, began_ns)
            journal.calls[-record.call] = call
        call.times, call.ended_ns = record.times, self._clock.since_start(record.last_clock_ns)
        call.result, call.file, call.line = bool(record.answer), journal.texts.get(record.file_text, ""), record.line
