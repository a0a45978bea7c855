"""Findings about processes that only their own threads could free, and about ends of pipes, over built timelines."""

import pytest
from support.builders import MS, SECOND, running_run
from support.finding_runs import killed, only, said, waiting

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.timeline.model import Process, ProcessKind, RaisedBy, RaisedError, Wait
from workers.timeline.stacks import CodeFrame, EndHolder, ThreadStack, ThreadWait, WithStatement
from workers.timeline.timeline import Timeline

LIBRARY = "/usr/lib/python3.11/"


def frames(*places: str) -> tuple[CodeFrame, ...]:
    """The frames ``Queue.get:queue.py:171`` and so on, innermost first; plan.py is the user's own."""
    found = []
    for place in places:
        function, file, line = place.split(":")
        path = {"queues.py": "multiprocessing/", "connection.py": "multiprocessing/", "_base.py": "concurrent/futures/"}
        where = file if file == "plan.py" else LIBRARY + path.get(file, "") + file
        found.append(CodeFrame(function, where, int(line)))
    return tuple(found)


def stand(
    process: Process,
    *threads: tuple[str, Wait, tuple[CodeFrame, ...]],
    withs: dict[str, tuple[WithStatement, ...]] | None = None,
) -> None:
    """Let all threads of a process stand still, the first one first: (name, wait, frames) of each."""
    process.pid = process.pid or 1000 + process.id
    process.threads = len(threads)
    process.waits = [
        ThreadWait(process.pid + at, not at, wait, 600 * MS, object=77, frames=stack)
        for at, (_, wait, stack) in enumerate(threads)
    ]
    process.stacks = tuple(
        ThreadStack(process.pid + at, name, stack, frozenset(), (withs or {}).get(name, ()))
        for at, (name, _, stack) in enumerate(threads)
    )
    process.stacks_ns = 4 * SECOND


def by_itself() -> Timeline:
    """A program of threads alone, ten seconds in: its one worker has ended long ago."""
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    worker = timeline.process(2)
    worker.target_ended_ns, worker.exited_ns, worker.exit_code = 300 * MS, 301 * MS, 0
    worker.reaped_ns = worker.joined_ns = 302 * MS
    return timeline


GET = frames("Condition.wait:threading.py:327", "Queue.get:queue.py:171", "upload:plan.py:11")
JOIN = frames("Condition.wait:threading.py:327", "Queue.join:queue.py:90", "<module>:plan.py:40")
RESULT = ("Condition.wait:threading.py:327", "Future.result:_base.py:451")
IN_TASK = frames(*RESULT, "branch:plan.py:13", "_WorkItem.run:thread.py:58", "_worker:thread.py:83")
MAP = ("Event.wait:threading.py:629", "ApplyResult.get:pool.py:768", "Pool.map:pool.py:367")
IN_POOL_TASK = frames(*MAP, "branch:plan.py:13", "mapstar:pool.py:48", "worker:pool.py:125")
IDLE = frames("SimpleQueue.get:queue.py:1", "worker:pool.py:114")
THREAD_JOIN = frames("Thread.join:threading.py:1119", "main:plan.py:28")
LOCK_A, LOCK_B = frames("transfer:plan.py:12"), frames("report:plan.py:19")


def a_with(line: int, lock: str, *, inside: bool) -> WithStatement:
    """A with statement of plan.py."""
    return WithStatement("plan.py", line, lock, inside)


EVENT = frames("Condition.wait:threading.py:327", "Event.wait:threading.py:629", "idle:plan.py:5")


def test_a_queue_of_threads_whose_items_were_not_all_done() -> None:
    timeline = by_itself()
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, JOIN), ("taker", Wait.OWN_LOCK, GET))
    found = only(timeline)
    assert (found.code, found.line) == ("task_done_missing", 40)
    assert found.text == (
        "The program waits in Queue.join() (plan.py:40) until task_done() was called for each item that was put, but thread "
        "taker waits for the next item in Queue.get() (plan.py:11): task_done() was probably not called for all that were "
        "taken. Call it once for each item that get() gave."
    )
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, JOIN))
    assert "no thread is left that could call it" in only(timeline).text
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, JOIN), ("taker", Wait.TIME, GET))
    timeline.process(1).stacks = ()  # it may call task_done()
    assert findings(timeline) == []


