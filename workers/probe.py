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
WORKER_BEGAN = 20
TARGET_BEGAN = 21
TARGET_ENDED = 22
WORKER_ENDED = 23
WATCHED = 24
STEP = 30  # this and IDLE: a plan's program, see workers.parent
IDLE = 31
WARNING = 48

CALLS = ("start", "join", "is_alive", "terminate", "kill", "close")
START, JOIN, IS_ALIVE = 0, 1, 2
VERBS = ("start", "join", "alive", "terminate", "kill", "finish", "go_on")  # STEP's flags
FRESH, FORK = 0, 1  # HELLO's flags: how the process came to be
BEGAN, ENDED = 0, 1  # WATCHED's flags: when the value was read

NO_TIMEOUT, UNKNOWN_TIMEOUT = -1, -2

VERSION = 1
SLOT = 64
BODY = struct.Struct("<BHI7q")  # all of a slot but its first byte, the kind, which is written last
TEXT_BYTES = 56
_FIRST_CHUNK = 512  # slots
_MOST_CHUNK = 16384
_LONGEST_TEXT = 4096

_now = time.perf_counter_ns


class Journal:
    """An append-only file of 64-byte slots, written through a memory mapping.

    A record is in the file once its kind byte is; whatever is written then survives the process's death, SIGKILL
    included. The file is preallocated, so a full disk is an error when it grows and never a SIGBUS. When growing fails the
    journal says so in a slot that it kept for this, and falls silent: `failed` is then True. Raises OSError when it cannot
    be made.

    hidden: no descriptor stays open, so that a program which closes or reuses descriptors cannot harm it. Such a journal
    must be kept until the interpreter ends: before 3.13, freeing a mapping closes the number that it once had.
    """

    __slots__ = ("_chunk", "_chunks", "_hidden", "_next", "_next_text", "_texts", "failed", "path")

    def __init__(self, path: str, hidden: bool = False) -> None:
        self.path = path
        self.failed = False
        self._hidden = hidden
        self._texts: dict[str, int] = {}
        self._next = iter(range(1 << 62)).__next__  # atomic under the GIL
        self._next_text = iter(range(1, 1 << 32)).__next__
        self._chunks: list[tuple[mmap.mmap, int, int]] = []
        self._chunk: tuple[mmap.mmap, int, int] = (mmap.mmap(-1, SLOT), 0, 0)  # no slot yet
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
    ) -> None:
        """Append one record: three small unsigned numbers (8, 16, 32 bits), a time and six 64-bit ones."""
        at = self._next()
        chunk = self._chunk
        while not chunk[1] <= at < chunk[2]:
            found = self._chunk_of(at)
            if found is None:
                return
            chunk = found
            if at == chunk[2]:
                at = self._next()
        memory = chunk[0]
        offset = (at - chunk[1]) * SLOT
        BODY.pack_into(memory, offset + 1, flags, small, word, t, a, b, c, d, e, f)
        memory[offset] = kind

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
        # Two threads may grow at once: the second maps the same region again, which is harmless.
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
    # the one it will take; it is closed only when it is that very file.
    spare = os.dup(fd)
    os.close(spare)
    memory = mmap.mmap(fd, length, offset=offset)
    try:
        if os.path.samestat(os.fstat(spare), os.fstat(fd)):
            os.close(spare)
    except OSError:
        pass
    return memory


class _Recorder:
    """This process's journal and what the hooks need to know; replaced in place after a fork."""

    def __init__(self, folder: str, cache: str, watch: "tuple[str, ...]") -> None:
        self.folder = folder
        self.cache = cache
        self.watch = watch
        self.journal: Journal | None = None
        self.key = 0  # the time of this process's HELLO, which with its pid names it
        self.generation = 0
        self.next_call = iter(range(1, 1 << 32)).__next__
        self.forks = 0
        self.starting: dict[int, int] = {}  # thread → number of the child that it is starting
        self.kept: list[Journal | None] = []  # journals of before a fork: see Journal on freeing them
        self.worker = False

    def open(self, how: int, parent_key: int, fork: int, child: int) -> None:
        self.key = at = _now()
        self.next_call = iter(range(1, 1 << 32)).__next__  # atomic, unlike an addition
        self.kept.append(self.journal)
        self.journal = None
        pid = os.getpid()
        try:
            journal = Journal(os.path.join(self.folder, "%d-%d.journal" % (pid, at)), hidden=True)
        except (OSError, ValueError):
            return
        journal.write(
            HELLO, how, VERSION, fork, at, pid, os.getppid(), time.time_ns(), parent_key, child, _start_ticks()
        )
        self.journal = journal

    def write(self, *values: int) -> None:
        if self.journal is not None:
            self.journal.write(*values)

    def text(self, text: str, keep: bool = True) -> int:
        return 0 if self.journal is None else self.journal.text(text, keep)


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


