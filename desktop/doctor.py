"""What Procession finds on this machine: versions, display, start methods, cores and memory, and what is missing.

Standard library, psutil and our own; no Qt. Any process.
"""

import importlib
import multiprocessing
import os
import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import psutil

from desktop import version
from desktop.display import missing_display
from desktop.system_libraries import advice, missing_libraries
from workers.estimate import group_available_bytes, look_at_machine
from workers.runs import runs_folder
from workers.sizes import format_bytes

_PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "psutil", "platformdirs")
_MODULES = ("pyqtgraph", "numpy", "psutil", "platformdirs")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about this machine. key: its name in JSON; value: JSON too; text: for a person."""

    key: str
    head: str
    value: Any
    text: str


def examine() -> tuple[list[Finding], list[str]]:
    """(what there is, what is missing with what to do about it)."""
    machine = look_at_machine()
    total, group = psutil.virtual_memory().total, group_available_bytes()
    if group is not None and group > total:
        group = None  # version 1 writes "no limit" as a number beyond any machine's memory
    methods = multiprocessing.get_all_start_methods()
    no_display = missing_display()
    packages = {name: _version(name) for name in _PACKAGES}
    found = [
        Finding("procession", "Procession", version.version(), version.version()),
        Finding("python", "Python", platform.python_version(), f"{platform.python_version()} ({sys.executable})"),
        Finding("platform", "platform", platform.platform(), platform.platform()),
        Finding("packages", "packages", packages, ", ".join(f"{name} {at or '–'}" for name, at in packages.items())),
        Finding("display", "display", no_display is None, no_display or _display()),
        Finding("start_methods", "start methods", methods, ", ".join(methods)),
        Finding("cores", "cores", machine.cores, f"{machine.cores} of {os.cpu_count()} usable by this process"),
        Finding("memory_bytes", "memory", total, format_bytes(total)),
        Finding("available_bytes", "available", machine.available_bytes, format_bytes(machine.available_bytes)),
        Finding("group_available_bytes", "left by the control group", group,
                "no limit" if group is None else format_bytes(group)),
        Finding("runs_folder", "runs are kept in", str(runs_folder()), str(runs_folder())),
    ]  # fmt: skip
    return found, _missing()


def _missing() -> list[str]:
    said = []
    lacking = missing_libraries()
    if lacking:
        said.append(advice(lacking))
    refusal = version.refusal()
    if refusal:
        said.append(refusal)
    for module in _MODULES:
        try:
            importlib.metadata.version(module)
        except metadata.PackageNotFoundError:
            said.append(f"The package {module} is not installed: install Procession with its dependencies.")
    return said


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _display() -> str:
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    return ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name)) or "the system's own"


def report(found: list[Finding], missing: list[str]) -> dict[str, Any]:
    """The findings for `json.dumps`."""
    return {**{finding.key: finding.value for finding in found}, "missing": missing}


def text(found: list[Finding], missing: list[str]) -> str:
    """The findings for a person."""
    width = max(len(finding.head) for finding in found)
    lines = [f"{finding.head:<{width}}  {finding.text}" for finding in found]
    return "\n".join([*lines, "", *(missing or ["Nothing is missing."])]) + "\n"