def test_tasks_that_wait_for_tasks_of_their_own_executor() -> None:
    timeline = by_itself()
    main = frames(*RESULT, "<module>:plan.py:17")
    stand(
        timeline.process(1),
        ("MainThread", Wait.OWN_LOCK, main),
        ("one", Wait.OWN_LOCK, IN_TASK),
        ("two", Wait.OWN_LOCK, IN_TASK),
    )
    found = only(timeline)
    assert found.code == "submit_in_worker"
    assert found.text.startswith(
        "All 2 threads of the ThreadPoolExecutor of the program wait in Future.result() (plan.py:13) inside"
    )
    stand(
        timeline.process(1),
        ("MainThread", Wait.OWN_LOCK, main),
        ("one", Wait.OWN_LOCK, GET),
        ("two", Wait.OWN_LOCK, GET),
    )
    assert "submit_in_worker" not in dict(said(timeline))


@pytest.mark.parametrize(("second", "told"), [(IN_POOL_TASK, True), (IDLE, False)])
def test_a_thread_pool_full_of_tasks_that_wait_for_it(second: tuple[CodeFrame, ...], told: bool) -> None:
    timeline = by_itself()
    main = ("MainThread", Wait.OWN_LOCK, frames(*MAP, "<module>:plan.py:17"))
    stand(timeline.process(1), main, ("one", Wait.OWN_LOCK, IN_POOL_TASK), ("two", Wait.OWN_LOCK, second))
    assert ("All 2 threads of the ThreadPool of the program wait in Pool.map() (plan.py:13) inside of a task, probably for "
            "tasks of the same ThreadPool" in dict(said(timeline)).get("submit_in_worker", "")) == told  # fmt: skip


def test_an_event_loop_that_is_held_up_by_itself() -> None:
    timeline = by_itself()
    inside = (
        "main:plan.py:14",
        "Handle._run:events.py:80",
        "BaseEventLoop.run_forever:base_events.py:607",
        "<module>:plan.py:18",
    )
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, frames(*RESULT, *inside)))
    assert only(timeline).code == "loop_blocked"
    assert only(timeline).text.startswith(
        "The program waits in Future.result() (plan.py:14) inside of the event loop of asyncio: "
    )
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, frames(*RESULT, "<module>:plan.py:14")))
    assert findings(timeline) == []


def test_threads_that_hold_what_the_other_waits_for() -> None:
    timeline = by_itself()
    entering, holding = (
        WithStatement("plan.py", 12, "audit", inside=False),
        WithStatement("plan.py", 10, "accounts", inside=True),
    )
    back, held = (
        WithStatement("plan.py", 19, "accounts", inside=False),
        WithStatement("plan.py", 17, "audit", inside=True),
    )
    threads = (
        ("MainThread", Wait.OWN_LOCK, THREAD_JOIN),
        ("transfer", Wait.OWN_LOCK, LOCK_A),
        ("report", Wait.OWN_LOCK, LOCK_B),
    )
    stand(timeline.process(1), *threads, withs={"transfer": (entering, holding), "report": (back, held)})
    assert only(timeline).code == "thread_deadlock"
    assert only(timeline).text == (
        "Thread transfer of the program waits forever for audit (plan.py:12). It is probably held by thread report, since "
        "plan.py:17, which itself waits for accounts (plan.py:19), and thread transfer probably holds that. Take locks in the "
        "same order everywhere."
    )
    twice = WithStatement("plan.py", 10, "audit", inside=True)
    stand(timeline.process(1), *threads[:2], withs={"transfer": (entering, twice)})
    assert (
        "it probably holds that lock itself: it took audit at plan.py:10, and waits to take it again"
        in only(timeline).text
    )
    stand(timeline.process(1), *threads, withs={"transfer": (entering, twice), "report": (held,)})
    assert "thread_deadlock" not in dict(said(timeline))  # either may hold it


def test_a_thread_that_keeps_its_process() -> None:
    timeline = waiting()
    shutdown = frames("_shutdown:threading.py:1590", "BaseProcess._bootstrap:process.py:332")
    stand(timeline.process(2), ("MainThread", Wait.OWN_LOCK, shutdown), ("uploader", Wait.OWN_LOCK, GET))
    timeline.process(2).start_method, timeline.process(2).threads_at_fork = "fork", 3
    assert only(timeline).code == "thread_never_ends"
    assert only(timeline).text == (
        "The program waits in join() for Process-1. Process-1 has done its work and cannot exit before its own threads end, "
        "which never will: thread uploader waits in Queue.get() (plan.py:11). Send a value that ends the loop, or make it a "
        "daemon thread."
    )


