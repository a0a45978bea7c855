"""numpy as the commands and the window import it: without threads of its own. The main thread."""

import os
import sys

_THREADS = "OPENBLAS_NUM_THREADS"


def ask_for_no_threads() -> None:
    """Have numpy start no threads when it is imported later. To be called while the process has a single thread: elsewhere
    another thread could read the environment of C meanwhile. Python's own, which others inherit, stays as it is."""
    if _THREADS not in os.environ and "numpy" not in sys.modules:
        os.putenv(_THREADS, "1")


def import_numpy() -> None:
    """Import numpy now.

    Its library for linear algebra starts a thread for each further core at once: a tenth of a second of CPU, for what
    neither a command nor the window computes.
    """
    if _THREADS in os.environ:
        return
    ask_for_no_threads()
    try:
        import numpy  # noqa: F401 - for those who import it after this
    finally:
        os.unsetenv(_THREADS)
