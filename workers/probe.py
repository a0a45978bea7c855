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
import struct
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # annotations are text here: importing typing would be a change to the program
    from types import CodeType, ModuleType
    from typing import Any

# Kinds of records; `workers.journal.Kind` names the same numbers for those who read.
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
STEP = 30  # this and IDLE: a plan's program, see workers.parent
IDLE = 31
SERVES = 25
SUBMITTED = 26
TASK_BEGAN = 27
TASK_ENDED = 28
WARNING = 48

CALLS = ("start", "join", "is_alive", "terminate", "kill", "close")
START, JOIN, IS_ALIVE = 0, 1, 2
VERBS = ("start", "join", "alive", "terminate", "kill", "finish", "go_on")  # STEP's flags
FRESH, FORK = 0, 1  # HELLO's flags: how the process came to be
BEGAN, ENDED = 0, 1  # WATCHED's flags: when the value was read

NO_TIMEOUT, UNKNOWN_TIMEOUT = -1, -2
POOL, MANAGER = 0, 1  # SERVES's flags: what a worker turns out to be
POOL_JOB, EXECUTOR_JOB = 0, 1  # SUBMITTED's and TASK_BEGAN's flags: whose job numbers these are
EACH_POLL = 64  # answers of is_alive() in a row that are all kept, before further equal ones are only counted

VERSION = 1
SLOT = 64
BODY = struct.Struct("<BHI7q")  # all of a slot but its first byte, the kind, which is written last
_TWO = struct.Struct("<2q")
TEXT_BYTES = 56
_FIRST_CHUNK = max(64, mmap.ALLOCATIONGRANULARITY // SLOT)  # slots: most forked children need no more
_MOST_CHUNK = 16384
_LONGEST_TEXT = 4096

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

    __slots__ = ("_chunk", "_chunks", "_growing", "_hidden", "_next", "_next_text", "_texts", "failed", "path")

    def __init__(self, path: str, hidden: bool = False) -> None:
        self.path = path
        self.failed = False
        self._hidden = hidden
        self._texts: dict[str, int] = {}
        self._next = iter(range(1 << 62)).__next__  # atomic under the GIL
        self._next_text = iter(range(1, 1 << 32)).__next__
        self._chunks: list[tuple[mmap.mmap, int, int]] = []
        self._chunk: tuple[mmap.mmap, int, int]
        self._growing = _thread.RLock()  # a signal handler may come to grow it in the middle of growing it
        self._grow(os.O_CREAT | os.O_EXCL)

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
    ) -> "tuple[mmap.mmap, int] | None":
        """Append one record: three small unsigned numbers (8, 16, 32 bits), a time and six 64-bit ones.

        Returns where it lies, None when it could not be written.
        """
        at = self._next()
        chunk = self._chunk
        while not chunk[1] <= at < chunk[2]:
            found = self._chunk_of(at)
            if found is None:
                return None
            chunk = found
            if at == chunk[2]:
                at = self._next()
        memory = chunk[0]
        offset = (at - chunk[1]) * SLOT
        BODY.pack_into(memory, offset + 1, flags, small, word, t, a, b, c, d, e, f)
        memory[offset] = kind
        return memory, offset

    def text(self, text: str, keep: bool = True, most: int = _LONGEST_TEXT) -> int:
        """The number that stands for `text` in this journal, writing it first where it is new. 0 is the empty text. most:
        characters; what is longer is cut."""
        if not text:
            return 0
        number = self._texts.get(text)
        if number is not None:
            return number
        number = self._next_text()
        data = text[:most].encode("utf-8", "backslashreplace")  # a lone surrogate must not raise
        for start in range(0, len(data), TEXT_BYTES):
            piece = data[start : start + TEXT_BYTES]
            numbers = struct.unpack("<7q", piece.ljust(TEXT_BYTES, b"\0"))
            self.write(TEXT, start + TEXT_BYTES >= len(data), len(piece), number, *numbers)
        if keep:
            self._texts[text] = number  # only now: no other thread may refer to what is not yet written
        return number

    def _chunk_of(self, at: int) -> "tuple[mmap.mmap, int, int] | None":
        while not self.failed:
            # One thread at a time: each would take the other's duplicate for its own, and close a number that is no longer it.
            with self._growing:
                for chunk in self._chunks:
                    if chunk[1] <= at <= chunk[2]:
                        return chunk
                try:
                    self._grow(0)
                except (OSError, ValueError):
                    self.failed = True
                    self._end_chunk(CUT)
        return None

    def _end_chunk(self, kind: int) -> None:
        """Say in the last slot of the file, which is kept for this, whether there is more."""
        memory, first, end = self._chunks[-1]
        BODY.pack_into(memory, (end - first) * SLOT + 1, 0, 0, 0, _now(), 0, 0, 0, 0, 0, 0)
        memory[(end - first) * SLOT] = kind

    def _grow(self, flags: int) -> None:
        first = self._chunks[-1][2] + 1 if self._chunks else 0
        count = min(_MOST_CHUNK, _FIRST_CHUNK << (2 * len(self._chunks)))
        flags |= os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        fd = os.open(self.path, flags, 0o600)
        try:
            size = (first + count) * SLOT
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(fd, first * SLOT, count * SLOT)
            else:
                os.truncate(fd, size)
            memory = _map(fd, count * SLOT, first * SLOT, self._hidden)
        finally:
            os.close(fd)
        # A signal handler may have grown it meanwhile: the same region is mapped again, which is harmless.
        self._chunk = chunk = memory, first, first + count - 1
        if not self._chunks or self._chunks[-1][1] < first:
            if self._chunks:
                self._end_chunk(MORE)
            self._chunks.append(chunk)


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


