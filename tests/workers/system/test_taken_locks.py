"""Locks that are taken with acquire(), from the source."""

import ast

import pytest

from workers.system.taken_locks import taken, unreleased

SOURCE = """\
lock, items = mp.Lock(), mp.Semaphore(3)
class Log:
    def __init__(self):
        self.log_lock = threading.RLock()
    def begin(self):
        self.log_lock.acquire()
        wait()
def once(lock):
    lock.acquire()
    if lock.acquire(False): items.acquire()
    wait()
    items.acquire()
def pair(lock):
    lock.acquire()
    wait()
    lock.release()
    wait()
def tries(lock):
    lock.acquire(timeout=3)
"""
MODULE = ast.parse(SOURCE)
FUNCTIONS = {node.name: node for node in ast.walk(MODULE) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("function", "line", "expected"),
    [
        ("begin", 6, [(6, "self.log_lock", False)]),
        ("begin", 7, [(6, "self.log_lock", True)]),
        ("once", 11, [(9, "lock", True)]),  # a Semaphore may be released by others
        ("once", 9, [(9, "lock", False)]),
        ("pair", 15, [(14, "lock", True)]),
        ("pair", 17, []),
        ("tries", 19, []),  # it may not have got it
    ],
)
def test_what_is_held_at_a_line(function: str, line: int, expected: list[tuple[int, str, bool]]) -> None:
    assert taken(MODULE, FUNCTIONS[function], line) == expected


def test_functions_that_take_a_lock_and_never_release_it() -> None:
    assert unreleased(MODULE, "self.lock") == [(9, "once")]
    assert unreleased(MODULE, "log_lock") == [(6, "begin")]
    assert unreleased(MODULE, "items") == unreleased(MODULE, "other") == []
