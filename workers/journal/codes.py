"""Numbers that fields of the keeper's records hold. Any process and thread; the keeper imports this, so it is small.

Numbers of saved runs never change their meaning: new ones are added at the end.
"""

from enum import IntEnum


class Wait(IntEnum):
    """What a thread that does not move waits in.

    LOCK: a lock or semaphore that processes share, without a timeout. In runs recorded before OWN_LOCK existed, also that.
    PIPE_READ: the empty pipe of a Queue or Connection.
    PIPE_WRITE: the full pipe of one.
    CHILD: the end of a child.
    OTHER: anything that can end by itself or from outside the run, such as time or a socket.
    KERNEL: the kernel itself, without interruption (state D), as for a disk that does not answer.
    OWN_LOCK: a lock that only threads of the same process know.
    SEVERAL: whichever of several pipes has data first, as the end of one of several children; without a timeout.
    SOCKET: a socket or pipe that leads, or may lead, out of the run.
    TIME: a moment, or anything else with a timeout.
    INPUT: a standard stream of the program: what the user types, or a reader of the output.
    SIGNAL: a signal, as in signal.pause() and signal.sigwait(), without a timeout; it may come from outside of the run.
    """

    LOCK = 1
    PIPE_READ = 2
    PIPE_WRITE = 3
    CHILD = 4
    OTHER = 5
    KERNEL = 6
    OWN_LOCK = 7
    SEVERAL = 8
    SOCKET = 9
    TIME = 10
    INPUT = 11
    SIGNAL = 12


class Doing(IntEnum):
    """What the first thread of a process does when it is looked at from outside.

    RUNS: it is on a core, or waits for one. LOCKED: it waits for a lock that processes share.
    READS: it waits for data in a pipe. WAITS: it waits for something else. UNKNOWN: not looked at.
    """

    UNKNOWN = 0
    RUNS = 1
    WAITS = 2
    LOCKED = 3
    READS = 4


class EndedBy(IntEnum):
    """Why a run was ended early: the user asked for it, or the owner of the run (Procession itself) was gone."""

    PERSON = 1
    OWNER_GONE = 2


class Preparing(IntEnum):
    """What a worker of a cluster did for a task beside running it: it read from its disk, wrote there, or opened a pickle."""

    DISK_READ = 1
    DISK_WRITE = 2
    DESERIALIZE = 3


class Watch(IntEnum):
    """How far the watch of a cluster is.

    ATTACHED: the cluster sends what happens there. The text has its version.
    LEFT: the watch ended, and took everything of its own out of the cluster.
    CLOSED: the scheduler ended in good order.
    GONE: the connection to the scheduler broke.
    REFUSED: the cluster did not take a plugin. The text says why.
    STAYS: the watch ended, and could not take everything of its own out of the cluster. The text says why.
    """

    ATTACHED = 1
    LEFT = 2
    CLOSED = 3
    GONE = 4
    REFUSED = 5
    STAYS = 6
