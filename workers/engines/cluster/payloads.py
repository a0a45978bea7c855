"""The shipped plugins as the scheduler takes them: pickles that make a plugin from its source. The bridge's process.

A pickle by value would carry code objects, which another Python or another distributed cannot run. Source is compiled where it
arrives. It is a module of nobody's: no name is left behind where it ran.
"""

import pickle
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).with_name("shipped_plugins.py")
_PROTOCOL = 4  # of the oldest Python there


class _MadeThere:
    """Unpickled, it is what the expression gives."""

    def __init__(self, expression: str) -> None:
        self._expression = expression

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return eval, (self._expression,)


def payload(plugin: str, *arguments: str | float) -> bytes:
    """The pickle of a plugin of `shipped_plugins`. arguments: of its constructor."""
    source = _SOURCE.read_text("utf-8")
    made = f"g[{plugin!r}](*{arguments!r})"
    expression = f"(lambda g: (exec({source!r}, g), {made})[-1])({{'__name__': 'procession_watch'}})"
    return pickle.dumps(_MadeThere(expression), _PROTOCOL)
