"""What the probe writes into the journal of each recorded process. Read where journals are read; the probe itself packs
the slots without this file (`workers/recorded/probe.py`), and a test holds the two together.

Every `clock_ns`, and each field that ends in `_clock_ns`, is a reading of the machine's monotonic clock. A field that
ends in `_text` is the number of a text of the same journal, 0 for none.
"""

from typing import Annotated, NamedTuple

from workers.journal.kinds import Kind
from workers.journal.slot_layout import (
    BYTES,
    FLAGS,
    HIGH_A,
    HIGH_B,
    HIGH_C,
    HIGH_E,
    LOW_A,
    LOW_B,
    LOW_C,
    LOW_E,
    SMALL,
    WORD,
    A,
    B,
    C,
    ClockNs,
    D,
    E,
    F,
    written_as,
)
from workers.recorded import probe


@written_as(Kind.TEXT)
class TextPiece(NamedTuple):
    """Part of a text that later records of the journal name by its number."""

    last: Annotated[int, FLAGS, "1: the text ends here"]
    length: Annotated[int, SMALL, "bytes of this part"]
    number: Annotated[int, WORD]
    data: Annotated[bytes, BYTES, "UTF-8"]


@written_as(Kind.HELLO)
class Hello(NamedTuple):
    """The first record: a process begins its journal. Its pid and this time name the journal."""

    how: Annotated[int, FLAGS, "FRESH: a new interpreter; FORK: a forked child"]
    version: Annotated[int, SMALL, "of the format"]
    fork: Annotated[int, WORD, "number of the fork in the parent's journal, 0: not known"]
    clock_ns: ClockNs
    pid: Annotated[int, A]
    parent_pid: Annotated[int, B]
    epoch_ns: Annotated[int, C, "the same moment as Unix time"]
    parent_key: Annotated[int, D, "forked: the time of the parent's HELLO"]
    child: Annotated[int, E, "forked worker: its number in the parent, else 0"]
    ticks: Annotated[int, F, "new interpreter: start time in the kernel's clock ticks, 0: not known"]


@written_as(Kind.ARGV)
class CommandLine(NamedTuple):
    """The interpreter's command line."""

    parts_text: Annotated[int, WORD, "the arguments, joined by NUL"]
    clock_ns: ClockNs
    python: Annotated[int, A, "sys.hexversion"]


@written_as(Kind.BYE)
class Bye(NamedTuple):
    """The interpreter is about to end in order."""

    clock_ns: ClockNs


@written_as(Kind.MORE)
class MoreFollows(NamedTuple):
    """The last slot of a stretch: the journal continues in the next one."""

    clock_ns: ClockNs


@written_as(Kind.CUT)
class JournalCut(NamedTuple):
    """The last slot of a journal that could not be made longer. What follows is not recorded."""

    clock_ns: ClockNs


@written_as(Kind.CALL_BEGAN)
class CallBegan(NamedTuple):
    """A method of a Process object was called, or one that ends all workers of an executor."""

    method: Annotated[int, FLAGS, "index in probe.CALLS"]
    call: Annotated[int, WORD, "number of the call in this process"]
    clock_ns: ClockNs
    child: Annotated[int, A, "number of the worker in this process, 0: of no worker"]
    timeout_ns: Annotated[int, B, "-1: none, -2: not known"]
    file_text: Annotated[int, C, "the caller's file"]
    line: Annotated[int, D]
    thread_text: Annotated[
        int, E, "name of the caller's thread, 0: the one that carries out the process's work, or is_alive"
    ]


@written_as(Kind.CALL_ENDED)
class CallEnded(NamedTuple):
    """The call returned or raised."""

    method: Annotated[int, FLAGS, "as CALL_BEGAN"]
    call: Annotated[int, WORD, "as CALL_BEGAN"]
    clock_ns: ClockNs
    child: Annotated[int, A, "as CALL_BEGAN"]
    result: Annotated[int, B, "start: the worker's pid; join: 1 if it has ended; is_alive: the answer"]
    error_text: Annotated[int, C, "the exception's type"]
    start_method_text: Annotated[int, D]


@written_as(Kind.CHILD)
class ChildNamed(NamedTuple):
    """start() is about to be called on a Process object of this name."""

    daemon: Annotated[int, FLAGS]
    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    child: Annotated[int, A, "as CALL_BEGAN"]


