"""What the keeper listens to: who wrote what, and never waiting for one thing alone."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from workers.keeper.event_loop import CredentialSocket, EpollLoop, FolderWatch, PipeSource, ThreadLoop

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are Linux's means")


class Heard:
    """What a callback was given."""

    def __init__(self) -> None:
        self.all: list[tuple[bytes, int]] = []

    def __call__(self, data: bytes, pid: int) -> None:
        self.all.append((data, pid))

    @property
    def data(self) -> bytes:
        """Everything, whoever wrote it."""
        return b"".join(data for data, _ in self.all)


@linux_only
def test_a_socket_tells_who_wrote_what() -> None:
    heard = Heard()
    loop = EpollLoop(lambda *_: None)
    ends = CredentialSocket()
    loop.add(ends, heard)
    code = "import os; os.write(1, b'from the child')"
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=ends.theirs)
    writer.wait()
    os.write(ends.theirs.fileno(), b"from here")
    while len(heard.all) < 2:
        assert loop.wait(5)
    assert heard.all == [(b"from the child", writer.pid), (b"from here", os.getpid())]
    ends.theirs.close()
    assert loop.wait(5)
    assert heard.all[-1][0] == b""
    assert not loop.wait(0)
    loop.close()


@linux_only
def test_a_folder_tells_of_what_is_made_in_it(tmp_path: Path) -> None:
    heard = Heard()
    loop = EpollLoop(lambda *_: None)
    loop.add(FolderWatch(str(tmp_path)), heard)
    (tmp_path / "one").touch()
    (tmp_path / "two\n").touch()
    assert loop.wait(5)
    assert heard.data == b"one\0two\n"
    with pytest.raises(OSError, match="ENOENT"):
        FolderWatch(str(tmp_path / "gone"))
    loop.close()


@linux_only
def test_others_are_heard_first() -> None:
    """A death is told before anything is read: reading takes time."""
    order: list[str] = []
    loop = EpollLoop(lambda fd, events, at_ns: (order.append("other"), os.read(fd, 9)))
    read, write = os.pipe()
    other_read, other_write = os.pipe()
    loop.add(PipeSource(read), lambda data, pid: order.append("source"))
    loop.epoll.register(other_read, 1)
    os.write(write, b"x")
    os.write(other_write, b"x")
    assert loop.wait(5)
    assert order == ["other", "source"]
    loop.close()
    for fd in (read, write, other_read, other_write):
        os.close(fd)


def test_threads_bring_everything_to_one() -> None:
    heard = Heard()
    loop = ThreadLoop()
    pipes = [os.pipe() for _ in range(3)]
    for read, _ in pipes:
        loop.add(PipeSource(read), heard)
    assert not loop.wait(0.01)
    for number, (_, write) in enumerate(pipes):
        os.write(write, b"%d" % number)
        os.close(write)
    end = time.monotonic() + 10
    while sum(data == b"" for data, _ in heard.all) < 3:
        loop.wait(0.1)
        assert time.monotonic() < end
    assert sorted(heard.data) == sorted(b"012")
    loop.close()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread.daemon:
            thread.join(5)
    for read, _ in pipes:
        os.close(read)


def test_a_source_that_never_stops_leaves_the_keeper_its_turn() -> None:
    class Endless:
        """Always has something, until it is told not to."""

        stopped = False

        def fileno(self) -> int:
            return -1

        def read(self) -> tuple[bytes, int]:
            return (b"" if self.stopped else b"x"), 0

        def close(self) -> None:
            pass

    source = Endless()
    loop = ThreadLoop()
    loop.add(source, lambda data, pid: None)
    began = time.monotonic()
    for _ in range(20):
        assert loop.wait(5)
    assert time.monotonic() - began < 5
    source.stopped = True
    while loop.wait(0.1):
        pass
