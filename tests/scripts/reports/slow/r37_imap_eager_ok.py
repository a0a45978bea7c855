"""As r37, with a semaphore that bounds how far the workers run ahead."""

import multiprocessing as mp
import threading
import time


def work(n):
    return bytes([n % 250 + 1]) * 4_000_000


def bounded(numbers, room):
    for n in numbers:
        room.acquire()
        yield n


if __name__ == "__main__":
    room = threading.Semaphore(4)
    with mp.Pool(2) as pool:
        total = 0
        for image in pool.imap_unordered(work, bounded(range(200), room)):
            total += len(image)
            time.sleep(0.02)
            room.release()
    peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1]
    print("over 300 MB" if int(peak) > 300_000 else "small", flush=True)
