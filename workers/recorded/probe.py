"""Records what a Python program does with multiprocessing, from inside each of its processes.

Runs in the recorded program and its workers, in the thread that makes the recorded call. Standard library only, CPython
3.9 and newer. It is loaded by path under a name of its own (see inject/sitecustomize.py). It imports nothing of
Procession, and no module of the standard library that the program might expect not to be loaded.

It may append to its own process's journal. It must never raise into the program, keep the program's objects alive, call
the program's methods, or write into a descriptor or a mapping that is not its own. A process whose journal cannot be
written continues unrecorded.

It gets into a call by editing the standard library: when multiprocessing is imported, the few functions in `_EDITS` are
compiled again from their own source with calls to the hooks in them, and their `__code__` is replaced. The function
objects, their signatures, and the line numbers and carets of tracebacks stay as they were.
"""

from __future__ import annotations  # since 3.14 each annotation would be a function, in pages that every fork maps

import _signal  # type: ignore[import-not-found]
import _thread
import mmap
import os
import sys
import time
from _functools import partial as _partial_of  # type: ignore[import-not-found]  # so, too
from _operator import is_ as _is
from _struct import Struct  # not from struct, which the program may import itself later

TYPE_CHECKING = False
if TYPE_CHECKING:  # annotations are text here: importing typing would be a change to the program
    from collections.abc import Iterator
    from types import CodeType, ModuleType
    from typing import Any

# Kinds of records. `workers.journal.process_kinds` declares their fields for readers; a test compares both.
TEXT = 1
HELLO = 2
ARGV = 3
BYE = 4
MORE = 5  # in the last slot of each stretch of a journal: another stretch follows
CUT = 6  # in the same slot: the journal could not be made longer
CALL_BEGAN = 10
CALL_ENDED = 11
CHILD = 12
FORKED = 14
REAPED = 15
SPAWNED = 16
POLLED = 17
WORKER_SIGNALLED = 18
KILL_CALLED = 19
WORKER_BEGAN = 20
TARGET_BEGAN = 21
TARGET_ENDED = 22
WORKER_ENDED = 23
WATCHED = 24
SERVES = 25
SUBMITTED = 26
THREAD = 27
TASK = 29
RAISED = 32
STEP = 30  # STEP and IDLE are written by the program of a plan: see workers.recorded.parent
IDLE = 31
LEFT_OUT = 33
RESOURCE = 34
OUTPUT_LOST = 35
UNGUARDED = 36
DRAWN = 37
CONNECTION_READ = 38
QUEUE_COUNTED = 39
WARNING = 48
IMPORTED = 60
TRANSFER = 61
JOB_SIZED = 62
RESULTS_WAIT = 63

OF_PROCESSES = ("start", "join", "is_alive", "terminate", "kill", "close", "interrupt")
OF_EXECUTORS = ("terminate_workers", "kill_workers")
OF_FUTURES = ("submit", "result", "status", "cancel")  # by the program of a plan on a cluster, which writes them itself
CALLS = OF_PROCESSES + OF_EXECUTORS + OF_FUTURES
START, JOIN, IS_ALIVE, TERMINATE, KILL = 0, 1, 2, 3, 4
NO_WORKER, WORKER, LEAVING_WORKER = 0, 1, 2  # the last has flushed its output, and is about to leave with os._exit()
FRESH, FORK = 0, 1  # HELLO's flags: a new interpreter, or a forked child
BEGAN, ENDED = 0, 1  # WATCHED's flags: at which end of the process's work the value was read

NO_TIMEOUT, UNKNOWN_TIMEOUT = -1, -2
POOL, MANAGER, CLUSTER = 0, 1, 2  # SERVES's flags: the role of a worker
POOL_JOB, EXECUTOR_JOB = 0, 1  # SUBMITTED's and TASK's flags: who numbered the job
TASK_OVER = 2  # a bit of TASK's flags: the end has been added
UNNUMBERED = 4  # TASK's flags: of a pool of threads, which numbers no jobs; when it was submitted is in the record
WORK_OVER = UNNUMBERED | TASK_OVER
ONE_PROCESS, A_GROUP, EVERYTHING = 0, 1, 2  # KILL_CALLED's flags: to whom the signal goes
BY_TASK, BY_TARGET, BY_CALL, BY_MAIN, BY_THREAD, BY_INITIALIZER = (
    0,
    1,
    2,
    3,
    4,
    5,
)  # RAISED's flags: what ended by the exception
MADE, UNLINKED, REMOVED = 0, 1, 2  # RESOURCE's flags: what happened to it
SHARED_MEMORY, SEMAPHORE, POOL_OBJECT = 0, 1, 2  # in RESOURCE: what it is
SENT, RECEIVED = 0, 1  # TRANSFER's flags
HANDLED, IGNORED = 1, 2  # in KILL_CALLED: what the process did with the signal until then; 0: neither, or not known
EACH_POLL = 64  # how many equal answers of is_alive() in a row are recorded one by one, before others are only counted

VERSION = 1
SLOT = 64
BODY = Struct("<BHI7q")  # all of a slot but its first byte, the kind, which is written last
_pack_text = Struct("<BHI56s").pack_into
_pack_task = Struct("<BHIq4IiIqIfq").pack_into  # the same of a TASK: halves of some numbers are numbers of their own
# The same of a task of an executor of threads, whose other numbers are 0. An argument less is as good as a call less.
_pack_work = Struct("<BxxIqI12xiI16xq").pack_into
_TASK_END = Struct("<qIf")  # when it ended, what it raised, its CPU time
_pack_end = _TASK_END.pack_into
_TWO = Struct("<2q")
_pack_number = Struct("<q").pack_into
_HALF = Struct("@I" if sys.byteorder == "little" else "<I")  # native: is written in one piece, while others read it
TEXT_BYTES = 56
FIRST_STRETCH = max(64, mmap.ALLOCATIONGRANULARITY // SLOT)  # slots: most forked children need no more
_LONGEST_STRETCH = 16384
_LEFT_OUT = ("task_began", "work_began", "cluster_task_began", "submitted")  # methods that record tasks and jobs
_HURRY_S = (
    1e-6 * 16
)  # a switch interval that no program has by chance; setting it and asking for it give the same number
LONGEST_TEXT = 4096
REGION_SLOTS = 32  # of a region in a nursery: enough for a child that does its work and exits
REGION = REGION_SLOTS * SLOT
_FIRST_REGIONS, _MOST_REGIONS = 16, 1024  # of a nursery, with the table of regions, which has a byte for each
# Methods of the hooks: the first four run in the parent at each start.
_AT_EACH_FORK = (
    "before_fork", "fork_returned", "call_began", "call_left", "reaped", "worker_began", "target_began", "target_left",
    "worker_ended", "after_fork_in_child"
)  # fmt: skip
_COPIES = 6
_REHEARSALS = 40  # more often than any interpreter needs to specialize code
LIMIT = "limit"  # the file in a run's folder with the limit on its disk, and what is taken of that: see claim()
BELL = "bell"  # the file in a run's folder that is opened to wake the keeper
_TO_RING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)

_LAST_OF_PROCESSES = len(OF_PROCESSES) - 1

_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
_LIBRARY_PACKAGES = tuple(os.sep + name + os.sep for name in ("loky", "joblib", "psutil", "distributed"))
_MOST_FRAMES = 64
_MOST_ERRORS = 200  # of one process are recorded with message and place
_LONGEST_MESSAGE = 500
_MOST_COUNTED = 256  # queues of one process whose items are counted
_MOST_KILLS = 1000  # of one process are recorded: some programs use signals for messages
_MOST_CONNECTIONS = 64  # of one process are known: what its forked children inherit
_BUFFERED = 1 << 16  # bytes; more than the buffers of a standard stream hold
_FLUSHED_WITHIN_S = 0.02
_STREAM = 1  # socket.SOCK_STREAM
_GENERATORS = ("Generator", "RandomState", "Random")

BIG = 8192  # bytes: messages between processes that are longer are recorded one by one
_SLOW_NS = 200_000  # a task after one that took longer has CPU time and arguments noted, which cost as much as it
_LONGEST_ARGUMENTS = 120  # characters
_MOST_ARGUMENTS = 10_000  # tasks of one process whose arguments are recorded: each can take as much room as its record
_LEAST_IMPORT_NS = 1_000_000  # shorter imports are not recorded
_PILE_EVERY_NS = 100_000_000  # between records of results that wait
_MOST = 0xFFFFFFFF  # of half a number
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1  # of a number
_EMPTY: "dict[str, Any]" = {}  # never filled
_NO_ROOM = (OSError, ValueError, MemoryError)  # where a file cannot be made or mapped
_TOO_LONG: "Any" = getattr(_signal, "SIGXFSZ", None)
_names_of_os = os.__dict__
_exit_as_it_is: "Any" = None  # os._exit(), once there is a LeavesAtOnce in its place
_exit_instead: "Any" = None  # that one
# Classes of multiprocessing itself, whose attributes are no code of the program. None until they are there.
_any_process: "Any" = None
_fork_process: "Any" = None
_fork_popen: "Any" = None

_now = time.perf_counter_ns
_thread_cpu = getattr(time, "thread_time_ns", int)  # not every system has it: then 0, for not known
_this_thread = _thread.get_ident
# What is called at each fork, in the parent and in the child. A partial() calls a function without counting a reference in it.
# So these are in one page, which the kernel copies, and not each in another.
_clock = _partial_of(_now)
_own_thread = _partial_of(_this_thread)
_frame = _partial_of(sys._getframe)
_code_of_frame = _partial_of(type(sys._getframe()).__dict__["f_code"].__get__)
_line_of_frame = _partial_of(type(sys._getframe()).__dict__["f_lineno"].__get__)
_path_of_code = _partial_of(type(sys._getframe().f_code).__dict__["co_filename"].__get__)
_pop = _partial_of(dict.pop)
_handlers: "dict[str, Any]" = {}  # by the names of audit events
_handler_of = _handlers.get
_next: "Any" = _partial_of(next)
_encode = _partial_of(str.encode)
_any, _types_of, _values_of = _partial_of(any), _partial_of(map, type), _partial_of(dict.values)
_module_type: "Any" = type(sys)
_names_of = _partial_of(_module_type.__dict__["__dict__"].__get__)  # of a module
_are_random: "Any" = None  # a function that tells of each of some classes whether it is random.Random
# How many references random.Random has while random's own generator is the only one. Each further one adds a reference, as long
# as it is there. -1 where that is not known: then they are looked for.
_random_alone = -1
_count_threads = _partial_of(_thread._count)  # without the first one
_epoch, _getpid, _open, _close = map(_partial_of, (time.time_ns, os.getpid, os.open, os.close))
_count_random = _partial_of(int)  # made here, to lie with the others
_pack_body = BODY.pack_into
_here = _thread._local()  # `known`: (key of the process, number of the thread)
_attribute: "Any" = object.__getattribute__
_name_of = type.__dict__["__name__"].__get__
_native_thread = getattr(_thread, "get_native_id", int)  # the kernel's number; not every system has one
FREE_THREADED = "free-threading" in sys.version  # no GIL, or one that can be switched off


_BATCH = 64


class _SharedNumbers:
    """The numbers from `first` on, for threads that run at the same time. Each is given to one of them.

    Without the GIL next() of a range is not atomic, and list.pop() is. The last batch is the list that is popped.
    """

    __slots__ = ("_batches", "_filling", "_ready")

    def __init__(self, first: int) -> None:
        self._batches = iter(range(first, 1 << 62, _BATCH))
        self._ready: list[int] = []
        self.after_fork()

    def after_fork(self) -> None:
        """In a forked child another thread of the parent may hold the lock for ever."""
        self._filling = _thread.RLock()  # a signal handler may need numbers, too

    def __next__(self) -> int:
        while True:
            try:
                return self._ready.pop()
            except IndexError:
                with self._filling:
                    if not self._ready:
                        batch = next(self._batches)
                        self._ready.extend(range(batch + _BATCH - 1, batch - 1, -1))


_FROM_0, _FROM_1 = range(1 << 62), range(1, 1 << 62)


def _numbers(first: int = 1) -> "Any":
    """An iterator of the numbers from `first` on, 0 or 1, that all threads may call.

    next() of a range is atomic under the GIL, unlike an addition.
    """
    return _SharedNumbers(first) if FREE_THREADED else iter(_FROM_1 if first else _FROM_0)


