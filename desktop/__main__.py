"""What `procession` and ``python -m desktop`` run: the command line, which shows the window when it is given no command."""

import sys

from desktop.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