class _Recorder:
    """This process's journal and what the hooks need to know; replaced in place after a fork."""

    def __init__(self, folder: str, cache: str, watch: "tuple[str, ...]", settings: "dict[str, str]") -> None:
        self.folder = folder
        self.write: Any = _nowhere  # the journal's own write, without a step between
        self.settings = settings  # the variables by which a child's interpreter comes to have a probe
        self.cache = cache
        self.watch = watch
        self.journal: Journal | None = None
        self.key = 0  # the time of this process's HELLO, which with its pid names it
        self.generation = 0
        self.next_call = iter(range(1, 1 << 32)).__next__
        self.forks = 0
        self.starting: dict[int, int] = {}  # thread → number of the child that it is starting
        self.thread = 0  # that which runs what a process is there for: pools of threads are not recorded
        self.kept: list[Journal | None] = []  # journals of before a fork: see Journal on freeing them
        self.worker = False
        self.polls: _Polls | None = None

    def open(self, how: int, parent_key: int, fork: int, child: int) -> None:
        self.key = at = _now()
        self.next_call = iter(range(1, 1 << 32)).__next__  # atomic, unlike an addition
        self.kept.append(self.journal)
        self.journal = self.polls = None
        self.write = _nowhere
        self.thread = _this_thread()
        pid = os.getpid()
        try:
            journal = Journal("%s%s%d-%d.journal" % (self.folder, os.sep, pid, at), hidden=True)
        except (OSError, ValueError):
            return
        # They tell who has executed another interpreter since; of a fork the keeper knows them.
        ticks = _start_ticks() if how == FRESH else 0
        journal.write(HELLO, how, VERSION, fork, at, pid, os.getppid(), time.time_ns(), parent_key, child, ticks)
        self.journal = journal
        self.write = journal.write

    def text(self, text: str, keep: bool = True) -> int:
        return 0 if self.journal is None else self.journal.text(text, keep)


def _nowhere(*values: int) -> None:
    """What is written by a process whose journal could not be made."""


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


class _Token:
    """One call that is going on: which, in which generation of forks, and whether it came to its end."""

    __slots__ = ("call", "child", "finished", "generation", "kind", "result", "where")

    def __init__(self, kind: int, child: int, call: int, generation: int) -> None:
        self.kind = kind
        self.child = child
        self.call = call
        self.generation = generation
        self.finished = False
        self.result = 0
        self.where: tuple[int, int, int] | None = None  # of a poll: when it began, and its file and line