class Journal:
    """An append-only file of 64-byte slots, written through a memory mapping.

    A record is in the file once its kind byte is. It then survives the process's death, SIGKILL included. The file is
    preallocated, so that a full disk is an error when it grows and never a SIGBUS. When growing fails, the journal
    notes that in a slot that it kept for this, and writes nothing more: `failed` is then True. Raises OSError when it
    cannot be made.

    hidden: no descriptor stays open, so that a program which closes or reuses descriptors cannot harm the journal. Such
    a journal must be kept until the interpreter ends: before 3.13, freeing a mapping closes the number that its
    descriptor had.
    limit: the file with the run's limit on the disk, if there is one. A hidden journal fails when it has nothing left.
    on_limit: called when the journal is to take no more than it must, because most of that is taken.
    """

    # No __slots__: each slot's descriptor is one more page that a forked child has to copy.

    def __init__(
        self,
        path: "Any",
        hidden: bool = False,
        room: "list[tuple[mmap.mmap, int, int, int]] | None" = None,
        limit: str = "",
        on_limit: "Any" = None,
    ) -> None:
        self._hidden = hidden
        self._limit = limit
        self._on_limit = on_limit
        self.growing = _thread.RLock()  # a signal handler may grow the journal while it is being grown
        self.interval_s: float = 0  # the program's switch interval, while it is another one
        self.begin(path, room or [])

    def begin(self, path: "Any", room: "list[tuple[mmap.mmap, int, int, int]]") -> None:
        """Begin a journal in this object; after a fork it was the parent's.

        path: of its file, or a function that gives it once the file is needed. room: the region of a nursery in which the
        journal begins, as its first stretch. Its file is made when that is full. Raises OSError when it cannot be made.
        """
        if self.interval_s:  # another thread of the parent was growing it
            self.end_hurry()
        self.path = path
        self.failed = False
        self.texts: dict[str, int] = {}
        self.slots: Iterator[int] = _numbers(0)
        self.numbers: Iterator[int] = _numbers()
        # For each stretch: its memory, its first and last slot, and the offset in the memory at which slot 0 would be.
        self.stretches = room or []
        self.stretch: tuple[mmap.mmap, int, int, int]
        if room:
            self.in_nursery = REGION_SLOTS  # how many slots come before those of the file
            self.stretch = room[0]
        else:
            self.in_nursery = 0
            self._grow()

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
        at = next(self.slots)
        memory, first, last, shift = self.stretch
        if first <= at < last:
            offset = at * SLOT + shift
        else:
            place = self.place_of(at)
            if place is None:
                return
            memory, offset = place
        _pack_body(memory, offset + 1, flags, small, word, t, a, b, c, d, e, f)
        memory[offset] = kind

    def place(self) -> "tuple[mmap.mmap, int] | None":
        """Memory and offset of an empty slot, for a record that changes later; None when there is no room.

        The caller fills it, and its kind byte last.
        """
        at = next(self.slots)
        memory, first, last, shift = self.stretch
        if first <= at < last:
            return memory, at * SLOT + shift
        return self.place_of(at)

    def text(self, text: str, keep: bool = True, most: int = 0) -> int:
        """The number of `text` in this journal; a new text is written first. 0 is the empty text.

        keep: remember the number, for a text that may come again. most: characters, of which there can be LONGEST_TEXT
        without it; a longer text is cut.
        """
        if not text:
            return 0
        number = self.texts.get(text)
        if number is not None:
            return number
        number = int(_next(self.numbers))
        written = text
        if most or len(text) > TEXT_BYTES:
            written = text[: most or LONGEST_TEXT]
        try:
            data = _encode(written)
        except UnicodeEncodeError:  # a lone surrogate
            data = written.encode("utf-8", "backslashreplace")
        for start in range(0, len(data), TEXT_BYTES):
            piece = data[start : start + TEXT_BYTES]
            at = _next(self.slots)
            memory, first, last, shift = self.stretch
            if first <= at < last:
                offset = at * SLOT + shift
            else:
                place = self.place_of(at)
                if place is None:
                    continue
                memory, offset = place
            _pack_text(memory, offset + 1, start + TEXT_BYTES >= len(data), len(piece), number, piece)
            memory[offset] = TEXT
        if keep:
            self.texts[text] = number  # only now, so that no other thread refers to a text that is not written yet
        return number

    def place_of(self, at: int) -> "tuple[mmap.mmap, int] | None":
        """Memory and offset of this slot, or of the next one: the last slot of a stretch is kept for MORE or CUT."""
        stretch = self.stretch
        while not stretch[1] <= at < stretch[2]:
            found = self._stretch_of(at)
            if found is None:
                return None
            stretch = found
            if at == stretch[2]:
                at = next(self.slots)
        return stretch[0], at * SLOT + stretch[3]

    def _stretch_of(self, at: int) -> "tuple[mmap.mmap, int, int, int] | None":
        while not self.failed:
            # One thread at a time: each could take the other's duplicate of the descriptor for its own, and close a
            # number that is used again by then.
            with self.growing:
                for stretch in self.stretches:
                    if stretch[1] <= at <= stretch[2]:
                        return stretch
                try:
                    self._hurry()
                    self._grow()
                except _NO_ROOM:
                    self.failed = True
                    self._end_stretch(CUT)
                finally:
                    self.end_hurry()
        return None

    def _hurry(self) -> None:
        """Wait for the GIL in short steps, until end_hurry(). Each system call gives it away. A program's busy threads would
        then let this one wait 5 ms each time, and with it all threads that have something to record."""
        interval_s = sys.getswitchinterval()
        if interval_s != _HURRY_S:
            self.interval_s = interval_s
            sys.setswitchinterval(_HURRY_S)

    def end_hurry(self) -> None:
        if self.interval_s and sys.getswitchinterval() == _HURRY_S:  # else the program has set another one
            sys.setswitchinterval(self.interval_s)
        self.interval_s = 0

    def _end_stretch(self, kind: int) -> None:
        """Note in the last slot of the file, which is kept for this, whether there is more."""
        memory, _, last, shift = self.stretches[-1]
        BODY.pack_into(memory, last * SLOT + shift + 1, 0, 0, 0, _now(), 0, 0, 0, 0, 0, 0)
        memory[last * SLOT + shift] = kind

    def _grow(self) -> None:
        first = self.stretches[-1][2] + 1 if self.stretches else 0
        stretches = len(self.stretches) - (self.in_nursery > 0)
        count = min(_LONGEST_STRETCH, FIRST_STRETCH << (2 * stretches))
        if self._limit:
            count = self._allowed(count)
        flags = 0 if stretches else os.O_CREAT | os.O_EXCL
        path = self.path if type(self.path) is str else self.path()
        memory = _file(path, flags, (first - self.in_nursery) * SLOT, count * SLOT, self._hidden)
        # A signal handler may have grown it in the meantime: then the same stretch is mapped twice, which is harmless.
        # Nothing is written into a stretch before the previous one notes that there is more: the handler may also raise.
        stretch = memory, first, first + count - 1, -first * SLOT
        if not self.stretches or self.stretches[-1][1] < first:
            if self.stretches:
                self._end_stretch(MORE)
            self.stretches.append(stretch)
        self.stretch = stretch
        if len(self.stretches) > 1 + (self.in_nursery > 0):
            _give_back(self.stretches[-2][0])

    def _allowed(self, count: int) -> int:
        """How many of so many slots the run's limit on the disk allows. Raises OSError for none."""
        length, spare = claim(self._limit, count * SLOT, FIRST_STRETCH * SLOT)
        if spare and self._on_limit is not None:
            self._on_limit()
        if not length and self._hidden:
            raise OSError(self._limit)
        return length // SLOT or FIRST_STRETCH


class Nursery:
    """Room for the journals of the children that a process forks.

    It is one file, which the children inherit as a mapping, so that a short-lived child makes no file of its own. The
    first region is a table with a byte for each of the others: the child that begins its journal there sets it. Raises
    OSError when the file cannot be made. limit: as for a Journal.
    """

    def __init__(self, path: str, regions: int, key: int, limit: str = "") -> None:
        if limit:
            regions = claim(limit, regions * REGION, _FIRST_REGIONS * REGION)[0] // REGION
            if not regions:
                raise OSError(limit)
        self.before: Nursery | None = None  # kept: see Journal about freeing mappings
        self.regions = regions
        self.key = key  # of the process
        self.memory = memory = _file(path, os.O_CREAT | os.O_EXCL, 0, regions * REGION, True)
        # A region for each child, as the first stretch of its journal: memory, first and last slot, offset. By functions in C.
        count = regions - 1
        rooms: Any = zip(
            [memory] * count, [0] * count, [REGION_SLOTS - 1] * count, range(REGION, regions * REGION, REGION)
        )
        self.rooms: Iterator[tuple[mmap.mmap, int, int, int]] = rooms
        if FREE_THREADED:  # zip() is for one thread at a time there
            self.rooms = iter([None, *reversed(list(rooms))].pop, None)


