"""The `procession` command, and `python -m desktop`: prepares the process and hands over to the command line."""

import gc
import os
import signal
import sys
from pathlib import Path

_NO_MEMORY_FOR_A_LIBRARY = "failed to map segment"
"""What the dynamic linker says then, and also where libraries may not be executed."""
_LIBRARY_BYTES = 128 << 20
"""More than any of our libraries needs."""


def main() -> int:
    """Carry out this process's command line. Returns the exit code."""
    # Until a command handles it, Ctrl-C ends the process without a traceback. Where it is ignored, it stays ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The user's folder, or PYTHONPATH, may hold modules of the same names as ours, or as those of the standard library.
    set_by_user = {os.path.abspath(part) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    sys.path.sort(key=lambda folder: os.path.abspath(folder) in set_by_user)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    try:
        code = _carry_out()
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and not _is_for_memory(error):
            raise
        if sys.stderr is not None:
            sys.stderr.write("procession: There is too little memory here for Procession.\n")
        return 3
    if os.environ.get("PYTHONINSPECT") or sys.argv[1:2] == ["record"]:
        # The variable is meant for the user's script. Here it would turn each exit code into a traceback. And who waits for a
        # recorded command need not wait until an interpreter has taken down all that it loaded.
        try:
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
        except (OSError, ValueError):
            return code  # the interpreter fails too, and says so
        os._exit(code)
    return code


def _is_for_memory(error: ImportError) -> bool:
    from desktop import has_memory

    return _NO_MEMORY_FOR_A_LIBRARY in str(error) and not has_memory(_LIBRARY_BYTES)


def _carry_out() -> int:
    gc.disable()  # nothing of what is loaded now becomes garbage
    from desktop.cli import command_line

    gc.enable()
    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
