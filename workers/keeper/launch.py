"""What the owner of a run asks the keeper to launch: the first line on the pipe between them.

Any process and thread; only `read_launch` is the keeper's alone.
"""

import json
import os
from typing import Any, NamedTuple

_READ_BYTES = 1 << 16


class StandardStreams(NamedTuple):
    """Descriptors that the program of a command gets as its standard streams.

    None as stdin: it reads end of file. None as an output: the output is kept and passed on to nowhere.
    closed: the numbers that are not open in the program at all, as after ``<&-`` in a shell.
    """

    stdin: int | None
    stdout: int | None
    stderr: int | None
    closed: tuple[int, ...] = ()


class Launch(NamedTuple):
    """What the keeper is to launch and record.

    folder: where the run is recorded.
    env: the whole environment of the program.
    cwd: empty for the keeper's own folder, which may be deleted.
    manifest: noted in the journal as it is.
    control: the program takes commands on its standard input, which is otherwise empty.
    portable: nothing that only Linux has is used.
    streams: given when the run is a command: the standard streams of that command.
    descriptors: what else the program inherits, each under its own number. The keeper has them under the same numbers.
    pid_variables: names in env whose value is to be the pid of the program. pidfd_variables: the same with the number that the
    kernel gives the process as a file (`own_pidfd_id`).
    blocked: the signals that the program begins with blocked.
    disk_limit: the most bytes of disk that the run may take; None for no limit.
    warnings: sentences for the user about the run, noted in the journal first.
    """

    folder: str
    argv: list[str]
    env: dict[str, str]
    cwd: str
    manifest: dict[str, Any]
    control: bool
    portable: bool = False
    streams: StandardStreams | None = None
    descriptors: tuple[int, ...] = ()
    pid_variables: tuple[str, ...] = ()
    pidfd_variables: tuple[str, ...] = ()
    blocked: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    disk_limit: int | None = None


def encode_launch(launch: Launch) -> bytes:
    """The line that `read_launch` reads. Names and values of the system go as bytes: the keeper may decode them otherwise."""
    fields = launch._asdict()
    fields["folder"], fields["cwd"] = _as_bytes(launch.folder), _as_bytes(launch.cwd)
    fields["argv"] = [_as_bytes(word) for word in launch.argv]
    fields["env"] = {_as_bytes(name): _as_bytes(value) for name, value in launch.env.items()}
    return json.dumps(fields).encode() + b"\n"


def read_launch(fd: int) -> tuple[Launch, bytes] | None:
    """Read the first line from the owner's pipe, and return it with what was read behind it, which are the first commands.

    None when the owner closed the pipe first.
    """
    data = b""
    while b"\n" not in data:
        read = os.read(fd, _READ_BYTES)
        if not read:
            return None
        data += read
    line, _, commands = data.partition(b"\n")
    fields = json.loads(line)
    streams = fields.pop("streams", None)
    if streams is not None:
        stdin, stdout, stderr, closed = streams
        streams = StandardStreams(stdin, stdout, stderr, tuple(closed))
    for name in ("descriptors", "pid_variables", "pidfd_variables", "blocked", "warnings"):
        fields[name] = tuple(fields.get(name, ()))
    fields["folder"], fields["cwd"] = _from_bytes(fields["folder"]), _from_bytes(fields["cwd"])
    fields["argv"] = [_from_bytes(word) for word in fields["argv"]]
    fields["env"] = {_from_bytes(name): _from_bytes(value) for name, value in fields["env"].items()}
    return Launch(**fields, streams=streams), commands


def own_pidfd_id() -> str:
    """The number of this process's pidfd as a file, which no other process of this boot has (Linux 6.9).

    Raises OSError where there is no pidfd.
    """
    pidfd = os.pidfd_open(os.getpid())
    try:
        return str(os.fstat(pidfd).st_ino)
    finally:
        os.close(pidfd)


def _as_bytes(text: str) -> str:
    """A character for each byte."""
    return os.fsencode(text).decode("latin-1")


def _from_bytes(text: str) -> str:
    return os.fsdecode(text.encode("latin-1"))