@written_as(Kind.FORKED)
class Forked(NamedTuple):
    """fork() returned in the parent."""

    threads: Annotated[int, SMALL, "how many other threads the parent had; none of them is in the child"]
    fork: Annotated[int, WORD, "number of the fork in this process"]
    clock_ns: ClockNs
    child: Annotated[int, A, "number of the worker that was being started, or 0"]
    called_clock_ns: Annotated[int, B]


@written_as(Kind.REAPED)
class Reaped(NamedTuple):
    """This process learned the exit code of a child, which is reaped by then."""

    clock_ns: ClockNs
    pid: Annotated[int, A, "the child"]
    exit_code: Annotated[int, B, "negative: the signal that ended it"]


@written_as(Kind.SPAWNED, variant=0)
class Spawned(NamedTuple):
    """A new interpreter was started for a worker or a helper of multiprocessing."""

    clock_ns: Annotated[ClockNs, "just before"]
    pid: Annotated[int, A]
    returned_clock_ns: Annotated[int, B]


@written_as(Kind.SPAWNED, variant=1)
class SubprocessStarted(NamedTuple):
    """subprocess.Popen started a child."""

    command_text: Annotated[int, WORD]
    clock_ns: Annotated[ClockNs, "just before"]
    pid: Annotated[int, A]
    returned_clock_ns: Annotated[int, B]


@written_as(Kind.SPAWNED, variant=2)
class UnreportedStart(NamedTuple):
    """os.system or os.posix_spawn is about to start a child whose pid is not recorded."""

    command_text: Annotated[int, WORD]
    clock_ns: ClockNs
    thread: Annotated[int, A, "the kernel's id of the thread"]


@written_as(Kind.POLLED)
class Polled(NamedTuple):
    """Repeated is_alive() calls with the same answer. Count and last time change in place."""

    answer: Annotated[int, FLAGS]
    call: Annotated[int, WORD, "the first of them"]
    clock_ns: Annotated[ClockNs, "the first of them"]
    child: Annotated[int, A, "as CALL_BEGAN"]
    times: Annotated[int, B]
    last_clock_ns: Annotated[int, C, "the last of them returned"]
    file_text: Annotated[int, D]
    line: Annotated[int, E]


@written_as(Kind.WORKER_SIGNALLED)
class WorkerSignalled(NamedTuple):
    """A call that ends all workers of an executor has sent this one its signal."""

    call: Annotated[int, WORD, "as CALL_BEGAN"]
    clock_ns: ClockNs
    child: Annotated[int, A, "as CALL_BEGAN"]


@written_as(Kind.KILL_CALLED)
class KillCalled(NamedTuple):
    """os.kill() or os.killpg() is about to be called, by the program or for it by the standard library."""

    to: Annotated[int, FLAGS, "ONE_PROCESS, A_GROUP or EVERYTHING that it may send signals"]
    file_text: Annotated[int, WORD, "of the program's own line"]
    clock_ns: ClockNs
    target: Annotated[int, A, "the pid, or the id of the process group"]
    signal: Annotated[int, B]
    line: Annotated[int, C]
    own_group: Annotated[int, D, "id of the caller's process group"]
    disposition: Annotated[int, E, "ONE_PROCESS: HANDLED or IGNORED, 0: neither, or not known"]


@written_as(Kind.WORKER_BEGAN)
class WorkerBegan(NamedTuple):
    """A worker is about to carry out its Process object."""

    name_text: Annotated[int, WORD, "0: the parent's CHILD has it"]
    clock_ns: ClockNs
    child: Annotated[int, A, "number of the worker in the parent"]
    parent_pid: Annotated[int, B]


@written_as(Kind.TARGET_BEGAN)
class TargetBegan(NamedTuple):
    """Process.run() is about to be called."""

    clock_ns: ClockNs


@written_as(Kind.TARGET_ENDED)
class TargetEnded(NamedTuple):
    """Process.run() returned or raised."""

    error_text: Annotated[int, WORD, "the exception's type"]
    clock_ns: ClockNs


@written_as(Kind.WORKER_ENDED)
class WorkerEnded(NamedTuple):
    """The worker is about to exit with this code."""

    clock_ns: ClockNs
    exit_code: Annotated[int, A]


@written_as(Kind.WATCHED)
class WatchedValue(NamedTuple):
    """The value of a watched global of the main module."""

    when: Annotated[int, FLAGS, "BEGAN or ENDED, of the process's work"]
    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    value_text: Annotated[int, A, "its repr"]


