"""A cluster that runs already, for the program of a plan: whether it takes part, and who watches it. Runs in that program.

What happens in the cluster's processes is seen by the same bridge as that of `procession watch`. It writes its journal into the
folder of the run, and leaves the cluster when the plan is over.
"""

import asyncio
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import distributed
from distributed.core import rpc
from distributed.security import Security

ROOT = Path(__file__).resolve().parents[3]
_BRIDGE = Path(__file__).with_name("bridge.py")
_ANSWER_WITHIN_S = 3.0
_LEAVE_WITHIN_S = 6.0


def refusal(address: str) -> str:
    """Why no plan can run there, in one sentence; empty when one can. Its scheduler is asked, and nothing of it unpickled."""
    try:
        python, package = asyncio.run(_versions(address))
    except (TimeoutError, OSError) as error:
        return f"The scheduler at {address} does not answer: {type(error).__name__}."
    own = ".".join(platform.python_version_tuple()[:2])
    if (python, package) == (own, distributed.__version__):
        return ""
    return (
        f"The cluster at {address} has Python {python} and distributed {package}, and this is Python {own} and distributed "
        f"{distributed.__version__}: a plan takes the same. It can be watched: procession watch {address}."
    )


async def _versions(address: str) -> tuple[str, str]:
    """(Python's version as 3.11, that of distributed) of a scheduler."""
    arguments = Security().get_connection_args("client") if address.startswith("tls://") else {}
    scheduler = rpc(address, serializers=["msgpack"], deserializers=["msgpack"], connection_args=arguments)
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            versions = await scheduler.versions()
    finally:
        await scheduler.close_rpc()
    python = str(versions.get("host", {}).get("python", "?"))
    return ".".join(python.split(".")[:2]), str(versions.get("packages", {}).get("distributed", "?"))


@contextmanager
def watched(address: str, folder: str) -> Iterator[None]:
    """The bridge watches the cluster meanwhile. Where it may not, the plan runs all the same: the bridge says why."""
    command = [sys.executable, "-P", str(_BRIDGE), str(ROOT), folder, address, "0"]
    bridge = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert bridge.stdout is not None
        print(bridge.stdout.readline().rstrip() or f"The tasks of the cluster at {address} are not seen")
        yield
    finally:
        bridge.terminate()
        try:
            bridge.wait(_LEAVE_WITHIN_S)
        except subprocess.TimeoutExpired:
            bridge.kill()
            bridge.wait()
