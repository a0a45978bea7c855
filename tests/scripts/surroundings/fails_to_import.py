"""Cannot import a module of multiprocessing, and shows why."""

import sys
import traceback

sys.modules["multiprocessing.util"] = None  # type: ignore[assignment]
try:
    import multiprocessing.pool  # noqa: F401
except ImportError:
    traceback.print_exc()