@written_as(Kind.SERVES)
class Serves(NamedTuple):
    """A worker turned out to serve a pool, a manager or a cluster."""

    role: Annotated[int, FLAGS, "POOL, MANAGER or CLUSTER"]
    name_text: Annotated[int, WORD, "CLUSTER: the worker's name there, if it was given one"]
    clock_ns: ClockNs


@written_as(Kind.SUBMITTED)
class JobSubmitted(NamedTuple):
    """A pool or an executor of this process numbered a job."""

    numbering: Annotated[int, FLAGS, "POOL_JOB or EXECUTOR_JOB"]
    clock_ns: ClockNs
    job: Annotated[int, A]


@written_as(Kind.THREAD)
class PoolThreadNamed(NamedTuple):
    """A thread of this process is about to run its first task of a pool of threads or interpreters."""

    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    thread: Annotated[int, A, "number of the thread in this process, from 1"]
    native_id: Annotated[int, B, "the kernel's id of the thread"]
    interpreter: Annotated[int, C, "id of the interpreter in which its tasks run, 0: the main one"]


@written_as(Kind.TASK)
class WorkerTask(NamedTuple):
    """A worker of a pool or an executor began a task. The end is added in place."""

    flags: Annotated[int, FLAGS, "POOL_JOB, EXECUTOR_JOB or UNNUMBERED; and TASK_OVER once the end is there"]
    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    thread: Annotated[int, LOW_A, "as THREAD, 0: the one that carries out the process's work"]
    bytes_in: Annotated[int, HIGH_A, "of the pickle that it came in, plus one; 0: not known"]
    job: Annotated[int, LOW_B, "UNNUMBERED: 0"]
    bytes_out: Annotated[int, HIGH_B, "of the pickle of its result, plus one; 0: not known"]
    place: Annotated[int, LOW_C, "index within the job, -1: the job has one task"]
    arguments_text: Annotated[int, HIGH_C, "a repr of plain values, 0: not recorded, as is all ones"]
    ended_clock_ns: Annotated[int, D]
    error_text: Annotated[int, LOW_E, "the exception's type"]
    cpu_s: Annotated[float, HIGH_E, "CPU time of its thread in seconds, 0: not known"]
    submitted_clock_ns: Annotated[int, F, "UNNUMBERED: when it was submitted, else 0"]

    @property
    def numbering(self) -> int:
        """Whose job number it is: probe.POOL_JOB, EXECUTOR_JOB or UNNUMBERED."""
        return self.flags & ~probe.TASK_OVER


@written_as(Kind.JOB_SIZED)
class JobSized(NamedTuple):
    """It became known of how many tasks a job of a Pool consists."""

    clock_ns: ClockNs
    job: Annotated[int, A]
    size: Annotated[int, B]
    calls: Annotated[int, C, "how many calls of the function these tasks make together, 0: not known"]


@written_as(Kind.RESULTS_WAIT)
class ResultsWait(NamedTuple):
    """Results of an imap() are there that the program has not taken yet. Noted ten times a second at most."""

    clock_ns: ClockNs
    job: Annotated[int, A]
    results: Annotated[int, B]


@written_as(Kind.TRANSFER, variant=probe.SENT)
class MessageSent(NamedTuple):
    """A message of more than 8192 bytes was pickled and sent to another process."""

    other_thread: Annotated[int, SMALL, "1: not by the thread that carries out the process's work"]
    clock_ns: Annotated[ClockNs, "before it was pickled"]
    pickled_clock_ns: Annotated[int, A]
    sent_clock_ns: Annotated[int, B]
    size_bytes: Annotated[int, C]


@written_as(Kind.TRANSFER, variant=probe.RECEIVED)
class MessageReceived(NamedTuple):
    """Such a message was received and unpickled."""

    other_thread: Annotated[int, SMALL, "as in SENT"]
    clock_ns: Annotated[ClockNs, "when its first bytes were there"]
    read_clock_ns: Annotated[int, A, "before it was unpickled"]
    unpickled_clock_ns: Annotated[int, B]
    size_bytes: Annotated[int, C]


@written_as(Kind.IMPORTED)
class ModuleImported(NamedTuple):
    """The program imported a module, with all that this imported, which took a millisecond or more. ``__main__``: a started
    process ran the main module again; what that imports has records of its own."""

    other_thread: Annotated[int, SMALL, "1: not in the thread that carries out the process's work"]
    name_text: Annotated[int, WORD]
    clock_ns: Annotated[ClockNs, "the import began"]
    ended_clock_ns: Annotated[int, A]