class _Hooks:
    """What the edited functions call. Every method takes and returns what its place in `_EDITS` says, and never raises."""

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder
        self._thread = _this_thread

    def call_began(self, kind: int, process: "Any", timeout: "Any" = None) -> _Token:
        """At the top of a method of BaseProcess."""
        recorder = self._recorder
        facts = _facts(process)
        child = _child_number(facts)
        token = _Token(kind, child, recorder.next_call(), recorder.generation)
        caller = sys._getframe(1).f_back  # None where C code called the method
        if kind == START:
            config = facts.get("_config")
            daemon = type(config) is dict and config.get("daemon") is True
            recorder.write(CHILD, daemon, 0, recorder.text(_plain(facts.get("_name"))), _now(), child)
            recorder.starting[self._thread()] = child
        timeout_ns = NO_TIMEOUT if timeout is None else UNKNOWN_TIMEOUT
        if type(timeout) in (int, float) and -1e9 < timeout < 1e9:
            timeout_ns = max(0, int(timeout * 1e9))
        file = 0 if caller is None else recorder.text(caller.f_code.co_filename)
        line = 0 if caller is None else caller.f_lineno or 0
        if kind == IS_ALIVE and recorder.polls is not None and recorder.polls.count >= EACH_POLL:
            token.where = _now(), file, line
            return token
        recorder.write(CALL_BEGAN, kind, 0, token.call, _now(), child, timeout_ns, file, line)
        return token

    def call_finished(self, token: _Token, process: "Any", value: object = None) -> object:
        """At each way out of the method that is no exception; passes the value through."""
        token.finished = True
        if token.kind == START:
            token.result = _bounded(_facts(_facts(process).get("_popen")).get("pid"))
        elif token.kind == JOIN:
            token.result = _facts(_facts(process).get("_popen")).get("returncode") is not None
        elif token.kind == IS_ALIVE:
            token.result = value is True
        return value

    def call_left(self, token: _Token, process: "Any") -> None:
        """In the method's finally."""
        recorder = self._recorder
        if token.generation != recorder.generation:
            return  # a fork is unwinding frames of its parent
        at = _now()
        error = 0
        method = 0
        if not token.finished:
            error = recorder.text(_error_name())
        if token.kind == START:
            recorder.starting.pop(self._thread(), None)
            popen = _facts(process).get("_popen")
            method = recorder.text(_plain(getattr(type(popen), "method", None)))
        elif token.kind == IS_ALIVE and self._poll(token, at, error):
            return
        recorder.write(CALL_ENDED, token.kind, 0, token.call, at, token.child, token.result, error, method)

    def _poll(self, token: _Token, at: int, error: int) -> bool:
        """Count an answer. True when it is recorded by that, and needs no record of its own."""
        recorder = self._recorder
        began, file, line = token.where or (0, 0, 0)
        polls = recorder.polls
        of = token.child, bool(token.result), error, 0
        if polls is None or polls.of != of or at - polls.last > 1000000000:
            polls = recorder.polls = _Polls(of)
        polls.count += 1
        polls.last = at
        if token.where is None:
            return False
        if polls.count <= EACH_POLL:  # another answer than those before: its beginning was held back
            recorder.write(CALL_BEGAN, IS_ALIVE, 0, token.call, began, token.child, -1, file, line)
            return False
        if polls.where is None:
            polls.where = recorder.write(POLLED, of[1], 0, token.call, began, token.child, 1, at, file, line)
        else:
            _TWO.pack_into(polls.where[0], polls.where[1] + 24, polls.count - EACH_POLL, at)
        return True

    def reaped(self, popen: "Any") -> None:
        """After a Popen's return code became known."""
        made = _facts(popen)
        pid, code = made.get("pid"), made.get("returncode")
        if type(pid) is int and type(code) is int:
            self._recorder.write(REAPED, 0, 0, 0, _now(), _bounded(pid), _bounded(code))

    def spawn_began(self) -> int:
        """Before a fresh interpreter is started for a worker or a helper."""
        return _now()

    def spawned(self, began: int, pid: int) -> int:
        """After it was; passes the pid through."""
        if type(pid) is int:
            self._recorder.write(SPAWNED, 0, 0, 0, began, pid, _now())
        return pid

    def worker_began(self, process: "Any") -> None:
        """At the top of BaseProcess._bootstrap, in the child."""
        recorder = self._recorder
        facts = _facts(process)
        parent = _bounded(facts.get("_parent_pid"))
        name = recorder.text(_plain(facts.get("_name")))
        recorder.worker = True
        recorder.write(WORKER_BEGAN, 0, 0, name, _now(), _child_number(facts), parent)

    def target_began(self, process: "Any") -> _Token:
        """Before run(), in the child."""
        recorder = self._recorder
        if recorder.watch:
            self.watch(BEGAN)
        recorder.write(TARGET_BEGAN, 0, 0, 0, _now())
        return _Token(-1, 0, 0, recorder.generation)

    def target_finished(self, token: _Token) -> None:
        """After run() returned."""
        token.finished = True

    def target_left(self, token: _Token) -> None:
        """In the finally around run()."""
        recorder = self._recorder
        if token.generation == recorder.generation:
            at = _now()
            error = 0 if token.finished else recorder.text(_error_name())
            recorder.write(TARGET_ENDED, 0, 0, error, at)
            if recorder.watch:
                self.watch(ENDED)

    def worker_ended(self, code: object) -> None:
        """Before _bootstrap returns."""
        self._recorder.write(WORKER_ENDED, 0, 0, 0, _now(), _bounded(code))

    def watch(self, when: int) -> None:
        """Record the watched globals of the main module."""
        recorder = self._recorder
        if not recorder.watch or recorder.journal is None:
            return
        main = sys.modules.get("__main__")
        if type(main) is not type(sys):
            return
        held = main.__dict__
        for name in recorder.watch:
            if name in held:
                value = recorder.text(_safe_repr(held[name]), keep=False)
                recorder.write(WATCHED, when, 0, recorder.text(name), _now(), value)

    def serves(self, what: int) -> None:
        """At the top of a pool worker's loop, or a manager's server's."""
        if _this_thread() == self._recorder.thread:
            self._recorder.write(SERVES, what, 0, 0, _now())

    def submitted(self, job: int, of: int) -> None:
        """After a pool (of: POOL_JOB) or an executor (EXECUTOR_JOB) numbered a job."""
        self._recorder.write(SUBMITTED, of, 0, 0, _now(), _bounded(job))

    def task_began(self, job: int, index: int, function: "Any", arguments: "Any", of: int = 0) -> int:
        """Before a pool's worker calls a task's function. Returns the task's number, 0 in a pool of threads."""
        recorder = self._recorder
        if _this_thread() != recorder.thread:
            return 0
        number = recorder.next_call()
        name = recorder.text(_task_name(function, arguments))
        place = index if type(index) is int else -1
        recorder.write(TASK_BEGAN, of, 0, name, _now(), number, job if type(job) is int else 0, place)
        return number

    def item_began(self, item: "Any") -> int:
        """The same for an executor's worker."""
        facts = _facts(item)
        return self.task_began(facts.get("work_id", 0), -1, facts.get("fn"), facts.get("args"), EXECUTOR_JOB)

    def task_ended(self, number: int, result: "Any") -> None:
        """After it, with the pair that a pool's worker makes of its outcome."""
        if type(result) is tuple and len(result) == 2 and result[0] is False:
            self.task_left(number, result[1])
        elif number:
            self._recorder.write(TASK_ENDED, 0, 0, 0, _now(), number)

    def task_left(self, number: int, error: object) -> None:
        """After it; error: what it raised, or None."""
        at = _now()
        word = 0
        if not number:
            return
        if error is not None:
            inner = _facts(error).get("exc", error)  # pools wrap what was raised, to carry its traceback
            word = self._recorder.text(_type_name(type(inner)))
        self._recorder.write(TASK_ENDED, 0, 0, word, at, number)

    def child_environment(self, env: "Any") -> "Any":
        """The environment for a child that is given one of its own, so that its interpreter has a probe too."""
        settings = self._recorder.settings
        if not settings or self._recorder.journal is None or type(env) not in (dict, type(os.environ)):
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
        recorder = self._recorder
        pid = _bounded(_facts(popen).get("pid"))
        if not pid or recorder.journal is None:
            return
        name = recorder.text(_command_name(arguments), keep=False)
        recorder.write(SPAWNED, 1, 0, name, began, pid, _now())
        self._leave_note("%d-%d.child" % (pid, began))

    def audit(self, event: str, arguments: "tuple[Any, ...]") -> None:
        """What starts a child without telling anybody who it is: the keeper is asked to look for it."""
        if event == "os.posix_spawn" or event == "os.system":
            recorder = self._recorder
            if recorder.journal is not None:
                command = arguments[1] if event == "os.posix_spawn" else ("sh", "-c", arguments[0])
                name = recorder.text(_command_name(command), keep=False)
                recorder.write(SPAWNED, 2, 0, name, _now(), _native_thread())
                self._leave_note("%d-%d.look" % (os.getpid(), _now()))

    def _leave_note(self, name: str) -> None:
        """An empty file in the run's folder, of which the keeper hears at once."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        try:
            os.close(os.open(self._recorder.folder + os.sep + name, flags, 0o600))
        except OSError:
            pass

    def before_fork(self) -> None:
        recorder = self._recorder
        recorder.forks += 1
        recorder.write(FORKING, 0, 0, recorder.forks & 0xFFFFFFFF, _now(), recorder.starting.get(self._thread(), 0))

    def after_fork_in_parent(self) -> None:
        self._recorder.write(FORKED, 0, 0, self._recorder.forks & 0xFFFFFFFF, _now())

    def after_fork_in_child(self) -> None:
        recorder = self._recorder
        parent_key = recorder.key
        child = recorder.starting.get(self._thread(), 0)
        recorder.starting.clear()
        recorder.generation += 1
        recorder.open(FORK, parent_key, recorder.forks & 0xFFFFFFFF, child)

    def bye(self) -> None:
        """The interpreter's last call to us on an orderly way out."""
        if not self._recorder.worker:
            self.watch(ENDED)
        self._recorder.write(BYE, 0, 0, 0, _now())


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
        if kind is type(_Token.__init__.__get__(0)):
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
_HOOKS = "\0the hooks of Procession's probe"  # stands in co_consts where the hooks object will be


