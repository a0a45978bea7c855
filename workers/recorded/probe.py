"""Records what a Python program does with multiprocessing, from inside each of its processes.

Runs in the recorded program and its workers, in whatever thread makes the call. Stdlib only, CPython 3.9 and newer; it is
loaded by path under a name of its own (see inject/sitecustomize.py) and imports nothing of Procession, nor anything of the
standard library that the program might not expect to be loaded.

What it may do: append to its own process's journal. What it must never do: raise into the program, keep the program's
objects alive, call the program's methods, or write into a descriptor or a mapping that is not its own. A process whose
journal cannot be written goes on unrecorded.

How it gets into a call: when multiprocessing is imported, the few functions named in `_EDITS` are compiled again from
their own source with calls to the hooks in them, and their `__code__` is exchanged. The function objects, their signatures
and the line numbers and carets of tracebacks stay as they were.
"""

import _thread
import mmap
import os
import sys
import time
from _struct import Struct  # not by way of struct, which the program may come to import itself

TYPE_CHECKING = False
if TYPE_CHECKING:  # annotations are text here: importing typing would be a change to the program
    from types import CodeType, ModuleType
    from typing import Any

# Kinds of records; `workers.journal.journal.Kind` names the same numbers for those who read.
TEXT = 1
HELLO = 2
ARGV = 3
BYE = 4
MORE = 5  # the last slot of each stretch of a journal: it goes on, or
CUT = 6  # it could not be made longer
CALL_BEGAN = 10
CALL_ENDED = 11
CHILD = 12
FORKING = 13
FORKED = 14
REAPED = 15
SPAWNED = 16
POLLED = 17
WORKER_BEGAN = 20
TARGET_BEGAN = 21
TARGET_ENDED = 22
WORKER_ENDED = 23
WATCHED = 24
STEP = 30  # this and IDLE: a plan's program, see workers.recorded.parent
IDLE = 31
SERVES = 25
SUBMITTED = 26
TASK_BEGAN = 27
TASK_ENDED = 28
TASK = 29
WARNING = 48

CALLS = ("start", "join", "is_alive", "terminate", "kill", "close")
START, JOIN, IS_ALIVE = 0, 1, 2
FRESH, FORK = 0, 1  # HELLO's flags: how the process came to be
BEGAN, ENDED = 0, 1  # WATCHED's flags: when the value was read

NO_TIMEOUT, UNKNOWN_TIMEOUT = -1, -2
POOL, MANAGER = 0, 1  # SERVES's flags: what a worker turns out to be
POOL_JOB, EXECUTOR_JOB = 0, 1  # SUBMITTED's and TASK's flags: whose job numbers these are
TASK_OVER = 2  # TASK's flag when its end has been added
EACH_POLL = 64  # answers of is_alive() in a row that are all kept, before further equal ones are only counted

VERSION = 1
SLOT = 64
BODY = Struct("<BHI7q")  # all of a slot but its first byte, the kind, which is written last
_pack_body = BODY.pack_into
_pack_text = Struct("<BHI56s").pack_into
_TWO = Struct("<2q")
TEXT_BYTES = 56
_FIRST_CHUNK = max(64, mmap.ALLOCATIONGRANULARITY // SLOT)  # slots: most forked children need no more
_MOST_CHUNK = 16384
_LONGEST_TEXT = 4096
REGION_SLOTS = 32  # of a nursery: enough for a child that does its work and goes
REGION = REGION_SLOTS * SLOT
_FIRST_REGIONS, _MOST_REGIONS = 16, 1024  # of a nursery, its table of them included, which is a byte for each
BELL = "bell"  # the file in a run's folder by which the keeper is called
_TO_RING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)

_now = time.perf_counter_ns
_this_thread = _thread.get_ident
_native_thread = getattr(_thread, "get_native_id", int)  # by the kernel's number; not on every system


