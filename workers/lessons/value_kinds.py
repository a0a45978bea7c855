"""The kinds of values that expressions of lessons have. Pure, any process."""

from enum import StrEnum
from typing import NamedTuple


class ValueKind(StrEnum):
    """One kind, in the words of an error."""

    YES = "a condition"
    NUMBER = "a number"
    SECONDS = "a number of seconds"
    TEXT = "a text"
    PROCESS = "a process"
    CALL = "a call"
    LINE = "a printed line"
    ANYTHING = "anything"


class Kinds(NamedTuple):
    """The kind of a value. many: it is a list of such values."""

    kind: ValueKind
    many: bool = False


def kind_words(kinds: Kinds) -> str:
    """The kind in the words of an error."""
    if not kinds.many:
        return str(kinds.kind)
    plural = {ValueKind.PROCESS: "processes", ValueKind.CALL: "calls", ValueKind.LINE: "printed lines"}
    return f"a list of {plural.get(kinds.kind, 'values')}"
