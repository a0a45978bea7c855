"""The engine for plans on a Dask cluster. Used by one thread of the run's owner, which Dask is not imported into.

A run is a program of this machine that is a client of the cluster. So all that `LocalEngine` does for a program stays: Stop,
the end of the owner, limits, crashes.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program, orders_of
from workers.errors import PlanError

if TYPE_CHECKING:
    from workers.plan.plan import Plan

_PROGRAM = Path(__file__).with_name("dask_program.py")


class DaskEngine(LocalEngine):
    """One run of a plan on a cluster: on one that is made for it on this machine, or that runs already at an address."""

    name = "dask"

    def _plan_program(self, plan: "Plan", folder: Path) -> Program:
        from workers.plan.plan_engines import cluster_address, engine_problem

        address, problem = cluster_address(plan.engine), engine_problem(plan.engine)
        if problem:
            raise PlanError(problem)
        if address:
            from workers.engines.cluster.address_check import check_address

            check_address(address)
        control = "-" if self._straight else "stdin"
        argv = (sys.executable, "-P", str(_PROGRAM), str(plan.workers), str(folder), control, orders_of(plan), address)
        return Program(argv, os.getcwd(), "client", (), not self._straight, plan)