class Journal:
    """An append-only file of 64-byte slots, written through a memory mapping.

    A record is in the file once its kind byte is; whatever is written then survives the process's death, SIGKILL
    included. The file is preallocated, so a full disk is an error when it grows and never a SIGBUS. When growing fails the
    journal says so in a slot that it kept for this, and falls silent: `failed` is then True. Raises OSError when it cannot
    be made.

    hidden: no descriptor stays open, so that a program which closes or reuses descriptors cannot harm it. Such a journal
    must be kept until the interpreter ends: before 3.13, freeing a mapping closes the number that it once had.
    """

    # No __slots__: each of their descriptors is one more page that a forked child has to copy.

    def __init__(self, path: str, hidden: bool = False) -> None:
        self._hidden = hidden
        self.begin(path, None)

    def begin(self, path: str, room: "tuple[mmap.mmap, int] | None") -> None:
        """Another journal in the place of this one, which was a process's parent's. room: the region of a nursery (its memory
        and offset) in which it begins; its file is made when that is full. Raises OSError when it cannot be made."""
        self.path = path
        self.failed = False
        self._texts: dict[str, int] = {}
        self._slots = iter(range(1 << 62))  # next() is atomic under the GIL, unlike an addition
        self._numbers = iter(range(1, 1 << 32))
        self.growing = _thread.RLock()  # a signal handler may come to grow it in the middle of growing it
        # Of each stretch the memory, its first slot and its last, and where in the memory slot 0 would be.
        self.chunks: list[tuple[mmap.mmap, int, int, int]]
        self._chunk: tuple[mmap.mmap, int, int, int]
        if room is None:
            self._elsewhere = 0  # how many slots come before the file's own
            self.chunks = []
            self._grow()
        else:
            self._elsewhere = REGION_SLOTS
            self._chunk = chunk = room[0], 0, REGION_SLOTS - 1, room[1]
            self.chunks = [chunk]

    def write(
        self,
        kind: int,
        flags: int = 0,
        small: int = 0,
        word: int = 0,
        t: int = 0,
        a: int = 0,
        b: int = 0,
        c: int = 0,
        d: int = 0,
        e: int = 0,
        f: int = 0,
    ) -> None:
        """Append one record: three small unsigned numbers (8, 16, 32 bits), a time and six 64-bit ones."""
        at = next(self._slots)
        memory, first, last, shift = self._chunk
        if first <= at < last:
            offset = at * SLOT + shift
        else:
            place = self._place_of(at)
            if place is None:
                return
            memory, offset = place
        _pack_body(memory, offset + 1, flags, small, word, t, a, b, c, d, e, f)
        memory[offset] = kind

    def place(self) -> "tuple[mmap.mmap, int] | None":
        """An empty slot's memory and offset, for a record that is changed afterwards; None when there is no room. Whoever
        takes it fills it: its kind byte last."""
        return self._place_of(next(self._slots))

    def text(self, text: str, keep: bool = True, most: int = _LONGEST_TEXT) -> int:
        """The number that stands for `text` in this journal, writing it first where it is new. 0 is the empty text. most:
        characters; what is longer is cut."""
        if not text:
            return 0
        number = self._texts.get(text)
        if number is not None:
            return number
        number = next(self._numbers)
        data = text[:most].encode("utf-8", "backslashreplace")  # a lone surrogate must not raise
        for start in range(0, len(data), TEXT_BYTES):
            piece = data[start : start + TEXT_BYTES]
            place = self._place_of(next(self._slots))
            if place is not None:
                memory, offset = place
                _pack_text(memory, offset + 1, start + TEXT_BYTES >= len(data), len(piece), number, piece)
                memory[offset] = TEXT
        if keep:
            self._texts[text] = number  # only now: no other thread may refer to what is not yet written
        return number

    def _place_of(self, at: int) -> "tuple[mmap.mmap, int] | None":
        """Where this slot is, or the one after it when it is kept for the end of its stretch."""
        chunk = self._chunk
        while not chunk[1] <= at < chunk[2]:
            found = self._chunk_of(at)
            if found is None:
                return None
            chunk = found
            if at == chunk[2]:
                at = next(self._slots)
        return chunk[0], at * SLOT + chunk[3]

    def _chunk_of(self, at: int) -> "tuple[mmap.mmap, int, int, int] | None":
        while not self.failed:
            # One thread at a time: each would take the other's duplicate for its own, and close a number that is no longer it.
            with self.growing:
                for chunk in self.chunks:
                    if chunk[1] <= at <= chunk[2]:
                        return chunk
                try:
                    self._grow()
                except (OSError, ValueError):
                    self.failed = True
                    self._end_chunk(CUT)
        return None

    def _end_chunk(self, kind: int) -> None:
        """Say in the last slot of the file, which is kept for this, whether there is more."""
        memory, _, last, shift = self.chunks[-1]
        BODY.pack_into(memory, last * SLOT + shift + 1, 0, 0, 0, _now(), 0, 0, 0, 0, 0, 0)
        memory[last * SLOT + shift] = kind

    def _grow(self) -> None:
        first = self.chunks[-1][2] + 1 if self.chunks else 0
        stretches = len(self.chunks) - (self._elsewhere > 0)
        count = min(_MOST_CHUNK, _FIRST_CHUNK << (2 * stretches))
        flags = 0 if stretches else os.O_CREAT | os.O_EXCL
        memory = _file(self.path, flags, (first - self._elsewhere) * SLOT, count * SLOT, self._hidden)
        # A signal handler may have grown it meanwhile: the same region is mapped again, which is harmless. Nothing is written
        # in a stretch before the one before says that there is more: the handler may also raise.
        chunk = memory, first, first + count - 1, -first * SLOT
        if not self.chunks or self.chunks[-1][1] < first:
            if self.chunks:
                self._end_chunk(MORE)
            self.chunks.append(chunk)
        self._chunk = chunk


class Nursery:
    """Room for the journals of the children that a process forks: one file, which they inherit mapped, so that a child which
    lives for a moment need make none of its own. The first region is a byte for each of the others, set by the child that
    begins its journal there. Raises OSError when it cannot be made."""

    def __init__(self, path: str, regions: int) -> None:
        self.before: Nursery | None = None  # kept, see Journal on freeing mappings
        self.regions = regions
        self._next = iter(range(1, regions))
        self._memory = _file(path, os.O_CREAT | os.O_EXCL, 0, regions * REGION, True)

    def room(self) -> "tuple[mmap.mmap, int] | None":
        """A region for one child; None when all are taken."""
        at = next(self._next, 0)
        return (self._memory, at * REGION) if at else None


