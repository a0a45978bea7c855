"""Examines this machine: versions, display, start methods, cores, memory, limits, and what is missing.

Any process and thread. No Qt.
"""

import importlib
import multiprocessing
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from desktop.environment import version
from desktop.environment.display import missing_display
from desktop.environment.system_libraries import advice, missing_libraries
from workers.harmless_text import plain
from workers.plan.sizes import format_bytes
from workers.runs.run_folders import runs_folder
from workers.system.machine import group_available_bytes, look_at_machine

_PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "psutil", "platformdirs", "msgspec", "wcwidth", "py-spy")
_LIMITS = (
    ("open_files", "limit of open files", "RLIMIT_NOFILE"),
    ("processes_limit", "limit of processes", "RLIMIT_NPROC"),
    ("file_bytes", "largest file", "RLIMIT_FSIZE"),
)
_LEAST_ROOM_BYTES = 64 << 20
_MODULES = _PACKAGES[1:]
_LEAST_FILES = 256
"""Each process of a run needs some descriptors. With fewer open files than this, sixty could not start."""


@dataclass(frozen=True, slots=True)
class Check:
    """One fact about this machine.

    key, value: in JSON.
    head, text: for the user.
    """

    key: str
    head: str
    value: Any
    text: str


def examine() -> tuple[list[Check], list[str]]:
    """(facts, sentences on what is missing and what to do about it)."""
    machine = look_at_machine()
    total, group = psutil.virtual_memory().total, group_available_bytes()
    if group is not None and group > total:
        group = None  # version 1 writes "no limit" as a number beyond any machine's memory
    methods = multiprocessing.get_all_start_methods()
    no_display = missing_display()
    packages = {name: _version(name) for name in _PACKAGES}
    found = [
        Check("procession", "Procession", version.version(), version.version()),
        Check("python", "Python", platform.python_version(), f"{platform.python_version()} ({sys.executable})"),
        Check("platform", "platform", platform.platform(), platform.platform()),
        Check("packages", "packages", packages, ", ".join(f"{name} {at or '–'}" for name, at in packages.items())),
        Check("display", "display", no_display is None, _display(no_display)),
        Check("start_methods", "start methods", methods, ", ".join(methods)),
        Check("cores", "cores", machine.cores, f"{machine.cores} of {os.cpu_count()} usable by this process"),
        Check("memory_bytes", "memory", total, format_bytes(total)),
        Check("available_bytes", "available", machine.available_bytes, format_bytes(machine.available_bytes)),
        Check("group_available_bytes", "memory left by the control group", group,
                "no limit" if group is None else format_bytes(group)),
        *_limits(),
        *_kernel(),
    ]  # fmt: skip
    return found, _missing()


def _limits() -> list[Check]:
    quota, room = cpu_quota(), _room()
    found = [
        Check("cpu_quota", "cores that the control group leaves", quota, "no limit" if quota is None else f"{quota:g}"),
        Check("runs_folder", "runs are kept in", str(runs_folder()), str(runs_folder())),
        Check("room_bytes", "room for runs", room, "not known" if room is None else format_bytes(room)),
    ]
    for key, head, name in _LIMITS:
        limits = _limit(name)
        if limits is not None:
            texts = [("no limit" if limit is None else f"{limit:,}") for limit in limits]
            found.append(
                Check(key, head, list(limits), texts[0] if texts[0] == texts[1] else f"{texts[0]} (at most {texts[1]})")
            )
    return found


def _limit(name: str) -> tuple[int | None, int | None] | None:
    """(soft, hard), each None for no limit; None if this system has no such limits."""
    try:
        import resource
    except ImportError:
        return None
    soft, hard = (
        None if limit == resource.RLIM_INFINITY else limit for limit in resource.getrlimit(getattr(resource, name))
    )
    return soft, hard


