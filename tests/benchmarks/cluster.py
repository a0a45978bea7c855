"""Checks what is recorded and watched of Dask clusters against what the tasks and the kernel know themselves.

Usage: python tests/benchmarks/cluster.py [NAME]...

Without a name, all checks run, one after another. Each starts a cluster of its own on loopback, prints what it counted or
measured, and ends the cluster. Exit code 1 when a check missed its goal.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.clusters import address_checks, detail_checks, million_check, script_checks, watch_checks

CHECKS: dict[str, Callable[[], bool]] = {
    **script_checks.CHECKS,
    **address_checks.CHECKS,
    **watch_checks.CHECKS,
    **detail_checks.CHECKS,
    **million_check.CHECKS,
}
"""By name: a check prints what it found, and returns whether that reaches its goal."""


def main() -> int:
    """Exit code 0 if every check reached its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(CHECKS)}")
    names = parser.parse_args().names
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        parser.error(f"there is no check {unknown[0]}: there is {', '.join(CHECKS)}")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # what was found so far is seen
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for name in names or CHECKS:
            print(f"{name}:", flush=True)
            reached = CHECKS[name]()
            print(f"  {'reached' if reached else 'MISSED'}", flush=True)
            if not reached:
                missed.append(name)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
