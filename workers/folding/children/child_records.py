"""What a process recorded of the children that it started: calls on them, forks, the exit codes that it reaped.

Part of a Fold, which owns it. The records of one start() or join() are taken together where they follow each other
(`child_calls`).
"""

from collections.abc import Iterator

from workers.folding.children.child_calls import ChildCalls
from workers.folding.identities import Identities
from workers.folding.lifetimes import Lifetimes
from workers.folding.plan_steps import PlanSteps
from workers.folding.process_journal import ProcessJournal
from workers.folding.run_clock import RunClock
from workers.journal.process_kinds import CallBegan, CallEnded, ChildNamed, Polled, Reaped
from workers.journal.slot_layout import layout_of
from workers.journal.slots import Slots
from workers.recorded import probe
from workers.recorded.probe import SLOT
from workers.timeline.model import Call, CallName, Process
from workers.timeline.timeline import Timeline

_WATCHING = "AsyncProcess "
"""How the names of the threads begin in which Dask waits for the processes of its workers."""
_MOST_SENDING = 64
"""So many threads of a process may be in calls such as terminate() at once. Of a damaged journal any number never return."""
_FEW_SLOTS = 32
"""Columns have a cost of their own, which is more than that of so few records one by one."""
_METHODS = [CallName(name) for name in probe.CALLS]
_START, _JOIN, _IS_ALIVE = CallName.START, CallName.JOIN, CallName.IS_ALIVE  # an enum takes its time to give a member
_POOL_FILES = ("multiprocessing/pool.py", "multiprocessing\\pool.py")
_PID = 5  # among what ChildCalls says of a start()
_reaped = layout_of(Reaped).unpack_from


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

    def take(self, journal: ProcessJournal, slots: Slots) -> Iterator[Slots]:
        """Take the calls of start() and join() whose records stand together. Gives the slots between them, and those of calls
        that are not plain ones, in their order: they are to be taken before the next are asked for."""
        few = len(slots) < _FEW_SLOTS
        found = None if few else ChildCalls.among(slots, journal.texts, self._clock.origin_ns or 0)
        if found is None:
            yield slots
            return
        done = first = 0  # a slot, and a call: all before it is in the timeline
        children: list[int] = []  # the ids of the children that the calls since `first` were on
        started = iter(found.started)
        calls, endless = journal.calls, journal.endless
        rows = zip(
            found.low, found.high, found.plain, found.starts, found.numbers, found.children, found.began_ns,
            found.ended_ns, found.endless, found.found_ended, strict=True,
        )  # fmt: skip
        for at, (low, high, plain, start, call, number, began_ns, ended_ns, no_timeout, found_ended) in enumerate(rows):
            if low > done:
                self._add_calls(journal, found, first, children)
                first, children = at, []
                yield slots[done:low]
            done = high
            how = next(started) if start else None
            if not plain or call in calls or (how[_PID] in journal.spawned if how is not None else call in endless):
                self._add_calls(journal, found, first, children)
                first, children = at + 1, []
                yield slots[low:high]
                continue
            child = journal.numbered.get(number) or self._child(journal, number)
            children.append(child.id)
            if how is None:
                if high - low > 2:
                    self._reaped_in(journal, slots, low + 1, high - 1)
                if no_timeout:
                    endless.add(call)
                if found_ended and child.joined_ns is None:
                    child.joined_ns = ended_ns
                    self._lifetimes.reaped(child, ended_ns)
            else:
                if child.start_called_ns is None:
                    child.start_called_ns = began_ns
                if high - low > 4:
                    self._reaped_in(journal, slots, low + 2, high - 2)
                self._started(journal, child, ended_ns, *how)
        self._add_calls(journal, found, first, children)
        if len(slots) > done:
            yield slots[done:]

    def _add_calls(self, journal: ProcessJournal, found: ChildCalls, first: int, children: list[int]) -> None:
        """Add some of the calls that were found, from one on. children: the ids of the children that they were on."""
        if not children:
            return
        some = slice(first, first + len(children))
        threads = found.thread[some]
        starts = found.starts[some]
        added = self._timeline.add_calls(
            journal.process.id,
            [_START if start else _JOIN for start in starts],
            children,
            found.began_ns[some],
            found.ended_ns[some],
            found.timeout_s[some],
            [None if start else ended for start, ended in zip(starts, found.found_ended[some], strict=True)],
            found.file[some],
            found.line[some],
            threads,
            [thread.startswith(_WATCHING) for thread in threads],
        )
        if journal.process.id == 1 and self._timeline.plan is not None:
            for call, number in zip(added, found.children[some], strict=True):
                self._plan_steps.add_call(call, number)

    def _started(self, journal: ProcessJournal, child: Process, ended_ns: int, daemon: int, name_text: int, fork: int,
                 forked_ns: int, threads: int, pid: int, method_text: int) -> None:  # fmt: skip
        """A start() that forked returned."""
        texts = journal.texts
        child.daemon = bool(daemon)
        child.name = texts.get(name_text) or child.name
        if child.start_returned_ns is None:
            child.start_returned_ns = ended_ns
        child.start_method = texts.get(method_text) or child.start_method
        self.forked(journal, fork, forked_ns, threads)
        journal.children[pid] = child
        child.pid = pid
        self._identities.add_pid(child, pid)

    def _reaped_in(self, journal: ProcessJournal, slots: Slots, low: int, high: int) -> None:
        for at in range(low * SLOT, high * SLOT, SLOT):
            self.reaped(journal, *_reaped(slots.data, at))

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