def test_a_program_that_is_idle_until_it_is_ended_is_told_nothing() -> None:
    timeline = by_itself()
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, THREAD_JOIN), ("server", Wait.OWN_LOCK, EVENT))
    assert findings(timeline) == []
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, EVENT), ("uploader", Wait.OWN_LOCK, GET))
    assert findings(timeline) == []


def test_a_full_queue_that_nobody_else_has() -> None:
    timeline = by_itself()
    stand(timeline.process(1), ("MainThread", Wait.LOCK, frames("Queue.put:queues.py:89", "<module>:plan.py:15")))
    timeline.holders[77] = (EndHolder(1, 1001, "", reads=True, writes=True),)
    assert only(timeline).code == "full_queue"
    assert only(timeline).text.startswith(
        "The program waits in Queue.put() (plan.py:15) for a free place in a full Queue, which no other process has any more: "
        "Process-1 ended at 301 ms."
    )
    worker = timeline.process(2)
    worker.exited_ns = worker.exit_code = worker.reaped_ns = worker.joined_ns = None
    stand(worker, ("MainThread", Wait.TIME, ()))
    assert only(timeline).text.endswith("no other process has yet: nothing is taken from it before this call returns. Start "
                                        "the process that takes from it first.")  # fmt: skip
    worker.exited_ns, worker.exit_code = 301 * MS, 0
    timeline.holders.clear()  # not known
    assert "no other process is left to take an item from it" in only(timeline).text


def test_a_lock_whose_holder_sleeps() -> None:
    timeline = waiting(3)
    asleep, locked = (
        frames("retry:plan.py:10"),
        (CodeFrame("__enter__", LIBRARY + "multiprocessing/synchronize.py", 95),),
    )
    stand(
        timeline.process(2), ("MainThread", Wait.TIME, asleep), withs={"MainThread": (a_with(8, "lock", inside=True),)}
    )
    for number in (3, 4):
        stack = (*locked, CodeFrame("store", "plan.py", 15))
        inside = {"MainThread": (a_with(15, "lock", inside=False),)}
        stand(timeline.process(number), ("MainThread", Wait.LOCK, stack), withs=inside)
    found = only(timeline)
    assert (found.code, found.severity, found.processes) == ("lock_kept", Severity.ADVICE, (2, 3, 4))
    assert found.text == (
        "Process-2 and Process-3 have waited since 600 ms for a lock that Process-1 probably holds: it took it at plan.py:8, "
        "and has slept (plan.py:10) since 600 ms. Release the lock before such a wait."
    )
    stand(
        timeline.process(4), ("MainThread", Wait.TIME, asleep), withs={"MainThread": (a_with(8, "lock", inside=True),)}
    )
    assert findings(timeline) == []  # either may hold it


def raised(timeline: Timeline, number: int, by: RaisedBy, thread: str = "") -> None:
    """Let something end by a ValueError in a process."""
    timeline.add_error(RaisedError(number, 500 * MS, by, "ValueError", "bad", "plan.py", 11, (), thread))


def test_a_pool_whose_thread_that_takes_the_results_is_gone() -> None:
    timeline = waiting()
    timeline.calls.pop()
    get = frames("Condition.wait:threading.py:327", "ApplyResult.get:pool.py:768", "<module>:plan.py:17")
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, get))
    raised(timeline, 1, RaisedBy.THREAD, "Thread-3 (_handle_results)")
    texts = dict(said(timeline))
    assert texts["lost_result"] == (
        "The program waits in ApplyResult.get() (plan.py:17) for a result of its Pool, which will never come: the Pool's "
        "thread that takes the results was ended at 500 ms by ValueError: bad (plan.py:11)."
    )
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, get), ("Thread-6 (_handle_results)", Wait.PIPE_READ, GET))
    assert "lost_result" not in dict(said(timeline))  # another Pool's lives