def cpu_quota(groups: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """The cores that the control groups of this process (version 2 or 1) allow it; None for no limit."""
    found = []
    for line in _lines(groups):
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for folder in _up(root if number == "0" else root / "cpu", path):
            if number == "0":
                words = " ".join(_lines(folder / "cpu.max")).split()
            elif "cpu" in controllers.split(","):
                words = [*_lines(folder / "cpu.cfs_quota_us"), *_lines(folder / "cpu.cfs_period_us")]
            else:
                break
            if len(words) == 2 and words[0].isdecimal() and words[1].isdecimal() and int(words[1]):
                found.append(int(words[0]) / int(words[1]))  # "max" and -1 are no limit
    return min(found) if found else None


def _up(root: Path, path: str) -> list[Path]:
    folder = root / path.lstrip("/")
    return [group for group in (folder, *folder.parents) if group.is_relative_to(root)]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _room() -> int | None:
    """Free bytes on the disk of the runs; None if that is not known."""
    folder = runs_folder()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _kernel() -> list[Check]:
    """What the system reports about processes, which decides how exact a recording is."""
    if not sys.platform.startswith("linux"):
        pidfd_text = "no: looked at 50 times a second"
        return [
            Check("pidfd", "exits as they happen", False, pidfd_text),
            Check("process_events", "the kernel's own times", False, "no"),
        ]
    pidfd, events = _has_pidfd(), _has_events()
    return [
        Check("pidfd", "exits as they happen", pidfd, "yes" if pidfd else "no: they need Linux 5.3 or newer"),
        Check("process_events", "the kernel's own times", events,
                "yes" if events else "no: they need Linux 6.6 or newer, outside a container"),
    ]  # fmt: skip


def _has_pidfd() -> bool:
    if not hasattr(os, "pidfd_open"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def _has_events() -> bool:
    from workers.keeper.watching.kernel_events import ProcessEvents

    try:
        ProcessEvents().close()
    except OSError:
        return False
    return True


def _missing() -> list[str]:
    sentences = []
    lacking = missing_libraries()
    if lacking:
        sentences.append(advice(lacking))
    refusal = version.refusal()
    if refusal:
        sentences.append(refusal)
    for module in _MODULES:
        try:
            importlib.metadata.version(module)
        except metadata.PackageNotFoundError:
            sentences.append(f"The package {module} is not installed: {sys.executable} -m pip install {module}")
    files = _limit("RLIMIT_NOFILE")
    if files is not None and files[0] is not None and files[0] < _LEAST_FILES:
        can = "" if files[1] is None or files[1] >= _LEAST_FILES else " as root, which alone may"
        sentences.append(
            f"Only {files[0]:,} files may be open at once, and a run of many processes needs more. Raise that{can}: "
            f"ulimit -n {4 * _LEAST_FILES}"
        )
    room = _room()
    if room is not None and room < _LEAST_ROOM_BYTES:
        sentences.append(f"Only {format_bytes(room)} are left on the disk for {runs_folder()}: runs need some MB each.")
    return sentences


def _without_display() -> str:
    """What to do about a missing display. It is not listed as missing: a machine that is used over a network has none."""
    installed = shutil.which("xvfb-run") is not None
    root = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    first = "" if installed else f"{root}apt-get install -y xvfb && "
    virtual = f" A virtual one: {first}xvfb-run procession" if installed or shutil.which("apt-get") else ""
    return f"The window needs one; run, record, report and export do without.{virtual}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _display(no_display: str | None) -> str:
    if no_display is not None:
        return f"{no_display} {_without_display()}"
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    return ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name)) or "the system's own"


def report(found: list[Check], missing: list[str]) -> dict[str, Any]:
    """The examination for `json.dumps`."""
    return {**{check.key: check.value for check in found}, "missing": missing}


def text(found: list[Check], missing: list[str]) -> str:
    """The examination as text."""
    width = max(len(check.head) for check in found)
    lines = [f"{check.head:<{width}}  {plain(check.text)}" for check in found]
    return "\n".join([*lines, "", *(missing or ["Nothing is missing."])]) + "\n"