@written_as(Kind.LEFT_OUT)
class TasksLeftOut(NamedTuple):
    """Tasks began that are not recorded, because the run has taken the disk that it may. Number and time change in place."""

    clock_ns: Annotated[ClockNs, "the first of them"]
    tasks: Annotated[int, A]
    last_clock_ns: Annotated[int, B, "the last of them"]


@written_as(Kind.RAISED)
class ErrorRaised(NamedTuple):
    """An exception ended a task, a target, a call, the main program or a thread. The record of that end has the same time."""

    what: Annotated[int, FLAGS, "BY_TASK, BY_TARGET, BY_CALL, BY_MAIN, BY_THREAD or BY_INITIALIZER"]
    thread_text: Annotated[
        int, SMALL, "the thread's name, 0: the one that carries out the process's work, or not known"
    ]
    type_text: Annotated[int, WORD, "the exception's type"]
    clock_ns: ClockNs
    message_text: Annotated[int, A]
    file_text: Annotated[int, B, "of the innermost frame that is the program's own"]
    line: Annotated[int, C]
    traceback_text: Annotated[int, D, "a line for each frame, the innermost last: file, colon, line, space, function"]
    call: Annotated[int, E, "BY_CALL: as CALL_BEGAN"]


@written_as(Kind.RESOURCE)
class ResourceNoted(NamedTuple):
    """A shared-memory block, a named semaphore or a Pool was made, or is about to be unlinked or closed, or was removed."""

    what: Annotated[int, FLAGS, "MADE, UNLINKED (a Pool: closed or terminated) or REMOVED (by the resource tracker)"]
    kind: Annotated[int, SMALL, "SHARED_MEMORY, SEMAPHORE or POOL_OBJECT"]
    name_text: Annotated[int, WORD, "of a Pool: a number within its process"]
    clock_ns: ClockNs
    file_text: Annotated[int, A, "MADE: of the program's own line"]
    line: Annotated[int, B]
    size_bytes: Annotated[int, C, "MADE: of shared memory"]


@written_as(Kind.OUTPUT_LOST)
class OutputLeft(NamedTuple):
    """os._exit() is about to end this process, and what is in the buffer of its sys.stdout will not be written."""

    file_text: Annotated[int, WORD, "of the program's own line"]
    clock_ns: ClockNs
    line: Annotated[int, A]
    size_bytes: Annotated[int, B, "in the buffer, which a fork inherits too"]
    last_text: Annotated[int, C, "the last line of it, or its end"]


@written_as(Kind.UNGUARDED)
class ChangeUnguarded(NamedTuple):
    """A statement is about to change a Value or an item of an Array that it has read, while its thread holds no lock."""

    shared_text: Annotated[int, WORD, "what names its lock in all processes, and the item"]
    clock_ns: ClockNs
    file_text: Annotated[int, A]
    line: Annotated[int, B]


@written_as(Kind.DRAWN)
class GeneratorDrawn(NamedTuple):
    """A forked worker drew from a random generator whose state it inherited."""

    name_text: Annotated[int, WORD, "the global variable of the program, or numpy.random"]
    clock_ns: Annotated[ClockNs, "when that was seen: at the end of its work, or of a task"]
    state: Annotated[int, A, "hash of the state that it inherited"]


@written_as(Kind.CONNECTION_READ)
class ConnectionRead(NamedTuple):
    """A process reads for the first time from a connection that was there when it was forked, or that its fork has too."""

    peer_text: Annotated[int, WORD, "to where: host:port, or a path"]
    clock_ns: ClockNs
    inode: Annotated[int, A, "of the socket"]
    made_file_text: Annotated[int, B, "of the program's line that made the connection"]
    made_line: Annotated[int, C]
    file_text: Annotated[int, D, "of the program's line that reads"]
    line: Annotated[int, E]


@written_as(Kind.QUEUE_COUNTED)
class QueueCounted(NamedTuple):
    """This process uses a JoinableQueue. The numbers change in place."""

    queue_text: Annotated[int, WORD, "names the queue in all processes"]
    clock_ns: Annotated[ClockNs, "of the first use"]
    puts: Annotated[int, A, "items that it has put"]
    task_dones: Annotated[int, B, "calls of task_done()"]
    joined_clock_ns: Annotated[int, C, "when it called join() last, 0: never"]


@written_as(Kind.WARNING)
class RecorderWarning(NamedTuple):
    """A sentence for the user. The keeper writes these, too."""

    text: Annotated[int, WORD]
    clock_ns: ClockNs
