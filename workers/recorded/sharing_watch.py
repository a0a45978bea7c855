"""Records what processes share by mistake: random generators and connections that forks inherit, and Values without a lock.

Runs in the recorded program and its workers, in the thread that makes the call. The probe loads this by path, when a program
has something of that kind. Standard library only, CPython 3.9 and newer.

Each watch ends once it has seen enough, and then costs nothing: a generator with the first draw, a connection with the first
read, a Value after some changes. It calls no method of the program, and of numpy only those that show a generator's state.
"""

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # annotations are text here: importing typing would be a change to the program
    from types import FrameType
    from typing import Any

    # The probe sets these when it loads this file, which cannot import the probe.
    from workers.recorded.probe import CONNECTION_READ, DRAWN, HOOKS, UNGUARDED, Hooks
    from workers.recorded.probe import _facts as facts
    from workers.recorded.probe import _facts_of_module as facts_of_module
    from workers.recorded.probe import _is_library as is_library
    from workers.recorded.probe import _place_in_program as place_in_program
    from workers.recorded.probe import _with_hooks as with_hooks

_now = time.perf_counter_ns
_READS = ("recv", "recv_into", "recvfrom", "recvmsg")
_MOST_LOOKS = 1000  # at methods of sockets, before a process that reads from no inherited connection is believed
_MOST_TASKS = 16  # after which a pool's worker is not asked any more whether it drew
_COUNTING = ("_sleeping_count", "_woken_count", "_wait_semaphore", "_sem", "_unfinished_tasks")
_MOST_CHANGES, _MOST_PLACES = 128, 8  # of Values, and lines that are looked at
_LONGEST_SOURCE = 1 << 21
_MOST_BLOCKS = 1000  # of 624 numbers each
_MOST_DRAWS = 1 << 40
_OPERATORS = ("**", "//", "<<", ">>", "+", "-", "*", "/", "%", "&", "|", "^", "@")
_PCG_MULTIPLIERS = {"PCG64": 0x2360ED051FC65DA44385DF649FCCF645, "PCG64DXSM": 0xDA942042E4DD58B5}


