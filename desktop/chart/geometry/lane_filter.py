"""Which lanes a person's words leave: ``worker joined``, ``name:pool kind:helper``. Pure arithmetic; the window's thread.

Every word must be found, in any case, in the process's name, pid, state, end or kind; with ``name:``, ``pid:``, ``state:`` or
``kind:`` before it, in that alone. A word with ``-`` before it must not be found. Quotes keep words together: ``"exit 3"``,
``-state:"exit 0"``; the closing one may still be to come.
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
"""Letters up to a space that is in no quotes."""


def hidden(timeline: Timeline, words: str) -> frozenset[int]:
    """The ids of the processes that the words leave out; none for no words."""
    terms = [term.replace('"', "") for term in _TERM.findall(words.casefold())]
    return frozenset(process.id for process in timeline.processes if not all(_passes(process, term) for term in terms))


def _passes(process: Process, term: str) -> bool:
    if term.startswith("-") and len(term) > 1:
        return not _passes(process, term[1:])
    field, colon, word = term.partition(":")
    if colon and field in _FIELDS:
        return word in _FIELDS[field](process).casefold()
    return any(term in text.casefold() for text in process_texts(process))
