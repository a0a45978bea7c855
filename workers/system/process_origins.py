"""Identifies a process to other machines, containers and boots that share a folder with it. Any process and thread.

A pid and a start time mean something only where they are counted: on one machine, during one boot, in one namespace. What is
written down here says where that is, so that elsewhere the process counts as unknown, and not as gone.
"""

import os
import re
import sys
from binascii import crc32
from pathlib import Path
from typing import NamedTuple

from workers.system import processes

PATTERN = r"[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}-\d{1,10}-\d{1,20}"
"""What `str` of an origin matches, for a regular expression."""

_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # the kernel's PROC_PID_INIT_INO: that of no container
_NO_HOST = "0" * 16


class ProcessOrigin(NamedTuple):
    """A process, and where its pid and start are counted.

    host, boot, namespace: 16 hexadecimal digits each. host is zeros where the machine is not known, as in a container.
    """

    host: str
    boot: str
    namespace: str
    pid: int
    ticks: int

    def __str__(self) -> str:
        """As it is written into the names and contents of files."""
        return f"{self.host}-{self.boot}-{self.namespace}-{self.pid}-{self.ticks}"

    @property
    def running(self) -> bool | None:
        """Whether that process is running; None when it cannot be known here."""
        here = _here()
        if self.boot != here.boot:
            return False if self.host == here.host != _NO_HOST else None  # this machine was booted since
        return processes.is_running(self.pid, self.ticks) if self.namespace == here.namespace else None


def own_origin() -> ProcessOrigin:
    """The origin of this process."""
    here, seen = _here(), processes.look(os.getpid())
    return ProcessOrigin(here.host, here.boot, here.namespace, os.getpid(), 0 if seen is None else seen.ticks)


def parse(text: str) -> ProcessOrigin | None:
    """The origin that was written so; None for any other text."""
    if not re.fullmatch(PATTERN, text, re.ASCII):
        return None
    host, boot, namespace, pid, ticks = text.split("-")
    return ProcessOrigin(host, boot, namespace, int(pid), int(ticks))


def _here() -> ProcessOrigin:
    """Where pids and start times are counted for this process. The keeper asks at its start: no module is loaded for it."""
    if not sys.platform.startswith("linux"):
        import platform

        node = f"{crc32(platform.node().encode()):016x}"  # a process's start tells one boot from another
        return ProcessOrigin(node, node, node, 0, 0)
    try:
        if os.readlink("/proc/self") != str(os.getpid()):
            raise OSError  # /proc shows the processes of another namespace
        boot = _digits("/proc/sys/kernel/random/boot_id")[:16]
        spaces = [os.stat(f"/proc/self/ns/{name}").st_ino for name in ("pid", "time") if _has_namespace(name)]
        host = _digits("/etc/machine-id")[:8] if spaces[:1] == [_FIRST_PID_NAMESPACE] else ""
    except OSError:
        return ProcessOrigin(_NO_HOST, os.urandom(8).hex(), os.urandom(8).hex(), 0, 0)
    host = f"{host:0>8}{crc32(os.uname().nodename.encode()):08x}" if host else _NO_HOST
    return ProcessOrigin(host, boot, "".join(f"{space & 0xFFFFFFFF:08x}" for space in spaces).rjust(16, "0")[:16], 0, 0)


def _has_namespace(name: str) -> bool:
    return os.path.exists(f"/proc/self/ns/{name}")


def _digits(path: str) -> str:
    """The hexadecimal digits in a small file; empty where there is none."""
    try:
        text = Path(path).read_text("ascii")
    except (OSError, ValueError):
        return ""
    return "".join(digit for digit in text if digit in "0123456789abcdef")
