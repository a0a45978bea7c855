"""The keeper as a program: `python -P -m workers.keeper`, one a run."""

import sys

from workers.keeper.keeper import main

if __name__ == "__main__":
    sys.exit(main())
