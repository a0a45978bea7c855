"""Which methods a thread may still call, from the source of the functions that it is in."""

from pathlib import Path

import pytest

from workers.system.python_stacks import StackFrame
from workers.system.reachable_calls import UNKNOWN, ReachableCalls

SOURCE = """\
from time import sleep
from elsewhere import helper
import time

def heartbeat():
    while True:
        sleep(1)
        print("alive")

def produces(queue):
    while True:
        time.sleep(1)
        if ready():
            emit(queue)

def emit(queue):
    queue.put(1)

def ready():
    return False

def has_put(queue):
    queue.put(1)
    time.sleep(9)

def calls_another():
    time.sleep(9)
    helper()

class Watcher:
    def poll(self):
        time.sleep(1)
        self.done()

    def done(self):
        self.event.set()

def recurses():
    time.sleep(1)
    recurses()
"""
THREADING = StackFrame("Thread.run", "/usr/lib/python3.11/threading.py", 982)


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "own.py"
    path.write_text(SOURCE)
    return str(path)


@pytest.mark.parametrize(
    ("function", "line", "may_call"),
    [
        ("heartbeat", 7, set()),
        ("produces", 12, {"put"}),
        ("has_put", 24, set()),
        ("has_put", 23, {"put"}),
        ("calls_another", 27, {UNKNOWN}),
        ("Watcher.poll", 32, {"set"}),
        ("recurses", 39, {UNKNOWN}),
    ],
)
def test_what_a_thread_may_call_from_its_line_on(source: str, function: str, line: int, may_call: set[str]) -> None:
    assert ReachableCalls().of((StackFrame(function, source, line), THREADING)) == may_call


def test_a_library_that_calls_the_function_may_call_anything_next(source: str) -> None:
    server = StackFrame("serve_forever", "/usr/lib/python3.11/socketserver.py", 230)
    assert UNKNOWN in ReachableCalls().of((StackFrame("heartbeat", source, 7), server, THREADING))


def test_a_thread_of_the_library_alone_or_without_source_is_not_known(tmp_path: Path) -> None:
    assert ReachableCalls().of((THREADING,)) == {UNKNOWN}
    replaces = StackFrame("Pool._handle_workers", "/usr/lib/python3.11/multiprocessing/pool.py", 522)
    assert ReachableCalls().of((replaces, THREADING)) == frozenset()
    assert ReachableCalls().of((StackFrame("lost", str(tmp_path / "gone.py"), 1),)) == {UNKNOWN}
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n")
    assert ReachableCalls().of((StackFrame("f", str(broken), 1),)) == {UNKNOWN}


WITHS = """\
with open("x") as file:
    def work(self):
        with self.lock:
            with (
                other, queue.mutex
            ):
                get()
            after()
"""


@pytest.mark.parametrize(
    ("entered", "may_call"), [("lock", {"release"}), ("count.get_lock()", {"release"}), ("Pool(2) as pool", set())]
)
def test_the_end_of_a_with_statement_may_release_a_lock(tmp_path: Path, entered: str, may_call: set[str]) -> None:
    """Not what the statement makes itself."""
    (tmp_path / "own.py").write_text(f"def work():\n    with {entered}:\n        time.sleep(9)\n    time.sleep(9)\n")
    calls = ReachableCalls()
    assert calls.of((StackFrame("work", str(tmp_path / "own.py"), 3), THREADING)) == may_call
    assert calls.of((StackFrame("work", str(tmp_path / "own.py"), 4), THREADING)) == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (3, [(3, "self.lock", False)]),
        (4, [(4, "other, queue.mutex", False), (3, "self.lock", True)]),
        (7, [(4, "other, queue.mutex", True), (3, "self.lock", True)]),
        (8, [(3, "self.lock", True)]),
    ],
)
def test_the_with_statements_around_a_line(tmp_path: Path, line: int, expected: list[tuple[int, str, bool]]) -> None:
    (tmp_path / "own.py").write_text(WITHS)
    frames = [StackFrame("work", str(tmp_path / "own.py"), line)]
    assert [found[1:] for found in ReachableCalls().with_statements(frames)] == expected


@pytest.mark.parametrize(("body", "asks"), [("time.sleep(1)", True), ("q.get_nowait()", False), ("helper()", False)])
def test_a_loop_that_asks_whether_processes_have_ended(tmp_path: Path, body: str, asks: bool) -> None:
    file = tmp_path / "asks.py"
    file.write_text(f"def main(p, q):\n    while p.is_alive():\n        {body}\n    q.get()\n")
    sleeps = StackFrame("sleep", "/usr/lib/python3.11/time.py", 3)
    found = ReachableCalls().asks_for_ends((sleeps, StackFrame("main", str(file), 3)))
    assert found == ((str(file), 2, "p.is_alive()") if asks else None)
