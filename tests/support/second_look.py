"""The few tests that failed beside others run once more, alone, and are told by name.

Tests that record real processes compete for the cores with whatever runs beside them. A fault fails alone too. What
passes alone is named at the end of the output: it is a test or a race to look into.
"""

import subprocess
import sys

import pytest


class SecondLook:
    """Decides a session in which at most `most` tests failed by a run of these alone. For the process that is in charge."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failed: dict[str, None] = {}  # in order, each once
        self._broken = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that failed."""
        if report.failed:
            self._failed[report.nodeid] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be read."""
        self._broken |= report.failed

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> object:
        """After all reports were printed."""
        result = yield
        if (
            session.exitstatus != pytest.ExitCode.TESTS_FAILED
            or self._broken
            or not 0 < len(self._failed) <= self._most
        ):
            return result
        names = list(self._failed)
        print(f"\nOnce more, alone: {', '.join(names)}", flush=True)
        again = [sys.executable, "-m", "pytest", *names]
        if subprocess.run(again, check=False, cwd=session.config.rootpath).returncode == 0:
            print(f"FLAKY, passed alone: {', '.join(names)}", flush=True)
            session.exitstatus = pytest.ExitCode.OK
        return result
