"""What the keeper saw of processes from outside: how they ended, what they used, who was there without a word.

Part of a Fold, which owns it. Its journal is read before those of the processes, so that much is said of somebody who is not
known yet.
"""

from workers.folding.identities import Identities, Origin
from workers.folding.lifetimes import Lifetimes
from workers.journal.journal import Kind
from workers.journal.slots import Record
from workers.timeline.model import Process, ProcessKind, Signalled, Standstill, Wait, signal_name
from workers.timeline.timeline import Timeline

NOTED_NS = 300_000_000
"""How much later a Ctrl-C may be noted than the program heard it."""

_UNANNOUNCED_NS = 1_000_000_000
_PATIENCE_NS = 300_000_000
_WAITS = {int(wait): wait for wait in Wait}
_Command = tuple[int, str, int]  # when it was about to be started, what, in which thread


class KeeperRecords:
    """Tells the timeline's processes what was seen of them."""

    def __init__(self, timeline: Timeline, ends: Lifetimes, origin: Origin, who: Identities) -> None:
        self._timeline = timeline
        self._ends = ends
        self._origin = origin
        self._who = who
        who.claimed = self._of
        self._writers: dict[tuple[int, int], Process] = {}  # by pid and key of a journal
        self._found: dict[tuple[int, int], Record] = {}  # the same → SEEN
        self._started: dict[tuple[int, int], tuple[int, int]] = {}  # (pid, when its start began) → ticks, birth
        self._awaited: dict[tuple[int, int], Process] = {}  # the other way round
        self._gone: dict[tuple[int, int], Record] = {}  # the same → SEEN, when it was gone already
        self._unannounced: list[tuple[Record, str]] = []  # children that only the keeper saw, and their commands
        self._expected: dict[int, list[_Command]] = {}  # by pid, children without one

    def of_one(self, record: Record) -> None:
        """Something of the process that a record names."""
        process = self._who.named(record.a, record.b)
        if process is None and record.kind == Kind.SIGNALLED and not record.b:
            process = self._who.with_pid(record.a, record.t)  # it had ended of it before that was noted
        if process is None:
            self._who.hold(record.a, record.b, record)
        else:
            self._of(process, record)

    def found(self, record: Record, command: str) -> None:
        """The keeper found a process: by its journal (flags 0), as a subprocess that its parent told of (1), or as a child that
        nothing announced (2). With ticks -1 it was gone already."""
        if record.flags == 1:
            self._found_child(record)
        elif record.flags == 2:
            self._unannounced.append((record, command))
        else:
            self._found[record.a, record.c] = record
            process = self._writers.get((record.a, record.c))
            if process is not None:
                self._use_found(process, record)

    def writes(self, process: Process, pid: int, key: int) -> None:
        """A journal turned out to be this process's."""
        self._writers[pid, key] = process
        found = self._found.get((pid, key))
        if found is not None:
            self._use_found(process, found)

    def started(self, child: Process, pid: int, t: int) -> None:
        """A parent told of a subprocess, whose start began at t."""
        ticks, born = self._started.get((pid, t), (None, 0))
        if ticks is not None:
            self._use_ticks(child, pid, ticks, born)
            return
        self._awaited[pid, t] = child
        gone = self._gone.pop((pid, t), None)
        if gone is not None:
            self._use_gone(child, gone)

    def expect(self, pid: int, t: int, command: str, thread: int) -> None:
        """A process is about to start this, and will not tell its pid."""
        self._expected.setdefault(pid, []).append((t, command, thread))

    def cut(self, at_ns: int) -> None:
        """The run was being ended from then on, at the latest."""
        known_ns = self._timeline.cut_ns
        self._timeline.cut_ns = at_ns if known_ns is None else min(at_ns, known_ns)

    def settle(self, now_ns: int | None) -> None:
        """Decide what was waited for long enough. now_ns: the machine's monotonic clock; None when nothing more comes."""
        self._take_in_unannounced(now_ns)
        for process in self._ends.unseen:  # collected before anybody could watch it: it ended since its own last record
            reaped_ns = process.reaped_ns
            if process.exited_ns is None and reaped_ns is not None and (
                now_ns is None or self._origin.at(now_ns) - reaped_ns > _PATIENCE_NS
            ):  # fmt: skip
                self._ends.bracket(process)
                self._timeline.touch(process.id)

    def _of(self, process: Process, record: Record) -> None:
        at_ns = self._origin.at(record.t)
        match record.kind:
            case Kind.EXITED:
                if process.paused:
                    process.paused, process.resumed_ns = False, at_ns
                self._ends.exited(process, at_ns, record.c if record.flags else None, record.e)
                if record.d >= 0:
                    process.cpu_s, process.cpu_whole = record.d / 1e9, True
            case Kind.COLLECTED:
                self._ends.collected(process, at_ns)
            case Kind.SAMPLE:
                process.cpu_s, process.rss_bytes = record.c / 1e9, record.d
                # One that is about to be gone has none left, which is no peak.
                process.peak_rss_bytes = max(process.peak_rss_bytes or 0, record.d) or None
                self._timeline.add_sample(process.id, at_ns, process.cpu_s, record.d)
                return  # a sample changes no lane
            case Kind.STATE:
                process.paused = bool(record.flags)
                if process.paused:
                    process.paused_ns, process.resumed_ns = at_ns, None
                else:
                    process.resumed_ns = at_ns
            case Kind.LEFT if process.exited_ns is None:
                process.left, process.lost_ns = True, at_ns
            case Kind.STANDS:
                self._stands(process, record, at_ns)
            case Kind.NO_MEMORY:
                process.out_of_memory = True
            case Kind.SIGNALLED:
                if process.id == 1:
                    self.cut(at_ns - NOTED_NS)
                self._timeline.signalled.append(Signalled(process.id, at_ns, signal_name(record.c)))
        self._timeline.touch(process.id)

    def _stands(self, process: Process, record: Record, at_ns: int) -> None:
        if not record.d:
            if process.standstill is not None:
                process.standstill.until_ns = at_ns
        elif self._timeline.cut_ns is None or at_ns <= self._timeline.cut_ns:  # before it was ended is what counts
            waits = frozenset(wait for wait in Wait if record.d >> wait & 1)
            process.standstill = Standstill(at_ns, _WAITS.get(record.c, Wait.OTHER), waits)

    def _found_child(self, record: Record) -> None:
        """A subprocess is named by its pid and when its parent began to start it."""
        named = record.a, record.c
        if record.b < 0:
            child = self._awaited.get(named)
            if child is None:
                self._gone[named] = record
            else:
                self._use_gone(child, record)
            return
        child = self._awaited.pop(named, None)
        if child is None:
            self._started[named] = record.b, record.d
        else:
            self._use_ticks(child, record.a, record.b, record.d)

    def _use_ticks(self, child: Process, pid: int, ticks: int, born: int) -> None:
        if born:
            self._ends.born(child, self._origin.at(born), exactly=True)
        if self._who.named(pid, ticks) is None:
            self._who.claim(child, pid, ticks)

    def _use_found(self, process: Process, record: Record) -> None:
        if record.b < 0:
            self._use_gone(process, record)
            return
        if record.d:
            self._ends.born(process, self._origin.at(record.d), exactly=True)
        if process.id not in self._who.ticks:  # where there is no /proc it could not tell its start time itself
            self._who.claim(process, record.a, record.b)

    def _use_gone(self, process: Process, record: Record) -> None:
        """The keeper came too late to watch it; the kernel may have told how it was (see Kind.SEEN)."""
        born = record.c if record.flags == 2 else record.d
        if born:
            self._ends.born(process, self._origin.at(born), exactly=True)
        if record.e:
            self._ends.exited(process, self._origin.at(record.e), record.f)
        self._ends.collected(process, self._origin.at(record.t))
        self._timeline.touch(process.id)

    def _take_in_unannounced(self, now_ns: int | None) -> None:
        """What only the keeper saw is a process like others, unless it turns out in time to be one that tells of itself."""
        waiting = []
        for record, name in self._unannounced:
            known = self._who.named(record.a, record.b)
            if known is None and now_ns is not None and now_ns - record.t <= _UNANNOUNCED_NS:
                waiting.append((record, name))
                continue
            process = known or self._known_as(record) or self._add_unannounced(record, name)
            if record.b < 0:
                self._use_gone(process, record)
            else:
                self._use_ticks(process, record.a, record.b, record.c)
        self._unannounced = waiting

    def _known_as(self, record: Record) -> Process | None:
        """Who was started in the usual way, and came to say nothing itself or was seen by nobody else."""
        if record.b >= 0:
            known = self._who.with_pid(record.a, record.t)
            return known if known is not None and known.id not in self._who.ticks else None
        until = self._origin.at(record.e or record.t)
        for process in self._who.all_with_pid(record.a):
            ended_ns = process.exited_ns if process.reaped_ns is None else process.reaped_ns
            if (process.life_began_ns or 0) <= until and (ended_ns is None or ended_ns >= self._origin.at(record.c)):
                return process
        return None

    def _add_unannounced(self, record: Record, name: str) -> Process:
        ppid, thread = record.d & 0xFFFFFFFF, record.d >> 32
        born = record.c or record.t
        parent = self._who.with_pid(ppid, born)
        command = self._command(ppid, thread, born) or name or (f"child of {parent.name}" if parent else "process")
        process = self._who.stray(ProcessKind.SUBPROCESS, command, ppid, born)
        process.pid = record.a
        self._who.has_pid(process, record.a)
        return process

    def _command(self, ppid: int, thread: int, born: int) -> str:
        """What a parent was about to start, in one of its threads, when one of its children was born or seen."""
        expected = self._expected.get(ppid, [])
        mine = [each for each in expected if each[0] <= born and thread in (0, each[2])]
        if not mine:
            return ""
        # Those before it came and went unseen: their names must not be given to this one.
        self._expected[ppid] = [each for each in expected if each not in mine]
        return max(mine)[1]