def _edited_code(module_name: str, path: str, cache: str) -> "dict[str, CodeType]":
    """{qualified name:line: code with the placeholder in its constants} for the functions of a module that are edited.

    Compiled once for each version of the file and kept in the cache folder; the key says all that it depends on.
    """
    import marshal

    theirs, ours = os.stat(path), os.stat(__file__)
    sizes = theirs.st_size, theirs.st_mtime_ns, ours.st_size, ours.st_mtime_ns
    key = "%s-%x-%x-%x-%x-%x.edits" % (module_name, sys.hexversion, *sizes)
    kept = os.path.join(cache, key) if cache else ""
    if kept:
        try:
            with open(kept, "rb") as file:
                found = marshal.load(file)
            if type(found) is dict:
                return found
        except (OSError, ValueError, EOFError, TypeError):
            pass
    codes = _compile_edits(path, dict(_EDITS[module_name]))
    if kept:
        _keep(kept, marshal.dumps(codes))
    return codes


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
    before = set(sys.modules)
    import ast

    for name in set(sys.modules) - before:
        del sys.modules[name]  # the program is to find loaded what it would alone
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    wanted: set[tuple[str, int]] = set()
    for name, function in _functions(ast, tree, ""):
        if name in edits and not function.decorator_list:
            wanted.add((name, function.lineno))
            _EDITORS[edits[name]](ast, function)
    code = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    found: dict[str, Any] = {}
    owner: Any
    for owner in [code, *(inner for inner in code.co_consts if hasattr(inner, "co_consts"))]:
        for inner in owner.co_consts:
            name = _qualified("" if owner is code else owner.co_name, getattr(inner, "co_name", ""))
            if (name, getattr(inner, "co_firstlineno", 0)) in wanted:
                found["%s:%d" % (name, inner.co_firstlineno)] = inner
    return found


