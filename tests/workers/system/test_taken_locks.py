"""Locks that are taken with acquire(), from the source."""

import ast

import pytest

from workers.system.taken_locks import taken, unguarded, unreleased

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


BY_NAME = """\
def begin(made):
    global write_lock
    write_lock = made
def save(row):
    write_lock.acquire()
    if row == 3: return None
    store(row)
    write_lock.release()
def guarded(row):
    write_lock.acquire()
    try: store(row)
    finally: write_lock.release()
def releases_twice(row):
    write_lock.acquire()
    if row == 3:
        write_lock.release()
        return
    write_lock.release()
mp.Pool(2, begin, (mp.Lock(),))
"""


def test_lines_in_which_a_lock_may_be_left_locked() -> None:
    found = unguarded(ast.parse(BY_NAME), "write_lock")
    assert [tuple(one) for one in found] == [("save", 5, 8, 6), ("releases_twice", 14, 18, 0)]
    assert unguarded(ast.parse(BY_NAME.replace("mp.Lock()", "mp.Semaphore(1)")), "write_lock") == []
    assert unguarded(MODULE, "lock")[0][:3] == ("pair", 14, 16)
