"""Who has the ends of real pipes open."""

import os
import subprocess
import sys

import pytest

from workers.system.open_ends import OpenEnd, who_has

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is needed")


def test_each_end_of_a_pipe_and_in_which_process_it_is() -> None:
    reading, writing = os.pipe()
    inode = os.fstat(reading).st_ino
    try:
        with subprocess.Popen(["cat"], stdin=reading, stdout=subprocess.DEVNULL) as cat:
            found = who_has([inode, 1], [os.getpid(), cat.pid, 1 << 30])
            os.close(writing)
            writing = -1
        assert found == {inode: [OpenEnd(os.getpid(), True, True), OpenEnd(cat.pid, True, False)], 1: []}
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


def test_a_lock_of_multiprocessing_is_found_where_it_is_mapped() -> None:
    code = (
        "import multiprocessing as mp, os; lock = mp.get_context('fork').Lock(); "
        "print(next(line.split()[4] for line in open('/proc/self/maps') if '/dev/shm/' in line), flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        inode = int(holder.stdout.readline())
        assert who_has([inode], [holder.pid, os.getpid()]) == {inode: [OpenEnd(holder.pid, True, True)]}
        holder.kill()