@pytest.mark.parametrize(
    ("place", "owner"), [("Future.result:_base.py:451", "an executor"), ("ApplyResult.get:pool.py:768", "a Pool")]
)
def test_a_fork_has_no_threads_that_could_bring_a_result(place: str, owner: str) -> None:
    timeline = waiting()
    worker = timeline.process(2)
    worker.start_method, worker.threads_at_fork = "fork", 1
    stand(worker, ("MainThread", Wait.OWN_LOCK, frames("Condition.wait:threading.py:327", place, "child:plan.py:14")))
    found = only(timeline)
    assert found.code == "forked_without_threads"
    assert f"the threads of {owner} bring the result" in found.text
    assert "Its parent, the program, had 2 threads when it forked Process-1, which has one." in found.text
    stand(worker, ("MainThread", Wait.OWN_LOCK, EVENT))
    assert "between its own threads in Event.wait() (plan.py:5). Process-1 has no other thread" in only(timeline).text


@pytest.mark.parametrize(
    ("call", "dead", "left"),
    [
        ("Event.wait", "may have been the one to set it", "set it"),
        ("Condition.wait", "may have been the one to notify it", "notify it"),
    ],
)
def test_nobody_holds_what_is_set_or_notified(call: str, dead: str, left: str) -> None:
    timeline = waiting(2)
    stack = (CodeFrame(call, LIBRARY + "multiprocessing/synchronize.py", 268), CodeFrame("serve", "plan.py", 14))
    for number in (2, 3):
        stand(timeline.process(number), ("MainThread", Wait.LOCK, stack))
    assert only(timeline).text.endswith(f"No process is left to {left}.")
    killed(timeline, 2)
    assert next(one.text for one in findings(timeline) if one.code == "dead_holder").endswith(
        f"killed by SIGKILL, {dead}."
    )


def test_a_barrier_for_more_parties_than_there_are_processes() -> None:
    timeline = waiting(2)
    library = LIBRARY + "multiprocessing/synchronize.py"
    stack = (CodeFrame("Condition.wait", library, 268), *frames("Barrier.wait:threading.py:676", "phase:plan.py:7"))
    for number in (2, 3):
        stand(timeline.process(number), ("MainThread", Wait.LOCK, stack))
    assert only(timeline).text.endswith(
        "No process is left to come to the Barrier: it has probably been made for more parties than there are processes."
    )


def test_who_keeps_a_reader_from_the_end_of_its_pipe() -> None:
    timeline = waiting(2)
    recv = frames("Connection._recv:connection.py:395", "_ConnectionBase.recv:connection.py:250", "read:plan.py:9")
    for number in (2, 3):
        stand(timeline.process(number), ("MainThread", Wait.PIPE_READ, recv))
        timeline.process(number).waits[0].ends = (number,)
    timeline.holders[2] = tuple(EndHolder(one, 1000 + one, "", reads=True, writes=True) for one in (2, 3))
    timeline.holders[3] = (EndHolder(3, 1003, "", reads=True, writes=True),)
    assert (
        "The other end is open in Process-1 itself and Process-2, so that Process-1 gets no EOFError"
        in only(timeline).text
    )
    timeline.holders[2] = timeline.holders[2][:1]
    assert "Only Process-1 itself has the other end open" in only(timeline).text
    timeline.holders[3] = timeline.holders[2] = (*timeline.holders[2], EndHolder(1, 1001, "", reads=True, writes=True))
    assert "No process is left to send it: send the data" in only(timeline).text  # as the program is to do after join()
    timeline.holders.clear()
    assert "No process is left to send it" in only(timeline).text


def test_two_that_write_to_each_other() -> None:
    timeline = by_itself()
    worker = timeline.process(2)
    worker.target_ended_ns = worker.exited_ns = worker.exit_code = worker.reaped_ns = worker.joined_ns = None
    send = frames("Connection._send:connection.py:384", "_ConnectionBase.send:connection.py:211", "peer:plan.py:7")
    for number in (1, 2):
        stand(timeline.process(number), ("MainThread", Wait.PIPE_WRITE, send))
        timeline.process(number).waits[0].ends = (number,)
        timeline.holders[number] = (EndHolder(3 - number, 1000, "", reads=True, writes=True),)
    found = only(timeline)
    assert found.code == "deadlock"
    assert (
        "Room in that pipe is made by Process-1 alone, which waits itself in Connection.send() (plan.py:7)."
        in found.text
    )