class _Token:
    """One call that is going on: which, in which generation of forks, and whether it came to its end."""

    __slots__ = ("call", "child", "finished", "generation", "kind", "result")

    def __init__(self, kind: int, child: int, call: int, generation: int) -> None:
        self.kind = kind
        self.child = child
        self.call = call
        self.generation = generation
        self.finished = False
        self.result = 0


class _Hooks:
    """What the edited functions call. Every method takes and returns what its place in `_EDITS` says, and never raises."""

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder
        self._thread = sys.modules["_thread"].get_ident if "_thread" in sys.modules else __import__("_thread").get_ident

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
        recorder.write(CALL_ENDED, token.kind, 0, token.call, at, token.child, token.result, error, method)

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


# What is edited: module → (qualified name, kind of edit).
_EDITS = {
    "multiprocessing.process": [("BaseProcess." + name, "call") for name in CALLS]
    + [("BaseProcess._bootstrap", "bootstrap")],
    "multiprocessing.util": [("spawnv_passfds", "spawn")],
    "multiprocessing.popen_fork": [("Popen.poll", "reap")],
    "multiprocessing.popen_forkserver": [("Popen.poll", "reap")],
    "multiprocessing.popen_spawn_win32": [("Popen.wait", "reap")],
}
_HOOKS = "\0the hooks of Procession's probe"  # stands in co_consts where the hooks object will be


def _edited_code(module_name: str, path: str, cache: str) -> "dict[str, CodeType]":
    """{qualified name: code with the placeholder in its constants} for the functions of a module that are edited.

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
        pass


def _compile_edits(path: str, edits: "dict[str, str]") -> "dict[str, CodeType]":
    loaded = "ast" in sys.modules
    import ast

    if not loaded:
        del sys.modules["ast"]
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    wanted: dict[str, Any] = {}
    owner: Any
    for owner in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
        for function in owner.body:
            name = _qualified(getattr(owner, "name", ""), getattr(function, "name", ""))
            if isinstance(function, ast.FunctionDef) and name in edits and not function.decorator_list:
                _EDITORS[edits[name]](ast, function)
                wanted[name] = None
    code = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    for owner in [code, *(inner for inner in code.co_consts if hasattr(inner, "co_consts"))]:
        for inner in owner.co_consts:
            name = _qualified("" if owner is code else owner.co_name, getattr(inner, "co_name", ""))
            if name in wanted:
                wanted[name] = inner
    return {name: found for name, found in wanted.items() if found is not None}


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
    """reaped(self) after each assignment to self.returncode."""

    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and target.attr == "returncode":
                return [node, ast.copy_location(ast.Expr(_hook(ast, node, "reaped", _name(ast, "self"))), node)]
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


_EDITORS = {"call": _edit_call, "bootstrap": _edit_bootstrap, "reap": _edit_reap, "spawn": _edit_spawn}


def _exchange(module: "ModuleType", codes: "dict[str, CodeType]", hooks: _Hooks) -> None:
    for name, code in codes.items():
        owner: Any = module
        for part in name.split("."):
            owner = vars(owner)[part]
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
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, self._edit)
                return spec
        return None

    def _edit(self, module: "ModuleType") -> None:
        try:
            _exchange(module, _edited_code(module.__name__, module.__file__ or "", self._recorder.cache), self._hooks)
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError) as error:
            text = "%s is not recorded: %s" % (module.__name__, type(error).__name__)
            self._recorder.write(WARNING, 0, 0, self._recorder.text(text), _now())


class _Loader:
    """A module's own loader, with one call after it."""

    def __init__(self, loader: "Any", after: "Any") -> None:
        self._loader = loader
        self._after = after

    def create_module(self, spec: "Any") -> "Any":
        return self._loader.create_module(spec)

    def exec_module(self, module: "Any") -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._after(module)


def _command_line() -> "list[str]":
    """The interpreter's own; before 3.10 Python kept only what is left of it for the program."""
    known: "list[str] | None" = getattr(sys, "orig_argv", None)
    if known is not None:
        return known
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(part) for part in file.read().split(b"\0")[:-1]]
    except OSError:
        return sys.argv


def activate(folder: str, cache: str = "", watch: "tuple[str, ...]" = ()) -> None:
    """Start recording this process and every one that it forks. `folder`: the run's, for the journals."""
    import atexit

    recorder = _Recorder(folder, cache, tuple(watch))
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
    sys.meta_path.insert(0, _Finder(recorder, hooks))
