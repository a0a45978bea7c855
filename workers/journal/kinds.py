"""The kinds of journal records, by number. Any process and thread. The keeper imports this when it starts: it is small.

Each kind has a record type, which declares its fields: in `process_kinds` (written by the probe), `keeper_kinds` (by the
keeper), `plan_kinds` (by the program of a plan) or `cluster_kinds` (by the bridge to a cluster). FORMAT.md lists them all.
"""

from enum import IntEnum

from workers.recorded import probe


class Kind(IntEnum):
    """The first byte of a slot. Numbers that the probe writes are the probe's own; 13 and 28 are not used."""

    TEXT = probe.TEXT
    HELLO = probe.HELLO
    ARGV = probe.ARGV
    BYE = probe.BYE
    MORE = probe.MORE
    CUT = probe.CUT
    CALL_BEGAN = probe.CALL_BEGAN
    CALL_ENDED = probe.CALL_ENDED
    CHILD = probe.CHILD
    FORKED = probe.FORKED
    REAPED = probe.REAPED
    SPAWNED = probe.SPAWNED
    POLLED = probe.POLLED
    WORKER_SIGNALLED = probe.WORKER_SIGNALLED
    KILL_CALLED = probe.KILL_CALLED
    WORKER_BEGAN = probe.WORKER_BEGAN
    TARGET_BEGAN = probe.TARGET_BEGAN
    TARGET_ENDED = probe.TARGET_ENDED
    WORKER_ENDED = probe.WORKER_ENDED
    WATCHED = probe.WATCHED
    SERVES = probe.SERVES
    SUBMITTED = probe.SUBMITTED
    THREAD = probe.THREAD
    TASK = probe.TASK
    STEP = probe.STEP
    IDLE = probe.IDLE
    RAISED = probe.RAISED
    LEFT_OUT = probe.LEFT_OUT
    RESOURCE = probe.RESOURCE
    OUTPUT_LOST = probe.OUTPUT_LOST
    UNGUARDED = probe.UNGUARDED
    DRAWN = probe.DRAWN
    CONNECTION_READ = probe.CONNECTION_READ
    QUEUE_COUNTED = probe.QUEUE_COUNTED
    RUN = 40
    LAUNCHED = 41
    FOUND = 42
    EXITED = 43
    RELEASED = 44
    SAMPLE = 45
    PAUSED = 46
    REQUESTED = 47
    WARNING = probe.WARNING
    SIGNALLED = 49
    DROPPED = 50
    ENDING = 51
    ENDED = 52
    LEFT_RUNNING = 53
    STANDSTILL = 54
    NO_MEMORY = 55
    SUSPENDED = 56
    THREAD_WAIT = 57
    LOOKED = 58
    IMPORTED = probe.IMPORTED
    TRANSFER = probe.TRANSFER
    JOB_SIZED = probe.JOB_SIZED
    RESULTS_WAIT = probe.RESULTS_WAIT
    CPU_LIMITS = 64
    MEMORY = 65
    CLUSTER_WORKER = 80
    CLUSTER_BORN = 81
    CLUSTER_CLOCK = 82
    CLUSTER_TASK = 83
    CLUSTER_TRANSFER = 84
    CLUSTER_DISK = 85
    CLUSTER_USAGE = 86
    CLUSTER_END = 87
    CLUSTER_ANSWERS = 88
    CLUSTER_STATE = 89
    CLUSTER_MISSED = 90
    CLUSTER_NANNY = 91
    CLUSTER_PREPARED = 92


LEFT_ALONE = "Still running when the program had ended, and left alone"
"""The beginning of the keeper's warning about processes that outlive a recorded command."""

KEEPER_CUT = "The recorder's journal could not be made longer: how processes ended after that is not known."
"""What is said of a keeper's journal whose disk was full."""

UNWRITTEN = "What the program printed could not all be written"
"""The beginning of the keeper's warning that the output of a recorded command could not be passed on."""
