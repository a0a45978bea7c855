"""The `procession` command, and `python -m desktop`: puts the process in order and hands over to the command line."""

import signal
import sys
from pathlib import Path


def main() -> int:
    """Run the command line on this process's arguments. Returns its exit code."""
    # Until there is somebody to ask, Ctrl-C ends the process without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The person's folder, or PYTHONPATH, may hold packages with the names of ours.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from desktop.cli import command_line

    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