def _functions(ast: "Any", owner: "Any", within: str) -> "Any":
    """(qualified name, node) of each function of a module and its classes, those in an if included."""
    for node in [*owner.body, *getattr(owner, "orelse", ())]:
        if isinstance(node, ast.FunctionDef):
            yield _qualified(within, node.name), node
        elif isinstance(node, ast.ClassDef) and not within:
            yield from _functions(ast, node, node.name)
        elif isinstance(node, ast.If):
            yield from _functions(ast, node, within)


def _qualified(owner: str, name: str) -> str:
    return owner + "." + name if owner else name


def _hook(ast: "Any", near: "Any", name: str, *arguments: "Any") -> "Any":
    call = ast.Call(ast.Attribute(ast.Constant(_HOOKS), name, ast.Load()), list(arguments), [])
    for node in ast.walk(call):
        ast.copy_location(node, near)
    return call


def _name(ast: "Any", name: str, store: bool = False) -> "Any":
    return ast.Name(name, ast.Store() if store else ast.Load())


def _edit_call(ast: "Any", function: "Any") -> None:
    """token = began(...); try: the body, its results passed through finished(); finally: left(token)."""
    body = function.body
    doc = [body.pop(0)] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else []
    near = body[0]
    itself = _name(ast, "self")
    token = _name(ast, ".token")

    class Results(ast.NodeTransformer):
        def visit_Return(self, node: "Any") -> "Any":
            value = node.value or ast.copy_location(ast.Constant(None), node)
            node.value = _hook(ast, node, "call_finished", token, itself, value)
            return node

        def visit_FunctionDef(self, node: "Any") -> "Any":
            return node

    body = [Results().visit(statement) for statement in body]
    extra = [_name(ast, "timeout")] if function.name == "join" else []
    began = _hook(ast, near, "call_began", ast.Constant(CALLS.index(function.name)), itself, *extra)
    body.append(ast.copy_location(ast.Expr(_hook(ast, near, "call_finished", token, itself)), near))
    left = ast.copy_location(ast.Expr(_hook(ast, near, "call_left", token, itself)), near)
    function.body = [
        *doc,
        ast.copy_location(ast.Assign([_name(ast, ".token", store=True)], began), near),
        ast.copy_location(ast.Try(body, [], [], [left]), near),
    ]


