"""numpy as the commands and the window import it: without threads of its own. The main thread."""

import os
import sys

from desktop import has_memory

_THREADS = "OPENBLAS_NUM_THREADS"
_NUMPY_BYTES = 128 << 20
"""The further memory, as `ulimit -v` counts it, that numpy and what reads a run with it take, and some to read it."""


def ask_for_no_threads() -> None:
    """Have numpy start no threads when it is imported later. To be called while the process has a single thread: elsewhere
    another thread could read the environment of C meanwhile. Python's own, which others inherit, stays as it is."""
    if _THREADS not in os.environ and "numpy" not in sys.modules:
        os.putenv(_THREADS, "1")


def import_numpy() -> None:
    """Import numpy now, unless it is imported. Raises MemoryError where there is too little memory for it and for our modules
    that use it: its library for linear algebra would end the process.

    That library for linear algebra starts a thread for each further core at once: a tenth of a second of CPU, for what
    neither a command nor the window computes.
    """
    if "numpy" in sys.modules:
        return
    if not has_memory(_NUMPY_BYTES):
        raise MemoryError("there is too little memory to import numpy")
    if _THREADS in os.environ:
        return
    ask_for_no_threads()
    try:
        import numpy  # noqa: F401 - for those who import it after this
    finally:
        os.unsetenv(_THREADS)
