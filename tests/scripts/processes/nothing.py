"""Uses no multiprocessing: it must not be loaded for the recording's sake."""

import sys

print(sorted(sys.modules))
sys.exit("said at the end")