class SharingWatch:
    """What the probe's hooks call. Belongs to a process; a forked child goes on with a copy. No method raises."""

    def __init__(self, hooks: "Hooks") -> None:
        self._hooks = hooks
        self._states: list[Any] = []  # of the generators that this process inherited: (module, name, state)
        self._tasks = 0
        self._left: dict[int, Any] = {}  # inherited connections from which this process has not read yet
        self._looks = 0
        self._changers: list[tuple[Any, Any, Any]] = []  # (function, its own code, its code with the hook)
        self._changes = 0
        self._places: set[Any] = set()

    def after_fork(self) -> None:
        """In a forked child, or in the parent after a fork: both have the connections from now on."""
        self._states = []
        if self._hooks.seldom.connections:
            self._left = dict(self._hooks.seldom.connections)
            self._looks = 0
            self._watch_sockets()
        if self._changers:
            self._changes = 0
            for function, _, watched in self._changers:
                function.__code__ = watched

    # Random generators

    def drawing_began(self) -> None:
        """Before the work of a forked child: note the states that it inherited."""
        for module, name in self._hooks.generators:
            state = _state_of(facts_of_module(module).get(name))
            if state is not None:
                self._states.append((module, name, state))
        if self._states:
            self._tasks = 0
            task_left = self._hooks.seldom.methods.get("task_left") or type(self._hooks).task_left

            def ask_after_task(hooks: "Hooks", note: "Any", error: object) -> None:
                task_left(hooks, note, error)
                self._tasks += 1
                self.drawing_ended()
                if not self._states or self._tasks >= _MOST_TASKS:
                    hooks.put_back("task_left")

            self._hooks.put_in_place_of("task_left", ask_after_task)

    def drawing_ended(self) -> None:
        """After its work, or after a task: record the generators from which it drew."""
        left = []
        for module, name, before in self._states:
            after = _state_of(facts_of_module(module).get(name))
            if after == before:
                left.append((module, name, before))
            elif after is not None and _drew(before, after):
                shown = "numpy.random" if name == "_rand" else name
                self._hooks.write(DRAWN, 0, 0, self._hooks.text(shown), _now(), hash(repr(before)))
        self._states = left

    # Connections

    def _watch_sockets(self) -> None:
        kind = facts_of_module("socket").get("socket")
        base = facts_of_module("_socket").get("socket")
        if type(kind) is type and type(base) is type and "recv" not in kind.__dict__:
            for name in _READS:
                if name in base.__dict__:
                    setattr(kind, name, _Looked(self, name, base))

    def looked_up(self, sock: "Any", base: "Any") -> None:
        """A method that reads is looked up on a socket, to be called: record the first time for each inherited connection."""
        self._looks += 1
        number = base.fileno(sock)
        known = self._left.get(number)
        if known is not None:
            inode, peer, made_file, made_line = known
            del self._left[number]
            try:
                is_same = os.fstat(number).st_ino == inode
            except OSError:
                is_same = False
            if is_same:
                file, line = place_in_program(sys._getframe(2))
                text = self._hooks.text
                self._hooks.write(
                    CONNECTION_READ, 0, 0, text(peer), _now(), inode, text(made_file), made_line, text(file), line
                )
        if not self._left or self._looks >= _MOST_LOOKS:
            kind = facts_of_module("socket")["socket"]
            for name in _READS:
                if type(kind.__dict__.get(name)) is _Looked:
                    delattr(kind, name)

    # Values and Arrays

    def watch_values(self, module: "Any", items: "list[Any]") -> None:
        """Have the methods that change a Value or an item of an Array call the hook. items: code of the latter with that call.

        Those of a Value's attribute are compiled by the module itself, from a text.
        """
        source = module.template % (("value",) * 7)
        head = "def setvalue(self, value):\n    "
        compiled = compile(source.replace(head, head + repr(HOOKS) + ".shared_changed(self); "), "<string>", "exec")
        setters = [code for code in compiled.co_consts if getattr(code, "co_name", "") == "setvalue"]
        prop = vars(module.Synchronized).get("value")
        own = [(prop.fset, setters), (vars(module.SynchronizedArray).get("__setitem__"), items)]
        for function, codes in own:
            if len(codes) == 1 and function.__code__.co_firstlineno == codes[0].co_firstlineno:
                watched = with_hooks(codes[0], self._hooks)
                self._changers.append((function, function.__code__, watched))
                function.__code__ = watched

    def shared_changed(self, shared: "Any", index: object, frame: "FrameType") -> None:
        """A Value or an item of an Array is about to be changed at `frame`: record it where the same statement read it, and no
        lock is held that would keep others from changing it in between."""
        self._changes += 1
        if self._changes >= _MOST_CHANGES or len(self._places) >= _MOST_PLACES:
            for function, own, _ in self._changers:
                function.__code__ = own
        path, line = frame.f_code.co_filename, frame.f_lineno or 0
        lock: Any = facts(facts(shared).get("_lock")).get("_semlock")
        kind = facts_of_module("_multiprocessing").get("SemLock")
        if type(lock) is not kind or lock._is_mine() or is_library(path):
            return
        key = str(lock.name or lock.handle) + (" " + str(index) if type(index) is int else "")
        if (key, path, line) in self._places:
            return
        self._places.add((key, path, line))
        if _reads_and_writes(_line_of(path, line)) and not _holds_any_lock():
            text = self._hooks.text
            self._hooks.write(UNGUARDED, 0, 0, text(key), _now(), text(path), line)


class _Looked:
    """A method of sockets, in a class that inherits it: tells when it is looked up on one of them, and is not in the way after
    that, so that no traceback shows it."""

    __slots__ = ("_base", "_name", "_watcher")

    def __init__(self, watcher: SharingWatch, name: str, base: "Any") -> None:
        self._watcher = watcher
        self._name = name
        self._base = base

    def __get__(self, sock: "Any", owner: "Any" = None) -> "Any":
        method = self._base.__dict__[self._name]
        if sock is None:
            return method
        self._watcher.looked_up(sock, self._base)
        return method.__get__(sock, owner)


def _state_of(generator: "Any") -> "Any":
    """(kind, id, state) of a generator of numpy or of random; None for anything else."""
    kind = type(generator)
    numpy = facts_of_module("numpy.random")
    if kind is facts_of_module("random").get("Random"):
        return "random", id(generator), generator.getstate()
    if kind is numpy.get("Generator"):
        bits = generator.bit_generator
    elif kind is numpy.get("RandomState"):
        bits = generator._bit_generator
    else:
        return None
    name = type.__dict__["__name__"].__get__(type(bits))
    if numpy.get(name) is not type(bits):
        return None
    state = bits.state
    inner = {key: value.tobytes() if hasattr(value, "tobytes") else value for key, value in state["state"].items()}
    return name, id(generator), inner, state.get("has_uint32"), state.get("uinteger"), state.get("buffer_pos")


