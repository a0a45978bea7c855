"""The program that watches a cluster: the bridge, as the keeper launches it. The owner's process; Dask is not imported."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from workers.engines.programs import ROOT, RUN_FOLDER, Program
from workers.errors import PlanError
from workers.plan.plan_engines import checked_address

ENGINE = "dask"
INSTALLED = (
    "a plugin in the scheduler, one in each worker and one in each nanny, and in each worker's temporary folder a file of 1 MB "
    "with its last events"
)
"""What a watch installs in a cluster, in words."""
_BRIDGE = Path(__file__).with_name("bridge.py")


def watch_program(address: str, seconds: float = 0.0) -> Program:
    """The program that watches the cluster whose scheduler listens at `address`.

    seconds: how long; 0 = until it is stopped. Raises PlanError without Dask, or for an address that is none.
    """
    address = checked_address(address)
    if find_spec("distributed") is None:
        raise PlanError("Watching a cluster takes Dask: pip install 'procession[dask]'.")
    argv = (sys.executable, "-P", str(_BRIDGE), str(ROOT), RUN_FOLDER, address, str(float(seconds)))
    return Program(argv, os.getcwd(), f"watch {address}", engine=ENGINE)
