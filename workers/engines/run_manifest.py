"""The first record of a run: what was launched, when, by which engine and on which machine. The owner's process."""

import platform
from datetime import datetime
from typing import Any

from workers.engines.programs import Program
from workers.plan.estimate import look_at_machine


def manifest(program: Program, engine: str) -> dict[str, Any]:
    """The manifest as the journals hold it in JSON. Begun now, on this machine."""
    machine = look_at_machine()
    return {
        "format": 1,
        "engine": engine,
        "argv": list(program.argv),
        "title": program.title,
        "host": platform.node(),
        "started_at": datetime.now().astimezone().isoformat(timespec="milliseconds"),
        "plan": None if program.plan is None else program.plan.to_json(),
        "memory_bytes": machine.available_bytes,
        "cores": machine.cores,
    }