def _edit_bootstrap(ast: "Any", function: "Any") -> None:
    """began at the top, a try around self.run(), and the exit code before the return."""
    itself = _name(ast, "self")
    token = _name(ast, ".token")

    class Places(ast.NodeTransformer):
        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run"):
                return node
            finished = ast.copy_location(ast.Expr(_hook(ast, node, "target_finished", token)), node)
            left = ast.copy_location(ast.Expr(_hook(ast, node, "target_left", token)), node)
            began = _hook(ast, node, "target_began", itself)
            return [
                ast.copy_location(ast.Assign([_name(ast, ".token", store=True)], began), node),
                ast.copy_location(ast.Try([node, finished], [], [], [left]), node),
            ]

        def visit_Return(self, node: "Any") -> "Any":
            return [ast.copy_location(ast.Expr(_hook(ast, node, "worker_ended", node.value)), node), node]

    Places().visit(function)
    near = function.body[0]
    function.body.insert(0, ast.copy_location(ast.Expr(_hook(ast, near, "worker_began", itself)), near))


def _edit_reap(ast: "Any", function: "Any") -> None:
    """reaped(popen) after each assignment to popen.returncode."""

    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and target.attr == "returncode":
                itself = ast.Attribute(_name(ast, "self"), "_proc", ast.Load())
                whose = _name(ast, "self") if isinstance(target.value, ast.Name) else itself
                return [node, ast.copy_location(ast.Expr(_hook(ast, node, "reaped", whose)), node)]
            return node

    Places().visit(function)


def _edit_spawn(ast: "Any", function: "Any") -> None:
    """began at the top, and the returned pid through spawned()."""
    near = function.body[0]
    began = _name(ast, ".began")

    class Results(ast.NodeTransformer):
        def visit_Return(self, node: "Any") -> "Any":
            node.value = _hook(ast, node, "spawned", began, node.value)
            return node

    Results().visit(function)
    assign = ast.Assign([_name(ast, ".began", store=True)], _hook(ast, near, "spawn_began"))
    function.body.insert(0, ast.copy_location(assign, near))