def _drew(before: "Any", after: "Any") -> bool:
    """Whether a generator came from one state to another by drawing, and was not seeded again in between."""
    kind = before[0]
    if after[:2] != before[:2]:
        return False
    if kind == "random":
        return _drew_twister(before[2][1], after[2][1])
    if kind in _PCG_MULTIPLIERS:
        return _drew_pcg(_PCG_MULTIPLIERS[kind], before[2], after[2])
    if kind == "MT19937":
        words = [_words(state[2]["key"]) for state in (before, after)]
        return _drew_twister((*words[0], before[2]["pos"]), (*words[1], after[2]["pos"]))
    return kind == "Philox" and bool(before[2].get("key") == after[2].get("key"))


def _words(key: bytes) -> "tuple[int, ...]":
    return tuple(memoryview(key).cast("I"))


def _drew_pcg(multiplier: int, before: "Any", after: "Any") -> bool:
    """Follows the generator's own sequence by halving: whether so many steps lead from one state to the other."""
    if before["inc"] != after["inc"]:
        return False
    mask = (1 << 128) - 1
    state, plus, wanted, steps, bit = before["state"], before["inc"], after["state"], 0, 1
    while state != wanted and bit <= mask:
        if state & bit != wanted & bit:
            state = (state * multiplier + plus) & mask
            steps |= bit
        plus = (multiplier + 1) * plus & mask
        multiplier = multiplier * multiplier & mask
        bit <<= 1
    return state == wanted and steps < _MOST_DRAWS


def _drew_twister(before: "tuple[int, ...]", after: "tuple[int, ...]") -> bool:
    """Follows the Mersenne Twister from one state, a block of 624 words at a time; the last number is the place in it."""
    if before[:-1] == after[:-1]:
        return after[-1] > before[-1]
    twister = facts_of_module("_random")["Random"](0)
    twister.setstate(before)
    for _ in range(_MOST_BLOCKS):
        twister.getrandbits(624 * 32)
        if twister.getstate()[:-1] == after[:-1]:
            return True
    return False


def _line_of(path: str, line: int) -> str:
    """A line of a source file, without its comment; empty where it cannot be read."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0))
        try:
            source = os.read(number, _LONGEST_SOURCE)
        finally:
            os.close(number)
    except OSError:
        return ""
    lines = source.split(b"\n")
    return lines[line - 1].decode("utf-8", "replace").partition("#")[0] if 0 < line <= len(lines) else ""


def _reads_and_writes(text: str) -> bool:
    """Whether a statement reads what it writes: ``x.value += 1``, ``x[i] = x[i] + 1``."""
    left, sign, right = text.partition("=")
    if not sign or right.startswith("="):
        return False
    left = left.strip()
    for operator in _OPERATORS:
        if left.endswith(operator):
            return left[: -len(operator)].rstrip().endswith((".value", "]"))
    left = left.rpartition(":")[2].rpartition(";")[2].strip()
    return left.endswith((".value", "]")) and left in right


def _holds_any_lock() -> bool:
    """Whether this thread holds any lock of multiprocessing. It may guard what the Value's own lock does not.

    The semaphores in which a Condition or a Queue counts are taken by one process and given back by another: they lock nothing.
    """
    import gc

    kind = facts_of_module("multiprocessing.synchronize").get("SemLock")
    if type(kind) is not type:
        return False
    modules = (("multiprocessing.synchronize", "Condition"), ("multiprocessing.queues", "Queue"))
    owners = tuple(owner for module, name in modules if type(owner := facts_of_module(module).get(name)) is type)
    counting: set[int] = set()
    mine = []
    for found in gc.get_objects():
        if issubclass(type(found), owners):
            counting.update(id(facts(found).get(name)) for name in _COUNTING)
        elif issubclass(type(found), kind) and "_semlock" in facts(found) and facts(found)["_semlock"]._is_mine():
            mine.append(found)
    return any(id(one) not in counting for one in mine)
