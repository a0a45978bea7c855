"""The words of the timeline explained, each in one line: the one place for legend, lanes, details and screen readers.

Pure data and functions without Qt, any thread. A new kind of span, mark or state has to be explained here: a test names those
that are not.
"""

from workers.timeline.model import MarkKind, SpanKind, State

_SPANS = {
    SpanKind.STARTING: "start() was called, but the process does not run its target function yet.",
    SpanKind.ALIVE: "The process runs: its target function, or in the parent the program itself.",
    SpanKind.ENDING: "The target function has returned, but the process is not over yet.",
    SpanKind.ZOMBIE: "The process has ended, but its parent has not collected its exit code yet: it is a zombie.",
    SpanKind.JOIN: "Blocked in join(): nothing else is done until the other process ends or the time is up.",
    SpanKind.WAITING: "Seen from outside: the process did not run, but waited for a lock, a queue, a result or the like.",
    SpanKind.PAUSED: "A signal stopped the process: it runs nothing until another one continues it.",
    SpanKind.TRANSFER: "A worker of a cluster fetched results from another worker. Its tasks may have gone on meanwhile.",
    SpanKind.DISK: "A worker of a cluster read results from its disk or wrote them there, for a task.",
    SpanKind.DESERIALIZE: "A worker of a cluster opened the pickle of a task, before it ran it.",
    SpanKind.TASK: "A worker runs one task of a pool or executor.",
    SpanKind.FAILED: "A task that raised an exception, or whose worker died while running it.",
}

_MARKS = {
    MarkKind.START: "start() was called on the process here. It returns at once and does not wait for the work.",
    MarkKind.ALIVE_TRUE: "is_alive() answered True: the process was there at that moment.",
    MarkKind.ALIVE_FALSE: "is_alive() answered False: the process was not started yet, or had ended.",
    MarkKind.EXIT_OK: "The process ended with exit code 0.",
    MarkKind.EXIT_BAD: "The process failed: its exit code was not 0, a signal ended it, or it was lost.",
    MarkKind.EXIT_BY_POOL: "The process was ended by its own Pool, as at the end of a with statement.",
    MarkKind.JOINED: "join() returned here: the process had ended and was reaped.",
    MarkKind.SIGNALLED: "The process was sent a signal, as by terminate() or kill(), or by you.",
    MarkKind.SPILLED: "The worker wrote results to its disk, since its memory was short.",
    MarkKind.RETRIED: "A further attempt at a task: the one before raised, its worker had ended, or its result was lost.",
    MarkKind.LOST: "The worker ended here while it ran a task.",
    MarkKind.OUTPUT: "The process printed a line.",
}

_SIGNS = {
    "idle": "A worker of a pool or executor that runs no task.",
    "cpu": "How much of a core the process used, seen from outside.",
    "memory": "The memory of the process that was in RAM, seen from outside.",
    "threads": "How many threads of the process ran tasks of a pool at that moment.",
    "span": "A named interval that the program noted in its trace.",
    "instant": "A named moment that the program noted in its trace.",
    "flow": "An arrow that the program noted in its trace, from one span to another.",
    "counter": "A number that the program noted in its trace from time to time.",
}

_STATES = {
    State.PLANNED: "It is planned: start() has not been called.",
    State.STARTING: _SPANS[SpanKind.STARTING],
    State.ALIVE: _SPANS[SpanKind.ALIVE],
    State.PAUSED: _SPANS[SpanKind.PAUSED],
    State.ENDING: _SPANS[SpanKind.ENDING],
    State.ZOMBIE: _SPANS[SpanKind.ZOMBIE],
    State.REAPED: "It has ended and its exit code was collected, but not by a join() on it.",
    State.JOINED: "It has ended, and join() on it has returned.",
    State.EXITED: "It has ended.",
    State.LOST: "Its end was not seen: it may have ended in any way.",
    State.LEFT: "It was still running when the program had ended.",
    State.NOT_BORN: "start() raised an error before there was a process.",
    State.TRACED: "Another program traced it: its spans are known, but not when it began and ended.",
}


def of_state(state: State) -> str:
    """The meaning of a process's state."""
    return _STATES[state]


def of_span(kind: SpanKind) -> str:
    """The meaning of a bar."""
    return _SPANS[kind]


def of_sign(sign: SpanKind | MarkKind | str) -> str:
    """The meaning of an entry of the legend."""
    if isinstance(sign, SpanKind):
        return _SPANS[sign]
    return _MARKS[sign] if isinstance(sign, MarkKind) else _SIGNS[sign]