def _file(path: str, flags: int, offset: int, length: int, hidden: bool) -> mmap.mmap:
    """A stretch of a file as memory. Its room on the disk is there."""
    fd = os.open(path, flags | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, offset, length)
        else:
            os.truncate(fd, offset + length)
        return _map(fd, length, offset, hidden)
    finally:
        os.close(fd)


def _map(fd: int, length: int, offset: int, hidden: bool) -> mmap.mmap:
    if sys.version_info >= (3, 13):
        return mmap.mmap(fd, length, offset=offset, trackfd=False)
    if os.name != "posix" or not hidden:
        return mmap.mmap(fd, length, offset=offset)
    # Before 3.13 a mapping keeps a duplicate of its descriptor, which a program could trip on. The lowest free number is
    # the one it takes, unless another thread was faster.
    spare = os.dup(fd)
    os.close(spare)
    memory = mmap.mmap(fd, length, offset=offset)
    if not _close_own(spare, fd):
        try:
            numbers = [int(name) for name in os.listdir("/proc/self/fd")]
        except OSError:
            numbers = []
        for number in numbers:
            if number != fd and _close_own(number, fd):
                break
    return memory


def _close_own(number: int, fd: int) -> bool:
    """Close a number that stands for the very file that fd does. Nobody else in the process ever opens that file."""
    try:
        there, ours = os.fstat(number), os.fstat(fd)
        if there.st_ino != ours.st_ino or there.st_dev != ours.st_dev:
            return False
        os.close(number)
    except OSError:
        return False
    return True


def _nowhere(*values: int) -> None:
    """What is written by a process whose journal could not be made."""


def _nothing(text: str, keep: bool = True) -> int:
    """The number of any text there."""
    return 0


def _command_line() -> "list[str]":
    """As it was typed; before 3.10 only /proc tells."""
    if hasattr(sys, "orig_argv"):
        return sys.orig_argv
    try:
        fd = os.open("/proc/self/cmdline", os.O_RDONLY)
    except OSError:
        return sys.argv
    try:
        return os.fsdecode(os.read(fd, 4096)).rstrip("\0").split("\0")
    except OSError:
        return sys.argv
    finally:
        os.close(fd)


