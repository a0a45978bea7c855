"""What can carry out a plan, as it is written: ``local``, ``dask``, or ``dask=ADDRESS``. Any process; Dask is not imported."""

from importlib.util import find_spec

from workers.errors import PlanError

LOCAL, DASK = "local", "dask"
"""Processes of this machine; a Dask cluster that is made on this machine for the run."""
NEEDS_DASK = "A Dask cluster takes the package distributed: pip install 'procession[dask]'."
_SCHEMES = ("tcp://", "tls://")


def checked_engine(text: str) -> str:
    """The engine in one way of writing it. Raises PlanError."""
    name, equals, address = text.strip().partition("=")
    if name not in (LOCAL, DASK) or (equals and name == LOCAL):
        raise PlanError(
            f"There is no engine {text!r}: there is local, dask, and dask=ADDRESS for a cluster that runs already."
        )
    return f"{DASK}={checked_address(address)}" if equals else name


def checked_address(address: str) -> str:
    """The address of a scheduler with its scheme. Raises PlanError."""
    text = address.strip()
    if "://" not in text:
        text = f"tcp://{text}"
    host, _, port = text.partition("://")[2].rpartition(":")
    if (
        not text.startswith(_SCHEMES)
        or not host
        or not (port.isascii() and port.isdecimal())
        or not 0 < int(port) < 65536
    ):
        raise PlanError(f"{address!r} is no address of a Dask scheduler: tcp://HOST:PORT is meant.")
    return text


def cluster_address(engine: str) -> str:
    """The address of the scheduler that an engine names; "" for one that names none."""
    return engine.partition("=")[2]


def engine_title(engine: str) -> str:
    """An engine in words."""
    address = cluster_address(engine)
    if address:
        return f"Dask cluster at {address}"
    return "local Dask cluster" if engine == DASK else "this machine"


def engine_problem(engine: str) -> str:
    """Why this engine cannot carry out anything here, in one sentence; empty when it can."""
    return NEEDS_DASK if engine != LOCAL and find_spec("distributed") is None else ""