def _edit_pool_worker(ast: "Any", function: "Any") -> None:
    """serves() at the top; around the call of each task task_began() and task_ended()."""
    result = _name(ast, "result")

    class Places(ast.NodeTransformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == "result"):
                return node
            task = [_name(ast, name) for name in ("job", "i", "func", "args")]
            return [*_noted(ast, node, "task_began", *task), node, _said(ast, node, "task_ended", _note(ast), result)]

    Places().visit(function)
    _say_first(ast, function, "serves", ast.Constant(POOL))


def _edit_executor_worker(ast: "Any", function: "Any") -> None:
    """serves() at the top; around the call of each item item_began(), and task_left() on either way out."""
    item = _name(ast, "call_item")

    class Places(ast.NodeTransformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == "r"):
                return self.generic_visit(node)
            node.body.append(_said(ast, first, "task_left", _note(ast), ast.Constant(None)))
            for handler in node.handlers:
                error = _name(ast, handler.name) if handler.name else ast.Constant(None)
                handler.body.insert(0, _said(ast, handler.body[0], "task_left", _note(ast), error))
            return [*_noted(ast, node, "item_began", item), node]

    Places().visit(function)
    _say_first(ast, function, "serves", ast.Constant(POOL))


def _edit_manager(ast: "Any", function: "Any") -> None:
    _say_first(ast, function, "serves", ast.Constant(MANAGER))


def _edit_job(ast: "Any", function: "Any") -> None:
    """submitted(self._job) after it is numbered."""
    job = ast.Attribute(_name(ast, "self"), "_job", ast.Load())
    _after_assignment(ast, function, lambda target: getattr(target, "attr", "") == "_job", "submitted", job,
                      ast.Constant(POOL_JOB))  # fmt: skip


def _edit_submit(ast: "Any", function: "Any") -> None:
    """submitted(self._queue_count) after the work is put under that number."""
    count = ast.Attribute(_name(ast, "self"), "_queue_count", ast.Load())

    def pending(target: "Any") -> bool:
        return getattr(getattr(target, "value", None), "attr", "") == "_pending_work_items"

    _after_assignment(ast, function, pending, "submitted", count, ast.Constant(EXECUTOR_JOB))


def _edit_subprocess(ast: "Any", function: "Any") -> None:
    """The environment through child_environment(), and subprocess_started() where the child is known."""
    itself, arguments = _name(ast, "self"), _name(ast, "args")

    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            if getattr(node.targets[0], "attr", "") != "pid":
                return node
            return [node, _said(ast, node, "subprocess_started", _note(ast), itself, arguments)]

        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "_posix_spawn"):
                return node
            return [node, _said(ast, node, "subprocess_started", _note(ast), itself, arguments)]

    Places().visit(function)
    near = function.body[0]
    env = ast.Assign([_name(ast, "env", store=True)], _hook(ast, near, "child_environment", _name(ast, "env")))
    function.body[:0] = [ast.copy_location(env, near), *_noted(ast, near, "spawn_began")]


def _edit_loky_spawn(ast: "Any", function: "Any") -> None:
    """The same for loky's way of starting an interpreter: its environment, and the pid that it returns."""
    near = function.body[0]
    _edit_spawn(ast, function)
    env = ast.Assign([_name(ast, "env", store=True)], _hook(ast, near, "child_environment", _name(ast, "env")))
    function.body.insert(0, ast.copy_location(env, near))


def _note(ast: "Any") -> "Any":
    return _name(ast, ".note")


def _noted(ast: "Any", near: "Any", hook: str, *arguments: "Any") -> "list[Any]":
    """[.note = hook(...)]"""
    assign = ast.Assign([_name(ast, ".note", store=True)], _hook(ast, near, hook, *arguments))
    return [ast.copy_location(assign, near)]