def _start_ticks() -> int:
    """The kernel's start time of this process in clock ticks, which tells it from others that have had its pid; 0 where
    there is no /proc."""
    try:
        fd = os.open("/proc/self/stat", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(fd, 4096).rpartition(b")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return 0
    finally:
        os.close(fd)


class _Polls:
    """Answers of is_alive() that were the same again and again. where: the record that counts them, None until so many of
    them were kept one by one."""

    __slots__ = ("count", "last", "of", "where")

    def __init__(self, of: "tuple[int, bool, int, int]") -> None:
        self.of = of
        self.count = 0
        self.last = 0
        self.where: tuple[mmap.mmap, int] | None = None


class _Hooks:
    """What the edited functions call, and what it takes: this process's journal, opened anew after a fork.

    Every method takes and returns what its place in `_EDITS` says, and never raises. A forked child comes here with no page
    of memory of its own, and each object that it touches can be one to copy: so this is one object with few and plain ones.
    """

    def __init__(self, folder: str, cache: str, watch: "tuple[str, ...]", settings: "dict[str, str]") -> None:
        self.folder = folder
        self.bell = folder + os.sep + BELL
        self.cache = cache
        self.watched = watch
        self.settings = settings  # the variables by which a child's interpreter comes to have a probe
        self.write: Any = _nowhere  # the journal's own methods, without a step between
        self.text: Any = _nothing
        self.journal: Journal | None = None
        self.nursery: Nursery | None = None
        self.before: Any = None  # journals and nurseries of before a fork: see Journal on freeing them
        self.key = 0  # the time of this process's HELLO, which with its pid names it; other calls are of its forebears
        self.pid = 0
        self.thread = 0  # that which runs what a process is there for: pools of threads are not recorded
        self.worker = False
        self.child = 0  # where it is a worker that was forked: the number that its parent knows it by
        self.parent = 0
        self.calls = iter(range(1, 1 << 32))
        self.oldest_call = 0  # those before are of its forebears, whose frames a fork may come to unwind
        self.forks = iter(range(1, 1 << 32))
        self.forking: dict[int, tuple[int, int, Any]] = {}  # thread → number, time and the child's room
        self.forked: dict[int, int] = {}  # thread → when its fork() had returned, until that is recorded
        self.starting: dict[int, int] = {}  # thread → number of the child that it is starting
        self.polls: _Polls | None = None

    def open(self, how: int, parent: int, parent_key: int, fork: int, child: int, room: "Any") -> None:
        """Begin this process's own journal. how: FRESH or FORK. room: a region of its parent's nursery, or None."""
        self.key = at = _now()
        self.pid = pid = os.getpid()
        self.child, self.parent = child, parent
        self.thread = _this_thread()
        path = "%s%s%d-%d%s" % (self.folder, os.sep, pid, at, ".more.journal" if room else ".journal")
        journal = self.journal
        try:
            if journal is None:
                journal = Journal(path, True)
            else:
                self.before = journal.chunks, self.nursery, self.before
                self.nursery = self.polls = None
                journal.begin(path, room)
        except (OSError, ValueError):
            self.journal = None
            self.write = _nowhere
            self.text = _nothing
            return
        # They tell who has executed another interpreter since; of a fork the keeper knows them.
        ticks = _start_ticks() if how == FRESH else 0
        journal.write(HELLO, how, VERSION, fork, at, pid, parent, time.time_ns(), parent_key, child, ticks)
        if self.journal is None:
            self.journal = journal
            self.write = journal.write
            self.text = journal.text
        if room:
            memory, offset = room
            memory[offset // REGION] = 1
            self._ring()

    def _ring(self) -> None:
        """Have the keeper look for a child: it is told when this file is opened, which takes no time to speak of."""
        try:
            os.close(os.open(self.bell, _TO_RING))
        except OSError:
            pass

    def call_began(self, kind: int, process: "Any", timeout: "Any" = None) -> "Any":
        """At the top of a method of BaseProcess. Returns the call's number, or all that is known of it where it is one of
        many polls."""
        call = next(self.calls)
        facts = _facts(process)
        child = _child_number(facts)
        try:
            caller = sys._getframe(2)
        except ValueError:  # C code called the method
            file = line = 0
        else:
            file = self.text(caller.f_code.co_filename)
            line = caller.f_lineno or 0
        timeout_ns = NO_TIMEOUT
        if kind == START:
            if self.forked:
                self.fork_returned()
            config = facts.get("_config")
            daemon = type(config) is dict and config.get("daemon") is True
            self.write(CHILD, daemon, 0, self.text(_plain(facts.get("_name")), False), _now(), child)
        elif timeout is not None:
            timeout_ns = UNKNOWN_TIMEOUT
            if type(timeout) in (int, float) and -1e9 < timeout < 1e9:
                timeout_ns = max(0, int(timeout * 1e9))
        elif kind == IS_ALIVE and self.polls is not None and self.polls.count >= EACH_POLL:
            return call, _now(), file, line
        self.write(CALL_BEGAN, kind, 0, call, _now(), child, timeout_ns, file, line)
        if kind == START:
            self.starting[_this_thread()] = child  # last: where an alarm raises before, nothing would take it back
        return call

    def call_left(self, kind: int, call: "Any", process: "Any", done: bool, value: object = None) -> None:
        """In the method's finally. done: it comes to its own end, with `value` where it answers something."""
        if kind == START:
            self.starting.pop(_this_thread(), None)
        at = _now()
        held = None
        if type(call) is tuple:
            held = call
            call = held[0]
        if call <= self.oldest_call:
            return  # a fork is unwinding frames of its parent
        error = 0 if done else self.text(_error_name())
        result = method = 0
        facts = _facts(process)
        child = _child_number(facts)
        if kind == START:
            popen = facts.get("_popen")
            if self.forked:
                self.fork_returned()
            method = self.text(_plain(getattr(type(popen), "method", None)))
            if done:
                result = _bounded(_facts(popen).get("pid"))
        elif kind == JOIN:
            result = done and _facts(facts.get("_popen")).get("returncode") is not None
        elif kind == IS_ALIVE:
            result = value is True
            if self._poll(call, held, child, result, error, at):
                return
        self.write(CALL_ENDED, kind, 0, call, at, child, result, error, method)

    def _poll(self, call: int, held: "Any", child: int, answer: bool, error: int, at: int) -> bool:
        """Count an answer. True when it is recorded by that, and needs no record of its own."""
        polls = self.polls
        of = child, answer, error, 0
        if polls is None or polls.of != of or at - polls.last > 1000000000:
            polls = self.polls = _Polls(of)
        polls.count += 1
        polls.last = at
        if held is None:
            return False
        _, began, file, line = held
        if polls.count <= EACH_POLL:  # another answer than those before: its beginning was held back
            self.write(CALL_BEGAN, IS_ALIVE, 0, call, began, child, -1, file, line)
            return False
        if polls.where is not None:
            memory, offset = polls.where
            _TWO.pack_into(memory, offset + 24, polls.count - EACH_POLL, at)
        elif self.journal is not None:
            polls.where = place = self.journal.place()
            if place is not None:
                memory, offset = place
                _pack_body(memory, offset + 1, answer, 0, call, began, child, 1, at, file, line, 0)
                memory[offset] = POLLED
        return True

    def reaped(self, popen: "Any") -> None:
        """After a Popen's return code became known."""
        made = _facts(popen)
        pid, code = made.get("pid"), made.get("returncode")
        if type(pid) is int and type(code) is int:
            self.write(REAPED, 0, 0, 0, _now(), _bounded(pid), _bounded(code))

    def spawn_began(self) -> int:
        """Before a fresh interpreter is started for a worker or a helper."""
        return _now()

    def spawned(self, began: int, pid: int) -> int:
        """After it was; passes the pid through."""
        if type(pid) is int:
            self.write(SPAWNED, 0, 0, 0, began, pid, _now())
        return pid

    def worker_began(self, process: "Any") -> None:
        """At the top of BaseProcess._bootstrap, in the child."""
        self.worker = True
        if self.child:  # whose name its parent told already
            self.write(WORKER_BEGAN, 0, 0, 0, _now(), self.child, self.parent)
            return
        facts = _facts(process)
        name = self.text(_plain(facts.get("_name")), False)
        self.write(WORKER_BEGAN, 0, 0, name, _now(), _child_number(facts), _bounded(facts.get("_parent_pid")))

    def target_began(self) -> int:
        """Before run(), in the child. Returns whose call it is."""
        if self.watched:
            self.watch(BEGAN)
        self.write(TARGET_BEGAN, 0, 0, 0, _now())
        return self.key

    def target_left(self, whose: int, done: bool) -> None:
        """In the finally around run(). done: it returned."""
        at = _now()
        if whose == self.key:
            self.write(TARGET_ENDED, 0, 0, 0 if done else self.text(_error_name()), at)
            if self.watched:
                self.watch(ENDED)

    def worker_ended(self, code: object) -> None:
        """Before _bootstrap returns."""
        if self.forked:
            self.fork_returned()
        self.write(WORKER_ENDED, 0, 0, 0, _now(), _bounded(code))

    def watch(self, when: int) -> None:
        """Record the watched globals of the main module."""
        if not self.watched or self.journal is None:
            return
        main = sys.modules.get("__main__")
        if type(main) is not type(sys):
            return
        held = main.__dict__
        for name in self.watched:
            if name in held:
                value = self.text(_safe_repr(held[name]), False)
                self.write(WATCHED, when, 0, self.text(name), _now(), value)

    def serves(self, what: int) -> None:
        """At the top of a pool worker's loop, or a manager's server's."""
        if _this_thread() == self.thread:
            self.write(SERVES, what, 0, 0, _now())

    def submitted(self, job: int, of: int) -> None:
        """After a pool (of: POOL_JOB) or an executor (EXECUTOR_JOB) numbered a job."""
        self.write(SUBMITTED, of, 0, 0, _now(), _bounded(job))

    def task_began(self, job: int, index: int, function: "Any", arguments: "Any", of: int = 0) -> "Any":
        """Before a pool's worker calls a task's function. Returns where its record is, which its end is added to, and whose
        it is; None in a pool of threads."""
        journal = self.journal
        if journal is None or _this_thread() != self.thread:
            return None
        name = self.text(_task_name(function, arguments))
        place = journal.place()
        if place is None:
            return None
        memory, offset = place
        _pack_body(
            memory, offset + 1, of, 0, name, _now(), 0, job if type(job) is int else 0, index if type(index) is int else -1,
            0, 0, 0
        )  # fmt: skip
        memory[offset] = TASK
        return memory, offset, self.key, of

    def item_began(self, item: "Any") -> "Any":
        """The same for an executor's worker."""
        facts = _facts(item)
        return self.task_began(facts.get("work_id", 0), -1, facts.get("fn"), facts.get("args"), EXECUTOR_JOB)

    def task_ended(self, note: "Any", result: "Any") -> None:
        """After it, with the pair that a pool's worker makes of its outcome."""
        if type(result) is tuple and len(result) == 2 and result[0] is False:
            self.task_left(note, result[1])
        else:
            self.task_left(note, None)

    def task_left(self, note: "Any", error: object) -> None:
        """After it; error: what it raised, or None."""
        at = _now()
        if note is None:
            return
        memory, offset, whose, of = note
        if whose != self.key:
            return  # a fork is unwinding frames of its parent
        word = 0
        if error is not None:
            inner = _facts(error).get("exc", error)  # pools wrap what was raised, to carry its traceback
            word = self.text(_type_name(type(inner)))
        _TWO.pack_into(memory, offset + 40, at, word)
        memory[offset + 1] = of | TASK_OVER  # only now is it so

    def child_environment(self, env: "Any") -> "Any":
        """The environment for a child that is given one of its own, so that its interpreter has a probe too."""
        settings = self.settings
        if not settings or self.journal is None or type(env) not in (dict, type(os.environ)):
            return env
        given = dict(env)
        path = given.get("PYTHONPATH")
        given.update(settings)
        if type(path) is str and path:
            given["PROCESSION_PYTHONPATH"] = path
            given["PYTHONPATH"] = settings["PYTHONPATH"] + os.pathsep + path
        return given

    def subprocess_started(self, began: int, popen: "Any", arguments: "Any") -> None:
        """After subprocess.Popen has its child. The keeper hears of it by an empty file, since it may be no Python."""
        pid = _bounded(_facts(popen).get("pid"))
        if not pid or self.journal is None:
            return
        name = self.text(_command_name(arguments), False)
        self.write(SPAWNED, 1, 0, name, began, pid, _now())
        self._leave_note("%d-%d.child" % (pid, began))

    def starts_unseen(self, event: str, arguments: "tuple[Any, ...]") -> None:
        """Before a child is started by what tells nobody who it is: the keeper is asked to look for it."""
        if self.journal is not None:
            command = arguments[1] if event == "os.posix_spawn" else ("sh", "-c", arguments[0])
            name = self.text(_command_name(command), False)
            self.write(SPAWNED, 2, 0, name, _now(), _native_thread())
            self._leave_note("%d-%d.look" % (os.getpid(), _now()))

    def _leave_note(self, name: str) -> None:
        """An empty file in the run's folder, of which the keeper hears at once."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        try:
            os.close(os.open(self.folder + os.sep + name, flags, 0o600))
        except OSError:
            pass

    def before_fork(self) -> None:
        """Python is about to fork. It is heard of as an audit event, out of which a signal handler of the program's may raise;
        what it raises in a function that is registered with the interpreter for this is lost."""
        if self.forked:
            self.fork_returned()
        room = None
        if self.journal is not None:
            room = self.nursery and self.nursery.room()
            room = room or self._more_room(self.journal)
        self.forking[_this_thread()] = next(self.forks), _now(), room

    def _more_room(self, journal: Journal) -> "Any":
        """A region of a new nursery, four times as large as the one before; None when it cannot be made."""
        with journal.growing:
            before = self.nursery
            room = before and before.room()
            if room:
                return room  # another thread made it meanwhile
            regions = min(_MOST_REGIONS, 4 * before.regions) if before else _FIRST_REGIONS
            path = "%s%s%d-%d.nursery.journal" % (self.folder, os.sep, self.pid, _now())
            try:
                nursery = Nursery(path, regions)
            except (OSError, ValueError):
                return None
            nursery.before = self.nursery
            self.nursery = nursery
            return nursery.room()

    def noting_forks(self) -> "Any":
        """A function for the interpreter to call in the parent after a fork, which only notes when that was. It consists of
        functions in C alone: most signals come during the fork itself, and in Python their handler would run at once, where
        what it raises is lost."""
        return map(self.forked.__setitem__, iter(_this_thread, None), iter(_now, None)).__next__

    def fork_returned(self) -> None:
        """Record when this thread's last fork had returned, where that is still to be done."""
        thread = _this_thread()
        at = self.forked.pop(thread, 0)
        if at:
            number, began, _ = self.forking.pop(thread, (0, 0, None))
            self.write(FORKED, 0, 0, number, at, self.starting.pop(thread, 0), began)

    def after_fork_in_child(self) -> None:
        thread = _this_thread()
        # A command's preexec_fn is a fork that is not announced: what is known is of the fork before.
        number, _, room = (0, 0, None) if thread in self.forked else self.forking.get(thread, (0, 0, None))
        self.forking = {}
        self.forked.clear()
        child = self.starting.get(thread, 0)
        if self.starting:
            self.starting = {}
        self.oldest_call = next(self.calls)
        self.open(FORK, self.pid, self.key, number, child, room)

    def bye(self) -> None:
        """The interpreter's last call to us on an orderly way out."""
        if self.forked:
            self.fork_returned()
        if not self.worker:
            self.watch(ENDED)
        self.write(BYE, 0, 0, 0, _now())


def _facts(process: object) -> "dict[str, Any]":
    try:
        facts = object.__getattribute__(process, "__dict__")
    except AttributeError:
        return {}
    return facts if type(facts) is dict else {}


def _child_number(facts: "dict[str, Any]") -> int:
    identity = facts.get("_identity")
    return _bounded(identity[-1]) if type(identity) is tuple and identity else 0


def _bounded(value: object) -> int:
    """The number when it fits a slot, else 0: an exit code can be any integer."""
    return value if type(value) is int and -(1 << 63) <= value < 1 << 63 else 0


def _plain(value: object) -> str:
    return value if type(value) is str else ""


def _error_name() -> str:
    kind = sys.exc_info()[0]
    return "" if kind is None else _type_name(kind)


def _type_name(kind: type) -> str:
    """Its name without asking a metaclass."""
    return str(type.__dict__["__name__"].__get__(kind))


_FUNCTION = type(_plain)


def _task_name(function: "Any", arguments: "Any") -> str:
    """What a task is called: the function that a person wrote, inside what pools, partials and joblib put around it."""
    for _ in range(8):
        kind = type(function)
        if kind is _FUNCTION:
            name = function.__qualname__
            if type(name) is not str:
                name = str.__str__(name)  # a subclass has methods of a person's
            if (name == "mapstar" or name == "starmapstar") and type(arguments) is tuple and arguments:
                batch = arguments[0]
                if type(batch) is tuple and batch and batch[0] is not function:
                    function, arguments = batch[0], ()
                    continue
            if name == "_process_chunk" and type(arguments) is tuple and arguments:
                function, arguments = arguments[0], ()
                continue
            return name
        if kind is type(_now):
            return str(function.__qualname__)
        facts = _facts(function)
        if kind is type(_Hooks.bye.__get__(0)):
            function = function.__func__
        elif _type_name(kind) == "partial" and hasattr(kind, "func"):
            function, arguments = _partial(kind, function)
        elif type(facts.get("items")) is list and facts["items"]:  # joblib's BatchedCalls
            function = facts["items"][0][0] if type(facts["items"][0]) is tuple else None
        elif "_obj" in facts:  # what cloudpickle carries
            function = facts["_obj"]
        elif "func" in facts:
            function = facts["func"]
        else:
            return _type_name(function if kind is type else kind)
    return "?"


def _partial(kind: "Any", partial: "Any") -> "tuple[Any, Any]":
    """(function, leading arguments) of a functools.partial, by its type's own descriptors."""
    return kind.func.__get__(partial), kind.args.__get__(partial)


def _command_name(arguments: "Any") -> str:
    """A command's name and first argument, where they are plain texts."""
    parts = [arguments] if type(arguments) in (str, bytes) else arguments
    if type(parts) not in (list, tuple):
        return ""
    texts = [part.decode("utf-8", "replace") if type(part) is bytes else part for part in parts[:3]]
    return " ".join(
        [os.path.basename(text) if at == 0 else text for at, text in enumerate(texts) if type(text) is str]
    )[:200]


_MOST_PARTS = 64


def _safe_repr(value: "Any", depth: int = 0, room: "list[int] | None" = None) -> str:
    """repr() of plain data, bounded; anything else by the name of its type, for its own repr could do anything.

    room: [how many parts may still be shown], over all levels.
    """
    kind = type(value)
    if value is None or kind in (bool, float, complex):
        return repr(value)
    if kind is int:
        return repr(value) if value.bit_length() < 4096 else "<int of %d bits>" % value.bit_length()
    if kind in (str, bytes):
        return repr(value) if len(value) <= 200 else repr(value[:200]) + "…"
    if kind not in (list, tuple, set, frozenset, dict):
        return "<" + _type_name(kind) + " object>"
    if depth > 3:
        return "…"
    if room is None:
        room = [4 * _MOST_PARTS]
    parts: list[str] = []
    # Taken in one go, since other threads may change it; a look-up by key would call a person's __hash__ and __eq__.
    taken = list(zip(range(_MOST_PARTS + 1), value.items() if kind is dict else value))
    for at, item in taken:
        if at == _MOST_PARTS or room[0] <= 0:
            parts.append("… %d in all" % len(value))
            break
        room[0] -= 1
        if kind is dict:
            parts.append(_safe_repr(item[0], depth + 1, room) + ": " + _safe_repr(item[1], depth + 1, room))
        else:
            parts.append(_safe_repr(item, depth + 1, room))
    text = ", ".join(parts)
    if kind is list:
        return "[" + text + "]"
    if kind is tuple:
        return "(" + text + (",)" if len(value) == 1 else ")")
    if kind is dict:
        return "{" + text + "}"
    text = "{" + text + "}" if value else ""
    return "frozenset(" + text + ")" if kind is frozenset else text or "set()"


_EXECUTOR = [("_process_worker", "executor worker"), ("ProcessPoolExecutor.submit", "submit")]
_LOKY = [("Popen.poll", "reap")]
_LOKY_SPAWN = [("fork_exec", "loky spawn")]

# What is edited: module → (qualified name, kind of edit).
_EDITS = {
    "multiprocessing.process": [("BaseProcess." + name, "call") for name in CALLS]
    + [("BaseProcess._bootstrap", "bootstrap")],
    "multiprocessing.util": [("spawnv_passfds", "spawn")],
    "multiprocessing.pool": [
        ("worker", "pool worker"),
        ("ApplyResult.__init__", "job"),
        ("IMapIterator.__init__", "job"),
    ],
    "multiprocessing.managers": [("Server.serve_forever", "manager")],
    "concurrent.futures.process": _EXECUTOR,
    "loky.process_executor": _EXECUTOR,
    "joblib.externals.loky.process_executor": _EXECUTOR,
    "loky.backend.popen_loky_posix": _LOKY,
    "joblib.externals.loky.backend.popen_loky_posix": _LOKY,
    "loky.backend.fork_exec": _LOKY_SPAWN,
    "joblib.externals.loky.backend.fork_exec": _LOKY_SPAWN,
    "subprocess": [
        ("Popen._execute_child", "subprocess"),
        ("Popen._handle_exitstatus", "reap"),
    ],
    "asyncio.base_subprocess": [("BaseSubprocessTransport._process_exited", "reap")],
    "multiprocessing.popen_fork": [("Popen.poll", "reap")],
    "multiprocessing.popen_forkserver": [("Popen.poll", "reap")],
    "multiprocessing.popen_spawn_win32": [("Popen.wait", "reap")],
}
HOOKS = "\0the hooks of Procession's probe"  # stands in co_consts where the hooks object will be


def _edited_code(module_name: str, path: str, cache: str) -> "dict[str, CodeType]":
    """{qualified name:line: code with the placeholder in its constants} for the functions of a module that are edited.

    Compiled once for each version of the file and kept in the cache folder; the key says all that it depends on.
    """
    import marshal

    theirs = os.stat(path)
    key = "%s-%x-%x-%x-%s.edits" % (module_name, sys.hexversion, theirs.st_size, theirs.st_mtime_ns, _own_version())
    kept = os.path.join(cache, key) if cache else ""
    if kept:
        try:
            found = marshal.loads(_whole(kept))
            if type(found) is dict:
                return found
        except (OSError, ValueError, EOFError, TypeError):
            pass
    codes = _compile_edits(path, dict(_EDITS[module_name]))
    if kept:
        _keep(kept, marshal.dumps(codes))
    return codes


def _own_version() -> str:
    """What tells these edits from those of another version of ours. Asked once."""
    if not _OWN:
        folder = os.path.dirname(__file__)
        for name in ("probe.py", "edits.py"):
            ours = os.stat(os.path.join(folder, name))
            _OWN.append("%x-%x" % (ours.st_size, ours.st_mtime_ns))
    return "-".join(_OWN)


_OWN: "list[str]" = []


def _whole(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        parts = [os.read(fd, 1 << 16)]
        while parts[-1]:
            parts.append(os.read(fd, 1 << 16))
        return b"".join(parts)
    finally:
        os.close(fd)


def _keep(path: str, data: bytes) -> None:
    made = "%s.%d" % (path, os.getpid())
    try:
        fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(fd, data)
        finally:
            os.close(fd)
        os.replace(made, path)
    except OSError:
        try:
            os.unlink(made)
        except OSError:
            pass


def _compile_edits(path: str, edits: "dict[str, str]") -> "dict[str, CodeType]":
    """The same, compiled anew: rarely, so that what it takes is in a file of its own."""
    loader = _loader_class()("_procession_edits", os.path.join(os.path.dirname(__file__), "edits.py"))
    module = type(sys)("_procession_edits")
    for name in ("CALLS", "EXECUTOR_JOB", "HOOKS", "MANAGER", "POOL", "POOL_JOB"):
        setattr(module, name, globals()[name])
    exec(loader.get_code("_procession_edits"), module.__dict__)
    return module.compiled(path, edits)  # type: ignore[no-any-return]


def _exchange(module: "ModuleType", codes: "dict[str, CodeType]", hooks: _Hooks) -> None:
    for place, code in codes.items():
        name, _, line = place.partition(":")
        owner: Any = module
        for part in name.split("."):
            owner = vars(owner).get(part)
        if type(owner) is not type(_exchange) or owner.__code__.co_firstlineno != int(line):
            continue  # the other branch of an if, for another system
        constants = tuple(hooks if type(value) is str and value == HOOKS else value for value in code.co_consts)
        owner.__code__ = code.replace(co_consts=constants)


class _Finder:
    """First on sys.meta_path: lets the modules of `_EDITS` be imported as ever, then exchanges their code."""

    def __init__(self, hooks: _Hooks) -> None:
        self._hooks = hooks
        self._editing: Any = None

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        if name not in _EDITS:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if type(spec.loader) is _loader_class():
                    self._editing = self._editing or _editing_class(self.edit)
                    spec.loader = self._editing(spec.loader.name, spec.loader.path)
                return spec
        return None

    def edit(self, module: "ModuleType") -> None:
        """Exchange the code of a module's functions; a module that cannot be edited is left as it is, and named."""
        hooks = self._hooks
        try:
            _exchange(module, _edited_code(module.__name__, module.__file__ or "", hooks.cache), hooks)
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError) as error:
            text = "%s is not recorded: %s" % (module.__name__, type(error).__name__)
            hooks.write(WARNING, 0, 0, hooks.text(text), _now())


def _loader_class() -> "Any":
    """What every interpreter has loaded from its start; importlib.util would bring modules that the program may not have."""
    return sys.modules["_frozen_importlib_external"].SourceFileLoader


def _editing_class(after: "Any") -> "Any":
    """A class of loaders like those of source files, of the same name, that call `after` with the module."""
    own = _loader_class()

    def exec_module(self: "Any", module: "ModuleType") -> None:
        loader = own(self.name, self.path)
        module.__spec__.loader = module.__loader__ = loader  # type: ignore[union-attr]
        loader.exec_module(module)
        after(module)

    return type(own.__name__, (own,), {"exec_module": exec_module, "__module__": own.__module__})


def activate(
    folder: str, cache: str = "", watch: "tuple[str, ...]" = (), settings: "dict[str, str] | None" = None
) -> None:
    """Start recording this process and every one that it forks.

    folder: the run's, for the journals. settings: the variables that bring the probe into a child's interpreter.
    """
    import atexit

    hooks = _Hooks(folder, cache, tuple(watch), settings or {})
    hooks.open(FRESH, os.getppid(), 0, 0, 0, None)
    hooks.write(ARGV, 0, 0, hooks.text("\0".join(_command_line()), False), _now(), sys.hexversion)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_parent=hooks.noting_forks(), after_in_child=hooks.after_fork_in_child)
    atexit.register(hooks.bye)

    def audit(event: str, arguments: "tuple[Any, ...]") -> None:
        # It hears of a great many things that are none of ours, each frame that is looked at and each name that is unpickled:
        # a plain function, since a method takes three times as long.
        if event == "os.fork" or event == "os.forkpty":
            hooks.before_fork()
        elif event == "os.posix_spawn" or event == "os.system":
            hooks.starts_unseen(event, arguments)

    sys.addaudithook(audit)
    finder = _Finder(hooks)
    sys.meta_path.insert(0, finder)
    for name in _EDITS:  # what was there before us, because a .pth file wanted it
        if name in sys.modules:
            finder.edit(sys.modules[name])
