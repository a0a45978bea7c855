"""numpy as the commands import it: without threads of its own. The main thread."""

import os

_THREADS = "OPENBLAS_NUM_THREADS"


def import_numpy() -> None:
    """Import numpy now.

    Its library for linear algebra starts a thread for each further core at once: a tenth of a second of CPU, for what no
    command computes. The environment stays as it is, since others inherit it.
    """
    if _THREADS in os.environ:
        return
    os.environ[_THREADS] = "1"
    try:
        import numpy  # noqa: F401 - for those who import it after this
    finally:
        del os.environ[_THREADS]
