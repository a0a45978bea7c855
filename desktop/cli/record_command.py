"""``procession record``: runs a script or module as Python alone would, and records it. The command line's only thread.

The keeper is forked first: it loads what it needs while this process loads `recorded.recording`, which does the rest. A script
has to begin as soon as it would alone, so all is imported here that both need, and nothing that only one of them does.
"""

import gc

from desktop import has_memory
from desktop.cli.recorded.inherited import Inherited
from desktop.cli.verb import CommandLineVerb
from workers.engines.forked_keeper import wait_for_launch

_RECORDER_BYTES = 20 << 20
"""The further memory, as `ulimit -v` counts it, without which command and keeper cannot load and begin."""
_WITH_VALUE = ("-o", "--out", "--scale", "--python", "--watch", "--disk-limit")


def record(arguments: list[str]) -> int:
    """Carry out the command and return the program's exit code.

    Raises PlanError for outputs that cannot be written and for a Python that cannot be recorded, RunError if the program
    could not be started.
    """
    gc.disable()  # nothing of what is made until the script begins becomes garbage
    inherited = Inherited()
    own, command = _split(arguments)
    if command and not has_memory(_RECORDER_BYTES):
        from desktop.cli.recorded.request import become_plain, requested

        become_plain(requested(own, command, inherited).program, "There is too little memory for the recorder.")
    _load_what_both_need()
    waiting = wait_for_launch(inherited.descriptors) if command else None
    try:
        from desktop.cli.recorded.recording import carry_out

        return carry_out(own, command, inherited, waiting)
    finally:
        if waiting is not None:
            waiting.dismiss()


def _load_what_both_need() -> None:
    """The modules of the keeper and of `recording`."""
    import workers.commands
    import workers.runs.keeper_marks
    import workers.system.machine
    import workers.system.process_tree  # noqa: F401 - as those before


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """(our options, the script and its arguments). Our options end where the script begins."""
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word == "--":
            return arguments[:at], arguments[at + 1 :]
        if word == "-" or not word.startswith("-"):
            break
        at += 2 if word in _WITH_VALUE else 1
    return arguments[:at], arguments[at:]


VERB = CommandLineVerb("record", "run a Python script as python would, and record what its processes do", record)
