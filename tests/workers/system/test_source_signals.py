"""Events and Conditions that a process may have come too late for, from the source."""

import ast

import pytest

from workers.system.source_signals import missed


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("start.wait()\nself.start.set()\nself.start.clear()", ("set", 2, 3)),
        ("start.wait()\nother.set()\nother.clear()", None),
        ("start.wait()\nstart.set()\nwork()\nstart.clear()", None),
        ("cond.wait()\ncond.notify_all()\ncond.notify()", ("notify", 2, 0)),
        ("cond.wait(3)\ncond.notify()", None),
        ("while not ready: cond.wait()\ncond.notify()", None),
        ("cond.wait_for(ready)\ncond.notify()", None),
        ("cond.wait()", None),
    ],
)
def test_what_a_wait_in_the_first_line_may_have_missed(source: str, found: tuple[str, int, int] | None) -> None:
    module = ast.parse(source)
    late = missed(module, module, 1)
    assert (None if late is None else tuple(late)) == found
