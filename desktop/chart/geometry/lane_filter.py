"""The filter of the lanes: ``worker joined``, ``name:pool kind:helper``. Pure functions; the window's thread.

A lane stays when every word is in the process's name, pid, state, end or kind; upper and lower case are the same. A word with
``name:``, ``pid:``, ``state:`` or ``kind:`` before it is looked for there alone. A word with ``-`` before it must not be found.
Quotes keep words together: ``"exit 3"``, ``-state:"exit 0"``; the closing quote may be missing.
"""

import re
from collections.abc import Callable

from workers.analysis.search import process_texts
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

_FIELDS: dict[str, Callable[[Process], str]] = {
    "name": lambda process: process.name,
    "pid": lambda process: "" if process.pid is None else str(process.pid),
    "state": lambda process: f"{process.state} {process.exit_short} {process.exit_text}",
    "kind": lambda process: process.kind.replace("_", " "),
}

_TERM = re.compile(r'(?:"[^"]*"?|[^\s"])+')
"""Everything up to a space outside quotes."""


def hidden(timeline: Timeline, words: str) -> frozenset[int]:
    """The ids of the processes that the words hide; none for no words."""
    terms = [term.replace('"', "") for term in _TERM.findall(words.casefold())]
    return frozenset(process.id for process in timeline.processes if not all(_passes(process, term) for term in terms))


def _passes(process: Process, term: str) -> bool:
    if term.startswith("-") and len(term) > 1:
        return not _passes(process, term[1:])
    field, colon, word = term.partition(":")
    if colon and field in _FIELDS:
        return word in _FIELDS[field](process).casefold()
    return any(term in text.casefold() for text in process_texts(process))
