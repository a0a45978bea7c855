"""Loops that ask whether processes have ended, and queues that are asked whether they are empty, from the source."""

import ast

import pytest

from workers.system.source_loops import asked_before, asking_loop, words_of


def loop_of(source: str) -> str | None:
    """What the loop around the line with ``here()`` asks."""
    line = next(at for at, text in enumerate(source.splitlines(), 1) if "here()" in text)
    loop = asking_loop(ast.parse(source), line)
    return None if loop is None else words_of(loop)


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("while p.is_alive():\n  here()", "p.is_alive()"),
        ("while p.exitcode is None: here()", "p.exitcode is None"),
        ("while any(p.is_alive() for p in ps):\n  for p in ps:\n    here()", "any((p.is_alive() for p in ps))"),
        ("while [p for p in ps if p.is_alive()]: here()", "[p for p in ps if p.is_alive()]"),
        ("while True:\n  if not p.is_alive():\n    break\n  here()", "not p.is_alive()"),
        ("while p.is_alive() and time() < end: here()", None),
        ("while p.is_alive():\n  if late(): break\n  here()", None),
        ("while p.is_alive():\n  for x in y:\n    if x: return\n  here()", None),
        ("while p.is_alive() or not q.empty(): here()", None),
        ("while True:\n  here()", None),
        ("while p.is_alive():\n  while busy:\n    here()", None),
        ("while p.is_alive(): pass\nhere()", None),
    ],
)
def test_loops_that_only_ends_of_processes_end(source: str, asks: str | None) -> None:
    assert loop_of(source) == asks


@pytest.mark.parametrize(
    ("source", "line", "asked"),
    [
        ("while not q.empty():\n  q.get()", 2, (1, "q")),
        ("while True:\n  if self.q.empty():\n    break\n  x = self.q.get()", 4, (2, "self.q")),
        ("if q.qsize() > 0:\n  q.get()", 2, (1, "q")),
        ("if q.empty():\n  wait()\nq.get()", 3, None),
        ("while not q.empty():\n  q.get(timeout=1)", 2, None),
        ("while not q.empty():\n  other.get()", 2, None),
        ("while not q.empty():\n  q.get_nowait()\nq.get()", 3, None),
    ],
)
def test_a_queue_that_was_asked_before_it_is_taken_from(source: str, line: int, asked: tuple[int, str] | None) -> None:
    assert asked_before(ast.parse(source), line) == asked
