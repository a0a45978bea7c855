"""The processes that multiprocessing and Dask start for themselves, known by their command lines. Pure functions."""

import re
from collections.abc import Sequence
from itertools import pairwise

_HELPERS = {
    "resource_tracker": "resource tracker",
    "semaphore_tracker": "resource tracker",
    "forkserver": "fork server",
}
_CLUSTER_HELPERS = {"scheduler": "Dask scheduler", "worker": "Dask nanny"}
_HELPER = re.compile(r"(?:import sys; *)?from (?:[\w.]+\.)?(\w+) import main;")


def helper_name(argv: Sequence[str]) -> str | None:
    """The name of a process that multiprocessing starts for itself, by its command line; None for any other process."""
    for part in argv[1:]:
        match = _HELPER.match(part)
        if match is not None and match[1] in _HELPERS:
            return _HELPERS[match[1]]
    return None


def cluster_helper_name(argv: Sequence[str]) -> str:
    """The name of a scheduler or nanny of Dask by its command line; "" for another program. A worker without a nanny has the
    command line of a nanny, and says itself what it is."""
    if any(part.endswith("/engines/cluster/bridge.py") for part in argv[1:4]):
        return "bridge to the cluster"
    words = [part.rpartition("/")[2].rpartition(".")[2] for part in argv[1:5]]
    for first, second in pairwise([*words, ""]):
        command = second if first == "dask" else first.replace("_", "-").removeprefix("dask-")
        if command in _CLUSTER_HELPERS and (first == "dask" or first != command):
            return _CLUSTER_HELPERS[command]
    return ""