def _said(ast: "Any", near: "Any", hook: str, *arguments: "Any") -> "Any":
    """hook(...)"""
    return ast.copy_location(ast.Expr(_hook(ast, near, hook, *arguments)), near)


def _say_first(ast: "Any", function: "Any", hook: str, *arguments: "Any") -> None:
    at = 1 if isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant) else 0
    function.body.insert(at, _said(ast, function.body[at], hook, *arguments))


def _after_assignment(ast: "Any", function: "Any", wanted: "Any", hook: str, *arguments: "Any") -> None:
    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            return [node, _said(ast, node, hook, *arguments)] if wanted(node.targets[0]) else node

    Places().visit(function)


_EDITORS = {
    "call": _edit_call,
    "bootstrap": _edit_bootstrap,
    "reap": _edit_reap,
    "spawn": _edit_spawn,
    "pool worker": _edit_pool_worker,
    "executor worker": _edit_executor_worker,
    "manager": _edit_manager,
    "job": _edit_job,
    "submit": _edit_submit,
    "subprocess": _edit_subprocess,
    "loky spawn": _edit_loky_spawn,
}


def _exchange(module: "ModuleType", codes: "dict[str, CodeType]", hooks: _Hooks) -> None:
    for place, code in codes.items():
        name, _, line = place.partition(":")
        owner: Any = module
        for part in name.split("."):
            owner = vars(owner).get(part)
        if type(owner) is not type(_exchange) or owner.__code__.co_firstlineno != int(line):
            continue  # the other branch of an if, for another system
        constants = tuple(hooks if type(value) is str and value == _HOOKS else value for value in code.co_consts)
        owner.__code__ = code.replace(co_consts=constants)


class _Finder:
    """First on sys.meta_path: lets the modules of `_EDITS` be imported as ever, then exchanges their code."""

    def __init__(self, recorder: _Recorder, hooks: _Hooks) -> None:
        self._recorder = recorder
        self._hooks = hooks

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        if name not in _EDITS:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if type(spec.loader) is sys.modules["_frozen_importlib_external"].SourceFileLoader:
                    spec.loader = _editing(spec.loader, self.edit)
                return spec
        return None

    def edit(self, module: "ModuleType") -> None:
        """Exchange the code of a module's functions; a module that cannot be edited is left as it is, and named."""
        try:
            _exchange(module, _edited_code(module.__name__, module.__file__ or "", self._recorder.cache), self._hooks)
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError) as error:
            text = "%s is not recorded: %s" % (module.__name__, type(error).__name__)
            self._recorder.write(WARNING, 0, 0, self._recorder.text(text), _now())


def _editing(loader: "Any", after: "Any") -> "Any":
    """A loader like the module's own, of a class of the same name below its class, that calls `after` with the module."""
    own = type(loader)

    def exec_module(self: "Any", module: "ModuleType") -> None:
        module.__spec__.loader = module.__loader__ = loader  # type: ignore[union-attr]
        own.exec_module(loader, module)
        after(module)

    return type(own.__name__, (own,), {"exec_module": exec_module, "__module__": own.__module__})(
        loader.name, loader.path
    )


def activate(
    folder: str, cache: str = "", watch: "tuple[str, ...]" = (), settings: "dict[str, str] | None" = None
) -> None:
    """Start recording this process and every one that it forks.

    folder: the run's, for the journals. settings: the variables that bring the probe into a child's interpreter.
    """
    import atexit

    recorder = _Recorder(folder, cache, tuple(watch), settings or {})
    recorder.open(FRESH, 0, 0, 0)
    recorder.write(ARGV, 0, 0, recorder.text("\0".join(_command_line()), keep=False), _now(), sys.hexversion)
    hooks = _Hooks(recorder)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=hooks.before_fork,
            after_in_parent=hooks.after_fork_in_parent,
            after_in_child=hooks.after_fork_in_child,
        )
    atexit.register(hooks.bye)
    sys.addaudithook(hooks.audit)
    finder = _Finder(recorder, hooks)
    sys.meta_path.insert(0, finder)
    for name in _EDITS:  # what was there before us, because a .pth file wanted it
        if name in sys.modules:
            finder.edit(sys.modules[name])
