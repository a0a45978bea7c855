"""Of real runs in which nothing goes wrong nothing is said; of one that loses a worker, what was lost."""

import os
import re
import sys
from pathlib import Path

import pytest
from support.paths import EXAMPLES
from support.recording import recorded, recording, script, together

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity
from workers.analysis.findings.seen import all_seen
from workers.commands import StopRun
from workers.engines.programs import Program, script_program
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.plan.presets import PRESETS, Preset
from workers.timeline.model import MarkKind
from workers.timeline.timeline import Timeline

posix_only = pytest.mark.skipif(os.name != "posix", reason="forks")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process waits in")


def said(timeline: Timeline) -> list[str]:
    """What is wrong with a run; that a busy machine let the recorder miss something is not, nor what there is to see."""
    return [one.text for one in findings(timeline) if one.code not in {"recording", *all_seen.CODES}]


def seen(timeline: Timeline) -> dict[str, Finding]:
    """What there is to see in a run, by code."""
    return {one.code: one for one in findings(timeline) if one.code in all_seen.CODES}


@posix_only
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_are_healthy(preset: Preset) -> None:
    plan = Plan.make([size // 1000 for size in preset.sizes], preset.workload, StartMethod.FORK, preset.order)
    timeline = recorded(plan)
    assert said(timeline) == []
    copies = seen(timeline).get("own_copies")
    assert (copies is not None) == (preset.workload is Workload.SORT)
    if copies is not None:
        assert copies.text.endswith(
            "own copy of global_var_list: at the end the parent's was [None, None, None, None]."
        )


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_examples_are_healthy(name: str, tmp_path: Path) -> None:
    text = re.sub(r"\b(\d+)_000_000\b", r"\1_000", (EXAMPLES / name).read_text(encoding="utf-8"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    timeline = recorded(script_program(tmp_path / name))
    assert timeline.exit_code == 0
    assert said(timeline) == []


@posix_only
@pytest.mark.parametrize("name", ["helpers.py", "moves_away.py", "own_stdout.py"])
def test_scripts_that_work_are_healthy(name: str) -> None:
    timeline = recorded(script(name, "fork"))
    assert timeline.exit_code == 0
    assert said(timeline) == []


def test_a_task_that_raises_in_a_thread_is_told_as_one_in_a_process_is() -> None:
    timeline = recorded(script("pools_of_threads.py", "fork"))
    assert timeline.exit_code == 0
    assert said(timeline) == ["The task square raised ValueError: three (pools_of_threads.py:8)."]


def test_one_after_another_is_no_fault() -> None:
    timeline = recorded(Plan.make([150_000] * 2, Workload.SLEEP, StartMethod.SPAWN, Order.ONE_BY_ONE))
    assert said(timeline) == []
    assert seen(timeline)["one_after_another"].processes == (2, 3)


@posix_only
def test_join_in_order_and_the_parent_at_its_exit_are_there_to_see() -> None:
    sizes = [1_500_000, 1000, 1000]
    in_order = recorded(Plan.make(sizes, Workload.SLEEP, StartMethod.FORK, "start*; join*"))
    assert said(in_order) == []
    assert seen(in_order)["reaped_later"].processes[1] == 2
    left = recorded(Plan.make(sizes[:1], Workload.SLEEP, StartMethod.FORK, "start*"))
    assert said(left) == []
    assert seen(left)["joined_at_exit"].processes == (1, 2)


@posix_only
def test_a_pool_that_ends_with_its_block_ends_its_workers_quietly() -> None:
    code = """
import multiprocessing, time
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        pool.map(abs, range(8))
        pool.map_async(time.sleep, [60, 60], 1)  # so that none ends by itself first
        time.sleep(0.3)
    worker = multiprocessing.Process(target=input)
    worker.start()
    worker.terminate()
    worker.join()
"""
    timeline = recorded(Program((sys.executable, "-c", code), os.getcwd(), "code"))
    assert said(timeline) == []
    pool, (worker,) = timeline.processes[1:3], timeline.processes[3:]
    assert [process.ended_by_pool for process in (*pool, worker)] == [True, True, False]
    kinds = {process.name: timeline.lane(process.id).marks.kind.tolist() for process in pool}
    assert all(MarkKind.EXIT_BY_POOL in marks and MarkKind.SIGNALLED not in marks for marks in kinds.values()), kinds
    assert worker.ended_badly


@posix_only
def test_a_pool_that_loses_a_worker_waits_for_its_result() -> None:
    code = """
import multiprocessing, os, signal, threading
def last(number):
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        pool.apply(last, (1,))
"""
    with recording(Program((sys.executable, "-c", code), os.getcwd(), "code")) as following:
        following.until(lambda: any("killed by SIGKILL" in text for text in said(following.timeline)))
        if sys.platform.startswith("linux"):
            following.until(lambda: len(said(following.timeline)) == 2)
        following.run.command(StopRun())
        timeline = following.finish()
    killed = next(text for text in said(timeline) if "killed by SIGKILL" in text)
    assert ", and the result of last was lost" in killed
    if sys.platform.startswith("linux"):
        assert any(
            re.match(r"The program waits.* for the result of last, which will never come", text)
            for text in said(timeline)
        )


FORK = "import multiprocessing as mp, os, subprocess, sys, threading, time; mp.set_start_method('fork')\n"
HANGS = {
    "a dead producer": (
        """
def produce(queue):
    raise ValueError("no more")
queue = mp.Queue()
mp.Process(target=produce, args=(queue,), name="producer").start()
queue.get()
""",
        "The program waits for data from a Queue or Connection in Queue.get() (hangs.py:6), and no other process is left to "
        "send it: producer ended with exit code 1 (ValueError) at ",
        6,
    ),
    "a consumer that leaves": (
        """
def consume(queue):
    queue.get(); queue.get(); queue.task_done()
old = mp.JoinableQueue()  # the next one may have its place in memory
old.put(1); old.get(); old.task_done(); old.join(); del old
queue = mp.JoinableQueue()
consumer = mp.Process(target=consume, args=(queue,), name="consumer"); consumer.start()
for item in range(3): queue.put(item)
consumer.join(); queue.join()
""",
        "The program waits in JoinableQueue.join() (hangs.py:9), and no other process is left to call task_done(): 3 items "
        "were put, and task_done() was called once; consumer ended at ",
        9,
    ),
    "join before send": (
        """
def receive(end):
    end.recv()
here, there = mp.Pipe()
worker = mp.Process(target=receive, args=(there,))
worker.start(); worker.join(); here.send(1)
""",
        "Nothing makes progress any more: the program waits in join() for Process-1; Process-1 waits for data from a Queue or "
        "Connection in Connection.recv() (hangs.py:3). No process is left to send it: send the data, or the value that ends "
        "the waiting loop, before join().",
        6,
    ),
    "a lock held by a thread at the fork": (
        """
lock, held = threading.Lock(), threading.Event()
def hold():
    with lock:
        held.set(); time.sleep(1)
def work():
    with lock:
        pass
threading.Thread(target=hold).start(); held.wait()
worker = mp.Process(target=work)
worker.start(); worker.join()
""",
        "Process-1 has waited since its first moment for a lock of its own (hangs.py:7), which nobody can release: the "
        "program, the parent, had 2 threads when it forked, and another one of them probably held it.",
        7,
    ),
    "a lock that was never released": (
        """
def once(lock):
    lock.acquire(); time.sleep(0.1)
def work(lock):
    lock.acquire()
    lock.release()
lock = mp.Lock()
taker = mp.Process(target=once, args=(lock,)); taker.start(); taker.join()
waiter = mp.Process(target=work, args=(lock,), name="waiter")
waiter.start(); waiter.join()
""",
        "Nothing makes progress any more: the program waits in join() for waiter; waiter waits for a lock, semaphore or event "
        "(hangs.py:5). The lock was probably never released: once() takes it with acquire() at hangs.py:3 and has no ",
        10,
    ),
    "left with a lock": (
        """
def leave(lock, held):
    lock.acquire(); held.set(); os._exit(0)
def work(lock):
    lock.acquire()
lock, held = mp.Lock(), mp.Event()
mp.Process(target=leave, args=(lock, held), name="holder").start(); held.wait()
waiter = mp.Process(target=work, args=(lock,), name="waiter")
waiter.start(); waiter.join()
""",
        "waiter waits forever for a lock, semaphore or event (hangs.py:5): holder, which exited in the middle of its work, may "
        "have held it.",
        5,
    ),
}


def program(code: str, name: str, folders: pytest.TempPathFactory) -> Program:
    path = folders.mktemp("runs") / name
    path.write_text(FORK + code.lstrip(), encoding="utf-8")
    return script_program(path)


def hang(what: str, timeline: Timeline) -> list[Finding]:
    return [one for one in findings(timeline) if one.text.startswith(HANGS[what][1])]


@pytest.fixture(scope="module")
def hung(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Timeline]:
    """Each of them, stopped when it was said that it hangs."""
    programs = {what: program(code, "hangs.py", tmp_path_factory) for what, (code, _, _) in HANGS.items()}
    return together(programs, hang)


@linux_only
@pytest.mark.parametrize("what", HANGS)
def test_what_hangs_is_said_with_the_line_and_the_moment(what: str, hung: dict[str, Timeline]) -> None:
    timeline = hung[what]
    (finding,) = hang(what, timeline)
    assert (Path(finding.file).name, finding.line) == ("hangs.py", HANGS[what][2])
    assert finding.at_ns is not None
    assert timeline.process(finding.processes[0]).began


HEALTHY = {
    "an event that is set late": """
def work(event):
    event.wait()
event = mp.Event()
workers = [mp.Process(target=work, args=(event,)) for _ in range(2)]
for worker in workers: worker.start()
time.sleep(5); event.set()
for worker in workers: worker.join()
""",
    "an idle pipe": """
def echo(end):
    end.send(end.recv())
here, there = mp.Pipe()
worker = mp.Process(target=echo, args=(there,))
worker.start(); time.sleep(5); here.send(1); here.recv(); worker.join()
""",
    "a wait that an alarm ends": """
import signal
def work(queue):
    queue.get()
queue = mp.Queue()
signal.signal(signal.SIGALRM, lambda *_: queue.put(1)); signal.alarm(5)
worker = mp.Process(target=work, args=(queue,))
worker.start(); worker.join()
""",
    "joined at exit, one after another": """
for seconds in (0.1, 1.5, 3.0): mp.Process(target=time.sleep, args=(seconds,)).start()
""",
    "a pool that waits, and one that is ended": """
with mp.Pool(2, maxtasksperchild=1) as pool:
    pool.map(abs, range(6), chunksize=1); time.sleep(4)
""",
    "other programs that are ended": """
other = subprocess.Popen(["sleep", "60"]); other.terminate(); other.wait()
cat = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE); time.sleep(4); cat.communicate(b"x")
""",
    "a server that waits for requests, with a worker that waits for work": """
import socket
def serve(server, queue):
    connection, _ = server.accept(); queue.put(connection.recv(10)); queue.put(None)
def work(queue):
    while queue.get() is not None: pass
server = socket.create_server(("127.0.0.1", 0))
queue = mp.Queue()
worker = mp.Process(target=work, args=(queue,)); worker.start()
thread = threading.Thread(target=serve, args=(server, queue)); thread.start()
client = mp.Process(target=lambda: (time.sleep(6), socket.create_connection(server.getsockname()).send(b"x")))
client.start(); worker.join(); thread.join(); client.join()
""",
    "a thread that puts now and then": """
def produce(queue):
    for _ in range(6): time.sleep(1)
    queue.put(None)
def work(queue):
    queue.get()
queue = mp.Queue()
worker = mp.Process(target=work, args=(queue,)); worker.start()
threading.Thread(target=produce, args=(queue,)).start()
worker.join()
""",
    "a thread that puts by way of another function": """
def emit(queue):
    queue.put(None)
class Watcher:
    def __init__(self, queue): self.queue = queue
    def poll(self):
        for _ in range(12): time.sleep(0.5)
        self.done()
    def done(self): emit(self.queue)
queue = mp.Queue()
worker = mp.Process(target=queue.get); worker.start()
threading.Thread(target=Watcher(queue).poll).start()
worker.join()
""",
    "a slow consumer": """
def produce(queue):
    for _ in range(3): queue.put(bytes(200_000))
def consume(queue):
    for _ in range(3): time.sleep(2.2); queue.get()
queue = mp.Queue()
producer = mp.Process(target=produce, args=(queue,)); producer.start()
consumer = mp.Process(target=consume, args=(queue,)); consumer.start()
producer.join(); consumer.join()
""",
    "a lock that is held for long": """
def work(lock):
    with lock: time.sleep(2.5)
lock = mp.Lock()
workers = [mp.Process(target=work, args=(lock,)) for _ in range(3)]
for worker in workers: worker.start()
for worker in workers: worker.join()
""",
    "an event that a thread sets in the end": """
stop = threading.Event()
threading.Timer(6, stop.set).start()
stop.wait()
""",
    "a wait for SIGTERM": """
import signal
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
sleeper = mp.Process(target=lambda: (time.sleep(6), os.kill(os.getppid(), signal.SIGTERM)))
sleeper.start(); stop.wait(); sleeper.join()
""",
    "an executor that waits between tasks": """
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(2, mp.get_context("fork")) as pool:
    pool.submit(abs, 1).result(); time.sleep(5); pool.submit(time.sleep, 0.1).result()
""",
    "one long task of a pool, and the others idle": """
with mp.Pool(3) as pool:
    pool.map(time.sleep, [0.1, 0.1, 6], chunksize=1)
""",
    "results that are used slowly": """
with mp.Pool(2) as pool:
    for _ in pool.imap(abs, range(3)): time.sleep(2)
""",
    "a manager's queue": """
manager = mp.Manager(); queue = manager.Queue()
worker = mp.Process(target=queue.get); worker.start(); time.sleep(6); queue.put(1); worker.join()
""",
    "a barrier whose last party is late": """
def step(barrier, seconds):
    time.sleep(seconds); barrier.wait()
barrier = mp.Barrier(3)
workers = [mp.Process(target=step, args=(barrier, seconds)) for seconds in (0, 0, 6)]
for worker in workers: worker.start()
for worker in workers: worker.join()
""",
    "an event loop with a child": """
import asyncio
async def main():
    child = await asyncio.create_subprocess_exec("sleep", "6"); await child.wait()
asyncio.run(main())
""",
    "a joinable queue with a slow worker": """
def work(queue):
    while True: queue.get(); time.sleep(3); queue.task_done()
queue = mp.JoinableQueue()
mp.Process(target=work, args=(queue,), daemon=True).start()
for _ in range(2): queue.put(1)
queue.join()
""",
    "a child that reads a pipe of another program": """
shell = subprocess.Popen("sleep 6; echo done", shell=True, stdout=subprocess.PIPE)
def read(): shell.stdout.read()
reader = mp.Process(target=read); reader.start(); reader.join(); shell.communicate()
""",
}


SLOW = {
    "a lock that is held for long": ["one_at_a_time"],
    "one long task of a pool, and the others idle": ["stragglers"],
}
"""What is healthy, and slow all the same: the advice that it gets."""


def warned(timeline: Timeline) -> list[str]:
    """The codes of what is no mere information."""
    return [one.code for one in findings(timeline) if one.severity is not Severity.INFO]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Timeline, set[str]]]:
    """The run of each of them, and all that was said of it before it was over."""
    heard: dict[str, set[str]] = {what: set() for what in HEALTHY}
    programs = {what: program(code, "healthy.py", tmp_path_factory) for what, code in HEALTHY.items()}
    timelines = together(programs, lambda what, timeline: heard[what].update(warned(timeline)))
    return {what: (timeline, heard[what]) for what, timeline in timelines.items()}


@linux_only
@pytest.mark.parametrize("what", HEALTHY)
def test_long_waits_that_end_are_healthy(what: str, healthy: dict[str, tuple[Timeline, set[str]]]) -> None:
    timeline, heard = healthy[what]
    assert timeline.exit_code == 0
    assert heard == set()
    assert warned(timeline) == SLOW.get(what, []), [one.text for one in findings(timeline)]


@posix_only
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_shared_memory_that_nobody_unlinks_is_told_with_its_line(method: str) -> None:
    beside = {"recording", "reaped_later"}  # on a busy machine the second worker may well end long before the first
    found = [one for one in findings(recorded(script("leaks_memory.py", method))) if one.code not in beside]
    assert {(one.code, one.line, len(one.processes)) for one in found} == {
        ("leaked", 17, 1),
        ("leaked", 18, 1),
        ("leaked", 10, 2),
    }
    assert all("Python's resource tracker removed" in one.text for one in found)


@posix_only
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_shared_memory_that_somebody_unlinks_is_no_leak(method: str) -> None:
    timeline = recorded(script("unlinks_memory.py", method))
    assert [line.text for line in timeline.lines] == ["done"]
    assert said(timeline) == []


@posix_only
def test_named_semaphores_of_a_program_that_leaves_at_once_are_told() -> None:
    found = [one for one in findings(recorded(script("leaks_semaphores.py"))) if one.code != "recording"]
    assert {(one.code, one.line, one.text.partition(" that")[0]) for one in found} == {
        ("leaked", 8, "3 named semaphores"),
        ("leaked", 9, "3 named semaphores"),
    }


@posix_only
def test_a_pool_that_nobody_closes_is_told_with_its_line() -> None:
    ways = ("close", "terminate", "with", "forget", "end")
    runs = together({way: script("closes_pools.py", way) for way in ways}, lambda name, timeline: None)
    told = {way: [(one.code, one.line) for one in findings(runs[way]) if one.code != "recording"] for way in ways}
    left = [("never_closed", 17)]
    assert told == {"close": [], "terminate": [], "with": [], "forget": left, "end": left}
