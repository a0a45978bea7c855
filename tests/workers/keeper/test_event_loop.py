"""The event loop names the writers of what it reads, and no source can hold up the others."""

import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.waiting import wait_until

from workers.keeper.event_loop import CredentialSocket, EpollLoop, FolderWatch, PipeSource
from workers.keeper.thread_loop import ThreadLoop

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are Linux's means")


class Reads:
    """What a callback got."""

    def __init__(self) -> None:
        self.all: list[tuple[bytes, int]] = []

    def __call__(self, data: bytes, pid: int) -> None:
        self.all.append((data, pid))

    @property
    def data(self) -> bytes:
        """Everything, from all writers."""
        return b"".join(data for data, _ in self.all)


@linux_only
def test_a_socket_names_the_writers() -> None:
    reads = Reads()
    loop = EpollLoop(select.epoll(), lambda *_: None)
    ends = CredentialSocket()
    loop.add(ends, reads)
    code = "import os; os.write(1, b'from the child')"
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=ends.theirs)
    writer.wait()
    os.write(ends.theirs.fileno(), b"from here")
    while len(reads.all) < 2:
        assert loop.wait(5)
    assert reads.all == [(b"from the child", writer.pid), (b"from here", os.getpid())]
    ends.theirs.close()
    assert loop.wait(5)
    assert reads.all[-1][0] == b""
    assert not loop.wait(0)
    loop.close()


@linux_only
def test_a_folder_watch_reads_the_names_of_new_files(tmp_path: Path) -> None:
    reads = Reads()
    loop = EpollLoop(select.epoll(), lambda *_: None)
    loop.add(FolderWatch(str(tmp_path)), reads)
    (tmp_path / "one").touch()
    (tmp_path / "two\n").touch()
    assert loop.wait(5)
    assert reads.data == b"one\0two\n"
    with pytest.raises(FileNotFoundError):
        FolderWatch(str(tmp_path / "gone"))
    loop.close()


@linux_only
def test_other_descriptors_are_reported_first() -> None:
    """An exit is reported before any source is read: reading takes time."""
    order: list[str] = []
    epoll = select.epoll()
    loop = EpollLoop(epoll, lambda fd, events, at_ns: (order.append("other"), os.read(fd, 9)))
    read, write = os.pipe()
    other_read, other_write = os.pipe()
    loop.add(PipeSource(read), lambda data, pid: order.append("source"))
    epoll.register(other_read, 1)
    os.write(write, b"x")
    os.write(other_write, b"x")
    assert loop.wait(5)
    assert order == ["other", "source"]
    loop.close()
    for fd in (read, write, other_read, other_write):
        os.close(fd)


def test_threads_pass_everything_to_the_main_thread() -> None:
    reads = Reads()
    loop = ThreadLoop()
    pipes = [os.pipe() for _ in range(3)]
    for read, _ in pipes:
        loop.add(PipeSource(read), reads)
    assert not loop.wait(0.01)
    for number, (_, write) in enumerate(pipes):
        os.write(write, b"%d" % number)
        os.close(write)
    wait_until(lambda: sum(data == b"" for data, _ in reads.all) == 3, step=lambda: loop.wait(0.1))
    assert sorted(reads.data) == sorted(b"012")
    loop.close()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread.daemon:
            thread.join(5)
    for read, _ in pipes:
        os.close(read)


def test_a_source_that_never_pauses_does_not_hold_up_the_loop() -> None:
    class Endless:
        """Always has something to read, until it is stopped."""

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
