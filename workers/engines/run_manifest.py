"""The first record of a run: what was launched, when, by which engine and on which machine. The owner's process."""

import os
import time
from typing import Any

from workers.engines.programs import Program
from workers.system.machine import look_at_machine


def manifest(program: Program, engine: str) -> dict[str, Any]:
    """The manifest as the journals hold it in JSON. Begun now, on this machine."""
    machine = look_at_machine()
    return {
        "format": 1,
        "engine": program.engine or engine,
        "argv": list(program.argv),
        "title": program.title,
        "host": _host(),
        "started_at": _moment(time.time_ns()),
        "plan": None if program.plan is None else program.plan.to_json(),
        "memory_bytes": machine.available_bytes,
        "cores": machine.cores,
    }


def _host() -> str:
    if hasattr(os, "uname"):
        return os.uname().nodename
    import platform

    return platform.node()


def _moment(since_epoch_ns: int) -> str:
    """ISO 8601 in local time, to the millisecond, as datetime writes it. A recorded command begins sooner without datetime."""
    seconds, ns = divmod(since_epoch_ns, 10**9)
    local = time.localtime(seconds)
    zone = time.strftime("%z", local)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', local)}.{ns // 10**6:03d}{zone[:3]}:{zone[3:5]}"
