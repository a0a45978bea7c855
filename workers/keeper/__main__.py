"""The keeper as a program: `python -I -S __main__.py FOLDER…`, one a run.

Nothing that the user has set for Python reaches it, neither variables nor folders with modules of the same names. The folders
after the program's name are those in which its owner finds its own modules.
"""

import gc
import sys

if __name__ == "__main__":
    sys.path += sys.argv[1:]
    gc.disable()  # nothing of what is loaded now becomes garbage
    from workers.keeper.keeper import main

    gc.freeze()
    gc.enable()
    sys.exit(main())
