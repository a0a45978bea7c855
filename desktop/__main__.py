"""The `procession` command, and `python -m desktop`: prepares the process and hands over to the command line."""

import signal
import sys
from pathlib import Path


def main() -> int:
    """Carry out this process's command line. Returns the exit code."""
    # Until a command handles it, Ctrl-C ends the process without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The user's folder, or PYTHONPATH, may hold packages of the same names as ours.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from desktop.cli import command_line

    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
