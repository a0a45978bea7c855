"""handler_waits: a signal handler waits for what the code that it interrupted holds. Pure functions, any process."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workers.analysis.findings.finding import Finding, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import called_name, user_call
from workers.timeline.model import Process, Wait
from workers.timeline.process import signal_name
from workers.timeline.stacks import CodeFrame

_NEVER_CALL_BACK = ("synchronize.py", "threading.py", "queue.py", "queues.py", "connection.py")
"""Files of the library whose functions call no code of the user, so that a frame of the user inside of one is a handler."""
_START_UP = ("run", "_bootstrap", "_bootstrap_inner", "__init__")
_ALWAYS_HANDLED = 1 << 2 - 1 | 1 << 32 - 1 | 1 << 33 - 1
"""SIGINT, which Python handles itself, and two signals of the C library."""


class _Interrupted(NamedTuple):
    """handler: the user's function. call: what it waits in. inside: the call that it interrupted, at line `line`."""

    handler: CodeFrame
    call: str
    inside: str
    where: str


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each process that is locked out by itself so."""
    for process in scene.living:
        wait = scene.main_wait(process)
        if wait is None or wait.wait not in (Wait.LOCK, Wait.OWN_LOCK):
            continue
        found = _interrupted(wait.frames)
        if found is not None:
            signal = _only_signal(process)
            text = (f"A handler{f' for {signal}' if signal else ''} of {names([process])}, {found.handler.function}(), has "
                    f"probably been in {found.call} ({os.path.basename(found.handler.file)}:{found.handler.line}) since "
                    f"{moment(wait.since_ns)}, and interrupted {found.inside}{found.where}: each waits for the other. Let the "
                    "handler only set a plain variable.")  # fmt: skip
            yield scene.wait_finding("handler_waits", text, process, [])


def _interrupted(frames: Sequence[CodeFrame]) -> _Interrupted | None:
    for at in range(1, len(frames) - 1):
        handler, inner, outer = frames[at], frames[at - 1], frames[at + 1]
        if handler.is_library or not inner.is_library:
            continue
        if any(not frame.is_library for frame in frames[:at]):
            return None  # the call is not the handler's own
        if os.path.basename(outer.file) not in _NEVER_CALL_BACK or not outer.is_library:
            return None
        if outer.function.rpartition(".")[2] in _START_UP:
            return None
        below = frames[at + 1 :]
        call = user_call(below)
        return _Interrupted(
            handler,
            called_name(inner),
            call.call if call is not None and call.call else called_name(outer),
            "" if call is None else f" ({call.where})",
        )
    return None


def _only_signal(process: Process) -> str:
    """The signal that it handles, where that is one."""
    handled = process.handled_signals & ~_ALWAYS_HANDLED
    return signal_name(handled.bit_length()) if handled and not handled & (handled - 1) else ""
