"""What this process inherited from the one that started it, for the script that it records. The command line's only thread.

A script gets every descriptor that it would get alone, each under its own number: a shell's ``3>file`` and ``<(command)``, the
job server of make, the sockets of a service manager. This process closes its own copies once the script has them. So the
process at the other end notices when the script closes its own.
"""

import os
import signal
from typing import TYPE_CHECKING

from workers.keeper.launch import StandardStreams, own_pidfd_id

if TYPE_CHECKING:
    from workers.engines.programs import Program

_OF_THIS_PROCESS = ("LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID")
"""Variables in which a service manager names the process that the others of theirs are meant for."""
_OF_ITS_PIDFD = "LISTEN_PIDFDID"
"""The same by the number of its pidfd (systemd 259): a pid may be used again."""
_MOST_TRIED = 1 << 12
"""Numbers that are tried where the system does not list the open ones."""


class Inherited:
    """Descriptors, blocked signals, and variables with this process's pid. To be made before this process opens anything.

    Standard streams that are closed lead nowhere from then on, so that no other file takes their numbers.
    """

    def __init__(self) -> None:
        self._standard = frozenset(number for number in (0, 1, 2) if _is_open(number))
        self._further = tuple(number for number in _open_numbers() if number > 2 and _is_inherited(number))
        self._held = True
        own = str(os.getpid())
        self._pid_variables = tuple(name for name in _OF_THIS_PROCESS if os.environ.get(name) == own)
        self._pidfd_variables = (_OF_ITS_PIDFD,) if _is_own_pidfd(os.environ.get(_OF_ITS_PIDFD)) else ()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ()) if hasattr(signal, "pthread_sigmask") else ()
        self._blocked = tuple(int(number) for number in blocked)
        for number in sorted({0, 1, 2} - self._standard):
            _lead_nowhere(number)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What there is besides the standard streams."""
        return self._further

    def given_to(self, program: "Program", *, outputs: bool) -> "Program":
        """`program` as a command that inherits all this. outputs: what it prints is passed on, and not only kept."""
        stdin, stdout, stderr = (number if number in self._standard else None for number in (0, 1, 2))
        closed = {0, 1, 2} - self._standard
        if outputs:
            streams = StandardStreams(stdin, stdout, stderr, tuple(sorted(closed)))
        else:
            streams = StandardStreams(stdin, None, None, tuple(closed & {0}))
        return program._replace(
            streams=streams, descriptors=self._further,
            pid_variables=self._pid_variables, pidfd_variables=self._pidfd_variables, blocked=self._blocked,
        )  # fmt: skip

    def let_go(self) -> None:
        """The script has them: hold standard input and the further descriptors no more. A second time does nothing."""
        if not self._held:
            return
        self._held = False
        _lead_nowhere(0)
        for number in self._further:
            os.close(number)


def _lead_nowhere(number: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    if null != number:
        os.dup2(null, number, inheritable=False)
        os.close(null)


def _open_numbers() -> list[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return sorted(int(name) for name in os.listdir(folder))
        except OSError:
            continue
    return list(range(_MOST_TRIED)) if os.name == "posix" else []


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _is_own_pidfd(number: str | None) -> bool:
    try:
        return number is not None and number == own_pidfd_id()
    except (OSError, AttributeError):
        return False  # the system has no pidfds


def _is_inherited(number: int) -> bool:
    """Whatever this process opens itself is not passed on to what it executes."""
    try:
        return os.get_inheritable(number)
    except OSError:
        return False  # the one that listed them
