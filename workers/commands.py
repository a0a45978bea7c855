"""What can be asked of a run that is under way: one type for each command, from the button to the program.

The owner of a run (window or command line) makes a command, its engine writes it to the keeper as a line of JSON, and the
keeper passes an `AskParent` on to the parent of a plan. So owner, keeper and program all import this module. A user waits
for the program, so only modules that multiprocessing imports anyway, and json, are needed here: no dataclasses, no enums.
"""

import json
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    ParentVerb = Literal["start", "join", "alive", "terminate", "kill", "finish", "join_rest"]
    """What the parent of a plan can do: the first five to one worker, ``finish`` and ``join_rest`` as a whole."""

VERBS: "tuple[ParentVerb, ...]" = ("start", "join", "alive", "terminate", "kill", "finish", "join_rest")
"""Journals hold a verb's place in this tuple, so that verbs are only ever added at its end."""

SIGNALS: "dict[ParentVerb, int]" = {
    "terminate": int(signal.SIGTERM),
    "kill": int(getattr(signal, "SIGKILL", signal.SIGTERM)),
}
"""The signal that does from outside what a verb of the parent does."""

_OF_PROGRAMS = ("SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO", "SIGPWR", "SIGSTKFLT")
PROGRAM_SIGNALS: "tuple[int, ...]" = (
    *(int(getattr(signal, name)) for name in _OF_PROGRAMS if hasattr(signal, name)),
    *(range(signal.SIGRTMIN, signal.SIGRTMAX + 1) if hasattr(signal, "SIGRTMIN") else ()),
)
"""Signals that mean what a program makes of them, and end one that makes nothing of them. They are never for a recorder."""
OWN_SIGNALS: "tuple[int, ...]" = (int(signal.SIGXCPU),) if hasattr(signal, "SIGXCPU") else ()
"""Signals for the CPU time of the process that gets them. A recorder outlives its own and passes none on."""


class Command:
    """Base of all commands. Two commands are equal when they are of one type with equal fields. Every field is a number."""

    __slots__: "tuple[str, ...]" = ()
    word = ""
    """The command's name on the pipe."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and fields(self) == fields(other)

    def __hash__(self) -> int:
        return hash((type(self), *fields(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields(self).items())})"


class AskParent(Command):
    """Something for the parent of a plan to do, once it is free. number: names the request in the journals, from 1.
    worker: from 1, or 0 where the verb is not about one worker."""

    __slots__ = ("number", "verb", "worker")

    def __init__(self, number: int, verb: "ParentVerb", worker: int = 0) -> None:
        self.number = number
        self.verb = verb
        self.worker = worker


class SendSignal(Command):
    """Send a signal to one process from outside. ticks: its kernel start time, so that a reused pid is never hit."""

    __slots__ = ("pid", "signal", "ticks")
    word = "signal"

    def __init__(self, pid: int, ticks: int, signal: int) -> None:
        self.pid = pid
        self.ticks = ticks
        self.signal = signal


class PassOnSignal(Command):
    """The owner received a signal that is meant for the program. The program gets it, unless the terminal has already
    sent it to the program too."""

    __slots__ = ("signal",)
    word = "interrupt"

    def __init__(self, signal: int) -> None:
        self.signal = signal


class ContinueProgram(Command):
    """The owner, which had stopped together with the program, was continued. stop: the number of that stop."""

    __slots__ = ("stop",)
    word = "continue"

    def __init__(self, stop: int) -> None:
        self.stop = stop


class TakeLook(Command):
    """Read the stacks of all processes of the run now, and note them in its journal."""

    __slots__ = ()
    word = "look"


class StopRun(Command):
    """End the whole tree at the user's wish: TERM, three seconds, KILL."""

    __slots__ = ()
    word = "stop"


class CloseRun(Command):
    """End the whole tree, because the user closes its owner: as `StopRun`, with one second instead of three."""

    __slots__ = ()
    word = "close"


_BY_WORD: "dict[str, type[Command]]" = {
    kind.word: kind for kind in (SendSignal, PassOnSignal, ContinueProgram, TakeLook, StopRun, CloseRun)
}


def fields(command: Command) -> "dict[str, object]":
    """A command's fields by name."""
    return {name: getattr(command, name) for name in command.__slots__}


def encode(command: Command) -> bytes:
    """The command as a line for a pipe."""
    if isinstance(command, AskParent):
        line: dict[str, object] = {"id": command.number, "do": command.verb, "worker": command.worker}
    else:
        line = {"do": command.word, **fields(command)}
    return json.dumps(line).encode() + b"\n"


def decode(line: bytes) -> "Command | None":
    """The command that `encode` wrote; None when its word is unknown. Raises what json, dict and int raise for a line that
    is no command at all."""
    data = json.loads(line)
    word = str(data["do"])
    for verb in VERBS:
        if word == verb:
            return AskParent(int(data["id"]), verb, int(data.get("worker", 0)))
    kind = _BY_WORD.get(word)
    if kind is None:
        return None
    numbers = {name: int(data[name]) for name in kind.__slots__}
    return kind(**numbers)
