"""A run of the command line that could not be started, or could not be summed up."""

import pytest

from desktop.cli import plan_run
from desktop.cli.terminal import Terminal
from workers.engines.programs import script_program
from workers.errors import RunError
from workers.runs.leases import leased_runs


def test_a_run_that_could_not_be_started_is_not_kept_from_making_room() -> None:
    with pytest.raises(RunError):
        plan_run.run_plan(script_program("script.py", python="/no/such/python"), Terminal(quiet=True))
    assert leased_runs() == set()