def closing_loop(*, closes: bool = True) -> Timeline:
    """asyncio.run() waits for a thread of its executor, which waits for a queue."""
    timeline = by_itself()
    select = frames("EventLoop.run_forever:base_events.py:607", "run:runners.py:189", "<module>:plan.py:10")
    shuts = frames("Thread.join:threading.py:1119", "EventLoop._do_shutdown:base_events.py:571")
    task = frames(
        "Condition.wait:threading.py:3", "Queue.get:queue.py:171", "_WorkItem.run:thread.py:58", "_worker:thread.py:83"
    )
    stand(
        timeline.process(1),
        ("MainThread", Wait.SOCKET, select),
        ("asyncio_0", Wait.OWN_LOCK, task),
        ("Thread-1", Wait.OWN_LOCK, shuts if closes else THREAD_JOIN),
    )
    return timeline


def test_an_event_loop_that_does_not_close() -> None:
    assert dict(said(closing_loop()))["thread_never_ends"] == (
        "The program waits in run() (plan.py:10) for its event loop to close, which it does not do before its own threads end, "
        "which never will: thread asyncio_0 waits in Queue.get(). A thread of run_in_executor() cannot be cancelled: end what "
        "it waits for, or give it a timeout."
    )
    assert said(closing_loop(closes=False)) == []  # a loop that runs: something may come from outside


@pytest.mark.parametrize("threads_at_fork", [0, 1])
def test_an_event_of_threading_in_a_process_of_one_thread(threads_at_fork: int) -> None:
    timeline = waiting()
    stand(timeline.process(2), ("MainThread", Wait.OWN_LOCK, EVENT))
    timeline.process(2).threads_at_fork = threads_at_fork
    text = only(timeline).text
    assert "Process-1 has no other thread that could end this: an Event, a Condition or a Queue of threading" in text
    assert ("thread of its parent, which a fork does not have" in text) == bool(threads_at_fork)
    stand(timeline.process(2), ("MainThread", Wait.OWN_LOCK, EVENT), ("other", Wait.OWN_LOCK, GET))
    assert "no other thread" not in only(timeline).text


@pytest.mark.parametrize(
    ("by", "thread", "owner", "told"),
    [
        (RaisedBy.THREAD, "Thread-2 (_handle_tasks)", 1, "1 task could not be sent to the workers, and never ran: ValueError"),
        (RaisedBy.TASK, "", 2, "1 task raised an exception, the first ValueError: bad. The callback of apply_async() is not"),
        (RaisedBy.TASK, "", 1, ""),
    ],
)  # fmt: skip
def test_a_program_that_waits_while_its_pool_has_nothing_to_do(
    by: RaisedBy, thread: str, owner: int, told: str
) -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    timeline.process(2).kind = ProcessKind.POOL_WORKER
    idle = frames("Connection.recv_bytes:connection.py:2", "SimpleQueue.get:queues.py:3", "worker:pool.py:114")
    stand(timeline.process(2), ("MainThread", Wait.PIPE_READ, idle))
    acquire = frames("Condition.wait:threading.py:3", "Semaphore.acquire:threading.py:4", "<module>:plan.py:12")
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, acquire))
    timeline.add_error(RaisedError(owner, 300 * MS, by, "ValueError", "bad", thread=thread))
    text = dict(said(timeline))["idle_pool"]
    assert text.startswith("The program waits forever in Semaphore.acquire() (plan.py:12) for a lock between its own threads: "
                           "the only worker of its pool waits for a task, and nothing is left to end it.")  # fmt: skip
    assert told in text
    assert told or text.endswith("end it.")
    replaced = timeline.add_process("ForkPoolWorker-2", ProcessKind.POOL_WORKER, parent_id=1)
    replaced.pid, timeline.cut_ns, timeline.now_ns = 77, timeline.now_ns, timeline.now_ns + SECOND
    replaced.start_called_ns = replaced.born_ns = timeline.cut_ns + MS
    assert dict(said(timeline))["idle_pool"] == text, "a worker that came while the run was being ended was not there"
    replaced.start_called_ns = replaced.born_ns = SECOND
    assert "idle_pool" not in dict(said(timeline))
    timeline.cut_ns, replaced.exited_ns, replaced.exit_code = None, 2 * SECOND, 0
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, EVENT))  # until the user ends it
    assert "idle_pool" not in dict(said(timeline))
    stand(timeline.process(1), ("MainThread", Wait.OWN_LOCK, acquire))
    at_work = frames("Connection.recv:connection.py:2", "work:plan.py:3", "worker:pool.py:125")
    stand(timeline.process(2), ("MainThread", Wait.PIPE_READ, at_work))
    assert "idle_pool" not in dict(said(timeline))