def claim(limit: str, length: int, least: int) -> "tuple[int, bool]":
    """Take so many bytes of the disk that a run may use, or less: a quarter, a sixteenth and so on, down to `least`.

    Returns how many, and whether the last eighth is touched: that is for what a reader cannot do without. Of it, `least`
    is given, and 0 when that is not there. The file has the limit (8 bytes), and then a byte for each 4096 bytes taken:
    so that processes need no lock, and know the sum by the size of the file.
    """
    flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(limit, flags)
    except OSError:
        return length, False  # there is no limit
    try:
        most = int.from_bytes(os.read(fd, 8), "little")
        left = most - (os.fstat(fd).st_size - 8) * 4096
        reserve = most // 8
        while length > least and left - length < reserve:
            length //= 4
        length = max(length, least)
        spare = left - length < reserve
        if spare and left < length:
            return 0, True
        _lengthened(os.write, fd, bytes(-(-length // 4096)))
        return length, spare
    except OSError:
        return length, False
    finally:
        os.close(fd)


def _file(path: str, flags: int, offset: int, length: int, hidden: bool) -> mmap.mmap:
    """Map a stretch of a file, whose room on the disk is allocated. One that cannot be made leaves no file."""
    fd = os.open(path, flags | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            _lengthened(os.posix_fallocate, fd, offset, length)
        else:
            _lengthened(os.truncate, fd, offset + length)
        return _map(fd, length, offset, hidden)
    except BaseException:
        if flags & os.O_CREAT:
            os.unlink(path)
        raise
    finally:
        os.close(fd)


def _lengthened(lengthen: "Any", *arguments: "Any") -> "Any":
    """Call a function that makes a file longer, and return its result.

    Beyond the program's limit of file sizes that is an OSError alone. The signal that comes with it is not for the program, and
    would end one that does not ignore it, as Python does.
    """
    if _TOO_LONG is None:
        return lengthen(*arguments)
    mask = _signal.pthread_sigmask
    was_blocked = _TOO_LONG in mask(_signal.SIG_BLOCK, ())
    try:
        mask(_signal.SIG_BLOCK, (_TOO_LONG,))  # a handler of another signal may raise out of this, when it is done
        return lengthen(*arguments)
    except OSError:
        if _TOO_LONG in _signal.sigpending():
            _signal.sigwait((_TOO_LONG,))
        raise
    finally:
        if not was_blocked:
            mask(_signal.SIG_UNBLOCK, (_TOO_LONG,))


def _give_back(memory: mmap.mmap) -> None:
    """Have the pages of a full stretch no longer count as memory of this process. They are in the file, and stay mapped."""
    try:
        memory.madvise(mmap.MADV_DONTNEED)
    except (AttributeError, OSError, ValueError):
        pass  # not every system can


def _map(fd: int, length: int, offset: int, hidden: bool) -> mmap.mmap:
    if sys.version_info >= (3, 13):
        return mmap.mmap(fd, length, offset=offset, trackfd=False)
    if os.name != "posix" or not hidden:
        return mmap.mmap(fd, length, offset=offset)
    # Before 3.13 a mapping keeps a duplicate of its descriptor, which could disturb the program. The duplicate takes the lowest
    # free number, unless another thread was faster.
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
    """Close a descriptor if it is of the same file as fd. Nothing else in the process ever opens that file."""
    try:
        there, ours = os.fstat(number), os.fstat(fd)
        if there.st_ino != ours.st_ino or there.st_dev != ours.st_dev:
            return False
        os.close(number)
    except OSError:
        return False
    return True


def _nowhere(*values: int) -> None:
    """The write method of a process whose journal could not be made."""


def _nothing(text: str, keep: bool = True) -> int:
    """The text method of such a process."""
    return 0


def command_line() -> "list[str]":
    """The interpreter's command line, as it was typed. Before 3.10 only /proc has it."""
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
    """The kernel's start time of this process, in clock ticks:

    with the pid it identifies it. 0 where there is no /proc.
    """
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


def _disposition(pid: int, number: int) -> int:
    """What a process does with a signal: HANDLED, IGNORED, or 0 for neither and where that is not known."""
    if not 0 < number < 65:
        return 0
    try:
        fd = os.open("/proc/%d/status" % pid, os.O_RDONLY)
    except OSError:
        return 0
    try:
        status = os.read(fd, 4096)
        for name, answer in ((b"\nSigIgn:", IGNORED), (b"\nSigCgt:", HANDLED)):
            if int(status.partition(name)[2].split(None, 1)[0], 16) >> (number - 1) & 1:
                return answer
    except (OSError, IndexError, ValueError):
        pass
    finally:
        os.close(fd)
    return 0


class _Polls:
    """Equal answers of is_alive() in a row.

    answer: (child's number, answer, error's text). place: of the record that counts them; None while each is recorded.
    """

    __slots__ = ("answer", "count", "last", "place")

    def __init__(self, answer: "tuple[int, bool, int]") -> None:
        self.answer = answer
        self.count = 0
        self.last = 0
        self.place: tuple[mmap.mmap, int] | None = None


class Seldom:
    """What the hooks need seldom, or not between forks."""

    def __init__(self, folder: str, cache: str, settings: "dict[str, str]") -> None:
        self.folder = folder
        self.limit = folder + os.sep + LIMIT
        self.cache = cache
        self.settings = settings  # environment variables that bring the probe into a child's interpreter
        self.nursery: Nursery | None = None  # the last; a forked child has its parent's
        self.before: Any = None  # journals and nurseries from before a fork: see Journal about freeing them
        self.threads = _numbers()
        self.shown = 0  # of how many tasks the arguments are recorded
        self.arrived: Any = None  # (thread, when the first bytes of a big message were there)
        self.importing = False  # a module is being imported: what that imports is a part of it
        self.piled_at = 0
        self.kills = 0
        self.counted: dict[int, Any] = {}  # by the handle of its semaphore, what is noted of a JoinableQueue
        self.lock_type: Any = None  # of these semaphores
        self.errors = 0
        # Descriptor → (inode, peer, file and line that made it), for forked children.
        self.connections: dict[int, Any] = {}
        self.sharing: Any = None  # sharing_watch.py's object, once there is something for it to watch
        self.methods: dict[str, Any] = {}  # by name, those of the hooks that another function takes the place of


class Hooks:
    """What the edited functions call: records each event in this process's journal, which a forked child begins afresh.

    edits.py decides what each method is given, and what becomes of its result. No method raises. A forked child has no
    page of memory of its own yet, and each object that it touches can be one more page to copy: so this is one object
    with few and plain attributes. It has 30 of them at the most: so CPython keeps them in the object itself, and since
    3.14 specializes code only for such. What is needed seldom is in another object.
    """

    now = _now
    len = len  # for edited functions, whose module can have a `len` of the program

    def __init__(self, folder: str, cache: str, watch: "tuple[str, ...]", settings: "dict[str, str]") -> None:
        self.seldom = Seldom(folder, cache, settings)
        self.bell = folder + os.sep + BELL
        self.left_out: Any = None  # from when on tasks are not recorded: [their number, the place of the record of it]
        self.watched = watch
        self.write: Any = _nowhere  # the methods of the journal itself, to save a call
        self.text: Any = _nothing
        self.journal: Journal | None = None
        self.rooms: Iterator[tuple[mmap.mmap, int, int, int]] = iter(())  # those of the last nursery
        self.roomy: Any = None  # the key of the process that may take them, which is that object itself
        # A journal for a forked child, its methods, and what they take the place of: see after_fork_in_child.
        self.spare: tuple[Journal, Any, Any, Any] | None = None
        # Time of this process's HELLO, which with the pid identifies it. Calls with another key began in an ancestor.
        self.key = 0
        self.pid = 0
        self.thread = 0  # the thread that carries out the process's work: tasks of other threads name theirs
        self.worker = NO_WORKER
        self.child = 0  # the number that the parent has for this process, where it is a forked worker
        self.parent = 0
        self.calls = _numbers()
        self.oldest_call = 0  # calls before this one began in an ancestor, whose frames a fork may unwind
        self.forks = _numbers()
        # thread → number, time and room of its present fork; the pid that it is of, the number of the last call before it, and
        # how many threads there were
        self.forking: dict[int, tuple[int, int, Any, int, int, int]] = {}
        self.no_threads = 0  # what the interpreter counts as threads that a forked process does not have
        self.forked: dict[int, int] = {}  # thread → when its fork() returned, until that is recorded
        self.starting: dict[int, int] = {}  # thread → number of the child that it is starting
        self.ending: dict[int, int] = {}  # thread → number of the call by which it ends all workers of an executor
        self.polls: _Polls | None = None
        self.slow = 2  # tasks in a row that took long: then the next one has its CPU time and arguments noted
        self.got = 0  # bytes of the last message plus one, in the thread that carries out the process's work
        self.ran: Any = None  # the note of the task whose result is about to be sent
        self.inherits = (
            False  # whether forked children inherit what is watched: connections, or what a SharingWatch watches
        )
        self.generators: list[Any] = []  # (module, name) of the random generators that forked children inherit

    def before_fork(self, event: str = "", arguments: "tuple[Any, ...]" = ()) -> None:
        """Python is about to fork.

        This is called for an audit event, because a signal handler of the program may raise out of one. What a handler
        raises in a function that is registered for forks is lost.
        """
        if self.forked:
            self.fork_returned()
        room: list[Any] = []
        if self.journal is not None:
            region = _next(self.rooms, None) if self.roomy is self.key else None
            room = [region] if region is not None else self._more_room(self.journal)
            if "random" in sys.modules and (  # numpy.random loads it, too
                _count_random() != _random_alone or self.generators or "numpy.random" in sys.modules
            ):
                self._find_generators()
        own = self.forking.get(self.thread)
        if own is not None and own[3] != self.pid:  # the fork that made this process
            self.no_threads = own[5]
        self.forking[_own_thread()] = _next(self.forks), _clock(), room, self.pid, _next(self.calls), _count_threads()

    def _find_generators(self) -> None:
        """Note which global variables of the program are random generators: a forked child inherits their states."""
        global _are_random
        modules = sys.modules
        main = modules.get("__main__")
        if (
            not self.generators
            and _are_random is not None
            and "numpy.random" not in modules
            and modules.get("__mp_main__", main) is main
        ):
            # Where there is none, as nearly always, functions in C find that: they touch little else than the variables.
            try:
                if type(main) is not _MODULE or not _any(_are_random(_types_of(_values_of(_names_of(main))))):
                    return
            except RuntimeError:
                pass  # another thread changes them
        if _are_random is None:
            _are_random = _partial_of(map, _partial_of(_is, _facts_of_module("random").get("Random")))
        found = []
        if "numpy.random" in modules:
            found.append(("numpy.random.mtrand", "_rand"))
        for name in ("__main__", "__mp_main__"):
            values = list(_facts_of_module(name).items())
            found += [(name, key) for key, value in values if _type_name(type(value)) in _GENERATORS]
        if found or self.generators:
            self.generators = found[:4]
            self.watcher()

    def fork_returned(self) -> None:
        """Record when this thread's last fork returned, if that is not recorded yet."""
        thread = _own_thread()
        at = _pop(self.forked, thread, 0)
        if at:
            number = began = threads = 0
            fork = _pop(self.forking, thread, None)
            if fork is not None:
                number, began, _, _, _, threads = fork
            threads -= self.no_threads
            threads = threads if 0 < threads < 65535 else 0
            self.write(FORKED, 0, threads, number, at, _pop(self.starting, thread, 0), began)

    def call_began(self, kind: int, process: "Any", timeout: "Any" = None) -> "Any":
        """At the top of a method of BaseProcess, or of one of an executor, which is no process and has no number.

        Returns the call's number; for one of many polls the beginning of the call, which is not recorded yet; 0 for a call
        that is part of ending all workers of an executor.
        """
        if self.ending and self._ends_all(kind):
            return 0
        call = _next(self.calls)
        # What _facts(), _child_number() and others do is spelled out here, in call_left() and in reaped(): between two forks,
        # each function that is called is two more pages for the kernel to copy. Attributes of objects whose class is
        # multiprocessing's own are read as such: nothing of the program runs, and an object's dict takes pages too.
        cls = type(process)
        known = cls is _fork_process or cls is _any_process
        if known:
            try:
                child, config, name = process._identity, process._config, process._name
            except AttributeError:
                known = False
        if not known:
            try:
                facts = _attribute(process, "__dict__")
            except AttributeError:
                facts = _EMPTY
            if type(facts) is not dict:
                facts = _EMPTY
            child, config, name = facts.get("_identity"), facts.get("_config"), facts.get("_name")
        child = child[-1] if type(child) is tuple and child else 0
        if type(child) is not int or not -1 <= child >> 63 <= 0:
            child = 0
        try:
            caller = _frame(2)
        except ValueError:  # C code called the method
            file = line = 0
        else:
            path = _path_of_code(_code_of_frame(caller))
            journal = self.journal
            file = (journal and journal.texts.get(path)) or self.text(path)
            line = _line_of_frame(caller) or 0
        timeout_ns = NO_TIMEOUT
        if kind == START:
            if self.forked:
                self.fork_returned()
            daemon = type(config) is dict and config.get("daemon") is True
            self.write(CHILD, daemon, 0, self.text(name if type(name) is str else "", False), _clock(), child)
        elif timeout is not None:
            timeout_ns = UNKNOWN_TIMEOUT
            if type(timeout) in (int, float) and -1e9 < timeout < 1e9:
                timeout_ns = max(0, int(timeout * 1e9))
        elif kind == IS_ALIVE and self.polls is not None and self.polls.count >= EACH_POLL:
            return call, _clock(), file, line
        here = _own_thread()
        thread = 0 if kind == IS_ALIVE or here == self.thread else self.text(_thread_name(here))
        self.write(CALL_BEGAN, kind, 0, call, _clock(), child, timeout_ns, file, line, thread)
        # Nothing is called from here on: a signal handler can raise out of a call, and call_left is not reached then. The
        # record would be without an end, and what is noted here would not be undone.
        if kind == START:
            self.starting[here] = child
        elif kind > _LAST_OF_PROCESSES:
            self.ending[here] = call
        return call

    def call_left(self, kind: int, call: "Any", process: "Any", done: bool, value: object = None) -> None:
        """In the method's finally. done: the method returns. value: what it returns."""
        if kind == START:
            _pop(self.starting, _own_thread(), None)
        elif kind > _LAST_OF_PROCESSES:
            self.ending.pop(_own_thread(), None)
        at = _clock()
        unrecorded = None
        if type(call) is tuple:
            unrecorded = call
            call = unrecorded[0]
        if call <= self.oldest_call:  # a forked child unwinds frames of its parent; or part of another call
            if not call and done and kind != IS_ALIVE and _own_thread() in self.ending:
                number = _child_number(_facts(process))
                self.write(WORKER_SIGNALLED, 0, 0, self.ending[_own_thread()], at, number)
            return
        error = 0 if done else self.raised(BY_CALL, at, sys.exc_info()[1], call)
        result = method = 0
        cls = type(process)
        known = cls is _fork_process or cls is _any_process
        if known:
            try:
                child, popen = process._identity, process._popen
            except AttributeError:
                known = False
        if not known:
            try:
                facts = _attribute(process, "__dict__")
            except AttributeError:
                facts = _EMPTY
            if type(facts) is not dict:
                facts = _EMPTY
            child, popen = facts.get("_identity"), facts.get("_popen")
        child = child[-1] if type(child) is tuple and child else 0
        if type(child) is not int or not -1 <= child >> 63 <= 0:
            child = 0
        if kind == START or kind == JOIN:
            cls = type(popen)
            known = cls is _fork_popen
            if known:
                try:
                    pid, code = popen.pid, popen.returncode
                except AttributeError:
                    known = False
            if not known:
                try:
                    facts = _attribute(popen, "__dict__")
                except AttributeError:
                    facts = _EMPTY
                if type(facts) is not dict:
                    facts = _EMPTY
                pid, code = facts.get("pid"), facts.get("returncode")
        if kind == START:
            if self.forked:
                self.fork_returned()
            name = "fork" if cls is _fork_popen else getattr(cls, "method", None)
            if type(name) is str:
                journal = self.journal
                method = (journal and journal.texts.get(name)) or self.text(name)
            if done:
                result = pid
                if type(result) is not int or not -1 <= result >> 63 <= 0:
                    result = 0
        elif kind == JOIN:
            result = done and code is not None
        elif kind == IS_ALIVE:
            result = value is True
            if self._poll(call, unrecorded, child, result, error, at):
                return
        self.write(CALL_ENDED, kind, 0, call, at, child, result, error, method)

    def reaped(self, popen: "Any") -> None:
        """After the return code of a Popen became known."""
        known = type(popen) is _fork_popen
        if known:
            try:
                pid, code = popen.pid, popen.returncode
            except AttributeError:
                known = False
        if not known:
            try:
                facts = _attribute(popen, "__dict__")
            except AttributeError:
                return
            if type(facts) is not dict:
                return
            pid, code = facts.get("pid"), facts.get("returncode")
        if type(pid) is int and type(code) is int:
            if not -1 <= pid >> 63 <= 0:
                pid = 0
            self.write(REAPED, 0, 0, 0, _clock(), pid, code if -1 <= code >> 63 <= 0 else 0)

    def after_fork_in_child(self) -> None:
        """In a forked child, before anything of the program runs there.

        Whatever is looked up, made or dropped here is one more page for the kernel to copy. So the parent has made what can
        be made before, and what does no harm stays as it was.
        """
        thread = _own_thread()
        if FREE_THREADED:
            for numbers in (self.calls, self.forks, self.seldom.threads):
                numbers.after_fork()
        # The fork for a subprocess with a preexec_fn raises no audit event: what is known is of the fork before.
        fork = self.forking[thread] if thread in self.forking else None
        if fork is None or fork[3] != self.pid or (self.forked and thread in self.forked):
            number, self.oldest_call = 0, _next(self.calls)
            room: list[Any] = []
        else:
            number, _, room, _, self.oldest_call, _ = fork
        if self.forked:
            self.forked.clear()
        if self.ending:
            self.ending = {}
        self.child = 0
        if self.starting:
            if thread in self.starting:
                self.child = self.starting[thread]
                del self.starting[thread]
            if self.starting:
                self.starting = {}
        self.parent = self.pid
        self.pid = pid = _getpid()
        self.thread = thread
        if room and self.spare is not None and self.left_out is None:
            # The same as _begin() and Journal.begin() do there, in one function.
            parent_key = self.key
            self.key = at = _clock()
            if self.polls is not None:
                self.seldom.before = self.polls, self.seldom.before
                self.polls = None
            journal = self.journal
            if journal is not None and journal.interval_s:
                journal.end_hurry()
            # What is replaced is not dropped, since the spare holds it.
            journal, self.write, self.text, _ = self.spare
            self.journal = journal
            journal.stretches = room
            journal.stretch = region = room[0]
            memory, _, _, offset = region
            _pack_body(
                memory, _next(journal.slots) * SLOT + offset + 1, FORK, VERSION, number, at, pid, self.parent, _epoch(),
                parent_key, self.child, 0
            )  # fmt: skip
            memory[offset] = HELLO
            memory[offset // REGION] = 1
            try:
                _close(_open(self.bell, _TO_RING))
            except OSError:
                pass
        else:
            self._begin(room, FORK, self.key, number, 0)
        if self.inherits:
            self.watcher().after_fork()

    def worker_began(self, process: "Any") -> None:
        """At the top of BaseProcess._bootstrap, in the child."""
        self.worker = WORKER
        if self.child:  # its parent recorded the name
            self.write(WORKER_BEGAN, 0, 0, 0, _clock(), self.child, self.parent)
            return
        facts = _facts(process)
        name = self.text(_plain(facts.get("_name")), False)
        self.write(WORKER_BEGAN, 0, 0, name, _clock(), _child_number(facts), _bounded(facts.get("_parent_pid")))

    def target_began(self) -> int:
        """Before run(), in the child. Returns the key of the process that makes the call."""
        if self.watched:
            self.watch(BEGAN)
        if self.generators:
            self.watcher().drawing_began()
        self.write(TARGET_BEGAN, 0, 0, 0, _clock())
        return self.key

    def target_left(self, key: int, done: bool) -> None:
        """In the finally around run(). key: from target_began. done: run() returned."""
        at = _clock()
        if key == self.key:
            if self.generators:
                self.watcher().drawing_ended()
            self.write(TARGET_ENDED, 0, 0, 0 if done else self.raised(BY_TARGET, at, sys.exc_info()[1]), at)
            if self.watched:
                self.watch(ENDED)

    def worker_ended(self, code: object) -> None:
        """Before _bootstrap returns."""
        if self.forked:
            self.fork_returned()
        self.worker = LEAVING_WORKER
        if _exit_as_it_is is not None and _names_of_os.get("_exit") is _exit_instead:
            # There is nothing to look at any more, and the object takes some pages. The program may have a function of its own.
            _names_of_os["_exit"] = _exit_as_it_is
        self.write(WORKER_ENDED, 0, 0, 0, _clock(), code if type(code) is int and -1 <= code >> 63 <= 0 else 0)

    def open(self) -> None:
        """Begin the journal of an interpreter that starts."""
        self.pid = _getpid()
        self.thread = _this_thread()
        self.parent = os.getppid()
        # The ticks identify a process that executes another interpreter later. Those of a forked child the keeper knows.
        self._begin([], FRESH, 0, 0, _start_ticks())

    def _begin(self, room: "list[Any]", how: int, parent_key: int, fork: int, ticks: int) -> None:
        """Begin this process's own journal. how: FRESH or FORK. room: a region of the parent's nursery, or empty."""
        self.key = at = _now()
        journal = self.journal
        if self.left_out is not None:  # in the parent
            self.left_out = None
            for name in _LEFT_OUT:
                self.put_back(name)
        try:
            if journal is None:
                journal = Journal(self.path_of_own(), True, None, self.seldom.limit, self.leave_out)
            else:
                # Kept, since what is dropped is a page to copy too.
                self.seldom.before = journal.stretches, journal.texts, self.polls, self.seldom.before
                self.polls = None
                journal.growing._at_fork_reinit()  # type: ignore[attr-defined]
                journal.begin(self.path_of_more if room else self.path_of_own(), room)
        except _NO_ROOM:
            self.journal = None
            self.write = _nowhere
            self.text = _nothing
            return
        journal.write(HELLO, how, VERSION, fork, at, self.pid, self.parent, _epoch(), parent_key, self.child, ticks)
        if self.journal is None:
            self.journal = journal
            self.write = journal.write
            self.text = journal.text
        if room:
            memory, _, _, offset = room[0]
            memory[offset // REGION] = 1
            self._ring()

    def path_of_own(self) -> str:
        """The path of this process's journal."""
        return "%s%s%d-%d.journal" % (self.seldom.folder, os.sep, self.pid, self.key)

    def path_of_more(self) -> str:
        """The path of this process's journal where it began in its parent's nursery."""
        return "%s%s%d-%d.more.journal" % (self.seldom.folder, os.sep, self.pid, self.key)

    def _ring(self) -> None:
        """Have the keeper look for a child. It is notified when this file is opened, which costs next to nothing."""
        try:
            _close(_open(self.bell, _TO_RING))
        except OSError:
            pass

    def _ends_all(self, kind: int) -> bool:
        """Whether the present call is made by an executor that ends all its workers, and not by a signal handler."""
        if _this_thread() not in self.ending or kind not in (IS_ALIVE, TERMINATE, KILL):
            return False
        return sys._getframe(3).f_code.co_name == "_force_shutdown"

    def _poll(self, call: int, unrecorded: "Any", child: int, answer: bool, error: int, at: int) -> bool:
        """Count an answer. True when the call needs no record of its own. unrecorded: as call_began returned it."""
        polls = self.polls
        known = child, answer, error
        if polls is None or polls.answer != known or at - polls.last > 1000000000:
            polls = self.polls = _Polls(known)
        polls.count += 1
        polls.last = at
        if unrecorded is None:
            return False
        _, began, file, line = unrecorded
        if polls.count <= EACH_POLL:  # the answer differs from those before, so that the call is recorded after all
            self.write(CALL_BEGAN, IS_ALIVE, 0, call, began, child, -1, file, line)
            return False
        if polls.place is not None:
            memory, offset = polls.place
            _TWO.pack_into(memory, offset + 24, polls.count - EACH_POLL, at)
        elif self.journal is not None:
            polls.place = place = self.journal.place()
            if place is not None:
                memory, offset = place
                _pack_body(memory, offset + 1, answer, 0, call, began, child, 1, at, file, line, 0)
                memory[offset] = POLLED
        return True

    def spawn_began(self) -> int:
        """Before a fresh interpreter is started for a worker or a helper."""
        return _now()

    def spawned(self, began: int, pid: int) -> int:
        """After the interpreter was started. Returns the pid that it is given."""
        if type(pid) is int:
            self.write(SPAWNED, 0, 0, 0, began, pid, _now())
        return pid

    def watch(self, when: int) -> None:
        """Record the watched globals of the main module."""
        if not self.watched or self.journal is None:
            return
        main = sys.modules.get("__main__")
        if type(main) is not type(sys):
            return
        values = main.__dict__
        for name in self.watched:
            if name in values:
                value = self.text(safe_repr(values[name]), False)
                self.write(WATCHED, when, 0, self.text(name), _now(), value)

    def serves(self, what: int) -> None:
        """At the top of the loop of a pool's worker, or of a manager's server. what: POOL or MANAGER."""
        if _this_thread() == self.thread:
            self.write(SERVES, what, 0, 0, _now())

    def submitted(self, job: int, of: int) -> None:
        """After a job was numbered. of: POOL_JOB or EXECUTOR_JOB."""
        self.write(SUBMITTED, of, 0, 0, _now(), _bounded(job))

    def task_began(
        self, job: int, index: int, function: "Any", arguments: "Any", keywords: "Any" = None, of: int = 0
    ) -> "Any":
        """Before a pool's worker calls a task's function. The worker is this process, or in a ThreadPool this thread.

        Returns the place of the record, to which the end is added, and the process's key; None when nothing is recorded.
        """
        journal = self.journal
        if journal is None:
            return None
        thread = 0 if _this_thread() == self.thread else self.thread_number(None)
        name = self.text(task_name(function, arguments))
        shown = cpu = 0
        if self.slow:  # before there is a slot: a signal between both leaves it empty
            shown = self.arguments_text(function, arguments, keywords)
            cpu = _thread_cpu()
        place = journal.place()
        if place is None:
            return None
        memory, offset = place
        at = _now()
        _pack_task(
            memory, offset + 1, of, 0, name, at, thread, 0 if thread else self.got,
            job if type(job) is int and 0 <= job <= _MOST else 0, 0,
            index if type(index) is int and -1 <= index < 1 << 31 else -1, shown, 0, 0, 0.0, 0
        )  # fmt: skip
        memory[offset] = TASK
        return memory, offset, self.key, of, at, cpu

    def work_began(self, item: "Any", context: "Any" = None) -> "Any":
        """Before a thread of a ThreadPoolExecutor or InterpreterPoolExecutor calls a task's function.

        context: since 3.14 of the thread; it has the interpreter. Returns what work_left is given. A pool of threads can
        run a hundred thousand tasks a second: so it does itself what it could call.
        """
        journal = self.journal
        if journal is None:
            return None
        try:
            key, thread = _here.known
        except AttributeError:
            key = thread = 0
        if key != self.key:
            thread = self.thread_number(context)
            key = self.key
        try:
            function = item.task[0] if _TASKS_IN_ONE else item.fn
            submitted = item.procession_ns
        except (AttributeError, TypeError, LookupError):  # made before this module was edited, or of another shape
            function = None
            submitted = 0
        name = None
        if type(function) is _FUNCTION:
            text = function.__qualname__
            if type(text) is str:
                name = journal.texts.get(text)
        if name is None:
            name = self.text(task_name(function, _call_of(item)[1]))
        shown = cpu = 0
        if self.slow > 1:  # a single one may only have waited for the GIL
            shown = self.arguments_text(*_call_of(item))
            cpu = _thread_cpu()
        at = next(journal.slots)
        memory, first, last, shift = journal.stretch
        if first <= at < last:
            offset = at * SLOT + shift
        else:
            place = journal.place_of(at)
            if place is None:
                return None
            memory, offset = place
        began = _now()
        _pack_work(memory, offset + 1, UNNUMBERED, name, began, thread, -1, shown, submitted)
        memory[offset] = TASK
        return memory, offset, key, began, cpu

    def cluster_task_began(self, key: object, task: "Any", arguments: "Any" = None, keywords: "Any" = None) -> "Any":
        """Before a thread of a Dask worker calls a task. Returns what work_left is given.

        task: the function; since Dask 2025 an object that holds it and its arguments, where its class is Dask's own.
        """
        journal = self.journal
        if journal is None:
            return None
        thread = self.thread_number(None)
        if arguments is None and _is_of(type(task), "dask._task_spec"):
            try:
                get = object.__getattribute__
                task, arguments, keywords = get(task, "func"), get(task, "args"), get(task, "kwargs")
            except AttributeError:
                pass  # a task that only passes data on
        name = self.text(cluster_task_name(key) or task_name(task, arguments))
        shown = cpu = 0
        if self.slow > 1:
            shown = self.arguments_text(task, arguments, keywords)
            cpu = _thread_cpu()
        place = journal.place()
        if place is None:
            return None
        memory, offset = place
        began = _now()
        _pack_work(memory, offset + 1, UNNUMBERED, name, began, thread, -1, shown, 0)
        memory[offset] = TASK
        return memory, offset, self.key, began, cpu

    def cluster_task_left(self, note: "Any", message: object) -> None:
        """In the finally around the call. message: what the worker will tell the scheduler; None: the call was left by an
        exception that ends the worker."""
        error = None
        if type(message) is not dict:
            error = sys.exc_info()[1]
        elif message.get("op") == "task-erred":
            error = message.get("actual_exception", message.get("actual-exception"))
        self.work_left(note, error)

    def serves_cluster(self, name: object) -> None:
        """At the top of Dask's Worker.__init__, in whatever thread. name: by which the cluster knows it, often a number."""
        self.write(SERVES, CLUSTER, 0, self.text(str(name) if type(name) in (int, str) else "", False), _now())

    def arguments_text(self, function: "Any", arguments: "Any", keywords: "Any") -> int:
        """The number of the text with a task's arguments, 0 where enough of them are recorded."""
        if self.seldom.shown >= _MOST_ARGUMENTS:
            return 0
        self.seldom.shown += 1
        return self.text(task_arguments(function, arguments, keywords), False)  # type: ignore[no-any-return]

    def thread_number(self, context: "Any") -> int:
        """The number of this thread in this process, which is recorded at its first task; 0 for the process's own."""
        ident = _this_thread()
        if ident == self.thread:
            return 0
        try:
            key, number = _here.known
        except AttributeError:
            key = number = 0
        if key == self.key:
            return int(number)
        number = next(self.seldom.threads)
        name = _plain(_facts(_thread_object(ident)).get("_name"))
        interpreter = _facts(_facts(context).get("interp")).get("_id")
        self.write(THREAD, 0, 0, self.text(name, False), _now(), number, _native_thread(), _bounded(interpreter))
        _here.known = self.key, number
        return int(number)

    def item_began(self, item: "Any") -> "Any":
        """Before an executor's worker calls a task's function. Returns the same as task_began."""
        facts = _facts(item)
        function, arguments, keywords = facts.get("fn"), facts.get("args"), facts.get("kwargs")
        return self.task_began(facts.get("work_id", 0), -1, function, arguments, keywords, EXECUTOR_JOB)

    def task_ended(self, note: "Any", result: "Any") -> None:
        """After the function.

        result: (whether it returned, what it returned or raised), as a pool's worker keeps it.
        """
        if type(result) is tuple and len(result) == 2 and result[0] is False:
            self.task_left(note, result[1])
        else:
            self.task_left(note, None)

    def task_left(self, note: "Any", error: object) -> None:
        """After the function. note: from task_began. error: what the function raised, or None."""
        at = _now()
        if note is None:
            return
        memory, offset, key, of, began, cpu = note
        if key != self.key:
            return  # a forked child unwinds frames of its parent
        self.slow = at - began > _SLOW_NS
        if error is None and not cpu:
            _pack_number(memory, offset + 40, at)  # what else there is stays 0
        else:
            used = max(1e-9, (_thread_cpu() - cpu) / 1e9) if cpu else 0.0
            word = 0 if error is None else self.raised(BY_TASK, at, error)
            _pack_end(memory, offset + 40, at, word, used)
        memory[offset + 1] = of | TASK_OVER  # last, when the end is written
        self.ran = note

    def work_left(self, note: "Any", error: object) -> None:
        """The same after work_began. error: as it was raised."""
        at = _now()
        if note is None:
            return
        memory, offset, key, began, cpu = note
        if key != self.key:
            return
        self.slow = self.slow + 1 if at - began > _SLOW_NS else 0
        if error is None and not cpu:
            _pack_number(memory, offset + 40, at)  # what else there is stays 0
        else:
            used = max(1e-9, (_thread_cpu() - cpu) / 1e9) if cpu else 0.0
            word = 0 if error is None else self.raised(BY_TASK, at, error)
            _pack_end(memory, offset + 40, at, word, used)
        memory[offset + 1] = WORK_OVER

    def result_sent(self, size: int) -> None:
        """After the pickle of a result was made. size: its bytes."""
        note, self.ran = self.ran, None
        if note is not None and note[2] == self.key:
            _HALF.pack_into(note[0], note[1] + 28, min(size + 1, _MOST))

    def arriving(self) -> None:
        """When the length of a big message is known, before the rest of it is read."""
        self.seldom.arrived = _this_thread(), _now()

    def unpickled(self, began: int, size: int) -> None:
        """After a big message was unpickled. began: before that."""
        at = _now()
        arrived, self.seldom.arrived = self.seldom.arrived, None
        thread = _this_thread()
        first = arrived[1] if arrived is not None and arrived[0] == thread and arrived[1] < began else began
        if self.left_out is None:
            self.write(TRANSFER, RECEIVED, thread != self.thread, 0, first, began, at, size)

    def sent(self, began: int, pickled: int, size: int) -> None:
        """After a big message was sent. began, pickled: before and after it was pickled."""
        if self.left_out is None:
            self.write(TRANSFER, SENT, _this_thread() != self.thread, 0, began, pickled, _now(), size)

    def job_sized(self, job: object, size: object, value: object = None) -> None:
        """When it is known of how many tasks a job of a Pool consists. value: of map(), the list with room for all results."""
        if type(job) is int and type(size) is int and 0 < size <= _MOST and 0 <= job <= _MOST:
            self.write(JOB_SIZED, 0, 0, 0, _now(), job, size, len(value) if type(value) is list else 0)

    def results_wait(self, job: object, count: int) -> None:
        """In IMapIterator.next(): so many results are there that the program has not taken yet."""
        at = _now()
        if at - self.seldom.piled_at > _PILE_EVERY_NS:
            self.seldom.piled_at = at
            self.write(RESULTS_WAIT, 0, 0, 0, at, _bounded(job), count)

    def imported(self, name: str, began: int) -> None:
        """After a module was imported by the program itself, and not by another import."""
        at = _now()
        if at - began > _LEAST_IMPORT_NS:
            self.write(IMPORTED, 0, _this_thread() != self.thread, self.text(name), began, at)

    def main_begins(self) -> int:
        """Before a started process runs the main module again."""
        return _now()

    def main_ran(self, began: int) -> None:
        """After it ran the main module."""
        self.imported("__main__", began)

    def leave_out(self) -> None:
        """Record no more tasks and jobs: the run has taken most of the disk that it may."""
        if self.left_out is None:
            self.left_out = [_numbers(), None]
            for name in _LEFT_OUT:  # in place of the methods, which therefore need not ask
                self.put_in_place_of(name, _nowhere if name == "submitted" else Hooks._left_out_task)

    def put_in_place_of(self, name: str, function: "Any") -> None:
        """Have the function called in place of a method.

        In the class, of which a process uses one object: of that it would be an attribute more than there can be.
        """
        kind: Any = type(self)
        self.seldom.methods.setdefault(name, kind.__dict__[name])
        setattr(kind, name, function)

    def put_back(self, name: str) -> None:
        """Undo that."""
        method = self.seldom.methods.pop(name, None)
        if method is not None:
            setattr(type(self), name, method)

    def _left_out_task(self, *values: object) -> None:
        """Count a task that is not recorded, in a record that changes in place."""
        journal = self.journal
        if journal is None:
            return
        left_out = self.left_out
        count = next(left_out[0])
        if left_out[1] is not None:
            memory, offset = left_out[1]
            _TWO.pack_into(memory, offset + 16, count, _now())
            return
        left_out[1] = place = journal.place()
        if place is not None:
            memory, offset = place
            at = _now()
            _pack_body(memory, offset + 1, 0, 0, 0, at, count, at, 0, 0, 0, 0)
            memory[offset] = LEFT_OUT

    def raised(self, what: int, at: int, error: object, call: int = 0) -> int:
        """Record an exception with its message and its place. what: BY_TASK and so on; what ended by it.

        at: the time of the end, which the record of the end has, too. Returns the number of its type's name.
        """
        if error is None:
            return 0
        wrapped = _facts(error)  # pools wrap an exception to keep its traceback as a text
        inner = wrapped.get("exc")
        text = _plain(wrapped.get("tb"))
        if not text or not issubclass(type(inner), BaseException):
            inner, text = error, ""
        kind: int = self.text(_type_name(type(inner)))
        if self.seldom.errors < _MOST_ERRORS:
            self.seldom.errors += 1
            frames = _frames_in(text) if text else _frames_of(inner)
            file, line = _place_of(inner, frames)
            if what == BY_CALL and _is_library(file):  # the traceback ends at the method that was called
                file, line = _place_in_program(sys._getframe(2))
            message = self.text(message_of(inner), False)
            trace = self.text("\n".join(["%s:%d %s" % frame for frame in frames[-_MOST_TRACED:]]), False)
            thread = _this_thread()
            name = self.text(_thread_name(thread)) if thread != self.thread else 0
            self.write(
                RAISED, what, name if name < 1 << 16 else 0, kind, at, message, self.text(file), line, trace, call
            )
        return kind

    def unsent(self, note: "Any", error: object) -> None:
        """In a pool's worker, where a task's result could not be pickled. error: what the pool sends in its place."""
        if note is None or note[2] != self.key:
            return
        memory, offset = note[:2]
        at, word, used = _TASK_END.unpack_from(memory, offset + 40)
        if not word:
            _pack_end(memory, offset + 40, at, self.raised(BY_TASK, at, error), used)

    def thread_raised(self) -> None:
        """In Thread._bootstrap_inner, where an exception ended the thread's work."""
        error = sys.exc_info()[1]
        if not issubclass(type(error), SystemExit):
            self.raised(BY_THREAD, _now(), error)

    def feeder_raised(self, error: object) -> None:
        """Where the feeder of a queue could not send an object that was put into it."""
        self.raised(BY_THREAD, _now(), error)

    def task_unsent(self, error: object) -> None:
        """Where the thread of a Pool that sends tasks could not send one: it never runs, and only its get() would tell."""
        self.raised(BY_THREAD, _now(), error)

    def initializer_raised(self) -> None:
        """Where the initializer of an executor's worker raised, which the worker only logs before it ends."""
        self.raised(BY_INITIALIZER, _now(), sys.exc_info()[1])

    def child_environment(self, env: "Any") -> "Any":
        """The environment for a child that is given one explicitly, with the settings that bring the probe there."""
        settings = self.seldom.settings
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
        """After subprocess.Popen started its child.

        An empty file reports it to the keeper, since the child may be no Python.
        """
        pid = _bounded(_facts(popen).get("pid"))
        if not pid or self.journal is None:
            return
        name = self.text(command_name(arguments), False)
        self.write(SPAWNED, 1, 0, name, began, pid, _now())
        self._leave_note("%d-%d.child" % (pid, began))

    def unreported_start(self, event: str, arguments: "tuple[Any, ...]") -> None:
        """Before os.system or os.posix_spawn starts a child.

        Its pid is not seen here, so that the keeper looks for it.
        """
        if self.journal is not None:
            command = arguments[1] if event == "os.posix_spawn" else ("sh", "-c", arguments[0])
            name = self.text(command_name(command), False)
            self.write(SPAWNED, 2, 0, name, _now(), _native_thread())
            self._leave_note("%d-%d.look" % (os.getpid(), _now()))

    def kill_called(self, event: str, arguments: "tuple[Any, ...]") -> None:
        """Before os.kill() or os.killpg(): whoever is sent the signal cannot know who sent it.

        What a Process object or an executor sends is recorded as a call; here, too, since only this has the line of the
        program.
        """
        target, number = arguments
        if type(target) is not int or type(number) is not int or not number or self.seldom.kills >= _MOST_KILLS:
            return
        self.seldom.kills += 1
        to = ONE_PROCESS
        if event == "os.killpg":
            to = A_GROUP
        elif target == -1:
            to = EVERYTHING
        elif target <= 0:
            to, target = A_GROUP, -target
        own = os.getpgrp()
        file, line = _place_in_program(sys._getframe(2))
        target, number = _bounded(target) or own, _bounded(int(number))
        what = _disposition(target, number) if to == ONE_PROCESS and target != self.pid else 0
        self.write(KILL_CALLED, to, 0, self.text(file), _now(), target, number, line, own, what)

    def shared_made(self, memory: "Any", create: object) -> None:
        """At the end of SharedMemory.__init__(), which makes a block or opens one that is there."""
        facts = _facts(memory)
        if create is True and os.name == "posix":
            self._resource(MADE, SHARED_MEMORY, facts.get("_name"), facts.get("_size"))

    def shared_unlinked(self, memory: "Any") -> None:
        """At the top of SharedMemory.unlink()."""
        self._resource(UNLINKED, SHARED_MEMORY, _facts(memory).get("_name"))

    def registered(self, name: object, kind: object) -> None:
        """Before the resource tracker is told of something that it is to remove if nobody else does.

        A semaphore has a name where it is made for processes that are not forked. Of shared memory there is a record already.
        """
        if type(kind) is str and kind == "semaphore":
            self._resource(MADE, SEMAPHORE, name)

    def tracker_removed(self, name: object, kind: object) -> None:
        """In the resource tracker, after it removed what was still there at the end."""
        kinds = ("shared_memory", "semaphore")
        if type(kind) is str and kind in kinds:
            self._resource(REMOVED, kinds.index(kind), name)

    def pool_made(self, pool: "Any") -> None:
        """At the end of Pool.__init__(), which that of a ThreadPool calls too."""
        workers = _facts(pool).get("_pool")
        if type(workers) is list and workers and _type_name(type(workers[0])) != "DummyProcess":
            self._resource(MADE, POOL_OBJECT, "%x" % id(pool))

    def pool_closed(self, pool: "Any") -> None:
        """At the top of Pool.close() and Pool.terminate(); a with statement calls the latter."""
        self._resource(UNLINKED, POOL_OBJECT, "%x" % id(pool))

    def _resource(self, what: int, kind: int, name: object, size: object = 0) -> None:
        text = _plain(name)
        if text:
            file, line = _place_in_program(sys._getframe(2)) if what == MADE else ("", 0)
            self.write(RESOURCE, what, kind, self.text(text, False), _now(), self.text(file), line, _bounded(size))

    def leaving(self) -> None:
        """At the top of os._exit(), which writes nothing of what is still in a buffer: record what sys.stdout has there.

        It is flushed into a pipe in the place of its own descriptor, which the process does not need any more. Not where
        other threads may write there. One that there was before the fork may hold the buffer's lock for ever: then another
        thread flushes, for which this one waits a moment at most.
        """
        if self.generators:
            self.watcher().drawing_ended()
        stream = sys.stdout
        fork = self.forking.get(self.thread)
        gone = fork[5] if fork is not None and fork[3] != self.pid else 0  # the parent's other threads
        if (
            self.worker == LEAVING_WORKER
            or self.journal is None
            or _count_threads() > gone
            or _type_name(type(stream)) != "TextIOWrapper"
        ):
            return
        io = sys.modules["_io"]
        buffer: Any = stream.buffer if type(stream) is io.TextIOWrapper else None
        if type(buffer) is not io.BufferedWriter or type(buffer.raw) is not io.FileIO:
            return
        file, line = _place_in_program(sys._getframe(2))
        try:
            number = buffer.raw.fileno()
            end, other = os.pipe()
            os.set_blocking(other, False)
            os.dup2(other, number)
            os.close(other)
            if gone:
                done = _thread.allocate_lock()
                done.acquire()
                _thread.start_new_thread(_flush, (stream, done))
                if not done.acquire(timeout=_FLUSHED_WITHIN_S):
                    return
            else:
                _flush(stream)
            os.close(number)
            data = os.read(end, _BUFFERED)
        except (OSError, ValueError, RuntimeError):
            return
        if data:
            last = data.decode("utf-8", "replace").rstrip().rpartition("\n")[2][-200:]
            self.write(OUTPUT_LOST, 0, 0, self.text(file), _now(), line, len(data), self.text(last, False))

    def connecting(self, event: str, arguments: "tuple[Any, ...]") -> None:
        """Before a socket is connected. A child that is forked later inherits the connection."""
        sock, address = arguments
        base = _facts_of_module("_socket").get("socket")
        if (
            type(base) is not type
            or not issubclass(type(sock), base)
            or len(self.seldom.connections) >= _MOST_CONNECTIONS
        ):
            return
        if base.__dict__["type"].__get__(sock) != _STREAM:
            return
        file, line = _place_in_program(sys._getframe(2))
        number = base.__dict__["fileno"](sock)
        if not file or number < 0:
            return
        peer = address if type(address) is str else ""
        if type(address) is tuple and [type(part) for part in address[:2]] == [str, int]:
            peer = "%s:%d" % address[:2]
        self.seldom.connections[number] = os.fstat(number).st_ino, peer, file, line
        self.inherits = True

    def watcher(self) -> "Any":
        """The object that watches what forked processes inherit and share. Its code is loaded when it is needed."""
        if self.seldom.sharing is None:
            loader = _loader_class()("_procession_sharing", os.path.join(os.path.dirname(__file__), "sharing_watch.py"))
            module = type(sys)("_procession_sharing")
            names = ("CONNECTION_READ", "DRAWN", "HOOKS", "UNGUARDED", "_facts", "_facts_of_module", "_is_library",
                     "_place_in_program", "_with_hooks")  # fmt: skip
            for name in names:
                setattr(module, name.lstrip("_"), globals()[name])
            exec(loader.get_code("_procession_sharing"), module.__dict__)
            self.seldom.sharing = module.SharingWatch(self)
            self.inherits = True
        return self.seldom.sharing

    def shared_changed(self, shared: "Any", index: object = None) -> None:
        """At the top of the method that changes a Value or an item of an Array. index: of the item."""
        self.watcher().shared_changed(shared, index, sys._getframe(2))

    def joinable_made(self, lock: "Any") -> None:
        """At the end of JoinableQueue.__init__. lock: the semaphore that counts its tasks. An earlier queue may have had it."""
        self.seldom.lock_type = kind = _facts_of_module("_multiprocessing").get("SemLock")
        counted = self.seldom.counted
        if type(lock) is kind and (lock.handle in counted or len(counted) < _MOST_COUNTED):
            name = lock.name
            counted[lock.handle] = [0, name, name or "%d %d" % (self.pid, _now()), None, 0, 0, 0]

    def queue_put(self, lock: "Any") -> None:
        """After an item was put into a JoinableQueue."""
        note = self.seldom.counted.get(lock.handle) if type(lock) is self.seldom.lock_type else None
        if note is None or note[0] != self.key or note[1] != lock.name:
            note = self._note_of_queue(lock)
        note[5] = number = note[5] + 1
        _pack_number(note[3], note[4] + 16, number)

    def queue_done(self, lock: "Any") -> None:
        """After task_done() of a JoinableQueue."""
        note = self.seldom.counted.get(lock.handle) if type(lock) is self.seldom.lock_type else None
        if note is None or note[0] != self.key or note[1] != lock.name:
            note = self._note_of_queue(lock)
        note[6] = number = note[6] + 1
        _pack_number(note[3], note[4] + 24, number)

    def queue_joined(self, lock: "Any") -> None:
        """At the top of JoinableQueue.join()."""
        note = self._note_of_queue(lock)
        _pack_number(note[3], note[4] + 32, _now())

    def _note_of_queue(self, lock: "Any") -> "Any":
        """[key of the process, names of semaphore and queue, memory and offset of the record, puts, task_done() calls].

        A queue that a fork inherited keeps its name there. A record is of one process. Where nothing is recorded, the memory is
        none of a journal.
        """
        self.seldom.lock_type = kind = _facts_of_module("_multiprocessing").get("SemLock")
        nowhere = [0, None, "", bytearray(SLOT), 0, 0, 0]
        journal, counted = self.journal, self.seldom.counted
        if journal is None or type(lock) is not kind:
            return nowhere
        note = counted.get(lock.handle)
        if note is not None and note[0] == self.key and note[1] == lock.name:
            return note
        queue = note[2] if note is not None and note[1] == lock.name else lock.name
        if not queue or (note is None and len(counted) >= _MOST_COUNTED):
            return nowhere  # without a name it was made before this module was edited
        word = self.text(queue)
        place = journal.place()
        if place is None:
            return nowhere
        memory, offset = place
        _pack_body(memory, offset + 1, 0, 0, word, _now(), 0, 0, 0, 0, 0, 0)
        memory[offset] = QUEUE_COUNTED
        counted[lock.handle] = note = [self.key, lock.name, queue, memory, offset, 0, 0]
        return note

    def _leave_note(self, name: str) -> None:
        """Make an empty file in the run's folder, which notifies the keeper at once."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        try:
            os.close(os.open(self.seldom.folder + os.sep + name, flags, 0o600))
        except OSError:
            pass

    def _more_room(self, journal: Journal) -> "Any":
        """A region of a new nursery, four times as large as the one before; empty when it cannot be made."""
        with journal.growing:
            region = next(self.rooms, None) if self.roomy is self.key else None
            if region is not None:
                return [region]  # another thread made the nursery in the meantime
            before = self.seldom.nursery
            if before is not None and before.key != self.key:
                before = None  # the parent's
            regions = min(_MOST_REGIONS, 4 * before.regions) if before else _FIRST_REGIONS
            path = "%s%s%d-%d.nursery.journal" % (self.seldom.folder, os.sep, self.pid, _now())
            try:
                nursery = Nursery(path, regions, self.key, self.seldom.limit)
            except _NO_ROOM:
                return []
            if before is not None and (before.before is None or before.before.key != self.key):
                try:
                    self._rehearse_child()  # this process forks often: once, as this is its second nursery
                except _NO_ROOM:
                    pass  # its children are only slower
            nursery.before = self.seldom.nursery
            self.seldom.nursery = nursery
            self.rooms = nursery.rooms
            self._look_up_for_child()
            if self.roomy is not self.key:
                self.seldom.before = self.spare, self.seldom.before
                self.spare = self._spare_journal(nursery.memory)
                self.roomy = self.key
            return [next(self.rooms)]

    def _spare_journal(self, memory: mmap.mmap) -> "tuple[Journal, Any, Any, Any]":
        """A journal that any forked child of this process makes its own, by giving it its room."""
        journal: Any = Journal(self.path_of_more, True, [(memory, 0, 0, 0)], self.seldom.limit, self.leave_out)
        journal.stretches = journal.stretch = None
        return journal, journal.write, journal.text, (self.journal, self.write, self.text)

    def _look_up_for_child(self) -> None:
        """Have the interpreter find once what only forked workers look up, so that its cache has it before the fork.

        Otherwise each of them finds it for itself. Nearly every entry that a child adds to the cache is one more page to copy.
        A module of the program can have the name of one of Python's.
        """
        intern = sys.intern
        for module, kind, names in _LOOKED_UP_BY_CHILDREN:
            facts = _facts_of_module(module) if module else globals()
            place = facts.get(kind) if kind else sys.modules.get(module)
            if type(place) is _MODULE:
                plain = "__getattr__" not in facts
            else:
                plain = type(place) is type or _type_name(type(place)) == "ABCMeta"
            for name in names.split() if plain else ():
                getattr(place, intern(name), None)

    def _rehearse_child(self) -> None:
        """Do often enough what a forked child does once, so that the interpreter has it specialized and cached before the fork.

        Otherwise each child does so for itself, in some thirty pages that the kernel has to copy. Nothing is recorded.
        """
        global _exit_as_it_is
        _gather()
        room = [(mmap.mmap(-1, REGION), 0, REGION_SLOTS - 1, 0)]
        child = Hooks("", "", (), {})
        child.bell = os.devnull
        child.journal = journal = Journal("", True, room)
        child.write = journal.write
        child.text = journal.text
        child.spare = journal, child.write, child.text, None
        thread = _this_thread()
        exit_as_it_is, _exit_as_it_is = _exit_as_it_is, None  # which the end of a worker would bring back
        try:
            for _ in range(_REHEARSALS):
                journal.slots = _numbers(0)
                child.starting[thread] = 1
                child.forking[thread] = 1, 1, room, child.pid, 1, 0
                child.after_fork_in_child()
                child.worker_began(None)
                child.target_left(child.target_began(), True)
                child.worker_ended(0)
        finally:
            _exit_as_it_is = exit_as_it_is

    def noting_forks(self) -> "Any":
        """A function for the interpreter to call in the parent after a fork: it notes the time, and nothing else.

        It consists of functions in C. Most signals come during the fork itself. In a Python function their handlers
        would run at once, where what they raise is lost.
        """
        return map(self.forked.__setitem__, iter(_own_thread, None), iter(_clock, None)).__next__

    def bye(self) -> None:
        """At the interpreter's orderly exit. An exception that ended the main program has been printed by then."""
        if self.forked:
            self.fork_returned()
        if not self.worker:
            self.raised(BY_MAIN, _now(), _last_error())
        if not self.worker:
            self.watch(ENDED)
        self.write(BYE, 0, 0, 0, _now())


_kept: "list[Any]" = []


def _together(make: "Any") -> "list[Any]":
    """Objects that lie in few pages of memory, chosen from several copies of each. make: makes a list with a copy of each.

    Objects of a size are made one after the other, but fill gaps that others left, and a page ends between two of them.
    """
    pages: dict[int, dict[int, Any]] = {}  # page → place in the list → a copy that begins there
    copies = [make() for _ in range(_COPIES)]
    _kept.append(copies)  # as free memory they would be what children get, here and there
    for made in copies:
        for at, one in enumerate(made):
            pages.setdefault(id(one) >> 12, {}).setdefault(at, one)
    chosen: dict[int, Any] = {}
    while len(chosen) < len(made):
        best: Any = max(pages, key=lambda page: len([at for at in pages[page] if at not in chosen]))
        chosen = {**pages[best], **chosen}
    return [chosen[at] for at in range(len(made))]


def _make_functions_together() -> None:
    """Give what runs around each fork function objects that lie together: see _gather().

    To be called before anything ran, as the interpreter learns anew what a class has.
    """
    owners: Any = [*[(Hooks, name) for name in (*_AT_EACH_FORK, "bye")], (Journal, "write"), (Journal, "text")]
    functions = [*[vars(owner)[name] for owner, name in owners], _audit]
    kind: Any = _FUNCTION
    copies = _together(
        lambda: [
            kind(one.__code__, one.__globals__, one.__name__, one.__defaults__, one.__closure__) for one in functions
        ]
    )
    for (owner, name), function, copy in zip(owners, functions, copies):
        copy.__qualname__ = function.__qualname__
        setattr(owner, name, copy)
    globals()["_audit"] = copies[-1]


def _gather() -> None:
    """Move the code that runs around each fork into as few pages of memory as possible.

    A call counts a reference in its code, which is one more page to copy after each fork, in the parent and in the child.
    """
    of_hooks: Any = [getattr(Hooks, name) for name in _AT_EACH_FORK]
    for functions in ([*of_hooks[:4], Journal.text], [*of_hooks[4:], Journal.write, _audit]):
        codes = [function.__code__ for function in functions]
        for function, code in zip(functions, _together(lambda codes=codes: [code.replace() for code in codes])):
            function.__code__ = code


def _audit(event: str, arguments: "tuple[Any, ...]", handler_of: "Any" = _handler_of) -> None:
    """The hook for audit events.

    Called for very many events, such as each frame that is looked at and each name that is unpickled: a plain function, since
    a method takes three times as long.
    """
    handler = handler_of(event)
    if handler is not None:
        handler(event, arguments)


def _flush(stream: "Any", done: "Any" = None) -> None:
    """Flush a stream. done: a lock that is released afterwards."""
    try:
        stream.flush()
    except (OSError, ValueError, RuntimeError):  # the last where the lock's owner seems to be this thread
        pass
    finally:
        if done is not None:
            done.release()


class _LeavingCall:
    """The call of a LeavesAtOnce. Where nothing is to be looked at, it is that of the function itself, so that a traceback
    is as without the probe."""

    __slots__ = ()

    def __get__(self, leaves: "Any", owner: "Any" = None) -> "Any":
        if leaves is None:
            return LeavesAtOnce.leave
        return leaves.function if leaves.hooks.worker == LEAVING_WORKER else leaves.leave


class LeavesAtOnce:
    """os._exit() as the program finds it: the function itself, after a look at what it would lose.

    It is no function, which would become a method where a class has it as an attribute.
    """

    __slots__ = ("function", "hooks")
    __name__ = "_exit"
    __call__: "Any" = _LeavingCall()

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks
        self.function: Any = os._exit

    def leave(self, status: int) -> "Any":
        """Leave, as the function does."""
        if type(status) is int and -(1 << 31) <= status < 1 << 31:
            try:
                self.hooks.leaving()
            finally:
                self.function(status)
        return self.function(status)

    def __repr__(self) -> str:
        return repr(self.function)

    def __reduce__(self) -> str:
        return self.__name__  # pickled as the function is, by its module and name


def _count_references(random: "ModuleType") -> None:
    """Note how many references random.Random has before the program can make a generator. The module was just loaded."""
    global _are_random, _random_alone
    if type(vars(random).get("Random")) is type and not FREE_THREADED:  # which counts those of a class for each thread
        _are_random = _partial_of(map, _partial_of(_is, vars(random)["Random"]))
        _count_random.__setstate__((sys.getrefcount, (vars(random)["Random"],), {}, None))
        _random_alone = _count_random()


def _know_classes(popen_fork: "ModuleType") -> None:
    """Note the classes of multiprocessing that fork, and by which most programs start processes."""
    global _any_process, _fork_process, _fork_popen
    context = _facts_of_module("multiprocessing.context")
    _any_process, _fork_process = context.get("Process"), context.get("ForkProcess")
    _fork_popen = vars(popen_fork).get("Popen")


def _facts(process: object) -> "dict[str, Any]":
    try:
        facts = object.__getattribute__(process, "__dict__")
    except AttributeError:
        return {}
    return facts if type(facts) is dict else {}


def _facts_of_module(name: str) -> "dict[str, Any]":
    """The globals of a module that is loaded; empty for one that is not."""
    module = sys.modules.get(name)
    return module.__dict__ if type(module) is type(sys) else {}


def _is_library(path: str) -> bool:
    """Whether a file is of the standard library, or of a package that starts and ends processes for the program."""
    if "site-packages" in path:
        return any(package in path for package in _LIBRARY_PACKAGES)
    return path.startswith((_STANDARD_LIBRARY, "<frozen "))


def _place_in_program(frame: "Any") -> "tuple[str, int]":
    """File and line of the innermost frame of the program itself, rather than of a library; ("", 0) without one.

    What is further out than the worker's own beginning is no part of the program.
    """
    for _ in range(_MOST_FRAMES):
        if frame is None or frame.f_code.co_name == "_bootstrap":
            break
        path = frame.f_code.co_filename
        if not _is_library(path):
            return path, frame.f_lineno or 0
        frame = frame.f_back
    return "", 0


def _thread_object(ident: int) -> object:
    """The object of threading for a thread of this process, if there is one."""
    threading = sys.modules.get("threading")
    active = vars(threading).get("_active") if type(threading) is type(sys) else None
    return active.get(ident) if type(active) is dict else None


def _thread_name(ident: int) -> str:
    """The name of a thread, and its class if it is one of its own: ``Thread-1 (_ExecutorManagerThread)``."""
    thread = _thread_object(ident)
    name, kind = _plain(_facts(thread).get("_name")) or "a thread", _type_name(type(thread))
    return name if kind in ("Thread", "_DummyThread", "NoneType") else name + " (" + kind + ")"


def _child_number(facts: "dict[str, Any]") -> int:
    identity = facts.get("_identity")
    return _bounded(identity[-1]) if type(identity) is tuple and identity else 0


def _bounded(value: object) -> int:
    """The number if it fits into a slot, else 0: an exit code can be any integer."""
    return value if type(value) is int and _LEAST <= value <= _GREATEST else 0


def _plain(value: object) -> str:
    return value if type(value) is str else ""


_MOST_TRACED = 30  # frames of a traceback
_TRACEBACK: "Any" = BaseException.__dict__["__traceback__"]
_ARGUMENTS: "Any" = BaseException.__dict__["args"]
_BASES: "Any" = type.__dict__["__mro__"]
_CONTENT: "Any" = type.__dict__["__dict__"]
_TO_TEXT = type(BaseException.__str__)  # of a method that is written in C
_PLAIN_KINDS = (str, bytes, int, float, bool, type(None))


def _last_error() -> "Any":
    """The exception that ended the main program; None if it ended otherwise. Others set sys.last_value, too, as pytest does."""
    error = getattr(sys, "last_value", None)
    if not issubclass(type(error), BaseException):
        return None
    trace = _TRACEBACK.__get__(error)
    if trace is None:
        return error if issubclass(type(error), SyntaxError) else None
    code = trace.tb_frame.f_code
    return error if code.co_name == "<module>" or code.co_filename == "<frozen runpy>" else None


def _frames_of(error: "Any") -> "list[tuple[str, int, str]]":
    """(file, line, function) of each frame that an exception passed, the outermost first."""
    frames: list[tuple[str, int, str]] = []
    trace = _TRACEBACK.__get__(error)
    while trace is not None and len(frames) < 1000:
        code = trace.tb_frame.f_code
        frames.append((code.co_filename, trace.tb_lineno or 0, code.co_name))
        trace = trace.tb_next
    return frames


def _frames_in(text: str) -> "list[tuple[str, int, str]]":
    """The same from a traceback that was printed into a text: of its last exception."""
    frames: list[tuple[str, int, str]] = []
    for row in text.rpartition("Traceback (most recent call last):")[2].splitlines():
        if not row.startswith('  File "'):
            continue
        file, _, rest = row[8:].rpartition('", line ')
        line, _, name = rest.partition(", in ")
        if file and line.isdigit():
            frames.append((file, int(line), name))
    return frames


def _place_of(error: "Any", frames: "list[tuple[str, int, str]]") -> "tuple[str, int]":
    """The innermost frame of the program itself, else the innermost; of a syntax error, the wrong line itself.

    Rather one with a file than one of code made by exec(), as a library makes the methods of a proxy or a dataclass.
    """
    if type(error) in (SyntaxError, IndentationError, TabError):
        file, line = error.filename, error.lineno
        if type(file) is str and type(line) is int:
            return file, line
    own = [(file, line) for file, line, _ in frames if not _is_library(file)]
    for file, line in reversed(own):
        if not file.startswith("<"):
            return file, line
    return own[-1] if own else frames[-1][:2] if frames else ("", 0)


def message_of(error: "Any") -> str:
    """What str() gives, where that runs no code of the program; else the exception's arguments.

    The builtin exceptions make their texts in C, of plain arguments.
    """
    kind = type(error)
    arguments = _ARGUMENTS.__get__(error)
    holders = (_CONTENT.__get__(base) for base in _BASES.__get__(kind))
    to_text = next((content["__str__"] for content in holders if "__str__" in content), None)
    parts = list(arguments)
    if issubclass(kind, (OSError, SyntaxError, UnicodeError, ImportError)):  # whose texts have attributes, too
        if sys.modules["builtins"].__dict__.get(_type_name(kind)) is not kind:
            to_text = None
        elif issubclass(kind, SyntaxError) and type(error.msg) is str:
            return error.msg[:_LONGEST_MESSAGE]
        elif issubclass(kind, OSError):
            parts += [error.filename, error.filename2]
    if type(to_text) is _TO_TEXT and all(type(part) in _PLAIN_KINDS for part in parts):
        return str(to_text(error))[:_LONGEST_MESSAGE]
    if type(to_text) is _FUNCTION and _is_library(to_text.__code__.co_filename):
        parts += _facts(error).values()
        if all(type(part) in _PLAIN_KINDS for part in parts):
            return str(to_text(error))[:_LONGEST_MESSAGE]
    if len(arguments) == 1 and type(arguments[0]) is str:
        return arguments[0][:_LONGEST_MESSAGE]
    return ", ".join([safe_repr(one) for one in arguments[:8]])[:_LONGEST_MESSAGE]


def _type_name(kind: type) -> str:
    """The name of a class, without calling its metaclass."""
    name: str = _name_of(kind)
    return name if type(name) is str else str.__str__(name)  # a subclass can have methods of the program


_FUNCTION, _BUILTIN, _MODULE = type(_plain), type(len), type(sys)


def task_name(function: "Any", arguments: "Any") -> str:
    """The name of a task: of the user's function, inside the wrappers of pools, partials and joblib."""
    for _ in range(8):
        kind = type(function)
        if kind is _FUNCTION:
            name = function.__qualname__
            if type(name) is not str:
                name = str.__str__(name)  # a subclass can have methods of the program
            if (name == "mapstar" or name == "starmapstar") and type(arguments) is tuple and arguments:
                batch = arguments[0]
                if type(batch) is tuple and batch and batch[0] is not function:
                    function, arguments = batch[0], ()
                    continue
            if name == "_process_chunk" and type(arguments) is tuple and arguments:
                function, arguments = arguments[0], ()
                continue
            return name
        if kind is _BUILTIN:
            owner = function.__self__
            if type(arguments) is tuple and arguments and _type_name(type(owner)) == "Context":  # asyncio.to_thread
                function, arguments = arguments[0], arguments[1:]
                continue
            return str(function.__qualname__)
        facts = _facts(function)
        if kind is type(Hooks.bye.__get__(0)):
            function = function.__func__
        elif _is_partial(kind):
            function, arguments, _ = _partial(function)
        elif type(facts.get("items")) is list and facts["items"]:  # joblib's BatchedCalls
            function = facts["items"][0][0] if type(facts["items"][0]) is tuple else None
        elif "_obj" in facts:  # a wrapper of cloudpickle
            function = facts["_obj"]
        elif "func" in facts:
            function = facts["func"]
        else:
            return _type_name(function if kind is type else kind)
    return "?"


def cluster_task_name(key: object) -> str:
    """The name that Dask itself gives to all tasks with such keys; "" where it is not known. key: a text, or a tuple with one.

    ``sum-aggregate`` for ``('sum-aggregate-7f41…', 0, 1)``. A task of Dask's collections rarely has a function of the program.
    """
    if type(key) is tuple and key:
        key = key[0]
    split = _facts_of_module("dask.utils").get("key_split")
    if type(key) is not str or not key or split is None:
        return ""
    return _plain(split(key))


def _is_of(kind: type, module: str) -> bool:
    """Whether a class is of this module of a library."""
    return _plain(_CONTENT.__get__(kind).get("__module__")) == module


def _call_of(item: "Any") -> "tuple[Any, Any, Any]":
    """Function, arguments and named arguments of an item of an executor of threads; Nones for one of another shape."""
    try:
        function, arguments, keywords = item.task if _TASKS_IN_ONE else (item.fn, item.args, item.kwargs)
    except (AttributeError, TypeError, ValueError):
        return None, None, None
    return function, arguments, keywords


def task_arguments(function: "Any", arguments: "Any", keywords: "Any") -> str:
    """The arguments of a task as a short text, inside the wrappers of pools, partials and joblib: see safe_repr().

    Of a task that makes several calls, those of the first and of the last call. Empty where they are not to be seen.
    """
    named = [keywords]
    for _ in range(8):
        if type(arguments) is not tuple and type(arguments) is not list:
            return ""
        kind = type(function)
        facts = _facts(function)
        if kind is _FUNCTION:
            name = function.__qualname__
            if type(name) is not str:
                break
            batch = arguments[0] if name in ("mapstar", "starmapstar") and len(arguments) == 1 else None
            if type(batch) is tuple and len(batch) == 2 and type(batch[1]) is tuple and batch[1]:
                # Of map() each has one argument, of starmap() it is the arguments.
                ends = batch[1][0], batch[1][-1]
                calls = [(one if name == "starmapstar" else (one,), None) for one in ends]
                return _calls_text(calls, len(batch[1]))
            chunk = arguments[1] if name == "_process_chunk" and len(arguments) == 2 else None
            if type(chunk) in (tuple, list) and chunk:
                return _calls_text([(chunk[0], None), (chunk[-1], None)], len(chunk))
            break
        if kind is _BUILTIN:
            if arguments and _type_name(type(function.__self__)) == "Context":  # asyncio.to_thread
                function, arguments = arguments[0], arguments[1:]
                continue
            break
        if _is_partial(kind):
            function, leading, more = _partial(function)
            named.insert(0, more)
            arguments = (*leading, *arguments)
        elif type(facts.get("items")) is list and facts["items"]:  # joblib's BatchedCalls
            first, last = facts["items"][0], facts["items"][-1]
            if type(first) is not tuple or type(last) is not tuple or len(first) != 3 or len(last) != 3:
                return ""
            return _calls_text([(first[1], first[2]), (last[1], last[2])], len(facts["items"]))
        elif "_obj" in facts:  # a wrapper of cloudpickle
            function = facts["_obj"]
        else:
            break
    return _call_text(arguments, *named)[:_LONGEST_ARGUMENTS]


def _calls_text(calls: "list[tuple[Any, Any]]", count: int) -> str:
    """The arguments of the first and the last of so many calls."""
    first, last = [_call_text(*call) for call in calls]
    if count == 1:
        return first[:_LONGEST_ARGUMENTS]
    half = _LONGEST_ARGUMENTS // 2 - 12
    return "%s to %s, %d calls" % (first[:half], last[:half], count)


def _call_text(arguments: "Any", *named: "Any") -> str:
    """The arguments of a call as Python writes a tuple, those with names after the others."""
    if type(arguments) is not tuple and type(arguments) is not list:
        return safe_repr(arguments)
    room = [16]
    parts = [safe_repr(one, 1, room) for one in arguments[:16]]
    if len(arguments) > 16:
        parts.append("…")
    names = 0
    for keywords in named:
        if type(keywords) is dict:
            for _, (key, held) in list(zip(range(16), keywords.items())):
                names += 1
                parts.append((key if type(key) is str else "?") + "=" + safe_repr(held, 1, room))
    return "(" + ", ".join(parts) + (",)" if len(parts) == 1 and not names else ")")


def _is_partial(kind: type) -> bool:
    """Whether this is functools.partial, or a class made from it."""
    partial = _facts(sys.modules.get("functools")).get("partial")
    return partial is not None and issubclass(kind, partial)


def _partial(function: "Any") -> "tuple[Any, Any, Any]":
    """(function, leading arguments, named arguments) of a functools.partial, by its type's own descriptors."""
    partial = sys.modules["functools"].partial
    return partial.func.__get__(function), partial.args.__get__(function), partial.keywords.__get__(function)


def command_name(arguments: "Any") -> str:
    """The name of a command with its first two arguments, where they are plain texts."""
    parts = [arguments] if type(arguments) in (str, bytes) else arguments
    if type(parts) not in (list, tuple):
        return ""
    texts = [part.decode("utf-8", "replace") if type(part) is bytes else part for part in parts[:3]]
    return " ".join(
        [os.path.basename(text) if at == 0 else text for at, text in enumerate(texts) if type(text) is str]
    )[:200]


_MOST_PARTS = 64


def safe_repr(value: "Any", depth: int = 0, room: "list[int] | None" = None) -> str:
    """repr() of plain data, of bounded length. Other objects are shown as their type's name, so that no code of the
    program runs.

    room: [how many parts may still be shown], over all levels.
    """
    kind = type(value)
    # Python lets no program forbid the text of an int of up to 640 digits.
    if value is None or kind in (bool, float, complex):
        return repr(value)
    if kind is int:
        return repr(value) if value.bit_length() < 2048 else "<int of %d bits>" % value.bit_length()
    if kind in (str, bytes):
        return repr(value) if len(value) <= 200 else repr(value[:200]) + "…"
    if kind not in (list, tuple, set, frozenset, dict):
        return "<" + _type_name(kind) + " object>"
    if depth > 3:
        return "…"
    if room is None:
        room = [4 * _MOST_PARTS]
    parts: list[str] = []
    # All at once, since other threads may change the container. A look-up by key would call __hash__ and __eq__ of the program.
    items = list(zip(range(_MOST_PARTS + 1), value.items() if kind is dict else value))
    for at, item in items:
        if at == _MOST_PARTS or room[0] <= 0:
            parts.append("… %d in all" % len(value))
            break
        room[0] -= 1
        if kind is dict:
            parts.append(safe_repr(item[0], depth + 1, room) + ": " + safe_repr(item[1], depth + 1, room))
        else:
            parts.append(safe_repr(item, depth + 1, room))
    text = ", ".join(parts)
    if kind is list:
        return "[" + text + "]"
    if kind is tuple:
        return "(" + text + (",)" if len(value) == 1 else ")")
    if kind is dict:
        return "{" + text + "}"
    text = "{" + text + "}" if value else ""
    return "frozenset(" + text + ")" if kind is frozenset else text or "set()"


# What CPython looks up in a forked worker and not in its parent: attributes of a module's class or, without one, of itself.
_LOOKED_UP_BY_CHILDREN = (
    ("builtins", "dict", "clear items"),
    ("builtins", "list", "pop sort"),
    ("codecs", "IncrementalDecoder", "__init__ errors"),
    ("itertools", "", "count"),
    ("logging", "_StderrHandler", "_at_fork_reinit lock"),
    ("multiprocessing", "", "context util"),
    ("multiprocessing.context", "DefaultContext", "_actual_context"),
    ("os", "", "devnull"),
    ("random", "Random", "gauss_next"),
    ("builtins", "set", "clear difference_update remove update"),
    ("builtins", "type", "close"),
    ("_collections", "deque", "clear"),
    ("_io", "BufferedReader", "close closed raw read1 readable seekable writable"),
    ("_io", "FileIO", "close closed isatty readable seekable writable"),
    ("_io", "TextIOWrapper", "close"),
    ("_thread", "LockType", "_at_fork_reinit acquire locked release"),
    ("_thread", "RLock", "__enter__ __exit__ _at_fork_reinit"),
    ("_weakrefset", "WeakSet", "__iter__ _commit_removals"),
    ("_weakrefset", "_IterationGuard", "__enter__ __exit__ __init__ weakcontainer"),
    ("threading", "Condition", "_at_fork_reinit _lock _waiters"),
    ("threading", "Event", "_at_fork_reinit _cond"),
    ("threading", "_MainThread", "_after_fork _daemonic _ident _initialized _native_id _reset_internal_locks _set_native_id "
     "_started _stop _tstate_lock _is_stopped"),
    ("threading", "", "_HAVE_THREAD_NATIVE_ID _shutdown main_thread"),
    ("weakref", "WeakValueDictionary", "_commit_removals _pending_removals items"),
    ("multiprocessing.context", "ForkProcess", "_after_fork _bootstrap _parent_name _parent_pid _start_method run"),
    ("multiprocessing.context", "Process", "_after_fork _bootstrap _parent_name _parent_pid _start_method run"),
    ("multiprocessing.context", "", "_force_start_method"),
    ("multiprocessing.process", "_ParentProcess", "__init__ _closed _config _identity _name _parent_pid _pid _popen _sentinel"),
    ("multiprocessing.util", "", "_close_stdin _exit_function _flush_std_streams _finalizer_registry _run_after_forkers info"),
    ("sys", "", "stdin"),
    ("", "LeavesAtOnce", "__call__ function hooks"),
    ("", "_LeavingCall", "__get__"),
)  # fmt: skip

_EXECUTOR = [("_process_worker", "executor worker"), ("ProcessPoolExecutor.submit", "submit")]
_ENDS_WORKERS = [("ProcessPoolExecutor." + name, "call") for name in OF_EXECUTORS]
_LOKY = [("Popen.poll", "reap")]
_LOKY_SPAWN = [("fork_exec", "loky spawn")]

_TASKS_IN_ONE = sys.version_info >= (3, 14)  # a _WorkItem has one attribute for function and arguments

# The edited functions: module → (qualified name, kind of edit).
_EDITS = {
    "multiprocessing.process": [("BaseProcess." + name, "call") for name in OF_PROCESSES]
    + [("BaseProcess._bootstrap", "bootstrap")],
    "multiprocessing.util": [("spawnv_passfds", "spawn")],
    "multiprocessing.spawn": [("_fixup_main_from_name", "main module"), ("_fixup_main_from_path", "main module")],
    "multiprocessing.queues": [
        ("Queue._on_queue_feeder_error", "feeder error"),
        ("Queue._feed", "feed"),
        ("Queue.get", "get"),
        ("SimpleQueue.get", "get"),
        ("JoinableQueue.__init__", "joinable made"),
        ("JoinableQueue.put", "joinable put"),
        ("JoinableQueue.task_done", "task done"),
        ("JoinableQueue.join", "joinable join"),
        ("SimpleQueue.put", "put"),
    ],
    "multiprocessing.connection": [
        ("_ConnectionBase.send", "send"),
        ("_ConnectionBase.recv", "receive"),
        ("Connection._recv_bytes", "arrive"),
    ],
    "threading": [("Thread._bootstrap_inner", "thread")],
    "multiprocessing.pool": [
        ("worker", "pool worker"),
        ("Pool._handle_tasks", "feeds tasks"),
        ("Pool.__init__", "pool made"),
        ("Pool.close", "pool closed"),
        ("Pool.terminate", "pool closed"),
        ("ApplyResult.__init__", "job"),
        ("IMapIterator.__init__", "job"),
        ("MapResult.__init__", "map size"),
        ("IMapIterator._set_length", "imap size"),
        ("IMapIterator.next", "results wait"),
    ],
    "multiprocessing.managers": [("Server.serve_forever", "manager")],
    "multiprocessing.shared_memory": [("SharedMemory.__init__", "shared memory"), ("SharedMemory.unlink", "unlink")],
    "multiprocessing.sharedctypes": [("SynchronizedArray.__setitem__", "item")],
    "multiprocessing.resource_tracker": [("ResourceTracker.register", "register"), ("main", "tracker")],
    "concurrent.futures.process": _EXECUTOR + _ENDS_WORKERS + [("_SafeQueue._on_queue_feeder_error", "feeder error")],
    "concurrent.futures.thread": [("_WorkItem.__init__", "work item"), ("_WorkItem.run", "work")],
    "loky.process_executor": _EXECUTOR,
    "joblib.externals.loky.process_executor": _EXECUTOR,
    "loky.backend.popen_loky_posix": _LOKY,
    "joblib.externals.loky.backend.popen_loky_posix": _LOKY,
    "loky.backend.fork_exec": _LOKY_SPAWN,
    "joblib.externals.loky.backend.fork_exec": _LOKY_SPAWN,
    "distributed.worker": [
        ("_run_task", "cluster task"),
        ("apply_function", "cluster task"),  # before 2025
        ("Worker.__init__", "cluster worker"),
    ],
    "subprocess": [
        ("Popen._execute_child", "subprocess"),
        ("Popen._handle_exitstatus", "reap"),
    ],
    "asyncio.base_subprocess": [("BaseSubprocessTransport._process_exited", "reap")],
    "multiprocessing.popen_fork": [("Popen.poll", "reap")],
    "multiprocessing.popen_forkserver": [("Popen.poll", "reap"), ("Popen._launch", "launch")],
    "multiprocessing.popen_spawn_posix": [("Popen._launch", "launch")],
    "multiprocessing.popen_spawn_win32": [("Popen.wait", "reap")],
}
HOOKS = "\0the hooks of Procession's probe"  # placeholder in co_consts for the Hooks object


def _edited_code(module_name: str, path: str, cache: str) -> "dict[str, CodeType]":
    """{qualified name:line: code with the placeholder in its constants} for the edited functions of a module.

    Compiled once for each version of the module's file, and kept in the cache folder under a name with all that it
    depends on.
    """
    import marshal

    source = os.stat(path)
    key = "%s-%x-%x-%x-%s.edits" % (module_name, sys.hexversion, source.st_size, source.st_mtime_ns, _own_version())
    if cache:
        try:
            found = marshal.loads(_read_own(cache, key))
            if type(found) is dict:
                return found
        except (OSError, ValueError, EOFError, TypeError):
            pass
    codes = _compile_edits(path, dict(_EDITS[module_name]))
    if cache:
        _write_own(cache, key, marshal.dumps(codes))
    return codes


def _own_version() -> str:
    """Identifies this version of the probe and its edits. Computed once."""
    if not _OWN:
        folder = os.path.dirname(__file__)
        for name in ("probe.py", "edits.py"):
            own = os.stat(os.path.join(folder, name))
            _OWN.append("%x-%x" % (own.st_size, own.st_mtime_ns))
    return "-".join(_OWN)


_OWN: "list[str]" = []


_IN_FOLDER = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def _read_own(folder: str, name: str) -> bytes:
    """The content of a file in the cache.

    It becomes code of this process: so file and folder must be this user's, and no other user may be able to write to
    them. Raises OSError where they are not.
    """
    within = _open_own(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _IN_FOLDER, None)
    try:
        fd = _open_own(name if within is not None else folder + os.sep + name, os.O_RDONLY | _IN_FOLDER, within)
    finally:
        if within is not None:
            os.close(within)
    assert fd is not None
    try:
        parts = [os.read(fd, 1 << 16)]
        while parts[-1]:
            parts.append(os.read(fd, 1 << 16))
        return b"".join(parts)
    finally:
        os.close(fd)


def _write_own(folder: str, name: str, data: bytes) -> None:
    """Write a file into the cache, whole or not at all. Not into a folder that another user can write to."""
    partial = "%s.%d" % (name, os.getpid())
    within = None
    try:
        within = _open_own(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _IN_FOLDER, None)
        if within is None:
            name, partial = folder + os.sep + name, folder + os.sep + partial
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _IN_FOLDER, 0o600, dir_fd=within)
        try:
            if _lengthened(os.write, fd, data) < len(data):
                raise OSError(partial)
        finally:
            os.close(fd)
        os.replace(partial, name, src_dir_fd=within, dst_dir_fd=within)
    except OSError:
        try:
            os.unlink(partial, dir_fd=within)
        except OSError:
            pass
    finally:
        if within is not None:
            os.close(within)


def _open_own(path: str, flags: int, within: "int | None") -> "int | None":
    """Open a file or folder of this user to which nobody else can write. Raises OSError for another, or for a pipe or a
    device, which could have no end.

    within: the descriptor of its folder. None for a folder where the system has no owners, and cannot open folders.
    """
    if not hasattr(os, "geteuid"):
        return None if os.path.isdir(path) else os.open(path, flags)
    fd = os.open(path, flags, dir_fd=within)
    found = os.fstat(fd)
    plain = found.st_mode & 0o170000 in (0o100000, 0o040000)  # a file or a folder
    if found.st_uid != os.geteuid() or found.st_mode & 0o022 or not plain:
        os.close(fd)
        raise OSError(path)
    return fd


def _compile_edits(path: str, edits: "dict[str, str]") -> "dict[str, CodeType]":
    """The same, compiled from the source. This is rare, so that the code for it is in a file of its own."""
    loader = _loader_class()("_procession_edits", os.path.join(os.path.dirname(__file__), "edits.py"))
    module = type(sys)("_procession_edits")
    for name in ("BIG", "CALLS", "EXECUTOR_JOB", "HOOKS", "MANAGER", "POOL", "POOL_JOB"):
        setattr(module, name, globals()[name])
    exec(loader.get_code("_procession_edits"), module.__dict__)
    return module.compiled(path, edits)  # type: ignore[no-any-return]


def _replace_code(module: "ModuleType", codes: "dict[str, CodeType]", hooks: Hooks) -> None:
    for place, code in codes.items():
        name, _, line = place.partition(":")
        owner: Any = module
        for part in name.split("."):
            owner = vars(owner).get(part)
        if type(owner) is staticmethod:
            owner = owner.__func__
        if type(owner) is not type(_replace_code) or owner.__code__.co_firstlineno != int(line):
            continue  # of another branch of an if, for another system
        owner.__code__ = _with_hooks(code, hooks)


def _with_hooks(code: "CodeType", hooks: Hooks) -> "CodeType":
    return code.replace(
        co_consts=tuple(hooks if type(value) is str and value == HOOKS else value for value in code.co_consts)
    )


class _Finder:
    """First on sys.meta_path: has the modules of `_EDITS` imported as usual, then replaces their functions' code."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._editing: Any = None

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        if name not in _EDITS:
            return None if self._hooks.seldom.importing and name != "random" else self._timed(name, path, target)
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

    def _timed(self, name: str, path: "Any", target: "Any") -> "Any":
        """The spec of a module that the program imports itself, whose loader takes the time. Other loaders are left alone."""
        hooks = self._hooks
        began = _now()
        if sys._getframe(3).f_code.co_name != "_find_and_load_unlocked":  # importlib.util.find_spec() imports nothing
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if type(spec.loader) is _loader_class():
                    spec.loader = _timing_class(hooks, began)(spec.loader.name, spec.loader.path)
                return spec
        return None

    def edit(self, module: "ModuleType") -> None:
        """Replace the code of a module's functions.

        One that cannot be edited is left as it is, and a warning names it.
        """
        hooks = self._hooks
        if module.__name__ == "multiprocessing.popen_fork":
            _know_classes(module)
        try:
            codes = _edited_code(module.__name__, module.__file__ or "", hooks.seldom.cache)
            if module.__name__ == "multiprocessing.sharedctypes":
                hooks.watcher().watch_values(module, list(codes.values()))
            else:
                _replace_code(module, codes, hooks)
        except Exception as error:  # such as IndexError, where a later Python's source is another
            text = "%s is not recorded: %s" % (module.__name__, type(error).__name__)
            hooks.write(WARNING, 0, 0, hooks.text(text), _now())


def _loader_class() -> "Any":
    """Every interpreter has this loaded from its start.

    importlib.util would load modules that the program may not have.
    """
    return sys.modules["_frozen_importlib_external"].SourceFileLoader


def _editing_class(after: "Any") -> "Any":
    """The loader's class for modules that are edited: it calls `after` with the module."""
    own = _loader_class()

    def exec_module(self: "Any", module: "ModuleType") -> None:
        loader = own(self.name, self.path)
        module.__spec__.loader = module.__loader__ = loader  # type: ignore[union-attr]
        loader.exec_module(module)
        after(module)

    return _loading_by(exec_module)


def _timing_class(hooks: Hooks, began: int) -> "Any":
    """The loader's class for other modules: it records how long the import took since `began`."""
    own = _loader_class()

    def exec_module(self: "Any", module: "ModuleType") -> None:
        loader = own(self.name, self.path)
        module.__spec__.loader = module.__loader__ = loader  # type: ignore[union-attr]
        outermost = not hooks.seldom.importing
        hooks.seldom.importing = True
        try:
            loader.exec_module(module)
        finally:
            if outermost:
                hooks.seldom.importing = False
                hooks.imported(self.name, began)
        if self.name == "random":
            _count_references(module)

    return _loading_by(exec_module)


def _loading_by(exec_module: "Any") -> "Any":
    """A subclass of the loader of source files, with the same name, that executes modules with this function.

    Its frame belongs to the file of the loader: Python leaves such frames out of tracebacks.
    """
    own = _loader_class()
    exec_module.__code__ = exec_module.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
    return type(own.__name__, (own,), {"exec_module": exec_module, "__module__": own.__module__})


def activate(
    folder: str, cache: str = "", watch: "tuple[str, ...]" = (), settings: "dict[str, str] | None" = None
) -> None:
    """Start recording this process and every one that it forks.

    folder: of the run, for the journals. cache: for compiled edits. watch: names of globals of the main module whose
    values are recorded. settings: environment variables that bring the probe into a child's interpreter.
    """
    import atexit

    global _exit_as_it_is, _exit_instead
    _make_functions_together()
    hooks = Hooks(folder, cache, tuple(watch), settings or {})
    hooks.open()
    hooks.write(ARGV, 0, 0, hooks.text("\0".join(command_line()), False), _now(), sys.hexversion)
    journal: Any = hooks.journal
    methods: Any = [(hooks, "before_fork"), (hooks, "after_fork_in_child"), (hooks, "bye")]
    if journal is not None:
        methods += [(journal, "write"), (journal, "text")]
    before_fork, after_fork_in_child, bye, *of_journal = _together(lambda: [getattr(*method) for method in methods])
    if of_journal:
        hooks.write, hooks.text = of_journal
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_parent=hooks.noting_forks(), after_in_child=after_fork_in_child)
    atexit.register(bye)

    _handlers.update(
        {
            "os.fork": before_fork,
            "os.forkpty": before_fork,
            "os.posix_spawn": hooks.unreported_start,
            "os.system": hooks.unreported_start,
            "os.kill": hooks.kill_called,
            "os.killpg": hooks.kill_called,
            "socket.connect": hooks.connecting,
        }
    )

    sys.addaudithook(_audit)
    if os.name == "posix":
        LeavesAtOnce.__module__ = os.name
        posix: Any = sys.modules[os.name]
        _exit_as_it_is, _exit_instead = os._exit, LeavesAtOnce(hooks)
        posix._exit = os._exit = _exit_instead
    finder = _Finder(hooks)
    sys.meta_path.insert(0, finder)
    for name in _EDITS:  # modules that a .pth file imported before the probe
        if name in sys.modules:
            finder.edit(sys.modules[name])
