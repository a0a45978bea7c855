"""The form that each verb of the command line has: ``procession VERB …``. Imports nothing that a verb may not need."""

from collections.abc import Callable
from typing import NamedTuple


class CommandLineVerb(NamedTuple):
    """One verb.

    name: as it is typed.
    summary: what it does, as a phrase for the list of verbs.
    carry_out: takes the arguments after the verb and returns the exit code. Raises a ProcessionError for what the user can
    act on, SystemExit after a message of argparse.
    """

    name: str
    summary: str
    carry_out: Callable[[list[str]], int]
